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
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from io_linkage.errors import ReadError, unknown
from io_linkage.leontief import Array
from io_linkage.readers import grid as grids
from io_linkage.readers import sources
from io_linkage.readers.delimited import separator_of
from io_linkage.readers.one_sided import refuse_mistyped
from io_linkage.readers.raw import Raw
from io_linkage.readers.reader import reader
from io_linkage.readers.sheets import Label, Sheet, from_cells, joined, parts, split
from io_linkage.spreadsheets import unshielded

BLOCKS = ("Z", "Y", "V", "x")
_OUTPUT = re.compile(r"^(x|go|out|output|gross output|total output|outputs?|indout)$", re.IGNORECASE)
_TOTAL = re.compile(
    r"^(total|sum|subtotal|ttl|tot)\b|(^|[ |])(total|subtotal)s?$|^(tiu|tfu|tii|tva|ti)$", re.IGNORECASE
)


def is_generic(path: Path) -> bool:
    """Whether a path can be read as labelled numbers, in one sheet or in blocks; the last resort."""
    if path.is_dir() or (path.is_file() and sources.kind(path) == "zip"):
        entries = [entry for entry in sources.entries(path) if entry.suffix in (".csv", ".tsv", ".parquet")]
        return {"z", "y"} <= {entry.stem.lower() for entry in entries} or (_alone(path) and _has_square(entries))
    if not path.is_file() or path.suffix.lower() not in (*sources.WORKBOOKS, ".csv", ".tsv", ".txt", ".parquet"):
        return False
    try:
        if path.suffix.lower() in sources.WORKBOOKS:
            if {"z", "y"} <= {name.lower() for name in grids.sheets(path)}:
                return True
            sheet = from_cells(grids.cells(path)[0], path.name, ".", strict=False)
        else:
            sheet = _sheet(sources.entries(path)[0], ".", head=40)
    except ReadError:
        return False
    return _is_square(sheet)


def _is_square(sheet: Sheet) -> bool:
    return bool({joined(label) for label in sheet.rows} & {joined(label) for label in sheet.columns})


def _alone(path: Path) -> bool:
    """Whether a path is an archive of a single file."""
    return path.is_file() and sources.kind(path) == "zip" and len(sources.entries(path)) == 1


def _has_square(entries: list[sources.Entry]) -> bool:
    try:
        return any(_is_square(_sheet(entry, ".", head=40)) for entry in entries)
    except ReadError:
        return False


def parse(path: Path, *, year: int | None = None, sheet: str | None = None, decimal: str = ".") -> Raw:
    """Read labelled numbers; the module says how they are laid out.

    Parameters
    ----------
    sheet : str, optional
        Sheet of a workbook with everything in one; the largest by default.
    decimal : str
        Decimal sign in text.
    """
    blocks = _blocks(path, sheet, decimal)
    raw = _from_blocks(blocks) if "Z" in blocks else _from_one(blocks["all"])
    named = re.search(r"(?<!\d)(19[5-9]\d|20[0-4]\d)(?!\d)", path.stem)
    return raw.but(year=int(named[1]) if named else year, name=path.stem, source=path.name)


def _blocks(path: Path, sheet: str | None, decimal: str) -> dict[str, Sheet]:
    if path.is_file() and path.suffix.lower() in sources.WORKBOOKS and sources.kind(path) == "workbook":
        by_name = {name.lower(): name for name in grids.sheets(path)}
        if sheet is None and {"z", "y"} <= set(by_name):
            return {
                block: from_cells(grids.cells(path, by_name[block.lower()])[0], f"{path.name}, {block}", decimal)
                for block in BLOCKS
                if block.lower() in by_name
            }
        cells, name = grids.cells(path, sheet)
        return {"all": from_cells(cells, f"{path.name}, sheet {name}", decimal)}
    entries = sources.entries(path)
    if path.is_dir() or len(entries) > 1:
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
    sep = separator_of(lines[:40])
    cells: list[list[Any]] = list(csv.reader(lines[:head] if head else io.StringIO(text, newline=""), delimiter=sep))
    if "'" in text:
        # What this package writes before a label that a spreadsheet would run.
        cells = [[unshielded(cell) for cell in row] for row in cells]
    return from_cells(cells, entry.name, decimal, strict=not head)


