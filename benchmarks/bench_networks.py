"""Paths, core nodes, removal curves, shortages and prices, each from a table that is factorised.

    python benchmarks/bench_networks.py [--data FOLDER] [--repeats 5] [--csv FILE]

n = 1,435 is WIOD 2011 where FOLDER (or IO_LINKAGE_DATA) has it, else the shipped table is used.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks import records
from benchmarks.tables import wiod_2011
from benchmarks.timing import paired, table
from io_linkage import MRIOTable, load, networks, prices, shortages

BASE = "numpy.linalg.inv(I - A)"
HALF = {("CHN", "30t33"): 0.5}
DUTY = prices.Tariff(0.25, origin={"regions": "CHN"}, destination={"regions": "USA"})


def inverse(world: MRIOTable) -> None:
    np.linalg.inv(np.eye(len(world.index)) - world.system.A)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", default=None)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--csv", type=Path, default=records.RESULTS / "networks.csv")
    options = parser.parse_args()
    full = options.data or os.environ.get("IO_LINKAGE_DATA")
    world = wiod_2011(options.data) if full else load()
    world.system.solve(world.accounts.x)
    product = {"region": "CHN", "industry": "30t33"}
    timings = paired(
        {
            BASE: lambda: inverse(world),
            "500 paths": lambda: networks.paths(world, **product, threshold=1e-9, most=500),
            "paths above .01 %": lambda: networks.paths(world, **product, threshold=1e-4),
            "PageRank": lambda: networks.pagerank(world),
            "random-walk centrality": lambda: networks.random_walk(world),
            "removal curve of 100, 20 random orders": lambda: networks.removal_curve(world, most=100),
            "shortage, 3 rounds": lambda: shortages.run(world, capacity=HALF, rounds=3),
            "a tariff of one country on another": lambda: prices.tariffs(world, DUTY),
        },
        repeats=options.repeats,
    )
    print(table(timings, base=BASE))
    records.write([records.Run("WIOD 2011" if full else "shipped", len(world.index), timings, BASE)], options.csv)


if __name__ == "__main__":
    main()
