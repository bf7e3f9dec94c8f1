"""How soon the package answers: import, the command's help, and the report from the shipped table.

    python benchmarks/bench_start.py [--repeats 5]

Each figure is the wall time of a new process, the least and the median of several, alternating.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

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
    repeats = parser.parse_args().repeats
    command = str(Path(sys.executable).with_name("io-linkage"))
    taken: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for k in range(repeats):
            taken.setdefault("import pandas", []).append(seconds("import pandas"))
            taken.setdefault("import pandas, io_linkage", []).append(seconds("import pandas, io_linkage"))
            taken.setdefault("load the shipped table", []).append(seconds("import io_linkage; io_linkage.load()"))
            taken.setdefault("io-linkage --help", []).append(wall(command, "--help"))
            taken.setdefault("io-linkage report", []).append(wall(command, "report", "--out", f"{folder}/{k}"))
    for name, values in taken.items():
        print(f"{name:28s} least {min(values):6.2f} s   median {median(values):6.2f} s")


if __name__ == "__main__":
    main()
