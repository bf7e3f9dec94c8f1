"""Shares of the world, how much of them has moved and how fast, and from whom to whom."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from io_linkage.captions import labelled
from io_linkage.errors import OptionError
from io_linkage.intensities import Account
from io_linkage.leontief import Array
from io_linkage.relocation.series import (
    CONVENTION,
    Names,
    amounts_by_region,
    in_order,
    what_is_unseen,
)
from io_linkage.table import MRIOTable
from io_linkage.ties.partners import sentence


def shares(
    table: MRIOTable,
    *,
    industries: Names | None = None,
    stage: str | None = None,
    of: Account = "value_added",
    stage_weights: pd.DataFrame | None = None,
) -> pd.Series[float]:
    r"""Share of each region in the world's value added of an industry or a stage.

    .. math:: s_r = \sum_{i \in r} w_i a_i / \sum_i w_i a_i

    Parameters
    ----------
    table : MRIOTable
    industries : str or iterable of str, optional
        Taken together; all by default.
    stage : str, optional
        Industries with their share in a stage.
    of : str or Series
        "value_added", "output", a satellite account, or an account on the table's index.
    stage_weights : DataFrame, (n, stages), optional
        Stage shares instead of the shipped central ones.

    Returns
    -------
    Series by region; shares that add to one. NaN where the source has no number for a region.

    References
    ----------
    This project.

    See Also
    --------
    moved : how much of them has moved between years.
    io_linkage.panel.over : the same over years.

    Examples
    --------
    >>> import io_linkage as iol
    >>> textiles = shares(iol.load(), industries=["17t18", "19"])
    >>> round(float(textiles["CHN"]), 3)
    0.375
    """
    amounts, what, attrs = amounts_by_region(table, industries, stage, of, stage_weights)
    total = np.nansum(amounts)
    if total <= 0:
        raise OptionError(f"There is no {what} in {table.label}, so it has no shares.")
    result = pd.Series(amounts / total, index=pd.Index(table.regions, name="region"), name="share")
    return labelled(result, table.caption(f"share of the world's {what}", "share", **attrs))


def moved(
    tables: Iterable[MRIOTable],
    *,
    industries: Names | None = None,
    stage: str | None = None,
    of: Account = "value_added",
    stage_weights: pd.DataFrame | None = None,
) -> pd.DataFrame:
    r"""Share of an industry or a stage that has moved between regions, and how fast.

    .. math:: M = \tfrac12 \sum_r |\Delta s_r|, \qquad speed = M / years

    Parameters
    ----------
    tables : iterable of MRIOTable
        Two or more, in the order of their years.
    industries, stage, of, stage_weights
        As in `shares`.

    Returns
    -------
    DataFrame by (first, last) year of each step, and last from the first table to the last; ``moved_share`` (0 to 1),
    ``moved_share_per_year``, ``largest_loser``, ``lost_share``, ``largest_gainer``, ``gained_share``.
    ``attrs["note"]`` says what such years cannot show.

    References
    ----------
    This project.

    See Also
    --------
    flows : from whom to whom.
    sourcing_effect : the part that buyers' choice of sources explains.

    Examples
    --------
    >>> import io_linkage as iol
    >>> steps = moved([iol.load(year=1995), iol.load(year=2011)], industries=["17t18", "19"])
    >>> row = steps.loc[(1995, 2011)]
    >>> row["largest_gainer"], round(float(row["moved_share"]), 3)
    ('CHN', 0.385)
    """
    options: Any = {"industries": industries, "stage": stage, "of": of, "stage_weights": stage_weights}
    series = {year: shares(table, **options) for year, table in in_order(tables)}
    years = list(series)
    spans = list(pairwise(years))
    spans += [(years[0], years[-1])] if len(spans) > 1 else []
    rows = {}
    for first, last in spans:
        change = series[last] - series[first]
        size = 0.5 * float(change.abs().sum())
        rows[first, last] = {
            "moved_share": size,
            "moved_share_per_year": size / (last - first),
            "largest_loser": change.idxmin(),
            "lost_share": -float(change.min()),
            "largest_gainer": change.idxmax(),
            "gained_share": float(change.max()),
        }
    frame = pd.DataFrame.from_dict(rows, orient="index")
    frame.index = pd.MultiIndex.from_tuples(spans, names=["first", "last"])
    attrs = {**series[years[-1]].attrs, "year": years}
    return labelled(
        frame, attrs, measure=f"moved {attrs['measure']}", note=_note(series, [attrs.get("note", "").rstrip(".")])
    )


def flows(
    before: MRIOTable,
    after: MRIOTable,
    *,
    industries: Names | None = None,
    stage: str | None = None,
    of: Account = "value_added",
    stage_weights: pd.DataFrame | None = None,
) -> pd.DataFrame:
    r"""From whom to whom shares of an industry or a stage have moved, by proportional matching.

    .. math:: F_{rs} = \frac{\max(-\Delta s_r, 0) \, \max(\Delta s_s, 0)}{M}

    Parameters
    ----------
    before, after : MRIOTable
        Comparable tables, the earlier one first.
    industries, stage, of, stage_weights
        As in `shares`.

    Returns
    -------
    DataFrame, (regions, regions), rows lose, columns gain; shares of the world, which add to `moved`. Nobody observes
    whose factory went where: the matching is an accounting convention, as ``attrs["note"]`` says.

    References
    ----------
    This project.

    See Also
    --------
    orders : matched product by product and buyer by buyer.

    Examples
    --------
    >>> import io_linkage as iol
    >>> F = flows(iol.load(year=1995), iol.load(year=2011), industries=["17t18", "19"])
    >>> F["CHN"].idxmax(), round(float(F.loc["JPN", "CHN"]), 3)
    ('JPN', 0.077)
    """
    options: Any = {"industries": industries, "stage": stage, "of": of, "stage_weights": stage_weights}
    series = {year: shares(table, **options) for year, table in in_order([before, after])}
    first, last = series.values()
    values = matched(first.fillna(0.0).to_numpy(), last.fillna(0.0).to_numpy())
    frame = pd.DataFrame(values, index=first.index.rename("from"), columns=first.index.rename("to"))
    return labelled(
        frame,
        {**last.attrs, "year": list(series)},
        measure=f"{last.attrs['measure']} moved from whom to whom",
        rows="who lost",
        columns="who gained",
        note=_note(series, [CONVENTION]),
    )


def matched(first: npt.ArrayLike, last: npt.ArrayLike) -> Array:
    r"""Match losses and gains of shares proportionally, :math:`F_{rs} = loss_r \, gain_s / M`.

    Parameters
    ----------
    first, last : array, (regions,)
        Shares in two years, each adding to one.

    Returns
    -------
    Array, (regions, regions): rows lose, columns gain; the sum is M. 0 where nothing moved.

    References
    ----------
    This project.

    Examples
    --------
    >>> matched([0.4, 0.3, 0.2, 0.1], [0.2, 0.35, 0.15, 0.3]).round(3).tolist()[0]
    [0.0, 0.04, 0.0, 0.16]
    """
    change = np.asarray(last, dtype=np.float64) - np.asarray(first, dtype=np.float64)
    loss, gain = np.maximum(-change, 0.0), np.maximum(change, 0.0)
    size = gain.sum()
    return np.outer(loss, gain) / size if size > 0 else np.zeros((len(change), len(change)))


def _note(series: dict[int, pd.Series[float]], clauses: Sequence[str]) -> str:
    years = list(series)
    unseen = what_is_unseen(years[-1], series[years[-1]], series[years[0]])
    return sentence([*(clause for clause in clauses if clause), *unseen])
