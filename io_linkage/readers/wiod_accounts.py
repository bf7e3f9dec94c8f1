"""WIOD's socio-economic accounts (2013 release, workbook WIOD_SEA_July14.xlsx): all 25 variables.

pymrio keeps four of the variables and sets what is missing to 0; here what the source lacks is NaN, the rest of the
world included. Monetary accounts are in national currency; they are converted with the exchange rate that the
accounts' own gross output implies, which is one number for each country and year (GO over the table's output).
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from io_linkage.accounts import Satellite
from io_linkage.errors import ReadError
from io_linkage.readers import grid as grids

#: Account, unit and whether it is money, for each variable that is kept as it is.
VARIABLES = {
    "EMP": ("jobs", "thousand persons", False),
    "EMPE": ("employees", "thousand persons", False),
    "H_EMP": ("hours", "million hours", False),
    "H_EMPE": ("hours_employees", "million hours", False),
    "GO": ("gross_output_accounts", "M USD", True),
    "II": ("intermediate_inputs_accounts", "M USD", True),
    "VA": ("value_added_accounts", "M USD", True),
    "COMP": ("compensation_of_employees", "M USD", True),
    "LAB": ("labour_compensation", "M USD", True),
    "CAP": ("capital_compensation", "M USD", True),
    "GFCF": ("gross_fixed_capital_formation", "M USD", True),
    "K_GFCF": ("capital_stock_national", "M national currency at 1995 prices", False),
    "GO_P": ("gross_output_price", "index, 1995 = 100, in national currency", False),
    "II_P": ("intermediate_inputs_price", "index, 1995 = 100, in national currency", False),
    "VA_P": ("value_added_price", "index, 1995 = 100, in national currency", False),
    "GFCF_P": ("capital_formation_price", "index, 1995 = 100, in national currency", False),
    "GO_QI": ("gross_output_volume_index", "index, 1995 = 100", False),
    "II_QI": ("intermediate_inputs_volume_index", "index, 1995 = 100", False),
    "VA_QI": ("value_added_volume_index", "index, 1995 = 100", False),
}
#: Shares by skill of hours and of labour compensation, and what they are shares of.
SHARES = {
    "H_HS": ("hours_high_skilled", "H_EMP"),
    "H_MS": ("hours_medium_skilled", "H_EMP"),
    "H_LS": ("hours_low_skilled", "H_EMP"),
    "LABHS": ("labour_compensation_high_skilled", "LAB"),
    "LABMS": ("labour_compensation_medium_skilled", "LAB"),
    "LABLS": ("labour_compensation_low_skilled", "LAB"),
}


def read_accounts(file: Path, *, year: int, x: pd.Series[float]) -> Satellite | None:
    """Read the accounts of one year on the labels of a table.

    Parameters
    ----------
    file : Path
    year : int
    x : Series on (region, industry), in M USD
        The table's output, which gives the exchange rates.

    Returns
    -------
    Satellite called `socio_economic`, or None where the workbook has no such year.
    """
    rows, sheet = grids.cells(file, "DATA" if "DATA" in grids.sheets(file) else None)
    header = [str(cell).strip().lstrip("_") for cell in rows[0]] if rows else []
    needed = {"Country", "Variable", "Code"}
    if not needed <= set(header):
        raise ReadError(
            f"{file.name}, sheet {sheet}, has no columns {', '.join(sorted(needed - set(header)))}; WIOD's "
            "socio-economic accounts were expected. Fetch the file again, or load the table with accounts=False."
        )
    if str(year) not in header:
        return None
    at = {name: header.index(name) for name in (*needed, str(year))}
    cells = {
        (str(row[at["Variable"]]).strip(), str(row[at["Country"]]).strip(), str(row[at["Code"]]).strip()): row[
            at[str(year)]
        ]
        for row in rows[1:]
    }
    return to_satellite(cells, x)


def to_satellite(cells: dict[tuple[str, str, str], object], x: pd.Series[float]) -> Satellite:
    """Arrange accounts by variable, country and industry on the labels of a table."""
    from io_linkage.economies import registry

    regions = x.index.get_level_values(0)
    # The accounts and the table may spell Romania differently.
    spelled = {registry.find(country) or country: country for _, country, _ in cells}
    country = [spelled.get(registry.find(region) or region, region) for region in regions]
    codes = [str(code) for code in x.index.get_level_values(1)]
    accounts = {
        variable: np.array([_value(cells.get((variable, c, code))) for c, code in zip(country, codes, strict=True)])
        for variable in (*VARIABLES, *SHARES)
    }
    rate = _exchange_rates(accounts["GO"], x)
    rows = {}
    units = {}
    for variable, (name, unit, money) in VARIABLES.items():
        rows[name] = accounts[variable] / rate if money else accounts[variable]
        units[name] = unit
    for variable, (name, whole) in SHARES.items():
        account = VARIABLES[whole][0]
        rows[name] = rows[account] * accounts[variable]
        units[name] = units[account]
    F = pd.DataFrame(rows, index=x.index).T
    F.index.name = "account"
    return Satellite("socio_economic", F, pd.Series(units))


def _exchange_rates(output: np.ndarray[tuple[int], np.dtype[np.float64]], x: pd.Series[float]) -> pd.Series[float]:
    """National currency per USD for each country-industry; NaN where the accounts have no output."""
    values = x.to_numpy(dtype=np.float64)
    both = np.isfinite(output) & (output > 0) & (values > 0)
    ratio = pd.Series(np.where(both, output / np.where(both, values, 1.0), np.nan), index=x.index)
    return ratio.groupby(level=0).transform("median")


def _value(cell: object) -> float:
    return float(cell) if isinstance(cell, int | float) and not isinstance(cell, bool) else float("nan")
