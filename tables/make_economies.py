"""Make economies.csv, groups.csv, aggregates.csv, aggregate_groups.csv and aggregate_members.csv.

What is written by hand stands in ``sources/``: names in Chinese and other codes, World Bank high-income
spells (from the Bank's historical classification by income), memberships with their dates, and what is
done with rest-of-world regions. Income groups, capitals and Belt and Road dates come from the two files
whose paths are given; the value added of the members of EU-east and EU-west from the full WIOD tables.

    python tables/make_economies.py --world-bank worldbank_country_income.csv \
        --belt-and-road bri_countries_greenfdc_2023-12.csv --wiod wiod2013
"""

from __future__ import annotations

import argparse
import csv
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

HERE = Path(__file__).resolve().parent
SOURCES = HERE / "sources"
VINTAGE = "fiscal year 2025 (July 2024, GNI per head of 2023)"
WORLD_BANK = "World Bank, historical classification by income; beyond 2023 the July 2025 list"
NEDOPIL = "Nedopil (2023), Countries of the Belt and Road Initiative, Green Finance & Development Center"

Row = dict[str, str]
Span = tuple[int | None, int | None]


def read(path: Path) -> list[Row]:
    """Rows of a CSV file."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def write(path: Path, columns: str, rows: Iterable[Row]) -> None:
    """Write rows as CSV."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns.split(), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def economies(world_bank: list[Row]) -> list[Row]:
    """One row per economy: the World Bank's list without aggregates, and the few that tables have besides."""
    listed = {row["iso3c"]: row for row in world_bank if row["region"] != "Aggregates"}
    rows = []
    for own in read(SOURCES / "economy_names.csv"):
        bank = listed.get(own["iso3"], {})
        codes = [code for code in own["codes"].split(";") if code]
        if own["name"] and bank:
            codes.append(bank["country"])
        rows.append(
            {
                "iso3": own["iso3"],
                "iso2": own["iso2"] or bank["iso2c"],
                "numeric": own["numeric"],
                "name": own["name"] or bank["country"],
                "name_zh": own["name_zh"],
                "codes": ";".join(codes),
                "wb_region": own["wb_region"] or bank["region"],
                "wb_income": bank.get("income", ""),
                "wb_income_vintage": VINTAGE if bank else "",
                "longitude": own["longitude"] or bank.get("longitude", ""),
                "latitude": own["latitude"] or bank.get("latitude", ""),
                "remark": own["remark"],
            }
        )
    missing = sorted(set(listed) - {row["iso3"] for row in rows})
    if missing:
        raise SystemExit(f"sources/economy_names.csv has no row for {', '.join(missing)}: add them.")
    return rows


def complement(spans: list[Span]) -> list[Span]:
    """Years outside the spans, as spans; None is an open end."""
    gaps: list[Span] = []
    start: int | None = None
    for first, last in sorted(spans, key=lambda span: span[0] or 0):
        if first is not None:
            gaps.append((start, first - 1))
        if last is None:
            return gaps
        start = last + 1
    return [*gaps, (start, None)]


def developing_wb(known: list[Row]) -> Iterable[Row]:
    """Low and middle income in year t by GNI per head of year t: whatever is not a high-income year."""
    high: dict[str, list[Span]] = defaultdict(list)
    remarks: dict[str, str] = {}
    for row in read(SOURCES / "income_history.csv"):
        years = [int(row[end]) if row[end] else None for end in ("high_from", "high_to")]
        high[row["iso3"]].append((years[0], years[1]))
        remarks[row["iso3"]] = row["remark"]
    ends = {"SUN": 1991, "ANT": 2009}
    for row in known:
        code = row["iso3"]
        if not row["wb_income"] and code not in {"TWN", "ANT", "SUN"}:
            continue
        for first, last in complement(high[code]):
            end = ends.get(code) if last is None else last
            yield {
                "group": "developing_wb",
                "iso3": code,
                "from": f"{first}-01-01" if first else "",
                "to": f"{end}-12-31" if end else "",
                "source": WORLD_BANK,
                "remark": remarks.get(code, ""),
            }


