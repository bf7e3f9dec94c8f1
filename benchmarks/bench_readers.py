"""How long reading takes against pymrio's own parsers, how much memory, and how quick a kept copy is.

    python -m benchmarks.bench_readers [--wiod FOLDER] [--exiobase] [--repeats 3] [--csv FILE]

Files are written first, in the publisher's layout and size: an OECD ICIO csv of 77 regions x 45 industries (n = 3,465)
and, with --exiobase, an EXIOBASE 3 zip of 49 regions x 200 products (n = 9,800). --wiod takes the folder of the raw
WIOD 2013 workbook (n = 1,435).
"""

from __future__ import annotations

import argparse
import os
import tempfile
import warnings
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks import records, timing

REGIONS, ICIO_INDUSTRIES = 77, 45
DEMAND = ("HFCE", "NPISH", "GGFC", "GFCF", "INVNT", "DPABR")
INDUSTRIES = tuple(f"C{k:02d}" for k in range(ICIO_INDUSTRIES))


def _codes(count: int) -> list[str]:
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    return [f"{letters[k // 26]}{letters[k % 26]}X" for k in range(count)]


def _row(random: np.random.Generator, n: int, m: int) -> tuple[np.ndarray, np.ndarray]:
    flows = np.round(random.gamma(0.3, 20.0, n), 4)
    return flows, np.round(random.gamma(0.3, 200.0, m), 4)


def write_icio(path: Path) -> None:
    """Write a csv as large as the OECD's, whose rows and columns balance."""
    random = np.random.default_rng(1)
    labels = [f"{region}_{industry}" for region in _codes(REGIONS) for industry in INDUSTRIES]
    demand = [f"{region}_{one}" for region in _codes(REGIONS) for one in DEMAND]
    n, m = len(labels), len(demand)
    inputs, output, final = np.zeros(n), np.zeros(n), np.zeros(m)
    with path.open("w", encoding="utf-8") as file:
        file.write(",".join(["V1", *labels, *demand, "OUT"]) + "\n")
        for i, label in enumerate(labels):
            flows, uses = _row(random, n, m)
            uses[0] += 1.2 * 20.0 * 0.3 * n
            inputs += flows
            final += uses
            output[i] = flows.sum() + uses.sum()
            file.write(f"{label},{','.join(f'{v:.4f}' for v in (*flows, *uses))},{output[i]:.4f}\n")
        blank = ",".join(["0"] * m)
        taxes = 0.05 * (output - inputs)
        for name, values in (("TLS", taxes), ("VA", output - inputs - taxes)):
            file.write(f"{name},{','.join(f'{v:.6f}' for v in values)},{blank},0\n")
        file.write(f"OUT,{','.join(f'{v:.6f}' for v in (*output, *final))},0\n")


def write_exiobase(path: Path, regions: int = 49, products: int = 200) -> None:
    """Write a zip as large as EXIOBASE's product-by-product table: Z, Y, x, units and a short satellite."""
    random = np.random.default_rng(2)
    pairs = [(region, f"Product {k}") for region in _codes(regions) for k in range(products)]
    demand = [(region, f"use {k}") for region in _codes(regions) for k in range(7)]
    n = len(pairs)
    inputs, output = np.zeros(n), np.zeros(n)
    root = "IOT_2015_pxp"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:

        def lines(rows: Iterator[str], name: str, columns: list[tuple[str, str]], second: str, left: int) -> None:
            with archive.open(f"{root}/{name}", "w", force_zip64=True) as file:
                names = ["region", "sector"] if left == 2 else ["stressor"]
                blank = [""] * (left - 1)
                for level, word in enumerate(("region", second)):
                    file.write(("\t".join([*blank, word, *(c[level] for c in columns)]) + "\n").encode())
                file.write(("\t".join([*names, *[""] * len(columns)]) + "\n").encode())
                for row in rows:
                    file.write(row.encode())

        finals = []

        def flows() -> Iterator[str]:
            for i, (region, sector) in enumerate(pairs):
                values, uses = _row(random, n, len(demand))
                # Most of such a table is nil.
                values[random.random(n) < 0.6] = 0.0
                uses[0] += 1.2 * 20.0 * 0.3 * n
                inputs[:] += values
                output[i] = values.sum() + uses.sum()
                finals.append(f"{region}\t{sector}\t" + "\t".join(map(repr, uses.tolist())) + "\n")
                yield f"{region}\t{sector}\t" + "\t".join(map(repr, values.tolist())) + "\n"

        lines(flows(), "Z.txt", pairs, "sector", 2)
        lines(iter(finals), "Y.txt", demand, "category", 2)
        x = "".join(f"{r}\t{s}\t{v!r}\n" for (r, s), v in zip(pairs, output.tolist(), strict=True))
        archive.writestr(f"{root}/x.txt", "region\tsector\tindout\n" + x)
        tax = 0.05 * (output - inputs)
        rows = {"Taxes less subsidies on products purchased: Total": tax, "Operating surplus": output - inputs - tax}
        text = (f"{name}\t" + "\t".join(map(repr, values.tolist())) + "\n" for name, values in rows.items())
        lines(text, "satellite/F.txt", pairs, "sector", 1)
        archive.writestr(f"{root}/satellite/unit.txt", "stressor\tunit\n" + "".join(f"{r}\tM.EUR\n" for r in rows))


