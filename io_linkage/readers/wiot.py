"""World tables in workbooks with labels above and to the left: WIOD 2013, WIOD 2016 and ADB MRIO.

Why a reader of our own
-----------------------
pymrio's `parse_wiod` reads WIOD 2013 only; it drops the published output (last column and row r69) and all but four of
the 25 variables of the socio-economic accounts, sets what those lack to 0, and needs 28 s for a table that is read here
in 2 s. It has no reader for WIOD 2016 (xlsb or xlsx) and for ADB MRIO. The three share one layout, so one reader finds
the labels by what they are: a line of regions comes in long runs, codes repeat once in every region.

Layout
------
Above the numbers a line each of industry codes, names, regions and numbered codes (c1, c2, ...), and the same to the
left. Columns whose region and code also stand in the rows are industries; the others are final demand, or totals,
which have no region of the rows. Rows below the industries are primary inputs or totals.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from io_linkage.accounts import Satellite
from io_linkage.errors import OptionError, ReadError, unknown
from io_linkage.readers import grid as grids
from io_linkage.readers import sources, wiot_text
from io_linkage.readers.grid import Grid
from io_linkage.readers.one_sided import refuse_mistyped
from io_linkage.readers.raw import Raw
from io_linkage.readers.reader import reader

_NUMBERED = re.compile(r"^[crfCRF]\d{1,3}$")
_YEAR = re.compile(r"(?<!\d)(19[6-9]\d|20[0-4]\d)(?!\d)")
#: Numbers prove nothing: r69 is output in the release of 2013 and purchases of non-residents in that of 2016.
_TOTAL_CODES = frozenset(("ii_fob", "go", "tot", "total"))
_TOTAL_NAME = re.compile(
    r"^(total intermediate|intermediate input total|output at basic|total output|gross output|total$|total inputs)",
    re.IGNORECASE,
)
#: ADB's last row and column are just called TOTAL.
_OUTPUT_NAME = re.compile(r"^(output at basic|total output|gross output|output$|go$|total$)", re.I)
_VALUE_ADDED = re.compile(r"^(value added|va$)", re.IGNORECASE)
#: The year whose prices a table is in is not the year it is of.
_PRICES = re.compile(r"(constant|previous|prior|base)[^,;()]{0,12}(19|20)\d\d[^,;()]{0,3}", re.IGNORECASE)
_RELEASES = {"WIOD2013": "WIOD, 2013 release", "WIOD2016": "WIOD, 2016 release", "ADB35": "ADB MRIO"}


@dataclass(frozen=True)
class _Lines:
    """Labels of rows or columns, position by position."""

    region: list[str]
    code: list[str]
    number: list[str]
    name: list[str]


def is_wiot(path: Path) -> bool:
    """Whether a path is a workbook or text in this layout, or a folder with one."""
    return any(_release(_peek(file)) is not None for file in _workbooks(path))


def parse(path: Path, *, year: int | None = None, sheet: str | None = None, accounts: bool = True) -> Raw:
    """Read a WIOD or ADB workbook.

    Parameters
    ----------
    path : Path
        The workbook, or a folder with one workbook a year.
    year : int, optional
        Which year of a folder.
    sheet : str, optional
        The largest sheet by default.
    accounts : bool
        Attach WIOD's socio-economic accounts when their workbook (WIOD_SEA*.xlsx) stands beside the table's or in a
        folder SEA there; see `io_linkage.satellites`.
    """
    file = _choose(path, year)
    grid = _grid(file, sheet)
    raw = to_raw(grid, file.name)
    release = _release([*grid.above, *[side[:80] for side in grid.left]]) or "WIOD2013"
    raw = raw.but(
        year=_year(grid, file.name, year),
        classification=release,
        source=_RELEASES[release] + _prices(grid.title),
        name=_RELEASES[release],
        va_rows=tuple(row for row in (() if raw.V is None else raw.V.index) if _VALUE_ADDED.match(row)) or None,
    )
    accounts_file = _accounts_beside(file) if accounts and release == "WIOD2013" else None
    return raw if accounts_file is None else _with_accounts(raw, accounts_file)


def _grid(file: Path, sheet: str | None) -> Grid:
    if not wiot_text.is_text(file):
        return grids.grid(file, sheet)
    if sheet is not None:
        raise OptionError(f"{file.name!r} is text and has no sheets; leave sheet= out.")
    return grids.to_grid(wiot_text.cells(file), file.name)


def to_raw(grid: Grid, name: str) -> Raw:
    """Cut a grid into blocks by its labels."""
    above, left = _lines(grid.above, grid.where, "above"), _lines(grid.left, grid.where, "to the left of")
    # Codes may be missing in final demand and primary inputs; the numbered ones are always there.
    keys_left = list(zip(left.region, _keys(left), strict=True))
    keys_above = list(zip(above.region, _keys(above), strict=True))
    positions = {key: j for j, key in enumerate(keys_above) if key[0] and key[1]}
    rows = [i for i, key in enumerate(keys_left) if key in positions and key[0]]
    columns = [positions[keys_left[i]] for i in rows]
    if len(rows) < 2 or len(set(columns)) < len(columns):
        raise ReadError(
            f"{grid.where}: {len(rows)} labels stand both above and to the left of the numbers"
            f"{', some of them twice' if len(set(columns)) < len(columns) else ''}; a table of industries was "
            "expected. Check that it is the whole sheet, and choose another with sheet=..."
        )
    regions = list(dict.fromkeys(left.region[i] for i in rows))
    _require_complete(keys_above, rows, columns, regions, grid.where)
    _require_same_labels(keys_left, keys_above, left, above, rows, columns, grid.where)
    _require_regions_first(regions, [left.code[i] for i in rows], grid.where)
    index = pd.MultiIndex.from_tuples([(left.region[i], left.code[i] or left.number[i]) for i in rows])
    index.names = ["region", "industry"]
    demand = [j for j in range(len(keys_above)) if j not in set(columns) and above.region[j] in regions]
    values, notes = _filled(grid, rows, [*columns, *demand])
    Y = pd.DataFrame(
        values[np.ix_(rows, demand)],
        index=index,
        columns=pd.MultiIndex.from_tuples(
            [(above.region[j], above.name[j] or above.code[j] or above.number[j]) for j in demand],
            names=["region", "category"],
        ),
    )
    V, x = _primary(grid, values, left, above, rows, columns, index)
    Z = pd.DataFrame(values[np.ix_(rows, columns)], index=index, columns=index, copy=False)
    return Raw(Z, Y, V, x, unit=_unit(grid.title, grid.above), notes=notes)


def _filled(grid: Grid, rows: list[int], columns: list[int]) -> tuple[Any, tuple[str, ...]]:
    """Fill empty cells among the flows with 0, as Excel shows them, and say how many there were."""
    values = grid.values
    empty = np.isnan(values)
    count = int(empty[np.ix_(rows, columns)].sum())
    values = np.where(empty, 0.0, values) if empty.any() else values
    return values, ((f"{count} empty cells of Z and Y were read as 0",) if count else ())


def _primary(
    grid: Grid, values: Any, left: _Lines, above: _Lines, rows: list[int], columns: list[int], index: pd.MultiIndex
) -> tuple[pd.DataFrame | None, pd.Series[float] | None]:
    below = [i for i in range(max(rows) + 1, len(left.region)) if left.name[i] or left.code[i] or left.number[i]]
    names = {i: left.name[i] or left.code[i] or left.number[i] for i in below}
    totals = {
        i for i in below if _TOTAL_NAME.match(names[i]) or {left.number[i].lower(), left.code[i].lower()} & _TOTAL_CODES
    }
    kept = [i for i in below if i not in totals and not np.isnan(grid.values[i][columns]).all()]
    V = None
    if kept:
        V = pd.DataFrame(values[np.ix_(kept, columns)], index=[names[i] for i in kept], columns=index)
    column = [
        j for j in range(len(above.region)) if _OUTPUT_NAME.match(above.name[j] or above.code[j] or above.number[j])
    ]
    if column:
        return V, pd.Series(values[rows, column[-1]], index=index)
    row = [i for i in totals if _OUTPUT_NAME.match(names[i])]
    return V, pd.Series(values[row[-1], columns], index=index) if row else None


def _keys(lines: _Lines) -> list[str]:
    return [number or code or name for number, code, name in zip(lines.number, lines.code, lines.name, strict=True)]


def _lines(labels: list[list[str]], where: str, side: str) -> _Lines:
    """Tell lines of labels apart: regions come in runs, numbered codes are c1, c2, ...; names are longer than codes."""
    if not labels:
        raise ReadError(f"{where} has no labels {side} the numbers. Check the sheet, or choose another with sheet=...")
    length = len(labels[0])
    region = max(range(len(labels)), key=lambda k: _run_share(labels[k]))
    if len(labels) < 2 or _run_share(labels[region]) < 0.5:
        raise ReadError(
            f"{where} has no line of regions {side} the numbers (labels that repeat for every industry of a region), "
            f"only: {'; '.join(', '.join(line[:3]) for line in labels[:4])}. Are regions and industries swapped?"
        )
    others = [k for k in range(len(labels)) if k != region and len({label for label in labels[k] if label}) > 1]
    blank = [""] * length
    numbered = [k for k in others if _share(labels[k], _NUMBERED) > 0.7]
    texts = sorted((k for k in others if k not in numbered), key=lambda k: _mean_length(labels[k]))
    codes = labels[texts[0]] if texts and (_mean_length(labels[texts[0]]) <= 12) else blank
    names = labels[texts[-1]] if texts and (len(texts) > 1 or codes is blank) else blank
    number = labels[numbered[0]] if numbered else blank
    return _Lines(labels[region], codes, number, names)


def _run_share(line: list[str]) -> float:
    filled = [label for label in line if label]
    if len(filled) < 2:
        return 0.0
    return sum(a == b for a, b in pairwise(filled)) / (len(filled) - 1)


def _share(line: list[str], pattern: re.Pattern[str]) -> float:
    filled = [label for label in line if label]
    return sum(bool(pattern.match(label)) for label in filled) / len(filled) if filled else 0.0


def _mean_length(line: list[str]) -> float:
    filled = [label for label in line if label]
    return sum(map(len, filled)) / len(filled) if filled else 0.0


def _require_complete(
    keys: list[tuple[str, str]], rows: list[int], columns: list[int], regions: list[str], where: str
) -> None:
    """Refuse a table whose columns have industries that its rows lack: it was cut short."""
    codes = {keys[j][1] for j in columns}
    absent = [key for j, key in enumerate(keys) if key[0] and key[1] in codes and j not in set(columns)]
    if absent:
        raise ReadError(
            f"{where}: {len(absent)} industries stand above the numbers but not to the left, such as "
            f"{' '.join(absent[0])}. The sheet is cut short; fetch the file again."
        )


def _require_same_labels(
    keys_left: list[tuple[str, str]],
    keys_above: list[tuple[str, str]],
    left: _Lines,
    above: _Lines,
    rows: list[int],
    columns: list[int],
    where: str,
) -> None:
    """Refuse labels that can only be mistyped: on one side only, or with another code on the other."""
    both = [keys_left[i] for i in rows]
    regions = {region for region, _ in both}
    inside = set(rows)
    odd = [key for i, key in enumerate(keys_left) if i not in inside and key[0] in regions and key[1]]
    square = set(columns)
    demand = [key for j, key in enumerate(keys_above) if j not in square and all(key)]
    refuse_mistyped(where, odd, demand, both)
    for i, j in zip(rows, columns, strict=True):
        if above.code[j] and left.code[i] and above.code[j] != left.code[i]:
            raise ReadError(
                f"{where}: {keys_left[i][0]} {keys_left[i][1]} has the code {left.code[i]!r} to the left and "
                f"{above.code[j]!r} above. Correct one of the two, or fetch the file again."
            )


def _require_regions_first(regions: list[str], codes: list[str], where: str) -> None:
    from io_linkage.economies import registry

    known = sum(registry.find(region) is not None for region in regions)
    swapped = sum(registry.find(code) is not None for code in set(codes) if len(code) == 3)
    if known < 0.5 * len(regions) and swapped > 0.5 * len(set(codes)):
        raise ReadError(
            f"{where}: the labels that repeat in runs ({', '.join(regions[:4])}) look like industries and the others "
            f"({', '.join(codes[:4])}) like economies. Regions and industries are swapped; sort the table by region, "
            "then industry."
        )


def _unit(title: list[str], above: list[list[str]]) -> str:
    for text in [*title, *[label for line in above for label in line[:1]]]:
        lower = text.lower()
        if "million" in lower or "mill" in lower:
            currency = "EUR" if "eur" in lower else "USD" if "us" in lower or "$" in lower or "dollar" in lower else ""
            return f"M {currency}".strip()
    return "M USD"


def _prices(title: list[str]) -> str:
    """Say whose prices a table is in, where they are not those of its own year."""
    match = _PRICES.search(" ".join(title))
    return f", {match[0].strip()}" if match else ""


def _year(grid: Grid, name: str, asked: int | None) -> int | None:
    # In the title the year stands last, in names of files and sheets first (the month of the edition follows).
    sheet = grid.where.rpartition(", sheet ")[2]
    for text, at in ((" ".join(grid.title), -1), (name, 0), (sheet, 0)):
        if years := _YEAR.findall(_PRICES.sub(" ", text)):
            return int(years[at])
    short = re.search(r"wiot(\d\d)(?!\d)", name, re.I)
    if short:
        return 1900 + int(short[1]) if int(short[1]) > 50 else 2000 + int(short[1])
    return asked


def _release(labels: list[list[str]] | None) -> str | None:
    """Which of the databases, told by codes: AtB and c35 in WIOD 2013, A01 and M74_M75 in 2016, c1 alone in ADB."""
    if not labels:
        return None
    codes = {label for line in labels for label in line}
    if {"AtB", "15t16", "17t18"} <= codes:
        return "WIOD2013"
    if {"A01", "A02", "C10-C12"} <= codes:
        return "WIOD2016"
    if {"c1", "c2", "c34", "c35"} <= codes or ({"c1", "c2"} <= codes and {"F1", "F2"} <= codes):
        return "ADB35"
    return None


def _peek(file: Path) -> list[list[str]] | None:
    """Labels of a workbook's largest sheet, without its numbers; None where it is not one."""
    try:
        rows = wiot_text.peek(file) if wiot_text.is_text(file) else grids.cells(file)[0]
    except (ReadError, OSError, csv.Error):
        return None
    lines = [[str(cell).strip() for cell in row] for row in rows[:12]]
    width = min(5, max((len(row) for row in rows[:90]), default=0))
    return [*lines, *([str(row[c]).strip() for row in rows[:90] if c < len(row)] for c in range(width))]


