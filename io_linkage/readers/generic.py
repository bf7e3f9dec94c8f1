"""Any table with labels: CSV, Excel or Parquet, in one sheet or with a sheet or file for each block.

The layout
----------
One sheet
    Labels to the left of the numbers and above them. A label is `region|industry`, or two label columns (region,
    industry) and two header lines. A table of one country needs industries only. What stands both left and above is an
    industry and makes Z. Other columns are final demand, `region|category` (or just categories, for one country), or
    gross output (`x`, `output`, `gross output`), or totals (`total ...`), which are left out. Other rows are primary
    inputs, or output, or totals. Columns without a region in a table of several regions (`va`, `taxes`) are primary
    inputs written sideways.
Blocks apart
    A workbook with sheets, or a folder or zip with files, called Z, Y, V and x (V and x may be left out), each with the
    same labels.

Numbers may have thousands separators; lines that repeat the header, empty lines and a title above are left out. With
`decimal=","` a comma is the decimal sign. The first label column may be empty above; columns called region, country,
industry, sector, code, name or description are labels too.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from io_linkage.errors import ReadError
from io_linkage.leontief import Array
from io_linkage.readers import grid as grids
from io_linkage.readers import sources
from io_linkage.readers.delimited import number, separator
from io_linkage.readers.raw import Raw, reader

BLOCKS = ("Z", "Y", "V", "x")
_LABEL_NAMES = frozenset(
    ("", "region", "country", "industry", "sector", "code", "name", "description", "rowlabels", "v1", "label", "unit")
)
_OUTPUT = re.compile(r"^(x|go|out|output|gross output|total output|outputs?|indout)$", re.IGNORECASE)
_TOTAL = re.compile(
    r"^(total|sum|subtotal|ttl|tot)\b|(^|[ |])(total|subtotal)s?$|^(tiu|tfu|tii|tva|ti)$", re.IGNORECASE
)
Label = tuple[str, ...]


@dataclass(frozen=True)
class Sheet:
    """Numbers with one label (a tuple of its parts) for each row and column."""

    where: str
    rows: list[Label]
    columns: list[Label]
    values: Array


def is_generic(path: Path) -> bool:
    """Whether a path can be read as labelled numbers, in one sheet or in blocks; the last resort."""
    if path.is_dir() or (path.is_file() and sources.kind(path) == "zip"):
        stems = {entry.stem.lower() for entry in sources.entries(path) if entry.suffix in (".csv", ".tsv", ".parquet")}
        return {"z", "y"} <= stems
    if not path.is_file() or path.suffix.lower() not in (*sources.WORKBOOKS, ".csv", ".tsv", ".txt", ".parquet"):
        return False
    try:
        if path.suffix.lower() in sources.WORKBOOKS:
            if {"z", "y"} <= {name.lower() for name in grids.sheets(path)}:
                return True
            sheet = _sheet_of_cells(grids.cells(path)[0], path.name, ".")
        else:
            sheet = _sheet(sources.entries(path)[0], ".", head=40)
    except ReadError:
        return False
    return bool({_joined(label) for label in sheet.rows} & {_joined(label) for label in sheet.columns})


def parse(path: Path, *, year: int | None = None, sheet: str | None = None, decimal: str = ".") -> Raw:
    """Read labelled numbers; the module says how they are laid out.

    Parameters
    ----------
    sheet : str, optional
        Sheet of a workbook with everything in one; the largest by default.
    decimal : str
        Decimal sign in text.
    """
    found = _blocks(path, sheet, decimal)
    raw = _from_blocks(found) if "Z" in found else _from_one(found["all"])
    named = re.search(r"(?<!\d)(19[5-9]\d|20[0-4]\d)(?!\d)", path.stem)
    return raw.but(year=int(named[1]) if named else year, name=path.stem, source=path.name)


def _blocks(path: Path, sheet: str | None, decimal: str) -> dict[str, Sheet]:
    if path.is_file() and path.suffix.lower() in sources.WORKBOOKS and sources.kind(path) == "workbook":
        by_name = {name.lower(): name for name in grids.sheets(path)}
        if sheet is None and {"z", "y"} <= set(by_name):
            return {
                block: _sheet_of_cells(grids.cells(path, by_name[block.lower()])[0], f"{path.name}, {block}", decimal)
                for block in BLOCKS
                if block.lower() in by_name
            }
        cells, name = grids.cells(path, sheet)
        return {"all": _sheet_of_cells(cells, f"{path.name}, sheet {name}", decimal)}
    entries = sources.entries(path)
    if path.is_dir() or len(entries) > 1 or (path.is_file() and sources.kind(path) == "zip"):
        stems = {entry.stem.lower(): entry for entry in entries if entry.suffix in (".csv", ".tsv", ".txt", ".parquet")}
        missing = [block for block in ("Z", "Y") if block.lower() not in stems]
        if missing:
            raise ReadError(
                f"{str(path)!r} has no file for {' and '.join(missing)}; it has "
                f"{', '.join(entry.name for entry in entries[:8]) or 'no files'}. Blocks apart are files called Z, Y, "
                "V and x (csv or parquet)."
            )
        return {block: _sheet(stems[block.lower()], decimal) for block in BLOCKS if block.lower() in stems}
    return {"all": _sheet(entries[0], decimal)}


def _sheet(entry: sources.Entry, decimal: str, *, head: int | None = None) -> Sheet:
    if entry.suffix == ".parquet":
        return _parquet(entry)
    with entry.open() as stream:
        text = sources.decode(stream.read(1 << 20) if head else stream.read())
    lines = text.splitlines()
    if not lines:
        raise ReadError(f"{entry.name!r} is empty.")
    sep = separator(lines[0] if len(lines) < 2 else lines[1])
    cells: list[list[Any]] = list(csv.reader(lines[:head] if head else io.StringIO(text, newline=""), delimiter=sep))
    return _sheet_of_cells(cells, entry.name, decimal)


def _parquet(entry: sources.Entry) -> Sheet:
    import pyarrow as pa

    try:
        frame = pd.read_parquet(sources.buffered(entry))
    except (pa.ArrowException, ValueError, OSError) as error:
        raise ReadError(f"{entry.name!r} is a damaged Parquet file ({str(error)[:120]}). Fetch it again.") from error
    numeric = [column for column in frame.columns if pd.api.types.is_numeric_dtype(frame[column])]
    labels = [column for column in frame.columns if column not in numeric]
    if labels:
        rows: list[Label] = [tuple(map(str, row)) for row in frame[labels].itertuples(index=False)]
    else:
        rows = [_parts(label) for label in frame.index]
    values = frame[numeric].to_numpy(dtype=np.float64)
    return Sheet(entry.name, [_split(label) for label in rows], [_split(_parts(column)) for column in numeric], values)


def _sheet_of_cells(cells: Sequence[Sequence[Any]], where: str, decimal: str) -> Sheet:
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
            [_number(cell, decimal, where, labels[r], columns[c]) for c, cell in enumerate(row[left:])]
            for r, row in enumerate(body)
        ]
    )
    keep = np.array([any(label) for label in columns]) | ~np.isnan(values).all(axis=0)
    return Sheet(where, labels, [label for label, kept in zip(columns, keep, strict=True) if kept], values[:, keep])


def _combined(lines: list[list[str]]) -> list[Label]:
    """Labels of several lines, one tuple for each position."""
    filled = [_filled_on(line, last=k == len(lines) - 1) for k, line in enumerate(lines)]
    return [_split(label) for label in zip(*filled, strict=True)]


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
    if isinstance(cell, int | float):
        return True
    try:
        number(_text(cell), decimal)
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
            f"{where} holds {_text(cell)[:60]!r} in row {_joined(row) or 'without a label'}, column "
            f"{_joined(column) or 'without a label'}; every cell there has to be a number. Correct it, or pass "
            "decimal=',' if a comma is the decimal sign."
        ) from error


def _text(cell: Any) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else str(cell).strip()


def _parts(label: Any) -> Label:
    return tuple(str(part) for part in label) if isinstance(label, tuple) else (str(label),)


def _split(label: Label) -> Label:
    """Return the parts of a label without empty ones; one part with a bar is two."""
    if len(label) == 1 and "|" in label[0]:
        return tuple(part.strip() for part in label[0].split("|", 1))
    return tuple(part for part in label if part)


def _joined(label: Label) -> str:
    return "|".join(label)


def _from_one(sheet: Sheet) -> Raw:
    labels = [_joined(label) for label in sheet.rows]
    columns = [_joined(label) for label in sheet.columns]
    shared = set(labels) & set(columns)
    rows = [i for i, label in enumerate(labels) if label in shared and not _TOTAL.search(label)]
    _require_labels(sheet, labels, columns, rows)
    at = {label: j for j, label in reversed(list(enumerate(columns)))}
    across = [at[labels[i]] for i in rows]
    index = _index([sheet.rows[i] for i in rows])
    regions = set(index.get_level_values(0))
    several = len(regions) > 1
    demand, inputs, output = [], [], None
    for j, label in enumerate(columns):
        if label in shared or not label:
            continue
        if _OUTPUT.match(sheet.columns[j][-1]):
            output = sheet.values[rows, j]
        elif _TOTAL.search(label):
            continue
        elif several and sheet.columns[j][0] not in regions:
            inputs.append((label, sheet.values[rows, j]))
        else:
            demand.append(j)
    for i, label in enumerate(labels):
        if label in shared or not label:
            continue
        if _OUTPUT.match(sheet.rows[i][-1]):
            output = sheet.values[i, across] if output is None else output
        elif not _TOTAL.search(label):
            inputs.append((label.replace("|", " "), sheet.values[i, across]))
    region = next(iter(regions))
    categories = [
        sheet.columns[j] if several or len(sheet.columns[j]) > 1 else (region, sheet.columns[j][0]) for j in demand
    ]
    pairs = [(parts[0], " ".join(parts[1:]) or "final demand") for parts in categories]
    if not pairs:
        raise ReadError(
            f"{sheet.where} has flows between industries but no columns of final demand. Add them, or give the blocks "
            "apart in sheets or files Z and Y."
        )
    names = pd.MultiIndex.from_tuples(pairs, names=["region", "category"])
    Y = pd.DataFrame(sheet.values[np.ix_(rows, demand)], index=index, columns=names)
    V = pd.DataFrame(np.vstack([v for _, v in inputs]), index=[n for n, _ in inputs], columns=index) if inputs else None
    Z = pd.DataFrame(sheet.values[np.ix_(rows, across)], index=index, columns=index)
    return Raw(Z, Y, V, None if output is None else pd.Series(output, index=index))


def _require_labels(sheet: Sheet, labels: list[str], columns: list[str], rows: list[int]) -> None:
    if len(rows) < 2:
        raise ReadError(
            f"{sheet.where}: the labels to the left ({', '.join(labels[:3])}, ...) and above ("
            f"{', '.join(columns[:3])}, ...) are not the same, so there is no table of "
            "industries. Are regions and industries swapped on one side? Write both as region|industry."
        )
    for side, names in (("to the left", labels), ("above", columns)):
        inside = [name for name in names if name in {labels[i] for i in rows}]
        if len(set(inside)) < len(inside):
            twice = sorted({name for name in inside if inside.count(name) > 1})
            raise ReadError(f"{sheet.where}: labels repeat {side}: {', '.join(twice[:5])}. Each may stand once.")
        empty = [position for position, name in enumerate(names) if not name]
        filled = [
            p for p in empty if np.isfinite(sheet.values[p] if side == "to the left" else sheet.values[:, p]).any()
        ]
        if filled:
            what = "row" if side == "to the left" else "column"
            raise ReadError(
                f"{sheet.where}: {what} {filled[0] + 1} of the numbers has no label. Write one, or delete the {what}."
            )


def _index(labels: list[Label]) -> pd.MultiIndex:
    widths = {len(label) for label in labels}
    if widths == {1}:
        pairs = [("national", label[0]) for label in labels]
    else:
        pairs = [(label[0], " ".join(label[1:]) or label[0]) for label in labels]
    return pd.MultiIndex.from_tuples(pairs, names=["region", "industry"])


def _from_blocks(found: dict[str, Sheet]) -> Raw:
    Z = found["Z"]
    rows, columns = [_joined(label) for label in Z.rows], [_joined(label) for label in Z.columns]
    if sorted(rows) != sorted(columns):
        odd = sorted(set(rows) ^ set(columns))
        raise ReadError(f"{Z.where}: the labels of rows and columns differ, such as {', '.join(odd[:4])}.")
    index = _index(Z.rows)
    order = [columns.index(label) for label in rows]
    Y = found["Y"]
    regions = list(dict.fromkeys(index.get_level_values(0)))
    pairs = [
        (label[0], " ".join(label[1:]) or "final demand") if label[0] in regions else (regions[0], " ".join(label))
        for label in Y.columns
    ]
    V = x = None
    if "V" in found:
        V = pd.DataFrame(
            _aligned(found["V"], rows, by_row=False),
            index=[" ".join(label) for label in found["V"].rows],
            columns=index,
        )
    if "x" in found:
        x = pd.Series(_aligned(found["x"], rows, by_row=True)[:, 0], index=index)
    return Raw(
        pd.DataFrame(Z.values[:, order], index=index, columns=index),
        pd.DataFrame(
            _aligned(Y, rows, by_row=True),
            index=index,
            columns=pd.MultiIndex.from_tuples(pairs, names=["region", "category"]),
        ),
        V,
        x,
    )


def _aligned(sheet: Sheet, wanted: list[str], *, by_row: bool) -> Array:
    """Values of a block in the order of Z's labels."""
    labels = [_joined(label) for label in (sheet.rows if by_row else sheet.columns)]
    absent = [label for label in wanted if label not in labels]
    if absent:
        raise ReadError(
            f"{sheet.where} has no {'row' if by_row else 'column'} for {len(absent)} of Z's labels: "
            f"{', '.join(absent[:4])}. Give every block the same labels."
        )
    order = [labels.index(label) for label in wanted]
    return sheet.values[order] if by_row else sheet.values[:, order]


GENERIC = reader(
    "generic",
    "a labelled CSV, Excel or Parquet table (one sheet, or Z, Y, V, x apart)",
    is_generic,
    parse,
    options=("sheet", "decimal"),
)
