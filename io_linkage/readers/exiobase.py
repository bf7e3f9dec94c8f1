"""EXIOBASE 3, industry by industry or product by product: the zip as downloaded or its folder.

Why a reader of our own
-----------------------
`pymrio.parse_exiobase3` gives the same numbers (a test compares them), but reads A beside Z and holds the text of a
table of ten thousand columns several times over; here Z is parsed once, in blocks, so that the whole of EXIOBASE loads
within 8 GB. Primary inputs, which EXIOBASE keeps as the monetary rows of its extension, become V.

Layout
------
Tab-separated Z.txt (or A.txt and x.txt, or A.txt alone) and Y.txt with two label columns (region, sector) and two
header lines; x.txt and unit.txt; extensions in folders (`satellite`, or `factor_inputs`, `air_emissions`, ...) with
F.txt, F_Y.txt (older: F_hh.txt) and unit.txt.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

import numpy as np
import pandas as pd

from io_linkage.accounts import Satellite
from io_linkage.errors import ReadError, unknown
from io_linkage.leontief import System
from io_linkage.readers import sources
from io_linkage.readers.delimited import Matrix, read_matrix
from io_linkage.readers.raw import Raw
from io_linkage.readers.reader import reader

#: Extensions that hold primary inputs as rows in money.
_PRIMARY = ("factor_inputs", "satellite", "value_added")
_MONEY = re.compile(r"^m\.?\s?eur$|^meur$|^million eur", re.IGNORECASE)


def is_exiobase(path: Path) -> bool:
    """Whether a path holds EXIOBASE 3: Z.txt (or A.txt) and Y.txt, saying so or with an extension of its own."""
    files = _files(path)
    if "Y.txt" not in files or not ({"Z.txt", "A.txt"} & set(files)):
        return False
    named = re.search(
        r"IOT_(19|20)\d\d_(ixi|pxp)|exiobase|exio3", f"{path.name} {next(iter(files.values())).name}", re.I
    )
    stated = files.get("file_parameters.json") or files.get("metadata.json")
    text = stated.read().decode("utf-8", "replace") if stated else ""
    return bool(named or "exiobase" in text.lower() or any(f"{one}/F.txt" in files for one in _PRIMARY[1:2]))


def parse(path: Path, *, year: int | None = None, extensions: bool | Sequence[str] = True) -> Raw:
    """Read EXIOBASE 3.

    Parameters
    ----------
    path : Path
    extensions : bool or list of str
        Which extensions become satellites: all, none, or those named. Primary inputs are always read.
    """
    files = _files(path)
    Y = _frame(files["Y.txt"], ("region", "category"))
    x = _output(files)
    Z, note = _flows(files, x, Y)
    if not Y.index.equals(Z.index):
        raise ReadError(f"{str(path)!r}: the rows of Y.txt are not those of Z.txt. Fetch the archive again.")
    names = sorted({name.split("/")[0] for name in files if name.endswith("/F.txt")})
    wanted = names if extensions is True else [] if extensions is False else list(extensions)
    for one in wanted:
        if one not in names:
            raise unknown("extension", one, names)
    V, satellites = None, {}
    for name in names:
        if name not in wanted and name not in _PRIMARY:
            continue
        satellite = _extension(files, name, Z.columns, Y)
        money = satellite.unit.str.match(_MONEY)
        if V is None and name in _PRIMARY and money.any():
            V = satellite.F[money.to_numpy()]
            satellite = Satellite(name, satellite.F[~money.to_numpy()], satellite.unit[~money], _but(satellite, money))
        if name in wanted and len(satellite.F):
            satellites[name] = satellite
    system = re.search(r"(ixi|pxp)", f"{path.name} {files['Y.txt'].name}", re.I)
    kind = system[1].lower() if system else ""
    return Raw(
        Z,
        Y,
        V,
        x,
        satellites=satellites,
        year=_year(path, files) or year,
        unit=_money(files),
        source="EXIOBASE 3 (Stadler et al. 2018)",
        name=f"EXIOBASE 3 {kind}".strip(),
        classification=f"EXIOBASE3_{kind}" if kind else None,
        notes=(*note, *(() if V is not None else ("no primary inputs were found; value added is output less inputs",))),
    )


def _money(files: dict[str, sources.Entry]) -> str:
    """Return the unit of the flows: M EUR, unless the archive says otherwise, as the hybrid version does."""
    if "unit.txt" not in files:
        return "M EUR"
    lines = sources.decode(files["unit.txt"].read()).splitlines()[1:]
    units = {line.rpartition("\t")[2].strip() for line in lines if line.strip()}
    if len(units) > 1:
        return "mixed units"
    stated = next(iter(units), "M EUR")
    return "M EUR" if _MONEY.match(stated) else stated


def _but(satellite: Satellite, money: pd.Series[bool]) -> pd.DataFrame | None:
    return None if satellite.F_Y is None else satellite.F_Y[~money.to_numpy()]


def _files(path: Path) -> dict[str, sources.Entry]:
    """Files by their path below the folder that holds Y.txt."""
    entries = sources.entries(path)
    root = next((PurePosixPath(e.name).parent for e in entries if PurePosixPath(e.name).name == "Y.txt"), None)
    if root is None:
        return {}
    prefix = "" if str(root) == "." else f"{root}/"
    return {entry.name.removeprefix(prefix): entry for entry in entries if entry.name.startswith(prefix)}


def _frame(entry: sources.Entry, columns: tuple[str, str], label_columns: int = 2) -> pd.DataFrame:
    matrix = _matrix(entry, label_columns)
    if not matrix.rows:
        raise ReadError(f"{entry.name!r} has labels but no numbers: it is cut short. Fetch the archive again.")
    rows = pd.MultiIndex.from_tuples(matrix.rows, names=["region", "industry"])
    labels = _column_labels(matrix, entry, columns)
    return pd.DataFrame(matrix.values, index=rows, columns=labels, copy=False)


def _matrix(entry: sources.Entry, label_columns: int) -> Matrix:
    """Read a saved block; pandas writes a third header line with the names of the row labels, which is skipped."""
    lines = sources.text_lines(entry, 3)
    third = lines[2].split("\t") if len(lines) > 2 else []
    named = len(third) > label_columns and not any(cell.strip() for cell in third[label_columns:])
    return read_matrix(entry, sep="\t", header_rows=3 if named else 2, label_columns=label_columns)


def _column_labels(matrix: Matrix, entry: sources.Entry, names: tuple[str, str]) -> pd.MultiIndex:
    width = matrix.values.shape[1]
    if len(matrix.header) < 2 or any(len(line) != width for line in matrix.header[:2]):
        raise ReadError(
            f"{entry.name!r} has {width} columns of numbers under header lines of "
            f"{' and '.join(str(len(line)) for line in matrix.header[:2])} labels. Fetch the archive again."
        )
    return pd.MultiIndex.from_arrays(matrix.header[:2], names=list(names))


def _output(files: dict[str, sources.Entry]) -> pd.Series[float] | None:
    if "x.txt" not in files:
        return None
    matrix = read_matrix(files["x.txt"], sep="\t", header_rows=1, label_columns=2)
    if not matrix.rows or matrix.values.shape[1] != 1:
        raise ReadError(
            f"{files['x.txt'].name!r} has {len(matrix.rows)} rows and {matrix.values.shape[1]} columns of numbers; one "
            "column, output, was expected. Fetch the archive again."
        )
    index = pd.MultiIndex.from_tuples(matrix.rows, names=["region", "industry"])
    return pd.Series(matrix.values[:, 0], index=index)


def _flows(
    files: dict[str, sources.Entry], x: pd.Series[float] | None, Y: pd.DataFrame
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Read Z, or make it of A and output; without either, output is x = L Y i."""
    name = "Z.txt" if "Z.txt" in files else "A.txt"
    Z = _frame(files[name], ("region", "industry"))
    if len(Z) != Z.shape[1]:
        raise ReadError(f"{name} has {len(Z)} rows and {Z.shape[1]} columns: it is cut short. Fetch the archive again.")
    if name == "Z.txt":
        return Z, ()
    note: tuple[str, ...] = ()
    if x is None:
        if not Y.index.equals(Z.index):
            raise ReadError("The labels of Y.txt are not those of A.txt. Fetch the archive again.")
        system = System(Z.to_numpy(), np.ones(len(Z)))
        system.require_productive()
        x = pd.Series(system.solve(Y.sum(axis=1).to_numpy()), index=Z.index)
        note = ("the archive has coefficients and final demand only; output is what they imply, x = L Y i",)
    if not x.index.equals(Z.index):
        raise ReadError("The labels of x.txt are not those of A.txt. Fetch the archive again.")
    return Z * x.to_numpy(), note


