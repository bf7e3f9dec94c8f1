"""Lock-in profiles, distance to the frontier, regionalisation, country cards."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from numpy.testing import assert_allclose

import io_linkage as iol
from io_linkage import position, stages, upgrading
from io_linkage import value_added as va
from io_linkage.errors import OptionError, UnknownLabelError
from io_linkage.table import MRIOTable
from tests.examples import _table, germany_1995, leather
from tests.oracles import Literal
from tests.strategies import stage_weights, tables

SMALL = {"max_examples": 25}


@pytest.fixture(scope="module")
def profiles() -> pd.DataFrame:
    years = (iol.load(year=year) for year in (1995, 2008, 2011))
    return upgrading.lock_in(years, regions="developing", membership_year=1995)


def traits_of(table, seed: int = 1) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    return pd.DataFrame(random.random((len(table.index), 3)), index=table.index, columns=list(stages.TRAITS))


@settings(**SMALL)
@given(tables(min_regions=2))
def test_profile_by_the_formulas(table):
    weights, traits = stage_weights(table), traits_of(table)
    found = upgrading.lock_in(
        table,
        regions=table.regions,
        frontier=table.regions[:1],
        stage_weights=weights,
        traits=traits,
        definition="residual",
    )
    written = Literal(table)
    jobs = np.nan_to_num(table.satellite("jobs").to_numpy())
    exporting = [s for s in range(written.G) if abs(written.E_all(s).sum()) > 1e-6]
    for s in exporting:
        row, at = found.loc[table.regions[s]], written.at[s]
        output = written.M(s) @ written.E_all(s)
        earned = written.v[at] * output
        exports = written.E_all(s).sum()
        high = earned @ weights.to_numpy()[at][:, 1:].sum(axis=1)
        assert row["high_stage"] == pytest.approx(high / earned.sum(), rel=1e-8)
        assert row["high_tech"] == pytest.approx(earned @ traits["high_tech"].to_numpy()[at] / earned.sum(), rel=1e-8)
        assert row["dva_share"] == pytest.approx(earned.sum() / exports, rel=1e-8)
        intensity = np.divide(jobs[at], table.accounts.x[at], out=np.zeros(len(at)), where=table.accounts.x[at] > 0)
        assert row["va_per_job"] == pytest.approx(earned.sum() / (intensity @ output), rel=1e-8)
        assert row[["traditional", "emerging", "future"]].sum() == pytest.approx(1.0, rel=1e-9)
        assert np.isnan(row["skill"])
        ahead, behind = (
            position.production_length_by(table, side=side, definition="residual")["gvc"].iloc[s]
            for side in ("forward", "backward")
        )
        assert row["gvc_position"] == pytest.approx(ahead / behind, rel=1e-9, nan_ok=True)
        for name, distances in (
            ("upstreamness", np.linalg.inv(np.eye(written.n) - written.B) @ np.ones(written.n)),
            ("downstreamness", written.L.sum(axis=0)),
        ):
            assert row[name] == pytest.approx(distances[at] @ written.E_all(s) / exports, rel=1e-8)
    assert "hours_high_skilled" in found.attrs["missing"]
    if 0 in exporting:
        own, front = found.loc[table.regions[0]].dropna(), found.loc["frontier"].dropna()
        assert_allclose(own, front[own.index], rtol=1e-9)


def test_profile_agrees_with_participation(world):
    found = upgrading.lock_in(world, regions=["CHN", "MEX"])
    shares = va.participation(world)
    for name in ("forward", "backward"):
        assert_allclose(found[name].drop("frontier"), shares.loc[["CHN", "MEX"], name], rtol=1e-12)
    assert found.attrs["frontier"] == ["DEU", "FRA", "GBR", "ITA", "USA", "CAN", "JPN"]
    assert found.loc[["CHN", "frontier"], "skill"].isna().all()


def test_the_frontier_is_sums_over_sums():
    table = iol.load(year=2008)
    pooled = upgrading.lock_in(table, regions=["CHN"], frontier=["USA", "JPN"]).loc["frontier"]
    shares = va.kww(table).frame(groups=True).loc[["USA", "JPN"]].sum()
    assert pooled["dva_share"] == pytest.approx(shares["DVA"] / shares["exports"])


def test_an_account_that_is_absent_is_not_zero():
    table = iol.load(year=2008)
    found = upgrading.lock_in(table, regions=["CHN", "RoW"])
    assert found.loc["RoW", ["skill", "va_per_job"]].isna().all()
    assert found.loc["CHN", ["skill", "va_per_job"]].notna().all()
    with_gap = table.satellite("jobs").copy()
    with_gap.loc[("CHN", "30t33")] = np.nan
    holed = table.replace(satellites={}).with_satellite("labour", with_gap.to_frame("jobs").T, "thousand persons")
    assert np.isnan(upgrading.lock_in(holed, regions=["CHN"]).loc["CHN", "va_per_job"])


def labour(**rows: list[float]) -> MRIOTable:
    """Return the leather table with accounts of labour, nine figures each."""
    table = leather()
    accounts = pd.DataFrame(rows, index=table.index, dtype=float).T
    return table.with_satellite("labour", accounts, "units")


def test_skill_is_a_share_of_hours_and_value_added_is_per_job():
    table = labour(hours=[2.0] * 9, hours_high_skilled=[0.5, 1, 1.5] * 3, jobs=[1, 5, 9] * 3)
    found = upgrading.lock_in(table, regions=["Turkey"], frontier=["Germany"], definition="residual").loc["Turkey"]
    written = Literal(table)
    at = written.at[1]
    output = written.M(1) @ written.E_all(1)
    per = {name: table.satellite(name).to_numpy()[at] / table.accounts.x[at] for name in ("hours", "jobs")}
    skilled = table.satellite("hours_high_skilled").to_numpy()[at] / table.accounts.x[at]
    assert found["skill"] == pytest.approx(skilled @ output / (per["hours"] @ output))
    assert found["va_per_job"] == pytest.approx(written.v[at] @ output / (per["jobs"] @ output))


@pytest.mark.parametrize("unknown", ["hours", "hours_high_skilled"])
def test_the_frontier_leaves_out_who_lacks_a_figure_on_either_side(unknown):
    # Turkey has one of the two accounts in full; it counts in neither sum.
    rows = {"hours": [2.0] * 9, "hours_high_skilled": [0.5, 1, 1.5] * 3, "jobs": [1.0] * 9}
    rows[unknown][3] = np.nan
    table = labour(**rows)
    both = upgrading.lock_in(table, regions=["Argentina"], frontier=["Turkey", "Germany"])
    alone = upgrading.lock_in(table, regions=["Argentina"], frontier=["Germany"])
    assert both.loc["frontier", "skill"] == pytest.approx(alone.loc["frontier", "skill"])
    assert both.loc["frontier", "va_per_job"] != pytest.approx(alone.loc["frontier", "va_per_job"])


def test_an_industry_that_does_not_work_for_exports_needs_no_figure():
    Z = np.array([[10.0, 0, 5, 0], [0, 20, 0, 0], [10, 0, 20, 10], [5, 0, 5, 5]])
    Y = np.array([[20.0, 30], [60, 0], [20, 30], [5, 25]])
    table = _table(Z, Y, ["A", "B"], ["goods", "homes"])
    jobs = pd.DataFrame([[1.0, np.nan, 2, 3]], index=["jobs"], columns=table.index)
    found = upgrading.lock_in(table.with_satellite("labour", jobs, "persons"), regions=["A"], frontier=["B"])
    assert np.isfinite(found.loc["A", "va_per_job"])


def test_the_range_is_the_middle_nine_tenths_of_the_draws(world):
    found = upgrading.lock_in(world, regions=["CHN"], draws=40).loc["CHN"]
    at = world.region_codes == world.regions.index("CHN")
    written = Literal(world, world.per_output(world.va.to_numpy()))
    s = world.regions.index("CHN")
    earned = written.v[at] * (written.M(s) @ written.E_all(s))
    shares = [earned @ W[at][:, 1:].sum(axis=1) / earned.sum() for W in stages.draws(world, draws=40)]
    assert found["high_stage_low"] == pytest.approx(np.quantile(shares, 0.05))
    assert found["high_stage_high"] == pytest.approx(np.quantile(shares, 0.95))


def own_shares(industries, low, high):
    """A stage file of two stages; the second has a range."""
    mean = (np.asarray(low) + np.asarray(high)) / 2
    return pd.DataFrame(
        {"industry": industries, "old": 1 - mean, "new": mean, "new_low": low, "new_high": high}
        | {"old_low": 1 - np.asarray(high), "old_high": 1 - np.asarray(low)}
    )


def test_a_profile_follows_the_stages_of_a_file(world):
    """The share of each of the file's stages in the value added of exports, written out; the last are the high ones."""
    n = len(world.industries)
    low = np.linspace(0.1, 0.4, n)
    file = own_shares(world.industries, low, low + 0.2).assign(high_tech=np.linspace(0, 1, n))
    file = file.assign(high_tech_low=file["high_tech"], high_tech_high=file["high_tech"])
    found = upgrading.lock_in(world, regions=["CHN"], frontier=["USA"], stage_file=file, draws=30)
    assert list(found.columns[:3]) == ["old", "new", "high_stage"]
    assert not {"traditional", "emerging", "future"} & set(found.columns)
    assert found.attrs["high_stages"] == ("new",)
    at = world.region_codes == world.regions.index("CHN")
    written = Literal(world, world.per_output(world.va.to_numpy()))
    s = world.regions.index("CHN")
    earned = written.v[at] * (written.M(s) @ written.E_all(s))
    by_code = pd.Series(low + 0.1, index=world.industries)
    codes = world.index.get_level_values(1)[at]
    expected = earned @ by_code[codes].to_numpy() / earned.sum()
    assert found.loc["CHN", "new"] == pytest.approx(expected, rel=1e-9)
    assert found.loc["CHN", "high_stage"] == pytest.approx(expected, rel=1e-9)
    assert found.loc["CHN", "high_tech"] == pytest.approx(
        earned @ pd.Series(np.linspace(0, 1, n), index=world.industries)[codes].to_numpy() / earned.sum(), rel=1e-9
    )
    assert found.loc["CHN", "high_stage_low"] < expected < found.loc["CHN", "high_stage_high"]
    shares = [earned @ W[at][:, 1] / earned.sum() for W in stages.draws(world, draws=30, stage_file=file)]
    assert found.loc["CHN", "high_stage_low"] == pytest.approx(np.quantile(shares, 0.05))


