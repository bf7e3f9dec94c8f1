"""Tables that have regions and nothing else, and members of groups by year."""

from __future__ import annotations

import numpy as np
import pandas as pd

from io_linkage import economies
from io_linkage.errors import OptionError
from io_linkage.table import MRIOTable


def small_table(regions: list[str], *, year: int | None = 2011) -> MRIOTable:
    """One industry per region, buying nothing."""
    labels = pd.MultiIndex.from_product([regions, ["all"]], names=["region", "industry"])
    Z = pd.DataFrame(0.0, index=labels, columns=labels)
    demand = pd.MultiIndex.from_product([regions, ["final demand"]], names=["region", "category"])
    Y = pd.DataFrame(np.eye(len(regions)), index=labels, columns=demand)
    return MRIOTable.from_frames(Z, Y, year=year)


def members_or_none(group: str, year: int) -> list[str]:
    try:
        return economies.members(group, membership_year=year)
    except OptionError:
        return []
