"""A country's place in value chains on one page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import pandas as pd

from io_linkage.figures import style
from io_linkage.figures.export_figures import _LOOKS
from io_linkage.figures.naming import Names, shown
from io_linkage.figures.options import teaching
from io_linkage.figures.saving import note
from io_linkage.wording import listed

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_OWN, _FRONT = "#b2182b", "#4d4d4d"

_ROWS = (
    ("high_stage", "of exported value added", "%"),
    ("high_tech", "High-tech, of exported value added", "%"),
    ("dva_share", "Domestic value added in exports", "%"),
    ("skill", "High-skilled hours in work for exports", "%"),
    ("backward", "Backward participation", "%"),
    ("forward", "Forward participation", "%"),
    ("upstreamness", "Upstreamness of exports, stages", ""),
    ("gvc_position", "Position: length ahead / length behind", ""),
    ("va_per_job", "Value added per job in exports", "amount"),
)


class Card(Protocol):
    """What a card figure needs; `io_linkage.upgrading.CountryCard` is one."""

    label: str
    profile: pd.DataFrame
    frontier: pd.DataFrame
    exports: pd.DataFrame
    industries: pd.DataFrame
    origins: pd.Series[float]
    destinations: pd.Series[float]
    attrs: dict[str, Any]


@teaching()
def country_card(card: Card, *, names: Names = "auto", title: str | None = None, width: float = style.PAGE) -> Figure:
    """Draw a `CountryCard`: profile against the frontier, exports over the years, industries, partners.

    Parameters
    ----------
    card : CountryCard
        From ``upgrading.country_card``.
    names, title, width
        As in `heatmap`.

    Returns
    -------
    Figure

    See Also
    --------
    io_linkage.upgrading.country_card : The card that is drawn.
    """
    import matplotlib.pyplot as plt

    with style.theme():
        figure = plt.figure(figsize=(width, width * 1.12), layout="constrained")
        top, middle, bottom = np.ravel(np.asarray(figure.subfigures(3, 1, height_ratios=[1.12, 0.9, 1.2])))
        exports, stage = middle.subfigures(1, 2, width_ratios=[1.15, 1.0])
        industries, partners = bottom.subfigures(1, 2)
        profile = top.subplots()
        _profile(profile, card)
        _exports(exports.subplots(), card.exports)
        _stages(stage.subplots(), card)
        _industries(industries.subplots(), card.industries, names)
        _partners(partners.subplots(), card, names)
        years = list(card.profile.index)
        heading = f"{card.label} in value chains, {_span(years)}" if title is None else title
        edge = 4 / (width * 72)
        figure.suptitle(heading, x=edge, ha="left", size=style.TITLE + 2, weight="bold")
        attrs = {
            **card.attrs,
            "year": years,
            "unit": "% or as stated",
            "table": _plain(card.attrs.get("table", ""), years),
        }
        text = style.wrapped(figure, style.stated(attrs, _notes(card, years)), width * 72 - 8, style.SMALL)
        figure.supxlabel(text, x=edge, ha="left", size=style.SMALL, color=style.FAINT_INK).set_gid("caption")
    numbers = pd.concat({"own": card.profile.T, "frontier": card.frontier.T}, names=["who", "indicator"])
    numbers.attrs.update(attrs)
    note(profile, numbers)
    return figure


def _notes(card: Card, years: list[Any]) -> list[str]:
    jobs = bool(card.profile["va_per_job"].notna().any())
    ahead = ", ".join(shown(list(card.attrs.get("frontier", []))))
    return [
        f"Frontier: {ahead} taken together{', in all years' if len(years) > 1 else ''}" if ahead else "",
        f"Value added per job: {card.attrs.get('unit', '')} per {card.attrs.get('jobs') or 'job'}, current prices"
        if jobs
        else "",
        "Where a year stands beside a figure, it and the frontier's are of that year" if _has_earlier(card) else "",
        f"Industries and partners: {years[-1]}",
    ]


def _has_earlier(card: Card) -> bool:
    return any(_last_known(card.profile[indicator]) != card.profile.index[-1] for indicator, _, _ in _ROWS)


def _span(years: list[Any]) -> str:
    return str(years[0]) if len(years) == 1 else f"{years[0]} to {years[-1]}"


def _plain(table: str, years: list[Any]) -> str:
    for year in years:
        table = table.replace(f" {year}", "")
    return table


def _heading(ax: Axes, text: str) -> None:
    ax.set_title(text, loc="left", size=style.TEXT + 0.5, weight="bold")


def _high(card: Card) -> str:
    names = listed(name.replace("_", " ") for name in card.attrs.get("high_stages", ("emerging", "future")))
    return names[:1].upper() + names[1:]


def _profile(ax: Axes, card: Card) -> None:
    """Write the figures of the first and last year with the frontier's, and mark own over frontier."""
    years = list(card.profile.index)
    ax.set_axis_off()
    ax.set_xlim(0, 1)
    ax.set_ylim(len(_ROWS) + 0.4, -1.2)
    _heading(ax, "Profile")
    columns = [(0.48, str(years[0])), (0.58, str(years[-1])), (0.70, f"frontier {years[-1]}")]
    for x, text in columns if len(years) > 1 else columns[1:]:
        ax.text(x, -0.55, text, ha="right", size=style.SMALL, color=style.FAINT_INK)
    ax.text(0.90, -0.55, "own / frontier = 1", ha="center", size=style.SMALL, color=style.FAINT_INK)
    for k, (indicator, label, kind) in enumerate(_ROWS):
        own, front = card.profile[indicator], card.frontier[indicator]
        last = _last_known(own)
        ax.text(0.0, k, f"{_high(card)}, {label}" if indicator == "high_stage" else label, va="center")
        if len(years) > 1:
            ax.text(0.48, k, _written(own[years[0]], kind), ha="right", va="center", color=style.FAINT_INK)
        ax.text(0.58, k, _written(own[last], kind), ha="right", va="center", weight="bold")
        if last != years[-1]:
            ax.text(0.585, k, str(last), ha="left", va="center", size=style.SMALL - 1, color=style.FAINT_INK)
        ax.text(0.70, k, _written(front[last], kind), ha="right", va="center", color=style.FAINT_INK)
        _relative(ax, k, (own / front).loc[sorted({years[0], last})])
        ax.axhline(k + 0.5, color="#e4e4e4", linewidth=0.4, xmin=0, xmax=1)
    ax.plot([0.75 + 0.15] * 2, [-0.35, len(_ROWS) - 0.5], color=_FRONT, linewidth=0.7)


