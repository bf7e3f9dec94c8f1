"""Files of stage and trait shares: reading and checking.

A file is a CSV with one row per industry: its code, the share of each stage (low, central, high) and, where wanted,
of each trait; tables/industries/README.md gives the columns. Rows may name a region and a year or range of years.
"""

from __future__ import annotations

import io
import zipfile
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from io_linkage.errors import StageError
from io_linkage.files import expanded
from io_linkage.readers.sources import decode
from io_linkage.spreadsheets import unshielded
from io_linkage.stages.columns import BOUNDS, OWN_TRAIT, TEXT, TRAITS, Shares, shares_of

# Shares written with two or three decimals add to one only nearly; they are then scaled to do so exactly.
SUM_TOLERANCE = 1e-3
_SLACK = 1e-9


def load_file(file: str | Path | pd.DataFrame) -> pd.DataFrame:
    """Read and check a file of stage shares, filling what a minimal one leaves out.

    Parameters
    ----------
    file : path or DataFrame
        Columns ``industry`` and ``traditional``, ``emerging``, ``future`` (or ``..._central``) are enough; ranges
        (``..._low``, ``..._high``) default to the central share, ``region`` and ``year`` to all. Instead of these
        three, two or more stages with names of one's own; traits of one's own begin with ``trait_``.

    Returns
    -------
    DataFrame, one row per row of the file, all columns present; standard traits the file lacks are NaN. ``attrs`` has
    the names of its ``stages`` and ``traits``.

    Raises
    ------
    StageError
        A column is missing or misspelt, a share is not a number or is outside [0, 1], the shares of a row do not add
        to one, low, central and high are out of order, or two rows hold for the same industry, region and year.

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
        # The parser ends some of its messages with a new line.
        raise StageError(
            f"Cannot read {path} as a CSV or Excel file of stage shares: {str(error).strip().rstrip('.')}."
        ) from error
    return _checked(frame, path)


def _checked(content: pd.DataFrame, name: str) -> pd.DataFrame:
    frame = content.rename(columns=lambda c: str(c).strip())
    shares = shares_of(frame, name)
    given_as = {trait: f"{OWN_TRAIT}{trait}" for trait in shares.traits if trait not in TRAITS}
    frame = frame.reset_index(drop=True)
    out = {c: _text(frame[c]) if c in frame else pd.Series("", index=frame.index) for c in TEXT}
    out |= {f"{t}_basis": _text(frame[f"{t}_basis"]) for t in TRAITS if f"{t}_basis" in frame}
    result = pd.DataFrame(out)
    for share in dict.fromkeys((*shares.stages, *TRAITS, *shares.traits)):
        column = given_as.get(share, share)
        frame = frame.rename(columns={column: f"{column}_central"})
        for bound in ("central", "low", "high"):
            there = f"{column}_{bound}"
            result[f"{share}_{bound}"] = _numbers(frame, there, name, result) if there in frame else np.nan
            result[f"{share}_{bound}"] = result[f"{share}_{bound}"].fillna(result[f"{share}_central"])
    _check_rows(result, shares, name)
    result.attrs.update(stages=shares.stages, traits=shares.traits)
    return result


def _text(column: pd.Series[str]) -> pd.Series[str]:
    return column.fillna("").astype(str).str.strip()


def _numbers(frame: pd.DataFrame, column: str, name: str, labels: pd.DataFrame) -> pd.Series[float]:
    text = frame[column].where(frame[column] != "")
    values: pd.Series[float] = pd.to_numeric(text, errors="coerce").astype(float)
    bad = values.isna() & text.notna()
    if bad.any():
        row = int(bad.to_numpy().argmax())
        raise StageError(f"{where_in(name, labels, row)}: {column} is {text.iloc[row]!r}, not a number from 0 to 1.")
    return values


def where_in(name: str, rows: pd.DataFrame, row: int) -> str:
    """Name a row of a file by its number, industry, region and year."""
    label = [str(rows[c].iloc[row]) for c in ("industry", "region", "year") if rows[c].iloc[row]]
    return f"{name}, row {row + 1} ({', '.join(label) or 'no industry'})"


def _check_rows(rows: pd.DataFrame, shares: Shares, name: str) -> None:
    """Refuse what cannot be shares; scale central shares that add to one only nearly."""
    blank = (rows["industry"] == "").to_numpy()
    if blank.any():
        raise StageError(f"{name}, row {int(blank.argmax()) + 1} has no industry.")
    _check_years(rows, name)
    keys = rows[["industry", "region", "year"]]
    if keys.duplicated().any():
        row = int(keys.duplicated().to_numpy().argmax())
        raise StageError(
            f"{where_in(name, rows, row)} repeats an earlier row. Keep one row per industry, region and year."
        )
    for share in dict.fromkeys((*shares.stages, *TRAITS, *shares.traits)):
        block = rows[[f"{share}_{bound}" for bound in BOUNDS]].to_numpy(float)
        _check_bounds(rows, name, share, block, required=share in shares.stages)
    central = rows[[f"{stage}_central" for stage in shares.stages]].to_numpy(float)
    total = central.sum(axis=1)
    off = np.abs(total - 1.0) > SUM_TOLERANCE
    if off.any():
        row = int(off.argmax())
        parts = ", ".join(f"{s} {v:g}" for s, v in zip(shares.stages, central[row], strict=True))
        raise StageError(
            f"{where_in(name, rows, row)}: the shares add to {total[row]:g}, not 1 ({parts}). "
            f"Change one of them by {1.0 - total[row]:+g}, or divide each by {total[row]:g}."
        )
    for stage in shares.stages:
        centre = rows[f"{stage}_central"] / total
        rows[f"{stage}_central"] = centre
        rows[f"{stage}_low"] = np.minimum(rows[f"{stage}_low"], centre)
        rows[f"{stage}_high"] = np.maximum(rows[f"{stage}_high"], centre)


def _check_bounds(rows: pd.DataFrame, name: str, share: str, block: npt.NDArray[np.float64], *, required: bool) -> None:
    if required and np.isnan(block[:, 1]).any():
        row = int(np.isnan(block[:, 1]).argmax())
        raise StageError(f"{where_in(name, rows, row)}: {share} is empty. Write its share, 0 if there is none.")
    outside = (block < -_SLACK) | (block > 1.0 + _SLACK)
    if outside.any():
        row = int(outside.any(axis=1).argmax())
        # A range that was left out repeats the central share, so that is the one to name.
        bound = 1 if outside[row, 1] else int(outside[row].argmax())
        value = block[row, bound]
        hint = f" If it is a percentage, write {value / 100:g}." if 2 <= value <= 100 else ""
        raise StageError(f"{where_in(name, rows, row)}: {share}_{BOUNDS[bound]} is {value:g}, outside 0 to 1.{hint}")
    disordered = (block[:, 0] > block[:, 1] + _SLACK) | (block[:, 1] > block[:, 2] + _SLACK)
    if disordered.any():
        row = int(disordered.argmax())
        low, central, high = block[row]
        where = where_in(name, rows, row)
        raise StageError(f"{where}: {share} needs low <= central <= high, but has {low:g}, {central:g}, {high:g}.")


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
                f"{where_in(name, rows, row)}: year is {text!r}; write 2007 or 2005-2009, or leave it empty."
            )