def _parquet(entry: sources.Entry) -> Sheet:
    with sources.decoding(entry.name, "Parquet file"):
        frame = pd.read_parquet(sources.buffered(entry))
    numeric = [column for column in frame.columns if pd.api.types.is_numeric_dtype(frame[column])]
    labels = [column for column in frame.columns if column not in numeric]
    if labels:
        rows: list[Label] = [tuple(map(str, row)) for row in frame[labels].itertuples(index=False)]
    else:
        rows = [parts(label) for label in frame.index]
    values = frame[numeric].to_numpy(dtype=np.float64)
    return Sheet(entry.name, [split(label) for label in rows], [split(parts(column)) for column in numeric], values)


def _from_one(sheet: Sheet) -> Raw:
    labels = [joined(label) for label in sheet.rows]
    columns = [joined(label) for label in sheet.columns]
    shared = set(labels) & set(columns)
    rows = [i for i, label in enumerate(labels) if label in shared and not _TOTAL.search(label)]
    _require_labels(sheet, labels, columns, rows)
    at = {label: j for j, label in reversed(list(enumerate(columns)))}
    across = [at[labels[i]] for i in rows]
    index = _index([sheet.rows[i] for i in rows])
    regions = {str(region) for region in index.get_level_values(0)}
    several = len(regions) > 1
    left, left_totals, output_rows = _sorted(sheet.rows, shared)
    above, above_totals, output_columns = _sorted(sheet.columns, shared)
    if several and not any(sheet.columns[j][0] in regions for j in above):
        _require_regions_first(sheet, index)
    _refuse_mistyped(sheet, labels, columns, rows, left, above)
    if len(output_columns) > 1:
        listed = ", ".join(columns[j] for j in output_columns)
        raise ReadError(f"{sheet.where} has several columns of gross output: {listed}. Keep one of them.")
    sideways = [j for j in above if several and sheet.columns[j][0] not in regions]
    demand = [j for j in above if j not in sideways]
    inputs = [(columns[j], sheet.values[rows, j]) for j in sideways]
    inputs += [(labels[i].replace("|", " "), sheet.values[i, across]) for i in left]
    output = None
    if output_columns:
        output = sheet.values[rows, output_columns[0]]
    elif output_rows:
        output = sheet.values[output_rows[0], across]
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
    totals = [*(labels[i] for i in left_totals), *(columns[j] for j in above_totals)]
    totals += [label for label in dict.fromkeys(labels) if label in shared and _TOTAL.search(label)]
    return Raw(Z, Y, V, None if output is None else pd.Series(output, index=index), notes=_left_out(totals))


def _sorted(labels: list[Label], shared: set[str]) -> tuple[list[int], list[int], list[int]]:
    """Positions of labels on one side only: what counts, totals, gross output."""
    counted: list[int] = []
    totals: list[int] = []
    output: list[int] = []
    for position, label in enumerate(labels):
        if label and joined(label) not in shared:
            (output if _OUTPUT.match(label[-1]) else totals if _is_total(label) else counted).append(position)
    return counted, totals, output


def _is_total(label: Label) -> bool:
    return bool(_TOTAL.search(joined(label)) or _TOTAL.search(label[-1]))


def _left_out(totals: Sequence[str]) -> tuple[str, ...]:
    return (f"rows and columns left out as totals: {', '.join(dict.fromkeys(totals))}",) if totals else ()


def _refuse_mistyped(
    sheet: Sheet, labels: list[str], columns: list[str], rows: list[int], left: list[int], above: list[int]
) -> None:
    refuse_mistyped(
        sheet.where,
        [sheet.rows[i] for i in left],
        [sheet.columns[j] for j in above],
        list(dict.fromkeys(sheet.rows[i] for i in rows)),
    )
    # Where both sides have the same order, two labels at one place among the industries are meant to be the same.
    inside = {labels[i] for i in rows}
    square = max(i for i, label in enumerate(labels) if label in inside)
    order = [label for label in labels[:square] if label in inside]
    if order != [label for label in columns[:square] if label in inside]:
        return
    for i in sorted(set(left) & set(above)):
        if i < square:
            raise ReadError(
                f"{sheet.where}: among the industries a row is called {labels[i]!r} and the column at the same place "
                f"{columns[i]!r}. An industry stands on both sides under the same label: correct one of the two."
            )


def _require_regions_first(sheet: Sheet, index: pd.MultiIndex) -> None:
    """Say that regions and industries are swapped where only the second part of labels names economies."""
    from io_linkage.economies import registry

    first, second = (index.get_level_values(level).unique() for level in (0, 1))
    if any(registry.find(str(one)) for one in first) or not all(registry.find(str(one)) for one in second):
        return
    raise ReadError(
        f"{sheet.where}: regions and industries are swapped in the labels ({'|'.join(map(str, index[0]))}); write them "
        "as region|industry."
    )


