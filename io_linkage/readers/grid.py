"""Workbooks as grids of cells: which sheet, which cells are numbers, where the labels are."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from io_linkage.errors import ReadError, unknown
from io_linkage.leontief import Array
from io_linkage.readers import sources
from io_linkage.readers.delimited import number

Cells = list[list[Any]]


@dataclass(frozen=True)
class Grid:
    """Numbers of a sheet with the labels above (one list per header line) and to the left (one per column).

    Attributes
    ----------
    where : str
        File and sheet, for messages.
    title : list of str
        Text that stands in the corner above the labels: year, unit.
    blanks : int
        Empty cells among the numbers, read as NaN.
    """

    where: str
    title: list[str]
    above: list[list[str]]
    left: list[list[str]]
    values: Array
    top: int
    offset: int


def sheets(path: Path) -> list[str]:
    """Names of the sheets of a workbook."""
    return list(_open(path).sheet_names)


def cells(path: Path, sheet: str | None = None, *, large: bool = True) -> tuple[Cells, str]:
    """Read the cells of one sheet: the one named, or the largest; returns them and the sheet's name."""
    workbook = _open(path)
    names = list(workbook.sheet_names)
    if sheet is not None:
        if sheet not in names:
            raise unknown(f"sheet of {path.name!r}", sheet, names)
        return _rows(workbook, sheet, path), sheet
    if len(names) == 1:
        return _rows(workbook, names[0], path), names[0]
    read = {name: _rows(workbook, name, path) for name in names}
    best = max(names, key=lambda name: len(read[name]) * (len(read[name][0]) if read[name] else 0))
    return read[best], best


def grid(path: Path, sheet: str | None = None) -> Grid:
    """Read a sheet as numbers with labels above and to the left.

    Raises
    ------
    ReadError
        The sheet has no block of numbers, or a cell in it is not a number: which.
    """
    rows, name = cells(path, sheet)
    where = f"{path.name}, sheet {name}"
    return to_grid(rows, where, others=[one for one in sheets(path) if one != name])


def to_grid(rows: Cells, where: str, *, others: Iterable[str] = ()) -> Grid:
    """Find the block of numbers in cells and the labels around it."""
    top, offset = _corner(rows, where, others)
    width = max((position for position, cell in enumerate(rows[top]) if _is_number(cell)), default=offset) + 1
    width = max(width, max(len(_trimmed(rows[r])) for r in range(max(0, top - 1), top + 1)))
    bottom = len(rows)
    while bottom > top and not any(_is_number(cell) for cell in rows[bottom - 1][offset:width]):
        bottom -= 1
    above = [[_text(c) for c in _padded(rows[r], width)[offset:]] for r in range(top)]
    left = [[_text(_padded(rows[r], width)[c]) for r in range(top, bottom)] for c in range(offset)]
    title = [_text(cell) for r in range(top) for cell in rows[r][:offset] if _text(cell)]
    values = np.empty((bottom - top, width - offset))
    for r in range(top, bottom):
        values[r - top] = _numbers(_padded(rows[r], width)[offset:], where, r, offset)
    lines = [line for line in above if sum(bool(cell) for cell in line) >= 0.5 * len(line)]
    sides = [side for side in left if any(side)]
    return Grid(where, title, lines, sides, values, top, offset)


def _open(path: Path) -> Any:
    from python_calamine import CalamineWorkbook

    if sources.kind(path) != "workbook":
        raise ReadError(f"{str(path)!r} is not an Excel workbook.")
    if zipfile.is_zipfile(path):
        # A workbook is an archive, and may unpack to as absurd a size as any.
        with sources.archive(path):
            pass
    with sources.decoding(str(path), "workbook"):
        return CalamineWorkbook.from_filelike(io.BytesIO(path.read_bytes()))


def _rows(workbook: Any, name: str, path: Path) -> Cells:
    with sources.decoding(str(path), "workbook"):
        rows: Cells = workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
    return rows


def _corner(rows: Cells, where: str, others: Iterable[str]) -> tuple[int, int]:
    """First row and column of the block of numbers."""
    counts = [sum(1 for cell in row if _is_number(cell)) for row in rows[: min(len(rows), 200)]]
    most = max(counts, default=0)
    usual = float(np.median([count for count in counts if count > 1])) if any(c > 1 for c in counts) else 0.0
    candidates = [r for r, count in enumerate(counts) if count >= max(2, 0.6 * usual) and not _is_counter(rows[r])]
    if most < 2 or not candidates:
        listed = ", ".join(others)
        raise ReadError(
            f"{where} holds no table: no rows of numbers under labels were found. "
            + (f"The workbook has also: {listed}; choose one with sheet=..." if listed else "Check the file.")
        )
    top = candidates[0]
    sample = [rows[r] for r in range(top, min(top + 40, len(rows)))]
    width = max(len(row) for row in sample)
    numeric = [
        sum(1 for row in sample if position < len(row) and _is_number(row[position])) / len(sample)
        for position in range(width)
    ]
    texts = [
        sum(1 for row in sample if position < len(row) and isinstance(row[position], str) and row[position].strip())
        for position in range(width)
    ]
    offset = next(
        (
            p
            for p in range(width)
            if numeric[p] >= 0.5 and not any(texts[q] > 0.3 * len(sample) for q in range(p, min(p + 8, width)))
        ),
        0,
    )
    return top, offset


def _is_counter(row: list[Any]) -> bool:
    """Whether a row of numbers only counts its columns: 1, 2, 3, ... or repeats of that."""
    numbers = [float(cell) for cell in row if _is_number(cell)]
    if len(numbers) < 3 or any(value != int(value) or value < 0 for value in numbers):
        return False
    steps = np.diff(numbers)
    return bool((steps == 1).mean() > 0.9)


def _numbers(row: list[Any], where: str, line: int, offset: int) -> Array:
    try:
        return np.array(row, dtype=np.float64)
    except (TypeError, ValueError):
        return np.array([_number(cell, where, line, offset + position) for position, cell in enumerate(row)])


def _number(cell: Any, where: str, line: int, column: int) -> float:
    if isinstance(cell, int | float):
        return float(cell)
    try:
        return number(_text(cell))
    except ValueError as error:
        raise ReadError(
            f"{where}, cell {cell_name(line, column)} holds {_text(cell)[:60]!r}; every cell there has to be a number. "
            "Correct it, or fetch the file again."
        ) from error


def cell_name(row: int, column: int) -> str:
    """Name a cell as Excel does.

    Examples
    --------
    >>> cell_name(0, 0), cell_name(9, 27)
    ('A1', 'AB10')
    """
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row + 1}"


def _is_number(cell: Any) -> bool:
    return isinstance(cell, int | float) and not isinstance(cell, bool)


def _text(cell: Any) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip() if cell is not None else ""


def _trimmed(row: list[Any]) -> list[Any]:
    end = len(row)
    while end and _text(row[end - 1]) == "":
        end -= 1
    return row[:end]


def _padded(row: list[Any], width: int) -> list[Any]:
    return row[:width] if len(row) >= width else [*row, *[""] * (width - len(row))]
