"""The balanced arrays of a table with their labels, and the matrices derived from them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from io_linkage.accounts import Accounts, value_added_label
from io_linkage.leontief import Array, System


@dataclass(frozen=True, eq=False, repr=False)
class LabelledArrays:
    """What is stored and what follows from it, as labelled frames; `io_linkage.table.MRIOTable` adds all else."""

    index: pd.MultiIndex
    accounts: Accounts

    # Labelled views of what is stored.

    @property
    def Z(self) -> pd.DataFrame:
        """Flows between country-industries, (n, n)."""
        return pd.DataFrame(self.accounts.Z, index=self.index, columns=self.index, copy=False)

    @property
    def Y(self) -> pd.DataFrame:
        """Final demand, (n, regions x categories), with the discrepancy columns where there are gaps."""
        return pd.DataFrame(self.accounts.Y, index=self.index, columns=self.accounts.demand, copy=False)

    @property
    def V(self) -> pd.DataFrame:
        """Primary inputs, (k, n), with the discrepancy row where there are gaps."""
        return pd.DataFrame(self.accounts.V, index=self.accounts.primary, columns=self.index, copy=False)

    @property
    def x(self) -> pd.Series[float]:
        """Gross output, (n,)."""
        return pd.Series(self.accounts.x, index=self.index, name="x", copy=False)

    @property
    def published_output(self) -> pd.Series[float] | None:
        """Gross output as published, or None."""
        published = self.accounts.published
        return None if published is None else pd.Series(published, index=self.index, name="published output")

    @cached_property
    def va(self) -> pd.Series[float]:
        """Value added as `value_added_label` says, (n,)."""
        if self.accounts.value_added == "residual":
            values = self.accounts.V.sum(axis=0)
        else:
            rows = self.accounts.primary.get_indexer(pd.Index(self.accounts.va_rows))
            values = self.accounts.V[rows].sum(axis=0)
        values.flags.writeable = False
        return pd.Series(values, index=self.index, name=self.value_added_label, copy=False)

    @property
    def v(self) -> pd.Series[float]:
        """Value added per unit of output, 0 where there is no output."""
        return pd.Series(self.per_output(self.va.to_numpy(dtype=np.float64)), index=self.index, name="v")

    @property
    def value_added_label(self) -> str:
        """What `va` holds: "value added", or "value added including taxes and margins"."""
        return value_added_label(self.accounts)

    @property
    def final_demand(self) -> pd.Series[float]:
        """Y i: all final demand for each country-industry, (n,)."""
        return pd.Series(self.accounts.Y.sum(axis=1), index=self.index, name="final demand")

    @property
    def demand_by_region(self) -> pd.DataFrame:
        """Final demand of each region summed over categories, (n, regions)."""
        columns = self.accounts.demand.get_level_values(0)
        sums = np.column_stack(
            [self.accounts.Y[:, np.asarray(columns == region)].sum(axis=1) for region in self.regions]
        )
        return pd.DataFrame(sums, index=self.index, columns=pd.Index(self.regions, name="region"))

    # Labels.

    @cached_property
    def regions(self) -> list[str]:
        """Region codes in the table's order."""
        return list(dict.fromkeys(self.index.get_level_values(0)))

    @cached_property
    def industries(self) -> list[str]:
        """Industry codes in the table's order."""
        return list(dict.fromkeys(self.index.get_level_values(1)))

    @cached_property
    def region_codes(self) -> npt.NDArray[np.intp]:
        """Position in `regions` of each country-industry, (n,)."""
        return pd.Index(self.regions).get_indexer(self.index.get_level_values(0))

    @cached_property
    def industry_codes(self) -> npt.NDArray[np.intp]:
        """Position in `industries` of each country-industry, (n,)."""
        return pd.Index(self.industries).get_indexer(self.index.get_level_values(1))

    @property
    def active(self) -> npt.NDArray[np.bool_]:
        """Whether each country-industry has output, (n,)."""
        return self.system.active

    # Derived matrices.

    @cached_property
    def system(self) -> System:
        """The Leontief system: arrays, the factorisation, solves."""
        return System(self.accounts.Z, self.accounts.x)

    @property
    def A(self) -> pd.DataFrame:
        """Input coefficients Z hat(x)^-1, (n, n)."""
        return self._square(self.system.A)

    @property
    def B(self) -> pd.DataFrame:
        """Allocation coefficients hat(x)^-1 Z, (n, n)."""
        return self._square(self.system.allocation())

    @property
    def L(self) -> pd.DataFrame:
        """The Leontief inverse (I - A)^-1, (n, n); made on first use and kept."""
        return self._square(self.system.inverse())

    @property
    def G(self) -> pd.DataFrame:
        """The Ghosh inverse (I - B)^-1 = hat(x)^-1 L hat(x), (n, n)."""
        return self._square(self.system.ghosh_inverse())

    def _square(self, array: Array) -> pd.DataFrame:
        return pd.DataFrame(array, index=self.index, columns=self.index, copy=False)

    def per_output(self, values: npt.ArrayLike) -> Array:
        """Divide by output, 0 where there is none."""
        return np.divide(
            np.asarray(values, dtype=np.float64), self.accounts.x, out=np.zeros(len(self.index)), where=self.active
        )
