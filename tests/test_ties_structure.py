"""Reliance, concentration, the fit of trade structures, baskets, and before and after joining."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from numpy.testing import assert_allclose

import io_linkage as iol
from io_linkage import panel, ties
from io_linkage.errors import ComparisonError, OptionError, UnknownLabelError
from tests.examples import leather, miller_blair_two_regions
from tests.strategies import tables


@given(tables(min_regions=2))
def test_reliance_matches_brute_force(table):
    L, G = table.L.to_numpy(), table.G.to_numpy()
    n = len(L)
    first = np.asarray(table.index.get_level_values(0) == "R0")
    for side, matrix, axis in (("inputs", L - np.eye(n), 0), ("sales", G - np.eye(n), 1)):
        shares = ties.reliance(table, on=["R0"], through=side, including_itself=True)
        flows = matrix[first].sum(axis=0) if axis == 0 else matrix[:, first].sum(axis=1)
        total = matrix.sum(axis=axis)
        known = shares["total", "R0"].notna().to_numpy()
        assert_allclose(shares["total", "R0"][known], (flows / np.where(total == 0, 1, total))[known], rtol=1e-7)
        both = shares["total"][["domestic", "foreign"]].sum(axis=1, min_count=2).dropna()
        assert_allclose(both, 1)
        own = shares.loc["R0"]
        assert_allclose(own["total", "R0"], own["total", "domestic"])


def test_reliance_direct_is_the_table_s_own(world):
    shares = ties.reliance(world, on=["CHN", "EU"], regions=["MEX"])
    assert shares.index.get_level_values("region").unique().tolist() == ["MEX"]
    bought = world.Z[("MEX", "30t33")]
    assert shares.loc[("MEX", "30t33"), ("direct", "CHN")] == pytest.approx(bought["CHN"].sum() / bought.sum())
    assert shares.loc[("MEX", "30t33"), ("total", "CHN")] > shares.loc[("MEX", "30t33"), ("direct", "CHN")]
    sales = ties.reliance(world, on=["CHN"], through="sales", regions="BRA")
    sold = world.Z.loc[("BRA", "C")]
    assert sales.loc[("BRA", "C"), ("direct", "CHN")] == pytest.approx(sold["CHN"].sum() / sold.sum())
    with pytest.raises(OptionError, match="sales"):
        ties.reliance(world, through="outputs")


def test_nobody_relies_on_itself(world):
    shares = ties.reliance(world, on=["CHN", "EU"], regions=["CHN", "DEU"])
    assert shares.loc["CHN", ("total", "CHN")].isna().all()
    bought = world.Z[("DEU", "34t35")]
    others = sum(bought[region].sum() for region in ("POL", "EUE", "EUW", "FRA", "GBR", "ITA"))
    assert shares.loc[("DEU", "34t35"), ("direct", "EU")] == pytest.approx(others / bought.sum())
    whole = ties.reliance(world, on=["EU"], regions=["DEU"], including_itself=True).loc[("DEU", "34t35")]
    apart = shares.loc[("DEU", "34t35")]
    assert whole["total", "EU"] == pytest.approx(apart["total", "EU"] + apart["total", "domestic"])
    assert shares.attrs["left_out"] == ("CHN", "DEU")
    assert (
        shares.attrs["note"]
        == "Germany is set against the other members of the European Union; China is not set against itself."
    )
    assert ties.reliance(world, on=["EU"], regions=["DEU"], including_itself=True).attrs["note"] == ""


def test_miller_blair_domestic_and_foreign_content():
    """Row 1 of L is printed 1.4234 .4652 .2909 .1917 .3041: what region s takes of region r's first industry."""
    shares = ties.reliance(miller_blair_two_regions(), on=["r", "s"])
    L = miller_blair_two_regions().L.to_numpy() - np.eye(5)
    assert shares.loc[("s", "1"), ("total", "foreign")] == pytest.approx(L[:3, 3].sum() / L[:, 3].sum())


