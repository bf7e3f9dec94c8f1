"""The technology account behind a measure: one of the table's, or the shipped proxy of R&D at national levels."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from io_linkage.accounts import Satellite
from io_linkage.captions import labelled
from io_linkage.economies import registry
from io_linkage.errors import OptionError, ReadError, unknown
from io_linkage.files import expanded
from io_linkage.intensities import Account, Intensity, intensity
from io_linkage.satellites import PROXY, with_rd_proxy
from io_linkage.table import MRIOTable
from io_linkage.wording import listed

#: Column of a file of national levels.
LEVEL = "rd_share_of_gdp"
#: No country spends as large a share of its GDP on research: a figure above it is in per cent.
_HIGHEST = 0.1
_WARNING = "R&D is a proxy: the OECD's research intensity of each industry times value added, the same in all countries"


def with_rd(table: MRIOTable, *, rd_share_of_gdp: pd.Series[float] | str | Path | None = None) -> MRIOTable:
    r"""Attach the shipped proxy of R&D by industry, scaled to the level of each country where levels are given.

    .. math:: r_{i} = g_{c} \, GDP_{c} \, \hat r_{i} / \sum_{k \in c} \hat r_{k}, \quad i \in c

    with :math:`\hat r` the proxy of :func:`io_linkage.satellites.with_rd_proxy` and g the level.

    Parameters
    ----------
    table : MRIOTable
    rd_share_of_gdp : Series or path of a CSV, optional
        R&D over GDP, from 0 to 1, by region (codes or names), or by region and year; a CSV has the columns region,
        rd_share_of_gdp and, where there are several, year. Economies that the table does not show are passed over.
        None are shipped: the World Bank (GB.XPD.RSDV.GD.ZS) and the OECD (Main Science and Technology Indicators)
        publish them in per cent.

    Returns
    -------
    MRIOTable
        With the account "R&D (proxy)". Regions without a level are unknown (NaN), since another country's level is not
        theirs; without any levels the proxy stands as it is.

    Raises
    ------
    OptionError
        A level is negative or in per cent; no level holds for a region and year of the table.
    UnknownLabelError
        A region that is neither in the table nor a known economy.
    ReadError
        The file cannot be read or lacks a column.

    Notes
    -----
    How research is spread over a country's industries remains the OECD's mean of 27 countries, and GDP is the value
    added of the table.

    References
    ----------
    Galindo-Rueda & Verger (2016), OECD Taxonomy of Economic Activities Based on R&D Intensity.

    See Also
    --------
    io_linkage.satellites.attach : R&D of your own by country and industry.

    Examples
    --------
    >>> import io_linkage as iol
    >>> world = with_rd(iol.load(), rd_share_of_gdp=pd.Series({"CHN": 0.02, "USA": 0.03}))
    >>> rd = world.satellite("R&D (proxy)")
    >>> float((rd["CHN"].sum() / world.va["CHN"].sum()).round(6))
    0.02
    """
    own = table.replace(satellites={name: one for name, one in table.satellites.items() if PROXY not in one.rows})
    base = with_rd_proxy(own)
    if rd_share_of_gdp is None:
        return base
    levels = _levels(table, rd_share_of_gdp)
    proxy = base.satellite(PROXY).to_numpy(dtype=np.float64)
    sums = np.bincount(table.region_codes, np.nan_to_num(proxy), len(table.regions))
    gdp = np.bincount(table.region_codes, table.va.to_numpy(dtype=np.float64), len(table.regions))
    scale = np.divide(levels * gdp, sums, out=np.full(len(sums), np.nan), where=sums > 0)
    F = pd.DataFrame([proxy * scale[table.region_codes]], index=[PROXY], columns=table.index)
    unit = pd.Series({PROXY: f"{table.unit}, proxy: national R&D spread by OECD intensity"})
    return base.replace(satellites={**base.satellites, "rd_proxy": Satellite("rd_proxy", F, unit)})


def technology(table: MRIOTable, of: Account) -> tuple[Intensity, dict[str, Any]]:
    """Return a technology account per unit of output, and what a result says of it.

    The proxy need not be attached: it is made where the table lacks it.
    """
    lacks = isinstance(of, str) and of == PROXY and PROXY not in table.satellite_names
    q = intensity(with_rd_proxy(table) if lacks else table, of)
    return q, {**q.attrs, **_same_everywhere(table, q), **({"proxy": _proxy(q)} if _proxy(q) else {})}


def _same_everywhere(table: MRIOTable, q: Intensity) -> dict[str, Any]:
    """Name the industries that lack an account in all regions; nothing where regions differ."""
    unknown_here = ~q.known
    lacking = np.unique(table.industry_codes[unknown_here])
    inside = np.isin(table.industry_codes, lacking) & table.active
    if not unknown_here.any() or not (unknown_here == inside).all():
        return {}
    names = [table.industries[code] for code in lacking]
    share = table.accounts.x[unknown_here].sum() / table.accounts.x.sum()
    note = f"No {q.label} is known of {listed(names)} ({share:.1%} of output) in any region."
    return {"left_out": tuple(names), "note": note}


def _proxy(q: Intensity) -> str:
    """Say that an account is a stand-in, where it says so itself."""
    if q.name == PROXY:
        levels = (
            ", at national levels"
            if "national" in q.unit
            else ", so levels and the order of performers are not to be trusted"
        )
        return f"{_WARNING}{levels}."
    return f"{q.name} is a proxy." if "proxy" in f"{q.name} {q.unit}".lower() else ""


def per_output(q: Intensity) -> str:
    """Return the unit of an account per unit of output, short for the proxy."""
    return q.unit_per_output.replace(", proxy: OECD intensity times value added", " (proxy)").replace(
        ", proxy: national R&D spread by OECD intensity", " (proxy)"
    )


def _levels(table: MRIOTable, source: pd.Series[float] | str | Path) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Return levels by region of the table, NaN where none is given."""
    series = _read(source) if isinstance(source, str | Path) else source
    if series.index.nlevels == 2:
        series = _of_year(table, series)
    by_economy = {registry.find(region): region for region in table.regions}
    levels: dict[str, float] = {}
    for name, value in series.items():
        region = str(name)
        if region not in table.regions:
            code = registry.find(region)
            if code is None:
                raise unknown(f"region in {LEVEL}", region, table.regions)
            region = by_economy.get(code, "")
        if not region or pd.isna(value):
            continue
        if region in levels:
            raise OptionError(f"{LEVEL} has more than one level of {region}. Give it one.")
        if not 0 <= float(value) <= _HIGHEST:
            raise OptionError(
                f"{LEVEL} is {float(value):g} for {region}; it must be a share of GDP from 0 to {_HIGHEST:g}, e.g. "
                "0.02 for 2 %. Divide figures in per cent by 100."
            )
        levels[region] = float(value)
    if not levels:
        raise OptionError(f"{LEVEL} has no level for any region of {table.label}: {', '.join(table.regions[:8])}, ...")
    return np.array([levels.get(region, np.nan) for region in table.regions])


