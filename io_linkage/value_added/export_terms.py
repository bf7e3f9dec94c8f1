"""Gross exports split into terms that add up to them, at any level from the world to one industry and importer.

`Trade`, the arrays in blocks of regions, and the two definitions of value added are in `io_linkage.trade_blocks`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

import numpy as np
import pandas as pd

from io_linkage.captions import labelled
from io_linkage.errors import AddingUpError, OptionError, StageError, require_option
from io_linkage.leontief import Array
from io_linkage.trade_blocks import Definition, Trade, trade

__all__ = ["LEVELS", "NON_VA", "Decomposition", "Definition", "Trade", "decomposition", "require_adding_up", "trade"]

Level: TypeAlias = Literal[
    "world", "exporter", "exporter-industry", "exporter-importer", "exporter-industry-importer", "exporter-stage"
]

NON_VA = "NON_VA"
LEVELS = ("exporter", "industry", "importer")

#: Largest gap between the terms of a decomposition and gross exports, relative to the flow.
ADDING_UP = 1e-9


_WRONG = "The table is close to singular or a term is wrong; please report it."


def require_adding_up(method: str, terms: pd.DataFrame, total: pd.Series[float], *, remedy: str = _WRONG) -> None:
    """Raise `AddingUpError` where the terms of a row miss its exports by more than 1e-9 of it."""
    values, exports = terms.to_numpy(dtype=np.float64), total.to_numpy(dtype=np.float64)
    gap = np.abs(np.nansum(values, axis=1) - np.nan_to_num(exports))
    size = np.maximum(np.abs(np.nan_to_num(exports)), np.nansum(np.abs(values), axis=1))
    # Below the last digit of a whole country's exports a flow is rounding.
    floor = 1e-15 * np.nansum(np.abs(exports))
    bad = gap > ADDING_UP * size + floor
    if bad.any():
        worst = int(np.argmax(np.where(bad, gap / np.maximum(size, floor), 0)))
        raise AddingUpError(
            f"{method}: the terms miss gross exports in {int(bad.sum())} of {len(gap)} flows, most at "
            f"{terms.index[worst]}: {np.nansum(values[worst]):.12g} against {exports[worst]:.12g}. {remedy}"
        )


@dataclass(frozen=True, eq=False)
class Decomposition:
    """Gross exports split into terms that add up to them; checked when it is made.

    Attributes
    ----------
    method : str
    terms : DataFrame
        One row per flow (levels exporter, industry, importer, or some of them), one column per term.
    exports : Series
        Gross exports of each flow.
    groups : mapping
        Sums of terms that have a name of their own, e.g. DVA.
    attrs : mapping
        Unit, table, year, source, definition of value added.

    Raises
    ------
    AddingUpError
        When the terms of a flow miss its exports by more than 1e-9 of it.
    """

    method: str
    terms: pd.DataFrame
    exports: pd.Series[float]
    groups: Mapping[str, Sequence[str]] = field(default_factory=dict)
    attrs: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Check that the terms add up."""
        require_adding_up(self.method, self.terms, self.exports)

    def __repr__(self) -> str:
        """One line: method, size."""
        levels = " x ".join(str(name) for name in self.terms.index.names)
        return f"<Decomposition {self.method}: {self.terms.shape[1]} terms, {len(self.terms):,} flows by {levels}>"

    @property
    def levels(self) -> list[str]:
        """What the flows are told apart by."""
        return [str(name) for name in self.terms.index.names]

    def frame(
        self,
        by: Level | None = None,
        *,
        groups: bool = False,
        shares: bool = False,
        stage_weights: pd.DataFrame | None = None,
    ) -> pd.DataFrame:
        """Terms summed to a level, with gross exports as the last column.

        Parameters
        ----------
        by : {"world", "exporter", "exporter-industry", "exporter-importer", "exporter-industry-importer", \
"exporter-stage"}
            The finest level there is by default.
        groups : bool
            The named sums instead of the terms.
        shares : bool
            Shares of gross exports instead of values; NaN without exports.
        stage_weights : DataFrame, (n, stages)
            Stage shares of the exporting industries, for ``by="exporter-stage"``.

        Returns
        -------
        DataFrame; NaN for industries without output. The terms (with `NON_VA` where there is one) add up to
        `exports`, to 1 as shares.
        """
        wide = self.terms.assign(exports=self.exports)
        result = self._summed(wide, "-".join(self.levels) if by is None else by, stage_weights)
        if groups:
            named = {name: result[list(parts)].sum(axis=1, skipna=False) for name, parts in self.groups.items()}
            result = pd.DataFrame({**named, "exports": result["exports"]}, index=result.index)
        if shares:
            result = result.div(result["exports"].where(result["exports"] != 0), axis=0)
        unit = "share of gross exports" if shares else str(self.attrs.get("unit", ""))
        return labelled(
            result,
            {**result.attrs, **self.attrs, "measure": self.method, "unit": unit, "by": by or "-".join(self.levels)},
        )

    def _summed(self, wide: pd.DataFrame, by: str, stage_weights: pd.DataFrame | None) -> pd.DataFrame:
        known = ("world", *dict.fromkeys(("exporter", "exporter-industry", "exporter-importer", "-".join(self.levels))))
        if by == "exporter-stage":
            if stage_weights is None:
                raise OptionError("by='exporter-stage' needs shares: stage_weights=io_linkage.stages.weights(table).")
            return self._by_stage(wide, stage_weights)
        if by == "world":
            return wide.sum().to_frame("world").T
        names = by.split("-")
        if not set(names) <= set(self.levels):
            kept = [k for k in known if set(k.split("-")) <= {*self.levels, "world"}]
            finer = "For the nine terms by industry and importer use to_kww(wwz(table))." if len(kept) == 2 else ""
            require_option("by", by, kept, remedy=finer)
        if names == self.levels:
            return wide
        # An industry without output is NaN in all its flows; a country is the sum of the others.
        return wide.groupby(level=names, sort=False).sum(min_count=1 if "industry" in names else 0)

    def _by_stage(self, wide: pd.DataFrame, stage_weights: pd.DataFrame) -> pd.DataFrame:
        flows = self._summed(wide, "exporter-industry", None)
        shares = stage_weights.copy()
        shares.index = shares.index.set_names(["exporter", "industry"])
        aligned = shares.reindex(flows.index)
        off = ~np.isclose(aligned.sum(axis=1, skipna=False).to_numpy(), 1.0, rtol=0, atol=1e-9)
        if off.any():
            raise StageError(
                f"The stage shares of {int(off.sum())} of {len(off)} exporting industries do not add up to 1 or are "
                f"absent, first {' '.join(aligned.index[int(off.argmax())])}. Take io_linkage.stages.weights(table) of "
                "this table, or scale the rows."
            )
        parts = {
            stage: flows.mul(aligned[stage], axis=0).groupby(level="exporter", sort=False).sum()
            for stage in aligned.columns
        }
        stacked = (
            pd.concat(parts, names=["stage"])
            .swaplevel()
            .reindex(
                pd.MultiIndex.from_product([flows.index.unique("exporter"), list(parts)], names=["exporter", "stage"])
            )
        )
        return stacked


