"""The same measure over several tables: years of one database, or variants of one table."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import pandas as pd

from io_linkage.captions import labelled
from io_linkage.errors import ComparisonError, OptionError
from io_linkage.table import MRIOTable


def over(
    tables: Iterable[MRIOTable], measure: Callable[..., pd.DataFrame | pd.Series[float]], /, **options: Any
) -> pd.DataFrame:
    """Compute a measure for each table, one in memory at a time, and stack the results by year.

    Parameters
    ----------
    tables : iterable of MRIOTable
        May be a generator, e.g. ``(iol.load(year=y) for y in iol.shipped_years())``.
    measure : function
        Called as ``measure(table, **options)``; returns a Series or DataFrame.

    Returns
    -------
    DataFrame
        The measure's own rows with a first level `year` added; `attrs` of the first result, with `year` the list
        of all years.

    Notes
    -----
    A group that gains members grows by them. A measure that takes ``membership_year=`` is therefore computed with the
    members of one year throughout: the one given, else the last year of the tables.

    Raises
    ------
    ComparisonError
        Regions, industries, units or the definition of value added differ between the tables, or a year repeats.
    OptionError
        The measure needs ``membership_year=``, and the last year of a generator is not known beforehand.

    Examples
    --------
    >>> import io_linkage as iol
    >>> tables = (iol.load(year=year) for year in (1995, 2011))
    >>> over(tables, lambda table: table.va.groupby(level="region").sum()).loc[(2011, "CHN")].item() > 7e6
    True
    """
    results: dict[int, pd.DataFrame] = {}
    attrs: dict[str, Any] = {}
    options = _one_membership(tables, measure, options)
    for year, table in dated(tables):
        result = measure(table, **options)
        attrs = attrs or {str(key): value for key, value in result.attrs.items()}
        results[year] = result.to_frame() if isinstance(result, pd.Series) else result
    # pandas compares attrs of the parts; they differ by table and year, so they are set once at the end.
    for part in results.values():
        part.attrs = {}
    stacked = pd.concat(results, names=["year"])
    return labelled(stacked, {**stacked.attrs, **attrs, "year": list(results)})


def _one_membership(
    tables: Iterable[MRIOTable], measure: Callable[..., Any], options: dict[str, Any]
) -> dict[str, Any]:
    """Return the options with the year whose members groups have in all years, where the measure takes one."""
    takes = "membership_year" in inspect.signature(measure).parameters
    if not takes or options.get("membership_year") is not None:
        return options
    if not isinstance(tables, Sequence):
        raise OptionError(
            "Groups such as the EU change their members over the years. Pass membership_year=, the year whose members "
            "count in all years, or give the tables as a list to take those of its last year."
        )
    years = [table.year for table in tables if isinstance(table, MRIOTable) and table.year is not None]
    return {**options, "membership_year": max(years)} if years else options


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
            if value != wanted[what]:
                raise ComparisonError(
                    f"{table.label} cannot be compared with {label}: {what} differ{_difference(wanted[what], value)}. "
                    f"{_REMEDIES[what]}"
                )
        yield table


def require_comparable(*tables: MRIOTable) -> None:
    """Raise `ComparisonError` unless regions, industries, units and definitions agree."""
    for _ in comparable(tables):
        pass


_REMEDIES = {
    "regions": "Aggregate both to the same regions with io_linkage.aggregation.aggregate(regions=...).",
    "industries": "Aggregate both to one classification with io_linkage.aggregation.aggregate(industries=...).",
    "units": "Convert one of them to the unit of the other before loading it.",
    "definitions of value added": "Load both with value_added='residual'.",
    "definitions of output": "Load both with the same output=.",
}


def _traits(table: MRIOTable) -> dict[str, Any]:
    return {
        "regions": tuple(table.regions),
        "industries": tuple(table.industries),
        "units": table.unit,
        "definitions of value added": table.value_added_label,
        "definitions of output": table.accounts.output,
    }


def _difference(first: Any, second: Any) -> str:
    if isinstance(first, tuple):
        only_first = [x for x in first if x not in second][:3]
        only_second = [x for x in second if x not in first][:3]
        if not only_first and not only_second:
            return " in order"
        return f" (only in the first: {only_first or 'none'}; only in the second: {only_second or 'none'})"
    return f" ({first!r} against {second!r})"
