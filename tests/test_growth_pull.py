"""Growth pull: parts add up to the change, and each channel catches what it should."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

import io_linkage as iol
from io_linkage import decomposition
from io_linkage.errors import ComparisonError, MissingSatelliteError, OptionError
from io_linkage.table import MRIOTable
from io_linkage.ties.growth import CHANNELS, growth_pull
from tests.strategies import tables


def remade(table: MRIOTable, A: np.ndarray, Y: np.ndarray, v: np.ndarray, year: int = 2015) -> MRIOTable:
    """A later table from coefficients and final demand; value added is v times output."""
    x = np.linalg.solve(np.eye(len(A)) - A, Y.sum(axis=1))
    frame = table.Z.copy()
    frame[:] = A * x
    final = pd.DataFrame(Y, index=table.index, columns=table.Y.columns)
    V = pd.DataFrame([v * x, x - (A * x).sum(axis=0) - v * x], index=["Value added", "Taxes on products"])
    V.columns = table.index
    return MRIOTable.from_frames(frame, final, V, year=year, unit=table.unit, name="drawn")


def later(table: MRIOTable, seed: int) -> MRIOTable:
    random = np.random.default_rng(seed)
    A = table.A.to_numpy() * random.uniform(0.5, 1.1, table.Z.shape) * (random.random(table.Z.shape) < 0.9)
    Y = table.Y.to_numpy() * random.uniform(0.5, 2, table.Y.shape)
    Y[:, 0] += 1e-3 * np.abs(table.Y.to_numpy()).sum(axis=1) + 0.2 * np.abs(Y).sum(axis=1)
    return remade(table, A, Y, table.v.to_numpy() * random.uniform(0.5, 1, len(table.index)))


def everywhere(before: MRIOTable, after: MRIOTable, **options) -> pd.DataFrame:
    return growth_pull(before, after, "R0", partners=None, comparators=(), **options)


pairs = st.tuples(tables(min_regions=2), st.integers(0, 2**31))


@given(pairs)
def test_parts_add_up_to_the_change(drawn):
    table, seed = drawn
    new = later(table, seed)
    pull = everywhere(table, new)
    change = (new.va - table.va).groupby(level=0, sort=False).sum()
    parts = pull["contribution"].groupby("partner", sort=False).sum()
    scale = table.va.sum() + new.va.sum()
    for region in table.regions[1:]:
        assert parts[region] == pytest.approx(change[region], abs=1e-10 * scale)
    if len(table.regions) > 2:
        assert parts["all"] == pytest.approx(change[table.regions[1:]].sum(), abs=1e-10 * scale)


@given(pairs)
def test_matches_brute_force_polar_averages(drawn):
    """The three main parts from full inverses: own coefficients, inputs, final demand by buyer."""
    table, seed = drawn
    new = later(table, seed)
    pull = everywhere(table, new, average="polar")["contribution"].unstack("channel")
    L0, L1 = table.L.to_numpy(), new.L.to_numpy()
    v0, v1 = table.v.to_numpy(), new.v.to_numpy()
    D0, D1 = table.demand_by_region.to_numpy(), new.demand_by_region.to_numpy()
    y0, y1 = D0.sum(axis=1), D1.sum(axis=1)
    p = np.asarray(table.index.get_level_values(0) == "R1")
    q0, q1 = np.where(p, v0, 0), np.where(p, v1, 0)
    close = {"rtol": 1e-8, "atol": 1e-9 * table.va.sum()}
    own = (q1 - q0) @ (L1 @ y1 + L0 @ y0) / 2
    assert_allclose(pull.loc[("R1", "own"), "own_coefficients"], own, **close)
    inputs = (q0 @ (L1 - L0) @ y1 + q1 @ (L1 - L0) @ y0) / 2
    assert_allclose(pull.loc["R1", ["technology", "input_sourcing"]].to_numpy().sum(), inputs, **close)
    by_buyer = (q0 @ L0 + q1 @ L1) @ (D1 - D0) / 2
    demand = pull[["demand_level", "demand_basket", "demand_sourcing"]].sum(axis=1)
    assert_allclose(demand["R1", "R0"], by_buyer[0], **close)
    assert_allclose(demand["R1", "own"], by_buyer[1], **close)


@given(pairs)
def test_sources_add_up_to_the_structural_decomposition(drawn):
    """Every channel of a partner, over its sources, is the effect of that factor on it."""
    table, seed = drawn
    new = later(table, seed)
    pull = everywhere(table, new)["contribution"].groupby(["partner", "channel"]).sum().unstack()
    change = decomposition.structural(table, new).frame(joined=False)
    factors = {
        "own_coefficients": "intensity",
        "technology": "input_coefficients",
        "input_sourcing": "input_sourcing",
        "demand_sourcing": "final_sourcing",
        "demand_basket": "mix",
        "demand_level": "level",
    }
    for channel, factor in factors.items():
        expected = change.loc[table.regions[1:], factor].fillna(0)
        assert_allclose(pull.loc[table.regions[1:], channel], expected, rtol=1e-8, atol=1e-9 * table.va.sum())


@given(pairs)
def test_a_source_alone_is_what_the_world_does_with_only_that_source_changed(drawn):
    """Only R0's industries change what they buy of each product: nobody else's technology matters."""
    table, seed = drawn
    random = np.random.default_rng(seed)
    A = table.A.to_numpy().copy()
    columns = table.region_codes == 0
    A[:, columns] *= random.uniform(0.5, 1, columns.sum())
    pull = everywhere(table, remade(table, A, table.Y.to_numpy(), table.v.to_numpy()))["contribution"].unstack()
    assert_allclose(pull.drop(index="R0", level="source"), 0, atol=1e-8 * table.va.sum())
    assert_allclose(pull.drop(columns="technology"), 0, atol=1e-8 * table.va.sum())


@given(tables(min_regions=2))
def test_no_change_gives_nothing(table):
    same = table.replace(year=2015)
    assert_allclose(everywhere(table, same)["contribution"], 0, atol=1e-9 * table.va.sum())


@given(tables(min_regions=2))
def test_level_alone_is_level_alone(table):
    """All of one buyer's demand grows by a half: nothing but the level, and only of that buyer."""
    Y = table.Y.to_numpy().copy()
    Y[:, np.asarray(table.Y.columns.get_level_values(0) == "R0")] *= 1.5
    pull = everywhere(table, remade(table, table.A.to_numpy(), Y, table.v.to_numpy()))["contribution"]

    labels = pull.index
    other = pull[(labels.get_level_values(1) != "R0") | (labels.get_level_values(2) != "demand_level")]
    assert_allclose(other, 0, atol=1e-8 * table.va.sum())


