"""Make tables/world2020 and tables/g20_2019 from the OECD's inter-country tables, 2023 edition.

    python tables/make_recent.py --prepared DIR [--out tables]
    python tables/make_recent.py --full 2020_SML.csv --year 2020 --table world2020 [--out DIR]
    python tables/make_recent.py --full 2020_SML.csv --year 2020 --regions R.csv --industries I.csv --out DIR

DIR holds tables added up to the groups of recent_groups.py, one folder each (flows.parquet, primary.parquet,
final_demand_taxes.parquet). `--full` takes the publisher's own file and adds it up to the same groups, or to any: R.csv
and I.csv have the columns from and to, with one row for each code of the file. What is done to the figures is
written in tables/README.md.

Terms: `taxes` are taxes less subsidies on products, paid on inputs (Source.taxes) and on final uses
(Source.demand_taxes).
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from recent_groups import GROUPS, NO_STAGES, SECTIONS, Group, industry_list
from saved_format import write_csv, write_extension, write_system

VALUE_ADDED = "Value added at basic prices"
TAXES = "Taxes less subsidies on products"
CONSUMPTION, CAPITAL, ABROAD = "Final consumption", "Gross capital formation", "Direct purchases abroad"
#: Final uses of the prepared tables and of the publisher's files.
USES = {
    "FD_C": CONSUMPTION,
    "FD_I": CAPITAL,
    "FD_Cx": ABROAD,
    "HFCE": CONSUMPTION,
    "NPISH": CONSUMPTION,
    "GGFC": CONSUMPTION,
    "GFCF": CAPITAL,
    "INVNT": CAPITAL,
    "DPABR": ABROAD,
}
ROW = "ROW"
#: Output, M USD, that only marks an industry without any.
PLACEHOLDER = 1e-5


@dataclass(frozen=True)
class Shipped:
    """One shipped table: where its prepared figures lie, its year, its groups and its regions (all when empty)."""

    folder: str
    prepared: str
    year: int
    classification: str
    groups: tuple[Group, ...]
    regions: str = ""


TABLES = (
    Shipped("world2020", "icio2023_2020_77x11", 2020, "ICIO2023_11", GROUPS),
    Shipped(
        "g20_2019",
        "icio2023_2019_g20x20",
        2019,
        "ISIC4_20",
        SECTIONS,
        "ARG AUS BRA CAN CHN DEU FRA GBR IDN IND ITA JPN KOR MEX RUS SAU TUR USA ZAF",
    ),
)


@dataclass(frozen=True)
class Source:
    """One year of a table in float64: flows, output, value added and taxes."""

    Z: pd.DataFrame
    Y: pd.DataFrame
    x: pd.Series
    value_added: pd.Series
    taxes: pd.Series
    demand_taxes: pd.Series

    def relabelled(self, regions: Mapping[str, str], industries: Mapping[str, str]) -> Source:
        """Give regions and industries new codes, and add up those that share one, in the order of the mappings."""
        cells = [(regions[r], industries[i]) for r, i in self.Z.index]
        index = pd.MultiIndex.from_product(
            [dict.fromkeys(regions.values()), dict.fromkeys(industries.values())], names=["region", "sector"]
        )
        uses = [(regions[r], USES[use]) for r, use in self.Y.columns]
        demand = pd.MultiIndex.from_product(
            [dict.fromkeys(regions.values()), dict.fromkeys(USES.values())], names=["region", "category"]
        )
        rows, columns = _indicator(index, cells), _indicator(demand, uses)
        return Source(
            pd.DataFrame(rows @ self.Z.to_numpy() @ rows.T, index, index),
            pd.DataFrame(rows @ self.Y.to_numpy() @ columns.T, index, demand),
            *(pd.Series(rows @ one.to_numpy(), index) for one in (self.x, self.value_added, self.taxes)),
            pd.Series(columns @ self.demand_taxes.to_numpy(), demand),
        )


def _indicator(new: pd.MultiIndex, of: list[tuple[str, str]]) -> np.ndarray:
    """Return 1 where an old label (column) belongs to a new one (row)."""
    matrix = np.zeros((len(new), len(of)))
    matrix[new.get_indexer(of), np.arange(len(of))] = 1.0
    return matrix


def _pairs(labels: pd.Index, separator: str, names: tuple[str, str]) -> pd.MultiIndex:
    return pd.MultiIndex.from_tuples([tuple(str(label).split(separator, 1)) for label in labels], names=names)


def read_prepared(folder: Path) -> Source:
    """Read one prepared table; its labels are REGION|group and REGION|use."""
    files = {name: folder / f"{name}.parquet" for name in ("flows", "primary", "final_demand_taxes")}
    for path in files.values():
        if not path.is_file():
            raise SystemExit(f"{path} is missing: --prepared must name the folder of the prepared tables.")
    flows, primary, demand_taxes = (pd.read_parquet(path) for path in files.values())
    index = _pairs(primary.index, "|", ("region", "sector"))
    demand = _pairs(demand_taxes.index, "|", ("region", "category"))
    labels = list(primary.index)
    Z = flows.loc[labels, labels].set_axis(index).set_axis(index, axis=1)
    Y = flows.loc[labels, list(demand_taxes.index)].set_axis(index).set_axis(demand, axis=1)
    x, value_added, taxes = (primary[name].set_axis(index) for name in ("x", "va", "tls"))
    return without_placeholders(Source(Z, Y, x, value_added, taxes, demand_taxes["tls"].set_axis(demand)))


def without_placeholders(source: Source) -> Source:
    """Empty the industries whose output was put at 1 USD so that no division fails: they have none."""
    there = (source.x > PLACEHOLDER).astype(float)
    both = pd.DataFrame(np.outer(there, there), source.Z.index, source.Z.columns)
    value_added, taxes = source.value_added * there, source.taxes * there
    return replace(
        source,
        Z=source.Z * both,
        Y=source.Y.mul(there, axis=0),
        x=source.x * there,
        value_added=value_added,
        taxes=taxes,
    )


def read_full(path: Path) -> Source:
    """Read the publisher's file: rows REG_industry, TLS, VA, OUT; columns REG_industry, REG_use, OUT."""
    whole = pd.read_csv(path, index_col=0)
    inputs = [label for label in whole.index if label not in ("TLS", "VA", "OUT")]
    uses = [label for label in whole.columns if label not in set(inputs) and label != "OUT"]
    strange = sorted({use for label in uses if (use := label.split("_", 1)[-1]) not in USES})
    missing = [label for label in ("TLS", "VA", "OUT") if label not in whole.index]
    if strange or missing or not set(inputs) <= set(whole.columns):
        why = f"unknown final uses {', '.join(strange[:5])}" if strange else "rows TLS, VA, OUT or columns are missing"
        raise SystemExit(f"{path} is not laid out as 2020_SML.csv of the 2023 edition: {why}.")
    index, demand = _pairs(inputs, "_", ("region", "sector")), _pairs(uses, "_", ("region", "category"))
    flows = whole.loc[inputs]
    return Source(
        flows[inputs].set_axis(index).set_axis(index, axis=1),
        flows[uses].set_axis(index).set_axis(demand, axis=1),
        flows["OUT"].set_axis(index),
        whole.loc["VA", inputs].set_axis(index),
        whole.loc["TLS", inputs].set_axis(index),
        whole.loc["TLS", uses].set_axis(demand),
    )