@given(tables(min_regions=2))
def test_concentration_matches_brute_force(table):
    found = ties.hhi(table)
    for (region, industry), row in found.iterrows():
        bought = table.Z[(region, industry)].groupby(level=0).sum().drop(region)
        if bought.sum() > 0:
            shares = bought / bought.sum()
            assert row["hhi"] == pytest.approx((shares**2).sum())
            assert row["largest"] == shares.idxmax()
            assert 1 / (len(table.regions) - 1) - 1e-9 <= row["hhi"] <= 1 + 1e-9
        else:
            assert np.isnan(row["hhi"])


def test_concentration_by_product_and_of_buyers(world):
    products = ties.hhi(world, unit="product", domestic=True, regions="MEX")
    bought = world.Z.xs("23", level="industry").loc[:, "MEX"].sum(axis=1)
    bought += world.demand_by_region.xs("23", level="industry")["MEX"]
    shares = bought.clip(lower=0) / bought.clip(lower=0).sum()
    assert products.loc[("MEX", "23"), "hhi"] == pytest.approx((shares**2).sum())
    buyers = ties.hhi(world, role="buyer", regions="MEX")
    sold = world.Z.loc[("MEX", "34t35")].groupby(level=0).sum() + world.demand_by_region.loc[("MEX", "34t35")]
    abroad = sold.drop("MEX")
    assert buyers.loc[("MEX", "34t35"), "largest"] == "USA"
    assert buyers.loc[("MEX", "34t35"), "largest_share"] == pytest.approx(abroad["USA"] / abroad.sum())
    for option in ({"role": "seller"}, {"unit": "firm"}):
        with pytest.raises(OptionError, match="must be one of"):
            ties.hhi(world, **option)


def test_idle_industries_have_no_concentration(world):
    idle = ties.hhi(world).loc[~world.active]
    assert idle.isna().all(axis=None)


def test_trade_structure_by_hand():
    """Two products, three regions: shares small enough to add up on paper."""
    regions, products = ["a", "b", "c"], ["x", "y"]
    index = pd.MultiIndex.from_product([regions, products])
    Z = pd.DataFrame(0.0, index=index, columns=index)
    Y = pd.DataFrame(0.0, index=index, columns=regions)
    Y.loc[("a", "x")] = [100, 30, 40]
    Y.loc[("a", "y")] = [100, 10, 0]
    Y.loc[("b", "x")] = [10, 100, 10]
    Y.loc[("b", "y")] = [20, 100, 30]
    Y.loc[("c", "x")] = [0, 0, 100]
    Y.loc[("c", "y")] = [5, 15, 100]
    table = iol.MRIOTable.from_frames(Z, Y)
    fit = ties.trade_structure(table, "a", partners=["b"], comparators=()).loc[("a", "b")]
    assert fit["intra_industry"] == pytest.approx(1 - (20 + 10) / 70)
    assert fit["intra_industry_balanced"] == pytest.approx((1 - 30 / 70) / (1 - 10 / 70))
    # a exports 70 x and 10 y; b imports 30 x and 25 y.
    assert fit["complementarity_exports"] == pytest.approx(1 - (abs(70 / 80 - 30 / 55) + abs(10 / 80 - 25 / 55)) / 2)
    # b exports 20 x and 50 y; a imports 10 x and 25 y: the same shares.
    assert fit["complementarity_imports"] == pytest.approx(1)
    # In c, a sells 40 x; b 10 x and 30 y.
    assert fit["similarity"] == pytest.approx(0.25)
    assert fit["exposure"] == pytest.approx(10 / 40 * 40 / 50)
    by_product = ties.intra_industry(table, "a", "b")
    assert by_product["intra_industry"].tolist() == pytest.approx([0.5, 1 - 10 / 30])


@given(tables(min_regions=3))
def test_trade_structure_shares_stay_between_0_and_1(table):
    fit = ties.trade_structure(table, "R0", partners=None, comparators=())
    values = fit.to_numpy()[~np.isnan(fit.to_numpy())]
    assert ((values >= -1e-9) & (values <= 1 + 1e-9)).all()


