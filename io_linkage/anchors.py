"""A few cells that every result carries with it, by which changed values are noticed.

Terms
-----
anchor : the labels and the value of one cell of a result as it was computed.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

#: The key of the anchors in `attrs`, and how many there are at most.
KEY, MOST = "anchors", 48


class Anchors(NamedTuple):
    """Cells of a result: the names of its levels, rows first, then columns; and (labels, value) of each cell."""

    levels: tuple[str | None, ...]
    cells: tuple[tuple[tuple[Any, ...], float], ...]

    def __deepcopy__(self, memo: dict[int, Any]) -> Anchors:
        """Return itself; pandas copies attrs in every operation, and anchors never change."""
        return self


def anchors(result: pd.DataFrame | pd.Series[Any]) -> Anchors | None:
    """Return the largest cell, by size, of each row, or of each stretch of cells where there are many rows.

    Cells that are NaN or 0 cannot be anchors: they are the same in every unit. None where no cell is left.
    """
    part = result
    if isinstance(part, pd.DataFrame):
        numeric = [k for k, dtype in enumerate(part.dtypes) if dtype.kind in "fiu"]
        part = part if len(numeric) == part.shape[1] else part.iloc[:, numeric]
    elif part.dtype.kind not in "fiu":
        return None
    values = part.to_numpy(dtype=np.float64).reshape(len(part), -1) if len(part) else np.zeros((0, 1))
    if not values.size:
        return None
    sizes = np.nan_to_num(np.abs(values), nan=0.0, posinf=0.0).ravel()
    edges = np.linspace(0, sizes.size, min(len(values), MOST) + 1).astype(int)
    places = np.array([start + np.argmax(sizes[start:end]) for start, end in pairwise(edges)])
    places = places[sizes[places] > 0]
    i, j = divmod(places, values.shape[1])
    labels = [_atoms(row) for row in part.index.take(i).tolist()]
    levels = _names(part.index)
    if isinstance(part, pd.DataFrame):
        labels = [(*row, *_atoms(column)) for row, column in zip(labels, part.columns.take(j).tolist(), strict=True)]
        levels = (*levels, *_names(part.columns))
    cells = tuple(zip(labels, map(float, values.ravel()[places]), strict=True))
    return Anchors(levels, cells) if cells else None


def changed(result: pd.DataFrame | pd.Series[Any]) -> bool:
    """Whether most of a result's anchors are there and no longer have their values.

    Anchors are matched by label, so a result may be cut, sorted, transposed, stacked or unstacked. Rounding is not
    a change, and a cell that was emptied tells nothing.
    """
    kept = result.attrs.get(KEY)
    if not kept:
        return False
    levels, cells = tuple(kept[0]), [(tuple(labels), value) for labels, value in kept[1]]
    lost = False
    for k, order in enumerate(_orders(result, levels)):
        there = [(value, cell) for labels, value in cells for cell in _cell(result, labels, order)]
        same = sum(_same(value, cell) for value, cell in there)
        if same and 2 * same >= len(there):
            return False
        # In another order than their own, labels of the same kind may meet by chance.
        lost = lost or (bool(there) and k == 0)
    return lost


def _atoms(label: Any) -> tuple[Any, ...]:
    parts = label if isinstance(label, tuple) else (label,)
    return tuple(part.item() if isinstance(part, np.generic) else part for part in parts)


def _names(index: pd.Index[Any]) -> tuple[str | None, ...]:
    return tuple(None if name is None else str(name) for name in index.names)


def _orders(result: pd.DataFrame | pd.Series[Any], levels: tuple[str | None, ...]) -> list[tuple[int, ...]]:
    """In which orders the labels of an anchor may stand in the rows and columns of a result."""
    columns = _names(result.columns) if isinstance(result, pd.DataFrame) else (None,)
    names = (*_names(result.index), *columns)
    for own in (levels, (*levels, None)):
        if len(set(names)) == len(names) and sorted(map(str, own)) == sorted(map(str, names)):
            return [tuple(own.index(name) for name in names)]
    plain = tuple(range(len(names)))
    return [plain, plain[::-1]] if isinstance(result, pd.DataFrame) and len(names) == len(levels) == 2 else [plain]


def _cell(result: pd.DataFrame | pd.Series[Any], labels: tuple[Any, ...], order: tuple[int, ...]) -> Iterator[float]:
    """Yield the cell of an anchor, unless it is empty, gone or not the only one with its labels."""
    rows = result.index
    columns: pd.Index[Any] = result.columns if isinstance(result, pd.DataFrame) else pd.Index([result.name])
    if len(labels) == len(order) - 1 and columns.nlevels == len(columns) == 1:
        # Of a Series, which may have been renamed or made a frame since.
        labels = (*labels, columns[0])
    if len(labels) != len(order):
        return
    placed = tuple(labels[k] for k in order)
    i, j = _place(rows, placed[: rows.nlevels]), _place(columns, placed[rows.nlevels :])
    if i is None or j is None:
        return
    cell: Any = result.iloc[i, j] if isinstance(result, pd.DataFrame) else result.iloc[i]
    if not math.isnan(cell):
        yield float(cell)


def _place(index: pd.Index[Any], labels: tuple[Any, ...]) -> int | None:
    try:
        place = index.get_loc(labels if isinstance(index, pd.MultiIndex) else labels[0])
    except (KeyError, TypeError):
        return None
    return place if isinstance(place, int) else None


def _same(value: float, cell: float) -> bool:
    """Whether a cell has its value, perhaps rounded."""
    if math.isclose(value, cell, rel_tol=1e-6):
        return True
    return any(round(value, digits) == cell for digits in range(-3, 9))
