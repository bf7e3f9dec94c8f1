"""Make tables/splits/WIOD2013/*.csv: what is known of industries that WIOD 2013 holds inside broader ones.

    python tables/make_splits.py --china FOLDER --cars FILE [--out DIR]

FOLDER has China's national tables of 139 (2012), 149 (2017) and 153 industries (2018, 2020), FILE the IEA's electric
cars. Shares of output, and what a part buys, sells and adds beside its parent, are those of China, year by year; low
and high are the extremes of the years, a fifth wider. Where the tables show nothing the range is wide and `source` says
that there is no evidence.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from saved_format import write_bytes

from io_linkage import load
from io_linkage.splitting.files import COLUMNS

HERE = Path(__file__).resolve().parent
FILES = {2012: "china_2012_139", 2017: "china_2017_149", 2018: "china_2018_153", 2020: "china_2020_153"}
NBS = "National Bureau of Statistics of China, input-output tables 2012, 2017, 2018 and 2020"
IEA = "IEA (2024), Global EV Outlook 2024, CC BY 4.0"
NONE = "no evidence: from nothing to half as much again as in China"
#: Least part of a parent's inputs or sales that counts, least deviation from the parent, and most rows of each.
LEAST, FROM_PARENT, MOST = 0.01, 0.2, 6


@dataclass(frozen=True)
class Plan:
    """One recipe: the parent, the part and its industries in China's tables, by activity, and the rest."""

    parent: str
    part: str
    name: str
    activities: tuple[str, ...]
    rest: tuple[str, str]


PLANS = {
    "batteries": Plan(
        "30t33", "batteries", "Batteries", ("batteries",), ("electrical_rest", "Other electrical and optical")
    ),
    "electronic_components": Plan(
        "30t33",
        "components",
        "Electronic components",
        ("components",),
        ("electrical_rest", "Other electrical and optical"),
    ),
    "pharmaceuticals": Plan(
        "24", "pharmaceuticals", "Pharmaceuticals", ("pharmaceuticals",), ("chemicals_rest", "Other chemicals")
    ),
    "software_and_it": Plan(
        "71t74",
        "software_it",
        "Software and IT services",
        ("software", "it_services"),
        ("business_rest", "Other business services"),
    ),
    "research": Plan(
        "71t74", "research", "Research and development", ("research",), ("business_rest", "Other business services")
    ),
    "environmental_services": Plan(
        "O", "environment", "Environmental services", ("environment",), ("services_rest", "Other community services")
    ),
}


def evidence(folder: Path) -> dict[int, tuple[pd.DataFrame, pd.DataFrame]]:
    """For each year: coefficients and sales shares by activity, and the activities with parent and output."""
    concordance = pd.read_csv(HERE / "industries" / "nbs_to_wiod2013.csv", dtype=str)
    years = {}
    for year, file in FILES.items():
        table = load(folder / f"{file}.parquet")
        rows = concordance[concordance["classification"] == table.classification].set_index("industry")
        (region,) = table.regions
        codes = [code for code in table.industries if code in rows.index]
        flows = table.Z.loc[region, region].loc[codes, codes]
        labels = pd.DataFrame(
            {
                "activity": rows.loc[codes, "activity"],
                "parent": rows.loc[codes, "wiod2013"],
                "output": table.x[region].loc[codes],
                "value_added": table.va[region].loc[codes],
            }
        )
        years[year] = (flows, labels)
    return years


def figures(plan: Plan, flows: pd.DataFrame, labels: pd.DataFrame) -> dict[tuple[str, str], float]:
    """Return what the table of one year says of the part, beside its parent."""
    of_parent, of_part = labels["parent"] == plan.parent, labels["activity"].isin(plan.activities)
    if not of_part.any():
        return {}
    x_parent, x_part = labels["output"][of_parent].sum(), labels["output"][of_part].sum()
    share = x_part / x_parent
    added = [labels["value_added"][chosen].sum() / labels["output"][chosen].sum() for chosen in (of_part, of_parent)]
    result = {("output_share", ""): share, ("value_added", ""): added[0] / added[1]}
    groups = labels["parent"].where(~of_part, plan.part)
    for item, matrix in (("input", flows), ("sale", flows.T)):
        own = matrix.loc[:, of_part].sum(axis=1).groupby(groups).sum() / x_part
        whole = matrix.loc[:, of_parent].sum(axis=1).groupby(labels["parent"]).sum() / x_parent
        # The parent's own product is spread over the part and the rest by output.
        beside = whole.drop(plan.parent).to_dict() | {plan.part: whole[plan.parent] * share}
        rows = [
            (abs(own.get(key, 0.0) - base), key, own.get(key, 0.0) / base)
            for key, base in beside.items()
            if base >= LEAST
        ]
        chosen = sorted((row for row in rows if abs(row[2] - 1) >= FROM_PARENT), reverse=True)[:MOST]
        result |= {(item, key): ratio for _, key, ratio in chosen}
    return result


