"""Removal curves: what the world loses as the most central country-industries go, against random orders."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from io_linkage import extraction
from io_linkage.captions import labelled
from io_linkage.errors import OptionError, require_option, require_share, unknown
from io_linkage.intensities import Account, intensity
from io_linkage.leontief import Array, removal
from io_linkage.networks.core_nodes import Role, pagerank, random_walk
from io_linkage.table import MRIOTable

Measure: TypeAlias = Literal["systemic", "output", "pagerank_supplier", "pagerank_buyer", "random_walk"]
#: A measure, a Series of one's own (largest first), or the country-industries in order.
Order: TypeAlias = "Measure | pd.Series[Any] | Sequence[tuple[str, str]]"

MEASURES: tuple[Measure, ...] = ("systemic", "output", "pagerank_supplier", "pagerank_buyer", "random_walk")


def removal_curve(
    table: MRIOTable,
    *,
    order: Order = "systemic",
    most: int = 50,
    of: Account = "value_added",
    draws: int = 20,
    seed: int = 0,
    level: float = 0.9,
) -> pd.DataFrame:
    r"""Share of an account lost after removing the first 1, 2, ... country-industries of an order, or at random.

    .. math:: d_m = (q'L)_K \, (L_{KK})^{-1} x_K, \qquad K = \{k_1, \ldots, k_m\}

    Removed means extracted completely, with final demand for it: the demand-driven loss, in which nobody else steps in.
    All m sums come from one triangular factorisation of :math:`L_{KK}`, whose leading blocks are those of the
    smaller sets.

    Parameters
    ----------
    table : MRIOTable
    order : {"systemic", "output", "pagerank_supplier", "pagerank_buyer", "random_walk"}, Series or list
        Largest first. "systemic" is value added that others lose when it alone is extracted. Or a number for each
        country-industry, or a list of (region, industry) in the order in which they go.
    most : int
        How many are removed.
    of : str or Series
        Account lost.
    draws, seed, level : int, int, float
        Random orders, drawn from all country-industries with output, and the part of them between low and high.

    Returns
    -------
    DataFrame indexed by `removed`, 0 to `most`: `node`, who goes last; `lost_percent` of the account;
    `random_mean_percent`, `random_low_percent` and `random_high_percent` of the random orders, if there are any.

    Raises
    ------
    OptionError
        Fewer than one removed or more than there are; a country-industry twice in the list; a level outside 0 to 1.
    UnknownLabelError
        A country-industry that the table does not have.

    References
    ----------
    Albert, Jeong & Barabasi (2000) on attack and error; Dietzenbacher & Lahr (2013) on extraction.

    See Also
    --------
    centralities, io_linkage.extraction.losses
    """
    if not isinstance(draws, int) or draws < 0:
        raise OptionError(f"draws={draws!r} is not possible; it must be a whole number from 0.")
    require_share("level", level)
    q = intensity(table, of)
    sequence, name = _sequence(table, order)
    live = np.flatnonzero(table.active)
    if not isinstance(most, int) or not 1 <= most <= len(sequence):
        raise OptionError(f"most={most!r} is not possible; it must be from 1 to {len(sequence)}, who can be removed.")
    random = np.random.default_rng(seed)
    orders = [sequence[:most], *(random.permutation(live)[:most] for _ in range(draws))]
    blocks = _blocks(table, orders)
    carried = table.system.solve_transposed(q.counted)
    base = float(q.amounts(table).sum())
    curves = [
        100 * lost_in_order(block, carried[K], table.accounts.x[K]) / base
        for K, block in zip(orders, blocks, strict=True)
    ]
    names = ["", *(" ".join(map(str, table.index[k])) for k in orders[0])]
    out = pd.DataFrame({"node": names, "lost_percent": curves[0]}, index=pd.RangeIndex(most + 1, name="removed"))
    if draws:
        spread = np.vstack(curves[1:])
        low, high = np.quantile(spread, [(1 - level) / 2, (1 + level) / 2], axis=0)
        out["random_mean_percent"] = spread.mean(axis=0)
        out["random_low_percent"], out["random_high_percent"] = low, high
    attrs = table.caption(
        f"{q.label} lost as country-industries are removed",
        f"% of world {q.label}",
        order=name,
        **q.attrs,
        **({"interval": f"{100 * level:g} % of {draws} random orders"} if draws else {}),
        assumptions={
            "closure": "Demand for others stays as it is; only orders of inputs are lost",
            "substitution": "Nobody replaces those removed",
            "horizon": "All rounds of the chain",
        },
    )
    return labelled(out, attrs)


def lost_in_order(block: Array, carried: Array, x: Array) -> Array:
    r"""Return what is lost after 0, 1, ..., m removals, (m + 1,), from L_KK, (q'L)_K and x_K.

    With :math:`L_{KK} = T U`, T unit lower and U upper triangular, the loss after m is the sum of the first m terms of
    :math:`(T^{-1} x_K) \circ (U'^{-1} (L'q)_K)`, since leading blocks of T and U factorise those of L_KK. L_KK is the
    inverse of a block of an M-matrix, so that no pivot is 0 or below.
    """
    U, left, right = block.copy(), x.copy(), carried.copy()
    m = len(x)
    terms = np.zeros(m)
    for k in range(m):
        pivot = U[k, k]
        terms[k] = left[k] * right[k] / pivot
        rest = slice(k + 1, m)
        factor = U[rest, k] / pivot
        left[rest] -= factor * left[k]
        right[rest] -= U[k, rest] / pivot * right[k]
        U[rest, rest] -= np.outer(factor, U[k, rest])
    return np.concatenate([[0.0], np.cumsum(terms)])


def _blocks(table: MRIOTable, orders: list[npt.NDArray[np.intp]]) -> list[Array]:
    """L_KK of each order; one inverse where most columns are wanted anyway."""
    wanted = np.unique(np.concatenate(orders))
    if len(wanted) > table.system.n / 3:
        table.system.inverse()
    columns = removal.inverse_columns(table.system, wanted)
    return [np.ascontiguousarray(columns[np.ix_(K, np.searchsorted(wanted, K))]) for K in orders]


def _sequence(table: MRIOTable, order: Order) -> tuple[npt.NDArray[np.intp], str]:
    """Positions in the order in which they are removed, and its name."""
    name = "own order"
    if isinstance(order, str):
        require_option("order", order, MEASURES)
        values, name = _measured(table, order), str(order)
    elif isinstance(order, pd.Series):
        strange = order.index[~order.index.isin(table.index)]
        if len(strange):
            raise unknown("country-industry in the order", strange[0], table.index[:5])
        values, name = order.reindex(table.index).to_numpy(dtype=np.float64), str(order.name or name)
    else:
        positions = table.index.get_indexer(pd.MultiIndex.from_tuples([tuple(one) for one in order]))
        if (positions < 0).any():
            raise unknown("country-industry", order[int(np.argmin(positions))], table.index[:5])
        if len(set(positions)) < len(positions):
            raise OptionError("The order names a country-industry twice. Name each once.")
        if not table.active[positions].all():
            raise OptionError("The order names a country-industry without output. Leave it out.")
        return positions, name
    values = np.where(table.active, values, np.nan)
    ranked = np.argsort(-values, kind="stable")
    return ranked[~np.isnan(values[ranked])], name


def _measured(table: MRIOTable, measure: Measure) -> Array:
    if measure == "systemic":
        lost = extraction.losses(table, kind="complete", of="value_added")
        return np.asarray((lost["home"] + lost["abroad"]).to_numpy(), dtype=np.float64)
    if measure == "output":
        return table.accounts.x
    if measure == "random_walk":
        return np.asarray(random_walk(table), dtype=np.float64)
    role: Role = "supplier" if measure == "pagerank_supplier" else "buyer"
    return np.asarray(pagerank(table, role=role), dtype=np.float64)
