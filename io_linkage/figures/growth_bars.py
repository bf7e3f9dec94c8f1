"""Stacked bars of growth pull: where each partner's growth came from."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Literal

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

_GREYS = {"own": "#e2e2e2", "others": "#b9b9b9", "own_coefficients": "#b9b9b9"}


@teaching()
def growth_sources(
    result: pd.DataFrame,
    *,
    value: Literal["change_share", "points", "contribution"] = "change_share",
    by: Literal["source", "channel"] = "source",
    source: str | None = None,
    leave_out: Iterable[str] = (),
    names: Names = "auto",
    title: str | None = None,
    notes: Iterable[str] = (),
    width: float = style.WIDE,
    caption: bool = True,
    ax: Axes | None = None,
) -> Axes:
    """Draw each partner's growth as a bar, split by source or by channel.

    Parameters
    ----------
    result : DataFrame
        A result of `ties.growth_pull`.
    value : {"change_share", "points", "contribution"}
        Shares are drawn in per cent.
    by : {"source", "channel"}
    source : str, optional
        One source only, e.g. the focus, to show its channels.
    leave_out : list of str
        Sources or channels not drawn, e.g. ["own"], which dwarfs the others; the figure says so.
    names, title, notes, width, caption, ax
        As in `heatmap`.

    Returns
    -------
    Axes

    See Also
    --------
    io_linkage.ties.growth_pull : The split that is drawn.
    """
    if list(result.index.names) != ["partner", "source", "channel"] or value not in result.columns:
        raise OptionError("Growth bars are drawn from a result of ties.growth_pull.")
    part = result[value] if source is None else result[value].xs(source, level="source")
    order = list(dict.fromkeys(part.index.get_level_values(by)))
    partners = list(dict.fromkeys(part.index.get_level_values("partner")))
    table = part.groupby(["partner", by]).sum(min_count=1).unstack(by).reindex(index=partners, columns=order)
    hidden = [name for name in leave_out if name in table.columns]
    table = table.drop(columns=hidden).dropna(how="all")
    if table.empty:
        raise OptionError("There is no growth to draw: no partner has figures.")
    table = table.loc[:, (table.abs() > 0).any()] * (100 if value == "change_share" else 1)
    units = {"change_share": "per cent of the change", "points": "percentage points of growth"}
    attrs = described(result[[value]], own=units.get(value, result.attrs.get("unit", "")))
    years = result.attrs.get("years")
    statements = [*notes, f"Change from {years[0]} to {years[1]}" if years else ""]
    statements += [f"Not drawn: {', '.join(_sources(hidden, names))}"] if hidden else []
    with style.theme():
        drawn = style.axes(ax, (width, 0.27 * len(table) + 1.35))
        _stack(drawn, table, names)
        drawn.set_yticks(range(len(table)), _partners(table.index, names))
        drawn.set_xlabel(str(attrs["unit"])[:1].upper() + str(attrs["unit"])[1:])
        _frame(drawn)
        style.finish(drawn, attrs, title=title, notes=statements, caption=caption)
    long = pd.DataFrame({str(value): table.T.unstack()})
    long.attrs = attrs
    note(drawn, long)
    return drawn


def _stack(ax: Axes, table: pd.DataFrame, names: Names) -> None:
    """Positive parts to the right of 0, negative ones to the left."""
    colours = iter(style.LINE_COLOURS)
    labels = dict(zip(table.columns, _sources(list(table.columns), names), strict=True))
    right, left = np.zeros(len(table)), np.zeros(len(table))
    for name in table.columns:
        values = table[name].fillna(0).to_numpy()
        start = np.where(values >= 0, right, left)
        colour = _GREYS.get(name) or next(colours)
        ax.barh(range(len(table)), values, left=start, height=0.68, color=colour, label=labels[name], linewidth=0)
        right, left = right + np.maximum(values, 0), left + np.minimum(values, 0)
    if (left < 0).any():
        ax.plot(right + left, range(len(table)), "D", color=style.INK, markersize=2.8, label="sum of those drawn")
    ax.invert_yaxis()
    handles, texts = ax.get_legend_handles_labels()
    if (left < 0).any():
        # The bars come in the order in which they are drawn, the mark of their sum last.
        handles, texts = [*handles[1:], handles[0]], [*texts[1:], texts[0]]
    across = len(texts) if sum(map(len, texts)) < 50 else 3
    ax.legend(
        handles,
        texts,
        loc="lower left",
        bbox_to_anchor=(0, 1.0),
        ncols=across,
        borderaxespad=0.2,
        handlelength=1.0,
        columnspacing=1.0,
    )


def _frame(ax: Axes) -> None:
    import seaborn as sns

    ax.axvline(0, color=style.INK, linewidth=0.6)
    ax.grid(axis="x", color="#e4e4e4", linewidth=0.5)
    ax.set_axisbelow(True)
    ax.tick_params(axis="y", length=0)
    sns.despine(ax=ax, left=True)


def _sources(sources: list[str], names: Names) -> list[str]:
    economies = [name for name in sources if name not in ("own", "others")]
    known = dict(zip(economies, shown(economies, names), strict=True))
    known |= {"own": "partner itself", "others": "all others"}
    return [known[name].replace("_", " ") for name in sources]


def _partners(partners: pd.Index[Any], names: Names) -> list[str]:
    rest = [partner for partner in partners if partner != "all"]
    known = dict(zip(rest, shown(rest, names), strict=True))
    return [known.get(partner, "All partners") for partner in partners]
