"""Where the command and the library write: never over an input, nor unasked over the work of others; ~ is home."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd
import pytest

import io_linkage as iol
from io_linkage import aggregation, downloads, figures, files, report, stages, writing
from io_linkage.errors import OptionError, OutputError
from io_linkage.report import output
from tests import examples


@pytest.fixture
def table() -> iol.MRIOTable:
    return examples.germany_1995()


@pytest.fixture
def source(table, tmp_path) -> Path:
    return writing.save(table, tmp_path / "t.csv")


@pytest.fixture(autouse=True)
def home(monkeypatch, tmp_path_factory) -> Path:
    place = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(place))
    monkeypatch.setenv("USERPROFILE", str(place))
    monkeypatch.setenv("IO_LINKAGE_CACHE", str(tmp_path_factory.mktemp("cache")))
    return place


class TestInputs:
    @pytest.mark.parametrize("spelling", ["same", "relative", "link", "hard link"])
    @pytest.mark.parametrize("overwrite", [[], ["--overwrite"]])
    def test_findings_never_replace_the_table(self, run, source, tmp_path, monkeypatch, spelling, overwrite):
        monkeypatch.chdir(tmp_path)
        place = {"same": source, "relative": Path("x/../t.csv"), "link": tmp_path / "l", "hard link": tmp_path / "h"}
        (tmp_path / "x").mkdir()
        (tmp_path / "l").symlink_to(source)
        (tmp_path / "h").hardlink_to(source)
        before = source.read_bytes()
        done = run("check", source, "--csv", place[spelling], *overwrite)
        assert done.returncode == 1
        assert "would replace what is read" in done.stderr
        assert source.read_bytes() == before
        assert (tmp_path / "l").is_symlink()

    def test_nor_a_file_of_an_input_folder(self, run, table, tmp_path):
        folder = writing.save(table, tmp_path / "saved")
        inside = next(path for path in folder.rglob("*") if path.is_file())
        before = inside.read_bytes()
        done = run("check", folder, "--csv", inside, "--overwrite")
        assert done.returncode == 1
        assert "would replace what is read" in done.stderr
        assert inside.read_bytes() == before

    def test_nor_what_an_input_folder_links_to(self, run, table, tmp_path):
        folder = writing.save(table, tmp_path / "saved")
        inside = next(path for path in folder.rglob("*") if path.is_file())
        real = inside.rename(tmp_path / "elsewhere")
        inside.symlink_to(real)
        assert run("check", folder, "--csv", real, "--overwrite").returncode == 1
        assert real.read_bytes()[:8] != b"severity"

    def test_conversion_keeps_its_source(self, run, source, table, tmp_path):
        before = source.read_bytes()
        assert run("convert", source, source, "--overwrite").returncode == 1
        assert source.read_bytes() == before
        folder = writing.save(table, tmp_path / "saved")
        inner = writing.save(table, folder / "mine.csv")
        done = run("convert", inner, folder, "--overwrite")
        assert done.returncode == 1
        assert "would replace what is read" in done.stderr
        assert inner.exists()

    def test_conversion_keeps_its_concordance(self, run, source, table, tmp_path):
        groups = tmp_path / "groups.csv"
        groups.write_text("from,to,share\n" + "".join(f"{code},all,1\n" for code in table.industries))
        before = groups.read_bytes()
        done = run("convert", source, groups, "--industries", groups, "--overwrite")
        assert done.returncode == 1
        assert "would replace what is read" in done.stderr
        assert groups.read_bytes() == before

    def test_a_report_keeps_its_table_and_its_shares(self, run, table, tmp_path):
        folder = tmp_path / "out"
        (folder / "data").mkdir(parents=True)
        source = writing.save(table, folder / "data" / "linkages.csv")
        before = source.read_bytes()
        done = run("report", source, "--out", folder, "--overwrite")
        assert done.returncode == 1
        assert "would replace what is read" in done.stderr
        assert source.read_bytes() == before
        shares = folder / "data" / "stage_shares.csv"
        shares.write_text(
            "industry,traditional,emerging,future\n" + "".join(f"{code},1,0,0\n" for code in table.industries)
        )
        source.rename(tmp_path / "t.csv")
        with pytest.raises(OutputError, match="would replace what is read"):
            report.write(table, report.ask(table, stage_file=shares), folder, overwrite=True)
        assert shares.read_text().startswith("industry,")


class TestOthers:
    def test_findings_replace_a_file_only_when_asked(self, run, source, tmp_path):
        (tmp_path / "notes.csv").write_text("years of work")
        done = run("check", source, "--csv", tmp_path / "notes.csv")
        assert done.returncode == 1
        assert "--overwrite" in done.stderr
        assert (tmp_path / "notes.csv").read_text() == "years of work"
        run("check", source, "--csv", tmp_path / "notes.csv", "--overwrite")
        assert "severity" in (tmp_path / "notes.csv").read_text().splitlines()[0]

    def test_a_report_replaces_only_its_own_files_unasked(self, table, tmp_path):
        report.write(table, report.ask(table), tmp_path)
        mine = tmp_path / "data" / "trade.csv"
        mine.write_text("years of work")
        with pytest.raises(OutputError, match=r"data/trade.csv.*--overwrite"):
            report.write(table, report.ask(table), tmp_path)
        assert mine.read_text() == "years of work"

    @pytest.mark.parametrize("name", ["thesis.doc", ".", "figures", "data/../thesis.doc", "/etc/hostname", 3])
    def test_a_manifest_removes_only_what_reports_are_made_of(self, table, tmp_path, name):
        report.write(table, report.ask(table), tmp_path)
        (tmp_path / "thesis.doc").write_text("years of work")
        manifest = tmp_path / "report.json"
        known = json.loads(manifest.read_text())
        manifest.write_text(json.dumps({**known, "files": [*known["files"], name]}))
        report.write(table, report.ask(table), tmp_path)
        assert (tmp_path / "thesis.doc").read_text() == "years of work"
        assert json.loads(manifest.read_text()) == known

    def test_a_link_out_of_the_folder_is_not_followed(self, table, tmp_path):
        (tmp_path / "elsewhere").mkdir()
        (tmp_path / "elsewhere" / "linkages.csv").write_text("years of work")
        (tmp_path / "out").mkdir()
        (tmp_path / "out" / "data").symlink_to(tmp_path / "elsewhere")
        with pytest.raises(OutputError, match="leads out of"):
            report.write(table, report.ask(table), tmp_path / "out", overwrite=True)
        assert (tmp_path / "elsewhere" / "linkages.csv").read_text() == "years of work"

    def test_all_files_of_a_report_are_known_by_name(self, world, tmp_path):
        report.write(world, report.ask(world, draws=2), tmp_path / "out", earlier=[lambda: iol.load(year=1995)])
        written = set(json.loads((tmp_path / "out" / "report.json").read_text())["files"])
        assert written - {"report.json"} <= output.REPORT_FILES


class TestWhole:
    @pytest.mark.parametrize("name", ["report.html", "data/linkages.csv", "figures/linkages.svg", "report.json"])
    def test_a_folder_in_the_way_is_seen_before_anything_is_computed(self, table, tmp_path, monkeypatch, name):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "thesis.tex").write_text("years of work")
        monkeypatch.setattr(output, "gather", lambda *_, **__: pytest.fail("computed first"))
        with pytest.raises(OutputError, match="is a folder"):
            report.write(table, report.ask(table), tmp_path, overwrite=True)
        assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["thesis.tex"]

    def test_a_file_in_the_way_of_a_folder_is_seen_too(self, table, tmp_path):
        (tmp_path / "data").write_text("years of work")
        with pytest.raises(OutputError, match="is a file"):
            report.write(table, report.ask(table), tmp_path, overwrite=True)
        assert [path.name for path in tmp_path.iterdir()] == ["data"]

    def test_a_move_that_fails_half_way_leaves_the_old_report(self, table, tmp_path, monkeypatch):
        report.write(table, report.ask(table), tmp_path)
        (tmp_path / "report.html").write_text("old page")
        before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
        rename, calls = Path.rename, []

        def failing(self, target):
            calls.append(self)
            if len(calls) == 9:
                raise OSError(28, "No space left on device")
            return rename(self, target)

        monkeypatch.setattr(Path, "rename", failing)
        with pytest.raises(OutputError, match="No space left"):
            report.write(table, report.ask(table), tmp_path)
        assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


class TestForgotten:
    @pytest.fixture
    def gone(self) -> int:
        """Return the number of a process that has ended."""
        process = subprocess.Popen([sys.executable, "-c", ""])
        process.wait()
        return process.pid

    @pytest.mark.skipif(os.name == "nt", reason="there, only age tells")
    def test_what_a_killed_run_left_is_cleared(self, table, tmp_path, gone):
        left = tmp_path / f"{files.PREFIX}{files._HOST}-{gone}-abc"
        (left / "new").mkdir(parents=True)
        (left / "new" / "half.csv").write_text("half")
        (tmp_path / f"{files.PREFIX}{files._HOST}-{gone}-abd.csv").write_text("half")
        files.atomically(tmp_path / "map.csv", lambda file: file.write_text("all"))
        assert [path.name for path in tmp_path.iterdir()] == ["map.csv"]

    def test_what_is_being_written_stays(self, tmp_path):
        with files.working_folder(tmp_path) as folder:
            files.atomically(tmp_path / "map.csv", lambda file: file.write_text("all"))
            assert folder.is_dir()

    def test_of_another_machine_only_what_is_old(self, tmp_path):
        for name in ("new", "old"):
            (tmp_path / f"{files.PREFIX}00000000-1-{name}").mkdir()
        os.utime(tmp_path / f"{files.PREFIX}00000000-1-old", (0, 0))
        with files.working_folder(tmp_path):
            pass
        assert [path.name for path in tmp_path.iterdir()] == [f"{files.PREFIX}00000000-1-new"]


class TestHome:
    def test_every_place_to_write(self, run, table, source, home, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        for words in (
            ["report", source, "--out", "~/report"],
            ["figures", source, "--out", "~/figures", "--format", "svg"],
            ["check", source, "--csv", "~/findings.csv"],
            ["convert", source, "~/t.parquet"],
        ):
            run(*words)
        writing.save(table, "~/saved.csv")
        ax = plt.figure().add_subplot()
        figures.save(ax, "~/picture", data=pd.Series([1.0]), formats=["svg"])
        monkeypatch.setattr(downloads, "sources", lambda *_, **__: [])
        downloads.fetch("icio", year=2018, folder="~/tables")
        names = {"report", "figures", "findings.csv", "t.parquet", "saved.csv", "picture.svg", "picture.csv", "tables"}
        assert {path.name for path in home.iterdir()} == names
        assert not (tmp_path / "~").exists()

    def test_every_place_to_read(self, run, table, home):
        own = "industry,traditional,emerging,future\n" + "".join(f"{code},1,0,0\n" for code in table.industries)
        (home / "own.csv").write_text(own)
        (home / "groups.csv").write_text("from,to,share\n" + "".join(f"{code},all,1\n" for code in table.industries))
        writing.save(table, home / "t.csv")
        assert (stages.weights(table, stage_file="~/own.csv")["traditional"] == 1).all()
        assert len(aggregation.aggregate(table, industries="~/groups.csv").industries) == 1
        assert run("check", "~/t.csv").returncode == 0
        done = run("convert", "~/t.csv", "~/less.csv", "--industries", "~/groups.csv")
        assert done.returncode == 0, done.stderr
        assert run("report", "~/t.csv", "--stages", "~/own.csv", "--out", "~/report").returncode == 0

    def test_a_user_nobody_knows(self):
        with pytest.raises(OptionError, match="in full"):
            files.expanded("~nobody_of_that_name/x")
