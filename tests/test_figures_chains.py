"""Marks of the figures of value chains against the numbers they stand for."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex
from numpy.testing import assert_allclose

from io_linkage import figures
from tests.marks import (
    ATTRS,
    bars,
    caption,
    cells,
    colour_bar,
    frame,
    from_top,
    legend,
    named,
    ticks,
    written,
)


class TestSmileCurve:
    @pytest.fixture
    def result(self):
        index = pd.MultiIndex.from_tuples(
            [
                ("CHN", "30t33"),
                ("CHN", "24"),
                ("USA", "30t33"),
                ("USA", "51"),
                ("JPN", "51"),
                ("DEU", "24"),
                ("KOR", "24"),
            ],
            names=["region", "industry"],
        )
        share = [0.40, 0.10, 0.02, 0.08, 0.25, 0.12, 0.03]
        columns = {
            "value_added": [1000 * s for s in share],
            "share": share,
            "distance": [1.0, 3.1, 1.6, 2.4, 4.0, 5.2, 4.6],
            "per_output": [0.2, 0.31, 0.5, 0.62, 0.35, 0.8, 0.7],
            "final": [True, False, True, False, False, False, False],
        }
        return frame(columns, index, product="CHN 30t33")

    def test_bubbles_colours_names_and_mean(self, result):
        ax = figures.smile_curve(result, partners=2, label=3)
        points = [tuple(p) for p in result[["distance", "per_output"]].to_numpy()]
        bubbles = ax.collections[0]
        seen = dict(zip(map(tuple, bubbles.get_offsets().tolist()), map(to_hex, bubbles.get_facecolors()), strict=True))
        key = legend(ax)
        assert list(key) == ["China", "Japan", "Germany", "others"]
        for (region, _), point in zip(result.index, points, strict=True):
            name = {"CHN": "China", "JPN": "Japan", "DEU": "Germany"}.get(region, "others")
            assert seen[point] == key[name]
        sizes = dict(zip(map(tuple, bubbles.get_offsets().tolist()), bubbles.get_sizes(), strict=True))
        assert sizes[points[4]] / sizes[points[0]] == pytest.approx(0.25 / 0.40)
        assert named(ax) == {
            "China, Electrical and optical": points[0],
            "Japan, Wholesale trade": points[4],
            "Germany, Chemicals": points[5],
        }
        x, y = result["distance"].to_numpy(), result["per_output"].to_numpy()
        grid = ax.lines[0].get_xdata()
        near = np.exp(-0.5 * ((grid[:, None] - x) / (0.12 * np.ptp(x))) ** 2) * result["share"].to_numpy()
        assert_allclose(ax.lines[0].get_ydata(), near @ y / near.sum(axis=1))
        assert (grid[0], grid[-1]) == (x.min(), x.max())
        left, right = ax.get_xlim()
        assert left > x.max() > x.min() > right
        assert ax.figure.get_suptitle() == "Who earns what of a final product: China, electrical and optical"
        assert "Shown: 100% of value added, industries with 0.1% or more" in caption(ax)
        assert (ax.get_xlabel()[:8], ax.get_ylabel()) == ("Distance", "Value added per unit of output")

    def test_home_is_who_finishes_the_product(self, result):
        result.attrs["product"] = "USA 51"
        result["final"] = [False, False, False, True, True, False, False]
        result.loc[("USA", "51"), "value_added"] = 999.0
        key = legend(figures.smile_curve(result, partners=1))
        assert next(iter(key)) == "USA"
        assert key["USA"] == "#b2182b"


class TestParticipationMap:
    def test_points_names_groups_and_sides(self):
        result = frame(
            {"backward": [0.2, 0.3, 0.1], "forward": [0.15, 0.05, 0.4], "exports": [25.0, 100.0, 36.0]},
            ["CHN", "MEX", "RUS"],
        )
        ax = figures.participation_map(result, groups={"oil": ["RUS"], "parts": ["MEX"]}, label=2)
        points = {"CHN": (20.0, 15.0), "MEX": (30.0, 5.0), "RUS": (10.0, 40.0)}
        seen = {}
        for group in ax.collections:
            for point, area in zip(group.get_offsets(), group.get_sizes(), strict=True):
                seen[tuple(np.round(point, 9).tolist())] = (
                    group.get_label(),
                    float(area),
                    to_hex(group.get_facecolor()[0]),
                )
        assert {name: seen[point][0] for name, point in points.items()} == {
            "CHN": "others",
            "MEX": "parts",
            "RUS": "oil",
        }
        for name, point in points.items():
            assert seen[point][1] / seen[points["MEX"]][1] == pytest.approx(result.loc[name, "exports"] / 100)
            assert legend(ax)[seen[point][0]] == seen[point][2]
        at = {name: tuple(np.round(xy, 9)) for name, xy in named(ax).items()}
        assert at == {"Mexico": points["MEX"], "Russia": points["RUS"]}
        assert ax.get_xlabel().startswith("Backward participation")
        assert ax.get_ylabel().startswith("Forward participation")
        places = written(ax)
        assert places["Supplies others' chains"][0] < 0.5 < places["Supplies others' chains"][1]
        assert places["Builds on others' inputs"][1] < 0.5 < places["Builds on others' inputs"][0]
        assert "Unit: % of gross exports" in caption(ax)
        assert "Area: exports" in caption(ax)


class TestPositionOverTime:
    def test_paths_open_and_filled_ends_and_names(self):
        index = pd.MultiIndex.from_product([[1995, 2000, 2011], ["CHN", "USA"]], names=["year", "region"])
        columns = {"upstreamness": [2.0, 1.5, 2.4, 1.6, 2.9, 1.7], "downstreamness": [2.1, 1.9, 2.2, 1.8, 2.8, 1.85]}
        result = frame(columns, index, table="Made up 1995")
        ax = figures.position_over_time(result)
        paths = {
            name: result.xs(name, level="region")[["downstreamness", "upstreamness"]].to_numpy()
            for name in ("CHN", "USA")
        }
        colours = {}
        for name, path in paths.items():
            line = next(m for m in ax.lines if len(m.get_xdata()) == 3 and np.allclose(m.get_xydata(), path))
            colours[name] = line.get_color()
            open_point = next(
                m
                for m in ax.lines
                if to_hex(m.get_markerfacecolor()) == "#ffffff"
                and m.get_color() == line.get_color()
                and m.get_marker() == "o"
            )
            assert_allclose(open_point.get_xydata(), path[:1])
            filled = [
                m.get_xydata()
                for m in ax.lines
                if m.get_marker() == "o" and m.get_markersize() == 4.5 and m.get_markerfacecolor() == line.get_color()
            ]
            assert_allclose(filled, [path[-1:]])
        assert colours["CHN"] != colours["USA"]
        for text in ax.texts:
            name = {"China": "CHN", "USA": "USA"}[text.get_text()]
            assert_allclose(text.xy, paths[name][-1])
            assert text.get_color() == colours[name]
        assert len(ax.texts) == 2
        assert ax.get_xlabel() == "Downstreamness: stages from primary inputs"
        assert ax.get_ylabel() == "Upstreamness: stages to final demand"
        assert "Open point 1995, filled point 2011" in caption(ax)
        assert "Table: Made up." in caption(ax)


class TestExportFigures:
    def test_bars_start_where_the_last_ended_and_negative_ones_go_left(self):
        result = frame({"DVA_FIN": [0.7, 0.5], "FVA_FIN": [0.4, 0.3], "DDC": [-0.1, 0.2]}, ["CHN", "USA"])
        ax = figures.export_decomposition(result)
        assert from_top(ax) == ["China", "USA"]
        words = {
            "DVA_FIN": "Domestic, in final goods",
            "FVA_FIN": "Foreign, in final goods",
            "DDC": "Domestic, counted twice",
        }
        expected = {
            ("China", words["DVA_FIN"]): (0, 70),
            ("China", words["FVA_FIN"]): (70, 110),
            ("China", words["DDC"]): (0, -10),
            ("USA", words["DVA_FIN"]): (0, 50),
            ("USA", words["FVA_FIN"]): (50, 80),
            ("USA", words["DDC"]): (80, 100),
        }
        ends = bars(ax)
        assert ends.keys() == expected.keys()
        for key, value in expected.items():
            assert_allclose(ends[key], value, err_msg=str(key), atol=1e-9)
        colours = {c.get_label(): to_hex(c[0].get_facecolor()) for c in ax.containers}
        assert legend(ax) == colours
        assert colours[words["DVA_FIN"]] != colours[words["FVA_FIN"]]
        assert ax.get_xlabel() == "% of gross exports"

    def test_the_smallest_origins_are_summed(self):
        sizes = np.array([0.3, 0.2, 0.15, 0.1, 0.08, 0.06, 0.05, 0.03, 0.02, 0.01])
        names = [f"land {k}" for k in range(10)]
        ax = figures.export_decomposition(frame({n: [s] for n, s in zip(names, sizes, strict=True)}, ["row"]))
        widths = {name: end - start for (_, name), (start, end) in bars(ax).items()}
        kept = dict(zip(names[:7], 100 * sizes[:7], strict=True))
        assert widths == pytest.approx({**kept, "Others": 6.0})

    def test_value_added_is_of_rows_and_absorbed_in_columns(self):
        result = frame({"CHN": [60.0, 10.0], "USA": [40.0, 30.0]}, ["CHN", "USA"])
        ax = figures.value_added_heatmap(result)
        assert_allclose(cells(ax, (2, 2)), [[np.nan, 40], [25, np.nan]])
        assert (ax.get_ylabel(), ax.get_xlabel()) == ("Value added of", "absorbed in")
        assert colour_bar(ax).get_ylabel() == "% of the row's value added"


@dataclass
class SmallCard:
    label: str
    profile: pd.DataFrame
    frontier: pd.DataFrame
    exports: pd.DataFrame
    industries: pd.DataFrame
    origins: pd.Series
    destinations: pd.Series
    attrs: dict[str, Any] = field(default_factory=dict)


class TestCountryCard:
    KINDS = (
        "high_stage",
        "high_tech",
        "dva_share",
        "skill",
        "backward",
        "forward",
        "upstreamness",
        "gvc_position",
        "va_per_job",
    )

    @pytest.fixture
    def figure(self):
        years = pd.Index([1995, 2011], name="year")
        own = pd.DataFrame({kind: [0.01 * (k + 1), 0.02 * (k + 2)] for k, kind in enumerate(self.KINDS)}, index=years)
        front = pd.DataFrame({kind: [0.04 * (k + 1), 0.05 * (k + 1)] for k, kind in enumerate(self.KINDS)}, index=years)
        terms = ["traditional", "pure_forward", "two_sided", "pure_backward", "NON_VA"]
        exports = pd.DataFrame([[0.3, 0.2, 0.1, 0.35, 0.05], [0.2, 0.1, 0.3, 0.36, 0.04]], index=years, columns=terms)
        industries = pd.DataFrame(
            {"exports": [10.0, 60.0, 30.0], "value_added": [50.0, 15.0, 35.0]}, index=["i", "j", "k"]
        )
        card = SmallCard(
            "India", own, front, exports, industries,
            pd.Series({"CHN": 30.0, "USA": 10.0}), pd.Series({"CHN": 0.05, "USA": 0.2}), dict(ATTRS),
        )  # fmt: skip
        return card, figures.country_card(card)

    @staticmethod
    def panel(figure, heading: str):
        return next(ax for ax in figure.axes if ax.get_title(loc="left").startswith(heading))

    def test_profile_rows_read_first_last_frontier(self, figure):
        card, drawn_card = figure
        ax = self.panel(drawn_card, "Profile")
        cell = {(round(t.get_position()[0], 2), round(t.get_position()[1], 1)): t.get_text() for t in ax.texts}
        heads = {cell[x, -0.6] if (x, -0.6) in cell else cell[x, -0.5]: x for x in (0.48, 0.58, 0.7)}
        assert heads == {"1995": 0.48, "2011": 0.58, "frontier 2011": 0.7}
        for k, kind in enumerate(self.KINDS):
            percent = k < 6
            for x, value in (
                (0.48, card.profile.loc[1995, kind]),
                (0.58, card.profile.loc[2011, kind]),
                (0.7, card.frontier.loc[2011, kind]),
            ):
                text = (
                    f"{100 * value:.1f} %" if percent else f"{value:,.1f}" if kind == "va_per_job" else f"{value:.2f}"
                )
                assert cell[x, float(k)] == text
            marks = [m for m in ax.lines if m.get_marker() == "o" and m.get_ydata()[0] == k]
            ratios = (card.profile[kind] / card.frontier[kind]).clip(upper=1.6)
            expected = {"white": 0.75 + 0.15 * ratios[1995], "#b2182b": 0.75 + 0.15 * ratios[2011]}
            assert {m.get_markerfacecolor(): m.get_xdata()[0] for m in marks} == pytest.approx(expected)

    def test_exports_are_stacked_as_the_legend_reads(self, figure):
        card, drawn_card = figure
        ax = self.panel(drawn_card, "Gross exports")
        entries = [text.get_text() for text in ax.get_legend().get_texts()]
        assert entries == [c.get_label() for c in ax.containers][::-1]
        assert legend(ax) == {c.get_label(): to_hex(c[0].get_facecolor()) for c in ax.containers}
        tops = np.array([[bar.get_y() + bar.get_height() for bar in c] for c in ax.containers])
        assert_allclose(tops, 100 * card.exports.to_numpy().cumsum(axis=1).T)
        assert entries[-1] == "Traditional trade"

    def test_lines_industries_and_partners(self, figure):
        card, drawn_card = figure
        stages = self.panel(drawn_card, "Emerging")
        lines = {line.get_label(): line.get_ydata() for line in stages.lines}
        assert_allclose(lines["India"], 100 * card.profile["high_stage"])
        assert_allclose(lines["frontier"], 100 * card.frontier["high_stage"])
        made = self.panel(drawn_card, "Industries")
        assert from_top(made) == ["i", "k", "j"]
        rows = ticks(made.yaxis)
        for c in made.containers:
            column = {"value added": "value_added", "gross exports": "exports"}[c.get_label()]
            for bar in c:
                name = next(n for n, y in rows.items() if abs(bar.get_y() + bar.get_height() / 2 - y) < 0.3)
                assert bar.get_width() == pytest.approx(card.industries.loc[name, column])
        traded = self.panel(drawn_card, "Partners")
        assert from_top(traded) == ["USA", "China"]
        rows = {y: name for name, y in ticks(traded.yaxis).items()}
        widths = {
            (c.get_label(), rows[round(b.get_y() + b.get_height() / 2)]): b.get_width()
            for c in traded.containers
            for b in c
        }
        foreign, absorbed = "foreign value added in exports", "value added absorbed abroad"
        assert widths == pytest.approx(
            {(foreign, "USA"): -25.0, (foreign, "China"): -75.0, (absorbed, "USA"): 20.0, (absorbed, "China"): 5.0}
        )
        assert traded.get_xlabel() == "foreign value added from  |  own value added to"
