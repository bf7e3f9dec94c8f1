"""Six-factor decomposition of a pair of years, and sixteen chained pairs of WIOD by two workers.

    python benchmarks/bench_decomposition.py [--sizes 1435] [--data FOLDER] [--repeats 3] [--years] [--csv FILE]

n = 1,435 is WIOD 2011 and a table made from it where FOLDER (or IO_LINKAGE_DATA) has it. Everything counts from tables
with nothing computed. --years computes each pair of neighbours among the seventeen WIOD years in one of two processes,
loading included, and states the peak of memory of the largest.
"""

from __future__ import annotations

import argparse
import os
import resource
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks import records
from benchmarks.tables import fresh, upscaled, wiod_2011
from benchmarks.timing import paired, table
from io_linkage import MRIOTable, decomposition, panel

BASE = "one factorisation, one solve"
YEARS = range(1995, 2012)


def made(n: int, data: str | None) -> MRIOTable:
    if n == 1435 and (data or "IO_LINKAGE_DATA" in os.environ):
        return fresh(wiod_2011(data))
    return fresh(upscaled(n))


def later(given: MRIOTable) -> MRIOTable:
    """Make the table of a year later: cells up to a tenth larger or smaller."""
    random = np.random.default_rng(0)
    accounts = given.accounts
    Z = accounts.Z * random.uniform(0.9, 1.0, accounts.Z.shape)
    Y = accounts.Y[:, accounts.own_demand] * random.uniform(1.0, 1.1, (len(accounts.Z), accounts.own_demand.sum()))
    return given.remade(Z, Y, accounts.V[accounts.own_inputs], year=(given.year or 2011) + 1)


def factorise(given: MRIOTable) -> object:
    return fresh(given).solved("double").system.solve(np.ones((len(given.index), 8)))


def speed(n: int, data: str | None, repeats: int) -> records.Run:
    before = made(n, data)
    after = later(before)
    runs = {
        BASE: lambda: factorise(before),
        "six factors, a pair of years": lambda: decomposition.structural(fresh(before), fresh(after)),
        "technology by buyer": lambda: decomposition.technology_change(fresh(before), fresh(after)),
    }
    timings = paired(runs, repeats=repeats)
    print(table(timings, base=BASE))
    return records.Run(before.label, n, timings, BASE)


def years(data: str | None) -> None:
    folder = Path(data or os.environ["IO_LINKAGE_DATA"]) / "wiod2013"
    sources = [{"source": folder / str(year), "year": year, "value_added": "residual"} for year in YEARS]
    start = time.perf_counter()
    with ProcessPoolExecutor(2) as executor:
        found = panel.across(sources, decomposition.structural, pairs=True, apart=1, executor=executor)
    took = time.perf_counter() - start
    largest = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1e6
    print(f"{found['year'].nunique()} pairs of WIOD, two workers: {took:.1f} s, {largest:.2f} GB at the peak of one")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1435])
    parser.add_argument("--data")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--years", action="store_true")
    parser.add_argument("--csv", type=Path, default=records.RESULTS / "decomposition.csv")
    arguments = parser.parse_args()
    runs = []
    for n in arguments.sizes:
        print(f"\nn = {n:,}, {os.environ.get('OMP_NUM_THREADS', 'all')} threads")
        runs.append(speed(n, arguments.data, arguments.repeats))
    if arguments.years:
        years(arguments.data)
    records.write(runs, arguments.csv)


if __name__ == "__main__":
    main()
