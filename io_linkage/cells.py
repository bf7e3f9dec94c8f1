"""Numbers by country-industry as a user writes them: (region, industry) to a number, with groups and names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from io_linkage.errors import OptionError, unknown
from io_linkage.leontief import Array
from io_linkage.selection import industry_codes, region_codes
from io_linkage.table import MRIOTable

#: (region, industry) to a number; in a table of one region the industry alone will do.
Cells: TypeAlias = "Mapping[tuple[str, str], float] | Mapping[str, float] | pd.Series[Any]"


def numbers(table: MRIOTable, given: Cells, name: str) -> Array:
    """Return the number of each country-industry, (n,); NaN for who is not named.

    Parameters
    ----------
    table : MRIOTable
    given : mapping or Series
    name : str
        The argument, for messages.

    Raises
    ------
    OptionError
        Nothing is named, one country-industry twice, or one without output.
    UnknownLabelError
        A region or industry that the table does not have.

    Examples
    --------
    >>> import io_linkage as iol
    >>> found = numbers(iol.load(), {("BRICS", "30t33"): 0.5}, "capacity")
    >>> int((found == 0.5).sum())
    4
    """
    result: Array = np.full(len(table.index), np.nan)
    if not len(given):
        raise OptionError(f"{name} names no country-industry. Name some, e.g. {{('CHN', '30t33'): 0.5}}.")
    for key, value in given.items():
        region, industry = _pair(table, key)
        cells = np.isin(table.region_codes, [table.regions.index(code) for code in region_codes(table, region)])
        cells &= np.isin(
            table.industry_codes, [table.industries.index(code) for code in industry_codes(table, industry)]
        )
        if not table.active[cells].any():
            raise OptionError(f"{region} {industry} has no output in {table.label}; {name} cannot name it.")
        if not np.isnan(result[cells]).all():
            raise OptionError(f"{name} names {region} {industry} more than once. Name each country-industry once.")
        try:
            result[cells] = float(value)
        except (TypeError, ValueError) as error:
            raise OptionError(f"{name} of {region} {industry} is {value!r}; it must be a number.") from error
        if np.isnan(result[cells]).any():
            raise OptionError(f"{name} of {region} {industry} is empty; it must be a number.")
    result[~table.active] = np.nan
    return result


def _pair(table: MRIOTable, key: Any) -> tuple[str, str]:
    if isinstance(key, tuple) and len(key) == 2:
        return str(key[0]), str(key[1])
    if len(table.regions) == 1 and not isinstance(key, tuple):
        return table.regions[0], str(key)
    raise unknown("country-industry", key, table.index[:5], remedy="Name a region and an industry, ('CHN', '30t33').")
