"""Timings written by the benchmarks, and README's table made from them."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

from benchmarks import bench_linkages, bench_spillovers, bench_value_added, records
from benchmarks.tables import upscaled
from benchmarks.timing import Timing

ROOT = Path(__file__).resolve().parent.parent
TABLE = runpy.run_path(str(ROOT / "benchmarks" / "readme_table.py"))


def test_readme_shows_the_timings_of_the_measured_files():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert text == TABLE["page"](text)


def test_readme_table_has_the_median_ratio_of_each_quoted_timing():
    lines = TABLE["block"]().splitlines()
    for file, what, words in TABLE["QUOTED"]:
        (row,) = (row for row in records.read(records.MEASURED / file) if row["what"] == what)
        (line,) = (line for line in lines if words in line)
        assert line.split("|")[2:4] == [f" {float(row[key]):.2f} " for key in ("median_seconds", "ratio_to_base")]


def test_a_changed_timing_changes_the_table(monkeypatch):
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    read = TABLE["read"]
    monkeypatch.setitem(
        TABLE["quoted"].__globals__, "read", lambda path: [row | {"ratio_to_base": "12.34"} for row in read(path)]
    )
    assert TABLE["page"](text).count("| 12.34 |") == len(TABLE["QUOTED"])


def test_the_ratio_is_the_median_of_the_rounds_not_of_the_times():
    ours, base = Timing("ours", (1.0, 2.0, 9.0)), Timing("base", (4.0, 1.0, 9.0))
    assert ours.of(base) == 1.0  # of .25, 2 and 1; the medians' ratio would be .5
    assert base.of(ours) == 1.0
    with pytest.raises(ValueError, match="zip"):
        ours.of(Timing("once", (1.0,)))


def test_rows_come_back_with_the_machine_beside_each(tmp_path, monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    timings = {"inverse": Timing("inverse", (2.0, 4.0)), "ours, all n": Timing("ours, all n", (1.0, 1.0))}
    path = tmp_path / "new" / "made.csv"
    records.write([records.Run("made, n = 70", 70, timings, "inverse")], path)
    base, ours = records.read(path)
    assert (ours["what"], ours["table"], ours["n"], ours["rounds"]) == ("ours, all n", "made, n = 70", "70", "2")
    assert (ours["best_seconds"], ours["median_seconds"], ours["ratio_to_base"]) == ("1.000000", "1.000000", "0.3750")
    assert base["ratio_to_base"] == "1.0000"
    for row in (base, ours):
        assert {key: row[key] for key in records.machine()} == records.machine()
        assert row["threads"] == "1"
    assert [item.name for item in path.parent.iterdir()] == ["made.csv"]


@pytest.mark.parametrize(
    ("time_it", "quoted"),
    [
        (lambda table: bench_linkages.speed(table, 1), "linkages.csv"),
        (lambda table: bench_spillovers.speed(table, 1), None),
        (lambda table: bench_value_added.speed(table, 1, plain=True), "value_added.csv"),
    ],
    ids=["linkages", "spillovers", "value_added"],
)
def test_benchmarks_run_and_time_what_readme_quotes(time_it, quoted, capsys):
    run = time_it(upscaled(140))
    assert run.n == 140
    assert run.base in run.timings
    assert all(len(timing.seconds) == 1 and timing.best > 0 for timing in run.timings.values())
    assert {what for file, what, _ in TABLE["QUOTED"] if file == quoted} <= set(run.timings)
    assert run.base in capsys.readouterr().out
