"""Marks of time lines, spillovers, flows, growth and tile maps against the numbers they stand for."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex
from numpy.testing import assert_allclose

from io_linkage import figures
from io_linkage.figures import style
from io_linkage.figures.saving import numbers
from tests.marks import (
    ATTRS,
    bars,
    caption,
    cells,
    colour_bar,
    drawn,
    frame,
    from_left,
    from_top,
    legend,
    lightness,
    written,
)


class TestTimeLines:
    def test_lines_names_and_scale(self):
        values = {"CHN": [0.10, 0.30, 0.20], "USA": [0.40, 0.35, 0.45], "DEU": [0.05, 0.06, 0.02]}
        result = frame(values, pd.Index([1995, 2000, 2011], name="year"), table="Made up 2011", unit="share")
        ax = figures.time_lines(result, focus="USA", factor=100, unit="per cent")
        lines = {tuple(np.round(line.get_ydata(), 9)): line for line in ax.lines}
        ends = {}
        for name in values:
            line = lines[tuple(np.round(100 * np.array(values[name]), 9))]
            assert list(line.get_xdata()) == [1995, 2000, 2011]
            assert line.get_linewidth() == (2.0 if name == "USA" else 1.1)
            ends[name] = line
        texts = {"China": "CHN", "USA": "USA", "Germany": "DEU"}
        assert {t.get_text() for t in ax.texts} == set(texts)
        for text in ax.texts:
            name = texts[text.get_text()]
            assert text.xy[1] == pytest.approx(100 * values[name][-1])
            assert text.get_color() == ends[name].get_color()
            assert (text.get_fontweight() == "bold") == (name == "USA")
        assert len({line.get_color() for line in ends.values()}) == 3
        assert ax.get_ylabel() == "per cent"
        assert ax.get_ylim()[0] == 0
        assert "Unit: per cent. Table: Made up. Source: nobody. Years 1995 to 2011." in caption(ax)

    def test_names_of_lines_that_end_together_keep_their_order(self):
        values = {"low": [1.0, 5.00], "high": [2.0, 5.02], "middle": [3.0, 5.01]}
        ax = figures.time_lines(frame(values, pd.Index([1995, 2011], name="year")))
        height = {t.get_text(): t.get_window_extent().y0 for t in drawn(ax).texts}
        assert sorted(height, key=lambda name: -height[name]) == ["high", "middle", "low"]


class TestSpilloverMaps:
    def test_spillovers_arise_in_rows(self):
        regions = pd.Index(["CHN", "USA"], name="region")
        result = frame(
            {"CHN": [500.0, 3.0], "USA": [7.0, 900.0]}, regions, rows="value added arises", columns="for whom"
        )
        result.columns = regions
        ax = figures.spillover_heatmap(result)
        assert_allclose(cells(ax, (2, 2)), [[np.nan, 7], [3, np.nan]])
        assert (ax.get_ylabel(), ax.get_xlabel()) == ("Value added arises", "For whom")
        assert (from_top(ax), from_left(ax)) == (["China", "USA"], ["China", "USA"])
        assert "Logarithmic" not in caption(ax)
        assert "Logarithmic" in caption(figures.spillover_heatmap(result, own="shown"))
        assert colour_bar(ax).get_ylabel() == "M USD"

    def test_dependence_on_is_left_and_from_is_right(self):
        index = pd.MultiIndex.from_product(
            [["CHN", "USA"], ["BRA", "all"], ["all"]], names=["economy", "partner", "stage"]
        )
        columns = {
            "dependence_of_partner_share": [0.03, 0.02, 0.05, 0.04],
            "dependence_on_partner_share": [0.001, 0.002, 0.003, 0.004],
        }
        ax = figures.dependence_heatmap(frame(columns, index, focus="CHN"))
        assert_allclose(cells(ax, (2, 4)), [[3, 5, 0.1, 0.3], [2, 4, 0.2, 0.4]])
        assert from_top(ax) == ["Brazil", "All partners"]
        heads = [label.get_text() for label in ax.get_xticklabels()]
        assert heads == ["China", "USA", "China", "USA"]
        above = {text: x for text, (x, y) in written(ax).items() if y > 1}
        assert above["Share of the partner's GDP\nthat depends on ..."] < 0.5
        assert above["Share of each GDP that\ndepends on the partner"] > 0.5
        assert colour_bar(ax).get_ylabel() == "per cent of GDP"


class TestFlows:
    CELLS = np.array([[50.0, 10.0, 20.0], [5.0, 10.0, 5.0]])

    def test_bands_boxes_and_names(self):
        result = frame(dict(zip(["CHN", "USA", "JPN"], self.CELLS.T, strict=True)), ["traditional", "emerging"])
        ax = figures.flows(result, factor=0.1, unit="tens", source_label="from", receiver_label="to")
        places = written(ax)
        assert places["Traditional 80%"][0] < 0.1
        assert places["Traditional 80%"][1] > places["Emerging 20%"][1]
        heights = [places[name][1] for name in ("China 55%", "USA 20%", "Japan 25%")]
        assert heights == sorted(heights, reverse=True)
        assert min(places[name][0] for name in ("China 55%", "USA 20%", "Japan 25%")) > 0.9
        assert places["from"][0] < 0.5 < places["to"][0]
        bands = [patch for patch in ax.patches if patch.__class__.__name__ == "PathPatch"]
        colours = [to_hex(band.get_facecolor()) for band in bands]
        assert colours == [style.STAGE_COLOURS["traditional"]] * 3 + [style.STAGE_COLOURS["emerging"]] * 3
        # Bands to one receiver stand below one another without a gap: each starts where the one above it ends.
        right = [(band.get_path().vertices[3][1], band.get_path().vertices[4][1]) for band in bands]
        for k in range(3):
            assert right[k + 3][0] == pytest.approx(right[k][1])
            assert right[k][0] - right[k][1] == pytest.approx((right[0][0] - right[0][1]) * self.CELLS[0, k] / 50)
        assert_allclose(numbers(ax)["value"], 0.1 * self.CELLS.ravel())
        assert "Unit: tens. Table: Made up 2011. Source: nobody. Sum of all bands: 10." in caption(ax)

    def test_the_thin_are_summed(self):
        result = frame({"w": [60.0], "x": [36.0], "y": [3.0], "z": [1.0]}, ["a"])
        places = written(figures.flows(result, smallest=0.05))
        assert {"W 60%", "X 36%", "Others 4%", "A 100%"} <= set(places)


class TestGrowthSources:
    @pytest.fixture
    def result(self):
        index = pd.MultiIndex.from_product(
            [["BRA", "IDN"], ["CHN", "own"], ["size", "basket"]], names=["partner", "source", "channel"]
        )
        columns = {
            "change_share": [0.3, -0.1, 0.5, 0.3, 0.2, 0.1, 0.4, 0.3],
            "points": [3.0, -1.0, 5.0, 3.0, 2.0, 1.0, 4.0, 3.0],
        }
        return frame(columns, index, years=(1995, 2011))

    def test_bars_by_source(self, result):
        ax = figures.growth_sources(result)
        assert from_top(ax) == ["Brazil", "Indonesia"]
        ends = bars(ax)
        assert_allclose(ends["Brazil", "China"], (0, 20), atol=1e-9)
        assert_allclose(ends["Brazil", "partner itself"], (20, 100))
        assert_allclose(ends["Indonesia", "China"], (0, 30))
        assert legend(ax)["China"] == to_hex(ax.containers[0][0].get_facecolor())
        assert ax.get_xlabel() == "Per cent of the change"
        assert "Change from 1995 to 2011" in caption(ax)

    def test_negative_parts_go_left_and_the_sum_is_marked(self, result):
        ax = figures.growth_sources(result, value="points", by="channel", source="CHN")
        ends = bars(ax)
        assert_allclose(ends["Brazil", "size"], (0, 3))
        assert_allclose(ends["Brazil", "basket"], (0, -1))
        assert_allclose(ends["Indonesia", "basket"], (2, 3))
        sums = next(line for line in ax.lines if line.get_marker() == "D")
        assert_allclose(sums.get_xydata(), [[2, 0], [3, 1]])
        assert ax.get_xlabel() == "Percentage points of growth"

    def test_negative_parts_of_two_kinds_do_not_overlap(self, result):
        result["points"] = [-1.0, 4.0, -2.0, 1.0, 1.0, 1.0, 1.0, 1.0]
        ends = bars(figures.growth_sources(result, value="points", by="channel"))
        assert_allclose(ends["Brazil", "size"], (0, -3))
        assert_allclose(ends["Brazil", "basket"], (0, 5))


class TestTileMap:
    def test_squares_hold_their_own_value_and_colour(self):
        values = pd.Series({"CHN": np.nan, "USA": 0.123, "BRA": 0.05, "DEU": 0.01, "JPN": np.nan}, name="share")
        values.attrs.update(ATTRS)
        ax = figures.tile_map(values, focus="CHN", factor=100, unit="per cent of GDP", digits=1)
        shown = numbers(ax)
        squares = {(round(p.get_x() + 0.47), round(p.get_y() + 0.47)): p for p in ax.patches}
        at: dict[tuple[int, int], list[str]] = {}
        for text in ax.texts:
            x, y = text.get_position()
            at.setdefault((round(x), round(y)), []).append(text.get_text())
        light = {}
        for region, value in values.items():
            place = (int(shown.loc[region, "column"]), int(shown.loc[region, "row"]))
            assert at[place] == [region, "" if np.isnan(value) else f"{100 * value:.1f}"]
            light[region] = lightness(squares[place].get_facecolor()[:3])
            assert (squares[place].get_linewidth() > 1) == (region == "CHN")
            assert bool(squares[place].get_hatch()) == (region == "JPN")
        assert light["USA"] < light["BRA"] < light["DEU"]
        bar = colour_bar(ax)
        assert bar.get_ylabel() == "per cent of GDP"
        mesh = bar.collections[-1]
        drawn(ax)
        scale = mesh.get_facecolors()
        assert lightness(scale[-1]) < lightness(scale[0])
        assert_allclose(bar.get_ylim(), (0, 12.3))
        assert "Hatched: no figures" in caption(ax)
