"""Technology by cell, the RAS split and logarithmic means: worked numbers, identities, zeros, negative cells."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

import io_linkage as iol
from io_linkage import decomposition
from io_linkage.decomposition.lmdi import log_mean_effects
from io_linkage.errors import ComparisonError, OptionError
from io_linkage.table import MRIOTable, Satellite
from tests.strategies import tables
from tests.test_decomposition import TO_TEN_DIGITS, made_from, national, two_years
from tests.test_growth_pull import later, remade

__all__ = ["two_years"]

pairs = st.tuples(tables(), st.integers(0, 2**31))
THREE = {"technology": ["input_coefficients", "input_sourcing"], "demand": ["final_sourcing", "mix", "level"]}


def with_inputs(table: MRIOTable, A: np.ndarray) -> MRIOTable:
    """The table a year later with other input coefficients and the same final demand."""
    x = np.linalg.solve(np.eye(len(A)) - A, table.accounts.Y.sum(axis=1))
    return made_from(A * x, table.accounts.Y, table, table.year + 1)


def test_technology_by_buyer_and_supplier(two_years):
    buyers = decomposition.technology_change(*two_years)
    assert_allclose(buyers["early"], [28.8173043670, -11.1081208539, 0.8212028799], **TO_TEN_DIGITS)
    suppliers = decomposition.technology_change(*two_years, role="supplier")
    assert_allclose(suppliers["early"], [-9.0888265087, 16.7915274715, 10.8276854301], **TO_TEN_DIGITS)
    assert_allclose(buyers.sum(), suppliers.sum())


@given(pairs)
def test_technology_by_cell_adds_up_to_buyers_suppliers_and_the_polar_mean(drawn):
    table, new = drawn[0], later(*drawn)
    scale = table.va.sum()
    cells = decomposition.technology_cells(table, new, of="value_added")
    for role, axis in (("buyer", 0), ("supplier", 1)):
        sums = decomposition.technology_change(table, new, of="value_added", role=role)["mean"]
        assert_allclose(sums.fillna(0), cells.sum(axis=axis), atol=1e-9 * scale)
    change = decomposition.structural(table, new).frame("world", merge=THREE, average="polar", joined=False)
    assert cells.to_numpy().sum() == pytest.approx(change.loc["world", "technology"], abs=1e-8 * scale)


def test_only_the_changed_cell_counts(two_years):
    table = two_years[0]
    A = table.A.to_numpy().copy()
    A[0, 2] += 0.05
    cells = decomposition.technology_cells(table, with_inputs(table, A))
    assert cells.iloc[0, 2] > 1
    cells.iloc[0, 2] = 0
    assert_allclose(cells, 0, atol=1e-12)


def test_ras_split_of_three_industries(two_years):
    found = decomposition.ras_split(*two_years)
    numbers = {
        "row_multiplier": [0.9254327890, 1.0493735507, 1.0225540313],
        "column_multiplier": [1.1547318491, 0.9403367937, 1.0184754846],
        "fabrication": [4.4330407006, 6.1555993512, 7.2110116359],
        "substitution": [-3.6547648318, 3.0512505836, 2.2934281722],
        "cell_specific": [0.0632318604, -0.0655243019, -0.0175071698],
    }
    for column, values in numbers.items():
        assert_allclose(found[column], values, **TO_TEN_DIGITS, err_msg=column)


@given(tables(zero_output=False), st.integers(0, 2**31))
def test_ras_finds_the_multipliers_that_made_the_change(table, seed):
    """A0 scaled by known r and s has no cell-specific part, and the parts add up to what technology brought."""
    random = np.random.default_rng(seed)
    n = len(table.index)
    A = random.uniform(0.7, 1, n)[:, None] * table.A.to_numpy() * random.uniform(0.7, 1, n)
    new = remade(table, A, table.Y.to_numpy() * random.uniform(1, 2), table.v.to_numpy())
    found = decomposition.ras_split(table, new)
    scale = table.x.sum()
    assert_allclose(found["cell_specific"], 0, atol=1e-8 * scale)
    mean = (table.Y.sum(axis=1) + new.Y.sum(axis=1)) / 2
    technology = new.L @ mean - table.L @ mean
    assert_allclose(found[["substitution", "fabrication", "cell_specific"]].sum(axis=1), technology, atol=1e-8 * scale)


def test_a_new_flow_is_cell_specific():
    before = national("10 0 25 | 15 5 30 | 30 40 5", [65, 30, 25], [1, 1, 1], 2000)
    A = before.A.to_numpy().copy()
    A[0, 1] = 0.1
    after = with_inputs(before, A)
    found = decomposition.ras_split(before, after)
    assert_allclose(found[["row_multiplier", "column_multiplier"]], 1)
    assert_allclose(found[["substitution", "fabrication"]], 0, atol=1e-9)
    assert found["cell_specific"].sum() > 1


def test_a_negative_flow_is_refused(two_years):
    before = national("10 20 25 | 15 -5 30 | 30 40 5", [45, 40, 25], [1, 1, 1], 1999)
    with pytest.raises(OptionError, match="negative flow from a 2 to a 2"):
        decomposition.ras_split(before, two_years[0])


def test_logarithmic_means_of_four_factors(two_years):
    found = decomposition.lmdi(*two_years, of="use", by="world").loc["world"]
    expected = [-4.2409536440, 4.8028699168, 0, 0.3487605739, 7.4893231533]
    names = ["intensity", "technology", "final_sourcing", "mix", "level"]
    assert_allclose(found[names], expected, **TO_TEN_DIGITS)
    ratios = decomposition.lmdi(*two_years, of="use", by="world", form="multiplicative").loc["world"]
    assert_allclose(ratios[names], [0.9428902739, 1.0688645664, 1, 1.0048476507, 1.1094312335], **TO_TEN_DIGITS)
    assert ratios[names].prod() == pytest.approx(1.1235294118, abs=1e-10)


def energy(use: list[float], output: list[float], year: int) -> MRIOTable:
    index = pd.MultiIndex.from_product([["a"], ["1", "2"]], names=["region", "industry"])
    account = Satellite("energy", pd.DataFrame([use], index=["energy"], columns=index), pd.Series({"energy": "PJ"}))
    return MRIOTable.from_frames(
        pd.DataFrame(0.0, index=index, columns=index),
        pd.DataFrame(np.array(output)[:, None], index=index, columns=["a"]),
        satellites={"energy": account},
        year=year,
    )


def test_logarithmic_means_of_activity_structure_and_intensity():
    years = energy([30, 20], [10, 40], 2000), energy([80, 16], [40, 40], 2001)
    found = decomposition.lmdi(*years, of="energy", model="output").loc["a"]
    names = ["activity", "structure", "intensity"]
    assert_allclose(found[names], [32.3846379109, 38.2848673502, -24.6695052611], **TO_TEN_DIGITS)
    ratios = decomposition.lmdi(*years, of="energy", model="output", form="multiplicative").loc["a"]
    assert_allclose(ratios[names], [1.5828800073, 1.7210198075, 0.7048023870], **TO_TEN_DIGITS)


@given(pairs, st.sampled_from(["demand", "output"]))
def test_logarithmic_means_add_up_with_zeros_and_negative_cells(drawn, model):
    table, new = drawn[0], later(*drawn)
    found = decomposition.lmdi(table, new, model=model, negative="additive", by="region-industry").dropna()
    scale = table.va.sum()
    assert_allclose(found.drop(columns="after").sum(axis=1), found["after"], atol=1e-9 * scale)
    ratios = decomposition.lmdi(table, new, model=model, negative="additive", form="multiplicative").dropna()
    assert_allclose(ratios.drop(columns=["before", "after"]).prod(axis=1), ratios["after"] / ratios["before"])


def limit(first: list[float], last: list[float], log_small: float = -1e9) -> list[float]:
    """The formula with exp(log_small) in place of 0, in logarithms, as it can be written down."""
    logs = [[np.log(f) if f else log_small for f in factors] for factors in (first, last)]
    m0, m1 = np.prod(first), np.prod(last)
    mean = (m1 - m0) / (sum(logs[1]) - sum(logs[0]))
    return [mean * (b - a) for a, b in zip(*logs, strict=True)]


@pytest.mark.parametrize(
    ("first", "last"),
    [([0, 2, 3], [5, 4, 3]), ([5, 4, 3], [0, 2, 3]), ([0, 0, 3], [5, 4, 2]), ([2, 4, 3], [0, 0, 1])],
)
def test_zeros_are_limits_of_small_numbers(first, last):
    found = log_mean_effects([np.array([float(f)]) for f in first], [np.array([float(f)]) for f in last])
    assert_allclose(np.concatenate(found), limit(first, last), rtol=1e-6, atol=1e-6)


def test_what_stays_nothing_has_no_effect():
    """One factor leaves zero while another falls to it, or stays there."""
    parts = log_mean_effects([np.array([0.0, 0.0]), np.array([2.0, 2.0])], [np.array([5.0, 0.0]), np.array([0.0, 3.0])])
    assert_allclose(parts, 0)


def test_negative_cells_are_refused_or_averaged_over_all_orders():
    first, last = [np.array([-2.0]), np.array([3.0])], [np.array([4.0]), np.array([5.0])]
    with pytest.raises(OptionError, match="1 of 1 cells are negative"):
        log_mean_effects(first, last)
    parts = log_mean_effects(first, last, negative="additive")
    assert_allclose(np.concatenate(parts), [6 * 4, 2 * 1])


def test_bad_options_are_refused(two_years):
    with pytest.raises(OptionError, match="role='seller'"):
        decomposition.technology_change(*two_years, role="seller")
    for option in ("model", "form", "negative", "by", "prices"):
        with pytest.raises(OptionError, match=f"{option}='x'"):
            decomposition.lmdi(*two_years, **{option: "x"})
    for measure in (decomposition.lmdi, decomposition.ras_split, decomposition.technology_cells):
        with pytest.raises(ComparisonError, match="earlier table first"):
            measure(*reversed(two_years))


def test_the_world_by_logarithmic_means_and_ras():
    years = iol.load(year=2008), iol.load(year=2011)
    found = decomposition.lmdi(*years, negative="additive")
    additive = decomposition.structural(*years).frame(joined=False)
    # Three years apart the two methods agree on what matters.
    gap = (found["level"] - additive["level"]) / found["before"]
    assert gap.abs().max() < 0.01
    split = decomposition.ras_split(*years)
    assert split["row_multiplier"].median() == pytest.approx(1, abs=0.1)
    assert split.attrs["units"]["substitution"] == "M USD"
