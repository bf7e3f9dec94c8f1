"""Findings as sentences, every number taken from a result.

Sentences describe a table's accounts: who buys what from whom, and what stands behind it. None says that one thing
caused another.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import pandas as pd

from io_linkage.report import words
from io_linkage.report.results import Results

ALL = "all"


def industries(found: Results) -> list[str]:
    """Say which industries of the focus pull others along."""
    rows = focus_rows(found, "linkages")
    known = rows.dropna(subset=["backward_normalised", "forward_normalised"])
    if known.empty:
        return [f"No industry of {_focus(found)} has output in this table, so it has no linkages."]
    return [
        _key_industries(found, known),
        *_pulls(found),
        *imports_taken_off(found),
        _strongest(found, known, "backward", "one unit of final demand for it draws"),
        _strongest(found, known, "forward", "one unit of its primary inputs makes possible"),
        *_extraction(found),
    ]


def _key_industries(found: Results, known: pd.DataFrame) -> str:
    key = known[known["role"] == "key"].sort_values("strength", ascending=False, kind="stable")
    count = words.counted(len(known), "industry", "industries")
    if key.empty:
        return (
            f"None of the {count} of {_focus(found)} with output is a key industry, i.e. above the average of its "
            "economy in both its backward and its forward linkage."
        )
    shown = [
        f"{_industry(found, label)} ({words.number(cell(key, label, 'backward_normalised'))} backward, "
        f"{words.number(cell(key, label, 'forward_normalised'))} forward)"
        for label in key.index[:3]
    ]
    which = "It is" if len(key) == 1 else "They are" if len(key) <= 3 else "The firmest are"
    are = "is a key industry" if len(key) == 1 else "are key industries"
    return (
        f"{len(key)} of the {count} of {_focus(found)} with output {are}: both what it takes to make their products "
        "and what others make with them reach further than for the average industry of that economy (1.00). "
        f"{which} {words.listed(shown)}."
    )


def _strongest(found: Results, known: pd.DataFrame, side: str, what: str) -> str:
    best = known[side].idxmax()
    name = _industry(found, best)
    where = "all industries everywhere" if len(found.regions) > 1 else "all its industries"
    head = "draws most on other industries" if side == "backward" else "is what others build on most"
    return (
        f"{name} {head}: {what} {words.number(cell(known, best, side))} units of output in {where}, "
        f"{words.number(cell(known, best, f'{side}_normalised'))} times the average industry of {_focus(found)}."
        + (_used_and_made(found, best) if side == "forward" else "")
    )


def _used_and_made(found: Results, label: Any) -> str:
    """Say beside a forward linkage that more of the product is used than made, where imports are taken off."""
    if "less_imports" not in found:
        return ""
    ratio = cell(focus_rows(found, "less_imports"), label, "used_per_output")
    if ratio > 1:
        return (
            f" Its product is used {words.number(ratio, 1)} times as much as it is made, imports being the rest, so "
            "this number is too high for what is made at home."
        )
    return " It passes through products of which part is imported, so this number is too high for what is made at home."


def imports_taken_off(found: Results) -> list[str]:
    """Say what competitive imports do to the numbers, where the table has them."""
    if "less_imports" not in found:
        return []
    rows = focus_rows(found, "less_imports")
    attrs = rows.attrs
    imports, output = float(rows["imports"].sum()), float(rows["output"].sum())
    worst = rows.loc[rows["used_per_output"] > 1].sort_values("used_per_output", ascending=False, kind="stable")
    text = (
        "A caution about this table: its flows count products wherever they were made, and imports of "
        f"{words.money(imports, found.unit)}, {words.percent(_part(imports, output))} of output, are taken off in the "
        f"end as negative final demand ({words.listed(map(repr, attrs['columns']))}), so linkages and the value added "
        "behind an industry overstate what is drawn at home."
    )
    if attrs["remedy"]:
        text += (
            " With --imports apart (imports='apart' when loading) imports are taken out of every use in proportion, "
            "and the numbers are of what is made at home."
        )
    named = [
        f"{_industry(found, label)} ({words.number(cell(worst, label, 'used_per_output'), 1)} times)"
        for label in worst.index[:3]
    ]
    if not named:
        return [text]
    return [
        text,
        f"This weighs most where more is used than made, as of {words.listed(named)}. The table takes off the same "
        "imports whoever needs them, so that without a large buyer less than nothing would be left to make: shares "
        "above 100\u202f% and extreme forward linkages are no finding but a sign of this.",
    ]


def _extraction(found: Results) -> list[str]:
    rows = focus_rows(found, "extraction").dropna(subset=["home_percent"])
    if rows.empty:
        return []
    best = (rows["home"] + rows["abroad"]).idxmax()
    unit = str(found["extraction"].attrs.get("unit") or "")
    where = f"{words.money(cell(rows, best, 'home'), unit)} elsewhere in {_focus(found)}"
    if len(found.regions) > 1:
        where += f" and {words.money(cell(rows, best, 'abroad'), unit)} abroad"
    return [
        f"{_industry(found, best)} has the most value added of others behind it, {where}: what would be missing if the "
        "industry stopped and nothing took its place. That is an upper bound, no forecast.",
    ]


def _pulls(found: Results) -> list[str]:
    """Say whom the three industries with most behind them pull along."""
    sentences = []
    for puller, others in list(pulled(found).items())[:3]:
        shown = [f"{name} ({share})" for name, _, share in others[:3]]
        if shown:
            sentences.append(f"{puller} pulls most on {words.listed(shown)}")
    if not sentences:
        return []
    return [
        f"{'; '.join(sentences)}. In brackets is the share of the other industry's value added that stands behind the "
        "first, directly and through others; the shares do not add up."
    ]


def above_all(found: Results) -> str:
    """Explain shares above 100 % among those shown, if there are any."""
    if "pulled" not in found or not (found["pulled"]["percent"] > 100).any():
        return ""
    if "less_imports" in found:
        return (
            "A share above 100\u202f% is of a product that is used more than it is made: the imports taken off stay "
            "the same without the buyer, which would leave less than nothing to make at home."
        )
    return (
        "A share above 100\u202f% is of a product that final demand takes less than nothing of, such as one sold out "
        "of inventories, so that without the buyer less than nothing would be left to make."
    )


def pulled(found: Results) -> dict[str, list[tuple[str, float, str]]]:
    """By industry that pulls: name, value added and share of the industries pulled, largest first."""
    if "pulled" not in found:
        return {}
    frame, regions = found["pulled"], found.question.regions
    result: dict[str, list[tuple[str, float, str]]] = {}
    for row in frame.reset_index().itertuples(index=False):
        puller = _industry(found, row.industry if len(regions) == 1 else (row.region, row.industry))
        name = words.industry(str(row.pulled_industry), found.industries)
        name += "" if row.pulled_region in regions else f" in {words.economy(str(row.pulled_region))}"
        entry = (name, float(str(row.value_added)), words.percent(float(str(row.percent)) / 100))
        result.setdefault(puller, []).append(entry)
    return result


def stages(found: Results) -> list[str]:
    """Say how the stages of the focus's industries differ, with ranges, and what each does for the others."""
    if "stage_linkages" not in found:
        return []
    sentences = []
    for region in found.question.regions:
        made = rows_at(found["stage_composition"], region, "region")
        linked = rows_at(found["stage_linkages"], region, "region")
        sentences += [_composition(region, made), *_linkages_by_stage(region, linked)]
    return [*sentences, *_between_stages(found)]


