"""A sheet of numbers with labels above and to the left, found in cells of any source."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from io_linkage.errors import ReadError
from io_linkage.leontief import Array
from io_linkage.readers.delimited import number

_LABEL_NAMES = frozenset(
    ("", "region", "country", "industry", "sector", "code", "name", "description", "rowlabels", "v1", "label", "unit")
)
Label: TypeAlias = tuple[str, ...]


@dataclass(frozen=True)
class Sheet:
    """Numbers with one label (a tuple of its parts) for each row and column."""

    where: str
    rows: list[Label]
    columns: list[Label]
    values: Array


def from_cells(cells: Sequence[Sequence[Any]], where: str, decimal: str, *, strict: bool = True) -> Sheet:
    """Find the labels and the numbers in cells.

    Parameters
    ----------
    strict : bool
        A cell among the numbers that is none is an error; otherwise NaN, which is enough to see what a file is.

    Raises
    ------
    ReadError
        There are no labels or no numbers, or a cell is not a number: which.
    """
    rows = [list(row) for row in cells if any(_text(cell) for cell in row)]
    width = max((len(row) for row in rows), default=0)
    # A title above stands alone in its line.
    while rows and width > 2 and sum(bool(_text(cell)) for cell in rows[0]) <= 1:
        rows = rows[1:]
    if len(rows) < 2 or width < 2:
        raise ReadError(f"{where} holds no table: labels above and to the left of numbers were expected.")
    rows = [row + [""] * (width - len(row)) for row in rows]
    left = next((c for c in range(width) if _text(rows[0][c]).lower() not in _LABEL_NAMES), 0) or 1
    top = next((r for r, row in enumerate(rows) if _mostly_numbers(row[left:], decimal)), None)
    if top is None or top == 0:
        raise ReadError(
            f"{where} has no {'numbers' if top is None else 'labels above its numbers'}. See the layout in "
            "io_linkage.readers.generic."
        )
    left = max(left, _text_columns(rows[top:], left, decimal))
    header = [[_text(cell) for cell in row[left:]] for row in rows[:top]]
    body = [row for row in rows[top:] if [_text(cell) for cell in row[left:]] not in header]
    columns = _combined(header)
    sides = [[_text(row[c]) for row in body] for c in range(left)]
    labels = _combined(sides)
    values = np.array(
        [
            [
                _number(cell, decimal, where, labels[r], columns[c]) if strict or _counts(cell, decimal) else np.nan
                for c, cell in enumerate(row[left:])
            ]
            for r, row in enumerate(body)
        ]
    )
    keep = np.array([any(label) for label in columns]) | ~np.isnan(values).all(axis=0)
    return Sheet(where, labels, [label for label, kept in zip(columns, keep, strict=True) if kept], values[:, keep])


def _combined(lines: list[list[str]]) -> list[Label]:
    """Labels of several lines, one tuple for each position."""
    filled = [_filled_on(line, last=k == len(lines) - 1) for k, line in enumerate(lines)]
    return [split(label) for label in zip(*filled, strict=True)]


def _text_columns(rows: list[list[Any]], left: int, decimal: str) -> int:
    """Further label columns: those that hold text in most rows."""
    while left < len(rows[0]) - 1 and sum(not _is_number(row[left], decimal) for row in rows) > 0.7 * len(rows):
        left += 1
    return left


def _filled_on(line: list[str], *, last: bool) -> list[str]:
    """Fill the empty cells that merged cells leave, in every line of labels but the innermost."""
    if last or not line or not line[0]:
        return line
    filled, current = [], ""
    for label in line:
        current = label or current
        filled.append(current)
    return filled


def _mostly_numbers(row: list[Any], decimal: str) -> bool:
    filled = [cell for cell in row if _text(cell)]
    return bool(filled) and sum(_is_number(cell, decimal) for cell in filled) >= 0.6 * len(filled)


def _is_number(cell: Any, decimal: str) -> bool:
    """Whether a cell is meant as a number, whichever the decimal sign."""
    if isinstance(cell, int | float):
        return True
    return any(_reads(_text(cell), sign) for sign in dict.fromkeys((decimal, ".", ",")))


def _counts(cell: Any, decimal: str) -> bool:
    return isinstance(cell, int | float) or _reads(_text(cell), decimal)


def _reads(text: str, decimal: str) -> bool:
    try:
        number(text, decimal)
    except ValueError:
        return False
    return True


def _number(cell: Any, decimal: str, where: str, row: Label, column: Label) -> float:
    if isinstance(cell, int | float):
        return float(cell)
    try:
        return number(_text(cell), decimal)
    except ValueError as error:
        raise ReadError(
            f"{where} holds {_text(cell)[:60]!r} in row {joined(row) or 'without a label'}, column "
            f"{joined(column) or 'without a label'}; every cell there has to be a number. Correct it, or pass "
            "decimal=',' if a comma is the decimal sign."
        ) from error


def _text(cell: Any) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else str(cell).strip()


def parts(label: Any) -> Label:
    """Return a label of a frame as a tuple of texts."""
    return tuple(str(part) for part in label) if isinstance(label, tuple) else (str(label),)


def split(label: Label) -> Label:
    """Return the parts of a label without empty ones; one part with a bar is two."""
    if len(label) == 1 and "|" in label[0]:
        return tuple(part.strip() for part in label[0].split("|", 1))
    return tuple(part for part in label if part)


def joined(label: Label) -> str:
    """Return a label as one text: region|industry."""
    return "|".join(label)
