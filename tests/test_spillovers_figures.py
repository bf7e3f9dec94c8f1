"""Figures of spillovers, ties, flows, years, the tile map and growth: the numbers shown, then what is drawn."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

import io_linkage as iol
from io_linkage import figures, panel, spillovers, ties
from io_linkage.errors import OptionError
from io_linkage.figures.flow_bands import _apart, _stacked
from io_linkage.figures.saving import numbers
from io_linkage.figures.tile_maps import _layout
from io_linkage.ties.growth import CHANNELS


@pytest.fixture(autouse=True)
def _close_all():
    yield
    plt.close("all")


@pytest.fixture(scope="module")
def china(world):
    return ties.bilateral(world, "CHN")


def caption(ax) -> str:
    return ax.figure.get_supxlabel().replace("\n", " ")


def test_spillover_heatmap_leaves_the_own_out_and_says_so(world):
    S = spillovers.matrix(world)
    ax = figures.spillover_heatmap(S)
    shown = numbers(ax).set_index(["region_row", "region_column"])["value"]
    assert shown["BRA", "CHN"] == pytest.approx(S.loc["BRA", "CHN"])
    assert np.isnan(shown["CHN", "CHN"])
    assert S.loc["CHN", "CHN"] > 0
    assert "each region draws from itself" in caption(ax)
    assert "Logarithmic scale" in caption(ax)
    assert ax.get_xlabel() == "The region whose final demand draws it"


def test_spillover_heatmap_by_stage_masks_the_whole_region(world):
    S = spillovers.matrix(world, by="region-stage")
    keep = [label for label in S if label[0] in ("CHN", "USA")]
    part = S.loc[keep, keep]
    part.attrs.update(S.attrs)
    ax = figures.spillover_heatmap(part)
    assert int(numbers(ax)["value"].isna().sum()) == 18


def test_spillover_heatmap_refuses_other_shapes(world):
    S = spillovers.matrix(world)
    with pytest.raises(OptionError, match="same rows and columns"):
        figures.spillover_heatmap(S.iloc[:3])
    with pytest.raises(OptionError, match="own="):
        figures.spillover_heatmap(S, own="hidden")


def test_dependence_heatmap_shows_both_directions(china):
    ax = figures.dependence_heatmap(china)
    shown = numbers(ax)
    row = china.loc[("CHN", "BRA", "all")]
    assert shown.loc[("CHN", "BRA"), "dependence_of_partner_share"] == pytest.approx(
        100 * row["dependence_of_partner_share"]
    )
    assert shown.loc[("CHN", "BRA"), "dependence_on_partner_share"] == pytest.approx(
        100 * row["dependence_on_partner_share"]
    )
    assert [text.get_text() for text in ax.get_xticklabels()] == ["China", "USA", "EU", "Japan"] * 2
    assert "per cent of GDP" in caption(ax)
    with pytest.raises(OptionError, match=r"ties\.bilateral"):
        figures.dependence_heatmap(china.droplevel("stage"))


def test_flows_are_as_wide_as_the_numbers(china):
    matrix = china.loc["CHN"]["value_added_exports"].unstack("partner").drop(index="all", columns="all")
    matrix.attrs.update(china.attrs)
    ax = figures.flows(matrix, smallest=0.0)
    bands = [patch for patch in ax.patches if patch.__class__.__name__ == "PathPatch"]
    assert len(bands) == int((matrix > 0).to_numpy().sum())
    heights = [path.get_path().vertices[0][1] - path.get_path().vertices[7][1] for path in bands]
    expected = matrix.to_numpy().ravel() / matrix.to_numpy().sum()
    assert_allclose(np.array(heights) / np.sum(heights), expected, rtol=1e-9)
    assert_allclose(numbers(ax)["value"].sum(), matrix.to_numpy().sum())
    assert "569,138" in caption(ax)


def test_flows_join_the_thin_and_refuse_the_negative():
    cells = pd.DataFrame([[50.0, 50, 0.1, 0.1], [1.0, 1, 0, 0]], index=["a", "b"], columns=list("wxyz"))
    ax = figures.flows(cells, smallest=0.01)
    assert "Others: below 1.0% each (y, z)" in caption(ax)
    with pytest.raises(OptionError, match="a to w"):
        figures.flows(-cells)
    with pytest.raises(OptionError, match="no flow"):
        figures.flows(cells * 0)


def test_boxes_and_labels_keep_their_distance():
    ends = _stacked(np.array([5.0, 0.1, 0.1, 5.0]))
    assert (ends[:-1, 0] > ends[1:, 1]).all()
    places = _apart(ends.mean(axis=1), 0.08)
    assert (-np.diff(places) >= 0.08 - 1e-12).all()
    assert places.min() >= 0


def test_time_lines_show_every_economy_over_years():
    tables = [iol.load(year=year) for year in (1995, 2005, 2011)]
    result = panel.over(tables, ties.bilateral, focus="CHN", partners=["BRA", "IDN"], by_stage=False)
    series = result["dependence_of_partner_share"].xs(("BRA", "all"), level=("partner", "stage"))
    series.attrs.update(result.attrs)
    ax = figures.time_lines(series, factor=100, unit="per cent of GDP")
    assert len(ax.lines) == 4
    assert ax.lines[0].get_linewidth() > ax.lines[1].get_linewidth()
    assert_allclose(ax.lines[0].get_ydata(), 100 * series.xs("CHN", level="economy"))
    assert "Years 1995 to 2011" in caption(ax)
    assert "World 1995" not in caption(ax)
    with pytest.raises(OptionError, match="not among the lines"):
        figures.time_lines(series, focus="DEU")
    with pytest.raises(OptionError, match="one other level"):
        figures.time_lines(result["exports"])


def test_tile_map_gives_each_region_a_square_of_its_own(world):
    D = ties.dependence(world)["CHN"]
    values = D.where(D.index != "CHN")
    ax = figures.tile_map(values, focus="CHN", factor=100, unit="per cent of GDP")
    shown = numbers(ax)
    assert not shown.duplicated(["column", "row"]).any()
    assert shown.loc["BRA", "value"] == pytest.approx(100 * D["BRA"])
    assert "no figures" not in caption(ax)
    written = figures.tile_map(pd.Series({"POL": 1.002, "TUR": 0.57, "TWN": 9.6, "USA": 21.4}), scale="log")
    assert {"1.0", "0.57", "9.6", "21"} <= {text.get_text() for text in written.texts}
    with pytest.raises(OptionError, match="one value for each region"):
        figures.tile_map(world.va)


def test_tile_map_looks_like_the_world(world):
    where = dict(zip(world.regions, _layout(world.regions).tolist(), strict=True))
    assert where["USA"][0] < where["FRA"][0] < where["IND"][0] < where["JPN"][0]
    assert where["DEU"][1] < where["TUR"][1] < where["AUS"][1]
    assert where["RoW"][1] > max(row for region, (_, row) in where.items() if region != "RoW")


def test_growth_bars_add_up():
    pull = ties.growth_pull(iol.load(year=1995), iol.load(year=2011), "CHN", partners=["BRA", "IDN"])
    ax = figures.growth_sources(pull)
    shown = numbers(ax)["change_share"]
    assert_allclose(shown.groupby("partner").sum(), 100)
    part = figures.growth_sources(pull, by="channel", source="CHN")
    total = pull["change_share"].xs("CHN", level="source").groupby("partner").sum()
    assert_allclose(numbers(part)["change_share"].groupby("partner").sum()[["BRA"]], 100 * total[["BRA"]])
    texts = [text.get_text() for text in part.get_legend().get_texts()]
    assert set(texts) == {"sum of those drawn", *(channel.replace("_", " ") for channel in CHANNELS[:-1])}
    without = figures.growth_sources(pull, leave_out=["own"])
    assert "Not drawn: partner itself" in caption(without)
    assert "Current prices" in caption(without)
    with pytest.raises(OptionError, match="growth_pull"):
        figures.growth_sources(pull.droplevel("source"))


def test_figures_fit_into_axes_of_the_caller(china, world):
    figure, (left, right) = plt.subplots(1, 2, figsize=(9, 4))
    assert figures.dependence_heatmap(china, ax=left) is left
    assert figures.tile_map(ties.dependence(world)["CHN"], ax=right) is right
    figure.canvas.draw()


def test_saved_beside_their_numbers(china, tmp_path):
    files = figures.save(figures.dependence_heatmap(china), tmp_path / "dependence")
    assert [file.suffix for file in files] == [".png", ".svg", ".csv"]
    written = pd.read_csv(files[-1])
    assert {"economy", "partner", "dependence_of_partner_share", "unit", "year"} <= set(written.columns)
