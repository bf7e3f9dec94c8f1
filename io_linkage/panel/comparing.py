"""Tables that can be compared: the same regions, industries, unit and definitions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from io_linkage.errors import ComparisonError, OptionError
from io_linkage.table import MRIOTable


def dated(tables: Iterable[MRIOTable]) -> Iterator[tuple[int, MRIOTable]]:
    """Yield comparable tables one by one with their years, each year once; raise where there is none."""
    seen: set[int] = set()
    for table in comparable(tables):
        if table.year is None:
            raise OptionError(f"{table.label} has no year, so it cannot be part of a series; load it with year=...")
        if table.year in seen:
            raise ComparisonError(f"The year {table.year} appears twice in the series; give one table for each year.")
        seen.add(table.year)
        yield table.year, table
    if not seen:
        raise OptionError("No table was given.")


def comparable(tables: Iterable[MRIOTable]) -> Iterator[MRIOTable]:
    """Yield the tables one by one, raising at the first that cannot be compared with the first of all."""
    # Only the traits of the first table are kept, not the table: one is in memory at a time.
    label, wanted = "", dict[str, Any]()
    if isinstance(tables, MRIOTable | str):
        raise OptionError("A series is several tables: give a list of them, e.g. [load(year=1995), load(year=2011)].")
    for table in tables:
        if not isinstance(table, MRIOTable):
            raise OptionError(
                f"A series is made of tables, and {table!r} is not one. Load each first: "
                "(io_linkage.load(year=year) for year in (1995, 2011))."
            )
        traits = _traits(table)
        if not wanted:
            label, wanted = table.label, traits
        for what, value in traits.items():
            stated = what != _PRICES or (value and wanted[what])
            if value != wanted[what] and stated:
                raise ComparisonError(
                    f"{table.label} cannot be compared with {label}: {what} differ{_difference(wanted[what], value)}. "
                    f"{_REMEDIES[what]}"
                )
        yield table


def require_comparable(*tables: MRIOTable) -> None:
    """Raise `ComparisonError` unless regions, industries, units and definitions agree."""
    for _ in comparable(tables):
        pass


_PRICES = "prices"
_OF_PRICES = re.compile(r"\bprices\b|(constant|previous|prior|base).{0,12}(19|20)\d\d", re.IGNORECASE)

_REMEDIES = {
    "regions": "Aggregate both to the same regions with io_linkage.aggregation.aggregate(regions=...).",
    "industries": "Aggregate both to one classification with io_linkage.aggregation.aggregate(industries=...).",
    _PRICES: "Load tables in the same prices, or say in source= which prices they are in.",
    "units": "Convert one of them to the unit of the other before loading it.",
    "definitions of value added": "Load both with value_added='residual'.",
    "definitions of output": "Load both with the same output=.",
}


def _traits(table: MRIOTable) -> dict[str, Any]:
    return {
        "regions": tuple(table.regions),
        "industries": tuple(table.industries),
        "units": table.unit,
        _PRICES: prices_of(table.source),
        "definitions of value added": table.value_added_label,
        "definitions of output": table.accounts.output,
    }


def prices_of(source: str) -> str:
    """Return what the source of a table says of its prices, empty where it says nothing.

    Examples
    --------
    >>> prices_of("WIOD 2013 release (Timmer et al. 2015), current prices, aggregated")
    'current prices'
    >>> prices_of("EORA26 (basic prices; Lenzen et al. 2013), current prices")
    'basic prices, current prices'
    """
    return ", ".join(part.strip() for part in re.split(r"[,;()]", source) if _OF_PRICES.search(part))


def _difference(first: Any, second: Any) -> str:
    if isinstance(first, tuple):
        only_first = [x for x in first if x not in second][:3]
        only_second = [x for x in second if x not in first][:3]
        if not only_first and not only_second:
            return " in order"
        return f" (only in the first: {only_first or 'none'}; only in the second: {only_second or 'none'})"
    return f" ({first!r} against {second!r})"
