"""Aggregation: what adds up still does, pymrio agrees, nothing is changed, and faults in a concordance are named."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import io_linkage as iol
from io_linkage import aggregation, classifications, concordances, stages
from io_linkage.accounts import DISCREPANCY
from io_linkage.errors import OptionError, UnknownLabelError
from io_linkage.table import Satellite
from tests.examples import miller_blair_two_regions
from tests.strategies import tables


def halves(names: list[str]) -> dict[str, str]:
    return {name: f"group {k % 2}" for k, name in enumerate(names)}


@given(tables(min_regions=2, min_industries=2), st.booleans(), st.booleans())
def test_totals_are_kept_and_both_sides_balance(table, over_regions, over_industries):
    small = aggregation.aggregate(
        table,
        industries=halves(table.industries) if over_industries else None,
        regions={"one": table.regions[:2]} if over_regions else None,
    )
    for name in ("x", "va", "final_demand"):
        assert getattr(small, name).sum() == pytest.approx(getattr(table, name).sum())
    scale = small.x.max()
    np.testing.assert_allclose(small.Z.sum(axis=1) + small.Y.sum(axis=1), small.x, atol=1e-9 * scale)
    np.testing.assert_allclose(small.Z.sum(axis=0) + small.V.sum(axis=0), small.x, atol=1e-9 * scale)
    jobs, was = small.satellite("jobs"), table.satellite("jobs")
    assert np.nansum(jobs) == pytest.approx(np.nansum(was))


@given(tables(min_regions=2, min_industries=2))
def test_aggregating_to_itself_changes_nothing(table):
    same = aggregation.aggregate(table, industries={code: code for code in table.industries})
    assert same.index.equals(table.index)
    np.testing.assert_array_equal(same.Z.to_numpy(), table.Z.to_numpy())
    np.testing.assert_allclose(same.system.backward_sums(), table.system.backward_sums())


@given(tables(min_regions=2, min_industries=2))
def test_the_table_is_not_changed(table):
    before = [array.copy() for array in (table.accounts.Z, table.accounts.Y, table.accounts.V, table.accounts.x)]
    aggregation.aggregate(table, industries=dict.fromkeys(table.industries, "all"))
    for was, now in zip(before, (table.accounts.Z, table.accounts.Y, table.accounts.V, table.accounts.x), strict=True):
        np.testing.assert_array_equal(was, now)


@given(tables(min_regions=2, min_industries=2, zero_output=False))
def test_pymrio_aggregates_to_the_same(table):

    region_groups = ["first" if k == 0 else "rest" for k in range(len(table.regions))]
    industry_groups = [f"group {k % 2}" for k in range(len(table.industries))]
    small = aggregation.aggregate(
        table,
        industries=dict(zip(table.industries, industry_groups, strict=True)),
        regions={"first": table.regions[0]},
        rest="rest",
    )
    theirs = table.to_pymrio()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pymrio's own, of pandas
        theirs.aggregate(region_agg=region_groups, sector_agg=industry_groups)
    order = list(small.index)
    np.testing.assert_allclose(small.Z.to_numpy(), theirs.Z.loc[order, order].to_numpy())
    own = [column for column in small.Y.columns if column[1] != DISCREPANCY]
    np.testing.assert_allclose(small.Y[own].to_numpy(), theirs.Y.loc[order, own].to_numpy())
    np.testing.assert_allclose(
        small.satellites["employment"].F.to_numpy(), theirs.employment.F.loc[:, order].to_numpy()
    )


def test_a_worked_example():
    table = miller_blair_two_regions()
    small = aggregation.aggregate(table, industries={"1": "goods", "2": "goods", "3": "services"})
    # Miller & Blair, section 3.3: rows and columns 1 and 2 of each region added by hand.
    assert small.Z.loc[("r", "goods"), ("r", "goods")] == 150 + 500 + 200 + 100
    assert small.Z.loc[("r", "goods"), ("s", "goods")] == 25 + 75 + 200 + 100
    assert small.Z.loc[("s", "goods"), ("r", "services")] == 60 + 25
    assert small.x.tolist() == [3000, 1000, 2000]


def test_shares_split_an_industry_over_several():
    table = miller_blair_two_regions()
    small = aggregation.aggregate(table, industries={"1": {"a": 0.25, "b": 0.75}, "2": "b", "3": "b"})
    assert small.x[("r", "a")] == pytest.approx(250)
    assert small.Z.loc[("r", "a"), ("r", "a")] == pytest.approx(150 * 0.25**2)
    assert small.x.sum() == pytest.approx(table.x.sum())


def test_concordance_as_frame_and_file(tmp_path):
    table = miller_blair_two_regions()
    frame = pd.DataFrame({"from": ["1", "1", "2", "3"], "to": ["a", "b", "b", "b"], "share": [0.25, 0.75, 1, 1]})
    frame.to_csv(tmp_path / "own.csv", index=False)
    by_frame = aggregation.aggregate(table, industries=frame)
    by_file = aggregation.aggregate(table, industries=tmp_path / "own.csv")
    np.testing.assert_array_equal(by_frame.Z.to_numpy(), by_file.Z.to_numpy())
    assert by_frame.x[("r", "a")] == pytest.approx(250)


def test_groups_of_regions_by_name(world):
    small = aggregation.aggregate(
        world, regions={"Europe": ["EUE", "EUW", "DEU", "FRA", "ITA", "POL", "GBR"]}, rest="others"
    )
    assert small.regions == ["Europe", "others"]
    by_group = aggregation.aggregate(world, regions="developing", rest="others")
    assert "developing" in by_group.regions
    members = iol.economies.resolve(world, "developing")
    assert by_group.x["developing"].sum() == pytest.approx(world.x[members].sum())


@pytest.mark.parametrize("target", ["isic_sections", "broad_sectors"])
def test_named_targets(world, target):
    small = aggregation.aggregate(world, industries=target)
    assert small.classification == target
    assert small.x.sum() == pytest.approx(world.x.sum(), rel=1e-6)
    assert set(small.industries) == {to for row in concordances.concordance("WIOD2013", target).values() for to in row}


def test_satellites_follow_and_what_is_no_sum_is_left_out(world):
    small = aggregation.aggregate(world, industries="broad_sectors")
    rows = small.satellites["socio_economic"].rows
    assert "jobs" in rows
    assert not [row for row in rows if "deflator" in row]
    assert "are not sums" in small.carried["notes"][-1]
    assert small.satellite("jobs")["CHN"].sum() == pytest.approx(world.satellite("jobs")["CHN"].sum())


def test_a_sum_with_an_unknown_part_is_unknown():
    table = miller_blair_two_regions()
    F = pd.DataFrame([[1.0, np.nan, 3.0, 4.0, 5.0]], index=["jobs"], columns=table.index)
    table = table.replace(satellites={"e": Satellite("e", F, pd.Series({"jobs": "persons"}))})
    small = aggregation.aggregate(table, industries={"1": "goods", "2": "goods", "3": "services"})
    assert np.isnan(small.satellite("jobs")[("r", "goods")])
    assert small.satellite("jobs")[("s", "goods")] == 9


def test_every_shipped_concordance_covers_its_classification():
    pairs = concordances.shipped()
    assert len(pairs) == 57
    for source, target in pairs:
        shares = concordances.concordance(source, target)
        assert list(shares) == classifications.industries(source)
        assert all(sum(row.values()) == pytest.approx(1) for row in shares.values())
        if target in classifications.known():
            assert {to for row in shares.values() for to in row} <= set(classifications.industries(target))


def test_faults_are_named():
    table = miller_blair_two_regions()
    with pytest.raises(OptionError, match=r"nothing for 1 industries.*: 3"):
        aggregation.aggregate(table, industries={"1": "a", "2": "a"})
    with pytest.raises(UnknownLabelError, match="'9'"):
        aggregation.aggregate(table, industries={"1": "a", "2": "a", "3": "a", "9": "a"})
    with pytest.raises(OptionError, match=r"add to 0\.9"):
        aggregation.aggregate(table, industries={"1": {"a": 0.5, "b": 0.4}, "2": "a", "3": "a"})
    with pytest.raises(OptionError, match="two groups"):
        aggregation.aggregate(table, regions={"x": ["r"], "y": ["r", "s"]})
    with pytest.raises(UnknownLabelError, match=r"region|economy"):
        aggregation.aggregate(table, regions={"x": ["nowhere"]})
    with pytest.raises(OptionError, match="classification"):
        aggregation.aggregate(table, industries="isic_sections")
    with pytest.raises(OptionError, match="columns from and to"):
        aggregation.aggregate(table, industries=pd.DataFrame({"old": ["1"], "new": ["a"]}))


def test_unknown_target_offers_those_there_are(world):
    with pytest.raises(UnknownLabelError, match="isic_sections"):
        aggregation.aggregate(world, industries="isic_section")


@given(tables(min_regions=2, min_industries=2))
def test_splitting_conserves_the_whole(table):
    code = table.industries[0]
    parts = aggregation.split(table, code, {"left": 0.3, "right": 0.7})
    back = aggregation.aggregate(
        parts, industries={one: code if one in ("left", "right") else one for one in parts.industries}
    )
    order = list(table.index)
    np.testing.assert_allclose(back.Z.loc[order, order].to_numpy(), table.Z.to_numpy(), atol=1e-9)
    np.testing.assert_allclose(back.x[order].to_numpy(), table.x.to_numpy(), atol=1e-9)
    np.testing.assert_allclose(back.va[order].to_numpy(), table.va.to_numpy(), atol=1e-9)
    # Parts that buy and sell alike have the multiplier of the whole.
    if table.x[(table.regions[0], code)] > 0:
        sums = parts.series(parts.system.backward_sums(), "b")
        whole = table.series(table.system.backward_sums(), "b")[(table.regions[0], code)]
        assert sums[(table.regions[0], "left")] == pytest.approx(whole)


def test_splitting_faults():
    table = miller_blair_two_regions()
    with pytest.raises(OptionError, match="already"):
        aggregation.split(table, "1", {"2": 0.5, "b": 0.5})
    with pytest.raises(OptionError, match="add to"):
        aggregation.split(table, "1", {"a": 0.5, "b": 0.4})
    with pytest.raises(UnknownLabelError):
        aggregation.split(table, "7", {"a": 0.5, "b": 0.5})


@pytest.mark.parametrize("name", sorted({*classifications.known()} - {"WIOD2013", *classifications.without_stages()}))
def test_stage_shares_fit_every_classification(name):
    codes = classifications.industries(name)
    random = np.random.default_rng(0)
    n = 2 * len(codes)
    region = "CN" if name.startswith("EXIOBASE") else "CHN"
    index = pd.MultiIndex.from_product([[region, "ROW"], codes], names=["region", "industry"])
    demand = pd.MultiIndex.from_product([[region, "ROW"], ["c"]], names=["region", "category"])
    table = iol.MRIOTable.from_frames(
        pd.DataFrame(random.random((n, n)) / n, index=index, columns=index),
        pd.DataFrame(np.ones((n, 2)), index=index, columns=demand),
        classification=name,
        year=2014,
    )
    weights = stages.weights(table)
    np.testing.assert_allclose(weights.sum(axis=1), 1.0)
    assert (weights >= 0).all(axis=None)
    for bound in ("low", "high"):
        other = stages.weights(table, which=bound)
        assert other.shape == weights.shape


def test_group_with_the_name_of_another_region_is_refused(world):
    with pytest.raises(OptionError, match="'USA' is the name of a group and of a region"):
        aggregation.aggregate(world, regions={"USA": ["CHN"]})
    both = aggregation.aggregate(world, regions={"USA": ["CHN", "USA"]})
    assert both.x["USA"].sum() == pytest.approx(world.x["CHN"].sum() + world.x["USA"].sum())
    with pytest.raises(OptionError, match="rest='Asia' is the name of a group"):
        aggregation.aggregate(world, regions={"Asia": ["CHN", "JPN"]}, rest="Asia")
    with pytest.raises(OptionError, match="rest='CHN' is the name of a region"):
        aggregation.aggregate(world, regions={"Asia": ["CHN", "JPN"]}, rest="CHN")
    assert "RoW" in aggregation.aggregate(world, regions={"Asia": ["CHN", "JPN"]}, rest="RoW").regions