def _workbooks(path: Path) -> list[Path]:
    if path.is_file():
        return [path] if wiot_text.is_text(path) or sources.kind(path) == "workbook" else []
    kinds = (*sources.WORKBOOKS, ".csv")
    files = (
        file
        for file in path.iterdir()
        if file.suffix.lower() in kinds and not file.name.startswith((".", "~")) and "SEA" not in file.name
    )
    return sorted(file for file in files if not wiot_text.is_text(file) or _release(_peek(file)) is not None)


def _choose(path: Path, year: int | None) -> Path:
    if path.is_file():
        return path
    years = {file: _year(Grid("", [], [], [], np.empty((0, 0)), 0, 0), file.name, None) for file in _workbooks(path)}
    files = list(years)
    if not files:
        raise ReadError(f"{str(path)!r} holds no workbook with a world table.")
    if len(files) == 1 and (year is None or years[files[0]] in (None, year)):
        return files[0]
    if year is None:
        known = ", ".join(str(one) for one in sorted(one for one in years.values() if one is not None))
        raise ReadError(f"{str(path)!r} holds {len(files)} workbooks; say which with year=... ({known}) or pass one.")
    matching = [file for file, one in years.items() if one == year]
    if not matching:
        raise unknown("year", year, sorted(one for one in years.values() if one is not None))
    return matching[0]


