"""Writing a report: everything is made in a temporary folder and moved into place at the end."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from io_linkage import __version__
from io_linkage.errors import IOLinkageError, OutputError
from io_linkage.figures.saving import tidy
from io_linkage.files import PREFIX, atomically, unwritable, working_folder
from io_linkage.report import briefing, page, workbook
from io_linkage.report.pictures import draw
from io_linkage.report.question import Question
from io_linkage.report.results import Progress, Results, gather
from io_linkage.table import MRIOTable

PAGE, MANIFEST = "report.html", "report.json"
_FOLDER = "the folder"


def write(
    table: MRIOTable,
    question: Question,
    folder: str | Path,
    *,
    earlier: Iterable[Callable[[], MRIOTable]] = (),
    overwrite: bool = False,
    progress: Progress = lambda step: None,
) -> Path:
    """Compute and write a report.

    Parameters
    ----------
    table : MRIOTable
    question : Question
        From `ask`.
    folder : str or Path
        Made where needed. A report of an earlier run in it is replaced; other files in it are left alone.
    earlier : iterable of functions
        Each returns the same table of an earlier year, for the part on change over time.
    overwrite : bool
        Write into a folder that holds other files too; files of the same names are replaced.
    progress : function
        Called with a few words before each step.

    Returns
    -------
    Path
        The page, report.html; beside it figures/ and data/.

    Raises
    ------
    OutputError
        The folder cannot be written, or holds other files and `overwrite` is not set. Nothing is half-written.
    """
    with staged(Path(folder), overwrite=overwrite) as temporary:
        found = gather(table, question, earlier=earlier, progress=progress)
        drawn = draw(found, temporary / "figures", progress=progress)
        progress("Data files")
        _data(found, temporary / "data")
        progress("Page")
        html = page.render(briefing.compose(found), drawn, version=__version__)
        (temporary / PAGE).write_text(html, encoding="utf-8", newline="\n")
    return Path(folder) / PAGE


def write_figures(
    table: MRIOTable,
    question: Question,
    folder: str | Path,
    *,
    formats: Iterable[str] = ("png", "svg"),
    earlier: Iterable[Callable[[], MRIOTable]] = (),
    overwrite: bool = False,
    progress: Progress = lambda step: None,
) -> list[Path]:
    """Compute and write the figures of a report alone, each with its numbers as CSV; parameters as `write`."""
    with staged(Path(folder), overwrite=overwrite) as temporary:
        found = gather(table, question, earlier=earlier, progress=progress)
        drawn = draw(found, temporary, formats=formats, progress=progress)
        names = [path.name for one in drawn.values() for path in one.files]
    return [Path(folder) / name for name in names]


def _data(found: Results, folder: Path) -> None:
    folder.mkdir()
    for key, result in found.frames.items():
        place = folder / f"{key}.csv"
        frame = tidy(result.frame)
        atomically(place, lambda file, frame=frame: frame.to_csv(file, index=False, lineterminator="\n"))  # type: ignore[misc]
    workbook.write_workbook(found, folder / "results.xlsx")


@contextmanager
def staged(folder: Path, *, overwrite: bool) -> Iterator[Path]:
    """Give a temporary folder beside (or in) the one wanted, whose files are moved there when all went well.

    The files of an earlier run are known by their manifest; those that are not written anew are removed. Nothing else
    in the folder is touched.
    """
    old = _require_place(folder, overwrite=overwrite)
    # On the same disk, so that moving is renaming; it also shows at once whether the place can be written.
    parent = folder if folder.is_dir() else folder.parent
    try:
        with working_folder(parent) as temporary:
            yield temporary
            _move(temporary, folder, old)
    except OSError as error:
        # A file of the package's own that cannot be read is no fault of the folder's.
        if isinstance(error, IOLinkageError):
            raise
        raise unwritable(folder, error, what=_FOLDER) from error


def _require_place(folder: Path, *, overwrite: bool) -> list[str]:
    """Return the files of an earlier run; refuse a folder with other files in it."""
    if not folder.exists():
        return []
    if not folder.is_dir():
        raise OutputError(f"{str(folder)!r} is a file, and a folder is needed. Choose another name.")
    try:
        there = [path.name for path in folder.iterdir() if not path.name.startswith(PREFIX)]
        old = _manifest(folder)
    except OSError as error:
        raise unwritable(folder, error, what=_FOLDER) from error
    if there and old is None and not overwrite:
        shown = ", ".join(sorted(there)[:3])
        raise OutputError(
            f"{str(folder)!r} holds other files ({shown}{', ...' if len(there) > 3 else ''}). Choose another folder, "
            "or pass overwrite=True (--overwrite) to write into it; files with other names stay."
        )
    return old or []


def _manifest(folder: Path) -> list[str] | None:
    """Files that an earlier run wrote, or None where there was none."""
    file = folder / MANIFEST
    if not file.is_file():
        return None
    try:
        told = json.loads(file.read_text(encoding="utf-8"))
        names = told["files"] if told.get("made_by") == "io_linkage" else None
    except (ValueError, KeyError, AttributeError, TypeError):
        return None
    if not isinstance(names, list):
        return None
    # A manifest is no licence to reach outside the folder.
    safe = [str(name) for name in names if not Path(str(name)).is_absolute() and ".." not in Path(str(name)).parts]
    return safe


def _move(temporary: Path, folder: Path, old: list[str]) -> None:
    names = sorted(path.relative_to(temporary).as_posix() for path in temporary.rglob("*") if path.is_file())
    told = {"made_by": "io_linkage", "version": __version__, "files": [*names, MANIFEST]}
    (temporary / MANIFEST).write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    if not folder.exists():
        temporary.rename(folder)
        return
    for name in [*names, MANIFEST]:
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        (temporary / name).replace(place)
    for name in set(old) - {*names, MANIFEST}:
        (folder / name).unlink(missing_ok=True)
