"""Intervals from draws of the stage shares.

Stage shares are known only within ranges (:mod:`io_linkage.stages`). Each draw is one set of shares that adds to one in
every row; a measure is computed for each draw, and its interval holds the stated part of the results. It says how sure
the shares are, not how sure the table is.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from io_linkage.errors import OptionError
from io_linkage.stages.columns import BOUNDS
from io_linkage.stages.matching import Array, File, Matched, block, matched

if TYPE_CHECKING:
    from io_linkage.table import MRIOTable


def require_level(level: float) -> None:
    """Raise `OptionError` unless `level` is a share of the draws between 0 and 1."""
    if not 0 < level < 1:
        raise OptionError(
            f"level={level} is not possible; it must be the share of draws between low and high, e.g. 0.9."
        )


def require_draws(draws: int) -> None:
    """Raise `OptionError` unless there is at least one draw."""
    if draws < 1:
        raise OptionError(f"draws={draws} is not possible; at least one draw of the stage shares is needed.")


def bounds(drawn: Array, level: float) -> tuple[Array, Array]:
    """Return what the middle part of the draws lies between.

    Parameters
    ----------
    drawn : array, (draws, ...)
        A measure for each draw; NaN stays NaN, and without draws all is NaN.
    level : float
        Share of the draws between low and high.

    Returns
    -------
    two arrays, (...)
        Low and high.

    Examples
    --------
    >>> [round(float(end), 6) for end in bounds(np.arange(101.0), 0.9)]
    [5.0, 95.0]
    """
    require_level(level)
    if not len(drawn):
        return (np.full(drawn.shape[1:], np.nan),) * 2
    low, high = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2], axis=0)
    return low, high


def central_and_bounds(measured: Array, level: float) -> pd.DataFrame:
    """Return columns central (the first row of `measured`), low and high (of the other rows, the draws)."""
    low, high = bounds(measured[1:], level)
    return pd.DataFrame({"central": measured[0], "low": low, "high": high})


def described(level: float, draws: int) -> str:
    """Say what an interval is, for `attrs`.

    Examples
    --------
    >>> described(0.9, 200)
    '90% of 200 draws'
    """
    if not draws:
        return "none: the stage shares are given without ranges"
    return f"{level:.0%} of {draws} draws"


def drawn_weights(
    table: MRIOTable, draws: int | Array, seed: int = 0, *, stage_weights: pd.DataFrame | None = None
) -> Array:
    """Return draws of the shipped stage shares, or the draws given, checked.

    Parameters
    ----------
    draws : int or array, (draws, n, stages)
    stage_weights : DataFrame, optional
        The central shares in use. Ranges are known of the shipped ones only, so own shares need own draws.

    Returns
    -------
    array, (draws, n, stages)

    Raises
    ------
    OptionError
        No draws, draws of another shape, or a number of draws with shares of one's own.
    """
    if not isinstance(draws, int):
        if draws.ndim != 3 or draws.shape[1] != len(table.index):
            raise OptionError(f"draws has shape {draws.shape}; it must be (draws, {len(table.index)}, stages).")
        return draws
    if stage_weights is not None:
        raise OptionError(
            f"draws={draws} would draw from the shipped ranges, which are not those of the stage_weights given. Pass "
            "the draws as an array, e.g. stages.draws(table, stage_file=...)."
        )
    return _draws(table, draws=draws, seed=seed)


def central_and_drawn(
    table: MRIOTable, *, draws: int, seed: int, stage_file: File
) -> tuple[tuple[str, ...], list[Array]]:
    """Return the stages, and the central weights, (n, stages), with the draws after them; none without ranges."""
    require_draws(draws)
    source = matched(table, stage_file)
    return source.stages, [source.shares(source.stages, "central"), *drawn_shares(source, draws, seed)]


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
    ndarray (draws, country-industries, stages); each row adds to one. Shares without ranges are the same in each draw.
    """
    require_draws(draws)
    return _drawn_rows(matched(table, stage_file), draws, seed)


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
        return int(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
    except (AttributeError, OSError, ValueError):
        return 8_000_000_000


def drawn_shares(source: Matched, n: int, seed: int) -> Array:
    """Return `n` draws of the shares, (n, country-industries, stages), or none of shares without ranges, (0, ...)."""
    if not source.has_ranges:
        return np.empty((0, len(source.chosen), len(source.stages)))
    return _drawn_rows(source, n, seed)


def central_and_drawn_traits(
    table: MRIOTable, traits: tuple[str, ...], *, draws: int, seed: int, stage_file: File
) -> tuple[list[Array], list[Array]]:
    """Return central stage weights with draws after them, and traits likewise, (n, traits) each; none without ranges.

    A trait is drawn within its range as a stage is (see `draws`), but by itself, since traits add to nothing. Where
    only one of the two has ranges, the other stands at its central value in each draw.
    """
    require_draws(draws)
    source = matched(table, stage_file)
    low, central, high = (source.shares(traits, bound) for bound in BOUNDS)
    weights = source.shares(source.stages, "central")
    vary = bool((high - low > 1e-12).any())
    if not vary and not source.has_ranges:
        return [weights], [central]
    require_memory(draws, len(source.chosen), len(source.stages) + len(traits))
    # Rows of the file are drawn once, wherever they hold; a stream of their own keeps the draws of stages as they are.
    rows = source.chosen if source.shipped is None else source.chosen * (len(source.rows) + 1) + source.shipped
    used, position = np.unique(rows, return_inverse=True)
    # All traits are drawn, so that the draws of one do not hang on which others are asked for.
    uniform = np.random.default_rng([seed, 1]).random((draws, len(used), len(source.traits)))
    uniform = uniform[:, position][:, :, [source.traits.index(trait) for trait in traits]]
    drawn = list(drawn_shares(source, draws, seed)) if source.has_ranges else [weights] * draws
    return [weights, *drawn], [central, *_between(low, central, high, uniform)]


def _drawn_rows(source: Matched, n: int, seed: int) -> Array:
    """Return `n` draws of the shares in the chosen rows of a file, (n, rows chosen, stages)."""
    require_memory(n, len(source.chosen), len(source.stages))
    used, position = np.unique(source.chosen, return_inverse=True)
    low, central, high = (block(source.rows, source.stages, bound)[used] for bound in BOUNDS)
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


#: `draws` by a name that parameters called draws do not hide.
_draws = draws
