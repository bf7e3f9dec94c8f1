"""Solving a system near that of a table, whose factor is the preconditioner; residuals; the spectral radius."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from io_linkage.leontief.arrays import Array

if TYPE_CHECKING:
    from io_linkage.leontief.system import System

#: Solves with the preconditioner that an iteration is expected to take.
SOLVES = 40


def solved_near(system: System, product: Callable[[Array], Array], right: Array, *, transposed: bool = False) -> Array:
    """Solve M z = b, for M near I - A (or its transpose) and given as its product with a vector, by GMRES.

    The caller checks the residual.
    """
    from scipy.sparse.linalg import LinearOperator, gmres

    system.expect(SOLVES)
    shape = (system.n, system.n)
    operator = LinearOperator(shape, matvec=product, dtype=np.float64)
    solve = system.solve_transposed if transposed else system.solve
    preconditioner = LinearOperator(shape, matvec=solve, dtype=np.float64)
    result = np.zeros(system.n)
    # The second pass solves for the residual of the first, which brings small entries to full accuracy as well.
    for _ in range(2):
        step, _info = gmres(
            operator, right - product(result), M=preconditioner, rtol=1e-13, atol=0.0, restart=100, maxiter=5
        )
        result += step
    return result


def relative_residual(residual: Array, right: Array, result: Array) -> float:
    """Return the largest residual relative to the terms of its equation, over all right-hand sides."""
    scale = np.abs(right).max(axis=0, initial=0.0) + np.abs(result).max(axis=0, initial=0.0)
    worst = np.abs(residual).max(axis=0, initial=0.0)
    relative = np.divide(worst, scale, out=np.zeros_like(worst), where=scale > 0)
    return float(np.max(relative, initial=0.0))


def spectral_radius(apply: Callable[[Array], Array], n: int) -> float:
    """Return the spectral radius of a matrix that is given as its product with a vector or matrix."""
    if n < 16:
        return float(np.abs(np.linalg.eigvals(apply(np.eye(n)))).max())
    from scipy.sparse.linalg import LinearOperator, eigs

    operator = LinearOperator((n, n), matvec=apply, dtype=np.float64)
    start = np.ones(n) / np.sqrt(n)
    return float(np.abs(eigs(operator, k=1, which="LM", v0=start, return_eigenvectors=False, tol=1e-8)).max())
