"""Shares over the years: what the tables' detail alone would move stays level, and what jumps says why."""

from __future__ import annotations

import importlib
import sys
from itertools import pairwise

import pandas as pd
import pytest

from io_linkage import stages
from io_linkage._shipped import shipped_path
from tests.conftest import ROOT

INDUSTRIES = shipped_path("industries")
FILES = sorted(
    path
    for path in (*INDUSTRIES.glob("*.csv"), *(INDUSTRIES / "more").glob("*.csv"))
    if path.name not in ("classifications.csv", "nbs_to_wiod2013.csv")
)
SHARES = ("emerging", "future", "green", "digital", "high_tech")
JUMP = 0.04


@pytest.fixture
def changes(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "tables"))
    yield importlib.import_module("stage_changes")
    sys.modules.pop("stage_changes", None)


def read(file) -> pd.DataFrame:
    return pd.read_csv(file, dtype={"industry": str, "year": str}, keep_default_na=False)


def row(file: str, industry: str, region: str = "", year: str = "") -> pd.Series:
    rows = read(INDUSTRIES / file)
    return rows[(rows["industry"] == industry) & (rows["region"] == region) & (rows["year"] == year)].iloc[0]


@pytest.mark.parametrize("file", FILES, ids=lambda path: path.stem)
def test_a_jump_from_one_year_to_the_next_has_its_reason_in_the_row(file):
    rows = read(file)
    for (industry, _), group in rows[rows["year"] != ""].groupby(["industry", "region"]):
        ordered = group.sort_values("year").to_dict("records")
        for before, after in pairwise(ordered):
            for share in SHARES:
                change = after[f"{share}_central"] - before[f"{share}_central"]
                if abs(change) > JUMP + 1e-9:
                    told = after["reason"].partition(f"Against {before['year']}: ")[2]
                    assert f"{share.replace('_', '-')} {change:+.2f}" in told, (industry, after["year"], share)


@pytest.mark.parametrize(
    ("file", "industry", "within"),
    [
        ("more/icio2021.csv", "31T33", 0.03),
        ("more/icio2023.csv", "C31T33", 0.03),
        ("more/icio2025.csv", "C31T33", 0.03),
        ("more/wiod2016.csv", "C31_C32", 0.001),
        ("more/icio2023.csv", "R", 0.01),
        ("more/icio2023.csv", "J58T60", 0.01),
        ("more/wiod2016.csv", "J59_J60", 0.01),
    ],
)
def test_more_detail_in_the_tables_moves_no_stage(file, industry, within):
    rows = read(INDUSTRIES / file)
    rows = rows[(rows["industry"] == industry) & (rows["region"] == "CHN")]
    assert rows["emerging_central"].max() - rows["emerging_central"].min() <= within
    # The same make-up holds for other regions.
    general = row(file, industry)["emerging_central"]
    assert rows["emerging_central"].min() - within <= general <= rows["emerging_central"].max() + within


def test_telephony_before_2005_is_mostly_traditional_and_never_high_tech():
    china = row("wiod2013.csv", "64", "CHN", "1995-2004")
    assert china["emerging_central"] == pytest.approx(0.30, abs=0.005)
    assert (china["emerging_low"], china["emerging_high"]) == pytest.approx((0.05, 0.70), abs=0.01)
    others = row("wiod2013.csv", "64", "", "1995-2004")
    assert others["emerging_central"] == pytest.approx(0.30, abs=0.005)
    assert row("wiod2013.csv", "64")["emerging_central"] == pytest.approx(0.65, abs=0.01)
    rows = read(INDUSTRIES / "wiod2013.csv")
    telephony = rows[rows["industry"] == "64"]
    assert telephony["high_tech_central"].between(0.015, 0.03).all()
    assert telephony["high_tech_high"].max() <= 0.1
    for file, industry in (("icio2023", "J61"), ("eora26", "Post and Telecommunications"), ("adb35", "c27")):
        rows = read(INDUSTRIES / "more" / f"{file}.csv")
        rows = rows[(rows["industry"] == industry) & rows["year"].str.endswith("2004")]
        assert set(rows["region"]) >= {""}
        assert rows["emerging_central"].between(0.25, 0.35).all(), file


