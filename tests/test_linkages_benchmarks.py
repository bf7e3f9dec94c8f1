"""The tables and clocks of the benchmarks."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from benchmarks.tables import SIZES, fresh, upscaled
from benchmarks.timing import paired, peak, table


def test_made_tables_are_productive_repeat_and_have_the_sizes_named():
    first, again = upscaled(70), upscaled(70)
    assert_array_equal(first.accounts.Z, again.accounts.Z)
    sums = first.system.direct_column_sums
    assert sums.min() > 0.19
    assert sums.max() < 0.76
    assert first.final_demand.min() > 0
    assert all(regions * industries == n for n, (regions, industries) in SIZES.items())


def test_a_fresh_table_has_nothing_computed():
    made = upscaled(70)
    made.system.inverse()
    assert "system" not in fresh(made).__dict__
    assert np.shares_memory(fresh(made).accounts.Z, made.accounts.Z)


def test_runs_take_turns():
    order = []
    found = paired({"a": lambda: order.append("a"), "b": lambda: order.append("b")}, repeats=2)
    assert order == ["a", "b", "b", "a"]
    assert len(found["a"].seconds) == 2
    assert "x base" in table(found, base="a")


def _hundred_megabytes(_: int) -> object:
    return np.ones(100 * 2**20 // 8).sum()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
def test_peak_sees_what_was_freed_again():
    assert 95 * 2**20 < peak(int, _hundred_megabytes, 0) < 115 * 2**20
