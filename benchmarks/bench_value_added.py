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


def table_of(n: int, data: str | None) -> MRIOTable:
    if n == 1435 and (data or "IO_LINKAGE_DATA" in os.environ):
        return fresh(wiod_2011(data))
    return fresh(upscaled(n))


def all_decompositions(table: MRIOTable) -> object:
    """Every decomposition, all exporters, by industry and importer."""
    results = [va.kww(table), va.wwz(table), va.trade_based(table)]
    results += [
        va.borin_mancini(table, approach=approach, perimeter=perimeter)
        for approach in ("source", "sink")
        for perimeter in ("exporter", "world")
    ]
    results += [va.borin_mancini(table, perimeter=perimeter) for perimeter in ("bilateral", "flow")]
    return (
        results,
        va.vax_by_extraction(table),
        va.vertical_specialisation(table),
        va.vax(table, by="exporter-importer"),
    )


def positions(table: MRIOTable) -> object:
    """Upstreamness, downstreamness, propagation and production lengths on both sides."""
    lengths = [position.production_length(table, side=side) for side in ("forward", "backward")]
    return position.position(table), position.apl(table), position.apl_between(table), lengths


def plain_wwz(table: MRIOTable) -> np.ndarray:
    """Wang, Wei & Zhu's formulas pair by pair, as one would write them."""
    A = table.accounts.Z / np.where(table.accounts.x > 0, table.accounts.x, 1.0)
    n, G, Y, x = len(A), len(table.regions), table.demand_by_region.to_numpy(), table.accounts.x
    at = [np.flatnonzero(table.region_codes == r) for r in range(G)]
    v, L = 1 - A.sum(axis=0), np.linalg.inv(np.eye(n) - A)
    own = Y[np.arange(n), table.region_codes]
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
            third = np.flatnonzero((table.region_codes != r) & (table.region_codes != s))
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


def without_exports(table: MRIOTable, exporters: int) -> None:
    """Invert again for each exporter, as Borin & Mancini's formulas are written."""
    A = np.array(table.system.A)
    for s in range(exporters):
        cut = A.copy()
        home = table.region_codes == s
        cut[np.ix_(home, ~home)] = 0.0
        np.linalg.inv(np.eye(len(A)) - cut)


def agreement(table: MRIOTable) -> float:
    """Largest difference between the two ways, relative to the flow."""
    ours = va.wwz(table, definition="residual")
    plain = plain_wwz(table)
    off = table.region_codes[:, None] != np.arange(len(table.regions))
    gap = np.abs(plain[off] - np.nan_to_num(ours.terms.to_numpy())).max(axis=1)
    exports = ours.exports.to_numpy()
    real = exports > 1e-3
    return float((gap[real] / exports[real]).max())


def speed(original: MRIOTable, repeats: int, plain: bool) -> records.Run:
    A = np.array(original.system.A)
    one = np.eye(len(A)) - A
    runs = {
        BASE: lambda: np.linalg.inv(one),
        "Koopman-Wang-Wei": lambda: va.kww(fresh(original)),
        "Wang-Wei-Zhu, bilateral by industry": lambda: va.wwz(fresh(original)),
        "Borin-Mancini, source": lambda: va.borin_mancini(fresh(original)),
        "Borin-Mancini, sink": lambda: va.borin_mancini(fresh(original), approach="sink"),
        "all decompositions": lambda: all_decompositions(fresh(original)),
        "positions and lengths": lambda: positions(fresh(original)),
    }
    if plain:
        runs["plain numpy: Wang-Wei-Zhu"] = lambda: plain_wwz(original)
    timings = paired(runs, repeats=repeats)
    print(table(timings, base=BASE))
    if plain:
        start = time.perf_counter()
        without_exports(original, 2)
        loop = Timing("re-inverting", (len(original.regions) * (time.perf_counter() - start) / 2,))
        print(
            f"plain numpy: Borin-Mancini's inverses alone {loop.best:,.1f} s, "
            f"by two of {len(original.regions)} exporters"
        )
        print(f"Wang-Wei-Zhu, both ways: largest difference {agreement(original):.1e} of the flow")
    return records.Run(original.label, len(A), timings, BASE)


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
        table = table_of(n, arguments.data)
        print(f"\nn = {n:,} ({table.label}), {os.environ.get('OMP_NUM_THREADS', 'all')} threads")
        runs.append(speed(table, arguments.repeats, plain=n <= 1435))
        if arguments.memory:
            used = peak(table_of, all_decompositions, n, arguments.data)
            print(f"all decompositions: {used / 1e9:.2f} GB at the peak, beyond the table")
    records.write(runs, arguments.csv)


if __name__ == "__main__":
    main()
