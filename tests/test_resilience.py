"""Resilience as a profile: each part is that of the measure it comes from."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from io_linkage import bottlenecks, extraction, scenarios, shortages
from io_linkage.errors import OptionError, UnknownLabelError
from io_linkage.scenarios import MarketRepair, Reshoring, Scenario
from tests.examples import idle_region, leather

P = "Textile and Leather"


def profile(**options):
    given = {"hurt_by": "Germany", "repaired_by": "Argentina", "ratings": "cost_share", "shocks": [("Turkey", P)]}
    return bottlenecks.resilience(leather(), **{**given, **options})


def test_losses_are_those_of_extraction_and_of_the_first_round():
    table, frame = leather(), profile()
    gdp = table.va.groupby(level=0, sort=False).sum()
    orders = extraction.losses(table, regions="Turkey", industries=P, of="value_added", by="region")["total"] / gdp
    inputs = shortages.run(table, capacity={("Turkey", P): 0.5}, ratings="cost_share", by="region")["total"] / gdp
    for region in ("Argentina", "Germany"):
        assert frame.loc[region, "orders_loss_share"] == pytest.approx(orders[region])
        assert frame.loc[region, "worst_inputs_loss_share"] == pytest.approx(inputs[region])
        assert frame.loc[region, "worst_node"] == f"Turkey {P}"
    assert frame.loc["Turkey", ["orders_loss_share", "inputs_loss_share"]].isna().all(), "its own shock counts"
    assert pd.isna(frame.loc["Turkey", "worst_node"])


def test_means_and_the_worst_over_several_shocks():
    shocks = [("Turkey", P), ("Argentina", "Agriculture"), ("Germany", "Agriculture")]
    parts = [profile(shocks=[shock])["orders_loss_share"] for shock in shocks]
    frame = profile(shocks=shocks)
    values = np.array(parts)
    assert_allclose(frame["orders_loss_share"], np.nanmean(values, axis=0))
    assert_allclose(frame["worst_orders_loss_share"], np.nanmax(values, axis=0))


def test_concentration_and_alternatives_are_those_of_their_measures():
    table, frame = leather(), profile()
    assert_allclose(frame["hhi"], bottlenecks.suppliers(table, by="region")["hhi"])
    assert_allclose(frame["foreign_share"], bottlenecks.foreign_inputs(table, on=[], by="region")["foreign"])
    lacking = bottlenecks.no_alternative(table, regions="Turkey")
    expected = np.average(lacking["no_alternative_share"], weights=lacking["bought"])
    assert frame.loc["Turkey", "no_alternative_share"] == pytest.approx(expected)


def test_recovery_is_what_market_repair_gives_back():
    table, frame = leather(), profile(strength=0.5, repair=0.3)
    home = Reshoring("Germany", suppliers="Turkey", strength=0.5)
    hurt = scenarios.run(table, Scenario("a", [home]))
    lost = -np.minimum(hurt.solution.first_round, 0)[3:6]
    moves = [
        MarketRepair("Argentina", "Turkey", industries=industry, amount=0.3 * float(amount))
        for industry, amount in zip(table.industries, lost, strict=True)
    ]
    mended = scenarios.run(table, Scenario("b", [home, *moves]))
    before, after = (
        outcome.change(of="value_added", by="region").loc["Turkey", "change"] for outcome in (hurt, mended)
    )
    gdp = table.va.groupby(level=0, sort=False).sum()["Turkey"]
    assert frame.loc["Turkey", "hurt_loss_share"] == pytest.approx(-before / gdp)
    assert frame.loc["Turkey", "recovered_share"] == pytest.approx(1 - after / before)
    assert frame.loc[["Argentina", "Germany"], "recovered_share"].isna().all()
    assert profile(repair=0.0).loc["Turkey", "recovered_share"] == 0
    more = profile(repair=0.6).loc["Turkey", "recovered_share"]
    assert more > frame.loc["Turkey", "recovered_share"] > 0


def test_the_default_shocks_are_the_nodes_whose_loss_costs_others_most(world):
    frame = bottlenecks.resilience(world, regions="IDN", nodes=2, repaired_by=None)
    abroad = extraction.losses(world, of="value_added")["abroad"].nlargest(2)
    given = bottlenecks.resilience(world, regions="IDN", shocks=list(abroad.index), repaired_by=None)
    assert_allclose(
        frame.drop(columns="worst_node").to_numpy(dtype=float), given.drop(columns="worst_node").to_numpy(dtype=float)
    )
    assert "a profile, not an index" in frame.attrs["note"]
    assert "recovered_share" not in frame


def test_bad_input_is_explained():
    with pytest.raises(OptionError, match="strength=2"):
        profile(strength=2)
    with pytest.raises(OptionError, match="nodes=0"):
        profile(shocks=None, nodes=0)
    with pytest.raises(OptionError, match="names nobody"):
        profile(shocks=[])
    with pytest.raises(UnknownLabelError, match="Turkey cars"):
        profile(shocks=[("Turkey", "cars")])


def test_a_region_that_makes_nothing_has_no_profile():
    frame = bottlenecks.resilience(
        idle_region(), shocks=[("C", "goods")], ratings="cost_share", hurt_by="C", repaired_by="A"
    )
    assert frame.loc["B"].drop("worst_node").isna().all()
