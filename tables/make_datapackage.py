"""Write tables/datapackage.json: every data file under tables/ with its title, licence, sources, size and checksum.

    python tables/make_datapackage.py            write it (run this after any file under tables/ has changed)
    python tables/make_datapackage.py --check    say what differs, and fail if anything does

The descriptor follows the Frictionless Data Package. A file is described by the first entry of `ENTRIES` whose
pattern fits its path; a file that no entry fits is an error, so that nothing ships without its licence.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from saved_format import write_bytes

NAME = "datapackage.json"
SHIPPED = {
    ".csv": ("csv", "text/csv"),
    ".json": ("json", "application/json"),
    ".toml": ("toml", "application/toml"),
    ".parquet": ("parquet", "application/vnd.apache.parquet"),
}
CC_BY = {
    "name": "CC-BY-4.0",
    "path": "https://creativecommons.org/licenses/by/4.0/",
    "title": "Creative Commons Attribution 4.0",
}
BSD = {"name": "BSD-3-Clause", "path": "https://opensource.org/license/bsd-3-clause", "title": "BSD 3-Clause"}
WIOD = {
    "title": "World Input-Output Database, 2013 release (Timmer, Dietzenbacher, Los, Stehrer & de Vries 2015)",
    "path": "https://www.rug.nl/ggdc/valuechain/wiod/wiod-2013-release",
}
SEA = {
    "title": "World Input-Output Database, Socio-economic Accounts, July 2014 release",
    "path": "https://www.rug.nl/ggdc/valuechain/wiod/wiod-2013-release",
}
NBS = {"title": "National Bureau of Statistics of China, input-output tables", "path": "https://data.stats.gov.cn"}
RD_TAXONOMY = {
    "title": "OECD taxonomy of economic activities based on R&D intensity (Galindo-Rueda & Verger 2016)",
    "path": "https://doi.org/10.1787/5jlv73sqqp8r-en",
}
WORLD_BANK = {
    "title": "World Bank, country and lending groups",
    "path": "https://datahelpdesk.worldbank.org/knowledgebase/articles/906519",
}
NEDOPIL = {"title": "Nedopil (2023), Countries of the Belt and Road Initiative", "path": "https://greenfdc.org"}
ICIO_2023 = {
    "title": "OECD (2023), OECD Inter-Country Input-Output Tables (adapted; the OECD is not responsible for it)",
    "path": "http://oe.cd/icio",
}
IEA = {"title": "IEA (2024), Global EV Outlook 2024", "path": "https://www.iea.org/reports/global-ev-outlook-2024"}
EMBER = {"title": "Ember, Yearly Electricity Data", "path": "https://ember-energy.org/data/yearly-electricity-data"}
ICIO = {"title": "OECD (2025), OECD Inter-Country Input-Output Tables (adapted)", "path": "http://oe.cd/icio"}
ONS = {
    "title": "Office for National Statistics, United Kingdom input-output analytical tables 2010",
    "path": "https://www.ons.gov.uk",
}
AGREEMENTS = {"title": "Treaties, accession decisions and member lists named in each row of groups.csv"}
CRITICALITY = {
    "title": "Pichler, Pangallo, del Rio-Chanona, Lafond & Farmer (2022), survey of analysts (adapted)",
    "path": "https://doi.org/10.5281/zenodo.5881855",
}
IEA = {"title": "IEA (2024), Global EV Outlook 2024", "path": "https://www.iea.org/reports/global-ev-outlook-2024"}
PROJECT = {"title": "The io_linkage developers; reasons and sources in each row"}


@dataclass(frozen=True)
class Entry:
    """What is to be said of the files whose path fits a pattern; {year} in a title is taken from the path."""

    pattern: str
    title: str
    licences: tuple[dict[str, str], ...]
    sources: tuple[dict[str, str], ...]


ENTRIES = (
    Entry(
        "splits/*/*.csv",
        "What is known of industries that broader ones hold, with ranges",
        (CC_BY,),
        (NBS, IEA, PROJECT),
    ),
    Entry("world/*/Z.parquet", "Intermediate flows {year}, M USD", (CC_BY,), (WIOD,)),
    Entry("world/*/Y.parquet", "Final demand {year}, M USD", (CC_BY,), (WIOD,)),
    Entry("world/*/x.parquet", "Published gross output {year}, M USD", (CC_BY,), (WIOD,)),
    Entry("world/*/unit.parquet", "Units of the flows {year}", (CC_BY,), (WIOD,)),
    Entry("world/*/factor_inputs/*", "Value added, taxes and margins {year}, M USD", (CC_BY,), (WIOD, SEA)),
    Entry("world/*/socio_economic/*", "Socio-economic accounts {year}", (CC_BY,), (SEA, WIOD)),
    Entry("world/*/*.json", "Description of the saved table {year}", (CC_BY,), (WIOD,)),
    Entry("world/regions.csv", "The 21 regions and their members", (CC_BY,), (WIOD,)),
    Entry("world/totals.csv", "Totals of each region, summed from the full tables", (CC_BY,), (WIOD, SEA)),
    Entry("world/negative_taxes.csv", "Cells with negative taxes and margins", (CC_BY,), (WIOD, SEA)),
    Entry("world/coverage.csv", "Share of world output with a figure", (CC_BY,), (SEA, WIOD)),
    Entry("world/exchange_rates.csv", "Exchange rates implied by output", (CC_BY,), (SEA, WIOD)),
    Entry("world2020/*", "World table 2020, 77 regions x 11 industry groups, M USD", (CC_BY,), (ICIO_2023,)),
    Entry("g20_2019/*", "Table of the G20 2019, 20 regions x 20 ISIC sections, M USD", (CC_BY,), (ICIO_2023,)),
    Entry("trade/*", "Gross trade by origin, industry and destination, 2011 to 2022, 1,000 USD", (CC_BY,), (ICIO,)),
    Entry("indicators/electric_cars.csv", "Electric cars: sales, stock and shares, 2010 to 2023", (CC_BY,), (IEA,)),
    Entry(
        "indicators/solar_and_wind.csv", "Electricity from sun, wind and all sources, 2000 to 2025", (CC_BY,), (EMBER,)
    ),
    Entry("indicators/*", "Output, value added and greenhouse gases of 13 regions in 2022", (CC_BY,), (ICIO,)),
    Entry("shipped.csv", "Shipped tables and accounts, and what they can answer", (BSD,), (PROJECT,)),
    Entry("industries/coarse/*", "Industry groups that mix stages", (CC_BY,), (PROJECT, ICIO_2023)),
    Entry("accounts/growth_accounts.parquet", "Yearly growth accounts 1995-2009", (CC_BY,), (SEA, WIOD)),
    Entry("accounts/gaps.csv", "Countries without an account", (CC_BY,), (SEA,)),
    Entry("industries/*", "Industry stages and traits", (CC_BY,), (PROJECT, NBS, RD_TAXONOMY)),
    Entry("concordances/*", "Concordances of industry classifications", (CC_BY,), (PROJECT, ICIO, ONS, WIOD)),
    Entry("criticality/*", "Ratings of inputs by industry: essential, important or neither", (CC_BY,), (CRITICALITY,)),
    Entry("scenarios/*", "Scenarios to run on the world table", (BSD,), (PROJECT,)),
    Entry("rd_intensity.csv", "R&D intensity by ISIC rev. 4 division", (CC_BY,), (RD_TAXONOMY,)),
    Entry("economies.csv", "Economies: names, codes, region, income", (CC_BY,), (WORLD_BANK, PROJECT)),
    Entry("groups.csv", "Dated membership of groups", (CC_BY,), (WORLD_BANK, NEDOPIL, AGREEMENTS)),
    Entry("aggregate*.csv", "Aggregate regions and the groups they count in", (CC_BY,), (PROJECT, WIOD)),
    Entry("sources/division_output.csv", "World output by ISIC rev. 4 division", (CC_BY,), (ICIO, ONS, WIOD)),
    Entry("sources/concordance_rules.csv", "Decisions by hand in the concordances", (CC_BY,), (PROJECT,)),
    Entry("sources/*", "Lists from which economies and groups are made", (CC_BY,), (WORLD_BANK, AGREEMENTS)),
    Entry("measures.csv", "Measures: name, symbol, unit, formula, source", (BSD,), (PROJECT,)),
)


def data_files(folder: Path) -> list[Path]:
    """List the data files that ship, sorted; scripts, this descriptor and README.md are not data."""
    files = (path for path in folder.rglob("*") if path.suffix in SHIPPED and path.is_file())
    hidden = (path for path in files if not any(part.startswith(".") for part in path.relative_to(folder).parts))
    return sorted(path for path in hidden if path != folder / NAME)


def describe(path: Path, folder: Path) -> dict[str, Any]:
    """Describe one file."""
    place = path.relative_to(folder).as_posix()
    entry = next((entry for entry in ENTRIES if fnmatchcase(place, entry.pattern)), None)
    if entry is None:
        raise SystemExit(
            f"tables/{place} has no title, licence and sources: add it to ENTRIES in {Path(__file__).name}"
        )
    kind, mediatype = SHIPPED[path.suffix]
    content = path.read_bytes()
    year = next((part for part in path.relative_to(folder).parts if part.isdigit()), "")
    return {
        "name": place.lower().replace("/", "."),
        "path": place,
        "title": entry.title.format(year=year),
        "format": kind,
        "mediatype": mediatype,
        **({} if kind == "parquet" else {"encoding": "utf-8"}),
        "bytes": len(content),
        "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
        "licenses": list(entry.licences),
        "sources": list(entry.sources),
    }


def package(folder: Path) -> dict[str, Any]:
    """Build the whole descriptor."""
    return {
        "name": "io-linkage-tables",
        "title": "Tables shipped with io_linkage",
        "description": "World input-output tables, industry stages and traits, economies and groups.",
        "profile": "data-package",
        "licenses": [CC_BY],
        "resources": [describe(path, folder) for path in data_files(folder)],
    }


def differences(folder: Path) -> list[str]:
    """Say how the files differ from what the descriptor records."""
    recorded = {entry["path"]: entry for entry in json.loads((folder / NAME).read_text("utf-8"))["resources"]}
    present = {entry["path"]: entry for entry in package(folder)["resources"]}
    return [
        *(f"{path} is recorded but missing" for path in sorted(recorded.keys() - present.keys())),
        *(f"{path} is not recorded" for path in sorted(present.keys() - recorded.keys())),
        *(f"{path} differs" for path in sorted(recorded.keys() & present.keys()) if recorded[path] != present[path]),
    ]


def main() -> None:
    """Write the descriptor, or check it."""
    parser = argparse.ArgumentParser(description="Write or check tables/datapackage.json.")
    parser.add_argument("--check", action="store_true", help="compare instead of writing")
    parser.add_argument("--tables", type=Path, default=Path(__file__).resolve().parent, help="folder to describe")
    options = parser.parse_args()
    if options.check:
        differing = differences(options.tables)
        sys.exit("\n".join([*differing, "Run python tables/make_datapackage.py"]) if differing else 0)
    content = json.dumps(package(options.tables), indent=1, ensure_ascii=False) + "\n"
    write_bytes(options.tables / NAME, content.encode())


if __name__ == "__main__":
    main()
