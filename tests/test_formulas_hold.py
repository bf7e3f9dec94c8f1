"""Formulas written out again on tables where a wrong denominator, side, sign or mask gives another number."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

import io_linkage as iol
from io_linkage import aggregation, influence, rebalancing, satellites, spillovers, ties, upgrading, value_added
from io_linkage import extraction as ex
from io_linkage import linkages as lk
from io_linkage.table import MRIOTable, Satellite
from tests.examples import idle_region, leather
from tests.strategies import stage_weights

# Extraction


def two_industries(*, parts: bool) -> MRIOTable:
    """Two industries in 192nds, or the halves of the first and the first and last three quarters of the second."""
    names = ["1 part", "1 rest", "2 part", "2 rest"] if parts else ["1", "2"]
    index = pd.MultiIndex.from_product([["national"], names], names=["region", "industry"])
    if parts:
        Z = [[26, 26, 15, 45], [26, 26, 15, 45], [26, 26, 25, 75], [78, 78, 75, 225]]
        y = [96, 96, 48, 144]
    else:
        Z, y = [[104, 120], [208, 400]], [192, 192]
    return MRIOTable.from_frames(
        pd.DataFrame(Z, index=index, columns=index, dtype=float) / 192,
        pd.DataFrame(y, index=index, columns=["national"], dtype=float) / 192,
    )


def test_flows_kept_inside_a_stage_are_those_between_its_parts():
    """Half of industry 1 and a quarter of 2 stop selling to the rest, and go on selling to each other."""
    table, split = two_industries(parts=False), two_industries(parts=True)
    W = pd.DataFrame({"traditional": [0.5, 0.75], "emerging": [0.5, 0.25], "future": 0.0}, index=table.index)
    options = {"kind": "forward", "inside_flows": "kept", "of": "output"}
    found = ex.losses(table, stage="emerging", stage_weights=W, **options)

    A = split.A.to_numpy(copy=True)
    part, rest = [0, 2], [1, 3]
    A[np.ix_(part, rest)] = 0.0
    lost = split.x.to_numpy() - np.linalg.solve(np.eye(4) - A, split.Y.to_numpy().sum(axis=1))
    assert_allclose(found["total"], [lost[:2].sum(), lost[2:].sum()], rtol=1e-12)
    assert found.attrs["own"] == pytest.approx(lost[part].sum(), rel=1e-12)
    assert found.attrs["total"] == pytest.approx(2.152, abs=5e-4)
    whole = ex.losses(split, industries=["1 part", "2 part"], **options)
    assert whole.attrs["total"] == pytest.approx(found.attrs["total"], rel=1e-12)

    # Cutting what the two industries trade by s (1 - s), as if their parts had stayed alike, gives less.
    s = np.array([0.5, 0.25])
    alike = table.A.to_numpy() * (1 - s[:, None] * (1 - s))
    left = np.linalg.solve(np.eye(2) - alike, table.Y.to_numpy().sum(axis=1))
    assert table.x.sum() - left.sum() == pytest.approx(1.944, abs=5e-4)


def test_elsewhere_is_all_that_others_lose_for_each_unit_of_the_stage_itself():
    table = leather()
    W = stage_weights(table)
    found = ex.compare(table, "emerging", stage_weights=W)
    assert_allclose(found["elsewhere"], (found["total"] - found["own"]) / found["own"], rtol=1e-9)
    assert (found[["own", "home", "abroad"]] > 0.01).all(axis=None)


def test_a_region_that_sells_and_buys_in_a_corridor_is_counted_once():
    table = leather()
    found = ex.corridor(
        table, origin={"regions": ["Argentina", "Turkey"]}, destination={"regions": ["Turkey", "Germany"]}
    )
    regions = found.groupby(level=0).sum()
    assert regions.loc["Turkey", "sellers"] == pytest.approx(regions.loc["Turkey", "total"])
    assert regions.loc["Turkey", "buyers"] == 0
    assert regions.loc["Germany", "buyers"] == pytest.approx(regions.loc["Germany", "total"])
    assert_allclose(found[["sellers", "buyers", "elsewhere"]].sum(axis=1), found["total"], rtol=1e-12)


def test_what_regions_no_longer_buy_from_each_other_is_lost_only_where_it_was_left():
    """A part of two regions is extracted with imports in its place: each region by its own block, then its imports."""
    table, factor = leather(), 0.5
    W = stage_weights(table)
    regions = ["Argentina", "Turkey"]
    inside = table.index.get_level_values(0)
    share = W["emerging"].to_numpy() * np.isin(inside, regions)
    found = ex.losses(
        table, regions=regions, stage="emerging", stage_weights=W, share=factor, kind="noncompetitive", of="output"
    )
    A, x, left = table.A.to_numpy(), table.x.to_numpy(), 1 - factor * share
    expected = np.zeros(9)
    for region in regions:
        own = np.flatnonzero(inside == region)
        outside = np.flatnonzero(inside != region)
        block = A[np.ix_(own, own)]
        sold = x[own] - block @ x[own]
        lost = x[own] - np.linalg.solve(np.eye(3) - left[own, None] * block, left[own] * sold)
        expected[own] += lost
        # Of each seller only the part that is left still sells, so only its sales can shrink.
        expected[outside] += left[outside] * (A[np.ix_(outside, own)] @ lost)
    assert_allclose(found["total"], expected, rtol=1e-12)


def test_a_supplier_whose_exports_are_negative_replaces_nobody():
    """Nobody buys a's product from b or c yet, so it is spread like exports: b runs down stocks abroad, c exports."""
    index = pd.MultiIndex.from_product([["a", "b", "c"], ["x"]])
    Z = pd.DataFrame(0.0, index=index, columns=index)
    Y = pd.DataFrame([[60, 0, 0], [0, 50, -5], [0, 10, 40]], index=index, columns=["a", "b", "c"], dtype=float)
    found = ex.losses(MRIOTable.from_frames(Z, Y), regions="a", kind="replaced", of="output")
    assert found["total"].tolist() == pytest.approx([60, 0, -60])