def _composition(region: str, made: pd.DataFrame) -> str:
    parts = [
        f"{stage} {words.percent(cell(made, stage, 'central'))} "
        f"({words.percent(cell(made, stage, 'low'))} to {words.percent(cell(made, stage, 'high'))})"
        for stage in made.index
    ]
    return (
        f"The output of {words.economy(region)}, by stage of the industry: {words.listed(parts)}. In brackets is the "
        "range in nine draws of ten of the stage shares."
    )


def _linkages_by_stage(region: str, linked: pd.DataFrame) -> list[str]:
    sentences = []
    for side, what in (
        ("backward", "How much industries draw on others"),
        ("forward", "How much others build on them"),
    ):
        column = f"{side}_normalised"
        order = [str(stage) for stage in linked[column].dropna().sort_values(ascending=False).index]
        parts = [
            f"{stage} {words.number(cell(linked, stage, column))} "
            f"({words.number(cell(linked, stage, f'{column}_low'))} to "
            f"{words.number(cell(linked, stage, f'{column}_high'))})"
            for stage in order
        ]
        if parts:
            sentences.append(
                f"{what}, relative to the average industry of {words.economy(region)}: {words.listed(parts)}. "
                f"{_told_apart(linked, column, order)}".rstrip()
            )
    return sentences


def _told_apart(linked: pd.DataFrame, column: str, order: list[str]) -> str:
    """Say whether the first stage stands out from the others given the ranges of the stage shares."""
    if len(order) < 2:
        return ""
    first, others = order[0], order[1:]
    low = cell(linked, first, f"{column}_low")
    clear = [stage for stage in others if low > cell(linked, stage, f"{column}_high")]
    unclear = [stage for stage in others if stage not in clear]
    if not unclear:
        return f"The range of {first} industries lies above those of the others."
    if not clear:
        return "The ranges overlap, so the order is not settled by what is known of the stage shares."
    return (
        f"The range of {first} industries lies above that of {words.listed(clear)} ones, but overlaps that of "
        f"{words.listed(unclear)} ones."
    )


