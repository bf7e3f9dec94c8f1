r"""The Leontief system of one table: I - A factorised once, and everything solved from that factor.

A `System` factorises I - A once. Every product with L, L', G or G' is then a solve; the inverse itself is
made only when asked for. An industry without output has zero coefficients, so its row and column of L and G
are those of the identity.
"""

from __future__ import annotations

from functools import cached_property
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from io_linkage.errors import NotProductiveError, SolveError

Array: TypeAlias = npt.NDArray[np.float64]

#: Largest residual of a solve, relative to the terms of the equation, before it counts as failed.
RESIDUAL = 1e-10


class System:
    """The Leontief system of one table, with its factorisation.

    Parameters
    ----------
    Z : array, (n, n)
        Flows; rows and columns of industries without output must be zero.
    x : array, (n,)
        Gross output, at least 0.

    Notes
    -----
    Memory: Z, the factor (n x n) and nothing else of that size, until `A` or `inverse` is asked for.

    Examples
    --------
    >>> system = System(np.array([[150.0, 500.0], [200.0, 100.0]]), np.array([1000.0, 2000.0]))
    >>> system.solve(np.array([600.0, 1500.0])).round(1).tolist()
    [1247.5, 1841.6]
    """

    def __init__(self, Z: Array, x: Array) -> None:
        self.Z = Z
        self.x = x
        self.n = len(x)
        self.active: npt.NDArray[np.bool_] = x > 0
        self._per_output = np.divide(1.0, x, out=np.zeros(self.n), where=self.active)

    @cached_property
    def A(self) -> Array:
        """Input coefficients, (n, n)."""
        return _read_only(self.Z * self._per_output)

    def allocation(self) -> Array:
        """Allocation coefficients B, (n, n); recomputed on each call."""
        return self.Z * self._per_output[:, None]

    def apply(self, b: Array) -> Array:
        """Return A b, without forming A."""
        return self.Z @ _scale(self._per_output, b)

    def apply_transposed(self, b: Array) -> Array:
        """Return A' b, without forming A."""
        return _scale(self._per_output, self.Z.T @ b)

    @cached_property
    def direct_column_sums(self) -> Array:
        """i'A: inputs bought from industries per unit of output."""
        return _read_only(self.Z.sum(axis=0) * self._per_output)

    @cached_property
    def direct_forward_sums(self) -> Array:
        """B i: share of output sold to industries."""
        return _read_only(self.Z.sum(axis=1) * self._per_output)

    def solve(self, b: Array) -> Array:
        """L b for one right-hand side (n,) or several (n, m)."""
        self.require_productive()
        return self._solve(b, transposed=False)

    def solve_transposed(self, b: Array) -> Array:
        """L' b for one right-hand side (n,) or several (n, m)."""
        self.require_productive()
        return self._solve(b, transposed=True)

    def ghosh(self, b: Array) -> Array:
        """G b = hat(x)^-1 L hat(x) b."""
        result = _scale(self._per_output, self.solve(_scale(self.x, b)))
        result[~self.active] = np.asarray(b)[~self.active]
        return result

    def ghosh_transposed(self, b: Array) -> Array:
        """G' b = hat(x) L' hat(x)^-1 b."""
        result = _scale(self.x, self.solve_transposed(_scale(self._per_output, b)))
        result[~self.active] = np.asarray(b)[~self.active]
        return result

    @cached_property
    def _leontief_sums(self) -> Array:
        return self._solve(np.ones(self.n), transposed=True)

    def backward_sums(self) -> Array:
        """i'L: total backward linkages, (n,)."""
        self.require_productive()
        return _read_only(self._leontief_sums)

    @cached_property
    def _ghosh_sums(self) -> Array:
        return _read_only(self.ghosh(np.ones(self.n)))

    def forward_sums(self) -> Array:
        """G i: total forward linkages, (n,)."""
        return self._ghosh_sums

    @cached_property
    def _inverse(self) -> Array:
        from scipy.linalg import lapack

        self.require_productive()
        factor, pivots = self._factor
        work, info = lapack.dgetri_lwork(self.n)
        inverse, info = lapack.dgetri(factor, pivots, lwork=int(work), overwrite_lu=False)
        if info != 0:
            raise SolveError(f"I - A could not be inverted (LAPACK dgetri returned {info}).")
        L: Array = inverse.T if self._holds_transpose else inverse
        probe = np.linspace(1.0, 2.0, self.n)
        self._require_small(probe - self._apply_system(L @ probe, transposed=False), probe, L @ probe)
        return _read_only(L)

    def inverse(self) -> Array:
        """L itself, (n, n); made once, from the same factor, and kept."""
        return self._inverse

    def ghosh_inverse(self) -> Array:
        """G = hat(x)^-1 L hat(x), (n, n); recomputed on each call."""
        G: Array = self.inverse() * self.x * self._per_output[:, None]
        idle = np.flatnonzero(~self.active)
        G[idle, idle] = 1.0
        return G

    @property
    def has_inverse(self) -> bool:
        """Whether L has been made already, so that a measure may use it at no cost."""
        return "_inverse" in self.__dict__

    def inverse_diagonal(self) -> Array:
        """Return the diagonal of L, (n,)."""
        return np.diagonal(self._inverse).copy()

    @property
    def _holds_transpose(self) -> bool:
        # LAPACK wants Fortran order; the transpose of a C-ordered array is that without a copy.
        return bool(self.Z.flags.c_contiguous)

    @cached_property
    def _factor(self) -> tuple[Array, npt.NDArray[np.int32]]:
        from scipy.linalg import lapack

        matrix = self.Z * -self._per_output
        matrix.reshape(-1, order="A")[:: self.n + 1] += 1.0
        oriented = matrix.T if self._holds_transpose else np.asfortranarray(matrix)
        factor, pivots, info = lapack.dgetrf(oriented, overwrite_a=True)
        if info > 0:
            raise NotProductiveError(
                "I - A is singular: some group of industries uses up exactly what it makes (column sums of A "
                f"reach {self.direct_column_sums.max():.6g}). Check that Z holds flows, not coefficients, and that "
                "output includes final demand."
            )
        return factor, pivots

    def _solve(self, b: Array, *, transposed: bool) -> Array:
        right = np.asarray(b, dtype=np.float64)
        result = self._substitute(right, transposed=transposed)
        residual = right - self._apply_system(result, transposed=transposed)
        if not self._is_small(residual, right, result):
            result += self._substitute(residual, transposed=transposed)
            residual = right - self._apply_system(result, transposed=transposed)
            self._require_small(residual, right, result)
        return result

    def _substitute(self, b: Array, *, transposed: bool) -> Array:
        from scipy.linalg import lapack

        factor, pivots = self._factor
        result, info = lapack.dgetrs(factor, pivots, b, trans=int(transposed != self._holds_transpose))
        if info != 0:
            raise SolveError(f"A right-hand side could not be solved (LAPACK dgetrs returned {info}).")
        return np.asarray(result, dtype=np.float64)

    def _apply_system(self, y: Array, *, transposed: bool) -> Array:
        """(I - A) y or (I - A)' y."""
        return y - (self.apply_transposed(y) if transposed else self.apply(y))

    @staticmethod
    def _relative(residual: Array, b: Array, y: Array) -> float:
        if residual.size == 0:
            return 0.0
        scale = np.abs(b).max(axis=0) + np.abs(y).max(axis=0)
        worst = np.abs(residual).max(axis=0)
        relative = np.divide(worst, scale, out=np.zeros_like(worst, dtype=float), where=scale > 0)
        return float(np.max(relative))

    def _is_small(self, residual: Array, b: Array, y: Array) -> bool:
        return self._relative(residual, b, y) <= RESIDUAL

    def _require_small(self, residual: Array, b: Array, y: Array) -> None:
        size = self._relative(residual, b, y)
        if not size <= RESIDUAL:
            raise SolveError(
                f"The Leontief system was solved only to a relative residual of {size:.2g}; {RESIDUAL:g} is required. "
                "The table is close to singular: look for industries whose inputs exceed their output "
                f"(the largest column sum of A is {self.direct_column_sums.max():.6g})."
            )

    def require_productive(self) -> None:
        """Raise unless the Hawkins-Simon condition holds, i.e. the spectral radius of A is below 1."""
        _ = self._productive

    @cached_property
    def _productive(self) -> bool:
        # Sufficient and free: every column of |A| sums to less than 1.
        negative = bool(self.n and self.Z.min() < 0)
        sums = self.direct_column_sums if not negative else np.abs(self.Z).sum(axis=0) * self._per_output
        if self.n == 0 or sums.max() < 1:
            return True
        if negative:
            radius = self._spectral_radius()
            if radius < 1:
                return True
            raise NotProductiveError(self._hawkins_simon(f"the spectral radius of A is {radius:.6g}"))
        if sums[self.active].min() >= 1:
            raise NotProductiveError(
                self._hawkins_simon("every column of A sums to 1 or more, so no industry has value added")
            )
        # For A >= 0, I - A has a non-negative inverse exactly when some u >= 0 has u'(I - A) > 0;
        # u' = i'L is that vector if it is positive, and is wanted anyway.
        if (self._leontief_sums > 0).all():
            return True
        count = int((self._leontief_sums <= 0).sum())
        raise NotProductiveError(self._hawkins_simon(f"{count} of {self.n} columns of (I - A)^-1 sum to zero or less"))

    def _spectral_radius(self) -> float:
        if self.n < 16:
            return float(np.abs(np.linalg.eigvals(self.A)).max())
        from scipy.sparse.linalg import LinearOperator, eigs

        operator = LinearOperator((self.n, self.n), matvec=self.apply, dtype=np.float64)
        start = np.ones(self.n) / np.sqrt(self.n)
        return float(np.abs(eigs(operator, k=1, which="LM", v0=start, return_eigenvectors=False, tol=1e-8)).max())

    def _hawkins_simon(self, finding: str) -> str:
        worst = int(np.argmax(self.direct_column_sums))
        return (
            f"The table fails the Hawkins-Simon condition: {finding}. The largest column sum of A is "
            f"{self.direct_column_sums[worst]:.6g} at position {worst}. Check that Z holds flows in the same unit as "
            "output, that output includes final demand, and that Y covers every region."
        )


def _scale(factor: Array, b: Array) -> Array:
    """hat(factor) b for a vector or a matrix b."""
    b = np.asarray(b)
    return factor * b if b.ndim == 1 else factor[:, None] * b


def _read_only(array: Array) -> Array:
    array.flags.writeable = False
    return array
