"""What a reader returns: the published blocks, unbalanced and unchecked, and what it did to get them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pandas as pd

from io_linkage import classifications
from io_linkage.accounts import Output, Satellite, ValueAdded
from io_linkage.errors import OptionError, ReadError
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


@dataclass(frozen=True)
class Reader:
    """One kind of source: how it is called, recognised and read.

    Attributes
    ----------
    name : str
        What `database=` takes.
    description : str
    recognises : callable
        Whether a path is its kind, told by its content where a name could mislead.
    read : callable
        `read(path, year=..., **choices)` returns the table.
    """

    name: str
    description: str
    recognises: Callable[[Path], bool]
    read: Callable[..., MRIOTable]


BALANCE_OPTIONS = frozenset(
    ("output", "value_added", "va_rows", "tolerance", "unit", "source", "classification", "name")
)


def reader(
    name: str,
    description: str,
    recognises: Callable[[Path], bool],
    parse: Callable[..., Raw],
    *,
    options: tuple[str, ...] = (),
    beside: Callable[[Path], Sequence[Path]] | None = None,
) -> Reader:
    """Make a reader of a function that parses a path into raw blocks, with the cache in between.

    Parameters
    ----------
    options : tuple of str
        What `parse` takes besides `path` and `year`.
    beside : callable, optional
        Files outside the path that `parse` reads too, so that a kept copy made without them, or with others, is not
        taken for the same.
    """

    def read(path: Path, *, year: int | None = None, cache: bool | None = None, **choices: Any) -> MRIOTable:
        from io_linkage import cache as kept

        strange = [key for key in choices if key not in BALANCE_OPTIONS and key not in options]
        if strange:
            takes = ", ".join(options) or "none of its own"
            raise OptionError(f"Tables of kind {name!r} take no option {strange[0]!r} (their options: {takes}).")
        own = {key: choices.pop(key) for key in options if key in choices}
        others = [] if beside is None or cache is False else [kept.content(file) for file in beside(path)]
        depends = {"year": year, **own} | ({"beside": others} if others else {})
        raw = kept.through(name, path, depends, lambda: _parsed(name, parse, path, year, own), use=cache)
        return raw.table(year=None if raw.year is not None else year, **choices)

    return Reader(name, description, recognises, read)


def _parsed(name: str, parse: Callable[..., Raw], path: Path, year: int | None, options: dict[str, Any]) -> Raw:
    try:
        return parse(path, year=year, **options)
    except MemoryError as error:
        raise ReadError(f"{str(path)!r} does not fit into this machine's memory.") from error
    except (PermissionError, IsADirectoryError, FileNotFoundError) as error:
        if isinstance(error, ReadError):
            raise
        raise ReadError(
            f"{str(path)!r} could not be read: {error.strerror or error}. Check the file and its permissions."
        ) from error
