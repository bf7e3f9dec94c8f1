"""Which row of a stage file holds for each country-industry of a table, and which shipped file fits a table.

For each country-industry the most specific row holds: region and year, then region, then year, then neither. Rows of
a user's file come before shipped ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from io_linkage._shipped import shipped_path
from io_linkage.classifications import without_stages
from io_linkage.errors import StageError, unknown
from io_linkage.stages.columns import STAGES, TRAITS, Bound
from io_linkage.stages.files import load_file, where_in, years_of
from io_linkage.wording import shortened

if TYPE_CHECKING:
    from io_linkage.labels import Labels

File = str | Path | pd.DataFrame | None
Array = npt.NDArray[np.float64]
Rows = npt.NDArray[np.intp]


@dataclass(frozen=True)
class Matched:
    """Rows of the stage files that are meant, and which of them holds for each country-industry.

    Attributes
    ----------
    rows : DataFrame
        Of the user's file, and after them the shipped ones where these fill it up.
    chosen : array, (n,)
        Position of the row that holds.
    name : str
        Of the file or files.
    stages, traits : tuple of str
    note : str
        Which rows are the user's, where the others are shipped.
    shipped : array, (n,), or None
        Position of the shipped row, which has the traits that a user's row leaves out.
    """

    rows: pd.DataFrame
    chosen: Rows
    name: str
    stages: tuple[str, ...]
    traits: tuple[str, ...]
    note: str = ""
    shipped: Rows | None = None

    def shares(self, names: Sequence[str], which: Bound) -> Array:
        """Return shares of one bound, (n, names)."""
        values = block(self.rows, names, which)
        if self.shipped is None:
            return values[self.chosen]
        return np.where(np.isnan(values[self.chosen]), values[self.shipped], values[self.chosen])

    @property
    def has_ranges(self) -> bool:
        """Whether any row that holds has a stage whose low and high differ."""
        low, high = (self.shares(self.stages, bound) for bound in ("low", "high"))
        return bool((high - low > 1e-12).any())


def block(rows: pd.DataFrame, names: Sequence[str], which: Bound) -> Array:
    """Return shares of one bound from the rows of a file, (rows, names)."""
    return rows[[f"{share}_{which}" for share in names]].to_numpy(float)


def matched(table: Labels, stage_file: File) -> Matched:
    """Find the rows for a table: shipped ones, or those of a file, filled up from the shipped where rows are missing.

    Raises
    ------
    StageError
        The file names what the table does not have, or rows are missing and none are shipped for them.
    """
    if stage_file is None:
        path = shipped_file(table)
        rows = load_file(path)
        return Matched(rows, match(rows, table, path.name), path.name, rows.attrs["stages"], rows.attrs["traits"])
    name = "the frame of stage shares" if isinstance(stage_file, pd.DataFrame) else str(stage_file)
    rows = load_file(stage_file)
    require_known(rows, table, name)
    stages, traits = rows.attrs["stages"], rows.attrs["traits"]
    own = _rows_that_hold(rows, table)
    if (own >= 0).all():
        return Matched(rows, own, name, stages, traits)
    try:
        path = shipped_file(table)
    except StageError:
        return Matched(rows, match(rows, table, name), name, stages, traits)
    if stages != STAGES:
        match(
            rows,
            table,
            name,
            why=f" Shipped shares cannot fill it up, since they are of {', '.join(STAGES)}, not of "
            f"{', '.join(stages)}.",
        )
    return _filled_up(rows, own, table, name, path)


def _filled_up(rows: pd.DataFrame, own: Rows, table: Labels, name: str, path: Path) -> Matched:
    known = load_file(path)
    shipped = match(known, table, path.name) + len(rows)
    both = pd.concat([rows, known], ignore_index=True)
    # Text that one of the files does not have is empty, as `load_file` leaves it.
    both = both.fillna(dict.fromkeys(both.select_dtypes(exclude="number").columns, ""))
    there = pd.Series(own >= 0, index=table.index)
    parts = []
    for industry in table.industries:
        part = there[there.index.get_level_values(1) == industry]
        if part.any():
            regions = [str(region) for region in part.index.get_level_values(0)[part.to_numpy()]]
            parts.append(industry if part.all() else f"{industry} in {shortened(regions, 4)}")
    others = f"those of all other industries are shipped ({path.name})"
    note = f"Stage shares of {shortened(parts, 8)} are those of {name}; {others}." if parts else f"{name}: {others}."
    traits = (*TRAITS, *(trait for trait in rows.attrs["traits"] if trait not in TRAITS))
    chosen = np.where(own >= 0, own, shipped)
    return Matched(both, chosen, f"{name} over {path.name}", STAGES, traits, note, shipped)


def classifications() -> pd.DataFrame:
    """Classifications with a shipped file: its name, the years of its tables, the number of industries."""
    return _registry().copy()


@cache
def _registry() -> pd.DataFrame:
    files = [shipped_path("industries", folder, "classifications.csv") for folder in ("", "more")]
    frame = pd.concat([pd.read_csv(file, dtype=str, keep_default_na=False) for file in files])
    return frame.astype({"industries": int}).set_index("classification")


def shipped_file(table: Labels) -> Path:
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
    if stated in without_stages():
        raise StageError(
            f"{table.label} has no stages: {without_stages()[stated]}. Measures by region and by industry work. For "
            "stages take a finer table, or pass stage_file=, a CSV with an industry column and the shares traditional, "
            "emerging and future."
        )
    family = [c for c in known.index if stated and (c == stated or c.startswith(f"{stated}_"))]
    bare = not family and all(industry.strip().isdigit() for industry in table.industries)
    candidates = family or ([] if bare else list(known.index))
    fitting = [c for c in candidates if _fits(table, c, known, certain=bool(family))]
    if not fitting and family:
        missing = _missing(table.industries, load_file(_path(known, family[0])))
        raise StageError(
            f"{table.label} says {stated}, but {len(missing)} of its industries are not in it: "
            f"{shortened(missing, 8)}. Correct the table's classification, or pass file= with shares for them."
        )
    if not fitting:
        raise StageError(
            f"No shipped stage shares for the {len(table.industries)} industries of {table.label} "
            f"({shortened(table.industries, 8)}). Shipped: {', '.join(known.index)}. Pass file=, a CSV with an "
            "industry column and the shares traditional, emerging and future; aggregate the table to one of these; or, "
            'where it is one of these, say so: table.replace(classification="...").'
        )
    if len(fitting) > 1:
        fitting = _nearest(table, fitting, known)
    return _path(known, fitting[0])


def shipped_path_of(classification: str) -> Path:
    """Shipped file of a classification in `classifications`."""
    return _path(_registry(), classification)


def _path(known: pd.DataFrame, classification: str) -> Path:
    return shipped_path("industries", str(known.loc[classification, "file"]))


def _fits(table: Labels, classification: str, known: pd.DataFrame, *, certain: bool) -> bool:
    # Without a stated classification a handful of short codes proves nothing: half of the industries must be there.
    if not certain and len(table.industries) < 0.5 * known["industries"].loc[classification]:
        return False
    return not _missing(table.industries, load_file(_path(known, classification)))


def _missing(industries: Iterable[str], rows: pd.DataFrame) -> list[str]:
    codes = lookup(rows)
    return [name for name in industries if name.strip().lower() not in codes]


def _nearest(table: Labels, fitting: list[str], known: pd.DataFrame) -> list[str]:
    if table.year is not None:
        distance = {}
        for c in fitting:
            years = [year for cell in str(known.loc[c, "years"]).split() for year in years_of(cell)]
            distance[c] = min(abs(year - table.year) for year in years)
        return sorted(fitting, key=lambda c: distance[c])
    if table.classification in fitting:
        return [table.classification]
    raise StageError(
        f"The industry codes of {table.label} fit several classifications: {', '.join(fitting)}. "
        'Say which with table.replace(classification="..."), or give the table a year.'
    )


def lookup(rows: pd.DataFrame) -> dict[str, str]:
    """Industry code by every spelling a file knows: code, alias, name in English and Chinese, in lower case."""
    codes: dict[str, str] = {}
    for column in ("name_zh", "name", "alias", "industry"):  # the later, the stronger
        codes.update({t.lower(): c for t, c in zip(rows[column], rows["industry"], strict=True) if t})
    return codes


def require_known(rows: pd.DataFrame, table: Labels, name: str) -> None:
    """Refuse a user's file that names an industry or region the table does not have."""
    own = {industry.strip().lower() for industry in table.industries}
    for row in range(len(rows)):
        spellings = {str(rows[c].iloc[row]).lower() for c in ("industry", "alias", "name", "name_zh")}
        if not spellings & own:
            message = unknown("industry", rows["industry"].iloc[row], table.industries)
            raise StageError(f"{where_in(name, rows, row)}: {message} Correct the label or remove the row.")
        region = rows["region"].iloc[row]
        if region and region not in table.regions:
            message = unknown("region", region, table.regions)
            raise StageError(f"{where_in(name, rows, row)}: {message} Correct the label or remove the row.")


