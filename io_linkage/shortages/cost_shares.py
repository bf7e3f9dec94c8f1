"""The lower reading of a shortage: each missing input counts by its share in costs."""

from __future__ import annotations

import numpy as np
import pandas as pd

from io_linkage.captions import labelled
from io_linkage.intensities import Account, intensity
from io_linkage.leontief import Array
from io_linkage.shortages.capacities import Capacity, described, lost_capacity
from io_linkage.table import MRIOTable


def cost_share(table: MRIOTable, *, capacity: Capacity, of: Account = "value_added") -> pd.DataFrame:
    r"""Loss of output when missing inputs count by their share in costs, through the whole chain.

    .. math:: l = A' l \text{ outside } K, \quad l_K = 1 - c_K, \qquad l = L' e_K (L_{KK}')^{-1} l_K

    The lower reading: it is finite, since inputs of primary factors are never short. It is not the rule "linear" of
    `run`, whose weights are shares in intermediate inputs, and it follows varieties of each country, not products.

    Parameters
    ----------
    table, capacity, of
        As in `run`. An industry in K that loses more through its suppliers than its own capacity counts with that.

    Returns
    -------
    DataFrame on the table's index: `loss_share` of output, and `total`, the account lost.

    Raises
    ------
    OptionError
        A capacity outside 0 to 1.

    References
    ----------
    Dietzenbacher & Miller (2015), "Reflections on the inoperability input-output model", on the supply side.

    See Also
    --------
    run : The rule with essential inputs.
    """
    q = intensity(table, of)
    lost = lost_capacity(table, capacity)
    share = _through_costs(table, lost)
    known = q.known & table.active
    out = pd.DataFrame(
        {
            "loss_share": np.where(table.active, share, np.nan),
            "total": np.where(known, q.amounts(table) * share, np.nan),
        },
        index=table.index,
    )
    attrs = table.caption(
        f"{q.label} lost with {described(table, lost)}, by cost shares",
        q.unit,
        units={"loss_share": "share of output"},
        assumptions={
            "closure": "Demand and prices stay as they are; output falls by the cost share of what is missing",
            "substitution": "Inputs replace each other in proportion to their costs",
            "horizon": "All rounds, within a year",
        },
        **q.attrs,
    )
    return labelled(out, attrs)


def _through_costs(table: MRIOTable, lost: Array) -> Array:
    K = np.flatnonzero(lost)
    if not len(K):
        return np.zeros(len(lost))
    unit = np.zeros((len(lost), len(K)))
    unit[K, np.arange(len(K))] = 1.0
    rows = table.system.solve_transposed(unit)
    kept = np.arange(len(K))
    while True:
        shock = np.linalg.solve(rows[np.ix_(K[kept], kept)], lost[K[kept]])
        if (shock >= 0).all():
            result: Array = rows[:, kept] @ shock
            result[K[kept]] = lost[K[kept]]
            return result
        # Suppliers take more from these than their own capacity does, so that is what counts.
        kept = kept[shock >= 0]
