"""Chain TFP, what is passed on, prices and markups: hand-worked numbers, brute force and anchors."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import io_linkage as iol
from io_linkage import productivity
from io_linkage.errors import ComparisonError, OptionError
from io_linkage.result_attrs import described
from io_linkage.table import MRIOTable
from tests.strategies import stage_weights, tables


@pytest.fixture(scope="module")
def t3():
    index = pd.MultiIndex.from_product([["A"], ["i1", "i2", "i3"]], names=["region", "industry"])
    Z = pd.DataFrame([[20, 30, 10], [40, 10, 30], [10, 20, 20]], index=index, columns=index, dtype=float)
    Y = pd.DataFrame({("A", "final"): [40.0, 70.0, 50.0]}, index=index)
    Y.columns = pd.MultiIndex.from_tuples(Y.columns, names=["region", "category"])
    return MRIOTable.from_frames(Z, Y, year=2000, unit="M USD", name="three industries")


def on(table, values):
    return pd.Series(values, index=table.index, name="tfp", dtype=float)


def test_three_industries_give_the_worked_numbers(t3):
    made = productivity.chain_tfp(t3, on(t3, [0.02, 0.01, -0.005]))
    np.testing.assert_allclose(made["chain"], [0.0351595007, 0.0190013870, 0.0052704577], atol=5e-11)
    np.testing.assert_allclose(made["domestic"], made["chain"] - [0.02, 0.01, -0.005])
    assert (made["foreign"] == 0).all()
    givers = productivity.chain_tfp_givers(t3, on(t3, [0.02, 0.01, -0.005]), by="industry")
    np.testing.assert_allclose(givers.loc[("A", "i2")], [0.0072122053, 0.0131067961, -0.0013176144], atol=5e-11)
    passed = productivity.tfp_passed_on(t3, on(t3, [0.02, 0.01, -0.005]), by="region")
    assert passed.loc["A", "total"] == pytest.approx(0.01875, abs=1e-12)


def test_an_industry_without_accounts_counts_as_0_and_lowers_the_covered_share(t3):
    made = productivity.chain_tfp(t3, on(t3, [0.02, 0.01, np.nan]))
    np.testing.assert_allclose(made["covered_share"], [0.8779472954, 0.8945908460, 0.4452149792], atol=5e-11)
    np.testing.assert_allclose(made["chain"], [0.0366851595, 0.0203190014, np.nan], atol=5e-11)
    assert made.attrs["left_out"] == ("A i3",)
    assert "TFP of industries of A is not known and counts as 0" in made.attrs["note"]
    assert np.isnan(made.loc[("A", "i3"), "tfp"])


def test_the_dual_of_one_factor_is_its_price_less_chain_tfp(t3):
    tfp = on(t3, [0.02, 0.01, -0.005])
    wages = on(t3, 0.03 * np.array([0.3, 0.6, 0.4]))
    prices = productivity.chain_prices(t3, tfp, wages)
    np.testing.assert_allclose(prices, 0.03 - productivity.chain_tfp(t3, tfp)["chain"], atol=1e-12)


@settings(max_examples=15)
@given(tables(), tables(), st.integers(0, 2**32 - 1))
def test_chains_between_two_tables_are_those_of_mean_cost_shares(first, second, seed):
    random = np.random.default_rng(seed)
    both = [first, second.replace(year=2012)] if first.index.equals(second.index) else [first, first.replace(year=2012)]
    tau = pd.Series(random.normal(0, 0.02, len(first.index)), index=first.index)
    n = len(tau)
    A = sum(table.accounts.Z / np.where(table.active, table.accounts.x, np.inf) for table in both) / 2
    L = np.linalg.inv(np.eye(n) - A)
    active = both[0].active | both[1].active
    made = productivity.chain_tfp(both, tau)
    shown = made["chain"].notna().to_numpy()
    assert shown[both[0].active].all()
    np.testing.assert_allclose(made["chain"][shown], (L.T @ tau.to_numpy())[shown], atol=1e-12)
    np.testing.assert_allclose(
        made[["tfp", "domestic", "foreign"]].sum(axis=1)[shown], made["chain"][shown], atol=1e-12
    )
    np.testing.assert_allclose(made["covered_share"][active], 1.0)
    weights = stage_weights(first, seed % 1000)
    for by in ("region", "industry", "stage", "region-stage"):
        givers = productivity.chain_tfp_givers(both, tau, by=by, stage_weights=weights)
        np.testing.assert_allclose(givers.sum(axis=1)[shown], made["chain"][shown], atol=1e-12)
    # Giver by giver, from the whole inverse.
    f = sum(table.accounts.Y.sum(axis=1) / table.accounts.Y.sum() for table in both) / 2
    T = tau.to_numpy()[:, None] * L * f
    home = first.region_codes[:, None] == first.region_codes
    passed = productivity.tfp_passed_on(both, tau, by="region")
    own = np.bincount(first.region_codes, np.diagonal(T))
    country = np.bincount(first.region_codes, (T * home).sum(axis=1)) - own
    abroad = np.bincount(first.region_codes, (T * ~home).sum(axis=1))
    np.testing.assert_allclose(
        passed[["own_industry", "own_country", "abroad"]].to_numpy().T, [own, country, abroad], atol=1e-12
    )
    np.testing.assert_allclose(passed["total"].sum(), f @ L.T @ tau.to_numpy(), atol=1e-12)


@given(tables())
def test_within_one_year_the_world_is_hultens(table):
    """Final demand weighs chain TFP as gross output weighs TFP: sum y pi = sum x tau."""
    tau = pd.Series(np.linspace(-0.01, 0.03, len(table.index)), index=table.index)
    passed = productivity.tfp_passed_on(table, tau, by="region")
    final = table.accounts.Y[:, table.accounts.own_demand].sum()
    assert passed["total"].sum() == pytest.approx(float(table.accounts.x @ tau.to_numpy()) / final, abs=1e-12)


def test_each_year_takes_the_tables_around_it(t3):
    later = MRIOTable.from_frames(
        t3.Z * np.array([[1.2], [0.9], [1.0]]), t3.Y * 1.5, year=2003, unit="M USD", name="three industries"
    )
    index = pd.MultiIndex.from_product([["A"], ["i1", "i2", "i3"], [2001, 2002, 2003]], names=[*t3.index.names, "year"])
    tfp = pd.Series(np.linspace(-0.01, 0.03, 9), index=index)
    mean = tfp.groupby(level=[0, 1], sort=False).mean()
    made = productivity.chain_tfp([later, t3], tfp)
    pd.testing.assert_frame_equal(made, productivity.chain_tfp([t3, later], mean), check_exact=False)
    last = t3.replace(year=2004)
    three = productivity.chain_tfp([t3, later, last], pd.concat([tfp, tfp.loc[:, :, [2003]].rename({2003: 2004})]))
    fourth = productivity.chain_tfp([later, last], tfp.xs(2003, level="year"))
    np.testing.assert_allclose(three["chain"], 0.75 * made["chain"] + 0.25 * fourth["chain"])
    with pytest.raises(OptionError, match="Growth of 2001 to 2003 does not lie between the tables of 2001 and 2003"):
        productivity.chain_tfp([t3.replace(year=2001), later], tfp)
    with pytest.raises(OptionError, match="3 tables need TFP of each year"):
        productivity.chain_tfp([t3, later, last], mean)


def test_too_little_covered_is_refused(t3):
    with pytest.raises(OptionError, match=r"covers less than 80% of the primary costs of every chain.*the most is 7"):
        productivity.chain_tfp(t3, on(t3, [np.nan, 0.01, np.nan]))
    with pytest.raises(
        OptionError, match=r"TFP is known for \d+% of the primary costs of final demand; 80% are needed"
    ):
        productivity.tfp_passed_on(t3, on(t3, [np.nan, 0.01, np.nan]), by="region")


def test_tfp_of_another_classification_is_refused(t3, world):
    tfp = on(t3, [0.02, 0.01, 0.0])
    with pytest.raises(ComparisonError, match="lacks 3 country-industries that have TFP, of A, first A i1"):
        productivity.chain_tfp(world, tfp)
    with pytest.raises(OptionError, match="TFP is a Series by region and industry"):
        productivity.chain_tfp(t3, tfp.droplevel("region"))


#: % a year 1995-2007: own, chain from and to, foreign, as the yearly tables of 40 countries have them.
CHAINS = {
    ("USA", "30t33"): (4.9, 6.2, 6.4, 0.3),
    ("DEU", "34t35"): (0.7, 1.4, 1.4, 0.4),
    ("KOR", "30t33"): (3.1, 5.5, 5.5, 1.0),
    ("CHN", "30t33"): (1.3, 5.2, 5.2, 0.6),
}


def test_chain_tfp_of_known_industries():
    accounts = productivity.accounts()
    tfp = productivity.industry_growth(accounts, of="output", years="each")["tfp"]
    made = productivity.chain_tfp([iol.load(year=year) for year in (1995, 2000, 2005, 2008)], tfp)
    for cell, (own, low, high, foreign) in CHAINS.items():
        row = 100 * made.loc[cell]
        assert row["tfp"] == pytest.approx(own, abs=0.06)
        assert low - 0.06 < row["chain"] < high + 0.06
        assert row["foreign"] == pytest.approx(foreign, abs=0.06)
        assert 93 < row["covered_share"] < 98
    assert made.attrs["left_out"][0] == "RoW"
    assert not set(made.attrs) - set(described())
    assert made.attrs["year"][-1] == 2007


def test_chain_tfp_on_yearly_tables(shared_data):
    years = (1995, 2007)
    both = [iol.load(shared_data / "wiod2013" / str(year), classification="WIOD2013") for year in years]
    accounts = productivity.accounts(shared_data / "wiod2013_sea" / "WIOD_SEA_2013release.parquet")
    tfp = productivity.industry_growth(accounts, of="output")["tfp"]
    made = 100 * productivity.chain_tfp(both, tfp)
    assert made.loc[("USA", "30t33"), "chain"] == pytest.approx(6.2, abs=0.05)
    assert made.loc[("DEU", "34t35"), ["chain", "foreign"]].round(1).tolist() == [1.4, 0.4]
    # Romania is spelled otherwise in the accounts than in the table or alike; either way it is covered.
    romania = next(code for code in both[0].regions if code in ("ROM", "ROU"))
    assert made.loc[(romania, "AtB"), "covered_share"] > 90


def markup_tables(mu2):
    """Two goods: good 1 from labour with markup 1.2, good 2 half from good 1; consumption .4 and .6."""
    index = pd.MultiIndex.from_product([["A"], ["g1", "g2"]], names=["region", "industry"])
    Z = pd.DataFrame([[0, 0.5 * 0.6 / mu2], [0, 0]], index=index, columns=index)
    Y = pd.DataFrame([0.4, 0.6], index=index, columns=pd.MultiIndex.from_tuples([("A", "consumption")]))
    return MRIOTable.from_frames(Z, Y, unit="1", name="two goods")


def with_markups(table, mu2, mu2_after, tfp=(0.01, 0.02)):
    return productivity.markup_growth(
        table, markup_tables(mu2_after), on(table, tfp), markups=on(table, [1.2, mu2]),
        markups_after=on(table, [1.2, mu2_after]),
    )  # fmt: skip


def test_two_goods_with_markups_give_the_worked_numbers():
    start = markup_tables(1.3)
    still = with_markups(start, 1.3, 1.3)
    assert still["technology"] == pytest.approx(0.019, abs=1e-12)
    assert still["hulten"] == pytest.approx(0.0183076923, abs=5e-11)
    assert still["allocation"] == 0
    moved = with_markups(start, 1.3, 1.3 * np.exp(0.01))
    assert moved["factor_share"] == pytest.approx(0.0055808915, abs=5e-11)
    assert moved["allocation"] == pytest.approx(-0.0004191085, abs=5e-11)
    assert moved["growth"] == pytest.approx(moved["technology"] + moved["allocation"])
    small = with_markups(start, 1.3, 1.3 * np.exp(1e-6))
    np.testing.assert_allclose(small[["factor_share", "allocation"]] * 1e4, [0.0055932203, -0.0004067797], atol=1e-8)


@given(tables(zero_output=False))
def test_without_markups_it_is_hultens(table):
    tau = pd.Series(np.linspace(-0.01, 0.03, len(table.index)), index=table.index)
    made = productivity.markup_growth(table, table, tau, markups=pd.Series(1.0, index=table.index))
    expected = float(table.accounts.x @ tau.to_numpy()) / table.accounts.Y[:, table.accounts.own_demand].sum()
    np.testing.assert_allclose(made[["technology", "hulten", "growth"]], expected, atol=1e-12)


def test_markups_that_cannot_be(t3):
    tfp = on(t3, [0.02, 0.01, 0.0])
    with pytest.raises(OptionError, match="markups of A i1 is nan, and 1 industries"):
        productivity.markup_growth(t3, t3, tfp, markups=on(t3, [np.nan, 1, 1]))
    with pytest.raises(OptionError, match=r"With a markup of 2 the costs of A i1 are 50.0% of its output"):
        productivity.markup_growth(t3, t3, tfp, markups=on(t3, [2, 1, 1]))
