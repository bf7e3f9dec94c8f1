"""Each kind of move against loops over cells, and what an outcome says besides output."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

import io_linkage as iol
from io_linkage import MRIOTable, linkages, scenarios, ties, value_added
from io_linkage.errors import AddingUpError, OptionError
from io_linkage.scenarios import (
    DemandChange,
    ExportBan,
    FixedOutput,
    FriendShoring,
    MarketRepair,
    NodeLoss,
    Outcome,
    ProductionAbroad,
    Reshoring,
    Scenario,
    Substitution,
    Tariff,
)
from io_linkage.scenarios.tariffs import armington
from tests import made
from tests.examples import leather
from tests.strategies import stage_weights, tables

ARG, TUR, DEU = "Argentina", "Turkey", "Germany"
P = "Textile and Leather"


def run(table, *moves):
    return scenarios.run(table, Scenario("test", moves))


def after(outcome):
    """A and Y of the table after."""
    return outcome.table.A, outcome.table.demand_by_region


def flows(table):
    return table.Z, table.demand_by_region


# Tariffs


def test_armington_shares_by_hand():
    cells, factor = np.array([[0.5], [0.3], [0.2]]), np.array([1.1, 1.0, 1.0])
    basic = armington(cells, factor, 4.0, "basic")[:, 0]
    assert_allclose(basic, [0.4058276856, 0.3565033887, 0.2376689258], atol=6e-11)
    purchaser = armington(cells, factor, 4.0, "purchaser")[:, 0]
    assert_allclose(purchaser, [0.3900003900, 0.3425997426, 0.2283998284], atol=6e-11)
    assert_allclose(purchaser * factor, [0.4290004290, 0.3425997426, 0.2283998284], atol=6e-11)
    assert_array_equal(armington(cells, np.ones(3), 4.0, "basic"), cells)


@pytest.mark.parametrize("value", ["basic", "purchaser"])
def test_a_tariff_moves_each_buyer_between_its_sources(value):
    table = leather()
    outcome = run(table, Tariff(DEU, TUR, 0.25, 3.0, industries=P, value=value))
    A, Y = after(outcome)
    old_A, old_Y = table.A, table.demand_by_region
    rows = [(region, P) for region in table.regions]
    power = -3.0 if value == "basic" else -2.0
    paid = 0.0
    for before, new in ((old_A, A), (old_Y, Y)):
        for column in before.columns:
            w = before.loc[rows, column].to_numpy()
            buys = column == DEU or column[0] == DEU
            tax = np.array([1, 1.25, 1]) if buys else np.ones(3)
            expected = w * tax**power / (w * tax**power).sum() * w.sum()
            if value == "purchaser":
                expected = expected / tax
                paid += (expected * (tax - 1)).sum() * (1 if before is old_Y else outcome.table.x[column])
            assert_allclose(new.loc[rows, column], expected, rtol=1e-12)
    assert outcome.is_pure == (value == "basic")
    if value == "basic":
        assert abs(outcome.change(of="value_added")["change"].sum()) < 1e-12
    else:
        assert f"Duties of {paid:,.4g} leave the flows" in outcome.assumptions["value_added"]
        # Duties that industries pay are no value added, and final demand has less left for goods.
        assert_allclose(outcome.table.v, table.v, rtol=1e-12)
        assert_allclose(
            outcome.table.V.loc["statistical discrepancy"].sum() + outcome.table.va.sum(), outcome.table.Y.sum().sum()
        )


# Production abroad


def test_production_abroad_brings_the_investors_column():
    table = leather()
    jobs = pd.Series(np.arange(1.0, 10.0) * table.x.to_numpy(), index=table.index, name="jobs")
    table = table.with_satellite("employment", jobs.to_frame().T, "persons")
    outcome = run(table, ProductionAbroad(DEU, TUR, P, strength=0.3))
    A, _ = after(outcome)
    mixed = 0.7 * table.A[(TUR, P)] + 0.3 * table.A[(DEU, P)]
    assert_allclose(A[(TUR, P)], mixed, rtol=1e-12)
    assert_allclose(A.drop(columns=[(TUR, P)]), table.A.drop(columns=[(TUR, P)]), rtol=1e-12)
    assert outcome.table.v[(TUR, P)] == pytest.approx(0.7 * table.v[(TUR, P)] + 0.3 * table.v[(DEU, P)])
    for of in ("value_added", "jobs"):
        change = outcome.change(of=of)
        assert_allclose(change["after"], outcome.table.satellite(of), rtol=1e-12)
        for chain in ("loss", "gain", "net"):
            tiers = outcome.tiers(of=of, chain=chain)
            assert_allclose(tiers.drop(columns="total").sum(axis=1), tiers["total"], rtol=1e-9, atol=1e-9)
        both = outcome.losers(of=of)["change"].reindex(table.regions).fillna(0)
        expected = outcome.change(of=of, by="region")["change"]
        assert_allclose(both[both != 0], expected[both != 0], rtol=1e-9)
    # Primary inputs of the world are its final demand, which stays.
    assert outcome.table.va.sum() == pytest.approx(table.va.sum(), rel=1e-12)


def test_production_abroad_with_the_hosts_suppliers():
    table = leather()
    A, _ = after(run(table, ProductionAbroad(DEU, TUR, P, inputs="host")))
    new, theirs, own = A[(TUR, P)], table.A[(DEU, P)], table.A[(TUR, P)]
    for industry in table.industries:
        at = pd.IndexSlice[:, industry]
        assert new.loc[at].sum() == pytest.approx(theirs.loc[at].sum(), rel=1e-12)
        assert_allclose(new.loc[at] / new.loc[at].sum(), own.loc[at] / own.loc[at].sum(), rtol=1e-12)


def test_the_host_buys_at_home_what_it_did_not_buy_before():
    table = leather()
    Z = table.Z.to_numpy(copy=True)
    Z[[1, 4, 7], 3] = 0.0  # Agriculture in Turkey buys no leather.
    other = MRIOTable.from_frames(pd.DataFrame(Z, index=table.index, columns=table.index), table.Y)
    A, _ = after(run(other, ProductionAbroad(DEU, TUR, "Agriculture", inputs="host")))
    bought = other.A.loc[pd.IndexSlice[:, P], (DEU, "Agriculture")].sum()
    assert_allclose(A.loc[[(ARG, P), (TUR, P), (DEU, P)], (TUR, "Agriculture")], [0, bought, 0], rtol=1e-12)


# Who gains


def test_substitution_by_exports_and_by_named_shares():
    table = made.table()
    Z, Y = flows(table)
    suppliers = ["BRA", "RoW"]
    exports = {
        s: Z.loc[(s, "i1"), [c for c in Z.columns if c[0] != s]].sum() + Y.loc[(s, "i1")].drop(s).sum()
        for s in suppliers
    }
    usual = np.array([exports[s] for s in suppliers]) / sum(exports.values())
    for shares, expected in ((None, usual), ((0.9, 0.1), np.array([0.9, 0.1]))):
        A, Y_after = after(run(table, Substitution("USA", "CHN", suppliers, "i1", shares=shares, strength=0.4)))
        gained = (A - table.A).loc[[(s, "i1") for s in suppliers]]
        lost = 0.4 * table.A.loc[("CHN", "i1")].where(table.A.columns.get_level_values(0) == "USA", 0.0)
        assert_allclose(gained, np.outer(expected, lost), atol=1e-15)
        assert_allclose(
            (Y_after - Y).loc[[(s, "i1") for s in suppliers], "USA"],
            expected * 0.4 * Y.loc[("CHN", "i1"), "USA"],
            rtol=1e-9,
        )


def test_friend_shoring_goes_where_each_buyer_buys_already():
    table = made.table()
    A, _ = after(run(table, FriendShoring(("USA", "IND"), "CHN", industries=("i0", "i3"), strength=0.5)))
    for industry in ("i0", "i3"):
        friends = [("IND", industry), ("USA", industry)]
        for column in table.A.columns:
            before = table.A[column]
            moved = 0.5 * before[("CHN", industry)] if column[0] in ("USA", "IND") else 0.0
            share = before[friends] / before[friends].sum()
            assert_allclose(A[column][friends], before[friends] + moved * share, rtol=1e-12)


def test_a_buyer_without_friends_turns_to_who_exports():
    table = leather()
    Z, Y = table.Z.to_numpy(copy=True), table.Y.to_numpy(copy=True)
    textile = 1
    Z[[textile, 7], 6] = 0.0  # Agriculture in Germany buys no leather from Argentina and none at home.
    other = MRIOTable.from_frames(
        pd.DataFrame(Z, index=table.index, columns=table.index),
        pd.DataFrame(Y, index=table.index, columns=table.Y.columns),
    )
    A, _ = after(run(other, FriendShoring(DEU, TUR, (ARG, DEU), P)))
    exports = np.array([Z[1, 3:].sum() + Y[1, 1:].sum(), Z[7, :6].sum() + Y[7, :2].sum()])
    gained = A[(DEU, "Agriculture")][[(ARG, P), (DEU, P)]]
    assert_allclose(gained, other.A.loc[(TUR, P), (DEU, "Agriculture")] * exports / exports.sum(), rtol=1e-12)


def test_market_repair_by_amount():
    table = leather()
    bought = table.Z.loc[(DEU, P), ARG].sum() + table.demand_by_region.loc[(DEU, P), ARG]
    by_amount = run(table, MarketRepair(ARG, TUR, P, DEU, amount=0.5 * bought))
    by_strength = run(table, MarketRepair(ARG, TUR, P, DEU, strength=0.5))
    assert_allclose(by_amount.after["output"], by_strength.after["output"], rtol=1e-12)
    assert by_amount.tiers(chain="gain").loc[TUR, "tier_1"] == pytest.approx(0.5 * bought)


@pytest.mark.parametrize("moved", ["inputs", "final"])
def test_inputs_and_final_demand_move_apart(moved):
    table = leather()
    A, Y = after(run(table, Reshoring(DEU, P, TUR, strength=0.5, flows=moved)))
    assert_allclose(A.loc[(TUR, P), DEU], (0.5 if moved == "inputs" else 1.0) * table.A.loc[(TUR, P), DEU])
    assert Y.loc[(TUR, P), DEU] == pytest.approx((0.5 if moved == "final" else 1.0) * 16.9)


def test_stocks_drawn_down_stay_where_they_are():
    table = leather()
    Y = table.Y.copy()
    stocks = pd.DataFrame({(DEU, "stocks"): np.where(table.index == (TUR, P), -3.0, 0.0)}, index=table.index)
    both = MRIOTable.from_frames(table.Z, pd.concat([Y, stocks], axis=1))
    new = run(both, Reshoring(DEU, P, TUR)).table.Y
    assert new.loc[(TUR, P), (DEU, "stocks")] == -3.0
    assert new.loc[(TUR, P), (DEU, "final demand")] == 0.0


# Demand


def test_all_demand_doubled_doubles_output():
    outcome = run(leather(), DemandChange((ARG, TUR, DEU), level=1.0))
    assert_allclose(outcome.change()["change_percent"], 100.0, rtol=1e-12)
    some = run(
        leather(), DemandChange(DEU, level=0.1, industries=P, suppliers=TUR, category="final demand", strength=0.5)
    )
    assert_allclose(some.tiers(chain="gain")["tier_1"], [0, 0.05 * 16.9, 0], atol=1e-12)


def test_a_basket_moves_as_in_ties(world):
    expected = ties.shift_basket(world, "IND", like="USA", share=0.3)
    change = run(world, DemandChange("IND", basket="USA", strength=0.3)).change(of="value_added", by="region")
    assert_allclose(change["change"], expected["change"], rtol=1e-9, atol=1e-6)
    given_ = ties.basket(world, "USA")
    pairs = tuple(zip(given_.index, map(float, given_), strict=True))
    again = run(world, DemandChange("IND", basket=pairs, strength=0.3)).change(of="value_added", by="region")
    assert_allclose(again["change"], expected["change"], rtol=1e-9, atol=1e-6)


def test_impact_of_a_frame_says_whose_demand_changes():
    table = leather()
    frame = pd.DataFrame({DEU: {(TUR, P): 5.0}, (ARG, "final demand"): {(TUR, P): 1.0}})
    outcome = scenarios.impact(table, frame)
    assert_allclose((outcome.table.Y - table.Y).loc[(TUR, P)], [1, 0, 5], atol=1e-12)
    series = scenarios.impact(table, pd.Series({(TUR, P): 6.0}))
    assert_allclose(outcome.after["output"], series.after["output"], rtol=1e-12)
    assert_allclose(outcome.change()["change"], 6 * table.L[(TUR, P)], rtol=1e-9)


# Bans


def test_a_ban_replaced_and_one_of_orders():
    table = leather()
    A, Y = after(run(table, ExportBan(TUR, "replaced", DEU, P, strength=0.5)))
    others = [(ARG, P), (DEU, P)]
    for column in [(DEU, industry) for industry in table.industries]:
        before = table.A[column]
        assert_allclose(
            A[column][others],
            before[others] + 0.5 * before[(TUR, P)] * before[others] / before[others].sum(),
            rtol=1e-12,
        )
    outcome = run(table, ExportBan(TUR, "orders", DEU, P, strength=0.5))
    A, Y = after(outcome)
    assert_allclose(A.loc[(TUR, P), DEU], 0.5 * table.A.loc[(TUR, P), DEU], rtol=1e-12)
    assert Y.loc[(TUR, P), DEU] == pytest.approx(0.5 * 16.9)
    unspent = 0.5 * (table.A.loc[(TUR, P), DEU] * outcome.after["output"][DEU]).sum() + 0.5 * 16.9
    assert f"Goods of {unspent:,.4g} are no longer bought" in outcome.assumptions["value_added"]
    assert_allclose(outcome.table.va, outcome.after["value_added"], rtol=1e-12)
    assert_allclose(outcome.table.v, table.v, rtol=1e-12)


def test_a_ban_of_supply_is_the_first_round_of_a_shortage():
    table = leather()
    outcome = run(table, ExportBan(TUR, "supply", DEU, P, strength=0.5, ratings="cost_share"))
    expected = np.zeros(9)
    for k, industry in enumerate(table.industries):
        bought = table.Z[(DEU, industry)].groupby(level="industry").sum()[P]
        share = bought / table.Z[(DEU, industry)].sum()
        weight = 1.0 if share > 0.05 else 0.5 if share > 0.02 else 0.0
        short = 0.5 * table.Z.loc[(TUR, P), (DEU, industry)] / bought
        expected[6 + k] = -weight * short * table.x[(DEU, industry)]
    direct = -0.5 * (table.Z.loc[(TUR, P), DEU].sum() + 16.9)
    tiers = outcome.tiers(by="country-industry", rounds=3)
    assert_allclose(tiers["tier_2"], expected, rtol=1e-12)
    assert tiers.loc[(TUR, P), "tier_1"] == pytest.approx(direct)
    assert_array_equal(tiers[["tier_3", "later"]], 0.0)
    expected[4] += direct
    assert_allclose(outcome.change()["change"], expected, rtol=1e-12)
    assert "two months" in outcome.change().attrs["assumptions"]["horizon"]
    assert outcome.after["final_demand"].isna().all()
    with pytest.raises(OptionError, match="no table after it"):
        _ = outcome.table
    with pytest.raises(OptionError, match="no table after it"):
        outcome.knowledge_lost(of="output", focus=DEU)
    with pytest.raises(OptionError, match="stands alone"):
        run(table, ExportBan(TUR, "supply"), Reshoring(DEU))


# Capacity


def test_a_home_without_room_does_not_hold_up_the_others():
    """India grows beyond its limit by other orders alone; that is said, and nothing else is solved wrongly before."""
    table = made.table()
    home = Reshoring(("USA", "IND"), suppliers="CHN", strength=0.6, capacity=0.03)
    more = DemandChange("IND", level=0.1, suppliers="IND")
    with pytest.raises(OptionError, match=r"the capacity of IND cannot be kept.*allows 3 %"):
        run(table, home, more)
    only = run(table, Reshoring("USA", suppliers="CHN", strength=0.6, capacity=0.03), more)
    assert only.change().loc["USA", "change_percent"].max() == pytest.approx(3.0, rel=1e-9)


@given(tables(min_regions=3, zero_output=False, negative_demand=False), st.floats(0.001, 0.3))
def test_capacity_is_met_or_all_comes_home(table, growth):
    homes = ("R0", "R1")
    try:
        outcome = run(table, Reshoring(homes, suppliers="R2", strength=0.8, capacity=growth))
    except OptionError as error:
        assume("nothing" not in str(error))
        raise
    unmet, grown = outcome.unmet, outcome.change()["change_percent"] / 100
    for home in homes:
        if home not in unmet.index.get_level_values(0):
            continue
        met = unmet.loc[home, "met"]
        assert met.nunique() == 1
        moving = [
            (home, industry) for industry in unmet.loc[home].index[unmet.loc[home, ["moved", "unmet"]].sum(axis=1) > 0]
        ]
        if moving:
            assert grown[moving].max() <= growth + 1e-9
            assert met.iloc[0] == pytest.approx(0.8) or grown[moving].max() == pytest.approx(growth, rel=1e-7)
    assert_allclose(outcome.table.x, outcome.after["output"], rtol=1e-9, atol=1e-9 * table.x.max())


def test_iteration_gives_what_the_formula_gives(monkeypatch):
    table = made.table()
    moves = (
        Reshoring(("USA", "IND"), suppliers="CHN", strength=0.6, capacity=0.03),
        MarketRepair("BRA", "CHN", strength=0.1),
        NodeLoss("RoW", "i2"),
        ProductionAbroad("RoW", "BRA", "i4", strength=0.1),
    )
    formula = run(table, *moves)
    assert formula.solution.updated.update.is_direct
    monkeypatch.setattr("io_linkage.leontief.updates.DIRECT", 0)
    iterated = run(table, *moves)
    assert not iterated.solution.updated.update.is_direct
    assert (formula.unmet["met"] < 0.6).any()
    assert_allclose(iterated.after["output"], formula.after["output"], rtol=1e-9)
    assert_allclose(iterated.unmet["met"], formula.unmet["met"], rtol=1e-9)
    assert_allclose(iterated.implied_demand, formula.implied_demand, rtol=1e-9)


# Stages, accounts, measures before and after


def test_a_stage_is_a_share_of_each_supplier():
    table = made.table()
    W = stage_weights(table)
    home = Scenario("home", [Reshoring("USA", suppliers="CHN", stage="emerging", strength=0.5)])
    A, _ = after(scenarios.run(table, home, stage_weights=W))
    kept = 1 - 0.5 * W.loc["CHN", "emerging"].to_numpy()
    assert_allclose(A.loc["CHN", "USA"], table.A.loc["CHN", "USA"].to_numpy() * kept[:, None], rtol=1e-9)
    gone = Scenario("gone", [NodeLoss("CHN", stage="future", strength=0.5)])
    lost = scenarios.run(table, gone, stage_weights=W).change().loc["CHN", "change_percent"]
    assert_allclose(lost, -50 * W.loc["CHN", "future"], rtol=1e-12)


def test_changes_add_up_over_groups_and_absent_accounts_are_nan():
    table = made.table()
    jobs = pd.Series(0.01 * table.x, name="jobs")
    jobs["IND"] = np.nan
    outcome = run(table, Reshoring("USA", suppliers="CHN"))
    W = stage_weights(table)
    total = outcome.change(of="value_added")["change"].sum()
    for by in ("region", "industry", "stage", "region-stage"):
        change = outcome.change(of="value_added", by=by, stage_weights=W)
        assert change["change"].sum() == pytest.approx(total, abs=1e-9)
        assert_allclose(change["after"], change["before"] + change["change"])
    change = outcome.change(of=jobs, by="region")
    assert change.loc["IND"].isna().all()
    assert change.attrs["left_out"] == ("IND",)
    assert change.drop(index="IND").notna().all(axis=None)


def test_measures_before_and_after():
    outcome = run(leather(), Reshoring(DEU, P, TUR))
    for name, function in (("participation", value_added.participation), ("linkages", linkages.linkages)):
        frame = outcome.compare(name)
        for when, table in (("before", outcome.base), ("after", outcome.table)):
            expected = function(table).select_dtypes("number")
            assert_allclose(frame.xs(when, axis=1, level=1)[expected.columns], expected)
    series = outcome.compare("upstreamness")["upstreamness"]
    assert_allclose(series["change"], series["after"] - series["before"])
    embodied = outcome.compare("embodied", of="value_added")
    assert_allclose(
        embodied.xs("before", axis=1, level=1).sum(axis=1), leather().va.groupby(level="region", sort=False).sum()
    )
    own = outcome.compare(lambda table: table.va.groupby(level="region").sum())
    assert own.attrs["scenario"] == "test"


def test_every_measure_compares(world):
    outcome = run(world, Reshoring("USA", "30t33", "CHN", strength=0.5))
    options = {"trade": {"focus": "CHN"}}
    for name in scenarios.MEASURES:
        frame = outcome.compare(name, **options.get(name, {}))
        assert set(frame.columns.get_level_values(-1)) == {"before", "after", "change"}
        assert frame.xs("change", axis=1, level=-1).abs().max(axis=None) > 0


def test_knowledge_lost_by_inversion():
    table = leather()
    d = np.array([1 / 200, 1 / 100, 1 / 20, 1 / 250, 1 / 80, 3 / 50, 1 / 100, 1 / 40, 2 / 25])
    rd = pd.Series(d * table.x.to_numpy(), index=table.index, name="rd")
    outcome = run(table, Reshoring(DEU, P, TUR, strength=0.5))
    L, new = table.L.to_numpy(), outcome.table.L.to_numpy()
    assert outcome.knowledge_lost(of=rd).attrs["focus"] == TUR
    for origin, kept in (("all", d), ("abroad", np.r_[d[:6], 0, 0, 0]), ("home", np.r_[np.zeros(6), d[6:]])):
        frame = outcome.knowledge_lost(of=rd, focus=DEU, origin=origin)
        assert_allclose(frame["before"], (kept @ L)[6:], rtol=1e-9)
        assert_allclose(frame["after"], (kept @ new)[6:], rtol=1e-9)
        assert_allclose(frame["change"], (kept @ (new - L))[6:], rtol=1e-9, atol=1e-15)
    assert (outcome.knowledge_lost(of=rd, focus=DEU)["change"] < 0).all()
    # Without the node, its rows of A are gone.
    gone = run(table, NodeLoss(TUR, P)).knowledge_lost(of=rd, focus=DEU, origin="all")
    A = table.A.to_numpy(copy=True)
    A[4] = 0.0
    assert_allclose(gone["after"], (d @ np.linalg.inv(np.eye(9) - A))[6:], rtol=1e-9)
    with pytest.raises(OptionError, match="changes no supplier"):
        run(table, FixedOutput(TUR, P, level=0.8)).knowledge_lost(of=rd, focus=DEU)
    with pytest.raises(OptionError, match="coefficients of the account change too"):
        run(table, ProductionAbroad(DEU, TUR, P)).knowledge_lost(of=rd, focus=DEU)


def test_losers_and_gainers_are_ranked_by_their_own_chain():
    outcome = run(leather(), Reshoring(DEU, P, TUR, strength=0.5))
    losers, gainers = outcome.losers(of="output"), outcome.gainers(of="output")
    assert losers.index.tolist() == [TUR, DEU, ARG]
    assert gainers.index.tolist() == [DEU, ARG, TUR]
    assert_allclose(losers["loss"], [-36.9469062022, -5.6010397716, -3.2205083809], atol=6e-11)
    assert_allclose(losers["change"], losers["loss"] + losers["gain"])
    assert losers.attrs["scenario"] == "test"
    assert repr(outcome).startswith("<Outcome 'test' on Leather: value added Turkey -11.91 %")


def test_an_outcome_checks_its_identities():
    outcome = run(leather(), Reshoring(DEU, P, TUR, strength=0.5))
    wrong = dataclasses.replace(outcome.solution, loss=outcome.solution.loss * 1.001)
    with pytest.raises(AddingUpError, match="tiers add up"):
        Outcome(outcome.base, outcome.scenario, wrong)
    edit = outcome.solution.edits[0]
    block = edit.blocks[0]
    leaking = dataclasses.replace(edit, blocks=(dataclasses.replace(block, values=block.values * [[1.0], [1.001]]),))
    with pytest.raises(AddingUpError, match="column sums of A stay"):
        Outcome(outcome.base, outcome.scenario, dataclasses.replace(outcome.solution, edits=(leaking,)))


@pytest.mark.parametrize("options", [{"output": "published"}, {"value_added": "residual"}, {}])
def test_the_table_after_on_a_published_table(options):
    table = iol.load(**options)
    for moves in ([Reshoring("USA", "30t33", "CHN", strength=0.5)], [NodeLoss("CHN", "30t33")]):
        outcome = run(table, *moves)
        new = outcome.table
        assert_allclose(new.x, outcome.after["output"], rtol=1e-9, atol=1e-3)
        assert_allclose(new.va, outcome.after["value_added"], rtol=1e-9, atol=1e-3)
        assert new.value_added_label == table.value_added_label
        jobs = outcome.change(of="jobs")["after"]
        assert_allclose(new.satellite("jobs")[table.active], jobs[table.active], rtol=1e-9)
        assert any("after the scenario" in note for note in new.carried["notes"])


def test_indices_and_lost_nodes_in_the_table_after():
    table = leather()
    accounts = pd.DataFrame([table.x * 2, table.x * 0 + 100.0], index=["jobs", "deflator"])
    table = table.with_satellite("accounts", accounts, pd.Series({"jobs": "persons", "deflator": "index, 1995 = 100"}))
    outcome = run(table, NodeLoss(TUR, P))
    new = outcome.table
    assert_array_equal(new.satellite("deflator"), 100.0)
    assert_allclose(new.satellite("jobs"), 2 * outcome.after["output"], atol=1e-9)
    node = table.index.get_loc((TUR, P))
    assert new.x.iloc[node] == 0
    assert not new.active[node]
    assert not new.Z.iloc[node].any()
    # What its users would still need of it is no value added, but a gap.
    assert new.V.loc["statistical discrepancy"].sum() == pytest.approx(42.7415522373)
    assert_allclose(new.va, outcome.after["value_added"], atol=1e-9)


def test_plausible_on_wiod_2011(wiod_2011_residual):
    """Electronics reshored at .5: % of GDP to two decimals, as an independent computation has them; the world to 0."""
    move = Reshoring(("USA", "EU"), "30t33", ("CHN", "IND", "IDN"), strength=0.5)
    outcome = run(wiod_2011_residual, move)
    change = outcome.change(of="value_added", by="region")
    shares = change["change_percent"]
    expected = {"CHN": -1.53, "TWN": -0.79, "IND": -0.27, "KOR": -0.27, "IDN": -0.22, "USA": 0.52, "DEU": 0.62}
    assert_allclose(shares[list(expected)], list(expected.values()), rtol=0, atol=0.006)
    assert abs(change["change"].sum()) < 1e-6
    whole = run(wiod_2011_residual, dataclasses.replace(move, strength=1.0)).tiers(of="value_added", rounds=6).sum()
    assert_allclose(whole.iloc[:6] / 1e3, [-61, -76, -66, -49, -34, -22], rtol=0, atol=0.6)
    lost = run(wiod_2011_residual, NodeLoss("CHN", "30t33"))
    assert lost.implied_demand["implied"].item() == pytest.approx(-776e3, rel=1e-3)
    assert lost.change()["change"].sum() == pytest.approx(-5.1e6, rel=1e-2)


@pytest.fixture(scope="module")
def wiod_2011_residual(shared_data):
    return iol.load(shared_data / "wiod2013" / "2011", classification="WIOD2013", value_added="residual")
