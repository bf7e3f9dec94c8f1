"""What a panel takes for a table, and loading it where it is needed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeAlias

from io_linkage.errors import OptionError
from io_linkage.readers import load
from io_linkage.table import MRIOTable

#: A table, a year of the shipped table, a file or folder, or the arguments of `io_linkage.load` by name.
Source: TypeAlias = "MRIOTable | int | str | Path | Mapping[str, Any]"


def require_source(source: object) -> None:
    """Raise `OptionError` for what no table can be loaded from."""
    if isinstance(source, bool) or not isinstance(source, MRIOTable | int | str | Path | Mapping):
        raise OptionError(
            f"A panel is made of tables, and {source!r} is not one. Give tables, years of the shipped table, files or "
            "folders, or arguments of io_linkage.load such as {'source': 'ICIO2023_2020.csv', 'year': 2020}."
        )


def loaded(source: Source) -> MRIOTable:
    """Return the table of a source."""
    if isinstance(source, MRIOTable):
        return source
    if isinstance(source, int):
        return load(year=source)
    if isinstance(source, Mapping):
        return load(**source)
    return load(source)


def year_of(source: Source) -> int | None:
    """Return the year of a source as far as it is known before loading."""
    if isinstance(source, MRIOTable):
        return source.year
    if isinstance(source, int):
        return source
    if isinstance(source, Mapping):
        year = source.get("year")
        return year if isinstance(year, int) else None
    return None


def label_of(source: Source) -> str:
    """Return a source in a few words, for progress and errors."""
    if isinstance(source, MRIOTable):
        return source.label
    if isinstance(source, Mapping):
        return " ".join(str(part) for part in (source.get("source"), source.get("year")) if part is not None)
    return str(source)
