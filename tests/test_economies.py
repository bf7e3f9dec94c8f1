"""Economies and dated groups."""

from __future__ import annotations

import csv
import itertools
import re
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from io_linkage import economies
from io_linkage._shipped import shipped_path
from io_linkage.economies.group_names import GROUP_ALIASES, GROUP_NAMES
from io_linkage.economies.registry import (
    Membership,
    find_group,
    fold,
    memberships,
    register,
)
from io_linkage.errors import OptionError, UnknownLabelError
from tests.economy_tables import members_or_none, small_table

REGIONS = {
    "ADB": """AUS AUT BEL BGR BRA CAN SWI PRC CYP CZE GER DEN SPA EST FIN FRA UKG GRC HRV HUN INO IND IRE ITA JPN KOR
        LTU LUX LVA MEX MLT NET NOR POL POR ROM RUS SVK SVN SWE TUR TAP USA BAN MAL PHI THA VIE KAZ MON SRI PAK FIJ
        LAO BRU BHU KGZ CAM MLD NEP SIN HKG RoW""",
    "OECD ICIO": """ARG AUS AUT BEL BGD BGR BLR BRA BRN CAN CHE CHL CHN CIV CMR COL CRI CYP CZE DEU DNK EGY ESP EST
        FIN FRA GBR GRC HKG HRV HUN IDN IND IRL ISL ISR ITA JOR JPN KAZ KHM KOR LAO LTU LUX LVA MAR MEX MLT MMR MYS
        NGA NLD NOR NZL PAK PER PHL POL PRT ROU RUS SAU SEN SGP SVK SVN SWE THA TUN TUR TWN UKR USA VNM ZAF ROW""",
    "EXIOBASE 3": """AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK GB US JP CN CA
        KR BR IN MX RU AU CH TR TW NO ID ZA WA WL WE WF WM""",
    "FIGARO": """AR AT AU BE BG BR CA CH CN CY CZ DE DK EE ES FI FR UK EL HR HU ID IE IN IT JP KR LT LU LV MT MX NL
        NO PL PT RO RU SA SE SI SK TR US ZA FIGW1""",
}


