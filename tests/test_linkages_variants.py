"""Net, weighted and pure linkages, dispersion and splits: identities and brute force."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from benchmarks.tables import fresh
from io_linkage import linkages as lk
from io_linkage.errors import OptionError
from tests.examples import germany_1995, miller_blair_two_regions
from tests.strategies import stage_weights, tables

accounts = st.sampled_from(["output", "value_added", "jobs"])


def coefficients(table):
    n, x = len(table.index), table.accounts.x
    return np.divide(table.accounts.Z, x, out=np.zeros((n, n)), where=x > 0)


@given(tables(), accounts)
def test_weighted_mean_of_net_linkages_is_one(table, of):
    found = lk.net(table, of=of)
    weight = table.satellite(of)[table.active]
    for column in found:
        assert (found.loc[table.active, column] * weight).sum() / weight.sum() == pytest.approx(1, rel=1e-9)


@given(tables(), accounts)
def test_weighted_linkages_give_back_the_account(table, of):
    total = table.satellite(of)[table.active].sum()
    demand = lk.weighted(table, weighted_by="final_demand", of=of)["weighted_backward"].sum() * table.final_demand.sum()
    primary = lk.weighted(table, weighted_by="primary_inputs", of=of)["weighted_forward"].sum()
    assert demand == pytest.approx(total, rel=1e-9)
    assert primary * (table.x.sum() - table.accounts.Z.sum()) == pytest.approx(total, rel=1e-9)


def test_value_added_weighted_forward_gives_output_where_all_primary_inputs_are_value_added():
    table = miller_blair_two_regions()
    found = lk.weighted(table, weighted_by="value_added")
    assert found["weighted_forward"].sum() * table.va.sum() == pytest.approx(table.x.sum())


@given(tables(), st.sampled_from(["world", "region"]), accounts)
def test_dispersion_matches_its_definition(table, within, of):
    n, x = len(table.index), table.accounts.x
    L, q = np.linalg.inv(np.eye(n) - coefficients(table)), table.per_output(table.satellite(of).to_numpy())
    found = lk.dispersion(table, within=within, of=of)
    for j in np.flatnonzero(table.active):
        reached = table.active & ((table.region_codes == table.region_codes[j]) | (within == "world"))
        column, row = q[reached] * L[reached, j], q[j] * L[j, reached]
        ghosh = L[j, reached] * q[reached] * x[reached] / x[j]
        for name, values in (("backward", column), ("forward", ghosh), ("leontief", row)):
            given_value = found[f"variation_{name}"].iloc[j]
            if reached.sum() == 1:
                assert np.isnan(given_value)
            else:
                assert given_value == pytest.approx(values.std(ddof=1) / values.mean(), rel=1e-7)
    if within == "world":
        assert_allclose(found["power"], lk.backward(table, of=of, normalise="region"), rtol=1e-9)
        assert_allclose(found["sensitivity"], lk.forward(table, of=of, normalise="region"), rtol=1e-9)
        rows = lk.forward_leontief(table, of=of, normalise="region")
        assert_allclose(found["sensitivity_leontief"], rows, rtol=1e-9)


def test_dispersion_counts_only_industries_with_a_number(world):
    """No jobs are known for the rest of the world, so it is neither reached nor one of those reached."""
    found = lk.dispersion(world, of="jobs")
    L, q = world.L.to_numpy(), world.per_output(world.satellite("jobs").fillna(0).to_numpy())
    known = world.satellite("jobs").notna().to_numpy() & world.active
    j = world.index.get_loc(("CHN", "30t33"))
    column = (q * L[:, j])[known]
    assert found["variation_backward"].iloc[j] == pytest.approx(column.std(ddof=1) / column.mean())
    assert found.attrs["left_out"] == ("RoW",)
    assert lk.dispersion(world, of="jobs", within="region").loc["RoW"].isna().all(axis=None)


@given(
    tables(),
    st.sampled_from([measure for measure in lk.splits.MEASURES if not measure.startswith("pure")]),
    accounts,
)
def test_splits_add_up_and_match_blocks(table, measure, of):
    partners = table.regions[-1]
    found = lk.split(table, measure=measure, partners=partners, of=of)
    on = table.active
    parts = found.drop(columns="total").sum(axis=1)
    assert_allclose(parts[on], found.loc[on, "total"], rtol=1e-9, atol=1e-12)
    whole = lk.net(table, of=of)[measure] if measure.startswith("net") else getattr(lk, measure)(table, of=of)
    assert_allclose(found.loc[on, "total"], whole[on], rtol=1e-9, atol=1e-12)
    if measure.startswith("net"):
        return
    q, x = table.per_output(table.satellite(of).to_numpy()), table.accounts.x
    A = coefficients(table)
    M = A if measure.startswith("direct") else np.linalg.inv(np.eye(len(x)) - A)
    if measure.endswith("forward"):
        M = np.divide(M * x, x[:, None], out=np.zeros_like(M), where=on[:, None]).T
    M = M.T * q if measure == "forward_leontief" else q[:, None] * M
    own, home = np.diagonal(M), table.region_codes[:, None] == table.region_codes
    with_partner = (table.region_codes == len(table.regions) - 1)[:, None] & ~home
    assert_allclose(found.loc[on, "industry"], own[on], rtol=1e-9, atol=1e-12)
    assert_allclose(found.loc[on, "region"], ((M * home).sum(axis=0) - own)[on], rtol=1e-9, atol=1e-10)
    assert_allclose(found.loc[on, "partners"], (M * with_partner).sum(axis=0)[on], rtol=1e-9, atol=1e-10)


@given(tables(), st.sampled_from(["pure_backward", "pure_forward"]), accounts)
def test_splits_of_pure_linkages_match_the_block_definition(table, measure, of):
    last = len(table.regions) - 1
    found = lk.split(table, measure=measure, partners=table.regions[last], of=of)
    A, y = coefficients(table), table.final_demand.to_numpy()
    q = table.per_output(table.satellite(of).to_numpy())
    assert_allclose(found["total"], lk.pure(table, of=of)[measure], rtol=1e-9, atol=1e-9)
    for j in np.flatnonzero(table.active):
        r = np.flatnonzero(np.arange(len(y)) != j)
        delta_j, delta_r = 1 / (1 - A[j, j]), np.linalg.inv(np.eye(len(r)) - A[np.ix_(r, r)])
        if measure == "pure_backward":
            by_place = q[r] * (delta_r @ A[r, j]) * delta_j * y[j]
        else:
            by_place = q[j] * delta_j * (A[j, r] @ delta_r) * y[r]
        regions, home = table.region_codes[r], table.region_codes[j]
        row, scale = found.iloc[j], 1e-9 * max(1.0, abs(by_place).max(initial=0))
        assert row["industry"] == 0
        assert row["region"] == pytest.approx(by_place[regions == home].sum(), rel=1e-8, abs=scale)
        partners = by_place[(regions == last) & (regions != home)].sum()
        assert row["partners"] == pytest.approx(partners, rel=1e-8, abs=scale)


@given(tables(), st.sampled_from(["backward", "forward"]))
def test_weighted_splits_add_up_to_the_weighted_linkages(table, measure):
    found = lk.split(table, measure=measure, weighted_by="output")
    assert found.attrs["rule"] == "sum"
    whole = lk.weighted(table, weighted_by="output")[f"weighted_{measure}"]
    assert_allclose(found["total"], whole, rtol=1e-9)
    assert_allclose(found.drop(columns="total").sum(axis=1, min_count=1), whole, rtol=1e-9, atol=1e-12)


def test_normalised_split_adds_to_the_normalised_linkage(world):
    found = lk.split(world, partners="developing", normalise="region")
    assert_allclose(found["total"], lk.backward(world, normalise="region"), rtol=1e-9)
    assert found.attrs["partners"] == "developing"


def pure_by_blocks(A, y, share, q):
    """PBL and PFL from the definition, with every industry split into the group's part and the rest's."""
    n = len(y)
    K, R = np.diag(share), np.diag(1 - share)
    delta_K, delta_R = np.linalg.inv(np.eye(n) - K @ A), np.linalg.inv(np.eye(n) - R @ A)
    return q @ delta_R @ R @ A @ delta_K @ K @ y, q @ delta_K @ K @ A @ delta_R @ R @ y


@given(tables(min_industries=2), accounts)
def test_pure_linkages_of_every_industry_match_the_block_definition(table, of):
    A, y = coefficients(table), table.final_demand.to_numpy()
    q = table.per_output(table.satellite(of).to_numpy())
    found = lk.pure(table, of=of)
    for j in np.flatnonzero(table.active):
        r = np.arange(len(y)) != j
        delta_j, delta_r = 1 / (1 - A[j, j]), np.linalg.inv(np.eye(len(y) - 1) - A[np.ix_(r, r)])
        back = q[r] @ delta_r @ A[r, j] * delta_j * y[j]
        ahead = q[j] * delta_j * (A[j, r] @ delta_r @ y[r])
        assert found["pure_backward"].iloc[j] == pytest.approx(back, rel=1e-8, abs=1e-8)
        assert found["pure_forward"].iloc[j] == pytest.approx(ahead, rel=1e-8, abs=1e-8)
    assert_allclose(found["pure_total"], found["pure_backward"] + found["pure_forward"])


@given(tables(min_regions=2), st.sampled_from(["region", "stage", "region-stage"]))
def test_pure_linkages_of_groups_match_the_split_table(table, by):
    W = stage_weights(table)
    A, y = coefficients(table), table.final_demand.to_numpy()
    q = table.per_output(table.x.to_numpy())
    if len(set(table.region_codes[table.active])) == 1 and by == "region":
        return
    found = lk.pure(table, by=by, stage_weights=W)
    for label, row in found.iterrows():
        region, stage = label if isinstance(label, tuple) else (label, label)
        share = np.ones(len(y))
        if by != "stage":
            share *= table.index.get_level_values(0) == region
        if by != "region":
            share *= W[stage].to_numpy()
        if not (share * table.accounts.x).any():
            assert np.isnan(row["pure_total"])
            continue
        expected = pure_by_blocks(A, y, share, q)
        assert_allclose(row[["pure_backward", "pure_forward"]].to_numpy(dtype=float), expected, rtol=1e-8, atol=1e-7)


@given(tables(min_regions=2), st.sampled_from(["region", "region-stage", "stage"]), accounts)
def test_pure_linkages_of_groups_split_by_place(table, by, of):
    """Parts add up to the pure linkage, and for whole regions they are those of the blocks of A."""
    W = stage_weights(table)
    if table.active[table.region_codes == 0].all() and not table.active[table.region_codes > 0].any():
        return
    try:
        whole = lk.pure(table, by=by, of=of, stage_weights=W)
    except OptionError:  # all that has output is in one region
        return
    found = lk.split_pure(table, by=by, of=of, stage_weights=W, partners=table.regions[-1])
    scale = 1e-9 * max(1.0, float(np.nanmax(np.abs(whole.to_numpy()))))
    region, stage = table.regions[0], "future" if "stage" in by else None
    part = {"regions": None if by == "stage" else region, "stage": stage}
    if table.active[table.region_codes == 0].any() or by == "stage":
        by_solves = lk.split_pure(fresh(table), **part, of=of, stage_weights=W, partners=table.regions[-1]).iloc[0]
        row = found.loc[{"region": region, "stage": stage, "region-stage": (region, stage)}[by]]
        assert_allclose(by_solves, row, rtol=1e-8, atol=scale)
    for side in ("backward", "forward"):
        parts = found[[f"{side}_region", f"{side}_partners", f"{side}_rest"]].sum(axis=1, skipna=False)
        assert_allclose(parts, whole[f"pure_{side}"], rtol=1e-8, atol=scale)
        assert_allclose(found[f"pure_{side}"], whole[f"pure_{side}"], rtol=1e-8, atol=scale)
    if by == "stage":
        assert_allclose(found[["backward_rest", "backward_partners"]].fillna(0), 0, atol=scale)
    if by != "region":
        return
    A, y = coefficients(table), table.final_demand.to_numpy()
    q = table.per_output(table.satellite(of).to_numpy())
    K, R = np.flatnonzero(table.region_codes == 0), np.flatnonzero(table.region_codes != 0)
    delta_k, delta_r = (np.linalg.inv(np.eye(len(p)) - A[np.ix_(p, p)]) for p in (K, R))
    last = table.region_codes[R] == len(table.regions) - 1
    if table.active[K].any():
        back = q[R] * (delta_r @ A[np.ix_(R, K)] @ delta_k @ y[K])
        ahead = q[K] @ delta_k @ A[np.ix_(K, R)] @ delta_r @ (y[R] * last)
        assert found.iloc[0]["backward_partners"] == pytest.approx(back[last].sum(), rel=1e-8, abs=scale)
        assert found.iloc[0]["forward_partners"] == pytest.approx(ahead, rel=1e-8, abs=scale)
        assert found.iloc[0]["backward_region"] == pytest.approx(0, abs=scale)


def test_pure_linkages_of_a_group_without_any_number_are_unknown(world):
    each = lk.pure(world, of="jobs")
    unknown = world.satellite("jobs").isna() & world.active
    assert unknown["RoW"].any()
    assert each.loc[unknown, ["pure_forward", "pure_total"]].isna().all(axis=None)
    assert each.loc[world.active, "pure_backward"].notna().all()
    assert each.loc[world.active & ~unknown].notna().all(axis=None)
    groups = lk.pure(world, by="region", of="jobs")
    assert groups.loc["RoW", ["pure_forward", "pure_total"]].isna().all()
    assert groups.loc["RoW", "pure_backward"] > 0
    assert groups.drop("RoW").notna().all(axis=None)
    assert "RoW" in groups.attrs["note"]
    parts = lk.split_pure(world, by="region", of="jobs", partners="RoW")
    assert parts.loc["RoW"].filter(like="forward").isna().all()
    assert parts.drop("RoW")["backward_partners"].isna().all()
    assert_allclose(parts["pure_backward"], groups["pure_backward"], rtol=1e-9)
    ahead = lk.split(world, measure="pure_forward", of="jobs")
    assert_allclose(ahead["total"], each["pure_forward"], rtol=1e-8, atol=1e-9)


def test_splits_of_pure_linkages_ask_for_a_group(world):
    with pytest.raises(OptionError, match="for industries see split"):
        lk.split_pure(world)
    one = lk.split_pure(world, regions="CHN", stage="emerging").iloc[0]
    every = lk.split_pure(world, by="region-stage").loc[("CHN", "emerging")]
    assert_allclose(one, every, rtol=1e-9)


def test_pure_linkage_of_a_region_equals_that_of_its_selection():
    table = miller_blair_two_regions()
    groups = lk.pure(table, by="region")
    alone = lk.pure(table, regions="r")
    assert_allclose(alone.iloc[0, :3].to_numpy(), groups.loc["r"].iloc[:3].to_numpy(), rtol=1e-12)


def test_pure_linkages_of_germany_fall_short_of_total_ones():
    """Free of feedback, the pull of an industry is less than its output multiplier says."""
    table = germany_1995()
    found = lk.pure(table)
    gross = (lk.backward(table) - 1) * table.final_demand
    assert (found["pure_backward"] < gross).all()
    assert isinstance(found, pd.DataFrame)
    assert found.filter(like="normalised").mean().tolist() == pytest.approx([1, 1, 1])


@given(tables(), st.sampled_from(["backward", "forward", "direct_backward", "pure_backward"]), st.data())
def test_a_part_of_which_nothing_is_known_is_unknown_and_not_zero(table, measure, data):
    """By counting, for each industry and part, the industries with output that have a number."""
    values = np.array(data.draw(st.lists(st.sampled_from([np.nan, 2.0]), min_size=len(table.index))))[
        : len(table.index)
    ]
    account = pd.Series(values, index=table.index, name="own")
    assume((account.notna() & table.active).any())
    partners = table.regions[-1]
    found = lk.split(table, measure=measure, partners=partners, of=account)
    region = table.index.get_level_values(0)
    for j in np.flatnonzero(table.active):
        home, self = region == region[j], np.arange(len(region)) == j
        group = (region == partners) & ~home
        places = {"industry": self, "region": home & ~self, "partners": group, "rest": ~home & ~group}
        if measure == "pure_backward":
            places.pop("industry")
        for name, place in places.items():
            inside = place & table.active
            nothing = inside.any() and account[inside].isna().all()
            assert np.isnan(found[name].iloc[j]) == nothing, name


@given(tables(), st.sampled_from(["net_backward", "net_forward"]), st.booleans())
def test_net_linkages_of_groups_are_what_is_drawn_over_what_the_group_makes(table, measure, own):
    """Split or not: sum of (q'L)_j y_j over sum of q_j x_j, whatever the account."""
    account = pd.Series(np.arange(2.0, 2.0 + len(table.index)), index=table.index, name="own")
    of = account if own else "value_added"
    amount = (account if own else table.va)[table.active]
    found = lk.aggregate(table, lk.split(table, measure=measure, of=of), by="region")
    net = lk.net(table, of=of)[measure]
    assume((amount > 0).all())
    drawn = (net * amount).groupby(level=0, sort=False).sum()
    made = amount.groupby(level=0, sort=False).sum()
    for region in made.index:
        assert found.loc[region, "total"] == pytest.approx(drawn[region] / made[region], rel=1e-9)
    parts = found.drop(columns="total").sum(axis=1, min_count=1)
    assert_allclose(parts[made.index], found.loc[made.index, "total"], rtol=1e-9, atol=1e-12)
    assert found.attrs["weighted_by"] == ("own" if own else "value_added")
