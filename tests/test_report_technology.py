"""The part of the report on technology: each sentence against numbers computed here from Z, Y and x."""

from __future__ import annotations

from functools import partial
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

import io_linkage as iol
from io_linkage import report, stages, technology
from io_linkage.figures.saving import numbers
from io_linkage.report import briefing, pictures, words
from tests import made
from tests.test_report_sentences import PARTNERS, starting

DRAWS = 20


def pct(share: float) -> str:
    return words.percent(float(share))


@pytest.fixture(scope="module")
def results() -> report.Results:
    asked = report.ask(made.table(), partners=PARTNERS, stage_file=made.stage_file(), draws=DRAWS)
    return report.gather(made.table(), asked, earlier=[partial(made.table, 1995)])


@pytest.fixture(scope="module")
def shipped(world: iol.MRIOTable) -> report.Results:
    return report.gather(world, report.ask(world, draws=5))


def section(results: report.Results) -> Any:
    return next(one for one in briefing.compose(results).sections if one.key == "technology")


def penetration(table: iol.MRIOTable, region: str, trait: str) -> float:
    """Share of a trait in all rounds of inputs of a region's traditional industries."""
    Z, x = table.Z.to_numpy(), table.x.to_numpy()
    rounds = np.linalg.inv(np.eye(len(x)) - Z / x) - np.eye(len(x))
    w = stages.weights(table, stage_file=made.stage_file())["traditional"].to_numpy()
    here = np.array(table.regions)[table.region_codes] == region
    t = stages.traits(table, stage_file=made.stage_file())[trait].to_numpy()
    bought = rounds @ (w * x * here)
    return float(t @ bought / bought.sum())


def test_penetration_with_its_range(results: report.Results) -> None:
    text = starting(section(results).sentences, "Of all inputs of traditional industries")
    table = made.table()
    ranges = technology.stage_penetration(table, regions="CHN", draws=DRAWS, stage_file=made.stage_file())
    parts = []
    for trait, verb in (("digital", " are"), ("high_tech", "")):
        row = ranges.loc[("CHN", trait, "total")]
        assert row["central"] == pytest.approx(penetration(table, "CHN", trait))
        parts.append(f"{pct(row['central'])} ({pct(row['low'])} to {pct(row['high'])}){verb} {trait.replace('_', '-')}")
    wanted = f"Of all inputs of traditional industries of China, counted in all rounds, {' and '.join(parts)}."
    assert text == f"{wanted} In brackets: nine in ten draws of the shares of stages and traits."


def test_penetration_of_comparators(results: report.Results) -> None:
    share = pct(penetration(made.table(), "USA", "digital"))
    assert f"The digital share of the same inputs is {share} in the United States." in section(results).sentences


def test_change_of_penetration(results: report.Results) -> None:
    before, after = (penetration(made.table(year), "CHN", "digital") for year in (1995, 2011))
    # One set of shares for both years, so that all of the change is what is bought.
    wanted = (
        "Between 1995 and 2011 the digital share of inputs of traditional industries of China, counted in all rounds, "
        f"{words.moved(before, after)}."
    )
    assert wanted in section(results).sentences


def test_change_with_other_weights(world: iol.MRIOTable) -> None:
    asked = report.ask(world, draws=2)
    told = section(report.gather(world, asked, earlier=[partial(iol.load, year=1995)])).sentences
    row = technology.penetration_change(iol.load(year=1995), world, regions="CHN", traits="digital").loc[
        ("CHN", "digital", "total")
    ]
    wanted = f"{words.points(row['inputs'])} by what they buy, {words.points(row['weights'])} because the shares"
    assert wanted in starting(told, "Between 1995 and 2011 the digital share")
    assert row["inputs"] + row["weights"] == pytest.approx(row["after"] - row["before"])


def test_core_and_what_depends_on_it(results: report.Results) -> None:
    table = made.table()
    Z, Y, x = table.Z.to_numpy(), table.Y.to_numpy(), table.x.to_numpy()
    v = 1 - Z.sum(axis=0) / x
    V = v[:, None] * np.linalg.inv(np.eye(len(x)) - Z / x) * Y.sum(axis=1)
    t = stages.traits(table, stage_file=made.stage_file())["digital"].to_numpy()
    here = (np.array(table.regions)[table.region_codes] == "CHN").astype(float)
    gdp = (here * v) @ x
    core, backward, both = (here * t) @ V.sum(axis=1), here @ V @ t, (here * t) @ V @ t
    ranges = technology.core_and_dependent(table, regions="CHN", draws=DRAWS, stage_file=made.stage_file()).loc["CHN"]
    shown = {}
    for part, amount in (
        ("core", core),
        ("dependent", core + backward - both),
        ("embodied_in_others", (here * t) @ V @ (1 - t)),
    ):
        row = ranges.loc[part]
        assert row["share"] == pytest.approx(amount / gdp)
        shown[part] = f"{pct(amount / gdp)} ({pct(row['low_share'])} to {pct(row['high_share'])})"
    wanted = (
        f"The digital core of China, the value added of digital activities, is {shown['core']} of GDP; with what other "
        f"industries make for digital final products it is {shown['dependent']}. {shown['embodied_in_others']} is core "
        "inside other products: a part of the core, not to be added to it."
    )
    assert wanted in section(results).sentences


