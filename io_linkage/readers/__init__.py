"""load(): recognise a table, parse it, check it.

Each database is one `Reader`: a name, a test of whether a path is its kind, and a function that reads it. Parsing is
pymrio's wherever pymrio has a parser.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from io_linkage.accounts import Output, ValueAdded
from io_linkage.errors import OptionError, ReadError, unknown
from io_linkage.readers import pymrio_saved
from io_linkage.readers.pymrio_system import from_pymrio
from io_linkage.readers.shipped import read_shipped, shipped_years
from io_linkage.table import MRIOTable

if TYPE_CHECKING:
    import pymrio

#: In the order in which they are asked whether a path is theirs.
READERS = (pymrio_saved.READER,)


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
    source : path, pymrio.IOSystem or None
        A file or folder of a known database, a system already loaded with pymrio, or nothing for the table that
        ships with the package.
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
    """
    choices: dict[str, Any] = {
        "output": output,
        "value_added": value_added,
        "va_rows": va_rows,
        "tolerance": tolerance,
        **options,
    }
    if source is None:
        return read_shipped(year, **choices)
    if isinstance(source, MRIOTable):
        raise OptionError("This is a table already; load() takes a path or a pymrio IOSystem.")
    if not isinstance(source, str | Path):
        return from_pymrio(source, year=year, **choices)
    path = Path(source).expanduser()
    if not path.exists():
        raise ReadError(f"There is no file or folder {str(path)!r} (looked in {Path.cwd()}).")
    reader = _choose(path, database)
    return reader.read(path, year=year, **choices)


def _choose(path: Path, database: str | None) -> pymrio_saved.Reader:
    if database is not None:
        for reader in READERS:
            if reader.name == database:
                return reader
        raise unknown("database", database, [reader.name for reader in READERS])
    for reader in READERS:
        if reader.recognises(path):
            return reader
    raise ReadError(
        f"{str(path)!r} is not a table this package knows. It can be: "
        f"{'; '.join(reader.description for reader in READERS)}. If it is one of these, say which with database=..., "
        "or load it with pymrio and pass the IOSystem."
    )


__all__ = ["READERS", "from_pymrio", "load", "shipped_years"]
