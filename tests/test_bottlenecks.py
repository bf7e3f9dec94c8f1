"""Bottlenecks and exposure: published and hand-worked shares, identities, and the formulas written out with L."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from numpy.testing import assert_allclose

import io_linkage as iol
from io_linkage import bottlenecks, panel, ties
from io_linkage.bottlenecks import content
from io_linkage.errors import OptionError, UnknownLabelError
from tests.examples import idle_region, leather
from tests.strategies import tables

COUNTRIES = ["Argentina", "Turkey", "Germany"]
MANUFACTURING = [
    "15t16", "17t18", "19", "20", "21t22", "23", "24", "25", "26", "27t28", "29", "30t33", "34t35", "36t37",
]  # fmt: skip
#: Advanced economies that WIOD shows, without those of the euro area that were poorer and the smallest.
ADVANCED = [
    "AUS", "AUT", "BEL", "CAN", "DEU", "DNK", "ESP", "FIN", "FRA", "GBR", "IRL", "ITA", "JPN", "KOR", "NLD", "SWE",
    "TWN", "USA",
]  # fmt: skip

GERMAN = {
    "fpem": [0.0807689955, 0.1656679416, 0.7535630629],
    "face": [0.0325297213, 0.0698715316, 0.5972764808],
    "hidden": [0.0482392742, 0.0957964100, 0.1562865821],
    "look_through": [0.1387043008, 0.2845009504, 0.5767947489],
    "direct": [0.1153583618, 0.2477815700, 0.6368600683],
    "value_added": [0.1163436566, 0.2096790988, 0.6739772446],
}


@pytest.mark.parametrize("reach", GERMAN)
def test_german_transport_equipment_to_ten_digits(reach):
    shares = bottlenecks.foreign_inputs(
        leather(), reach=reach, on=COUNTRIES, regions="Germany", industries="Transport Equipment", including_itself=True
    )
    assert_allclose(shares[COUNTRIES].to_numpy()[0], GERMAN[reach], atol=6e-11)
    assert shares["domestic"].item() == pytest.approx(GERMAN[reach][2], abs=6e-11)


@pytest.mark.parametrize(
    ("reach", "hhi"), [("direct", 0.5664890610), ("look_through", 0.5593421117), ("hidden", 0.5545081177)]
)
def test_concentration_of_german_suppliers_to_ten_digits(reach, hhi):
    frame = bottlenecks.suppliers(leather(), reach=reach, regions="Germany", industries="Transport Equipment")
    assert frame["hhi"].item() == pytest.approx(hhi, abs=6e-11)
    assert frame["largest"].item() == "Turkey"


def test_sales_of_argentine_farms_to_ten_digits():
    row = bottlenecks.sales_exposure(leather()).loc[("Argentina", "Agriculture")]
    assert row["absorbed_abroad_share"] == pytest.approx(0.5347116181, abs=6e-11)
    assert row["crosses_border_share"] == pytest.approx(0.5961383878, abs=6e-11)


def literal(table, reach):
    """The matrix that content is counted in and the total of its columns."""
    A, L, eye = table.A.to_numpy(), np.linalg.inv(np.eye(len(table.index)) - table.A.to_numpy()), np.eye(len(table.x))
    matrix = {
        "direct": A,
        "look_through": L - eye,
        "fpem": L,
        "face": eye + A,
        "hidden": L - eye - A,
        "value_added": np.diag(table.v) @ L,
    }[reach]
    whole = L if reach in ("face", "hidden") else matrix
    return matrix, whole.sum(axis=0)


@pytest.mark.parametrize("reach", content.REACHES)
@settings(max_examples=12)
@given(table=tables(min_regions=2))
def test_shares_match_the_inverse(reach, table):
    matrix, whole = literal(table, reach)
    weight = (table.x if reach in ("direct", "look_through") else table.final_demand).to_numpy() * table.active
    bought = table.accounts.Z.sum(axis=0) > 0
    shares = bottlenecks.foreign_inputs(table, reach=reach, on=["R0", "R1"])
    grouped = bottlenecks.foreign_inputs(table, reach=reach, on=["R0", "R1"], by="region")
    for r, region in enumerate(table.regions):
        at = table.region_codes == r
        for name in ("domestic", "R0", "R1"):
            rows = at if name == "domestic" else table.index.get_level_values(0) == name
            expected = np.full(int(at.sum()), np.nan)
            counts = (table.active & (bought | (reach not in ("direct", "look_through"))))[at] & (whole[at] > 0)
            np.divide(matrix[rows][:, at].sum(axis=0), whole[at], out=expected, where=counts)
            sums, total = weight[at] @ matrix[rows][:, at].sum(axis=0), weight[at] @ whole[at]
            if name == region:
                assert shares.loc[region, name].isna().all()
                continue
            assert_allclose(shares.loc[region, name], expected, atol=1e-10)
            if total > 0 and region in grouped.index:
                assert grouped.loc[region, name] == pytest.approx(sums / total, abs=1e-10)


@settings(max_examples=12)
@given(tables(min_regions=2))
def test_shares_add_to_one_and_face_and_hidden_to_the_whole(table):
    parts = {reach: bottlenecks.foreign_inputs(table, reach=reach, on=["R0"]) for reach in content.REACHES}
    for reach in ("direct", "look_through", "fpem", "value_added"):
        total = parts[reach][["domestic", "foreign"]].sum(axis=1, skipna=False).dropna()
        assert_allclose(total, 1, atol=1e-12)
    assert_allclose(parts["face"] + parts["hidden"], parts["fpem"], atol=1e-12)


@pytest.mark.parametrize("reach", content.REACHES)
@settings(max_examples=12)
@given(table=tables(min_regions=2))
def test_both_sides_hold_the_same_amounts(reach, table):
    made = content.weights(table, reach)
    E = (table.region_codes == 0).astype(float)[:, None]
    B = (table.region_codes == 1).astype(float)
    bought = content.per_buyer(table, reach, E)[:, 0] @ (B * made)
    sold = content.per_supplier(table, reach, (B * made)[:, None])[:, 0] @ E[:, 0]
    assert bought == pytest.approx(sold, abs=1e-9 * table.x.sum())


@settings(max_examples=12)
@given(tables(min_regions=2))
def test_look_through_is_the_reliance_on_all_rounds(table):
    reliance = ties.reliance(table, on=["R0"])
    for reach, name in (("direct", "direct"), ("look_through", "total")):
        shares = bottlenecks.foreign_inputs(table, reach=reach, on=["R0"])
        assert_allclose(shares, reliance[name][["domestic", "foreign", "R0"]], atol=1e-10)


@settings(max_examples=12)
@given(tables(min_regions=2))
def test_exposed_sales_match_inverses_of_the_blocks(table):
    shares = bottlenecks.sales_exposure(table)
    demand = table.demand_by_region.to_numpy()
    made = np.linalg.inv(np.eye(len(table.x)) - table.A.to_numpy()) @ (demand * table.active[:, None])
    for r, region in enumerate(table.regions):
        at = np.flatnonzero((table.region_codes == r) & table.active)
        inner = np.linalg.solve(np.eye(len(at)) - table.A.to_numpy()[np.ix_(at, at)], demand[at, r])
        x = table.x.to_numpy()[at]
        own = shares[table.region_codes == r].loc[table.active[table.region_codes == r]]
        assert_allclose(own["absorbed_abroad_share"], 1 - made[at, r] / x, atol=1e-10)
        assert_allclose(own["crosses_border_share"], 1 - inner / x, atol=1e-10)
        if len(at):
            total = bottlenecks.sales_exposure(table, regions=region, by="region", of="value_added")
            va = table.va.to_numpy()[at]
            expected = va @ (1 - made[at, r] / x) / va.sum()
            assert total["absorbed_abroad_share"].item() == pytest.approx(expected, abs=1e-10)


def test_output_absorbed_abroad_in_value_added_is_the_dependence_on_foreign_demand(world):
    exposed = bottlenecks.sales_exposure(world, by="region", of="value_added")["absorbed_abroad_share"]
    D = ties.dependence(world)
    assert_allclose(exposed, 1 - np.diag(D), atol=1e-9)


@pytest.mark.parametrize("reach", ["direct", "look_through", "hidden"])
@settings(max_examples=12)
@given(table=tables(min_regions=3))
def test_concentration_matches_the_inverse(reach, table):
    matrix, _ = literal(table, reach)
    matrix = np.where(np.abs(matrix) < 1e-12, 0, matrix)
    frame = bottlenecks.suppliers(table, reach=reach)
    products = bottlenecks.suppliers(table, reach=reach, unit="product")
    for j, (region, industry) in enumerate(table.index):
        others = [r for r in table.regions if r != region]
        flows = np.array([matrix[table.index.get_level_values(0) == r, j].sum() for r in others])
        amounts = matrix * table.x.to_numpy()
        at = table.index.get_level_values(0) == region
        used = np.array([amounts[table.index.get_loc((r, industry)), at].sum() for r in others])
        for row, values in ((frame.iloc[j], flows), (products.iloc[j], used)):
            if values.sum() > 1e-9:
                assert row["hhi"] == pytest.approx(((values / values.sum()) ** 2).sum(), abs=1e-8)
                assert row["largest_share"] == pytest.approx(values.max() / values.sum(), abs=1e-8)


def test_rest_of_world_is_bounded(world):
    shares = pd.DataFrame({"from": [0.5, 0.3, 0.2]}, index=["USA", "RoW", "JPN"])["from"]
    flows = np.zeros((1, len(world.regions)))
    flows[0, [world.regions.index(region) for region in shares.index]] = shares
    from io_linkage.bottlenecks.suppliers import concentration

    row = concentration(world, flows, pd.Index(["buyer"]), 10).loc["buyer"]
    assert row["hhi"] == pytest.approx(0.25 + 0.09 + 0.04)
    assert row["hhi_without_rest"] == pytest.approx((0.25 + 0.04) / 0.49)
    assert row["hhi_rest_spread"] == pytest.approx(0.25 + 0.04 + 0.009)
    assert row["rest_share"] == pytest.approx(0.3)
    frame = bottlenecks.suppliers(world, by="region")
    assert (frame["hhi_rest_spread"] < frame["hhi"]).drop("RoW").all()
    assert "RoW stands for many economies" in frame.attrs["note"]


def test_choke_points_show_their_parts_and_the_score_last():
    table = leather()
    frame = bottlenecks.choke_points(table, regions="Germany", industries="Transport Equipment")
    L = table.L.to_numpy()
    through = (L - np.eye(9))[:, 8] / (L - np.eye(9))[:, 8].sum()
    foreign = through[:6]
    assert frame.columns[-1] == "score"
    assert len(frame) == 6
    assert_allclose(frame["look_through_share"].sort_index(), pd.Series(foreign, table.index[:6]).sort_index())
    row = frame.loc[("Turkey", "Textile and Leather")]
    a, t = foreign[1], foreign[4]
    assert row["hhi"] == pytest.approx((a**2 + t**2) / (a + t) ** 2)
    assert row["share_of_product"] == pytest.approx(t / (a + t + through[7]))
    assert_allclose(frame["score"], frame["look_through_share"] * frame["hhi"] * frame["no_alternative_share"])
    assert frame["score"].is_monotonic_decreasing
    assert len(bottlenecks.choke_points(table, regions="Germany", top=2)) == 2


def test_what_no_other_supplier_could_send_is_by_hand():
    table = leather()
    frame = bottlenecks.no_alternative(table, regions="Germany")
    Z, Y = table.Z.to_numpy(), table.Y.to_numpy()
    for supplier, product in frame.index:
        i = table.index.get_loc((supplier, product))
        bought = Z[i, 6:].sum()
        p, best = i % 3, 0.0
        for s in range(3):
            if s != i // 3:
                k = 3 * s + p
                outside = [c for c in range(9) if c // 3 != s]
                best = max(best, Z[k, outside].sum() + Y[k].sum() - Y[k, s])
        row = frame.loc[(supplier, product)]
        assert row["bought"] == pytest.approx(bought)
        assert row["alternative"] == pytest.approx(best)
        assert row["no_alternative_share"] == pytest.approx(max(0, 1 - best / bought))
    more = bottlenecks.no_alternative(table, regions="Germany", slack=1.0)
    assert (more["alternative"] > frame["alternative"]).all()


def lone_supplier() -> iol.MRIOTable:
    """B alone sends chips to A; C exports a quarter of what A buys, A none."""
    index = pd.MultiIndex.from_product([["A", "B", "C"], ["chips", "cars"]])
    Z = pd.DataFrame(0.0, index=index, columns=index)
    Z.loc[("B", "chips"), ("A", "cars")] = 40.0
    Z.loc[("C", "chips"), ("B", "cars")] = 10.0
    Y = pd.DataFrame(0.0, index=index, columns=["A", "B", "C"])
    Y.loc[:, "A"] = [5.0, 100.0, 0.0, 0.0, 0.0, 0.0]
    Y.loc[:, "B"] = [0.0, 0.0, 10.0, 50.0, 0.0, 0.0]
    Y.loc[:, "C"] = [0.0, 0.0, 0.0, 0.0, 10.0, 50.0]
    return iol.MRIOTable.from_frames(Z, Y, year=2011, unit="M USD")


def test_a_supplier_that_nobody_can_replace():
    row = bottlenecks.no_alternative(lone_supplier(), regions="A").loc[("B", "chips")]
    assert (row["bought"], row["best_alternative"], row["alternative"]) == (40, "C", 10)
    assert row["no_alternative_share"] == pytest.approx(0.75)
    slack = bottlenecks.no_alternative(lone_supplier(), regions="A", slack=0.5).loc[("B", "chips")]
    assert slack["no_alternative_share"] == pytest.approx(1 - (10 + 0.5 * 20) / 40)
    ranked = bottlenecks.choke_points(lone_supplier(), regions="A")
    assert ranked.index[0] == ("B", "chips")
    assert ranked["score"].iloc[0] == pytest.approx(0.75)


@settings(max_examples=12)
@given(tables(min_regions=3))
def test_exposure_on_one_footing_matches_the_inverse(table):
    table = table.replace(classification=None)
    names = ["traditional", "emerging", "future"]
    rows = {"industry": table.industries}
    for k, name in enumerate([*names, "trait_chips"]):
        rows[name] = [[0.5, 0.3, 0.2, 0.4][k]] * len(table.industries)
    file = pd.DataFrame(rows)
    frame = bottlenecks.exposure(table, focus="R0", frontier=["R1"], partners=["R2"], stage_file=file)
    matrix, _ = literal(table, "look_through")
    used = matrix * table.x.to_numpy()
    at = {r: table.index.get_level_values(0) == r for r in table.regions}
    for (buyer, supplier), (b, s) in {
        ("R0", "frontier"): ("R0", "R1"),
        ("frontier", "R0"): ("R1", "R0"),
        ("partners", "R0"): ("R2", "R0"),
        ("R0", "partners"): ("R0", "R2"),
        ("R2", "R0"): ("R2", "R0"),
    }.items():
        whole = used[:, at[b]].sum()
        if whole > 1e-9:
            assert_allclose(frame.loc[(buyer, supplier)], used[np.ix_(at[s], at[b])].sum() / whole, atol=1e-9)
    assert list(frame.columns) == ["all", *names, "chips"]


def test_exposure_sides_and_traits(world):
    supplied = bottlenecks.exposure(world)
    bought = bottlenecks.exposure(world, role="buyer")
    assert_allclose(supplied["all"], bought["all"], atol=1e-12)
    matrix, _ = literal(world, "look_through")
    used = matrix * world.x.to_numpy()
    high = iol.stages.traits(world)["high_tech"].to_numpy()
    china, usa = (world.index.get_level_values(0) == region for region in ("CHN", "USA"))
    row = bottlenecks.exposure(world, frontier="USA").loc[("CHN", "frontier"), "high_tech"]
    assert row == pytest.approx((high * usa) @ used[:, china].sum(axis=1) / (high @ used[:, china].sum(axis=1)))
    row = bottlenecks.exposure(world, frontier="USA", role="buyer").loc[("CHN", "frontier"), "high_tech"]
    assert row == pytest.approx(usa @ used @ (high * china) / (used @ (high * china)).sum())
    assert set(supplied.attrs["frontier"]).isdisjoint(supplied.attrs["partners"])
    assert "RoW counts among the partners" in supplied.attrs["note"]


def test_bad_input_is_explained(world):
    with pytest.raises(OptionError, match="reach='deep'"):
        bottlenecks.foreign_inputs(world, reach="deep")
    with pytest.raises(OptionError, match="must be one of 'direct', 'look_through', 'hidden'"):
        bottlenecks.suppliers(world, reach="fpem")
    with pytest.raises(OptionError, match="rest_economies=0"):
        bottlenecks.suppliers(world, rest_economies=0)
    with pytest.raises(OptionError, match="rows are the products"):
        bottlenecks.suppliers(world, unit="product", by="region")
    with pytest.raises(UnknownLabelError, match="Nearest"):
        bottlenecks.foreign_inputs(world, regions="CHINN")
    with pytest.raises(OptionError, match="slack=-1"):
        bottlenecks.choke_points(world, regions="USA", slack=-1)
    with pytest.raises(OptionError, match="top=0"):
        bottlenecks.choke_points(world, regions="USA", top=0)
    with pytest.raises(OptionError, match="none is a foreign supplier"):
        bottlenecks.choke_points(world, regions=world.regions)
    with pytest.raises(OptionError, match="no frontier besides CHN"):
        bottlenecks.exposure(world, frontier="CHN")
    with pytest.raises(OptionError, match="None of the buyers"):
        bottlenecks.foreign_inputs(idle_region(), on=["A"], regions="B")


def test_who_makes_nothing_has_no_shares():
    shares = bottlenecks.foreign_inputs(idle_region(), on=["A"])
    assert shares.loc["B"].isna().all(axis=None)
    assert "B" not in bottlenecks.foreign_inputs(idle_region(), on=["A"], by="region").index
    assert bottlenecks.sales_exposure(idle_region()).loc["B"].isna().all(axis=None)


def test_magnitudes_of_wiod(shared_data):
    """REFERENCES: USA manufacturing from CHN, CHN from 18 advanced economies, IDN from CHN and JPN; percent."""
    expected = {
        1995: {"fpem": 0.43, "face": 0.09, "advanced": 14.2, "CHN": 1.6, "JPN": 8.8},
        2005: {"fpem": 1.91, "face": 0.42, "advanced": 17.2},
        2011: {"fpem": 3.68, "face": 0.73, "advanced": 12.5, "CHN": 9.4, "JPN": 3.2},
    }
    for year, numbers in expected.items():
        table = iol.load(
            shared_data / "wiod2013" / str(year), classification="WIOD2013", value_added="residual", year=year
        )

        def percent(table=table, **options):
            return 100 * bottlenecks.foreign_inputs(table, industries=MANUFACTURING, by="region", **options).iloc[0]

        for reach in ("fpem", "face"):
            assert percent(reach=reach, on=["CHN"], regions="USA")["CHN"] == pytest.approx(numbers[reach], abs=0.006)
        advanced = sum(percent(on=ADVANCED, regions="CHN")[ADVANCED])
        assert advanced == pytest.approx(numbers["advanced"], abs=0.06)
        if "CHN" in numbers:
            shares = percent(on=["CHN", "JPN"], regions="IDN")
            assert shares["CHN"] == pytest.approx(numbers["CHN"], abs=0.06)
            assert shares["JPN"] == pytest.approx(numbers["JPN"], abs=0.06)


def test_inputs_only_of_the_usa(wiod_2011):
    shares = {
        reach: 100
        * bottlenecks.foreign_inputs(
            wiod_2011, reach=reach, on=["CHN"], regions="USA", industries=MANUFACTURING, by="region"
        )["CHN"].item()
        for reach in ("look_through", "direct")
    }
    assert shares["look_through"] == pytest.approx(5.9, abs=0.06)
    assert shares["direct"] == pytest.approx(2.5, abs=0.06)


def test_shares_over_years():
    tables = [iol.load(year=year) for year in (1995, 2011)]
    years = panel.over(tables, bottlenecks.foreign_inputs, on=["CHN", "JPN"], regions="IDN", by="region")
    assert years.loc[(2011, "IDN"), "CHN"] > years.loc[(1995, "IDN"), "CHN"]
    assert years.loc[(2011, "IDN"), "JPN"] < years.loc[(1995, "IDN"), "JPN"]


@settings(max_examples=12)
@given(table=tables(min_regions=3))
def test_sourcing_matches_the_inverse(table):
    own = {"here": ["R0", "R1"], "there": ["R2"]}
    frame = bottlenecks.sourcing(table, own_blocs=own)
    at = {region: table.index.get_level_values(0) == region for region in table.regions}
    for reach in ("direct", "look_through"):
        used = literal(table, reach)[0] * table.x.to_numpy()
        bought = {r: used[at[r]][:, at["R0"]].sum() for r in table.regions}
        whole, abroad = sum(bought.values()), sum(v for r, v in bought.items() if r != "R0")
        if whole > 1e-9:
            row = frame.loc["R0", reach]
            assert row["domestic_share"] == pytest.approx(bought["R0"] / whole, abs=1e-9)
            assert row["own_bloc_share"] == pytest.approx((bought["R0"] + bought["R1"]) / whole, abs=1e-9)
        if abroad > 1e-6:
            assert row["bloc_abroad_share"] == pytest.approx(bought["R1"] / abroad, abs=1e-7)
            hhi = sum((v / abroad) ** 2 for r, v in bought.items() if r != "R0")
            assert row["diversification"] == pytest.approx(1 - hhi, abs=1e-7)


def test_germany_over_the_years():
    tables = [iol.load(year=year) for year in (1995, 2011)]
    years = panel.over(tables, bottlenecks.sourcing, regions=["DEU", "RoW"])["look_through"]
    assert years.loc[(2011, "DEU"), "domestic_share"] < years.loc[(1995, "DEU"), "domestic_share"]
    assert years.loc[(2011, "DEU"), "own_bloc_share"] > years.loc[(2011, "DEU"), "domestic_share"]
    alone = years.loc[(2011, "RoW")]
    assert alone["bloc_abroad_share"] == 0
    assert alone["own_bloc_share"] == pytest.approx(alone["domestic_share"])
