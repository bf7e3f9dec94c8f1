"""All results in one Excel workbook: contents first, then a sheet each."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from io_linkage.figures.saving import tidy
from io_linkage.report.results import Results
from io_linkage.spreadsheets import set_widths, without_time, write_row, write_rows

if TYPE_CHECKING:
    from openpyxl.worksheet._write_only import WriteOnlyWorksheet

# Excel's own limit on the name of a sheet.
_NAME = 31


def write_workbook(results: Results, file: Path) -> None:
    """Write the workbook.

    The sheet `contents` lists title, unit, year, source and note of every sheet; `table` says what the table is and
    how it was read. Text that begins like a formula stays text.
    """
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    names = sheet_names(results)
    contents = book.create_sheet("contents")
    set_widths(contents, [28, 70, 40, 18, 48, 90])
    write_row(contents, ["sheet", "what", "unit", "year", "source", "note"], bold=True)
    for key, result in results.frames.items():
        attrs = result.frame.attrs
        line = [
            names[key],
            result.title,
            _text(attrs, "unit"),
            _text(attrs, "year"),
            _text(attrs, "source"),
            result.note,
        ]
        write_row(contents, line)
    write_row(contents, ["table", "What the table is and how it was read", "", "", "", ""])
    for part, reason in results.absent.items():
        write_row(contents, ["", f"Left out: {part}", "", "", "", reason])
    for key, result in results.frames.items():
        _sheet(book.create_sheet(names[key]), flat(result.frame))
    described = book.create_sheet("table")
    set_widths(described, [30, 100])
    write_row(described, ["what", "choice"], bold=True)
    for name, value in results.table.items():
        write_row(described, [str(name), str(value)])
    book.save(file)
    without_time(file)


def sheet_names(results: Results) -> dict[str, str]:
    """Name of each result's sheet: its key, cut to what Excel allows."""
    return {key: key[:_NAME] for key in results.frames}


def flat(frame: pd.DataFrame) -> pd.DataFrame:
    """Labels as columns; unit, year and source stand on the contents sheet instead of in every row."""
    bare = frame.copy(deep=False)
    bare.attrs = {}
    return tidy(bare)


def _text(attrs: dict[Any, Any], key: str) -> str:
    value = attrs.get(key)
    if value is None:
        return ""
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _sheet(sheet: WriteOnlyWorksheet, frame: pd.DataFrame) -> None:
    set_widths(sheet, [max(12, min(len(str(column)) + 2, 40)) for column in frame.columns])
    sheet.freeze_panes = "A2"
    write_rows(sheet, frame)
