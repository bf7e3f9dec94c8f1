"""The central object: one year of one balanced multi-regional input-output table.

A table stores Z, Y, V, x and its satellite accounts; everything else (coefficients, inverses, value added per unit)
is derived from them. A table is frozen: whatever changes it returns a new one.

Terms
-----
Z : flows between country-industries (n, n), seller in the row, buyer in the column.
Y : final demand (n, regions x categories).
V : primary inputs (k, n), of which some rows are value added.
x : gross output (n,).
satellite : an account in any unit per country-industry: jobs, hours, capital, energy, emissions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from dataclasses import replace as dataclass_replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from io_linkage.accounts import (
    Output,
    Satellite,
    ValueAdded,
    balance,
)
from io_linkage.captions import labelled
from io_linkage.errors import OptionError, missing_satellite, unknown
from io_linkage.files import atomically, expanded, require_free
from io_linkage.labelled_arrays import LabelledArrays
from io_linkage.labels import (
    INDEX_NAMES,
    demand_labels,
    floats,
    joined,
    published_output,
    require_same_order,
    two_levels,
)
from io_linkage.leontief import Array, System, mapped
from io_linkage.leontief.planning import Way

if TYPE_CHECKING:
    import pymrio


@dataclass(frozen=True, eq=False, repr=False)
class MRIOTable(LabelledArrays):
    """One year of one multi-regional input-output table; a national table has one region.

    Make one with `io_linkage.load`, `MRIOTable.from_frames` or `MRIOTable.from_pymrio`.

    Attributes
    ----------
    index : MultiIndex (region, industry), length n
    accounts : Accounts
        The balanced arrays and how they were balanced.
    satellites : mapping of str to Satellite
    year, unit, source, classification, name
        What the numbers are; printed under every figure.
    """

    satellites: Mapping[str, Satellite] = field(default_factory=dict)
    year: int | None = None
    unit: str = ""
    source: str = ""
    classification: str | None = None
    name: str = "table"
    carried: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Freeze the arrays and mappings."""
        for array in (self.accounts.Z, self.accounts.Y, self.accounts.V, self.accounts.x):
            array.flags.writeable = False
        object.__setattr__(self, "satellites", MappingProxyType(dict(self.satellites)))
        object.__setattr__(self, "carried", MappingProxyType(dict(self.carried)))

    def __getstate__(self) -> dict[str, Any]:
        """Leave out what is made again on use, so that a table travels between processes at its own size."""
        stored = ("index", "accounts", "year", "unit", "source", "classification", "name")
        state = {name: getattr(self, name) for name in stored}
        return state | {"satellites": dict(self.satellites), "carried": dict(self.carried)}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Freeze it as a new table is."""
        self.__dict__.update(state)
        self.__post_init__()

    @classmethod
    def from_frames(
        cls,
        Z: pd.DataFrame,
        Y: pd.DataFrame,
        V: pd.DataFrame | None = None,
        x: pd.Series[float] | pd.DataFrame | None = None,
        *,
        satellites: Mapping[str, Satellite] | None = None,
        output: Output = "rows",
        value_added: ValueAdded = "published",
        va_rows: Sequence[str] | None = None,
        tolerance: float = 0.01,
        year: int | None = None,
        unit: str = "",
        source: str = "",
        classification: str | None = None,
        name: str = "table",
        carried: Mapping[str, Any] | None = None,
        copy: bool = True,
    ) -> MRIOTable:
        """Make a table from labelled frames.

        Parameters
        ----------
        Z : DataFrame, (n, n)
            Rows and columns labelled (region, industry); a single level is read as industries of one region.
        Y : DataFrame, (n, m)
            Columns labelled (region, category), or (region) alone.
        V : DataFrame, (k, n), optional
            Primary inputs as published. Without it value added is the residual x - i'Z.
        x : Series, (n,), optional
            Published gross output.
        output : {"rows", "published"}
            Where gross output comes from: the row sums of Z and Y (so that x = L Y i exactly), or `x`.
        value_added : {"published", "residual"}
            The rows of V that are value added, or x - i'Z, which includes taxes and margins.
        va_rows : sequence of str, optional
            Which rows of V are value added; by default those that say so, else all but taxes on products,
            margins and imports.
        tolerance : float
            Largest gap between output and the sums of rows or columns, as a share of output, that is carried as a
            statistical discrepancy instead of refused.
        copy : bool
            Copy Z, Y and V. Without it the frames must not be changed afterwards.

        Returns
        -------
        MRIOTable

        Raises
        ------
        TableError
            NaN, repeated labels, blocks of another shape, negative output.
        BalanceError
            Gaps above the tolerance.

        Examples
        --------
        >>> Z = pd.DataFrame([[150.0, 500.0], [200.0, 100.0]], index=["a", "b"], columns=["a", "b"])
        >>> Y = pd.DataFrame({"final demand": [350.0, 1700.0]}, index=["a", "b"])
        >>> table = MRIOTable.from_frames(Z, Y, unit="M USD", name="Miller & Blair")
        >>> table.L.round(4).to_numpy().tolist()
        [[1.2541, 0.33], [0.264, 1.1221]]
        """
        index = two_levels(Z.index, INDEX_NAMES)
        regions = list(dict.fromkeys(index.get_level_values(0)))
        require_same_order("the columns of Z", two_levels(Z.columns, INDEX_NAMES), index)
        require_same_order("the rows of Y", two_levels(Y.index, INDEX_NAMES), index)
        if V is not None:
            require_same_order("the columns of V", two_levels(V.columns, INDEX_NAMES), index)
        demand = demand_labels(Y.columns, regions)
        primary = pd.Index([] if V is None else [joined(p) for p in V.index], name="primary input", dtype="str")
        accounts = balance(
            index,
            floats("Z", Z, copy=copy),
            demand,
            floats("Y", Y, copy=copy),
            primary,
            np.zeros((0, len(index))) if V is None else floats("V", V, copy=copy),
            None if x is None else published_output(x, index),
            output=output,
            value_added=value_added,
            va_rows=va_rows,
            tolerance=tolerance,
        )
        return cls(index, accounts, satellites or {}, year, unit, source, classification, name, carried or {})

    @classmethod
    def from_pymrio(cls, io: pymrio.IOSystem, **options: Any) -> MRIOTable:
        """Make a table from a pymrio IOSystem; see `io_linkage.readers.pymrio_system.from_pymrio`."""
        from io_linkage.readers.pymrio_system import from_pymrio

        return from_pymrio(io, **options)

    def to_pymrio(self) -> pymrio.IOSystem:
        """Return the table as a pymrio IOSystem, as it was published: discrepancies left out, nothing lost."""
        from io_linkage.readers.pymrio_system import to_pymrio

        return to_pymrio(self)

    def replace(self, **changes: Any) -> MRIOTable:
        """Return a copy with other attributes; the factorisation is shared as long as `accounts` stays."""
        new = dataclass_replace(self, **changes)
        if new.accounts.Z is self.accounts.Z and new.accounts.x is self.accounts.x and "system" in self.__dict__:
            new.__dict__["system"] = self.system
        if "accounts" in changes and "carried" not in changes:
            object.__setattr__(new, "carried", MappingProxyType({}))
        return new

    def solved(self, way: Way | None) -> MRIOTable:
        """Return a copy whose solves go one way, whatever the size; None lets the size decide again.

        Parameters
        ----------
        way : {"krylov", "single", "double"} or None
            Products with Z; a factor in single precision, refined in double; a factor in double precision. They agree
            to 1e-9 or better; `table.system.plan(k)` says what is chosen by size, and what memory it needs.
        """
        new = dataclass_replace(self)
        new.__dict__["system"] = System(self.accounts.Z, self.accounts.x, way=way)
        return new

    def on_disk(self, file: str | Path, *, overwrite: bool = False) -> MRIOTable:
        """Return a copy whose flows lie in a file and are read from there as they are needed.

        Processes that are given the copy share the file, so that a table is in memory once however many work on it.

        Parameters
        ----------
        file : str or Path
            Ends in .npy. Keep it as long as the copy is used.
        overwrite : bool
            Replace a file that is there.

        Raises
        ------
        OutputError
            The file is there already, or cannot be written.
        ReadError
            From a process that is given the copy, when the file has changed or is gone.
        """
        place = expanded(file)
        if place.suffix != ".npy":
            raise OptionError(f"{str(place)!r} is to hold the flows of a table; give a name that ends in .npy.")
        require_free(place, (), overwrite=overwrite)
        atomically(place, lambda new: np.save(new, self.accounts.Z, allow_pickle=False))
        return self.replace(accounts=dataclass_replace(self.accounts, Z=mapped(place)), carried=self.carried)

    def remade(
        self,
        Z: Array,
        Y: Array,
        V: Array,
        published: Array | None = None,
        *,
        index: pd.MultiIndex | None = None,
        demand: pd.Index[Any] | None = None,
        notes: Sequence[str] = (),
        **changes: Any,
    ) -> MRIOTable:
        """Balance other numbers into a new table that keeps what this one says of itself.

        Everything that changes flows goes through here: aggregating, splitting, rebalancing, scenarios.

        Parameters
        ----------
        Z : array, (n, n)
        Y : array, (n, m)
            Without the columns of the statistical discrepancy (`accounts.own_demand`).
        V : array, (k, n)
            Without the row of the statistical discrepancy (`accounts.own_inputs`).
        published : array, (n,), optional
            Published output, where there is one.
        index : MultiIndex (region, industry), optional
            Labels of the country-industries, where they change.
        demand : MultiIndex (region, category), optional
            Labels of the columns of Y, where they change.
        notes : sequence of str
            What was done, added to the notes that the table carries and the checks show.
        **changes
            `satellites`, `name`, `source`, `classification`, `tolerance` and the other options of `from_frames`.
            Satellites are dropped where the labels change and none are given. By default no gap is refused, since
            the gaps of the table were accepted already.

        Returns
        -------
        MRIOTable

        See Also
        --------
        replace : Other attributes, the same numbers.
        """
        accounts = self.accounts
        rows = self.index if index is None else index
        columns = accounts.demand[accounts.own_demand] if demand is None else demand
        inputs = accounts.primary[accounts.own_inputs]
        residual = accounts.value_added == "residual"
        carried = (*self.carried.get("notes", ()), *notes)
        options: dict[str, Any] = {
            "satellites": self.satellites if index is None else None,
            "output": accounts.output,
            "value_added": accounts.value_added,
            "va_rows": None if residual else accounts.va_rows,
            "tolerance": float("inf"),
            "year": self.year,
            "unit": self.unit,
            "source": self.source,
            "classification": self.classification,
            "name": self.name,
            "carried": {"notes": carried} if carried else None,
        }
        return MRIOTable.from_frames(
            pd.DataFrame(Z, index=rows, columns=rows, copy=False),
            pd.DataFrame(Y, index=rows, columns=columns, copy=False),
            None if residual and not len(inputs) else pd.DataFrame(V, index=inputs, columns=rows, copy=False),
            None if published is None else pd.Series(published, index=rows),
            **options | changes,
            copy=False,
        )

    def with_satellite(self, name: str, F: pd.DataFrame, unit: pd.Series[str] | str) -> MRIOTable:
        """Return a table with a further satellite account.

        Parameters
        ----------
        name : str
        F : DataFrame, (accounts, n)
            Columns are the table's index; country-industries left out are NaN, unknown ones an error.
        unit : str or Series
            One unit, or one per account.
        """
        for label in F.columns:
            if label not in self.index:
                raise unknown("country-industry", label, list(self.index[:5]), remedy="Use the table's own labels.")
        full = F.reindex(columns=self.index).astype(float)
        units = pd.Series(unit, index=F.index) if isinstance(unit, str) else unit.reindex(F.index)
        return self.replace(satellites={**self.satellites, name: Satellite(name, full, units)})

    # What results say of themselves.

    @property
    def label(self) -> str:
        """Short name with the year, for captions."""
        year = str(self.year) if self.year is not None else ""
        return self.name if not year or year in self.name else f"{self.name} {year}"

    def satellite(self, name: str) -> pd.Series[float]:
        """One account per country-industry, by its row name; also "output" and "value_added".

        Returns
        -------
        Series on the table's index, NaN where the source has none, with attrs["unit"].

        Raises
        ------
        MissingSatelliteError
            Names the accounts the table has.
        """
        if name in ("output", "value_added"):
            account = (self.x if name == "output" else self.va).rename(name)
            account.attrs["unit"] = self.unit
            return account
        for satellite in self.satellites.values():
            rows = satellite.rows
            if name in rows:
                position = rows.index(name)
                account = satellite.F.iloc[position].rename(name)
                account.index = self.index
                account.attrs["unit"] = str(satellite.unit.iloc[position])
                return account
        raise missing_satellite(name, self.satellite_names, self.label)

    @property
    def satellite_names(self) -> list[str]:
        """Names of all satellite accounts."""
        return [row for satellite in self.satellites.values() for row in satellite.rows]

    def series(self, array: Array, name: str, *, unit: str = "", mask: bool = True, **attrs: Any) -> pd.Series[float]:
        """Label a result per country-industry: NaN where there is no output, unit and source in `attrs`."""
        values = np.where(self.active, array, np.nan) if mask else np.asarray(array)
        result = pd.Series(values, index=self.index, name=name)
        return labelled(result, self.caption(name, unit, **attrs))

    def frame(
        self,
        array: Array,
        columns: Sequence[str] | pd.Index[str] | pd.MultiIndex,
        name: str,
        *,
        unit: str = "",
        mask: bool = True,
        **attrs: Any,
    ) -> pd.DataFrame:
        """Label a result with several columns; as `series`."""
        values = np.where(self.active[:, None], array, np.nan) if mask else np.asarray(array)
        result = pd.DataFrame(values, index=self.index, columns=pd.Index(columns))
        return labelled(result, self.caption(name, unit, **attrs))

    def caption(self, measure: str, unit: str = "", **more: Any) -> dict[str, Any]:
        """Return what a result's `attrs` say of it: measure, unit, table, year and source."""
        return {
            "measure": measure,
            "unit": unit,
            "table": self.label,
            "year": self.year,
            "source": self.source,
            "value_added": self.value_added_label,
            **more,
        }

    def describe(self) -> pd.Series[str]:
        """Say what this table is and which choices it was made with; printed in every report."""
        from io_linkage.description import describe

        return describe(self)

    def __repr__(self) -> str:
        """One line: what, size, unit."""
        size = f"{len(self.regions)} regions x {len(self.industries)} industries"
        return f"<MRIOTable {self.label}: {size}, {self.unit or 'unit not stated'}>"
