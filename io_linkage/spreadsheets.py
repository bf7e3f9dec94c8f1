"""Writing CSV and Excel so that a spreadsheet shows labels as they are and runs none of them.

To a spreadsheet, text that begins with =, +, -, @, a tab or a carriage return is a formula. In a CSV it gets an
apostrophe in front, which `unshielded` takes off again; in Excel it is marked as text. Numbers stay numbers.
"""

from __future__ import annotations

import csv
import math
import re
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd

from io_linkage.errors import OutputError

if TYPE_CHECKING:
    from openpyxl.worksheet._write_only import WriteOnlyWorksheet

_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_SHIELDED = re.compile(r"'+[=+\-@\t\r]")
# Also what openpyxl would take for an error value, such as #N/A.
_MISREAD = re.compile(r"[=+\-@\t\r#]")
# Excel's own limits.
_ROWS, _COLUMNS = 1_048_576, 16_384


def shielded(value: object) -> object:
    """Return a cell with an apostrophe before text that a spreadsheet would run; anything else as it is.

    Examples
    --------
    >>> shielded("=1+1"), shielded("Textiles"), shielded(-1.5), unshielded("'=1+1")
    ("'=1+1", 'Textiles', -1.5, '=1+1')
    """
    return f"'{value}" if isinstance(value, str) and _FORMULA.match(value) else value


def unshielded(text: str) -> str:
    """Take off the apostrophe that `shielded` puts in front."""
    return text[1:] if _SHIELDED.match(text) else text


def write_csv(frame: pd.DataFrame, file: Path, *, index: bool = False) -> None:
    """Write a frame as UTF-8 CSV with its text shielded, also labels of columns and, with `index`, of rows."""
    out = frame.copy(deep=False)
    out.columns = pd.Index([shielded(str(column)) for column in out.columns])
    if index:
        out.index = pd.Index([shielded(label) for label in out.index], name=out.index.name)
    texts = [*map(str, out.columns), *(map(str, out.index) if index else ())]
    for position, kind in enumerate(out.dtypes):
        if not pd.api.types.is_numeric_dtype(kind):
            cells = out.iloc[:, position].astype(object).map(shielded)
            out.isetitem(position, cells.to_numpy(dtype=object))
            texts.extend(map(str, cells))
    # Python's writer leaves a carriage return bare, where readers begin a new line.
    quoting: Literal[0, 2] = csv.QUOTE_NONNUMERIC if any("\r" in text for text in texts) else csv.QUOTE_MINIMAL
    out.to_csv(file, index=index, encoding="utf-8", lineterminator="\n", quoting=quoting)


def write_rows(sheet: WriteOnlyWorksheet, frame: pd.DataFrame) -> None:
    """Write a frame under its heads, which are bold; its index is left out.

    Raises
    ------
    OutputError
        Excel cannot hold so many rows or columns.
    """
    rows, columns = frame.shape
    if rows >= _ROWS or columns > _COLUMNS:
        raise OutputError(
            f"{rows + 1:,} rows and {columns:,} columns do not fit an Excel sheet, which holds {_ROWS:,} and "
            f"{_COLUMNS:,}. Write CSV or Parquet instead."
        )
    write_row(sheet, [str(column) for column in frame.columns], bold=True)
    for row in frame.itertuples(index=False, name=None):
        write_row(sheet, row)


def write_row(sheet: WriteOnlyWorksheet, values: Iterable[Any], *, bold: bool = False) -> None:
    """Write one row of cells."""
    sheet.append([_cell(sheet, value, bold=bold) for value in values])


def set_widths(sheet: WriteOnlyWorksheet, widths: Sequence[float]) -> None:
    """Set the widths of columns, in characters."""
    from openpyxl.utils import get_column_letter

    for position, width in enumerate(widths, start=1):
        dimensions: Any = sheet.column_dimensions  # type: ignore[attr-defined]
        dimensions[get_column_letter(position)].width = width


def without_time(file: Path) -> None:
    """Write a workbook again without the time of writing, so that the same results give the same bytes."""
    with zipfile.ZipFile(file) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    core = "docProps/core.xml"
    parts[core] = re.sub(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*", rb"\g<1>2000-01-01T00:00:00Z", parts[core])
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)


def _cell(sheet: WriteOnlyWorksheet, value: Any, *, bold: bool) -> Any:
    """Make a cell: numbers as numbers, what is missing empty, all else as text."""
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
    from openpyxl.styles import Font

    if value is None or value is pd.NA or (isinstance(value, float) and not math.isfinite(value)):
        return None
    if not bold and isinstance(value, bool | int | float):
        return value
    text = ILLEGAL_CHARACTERS_RE.sub("", str(value))
    misread = _MISREAD.match(text) is not None
    if not bold and not misread:
        return text
    cell = WriteOnlyCell(sheet, value=text)
    cell.data_type = "s"
    if bold:
        cell.font = Font(bold=True)
    if misread:
        # It stays text also when somebody edits it.
        cell.quotePrefix = True
    return cell
