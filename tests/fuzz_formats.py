"""Small valid files of every format, which tests/fuzz.py damages."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import io_linkage as iol
from tests import publishers

REGIONS = ["CHN", "USA", "BRA"]


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
