"""Figures of value chains: the numbers they show, what they say, what they refuse."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

import io_linkage as iol
from io_linkage import figures, position
from io_linkage import value_added as va
from io_linkage.errors import OptionError, UnknownLabelError
from io_linkage.figures.saving import numbers
from tests.examples import leather


@pytest.fixture(scope="module")
def paths() -> pd.DataFrame:
    return iol.panel.over((iol.load(year=year) for year in (1995, 2005, 2011)), position.by_group)


@pytest.fixture(autouse=True)
def closed():
    yield
    import matplotlib.pyplot as plt

    plt.close("all")


def caption(ax) -> str:
    figure = ax if hasattr(ax, "get_supxlabel") else ax.figure
    return figure.get_supxlabel()


def test_smile_shows_what_it_says(world):
    result = position.smile(world, regions="CHN", industries="30t33")
    ax = figures.smile_curve(result, smallest=0.002)
    shown = numbers(ax)
    assert (shown["share"] >= 0.002).all()
    points = ax.collections[0].get_offsets()
    assert_allclose(points, shown[["distance", "per_output"]])
    # Areas are in proportion to value added, down to the smallest that can be seen.
    areas = ax.collections[0].get_sizes()
    large = areas > areas.min() * 1.01
    assert_allclose(areas[large] / areas[0], (shown["share"] / shown["share"].iloc[0])[large], rtol=1e-6)
    left, right = ax.get_xlim()
    assert left > right
    assert "2011" in caption(ax)
    assert "value added" in caption(ax)


def test_smile_needs_the_right_result(world):
    with pytest.raises(UnknownLabelError, match="per_output"):
        figures.smile_curve(position.smile(world, regions="CHN", industries="30t33").drop(columns="per_output"))
    with pytest.raises(OptionError, match="lower smallest"):
        figures.smile_curve(position.smile(world, regions="CHN", industries="30t33"), smallest=0.9)
    with pytest.raises(UnknownLabelError, match="CHN"):
        figures.smile_curve(position.smile(world, regions="CHN", industries="30t33"), home="CHX")


def test_participation_map_colours_groups(world):
    result = va.participation(world)
    groups = {"developing": iol.economies.resolve(world, "developing")}
    ax = figures.participation_map(result, groups=groups)
    shown = numbers(ax)
    assert set(shown["group"]) == {"developing", "others"}
    points = np.vstack([c.get_offsets() for c in ax.collections])
    assert_allclose(np.sort(points[:, 0]), np.sort(100 * shown["backward"]))
    assert [t.get_text() for t in ax.get_legend().get_texts()] == ["developing", "others"]
    series = pd.Series({"CHN": "focus"})
    assert set(numbers(figures.participation_map(result, groups=series, size=None))["group"]) == {"focus", "others"}
    with pytest.raises(UnknownLabelError, match="backward"):
        figures.participation_map(result.drop(columns="backward"))
    with pytest.raises(OptionError, match="nothing to draw"):
        figures.participation_map(result * np.nan)


def test_paths_run_from_the_first_year_to_the_last(paths):
    ax = figures.position_over_time(paths, regions=["CHN", "USA"])
    line = ax.lines[0].get_xydata()
    expected = paths.xs("CHN", level="region")[["downstreamness", "upstreamness"]].to_numpy()
    assert_allclose(line, expected)
    assert "Open point 1995, filled point 2011" in caption(ax).replace("\n", " ")
    assert {t.get_text() for t in ax.texts} >= {"China", "USA"}
    with pytest.raises(UnknownLabelError, match="CHN"):
        figures.position_over_time(paths, regions=["CHI"])
    with pytest.raises(OptionError, match="year"):
        figures.position_over_time(paths.loc[2011])


def test_bars_add_up_to_exports():
    result = va.kww(leather()).frame(shares=True)
    ax = figures.export_decomposition(result, sort="DVA_FIN")
    widths = sum(np.array([bar.get_width() for bar in container]) for container in ax.containers)
    assert_allclose(widths, 100.0)
    assert [t.get_text() for t in ax.get_yticklabels()] == ["Germany", "Turkey", "Argentina"]
    with pytest.raises(OptionError, match="add up to"):
        figures.export_decomposition(result, terms=["DVA_FIN", "DVA_INT"])
    with pytest.raises(OptionError, match="not to 1"):
        figures.export_decomposition(va.kww(leather()).frame())
    with pytest.raises(UnknownLabelError, match="DVA_FIN"):
        figures.export_decomposition(result, terms=["DVA"])
    with pytest.raises(UnknownLabelError, match="Turkey"):
        figures.export_decomposition(result, rows=["Türkiye"])


def test_stages_of_content_have_their_colours(world):
    ax = figures.export_decomposition(va.content(world, origin="domestic-stage"))
    assert "Taxes and margins" in [t.get_text() for t in ax.get_legend().get_texts()]
    assert numbers(ax).columns[0] == "domestic, traditional"


@pytest.mark.parametrize("make", [va.kww, va.wwz, va.borin_mancini, va.trade_based])
def test_no_two_terms_have_one_look(make, world):
    frame = make(world).frame("exporter", shares=True)
    ax = figures.export_decomposition(frame)
    assert len({c[0].get_facecolor() for c in ax.containers}) == len(ax.containers)
    words = [t.get_text() for t in ax.get_legend().get_texts()]
    assert len(set(words)) == len(words)
    assert not {*words} & {*frame.columns}
    ax.figure.draw_without_rendering()
    assert ax.get_legend().get_window_extent().x1 <= ax.figure.bbox.width


def test_many_origins_are_gathered_and_named(world):
    ax = figures.export_decomposition(va.content(world, origin="region"))
    words = [t.get_text() for t in ax.get_legend().get_texts()]
    assert words[0] == "Domestic"
    assert words[-2:] == ["Others", "Taxes and margins"]
    assert {"China", "USA"} < set(words)
    assert len({c[0].get_facecolor() for c in ax.containers}) == len(ax.containers) == 10
    shown = numbers(ax)
    assert_allclose(shown.sum(axis=1), 1.0)
    assert_allclose(shown["domestic"], va.content(world)["domestic"])


def test_value_added_heatmap_leaves_out_home(world):
    matrix = va.matrix(world, by="region")
    ax = figures.value_added_heatmap(matrix)
    shown = numbers(ax)
    row = shown[(shown.iloc[:, 0] == "CHN") & (shown.iloc[:, 1] == "USA")]["value"].item()
    assert row == pytest.approx(100 * matrix.loc["CHN", "USA"] / matrix.loc["CHN"].sum())
    figures.value_added_heatmap(matrix, shares=False)
    with pytest.raises(OptionError, match="both sides"):
        figures.value_added_heatmap(va.matrix(world, by="industry"))
