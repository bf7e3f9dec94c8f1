"""Writing a report: everything is made in a temporary folder and moved into place at the end."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from io_linkage import __version__
from io_linkage.errors import IOLinkageError, OutputError
from io_linkage.figures.saving import tidy
from io_linkage.files import PREFIX, expanded, require_not_input, unwritable, working_folder
from io_linkage.report import briefing, page, pictures, results, workbook
from io_linkage.report.gathering import gather
from io_linkage.report.pictures import draw
from io_linkage.report.question import Question
from io_linkage.report.results import Progress, Results
from io_linkage.spreadsheets import write_csv
from io_linkage.table import MRIOTable

PAGE, MANIFEST, WORKBOOK = "report.html", "report.json", "results.xlsx"
_FOLDER = "the folder"
_REMEDY = "Move it, or choose another folder."
# What matplotlib can write, and the numbers beside each figure.
_DRAWINGS = ("svg", "svgz", "pdf", "eps", "ps", "pgf")
_BITMAPS = ("png", "avif", "gif", "jpg", "jpeg", "raw", "rgba", "tif", "tiff", "webp")
FIGURE_FILES = frozenset(f"{key}.{ending}" for key in pictures.KEYS for ending in ("csv", *_DRAWINGS, *_BITMAPS))
REPORT_FILES = frozenset(
    {PAGE, f"data/{WORKBOOK}"}
    | {f"data/{key}.csv" for key in results.KEYS}
    | {f"figures/{name}" for name in FIGURE_FILES}
)


def write(
    table: MRIOTable,
    question: Question,
    folder: str | Path,
    *,
    earlier: Iterable[Callable[[], MRIOTable]] = (),
    overwrite: bool = False,
    inputs: Iterable[str | Path] = (),
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
    inputs : iterable of paths
        What the table and the question were read from; it is never replaced, whatever `overwrite` says.
    progress : function
        Called with a few words before each step.

    Returns
    -------
    Path
        The page, report.html; beside it figures/ and data/.

    Raises
    ------
    OutputError
        The folder cannot be written, holds other files and `overwrite` is not set, or writing into it would replace
        an input. Nothing is half-written.
    """
    place = expanded(folder)
    with staged(place, REPORT_FILES, overwrite=overwrite, inputs=_read(question, inputs)) as temporary:
        results = gather(table, question, earlier=earlier, progress=progress)
        drawn = draw(results, temporary / "figures", progress=progress)
        progress("Data files")
        _data(results, temporary / "data")
        progress("Page")
        html = page.render(briefing.compose(results), drawn, version=__version__)
        (temporary / PAGE).write_text(html, encoding="utf-8", newline="\n")
    return place / PAGE


def write_figures(
    table: MRIOTable,
    question: Question,
    folder: str | Path,
    *,
    formats: Iterable[str] = ("png", "svg"),
    earlier: Iterable[Callable[[], MRIOTable]] = (),
    overwrite: bool = False,
    inputs: Iterable[str | Path] = (),
    progress: Progress = lambda step: None,
) -> list[Path]:
    """Compute and write the figures of a report alone, each with its numbers as CSV; parameters as `write`."""
    place = expanded(folder)
    with staged(place, FIGURE_FILES, overwrite=overwrite, inputs=_read(question, inputs)) as temporary:
        results = gather(table, question, earlier=earlier, progress=progress)
        drawn = draw(results, temporary, formats=formats, progress=progress)
        names = [path.name for one in drawn.values() for path in one.files]
    return [place / name for name in names]


def _read(question: Question, inputs: Iterable[str | Path]) -> list[str | Path]:
    """Return the files that a report is made from."""
    own = question.stage_file
    return [*inputs, own] if isinstance(own, str | Path) else [*inputs]


def _data(results: Results, folder: Path) -> None:
    folder.mkdir()
    for key, result in results.frames.items():
        write_csv(tidy(result.frame), folder / f"{key}.csv")
    workbook.write_workbook(results, folder / WORKBOOK)


@contextmanager
def staged(
    folder: Path, names: Collection[str], *, overwrite: bool, inputs: Collection[str | Path] = ()
) -> Iterator[Path]:
    """Give a temporary folder beside (or in) the one wanted, whose files are moved there when all went well.

    The files of an earlier run are known by their manifest; those that are not written anew are removed. Nothing else
    in the folder is touched. `names` are those that may be written; whatever stands in their way is named before
    anything is computed.
    """
    old = _require_place(folder, names, overwrite=overwrite)
    try:
        _require_free(folder, {*names, *old}, old, overwrite=overwrite, inputs=inputs)
        # On the same disk, so that moving is renaming; it also shows at once whether the place can be written.
        parent = folder if folder.is_dir() else folder.parent
        with working_folder(parent) as temporary:
            new, earlier = temporary / "new", temporary / "earlier"
            new.mkdir()
            yield new
            written = _listed(new)
            _require_free(folder, {*written, *old}, old, overwrite=overwrite, inputs=inputs)
            if folder.exists():
                _move(new, folder, [*written, *old], earlier)
            else:
                new.rename(folder)
    except OSError as error:
        # A file of the package's own that cannot be read is not the folder's fault.
        if isinstance(error, IOLinkageError):
            raise
        raise unwritable(folder, error, what=_FOLDER) from error


