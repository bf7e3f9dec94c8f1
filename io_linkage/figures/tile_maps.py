"""Tile map: one square for each region of a table, near its place in the world.

No coastlines are shipped or fetched. Squares give small economies the room of large ones, which suits shares. Places
come from the longitude and latitude of each economy in ``economies.csv`` (the mean of its members for an aggregate);
the squares of a grid are assigned so that the sum of squared distances from those places is least.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

from io_linkage.captions import described
from io_linkage.economies import registry
from io_linkage.errors import OptionError, require_option
from io_linkage.figures import style
from io_linkage.figures.naming import Names, shown
from io_linkage.figures.options import teaching
from io_linkage.figures.saving import note

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.colors import Normalize

Floats = np.ndarray[Any, np.dtype[np.float64]]


@teaching()
def tile_map(
    result: pd.Series[Any],
    *,
    focus: str | None = None,
    scale: Literal["linear", "log"] = "linear",
    factor: float = 1.0,
    unit: str | None = None,
    digits: int | None = None,
    names: Names = "codes",
    title: str | None = None,
    notes: Iterable[str] = (),
    width: float = style.WIDE,
    caption: bool = True,
    ax: Axes | None = None,
) -> Axes:
    """Draw a result by region as squares laid out like the world.

    Parameters
    ----------
    result : Series
        By region, e.g. ``ties.dependence(world)["CHN"]``.
    focus : str, optional
        Region that the result is about: framed, and without a value when it has none.
    scale : {"linear", "log"}
    factor : float
        Multiply what is shown, e.g. 100 for per cent, with `unit` saying so.
    digits : int, optional
        Decimals of the values written.
    names, title, notes, width, caption, ax
        As in `heatmap`; codes are shown by default, since names do not fit a square.

    Returns
    -------
    Axes

    See Also
    --------
    io_linkage.ties.bilateral : Shares by partner.
    """
    values = result.astype(float) * factor
    if values.index.nlevels != 1 or values.notna().sum() == 0:
        raise OptionError(
            "A tile map needs one value for each region; choose one of the other levels first with .xs()."
        )
    regions = [str(region) for region in values.index]
    cells = _layout(regions)
    attrs = described(result, unit, factor=factor)
    norm = _norm(values, scale)
    columns, rows = (int(cells[:, k].max()) + 1 for k in (0, 1))
    with style.theme():
        drawn = style.axes(ax, (width, width * rows / columns * 0.92 + 0.75))
        _squares(drawn, values, cells, shown(regions, names), norm, focus, _writer(values, scale, digits))
        drawn.set(xlim=(-0.55, columns - 0.45), ylim=(rows - 0.45, -0.55), aspect="equal")
        drawn.axis("off")
        _bar(drawn, norm, str(attrs.get("unit", "")))
        statements = [*notes, "Squares stand near the place of each region"]
        if values[values.index != focus].isna().any():
            statements.append("Hatched: no figures")
        style.finish(drawn, attrs, title=title, notes=statements, caption=caption)
    shown_values = values.rename("value").to_frame()
    shown_values["column"], shown_values["row"] = cells.T
    shown_values.index.name = "region"
    shown_values.attrs = attrs
    note(drawn, shown_values)
    return drawn


def _layout(regions: list[str]) -> np.ndarray[Any, np.dtype[np.intp]]:
    """Column and row of each region's square, (regions, 2)."""
    from scipy.optimize import linear_sum_assignment

    places = [_place(region) for region in regions]
    known = [k for k, place in enumerate(places) if place is not None]
    cells = np.zeros((len(regions), 2), dtype=np.intp)
    rows = max(2, round(np.sqrt(len(known) / 1.5)))
    columns = max(3, round(rows * 2.1))
    if known:
        where = np.array([places[k] for k in known], dtype=np.float64)
        target = _spread(where) * [columns - 1, rows - 1]
        grid = np.stack(np.meshgrid(np.arange(columns), np.arange(rows)), axis=-1).reshape(-1, 2)
        distance = ((target[:, None, :] - grid[None, :, :]) ** 2).sum(axis=2)
        order, chosen = linear_sum_assignment(distance)
        cells[np.array(known)[order]] = grid[chosen]
    # What has no place of its own stands in a row below the map.
    rest = [k for k, place in enumerate(places) if place is None]
    for k, region in enumerate(rest):
        cells[region] = k, rows
    return cells


