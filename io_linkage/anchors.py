"""A few cells that every result carries with it, by which changed values are noticed.

Terms
-----
anchor : the labels and the value of one cell of a result as it was computed.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

#: The key of the anchors in `attrs`, and how many there are at most; more only where each label of the first level
#: has one of its own, and never more than the last.
KEY, MOST, LIMIT = "anchors", 48, 400


class Anchors(NamedTuple):
    """Cells of a result.

    Attributes
    ----------
    levels : tuple
        Names of the levels, rows first, then columns.
    cells : tuple of (labels, value)
    everywhere : bool
        Whether each label of the first level of several has a cell, unless all of its are empty or 0.
    """

    levels: tuple[str | None, ...]
    cells: tuple[tuple[tuple[Any, ...], float], ...]
    everywhere: bool = False

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
    sizes = np.nan_to_num(np.abs(values), nan=0.0, posinf=0.0)
    stretches, everywhere = _stretches(part.index)
    places = np.array([_largest(sizes, rows) for rows in stretches])
    places = np.sort(places[sizes.ravel()[places] > 0])
    i, j = divmod(places, values.shape[1])
    labels = [_atoms(row) for row in part.index.take(i).tolist()]
    levels = _names(part.index)
    if isinstance(part, pd.DataFrame):
        labels = [(*row, *_atoms(column)) for row, column in zip(labels, part.columns.take(j).tolist(), strict=True)]
        levels = (*levels, *_names(part.columns))
    cells = tuple(zip(labels, map(float, values.ravel()[places]), strict=True))
    return Anchors(levels, cells, everywhere) if cells else None


def _stretches(index: pd.Index[Any]) -> tuple[list[npt.NDArray[np.intp]], bool]:
    """Return rows that stand together, and whether none of them spans two labels of the first level."""
    if isinstance(index, pd.MultiIndex):
        codes = np.asarray(index.codes[0])
        order = np.argsort(codes, kind="stable")
        groups = np.split(order, np.flatnonzero(np.diff(codes[order])) + 1)
        if len(groups) <= LIMIT:
            each = max(1, MOST // len(groups))
            return [part for rows in groups for part in np.array_split(rows, min(each, len(rows)))], True
    return np.array_split(np.arange(len(index)), min(len(index), MOST)), False


def _largest(sizes: npt.NDArray[np.float64], rows: npt.NDArray[np.intp]) -> int:
    i, j = divmod(int(np.argmax(sizes[rows])), sizes.shape[1])
    return int(rows[i] * sizes.shape[1] + j)


def changed(result: pd.DataFrame | pd.Series[Any]) -> bool:
    """Whether most of a result's anchors are there and no longer have their values.

    Anchors are matched by label, so a result may be cut, sorted, transposed, stacked or unstacked. Rounding is not
    a change, and a cell that was emptied tells nothing. Where the first level of several is gone, as in
    ``result.loc["CHN"]``, the cells of one of its labels have to be there.
    """
    kept = result.attrs.get(KEY)
    if not kept:
        return False
    levels, cells = tuple(kept[0]), [(tuple(labels), value) for labels, value in kept[1]]
    if len(kept) > 2 and kept[2] and _names_of(result) in (levels[1:], (*levels[1:], None)):
        return _changed_in_all(result, cells)
    lost = False
    for k, order in enumerate(_orders(result, levels)):
        there = [(value, cell) for labels, value in cells for cell in _cell(result, labels, order)]
        same = sum(_same(value, cell) for value, cell in there)
        if same and 2 * same >= len(there):
            return False
        # In another order than their own, labels of the same kind may meet by chance.
        lost = lost or (bool(there) and k == 0)
    return lost


def _changed_in_all(result: pd.DataFrame | pd.Series[Any], cells: list[tuple[tuple[Any, ...], float]]) -> bool:
    """Whether the values are those of no label of the first level."""
    columns = tuple(range(len(_names_of(result))))
    groups: dict[Any, list[bool]] = {}
    for labels, value in cells:
        cells_there = (cell for cell in _cell(result, labels[1:], columns) if cell)
        groups.setdefault(labels[0], []).extend(_same(value, cell) for cell in cells_there)
    there = [same for same in groups.values() if same]
    return bool(there) and not any(2 * sum(same) >= len(same) for same in there)


def _names_of(result: pd.DataFrame | pd.Series[Any]) -> tuple[str | None, ...]:
    columns = _names(result.columns) if isinstance(result, pd.DataFrame) else (None,)
    return (*_names(result.index), *columns)


def _atoms(label: Any) -> tuple[Any, ...]:
    parts = label if isinstance(label, tuple) else (label,)
    return tuple(part.item() if isinstance(part, np.generic) else part for part in parts)


def _names(index: pd.Index[Any]) -> tuple[str | None, ...]:
    return tuple(None if name is None else str(name) for name in index.names)


def _orders(result: pd.DataFrame | pd.Series[Any], levels: tuple[str | None, ...]) -> list[tuple[int, ...]]:
    """In which orders the labels of an anchor may stand in the rows and columns of a result."""
    names = _names_of(result)
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
