r"""Output after a change of coefficients and final demand, with strengths: low-rank updates, on arrays alone.

A change has parts, each with coefficients :math:`\Delta A_e`, final demand :math:`\Delta y_e` and a strength
:math:`s_e`. With :math:`\delta = \sum_e s_e (\Delta A_e x + \Delta y_e)` the change of output :math:`d` solves

.. math:: (I - A - \Delta A) \, d = \delta, \qquad \Delta A = \sum_e s_e \Delta A_e = P Q(s)

P holds unit columns of the changed rows and whole changed columns, so its rank k is small next to n, and

.. math:: d = L\delta + L P \, (I - Q L P)^{-1} Q L \delta .

:math:`LP`, and for each part :math:`Q_e L P` and :math:`Q_e L \delta_f`, are kept: another strength is one k x k solve.
Beyond a rank of `DIRECT` the equation is solved by an iteration with the factorisation of I - A as preconditioner.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from io_linkage.errors import NotProductiveError, SolveError
from io_linkage.leontief.arrays import Array
from io_linkage.leontief.iteration import relative_residual, solved_near, spectral_radius
from io_linkage.leontief.removal import BEYOND, inverse_columns
from io_linkage.leontief.system import RESIDUAL, System

Positions: TypeAlias = "npt.NDArray[np.intp]"

#: Up to this rank a change is solved by the formula, beyond it by iteration.
DIRECT = 600


@dataclass(frozen=True)
class Block:
    """A change of A that is nonzero in some rows and columns only.

    Attributes
    ----------
    rows : array of int, (a,)
    columns : array of int, (b,)
    values : array, (a, b)
    """

    rows: Positions
    columns: Positions
    values: Array

    @property
    def by_column(self) -> bool:
        """Whether its rank is rather that of its columns than that of its rows."""
        return len(self.rows) > 4 * len(self.columns)


@dataclass(frozen=True)
class Part:
    """What one strength scales: a change of A in blocks, and of final demand, (n,)."""

    blocks: tuple[Block, ...]
    demand: Array

    def direct(self, x: Array) -> Array:
        """Return the first round, dA x + dy, (n,)."""
        return self.demand + apply(self.blocks, x)

    def without_rows(self, rows: Positions) -> Part:
        """Return the part with nothing in some rows."""
        gone = np.zeros(len(self.demand), dtype=bool)
        gone[rows] = True
        blocks = tuple(Block(b.rows, b.columns, np.where(gone[b.rows, None], 0.0, b.values)) for b in self.blocks)
        return Part(blocks, np.where(gone, 0.0, self.demand))


def apply(blocks: Sequence[Block], z: Array) -> Array:
    """Return dA z for (n,) or (n, m)."""
    result = np.zeros_like(z, dtype=np.float64)
    for block in blocks:
        # A row stands once in a block, so that adding in place counts each.
        result[block.rows] += block.values @ z[block.columns]
    return result


def apply_transposed(blocks: Sequence[Block], z: Array) -> Array:
    """Return dA' z for (n,) or (n, m)."""
    result = np.zeros_like(z, dtype=np.float64)
    for block in blocks:
        result[block.columns] += block.values.T @ z[block.rows]
    return result


