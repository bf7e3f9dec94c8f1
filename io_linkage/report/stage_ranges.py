"""What demand for an economy's products of each stage draws, at home and abroad, with its range."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from io_linkage import stages
from io_linkage.leontief import Array
from io_linkage.report.question import Question
from io_linkage.table import MRIOTable

#: Right-hand sides solved at once; keeps memory at a few columns per industry.
_BATCH = 256
_ALL = "all"


def focus_stages(table: MRIOTable, question: Question) -> pd.DataFrame:
    r"""Value added by place and stage per unit of final demand for the focus's products of each stage.

    .. math:: S^{(d)} = W_d^{P\prime} \hat v L \hat f M W_d \, / \, i' \hat f M W_d, \quad d = 0, \dots, n

    M keeps the focus's products, P is home or abroad, W_0 the central stage shares and the others drawn.

    Returns
    -------
    DataFrame indexed by (place, stage, product): ``central``, ``low`` and ``high`` (90 % of the draws). Place is "at
    home" or "abroad", stage where value added arises or "all". NaN where nothing of a stage is demanded.
    """
    own = np.isin(np.asarray(table.regions)[table.region_codes], question.regions)
    weights = stages.weights(table, stage_file=question.stages)
    names = [str(column) for column in weights.columns]
    drawn = stages.draws(table, draws=question.draws, seed=question.seed, stage_file=question.stages)
    shares = [weights.to_numpy(dtype=np.float64), *drawn]
    demand = np.where(own, table.final_demand.to_numpy(dtype=np.float64), 0.0)
    places = {"at home": own, "abroad": ~own} if (~own).any() else {"at home": own}
    found = np.empty((len(shares), len(places), len(names) + 1, len(names)))
    step = max(1, _BATCH // len(names))
    for start in range(0, len(shares), step):
        part = shares[start : start + step]
        F = np.concatenate(part, axis=1) * demand[:, None]
        arises = table.v.to_numpy(dtype=np.float64)[:, None] * table.system.solve(F)
        for k, W in enumerate(part):
            columns = slice(k * len(names), (k + 1) * len(names))
            found[start + k] = _by_place(W, arises[:, columns], F[:, columns].sum(axis=0), list(places.values()))
    index = pd.MultiIndex.from_product([places, [*names, _ALL], names], names=["place", "stage", "product"])
    low, high = np.quantile(found[1:], [0.05, 0.95], axis=0)
    frame = pd.DataFrame({"central": found[0].ravel(), "low": low.ravel(), "high": high.ravel()}, index=index)
    frame.attrs.update(table.caption("value added per unit of final demand", "per unit of final demand"))
    return frame


def _by_place(W: Array, arises: Array, demand: Array, places: list[npt.NDArray[np.bool_]]) -> Array:
    """Sum what arises over the industries of each place and stage, and over all stages, per unit of demand."""
    found = np.stack([W[inside].T @ arises[inside] for inside in places])
    found = np.concatenate([found, found.sum(axis=1, keepdims=True)], axis=1)
    per_unit: Array = np.divide(found, demand, out=np.full_like(found, np.nan), where=demand != 0)
    return per_unit