def _last_known(own: pd.Series[float]) -> Any:
    """Return the last year with a figure, if it comes after the first year; else the last year, whose cell is a dash.

    The accounts of the last years are thin; an earlier figure, with its year beside it, says more than none.
    """
    later = own.iloc[1:].dropna()
    return own.index[-1] if later.empty else later.index[-1]


def _relative(ax: Axes, row: int, ratios: pd.Series[float]) -> None:
    """Mark own over frontier in the first and last year; the line is 1, the scale runs from 0 to 1.6."""
    scale = 0.15
    points = [(0.75 + scale * min(float(r), 1.6), float(r)) for r in (ratios.iloc[0], ratios.iloc[-1])]
    if all(np.isfinite(r) for _, r in points) and len(ratios) > 1:
        ax.plot([p for p, _ in points], [row, row], color=_OWN, linewidth=1.0)
    if np.isfinite(points[0][1]) and len(ratios) > 1:
        ax.plot(points[0][0], row, marker="o", markersize=3.5, color=_OWN, markerfacecolor="white")
    if np.isfinite(points[1][1]):
        ax.plot(points[1][0], row, marker="o", markersize=4, color=_OWN)


def _written(value: float, kind: str) -> str:
    if not np.isfinite(value):
        return "–"
    if kind == "%":
        return f"{100 * value:.1f} %"
    return f"{value:,.1f}" if kind == "amount" else f"{value:.2f}"


