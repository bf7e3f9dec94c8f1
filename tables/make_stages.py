"""Make tables/industries/*.csv: the stage and trait shares of every industry the package knows.

    python tables/make_stages.py --nbs DIR --taxonomy DIR [--out DIR]

The chain is readable from end to end. By hand, in tables/industries/inputs: which activity each industry of a
Chinese national table is (nbs_activities.csv), which industry of a coarser classification an activity belongs to
(activities.csv), and what share of an activity is emerging, future, green or digital, with a reason
(judgements.csv). By this script: high-tech shares from the OECD R&D-intensity taxonomy, and the shares of every
coarser industry as means of its activities weighted by their output in the Chinese tables.
"""

from __future__ import annotations

import argparse
import math
from pathlib import Path

import numpy as np
import pandas as pd
from stage_changes import SHARES, against, clear_since
from stage_targets import BOUNDS, COLUMNS, DIGITS, HERE, KEYS, STAGES, TARGETS, TRAITS, UNDATED, Block, Inputs, Target


def judgement(inputs: Inputs, activity: str, region: str, year: int) -> pd.Series:
    """Row of judgements.csv for an activity: the region's row nearest in year, else the row for all.

    A row for all regions with a year holds until that year.
    """
    rows = inputs.judgements[inputs.judgements["activity"] == activity]
    own = rows[(rows["region"] == region) & (rows["year"] != "")]
    if region and len(own):
        return own.loc[(own["year"].astype(int) - year).abs().idxmin()]
    everywhere = rows[rows["region"] == ""]
    until = everywhere.loc[everywhere["year"] != "", "year"].astype(int)
    until = until[until >= year]
    return everywhere.loc[until.idxmin()] if len(until) else everywhere[everywhere["year"] == ""].iloc[0]


def high_tech(inputs: Inputs, activity: str) -> tuple[float, float, float, str]:
    """Share that is high-tech: low reads it as High R&D intensity only, high adds Medium-high, central is midway.

    A second group of the taxonomy counts as much as the first, unless its share is given (62-63:0:0.05:0.1).
    """
    codes = [code for code in inputs.activities.loc[activity, "oecd"].split(";") if code]
    if not codes:
        return 0.0, 0.0, 0.0, "not covered by the OECD R&D-intensity taxonomy (non-market service)"
    value = {"High": (1.0, 1.0, 1.0), "Medium-high": (0.0, 0.5, 1.0)}
    parts = {code.split(":")[0]: [float(part) for part in code.split(":")[1:]] for code in codes}
    levels = {code: str(inputs.levels.loc[code, "level"]) for code in parts}
    low, central, high = np.array([value.get(level, (0.0, 0.0, 0.0)) for level in levels.values()]).T
    basis = "; ".join(
        f"{level} (ISIC {code}{f', {100 * parts[code][1]:.0f} %' if parts[code] else ''})"
        for code, level in levels.items()
    )
    shares = next((part for part in parts.values() if part), None)
    if shares is None:
        return low.min(), central.mean(), high.max(), f"OECD R&D intensity: {basis}"
    mixed = np.array(
        [
            (1 - share) * np.array([low[0], central[0], high[0]]) + share * np.array([low[1], central[1], high[1]])
            for share in shares
        ]
    )
    return mixed[:, 0].min(), mixed[1, 1], mixed[:, 2].max(), f"OECD R&D intensity: {basis}"


def profile(inputs: Inputs, activity: str, region: str, year: int) -> dict[str, object]:
    """All shares of one activity, with traditional as what emerging and future leave; worked out once."""
    key = (activity, region, year)
    if key not in inputs.profiles:
        inputs.profiles[key] = _profile(inputs, *key)
    return inputs.profiles[key]


def _profile(inputs: Inputs, activity: str, region: str, year: int) -> dict[str, object]:
    row = judgement(inputs, activity, region, year)
    out: dict[str, object] = {key: row[key] for key in KEYS if key in row.index}
    for bound, opposite in (("low", "high"), ("central", "central"), ("high", "low")):
        out[f"traditional_{bound}"] = max(0.0, 1.0 - row[f"emerging_{opposite}"] - row[f"future_{opposite}"])
    *levels, basis = high_tech(inputs, activity)
    out.update(zip((f"high_tech_{bound}" for bound in BOUNDS), levels, strict=True))
    listed = bool(inputs.activities.loc[activity, "sei"])
    decided = not listed or row["emerging_central"] >= 0.85
    return out | {
        "high_tech_basis": basis,
        "kind": "taxonomy" if decided else "judgement",
        "reason": row["reason"],
        "source": "; ".join(filter(None, [row["source"], _listing(inputs, activity)])),
    }


