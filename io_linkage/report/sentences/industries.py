"""Which industries of the focus pull others along, and where imports blur that."""

from __future__ import annotations

from typing import Any

import pandas as pd

from io_linkage.report import words
from io_linkage.report.frames import cell, focus_rows, leaders
from io_linkage.report.results import Results
from io_linkage.report.sentences.names import focus_name, industry_name, own_economy


def industries(results: Results) -> list[str]:
    """Say which industries of the focus pull others along."""
    rows = focus_rows(results, "linkages")
    known = rows.dropna(subset=["backward_normalised", "forward_normalised"])
    if known.empty:
        return [f"No industry of {focus_name(results)} has output in this table, so it has no linkages."]
    return [
        _key_industries(results, known),
        *_pulls(results),
        *imports_taken_off(results),
        _strongest_backward(results, known),
        _strongest_forward(results, known),
        *_most_behind_it(results),
    ]


def _key_industries(results: Results, known: pd.DataFrame) -> str:
    key = known[known["role"] == "key"].sort_values("strength", ascending=False, kind="stable")
    average = "the average industry of the same economy (1.00)"
    whose = f"of {focus_name(results)} with output"
    if key.empty:
        subject = "The only industry" if len(known) == 1 else f"None of the {len(known)} industries"
        no = "not a" if len(known) == 1 else "a"
        return (
            f"{subject} {whose} is {no} key industry, one whose backward and forward linkages are both above those of "
            f"{average}."
        )
    shown = [
        f"{industry_name(results, label)} ({words.number(cell(key, label, 'backward_normalised'))} backward, "
        f"{words.number(cell(key, label, 'forward_normalised'))} forward)"
        for label in key.index[:3]
    ]
    which = "It is" if len(key) == 1 else "They are" if len(key) <= 3 else "The clearest cases are"
    are, their = ("is a key industry", "its") if len(key) == 1 else ("are key industries", "their")
    return (
        f"{len(key)} of the {len(known)} industries {whose} {are}: {their} backward and forward linkages are both "
        f"above those of {average}. {which} {words.listed(shown)}."
    )


def _pulls(results: Results) -> list[str]:
    """Say whom the three industries with most behind them pull along."""
    clauses = []
    for puller, others in list(pulled(results).items())[:3]:
        shown = [f"{name} ({share})" for name, _, share in others[:3]]
        if shown:
            clauses.append(f"{puller} draws most on {words.listed(shown)}")
    if not clauses:
        return []
    return [
        f"By the value added in other industries that would be missing without it, {'; '.join(clauses)}. In brackets: "
        "how much that is of the other industry's own value added. These shares overlap, so they do not add up."
    ]


def pulled(results: Results) -> dict[str, list[tuple[str, float, str]]]:
    """By industry that pulls: name, value added and share of the industries pulled, largest first."""
    if "pulled" not in results:
        return {}
    frame, regions = results["pulled"], results.question.regions
    by_puller: dict[str, list[tuple[str, float, str]]] = {}
    for row in frame.reset_index().itertuples(index=False):
        puller = industry_name(results, row.industry if len(regions) == 1 else (row.region, row.industry))
        alone = len(regions) == 1 and row.pulled_region in regions
        other = row.pulled_industry if alone else (row.pulled_region, row.pulled_industry)
        share = words.percent(float(str(row.account_percent)) / 100)
        by_puller.setdefault(puller, []).append((industry_name(results, other), float(str(row.value_added)), share))
    return by_puller


def _strongest_backward(results: Results, known: pd.DataFrame) -> str:
    best = leaders(known["backward"])
    head, its = _leading(results, best, "backward")
    return f"{head}: one unit of final demand for {its} products draws {_reach(results, known, best, 'backward')}."


def _strongest_forward(results: Results, known: pd.DataFrame) -> str:
    best = leaders(known["forward"])
    head, its = _leading(results, best, "forward")
    return (
        f"{head}: one unit of {its} labour and capital goes, by way of {its} products and what others make with them, "
        f"into {_reach(results, known, best, 'forward')}. This is a supply-driven reading (Ghosh) of where products "
        f"go; it does not say that users would make more if they were supplied more.{_used_and_made(results, best[0])}"
    )