def ours(path: Path) -> object:
    """Read with io_linkage, from the source."""
    import io_linkage as iol

    return iol.load(path, cache=False)


def kept(path: Path) -> object:
    """Read the copy that io_linkage keeps."""
    import io_linkage as iol

    return iol.load(path, cache=True)


def oecd(path: Path) -> object:
    """Read with pymrio."""
    import pymrio

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return pymrio.parse_oecd(path)


def wiod(path: Path) -> object:
    """Read with pymrio."""
    import pymrio

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return pymrio.parse_wiod(path, year=2011)


def same(path: Path) -> Path:
    """Give the path to the process that measures memory."""
    import io_linkage  # noqa: F401

    return path


def _size(n: int, m: int) -> float:
    return 8.0 * n * (n + m)


def main() -> None:
    """Write the files, run, print."""
    parser = argparse.ArgumentParser(description="Time the readers.")
    parser.add_argument("--wiod", type=Path, help="folder of the raw WIOD 2013 workbook")
    parser.add_argument("--exiobase", action="store_true", help="also an EXIOBASE-size zip (minutes)")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--csv", type=Path, default=records.RESULTS / "readers.csv")
    options = parser.parse_args()
    done = []
    with tempfile.TemporaryDirectory() as place:
        os.environ["IO_LINKAGE_CACHE"] = f"{place}/cache"
        path = Path(place) / "ICIO2023_2018.csv"
        write_icio(path)
        print(f"OECD ICIO, n = {REGIONS * ICIO_INDUSTRIES}, {path.stat().st_size / 1e6:.0f} MB")
        kept(path)
        runs = {"pymrio": lambda: oecd(path), "io_linkage": lambda: ours(path), "kept copy": lambda: kept(path)}
        timings = timing.paired(runs, repeats=options.repeats)
        print(timing.table(timings, base="pymrio"))
        done.append(records.Run("OECD ICIO csv", REGIONS * ICIO_INDUSTRIES, timings, "pymrio"))
        table = _size(REGIONS * ICIO_INDUSTRIES, REGIONS * len(DEMAND))
        for name, run in (("io_linkage", ours), ("kept copy", kept), ("pymrio", oecd)):
            print(f"peak memory, {name}: {timing.peak(same, run, path) / table:.2f} times the table")
        if options.wiod:
            print("WIOD 2013 workbook, n = 1435")
            runs = {"pymrio": lambda: wiod(options.wiod), "io_linkage": lambda: ours(options.wiod)}
            timings = timing.paired(runs, repeats=max(1, options.repeats // 2))
            print(timing.table(timings, base="pymrio"))
            done.append(records.Run("WIOD 2013 workbook", 1435, timings, "pymrio"))
        if options.exiobase:
            big = Path(place) / "IOT_2015_pxp.zip"
            write_exiobase(big)
            print(f"EXIOBASE pxp, n = 9800, {big.stat().st_size / 1e6:.0f} MB zipped")
            timings = timing.paired({"io_linkage": lambda: ours(big)}, repeats=1)
            print(timing.table(timings, base="io_linkage"))
            done.append(records.Run("EXIOBASE pxp zip", 9800, timings, "io_linkage"))
            print(f"peak memory: {timing.peak(same, ours, big) / 1e9:.2f} GB")
    records.write(done, options.csv)


if __name__ == "__main__":
    main()
