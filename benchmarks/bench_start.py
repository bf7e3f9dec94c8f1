"""How soon the package answers: import, the command's help, and the report from the shipped table.

    python benchmarks/bench_start.py [--repeats 5] [--csv FILE]

Each figure is the wall time of a new process, the best and the median of several, taking turns.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks import records
from benchmarks.timing import Timing, table

IMPORT = "import time; start = time.perf_counter(); {}; print(time.perf_counter() - start)"


def seconds(code: str) -> float:
    """Time a statement inside a new interpreter, so that starting Python does not count."""
    run = subprocess.run([sys.executable, "-c", IMPORT.format(code)], capture_output=True, text=True, check=True)
    return float(run.stdout)


def wall(*words: str) -> float:
    """Time a command from start to end."""
    start = time.perf_counter()
    subprocess.run(words, capture_output=True, check=True)
    return time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--csv", type=Path, default=records.RESULTS / "start.csv")
    options = parser.parse_args()
    command = str(Path(sys.executable).with_name("io-linkage"))
    taken: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for k in range(options.repeats):
            taken.setdefault("import pandas", []).append(seconds("import pandas"))
            taken.setdefault("import pandas, io_linkage", []).append(seconds("import pandas, io_linkage"))
            taken.setdefault("load the shipped table", []).append(seconds("import io_linkage; io_linkage.load()"))
            taken.setdefault("io-linkage --help", []).append(wall(command, "--help"))
            taken.setdefault("io-linkage report", []).append(wall(command, "report", "--out", f"{folder}/{k}"))
    timings = {name: Timing(name, tuple(values)) for name, values in taken.items()}
    print(table(timings, base="import pandas"))
    records.write([records.Run("shipped", 735, timings, "import pandas")], options.csv)


if __name__ == "__main__":
    main()
