"""Damage to small valid files, format by format: what becomes of them.

Run it with `make fuzz` or `python -m tests.fuzz --count 200 --seed 1`. Each file is damaged at random (a byte, a cut, a
row or label or number, a file, a JSON of another shape) and read. It is then

refused
    an error of the package, in one paragraph;
same
    the table is as before, but perhaps for the order of its rows;
said
    the table is another one, and the checks have a warning, a note or a list of labels that says so;
moved
    a few numbers are others, or rows have changed places where a file has no labels, and no total tells;
silent
    the table is another one and nothing says so;
traceback
    any other error.

The last two have to be 0.
"""

from __future__ import annotations

import argparse
import csv
import io
import os
import sys
import tempfile
import warnings
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import io_linkage as iol
from io_linkage import checks
from io_linkage.accounts import DISCREPANCY
from io_linkage.errors import IOLinkageError
from tests import publishers

OUTCOMES = ("refused", "same", "said", "moved", "silent", "traceback")
REGIONS = ["CHN", "USA", "BRA"]
SHAPES = ("[]", "{}", "null", '"text"', "3", '{"files": []}', '{"files": {"Z": 3}}', "{", '{"systemtype": "IOSystem"}')
#: Numbers that may differ without any total that tells.
FEW = 6


@dataclass(frozen=True)
class Cells:
    """A file of cells and how it is written."""

    rows: list[list[object]]
    kind: str
    sep: str = ","

    def content(self, folder: Path) -> bytes:
        """Bytes of the file."""
        if self.kind == "text":
            return publishers.text(self.rows, self.sep).encode()
        if self.kind == "xlsx":
            return publishers.write_workbook(folder / "book.xlsx", {"table": self.rows}).read_bytes()
        frame = pd.DataFrame(self.rows[1:], columns=[str(cell) for cell in self.rows[0]]).replace("", None)
        # A label among numbers makes a column of text, as it would in any program that wrote the file.
        mixed = [c for c in range(frame.shape[1]) if len({isinstance(v, str) for v in frame.iloc[:, c].dropna()}) > 1]
        frame = frame.astype({frame.columns[c]: str for c in mixed}) if frame.columns.is_unique else frame
        out = io.BytesIO()
        frame.to_parquet(out)
        return out.getvalue()


Files = dict[str, "Cells | str | bytes"]


@dataclass(frozen=True)
class Format:
    """One kind of source: its files, which of them is loaded ("" for the folder), and how."""

    name: str
    files: Files
    entry: str
    load: Callable[..., object] = iol.load


def _cells(text: str, sep: str = ",") -> Cells:
    return Cells([list(row) for row in csv.reader(io.StringIO(text), delimiter=sep)], "text", sep)


