"""What each country-industry can still make, as a share of its output."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from io_linkage.errors import OptionError, unknown
from io_linkage.leontief import Array
from io_linkage.selection import industry_codes, region_codes
from io_linkage.table import MRIOTable

#: (region, industry) to the share of output that can still be made, as a mapping or a Series.
Capacity: TypeAlias = "Mapping[tuple[str, str], float] | pd.Series[Any]"


def lost_capacity(table: MRIOTable, capacity: Capacity) -> Array:
    """Return the share of output, (n,), that can no longer be made: 1 less the capacity, 0 for who is not named.

    Raises
    ------
    OptionError
        Nothing is named, a share outside 0 to 1, one cell twice, or one without output.
    UnknownLabelError
        A region or industry that the table does not have.
    """
    items = list(capacity.items())
    if not items:
        raise OptionError("capacity names no country-industry. Say who is short, e.g. {('CHN', '30t33'): 0.5}.")
    lost: Array = np.full(len(table.index), np.nan)
    for key, value in items:
        region, industry = _pair(table, key)
        share = float(value)
        if not 0 <= share <= 1:
            raise OptionError(
                f"The capacity of {region} {industry} is {share:g}; it must be a share of its output, from 0 (nothing "
                "can be made) to 1 (all of it)."
            )
        cells = np.isin(table.region_codes, _positions(table.regions, region_codes(table, region)))
        cells &= np.isin(table.industry_codes, _positions(table.industries, industry_codes(table, industry)))
        if not table.active[cells].any():
            raise OptionError(f"{region} {industry} has no output in {table.label}, so it cannot be short of capacity.")
        if not np.isnan(lost[cells]).all():
            raise OptionError(f"capacity names {region} {industry} more than once. Give each country-industry one.")
        lost[cells] = 1.0 - share
    return np.where(np.isnan(lost) | ~table.active, 0.0, lost)


def described(table: MRIOTable, lost: Array) -> str:
    """Say whose capacity is reduced, for captions."""
    hit = np.flatnonzero(lost)
    names = [f"{' '.join(map(str, table.index[k]))} at {100 * (1 - lost[k]):.4g} %" for k in hit[:3]]
    more = f" and {len(hit) - 3} more" if len(hit) > 3 else ""
    return ", ".join(names) + more or "no capacity lost"


def _pair(table: MRIOTable, key: Any) -> tuple[str, str]:
    if isinstance(key, tuple) and len(key) == 2:
        return str(key[0]), str(key[1])
    if len(table.regions) == 1 and not isinstance(key, tuple):
        return table.regions[0], str(key)
    raise unknown("country-industry", key, table.index[:5], remedy="Name a region and an industry, ('CHN', '30t33').")


def _positions(labels: list[str], codes: list[str]) -> list[int]:
    return [labels.index(code) for code in codes]