class TestNames:
    @pytest.mark.parametrize(
        ("given", "code"),
        [
            ("CHN", "CHN"),
            ("cn", "CHN"),
            ("中国", "CHN"),
            ("China, P.R.", "CHN"),
            ("South Korea", "KOR"),
            ("Korea, Rep.", "KOR"),
            ("Turkiye", "TUR"),
            ("Türkiye", "TUR"),
            ("Turkey", "TUR"),
            ("Cote d'Ivoire", "CIV"),
            ("Czech Republic", "CZE"),
            ("NA", "NAM"),
            ("刚果（金）", "COD"),
            ("Taiwan", "TWN"),
        ],
    )
    def test_economies_are_found_by_codes_and_names(self, given, code):
        assert economies.lookup(given) == code

    @pytest.mark.parametrize(
        ("database", "spelling", "code"),
        [
            ("WIOD 2013", "ROM", "ROU"),
            ("WIOD 2013", "RoW", "RoW"),
            ("WIOD 2016", "ROW", "RoW"),
            ("OECD ICIO", "CN1", "CHN"),
            ("OECD ICIO", "CN2", "CHN"),
            ("OECD ICIO", "MX1", "MEX"),
            ("OECD ICIO", "MX2", "MEX"),
            ("ADB", "PRC", "CHN"),
            ("ADB", "INO", "IDN"),
            ("ADB", "TAP", "TWN"),
            ("ADB", "UKG", "GBR"),
            ("ADB", "SPA", "ESP"),
            ("ADB", "SWI", "CHE"),
            ("ADB", "GER", "DEU"),
            ("ADB", "MLD", "MDV"),
            ("EORA26", "SDS", "SSD"),
            ("EORA26", "SUD", "SDN"),
            ("EORA26", "USR", "SUN"),
            ("EORA26", "ANT", "ANT"),
            ("EXIOBASE 3", "WA", "WA"),
            ("EXIOBASE 3", "WWL", "WL"),
            ("EXIOBASE 1", "WWW", "RoW"),
            ("EXIOBASE 3", "GB", "GBR"),
            ("FIGARO", "EL", "GRC"),
            ("FIGARO", "UK", "GBR"),
            ("FIGARO", "FIGW1", "RoW"),
            ("FIGARO", "WRL_REST", "RoW"),
        ],
    )
    def test_databases_spell_their_regions_in_their_own_way(self, database, spelling, code):
        assert economies.lookup(spelling) == code

    @pytest.mark.parametrize(
        ("database", "count"), [("ADB", 63), ("OECD ICIO", 77), ("EXIOBASE 3", 49), ("FIGARO", 46)]
    )
    def test_every_region_of_a_database_is_known_and_another(self, database, count):
        regions = REGIONS[database].split()
        assert len({economies.lookup(region) for region in regions}) == len(regions) == count

    def test_all_regions_of_the_source_tables_are_known(self, shared_data):
        regions = pd.read_parquet(shared_data / "wiod2013" / "2011" / "unit.parquet").index.get_level_values(0).unique()
        columns = pd.read_parquet(shared_data / "world2000" / "lrwiod_2000.parquet").columns
        regions = {*regions, *(label.split("|")[0] for label in columns if "|" in label)}
        assert len({economies.lookup(region) for region in regions}) > 40

    def test_no_spelling_stands_for_two_economies(self):
        owner: dict[str, str] = {}
        for code, row in register().items():
            for text in {fold(t) for t in (code, row.iso2, row.name, row.name_zh, *row.other_codes) if t}:
                assert owner.setdefault(text, code) == code, text

    def test_every_economy_has_a_name_in_chinese_and_well_formed_codes(self):
        frame = economies.economies()
        assert len(frame) >= 218
        assert frame.index.is_unique
        assert frame["iso2"].is_unique
        assert frame["name_zh"].is_unique
        assert frame["name_zh"].map(lambda text: bool(re.fullmatch(r"[\u4e00-\u9fff（）]+", text))).all()
        assert frame["numeric"].map(lambda text: bool(re.fullmatch(r"(\d{3})?", text))).all()
        placed = frame.dropna(subset=["latitude"])
        assert len(placed) >= len(frame) - 1
        assert placed["latitude"].between(-60, 80).all()
        assert placed["longitude"].between(-180, 180).all()

    def test_taiwan_is_said_not_to_be_in_the_banks_list(self):
        assert "Not in the World Bank" in economies.economy("TWN").remark

    def test_names_come_in_two_languages(self):
        assert economies.name("VNM") == "Vietnam"
        assert economies.name("VNM", language="zh") == "越南"
        assert economies.name("RoW", language="zh") == "世界其他地区"
        with pytest.raises(OptionError, match="'en' and 'zh'"):
            economies.name("VNM", language="fr")

    def test_an_unknown_name_is_answered_with_the_nearest(self):
        with pytest.raises(UnknownLabelError, match=r"Unknown economy 'Germny'\. Nearest: Germany \(DEU\)"):
            economies.lookup("Germny")