def test_whose_foreign_technology_partners_use(world: iol.MRIOTable, shipped: report.Results) -> None:
    told = section(shipped).sentences
    x = world.x.to_numpy()
    r = technology.with_rd(world).satellite("R&D (proxy)").fillna(0).to_numpy()
    d = np.divide(r, x, out=np.zeros(len(x)), where=x > 0)
    made_for = d[:, None] * np.linalg.solve(np.eye(len(x)) - world.system.A, world.demand_by_region.to_numpy())
    regions = np.array(world.regions)[world.region_codes]
    T = pd.DataFrame(made_for, index=regions, columns=world.regions).groupby(level=0, sort=False).sum()
    partners = ["IND", "IDN", "BRA", "RUS", "MEX", "TUR", "RoW"]
    foreign = {p: T[p].drop(p).sum() for p in partners}
    eu = ["POL", "EUE", "EUW", "DEU", "FRA", "GBR", "ITA"]

    def together(performers: list[str]) -> str:
        return pct(sum(T.loc[performers, p].sum() for p in partners) / sum(foreign.values()))

    assert (
        "Of the foreign R&D (proxy) that stands behind the final demand of the 7 developing partners, China performs "
        f"{together(['CHN'])}, against the United States {together(['USA'])}, the European Union {together(eu)} and "
        f"Japan {together(['JPN'])}."
    ) in told
    each = pd.Series({p: T.loc["CHN", p] / foreign[p] for p in partners})
    assert (
        f"That share is largest in {words.economy(each.idxmax())} ({pct(each.max())}) and smallest in "
        f"{words.economy(each.idxmin())} ({pct(each.min())})."
    ) in told
    caution = starting(told, "a wrong level of a performer's has")
    assert "R&D is a proxy" in caution
    assert "not to be trusted" in caution
    view = next(one for one in section(shipped).views if "foreign R&D" in one.title)
    indonesia = next(row for row in view.rows if row[0] == "Indonesia")
    assert indonesia[1] == pct(T.loc["CHN", "IDN"] / foreign["IDN"])


def test_the_figure_shows_the_shares_of_the_measure(results: report.Results) -> None:
    picture = next(one for one in pictures.pictures(results) if one.key == "penetration")
    shown = numbers(picture.draw()).set_index(["industry", "column"])["value"]
    plt.close("all")
    own = technology.penetration(made.table(), trait="high_tech", regions="CHN", stage_file=made.stage_file())
    for code in made.INDUSTRIES:
        assert shown[code, "high-tech"] == pytest.approx(100 * own.loc[("CHN", code), "total_share"])


def test_without_traits_the_part_says_so() -> None:
    plain = made.stage_file().filter(regex="industry|traditional|emerging|future")
    found = report.gather(made.table(), report.ask(made.table(), partners=PARTNERS, stage_file=plain, draws=2))
    assert "has no traits" in section(found).reason
    assert "penetration" not in {picture.key for picture in pictures.pictures(found)}


def test_own_stages_and_a_focus_among_the_comparators(world: iol.MRIOTable) -> None:
    own = made.stage_file().rename(columns=lambda c: c.replace("traditional", "old").replace("emerging", "new"))
    own = own.drop(columns=[c for c in own if c.startswith("future")])
    own = own.assign(new=1 - own["old"], new_low=0.5 * (1 - own["old"]), new_high=1.0, old_low=0.0, old_high=1.0)
    found = report.gather(made.table(), report.ask(made.table(), partners=PARTNERS, stage_file=own, draws=2))
    assert starting(section(found).sentences, "Of all inputs of old industries of China")
    american = report.gather(world, report.ask(world, focus="USA", draws=2))
    assert "the United States performs" in starting(section(american).sentences, "Of the foreign R&D")
    german = report.gather(world, report.ask(world, focus="DEU", draws=2))
    # Germany is in the EU, which is therefore not set against it.
    assert list(german["foreign_technology"].attrs["groups"]) == ["DEU", "USA", "JPN"]
    several = report.gather(world, report.ask(world, focus="brics", draws=2))
    assert len([line for line in section(several).sentences if line.startswith("Of all inputs")]) == 4
