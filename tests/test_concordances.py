"""The shipped concordances: the script makes them, and every industry goes where its divisions are, or says why not."""

from __future__ import annotations

import importlib
import sys

import numpy as np
import pandas as pd
import pytest

from io_linkage import aggregation, classifications, concordances
from io_linkage.table import MRIOTable
from tests.conftest import ROOT

TABLES = ROOT / "tables"
SHIPPED = TABLES / "concordances"
EORA_SERVICES = "Education, Health and Other Services"
EORA_FINANCE = "Finacial Intermediation and Business Activities"


@pytest.fixture
def script(monkeypatch):
    monkeypatch.syspath_prepend(str(TABLES))
    yield importlib.import_module("make_concordances")
    sys.modules.pop("make_concordances", None)


def read(path) -> pd.DataFrame:
    return pd.read_csv(TABLES / path, dtype=str, keep_default_na=False)


def divisions() -> dict[tuple[str, str], set[str]]:
    rows = read("industries/inputs/more_industries.csv")
    listed = {(r["classification"], r["industry"]): set(r["isic4"].split()) for r in rows.to_dict("records")}
    twins = read("industries/inputs/wiod2013_industries.csv")
    return listed | {
        ("WIOD2013", new): listed["ADB35", old] for new, old in zip(twins["industry"], twins["alias"], strict=True)
    }


def test_they_are_what_the_script_makes(script, tmp_path):
    script.write(tmp_path)
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted(p.name for p in SHIPPED.iterdir())
    for file in tmp_path.iterdir():
        assert file.read_bytes() == (SHIPPED / file.name).read_bytes(), file.name


def test_the_weights_are_what_the_script_makes(shared_data, monkeypatch, tmp_path):
    monkeypatch.syspath_prepend(str(TABLES))
    made = importlib.import_module("make_division_output")
    icio = shared_data / "recent" / "icio2025_2022_13r_va_out_ghg" / "icio2025_2022_13r_50i_output_va_ghg.csv"
    made.write(icio, shared_data / "uk2010_published" / "uk_2010_data.parquet", tmp_path / "made.csv")
    assert (tmp_path / "made.csv").read_bytes() == (TABLES / "sources" / "division_output.csv").read_bytes()
    weights = pd.read_csv(tmp_path / "made.csv")["output"].sum()
    assert weights == pytest.approx(pd.read_csv(icio)["output"].sum(), rel=1e-6)
    del sys.modules["make_division_output"]


@pytest.mark.parametrize("name", sorted(p.name for p in SHIPPED.glob("*_to_*.csv")))
def test_no_group_receives_an_industry_without_a_common_division_or_a_reason(script, name):
    registered = read("concordances/concordances.csv").set_index("file").loc[name]
    source, target = registered["from"], registered["to"]
    own, sections = divisions(), script.TARGETS
    groups = sections.get(target) or {code: members for (of, code), members in own.items() if of == target}
    rules = read("sources/concordance_rules.csv")
    rules = rules[(rules["to"] == target) & rules["from"].isin(["", source])]
    assert (rules["reason"] != "").all()
    for row in read(f"concordances/{name}").to_dict("records"):
        if own[source, row["from"]] & set(groups[row["to"]]):
            continue
        ruled = rules[(rules["group"] == row["to"])]
        mine = ruled[(ruled["industry"] == row["from"]) | ruled["isic4"].isin(own[source, row["from"]])]
        assert len(mine), row
        assert all(reason in row["remark"] for reason in mine["reason"]), row


def test_a_division_in_no_group_is_an_error(script):
    with pytest.raises(ValueError, match="division 58 is in no group of X: add a row"):
        script.shares_of(["01", "58"], "X", {"a": ["01"], "b": ["02"]}, {}, script.Rules())
    with pytest.raises(ValueError, match="division 01 is listed by a and b of X"):
        script.shares_of(["01"], "X", {"a": ["01"], "b": ["01"]}, {}, script.Rules())


def test_weights_are_output_and_decide_whether_an_industry_is_divided(script):
    groups = {"a": ["01", "02"], "b": ["03"]}
    output = {"01": 10.0, "02": 10.0, "03": 40.0}
    assert script.shares_of(["01", "02", "03"], "X", groups, output, script.Rules()) == [
        ("b", 1.0, "also has parts of a (33 %)")
    ]
    output["03"] = 20.0
    divided = script.shares_of(["01", "02", "03"], "X", groups, output, script.Rules())
    assert [(name, share) for name, share, _ in divided] == [("a", 0.5), ("b", 0.5)]


