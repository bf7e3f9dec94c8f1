"""Make tables/sources/division_output.csv: the world's output by ISIC rev. 4 division, weights of the concordances.

    python tables/make_division_output.py --icio FILE --uk FILE

FILE of --icio is output by region and industry, OECD ICIO, edition 2025, year 2022 (csv with the columns industry and
output, M USD). Where one of its industries holds several divisions, it is divided between them: trade as industries
50, 51 and 52 of the world table of 2011 in tables/world, the others as the products of the United Kingdom's analytical
tables of 2010 (Office for National Statistics; parquet). Divisions that those join get equal parts. The result is kept
in the project, so make_concordances.py needs neither file.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import pandas as pd

HERE = Path(__file__).resolve().parent
TRADE = {"50": "45", "51": "46", "52": "47"}
USE = "Input-Output table (domestic use, basic prices, product by product)"


def uk_output(file: Path) -> dict[str, float]:
    """Output by ISIC rev. 4 division, million pounds, 2010, market and non-market producers together."""
    table = pd.read_parquet(file)
    rows = table[(table["indicator"] == USE) & (table["uk_row"] == "Total output")]
    out: dict[str, float] = {}
    for code, value in zip(rows["uk_col"], rows["values"].astype(float), strict=True):
        name = str(code).removeprefix("NM_").removeprefix("NPISH_")
        if not name[:2].isdigit():
            continue
        joined = name if name in ("06-07", "59-60", "87-88", "41-43") else name[:2]
        divisions = [f"{n:02d}" for n in range(int(joined[:2]), int(joined[-2:]) + 1)]
        for division in divisions:
            out[division] = out.get(division, 0.0) + value / len(divisions)
    return out


def write(icio: Path, uk: Path, out: Path) -> None:
    """Write the weights, in M USD."""
    industries = pd.read_csv(HERE / "industries" / "inputs" / "more_industries.csv", dtype=str, keep_default_na=False)
    industries = industries[industries["classification"] == "ICIO2025"].set_index("industry")["isic4"]
    output = pd.read_csv(icio).groupby("industry")["output"].sum()
    trade = pd.read_parquet(HERE / "world" / "2011" / "x.parquet").iloc[:, 0].groupby(level=1).sum()
    british = uk_output(uk)
    rows: dict[str, tuple[float, str]] = {}
    for industry, text in industries.items():
        divisions = text.split()
        how = "ICIO 2025"
        if len(divisions) == 1:
            shares = {divisions[0]: 1.0}
        elif industry == "G":
            shares = {division: float(trade[code]) for code, division in TRADE.items()}
            how += ", divided as in WIOD 2011"
        else:
            shares = {division: british.get(division, 0.0) for division in divisions}
            how += ", divided as in the United Kingdom 2010"
        total = sum(shares.values())
        for division, share in shares.items():
            earlier = rows.get(division, (0.0, how))[0]
            rows[division] = (earlier + float(output[industry]) * share / total, how)
    frame = pd.DataFrame(
        [{"isic4": division, "output": round(value), "source": how} for division, (value, how) in sorted(rows.items())]
    )
    frame.to_csv(out, index=False, lineterminator="\n")


def main() -> None:
    """Read the arguments and write."""
    parser = argparse.ArgumentParser(description="Make tables/sources/division_output.csv")
    parser.add_argument("--icio", type=Path, required=True, help="output by region and industry, ICIO 2025 (csv)")
    parser.add_argument("--uk", type=Path, required=True, help="analytical tables of the United Kingdom 2010 (parquet)")
    parser.add_argument("--out", type=Path, default=HERE / "sources" / "division_output.csv")
    args = parser.parse_args()
    write(args.icio, args.uk, args.out)


if __name__ == "__main__":
    main()
