"""Extraction of corridors of trade: what one set of industries sells to another."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, TypeAlias

import numpy as np
import pandas as pd

from io_linkage.captions import labelled
from io_linkage.errors import OptionError, require_option, require_share
from io_linkage.extraction.results import Affected, block_attrs, percent
from io_linkage.intensities import Account, Intensity, intensity
from io_linkage.leontief import Array, removal
from io_linkage.selection import Selection, groups_by, select
from io_linkage.table import MRIOTable
from io_linkage.wording import listed

Flows: TypeAlias = Literal["both", "intermediate", "final"]


def corridor(
    table: MRIOTable,
    *,
    origin: Mapping[str, Any] | Selection,
    destination: Mapping[str, Any] | Selection,
    flows: Flows = "both",
    share: float = 1.0,
    of: Account = "output",
    by: Affected | None = None,
    across_borders: bool = False,
    stage_weights: pd.DataFrame | None = None,
) -> pd.DataFrame:
    r"""Losses from extracting a corridor: what one set of industries sells to another, and to its final demand.

    .. math:: \bar A = A - g \hat s A \hat t, \qquad \bar y = y - g \hat s Y t_r

    Parameters
    ----------
    table : MRIOTable
    origin, destination : mapping or Selection
        What `io_linkage.selection.select` takes, e.g. ``{"regions": "CHN", "stage": "emerging"}``. Buyers in a stage
        count with their share of it.
    flows : {"both", "intermediate", "final"}
        Final flows are those to the buyers' regions, so buyers may then name regions only.
    share : float
        How much of the flows is taken out.
    across_borders : bool
        Leave the sellers' own regions out of the buyers, e.g. where both are named by overlapping groups.
    of, by, stage_weights
        As in `io_linkage.extraction.losses`.

    Returns
    -------
    DataFrame, one row for each industry (or group) affected: sellers, buyers, elsewhere (the loss in the regions of
    the sellers, of the buyers that do not also sell, and in all others), total and account_percent, the total as a
    percentage of its own account. The value of the flows taken out is ``attrs["flows_removed"]``.

    Raises
    ------
    OptionError
        Final flows with buyers that are industries; a share outside 0 to 1; nothing flows.
    """
    require_option("flows", flows, ("both", "intermediate", "final"))
    require_share("share", share)
    q = intensity(table, of)
    sell, buy = _selection(table, origin, stage_weights), _selection(table, destination, stage_weights)
    if across_borders:
        buy = _abroad(table, sell, buy)
    s: Array = share * sell.share
    t: Array = np.zeros_like(s) if flows == "final" else buy.share
    demand = np.zeros_like(s) if flows == "intermediate" else s * _bought(table, buy)
    removed = float((s * table.system.apply(t * table.accounts.x)).sum() + demand.sum())
    if share > 0 and removed == 0:
        raise OptionError(f"{sell.label} sells nothing ({flows} flows) to {buy.label} in {table.label}.")
    loss = removal.removal(table.system, s, t, demand)
    out = _corridor_frame(table, sell, buy, loss, q)
    if by is not None:
        W, names = groups_by(table, by, stage_weights)
        sums = W.T @ np.nan_to_num(out.iloc[:, :4].to_numpy())
        out = pd.DataFrame(sums, index=names, columns=out.columns[:4])
        out["account_percent"] = percent(sums[:, 3], W.T @ np.nan_to_num(q.total))
    title = f"{q.name} lost without the sales of {sell.label} to {buy.label}"
    attrs = table.caption(title, q.unit, flows=flows, share=share, flows_removed=removed, **block_attrs(q))
    return labelled(out, attrs)


def _corridor_frame(table: MRIOTable, sell: Selection, buy: Selection, loss: Array, q: Intensity) -> pd.DataFrame:
    amount = np.where(q.known & table.active, q.counted * loss, np.nan)
    selling = np.isin(table.region_codes, np.unique(table.region_codes[sell.share > 0]))
    buying = np.isin(table.region_codes, np.unique(table.region_codes[buy.share > 0])) & ~selling
    values = {
        "sellers": np.where(selling, amount, 0.0 * amount),
        "buyers": np.where(buying, amount, 0.0 * amount),
        "elsewhere": np.where(selling | buying, 0.0 * amount, amount),
        "total": amount,
        "account_percent": percent(amount, np.nan_to_num(q.total)),
    }
    return pd.DataFrame(values, index=table.index)


def _selection(
    table: MRIOTable, chosen: Mapping[str, Any] | Selection, stage_weights: pd.DataFrame | None
) -> Selection:
    if isinstance(chosen, Selection):
        return chosen
    strange = set(chosen) - {"regions", "industries", "stage"}
    if strange:
        raise OptionError(
            f"An end of a corridor is described by regions, industries and stage, not by {listed(sorted(strange))}. "
            "Correct the key, or leave it out."
        )
    return select(table, **chosen, stage_weights=stage_weights)


def _abroad(table: MRIOTable, sell: Selection, buy: Selection) -> Selection:
    domestic = np.isin(table.region_codes, np.unique(table.region_codes[sell.share > 0]))
    if not (buy.share[~domestic] > 0).any():
        raise OptionError(f"{buy.label} lies within the regions of {sell.label}; nothing crosses a border.")
    return Selection(np.where(domestic, 0.0, buy.share), f"{buy.label} abroad")


def _bought(table: MRIOTable, buy: Selection) -> Array:
    """Return final demand of the buyers' regions, (n,)."""
    included = np.zeros(len(table.regions))
    for code in range(len(table.regions)):
        shares = buy.share[table.region_codes == code]
        if not (shares == shares[0]).all() or shares[0] not in (0.0, 1.0):
            raise OptionError(
                f"{buy.label} are industries, and final demand has no industry; pass flows='intermediate', or name "
                "the buyers by region alone."
            )
        included[code] = shares[0]
    wanted = np.asarray(pd.Index(table.regions).get_indexer(table.accounts.demand.get_level_values(0)))
    return np.asarray(table.accounts.Y @ included[wanted])
