"""Bilateral ties, dependence matrices and who is compared with whom."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from numpy.testing import assert_allclose

import io_linkage as iol
from io_linkage import panel, spillovers, ties
from io_linkage.errors import (
    ComparisonError,
    MissingSatelliteError,
    OptionError,
    UnknownLabelError,
)
from io_linkage.ties import bilateral_trade
from io_linkage.ties.partners import settle_parties
from tests import made
from tests.examples import leather
from tests.strategies import stage_weights, tables

SHARE_OF, SHARE_ON = bilateral_trade.SHARES


@pytest.fixture(scope="module")
def china(world):
    return ties.bilateral(world, "CHN")


def test_leather_value_added_trade_as_published():
    """Value added absorbed abroad by all partners: 46.73209; 77.34144; 96.71914. Exports: 64.3; 113.6; 147.6."""
    table = leather()
    for region, absorbed, exports in (
        ("Argentina", 46.73209, 64.3),
        ("Turkey", 77.34144, 113.6),
        ("Germany", 96.71914, 147.6),
    ):
        trade = ties.bilateral(table, region, partners=None, comparators=(), by_stage=False).loc[(region, "all", "all")]
        assert trade["value_added_exports"] == pytest.approx(absorbed, abs=5e-6)
        assert trade["exports"] == pytest.approx(exports)


def test_gross_trade_matches_pymrio(world, china):
    import pymrio

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        flows = pymrio.calc_gross_trade(world.Z, world.Y).bilat_flows
    for partner in ("BRA", "RoW"):
        exports = flows.loc["CHN", partner].sum()
        assert china.loc[("CHN", partner, "all"), "exports"] == pytest.approx(exports)
        assert china.loc[("CHN", partner, "all"), "imports"] == pytest.approx(flows.loc[partner, "CHN"].sum())


@given(tables(min_regions=2))
def test_flows_match_brute_force(table):
    weights = stage_weights(table)
    result = ties.bilateral(table, "R0", partners=None, comparators=(), stage_weights=weights)
    inside = {r: table.index.get_level_values(0) == r for r in table.regions}
    made = np.diag(table.v) @ table.L.to_numpy() @ table.demand_by_region.to_numpy()
    for partner in table.regions[1:]:
        p, here, there = table.regions.index(partner), inside["R0"], inside[partner]
        for stage in ("all", *weights):
            w = np.ones(len(table.index)) if stage == "all" else weights[stage].to_numpy()
            row = result.loc[("R0", partner, stage)]
            sent = (table.Z.to_numpy() * w[:, None])[np.ix_(here, there)].sum()
            assert row["exports_intermediate"] == pytest.approx(sent)
            final = (table.demand_by_region.to_numpy()[:, 0] * w)[there].sum()
            assert row["imports_final"] == pytest.approx(final)
            assert row["value_added_exports"] == pytest.approx((made[:, p] * w)[here].sum())
            assert row["value_added_imports"] == pytest.approx((made[:, 0] * w)[there].sum())


@given(tables(min_regions=2))
def test_stages_and_partners_add_up(table):
    result = ties.bilateral(table, "R0", partners=None, comparators=(), stage_weights=stage_weights(table))
    flows = result[[*bilateral_trade.FLOWS]]
    whole = flows.xs("all", level="stage")
    parts = flows.drop("all", level="stage").groupby(["economy", "partner"], sort=False).sum()
    assert_allclose(parts, whole, rtol=1e-9, atol=1e-9)
    if len(table.regions) > 2:
        assert_allclose(whole.drop("all", level="partner").sum(), whole.loc[("R0", "all")], rtol=1e-9, atol=1e-9)
    assert_allclose(whole["exports"] - whole["imports"], whole["balance"], atol=1e-9)


def test_both_directions_agree_with_the_spillover_matrix(world, china):
    S = spillovers.matrix(world)
    row = china.loc[("CHN", "BRA", "all")]
    assert row["value_added_imports"] == pytest.approx(S.loc["BRA", "CHN"])
    assert row["dependence_of_partner_share"] == pytest.approx(S.loc["BRA", "CHN"] / world.va["BRA"].sum())
    assert row["dependence_on_partner_share"] == pytest.approx(S.loc["CHN", "BRA"] / world.va["CHN"].sum())


def test_focus_among_the_partners_is_left_out_and_said(china):
    partners = china.index.get_level_values("partner").unique()
    assert "CHN" not in partners
    assert {"IND", "IDN", "BRA", "RoW"} <= set(partners)
    assert china.attrs["left_out"][0] == "CHN"
    assert china.attrs["note"].startswith(
        "China, one of the developing economies (World Bank), is not counted as its own partner; "
    )
    union = ties.bilateral(iol.load(year=2005), "EU", partners=["CHN", "POL"], by_stage=False)
    assert union.attrs["left_out"] == ("POL", "EU")
    assert union.attrs["note"] == (
        "Poland, part of the European Union, is not a partner of it; "
        "the European Union is the focus, so it is not a comparator."
    )


def test_comparators_stand_beside_the_focus(china):
    assert list(china.index.get_level_values("economy").unique()) == ["CHN", "USA", "EU", "JPN"]
    assert china.loc[("USA", "MEX", "all"), "exports"] > china.loc[("CHN", "MEX", "all"), "exports"]


def test_comparators_never_change_what_the_focus_sells_to_its_partners(world):
    """China's exports to all are 2,084,965, with or without the comparators among its partners."""
    trade = ties.bilateral(world, "CHN", partners=None, by_stage=False)
    alone = ties.bilateral(world, "CHN", partners=None, comparators=(), by_stage=False)
    pd.testing.assert_frame_equal(trade.loc[["CHN"]], alone, check_exact=True)
    total = trade.loc[("CHN", "all", "all")]
    assert total["exports"] == pytest.approx(2_084_965, abs=1)
    assert trade.attrs["partners"] == tuple(region for region in world.regions if region != "CHN")
    members = trade.loc["CHN"].loc[list(trade.attrs["partners"])]
    assert_allclose(members[[*bilateral_trade.FLOWS]].sum(), total[[*bilateral_trade.FLOWS]])


