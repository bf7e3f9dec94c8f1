"""The page of a scenario: what it assumes, who gains and loses, first, second and third, and what was not met."""

from __future__ import annotations

from io_linkage.report.scenarios.writing import SCENARIO_FILES, write_scenario

__all__ = ["SCENARIO_FILES", "write_scenario"]
