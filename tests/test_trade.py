"""Gross trade over years: the shipped account, and what is computed from any."""

from __future__ import annotations

import importlib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from numpy.testing import assert_allclose, assert_array_equal

import io_linkage as iol
from io_linkage import ties, trade, value_added
from io_linkage.errors import OptionError, StageError, TableError, UnknownLabelError
from io_linkage.result_attrs import described
from io_linkage.trade.account import GrossTrade
from tests.strategies import stage_weights, tables

TABLES = Path(__file__).resolve().parent.parent / "tables"


@pytest.fixture(scope="module")
def account() -> GrossTrade:
    return trade.load()


@pytest.fixture(scope="module")
def china(account) -> pd.DataFrame:
    return trade.bilateral(account, "CHN")


def one_year(table: iol.MRIOTable) -> tuple[GrossTrade, pd.DataFrame]:
    """Account of a drawn table, and its stage shares as a file by region and industry."""
    dated = table.replace(year=2011)
    shares = stage_weights(dated)
    rows = shares.reset_index()
    return trade.of_tables([dated]), rows


# The account that ships


def test_world_output_is_that_of_the_source(account):
    assert round(account.flows[account.position(2022)].sum() / 1e6, 2) == 199.69
    assert account.years == tuple(range(2011, 2023))
    assert account.flows.shape == (12, 81, 28, 81)


def test_what_is_listed_is_what_loads(account):
    listed = iol.shipped().loc["trade"]
    assert listed["kind"] == "account"
    assert [listed["regions"], listed["industries"]] == [len(account.regions), len(account.industries)]
    assert listed["years"].split() == [str(year) for year in account.years]
    with pytest.raises(OptionError, match="ships as an account"):
        iol.load("trade")


def test_goods_are_those_of_the_classification(account):
    goods = [code for code in iol.classifications.industries("ICIO2025") if code[0] in "ABC"]
    assert account.industries == [*goods, "SERV"]


@pytest.mark.parametrize("year", [2011, 2022])
def test_every_flow_is_the_source_to_500_dollars(account, shared_data, year):
    source = pd.read_parquet(shared_data / "recent" / "icio2025_trade_cubes_2011_2022" / f"icio_{year}.parquet")
    labels = [f"{region}|{industry}" for region, industry in account.index]
    ours = account.flows[account.position(year)].reshape(-1, 81)
    assert_allclose(ours, source.loc[labels, account.regions].to_numpy(), rtol=0, atol=5.01e-4)


def test_output_of_goods_is_near_that_of_the_other_account(account, shared_data):
    """Output 2022 of 13 regions by industry, from the same edition by another way; .2 % was measured."""
    folder = shared_data / "recent" / "icio2025_2022_13r_va_out_ghg"
    known = pd.read_csv(folder / "icio2025_2022_13r_50i_output_va_ghg.csv").set_index(["region", "industry"])["output"]
    rows = account.flows[-1].sum(axis=2)
    made = pd.Series(rows[account.regions.index("CHN"), :-1], account.industries[:-1])
    assert_allclose(made, known["CHN"].loc[made.index], rtol=2e-3)


def test_the_script_makes_what_ships_again(shared_data, tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(TABLES))
    script = importlib.import_module("make_trade")
    script.build(shared_data / "recent" / "icio2025_trade_cubes_2011_2022", tmp_path)
    # Versions of pyarrow write the same numbers in other bytes.
    made, shipped = (pd.read_parquet(folder / script.GROSS_TRADE) for folder in (tmp_path, TABLES / "trade"))
    assert made.equals(shipped)
    cube = pd.read_parquet(shared_data / "recent" / "icio2025_trade_cubes_2011_2022" / "icio_2011.parquet")
    (cube * -1).to_parquet(tmp_path / "icio_2011.parquet")
    with pytest.raises(SystemExit, match="negative or missing"):
        script.build(tmp_path, tmp_path)


# Identities


def test_stages_and_services_add_up_to_all(china):
    parts = china[["exports", "imports", "balance"]].unstack("product")
    for column in ("exports", "imports", "balance"):
        stages = parts[column][["traditional", "emerging", "future", "services"]].sum(axis=1)
        assert_allclose(stages, parts[column]["all"], rtol=1e-9, atol=1e-6)


def test_partners_add_up_to_all(china):
    flows = china[["exports", "imports"]]
    both = flows.drop(index="all", level="partner").groupby(level=["year", "economy", "product"]).sum()
    whole = flows.xs("all", level="partner")
    assert_allclose(both.loc[whole.index], whole, rtol=1e-9)