def test_members_of_a_comparator_still_have_a_sum(world):
    """Seven members of the EU, which is a comparator too: 445.0 billion sold, 323.8 bought, 1.6 % of their GDP."""
    trade = ties.bilateral(world, "CHN", partners="EU", by_stage=False)
    total = trade.loc[("CHN", "all", "all")]
    assert total["exports"] / 1e3 == pytest.approx(445.0, abs=0.05)
    assert total["imports"] / 1e3 == pytest.approx(323.8, abs=0.05)
    assert 100 * total["dependence_of_partner_share"] == pytest.approx(1.6, abs=0.05)
    assert trade.attrs["partners"] == ("POL", "EUE", "EUW", "DEU", "FRA", "GBR", "ITA")


def test_a_comparator_faces_its_own_member_without_that_member(world):
    trade = ties.bilateral(world, "CHN", partners=["POL", "IND"], by_stage=False).xs("all", level="stage")
    S = spillovers.matrix(world)
    rest = ["EUE", "EUW", "DEU", "FRA", "GBR", "ITA"]
    poland = trade.loc[("EU", "POL")]
    assert poland["value_added_exports"] == pytest.approx(S.loc[rest, "POL"].sum())
    assert poland["dependence_of_partner_share"] == pytest.approx(S.loc["POL", rest].sum() / S.loc["POL"].sum())
    assert poland["dependence_on_partner_share"] == pytest.approx(
        S.loc[rest, "POL"].sum() / S.loc[rest].to_numpy().sum()
    )
    drawn = S.loc["POL", rest].sum() + S.loc["IND", ["POL", *rest]].sum()
    assert trade.loc[("EU", "all"), "dependence_of_partner_share"] == pytest.approx(
        drawn / S.loc[["POL", "IND"]].to_numpy().sum()
    )
    assert trade.attrs["note"] == "The European Union is counted without Poland where Poland is the partner."
    assert trade.attrs["left_out"] == ()


