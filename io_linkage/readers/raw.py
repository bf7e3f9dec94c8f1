"""What a reader returns: the published blocks, unbalanced and unchecked, and what it did to get them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd

from io_linkage import classifications
from io_linkage.accounts import Output, Satellite, ValueAdded
from io_linkage.table import MRIOTable


@dataclass(frozen=True, eq=False)
class Raw:
    """The blocks of one published table.

    Attributes
    ----------
    Z, Y, V, x
        As `MRIOTable.from_frames` takes them.
    satellites : mapping of str to Satellite
    va_rows : tuple of str or None
        Rows of V that are value added, where their names do not say so.
    notes : tuple of str
        What the reader joined, left out or filled; kept in the table as `carried["notes"]` and shown by the checks.
    """

    Z: pd.DataFrame
    Y: pd.DataFrame
    V: pd.DataFrame | None = None
    x: pd.Series[float] | None = None
    satellites: Mapping[str, Satellite] = field(default_factory=dict)
    va_rows: tuple[str, ...] | None = None
    year: int | None = None
    unit: str = ""
    source: str = ""
    classification: str | None = None
    name: str = "table"
    notes: tuple[str, ...] = ()

    def table(
        self,
        *,
        output: Output = "rows",
        value_added: ValueAdded = "published",
        va_rows: Sequence[str] | None = None,
        tolerance: float = 0.01,
        year: int | None = None,
        unit: str | None = None,
        source: str | None = None,
        classification: str | None = None,
        name: str | None = None,
    ) -> MRIOTable:
        """Make the table; the choices are those of `io_linkage.load`."""
        year = self.year if year is None else year
        codes = list(dict.fromkeys(str(code) for code in self.Z.index.get_level_values(-1)))
        return MRIOTable.from_frames(
            self.Z,
            self.Y,
            self.V,
            self.x,
            satellites=self.satellites,
            output=output,
            value_added=value_added,
            va_rows=self.va_rows if va_rows is None else va_rows,
            tolerance=tolerance,
            year=year,
            unit=self.unit if unit is None else unit,
            source=self.source if source is None else source,
            classification=classification or self.classification or classifications.recognise(codes, year=year),
            name=self.name if name is None else name,
            carried={"notes": self.notes} if self.notes else None,
            copy=False,
        )

    def but(self, **changes: Any) -> Raw:
        """Return a copy with other attributes."""
        return replace(self, **changes)
