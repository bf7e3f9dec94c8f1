"""Reading the labels and numbers of the frames a table is made from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Protocol

import numpy as np
import pandas as pd

from io_linkage.errors import TableError, unknown
from io_linkage.leontief import Array

INDEX_NAMES = ("region", "industry")
DEMAND_NAMES = ("region", "category")


class Labels(Protocol):
    """What groups of economies and stage files need to know of a table, or of an account of trade: its labels."""

    @property
    def regions(self) -> list[str]:
        """Regions in order."""

    @property
    def industries(self) -> list[str]:
        """Industries in order."""

    @property
    def index(self) -> pd.MultiIndex:
        """Pairs (region, industry)."""

    @property
    def year(self) -> int | None:
        """Year whose members groups have."""

    @property
    def label(self) -> str:
        """Name for messages."""

    @property
    def classification(self) -> str | None:
        """Classification of the industries."""


def two_levels(labels: pd.Index[Any], names: tuple[str, str]) -> pd.MultiIndex:
    """Return labels as (region, industry); a single level is read as the industries of one region."""
    if isinstance(labels, pd.MultiIndex):
        if labels.nlevels != 2:
            raise TableError(
                f"Labels have {labels.nlevels} levels ({', '.join(map(str, labels.names))}); two are needed: "
                f"{names[0]} and {names[1]}."
            )
        return labels.set_names(names)
    return pd.MultiIndex.from_product([["national"], [str(label) for label in labels]], names=names)


def demand_labels(columns: pd.Index[Any], regions: list[str]) -> pd.MultiIndex:
    """Return the labels of final demand as (region, category), with every region known."""
    if isinstance(columns, pd.MultiIndex):
        labels = two_levels(columns, DEMAND_NAMES)
    elif set(columns) <= set(regions):
        labels = pd.MultiIndex.from_product([list(columns), ["final demand"]], names=DEMAND_NAMES)
    elif len(regions) == 1:
        labels = pd.MultiIndex.from_product([regions, [str(c) for c in columns]], names=DEMAND_NAMES)
    else:
        strange = [c for c in columns if c not in regions]
        raise unknown("region in the columns of Y", strange[0], regions)
    for region in dict.fromkeys(labels.get_level_values(0)):
        if region not in regions:
            raise unknown("region in the columns of Y", region, regions)
    return labels


def require_same_order(what: str, labels: pd.MultiIndex, index: pd.MultiIndex) -> None:
    """Raise unless the labels are those of the rows of Z, in their order."""
    if labels.equals(index):
        return
    if len(labels) != len(index):
        raise TableError(
            f"There are {len(labels)} labels in {what} and {len(index)} in the rows of Z; they must match."
        )
    at = int(np.argmax(labels.to_numpy() != index.to_numpy()))
    raise TableError(
        f"The labels in {what} differ from the rows of Z, first at position {at}: {labels[at]} against {index[at]}. "
        "Reindex them to the order of Z's rows."
    )


def floats(name: str, frame: pd.DataFrame, *, copy: bool) -> Array:
    """Return the values as one contiguous float64 array; raise naming the first cell that is not a number."""
    try:
        array = frame.to_numpy(dtype=np.float64)
    except (TypeError, ValueError) as error:
        for column in range(frame.shape[1]):
            numbers = pd.to_numeric(frame.iloc[:, column], errors="coerce")
            bad = np.flatnonzero(numbers.isna() & frame.iloc[:, column].notna())
            if len(bad):
                cell = frame.iloc[bad[0], column]
                where = f"row {frame.index[bad[0]]}, column {frame.columns[column]}"
                raise TableError(f"{name} holds {cell!r} at {where}; every cell has to be a number.") from error
        raise TableError(f"{name} holds cells that are not numbers: {error}") from error
    if not (array.flags.c_contiguous or array.flags.f_contiguous):
        return np.ascontiguousarray(array)
    # A view, so that freezing our array leaves the caller's writable.
    return array.copy(order="K") if copy else array.view()


def published_output(x: pd.Series[float] | pd.DataFrame, index: pd.MultiIndex) -> Array:
    """Return published output as an array on the index of the table."""
    series = x.iloc[:, 0] if isinstance(x, pd.DataFrame) else x
    require_same_order("x", two_levels(series.index, INDEX_NAMES), index)
    return np.asarray(series.to_numpy(dtype=np.float64, copy=True))


def joined(label: object) -> str:
    """Return a label as one string; parts of a many-level label are joined by ' | '."""
    return " | ".join(str(part) for part in label) if isinstance(label, tuple) else str(label)


def ordered_index(rows: Iterable[tuple[Any, ...]], names: Sequence[str]) -> pd.MultiIndex:
    """Index rows with the labels of each level in their order, so that pandas finds a row by its first labels in peace.

    Examples
    --------
    >>> ordered_index([("b", 2), ("a", 1)], ["letter", "number"]).levels[0].tolist()
    ['b', 'a']
    """
    parts = list(zip(*rows, strict=True))
    levels = [list(dict.fromkeys(part)) for part in parts]
    positions = [{label: k for k, label in enumerate(level)} for level in levels]
    codes = [[where[label] for label in part] for where, part in zip(positions, parts, strict=True)]
    return pd.MultiIndex(levels=levels, codes=codes, names=list(names))