def test_a_comparator_that_is_the_partner_is_not_set_against_itself(world):
    trade = ties.bilateral(world, "CHN", partners=["USA", "JPN"], by_stage=False).xs("all", level="stage")
    assert ("USA", "USA") not in trade.index
    assert trade.loc[("USA", "all"), "exports"] == trade.loc[("USA", "JPN"), "exports"]
    assert (
        trade.loc[("USA", "all"), "dependence_of_partner_share"]
        == trade.loc[("USA", "JPN"), "dependence_of_partner_share"]
    )
    assert trade.loc[("CHN", "all"), "exports"] == trade.loc["CHN"].loc[["USA", "JPN"], "exports"].sum()
    assert "The United States is not set against itself as a partner" in trade.attrs["note"]


def test_comparators_keep_the_membership_year():
    table = iol.load(year=1995)
    assert ("EU", "POL") in ties.bilateral(table, "CHN", partners=["POL"], by_stage=False).droplevel("stage").index
    early = ties.bilateral(table, "CHN", partners=["IND"], by_stage=False)
    late = ties.bilateral(table, "CHN", partners=["IND"], by_stage=False, membership_year=2011)
    assert late.loc[("EU", "IND", "all"), "exports"] > early.loc[("EU", "IND", "all"), "exports"]
    assert (early.attrs["membership_year"], late.attrs["membership_year"]) == (1995, 2011)


def test_rest_of_world_counts_as_developing_unless_told_otherwise(world, china):
    without = ties.bilateral(world, "CHN", aggregates={"RoW": {"developing": False}}, by_stage=False)
    assert "RoW" not in without.index.get_level_values("partner")
    assert without.loc[("CHN", "all", "all"), "exports"] == pytest.approx(
        china.loc[("CHN", "all", "all"), "exports"] - china.loc[("CHN", "RoW", "all"), "exports"]
    )


def test_aggregates_among_the_partners_are_said(world, china):
    assert len(china.attrs["aggregates"]) == 1
    assert "so what it adds to developing economies is overstated" in china.attrs["aggregates"][0]
    named = ties.bilateral(world, "CHN", partners=["BRA", "RoW"], by_stage=False)
    assert named.attrs["aggregates"] == ["RoW: named by the caller"]
    assert ties.bilateral(world, "CHN", partners=["BRA"], by_stage=False).attrs["aggregates"] == []


def test_jobs_of_regions_without_figures_are_empty(world):
    result = ties.bilateral(world, "CHN", of="jobs", by_stage=False)
    assert np.isnan(result.loc[("CHN", "RoW", "all"), "value_added_imports"])
    assert result.loc[("CHN", "RoW", "all"), "value_added_exports"] > 0
    assert result.attrs["units"]["value_added_exports"] == "thousand persons"
    assert "35 of 735 country-industries (15.3% of output) have no jobs: RoW" in result.attrs["note"]
    assert result.attrs["left_out"][0] == "CHN"
    assert result.attrs["left_out"][-1] == "RoW"


def test_focus_as_comparator_and_unseen_comparators_are_said(world):
    trade = ties.bilateral(world, "USA", partners=["IND"], by_stage=False)
    assert "USA" in trade.attrs["left_out"]
    assert trade.attrs["note"] == "The United States is the focus, so it is not a comparator."
    parties = settle_parties(leather(), "Turkey", partners=None, comparators=())
    assert list(parties.partners) == ["Argentina", "Germany"]
    unseen = settle_parties(world, "CHN", comparators=("VNM",))
    assert "VNM" in unseen.left_out
    assert f"{world.label} does not show Vietnam, so it is not a comparator" in unseen.notes


def test_members_that_the_table_does_not_show_are_said(world):
    trade = ties.bilateral(world, "CHN", partners="asean", by_stage=False, comparators=())
    assert (
        trade.attrs["note"]
        == "ASEAN: 1 of 10 members is shown, the others are within the rest of the world, which is left out."
    )
    assert "VNM" in trade.attrs["left_out"]
    assert trade.attrs["partners"] == ("IDN",)


