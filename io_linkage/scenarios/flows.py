r"""What one move changes in a table, on arrays: purchases that pass from some suppliers to others.

Terms
-----
cell : what one buyer, an industry or a column of final demand, buys from one country-industry.
moved : a share of a cell before the scenario; cells below 0 (stocks drawn down) stay as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeAlias

import numpy as np
import pandas as pd

from io_linkage.errors import OptionError
from io_linkage.leontief import Array
from io_linkage.leontief.updates import Block, Part, Positions
from io_linkage.selection import industry_codes, region_codes, stage_shares
from io_linkage.table import MRIOTable
from io_linkage.trade_blocks import Trade

#: Shares of the targets in what each column moves, (targets, columns), from their positions and the columns' cells.
Shares: TypeAlias = Callable[[Positions, Array], Array]


@dataclass(frozen=True, eq=False)
class Home:
    """A region that brings production home up to the capacity of its industries."""

    region: str
    positions: Positions
    growth: float


@dataclass(frozen=True, eq=False)
class Edit:
    """What one move, or the part of it that one strength scales, changes.

    Attributes
    ----------
    move : str
        Its kind, for messages.
    blocks : tuple of Block
        Change of coefficients.
    final : tuple of Block
        Change of cells of Y.
    moved : dict of position to amount
        What each country-industry gains in the first round, for `unmet`.
    home : Home, optional
        Whose capacity limits it.
    duties, freed : array, (n,)
        Import duties, and cost no longer spent, per unit of the buyer's output.
    makers : tuple of (host, investor, share)
        Positions of industries of which a part is made as elsewhere.
    pure : bool
        Whether only suppliers change, so that every buyer's total stays.
    left : dict of (buyer, industry) to amount
        What would have moved, but none of the new suppliers makes it.
    strength : float
        That the move asks for; the changes are those at this strength.
    """

    move: str
    blocks: tuple[Block, ...] = ()
    final: tuple[Block, ...] = ()
    moved: dict[int, float] = field(default_factory=dict)
    home: Home | None = None
    duties: Array | None = None
    freed: Array | None = None
    final_duties: float = 0.0
    makers: tuple[tuple[int, int, float], ...] = ()
    pure: bool = True
    left: dict[tuple[str, str], float] = field(default_factory=dict)
    strength: float = 1.0

    def part(self, n: int) -> Part:
        """Return what the linear algebra needs of it."""
        demand = np.zeros(n)
        for block in self.final:
            demand[block.rows] += block.values.sum(axis=1)
        return Part(self.blocks, demand)


class Ground:
    """One table as moves need it: columns of each region, exports, stage shares."""

    def __init__(self, table: MRIOTable, stage_weights: pd.DataFrame | None = None) -> None:
        self.table = table
        self.stage_weights = stage_weights
        self.Z, self.Y, self.x = table.accounts.Z, table.accounts.Y, table.accounts.x
        self.active = table.active
        self.per_output: Array = np.divide(1.0, self.x, out=np.zeros(len(self.x)), where=self.active)
        owners = np.asarray(table.accounts.demand.get_level_values(0))
        own = table.accounts.own_demand
        self.inputs_of = {r: np.flatnonzero(table.region_codes == k) for k, r in enumerate(table.regions)}
        self.final_of = {r: np.flatnonzero((owners == r) & own) for r in table.regions}

    def regions(self, names: str | Sequence[str]) -> list[str]:
        """Codes for names and groups."""
        return region_codes(self.table, names)

    def industries(self, names: str | Sequence[str] | None) -> list[str]:
        """Codes of the industries named, all by default."""
        return list(self.table.industries) if names is None else industry_codes(self.table, names)

    def positions(self, regions: Sequence[str], industry: str) -> Positions:
        """Where an industry of some regions stands, in the order of the table; only those with output."""
        column = self._places[:, self.table.industries.index(industry)]
        places = column[[self.table.regions.index(region) for region in regions]]
        return np.sort(places[places >= 0])

    @cached_property
    def _places(self) -> Positions:
        """Position of each industry in each region, -1 where it has no output, (regions, industries)."""
        places = np.full((len(self.table.regions), len(self.table.industries)), -1, dtype=np.intp)
        active = np.flatnonzero(self.active)
        places[self.table.region_codes[active], self.table.industry_codes[active]] = active
        return places

    def part(self, stage: str | None) -> Array:
        """Share of each country-industry that a move means, (n,)."""
        return np.ones(len(self.x)) if stage is None else stage_shares(self.table, stage, self.stage_weights)

    def columns(self, region: str, flows: str) -> tuple[Positions, Positions]:
        """Columns of Z and of Y in which a region buys."""
        none = np.zeros(0, dtype=np.intp)
        return (
            none if flows == "final" else self.inputs_of[region],
            none if flows == "inputs" else self.final_of[region],
        )

    def name(self, position: int) -> str:
        """Region and industry of a row."""
        return " ".join(map(str, self.table.index[position]))

    @cached_property
    def exports(self) -> Array:
        """Sales to other regions, at least 0, (n,)."""
        return np.maximum(Trade(self.table).total_exports, 0.0)

    def by_exports(self, targets: Positions, _cells: Array) -> Array:
        """Shares of the targets as they export now, (targets, 1); equal where none does."""
        usual = self.exports[targets]
        total = usual.sum()
        return (usual / total if total > 0 else np.full(len(targets), 1 / len(targets)))[:, None]

    def by_purchases(self, targets: Positions, cells: Array) -> Array:
        """Shares of the targets in what each column buys from them now; as they export where it buys from none."""
        bought = np.maximum(cells, 0.0)
        sums = bought.sum(axis=0)
        usual = np.broadcast_to(self.by_exports(targets, cells), bought.shape)
        return np.asarray(np.divide(bought, sums, out=usual.copy(), where=sums > 0))


def moved(
    ground: Ground,
    sellers: Positions,
    targets: Positions,
    columns: tuple[Positions, Positions],
    taken: Array,
    shares: Shares,
) -> tuple[Block, Block, float]:
    """Return the changes of A and Y, and their value, when shares of what columns buy from sellers go to the targets.

    Parameters
    ----------
    sellers, targets : array of int
        Rows of one product; none is in both.
    columns : pair of array of int
        Columns of Z and of Y.
    taken : array, (sellers,)
        Share of each seller's cells that moves.
    """
    rows = np.concatenate([sellers, targets])
    inputs, final = columns
    worth = 0.0
    made = []
    for matrix, where, scale in ((ground.Z, inputs, ground.per_output[inputs]), (ground.Y, final, 1.0)):
        gone = taken[:, None] * np.maximum(matrix[np.ix_(sellers, where)], 0.0)
        total = gone.sum(axis=0)
        worth += float(total.sum())
        gained = shares(targets, matrix[np.ix_(targets, where)]) * total
        made.append(Block(rows, where, np.vstack([-gone, gained]) * scale))
    return made[0], made[1], worth


def worth_of(ground: Ground, sellers: Positions, columns: tuple[Positions, Positions], taken: Array) -> float:
    """Return the value of shares of what columns buy from sellers."""
    return sum(
        float((taken[:, None] * np.maximum(matrix[np.ix_(sellers, where)], 0.0)).sum())
        for matrix, where in zip((ground.Z, ground.Y), columns, strict=True)
    )


def stacked(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """Put blocks of the same columns and different rows into one; leave out what is empty."""
    kept = [block for block in blocks if block.values.size and block.values.any()]
    if not kept:
        return ()
    return (
        Block(
            np.concatenate([block.rows for block in kept]), kept[0].columns, np.vstack([block.values for block in kept])
        ),
    )


def require_within(ground: Ground, edits: Sequence[Edit]) -> None:
    """Raise where moves take more from a cell than there is."""
    for matrix, name in ((ground.Z, "blocks"), (ground.Y, "final")):
        blocks = [(edit.move, block) for edit in edits for block in getattr(edit, name)]
        if len({kind for kind, _ in blocks}) == 0:
            continue
        rows = np.unique(np.concatenate([block.rows for _, block in blocks]))
        taken = np.zeros((len(rows), matrix.shape[1]))
        for _, block in blocks:
            where = np.searchsorted(rows, block.rows)
            scale = ground.x[block.columns] if name == "blocks" else 1.0
            taken[np.ix_(where, block.columns)] -= np.minimum(block.values, 0.0) * scale
        cells = np.maximum(matrix[rows], 0.0)
        over = (taken > cells * (1 + 1e-12)) & (cells > 0)
        if over.any():
            row, column = np.unravel_index(int(np.argmax(np.where(over, taken - cells, -np.inf))), taken.shape)
            _raise_over(ground, edits, name, int(rows[row]), int(column), taken[row, column] / cells[row, column])


def _raise_over(ground: Ground, edits: Sequence[Edit], name: str, row: int, column: int, share: float) -> None:
    def takes(edit: Edit) -> bool:
        return any(
            (block.values[np.ix_(block.rows == row, block.columns == column)] < 0).any()
            for block in getattr(edit, name)
        )

    kinds = [edit.move for edit in edits if takes(edit)]
    table = ground.table
    buyer = ground.name(column) if name == "blocks" else " ".join(map(str, table.accounts.demand[column]))
    raise OptionError(
        f"The moves take {share:.4g} times what {buyer} buys from {ground.name(row)} ({', '.join(kinds)}). Strengths "
        "are shares of the table before, so those that take from one flow may add up to 1 at most; lower them."
    )