def _require_labels(sheet: Sheet, labels: list[str], columns: list[str], rows: list[int]) -> None:
    if not rows or (len(rows) == 1 and not labels[0] == columns[0] == labels[rows[0]]):
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


def _from_blocks(blocks: dict[str, Sheet]) -> Raw:
    Z = blocks["Z"]
    rows, columns = [joined(label) for label in Z.rows], [joined(label) for label in Z.columns]
    if sorted(rows) != sorted(columns):
        odd = sorted(set(rows) ^ set(columns))
        raise ReadError(f"{Z.where}: the labels of rows and columns differ, such as {', '.join(odd[:4])}.")
    index = _index(Z.rows)
    order = [columns.index(label) for label in rows]
    Y, pairs, totals = _demand(blocks["Y"], list(dict.fromkeys(index.get_level_values(0))))
    V = x = None
    if "V" in blocks:
        sheet = blocks["V"]
        kept = [i for i, label in enumerate(sheet.rows) if label and not _is_total(label)]
        totals += [joined(label) for label in sheet.rows if label and _is_total(label)]
        V = pd.DataFrame(
            _aligned(sheet, rows, by_row=False)[kept],
            index=[" ".join(sheet.rows[i]) for i in kept],
            columns=index,
        )
    if "x" in blocks:
        x = pd.Series(_aligned(blocks["x"], rows, by_row=True)[:, _output_column(blocks["x"])], index=index)
    return Raw(
        pd.DataFrame(Z.values[:, order], index=index, columns=index),
        pd.DataFrame(
            _aligned(blocks["Y"], rows, by_row=True)[:, Y],
            index=index,
            columns=pd.MultiIndex.from_tuples(pairs, names=["region", "category"]),
        ),
        V,
        x,
        notes=_left_out(totals),
    )


def _demand(sheet: Sheet, regions: list[str]) -> tuple[list[int], list[tuple[str, str]], list[str]]:
    """Positions and labels of the columns of final demand, and the totals among them, which are left out."""
    kept = [j for j, label in enumerate(sheet.columns) if label and not _is_total(label)]
    pairs = []
    for j in kept:
        label = sheet.columns[j]
        if label[0] in regions:
            pairs.append((label[0], " ".join(label[1:]) or "final demand"))
        elif len(regions) == 1:
            pairs.append((regions[0], " ".join(label)))
        else:
            raise unknown(
                f"region of final demand ({sheet.where}, column {joined(label)})",
                label[0],
                regions,
                remedy="Write the columns of Y as region|category.",
            )
    return kept, pairs, [joined(label) for label in sheet.columns if label and _is_total(label)]


def _output_column(sheet: Sheet) -> int:
    """Position of gross output in block x: its only column, or the one that is called so."""
    named = [j for j, label in enumerate(sheet.columns) if label and _OUTPUT.match(label[-1])]
    if len(sheet.columns) == 1:
        return 0
    if len(named) == 1:
        return named[0]
    raise ReadError(
        f"{sheet.where} has {len(sheet.columns)} columns ({', '.join(joined(one) for one in sheet.columns[:4])}); one "
        "called output was expected. Keep that one."
    )


def _aligned(sheet: Sheet, wanted: list[str], *, by_row: bool) -> Array:
    """Values of a block in the order of Z's labels; a label that is missing, repeated or not Z's is refused."""
    what = "row" if by_row else "column"
    labels = sheet.rows if by_row else sheet.columns
    at = {joined(label): position for position, label in reversed(list(enumerate(labels)))}
    absent = [label for label in wanted if label not in at]
    if absent:
        raise ReadError(
            f"{sheet.where} has no {what} for {len(absent)} of Z's labels: {', '.join(absent[:4])}. Give every block "
            "the same labels."
        )
    names = [joined(label) for label in labels if label and not _is_total(label)]
    twice = [label for label, count in Counter(names).items() if count > 1]
    extra = [label for label in names if label not in set(wanted)]
    if twice or extra:
        listed = ", ".join((twice or extra)[:4])
        raise ReadError(
            f"{sheet.where} has {what}s {'more than once' if twice else 'that Z lacks'}: {listed}. Give every block "
            f"the labels of Z, each once."
        )
    order = [at[label] for label in wanted]
    return sheet.values[order] if by_row else sheet.values[:, order]


GENERIC = reader(
    "generic",
    "a labelled CSV, Excel or Parquet table (one sheet, or Z, Y, V, x apart)",
    is_generic,
    parse,
    options=("sheet", "decimal"),
)
