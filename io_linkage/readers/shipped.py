"""The world table that ships with the package."""

from __future__ import annotations

from functools import cache
from typing import Any

from io_linkage._shipped import shipped_path
from io_linkage.errors import ReadError, unknown
from io_linkage.readers import pymrio_saved
from io_linkage.table import MRIOTable

SOURCE = "WIOD 2013 release (Timmer et al. 2015), current prices, aggregated"

AGGREGATED_ROUNDING = 0.2


@cache
def shipped_years() -> tuple[int, ...]:
    """Years of the shipped world table."""
    folder = shipped_path("world")
    years = sorted(int(p.name) for p in folder.glob("[12][0-9][0-9][0-9]") if p.is_dir()) if folder.is_dir() else []
    if not years:
        raise ReadError(f"The shipped tables are missing from {str(folder)!r}; reinstall io-linkage.")
    return tuple(years)


def read_shipped(year: int | None = None, **options: Any) -> MRIOTable:
    """Read one year of the shipped table, the latest by default."""
    years = shipped_years()
    chosen = years[-1] if year is None else year
    if chosen not in years:
        raise unknown("year of the shipped table", chosen, years, remedy="Load your own table for other years.")
    # Aggregating adds up rounding: up to 15 % of output in a small industry (EUE air transport, 1995).
    options["tolerance"] = max(options.get("tolerance", 0.0), AGGREGATED_ROUNDING)
    table = pymrio_saved.read(shipped_path("world", str(chosen)), year=chosen, **options)
    return table.replace(
        name=f"World {chosen} (WIOD 2013 release, {len(table.regions)} regions)",
        source=SOURCE,
        classification=options.get("classification") or "WIOD2013",
    )
