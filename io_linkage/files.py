"""Writing files and folders whole: under another name on the same disk, then moved into place in one step.

Whoever is stopped on the way, by an error, a full disk or a person, leaves what was there before and nothing
half-written.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from io_linkage.errors import OutputError

#: Names of what is being written begin with this; whoever lists or clears a folder knows them by it.
PREFIX = ".writing-"


def atomically(place: Path, write: Callable[[Path], object]) -> None:
    """Have a file written and put it in place, whole.

    Parameters
    ----------
    place : Path
        Where it goes; its folder is made where needed. A file there is replaced.
    write : callable
        Gets the path to write to, which has the ending of `place`.

    Raises
    ------
    OutputError
        The folder or the file cannot be written; what was there stays.

    Examples
    --------
    >>> with working_folder(Path(tempfile.gettempdir())) as folder:
    ...     atomically(folder / "deep" / "note.txt", lambda file: file.write_text("all of it"))
    ...     [path.name for path in (folder / "deep").iterdir()]
    ['note.txt']
    """
    try:
        with replacing(place) as temporary:
            write(temporary)
    except OSError as error:
        raise unwritable(place, error) from error


@contextmanager
def replacing(place: Path) -> Iterator[Path]:
    """Give an empty file beside `place`, which takes its name when all went well; raises OSError as it comes."""
    place.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=PREFIX, suffix=place.suffix, dir=place.parent)
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        # A temporary file is its maker's alone; the file itself gets the permissions of any other.
        temporary.chmod(0o666 & ~_umask())
        temporary.replace(place)
    finally:
        temporary.unlink(missing_ok=True)


@contextmanager
def working_folder(parent: Path) -> Iterator[Path]:
    """Give an empty folder in `parent`, so that moving from it is renaming; it is gone in the end, with all in it.

    Raises OSError as it comes; `parent` is made where needed.
    """
    parent.mkdir(parents=True, exist_ok=True)
    working = Path(tempfile.mkdtemp(prefix=PREFIX, dir=parent))
    try:
        # As any other folder, since it may be moved into place itself.
        working.chmod(0o777 & ~_umask())
        yield working
    finally:
        shutil.rmtree(working, ignore_errors=True)


def unwritable(place: Path, error: OSError, *, what: str = "") -> OutputError:
    """Say that a place could not be written, why, and what to do; an `OutputError` stays as it is.

    Examples
    --------
    >>> unwritable(Path("map.csv"), OSError(28, "No space left on device"))
    OutputError("Cannot write 'map.csv': No space left on device. Choose a place that can be written, and check the \
free space.")
    """
    if isinstance(error, OutputError):
        return error
    return OutputError(
        f"Cannot write {what}{' ' if what else ''}{str(place)!r}: {error.strerror or error}. Choose a place that can "
        "be written, and check the free space."
    )


def _umask() -> int:
    current = os.umask(0)
    os.umask(current)
    return current
