"""The Harberger diagram: how many industries productivity growth comes from."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from io_linkage.captions import described
from io_linkage.errors import OptionError
from io_linkage.figures import style
from io_linkage.figures.naming import Names, shown
from io_linkage.figures.options import teaching
from io_linkage.figures.placing import name_all
from io_linkage.figures.productivity_bars import PERCENT, with_stock, year_ends
from io_linkage.figures.saving import note

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@teaching()
def harberger_diagram(
    result: pd.DataFrame,
    *,
    labels: int = 6,
    names: Names = "auto",
    title: str | None = None,
    notes: Iterable[str] = (),
    width: float = style.WIDE,
    caption: bool = True,
    ax: Axes | None = None,
) -> Axes:
    """Draw how technical progress adds up over industries, from the fastest to the slowest.

    Along the axis runs the share of the industries in value added, upward what they add to the economy's
    technical progress. A straight line to the end would be progress everywhere alike; a line that rises and
    falls is progress in a few industries, and decline in others.

    Parameters
    ----------
    result : DataFrame
        Rows of `industries` of `productivity.economy_growth` for up to eight economies or stocks of capital.
    labels : int
        How many industries of the first economy are named, those that add or take most.
    names, title, notes, width, caption, ax
        As in `heatmap`.

    Returns
    -------
    Axes

    References
    ----------
    Harberger (1998), American Economic Review 88.
    """
    needed = {"value_added_share", "technical_progress", "tfp_of_value_added"}
    if list(result.index.names) != ["region", "capital", "industry"] or not needed <= set(result.columns):
        raise OptionError(
            "A Harberger diagram is drawn from the industries of productivity.economy_growth, with years='mean' or "
            "'ends'."
        )
    curves = {key: _curve(part) for key, part in result.groupby(level=["region", "capital"], sort=False)}
    curves = {key: curve for key, curve in curves.items() if len(curve)}
    if not 1 <= len(curves) <= len(style.LINE_COLOURS):
        raise OptionError(
            f"A Harberger diagram has 1 to {len(style.LINE_COLOURS)} lines, not {len(curves)}; choose economies, e.g. "
            "result.loc[['CHN', 'USA']]."
        )
    attrs = described(result[["technical_progress"]], own=PERCENT)
    attrs.update(measure="technical progress, industry by industry", year=year_ends(attrs.get("year")))
    keys = list(curves)
    texts = with_stock(shown([key[0] for key in keys], names), [key[1] for key in keys])
    with style.theme():
        drawn = style.axes(ax, (width, 3.9))
        looks = style.lines([str(key) for key in keys])
        for key, text in zip(keys, texts, strict=True):
            curve = curves[key]
            total = curve["progress"].iloc[-1]
            drawn.plot(
                curve["share"], curve["progress"], label=f"{text}: {total:.1f}".replace("-", "−"), **looks[str(key)]
            )
            drawn.plot([0, 100], [0, total], color=looks[str(key)]["color"], linewidth=0.5, alpha=0.7)
        drawn.axhline(0, color=style.INK, linewidth=0.6)
        drawn.set_xlim(0, 104)
        drawn.set_xlabel("Share of industries in value added, cumulated, per cent; fastest TFP first")
        drawn.set_ylabel("Technical progress, cumulated,\n" + PERCENT)
        drawn.legend(loc="lower left", bbox_to_anchor=(0, 1.0), ncols=2, borderaxespad=0.2)
        _frame(drawn)
        thin = "Thin: the same in all industries"

        def explain(more: list[str]) -> object:
            return style.finish(drawn, attrs, title=title, notes=[*notes, thin, *more], caption=caption)

        _name(drawn, list(curves.values()), labels, names, explain, numbered=caption)
    data = pd.concat({key: curve.iloc[1:] for key, curve in curves.items()}, names=["region", "capital"])
    data.attrs = attrs
    note(drawn, data)
    return drawn


def _curve(part: pd.DataFrame) -> pd.DataFrame:
    """Shares and progress cumulated from the fastest industry on, in per cent, from 0."""
    known = part[part["tfp_of_value_added"].notna() & (part["value_added_share"] > 0)]
    known = known.droplevel(["region", "capital"]).sort_values("tfp_of_value_added", ascending=False, kind="stable")
    steps = known[["value_added_share", "technical_progress"]].set_axis(["share", "progress"], axis=1)
    start = pd.DataFrame({"share": [0.0], "progress": [0.0]}, index=pd.Index([""], name="industry"))
    return 100 * pd.concat([start, steps.cumsum()]) if len(known) else steps


def _name(
    ax: Axes,
    curves: list[pd.DataFrame],
    labels: int,
    names: Names,
    explain: Callable[[list[str]], object],
    *,
    numbered: bool,
) -> None:
    """Name industries of the first curve in the middle of their steps, clear of all curves."""
    first = curves[0]
    steps = first["progress"].diff().abs().iloc[1:]
    chosen = set(steps.sort_values(ascending=False, kind="stable").index[:labels])
    at = [k for k, industry in enumerate(first.index) if industry in chosen]
    middle = [first.iloc[[k - 1, k]].mean() for k in at]
    x, y = [float(step["share"]) for step in middle], [float(step["progress"]) for step in middle]
    ax.plot(x, y, "o", color=style.INK, markersize=2.5, zorder=3)
    across = np.linspace(0, 100, 120)
    heights = [np.interp(across, curve["share"], curve["progress"]) for curve in curves]
    texts = [*shown([first.index[k] for k in at], names), *[""] * (len(across) * len(heights))]
    everywhere = [*x, *np.tile(across, len(heights))], [*y, *np.concatenate(heights)]
    radii = [2.0] * len(x) + [0.8] * (len(texts) - len(x))
    name_all(ax, *everywhere, texts, explain, numbered=numbered, radii=radii, lines=((None, 0.0),))


def _frame(ax: Axes) -> None:
    import seaborn as sns

    ax.grid(axis="y", color="#e4e4e4", linewidth=0.5)
    ax.set_axisbelow(True)
    sns.despine(ax=ax)