def test_ranges_of_a_profile_need_a_file_that_has_some(world):
    mean = np.linspace(0.1, 0.4, len(world.industries))
    file = own_shares(world.industries, mean, mean)
    found = upgrading.lock_in(world, regions=["CHN"], frontier=["USA"], stage_file=file, draws=5)
    assert found[["high_stage_low", "high_stage_high"]].isna().all(axis=None)
    W = stages.weights(world, stage_file=file)
    same = upgrading.lock_in(world, regions=["CHN"], frontier=["USA"], stage_weights=W)
    assert_allclose(same[["old", "new", "high_stage"]], found[["old", "new", "high_stage"]])
    for options in ({"draws": 5}, {"stage_file": file}):
        with pytest.raises(OptionError, match="no ranges to draw from"):
            upgrading.lock_in(world, regions=["CHN"], frontier=["USA"], stage_weights=W, **options)
    with pytest.raises(OptionError, match="name of a stage and of an indicator"):
        upgrading.lock_in(world, regions=["CHN"], frontier=["USA"], stage_weights=W.rename(columns={"new": "skill"}))
    with pytest.raises(OptionError, match="two stages or more"):
        upgrading.lock_in(world, regions=["CHN"], frontier=["USA"], stage_weights=W[["new"]])


def test_the_high_stages_are_all_but_traditional_in_any_order(world):
    W = stages.weights(world)
    turned = W[["future", "traditional", "emerging"]]
    found = upgrading.lock_in(world, regions=["CHN"], frontier=["USA"], stage_weights=turned)
    usual = upgrading.lock_in(world, regions=["CHN"], frontier=["USA"])
    assert found.attrs["high_stages"] == ("future", "emerging")
    assert_allclose(found["high_stage"], usual["high_stage"])