def _leading(results: Results, best: list[Any], side: str) -> tuple[str, str]:
    """Say which industry has the strongest linkage, or which share the first place, with their possessive."""
    names = words.listed(industry_name(results, label) for label in best)
    if len(best) == 1:
        return f"{names} has the strongest {side} linkage", "its"
    return f"{names} have the strongest {side} linkages, all equal", "each one's"


def _reach(results: Results, known: pd.DataFrame, best: list[Any], side: str) -> str:
    """Output per unit, and how many times that of the average industry of the same economy."""
    where = "all industries everywhere" if len(results.regions) > 1 else "all its industries"
    per_unit = words.number(cell(known, best[0], side))
    text = f"{per_unit} units of output in {where}"
    if len(best) > 1:
        return text
    relative = words.number(cell(known, best[0], f"{side}_normalised"))
    return f"{text}, {relative} times as much as for the average industry of {own_economy(results, best[0])}"


def _used_and_made(results: Results, label: Any) -> str:
    """Say beside a forward linkage that more of the product is used than made, where imports are taken off."""
    if "less_imports" not in results:
        return ""
    ratio = cell(focus_rows(results, "less_imports"), label, "used_per_output")
    if ratio > 1:
        return (
            f" Its product is used {words.number(ratio, 1)} times as much as it is made at home, the rest being "
            "imports, so this number is too high for what is made at home."
        )
    return " It passes through products of which part is imported, so this number is too high for what is made at home."


def imports_taken_off(results: Results) -> list[str]:
    """Say what competitive imports do to the numbers, where the table has them."""
    if "less_imports" not in results:
        return []
    rows = focus_rows(results, "less_imports")
    imports, output = float(rows["imports"].sum()), float(rows["output"].sum())
    text = (
        "A caution about this table: its flows count products wherever they were made, and imports of "
        f"{words.money(imports, results.unit)}, {words.percent(words.part(imports, output))} of output, are taken off "
        f"in the end as negative final demand ({words.listed(map(repr, rows.attrs['columns']))}), so linkages and the "
        "value added behind an industry overstate what is drawn at home."
    )
    if rows.attrs["remedy"]:
        text += (
            " With --imports apart (imports='apart' when loading) imports are taken out of every use in proportion, "
            "and the numbers are of what is made at home."
        )
    worst = rows.loc[rows["used_per_output"] > 1].sort_values("used_per_output", ascending=False, kind="stable")
    if worst.empty:
        return [text]
    named = [
        f"{industry_name(results, label)} ({words.number(cell(worst, label, 'used_per_output'), 1)} times as much)"
        for label in worst.index[:3]
    ]
    return [
        text,
        f"This matters most where more is used than made: {words.listed(named)}. The table takes off the same imports "
        "whoever needs them, so that without a large buyer less than nothing would be left to make: shares above "
        "100\u202f% and extreme forward linkages are signs of this rather than findings.",
    ]


def _most_behind_it(results: Results) -> list[str]:
    """Name the industry with the most value added of others behind it."""
    rows = focus_rows(results, "extraction").dropna(subset=["home_percent"])
    others = (rows["home"] + rows["abroad"]).dropna()
    if others.empty or not others.max() > 0:
        return []
    best = others.idxmax()
    unit = str(results["extraction"].attrs.get("unit") or "")
    where = f"{words.money(cell(rows, best, 'home'), unit)} elsewhere in {own_economy(results, best)}"
    if len(results.regions) > 1:
        where += f" and {words.money(cell(rows, best, 'abroad'), unit)} in other economies"
    return [
        f"{industry_name(results, best)} has the most value added of other industries behind it, {where}: what would "
        "be missing if it stopped and nothing took its place. That is an upper bound, not a forecast.",
    ]


def above_all(results: Results) -> str:
    """Explain shares above 100 % among those shown, if there are any."""
    if "pulled" not in results or not (results["pulled"]["account_percent"] > 100).any():
        return ""
    if "less_imports" in results:
        return (
            "A share above 100\u202f% is of a product that is used more than it is made: the imports taken off stay "
            "the same without the buyer, which would leave less than nothing to make at home."
        )
    return (
        "A share above 100\u202f% is of a product for which final demand is negative, such as one sold out of "
        "inventories, so that without the buyer less than nothing would be left to make."
    )
