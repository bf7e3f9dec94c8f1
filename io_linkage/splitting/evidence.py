"""From what a recipe says of a part to the cells that are known."""

from __future__ import annotations

import numpy as np
import pandas as pd

from io_linkage.errors import OptionError, unknown
from io_linkage.leontief import Array
from io_linkage.splitting.filling import Blocks, Expansion, Positions
from io_linkage.splitting.recipe import Figure, Part, figure_for
from io_linkage.table import MRIOTable

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
        self.any = False
        self._codes = index.get_level_values(1)
        demand = table.accounts.demand
        self._buyers = np.concatenate([self._codes, demand.get_level_values(1).astype(str)])
        self._value_added = np.isin(table.accounts.primary, table.accounts.va_rows)

    def note(self, part_row: int, part: Part) -> None:
        """Write down what a part is known to buy, to sell and to add."""
        position = int(self.expansion.parts[part_row])
        region, code = map(str, self.index[position])
        for product, figure in part.inputs.items():
            value = self._figure(figure, region, code, f"input of {product}")
            if value is not None:
                self._buy(part_row, code, region, product, value)
        for buyer, figure in part.sales.items():
            value = self._figure(figure, region, code, f"sales to {buyer}")
            if value is not None:
                self._sell(part_row, code, region, buyer, value)
        if part.value_added is not None:
            value = self._figure(part.value_added, region, code, "value added")
            if value is not None:
                rows = len(self.expansion.others) + np.flatnonzero(self._value_added)
                self._set_columns(
                    part_row, rows, np.array([], dtype=np.intp), value, f"value added of {code!r} in {region}"
                )
        self._require_room(part_row, region, code)

    def _figure(self, figure: Figure, region: str, code: str, what: str) -> float | None:
        value = figure_for(figure, region)
        if value is not None and not 0 <= value <= 1:
            raise OptionError(
                f"The {what} of {code!r} in {region} is {value:g} per unit of output; it must lie between 0 and 1."
            )
        return value

    def _buy(self, part_row: int, code: str, region: str, product: str, value: float) -> None:
        sellers = np.flatnonzero(self._codes == product)
        if not len(sellers):
            raise unknown(
                "product", product, self._codes.unique(), remedy="Inputs are industries of the table, or parts."
            )
        rows = np.flatnonzero(np.isin(self.expansion.others, sellers))
        parts = np.flatnonzero(np.isin(self.expansion.parts, sellers))
        self._set_columns(part_row, rows, parts, value, f"input of {product!r} by {code!r} in {region}")

    def _sell(self, part_row: int, code: str, region: str, buyer: str, value: float) -> None:
        columns = np.flatnonzero(self._buyers == buyer)
        if not len(columns):
            raise unknown(
                "buyer",
                buyer,
                pd.unique(self._buyers),
                remedy="Sales go to industries, to parts, or to categories of final demand.",
            )
        prior = self.start.rows[part_row, columns]
        self.blocks.rows[part_row, columns] = self._spread(
            prior, value * self.output[part_row], f"sale of {code!r} in {region} to {buyer!r}"
        )
        self.any = True

    def _set_columns(self, part_row: int, rows: Positions, parts: Positions, value: float, what: str) -> None:
        """Spread an input over its origins as the parent's is spread; some of the sellers may be parts themselves."""
        column = int(self.expansion.parts[part_row])
        prior = np.concatenate([self.start.columns[rows, part_row], self.start.rows[parts, column]])
        cells = self._spread(prior, value * self.output[part_row], what)
        self.blocks.columns[rows, part_row] = cells[: len(rows)]
        self.blocks.rows[parts, column] = cells[len(rows) :]
        self.any = True

    @staticmethod
    def _spread(prior: Array, total: float, what: str) -> Array:
        size = prior.sum()
        if total == 0:
            return np.zeros_like(prior)
        if size <= 0:
            raise OptionError(
                f"The {what} cannot be spread: the parent has none, so nothing says where it comes from or goes to. "
                "Leave it out of the recipe."
            )
        return np.asarray(prior * (total / size))

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
