"""Heatmaps of any result: industries by regions, stages by stages, givers by receivers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from textwrap import wrap
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

from io_linkage.captions import described
from io_linkage.errors import OptionError, require_option, unknown
from io_linkage.figures import style
from io_linkage.figures.naming import Names, shown, unit_of
from io_linkage.figures.options import teaching
from io_linkage.figures.saving import note

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.colors import Colormap, Normalize

Scale = Literal["linear", "log"]
Diagonal = Literal["shown", "left out"]
# Longer labels are broken, in letters.
_LINE = 38
# More columns than this never fit level, so they are not tried.
_LEVEL = 12
Extend = Literal["neither", "both", "min", "max"]


@teaching()
def heatmap(
    result: pd.DataFrame | pd.Series[Any],
    *,
    value: str | None = None,
    columns: str | None = None,
    centre: float | None = None,
    scale: Scale = "linear",
    diagonal: Diagonal = "shown",
    limits: tuple[float, float] | None = None,
    annotate: bool | None = None,
    digits: int | None = None,
    factor: float = 1.0,
    unit: str | None = None,
    names: Names = "auto",
    row_label: str | None = None,
    column_label: str | None = None,
    empty: str = "no output",
    title: str | None = None,
    notes: Iterable[str] = (),
    width: float | None = None,
    caption: bool = True,
    ax: Axes | None = None,
) -> Axes:
    """Draw a result as coloured cells.

    Parameters
    ----------
    result : DataFrame or Series
        A matrix (its rows and columns are drawn), or a result with several index levels, of which one becomes
        the columns: linkages by (region, industry) are drawn as industry x region.
    value : str, optional
        Column of `result` to draw when its index has several levels.
    columns : str, optional
        Index level that becomes the columns; the first by default.
    centre : float, optional
        Value at which two hues part, e.g. 1 for linkages normalised to their mean.
    scale : {"linear", "log"}
        On a log scale cells at or below 0 are left empty, and the figure says so.
    diagonal : {"shown", "left out"}
        Leave out the cells where row and column have the same label, which often dwarf the others.
    limits : (low, high), optional
        Ends of the colours; values beyond take the end colour, with a pointed end of the bar. By default the
        range shown.
    annotate : bool, optional
        Write the value into each cell; by default in matrices of at most 14 x 14.
    digits : int, optional
        Decimals of the values written; by default as many as tell them apart, on a log scale three significant.
    factor : float
        Multiply what is shown, e.g. 100 for per cent, with `unit` saying so.
    unit : str, optional
        Instead of the result's own.
    names : "auto", "codes" or mapping
        Names to show for the labels.
    empty : str
        What an empty cell means.
    title, notes, caption
        Heading (the measure by default), further remarks, and whether to write the line below.
    width : float, optional
        Inches; fitted to the labels by default, at most a journal's page.
    ax : Axes, optional

    Returns
    -------
    Axes

    See Also
    --------
    linkage_heatmap, extraction_heatmap, spillover_heatmap : Heatmaps of one kind of result.
    """
    attrs = described(_chosen(result, value), unit, factor=factor, own=unit_of(result, getattr(result, "name", value)))
    matrix = _matrix(result, value, columns) * factor
    cells, left_out = _emptied(matrix, scale, diagonal)
    rows, heads = (["\n".join(wrap(name, _LINE)) or name for name in shown(labels, names)] for labels in matrix.axes)
    colours = _colours(cells, centre, scale, limits)
    if annotate is None:
        annotate = max(matrix.shape) <= 14
    with style.theme():
        drawn = style.axes(ax, _size(rows, heads, width, annotate))
        _paint(drawn, cells, colours, scale, annotate, digits)
        _label(drawn, rows, heads, _axis_name(matrix.index, row_label), _axis_name(matrix.columns, column_label))
        _bar(drawn, colours, str(attrs.get("unit") or ""), _long(rows))
        statements = [*notes, *left_out]
        if matrix.isna().to_numpy().any():
            statements.append(f"Hatched: {empty}")
        style.finish(drawn, attrs, title=title, notes=statements, caption=caption)
        _level_heads(drawn, heads)
    note(drawn, _numbers(matrix, attrs))
    return drawn


@dataclass(frozen=True)
class _Colours:
    cmap: Colormap
    norm: Normalize
    extend: Extend
    log: bool = False
    centre: float | None = None


def _chosen(result: pd.DataFrame | pd.Series[Any], value: str | None) -> pd.DataFrame | pd.Series[Any]:
    if not isinstance(result, pd.DataFrame) or value is None:
        return result
    if value not in result.columns:
        raise unknown("column", value, result.columns)
    return result[value]


def _matrix(result: pd.DataFrame | pd.Series[Any], value: str | None, columns: str | None) -> pd.DataFrame:
    result = _chosen(result, value)
    if isinstance(result, pd.DataFrame):
        matrix = result
    elif result.index.nlevels > 1:
        levels = [str(name) for name in result.index.names]
        if columns is not None and columns not in levels:
            raise unknown("index level", columns, levels)
        level = levels[0] if columns is None else columns
        # unstack sorts its labels; the table's own order is kept instead.
        order = [result.index.get_level_values(name).unique() for name in levels]
        wide = result.unstack(level)
        rows = [name for name in levels if name != level]
        if len(rows) == 1:
            wide = wide.reindex(order[levels.index(rows[0])])
        matrix = wide.reindex(columns=order[levels.index(level)])
    else:
        matrix = result.to_frame(result.name or "value")
    numeric = [pd.api.types.is_numeric_dtype(kind) for kind in matrix.dtypes]
    if matrix.empty or not all(numeric):
        lost = [str(c) for c, fits in zip(matrix.columns, numeric, strict=True) if not fits]
        why = f"columns {', '.join(lost)} hold no numbers" if lost else "there are no cells"
        raise OptionError(f"A heatmap needs a matrix of numbers, but {why}. Choose one column with value=.")
    return matrix.astype(float)


def _emptied(matrix: pd.DataFrame, scale: Scale, diagonal: Diagonal) -> tuple[pd.DataFrame, list[str]]:
    """Empty what is not drawn, and say so."""
    require_option("diagonal", diagonal, ("shown", "left out"))
    require_option("scale", scale, ("linear", "log"))
    notes = []
    cells = matrix.copy()
    if diagonal == "left out":
        same = np.equal.outer(matrix.index.map(str).to_numpy(), matrix.columns.map(str).to_numpy())
        cells = cells.mask(same)
        notes.append("Hatched diagonal: own economy or stage, left out" if same.any() else "")
    if scale == "log":
        dropped = int((cells <= 0).to_numpy().sum())
        cells = cells.where(cells > 0)
        notes += ["Logarithmic scale", f"{dropped} cells at or below 0 left empty" if dropped else ""]
    if not np.isfinite(cells.to_numpy()).any():
        raise OptionError("Every cell of the heatmap is empty: no output, or all left out. Nothing can be drawn.")
    return cells, [text for text in notes if text]


def _colours(cells: pd.DataFrame, centre: float | None, scale: Scale, limits: tuple[float, float] | None) -> _Colours:
    from matplotlib.colors import LogNorm, Normalize

    low, high = float(np.nanmin(cells.to_numpy())), float(np.nanmax(cells.to_numpy()))
    vmin, vmax = (low, high) if limits is None else limits
    if vmax <= vmin:
        vmin, vmax = (
            (vmin / 2, vmax * 2) if scale == "log" else (vmin - 0.5 * abs(vmin or 1), vmax + 0.5 * abs(vmax or 1))
        )
    extend: Extend = "neither"
    if low < vmin or high > vmax:
        extend = "both" if low < vmin and high > vmax else "min" if low < vmin else "max"
    if scale == "log":
        return _Colours(style.sequential(), LogNorm(vmin, vmax), extend, log=True)
    if centre is None or not vmin < centre < vmax:
        return _Colours(style.sequential(), Normalize(vmin, vmax), extend)
    return _Colours(style.around(vmin, centre, vmax), Normalize(vmin, vmax), extend, centre=centre)


def _size(rows: list[str], heads: list[str], width: float | None, annotate: bool) -> tuple[float, float]:
    """Inches: room for the longest label, cells wide enough for their text, at most a page."""
    left, cell = _long(rows) + 0.3, 0.42 if annotate else 0.24
    wanted = left + len(heads) * cell + 0.9
    across = min(max(wanted, style.COLUMN), style.PAGE) if width is None else width
    upright = _long([head.replace(" ", "\n") for head in heads]) > (across - left - 0.6) / len(heads)
    below = (_long(heads) if upright else 0.26) + 0.75
    lines = max(row.count("\n") for row in rows)
    row = max(0.3 if annotate and len(rows) <= 8 else 0.172, 0.115 * (lines + 1) + 0.02)
    return across, min(max(len(rows) * row + below + 0.35, 1.9), 9.4)


def _long(labels: list[str]) -> float:
    """Width in inches of the longest label."""
    return max(len(line) for label in labels for line in label.split("\n")) * style.TEXT * 0.52 / 72


def _paint(ax: Axes, cells: pd.DataFrame, colours: _Colours, scale: Scale, annotate: bool, digits: int | None) -> None:
    import seaborn as sns

    # Empty cells let the hatched background show.
    ax.patch.set(facecolor=style.EMPTY, hatch="//////", edgecolor="#b5b5b5", linewidth=0)
    many = cells.size > 400
    size = style.TEXT if max(cells.shape) <= 8 else style.SMALL - 0.5
    sns.heatmap(
        cells,
        ax=ax,
        cmap=colours.cmap,
        norm=colours.norm,
        cbar=False,
        linewidths=0.25 if many else 0.6,
        linecolor="white",
        # Labels are set afterwards, broken to fit; seaborn would lay out the figure with them as they are.
        xticklabels=False,
        yticklabels=False,
        annot=_texts(cells, scale, digits) if annotate else None,
        fmt="",
        annot_kws={"fontsize": size} if annotate else None,
    )
    for spine in ax.spines.values():
        spine.set_visible(False)
    ax.tick_params(length=0)


def _texts(cells: pd.DataFrame, scale: Scale, digits: int | None) -> np.ndarray[Any, Any]:
    """Values as text with as many decimals as tell them apart: three significant digits of the largest."""
    significant = scale == "log" and digits is None
    if digits is None:
        largest = float(np.nanmax(np.abs(cells.to_numpy())))
        digits = int(np.clip(2 - np.floor(np.log10(largest)) if largest > 0 else 0, 0, 3))

    def written(value: float) -> str:
        if np.isnan(value):
            return ""
        if significant:
            return f"{value:,.3g}" if value < 100 else f"{value:,.0f}"
        return f"{value:,.{digits}f}".replace("-", "−")

    return np.array([[written(value) for value in row] for row in cells.to_numpy()])


def _label(ax: Axes, rows: list[str], heads: list[str], row_name: str, head_name: str) -> None:
    ax.set_yticks(np.arange(len(rows)) + 0.5, rows, rotation=0, va="center", linespacing=0.95)
    ax.set_xticks(np.arange(len(heads)) + 0.5, heads, rotation=90, ha="center", va="top")
    ax.set_xlabel(head_name, labelpad=4)
    ax.set_ylabel(row_name, labelpad=4)


def _level_heads(ax: Axes, heads: list[str]) -> None:
    """Write column labels level where they fit side by side, in one line or broken at their spaces; else upright."""
    if len(heads) > _LEVEL:
        return
    figure = ax.get_figure(root=True)
    assert figure is not None
    ticks = np.arange(len(heads)) + 0.5
    for written in (heads, [head.replace(" ", "\n") for head in heads]):
        ax.set_xticks(ticks, written, rotation=0, ha="center", va="top")
        figure.draw_without_rendering()
        ends = [label.get_window_extent() for label in ax.get_xticklabels()]
        if all(one.x1 + 2 < two.x0 for one, two in pairwise(ends)):
            return
    ax.set_xticks(ticks, heads, rotation=90, ha="center", va="top")


def _axis_name(index: pd.Index[Any], chosen: str | None) -> str:
    if chosen is not None:
        return chosen
    names = [str(name).replace("_", " ") for name in index.names if name]
    text = ", ".join(names)
    return text[:1].upper() + text[1:]


def _bar(ax: Axes, colours: _Colours, unit: str, left: float) -> None:
    from matplotlib.cm import ScalarMappable
    from matplotlib.ticker import FuncFormatter, NullFormatter

    figure = ax.get_figure(root=True)
    assert figure is not None
    # A tenth of an inch wide and half as high as the figure, whatever the shape of the matrix.
    cells = max(figure.get_figwidth() - left - 1.2, 0.6)
    thick, high = min(0.1 / cells, 0.2), figure.get_figheight() * 0.5
    mappable = ScalarMappable(colours.norm, colours.cmap)
    bar = figure.colorbar(mappable, ax=ax, extend=colours.extend, fraction=thick, pad=0.015, aspect=max(high / 0.1, 8))
    # Plain numbers: 0.1, 1, 10,000 instead of powers of ten.
    bar.ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,g}".replace("-", "−")))
    if colours.log:
        bar.ax.yaxis.set_minor_formatter(NullFormatter())
    bar.outline.set_visible(False)
    bar.ax.tick_params(labelsize=style.SMALL, length=2, width=0.5)
    bar.set_label(unit, fontsize=style.SMALL)
    if colours.centre is not None:
        bar.ax.axhline(colours.centre, color=style.INK, linewidth=0.8)


def _numbers(matrix: pd.DataFrame, attrs: dict[Any, Any]) -> pd.DataFrame:
    """Return the matrix as long rows: labels, value."""
    wide = matrix.copy()
    wide.attrs = {}
    rows, heads = _unique_names(matrix)
    wide.index.names, wide.columns.names = rows, heads
    long = wide.reset_index().melt(id_vars=rows, value_name="value") if len(heads) == 1 else None
    if long is None:
        stacked = wide.copy()
        stacked.columns = pd.Index([" | ".join(map(str, c)) for c in wide.columns], name="column")
        long = stacked.reset_index().melt(id_vars=rows, value_name="value")
    long.attrs = attrs
    return long


def _unique_names(matrix: pd.DataFrame) -> tuple[list[str], list[str]]:
    rows = [str(name) if name is not None else f"row_{k + 1}" for k, name in enumerate(matrix.index.names)]
    heads = [str(name) if name is not None else "column" for name in matrix.columns.names]
    both = set(rows) & set(heads)
    return [f"{n}_row" if n in both else n for n in rows], [f"{n}_column" if n in both else n for n in heads]
