r"""Before and after joining a group: a description of results over years, not an estimate of its effect.

Members differ from others in much besides membership, and joining dates are often those of a first memorandum. The
comparison says what happened, and what happened to others over the same years.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from io_linkage import economies as countries
from io_linkage.captions import labelled
from io_linkage.economies import registry
from io_linkage.errors import OptionError, unknown

Years: TypeAlias = npt.NDArray[Any]


def around_joining(
    results: pd.DataFrame | pd.Series[float],
    *,
    group: str = "belt_and_road",
    column: str | None = None,
    level: str = "partner",
    window: int | None = None,
) -> pd.DataFrame:
    """Compare a result of each economy in the years before it joined a group with those from joining on.

    Parameters
    ----------
    results : DataFrame or Series
        With index levels `year` and `level` and no other, e.g. one economy and stage of ``panel.over(tables,
        ties.bilateral, focus="CHN")``.
    group : str
        A group with dates: "belt_and_road", "eu", "brics", "asean", "oecd", ...
    column : str, optional
        Which column, of a DataFrame.
    level : str
        Index level that holds the economies; aggregates such as RoW never join.
    window : int, optional
        Years on either side that count; all by default.

    Returns
    -------
    DataFrame indexed by economy: ``joined`` (year), ``before`` and ``after`` (means over years), ``change``,
    ``years_before`` and ``years_after`` (how many), ``others`` (mean change of economies that were not members in any
    of the years, split at the same year; aggregates and members without a date are not among them), ``difference`` =
    change - others. ``attrs["note"]`` says that this is a description.

    Raises
    ------
    OptionError
        No economy joined with years on both sides; the message says when the first did.

    Examples
    --------
    >>> years = pd.MultiIndex.from_product([[2002, 2003, 2004, 2005], ["POL", "TUR"]], names=["year", "partner"])
    >>> share = pd.Series([1.0, 1.0, 1.2, 1.0, 2.0, 1.1, 2.4, 1.3], index=years)
    >>> around_joining(share, group="eu").loc["POL", ["joined", "before", "after", "others"]].round(2).tolist()
    [2004.0, 1.1, 2.2, 0.2]
    """
    wide = _wide(results, column, level)
    spells = countries.history(group)
    years = wide.columns.to_numpy()
    joined = {label: _first_year(spells, label) for label in wide.index}
    outside = [label for label in wide.index if _never(spells, label, joined[label], int(years.max()))]
    rows = {}
    for label, year in joined.items():
        if year is None:
            continue
        early, late = _split(years, year, window)
        if early.any() and late.any():
            rows[label] = _compare(wide, label, year, early, late, outside)
    if not rows:
        dates = sorted((year, label) for label, year in joined.items() if year is not None)
        when = f"the first to join was {dates[0][1]} in {dates[0][0]}" if dates else "none of them ever joined"
        raise OptionError(
            f"The years {years.min()} to {years.max()} hold no joining of {group} with years on both sides: {when}. "
            "Use tables of later years."
        )
    frame = pd.DataFrame.from_dict(rows, orient="index")
    frame.index.name = level
    labelled(frame, {key: value for key, value in results.attrs.items() if key in ("unit", "table", "source")})
    return labelled(
        frame,
        frame.attrs,
        measure=f"{column or 'value'} before and after joining {group}",
        year=[int(year) for year in years],
        note="A description: members differ from others in much besides membership.",
    )


def _wide(results: pd.DataFrame | pd.Series[float], column: str | None, level: str) -> pd.DataFrame:
    names = list(results.index.names)
    if set(names) != {"year", level}:
        raise OptionError(
            f"Results by year and {level} are needed, not by {', '.join(map(str, names))}; choose one of the others "
            "first, e.g. results.xs('all', level='stage')."
        )
    if isinstance(results, pd.DataFrame):
        if column is None and results.shape[1] > 1:
            raise OptionError(f"Name one column of {', '.join(map(str, results.columns))}.")
        chosen = results.columns[0] if column is None else column
        if chosen not in results.columns:
            raise unknown("column", chosen, results.columns)
        results = results[chosen]
    return results.unstack("year")


def _first_year(spells: pd.DataFrame, label: str) -> int | None:
    """Year from which an economy is a member, None for one that never is, without a date, or from the start."""
    code = registry.find(label)
    if code is None or code not in spells.index:
        return None
    starts = [str(start) for start in spells.loc[[code], "start"]]
    dated = [int(start[:4]) for start in starts if start[:4].isdigit()]
    return min(dated) if dated else None


def _never(spells: pd.DataFrame, label: str, year: int | None, last: int) -> bool:
    """Whether an economy surely stood outside in all years; of an aggregate or an undated member that is not known."""
    code = registry.find(label)
    if code is None or registry.register()[code].is_aggregate:
        return False
    return code not in spells.index or (year is not None and year > last)


def _split(years: Years, year: int, window: int | None) -> tuple[Years, Years]:
    reach = len(years) + int(np.ptp(years)) if window is None else window
    # A window of 3 is the three years before, and the year of joining with the two after it.
    return (years < year) & (years >= year - reach), (years >= year) & (years < year + reach)


def _compare(
    wide: pd.DataFrame, label: str, year: int, early: Years, late: Years, outside: list[str]
) -> dict[str, float]:
    before, after = wide.loc[:, early].mean(axis=1), wide.loc[:, late].mean(axis=1)
    change = after - before
    others = float(change[outside].mean()) if outside else float("nan")
    return {
        "joined": year,
        "before": float(before[label]),
        "after": float(after[label]),
        "change": float(change[label]),
        "years_before": int(early.sum()),
        "years_after": int(late.sum()),
        "others": others,
        "difference": float(change[label]) - others,
    }