def _require_place(folder: Path, names: Collection[str], *, overwrite: bool) -> list[str]:
    """Return the files of an earlier run; refuse a folder with other files in it."""
    try:
        if not folder.exists():
            return []
        if not folder.is_dir():
            raise OutputError(f"{str(folder)!r} is a file, and a folder is needed. Choose another name.")
        there = [path.name for path in folder.iterdir() if not path.name.startswith(PREFIX)]
        old = _manifest(folder, names)
    except OSError as error:
        raise unwritable(folder, error, what=_FOLDER) from error
    if there and old is None and not overwrite:
        shown = ", ".join(sorted(there)[:3])
        raise OutputError(
            f"{str(folder)!r} holds other files ({shown}{', ...' if len(there) > 3 else ''}). Choose another folder, "
            "or pass overwrite=True (--overwrite) to write into it; files with other names stay."
        )
    return old or []


def _require_free(
    folder: Path, names: Iterable[str], old: Collection[str], *, overwrite: bool, inputs: Collection[str | Path]
) -> None:
    """Refuse to replace an input, a folder, what lies outside, and unasked any file of someone else."""
    others = []
    for name in sorted({*names, MANIFEST}):
        place = folder / name
        if place.parent.exists() and not place.parent.is_dir():
            raise OutputError(
                f"{str(place.parent)!r} is a file, and a folder is needed. Move it, or choose another folder."
            )
        if not (place.exists() or place.is_symlink()):
            continue
        if place.is_dir():
            raise OutputError(
                f"{str(place)!r} is a folder, and a file is to be written there. Move it, or choose another folder."
            )
        if not place.parent.resolve().is_relative_to(folder.resolve()):
            raise OutputError(
                f"{str(place.parent)!r} leads out of {str(folder)!r}. Remove the link, or choose another folder."
            )
        mine = name == MANIFEST or name in old
        require_not_input(place, [one for one in inputs if not mine or not expanded(one).is_dir()])
        if not mine:
            others.append(name)
    if others and not overwrite:
        raise OutputError(
            f"{str(folder)!r} holds {', '.join(others[:3])}{', ...' if len(others) > 3 else ''}, which no report of "
            "this package wrote. Move what you want to keep, or pass overwrite=True (--overwrite) to replace it."
        )


def _manifest(folder: Path, own: Collection[str]) -> list[str] | None:
    """Files that an earlier run wrote, or None where there was none."""
    file = folder / MANIFEST
    if not file.is_file():
        return None
    try:
        manifest = json.loads(file.read_text(encoding="utf-8"))
        names = manifest["files"] if manifest.get("made_by") == "io_linkage" else None
    except (ValueError, KeyError, AttributeError, TypeError):
        return None
    if not isinstance(names, list):
        return None
    # A manifest is not a licence to remove what no report is made of.
    return [name for name in names if isinstance(name, str) and name in {*REPORT_FILES, *FIGURE_FILES, *own}]


def _listed(new: Path) -> list[str]:
    """Return the files written, and write the manifest that lists them."""
    names = sorted(path.relative_to(new).as_posix() for path in new.rglob("*") if path.is_file())
    manifest = {"made_by": "io_linkage", "version": __version__, "files": [*names, MANIFEST]}
    (new / MANIFEST).write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")
    return [*names, MANIFEST]


def _move(new: Path, folder: Path, names: Iterable[str], earlier: Path) -> None:
    """Put new files in the place of old ones, or, where one of them cannot be moved, leave all as it was."""
    undo: list[tuple[Path, Path]] = []

    def rename(source: Path, target: Path) -> None:
        target.parent.mkdir(parents=True, exist_ok=True)
        source.rename(target)
        undo.append((target, source))

    try:
        for name in dict.fromkeys(names):
            place = folder / name
            if place.exists() or place.is_symlink():
                rename(place, earlier / name)
            if (new / name).exists():
                rename(new / name, place)
    except BaseException:
        for target, source in reversed(undo):
            target.rename(source)
        raise
