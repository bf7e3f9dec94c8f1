"""Growth of labour productivity, and the two volumes of value added side by side."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal, TypeAlias, get_args

import numpy as np
import numpy.typing as npt
import pandas as pd

from io_linkage.captions import labelled
from io_linkage.errors import require_option
from io_linkage.productivity.aggregates import Whole
from io_linkage.productivity.changes import Changes, Span, Volume, Years, averaged, changes, span
from io_linkage.productivity.economies import COVERED, covered_share
from io_linkage.productivity.growth_accounts import GrowthAccounts, product
from io_linkage.productivity.industries import UNIT, gaps, per_value_added, rows, year_range

By: TypeAlias = Literal["region", "industry"]


def labour_productivity(
    accounts: GrowthAccounts,
    *,
    by: By = "region",
    volume: Volume = "published",
    years: Years = "mean",
    first: int | None = None,
    last: int | None = None,
) -> pd.DataFrame:
    r"""Growth of value added per hour: more capital per hour, better skills, TFP, and hours that move.

    .. math::
        d\ln\frac{V}{H} = \sum_j \bar w_j \left[\frac{s_K}{s_V} d\ln\frac{K}{H} + \text{skill} + \tau^V\right]_j
        + \Big(\sum_j \bar w_j d\ln H_j - d\ln H\Big)

    with skill :math:`\sum_h (s_{Lh}/s_V) d\ln H_h - (s_L/s_V) d\ln H`. The last term is above 0 where hours move to
    industries with much value added per hour.

    Parameters
    ----------
    accounts : GrowthAccounts
    by : {"region", "industry"}
        Economies; or country-industries, without the last term.
    volume, years, first, last
        As in `industry_growth`.

    Returns
    -------
    DataFrame, logarithmic changes a year: labour_productivity, then capital_deepening, skill, tfp and, by region,
    hours_moved, which add up to it. NaN where accounts are missing.

    Raises
    ------
    OptionError
        Years without a neighbour; a volume that the accounts lack.

    References
    ----------
    Stiroh (2002), American Economic Review 92; Wu (2015), IDE-JETRO.

    See Also
    --------
    economy_growth

    Examples
    --------
    >>> from io_linkage.productivity import accounts
    >>> labour_productivity(accounts(regions="KOR"), last=2007).round(3).loc["KOR"].tolist()
    [0.043, 0.007, 0.004, 0.027, 0.005]
    """
    require_option("by", by, get_args(By))
    pairs = span(accounts, years, first, last)
    moved = changes(accounts, pairs, volume)
    s_hours = moved.s_labour.sum(axis=0)
    parts = {
        "labour_productivity": moved.value_added - moved.hours,
        # Capital and labour share value added, so dlnH leaves capital with its share and labour with skill.
        "capital_deepening": per_value_added(moved.s_capital * moved.capital + s_hours * moved.hours, moved)
        - moved.hours,
        "skill": per_value_added(moved.skill, moved),
        "tfp": per_value_added(moved.tau, moved),
    }
    if by == "industry":
        known = moved.known
        index: pd.Index[str] | pd.MultiIndex = rows(accounts, pairs)
    else:
        whole = Whole(accounts, moved)
        known = covered_share(accounts, pairs, whole) >= COVERED
        parts = {name: whole.sums(whole.weight * values) for name, values in parts.items()}
        parts["hours_moved"] = whole.sums(whole.weight * moved.hours) - whole.hours_growth
        parts["labour_productivity"] = parts["labour_productivity"] + parts["hours_moved"]
        index = _regions(accounts, pairs)
    columns = {name: averaged(np.where(known, values, np.nan), pairs).ravel() for name, values in parts.items()}
    caption = accounts.caption("growth of labour productivity and its sources", UNIT, year_range(accounts, pairs))
    return labelled(
        pd.DataFrame(columns, index=index), {**caption, **gaps(accounts, moved.known)}, by=by, volume=volume
    )


def volume_difference(
    accounts: GrowthAccounts, *, years: Years = "mean", first: int | None = None, last: int | None = None
) -> pd.DataFrame:
    r"""Compare two volumes of value added in each economy: that published, and output less inputs.

    .. math::
        d\ln V^{dd} = \sum_j \bar w_j \frac{d\ln X_j - s_{I,j} d\ln I_j}{s_{V,j}}

    Where they differ, TFP does by as much.

    Parameters
    ----------
    accounts : GrowthAccounts
    years, first, last
        As in `industry_growth`.

    Returns
    -------
    DataFrame, rows region[, year]: published, double_deflated and difference (the second less the first), logarithmic
    changes a year; of the industries that have both.

    Raises
    ------
    OptionError
        Years without a neighbour; a volume that the accounts lack.

    References
    ----------
    Jorgenson, Gollop & Fraumeni (1987), chapter 2.

    See Also
    --------
    industry_growth : option `volume`.

    Examples
    --------
    >>> from io_linkage.productivity import accounts
    >>> volume_difference(accounts(regions=["JPN", "USA"]), last=2007)["difference"].round(3).tolist()
    [0.001, -0.01]
    """
    pairs = span(accounts, years, first, last)
    published, double = (changes(accounts, pairs, volume) for volume in ("published", "double_deflated"))
    both = published.known & double.known
    columns = {}
    for name, moved in (("published", published), ("double_deflated", double)):
        whole = Whole(accounts, _with_known(moved, both))
        good = covered_share(accounts, pairs, whole) >= COVERED
        columns[name] = averaged(np.where(good, whole.value_added, np.nan), pairs).ravel()
    frame = pd.DataFrame(columns, index=_regions(accounts, pairs))
    frame["difference"] = frame["double_deflated"] - frame["published"]
    caption = accounts.caption("growth of two volumes of value added", UNIT, year_range(accounts, pairs))
    return labelled(frame, {**caption, **gaps(accounts, both)})


def _with_known(moved: Changes, known: npt.NDArray[np.bool_]) -> Changes:
    return replace(moved, known=known)


def _regions(accounts: GrowthAccounts, pairs: Span) -> pd.Index[str] | pd.MultiIndex:
    if pairs.years != "each":
        return pd.Index(accounts.regions, name="region")
    return product([accounts.regions, pairs.labels], ["region", "year"])
