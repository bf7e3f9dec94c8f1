"""Marks of figures of shocks, paths and core nodes against the numbers they stand for."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex
from matplotlib.text import Text
from numpy.testing import assert_allclose

from io_linkage import figures, networks, scenarios, shortages
from io_linkage.errors import OptionError, UnknownLabelError
from io_linkage.figures import style
from io_linkage.figures.saving import numbers
from io_linkage.scenarios import Reshoring, Scenario
from tests.marks import caption, cells, colour_bar, drawn, frame, from_left, from_top, lightness

REGIONS = pd.Index(["CHN", "IDN", "USA"], name="region")


class TestTiers:
    def losses(self, sign: float = -1.0) -> pd.DataFrame:
        values = {"tier_1": [0.0, 5.0, 1.0], "tier_2": [20.0, 2.0, 1.0], "later": [4.0, 1.0, 1.0]}
        result = frame({name: list(sign * np.array(column)) for name, column in values.items()}, REGIONS)
        result["total"] = result.sum(axis=1)
        return result

    def test_hardest_hit_first_and_losses_positive(self):
        ax = figures.tiers(self.losses())
        assert from_top(ax) == ["China", "Indonesia", "USA"]
        assert from_left(ax) == ["first tier", "second tier", "later", "all tiers"]
        assert_allclose(cells(ax, (3, 4)), [[0, 20, 4, 24], [5, 2, 1, 8], [1, 1, 1, 3]])
        assert not np.signbit(cells(ax, (3, 4))).any()
        assert "Losses are drawn as positive amounts" in caption(ax)
        assert colour_bar(ax).get_ylabel() == "M USD"
        # Totals do not stretch the scale of the tiers.
        assert ax.collections[0].norm.vmax == 20

    def test_top_factor_and_mixed_signs(self):
        result = self.losses()
        result.loc["USA"] *= -1
        ax = figures.tiers(result, top=2, factor=1e-3, unit="bn USD", total=False)
        assert_allclose(cells(ax, (2, 3)), [[0, -0.02, -0.004], [-0.005, -0.002, -0.001]] * np.array(-1.0))
        assert "2 of 3 shown" in caption(ax)
        both = figures.tiers(result)
        assert "positive amounts" not in caption(both)
        assert_allclose(cells(both, (3, 4))[2], [1, 1, 1, 3])

    def test_rounds_of_a_shortage_state_their_assumptions(self, world):
        lost = shortages.run(world, capacity={("CHN", "30t33"): 0.5}, rounds=2, by="region")
        ax = figures.tiers(lost)
        assert from_left(ax) == ["own capacity", "first round", "second round", "all rounds"]
        assert "Buyers find no other source" in caption(ax)
        assert "Demand and prices stay as they are" in caption(ax)
        assert "About two months, without stocks" in caption(ax)

    def test_an_assumption_stands_there_once(self):
        result = self.losses()
        result.attrs["assumptions"] = {"closure": "Prices stay.", "value_added": "As published."}
        ax = figures.tiers(result, notes=["Prices stay"])
        assert caption(ax).count("Prices stay") == 1
        assert "As published" not in caption(ax)

    def test_other_results_are_refused(self):
        with pytest.raises(OptionError, match="Tiers are drawn from"):
            figures.tiers(frame({"total": [1.0]}, ["CHN"]))
        with pytest.raises(OptionError, match="Nobody is hit"):
            figures.tiers(self.losses(0.0))
        with pytest.raises(OptionError, match="top=0"):
            figures.tiers(self.losses(), top=0)


class TestSurface:
    def grid(self) -> pd.DataFrame:
        rows, columns = pd.Index([0.0, 0.5, 1.0], name="strength_of_a"), pd.Index([0.0, 1.0], name="strength_of_b")
        made = frame(
            {0.0: [0.0, -2.0, -4.0], 1.0: [3.0, 1.0, -1.0]}, rows, rows="strength of a", columns="strength of b"
        )
        made.columns = columns
        return made

    def test_axes_values_and_the_line_of_no_change(self):
        ax = figures.surface(self.grid())
        assert (ax.get_xlabel(), ax.get_ylabel()) == ("Strength of b", "Strength of a")
        assert (ax.get_xlim(), ax.get_ylim()) == ((0.0, 1.0), (0.0, 1.0))
        mesh = ax.collections[0]
        fine = np.asarray(mesh.get_array())
        assert_allclose([fine[0, 0], fine[0, -1], fine[-1, 0], fine[-1, -1]], [0, 3, -4, -1])
        assert_allclose(fine[len(fine) // 2, 0], -2, atol=0.02)
        assert "Thick line: no change" in caption(ax)
        zero = [one for one in ax.collections if len(np.ravel(one.get_linewidths())) and one.get_linewidths()[0] == 1.8]
        (path,) = zero[0].get_paths()
        for t, s in path.vertices:
            assert 3 * t - 4 * s == pytest.approx(0, abs=0.05)
        assert_allclose(numbers(ax)["value"], [0, 3, -2, 1, -4, -1])

    def test_one_sign_runs_from_light_to_dark(self):
        ax = figures.surface(-self.grid().abs(), unit="M USD")
        mesh = ax.collections[0]
        assert lightness(mesh.to_rgba(-4.0)[:3]) < lightness(mesh.to_rgba(-1.0)[:3])
        assert "Thick line" not in caption(ax)

    def test_other_results_are_refused(self):
        with pytest.raises(OptionError, match="at least two strengths"):
            figures.surface(self.grid().iloc[:1])
        with pytest.raises(OptionError, match="needs strengths"):
            figures.surface(frame({"x": [1.0]}, ["CHN"]))


class TestPathDiagram:
    def found(self) -> pd.DataFrame:
        values = [0.4, 0.2, 0.1, 0.05]
        paths = ["CHN 30t33", "CHN 27t28 > CHN 30t33", "CHN C > CHN 27t28 > CHN 30t33", "JPN 30t33 > CHN 30t33"]
        made = {"path": paths, "depth": [0, 1, 2, 1], "value": values, "value_share": values}
        return frame(made, [1, 2, 3, 4], note="The 4 paths cover 75.0 % of it.", measure="paths to CHN 30t33")

    def test_boxes_stand_by_depth_and_say_their_share(self):
        ax = figures.path_diagram(self.found())
        places = {" ".join(t.get_text().split()): t.get_position() for t in ax.texts}
        assert {name: x for name, (x, _) in places.items()} == {
            "China Electrical and optical 40 %": 0,
            "China Metals and metal products 20 %": -1,
            "China Mining 10 %": -2,
            "Japan Electrical and optical 5 %": -1,
        }
        assert "4 paths drawn, together 75%" in caption(ax)
        assert ax.figure.get_suptitle() == "Paths to China Electrical and optical"
        drawn(ax)
        boxes = [t.get_window_extent() for t in ax.texts]
        assert not any(a.overlaps(b) for k, a in enumerate(boxes) for b in boxes[:k])

    def test_links_are_as_wide_as_what_they_carry(self):
        ax = figures.path_diagram(self.found())
        widths: dict[tuple[float, ...], float] = {
            tuple(np.round(p.get_path().vertices[0])): p.get_linewidth() for p in ax.patches
        }
        # The link from metals carries its own 20 % and the 10 % of mining behind it.
        assert widths[-1, 0] / widths[-1, 1] == pytest.approx(30 / 5)
        assert widths[-2, 0] / widths[-1, 1] == pytest.approx(10 / 5)

    def test_top_and_real_paths(self, world):
        found = networks.paths(world, region="CHN", industry="30t33")
        ax = figures.path_diagram(found, top=9, names="codes")
        assert len(numbers(ax)) == 9
        assert len(ax.texts) == 9
        assert ax.texts[-1].get_text() or ax.texts[0].get_text()

    def test_other_results_are_refused(self):
        with pytest.raises(OptionError, match=r"drawn from a result of networks\.paths"):
            figures.path_diagram(frame({"value": [1.0]}, [1]))
        with pytest.raises(OptionError, match="no path to draw"):
            figures.path_diagram(self.found().iloc[:0])
        mixed = self.found()
        mixed.loc[4, "path"] = "JPN 30t33"
        with pytest.raises(OptionError, match="of one final product"):
            figures.path_diagram(mixed)


class TestRemovalCurve:
    def curve(self) -> pd.DataFrame:
        values = {
            "node": ["", "CHN F", "USA L"],
            "lost_percent": [0.0, 10.0, 15.0],
            "random_mean_percent": [0.0, 1.0, 2.0],
            "random_low_percent": [0.0, 0.5, 1.0],
            "random_high_percent": [0.0, 2.0, 4.0],
        }
        return frame(values, pd.RangeIndex(3, name="removed"), order="systemic", interval="90 % of 9 random orders")

    def test_lines_band_and_names(self):
        ax = figures.removal_curve(self.curve())
        lines = {line.get_label(): line.get_ydata().tolist() for line in ax.lines}
        assert lines == {"random order": [0, 1, 2], "most systemic first": [0, 10, 15]}
        band = ax.collections[0].get_paths()[0].vertices
        assert {(1.0, 0.5), (1.0, 2.0), (2.0, 1.0), (2.0, 4.0)} <= {tuple(map(float, v)) for v in band}
        assert ax.texts[0].get_text().split("\n") == [
            "Removed first:", "1  China, Construction", "2  USA, Public administration",
        ]  # fmt: skip
        assert "Band: 90 % of 9 random orders" in caption(ax)

    def test_without_random_orders(self):
        ax = figures.removal_curve(self.curve()[["node", "lost_percent"]], named=0)
        assert not ax.collections
        assert not ax.texts
        assert "Band" not in caption(ax)
        with pytest.raises(OptionError, match=r"drawn from a result of networks\.removal_curve"):
            figures.removal_curve(self.curve()[["node"]])


class TestChokePoints:
    def points(self) -> pd.DataFrame:
        index = pd.MultiIndex.from_tuples([("CHN", "30t33"), ("RoW", "C")], names=["supplier", "product"])
        values = {
            "look_through_share": [0.02, 0.01],
            "hhi": [0.25, 0.5],
            "no_alternative_share": [0.4, np.nan],
            "score": [0.002, np.nan],
        }
        return frame(values, index, unit="share")

    def test_parts_first_each_on_its_own_scale(self):
        ax = figures.choke_points(self.points())
        assert from_top(ax) == ["China, Electrical and optical", "Rest of the world, Mining"]
        widths = [[bar.get_width() for bar in lane] for lane in ax.containers]
        assert_allclose(widths, [[1, 0.5], [0.5, 1], [1, 0], [1, 0]])
        starts = [lane[0].get_x() for lane in ax.containers]
        assert starts == sorted(starts)
        texts = [t.get_text() for t in ax.texts]
        assert [t for t in texts if t.startswith("Score")] == ["Score\n(product), ×1000"]
        assert {"2", "1", "0.25", "0.5", "40", ""} <= set(texts)
        assert to_hex(ax.containers[3][0].get_facecolor()) != to_hex(ax.containers[0][0].get_facecolor())

    def test_top_and_other_results(self):
        assert "1 of 2 shown" in caption(figures.choke_points(self.points(), top=1))
        with pytest.raises(OptionError, match="score is missing"):
            figures.choke_points(self.points().drop(columns="score"))
        with pytest.raises(OptionError, match="no choke point"):
            figures.choke_points(self.points().iloc[:0])


class TestBeforeAfter:
    def change(self) -> pd.DataFrame:
        return frame({"before": [100.0, 50.0, 20.0], "after": [90.0, 50.5, np.nan]}, REGIONS)

    def test_lines_rise_or_fall_in_their_colour(self):
        ax = figures.before_after(self.change())
        ends = {
            tuple(line.get_ydata()): line
            for line in ax.lines
            if len(line.get_ydata()) == 2 and line.get_marker() == "o"
        }
        assert set(ends) == {(100.0, 90.0), (50.0, 50.5)}
        assert ends[100.0, 90.0].get_color() == style.LINE_COLOURS[0]
        assert ends[50.0, 50.5].get_color() == style.LINE_COLOURS[1]
        assert {t.get_text() for t in ax.texts} == {"China  100", "Indonesia  50", "90", "50.5"}

    def test_relative_to_before(self):
        ax = figures.before_after(self.change(), relative=True)
        texts = {t.get_text().replace("\u00a0", " ") for t in ax.texts}
        assert texts == {"China  −10 %", "Indonesia  +1 %"}
        assert "Unit: before = 100" in caption(ax)
        assert_allclose(numbers(ax)["after"], [90, 101])

    def test_names_that_would_overlap_are_moved_apart(self):
        index = pd.Index(list("abcdef"), name="x")
        result = frame({"before": [1.0] * 5 + [9.0], "after": [2.0, 2.001, 2.002, 2.003, 2.004, 9.0]}, index)
        ax = drawn(figures.before_after(result, names="codes"))
        # The extent of an annotation has its arrow in it; that of the text alone is wanted.
        right = sorted((Text.get_window_extent(t) for t in ax.texts if t.xy[0] == 1), key=lambda box: box.y0)
        assert len(right) == 6
        assert all(low.y1 <= high.y0 + 1 for low, high in pairwise(right))
        tied = [t for t in ax.texts if t.arrow_patch is not None]
        assert {t.get_text() for t in tied} >= {"2", "a  1"}

    def test_rows_measures_and_other_results(self, world):
        home = Scenario("home", (Reshoring("USA", industries="30t33", suppliers="CHN"),))
        outcome = scenarios.run(world, home)
        ax = figures.before_after(outcome.change(of="value_added", by="region"), rows=["CHN", "USA"], relative=True)
        assert list(numbers(ax).index) == ["CHN", "USA"]
        assert "all else is bought where it was" in caption(ax)
        compared = outcome.compare("participation")
        measure = compared.columns[0][0]
        assert measure.replace("_", " ") in figures.before_after(compared, value=measure).figure.get_suptitle()
        with pytest.raises(UnknownLabelError, match="Choose one with value="):
            figures.before_after(compared)
        with pytest.raises(UnknownLabelError, match="row 'XXX'"):
            figures.before_after(self.change(), rows=["XXX"])
        with pytest.raises(OptionError, match="columns before and after"):
            figures.before_after(self.change()[["before"]])
        with pytest.raises(OptionError, match="nothing to draw"):
            figures.before_after(self.change() * np.nan)
