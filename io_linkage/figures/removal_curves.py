"""Removal curves: what is lost as core nodes go, against random orders."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import pandas as pd

from io_linkage.captions import described
from io_linkage.errors import OptionError
from io_linkage.figures import style
from io_linkage.figures.naming import Names, shown
from io_linkage.figures.options import teaching
from io_linkage.figures.saving import note

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_ORDERS = {
    "systemic": "most systemic first",
    "output": "largest output first",
    "pagerank_supplier": "first by PageRank as supplier",
    "pagerank_buyer": "first by PageRank as buyer",
    "random_walk": "first by random-walk centrality",
}


@teaching()
def removal_curve(
    result: pd.DataFrame,
    *,
    named: int = 12,
    names: Names = "auto",
    title: str | None = None,
    notes: Iterable[str] = (),
    width: float = style.WIDE + 0.7,
    caption: bool = True,
    ax: Axes | None = None,
) -> Axes:
    """Draw the share lost as the most central country-industries are removed, and the band of random orders.

    Parameters
    ----------
    result : DataFrame
        A result of `networks.removal_curve`.
    named : int
        How many of the first removed are named beside the curve.
    names, title, notes, width, caption, ax
        As in `heatmap`.

    Returns
    -------
    Axes
    """
    if not {"node", "lost_percent"} <= set(result.columns):
        raise OptionError("A removal curve is drawn from a result of networks.removal_curve.")
    attrs = described(result)
    order = str(attrs.get("order", "own order"))
    random = "random_mean_percent" in result.columns
    said = [*notes, f"Band: {attrs['interval']}" if random and attrs.get("interval") else ""]
    with style.theme():
        drawn = style.axes(ax, (width, width * 0.48))
        at = result.index.to_numpy()
        if random:
            drawn.fill_between(
                at, result["random_low_percent"], result["random_high_percent"], color="#d9d9d9", linewidth=0, zorder=1
            )
            drawn.plot(
                at, result["random_mean_percent"], color=style.FAINT_INK, linestyle=(0, (5, 1.5)), label="random order"
            )
        drawn.plot(
            at, result["lost_percent"], color=style.LINE_COLOURS[0], linewidth=1.8, label=_ORDERS.get(order, order)
        )
        _frame(drawn, str(attrs.get("unit", "")), float(at[-1]))
        style.finish(drawn, attrs, title=title, notes=[text for text in said if text], caption=caption)
        _name_first(drawn, result, named, names)
    kept = result.copy()
    kept.attrs = attrs
    note(drawn, kept)
    return drawn


def _frame(ax: Axes, unit: str, last: float) -> None:
    import seaborn as sns
    from matplotlib.ticker import MaxNLocator

    ax.set_xlim(0, last)
    ax.set_ylim(bottom=0)
    ax.xaxis.set_major_locator(MaxNLocator(6, integer=True))
    ax.set_xlabel("Country-industries removed")
    ax.set_ylabel(f"Lost, {unit}")
    ax.grid(axis="y", color="#e4e4e4", linewidth=0.5)
    ax.set_axisbelow(True)
    ax.legend(loc="lower left", bbox_to_anchor=(0, 1.0), ncols=2, borderaxespad=0.2)
    sns.despine(ax=ax)


def _name_first(ax: Axes, result: pd.DataFrame, named: int, names: Names) -> None:
    """List the first removed at the right."""
    first = [str(node) for node in result["node"].iloc[1 : named + 1]]
    if not first:
        return
    listed = [f"{k}  {_spelled(node, names)}" for k, node in enumerate(first, start=1)]
    ax.annotate(
        "\n".join(["Removed first:", *listed]),
        (1.03, 1.0),
        xycoords="axes fraction",
        ha="left",
        va="top",
        fontsize=style.SMALL,
        color=style.INK,
        linespacing=1.35,
        annotation_clip=False,
    )


def _spelled(node: str, names: Names) -> str:
    region, _, industry = node.partition(" ")
    return ", ".join(shown([part], names)[0] for part in (region, industry) if part)
