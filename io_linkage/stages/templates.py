"""A stage file to start from: industries of a classification or a table, with the shipped shares where there are."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from io_linkage.errors import OptionError, StageError, unknown
from io_linkage.files import atomically, expanded, require_free
from io_linkage.spreadsheets import set_widths, without_time, write_csv, write_rows
from io_linkage.stages.columns import BOUNDS, STAGES, TEXT
from io_linkage.stages.matching import classifications, shipped_file, shipped_path_of

if TYPE_CHECKING:
    from io_linkage.table import MRIOTable


def template(source: str | MRIOTable) -> pd.DataFrame:
    """Return a stage file to change: all industries, with the shipped shares where there are.

    Parameters
    ----------
    source : str or MRIOTable
        A classification, such as "WIOD2013"; or a table, whose own industries it is then about.

    Returns
    -------
    DataFrame with the columns of a stage file, as text. For a table for which no shares are shipped, one row per
    industry with empty shares.

    Raises
    ------
    UnknownLabelError
        Names the classifications that ship.

    See Also
    --------
    save_template : write it.
    load_file : read it back.

    Examples
    --------
    >>> template("WIOD2013").loc[0, ["industry", "traditional_central", "future_high"]].tolist()
    ['AtB', '0.99', '0.01']
    """
    if isinstance(source, str):
        known = classifications().index
        if source not in known:
            remedy = "Or name a table, whose own industries are then written (--table)."
            raise unknown("classification", source, known, remedy=remedy)
        return _as_shipped(shipped_path_of(source))
    try:
        rows = _as_shipped(shipped_file(source))
    except StageError:
        return _empty(source)
    own = {industry.strip().lower() for industry in source.industries}
    spelled = pd.concat([rows[c].str.lower().isin(own) for c in ("industry", "alias", "name", "name_zh")], axis=1)
    inside = spelled.any(axis=1) & rows["region"].isin(["", *source.regions])
    return rows[inside].reset_index(drop=True)


def save_template(
    source: str | MRIOTable, path: str | Path, *, overwrite: bool = False, inputs: Iterable[str | Path] = ()
) -> Path:
    """Write a stage file to change, as `template` makes it.

    Parameters
    ----------
    source : str or MRIOTable
    path : path
        Ends in .csv or .xlsx.
    overwrite : bool
        Replace what is there.
    inputs : iterable of paths
        What the table was read from; it is never replaced.

    Returns
    -------
    Path

    Raises
    ------
    OptionError
        Another ending.
    OutputError
        The place cannot be written, is taken, or is an input.
    """
    place = expanded(path)
    if place.suffix.lower() not in (".csv", ".xlsx"):
        raise OptionError(f"A stage file is a .csv or an .xlsx, so it cannot be called {place.name!r}.")
    require_free(place, inputs, overwrite=overwrite)
    frame = template(source)
    atomically(place, lambda file: _write(frame, file))
    return place


def _as_shipped(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, dtype=str, keep_default_na=False)


def _empty(table: MRIOTable) -> pd.DataFrame:
    shares = [f"{stage}_{bound}" for stage in STAGES for bound in BOUNDS]
    place = TEXT.index("kind")
    columns = [*TEXT[:place], *shares, *TEXT[place:]]
    return pd.DataFrame({"industry": list(table.industries)}).reindex(columns=columns).fillna("")


def _write(frame: pd.DataFrame, file: Path) -> None:
    if file.suffix.lower() == ".csv":
        write_csv(frame, file)
        return
    from openpyxl import Workbook

    frame = frame.copy()
    for column in map(str, frame.columns):
        if column.endswith(tuple(f"_{bound}" for bound in BOUNDS)):
            frame[column] = pd.to_numeric(frame[column].replace("", None)).astype(float)
    book = Workbook(write_only=True)
    sheet = book.create_sheet("stages")
    set_widths(sheet, [10, 8, 40, *[12] * (frame.shape[1] - 3)])
    write_rows(sheet, frame)
    book.save(file)
    without_time(file)
