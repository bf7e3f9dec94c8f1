"""Structural decomposition: published and worked numbers, all orders by brute force, adding up, bad input."""

from __future__ import annotations

from itertools import pairwise, permutations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from pandas.testing import assert_frame_equal

import io_linkage as iol
from io_linkage import decomposition
from io_linkage.decomposition.averages import effects
from io_linkage.decomposition.factors import FACTORS
from io_linkage.errors import AddingUpError, ComparisonError, MissingSatelliteError, OptionError, StageError
from io_linkage.table import MRIOTable, Satellite
from tests.examples import leather
from tests.strategies import stage_weights, tables
from tests.test_growth_pull import later

TO_TEN_DIGITS = {"rtol": 1e-9, "atol": 1e-10}
WHOLE = {"technology": ["input_coefficients", "input_sourcing"]}
DEMAND = {"demand": ["final_sourcing", "mix", "level"]}


def national(Z: str, f: list[float], q: list[float], year: int) -> MRIOTable:
    """One region; `use` is q per unit of output."""
    flows = np.array([[float(cell) for cell in row.split()] for row in Z.split("|")])
    index = pd.MultiIndex.from_product([["a"], ["1", "2", "3"]], names=["region", "industry"])
    x = flows.sum(axis=1) + f
    use = Satellite("use", pd.DataFrame([x * q], index=["use"], columns=index), pd.Series({"use": "PJ"}))
    return MRIOTable.from_frames(
        pd.DataFrame(flows, index=index, columns=index),
        pd.DataFrame(np.array(f)[:, None], index=index, columns=["a"]),
        satellites={"use": use},
        year=year,
        unit="M USD",
    )


@pytest.fixture(scope="module")
def two_years() -> tuple[MRIOTable, MRIOTable]:
    """Miller & Blair's chapter on structural decomposition, with an account for the four factors."""
    return (
        national("10 20 25 | 15 5 30 | 30 40 5", [45, 30, 25], [0.25, 0.35, 0.15], 2000),
        national("12 15 35 | 24 11 30 | 36 50 8", [50, 35, 26], [0.20, 0.30, 0.20], 2001),
    )


def test_technology_and_demand_of_three_industries(two_years):
    change = decomposition.structural(*two_years, of="output")
    found = change.frame("region-industry", merge=WHOLE | DEMAND)
    assert_allclose(found["technology"], [0.8415077292, 9.1413256329, 9.4869326383], **TO_TEN_DIGITS)
    assert_allclose(found["demand"], [11.1584922708, 10.8586743671, 10.5130673617], **TO_TEN_DIGITS)
    assert_allclose(found["intensity"], 0, atol=1e-12)
    poles = change.spread("region-industry", merge=WHOLE | DEMAND).xs("technology", level="factor")
    with_f1, with_f0 = [0.7845968712, 9.6606498195, 9.9638989170], [0.8984185871, 8.6220014462, 9.0099663596]
    assert_allclose(poles["low"], np.minimum(with_f1, with_f0), **TO_TEN_DIGITS)
    assert_allclose(poles["high"], np.maximum(with_f1, with_f0), **TO_TEN_DIGITS)


def test_four_factors_and_their_spread_over_24_orders(two_years):
    four = {**WHOLE, "mix": ["final_sourcing", "mix"]}
    change = decomposition.structural(*two_years, of="use")
    spread = change.spread("world", merge=four).loc["world"]
    assert spread.index.tolist() == ["intensity", "technology", "mix", "level"]
    numbers = {
        "full": [-4.2980326192, 4.8210178857, 0.3483731756, 7.5286415579],
        "polar": [-4.3, 4.8201194577, 0.3542949567, 7.5255855856],
        "low": [-4.6, 4.5476523455, 0.2605514056, 7.04],
        "high": [-4, 5.0991181187, 0.4480385078, 8.0270270270],
        "sd": [0.2574192529, 0.2439177836, 0.0641258523, 0.2765783619],
    }
    for column, values in numbers.items():
        assert_allclose(spread[column], values, **TO_TEN_DIGITS, err_msg=column)
    found = change.frame("world", merge=four).loc["world"]
    assert_allclose(found[["before", "after"]], [68, 76.4], **TO_TEN_DIGITS)
    assert_allclose(found[["intensity", "technology", "mix", "level"]], numbers["full"], **TO_TEN_DIGITS)