def test_catching_up_by_hand():
    levels = {"X": (0.2, 0.4), "Y": (0.4, 0.3), "Z": (0.9, 0.6), "W": (0.3, 0.9), "frontier": (0.5, 0.8)}
    index = pd.MultiIndex.from_product([(2000, 2010), levels], names=["year", "region"])
    values = [levels[region][k] for k in (0, 1) for region in levels]
    profiles = pd.DataFrame(dict.fromkeys(upgrading.UPWARD, values), index=index)
    found = upgrading.catching_up(profiles).xs("skill", level="indicator")
    assert found["distance_first"].tolist() == pytest.approx([0.6, 0.2, -0.8, 0.4])
    assert found["distance_last"].tolist() == pytest.approx([0.5, 0.625, 0.25, -0.125])
    assert found["change"].tolist() == pytest.approx([0.2, -0.1, -0.3, 0.6])
    assert found["first"].tolist() == [0.2, 0.4, 0.9, 0.3]
    assert found["reading"].tolist() == ["closing", "widening", "widening", "at the frontier"]


def test_stage_range_holds_the_central_share(world):
    found = upgrading.lock_in(world, regions=["CHN", "IND"], draws=60)
    central = upgrading.lock_in(world, regions=["CHN", "IND"])["high_stage"]
    assert (found["high_stage_low"] < central).all()
    assert (found["high_stage_high"] > central).all()
    with pytest.raises(OptionError, match="draws=-1"):
        upgrading.lock_in(world, regions=["CHN"], draws=-1)


