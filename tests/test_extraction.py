"""Hypothetical extraction: what the results say, against brute force and identities."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from io_linkage import economies
from io_linkage import extraction as ex
from io_linkage.errors import MissingSatelliteError, OptionError, UnknownLabelError
from io_linkage.table import MRIOTable
from tests.examples import germany_1995, leather, miller_blair_two_regions
from tests.oracles import brute_force
from tests.strategies import stage_weights, tables

PARTS = ["own", "home", "abroad", "total"]
ALL = ["Argentina", "Turkey", "Germany"]
kinds = st.sampled_from(["complete", "backward", "forward"])
accounts = st.sampled_from(["output", "value_added", "jobs"])


def parts_by_hand(table, loss, share, of):
    """Own, home, abroad and total of a loss of output, for whole industries."""
    amount = table.per_output(table.satellite(of).to_numpy()) * loss
    home = np.isin(table.region_codes, np.unique(table.region_codes[share > 0]))
    own = (amount * share).sum()
    return [own, amount[home].sum() - own, amount[~home].sum(), amount.sum()]


@given(tables(), kinds, st.sampled_from([0.3, 1.0]), accounts)
def test_all_industries_at_once_match_re_inverting_for_each(table, kind, factor, of):
    found = ex.losses(table, kind=kind, share=factor, of=of)
    scale = 1e-9 * table.satellite(of).max()
    for j in range(len(table.index)):
        if not table.active[j]:
            assert found.iloc[j].isna().all()
            continue
        unit = np.eye(len(table.index))[j]
        expected = parts_by_hand(table, brute_force(table, kind, unit, factor, "removed"), unit, of)
        assert_allclose(found.iloc[j][PARTS].to_numpy(dtype=float), expected, rtol=1e-9, atol=scale)


@given(tables(), kinds, accounts)
def test_spread_over_regions_adds_up_to_the_losses(table, kind, of):
    found = ex.losses_by_region(table, kind=kind, of=of)
    each = ex.losses(table, kind=kind, of=of)
    assert_allclose(found.sum(axis=1, min_count=1), each["total"], rtol=1e-9, atol=1e-9)
    home = found.to_numpy()[np.arange(len(found)), table.region_codes]
    assert_allclose(home, each["own"] + each["home"], rtol=1e-9, atol=1e-9)


@given(tables(), kinds, st.sampled_from(["removed", "kept"]), st.sampled_from([0.4, 1.0]), accounts)
def test_a_selection_matches_brute_force(table, kind, within, factor, of):
    region = table.regions[0]
    share = (table.index.get_level_values(0) == region).astype(float)
    if within == "kept" and (share[table.active] == 1).all():
        with pytest.raises(OptionError, match="whole"):
            ex.losses(table, regions=region, kind=kind, inside_flows=within)
        return
    found = ex.losses(table, regions=region, kind=kind, inside_flows=within, share=factor, of=of)
    loss = brute_force(table, kind, share, factor, within)
    amount = table.per_output(table.satellite(of).to_numpy()) * loss
    scale = 1e-9 * table.satellite(of).max()
    on = table.active
    assert_allclose(found.loc[on, "total"], amount[on], rtol=1e-9, atol=scale)
    assert_allclose(found.loc[on, ["own", "home", "abroad"]].sum(axis=1), amount[on], rtol=1e-9, atol=scale)
    assert_allclose([found.attrs[p] for p in PARTS], parts_by_hand(table, loss, share, of), rtol=1e-9, atol=scale)
    grouped = ex.losses(table, regions=region, kind=kind, inside_flows=within, share=factor, of=of, by="region")
    assert_allclose(grouped["total"].sum(), amount.sum(), rtol=1e-9, atol=scale)


@given(tables(), accounts)
def test_extracting_the_whole_table_loses_all_of_it(table, of):
    found = ex.losses(table, regions=table.regions, of=of, relative_to="account")
    assert found["total"].sum() == pytest.approx(table.satellite(of)[table.active].sum(), rel=1e-9)
    assert found.attrs["total_percent"] == pytest.approx(100)


@given(tables(), kinds, st.integers(0, 9))
def test_extracting_nothing_loses_nothing(table, kind, seed):
    assert ex.losses(table, kind=kind, share=0).fillna(0)["total"].abs().max() < 1e-9
    industry = table.industries[seed % len(table.industries)]
    if table.active[table.index.get_level_values(1) == industry].any():
        assert ex.losses(table, industries=industry, kind=kind, share=0)["total"].abs().max() < 1e-7


@given(tables(min_industries=2))
def test_losses_grow_with_the_factor_and_complete_is_the_largest(table):
    half, full = (ex.losses(table, share=f)["total"] for f in (0.5, 1.0))
    assert (half <= full + 1e-9 * full.max())[table.active].all()
    for kind in ("backward", "forward"):
        assert (ex.losses(table, kind=kind)["total"] <= full + 1e-9 * full.max())[table.active].all()


@given(tables(max_regions=3, max_industries=3), kinds)
def test_stages_of_regions_match_extracting_the_split_table(table, kind):
    W = stage_weights(table)
    found = ex.by_stage(table, stage_weights=W, kind=kind)
    for (region, stage), row in found.iterrows():
        share = W[stage].to_numpy() * (table.index.get_level_values(0) == region)
        if not (share * table.accounts.x).any():
            assert row.isna().all()
            continue
        loss = brute_force(table, kind, share, 1.0, "removed")
        assert row["total"] == pytest.approx(loss.sum(), rel=1e-9)
        home = loss[table.index.get_level_values(0) == region].sum()
        assert row["own"] + row["home"] == pytest.approx(home, rel=1e-8, abs=1e-8)
        if kind == "complete":
            assert row["own"] == pytest.approx(share @ table.accounts.x, rel=1e-9)


@given(tables(max_regions=3, max_industries=3), kinds)
def test_draws_that_do_not_vary_give_the_point(table, kind):
    W = stage_weights(table)
    drawn = np.repeat(W.to_numpy()[None], 2, axis=0)
    found = ex.by_stage(table, stage_weights=W, draws=drawn, kind=kind, of="value_added")
    for column in ("total", "home_percent", "total_percent"):
        assert_allclose(found[f"{column}_low"].fillna(0), found[column].fillna(0), rtol=1e-8, atol=1e-8)
        assert_allclose(found[f"{column}_high"].fillna(0), found[column].fillna(0), rtol=1e-8, atol=1e-8)


@given(tables(min_regions=2), st.sampled_from(["region", "industry", "stage", "region-stage"]))
def test_matrix_rows_add_up_to_the_losses(table, affected):
    W = stage_weights(table)
    found = ex.matrix(table, extracted="region", affected=affected, stage_weights=W, of="output")
    alone = ex.by_region(table)
    assert_allclose(found.sum(axis=1), alone["total"].fillna(0), rtol=1e-9, atol=1e-9)
    if affected == "region":
        assert_allclose(np.diagonal(found), (alone["own"] + alone["home"]).fillna(0), rtol=1e-9, atol=1e-9)


def test_region_matrix_in_percent_of_gdp():
    table = leather()
    found = ex.matrix(table, relative_to="gdp")
    assert_allclose(np.diagonal(found), 100)
    assert found.attrs["unit"] == "%"
    assert found.attrs["percent_of"] == "value_added" or "GDP" in found.attrs["percent_of"]


@given(tables(min_regions=2), st.sampled_from(["both", "intermediate", "final"]), st.sampled_from([0.5, 1.0]))
def test_corridors_match_brute_force(table, flows, factor):
    first, last = table.regions[0], table.regions[-1]
    n, x = len(table.index), table.accounts.x
    s = factor * (table.index.get_level_values(0) == first)
    t = (table.index.get_level_values(0) == last).astype(float) * (flows != "final")
    bought = table.demand_by_region[last].to_numpy() * (flows != "intermediate")
    A = np.divide(table.accounts.Z, x, out=np.zeros((n, n)), where=x > 0)
    y = x - table.accounts.Z.sum(axis=1)
    removed = (s[:, None] * A * t) @ x + s * bought
    arguments = {"origin": {"regions": first}, "destination": {"regions": last}, "flows": flows, "share": factor}
    if removed.sum() == 0 or (not (table.active & (t > 0)).any() and flows != "final"):
        return
    if not table.active[table.region_codes == len(table.regions) - 1].any():
        return
    expected = x - np.linalg.inv(np.eye(n) - A + s[:, None] * A * t) @ (y - s * bought)
    found = ex.corridor(table, **arguments)
    assert_allclose(found["total"].fillna(0), expected, rtol=1e-9, atol=1e-9 * x.max())
    assert_allclose(found[["sellers", "buyers", "elsewhere"]].sum(axis=1), expected, rtol=1e-9, atol=1e-9 * x.max())
    assert found.attrs["flows_removed"] == pytest.approx(removed.sum())


@given(tables(), st.sampled_from([0.5, 1.0]))
def test_noncompetitive_extraction_matches_each_domestic_block(table, factor):
    found = ex.losses(table, kind="noncompetitive", share=factor)
    for j in np.flatnonzero(table.active):
        r = np.flatnonzero(table.region_codes == table.region_codes[j])
        x, Z = table.accounts.x, table.accounts.Z
        A = np.divide(Z[np.ix_(r, r)], x[r], out=np.zeros((len(r), len(r))), where=x[r] > 0)
        demand = x[r] - Z[np.ix_(r, r)].sum(axis=1)
        left = np.where(r == j, 1 - factor, 1.0)
        remains = np.linalg.inv(np.eye(len(r)) - left[:, None] * A) @ (left * demand)
        loss = x[r] - remains
        outside = np.delete(np.arange(len(x)), r)
        imports = np.divide(Z[np.ix_(outside, r)], x[r], out=np.zeros((len(outside), len(r))), where=x[r] > 0) @ loss
        row = found.iloc[j]
        assert row["own"] == pytest.approx(loss[r == j].item(), rel=1e-9, abs=1e-9)
        assert row["own"] + row["home"] == pytest.approx(loss.sum(), rel=1e-9, abs=1e-9)
        assert row["abroad"] == pytest.approx(imports.sum(), rel=1e-8, abs=1e-8)
        home_demand = table.demand_by_region.iloc[j, table.region_codes[j]]
        missing = factor * (A[r == j] @ remains + home_demand)
        assert row["replacement"] == pytest.approx(missing.item(), rel=1e-9, abs=1e-9)
        region, industry = table.index[j]
        chosen = ex.losses(table, regions=region, industries=industry, kind="noncompetitive", share=factor)
        assert chosen["total"].sum() == pytest.approx(row["total"], rel=1e-9, abs=1e-8)
        assert chosen.attrs["replacement"] == pytest.approx(row["replacement"], rel=1e-9, abs=1e-9)


def replaced_by_loops(table, share, factor):
    """Output after every buyer's loss is handed to the other suppliers one cell at a time; and what found none."""
    n, x, Y = len(table.index), table.accounts.x, table.accounts.Y
    A = np.divide(table.accounts.Z, x, out=np.zeros((n, n)), where=x > 0)
    flows, left = np.hstack([A, Y]), np.hstack([A, Y]) * (1 - factor * share)[:, None]
    values = np.hstack([table.accounts.Z, Y])
    owners = np.r_[table.region_codes, pd.Index(table.regions).get_indexer(table.Y.columns.get_level_values(0))]
    group, lost = set(table.region_codes[share > 0]), 0.0
    for i in np.flatnonzero((share > 0) & table.active):
        others = [
            s
            for s in np.flatnonzero(table.active)
            if table.industry_codes[s] == table.industry_codes[i] and table.region_codes[s] not in group
        ]
        exports = np.array([max(values[s, owners != table.region_codes[s]].sum(), 0) for s in others])
        for k in range(flows.shape[1]):
            amount = factor * share[i] * flows[i, k]
            if not others:
                lost += amount * (x[k] if k < n else 1.0)
                continue
            bought = np.array([flows[s, k] if k < n else max(flows[s, k], 0.0) for s in others])
            even = exports / exports.sum() if exports.sum() > 0 else np.full(len(others), 1 / len(others))
            left[others, k] += amount * (bought / bought.sum() if bought.sum() > 0 else even)
    return np.linalg.inv(np.eye(n) - left[:, :n]) @ left[:, n:].sum(axis=1), lost