# Linkages


def test_regions_are_ranked_by_the_linkage_itself_not_by_the_normalised_one():
    table = leather()
    for seed in range(20):
        found = lk.compare(table, "emerging", normalise="region", stage_weights=stage_weights(table, seed))
        for column in ("backward", "forward"):
            order = found[column].sort_values(ascending=False).index
            assert found.loc[order, f"rank_{column}"].tolist() == [1, 2, 3]
        assert found["backward"].is_monotonic_decreasing
        if all(
            (found["rank_forward"] != found[other].rank(ascending=False)).any()
            and (found["rank_backward"] != found[other_side].rank(ascending=False)).any()
            for other, other_side in (("forward_normalised", "backward_normalised"), ("backward", "forward"))
        ):
            return
    pytest.fail("no draw tells the four columns apart")


def test_a_role_holds_in_the_draws_that_give_the_same_role():
    table = leather()
    drawn = [stage_weights(table, seed) for seed in range(4)]
    found = lk.by_stage(table, stage_weights=drawn[0], draws=np.stack([W.to_numpy() for W in drawn]))
    same = [lk.by_stage(table, stage_weights=W)["role"] == found["role"] for W in drawn]
    assert_allclose(found["role_holds"], np.mean(same, axis=0))
    assert found["role_holds"].nunique() > 1


# Spillovers, ties


def test_received_is_a_share_of_what_the_whole_focus_makes(world):
    S = spillovers.matrix(world)
    g7 = iol.economies.resolve(world, "g7")
    for focus, codes in (("CHN", ["CHN"]), ("g7", g7)):
        found = spillovers.asymmetry(world, focus, partners=["BRA", "IND"])
        received = S.loc[codes, ["BRA", "IND"]].sum()
        assert_allclose(found["received_share"], received / S.loc[codes].to_numpy().sum(), rtol=1e-12)
        given = S.loc[["BRA", "IND"], codes].sum(axis=1) / S.loc[["BRA", "IND"]].sum(axis=1)
        assert_allclose(found["given_share"], given, rtol=1e-12)
        difference, both = given - found["received_share"], given + found["received_share"]
        assert_allclose(found["asymmetry"], difference / both, rtol=1e-12)