class Update:
    """The parts of a change, solved at any strengths.

    Parameters
    ----------
    system : System
        Of the table before.
    parts : sequence of Part
    direct : int, optional
        Largest rank that is solved by the formula; `DIRECT` by default.
    """

    def __init__(self, system: System, parts: Sequence[Part], *, direct: int | None = None) -> None:
        self.system = system
        self.parts = tuple(parts)
        blocks = [block for part in self.parts for block in part.blocks]
        rows = [block.rows for block in blocks if not block.by_column]
        self.rows: Positions = np.unique(np.concatenate(rows)) if rows else np.zeros(0, dtype=np.intp)
        self.rank = len(self.rows) + sum(len(block.columns) for block in blocks if block.by_column)
        self.is_direct = self.rank <= (DIRECT if direct is None else direct)

    @cached_property
    def first_rounds(self) -> Array:
        """Change of the first round of each part at full strength, (n, parts)."""
        return np.column_stack([part.direct(self.system.x) for part in self.parts])

    @cached_property
    def LP(self) -> Array:
        """Columns of L for changed rows, and L times changed columns, (n, k)."""
        wide = [block for part in self.parts for block in part.blocks if block.by_column]
        columns = [inverse_columns(self.system, self.rows)]
        if wide:
            full = np.zeros((self.system.n, sum(len(block.columns) for block in wide)))
            start = 0
            for block in wide:
                full[block.rows, start : start + len(block.columns)] = block.values
                start += len(block.columns)
            columns.append(self.system.solve(full))
        return np.hstack(columns)

    @cached_property
    def solved_rounds(self) -> Array:
        """L times the first rounds, (n, parts)."""
        return self.system.solve(self.first_rounds)

    @cached_property
    def _pieces(self) -> list[list[tuple[Positions, Block]]]:
        """For each part, where its blocks stand among the k rows of Q."""
        start, pieces = len(self.rows), []
        for part in self.parts:
            own = []
            for block in part.blocks:
                if block.by_column:
                    own.append((np.arange(start, start + len(block.columns)), block))
                    start += len(block.columns)
                else:
                    own.append((np.searchsorted(self.rows, block.rows), block))
            pieces.append(own)
        return pieces

    def rows_of_q(self, part: int, z: Array) -> Array:
        """Return Q_e z at full strength, (k,) or (k, m)."""
        result = np.zeros((self.rank, *z.shape[1:]))
        for where, block in self._pieces[part]:
            result[where] += z[block.columns] if block.by_column else block.values @ z[block.columns]
        return result

    @cached_property
    def coupling(self) -> list[Array]:
        """Q_e L P of each part, (k, k)."""
        return [self.rows_of_q(part, self.LP) for part in range(len(self.parts))]

    @cached_property
    def started(self) -> list[Array]:
        """Q_e L times the first rounds, for each part, (k, parts)."""
        return [self.rows_of_q(part, self.solved_rounds) for part in range(len(self.parts))]

    def at(self, strengths: Sequence[float] | Array) -> Updated:
        """Return the change at given strengths of its parts."""
        return Updated(self, np.asarray(strengths, dtype=np.float64))


