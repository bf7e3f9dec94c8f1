"""Make tables/world from the full WIOD 2013 release and its socio-economic accounts.

    python tables/make_world.py --wiod DIR --sea FILE [--out tables/world]

DIR holds one folder a year in pymrio's saved format (41 regions x 35 industries); FILE is the July 2014
release of the socio-economic accounts as one parquet table (Country, Variable, isic3 and a column for each
year). What is done to the figures, and why, is written in tables/README.md; the functions below say it once
more where they do it.

Terms: `country` is a region of the source (40 countries and RoW), `region` one of the 21 regions made here;
`rate` is national currency per US dollar as the source's own output implies it; a `cell` is a
country-industry.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from saved_format import whole, write_csv, write_extension, write_system
from world_regions import REGIONS, ROW, region_list

YEARS = (1995, 2000, 2005, 2008, 2011)
BASE_YEAR = 1995
PUBLISHED_SPLIT = 2011  # the one year whose table publishes value added apart from taxes and margins
VALUE_ADDED = "Value added at basic prices"
TAXES = "Taxes less subsidies on products and international transport margins"
SKILLS = {"high": "HS", "medium": "MS", "low": "LS"}
PRICED = {"gross_output": "GO", "intermediate_inputs": "II", "value_added": "VA"}


@dataclass(frozen=True)
class Source:
    """One year of the full table: flows as float64, all of them whole numbers of M USD."""

    year: int
    Z: pd.DataFrame
    Y: pd.DataFrame
    x: pd.Series
    F: pd.DataFrame

    @property
    def cells(self) -> pd.MultiIndex:
        """The (country, industry) index shared by Z, x and F."""
        return self.x.index

    @property
    def residual(self) -> pd.Series:
        """Value added, taxes and margins together, as published (the sum of the three rows of 2011)."""
        return self.F.sum()


def read_source(folder: Path, year: int) -> Source:
    """Read one year of the full table and refuse it when it is not what this script was written for."""
    place = folder / str(year)
    files = {name: place / f"{name}.parquet" for name in ("Z", "Y", "x", "factor_inputs/F")}
    for path in files.values():
        if not path.is_file():
            raise FileNotFoundError(f"{path} is missing: --wiod must name a folder with one pymrio-saved year each")
    Z, Y, x, F = (pd.read_parquet(path) for path in files.values())
    source = Source(year, Z, Y, x["indout"], F)
    countries = [member for region in REGIONS for member in region.members]
    if sorted(source.cells.unique("region")) != sorted(countries):
        raise ValueError(f"{place}: the regions are not the 41 of the WIOD 2013 release")
    if any((frame.to_numpy() % 1 != 0).any() for frame in (Z, Y, F)) or (source.x % 1 != 0).any():
        raise ValueError(f"{place}: flows are not whole numbers, as the published tables are")
    return source


def read_accounts(path: Path) -> pd.DataFrame:
    """Read the accounts as a frame: rows (variable, country, industry), a column for each year."""
    accounts = pd.read_parquet(path).rename(columns={"Country": "region", "isic3": "sector", "Variable": "variable"})
    accounts = accounts[accounts["sector"] != "TOT"].set_index(["variable", "region", "sector"])
    return accounts[[column for column in accounts.columns if column.isdigit()]].rename(columns=int)


def account(accounts: pd.DataFrame, variable: str, source: Source, *, year: int | None = None) -> pd.Series:
    """Take one variable of the accounts on the table's cells; NaN where the source has none."""
    return accounts[year or source.year].xs(variable, level="variable").reindex(source.cells)


def exchange_rates(source: Source, accounts: pd.DataFrame) -> pd.DataFrame:
    """Find the one rate per country that turns its gross output (GO) into the table's output.

    The table's output is rounded to 1 M USD, so each industry bounds the rate:
    GO/(x + 1/2) <= rate <= GO/(x - 1/2). The bounds of all industries leave an interval; the rate is its
    middle. An empty interval would mean that the table was not made with one rate, and is an error.

    Returns
    -------
    DataFrame, countries x (low, high, rate), national currency per USD.
    """
    output = source.x.where(source.x > 0)
    national = account(accounts, "GO", source)
    by_country = pd.DataFrame({"low": national / (output + 0.5), "high": national / (output - 0.5)}).groupby(
        level="region", sort=False
    )
    rates = pd.DataFrame({"low": by_country["low"].max(), "high": by_country["high"].min()}).drop(ROW)
    none = rates.index[~(rates["low"] <= rates["high"])]
    if len(none):
        raise ValueError(f"{source.year}: output and GO of {', '.join(none)} do not differ by one exchange rate")
    return rates.assign(rate=(rates["low"] + rates["high"]) / 2)


