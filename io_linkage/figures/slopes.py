"""Slope charts: values before and after a scenario, one line for each economy or industry."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from io_linkage.captions import described
from io_linkage.errors import OptionError, unknown
from io_linkage.figures import style
from io_linkage.figures.naming import Names, shown
from io_linkage.figures.options import teaching
from io_linkage.figures.saving import note

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: From a label that stands away from its line to the line's end.
_TIE = {"arrowstyle": "-", "color": style.FAINT, "linewidth": 0.5, "shrinkA": 0.5, "shrinkB": 2}


@teaching()
def before_after(
    result: pd.DataFrame,
    *,
    value: str | None = None,
    rows: Iterable[Any] | None = None,
    top: int = 12,
    relative: bool = False,
    factor: float = 1.0,
    unit: str | None = None,
    digits: int | None = None,
    names: Names = "auto",
    title: str | None = None,
    notes: Iterable[str] = (),
    width: float = style.COLUMN + 0.9,
    caption: bool = True,
    ax: Axes | None = None,
) -> Axes:
    """Draw values before and after as lines that rise or fall.

    Parameters
    ----------
    result : DataFrame
        With columns `before` and `after`, as `Outcome.change` returns them; or those of `Outcome.compare`, of which
        `value` is one measure.
    value : str, optional
        The measure, where the columns have two levels.
    rows : iterable, optional
        Labels to draw; by default the `top` that change most.
    top : int
    relative : bool
        Draw each row over its value before, which is 100, where levels differ by more than they change.
    factor, unit
        Multiply what is shown, with the unit saying so.
    digits : int, optional
        Decimals of the numbers written; by default three significant.
    names, title, notes, width, caption, ax
        As in `heatmap`.

    Returns
    -------
    Axes
    """
    pair = _pair(result, value) * factor
    if relative:
        pair = 100 * pair.div(pair["before"].where(pair["before"] != 0), axis=0)
    chosen, count = _chosen(pair, rows, top)
    attrs = described(result, "before = 100" if relative and unit is None else unit, factor=factor)
    if title is None and value is not None:
        title = f"{attrs.get('measure', '')}: {value.replace('_', ' ')}"
    said = [*notes, *([f"{len(chosen)} of {count} shown"] if len(chosen) < count else [])]
    with style.theme():
        drawn = style.axes(ax, (width, min(max(0.24 * len(chosen) + 1.6, 2.6), 8.5)))
        for values in chosen.to_numpy():
            _line(drawn, values)
        drawn.set_xlim(-0.02, 1.02)
        drawn.set_xticks([0, 1], ["before", "after"])
        drawn.set_yticks([])
        for side in ("top", "right", "left", "bottom"):
            drawn.spines[side].set_visible(False)
        drawn.tick_params(axis="x", length=0)
        for x in (0, 1):
            drawn.axvline(x, color=style.FAINT, linewidth=0.6, zorder=1)
        style.finish(drawn, attrs, title=title, notes=said, caption=caption)
        _labels(drawn, chosen, shown(chosen.index, names), digits, relative)
    kept = chosen.copy()
    kept.attrs = attrs
    note(drawn, kept)
    return drawn


def _pair(result: pd.DataFrame, value: str | None) -> pd.DataFrame:
    if result.columns.nlevels == 2:
        measures = list(dict.fromkeys(result.columns.get_level_values(0)))
        if value is None or value not in measures:
            raise unknown("measure", value, measures, remedy="Choose one with value=.")
        measured: Any = result[value]
        result = measured
    if not {"before", "after"} <= set(result.columns):
        raise OptionError("A slope chart needs columns before and after, as Outcome.change and Outcome.compare give.")
    return result[["before", "after"]].astype(np.float64)


def _chosen(pair: pd.DataFrame, rows: Iterable[Any] | None, top: int) -> tuple[pd.DataFrame, int]:
    known = pair.dropna()
    if rows is not None:
        wanted = list(rows)
        for label in wanted:
            if label not in known.index:
                raise unknown("row", label, known.index)
        return known.loc[wanted], len(known)
    moved = (known["after"] - known["before"]).abs().sort_values(ascending=False, kind="stable")
    chosen = known.loc[moved.index[: max(top, 1)]]
    if chosen.empty:
        raise OptionError("There is nothing to draw: no row is known both before and after.")
    return chosen, len(known)


def _line(ax: Axes, values: np.ndarray[Any, Any]) -> None:
    falls = values[1] < values[0]
    colour = style.LINE_COLOURS[0] if falls else style.LINE_COLOURS[1]
    ax.plot(
        [0, 1],
        values,
        color=colour,
        linestyle="-" if falls else (0, (5, 1.5)),
        marker="o",
        markersize=3.2,
        linewidth=1.3,
        zorder=2,
    )


def _labels(ax: Axes, pair: pd.DataFrame, texts: list[str], digits: int | None, relative: bool) -> None:
    """Name and value at the left end, value at the right, moved apart where lines meet; at the right alone of 100."""
    figure = ax.get_figure(root=True)
    assert figure is not None
    figure.draw_without_rendering()
    low, high = ax.get_ylim()
    points = ax.get_window_extent().height * 72 / figure.dpi / (high - low)
    for column, x, align in (("before", 0, "right"), ("after", 1, "left")):
        if relative and x == 0:
            continue
        values = pair[column].to_numpy()
        order = np.argsort(-values, kind="stable")
        for place, k in zip(_apart(ax, values[order]), order, strict=True):
            number = _written(float(values[k]), digits)
            text = f"{texts[k]}  {number}" if x == 0 else number
            if relative:
                text = f"{texts[k]}  {_written(float(values[k]) - 100, digits, sign=True)}\u00a0%"
            up = (place - values[k]) * points
            moved = abs(up) > style.SMALL / 3
            ax.annotate(
                text,
                (x, values[k]),
                xytext=(-14 if x == 0 else 14, up),
                textcoords="offset points",
                ha=align,
                va="center",
                fontsize=style.SMALL,
                annotation_clip=False,
                # A label that stands away from its line is tied to it.
                arrowprops={**_TIE, "relpos": (1.0 - x, 0.5)} if moved else None,
            )


def _apart(ax: Axes, descending: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Heights for labels of values from high to low, at least a line apart and within the axes."""
    figure = ax.get_figure(root=True)
    assert figure is not None
    low, high = ax.get_ylim()
    points = ax.get_window_extent().height * 72 / figure.dpi
    line = 1.2 * style.SMALL / points * (high - low)
    steps = line * np.arange(len(descending))
    # The nearest heights that keep their order a line apart: means of those that would overlap.
    groups: list[list[float]] = []
    for aim in descending + steps:
        groups.append([aim])
        while len(groups) > 1 and np.mean(groups[-1]) > np.mean(groups[-2]):
            groups[-2:] = [groups[-2] + groups[-1]]
    at = np.concatenate([np.full(len(group), np.mean(group)) for group in groups]) - steps
    at = np.minimum(at, high - steps)
    return np.asarray(np.maximum(at, low + steps[::-1]))


def _written(value: float, digits: int | None, *, sign: bool = False) -> str:
    text = f"{value:,.{digits}f}" if digits is not None else f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"
    return f"{'+' if sign and value > 0 else ''}{text}".replace("-", "−")