def _between_stages(found: Results) -> list[str]:
    drawn = 100 * found["focus_stage_ranges"]
    if not {"traditional", "emerging"} <= set(drawn.index.get_level_values("stage")):
        return []

    def per_hundred(place: str, stage: str, product: str) -> str:
        return ranged(drawn, (place, stage, product))

    text = (
        f"Per 100 of final demand for emerging products of {_focus(found)}, "
        f"{per_hundred('at home', 'traditional', 'emerging')} become value added in its traditional industries and "
        f"{per_hundred('at home', 'emerging', 'emerging')} in its emerging ones; per 100 for traditional products, "
        f"{per_hundred('at home', 'emerging', 'traditional')} reach its emerging industries."
    )
    if "abroad" in drawn.index.get_level_values("place"):
        text += (
            f" {per_hundred('abroad', ALL, 'emerging')} of the 100 for emerging products become value added abroad, "
            f"against {per_hundred('abroad', ALL, 'traditional')} for traditional ones."
        )
    return [text]


def ranged(frame: pd.DataFrame, row: Any, digits: int = 1) -> str:
    """Central number with its range."""
    centre, low, high = (cell(frame, row, name) for name in ("central", "low", "high"))
    if math.isnan(centre) or math.isnan(low):
        return words.number(centre, digits)
    return f"{words.number(centre, digits)} ({words.number(low, digits)} to {words.number(high, digits)})"


def partners(found: Results) -> list[str]:
    """Say who depends on whom: partners on the focus, the focus on partners, against the comparators."""
    if "trade" not in found:
        return []
    given, taken = found["dependence_of_partner"], found["dependence_on_partner"]
    focus = found.question.focus
    row = str(ALL if ALL in given.index else given.index[0])
    against = [
        f"{words.percent(cell(given, row, other))} in that of {words.economy(str(other))}"
        for other in given.columns
        if other != focus
    ]
    return [
        f"{words.percent(cell(given, row, focus))} of the GDP of {who(found)} is absorbed in the final demand of "
        f"{_focus(found)}" + (f", against {words.listed(against)}." if against else "."),
        f"In return, {words.percent(cell(taken, row, focus))} of the GDP of {_focus(found)} is absorbed in "
        f"{'theirs' if row == ALL else f'that of {who(found)}'}.",
        *_each_partner(found, given, taken),
        *_trade(found, row),
    ]


def _each_partner(found: Results, given: pd.DataFrame, taken: pd.DataFrame) -> list[str]:
    focus = found.question.focus
    # A partner without output depends on nobody.
    rows = [str(label) for label in given.index if label != ALL and not math.isnan(cell(given, label, focus))]
    if len(rows) < 2:
        return []
    order = given.loc[rows, focus].astype(float).sort_values(ascending=False)
    more = [label for label in rows if cell(given, label, focus) > cell(taken, label, focus)]
    first, last = str(order.index[0]), str(order.index[-1])
    depend = "depends" if len(more) == 1 else "depend"
    text = (
        f"The share is largest in {words.economy(first)} ({words.percent(cell(given, first, focus))} of its GDP) and "
        f"smallest in {words.economy(last)} ({words.percent(cell(given, last, focus))}). {len(more)} of the "
        f"{len(rows)} partners {depend} more on the final demand of {_focus(found)} than {_focus(found)} on theirs, "
        "each as a share of its own GDP."
    )
    if len(given.columns) > 1:
        best = given.loc[rows].astype(float).idxmax(axis=1)
        leading = [words.economy(label) for label in rows if best.at[label] == focus]
        whom = f"for {words.listed(leading)}" if leading else "for none of them"
        text += f" Of the {len(given.columns)} markets compared, {_focus(found)} is the largest {whom}."
    return [text]


def _trade(found: Results, row: str) -> list[str]:
    trade = rows_at(rows_at(found["trade"], found.question.focus, "economy"), row, "partner")
    unit, name = found.unit, found.question.focus
    sentences = [
        f"{words.heading(name)} sells {words.money(cell(trade, ALL, 'exports'), unit)} to {who(found)} and buys "
        f"{words.money(cell(trade, ALL, 'imports'), unit)}, a balance of "
        f"{words.money(cell(trade, ALL, 'balance'), unit)}; counted in value added the balance is "
        f"{words.money(cell(trade, ALL, 'value_added_balance'), unit)}."
    ]
    pairs = []
    for stage in trade.index[trade.index != ALL]:
        sold = _part(cell(trade, stage, "value_added_exports"), cell(trade, ALL, "value_added_exports"))
        bought = _part(cell(trade, stage, "value_added_imports"), cell(trade, ALL, "value_added_imports"))
        pairs.append(f"{stage} {words.percent(sold)} against {words.percent(bought)}")
    if pairs:
        sentences.append(
            f"By the stage of the industry in which it arises, the value added that {_focus(found)} sells to them, "
            f"against the value added it buys from them, is {words.listed(pairs)}."
        )
    return sentences


