"""What the regions of a table stand for."""

from __future__ import annotations

import csv

import pandas as pd
import pytest

from io_linkage import economies
from io_linkage._shipped import shipped_path
from io_linkage.economies.aggregates import member_weights
from io_linkage.economies.group_names import WORLD_BANK_REGIONS
from io_linkage.errors import OptionError, UnknownLabelError
from io_linkage.table import MRIOTable
from tests.economy_tables import members_or_none, small_table


@pytest.fixture(scope="module")
def worlds() -> dict[int, MRIOTable]:
    """The regions of the shipped world table in several years; their numbers do not matter here."""
    with shipped_path("world", "regions.csv").open(encoding="utf-8", newline="") as file:
        regions = [row["code"] for row in csv.DictReader(file)]
    return {year: small_table(regions, year=year) for year in (1995, 2000, 2005, 2011)}


class TestResolve:
    def test_the_shipped_table_itself_resolves(self, world):
        assert economies.resolve(world, world.regions) == world.regions
        assert [economies.lookup(region) for region in world.regions] == world.regions

    def test_every_region_of_the_shipped_table_resolves(self, worlds):
        table = worlds[2011]
        for region in table.regions:
            assert economies.resolve(table, region) == [region]
            assert economies.resolve(table, economies.name(region)) == [region]
            assert economies.resolve(table, economies.name(region, language="zh")) == [region]

    @pytest.mark.parametrize(
        ("year", "expected"),
        [
            (1995, "CHN IND IDN BRA RUS MEX TUR POL EUE RoW"),
            (2000, "CHN IND IDN BRA RUS MEX TUR POL EUE KOR RoW"),
            (2005, "CHN IND IDN BRA RUS MEX TUR POL EUE RoW"),
            (2011, "CHN IND IDN BRA RUS MEX TUR RoW"),
        ],
    )
    def test_developing_follows_the_year(self, worlds, year, expected):
        assert economies.resolve(worlds[year], "developing") == expected.split()

    def test_developing_by_the_imf_keeps_the_east_longer(self, worlds):
        assert economies.resolve(worlds[2011], "developing_imf") == [
            "CHN",
            "IND",
            "IDN",
            "BRA",
            "RUS",
            "MEX",
            "TUR",
            "POL",
            "EUE",
            "RoW",
        ]
        assert {"KOR", "TWN"} <= set(economies.resolve(worlds[1995], "developing_imf"))

    def test_one_composition_can_be_kept_over_the_years(self, worlds):
        fixed = [economies.resolve(table, "developing", membership_year=2011) for table in worlds.values()]
        assert all(found == fixed[0] for found in fixed)

    def test_the_eu_is_its_members_of_the_year(self, worlds):
        assert economies.comparators(worlds[1995])["EU"] == ["EUW", "DEU", "FRA", "GBR", "ITA"]
        assert economies.comparators(worlds[2005])["EU"] == ["POL", "EUE", "EUW", "DEU", "FRA", "GBR", "ITA"]
        assert economies.comparators(worlds[2005])["JPN"] == ["JPN"]

    def test_comparators_absent_from_the_table_are_left_out(self):
        assert economies.comparators(small_table(["CHN", "USA"])) == {"USA": ["USA"]}
        with pytest.raises(UnknownLabelError):
            economies.comparators(small_table(["CHN", "USA"]), ["Atlantis"])

    def test_a_list_comes_back_in_table_order_without_repetition(self, worlds):
        assert economies.resolve(worlds[2011], ["RoW", "g7", "Germany", "中国"]) == (
            ["CHN", "DEU", "FRA", "GBR", "ITA", "USA", "CAN", "JPN", "RoW"]
        )

    def test_parts_of_an_economy_come_together(self):
        table = small_table(["CN1", "CN2", "MX1", "MX2", "ROW", "EL"])
        assert economies.resolve(table, "CHN") == ["CN1", "CN2"]
        assert economies.resolve(table, "brics") == ["CN1", "CN2"]
        assert economies.resolve(table, "RoW") == ["ROW"]
        assert economies.resolve(table, "Greece") == ["EL"]

    def test_a_label_of_the_table_comes_before_an_economy(self):
        assert economies.resolve(small_table(["EU", "CHN"]), "EU") == ["EU"]

    def test_the_caller_overrides_an_aggregate(self, worlds):
        table = worlds[2011]
        without = economies.resolve(table, "developing", aggregates={"RoW": {"developing": False}})
        assert "RoW" not in without
        assert "RoW" not in economies.resolve(table, "developing_imf", aggregates={"ROW": {"developing": False}})
        assert economies.resolve(table, "g7", aggregates={"RoW": {"g7": True}})[-1] == "RoW"
        assert "EUE" in economies.resolve(table, "developing", aggregates={"EUE": {"developing_wb": True}})

    def test_an_override_must_be_true_or_false_of_something_known(self, worlds):
        with pytest.raises(OptionError, match="give True or False"):
            economies.resolve(worlds[2011], "g7", aggregates={"RoW": {"g7": "no"}})
        with pytest.raises(UnknownLabelError, match="Unknown economy 'Rest'"):
            economies.resolve(worlds[2011], "g7", aggregates={"Rest": {"g7": True}})
        with pytest.raises(UnknownLabelError, match="Unknown group 'g9'"):
            economies.resolve(worlds[2011], "g7", aggregates={"RoW": {"g9": True}})

    def test_an_empty_group_can_be_filled_or_dated(self, worlds):
        with pytest.raises(OptionError, match=r"'belt_and_road' has no member in 2011.*starts on 2013-12-01"):
            economies.resolve(worlds[2011], "belt_and_road")
        later = economies.resolve(worlds[2011], "belt_and_road", membership_year=2019)
        assert later == ["CHN", "IDN", "TUR", "POL", "EUE", "ITA", "KOR"]

    def test_a_group_of_others_says_who_they_are(self):
        with pytest.raises(OptionError, match=r"No region of .* 'asean' in 2011\. Its members then: .*IDN"):
            economies.resolve(small_table(["CHN", "USA"]), "asean")

    def test_an_economy_inside_an_aggregate_is_located(self, worlds):
        with pytest.raises(UnknownLabelError, match=r"Czechia \(CZE\) is not a region of .* part of EUE"):
            economies.resolve(worlds[2011], "Czechia")
        with pytest.raises(UnknownLabelError, match=r"ZAF is not a region of .* may be inside RoW\."):
            economies.resolve(worlds[2011], "ZAF")

    def test_unknown_and_empty_requests_are_refused(self, worlds):
        with pytest.raises(UnknownLabelError, match=r"Unknown region, economy or group 'Chinna'. Nearest: China"):
            economies.resolve(worlds[2011], "Chinna")
        with pytest.raises(OptionError, match="No region was asked for"):
            economies.resolve(worlds[2011], [])

    def test_a_table_without_a_year_asks_for_one(self):
        table = small_table(["CHN", "USA"], year=None)
        assert economies.resolve(table, "China") == ["CHN"]
        with pytest.raises(OptionError, match="has no year"):
            economies.resolve(table, "g7")
        assert economies.resolve(table, "g7", membership_year=2000) == ["USA"]