def test_bad_partners(world):
    with pytest.raises(UnknownLabelError, match="Vietnam"):
        ties.bilateral(world, "CHN", partners=["Vietnam"])
    with pytest.raises(OptionError, match="besides CHN itself"):
        ties.bilateral(world, "CHN", partners="CHN")
    with pytest.raises(OptionError, match="rcep"):
        ties.bilateral(world, "CHN", partners="rcep")
    with pytest.raises(UnknownLabelError, match="developping"):
        ties.bilateral(world, "CHN", partners="developping")
    with pytest.raises(MissingSatelliteError, match="hours"):
        ties.bilateral(world, "CHN", of="wages")


def test_national_table_has_no_partner():
    from tests.examples import germany_1995

    with pytest.raises(OptionError, match="besides DEU itself"):
        ties.bilateral(germany_1995(), "DEU", partners=None, comparators=())


def test_years_stack_and_rows_are_found_without_warnings():
    years = [iol.load(year=year) for year in (1995, 2011)]
    result = panel.over(years, ties.bilateral, focus="CHN", partners=["BRA", "IDN"], by_stage=False)
    grown = result["dependence_of_partner_share"].xs(("CHN", "BRA", "all"), level=("economy", "partner", "stage"))
    assert grown[2011] > 3 * grown[1995]
    assert result.attrs["year"] == [1995, 2011]


def test_tables_that_cannot_be_compared_are_refused(world):
    with pytest.raises(ComparisonError, match="regions differ"):
        panel.over([iol.load(year=1995), leather().replace(year=2011)], ties.bilateral, focus="CHN")


@given(tables(min_regions=2))
def test_dependence_adds_to_one(table):
    for kind in ("demand", "inputs", "sales"):
        for direct in (False, True):
            D = ties.dependence(table, through=kind, direct=direct)
            known = D.notna().all(axis=1)
            assert_allclose(D[known].sum(axis=1), 1, rtol=1e-9)


def test_dependence_on_groups(world):
    D = ties.dependence(world, ["CHN", "developing", "USA", "EU", "JPN"], others=True)
    assert_allclose(D.sum(axis=1), 1)
    assert "CHN" not in D.attrs["groups"]["developing"]
    assert "China counts by itself, not in the developing economies (World Bank)" in D.attrs["note"]
    S = spillovers.matrix(world)
    partners = D.attrs["groups"]["developing"]
    expected = S.loc[partners, "CHN"].sum() / S.loc[partners].to_numpy().sum()
    assert D.loc["developing", "CHN"] == pytest.approx(expected)
    some = ties.dependence(world, ["BRA", "MEX"], on=["CHN", "USA"])
    assert some.shape == (2, 2)
    assert some.loc["MEX", "USA"] > some.loc["MEX", "CHN"]


def test_nobody_depends_on_itself(world, china):
    """Developing economies on China without China's own demand: .0258; Poland on the EU without Poland: .167."""
    D = ties.dependence(world, ["developing"], on=["CHN"])
    assert D.loc["developing", "CHN"] == pytest.approx(0.0258, abs=5e-5)
    assert D.loc["developing", "CHN"] == pytest.approx(china.loc[("CHN", "all", "all"), SHARE_OF])
    assert "CHN" in D.attrs["left_out"]
    assert "China is left out of the developing economies (World Bank) where China is the column" in D.attrs["note"]
    whole = ties.dependence(world, ["developing"], on=["CHN"], including_itself=True)
    assert whole.loc["developing", "CHN"] == pytest.approx(0.2392, abs=5e-5)
    poland = ties.dependence(world, ["POL", "CHN"], on=["EU", "CHN"])
    assert poland.loc["POL", "EU"] == pytest.approx(0.167, abs=5e-4)
    assert np.isnan(poland.loc["CHN", "CHN"])
    assert poland.attrs["left_out"] == ("POL", "CHN")
    assert (
        poland.attrs["note"]
        == "Poland is set against the other members of the European Union; China is not set against itself."
    )
    own = ties.dependence(world, ["POL"], on=["EU"], including_itself=True)
    assert own.loc["POL", "EU"] == pytest.approx(0.874, abs=5e-4)
    with pytest.raises(OptionError, match="including_itself=True"):
        ties.dependence(world, ["POL"], on=["EU"], others=True)


