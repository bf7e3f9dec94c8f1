"""FIGARO's flat files: one line a cell, `refArea, rowIi, counterpartArea, colIi, obsValue` among the columns.

The same table as in the matrix format, whose labels are these names joined (`CN_C26`); cells that are left out are 0.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from io_linkage.errors import ReadError
from io_linkage.readers.delimited import Matrix, separator
from io_linkage.readers.sources import Entry, as_utf8, text_lines

LABELS = ("refArea", "rowIi", "counterpartArea", "colIi")
VALUE = "obsValue"
_BLOCK = 8 << 20

Cells: TypeAlias = tuple[npt.NDArray[np.int32], npt.NDArray[np.int32], npt.NDArray[np.float64]]


def is_flat(line: str) -> bool:
    """Whether a file that begins with this line is a flat one.

    Examples
    --------
    >>> is_flat("icioiRow,icioiCol,refArea,rowIi,counterpartArea,colIi,obsValue"), is_flat("rowLabels,CN_A01")
    (True, False)
    """
    return {*LABELS, VALUE} <= set(_names(line))


def read_flat(entry: Entry) -> Matrix:
    """Read a flat file as the matrix it is a list of; labels stand in the order in which they come first.

    Raises
    ------
    ReadError
        A line is not a cell: which; or a cell stands there twice.
    """
    rows: dict[str, int] = {}
    columns: dict[str, int] = {}
    at: list[Cells] = []
    for seller, sold, buyer, bought, value in _batches(entry):
        at.append((_codes(seller, sold, rows), _codes(buyer, bought, columns), value))
    if not at:
        raise ReadError(f"{entry.name!r} has labels but no cells; it is cut short. Fetch it again.")
    values = np.zeros((len(rows), len(columns)))
    count = 0
    for row, column, value in at:
        values[row, column] = value
        count += len(value)
    _require_once(entry, values.shape, at, count)
    if np.isnan(values).any():
        i, j = (int(one[0]) for one in np.nonzero(np.isnan(values)))
        raise ReadError(
            f"{entry.name!r} has no number in row {list(rows)[i]}, column {list(columns)[j]}. Fetch it again."
        )
    return Matrix([(label,) for label in rows], [list(columns)], values, [[""]], np.empty((len(rows), 0)))


def _require_once(entry: Entry, shape: tuple[int, int], at: list[Cells], count: int) -> None:
    seen = np.zeros(shape, dtype=bool)
    for row, column, _ in at:
        seen[row, column] = True
    different = int(seen.sum())
    if different < count:
        raise ReadError(f"{entry.name!r} gives {count - different:,} cells more than once. Fetch it again.")


def _names(line: str) -> list[str]:
    return [cell.strip() for cell in next(csv.reader([line], delimiter=separator(line)), [])]


def _batches(entry: Entry) -> Iterator[tuple[Any, Any, Any, Any, npt.NDArray[np.float64]]]:
    import pyarrow as pa
    import pyarrow.csv as pc

    entry = as_utf8(entry)
    line = text_lines(entry, 1)[0]
    kinds = dict.fromkeys(LABELS, pa.dictionary(pa.int32(), pa.string())) | {VALUE: pa.float64()}
    with entry.open() as stream:
        try:
            reading = pc.open_csv(
                stream,
                pc.ReadOptions(use_threads=False, column_names=_names(line), skip_rows=1, block_size=_BLOCK),
                pc.ParseOptions(delimiter=separator(line)),
                pc.ConvertOptions(column_types=kinds, include_columns=[*LABELS, VALUE]),
            )
            for batch in reading:
                labels = [batch.column(position) for position in range(4)]
                yield labels[0], labels[1], labels[2], labels[3], batch.column(4).to_numpy(zero_copy_only=False)
        except pa.ArrowInvalid as error:
            raise ReadError(f"{entry.name!r} is cut short or damaged: {str(error)[:150]}. Fetch it again.") from error


def _codes(area: Any, item: Any, known: dict[str, int]) -> npt.NDArray[np.int32]:
    """Position of each line's label among those known, which new ones are added to."""
    areas, items = area.dictionary.to_pylist(), item.dictionary.to_pylist()
    pair = area.indices.to_numpy().astype(np.int64) * len(items) + item.indices.to_numpy()
    used, first, inverse = np.unique(pair, return_index=True, return_inverse=True)
    codes = np.empty(len(used), dtype=np.int32)
    for position in np.argsort(first):
        label = f"{areas[used[position] // len(items)]}_{items[used[position] % len(items)]}"
        codes[position] = known.setdefault(label, len(known))
    return codes[inverse]