def per_cell(rates: pd.DataFrame, source: Source) -> pd.Series:
    """Spread each country's rate over its industries (NaN for the rest of the world)."""
    return pd.Series(rates["rate"].reindex(source.cells.get_level_values("region")).to_numpy(), index=source.cells)


def primary_inputs(source: Source, accounts: pd.DataFrame, rate: pd.Series, split: Source) -> pd.DataFrame:
    """Split the residual row into value added at basic prices and taxes with margins, in whole M USD.

    In the year whose table publishes the split, value added is the published row. In the others it is VA of
    the accounts at the implied rate, which gives that same row to within 1 M USD in the published year. The
    rest of the world has no accounts: its residual is split as in the published year, by industry.
    """
    residual = source.residual
    if VALUE_ADDED in source.F.index:
        value_added = source.F.loc[VALUE_ADDED]
    else:
        value_added = (account(accounts, "VA", source) / rate).round()
        outside = source.cells.get_level_values("region") == ROW
        share = (split.F.loc[VALUE_ADDED] / split.residual.where(split.residual != 0)).fillna(1.0)
        value_added = value_added.mask(outside, (residual * share).round())
        value_added = value_added.mask(source.x == 0, 0.0)
    unknown = value_added.index[value_added.isna()]
    if len(unknown):
        raise ValueError(f"{source.year}: no value added for {list(unknown[:5])}, which have output")
    rows = pd.DataFrame({VALUE_ADDED: value_added, TAXES: residual - value_added}).T
    rows.index.name = "stressor"
    return rows


class Aggregation:
    """Sums over the members of each region; exact, since whole numbers this small are exact in float64."""

    def __init__(self, source: Source) -> None:
        self.cells = source.cells
        self.industries = list(source.cells.unique("sector"))
        codes = [region.code for region in REGIONS]
        self.index = pd.MultiIndex.from_product([codes, self.industries], names=["region", "sector"])
        home = {member: region.code for region in REGIONS for member in region.members}
        targets = [(home[country], industry) for country, industry in source.cells]
        self.matrix = np.zeros((len(self.index), len(source.cells)))
        self.matrix[self.index.get_indexer(targets), np.arange(len(source.cells))] = 1.0
        self.home = home
        self.output = source.x.to_numpy()

    def flows(self, Z: pd.DataFrame) -> pd.DataFrame:
        """Aggregate rows and columns of intermediate flows."""
        return pd.DataFrame(self.matrix @ Z.to_numpy() @ self.matrix.T, index=self.index, columns=self.index)

    def final_demand(self, Y: pd.DataFrame) -> pd.DataFrame:
        """Aggregate rows, and the columns of each category over the buying region's members."""
        rows = pd.DataFrame(self.matrix @ Y.to_numpy(), index=self.index, columns=Y.columns)
        categories = list(Y.columns.unique("category"))
        buyers = pd.MultiIndex.from_arrays(
            [
                rows.columns.get_level_values("region").map(self.home),
                rows.columns.get_level_values("category"),
            ],
            names=["region", "category"],
        )
        order = pd.MultiIndex.from_product([[region.code for region in REGIONS], categories], names=buyers.names)
        return rows.set_axis(buyers, axis=1).T.groupby(level=[0, 1], sort=False).sum().T[order]

    def rows(self, F: pd.DataFrame) -> pd.DataFrame:
        """Aggregate accounts known for every cell, one row each."""
        return pd.DataFrame(F.to_numpy() @ self.matrix.T, index=F.index, columns=self.index)

    def known(self, values: pd.Series) -> pd.Series:
        """Sum over members; NaN where a member with output lacks the figure, or where no member has one."""
        known = values.notna().to_numpy()
        total = self.matrix @ values.fillna(0.0).to_numpy()
        lacking = self.matrix @ (~known & (self.output > 0))
        return pd.Series(total, index=self.index).where((lacking == 0) & (self.matrix @ known > 0))


def quantities(source: Source, accounts: pd.DataFrame, rate: pd.Series, base_rate: pd.Series) -> dict[str, pd.Series]:
    """Jobs, hours, compensation and capital of each cell, money in M USD."""
    known = {v: account(accounts, v, source) for v in ("EMP", "EMPE", "H_EMP", "LAB", "COMP", "CAP", "GFCF", "K_GFCF")}
    shares = {
        level: (account(accounts, f"H_{s}", source), account(accounts, f"LAB{s}", source))
        for level, s in SKILLS.items()
    }
    labour = known["LAB"] / rate
    return {
        "jobs": known["EMP"],
        "employees": known["EMPE"],
        "hours": known["H_EMP"],
        **{f"hours_{level}_skilled": known["H_EMP"] * share for level, (share, _) in shares.items()},
        "labour_compensation": labour,
        **{f"labour_compensation_{level}_skilled": labour * share for level, (_, share) in shares.items()},
        "compensation_of_employees": known["COMP"] / rate,
        "capital_compensation": known["CAP"] / rate,
        "capital_stock": known["K_GFCF"] / base_rate,
        "gross_fixed_capital_formation": known["GFCF"] / rate,
    }


