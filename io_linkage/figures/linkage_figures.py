"""Heatmaps of linkages, clustered, and of what falls away in extraction."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from io_linkage.captions import described
from io_linkage.errors import require_option, unknown
from io_linkage.figures.heatmaps import heatmap
from io_linkage.figures.naming import unit_of
from io_linkage.figures.options import teaching

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Order = Literal["table", "clustered"]


@teaching(passed_to=heatmap)
def linkage_heatmap(
    result: pd.DataFrame,
    *,
    value: str = "backward_normalised",
    order: Order = "table",
    centre: float | None = 1.0,
    limits: tuple[float, float] | None = None,
    title: str | None = None,
    notes: Iterable[str] = (),
    **options: Any,
) -> Axes:
    """Draw linkages as industry x region.

    Parameters
    ----------
    result : DataFrame indexed by (region, industry)
        E.g. ``linkages(table)``.
    value : str
        Column to draw.
    order : {"table", "clustered"}
        As in the table, or so that similar industries and similar regions stand together: average linkage of the
        Euclidean distances, leaves in the order that keeps neighbours closest. A gap counts as the row's mean.
    centre, limits, title, notes, options
        As in `io_linkage.figures.heatmap`.

    Returns
    -------
    Axes

    See Also
    --------
    io_linkage.linkages.linkages : The linkages that are drawn.
    """
    require_option("order", order, ("table", "clustered"))
    if value not in result.columns:
        raise unknown("column", value, result.columns)
    regions, industries = (result.index.get_level_values(k).unique() for k in (0, 1))
    matrix = result[value].unstack(0).reindex(index=industries, columns=regions).astype(float)
    statements = list(notes)
    if order == "clustered":
        matrix = matrix.iloc[leaves(matrix.to_numpy()), leaves(matrix.to_numpy().T)]
        statements.append("Rows and columns ordered by similarity")
    matrix.attrs = described(result[[value]], options.get("unit"), own=unit_of(result, value))
    plain = value.removesuffix("_normalised").replace("_", " ")
    heading = title or f"{'Normalised ' if value.endswith('_normalised') else ''}{plain} linkages"
    return heatmap(matrix, centre=centre, limits=limits, title=heading, notes=statements, **options)


def leaves(values: npt.NDArray[np.float64]) -> npt.NDArray[np.intp]:
    """Order of rows in which similar ones stand together; rows without any number come last, in their order.

    Examples
    --------
    >>> leaves(np.array([[1.0, 2.0], [9.0, 8.0], [1.1, 2.1], [np.nan, np.nan]])).tolist()
    [1, 2, 0, 3]
    """
    from scipy.cluster.hierarchy import leaves_list, linkage

    known = ~np.isnan(values).all(axis=1)
    rows = np.flatnonzero(known)
    if len(rows) < 3:
        return np.concatenate([rows, np.flatnonzero(~known)])
    filled = values[rows]
    filled = np.where(np.isnan(filled), np.nanmean(filled, axis=1, keepdims=True), filled)
    order = leaves_list(linkage(filled, "average", optimal_ordering=True))
    return np.concatenate([rows[order], np.flatnonzero(~known)])


@teaching(passed_to=heatmap)
def extraction_heatmap(
    matrix: pd.DataFrame,
    *,
    sort: bool = False,
    title: str | None = None,
    **options: Any,
) -> Axes:
    """Draw losses: what is extracted in the rows, who loses in the columns.

    Parameters
    ----------
    matrix : DataFrame
        As `io_linkage.extraction.matrix` returns it.
    sort : bool
        Largest losses to others first, in rows and in columns.
    title, options
        As in `io_linkage.figures.heatmap`; where extracted and affected are the same groups, the scale is
        logarithmic and the diagonal left out, unless asked otherwise.

    Returns
    -------
    Axes

    See Also
    --------
    io_linkage.extraction.matrix : The losses that are drawn.
    """
    square = list(matrix.index) == list(matrix.columns)
    drawn = matrix.copy()
    if sort:
        outside = drawn.to_numpy(copy=True)
        if square:
            np.fill_diagonal(outside, 0.0)
        rows = np.argsort(-np.nansum(outside, axis=1), kind="stable")
        columns = rows if square else np.argsort(-np.nansum(outside, axis=0), kind="stable")
        drawn = drawn.iloc[rows, columns]
    drawn.attrs = dict(matrix.attrs)
    options.setdefault("scale", "log")
    if square:
        options.setdefault("diagonal", "left out")
    options.setdefault("row_label", "Extracted")
    options.setdefault("column_label", "Affected")
    return heatmap(drawn, title=title or "What falls away elsewhere", **options)