def match(rows: pd.DataFrame, table: Labels, name: str, why: str = "") -> Rows:
    """Row of the file that holds for each country-industry, (n,).

    Raises
    ------
    StageError
        Some country-industry has none; `why` is added.
    """
    missing = _missing(table.industries, rows)
    if missing:
        near = [str(unknown("industry", m, rows["industry"].unique())).split(" Known:")[0] for m in missing[:3]]
        raise StageError(
            f"{name} has no row for {len(missing)} of the {len(table.industries)} industries of {table.label}: "
            f"{shortened(missing, 8)}. {' '.join(near)} Add a row for each.{why}"
        )
    out = _rows_that_hold(rows, table)
    if (out < 0).any():
        lost = [" ".join(map(str, table.index[int(k)])) for k in np.flatnonzero(out < 0)]
        when = f"year {table.year}" if table.year is not None else "a table without a year"
        raise StageError(
            f"{name} has rows for other regions or years only: none for {shortened(lost, 8)} in {when}. "
            f"Add a row with region and year left empty, which holds for all others.{why}"
        )
    return out


def _rows_that_hold(rows: pd.DataFrame, table: Labels) -> Rows:
    """Position of the most specific row of each country-industry, -1 where there is none."""
    codes = lookup(rows)
    chosen: dict[tuple[str, str], tuple[int, int]] = {}
    for row, (industry, region, year) in enumerate(zip(rows["industry"], rows["region"], rows["year"], strict=True)):
        if year and not _holds(year, table.year):
            continue
        key, rank = (region, industry), 2 * bool(region) + bool(year)
        if rank >= chosen.get(key, (-1, -1))[0]:
            chosen[key] = (rank, row)
    out = np.full(len(table.index), -1, dtype=np.intp)
    for k, (region, industry) in enumerate(table.index):
        code = codes.get(str(industry).strip().lower(), "")
        best = max(chosen.get((str(region), code), (-1, -1)), chosen.get(("", code), (-1, -1)))
        out[k] = best[1]
    return out


def _holds(cell: str, year: int | None) -> bool:
    if year is None:
        return False
    first, last = years_of(cell)
    return first <= year <= last