def volume(nominal: pd.Series, price: pd.Series, base_rate: pd.Series) -> pd.Series:
    """Value at 1995 prices in M USD of 1995: nominal / (price / 100) / rate of 1995.

    Nothing spent is nothing at any price: where a country has price indices that year, a published 0 stays 0
    even though the industry's own index is missing (households as employers buy no inputs).
    """
    priced = price.where(price > 0)
    country = priced.notna().groupby(level="region").transform("any")
    return (nominal / priced * 100 / base_rate).mask(country & (nominal == 0), 0.0)


def prices(
    source: Source, accounts: pd.DataFrame, rate: pd.Series, base_rate: pd.Series, aggregation: Aggregation
) -> dict[str, pd.Series]:
    """Volumes and deflators by region; a region's deflator is its value over its volume."""
    volumes, deflators, national = {}, {}, {}
    alone = aggregation.index.get_level_values("region").isin([r.code for r in REGIONS if len(r.members) == 1])
    for name, variable in PRICED.items():
        nominal, price = account(accounts, variable, source), account(accounts, f"{variable}_P", source)
        at_base = volume(nominal, price, base_rate)
        total = aggregation.known(at_base)
        value = aggregation.known((nominal / rate).where(at_base.notna()))
        volumes[f"{name}_volume"] = total
        deflators[f"{name}_deflator"] = value / total.where(total > 0)
        index = aggregation.known((price / 100).where((price > 0) & (nominal != 0)))
        national[f"{name}_deflator_national"] = index.where(alone)
    return volumes | deflators | national


UNITS = {
    "jobs": "thousand persons",
    "employees": "thousand persons",
    "hours": "million hours",
    "capital_stock": "M USD at 1995 prices",
}


def unit_of(name: str) -> str:
    """Give the unit of a row of the socio-economic accounts."""
    if name.endswith("_national"):
        return "index, 1995 = 1, in national currency"
    if name.endswith("_deflator"):
        return "index, 1995 = 1, in USD"
    if name.endswith("_volume"):
        return "M USD at 1995 prices"
    return UNITS.get(name) or (UNITS["hours"] if name.startswith("hours_") else "M USD")


def socio_economic(
    source: Source, accounts: pd.DataFrame, rate: pd.Series, base_rate: pd.Series, aggregation: Aggregation
) -> pd.DataFrame:
    """All rows of the extension `socio_economic`, float64, NaN where the source has no figure."""
    summed = {k: aggregation.known(v) for k, v in quantities(source, accounts, rate, base_rate).items()}
    rows = pd.DataFrame(summed | prices(source, accounts, rate, base_rate, aggregation)).T
    rows.index.name = "stressor"
    return rows


def metadata(year: int) -> dict[str, Any]:
    """Say where the year's figures come from, as pymrio keeps it."""
    source = "WIOD 2013 release and its socio-economic accounts (July 2014), CC BY 4.0, Timmer et al. (2015)"
    split = (
        "value added is the published row"
        if year == PUBLISHED_SPLIT
        else "value added is VA of the accounts at the exchange rate implied by output; RoW is an estimate"
    )
    return {
        "description": f"WIOD 2013 release, {year}, 21 regions x 35 industries, M USD, current prices",
        "name": f"WIOD 2013 release, 21 regions, {year}",
        "system": "IxI",
        "version": "2013",
        "history": [
            f"NOTE: source: {source}",
            "NOTE: aggregated from 41 to 21 regions by make_world.py; x is the sum of the published output",
            f"NOTE: factor_inputs: the source's residual split in two rows; {split}",
            "NOTE: factor_inputs of RoW: the source has no taxes and margins for it, all is value added",
            "NOTE: socio_economic: money at the implied exchange rate; NaN where the source has no figure",
        ],
    }


def write_year(
    folder: Path, year: int, core: dict[str, pd.DataFrame], inputs: pd.DataFrame, social: pd.DataFrame
) -> None:
    """Write one year: flows as int32, which they fit exactly, accounts as float32."""
    unit = pd.DataFrame({"unit": "M USD"}, index=core["Z"].index)
    write_system(folder, {name: whole(flows) for name, flows in core.items()} | {"unit": unit}, metadata(year))
    money = pd.Series("M USD", index=inputs.index)
    write_extension(folder / "factor_inputs", "factor_inputs", whole(inputs), money)
    units = pd.Series([unit_of(name) for name in social.index], index=social.index)
    write_extension(folder / "socio_economic", "socio_economic", social.astype("float32"), units)