def test_distance_is_relative_to_the_frontier_of_the_year(profiles):
    found = upgrading.distance(profiles)
    own, front = profiles.loc[(1995, "CHN"), "high_stage"], profiles.loc[(1995, "frontier"), "high_stage"]
    assert found.loc[(1995, "CHN"), "high_stage"] == pytest.approx(1 - own / front)
    assert "frontier" not in found.index.get_level_values("region")
    one_year = upgrading.distance(profiles.loc[1995])
    assert_allclose(one_year, found.loc[1995])


def test_catching_up_reads_the_course(profiles):
    found = upgrading.catching_up(profiles)
    # Electronics took China's exported value added towards the frontier's mix; Brazil went the other way.
    assert found.loc[("CHN", "high_stage"), "reading"] == "closing"
    assert found.loc[("BRA", "high_tech"), "reading"] == "widening"
    assert found.loc[("RUS", "dva_share"), "reading"] == "at the frontier"
    assert found.loc[("RoW", "va_per_job"), "reading"] == "no figures"
    skill = found.loc[("CHN", "skill")]
    assert (skill["from"], skill["to"]) == (1995, 2008)
    changed = profiles.loc[(2011, "IND"), "high_stage"] - profiles.loc[(1995, "IND"), "high_stage"]
    assert found.loc[("IND", "high_stage"), "change"] == pytest.approx(changed)
    with pytest.raises(OptionError, match="several years"):
        upgrading.catching_up(profiles.loc[1995])


def test_profiles_over_years_are_those_of_each_year(profiles):
    assert profiles.attrs["membership_year"] == 1995
    assert profiles.attrs["year"] == [1995, 2008, 2011]
    for year in (1995, 2011):
        one = upgrading.lock_in(iol.load(year=year), regions="developing", membership_year=1995)
        pd.testing.assert_frame_equal(profiles.loc[year], one, check_exact=True)
    bare = iol.load(year=2008).replace(satellites={})
    lacking = upgrading.lock_in([bare, iol.load()], regions=["CHN"])
    assert lacking.attrs["missing"] == ["hours_high_skilled", "hours", "jobs"]


def test_groups_over_years_have_the_members_of_the_last_year():
    # Poland joined the EU in 2004.
    years = [iol.load(year=year) for year in (1995, 2008)]
    found = upgrading.lock_in(years, regions=["CHN"], frontier="eu")
    assert found.attrs["frontier"] == iol.economies.resolve(years[1], "eu")
    assert "POL" in found.attrs["frontier"]
    assert found.attrs["membership_year"] == 2008
    fixed = upgrading.lock_in(years[0], regions=["CHN"], frontier="eu", membership_year=2008)
    assert_allclose(found.loc[1995], fixed)
    own = upgrading.lock_in(years[0], regions=["CHN"], frontier="eu")
    assert "POL" not in own.attrs["frontier"]
    assert found.loc[(1995, "frontier"), "high_stage"] != own.loc["frontier", "high_stage"]
    before = upgrading.lock_in(years, regions=["CHN"], frontier="eu", membership_year=1995)
    assert before.attrs["frontier"] == own.attrs["frontier"]
    assert_allclose(before.loc[1995], own)


def test_profiles_of_other_countries_each_year_are_not_compared():
    years = [iol.load(year=year) for year in (1995, 2008)]
    each = pd.concat({table.year: upgrading.lock_in(table, regions="eu") for table in years}, names=["year"])
    with pytest.raises(OptionError, match=r"of 1995 and 2008 are of different regions .*POL"):
        upgrading.catching_up(each)
    upgrading.catching_up(upgrading.lock_in(years, regions="eu"))


@settings(**SMALL)
@given(tables(min_regions=2))
def test_regional_and_other_foreign_value_added_add_up(table):
    half = {"here": table.regions[:2]}
    found = upgrading.regionalisation(table, own_blocs=half)
    foreign = va.content(table)["foreign"]
    assert_allclose(found["foreign"].dropna(), foreign.dropna(), rtol=1e-8, atol=1e-12)
    assert_allclose(found["own_bloc"] + found["elsewhere"], found["foreign"], rtol=1e-9)
    by_region = va.content(table, origin="region")
    expected = by_region.loc[table.regions[0], table.regions[1]]
    assert_allclose(found["own_bloc"].iloc[0], expected, rtol=1e-8, atol=1e-12)
    assert (found["own_bloc"].iloc[2:].dropna() == 0).all()


