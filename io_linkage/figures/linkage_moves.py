"""How linkages moved between two years: arrows on the key-industry map."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
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


@teaching()
def linkage_changes(
    first: pd.DataFrame,
    second: pd.DataFrame,
    *,
    backward: str = "backward_normalised",
    forward: str = "forward_normalised",
    top: int = 10,
    names: Names = "auto",
    title: str | None = None,
    notes: Iterable[str] = (),
    width: float = style.WIDE,
    caption: bool = True,
    ax: Axes | None = None,
) -> Axes:
    """Draw how industries moved between two years, as arrows on the key-industry map.

    Parameters
    ----------
    first, second : DataFrame
        Linkages of the same industries in two years, e.g. ``linkages(table).loc["CHN"]``.
    backward, forward : str
        Columns to draw.
    top : int
        The largest moves are drawn dark and named; the others are pale.
    names, title, notes, caption, width, ax
        As in `key_industries`.

    Returns
    -------
    Axes

    See Also
    --------
    key_industries : One year, with the same axes.
    """
    moved, years = _moves(first, second, forward, backward)
    tail, head = moved.iloc[:, :2].to_numpy(), moved.iloc[:, 2:4].to_numpy()
    order = np.argsort(-moved["moved"].to_numpy(), kind="stable")
    with style.theme():
        drawn = style.axes(ax, (width, width * 0.92))
        _arrows(drawn, tail, head, order, top)
        _cross(drawn, np.vstack([tail, head]))
        drawn.set_xlabel("Forward linkage, 1 = average industry")
        drawn.set_ylabel("Backward linkage, 1 = average industry")
        heading = title or f"Linkages from {years[0]} to {years[1]}"
        statements = [*notes, f"Arrows from {years[0]} to {years[1]}"]
        if top < len(moved):
            statements.append(f"Dark and named: the {top} largest of {len(moved)} moves")
        index, where = constant(moved.index, names)
        if not title and where:
            heading = f"{heading}: {where}"

        def explain(more: list[str]) -> None:
            style.finish(drawn, moved.attrs, title=heading, notes=[*statements, *more], caption=caption)

        _name_heads(drawn, tail, head, order, top, shown(index, names), explain, caption)
    note(drawn, moved)
    return drawn


def _moves(first: pd.DataFrame, second: pd.DataFrame, forward: str, backward: str) -> tuple[pd.DataFrame, list[str]]:
    """Return both linkages in both years with the distance moved, and the names of the years."""
    for frame in (first, second):
        for column in (backward, forward):
            if column not in frame.columns:
                raise unknown("column", column, frame.columns)
    columns = [forward, backward]
    start, end = first[columns].astype(float).dropna(), second[columns].astype(float).dropna()
    both = start.index.intersection(end.index, sort=False)
    if not len(both):
        raise OptionError("The two years have no industry with both linkages in common. Nothing can be drawn.")
    years = [str(frame.attrs.get("year") or name) for frame, name in ((first, "first"), (second, "second"))]
    moved = pd.concat(
        [part.loc[both].add_suffix(f"_{year}") for part, year in zip((start, end), years, strict=True)], axis=1
    )
    moved["moved"] = np.hypot(*(end.loc[both].to_numpy() - start.loc[both].to_numpy()).T)
    tables = (str(frame.attrs.get("table", year)) for frame, year in zip((first, second), years, strict=True))
    moved.attrs = {**described(second[columns], own=unit_of(second, backward)), "table": "; ".join(tables)}
    return moved, years


def _arrows(
    ax: Axes, tail: npt.NDArray[np.float64], head: npt.NDArray[np.float64], order: npt.NDArray[np.intp], top: int
) -> None:
    named = np.zeros(len(tail), dtype=bool)
    named[order[:top]] = True
    for k in order[::-1]:
        colour, weight = (style.STAGE_COLOURS["traditional"], 1.1) if named[k] else ("#b9bec9", 0.7)
        arrow = {"arrowstyle": "-|>", "color": colour, "linewidth": weight, "shrinkA": 0, "shrinkB": 0}
        ax.annotate(
            "", tuple(head[k]), tuple(tail[k]), arrowprops={**arrow, "mutation_scale": 7}, zorder=3 if named[k] else 2
        )
        ax.plot(*tail[k], "o", color=colour, markersize=2.0, zorder=3 if named[k] else 2)


def _cross(ax: Axes, points: npt.NDArray[np.float64]) -> None:
    ax.axvline(1.0, color=style.INK, linewidth=0.7, zorder=1)
    ax.axhline(1.0, color=style.INK, linewidth=0.7, zorder=1)
    low, high = np.minimum(points.min(axis=0), 1.0), np.maximum(points.max(axis=0), 1.0)
    room = 0.1 * np.maximum(high - low, 0.1)
    ax.set_xlim(low[0] - room[0], high[0] + room[0])
    ax.set_ylim(low[1] - room[1], high[1] + room[1])
    corners = [
        (0.985, 0.985, "Key"),
        (0.015, 0.985, "Backward-oriented"),
        (0.985, 0.015, "Forward-oriented"),
        (0.015, 0.015, "Weakly linked"),
    ]
    for x, y, name in corners:
        place_at: dict[str, Any] = {"ha": "right" if x > 0.5 else "left", "va": "top" if y > 0.5 else "bottom"}
        ax.text(x, y, name, transform=ax.transAxes, fontsize=style.TEXT, style="italic", color="#6b6b6b", **place_at)
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)


def _name_heads(
    ax: Axes,
    tail: npt.NDArray[np.float64],
    head: npt.NDArray[np.float64],
    order: npt.NDArray[np.intp],
    top: int,
    texts: list[str],
    explain: Callable[[list[str]], None],
    numbered: bool,
) -> None:
    # Points along every arrow keep the names off it; only heads of the largest moves are named.
    along = np.linspace(0.0, 0.85, 6)
    shafts = (tail[:, None, :] + along[None, :, None] * (head - tail)[:, None, :]).reshape(-1, 2)
    points = np.vstack([head[order], shafts])
    names = [texts[k] if rank < top else "" for rank, k in enumerate(order)] + [""] * len(shafts)
    radii = [2.5] * len(order) + [1.0] * len(shafts)
    name_all(
        ax,
        points[:, 0].tolist(),
        points[:, 1].tolist(),
        names,
        explain,
        numbered=numbered,
        radii=radii,
        fontsize=style.SMALL,
        lines=((1.0, None), (None, 1.0)),
    )