@given(tables(min_regions=3))
def test_dependence_without_itself_matches_brute_force(table):
    T = spillovers.matrix(table).to_numpy()
    D = ties.dependence(table, on=["R0", "R1"])
    for k, region in enumerate(table.regions):
        for s in (0, 1):
            value = D.loc[region, f"R{s}"]
            assert np.isnan(value) if k == s else value == pytest.approx(T[k, s] / T[k].sum(), nan_ok=True)


def test_the_rest_of_the_world_in_and_out(world, china):
    """It is more than half of what developing partners make: 1.6 % becomes 2.6 %, and 3.0 % becomes 7.8 %."""
    both = ties.bilateral(world, "CHN", by_stage=False, rest="both").xs("all", level="stage")
    out = ties.bilateral(world, "CHN", by_stage=False, rest="out").xs("all", level="stage")
    shares = 100 * both.loc["CHN"].loc[["all_without_rest", "all"], [SHARE_OF, SHARE_ON]]
    assert_allclose(shares[SHARE_OF], [1.6, 2.6], atol=0.05)
    assert_allclose(shares[SHARE_ON], [3.0, 7.8], atol=0.05)
    assert_allclose(both.loc[("CHN", "all_without_rest")], out.loc[("CHN", "all")])
    assert_allclose(both.loc[("CHN", "all")], china.loc[("CHN", "all", "all")])
    assert "RoW" not in out.index.get_level_values("partner")
    assert "RoW" in ties.bilateral(world, "CHN", by_stage=False, rest="out", partners=None).attrs["left_out"]
    D = ties.dependence(world, ["developing", "CHN"], on=["CHN", "developing"], rest="both", including_itself=True)
    assert D.index.tolist() == ["developing", "developing_without_rest", "CHN"]
    assert 100 * D.loc["developing_without_rest", "CHN"] == pytest.approx(1.6, abs=0.05)
    assert_allclose(100 * D.loc["CHN", ["developing_without_rest", "developing"]], [3.0, 7.8], atol=0.05)
    alone = ties.dependence(world, ["developing", "RoW"], on=["CHN"], rest="out")
    assert alone.index.tolist() == ["developing"]
    assert alone.loc["developing", "CHN"] == pytest.approx(D.loc["developing_without_rest", "CHN"])
    with pytest.raises(OptionError, match="rest='without'"):
        ties.bilateral(world, "CHN", rest="without")
    with pytest.raises(OptionError, match="without the rest of the world"):
        ties.dependence(world, ["RoW"], rest="out")


def test_overlapping_groups_count_each_region_once():
    table = iol.load(year=2005)
    D = ties.dependence(table, ["CHN", "developing", "EU"], others=True)
    assert "POL" in D.attrs["groups"]["developing"]
    assert "POL" not in D.attrs["groups"]["EU"]
    assert "Poland counts in the developing economies (World Bank), not in the European Union" in D.attrs["note"]
    assert_allclose(D.sum(axis=1), 1)
    with pytest.raises(OptionError, match="Nothing is left of China"):
        ties.dependence(table, ["CHN", "China"])


def test_input_dependence_direct_is_the_table_s_own(world):
    D = ties.dependence(world, ["MEX"], on=["CHN"], through="inputs", direct=True)
    Z = world.Z.loc[:, "MEX"]
    assert D.loc["MEX", "CHN"] == pytest.approx(Z.loc["CHN"].to_numpy().sum() / Z.to_numpy().sum())
    with pytest.raises(OptionError, match="inputs"):
        ties.dependence(world, through="imports")


