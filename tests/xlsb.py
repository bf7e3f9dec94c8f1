"""A binary workbook (xlsb), as small as Excel's format allows, written record by record."""

from __future__ import annotations

import struct
import zipfile
from pathlib import Path

import numpy as np

_BOOK, _END_BOOK, _SHEETS, _END_SHEETS, _SHEET_NAME = 131, 132, 143, 144, 156
_SHEET, _END_SHEET, _SIZE, _DATA, _END_DATA, _ROW, _NUMBER, _TEXT = 129, 130, 148, 145, 146, 0, 5, 6

_TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="bin" ContentType="application/vnd.ms-excel.sheet.binary.macroEnabled.main"/>'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/></Types>'
)
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_RELATIONS = (
    '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" Type="{kind}" Target="{target}"/></Relationships>'
)


def write(path: Path, rows: list[list[object]], *, sheet: str) -> Path:
    """Write cells of numbers and texts; empty texts are left out."""
    book = b"".join(
        (
            _record(_BOOK),
            _record(_SHEETS),
            _record(_SHEET_NAME, struct.pack("<II", 0, 1) + _wide("rId1") + _wide(sheet)),
            _record(_END_SHEETS),
            _record(_END_BOOK),
        )
    )
    size = struct.pack("<IIII", 0, len(rows) - 1, 0, max(map(len, rows)) - 1)
    parts = [_record(_SHEET), _record(_SIZE, size), _record(_DATA)]
    for number, row in enumerate(rows):
        parts.append(_record(_ROW, struct.pack("<IIH", number, 0, 300) + bytes(3) + struct.pack("<I", 0)))
        parts += [_cell(column, cell) for column, cell in enumerate(row) if cell != ""]
    parts += [_record(_END_DATA), _record(_END_SHEET)]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", _TYPES)
        archive.writestr("_rels/.rels", _RELATIONS.format(kind=f"{_RELATION}/officeDocument", target="xl/workbook.bin"))
        archive.writestr("xl/workbook.bin", book)
        archive.writestr(
            "xl/_rels/workbook.bin.rels",
            _RELATIONS.format(kind=f"{_RELATION}/worksheet", target="worksheets/sheet1.bin"),
        )
        archive.writestr("xl/worksheets/sheet1.bin", b"".join(parts))
    return path


def _cell(column: int, cell: object) -> bytes:
    head = struct.pack("<II", column, 0)
    if isinstance(cell, int | float | np.floating):
        return _record(_NUMBER, head + struct.pack("<d", float(cell)))
    return _record(_TEXT, head + _wide(str(cell)))


def _wide(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def _record(kind: int, content: bytes = b"") -> bytes:
    head = bytes([kind]) if kind < 128 else bytes([kind & 0x7F | 0x80, kind >> 7])
    return head + _varying(len(content)) + content


def _varying(number: int) -> bytes:
    made = bytearray()
    while True:
        number, low = number >> 7, number & 0x7F
        made.append(low | (0x80 if number else 0))
        if not number:
            return bytes(made)
