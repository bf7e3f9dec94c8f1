"""The command: what it prints, its exit codes, its speed."""

from __future__ import annotations

import os
import subprocess
import sys
import warnings
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from io_linkage import cli, writing
from tests import examples

COMMAND = [sys.executable, "-m", "io_linkage.cli"]
QUIET = {**os.environ, "OMP_NUM_THREADS": "1", "NO_COLOR": "1", "MPLBACKEND": "Agg"}


def process(*arguments: object) -> subprocess.CompletedProcess[str]:
    """Run the command as a process of its own."""
    return subprocess.run(
        [*COMMAND, *map(str, arguments)], capture_output=True, text=True, env=QUIET, check=False, timeout=120
    )


@pytest.fixture(scope="module")
def saved(tmp_path_factory) -> Path:
    """A small national table in pymrio's saved format."""
    folder = tmp_path_factory.mktemp("tables") / "germany"
    examples.germany_1995().to_pymrio().save_all(folder)
    return folder


class TestHelp:
    def test_it_names_the_commands(self):
        done = process("--help")
        assert done.returncode == 0
        assert "report" in done.stdout
        assert "figures" in done.stdout

    def test_it_imports_nothing_heavy(self):
        code = (
            "import sys, io_linkage.cli; "
            "print([m for m in ('numpy', 'pandas', 'scipy', 'matplotlib', 'pymrio') if m in sys.modules])"
        )
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        assert done.stdout.strip() == "[]"

    def test_every_option_is_explained(self, run):
        for command in ("report", "figures"):
            done = run(command, "--help")
            for option in (
                "--year",
                "--focus",
                "--partners",
                "--out",
                "--stages",
                "--draws",
                "--seed",
                "--overwrite",
                "--members",
                "--imports",
            ):
                assert option in done.stdout

    def test_version(self, run):
        assert run("--version").stdout.startswith("io-linkage ")


class TestReport:
    def test_a_report_of_ones_own_table(self, run, saved, tmp_path):
        done = run("report", saved, "--year", 1995, "--out", tmp_path / "out")
        assert done.returncode == 0, done.stderr
        assert f"Report: {tmp_path / 'out' / 'report.html'}" in done.stdout
        assert (tmp_path / "out" / "data" / "results.xlsx").exists()
        assert "Traceback" not in done.stderr

    def test_again_into_the_same_folder(self, run, saved, tmp_path):
        for _ in range(2):
            assert run("report", saved, "--out", tmp_path / "out").returncode == 0

    def test_figures_alone(self, run, saved, tmp_path):
        done = run("figures", saved, "--out", tmp_path / "out", "--format", "svg")
        assert done.returncode == 0, done.stderr
        listed = [Path(line) for line in done.stdout.split()]
        assert listed
        assert all(file.exists() for file in listed)
        assert {file.suffix for file in listed} == {".svg", ".csv"}

    def test_choices_of_balance_are_recorded(self, run, saved, tmp_path):
        run("report", saved, "--out", tmp_path / "out", "--value-added", "residual")
        assert "including taxes and margins" in (tmp_path / "out" / "report.html").read_text()