@given(tables(min_regions=2))
def test_own_coefficients_alone(table):
    new = remade(table, table.A.to_numpy(), table.Y.to_numpy(), table.v.to_numpy() * 0.5)
    pull = everywhere(table, new)["contribution"].unstack("channel")
    assert_allclose(pull.drop(columns="own_coefficients"), 0, atol=1e-8 * table.va.sum())
    change = (new.va - table.va).groupby(level=0, sort=False).sum()
    assert pull.loc[("R1", "own"), "own_coefficients"] == pytest.approx(change["R1"])


def two_by_two() -> MRIOTable:
    index = pd.MultiIndex.from_product([["a", "b"], ["x", "y"]], names=["region", "industry"])
    Z = pd.DataFrame(
        [[10, 5, 4, 3], [6, 8, 2, 5], [3, 2, 9, 6], [2, 4, 5, 10]], index=index, columns=index, dtype=float
    )
    Y = pd.DataFrame([[40, 10], [30, 20], [15, 50], [25, 35]], index=index, columns=["a", "b"], dtype=float)
    inputs = Z.sum(axis=1) + Y.sum(axis=1) - Z.sum(axis=0)
    V = pd.DataFrame([0.9 * inputs, 0.1 * inputs], index=["Value added", "Taxes on products"])
    return MRIOTable.from_frames(Z, Y, V, year=2010, unit="M USD", name="pair")


def only(pull: pd.DataFrame, source: str, channel: str) -> pd.Series:
    parts = pull["contribution"]
    assert abs(parts.loc[("b", source, channel)]) > 1e-6
    return parts.drop(("b", source, channel))


def test_sourcing_and_basket_and_technology_are_told_apart():
    table = two_by_two()
    A, Y, v = table.A.to_numpy(), table.Y.to_numpy(), table.v.to_numpy()
    options = {"partners": ["b"], "comparators": ()}
    moved = Y.copy()
    moved[[0, 2], 0] += [-8, 8]  # a buys product x at b's instead of its own
    pull = growth_pull(table, remade(table, A, moved, v), "a", **options)
    assert_allclose(only(pull, "a", "demand_sourcing"), 0, atol=1e-9)
    moved = Y.copy()
    moved[:, 0] *= [1.2, 1, 1.2, 1]
    moved[:, 0] *= Y[:, 0].sum() / moved[:, 0].sum()  # a shifts to product x, at each seller alike
    pull = growth_pull(table, remade(table, A, moved, v), "a", **options)
    assert_allclose(only(pull, "a", "demand_basket"), 0, atol=1e-9)
    moved = A.copy()
    moved[:, 0] *= [1.3, 1, 1.3, 1]  # a's industry x uses more of product x
    pull = growth_pull(table, remade(table, moved, Y, v), "a", **options)
    assert_allclose(only(pull, "a", "technology"), 0, atol=1e-9)
    moved = A.copy()
    moved[[0, 2], 0] += [-0.05, 0.05]  # and takes it from b
    pull = growth_pull(table, remade(table, moved, Y, v), "a", **options)
    assert_allclose(only(pull, "a", "input_sourcing"), 0, atol=1e-9)


