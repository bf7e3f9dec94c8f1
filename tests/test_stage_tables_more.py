"""Shares of further classifications: the scripts make what ships, and the rows make sense."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import pandas as pd
import pytest

TABLES = Path(__file__).resolve().parent.parent / "tables"
MORE = TABLES / "industries" / "more"
STAGES = ("traditional", "emerging", "future")


@pytest.fixture
def script(monkeypatch):
    monkeypatch.syspath_prepend(str(TABLES))
    yield importlib.import_module
    for name in ("make_stages", "make_stages_more", "stage_changes", "stage_targets"):
        sys.modules.pop(name, None)


@pytest.mark.parametrize("classification", ["WIOD2016", "EORA26", "ICIO2023"])
def test_the_shares_are_what_the_script_makes(script, shared_data, classification):
    made = script("make_stages_more")
    inputs = made.Inputs(shared_data / "china_nbs", shared_data / "taxonomies")
    power = made.read("electricity.csv").set_index("code")
    frame = made.make(inputs, classification, made.read("more_industries.csv"), power)
    text = frame.to_csv(index=False, lineterminator="\n")
    assert text == (MORE / f"{classification.lower()}.csv").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "file", sorted(p for p in MORE.glob("*.csv") if p.name != "classifications.csv"), ids=lambda p: p.stem
)
def test_rows_are_complete_and_ordered(file):
    rows = pd.read_csv(file, keep_default_na=False)
    assert (rows[[f"{stage}_central" for stage in STAGES]].sum(axis=1) - 1).abs().max() < 1e-9
    for stage in STAGES:
        assert (rows[f"{stage}_low"] <= rows[f"{stage}_central"]).all()
        assert (rows[f"{stage}_central"] <= rows[f"{stage}_high"]).all()
    assert (rows["reason"] != "").all()
    assert set(rows["kind"]) <= {"derived", "taxonomy", "judgement"}


def test_what_a_list_names_is_emerging_and_the_rest_is_not():
    exiobase = pd.read_csv(MORE / "exiobase3_ixi.csv", keep_default_na=False)
    general = exiobase[exiobase["region"] == ""].set_index("industry")["emerging_central"]
    assert general["Production of electricity by wind"] == 1
    assert general["Production of electricity by coal"] == 0
    assert general["Manufacture of radio, television and communication equipment and apparatus (32)"] > 0.8
    assert general["Manufacture of cement, lime and plaster"] < 0.1
    icio = pd.read_csv(MORE / "icio2023.csv", keep_default_na=False)
    ordered = icio[icio["region"] == ""].set_index("industry")["emerging_central"]
    assert ordered["C26"] > ordered["C27"] > ordered["C13T15"]