def totals(source: Source, inputs: pd.DataFrame) -> pd.DataFrame:
    """Sum the source by its country codes, without the aggregation used for the tables."""
    rows = []
    for region in REGIONS:
        members = list(region.members)
        rows.append(
            {
                "year": source.year,
                "region": region.code,
                "output": source.x[members].sum(),
                "intermediate_sales": source.Z.loc[members].to_numpy().sum(),
                "intermediate_inputs": source.Z[members].to_numpy().sum(),
                "final_sales": source.Y.loc[members].to_numpy().sum(),
                "final_demand": source.Y[members].to_numpy().sum(),
                "value_added_taxes_and_margins": source.residual[members].sum(),
                "value_added": inputs.loc[VALUE_ADDED, members].sum(),
                "taxes_and_margins": inputs.loc[TAXES, members].sum(),
            }
        )
    table = pd.DataFrame(rows)
    return table.astype({column: "int64" for column in table.columns if column != "region"})


def negative_taxes(source: Source, inputs: pd.DataFrame) -> pd.DataFrame:
    """List the cells whose value added exceeds the residual, so that taxes and margins are negative."""
    odd = inputs.loc[TAXES][inputs.loc[TAXES] < 0]
    cells = {
        "output": source.x[odd.index],
        "value_added_taxes_and_margins": source.residual[odd.index],
        "value_added": inputs.loc[VALUE_ADDED][odd.index],
        "taxes_and_margins": odd,
    }
    table = pd.DataFrame(cells).astype("int64").reset_index(names=["country", "industry"])
    table.insert(0, "year", source.year)
    return table


def coverage(year: int, x: pd.Series, social: pd.DataFrame) -> pd.Series:
    """Share of world output in the region-industries that have a figure, per row of the accounts."""
    return (social.notna() * x).sum(axis=1).div(x.sum()).rename(year)


def build(wiod: Path, sea: Path, out: Path, years: tuple[int, ...] = YEARS) -> None:
    """Make the tables of all years and the lists beside them."""
    accounts = read_accounts(sea)
    base = read_source(wiod, BASE_YEAR)
    base_rate = per_cell(exchange_rates(base, accounts), base)
    split = read_source(wiod, PUBLISHED_SPLIT)
    kept: dict[str, list[Any]] = {"totals": [], "negative_taxes": [], "coverage": [], "exchange_rates": []}
    for year in years:
        source = {BASE_YEAR: base, PUBLISHED_SPLIT: split}.get(year) or read_source(wiod, year)
        rates = exchange_rates(source, accounts)
        rate = per_cell(rates, source)
        inputs = primary_inputs(source, accounts, rate, split)
        aggregation = Aggregation(source)
        x = aggregation.rows(source.x.to_frame("indout").T).T
        social = socio_economic(source, accounts, rate, base_rate, aggregation)
        core = {"Z": aggregation.flows(source.Z), "Y": aggregation.final_demand(source.Y), "x": x}
        write_year(out / str(year), year, core, aggregation.rows(inputs), social)
        kept["totals"].append(totals(source, inputs))
        kept["negative_taxes"].append(negative_taxes(source, inputs))
        kept["coverage"].append(coverage(year, x["indout"], social))
        kept["exchange_rates"].append(rates.rename_axis("country").reset_index().assign(year=year))
    write_csv(out / "regions.csv", region_list(), index=False)
    write_csv(out / "totals.csv", pd.concat(kept["totals"]), index=False)
    write_csv(out / "negative_taxes.csv", pd.concat(kept["negative_taxes"]), index=False)
    write_csv(out / "coverage.csv", pd.concat(kept["coverage"], axis=1).rename_axis("row"), float_format="%.4f")
    order = ["year", "country", "rate", "low", "high"]
    write_csv(out / "exchange_rates.csv", pd.concat(kept["exchange_rates"])[order], index=False, float_format="%.12g")


def main() -> None:
    """Read the command line and make the tables."""
    parser = argparse.ArgumentParser(description="Make tables/world from the full WIOD 2013 release.")
    parser.add_argument("--wiod", type=Path, required=True, help="folder with one pymrio-saved folder a year")
    parser.add_argument("--sea", type=Path, required=True, help="socio-economic accounts, July 2014, parquet")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "world", help="default: tables/world")
    options = parser.parse_args()
    build(options.wiod, options.sea, options.out)


if __name__ == "__main__":
    main()
