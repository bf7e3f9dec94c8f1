"""Who depends on whom: partners on the focus, the focus on partners, against the comparators."""

from __future__ import annotations

import math

import pandas as pd

from io_linkage.report import words
from io_linkage.report.frames import cell, leaders, rows_at
from io_linkage.report.results import Results
from io_linkage.report.sentences.names import ALL, focus_name, their, them, who


def partners(results: Results) -> list[str]:
    """Say who depends on whom."""
    if "trade" not in results:
        return []
    return [*_dependence(results), *_each_partner(results), *_trade(results)]


def _row(results: Results) -> str:
    """Label of all partners together: the only one's own, where there is one."""
    return ALL if len(results.question.partners) > 1 else results.question.partners[0]


def _dependence(results: Results) -> list[str]:
    theirs, ours = results["dependence_of_partner_share"], results["dependence_on_partner_share"]
    focus, row = results.question.focus, _row(results)
    against = [
        f"{words.percent(cell(theirs, row, other))} {_in_that_of(results, str(other))}"
        for other in theirs.columns
        if other != focus and not math.isnan(cell(theirs, row, other))
    ]
    text = (
        f"{words.percent(cell(theirs, row, focus))} of the GDP of {who(results)} is absorbed in the final demand of "
        f"{focus_name(results)}{_without_rest(results, 'dependence_of_partner_share')}"
    )
    return [
        f"{text}, against {words.listed(against)}." if against else f"{text}.",
        f"Conversely, {words.percent(cell(ours, row, focus))} of the GDP of {focus_name(results)} is absorbed in "
        f"{their(results)} final demand{_without_rest(results, 'dependence_on_partner_share')}.",
    ]


def _in_that_of(results: Results, other: str) -> str:
    """Name a comparator and, where a partner is part of it, what is not counted."""
    name = f"in that of {words.economy(other)}"
    regions = results["trade"].attrs["comparators"][other]
    outside = [partner for partner in results.question.partners if partner not in regions]
    if len(outside) == len(results.question.partners):
        return name
    if len(regions) == 1:
        alone = f"{words.economy(outside[0])} alone" if len(outside) == 1 else f"the other {len(outside)}"
        return f"{name} (of the GDP of {alone})"
    return f"{name} (a member's own final demand not counted)"


def _without_rest(results: Results, column: str) -> str:
    """Give the share without aggregates such as the rest of the world in brackets."""
    if "without_rest" not in results:
        return ""
    share = words.percent(cell(results["without_rest"], results.question.focus, column))
    return f" ({share} without {words.listed(map(words.economy, results.question.rest_regions))})"


def _each_partner(results: Results) -> list[str]:
    focus, name = results.question.focus, focus_name(results)
    theirs, ours = (
        results[f"dependence_{which}_partner_share"].drop(index=ALL, errors="ignore") for which in ("of", "on")
    )
    both = pd.DataFrame({"theirs": theirs[focus], "ours": ours[focus]}).astype(float).dropna()
    if len(both) < 2:
        return []
    largest, smallest = leaders(both["theirs"]), leaders(-both["theirs"])
    text = (
        f"The share is largest in {_economies(largest)} ({words.percent(float(both['theirs'].max()))} of its GDP) and "
        f"smallest in {_economies(smallest)} ({words.percent(float(both['theirs'].min()))})."
    )
    more = int((both["theirs"] > both["ours"]).sum())
    if more == len(both):
        how_many = "Both partners depend" if more == 2 else f"All {more} partners depend"
    else:
        how_many = f"{more or 'None'} of the {len(both)} partners {'depend' if more > 1 else 'depends'}"
    text += (
        f" {how_many} more on the final demand of {name} than the other way round, each by the share of its own GDP."
    )
    return [text, *_largest_market(results, theirs.astype(float))]


def _economies(labels: list[str]) -> str:
    return words.listed(words.economy(str(label)) for label in labels)


def _largest_market(results: Results, theirs: pd.DataFrame) -> list[str]:
    """Say for whom the focus is the largest of the markets compared."""
    if len(theirs.columns) < 2:
        return []
    known = theirs.dropna(how="all")
    focus = results.question.focus
    leading = [label for label in known.index if known.loc[label].max() == known.at[label, focus]]
    if not leading:
        whom = "none of the partners"
    elif len(leading) == len(known):
        whom = "both partners" if len(known) == 2 else f"all {len(known)} partners"
    else:
        whom = _economies(leading)
    return [f"Of the {len(theirs.columns)} markets compared, {focus_name(results)} is the largest for {whom}."]


def _trade(results: Results) -> list[str]:
    trade = rows_at(rows_at(results["trade"], results.question.focus, "economy"), _row(results), "partner")
    unit, name, them_ = results.unit, focus_name(results), them(results)
    exports, imports, balance, in_value_added = (
        cell(trade, ALL, column) for column in ("exports", "imports", "balance", "value_added_balance")
    )
    sentences = [
        f"{words.capital(name)} sells {words.money(exports, unit)} to {who(results)} and buys "
        f"{words.money(imports, unit)} from {them_}, {_balance(balance, unit)}; counted in value added, "
        f"{_balance(in_value_added, unit)}."
    ]
    pairs = []
    for stage in trade.index[trade.index != ALL]:
        sold, bought = (
            words.part(cell(trade, stage, column), cell(trade, ALL, column))
            for column in ("value_added_exports", "value_added_imports")
        )
        pairs.append(f"{stage} {words.percent(sold)} against {words.percent(bought)}")
    if pairs:
        sentences.append(
            f"Value added of {name} that ends up in {their(results)} final demand, against {their(results)} value "
            f"added that ends up in the final demand of {name}, by the stage of the industry in which it arises: "
            f"{words.listed(pairs)}."
        )
    return sentences


def _balance(value: float, unit: str) -> str:
    if math.isnan(value):
        return "with no figure for the balance"
    if words.money(abs(value), unit) == words.money(0.0, unit):
        return "with neither surplus nor deficit"
    return f"a {'surplus' if value > 0 else 'deficit'} of {words.money(abs(value), unit)}"
