"""Make tables/industries/more/*.csv: stage and trait shares for WIOD 2016, ICIO, FIGARO, ADB, EORA26, EXIOBASE, GLORIA.

    python tables/make_stages_more.py --nbs DIR --taxonomy DIR [--out DIR]

The chain of make_stages.py, with one more hand-kept file: inputs/more_industries.csv says which of its activities each
industry of these classifications may hold (an activity may be in several, since a rule by names cannot split it), and
which ISIC rev. 4 divisions, from which make_concordances.py works. A share is the mean of the activities weighted by
their output in China's tables; outside China any weight may be between half and twice that. Power stations by source
(EXIOBASE) are activities of their own there and are judged in inputs/electricity.csv.
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

import pandas as pd
from make_stages import bases, judgements_of, profile, rounded, tell, weighted
from stage_targets import BOUNDS, COLUMNS, HERE, KEYS, SPREAD, Block, Inputs, Target

YEARS = {
    "WIOD2016": (2000, 2014),
    "ICIO2021": (1995, 2018),
    "ICIO2023": (1995, 2020),
    "ICIO2025": (1995, 2022),
    "FIGARO": (2010, 2022),
    "ADB35": (2000, 2023),
    "EORA26": (1990, 2017),
    "EXIOBASE3_ixi": (1995, 2022),
    "EXIOBASE3_pxp": (1995, 2022),
    "GLORIA": (1990, 2022),
}
MIDDLE = (2007, 2012, 2017)
#: For all regions; then China by period, from the nearest table, bounds from its neighbours too.
GENERAL = Block(MIDDLE, (2002, *MIDDLE, 2020), judged_for="", spread=SPREAD)
BEFORE_2005 = replace(GENERAL, year="1990-2004")
CHINA = (
    Block((2002,), (2002, 2007), "CHN", "1990-2004"),
    Block((2007,), (2002, 2007, 2012), "CHN", "2005-2009"),
    Block((2012,), (2007, 2012, 2017), "CHN", "2010-2014"),
    Block((2017,), (2012, 2017, 2018), "CHN", "2015-2017"),
    Block((2020,), (2017, 2018, 2020), "CHN", "2018-2024"),
)
REGION_CODES = {"EXIOBASE3_ixi": "CN", "EXIOBASE3_pxp": "CN", "FIGARO": "CN", "ADB35": "PRC"}


def read(name: str) -> pd.DataFrame:
    """One hand-kept file."""
    return pd.read_csv(HERE / "inputs" / name, dtype=str, keep_default_na=False)


def shares(inputs: Inputs, industry: str, activities: list[str], block: Block) -> dict[str, object]:
    """Shares of an industry that holds these activities."""
    if len(activities) == 1:
        # One activity over all years meant: the mean of its centrals and the widest of its bounds.
        rows = [profile(inputs, activities[0], block.judged_for, block.judged_in(year)) for year in block.bounds]
        central = [profile(inputs, activities[0], block.judged_for, block.judged_in(year)) for year in block.central]
        row = dict(central[-1])
        for key in KEYS:
            bound = key.rsplit("_", 1)[1]
            values = [float(r[key]) for r in (central if bound == "central" else rows)]  # type: ignore[arg-type]
            row[key] = {"low": min, "central": lambda v: sum(v) / len(v), "high": max}[bound](values)
        judged = block.judged_in(block.central[-1])
        return row | {"activities": judgements_of(inputs, activities, block.judged_for, judged)}
    layout = pd.Series("", index=inputs.activities.index)
    layout[activities] = industry
    inputs.activities["of this industry"] = layout
    target = Target("", "of this industry", (), "", (GENERAL, *CHINA))
    return weighted(inputs, target, block, industry)


def judged(row: pd.Series) -> dict[str, object]:
    """Shares of a power station or fuel by its source."""
    out: dict[str, object] = {f"{name}_{bound}": 0.0 for name in ("future", "digital", "high_tech") for bound in BOUNDS}
    out |= {f"{name}_{bound}": float(row[f"{name}_{bound}"]) for name in ("emerging", "green") for bound in BOUNDS}
    for bound, opposite in (("low", "high"), ("central", "central"), ("high", "low")):
        out[f"traditional_{bound}"] = 1.0 - float(row[f"emerging_{opposite}"])
    return out | {
        "high_tech_basis": "OECD R&D intensity: Low (ISIC 35-39)",
        "kind": "judgement",
        "reason": row["reason"],
        "source": "strategic emerging industries (NBS 2018); inputs/electricity.csv",
    }


def make(inputs: Inputs, classification: str, industries: pd.DataFrame, power: pd.DataFrame) -> pd.DataFrame:
    """One output file: rows for all regions, then those for China that say something else."""
    own = industries[industries["classification"] == classification]
    first, last = YEARS[classification]
    blocks = [GENERAL] + [
        replace(block, region=REGION_CODES.get(classification, "CHN")) if block.region else block
        for block in (BEFORE_2005, *CHINA)
        if int(block.year[:4]) <= last and int(block.year[5:]) >= first
    ]
    general: dict[str, dict[str, object]] = {}
    before: dict[tuple[object, object], dict[str, object]] = {}
    rows = []
    for block in blocks:
        for label in own.to_dict("records"):
            code = label["alias"][1:] if label["alias"] else ""
            if code in power.index:
                if block.year:
                    continue
                row = judged(power.loc[code])
            else:
                row = shares(inputs, label["industry"], label["activities"].split(";"), block)
            row = rounded(row)
            row = {**label, "name_zh": "", "region": block.region, "year": block.year, **row, **bases(row)}
            base = general.setdefault(label["industry"], row)
            if row is not base:
                tell(row, base, before)
            if row is base or any(row[key] != base[key] for key in KEYS):
                rows.append(row)
    return pd.DataFrame(rows, columns=COLUMNS)


def intensities(levels: pd.DataFrame) -> pd.DataFrame:
    """R&D intensity by ISIC rev. 4 division, the taxonomy's groups spread over their divisions.

    Parts of a division with an intensity of their own (303, 301, 30X; 582, 581) are averaged; weapons (252) and medical
    instruments (325), small parts of theirs, are left out.
    """
    known: dict[str, list[float]] = {}
    for code, percent in zip(levels.index, levels["rd_intensity_pct"].astype(float), strict=True):
        if code in ("252", "325"):
            continue
        plain = code.rstrip("X")
        first, _, last = plain.partition("-")
        span = range(int(first[:2]), int((last or first)[:2]) + 1)
        for division in span:
            if code == "69-75X" and division == 72:
                continue
            known.setdefault(f"{division:02d}", []).append(percent)
    rows = [
        {"isic4": division, "rd_intensity_pct": round(sum(values) / len(values), 4), "parts": len(values)}
        for division, values in sorted(known.items())
    ]
    return pd.DataFrame(rows)


def write(out: Path, nbs: Path, taxonomy: Path) -> None:
    """Write every file into `out`."""
    inputs = Inputs(nbs, taxonomy)
    industries, power = read("more_industries.csv"), read("electricity.csv").set_index("code")
    out.mkdir(parents=True, exist_ok=True)
    for classification in YEARS:
        frame = make(inputs, classification, industries, power)
        frame.to_csv(out / f"{classification.lower()}.csv", index=False, lineterminator="\n")
    intensities(inputs.levels).to_csv(out.parent.parent / "rd_intensity.csv", index=False, lineterminator="\n")
    registered = [
        {
            "classification": name,
            "file": f"more/{name.lower()}.csv",
            "years": f"{first}-{last}",
            "industries": int((industries["classification"] == name).sum()),
        }
        for name, (first, last) in YEARS.items()
    ]
    pd.DataFrame(registered).to_csv(out / "classifications.csv", index=False, lineterminator="\n")


def main() -> None:
    """Read the arguments and write."""
    parser = argparse.ArgumentParser(description="Make tables/industries/more/*.csv")
    parser.add_argument("--nbs", type=Path, required=True, help="folder with the national tables of China (parquet)")
    parser.add_argument("--taxonomy", type=Path, required=True, help="folder with the R&D-intensity taxonomy (csv)")
    parser.add_argument("--out", type=Path, default=HERE / "more")
    args = parser.parse_args()
    write(args.out, args.nbs, args.taxonomy)


if __name__ == "__main__":
    main()
