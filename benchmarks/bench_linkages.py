"""Linkages, extraction and field of influence against numpy.linalg.inv, pymrio and a re-inverting loop.

    python benchmarks/bench_linkages.py [--sizes 1435 3465 5005] [--data FOLDER] [--repeats 3] [--memory] [--csv FILE]

n = 1,435 is WIOD 2011 where FOLDER (or IO_LINKAGE_DATA) has it, else a made table. Everything counts from a table with
nothing computed, unless a line says "given L". The timings and
the machine they were taken on also go to a CSV.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks import records
from benchmarks.tables import fresh, upscaled, wiod_2011
from benchmarks.timing import Timing, paired, peak, table
from io_linkage import MRIOTable, extraction, influence, linkages

BASE = "numpy.linalg.inv(I - A)"


def all_linkages(table: MRIOTable) -> object:
    """Direct, total, normalised, roles, net and weighted: one factorisation."""
    return linkages.linkages(table), linkages.net(table), linkages.weighted(table)


def all_extractions(table: MRIOTable) -> object:
    """Complete and backward extraction of every industry."""
    return extraction.losses(table), extraction.losses(table, kind="backward")


def regions(table: MRIOTable) -> object:
    return extraction.by_region(table)


def all_intensities(table: MRIOTable) -> object:
    return influence.intensity(table)


def with_inverse(table: MRIOTable) -> MRIOTable:
    table.system.inverse()
    return table


def table_of(n: int, data: str | None) -> MRIOTable:
    if n == 1435 and (data or "IO_LINKAGE_DATA" in os.environ):
        return fresh(wiod_2011(data))
    return fresh(upscaled(n))


def made_with_inverse(n: int, data: str | None) -> MRIOTable:
    return with_inverse(table_of(n, data))


def speed(original: MRIOTable, repeats: int) -> records.Run:
    import pymrio

    n = len(original.index)
    A = np.array(original.system.A)
    one = np.eye(n) - A
    A_frame = pd.DataFrame(A)
    Z_frame, x_frame = pd.DataFrame(original.accounts.Z), pd.DataFrame({"x": original.accounts.x})
    original = fresh(original)
    warm = with_inverse(fresh(original))

    def with_pymrio() -> object:
        L = pymrio.calc_L(A_frame)
        B = pymrio.calc_B(Z_frame, x_frame)
        return L.sum(axis=0), pymrio.calc_G(B).sum(axis=1)

    timings = paired(
        {
            BASE: lambda: np.linalg.inv(one),
            "one matrix product": lambda: one @ A,
            "pymrio calc_L, calc_G and sums": with_pymrio,
            "backward and forward linkages": lambda: (
                linkages.backward(g := fresh(original)),
                linkages.forward(g),
            ),
            "all linkages, net, weighted": lambda: all_linkages(fresh(original)),
            "complete and backward extraction, all n": lambda: all_extractions(fresh(original)),
            "extraction of each region, given L": lambda: regions(warm),
            "field of influence, all pairs, given L": lambda: all_intensities(warm),
            "pure linkages of all industries, given L": lambda: linkages.pure(warm),
        },
        repeats=repeats,
    )
    print(table(timings, base=BASE))
    start = time.perf_counter()
    for j in range(2):
        keep = np.delete(np.arange(n), j)
        np.linalg.inv(one[np.ix_(keep, keep)])
    loop = Timing("re-inverting", (n * (time.perf_counter() - start) / 2,))
    seconds = timings["complete and backward extraction, all n"].best
    print(f"re-inverting for every industry: {loop.best:,.0f} s by two of {n}, {loop.best / seconds:,.0f} x ours")
    _targets(timings, BASE)
    return records.Run(original.label, n, timings, BASE)


def _targets(timings: dict[str, Timing], base: str) -> None:
    one, product = timings[base], timings["one matrix product"]
    for name, limit, unit in (
        ("backward and forward linkages", 0.6, one),
        ("complete and backward extraction, all n", 1.2, one),
        ("extraction of each region, given L", 0.3, one),
        ("field of influence, all pairs, given L", 2.0, product),
    ):
        ratio = timings[name].of(unit)
        print(f"  {'met' if ratio <= limit else 'MISSED':6} {name}: {ratio:.2f} (at most {limit})")


def memory(n: int, data: str | None) -> None:
    """Peak, Z counted, in units of n^2 doubles."""
    unit = 8.0 * n * n
    for name, make, run, limit in (
        ("all linkages, net, weighted", table_of, all_linkages, 3),
        ("complete and backward extraction, all n", table_of, all_extractions, 4),
        ("extraction of each region", table_of, regions, 4),
    ):
        total = 1 + peak(make, run, n, data) / unit
        print(f"  {'met' if total <= limit else 'MISSED':6} {name}: {total:.2f} n^2 doubles (at most {limit})")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1435, 3465, 5005])
    parser.add_argument("--data")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--memory", action="store_true")
    parser.add_argument("--csv", type=Path, default=records.RESULTS / "linkages.csv")
    arguments = parser.parse_args()
    runs = []
    for n in arguments.sizes:
        table = table_of(n, arguments.data)
        print(f"\nn = {n:,} ({table.label}), {os.environ.get('OMP_NUM_THREADS', 'all')} threads")
        runs.append(speed(table, arguments.repeats))
        del table
        if arguments.memory:
            memory(n, arguments.data)
    records.write(runs, arguments.csv)


if __name__ == "__main__":
    main()
