"""Where productivity growth came from, and how sure that is."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from io_linkage.report import words
from io_linkage.report.frames import rows_at
from io_linkage.report.results import Results

#: How many industries are named.
_NAMED = 3


def productivity(results: Results) -> list[str]:
    """Say what growth of the focus is made of, which industries it came from, and how far that is known."""
    if "productivity" not in results:
        return []
    lines = []
    for region in results.question.regions:
        if not math.isnan(_row(results["productivity"], (region, "published")).get("tfp", math.nan)):
            lines += [_growth(results, region), *_capital(results, region), _tfp(results, region)]
            lines += [_industries(results, region), _hours(results, region)]
    return [*lines, *_others(results)]


def rate(growth: float) -> str:
    r"""Growth a year, as per cent.

    Examples
    --------
    >>> rate(0.0628).replace("\u202f", " "), rate(-0.007).replace("\u202f", " ")
    ('6.3 %', '−0.7 %')
    """
    return f"{_points(growth)}\u202f%"


def _points(growth: float) -> str:
    text = f"{100 * growth:.1f}"
    return "0.0" if text == "-0.0" else text.replace("-", "−")


def _row(frame: pd.DataFrame, label: Any) -> dict[str, float]:
    """Return one row by column; empty where there is none."""
    if label not in frame.index:
        return {}
    return {str(name): float(value) for name, value in zip(frame.columns, frame.loc[label].to_numpy(), strict=True)}


def _growth(results: Results, region: str) -> str:
    row, years = _row(results["productivity"], (region, "published")), results["productivity"].attrs["year"]
    return (
        f"Between {years[0]} and {years[-1]} the value added of {words.economy(region)} grew by "
        f"{rate(row['value_added'])} a year. Capital accounts for {_points(row['capital'])} points of it, hours for "
        f"{_points(row['hours'])}, better skills for {_points(row['skill'])} and TFP for {_points(row['tfp'])}, with "
        "capital as published."
    )


def _capital(results: Results, region: str) -> list[str]:
    """Say what another capital stock makes of it, where the published one cannot be true."""
    tfp = {
        str(stock): float(value) for stock, value in rows_at(results["productivity"], region, "region")["tfp"].items()
    }
    if "rebuilt" not in tfp:
        return []
    text = (
        f"The published capital stock of {words.economy(region)} cannot be true: it implies a depreciation outside 0 "
        f"to 15\u202f% a year. With capital rebuilt from investment TFP grew by {rate(tfp['rebuilt'])} a year instead "
        f"of {rate(tfp['published'])}; with 6\u202f% depreciation throughout, by {rate(tfp['rebuilt at 6 %'])}."
    )
    return [text + (" Studies with other capital find 0.8 to 2.5\u202f%." if region == "CHN" else "")]


def _tfp(results: Results, region: str) -> str:
    row = _row(results["productivity"], (region, "published"))
    return (
        f"Of the growth of TFP of {words.economy(region)}, {_points(row['technical_progress'])} points a year are "
        f"technical progress in industries, {_points(row['allocation_of_capital'])} capital and "
        f"{_points(row['allocation_of_labour'])} labour that moved between industries."
    )


def _industries(results: Results, region: str) -> str:
    rows = rows_at(rows_at(results["productivity_by_industry"], region, "region"), "published", "capital")
    adds = rows.loc[rows["tfp"].notna(), "technical_progress"].sort_values(ascending=False, kind="stable")
    named = [
        f"{words.industry(str(industry), results.industries)} ({_points(float(value))})"
        for industry, value in adds.head(_NAMED).items()
    ]
    text = (
        f"The industries of {words.economy(region)} that add most to technical progress are {words.listed(named)}, in "
        "points a year"
    )
    fell = adds[adds < 0]
    if len(fell):
        text += (
            f"; in {len(fell)} of {words.counted(len(adds), 'industry', 'industries')} TFP fell, which takes away "
            f"{_points(-float(fell.sum()))} points"
        )
    return f"{text}."


def _hours(results: Results, region: str) -> str:
    row = _row(results["labour_productivity"], region)
    return (
        f"Value added per hour of {words.economy(region)} grew by {rate(row['labour_productivity'])} a year: "
        f"{_points(row['capital_deepening'])} points by more capital an hour, {_points(row['skill'])} by skills, "
        f"{_points(row['tfp'])} by technical progress and {_points(row['hours_moved'])} by hours that moved to "
        "industries with more value added per hour."
    )


def _others(results: Results) -> list[str]:
    frame = results["productivity"]
    tfp = {region: _row(frame, (region, "published"))["tfp"] for region in frame.attrs["frontier"]}
    pairs = [
        f"{rate(value)} a year in {words.economy(region)}" for region, value in tfp.items() if not math.isnan(value)
    ]
    return [f"For comparison, TFP grew by {words.listed(pairs)}."] if pairs else []