@dataclass(frozen=True, eq=False)
class Updated:
    """A change at given strengths: products and solves with A + dA."""

    update: Update
    strengths: Array

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        """The change of A in blocks."""
        return tuple(
            Block(block.rows, block.columns, strength * block.values)
            for strength, part in zip(self.strengths, self.update.parts, strict=True)
            for block in part.blocks
        )

    @property
    def first_round(self) -> Array:
        """Change of output in the first round, dA x + dy, (n,)."""
        return self.update.first_rounds @ self.strengths

    def apply(self, z: Array) -> Array:
        """Return (A + dA) z."""
        return np.asarray(self.update.system.apply(z) + apply(self.blocks, z))

    def apply_transposed(self, z: Array) -> Array:
        """Return (A + dA)' z."""
        return np.asarray(self.update.system.apply_transposed(z) + apply_transposed(self.blocks, z))

    @cached_property
    def _factor(self) -> Any:
        from scipy.linalg import lapack

        small = np.eye(self.update.rank)
        for strength, coupling in zip(self.strengths, self.update.coupling, strict=True):
            small -= strength * coupling
        factor, pivots, info = lapack.dgetrf(small, overwrite_a=True)
        return (factor, pivots) if info == 0 else None

    def _small(self, right: Array, *, transposed: bool = False) -> Array:
        from scipy.linalg import lapack

        if not self.update.rank:
            return right
        result = np.full(right.shape, np.inf)
        if self._factor is not None:
            result, _info = lapack.dgetrs(*self._factor, right, trans=int(transposed))
        if not np.abs(result).max(initial=0.0) <= BEYOND * np.abs(right).max(initial=1.0):
            raise SolveError(_SINGULAR)
        return np.asarray(result, dtype=np.float64)

    def weights(self) -> Array:
        """Return w with d = L delta + L P w, (k,): one k x k solve."""
        right = np.zeros(self.update.rank)
        for strength, started in zip(self.strengths, self.update.started, strict=True):
            right += strength * (started @ self.strengths)
        return self._small(right)

    def change(self, positions: Positions | None = None) -> Array:
        """Return d, the change of output, or that of some industries only."""
        if not self.update.is_direct:
            whole = self.solve(self.first_round)
            return whole if positions is None else whole[positions]
        where = slice(None) if positions is None else positions
        return np.asarray(self.update.solved_rounds[where] @ self.strengths + self.update.LP[where] @ self.weights())

    def slopes(self, positions: Positions) -> Array:
        r"""Return how the change of output of some industries moves with each strength, (positions, parts).

        .. math:: \partial d / \partial s_e = (I - A - \Delta A)^{-1} (\delta_e + \Delta A_e d)
        """
        update = self.update
        if not update.is_direct:
            d = self.solve(self.first_round)
            more = np.column_stack([apply(part.blocks, d) for part in update.parts])
            return self.solve(update.first_rounds + more)[positions]
        w = self.weights()
        right = np.column_stack(
            [
                started @ self.strengths + coupling @ w
                for started, coupling in zip(update.started, update.coupling, strict=True)
            ]
        )
        for strength, started in zip(self.strengths, update.started, strict=True):
            right += strength * started
        return np.asarray(update.solved_rounds[positions] + update.LP[positions] @ self._small(right))

    def solve(self, right: Array) -> Array:
        """Return (I - A - dA)^-1 b for (n,) or (n, m)."""
        update = self.update
        if not update.is_direct:
            return self._near(right, self.apply)
        z = update.system.solve(right)
        Qz = np.zeros((update.rank, *z.shape[1:]))
        for part, strength in enumerate(self.strengths):
            Qz += strength * update.rows_of_q(part, z)
        result = np.asarray(z + update.LP @ self._small(Qz))
        _require_small(right - (result - self.apply(result)), right, result)
        return result

    def solve_transposed(self, right: Array) -> Array:
        """Return (I - A - dA)'^-1 b for (n,) or (n, m)."""
        update = self.update
        if not update.is_direct:
            return self._near(right, self.apply_transposed, transposed=True)
        # (I - A - PQ)'^-1 b = L'b + L'Q' (I - QLP)'^-1 (LP)'b.
        w = self._small(update.LP.T @ right, transposed=True)
        back = np.zeros_like(right)
        for part, strength in enumerate(self.strengths):
            for where, block in update._pieces[part]:
                back[block.columns] += strength * (w[where] if block.by_column else block.values.T @ w[where])
        result = update.system.solve_transposed(right + back)
        _require_small(right - (result - self.apply_transposed(result)), right, result)
        return result

    def _near(self, right: Array, product: Callable[[Array], Array], *, transposed: bool = False) -> Array:
        if right.ndim == 2:
            return np.column_stack([self._near(column, product, transposed=transposed) for column in right.T])
        result = solved_near(self.update.system, lambda z: z - product(z), right, transposed=transposed)
        _require_small(right - (result - product(result)), right, result)
        return result

    def require_productive(self, name: Callable[[int], str] = str) -> None:
        """Raise unless the spectral radius of A + dA is below 1; `name` spells an industry by its position."""
        sums = self.apply_transposed(np.ones(self.update.system.n))
        changed = apply_transposed(self.blocks, np.ones(self.update.system.n))
        worst = int(np.argmax(np.where(changed > 0, sums, -np.inf))) if len(sums) else 0
        if not self.blocks or not len(sums):
            return
        negative = bool(self.update.system.Z.min() < 0)
        if sums.max() < 1 and not negative:
            return
        # For coefficients of 0 or more, u = i'L' is positive exactly when the radius is below 1.
        if not negative:
            try:
                productive = bool((self.solve_transposed(np.ones(len(sums))) > 0).all())
            except SolveError:
                productive = False
        else:
            productive = spectral_radius(self.apply, self.update.system.n) < 1
        if not productive:
            raise NotProductiveError(
                "After the change the table fails the Hawkins-Simon condition: it needs more inputs than it makes. "
                f"{name(worst)} would buy inputs of {sums[worst]:.4g} per unit of its output. Make the moves smaller, "
                "or check the coefficients that they bring in."
            )


_SINGULAR = (
    "After the change the table is singular: some group of industries uses up exactly what it makes, so output has no "
    "unique solution. Make the moves smaller, or look for negative flows in Z."
)


def _require_small(residual: Array, right: Array, result: Array) -> None:
    size = relative_residual(residual, right, result)
    if not size <= RESIDUAL:
        raise SolveError(
            f"The table after the change was solved only to a relative residual of {size:.2g}; {RESIDUAL:g} is "
            "required. It is close to singular: look for industries whose inputs reach their output."
        )
