"""Evidence from outside the tables: electric cars, solar and wind power, greenhouse gases by industry.

Input-output tables do not show the new trio (electric cars, lithium batteries, photovoltaics) as industries. These
accounts say how much of it there is, by economy and year, as evidence for splits of industries and for what changed
since a table's year. They count cars and kilowatt-hours, not money, and where things are used, not where they are made.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import pandas as pd

from io_linkage._shipped import shipped_path
from io_linkage.captions import labelled
from io_linkage.economies import registry
from io_linkage.errors import OptionError, UnknownLabelError, unknown
from io_linkage.readers.shipped import facts

_KINDS = ("battery", "plug_in_hybrid", "fuel_cell")


def electric_cars(economies: str | Sequence[str] | None = None) -> pd.DataFrame:
    """Sales and stock of electric cars, 2010 to 2023.

    Parameters
    ----------
    economies : str or list, optional
        Codes or names; also "World", "Europe", "EU27" and "ROW". All by default.

    Returns
    -------
    DataFrame indexed by (economy, year): ``sales`` and ``stock``, in cars, each also ``_battery``,
    ``_plug_in_hybrid`` and ``_fuel_cell``; ``sales_percent`` and ``stock_percent`` of all cars. NaN where
    the source has no figure.

    Raises
    ------
    UnknownLabelError
        An economy without figures.

    References
    ----------
    IEA (2024), Global EV Outlook 2024.

    Examples
    --------
    >>> electric_cars("CHN").loc[("CHN", 2023), ["sales", "sales_percent"]].tolist()
    [8100520.0, 38.0]
    """
    frame = _read("electric_cars")
    for amount in ("stock", "sales"):
        parts = frame[[f"{amount}_{kind}" for kind in _KINDS]]
        frame.insert(0, amount, parts.sum(axis=1, min_count=1))
    units = {"sales_percent": "% of all cars sold", "stock_percent": "% of all cars", "others": "cars"}
    return _chosen(frame, economies, "electric_cars", "electric cars", units=units)


def solar_and_wind(economies: str | Sequence[str] | None = None) -> pd.DataFrame:
    """Electricity from the sun and from wind, 2000 to 2025.

    Parameters
    ----------
    economies : str or list, optional
        Codes or names; all by default.

    Returns
    -------
    DataFrame indexed by (economy, year): ``solar``, ``wind`` and ``all_sources`` in TWh, ``solar_percent`` and
    ``wind_percent`` of all sources.

    Raises
    ------
    UnknownLabelError
        An economy without figures.

    References
    ----------
    Ember, Yearly Electricity Data.

    Examples
    --------
    >>> solar_and_wind("CHN").loc[("CHN", 2024), "solar"].item()
    839.04
    """
    frame = _read("solar_and_wind")
    for source in ("solar", "wind"):
        frame[f"{source}_percent"] = 100 * frame[source] / frame["all_sources"].where(frame["all_sources"] > 0)
    units = {"solar_percent": "% of electricity", "wind_percent": "% of electricity", "others": "TWh"}
    return _chosen(frame, economies, "solar_and_wind", "electricity from sun and wind", units=units)


def greenhouse_gases() -> pd.DataFrame:
    """Greenhouse gases of 13 regions by 50 industries in 2022, with output and value added.

    Returns
    -------
    DataFrame indexed by (region, industry): ``greenhouse_gases`` (Mt CO2e), ``output`` and ``value_added`` (M USD),
    ``intensity`` = greenhouse gases / output (kg CO2e per USD; NaN without output). ``attrs["groups"]`` has the
    economies of each region of several.

    See Also
    --------
    io_linkage.satellites.attach : puts an account on a table.

    References
    ----------
    OECD (2025), OECD Inter-Country Input-Output Tables, http://oe.cd/icio.

    Examples
    --------
    >>> gases = greenhouse_gases()["greenhouse_gases"]
    >>> round(float(gases.sum() / 1e3), 2), round(float(gases["CHN"].sum() / gases.sum()), 2)
    (44.23, 0.31)
    """
    listed = pd.read_csv(shipped_path("indicators", "greenhouse_gases.csv"))
    frame = listed.set_index(["region", "industry"])[["greenhouse_gases", "output", "value_added"]]
    frame["intensity"] = 1e3 * frame["greenhouse_gases"] / frame["output"].where(frame["output"] > 0)
    groups = pd.read_csv(shipped_path("indicators", "greenhouse_gas_regions.csv")).set_index("region")["members"]
    units = {"greenhouse_gases": "Mt CO2e", "intensity": "kg CO2e per USD", "others": "M USD"}
    caption = _caption("greenhouse_gases", "greenhouse gases by industry", 2022)
    return labelled(frame, caption, units=units, groups={name: codes.split() for name, codes in groups.items()})


@cache
def _listed(name: str) -> pd.DataFrame:
    return pd.read_csv(shipped_path("indicators", f"{name}.csv")).set_index(["economy", "year"])


def _read(name: str) -> pd.DataFrame:
    return _listed(name).copy()


def _chosen(
    frame: pd.DataFrame, economies: str | Sequence[str] | None, name: str, measure: str, **more: Any
) -> pd.DataFrame:
    if economies is not None:
        wanted = [economies] if isinstance(economies, str) else list(economies)
        if not wanted:
            raise OptionError("No economy was asked for: give a code, a name or a list of these.")
        known = list(frame.index.unique("economy"))
        frame = frame.loc[[_code(one, known, measure) for one in wanted]]
    years = sorted(frame.index.unique("year"))
    return labelled(frame, _caption(name, measure, [int(year) for year in years]), **more)


def _code(economy: str, known: list[str], measure: str) -> str:
    if economy in known:
        return economy
    code = registry.find(economy)
    if code in known:
        return str(code)
    if code is not None:
        raise UnknownLabelError(f"There are no figures of {measure} for {economy}. There are for {', '.join(known)}.")
    raise unknown("economy", economy, known)


def _caption(name: str, measure: str, year: Any) -> dict[str, Any]:
    about = facts(name)
    return {"measure": measure, "unit": about["unit"], "table": about["title"], "year": year, "source": about["source"]}
