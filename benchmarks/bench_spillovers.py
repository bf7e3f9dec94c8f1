"""Spillovers and ties against the full inverse, and seventeen years of WIOD end to end.

    python benchmarks/bench_spillovers.py [--sizes 1435 3465] [--data FOLDER] [--repeats 3] [--years] [--csv FILE]

n = 1,435 is WIOD 2011 where FOLDER (or IO_LINKAGE_DATA) has it; made tables have no developing partners, so there the
focus is the first region and the partners all others. Everything counts from a table with nothing computed.
--years reads each WIOD year in turn, one in memory at a time, and states the time and the peak of memory.
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
from benchmarks.timing import paired, peak, table
from io_linkage import MRIOTable, load, spillovers, stages, ties

BASE = "numpy.linalg.inv(I - A)"
COMPARATORS = ("USA", "EU", "JPN")
YEARS = range(1995, 2012)


def weights(given: MRIOTable) -> pd.DataFrame:
    """Shipped stage shares where there are some, else random ones."""
    if given.classification is not None:
        return stages.weights(given)
    random = np.random.default_rng(0)
    return pd.DataFrame(random.dirichlet(np.ones(3), len(given.index)), index=given.index, columns=list(stages.STAGES))


def everything(given: MRIOTable) -> list[pd.DataFrame]:
    """All ties and spillovers of one focus economy."""
    real = "CHN" in given.regions
    focus = "CHN" if real else given.regions[0]
    partners, comparators = ("developing", COMPARATORS) if real else (None, tuple(given.regions[1:4]))
    on = [focus, *comparators]
    shares = weights(given)
    whom = {"partners": partners, "comparators": comparators}
    return [
        ties.bilateral(given, focus, stage_weights=shares, **whom),
        ties.dependence(given),
        ties.dependence(given, through="inputs"),
        ties.dependence(given, through="sales"),
        ties.reliance(given, on=on, regions=partners),
        ties.reliance(given, on=on, through="sales", regions=partners),
        ties.hhi(given),
        ties.hhi(given, role="buyer"),
        ties.trade_structure(given, focus, **whom),
        spillovers.matrix(given),
        spillovers.matrix(given, by="stage", stage_weights=shares),
        spillovers.matrix(given, by="region-stage", stage_weights=shares),
        spillovers.effects(given),
        spillovers.asymmetry(given, focus, partners=partners),
        ties.shift_basket(given, focus, like=on[1]),
    ]


def ties_alone(given: MRIOTable) -> pd.DataFrame:
    real = "CHN" in given.regions
    if real:
        return ties.bilateral(given, "CHN")
    return ties.bilateral(given, given.regions[0], partners=None, comparators=(), stage_weights=weights(given))


def made(n: int, data: str | None) -> MRIOTable:
    if n == 1435 and (data or "IO_LINKAGE_DATA" in os.environ):
        return fresh(wiod_2011(data))
    return fresh(upscaled(n))


def by_inverse(given: MRIOTable) -> object:
    """Compute the region and the region-stage matrix as textbooks write them: W' v L F from the full inverse."""
    from io_linkage.selection import groups_by

    W, _ = groups_by(given, "region-stage", weights(given))
    L = np.linalg.inv(np.eye(len(given.index)) - given.system.A)
    v = given.v.to_numpy()
    bought, final = given.demand_by_region.to_numpy(), given.final_demand.to_numpy()
    M, _ = groups_by(given, "region")
    return M.T @ (v[:, None] * (L @ bought)), W.T @ (v[:, None] * (L @ (W * final[:, None])))


def both_matrices(given: MRIOTable) -> object:
    return spillovers.matrix(given), spillovers.matrix(given, by="region-stage", stage_weights=weights(given))


def speed(given: MRIOTable, repeats: int) -> records.Run:
    one = np.eye(len(given.index)) - np.array(given.system.A)
    everything(fresh(given))  # economies, groups and stages are read once
    runs = {
        BASE: lambda: np.linalg.inv(one),
        "factorisation": lambda: fresh(given).system.solve(np.ones(len(one))),
        "two matrices by the inverse": lambda: by_inverse(fresh(given)),
        "two matrices by solves": lambda: both_matrices(fresh(given)),
        "bilateral ties": lambda: ties_alone(fresh(given)),
        "all ties and spillovers": lambda: everything(fresh(given)),
    }
    print(f"\nn = {len(given.index):,} ({given.label}), {repeats} rounds")
    timings = paired(runs, repeats=repeats)
    print(table(timings, base=BASE))
    return records.Run(given.label, len(given.index), timings, BASE)


def year_of(data: str, year: int) -> MRIOTable:
    return load(Path(data) / "wiod2013" / str(year), classification="WIOD2013", value_added="residual")


def all_years(data: str) -> int:
    """All results of every year, then growth pull from the first year to the last."""
    rows = sum(len(frame) for year in YEARS for frame in everything(year_of(data, year)))
    pull = ties.growth_pull(year_of(data, YEARS[0]), year_of(data, YEARS[-1]), "CHN")
    return rows + len(pull)


def nothing(data: str) -> str:
    everything(year_of(data, YEARS[0]))
    return data


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1435, 3465])
    parser.add_argument("--data", default=os.environ.get("IO_LINKAGE_DATA"))
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--years", action="store_true")
    parser.add_argument("--csv", type=Path, default=records.RESULTS / "spillovers.csv")
    options = parser.parse_args()
    records.write([speed(made(n, options.data), options.repeats) for n in options.sizes], options.csv)
    if options.years:
        if not options.data:
            parser.error("--years needs the folder of full tables: --data FOLDER")
        start = time.perf_counter()
        rows = all_years(options.data)
        print(f"\n{len(YEARS)} years, {rows:,} rows of results: {time.perf_counter() - start:.1f} s")
        print(f"peak of memory beyond one year's leftovers: {peak(nothing, all_years, options.data) / 2**20:,.0f} MiB")


if __name__ == "__main__":
    main()
