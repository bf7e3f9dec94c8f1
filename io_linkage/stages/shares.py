"""Stage weights and traits of country-industries, and their ranges."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from io_linkage.captions import labelled
from io_linkage.errors import StageError, require_option
from io_linkage.stages.columns import BOUNDS, TRAITS, Bound
from io_linkage.stages.matching import File, Matched, matched

if TYPE_CHECKING:
    from io_linkage.labels import Labels


Share = Literal["stages", "traits"]


def weights(table: Labels, *, which: Bound = "central", stage_file: File = None) -> pd.DataFrame:
    """Share of each stage in each country-industry, W.

    Parameters
    ----------
    table : MRIOTable
    which : {"central", "low", "high"}
        Central shares add to one in every row. Low and high are the bounds of each share by itself, not shares
        of a whole: they do not add to one.
    stage_file : path or DataFrame, optional
        Own shares instead of the shipped ones, as `load_file` reads them. Where its stages are the shipped ones, it
        may hold some of the industries only; the others keep the shipped shares, and ``attrs["note"]`` says which.

    Returns
    -------
    DataFrame (n, stages), indexed by (region, industry); dimensionless. Columns are `STAGES`, or the stages of the
    file in its order.

    Raises
    ------
    StageError
        The file is inconsistent or does not fit the table, or no shipped file does.
    """
    require_option("which", which, BOUNDS)
    source = matched(table, stage_file)
    return _shares(table, source, source.stages, which, "stage weights")


def traits(table: Labels, *, which: Bound = "central", stage_file: File = None) -> pd.DataFrame:
    """Share of each country-industry's output that is green, digital, high-tech.

    Returns
    -------
    DataFrame (n, traits), indexed by (region, industry); dimensionless. Columns are `TRAITS`, or the traits of the
    file, those of one's own without their ``trait_``. A file of some industries that has no column for a standard
    trait keeps the shipped shares of it. High-tech follows the OECD's
    taxonomy of R&D intensity: low counts High only, high adds Medium-high, central is midway.

    References
    ----------
    Galindo-Rueda & Verger (2016), OECD taxonomy of economic activities based on R&D intensity.
    """
    require_option("which", which, BOUNDS)
    source = matched(table, stage_file)
    return _shares(table, source, source.traits or TRAITS, which, "traits")


def ranges(table: Labels, *, of: Share = "stages", stage_file: File = None) -> pd.DataFrame:
    """Low, central and high of every stage (or trait) in each country-industry.

    Returns
    -------
    DataFrame (n, 3 per stage), columns (stage, bound); dimensionless.
    """
    require_option("of", of, ("stages", "traits"))
    source = matched(table, stage_file)
    names = source.stages if of == "stages" else source.traits or TRAITS
    frames = [_shares(table, source, names, bound, of) for bound in BOUNDS]
    columns = pd.MultiIndex.from_product([names, BOUNDS], names=[of[:-1], "bound"])
    values = np.stack([frame.to_numpy() for frame in frames], axis=2).reshape(len(table.index), -1)
    out = pd.DataFrame(values, index=table.index, columns=columns)
    return labelled(out, {}, measure=f"ranges of {of}", unit="share", table=table.label, **_origin(source))


def rows(table: Labels, *, stage_file: File = None) -> pd.DataFrame:
    """Row of the file behind each country-industry: all shares, kind, reason and source.

    Returns
    -------
    DataFrame (n, columns of the file) on the table's index.
    """
    source = matched(table, stage_file)
    out = source.rows.iloc[source.chosen].set_axis(table.index, axis=0)
    return labelled(out, {}, measure="stage file rows", unit="", table=table.label, **_origin(source))


def _origin(source: Matched) -> dict[str, str]:
    """Say for attrs from which file shares are and, where they are from two, which rows are whose."""
    return {"file": source.name} | ({"note": source.note} if source.note else {})


def _shares(table: Labels, source: Matched, names: tuple[str, ...], which: Bound, measure: str) -> pd.DataFrame:
    values = source.shares(names, which)
    lost = [share for share, column in zip(names, values.T, strict=True) if np.isnan(column).any()]
    if lost:
        raise StageError(
            f"{source.name} has no {', '.join(lost)} share for every industry. Add a column {lost[0]} from 0 to 1."
        )
    out = pd.DataFrame(values, index=table.index, columns=pd.Index(names))
    return labelled(out, {}, measure=measure, unit="share", table=table.label, which=which, **_origin(source))
