"""Make tables/concordances/*.csv: from each classification to broader ones, by ISIC rev. 4 division.

    python tables/make_concordances.py [--out DIR]

industries/inputs/more_industries.csv gives the ISIC rev. 4 divisions of each industry (for WIOD 2013 those of its ADB
twin), sources/division_output.csv the output of the world by division. An industry goes whole to the group that holds
at least WHOLE of its output; the column `remark` says of which other groups it has parts. Where no group holds that
much, it is divided by output. sources/concordance_rules.csv says by hand, with a reason, where the divisions go that a
classification does not list. A division that no group lists and no rule names is an error.
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
    "T": ["97", "98"],
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
TARGETS = {"isic_sections": SECTIONS, "broad_sectors": BROAD}
#: Published classifications that others can be taken to; their groups are their own ISIC divisions.
PUBLISHED = ("ADB35", "EORA26", "ICIO2021", "ICIO2023", "WIOD2016")
#: Least share of a published classification's groups that have to receive an industry; the rest stay empty.
COVERED = 0.84
#: Least share of an industry's output in one group at which it goes there whole.
WHOLE = 0.6
#: Classifications that join what WIOD 2013 (and ADB, its twin) or WIOD 2016 keep apart cannot be taken there.
JOINED = ("EORA26", "GLORIA", "ICIO2021", "ICIO2023", "ICIO2025")
NOT_TO = {"WIOD2013": JOINED, "ADB35": JOINED, "WIOD2016": (*JOINED, "EXIOBASE3_ixi", "EXIOBASE3_pxp")}
DIGITS = 4


def _read(name: str) -> pd.DataFrame:
    return pd.read_csv(HERE / name, dtype=str, keep_default_na=False)


class Rules:
    """What is decided by hand: groups of single divisions and of single industries, each with a reason."""

    def __init__(self) -> None:
        rows = _read("sources/concordance_rules.csv").to_dict("records")
        self.divisions = {(r["to"], r["isic4"]): (r["group"], r["reason"]) for r in rows if r["isic4"]}
        self.industries = {
            (r["from"], r["to"], r["industry"]): (r["group"], r["reason"]) for r in rows if r["industry"]
        }


def group_of_division(division: str, target: str, groups: dict[str, list[str]], rules: Rules) -> str:
    """Group of one division: by rule, else the one that lists it."""
    if (target, division) in rules.divisions:
        return rules.divisions[target, division][0]
    holders = [name for name, members in groups.items() if division in members]
    if len(holders) != 1:
        listed = f"is listed by {' and '.join(holders)}" if holders else "is in no group"
        raise ValueError(f"ISIC division {division} {listed} of {target}: add a row to sources/concordance_rules.csv")
    return holders[0]


def _reason(name: str, listed: list[str], ruled: list[tuple[str, str, str]]) -> str:
    """Why a group receives divisions that it does not list itself."""
    return "; ".join(dict.fromkeys(why for group, why, division in ruled if group == name and division not in listed))


def shares_of(
    divisions: list[str], target: str, groups: dict[str, list[str]], output: dict[str, float], rules: Rules
) -> list[tuple[str, float, str]]:
    """Give an industry's groups with shares and remarks: one that holds WHOLE of its output, else each by output."""
    parts: dict[str, float] = {}
    for division in divisions:
        name = group_of_division(division, target, groups, rules)
        # Divisions without a figure (98 and 99) have next to no output.
        parts[name] = parts.get(name, 0.0) + max(output.get(division, 0.0), 1.0)
    total = sum(parts.values())
    shares = {name: value / total for name, value in parts.items()}
    ruled = [(*rules.divisions.get((target, division), ("", "")), division) for division in divisions]
    reasons = {name: _reason(name, groups[name], ruled) for name in shares}
    best = max(shares, key=lambda name: shares[name])
    if shares[best] >= WHOLE:
        others = [f"{name} ({100 * share:.0f} %)" for name, share in shares.items() if name != best]
        also = f"also has parts of {', '.join(others)}" if others else ""
        return [(best, 1.0, "; ".join(filter(None, [reasons[best], also])))]
    rounded = {name: round(share, DIGITS) for name, share in shares.items()}
    rounded[best] = round(1 - sum(share for name, share in rounded.items() if name != best), DIGITS)
    return [
        (name, share, "; ".join(filter(None, ["divided by the world's output", reasons[name]])))
        for name, share in rounded.items()
    ]


def rows_of(
    source: str, target: str, industries: dict[str, list[str]], groups: dict[str, list[str]], rules: Rules
) -> pd.DataFrame:
    """One concordance: from, to, share, remark."""
    weights = _read("sources/division_output.csv")
    output = dict(zip(weights["isic4"], weights["output"].astype(float), strict=True))
    rows = []
    for industry, divisions in industries.items():
        if (source, target, industry) in rules.industries:
            group, reason = rules.industries[source, target, industry]
            pieces = [(group, 1.0, reason)]
        else:
            pieces = shares_of(divisions, target, groups, output, rules)
        rows += [{"from": industry, "to": to, "share": f"{share:g}", "remark": why} for to, share, why in pieces]
    return pd.DataFrame(rows)


def write(out: Path) -> None:
    """Write every file into `out`."""
    frame = _read("industries/inputs/more_industries.csv")
    wiod = _read("industries/inputs/wiod2013_industries.csv")
    twins = dict(zip(wiod["alias"], wiod["industry"], strict=True))
    adb = frame[frame["classification"] == "ADB35"]
    frame = pd.concat([frame, adb.assign(classification="WIOD2013", industry=adb["industry"].map(twins))])
    listed = {
        str(name): {code: text.split() for code, text in zip(rows["industry"], rows["isic4"], strict=True)}
        for name, rows in frame.groupby("classification", sort=True)
    }
    targets = TARGETS | {"WIOD2013": listed["WIOD2013"]} | {name: listed[name] for name in PUBLISHED}
    rules = Rules()
    out.mkdir(parents=True, exist_ok=True)
    files = []
    for source, industries in listed.items():
        for target, groups in targets.items():
            if source == target or source in NOT_TO.get(target, ()):
                continue
            if target in PUBLISHED and len(industries) < len(groups):
                continue
            table = rows_of(source, target, industries, groups, rules)
            if target in PUBLISHED and table["to"].nunique() < COVERED * len(groups):
                continue
            name = f"{source.lower()}_to_{target.lower()}.csv"
            table.to_csv(out / name, index=False, lineterminator="\n")
            files.append({"from": source, "to": target, "file": name, "groups": table["to"].nunique()})
    pd.DataFrame(files).to_csv(out / "concordances.csv", index=False, lineterminator="\n")


def main() -> None:
    """Read the arguments and write."""
    parser = argparse.ArgumentParser(description="Make tables/concordances/*.csv")
    parser.add_argument("--out", type=Path, default=HERE / "concordances")
    write(parser.parse_args().out)


if __name__ == "__main__":
    main()
