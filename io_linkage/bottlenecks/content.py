r"""What stands behind inputs: the arrays that shares, concentration and choke points are made of.

An input is looked at from two sides. From the buyer's: how much of a unit of output of j comes from each origin, one
transposed solve for each origin. From the supplier's: how much of each country-industry's product a set of buyers
uses, one solve for each set. Both hold the same amounts, so their sums agree.
"""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from io_linkage.leontief import Array
from io_linkage.table import MRIOTable

Reach = Literal["direct", "look_through", "fpem", "face", "hidden", "value_added"]
REACHES: tuple[Reach, ...] = get_args(Reach)

#: Below this part of a whole column of L, what is left of a difference is rounding.
_ROUNDING = 1e-13


def per_buyer(table: MRIOTable, reach: Reach, E: Array) -> Array:
    """Content from each origin in a unit of each buyer's output, (n, origins).

    Parameters
    ----------
    table : MRIOTable
    reach : {"direct", "look_through", "fpem", "face", "hidden", "value_added"}
    E : array, (n, origins)
        Which country-industries an origin is made of, from 0 to 1.
    """
    system = table.system
    if reach == "direct":
        return np.asarray(system.apply_transposed(E))
    if reach == "face":
        return np.asarray(E + system.apply_transposed(E))
    if reach == "value_added":
        return system.solve_transposed(E * table.v.to_numpy()[:, None])
    total = system.solve_transposed(E)
    if reach == "fpem":
        return total
    less = E if reach == "look_through" else E + system.apply_transposed(E)
    return _without_rounding(total - less, total, _buys(table))


def wholes(table: MRIOTable, reach: Reach) -> Array:
    """All content in a unit of each buyer's output, from wherever, (n,): what shares are of."""
    system = table.system
    if reach == "direct":
        return system.direct_column_sums
    if reach == "look_through":
        return np.where(_buys(table), system.backward_sums() - 1, 0.0)
    if reach == "value_added":
        v: Array = np.asarray(table.v, dtype=np.float64)
        return system.solve_transposed(v)
    return system.backward_sums()


def weights(table: MRIOTable, reach: Reach) -> Array:
    """Return the weight of a buyer in a mean, (n,): output, or final demand where the own first unit counts."""
    if reach in ("direct", "look_through"):
        return table.accounts.x
    return np.where(table.active, table.final_demand.to_numpy(), 0.0)


def per_supplier(table: MRIOTable, reach: Reach, made: Array) -> Array:
    """Content of each country-industry in what sets of buyers make, (n, sets), in the table's unit.

    Parameters
    ----------
    table : MRIOTable
    reach : {"direct", "look_through", "fpem", "face", "hidden", "value_added"}
    made : array, (n, sets)
        What the buyers make: their output, or with the kinds of reach that count the own first unit, what they make
        for final demand.
    """
    system = table.system
    if reach == "direct":
        return np.asarray(system.apply(made))
    if reach == "face":
        return np.asarray(made + system.apply(made))
    total = system.solve(made)
    if reach == "fpem":
        return total
    if reach == "value_added":
        return total * table.v.to_numpy()[:, None]
    less = made if reach == "look_through" else made + system.apply(made)
    return _without_rounding(total - less, total, system.direct_forward_sums > 0)


def _buys(table: MRIOTable) -> npt.NDArray[np.bool_]:
    return np.asarray(table.system.direct_column_sums > 0)


def _without_rounding(amounts: Array, total: Array, trades: npt.NDArray[np.bool_]) -> Array:
    """Set to 0 what is there by rounding alone: of who trades nothing, and what is nil beside the whole."""
    scale = np.abs(total).max(axis=0, initial=0.0)
    amounts[np.abs(amounts) <= _ROUNDING * scale] = 0.0
    amounts[~trades] = 0.0
    return amounts


def ratio(part: Array, whole: Array) -> Array:
    """Share of a part, NaN where there is no whole."""
    return np.divide(part, whole, out=np.full_like(part, np.nan), where=whole > 0)
