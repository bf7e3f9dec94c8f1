r"""Stage weights and traits of country-industries, their ranges, draws and composition."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from io_linkage.errors import OptionError, StageError, unknown
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
    if of not in ("stages", "traits"):
        raise OptionError(f"of={of!r}: choose 'stages' or 'traits'.")
    names = STAGES if of == "stages" else TRAITS
    frames = [_shares(table, names, bound, stage_file, of) for bound in BOUNDS]
    columns = pd.MultiIndex.from_product([names, BOUNDS], names=[of[:-1], "bound"])
    block = np.stack([frame.to_numpy() for frame in frames], axis=2).reshape(len(table.index), -1)
    out = pd.DataFrame(block, index=table.index, columns=columns)
    out.attrs.update(measure=f"ranges of {of}", unit="share", table=table.label, file=frames[0].attrs["file"])
    return out


def rows(table: MRIOTable, *, stage_file: File = None) -> pd.DataFrame:
    """Row of the file behind each country-industry: all shares, kind, reason and source.

    Returns
    -------
    DataFrame (n, columns of the file) on the table's index.
    """
    source, chosen, name = _matched(table, stage_file)
    out = source.iloc[chosen].set_axis(table.index, axis=0)
    out.attrs.update(measure="stage file rows", unit="", table=table.label, file=name)
    return out


def draws(table: MRIOTable, *, draws: int = 200, seed: int = 0, stage_file: File = None) -> Array:
    """Random stage weights within their ranges, for the interval of a measure.

    In a row of the file each share is drawn between its low and its high, evenly below and evenly above the central
    share and with the central share as its mean. The share with the widest range takes what the others leave; where
    that is outside its range, the rest is spread over the others in proportion to the room they have, so that all
    stay in their ranges and add to one. Country-industries that use the same row of the file share its draw: one
    judgement is uncertain once, not once per country.

    Parameters
    ----------
    draws : int
        Number of draws.
    seed : int
        The same seed gives the same draws.

    Returns
    -------
    ndarray (n, country-industries, 3); each row adds to one.
    """
    if draws < 1:
        raise OptionError(f"n={draws}: at least one draw is needed.")
    source, chosen, _ = _matched(table, stage_file)
    return _drawn(source, chosen, draws, seed)


def require_memory(n: int, industries: int, stages: int) -> None:
    """Refuse more draws than the memory of this machine can hold, before any is made.

    Raises
    ------
    OptionError
        With the memory that they would take and how many draws would do.
    """
    # Beside the draws themselves, measures of them stand in memory.
    one = 2 * industries * stages * np.dtype(np.float64).itemsize
    there = _memory()
    if n * one > there:
        raise OptionError(
            f"{n:,} draws of the stage shares of {industries:,} industries would take {n * one / 1e9:,.0f} GB of "
            f"memory; this machine has {there / 1e9:,.0f} GB. Choose at most {there // one:,}; a few hundred "
            "are enough for an interval of nine draws in ten."
        )


def _memory() -> int:
    """Bytes of memory of this machine; 8 GB where it does not say."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, OSError, ValueError):
        return 8_000_000_000


def _drawn(source: pd.DataFrame, chosen: npt.NDArray[np.intp], n: int, seed: int) -> Array:
    require_memory(n, len(chosen), len(STAGES))
    used, position = np.unique(chosen, return_inverse=True)
    low, central, high = (_block(source, STAGES, bound)[used] for bound in BOUNDS)
    uniform = np.random.default_rng(seed).random((n, *central.shape))
    drawn = _between(low, central, high, uniform)
    # Leaving the rest to one share keeps every mean at its central value, which moving all of them would not.
    row, widest = np.arange(len(used)), (high - low).argmax(axis=1)
    rest = 1.0 - drawn.sum(axis=2) + drawn[:, row, widest]
    drawn[:, row, widest] = np.clip(rest, low[row, widest], high[row, widest])
    return to_simplex(drawn, low, high)[:, position, :]