class TestMembership:
    @pytest.mark.parametrize(
        ("group", "year", "count"),
        [
            ("eu", 1960, 6),
            ("eu", 1994, 12),
            ("eu", 1995, 15),
            ("eu", 2003, 15),
            ("eu", 2004, 25),
            ("eu", 2007, 27),
            ("eu", 2013, 28),
            ("eu", 2019, 28),
            ("eu", 2020, 27),
            ("g7", 1975, 6),
            ("g7", 1976, 7),
            ("oecd", 1961, 19),
            ("oecd", 2010, 34),
            ("oecd", 2021, 38),
            ("asean", 1967, 5),
            ("asean", 1999, 10),
            ("asean", 2025, 11),
            ("brics", 2006, 4),
            ("brics", 2011, 5),
            ("brics", 2024, 9),
            ("brics", 2025, 10),
            ("rcep", 2022, 13),
            ("rcep", 2023, 15),
        ],
    )
    def test_groups_have_their_known_size(self, group, year, count):
        assert len(economies.members(group, membership_year=year)) == count

    @pytest.mark.parametrize(
        ("group", "code", "first"),
        [
            ("oecd", "MEX", 1994),
            ("oecd", "CZE", 1995),
            ("oecd", "KOR", 1996),
            ("oecd", "CHL", 2010),
            ("asean", "VNM", 1995),
            ("asean", "KHM", 1999),
            ("g7", "CAN", 1976),
            ("brics", "ZAF", 2010),
            ("rcep", "KOR", 2022),
            ("rcep", "IDN", 2023),
            ("belt_and_road", "ITA", 2019),
            ("belt_and_road", "PAK", 2013),
            ("eu", "HRV", 2013),
        ],
    )
    def test_economies_join_in_their_year(self, group, code, first):
        joined = [year for year in range(1960, 2026) if code in members_or_none(group, year)]
        assert joined[0] == first

    def test_italy_leaves_the_belt_and_road_in_the_year_2023(self):
        inside = [year for year in range(2015, 2026) if "ITA" in economies.members("bri", membership_year=year)]
        assert inside == [2019, 2020, 2021, 2022]

    @pytest.mark.parametrize(
        ("code", "high"),
        [
            ("KOR", {1995, 1996, 1997, *range(2001, 2024)}),
            ("SVN", set(range(1997, 2024))),
            ("CZE", set(range(2006, 2024))),
            ("HUN", {*range(2007, 2012), *range(2014, 2024)}),
            ("POL", set(range(2009, 2024))),
            ("RUS", {2012, 2013, 2014, 2023}),
            ("ARG", {2014, 2017}),
            ("GRC", set(range(1996, 2024))),
            ("CHN", set()),
            ("TWN", set(range(1987, 2024))),
        ],
    )
    def test_the_world_bank_classes_move_both_ways(self, code, high):
        developing = {
            year for year in range(1987, 2024) if code in economies.members("developing_wb", membership_year=year)
        }
        assert developing == set(range(1987, 2024)) - high

    def test_the_class_of_2023_is_that_of_the_banks_own_list(self):
        frame = economies.economies()
        low = frame.index[frame["wb_income"].isin(["Low income", "Lower middle income", "Upper middle income"])]
        unclassified = frame.index[frame["wb_income"] == "Not classified"]
        assert set(economies.members("developing_wb", membership_year=2023)) == {*low, *unclassified}
        assert list(unclassified) == ["VEN"]

    @pytest.mark.parametrize(
        ("code", "last"), [("KOR", 1996), ("TWN", 1996), ("CYP", 2000), ("SVN", 2006), ("CZE", 2008), ("LTU", 2014)]
    )
    def test_the_imf_moves_economies_up_once(self, code, last):
        inside = [
            year for year in range(1980, 2025) if code in economies.members("developing_imf", membership_year=year)
        ]
        assert inside == list(range(1980, last + 1))

    def test_the_imf_has_its_155_emerging_and_developing_economies(self):
        # The April 2024 World Economic Outlook counts 155 of them, and 41 advanced economies.
        assert len(economies.members("developing_imf", membership_year=2023)) == 155

    def test_china_is_developing_by_both_definitions(self):
        for group in ("developing", "developing_imf"):
            assert all("CHN" in economies.members(group, membership_year=year) for year in range(1990, 2026))

    def test_an_economy_without_a_joining_date_is_no_member(self):
        assert "RUS" not in economies.members("belt_and_road", membership_year=2023)
        assert "without a joining date" in economies.history("belt_and_road").loc["RUS", "remark"]

    def test_a_group_that_has_not_begun_says_when_it_does(self):
        with pytest.raises(OptionError, match="'rcep' has no member in 2021: it starts on 2022-01-01"):
            economies.members("rcep", membership_year=2021)

    def test_an_unknown_group_is_answered_with_the_nearest(self):
        with pytest.raises(UnknownLabelError, match=r"Unknown group 'BRICKS'\. Nearest: brics"):
            economies.members("BRICKS", membership_year=2020)

    def test_belt_and_road_follows_who_left_and_who_joined_later(self):
        def years(code):
            return [
                year for year in range(2013, 2027) if code in economies.members("belt_and_road", membership_year=year)
            ]

        assert years("PAN") == list(range(2017, 2025))
        assert years("ITA") == list(range(2019, 2023))
        assert years("COL") == [2025, 2026]
        assert years("NRU") == [2024, 2025, 2026]
        history = economies.history("belt_and_road")
        assert history.loc["ITA", "end"] == "2023-12-06"
        assert "notice of 6 February 2025" in history.loc["PAN", "remark"]
        assert "Nedopil" not in history.loc["COL", "source"]

    @pytest.mark.parametrize("given", [name for names in GROUP_NAMES.values() for name in names] + list(GROUP_ALIASES))
    def test_every_name_of_a_group_resolves(self, given):
        group = find_group(given)
        assert group is not None
        table = small_table(list(economies.economies().index))
        named = economies.resolve(table, given, membership_year=2022)
        assert named == economies.resolve(table, group, membership_year=2022)

    @pytest.mark.parametrize(
        ("given", "group"),
        [
            ("欧盟", "eu"),
            ("欧洲联盟", "eu"),
            ("东盟", "asean"),
            ("经合组织", "oecd"),
            ("七国集团", "g7"),
            ("金砖国家", "brics"),
            ("发展中国家", "developing_wb"),
            ("“一带一路”国家", "belt_and_road"),
            ("共建“一带一路”国家", "belt_and_road"),
            ("区域全面经济伙伴关系协定", "rcep"),
        ],
    )
    def test_groups_have_chinese_names(self, given, group):
        assert find_group(given) == group

    def test_a_group_asked_for_as_an_economy_is_named_as_a_group(self):
        with pytest.raises(UnknownLabelError, match=r"'欧盟' is a group of economies \(European Union\)"):
            economies.lookup("欧盟")

    def test_members_can_be_kept_to_some_regions(self):
        assert economies.members("eu", membership_year=1995, regions=["FR", "CHN", "Germany", "POL"]) == [
            "FR",
            "Germany",
        ]