def recipe(plan: Plan, years: dict[int, tuple[pd.DataFrame, pd.DataFrame]]) -> pd.DataFrame:
    """One file: a row a figure and year, and the rest."""
    found = {year: figures(plan, *blocks) for year, blocks in years.items()}
    found = {year: row for year, row in found.items() if row}
    # Only what every table says, so that ranges are over the same years.
    keys = [key for key in next(iter(found.values())) if all(key in row for row in found.values())]
    rows = []
    for item, key in keys:
        values = [row[item, key] for row in found.values()]
        for year, row in found.items():
            rows.append((item, key, "CHN", year, 0.8 * min(values), row[item, key], 1.2 * max(values), NBS))
        if item == "output_share":
            rows.append((item, key, "*", "", 0.0, min(values), min(1.0, 1.5 * max(values)), NONE))
    return written(plan, rows)


def electric_cars(years: dict[int, tuple[pd.DataFrame, pd.DataFrame]], cars: pd.DataFrame) -> pd.DataFrame:
    """Battery and hybrid electric cars: their share of sales, times that of car makers in the parent's output."""
    plan = Plan(
        "34t35", "electric_vehicles", "New energy vehicles", ("autos",), ("vehicles_rest", "Other transport equipment")
    )
    of_sales = cars.query("category == 'Historical' and parameter == 'EV sales share' and mode == 'Cars'")
    regions = {
        "China": "CHN",
        "USA": "USA",
        "Germany": "DEU",
        "France": "FRA",
        "Japan": "JPN",
        "Korea": "KOR",
        "World": "*",
    }
    makers = [figures(plan, *blocks)["output_share", ""] for blocks in years.values()]
    rows = []
    for place, code in regions.items():
        for _, row in of_sales[of_sales["region"] == place].sort_values("year").iterrows():
            central = row["value"] / 100 * sum(makers) / len(makers)
            # Sales are not output, cars differ in price, and makers' share of the parent is China's.
            rows.append(
                (
                    "output_share",
                    "",
                    code,
                    int(row["year"]),
                    0.5 * central,
                    central,
                    min(2 * central, 1.0),
                    f"{IEA}; {NBS}",
                )
            )
    return written(plan, rows)


def photovoltaics() -> pd.DataFrame:
    """Cells and modules: no table shows them, so that the range is judged and wide."""
    plan = Plan(
        "30t33",
        "photovoltaics",
        "Photovoltaic cells and modules",
        (),
        ("electrical_rest", "Other electrical and optical"),
    )
    judged = "no evidence in input-output tables: judged"
    rows = [
        ("output_share", "", "CHN", "", 0.005, 0.02, 0.06, judged),
        ("output_share", "", "*", "", 0.0, 0.005, 0.03, judged),
    ]
    return written(plan, rows)


def written(plan: Plan, rows: list[tuple[object, ...]]) -> pd.DataFrame:
    """Add parent, names and the rest."""
    full = [(plan.parent, plan.part, plan.name, *row) for row in rows]
    full.append((plan.parent, plan.rest[0], plan.rest[1], "rest", "", "", "", "", "", "", ""))
    frame = pd.DataFrame(full, columns=list(COLUMNS))
    for column in ("low", "central", "high"):
        frame[column] = [value if value == "" else f"{float(value):.5g}" for value in frame[column]]
    return frame


def main() -> None:
    """Write all recipes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--china", type=Path, required=True)
    parser.add_argument("--cars", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=HERE / "splits" / "WIOD2013")
    options = parser.parse_args()
    years = evidence(options.china)
    frames = {name: recipe(plan, years) for name, plan in PLANS.items()}
    frames["electric_vehicles"] = electric_cars(years, pd.read_csv(options.cars))
    frames["photovoltaics"] = photovoltaics()
    options.out.mkdir(parents=True, exist_ok=True)
    for name, frame in frames.items():
        write_bytes(options.out / f"{name}.csv", frame.to_csv(index=False, lineterminator="\n").encode())


if __name__ == "__main__":
    main()
