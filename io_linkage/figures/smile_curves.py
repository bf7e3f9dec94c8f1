"""Smile curves: who adds value at which distance from the user of a product."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from io_linkage.captions import described
from io_linkage.errors import OptionError, unknown
from io_linkage.figures import style
from io_linkage.figures.naming import Names, shown
from io_linkage.figures.options import teaching
from io_linkage.figures.placing import name_all
from io_linkage.figures.saving import note

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Floats = npt.NDArray[np.float64]

#: Home, then the largest partners; the rest in grey.
_PARTNERS = ("#2166ac", "#e08214", "#5ec4b0", "#762a83")
_HOME = "#b2182b"


@teaching()
def smile_curve(
    result: pd.DataFrame,
    *,
    home: str | None = None,
    partners: int = 3,
    smallest: float = 0.001,
    label: int = 9,
    names: Names = "auto",
    title: str | None = None,
    notes: Iterable[str] = (),
    width: float = style.WIDE,
    caption: bool = True,
    ax: Axes | None = None,
) -> Axes:
    """Draw who adds value at which distance from the product's user, upstream on the left.

    The height is value added per unit of output, the area of a bubble its value added in the product, the line the mean
    height along the distance, weighted by value added: a smile is high at both ends.

    Parameters
    ----------
    result : DataFrame
        From ``position.smile``.
    home : str, optional
        Region drawn in red; that which finishes the product by default.
    partners : int
        How many other regions, by value added, have a colour of their own (at most 4).
    smallest : float
        Leave out bubbles below this share of the product's value added.
    label : int
        How many bubbles to name, largest first.
    names, title, notes, width, caption, ax
        As in `heatmap`.

    Returns
    -------
    Axes

    See Also
    --------
    io_linkage.position.smile : The curve that is drawn.
    """
    needed = ["value_added", "share", "distance", "per_output"]
    for column in (*needed, "final"):
        if column not in result.columns:
            raise unknown("column", column, result.columns)
    rows = result[needed].dropna()
    rows = rows[rows["share"] >= smallest].sort_values("share", ascending=False)
    if rows.empty:
        raise OptionError(f"No industry adds at least {smallest:.1%} of the product's value added; lower smallest=.")
    own = _finisher(result) if home is None else home
    shares = result["share"].groupby(level="region", sort=False).sum()
    if own not in shares.index:
        raise unknown("region", own, shares.index)
    ahead = [r for r in shares.sort_values(ascending=False).index if r != own][: min(partners, len(_PARTNERS))]
    colours = {own: _HOME, **dict(zip(ahead, _PARTNERS, strict=False))}
    across, up = rows["distance"].to_numpy(), rows["per_output"].to_numpy()
    radii = np.maximum(16.0 * np.sqrt(rows["share"].to_numpy() / rows["share"].max()), 1.4)
    product = str(result.attrs.get("product", ""))
    with style.theme():
        drawn = style.axes(ax, (width, width * 0.74))
        _bubbles(drawn, rows, across, up, radii, colours, names)
        _mean_line(drawn, across, up, rows["share"].to_numpy())
        drawn.set_xlabel("Distance from the product's user, stages (upstream on the left)")
        drawn.set_ylabel("Value added per unit of output")
        _room(drawn, across, up)
        heading = f"Who earns what of a final product: {_product_name(product, names)}" if title is None else title
        attrs = described(result[["distance", "per_output"]], own="stages; value added per output")
        covered = f"Shown: {rows['share'].sum():.0%} of value added, industries with {smallest:.1%} or more"
        statements = ["Area: value added in the product", "Line: mean weighted by value added", covered, *notes]
        texts = shown(list(rows.index), names)
        name_all(
            drawn,
            across.tolist(),
            up.tolist(),
            [t if k < label else "" for k, t in enumerate(texts)],
            lambda more: style.finish(drawn, attrs, title=heading, notes=[*statements, *more], caption=caption),
            numbered=caption,
            radii=radii.tolist(),
            fontsize=style.SMALL,
        )
    rows.attrs = dict(result.attrs)
    note(drawn, rows)
    return drawn


def _room(ax: Axes, across: Floats, up: Floats) -> None:
    """Leave room for the largest bubbles; upstream is on the left."""
    low, high = across.min(), across.max()
    ax.set_xlim(high + 0.09 * (high - low + 0.5), low - 0.09 * (high - low + 0.5))
    low, high = min(0.0, up.min()), up.max()
    ax.set_ylim(low - 0.02 * (high - low), high + 0.08 * (high - low))


def _finisher(result: pd.DataFrame) -> str:
    finishing = result["value_added"].where(result["final"]).groupby(level="region").sum()
    return str(finishing.idxmax())


def _product_name(product: str, names: Names) -> str:
    parts = product.split(" ", 1)
    region, *rest = (shown([part], names)[0] for part in parts)
    return ", ".join([region, *(name[:1].lower() + name[1:] for name in rest)])


def _bubbles(
    ax: Axes, rows: pd.DataFrame, across: Floats, up: Floats, radii: Floats, colours: Mapping[str, str], names: Names
) -> None:
    from matplotlib.lines import Line2D

    regions = rows.index.get_level_values("region")
    colour = [colours.get(region, "#b8b8b8") for region in regions]
    ax.scatter(across, up, s=np.pi * radii**2, c=colour, alpha=0.8, linewidths=0.5, edgecolors="white", zorder=3)
    shown_names = dict(zip(colours, shown(list(colours), names), strict=True))
    entries = [(shown_names[region], c) for region, c in colours.items()]
    if any(region not in colours for region in regions):
        entries.append(("others", "#b8b8b8"))
    handles = [
        Line2D([], [], marker="o", linestyle="", color=c, markersize=5, markeredgecolor="white", label=name)
        for name, c in entries
    ]
    ax.legend(
        handles=handles,
        loc="lower left",
        bbox_to_anchor=(0.0, 1.0),
        ncols=len(handles),
        borderaxespad=0.1,
        handletextpad=0.1,
        columnspacing=1.0,
    )
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)


def _mean_line(ax: Axes, across: Floats, up: Floats, weight: Floats) -> None:
    """Kernel mean of the heights; the width of the kernel is a fifth of the range."""
    low, high = float(across.min()), float(across.max())
    if len(across) < 4 or high - low < 0.2:
        return
    grid = np.linspace(low, high, 120)
    near = np.exp(-0.5 * ((grid[:, None] - across) / (0.12 * (high - low))) ** 2) * weight
    ax.plot(grid, (near @ up) / near.sum(axis=1), color=style.INK, linewidth=1.4, zorder=2)
