"""Writing files and folders whole: under another name on the same disk, then moved into place in one step.

Whoever is stopped on the way, by an error, a full disk or a person, leaves what was there before and nothing
half-written. What a killed run could not clear away is cleared by the next one that writes to the same place.
"""

from __future__ import annotations

import os
import platform
import re
import shutil
import tempfile
import time
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from io_linkage.errors import OptionError, OutputError

#: Names of what is being written begin with this; whoever lists or clears a folder knows them by it.
PREFIX = ".writing-"
_HOST = f"{zlib.crc32(platform.node().encode()):08x}"
# What another machine is writing cannot be told from what it left behind, except by its age in seconds.
_FORGOTTEN = 3600.0


def expanded(path: str | Path) -> Path:
    """Return a path with ~ replaced by the home folder.

    Raises
    ------
    OptionError
        ``~name`` names nobody on this machine.
    """
    try:
        return Path(path).expanduser()
    except RuntimeError as error:
        raise OptionError(
            f"{str(path)!r} begins with the name of a user this machine does not know; write the path in full, or put "
            "./ before a file that is called so."
        ) from error


def require_not_input(place: Path, inputs: Iterable[str | Path]) -> None:
    """Refuse to replace what is being read: an input, a file inside an input folder, a folder around an input.

    Links, relative paths and other spellings of the same place count as that place.

    Raises
    ------
    OutputError
    """
    if not place.exists():
        return
    for file in inputs:
        source = expanded(file)
        if source.exists() and (_holds(source, place) or (place.is_dir() and _holds(place, source))):
            raise OutputError(
                f"Writing to {str(place)!r} would replace what is read from {str(file)!r}. Choose another name or "
                "folder."
            )


def require_free(place: Path, inputs: Iterable[str | Path], *, overwrite: bool) -> None:
    """Refuse to write one file over an input or a folder, and over another file unless asked to.

    Raises
    ------
    OutputError
    """
    require_not_input(place, inputs)
    if place.is_dir():
        raise OutputError(f"{str(place)!r} is a folder; give the name of a file.")
    require_new(place, overwrite=overwrite)


def require_new(place: Path, *, overwrite: bool) -> None:
    """Refuse to replace what is there, unless asked to.

    Raises
    ------
    OutputError
    """
    if place.exists() and not overwrite:
        raise OutputError(
            f"{str(place)!r} is there already; choose another name, or replace it with overwrite=True (--overwrite)."
        )


def _holds(outer: Path, inner: Path) -> bool:
    """Whether a place is another, or lies in it under any name."""
    if outer.samefile(inner) or inner.resolve().is_relative_to(outer.resolve()):
        return True
    return outer.is_dir() and any(file.exists() and file.samefile(inner) for file in outer.rglob("*"))


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
    _clear_forgotten(place.parent)
    handle, name = tempfile.mkstemp(prefix=_own_prefix(), suffix=place.suffix, dir=place.parent)
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
    _clear_forgotten(parent)
    working = Path(tempfile.mkdtemp(prefix=_own_prefix(), dir=parent))
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


def _own_prefix() -> str:
    return f"{PREFIX}{_HOST}-{os.getpid()}-"


def _clear_forgotten(folder: Path) -> None:
    """Remove what runs that were killed left in a folder."""
    for left in folder.glob(f"{PREFIX}*"):
        with suppress(OSError):
            if not _forgotten(left):
                continue
            if left.is_dir() and not left.is_symlink():
                shutil.rmtree(left, ignore_errors=True)
            else:
                left.unlink()


def _forgotten(left: Path) -> bool:
    """Whether nobody is writing to it: its process is gone, or it is old and whose it is cannot be told."""
    owner = re.match(rf"{re.escape(PREFIX)}{_HOST}-(\d+)-", left.name)
    # On Windows a process cannot be asked for without ending it.
    if owner is not None and os.name != "nt":
        return not _running(int(owner.group(1)))
    return time.time() - left.stat().st_mtime > _FORGOTTEN


def _running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        # Of another user, for instance.
        return True
    return True


def _umask() -> int:
    current = os.umask(0)
    os.umask(current)
    return current