def test_a_negative_spillover_counts_as_nothing_in_its_concentration():
    S = pd.DataFrame([[9.0, 0, 0], [-2.0, 9, 0], [6.0, 0, 9], [2.0, 0, 0]], index=list("abcd"), columns=list("abc"))
    S["d"] = 0.0
    found = spillovers.concentration(S).loc["a"]
    assert (found["spillover"], found["largest"]) == (8, "c")
    assert found["hhi"] == pytest.approx(0.75**2 + 0.25**2)


def test_who_joins_in_the_last_year_is_not_among_the_others():
    years = pd.MultiIndex.from_product([[2002, 2003, 2004], ["POL", "TUR"]], names=["year", "partner"])
    share = pd.Series([1.0, 1.0, 1.0, 1.0, 3.0, 1.5], index=years)
    row = ties.around_joining(share, group="eu").loc["POL"]
    assert (row["change"], row["others"], row["difference"]) == (2, 0.5, 1.5)


# Influence


def test_relative_influence_is_to_the_mean_of_all_coefficients_between_active_industries():
    given = idle_region()
    Z = given.Z.copy()
    # Two active industries that do not trade count as well, so the mean is not one of those that do.
    Z.iloc[0, 4] = 0.0
    table = MRIOTable.from_frames(Z, given.Y)
    on = table.active
    assert on.sum() == 4
    for measure in influence.MEASURES:
        field = influence.intensity(table, measure=measure).to_numpy()
        found = influence.most_influential(table, measure=measure, top=3)
        assert_allclose(found["relative"], found["intensity"] / field[np.ix_(on, on)].mean(), rtol=1e-12)


def test_idle_industries_have_no_part_in_the_influence_of_a_group():
    table = idle_region()
    field = influence.intensity(table).to_numpy()
    found = influence.by_group(table, by="region")
    assert found.loc["B"].isna().all()
    assert found["B"].isna().all()
    by_industry = influence.by_group(table, by="industry")
    goods = np.flatnonzero((table.index.get_level_values(1) == "goods") & table.active)
    assert by_industry.loc["goods", "goods"] == pytest.approx(field[np.ix_(goods, goods)].mean())


# Satellites


def with_jobs(values: list[float]) -> MRIOTable:
    table = idle_region()
    F = pd.DataFrame([values], index=["jobs"], columns=table.index)
    return table.replace(satellites={"e": Satellite("e", F, pd.Series({"jobs": "persons"}))})


def test_an_account_of_which_nothing_is_known_stays_unknown_when_added_up():
    table = with_jobs([1.0, 2.0, np.nan, np.nan, np.nan, 4.0])
    small = aggregation.aggregate(table, industries={"goods": "all", "services": "all"}).satellite("jobs")
    assert small["A", "all"] == 3
    assert np.isnan(small["B", "all"])
    assert np.isnan(small["C", "all"])


def test_an_unknown_part_without_output_leaves_a_sum_as_it_is():
    table = with_jobs([1.0, 2.0, np.nan, np.nan, 3.0, 4.0])
    small = aggregation.aggregate(table, regions={"AB": ["A", "B"], "C": "C"}).satellite("jobs")
    assert small.tolist() == [1, 2, 3, 4]


def test_a_figure_of_an_idle_industry_covers_nothing():
    row = satellites.coverage(with_jobs([1.0, np.nan, 5.0, 5.0, 3.0, np.nan])).loc["jobs"]
    assert row["industries"] == 0.5
    assert row["regions without"] == "B"


# Rebalancing


