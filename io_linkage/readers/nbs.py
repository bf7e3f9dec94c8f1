"""China's national input-output tables (National Bureau of Statistics): 41 to 153 industries, 10^4 CNY.

Layout
------
A column `Code` (01 or 001, ..., then TII, VA001 to VA004, TVA, TI), descriptions, one column for each industry and the
uses TIU, FU101 (rural households), FU102 (urban households), THC, FU103 (government), TC, FU201 (fixed capital), FU202
(inventories), GCF, EX, TFU, IM, ERR, GO. TIU, THC, TC, GCF, TFU and TII, TVA, TI are totals.

Imports
-------
Most of these tables are *competitive*: a row counts what industries use of a product wherever it was made, and one
column IM takes imports off at the end, so that GO = TIU + TFU - IM + ERR. Linkages of such a table are those of
technology, and overstate what demand draws from industries at home. Three ways to have it:

`imports="published"` (default)
    As the file has it. In a competitive table the column stands as final demand with a negative sign, named
    `imports (less)`.
`imports="apart"`
    Imports are taken out of every use of the product at home, intermediate or final, in the same proportion
    (IM over use at home; exports are taken to be home-made), and stand in V as `Imports of intermediate inputs`. Rows
    and columns then hold what is made at home. An assumption, and said so in the table's notes.
`imports="competitive"`
    For the tables that publish imports apart (a second set of rows with Origin = Imports): both sets are added up and
    their total is taken off as `imports (less)`.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd

from io_linkage.errors import OptionError, ReadError, require_option, unknown
from io_linkage.leontief import Array
from io_linkage.readers import grid as grids
from io_linkage.readers import sources
from io_linkage.readers.raw import Raw
from io_linkage.readers.reader import reader

Imports = Literal["published", "apart", "competitive"]
LESS_IMPORTS = "imports (less)"
IMPORTED_INPUTS = "Imports of intermediate inputs"
_TOTALS = frozenset(("TIU", "THC", "TC", "GCF", "TFU", "TII", "TVA", "TI", "TFI"))
#: Codes are capitals and digits; other labels (descriptions, also in Chinese) are words.
_LIKE_A_CODE = re.compile(r"^(?=.*[A-Z0-9])[A-Z0-9]{2,6}$")
_USES = {
    "FU101": "Rural household consumption",
    "FU102": "Urban household consumption",
    "FU103": "Government consumption",
    "FU201": "Gross fixed capital formation",
    "FU202": "Changes in inventories",
    "EX": "Exports",
}
#: Totals stand in for their parts where a table publishes only the total.
_INSTEAD = {"THC": ("FU101", "FU102"), "TC": ("FU101", "FU102", "FU103", "THC"), "GCF": ("FU201", "FU202")}
_INSTEAD_NAMES = {
    "THC": "Household consumption",
    "TC": "Final consumption expenditure",
    "GCF": "Gross capital formation",
}
_INPUTS = {
    "VA001": "Compensation of employees",
    "VA002": "Net taxes on production",
    "VA003": "Depreciation of fixed assets",
    "VA004": "Operating surplus",
}


def is_nbs(path: Path) -> bool:
    """Whether a file has the codes of these tables."""
    return path.is_file() and _frame(path) is not None


def parse(path: Path, *, year: int | None = None, imports: Imports = "published", sheet: str | None = None) -> Raw:
    """Read a national table of China; see the module for `imports`."""
    require_option("imports", imports, ("published", "apart", "competitive"))
    frame = _frame(path, sheet)
    if frame is None:
        raise ReadError(f"{str(path)!r} has no columns Code, TIU and GO; it is not a table of the NBS.")
    codes = [str(code) for code in frame.columns if str(code).isdigit()]
    rows = frame["Code"].astype(str)
    home = frame[rows.isin(codes) & (frame.get("Origin", pd.Series("", index=frame.index)) != "Imports")]
    abroad = frame[rows.isin(codes) & (frame.get("Origin", pd.Series("", index=frame.index)) == "Imports")]
    if list(home["Code"].astype(str)) != codes:
        absent = [code for code in codes if code not in set(home["Code"].astype(str))]
        raise ReadError(f"{str(path)!r}: rows are missing for the industries {', '.join(absent[:5])}; it is cut short.")
    _require_known(frame, rows, codes, path)
    blocks = _blocks(frame, home, codes, path)
    imported = _blocks(frame, abroad, codes, path) if len(abroad) else None
    raw, notes = _arranged(blocks, imported, imports)
    match = re.search(r"(?<!\d)(19[89]\d|20[0-4]\d)(?!\d)", path.stem)
    return raw.but(
        year=int(match[1]) if match else year,
        unit="10^4 CNY",
        source="National Bureau of Statistics of China",
        name=f"China, {len(codes)} industries",
        classification=f"NBS{len(codes)}",
        va_rows=tuple(name for name in raw.V.index if name in _INPUTS.values()) if raw.V is not None else None,
        notes=notes,
    )


def _require_known(frame: pd.DataFrame, rows: pd.Series[str], codes: list[str], path: Path) -> None:
    """Refuse a column or row whose code is none of these tables': left out, it would change the others."""
    extra = [row for row in rows if row.isdigit() and row not in codes]
    if extra:
        raise ReadError(
            f"{str(path)!r}: rows stand for industries that have no column: {', '.join(extra[:5])}. Correct the codes, "
            "or fetch the file again."
        )
    known = {*_USES, *_TOTALS, *_INPUTS, "IM", "ERR", "GO", "Code", "Origin"}
    for what, labels in (("column", list(frame.columns)), ("row", list(rows))):
        for label in map(str, labels):
            if _LIKE_A_CODE.match(label) and not label.isdigit() and label not in known:
                raise unknown(f"{what} of {path.name!r}", label, sorted(known))


