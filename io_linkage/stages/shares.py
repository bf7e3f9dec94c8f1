"""Stage weights and traits of country-industries, and their ranges."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from io_linkage.captions import labelled
from io_linkage.errors import StageError, require_option
from io_linkage.stages.files import (
    BOUNDS,
    STAGES,
    TRAITS,
    Bound,
    load_file,
    match,
    require_known,
    shipped_file,
)

if TYPE_CHECKING:
    from io_linkage.table import MRIOTable


Share = Literal["stages", "traits"]
File = str | Path | pd.DataFrame | None
Array = npt.NDArray[np.float64]


def weights(table: MRIOTable, *, which: Bound = "central", stage_file: File = None) -> pd.DataFrame:
    """Share of each stage in each country-industry, W.

    Parameters
    ----------
    table : MRIOTable
    which : {"central", "low", "high"}
        Central shares add to one in every row. Low and high are the bounds of each share by itself, not shares
        of a whole: they do not add to one.
    stage_file : path or DataFrame, optional
        Own shares instead of the shipped ones, as `load_file` reads them.

    Returns
    -------
    DataFrame (n, 3), indexed by (region, industry), columns `STAGES`; dimensionless.

    Raises
    ------
    StageError
        The file is inconsistent or does not fit the table, or no shipped file does.
    """
    return _shares(table, STAGES, which, stage_file, "stage weights")


def traits(table: MRIOTable, *, which: Bound = "central", stage_file: File = None) -> pd.DataFrame:
    """Share of each country-industry's output that is green, digital, high-tech.

    Returns
    -------
    DataFrame (n, 3), indexed by (region, industry), columns `TRAITS`; dimensionless. High-tech follows the OECD's
    taxonomy of R&D intensity: low counts High only, high adds Medium-high, central is midway.

    References
    ----------
    Galindo-Rueda & Verger (2016), OECD taxonomy of economic activities based on R&D intensity.
    """
    return _shares(table, TRAITS, which, stage_file, "traits")


def ranges(table: MRIOTable, *, of: Share = "stages", stage_file: File = None) -> pd.DataFrame:
    """Low, central and high of every stage (or trait) in each country-industry.

    Returns
    -------
    DataFrame (n, 9), columns (stage, bound); dimensionless.
    """
    require_option("of", of, ("stages", "traits"))
    names = STAGES if of == "stages" else TRAITS
    frames = [_shares(table, names, bound, stage_file, of) for bound in BOUNDS]
    columns = pd.MultiIndex.from_product([names, BOUNDS], names=[of[:-1], "bound"])
    values = np.stack([frame.to_numpy() for frame in frames], axis=2).reshape(len(table.index), -1)
    out = pd.DataFrame(values, index=table.index, columns=columns)
    return labelled(out, {}, measure=f"ranges of {of}", unit="share", table=table.label, file=frames[0].attrs["file"])


def rows(table: MRIOTable, *, stage_file: File = None) -> pd.DataFrame:
    """Row of the file behind each country-industry: all shares, kind, reason and source.

    Returns
    -------
    DataFrame (n, columns of the file) on the table's index.
    """
    source, chosen, name = matched(table, stage_file)
    out = source.iloc[chosen].set_axis(table.index, axis=0)
    return labelled(out, out.attrs, measure="stage file rows", unit="", table=table.label, file=name)


def _shares(table: MRIOTable, names: tuple[str, ...], which: Bound, stage_file: File, measure: str) -> pd.DataFrame:
    require_option("which", which, BOUNDS)
    source, chosen, name = matched(table, stage_file)
    values = block(source, names, which)[chosen]
    lost = [share for share, column in zip(names, values.T, strict=True) if np.isnan(column).any()]
    if lost:
        raise StageError(
            f"{name} has no {', '.join(lost)} share for every industry. Add a column {lost[0]} from 0 to 1."
        )
    out = pd.DataFrame(values, index=table.index, columns=pd.Index(names))
    return labelled(out, {}, measure=measure, unit="share", table=table.label, file=name, which=which)


def block(source: pd.DataFrame, names: tuple[str, ...], which: Bound) -> Array:
    """Return shares of one bound from the rows of a file, (rows, names)."""
    return source[[f"{share}_{which}" for share in names]].to_numpy(float)


def matched(table: MRIOTable, stage_file: File) -> tuple[pd.DataFrame, npt.NDArray[np.intp], str]:
    """Rows of the file that is meant, and which of them holds for each country-industry."""
    if stage_file is None:
        path = shipped_file(table)
        source = load_file(path)
        return source, match(source, table, path.name), path.name
    name = "the frame of stage shares" if isinstance(stage_file, pd.DataFrame) else str(stage_file)
    source = load_file(stage_file)
    require_known(source, table, name)
    return source, match(source, table, name), name
