"""One reader for each database: its name, how it recognises a path, and reading it with the cache in between."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from io_linkage.errors import IOLinkageError, OptionError, ReadError
from io_linkage.readers import cache as kept
from io_linkage.readers import sources
from io_linkage.readers.raw import Raw
from io_linkage.table import MRIOTable


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
        with sources.damage(path):
            return parse(path, year=year, **options)
    except IOLinkageError:
        raise
    except MemoryError as error:
        raise ReadError(f"{str(path)!r} does not fit into this machine's memory.") from error
    except (PermissionError, IsADirectoryError, FileNotFoundError) as error:
        raise ReadError(
            f"{str(path)!r} could not be read: {error.strerror or error}. Check the file and its permissions."
        ) from error
    except Exception as error:
        # What damaged files raise in all the places that touch their bytes cannot be listed.
        raise ReadError(
            f"{str(path)!r} could not be read as a table of kind {name!r} ({sources.first_line(error)}). It is damaged "
            "or of another kind: fetch it again, or name its kind with database=..."
        ) from error
