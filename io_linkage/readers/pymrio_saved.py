"""Systems saved by pymrio (`save_all`): a folder or a zip archive of parquet or text files."""

from __future__ import annotations

import json
import re
import warnings
import zipfile
from pathlib import Path, PurePosixPath
from typing import Any

from io_linkage.errors import IOLinkageError, OptionError, ReadError
from io_linkage.readers import sources
from io_linkage.readers.pymrio_system import from_pymrio
from io_linkage.readers.reader import BALANCE_OPTIONS, Reader
from io_linkage.table import MRIOTable

PARAMETERS = "file_parameters.json"


def recognises(path: Path) -> bool:
    """Whether the path is a folder or zip that pymrio saved, or a folder of such folders, one a year."""
    return _place(path, None) is not None


def read(path: Path, *, year: int | None = None, cache: bool | None = None, **options: Any) -> MRIOTable:
    """Read a system that pymrio saved.

    Parameters
    ----------
    path : Path
        The folder or zip, or a folder with one such folder for each year.
    year : int, optional
        Which of the years, the latest by default.
    cache : bool, optional
        Without effect: what pymrio saved is as quick to read as a kept copy.
    """
    strange = [key for key in options if key not in BALANCE_OPTIONS and key != "primary"]
    if strange:
        raise OptionError(f"Systems saved by pymrio take no option {strange[0]!r} (their own option: primary).")
    saved = _place(path, year)
    if saved is None:
        years = _years(path)
        raise ReadError(
            f"{str(path)!r} has no saved system"
            + (f" for {year}; it has {', '.join(map(str, years))}." if years else f" ({PARAMETERS} is missing).")
        )
    place, inside, of_year = saved
    _require_harmless(place, inside)
    import pymrio

    try:
        with warnings.catch_warnings():
            # pymrio 0.7 passes positional arguments that pandas 4 will refuse; nothing a user could act on.
            warnings.simplefilter("ignore")
            io = pymrio.load_all(place, path_in_arc=inside)
        return from_pymrio(io, year=of_year if of_year is not None else year, copy=False, **options)
    except IOLinkageError:
        raise
    except Exception as error:
        raise ReadError(
            f"{str(path)!r} looks like a system saved by pymrio but could not be read ({type(error).__name__}: "
            f"{sources.first_line(error)}). A file may be missing or damaged; save it again with IOSystem.save_all()."
        ) from error


def _require_harmless(place: Path, inside: str) -> None:
    """Refuse what pymrio would unpickle, and file names in the parameters that lead out of the folder.

    pymrio reads whatever file the parameters name, pickles included (`save_all(table_format="pickle")`).
    """
    names = []
    for entry in sources.entries(place):
        if PurePosixPath(entry.name).name == PARAMETERS and entry.name.startswith(inside):
            with entry.open() as stream:
                try:
                    parameters = json.load(stream)
                except ValueError as error:
                    raise ReadError(
                        f"{str(place)!r}: {entry.name} is damaged ({error}). Save the table again."
                    ) from error
            files = parameters.get("files", {}) if isinstance(parameters, dict) else None
            if not isinstance(files, dict):
                raise ReadError(
                    f"{str(place)!r}: {entry.name} does not list the files of a saved system. Save the table again."
                )
            names += [str(one.get("name", "")) if isinstance(one, dict) else str(one) for one in files.values()]
    _require_parameters(place, inside)
    sources.refuse_pickles(place, names)
    for name in names:
        parts = PurePosixPath(name.replace("\\", "/"))
        if parts.is_absolute() or ".." in parts.parts:
            raise ReadError(
                f"{str(place)!r} names a file outside its own folder ({name!r}) in {PARAMETERS}; it is not read. Save "
                "the table again from where you trust it."
            )


def _require_parameters(place: Path, inside: str) -> None:
    """Refuse an extension whose description is lost; pymrio would leave it out without a word."""
    folders: dict[str, set[str]] = {}
    for entry in sources.entries(place):
        if entry.name.startswith(inside):
            file = PurePosixPath(entry.name)
            folders.setdefault(str(file.parent), set()).add(file.name)
    for folder, files in folders.items():
        if PARAMETERS not in files and any(PurePosixPath(name).stem == "F" for name in files):
            raise ReadError(
                f"{str(place)!r}: the extension {folder!r} has lost its {PARAMETERS}, without which it is not read. "
                "Save the table again, or delete the folder of the extension."
            )


def _place(path: Path, year: int | None) -> tuple[Path, str, int | None] | None:
    """Where the system lies: folder or archive, folder inside the archive, year if the name says it."""
    if path.is_file():
        inside = _inside_archive(path)
        return None if inside is None else (path, inside, _year_of(path.stem))
    if (path / PARAMETERS).is_file():
        return path, "", _year_of(path.name)
    years = _years(path)
    if not years or (year is not None and year not in years):
        return None
    chosen = year if year is not None else years[-1]
    return path / str(chosen), "", chosen


def _years(path: Path) -> list[int]:
    if not path.is_dir():
        return []
    return sorted(int(sub.name) for sub in path.iterdir() if _year_of(sub.name) and (sub / PARAMETERS).is_file())


def _year_of(name: str) -> int | None:
    return int(name) if re.fullmatch(r"(19|20)\d\d", name) else None


def _inside_archive(path: Path) -> str | None:
    if not zipfile.is_zipfile(path):
        return None
    with sources.archive(path) as archive:
        for name in sorted(archive.namelist(), key=lambda n: n.count("/")):
            if PurePosixPath(name).name == PARAMETERS:
                try:
                    parameters = json.loads(archive.read(name))
                except (ValueError, OSError):
                    return None
                if isinstance(parameters, dict) and parameters.get("systemtype") == "IOSystem":
                    parent = str(PurePosixPath(name).parent)
                    return "" if parent == "." else parent
    return None


READER = Reader(
    "pymrio",
    "a folder or zip saved by pymrio (IOSystem.save_all)",
    recognises,
    read,
)
