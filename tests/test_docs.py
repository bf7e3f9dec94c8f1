"""The docs say what the code does: the table of measures, its page, and links."""

from __future__ import annotations

import importlib
import re
import runpy
from pathlib import Path

import pytest

from tests.public import TOPICS, functions

ROOT = Path(__file__).resolve().parent.parent
MEASURES = runpy.run_path(str(ROOT / "docs" / "make_measures.py"))
ROWS = MEASURES["rows"]()


def test_the_page_of_measures_is_made_from_the_table():
    assert (ROOT / "docs" / "measures.md").read_text(encoding="utf-8") == MEASURES["page"](ROWS)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["name"])
def test_every_measure_has_its_function_formula_and_source(row):
    module, function = row["function"].split(".")
    assert callable(getattr(importlib.import_module(f"io_linkage.{module}"), function))
    assert row["source"]
    assert row["formula"]
    assert row["cost"]
    assert None not in row, "a comma outside quotes"


#: What prepares stage shares or scenarios for measures, and is none itself.
NO_MEASURES = {
    "classifications",
    "draws",
    "load_file",
    "ranges",
    "read",
    "require_memory",
    "rows",
    "save",
    "save_template",
    "shipped",
    "template",
    "traits",
    "weights",
}


@pytest.mark.parametrize("topic", TOPICS)
def test_every_public_function_has_its_row(topic):
    names = set(functions(topic))
    known = {row["function"].split(".")[1] for row in ROWS if row["function"].startswith(f"{topic}.")}
    assert names - known == (names & NO_MEASURES if topic in ("stages", "scenarios") else set())


@pytest.mark.parametrize(
    "name",
    [
        "README.md",
        "CONTRIBUTING.md",
        "docs/accounts.md",
        "docs/measures.md",
        "docs/results.md",
        "docs/scenarios.md",
        "docs/shortages.md",
    ],
)
def test_links_lead_somewhere(name):
    page = ROOT / name
    for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), f"{name} links to {target}, which is not there"
