r"""Intervals of spillovers and trade by stage, from draws of the stage shares within their ranges.

See :mod:`io_linkage.stages.intervals` for what an interval holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from io_linkage import economies as countries
from io_linkage import stages
from io_linkage.captions import labelled
from io_linkage.errors import OptionError, require_option
from io_linkage.intensities import Account, Intensity, intensity
from io_linkage.leontief import Array
from io_linkage.selection import region_codes
from io_linkage.stages.intervals import central_and_bounds, central_and_drawn, described
from io_linkage.table import MRIOTable

#: Right-hand sides solved at once; keeps memory at a few columns per industry.
BATCH = 256
#: Of a place: all stages together.
ALL = "all"


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
        Own stage shares, as in `stages.weights`; without ranges low and high are NaN.

    Returns
    -------
    DataFrame indexed by (stage where it arises, stage for whose products there is demand): ``central``, ``low``,
    ``high``. Three solves per draw.

    Raises
    ------
    OptionError
        No draws, a level outside 0 to 1, or another `per`.

    See Also
    --------
    matrix : the central values, and other groupings.

    Examples
    --------
    >>> import io_linkage as iol
    >>> cells = matrix_interval(iol.load(), draws=20)
    >>> bool(cells.loc[("emerging", "emerging")].between(0.1, 0.5).all())
    True
    """
    require_option("per", per, ("total", "demand"))
    q = intensity(table, of)
    names, shares = central_and_drawn(table, draws=draws, seed=seed, stage_file=stage_file)
    interval = described(level, len(shares) - 1)
    cells = np.array(
        [
            _per_demand(W.T @ arises, demand if per == "demand" else np.ones_like(demand))
            for W, demand, arises in arising(table, q, shares, table.accounts.Y.sum(axis=1))
        ]
    )
    index = pd.MultiIndex.from_product([names, names], names=["stage", "demand for"])
    frame = central_and_bounds(cells.reshape(len(cells), -1), level).set_axis(index)
    unit = q.unit if per == "total" else q.unit_per_output
    caption = table.caption(f"{q.label} by stage with interval", unit, interval=interval, **q.attrs)
    return labelled(frame, {**frame.attrs, **caption})


