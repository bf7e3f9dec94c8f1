r"""Scaling a matrix to row and column totals, its signs and zeros kept (GRAS).

References
----------
Junius & Oosterhaven (2003); Lenzen, Wood & Gallego (2007); Temurshoev, Miller & Bouwmeester (2013).
"""

from __future__ import annotations

import numpy as np

from io_linkage.errors import SolveError
from io_linkage.leontief.arrays import Array

_ITERATIONS = 2000


def biproportional(A: Array, rows: Array, columns: Array, *, tolerance: float = 1e-10) -> Array:
    """Scale a matrix to row and column totals, signs kept (GRAS).

    Examples
    --------
    >>> A = np.array([[7.0, 3.0, -2.0], [5.0, 3.0, 1.0]])
    >>> new = biproportional(A, np.array([9.0, 11.0]), np.array([13.0, 8.0, -1.0]))
    >>> new.sum(axis=1).round(6).tolist(), new.sum(axis=0).round(6).tolist()
    ([9.0, 11.0], [13.0, 8.0, -1.0])
    """
    P, N = np.where(A > 0, A, 0.0), np.where(A < 0, -A, 0.0)
    r, s = np.ones(len(rows)), np.ones(len(columns))
    scale = max(float(np.abs(rows).max()), 1e-300)
    gap = np.inf
    # Without a solution the factors run off to nothing and infinity; that is reported below, not warned of.
    with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
        for turn in range(_ITERATIONS):
            p, m = P @ s, N @ (1 / s)
            gap = float(np.abs(r * p - m / r - rows).max() / scale) if turn else np.inf
            if gap <= tolerance:
                scaled = np.where(P > 0, r[:, None] * P * s, 0.0) - np.where(N > 0, N / (r[:, None] * s), 0.0)
                return np.asarray(scaled, dtype=np.float64)
            if np.isnan(gap):
                break
            r = root_factor(p, m, rows)
            s = root_factor(P.T @ r, N.T @ (1 / r), columns)
    raise SolveError(
        f"GRAS left a gap of {gap:.2g} of the largest total after {turn + 1} rounds. A row or column cannot reach its "
        "total with the signs and zeros it has; see checks.gaps(table), or keep the gaps as a discrepancy."
    )


def root_factor(p: Array, n: Array, total: Array) -> Array:
    """Positive root of p f - n / f = total, for each row or column."""
    root = total + np.sqrt(np.maximum(total**2 + 4 * p * n, 0.0))
    both = np.divide(root, 2 * p, out=np.ones_like(p), where=p > 0)
    # Only negative cells: -n / f = total.
    alone = np.divide(-n, total, out=np.ones_like(p), where=(p == 0) & (n > 0) & (total < 0))
    factor = np.where(p > 0, both, alone)
    return np.where(factor > 0, factor, 1.0)
