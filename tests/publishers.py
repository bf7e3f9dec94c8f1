"""Small files in each publisher's layout, written from one balanced table."""

# Rows of a layout are easier to compare with the publisher's file on one line.
# ruff: noqa: E501

from __future__ import annotations

import csv
import io
import json
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

CATEGORIES = ("households", "government", "investment", "inventories")
PRIMARY = ("taxes", "value added")


@dataclass
class Balanced:
    """A balanced table as bare arrays: rows and columns both add up to x."""

    regions: list[str]
    industries: list[str]
    Z: np.ndarray
    Y: np.ndarray
    V: np.ndarray
    x: np.ndarray
    categories: tuple[str, ...] = CATEGORIES

    @property
    def pairs(self) -> list[tuple[str, str]]:
        return [(region, industry) for region in self.regions for industry in self.industries]

    @property
    def demand(self) -> list[tuple[str, str]]:
        return [(region, category) for region in self.regions for category in self.categories]


def balanced(
    regions: list[str], industries: list[str], *, categories: tuple[str, ...] = CATEGORIES, seed: int = 3
) -> Balanced:
    """Make a balanced, productive table; every number has its own value, so a swap shows."""
    random = np.random.default_rng(seed)
    n = len(regions) * len(industries)
    x = random.uniform(200, 900, n).round(3)
    Z = (random.random((n, n)) * 0.5 * x.min() / n).round(3)
    final = x - Z.sum(axis=1)
    Y = (random.dirichlet(np.ones(len(regions) * len(categories)), n) * final[:, None]).round(3)
    Y[:, 0] += final - Y.sum(axis=1)
    Y[:, 3] -= 7.0
    Y[:, 0] += 7.0
    inputs = x - Z.sum(axis=0)
    V = np.vstack([0.1 * inputs, 0.9 * inputs])
    return Balanced(regions, industries, Z, Y, V, x, categories)


def check(table, made: Balanced, *, scale: float = 1.0, digits: float = 1e-9) -> None:
    """Assert that what was read is what was written: Z, Y by region and industry, x, value added."""
    pairs = list(table.index)
    order = [made.pairs.index(pair) for pair in pairs]
    assert len(order) == len(made.pairs)
    np.testing.assert_allclose(table.Z.to_numpy(), scale * made.Z[np.ix_(order, order)], rtol=0, atol=digits * 1e3)
    np.testing.assert_allclose(table.x.to_numpy(), scale * made.x[order], rtol=digits)
    np.testing.assert_allclose(table.va.to_numpy(), scale * made.V[1][order], rtol=1e-6)
    regions = list(dict.fromkeys(region for region, _ in pairs))
    by_region = made.Y.reshape(len(made.x), len(made.regions), -1).sum(axis=2)
    columns = [made.regions.index(region) for region in regions]
    np.testing.assert_allclose(table.demand_by_region.to_numpy(), scale * by_region[np.ix_(order, columns)], atol=1e-6)


# OECD ICIO


def icio(made: Balanced, *, total: bool = True, quote: bool = False) -> str:
    """CSV of the editions 2021 and later; categories must be the OECD's."""
    labels = ["_".join(pair) for pair in made.pairs]
    demand = ["_".join(pair) for pair in made.demand]
    head = ["V1" if not quote else "", *labels, *demand, *(["OUT"] if total else [])]
    lines = [head]
    for i, label in enumerate(labels):
        lines.append([label, *made.Z[i], *made.Y[i], *([made.x[i]] if total else [])])
    blank = [0.0] * len(demand)
    for name, row in (("TLS", made.V[0]), ("VA", made.V[1])):
        lines.append([name, *row, *blank, *([row.sum()] if total else [])])
    if total:
        lines.append(["OUT", *made.x, *made.Y.sum(axis=0), ""])
    return _csv(lines)


ICIO_DEMAND = ("HFCE", "GGFC", "GFCF", "INVNT")


# FIGARO