@settings(**SMALL)
@given(tables(min_regions=2))
@pytest.mark.parametrize("definition", ["table", "residual"])
def test_lengths_are_those_of_exports_not_of_all_final_products(definition, table):
    found = upgrading.regionalisation(table, definition=definition)
    v = table.per_output(table.va.to_numpy()) if definition == "table" else None
    written = Literal(table, v)
    local, across = np.zeros_like(written.A), written.A.copy()
    for s, at in enumerate(written.at):
        local[np.ix_(at, at)] = written.M(s)
        across[np.ix_(at, at)] = 0
    v, L = written.v, written.L
    for s, at in enumerate(written.at):
        E = np.zeros(written.n)
        E[at] = written.E_all(s)
        if E.sum() < 1e-6:
            assert found[["length", "gvc_length", "crossings"]].iloc[s].isna().all()
            continue
        assert found["length"].iloc[s] == pytest.approx((v @ L @ L @ E) / (v @ L @ E), rel=1e-8)
        abroad = v @ (L - local) @ E
        if abroad > 1e-6 * E.sum():
            expected = v @ (L @ L - local @ local) @ E / abroad
            assert found["gvc_length"].iloc[s] == pytest.approx(expected, rel=1e-6)
            assert found["crossings"].iloc[s] == pytest.approx(v @ L @ across @ L @ E / abroad, rel=1e-6)


@pytest.mark.parametrize(
    ("place", "bloc"),
    [
        ("CHN", "Asia and the Pacific"),
        ("IND", "Asia and the Pacific"),
        ("PAK", "Asia and the Pacific"),
        ("TUR", "Europe and Central Asia"),
        ("KAZ", "Europe and Central Asia"),
        ("BRA", "Americas"),
        ("CAN", "Americas"),
        ("ZAF", "Africa and the Middle East"),
        ("EGY", "Africa and the Middle East"),
        ("MLT", "Europe and Central Asia"),
        ("WE", "Europe and Central Asia"),
    ],
)
def test_every_world_bank_region_has_its_bloc(place, bloc):
    table = _table(np.full((2, 2), 1.0), np.full((2, 2), 9.0), [place, "RoW"], ["all"])
    found = upgrading.blocs(table)
    assert found.to_dict() == {place: bloc, "RoW": "RoW"}


def test_blocs(world):
    found = upgrading.blocs(world)
    assert found["CHN"] == found["AUS"] == "Asia and the Pacific"
    assert found["EUE"] == found["DEU"] == "Europe and Central Asia"
    assert found["MEX"] == found["USA"] == "Americas"
    assert found["RoW"] == "RoW"
    with pytest.raises(UnknownLabelError, match="CHN"):
        upgrading.blocs(world, {"Asia": ["CHI"]})
    with pytest.raises(OptionError, match="two blocs"):
        upgrading.blocs(world, {"a": ["CHN"], "b": ["CHN"]})


def test_chains_grew_longer_and_less_regional_in_europe():
    first, last = (upgrading.regionalisation(iol.load(year=year)) for year in (1995, 2011))
    # More borders crossed per chain everywhere (Wang, Wei, Yu & Zhu); Europe's inputs came more from elsewhere.
    assert (last["crossings"] > first["crossings"]).all()
    assert (last.loc[["DEU", "POL", "FRA"], "regional"] < first.loc[["DEU", "POL", "FRA"], "regional"]).all()


def test_one_region_has_no_profile():
    with pytest.raises(OptionError, match="one region"):
        upgrading.lock_in(germany_1995(), regions=["DEU"], frontier=["DEU"])
    with pytest.raises(OptionError, match="one region"):
        upgrading.regionalisation(germany_1995())


def test_rows_and_columns_are_named(world):
    assert upgrading.regionalisation(world).index.name == "exporter"
    profiles = pd.DataFrame(
        dict.fromkeys(upgrading.UPWARD, np.nan),
        index=pd.MultiIndex.from_product([[2000, 2010], ["X", "frontier"]], names=["year", "region"]),
    )
    found = upgrading.catching_up(profiles)
    assert list(found.columns) == [
        *("from", "to", "first", "last", "change", "distance_first", "distance_last", "reading"),
    ]
    assert (found["reading"] == "no figures").all()
    card = upgrading.country_card(world, "CHN")
    assert {frame.index.name for frame in (card.profile, card.frontier, card.position, card.exports)} == {"year"}
