"""Make tables/indicators: electric cars, solar and wind power, and greenhouse gases of 2022 by industry.

    python tables/make_indicators.py --recent DIR [--out tables/indicators]

DIR holds iea_gevo2024/ (IEA, Global EV Outlook 2024), ember_generation/ (Ember, yearly electricity) and
icio2025_2022_13r_va_out_ghg/ (OECD ICIO, 2025 edition, with greenhouse gases). Figures are the sources'; what is
chosen and how it is laid out is said in tables/README.md.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import pandas as pd
from saved_format import write_csv

HERE = Path(__file__).resolve().parent
CARS = "iea_gevo2024/iea_global_ev_data_2024.csv"
POWER = "ember_generation/ember_electricity_generation.csv"
GASES = "icio2025_2022_13r_va_out_ghg/icio2025_2022_13r_50i_output_va_ghg.csv"
MEMBERS = "icio2025_2022_13r_va_out_ghg/region_members.csv"
KINDS = {"BEV": "battery", "PHEV": "plug_in_hybrid", "FCEV": "fuel_cell"}
#: The IEA's aggregates, and spellings of its own.
SPELLED = {"World": "World", "Europe": "Europe", "EU27": "EU27", "Rest of the world": "ROW", "Turkiye": "TUR"}


def codes() -> dict[str, str]:
    """Return the ISO 3166 code of every spelling in economies.csv."""
    found: dict[str, str] = {}
    for row in pd.read_csv(HERE / "economies.csv", dtype=str, keep_default_na=False).to_dict("records"):
        for name in (row["name"], row["iso3"], *row["codes"].split(";")):
            if name:
                found.setdefault(name, row["iso3"])
    return found | SPELLED


def electric_cars(path: Path) -> pd.DataFrame:
    """Sales and stock of electric cars by kind, and their shares, a row for each economy and year."""
    listed = pd.read_csv(path)
    cars = listed[(listed["category"] == "Historical") & (listed["mode"] == "Cars")]
    known = codes()
    strange = sorted(set(cars["region"]) - set(known))
    if strange:
        raise SystemExit(f"{path}: no code for {', '.join(strange)}; add them to SPELLED.")
    parts = []
    for parameter, name in (("EV sales", "sales"), ("EV stock", "stock")):
        chosen = cars[cars["parameter"] == parameter]
        wide = chosen.pivot(index=["region", "year"], columns="powertrain", values="value")[list(KINDS)]
        parts.append(wide.rename(columns=lambda kind, name=name: f"{name}_{KINDS[kind]}"))
    for parameter, name in (("EV sales share", "sales_percent"), ("EV stock share", "stock_percent")):
        parts.append(cars[cars["parameter"] == parameter].set_index(["region", "year"])["value"].rename(name).round(6))
    frame = pd.concat(parts, axis=1).reset_index()
    frame["region"] = frame["region"].map(known)
    return frame.rename(columns={"region": "economy"}).sort_values(["economy", "year"], ignore_index=True)


def solar_and_wind(path: Path) -> pd.DataFrame:
    """Electricity from the sun, from wind and from all sources, TWh, a row for each economy and year."""
    listed = pd.read_csv(path)
    wide = listed.pivot(index=["ISO3", "Year"], columns="Variable", values="Value")
    frame = pd.DataFrame({"solar": wide["Solar"], "wind": wide["Wind"], "all_sources": wide.sum(axis=1).round(4)})
    return frame.rename_axis(["economy", "year"]).reset_index()


def greenhouse_gases(path: Path) -> pd.DataFrame:
    """Output, value added (M USD) and greenhouse gases (Mt CO2e) by region and industry."""
    return pd.read_csv(path).rename(columns={"ghg_mt": "greenhouse_gases"})


def regions(path: Path) -> pd.DataFrame:
    """List the members of the regions; an economy that no region lists is one of its own."""
    members = pd.read_csv(path).groupby("region", sort=False)["economy"].agg(" ".join)
    return members.rename("members").reset_index()


def build(recent: Path, out: Path) -> None:
    """Write the four files."""
    write_csv(out / "electric_cars.csv", electric_cars(recent / CARS), index=False, float_format="%.10g")
    write_csv(out / "solar_and_wind.csv", solar_and_wind(recent / POWER), index=False, float_format="%.10g")
    write_csv(out / "greenhouse_gases.csv", greenhouse_gases(recent / GASES), index=False, float_format="%.10g")
    write_csv(out / "greenhouse_gas_regions.csv", regions(recent / MEMBERS), index=False)


def main() -> None:
    """Read the command line and make the files."""
    parser = argparse.ArgumentParser(description="Make tables/indicators from the IEA, Ember and the OECD.")
    parser.add_argument("--recent", type=Path, required=True, help="folder with the sources")
    parser.add_argument("--out", type=Path, default=HERE / "indicators", help="default: tables/indicators")
    options = parser.parse_args()
    build(options.recent, options.out)


if __name__ == "__main__":
    main()
