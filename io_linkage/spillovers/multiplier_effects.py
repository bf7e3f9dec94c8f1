r"""Multipliers of any account, and where they fall: at home, abroad, and back home again.

Terms
-----
q : an account per unit of output (value added, jobs, hours, energy), (n,).
type I multiplier : q'L, what one unit of final demand for each product draws from all industries.
type II multiplier : the same with households closed, i.e. their income is spent again.
intra-regional effect : q_r'(I - A^rr)^-1, what region r would draw if it bought nothing abroad.
feedback : what comes back to r through the inputs that other regions buy from it.
spillover : what arises in other regions.

Of a stage or a region they are means weighted by final demand, as `io_linkage.linkages.aggregate` takes them: what one
unit of final demand for the group's products draws, which is what `spillovers.matrix(per="demand")` splits by where.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from io_linkage.errors import MissingSatelliteError, NotProductiveError, OptionError, require_option, unknown
from io_linkage.intensities import Account, intensity
from io_linkage.leontief import Array, System
from io_linkage.selection import groups_by
from io_linkage.table import MRIOTable

#: How `linkages.aggregate` makes multipliers those of stages and regions: per unit of the group's final demand.
MEANS: dict[str, Any] = {"rule": "mean", "weighted_by": "final_demand"}


def multipliers(
    table: MRIOTable,
    *,
    of: Account = "output",
    type: Literal["I", "II"] = "I",
    income: Account = "labour_compensation",
    consumption: str | None = None,
    propensity: float | Mapping[str, float] | None = None,
    regions: str | list[str] | None = None,
) -> pd.Series[float]:
    r"""Multiplier: what one unit of final demand for each product draws, in all industries everywhere.

    .. math:: m' = q'L \qquad m^{II\prime} = q'L + q'LC\,(I - H'LC)^{-1} H'L

    H (n, regions) holds household income per unit of output, C (n, regions) what the households of each region buy
    for one unit of income; the second form is the inverse of the system closed for households, less its household
    rows (the truncated multipliers of Miller & Blair), and costs one solve per closed region.

    Parameters
    ----------
    table : MRIOTable
    of : str or Series
        "output", "value_added", a satellite, or an account on the table's index.
    type : {"I", "II"}
    income : str or Series
        Household income by country-industry, for type II.
    consumption : str, optional
        Category of final demand that is household consumption; found by its name when there is just one such.
    propensity : float or mapping of region to float, optional
        Share of income spent. By default the table's consumption over its income, but at most 1: households also
        spend property income and transfers, and nobody spends more of an added wage than the wage.
    regions : str or list, optional
        Regions whose households are closed; all by default. Income must be known for all of them.

    Returns
    -------
    Series, (n,), in the account's unit per unit of final demand; NaN where there is no output, or nothing is known
    of the account in the industry's own region. ``attrs`` states the propensities (type II) and, in ``note``, what is
    left out for want of a number.

    Notes
    -----
    WIOD values the work of the self-employed at wages, which in some farming exceeds value added (in Poland in 1995
    twice output). Type II multipliers of such industries and of their buyers are too large;
    ``attrs["income_above_value_added"]`` lists them.

    Raises
    ------
    MissingSatelliteError
        The table lacks the account, or income in a region to be closed.
    OptionError
        No category of final demand is recognised as household consumption; a propensity below 0.
    NotProductiveError
        What households spend comes back as at least as much income, so that the rounds of spending never end.

    References
    ----------
    Miller & Blair (2022), sections 2.5 and 6.2.

    Examples
    --------
    >>> import io_linkage as iol
    >>> jobs = multipliers(iol.load(), of="jobs")
    >>> float(jobs["CHN", "AtB"].round(3)), jobs.attrs["unit"]
    (0.282, 'thousand persons per M USD')
    """
    require_option("type", type, ("I", "II"))
    q = intensity(table, of)
    if type == "I":
        values = table.system.backward_sums() if q.is_output else table.system.solve_transposed(q.counted)
        extra: dict[str, Any] = {}
    else:
        H, C, extra = _households(table, income, consumption, propensity, regions)
        solved = table.system.solve_transposed(np.column_stack([q.counted, H]))
        base, LH = solved[:, 0], solved[:, 1:]
        respent = LH.T @ C
        _require_leak(table, respent)
        # Spending rounds: (I - H'LC)^-1 is closed households' income per unit of their first income.
        rounds = np.linalg.solve((np.eye(H.shape[1]) - respent).T, C.T @ base)
        values = base + LH @ rounds
    values = np.where(q.in_unknown_region(table), np.nan, values)
    return table.series(
        values, f"{q.label} multiplier, type {type}", unit=q.unit_per_output, **MEANS, **q.attrs, **extra
    )


def _require_leak(table: MRIOTable, respent: Array) -> None:
    """Raise unless income spent again dies out: the spectral radius of H'LC is below 1."""
    returned = float(np.abs(np.linalg.eigvals(respent)).max(initial=0.0))
    if returned >= 1 - 1e-9:
        raise NotProductiveError(
            f"Households of {table.label} cannot be closed: of each unit they spend {returned:.4g} units come back as "
            "their income, so spending never ends. Pass a smaller propensity=, close fewer regions, or take an income= "
            "that is less than all value added."
        )


def _households(
    table: MRIOTable,
    income: Account,
    consumption: str | None,
    propensity: float | Mapping[str, float] | None,
    regions: str | list[str] | None,
) -> tuple[Array, Array, dict[str, Any]]:
    """Income coefficients H and spending coefficients C of the closed regions, and what attrs say of them."""
    from io_linkage.selection import region_codes

    closed = table.regions if regions is None else region_codes(table, regions)
    h = intensity(table, income)
    lacking = [r for r in closed if not h.known[table.region_codes == table.regions.index(r)].all()]
    if lacking:
        rest = [r for r in closed if r not in lacking]
        remedy = f"Close the others only, with regions={rest}" if rest else "Load a year that has it"
        raise MissingSatelliteError(
            f"Households cannot be closed: {table.label} has no {h.label} for {', '.join(lacking)}. {remedy}, or give "
            "income= another account."
        )
    columns = _household_columns(table, consumption)
    where = [table.regions.index(region) for region in closed]
    H = (table.region_codes[:, None] == where) * h.counted[:, None]
    own = np.asarray(table.accounts.demand.get_level_values(0))
    bought = np.column_stack([table.accounts.Y[:, columns & (own == region)].sum(axis=1) for region in closed])
    earned = H.T @ table.accounts.x
    spent = bought.sum(axis=0)
    share = np.divide(spent, earned, out=np.zeros_like(spent), where=earned > 0)
    if propensity is None:
        capped = [region for region, s in zip(closed, share, strict=True) if s > 1]
        chosen = np.minimum(share, 1.0)
    else:
        shares = propensity if isinstance(propensity, Mapping) else dict.fromkeys(closed, float(propensity))
        absent = [region for region in closed if region not in shares]
        if absent:
            raise unknown("region in propensity", absent[0], shares)
        capped, chosen = [], np.array([float(shares[region]) for region in closed])
        if not (chosen >= 0).all():
            raise OptionError(f"propensity={propensity}: the share of income spent cannot be below 0.")
    C = np.divide(bought, spent, out=np.zeros_like(bought), where=spent != 0) * chosen
    above = (H.sum(axis=1) > table.v.to_numpy()) & table.active
    attrs = {
        "propensity": dict(zip(closed, map(float, chosen), strict=True)),
        "capped_at_1": capped,
        "income_above_value_added": [f"{region} {industry}" for region, industry in table.index[above]],
    }
    return H, C, attrs


def _household_columns(table: MRIOTable, consumption: str | None) -> npt.NDArray[np.bool_]:
    categories = table.accounts.demand.get_level_values(1)
    names = list(dict.fromkeys(categories))
    if consumption is not None:
        if consumption not in names:
            raise unknown("category of final demand", consumption, names)
        return np.asarray(categories == consumption)
    serving = ("non-profit", "nonprofit", "npish", "serving")
    households = [c for c in names if "household" in c.lower() and not any(word in c.lower() for word in serving)]
    households = households or [c for c in names if c.lower() == "consumption"]
    if len(households) != 1:
        raise OptionError(
            f"Household consumption cannot be told from the categories of final demand ({', '.join(names)}); "
            "name it with consumption=."
        )
    return np.asarray(categories == households[0])


def by_region(table: MRIOTable, *, of: Account = "output") -> pd.DataFrame:
    r"""Multipliers split by the region in which the account arises.

    .. math:: m_{jr} = \sum_{i \in r} q_i l_{ij}

    Returns
    -------
    DataFrame, (n, regions); rows add to the multiplier. A region without figures is NaN. One solve per region.
    """
    q = intensity(table, of)
    M, names = groups_by(table, "region")
    values = table.system.solve_transposed(M * q.counted[:, None])
    values[:, q.unknown_regions(table)] = np.nan
    return table.frame(values, names, f"{q.label} multiplier by region", unit=q.unit_per_output, **MEANS, **q.attrs)


def effects(table: MRIOTable, *, of: Account = "output") -> pd.DataFrame:
    r"""Intra-regional, feedback and spillover effect of one unit of final demand for each product.

    .. math:: q'L_{\cdot j} = \underbrace{q_r'(I - A^{rr})^{-1}_{\cdot j}}_{intra}
        + \underbrace{q_r'(L^{rr} - (I - A^{rr})^{-1})_{\cdot j}}_{feedback}
        + \underbrace{\sum_{s \neq r} q_s' L^{sr}_{\cdot j}}_{spillover}

    Parameters
    ----------
    table : MRIOTable
    of : str or Series
        "output" makes `total` the total backward linkage.

    Returns
    -------
    DataFrame, (n, 4): intra, feedback, spillover, total = their sum exactly; in the account's unit per unit of final
    demand; NaN where there is no output, or no figure for the region itself. One solve and one small
    factorisation per region.

    References
    ----------
    Round (1985); Miller & Blair (2022), section 3.3 and 6.3.

    Examples
    --------
    >>> import io_linkage as iol
    >>> effects(iol.load()).loc[("CHN", "30t33")].round(3).to_dict()
    {'intra': 2.866, 'feedback': 0.056, 'spillover': 0.707, 'total': 3.629}
    """
    q = intensity(table, of)
    M, _ = groups_by(table, "region")
    reached = table.system.solve_transposed(M * q.counted[:, None])
    own = reached[np.arange(len(reached)), table.region_codes]
    spillover = np.where(M == 0, reached, 0.0).sum(axis=1)
    intra = np.zeros_like(own)
    for r in range(len(table.regions)):
        inside = np.flatnonzero(table.region_codes == r)
        alone = System(table.accounts.Z[np.ix_(inside, inside)], table.accounts.x[inside])
        intra[inside] = alone.solve_transposed(q.counted[inside])
    parts = np.column_stack([intra, own - intra, spillover, own + spillover])
    missing = np.isin(table.region_codes, np.flatnonzero(q.unknown_regions(table)))
    # The spillover of a region without figures stands: it arises elsewhere.
    parts[missing] = np.where([False, False, True, False], parts[missing], np.nan)
    return table.frame(
        parts,
        ["intra", "feedback", "spillover", "total"],
        f"{q.label} multiplier: intra-regional, feedback, spillover",
        unit=q.unit_per_output,
        **MEANS,
        **q.attrs,
    )
