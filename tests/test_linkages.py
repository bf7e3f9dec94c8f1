"""Linkages: published numbers, identities, oracles."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from io_linkage import linkages as lk
from io_linkage import panel
from io_linkage.errors import MissingSatelliteError, OptionError, UnknownLabelError
from io_linkage.linkages.roles import ROLES, assign, strength
from tests.examples import germany_1995, leather, miller_blair_2, miller_blair_two_regions
from tests.strategies import stage_weights, tables


def test_germany_1995_linkages_and_multipliers_as_printed():
    table = germany_1995()
    found = lk.linkages(table)
    assert_allclose(found["backward"], [1.7048, 1.8413, 1.8136, 1.6035, 1.5951, 1.3782], atol=5e-5)
    assert_allclose(found["forward"], [2.1126, 1.6910, 1.3558, 1.5848, 2.1037, 1.2106], atol=5e-5)
    value_added = lk.backward(table, of="value_added")
    assert_allclose(value_added, [0.8450, 0.7647, 0.8615, 0.9019, 0.9393, 0.9199], atol=5e-5)
    assert_allclose(lk.backward(table, of="jobs"), [0.0326, 0.0162, 0.0207, 0.0237, 0.0112, 0.0242], atol=5e-5)


def test_miller_blair_two_industries_by_hand():
    L = np.array([[1.2541, 0.3300], [0.2640, 1.1221]])
    table = miller_blair_2()
    assert_allclose(lk.backward(table), L.sum(axis=0), atol=1.5e-4)
    assert_allclose(lk.forward_leontief(table), L.sum(axis=1), atol=1.5e-4)
    assert_allclose(lk.direct_backward(table), [0.35, 0.3], atol=1e-12)
    assert_allclose(lk.direct_forward(table), [0.65, 0.15], atol=1e-12)
    # G = hat(x)^-1 L hat(x) with x = 1000, 2000.
    assert_allclose(lk.forward(table), [1.2541 + 2 * 0.33, 0.2640 / 2 + 1.1221], atol=2e-4)


def test_china_2000_direct_backward_linkages_are_near_those_of_its_yearbook():
    """Statistical yearbook, table 3-21: another table of the same economy, so near and not equal."""
    import io_linkage as iol

    printed = {
        "AtB": 0.4216619,
        "C": 0.4210713,
        "15t16": 0.6852833,
        "17t18": 0.7369955,
        "E": 0.5939329,
        "23": 0.7510273,
        "24": 0.7581755,
        "26": 0.7042946,
        "27t28": 0.8004101,
        "F": 0.7317755,
    }
    china = lk.direct_backward(iol.load(year=2000)).loc["CHN"]
    assert_allclose(china[list(printed)], list(printed.values()), atol=0.065)


@given(tables())
def test_linkages_match_numpy_and_pymrio(table):
    import pymrio

    n = len(table.index)
    x = table.accounts.x
    A = np.divide(table.accounts.Z, x, out=np.zeros((n, n)), where=x > 0)
    B = np.divide(table.accounts.Z, x[:, None], out=np.zeros((n, n)), where=(x > 0)[:, None])
    L, G = np.linalg.inv(np.eye(n) - A), np.linalg.inv(np.eye(n) - B)
    on = table.active
    assert_allclose(pymrio.calc_L(pd.DataFrame(A)).to_numpy(), L, rtol=1e-9, atol=1e-12)
    found = lk.linkages(table)
    assert_allclose(found.loc[on, "direct_backward"], A.sum(axis=0)[on], rtol=1e-9, atol=1e-12)
    assert_allclose(found.loc[on, "direct_forward"], B.sum(axis=1)[on], rtol=1e-9, atol=1e-12)
    assert_allclose(found.loc[on, "backward"], L.sum(axis=0)[on], rtol=1e-9)
    assert_allclose(found.loc[on, "forward"], G.sum(axis=1)[on], rtol=1e-9)
    assert_allclose(lk.forward_leontief(table)[on], L.sum(axis=1)[on], rtol=1e-9)
    jobs = table.per_output(table.satellite("jobs").to_numpy())
    assert_allclose(lk.backward(table, of="jobs")[on], (jobs @ L)[on], rtol=1e-9)
    assert_allclose(lk.forward(table, of="jobs")[on], (G @ jobs)[on], rtol=1e-9)
    assert_allclose(lk.direct_backward(table, of="jobs")[on], (jobs @ A)[on], rtol=1e-9, atol=1e-12)
    assert_allclose(lk.direct_forward(table, of="jobs")[on], (B @ jobs)[on], rtol=1e-9, atol=1e-12)


@given(tables())
def test_without_output_everything_is_nan_and_stays_out_of_means(table):
    found = lk.linkages(table)
    off = ~table.active
    assert found.loc[off].drop(columns="role").isna().all().all()
    assert found.loc[off, "role"].isna().all()
    assert found.loc[~off].notna().all().all()
    assert set(found.loc[~off, "role"]) <= set(ROLES)


@given(tables(), st.sampled_from([("region", "region"), ("industry", "industry"), ("world", None)]))
def test_normalised_linkages_average_one_in_their_scope(table, scope):
    name, level = scope
    found = lk.backward(table, normalise=name)
    means = found.groupby(level=level).mean() if level else pd.Series([found.mean()])
    assert_allclose(means.dropna(), 1.0, rtol=1e-12)


def test_one_region_one_industry():
    index = pd.MultiIndex.from_tuples([("R", "i")])
    from io_linkage.table import MRIOTable

    table = MRIOTable.from_frames(
        pd.DataFrame([[20.0]], index=index, columns=index), pd.DataFrame([[80.0]], index=index, columns=["R"])
    )
    found = lk.linkages(table).iloc[0]
    assert found["backward"] == pytest.approx(1.25)
    assert found["backward_normalised"] == 1.0
    assert found["role"] == "weakly linked"
    assert lk.dispersion(table)["variation_backward"].isna().all()


def test_two_industries_are_not_all_key():
    """Normalised by the mean over industries, one of two is above it and the other below (another library says 2.0)."""
    found = lk.linkages(miller_blair_two_regions(), normalise="world")
    assert found["backward_normalised"].mean() == pytest.approx(1)
    assert not (found["role"] == "key").all()


def test_roles_and_strength_by_hand():
    b, f = np.array([1.3, 1.1, 0.8, 0.6, 1.0, np.nan]), np.array([1.2, 0.7, 1.5, 0.9, 1.0, 1.0])
    assert assign(b, f).tolist() == [
        "key",
        "backward-oriented",
        "forward-oriented",
        "weakly linked",
        "weakly linked",
        None,
    ]
    assert_allclose(strength(b, f), [0.2, 0.1, 0.2, 0.1, 0.0, np.nan])


@given(tables())
def test_aggregates_are_weighted_means(table):
    W = stage_weights(table)
    found = lk.by_stage(table, stage_weights=W)
    b = lk.backward(table)
    for (region, stage), row in found.iterrows():
        u = (W[stage] * table.x)[table.active].loc[[region]] if region in b[table.active].index else pd.Series([0.0])
        if u.sum() > 0:
            expected = (u * b[table.active].loc[[region]]).sum() / u.sum()
            assert row["backward"] == pytest.approx(expected, rel=1e-9)
        else:
            assert np.isnan(row["backward"])
    shares = found["output_share"].groupby(level="region").sum()
    assert_allclose(shares[shares > 0], 1.0)
    regions = lk.by_region(table)
    both = found["backward"] * found["output_share"]
    assert_allclose(both.groupby(level="region", sort=False).sum(min_count=1), regions["backward"], rtol=1e-9)


@given(tables(), st.integers(0, 5))
def test_draws_that_are_the_central_shares_give_no_interval(table, seed):
    W = stage_weights(table, seed)
    drawn = np.repeat(W.to_numpy()[None], 3, axis=0)
    found = lk.by_stage(table, stage_weights=W, draws=drawn)
    added = ["backward_low", "backward_high", "forward_normalised_low", "forward_normalised_high", "role_holds"]
    assert found[added].isna().all(axis=None)
    assert "without ranges" in found.attrs["interval"]
    assert_allclose(found["backward"], lk.by_stage(table, stage_weights=W)["backward"])


def test_intervals_contain_the_central_value_and_repeat(world):
    first = lk.by_stage(world, regions="CHN", draws=60)
    again = lk.by_stage(world, regions="CHN", draws=60)
    pd.testing.assert_frame_equal(first, again)
    assert (first["backward_low"] < first["backward"]).all()
    assert (first["backward"] < first["backward_high"]).all()
    assert first["role_holds"].between(0, 1).all()
    assert first.attrs["interval"] == "90% of 60 draws"


def test_comparison_ranks_all_regions(world):
    found = lk.compare(world, "emerging", draws=20)
    alone = lk.by_region(world, stage="emerging").loc[found.index]
    pd.testing.assert_series_equal(found["backward"], alone["backward"], rtol=1e-12)
    pd.testing.assert_series_equal(found["output_share"], alone["output_share"], rtol=1e-12)
    assert (found["backward_low"] < found["backward_high"]).all()
    assert found["rank_backward"].tolist() == sorted(found["rank_backward"])
    assert set(found.index) == set(world.regions)
    assert found.attrs["stage"] == "emerging"


def test_series_over_years_has_every_year():
    import io_linkage as iol

    years = (1995, 2011)
    found = panel.over((iol.load(year=year) for year in years), lk.by_stage, regions="CHN")
    assert found.index.get_level_values("year").unique().tolist() == list(years)
    assert len(found) == 6


@given(tables(), st.sampled_from(["output", "value_added", "jobs"]))
def test_aggregates_of_net_linkages_keep_their_mean_of_one(table, of):
    found = lk.aggregate(table, lk.net(table, of=of), by="region")
    assert found.attrs["weighted_by"] == of
    total = table.satellite(of).where(table.active, 0).groupby(level="region", sort=False).sum()
    assert_allclose((found.mul(total, axis=0)).sum() / total.sum(), 1, rtol=1e-9)


@given(tables())
def test_net_linkages_of_an_own_account_are_averaged_with_its_numbers(table):
    jobs = table.satellite("jobs")
    expected = lk.aggregate(table, lk.net(table, of="jobs"), by="region")
    # The name is that of an account of the table, whose numbers are others.
    found = lk.aggregate(table, lk.net(table, of=jobs.rename("value_added")), by="region")
    assert_allclose(found, expected, rtol=1e-12)
    assert lk.aggregate(table, lk.net(table, of=jobs.rename("mine")), by="region").attrs["weighted_by"] == "mine"
    assert "weights" not in found.attrs


def test_splits_of_groups_are_normalised_with_the_weights_they_are_averaged_with(world):
    stages = lk.by_stage(world)
    for measure in ("backward", "forward"):
        split = lk.split(world, measure=measure, partners="developing", normalise="region")
        found = lk.aggregate(world, split, by="region-stage")
        assert_allclose(found["total"], stages[f"{measure}_normalised"], rtol=1e-9)
        assert_allclose(found.drop(columns="total").sum(axis=1), found["total"], rtol=1e-9)
        with pytest.raises(OptionError, match="keep that column"):
            lk.aggregate(world, split[["rest"]], by="region-stage")


def test_aggregate_follows_the_rule_of_the_result():
    table = leather()
    summed = lk.aggregate(table, lk.weighted(table), by="region")
    assert summed["weight_share"].sum() == pytest.approx(1)
    with pytest.raises(OptionError, match="not the sum or mean"):
        lk.aggregate(table, lk.pure(table), by="region")
    with pytest.raises(OptionError, match="own index"):
        lk.aggregate(table, summed, by="region")


def test_missing_accounts_are_left_out_and_named(world):
    found = lk.backward(world, of="jobs")
    assert found.attrs["left_out"] == ("RoW",)
    assert found.attrs["unit"].endswith("per M USD")


@pytest.mark.parametrize(
    ("call", "error", "says"),
    [
        (lambda t: lk.backward(t, normalise="country"), OptionError, "normalise='country'"),
        (lambda t: lk.backward(t, of="joobs"), MissingSatelliteError, "jobs"),
        (lambda t: lk.by_stage(t, regions="Turky", stage_weights=stage_weights(t)), UnknownLabelError, "Turkey"),
        (lambda t: lk.weighted(t, weighted_by="jobs"), OptionError, "final_demand"),
        (lambda t: lk.split(t, measure="both"), OptionError, "measure='both'"),
        (lambda t: lk.split(t, measure="net_forward", weighted_by="output"), OptionError, "weighted_by=.output"),
        (lambda t: lk.pure(t, regions=t.regions), OptionError, "no rest"),
        (lambda t: lk.pure(t, regions="Turkey", by="region"), OptionError, "not both"),
        (lambda t: lk.by_stage(t, stage_weights=stage_weights(t), draws=np.zeros((2, 3))), OptionError, "shape"),
        (lambda t: lk.by_stage(t, stage_weights=stage_weights(t), draws=5), OptionError, "as an array"),
        (lambda t: lk.by_region(t, weighted_by="hours"), MissingSatelliteError, "jobs"),
        (lambda t: lk.compare(t, "emergin", stage_weights=stage_weights(t)), UnknownLabelError, "emerging"),
    ],
)
def test_bad_input_is_refused_with_a_remedy(call, error, says):
    table = leather().with_satellite(
        "employment", pd.DataFrame([np.ones(9)], index=["jobs"], columns=leather().index), "k"
    )
    with pytest.raises(error, match=says):
        call(table)


@given(tables(), st.sampled_from(["output", "final_demand", "equal"]), st.sampled_from(["region", "world"]))
def test_groups_average_one_with_the_weights_they_are_averaged_with(table, weighted_by, scope):
    W = stage_weights(table)
    found = lk.by_stage(table, stage_weights=W, weighted_by=weighted_by, normalise=scope)
    u = {"output": table.x, "final_demand": table.final_demand, "equal": table.active.astype(float)}[weighted_by]
    size = W.mul(u * table.active, axis=0).groupby(level=0, sort=False).sum().stack()
    pair = found[["backward_normalised", "forward_normalised"]]
    sums = pair.mul(size.to_numpy(), axis=0)
    for region in table.regions if scope == "region" else [slice(None)]:
        whole = size.loc[region].sum()
        if abs(whole) > 1e-6 * abs(size).sum() and pair.loc[region].notna().all(axis=None):
            assert_allclose(sums.loc[region].sum() / whole, 1, rtol=1e-8)


def test_stages_of_china_are_compared_with_china(world):
    found = lk.by_stage(world, regions="CHN", draws=20).loc["CHN"]
    pair = found[["backward_normalised", "forward_normalised"]].round(3)
    assert pair.loc["traditional"].tolist() == [0.981, 0.991]
    assert pair.loc["future"].tolist() == [1.111, 1.002]
    assert found.at["traditional", "role"] == "weakly linked"
    assert found.at["traditional", "role_holds"] == 1
    low, high = (found[f"backward_normalised_{end}"] for end in ("low", "high"))
    assert (low <= found["backward_normalised"]).all()
    assert (found["backward_normalised"] <= high).all()


def test_aggregating_the_linkages_of_industries_gives_those_of_stages(world):
    found = lk.aggregate(world, lk.linkages(world), by="region-stage")
    stages = lk.by_stage(world)
    assert_allclose(found["backward_normalised"], stages["backward_normalised"])
    assert_allclose(found["forward"], stages["forward"])
    alone = lk.aggregate(world, lk.backward(world, normalise="region"), by="region-stage")
    assert_allclose(alone.iloc[:, 0], stages["backward_normalised"])


def test_regions_average_one_in_the_world(world):
    found = lk.by_region(world)
    x = world.x.groupby(level=0, sort=False).sum()
    assert (found["backward_normalised"] * x).sum() / x.sum() == pytest.approx(1)


def test_the_mean_of_industries_stays_unweighted(world):
    found = lk.linkages(world)["backward_normalised"]
    assert_allclose(found.groupby(level=0).mean(), 1)


@pytest.mark.parametrize("measure", [lk.backward, lk.forward, lk.direct_backward, lk.direct_forward])
def test_what_is_unknown_of_the_own_region_is_unknown(world, measure):
    found = measure(world, of="jobs")
    assert found["RoW"].isna().all()
    assert found[world.active].drop("RoW", level=0).notna().all()
    parts = lk.split(world, measure=measure.__name__, of="jobs")
    assert parts.loc["RoW", ["industry", "region", "total"]].isna().all(axis=None)
    assert parts.loc["RoW", "rest"].notna().any()
    assert_allclose(parts["total"].drop("RoW", level=0), found.drop("RoW", level=0))
