"""What results say of themselves: every key is described, on one page, and every measure states the same facts."""

from __future__ import annotations

import importlib
import inspect
import runpy
from pathlib import Path

import pandas as pd
import pytest

import io_linkage as iol
from io_linkage.result_attrs import described

ROOT = Path(__file__).resolve().parent.parent
TOPICS = ("extraction", "influence", "linkages", "position", "spillovers", "stages", "ties", "upgrading", "value_added")
#: What measures need besides a table.
ARGUMENTS = {
    "asymmetry": {"focus": "CHN"},
    "basket": {"region": "CHN"},
    "bilateral": {"focus": "CHN"},
    "compare": {"stage": "emerging"},
    "corridor": {"origin": {"regions": "CHN"}, "destination": {"regions": "USA"}},
    "home_and_abroad": {"focus": "CHN"},
    "pure": {"by": "stage"},
    "smile": {"regions": "CHN", "industries": "30t33"},
    "split_pure": {"by": "stage"},
    "shift_basket": {"focus": "CHN", "like": "USA"},
    "trade_interval": {"origin": "CHN", "destination": "USA"},
    "trade_structure": {"focus": "CHN"},
}
#: Take a result, several tables or a file instead of a table, or return something else.
OTHERS = {
    "aggregate", "around_joining", "blocs", "borin_mancini", "catching_up", "change", "changes", "classifications",
    "concentration", "country_card", "distance", "draws", "field", "growth_pull", "intra_industry", "kww", "load_file",
    "miyazawa", "require_memory", "reweighted", "save_template", "template", "to_kww", "trade_based", "wwz",
}  # fmt: skip


def measures():
    for topic in TOPICS:
        module = importlib.import_module(f"io_linkage.{topic}")
        own = [n for n, f in vars(module).items() if inspect.isfunction(f) and f.__module__ == module.__name__]
        for name in getattr(module, "__all__", own):
            function = vars(module)[name]
            if inspect.isfunction(function) and not name.startswith("_") and name not in OTHERS:
                yield pytest.param(function, ARGUMENTS.get(name, {}), id=f"{topic}.{name}")


@pytest.fixture(scope="module")
def world():
    return iol.load()


@pytest.mark.parametrize(("measure", "arguments"), list(measures()))
def test_a_result_says_what_it_is_in_known_keys(world, measure, arguments):
    result = measure(world, **arguments)
    assert isinstance(result, pd.DataFrame | pd.Series)
    unknown = set(result.attrs) - set(described())
    assert not unknown, f"describe {sorted(unknown)} in io_linkage/result_attrs.py, or use a key that is there"
    assert result.attrs["measure"]
    assert isinstance(result.attrs["unit"], str)
    assert result.attrs["table"] == world.label
    if not measure.__module__.startswith("io_linkage.stages"):
        assert result.attrs["year"] == world.year
        assert result.attrs["source"] == world.source
    assert isinstance(result.attrs.get("left_out", ()), tuple)
    assert isinstance(result.attrs.get("note", ""), str)


def test_the_page_of_results_is_made_from_the_list():
    page = runpy.run_path(str(ROOT / "docs" / "make_results.py"))["page"]
    assert (ROOT / "docs" / "results.md").read_text(encoding="utf-8") == page()
