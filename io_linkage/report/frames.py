"""Cells and rows of results, by their labels."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd

from io_linkage.report.results import Results


def cell(frame: pd.DataFrame, row: Any, column: Any) -> float:
    """One number of a result."""
    value: Any = frame.at[row, column]
    return float(value)


def rows_at(frame: pd.DataFrame, label: str, level: str) -> pd.DataFrame:
    """Rows with one label of a level, without that level."""
    return frame[frame.index.get_level_values(level) == label].droplevel(level)


def by_year(frame: pd.DataFrame, column: str) -> pd.DataFrame:
    """Years in rows, the labels of the other level in columns, in the order of the result."""
    other = next(str(name) for name in frame.index.names if name != "year")
    order: Iterable[Any] = dict.fromkeys(frame.index.get_level_values(other))
    return pd.DataFrame(frame[column].unstack(other)).reindex(columns=list(order))


def focus_rows(results: Results, key: str) -> pd.DataFrame:
    """Rows of the focus; by industry alone where the focus is one region."""
    frame = results[key]
    rows = frame[frame.index.get_level_values("region").isin(results.question.regions)]
    if len(results.question.regions) == 1:
        rows = rows.droplevel("region")
    rows.attrs = dict(frame.attrs)
    return rows


def has_ranges(results: Results) -> bool:
    """Whether the stage shares have ranges to draw from; a file of one's own may give none."""
    shares = results["stage_shares"]
    stages = [str(column).removesuffix("_low") for column in shares if str(column).endswith("_low")]
    return any(bool((shares[f"{stage}_low"] < shares[f"{stage}_high"]).any()) for stage in stages)


def stage_names(results: Results) -> list[str]:
    """Stages in the order in which results show them."""
    return [str(stage) for stage in dict.fromkeys(results["stage_composition"].index.get_level_values("stage"))]


def stage_pair(results: Results) -> tuple[str, str]:
    """Two stages that are compared: traditional and emerging, or the first and the last of one's own."""
    names = stage_names(results)
    return ("traditional", "emerging") if {"traditional", "emerging"} <= set(names) else (names[0], names[-1])


def leaders(values: pd.Series[float]) -> list[Any]:
    """Labels of the largest value: more than one where several are equal to within rounding."""
    known = values.dropna()
    if known.empty:
        return []
    top = float(known.max())
    return list(known.index[(known - top).abs() <= 1e-12 * abs(top)])