def developing_imf(known: list[Row], written: list[Row]) -> Iterable[Row]:
    """Emerging market and developing economies: all that the IMF classifies, until they are advanced."""
    outside = {row["iso3"] for row in written if row["group"] == "_imf_outside"}
    advanced = {row["iso3"]: row for row in written if row["group"] == "_imf_advanced"}
    for row in known:
        code = row["iso3"]
        entry = advanced.get(code)
        if code in outside or (entry and not entry["from"]):
            continue
        yield {
            "group": "developing_imf",
            "iso3": code,
            "from": "",
            "to": f"{int(entry['from'][:4]) - 1}-12-31" if entry else "",
            "source": "IMF, World Economic Outlook; countries in transition (until 2003) counted in",
            "remark": entry["remark"] if entry else "",
        }


def belt_and_road(rows: list[Row]) -> Iterable[Row]:
    """Take the joining dates of Nedopil, and what has changed or was wrong since, kept by hand.

    Without a joining date an economy is listed but counts as no member.
    """
    changes = {row["iso3"]: row for row in read(SOURCES / "belt_and_road_changes.csv")}
    for row in rows:
        start, code = row["Likely date of joining"], row["Country Code"]
        change = changes.pop(code, None)
        remark = "Likely date of joining, in many cases the first of the month of a report"
        if not start:
            remark = "Listed by the source without a joining date, so no year can be given"
        yield {
            "group": "belt_and_road",
            "iso3": code,
            "from": start or "undated",
            "to": change["to"] if change else row["Likely date of exit"],
            "source": f"{NEDOPIL}; {change['source']}" if change else NEDOPIL,
            "remark": f"{remark}; {change['remark']}" if change else remark,
        }
    for code, change in changes.items():
        yield {
            "group": "belt_and_road",
            "iso3": code,
            **{key: change[key] for key in ("from", "to", "source", "remark")},
        }


def groups(known: list[Row], road: list[Row]) -> list[Row]:
    """Every spell of every group."""
    written = read(SOURCES / "memberships.csv")
    rows = [
        *developing_wb(known),
        *developing_imf(known, written),
        *belt_and_road(road),
        *(row for row in written if not row["group"].startswith("_")),
    ]
    names = {row["iso3"] for row in known}
    strangers = sorted({row["iso3"] for row in rows} - names)
    if strangers:
        raise SystemExit(f"Groups name economies that economies.csv lacks: {', '.join(strangers)}.")
    return rows


def gross_products(wiod: Path) -> dict[int, dict[str, float]]:
    """Value added with taxes and margins by economy and year, M USD, from WIOD's primary inputs."""
    import pymrio

    products = {}
    for folder in sorted(path for path in wiod.iterdir() if path.name.isdigit()):
        table = pymrio.load_all(folder)
        inputs = next(iter(table.get_extensions(data=True))).F.sum()
        by_region = inputs.groupby(level="region").sum()
        products[int(folder.name)] = {{"ROM": "ROU"}.get(code, code): value for code, value in by_region.items()}
    return products


def aggregate_members(wiod: Path) -> Iterable[Row]:
    """Value added of each member of EU-east and EU-west by year, M USD."""
    products = gross_products(wiod)
    regions = {row["code"]: row["members"].replace(";", " ").split() for row in read(HERE / "world" / "regions.csv")}
    for code in ("EUE", "EUW"):
        for year, product in sorted(products.items()):
            for member in regions[code]:
                yield {"code": code, "iso3": member, "year": str(year), "value_added": f"{product[member]:.0f}"}


def main() -> None:
    """Read the paths and write the four tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--world-bank", type=Path, required=True)
    parser.add_argument("--belt-and-road", type=Path, required=True)
    parser.add_argument("--wiod", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=HERE)
    options = parser.parse_args()
    known = economies(read(options.world_bank))
    all_groups = groups(known, read(options.belt_and_road))
    write(
        options.out / "economies.csv",
        "iso3 iso2 numeric name name_zh codes wb_region wb_income wb_income_vintage longitude latitude remark",
        known,
    )
    write(options.out / "groups.csv", "group iso3 from to source remark", all_groups)
    write(options.out / "aggregates.csv", "code name name_zh codes found_in remark", read(SOURCES / "aggregates.csv"))
    write(options.out / "aggregate_groups.csv", "code group member reason", read(SOURCES / "aggregate_groups.csv"))
    write(options.out / "aggregate_members.csv", "code iso3 year value_added", aggregate_members(options.wiod))


if __name__ == "__main__":
    main()
