"""The tables and accounts that ship with the package."""

from __future__ import annotations

import csv
from functools import cache
from typing import Any

import pandas as pd

from io_linkage._shipped import shipped_path
from io_linkage.errors import OptionError, ReadError, unknown
from io_linkage.readers import pymrio_saved
from io_linkage.table import MRIOTable

#: The table that `load()` reads.
DEFAULT = "world"

AGGREGATED_ROUNDING = 0.2


def shipped() -> pd.DataFrame:
    """List what ships: tables for `load(name)`, and accounts that their own functions read.

    Returns
    -------
    DataFrame, a row for each name: kind, title, years, regions, industries, unit, megabytes on disk, the source to
    cite, and what it can and cannot answer.

    See Also
    --------
    io_linkage.load : reads one of the tables.

    Examples
    --------
    >>> print(shipped().loc[["world2020"], ["years", "regions", "industries", "megabytes"]])
              years  regions  industries  megabytes
    name
    world2020  2020       77          11        3.2
    """
    rows = pd.DataFrame(_registry().values()).set_index("name")
    rows = rows.drop(columns=["classification", "path"]).astype({"regions": int, "industries": int})
    rows.insert(6, "megabytes", [round(_size(name) / 1e6, 1) for name in rows.index])
    return rows


def names(kind: str = "table") -> list[str]:
    """Names of the shipped tables, or of the shipped accounts (kind "account")."""
    return [name for name, row in _registry().items() if row["kind"] == kind]


def facts(name: str) -> dict[str, str]:
    """Return the row of `tables/shipped.csv` for a name: title, unit, source, classification and so on."""
    return _registry()[name]


def is_shipped(name: object) -> bool:
    """Whether this is the name of something that ships."""
    return isinstance(name, str) and name in _registry()


@cache
def shipped_years(name: str = DEFAULT) -> tuple[int, ...]:
    """Years of a shipped table, by default of the world table."""
    row = _registry().get(name)
    if row is None or row["kind"] != "table":
        raise unknown("shipped table", name, names())
    folder = shipped_path(name)
    years = tuple(int(year) for year in row["years"].split())
    missing = [year for year in years if not _folder(name, year).is_dir()]
    if missing:
        raise ReadError(f"The shipped tables are missing from {str(folder)!r}; reinstall io-linkage.")
    return years


def read_shipped(name: str = DEFAULT, year: int | None = None, **options: Any) -> MRIOTable:
    """Read one year of a shipped table, the latest by default."""
    row = _registry()[name]
    if row["kind"] != "table":
        raise OptionError(f"{name!r} ships as an account, not as a table. Tables: {', '.join(names())}.")
    years = shipped_years(name)
    chosen = years[-1] if year is None else year
    if chosen not in years:
        others = {other: shipped_years(other) for other in names() if other != name}
        listed = "; ".join(f"{other!r} has {', '.join(map(str, known))}" for other, known in others.items())
        raise unknown(
            f"year of the shipped table {name!r}",
            chosen,
            years,
            remedy=f"Load your own table for other years ({listed}).",
        )
    # Aggregating adds up rounding: up to 15 % of output in a small industry (EUE air transport, 1995).
    options["tolerance"] = max(options.get("tolerance", 0.0), AGGREGATED_ROUNDING)
    table = pymrio_saved.read(_folder(name, chosen), year=chosen, **options)
    return table.replace(
        name=f"World {chosen} (WIOD 2013 release, {len(table.regions)} regions)" if name == DEFAULT else row["title"],
        source=row["source"],
        classification=options.get("classification") or row["classification"],
    )


@cache
def _registry() -> dict[str, dict[str, str]]:
    with shipped_path("shipped.csv").open(encoding="utf-8", newline="") as file:
        return {row["name"]: row for row in csv.DictReader(file)}


def _folder(name: str, year: int) -> Any:
    return shipped_path(name, str(year)) if name == DEFAULT else shipped_path(name)


def _size(name: str) -> int:
    path = shipped_path(*_registry()[name]["path"].split("/"))
    files = path.rglob("*") if path.is_dir() else [path]
    return sum(file.stat().st_size for file in files if file.is_file())
