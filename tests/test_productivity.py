"""Growth accounting: printed and hand-worked numbers, identities, and formulas written out again."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from io_linkage import productivity
from io_linkage.errors import AddingUpError, OptionError, ReadError, TableError, UnknownLabelError
from io_linkage.result_attrs import described
from tests.growth_tables import drawn, two_industries

DOUBLE = {"volume": "double_deflated"}


@pytest.fixture(scope="module")
def shipped():
    return productivity.accounts()


@pytest.fixture(scope="module")
def wiod(shared_data):
    return productivity.accounts(shared_data / "wiod2013_sea" / "WIOD_SEA_2013release.parquet")


def test_two_industries_give_the_worked_numbers():
    accounts = two_industries()
    output = productivity.industry_growth(accounts, of="output", **DOUBLE)
    np.testing.assert_allclose(output["tfp"], [0.0659196407, 0.0201120274], atol=5e-11)
    added = productivity.industry_growth(accounts, **DOUBLE)
    np.testing.assert_allclose(added["value_added"], [0.2348357251, 0.0762254054], atol=5e-11)


def test_their_economy_gives_the_worked_numbers():
    growth = productivity.economy_growth(two_industries(), **DOUBLE)
    np.testing.assert_allclose(growth.industries["value_added_share"], [0.2532051282, 0.7467948718], atol=5e-11)
    np.testing.assert_allclose(growth.industries["domar_weight"], [0.6454248366, 1.2138715231], atol=5e-11)
    row = growth.regions.iloc[0]
    expected = {
        "value_added": 0.1163863518, "capital_share": 0.4082532051, "tfp": 0.0647065298,
        "technical_progress": 0.0669595907, "allocation_of_capital": -0.0000967325,
        "allocation_of_labour": -0.0021563283,
        "capital": 0.4082532051 * 0.0815799870, "hours": (1 - 0.4082532051) * 0.0310513398, "skill": 0.0,
    }  # fmt: skip
    np.testing.assert_allclose(row[list(expected)], list(expected.values()), atol=1e-10)


def test_their_labour_productivity_gives_the_worked_numbers():
    row = productivity.labour_productivity(two_industries(), **DOUBLE).iloc[0]
    assert row["labour_productivity"] == pytest.approx(0.0853350119, abs=5e-11)
    assert row[["capital_deepening", "skill", "tfp"]].sum() == pytest.approx(0.0892439314, abs=1e-10)
    assert row["hours_moved"] == pytest.approx(-0.0039089195, abs=5e-11)


def test_printed_sources_of_chinas_growth_add_up_as_ours_do():
    """Wu (2015), China 1980-2010, % a year: two of our identities in print, to the digits printed."""
    tfp, progress, labour, capital = 1.24, 0.84, 0.56, -0.16
    assert tfp == pytest.approx(progress + labour + capital)
    per_hour, hours, deepening, skill = 7.14, 2.02, 5.55, 0.35
    assert per_hour == pytest.approx(deepening + skill + tfp)
    regions = pd.DataFrame(
        {
            "value_added": [per_hour + hours], "capital": [per_hour + hours - tfp], "hours": [0.0], "skill": [0.0],
            "tfp": [tfp], "technical_progress": [progress], "allocation_of_capital": [capital],
            "allocation_of_labour": [labour],
        },
        index=pd.MultiIndex.from_tuples([("CHN", "published")], names=["region", "capital"]),
    )  # fmt: skip
    cells = pd.MultiIndex.from_tuples([("CHN", "published", "all")], names=["region", "capital", "industry"])
    industries = pd.DataFrame({"technical_progress": [progress]}, index=cells)
    assert productivity.EconomyGrowth(regions, industries).regions["tfp"].item() == tfp
    with pytest.raises(AddingUpError, match=r"miss TFP in 1 of 1 economies, most in \('CHN', 'published'\)"):
        productivity.EconomyGrowth(regions.assign(allocation_of_labour=0.5), industries)
    with pytest.raises(AddingUpError, match="miss technical progress"):
        productivity.EconomyGrowth(regions, industries / 2)


@settings(max_examples=12)
@given(drawn(), st.sampled_from(["published", "double_deflated"]), st.sampled_from(["mean", "each", "ends"]))
def test_contributions_add_up(accounts, volume, years):
    for of in ("output", "value_added"):
        growth = productivity.industry_growth(accounts, of=of, volume=volume, years=years)
        assert growth[of].notna().all()
        np.testing.assert_allclose(growth.drop(columns=of).sum(axis=1), growth[of], atol=1e-12)
    labour = productivity.labour_productivity(accounts, volume=volume, years=years)
    np.testing.assert_allclose(labour.iloc[:, 1:].sum(axis=1), labour["labour_productivity"], atol=1e-12)
    cells = productivity.labour_productivity(accounts, by="industry", volume=volume, years=years)
    np.testing.assert_allclose(cells.iloc[:, 1:].sum(axis=1), cells["labour_productivity"], atol=1e-12)
    economy = productivity.economy_growth(accounts, volume=volume, years=years, capital="published").regions
    np.testing.assert_allclose(
        labour["labour_productivity"].to_numpy() + _growth_of_hours(accounts, years),
        economy["value_added"], atol=1e-12,
    )  # fmt: skip


def _growth_of_hours(accounts, years):
    hours = accounts.frame["hours"].groupby(level=["region", "year"]).sum().unstack("year")
    each = np.log(hours).diff(axis=1).iloc[:, 1:]
    return each.to_numpy().ravel() if years == "each" else each.mean(axis=1).to_numpy()


@settings(max_examples=20)
@given(drawn(regions=1, years=2))
def test_an_economy_is_its_formula_written_out(accounts):
    """Loops over industries and skills, from the rows of the accounts."""
    frame = accounts.frame.loc["R0"]
    industries, (first, last) = accounts.industries, accounts.years
    va = frame["value_added"].unstack("year")

    def mean_share(part, whole):
        return sum(part[year] / whole[year] for year in (first, last)) / 2

    def grown(row):
        return np.log(row[last] / row[first])

    added = tau_sum = capital_moved = labour_moved = 0.0
    for j in industries:
        row = {name: frame.loc[j, name] for name in frame.columns}
        income = row["value_added"] - row["labour_compensation"]
        paid = abs(income).max() > 1e-9
        s_v = mean_share(row["value_added"], row["gross_output"])
        capital = mean_share(income, row["gross_output"]) * grown(row["capital_stock"]) if paid else 0.0
        labour = sum(
            mean_share(row[f"labour_compensation_{kind}"], row["gross_output"]) * grown(row[f"hours_{kind}"])
            for kind in ("high", "low")
        )
        weight = mean_share(row["value_added"], va.sum())
        added += weight * grown(row["value_added_volume"])
        tau_sum += weight / s_v * (s_v * grown(row["value_added_volume"]) - capital - labour)
        capital_moved += weight / s_v * capital
        labour_moved += weight / s_v * labour
    total = frame.groupby("year").sum()
    stock = mean_share(total["value_added"] - total["labour_compensation"], total["value_added"]) * grown(
        total["capital_stock"]
    )
    skills = sum(
        mean_share(total[f"labour_compensation_{kind}"], total["value_added"]) * grown(total[f"hours_{kind}"])
        for kind in ("high", "low")
    )
    made = productivity.economy_growth(accounts, capital="published").regions.iloc[0]
    terms = ["value_added", "technical_progress", "allocation_of_capital", "allocation_of_labour", "tfp"]
    expected = [added, tau_sum, capital_moved - stock, labour_moved - skills, added - stock - skills]
    np.testing.assert_allclose(made[terms], expected, atol=1e-10)


@settings(max_examples=8)
@given(drawn())
def test_each_year_averages_to_the_mean(accounts):
    each = productivity.economy_growth(accounts, years="each", capital="published").regions
    mean = productivity.economy_growth(accounts, capital="published").regions
    pd.testing.assert_frame_equal(each.groupby(level=["region", "capital"], sort=False).mean(), mean, check_names=False)


def test_energy_is_a_part_of_inputs():
    accounts = two_industries(energy=[6, 8, 8, 10], energy_volume=[1, 1.1, 1, 0.9])
    parted = productivity.industry_growth(accounts, of="output", **DOUBLE)
    whole = productivity.industry_growth(two_industries(), of="output", **DOUBLE)
    assert parted.loc[("A", "i1"), "energy"] == pytest.approx((6 / 100 + 8 / 130) / 2 * np.log(1.1))
    np.testing.assert_allclose(parted["energy"] + parted["materials"], whole["inputs"])
    np.testing.assert_allclose(parted["tfp"], whole["tfp"])


FOURTEEN = ("AUT", "CZE", "DEU", "DNK", "ESP", "FIN", "FRA", "GBR", "HUN", "IRL", "ITA", "NLD", "POL", "SWE")
#: % a year 1995-2007, technical progress with Domar weights.
ANCHORS = {"USA": 0.6, "DEU": 0.7, "JPN": 0.6, "KOR": 2.7, "IDN": 0.2, "BRA": -0.7, "RUS": 1.3, "MEX": 1.9}


@pytest.mark.parametrize("source", ["shipped", "wiod"])
def test_tfp_of_known_economies(source, request):
    growth = productivity.economy_growth(request.getfixturevalue(source), capital="published")
    made = 100 * growth.regions["technical_progress"].droplevel("capital")
    for region, expected in ANCHORS.items():
        assert made[region] == pytest.approx(expected, abs=0.06), region
    assert 1.4 < made["IND"] < 1.8
    assert growth.attrs["year"][-1] == 2007


@pytest.mark.parametrize("source", ["shipped", "wiod"])
def test_china_has_two_readings_of_capital(source, request):
    accounts = request.getfixturevalue(source)
    one_step = productivity.economy_growth(accounts, years="ends").regions.loc["CHN"]
    assert 100 * one_step.loc["published", "tfp"] == pytest.approx(6.2, abs=0.05)
    yearly = productivity.economy_growth(accounts).regions.loc["CHN"]
    assert 100 * yearly.loc["published", "tfp"] == pytest.approx(6.3, abs=0.05)
    assert 100 * yearly.loc["rebuilt", "tfp"] == pytest.approx(4.5, abs=0.05)
    at_6 = productivity.rebuilt_capital(accounts, rate=0.06).loc["CHN"].sum()
    assert 100 * np.log(at_6[2007] / at_6[1995]) / 12 == pytest.approx(8.3, abs=0.05)


def test_china_with_capital_rebuilt_at_six_percent():
    at_6 = productivity.accounts(capital="rebuilt", rate=0.06)
    assert at_6.rebuilt == ("CHN",)
    growth = productivity.economy_growth(at_6, years="ends").regions
    assert 100 * growth.loc[("CHN", "rebuilt"), "tfp"] == pytest.approx(4.1, abs=0.05)
    assert ("CHN", "published") not in growth.index
    assert ("USA", "published") in growth.index


def test_volumes_differ_where_they_are_known_to(wiod):
    differences = 100 * productivity.volume_difference(wiod)["difference"]
    for region, expected in {"RUS": -2.8, "JPN": -1.0, "TWN": 0.6}.items():
        assert differences[region] == pytest.approx(expected, abs=0.05)
    others = differences.drop(["RUS", "JPN", "TWN", "BRA", "CZE"])
    assert others.abs().max() < 0.15


def test_single_countries_have_the_same_productivity_as_in_their_source(shipped, wiod):
    own = productivity.economy_growth(shipped, capital="published").regions
    theirs = productivity.economy_growth(wiod, capital="published").regions
    single = [code for code in shipped.regions if code in wiod.regions]
    assert len(single) == 18
    pd.testing.assert_frame_equal(own.loc[single], theirs.loc[single], rtol=0, atol=2e-6)


def test_a_region_of_several_grows_between_its_members(shipped, wiod):
    growth = productivity.economy_growth(wiod, capital="published").regions["value_added"].droplevel("capital")
    made = productivity.economy_growth(shipped).regions["value_added"].droplevel("capital")
    assert growth[["AUT", "BEL", "DNK", "ESP", "FIN", "GRC", "IRL", "LUX", "NLD", "PRT", "SWE"]].min() < made["EUW"]
    assert made["EUW"] < growth["IRL"]
    assert growth["BGR"] < made["EUE"] < growth["LVA"]


def test_findings_name_what_is_known_to_be_doubtful(wiod):
    found = productivity.findings(wiod).set_index(["check", "region"])
    assert found.loc["implied depreciation"].index.tolist() == ["CHN", "SVN"]
    assert found.loc[("implied depreciation", "CHN"), "first_year"] == 2003
    assert "7 to 28 %" in found.loc[("implied depreciation", "CHN"), "finding"]
    assert len(found.loc["negative capital income"]) == 31
    assert "74 cells" in found.loc[("negative capital income", "KOR"), "finding"]
    ends = found.loc["capital ends"]["first_year"]
    assert set(ends[ends == 2008].index) == {*FOURTEEN}
    assert set(ends[ends == 2009].index) == {"CYP", "PRT"}
    assert "TUR" in found.loc["no volume"].index
    assert found.loc["labour scaled"].index.tolist() == ["IND", "JPN", "KOR", "TWN"]


def test_depreciation_of_industries_and_of_a_whole(shipped):
    by_industry = productivity.depreciation(shipped, by="industry").loc[("CHN", "29")]
    assert by_industry[[1996, 2007]].round(3).tolist() == [0.070, 0.318]
    stock = shipped.frame["capital_stock"].unstack("year").loc["USA"].sum()
    investment = shipped.frame["investment_volume"].unstack("year").loc["USA"].sum()
    expected = 1 - (stock[2000] - investment[2000]) / stock[1999]
    assert productivity.depreciation(shipped).loc["USA", 2000] == pytest.approx(expected)


def test_the_rebuilt_stock_depreciates_at_the_first_rate(shipped):
    stock = productivity.rebuilt_capital(shipped).loc[("CHN", "29")]
    investment = shipped.frame.loc[("CHN", "29"), "investment_volume"]
    rate = 1 - (stock[1996] - investment[1996]) / stock[1995]
    for year in range(1996, 2010):
        assert stock[year] == pytest.approx((1 - rate) * stock[year - 1] + investment[year])
    published = shipped.frame.loc[("CHN", "29"), "capital_stock"]
    np.testing.assert_allclose(stock[[1995, 1996]], published[[1995, 1996]])


def test_labour_keeps_its_share_where_a_source_does_not_add_up():
    accounts = two_industries(capital_compensation=[15, 10, 50, 60])
    assert accounts.scaled == ("A 2001",)
    assert accounts.frame.loc[("A", "i1", 2001), "labour_compensation"] == pytest.approx(50 * 30 / 40)
    assert accounts.frame.loc[("A", "i2", 2001), "labour_compensation"] == 85


def test_missing_capital_or_labour_is_left_out_by_name(shipped):
    growth = productivity.economy_growth(shipped, last=2009)
    assert set(growth.attrs["left_out"]) >= {"POL", "EUE", "EUW", "DEU", "FRA", "GBR", "ITA"}
    assert "DEU" in growth.attrs["note"]
    assert np.isnan(growth.regions.loc[("DEU", "published"), "tfp"])
    frame = two_industries().frame.copy()
    frame.loc[("A", "i1", 2001), "hours"] = np.nan
    partly = productivity.industry_growth(productivity.accounts(frame), **DOUBLE)
    assert partly.attrs["left_out"] == ("A i1",)
    assert np.isnan(partly.loc[("A", "i1"), "tfp"])
    assert partly.loc[("A", "i2"), "tfp"] == pytest.approx(0.0201120274 / 0.61521739, rel=1e-6)


def test_an_economy_with_too_few_accounts_is_left_out():
    frame = two_industries().frame.copy()
    frame.loc[("A", "i2"), "hours"] = np.nan
    with pytest.raises(OptionError, match="No economy has accounts for 2000-2001: missing are A"):
        productivity.economy_growth(productivity.accounts(frame), **DOUBLE)


def test_negative_capital_income_counts_as_it_is_and_is_named():
    accounts = two_industries(labour_compensation=[45, 60, 70, 85])
    assert (productivity.findings(accounts)["check"] == "negative capital income").any()
    growth = productivity.industry_growth(accounts, **DOUBLE)
    np.testing.assert_allclose(growth.drop(columns="value_added").sum(axis=1), growth["value_added"])
    assert growth.loc[("A", "i1"), "capital"] < 0


def test_years_without_a_neighbour_are_refused(shipped):
    frame = shipped.frame.drop(index=2000, level="year")
    accounts = productivity.accounts(frame)
    with pytest.raises(OptionError, match="2001 has no neighbour: the accounts go from 1999 to 2001"):
        productivity.economy_growth(accounts)
    with pytest.raises(OptionError, match="The stock of CHN cannot be rebuilt: the accounts lack years"):
        productivity.rebuilt_capital(accounts)
    options = {"years": "ends", "capital": "published"}
    made = productivity.economy_growth(accounts, **options).regions
    pd.testing.assert_frame_equal(made, productivity.economy_growth(shipped, **options).regions)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"first": 2005, "last": 2001}, "the first is 2005 and the last 2001"),
        ({"first": 1980}, "Unknown first year 1980"),
        ({"years": "all"}, "years='all' is not possible"),
        ({"volume": "mine"}, "volume='mine' is not possible"),
    ],
)
def test_options_that_cannot_be(shipped, options, message):
    with pytest.raises((OptionError, UnknownLabelError), match=message):
        productivity.industry_growth(shipped, **options)


def test_a_volume_that_is_not_there_is_named():
    with pytest.raises(OptionError, match=r"volume='published' needs value_added_volume.*Use volume='double_deflated'"):
        productivity.economy_growth(two_industries())


def test_accounts_that_are_none(tmp_path):
    frame = two_industries().frame
    with pytest.raises(TableError, match="lack hours"):
        productivity.accounts(frame.drop(columns="hours"))
    with pytest.raises(TableError, match="have no volumes"):
        productivity.accounts(frame.drop(columns="gross_output_volume"))
    with pytest.raises(TableError, match="has more than one row"):
        productivity.accounts(pd.concat([frame, frame.iloc[:1]]))
    with pytest.raises(TableError, match="hours is -1 in A i1 2000 and negative or infinite in 1 rows"):
        productivity.accounts(frame.assign(hours=[-1, 1, 1, 1]))
    with pytest.raises(TableError, match="the accounts have one"):
        productivity.accounts(frame.loc[(slice(None), slice(None), [2000]), :])
    with pytest.raises(ReadError, match="neither the columns region, industry, year"):
        productivity.accounts(pd.DataFrame({"land": ["A"]}))
    with pytest.raises(ReadError, match="There is no file"):
        productivity.accounts(tmp_path / "none.parquet")
    with pytest.raises(UnknownLabelError, match="region in the growth accounts"):
        productivity.accounts(regions="Atlantis")


def test_files_of_every_kind_give_the_same_accounts(tmp_path):
    frame = two_industries().frame
    frame.reset_index().to_csv(tmp_path / "accounts.csv", index=False)
    frame.to_parquet(tmp_path / "accounts.parquet")
    frame.reset_index().to_excel(tmp_path / "accounts.xlsx", index=False)
    for ending in ("csv", "parquet", "xlsx"):
        read = productivity.accounts(tmp_path / f"accounts.{ending}")
        pd.testing.assert_frame_equal(read.frame, frame)


def test_the_publishers_workbook_reads_like_its_parquet(shared_data, wiod):
    book = productivity.accounts(shared_data / "wiod2013_raw" / "WIOD_SEA_July14.xlsx")
    assert set(book.regions) ^ set(wiod.regions) == {"ROM", "ROU"}
    pd.testing.assert_frame_equal(book.frame.rename({"ROU": "ROM"}, level=0), wiod.frame, rtol=1e-9)


def test_results_say_what_they_are_in_known_keys(shipped):
    growth = productivity.economy_growth(shipped)
    results = [
        growth.regions, growth.industries, productivity.industry_growth(shipped), productivity.findings(shipped),
        productivity.labour_productivity(shipped), productivity.volume_difference(shipped),
        productivity.depreciation(shipped), productivity.rebuilt_capital(shipped),
    ]  # fmt: skip
    for result in results:
        assert not set(result.attrs) - set(described())
        assert result.attrs["measure"]
        assert result.attrs["table"] == shipped.label
        assert result.attrs["source"].startswith("WIOD")
    assert "CHN implies a depreciation outside 0 to 15 %" in growth.regions.attrs["note"]


def test_regions_are_chosen_by_code_or_name(shipped):
    assert productivity.accounts(regions=["China", "USA"]).regions == ["CHN", "USA"]
    assert shipped.only("Germany").regions == ["DEU"]
    with pytest.raises(dataclasses.FrozenInstanceError):
        shipped.name = "another"
