"""Marks of heatmaps, rankings and key-industry maps against the numbers they stand for."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex
from matplotlib.text import Annotation
from numpy.testing import assert_allclose

from io_linkage import figures, linkages
from io_linkage.figures import naming, style
from io_linkage.figures.saving import numbers
from tests.marks import (
    caption,
    cells,
    colour_bar,
    drawn,
    frame,
    from_left,
    from_top,
    legend,
    lightness,
    named,
    names_stand_at_their_points,
    quarters_are_right,
    ticks,
)

BACKWARD = {"steel": 1.6, "cars": 1.2, "trade": 0.5, "farms": 0.8}
FORWARD = {"steel": 0.7, "cars": 1.5, "trade": 1.3, "farms": 0.6}
SIZE = {"steel": 25.0, "cars": 9.0, "trade": 100.0, "farms": 49.0}
STAGE = {"steel": "traditional", "cars": "future", "trade": "emerging", "farms": "traditional"}


class TestHeatmap:
    def test_values_labels_colours_and_bar(self):
        index, columns = pd.Index(["north", "south"], name="giver"), pd.Index(["x", "y", "z"], name="taker")
        values = np.array([[0.5, 2.0, -3.0], [4.0, 9.0, 6.0]])
        result = frame(dict(zip(columns, values.T, strict=True)), index)
        result.columns.name = "taker"
        ax = figures.heatmap(result, factor=10.0, unit="tenths", centre=10.0, digits=0)
        assert_allclose(cells(ax, (2, 3)), 10 * values)
        assert (ax.get_ylabel(), ax.get_xlabel()) == ("Giver", "Taker")
        assert from_top(ax) == ["north", "south"]
        assert from_left(ax) == ["x", "y", "z"]
        rows, heads = ticks(ax.yaxis), ticks(ax.xaxis)
        at = {(round(x - 0.5), round(y - 0.5)): t.get_text() for t in ax.texts for x, y in [t.get_position()]}
        for j, column in enumerate(columns):
            for i, row in enumerate(index):
                assert at[round(heads[column] - 0.5), round(rows[row] - 0.5)] == f"{10 * values[i, j]:.0f}".replace(
                    "-", "−"
                )
        # Blue below the centre, red above, and the largest the darkest.
        colours = ax.collections[0].get_facecolors().reshape(2, 3, 4)
        assert [[c[2] > c[0] for c in row] for row in colours] == (10 * values < 10).tolist()
        assert np.argmin([lightness(c) for c in colours.reshape(-1, 4)]) == np.argmax(values)
        bar = colour_bar(ax)
        assert bar.get_ylabel() == "tenths"
        assert [list(line.get_ydata()) for line in bar.lines] == [[10.0, 10.0]]
        assert bar.get_ylim() == (-30.0, 90.0)
        assert "Unit: tenths. Table: Made up 2011. Source: nobody." in caption(ax)

    @pytest.mark.parametrize(("limits", "above"), [((0.0, 5.0), True), ((2.0, 9.0), False)])
    def test_the_bar_points_to_where_values_go_on(self, limits, above):
        ax = drawn(figures.heatmap(frame({"x": [1.0, 9.0]}, ["a", "b"]), limits=limits))
        patch = colour_bar(ax).patches[0]
        assert len(colour_bar(ax).patches) == 1
        assert (patch.get_path().vertices[:, 1].max() > 1) == above

    def test_upright_heads_stand_under_their_columns(self):
        heads = [f"a long name of number {k}" for k in range(9)]
        ax = figures.heatmap(frame({head: [float(k)] for k, head in enumerate(heads)}, ["row"]), width=4.0)
        assert ax.get_xticklabels()[0].get_rotation() == 90
        assert [name for name, _ in sorted(ticks(ax.xaxis).items(), key=lambda item: item[1])] == heads
        assert_allclose(cells(ax, (1, 9))[0], range(9))

    def test_a_log_scale_empties_what_is_not_above_0(self):
        ax = figures.heatmap(frame({"x": [1.0, -5.0], "y": [0.0, 100.0]}, ["a", "b"]), scale="log")
        assert np.isnan(cells(ax, (2, 2))).tolist() == [[False, True], [True, False]]
        assert "2 cells at or below 0 left empty" in caption(ax)


class TestLinkageFigures:
    def test_linkage_heatmap_names_what_it_draws(self):
        index = pd.MultiIndex.from_product([["A", "B"], ["i", "j"]], names=["region", "industry"])
        result = frame({"backward": [1.0, 2, 3, 4], "forward_normalised": [5.0, 6, 7, 8]}, index)
        ax = figures.linkage_heatmap(result, value="forward_normalised")
        assert ax.figure.get_suptitle() == "Normalised forward linkages"
        assert_allclose(cells(ax, (2, 2)), [[5, 7], [6, 8]])
        assert (from_top(ax), from_left(ax)) == (["i", "j"], ["A", "B"])
        assert figures.linkage_heatmap(result, value="backward").figure.get_suptitle() == "Backward linkages"

    def test_extraction_heatmap_has_the_extracted_in_rows(self):
        matrix = frame({"A": [90.0, 2.0], "B": [3.0, 80.0]}, ["A", "B"])
        ax = figures.extraction_heatmap(matrix)
        assert (ax.get_ylabel(), ax.get_xlabel()) == ("Extracted", "Affected")
        assert_allclose(cells(ax, (2, 2)), [[np.nan, 3], [2, np.nan]])
        assert "Logarithmic scale" in caption(ax)
        assert "Hatched diagonal" in caption(ax)

    def ranked(self, **options):
        result = frame(
            {"score": [0.2, 0.5, 0.3, 0.1], "score_low": [0.15, 0.4, 0.1, 0.05], "score_high": [0.3, 0.7, 0.31, 0.2]},
            ["CHN", "USA", "DEU", "FRA"],
        )
        return result, figures.ranking(result, value="score", factor=100, unit="%", names="codes", **options)

    def test_ranking_marks_ranges_and_labels_share_their_rows(self):
        result, ax = self.ranked(focus=["DEU"], line=25.0, label="Score, %", top=3)
        assert from_top(ax) == ["USA  1", "DEU  2", "CHN  3"]
        rows = {name.split()[0]: y for name, y in ticks(ax.yaxis).items()}
        marks = {float(m.get_ydata()[0]): m for m in ax.lines if m.get_marker() == "o"}
        ranges = {float(segment[0][1]): segment[:, 0] for segment in ax.collections[0].get_segments()}
        for name, y in rows.items():
            assert_allclose(marks[y].get_xdata()[0], 100 * result.loc[name, "score"])
            assert_allclose(ranges[y], 100 * result.loc[name, ["score_low", "score_high"]].astype(float))
            colour = style.LINE_COLOURS[0] if name == "DEU" else style.STAGE_COLOURS["traditional"]
            assert marks[y].get_color() == colour
        weights = {t.get_text(): t.get_fontweight() for t in ax.get_yticklabels()}
        assert {name: weight == "bold" for name, weight in weights.items()} == {
            "USA  1": False,
            "DEU  2": True,
            "CHN  3": False,
        }
        assert [list(m.get_xdata()) for m in ax.lines if m.get_marker() == "None"] == [[25.0, 25.0]]
        assert ax.get_xlabel() == "Score, %"
        assert "Unit: %. Table: Made up 2011. Source: nobody." in caption(ax)
        assert "3 of 4 shown" in caption(ax)

    def test_ranking_by_stage_has_a_shape_and_a_colour_each(self):
        stage = pd.Series({"CHN": "future", "USA": "emerging", "DEU": "traditional", "FRA": "future"})
        _, ax = self.ranked(colour=stage)
        rows = {name.split()[0]: y for name, y in ticks(ax.yaxis).items()}
        marks = {float(m.get_ydata()[0]): m for m in ax.lines if len(m.get_ydata())}
        for name, kind in stage.items():
            mark = marks[rows[name]]
            assert (mark.get_color(), mark.get_marker()) == (style.STAGE_COLOURS[kind], style.STAGE_MARKERS[kind])
        keys = {handle.get_label(): handle for handle in ax.get_legend().legend_handles}
        assert {name: (h.get_color(), h.get_marker()) for name, h in keys.items()} == {
            name: (style.STAGE_COLOURS[name], style.STAGE_MARKERS[name]) for name in style.STAGE_COLOURS
        }

    def test_changes_run_from_the_first_year_to_the_second(self):
        names = ["steel", "cars", "trade"]
        columns = ["backward_normalised", "forward_normalised"]
        start = {"steel": (0.6, 1.5), "cars": (1.4, 0.7), "trade": (0.9, 0.8)}
        end = {"steel": (0.7, 1.45), "cars": (0.8, 1.3), "trade": (1.6, 0.75)}
        first, second = (
            frame(
                {column: [part[n][k] for n in names] for k, column in enumerate(columns)}, names, year=year, table="T"
            )
            for part, year in ((start, 1995), (end, 2011))
        )
        ax = figures.linkage_changes(first, second, top=2)
        quarters_are_right(ax)
        arrows = [t for t in ax.texts if isinstance(t, Annotation) and not t.get_text()]
        assert {(a.xyann, a.xy) for a in arrows} == {(start[n][::-1], end[n][::-1]) for n in names}
        dark = style.STAGE_COLOURS["traditional"]
        strong = {a.xy for a in arrows if to_hex(a.arrow_patch.get_edgecolor()) == dark}
        assert strong == {end["cars"][::-1], end["trade"][::-1]}
        tails = {tuple(map(float, line.get_xydata()[0])) for line in ax.lines if line.get_marker() == "o"}
        assert tails == {part[::-1] for part in start.values()}
        assert named(ax) == {n: end[n][::-1] for n in ("cars", "trade")}
        assert "Arrows from 1995 to 2011" in caption(ax)
        assert ax.figure.get_suptitle() == "Linkages from 1995 to 2011"


class TestKeyIndustries:
    @pytest.fixture
    def result(self):
        columns = {
            "backward_normalised": list(BACKWARD.values()),
            "forward_normalised": list(FORWARD.values()),
        }
        return frame(columns, list(BACKWARD), unit="1 = average")

    def point(self, name: str) -> tuple[float, float]:
        return FORWARD[name], BACKWARD[name]

    def test_points_areas_stages_and_names(self, result):
        size = pd.Series(SIZE, name="jobs")
        ax = figures.key_industries(result, size=size, stage=pd.Series(STAGE), label=2)
        quarters_are_right(ax)
        seen = {}
        for group in ax.collections:
            for point, area in zip(group.get_offsets(), group.get_sizes(), strict=True):
                seen[tuple(map(float, point))] = (to_hex(group.get_facecolor()[0]), float(area))
        largest = seen[self.point("trade")][1]
        for name, kind in STAGE.items():
            colour, area = seen[self.point(name)]
            assert colour == style.STAGE_COLOURS[kind]
            assert area / largest == pytest.approx(SIZE[name] / SIZE["trade"])
        assert legend(ax) == style.STAGE_COLOURS
        assert named(ax) == {name: self.point(name) for name in ("trade", "farms")}
        names_stand_at_their_points(ax, {name: self.point(name) for name in STAGE})
        shown = numbers(ax)
        assert shown["stage"].to_dict() == STAGE
        assert shown["jobs"].to_dict() == SIZE
        assert "Area of the points: jobs" in caption(ax)

    def test_every_name_stands_at_its_point(self, result):
        ax = figures.key_industries(result)
        assert named(ax) == {name: self.point(name) for name in STAGE}
        names_stand_at_their_points(ax, {name: self.point(name) for name in STAGE})

    def test_a_name_without_room_becomes_a_number_with_a_note(self):
        random = np.random.default_rng(5)
        texts = [f"an industry with the long name {k}" for k in range(24)]
        values = {"backward_normalised": random.normal(1, 0.02, 24), "forward_normalised": random.normal(1, 0.02, 24)}
        values["backward_normalised"][0] = 3.0
        crowd = frame({name: list(column) for name, column in values.items()}, texts)
        ax = figures.key_industries(crowd, width=4.0)
        places = named(ax)
        for key, point in places.items():
            row = np.flatnonzero(
                (crowd[["forward_normalised", "backward_normalised"]].to_numpy() == point).all(axis=1)
            ).item()
            assert key == texts[row] or f"{key} {texts[row]}" in re.split(r"[.,] ", caption(ax).rstrip("."))
        assert any(key.isdigit() for key in places)
        unnamed = re.findall(r"Not named: ([^.]*)", caption(ax))
        lost = unnamed[0].split(", ") if unnamed else []
        assert len(places) + len(lost) == 24
        assert not any(key.isdigit() for key in named(figures.key_industries(crowd, width=4.0, caption=False)))

    def test_what_is_the_same_for_all_goes_to_the_title(self, result):
        index = pd.MultiIndex.from_product([["CHN"], result.index], names=["region", "industry"])
        ax = figures.key_industries(result.set_axis(index, axis=0))
        assert ax.figure.get_suptitle() == "Exports: China"
        assert set(named(ax)) == set(STAGE)
        assert figures.key_industries(result.set_axis(index, axis=0), title="Mine").figure.get_suptitle() == "Mine"
        two = pd.MultiIndex.from_product([["CHN", "USA"], ["steel", "cars"]])
        ax = figures.key_industries(result.set_axis(two, axis=0))
        assert set(named(ax)) == {"China, steel", "China, cars", "USA, steel", "USA, cars"}

    def test_how_many_are_named_is_said(self, result):
        assert "Named: the 2 largest of 4" in caption(figures.key_industries(result, label=2))
        assert "Named" not in caption(figures.key_industries(result, label=4))

    def test_other_columns_go_to_their_axes(self, result):
        other = result.rename(columns={"backward_normalised": "pull", "forward_normalised": "push"})
        ax = figures.key_industries(other, backward="pull", forward="push")
        assert_allclose(ax.collections[0].get_offsets(), np.array([self.point(name) for name in STAGE]))


class TestStyle:
    def test_no_unit_is_claimed_that_nobody_gave(self):
        assert style.stated({"table": "T"}) == "Unit not stated. Table: T."
        assert style.stated({"unit": "", "table": "T"}) == "Unit: ratio. Table: T."

    @pytest.mark.parametrize(
        ("scope", "unit"),
        [
            ("region", "1 = average industry of the region"),
            ("world", "1 = average industry of the world"),
            ("industry", "1 = average region in the industry"),
        ],
    )
    def test_normalised_linkages_have_the_unit_of_their_scope(self, scope, unit):
        index = pd.MultiIndex.from_product([["CHN", "USA"], ["i", "j"]], names=["region", "industry"])
        columns = {name: [0.5, 1.5, 0.8, 1.2] for name in ("backward", "backward_normalised", "forward_normalised")}
        result = frame(columns, index, normalise=scope)
        for ax in (
            figures.linkage_heatmap(result),
            figures.heatmap(result, value="backward_normalised"),
            figures.heatmap(result["backward_normalised"]),
            figures.key_industries(result),
            figures.ranking(result, value="backward_normalised"),
            figures.linkage_changes(result, result * 1.1),
        ):
            assert f"Unit: {unit}." in caption(ax)
        assert figures.ranking(result, value="backward_normalised").get_xlabel() == f"Backward, {unit}"
        assert "Unit: M USD." in caption(figures.linkage_heatmap(result, value="backward"))

    def test_normalised_linkages_of_stages_name_no_average_industry(self, world):
        stages = linkages.by_stage(world, regions="CHN").loc["CHN"]
        assert "Unit: 1 = average of the region." in caption(figures.ranking(stages, value="backward_normalised"))

    def test_numbers_beside_the_bar_are_plain(self):
        ax = drawn(figures.heatmap(frame({"x": [-20000.0, 45000.0]}, ["a", "b"])))
        assert {"−20,000", "40,000"} <= {label.get_text() for label in colour_bar(ax).get_yticklabels()}

    def test_the_line_below_says_years_prices_and_who_is_missing(self):
        attrs = {
            "unit": "M USD",
            "table": "T",
            "year": [1995, 2011],
            "source": "S",
            "prices": "current",
            "note": "Jobs of RoW are unknown",
        }
        assert style.stated(attrs) == (
            "Unit: M USD. Table: T. Year: 1995, 2011. Source: S. Current prices. Jobs of RoW are unknown."
        )

    def test_lines_go_through_the_colours_in_order(self):
        looks = style.lines(["a", "b", "c"])
        assert [looks[name]["color"] for name in "abc"] == list(style.LINE_COLOURS[:3])

    def test_names_of_several_levels_keep_their_order(self):
        assert naming.shown([("CHN", "emerging")]) == ["China, emerging"]