def formats() -> list[Format]:
    """Every format, small and valid."""
    made = publishers.balanced(REGIONS, ["agri", "manuf", "services"])
    blocks = {f"{name}.csv": Cells(rows, "text") for name, rows in publishers.blocks(made).items()}
    rows = publishers.generic(made)
    frame = publishers.frame(made)
    wide = [list(frame.columns), *frame.to_numpy(dtype=object).tolist()]
    icio = publishers.balanced(REGIONS, ["A01_02", "A03", "C26"], categories=publishers.ICIO_DEMAND)
    figaro = publishers.balanced(["CN", "DE", "FIGW1"], ["A01", "C26", "T"], categories=publishers.FIGARO_DEMAND)
    flat = [["refArea", "rowIi", "counterpartArea", "colIi", "obsValue"], *_flat(figaro)]
    codes = ["AtB", "15t16", "17t18", "20", "21t22", "23"]
    wiod = publishers.wiot_rows(publishers.balanced(REGIONS, codes), style="wiod2013")
    exiobase = publishers.exiobase(publishers.balanced(["CN", "US", "WA"], ["Wheat", "Batteries"]))
    tabs = {name: _cells(text, "\t") if name.endswith(".txt") else text for name, text in exiobase.items()}
    eora = publishers.eora(made, discrepancy=np.linspace(1, 9, 9))
    national = publishers.balanced(["CHN"], [f"industry {k}" for k in range(5)])
    nbs = publishers.nbs_rows(national, imports=0.1 * national.x)
    square = [row + [None] * (len(nbs[1]) - len(row)) for row in nbs[1:]]
    return [
        Format("generic csv", {"t.csv": Cells(rows, "text")}, "t.csv"),
        Format("generic xlsx", {"t.xlsx": Cells(rows, "xlsx")}, "t.xlsx"),
        Format("generic parquet", {"t.parquet": Cells(wide, "parquet")}, "t.parquet", _load_sideways),
        Format("generic blocks", dict(blocks), ""),
        Format("icio", {"ICIO2023_2018.csv": _cells(publishers.icio(icio))}, "ICIO2023_2018.csv"),
        Format("figaro", {"matrix_2021.csv": _cells(publishers.figaro(figaro))}, "matrix_2021.csv"),
        Format("figaro flat", {"flat_2021.csv": Cells(flat, "text")}, "flat_2021.csv"),
        Format("wiot xlsx", {"wiot09.xlsx": Cells(wiod, "xlsx")}, "wiot09.xlsx"),
        Format("wiot csv", {"wiot09.csv": Cells(wiod, "text")}, "wiot09.csv"),
        Format("eora", {name: _cells(text, "\t") for name, text in eora.items()}, "", _load_compensated),
        Format("exiobase", tabs, "IOT_2011_ixi"),
        Format("exiobase zip", {"IOT_2011_ixi.zip": _zip(exiobase)}, "IOT_2011_ixi.zip"),
        Format("gloria", _gloria(), "", _load_compensated),
        Format("nbs xlsx", {"china_2018.xlsx": Cells(nbs, "xlsx")}, "china_2018.xlsx"),
        Format("nbs csv", {"china_2018.csv": Cells(square, "text")}, "china_2018.csv"),
        Format("nbs parquet", {"china_2018.parquet": Cells(square, "parquet")}, "china_2018.parquet"),
        Format("pymrio text", _saved("txt"), ""),
        Format("pymrio parquet", _saved("parquet"), ""),
        Format("stage file", {"stages.csv": Cells(_stages(), "text")}, "stages.csv", _load_stages),
        Format("concordance", {"own.csv": Cells(_concordance(), "text")}, "own.csv", _load_concordance),
    ]


def _load_sideways(path: Path, **options: Any) -> object:
    return iol.load(path, va_rows=["va"], **options)


def _load_compensated(path: Path, **options: Any) -> object:
    return iol.load(path, va_rows=["Compensation of employees"], **options)


def _flat(made: publishers.Balanced) -> list[list[object]]:
    columns = made.pairs + made.demand
    rows = [(pair, [*made.Z[i], *made.Y[i]]) for i, pair in enumerate(made.pairs)]
    blank = [0.0] * len(made.demand)
    rows += [(("W2", "D21X31"), [*made.V[0], *blank]), (("W2", "D1"), [*made.V[1], *blank])]
    return [[*pair, *column, value] for pair, values in rows for column, value in zip(columns, values, strict=True)]


def _zip(files: dict[str, str]) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        return publishers.zipped(Path(folder) / "a.zip", files).read_bytes()


def _gloria() -> Files:
    with tempfile.TemporaryDirectory() as folder:
        publishers.write_gloria(Path(folder), publishers.balanced(["CHN", "USA"], ["Wheat", "Batteries", "Software"]))
        return {file.name: file.read_bytes() for file in sorted(Path(folder).iterdir())}


