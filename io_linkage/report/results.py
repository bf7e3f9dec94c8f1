"""What a report has to tell: frames with their titles, and why some are not there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from io_linkage.report.question import Question

Progress = Callable[[str], None]

#: Every result there can be, by the name of its file.
KEYS = (
    "linkages",
    "extraction",
    "less_imports",
    "pulled",
    "stage_shares",
    "stage_composition",
    "stage_linkages",
    "stage_spillovers",
    "focus_stage_ranges",
    "focus_stage_spillovers",
    "region_spillovers",
    "trade",
    "dependence_of_partner_share",
    "dependence_on_partner_share",
    "without_rest",
    "treatment",
    "penetration",
    "penetration_by_industry",
    "core_and_dependent",
    "foreign_technology",
    "productivity",
    "productivity_by_industry",
    "labour_productivity",
    "dependence_over_time",
    "gross_trade_over_time",
    "stage_linkages_over_time",
    "penetration_over_time",
    "checks",
)


@dataclass(frozen=True)
class Result:
    """One result: its frame, what it is in a few words, and what to mind."""

    frame: pd.DataFrame
    title: str
    note: str = ""


@dataclass(frozen=True)
class Results:
    """All results of one report.

    Attributes
    ----------
    question : Question
    table : Series
        What the table is and which choices it was made with.
    caption : dict
        Table, year, source for figures and data.
    unit : str
    industries, regions : dict
        Names to show, by code.
    frames : dict of str to Result
        In the order of the report.
    absent : dict of str to str
        Parts that do not apply, with the reason.
    coverage : tuple of str
        Of the focus and the partners, where they are groups: which members the table shows, and where the others are.
    """

    question: Question
    table: pd.Series[str]
    caption: dict[str, Any]
    unit: str
    industries: dict[str, str]
    regions: list[str]
    frames: dict[str, Result] = field(default_factory=dict)
    absent: dict[str, str] = field(default_factory=dict)
    coverage: tuple[str, ...] = ()

    def __getitem__(self, key: str) -> pd.DataFrame:
        """Frame of a result."""
        return self.frames[key].frame

    def get(self, key: str) -> pd.DataFrame | None:
        """Frame of a result, or None."""
        return self.frames[key].frame if key in self.frames else None

    def __contains__(self, key: object) -> bool:
        """Whether a result is there."""
        return key in self.frames