def rounded(source: Source) -> tuple[dict[str, pd.DataFrame], pd.DataFrame, pd.DataFrame]:
    """Round flows to single precision, and let output and taxes be what the rounded flows leave.

    Output is the sum of the rounded rows, and taxes on inputs, in the source a residual too, are output less inputs
    and value added: rows equal columns to the last digit, at a change of less than 1e-7 of output.

    Returns
    -------
    The flows Z, Y and x; primary inputs; taxes on final uses.
    """
    Z, Y = source.Z.astype("float32"), source.Y.astype("float32")
    x = _sums(Z, 1) + _sums(Y, 1)
    gap = (x - source.x).abs()
    if (gap > 1e-6 * source.x.abs() + 1e-3).any():
        worst = (gap / source.x.abs()).idxmax()
        raise SystemExit(f"The rows of {worst} miss its output by {gap[worst]:,.4f} M USD.")
    taxes = x - _sums(Z, 0) - source.value_added
    gap = (taxes - source.taxes).abs()
    if (gap > 1e-6 * source.x.abs() + 1e-3).any():
        raise SystemExit(f"The columns of {gap.idxmax()} miss output by {gap.max():,.4f} M USD.")
    inputs = pd.DataFrame({VALUE_ADDED: source.value_added, TAXES: taxes}).T.rename_axis("stressor")
    paid = pd.DataFrame({VALUE_ADDED: 0.0, TAXES: source.demand_taxes}).T.rename_axis("stressor")
    return {"Z": Z, "Y": Y, "x": x.to_frame("indout")}, inputs, paid


def _sums(frame: pd.DataFrame, axis: int) -> pd.Series:
    return pd.Series(frame.to_numpy("float64").sum(axis=axis), frame.index if axis else frame.columns)


def metadata(year: int, size: str) -> dict[str, Any]:
    """Say where the figures come from, as pymrio keeps it."""
    return {
        "description": f"OECD ICIO, 2023 edition, {year}, {size}, M USD, current prices",
        "name": f"OECD ICIO, 2023 edition, {size}, {year}",
        "system": "IxI",
        "version": "2023",
        "history": [
            "NOTE: source: OECD (2023), OECD Inter-Country Input-Output Tables, http://oe.cd/icio",
            "NOTE: this is an adaptation of an original work by the OECD. The opinions expressed and arguments "
            "employed in it should not be reported as representing the official views of the OECD or of its Members",
            "NOTE: added up to the regions and industry groups of the lists beside this folder by make_recent.py",
            "NOTE: flows in single precision; output is the sum of the rows, taxes on inputs are the residual",
        ],
    }