def _extension(files: dict[str, sources.Entry], name: str, columns: pd.Index[str], Y: pd.DataFrame) -> Satellite:
    entry = files[f"{name}/F.txt"]
    matrix = _matrix(entry, 1)
    rows = pd.Index([row[0] for row in matrix.rows], name="stressor")
    labels = _column_labels(matrix, entry, ("region", "industry"))
    F = pd.DataFrame(matrix.values, index=rows, columns=labels, copy=False)
    if not labels.equals(columns):
        if not labels.is_unique or not rows.is_unique or set(labels) != set(columns):
            raise ReadError(f"{entry.name!r}: the labels of its columns are not those of Z. Fetch the archive again.")
        F = F.reindex(columns=columns)
    unit = _units(files, name, rows)
    F_Y = None
    for spelled in ("F_Y.txt", "F_hh.txt"):
        if f"{name}/{spelled}" in files:
            entry = files[f"{name}/{spelled}"]
            demand = _matrix(entry, 1)
            if [row[0] for row in demand.rows] != list(rows):
                raise ReadError(f"{entry.name!r}: its accounts are not those of F.txt. Fetch the archive again.")
            uses = _column_labels(demand, entry, ("region", "category"))
            if set(uses) != set(Y.columns):
                raise ReadError(
                    f"{entry.name!r}: the labels of its columns are not those of Y. Fetch the archive again."
                )
            F_Y = pd.DataFrame(demand.values, index=rows, columns=uses)
            break
    return Satellite(name, F, unit, F_Y)