class _Blocks:
    """Z, final uses by name, imports, discrepancy, primary inputs and output of one set of rows."""

    def __init__(self, Z: Array, uses: dict[str, Array], less: Array | None, error: Array | None, x: Array) -> None:
        self.Z, self.uses, self.less, self.error, self.x = Z, uses, less, error, x
        self.V: dict[str, Array] = {}
        self.codes: list[str] = []


def _blocks(frame: pd.DataFrame, rows: pd.DataFrame, codes: list[str], path: Path) -> _Blocks:
    def column(name: str) -> Array:
        return _numbers(rows[name], path, name)

    present = set(frame.columns)
    uses = {name: column(code) for code, name in _USES.items() if code in present}
    for total, parts in _INSTEAD.items():
        if total in present and not present & set(parts):
            uses = {_INSTEAD_NAMES[total]: column(total), **uses}
    Z = np.column_stack([column(code) for code in codes])
    blocks = _Blocks(
        Z,
        uses,
        column("IM") if "IM" in present else None,
        column("ERR") if "ERR" in present else None,
        column("GO"),
    )
    blocks.codes = codes
    for code, name in _INPUTS.items():
        line = frame[frame["Code"].astype(str) == code]
        if len(line):
            blocks.V[name] = _numbers(line[codes].iloc[0], path, code)
    return blocks


def _numbers(cells: pd.Series[Any], path: Path, name: str) -> Array:
    from io_linkage.readers.delimited import number

    try:
        return np.asarray(np.nan_to_num(cells.to_numpy(dtype=np.float64)), dtype=np.float64)
    except (TypeError, ValueError):
        pass
    numbers = np.zeros(len(cells))
    for position, (label, cell) in enumerate(cells.items()):
        try:
            numbers[position] = number(str(cell)) if cell is not None else 0.0
        except ValueError as error:
            raise ReadError(
                f"{str(path)!r} holds {str(cell)[:40]!r} in column {name}, row {label}; every cell there has to be a "
                "number."
            ) from error
    return np.nan_to_num(numbers)


