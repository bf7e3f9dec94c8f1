"""Labels in CSV and Excel: shown as they are, run by no spreadsheet, read back as they were."""

from __future__ import annotations

import csv

import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import io_linkage as iol
from io_linkage import figures, report, spreadsheets, stages, writing
from io_linkage.errors import OutputError, StageError
from tests import examples

EVIL = ["=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(1)", "\ttab", "\rreturn", "'=quoted"]


@pytest.fixture
def evil() -> iol.MRIOTable:
    """A table whose industries are called like formulas."""
    table = examples.germany_1995()
    index = pd.MultiIndex.from_product([["=DEU"], ["=1+1", "+a", "-b", "@c", "'=d", "plain"]], names=table.index.names)
    Y = table.Y.set_axis(index).set_axis(pd.MultiIndex.from_tuples([("=DEU", "=f")]), axis=1)
    V = table.V.set_axis(index, axis=1).set_axis(["=V", *table.V.index[1:]])
    return iol.MRIOTable.from_frames(table.Z.set_axis(index).set_axis(index, axis=1), Y, V)


def cells(file) -> list[str]:
    with file.open(encoding="utf-8", newline="") as stream:
        return [cell for row in csv.reader(stream) for cell in row]


def runs(cell: str) -> bool:
    """Whether a spreadsheet takes the cell for a formula; a number is none."""
    try:
        float(cell)
    except ValueError:
        return cell[:1] in tuple("=+-@\t\r")
    return False


class TestCells:
    @given(st.text())
    def test_what_is_shielded_comes_back(self, text):
        cell = spreadsheets.shielded(text)
        assert not runs("x" if str(cell) == text and text[:1] not in tuple("=+-@\t\r") else str(cell))
        assert spreadsheets.unshielded(str(cell)) == text

    @pytest.mark.parametrize("text", EVIL)
    def test_csv_cells_do_not_run(self, text, tmp_path):
        frame = pd.DataFrame({text: [text, "plain"], "n": [-1.5, np.nan]}, index=[text, "b"])
        spreadsheets.write_csv(frame, tmp_path / "x.csv", index=True)
        assert not any(runs(cell) for cell in cells(tmp_path / "x.csv"))
        back = pd.read_csv(tmp_path / "x.csv", index_col=0)
        assert back["n"].tolist()[0] == -1.5
        assert [spreadsheets.unshielded(cell) for cell in back.iloc[:, 0]] == [text, "plain"]

    @pytest.mark.parametrize("text", [*EVIL, "#N/A"])
    def test_excel_cells_are_text(self, text, tmp_path):
        book = openpyxl.Workbook(write_only=True)
        spreadsheets.write_rows(book.create_sheet("s"), pd.DataFrame({text: [text, -1.5]}, dtype=object))
        book.save(tmp_path / "x.xlsx")
        sheet = openpyxl.load_workbook(tmp_path / "x.xlsx")["s"]
        assert sheet["A1"].data_type == sheet["A2"].data_type == "s"
        assert sheet["A2"].value.strip() == text.strip()
        assert (sheet["A3"].data_type, sheet["A3"].value) == ("n", -1.5)
        assert sheet["A2"].quotePrefix or not runs(text)

    def test_what_excel_cannot_hold(self):
        wide = pd.DataFrame(np.zeros((1, 16_385)))
        with pytest.raises(OutputError, match=r"16,385 columns do not fit.*CSV or Parquet"):
            spreadsheets.write_rows(openpyxl.Workbook(write_only=True).create_sheet("s"), wide)


class TestFiles:
    @pytest.mark.parametrize("kind", ["csv", "xlsx"])
    def test_a_table_comes_back_with_its_labels(self, evil, tmp_path, kind):
        file = writing.save(evil, tmp_path / f"t.{kind}")
        back = iol.load(file, cache=False)
        assert list(back.index) == list(evil.index)
        assert back.V.index[0] == "=V"
        np.testing.assert_array_equal(back.Z, evil.Z)
        if kind == "csv":
            assert not any(runs(cell) for cell in cells(file))
        else:
            sheet = openpyxl.load_workbook(file)["table"]
            assert not any(cell.data_type == "f" for row in sheet.iter_rows() for cell in row)

    def test_no_file_of_a_report_runs(self, evil, tmp_path):
        report.write(evil, report.ask(evil), tmp_path / "out")
        files = sorted((tmp_path / "out").rglob("*.csv"))
        assert files
        assert [cell for file in files for cell in cells(file) if runs(cell)] == []
        book = openpyxl.load_workbook(tmp_path / "out" / "data" / "results.xlsx")
        assert not any(cell.data_type == "f" for sheet in book for row in sheet.iter_rows() for cell in row)

    def test_findings_of_the_command_do_not_run(self, run, evil, tmp_path):
        file = writing.save(evil, tmp_path / "t.csv")
        run("check", file, "--csv", tmp_path / "findings.csv")
        assert [cell for cell in cells(tmp_path / "findings.csv") if runs(cell)] == []

    def test_a_saved_figure_does_not_run(self, tmp_path):
        ax = figures.heatmap(pd.DataFrame({"=a": [1.0, 2.0]}, index=["=b", "c"]))
        figures.save(ax, tmp_path / "x", formats=["svg"])
        figures.close(ax)
        assert [cell for cell in cells(tmp_path / "x.csv") if runs(cell)] == []


class TestStageFiles:
    @pytest.fixture
    def own(self) -> pd.DataFrame:
        codes = examples.germany_1995().industries
        return pd.DataFrame({"industry": codes, "traditional": 0.5, "emerging": 0.25, "future": 0.25})

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
    def test_encodings(self, own, tmp_path, encoding):
        own["reason"] = "新兴产业"
        own.to_csv(tmp_path / "own.csv", index=False, encoding=encoding)
        assert set(stages.load_file(tmp_path / "own.csv")["reason"]) == {"新兴产业"}

    def test_excel(self, own, tmp_path):
        own.to_excel(tmp_path / "own.xlsx", index=False)
        found = stages.weights(examples.germany_1995(), stage_file=tmp_path / "own.xlsx")
        assert found["traditional"].eq(0.5).all()

    def test_a_label_that_was_shielded(self, own, tmp_path):
        own["industry"] = ["=a", *own["industry"][1:]]
        spreadsheets.write_csv(own, tmp_path / "own.csv")
        assert stages.load_file(tmp_path / "own.csv")["industry"].iloc[0] == "=a"

    @pytest.mark.parametrize(("column", "near"), [("emergng_low", "emerging_low"), ("note", None), ("Green", "green")])
    def test_a_column_nobody_knows(self, own, tmp_path, column, near):
        own[column] = 0.1
        with pytest.raises(StageError, match=f"Unknown column '{column}'") as stopped:
            stages.load_file(own)
        if near:
            assert f"Nearest: {near}" in str(stopped.value)

    @pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00\x01", b"PK\x03\x04broken"])
    @pytest.mark.parametrize("ending", ["csv", "xlsx"])
    def test_what_is_no_table(self, tmp_path, content, ending):
        (tmp_path / f"own.{ending}").write_bytes(content)
        with pytest.raises(StageError, match="own"):
            stages.load_file(tmp_path / f"own.{ending}")