def _between(low: Array, central: Array, high: Array, uniform: Array) -> Array:
    """Two flat pieces, one either side of the central value, weighted so that it is the mean."""
    width = np.where(high > low, high - low, 1.0)
    below = np.where(high > low, (high - central) / width, 1.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        left = low + (central - low) * uniform / below
        right = central + (high - central) * (uniform - below) / (1.0 - below)
    drawn: Array = np.clip(np.where(uniform < below, left, right), low, high)
    return drawn


def to_simplex(shares: Array, low: Array, high: Array) -> Array:
    """Move shares to a sum of one over the last axis, staying within low and high.

    The excess is taken from (or the lack given to) each share in proportion to the room between it and its bound;
    since the lows add to at most one and the highs to at least one, the room always suffices.

    Examples
    --------
    >>> to_simplex(np.array([0.6, 0.6, 0.0]), np.array([0.5, 0.3, 0.0]), np.ones(3)).round(3).tolist()
    [0.55, 0.45, 0.0]
    """
    gap = 1.0 - shares.sum(axis=-1, keepdims=True)
    room = np.where(gap > 0, high - shares, shares - low)
    total = room.sum(axis=-1, keepdims=True)
    moved = shares + room * np.divide(gap, total, out=np.zeros_like(gap), where=total > 0)
    out: Array = moved / moved.sum(axis=-1, keepdims=True)
    return out


def composition(
    table: MRIOTable,
    *,
    of: Literal["output", "value_added"] = "output",
    regions: str | None = None,
    draws: int = 200,
    seed: int = 0,
    level: float = 0.9,
    stage_file: File = None,
) -> pd.DataFrame:
    r"""Share of each stage in each region's output or value added.

    .. math:: c_{rk} = \sum_{i \in r} x_i w_{ik} / \sum_{i \in r} x_i

    Parameters
    ----------
    of : {"output", "value_added"}
    regions : str, optional
        One region only.
    draws, seed : int
        Draws behind the interval, see `draws`.
    level : float
        Share of the draws between low and high.

    Returns
    -------
    DataFrame indexed by (region, stage): central; low and high, the interval of the draws, in which errors of
    different industries partly cancel; floor and ceiling, with every industry at its bound at once. Dimensionless.
    """
    if of not in ("output", "value_added"):
        raise OptionError(f"of={of!r}: choose 'output' or 'value_added'.")
    if draws < 1:
        raise OptionError(f"n={draws}: at least one draw is needed.")
    if not 0 < level < 1:
        raise OptionError(f"level={level}: choose a share between 0 and 1.")
    if regions is not None and regions not in table.regions:
        raise unknown("region", regions, table.regions)
    values = (table.x if of == "output" else table.va).to_numpy(float)
    codes = table.regions if regions is None else [regions]
    sums = np.zeros((len(codes), len(values)))
    for k, name in enumerate(codes):
        inside = table.index.get_level_values(0) == name
        sums[k, inside] = values[inside]
    total = sums.sum(axis=1)
    sums = np.divide(sums, total[:, None], out=np.full_like(sums, np.nan), where=(total > 0)[:, None])
    source, chosen, file_name = _matched(table, stage_file)
    found = np.einsum("rn,dnk->drk", sums, _drawn(source, chosen, draws, seed))
    low, high = np.quantile(found, [(1 - level) / 2, (1 + level) / 2], axis=0)
    bounds: dict[str, Array] = {b: sums @ _block(source, STAGES, b)[chosen] for b in BOUNDS}
    columns = {
        "central": bounds["central"],
        "low": low,
        "high": high,
        "floor": bounds["low"],
        "ceiling": bounds["high"],
    }
    index = pd.MultiIndex.from_product([codes, STAGES], names=["region", "stage"])
    out = pd.DataFrame({name: block.ravel() for name, block in columns.items()}, index=index)
    what = "output" if of == "output" else table.value_added_label
    out.attrs.update(
        measure=f"share of stages in {what}",
        unit="share",
        table=table.label,
        interval=f"{level:.0%} of {draws} draws",
        file=file_name,
    )
    return out


def _shares(table: MRIOTable, names: tuple[str, ...], which: Bound, stage_file: File, measure: str) -> pd.DataFrame:
    if which not in BOUNDS:
        raise unknown("bound", which, BOUNDS)
    source, chosen, name = _matched(table, stage_file)
    block = _block(source, names, which)[chosen]
    lost = [share for share, column in zip(names, block.T, strict=True) if np.isnan(column).any()]
    if lost:
        raise StageError(
            f"{name} has no {', '.join(lost)} share for every industry. Add a column {lost[0]} from 0 to 1."
        )
    out = pd.DataFrame(block, index=table.index, columns=pd.Index(names))
    out.attrs.update(measure=measure, unit="share", table=table.label, file=name, which=which)
    return out


def _block(source: pd.DataFrame, names: tuple[str, ...], which: Bound) -> Array:
    return source[[f"{share}_{which}" for share in names]].to_numpy(float)


def _matched(table: MRIOTable, stage_file: File) -> tuple[pd.DataFrame, npt.NDArray[np.intp], str]:
    """Rows of the file that is meant, and which of them holds for each country-industry."""
    if stage_file is None:
        path = shipped_file(table)
        source = load_file(path)
        return source, match(source, table, path.name), path.name
    name = "the frame of stage shares" if isinstance(stage_file, pd.DataFrame) else str(stage_file)
    source = load_file(stage_file)
    require_known(source, table, name)
    return source, match(source, table, name), name
