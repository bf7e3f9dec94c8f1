"""All results in one Excel workbook: contents first, then a sheet each."""

from __future__ import annotations

import math
import re
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from io_linkage.figures.saving import tidy
from io_linkage.report.results import Results

if TYPE_CHECKING:
    from openpyxl.worksheet._write_only import WriteOnlyWorksheet

# Excel's own limit on the name of a sheet.
_NAME = 31


def write_workbook(found: Results, file: Path) -> None:
    """Write the workbook.

    The sheet `contents` lists title, unit, year, source and note of every sheet; `table` says what the table is and
    how it was read. Text that begins like a formula stays text.
    """
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    names = sheet_names(found)
    contents = book.create_sheet("contents")
    _widths(contents, [28, 70, 40, 18, 48, 90])
    _line(contents, ["sheet", "what", "unit", "year", "source", "note"], bold=True)
    for key, result in found.frames.items():
        attrs = result.frame.attrs
        line = [
            names[key],
            result.title,
            _said(attrs, "unit"),
            _said(attrs, "year"),
            _said(attrs, "source"),
            result.note,
        ]
        _line(contents, line)
    _line(contents, ["table", "What the table is and how it was read", "", "", "", ""])
    for part, reason in found.absent.items():
        _line(contents, ["", f"Left out: {part}", "", "", "", reason])
    for key, result in found.frames.items():
        _sheet(book.create_sheet(names[key]), flat(result.frame))
    described = book.create_sheet("table")
    _widths(described, [30, 100])
    _line(described, ["what", "choice"], bold=True)
    for name, value in found.table.items():
        _line(described, [str(name), str(value)])
    book.save(file)
    _timeless(file)


def sheet_names(found: Results) -> dict[str, str]:
    """Name of each result's sheet: its key, cut to what Excel allows."""
    return {key: key[:_NAME] for key in found.frames}


def flat(frame: pd.DataFrame) -> pd.DataFrame:
    """Labels as columns; unit, year and source stand on the contents sheet instead of in every row."""
    bare = frame.copy(deep=False)
    bare.attrs = {}
    return tidy(bare)


def _timeless(file: Path) -> None:
    """Write the workbook again without the time of writing, so that the same results give the same bytes."""
    with zipfile.ZipFile(file) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    core = "docProps/core.xml"
    parts[core] = re.sub(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*", rb"\g<1>2000-01-01T00:00:00Z", parts[core])
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)


def _said(attrs: dict[Any, Any], key: str) -> str:
    value = attrs.get(key)
    if value is None:
        return ""
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _sheet(sheet: WriteOnlyWorksheet, frame: pd.DataFrame) -> None:
    columns = [str(column) for column in frame.columns]
    _widths(sheet, [max(12, min(len(column) + 2, 40)) for column in columns])
    sheet.freeze_panes = "A2"
    _line(sheet, columns, bold=True)
    for row in frame.itertuples(index=False):
        _line(sheet, list(row))


def _widths(sheet: WriteOnlyWorksheet, widths: list[float]) -> None:
    from openpyxl.utils import get_column_letter

    for position, width in enumerate(widths, start=1):
        dimensions: Any = sheet.column_dimensions  # type: ignore[attr-defined]
        dimensions[get_column_letter(position)].width = width


def _line(sheet: WriteOnlyWorksheet, values: list[Any], *, bold: bool = False) -> None:
    sheet.append([_cell(sheet, value, bold) for value in values])


def _cell(sheet: WriteOnlyWorksheet, value: Any, bold: bool) -> Any:
    """Make a cell: numbers as numbers, what is missing empty, all else as text even where it begins with '='."""
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
    from openpyxl.styles import Font

    if value is None or value is pd.NA or (isinstance(value, float) and not math.isfinite(value)):
        return None
    if not bold and isinstance(value, bool | int | float):
        return value
    text = ILLEGAL_CHARACTERS_RE.sub("", str(value))
    if not bold and not text.startswith("="):
        return text
    cell = WriteOnlyCell(sheet, value=text)
    cell.data_type = "s"
    if bold:
        cell.font = Font(bold=True)
    return cell