def test_employment_dependence_is_empty_where_jobs_are(world):
    D = ties.dependence(world, of="jobs")
    assert D.loc["RoW"].isna().all()
    assert_allclose(D.drop("RoW").sum(axis=1), 1)
    assert isinstance(D, pd.DataFrame)
    assert D.attrs["measure"] == "share of jobs absorbed in final demand"
    assert "no jobs: RoW" in D.attrs["note"]
    assert D.attrs["left_out"] == ("RoW",)


def test_full_table_agrees_with_itself(wiod_2011):
    """41 regions: what China takes from all partners, by the shipped aggregation and by the table it is made from."""
    result = ties.bilateral(wiod_2011, "CHN", comparators=("USA",), by_stage=False)
    world = ties.bilateral(iol.load(), "CHN", comparators=("USA",), by_stage=False)
    for column in ("exports", "imports"):
        fine, coarse = result.loc[("CHN", "BRA", "all"), column], world.loc[("CHN", "BRA", "all"), column]
        assert fine == pytest.approx(coarse, rel=1e-6)
    near = result.loc[("CHN", "BRA", "all"), "value_added_imports"]
    assert near == pytest.approx(world.loc[("CHN", "BRA", "all"), "value_added_imports"], rel=0.02)


def test_one_membership_over_the_years_or_the_eu_grows_by_members(world):
    """Developing partners on the EU: 5.31 to 5.81 % mixes two unions; the later one had 5.67 %, the earlier 5.23 %."""
    partners = list(ties.bilateral(world, "CHN", by_stage=False).attrs["partners"])
    tables = [iol.load(year=1995), world]
    found = {
        year: [
            100
            * ties.bilateral(table, "CHN", partners=partners, by_stage=False, membership_year=year).loc[
                ("EU", "all", "all"), SHARE_OF
            ]
            for table in tables
        ]
        for year in (1995, 2011)
    }
    assert_allclose(found[2011], [5.67, 5.81], atol=0.005)
    assert_allclose(found[1995], [5.31, 5.23], atol=0.005)


@pytest.mark.parametrize("through", ["inputs", "sales"])
def test_dependence_through_all_rounds_of_inputs_and_sales(through):
    """Deliveries with all rounds behind them, from the full inverse: shares of a column, or of a row."""
    table = made.table()
    L = np.linalg.inv(np.eye(len(table.index)) - table.accounts.Z / table.accounts.x)
    M = np.array([table.region_codes == code for code in range(len(table.regions))], dtype=float)
    flows = M @ ((L - np.eye(len(L))) * table.accounts.x) @ M.T
    flows = flows.T if through == "inputs" else flows
    D = ties.dependence(table, through=through)
    assert_allclose(D, flows / flows.sum(axis=1, keepdims=True), rtol=1e-9)
    assert (D.index.name, D.columns.name) == ("economy", "depends on")


def test_the_others_of_an_unknown_row_are_unknown(world):
    D = ties.dependence(world, ["BRA", "RoW"], on=["CHN", "USA"], of="jobs", others=True)
    assert D.loc["RoW"].isna().all()
    assert D.loc["BRA", "others"] == pytest.approx(1 - D.loc["BRA", ["CHN", "USA"]].sum())


def test_overrides_of_aggregates_hold_for_rows_and_columns(world):
    without = {"RoW": {"developing": False}}
    D = ties.dependence(world, ["developing"], on=["USA"], aggregates=without)
    assert "RoW" not in D.attrs["groups"]["developing"]
    own = ties.dependence(world, D.attrs["groups"]["developing"], on=["USA"])
    va = world.va.groupby(level=0, sort=False).sum()[own.index]
    assert D.loc["developing", "USA"] == pytest.approx((own["USA"] * va).sum() / va.sum(), rel=1e-6)


def test_results_say_what_their_rows_are(world):
    trade = ties.intra_industry(world, "CHN", "USA")
    assert trade.index.name == "industry"
    assert ties.bilateral(world, "CHN", by_stage=False).attrs["measure"] == (
        "trade of CHN with its partners, current prices"
    )
