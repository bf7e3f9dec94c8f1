"""Satellite accounts: attach them, say what they cover, and make two from what a table already holds.

An account is a number per country-industry in its own unit: jobs, hours, capital, energy, emissions, R&D. It has no
effect on the table; a measure divides it by output. What a source lacks is NaN and stays out of sums, never 0.

Readers attach what the publisher ships (WIOD's socio-economic accounts, EXIOBASE's and GLORIA's extensions, Eora's Q).
Here a user's own file is added, and the rows of V or an estimate of R&D are put in the same form.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from io_linkage import classifications
from io_linkage._shipped import shipped_path
from io_linkage.accounts import DISCREPANCY, Satellite
from io_linkage.captions import labelled
from io_linkage.errors import OptionError, ReadError, TableError, unknown
from io_linkage.files import expanded
from io_linkage.readers.delimited import number, separator
from io_linkage.readers.sources import decode

if TYPE_CHECKING:
    from io_linkage.table import MRIOTable

NEEDED = ("region", "industry", "value")
PROXY = "R&D (proxy)"


def attach(
    table: MRIOTable,
    data: pd.DataFrame | str | Path,
    *,
    name: str | None = None,
    unit: str | None = None,
    account: str = "value",
    decimal: str = ".",
) -> MRIOTable:
    """Attach accounts from a list of regions, industries and values.

    Parameters
    ----------
    table : MRIOTable
    data : DataFrame or path of a CSV
        Columns region, industry and value, and optionally unit and account (the name of the account, for several in one
        list). Regions may be given by any code or name; an empty value is unknown, not 0.
    name : str, optional
        Of the satellite; by default the file's.
    unit : str, optional
        Where the list has no column for it.
    account : str
        Of the account, where the list has no column for it.
    decimal : str
        Decimal sign in a CSV.

    Returns
    -------
    MRIOTable
        With the accounts as `table.satellite(account)`; country-industries that the list lacks are NaN.

    Raises
    ------
    UnknownLabelError
        A region or industry that the table does not have.
    TableError
        The same country-industry twice, or two units for one account.
    ReadError
        A column is missing, or a value is not a number; the message says which.

    Examples
    --------
    >>> import io_linkage as iol
    >>> energy = pd.DataFrame({"region": ["China"], "industry": ["E"], "value": [4.5], "unit": ["EJ"]})
    >>> world = attach(iol.load(), energy, name="energy", account="coal burnt")
    >>> float(world.satellite("coal burnt")["CHN", "E"]), world.satellite("coal burnt").attrs["unit"]
    (4.5, 'EJ')
    """
    frame, title = _list(data, decimal)
    missing = [column for column in NEEDED if column not in frame.columns]
    if missing:
        raise ReadError(
            f"{title} has no column {', '.join(missing)} (it has {', '.join(map(str, frame.columns))}). A list of "
            "accounts needs region, industry and value; unit and account may be added."
        )
    frame = frame.assign(
        region=_regions(table, frame["region"], title),
        industry=_industries(table, frame["industry"], title),
        account=frame["account"].astype(str) if "account" in frame.columns else account,
    )
    twice = frame.duplicated(["account", "region", "industry"])
    if twice.any():
        row = frame[twice].iloc[0]
        raise TableError(
            f"{title} gives {row['account']!r} of {row['region']} {row['industry']} more than once (in "
            f"{int(twice.sum())} rows). Add them up first."
        )
    wide = frame.pivot(index="account", columns=["region", "industry"], values="value").astype(np.float64)
    order = list(dict.fromkeys(frame["account"]))
    F = wide.reindex(index=order, columns=table.index)
    F.columns = table.index
    units = _units(frame, order, unit, title)
    label = name or Path(title).stem
    for one in order:
        if one in table.satellite_names:
            raise TableError(f"{table.label} already has an account {one!r}. Choose another name.")
    return table.replace(satellites={**table.satellites, label: Satellite(label, F, units)})


def coverage(table: MRIOTable) -> pd.DataFrame:
    """Say what each account covers.

    Returns
    -------
    DataFrame, one row per account: satellite, unit, `industries` and `output`, the shares of industries with output and
    of output that have a figure; `regions without`, the codes of regions with none.

    Examples
    --------
    >>> import io_linkage as iol
    >>> coverage(iol.load()).loc["jobs", "regions without"]
    'RoW'
    """
    active, x = table.active, table.x.to_numpy(dtype=np.float64)
    codes = table.region_codes
    rows = []
    for name, satellite in table.satellites.items():
        filled = np.isfinite(satellite.F.to_numpy(dtype=np.float64)) & active
        for position, account in enumerate(satellite.rows):
            known = filled[position]
            bare = [region for k, region in enumerate(table.regions) if not known[codes == k].any()]
            rows.append(
                {
                    "account": account,
                    "satellite": name,
                    "unit": str(satellite.unit.iloc[position]),
                    "industries": float(known.sum() / max(active.sum(), 1)),
                    "output": float(x[known].sum() / max(x.sum(), 1e-300)),
                    "regions without": ", ".join(bare),
                }
            )
    columns = ["account", "satellite", "unit", "industries", "output", "regions without"]
    frame = pd.DataFrame(rows, columns=columns).set_index("account")
    return labelled(frame, table.caption("coverage of satellite accounts", "share"))


def with_primary_inputs(table: MRIOTable, *, rows: Sequence[str] | None = None, name: str = "primary") -> MRIOTable:
    """Attach rows of V (value added, taxes) as accounts, so that any measure can be taken of them.

    Parameters
    ----------
    rows : sequence of str, optional
        Which; all but the discrepancy by default.
    """
    known = [str(row) for row in table.V.index if row != DISCREPANCY]
    chosen = known if rows is None else list(rows)
    for row in chosen:
        if row not in known:
            raise unknown("row of V", row, known)
    F = table.V.loc[chosen].astype(np.float64)
    units = pd.Series(table.unit, index=F.index)
    return table.replace(satellites={**table.satellites, name: Satellite(name, F, units)})


def with_wiod_accounts(table: MRIOTable, file: str | Path) -> MRIOTable:
    """Attach WIOD's socio-economic accounts (WIOD_SEA_July14.xlsx) to a table of the 2013 release.

    Monetary accounts are converted to the table's currency at the rate that the accounts' own output implies.
    """
    from io_linkage.readers.wiod_accounts import read_accounts

    if table.year is None:
        raise OptionError("The table has no year, so the accounts of no year can be chosen: table.replace(year=...).")
    x = table.x if table.published_output is None else table.published_output
    satellite = read_accounts(expanded(file), year=table.year, x=x)
    if satellite is None:
        raise ReadError(f"{str(file)!r} has no figures for {table.year}.")
    return table.replace(satellites={**table.satellites, satellite.name: satellite})


def with_rd_proxy(table: MRIOTable) -> MRIOTable:
    r"""Attach an estimate of R&D by industry: the OECD's intensity of each industry times value added.

    .. math:: \hat r_j = \rho_{k(j)} \, va_j

    with rho the R&D of business in per cent of gross value added in the OECD's taxonomy, a mean of 27 countries around
    2011, and k(j) the ISIC rev. 4 divisions that industry j holds (their plain mean).

    The same intensity is taken in every country and year, so the account says where research-intensive activities
    are, not who does research; it is called "R&D (proxy)" and its unit says so. It fails where industries assemble what
    others have developed: Indonesia is given 1.7 % of GDP, many times what it spends. `technology.with_rd` scales it to
    national levels. Non-market industries outside the taxonomy are NaN.

    References
    ----------
    Galindo-Rueda & Verger (2016), OECD Taxonomy of Economic Activities Based on R&D Intensity.

    Examples
    --------
    >>> import io_linkage as iol
    >>> world = with_rd_proxy(iol.load())
    >>> rd = world.satellite("R&D (proxy)")
    >>> float((rd["CHN", "30t33"] / world.va["CHN", "30t33"]).round(3))
    0.151
    """
    divisions = isic_divisions(table)
    if divisions is None:
        raise OptionError(
            f"There is no list of ISIC divisions for the industries of {table.label} "
            f"({table.classification or 'unknown'}); there is one for {', '.join(sorted(_divisions()))}. Attach R&D of "
            "your own with satellites.attach."
        )
    intensity = {code: _mean_intensity(divisions[code]) for code in table.industries}
    codes = table.index.get_level_values(1)
    values = np.array([intensity[code] for code in codes]) / 100 * table.va.to_numpy(dtype=np.float64)
    F = pd.DataFrame([values], index=[PROXY], columns=table.index)
    unit = pd.Series({PROXY: f"{table.unit}, proxy: OECD intensity times value added"})
    return table.replace(satellites={**table.satellites, "rd_proxy": Satellite("rd_proxy", F, unit)})


def isic_divisions(table: MRIOTable) -> dict[str, tuple[str, ...]] | None:
    """Return the ISIC rev. 4 divisions of each industry of a table, or None where there is no list of them."""
    own = table.classification or classifications.recognise(table.industries, year=table.year)
    divisions = _divisions().get(str(own))
    if divisions is None:
        return None
    spellings = classifications.classification_of(str(own)).spellings
    return {code: divisions.get(spellings.get(code.strip().lower(), code), ()) for code in table.industries}


@cache
def _divisions() -> dict[str, dict[str, tuple[str, ...]]]:
    """ISIC rev. 4 divisions of each industry, by classification."""
    divisions: dict[str, dict[str, tuple[str, ...]]] = {}
    with shipped_path("industries", "inputs", "more_industries.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            divisions.setdefault(row["classification"], {})[row["industry"]] = tuple(row["isic4"].split())
    with shipped_path("concordances", "adb35_to_wiod2013.csv").open(encoding="utf-8", newline="") as file:
        divisions["WIOD2013"] = {row["to"]: divisions["ADB35"][row["from"]] for row in csv.DictReader(file)}
    return divisions


@cache
def _intensities() -> dict[str, float]:
    with shipped_path("rd_intensity.csv").open(encoding="utf-8", newline="") as file:
        return {row["isic4"]: float(row["rd_intensity_pct"]) for row in csv.DictReader(file)}


def _mean_intensity(divisions: Sequence[str]) -> float:
    known = [_intensities()[one] for one in divisions if one in _intensities()]
    return float(np.mean(known)) if known else float("nan")


def _list(data: pd.DataFrame | str | Path, decimal: str) -> tuple[pd.DataFrame, str]:
    if isinstance(data, pd.DataFrame):
        return data.rename(columns=lambda c: str(c).strip().lower()).reset_index(drop=True), "The list"
    path = expanded(data)
    try:
        text = decode(path.read_bytes())
    except OSError as error:
        raise ReadError(f"{str(path)!r} could not be read: {error.strerror or error}.") from error
    lines = text.splitlines()
    if not lines:
        raise ReadError(f"{str(path)!r} is empty.")
    rows = list(csv.reader(lines, delimiter=separator(lines[0])))
    header = [cell.strip().lower() for cell in rows[0]]
    body = [row for row in rows[1:] if any(cell.strip() for cell in row)]
    frame = pd.DataFrame(
        {name: [row[c].strip() if c < len(row) else "" for row in body] for c, name in enumerate(header)}
    )
    if "value" in frame.columns:
        values = []
        for line, cell in enumerate(frame["value"]):
            try:
                values.append(number(cell, decimal))
            except ValueError as error:
                raise ReadError(
                    f"{path.name}, line {line + 2}: {cell!r} is not a number. Correct it, or pass decimal=','."
                ) from error
        frame["value"] = values
    return frame, path.name


def _regions(table: MRIOTable, names: pd.Series[str], title: str) -> list[str]:
    from io_linkage.economies import registry

    by_economy = {registry.find(region): region for region in table.regions}
    regions = {}
    for one in dict.fromkeys(map(str, names)):
        if one in table.regions:
            regions[one] = one
        elif registry.find(one) is not None and registry.find(one) in by_economy:
            regions[one] = by_economy[registry.find(one)]
        else:
            raise unknown(f"region in {title}", one, table.regions)
    return [regions[str(one)] for one in names]


def _industries(table: MRIOTable, labels: pd.Series[str], title: str) -> list[str]:
    spellings: dict[str, str] = {}
    own = table.classification
    if own is not None and own in classifications.known():
        names = classifications.classification_of(own).spellings
        spellings = {text: code for text, code in names.items() if code in table.industries}
    industries = {}
    for one in dict.fromkeys(map(str, labels)):
        if one in table.industries:
            industries[one] = one
        elif one.strip().lower() in spellings:
            industries[one] = spellings[one.strip().lower()]
        else:
            raise unknown(f"industry in {title}", one, table.industries)
    return [industries[str(one)] for one in labels]


def _units(frame: pd.DataFrame, accounts: list[str], unit: str | None, title: str) -> pd.Series[str]:
    if "unit" not in frame.columns:
        return pd.Series(unit or "", index=accounts)
    stated = {}
    for account in accounts:
        units = [one for one in dict.fromkeys(frame.loc[frame["account"] == account, "unit"].astype(str)) if one]
        if len(units) > 1:
            raise TableError(
                f"{title} gives {account!r} in several units: {', '.join(units[:4])}. Convert them to one."
            )
        stated[account] = units[0] if units else unit or ""
    return pd.Series(stated)
