"""The part of the report on productivity: each sentence against numbers computed here from the growth accounts."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest

from io_linkage import figures, productivity, report
from io_linkage.errors import OptionError
from io_linkage.figures.saving import numbers
from io_linkage.report import briefing
from io_linkage.report.parts import Section
from io_linkage.report.productivity import draw_productivity, productivity_results, section
from io_linkage.report.sentences.productivity import rate
from tests import examples

N = "\u202f%"


@pytest.fixture(scope="module")
def part(world) -> Section:
    return made(world, "CHN")


def made(world, focus: str) -> Section:
    return section(results_of(world, focus))


def results_of(world, focus: str) -> report.Results:
    asked = report.ask(world, focus=focus, partners="developing", draws=2)
    frames = dict(productivity_results(world, asked))
    names = {"AtB": "farming"}
    return report.Results(asked, pd.Series(dtype=str), world.caption(""), world.unit, names, world.regions, frames)


@pytest.fixture(scope="module")
def china() -> pd.Series:
    """Yearly accounts of China, written out: growth of value added, capital, hours and skills from its rows."""
    frame = productivity.accounts(regions="CHN").frame.droplevel("region").loc[(slice(None), range(1995, 2008)), :]
    va = frame["value_added"].unstack("year")
    shares = va / va.sum()
    weight = (shares + shares.shift(axis=1)) / 2
    grown = (
        (weight * np.log(frame["value_added_volume"].replace(0, np.nan).unstack("year")).diff(axis=1)).sum().iloc[1:]
    )
    total = frame.groupby("year").sum()
    capital = 1 - total["labour_compensation"] / total["value_added"]
    of_capital = ((capital + capital.shift()) / 2 * np.log(total["capital_stock"]).diff()).iloc[1:]
    labour = 0.0
    for kind in ("high", "medium", "low"):
        paid = total[f"labour_compensation_{kind}_skilled"] / total["value_added"]
        labour = labour + (paid + paid.shift()) / 2 * np.log(total[f"hours_{kind}_skilled"]).diff()
    hours = ((2 - capital - capital.shift()) / 2 * np.log(total["hours"]).diff()).iloc[1:]
    labour = labour.iloc[1:]
    return pd.DataFrame({
        "value_added": grown, "capital": of_capital, "hours": hours, "skill": labour - hours,
        "tfp": grown - of_capital - labour, "hours_growth": np.log(total["hours"]).diff().iloc[1:],
    }).mean()  # fmt: skip


def one(lines, begin: str) -> str:
    found = [line for line in lines if line.startswith(begin)]
    assert len(found) == 1, (begin, lines)
    return found[0]


def figures_in(text: str) -> list[float]:
    plain = text.replace("−", "-").replace(N, "")
    return [float(number) for number in re.findall(r"-?\d+\.\d", plain)]


def test_growth_and_its_sources(part, china):
    text = one(part.sentences, "Between 1995 and 2007 the value added of China")
    order = ["value_added", "capital", "hours", "skill", "tfp"]
    np.testing.assert_allclose(figures_in(text), 100 * china[order], atol=0.05 + 1e-9)


def test_china_has_three_readings_of_capital(part, china):
    text = one(part.sentences, "The published capital stock of China cannot be true")
    rebuilt = productivity.economy_growth(productivity.accounts(regions="CHN", capital="rebuilt"), last=2007)
    at_6 = productivity.economy_growth(productivity.accounts(regions="CHN", capital="rebuilt", rate=0.06), last=2007)
    expected = [rebuilt.regions["tfp"].item(), china["tfp"], at_6.regions["tfp"].item()]
    np.testing.assert_allclose(figures_in(text)[:3], 100 * np.array(expected), atol=0.05 + 1e-9)
    assert text.endswith(f"Studies with other capital find 0.8 to 2.5{N}.")
    assert figures_in(text)[:3] == [4.5, 6.3, 4.1]


def test_technical_progress_and_allocation(part):
    text = one(part.sentences, "Of the growth of TFP of China")
    row = productivity.economy_growth(productivity.accounts(), capital="published").regions.loc[("CHN", "published")]
    order = ["technical_progress", "allocation_of_capital", "allocation_of_labour"]
    np.testing.assert_allclose(figures_in(text), 100 * row[order], atol=0.05 + 1e-9)


@pytest.mark.parametrize("focus", ["CHN", "BRA"])
def test_industries_that_add_most(world, focus):
    lines = made(world, focus).sentences
    text = next(line for line in lines if line.startswith("The industries of"))
    industries = productivity.economy_growth(productivity.accounts(), capital="published").industries
    growth = industries.loc[(focus, "published")]
    adds = growth["technical_progress"][growth["tfp"].notna()]
    shown = figures_in(text)
    np.testing.assert_allclose(shown[:3], 100 * adds.nlargest(3), atol=0.05 + 1e-9)
    assert ("farming" in text) == ("AtB" in adds.nlargest(3).index)
    if (adds < 0).any():
        assert f"in {int((adds < 0).sum())} of {len(adds)} industries TFP fell" in text
        assert shown[3] == pytest.approx(-100 * adds[adds < 0].sum(), abs=0.05 + 1e-9)


def test_value_added_per_hour(part, china):
    text = one(part.sentences, "Value added per hour of China")
    shown = figures_in(text)
    assert shown[0] == pytest.approx(100 * (china["value_added"] - china["hours_growth"]), abs=0.05 + 1e-9)
    row = productivity.labour_productivity(productivity.accounts()).loc["CHN"]
    np.testing.assert_allclose(shown[1:], 100 * row.iloc[1:], atol=0.05 + 1e-9)


def test_comparators_and_table(part):
    regions = productivity.economy_growth(productivity.accounts(), capital="published").regions["tfp"]
    text = one(part.sentences, "For comparison, TFP grew by")
    assert figures_in(text) == [round(100 * regions[(code, "published")], 1) for code in ("USA", "JPN")]
    (view,) = part.views
    heads = [row[0] for row in view.rows]
    assert heads[:3] == ["China", "China, capital rebuilt", "China, capital rebuilt at 6 %"]
    assert {"India", "USA", "Japan"} <= set(heads)
    assert "Germany" not in heads
    assert "0.8 to 2.5 %" in view.note


def test_an_economy_with_sound_capital_has_one_reading(world):
    lines = made(world, "DEU").sentences
    assert not [line for line in lines if "cannot be true" in line]


def test_the_picture_shows_both_stocks(world):
    ax = draw_productivity(results_of(world, "CHN"), "Growth of TFP")
    assert numbers(ax).loc["CHN"].index.tolist() == ["published", "rebuilt"]
    figures.close(ax)


def test_without_accounts_the_part_says_why():
    table = examples.germany_1995()
    results = report.gather(table, report.ask(table))
    part = next(one for one in briefing.compose(results).sections if one.key == "productivity")
    assert "WIOD 2013 release only" in part.reason
    assert not part.sentences


def test_the_rest_of_the_world_has_no_accounts(world):
    asked = report.ask(world, focus="RoW", draws=2)
    with pytest.raises(OptionError, match="do not have the rest of the world"):
        list(productivity_results(world, asked))


def test_rates_as_they_are_written():
    assert rate(-0.0071) == f"−0.7{N}"
