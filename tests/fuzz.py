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
import os
import sys
import tempfile
import warnings
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

import io_linkage as iol
from io_linkage import checks
from io_linkage.accounts import DISCREPANCY
from io_linkage.errors import IOLinkageError
from tests.fuzz_formats import Cells, Files, Format, formats

OUTCOMES = ("refused", "same", "said", "moved", "silent", "traceback")
SHAPES = ("[]", "{}", "null", '"text"', "3", '{"files": []}', '{"files": {"Z": 3}}', "{", '{"systemtype": "IOSystem"}')
#: Numbers that may differ without any total that tells.
FEW = 6


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
    # What is left over within the tolerance is not a label of the source.
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
