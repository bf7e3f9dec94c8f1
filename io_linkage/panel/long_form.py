"""Results of any shape in one long table: a row for each number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

#: Columns that every panel has; a level of a result with one of these names gets `_row`.
OWN = ("table", "from_year", "year", "variant", "column", "value", "text", "unit")
#: What a panel says of its results, besides their units.
STATED = ("measure", "of", "source", "value_added", "prices", "average", "note")


def long_form(result: pd.DataFrame | pd.Series[Any], **where: Any) -> pd.DataFrame:
    """Lay a result out with its labels in columns, then `value` and `unit`.

    Parameters
    ----------
    result : DataFrame or Series
    **where
        Columns put first, the same in every row.

    Returns
    -------
    DataFrame; `text` has what is not a number, where the result has such columns.

    Examples
    --------
    >>> result = pd.DataFrame({"output": [1.0, 2.0]}, index=pd.Index(["CHN", "USA"], name="region"))
    >>> long_form(result, year=2011).to_dict("records")[1]
    {'year': 2011, 'region': 'USA', 'column': 'output', 'value': 2.0, 'unit': ''}
    """
    attrs = dict(result.attrs)
    frame = result.to_frame(result.name or "value") if isinstance(result, pd.Series) else result
    rows, columns = len(frame), frame.shape[1]
    above = _levels(frame.columns, ["column"] * frame.columns.nlevels)
    beside = _levels(frame.index, [f"label_{k + 1}" for k in range(frame.index.nlevels)])
    taken = {*OWN[:4], *OWN[5:], *where}
    parts: dict[str, Any] = {name: [value] * (rows * columns) for name, value in where.items()}
    for name, labels in beside:
        # A matrix has the same kind of label on both sides.
        clear = f"{name}_row" if name in taken or name in dict(above) or name == "column" else name
        parts[clear] = np.repeat(np.asarray(labels, dtype=object), columns).tolist()
    for name, labels in above:
        parts[name] = np.tile(np.asarray(labels, dtype=object), rows).tolist()
    numbers, texts = _cells(frame)
    parts["value"] = numbers
    if texts is not None:
        parts["text"] = texts
    parts["unit"] = _units(frame, attrs) * rows
    return pd.DataFrame(parts)


def stated(attrs: Mapping[Any, Any]) -> dict[str, str]:
    """Return what results say of themselves that a panel keeps."""
    return {key: str(attrs[key]) for key in STATED if attrs.get(key) not in (None, "")}


def _levels(index: pd.Index[Any], names: Sequence[str]) -> list[tuple[str, list[Any]]]:
    """Names and labels of the levels; columns of several levels without names are joined into one."""
    if index.nlevels > 1 and any(name is None for name in index.names) and names[0] == "column":
        return [("column", [" ".join(map(str, label)) for label in index])]
    levels = []
    for k, (name, spare) in enumerate(zip(index.names, names, strict=True)):
        labels = index.get_level_values(k)
        whole = pd.api.types.is_integer_dtype(labels.dtype)
        levels.append((spare if name is None else str(name), [int(x) if whole else str(x) for x in labels]))
    return levels


def _cells(frame: pd.DataFrame) -> tuple[list[float], list[str | None] | None]:
    """Numbers of all cells row by row, NaN for texts; texts, None for numbers, or no texts at all."""
    numeric = [pd.api.types.is_numeric_dtype(dtype) or pd.api.types.is_bool_dtype(dtype) for dtype in frame.dtypes]
    numbers = np.full(frame.shape, np.nan)
    for k, is_number in enumerate(numeric):
        if is_number:
            numbers[:, k] = frame.iloc[:, k].to_numpy(dtype=np.float64, na_value=np.nan)
    if all(numeric):
        return numbers.ravel().tolist(), None
    texts = np.full(frame.shape, None, dtype=object)
    for k, is_number in enumerate(numeric):
        if not is_number:
            texts[:, k] = [None if pd.isna(cell) else str(cell) for cell in frame.iloc[:, k]]
    return numbers.ravel().tolist(), texts.ravel().tolist()


def _units(frame: pd.DataFrame, attrs: Mapping[Any, Any]) -> list[str]:
    own = attrs.get("units") or {}
    return [str(own.get(column, attrs.get("unit", ""))) for column in frame.columns]
