"""TFP paired with the tables it lies between: cost shares, what is known, what is covered."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from io_linkage.errors import ComparisonError, OptionError
from io_linkage.leontief import Array, System
from io_linkage.panel import dated, require_comparable
from io_linkage.table import MRIOTable
from io_linkage.wording import counted, listed

Tables: TypeAlias = "MRIOTable | Sequence[MRIOTable]"


@dataclass(frozen=True, eq=False)
class Link:
    """The years between two tables: mean cost shares, mean TFP a year, and the part of all years.

    Attributes
    ----------
    tables : tuple of MRIOTable
        One, or the earlier and the later.
    tau : array, (n,)
        0 where it is not known.
    known : array of bool, (n,)
    part : float
    """

    tables: tuple[MRIOTable, ...]
    tau: Array
    known: npt.NDArray[np.bool_]
    part: float

    @cached_property
    def A(self) -> Array:
        """Mean of the tables' cost shares."""
        return np.asarray(sum(table.system.A for table in self.tables) / len(self.tables))

    @cached_property
    def system(self) -> System:
        """The system of the mean cost shares."""
        if len(self.tables) == 1:
            return self.tables[0].system
        return System(self.A, np.ones(len(self.tau)))

    @cached_property
    def final_share(self) -> Array:
        """Shares of each product in the world's final demand, mean of the tables, (n,)."""
        shares = []
        for table in self.tables:
            demand = table.accounts.Y[:, table.accounts.own_demand].sum(axis=1)
            shares.append(demand / demand.sum())
        return np.asarray(sum(shares) / len(shares))

    def covered(self) -> Array:
        """Share of each product's primary costs that arise where tau is known, (n,)."""
        primary = 1.0 - sum(table.system.direct_column_sums for table in self.tables) / len(self.tables)
        return self.system.solve_transposed(np.where(self.known, primary, 0.0))


def links(tables: Tables, tfp: pd.Series[float]) -> list[Link]:
    """Pair the years of TFP with the tables they lie between."""
    several = [tables] if isinstance(tables, MRIOTable) else list(tables)
    if not several:
        raise OptionError("No table was given.")
    wide = _on_table(several[0], tfp)
    if len(several) == 1 or "year" not in tfp.index.names:
        if len(several) > 2:
            raise OptionError(f"{len(several)} tables need TFP of each year: years='each' in industry_growth.")
        require_comparable(*several)
        return [_link(tuple(several), wide.to_numpy(), 1.0)]
    ordered = dict(sorted(dated(several)))
    years = [int(year) for year in wide.columns]
    known = list(ordered)
    if min(years) <= known[0] or max(years) > known[-1]:
        raise OptionError(
            f"Growth of {min(years)} to {max(years)} does not lie between the tables of {known[0]} and {known[-1]}. "
            "Choose first= and last= in industry_growth between them, or give tables around them."
        )
    return list(_between(ordered, wide, years))


def _between(tables: dict[int, MRIOTable], wide: pd.DataFrame, years: list[int]) -> Iterator[Link]:
    known = list(tables)
    for before, after in pairwise(known):
        inside = [year for year in years if before < year <= after]
        if inside:
            part = len(inside) / len(years)
            yield _link((tables[before], tables[after]), wide[inside].to_numpy(), part)


def _link(tables: tuple[MRIOTable, ...], growth: Array, part: float) -> Link:
    mean = growth.mean(axis=1)
    known = np.isfinite(mean) | ~np.logical_or.reduce([table.active for table in tables])
    return Link(tables, np.where(np.isfinite(mean), mean, 0.0), known, part)


def _on_table(table: MRIOTable, tfp: pd.Series[float]) -> pd.DataFrame:
    """TFP on the table's index, a column for each year."""
    from io_linkage.economies import registry

    if list(tfp.index.names)[:2] != ["region", "industry"] or tfp.index.has_duplicates:
        raise OptionError(
            "TFP is a Series by region and industry, and year where there are several, each once; this one is by "
            f"{', '.join(map(str, tfp.index.names))}. Take a column of industry_growth."
        )
    wide = tfp.unstack("year") if "year" in tfp.index.names else tfp.to_frame()
    spelled = {registry.find(code) or code: code for code in table.regions}
    codes = [spelled.get(registry.find(code) or code, code) for code in wide.index.get_level_values("region")]
    wide.index = pd.MultiIndex.from_arrays([codes, wide.index.get_level_values("industry")], names=table.index.names)
    strange = wide.index[wide.notna().any(axis=1) & ~wide.index.isin(table.index)]
    if len(strange):
        regions = list(dict.fromkeys(str(region) for region, _ in strange))
        raise ComparisonError(
            f"{table.label} lacks {counted(len(strange), 'country-industry', 'country-industries')} that have TFP, of "
            f"{listed(regions[:5])}, first {' '.join(map(str, strange[0]))}. Give accounts of the table's own "
            "regions and industries."
        )
    return wide.reindex(table.index)