def _accounts_beside(file: Path) -> Path | None:
    for folder in (file.parent / "SEA", file.parent):
        workbooks = sorted(folder.glob("WIOD_SEA*.xlsx")) if folder.is_dir() else []
        if workbooks:
            return workbooks[0]
    return None


def _beside(path: Path) -> list[Path]:
    """Files outside the path that are read with it; those of a folder belong to it already."""
    accounts = _accounts_beside(path) if path.is_file() else None
    return [] if accounts is None else [accounts]


def _with_accounts(raw: Raw, file: Path) -> Raw:
    from io_linkage.readers.wiod_accounts import read_accounts

    if raw.year is None:
        return raw
    x = raw.x if raw.x is not None else raw.Z.sum(axis=1) + raw.Y.sum(axis=1)
    satellite: Satellite | None = read_accounts(file, year=raw.year, x=x)
    if satellite is None:
        note = f"the socio-economic accounts of {file.name} have no figures for {raw.year}"
        return raw.but(notes=(*raw.notes, note))
    note = f"socio-economic accounts of {file.name}, money at the exchange rate that the accounts' own output implies"
    return raw.but(satellites={**raw.satellites, satellite.name: satellite}, notes=(*raw.notes, note))


WIOT = reader(
    "wiod",
    "WIOD 2013 (xlsx), WIOD 2016 (xlsb, xlsx or csv) or ADB MRIO (xlsx), one workbook or a folder of them",
    is_wiot,
    parse,
    options=("sheet", "accounts"),
    beside=_beside,
)
