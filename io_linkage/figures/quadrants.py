"""The key-industry map: backward against forward linkage, in four quarters."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from io_linkage.captions import described
from io_linkage.errors import OptionError, unknown
from io_linkage.figures import style
from io_linkage.figures.naming import Names, constant, shown, unit_of
from io_linkage.figures.options import teaching
from io_linkage.figures.placing import name_all
from io_linkage.figures.saving import note

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_QUARTERS = {
    (1, 1): ("Key", "right", "top"),
    (0, 1): ("Backward-oriented", "left", "top"),
    (1, 0): ("Forward-oriented", "right", "bottom"),
    (0, 0): ("Weakly linked", "left", "bottom"),
}


@teaching()
def key_industries(
    result: pd.DataFrame,
    *,
    backward: str = "backward_normalised",
    forward: str = "forward_normalised",
    size: pd.Series[float] | None = None,
    stage: pd.Series[Any] | None = None,
    label: int | None = None,
    names: Names = "auto",
    title: str | None = None,
    notes: Iterable[str] = (),
    width: float = style.WIDE,
    caption: bool = True,
    ax: Axes | None = None,
) -> Axes:
    """Draw industries by forward (across) and backward (up) linkage, each relative to its mean of 1.

    Parameters
    ----------
    result : DataFrame
        One row per industry, e.g. ``linkages(table).loc["CHN"]``. Index levels that are the same in all rows go to
        the title.
    backward, forward : str
        Columns to draw.
    size : Series, optional
        Value added or another amount by industry; areas of the points are in proportion to it.
    stage : Series, optional
        Name of the leading stage of each industry, which gives colour and shape.
    label : int, optional
        How many industries to name, the largest (by `size`, else by distance from the middle) first; all by
        default. A name that finds no free place becomes a number, explained below the figure.
    names : "auto", "codes" or mapping
    title, notes, caption
        Heading, further remarks, and whether to write the line below.
    width : float
        Inches.
    ax : Axes, optional

    Returns
    -------
    Axes

    See Also
    --------
    io_linkage.linkages.linkages : The linkages that are drawn.
    linkage_changes : How industries moved between two years.
    """
    for column in (backward, forward):
        if column not in result.columns:
            raise unknown("column", column, result.columns)
    attrs = described(result[[forward, backward]], own=unit_of(result, backward))
    drawn_rows = result[[forward, backward]].astype(float).dropna()
    if drawn_rows.empty:
        raise OptionError("No industry has both linkages: none has output. Nothing can be drawn.")
    across, up = drawn_rows[forward].to_numpy(), drawn_rows[backward].to_numpy()
    radii = _radii(drawn_rows, size)
    with style.theme():
        drawn = style.axes(ax, (width, width * 0.92))
        _points(drawn, across, up, radii, None if stage is None else stage.reindex(drawn_rows.index))
        _quarters(drawn, across, up)
        drawn.set_xlabel("Forward linkage, 1 = average industry")
        drawn.set_ylabel("Backward linkage, 1 = average industry")
        statements = list(notes)
        if size is not None:
            amount = str(size.attrs.get("measure") or size.name or "size")
            statements.append(f"Area of the points: {amount}")
        if stage is not None:
            statements.append("Colour: the stage with the largest share of the industry")
        if len(drawn_rows) < len(result):
            statements.append(f"{len(result) - len(drawn_rows)} without output not shown")
        index, where = constant(drawn_rows.index, names)
        if label is not None and label < len(drawn_rows):
            statements.append(f"Named: the {label} largest of {len(drawn_rows)}")
        if title is None and where:
            title = f"{attrs.get('measure', 'Linkages')}: {where}"

        def explain(more: list[str]) -> None:
            style.finish(drawn, attrs, title=title, notes=[*statements, *more], caption=caption)

        _names(drawn, shown(index, names), across, up, radii, label, explain, caption)
    note(drawn, _numbers(drawn_rows, attrs, size, stage))
    return drawn


def _radii(rows: pd.DataFrame, size: pd.Series[float] | None) -> np.ndarray[Any, Any]:
    """Radii in points; areas in proportion, the largest 9 points, none under 1.6 so that each can be seen."""
    if size is None:
        return np.full(len(rows), 2.6)
    amounts = size.reindex(rows.index).astype(float).clip(lower=0).fillna(0).to_numpy()
    radii = 9.0 * np.sqrt(amounts / max(float(amounts.max()), 1e-300))
    return np.asarray(np.maximum(radii, 1.6))


def _points(
    ax: Axes,
    across: np.ndarray[Any, Any],
    up: np.ndarray[Any, Any],
    radii: np.ndarray[Any, Any],
    stage: pd.Series[Any] | None,
) -> None:
    from matplotlib.collections import PathCollection

    areas = np.pi * radii**2
    look: dict[str, Any] = {"linewidths": 0.5, "edgecolors": "white", "alpha": 0.92, "zorder": 3}
    if stage is None:
        ax.scatter(across, up, s=areas, color=style.STAGE_COLOURS["traditional"], **look)
        return
    stages, looks = stage.astype(str).to_numpy(), style.stage_looks(stage)
    if stage.isna().any():
        looks["nan"] = style.FAINT, "o"
    for name, (colour, shape) in looks.items():
        part = stages == name
        ax.scatter(across[part], up[part], s=areas[part], color=colour, marker=shape, label=name, **look)
    legend = ax.legend(
        loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=3, borderaxespad=0.1, handletextpad=0.2, columnspacing=1.2
    )
    for handle in legend.legend_handles:
        if isinstance(handle, PathCollection):
            handle.set_sizes([22.0])


def _quarters(ax: Axes, across: np.ndarray[Any, Any], up: np.ndarray[Any, Any]) -> None:
    """Lines at the mean, names of the quarters in the corners, room for them."""
    for values, line, limit in ((across, ax.axvline, ax.set_xlim), (up, ax.axhline, ax.set_ylim)):
        line(1.0, color=style.INK, linewidth=0.7, zorder=1)
        low, high = min(float(values.min()), 1.0), max(float(values.max()), 1.0)
        room = 0.1 * max(high - low, 0.1)
        limit(low - room, high + room)
    for (right, top), (name, ha, va) in _QUARTERS.items():
        ax.text(
            0.985 if right else 0.015,
            0.985 if top else 0.015,
            name,
            transform=ax.transAxes,
            ha=ha,
            va=va,
            fontsize=style.TEXT,
            style="italic",
            color="#6b6b6b",
            zorder=2,
        )
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)


def _names(
    ax: Axes,
    texts: list[str],
    across: np.ndarray[Any, Any],
    up: np.ndarray[Any, Any],
    radii: np.ndarray[Any, Any],
    label: int | None,
    explain: Callable[[list[str]], None],
    numbered: bool,
) -> None:
    """Name the points, the largest (or those furthest from the middle) first."""
    weight = radii if len(set(radii)) > 1 else np.hypot(across - 1.0, up - 1.0)
    order = np.argsort(-weight, kind="stable")
    named = [texts[k] if label is None or rank < label else "" for rank, k in enumerate(order)]
    name_all(
        ax,
        across[order].tolist(),
        up[order].tolist(),
        named,
        explain,
        numbered=numbered,
        radii=radii[order].tolist(),
        fontsize=style.SMALL,
        lines=((1.0, None), (None, 1.0)),
    )


def _numbers(
    rows: pd.DataFrame, attrs: dict[Any, Any], size: pd.Series[float] | None, stage: pd.Series[Any] | None
) -> pd.DataFrame:
    frame = rows.copy()
    if size is not None:
        frame[str(size.attrs.get("measure") or size.name or "size")] = size.reindex(rows.index)
    if stage is not None:
        frame["stage"] = stage.reindex(rows.index)
    frame.attrs = dict(attrs)
    return frame