def decomposition(
    blocks: Trade,
    method: str,
    values: Array,
    names: Sequence[str],
    groups: Mapping[str, Sequence[str]] | None = None,
) -> Decomposition:
    """Label terms (n, G, k) by exporter, industry and importer and check that they add up.

    The `NON_VA` term is put in here where value added is not all of the primary inputs, from p'L and exports.
    """
    labels = list(names)
    if blocks.has_other:
        values = np.concatenate([values, (blocks.other_content[:, None] * blocks.exports)[:, :, None]], axis=2)
        labels.append(NON_VA)
    table = blocks.table
    abroad = blocks.codes[:, None] != np.arange(blocks.G)
    flow, importer = np.nonzero(abroad)
    regions = pd.Index(table.regions)
    index = pd.MultiIndex.from_arrays(
        [regions[blocks.codes[flow]], pd.Index(table.industries)[table.industry_codes[flow]], regions[importer]],
        names=list(LEVELS),
    )
    idle = ~table.active[flow]
    cells, exports = values[abroad], blocks.exports[abroad]
    cells[idle] = np.nan
    exports[idle] = np.nan
    return Decomposition(
        method,
        pd.DataFrame(cells, index=index, columns=labels),
        pd.Series(exports, index=index, name="exports"),
        {**(groups or {}), **({NON_VA: (NON_VA,)} if blocks.has_other else {})},
        table.caption(method, table.unit, **blocks.attrs),
    )
