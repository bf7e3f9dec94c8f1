"""Figures of technology: the numbers shown, what is said, and what is refused."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pytest
from numpy.testing import assert_allclose

import io_linkage as iol
from io_linkage import figures, panel, technology
from io_linkage.errors import OptionError, UnknownLabelError
from io_linkage.figures.saving import numbers
from tests.marks import caption, cells, from_left, from_top


@pytest.fixture(autouse=True)
def _close_all():
    yield
    plt.close("all")


@pytest.fixture(scope="module")
def diffusion(world):
    return technology.diffusion(world)


@pytest.fixture(scope="module")
def years():
    tables = (iol.load(year=year) for year in (1995, 2011))
    return panel.over(tables, technology.stage_penetration, regions=["CHN", "USA", "IND"], draws=12)


def test_diffusion_is_drawn_as_shares_of_what_is_foreign(diffusion):
    ax = figures.diffusion_heatmap(diffusion)
    shown = cells(ax, diffusion.shape)
    assert np.isnan(np.diag(shown)).all()
    assert_allclose(np.nansum(shown, axis=0), 100)
    idn, jpn = (list(diffusion.columns).index(code) for code in ("IDN", "JPN"))
    foreign = diffusion["IDN"].drop("IDN").sum()
    assert shown[jpn, idn] == pytest.approx(100 * diffusion.loc["JPN", "IDN"] / foreign)
    assert from_top(ax)[0] == "China"
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("User", "Performer")
    assert "R&D is a proxy" in caption(ax)
    assert "% of what comes from abroad" in caption(ax)
    assert ax.figure.get_suptitle().replace("\n", " ").startswith("Who performs the foreign R&D (proxy)")


def test_diffusion_with_the_own_part_and_between_stages(world, diffusion):
    ax = figures.diffusion_heatmap(diffusion, own="shown")
    assert_allclose(cells(ax, diffusion.shape), 100 * diffusion / diffusion.sum())
    stages = technology.diffusion(world, by="stage", through="inputs")
    ax = figures.diffusion_heatmap(stages)
    assert_allclose(cells(ax, (3, 3)).sum(axis=0), 100)
    assert "embodied in inputs" in ax.figure.get_suptitle().replace("\n", " ")
    assert "Unit: % of total" in caption(ax)


def test_lines_show_the_central_share_and_the_interval_of_the_focus(years):
    ax = figures.penetration_lines(years, focus="USA")
    shown = numbers(ax)
    assert shown.loc[(2011, "CHN"), "central"] == pytest.approx(
        100 * years.loc[(2011, "CHN", "digital", "total"), "central"]
    )
    assert_allclose(ax.lines[0].get_ydata(), [shown.loc[(year, "CHN"), "central"] for year in (1995, 2011)])
    band = ax.collections[-1].get_paths()[0].vertices[:, 1]
    usa = shown.xs("USA", level="region")
    assert_allclose([band.min(), band.max()], [usa["low"].min(), usa["high"].max()])
    assert ax.get_ylim()[1] > usa["high"].max()
    assert "Band: USA, 90% of 12 draws" in caption(ax)
    assert ax.figure.get_suptitle().replace("\n", " ") == (
        "Digital share in all rounds of inputs of traditional industries"
    )
    direct = figures.penetration_lines(years, trait="high_tech", reach="direct")
    assert "High-tech share in direct inputs" in direct.figure.get_suptitle().replace("\n", " ")


def test_the_heatmap_shows_industries_by_trait(world):
    results = [technology.penetration(world, trait=trait, regions="CHN") for trait in ("digital", "high_tech")]
    ax = figures.penetration_heatmap(results, region="CHN", industries=["AtB", "27t28"])
    assert_allclose(
        cells(ax, (2, 2)),
        [[100 * one.loc[("CHN", code), "total_share"] for one in results] for code in ("AtB", "27t28")],
    )
    assert from_left(ax) == ["digital", "high-tech"]
    assert from_top(ax) == ["Agriculture", "Metals and metal products"]
    imported = figures.penetration_heatmap(results, region="CHN", value="direct_imported_share")
    assert "direct inputs, imported: industries of China" in imported.figure.get_suptitle().replace("\n", " ")
    # Motor trade and private households of China have no output.
    assert len(from_top(imported)) == 33


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda d, y, w: figures.diffusion_heatmap(d.iloc[:3]), OptionError, r"technology\.diffusion"),
        (lambda d, y, w: figures.diffusion_heatmap(d, own="hidden"), OptionError, "own="),
        (lambda d, y, w: figures.diffusion_heatmap(technology.embodied(w)), OptionError, r"technology\.diffusion"),
        (lambda d, y, w: figures.penetration_lines(d), OptionError, r"panel\.over"),
        (lambda d, y, w: figures.penetration_lines(y, trait="smart"), UnknownLabelError, "smart"),
        (lambda d, y, w: figures.penetration_lines(y, focus="BRA"), UnknownLabelError, "BRA"),
        (lambda d, y, w: figures.penetration_heatmap([], region="CHN"), OptionError, "list of results"),
        (
            lambda d, y, w: figures.penetration_heatmap([technology.penetration(w, regions="USA")], region="CHN"),
            UnknownLabelError,
            "CHN",
        ),
        (
            lambda d, y, w: figures.penetration_heatmap([technology.penetration(w)], region="CHN", value="total"),
            UnknownLabelError,
            "total_share",
        ),
        (
            lambda d, y, w: figures.penetration_heatmap(
                [technology.penetration(w)], region="CHN", industries=["Steel"]
            ),
            UnknownLabelError,
            "Steel",
        ),
    ],
)
def test_what_cannot_be_drawn_is_refused(world, diffusion, years, call, error, words):
    with pytest.raises(error, match=words):
        call(diffusion, years, world)