class TestErrors:
    """One paragraph that says what is wrong and what to do; exit code 1, 2 for words the command does not know."""

    @pytest.mark.parametrize(
        ("arguments", "parts"),
        [
            (["report", "no such file.csv"], ["no such file.csv"]),
            (["report", "--focus", "CHM"], ["Unknown", "CHM", "CHN"]),
            (["report", "--partners", "developping"], ["developping", "developing"]),
            (["report", "--year", "1999"], ["1999", "1995, 2000, 2005, 2008, 2011"]),
            (["report", "--stages", "nowhere.csv"], ["nowhere.csv"]),
            (["figures", "--format", "bmpp"], ["bmpp"]),
            (["figures", "--format", " ,"], ["--format png,svg"]),
            (["report", "--imports", "apart"], ["no option 'imports'"]),
            (["report", "--partners", "rcep"], ["2022-01-01", "--members YEAR"]),
        ],
    )
    def test_what_is_wrong_is_named(self, run, arguments, parts, tmp_path):
        done = run(*arguments, "--out", tmp_path / "out")
        assert done.returncode == 1
        # Older versions of rich end a progress bar with an empty line.
        assert done.stderr.lstrip("\n").startswith("Error: ")
        assert len(done.stderr.strip().splitlines()) == 1
        for part in parts:
            assert part in done.stderr
        assert "Traceback" not in done.stderr
        assert not (tmp_path / "out").exists()

    def test_a_stage_file_that_does_not_add_up(self, run, saved, tmp_path):
        file = tmp_path / "stages.csv"
        file.write_text("industry,traditional,emerging,future\nagriculture,0.5,0.2,0.1\n")
        done = run("report", saved, "--stages", file, "--out", tmp_path / "out")
        assert done.returncode == 1
        assert "agriculture" in done.stderr
        assert "0.8, not 1" in done.stderr

    def test_a_stage_file_with_semicolons(self, run, saved, tmp_path):
        file = tmp_path / "stages.csv"
        file.write_text("industry;traditional;emerging;future\nagriculture;0,5;0,4;0,1\n")
        done = run("report", saved, "--stages", file, "--out", tmp_path / "out")
        assert done.returncode == 1
        assert "no column industry, traditional, emerging, future" in done.stderr
        assert "semicolons" in done.stderr

    def test_a_folder_that_cannot_be_written(self, run, saved, tmp_path):
        (tmp_path / "taken").write_text("")
        done = run("report", saved, "--out", tmp_path / "taken" / "out")
        assert done.returncode == 1
        assert "Cannot write the folder" in done.stderr

    @pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="permissions bind only an ordinary user")
    def test_a_folder_without_permission(self, run, saved, tmp_path):
        locked = tmp_path / "locked"
        locked.mkdir(mode=0o500)
        done = run("report", saved, "--out", locked / "out")
        assert done.returncode == 1
        assert "Permission denied" in done.stderr

    def test_words_it_does_not_know_are_exit_code_2(self, run):
        assert run("reprot").returncode == 2
        assert run("report", "--colour", "red").returncode == 2
        assert run("report", "--draws", "0").returncode == 2

    def test_a_warning_is_one_line(self, monkeypatch):
        def warned(*_, **__):
            warnings.warn("inputs do not account for output", UserWarning, stacklevel=1)
            raise typer.Exit

        monkeypatch.setattr("io_linkage.readers.load", warned)
        with warnings.catch_warnings():
            warnings.simplefilter("default")
            result = CliRunner().invoke(cli.app, ["report"])
        assert result.exit_code == 0
        assert "Note: inputs do not account for output" in result.stderr