def _of_year(table: MRIOTable, series: pd.Series[float]) -> pd.Series[float]:
    if table.year is None:
        raise OptionError(f"{LEVEL} is by year and {table.label} has none: give the table one, or levels of one year.")
    years = pd.to_numeric(pd.Index(series.index.get_level_values(1)), errors="coerce")
    if not (years == table.year).any():
        raise OptionError(
            f"{LEVEL} has no level of {table.year}, the year of {table.label}; it has {int(np.nanmin(years))} to "
            f"{int(np.nanmax(years))}."
        )
    chosen = series[np.asarray(years == table.year)]
    return chosen.set_axis(chosen.index.get_level_values(0))


def _read(source: str | Path) -> pd.Series[float]:
    path = expanded(source)
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError) as error:
        raise ReadError(f"{str(path)!r} could not be read: {error}. It must be a CSV in UTF-8.") from error
    missing = [column for column in ("region", LEVEL) if not rows or column not in rows[0]]
    if missing:
        raise ReadError(
            f"{path.name} has no column {', '.join(missing)}. It needs region and {LEVEL}; year may be added."
        )
    values = []
    for line, row in enumerate(rows, start=2):
        cell = str(row[LEVEL] or "").strip()
        try:
            values.append(float(cell) if cell else np.nan)
        except ValueError as error:
            raise ReadError(f"{path.name}, line {line}: {cell!r} is not a number.") from error
    index: pd.Index[Any] = pd.Index([row["region"].strip() for row in rows])
    if "year" in rows[0]:
        index = pd.MultiIndex.from_arrays([index, [row["year"] for row in rows]], names=["region", "year"])
    return labelled(pd.Series(values, index=index, name=LEVEL), {})
