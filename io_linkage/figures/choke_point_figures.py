"""Rankings of choke points: the parts of the score side by side, the score last."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from io_linkage.captions import described
from io_linkage.errors import OptionError
from io_linkage.figures import style
from io_linkage.figures.naming import Names, shown
from io_linkage.figures.options import teaching
from io_linkage.figures.saving import note

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: Column, heading, and what it is multiplied by.
_LANES = (
    ("look_through_share", "Share of inputs, %", 100.0),
    ("hhi", "Concentration of\nsources (HHI)", 1.0),
    ("no_alternative_share", "Without an\nalternative, %", 100.0),
    ("score", "Score\n(product), ×1000", 1000.0),
)
_PITCH = 1.42


@teaching()
def choke_points(
    result: pd.DataFrame,
    *,
    top: int = 15,
    names: Names = "auto",
    title: str | None = None,
    notes: Iterable[str] = (),
    width: float = style.PAGE,
    caption: bool = True,
    ax: Axes | None = None,
) -> Axes:
    """Draw suppliers on whom much depends: how much, how concentrated, how hard to replace, and the product of these.

    Each part has its own scale, from 0 to its largest value shown; numbers are written at the bars.

    Parameters
    ----------
    result : DataFrame
        A result of `bottlenecks.choke_points`, in its order.
    top : int
        Rows shown.
    names, title, notes, width, caption, ax
        As in `heatmap`.

    Returns
    -------
    Axes
    """
    missing = [column for column, _, _ in _LANES if column not in result.columns]
    if missing:
        raise OptionError(f"Choke points are drawn from a result of bottlenecks.choke_points; {missing[0]} is missing.")
    rows = result.head(top)
    if rows.empty:
        raise OptionError("There is no choke point to draw.")
    attrs = described(result)
    said = [*notes, *([f"{len(rows)} of {len(result)} shown"] if len(rows) < len(result) else [])]
    with style.theme():
        drawn = style.axes(ax, (width, min(max(0.2 * len(rows) + 1.5, 2.0), 9.2)))
        for lane, (column, heading, factor) in enumerate(_LANES):
            _lane(drawn, factor * rows[column].to_numpy(dtype=np.float64), lane, heading)
        _frame(drawn, rows.index, names)
        style.finish(drawn, attrs, title=title, notes=said, caption=caption)
    kept = rows.copy()
    kept.attrs = attrs
    note(drawn, kept)
    return drawn


def _lane(ax: Axes, values: np.ndarray[Any, Any], lane: int, heading: str) -> None:
    start, largest = lane * _PITCH, float(np.nanmax(np.abs(values), initial=0.0))
    last = lane == len(_LANES) - 1
    lengths = np.nan_to_num(values) / (largest or 1.0)
    at = np.arange(len(values), dtype=np.float64)
    ax.barh(at, lengths, left=start, height=0.66, color="#b2182b" if last else "#6f8fb5", linewidth=0)
    ax.plot([start, start], [-0.6, len(values) - 0.4], color=style.INK, linewidth=0.6)
    for y, length, value in zip(at.tolist(), lengths.tolist(), values.tolist(), strict=True):
        text = "" if np.isnan(value) else f"{value:.3g}" if value < 100 else f"{value:.0f}"
        ax.text(start + length + 0.02, y, text, va="center", ha="left", fontsize=style.SMALL - 0.5)
    ax.text(start, -0.8, heading, ha="left", va="bottom", fontsize=style.SMALL, weight="bold", linespacing=1.05)


def _frame(ax: Axes, index: pd.Index[Any], names: Names) -> None:
    ax.set_yticks(range(len(index)), shown(index, names))
    ax.set_ylim(len(index) - 0.4, -0.7)
    ax.set_xlim(-0.02, len(_LANES) * _PITCH - 0.05)
    ax.set_xticks([])
    ax.tick_params(axis="y", length=0)
    for side in ax.spines.values():
        side.set_visible(False)