class TestNoTraceback:
    """Whatever happens, a sentence and an exit code."""

    @pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
    @pytest.mark.parametrize("words", [["tables"], ["check"], ["--help"], ["--version"]])
    def test_a_full_disk_behind_stdout(self, words):
        with Path("/dev/full").open("w") as full:
            done = subprocess.run(
                [*COMMAND, *words], stdout=full, stderr=subprocess.PIPE, text=True, env=QUIET, check=False, timeout=120
            )
        assert done.returncode == 1
        assert (
            done.stderr.lstrip("\n")
            == "Error: What the command prints could not be written in full: No space left on device.\n"
        )

    @pytest.mark.skipif(os.name == "nt", reason="pipes break otherwise there")
    @pytest.mark.parametrize("words", [["tables", "--classification", "NBS153"], ["check"]])
    def test_a_reader_who_has_gone(self, words):
        reading, writing = os.pipe()
        os.close(reading)
        done = subprocess.run(
            [*COMMAND, *words], stdout=writing, stderr=subprocess.PIPE, text=True, env=QUIET, check=False, timeout=120
        )
        os.close(writing)
        assert done.returncode == 1
        assert done.stderr.lstrip("\n") == "Error: What the command prints could not be written in full: Broken pipe.\n"

    @pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
    def test_a_full_disk_behind_stderr(self, tmp_path):
        with Path("/dev/full").open("w") as full:
            # Python writes what is left in a buffer once more at the end, unless told not to keep one.
            buffered = {name: value for name, value in QUIET.items() if name != "PYTHONUNBUFFERED"}
            done = subprocess.run(
                [*COMMAND, "check", tmp_path / "none"], stderr=full, env=buffered, check=False, timeout=120
            )
        assert done.returncode == 1

    @pytest.mark.skipif(os.name == "nt", reason="a folder in use cannot be removed there")
    @pytest.mark.parametrize("words", [["check", "t.csv"], ["convert", "t.csv", "u.csv"], ["report", "t.csv"]])
    def test_a_working_folder_that_is_gone(self, run, tmp_path, monkeypatch, words):
        (tmp_path / "gone").mkdir()
        monkeypatch.chdir(tmp_path / "gone")
        (tmp_path / "gone").rmdir()
        done = run(*words)
        assert done.returncode == 1
        assert done.stderr.strip().endswith(
            "The folder this command was started in is gone. Change to one that is there and run it again."
        )

    def test_more_draws_than_memory_holds(self, run, tmp_path, monkeypatch):
        monkeypatch.setattr("io_linkage.report.output.gather", lambda *_, **__: pytest.fail("computed first"))
        for number, size in ((10**8, "3,528 GB"), (10**30, "GB")):
            done = run("report", "--draws", number, "--out", tmp_path / "out")
            assert done.returncode == 1
            assert f"{number:,} draws" in done.stderr
            assert size in done.stderr
        assert not list(tmp_path.iterdir())

    def test_memory_that_runs_out_all_the_same(self, run, monkeypatch):
        def short(*_, **__):
            raise MemoryError

        monkeypatch.setattr("io_linkage.checks.run", short)
        done = run("check")
        assert done.returncode == 1
        assert done.stderr.lstrip("\n") == "Error: There is not enough memory. Take fewer draws or a smaller table.\n"

    def test_a_fault_of_the_package_is_said_to_be_one(self, run, monkeypatch):
        def broken(*_, **__):
            raise ZeroDivisionError("by nothing")

        monkeypatch.setattr("io_linkage.checks.run", broken)
        done = run("check")
        assert done.returncode == 3
        assert "fault of io_linkage (ZeroDivisionError: by nothing)" in done.stderr
        assert len(done.stderr.strip().splitlines()) == 1
        monkeypatch.setenv("IO_LINKAGE_TRACEBACK", "1")
        with pytest.raises(ZeroDivisionError):
            cli.main()

    @pytest.mark.parametrize("kind", ["raw", "rgba", "webp", "pgf"])
    def test_every_format_that_is_offered(self, run, saved, tmp_path, kind):
        done = run("figures", saved, "--out", tmp_path / "out", "--format", kind)
        if kind == "pgf" and "latex" in done.stderr.lower():
            pytest.skip("there is no LaTeX here")
        assert done.returncode == 0, done.stderr


class TestIdleRegions:
    @pytest.fixture
    def file(self, tmp_path):
        """Two regions, the second without output."""
        return writing.save(examples.idle_region(), tmp_path / "t.csv")

    def test_a_focus_without_output(self, run, file, tmp_path):
        done = run("report", file, "--focus", "B", "--partners", "A", "--out", tmp_path / "out")
        assert done.returncode == 1
        assert "B has no output in t, so there is nothing to report about it" in done.stderr
        assert "one of: A, C" in done.stderr

    def test_a_partner_without_output(self, run, file, tmp_path):
        words = ["--focus", "A", "--partners", "B,C", "--comparators", "C", "--out", tmp_path / "out"]
        done = run("report", file, *words)
        assert done.returncode == 0, done.stderr

    @pytest.mark.parametrize("year", [-5, 1900, 2300, 10**20])
    def test_members_of_a_year_without_dates(self, run, year, tmp_path):
        done = run("report", "--members", year, "--out", tmp_path / "out")
        assert done.returncode == 1
        assert "the dates of membership go from 1958 to 2025" in done.stderr

    def test_a_table_of_one_industry(self, run, tmp_path):
        (tmp_path / "t.csv").write_text(",A|i,A|final,output\nA|i,1,2,3\nva,2,,\n")
        assert run("check", tmp_path / "t.csv").returncode == 0
        done = run("report", tmp_path / "t.csv", "--out", tmp_path / "out")
        assert done.returncode == 0
        assert "one region with one industry" in (tmp_path / "out" / "report.html").read_text()


class TestWarnings:
    @pytest.mark.parametrize("words", [["check"], ["convert"]])
    def test_a_command_shows_each_as_one_note(self, run, saved, tmp_path, monkeypatch, words):
        from io_linkage.readers import load

        def warned(*given, **options):
            for _ in range(3):
                warnings.warn("inputs do not account for output", UserWarning, stacklevel=1)
            return load(*given, **options)

        monkeypatch.setattr("io_linkage.load", warned)
        with warnings.catch_warnings():
            warnings.simplefilter("default")
            done = run(*words, saved, *([tmp_path / "t.csv"] if words == ["convert"] else []))
        assert done.returncode == 0
        assert done.stderr.strip() == "Note: inputs do not account for output"
