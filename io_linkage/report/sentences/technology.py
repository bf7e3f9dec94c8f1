"""How far traits have entered industries, the core of a trait, and whose technology partners use."""

from __future__ import annotations

import math

import pandas as pd

from io_linkage.report import words
from io_linkage.report.frames import cell, leaders
from io_linkage.report.results import Results
from io_linkage.report.sentences.names import ALL, focus_name, their, them, who
from io_linkage.technology.traits import spelt

_CENTRAL = ("central", "low", "high")
_SHARES = ("share", "low_share", "high_share")
_CHANGE = ("before", "after", "change", "inputs", "weights")


def technology(results: Results) -> list[str]:
    """Say how far traits have entered the focus, how large its core is, and who performs what partners use."""
    if "penetration" not in results:
        return []
    return [*_penetration(results), *_moved(results), *_core(results), *_foreign(results)]


def _penetration(results: Results) -> list[str]:
    frame = results["penetration"]
    traits = [str(trait) for trait in dict.fromkeys(frame.index.get_level_values("trait"))]
    regions = [str(region) for region in dict.fromkeys(frame.index.get_level_values("region"))]
    stage = str(frame.attrs.get("stage", ""))
    lines = []
    for region in results.question.regions:
        parts = [f"{_bracketed(frame, (region, trait, 'total'), _CENTRAL)} {spelt(trait)}" for trait in traits]
        text = f"Of all inputs of {stage} industries of {words.economy(region)}, counted in all rounds, "
        text += f"{words.listed(parts).replace(' ' + spelt(traits[0]), ' are ' + spelt(traits[0]), 1)}."
        ranged = " In brackets: nine in ten draws of the shares of stages and traits."
        lines.append(text + (ranged if "(" in "".join(parts) else ""))
    others = [region for region in regions if region not in results.question.regions]
    first = "digital" if "digital" in traits else traits[0]
    if others:
        pairs = [
            f"{words.percent(cell(frame, (region, first, 'total'), 'central'))} in {words.economy(region)}"
            for region in others
        ]
        lines.append(f"The {spelt(first)} share of the same inputs is {words.listed(pairs)}.")
    return lines


def _bracketed(frame: pd.DataFrame, label: tuple[str, ...], columns: tuple[str, str, str]) -> str:
    """Share with its range, which is left out where there is none."""
    centre, low, high = (cell(frame, label, column) for column in columns)
    text = words.percent(centre)
    return f"{text} ({words.percent(low)} to {words.percent(high)})" if high - low > 1e-12 * abs(centre) else text


def _moved(results: Results) -> list[str]:
    if "penetration_over_time" not in results:
        return []
    frame = results["penetration_over_time"]
    first, last = frame.attrs["year"]
    lines = []
    for label in frame.index:
        region, trait, reach = map(str, label)
        before, after, change, inputs, weights = (cell(frame, label, column) for column in _CHANGE)
        if reach != "total" or math.isnan(change):
            continue
        text = (
            f"Between {first} and {last} the {spelt(trait)} share of inputs of {frame.attrs['stage']} industries of "
            f"{words.economy(region)}, counted in all rounds, {words.moved(before, after)}"
        )
        if abs(weights) > 5e-5:
            text += (
                f": {words.points(inputs)} by what they buy, {words.points(weights)} because the shares of traits and "
                "stages differ between the years"
            )
        lines.append(f"{text}.")
    return lines


def _core(results: Results) -> list[str]:
    frame = results["core_and_dependent"]
    trait = spelt(str(frame.attrs["trait"]))
    lines = []
    for region in results.question.regions:
        if math.isnan(cell(frame, (region, "core"), "share")):
            continue
        core, dependent, inside = (
            _bracketed(frame, (region, part), _SHARES) for part in ("core", "dependent", "embodied_in_others")
        )
        lines.append(
            f"The {trait} core of {words.economy(region)}, the value added of {trait} activities, is {core} of GDP; "
            f"with what other industries make for {trait} final products it is {dependent}. {words.capital(inside)} is "
            "core inside other products: a part of the core, not to be added to it."
        )
    return lines


def _foreign(results: Results) -> list[str]:
    if "foreign_technology" not in results:
        return []
    frame, focus = results["foreign_technology"], results.question.focus
    row = ALL if len(results.question.partners) > 1 else results.question.partners[0]
    performers = [str(name) for name in frame.attrs["groups"]]
    shares = {name: words.part(cell(frame, row, name), cell(frame, row, "foreign")) for name in performers}
    if math.isnan(shares[focus]):
        return []
    others = [
        f"{words.economy(name)} {words.percent(share)}"
        for name, share in shares.items()
        if name != focus and not math.isnan(share)
    ]
    text = (
        f"Of the foreign R&D (proxy) that stands behind the final demand of {who(results)}, {focus_name(results)} "
        f"performs {words.percent(shares[focus])}"
    )
    lines = [f"{text}, against {words.listed(others)}." if others else f"{text}."]
    each = (frame[focus] / frame["foreign"]).drop(index=ALL, errors="ignore").dropna()
    if len(each) > 1:
        most, least = (words.listed(words.economy(str(label)) for label in leaders(s)) for s in (each, -each))
        lines.append(
            f"That share is largest in {most} ({words.percent(float(each.max()))}) and smallest in {least} "
            f"({words.percent(float(each.min()))})."
        )
    lines.append(
        f"These are shares in what comes to {them(results)} from abroad, on which a wrong level of {their(results)} "
        f"own R&D has no bearing; a wrong level of a performer's has. {frame.attrs['proxy']}"
    )
    return lines
