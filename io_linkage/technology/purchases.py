"""What users buy: final demand, investment, or inputs, by region and by stage of the product."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal, TypeAlias

import numpy as np
import pandas as pd

from io_linkage.errors import OptionError, unknown
from io_linkage.leontief import Array
from io_linkage.table import MRIOTable

Through: TypeAlias = Literal["demand", "investment", "inputs"]

_FIXED = re.compile(r"fixed capital|\bgfcf\b|^fd_i$|^p51", re.IGNORECASE)
_CAPITAL = re.compile(r"capital formation|^investment", re.IGNORECASE)


def investment_categories(table: MRIOTable, categories: Sequence[str] | None = None) -> list[str]:
    """Categories of final demand that are investment: those named, or those that say so.

    Raises
    ------
    OptionError
        No category is known to be investment; the message lists what there is.
    UnknownLabelError
        A category named is not there.
    """
    known = list(dict.fromkeys(map(str, table.accounts.demand.get_level_values(1))))
    if categories is not None:
        for category in categories:
            if category not in known:
                raise unknown("category of final demand", category, known)
        return list(categories)
    fixed = [c for c in known if _FIXED.search(c)]
    chosen = fixed or [c for c in known if _CAPITAL.search(c)]
    if not chosen:
        raise OptionError(
            f"None of the categories of final demand of {table.label} is known to be investment: {', '.join(known)}. "
            "Name it with investment_categories=[...]."
        )
    return chosen


def bought(table: MRIOTable, through: Through, categories: Sequence[str] | None = None) -> Array:
    """Return final demand or investment of each region, (n, regions)."""
    if through == "demand":
        return np.asarray(table.demand_by_region, dtype=np.float64)
    chosen = investment_categories(table, categories)
    regions, named = (table.accounts.demand.get_level_values(level) for level in (0, 1))
    columns = np.asarray(named.isin(chosen))
    which = pd.Index(table.regions).get_indexer(regions[columns])
    Y = np.zeros((len(table.index), len(table.regions)))
    np.add.at(Y.T, which, table.accounts.Y[:, columns].T)
    return Y