class TestAggregates:
    """EU-east and EU-west count in every group in every year, by the value added of their members."""

    @staticmethod
    def share(code, year, members):
        with shipped_path("aggregate_members.csv").open(encoding="utf-8", newline="") as file:
            rows = [row for row in csv.DictReader(file) if row["code"] == code and row["year"] == str(year)]
        values = {row["iso3"]: float(row["value_added"]) for row in rows}
        return sum(values[member] for member in members) / sum(values.values())

    def test_the_eu_of_2023_holds_both(self, worlds):
        found = economies.resolve(worlds[2011], "eu", membership_year=2023)
        assert found == ["POL", "EUE", "EUW", "DEU", "FRA", "ITA"]
        frame = economies.describe_treatment(worlds[2011], "eu", membership_year=2023)
        assert frame.loc[["EUE", "EUW"], "share"].tolist() == ["1.000", "1.000"]
        assert "all of its economies" in frame.loc["EUE", "reason"]

    def test_belt_and_road_of_2023_holds_the_east_and_not_the_west(self, worlds):
        table = worlds[2011]
        found = economies.resolve(table, "belt_and_road", membership_year=2023)
        assert "EUE" in found
        assert "EUW" not in found
        frame = economies.describe_treatment(table, "belt_and_road", membership_year=2023)
        assert frame.loc["EUE", "share"] == "1.000"
        # Austria is listed without a joining date, so that only these three count.
        expected = self.share("EUW", 2011, ["GRC", "LUX", "PRT"])
        assert float(frame.loc["EUW", "share"]) == pytest.approx(expected, abs=5e-4)
        assert "(GRC, LUX, PRT)" in frame.loc["EUW", "reason"]

    @pytest.mark.parametrize("year", [1958, 1985, 1994])
    def test_a_year_before_the_tables_counts_too(self, worlds, year):
        frame = economies.describe_treatment(worlds[1995], "eu", membership_year=year)
        inside = [m for m in economies.members("eu", membership_year=year) if m in member_weights()["EUW"][1995]]
        assert float(frame.loc["EUW", "share"]) == pytest.approx(self.share("EUW", 1995, inside), abs=5e-4)
        assert frame.loc["EUW", "member"] == (self.share("EUW", 1995, inside) > 0.5)
        assert not frame.loc["EUE", "member"]
        assert frame.loc["EUE", "share"] == "0.000"

    def test_half_of_a_region_decides(self, worlds):
        # Members of the OECD until Slovenia and Estonia joined in 2010: at first less than half of EU-east, then more.
        for year, members in ((1999, ["CZE", "HUN"]), (2000, ["CZE", "HUN", "SVK"]), (2001, ["CZE", "HUN", "SVK"])):
            row = economies.describe_treatment(worlds[2005], "oecd", membership_year=year).loc["EUE"]
            expected = self.share("EUE", year, members)
            assert float(row["share"]) == pytest.approx(expected, abs=5e-4)
            assert row["member"] == (expected > 0.5)
            assert f"WIOD 2013, {year}) is in members of {year} ({', '.join(members)})" in row["reason"]
            assert "above 50 % it counts as a member" in row["reason"]
        assert not economies.describe_treatment(worlds[2005], "oecd", membership_year=1999).loc["EUE", "member"]
        assert economies.describe_treatment(worlds[2005], "oecd", membership_year=2000).loc["EUE", "member"]

    def test_after_the_tables_the_last_weights_count(self):
        row = economies.describe_treatment(small_table(["EUE", "USA"], year=2020), "oecd").loc["EUE"]
        assert "WIOD 2013, 2011) is in members of 2020" in row["reason"]
        assert float(row["share"]) == pytest.approx(
            self.share("EUE", 2011, ["CZE", "EST", "HUN", "LTU", "LVA", "SVK", "SVN"]), abs=5e-4
        )
        assert row["member"]

    @pytest.mark.parametrize("year", [1993, 1999, 2000, 2006, 2010, 2023])
    def test_one_year_of_membership_is_one_composition_in_every_table(self, worlds, year):
        for group in economies.groups():
            if members_or_none(group, year):
                found = [
                    economies.describe_treatment(t, group, membership_year=year)["member"] for t in worlds.values()
                ]
                assert all(one.equals(found[0]) for one in found)

    @pytest.mark.parametrize("year", [1990, 1995, 2003, 2004, 2011, 2015, 2023])
    def test_no_aggregate_is_without_a_verdict_in_any_group(self, worlds, year):
        for group in economies.groups():
            frame = economies.describe_treatment(worlds[2011], group, membership_year=year)
            shared = frame[frame["basis"] == "aggregate"]
            assert list(shared.index) == ["EUE", "EUW", "RoW"]
            assert not shared["reason"].str.startswith("No rule").any()
            assert shared.loc[["EUE", "EUW"], "share"].str.fullmatch(r"[01]\.\d{3}").all()

    def test_weights_are_those_of_the_regions_members(self):
        listed = pd.read_csv(shipped_path("world", "regions.csv")).set_index("code")["members"]
        for code in ("EUE", "EUW"):
            by_year = member_weights()[code]
            assert sorted(by_year) == list(range(1995, 2012))
            assert all(list(weights) == listed[code].split() for weights in by_year.values())