def _saved(form: str) -> Files:
    import pymrio

    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "saved"
        made = publishers.balanced(REGIONS, ["agri", "manuf"])
        index = pd.MultiIndex.from_tuples(made.pairs, names=["region", "sector"])
        demand = pd.MultiIndex.from_tuples(made.demand, names=["region", "category"])
        io = pymrio.IOSystem(
            Z=pd.DataFrame(made.Z, index=index, columns=index),
            Y=pd.DataFrame(made.Y, index=index, columns=demand),
            x=pd.DataFrame({"indout": made.x}, index=index),
            unit=pd.DataFrame({"unit": "M USD"}, index=index),
        )
        rows = pd.Index(["taxes on products", "value added"], name="inputtype")
        F = pd.DataFrame(made.V, index=rows, columns=index)
        io.factor_inputs = pymrio.Extension("factor_inputs", F=F, unit=pd.DataFrame({"unit": "M USD"}, index=rows))
        jobs = pd.DataFrame([made.x / 10], index=pd.Index(["jobs"], name="stressor"), columns=index)
        unit = pd.DataFrame({"unit": ["thousand"]}, index=jobs.index)
        io.employment = pymrio.Extension("employment", F=jobs, unit=unit)
        io.save_all(place, table_format=form)
        found: Files = {}
        for file in sorted(place.rglob("*")):
            if file.is_file():
                name = file.relative_to(place).as_posix()
                found[name] = _cells(file.read_text("utf-8"), "\t") if file.suffix == ".txt" else file.read_bytes()
        return found


def _small() -> iol.MRIOTable:
    made = publishers.balanced(REGIONS, ["agri", "manuf", "services"])
    index = pd.MultiIndex.from_tuples(made.pairs, names=["region", "industry"])
    demand = pd.MultiIndex.from_tuples(made.demand, names=["region", "category"])
    return iol.MRIOTable.from_frames(
        pd.DataFrame(made.Z, index=index, columns=index), pd.DataFrame(made.Y, index=index, columns=demand), year=2011
    )


def _stages() -> list[list[object]]:
    return [
        ["industry", "traditional", "emerging", "future"],
        ["agri", 1.0, 0.0, 0.0],
        ["manuf", 0.6, 0.3, 0.1],
        ["services", 0.7, 0.2, 0.1],
    ]


def _load_stages(path: Path) -> object:
    return iol.stages.weights(_small(), stage_file=path)


def _concordance() -> list[list[object]]:
    return [["from", "to", "share"], ["agri", "goods", 1.0], ["manuf", "goods", 0.6], ["manuf", "other", 0.4],
            ["services", "other", 1.0]]  # fmt: skip


def _load_concordance(path: Path) -> object:
    from io_linkage import aggregation

    return aggregation.aggregate(_small(), industries=path)


#: What these load is a frame, or a table made of another.
NO_TABLES = (_load_stages, _load_concordance)


def write(form: Format, folder: Path) -> Path:
    """Write a sound source into a new folder and return what is loaded."""
    with tempfile.TemporaryDirectory() as place:
        return _write(folder, _written(form.files, Path(place))) / form.entry


# Damage


def _pick(random: np.random.Generator, items: list) -> object:
    return items[int(random.integers(len(items)))]


def damaged(files: Files, random: np.random.Generator, folder: Path) -> tuple[str, dict[str, bytes]]:
    """Damage one file; returns what was done and the bytes of all files."""
    files = dict(files)
    name = str(_pick(random, list(files)))
    file = files[name]
    ways = ["byte", "byte", "cut"]
    if isinstance(file, Cells):
        ways += [
            "row lost",
            "row twice",
            "rows swapped",
            "label",
            "label",
            "label",
            "label",
            "number moved",
            "cell lost",
        ]
        ways += ["column lost"]
    if isinstance(file, Cells) and file.kind == "parquet":
        # Column names of a Parquet file are its own; two rows of labels cannot trade places with numbers.
        ways = ["byte", "cut", "row lost", "row twice", "column lost", "label", "label", "number moved", "cell lost"]
    if name.endswith(".json"):
        ways = ["shape", "byte"]
    if len(files) > 1:
        ways.append("file lost")
    way = str(_pick(random, ways))
    what = f"{way} in {name}"
    if way == "file lost":
        files.pop(name)
    elif way == "shape":
        files[name] = str(_pick(random, list(SHAPES)))
    elif way not in ("byte", "cut"):
        assert isinstance(file, Cells)
        first = 1 if file.kind == "parquet" and way != "label" else 0
        rows = [*file.rows[:first], *_spoilt(file.rows[first:], way, random)]
        if file.kind == "parquet" and way == "column lost":
            rows = _spoilt(file.rows, way, random)
        files[name] = Cells(rows, file.kind, file.sep)
    written = _written(files, folder)
    if way == "byte":
        raw = bytearray(written[name])
        raw[int(random.integers(len(raw)))] = int(random.integers(256))
        written[name] = bytes(raw)
    elif way == "cut":
        written[name] = written[name][: int(random.integers(len(written[name])))]
    return what, written