def test_same_basket_changes_nothing(world):
    same = ties.shift_basket(world, "CHN", like="CHN")
    assert_allclose(same["change"], 0, atol=1e-6)
    assert_allclose(ties.shift_basket(world, "CHN", like="USA", share=0)["change"], 0, atol=1e-9)


@given(tables(min_regions=2, negative_demand=False))
def test_shift_matches_brute_force_and_keeps_the_total(table):
    effect = ties.shift_basket(table, "R0", like="R1", of="output")
    y = table.demand_by_region["R0"].to_numpy()
    codes = table.industry_codes
    spent = np.bincount(codes, y)
    home = np.bincount(codes, np.where(table.region_codes == 0, y, 0)) > 0
    goal = np.bincount(codes, table.demand_by_region["R1"].to_numpy())
    moves = home & (spent > 0)
    wanted = np.where(moves, goal * spent[moves].sum() / goal[moves].sum(), spent)
    new = np.array([y[i] * (wanted[k] / spent[k] if spent[k] > 0 else 1) for i, k in enumerate(codes)])
    assert new.sum() == pytest.approx(y.sum())
    change = table.L.to_numpy() @ (new - y)
    expected = [change[table.region_codes == r].sum() for r in range(len(table.regions))]
    assert_allclose(effect["change"], expected, atol=1e-7 * table.x.sum())


def test_shift_world_total_moves_only_by_what_is_not_value_added(world):
    """World value added drawn by a unit of demand is one, less taxes on products: baskets differ in those alone."""
    effect = ties.shift_basket(world, "CHN", like="USA")
    assert abs(effect["change"].sum()) < 0.01 * effect.attrs["shifted"]
    assert effect.attrs["kept"] == ["50", "P"]
    half = ties.shift_basket(world, "CHN", like="USA", share=0.5)
    assert_allclose(half["change"], effect["change"] / 2)
    later = ties.shift_basket(iol.load(year=1995), "CHN", like=world)
    assert later.loc["CHN", "change"] != 0
    stages = (
        ties.shift_basket(world, "CHN", like="USA", by_stage=True)["change"].groupby(level="region", sort=False).sum()
    )
    assert_allclose(stages, effect["change"])


def test_shift_refuses_what_it_cannot_do(world):
    with pytest.raises(OptionError, match="from 0"):
        ties.shift_basket(world, "CHN", like="USA", share=2)
    with pytest.raises(UnknownLabelError, match="cars"):
        ties.shift_basket(world, "CHN", like=pd.Series({"cars": 1.0}))
    with pytest.raises(OptionError, match="negative"):
        ties.shift_basket(world, "CHN", like=pd.Series({"34t35": -1.0}))
    with pytest.raises(ComparisonError, match="industries"):
        ties.shift_basket(world, "CHN", like=leather())
    with pytest.raises(UnknownLabelError, match="households"):
        ties.shift_basket(world, "CHN", like="USA", category="household")


def test_reweighted_basket_grows_what_is_named(world):
    before, after = ties.basket(world, "CHN"), ties.reweighted(world, "CHN", ["34t35"], increase=0.5)
    assert after.sum() == pytest.approx(1)
    assert after["34t35"] > before["34t35"]
    effect = ties.shift_basket(world, "CHN", like=after)
    assert effect.loc["DEU", "change"] > 0
    with pytest.raises(UnknownLabelError, match="34t35"):
        ties.reweighted(world, "CHN", ["34t36"])


def test_poland_before_and_after_it_joined_the_union():
    years = [iol.load(year=year) for year in iol.shipped_years()]
    results = panel.over(years, ties.bilateral, focus="DEU", partners=["POL", "TUR", "RUS", "RoW"], by_stage=False)
    trade = results.xs(("DEU", "all"), level=("economy", "stage")).drop("all", level="partner")
    frame = ties.around_joining(trade, group="eu", column="dependence_of_partner_share")
    assert frame.index.tolist() == ["POL"]
    before = trade.loc[([1995, 2000], "POL"), "dependence_of_partner_share"].mean()
    after = trade.loc[([2005, 2008, 2011], "POL"), "dependence_of_partner_share"].mean()
    assert frame.loc["POL", "before"] == pytest.approx(before)
    assert frame.loc["POL", "after"] == pytest.approx(after)
    row = frame.loc["POL"]
    assert row["difference"] == pytest.approx(row["change"] - row["others"])
    assert "description" in frame.attrs["note"]
    near = ties.around_joining(trade, group="eu", column="dependence_of_partner_share", window=5)
    assert near.loc["POL", ["years_before", "years_after"]].tolist() == [1, 2]