class TestTables:
    def test_every_member_is_an_economy(self):
        known = set(economies.economies().index)
        assert {spell.iso3 for spells in memberships().values() for spell in spells} <= known

    def test_spells_are_dated_in_order_and_never_overlap(self):
        for group, spells in memberships().items():
            for code in {spell.iso3 for spell in spells}:
                own = sorted((s for s in spells if s.iso3 == code), key=lambda s: s.start)
                dates = [text for s in own if s.dated for text in (s.start, s.end) if text]
                assert all(re.fullmatch(r"\d{4}-\d{2}-\d{2}", text) for text in dates), (group, code)
                assert all(not s.end or s.start <= s.end for s in own if s.dated), (group, code)
                assert all(a.end and a.end < b.start for a, b in itertools.pairwise(own)), (group, code)

    def test_every_spell_names_its_source(self):
        assert all(spell.source for spells in memberships().values() for spell in spells)

    def test_every_rule_for_an_aggregate_names_a_group_and_a_reason(self):
        with shipped_path("aggregate_groups.csv").open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        assert all(row["group"] in (*economies.groups(), "*") and row["reason"] for row in rows)
        assert {row["member"] for row in rows} == {"yes", "no"}

    def test_the_script_makes_what_ships(self, shared_data, tmp_path):
        script = Path(__file__).resolve().parent.parent / "tables" / "make_economies.py"
        folder = shared_data / "economies"
        command = [sys.executable, str(script), "--out", str(tmp_path), "--wiod", str(shared_data / "wiod2013")]
        command += ["--world-bank", str(folder / "worldbank_country_income.csv")]
        command += ["--belt-and-road", str(folder / "bri_countries_greenfdc_2023-12.csv")]
        subprocess.run(command, check=True)
        for name in (
            *("economies.csv", "groups.csv", "aggregates.csv", "aggregate_groups.csv", "aggregate_members.csv"),
        ):
            assert (tmp_path / name).read_bytes() == shipped_path(name).read_bytes(), name


@st.composite
def spells(draw: st.DrawFn) -> Membership:
    first, last = sorted((draw(st.dates()), draw(st.dates())))
    start = draw(st.sampled_from(["", first.isoformat()]))
    end = draw(st.sampled_from(["", last.isoformat()]))
    return Membership("g7", "CAN", start, end, "made", "")


@settings(max_examples=50, deadline=None)
@given(spells(), st.integers(1, 9999))
def test_a_spell_holds_from_the_year_it_starts_to_the_year_before_it_ends(spell, year):
    start = int(spell.start[:4]) if spell.start else 0
    # Whoever leaves on 31 December itself was a member for the whole year.
    end = 10_000 if not spell.end else int(spell.end[:4]) - (not spell.end.endswith("12-31"))
    assert spell.holds(year) == (start <= year <= end)