def _units(files: dict[str, sources.Entry], name: str, rows: pd.Index[str]) -> pd.Series[str]:
    """Units of an extension's accounts; money tells primary inputs, so none may be missing where there is a list."""
    if f"{name}/unit.txt" not in files:
        return pd.Series("", index=rows)
    entry = files[f"{name}/unit.txt"]
    pairs = dict(line.rsplit("\t", 1) for line in sources.decode(entry.read()).splitlines()[1:] if "\t" in line)
    absent = [row for row in rows if row not in pairs]
    if absent:
        raise ReadError(
            f"{entry.name!r} has no unit for {len(absent)} accounts of F.txt, such as {absent[0]!r}. Fetch the archive "
            "again."
        )
    return pd.Series([pairs[row].strip() for row in rows], index=rows)


def _year(path: Path, files: dict[str, sources.Entry]) -> int | None:
    named = re.search(r"IOT_((?:19|20)\d\d)", f"{path.name} {files['Y.txt'].name}")
    if named:
        return int(named[1])
    if "metadata.json" in files:
        try:
            stated = json.loads(files["metadata.json"].read())
        except ValueError:
            return None
        if not isinstance(stated, dict):
            return None
        match = re.search(r"(19|20)\d\d", str(stated.get("description", "")) + str(stated.get("name", "")))
        return int(match[0]) if match else None
    return None


EXIOBASE = reader(
    "exiobase",
    "EXIOBASE 3 (IOT_<year>_ixi.zip or _pxp.zip, or its folder)",
    is_exiobase,
    parse,
    options=("extensions",),
)
