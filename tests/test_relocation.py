"""Relocation: hand-worked matching, magnitudes of WIOD, and identities of what moved, why, and to whom."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

import io_linkage as iol
from io_linkage import decomposition, panel, relocation
from io_linkage.errors import ComparisonError, OptionError
from tests.examples import germany_1995, leather
from tests.strategies import tables

TEXTILES = ["17t18", "19"]


@pytest.fixture(scope="module")
def years():
    return [iol.load(year=year) for year in (1995, 2005, 2011)]


def other_year(table: iol.MRIOTable, seed: int) -> iol.MRIOTable:
    """Return the same economies a year later with other sources and another demand."""
    random = np.random.default_rng(seed)
    accounts = table.accounts
    Z = accounts.Z * random.uniform(0.6, 1.4, accounts.Z.shape)
    Y = accounts.Y[:, accounts.own_demand] * random.uniform(
        0.8, 1.6, (len(table.index), int(accounts.own_demand.sum()))
    )
    x = Z.sum(axis=1) + Y.sum(axis=1)
    Z *= np.minimum(1.0, 0.8 * np.divide(x, Z.sum(axis=0), out=np.ones_like(x), where=Z.sum(axis=0) > 0))
    return iol.MRIOTable.from_frames(
        pd.DataFrame(Z, index=table.index, columns=table.index),
        pd.DataFrame(Y, index=table.index, columns=accounts.demand[accounts.own_demand]),
        value_added="residual",
        year=2012,
        unit=table.unit,
    )


def residual(table: iol.MRIOTable) -> iol.MRIOTable:
    demand = table.accounts.own_demand
    return iol.MRIOTable.from_frames(
        table.Z, table.Y.loc[:, demand], value_added="residual", year=2011, unit=table.unit
    )


def test_matching_by_hand():
    """REFERENCES: .4 .3 .2 .1 to .2 .35 .15 .3: moved .25; 1 to 2 .04, 1 to 4 .16, 3 to 2 .01, 3 to 4 .04."""
    F = relocation.matched([0.4, 0.3, 0.2, 0.1], [0.2, 0.35, 0.15, 0.3])
    expected = np.zeros((4, 4))
    expected[0, 1], expected[0, 3], expected[2, 1], expected[2, 3] = 0.04, 0.16, 0.01, 0.04
    assert_allclose(F, expected, atol=1e-15)
    assert F.sum() == pytest.approx(0.25)
    assert not relocation.matched([0.5, 0.5], [0.5, 0.5]).any()


@given(st.integers(2, 8), st.integers(0, 2**32 - 1))
def test_matched_flows_are_what_was_lost_and_won(size, seed):
    random = np.random.default_rng(seed)
    first, last = random.dirichlet(np.ones(size), 2)
    F = relocation.matched(first, last)
    assert_allclose(F.sum(axis=0) - F.sum(axis=1), last - first, atol=1e-14)
    assert F.sum() == pytest.approx(0.5 * np.abs(last - first).sum())


def test_textiles_and_leather_moved_to_china(shared_data):
    """REFERENCES: percent of the world, 37.9 points moved, 2.4 a year."""
    china = {1995: 9.3, 1999: 14.0, 2003: 18.5, 2007: 24.6, 2011: 35.8}
    series = [
        iol.load(shared_data / "wiod2013" / str(year), classification="WIOD2013", value_added="residual", year=year)
        for year in china
    ]
    percent = 100 * panel.over(series, relocation.shares, industries=TEXTILES)["share"]
    assert_allclose(percent.xs("CHN", level="region"), list(china.values()), atol=0.06)
    assert percent[1995, "USA"] == pytest.approx(13.7, abs=0.06)
    assert percent[2011, "USA"] == pytest.approx(4.2, abs=0.06)
    assert percent[2011, "JPN"] == pytest.approx(3.0, abs=0.06)
    row = relocation.moved(series, industries=TEXTILES).loc[(1995, 2011)]
    assert 100 * row["moved_share"] == pytest.approx(37.9, abs=0.06)
    assert 100 * row["moved_share_per_year"] == pytest.approx(2.4, abs=0.06)
    assert (row["largest_gainer"], row["gained_share"]) == ("CHN", pytest.approx(0.265, abs=1e-3))


def test_steps_and_the_whole_way(years):
    frame = relocation.moved(years, stage="traditional")
    assert frame.index.tolist() == [(1995, 2005), (2005, 2011), (1995, 2011)]
    assert frame.loc[(1995, 2011), "moved_share"] <= frame["moved_share"].iloc[:2].sum()
    assert_allclose(frame["moved_share_per_year"], frame["moved_share"] / [10, 6, 16])
    first, last = (relocation.shares(table, stage="traditional") for table in (years[0], years[-1]))
    assert frame.loc[(1995, 2011), "lost_share"] == pytest.approx((first - last).max())
    assert first.sum() == pytest.approx(1)
    weights = iol.stages.weights(years[0])["traditional"]
    assert_allclose(first, (years[0].va * weights).groupby(level=0, sort=False).sum() / (years[0].va * weights).sum())


def test_the_text_says_that_early_tables_show_arrival(years):
    for result in (
        relocation.moved(years, industries=TEXTILES),
        relocation.flows(years[0], years[-1], industries=TEXTILES),
        relocation.sourcing_effect(years[1:], industries=TEXTILES),
        relocation.orders(years[1:], industries=TEXTILES),
    ):
        assert "show production arriving in China" in result.attrs["note"]
        assert "can only be seen in later tables" in result.attrs["note"]
    later = [table.replace(year=table.year + 10) for table in years]
    assert "arriving" not in relocation.moved(later, industries=TEXTILES).attrs["note"]
    falls = [years[-1].replace(year=2000), years[0].replace(year=2010)]
    assert "arriving" not in relocation.moved(falls, industries=TEXTILES).attrs["note"]


def test_flows_add_to_what_moved(years):
    F = relocation.flows(years[0], years[-1], industries=TEXTILES)
    row = relocation.moved([years[0], years[-1]], industries=TEXTILES).iloc[0]
    assert F.to_numpy().sum() == pytest.approx(row["moved_share"])
    assert F.sum(axis=1).max() == pytest.approx(row["lost_share"])
    assert "an accounting convention" in F.attrs["note"]


def test_the_sourcing_effect_is_that_of_the_decomposition(years):
    effect = relocation.sourcing_effect(years, industries=TEXTILES)
    parts = decomposition.chained(years).frame("region-industry")
    chosen = parts[parts.index.get_level_values(1).isin(TEXTILES)].groupby(level=0, sort=False).sum()
    assert_allclose(effect["sourcing"], chosen["input_sourcing"] + chosen["final_sourcing"])
    assert_allclose(effect["before"] + effect["sourcing"] + effect["other"], effect["after"])
    everything = relocation.sourcing_effect(years)
    assert_allclose(
        everything["input_sourcing"], decomposition.chained(years).frame("region")["input_sourcing"], rtol=1e-9
    )


def literal_orders(before, after):
    """Match every product and buyer by itself, in loops."""
    count, names = len(before.index), before.industries
    total = np.zeros((len(before.regions),) * 2)
    content = 0.5 * sum(np.asarray(t.v) @ np.linalg.inv(np.eye(count) - t.A.to_numpy()) for t in (before, after))
    first, last = (
        np.hstack([t.Z.to_numpy(), np.where(t.active[:, None], t.demand_by_region.to_numpy(), 0)])
        for t in (before, after)
    )
    for name in names:
        at = np.flatnonzero(before.index.get_level_values(1) == name)
        for j in range(first.shape[1]):
            a, b = first[at, j], last[at, j]
            if any(v.sum() <= 0.5 * np.abs(v).sum() for v in (a, b)):
                continue
            F = relocation.matched(a / a.sum(), b / b.sum())
            total[np.ix_(before.region_codes[at], before.region_codes[at])] += (
                0.5 * (a.sum() + b.sum()) * content[at][:, None] * F
            )
    return total


@settings(max_examples=12)
@given(tables(min_regions=2), st.integers(0, 1000))
def test_orders_match_loops_over_products_and_buyers(table, seed):
    before = residual(table)
    after = other_year(before, seed)
    assert_allclose(relocation.orders([before, after]), literal_orders(before, after), atol=1e-8 * before.x.sum())


def test_orders_of_several_steps_add_up(years):
    steps = [relocation.orders(pair, industries=TEXTILES) for pair in (years[:2], years[1:])]
    whole = relocation.orders(years, industries=TEXTILES)
    assert_allclose(whole, steps[0] + steps[1])
    assert (whole["CHN"] > whole.loc["CHN"]).drop("CHN").all()
    assert not np.diag(whole).any()


def test_bad_input_is_explained(years):
    with pytest.raises(OptionError, match="two tables or more"):
        relocation.moved(years[:1])
    with pytest.raises(OptionError, match="two tables or more"):
        relocation.orders(years[0])
    with pytest.raises(OptionError, match="in the order of their years"):
        relocation.moved(years[::-1])
    with pytest.raises(ComparisonError, match="cannot be compared"):
        relocation.flows(germany_1995(), leather().replace(year=2000))
    with pytest.raises(OptionError, match="empty"):
        relocation.moved(years, industries=[TEXTILES[0]], stage="future")
