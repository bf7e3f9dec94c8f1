"""Exposure of sellers: what part of output is absorbed abroad, and what part crosses a border at all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import pandas as pd

from io_linkage.bottlenecks.foreign_inputs import buyers
from io_linkage.captions import labelled
from io_linkage.intensities import Account, intensity
from io_linkage.leontief import Array, System
from io_linkage.table import MRIOTable

By = Literal["region", "industry", "stage", "region-stage"]


def sales_exposure(
    table: MRIOTable,
    *,
    regions: str | Sequence[str] | None = None,
    by: By | None = None,
    of: Account = "output",
    stage_weights: pd.DataFrame | None = None,
) -> pd.DataFrame:
    r"""Share of output that depends on buyers abroad, direct or through the chain.

    .. math:: absorbed\ abroad_i = 1 - (L y^{\cdot r})_i / x_i, \qquad
        crosses\ a\ border_i = 1 - ((I - A^{rr})^{-1} y^{rr})_i / x_i, \qquad i \in r

    The first leaves out what comes home: a part that is built in abroad and bought by the own region's final users.
    The second counts it, since the border can be closed to it.

    Parameters
    ----------
    table : MRIOTable
    regions : str or sequence of str, optional
        Whose sales; those of all by default.
    by : {"region", "industry", "stage", "region-stage"}, optional
        Add sellers up, weighted with `of`.
    of : str or Series
        Account that weighs sellers in a group: "output", "value_added" (then shares are of GDP), "jobs", ...
    stage_weights : DataFrame, (n, stages), optional
        Stage shares instead of the shipped central ones.

    Returns
    -------
    DataFrame by country-industry or group; ``absorbed_abroad_share``, ``crosses_border_share``; NaN without output or
    where the account is not known. One solve a region, and one of its own block.

    References
    ----------
    Compare Imbs & Pauwels (2022), High order openness, CEPR Discussion Paper 17061, whose measure the second is near.

    See Also
    --------
    io_linkage.ties.dependence : on whose final demand.

    Examples
    --------
    >>> import io_linkage as iol
    >>> shares = sales_exposure(iol.load(), regions=["CHN", "TWN"], by="region", of="value_added")
    >>> shares["absorbed_abroad_share"].round(3).to_dict()
    {'CHN': 0.212, 'TWN': 0.373}
    """
    q = intensity(table, of)
    who = buyers(table, regions, None, by, stage_weights)
    abroad = 1 - table.per_output(_absorbed_at_home(table))
    crossing = 1 - table.per_output(_never_across(table))
    counted = q.known & table.active
    weight = np.where(counted, q.total, 0.0) if by is not None else counted.astype(np.float64)
    whole = who.sums(weight)
    shares = {
        name: np.divide(who.sums(weight * share), whole, out=np.full_like(whole, np.nan), where=whole > 0)
        for name, share in {"absorbed_abroad_share": abroad, "crosses_border_share": crossing}.items()
    }
    attrs: dict[str, Any] = q.attrs
    return labelled(
        pd.DataFrame(shares, index=who.index),
        table.caption("share of output that depends on buyers abroad", "share", **attrs),
    )


def _absorbed_at_home(table: MRIOTable) -> Array:
    """Output absorbed by final users of the own region, whoever worked it up on the way, (n,)."""
    made = table.system.solve(np.where(table.active[:, None], table.demand_by_region.to_numpy(dtype=np.float64), 0.0))
    return np.asarray(made[np.arange(len(made)), table.region_codes])


def _never_across(table: MRIOTable) -> Array:
    """Output that reaches final users at home without crossing a border, (n,)."""
    result = np.zeros(len(table.index))
    bought = table.demand_by_region.to_numpy(dtype=np.float64)
    for r in range(len(table.regions)):
        own = np.flatnonzero((table.region_codes == r) & table.active)
        if own.size == 0:
            continue
        block = System(np.ascontiguousarray(table.accounts.Z[np.ix_(own, own)]), table.accounts.x[own])
        result[own] = block.solve(bought[own, r])
    return result
