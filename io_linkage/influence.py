r"""The field of influence: how a change of one input coefficient spreads through the whole Leontief inverse.

Terms
-----
coefficient (i, j) : a_ij, what industry j buys from i per unit of its output.
field F(i, j) : the n x n matrix of first-order changes of L when a_ij rises by one unit, L[:, i] L[j, :].
exact change : with a_ij + e, L becomes :math:`L + e F(i, j) / (1 - e \, l_{ji})`.
intensity : the size of the field. It is a product of a norm of a column and a norm of a row of L, so all n^2 of them
    cost one outer product.

References
----------
Sonis & Hewings (1989, 1992); Miller & Blair (2022), section 12.3, on important coefficients.
"""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from io_linkage.captions import labelled
from io_linkage.errors import NotProductiveError, OptionError, require_option, unknown
from io_linkage.leontief import Array
from io_linkage.selection import groups_by
from io_linkage.table import MRIOTable

Measure: TypeAlias = Literal["frobenius", "sum", "output", "elasticity"]
MEASURES: tuple[Measure, ...] = ("frobenius", "sum", "output", "elasticity")
UNITS = {"elasticity": "% of world output per % of the coefficient"}

Label: TypeAlias = tuple[str, str]


def intensity(table: MRIOTable, *, measure: Measure = "frobenius") -> pd.DataFrame:
    r"""Size of the field of influence of every coefficient.

    Parameters
    ----------
    table : MRIOTable
    measure : {"frobenius", "sum", "output", "elasticity"}
        frobenius : :math:`\lVert L e_i \rVert \, \lVert e_j' L \rVert`, the root of the sum of squares of F(i, j).
        sum : :math:`(i'L)_i (L i)_j`, the sum of all entries of F(i, j).
        output : :math:`(i'L)_i x_j`, the change of total output per unit of a_ij.
        elasticity : :math:`a_{ij} (i'L)_i x_j / \sum x`, in percent of total output for one percent of a_ij.

    Returns
    -------
    DataFrame (n, n): row i sells, column j buys. NaN where either has no output.
    """
    values = _values(table, measure, _norms(table, measure), slice(None))
    out = pd.DataFrame(values, index=_named(table.index, "seller"), columns=_named(table.index, "buyer"))
    return labelled(out, _caption(table, measure))


def most_influential(
    table: MRIOTable,
    *,
    measure: Measure = "elasticity",
    top: int = 20,
    existing: bool = True,
    diagonal: bool = True,
) -> pd.DataFrame:
    """List the coefficients with the largest fields of influence.

    Parameters
    ----------
    measure
        As in `intensity`. The elasticity is the default here, since the others are per unit of a coefficient whatever
        its size: on a table of the world their largest are trickles between countries, of which no unit is near.
    top : int
        How many.
    existing : bool
        Only coefficients that are not zero.
    diagonal : bool
        Include what industries buy from themselves.

    Returns
    -------
    DataFrame ranked from 1: seller_region, seller, buyer_region, buyer, coefficient, intensity, relative (to the mean
    of all coefficients), and tolerable, the rise of a_ij, in percent of it, that changes no industry's output by more
    than 1 % (to first order).
    """
    if top < 1:
        raise OptionError(f"top={top}: at least one coefficient has to be listed.")
    n, best = len(table.index), np.zeros(0)
    chosen: npt.NDArray[np.intp] = np.zeros((0, 2), dtype=np.intp)
    total, norms = 0.0, _norms(table, measure)
    for start in range(0, n, 512):
        rows = slice(start, min(start + 512, n))
        values = _values(table, measure, norms, rows)
        total += float(np.nansum(values))
        if existing:
            values[table.accounts.Z[rows] == 0] = np.nan
        if not diagonal:
            at = np.arange(values.shape[0])
            values[at, at + start] = np.nan
        values = np.where(np.isnan(values), -np.inf, values)
        keep = np.argpartition(values, -min(top, values.size), axis=None)[-min(top, values.size) :]
        places = np.column_stack(np.unravel_index(keep, values.shape))
        chosen = np.vstack([chosen, places + np.array([start, 0])])
        best = np.concatenate([best, values.ravel()[keep]])
    order = np.lexsort((chosen[:, 1], chosen[:, 0], -best))
    order = order[np.isfinite(best[order])][:top]
    mean = total / max(int(table.active.sum()) ** 2, 1)
    return _listed(table, chosen[order], best[order], mean, measure)


