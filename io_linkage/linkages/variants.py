"""Variants of linkages: net, weighted, and how evenly they spread; see `io_linkage.linkages` for the terms."""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from io_linkage.errors import require_option
from io_linkage.intensities import Account, Intensity, intensity
from io_linkage.leontief import Array
from io_linkage.linkages.core import backward, forward
from io_linkage.linkages.normalisation import Scope, normalised
from io_linkage.table import MRIOTable

By: TypeAlias = Literal["final_demand", "primary_inputs", "value_added", "output"]


def net(table: MRIOTable, *, of: Account = "output") -> pd.DataFrame:
    r"""Net linkages: what an industry's final demand draws, relative to what the industry itself makes.

    .. math:: \text{net backward}_j = \frac{(q'L)_j \, y_j}{q_j x_j}, \qquad
              \text{net forward}_i = \frac{(Gq)_i \, p_i}{q_i x_i}, \quad p = x - Z'i

    Above 1, others depend more on the industry's final demand than the industry on theirs. Weighted by the account
    q x (output, by default), the mean of either is 1.

    Parameters
    ----------
    table : MRIOTable
    of : str or Series
        "output", "value_added", a satellite account, or an account on the table's index.

    Returns
    -------
    DataFrame on the table's index, columns net_backward and net_forward; dimensionless; NaN without output, or where
    the account is 0 or unknown.

    References
    ----------
    Dietzenbacher (2005), "More on multipliers".
    """
    q = intensity(table, of)
    amount = np.where(q.known, q.counted * table.accounts.x, np.nan)
    y, p = _demand(table), _primary(table)
    sides = [np.array(backward(table, of=of)) * y, np.array(forward(table, of=of)) * p]
    values = [np.divide(side, amount, out=np.full(len(amount), np.nan), where=amount != 0) for side in sides]
    own: dict[str, Any] = {} if isinstance(of, str) else {"weights": tuple(q.amounts(table).tolist())}
    return table.frame(
        np.column_stack(values),
        ["net_backward", "net_forward"],
        "net linkages",
        rule="mean",
        weighted_by=q.name,
        **own,
        **q.attrs,
    )


def weighted(table: MRIOTable, *, weighted_by: By = "final_demand", of: Account = "output") -> pd.DataFrame:
    r"""Linkages weighted by size: each industry's part in the weighted mean.

    .. math:: \frac{b_j u_j}{\sum_k u_k}, \qquad \frac{f_i u_i}{\sum_k u_k}

    Weighted by final demand, backward linkages add up to :math:`\sum x / \sum y`, since :math:`b'y = \sum x`; weighted
    by primary inputs, forward linkages add up to :math:`\sum x / \sum p`.

    Parameters
    ----------
    table : MRIOTable
    weighted_by : {"final_demand", "primary_inputs", "value_added", "output"}
        The weights u. Primary inputs are all of x - Z'i; value added is the table's own.
    of : str or Series
        "output", "value_added", a satellite account, or an account on the table's index.

    Returns
    -------
    DataFrame on the table's index: weighted_backward, weighted_forward, weight_share (the share :math:`u / \sum u`).
    """
    require_option("weighted_by", weighted_by, ("final_demand", "primary_inputs", "value_added", "output"))
    q = intensity(table, of)
    u = {"final_demand": _demand, "primary_inputs": _primary, "value_added": _value_added, "output": _output}[
        weighted_by
    ](table)
    share = u / u.sum()
    values = np.column_stack([np.array(backward(table, of=of)) * share, np.array(forward(table, of=of)) * share, share])
    columns = ["weighted_backward", "weighted_forward", "weight_share"]
    unit = q.unit_per_output
    return table.frame(
        values, columns, f"linkages weighted by {weighted_by}", unit=unit, rule="sum", by=weighted_by, **q.attrs
    )