def figaro(made: Balanced) -> str:
    labels = ["_".join(pair) for pair in made.pairs]
    demand = ["_".join(pair) for pair in made.demand]
    lines: list[list[object]] = [["rowLabels", *labels, *demand]]
    lines += [[label, *made.Z[i], *made.Y[i]] for i, label in enumerate(labels)]
    blank = [0.0] * len(demand)
    lines.append(["W2_D21X31", *(0.5 * made.V[0]), *blank])
    lines.append(["W2_OP_RES", *(0.5 * made.V[0]), *blank])
    for name, share in (("W2_D1", 0.6), ("W2_D29X39", 0.1), ("W2_B2A3G", 0.3)):
        lines.append([name, *(share * made.V[1]), *blank])
    return _csv(lines)


FIGARO_DEMAND = ("P3_S13", "P3_S14", "P51G", "P5M")


# WIOD 2013 and 2016, ADB MRIO


def wiot_rows(made: Balanced, *, style: str) -> list[list[object]]:
    """Cells of a workbook: "wiod2013", "wiod2016" or "adb"."""
    g, k = len(made.industries), len(made.categories)
    names = [f"Industry number {i + 1} and its products" for i in range(g)]
    categories = [f"Final use: {category}" for category in made.categories]
    numbered = [f"c{i + 1}" for i in range(g)]
    final = [f"c{g + 2 + i}" for i in range(k)] if style != "adb" else [f"F{i + 1}" for i in range(k)]
    r = len(made.regions)
    codes = made.industries if style != "adb" else numbered
    top_codes = [*codes * r, *([""] * (k * r) if style == "wiod2013" else list(made.categories) * r), ""]
    top_names = [*names * r, *categories * r, "Total output"]
    top_regions = [
        *[region for region in made.regions for _ in range(g)],
        *[region for region in made.regions for _ in range(k)],
        "" if style == "wiod2013" else "TOT",
    ]
    top_numbers = [*numbered * r, *final * r, "" if style == "wiod2013" else "c62" if style == "wiod2016" else ""]
    title = {
        "wiod2013": ["World Input-Output Table for 2009", "3 countries, in current prices", "(industry-by-industry)", "(millions of US$)"],
        "wiod2016": ["Intercountry Input-Output Table 2014", "", "", "(in millions of US$)"],
        "adb": ["ADB Multi-Region Input-Output Table, 2019", "", "", "(in millions of US$)"],
    }[style]  # fmt: skip
    width = 4 + len(top_codes)
    if style == "wiod2013":
        cells = [[title[0]] + [""] * (width - 1), [title[1]] + [""] * (width - 1)]
        head = (top_codes, top_names, top_regions, top_numbers)
        cells += [[(title[2], title[3], "", "")[i], "", "", "", *line] for i, line in enumerate(head)]
    elif style == "wiod2016":
        cells = [[title[0]] + [""] * (width - 1), [title[3]] + [""] * (width - 1)]
        head = (top_codes, top_names, top_regions, top_numbers)
        cells += [["", "", "", "", *line] for line in head]
    else:
        cells = [[title[0]] + [""] * (width - 1), [title[3]] + [""] * (width - 1)]
        cells += [["", "", "", "", *line] for line in (top_names, top_regions, top_numbers)]
    for i, (region, industry) in enumerate(made.pairs):
        j = i % g
        left = {
            "wiod2013": [industry, names[j], region, numbered[j]],
            "wiod2016": [industry, names[j], region, numbered[j]],
            "adb": ["", names[j], region, numbered[j]],
        }[style]
        cells.append([*left, *made.Z[i], *made.Y[i], made.x[i]])
    blank = [0.0] * (k * r)
    code = {"wiod2013": "", "wiod2016": "TOT", "adb": "TOT"}[style]
    below = [
        ("II_fob", "Total intermediate consumption", "r60", made.Z.sum(axis=0)),
        ("TXSP", "taxes less subsidies on products", "r99", made.V[0]),
        ("EXP_adj", "Cif/ fob adjustments on exports", "r61", 0 * made.x),
        ("VA", "Value added at basic prices", "r64", made.V[1]),
        ("GO", "Output at basic prices", "r69", made.x),
    ]
    for short, name, number, values in below:
        cells.append([short if style == "wiod2016" else "", name, code, number, *values, *blank, ""])
    return cells


def write_workbook(path: Path, sheets: dict[str, list[list[object]]]) -> Path:
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(
                [None if cell == "" else float(cell) if isinstance(cell, np.floating) else cell for cell in row]
            )
    book.save(path)
    return path