def _arranged(home: _Blocks, abroad: _Blocks | None, imports: Imports) -> tuple[Raw, tuple[str, ...]]:
    index = pd.MultiIndex.from_product([["CHN"], home.codes], names=["region", "industry"])
    Z, uses, V = home.Z, dict(home.uses), dict(home.V)
    notes: tuple[str, ...] = ()
    if abroad is not None and imports == "competitive":
        Z = Z + abroad.Z
        uses = {name: values + abroad.uses[name] for name, values in uses.items()}
        total = abroad.Z.sum(axis=1) + sum(abroad.uses.values())
        uses[LESS_IMPORTS] = -total
        notes = ("imports, published apart, were added to the flows and taken off as a column of final demand",)
    elif abroad is not None:
        V[IMPORTED_INPUTS] = abroad.Z.sum(axis=0)
        notes = ("imports are apart, as published: flows are of home-made products",)
    elif home.less is not None and imports == "apart":
        Z, uses, V[IMPORTED_INPUTS], rest = _apart(home)
        notes = (
            "imports were taken out of all uses at home of a product in the same proportion; exports were taken to "
            "be home-made",
        )
        if np.abs(rest).max(initial=0.0) > 1e-9 * home.x.sum():
            uses[LESS_IMPORTS] = -rest
    elif home.less is not None:
        uses[LESS_IMPORTS] = -home.less
        notes = (
            "imports are competitive: flows count imported products too, so linkages overstate what demand draws from "
            "industries at home; imports='apart' takes them out",
        )
    elif imports != "published":
        raise OptionError(f"imports={imports!r} needs a table that states imports; this one does not.")
    if home.error is not None:
        uses["Error term"] = home.error
    demand = pd.MultiIndex.from_product([["CHN"], list(uses)], names=["region", "category"])
    Y = pd.DataFrame(np.column_stack(list(uses.values())), index=index, columns=demand)
    frame_V = pd.DataFrame(np.vstack(list(V.values())), index=list(V), columns=index) if V else None
    return Raw(pd.DataFrame(Z, index=index, columns=index), Y, frame_V, pd.Series(home.x, index=index)), notes


def _apart(home: _Blocks) -> tuple[Array, dict[str, Array], Array, Array]:
    """Take imports out of uses at home in proportion; returns flows, uses, imported inputs, what could not be."""
    assert home.less is not None
    at_home = home.Z.sum(axis=1) + sum(values for name, values in home.uses.items() if name != "Exports")
    share = np.clip(np.divide(home.less, at_home, out=np.zeros_like(home.less), where=at_home > 0), 0.0, 1.0)
    uses = {name: values if name == "Exports" else (1 - share) * values for name, values in home.uses.items()}
    imported = share[:, None] * home.Z
    return home.Z - imported, uses, imported.sum(axis=0), home.less - share * at_home


def _frame(path: Path, sheet: str | None = None) -> pd.DataFrame | None:
    """Return the table as published with its codes as columns, or None where it is something else."""
    suffix = path.suffix.lower()
    if suffix == ".parquet":
        return _parquet(path)
    if suffix == ".csv":
        first = sources.text_lines(sources.entries(path)[0], 1)
        if not first or not {"Code", "TIU", "GO"} <= {cell.strip().strip('"') for cell in first[0].split(",")}:
            return None
        return pd.read_csv(path, dtype={"Code": str}, encoding="utf-8-sig")
    if suffix in sources.WORKBOOKS and sources.kind(path) == "workbook":
        return _workbook(path, sheet)
    return None


def _parquet(path: Path) -> pd.DataFrame | None:
    import pyarrow.parquet as pq

    with sources.decoding(str(path), "Parquet file"):
        names = set(pq.read_schema(path).names)
        return pd.read_parquet(path) if {"Code", "TIU", "GO"} <= names else None


def _workbook(path: Path, sheet: str | None) -> pd.DataFrame | None:
    try:
        rows, _ = grids.cells(path, sheet)
    except ReadError as error:
        if sheet is not None and "sheet" in str(error):
            raise unknown("sheet", sheet, grids.sheets(path)) from error
        return None
    line = next((r for r, row in enumerate(rows[:15]) if {"TIU", "GO"} <= {str(cell).strip() for cell in row}), None)
    if line is None:
        return None
    header = [_code(cell) for cell in rows[line]]
    # Excel drops the zeros before numbers.
    width = max(2, *(len(code) for code in header if code.isdigit()))
    header = [code.zfill(width) if code.isdigit() else code for code in header]
    body = [row for row in rows[line + 1 :] if any(str(cell).strip() for cell in row)]
    # Codes of rows stand in the column that holds TII; without a header of its own it is called Code.
    column = next(c for c in range(len(header)) if any(_code(row[c]) in ("TII", "TVA") for row in body if c < len(row)))
    header[column] = "Code"
    frame = pd.DataFrame(
        [row[: len(header)] for row in body], columns=[h or f"label {c}" for c, h in enumerate(header)]
    )
    frame["Code"] = [_code(cell).zfill(width) if _code(cell).isdigit() else _code(cell) for cell in frame["Code"]]
    return frame.mask(frame == "")


def _code(cell: object) -> str:
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell).strip()


NBS = reader(
    "nbs",
    "China's national table (NBS; parquet, csv or xlsx)",
    is_nbs,
    parse,
    options=("imports", "sheet"),
)
