"""Files of stage and trait shares: reading, checking, and finding the rows that hold for a table.

A file is a CSV with one row per industry: its code, the share of each stage (low, central, high) and, where wanted,
of each trait; tables/industries/README.md gives the columns. Rows may name a region and a year or range of years;
for each country-industry the most specific row holds: region and year, then region, then year, then neither.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from io_linkage._shipped import shipped_path
from io_linkage.errors import StageError, unknown
from io_linkage.files import expanded
from io_linkage.readers.sources import decode
from io_linkage.spreadsheets import unshielded

if TYPE_CHECKING:
    from io_linkage.table import MRIOTable

STAGES = ("traditional", "emerging", "future")
TRAITS = ("green", "digital", "high_tech")
Bound = Literal["low", "central", "high"]
BOUNDS: tuple[Bound, ...] = ("low", "central", "high")

_TEXT = ("industry", "alias", "name", "name_zh", "region", "year", "kind", "reason", "source")

# Shares written with two or three decimals add to one only nearly; they are then scaled to do so exactly.
SUM_TOLERANCE = 1e-3
_SLACK = 1e-9


def load_file(file: str | Path | pd.DataFrame) -> pd.DataFrame:
    """Read and check a file of stage shares, filling what a minimal one leaves out.

    Parameters
    ----------
    file : path or DataFrame
        Columns ``industry`` and ``traditional``, ``emerging``, ``future`` (or ``..._central``) are enough; ranges
        (``..._low``, ``..._high``) default to the central share, ``region`` and ``year`` to all.

    Returns
    -------
    DataFrame, one row per row of the file, all columns present; traits the file lacks are NaN.

    Raises
    ------
    StageError
        A column is missing, a share is no number or outside [0, 1], the shares of a row do not add to one, low,
        central and high are out of order, or two rows hold for the same industry, region and year.

    Examples
    --------
    >>> own = pd.DataFrame({"industry": ["a"], "traditional": [0.7], "emerging": [0.3], "future": [0.0]})
    >>> load_file(own)[["emerging_low", "emerging_central", "emerging_high"]].to_numpy().tolist()
    [[0.3, 0.3, 0.3]]
    """
    if isinstance(file, pd.DataFrame):
        return _checked(file, "the frame of stage shares")
    path = expanded(file)
    try:
        stat = path.stat()
    except OSError as error:
        raise StageError(f"Cannot read the file of stage shares {path}: {error.strerror}.") from error
    return _parsed(str(path), stat.st_mtime_ns, stat.st_size).copy()


@lru_cache(maxsize=32)
def _parsed(path: str, mtime: int, size: int) -> pd.DataFrame:
    """Parse once per state of the file; a changed file has another time or size and is read again."""
    try:
        if Path(path).suffix.lower() == ".xlsx":
            frame = pd.read_excel(path, dtype=str, keep_default_na=False, engine="openpyxl")
        else:
            text = decode(Path(path).read_bytes())
            frame = pd.read_csv(io.StringIO(text), dtype=str, keep_default_na=False).map(unshielded)
    except OSError as error:
        raise StageError(f"Cannot read the file of stage shares {path}: {error.strerror or error}.") from error
    except (ValueError, KeyError, zipfile.BadZipFile) as error:
        raise StageError(f"Cannot read {path} as a CSV or Excel file of stage shares: {error}.") from error
    return _checked(frame, path)


def _checked(given: pd.DataFrame, name: str) -> pd.DataFrame:
    frame = given.rename(columns=lambda c: str(c).strip())
    frame = frame.rename(columns={s: f"{s}_central" for s in (*STAGES, *TRAITS) if f"{s}_central" not in frame})
    needed = ["industry", *(f"{s}_central" for s in STAGES)]
    missing = [column for column in needed if column not in frame]
    if missing or frame.empty:
        what = f"no column {', '.join(c.removesuffix('_central') for c in missing)}" if missing else "no rows"
        split = " Its columns look split by semicolons; save it with commas." if ";" in str(list(given)) else ""
        raise StageError(
            f"{name} has {what}. It needs an industry column and the shares traditional, emerging and future "
            f"(ranges such as emerging_low and emerging_high may be added).{split}"
        )
    _require_columns(frame, name)
    out = {c: _text(frame[c]) if c in frame else pd.Series("", index=frame.index) for c in _TEXT}
    out |= {f"{t}_basis": _text(frame[f"{t}_basis"]) for t in TRAITS if f"{t}_basis" in frame}
    result = pd.DataFrame(out).reset_index(drop=True)
    frame = frame.reset_index(drop=True)
    for share in (*STAGES, *TRAITS):
        for bound in ("central", "low", "high"):
            column = f"{share}_{bound}"
            result[column] = _numbers(frame, column, name, result) if column in frame else np.nan
            result[column] = result[column].fillna(result[f"{share}_central"])
    _check_rows(result, name)
    return result


def _require_columns(frame: pd.DataFrame, name: str) -> None:
    """Refuse a column that would be read past: a misspelt range, or a share of something else."""
    known = {*_TEXT, *(f"{t}_basis" for t in TRAITS)}
    known |= {f"{share}_{bound}" for share in (*STAGES, *TRAITS) for bound in BOUNDS}
    for column in frame.columns:
        # A spreadsheet leaves empty columns behind, which pandas calls so.
        if column not in known and not (column.startswith("Unnamed:") and (_text(frame[column]) == "").all()):
            error = unknown("column", column, sorted(known))
            raise StageError(f"{name}: {error} Correct its name, or remove it.")


def _text(column: pd.Series[str]) -> pd.Series[str]:
    return column.fillna("").astype(str).str.strip()


def _numbers(frame: pd.DataFrame, column: str, name: str, labels: pd.DataFrame) -> pd.Series[float]:
    text = frame[column].replace("", np.nan)
    values: pd.Series[float] = pd.to_numeric(text, errors="coerce").astype(float)
    bad = values.isna() & text.notna()
    if bad.any():
        row = int(bad.to_numpy().argmax())
        raise StageError(f"{_where(name, labels, row)}: {column} is {text.iloc[row]!r}, not a number from 0 to 1.")
    return values


def _where(name: str, rows: pd.DataFrame, row: int) -> str:
    label = [str(rows[c].iloc[row]) for c in ("industry", "region", "year") if rows[c].iloc[row]]
    return f"{name}, row {row + 1} ({', '.join(label) or 'no industry'})"


def _check_rows(rows: pd.DataFrame, name: str) -> None:
    """Refuse what cannot be shares; scale central shares that add to one only nearly."""
    blank = (rows["industry"] == "").to_numpy()
    if blank.any():
        raise StageError(f"{name}, row {int(blank.argmax()) + 1} has no industry.")
    _check_years(rows, name)
    keys = rows[["industry", "region", "year"]]
    if keys.duplicated().any():
        row = int(keys.duplicated().to_numpy().argmax())
        raise StageError(
            f"{_where(name, rows, row)} repeats an earlier row. Keep one row per industry, region and year."
        )
    for share in (*STAGES, *TRAITS):
        block = rows[[f"{share}_{bound}" for bound in BOUNDS]].to_numpy(float)
        _check_bounds(rows, name, share, block, required=share in STAGES)
    central = rows[[f"{stage}_central" for stage in STAGES]].to_numpy(float)
    total = central.sum(axis=1)
    off = np.abs(total - 1.0) > SUM_TOLERANCE
    if off.any():
        row = int(off.argmax())
        parts = ", ".join(f"{s} {v:g}" for s, v in zip(STAGES, central[row], strict=True))
        raise StageError(
            f"{_where(name, rows, row)}: the shares add to {total[row]:g}, not 1 ({parts}). "
            f"Change one of them by {1.0 - total[row]:+g}, or divide each by {total[row]:g}."
        )
    for stage in STAGES:
        centre = rows[f"{stage}_central"] / total
        rows[f"{stage}_central"] = centre
        rows[f"{stage}_low"] = np.minimum(rows[f"{stage}_low"], centre)
        rows[f"{stage}_high"] = np.maximum(rows[f"{stage}_high"], centre)


def _check_bounds(rows: pd.DataFrame, name: str, share: str, block: npt.NDArray[np.float64], *, required: bool) -> None:
    if required and np.isnan(block[:, 1]).any():
        row = int(np.isnan(block[:, 1]).argmax())
        raise StageError(f"{_where(name, rows, row)}: {share} is empty. Write its share, 0 if there is none.")
    outside = (block < -_SLACK) | (block > 1.0 + _SLACK)
    if outside.any():
        row = int(outside.any(axis=1).argmax())
        # A range that was left out repeats the central share, so that is the one to name.
        bound = 1 if outside[row, 1] else int(outside[row].argmax())
        value = block[row, bound]
        hint = f" If it is a percentage, write {value / 100:g}." if 2 <= value <= 100 else ""
        raise StageError(f"{_where(name, rows, row)}: {share}_{BOUNDS[bound]} is {value:g}, outside 0 to 1.{hint}")
    disordered = (block[:, 0] > block[:, 1] + _SLACK) | (block[:, 1] > block[:, 2] + _SLACK)
    if disordered.any():
        row = int(disordered.argmax())
        low, central, high = block[row]
        raise StageError(
            f"{_where(name, rows, row)}: {share} needs low <= central <= high, but has {low:g}, {central:g}, {high:g}."
        )


def years_of(text: str) -> tuple[int, int]:
    """First and last year of a year cell, ``2007`` or ``2005-2009``."""
    first, _, last = text.partition("-")
    return int(first), int(last or first)


def _check_years(rows: pd.DataFrame, name: str) -> None:
    for row, text in enumerate(rows["year"]):
        if not text:
            continue
        try:
            first, last = years_of(text)
        except ValueError:
            first, last = 1, 0
        if first > last:
            raise StageError(
                f"{_where(name, rows, row)}: year is {text!r}; write 2007 or 2005-2009, or leave it empty."
            )


def classifications() -> pd.DataFrame:
    """Classifications with a shipped file: its name, the years of its tables, the number of industries."""
    return _registry().copy()


@cache
def _registry() -> pd.DataFrame:
    files = [shipped_path("industries", folder, "classifications.csv") for folder in ("", "more")]
    frame = pd.concat([pd.read_csv(file, dtype=str, keep_default_na=False) for file in files])
    return frame.astype({"industries": int}).set_index("classification")


def shipped_file(table: MRIOTable) -> Path:
    """Shipped file for a table: by its classification, else by its industries.

    A classification stands for a family of layouts (the 42 industries of China's tables changed twice); of those
    that know all of the table's industries, the one nearest in year is taken.

    Raises
    ------
    StageError
        No shipped file knows the industries; several do and the table has no year; or no classification is stated
        and the codes are bare numbers, which prove nothing.
    """
    known = _registry()
    stated = table.classification
    family = [c for c in known.index if stated and (c == stated or c.startswith(f"{stated}_"))]
    bare = not family and all(industry.strip().isdigit() for industry in table.industries)
    candidates = family or ([] if bare else list(known.index))
    found = [c for c in candidates if _fits(table, c, known, certain=bool(family))]
    if not found and family:
        missing = _missing(table.industries, load_file(_path(known, family[0])))
        raise StageError(
            f"{table.label} says {stated}, but {len(missing)} of its industries are not in it: "
            f"{_listed(missing)}. Correct the table's classification, or pass file= with shares for its industries."
        )
    if not found:
        raise StageError(
            f"No shipped stage shares for the {len(table.industries)} industries of {table.label} "
            f"({_listed(table.industries)}). Shipped: {', '.join(known.index)}. Pass file=, a CSV with an industry "
            "column and the shares traditional, emerging and future; aggregate the table to one of these; or, where "
            'it is one of these, say so: table.replace(classification="...").'
        )
    if len(found) > 1:
        found = _nearest(table, found, known)
    return _path(known, found[0])


def _path(known: pd.DataFrame, classification: str) -> Path:
    return shipped_path("industries", str(known.loc[classification, "file"]))


def _fits(table: MRIOTable, classification: str, known: pd.DataFrame, *, certain: bool) -> bool:
    # Without a stated classification a handful of short codes proves nothing: half of the industries must be there.
    if not certain and len(table.industries) < 0.5 * known["industries"].loc[classification]:
        return False
    return not _missing(table.industries, load_file(_path(known, classification)))


def _missing(industries: Iterable[str], rows: pd.DataFrame) -> list[str]:
    codes = lookup(rows)
    return [name for name in industries if name.strip().lower() not in codes]


def _nearest(table: MRIOTable, found: list[str], known: pd.DataFrame) -> list[str]:
    if table.year is not None:
        distance = {}
        for c in found:
            years = [year for cell in str(known.loc[c, "years"]).split() for year in years_of(cell)]
            distance[c] = min(abs(year - table.year) for year in years)
        return sorted(found, key=lambda c: distance[c])
    if table.classification in found:
        return [table.classification]
    raise StageError(
        f"The industry codes of {table.label} fit several classifications: {', '.join(found)}. "
        'Say which with table.replace(classification="..."), or give the table a year.'
    )


def lookup(rows: pd.DataFrame) -> dict[str, str]:
    """Industry code by every spelling a file knows: code, alias, name in English and Chinese, in lower case."""
    found: dict[str, str] = {}
    for column in ("name_zh", "name", "alias", "industry"):  # the later, the stronger
        found.update({t.lower(): c for t, c in zip(rows[column], rows["industry"], strict=True) if t})
    return found


def require_known(rows: pd.DataFrame, table: MRIOTable, name: str) -> None:
    """Refuse a user's file that names an industry or region the table does not have."""
    own = {industry.strip().lower() for industry in table.industries}
    for row in range(len(rows)):
        spellings = {str(rows[c].iloc[row]).lower() for c in ("industry", "alias", "name", "name_zh")}
        if not spellings & own:
            message = unknown("industry", rows["industry"].iloc[row], table.industries)
            raise StageError(f"{_where(name, rows, row)}: {message} Correct the label or remove the row.")
        region = rows["region"].iloc[row]
        if region and region not in table.regions:
            message = unknown("region", region, table.regions)
            raise StageError(f"{_where(name, rows, row)}: {message} Correct the label or remove the row.")


def match(rows: pd.DataFrame, table: MRIOTable, name: str) -> npt.NDArray[np.intp]:
    """Row of the file that holds for each country-industry, (n,)."""
    codes = lookup(rows)
    missing = _missing(table.industries, rows)
    if missing:
        near = [str(unknown("industry", m, rows["industry"].unique())).split(" Known:")[0] for m in missing[:3]]
        raise StageError(
            f"{name} has no row for {len(missing)} of the {len(table.industries)} industries of {table.label}: "
            f"{_listed(missing)}. {' '.join(near)} Add a row for each."
        )
    chosen: dict[tuple[str, str], tuple[int, int]] = {}
    for row, (industry, region, year) in enumerate(zip(rows["industry"], rows["region"], rows["year"], strict=True)):
        if year and not _holds(year, table.year):
            continue
        key, rank = (region, industry), 2 * bool(region) + bool(year)
        if rank >= chosen.get(key, (-1, -1))[0]:
            chosen[key] = (rank, row)
    out = np.full(len(table.index), -1, dtype=np.intp)
    for k, (region, industry) in enumerate(table.index):
        code = codes[str(industry).strip().lower()]
        best = max(chosen.get((str(region), code), (-1, -1)), chosen.get(("", code), (-1, -1)))
        out[k] = best[1]
    if (out < 0).any():
        lost = [" ".join(map(str, table.index[int(k)])) for k in np.flatnonzero(out < 0)]
        when = f"year {table.year}" if table.year is not None else "a table without a year"
        raise StageError(
            f"{name} has rows for other regions or years only: none for {_listed(lost)} in {when}. "
            "Add a row with region and year left empty, which holds for all others."
        )
    return out


def _holds(cell: str, year: int | None) -> bool:
    if year is None:
        return False
    first, last = years_of(cell)
    return first <= year <= last


def _listed(names: Iterable[str], most: int = 8) -> str:
    names = list(names)
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")