def _spread(where: Floats) -> Floats:
    """Places between 0 and 1, halfway between the globe's own spacing and an even one, north at the top."""
    lon, lat = where[:, 0], -where[:, 1]
    spread = []
    for values in (lon, lat):
        own = (values - values.min()) / max(float(np.ptp(values)), 1e-9)
        even = np.argsort(np.argsort(values, kind="stable"), kind="stable") / max(len(values) - 1, 1)
        spread.append(0.5 * own + 0.5 * even)
    return np.column_stack(spread)


def _place(region: str) -> tuple[float, float] | None:
    code = registry.find(region)
    if code is None:
        return None
    known = registry.register()[code]
    if known.longitude is not None and known.latitude is not None:
        return known.longitude, known.latitude
    members = next(
        (row["members"].split() for row in registry.read_rows("world", "regions.csv") if row["code"] == code), []
    )
    places = [place for member in members if (place := _place(member)) is not None and member != region]
    return (float(np.mean([p[0] for p in places])), float(np.mean([p[1] for p in places]))) if places else None


def _norm(values: pd.Series[float], scale: str) -> Normalize:
    from matplotlib.colors import LogNorm, Normalize

    shown_values = values.dropna()
    if scale == "log":
        positive = shown_values[shown_values > 0]
        if positive.empty:
            raise OptionError("No value is above 0, so there is no log scale; use scale='linear'.")
        return LogNorm(float(positive.min()), float(positive.max()))
    require_option("scale", scale, ("linear", "log"))
    low = min(0.0, float(shown_values.min()))
    return Normalize(low, float(shown_values.max()) or 1.0)


def _writer(values: pd.Series[float], scale: str, digits: int | None) -> Callable[[float], str]:
    """How values are written: two significant digits on a log scale, else as many decimals as tell them apart."""
    if digits is None and scale == "log":
        return lambda value: f"{value:#,.2g}".rstrip(".") if abs(value) < 10 else f"{value:,.0f}"
    largest = float(values.abs().max())
    if digits is None:
        digits = int(np.clip(1 - np.floor(np.log10(largest)), 0, 3)) if largest > 0 else 0
    return lambda value: f"{value:,.{digits}f}"


def _squares(
    ax: Axes,
    values: pd.Series[float],
    cells: np.ndarray[Any, Any],
    texts: list[str],
    norm: Normalize,
    focus: str | None,
    write: Callable[[float], str],
) -> None:
    from matplotlib.patches import Rectangle

    cmap = style.sequential()
    for region, value, (column, row), text in zip(values.index, values, cells, texts, strict=True):
        empty = bool(np.isnan(value))
        colour = style.EMPTY if empty else cmap(norm(value))
        own = region == focus
        ax.add_patch(
            Rectangle(
                (column - 0.47, row - 0.47),
                0.94,
                0.94,
                facecolor=colour,
                hatch="//////" if empty and not own else None,
                edgecolor=style.LINE_COLOURS[0] if own else "#b5b5b5" if empty else "none",
                linewidth=1.6 if own else 0,
            )
        )
        dark = not empty and sum(np.array(colour[:3]) * [0.299, 0.587, 0.114]) < 0.55
        ink = "white" if dark else style.INK
        written = "" if empty else write(value).replace("-", "−")
        ax.text(column, row - 0.12, text, ha="center", va="center", color=ink, fontsize=style.TEXT, weight="bold")
        ax.text(column, row + 0.2, written, ha="center", va="center", color=ink, fontsize=style.SMALL)


def _bar(ax: Axes, norm: Normalize, unit: str) -> None:
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import LogNorm
    from matplotlib.ticker import FuncFormatter

    bar = ax.figure.colorbar(ScalarMappable(norm, style.sequential()), ax=ax, fraction=0.03, pad=0.02, aspect=26)
    if isinstance(norm, LogNorm):
        # Plain numbers: 0.5, 1, 2 instead of powers of ten.
        for axis_format in (bar.ax.yaxis.set_major_formatter, bar.ax.yaxis.set_minor_formatter):
            axis_format(FuncFormatter(_plain))
    bar.outline.set_visible(False)
    bar.ax.tick_params(labelsize=style.SMALL, length=2, width=0.5)
    bar.set_label(unit, fontsize=style.SMALL)


def _plain(value: float, _: object) -> str:
    """Write 1, 2 and 5 of each power of ten; the ticks between stay without a number."""
    return f"{value:g}" if f"{value:e}"[0] in "125" else ""