def _listing(inputs: Inputs, activity: str) -> str:
    numbers = inputs.activities.loc[activity, "sei"].replace(";", ", ")
    if not numbers:
        return "on no list of strategic emerging industries (NBS 2018)"
    return f"strategic emerging industries (NBS 2018), group {numbers}"


def extreme(values: np.ndarray, weights: np.ndarray, spread: float, *, sign: int) -> float:
    """Smallest (sign -1) or largest (+1) mean when each weight may be divided or multiplied by up to `spread`.

    A ratio of two linear forms over a box is extreme where the weights switch once from low to high along the
    sorted values, so it is enough to try every switch.
    """
    order = np.argsort(-sign * values, kind="stable")
    v, w = values[order], weights[order]
    large, small = w * spread, w / spread
    top = np.concatenate([[0.0], np.cumsum(large * v)]) + np.concatenate([np.cumsum((small * v)[::-1])[::-1], [0.0]])
    base = np.concatenate([[0.0], np.cumsum(large)]) + np.concatenate([np.cumsum(small[::-1])[::-1], [0.0]])
    return float((top / base).max() if sign > 0 else (top / base).min())


def members(inputs: Inputs, target: Target, industry: str, year: int) -> pd.Series:
    """Output weights of the activities inside an industry in one Chinese table, largest first, adding to one."""
    layout = inputs.activities[target.layout]
    rows = inputs.outputs[year]
    inside = rows[rows["activity"].map(layout) == industry]
    if inside.empty:  # no counterpart in the Chinese table: the activities assigned to it, evenly
        names = layout.index[layout == industry]
        return pd.Series(1.0 / len(names), index=names)
    total = inside.groupby("activity")["output"].sum()
    return (total / total.sum()).sort_values(ascending=False, kind="stable")


def first_table(inputs: Inputs, target: Target, industry: str) -> int:
    """First table that is used for an industry's make-up: from it on, more detail moves no share by itself."""
    years = sorted({year for block in target.blocks for year in (*block.central, *block.bounds)})
    held = tuple(inputs.activities.index[inputs.activities[target.layout] == industry])
    if len(target.blocks) < 2:
        return years[0]
    if held not in inputs.first:
        inputs.first[held] = _first_table(inputs, target, industry, years, held)
    return inputs.first[held]


def _first_table(inputs: Inputs, target: Target, industry: str, years: list[int], held: tuple[str, ...]) -> int:
    mix = {year: members(inputs, target, industry, year) for year in years}
    values = pd.DataFrame(
        {a: {s: float(judgement(inputs, a, "", UNDATED)[f"{s}_central"]) for s in ("emerging", "future")} for a in held}
    ).T
    return clear_since(mix, values, held)


def weighted(inputs: Inputs, target: Target, block: Block, industry: str) -> dict[str, object]:
    """Shares of an aggregated industry: central from the years meant, bounds over the neighbouring years too."""
    years = sorted({*block.central, *block.bounds})
    first = first_table(inputs, target, industry)
    by_year: dict[int, dict[str, float]] = {}
    mix: dict[int, pd.Series] = {}
    for year in years:
        mix[year] = members(inputs, target, industry, max(year, first))
        judged = block.judged_in(year)
        rows = pd.DataFrame([profile(inputs, a, block.judged_for, judged) for a in mix[year].index])
        w = mix[year].to_numpy()
        by_year[year] = {}
        for key in KEYS:
            values = rows[key].to_numpy(float)
            sign = {"low": -1, "high": 1}.get(key.rsplit("_", 1)[1], 0)
            mean = float(w @ values)
            by_year[year][key] = extreme(values, w, block.spread, sign=sign) if sign and block.spread > 1 else mean
    out: dict[str, object] = {}
    for key in KEYS:
        bound = key.rsplit("_", 1)[1]
        over = [by_year[y][key] for y in (block.central if bound == "central" else block.bounds)]
        out[key] = {"low": min, "central": lambda s: sum(s) / len(s), "high": max}[bound](over)
    average = pd.concat([mix[y] for y in block.central], axis=1).fillna(0.0).mean(axis=1)
    average = average.sort_values(ascending=False, kind="stable")
    judged = block.judged_in(block.central[-1])
    out["activities"] = judgements_of(inputs, [str(a) for a in average.index], block.judged_for, judged)
    if len(average) == 1:
        return profile(inputs, str(average.index[0]), block.judged_for, judged) | out
    return out | _derivation(inputs, block, average, first)