def test_shares_of_all_partners_are_one(account):
    everyone = trade.bilateral(account.between([2022]), "CHN", partners=None, comparators=(), by="total")
    shares = everyone.drop(index="all", level="partner")
    assert_allclose(shares[["exports_share", "imports_share"]].sum(), 1)
    assert_allclose(everyone.xs("all", level="partner")[["exports_share", "imports_share"]], 1)


def test_the_union_faces_a_member_without_it(account):
    """Germany's trade with the EU is that with the other members, and no share exceeds 1."""
    shares = trade.bilateral(
        account.between([2022]), "CHN", partners=["DEU", "FRA", "USA"], comparators=["EU"], by="total"
    )
    germany = shares.loc[(2022, "EU", "DEU", "all")]
    members = [code for code in iol.economies.resolve(account, "EU") if code != "DEU"]
    others = trade.bilateral(account.between([2022]), "DEU", partners=members, comparators=(), by="total")
    assert germany["imports"] == pytest.approx(others.loc[(2022, "DEU", "all", "all"), "exports"])
    columns = [column for column in shares if column.endswith("_share")]
    assert (shares[columns].fillna(0) <= 1).all(axis=None)
    third = shares.loc[(2022, "EU", "all", "all")]
    assert 0 < third["exports_share"] < 1


def test_exports_of_the_world_are_its_imports(account):
    by_year = trade.totals(account, by="industry").groupby(level=["year", "product"])
    assert_allclose(by_year["exports"].sum(), by_year["imports"].sum(), rtol=1e-12)
    assert_allclose(by_year[["exports_share", "imports_share"]].sum(), 1, rtol=1e-12)
    assert_allclose(by_year["balance"].sum(), 0, atol=1e-3)


def test_traits_overlap_and_say_whose_shares_they_are(account):
    sold = trade.totals(account.between([2022]), by="trait", regions="CHN")
    assert sold.index.get_level_values("product").tolist() == ["green", "digital", "high_tech", "all"]
    assert sold.attrs["file"] == "icio2025.csv"
    assert (sold["exports"] > 0).all()


# Against tables, and by brute force


@given(tables(min_regions=2))
def test_an_account_of_a_table_agrees_with_ties_and_value_added(table):
    account, rows = one_year(table)
    dated, weights = table.replace(year=2011), stage_weights(table)
    ours = trade.bilateral(account, "R0", partners=None, comparators=(), stage_file=rows).loc[2011]
    theirs = ties.bilateral(dated, "R0", partners=None, comparators=(), stage_weights=weights)
    order = theirs.index.set_names(["economy", "partner", "product"])
    assert_allclose(ours.loc[order, ["exports", "imports"]], theirs[["exports", "imports"]], rtol=1e-9, atol=1e-9)
    fits = ties.trade_structure(dated, "R0", partners=None, comparators=())
    assert_allclose(trade.structure(account, "R0", partners=None, comparators=()).loc[2011], fits, rtol=1e-9)
    gross = value_added.advantage(dated, of="gross")
    assert_allclose(trade.advantage(account).loc[2011].fillna(0), gross.fillna(0), rtol=1e-9)
    by_product = ties.hhi(dated, unit="product", role="supplier")
    held = trade.concentration(account).loc[2011].drop(index="all", level="product")
    assert_allclose(held["hhi"], by_product["hhi"].astype(float), rtol=1e-9)
    assert_array_equal(held["largest"].fillna(""), by_product["largest"].fillna(""))


@given(tables(min_regions=3, max_regions=3))
def test_shares_match_brute_force(table):
    account, rows = one_year(table)
    result = trade.bilateral(account, "R0", partners=None, comparators=["R1"], stage_file=rows, by="stage").loc[2011]
    shares = rows.set_index(["region", "industry"])
    for (economy, partner, product), row in result.iterrows():
        if partner == "all":
            continue
        flow = {(origin, market): 0.0 for origin in account.regions for market in account.regions}
        for (r, origin), (i, industry), (s, market) in (
            (a, b, c)
            for a in enumerate(account.regions)
            for b in enumerate(account.industries)
            for c in enumerate(account.regions)
        ):
            weight = 1.0 if product == "all" else shares.loc[(origin, industry), product]
            flow[origin, market] += account.flows[0, r, i, s] * weight
        sold = sum(flow[economy, market] for market in account.regions if market != economy)
        taken = sum(flow[origin, partner] for origin in account.regions if origin != partner)
        given_up = sum(flow[partner, market] for market in account.regions if market != partner)
        for column, top, base in (
            ("exports_share", flow[economy, partner], sold),
            ("partner_imports_share", flow[economy, partner], taken),
            ("partner_exports_share", flow[partner, economy], given_up),
        ):
            if base > 0:
                assert row[column] == pytest.approx(top / base)
            else:
                assert np.isnan(row[column])