@given(tables(), st.sampled_from([0.5, 1.0]), st.integers(0, 9))
def test_replaced_extraction_matches_moving_every_flow_by_hand(table, factor, seed):
    industry = table.industries[seed % len(table.industries)]
    region = table.regions[0]
    share = ((table.index.get_level_values(0) == region) & (table.index.get_level_values(1) == industry)).astype(float)
    if not (share * table.x).any() or (share[table.active] == 1).all():
        return
    after, lost = replaced_by_loops(table, share, factor)
    found = ex.losses(table, regions=region, industries=industry, kind="replaced", share=factor)
    assert_allclose(found["total"].fillna(0), table.x - after, rtol=1e-8, atol=1e-8 * table.x.max())
    assert found.attrs["not_replaced"] == pytest.approx(lost, rel=1e-9, abs=1e-9)


@given(tables(min_regions=2, zero_output=False, negative_demand=False))
def test_replaced_stages_move_primary_inputs_and_lose_none(table):
    """Columns of A keep their sums, so what the world pays to primary inputs stays what final demand is."""
    W = stage_weights(table)
    found = ex.losses(table, regions=table.regions[0], stage="emerging", kind="replaced", stage_weights=W)
    primary = 1 - table.system.direct_column_sums
    assert abs((primary * found["total"]).sum()) <= 1e-9 * table.x.sum()
    assert found.loc[table.regions[1:], "total"].min() < 0
    assert found.attrs["not_replaced"] == 0


