"""How the stages of the focus's industries differ, with ranges, and what each does for the others."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from io_linkage.report import words
from io_linkage.report.frames import cell, has_ranges, rows_at, stage_pair
from io_linkage.report.results import Results
from io_linkage.report.sentences.names import ALL, focus_name


def stages(results: Results) -> list[str]:
    """Say how the stages differ, with ranges, and what demand for each does for the others."""
    if "stage_linkages" not in results:
        return []
    sentences, ranges = [], has_ranges(results)
    for region in results.question.regions:
        composition = rows_at(results["stage_composition"], region, "region")
        linked = rows_at(results["stage_linkages"], region, "region")
        sentences += [*_composition(region, composition, ranges), *_linkages_by_stage(region, linked, ranges)]
    return [*sentences, *_between_stages(results)]


def _composition(region: str, composition: pd.DataFrame, ranges: bool) -> list[str]:
    known = composition.dropna(subset=["central"])
    if known.empty:
        return []
    parts = []
    for stage in known.index:
        low, high = (words.percent(cell(known, stage, bound)) for bound in ("low", "high"))
        parts.append(
            f"{stage} {words.percent(cell(known, stage, 'central'))}" + (f" ({low} to {high})" if ranges else "")
        )
    text = f"The output of {words.economy(region)} by stage of the industry: {words.listed(parts)}."
    return [f"{text} In brackets: nine in ten draws of the stage shares lie in this range." if ranges else text]


def _linkages_by_stage(region: str, linked: pd.DataFrame, ranges: bool) -> list[str]:
    sentences = []
    for side in ("backward", "forward"):
        column = f"{side}_normalised"
        order = [str(stage) for stage in linked[column].dropna().sort_values(ascending=False, kind="stable").index]
        parts = [f"{stage} {in_range(linked, stage, column)}" for stage in order]
        if parts:
            sentences.append(
                f"{side.capitalize()} linkages by stage, relative to the average of {words.economy(region)}: "
                f"{words.listed(parts)}. {_told_apart(linked, column, order) if ranges else ''}".rstrip()
            )
    return sentences


def _told_apart(linked: pd.DataFrame, column: str, order: list[str]) -> str:
    """Say whether the first stage stands out from the others given the ranges of the stage shares."""
    if len(order) < 2:
        return ""
    low, high = linked[f"{column}_low"], linked[f"{column}_high"]
    first, others = order[0], order[1:]
    clear = [stage for stage in others if low[first] > high[stage]]
    unclear = [stage for stage in others if stage not in clear]
    if not clear:
        return f"The range for {first} overlaps the others, so the order is not settled by what is known of the shares."
    text = f"The range for {first} lies above {'that' if len(clear) == 1 else 'those'} for {words.listed(clear)}"
    return f"{text}." if not unclear else f"{text}, but overlaps {_ranges(unclear)}."


def _ranges(stages: list[str]) -> str:
    return f"{'that' if len(stages) == 1 else 'those'} for {words.listed(stages)}"


def _between_stages(results: Results) -> list[str]:
    drawn = 100 * results["focus_stage_ranges"]
    early, late = stage_pair(results)
    places = ["at home", *(["abroad"] if "abroad" in drawn.index.get_level_values("place") else [])]
    compared = [(place, ALL, product) for place in places for product in (late, early)]
    if any(math.isnan(cell(drawn, row, "central")) for row in compared):
        return []

    def per_hundred(place: str, stage: str, product: str) -> str:
        return ranged(drawn, (place, stage, product))

    text = (
        f"Of 100 of final demand for {late} products of {focus_name(results)}, "
        f"{per_hundred('at home', early, late)} become value added in its {early} industries and "
        f"{per_hundred('at home', late, late)} in its {late} ones; of 100 for {early} products, "
        f"{per_hundred('at home', late, early)} become value added in its {late} industries."
    )
    if "abroad" in places:
        text += (
            f" Abroad, value added of {per_hundred('abroad', ALL, late)} arises from 100 for {late} products, "
            f"against {per_hundred('abroad', ALL, early)} from 100 for {early} ones."
        )
    return [text]


def ranged(frame: pd.DataFrame, row: Any, digits: int = 1) -> str:
    """Central number with its range, which is left out where the draws do not differ."""
    return _with_range(frame, row, ("central", "low", "high"), digits)


def in_range(frame: pd.DataFrame, row: Any, column: str) -> str:
    """Give the number of a column with its range, which is left out where the draws do not differ."""
    return _with_range(frame, row, (column, f"{column}_low", f"{column}_high"), 2)


def _with_range(frame: pd.DataFrame, row: Any, columns: tuple[str, str, str], digits: int) -> str:
    centre, low, high = (cell(frame, row, column) for column in columns)
    text = words.number(centre, digits)
    # Equal draws differ by their rounding.
    if math.isnan(centre) or not high - low > 1e-12 * abs(centre):
        return text
    return f"{text} ({words.number(low, digits)} to {words.number(high, digits)})"
