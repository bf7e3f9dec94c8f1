"""All decompositions of exports, and positions, against the formulas written plainly in numpy.

    python benchmarks/bench_value_added.py [--sizes 1435 3465] [--data FOLDER] [--repeats 3] [--memory] [--csv FILE]

n = 1,435 is WIOD 2011 where FOLDER (or IO_LINKAGE_DATA) has it, else a made table. Everything counts from a table with
nothing computed: the factorisation and the one inverse are in each line.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks import records
from benchmarks.tables import fresh, upscaled, wiod_2011
from benchmarks.timing import Timing, paired, peak, table
from io_linkage import MRIOTable, position
from io_linkage import value_added as va

BASE = "numpy.linalg.inv(I - A)"


def made(n: int, data: str | None) -> MRIOTable:
    if n == 1435 and (data or "IO_LINKAGE_DATA" in os.environ):
        return fresh(wiod_2011(data))
    return fresh(upscaled(n))


def all_decompositions(given: MRIOTable) -> object:
    """Every decomposition, all exporters, by industry and importer."""
    made_here = [va.kww(given), va.wwz(given), va.trade_based(given)]
    made_here += [
        va.borin_mancini(given, approach=approach, perimeter=perimeter)
        for approach in ("source", "sink")
        for perimeter in ("exporter", "world")
    ]
    made_here += [va.borin_mancini(given, perimeter=perimeter) for perimeter in ("bilateral", "flow")]
    return (
        made_here,
        va.vax_by_extraction(given),
        va.vertical_specialisation(given),
        va.vax(given, by="exporter-importer"),
    )


def positions(given: MRIOTable) -> object:
    """Upstreamness, downstreamness, propagation and production lengths on both sides."""
    lengths = [position.production_length(given, side=side) for side in ("forward", "backward")]
    return position.position(given), position.apl(given), position.apl_between(given), lengths


def plain_wwz(given: MRIOTable) -> np.ndarray:
    """Wang, Wei & Zhu's formulas pair by pair, as one would write them."""
    A = given.accounts.Z / np.where(given.accounts.x > 0, given.accounts.x, 1.0)
    n, G, Y, x = len(A), len(given.regions), given.demand_by_region.to_numpy(), given.accounts.x
    at = [np.flatnonzero(given.region_codes == r) for r in range(G)]
    v, L = 1 - A.sum(axis=0), np.linalg.inv(np.eye(n) - A)
    own = Y[np.arange(n), given.region_codes]
    abroad = Y.sum(axis=1) - own
    M = [np.linalg.inv(np.eye(len(a)) - A[np.ix_(a, a)]) for a in at]
    E = [sum(A[np.ix_(at[s], at[r])] @ x[at[r]] + Y[at[s], r] for r in range(G) if r != s) for s in range(G)]
    result = np.zeros((n, G, 16))
    for s in range(G):
        content = [v[at[t]] @ L[np.ix_(at[t], at[s])] for t in range(G)]
        home, local = content[s], v[at[s]] @ M[s]
        for r in range(G):
            if r == s:
                continue
            third = np.flatnonzero((given.region_codes != r) & (given.region_codes != s))
            Asr, Lr = A[np.ix_(at[s], at[r])], L[at[r]]
            Lrr = Lr[:, at[r]]
            direct, rest = content[r], sum(c for t, c in enumerate(content) if t not in (r, s))
            elsewhere = abroad[third] - Y[third, s]
            inside, onward = Asr @ M[r] @ Y[at[r], r], Asr @ M[r] @ E[r]
            result[at[s], r] = np.column_stack(
                [
                    home * Y[at[s], r],
                    local * (Asr @ Lrr @ Y[at[r], r]),
                    local * (Asr @ Lr[:, third] @ own[third]),
                    local * (Asr @ Lrr @ (abroad[at[r]] - Y[at[r], s])),
                    local * (Asr @ Lr[:, third] @ elsewhere),
                    local * (Asr @ Lr[:, at[s]] @ own[at[s]]),
                    local * (Asr @ Lrr @ Y[at[r], s]),
                    local * (Asr @ Lr[:, third] @ Y[third, s]),
                    rest * Y[at[s], r],
                    direct * Y[at[s], r],
                    rest * inside,
                    direct * inside,
                    local * (Asr @ Lr[:, at[s]] @ abroad[at[s]]),
                    (home - local) * (Asr @ x[at[r]]),
                    rest * onward,
                    direct * onward,
                ]
            )
    return result


def without_exports(given: MRIOTable, exporters: int) -> None:
    """Invert again for each exporter, as Borin & Mancini's formulas are written."""
    A = np.array(given.system.A)
    for s in range(exporters):
        cut = A.copy()
        home = given.region_codes == s
        cut[np.ix_(home, ~home)] = 0.0
        np.linalg.inv(np.eye(len(A)) - cut)


def agreement(given: MRIOTable) -> float:
    """Largest difference between the two ways, relative to the flow."""
    ours = va.wwz(given, definition="residual")
    plain = plain_wwz(given)
    off = given.region_codes[:, None] != np.arange(len(given.regions))
    gap = np.abs(plain[off] - np.nan_to_num(ours.terms.to_numpy())).max(axis=1)
    exports = ours.exports.to_numpy()
    real = exports > 1e-3
    return float((gap[real] / exports[real]).max())


def speed(given: MRIOTable, repeats: int, plain: bool) -> records.Run:
    A = np.array(given.system.A)
    one = np.eye(len(A)) - A
    runs = {
        BASE: lambda: np.linalg.inv(one),
        "Koopman-Wang-Wei": lambda: va.kww(fresh(given)),
        "Wang-Wei-Zhu, bilateral by industry": lambda: va.wwz(fresh(given)),
        "Borin-Mancini, source": lambda: va.borin_mancini(fresh(given)),
        "Borin-Mancini, sink": lambda: va.borin_mancini(fresh(given), approach="sink"),
        "all decompositions": lambda: all_decompositions(fresh(given)),
        "positions and lengths": lambda: positions(fresh(given)),
    }
    if plain:
        runs["plain numpy: Wang-Wei-Zhu"] = lambda: plain_wwz(given)
    timings = paired(runs, repeats=repeats)
    print(table(timings, base=BASE))
    if plain:
        start = time.perf_counter()
        without_exports(given, 2)
        loop = Timing("re-inverting", (len(given.regions) * (time.perf_counter() - start) / 2,))
        print(
            f"plain numpy: Borin-Mancini's inverses alone {loop.best:,.1f} s, by two of {len(given.regions)} exporters"
        )
        print(f"Wang-Wei-Zhu, both ways: largest difference {agreement(given):.1e} of the flow")
    return records.Run(given.label, len(A), timings, BASE)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1435, 3465])
    parser.add_argument("--data")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--memory", action="store_true")
    parser.add_argument("--csv", type=Path, default=records.RESULTS / "value_added.csv")
    arguments = parser.parse_args()
    runs = []
    for n in arguments.sizes:
        given = made(n, arguments.data)
        print(f"\nn = {n:,} ({given.label}), {os.environ.get('OMP_NUM_THREADS', 'all')} threads")
        runs.append(speed(given, arguments.repeats, plain=n <= 1435))
        if arguments.memory:
            used = peak(made, all_decompositions, n, arguments.data)
            print(f"all decompositions: {used / 1e9:.2f} GB at the peak, beyond the table")
    records.write(runs, arguments.csv)


if __name__ == "__main__":
    main()
