"""Heatmaps of shocks: who is hit first, second and third, and outcomes at two strengths at once."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from io_linkage.captions import described, labelled
from io_linkage.errors import OptionError
from io_linkage.figures import style
from io_linkage.figures.heatmaps import heatmap
from io_linkage.figures.naming import Names
from io_linkage.figures.options import teaching
from io_linkage.figures.saving import note

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_TIER = re.compile(r"(?:tier|round)_(\d+)")
_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
#: Cells across and up in which a surface is coloured.
_FINE = 240


@teaching()
def tiers(
    result: pd.DataFrame,
    *,
    top: int = 15,
    factor: float = 1.0,
    unit: str | None = None,
    total: bool = True,
    names: Names = "auto",
    title: str | None = None,
    notes: Iterable[str] = (),
    width: float | None = None,
    caption: bool = True,
    ax: Axes | None = None,
) -> Axes:
    """Draw who is hit first, second and third: one row for each who is hit, one column for each tier.

    Parameters
    ----------
    result : DataFrame
        `tier_1`, `tier_2` ... and `later`, as `Outcome.tiers()` returns them; or `direct`, `round_1` ... as
        `shortages.run` does.
    top : int
        Rows shown, the hardest hit by their total at the top.
    factor, unit
        Multiply what is shown, with the unit saying so.
    total : bool
        Add the column of totals.
    names, title, notes, width, caption, ax
        As in `heatmap`.

    Returns
    -------
    Axes
    """
    columns = [c for c in result.columns if _TIER.fullmatch(str(c)) or c in ("direct", "later")]
    if not any(_TIER.fullmatch(str(c)) for c in columns) or "total" not in result.columns:
        raise OptionError("Tiers are drawn from a result of Outcome.tiers() or shortages.run().")
    if top < 1:
        raise OptionError(f"top={top} is not possible; show at least one row.")
    known = result.dropna(subset=["total"])
    rows = known.loc[known["total"].abs().sort_values(ascending=False, kind="stable").index[:top]]
    rows = rows[rows["total"] != 0]
    if rows.empty:
        raise OptionError("Nobody is hit: every total is 0 or unknown. Nothing can be drawn.")
    cells = rows[[*columns, *(["total"] if total else [])]] * factor
    said = list(notes)
    if (cells <= 0).all(axis=None):
        # Adding 0 turns -0 into 0.
        cells = -cells + 0.0
        said.append("Losses are drawn as positive amounts")
    signed = bool((cells < 0).any(axis=None) and (cells > 0).any(axis=None))
    # The totals would leave no shade to tell the tiers apart.
    steps = cells[columns].to_numpy()
    limits = (float(steps.min()), float(steps.max())) if total else None
    heads = [_head(str(c)) for c in cells.columns]
    cells.columns = pd.Index([head.replace("all", f"all {heads[1].split(' ')[1]}s") for head in heads], name="tier")
    if len(rows) < len(known):
        said.append(f"{len(rows)} of {len(known)} shown")
    attrs = described(result, unit, factor=factor)
    return heatmap(
        labelled(cells, attrs),
        centre=0.0 if signed else None,
        limits=limits,
        annotate=True,
        names=names,
        column_label="",
        title=title,
        notes=said,
        width=width,
        caption=caption,
        ax=ax,
    )


def _head(column: str) -> str:
    match = _TIER.fullmatch(column)
    if match is None:
        return {"direct": "own capacity", "later": "later", "total": "all"}[column]
    number = int(match[1])
    ordinal = _ORDINALS[number - 1] if number <= len(_ORDINALS) else f"{number}th"
    return f"{ordinal} {'round' if column.startswith('round') else 'tier'}"


@teaching()
def surface(
    result: pd.DataFrame,
    *,
    factor: float = 1.0,
    unit: str | None = None,
    levels: int = 9,
    title: str | None = None,
    notes: Iterable[str] = (),
    width: float = style.COLUMN + 0.8,
    caption: bool = True,
    ax: Axes | None = None,
) -> Axes:
    """Draw outcomes at two strengths as a map with contours; the line where nothing changes is thick.

    Parameters
    ----------
    result : DataFrame
        Strengths of one move in the rows and of another in the columns, as `scenarios.surface` returns it.
    factor, unit
        Multiply what is shown, with the unit saying so.
    levels : int
        About how many contours.
    title, notes, width, caption, ax
        As in `heatmap`.

    Returns
    -------
    Axes
    """
    values = _grid(result) * factor
    attrs = described(result, unit, factor=factor)
    low, high = float(values.to_numpy().min()), float(values.to_numpy().max())
    said = [*notes, *(["Thick line: no change"] if low < 0 < high else [])]
    with style.theme():
        drawn = style.axes(ax, (width, width * 0.82))
        _contours(drawn, values, low, high, levels, str(attrs.get("unit") or ""))
        drawn.set_xlabel(_sentence(attrs.get("columns") or result.columns.name))
        drawn.set_ylabel(_sentence(attrs.get("rows") or result.index.name))
        style.finish(drawn, attrs, title=title, notes=said, caption=caption)
    points = [(s, t) for s in values.index for t in values.columns]
    index = pd.MultiIndex.from_tuples(points, names=["first_strength", "second_strength"])
    long = pd.DataFrame({"value": values.to_numpy().ravel()}, index=index)
    long.attrs = attrs
    note(drawn, long)
    return drawn


def _grid(result: pd.DataFrame) -> pd.DataFrame:
    try:
        values = result.astype(np.float64)
        values.index, values.columns = values.index.astype(np.float64), values.columns.astype(np.float64)
    except (TypeError, ValueError) as error:
        raise OptionError("A surface needs strengths, numbers, in its rows and columns.") from error
    if min(values.shape) < 2 or values.isna().to_numpy().any():
        raise OptionError("A surface needs at least two strengths of each move, and no empty cell.")
    return values.sort_index().sort_index(axis=1)


def _contours(ax: Axes, values: pd.DataFrame, low: float, high: float, levels: int, unit: str) -> None:
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import Normalize
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    signed = low < 0 < high
    pad = (high - low) or max(abs(high), 1.0)
    ends = (low, high) if high > low else (low - pad / 2, high + pad / 2)
    colours = style.around(ends[0], 0.0, ends[1]) if signed else style.sequential()
    colours = colours.reversed() if high <= 0 else colours
    x, y = values.columns.to_numpy(), values.index.to_numpy()
    norm = Normalize(*ends)
    fine_x, fine_y = np.linspace(x[0], x[-1], _FINE), np.linspace(y[0], y[-1], _FINE)
    across = np.array([np.interp(fine_x, x, row) for row in values.to_numpy()])
    fine = np.array([np.interp(fine_y, y, column) for column in across.T]).T
    ax.pcolormesh(fine_x, fine_y, fine, cmap=colours, norm=norm, shading="nearest", rasterized=True)
    ax.set_xlim(x[0], x[-1])
    ax.set_ylim(y[0], y[-1])
    if high > low:
        at = [level for level in MaxNLocator(levels).tick_values(low, high) if low < level < high and level != 0]
        lines = ax.contour(x, y, values.to_numpy(), levels=at, colors=style.INK, linewidths=0.5, linestyles="solid")
        texts = ax.clabel(lines, fontsize=style.SMALL - 0.5, fmt=lambda v: f"{v:,g}".replace("-", "−"))
        for text in texts:
            text.set_bbox({"boxstyle": "square,pad=0.08", "facecolor": "white", "edgecolor": "none", "alpha": 0.75})
        if signed:
            ax.contour(x, y, values.to_numpy(), levels=[0.0], colors=style.INK, linewidths=1.8)
    figure = ax.get_figure(root=True)
    assert figure is not None
    bar = figure.colorbar(ScalarMappable(norm, colours), ax=ax, fraction=0.045, pad=0.02)
    bar.ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,g}".replace("-", "−")))
    bar.outline.set_visible(False)
    bar.ax.tick_params(labelsize=style.SMALL, length=2, width=0.5)
    bar.set_label(unit, fontsize=style.SMALL)


def _sentence(text: Any) -> str:
    words = str(text or "").replace("_", " ")
    return words[:1].upper() + words[1:]