def judgements_of(inputs: Inputs, activities: list[str], region: str, year: int) -> dict[str, dict[str, float]]:
    """Central shares of each activity by name, to say later what changed."""
    rows = {a: profile(inputs, a, region, year) for a in activities}
    names = inputs.activities["name"]
    return {names[a]: {s: float(row[f"{s}_central"]) for s in SHARES} for a, row in rows.items()}  # type: ignore[arg-type]


def _derivation(inputs: Inputs, block: Block, average: pd.Series, first: int) -> dict[str, object]:
    names = inputs.activities["name"]
    shown = [f"{names[a]} {100 * s:.0f} %" for a, s in average.head(5).items()]
    rest = len(average) - len(shown)
    more = f", {rest} more" if rest > 0 else ""
    years = ", ".join(str(y) for y in sorted({max(y, first) for y in block.central}))
    reason = f"Weights, output in China {years}: {', '.join(shown)}{more}."
    if first > min(block.central):
        reason += f" Tables before {first} do not name what enters or leaves the industry apart, and are not used."
    if block.spread > 1:
        reason += f" Range: any weight between 1/{block.spread:g} and {block.spread:g} times China's."
    elif len(tables := sorted({max(y, first) for y in block.bounds})) > 1 and set(block.bounds) != set(block.central):
        reason += f" Range over the tables of {', '.join(str(y) for y in tables)}."
    return {
        "high_tech_basis": f"OECD R&D intensity of {len(average)} activities, weighted by output",
        "kind": "derived",
        "reason": reason,
        "source": f"NBS input-output tables of China {years}; inputs/judgements.csv",
    }


def rounded(row: dict[str, object]) -> dict[str, object]:
    """Round so that centrals add to one and bounds still enclose them."""
    out = dict(row)
    scale = 10**DIGITS
    for key in KEYS:
        value = float(row[key])  # type: ignore[arg-type]
        if key.endswith("_low"):
            out[key] = math.floor(value * scale + 1e-6) / scale
        elif key.endswith("_high"):
            out[key] = math.ceil(value * scale - 1e-6) / scale
        else:
            out[key] = round(value, DIGITS)
    rest = round(1.0 - out["emerging_central"] - out["future_central"], DIGITS)  # type: ignore[operator]
    out["traditional_central"] = rest
    for name in (*STAGES, *TRAITS):
        low, central, high = (float(out[f"{name}_{bound}"]) for bound in BOUNDS)  # type: ignore[arg-type]
        out[f"{name}_low"], out[f"{name}_high"] = min(low, central), max(high, central)
    return out


def bases(row: dict[str, object]) -> dict[str, object]:
    """Say what green and digital rest on."""
    how = "weighted by output" if row["kind"] == "derived" else "share judged"
    return {
        "green_basis": f"environmental goods and services, low-carbon energy and transport; {how}",
        "digital_basis": f"information and communication goods and services (OECD 2011); {how}",
    }


def labels(inputs: Inputs, target: Target) -> pd.DataFrame:
    """Codes and names of a classification's industries, in order."""
    if target.classification == "WIOD2013":
        return inputs.wiod
    if target.layout is None:
        rows = inputs.industries[inputs.industries["classification"] == target.classification]
        return rows[["industry", "name", "name_zh"]].assign(alias="")
    table = pd.read_parquet(inputs.nbs / target.names_from)
    table = table[table["Code"].str.fullmatch(r"\d\d")].drop_duplicates("Code")
    named = {"industry": table["Code"], "name": table["Description"], "name_zh": table["DescriptionInChinese"]}
    return pd.DataFrame(named).assign(alias="")


