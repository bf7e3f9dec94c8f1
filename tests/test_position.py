"""Upstreamness, downstreamness, propagation lengths against published numbers, identities and brute force."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from numpy.testing import assert_allclose

import io_linkage as iol
from io_linkage import position
from io_linkage.errors import OptionError, UnknownLabelError
from io_linkage.table import MRIOTable
from tests.examples import _table, germany_1995, leather, miller_blair_2, miller_blair_two_regions
from tests.strategies import stage_weights, tables

SMALL = {"max_examples": 30}


@pytest.mark.parametrize(
    ("year", "region", "expected"),
    [
        (1995, "CHN", (0.384, 0.373, 2.535, 2.591)),
        (2011, "CHN", (0.340, 0.325, 2.819, 2.900)),
        (2011, "USA", (None, None, 1.786, 1.808)),
    ],
)
def test_antras_and_chor_table_1(shared_data, year, region, expected):
    table = iol.load(shared_data / "wiod2013" / str(year))
    found = position.country_aggregate(table).loc[region]
    for got, published in zip(found, expected, strict=True):
        if published is not None:
            assert got == pytest.approx(published, abs=0.001)
    if (year, region) == (2011, "CHN"):
        mean = position.by_group(table, inventories="removed").loc[region]
        assert mean["upstreamness"] == pytest.approx(2.841, abs=0.001)
        assert mean["downstreamness"] == pytest.approx(2.963, abs=0.001)


def test_known_linkages_are_positions():
    # Germany 1995: Eurostat's total forward and backward linkages are U and D.
    table = germany_1995()
    assert_allclose(position.upstreamness(table), [2.1126, 1.6910, 1.3558, 1.5848, 2.1037, 1.2106], atol=5.1e-5)
    assert_allclose(position.downstreamness(table), [1.7048, 1.8413, 1.8136, 1.6035, 1.5951, 1.3782], atol=5.1e-5)
    # On the leather table one R package prints 1.091 for the first industry.
    assert position.downstreamness(leather()).iloc[0] == pytest.approx(1.565, abs=5e-4)


@settings(**SMALL)
@given(tables())
def test_world_mean_of_both_is_one_number(table):
    mean = position.by_group(table, by="world")
    assert mean["upstreamness"].item() == pytest.approx(mean["downstreamness"].item(), rel=1e-9)
    for by in ("region", "industry", "stage", "region-stage"):
        parts = position.by_group(table, by=by, stage_weights=stage_weights(table))
        assert parts.notna().any(axis=None)


@settings(**SMALL)
@given(tables(negative_demand=False))
def test_upstreamness_is_at_least_one_and_one_for_final_goods_alone(table):
    found = position.upstreamness(table)
    assert (found.dropna() >= 1 - 1e-9).all()
    assert (found.isna() == ~table.active).all()
    final_only = table.active & (table.accounts.Z.sum(axis=1) == 0)
    assert_allclose(found[final_only], 1.0, rtol=1e-9)


def test_an_industry_selling_only_to_final_demand_has_upstreamness_one():
    index = pd.MultiIndex.from_product([["a"], ["inputs", "final"]])
    Z = pd.DataFrame([[10.0, 30.0], [0.0, 0.0]], index=index, columns=index)
    Y = pd.DataFrame([[5.0], [80.0]], index=index, columns=pd.MultiIndex.from_tuples([("a", "consumption")]))
    found = position.upstreamness(MRIOTable.from_frames(Z, Y))
    assert found.iloc[1] == pytest.approx(1.0, abs=1e-14)
    assert found.iloc[0] > 1.5


@settings(**SMALL)
@given(tables())
def test_positions_by_brute_force(table):
    x = table.accounts.x
    active = table.active
    B = np.divide(table.accounts.Z, x[:, None], out=np.zeros((len(x), len(x))), where=x[:, None] > 0)
    A = np.array(table.A)
    # Stages counted one by one: 1 x (share final) + 2 x (share final at one remove) + ...
    U, D, reach, drawn = np.zeros(len(x)), np.zeros(len(x)), np.ones(len(x)), np.ones(len(x))
    for _ in range(3000):
        U += reach
        D += drawn
        reach, drawn = B @ reach, A.T @ drawn
    found = position.position(table)
    assert_allclose(found["upstreamness"][active], U[active], rtol=1e-7)
    assert_allclose(found["downstreamness"][active], D[active], rtol=1e-7)


@settings(**SMALL)
@given(tables())
def test_inventory_step_by_brute_force(table):
    stocks = table.Y.loc[:, table.Y.columns.get_level_values(1) == "inventories"].sum(axis=1).to_numpy()
    x, active = table.accounts.x, table.active
    sold = np.where(active, x - stocks, 1.0)
    try:
        found = position.position(table, inventories="removed")
    except iol.errors.NotProductiveError:
        return
    assert found.attrs["uncorrected"] == []
    Z = table.accounts.Z * np.where(active, x / sold, 0)[:, None]
    B = np.divide(Z, x[:, None], out=np.zeros_like(Z), where=x[:, None] > 0)
    A = np.divide(Z, x, out=np.zeros_like(Z), where=x > 0)
    eye = np.eye(len(x))
    assert_allclose(found["upstreamness"][active], np.linalg.inv(eye - B).sum(axis=1)[active], rtol=1e-8)
    assert_allclose(found["downstreamness"][active], np.linalg.inv(eye - A).sum(axis=0)[active], rtol=1e-8)


def test_inventory_categories_are_found_or_asked_for(world):
    corrected = position.upstreamness(world, inventories="removed")
    named = position.upstreamness(
        world, inventories="removed", inventory_categories=["Changes in inventories and valuables"]
    )
    pd.testing.assert_series_equal(corrected, named)
    assert corrected.attrs["inventories"] == "removed"
    with pytest.raises(OptionError, match=r"final demand\. Name it with inventory_categories"):
        position.upstreamness(leather(), inventories="removed")
    with pytest.raises(UnknownLabelError, match="Changes in inventories"):
        position.upstreamness(world, inventories="removed", inventory_categories=["Change in inventories"])
    for call in (position.upstreamness, position.country_aggregate):
        with pytest.raises(OptionError, match="kept"):
            call(world, inventories="corrected")


def test_output_that_all_goes_into_stock_stays_uncorrected():
    index = pd.MultiIndex.from_product([["a"], ["1", "2"]])
    Z = pd.DataFrame([[1.0, 2.0], [3.0, 4.0]], index=index, columns=index)
    columns = pd.MultiIndex.from_product([["a"], ["consumption", "inventories"]])
    Y = pd.DataFrame([[-4.0, 13.0], [10.0, 1.0]], index=index, columns=columns)
    found = position.position(MRIOTable.from_frames(Z, Y), inventories="removed")
    assert found.attrs["uncorrected"] == ["a 1"]
    assert np.isfinite(found.to_numpy()).all()


@pytest.mark.parametrize("weighted_by", ["output", "value_added", "final_demand", "exports", "equal"])
def test_group_means_are_weighted_means(world, weighted_by):
    found = position.by_group(world, weighted_by=weighted_by)
    U = position.upstreamness(world)
    weight = {
        "output": world.x,
        "value_added": world.va,
        "final_demand": world.final_demand,
        "equal": pd.Series(1.0, index=world.index).where(world.active, 0),
    }.get(weighted_by)
    if weight is not None:
        expected = (U * weight).groupby(level="region").sum() / weight.groupby(level="region").sum()
        assert_allclose(found["upstreamness"], expected.loc[world.regions], rtol=1e-12)
    assert found.attrs["weighted_by"] == weighted_by


def test_unknown_weight_is_named(world):
    with pytest.raises(OptionError, match="value_added"):
        position.by_group(world, weighted_by="value added")


@settings(**SMALL)
@given(tables())
def test_propagation_lengths_by_counting_transactions(table):
    A = np.array(table.A)
    effects, lengths, power = np.zeros_like(A), np.zeros_like(A), A.copy()
    for k in range(1, 2500):
        effects += power
        lengths += k * power
        power = power @ A
    expected = np.divide(lengths, effects, out=np.full_like(A, np.nan), where=effects > 1e-12)
    found = position.apl_matrix(table).to_numpy()
    linked = ~np.isnan(expected) & ~np.isnan(found)
    assert_allclose(found[linked], expected[linked], rtol=1e-6)
    assert (np.isnan(found) == (effects <= 1e-13 * max(1, effects.max()))).mean() > 0.99
    summed = position.apl(table)
    with np.errstate(invalid="ignore", divide="ignore"):
        column = lengths.sum(axis=0) / effects.sum(axis=0)
    ok = summed["backward"].notna().to_numpy() & (effects.sum(axis=0) > 1e-9)
    assert_allclose(summed["backward"][ok], column[ok], rtol=1e-6)


@settings(**SMALL)
@given(tables(zero_output=False))
def test_propagation_lengths_read_the_same_forward_as_backward(table):
    # Ghosh: h and g - 1 are both scaled by x_j / x_i, so the ratio is the same.
    G = np.array(table.G)
    linked = G - np.eye(len(G))
    backward = position.apl_matrix(table).to_numpy()
    forward = np.divide(G @ linked, linked, out=np.full_like(G, np.nan), where=linked > 1e-9)
    both = ~np.isnan(forward) & ~np.isnan(backward)
    assert_allclose(forward[both], backward[both], rtol=1e-7)
    found = position.apl(table)["forward"].to_numpy()
    lengths, effects = (G @ linked).sum(axis=1), linked.sum(axis=1)
    ok = effects > 1e-9
    assert_allclose(found[ok], lengths[ok] / effects[ok], rtol=1e-7)


def test_propagation_lengths_of_miller_and_blair():
    # A = [[.15, .25], [.2, .05]]; h and l - I by hand from L.
    L = np.array(miller_blair_2().L)
    H = L @ (L - np.eye(2))
    found = position.apl_matrix(miller_blair_2()).to_numpy()
    assert found[0, 0] == pytest.approx(H[0, 0] / (L[0, 0] - 1))
    assert found[0, 1] == pytest.approx(H[0, 1] / L[0, 1])


@settings(**SMALL)
@given(tables())
@pytest.mark.parametrize("weighted_by", ["final_demand", "output", "equal"])
def test_lengths_between_groups_are_weighted_means(weighted_by, table):
    L = np.array(table.L)
    f = {"final_demand": table.final_demand.to_numpy(), "output": table.accounts.x, "equal": np.ones(len(L))}
    size = np.where(table.active, f[weighted_by], 0.0)
    effects = (L - np.eye(len(L))) * size
    lengths = (L @ (L - np.eye(len(L)))) * size
    W = (table.region_codes[:, None] == np.arange(len(table.regions))).astype(float)
    below, above = W.T @ effects @ W, W.T @ lengths @ W
    found = position.apl_between(table, weighted_by=weighted_by).to_numpy()
    ok = below > 1e-9 * max(1, np.abs(below).max())
    assert_allclose(found[ok], (above / np.where(ok, below, 1))[ok], rtol=1e-6)


def test_lengths_by_stage(world):
    found = position.apl_between(world, by="stage")
    assert (found.to_numpy() > 1).all()
    with pytest.raises(OptionError, match="final_demand"):
        position.apl_between(world, weighted_by="demand")


def test_one_region_and_ragged_tables_have_positions():
    for table in (germany_1995(), miller_blair_two_regions()):
        assert position.position(table).notna().all(axis=None)
        assert position.apl(table).notna().all(axis=None)
        assert position.country_aggregate(table, inventories="kept").notna().all(axis=None)


def test_positions_over_years():
    found = iol.panel.over((iol.load(year=year) for year in (1995, 2011)), position.by_group)
    change = found.loc[2011] - found.loc[1995]
    # China's chains grew longer on both sides, as Antras & Chor find.
    assert (change.loc["CHN", ["upstreamness", "downstreamness"]] > 0.2).all()


def test_changes_are_last_less_first():
    found = iol.panel.over((iol.load(year=year) for year in (1995, 2000, 2011)), position.by_group)
    whole, yearly = position.changes(found), position.changes(found, per_year=True)
    pd.testing.assert_frame_equal(whole, found.loc[2011] - found.loc[1995], check_names=False)
    assert_allclose(yearly * 16, whole)
    assert whole.attrs["year"] == [1995, 2011]
    with pytest.raises(OptionError, match="several years"):
        position.changes(found.loc[2011])
    with pytest.raises(OptionError, match="2011 alone"):
        position.changes(found.loc[[2011]])


def test_positions_of_countries_come_from_one_industry_each():
    # Two countries of one industry: the sums are the table itself.
    Z, Y = np.array([[20.0, 30], [10, 40]]), np.array([[40.0, 10], [20, 30]])
    x = Z.sum(axis=1) + Y.sum(axis=1)
    found = position.country_aggregate(_table(Z, Y, ["A", "B"], ["all"]), inventories="kept")
    assert_allclose(found["final_share"], 1 - Z.sum(axis=1) / x)
    assert_allclose(found["value_added_share"], 1 - Z.sum(axis=0) / x)
    assert_allclose(found["upstreamness"], np.linalg.solve(np.eye(2) - Z / x[:, None], np.ones(2)))
    assert_allclose(found["downstreamness"], np.linalg.solve(np.eye(2) - (Z / x).T, np.ones(2)))


def test_an_idle_industry_has_no_propagation_length_in_row_or_column():
    Z = np.array([[20.0, 0, 30], [0, 0, 0], [10, 0, 40]])
    Y = np.array([[50.0], [0], [50]])
    found = position.apl_matrix(_table(Z, Y, ["A"], ["a", "idle", "c"]))
    assert found.loc[("A", "idle")].isna().all()
    assert found[("A", "idle")].isna().all()
    assert found.drop(index=("A", "idle")).drop(columns=[("A", "idle")]).notna().all(axis=None)


def test_products_without_value_have_no_shares_and_units_are_said():
    table = miller_blair_2()
    assert position.apl_matrix(table).attrs["unit"] == "transactions"
    with pytest.raises(OptionError, match="weighted_by='size'"):
        position.apl_between(table, weighted_by="size")