def write(folder: Path, year: int, source: Source) -> None:
    """Write one table and the list of its regions."""
    core, inputs, paid = rounded(source)
    regions = list(core["Z"].index.unique("region"))
    size = f"{len(regions)} regions x {len(core['Z'].index.unique('sector'))} industry groups"
    unit = pd.DataFrame({"unit": "M USD"}, index=core["Z"].index)
    write_system(folder, core | {"unit": unit}, metadata(year, size))
    money = pd.Series("M USD", index=inputs.index)
    write_extension(folder / "factor_inputs", "factor_inputs", inputs, money, paid)


def mapping(path: Path) -> dict[str, str]:
    """Read a CSV with the columns from and to."""
    listed = pd.read_csv(path, dtype=str, keep_default_na=False)
    if not {"from", "to"} <= set(listed.columns):
        raise SystemExit(f"{path} needs the columns from and to.")
    if listed["from"].duplicated().any():
        raise SystemExit(f"{path} has {listed['from'][listed['from'].duplicated()].iloc[0]} more than once.")
    return dict(zip(listed["from"], listed["to"], strict=True))


def groupings(source: Source, table: Shipped, *, prepared: bool) -> tuple[dict[str, str], dict[str, str]]:
    """Return the new code of each region and industry of the source, in the order of the shipped table."""
    codes = [*sorted(set(source.Z.index.get_level_values("region")) - {ROW}), ROW]
    named = [code for code in codes if code in table.regions.split()] if table.regions else codes[:-1]
    regions = {code: code for code in named} | {code: ROW for code in codes if code not in named}
    industries = {
        part: group.code for group in table.groups for part in ((group.label,) if prepared else group.icio2023)
    }
    return regions, industries


def _require_known(source: Source, regions: Mapping[str, str], industries: Mapping[str, str]) -> None:
    for level, known in (("region", regions), ("sector", industries)):
        unknown = sorted(set(source.Z.index.get_level_values(level)) - set(known))
        if unknown:
            raise SystemExit(f"No new code for {', '.join(unknown[:8])}; every {level} of the file needs one.")


def build(prepared: Path, out: Path) -> None:
    """Make both shipped tables from the prepared ones, and the lists of their industries."""
    lists = []
    for table in TABLES:
        source = read_prepared(prepared / table.prepared)
        write(out / table.folder, table.year, source.relabelled(*groupings(source, table, prepared=True)))
        file = f"coarse/{table.classification.lower()}.csv"
        write_csv(out / "industries" / file, industry_list(table.groups), index=False)
        lists.append(
            {
                "classification": table.classification,
                "file": file,
                "years": table.year,
                "industries": len(table.groups),
                "no_stages": NO_STAGES[table.classification],
            }
        )
    write_csv(out / "industries" / "coarse" / "classifications.csv", pd.DataFrame(lists), index=False)


def build_from_full(options: argparse.Namespace) -> None:
    """Make one table from the publisher's file, with the groups of a shipped table or with one's own."""
    source = read_full(options.full)
    if options.table:
        table = next(one for one in TABLES if one.folder == options.table)
        regions, industries = groupings(source, table, prepared=False)
    else:
        regions, industries = ({code: code for code in source.Z.index.unique(level)} for level in ("region", "sector"))
    regions = mapping(options.regions) if options.regions else regions
    industries = mapping(options.industries) if options.industries else industries
    _require_known(source, regions, industries)
    write(options.out, options.year, source.relabelled(regions, industries))


def main() -> None:
    """Read the command line and make the tables."""
    parser = argparse.ArgumentParser(description="Make tables/world2020 and tables/g20_2019 from OECD ICIO 2023.")
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--prepared", type=Path, help="folder with the tables added up to groups")
    source.add_argument("--full", type=Path, help="the publisher's own file, such as 2020_SML.csv")
    parser.add_argument("--year", type=int, help="with --full: its year")
    parser.add_argument("--table", choices=[table.folder for table in TABLES], help="with --full: groups of this table")
    parser.add_argument("--regions", type=Path, help="with --full: CSV with the columns from and to")
    parser.add_argument("--industries", type=Path, help="with --full: CSV with the columns from and to")
    parser.add_argument("--out", type=Path, help="folder to write; default: tables, needed with --full")
    options = parser.parse_args()
    if options.prepared:
        build(options.prepared, options.out or Path(__file__).parent)
        return
    if options.year is None or options.out is None:
        parser.error("--full needs --year and --out")
    build_from_full(options)


if __name__ == "__main__":
    main()
