"""Spillover matrices, asymmetry and concentration."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from pandas.testing import assert_frame_equal

import io_linkage as iol
from io_linkage import linkages, spillovers
from io_linkage.errors import MissingSatelliteError, OptionError
from io_linkage.selection import groups_by
from io_linkage.table import MRIOTable
from tests.examples import leather
from tests.strategies import stage_weights, tables


def off_diagonal(S: pd.DataFrame) -> pd.Series:
    return S.where(~np.eye(len(S), dtype=bool)).sum(axis=1)


def test_leather_value_added_absorbed_abroad():
    """The VAX of Koopman, Wang & Wei: 46.73209, 77.34144, 96.71914."""
    S = spillovers.matrix(leather())
    assert_allclose(off_diagonal(S), [46.73209, 77.34144, 96.71914], atol=5e-6)


def without_inventories(table: MRIOTable) -> MRIOTable:
    """One industry a country, every row scaled by x / (x - inventories), as Antras & Chor prepare WIOD."""
    of = table.index.get_level_values("region")
    Z = table.Z.groupby(of, sort=False).sum().T.groupby(of, sort=False).sum().T
    Y, x = table.Y.groupby(of, sort=False).sum(), table.x.groupby(of, sort=False).sum()
    stocks = Y.columns.get_level_values(1) == "Changes in inventories and valuables"
    scale = x / (x - Y.loc[:, stocks].sum(axis=1))
    index = pd.MultiIndex.from_product([table.regions, ["all"]], names=["region", "industry"])
    Z, Y, x = (
        Z.mul(scale, axis=0).set_axis(index).set_axis(index, axis=1),
        Y.loc[:, ~stocks].mul(scale, axis=0).set_axis(index),
        x.set_axis(index),
    )
    V = (x - Z.sum()).to_frame("Value added").T
    return MRIOTable.from_frames(Z, Y, V, x, year=table.year, unit=table.unit, name="countries")


@pytest.mark.parametrize(
    ("year", "final", "added", "upstream", "downstream"),
    [(1995, 0.384, 0.373, 2.535, 2.591), (2011, 0.340, 0.325, 2.819, 2.900)],
)
def test_china_as_antras_and_chor(shared_data, year, final, added, upstream, downstream):
    """Their table 1: what arises in China for all final demand, and its multiplier, on WIOD by country."""
    table = without_inventories(iol.load(shared_data / "wiod2013" / str(year), classification="WIOD2013"))
    output = table.x.groupby(level="region").sum()
    assert spillovers.matrix(table).loc["CHN"].sum() / output["CHN"] == pytest.approx(added, abs=0.001)
    drawn = spillovers.matrix(table, of="output", demand="product")
    own = table.final_demand.groupby(level="region").sum()["CHN"]
    assert own / output["CHN"] == pytest.approx(final, abs=0.001)
    assert drawn["CHN"].sum() / own == pytest.approx(downstream, abs=0.001)
    effects = spillovers.effects(table).loc["CHN"].iloc[0]
    assert effects[["intra", "feedback", "spillover"]].sum() == pytest.approx(downstream, abs=0.001)
    assert linkages.forward(table).loc["CHN"].iloc[0] == pytest.approx(upstream, abs=0.001)


@given(
    tables(), st.sampled_from(["region", "stage", "region-stage", "industry"]), st.sampled_from(["buyer", "product"])
)
def test_rows_add_to_what_is_made_and_columns_to_what_is_drawn(table, by, demand):
    weights = stage_weights(table)
    S = spillovers.matrix(table, by=by, demand=demand, stage_weights=weights).fillna(0)
    W, _ = groups_by(table, by, weights)
    assert_allclose(S.sum(axis=1), W.T @ table.va, rtol=1e-9, atol=1e-9)
    content = table.system.solve_transposed(table.v.to_numpy())
    assert S.to_numpy().sum() == pytest.approx(content @ table.final_demand)


@given(tables(), st.sampled_from(["region", "stage", "region-stage", "industry"]))
def test_matrix_matches_brute_force(table, by):
    weights = stage_weights(table)
    W, _ = groups_by(table, by, weights)
    L, v = table.L.to_numpy(), table.v.to_numpy()
    bought = table.demand_by_region.to_numpy() if by == "region" else W * table.final_demand.to_numpy()[:, None]
    expected = W.T @ np.diag(v) @ L @ bought
    S = spillovers.matrix(table, by=by, stage_weights=weights)
    assert_allclose(S.fillna(0), np.where(S.isna(), 0, expected), rtol=1e-9, atol=1e-9)


@given(tables(negative_demand=False))
def test_stages_by_region_sum_to_stages_and_to_regions(table):
    weights = stage_weights(table)
    fine = spillovers.matrix(table, by="region-stage", stage_weights=weights)
    by_stage = fine.groupby(level="stage", sort=False).sum().T.groupby(level="stage", sort=False).sum().T
    assert_allclose(by_stage, spillovers.matrix(table, by="stage", stage_weights=weights), rtol=1e-9)
    bought = spillovers.matrix(table, by="region-stage", demand="buyer", stage_weights=weights)
    by_region = bought.groupby(level="region", sort=False).sum().T.groupby(level="region", sort=False).sum().T
    assert_allclose(by_region, spillovers.matrix(table), rtol=1e-9)


@given(tables())
def test_value_added_per_unit_of_demand_never_exceeds_it(table):
    S = spillovers.matrix(table, by="region", demand="product", per="demand")
    whole = S.sum(axis=0)[np.abs(table.final_demand.groupby(level=0, sort=False).sum()) > 1e-9]
    assert (whole <= 1 + 1e-9).all()
    made = spillovers.matrix(table, by="region", per="output").sum(axis=0)
    assert (made <= 1 + 1e-9).all()


@given(tables())
def test_per_output_is_the_mean_multiplier_of_the_group(table):
    S = spillovers.matrix(table, by="region", per="output", of="output")
    sums = table.system.backward_sums() * table.accounts.x
    expected = pd.Series(sums, index=table.index).groupby(level=0, sort=False).sum()
    made = table.x.groupby(level=0, sort=False).sum()
    for region in table.regions:
        if made[region] > 0:
            assert S[region].sum() == pytest.approx(expected[region] / made[region])


def test_attrs_say_what_rows_and_columns_are(world):
    S = spillovers.matrix(world, of="jobs", by="stage", per="demand")
    assert S.attrs["unit"] == "thousand persons per M USD"
    assert S.attrs["rows"] == "where it arises"
    assert "stage" in S.attrs["columns"]
    assert S.attrs["note"] == "35 of 735 country-industries (15.3% of output) have no jobs: RoW."
    assert S.attrs["left_out"] == ("RoW",)
    by_region = spillovers.matrix(world, of="jobs")
    assert by_region.loc["RoW"].isna().all()
    assert by_region.drop("RoW").notna().all(axis=None)


def test_one_factorisation_and_no_inverse():
    table = iol.load()
    spillovers.matrix(table, by="region-stage")
    spillovers.effects(table)
    assert not table.system.has_inverse


def test_options_are_checked(world):
    with pytest.raises(OptionError, match="by='country'"):
        spillovers.matrix(world, by="country")
    with pytest.raises(OptionError, match="'buyer', 'product'"):
        spillovers.matrix(world, demand="seller")
    with pytest.raises(MissingSatelliteError, match="jobs"):
        spillovers.matrix(world, of="job")


def test_asymmetry_holds_both_directions(world):
    S = spillovers.matrix(world)
    frame = spillovers.asymmetry(world, "CHN", partners="developing")
    assert "CHN" not in frame.index
    assert frame.loc["BRA", "given"] == pytest.approx(S.loc["BRA", "CHN"])
    assert frame.loc["BRA", "received"] == pytest.approx(S.loc["CHN", "BRA"])
    assert frame.loc["BRA", "given_share"] == pytest.approx(S.loc["BRA", "CHN"] / S.loc["BRA"].sum())
    assert frame["asymmetry"].between(-1, 1).all()
    mirrored = spillovers.asymmetry(world, "BRA", partners=["CHN"])
    assert mirrored.loc["CHN", "asymmetry"] == pytest.approx(-frame.loc["BRA", "asymmetry"])
    with pytest.raises(OptionError, match="besides CHN itself"):
        spillovers.asymmetry(world, "CHN", partners=["CHN"])


def test_concentration_over_receivers():
    S = pd.DataFrame([[9.0, 3.0, 0.0], [1.0, 9.0, 0.0], [3.0, 3.0, 9.0]], index=list("abc"), columns=list("abc"))
    frame = spillovers.concentration(S)
    assert frame.loc["a", "hhi"] == pytest.approx(0.25**2 + 0.75**2)
    assert frame.loc["b", "equivalent_receivers"] == pytest.approx(2)
    assert frame.loc["a", "largest"] == "c"
    assert frame.loc["a", "largest_share"] == pytest.approx(0.75)
    assert np.isnan(frame.loc["c", "hhi"])
    with pytest.raises(OptionError, match="square"):
        spillovers.concentration(S.iloc[:2])


def test_concentration_leaves_out_the_own_region_by_stage(world):
    S = spillovers.matrix(world, by="region-stage")
    frame = spillovers.concentration(S)
    column = S[("CHN", "emerging")].drop("CHN", level="region")
    assert frame.loc[("CHN", "emerging"), "spillover"] == pytest.approx(column.sum())
    assert frame.loc[("CHN", "emerging"), "largest"] == column.idxmax()


def test_stage_interval_holds_the_central_matrix(world):
    cells = spillovers.matrix_interval(world, draws=40)
    S = spillovers.matrix(world, by="stage", per="demand")
    assert_allclose(cells["central"].unstack()[S.columns].loc[S.index], S, rtol=1e-10)
    assert (cells["low"] <= cells["high"]).all()
    assert cells["central"].between(cells["low"], cells["high"]).sum() >= 8
    assert_frame_equal(cells, spillovers.matrix_interval(world, draws=40))
    with pytest.raises(OptionError, match="level"):
        spillovers.matrix_interval(world, level=90)
    with pytest.raises(OptionError, match="demand"):
        spillovers.matrix_interval(world, per="output")


def test_trade_interval_by_stage_adds_to_the_bilateral_flow(world):
    from io_linkage import ties

    cells = ties.trade_interval(world, "CHN", "BRA", draws=50)
    flow = ties.bilateral(world, "CHN", partners=["BRA"], comparators=())["value_added_exports"]
    assert_allclose(cells["central"], flow.loc[("CHN", "BRA")][list(cells.index)])
    assert cells["central_share"].sum() == pytest.approx(1)
    assert (cells["high_share"] - cells["low_share"] > 0).all()
    with pytest.raises(OptionError, match="part of"):
        ties.trade_interval(world, "EU", "DEU")
