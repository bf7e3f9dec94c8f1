"""Series over tables: one in memory at a time, comparable ones only."""

from __future__ import annotations

import gc
import weakref

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

import io_linkage as iol
from io_linkage import panel, ties
from io_linkage.errors import ComparisonError, OptionError
from tests.examples import germany_1995, leather


def gdp(table):
    return table.va.groupby(level="region").sum()


def test_results_are_stacked_by_year():
    series = panel.over((iol.load(year=year) for year in (1995, 2011)), gdp)
    assert series.index.names == ["year", "region"]
    assert series.loc[(2011, "CHN")].item() > series.loc[(1995, "CHN")].item()
    assert series.attrs["year"] == [1995, 2011]


def test_one_table_is_in_memory_at_a_time():
    alive: list[weakref.ref] = []

    def count(table):
        gc.collect()
        assert sum(reference() is not None for reference in alive) == 0
        alive.append(weakref.ref(table))
        return gdp(table)

    panel.over((germany_1995().replace(year=year) for year in (1995, 1996, 1997)), count)
    assert len(alive) == 3


def test_other_industries_are_refused():
    with pytest.raises(ComparisonError, match="regions differ"):
        panel.require_comparable(germany_1995(), leather())


def test_another_definition_of_value_added_is_refused():
    with pytest.raises(ComparisonError, match="definitions of value added differ"):
        panel.require_comparable(iol.load(), iol.load(year=1995, value_added="residual"))


def test_another_unit_is_refused():
    with pytest.raises(ComparisonError, match="units differ"):
        panel.require_comparable(germany_1995(), germany_1995().replace(unit="EUR"))


def test_other_prices_are_refused_where_both_are_known():
    """Constant prices are not current ones, nor purchasers' prices basic ones; a table may say nothing."""
    current, constant, silent = (
        germany_1995().replace(source=source)
        for source in ("Office, current prices", "Office, constant 1995", "Office")
    )
    with pytest.raises(ComparisonError, match=r"prices differ \('current prices' against 'constant 1995'\)"):
        panel.require_comparable(current, constant)
    panel.require_comparable(current, silent)
    panel.require_comparable(current, current.replace(source="Another office, current prices"))


def test_the_remedy_fits_the_difference():
    with pytest.raises(ComparisonError, match="Load both with value_added='residual'"):
        panel.require_comparable(iol.load(), iol.load(year=1995, value_added="residual"))


def test_options_of_a_measure_may_have_any_name():
    series = panel.over([germany_1995()], iol.linkages.split, measure="backward")
    assert series.index.get_level_values("year").unique().tolist() == [1995]


def test_a_year_stands_once_and_is_known():
    with pytest.raises(ComparisonError, match="appears twice"):
        panel.over([germany_1995(), germany_1995()], gdp)
    with pytest.raises(OptionError, match="has no year"):
        panel.over([leather()], gdp)
    with pytest.raises(OptionError, match="No table"):
        panel.over([], gdp)


@pytest.mark.parametrize("tables", [(1995, 2011), ["wiot.csv"], "wiot.csv", germany_1995()])
def test_what_is_not_a_series_of_tables_says_what_to_do(tables):
    with pytest.raises(OptionError, match=r"load\(year="):
        panel.over(tables, lambda table: table.va)


def test_a_frame_is_not_loaded_but_made_a_table():
    with pytest.raises(OptionError, match=r"MRIOTable\.from_frames\(Z, Y, V, x\)"):
        iol.load(pd.DataFrame({"a": [1.0]}))


class TestOneMembership:
    """A group keeps its members over the years, or a growing union looks like growing dependence."""

    def test_a_list_of_tables_keeps_the_members_of_its_last_year(self):
        years = [iol.load(year=year) for year in (1995, 2011)]
        found = panel.over(years, ties.bilateral, focus="CHN", by_stage=False)
        one = ties.bilateral(years[0], "CHN", by_stage=False, membership_year=2011)
        assert_frame_equal(found.loc[1995], one, check_names=False)
        own = ties.bilateral(years[0], "CHN", by_stage=False)
        assert found.loc[1995].loc[("EU", "all", "all"), "exports"] != own.loc[("EU", "all", "all"), "exports"]
        assert found.attrs["membership_year"] == 2011

    def test_the_year_given_counts(self):
        years = [iol.load(year=year) for year in (1995, 2011)]
        found = panel.over(years, ties.bilateral, focus="CHN", by_stage=False, membership_year=1995)
        one = ties.bilateral(years[1], "CHN", by_stage=False, membership_year=1995)
        assert_frame_equal(found.loc[2011], one, check_names=False)

    def test_a_generator_whose_last_year_is_unknown_is_refused(self):
        tables = (iol.load(year=year) for year in (1995, 2011))
        with pytest.raises(OptionError, match="membership_year"):
            panel.over(tables, ties.bilateral, focus="CHN")