def _exports(ax: Axes, exports: pd.DataFrame) -> None:
    _heading(ax, "Gross exports, %")
    order = [t for t in ("traditional", "pure_forward", "two_sided", "pure_backward", "NON_VA") if t in exports]
    bottom = np.zeros(len(exports))
    for term in order:
        label, colour = _LOOKS[term]
        values = 100 * exports[term].to_numpy(dtype=float)
        hatch = "//////" if term == "NON_VA" else None
        edge = "#b5b5b5" if term == "NON_VA" else "white"
        ax.bar(
            range(len(exports)),
            values,
            bottom=bottom,
            color=colour,
            width=0.75,
            label=label,
            hatch=hatch,
            edgecolor=edge,
            linewidth=0.4,
        )
        bottom += values
    ax.set_xticks(range(len(exports)), [str(year) for year in exports.index])
    ax.set_ylim(0, 100)
    if len(exports) == 1:
        ax.set_xlim(-1.5, 1.5)
    handles, labels = ax.get_legend_handles_labels()
    ax.legend(
        handles[::-1],
        labels[::-1],
        loc="upper left",
        bbox_to_anchor=(1.0, 1.0),
        fontsize=style.SMALL,
        handlelength=0.9,
        borderaxespad=0.2,
    )
    _bare(ax)


def _stages(ax: Axes, card: Card) -> None:
    _heading(ax, f"{_high(card)} industries, %")
    years = [int(year) for year in card.profile.index]
    for frame, colour, dash, name in (
        (card.profile, _OWN, "-", card.label),
        (card.frontier, _FRONT, (0, (5, 1.5)), "frontier"),
    ):
        values = 100 * frame["high_stage"].to_numpy(dtype=float)
        ax.plot(years, values, color=colour, linestyle=dash, marker="o", markersize=3, label=name)
    ax.set_ylim(bottom=0)
    ax.set_xticks(years)
    ax.grid(axis="y", color="#e4e4e4", linewidth=0.5)
    ax.legend(loc="lower right", fontsize=style.SMALL)
    _bare(ax)


def _industries(ax: Axes, industries: pd.DataFrame, names: Names, most: int = 10) -> None:
    _heading(ax, "Industries: shares of exports, %")
    shares = industries[["exports", "value_added"]] / industries[["exports", "value_added"]].sum()
    top = shares.loc[shares.max(axis=1).nlargest(most).index].sort_values("value_added", ascending=False)
    at = np.arange(len(top))
    ax.barh(at - 0.19, 100 * top["value_added"], height=0.36, color="#2171b5", label="value added")
    ax.barh(at + 0.19, 100 * top["exports"], height=0.36, color="#c6dbef", label="gross exports")
    ax.set_yticks(at, shown(list(top.index), names))
    ax.invert_yaxis()
    ax.legend(loc="lower right", fontsize=style.SMALL)
    _bare(ax)


def _partners(ax: Axes, card: Card, names: Names, most: int = 8) -> None:
    _heading(ax, "Partners: shares, %")
    both = pd.DataFrame({"from": card.origins / card.origins.sum(), "to": card.destinations})
    top = both.loc[both.max(axis=1).nlargest(most).index].sort_values("to", ascending=False)
    at = np.arange(len(top))
    ax.barh(at, -100 * top["from"], height=0.7, color="#e08214", label="foreign value added in exports")
    ax.barh(at, 100 * top["to"], height=0.7, color="#2171b5", label="value added absorbed abroad")
    ax.axvline(0, color=style.INK, linewidth=0.6)
    ax.set_xlabel("foreign value added from  |  own value added to", size=style.SMALL)
    ax.set_yticks(at, shown(list(top.index), names))
    ax.invert_yaxis()
    ax.xaxis.set_major_formatter(lambda value, _: f"{abs(value):g}")
    _bare(ax)


def _bare(ax: Axes) -> None:
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)
