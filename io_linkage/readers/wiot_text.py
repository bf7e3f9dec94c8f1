"""WIOD's and ADB's world tables as text: a sheet saved as CSV, or WIOD 2016's R data written to CSV.

Layout
------
A saved sheet has the cells of the workbook. The R data have one header line, `IndustryCode, IndustryDescription,
Country, RNr, Year`, then a column for each buyer (`AUS1` to `AUS56` industries, `AUS57` to `AUS61` final demand) and
`TOT`; they are put into the arrangement of the workbook here, so that one reader serves both.
"""

from __future__ import annotations

import csv
import itertools
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from io_linkage.readers import sources
from io_linkage.readers.delimited import number, separator_of

SUFFIXES = (".csv", ".tsv", ".txt")
_R_LABELS = ("industrycode", "industrydescription", "country", "rnr", "year")
_BUYER = re.compile(r"^([A-Za-z]{2,4}?)(\d{1,2})$")
#: Final demand in WIOD 2016; the R data number it only.
_DEMAND = {"57": "CONS_h", "58": "CONS_np", "59": "CONS_g", "60": "GFCF", "61": "INVEN"}

Cells = list[list[Any]]


def is_text(path: Path) -> bool:
    """Whether a file is text by its name."""
    return path.suffix.lower() in SUFFIXES


def peek(path: Path, lines: int = 12) -> Cells:
    """First lines of a text, as the cells of a sheet."""
    return _arranged(list(itertools.islice(_lines(path), lines)))


def cells(path: Path) -> Cells:
    """All of a text as the cells of a sheet; what reads as a number is one."""
    rows: Cells = [[_value(cell) for cell in row] for row in _lines(path)]
    return _arranged(rows)


def _lines(path: Path) -> Iterator[list[str]]:
    entry = sources.as_utf8(sources.entries(path)[0])
    first = sources.text_lines(entry, 12)
    sep = separator_of(first)
    with entry.open() as stream:
        yield from csv.reader((sources.decode(line) for line in stream), delimiter=sep)


def _value(cell: str) -> Any:
    try:
        return float(cell)
    except ValueError:
        pass
    text = cell.strip()
    if not text[:1].isdigit() and text[:1] not in ("-", "("):
        return text
    try:
        return number(text)
    except ValueError:
        return text


def _arranged(rows: Cells) -> Cells:
    """Return the R data in the arrangement of the workbook, anything else as it is."""
    header = [str(cell).strip() for cell in rows[0]] if rows else []
    at = {name.lower(): position for position, name in enumerate(header)}
    if not set(_R_LABELS) <= set(at):
        return rows
    first = at["year"] + 1
    code, name, country, row_number, year = (at[one] for one in _R_LABELS)
    body = [row for row in rows[1:] if len(row) == len(header)]
    buyers = [_BUYER.match(label) for label in header[first:]]
    codes = {_whole(row[row_number]): str(row[code]) for row in reversed(body)} | _DEMAND
    corner = [f"Intercountry Input-Output Table {_whole(body[0][year])}" if body else "", "", "", ""]
    blank = ["", "", "", ""]
    above = [
        [*corner, *(codes.get(buyer[2], buyer[2]) if buyer else "GO" for buyer in buyers)],
        [*blank, *(buyer[1] if buyer else "TOT" for buyer in buyers)],
        [*blank, *(f"c{buyer[2]}" if buyer else "" for buyer in buyers)],
    ]
    left = [[row[code], row[name], row[country], f"c{_whole(row[row_number])}"] for row in body]
    return [*above, *([*side, *row[first:]] for side, row in zip(left, body, strict=True))]


def _whole(cell: Any) -> str:
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell).strip()