def home_and_abroad(
    table: MRIOTable,
    focus: str | Iterable[str],
    *,
    of: Account = "value_added",
    draws: int = 200,
    seed: int = 0,
    level: float = 0.9,
    stage_file: stages.File = None,
) -> pd.DataFrame:
    r"""Split what arises at home and abroad per unit of final demand for an economy's products of each stage.

    .. math:: S_P^{(d)} = W_d' \hat P \hat q L \hat f \hat M W_d \, / \, i' \hat f \hat M W_d, \quad d = 1, \dots, n

    M keeps the products of the focus, P what arises at home or abroad.

    Parameters
    ----------
    table : MRIOTable
    focus : str or list
        The economy whose products are demanded: region codes, names or a group.
    of, draws, seed, level, stage_file
        As in `matrix_interval`.

    Returns
    -------
    DataFrame indexed by (place, stage, product): ``central``, ``low``, ``high``. Place is "at home" or "abroad", stage
    is where it arises, or "all". NaN where nothing of a stage is demanded. Three solves per draw.

    Raises
    ------
    UnknownLabelError, OptionError
        An unknown region; no draws; a level outside 0 to 1.

    See Also
    --------
    io_linkage.spillovers.effects : intra-regional, feedback and spillover effects of each product.
    """
    q = intensity(table, of)
    own = np.isin(table.region_codes, [table.regions.index(code) for code in region_codes(table, focus)])
    places = {"at home": own, "abroad": ~own} if (~own).any() else {"at home": own}
    names, shares = central_and_drawn(table, draws=draws, seed=seed, stage_file=stage_file)
    final = np.where(own, table.accounts.Y.sum(axis=1), 0.0)
    interval = described(level, len(shares) - 1)
    cells = np.array(
        [
            _per_demand(_by_place(W, arises, list(places.values())), demand)
            for W, demand, arises in arising(table, q, shares, final)
        ]
    )
    index = pd.MultiIndex.from_product([places, [*names, ALL], names], names=["place", "stage", "product"])
    frame = central_and_bounds(cells.reshape(len(cells), -1), level).set_axis(index)
    measure = f"{q.label} per unit of final demand"
    caption = table.caption(measure, "per unit of final demand", interval=interval, **q.attrs)
    return labelled(frame, {**frame.attrs, **caption})


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

    .. math:: t_k^{(d)} = \sum_{i \in o} w_{ik}^{(d)} q_i (L y_{\cdot}^{D})_i, \quad d = 1, \dots, n

    Parameters
    ----------
    table : MRIOTable
    origin, destination : str
        Regions, economies or groups; what `destination` shares with `origin` is left out of it.
    of, draws, seed, level, stage_file
        As in `matrix_interval`.

    Returns
    -------
    DataFrame indexed by stage: ``central``, ``low``, ``high`` in the account's unit, and ``central_share``,
    ``low_share``, ``high_share`` of the whole. One solve.

    Raises
    ------
    UnknownLabelError, OptionError
        An unknown economy; a destination inside the origin; no draws; a level outside 0 to 1.

    See Also
    --------
    io_linkage.ties.bilateral : both directions, with gross trade beside them.
    """
    here = countries.resolve(table, origin)
    there = [code for code in countries.resolve(table, destination) if code not in here]
    if not there:
        raise OptionError(f"{destination} is part of {origin}; name another market.")
    q = intensity(table, of)
    drawn = q.counted * table.system.solve(table.demand_by_region[there].sum(axis=1).to_numpy(dtype=np.float64))
    drawn[~np.isin(table.region_codes, [table.regions.index(code) for code in here])] = 0.0
    names, shares = central_and_drawn(table, draws=draws, seed=seed, stage_file=stage_file)
    interval = described(level, len(shares) - 1)
    amounts = np.einsum("n,dnk->dk", drawn, np.array(shares))
    frame = central_and_bounds(amounts, level).set_axis(pd.Index(names, name="stage"))
    whole = float(drawn.sum())
    for column in ("central", "low", "high"):
        frame[f"{column}_share"] = frame[column] / whole if whole else np.nan
    measure = f"{q.label} of {origin} in final demand of {destination} by stage"
    return labelled(frame, {**frame.attrs, **table.caption(measure, q.unit, interval=interval, **q.attrs)})


def arising(
    table: MRIOTable, q: Intensity, shares: Sequence[Array], final: Array
) -> Iterator[tuple[Array, Array, Array]]:
    """Yield for each W: W, final demand for each stage's products, (stages,), and what arises for it, (n, stages)."""
    stages_each = shares[0].shape[1]
    step = max(1, BATCH // stages_each)
    for start in range(0, len(shares), step):
        part = shares[start : start + step]
        demand = np.concatenate(part, axis=1) * final[:, None]
        arises = q.counted[:, None] * table.system.solve(demand)
        for position, W in enumerate(part):
            columns = slice(position * stages_each, (position + 1) * stages_each)
            yield W, demand[:, columns].sum(axis=0), arises[:, columns]


def _by_place(W: Array, arises: Array, places: Sequence[npt.NDArray[np.bool_]]) -> Array:
    """Sum what arises over the industries of each place and stage, and over all stages."""
    sums = np.stack([W[inside].T @ arises[inside] for inside in places])
    return np.concatenate([sums, sums.sum(axis=1, keepdims=True)], axis=1)


def _per_demand(sums: Array, demand: Array) -> Array:
    """Divide by the demand for each stage (the last axis); NaN where there is none."""
    return np.divide(sums, demand, out=np.full_like(sums, np.nan), where=demand != 0)
