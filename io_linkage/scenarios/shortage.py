"""A shortage as data, so that it can be written to a file and run as a scenario is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from io_linkage import shortages
from io_linkage.errors import ComparisonError, OptionError, require_share
from io_linkage.scenarios.moves import Names
from io_linkage.table import MRIOTable


@dataclass(frozen=True)
class Shortage:
    """Some industries can make only part of their output; who needs their products makes less.

    Attributes
    ----------
    name : str
    capacities : tuple of (regions, industries, level)
        Level is the share of output that can still be made.
    rounds, rule, ratings, substitution
        As in `io_linkage.shortages.run`.
    note : str
        What it stands for, and where its numbers are from.
    classification : str, optional
        Of the industries it names; another table is refused.

    Examples
    --------
    >>> import io_linkage as iol
    >>> half = Shortage("half of Chinese electronics", (("CHN", "30t33", 0.5),))
    >>> bool(half.run(iol.load(), by="region").loc["CHN", "loss_share"] > 0)
    True
    """

    name: str
    capacities: tuple[tuple[Names, Names, float], ...]
    rounds: int = 1
    rule: shortages.rounds.Rule = "half_critical"
    ratings: str = "survey"
    substitution: float = 0.0
    note: str = ""
    classification: str | None = None

    def __post_init__(self) -> None:
        """Refuse levels outside 0 to 1."""
        if not self.capacities:
            raise OptionError(f"The shortage {self.name!r} names nobody who is short.")
        for _, _, level in self.capacities:
            require_share("level", level)

    def run(self, table: MRIOTable, **options: Any) -> pd.DataFrame:
        """Run it with `io_linkage.shortages.run`; `options` are `of`, `by`, `stage_weights`, or replace its own.

        Raises
        ------
        ComparisonError
            It is for another classification.
        """
        require_classification(self.name, self.classification, table)
        own = {"rounds": self.rounds, "rule": self.rule, "ratings": self.ratings, "substitution": self.substitution}
        return shortages.run(table, capacity=self.capacity(), **{**own, **options})

    def capacity(self) -> dict[tuple[str, str], float]:
        """Return the level by region and industry, as `io_linkage.shortages.run` takes it."""
        return {
            (region, industry): level
            for regions, industries, level in self.capacities
            for region in _each(regions)
            for industry in _each(industries)
        }


def require_classification(name: str, classification: str | None, table: MRIOTable) -> None:
    """Refuse a table with other industries than those that a scenario names."""
    if classification and classification != table.classification:
        raise ComparisonError(
            f"The scenario {name!r} names industries of {classification}; {table.label} has those of "
            f"{table.classification or 'no known classification'}. Use a table with the same industries, or write the "
            "scenario for this one."
        )


def _each(names: Names) -> tuple[str, ...]:
    return (names,) if isinstance(names, str) else tuple(names)