@pytest.mark.parametrize(
    ("source", "target", "industry", "group"),
    [
        ("FIGARO", "EORA26", "J58", "Wood and Paper"),
        ("WIOD2016", "EORA26", "J58", "Wood and Paper"),
        ("WIOD2016", "WIOD2013", "J58", "21t22"),
        ("WIOD2016", "ADB35", "J58", "c7"),
        ("GLORIA", "EORA26", "Publishing", "Wood and Paper"),
        ("FIGARO", "EORA26", "J59_60", EORA_SERVICES),
        ("WIOD2016", "EORA26", "J59_J60", EORA_SERVICES),
        ("ICIO2023", "EORA26", "J58T60", EORA_SERVICES),
        ("WIOD2016", "ADB35", "C33", "c13"),
        ("FIGARO", "ADB35", "C33", "c13"),
        ("FIGARO", "WIOD2013", "C33", "29"),
        ("WIOD2016", "EORA26", "C33", "Electrical and Machinery"),
        ("FIGARO", "EORA26", "N79", "Transport"),
        ("FIGARO", "WIOD2013", "N79", "63"),
        ("WIOD2016", "ADB35", "U", "c34"),
        ("WIOD2016", "EORA26", "U", "Others"),
        ("WIOD2016", "ICIO2021", "U", "94T96"),
        ("FIGARO", "ICIO2023", "U", "S"),
        ("EXIOBASE3_ixi", "EORA26", "Extra-territorial organizations and bodies", "Others"),
        ("FIGARO", "WIOD2013", "E37T39", "O"),
        ("ICIO2023", "EORA26", "S", EORA_SERVICES),
    ],
)
def test_industries_whose_group_is_decided_by_hand(source, target, industry, group):
    assert concordances.concordance(source, target)[industry] == {group: 1.0}


def test_industries_that_no_group_holds_whole_are_divided():
    sections = concordances.concordance("EORA26", "isic_sections")
    assert set(sections[EORA_SERVICES]) == {"D_E", "P", "Q", "R_S"}
    assert sections[EORA_SERVICES]["Q"] > sections[EORA_SERVICES]["P"] > 0.3
    assert set(sections[EORA_FINANCE]) == {"J", "K", "L", "M_N"}
    assert sections[EORA_FINANCE]["K"] > 0.2
    for source, water, trade in (("ICIO2021", "36T39", "45T47"), ("ICIO2023", "E", "G"), ("ICIO2025", "E", "G")):
        eora = concordances.concordance(source, "EORA26")
        assert set(eora[trade]) == {"Maintenance and Repair", "Wholesale Trade", "Retail Trade"}
        assert eora[trade]["Wholesale Trade"] > eora[trade]["Retail Trade"] > eora[trade]["Maintenance and Repair"]
        assert set(eora[water]) == {"Electricity, Gas and Water", "Recycling", EORA_SERVICES}
        assert max(eora[water].values()) < 0.6


def test_only_farming_and_fishing_go_to_agriculture():
    for source, target in concordances.shipped():
        groups = classifications.industries(target) if target in classifications.known() else []
        first = {"isic_sections": "A", "broad_sectors": "agriculture"}.get(target) or groups[0]
        received = [code for code, row in concordances.concordance(source, target).items() if first in row]
        assert received, (source, target)
        listed = set.union(*(divisions()[source, code] for code in received))
        assert listed <= {"01", "02", "03"}, (source, target, listed)


def test_adding_up_icio_to_eora_leaves_agriculture_as_it_was():
    codes = classifications.industries("ICIO2023")
    index = pd.MultiIndex.from_product([["AAA"], codes], names=["region", "industry"])
    demand = pd.MultiIndex.from_product([["AAA"], ["final demand"]], names=["region", "category"])
    Z = pd.DataFrame(1.0, index=index, columns=index)
    Y = pd.DataFrame(np.arange(1.0, len(codes) + 1)[:, None], index=index, columns=demand)
    table = MRIOTable.from_frames(Z, Y, classification="ICIO2023")
    small = aggregation.aggregate(table, industries="EORA26")
    assert small.x["AAA", "Agriculture"] == pytest.approx(table.x["AAA", "A01_02"], rel=1e-12)
    assert small.x.sum() == pytest.approx(table.x.sum(), rel=1e-12)
    assert small.carried["notes"][0].startswith("C31T33, E, G: divided between new industries")
    assert aggregation.aggregate(table, industries="isic_sections").carried.get("notes", ()) == ()
    trade = [small.x["AAA", name] for name in ("Maintenance and Repair", "Wholesale Trade", "Retail Trade")]
    assert sum(trade) == pytest.approx(table.x["AAA", "G"], rel=1e-12)