@given(
    tables(min_regions=2, max_regions=3), st.sampled_from(["noncompetitive", "replaced"]), st.sampled_from([0.5, 1.0])
)
def test_groups_of_every_kind_match_their_selections(table, kind, factor):
    """Each row by stage, by region and of a matrix is the extraction of that group alone."""
    W = stage_weights(table)
    active = [
        region for region in table.regions if table.active[table.region_codes == table.regions.index(region)].any()
    ]
    if len(active) < 2:
        return
    options = {"kind": kind, "share": factor, "of": "value_added"}
    by_stage, by_region = ex.by_stage(table, stage_weights=W, **options), ex.by_region(table, **options)
    matrix = ex.matrix(table, extracted="region-stage", affected="region", stage_weights=W, **options)
    besides = {"noncompetitive": "replacement", "replaced": "not_replaced"}[kind]
    for region in active:
        chosen = [
            (by_region.loc[region], ex.losses(table, regions=region, **options)),
            (
                by_stage.loc[(region, "future")],
                ex.losses(table, regions=region, stage="future", stage_weights=W, **options),
            ),
        ]
        for row, alone in chosen:
            parts = ["own", "home", "abroad", "total", "home_percent", "total_percent", besides]
            assert_allclose(row[parts].astype(float), [alone.attrs[part] for part in parts], rtol=1e-8, atol=1e-8)
        alone = ex.losses(table, regions=region, stage="future", stage_weights=W, by="region", **options)
        assert_allclose(matrix.loc[(region, "future")], alone["total"].fillna(0), rtol=1e-8, atol=1e-8)