def test_buyers_by_hand():
    flows = np.zeros((1, 3, 1, 3))
    flows[0, 0, 0] = [50, 30, 10]  # A sells 30 to B and 10 to C
    flows[0, 1, 0] = [5, 0, 0]
    account = GrossTrade(flows, (2020,), ["A", "B", "C"], ["g"], unit="M USD")
    buyers = trade.concentration(account, role="buyer", by="total").loc[2020]
    assert buyers.loc[("A", "all"), ["hhi", "largest", "largest_share", "flows"]].tolist() == [
        pytest.approx(0.75**2 + 0.25**2), "B", 0.75, 40.0,
    ]  # fmt: skip
    assert np.isnan(buyers.loc[("C", "all"), "hhi"])
    sold = trade.totals(account).loc[2020]
    assert sold.loc[("A", "all"), ["exports", "imports", "at_home"]].tolist() == [40, 5, 50]


def test_the_rest_of_the_world_can_be_left_out(account):
    recent = account.between([2022])
    both = trade.bilateral(recent, "CHN", partners=None, comparators=(), by="total", rest="both")
    out = trade.bilateral(recent, "CHN", partners=None, comparators=(), by="total", rest="out")
    without = both.loc[(2022, "CHN", "all_without_rest", "all")]
    assert without["exports"] == pytest.approx(out.loc[(2022, "CHN", "all", "all"), "exports"])
    assert without["exports"] < both.loc[(2022, "CHN", "all", "all"), "exports"]


def test_own_stage_shares_take_the_place_of_the_shipped(account):
    own = pd.DataFrame({"industry": ["C26"], "traditional": 1.0, "emerging": 0.0, "future": 0.0})
    recent = account.between([2022])
    shipped, changed = (trade.totals(recent, by="stage", regions="CHN", stage_file=file) for file in (None, own))
    moved = shipped["exports"] - changed["exports"]
    assert moved[(2022, "CHN", "emerging")] > 1e5
    assert moved[(2022, "CHN", "all")] == 0
    assert "C26" in changed.attrs["note"]


# What results say, and what is refused


def test_it_is_called_gross_trade_and_never_value_added(account, china):
    fits = trade.structure(account.between([2022]), "CHN", partners="VNM")
    for result in (china, trade.totals(account), trade.concentration(account), trade.advantage(account), fits):
        assert "gross trade at current prices" in result.attrs["measure"]
        assert "OECD (2025)" in result.attrs["source"]
        assert set(result.attrs) <= set(described())
        assert not any("value_added" in str(column) for column in result.columns)
    assert china.attrs["membership_year"] == 2022
    assert china.attrs["year"] == list(range(2011, 2023))


def test_wrong_arguments_say_what_there_is(account):
    with pytest.raises(UnknownLabelError, match=r"year of Gross trade.* 2010"):
        trade.load(years=2010)
    with pytest.raises(OptionError, match="No year was asked for"):
        account.between([])
    with pytest.raises(UnknownLabelError, match="Nearest: VNM"):
        trade.bilateral(account, "CHN", partners="VNN")
    with pytest.raises(OptionError, match="by="):
        trade.totals(account, by="sector")
    with pytest.raises(OptionError, match="role="):
        trade.concentration(account, role="seller")
    own = pd.DataFrame({"industry": ["C99"], "traditional": 1.0, "emerging": 0.0, "future": 0.0})
    with pytest.raises(StageError, match="C99"):
        trade.totals(account, by="stage", stage_file=own)


def test_a_wrong_account_is_refused():
    flows = np.zeros((1, 2, 1, 2))
    with pytest.raises(TableError, match="shape"):
        GrossTrade(flows, (2020, 2021), ["A", "B"], ["g"])
    flows[0, 1, 0, 0] = np.nan
    with pytest.raises(TableError, match=r"those of B g in 2020 are"):
        GrossTrade(flows, (2020,), ["A", "B"], ["g"])
    with pytest.raises(TableError, match="must rise"):
        GrossTrade(np.zeros((2, 2, 1, 2)), (2021, 2020), ["A", "B"], ["g"])


def test_nothing_of_an_account_can_be_changed(account):
    with pytest.raises(ValueError, match="read-only"):
        account.flows[0, 0, 0, 0] = 1