def _written(files: Files, folder: Path) -> dict[str, bytes]:
    """Bytes of each file."""
    made = {name: file.content(folder) if isinstance(file, Cells) else file for name, file in files.items()}
    return {name: file.encode() if isinstance(file, str) else file for name, file in made.items()}


def _is_number(cell: object) -> bool:
    try:
        float(cell)
    except (TypeError, ValueError):
        return False
    return True


def _spoilt(rows: list[list[object]], way: str, random: np.random.Generator) -> list[list[object]]:
    rows = [list(row) for row in rows]
    k = int(random.integers(len(rows)))
    if way == "row lost":
        rows.pop(k)
    elif way == "row twice":
        rows.insert(k, list(rows[k]))
    elif way == "rows swapped":
        other = int(random.integers(len(rows)))
        rows[k], rows[other] = rows[other], rows[k]
    elif way == "column lost":
        at = int(random.integers(max(map(len, rows))))
        rows = [row[:at] + row[at + 1 :] for row in rows]
    else:
        places = [(r, c) for r, row in enumerate(rows) for c, cell in enumerate(row) if cell not in ("", None)]
        numbers = [(r, c) for r, c in places if _is_number(rows[r][c])]
        labels = [(r, c) for r, c in places if not _is_number(rows[r][c])]
        if way == "number moved" and len(numbers) > 1:
            (r, c), (q, d) = _pick(random, numbers), _pick(random, numbers)
            rows[r][c], rows[q][d] = rows[q][d], rows[r][c]
        elif way == "cell lost" and numbers:
            r, c = _pick(random, numbers)
            rows[r][c] = ""
        elif labels:
            r, c = _pick(random, labels)
            rows[r][c] = _mistyped(str(rows[r][c]), random)
    return rows


def _mistyped(label: str, random: np.random.Generator) -> str:
    at = int(random.integers(len(label)))
    sign = str(_pick(random, list("abcXYZ01_| ;")))
    way = str(_pick(random, ["added", "lost", "replaced", "case"]))
    if way == "added":
        return label[:at] + sign + label[at:]
    if way == "lost":
        return label[:at] + label[at + 1 :]
    return label.swapcase() if way == "case" else label[:at] + sign + label[at + 1 :]


# Outcomes


@dataclass
class Facts:
    """What a table is: its labels, its numbers by label, and what the checks say of it."""

    labels: dict[str, object]
    numbers: dict[str, pd.Series]
    findings: set[tuple[object, ...]]


def facts(loaded: object) -> Facts:
    """Take a loaded table (or frame of stage shares) apart."""
    if isinstance(loaded, pd.DataFrame):
        sorted_frame = loaded.sort_index().sort_index(axis=1)
        return Facts(
            {"rows": list(sorted_frame.index), "columns": list(sorted_frame)}, {"W": _long(sorted_frame)}, set()
        )
    assert isinstance(loaded, iol.MRIOTable)
    table = loaded
    # What is left over within the tolerance is no label of the source.
    V = table.V.drop(index=DISCREPANCY, errors="ignore")
    Y = table.Y.drop(columns=DISCREPANCY, level="category", errors="ignore")
    labels: dict[str, object] = {
        "industries": sorted(table.index),
        "demand": sorted(Y.columns),
        "inputs": sorted(V.index),
        "value added": sorted(table.accounts.va_rows),
        # How accounts are called is the publisher's matter; how many there are and how many have a unit is ours.
        "satellites": sorted((name, len(s.rows), sum(map(bool, s.unit))) for name, s in table.satellites.items()),
    }
    numbers = {"Z": _long(table.Z), "Y": _long(Y), "V": _long(V), "x": table.x.sort_index()}
    if table.published_output is not None:
        numbers["published"] = table.published_output.sort_index()
    for name, satellite in table.satellites.items():
        numbers[name] = _long(satellite.F.set_axis(range(len(satellite.F)), axis=0))
    found = checks.run(table)
    kept = found["severity"].isin(["error", "warning", "note"])
    said = {tuple(row) for row in found.loc[kept, ["check", "severity", "count", "where"]].itertuples(index=False)}
    layout = found["check"].isin(["rows of primary inputs", "columns of final demand", "reading"])
    said |= {tuple(row) for row in found.loc[layout, ["check", "finding", "where"]].itertuples(index=False)}
    return Facts(labels, numbers, said)