# EORA26


def eora(made: Balanced, year: int = 2015, *, discrepancy: np.ndarray | None = None) -> dict[str, str]:
    """Files of one year; `discrepancy` is what industries sell to Eora's ROW, taken out of their households."""
    n = len(made.x)
    labels = [
        f"{name}\t{region}\tIndustries\t{industry}\t" for region, industry in made.pairs for name in [f"Land {region}"]
    ]
    demand = [f"Land {region}\t{region}\tFinal demand\t{category}\t" for region, category in made.demand]
    Z, Y, V = made.Z, made.Y.copy(), made.V
    sold = np.zeros(n) if discrepancy is None else discrepancy
    Y[:, 0] -= sold
    T = np.zeros((n + 1, n + 1))
    T[:n, :n], T[:n, n] = Z, sold
    FD = np.zeros((n + 1, Y.shape[1] + 1))
    FD[:n, :-1] = Y
    VA = np.hstack([V, np.zeros((2, 1))])
    Q = np.vstack([made.x * 2, np.arange(n)])
    Q = np.hstack([Q, np.zeros((2, 1))])
    return {
        f"Eora26_{year}_bp_T.txt": _tabs(T),
        f"Eora26_{year}_bp_FD.txt": _tabs(FD),
        f"Eora26_{year}_bp_VA.txt": _tabs(VA),
        f"Eora26_{year}_bp_Q.txt": _tabs(Q),
        f"Eora26_{year}_bp_QY.txt": _tabs(np.zeros((2, FD.shape[1]))),
        "labels_T.txt": "\n".join([*labels, "Statistical Discrepancies\tROW\tTOTAL\tTOTAL\t"]) + "\n",
        "labels_FD.txt": "\n".join([*demand, "Statistical Discrepancies\tROW\tTOTAL\tTOTAL\t"]) + "\n",
        "labels_VA.txt": "Primary inputs\tTaxes on production\t\nPrimary inputs\tCompensation of employees\t\n",
        "labels_Q.txt": "Energy Usage (TJ)\tNatural Gas\t\nGHG (Gg)\tCO2\t\n",
    }


# EXIOBASE 3


def exiobase(made: Balanced, *, year: int = 2011, system: str = "ixi") -> dict[str, str]:
    """Files of IOT_<year>_<system>, as pymrio saves them and Zenodo has them."""
    root = f"IOT_{year}_{system}"
    rows = "\n".join
    index = ["\t".join(pair) for pair in made.pairs]

    def block(
        labels: list[str], names: list[str], columns: list[tuple[str, str]], second: str, values: np.ndarray
    ) -> str:
        blank = [""] * len(names)
        head = [
            "\t".join([*blank[:-1], "region", *(c[0] for c in columns)]),
            "\t".join([*blank[:-1], second, *(c[1] for c in columns)]),
            "\t".join([*names, *[""] * len(columns)]),
        ]
        return rows([*head, *("\t".join([label, *map(repr, map(float, line))]) for label, line in zip(labels, values, strict=True))]) + "\n"  # fmt: skip

    stressors = [
        "Taxes less subsidies on products purchased: Total",
        "Compensation of employees; wages, salaries, & employers' social contributions: Low-skilled",
        "Operating surplus: Remaining net operating surplus",
        "Employment people: Low-skilled male",
        "CO2 - combustion - air",
    ]
    units = ["M.EUR", "M.EUR", "M.EUR", "1000 p", "kg"]
    F = np.vstack([made.V[0], 0.7 * made.V[1], 0.3 * made.V[1], made.x / 10, made.x * 3])
    files = {
        "Z.txt": block(index, ["region", "sector"], made.pairs, "sector", made.Z),
        "A.txt": block(index, ["region", "sector"], made.pairs, "sector", made.Z / made.x),
        "Y.txt": block(index, ["region", "sector"], made.demand, "category", made.Y),
        "x.txt": rows(["region\tsector\tindout", *(f"{a}\t{float(v)!r}" for a, v in zip(index, made.x, strict=True))]) + "\n",
        "unit.txt": rows(["region\tsector\tunit", *(f"{a}\tM.EUR" for a in index)]) + "\n",
        "satellite/F.txt": block(stressors, ["stressor"], made.pairs, "sector", F),
        "satellite/F_Y.txt": block(stressors, ["stressor"], made.demand, "category", np.ones((5, len(made.demand)))),
        "satellite/unit.txt": rows(["stressor\tunit", *(f"{a}\t{u}" for a, u in zip(stressors, units, strict=True))]) + "\n",
        "file_parameters.json": json.dumps(_parameters("IOSystem", ["Z", "A", "Y", "x", "unit"], made)),
        "metadata.json": json.dumps({"description": f"EXIOBASE 3 {year}", "name": "EXIO3", "system": system, "version": "3.8", "history": []}),
        "satellite/file_parameters.json": json.dumps(_parameters("Extension", ["F", "F_Y", "unit"], made)),
    }  # fmt: skip
    return {f"{root}/{name}": text for name, text in files.items()}


