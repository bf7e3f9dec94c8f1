"""How far below the frontier countries are, and whether they catch up."""

from __future__ import annotations

import numpy as np
import pandas as pd

from io_linkage.captions import labelled
from io_linkage.errors import OptionError
from io_linkage.upgrading.profiles import FRONTIER, UPWARD


def distance(profile: pd.DataFrame) -> pd.DataFrame:
    """How far below the frontier each country is, as a share of the frontier's level.

    .. math:: 1 - own / frontier

    Parameters
    ----------
    profile : DataFrame
        From `lock_in`, of one table or several.

    Returns
    -------
    DataFrame, columns `UPWARD`: 1 - own / frontier; 0 at the frontier, negative beyond it.

    See Also
    --------
    lock_in, catching_up
    """
    frontier = profile.xs(FRONTIER, level="region") if profile.index.nlevels > 1 else profile.loc[FRONTIER]
    own = profile.drop(index=FRONTIER, level="region" if profile.index.nlevels > 1 else None)[list(UPWARD)]
    if profile.index.nlevels > 1:
        years = own.index.get_level_values("year")
        levels = frontier.loc[years, list(UPWARD)].set_axis(own.index)
    else:
        levels = frontier[list(UPWARD)]
    result = 1 - own / levels
    return labelled(
        result,
        {
            **result.attrs,
            **profile.attrs,
            "measure": "distance to the frontier",
            "unit": "share of the frontier's level",
        },
    )


def catching_up(profiles: pd.DataFrame) -> pd.DataFrame:
    """Whether countries move towards the frontier between the first and last year that have figures.

    Parameters
    ----------
    profiles : DataFrame
        `lock_in` of several tables; the same countries in every year.

    Returns
    -------
    DataFrame by (region, indicator)
        `from`, `to` (years), `first`, `last` (levels), `change`, `distance_first`, `distance_last`, and `reading`:
        "at the frontier", "closing", "widening", or "no figures".

    See Also
    --------
    lock_in, distance
    """
    if "year" not in profiles.index.names:
        raise OptionError("catching_up needs several years: lock_in(tables, ...).")
    _require_same_regions(profiles)
    gaps = distance(profiles)
    rows = {}
    for region in dict.fromkeys(gaps.index.get_level_values("region")):
        for indicator in UPWARD:
            rows[region, indicator] = _course(
                profiles[indicator].xs(region, level="region"), gaps[indicator].xs(region, level="region")
            )
    result = pd.DataFrame.from_dict(rows, orient="index")
    result.index = pd.MultiIndex.from_tuples(result.index, names=["region", "indicator"])
    return labelled(result, {**profiles.attrs, "measure": "catching up with the frontier"})


def _require_same_regions(profiles: pd.DataFrame) -> None:
    who = {year: set(part.index.get_level_values("region")) for year, part in profiles.groupby(level="year")}
    last = max(who)
    for year, regions in who.items():
        if regions != who[last]:
            different = ", ".join(sorted(regions ^ who[last]))
            raise OptionError(
                f"The profiles of {year} and {last} are of different regions ({different} in one of them only), so "
                "changes would mix them. Take lock_in(tables, ...) of all years at once, which keeps one membership."
            )


def _course(levels: pd.Series[float], gaps: pd.Series[float]) -> dict[str, object]:
    known = gaps.dropna()
    if len(known) < 2:
        return {
            **dict.fromkeys(("from", "to", "first", "last", "change", "distance_first", "distance_last"), np.nan),
            "reading": "no figures",
        }
    first, last = known.index[0], known.index[-1]
    reading = "closing" if known[last] < known[first] else "widening"
    return {
        "from": first,
        "to": last,
        "first": levels[first],
        "last": levels[last],
        "change": levels[last] - levels[first],
        "distance_first": known[first],
        "distance_last": known[last],
        "reading": "at the frontier" if known[last] <= 0 else reading,
    }