def test_the_dated_row_holds_only_in_its_years():
    import io_linkage as iol

    early, late = (stages.weights(iol.load(year=year)) for year in (2000, 2005))
    for region in ("CHN", "DEU"):
        assert early.loc[(region, "64"), "emerging"] == pytest.approx(0.30, abs=0.01)
        assert late.loc[(region, "64"), "emerging"] == pytest.approx(0.65, abs=0.02)


def test_information_services_hold_no_telephony():
    rows = read(INDUSTRIES / "inputs" / "more_industries.csv")
    held = rows[rows["activities"].str.split(";").map(lambda names: "telecom_internet" in names)]
    assert held["isic4"].str.split().map(lambda divisions: "61" in divisions).all()


@pytest.mark.parametrize(
    ("share", "activity", "low", "central", "high"),
    [
        ("emerging", "audio_visual", 0.3, 0.55, 0.85),
        ("green", "rail_equipment", 0.5, 0.8, 1.0),
        ("green", "rail_transport", 0.4, 0.7, 0.95),
    ],
)
def test_judged_shares(share, activity, low, central, high):
    rows = read(INDUSTRIES / "inputs" / "judgements.csv")
    rows = rows[rows["activity"] == activity]
    for bound, value in (("low", low), ("central", central), ("high", high)):
        assert (rows[f"{share}_{bound}"].astype(float) == value).all()
    detail = read(INDUSTRIES / "inputs" / "nbs_activities.csv")
    codes = detail[(detail["classification"] == "NBS153") & (detail["activity"] == activity)]["industry"]
    made = read(INDUSTRIES / "nbs153.csv")
    assert (made[made["industry"].isin(codes)][f"{share}_central"] == central).all()


def test_an_activity_that_enters_by_name_alone_is_told_from_growth(changes):
    values = pd.DataFrame({"emerging": [0.0, 1.0, 0.5, 0.5]}, index=["a", "new", "trade", "retail"])
    before, grown = pd.Series({"a": 0.8, "trade": 0.2}), pd.Series({"a": 0.5, "trade": 0.5})
    held = {"a", "new", "trade"}
    assert changes.moved_by_detail(before, grown, values, held) == 0
    named = pd.Series({"a": 0.4, "trade": 0.1, "new": 0.5})
    assert changes.moved_by_detail(before, named, values, held) == pytest.approx(0.55 - 0.1)
    assert changes.clear_since({2002: before, 2007: grown, 2012: named}, values, held) == 2012
    assert changes.clear_since({2002: before, 2007: grown}, values, held) == 2002


def test_what_is_named_as_one_or_apart_is_the_same(changes):
    values = pd.DataFrame({"emerging": [0.5, 0.1, 0.9]}, index=["trade", "wholesale", "retail"])
    together, apart = pd.Series({"trade": 1.0}), pd.Series({"wholesale": 0.5, "retail": 0.5})
    assert changes.moved_by_detail(together, apart, values, {"trade", "wholesale", "retail"}) == 0
    assert changes.moved_by_detail(together, apart[["retail"]], values, {"trade", "retail"}) == pytest.approx(0.4)


def test_against_names_shares_and_causes(changes):
    old = {f"{share}_central": 0.1 for share in SHARES} | {
        "year": "1995-2004",
        "activities": {"x": dict.fromkeys(SHARES, 0.1)},
    }
    new = old | {
        "emerging_central": 0.15,
        "activities": {"x": dict.fromkeys(SHARES, 0.2), "y": dict.fromkeys(SHARES, 0.1)},
    }
    assert changes.against(old, old) == ""
    assert changes.against(new, old) == " Against 1995-2004: emerging +0.05 (judged anew: x; named since: y)."
    assert changes.against(old | {"emerging_central": 0.2}, old).endswith("(output alone).")
