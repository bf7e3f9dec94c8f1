"""From what a recipe says of a part to the cells that are known."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from io_linkage.errors import OptionError, unknown
from io_linkage.leontief import Array
from io_linkage.splitting.filling import Blocks, Expansion, Positions
from io_linkage.splitting.recipe import Part, figure_for
from io_linkage.table import MRIOTable


class Cells(NamedTuple):
    """Positions in the columns and in the rows of the parts."""

    columns: tuple[Positions, ...]
    rows: tuple[Positions, ...]


#: No cells at all.
_NOWHERE = np.ix_(np.zeros(0, dtype=np.intp), np.zeros(0, dtype=np.intp))

#: How far a known cell may exceed its parent's, relative to it: figures are rounded.
_ROUNDING = 1e-9


class Known:
    """The known cells of the parts, collected part by part; NaN where a cell is free."""

    def __init__(
        self, table: MRIOTable, index: pd.MultiIndex, expansion: Expansion, start: Blocks, output: Array
    ) -> None:
        self.index = index
        self.expansion = expansion
        self.start = start
        self.output = output
        self.blocks = Blocks(np.full_like(start.rows, np.nan), np.full_like(start.columns, np.nan))
        self._codes = index.get_level_values(1)
        demand = table.accounts.demand
        self._buyers = np.concatenate([self._codes, demand.get_level_values(1).astype(str)])
        self._value_added = np.isin(table.accounts.primary, table.accounts.va_rows)

    @property
    def any(self) -> bool:
        """Whether a cell is known."""
        return not (np.isnan(self.blocks.rows).all() and np.isnan(self.blocks.columns).all())

    def note(self, part_row: int, part: Part) -> None:
        """Write down what a part is known to buy, to sell and to add."""
        position = int(self.expansion.parts[part_row])
        region, code = map(str, self.index[position])
        noted = (
            *(
                (f"input of {product}", figure, self._inputs(part_row, product))
                for product, figure in part.inputs.items()
            ),
            *((f"sales to {buyer}", figure, self._sales(part_row, buyer)) for buyer, figure in part.sales.items()),
        )
        if part.value_added is not None:
            noted += (("value added", part.value_added, self._value_added_cells(part_row)),)
        for what, figure, cells in noted:
            value = figure_for(figure, region)
            if value is not None:
                self._set(cells, part_row, value, part.relative, f"{what} of {code!r} in {region}")
        self._require_room(part_row, region, code)

    def _inputs(self, part_row: int, product: str) -> Cells:
        """Where a part buys a product; some of the sellers may be parts themselves."""
        sellers = np.flatnonzero(self._codes == product)
        if not len(sellers):
            raise unknown(
                "product", product, self._codes.unique(), remedy="Inputs are industries of the table, or parts."
            )
        rows = np.flatnonzero(np.isin(self.expansion.others, sellers))
        parts = np.flatnonzero(np.isin(self.expansion.parts, sellers))
        own = self.expansion.parts[[part_row]]
        return Cells(np.ix_(rows, np.array([part_row])), np.ix_(parts, own))

    def _sales(self, part_row: int, buyer: str) -> Cells:
        columns = np.flatnonzero(self._buyers == buyer)
        if not len(columns):
            raise unknown(
                "buyer",
                buyer,
                pd.unique(self._buyers),
                remedy="Sales go to industries, to parts, or to categories of final demand.",
            )
        return Cells(_NOWHERE, np.ix_(np.array([part_row]), columns))

    def _value_added_cells(self, part_row: int) -> Cells:
        rows = len(self.expansion.others) + np.flatnonzero(self._value_added)
        return Cells(np.ix_(rows, np.array([part_row])), _NOWHERE)

    def _set(self, cells: Cells, part_row: int, value: float, relative: bool, what: str) -> None:
        """Spread a figure over its cells as the parent's is spread."""
        if value < 0 or (value > 1 and not relative):
            bound = "not below 0" if relative else "between 0 and 1, per unit of output"
            raise OptionError(f"The {what} is {value:g}; it must be {bound}.")
        size = self.start.columns[cells.columns].sum() + self.start.rows[cells.rows].sum()
        total = value * (size if relative else self.output[part_row])
        if total != 0 and size <= 0:
            raise OptionError(
                f"The {what} cannot be spread: the parent has none, so nothing says where it comes from or goes to. "
                "Leave it out of the recipe."
            )
        scale = total / size if total != 0 else 0.0
        self.blocks.columns[cells.columns] = self.start.columns[cells.columns] * scale
        self.blocks.rows[cells.rows] = self.start.rows[cells.rows] * scale

    def _require_room(self, part_row: int, region: str, code: str) -> None:
        """Known inputs, or known sales, of a part must not exceed its output."""
        column = int(self.expansion.parts[part_row])
        bought = np.concatenate([self.blocks.columns[:, part_row], self.blocks.rows[:, column]])
        sold = self.blocks.rows[part_row]
        for cells, prior, what in (
            (
                bought,
                np.concatenate([self.start.columns[:, part_row], self.start.rows[:, column]]),
                "inputs and value added",
            ),
            (sold, self.start.rows[part_row], "sales"),
        ):
            total = np.nansum(cells)
            # A free cell below zero, such as stocks drawn down, may make room for any sum.
            below_zero = bool((prior[np.isnan(cells)] < 0).any())
            if total > self.output[part_row] * (1 + _ROUNDING) and not below_zero:
                raise OptionError(
                    f"The known {what} of {code!r} in {region} add up to {total / self.output[part_row]:.4g} of its "
                    "output; they must not exceed it."
                )