class TestRegionsOfTheWorld:
    def test_world_bank_regions_are_groups_of_every_economy(self):
        members = [economies.members(group, membership_year=2011) for group in WORLD_BANK_REGIONS.values()]
        together = [code for codes in members for code in codes]
        assert sorted(together) == sorted(economies.economies().index)
        assert economies.economy("KEN").wb_region == "Sub-Saharan Africa"
        assert "KEN" in economies.members("Sub-Saharan Africa", membership_year=1995)
        assert economies.members("mena", membership_year=2011) == economies.members(
            "Middle East & North Africa", membership_year=1995
        )

    def test_africa_has_its_54_economies_north_and_south_of_the_sahara(self):
        africa = economies.members("africa", membership_year=2011)
        assert len(set(africa)) == len(africa) == 54
        assert {"EGY", "MAR", "ZAF", "NGA", "DJI"} <= set(africa)
        assert not {"SAU", "YEM", "MLT"} & set(africa)

    def test_aggregates_of_one_part_of_the_world_count_there(self, worlds):
        assert economies.resolve(worlds[2011], "Europe & Central Asia") == (
            ["RUS", "TUR", "POL", "EUE", "EUW", "DEU", "FRA", "GBR", "ITA"]
        )
        table = small_table(["CN", "ZA", "WA", "WL", "WE", "WF", "WM"])
        assert economies.resolve(table, "africa") == ["ZA", "WF"]
        assert economies.resolve(table, "latin america") == ["WL"]
        assert economies.resolve(table, "mena") == ["WM"]
        assert economies.resolve(table, "Sub-Saharan Africa") == ["ZA"]
        assert economies.resolve(table, "Europe & Central Asia") == ["WE"]


