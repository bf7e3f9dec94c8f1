"""What results say of themselves: every key is described, on one page, and every measure states the same facts."""

from __future__ import annotations

import runpy
from pathlib import Path

import pandas as pd
import pytest

from io_linkage.prices import Tariff
from io_linkage.result_attrs import described
from io_linkage.scenarios import MarketRepair, Reshoring
from tests.public import TOPICS, functions

ROOT = Path(__file__).resolve().parent.parent
#: What measures need besides a table.
ARGUMENTS = {
    "asymmetry": {"focus": "CHN"},
    "availability": {"capacity": {("CHN", "30t33"): 0.5}},
    "basket": {"region": "CHN"},
    "best_case": {"capacity": {("CHN", "30t33"): 0.5}},
    "bilateral": {"focus": "CHN"},
    "choke_points": {"regions": "USA"},
    "compare": {"stage": "emerging"},
    "cost_share": {"capacity": {("CHN", "30t33"): 0.5}},
    "consumer_prices": {"change": {("CHN", "30t33"): 0.1}},
    "cost_shock": {"change": {("CHN", "30t33"): 0.1}},
    "corridor": {"origin": {"regions": "CHN"}, "destination": {"regions": "USA"}},
    "home_and_abroad": {"focus": "CHN"},
    "no_alternative": {"regions": "USA"},
    "paths": {"region": "CHN", "industry": "30t33"},
    "pure": {"by": "stage"},
    "surface": {
        "first": Reshoring("USA", "30t33", "CHN"),
        "second": MarketRepair("IND", "CHN", "30t33"),
        "strengths": (0.0, 1.0),
    },
    "smile": {"regions": "CHN", "industries": "30t33"},
    "split_pure": {"by": "stage"},
    "shortages.run": {"capacity": {("CHN", "30t33"): 0.5}},
    "shift_basket": {"focus": "CHN", "like": "USA"},
    "tariffs": {"schedule": Tariff(0.25, origin={"regions": "CHN"}, destination={"regions": "USA"})},
    "trade_interval": {"origin": "CHN", "destination": "USA"},
    "trade_structure": {"focus": "CHN"},
}
#: Take a result, several tables or a file instead of a table, or return something else.
OTHERS = {
    "aggregate", "around_joining", "blocs", "borin_mancini", "catching_up", "change", "changes", "classifications",
    "concentration", "country_card", "distance", "draws", "field", "growth_pull", "intra_industry", "kww", "load_file",
    "miyazawa", "require_memory", "reweighted", "save_template", "template", "to_kww", "trade_based", "wwz",
    "chained", "lmdi", "ras_split", "structural", "technology_cells", "technology_change",
    "flows", "matched", "moved", "orders", "sourcing_effect",
    "penetration_change", "with_rd",
    "ration",
    "impact", "read", "save", "scenarios.run", "shipped",
}  # fmt: skip


MEASURES = [
    pytest.param(function, ARGUMENTS.get(f"{topic}.{name}", ARGUMENTS.get(name, {})), id=f"{topic}.{name}")
    for topic in TOPICS
    if topic not in {"trade", "productivity"}  # take accounts of their own; see test_trade.py, test_productivity.py
    for name, function in functions(topic).items()
    if not {name, f"{topic}.{name}"} & OTHERS
]


@pytest.mark.parametrize(("measure", "arguments"), MEASURES)
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
