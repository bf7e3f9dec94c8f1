r"""The cells of split industries, on arrays: known ones kept, the others as near to the proportional split as can be.

A parent's row and column are spread over its parts in proportion to their output (the prior). Known cells replace it;
the free ones are scaled, their signs and zeros kept, until three families of sums hold together:

1. each part sells what it makes: its row adds up to its output;
2. each part uses what it makes: its column, primary inputs included, adds up to its output;
3. the parts add up to their parent: every cell of the parent is the sum of the cells that it became.

Each family is scaled in turn by the factor f that solves p f - n / f = total, with p the positive and n the negative
cells (GRAS), which comes to the table nearest to the prior in the sense of information.

References
----------
Junius & Oosterhaven (2003); Temurshoev, Miller & Bouwmeester (2013); Lindner, Legault & Guan (2012).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from io_linkage.leontief import Array
from io_linkage.leontief.biproportional import root_factor

#: Largest gap left in the sum of a part's row or column, relative to its output.
TOLERANCE = 1e-12
_ROUNDS = 5000

Positions = npt.NDArray[np.intp]


@dataclass(frozen=True)
class Expansion:
    """Which new country-industry comes from which old one.

    Attributes
    ----------
    parent : (N,)
        Position of the old country-industry of each new one; the parts of one stand together.
    share : (N,)
        Share of the old one's output; 1 where nothing is split. The shares of the parts of one add up to 1.
    parts : (q,)
        Positions of the new ones that are parts.
    """

    parent: Positions
    share: Array
    parts: Positions

    @property
    def others(self) -> Positions:
        """Positions of the new ones that are not parts."""
        return np.setdiff1d(np.arange(len(self.parent)), self.parts)


@dataclass(frozen=True)
class Blocks:
    """The rows and columns of the parts.

    Attributes
    ----------
    rows : (q, N + m)
        What each part sells to every country-industry, parts included, and to final demand.
    columns : (N - q + k, q)
        What each part buys from the country-industries that are not parts, and its primary inputs.
    """

    rows: Array
    columns: Array


def prior(expansion: Expansion, Z: Array, Y: Array, V: Array) -> Blocks:
    """Return the proportional split."""
    parent, share, parts = expansion.parent, expansion.share, expansion.parts
    sold = np.hstack([Z[np.ix_(parent[parts], parent)] * share, Y[parent[parts]]])
    bought = np.vstack([Z[np.ix_(parent[expansion.others], parent[parts])], V[:, parent[parts]]])
    return Blocks(sold * share[parts, None], bought * share[parts])


def fill(sums: ParentSums, start: Blocks, known: Blocks, output: Array) -> tuple[Blocks, Array]:
    """Scale the free cells to the three families of sums.

    Parameters
    ----------
    sums : ParentSums
    start : Blocks
        The proportional split.
    known : Blocks
        Cells that are known, NaN where they are free.
    output : array, (q,)
        Output of each part.

    Returns
    -------
    Blocks
    array, (2, q)
        What is left of the gaps of rows and of columns, as a share of output.
    """
    fixed = Blocks(np.nan_to_num(known.rows), np.nan_to_num(known.columns))
    free = Blocks(
        np.where(np.isnan(known.rows), start.rows, 0.0), np.where(np.isnan(known.columns), start.columns, 0.0)
    )
    rows_left = output - fixed.rows.sum(axis=1)
    columns_left = output - sums.column_sums(fixed)
    taken = sums.of(fixed)
    cells_left = Blocks(sums.parent.rows - taken.rows, sums.parent.columns - taken.columns)
    scale = np.where(output > 0, output, 1.0)
    gaps = np.full((2, len(output)), np.inf)
    last = np.inf
    for turn in range(_ROUNDS):
        free = sums.scaled_to_parents(free, cells_left)
        gaps = np.abs(np.array([free.rows.sum(axis=1) - rows_left, sums.column_sums(free) - columns_left])) / scale
        worst = float(gaps.max(initial=0.0))
        if worst <= TOLERANCE or (turn % 50 == 49 and worst > 0.999 * last):
            break
        last = worst if turn % 50 == 49 else last
        free = _scaled_rows(free, rows_left)
        free = sums.scaled_columns(free, columns_left)
    return Blocks(free.rows + fixed.rows, free.columns + fixed.columns), gaps


def _factors(positive: Array, negative: Array, total: Array) -> Array:
    """Return the factor of each sum; 0 where known cells leave nothing for cells that are all positive."""
    factor = root_factor(positive, negative, total)
    factor[(negative == 0) & (positive > 0) & (total <= 0)] = 0.0
    return factor


def _scaled(cells: Array, factor: Array) -> Array:
    """Multiply positive cells, divide negative ones."""
    scaled = cells * factor
    below = cells < 0
    if below.any():
        scaled[below] = cells[below] / np.broadcast_to(factor, cells.shape)[below]
    return np.asarray(scaled)


def _scaled_rows(free: Blocks, total: Array) -> Blocks:
    factor = _factors(np.maximum(free.rows, 0).sum(axis=1), np.maximum(-free.rows, 0).sum(axis=1), total)
    return Blocks(_scaled(free.rows, factor[:, None]), free.columns)


class ParentSums:
    """Sums over the parts of one parent, in rows and columns."""

    def __init__(self, expansion: Expansion, start: Blocks) -> None:
        self.parts = expansion.parts
        self.starts = _starts(expansion.parent[expansion.parts])
        wide = np.concatenate(
            [
                expansion.parent,
                expansion.parent.max(initial=-1) + 1 + np.arange(start.rows.shape[1] - len(expansion.parent)),
            ]
        )
        self.wide_starts = _starts(wide)
        self.row_group = np.cumsum(np.isin(np.arange(len(self.parts)), self.starts)) - 1
        self.wide_group = np.cumsum(np.isin(np.arange(len(wide)), self.wide_starts)) - 1
        self.parent = self.of(start)

    def of(self, blocks: Blocks) -> Blocks:
        """Add up the cells that one cell of a parent became."""
        return Blocks(self.by_parent_rows(blocks.rows), self.by_parent_columns(blocks.columns))

    def by_parent_rows(self, rows: Array) -> Array:
        """Add up over parts in rows and in columns."""
        return np.add.reduceat(np.add.reduceat(rows, self.starts, axis=0), self.wide_starts, axis=1)

    def by_parent_columns(self, columns: Array) -> Array:
        """Add up over parts in columns."""
        return np.add.reduceat(columns, self.starts, axis=1)

    def column_sums(self, blocks: Blocks) -> Array:
        """All that each part buys, primary inputs included, (q,)."""
        return np.asarray(blocks.columns.sum(axis=0) + blocks.rows[:, self.parts].sum(axis=0))

    def scaled_columns(self, free: Blocks, total: Array) -> Blocks:
        """Scale the column of each part to its total."""
        positive = self.column_sums(Blocks(np.maximum(free.rows, 0), np.maximum(free.columns, 0)))
        negative = self.column_sums(Blocks(np.maximum(-free.rows, 0), np.maximum(-free.columns, 0)))
        factor = _factors(positive, negative, total)
        rows = free.rows.copy()
        rows[:, self.parts] = _scaled(rows[:, self.parts], factor)
        return Blocks(rows, _scaled(free.columns, factor))

    def scaled_to_parents(self, free: Blocks, left: Blocks) -> Blocks:
        """Scale the cells of the parts to what their parent's cell leaves them."""
        rows = _factors(
            self.by_parent_rows(np.maximum(free.rows, 0)), self.by_parent_rows(np.maximum(-free.rows, 0)), left.rows
        )
        columns = _factors(
            self.by_parent_columns(np.maximum(free.columns, 0)),
            self.by_parent_columns(np.maximum(-free.columns, 0)),
            left.columns,
        )
        return Blocks(
            _scaled(free.rows, rows[np.ix_(self.row_group, self.wide_group)]),
            _scaled(free.columns, columns[:, self.row_group]),
        )


def _starts(groups: Positions) -> Positions:
    """Where each run of equal values begins."""
    return np.flatnonzero(np.concatenate([[True], groups[1:] != groups[:-1]]))
