r"""The Leontief system of one table: I - A solved by products with Z, or factorised once and solved from that factor.

Every product with L, L', G or G' is a solve. Few right-hand sides of a large table take a few dozen products with Z
(`io_linkage.leontief.krylov`); many take one factorisation (`io_linkage.leontief.factors`), which is then kept;
`System.plan` says which. The inverse itself is made only when asked for. An industry without output has zero
coefficients, so its row and column of L and G are those of the identity.
"""

from __future__ import annotations

import warnings
from functools import cached_property

import numpy as np
import numpy.typing as npt

from io_linkage.errors import NotProductiveError, SlowSolveWarning, SolveError, require_option
from io_linkage.leontief import krylov, planning
from io_linkage.leontief.arrays import Array, read_only, scale_rows
from io_linkage.leontief.factors import Factor
from io_linkage.leontief.iteration import relative_residual, spectral_radius
from io_linkage.leontief.planning import WAYS, Plan, Way

#: Largest residual of a solve, relative to the terms of the equation, before it counts as failed.
RESIDUAL = 1e-10

#: What GMRES and refinement aim at, relative to the right-hand side.
AIM = 1e-14

#: Steps of refinement before the factor in single precision counts as too coarse.
REFINEMENTS = 6


class System:
    """The Leontief system of one table, with its factorisation.

    Parameters
    ----------
    Z : array, (n, n)
        Flows; rows and columns of industries without output must be zero.
        May be a read-only memory map.
    x : array, (n,)
        Gross output, at least 0.
    way : {"krylov", "single", "double"}, optional
        How to solve, whatever the size: by products with Z; from a factor in single precision, refined in double; from
        a factor in double precision. Chosen by size and number of right-hand sides where not given (`plan`).

    Notes
    -----
    Memory: Z, at most one factor (n x n) and nothing else of that size, until `A` or `inverse` is asked for.

    Examples
    --------
    >>> system = System(np.array([[150.0, 500.0], [200.0, 100.0]]), np.array([1000.0, 2000.0]))
    >>> system.solve(np.array([600.0, 1500.0])).round(1).tolist()
    [1247.5, 1841.6]
    """

    def __init__(self, Z: Array, x: Array, *, way: Way | None = None) -> None:
        if way is not None:
            require_option("way", way, WAYS)
        self.Z = Z
        self.x = x
        self.way = way
        self.n = len(x)
        self.active: npt.NDArray[np.bool_] = x > 0
        self._per_output = np.divide(1.0, x, out=np.zeros(self.n), where=self.active)
        self._spent = 0.0
        self._stalled = False

    def plan(self, k: int = 1) -> Plan:
        """Say how k right-hand sides would be solved now, why, and what memory that needs beside Z.

        Returns
        -------
        Plan
            With `way`, `reason` and `memory` in bytes.

        Examples
        --------
        >>> System(np.array([[150.0, 500.0], [200.0, 100.0]]), np.array([1000.0, 2000.0])).plan(3).way
        'double'
        """
        forced = "double" if self._stalled and self.way == "krylov" else self.way
        return planning.choose(self.n, k, spent=self._spent, made=self._made, forced=forced, stalled=self._stalled)

    def expect(self, k: int) -> None:
        """Make the factor now if k right-hand sides, which come one after another, are worth one."""
        way = self.plan(k).way
        if way != "krylov":
            _ = self._single if way == "single" else self._double

    @property
    def _made(self) -> planning.Precision | None:
        if "_double" in self.__dict__:
            return "double"
        return "single" if "_single" in self.__dict__ else None

    @cached_property
    def A(self) -> Array:
        """Input coefficients, (n, n)."""
        return read_only(self.Z * self._per_output)

    def allocation(self) -> Array:
        """Allocation coefficients B, (n, n); recomputed on each call."""
        return self.Z * self._per_output[:, None]

    def apply(self, b: Array) -> Array:
        """Return A b, without forming A."""
        return self.Z @ scale_rows(self._per_output, b)

    def apply_transposed(self, b: Array) -> Array:
        """Return A' b, without forming A."""
        return scale_rows(self._per_output, self.Z.T @ b)

    @cached_property
    def direct_column_sums(self) -> Array:
        """i'A: inputs bought from industries per unit of output."""
        return read_only(self.Z.sum(axis=0) * self._per_output)

    @cached_property
    def direct_forward_sums(self) -> Array:
        """B i: share of output sold to industries."""
        return read_only(self.Z.sum(axis=1) * self._per_output)

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
        result = scale_rows(self._per_output, self.solve(scale_rows(self.x, b)))
        result[~self.active] = np.asarray(b)[~self.active]
        return result

    def ghosh_transposed(self, b: Array) -> Array:
        """G' b = hat(x) L' hat(x)^-1 b."""
        result = scale_rows(self.x, self.solve_transposed(scale_rows(self._per_output, b)))
        result[~self.active] = np.asarray(b)[~self.active]
        return result

    @cached_property
    def _leontief_sums(self) -> Array:
        if self._sums_by_products:
            sums = self._by_products(np.ones((self.n, 1)), transposed=True)
            if sums is not None:
                return sums[:, 0]
        return self._solve(np.ones(self.n), transposed=True)

    def backward_sums(self) -> Array:
        """i'L: total backward linkages, (n,)."""
        self.require_productive()
        return read_only(self._leontief_sums)

    @cached_property
    def _ghosh_sums(self) -> Array:
        if self._sums_by_products:
            self.require_productive()
            sums = self._by_products(self.x[:, None], transposed=False)
            if sums is not None:
                return read_only(np.where(self.active, sums[:, 0] * self._per_output, 1.0))
        return read_only(self.ghosh(np.ones(self.n)))

    @property
    def _sums_by_products(self) -> bool:
        # By size alone, so that the sums have the same bits whatever was asked before.
        return self.way == "krylov" or (self.way is None and self.n >= planning.SUMS_BY_PRODUCTS)

    def forward_sums(self) -> Array:
        """G i: total forward linkages, (n,)."""
        return self._ghosh_sums

    @cached_property
    def _inverse(self) -> Array:
        self.require_productive()
        L = self._double.inverse()
        probe = np.linspace(1.0, 2.0, self.n)
        self._require_small(probe - self._apply_system(L @ probe, transposed=False), probe, L @ probe)
        return read_only(L)

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

    @cached_property
    def _double(self) -> Factor:
        self.__dict__.pop("_single", None)
        factor = self._factor("double")
        if factor.singular:
            raise NotProductiveError(
                "I - A is singular: some group of industries uses up exactly what it makes (column sums of A "
                f"reach {self.direct_column_sums.max():.6g}). Check that Z holds flows, not coefficients, and that "
                "output includes final demand."
            )
        return factor

    @cached_property
    def _single(self) -> Factor:
        return self._factor("single")

    def _factor(self, precision: planning.Precision) -> Factor:
        planning.require_memory(planning.factor_bytes(self.n, precision), f"A factor of I - A ({self.n} x {self.n})")
        return Factor(self.Z, self._per_output, precision)

    def _solve(self, b: Array, *, transposed: bool) -> Array:
        right = np.asarray(b, dtype=np.float64)
        columns = right.reshape(self.n, -1)
        way = self.plan(columns.shape[1]).way
        if way == "krylov":
            result = self._by_products(columns, transposed=transposed)
            if result is not None:
                return result.reshape(right.shape)
            way = "double"
        if way == "single":
            result = self._by_single_factor(columns, transposed=transposed)
            if result is not None:
                return result.reshape(right.shape)
        return self._by_double_factor(right, transposed=transposed)

    def _by_products(self, b: Array, *, transposed: bool) -> Array | None:
        """Solve in units of each industry's output, so that small industries keep their digits; None if it stalls."""
        scale = np.ones(self.n) if transposed else np.where(self.active, self.x, 1.0)
        Z = self.Z.T if transposed else self.Z
        scaled = b / scale[:, None]

        def apply(y: Array) -> Array:
            return scale_rows(self._per_output, Z @ y)

        solution = krylov.gmres(apply, scaled, tolerance=AIM)
        self._spent += planning.products_cost(self.n, b.shape[1], krylov.LIMIT if solution is None else solution[1])
        if solution is not None:
            y = solution[0]
            residual = scaled - (y - apply(y))
            if self._is_small(residual, scaled, y):
                # One step of the fixed point: what is left of the error goes through A once more.
                return scale_rows(scale, y + residual)
        self._stalled = True
        warnings.warn(
            f"{krylov.LIMIT} products with Z did not solve this table: it is close to singular (the largest column sum "
            f"of A is {self.direct_column_sums.max():.6g}). I - A is factorised instead, which takes longer.",
            SlowSolveWarning,
            stacklevel=2,
        )
        return None

    def _by_single_factor(self, b: Array, *, transposed: bool) -> Array | None:
        """Solve from the factor in single precision and refine in double; None where refining stalls."""
        self._spent += planning.refined_cost(self.n, b.shape[1])
        result, residual, size, last = np.zeros_like(b), b, np.inf, np.inf
        for _ in range(0 if self._single.singular else REFINEMENTS):
            result = result + self._single.substitute(residual, transposed=transposed)
            residual = b - self._apply_system(result, transposed=transposed)
            size = relative_residual(residual, b, result)
            if size <= AIM:
                return result + residual
            if not size <= last / 4:
                break
            last = size
        if size <= 100 * AIM:
            return result + residual
        self._stalled = True
        return None

    def _by_double_factor(self, right: Array, *, transposed: bool) -> Array:
        result = self._double.substitute(right, transposed=transposed)
        residual = right - self._apply_system(result, transposed=transposed)
        if not self._is_small(residual, right, result):
            result += self._double.substitute(residual, transposed=transposed)
            residual = right - self._apply_system(result, transposed=transposed)
            self._require_small(residual, right, result)
        return result

    def _apply_system(self, y: Array, *, transposed: bool) -> Array:
        """(I - A) y or (I - A)' y."""
        return y - (self.apply_transposed(y) if transposed else self.apply(y))

    def _is_small(self, residual: Array, b: Array, y: Array) -> bool:
        return relative_residual(residual, b, y) <= RESIDUAL

    def _require_small(self, residual: Array, b: Array, y: Array) -> None:
        size = relative_residual(residual, b, y)
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
            radius = spectral_radius(self.apply, self.n)
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

    def _hawkins_simon(self, finding: str) -> str:
        worst = int(np.argmax(self.direct_column_sums))
        return (
            f"The table fails the Hawkins-Simon condition: {finding}. The largest column sum of A is "
            f"{self.direct_column_sums[worst]:.6g} at position {worst}. Check that Z holds flows in the same unit as "
            "output, that output includes final demand, and that Y covers every region."
        )
