"""Reading growth accounts: those shipped, WIOD's socio-economic accounts in any form, or a frame of one's own."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Literal, TypeAlias, get_args

import numpy as np
import pandas as pd

from io_linkage._shipped import shipped_path
from io_linkage.errors import OptionError, ReadError, TableError, require_option
from io_linkage.files import expanded
from io_linkage.productivity.capital import rebuild
from io_linkage.productivity.growth_accounts import KNOWN, LEVELS, GrowthAccounts, arranged
from io_linkage.readers import grid

Capital: TypeAlias = Literal["published", "rebuilt"]

SHIPPED_NAME = "WIOD 2013 growth accounts, 20 regions"
SOURCE = "WIOD socio-economic accounts (July 2014), CC BY 4.0, Timmer et al. (2015)"
#: Variables of WIOD's socio-economic accounts that are kept as they are.
_AS_THEY_ARE = {
    "GO": "gross_output",
    "II": "intermediate_inputs",
    "VA": "value_added",
    "LAB": "labour_compensation",
    "CAP": "capital_compensation",
    "H_EMP": "hours",
    "K_GFCF": "capital_stock",
}
_INDICES = {"GO_QI": "gross_output", "II_QI": "intermediate_inputs", "VA_QI": "value_added"}
_SKILLS = {"high_skilled": "HS", "medium_skilled": "MS", "low_skilled": "LS"}
#: The last year in which the accounts have prices, skills and capital.
_LAST = 2009


def accounts(
    source: str | Path | pd.DataFrame | None = None,
    *,
    regions: str | Iterable[str] | None = None,
    capital: Capital = "published",
    rate: float | None = None,
    name: str | None = None,
    unit: str | None = None,
) -> GrowthAccounts:
    r"""Read yearly growth accounts of country-industries.

    .. math:: GO = II + VA, \qquad VA = LAB + CAP

    Parameters
    ----------
    source : path or DataFrame, optional
        The shipped accounts (WIOD, 20 regions, 1995-2009) by default. WIOD's socio-economic accounts as Excel
        workbook, Parquet or CSV with columns Country, Variable, Code or isic3 and one for each year; or rows of region,
        industry and year with a column for each account, as `GrowthAccounts` names them.
    regions : str or list, optional
        Codes or names; all by default.
    capital : {"published", "rebuilt"}
        The published stock, or, for regions whose implied depreciation is not possible, one built again from
        investment: see `rebuilt_capital`.
    rate : float, optional
        Yearly depreciation of a rebuilt stock; each industry's own of the first two years by default.
    name, unit : str, optional
        Of accounts of your own, for captions.

    Returns
    -------
    GrowthAccounts

    Raises
    ------
    ReadError
        The file cannot be read or has no such columns.
    TableError
        Accounts are missing, rows repeat, or hours, capital or output are negative.
    UnknownLabelError
        A region that the accounts do not have.

    References
    ----------
    Timmer, Dietzenbacher, Los, Stehrer & de Vries (2015). O'Mahony & Timmer (2009), Economic Journal 119.

    See Also
    --------
    findings : what is doubtful in the accounts.

    Examples
    --------
    >>> accounts()
    <GrowthAccounts WIOD 2013 growth accounts, 20 regions, 1995-2009: 20 regions x 35 industries>
    """
    require_option("capital", capital, get_args(Capital))
    if source is None:
        frame = pd.read_parquet(shipped_path("accounts", "growth_accounts.parquet"))
        read = arranged(frame.set_index(LEVELS), name=SHIPPED_NAME, source=SOURCE, unit="M USD")
    else:
        frame, origin = (source, "growth accounts") if isinstance(source, pd.DataFrame) else _file(expanded(source))
        read = _from_frame(frame, name or origin, unit)
    if regions is not None:
        read = read.only(regions)
    return rebuild(read, rate) if capital == "rebuilt" else read


def _file(path: Path) -> tuple[pd.DataFrame, str]:
    ending = path.suffix.lower()
    if not path.is_file():
        raise ReadError(f"There is no file {str(path)!r}. Give growth accounts as .parquet, .csv or .xlsx.")
    try:
        if ending == ".parquet":
            return pd.read_parquet(path), path.stem
        if ending == ".csv":
            return pd.read_csv(path), path.stem
    except (ValueError, OSError) as error:
        raise ReadError(f"{path.name} cannot be read: {error}. Save it again as .parquet, .csv or .xlsx.") from error
    if ending not in (".xlsx", ".xls", ".xlsb"):
        raise ReadError(f"{path.name} is not read: growth accounts must be .parquet, .csv or .xlsx.")
    rows, _ = grid.cells(path, "DATA" if "DATA" in grid.sheets(path) else None)
    head = [str(cell).strip().lstrip("_") for cell in rows[0]] if rows else []
    return pd.DataFrame(rows[1:], columns=head), path.stem


def _from_frame(frame: pd.DataFrame, name: str, unit: str | None) -> GrowthAccounts:
    flat = frame.reset_index() if any(frame.index.names) else frame
    flat = flat.rename(columns={column: str(column) for column in flat.columns})
    if {"Country", "Variable"} <= set(flat.columns):
        return arranged(_from_wiod(flat), name=name, source=SOURCE, unit=unit or "M national currency")
    if not set(LEVELS) <= set(flat.columns):
        raise ReadError(
            f"{name} has neither the columns {', '.join(LEVELS)} nor Country and Variable; it has "
            f"{', '.join(map(str, flat.columns[:8]))}. Name them so."
        )
    kept = [
        column for column in flat.columns if column in KNOWN or column.startswith(("hours_", "labour_compensation_"))
    ]
    try:
        numbers = flat[kept].astype(np.float64)
        years = flat["year"].astype(int)
    except (ValueError, TypeError) as error:
        raise TableError(f"{name} has cells that are not numbers ({error}). Leave unknown cells empty.") from error
    index = pd.MultiIndex.from_arrays([flat["region"].astype(str), flat["industry"].astype(str), years], names=LEVELS)
    return arranged(numbers.set_index(index), name=name, source=name, unit=unit or "")


def _from_wiod(flat: pd.DataFrame) -> pd.DataFrame:
    """Arrange WIOD's accounts: volumes at the prices of the first year, hours and compensation by skill."""
    code = next((column for column in ("isic3", "Code") if column in flat.columns), None)
    years = [column for column in flat.columns if column.isdigit() and int(column) <= _LAST]
    if code is None or len(years) < 2:
        raise ReadError("WIOD's accounts have a column Code or isic3 and one for each year; these have not.")
    flat = flat[flat[code].astype(str).str.strip() != "TOT"]
    keys = [flat["Variable"].astype(str).str.strip(), flat["Country"].astype(str), flat[code].astype(str).str.strip()]
    wide = flat[years].apply(pd.to_numeric, errors="coerce")
    wide.columns = pd.Index([int(year) for year in years])
    wide.index = pd.MultiIndex.from_arrays(keys, names=["variable", "region", "industry"])
    if wide.index.has_duplicates:
        raise TableError(f"{wide.index[wide.index.duplicated()][0]} stands twice in the accounts. Give each one row.")
    lacking = [v for v in (*_AS_THEY_ARE, *_INDICES) if v not in wide.index.unique("variable")]
    if lacking:
        raise ReadError(f"The accounts have no variable {', '.join(lacking)}. Give the whole file of WIOD's accounts.")
    return _named(wide)


def _named(wide: pd.DataFrame) -> pd.DataFrame:
    variables = set(wide.index.unique("variable"))

    def one(variable: str) -> pd.DataFrame:
        rows = wide.index.get_level_values("variable") == (variable if variable in variables else "GO")
        part = wide[rows].droplevel("variable")
        return part if variable in variables else part * np.nan

    made = {name: one(variable) for variable, name in _AS_THEY_ARE.items()}
    first = wide.columns[0]
    for variable, name in _INDICES.items():
        index = one(variable)
        made[f"{name}_volume"] = index.div(index[first], axis=0).mul(made[name][first], axis=0)
    for kind, skill in _SKILLS.items():
        made[f"hours_{kind}"] = made["hours"] * one(f"H_{skill}")
        made[f"labour_compensation_{kind}"] = made["labour_compensation"] * one(f"LAB{skill}")
    made["investment_volume"] = one("GFCF") / one("GFCF_P") * 100
    stacked = pd.DataFrame({name: frame.stack(future_stack=True) for name, frame in made.items()})
    stacked.index = stacked.index.set_names(LEVELS)
    if not len(stacked):
        raise OptionError("The accounts have no rows.")
    return stacked