def block_rows(inputs: Inputs, target: Target, block: Block) -> list[dict[str, object]]:
    """Rows of one block, for every industry of the classification."""
    out = []
    detail = inputs.industries.set_index(["classification", "industry"])["activity"]
    for label in labels(inputs, target).to_dict("records"):
        if target.layout is None:
            activity = detail[target.classification, label["industry"]]
            row = _pooled(inputs, activity, block)
        else:
            row = weighted(inputs, target, block, label["industry"])
        row = rounded(row)
        out.append({**label, "region": block.region, "year": block.year, **row, **bases(row)})
    return out


def _pooled(inputs: Inputs, activity: str, block: Block) -> dict[str, object]:
    """Shares of one activity over the years of a block: mean of centrals, widest bounds."""
    each = [profile(inputs, activity, block.judged_for, block.judged_in(year)) for year in block.central]
    pick = {"low": min, "central": lambda s: sum(s) / len(s), "high": max}
    reasons = dict.fromkeys(f"{row['reason']}." for row in each)
    years = ", ".join(str(year) for year in block.central)
    reason = each[-1]["reason"] if len(reasons) == 1 else f"Mean of {years}. {' '.join(reasons)}"
    shares = {key: pick[key.rsplit("_", 1)[1]]([row[key] for row in each]) for key in KEYS}
    judged = judgements_of(inputs, [activity], block.judged_for, block.judged_in(block.central[-1]))
    return each[-1] | shares | {"reason": reason, "activities": judged}


def make(inputs: Inputs, target: Target) -> pd.DataFrame:
    """One output file: the first block for all tables, later blocks only where they say something else."""
    general, *special = (block_rows(inputs, target, block) for block in target.blocks)
    rows = list(general)
    before: dict[tuple[object, object], dict[str, object]] = {}
    for block in special:
        for row, base in zip(block, general, strict=True):
            tell(row, base, before)
            if any(row[key] != base[key] for key in KEYS):
                rows.append(row)
    return pd.DataFrame(rows, columns=COLUMNS)


def tell(
    row: dict[str, object], base: dict[str, object], before: dict[tuple[object, object], dict[str, object]]
) -> None:
    """Add to the reason of a dated row what changed against the row before it, and remember the row."""
    key = (row["region"], row["industry"])
    earlier = before.get(key) or (
        base | {"year": "other years"} if not row["region"] and "-" in str(row["year"]) else None
    )
    before[key] = dict(row)
    if earlier is not None:
        row["reason"] = f"{row['reason']}{against(row, earlier)}"


def registry(inputs: Inputs) -> pd.DataFrame:
    """classifications.csv: which file serves which classification and years."""
    return pd.DataFrame(
        [
            {
                "classification": t.classification,
                "file": f"{t.classification.lower()}.csv",
                "years": f"{t.years[0]}-{t.years[-1]}" if t.layout == "wiod2013" else " ".join(map(str, t.years)),
                "industries": len(labels(inputs, t)),
            }
            for t in TARGETS
        ]
    )


def concordance(inputs: Inputs) -> pd.DataFrame:
    """nbs_to_wiod2013.csv: every detailed Chinese industry with its activity and its coarser industries."""
    layouts = ["wiod2013", "nbs42", "nbs42_2015", "nbs42_2005", "nbs41"]
    return inputs.industries.join(inputs.activities[layouts], on="activity")


def write(out: Path, nbs: Path, taxonomy: Path) -> None:
    """Write every file into `out`."""
    inputs = Inputs(nbs, taxonomy)
    out.mkdir(parents=True, exist_ok=True)
    for target in TARGETS:
        make(inputs, target).to_csv(out / f"{target.classification.lower()}.csv", index=False, lineterminator="\n")
    registry(inputs).to_csv(out / "classifications.csv", index=False, lineterminator="\n")
    concordance(inputs).to_csv(out / "nbs_to_wiod2013.csv", index=False, lineterminator="\n")


def main() -> None:
    """Read the arguments and write."""
    parser = argparse.ArgumentParser(description="Make tables/industries/*.csv")
    parser.add_argument("--nbs", type=Path, required=True, help="folder with the national tables of China (parquet)")
    parser.add_argument("--taxonomy", type=Path, required=True, help="folder with the R&D-intensity taxonomy (csv)")
    parser.add_argument("--out", type=Path, default=HERE)
    args = parser.parse_args()
    write(args.out, args.nbs, args.taxonomy)


if __name__ == "__main__":
    main()
