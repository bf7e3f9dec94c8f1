r"""Solving I - M from products with M alone: GMRES on several right-hand sides at once.

A table's coefficients shrink what they multiply, so a few dozen products reach the last digits, where a factorisation
costs n^3. Every right-hand side keeps a Krylov space of its own; the products of all of them are one matrix product.

References
----------
Saad & Schultz (1986), GMRES: A generalized minimal residual algorithm for solving nonsymmetric linear systems.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from io_linkage.leontief.arrays import Array

#: Products with M before a solve counts as stalled.
LIMIT = 80


def gmres(apply: Callable[[Array], Array], b: Array, *, tolerance: float) -> tuple[Array, int] | None:
    """Solve y - M y = b, where `apply` gives M y.

    Parameters
    ----------
    apply : function of an array (n, k)
    b : array, (n, k)
    tolerance : float
        Largest residual of each column, relative to it, in the Euclidean norm.

    Returns
    -------
    y (n, k) and the number of products, or None where `LIMIT` products were not enough.
    """
    n, k = b.shape
    norms = np.linalg.norm(b, axis=0)
    scale = np.where(norms > 0, norms, 1.0)
    basis = np.empty((k, min(LIMIT, 24) + 1, n))
    basis[:, 0] = (b / scale).T
    upper = np.zeros((k, LIMIT + 1, LIMIT))
    rotations = np.zeros((2, k, LIMIT))
    right = np.zeros((k, LIMIT + 1))
    right[:, 0] = norms > 0
    for m in range(LIMIT):
        if m + 2 > basis.shape[1]:
            basis = np.concatenate([basis, np.empty((k, min(m + 1, LIMIT - m), n))], axis=1)
        w = basis[:, m] - apply(np.ascontiguousarray(basis[:, m].T)).T
        w, column, norm = _orthogonal(basis[:, : m + 1], w)
        # A space that is complete has nothing left to add: its next direction is zero.
        complete = norm <= 1e-15 * np.abs(column).max(axis=1, initial=0.0)
        norm[complete] = 0.0
        basis[:, m + 1] = np.divide(w, norm[:, None], out=np.zeros_like(w), where=norm[:, None] > 0)
        upper[:, : m + 1, m], upper[:, m + 1, m] = column, norm
        _rotate(upper, right, rotations, m)
        if (np.abs(right[:, m + 1]) <= tolerance).all():
            weights = _back_substituted(upper[:, : m + 1, : m + 1], right[:, : m + 1])
            y = np.matmul(weights[:, None, :], basis[:, : m + 1])[:, 0]
            return np.ascontiguousarray(y.T) * scale, m + 1
    return None


def _orthogonal(basis: Array, w: Array) -> tuple[Array, Array, Array]:
    """Take from w what it shares with the basis (k, m, n), twice for precision; also the shares and what is left."""
    column = np.zeros(basis.shape[:2])
    for _ in range(2):
        shares = np.matmul(basis, w[:, :, None])[:, :, 0]
        w = w - np.matmul(shares[:, None, :], basis)[:, 0]
        column += shares
    return w, column, np.linalg.norm(w, axis=1)


def _rotate(upper: Array, right: Array, rotations: Array, m: int) -> None:
    """Make column m of each Hessenberg matrix triangular by Givens rotations; the right-hand side follows."""
    cosine, sine = rotations
    for i in range(m):
        above, below = upper[:, i, m].copy(), upper[:, i + 1, m].copy()
        upper[:, i, m] = cosine[:, i] * above + sine[:, i] * below
        upper[:, i + 1, m] = cosine[:, i] * below - sine[:, i] * above
    length = np.hypot(upper[:, m, m], upper[:, m + 1, m])
    safe = np.where(length > 0, length, 1.0)
    cosine[:, m] = np.where(length > 0, upper[:, m, m] / safe, 1.0)
    sine[:, m] = upper[:, m + 1, m] / safe
    upper[:, m, m], upper[:, m + 1, m] = length, 0.0
    right[:, m + 1] = -sine[:, m] * right[:, m]
    right[:, m] *= cosine[:, m]


def _back_substituted(upper: Array, right: Array) -> Array:
    """Solve the triangular systems; a direction that a column no longer has gets no weight."""
    weights = right.copy()
    for i in range(right.shape[1] - 1, -1, -1):
        pivot = upper[:, i, i]
        weights[:, i] = np.divide(weights[:, i], pivot, out=np.zeros_like(pivot), where=pivot > 0)
        weights[:, :i] -= weights[:, i : i + 1] * upper[:, :i, i]
    return weights
