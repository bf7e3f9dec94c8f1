"""I - A as LAPACK's triangular factors, in single or double precision."""

from __future__ import annotations

import numpy as np

from io_linkage.errors import SolveError
from io_linkage.leontief.arrays import Array
from io_linkage.leontief.planning import Precision


class Factor:
    """The factor of I - A.

    Parameters
    ----------
    Z : array, (n, n)
    per_output : array, (n,)
        1 / x, 0 where there is no output.
    precision : {"single", "double"}

    Attributes
    ----------
    singular : bool
        Whether a pivot is exactly zero, so that nothing can be solved.
    """

    def __init__(self, Z: Array, per_output: Array, precision: Precision) -> None:
        from scipy.linalg import lapack

        self.n = len(per_output)
        self.dtype = np.float32 if precision == "single" else np.float64
        # LAPACK wants Fortran order; the transpose of a C-ordered array is that without a copy.
        self._holds_transpose = bool(Z.flags.c_contiguous)
        matrix = np.empty_like(Z, dtype=self.dtype, order="K", subok=False)
        np.multiply(Z, -per_output, out=matrix, casting="same_kind")
        np.fill_diagonal(matrix, matrix.diagonal() + 1)
        oriented = matrix.T if self._holds_transpose else np.asfortranarray(matrix)
        factorise = lapack.sgetrf if precision == "single" else lapack.dgetrf
        self._factor, self._pivots, info = factorise(oriented, overwrite_a=True)
        self.singular: bool = info > 0

    def substitute(self, b: Array, *, transposed: bool) -> Array:
        """Return (I - A)^-1 b, or its transpose times b, to the precision of the factor."""
        from scipy.linalg import lapack

        solve = lapack.sgetrs if self.dtype == np.float32 else lapack.dgetrs
        # Right-hand sides far below 1 would lose digits, or vanish, in single precision.
        size = _size(b) if self.dtype == np.float32 else 1.0
        right = (b / size).astype(self.dtype) if self.dtype == np.float32 else b
        result, info = solve(self._factor, self._pivots, right, trans=int(transposed != self._holds_transpose))
        if info != 0:
            raise SolveError(f"A right-hand side could not be solved (LAPACK getrs returned {info}).")
        return np.asarray(result if self.dtype == np.float64 else result * size, dtype=np.float64)

    def inverse(self) -> Array:
        """L itself, (n, n), from the factor in double precision."""
        from scipy.linalg import lapack

        work, info = lapack.dgetri_lwork(self.n)
        inverse, info = lapack.dgetri(self._factor, self._pivots, lwork=int(work), overwrite_lu=False)
        if info != 0:
            raise SolveError(f"I - A could not be inverted (LAPACK dgetri returned {info}).")
        L: Array = inverse.T if self._holds_transpose else inverse
        return L


def _size(b: Array) -> Array:
    """Return the largest entry of each right-hand side, 1 where all are zero."""
    largest = np.abs(b).max(axis=0)
    return np.where(largest > 0, largest, 1.0)
