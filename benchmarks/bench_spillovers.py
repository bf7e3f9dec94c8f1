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


def weights(table: MRIOTable) -> pd.DataFrame:
    """Shipped stage shares where there are some, else random ones."""
    if table.classification is not None:
        return stages.weights(table)
    random = np.random.default_rng(0)
    return pd.DataFrame(random.dirichlet(np.ones(3), len(table.index)), index=table.index, columns=list(stages.STAGES))


def everything(table: MRIOTable) -> list[pd.DataFrame]:
    """All ties and spillovers of one focus economy."""
    real = "CHN" in table.regions
    focus = "CHN" if real else table.regions[0]
    partners, comparators = ("developing", COMPARATORS) if real else (None, tuple(table.regions[1:4]))
    on = [focus, *comparators]
    shares = weights(table)
    whom = {"partners": partners, "comparators": comparators}
    return [
        ties.bilateral(table, focus, stage_weights=shares, **whom),
        ties.dependence(table),
        ties.dependence(table, through="inputs"),
        ties.dependence(table, through="sales"),
        ties.reliance(table, on=on, regions=partners),
        ties.reliance(table, on=on, through="sales", regions=partners),
        ties.hhi(table),
        ties.hhi(table, role="buyer"),
        ties.trade_structure(table, focus, **whom),
        spillovers.matrix(table),
        spillovers.matrix(table, by="stage", stage_weights=shares),
        spillovers.matrix(table, by="region-stage", stage_weights=shares),
        spillovers.effects(table),
        spillovers.asymmetry(table, focus, partners=partners),
        ties.shift_basket(table, focus, like=on[1]),
    ]


def ties_alone(table: MRIOTable) -> pd.DataFrame:
    real = "CHN" in table.regions
    if real:
        return ties.bilateral(table, "CHN")
    return ties.bilateral(table, table.regions[0], partners=None, comparators=(), stage_weights=weights(table))


def table_of(n: int, data: str | None) -> MRIOTable:
    if n == 1435 and (data or "IO_LINKAGE_DATA" in os.environ):
        return fresh(wiod_2011(data))
    return fresh(upscaled(n))


def by_inverse(table: MRIOTable) -> object:
    """Compute the region and the region-stage matrix as textbooks write them: W' v L F from the full inverse."""
    from io_linkage.selection import groups_by

    W, _ = groups_by(table, "region-stage", weights(table))
    L = np.linalg.inv(np.eye(len(table.index)) - table.system.A)
    v = table.v.to_numpy()
    bought, final = table.demand_by_region.to_numpy(), table.final_demand.to_numpy()
    M, _ = groups_by(table, "region")
    return M.T @ (v[:, None] * (L @ bought)), W.T @ (v[:, None] * (L @ (W * final[:, None])))


def both_matrices(table: MRIOTable) -> object:
    return spillovers.matrix(table), spillovers.matrix(table, by="region-stage", stage_weights=weights(table))


def speed(original: MRIOTable, repeats: int) -> records.Run:
    one = np.eye(len(original.index)) - np.array(original.system.A)
    everything(fresh(original))  # economies, groups and stages are read once
    runs = {
        BASE: lambda: np.linalg.inv(one),
        "factorisation": lambda: fresh(original).system.solve(np.ones(len(one))),
        "two matrices by the inverse": lambda: by_inverse(fresh(original)),
        "two matrices by solves": lambda: both_matrices(fresh(original)),
        "bilateral ties": lambda: ties_alone(fresh(original)),
        "all ties and spillovers": lambda: everything(fresh(original)),
    }
    print(f"\nn = {len(original.index):,} ({original.label}), {repeats} rounds")
    timings = paired(runs, repeats=repeats)
    print(table(timings, base=BASE))
    return records.Run(original.label, len(original.index), timings, BASE)


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
    records.write([speed(table_of(n, options.data), options.repeats) for n in options.sizes], options.csv)
    if options.years:
        if not options.data:
            parser.error("--years needs the folder of full tables: --data FOLDER")
        start = time.perf_counter()
        rows = all_years(options.data)
        print(f"\n{len(YEARS)} years, {rows:,} rows of results: {time.perf_counter() - start:.1f} s")
        print(f"peak of memory beyond one year's leftovers: {peak(nothing, all_years, options.data) / 2**20:,.0f} MiB")


if __name__ == "__main__":
    main()