def test_rebalancing_meets_midway_and_counts_absolute_changes():
    """Demand and income differ; a stock is drawn down, so sums of changes and of their absolute values differ."""
    index = pd.MultiIndex.from_product([["A", "B"], ["goods", "services"]])
    Z = pd.DataFrame(
        [[10, 20, 5, 5], [20, 10, 5, 10], [5, 5, 20, 10], [10, 5, 10, 30]], index=index, columns=index, dtype=float
    )
    columns = pd.MultiIndex.from_product([["A", "B"], ["consumption", "stocks"]])
    Y = pd.DataFrame(
        [[40, -5, 25, 2], [60, 1, 25, -1], [12, -2, 50, 3], [25, 0, 60, 1]], index=index, columns=columns, dtype=float
    )
    x = pd.Series([100.0, 130, 105, 140], index=index)
    V = pd.DataFrame([[52.0, 96, 60, 82]], index=["Value added"], columns=index)
    table = MRIOTable.from_frames(Z, Y, V, x, output="published", tolerance=10)
    balanced, changed = rebalancing.rebalance(table)
    demand, income = Y.to_numpy().sum(), V.to_numpy().sum()
    assert abs(demand - income) > 1
    assert_allclose(changed.loc[["Y", "V"], "before"].astype(float), [demand, income])
    assert_allclose(changed.loc[["Y", "V"], "after"].astype(float), (demand + income) / 2, rtol=1e-8)
    for block, old, new in (("Z", Z, balanced.Z), ("Y", Y, balanced.Y), ("V", V, balanced.V)):
        difference = np.abs(new.to_numpy() - old.to_numpy())
        assert changed.loc[block, "changed"] == pytest.approx(difference.sum() / np.abs(old.to_numpy()).sum())
        assert changed.loc[block, "largest"] == pytest.approx(difference.max())


# Upgrading


def test_who_is_level_with_the_frontier_is_at_it():
    names = pd.MultiIndex.from_product([[1995, 2011], ["a", "b", upgrading.FRONTIER]], names=["year", "region"])
    profiles = pd.DataFrame({key: [4.0, 2.0, 8.0, 16.0, 3.0, 16.0] for key in upgrading.UPWARD}, index=names)
    found = upgrading.catching_up(profiles).xs("skill", level="indicator")
    # b rose, but the frontier rose faster.
    assert found["reading"].tolist() == ["at the frontier", "widening"]
    assert found["distance_first"].tolist() == [0.5, 0.75]
    assert found["distance_last"].tolist() == [0, 1 - 3 / 16]


def test_the_course_starts_in_the_first_year_with_figures():
    names = pd.MultiIndex.from_product([[1995, 2000, 2011], ["a", upgrading.FRONTIER]], names=["year", "region"])
    profiles = pd.DataFrame({key: [np.nan, 10.0, 6.0, 8.0, 9.0, 10.0] for key in upgrading.UPWARD}, index=names)
    row = upgrading.catching_up(profiles).loc["a", "skill"]
    assert (row["from"], row["to"], row["first"], row["last"], row["change"]) == (2000, 2011, 6, 9, 3)
    assert row["distance_first"] == 0.25
    assert row["distance_last"] == pytest.approx(0.1)


# Value added in trade


@pytest.mark.parametrize("definition", ["table", "residual"])
def test_what_is_recorded_of_a_product_that_is_not_made_is_no_export(definition):
    """An industry without output sends 2 to Turkey and takes 2 back from Germany: neither counts to a partner."""
    given, idle = leather(), ("Argentina", "Transport Equipment")
    Z, Y = given.Z.copy(), given.Y.copy()
    Z.loc[idle], Y.loc[idle], Z[idle] = 0.0, 0.0, 0.0
    clean = MRIOTable.from_frames(Z, Y)
    stray = Y.copy()
    stray.loc[idle, "Turkey"], stray.loc[idle, "Germany"] = 2.0, -2.0
    table = MRIOTable.from_frames(Z, stray)
    assert not table.active[table.index.get_loc(idle)]
    for found, expected in (
        [value_added.vax(one, by="exporter-importer", definition=definition) for one in (table, clean)],
        [value_added.borin_mancini(one, definition=definition).frame("exporter-importer") for one in (table, clean)],
    ):
        assert_allclose(found, expected, rtol=1e-12, atol=1e-12)
