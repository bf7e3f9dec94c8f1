"""Electric cars, solar and wind power, greenhouse gases: against their sources, and drawn beside each other."""

from __future__ import annotations

import importlib
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

import io_linkage as iol
from io_linkage import figures, indicators
from io_linkage.errors import OptionError, UnknownLabelError
from io_linkage.figures.saving import numbers
from io_linkage.result_attrs import described
from tests.marks import caption

TABLES = Path(__file__).resolve().parent.parent / "tables"


def test_published_figures():
    cars = indicators.electric_cars()
    assert cars.loc[("CHN", 2023), ["sales_battery", "sales_plug_in_hybrid", "sales_percent"]].tolist() == [
        5_400_000, 2_700_000, 38,
    ]  # fmt: skip
    assert cars.loc[("World", 2023), "stock"] == pytest.approx(40e6, rel=5e-3)
    assert indicators.solar_and_wind().loc[("CHN", 2024), "solar"] == pytest.approx(839, abs=0.5)
    gases = indicators.greenhouse_gases()
    assert round(gases["greenhouse_gases"].sum() / 1e3, 2) == 44.23
    assert round(gases["value_added"].sum() / 1e6, 2) == 93.81


def test_output_of_2022_is_that_of_the_account_of_trade():
    by_region = indicators.greenhouse_gases()["output"].groupby(level=0).sum()
    made = iol.trade.load(years=2022).flows[0].sum(axis=(1, 2))
    regions = iol.trade.load(years=2022).regions
    assert_allclose(by_region.sum() / 1e6, 199.69, atol=0.005)
    for code in ("CHN", "USA", "IND"):
        assert_allclose(made[regions.index(code)], by_region[code], rtol=2e-3)
    groups = indicators.greenhouse_gases().attrs["groups"]
    union = made[[regions.index(code) for code in groups["EU27"]]].sum()
    assert_allclose(union, by_region["EU27"], rtol=2e-3)
    members = [code for codes in groups.values() for code in codes]
    assert len(set(members)) == len(members)
    assert set(regions) == {*members, *(by_region.index.difference(list(groups)))}


def test_industries_are_those_of_the_classification():
    gases = indicators.greenhouse_gases()
    assert list(gases.index.unique("industry")) == iol.classifications.industries("ICIO2025")


@pytest.mark.parametrize("name", ["electric_cars", "solar_and_wind", "greenhouse_gases"])
def test_results_say_what_they_are(name):
    result = getattr(indicators, name)()
    assert set(result.attrs) <= set(described())
    listed = iol.shipped().loc[name]
    assert result.attrs["source"] == listed["source"]
    assert result.attrs["unit"] == listed["unit"]
    assert len(result.index.unique(0)) == listed["regions"]


def test_parts_and_shares():
    cars, power = indicators.electric_cars(), indicators.solar_and_wind()
    for amount in ("sales", "stock"):
        parts = cars.filter(regex=f"^{amount}_(battery|plug|fuel)").sum(axis=1, min_count=1)
        pd.testing.assert_series_equal(cars[amount], parts, check_names=False)
    known = power["solar_percent"].notna()
    assert_allclose(power["solar"][known], (power["solar_percent"] * power["all_sources"] / 100)[known])
    assert (power.loc[known, ["solar_percent", "wind_percent"]].sum(axis=1) <= 100 + 1e-6).all()


def test_economies_by_any_name_and_nothing_for_those_without_figures():
    assert list(indicators.electric_cars(["China", "EU27"]).index.unique("economy")) == ["CHN", "EU27"]
    with pytest.raises(UnknownLabelError, match="no figures of electric cars for Laos"):
        indicators.electric_cars("Laos")
    with pytest.raises(UnknownLabelError, match="Unknown economy 'Germny'"):
        indicators.solar_and_wind("Germny")
    with pytest.raises(OptionError, match="No economy was asked for"):
        indicators.solar_and_wind([])


def test_a_result_can_be_changed_without_changing_the_next():
    once = indicators.electric_cars()
    once.iloc[:] = 0
    assert indicators.electric_cars().loc[("CHN", 2023), "sales"] > 8e6


def test_the_script_makes_the_same_bytes_again(shared_data, tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(TABLES))
    script = importlib.import_module("make_indicators")
    script.build(shared_data / "recent", tmp_path)
    written = sorted(path.name for path in tmp_path.iterdir())
    assert len(written) == 4
    assert [
        name for name in written if (tmp_path / name).read_bytes() != (TABLES / "indicators" / name).read_bytes()
    ] == []


# Small multiples


@pytest.fixture
def panels():
    who = ["CHN", "USA", "IND"]
    cars, power = indicators.electric_cars(who), indicators.solar_and_wind(who)
    return {
        "Electric cars sold": iol.scaled(cars["sales"], 1e-6, unit="million cars"),
        "Solar power": power["solar"],
        "Wind power": power["wind"],
    }


def test_each_panel_draws_its_result_with_the_same_looks(panels):
    figure = figures.small_multiples(panels, focus="CHN", units={"Solar power": "TWh", "Wind power": "TWh"})
    axes = figure.axes
    assert [ax.get_title(loc="left") for ax in axes] == list(panels)
    assert [ax.get_ylabel() for ax in axes] == ["million cars", "TWh", "TWh"]
    for ax, result in zip(axes, panels.values(), strict=True):
        for line, code in zip(ax.lines, ["CHN", "USA", "IND"], strict=False):
            assert_allclose(line.get_ydata(), result[code].dropna())
    looks = [[(line.get_color(), line.get_linestyle()) for line in ax.lines[:3]] for ax in axes]
    assert looks[0] == looks[1] == looks[2]
    assert len(set(looks[0])) == 3
    text = caption(axes[0])
    assert "IEA (2024)" in text
    assert "Ember" in text
    assert "Years 2000 to 2025" in text
    assert set(numbers(figure).index.get_level_values("panel")) == set(panels)


def test_panels_have_the_same_economies(panels):
    panels["Solar power"] = panels["Solar power"].drop("IND", level="economy")
    with pytest.raises(OptionError, match=r"have different economies \(IND\)"):
        figures.small_multiples(panels)
    with pytest.raises(OptionError, match="no panel to draw"):
        figures.small_multiples({})


def test_years_on_the_axis_do_not_overlap(panels):
    figure = figures.small_multiples(panels)
    figure.canvas.draw()
    for ax in figure.axes:
        boxes = [label.get_window_extent() for label in ax.get_xticklabels() if label.get_text()]
        inside = [box for box in boxes if ax.bbox.x0 - 1 <= (box.x0 + box.x1) / 2 <= ax.bbox.x1 + 1]
        assert len(inside) >= 2
        assert all(left.x1 < right.x0 for left, right in pairwise(inside))
        assert np.isfinite(ax.get_ylim()).all()


def test_every_tick_of_a_few_uneven_years_says_its_year():
    index = pd.Index([1995, 2000, 2005, 2008, 2011], name="year")
    panels = {"One": pd.DataFrame({"CHN": [1.0, 2, 3, 4, 5], "USA": [5.0, 4, 3, 2, 1]}, index=index)}
    figure = figures.small_multiples(panels)
    figure.draw_without_rendering()
    ax = figure.axes[0]
    low, high = ax.get_xlim()
    inside = [tick for tick in ax.xaxis.get_major_ticks() if low <= tick.get_loc() <= high]
    assert len(inside) >= 2
    assert [tick.label1.get_text() for tick in inside] == [f"{tick.get_loc():.0f}" for tick in inside]
