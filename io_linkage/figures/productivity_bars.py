"""Bars of productivity: what growth is made of, and who gives an industry's chain its progress."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

from io_linkage.captions import described
from io_linkage.errors import OptionError, require_option
from io_linkage.figures import style
from io_linkage.figures.naming import Names, shown
from io_linkage.figures.options import teaching
from io_linkage.figures.saving import note

if TYPE_CHECKING:
    from matplotlib.axes import Axes

PERCENT = "per cent a year (logarithmic)"
#: What each part is called and drawn in; neighbours differ in lightness, so that they stay apart in grey.
_PARTS = {
    "technical_progress": ("technical progress in industries", "#2166ac"),
    "allocation_of_capital": ("allocation of capital", "#f4a582"),
    "allocation_of_labour": ("allocation of labour", "#222222"),
    "capital": ("capital", "#b9b9b9"),
    "hours": ("hours", "#4d4d4d"),
    "skill": ("skills", "#e08214"),
    "tfp": ("TFP", "#2166ac"),
}
_OF = {
    "tfp": ("technical_progress", "allocation_of_capital", "allocation_of_labour"),
    "value_added": ("capital", "hours", "skill", "tfp"),
}


@teaching()
def growth_contributions(
    result: pd.DataFrame,
    *,
    of: Literal["tfp", "value_added"] = "tfp",
    sort: bool = True,
    names: Names = "auto",
    title: str | None = None,
    notes: Iterable[str] = (),
    width: float = style.WIDE,
    caption: bool = True,
    ax: Axes | None = None,
) -> Axes:
    """Draw the growth of economies as bars of what contributes to it, with the sum as a mark.

    An economy whose capital was rebuilt has a bar for each stock, one below the other.

    Parameters
    ----------
    result : DataFrame
        `regions` of `productivity.economy_growth`, without a level year.
    of : {"tfp", "value_added"}
        TFP, from technical progress and allocation; or value added, from capital, hours, skills and TFP.
    sort : bool
        The fastest first, by the published capital; as in the result otherwise.
    names, title, notes, width, caption, ax
        As in `heatmap`.

    Returns
    -------
    Axes
    """
    require_option("of", of, tuple(_OF))
    if list(result.index.names) != ["region", "capital"] or not {*_OF[of], of} <= set(result.columns):
        raise OptionError(
            "These bars are drawn from the regions of productivity.economy_growth, with years='mean' or 'ends'."
        )
    table = 100 * result[[*_OF[of], of]].dropna()
    if table.empty:
        raise OptionError("There is no growth to draw: no economy has accounts.")
    if sort:
        first = table[of].groupby(level="region").first()
        regions = list(first.sort_values(ascending=False, kind="stable").index)
        table = table.loc[sorted(table.index, key=lambda row: (regions.index(row[0]), row[1]))]
    attrs = described(result[[of]], own=PERCENT)
    attrs["measure"] = (
        f"growth of {of.replace('_', ' ')} and what contributes to it"
        if of != "tfp"
        else ("growth of total factor productivity and what contributes to it")
    )
    attrs["year"] = year_ends(attrs.get("year"))
    with style.theme():
        drawn = style.axes(ax, (width, 0.22 * len(table) + 1.5))
        stacked(drawn, table[list(_OF[of])], {part: _PARTS[part] for part in _OF[of]})
        # The sum stands out on dark and light parts alike.
        drawn.plot(
            table[of], range(len(table)), "D", color="white", markeredgecolor=style.INK, markersize=4,
            markeredgewidth=0.8, label="sum", linestyle="none",
        )  # fmt: skip
        drawn.set_yticks(range(len(table)), _economies(table.index, names))
        drawn.set_xlabel(PERCENT[:1].upper() + PERCENT[1:])
        framed(drawn)
        style.finish(drawn, attrs, title=title, notes=notes, caption=caption)
    table.attrs = attrs
    note(drawn, table)
    return drawn


@teaching()
def chain_givers(
    result: pd.DataFrame,
    *,
    givers: int = 6,
    names: Names = "auto",
    title: str | None = None,
    notes: Iterable[str] = (),
    width: float = style.WIDE,
    caption: bool = True,
    ax: Axes | None = None,
) -> Axes:
    """Draw chain TFP of industries as bars of the economies (or other groups) that give it.

    Parameters
    ----------
    result : DataFrame
        Some rows of `productivity.chain_tfp_givers`, one a bar; with a first level `capital` (``pd.concat({"published":
        ..., "rebuilt": ...}, names=["capital"])``) for both readings of the capital stock.
    givers : int
        How many givers have a colour of their own, those with the largest contributions; the others are added up.
    names, title, notes, width, caption, ax
        As in `heatmap`.

    Returns
    -------
    Axes
    """
    stocked = "capital" in result.index.names
    if list(result.index.names) != [*(["capital"] if stocked else []), "region", "industry"] or result.empty:
        raise OptionError("These bars are drawn from rows of productivity.chain_tfp_givers.")
    if len(result) > 40:
        raise OptionError(f"{len(result)} bars do not fit; choose up to 40 rows, e.g. result.loc[['CHN', 'USA']].")
    if not 1 <= givers <= len(style.LINE_COLOURS):
        raise OptionError(f"givers={givers} is not possible; choose 1 to {len(style.LINE_COLOURS)}.")
    table = 100 * result.dropna(how="all")
    if table.empty:
        raise OptionError("There is no chain TFP to draw: too little is covered in all rows.")
    sizes = table.abs().sum()
    largest = [name for name in sizes.sort_values(ascending=False, kind="stable").index[:givers] if sizes[name] > 0]
    parts = table[largest].copy()
    rest = table.drop(columns=largest).sum(axis=1)
    if rest.abs().sum() > 0:
        parts["others"] = rest
    attrs = described(result, own=PERCENT)
    attrs["year"] = year_ends(attrs.get("year"))
    looks = dict(zip(largest, zip(shown(largest, names), style.LINE_COLOURS, strict=False), strict=True))
    with style.theme():
        drawn = style.axes(ax, (width, 0.27 * len(parts) + 1.5))
        stacked(drawn, parts, {**looks, "others": ("all others", "#c8c8c8")})
        drawn.plot(
            parts.sum(axis=1), range(len(parts)), "D", color="white", markeredgecolor=style.INK, markersize=4,
            markeredgewidth=0.8, label="chain TFP", linestyle="none",
        )  # fmt: skip
        drawn.set_yticks(
            range(len(parts)), _industries(pd.MultiIndex.from_tuples(parts.index, names=parts.index.names), names)
        )
        drawn.set_xlabel(PERCENT[:1].upper() + PERCENT[1:])
        framed(drawn)
        style.finish(drawn, attrs, title=title, notes=notes, caption=caption)
    parts.attrs = attrs
    note(drawn, parts)
    return drawn


def stacked(ax: Axes, table: pd.DataFrame, looks: dict[Any, tuple[str, str]]) -> None:
    """Bars from the top down, positive parts to the right of 0 and negative ones to the left."""
    right, left = np.zeros(len(table)), np.zeros(len(table))
    for name in table.columns:
        label, colour = looks[name]
        values = table[name].to_numpy()
        start = np.where(values >= 0, right, left)
        ax.barh(
            range(len(table)), values, left=start, height=0.7, color=colour, label=label, linewidth=0.4,
            edgecolor="white",
        )  # fmt: skip
        right, left = right + np.maximum(values, 0), left + np.minimum(values, 0)
    ax.invert_yaxis()


def framed(ax: Axes) -> None:
    """Zero line, grid and legend above."""
    import seaborn as sns

    ax.axvline(0, color=style.INK, linewidth=0.6)
    ax.grid(axis="x", color="#e4e4e4", linewidth=0.5)
    ax.set_axisbelow(True)
    ax.tick_params(axis="y", length=0)
    handles, texts = ax.get_legend_handles_labels()
    marks = [k for k, text in enumerate(texts) if text in ("sum", "chain TFP")]
    order = [k for k in range(len(texts)) if k not in marks] + marks
    ax.legend(
        [handles[k] for k in order], [texts[k] for k in order], loc="lower left", bbox_to_anchor=(0, 1.0),
        ncols=4 if sum(map(len, texts)) < 70 else 3, borderaxespad=0.2, handlelength=1.0, columnspacing=1.0,
    )  # fmt: skip
    sns.despine(ax=ax, left=True)


def _economies(index: pd.Index[Any], names: Names) -> list[str]:
    regions = shown(index.get_level_values("region"), names)
    stocks = index.get_level_values("capital")
    return with_stock(regions, list(stocks))


def with_stock(labels: list[str], stocks: list[Any]) -> list[str]:
    """Say of what is there twice which capital stock it has."""
    twice = {label for label, stock in zip(labels, stocks, strict=True) if stock == "rebuilt"}
    twice &= {label for label, stock in zip(labels, stocks, strict=True) if stock == "published"}
    return [
        f"{label}, {stock} capital" if stock == "rebuilt" or label in twice else label
        for label, stock in zip(labels, stocks, strict=True)
    ]


def _industries(index: pd.MultiIndex, names: Names) -> list[str]:
    if "capital" not in index.names:
        return shown(list(index), names)
    return with_stock(shown(list(index.droplevel("capital")), names), list(index.get_level_values("capital")))


def year_ends(years: Any) -> Any:
    """First and last year of a list of years, as a caption says them."""
    return f"{years[0]} to {years[-1]}" if isinstance(years, list | tuple) and len(years) > 1 else years
