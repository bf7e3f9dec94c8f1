"""Rankings by one column, with ranges."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from io_linkage.captions import described
from io_linkage.errors import OptionError, unknown
from io_linkage.figures import style
from io_linkage.figures.naming import Names, constant, shown, unit_of
from io_linkage.figures.options import teaching
from io_linkage.figures.saving import note

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@teaching()
def ranking(
    result: pd.DataFrame,
    *,
    value: str,
    top: int = 20,
    focus: Iterable[str] = (),
    colour: pd.Series[Any] | None = None,
    factor: float = 1.0,
    unit: str | None = None,
    label: str | None = None,
    line: float | None = None,
    names: Names = "auto",
    title: str | None = None,
    notes: Iterable[str] = (),
    width: float = style.COLUMN + 1.0,
    caption: bool = True,
    ax: Axes | None = None,
) -> Axes:
    """Rank rows by a column, with the range where `<value>_low` and `<value>_high` stand beside it.

    Parameters
    ----------
    result : DataFrame
        One row for each that is ranked.
    value : str
        Column to rank by, the largest at the top.
    top : int
        How many to show; those in `focus` are always shown.
    focus : iterable of str
        Labels written in bold and drawn in the focus colour.
    colour : Series, optional
        Name of the leading stage of each row.
    factor, unit
        Multiply what is shown, with the unit saying so.
    label : str, optional
        Of the axis; by default the column's name.
    line : float, optional
        A value to mark, e.g. 1 for the average.
    names, title, notes, caption, width, ax
        As in the other figures.

    Returns
    -------
    Axes

    See Also
    --------
    io_linkage.linkages.by_stage, io_linkage.linkages.compare : Rankings with ranges.
    """
    if value not in result.columns:
        raise unknown("column", value, result.columns)
    wanted = {str(name) for name in focus}
    rows, ranks, count = _top(result, value, top, wanted)
    attrs = described(result[[value]], unit, factor=factor, own=unit_of(result, value))
    with style.theme():
        height = min(max(0.165 * len(rows) + 1.0, 1.6), 9.2)
        drawn = style.axes(ax, (width, height))
        _ranked(drawn, rows, value, factor, wanted, colour)
        index, where = constant(rows.index, names)
        _rank_labels(drawn, rows.index, shown(index, names), ranks, wanted)
        drawn.set_xlabel(label or _axis(value, str(attrs.get("unit") or "")))
        if line is not None:
            drawn.axvline(line, color=style.INK, linewidth=0.7, zorder=1)
        statements = list(notes)
        if f"{value}_low" in rows:
            statements.append(f"Bars: {attrs.get('interval', 'low to high')} of the stage shares")
        if len(rows) < count:
            statements.append(f"{len(rows)} of {count} shown")
        if title is None and where:
            title = f"{attrs.get('measure', value.replace('_', ' '))}: {where}"
        style.finish(drawn, attrs, title=title, notes=statements, caption=caption)
    kept = rows.copy()
    kept.attrs = attrs
    note(drawn, kept)
    return drawn


def _top(
    result: pd.DataFrame, value: str, top: int, wanted: set[str]
) -> tuple[pd.DataFrame, npt.NDArray[np.intp], int]:
    """Return the rows to show, their ranks, and how many were ranked."""
    ordered = result.dropna(subset=[value]).sort_values(value, ascending=False, kind="stable")
    if ordered.empty:
        raise OptionError(f"{value} has no number to rank. Nothing can be drawn.")
    ranks = np.arange(1, len(ordered) + 1)
    kept = (ranks <= top) | np.array([_is_focus(entry, wanted) for entry in ordered.index])
    return ordered[kept], ranks[kept], len(ordered)


def _is_focus(entry: Any, wanted: set[str]) -> bool:
    return bool(wanted & ({str(part) for part in entry} if isinstance(entry, tuple) else {str(entry)}))


def _ranked(
    ax: Axes,
    rows: pd.DataFrame,
    value: str,
    factor: float,
    wanted: set[str],
    stage: pd.Series[Any] | None,
) -> None:
    at = np.arange(len(rows))[::-1]
    values = factor * rows[value].to_numpy(dtype=float)
    plain = style.STAGE_COLOURS["traditional"]
    colours = [style.LINE_COLOURS[0] if _is_focus(entry, wanted) else plain for entry in rows.index]
    markers = ["o"] * len(rows)
    if stage is not None:
        looks = style.stage_looks(stage.reindex(rows.index))
        leading = [looks.get(str(name), (style.FAINT, "o")) for name in stage.reindex(rows.index)]
        colours, markers = [colour for colour, _ in leading], [marker for _, marker in leading]
    if f"{value}_low" in rows and f"{value}_high" in rows:
        low, high = (factor * rows[f"{value}_{end}"].to_numpy(dtype=float) for end in ("low", "high"))
        ax.hlines(at, low, high, colors=colours, linewidth=2.6, alpha=0.35, zorder=2)
    for k, mark in enumerate(markers):
        ax.plot(values[k], at[k], mark, color=colours[k], markersize=4.2, markeredgecolor="white", zorder=3)
    if stage is not None:
        for name, (colour, marker) in looks.items():
            ax.plot([], [], linestyle="none", markersize=4.2, label=name, color=colour, marker=marker)
        ax.legend(loc="lower right", handletextpad=0.2)
    ax.set_ylim(-0.7, len(rows) - 0.3)
    ax.grid(axis="y", color="#e6e6e6", linewidth=0.5)
    ax.set_axisbelow(True)
    for side in ("top", "right", "left"):
        ax.spines[side].set_visible(False)


def _axis(value: str, unit: str) -> str:
    plain = value.removesuffix("_normalised")
    text = plain.replace("_", " ").capitalize()
    return text if plain == value else f"{text}, {unit}"


def _rank_labels(
    ax: Axes, index: pd.Index[Any], texts: list[str], ranks: npt.NDArray[np.intp], wanted: set[str]
) -> None:
    labels = [f"{text}  {rank}" for text, rank in zip(texts, ranks, strict=True)]
    ax.set_yticks(np.arange(len(index))[::-1], labels)
    ax.tick_params(axis="y", length=0)
    for tick, entry in zip(ax.get_yticklabels(), index, strict=True):
        if _is_focus(entry, wanted):
            tick.set_fontweight("bold")
