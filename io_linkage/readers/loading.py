"""Recognise a table by its content and read it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from io_linkage.accounts import Output, ValueAdded
from io_linkage.errors import IOLinkageError, OptionError, ReadError, unknown
from io_linkage.files import expanded
from io_linkage.readers import cache as kept
from io_linkage.readers import pymrio_saved, sources
from io_linkage.readers.eora import EORA
from io_linkage.readers.exiobase import EXIOBASE
from io_linkage.readers.generic import GENERIC
from io_linkage.readers.gloria import GLORIA
from io_linkage.readers.icio_and_figaro import FIGARO, ICIO
from io_linkage.readers.nbs import NBS
from io_linkage.readers.oecd_national import OECD_NATIONAL
from io_linkage.readers.pymrio_system import from_pymrio
from io_linkage.readers.reader import Reader
from io_linkage.readers.shipped import DEFAULT, is_shipped, names, read_shipped
from io_linkage.readers.wiot import WIOT
from io_linkage.table import MRIOTable

if TYPE_CHECKING:
    import pymrio

#: In the order in which they are asked whether a path is theirs; the generic one only when no other is.
READERS = (EXIOBASE, pymrio_saved.READER, EORA, GLORIA, ICIO, FIGARO, OECD_NATIONAL, NBS, WIOT, GENERIC)


def load(
    source: str | Path | pymrio.IOSystem | MRIOTable | None = None,
    *,
    year: int | None = None,
    database: str | None = None,
    output: Output = "rows",
    value_added: ValueAdded = "published",
    va_rows: Sequence[str] | None = None,
    tolerance: float = 0.01,
    **options: Any,
) -> MRIOTable:
    """Load a multi-regional input-output table.

    Parameters
    ----------
    source : path, name, pymrio.IOSystem or None
        A file or folder of a known database, the name of a shipped table ("world2020", see `io_linkage.shipped`), a
        system already loaded with pymrio, or nothing for the shipped table "world". Write ./world2020 for a folder of
        your own that has such a name.
    year : int, optional
        Which year of the shipped table, or of a source that holds several; the latest by default.
    database : str, optional
        The kind of table, where it cannot be told from the files.
    output : {"rows", "published"}
        Gross output from the row sums of Z and Y, or the published totals.
    value_added : {"published", "residual"}
        The published rows of value added, or output less intermediate inputs.
    va_rows : sequence of str, optional
        Which primary-input rows are value added.
    tolerance : float
        Largest gap, as a share of output, accepted between output and the sums of rows or columns.
    **options
        `unit`, `source`, `classification`, `name`: what the table says of itself, where the file does not.
        `cache`: False neither reads nor keeps a parsed copy (see `io_linkage.readers.cache`), True keeps small ones
        too. And what a kind of table takes: `split` (ICIO: join or keep the parts of China and Mexico), `imports` (NBS:
        published, apart or competitive), `sheet` (workbooks), `accounts` (WIOD), `extensions` (EXIOBASE), `price`
        (EORA26, GLORIA), `names` (EORA26), `satellites` (GLORIA), `decimal` (generic).

    Returns
    -------
    MRIOTable

    Raises
    ------
    ReadError
        The path does not exist, is not recognised, or is damaged.
    BalanceError, TableError
        The accounts are not those of a table.

    Examples
    --------
    >>> load(year=1995).label
    'World 1995 (WIOD 2013 release, 21 regions)'
    >>> load("world2020")
    <MRIOTable World 2020 (OECD ICIO, 2023 edition, 77 regions): 77 regions x 11 industries, M USD>
    """
    choices: dict[str, Any] = {
        "output": output,
        "value_added": value_added,
        "va_rows": va_rows,
        "tolerance": tolerance,
        **options,
    }
    if source is None or (isinstance(source, str) and is_shipped(source)):
        if database is not None and source is not None:
            raise OptionError(f"{source!r} is a shipped table, so it takes no database=. Leave it out.")
        return read_shipped(source or DEFAULT, year, **choices)
    if isinstance(source, MRIOTable):
        raise OptionError("This is a table already; load() takes a path or a pymrio IOSystem.")
    if isinstance(source, pd.DataFrame | pd.Series | np.ndarray):
        raise OptionError(
            "load() takes a path or a pymrio IOSystem. Frames make a table with io_linkage.MRIOTable.from_frames"
            "(Z, Y, V, x); one frame with everything in it can be saved as CSV and loaded from there."
        )
    if not isinstance(source, str | Path):
        return from_pymrio(source, year=year, **choices)
    path = expanded(source)
    try:
        there = path.exists()
    except OSError as error:
        raise ReadError(f"{str(path)!r} could not be reached: {error.strerror}. Check the permissions.") from error
    if not there:
        raise ReadError(
            f"There is no file or folder {str(path)!r} (looked in {Path.cwd()}), and no shipped table of that name "
            f"({', '.join(names())})."
        )
    if not path.is_file() and not path.is_dir():
        raise ReadError(f"{str(path)!r} is neither a file nor a folder, so there is no table to read.")
    if path.is_file():
        # What the file is at all: empty, a web page, protected, a pickle.
        sources.kind(path)
        if path.suffix.lower() == ".zip":
            with sources.archive(path):
                pass
    with sources.damage(path):
        if database is None:
            database = kept.recalled_kind(path, lambda: _choose(path, None).name, use=options.get("cache"))
            if database not in {reader.name for reader in READERS}:
                # A damaged note of what the path was the last time.
                database = _choose(path, None).name
        reader = _choose(path, database)
        return _with_prices(reader.read(path, year=year, **choices), reader)


def _with_prices(table: MRIOTable, reader: Reader) -> MRIOTable:
    """Say whose prices a publisher's table is in: its own year's, unless the publisher says otherwise."""
    if reader in (GENERIC, pymrio_saved.READER) or "current prices" in table.source or " at " in table.source:
        return table
    return table.replace(source=f"{table.source}, current prices".lstrip(", "))


def _choose(path: Path, database: str | None) -> Reader:
    if database is not None:
        for reader in READERS:
            if reader.name == database:
                return reader
        raise unknown("database", database, [reader.name for reader in READERS])
    readers = [reader for reader in READERS if reader is not GENERIC and _recognises(reader, path)]
    if len(readers) > 1:
        # A saved system may also be an EXIOBASE archive, which is saved by pymrio itself.
        readers = [reader for reader in readers if reader is not pymrio_saved.READER] or readers
    if len(readers) > 1:
        raise ReadError(
            f"{str(path)!r} can be read as {' or as '.join(reader.name for reader in readers)}; say which with "
            f"database={readers[0].name!r} or database={readers[1].name!r}."
        )
    if readers:
        return readers[0]
    if _recognises(GENERIC, path):
        return GENERIC
    raise ReadError(
        f"{str(path)!r} is not a table this package knows{_contents(path)}. It can be: "
        f"{'; '.join(reader.description for reader in READERS)}. If it is one of these, say which with database=..., "
        "or load it with pymrio and pass the IOSystem."
    )


def _recognises(reader: Reader, path: Path) -> bool:
    """Ask a reader; what is wrong with the file itself is an error, what it is not is False."""
    try:
        return reader.recognises(path)
    except IOLinkageError:
        raise
    except (PermissionError, FileNotFoundError) as error:
        raise ReadError(
            f"{str(path)!r} could not be read: {error.strerror or error}. Check its permissions."
        ) from error
    except Exception:
        # Bytes that stop a reader while it only looks are not of its kind.
        return False


def _contents(path: Path) -> str:
    if not path.is_dir():
        return ""
    names = [entry.name for entry in sources.entries(path)]
    return f" (it holds {', '.join(names[:5])}{', ...' if len(names) > 5 else ''})" if names else " (it is empty)"
