r"""Trade between the regions of a table, in blocks: the arrays that value added in trade is made of.

Terms
-----
s, r, t : exporter, importer, any region. A_sr, L_sr, Y_sr : blocks of A, L and final demand between them.
M_r : (I - A_rr)^-1, the local inverse of region r; L_rr >= M_r, since L_rr also counts feedback through others.
E_sr : A_sr x_r + Y_sr, exports of s to r, by exporting industry. E_s* : exports of s to all others.
v : value added per unit of output. p : the other primary inputs per unit of output (taxes on products, margins and
    the statistical discrepancy), so that v + p = 1 - i'A.

Rules
-----
1. ``definition="table"`` takes value added as the table has it. Taxes, margins and the discrepancy along the chain
   are then a term of their own, `NON_VA`, so that the terms still add up to gross exports.
2. ``definition="residual"`` takes v = 1 - i'A, as Koopman, Wang & Wei, decompr and exvatools do; there is no
   `NON_VA`. The two agree on a table whose value added is the residual.
3. An industry without output exports nothing: stray flows recorded for it are left out, its results are NaN.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from io_linkage.errors import OptionError, require_option
from io_linkage.leontief import Array
from io_linkage.table import MRIOTable

Definition: TypeAlias = Literal["table", "residual"]

_Block: TypeAlias = "slice | npt.NDArray[np.intp]"


class Trade:
    """Arrays of one table in blocks of regions.

    Attributes
    ----------
    v, p : array, (n,)
        Value added and other primary inputs per unit of output, 0 without output.
    demand : array, (n, G)
        Final demand of each region.
    exports : array, (n, G)
        E, 0 within a region.
    blocks : list
        Positions of each region's industries; regions may have different industries.
    """

    def __init__(self, table: MRIOTable, definition: Definition = "table") -> None:
        require_option("definition", definition, ("table", "residual"))
        self.table = table
        self.system = table.system
        self.x: Array = table.accounts.x
        self.n = len(self.x)
        self.G = len(table.regions)
        self.codes = table.region_codes
        self.rows = np.arange(self.n)
        self.blocks = [_block(np.flatnonzero(self.codes == r)) for r in range(self.G)]
        active = self.system.active
        room = np.where(active, 1.0 - self.system.direct_column_sums, 0.0)
        self.v: Array = room if definition == "residual" else table.per_output(table.va.to_numpy(dtype=np.float64))
        other = room - self.v
        # What rounding leaves is not a tax.
        self.has_other = bool(np.abs(other * self.x).sum() > 1e-11 * self.x.sum())
        self.p: Array = other if self.has_other else np.zeros(self.n)
        self.demand: Array = np.where(active[:, None], table.demand_by_region.to_numpy(dtype=np.float64), 0.0)
        self.value_added = definition

    @cached_property
    def own_demand(self) -> Array:
        """Y_rr: final demand for own products, (n,)."""
        return self.demand[self.rows, self.codes]

    @cached_property
    def final_exports(self) -> Array:
        """Y_sr, r != s, (n, G)."""
        return self.without_own(self.demand)

    @cached_property
    def exports(self) -> Array:
        """E_sr, (n, G), 0 within a region."""
        flows = np.column_stack([self.system.Z[:, block].sum(axis=1) for block in self.blocks])
        return self.without_own(flows + self.demand)

    @cached_property
    def total_exports(self) -> Array:
        """E_s*, (n,)."""
        return np.asarray(self.exports.sum(axis=1))

    @cached_property
    def L(self) -> Array:
        """The Leontief inverse, made once for the table."""
        return self.system.inverse()

    @cached_property
    def local_inverses(self) -> list[Array]:
        """M_r for each region."""
        inverses: list[Array] = []
        for block in self.blocks:
            A = self.scaled(self.system.Z[block][:, block], block)
            inverses.append(np.asarray(np.linalg.inv(np.eye(len(A)) - A), dtype=np.float64))
        return inverses

    def scaled(self, flows: Array, buyers: _Block) -> Array:
        """Flows per unit of the buyers' output."""
        x = self.x[buyers]
        return flows * np.divide(1.0, x, out=np.zeros(len(x)), where=x > 0)

    def without_own(self, wide: Array) -> Array:
        """Return a copy of an (n, G) array with each region's own column at 0."""
        result = wide.copy()
        result[self.rows, self.codes] = 0.0
        return result

    def times_local(self, b: Array) -> Array:
        """M b, region by region, for (n,) or (n, m)."""
        result = np.empty_like(b, dtype=np.float64)
        for block, M in zip(self.blocks, self.local_inverses, strict=True):
            result[block] = M @ b[block]
        return result

    def times_local_transposed(self, b: Array) -> Array:
        """M'b, region by region."""
        result = np.empty_like(b, dtype=np.float64)
        for block, M in zip(self.blocks, self.local_inverses, strict=True):
            result[block] = M.T @ b[block]
        return result

    def across(self, b: Array) -> Array:
        """Product of b with A's blocks between different regions."""
        result = self.system.apply(b)
        for block in self.blocks:
            result[block] -= self.scaled(self.system.Z[block][:, block], block) @ b[block]
        return result

    def across_transposed(self, b: Array) -> Array:
        """Product of b with the transpose of A's blocks between different regions."""
        result = self.system.apply_transposed(b)
        for block in self.blocks:
            result[block] -= self.scaled(self.system.Z[block][:, block], block).T @ b[block]
        return result

    def spread(self, b: Array) -> Array:
        """Spread a vector over a column for each region, (n, G)."""
        wide = np.zeros((self.n, self.G))
        wide[self.rows, self.codes] = b
        return wide

    def region_sums(self, values: Array) -> Array:
        """Sum over each region's industries, (G,) or (G, m)."""
        return np.stack([values[block].sum(axis=0) for block in self.blocks])

    @cached_property
    def local_value_added(self) -> Array:
        """v_s M_s: value added at home per unit of output before any feedback through others, (n,)."""
        return self.times_local_transposed(self.v)

    @cached_property
    def content(self) -> Array:
        """Value added of each region per unit of each final output: rows v_t L_t., (G, n)."""
        if self.system.has_inverse:
            return np.stack([self.v[block] @ self.L[block] for block in self.blocks])
        return np.ascontiguousarray(self.system.solve_transposed(self.spread(self.v)).T)

    @cached_property
    def own_content(self) -> Array:
        """v_s L_ss, (n,)."""
        return self.content[self.codes, self.rows]

    @cached_property
    def foreign_content(self) -> Array:
        """Sum over t != s of v_t L_ts, (n,)."""
        others = self.content.copy()
        others[self.codes, self.rows] = 0.0
        return np.asarray(others.sum(axis=0))

    @cached_property
    def other_content(self) -> Array:
        """p'L: taxes, margins and discrepancy along the whole chain, per unit of final output, (n,)."""
        return self.system.solve_transposed(self.p) if self.has_other else np.zeros(self.n)

    def to_importers(self, within: Array) -> Array:
        """A_sr w_r for every pair s != r.

        Parameters
        ----------
        within : array, (n, k) or (n, G, k)
            w at the importer; with a middle axis w differs by exporter s.

        Returns
        -------
        array, (n, G, k)
        """
        k = within.shape[-1]
        result = np.zeros((self.n, self.G, k))
        for r, buyers in enumerate(self.blocks):
            w = within[buyers]
            for s, sellers in enumerate(self.blocks):
                if s != r:
                    A = self.scaled(self.system.Z[sellers][:, buyers], buyers)
                    result[sellers, r] = A @ (w if w.ndim == 2 else w[:, s])
        return result

    @property
    def attrs(self) -> dict[str, Any]:
        """What the results say of the definition used."""
        label = self.table.value_added_label if self.value_added == "table" else "output less intermediate inputs"
        return {"value_added": label}


def _block(positions: npt.NDArray[np.intp]) -> _Block:
    # A slice reads a block without copying it.
    if len(positions) and positions[-1] - positions[0] + 1 == len(positions):
        return slice(int(positions[0]), int(positions[-1]) + 1)
    return positions


def trade(table: MRIOTable, definition: Definition = "table") -> Trade:
    """Return the table's trade in blocks; raise where there is nobody to trade with."""
    if len(table.regions) < 2:
        raise OptionError(
            f"{table.label} has one region, {table.regions[0]}, so it has no trade by partner and no value added of "
            "others in its exports. Use a multi-regional table; position and length (io_linkage.position) work on "
            "one region."
        )
    return Trade(table, definition)
