r"""Extraction in which buyers turn to the same industry elsewhere: the global extraction method.

On a table of one country the products of an extracted industry are taken to be imported instead. On a table of the
world they have to come from somewhere in it: each buyer, industry or final demand, spreads what it no longer gets over
the same industry in the other regions, in proportion to what it buys from them already; a buyer that buys from none
spreads it like the world's imports of the product. With E the flows moved to other suppliers,

.. math:: \bar A = (I - \hat w) A + E_A, \qquad \bar y = (I - \hat w) y + E_y, \qquad d = x - (I - \bar A)^{-1} \bar y

A loss below 0 is a gain. Every column of :math:`\bar A` has the sum it had, so the world's primary inputs do not change
in total as long as everything finds a supplier: what the group and its suppliers lose, others gain.

References
----------
Dietzenbacher, van Burken & Kondo (2019), "Hypothetical extractions from a global perspective".
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from io_linkage.leontief import Array, removal
from io_linkage.leontief.removal import Removal
from io_linkage.table import MRIOTable


def replaced_group(table: MRIOTable, share: Array, cut: Removal) -> tuple[Array, Array, float]:
    """Return the loss of output, the part of it that is the group's own, and what finds no other supplier."""
    system, taken = table.system, cut.share * share
    rows, moved, moved_demand, not_replaced = _moved(table, share, taken)
    demand = table.accounts.Y.sum(axis=1)
    left = (1.0 - taken) * demand
    left[rows] += moved_demand

    def remaining(z: Array) -> Array:
        result: Array = z - (1.0 - taken) * system.apply(z)
        result[rows] -= moved @ z
        return result

    after = removal.solve_near(system, remaining, left)
    loss = system.x - after
    return loss, removal.own_part(system, share, loss, Removal("complete", cut.share)), not_replaced


def _moved(table: MRIOTable, share: Array, taken: Array) -> tuple[npt.NDArray[np.intp], Array, Array, float]:
    """Return the suppliers' rows, the coefficients and final demand moved to them, and what finds no supplier."""
    group_regions = np.unique(table.region_codes[share > 0])
    outside = ~np.isin(table.region_codes, group_regions) & table.active
    n, Y = len(share), table.accounts.Y
    rows: list[npt.NDArray[np.intp]] = []
    moved, moved_demand, not_replaced = [], [], 0.0
    exports = _exports(table)
    for industry in np.unique(table.industry_codes[(taken > 0) & table.active]):
        gone = np.flatnonzero((table.industry_codes == industry) & (taken > 0) & table.active)
        suppliers = np.flatnonzero((table.industry_codes == industry) & outside)
        inputs = taken[gone] @ removal.input_rows(table.system, gone)
        final = taken[gone] @ Y[gone]
        if not len(suppliers):
            not_replaced += float(inputs @ table.accounts.x + final.sum())
            continue
        usual = exports[suppliers]
        usual = usual / usual.sum() if usual.sum() > 0 else np.full(len(suppliers), 1 / len(suppliers))
        rows.append(suppliers)
        moved.append(_shares(removal.input_rows(table.system, suppliers), usual) * inputs)
        moved_demand.append((_shares(np.maximum(Y[suppliers], 0.0), usual) * final).sum(axis=1))
    if not rows:
        return np.zeros(0, dtype=np.intp), np.zeros((0, n)), np.zeros(0), not_replaced
    return np.concatenate(rows), np.vstack(moved), np.concatenate(moved_demand), not_replaced


def _shares(bought: Array, usual: Array) -> Array:
    """Divide each column by its sum; the usual shares where a column is empty."""
    sums = bought.sum(axis=0)
    full = np.broadcast_to(usual[:, None], bought.shape)
    return np.asarray(np.where(sums > 0, np.divide(bought, sums, out=full.copy(), where=sums > 0), full))


def _exports(table: MRIOTable) -> Array:
    """Return the sales of each country-industry to other regions' industries and final demand."""
    sold = np.zeros(len(table.index))
    buyers = pd.Index(table.regions).get_indexer(table.accounts.demand.get_level_values(0))
    for code in range(len(table.regions)):
        inside = np.flatnonzero(table.region_codes == code)
        abroad = np.flatnonzero(table.region_codes != code)
        sold[inside] = table.accounts.Z[np.ix_(inside, abroad)].sum(axis=1)
        sold[inside] += table.accounts.Y[np.ix_(inside, np.flatnonzero(buyers != code))].sum(axis=1)
    return np.maximum(sold, 0.0)