def test_stages_of_every_kind_compare_over_regions(world):
    found = ex.compare(world, "emerging", kind="replaced")
    assert found.loc["CHN", "abroad"] < 0 < found.loc["CHN", "total"]
    with pytest.raises(OptionError, match="leave draws out"):
        ex.by_stage(world, kind="noncompetitive", draws=5)
    with pytest.raises(OptionError, match="DEU is the whole of Germany 1995"):
        ex.by_region(germany_1995(), kind="replaced")


def test_one_region_loses_the_same_with_competitive_and_noncompetitive_imports():
    """A national table has no repercussions from abroad, so both forms agree."""
    table = germany_1995()
    assert_allclose(ex.losses(table)["total"], ex.losses(table, kind="noncompetitive")["total"], rtol=1e-12)
    assert (ex.losses(table)["abroad"] == 0).all()


def test_extracting_region_one_of_miller_and_blair_leaves_region_two_by_itself():
    table = miller_blair_two_regions()
    alone = np.linalg.inv(np.eye(2) - table.A.loc["s", "s"].to_numpy()) @ table.final_demand.loc["s"].to_numpy()
    found = ex.losses(table, regions="r")
    assert_allclose(found.loc["s", "abroad"], table.x.loc["s"] - alone, rtol=1e-12)
    assert_allclose(found.loc["r", "own"], table.x.loc["r"], rtol=1e-12)


