"""Waterfall and small multiples: bars against the numbers they stand for."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from io_linkage import decomposition, figures
from io_linkage.errors import OptionError, UnknownLabelError
from io_linkage.figures.saving import numbers
from tests.marks import caption, drawn, frame, from_top


@pytest.fixture
def change() -> pd.DataFrame:
    columns = {
        "before": [100.0, 50.0, np.nan],
        "intensity_and_inputs": [-30.0, 5.0, np.nan],
        "input_sourcing": [10.0, -10.0, np.nan],
        "level": [70.0, 35.0, np.nan],
        "after": [150.0, 80.0, np.nan],
    }
    index = pd.Index(["CHN", "USA", "RoW"], name="region")
    return frame(columns, index, measure="change of value added by factor", year=[2005, 2011])


def spans(ax) -> list[tuple[float, float]]:
    """Where each bar begins and ends, from the top down."""
    bars = sorted(ax.patches, key=lambda bar: bar.get_y())
    return [(bar.get_x(), bar.get_x() + bar.get_width()) for bar in bars]


def test_each_bar_begins_where_the_one_above_ends(change):
    ax = figures.waterfall(change, "CHN")
    assert_allclose(spans(ax), [(0, 100), (100, 70), (70, 80), (80, 150), (0, 150)])
    assert from_top(ax) == ["2005", "Intensity and inputs", "Sourcing of inputs", "Level of final demand", "2011"]
    assert {text.get_text() for text in ax.texts} == {"100.0", "\N{MINUS SIGN}30.0", "+10.0", "+70.0", "150.0"}
    assert "Unit: M USD. Table: Made up. Year: 2005, 2011" in caption(ax)
    assert numbers(ax)["value"].tolist() == change.loc["CHN"].tolist()


def test_without_totals_the_bars_end_at_the_change(change):
    ax = figures.waterfall(change, "USA", totals=False, factor=2, unit="half M USD")
    assert_allclose(spans(ax), [(0, 10), (10, -10), (-10, 60), (0, 60)])
    assert from_top(ax)[-1] == "Change"
    assert "Unit: half M USD" in caption(ax)


def test_what_falls_can_be_told_in_grey(change):
    ax = figures.waterfall(change, "CHN")
    falling = [bar for bar in ax.patches if bar.get_width() < 0]
    assert all(bar.get_hatch() for bar in falling)
    assert len(falling) == 1


def test_amounts_stay_inside_the_axes(change):
    ax = drawn(figures.waterfall(change, "CHN"))
    box = ax.get_window_extent()
    assert all(text.get_window_extent().x1 <= box.x1 + 1 for text in ax.texts)


def test_multiples_are_per_cent_of_what_was_before(change):
    first = figures.change_multiples(change, leave_out=["level"])
    panels = first.figure.axes
    assert [ax.get_title(loc="left") for ax in panels] == ["China, +50 %", "USA, +60 %"]
    assert_allclose([bar.get_width() for bar in panels[1].patches], [10, -20])
    assert {ax.get_xlim() for ax in panels} == {first.get_xlim()}
    assert "Not drawn: Level of final demand" in caption(first)
    assert "Change from 2005 to 2011" in caption(first)
    assert numbers(first).loc[("CHN", "intensity_and_inputs"), "percent_of_before"] == -30
    one = figures.change_multiples(change, rows=["USA"])
    assert [ax.get_title(loc="left") for ax in one.figure.axes] == ["USA, +60 %"]


def test_a_real_change_is_drawn(world):
    from io_linkage import load

    result = decomposition.structural(load(year=2008), world).frame()
    ax = figures.waterfall(result, "CHN", factor=1e-3, unit="bn USD")
    assert spans(ax)[-1][1] == pytest.approx(world.va["CHN"].sum() / 1e3)
    assert ax.figure.get_suptitle() == "China: change of value added by factor"
    assert len(figures.change_multiples(result).figure.axes) == len(world.regions)


def test_long_amounts_on_the_scale_are_written_out_apart(change):
    for size in (1.0, 1e3, 1e5, -1e5):
        ax = figures.waterfall(change, "CHN", factor=size, unit="USD")
        ax.figure.draw_without_rendering()
        texts = sorted((text for text in ax.get_xticklabels() if text.get_text()), key=lambda text: text.get_position())
        boxes = [text.get_window_extent() for text in texts]
        assert len(texts) >= 3
        assert not any("e" in text.get_text() for text in texts)
        assert all(left.x1 < right.x0 for left, right in pairwise(boxes))


def test_what_cannot_be_drawn_says_what_to_do(change, world):
    with pytest.raises(OptionError, match=r"a frame of decomposition\.structural"):
        figures.waterfall(world.va, "CHN")
    with pytest.raises(UnknownLabelError, match="Known: CHN, USA, RoW"):
        figures.waterfall(change)
    with pytest.raises(OptionError, match="no figures for it"):
        figures.waterfall(change, "RoW")
    with pytest.raises(UnknownLabelError, match="Unknown row 'IND'"):
        figures.change_multiples(change, rows=["IND"])
    with pytest.raises(OptionError, match="no row has figures"):
        figures.change_multiples(change, rows=["RoW"])
    change.attrs["units"] = {"level": "ratio"}
    with pytest.raises(OptionError, match="form='additive'"):
        figures.waterfall(change, "CHN")
