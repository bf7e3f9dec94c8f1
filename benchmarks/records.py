"""Timings as rows of a CSV, each with the machine and the versions it was measured with."""

from __future__ import annotations

import csv
import datetime
import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

import io_linkage
from benchmarks.timing import Timing
from io_linkage.files import atomically

#: Where a benchmark writes unless --csv names another file; git ignores this folder.
RESULTS = Path(__file__).resolve().parent / "results"
#: The timings that README quotes; `benchmarks/readme_table.py` makes its table from them.
MEASURED = Path(__file__).resolve().parent / "measured"


@dataclass(frozen=True)
class Run:
    """Timings of several things on one table, in the same rounds, beside a base."""

    table: str
    n: int
    timings: Mapping[str, Timing]
    base: str


def machine() -> dict[str, str]:
    """Return what a timing depends on: versions, the linear algebra library, cores and threads."""
    blas = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
    return {
        "date": datetime.datetime.now(tz=datetime.UTC).date().isoformat(),
        "io_linkage": io_linkage.__version__,
        "python": platform.python_version(),
        "numpy": np.__version__,
        "blas": f"{blas['name']} {blas['version']}",
        "cores": str(os.cpu_count()),
        "threads": os.environ.get("OMP_NUM_THREADS", "all"),
    }


def rows(runs: Sequence[Run]) -> list[dict[str, str]]:
    """Return one row for each thing timed: seconds to the microsecond, the ratio to the base to four digits."""
    facts = machine()
    return [
        {
            **facts,
            "table": run.table,
            "n": str(run.n),
            "what": name,
            "rounds": str(len(timing.seconds)),
            "best_seconds": f"{timing.best:.6f}",
            "median_seconds": f"{timing.median:.6f}",
            "base": run.base,
            "ratio_to_base": f"{timing.of(run.timings[run.base]):.4f}",
        }
        for run in runs
        for name, timing in run.timings.items()
    ]


def write(runs: Sequence[Run], path: Path) -> None:
    """Write the rows of several runs as a CSV, whole or not at all, and say where."""
    lines = rows(runs)

    def fill(file: Path) -> None:
        with file.open("w", encoding="utf-8", newline="") as opened:
            writer = csv.DictWriter(opened, list(lines[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(lines)

    atomically(path, fill)
    print(f"written to {path}")


def read(path: Path) -> list[dict[str, str]]:
    """Read the rows of a CSV that `write` wrote."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