def test_full_average_is_the_mean_of_all_720_orders():
    """64 evaluations of any function against every order one by one."""
    values = np.random.default_rng(1).normal(size=(64, 2))
    total = np.zeros((720, 6, 2))
    for turn, order in enumerate(permutations(range(6))):
        mask = 0
        for factor in order:
            total[turn, factor] = values[mask | 1 << factor] - values[mask]
            mask |= 1 << factor
    assert_allclose(effects(values), total.mean(axis=0), rtol=1e-12)
    polar = [total[0], total[-1]]
    assert_allclose(effects(values, "polar"), np.mean(polar, axis=0), rtol=1e-12)
    low, high, deviation = decomposition.averages.spread(values)
    assert_allclose(low, total.min(axis=0))
    assert_allclose(high, total.max(axis=0))
    assert_allclose(deviation, total.std(axis=0), rtol=1e-12)


def literal(table: MRIOTable, other: MRIOTable) -> list[np.ndarray]:
    """The six factors of a table, written out cell by cell; undefined shares come from the other year."""
    n, R, P = len(table.index), len(table.regions), len(table.industries)
    product = table.industry_codes

    def totals(block):
        return np.array([[block[product == k, j].sum() for j in range(block.shape[1])] for k in range(P)])

    def shares(block, second):
        found = np.zeros_like(block)
        for i in range(n):
            for j in range(block.shape[1]):
                own, beside = totals(block)[product[i], j], totals(second)[product[i], j]
                found[i, j] = block[i, j] / own if own else second[i, j] / beside if beside else 0
        return found

    A, A2 = table.A.to_numpy(), other.A.to_numpy()
    Y, Y2 = table.demand_by_region.to_numpy(), other.demand_by_region.to_numpy()
    assert Y.shape == (n, R)
    H, T = totals(A)[product], shares(A, A2)
    return [table.v.to_numpy(), H, T, shares(Y, Y2), totals(Y)[product] / Y.sum(axis=0), Y.sum(axis=0)]


@settings(max_examples=12)
@given(tables(max_regions=3, max_industries=3, negative_demand=False), st.integers(0, 2**31))
def test_matches_the_factors_written_out_in_every_order(table, seed):
    new = later(table, seed)
    first, last = literal(table, new), literal(new, table)
    n = len(table.index)

    def value(mask):
        q, H, T, t, b, level = (last[k] if mask >> k & 1 else first[k] for k in range(6))
        return q * np.linalg.solve(np.eye(n) - T * H, (level * b * t).sum(axis=1))

    values = np.array([value(mask) for mask in range(64)])
    found = decomposition.structural(table, new)
    size = np.abs(values).max()
    assert_allclose(found.values[0], values, rtol=1e-9, atol=1e-10 * size)
    expected = effects(values)
    frame = found.frame("region-industry", joined=False)
    made = found.known
    assert_allclose(frame.loc[made, list(FACTORS)].T, expected[:, made], rtol=1e-8, atol=1e-10 * size)


@given(tables(), st.integers(0, 2**31), st.sampled_from(["full", "polar"]))
def test_effects_add_up_to_the_change_at_every_level(table, seed, average):
    new = later(table, seed)
    change = decomposition.structural(table, new)
    W = stage_weights(table, seed)
    scale = max(table.va.sum(), new.va.sum())
    for by in ("world", "region", "industry", "region-industry", "stage", "region-stage"):
        frame = change.frame(by, average=average, stage_weights=W).dropna()
        assert_allclose(frame.drop(columns="after").sum(axis=1), frame["after"], atol=1e-9 * scale)
        assert frame["after"].sum() == pytest.approx(new.va.sum())
    joined, apart = change.frame(average=average), change.frame(average=average, joined=False)
    own = apart["intensity"] + apart["input_coefficients"]
    assert_allclose(joined["intensity_and_inputs"], own, atol=1e-9 * scale)


