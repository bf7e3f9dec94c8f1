"""Tables in the order of their years, what is counted in them, and what such years cannot show."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from io_linkage.errors import OptionError
from io_linkage.intensities import Account, intensity
from io_linkage.leontief import Array
from io_linkage.panel import dated
from io_linkage.selection import groups_by, select
from io_linkage.table import MRIOTable

#: Tables up to this year show production arriving in China, not whether it has left since.
ARRIVAL = 2012

#: What results that match losers with gainers say of it.
CONVENTION = "from whom to whom is matched proportionally, an accounting convention"

Names = str | Iterable[str]


def in_order(tables: Iterable[MRIOTable]) -> list[tuple[int, MRIOTable]]:
    """Return the tables with their years; raise unless there are two or more that can be compared, in order."""
    series = [] if isinstance(tables, MRIOTable) else list(tables)
    if len(series) < 2:
        raise OptionError("Relocation is a change between years: give two tables or more, the earliest first.")
    pairs = list(dated(series))
    for (first, _), (last, _) in pairwise(pairs):
        if last <= first:
            raise OptionError(f"The tables run from {first} to {last}; give them in the order of their years.")
    return pairs


def amounts_by_region(
    table: MRIOTable, industries: Names | None, stage: str | None, of: Account, stage_weights: pd.DataFrame | None
) -> tuple[Array, str, dict[str, Any]]:
    """Account of the industries or stage by region, what it is, and the attrs of the account."""
    q = intensity(table, of)
    chosen = select(table, industries=industries, stage=stage, stage_weights=stage_weights)
    M, _ = groups_by(table, "region")
    sums = M.T @ (chosen.share * q.amounts(table))
    unknown = M.T @ ((chosen.share > 0) & q.known & table.active) == 0
    sums[unknown & (M.T @ ((chosen.share > 0) & table.active) > 0)] = np.nan
    return sums, described(chosen.label, q.name), q.attrs


def described(label: str, of: str) -> str:
    """Name an account of a selection for captions."""
    return of.replace("_", " ") + ("" if label == "everything" else f" of {label}")


def what_is_unseen(last: int, gained: pd.Series[float], lost: pd.Series[float]) -> list[str]:
    """Say what tables that end early cannot show, where China gains more than it loses."""
    rises = "CHN" in gained.index and gained["CHN"] > lost["CHN"]
    if not (rises and last <= ARRIVAL):
        return []
    return [
        f"tables up to {last} show production arriving in China; whether it leaves again can only be seen in later "
        "tables, such as the OECD's ICIO or those of the Asian Development Bank"
    ]
