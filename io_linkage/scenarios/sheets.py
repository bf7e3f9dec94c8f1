"""Scenarios as an Excel workbook: a sheet on the scenario, one with a move in each row, one with what can be chosen."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from io_linkage.economies import groups
from io_linkage.errors import OptionError, ReadError, unknown
from io_linkage.files import atomically, expanded, require_free
from io_linkage.scenarios.fields import ABOUT, KINDS, NUMBERS, OPTIONS, SEVERAL, keys
from io_linkage.shortages.rounds import RULES
from io_linkage.spreadsheets import set_widths, without_time, write_row
from io_linkage.stages import STAGES
from io_linkage.table import MRIOTable

if TYPE_CHECKING:
    from openpyxl import Workbook

_ABOUT, _MOVES, _CHOICES = "scenario", "moves", "choices"
#: Every option of any kind of move, in the order of the columns.
COLUMNS = ("kind", *dict.fromkeys(key for kind in KINDS for key in keys(kind)))
_REGIONS = ("regions", "buyers", "suppliers", "to", "supplier", "sources", "hosts", "away_from", "investor")
_ROWS = 200
_HELP = (
    "Fill in the sheet moves, one move in a row. Which options a kind has stands on the sheet choices; leave the "
    "others empty. Several regions or industries go into one cell, with commas. Then: io-linkage scenario FILE TABLE"
)


def save_template(
    table: MRIOTable, path: str | Path, *, overwrite: bool = False, inputs: Iterable[str | Path] = ()
) -> Path:
    """Write an Excel workbook to fill in, with the regions, groups and industries of a table to choose from.

    Parameters
    ----------
    table : MRIOTable
    path : str or path
        Ends in .xlsx.
    overwrite : bool
        Replace what is there.
    inputs : iterable of paths
        What the table was read from; it is never replaced.

    Returns
    -------
    Path

    Raises
    ------
    OptionError
        Another ending.
    OutputError
        The place cannot be written, is taken, or is an input.

    References
    ----------
    This project.

    See Also
    --------
    io_linkage.scenarios.read
    """
    place = expanded(path)
    if place.suffix.lower() != ".xlsx":
        raise OptionError(f"The form of a scenario is an .xlsx, so it cannot be called {place.name!r}.")
    require_free(place, inputs, overwrite=overwrite)
    about = {"name": "", "note": "", "classification": table.classification or ""}
    choices = {"regions": [*table.regions, *groups()], "industries": list(table.industries)}
    atomically(place, lambda file: write_sheets(file, about, [], choices))
    return place


def write_sheets(
    file: Path, about: Mapping[str, Any], moves: list[dict[str, Any]], choices: Mapping[str, list[str]]
) -> None:
    """Write the workbook; with choices, cells offer them in a list."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    front = book.create_sheet(_ABOUT)
    set_widths(front, [18, 90])
    for key in (*ABOUT, *OPTIONS):
        write_row(front, [key, about.get(key)])
    write_row(front, [])
    write_row(front, ["how", _HELP])
    lists = {"kind": list(KINDS), **_words(), **choices}
    sheet = book.create_sheet(_MOVES)
    set_widths(sheet, [18, *[16] * (len(COLUMNS) - 1)])
    sheet.freeze_panes = "B2"
    _offer(sheet, lists)
    write_row(sheet, COLUMNS, bold=True)
    for move in moves:
        write_row(sheet, [_cell(move.get(key)) for key in COLUMNS])
    _write_choices(book, lists)
    book.save(file)
    without_time(file)


def _words() -> dict[str, list[str]]:
    return {
        "flows": ["both", "inputs", "final"],
        "reading": ["replaced", "orders", "supply"],
        "value": ["basic", "purchaser"],
        "stage": list(STAGES),
        "inputs": ["investor", "host"],
        "rule": list(RULES),
        "ratings": ["survey", "cost_share"],
    }


