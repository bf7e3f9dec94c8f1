"""The page of a scenario in words and tables."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np
import pandas as pd

from io_linkage.figures.naming import shown
from io_linkage.report import words
from io_linkage.report.parts import Briefing, Section, View
from io_linkage.report.scenarios.gathering import ACCOUNTS, ScenarioResults
from io_linkage.scenarios import Shortage

#: Rows of a list of gainers or losers.
_MOST = 15
#: Below this change in percent a region is not said to gain or lose.
_NOTHING = 0.005
_TERMS = {
    "closure": "Closure",
    "substitution": "Substitution",
    "horizon": "Horizon",
    "value_added": "Value added",
    "warning": "Mind",
}


def compose(results: ScenarioResults) -> Briefing:
    """Put the results into words and tables."""
    if isinstance(results.scenario, Shortage):
        parts = [_assumed(results), _rounds(results), _lower(results)]
        brief = _brief_of_shortage(results)
    else:
        parts = [_assumed(results), _change(results), _side(results, "losers"), _side(results, "gainers")]
        parts += [_tiers(results), _unmet(results)]
        brief = _brief(results)
    parts.append(_table(results))
    table = results.table
    where = f"{table.label}; {table.unit}; {table.source}".rstrip("; ")
    return Briefing(results.scenario.name, f"What if? {where}.", tuple(brief), tuple(parts))


def _brief(results: ScenarioResults) -> list[str]:
    change = results["change_value_added"]
    order = change["change_percent"].dropna().sort_values(kind="stable")
    losers, gainers = order[order <= -_NOTHING][:3], order[order >= _NOTHING][::-1][:3]
    sentences = []
    if len(losers):
        sentences.append(f"Value added falls most, relative to what it was, in {_with_changes(change, losers.index)}.")
    if len(gainers):
        sentences.append(f"It rises most in {_with_changes(change, gainers.index)}.")
    if not sentences:
        sentences.append("No region's value added changes by as much as 0.005 percent.")
    tiers = results["tiers"].sum()
    total = float(tiers["total"])
    if total < 0:
        unit = results.table.unit
        sentences.append(
            f"Those who lose orders lose {words.money(-float(tiers['tier_1']), unit)} of value added themselves; with "
            f"their suppliers, and the suppliers of these, the loss chain is {words.money(-total, unit)}."
        )
    if "warning" in results.assumptions:
        sentences.append(results.assumptions["warning"])
    return sentences


def _with_changes(change: pd.DataFrame, regions: Iterable[Any]) -> str:
    percent = {region: _signed(float(change["change_percent"][region])) for region in regions}
    return words.listed(f"{words.economy(str(region))} ({value}\u202f%)" for region, value in percent.items())


def _brief_of_shortage(results: ScenarioResults) -> list[str]:
    frame, unit = results["rounds"], results.table.unit
    order = frame["loss_share"].dropna().sort_values(ascending=False, kind="stable")[:3]
    named = [f"{words.economy(str(region))} ({words.percent(float(share))})" for region, share in order.items()]
    total, direct = float(frame["total"].sum()), float(frame["direct"].sum())
    whole = float(results.table.va.sum())
    lower = float(results["lower_reading"]["total"].sum())
    return [
        f"The shortage itself costs {words.money(direct, unit)} of value added; passed on to buyers it costs "
        f"{words.money(total, unit)}, {words.percent(total / whole)} of that of the world.",
        f"{words.capital(words.listed(named))} lose the largest shares of their value added.",
        f"Where each missing input counts by its share in costs, the loss is {words.money(lower, unit)}: the lower "
        "reading.",
    ]


def _assumed(results: ScenarioResults) -> Section:
    pairs = tuple((_TERMS.get(key, key.capitalize()), text) for key, text in results.assumptions.items())
    return Section(
        "assumptions",
        "What is assumed",
        lead="A scenario says what follows from its assumptions, not what will happen.",
        sentences=(results.scenario.note,) if results.scenario.note else (),
        pairs=pairs,
        views=(_moves(results),),
    )


def _moves(results: ScenarioResults) -> View:
    scenario = results.scenario
    if isinstance(scenario, Shortage):
        rows = [
            ["shortage", f"{_words(regions)} {_words(industries)} can make {100 * level:g}\u202f% of its output"]
            for regions, industries, level in scenario.capacities
        ]
        rows.append(
            [
                "rule",
                f"{scenario.rule}, ratings {scenario.ratings}, rounds {scenario.rounds}, "
                f"substitution {scenario.substitution:g}",
            ]
        )
    else:
        rows = [[move.kind, _options(move)] for move in scenario.moves]
    return View("Moves", ["Kind", "Options"], rows, [False, False])


def _options(move: Any) -> str:
    assert is_dataclass(move)
    given = {entry.name: getattr(move, entry.name) for entry in fields(move)}
    return "; ".join(f"{name} {_words(value)}" for name, value in given.items() if value is not None)


def _words(value: Any) -> str:
    if isinstance(value, tuple):
        return words.listed(map(_words, value))
    return f"{value:g}" if isinstance(value, float) else str(value)


def _change(results: ScenarioResults) -> Section:
    frames = {account: results[f"change_{account}"] for account in ACCOUNTS if f"change_{account}" in results}
    value_added = frames["value_added"]
    heads = ["Region", f"Value added before, {results.table.unit}", "Change", "Change, %"]
    heads += [f"{account.replace('_', ' ').capitalize()}, %" for account in frames if account != "value_added"]
    order = value_added["change_percent"].sort_values(kind="stable").index
    rows = []
    for region in order:
        row = value_added.loc[region]
        cells = [words.head(str(region)), words.number(float(row["before"]), 0), words.number(float(row["change"]), 0)]
        cells.append(_signed(float(row["change_percent"])))
        cells += [
            _signed(float(frame.loc[region, "change_percent"]))
            for account, frame in frames.items()
            if account != "value_added"
        ]
        rows.append(cells)
    view = View("Change by region", heads, rows, [False, *[True] * (len(heads) - 1)], "All numbers: data/.")
    return Section("change", "Who gains and who loses", figures=("change", "before_after"), views=(view,))


def _side(results: ScenarioResults, side: str) -> Section:
    chain, rest = ("loss", "gain") if side == "losers" else ("gain", "loss")
    frame = results[side]
    frame = frame[frame[chain].abs() > 0].head(_MOST)
    if frame.empty:
        nobody = f"Nobody {'loses' if side == 'losers' else 'gains'} in this scenario."
        return Section(side, f"{side.capitalize()}, industry by industry", sentences=(nobody,))
    view = View(
        f"{_MOST} largest, value added in {results.table.unit}",
        ["Industry", f"Its {chain}", f"Its {rest}", "Both together", "% of before"],
        [
            [
                _industry(label),
                *(words.number(float(row[column]), 0) for column in (chain, rest, "change")),
                _signed(float(row["change_percent"])),
            ]
            for label, row in frame.iterrows()
        ],
        [False, True, True, True, True],
    )
    return Section(
        side,
        f"{side.capitalize()}, industry by industry",
        lead=f"By the {chain} chain alone: what follows from orders that {'fall' if side == 'losers' else 'rise'}.",
        views=(view,),
    )


def _industry(label: Any) -> str:
    region, industry = map(str, label)
    return f"{words.head(region)}, {shown([industry])[0]}"


def _tiers(results: ScenarioResults) -> Section:
    frame = results["tiers"]
    if not float(frame["total"].abs().sum()):
        return Section("tiers", "First, second and third", sentences=("Nobody loses orders in this scenario.",))
    sums = frame.sum()
    steps = [str(column) for column in frame if str(column) not in ("total",)]
    rows = [[_tier(step), words.number(float(sums[step]), 0)] for step in (*steps, "total")]
    largest = {step: frame[step].idxmin() for step in steps}
    rows = [
        [*row, words.head(str(largest[step])) if step in largest and sums[step] < 0 else ""]
        for row, step in zip(rows, (*steps, "total"), strict=True)
    ]
    return Section(
        "tiers",
        "First, second and third",
        lead="Tier 1 loses the orders, tier 2 supplies tier 1, tier 3 supplies tier 2.",
        figures=("tiers",),
        views=(
            View(
                "The loss chain in the world",
                ["Tier", f"Value added, {results.table.unit}", "Hit most"],
                rows,
                [False, True, False],
                "Gains are a chain of their own and are not set off: data/tiers_gain.csv.",
            ),
        ),
    )


def _tier(step: str) -> str:
    return step.replace("_", " ").capitalize()


def _unmet(results: ScenarioResults) -> Section:
    views = []
    if "unmet" in results:
        frame = results["unmet"]
        rows = [
            [_industry(label), *(words.number(float(row[name]), 3) for name in ("asked", "met"))]
            + [words.number(float(row[name]), 0) for name in ("moved", "unmet")]
            for label, row in frame.iterrows()
        ]
        heads = ["Home and product", "Strength asked", "Met", f"Moved, {results.table.unit}", "Unmet"]
        views.append(View("Moves not met in full", heads, rows, [False, True, True, True, True]))
    if "implied_demand" in results:
        frame = results["implied_demand"]
        rows = [
            [_industry(label), *(words.number(float(value), 0) for value in row)]
            for label, *row in frame[["before", "implied", "unserved"]].itertuples()
        ]
        note = "Below zero: industries use more of the product than is made, so that users are served from nowhere."
        heads = ["Industry", "Final demand before", "Implied", "Unserved"]
        views.append(View("Final demand that fixed output implies", heads, rows, [False, True, True, True], note))
    met = () if views else ("All moves are met in full, and no output is fixed.",)
    return Section("unmet", "What was not met", sentences=met, views=tuple(views))


def _rounds(results: ScenarioResults) -> Section:
    frame = results["rounds"]
    steps = [str(column) for column in frame if str(column) != "loss_share"]
    rows = [
        [
            words.head(str(region)),
            *(words.number(float(row[step]), 0) for step in steps),
            words.percent(float(row["loss_share"])),
        ]
        for region, row in frame.sort_values("loss_share", ascending=False, kind="stable").iterrows()
    ]
    whole = results["rounds_by_industry"]
    hit = whole[whole["binding"].astype(str).isin(results.table.industries)].nlargest(_MOST, "total")
    bound = [
        [
            _industry(label),
            words.number(float(row["total"]), 0),
            words.percent(float(row["loss_share"])),
            shown([str(row["binding"])])[0],
        ]
        for label, row in hit.iterrows()
    ]
    unit = results.table.unit
    return Section(
        "rounds",
        "Who runs short, round by round",
        lead="Round 1 hits those who buy from whoever is short, round 2 those who buy from them.",
        figures=("hit", "tiers"),
        views=(
            View(
                f"Value added lost, {unit}",
                ["Region", *(_tier(step) for step in steps), "Of its own"],
                rows,
                [False, *[True] * len(steps), True],
            ),
            View(
                f"Industries that an input stops, value added in {unit}",
                ["Industry", "Lost", "Of its own", "Input that binds"],
                bound,
                [False, True, True, False],
            ),
        ),
    )


def _lower(results: ScenarioResults) -> Section:
    frame = results["lower_reading"]
    numeric = [str(name) for name in frame if frame[name].dtype.kind == "f" and not str(name).endswith("_share")]
    rows = [
        [words.head(str(region)), *(words.number(float(row[name]), 0) for name in numeric)]
        for region, row in frame.iterrows()
        if np.nansum(np.abs(row[numeric].to_numpy(dtype=float))) > 0
    ]
    return Section(
        "lower",
        "The lower reading",
        lead="Here each missing input counts by its share in costs, and nothing stops a whole industry.",
        views=(
            View(
                f"Value added lost, {results.table.unit}",
                ["Region", *(_tier(name) for name in numeric)],
                rows,
                [False, *[True] * len(numeric)],
            ),
        ),
    )


def _table(results: ScenarioResults) -> Section:
    rows = [[str(name), str(value)] for name, value in results.table.describe().items()]
    return Section(
        "table",
        "The table and the files",
        sentences=(
            "Every number on this page stands in data/, the figures with their numbers in figures/, and the scenario "
            "as it was run in scenario.toml, to change and run again.",
        ),
        views=(View("Table and choices", ["What", "Choice"], rows, [False, False]),),
    )


def _signed(value: float) -> str:
    return "–" if np.isnan(value) else f"{value:+.2f}".replace("-", "−")