def _part(part: float, whole: float) -> float:
    return part / whole if whole else float("nan")


def time(found: Results) -> list[str]:
    """Say what changed since the first year."""
    sentences = []
    if "dependence_over_time" in found:
        sentences += _dependence_change(found)
    if "stage_linkages_over_time" in found:
        sentences += _linkage_change(found)
    return sentences


def _dependence_change(found: Results) -> list[str]:
    frame, focus = found["dependence_over_time"], found.question.focus
    given, taken = (wide(frame, column) for column in ("dependence_of_partner", "dependence_on_partner"))
    first, last = given.index[0], given.index[-1]
    start, end = cell(given, first, focus), cell(given, last, focus)
    changes = [
        f"{words.economy(str(other))} from {words.percent(cell(given, first, other))} to "
        f"{words.percent(cell(given, last, other))}"
        for other in given.columns
        if other != focus
    ]
    text = (
        f"Between {first} and {last} the share of the GDP of {who(found)} that is absorbed in the final demand of "
        f"{_focus(found)} {_moved(end - start)} from {words.percent(start)} to {words.percent(end)} "
        f"({words.points(end - start)})"
    )
    text += f"; over the same years that of {words.listed(changes)}." if changes else "."
    back, now = cell(taken, first, focus), cell(taken, last, focus)
    return [
        text,
        f"The share of the GDP of {_focus(found)} absorbed in theirs {_moved(now - back)} from {words.percent(back)} "
        f"to {words.percent(now)}.",
    ]


def _linkage_change(found: Results) -> list[str]:
    sentences = []
    for region in found.question.regions:
        part = rows_at(found["stage_linkages_over_time"], region, "region")
        by_year = wide(part, "backward").dropna(axis=1)
        if by_year.empty:
            continue
        first, last = by_year.index[0], by_year.index[-1]
        pairs = [
            f"{stage} from {words.number(cell(by_year, first, stage))} to {words.number(cell(by_year, last, stage))}"
            for stage in by_year.columns
        ]
        sentences.append(
            f"The output that one unit of final demand for products of {words.economy(region)} draws everywhere "
            f"changed between {first} and {last}, by stage: {words.listed(pairs)}."
        )
    return sentences


def _moved(change: float) -> str:
    return "rose" if change > 0 else "fell" if change < 0 else "stayed"


def cell(frame: pd.DataFrame, row: Any, column: Any) -> float:
    """One number of a result."""
    value: Any = frame.at[row, column]
    return float(value)


def rows_at(frame: pd.DataFrame, label: str, level: str) -> pd.DataFrame:
    """Rows with one label of a level, without that level."""
    return frame[frame.index.get_level_values(level) == label].droplevel(level)


def wide(frame: pd.DataFrame, column: str) -> pd.DataFrame:
    """Spread one column of a result by year over its other level, in the order of the rows."""
    names = list(frame.index.names)
    other = next(str(name) for name in names if name != "year")
    order: Iterable[Any] = dict.fromkeys(frame.index.get_level_values(other))
    return pd.DataFrame(frame[column].unstack(other)).reindex(columns=list(order))


def focus_rows(found: Results, key: str) -> pd.DataFrame:
    """Rows of the focus; by industry alone where the focus is one region."""
    frame = found[key]
    rows = frame[frame.index.get_level_values("region").isin(found.question.regions)]
    if len(found.question.regions) == 1:
        rows = rows.droplevel("region")
    rows.attrs = dict(frame.attrs)
    return rows


def who(found: Results) -> str:
    """Name of the partners inside a sentence."""
    trade = found.get("trade")
    together = [] if trade is None else trade.attrs["partners"]
    names = list(together or found.question.partners)
    count = len(names)
    if count == 1:
        return words.economy(names[0])
    return f"the {count} {words.partners(found.question.partners_asked)}"


def _industry(found: Results, label: Any) -> str:
    if isinstance(label, tuple):
        return f"{words.industry(str(label[1]), found.industries)} ({label[0]})"
    return words.industry(str(label), found.industries)


def _focus(found: Results) -> str:
    return words.economy(found.question.focus)