def _offer(sheet: Any, lists: Mapping[str, list[str]]) -> None:
    """Let cells offer what can be chosen; other text is taken too, since a cell may hold several labels."""
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    names = list(lists)
    for position, key in enumerate(COLUMNS, start=1):
        choice = "regions" if key in _REGIONS else key
        if choice not in names:
            continue
        column = get_column_letter(names.index(choice) + 1)
        rule = DataValidation(
            type="list",
            formula1=f"'{_CHOICES}'!${column}$2:${column}${len(lists[choice]) + 1}",
            allow_blank=True,
            showErrorMessage=key == "kind",
        )
        letter = get_column_letter(position)
        rule.add(f"{letter}2:{letter}{_ROWS}")
        sheet.data_validations.append(rule)


def _write_choices(book: Workbook, lists: Mapping[str, list[str]]) -> None:
    sheet = book.create_sheet(_CHOICES)
    names = list(lists)
    set_widths(sheet, [20] * (len(names) + 3))
    write_row(sheet, [*names, None, "kind of move", "its options"], bold=True)
    options = [(kind, ", ".join(keys(kind))) for kind in KINDS]
    for k in range(max(len(options), *(len(values) for values in lists.values()))):
        row = [values[k] if k < len(values) else None for values in lists.values()]
        write_row(sheet, [*row, None, *(options[k] if k < len(options) else (None, None))])


def _cell(value: Any) -> Any:
    if isinstance(value, tuple) and value and isinstance(value[0], tuple):
        return ", ".join(f"{key}: {share!r}" for key, share in value)
    return ", ".join(map(str, value)) if isinstance(value, tuple) else value


def read_sheets(path: Path) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return what the workbook says of the scenario and of each move.

    Raises
    ------
    ReadError
        It is no workbook, or lacks one of the sheets.
    UnknownLabelError
        A column that no kind of move has; names the nearest.
    """
    from openpyxl import load_workbook

    try:
        book = load_workbook(path, read_only=True, data_only=True)
        content = {name: list(book[name].iter_rows(values_only=True)) for name in (_ABOUT, _MOVES)}
    except OSError as error:
        raise ReadError(f"Cannot read the scenario {str(path)!r}: {error.strerror or error}.") from error
    except KeyError as error:
        raise ReadError(
            f"{path.name!r} lacks one of the sheets {_ABOUT} and {_MOVES}. Make a form with io-linkage template "
            "scenario."
        ) from error
    except (ValueError, zipfile.BadZipFile) as error:
        raise ReadError(f"{path.name!r} is not an Excel workbook: {error}.") from error
    finally:
        if "book" in locals():
            book.close()
    about = {str(row[0]).strip(): row[1] for row in content[_ABOUT] if len(row) > 1 and row[0] is not None}
    about.pop("how", None)
    heads = [str(head).strip() if head is not None else None for head in (content[_MOVES] or [()])[0]]
    for head in heads:
        if head is not None and head not in COLUMNS:
            raise unknown("column", head, COLUMNS, remedy=f"({path.name}.)")
    moves = []
    for row in content[_MOVES][1:]:
        given = {
            head: _read_cell(head, value, path.name)
            for head, value in zip(heads, row, strict=False)
            if head is not None and not _empty(value)
        }
        if given:
            moves.append(given)
    return {key: _read_about(key, value) for key, value in about.items() if not _empty(value)}, moves


def _empty(value: Any) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def _read_about(key: str, value: Any) -> Any:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).strip() if key in ABOUT or isinstance(value, str) else value


def _read_cell(key: str, value: Any, where: str) -> Any:
    """Return what a cell means: a number, a label, or several labels with commas."""
    text = f"{value:g}" if isinstance(value, float) and value.is_integer() else str(value).strip()
    if key in NUMBERS:
        return _number(value, key, where)
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if key == "shares":
        return [_number(part, key, where) for part in parts]
    if key == "basket" and ":" in text:
        pairs = [part.rpartition(":") for part in parts]
        return {name.strip(): _number(share.strip(), key, where) for name, _, share in pairs}
    return parts if key in SEVERAL and len(parts) > 1 else text


def _number(value: Any, key: str, where: str) -> Any:
    try:
        return value if isinstance(value, int | float) else float(value)
    except (TypeError, ValueError) as error:
        raise OptionError(f"{where}: {key} is {value!r}, which is not a number.") from error
