r"""Intervals of spillovers and trade by stage, from draws of the stage shares within their ranges.

Stage shares are known only within ranges (:mod:`io_linkage.stages`). Each draw gives one set of shares that adds to
one; the interval holds the stated part of the draws. It says how sure the shares are, not how sure the table is.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

from io_linkage import economies as countries
from io_linkage import stages
from io_linkage.errors import OptionError, require_option
from io_linkage.intensities import Account, intensity
from io_linkage.leontief import Array
from io_linkage.table import MRIOTable

#: Right-hand sides solved at once; keeps memory at a few columns per industry.
BATCH = 256


def matrix_interval(
    table: MRIOTable,
    *,
    of: Account = "value_added",
    per: Literal["total", "demand"] = "demand",
    draws: int = 200,
    seed: int = 0,
    level: float = 0.9,
    stage_file: stages.File = None,
) -> pd.DataFrame:
    r"""Stage-by-stage spillover matrix with an interval for each cell.

    .. math:: S^{(d)} = W_d' \hat q L \hat f W_d, \quad d = 1, \dots, n

    Parameters
    ----------
    table : MRIOTable
    of, per
        As in `spillovers.matrix`.
    draws, seed : int
        Draws of the stage shares; the same seed gives the same interval.
    level : float
        Share of the draws between low and high.
    stage_file : path or DataFrame, optional
        Own stage shares with ranges, as in `stages.weights`.

    Returns
    -------
    DataFrame indexed by (stage where it arises, stage for whose products there is demand): ``central``, ``low``,
    ``high``. Three solves per draw.

    Examples
    --------
    >>> import io_linkage as iol
    >>> cells = matrix_interval(iol.load(), draws=20)
    >>> bool(cells.loc[("emerging", "emerging")].between(0.1, 0.5).all())
    True
    """
    require_option("per", per, ("total", "demand"))
    _require_level(level)
    q, f = intensity(table, of), table.accounts.Y.sum(axis=1)
    sampled = [
        stages.weights(table, stage_file=stage_file).to_numpy(dtype=np.float64),
        *stages.draws(table, draws=draws, seed=seed, stage_file=stage_file),
    ]
    found = np.empty((len(sampled), 3, 3))
    step = max(1, BATCH // 3)
    for start in range(0, len(sampled), step):
        part = sampled[start : start + step]
        demand = np.concatenate(part, axis=1) * f[:, None]
        drawn = q.counted[:, None] * table.system.solve(demand)
        for k, W in enumerate(part):
            cells = W.T @ drawn[:, 3 * k : 3 * k + 3]
            units = demand[:, 3 * k : 3 * k + 3].sum(axis=0) if per == "demand" else np.ones(3)
            # NaN, where nothing of a stage is demanded.
            found[start + k] = np.divide(cells, units, out=np.full_like(cells, np.nan), where=units != 0)
    index = pd.MultiIndex.from_product([stages.STAGES, stages.STAGES], names=["stage", "demand for"])
    frame = _bounds(found.reshape(len(sampled), -1), level).set_axis(index)
    unit = q.unit if per == "total" else q.unit_per_output
    frame.attrs.update(
        table.caption(f"{q.label} by stage with interval", unit, interval=f"{level:.0%} of {draws} draws", **q.attrs)
    )
    return frame


def trade_interval(
    table: MRIOTable,
    origin: str,
    destination: str,
    *,
    of: Account = "value_added",
    draws: int = 200,
    seed: int = 0,
    level: float = 0.9,
    stage_file: stages.File = None,
) -> pd.DataFrame:
    r"""Value added of one economy by stage in another's final demand, with an interval.

    Parameters
    ----------
    table : MRIOTable
    origin, destination : str
        Regions, economies or groups; what `destination` shares with `origin` is left out of it.
    of, draws, seed, level, stage_file
        As in `matrix_interval`.

    Returns
    -------
    DataFrame indexed by stage: ``central``, ``low``, ``high`` in the account's unit, and ``share``, ``share_low``,
    ``share_high`` of the whole. One solve.
    """
    _require_level(level)
    here = countries.resolve(table, origin)
    there = [code for code in countries.resolve(table, destination) if code not in here]
    if not there:
        raise OptionError(f"{destination} is part of {origin}; name another market.")
    q = intensity(table, of)
    drawn = q.counted * table.system.solve(table.demand_by_region[there].sum(axis=1).to_numpy(dtype=np.float64))
    drawn[~np.isin(table.region_codes, [table.regions.index(code) for code in here])] = 0.0
    W = np.concatenate(
        [
            [stages.weights(table, stage_file=stage_file).to_numpy()],
            stages.draws(table, draws=draws, seed=seed, stage_file=stage_file),
        ]
    )
    amounts = np.einsum("n,dnk->dk", drawn, W)
    frame = _bounds(amounts, level).set_axis(pd.Index(stages.STAGES, name="stage"))
    whole = float(drawn.sum())
    for column, share in (("central", "share"), ("low", "share_low"), ("high", "share_high")):
        frame[share] = frame[column] / whole if whole else np.nan
    frame.attrs.update(
        table.caption(
            f"{q.label} of {origin} in final demand of {destination} by stage",
            q.unit,
            interval=f"{level:.0%} of {draws} draws",
            **q.attrs,
        )
    )
    return frame


def _bounds(found: Array, level: float) -> pd.DataFrame:
    """Central value (the first row) and the quantiles of the draws (the others)."""
    low, high = np.quantile(found[1:], [(1 - level) / 2, (1 + level) / 2], axis=0)
    return pd.DataFrame({"central": found[0], "low": low, "high": high})


def _require_level(level: float) -> None:
    if not 0 < level < 1:
        raise OptionError(f"level={level}: choose a share between 0 and 1.")
