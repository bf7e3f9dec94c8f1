"""Figures of linkages and extraction: clustered heatmap, losses, rankings with ranges, changes between two years."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from io_linkage.captions import described
from io_linkage.errors import OptionError, require_option, unknown
from io_linkage.figures import style
from io_linkage.figures.heatmaps import heatmap
from io_linkage.figures.naming import Names, constant, shown, unit_of
from io_linkage.figures.options import teaching
from io_linkage.figures.placing import name_all
from io_linkage.figures.saving import note

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
    """
    require_option("order", order, ("table", "clustered"))
    if value not in result.columns:
        raise unknown("column", value, result.columns)
    regions, industries = (result.index.get_level_values(k).unique() for k in (0, 1))
    matrix = result[value].unstack(0).reindex(index=industries, columns=regions).astype(float)
    said = list(notes)
    if order == "clustered":
        matrix = matrix.iloc[leaves(matrix.to_numpy()), leaves(matrix.to_numpy().T)]
        said.append("Rows and columns ordered by similarity")
    matrix.attrs = described(result[[value]], options.get("unit"), own=unit_of(result, value))
    plain = value.removesuffix("_normalised").replace("_", " ")
    heading = title or f"{'Normalised ' if value.endswith('_normalised') else ''}{plain} linkages"
    return heatmap(matrix, centre=centre, limits=limits, title=heading, notes=said, **options)


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
    found = leaves_list(linkage(filled, "average", optimal_ordering=True))
    return np.concatenate([rows[found], np.flatnonzero(~known)])


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
        said = list(notes)
        if f"{value}_low" in rows:
            said.append(f"Bars: {attrs.get('interval', 'low to high')} of the stage shares")
        if len(rows) < count:
            said.append(f"{len(rows)} of {count} shown")
        if title is None and where:
            title = f"{attrs.get('measure', value.replace('_', ' '))}: {where}"
        style.finish(drawn, attrs, title=title, notes=said, caption=caption)
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
        said = [*notes, f"Arrows from {years[0]} to {years[1]}"]
        if top < len(moved):
            said.append(f"Dark and named: the {top} largest of {len(moved)} moves")
        index, where = constant(moved.index, names)
        if not title and where:
            heading = f"{heading}: {where}"

        def explain(more: list[str]) -> None:
            style.finish(drawn, moved.attrs, title=heading, notes=[*said, *more], caption=caption)

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
