"""Prices: hand-worked numbers, duality, re-inversion, the price reading of Ghosh, bad input."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from io_linkage.errors import NotProductiveError, OptionError, UnknownLabelError
from io_linkage.leontief import updates
from io_linkage.prices import Tariff, consumer_prices, cost_shock, tariffs
from tests.examples import germany_1995, leather, three_industries
from tests.strategies import tables

TAX = Tariff(
    0.05,
    origin={"industries": "2"},
    destination={"industries": ["1", "3"]},
    flows="intermediate",
    across_borders=False,
)


def test_cost_shock_of_three_industries():
    table = three_industries()
    dp = cost_shock(table, change={"1": 0.1})
    assert (1 + dp / 100).to_numpy() == pytest.approx([3764 / 3605, 3644 / 3605, 7279 / 7210], abs=1e-12)
    assert dp / 100 @ table.final_demand == pytest.approx(3, abs=1e-12)


def test_tax_of_three_industries():
    table = three_industries()
    out = tariffs(table, TAX)
    assert (1 + out["price_percent"] / 100).to_numpy() == pytest.approx([301 / 291, 2060 / 2037, 299 / 291], abs=1e-12)
    assert (out["first_order_percent"] / 100).to_numpy() == pytest.approx([7 / 206, 23 / 2060, 14 / 515], abs=1e-12)
    index = consumer_prices(table, TAX)
    assert index.loc["national", "total_percent"] / 100 == pytest.approx(103 / 4656, abs=1e-12)


@given(tables(), st.integers(0, 2**16))
def test_what_costs_more_is_what_final_demand_pays_more(table, seed):
    random = np.random.default_rng(seed)
    change = pd.Series(random.uniform(-0.5, 1, len(table.index)), index=table.index)[table.active]
    dp = cost_shock(table, change=change).fillna(0).to_numpy() / 100
    dv = (table.va * change.reindex(table.index).fillna(0)).to_numpy()
    assert dp @ table.final_demand.to_numpy() == pytest.approx(dv.sum(), rel=1e-9, abs=1e-9)


@given(tables(min_regions=2), st.integers(0, 2**16), st.floats(0, 1), st.sampled_from([-0.3, 0.1, 0.4]))
def test_tariffs_match_a_new_inverse(table, seed, passed, rate):
    random = np.random.default_rng(seed)
    T, schedule = np.zeros((len(table.index), len(table.index))), []
    regions = np.asarray(table.index.get_level_values(0))
    for buyer in table.regions[:2]:
        seller = random.choice([name for name in table.regions if name != buyer])
        if not (table.active[regions == seller].any() and table.active[regions == buyer].any()):
            continue
        schedule.append(Tariff(rate, origin={"regions": seller}, destination={"regions": buyer}, flows="intermediate"))
        T[np.ix_(regions == seller, regions == buyer)] += rate
    A = table.system.A
    taxed = A * (1 + passed * T)
    if not schedule or not (A * T).any() or np.abs(np.linalg.eigvals(taxed)).max() >= 0.99:
        return
    p = np.linalg.solve(np.eye(len(A)) - taxed.T, 1 - A.sum(axis=0))
    out = tariffs(table, schedule, pass_through=passed)
    live = table.active
    assert (1 + out["price_percent"] / 100).to_numpy()[live] == pytest.approx(p[live], abs=1e-9)
    first = np.linalg.solve(np.eye(len(A)) - A.T, (A * passed * T).sum(axis=0))
    assert (out["first_order_percent"] / 100).to_numpy()[live] == pytest.approx(first[live], abs=1e-9)


def test_low_rank_and_iteration_agree(world, monkeypatch):
    wall = Tariff(0.25, origin={"regions": "CHN"}, destination={"regions": ["USA", "EUW"]})
    everybody = Tariff(0.1, origin={"industries": "30t33"})
    for one in (wall, everybody, [wall, everybody]):
        direct = tariffs(world, one)
        monkeypatch.setattr(updates, "DIRECT", 0)
        pd.testing.assert_frame_equal(tariffs(world, one), direct, rtol=1e-9)
        monkeypatch.undo()


def test_ghosh_read_as_prices_gives_the_same_numbers():
    """Values of output after a change of primary inputs, over base (Dietzenbacher 1997)."""
    table = germany_1995()
    change = pd.Series(0.0, index=table.index)
    change["DEU", "trade"] = 0.2
    change["DEU", "manufacturing"] = -0.1
    dp = cost_shock(table, change=change)
    primary = (1 - table.A.sum()) * table.x + table.va * change
    ratio = (primary @ table.G) / table.x
    assert (1 + dp / 100).to_numpy() == pytest.approx(ratio.to_numpy(), rel=1e-12)


def test_consumer_prices_add_chain_and_border():
    table = leather()
    duty = Tariff(0.2, origin={"regions": "Turkey"}, destination={"regions": "Germany"})
    index = consumer_prices(table, duty, pass_through=0.5)
    dp = tariffs(table, duty, pass_through=0.5)["price_percent"].to_numpy() / 100
    Y = table.demand_by_region
    for region in table.regions:
        bought = Y[region].to_numpy()
        t = np.where(np.arange(9) // 3 == 1, 0.1, 0.0) if region == "Germany" else 0.0
        expected = ((1 + t) * (1 + dp) * bought).sum() / bought.sum() - 1
        assert index.loc[region, "total_percent"] / 100 == pytest.approx(expected, abs=1e-12)
    assert (index["border_percent"] == 0).tolist() == [True, True, False]
    assert index["total_percent"].to_numpy() == pytest.approx(index["chain_percent"] + index["border_percent"])


def test_consumer_prices_after_a_cost_shock(world):
    households = "Final consumption expenditure by households"
    index = consumer_prices(world, change={("CHN", "30t33"): 0.1}, categories=households)
    assert (index["border_percent"] == 0).all()
    assert index["total_percent"].idxmax() == "CHN"
    whole = consumer_prices(world, change={("CHN", "30t33"): 0.1})
    rise = (whole["total_percent"] / 100) @ world.demand_by_region.sum()
    assert rise == pytest.approx(0.1 * world.va["CHN", "30t33"], rel=1e-3)


def test_a_tariff_on_final_goods_changes_no_price_of_producers(world):
    duty = Tariff(0.1, origin={"regions": "CHN"}, destination={"regions": "USA"}, flows="final")
    assert (tariffs(world, duty)["price_percent"].dropna() == 0).all()
    index = consumer_prices(world, duty)
    assert index.loc["USA", "border_percent"] > 0
    assert (index["total_percent"].drop("USA") == 0).all()


def test_rates_add_and_borders_count(world):
    wall = Tariff(0.1, destination={"regions": "USA"})
    twice = tariffs(world, [wall, wall])
    pd.testing.assert_frame_equal(twice, tariffs(world, Tariff(0.2, destination={"regions": "USA"})), rtol=1e-12)
    inside = Tariff(0.1, destination={"regions": "USA"}, across_borders=False)
    more = (tariffs(world, inside) - tariffs(world, wall)).loc["USA", "price_percent"]
    # Private households buy nothing from industries.
    assert (more.drop("P") > 0).all()


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda t: tariffs(t, []), OptionError, "There is no tariff"),
        (lambda t: tariffs(t, [0.25]), OptionError, "0.25 is no Tariff"),
        (lambda t: Tariff(-1.0), OptionError, "above -1"),
        (lambda t: Tariff(0.1, flows="all"), OptionError, "must be one of"),
        (lambda t: tariffs(t, Tariff(0.1), pass_through=1.5), OptionError, "pass_through=1.5"),
        (lambda t: tariffs(t, Tariff(0.0)), OptionError, "Nothing that flows"),
        (lambda t: tariffs(t, Tariff(0.1, destination={"industries": "C"})), OptionError, "Final demand has no"),
        (lambda t: tariffs(t, Tariff(0.1, origin={"regions": "XXX"})), UnknownLabelError, "XXX"),
        (lambda t: tariffs(t, Tariff(9.0, across_borders=False)), NotProductiveError, "no prices cover"),
        (lambda t: cost_shock(t, change={("CHN", "C"): 0.1}, of="jobs"), OptionError, "so it is no cost"),
        (lambda t: cost_shock(t, change={("CHN", "C"): -2}), OptionError, "below -1"),
        (lambda t: consumer_prices(t), OptionError, "There is no tariff"),
        (
            lambda t: consumer_prices(t, Tariff(0.1), change={("CHN", "C"): 0.1}),
            OptionError,
            "both at once",
        ),
        (lambda t: consumer_prices(t, Tariff(0.1), categories="food"), UnknownLabelError, "category of final demand"),
        (
            lambda t: cost_shock(t, change={("RoW", "C"): 0.1}, of="labour_compensation"),
            OptionError,
            "not known|no number",
        ),
    ],
)
def test_bad_input_is_refused(world, make, error, message):
    with pytest.raises(error, match=message):
        make(world)
