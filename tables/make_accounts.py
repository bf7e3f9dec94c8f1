"""Make tables/accounts: yearly growth accounts 1995-2009 of the regions of the shipped world table.

    python tables/make_accounts.py --wiod DIR --sea FILE [--out tables/accounts]

DIR and FILE are those of make_world.py; of the tables only output is read, which gives the exchange rates. What is
done to the figures is written in tables/README.md and once more below. Money is in M USD at the year's rate, volumes
in M USD of 1995.

Terms: a `cell` is a country-industry of the source, `member` a country of a region of several.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import pandas as pd
from make_world import BASE_YEAR, SKILLS, Source, exchange_rates, per_cell, read_accounts
from saved_format import write_csv, write_parquet
from world_regions import REGIONS, ROW

YEARS = tuple(range(1995, 2010))
MONEY = {
    "gross_output": "GO",
    "intermediate_inputs": "II",
    "value_added": "VA",
    "labour_compensation": "LAB",
    "capital_compensation": "CAP",
}
INDICES = {"gross_output": "GO_QI", "intermediate_inputs": "II_QI", "value_added": "VA_QI"}
#: A member whose volume has no growth rate (no index, or not above 0) is passed over up to this share of its region.
NEGLIGIBLE = 0.01


def read_output(folder: Path, year: int) -> Source:
    """Read the output of one year; nothing else is needed for the exchange rates."""
    path = folder / str(year) / "x.parquet"
    if not path.is_file():
        raise FileNotFoundError(f"{path} is missing: --wiod must name a folder with one pymrio-saved year each")
    empty = pd.DataFrame()
    return Source(year, empty, empty, pd.read_parquet(path)["indout"], empty)


def cells_of(folder: Path, accounts: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return each account of the cells, (cells, years), in USD and without the rest of the world."""
    sources = {year: read_output(folder, year) for year in YEARS}
    index = sources[BASE_YEAR].cells
    index = index[index.get_level_values("region") != ROW]
    rates = pd.DataFrame(
        {y: per_cell(exchange_rates(source, accounts), source).reindex(index) for y, source in sources.items()}
    )

    def published(variable: str) -> pd.DataFrame:
        return accounts.xs(variable, level="variable").reindex(index)[list(YEARS)]

    cells = {name: published(variable) / rates for name, variable in MONEY.items()}
    base = rates[BASE_YEAR]
    for name, variable in INDICES.items():
        volume = published(variable)
        start = cells[name][BASE_YEAR]
        cells[f"{name}_volume"] = volume.div(volume[BASE_YEAR], axis=0).mul(start, axis=0)
    cells["hours"] = published("H_EMP")
    for level, code in SKILLS.items():
        cells[f"hours_{level}_skilled"] = published("H_EMP") * published(f"H_{code}")
        cells[f"labour_compensation_{level}_skilled"] = published("LAB") / rates * published(f"LAB{code}")
    cells["capital_stock"] = published("K_GFCF").div(base, axis=0)
    cells["investment_volume"] = (published("GFCF") / published("GFCF_P") * 100).div(base, axis=0)
    return _idle_filled(cells)