def by_group(
    table: MRIOTable,
    *,
    by: Literal["region", "industry", "stage", "region-stage"] = "region",
    measure: Measure = "frobenius",
    stage_weights: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Mean intensity over the coefficients between groups (for the elasticity: the sum).

    Returns
    -------
    DataFrame (groups, groups): row sells, column buys. The elasticity of a cell is what happens to world output, in
    percent, when all coefficients of the cell rise by one percent.
    """
    W, names = groups_by(table, by, stage_weights)
    require_option("measure", measure, MEASURES)
    W = W * table.active[:, None]
    if measure == "elasticity":
        sums = table.system.backward_sums()
        values = W.T @ (sums[:, None] * (table.accounts.Z @ W)) / table.accounts.x.sum()
    else:
        sizes = W.sum(axis=0)
        means = np.divide(W, sizes, out=np.full(W.shape, np.nan), where=sizes > 0)
        left, right = _norms(table, measure)
        values = np.outer(means.T @ left, means.T @ right)
    out = pd.DataFrame(values, index=_named(names, "seller"), columns=_named(names, "buyer"))
    return labelled(out, _caption(table, measure), by=by)


def field(table: MRIOTable, *, supplier: Label, buyer: Label) -> pd.DataFrame:
    r"""First-order field of influence of one coefficient, :math:`F(i, j) = L e_i e_j' L`.

    Parameters
    ----------
    supplier, buyer : (region, industry)
        i and j of the coefficient a_ij.

    Returns
    -------
    DataFrame (n, n) on the table's index: the change of L per unit of a_ij.
    """
    i, j = _position(table, supplier), _position(table, buyer)
    L = table.system.inverse()
    out = pd.DataFrame(np.outer(L[:, i], L[j]), index=table.index, columns=table.index)
    return labelled(out, table.caption("field of influence", "", seller=supplier, buyer=buyer))


def change(table: MRIOTable, *, supplier: Label, buyer: Label, increase: float) -> pd.Series[float]:
    r"""Change of output when one coefficient changes by an amount, final demand unchanged; exact, not first order.

    .. math:: \Delta x = L e_i \, \frac{e \, x_j}{1 - e \, l_{ji}}

    Parameters
    ----------
    increase : float
        e, added to a_ij; the coefficient may not become negative.

    Returns
    -------
    Series on the table's index, in the table's unit.

    Raises
    ------
    NotProductiveError
        The changed table would need more inputs than it makes.
    """
    i, j = _position(table, supplier), _position(table, buyer)
    x = table.accounts.x
    now = float(table.accounts.Z[i, j] / x[j]) if x[j] > 0 else 0.0
    if now + increase < 0:
        raise OptionError(f"The coefficient is {now:.6g}; a change by {increase:.6g} would make it negative.")
    unit = np.zeros(len(x))
    unit[i] = 1.0
    column = table.system.solve(unit)
    left = 1.0 - increase * column[j]
    if left <= 0:
        raise NotProductiveError(
            f"A change by {increase:.6g} reaches the limit of {1 / column[j]:.6g}, where the table needs more than it "
            "makes."
        )
    return table.series(
        column * (increase * x[j] / left), "change of output", unit=table.unit, seller=supplier, buyer=buyer
    )


def _norms(table: MRIOTable, measure: Measure) -> tuple[Array, Array]:
    """Return the factors of an intensity: of the seller (a column of L) and of the buyer (a row of L, or output)."""
    require_option("measure", measure, MEASURES)
    system = table.system
    if measure == "frobenius":
        L = system.inverse()
        return np.sqrt(np.einsum("ki,ki->i", L, L)), np.sqrt(np.einsum("jk,jk->j", L, L))
    if measure == "sum":
        return system.backward_sums(), system.solve(np.ones(system.n))
    return system.backward_sums(), system.x


def _values(table: MRIOTable, measure: Measure, norms: tuple[Array, Array], rows: slice) -> Array:
    left, right = norms
    if measure == "elasticity":
        values: Array = left[rows, None] * table.accounts.Z[rows] / table.accounts.x.sum()
    else:
        values = np.outer(left[rows], right)
    values[~table.active[rows]] = np.nan
    values[:, ~table.active] = np.nan
    return values


def _listed(table: MRIOTable, where: npt.NDArray[np.intp], sizes: Array, mean: float, measure: Measure) -> pd.DataFrame:
    i, j = where[:, 0], where[:, 1]
    x = table.accounts.x
    coefficient = table.accounts.Z[i, j] / x[j]
    # The largest relative change of any output per unit of a_ij is max_k l_ki x_j / x_k.
    unit = np.zeros((len(x), len(i)))
    unit[i, np.arange(len(i))] = 1.0
    columns = table.system.solve(unit) if len(i) else unit
    relative = np.divide(columns, x[:, None], out=np.zeros(columns.shape), where=table.active[:, None])
    most = relative.max(axis=0, initial=0.0) * x[j]
    tolerable = np.divide(1.0, most * coefficient, out=np.full(len(i), np.nan), where=most * coefficient > 0)
    level = [table.index.get_level_values(k) for k in (0, 1)]
    out = pd.DataFrame(
        {
            "seller_region": level[0][i],
            "seller": level[1][i],
            "buyer_region": level[0][j],
            "buyer": level[1][j],
            "coefficient": coefficient,
            "intensity": sizes,
            "relative": sizes / mean if mean else np.nan,
            "tolerable": tolerable,
        },
        index=pd.RangeIndex(1, len(i) + 1, name="rank"),
    )
    return labelled(out, _caption(table, measure))


def _caption(table: MRIOTable, measure: Measure) -> dict[str, Any]:
    return table.caption(f"field of influence ({measure})", UNITS.get(measure, ""), intensity=measure)


def _position(table: MRIOTable, label: Label) -> int:
    if label not in table.index:
        raise unknown("country-industry", label, table.index, remedy="Use (region, industry).")
    return int(table.index.get_indexer(pd.Index([label]))[0])


def _named(index: pd.Index[Any], role: str) -> pd.Index[Any]:
    if isinstance(index, pd.MultiIndex):
        return index.set_names([f"{role} {name}" for name in index.names])
    return index.rename(f"{role} {index.name}")
