"""Large numeric text files: labels in the first columns and rows, numbers in the rest.

pandas needs several times the size of a table and minutes for one of ten thousand columns; here the numbers are
parsed in blocks straight into one array. Numbers written with thousands separators, and the place of a cell that is
not a number, are found in a second, slower pass that runs only when the first one fails.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import IO, Any

import numpy as np

from io_linkage.errors import ReadError
from io_linkage.leontief import Array
from io_linkage.readers.sources import Entry, as_utf8, decode

#: Cells that mean an absent value; a lone dash means nil.
ABSENT = ("", "NA", "N/A", "n/a", "n.a.", "NaN", "nan", "NULL", "null", "..", "...", "#N/A", ":")
#: Thousands (1,234,567) or lakhs (12,34,567).
_GROUPED = re.compile(r"^[+-]?[1-9]\d{0,2}(,\d{2,3})*,\d{3}$")
#: Memory a block of rows is parsed in.
_BLOCK = 4 << 20


@dataclass(frozen=True)
class Matrix:
    """A parsed text: labels of rows (one tuple a row), header lines, numbers.

    `values` are the numbers of the columns before the cut, `rest` those after it.
    """

    rows: list[tuple[str, ...]]
    header: list[list[str]]
    values: Array
    corner: list[list[str]]
    rest: Array


def read_matrix(
    entry: Entry, *, sep: str, header_rows: int, label_columns: int, decimal: str = ".", cut: int | None = None
) -> Matrix:
    """Read a delimited text of numbers.

    Parameters
    ----------
    entry : Entry
    sep : str
    header_rows, label_columns : int
        Lines and columns of labels before the numbers; `header_rows=0` for a bare matrix.
    decimal : str
    cut : int, optional
        Put the numbers of the first `cut` columns and of the others into two arrays, so that neither has to be
        copied out of one afterwards.

    Returns
    -------
    Matrix, whose absent cells are NaN.

    Raises
    ------
    ReadError
        A line has another number of columns than the first, or a cell is not a number: which.
    """
    entry = as_utf8(entry)
    header, columns = _header(entry, sep, header_rows)
    corner = [line[:label_columns] for line in header]
    names = [line[label_columns:] for line in header]
    try:
        rows, values, rest = _numbers(entry, sep, header_rows, label_columns, columns, decimal, cut)
    except _NotNumbersError as error:
        rows, values = _numbers_slowly(entry, sep, header_rows, label_columns, columns, decimal, names, str(error))
        width = values.shape[1] if cut is None else cut
        values, rest = np.ascontiguousarray(values[:, :width]), np.ascontiguousarray(values[:, width:])
    return Matrix(rows, names, values, corner, rest)


def number(text: str, decimal: str = ".") -> float:
    """Read one number as people write them; NaN where nothing stands, ValueError where it is not a number.

    A separator has to stand where thousands (or lakhs) end, so that a decimal comma is not taken for one: 12,5 is not a
    number unless the comma is the decimal sign.

    Examples
    --------
    >>> number("1,234.5"), number("1.234,5", decimal=","), number("(12)"), number("-")
    (1234.5, 1234.5, -12.0, 0.0)
    >>> number("12,5")
    Traceback (most recent call last):
    ...
    ValueError: '12,5' has ',' where no thousands end
    """
    cell = text.strip().strip("'").replace("\xa0", "").replace("\u202f", "").replace(" ", "")
    if cell in ABSENT:
        return float("nan")
    if cell in ("-", "–", "—"):
        return 0.0
    cell = cell.replace("−", "-")
    if cell.startswith("(") and cell.endswith(")"):
        cell = "-" + cell[1:-1]
    mark = "." if decimal == "," else ","
    whole, _, _ = cell.partition(decimal)
    if mark in cell and not (_GROUPED.match(whole.replace(mark, ",")) and cell.count(mark) == whole.count(mark)):
        raise ValueError(f"{text!r} has {mark!r} where no thousands end")
    return float(cell.replace(mark, "").replace(decimal, "."))


class _NotNumbersError(Exception):
    """The quick pass met a cell that it could not read as a number."""


def _header(entry: Entry, sep: str, header_rows: int) -> tuple[list[list[str]], int]:
    with entry.open() as stream:
        lines = [decode(stream.readline()) for _ in range(max(header_rows, 1))]
    if not lines or not lines[0].strip():
        raise ReadError(f"{entry.name!r} begins with an empty line; it is not a table, or the download was cut short.")
    parsed = list(csv.reader(lines, delimiter=sep))
    width = len(parsed[0])
    return [[cell.strip() for cell in line] for line in parsed[:header_rows]], width


def _numbers(
    entry: Entry, sep: str, header_rows: int, label_columns: int, columns: int, decimal: str, cut: int | None
) -> tuple[list[tuple[str, ...]], Array, Array]:
    import pyarrow as pa
    import pyarrow.csv as pc

    names = [str(position) for position in range(columns)]
    types = {name: pa.string() if position < label_columns else pa.float64() for position, name in enumerate(names)}
    rows: list[tuple[str, ...]] = []
    width = columns - label_columns if cut is None else cut
    # Nearly all of these tables are about as high as their square block is wide.
    parts = [np.empty((max(width, 1) + 16, width)), np.empty((max(width, 1) + 16, columns - label_columns - width))]
    with entry.open() as stream:
        try:
            batches = pc.open_csv(
                stream,
                # One thread: reading ahead on several holds as many blocks and gains little.
                pc.ReadOptions(
                    use_threads=False, column_names=names, skip_rows=header_rows, block_size=max(_BLOCK, 64 * columns)
                ),
                pc.ParseOptions(delimiter=sep, newlines_in_values=False),
                pc.ConvertOptions(
                    column_types=types, null_values=list(ABSENT), strings_can_be_null=False, decimal_point=decimal
                ),
            )
            for batch in batches:
                start, end = len(rows), len(rows) + batch.num_rows
                labels = [batch.column(position).to_pylist() for position in range(label_columns)]
                rows.extend(zip(*labels, strict=True) if labels else [()] * batch.num_rows)
                if end > len(parts[0]):
                    more = max(end - len(parts[0]), len(parts[0]) // 2)
                    parts = [np.concatenate([part, np.empty((more, part.shape[1]))]) for part in parts]
                for position in range(columns - label_columns):
                    part, at = (parts[0], position) if position < width else (parts[1], position - width)
                    part[start:end, at] = batch.column(label_columns + position).to_numpy(zero_copy_only=False)
        except pa.ArrowInvalid as error:
            raise _explained(entry, str(error)) from error
    return [tuple(label.strip() for label in row) for row in rows], parts[0][: len(rows)], parts[1][: len(rows)]


def _explained(entry: Entry, message: str) -> Exception:
    if "conversion error" in message or "invalid UTF8" in message.replace("-", ""):
        return _NotNumbersError(message)
    if "Expected" in message and "columns" in message:
        return ReadError(
            f"{entry.name!r} is cut short or damaged: {message.removeprefix('CSV parse error: ')[:160]}. A download "
            "that stopped half way looks like this; fetch the file again."
        )
    return ReadError(f"{entry.name!r} could not be read: {message[:200]}. Fetch the file again.")


def _numbers_slowly(
    entry: Entry,
    sep: str,
    header_rows: int,
    label_columns: int,
    columns: int,
    decimal: str,
    names: list[list[str]],
    reason: str,
) -> tuple[list[tuple[str, ...]], Array]:
    rows: list[tuple[str, ...]] = []
    lines: list[Array] = []
    with entry.open() as stream:
        reader = csv.reader(_decoded(stream), delimiter=sep)
        for count, line in enumerate(reader):
            if count < header_rows or not any(cell.strip() for cell in line):
                continue
            if len(line) != columns:
                raise ReadError(
                    f"{entry.name!r} is cut short or damaged: line {count + 1} has {len(line)} cells, the first "
                    f"{columns}. A download that stopped half way looks like this; fetch the file again."
                )
            rows.append(tuple(cell.strip() for cell in line[:label_columns]))
            lines.append(_line(line[label_columns:], decimal, entry.name, rows[-1], names))
    if not lines:
        raise ReadError(f"{entry.name!r} has labels but no numbers ({reason[:120]}).")
    return rows, np.vstack(lines)


def _line(cells: Sequence[str], decimal: str, where: str, row: tuple[str, ...], names: list[list[str]]) -> Array:
    try:
        return np.array([number(cell, decimal) for cell in cells])
    except ValueError:
        return np.array([_cell(c, decimal, where, row, names, position) for position, c in enumerate(cells)])


def _cell(text: str, decimal: str, where: str, row: tuple[str, ...], names: list[list[str]], position: int) -> float:
    try:
        return number(text, decimal)
    except ValueError as error:
        column = " ".join(line[position] for line in names if position < len(line)) or f"column {position + 1}"
        raise ReadError(
            f"{where!r} holds {text.strip()[:60]!r} in row {' '.join(row) or 'without a label'}, column {column}; "
            "every cell there has to be a number. Correct it, or fetch the file again."
        ) from error


def _decoded(stream: IO[bytes]) -> Any:
    for raw in stream:
        yield decode(raw)


def separator(line: str) -> str:
    """Return the delimiter of a line: tab, semicolon, comma or bar, whichever occurs most.

    Examples
    --------
    >>> separator("a;b;1,5;2,5")
    ';'
    """
    counts: dict[str, int] = {sign: line.count(sign) for sign in ("\t", ";", ",", "|")}
    # A comma may also be a decimal sign, so it wins only where there is nothing else.
    best = max(("\t", ";"), key=lambda sign: counts[sign])
    return best if counts[best] >= 1 else ("," if counts[","] else "|")


def separator_of(lines: Sequence[str]) -> str:
    """Return the delimiter of several lines: the one that cuts most of them into the same number of cells.

    A label may hold a sign that also separates cells, and a title or an empty line has none.

    Examples
    --------
    >>> separator_of(["My table; a draft", "", ",a,b; c", "a,1,2", "b; c,3,4"])
    ','
    """
    filled = [line for line in lines if line.strip()]
    best, most = ",", (0, 0)
    for sign in ("\t", ";", ",", "|"):
        widths = [len(next(csv.reader([line], delimiter=sign), [])) for line in filled]
        usual = max(sorted(set(widths)), key=widths.count, default=0)
        # Of two that cut as many lines evenly, the one with more cells: the other stands in labels.
        if usual > 1 and (widths.count(usual), usual) > most:
            best, most = sign, (widths.count(usual), usual)
    return best
