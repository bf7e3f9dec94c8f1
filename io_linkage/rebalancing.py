r"""Closing the gaps of a table by GRAS, and saying what that changed.

Gaps are carried as a discrepancy by default, which invents nothing. Where a table without gaps is needed, GRAS (Junius
& Oosterhaven 2003; Lenzen, Wood & Gallego 2007) spreads them: positive cells are multiplied by r_i s_j, negative ones
divided by it, until the rows of [Z Y] and the columns of [Z; V] add up to output,

.. math:: a^*_{ij} = r_i\, p_{ij}\, s_j - n_{ij} / (r_i s_j), \qquad A = P - N,

which changes the cells as little as possible in the sense of information lost. Signs and zeros stay, but
flows of industries without output, which no factor can reduce to zero, are taken out. Output is the published one where
there is one. The sums of the columns of Y and of the rows of V are those of the unbalanced table,
scaled so that world income is world demand (midway between the two).
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from io_linkage.captions import labelled
from io_linkage.errors import OptionError
from io_linkage.leontief import Array, biproportional
from io_linkage.table import MRIOTable


def rebalance(table: MRIOTable, *, tolerance: float = 1e-10) -> tuple[MRIOTable, pd.DataFrame]:
    """Return the table without discrepancies, and what was changed.

    Parameters
    ----------
    table : MRIOTable
        It is not changed.
    tolerance : float
        Largest gap left, as a share of the largest output.

    Returns
    -------
    MRIOTable
    DataFrame
        For Z, Y and V: `before`, `after` (sums), `changed` (sum of absolute changes over the sum of absolute values),
        `largest` (largest change of a cell) and `where`.

    Raises
    ------
    OptionError
        The table has primary inputs by residual only, so there is nothing to balance columns with.
    SolveError
        The iteration does not come to an end: a row or column cannot reach its total with the signs it has.

    Examples
    --------
    >>> import io_linkage as iol
    >>> balanced, changed = rebalance(iol.load(year=1995))
    >>> bool(changed["changed"].max() < 0.01), "statistical discrepancy" in balanced.V.index
    (True, False)
    """
    accounts = table.accounts
    own_demand, own_inputs = accounts.own_demand, accounts.own_inputs
    if not own_inputs.any() or accounts.value_added == "residual":
        raise OptionError(
            "Primary inputs are the residual x - i'Z, so columns balance already; rows do with output from rows."
        )
    n, x = len(table.index), accounts.x if accounts.published is None else np.where(table.active, accounts.published, 0)
    Y, V = accounts.Y[:, own_demand], accounts.V[own_inputs]
    m, k = Y.shape[1], V.shape[0]
    full = np.zeros((n + k, n + m))
    full[:n, :n], full[:n, n:], full[n:, :n] = accounts.Z, Y, V
    # No factor reduces a lone cell to zero: what industries without output have (a drawn-down stock) is taken out.
    idle = np.flatnonzero(x <= 0)
    full[idle], full[:, idle] = 0.0, 0.0
    # World income is world demand: both are what output leaves after intermediate flows, taken midway.
    demand, income = full[:n, n:].sum(axis=0), full[n:, :n].sum(axis=1)
    world = 0.5 * (demand.sum() + income.sum())
    rows = np.concatenate([x, income * world / income.sum()])
    columns = np.concatenate([x, demand * world / demand.sum()])
    new = biproportional(full, rows, columns, tolerance=tolerance)
    labels = {"Z": (table.index, table.index), "Y": (table.index, accounts.demand[own_demand])}
    V_rows = accounts.primary[own_inputs]
    parts = {"Z": new[:n, :n].copy(), "Y": new[:n, n:].copy(), "V": new[n:, :n].copy()}
    _settle(parts["Z"], parts["Y"], parts["V"], x)
    olds = {"Z": accounts.Z, "Y": Y, "V": V}
    changed = pd.DataFrame(
        {
            block: _change(olds[block], parts[block], *labels.get(block, (V_rows, table.index)))
            for block in ("Z", "Y", "V")
        }
    ).T
    labelled(changed, table.caption("changes by rebalancing", table.unit))
    balanced = table.remade(
        parts["Z"],
        parts["Y"],
        parts["V"],
        None if accounts.published is None else x,
        output="rows",
        tolerance=1e-6,
        name=f"{table.name}, rebalanced",
        notes=[_note(changed)],
    )
    return balanced, changed


def _settle(Z: Array, Y: Array, V: Array, x: Array) -> None:
    """Put what the last digits of the iteration leave into the largest cell of final demand and of primary inputs."""
    at = np.arange(len(x))
    widest, deepest = np.argmax(np.abs(Y), axis=1), np.argmax(np.abs(V), axis=0)
    for _ in range(3):
        Y[at, widest] += x - (Z.sum(axis=1) + Y.sum(axis=1))
    output = Z.sum(axis=1) + Y.sum(axis=1)
    for _ in range(3):
        V[deepest, at] += (output - Z.sum(axis=0)) - V.sum(axis=0)


def _change(old: Array, new: Array, rows: pd.Index[str], columns: pd.Index[str]) -> dict[str, object]:
    difference = np.abs(new - old)
    at = np.unravel_index(int(difference.argmax()), difference.shape)
    where = f"{_name(rows[int(at[0])])} -> {_name(columns[int(at[1])])}"
    return {
        "before": float(old.sum()),
        "after": float(new.sum()),
        "changed": float(difference.sum() / max(np.abs(old).sum(), 1e-300)),
        "largest": float(difference.max()),
        "where": where,
    }


def _note(changed: pd.DataFrame) -> str:
    parts = ", ".join(f"{block} by {share:.3%}" for block, share in changed["changed"].items())
    return f"rebalanced by GRAS, which changed {parts} of their absolute values"


def _name(label: object) -> str:
    return " ".join(str(part) for part in label) if isinstance(label, tuple) else str(label)
