r"""Change of technology split by RAS: substitution, fabrication and what is particular to a cell.

The later coefficients are approached by the earlier ones, rows scaled by r and columns by s:
:math:`A_1 \approx \hat r A_0 \hat s`. A product with r above 1 is used more by all who use it (it substitutes
others); an industry with s above 1 uses more inputs of all kinds per unit of output (it fabricates more deeply). The
rest is cell-specific.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from io_linkage.captions import labelled
from io_linkage.decomposition.prices import PRICES, Prices, price_unit, require_order, snapshot
from io_linkage.errors import OptionError, SolveError, require_option
from io_linkage.intensities import Account, intensity
from io_linkage.leontief import Array, System
from io_linkage.table import MRIOTable

_ROUNDS, _TOLERANCE = 20_000, 1e-13


def ras_split(
    before: MRIOTable, after: MRIOTable, *, of: Account = "output", prices: Prices = "current"
) -> pd.DataFrame:
    r"""Split the effect of changed input coefficients into substitution, fabrication and cell-specific change.

    .. math:: (L_1 - L_0)\bar f: \quad A_0 \to A_0 \hat s \to \hat r A_0 \hat s \to A_1, \quad
        A_0 \to \hat r A_0 \to \hat r A_0 \hat s \to A_1

    Parameters
    ----------
    before, after : MRIOTable
        Of one classification, unit and definition of value added, the earlier one first.
    of : str or Series
        Account of the effects, at the mean intensity of the two years.
    prices : {"current", "constant"}
        As in `structural`.

    Returns
    -------
    DataFrame (n, 5): the multipliers `row_multiplier` r and `column_multiplier` s, and the effects `substitution`,
    `fabrication` (means over both orders) and `cell_specific` at the mean final demand of both years. NaN
    multipliers where nothing was sold or bought at first.

    Raises
    ------
    OptionError
        A flow is negative.
    SolveError
        No multipliers were found.

    Notes
    -----
    r and s are fitted to the row and column sums of :math:`A_1 \hat x_1` over the flows that were there before; a new
    flow is cell-specific. Only the product of r and s is determined: the mean of r, weighted by :math:`A_0 x_1`, is 1.

    References
    ----------
    Stone (1961); Miller & Blair (2022), sections 7.4 and 13.1; Dietzenbacher & Hoekstra (2002).
    """
    require_option("prices", prices, PRICES)
    require_order(before, after)
    first, last = snapshot(before, of, prices), snapshot(after, of, prices)
    A0, A1 = first.system.A, last.system.A
    for table, A in ((before, A0), (after, A1)):
        if A.size and A.min() < 0:
            i, j = np.unravel_index(int(A.argmin()), A.shape)
            raise OptionError(
                f"{table.label} has a negative flow from {' '.join(map(str, table.index[int(i)]))} to "
                f"{' '.join(map(str, table.index[int(j)]))}, which RAS cannot scale. Use decomposition.structural."
            )
    r, s = multipliers(A0 * last.system.x, A1 * last.system.x)
    demand = 0.5 * (first.bought + last.bought).sum(axis=1)
    effects = _effects(A0, A1, np.nan_to_num(r, nan=1.0), np.nan_to_num(s, nan=1.0), demand)
    q = 0.5 * (first.q + last.q)
    cells = np.stack([r, s, *(q * part for part in effects)], axis=1)
    cells[~(first.system.active | last.system.active)] = np.nan
    columns = ["row_multiplier", "column_multiplier", "substitution", "fabrication", "cell_specific"]
    account = intensity(after, of)
    unit = price_unit(after, account.unit, prices)
    return labelled(
        pd.DataFrame(cells, index=after.index, columns=columns),
        after.caption(f"change of technology by RAS, in {account.label}", unit),
        **account.attrs,
        units={**dict.fromkeys(columns[:2], ""), **dict.fromkeys(columns[2:], unit)},
        year=[before.year, after.year],
        prices=prices,
    )


def multipliers(base: Array, target: Array) -> tuple[Array, Array]:
    """Scale rows and columns of `base` to the sums of `target` where `base` has flows; NaN where it has none."""
    wanted = np.where(base > 0, target, 0.0)
    rows, columns = wanted.sum(axis=1), wanted.sum(axis=0)
    r, s = np.ones(len(rows)), np.ones(len(columns))
    weights, bought = base.sum(axis=1), base.sum(axis=0)
    gap = np.inf
    for _ in range(_ROUNDS):
        s = _divided(columns, r @ base)
        reached = base @ s
        gap = float((np.abs(r * reached - rows) / np.maximum(rows, 1e-9 * rows.max())).max()) if rows.any() else 0.0
        r = _divided(rows, reached)
        if gap <= _TOLERANCE:
            break
    if gap > 1e-9:
        raise SolveError(
            f"RAS left a gap of {gap:.2g} of a row's sales after {_ROUNDS} rounds: too many flows vanished between the "
            "tables. Aggregate both, or use decomposition.structural."
        )
    mean = float(r @ weights / weights.sum()) if weights.any() else 1.0
    return np.where(weights > 0, r / mean, np.nan), np.where(bought > 0, s * mean, np.nan)


def _divided(top: Array, base: Array) -> Array:
    return np.divide(top, base, out=np.ones_like(top), where=base > 0)


def _effects(A0: Array, A1: Array, r: Array, s: Array, demand: Array) -> tuple[Array, Array, Array]:
    """Output won by substitution, fabrication and in single cells, each (n,)."""
    scaled = {"none": A0, "rows": r[:, None] * A0, "columns": A0 * s, "both": r[:, None] * A0 * s, "last": A1}
    output = {name: System(A, np.ones(len(A))).solve(demand) for name, A in scaled.items()}
    substitution = 0.5 * (output["rows"] - output["none"] + output["both"] - output["columns"])
    fabrication = 0.5 * (output["columns"] - output["none"] + output["both"] - output["rows"])
    return substitution, fabrication, output["last"] - output["both"]
