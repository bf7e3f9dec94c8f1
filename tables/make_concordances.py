"""Make tables/concordances/*.csv: from each classification to broader ones, by ISIC rev. 4 division.

    python tables/make_concordances.py [--out DIR]

inputs/more_industries.csv gives the ISIC rev. 4 divisions of each industry (for WIOD 2013 those of its ADB twin). An
industry goes to the group that holds most of its divisions, whole; where it has parts of another group, as industries
of ISIC rev. 3 do, the column `remark` says so. Where that matters, pass a concordance with shares of your own.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import pandas as pd

HERE = Path(__file__).resolve().parent


def _span(first: int, last: int) -> list[str]:
    return [f"{division:02d}" for division in range(first, last + 1)]


SECTIONS = {
    "A": _span(1, 3),
    "B": _span(5, 9),
    "C": _span(10, 33),
    "D_E": _span(35, 39),
    "F": _span(41, 43),
    "G": _span(45, 47),
    "H": _span(49, 53),
    "I": _span(55, 56),
    "J": _span(58, 63),
    "K": _span(64, 66),
    "L": ["68"],
    "M_N": _span(69, 82),
    "O": ["84"],
    "P": ["85"],
    "Q": _span(86, 88),
    "R_S": _span(90, 96),
    "T": ["97", "98", "99"],
}
BROAD = {
    "agriculture": _span(1, 3),
    "mining": _span(5, 9),
    "manufacturing": _span(10, 33),
    "utilities": _span(35, 39),
    "construction": _span(41, 43),
    "trade and catering": [*_span(45, 47), "55", "56"],
    "transport": _span(49, 53),
    "communication": _span(58, 61),
    "finance, property and business": _span(62, 82),
    "public and personal services": _span(84, 99),
}
WIOD = {
    "AtB": _span(1, 3),
    "C": _span(5, 9),
    "15t16": _span(10, 12),
    "17t18": ["13", "14"],
    "19": ["15"],
    "20": ["16"],
    "21t22": ["17", "18", "58"],
    "23": ["19"],
    "24": ["20", "21"],
    "25": ["22"],
    "26": ["23"],
    "27t28": ["24", "25"],
    "29": ["28", "33"],
    "30t33": ["26", "27"],
    "34t35": ["29", "30"],
    "36t37": ["31", "32", "38"],
    "E": ["35", "36"],
    "F": _span(41, 43),
    "50": ["45"],
    "51": ["46"],
    "52": ["47"],
    "H": ["55", "56"],
    "60": ["49"],
    "61": ["50"],
    "62": ["51"],
    "63": ["52", "79"],
    "64": ["53", "61"],
    "J": _span(64, 66),
    "70": ["68"],
    "71t74": ["62", "63", *_span(69, 74), "77", "78", "80", "81", "82"],
    "L": ["84"],
    "M": ["85"],
    "N": ["75", "86", "87", "88"],
    "O": ["37", "39", "59", "60", *_span(90, 96), "99"],
    "P": ["97", "98"],
}
TARGETS = {"isic_sections": SECTIONS, "broad_sectors": BROAD, "WIOD2013": WIOD}
#: Published classifications that others can be taken to; their groups are their own ISIC divisions.
PUBLISHED = ("ADB35", "EORA26", "ICIO2021", "ICIO2023", "WIOD2016")
#: Least share of a published classification's groups that have to receive an industry; the rest stay empty.
COVERED = 0.84
#: Industries that join what WIOD 2013 (and ADB, its twin) keeps apart cannot be taken there.
NOT_TO_WIOD = ("EORA26", "GLORIA", "ICIO2021", "ICIO2023", "ICIO2025")
ISIC3 = ("ADB35", "WIOD2013", "EXIOBASE3_ixi", "EXIOBASE3_pxp", "EORA26")


def group_of(divisions: list[str], groups: dict[str, list[str]], *, old: bool) -> tuple[str, str]:
    """Group that holds most of an industry's divisions, and a remark where it does not hold all."""
    counts = {name: sum(division in members for division in divisions) for name, members in groups.items()}
    # Post and telecommunications are one division each, but telecommunications are several times larger.
    best = max(counts, key=lambda name: counts[name] + 0.5 * ("61" in groups[name] and "61" in divisions))
    others = [name for name, count in counts.items() if count and name != best]
    if not others:
        return best, ""
    why = "ISIC rev. 3 industry" if old else "industry"
    return best, f"{why} that also has parts of {', '.join(others)}"


def write(out: Path) -> None:
    """Write every file into `out`."""
    frame = pd.read_csv(HERE / "industries" / "inputs" / "more_industries.csv", dtype=str, keep_default_na=False)
    wiod = pd.read_csv(HERE / "industries" / "inputs" / "wiod2013_industries.csv", dtype=str, keep_default_na=False)
    twins = dict(zip(wiod["alias"], wiod["industry"], strict=True))
    adb = frame[frame["classification"] == "ADB35"]
    twin = adb.assign(classification="WIOD2013", industry=adb["industry"].map(twins))
    frame = pd.concat([frame, twin])
    out.mkdir(parents=True, exist_ok=True)
    made = []
    targets = TARGETS | {
        name: {code: text.split() for code, text in zip(rows["industry"], rows["isic4"], strict=True)}
        for name, rows in frame.groupby("classification")
        if name in PUBLISHED
    }
    for source, rows in frame.groupby("classification", sort=True):
        for target, groups in targets.items():
            if source == target or (target in ("WIOD2013", "ADB35") and source in NOT_TO_WIOD):
                continue
            if target == "WIOD2013" and source == "ADB35":
                pairs = [(twins[code], "") for code in rows["industry"]]
            elif target == "ADB35" and source == "WIOD2013":
                back = {new: old for old, new in twins.items()}
                pairs = [(back[code], "") for code in rows["industry"]]
            else:
                pairs = [group_of(one.split(), groups, old=str(source) in ISIC3) for one in rows["isic4"]]
            if target in PUBLISHED and len({pair[0] for pair in pairs}) < COVERED * len(groups):
                continue
            table = pd.DataFrame({"from": rows["industry"].to_numpy(), "to": [p[0] for p in pairs], "share": 1})
            table["remark"] = [p[1] for p in pairs]
            name = f"{str(source).lower()}_to_{target.lower()}.csv"
            table.to_csv(out / name, index=False, lineterminator="\n")
            made.append({"from": source, "to": target, "file": name, "groups": table["to"].nunique()})
    pd.DataFrame(made).to_csv(out / "concordances.csv", index=False, lineterminator="\n")


def main() -> None:
    """Read the arguments and write."""
    parser = argparse.ArgumentParser(description="Make tables/concordances/*.csv")
    parser.add_argument("--out", type=Path, default=HERE / "concordances")
    write(parser.parse_args().out)


if __name__ == "__main__":
    main()
