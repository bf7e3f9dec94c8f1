r"""From the changes that moves make to the change of output, with fixed outputs and limits of capacity.

Fixed outputs :math:`\bar x_F` are solved in the same form: their rows of A are taken out, and :math:`\bar x_F` takes
the place of final demand for them. The other industries are then those of the mixed model, and final demand follows as
:math:`f_F = \bar x_F - A'_{F\cdot} x'`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from io_linkage.errors import OptionError, SolveError
from io_linkage.leontief import Array
from io_linkage.leontief.removal import input_rows
from io_linkage.leontief.updates import Block, Part, Positions, Update, Updated
from io_linkage.scenarios.flows import Edit, Ground

#: Rounds in which the strengths of regions with limited capacity are brought in line with each other.
_ROUNDS = 100
#: Change of a strength below which it counts as settled.
_SETTLED = 1e-13
#: Growth beyond a limit that rounding explains.
_BEYOND = 1e-9


@dataclass(frozen=True, eq=False)
class Fixed:
    """Industries whose output is fixed."""

    positions: Positions
    output: Array


@dataclass(frozen=True, eq=False)
class Solution:
    """What the moves do to output.

    Attributes
    ----------
    edits : tuple of Edit
    strengths : array, (edits,)
        What capacity leaves of each, 1 where nothing limits it.
    fixed : Fixed
    updated : Updated
        A + dA with the rows of fixed industries taken out.
    loss, gain : array, (n,)
        Change of output from what falls and what rises in the first round.
    """

    edits: tuple[Edit, ...]
    strengths: Array
    fixed: Fixed
    updated: Updated
    first_round: Array
    loss: Array
    gain: Array

    @property
    def change(self) -> Array:
        """Change of output, (n,)."""
        return np.asarray(self.loss + self.gain)

    @property
    def blocks(self) -> tuple[Block, ...]:
        """Change of coefficients, fixed industries included."""
        return tuple(
            Block(block.rows, block.columns, strength * block.values)
            for strength, edit in zip(self.strengths, self.edits, strict=True)
            for block in edit.blocks
        )

    @property
    def final(self) -> tuple[Block, ...]:
        """Change of cells of Y by the moves; the implied demand for fixed industries is not among them."""
        return tuple(
            Block(block.rows, block.columns, strength * block.values)
            for strength, edit in zip(self.strengths, self.edits, strict=True)
            for block in edit.final
        )

    def tiers(self, first: Array) -> Iterator[Array]:
        """Yield the first tier, its suppliers, theirs, and so on without end."""
        while True:
            yield first
            first = self.updated.apply(first)

    def gap(self) -> float:
        """Return by how much the tiers miss the change of output at most."""
        d = self.change
        return float(np.abs(d - self.updated.apply(d) - self.first_round).max(initial=0.0))

    def per_unit(self, name: str, n: int) -> Array:
        """Return duties or freed cost per unit of output of the buyer, (n,)."""
        total = np.zeros(n)
        for strength, edit in zip(self.strengths, self.edits, strict=True):
            values = getattr(edit, name)
            if values is not None:
                total += strength * values
        return total

    @property
    def makers(self) -> list[tuple[int, int, float]]:
        """Host, investor and part of each industry that is made as elsewhere."""
        return [
            (host, investor, float(strength) * share)
            for strength, edit in zip(self.strengths, self.edits, strict=True)
            for host, investor, share in edit.makers
        ]


def solve(ground: Ground, edits: Sequence[Edit], fixed: Fixed) -> Solution:
    """Solve for the change of output, with every check on the way."""
    n = len(ground.x)
    parts = [edit.part(n).without_rows(fixed.positions) for edit in edits]
    if len(fixed.positions):
        parts.append(_fixed_part(ground, fixed))
    update = Update(ground.table.system, parts)
    strengths = np.ones(len(parts))
    limited = [k for k, edit in enumerate(edits) if edit.home is not None and len(edit.home.positions)]
    if limited:
        strengths = _within_capacity(ground, update, edits, limited)
    updated = update.at(strengths)
    updated.require_productive(ground.name)
    first = updated.first_round if parts else np.zeros(n)
    chains = np.column_stack([np.minimum(first, 0.0), np.maximum(first, 0.0)])
    solved = updated.solve(chains) if first.any() else chains
    loss, gain = solved[:, 0].copy(), solved[:, 1].copy()
    if len(fixed.positions):
        # What is fixed is met to the last bit.
        wanted = fixed.output - ground.x[fixed.positions]
        loss[fixed.positions], gain[fixed.positions] = np.minimum(wanted, 0.0), np.maximum(wanted, 0.0)
    _require_output(ground, loss + gain)
    return Solution(tuple(edits), strengths[: len(edits)], fixed, updated, first, loss, gain)


def _fixed_part(ground: Ground, fixed: Fixed) -> Part:
    rows, n = fixed.positions, len(ground.x)
    A = input_rows(ground.table.system, rows)
    demand = np.zeros(n)
    demand[rows] = fixed.output - ground.x[rows] + A @ ground.x
    return Part((Block(rows, np.arange(n), -A),), demand)


def _within_capacity(ground: Ground, update: Update, edits: Sequence[Edit], limited: Sequence[int]) -> Array:
    """Return the largest strengths with which no region's output grows beyond its capacity.

    Newton's method on the tightest product of each region that its capacity limits, all of them at once.
    """
    homes = [edits[k].home for k in limited]
    where = np.concatenate([home.positions for home in homes if home is not None])
    owner = np.concatenate([np.full(len(home.positions), k) for k, home in enumerate(homes) if home is not None])
    growth = np.array([home.growth for home in homes if home is not None])
    strengths = np.ones(len(update.parts))
    columns = np.asarray(limited, dtype=np.intp)
    for _ in range(_ROUNDS):
        at = update.at(strengths)
        over = at.change(where) / ground.x[where] - growth[owner]
        tightest = np.array([np.flatnonzero(owner == k)[over[owner == k].argmax()] for k in range(len(homes))])
        excess = over[tightest]
        # A region that grows too much with nothing brought home has no strength to lower, unless others lower theirs.
        bound = np.flatnonzero(np.where(excess > 0, strengths[columns] > 0, strengths[columns] < 1))
        if not len(bound):
            _require_capacity(edits, columns, excess)
            return strengths
        slopes = at.slopes(where[tightest[bound]])[:, columns[bound]] / ground.x[where[tightest[bound]], None]
        step = np.clip(strengths[columns[bound]] - np.linalg.solve(slopes, excess[bound]), 0.0, 1.0)
        moved = np.abs(step - strengths[columns[bound]]).max()
        strengths[columns[bound]] = step
        if moved <= _SETTLED:
            _require_capacity(edits, columns, excess)
            return strengths
    raise SolveError(
        "No strengths were found with which every region keeps its capacity. Give fewer products or regions at once, "
        "or allow more growth."
    )


def _require_capacity(edits: Sequence[Edit], columns: Positions, excess: Array) -> None:
    for which, over in zip(columns, excess, strict=True):
        home = edits[which].home
        if home is not None and over > _BEYOND:
            raise OptionError(
                f"{edits[which].move}: the capacity of {home.region} cannot be kept. Without bringing anything home, "
                f"its output grows by {100 * (home.growth + over):.4g} % from the other moves alone; the capacity "
                f"allows {100 * home.growth:.4g} %. Allow more, or make the other moves smaller."
            )


def _require_output(ground: Ground, change: Array) -> None:
    after = ground.x + change
    worst = int(np.argmin(after))
    if after[worst] < -1e-9 * max(1.0, float(np.abs(ground.x).max())):
        raise OptionError(
            f"The scenario leaves {ground.name(worst)} with an output of {after[worst]:,.6g} "
            f"{ground.table.unit}, below zero. Make the moves that reduce the demand for it smaller."
        )