def test_percentages_are_of_gdp_for_money_and_of_the_account_for_the_rest():
    table = germany_1995()
    money, people = ex.losses(table, of="value_added"), ex.losses(table, of="jobs")
    assert_allclose(money["home_percent"], 100 * money["total"] / table.va.sum())
    assert_allclose(people["home_percent"], 100 * people["total"] / table.satellite("jobs").sum())
    assert people.attrs["percent_of"] == "jobs"
    with pytest.raises(OptionError, match="not a share of GDP"):
        ex.losses(table, of="jobs", relative_to="gdp")


def test_rounding_leaves_no_trace_of_a_loss_elsewhere(world):
    """All of a region goes, so nothing at home is left to lose."""
    assert ex.losses(world, regions="CHN").attrs["home"] == 0
    assert ex.losses(world, regions=list(world.regions)).attrs["home"] == 0


def test_comparison_of_a_stage_and_its_intervals(world):
    found = ex.compare(world, "emerging", draws=40)
    assert found["total"].is_monotonic_decreasing
    assert (found["total_low"] < found["total"]).all()
    assert (found["total"] < found["total_high"]).all()
    assert found.loc["CHN", "elsewhere"] > found.loc["USA", "elsewhere"]


def test_regions_without_jobs_are_named_and_nan(world):
    found = ex.losses(world, of="jobs")
    assert found.loc["RoW", "total"].isna().all()
    assert found.attrs["left_out"] == ("RoW",)
    chosen = ex.losses(world, regions="CHN", industries="30t33", of="jobs", by="region")
    assert np.isnan(chosen.loc["RoW", "total"])


@pytest.mark.parametrize(
    ("arguments", "error", "says"),
    [
        ({"share": 1.2}, OptionError, "from 0"),
        ({"share": -0.1, "regions": "Turkey"}, OptionError, "from 0"),
        ({"kind": "partial"}, OptionError, "complete"),
        ({"kind": "replaced"}, OptionError, "one selection"),
        ({"regions": ["Argentina", "Turkey", "Germany"], "kind": "replaced"}, OptionError, "outside it"),
        (
            {"regions": ["Argentina", "Turkey", "Germany"], "kind": "forward", "inside_flows": "kept"},
            OptionError,
            "outside it",
        ),
        ({"inside_flows": "some"}, OptionError, "removed"),
        ({"regions": "Germny"}, UnknownLabelError, "Germany"),
        ({"regions": []}, OptionError, "No region"),
        ({"industries": []}, OptionError, "No industry"),
        ({"of": "hours"}, MissingSatelliteError, "no satellite"),
        ({"regions": "Turkey", "by": "continent"}, OptionError, "region"),
    ],
)
def test_bad_input_is_refused_with_a_remedy(arguments, error, says):
    with pytest.raises(error, match=says):
        ex.losses(leather(), **arguments)