def _long(frame: pd.DataFrame) -> pd.Series:
    return frame.stack(list(range(frame.columns.nlevels)), future_stack=True).sort_index()


def outcome(load: Callable[[Path], object], path: Path, sound: Facts) -> tuple[str, str]:
    """Read a damaged source; returns the outcome and what there is to see of it."""
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            found = facts(load(path))
    except IOLinkageError as error:
        return ("refused", str(error)) if "\n" not in str(error) else ("traceback", f"several lines: {error}")
    except Exception as error:
        return "traceback", f"{type(error).__name__}: {error}"
    strange = [str(one.message) for one in caught if not issubclass(one.category, UserWarning)]
    if strange:
        return "traceback", f"a raw warning: {strange[0]}"
    changed = [name for name in sound.labels if found.labels[name] != sound.labels[name]]
    changed += [name for name in sound.numbers if name not in found.numbers]
    if changed:
        new = found.findings - sound.findings or caught
        return ("said" if new else "silent"), f"{', '.join(changed)} differ"
    compared = [(found.numbers[k], v) for k, v in sound.numbers.items() if k not in ("x", "published")]
    off = sum(int((~np.isclose(new, old, rtol=1e-12, atol=0, equal_nan=True)).sum()) for new, old in compared)
    if not off:
        return "same", ""
    if found.findings - sound.findings or caught:
        return "said", f"{off} numbers differ"
    return ("moved" if off <= FEW else "silent"), f"{off} numbers differ"


def run(form: Format, count: int, seed: int, show: Callable[[str, str, str, str], None] | None = None) -> Counter[str]:
    """Damage a format `count` times and count the outcomes."""
    counts: Counter[str] = Counter()
    random = np.random.default_rng([seed, sum(map(ord, form.name))])
    with tempfile.TemporaryDirectory() as place:
        sound = facts(form.load(write(form, Path(place) / "sound")))
        for k in range(count):
            what, files = damaged(form.files, random, Path(place))
            folder = _write(Path(place) / str(k), files)
            path = folder / form.entry
            kind, detail = outcome(form.load, path, sound)
            if kind == "silent" and what.startswith("rows swapped"):
                kind = "moved"
            counts[kind] += 1
            if show is not None:
                show(form.name, what, kind, detail)
            for file in sorted(folder.rglob("*"), reverse=True):
                file.rmdir() if file.is_dir() else file.unlink()
            folder.rmdir()
    return counts


def _write(folder: Path, files: dict[str, bytes]) -> Path:
    folder.mkdir()
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


def main() -> None:
    """Print a table of counts; exit code 1 where anything was silent or a traceback."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=200, help="damaged files for each format")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--format", help="only those whose name holds this")
    parser.add_argument("--show", default="silent,traceback", help="outcomes that are shown one by one")
    asked = parser.parse_args()
    os.environ["IO_LINKAGE_CACHE"] = "off"
    shown = set(asked.show.split(","))

    def show(name: str, what: str, kind: str, detail: str) -> None:
        if kind in shown:
            print(f"  {name}: {what}: {kind}: {detail[:300]}", file=sys.stderr)

    rows = {}
    for form in formats():
        if asked.format is None or asked.format in form.name:
            rows[form.name] = run(form, asked.count, asked.seed, show)
    table = pd.DataFrame(rows, index=list(OUTCOMES)).T.fillna(0).astype(int)
    table.loc["all"] = table.sum()
    print(table.to_string())
    sys.exit(int(table.loc["all", ["silent", "traceback"]].sum() > 0))


if __name__ == "__main__":
    main()