def test_years_before_any_joining_are_refused():
    years = [iol.load(year=year) for year in (2008, 2011)]
    results = panel.over(years, ties.bilateral, focus="CHN", partners=["IDN", "TUR"], by_stage=False, comparators=())
    trade = results["exports"].xs(("CHN", "all"), level=("economy", "stage"))
    with pytest.raises(OptionError, match="the first to join was IDN in 2015"):
        ties.around_joining(trade.drop("all", level="partner"))
    with pytest.raises(OptionError, match="by year and partner"):
        ties.around_joining(results, column="exports")


def drawn_down() -> iol.MRIOTable:
    """Three regions that buy final goods only; a runs down stocks of b's product x."""
    index = pd.MultiIndex.from_product([["a", "b", "c"], ["x", "y"]])
    Z = pd.DataFrame(0.0, index=index, columns=index)
    Y = pd.DataFrame(
        [[60, 5, 5], [40, 10, 0], [-20, 100, 10], [20, 100, 30], [10, 0, 100], [5, 15, 100]],
        index=index,
        columns=["a", "b", "c"],
        dtype=float,
    )
    return iol.MRIOTable.from_frames(Z, Y, year=2011)


def test_negative_flows_count_as_nothing_in_trade_structure_and_concentration():
    table = drawn_down()
    assert ties.intra_industry(table, "a", "b")["imports"].tolist() == [0, 20]
    fit = ties.trade_structure(table, "a", partners=["b"], comparators=()).loc[("a", "b")]
    assert fit["intra_industry"] == pytest.approx(1 - (5 + 10) / 35)
    suppliers = ties.hhi(table, unit="product", regions="a").loc[("a", "x")]
    assert (suppliers["hhi"], suppliers["largest"], suppliers["flows"]) == (1, "c", 10)
    buyers = ties.hhi(table, role="buyer", regions="b").loc[("b", "x")]
    assert (buyers["hhi"], buyers["largest"], buyers["flows"]) == (1, "c", 10)


def test_a_product_run_down_has_no_share_in_a_reweighted_basket():
    index = pd.MultiIndex.from_product([["a", "b"], ["x", "y"]])
    Z = pd.DataFrame(0.0, index=index, columns=index)
    Y = pd.DataFrame([[-10, 30], [40, 5], [0, 20], [10, 20]], index=index, columns=["a", "b"], dtype=float)
    shares = ties.reweighted(iol.MRIOTable.from_frames(Z, Y, year=2011), "a", ["y"])
    assert shares.tolist() == [0, 1]


def test_what_is_shifted_is_half_the_distance_of_the_baskets():
    table = drawn_down()
    effect = ties.shift_basket(table, "c", like=pd.Series({"x": 0.9, "y": 0.1}))
    spent = table.demand_by_region["c"]
    have = spent.xs("x", level=1).sum() / spent.sum()
    assert effect.attrs["shifted"] == pytest.approx(spent.sum() * (abs(0.9 - have) + abs(0.1 - (1 - have))) / 2)


def test_who_joins_later_is_among_the_others():
    """Croatia joined the EU in 2013, after the last year, so it stood outside in all of them, as Turkey did."""
    years = pd.MultiIndex.from_product([[2002, 2003, 2004, 2005], ["POL", "HRV", "TUR"]], names=["year", "partner"])
    share = pd.Series([1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 2.0, 1.4, 1.0, 2.0, 1.4, 1.0], index=years)
    row = ties.around_joining(share, group="eu").loc["POL"]
    assert row["others"] == pytest.approx(0.2)
    assert row["difference"] == pytest.approx(0.8)
