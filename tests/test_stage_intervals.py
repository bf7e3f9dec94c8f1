"""Draws, levels and intervals of stage shares: one rule for every measure that has an interval."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

import io_linkage as iol
from io_linkage.errors import OptionError
from io_linkage.stages.intervals import bounds, central_and_bounds, drawn_weights


def test_bounds_hold_the_middle_part_of_the_draws():
    drawn = np.random.default_rng(0).random((4001, 2))
    low, high = bounds(drawn, 0.8)
    inside = ((drawn >= low) & (drawn <= high)).mean(axis=0)
    assert_allclose(inside, 0.8, atol=1e-3)
    assert_allclose((drawn < low).mean(axis=0), 0.1, atol=1e-3)


def test_the_first_row_is_the_central_value_and_no_draw():
    measured = np.array([[100.0], [1.0], [2.0], [3.0]])
    frame = central_and_bounds(measured, 0.999)
    assert frame["central"].item() == 100
    assert frame["high"].item() <= 3


def test_own_draws_need_the_shape_of_the_table(world):
    with pytest.raises(OptionError, match=r"must be \(draws, 735, stages\)"):
        drawn_weights(world, np.ones((2, 3, 3)))
    with pytest.raises(OptionError, match="Pass the draws as an array"):
        drawn_weights(world, 3, stage_weights=iol.stages.weights(world))


@pytest.mark.parametrize(
    "measure",
    [
        lambda t, **o: iol.linkages.by_stage(t, **o),
        lambda t, **o: iol.linkages.compare(t, "emerging", **o),
        lambda t, **o: iol.extraction.by_stage(t, regions="CHN", **o),
        lambda t, **o: iol.spillovers.matrix_interval(t, **o),
        lambda t, **o: iol.spillovers.home_and_abroad(t, "CHN", **o),
        lambda t, **o: iol.ties.trade_interval(t, "CHN", "BRA", **o),
        lambda t, **o: iol.stages.composition(t, **o),
    ],
    ids=["linkages", "compare", "extraction", "matrix", "home_and_abroad", "trade", "composition"],
)
def test_every_interval_says_its_level_and_draws_and_refuses_others(world, measure):
    assert measure(world, draws=7, level=0.8).attrs["interval"] == "80% of 7 draws"
    for wrong in (0, 1, 90):
        with pytest.raises(OptionError, match=f"level={wrong} is not possible"):
            measure(world, draws=2, level=wrong)
    with pytest.raises(OptionError, match="draws=-1 is not possible"):
        measure(world, draws=-1)


def test_composition_takes_any_selection_of_regions(world):
    found = iol.stages.composition(world, regions=["China", "BRA"], draws=5)
    assert found.index.get_level_values("region").unique().tolist() == ["CHN", "BRA"]
