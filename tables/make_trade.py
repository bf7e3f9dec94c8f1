"""Make tables/trade from yearly cubes of the OECD's inter-country tables, 2025 edition.

    python tables/make_trade.py --cubes DIR [--out tables/trade]

DIR holds icio_<year>.parquet, one a year: total use (as inputs and for final use) of each region's output by industry,
rows REGION|industry and a column for each destination, M USD. Figures are rounded to 1,000 USD and kept as integers of
that size, since the smallest flows would otherwise take most of the space.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import pandas as pd
from saved_format import write_parquet

#: Units in 1 M USD: flows are kept to 1,000 USD.
UNITS = 1000
GROSS_TRADE = "gross_trade.parquet"


def read_cube(path: Path, year: int) -> pd.DataFrame:
    """Read one year: rows (year, region, industry), a column for each destination, in units of 1,000 USD."""
    cube = pd.read_parquet(path)
    pairs = [tuple(str(label).split("|", 1)) for label in cube.index]
    regions = list(dict.fromkeys(region for region, _ in pairs))
    industries = list(dict.fromkeys(industry for _, industry in pairs))
    if pairs != [(region, industry) for region in regions for industry in industries]:
        raise SystemExit(f"{path}: the rows are not each region with each industry, in one order.")
    if sorted(regions) != sorted(cube.columns):
        raise SystemExit(f"{path}: destinations and origins are not the same regions.")
    if (cube.to_numpy() < 0).any() or not np.isfinite(cube.to_numpy()).all():
        raise SystemExit(f"{path}: there are negative or missing flows.")
    index = pd.MultiIndex.from_tuples([(year, *pair) for pair in pairs], names=["year", "region", "industry"])
    return (cube[regions] * UNITS).round().astype("int64").set_axis(index)


def build(cubes: Path, out: Path) -> None:
    """Stack the years."""
    files = {int(path.stem.rsplit("_", 1)[1]): path for path in sorted(cubes.glob("icio_*.parquet"))}
    if not files:
        raise SystemExit(f"{cubes} has no icio_<year>.parquet.")
    parts = [read_cube(path, year) for year, path in sorted(files.items())]
    if any(not part.columns.equals(parts[0].columns) for part in parts):
        raise SystemExit("The years have different regions.")
    write_parquet(out / GROSS_TRADE, pd.concat(parts))


def main() -> None:
    """Read the command line and make the account."""
    parser = argparse.ArgumentParser(description="Make tables/trade from yearly cubes of OECD ICIO 2025.")
    parser.add_argument("--cubes", type=Path, required=True, help="folder with icio_<year>.parquet")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "trade", help="default: tables/trade")
    options = parser.parse_args()
    build(options.cubes, options.out)


if __name__ == "__main__":
    main()