def _parameters(kind: str, blocks: list[str], made: Balanced) -> dict[str, object]:
    columns = {"Z": 2, "A": 2, "Y": 2, "x": 2, "unit": 2, "F": 1, "F_Y": 1}
    heads = {"Z": 2, "A": 2, "Y": 2, "x": 1, "unit": 1, "F": 2, "F_Y": 2}
    return {
        "systemtype": kind,
        "name": "satellite" if kind == "Extension" else "IO",
        "files": {
            block: {
                "name": f"{block}.txt",
                "nr_index_col": str(1 if kind == "Extension" else columns[block]),
                "nr_header": str(heads[block]),
            }
            for block in blocks
        },
    }


# GLORIA

GLORIA_INPUTS = ("Taxes on production", "Compensation of employees", "Subsidies on production", "Net operating surplus")


def write_gloria(folder: Path, made: Balanced, *, year: int = 2019, secondary: float = 0.0) -> Path:
    """Write the folder of a year: the blocks zipped, the ReadMe beside them."""
    regions, g = len(made.regions), len(made.industries)
    n = regions * g
    T = np.zeros((2 * n, 2 * n))
    at = np.arange(n)
    industry = (at // g) * 2 * g + at % g
    product = industry + g
    T[np.ix_(product, industry)] = made.Z
    T[np.ix_(industry, product)] = np.diag(made.x)
    T[industry[0], product[1]] = secondary
    Y = np.zeros((2 * n, made.Y.shape[1]))
    Y[product] = made.Y
    V = np.zeros((regions * 4, 2 * n))
    for r in range(regions):
        own = slice(r * g, (r + 1) * g)
        V[r * 4 : r * 4 + 2, industry[own]] = made.V[:, own]
    TQ = np.zeros((2, 2 * n))
    TQ[:, industry] = np.vstack([made.x * 4, at])
    head = "20240111_120secMother_AllCountries_002"
    blocks = {"T": T, "Y": Y, "V": V}
    with zipfile.ZipFile(folder / f"GLORIA_MRIOs_59_{year}.zip", "w") as zipped:
        for name, values in blocks.items():
            zipped.writestr(f"{head}_{name}-Results_{year}_059_Markup001(full).csv", _commas(values))
    with zipfile.ZipFile(folder / f"GLORIA_SatelliteAccounts_059_{year}.zip", "w") as zipped:
        zipped.writestr(f"{head}_TQ-Results_{year}_059_Markup001(full).csv", _commas(TQ))
        zipped.writestr(f"{head}_YQ-Results_{year}_059_Markup001(full).csv", _commas(np.zeros((2, Y.shape[1]))))
    write_workbook(
        folder / "GLORIA_ReadMe_059.xlsx",
        {
            "Regions": [["Lfd_Nr", "Region_acronyms", "Region_names"], *[[i + 1, r, f"Land {r}"] for i, r in enumerate(made.regions)]],
            "Sectors": [["Lfd_Nr", "Sector_names"], *[[i + 1, s] for i, s in enumerate(made.industries)]],
            "Value added and final demand": [
                ["Lfd_Nr", "Value_added_names", "Final_demand_names"],
                *[[i + 1, GLORIA_INPUTS[i], c] for i, c in enumerate(made.categories)],
            ],
            "Satellites": [["Sat_indicator", "Sat_head_indicator", "Sat_unit"], ["Energy", "Energy use", "TJ"], ["CO2", "Emissions", "kt"]],
        },
    )  # fmt: skip
    return folder


# China NBS


def nbs_rows(made: Balanced, *, imports: np.ndarray | None = None) -> list[list[object]]:
    """Cells of a competitive national table; imports are added to household demand and taken off in IM."""
    n = len(made.x)
    codes = [f"{i + 1:02d}" for i in range(n)]
    IM = np.zeros(n) if imports is None else imports
    rural, urban, fixed, stock = (made.Y[:, i] for i in range(4))
    urban = urban + IM
    head = [
        "Code",
        "Description",
        *codes,
        "TIU",
        "FU101",
        "FU102",
        "THC",
        "TC",
        "FU201",
        "FU202",
        "GCF",
        "TFU",
        "IM",
        "GO",
    ]
    lines: list[list[object]] = [["China input-output table"], head]
    for i, code in enumerate(codes):
        uses = [rural[i], urban[i], rural[i] + urban[i], rural[i] + urban[i], fixed[i], stock[i], fixed[i] + stock[i]]
        lines.append(
            [code, made.industries[i], *made.Z[i], made.Z[i].sum(), *uses, sum(made.Y[i]) + IM[i], IM[i], made.x[i]]
        )
    lines.append(["TII", "Total intermediate input", *made.Z.sum(axis=0)])
    for name, share in (("VA001", 0.5), ("VA002", 0.1), ("VA003", 0.1), ("VA004", 0.3)):
        lines.append([name, name, *(share * made.V.sum(axis=0))])
    lines.append(["TVA", "Total value-added", *made.V.sum(axis=0)])
    lines.append(["TI", "Total inputs", *made.x])
    return lines


# Labelled tables


def generic(made: Balanced, *, bar: str = "|") -> list[list[object]]:
    labels = [bar.join(pair) for pair in made.pairs]
    lines: list[list[object]] = [["", *labels, *(bar.join(pair) for pair in made.demand), "output"]]
    lines += [[label, *made.Z[i], *made.Y[i], made.x[i]] for i, label in enumerate(labels)]
    lines.append(["taxes on products", *made.V[0], *[""] * (len(made.demand) + 1)])
    lines.append(["value added", *made.V[1], *[""] * (len(made.demand) + 1)])
    return lines


def blocks(made: Balanced) -> dict[str, list[list[object]]]:
    labels = ["|".join(pair) for pair in made.pairs]
    demand = ["|".join(pair) for pair in made.demand]
    return {
        "Z": [["", *labels], *[[label, *made.Z[i]] for i, label in enumerate(labels)]],
        "Y": [["", *demand], *[[label, *made.Y[i]] for i, label in enumerate(labels)]],
        "V": [["", *labels], ["taxes on products", *made.V[0]], ["value added", *made.V[1]]],
        "x": [["", "output"], *[[label, made.x[i]] for i, label in enumerate(labels)]],
    }


def zipped(path: Path, files: dict[str, str]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return path


def unpacked(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def text(rows: list[list[object]], sep: str = ",") -> str:
    return _csv(rows, sep)


def _csv(rows: list[list[object]], sep: str = ",") -> str:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=sep, lineterminator="\n")
    writer.writerows(
        [[repr(float(cell)) if isinstance(cell, np.floating | float) else cell for cell in row] for row in rows]
    )
    return out.getvalue()


def _tabs(values: np.ndarray) -> str:
    return "".join("\t".join(repr(float(v)) for v in row) + "\n" for row in values)


def _commas(values: np.ndarray) -> str:
    return "".join(",".join(repr(float(v)) for v in row) + "\n" for row in values)


def frame(made: Balanced) -> pd.DataFrame:
    """Everything in one frame with labels REG|industry, as the world table of 2000."""
    columns = ["|".join(pair) for pair in made.pairs + made.demand]
    values = pd.DataFrame(np.hstack([made.Z, made.Y]), columns=columns)
    values.insert(0, "sector", [industry for _, industry in made.pairs])
    values.insert(0, "region", [region for region, _ in made.pairs])
    return values.assign(x=made.x, va=made.V[1], itm=made.V[0])
