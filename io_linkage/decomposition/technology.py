r"""Change of technology by cell: who bought differently, from whom.

With g the account drawn by a unit of each product, :math:`g' = q'L`, the change of A between two tables is worth

.. math:: g_{1i} \, \Delta a_{ij} \, x_{0j} \quad \text{or} \quad g_{0i} \, \Delta a_{ij} \, x_{1j}

in cell (i, j): :math:`q_1' \Delta L\, y_0` or :math:`q_0' \Delta L\, y_1`, the two polar forms. Their mean is the polar
mean of intensity, technology and final demand. Columns add up to the buyers' part, rows to the suppliers'.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from io_linkage.captions import labelled
from io_linkage.decomposition.factors import Snapshot
from io_linkage.decomposition.prices import PRICES, Prices, price_unit, require_order, snapshot
from io_linkage.errors import require_option
from io_linkage.intensities import Account, intensity
from io_linkage.leontief import Array
from io_linkage.table import MRIOTable

ROLES = ("buyer", "supplier")


def technology_change(
    before: MRIOTable,
    after: MRIOTable,
    *,
    of: Account = "output",
    role: str = "buyer",
    prices: Prices = "current",
) -> pd.DataFrame:
    r"""Effect of changed input coefficients on the world, by the industry that bought or sold differently.

    .. math:: \text{buyer } j: (g_1' \Delta A)_j \, x_{0j}, \qquad \text{supplier } i: g_{1i} (\Delta A\, x_0)_i

    Parameters
    ----------
    before, after : MRIOTable
        Of one classification, unit and definition of value added, the earlier one first.
    of : str or Series
        "output", "value_added" or a satellite of both tables; what is known of it counts.
    role : {"buyer", "supplier"}
    prices : {"current", "constant"}
        As in `structural`.

    Returns
    -------
    DataFrame (n, 3): `early` at the output of the first table and the inverse of the last, `late` the other way round,
    and `mean`. Both roles have the same sums. NaN for an industry without output in both tables.

    Raises
    ------
    ComparisonError
        Tables of other classification, unit or definition; the same year twice, or in the wrong order.

    See Also
    --------
    technology_cells : The same cell by cell.
    structural : Technology beside the other factors.

    References
    ----------
    Miller & Blair (2022), section 13.1; Dietzenbacher & Los (1998).
    """
    require_option("role", role, ROLES)
    first, last = _snapshots(before, after, of, prices)
    change = last.system.A - first.system.A
    parts = []
    for drawn, made in ((_drawn(last), first.system.x), (_drawn(first), last.system.x)):
        parts.append((drawn @ change) * made if role == "buyer" else drawn * (change @ made))
    cells = np.stack([*parts, 0.5 * (parts[0] + parts[1])], axis=1)
    cells[~(first.system.active | last.system.active)] = np.nan
    result = pd.DataFrame(cells, index=after.index, columns=["early", "late", "mean"])
    return labelled(result, _attrs(before, after, of, prices, f"change of technology by {role}"), role=role)


def technology_cells(
    before: MRIOTable, after: MRIOTable, *, of: Account = "output", prices: Prices = "current"
) -> pd.DataFrame:
    r"""Effect of changed input coefficients on the world, cell by cell: supplier in the row, buyer in the column.

    .. math:: \tfrac12 \left( g_{1i} \, \Delta a_{ij} \, x_{0j} + g_{0i} \, \Delta a_{ij} \, x_{1j} \right)

    Parameters
    ----------
    before, after, of, prices
        As in `technology_change`.

    Returns
    -------
    DataFrame (n, n) on the index of the tables.

    See Also
    --------
    technology_change : Its row and column sums, without the matrix.

    References
    ----------
    Miller & Blair (2022), section 13.1.
    """
    first, last = _snapshots(before, after, of, prices)
    change = last.system.A - first.system.A
    scale = _drawn(last)[:, None] * first.system.x + _drawn(first)[:, None] * last.system.x
    result = pd.DataFrame(0.5 * change * scale, index=after.index, columns=after.index)
    return labelled(
        result,
        _attrs(before, after, of, prices, "change of technology by cell"),
        rows="supplier",
        columns="buyer",
    )


def _snapshots(before: MRIOTable, after: MRIOTable, of: Account, prices: Prices) -> tuple[Snapshot, Snapshot]:
    require_option("prices", prices, PRICES)
    require_order(before, after)
    return snapshot(before, of, prices), snapshot(after, of, prices)


def _drawn(year: Snapshot) -> Array:
    """L'q: what a unit of each product draws of the account, (n,)."""
    return year.system.solve_transposed(year.q)


def _attrs(before: MRIOTable, after: MRIOTable, of: Account, prices: Prices, measure: str) -> dict[str, object]:
    account = intensity(after, of)
    caption = after.caption(f"{measure}, in {account.label}", price_unit(after, account.unit, prices))
    return {**caption, **account.attrs, "year": [before.year, after.year], "prices": prices}
