"""Scenarios and surfaces of two strengths against one inverse.

    python benchmarks/bench_scenarios.py [--sizes 1435 3465] [--data FOLDER] [--repeats 3] [--csv FILE]

n = 1,435 is WIOD 2011 where FOLDER (or IO_LINKAGE_DATA) has it: electronics (31 rows change) and all manufacturing that
the USA and the EU buy from China, India and Indonesia come home. On made tables the first half of the regions brings
home from three others. Everything counts after the base factorisation, which has a line of its own.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks import records
from benchmarks.tables import fresh, upscaled, wiod_2011
from benchmarks.timing import paired, table
from io_linkage import MRIOTable, scenarios
from io_linkage.scenarios import FriendShoring, MarketRepair, Reshoring, Scenario

BASE = "numpy.linalg.inv(I - A)"
MANUFACTURING = (
    "15t16", "17t18", "19", "20", "21t22", "23", "24", "25", "26", "27t28", "29", "30t33", "34t35", "36t37",
)  # fmt: skip
POINTS = (np.linspace(0, 1, 20), np.linspace(0, 1, 10))


def moves(given: MRIOTable) -> tuple[tuple[str, ...], tuple[str, ...], str, tuple[str, ...]]:
    """Buyers, suppliers, who repairs, and manufacturing."""
    if "CHN" in given.regions:
        return ("USA", "EU"), ("CHN", "IND", "IDN"), "JPN", MANUFACTURING
    half = len(given.regions) // 2
    return (
        tuple(given.regions[:half]),
        tuple(given.regions[half : half + 3]),
        given.regions[-1],
        tuple(given.industries[:14]),
    )


def made(n: int, data: str | None) -> MRIOTable:
    if n == 1435 and (data or "IO_LINKAGE_DATA" in os.environ):
        return fresh(wiod_2011(data))
    return fresh(upscaled(n))


def speed(given: MRIOTable, repeats: int) -> records.Run:
    buyers, suppliers, third, manufacturing = moves(given)
    one = np.eye(len(given.index)) - np.array(given.system.A)
    few, many = ("30t33",) if "CHN" in given.regions else (given.industries[0],), manufacturing
    given.system.solve(np.eye(len(one), 100))  # the base factorisation

    def run(move: scenarios.Move) -> object:
        return scenarios.run(given, Scenario("timed", [move])).change(of="value_added", by="region")

    def surface(industries: tuple[str, ...]) -> object:
        home, repair = Reshoring(buyers, industries, suppliers), MarketRepair(third, suppliers[0], industries)
        return scenarios.surface(given, home, repair, strengths=POINTS)

    ranks = [
        scenarios.run(given, Scenario("rank", [move])).solution.updated.update.rank
        for move in (
            Reshoring(buyers, few, suppliers, strength=0.5),
            Reshoring(buyers, many, suppliers, strength=0.5),
            FriendShoring(buyers, suppliers, strength=0.5),
        )
    ]
    runs = {
        BASE: lambda: np.linalg.inv(one),
        "base factorisation": lambda: fresh(given).system.solve(np.eye(len(one), 100)),
        f"scenario, {ranks[0]} rows": lambda: run(Reshoring(buyers, few, suppliers, strength=0.5)),
        f"scenario, {ranks[0]} rows, capacity": lambda: run(Reshoring(buyers, few, suppliers, capacity=0.1)),
        f"scenario, {ranks[1]} rows": lambda: run(Reshoring(buyers, many, suppliers, strength=0.5)),
        f"scenario by iteration, rank {ranks[2]}": lambda: run(FriendShoring(buyers, suppliers, strength=0.5)),
        "surface of 200 points, one product": lambda: surface(few),
        "surface of 200 points, manufacturing": lambda: surface(many),
    }
    print(f"\nn = {len(given.index):,} ({given.label}), {repeats} rounds")
    timings = paired(runs, repeats=repeats)
    print(table(timings, base=BASE))
    return records.Run(given.label, len(given.index), timings, BASE)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1435, 3465])
    parser.add_argument("--data", default=os.environ.get("IO_LINKAGE_DATA"))
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--csv", type=Path, default=records.RESULTS / "scenarios.csv")
    options = parser.parse_args()
    records.write([speed(made(n, options.data), options.repeats) for n in options.sizes], options.csv)


if __name__ == "__main__":
    main()
