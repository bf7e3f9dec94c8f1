"""Make tables/criticality/*.csv: which inputs an industry cannot do without for two months, by classification.

    python tables/make_criticality.py --survey FILE [--out DIR]

FILE is the survey of industry analysts, one row an input and one column a user, in the industries of WIOD 2016: 1 the
input is essential, 0.5 important, 0 neither. It is written to survey.csv as it was published, with its empty cells.
For each other classification the ISIC rev. 4 divisions of its industries (industries/inputs/more_industries.csv) say
which industries of the survey they belong to:

1. A pair that was not rated counts as 0.
2. An input of several divisions is for a user as critical as its most critical part.
3. A user of several divisions has the mean of their ratings, weighted by the world's output
   (sources/division_output.csv), rounded to the nearest of 0, 0.5 and 1, and up from the middle.
4. An industry needs its own products: 1. Two industries that are one in the survey: 0.5.
"""

from __future__ import annotations

import argparse
import io
from pathlib import Path

import numpy as np
import pandas as pd
from make_concordances import SECTIONS
from saved_format import write_bytes

HERE = Path(__file__).resolve().parent
#: Classifications that are not so much finer than the survey that rule 4 would decide most of their cells.
TARGETS = ("WIOD2016", "WIOD2013", "ADB35", "ICIO2021", "ICIO2023", "ICIO2025", "FIGARO", "EORA26")
#: Industries of the survey that WIOD 2016 as listed here joins.
APART = {"R": ["90", "91", "92", "93"], "S": ["94", "95", "96"]}


def _read(name: str) -> pd.DataFrame:
    return pd.read_csv(HERE / name, dtype=str, keep_default_na=False)


def divisions() -> dict[str, dict[str, list[str]]]:
    """ISIC divisions of each industry, by classification."""
    frame = _read("industries/inputs/more_industries.csv")
    wiod = _read("industries/inputs/wiod2013_industries.csv")
    twins = dict(zip(wiod["alias"], wiod["industry"], strict=True))
    adb = frame[frame["classification"] == "ADB35"]
    frame = pd.concat([frame, adb.assign(classification="WIOD2013", industry=adb["industry"].map(twins))])
    return {
        str(name): {code: text.split() for code, text in zip(rows["industry"], rows["isic4"], strict=True)}
        for name, rows in frame.groupby("classification", sort=True)
    } | {"isic_sections": dict(SECTIONS)}


def by_division(survey: pd.DataFrame, groups: dict[str, list[str]]) -> tuple[pd.DataFrame, dict[str, str]]:
    """Ratings of pairs of divisions, and the industry of the survey that each division is in."""
    holder = {
        division: code for code, members in (groups | APART).items() if code in survey.index for division in members
    }
    rated = survey.fillna(0.0)
    codes = list(holder.values())
    return pd.DataFrame(rated.loc[codes, codes].to_numpy(), index=list(holder), columns=list(holder)), holder


def ratings(
    industries: dict[str, list[str]], pairs: pd.DataFrame, holder: dict[str, str], output: dict[str, float]
) -> pd.DataFrame:
    """Ratings of one classification, inputs in the rows and users in the columns."""
    names = list(industries)
    table = np.zeros((len(names), len(names)))
    for i, given in enumerate(names):
        needed = [division for division in industries[given] if division in holder]
        for j, user in enumerate(names):
            using = [division for division in industries[user] if division in holder]
            if not needed or not using:
                continue
            most = pairs.loc[needed, using].max(axis=0).to_numpy()
            weights = np.array([max(output.get(division, 0.0), 1.0) for division in using])
            table[i, j] = np.floor(2 * (most @ weights / weights.sum()) + 0.5) / 2
            groups = {holder[division] for division in [*needed, *using]}
            if len(groups) == 1:
                table[i, j] = min(table[i, j], 0.5)
    np.fill_diagonal(table, 1.0)
    return pd.DataFrame(table, index=pd.Index(names, name="input"), columns=names)


def _csv(frame: pd.DataFrame) -> bytes:
    text = io.StringIO()
    frame.map(lambda cell: "" if pd.isna(cell) else f"{cell:g}").to_csv(text, lineterminator="\n")
    return text.getvalue().encode()


def write(source: Path, out: Path) -> None:
    """Write the survey and a table for each classification into `out`."""
    survey = pd.read_csv(source, index_col=0)
    survey.index = survey.index.rename("input")
    if list(survey.index) != list(survey.columns):
        raise SystemExit(f"{source}: rows and columns are not the same industries in the same order.")
    listed = divisions()
    pairs, holder = by_division(survey, listed["WIOD2016"])
    weights = _read("sources/division_output.csv")
    output = dict(zip(weights["isic4"], weights["output"].astype(float), strict=True))
    write_bytes(out / "survey.csv", _csv(survey))
    for name in (*TARGETS, "isic_sections"):
        write_bytes(out / f"{name.lower()}.csv", _csv(ratings(listed[name], pairs, holder, output)))


def main() -> None:
    """Read the arguments and write."""
    parser = argparse.ArgumentParser(description="Make tables/criticality/*.csv")
    parser.add_argument("--survey", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=HERE / "criticality")
    arguments = parser.parse_args()
    write(arguments.survey, arguments.out)


if __name__ == "__main__":
    main()
