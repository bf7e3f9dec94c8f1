"""Results of a scenario on a table, by the name of their file."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial

import pandas as pd

from io_linkage import scenarios, shortages
from io_linkage.captions import labelled
from io_linkage.report.results import Progress, Result
from io_linkage.scenarios import Outcome, Scenario, Shortage
from io_linkage.table import MRIOTable

#: Tiers shown one by one.
TIERS = 5
#: Accounts that change, where the table has them.
ACCOUNTS = ("output", "value_added", "jobs")
KEYS = (
    *(f"change_{account}" for account in ACCOUNTS),
    *(f"change_{account}_by_industry" for account in ACCOUNTS),
    "losers",
    "gainers",
    "tiers",
    "tiers_gain",
    "tiers_by_industry",
    "unmet",
    "implied_demand",
    "rounds",
    "rounds_by_industry",
    "lower_reading",
)


@dataclass(frozen=True)
class ScenarioResults:
    """What there is to tell of a scenario.

    Attributes
    ----------
    scenario : Scenario or Shortage
    table : MRIOTable
    assumptions : dict of str to str
    frames : dict of str to Result
    """

    scenario: Scenario | Shortage
    table: MRIOTable
    assumptions: dict[str, str]
    frames: dict[str, Result] = field(default_factory=dict)

    def __getitem__(self, key: str) -> pd.DataFrame:
        """Frame of a result."""
        return self.frames[key].frame

    def __contains__(self, key: object) -> bool:
        """Whether a result is there."""
        return key in self.frames


def gather(table: MRIOTable, scenario: Scenario | Shortage, *, progress: Progress) -> ScenarioResults:
    """Run a scenario and compute what its page tells."""
    progress("Scenario")
    if isinstance(scenario, Shortage):
        return _shortage(table, scenario)
    return _outcome(scenarios.run(table, scenario), progress)


def _outcome(outcome: Outcome, progress: Progress) -> ScenarioResults:
    table, frames = outcome.base, {}
    for account in ACCOUNTS:
        if account not in ("output", "value_added", *table.satellite_names):
            continue
        what = account.replace("_", " ")
        frames[f"change_{account}"] = Result(outcome.change(of=account, by="region"), f"Change of {what} by region")
        frames[f"change_{account}_by_industry"] = Result(
            outcome.change(of=account), f"Change of {what} by country-industry"
        )
    progress("Gainers, losers and tiers")
    sides = {"losers": outcome.losers, "gainers": outcome.gainers}
    for name, side in sides.items():
        frames[name] = Result(side(of="value_added", by="country-industry"), f"{name.capitalize()} in value added")
    tiers = partial(outcome.tiers, of="value_added", rounds=TIERS)
    frames["tiers"] = Result(tiers(by="region"), "Value added lost, by tier and region")
    frames["tiers_gain"] = Result(tiers(by="region", chain="gain"), "Value added gained, by tier and region")
    frames["tiers_by_industry"] = Result(tiers(by="country-industry"), "Value added lost, by tier and country-industry")
    if not outcome.unmet.empty:
        frames["unmet"] = Result(outcome.unmet, "Moves that were not met in full")
    if len(outcome.solution.fixed.positions):
        frames["implied_demand"] = Result(outcome.implied_demand, "Final demand that fixed output implies")
    return ScenarioResults(outcome.scenario, table, outcome.assumptions, frames)


def _shortage(table: MRIOTable, scenario: Shortage) -> ScenarioResults:
    whole = scenario.run(table)
    lower = _by_region(shortages.cost_share(table, capacity=scenario.capacity()))
    frames = {
        "rounds": Result(scenario.run(table, by="region"), "Value added lost, by round and region"),
        "rounds_by_industry": Result(whole, "Value added lost, by round and country-industry"),
        "lower_reading": Result(lower, "Value added lost where each input counts by its share in costs"),
    }
    return ScenarioResults(scenario, table, dict(whole.attrs.get("assumptions", {})), frames)


def _by_region(frame: pd.DataFrame) -> pd.DataFrame:
    """Add amounts up by region; shares cannot be added."""
    amounts = frame.loc[:, [kind.kind == "f" for kind in frame.dtypes]]
    amounts = amounts.loc[:, [not str(name).endswith("_share") for name in amounts]]
    return labelled(amounts.groupby(level="region", sort=False).sum(min_count=1), frame.attrs)