@given(tables(min_regions=2), st.integers(0, 2**31))
def test_a_chain_is_the_sum_of_its_steps(table, seed):
    years = [table.replace(year=2014), later(table, seed), later(table, seed + 1).replace(year=2016)]
    chain = decomposition.chained(iter(years))
    steps = [decomposition.structural(*pair) for pair in pairwise(years)]
    each = chain.frame(steps=True)
    for step, year in zip(steps, (2015, 2016), strict=True):
        assert_frame_equal(each.loc[year], step.frame(), check_names=False)
    summed = sum(step.frame().drop(columns=["before", "after"]) for step in steps)
    whole = chain.frame()
    assert_allclose(whole[summed.columns], summed, atol=1e-9 * table.va.sum())
    assert_allclose(whole["before"], steps[0].frame()["before"])
    assert_allclose(whole["after"], steps[1].frame()["after"])


def test_sourcing_alone_moves_no_demand():
    """A country that buys the same products elsewhere: input sourcing and final sourcing, and nothing else."""
    table = leather().replace(year=2000)
    Z, Y = table.accounts.Z.copy(), table.accounts.Y.copy()
    moved = 0.5 * Z[6, :]
    Z[6], Z[3] = Z[6] - moved, Z[3] + moved
    Y[[3, 6], 0] += [4, -4]
    x = table.x.to_numpy()
    inputs = np.divide(Z, x)
    output = np.linalg.solve(np.eye(9) - inputs, Y.sum(axis=1))
    new = made_from(inputs * output, Y, table, 2001)
    found = decomposition.structural(table, new, of="output").frame()
    assert (found.loc["Turkey", ["input_sourcing", "final_sourcing"]] > 1).all()
    assert_allclose(found[["intensity", "input_coefficients", "mix", "level"]], 0, atol=1e-9)


def test_constant_prices_deflate_rows_and_leave_value_added_as_the_rest():
    before, after = iol.load(year=1995), iol.load(year=2008)
    real = decomposition.structural(before, after, prices="constant")
    frame = real.frame("region-industry", joined=False)
    price = after.satellite("gross_output_deflator").unstack()
    weight = after.x.unstack()
    price = price.fillna((price * weight).sum() / weight[price.notna()].sum()).stack().reindex(after.index)
    left = after.x / price - after.Z.div(price, axis=0).sum()
    made = frame["after"].notna()
    assert_allclose(frame.loc[made, "after"], left[made], rtol=1e-8, atol=1e-3)
    assert real.attrs["unit"] == "M USD at 1995 prices"
    assert real.attrs["filled"] == ["RoW"]
    assert "prices of the world for RoW" in real.attrs["note"]
    assert real.attrs["value_added"] == "value added including taxes and margins"
    published = decomposition.structural(before, after, prices="constant", volume="published").frame()
    volume = (after.va / after.satellite("value_added_deflator"))["BRA"].sum()
    assert published.loc["BRA", "after"] == pytest.approx(volume)
    assert "current prices" not in str(real.attrs["prices"])
    jobs = decomposition.structural(before, after, of="jobs", prices="constant")
    assert jobs.attrs["unit"] == "thousand persons"
    assert jobs.frame().loc["RoW"].isna().all()
    assert jobs.attrs["left_out"] == ("RoW",)


def test_intensity_is_joined_with_inputs_only_where_both_are_apart(two_years):
    change = decomposition.structural(*two_years)
    assert "intensity_and_inputs" in change.frame()
    merged = change.frame(merge=WHOLE, joined=True)
    assert merged.columns.tolist() == ["before", "intensity", "technology", "final_sourcing", "mix", "level", "after"]


def test_a_change_says_what_it_is():
    change = decomposition.chained([iol.load(year=2008), iol.load(year=2011)])
    attrs = change.frame().attrs
    assert attrs["year"] == [2008, 2011]
    assert attrs["prices"] == "current"
    assert attrs["note"] == "Steps of several years: 2008-2011."
    assert repr(change) == "<Change of value_added from 2008 to 2011: 1 step, 735 rows>"


