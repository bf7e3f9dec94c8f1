"""The part of the report on productivity: its results from the shipped growth accounts, its section and its figure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pandas as pd

from io_linkage import economies, figures, productivity
from io_linkage.captions import labelled
from io_linkage.errors import OptionError
from io_linkage.report import sentences, words
from io_linkage.report.frames import cell
from io_linkage.report.parts import Section, View
from io_linkage.report.question import Question
from io_linkage.report.results import Result, Results
from io_linkage.table import MRIOTable

if TYPE_CHECKING:
    from matplotlib.axes import Axes

TITLE = "Where productivity growth came from"
_LEAD = (
    "Total factor productivity (TFP) is growth that more capital, hours and skills do not account for. In an economy "
    "it is technical progress in its industries, and capital and labour that move between them. Rates are logarithmic, "
    "from the yearly growth accounts of WIOD. They say what growth consists of, not what caused it."
)
#: One rate for all industries, beside those that the accounts imply.
RATE, AT_RATE = 0.06, "rebuilt at 6 %"
_PARTS = (
    "value_added", "capital", "hours", "skill", "tfp", "technical_progress", "allocation_of_capital",
    "allocation_of_labour",
)  # fmt: skip


def productivity_results(table: MRIOTable, question: Question) -> Iterator[tuple[str, Result]]:
    """Yield growth and its sources of all economies with accounts, the focus by industry, and labour productivity.

    Raises
    ------
    OptionError
        The accounts do not go with the table or do not have the focus.
    """
    if table.classification != "WIOD2013":
        raise OptionError(
            "Growth accounts ship for the WIOD 2013 release only. With accounts of your own, use "
            "io_linkage.productivity.accounts(...)."
        )
    accounts = productivity.accounts()
    regions = [region for region in question.regions if region in accounts.regions]
    if not regions:
        raise OptionError(f"The shipped growth accounts do not have {words.economy(question.focus)}.")
    growth = productivity.economy_growth(accounts)
    at_rate = productivity.accounts(capital="rebuilt", rate=RATE)
    again = productivity.economy_growth(at_rate.only(at_rate.rebuilt), last=growth.attrs["year"][-1]).regions
    both = pd.concat([growth.regions, again.rename({"rebuilt": AT_RATE}, level="capital")])
    frame = both.loc[[code for code in accounts.regions if code in both.index.unique("region")]]
    note = str(growth.attrs["note"])
    yield (
        "productivity",
        Result(
            labelled(frame, {**growth.attrs, "frontier": _compared(table, question, accounts.regions)}),
            "Growth of value added and of TFP and what contributes to it, a year",
            "technical_progress and allocation add up to tfp, and that with capital, hours and skill to value_added. "
            f"{note}",
        ),
    )
    rows = growth.industries[growth.industries.index.get_level_values("region").isin(regions)]
    yield (
        "productivity_by_industry",
        Result(
            labelled(rows, growth.industries.attrs),
            f"TFP of industries of {words.economy(question.focus)}, and what each adds to technical progress, a year",
            note,
        ),
    )
    hours = productivity.labour_productivity(accounts)
    yield (
        "labour_productivity",
        Result(
            labelled(hours, hours.attrs),
            "Growth of value added per hour and what contributes to it, a year",
            f"hours_moved: hours that moved to industries with more value added per hour. {hours.attrs['note']}",
        ),
    )


def section(results: Results) -> Section:
    """Section on productivity, with its cautions."""
    if "productivity" not in results:
        return Section("productivity", TITLE, reason=results.absent.get("productivity", ""))
    return Section(
        "productivity", TITLE, _LEAD, tuple(sentences.productivity(results)), ("productivity",), (_view(results),)
    )


def draw_productivity(results: Results, title: str) -> Axes:
    """Draw TFP of all economies with what contributes to it."""
    frame = results["productivity"]
    rows = frame[frame.index.get_level_values("capital") != AT_RATE]
    rows.attrs = dict(frame.attrs)
    return figures.growth_contributions(rows, title=title)


def _compared(table: MRIOTable, question: Question, known: list[str]) -> list[str]:
    """List comparators that are single regions with accounts."""
    named = economies.comparators(table, question.comparators, membership_year=question.membership_year)
    alone = [regions[0] for regions in named.values() if len(regions) == 1]
    return [region for region in alone if region in known and region not in question.regions]


def _view(results: Results) -> View:
    frame = 100 * results["productivity"]
    shown = [*results.question.regions, *results.question.partners, *results["productivity"].attrs["frontier"]]
    rows = [
        [
            words.head(str(region)) if stock == "published" else f"{words.head(str(region))}, capital {stock}",
            *(words.number(cell(frame, (region, stock), part), 2) for part in _PARTS),
        ]
        for region, stock in frame.index
        if region in shown
    ]
    heads = [
        "Economy", "Value added", "Capital", "Hours", "Skills", "TFP", "Technical progress", "Capital moves",
        "Labour moves",
    ]  # fmt: skip
    years = results["productivity"].attrs["year"]
    return View(
        f"Growth {years[0]} to {years[-1]} and its sources, % a year (logarithmic)",
        heads,
        rows,
        [False, *[True] * len(_PARTS)],
        str(results["productivity"].attrs["note"]),
    )
