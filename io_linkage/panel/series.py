"""A measure over the years of one database, stacked by year."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import pandas as pd

from io_linkage.captions import labelled
from io_linkage.errors import OptionError
from io_linkage.panel.comparing import dated
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