def dispersion(
    table: MRIOTable,
    *,
    of: Account = "output",
    within: Literal["world", "region"] = "world",
    normalise: Scope = "region",
) -> pd.DataFrame:
    r"""Power and sensitivity of dispersion, and coefficients of variation: strong linkages, and even ones.

    .. math:: V_j = \frac{1}{m_j} \sqrt{\frac{1}{n-1} \sum_i (l_{ij} - m_j)^2}, \qquad m_j = \frac1n \sum_i l_{ij}

    and likewise along the rows of G (and of L). A low value says that the linkage spreads over many industries. In
    another account than output, l is :math:`q_i l_{ij}`, g is :math:`g_{ij} q_j`, and industries without a number are
    not among the n.

    Parameters
    ----------
    table : MRIOTable
    of : str or Series
        "output", "value_added", a satellite account, or an account on the table's index.
    within : {"world", "region"}
        The industries a linkage may reach: all with output, or those of the own region (domestic dispersion).
    normalise : {"region", "industry", "world"}
        Scope whose mean is 1 for power and sensitivity.

    Returns
    -------
    DataFrame on the table's index: power (backward over its mean), sensitivity (forward, Ghosh, over its mean),
    sensitivity_leontief (row sums of L), variation_backward, variation_forward, variation_leontief; NaN without output,
    variations NaN where only one industry is reached.

    References
    ----------
    Rasmussen (1956); Hirschman (1958); Hazari (1970); Miller & Blair (2022), section 12.2.
    """
    require_option("within", within, ("world", "region"))
    q = intensity(table, of)
    n = len(table.index)
    sums: Array = np.zeros((3, n))
    squares: Array = np.zeros((3, n))
    counts: Array = np.zeros((3, n))
    if within == "world":
        blocks = [np.flatnonzero(table.active)]
    else:
        blocks = [np.flatnonzero((table.region_codes == code) & table.active) for code in range(len(table.regions))]
    for block in blocks:
        if len(block):
            _moments(table, block, q, sums, squares)
            counts[:, block] = np.array([q.known[block].sum(), q.known[block].sum(), len(block)])[:, None]
    means = np.divide(sums, counts, out=np.full(sums.shape, np.nan), where=counts > 0)
    deviation = np.maximum(squares - counts * means**2, 0.0)
    variance = np.divide(deviation, counts - 1, out=np.full(sums.shape, np.nan), where=counts > 1)
    variation = np.divide(np.sqrt(variance), means, out=np.full(sums.shape, np.nan), where=means != 0)
    relative = np.array([normalised(table, row, normalise) for row in sums])
    columns = ["power", "sensitivity", "sensitivity_leontief"]
    columns += [f"variation_{kind}" for kind in ("backward", "forward", "leontief")]
    values = np.vstack([relative, variation]).T
    attrs = {"within": within, "normalise": normalise, "normalised": tuple(columns[:3]), **q.attrs}
    return table.frame(values, columns, "dispersion", rule="mean", **attrs)


def _moments(table: MRIOTable, block: npt.NDArray[np.intp], q: Intensity, sums: Array, squares: Array) -> None:
    """Add sums and sums of squares of columns of L, rows of G and rows of L within a block, a few rows at a time."""
    L, x, per = table.system.inverse(), table.accounts.x[block], q.counted
    everything = len(block) == len(table.index)
    for start in range(0, len(block), 512):
        rows = block[start : start + 512]
        part = L[rows] if everything else L[np.ix_(rows, block)]
        ghosh = part * (x * per[block]) / table.accounts.x[rows, None]
        sums[1, rows] = ghosh.sum(axis=1)
        squares[1, rows] = np.einsum("ij,ij->i", ghosh, ghosh)
        drawn = part if q.is_output else part * per[rows, None]
        sums[0, block] += drawn.sum(axis=0)
        squares[0, block] += np.einsum("ij,ij->j", drawn, drawn)
        sums[2, rows] = drawn.sum(axis=1)
        squares[2, rows] = np.einsum("ij,ij->i", drawn, drawn)


def _demand(table: MRIOTable) -> Array:
    return np.asarray(table.accounts.Y.sum(axis=1))


def _primary(table: MRIOTable) -> Array:
    return np.asarray(table.accounts.x * (1.0 - table.system.direct_column_sums))


def _value_added(table: MRIOTable) -> Array:
    return np.array(table.va, dtype=np.float64)


def _output(table: MRIOTable) -> Array:
    return table.accounts.x