def test_inventories_run_down_stay_in_the_basket():
    """A product whose final demand turns negative has no shares of origin; the parts still add up."""
    table = two_by_two()
    Y = table.Y.to_numpy().copy()
    Y[[0, 2], 1] = [-2.0, -1.0]
    new = remade(table, table.A.to_numpy(), Y, table.v.to_numpy())
    pull = growth_pull(table, new, "a", partners=["b"], comparators=())["contribution"]
    change = new.va["b"].sum() - table.va["b"].sum()
    assert pull.sum() == pytest.approx(change)
    assert pull.loc[("b", "own", "demand_sourcing")] == pytest.approx(0)


@pytest.fixture(scope="module")
def years() -> tuple[MRIOTable, MRIOTable]:
    return iol.load(year=1995), iol.load(year=2008)


@pytest.fixture(scope="module")
def pull(years) -> pd.DataFrame:
    return growth_pull(*years, "CHN")


def test_world_shares_add_to_one(pull, years):
    assert_allclose(pull["change_share"].groupby("partner").sum(), 1)
    growth = pull["points"].groupby("partner").sum()
    before, after = (t.va.groupby(level=0).sum() for t in years)
    assert growth["BRA"] == pytest.approx(100 * (after["BRA"] / before["BRA"] - 1))
    assert pull.index.get_level_values("channel").unique().tolist() == list(CHANNELS)
    assert pull.index.get_level_values("source").unique().tolist() == ["CHN", "USA", "EU", "JPN", "own", "others"]
    assert "current prices" in pull.attrs["measure"]
    assert pull.attrs["years"] == [1995, 2008]


def test_own_coefficients_belong_to_the_partner_alone(pull):
    coefficients = pull["contribution"].xs("own_coefficients", level="channel")
    assert (coefficients.drop("own", level="source") == 0).all()


def test_a_partner_inside_a_comparator_is_its_own_source(pull):
    """Poland belongs to the EU in 2008: what it did for itself is own, and the EU is the rest of it."""
    assert "POL" in pull.index.get_level_values("partner")
    poland = pull["change_share"].loc["POL"].groupby("source").sum()
    assert poland["own"] > poland["EU"] > poland["CHN"]


def test_constant_prices_take_inflation_out(pull, years):
    real = growth_pull(*years, "CHN", prices="constant")
    assert real.attrs["unit"] == "M USD at 1995 prices"
    assert real.attrs["filled"] == ["RoW"]
    assert "constant prices" in real.attrs["measure"]
    growth = real["points"].groupby("partner").sum()
    nominal = pull["points"].groupby("partner").sum()
    assert (growth[["BRA", "IND", "TUR", "MEX"]] < nominal[["BRA", "IND", "TUR", "MEX"]]).all()
    table = years[1]
    va = table.va / table.satellite("value_added_deflator")
    base = years[0].va / years[0].satellite("value_added_deflator")
    assert growth["BRA"] == pytest.approx(100 * (va["BRA"].sum() / base["BRA"].sum() - 1))


def test_jobs_need_no_deflator_of_their_own(years):
    real = growth_pull(*years, "CHN", of="jobs", prices="constant", partners=["BRA", "IDN"])
    assert real.attrs["unit"] == "thousand persons"
    jobs = [t.satellite("jobs").groupby(level=0).sum() for t in years]
    parts = real["contribution"].groupby("partner").sum()
    assert parts["IDN"] == pytest.approx(jobs[1]["IDN"] - jobs[0]["IDN"])


def test_partners_without_figures_are_empty(years):
    found = growth_pull(*years, "CHN", of="jobs", partners=["BRA", "RoW"])
    assert found.attrs["left_out"] == ("RoW",)
    assert all(f"no jobs: RoW ({year})" in found.attrs["note"] for year in (1995, 2008))
    jobs = found["contribution"]
    assert jobs.loc["RoW"].isna().all()
    assert jobs.loc["BRA"].notna().all()


def test_tables_that_do_not_fit_are_refused(years, world):
    before, after = years
    with pytest.raises(ComparisonError, match="give the earlier table first"):
        growth_pull(after, before, "CHN")
    with pytest.raises(ComparisonError, match="two different years"):
        growth_pull(after, after, "CHN")
    with pytest.raises(ComparisonError, match="regions differ"):
        growth_pull(two_by_two(), after, "CHN")
    with pytest.raises(ComparisonError, match="units differ"):
        growth_pull(before, after.replace(unit="M EUR"), "CHN")
    with pytest.raises(MissingSatelliteError, match=r"0% of output only.*prices='current'"):
        growth_pull(before, world, "CHN", prices="constant")
    with pytest.raises(OptionError, match="constant"):
        growth_pull(before, after, "CHN", prices="real")