def test_what_does_not_add_up_is_refused(two_years):
    change = decomposition.structural(*two_years)
    values = change.values.copy()
    values[0, -1, 0] *= 1 + 1e-6
    with pytest.raises(AddingUpError, match="a 1 from 2000 to 2001"):
        decomposition.Change(values, change.totals, change.years, change.index, change.known)


def test_tables_that_do_not_fit_are_refused(two_years):
    before, after = two_years
    with pytest.raises(ComparisonError, match="regions differ"):
        decomposition.structural(leather(), after)
    with pytest.raises(ComparisonError, match="units differ"):
        decomposition.structural(before, after.replace(unit="M USD at 2000 prices"))
    with pytest.raises(ComparisonError, match="earlier table first"):
        decomposition.structural(after, before)
    with pytest.raises(ComparisonError, match="two different years"):
        decomposition.chained([before, before])
    with pytest.raises(ComparisonError, match="definitions of value added"):
        decomposition.structural(iol.load(year=2008), iol.load(value_added="residual"))
    with pytest.raises(OptionError, match="no neighbour"):
        decomposition.chained([before])
    with pytest.raises(OptionError, match="has no year"):
        decomposition.chained([before.replace(year=None), after])
    with pytest.raises(OptionError, match="give a list"):
        decomposition.chained(before)
    with pytest.raises(MissingSatelliteError):
        decomposition.structural(before, after, prices="constant")
    with pytest.raises(OptionError, match="volume='double'"):
        decomposition.structural(before, after, volume="double")


def test_options_of_a_frame_are_checked(two_years):
    change = decomposition.structural(*two_years)
    with pytest.raises(OptionError, match="needs shares"):
        change.frame("stage")
    with pytest.raises(StageError, match="do not add up"):
        change.frame("stage", stage_weights=stage_weights(two_years[0]) / 2)
    with pytest.raises(OptionError, match="by='country'"):
        change.frame("country")
    with pytest.raises(OptionError, match="average='shapley'"):
        change.frame(average="shapley")
    with pytest.raises(KeyError, match="input_sourcing"):
        change.frame(merge={"technology": ["sourcing"]})
    with pytest.raises(OptionError, match="in two parts"):
        change.frame(merge={"one": ["mix"], "two": ["mix"]})


def made_from(Z: np.ndarray, Y: np.ndarray, like: MRIOTable, year: int) -> MRIOTable:
    return MRIOTable.from_frames(
        pd.DataFrame(Z, index=like.index, columns=like.index),
        pd.DataFrame(Y, index=like.index, columns=like.Y.columns),
        year=year,
        unit=like.unit,
    )


def test_a_region_that_buys_less_than_nothing_has_no_mix():
    table = leather()
    Y = table.accounts.Y.copy()
    Y[:, 1] = -0.1
    new = made_from(table.accounts.Z, Y, table, 2001)
    with pytest.raises(OptionError, match="has no mix"):
        decomposition.structural(table, new)


class TestIndonesia:
    """WIOD 2013, value added as the residual, bn USD: one step over sixteen years is of no use, one year is."""

    @staticmethod
    def pair(folder, first: int, last: int) -> decomposition.Change:
        years = (
            iol.load(folder / "wiod2013" / str(year), classification="WIOD2013", value_added="residual")
            for year in (first, last)
        )
        return decomposition.structural(*years)

    def test_one_step_over_sixteen_years(self, shared_data):
        change = self.pair(shared_data, 1995, 2011)
        full, polar = (change.frame(joined=False, average=average).loc["IDN"] / 1e3 for average in ("full", "polar"))
        names = ["level", "input_coefficients", "input_sourcing", "intensity"]
        assert full[names].round().tolist() == [564, 66, 19, -39]
        assert polar[names[1:3]].round().tolist() == [79, 8]

    def test_one_year(self, shared_data):
        change = self.pair(shared_data, 2007, 2008)
        values = [
            change.frame(joined=False, average=average).loc["IDN", "input_coefficients"] / 1e3
            for average in ("full", "polar")
        ]
        assert np.round(values, 2).tolist() == [1.17, 1.15]