def _idle_filled(cells: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Where there is no output there is nothing; where capital earns nothing in any year there is no capital."""
    idle = cells["gross_output"].isna() | (cells["gross_output"] == 0)
    filled = {name: frame.mask(idle, 0.0) for name, frame in cells.items()}
    without = (filled["capital_compensation"] == 0).all(axis=1)
    for name in ("capital_stock", "investment_volume"):
        filled[name] = filled[name].mask(filled[name].isna() & without.to_numpy()[:, None], 0.0)
    return filled


def summed(frame: pd.DataFrame, index: pd.MultiIndex) -> pd.DataFrame:
    """Sum over the members of each region; NaN where one member lacks the figure."""
    home = {member: region.code for region in REGIONS for member in region.members}
    keys = [frame.index.get_level_values("region").map(home), frame.index.get_level_values("sector")]
    total = frame.groupby(keys).agg(lambda column: column.sum(skipna=False))
    return total.reindex(index)


def chained(volume: pd.DataFrame, value: pd.DataFrame, index: pd.MultiIndex) -> pd.DataFrame:
    """Toernqvist volume of each region in M USD of 1995.

    Its growth is that of the members, weighted by the mean of their shares in the region's value in the two years;
    from 1995 on it is chained. NaN from the year on in which members without a growth rate are more than negligible.
    A region of one country has that country's volume.
    """
    alone = [region.code for region in REGIONS if len(region.members) == 1]
    home = {member: region.code for region in REGIONS for member in region.members}
    keys = [volume.index.get_level_values("region").map(home), volume.index.get_level_values("sector")]
    ratio = (volume / volume.shift(axis=1)).where((volume > 0) & (volume.shift(axis=1) > 0))
    growth = np.log(ratio)
    share = value / value.groupby(keys).transform("sum").replace(0.0, np.nan)
    weight = (share + share.shift(axis=1)) / 2
    used = weight.where(growth.notna(), 0.0)
    covered = used.groupby(keys).sum()
    log = (used * growth.fillna(0.0)).groupby(keys).sum() / covered
    log = log.where(covered >= 1 - NEGLIGIBLE)
    log[YEARS[0]] = 0.0
    levels = np.exp(log.cumsum(axis=1, skipna=False)).mul(summed(value[[YEARS[0]]], log.index)[YEARS[0]], axis=0)
    total = summed(value.fillna(0.0), log.index)
    own = summed(volume, index)
    single = index.get_level_values("region").isin(alone)
    several = levels.mask(total == 0, 0.0).reindex(index)
    return pd.concat([own[single], several[~single]]).reindex(index)


def regional(cells: dict[str, pd.DataFrame], industries: list[str]) -> pd.DataFrame:
    """Add up the cells to regions: rows (region, industry, year), a column for each account."""
    codes = [region.code for region in REGIONS if region.code != ROW]
    index = pd.MultiIndex.from_product([codes, industries], names=["region", "industry"])
    made = {}
    for name, frame in cells.items():
        value = name.removesuffix("_volume")
        priced = value in INDICES and value != name
        made[name] = (chained(frame, cells[value], index) if priced else summed(frame, index)).stack(future_stack=True)
    table = pd.DataFrame(made)
    table.index.names = ["region", "industry", "year"]
    return table


def gaps(cells: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """List which country lacks an account where it has output, with the first and last year and the industries."""
    output = cells["gross_output"] > 0
    rows = []
    for name, frame in cells.items():
        value = cells[name.removesuffix("_volume")] if name.removesuffix("_volume") in INDICES else output
        lacking = frame.isna() & output & (value != 0)
        for country, part in lacking.groupby(level="region", sort=False):
            years = [int(year) for year in part.columns[part.any()]]
            if years:
                industries = part.index.get_level_values("sector")[part.any(axis=1)]
                which = "all" if len(industries) >= 34 else " ".join(industries)
                rows.append((country, name, years[0], years[-1], which))
    return pd.DataFrame(rows, columns=["country", "account", "first_year", "last_year", "industries"])


def main() -> None:
    """Make the accounts and the list of what members lack."""
    here = Path(__file__).resolve().parent
    parser = argparse.ArgumentParser(description="Make the yearly growth accounts of the shipped regions.")
    parser.add_argument("--wiod", type=Path, required=True, help="folder with one pymrio-saved year each")
    parser.add_argument("--sea", type=Path, required=True, help="socio-economic accounts as one parquet table")
    parser.add_argument("--out", type=Path, default=here / "accounts")
    options = parser.parse_args()
    accounts = read_accounts(options.sea)
    cells = cells_of(options.wiod, accounts)
    industries = list(dict.fromkeys(cells["gross_output"].index.get_level_values("sector")))
    table = regional(cells, industries)
    write_parquet(options.out / "growth_accounts.parquet", table.astype("float32").reset_index())
    write_csv(options.out / "gaps.csv", gaps(cells), index=False)


if __name__ == "__main__":
    main()