class TestCoverage:
    def test_members_within_the_rest_of_the_world_are_said(self, worlds):
        found = economies.coverage(worlds[2011], "东盟")
        assert found.shown == ("IDN",)
        assert set(found.left_out) == set(economies.members("asean", membership_year=2011)) - {"IDN"}
        assert (
            found.note
            == "ASEAN: 1 of 10 members is shown, the others are within the rest of the world, which is left out"
        )

    def test_a_rest_that_counts_holds_the_others_but_those_of_an_aggregate_that_does_not(self, worlds):
        found = economies.coverage(worlds[2011], "developing")
        assert set(found.shown) == {"BRA", "CHN", "IDN", "IND", "MEX", "RUS", "TUR"}
        assert set(found.left_out) == {"BGR", "LTU", "LVA", "ROU"} & set(
            economies.members("developing", membership_year=2011)
        )
        assert found.left_out
        assert found.note.endswith(
            "members are shown, the others are within the rest of the world, "
            "which is counted in, or within the EU's east, which is left out"
        )
        without = economies.coverage(worlds[2011], "developing", aggregates={"RoW": {"developing": False}})
        assert "KEN" in without.left_out

    def test_a_group_that_is_shown_whole_needs_no_note(self, worlds):
        assert economies.coverage(worlds[2011], "eu").note == ""
        assert len(economies.coverage(worlds[2011], "eu").shown) == 27
        assert economies.coverage(worlds[2011], "China") == economies.coverage(worlds[2011], "RoW")

    def test_one_is_missing_without_a_rest(self):
        table = small_table(["CHN", "IND", "RUS", "BRA"])
        found = economies.coverage(table, "brics")
        assert found.left_out == ("ZAF",)
        assert found.note == "BRICS: 4 of 5 members are shown, the other is not in the table"


class TestTreatment:
    def test_every_region_is_accounted_for(self, worlds):
        for table in worlds.values():
            for group in ("developing_wb", "developing_imf", "eu", "oecd", "g7"):
                frame = economies.describe_treatment(table, group)
                assert list(frame.index) == table.regions
                assert frame["reason"].str.len().gt(0).all()
                assert list(frame.index[frame["member"]]) == economies.resolve(table, group)

    def test_the_reservation_about_the_rest_of_the_world_is_printed(self, worlds):
        row = economies.describe_treatment(worlds[2011], "developing").loc["RoW"]
        assert row["member"]
        assert row["basis"] == "aggregate"
        assert "overstated" in row["reason"]
        assert "Switzerland" in row["reason"]

    def test_a_mixed_aggregate_shows_the_share_that_decided(self, worlds):
        row = economies.describe_treatment(worlds[2005], "developing").loc["EUE"]
        assert row["member"]
        assert 0.5 < float(row["share"]) < 1
        assert f"{100 * float(row['share']):.1f} % of its value added" in row["reason"]

    def test_dates_and_overrides_are_said(self, worlds):
        frame = economies.describe_treatment(worlds[2000], "developing", aggregates={"RoW": {"developing": False}})
        assert frame.loc["RoW", ["member", "basis"]].tolist() == [False, "override"]
        assert frame.loc["KOR", "reason"] == "Member from 1998-01-01 to 2000-12-31"
        assert frame.loc["RUS", "reason"] == "Member until 2011-12-31"
        assert frame.attrs["year"] == 2000
        assert frame.attrs["group"] == "developing_wb"

    def test_a_region_that_is_no_economy_is_left_out_and_said(self):
        frame = economies.describe_treatment(small_table(["north", "CHN"]), "developing")
        assert frame.loc["north", ["member", "basis"]].tolist() == [False, "unknown region"]