def test_a_group_of_later_years_is_refused_with_what_works_in_its_place(world):
    remedy = r"economies\.resolve\(table, 'belt_and_road', membership_year=2013\)"
    with pytest.raises(OptionError, match=remedy):
        ex.losses(world, regions="belt_and_road")
    later = economies.resolve(world, "belt_and_road", membership_year=2019)
    assert ex.losses(world, regions=later).attrs["extracted"] == "+".join(later)
    with pytest.raises(OptionError, match=remedy):
        ex.corridor(world, origin={"regions": "CHN"}, destination={"regions": "belt_and_road"})
    buyers = {"regions": later}
    assert ex.corridor(world, origin={"regions": "CHN"}, destination=buyers, across_borders=True)["total"].sum() > 0


def test_bad_corridors_are_refused_with_a_remedy():
    table = leather()
    with pytest.raises(OptionError, match="flows='intermediate'"):
        ex.corridor(table, origin={"regions": "Turkey"}, destination={"industries": "Agriculture"})
    with pytest.raises(OptionError, match="described by regions, industries and stage, not by"):
        ex.corridor(table, origin={"country": "Turkey"}, destination={"regions": "Germany"})
    with pytest.raises(OptionError, match="crosses a border"):
        ex.corridor(table, origin={"regions": "Turkey"}, destination={"regions": "Turkey"}, across_borders=True)
    abroad = ex.corridor(
        table, origin={"regions": "Turkey"}, destination={"regions": ["Turkey", "Germany"]}, across_borders=True
    )
    straight = ex.corridor(table, origin={"regions": "Turkey"}, destination={"regions": "Germany"})
    pd.testing.assert_frame_equal(abroad, straight)


def split_by_share(table, share):
    """The table in which every industry i is two, "i part" and "i rest", with the same inputs and buyers."""
    parts = np.vstack([np.diag(share), np.diag(1 - share)])
    order = np.arange(2 * len(share)).reshape(2, -1)
    # Both parts of a region stand together, as a table's index needs.
    order = np.concatenate([order[:, table.region_codes == r].ravel() for r in range(len(table.regions))])
    names = [f"{industry} {half}" for half in ("part", "rest") for industry in table.index.get_level_values(1)]
    index = pd.MultiIndex.from_arrays(
        [np.tile(table.index.get_level_values(0), 2)[order], np.array(names)[order]], names=table.index.names
    )
    Z = (parts @ table.accounts.Z @ parts.T)[np.ix_(order, order)]
    Y = (parts @ table.accounts.Y)[order]
    return MRIOTable.from_frames(
        pd.DataFrame(Z, index=index, columns=index), pd.DataFrame(Y, index=index, columns=table.Y.columns)
    )


@pytest.mark.parametrize("kind", ["complete", "backward", "forward", "noncompetitive"])
@pytest.mark.parametrize("flows", ["removed", "kept"])
@pytest.mark.parametrize("factor", [0.4, 1.0])
@pytest.mark.parametrize("region", [None, "Turkey"])
def test_a_stage_is_extracted_as_if_its_parts_were_industries_of_their_own(kind, flows, factor, region):
    table = leather()
    W = stage_weights(table, seed=3)
    split = split_by_share(table, W["emerging"].to_numpy())
    parts = [industry for industry in split.industries if industry.endswith("part")]
    options = {"kind": kind, "inside_flows": flows, "share": factor, "of": "output", "regions": region}
    found = ex.losses(table, stage="emerging", stage_weights=W, **options)
    expected = ex.losses(split, industries=parts, **options)
    for part in PARTS:
        assert found.attrs[part] == pytest.approx(expected.attrs[part], rel=1e-9, abs=1e-9 * table.x.sum())
    halves = expected["total"].groupby(
        [split.index.get_level_values(0), split.index.get_level_values(1).str.rsplit(n=1).str[0]]
    )
    assert_allclose(found["total"], halves.sum().reindex(table.index), rtol=1e-9, atol=1e-9 * table.x.max())


def test_losses_of_output_are_percentages_of_output_and_of_value_added_of_gdp():
    table = leather()
    for of, name, base in (("output", "output", table.x), ("value_added", "GDP", table.va)):
        found = ex.losses(table, regions="Turkey", of=of)
        assert found.attrs["percent_of"].startswith(name)
        assert found.attrs["total_percent"] == pytest.approx(100 * found["total"].sum() / base.sum())
