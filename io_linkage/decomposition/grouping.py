"""Groups of producers that effects are added up to."""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

import numpy as np
import pandas as pd

from io_linkage.decomposition.factors import Mask
from io_linkage.errors import OptionError, StageError, require_option
from io_linkage.leontief import Array

By: TypeAlias = Literal["world", "region", "industry", "region-industry", "stage", "region-stage"]
BYS: tuple[By, ...] = ("world", "region", "industry", "region-industry", "stage", "region-stage")


def groups(
    index: pd.MultiIndex, by: str, stage_weights: pd.DataFrame | None = None, needed: Mask | None = None
) -> tuple[pd.Index[Any], Array]:
    """Return the names of the groups and the share of each country-industry in them, (n, groups).

    Stage shares must be there, and add up to 1, for those that are `needed`.
    """
    require_option("by", by, BYS)
    if by == "region-industry":
        return index, np.eye(len(index))
    if by == "world":
        return pd.Index(["world"], name="region"), np.ones((len(index), 1))
    if by in ("region", "industry"):
        codes, names = pd.factorize(index.get_level_values(0 if by == "region" else 1))
        return pd.Index(names, name=by), np.eye(len(names))[codes]
    shares = _stage_shares(index, by, stage_weights, needed)
    if by == "stage":
        return pd.Index(shares.columns, name="stage"), shares.to_numpy(dtype=np.float64)
    codes, regions = pd.factorize(index.get_level_values(0))
    wide = np.zeros((len(index), len(regions), shares.shape[1]))
    wide[np.arange(len(codes)), codes] = shares.to_numpy(dtype=np.float64)
    labels = pd.MultiIndex.from_product([regions, shares.columns], names=["region", "stage"])
    return labels, wide.reshape(len(index), -1)


def empty_groups(W: Array, known: Mask) -> Mask:
    """Return which groups have no country-industry with figures, (groups,)."""
    return np.asarray(~((W > 0) & known[:, None]).any(axis=0))


def _stage_shares(
    index: pd.MultiIndex, by: str, stage_weights: pd.DataFrame | None, needed: Mask | None
) -> pd.DataFrame:
    if stage_weights is None:
        raise OptionError(f"by={by!r} needs shares: stage_weights=io_linkage.stages.weights(table).")
    shares = stage_weights.reindex(index)
    off = ~np.isclose(shares.sum(axis=1, skipna=False).to_numpy(), 1.0, rtol=0, atol=1e-6)
    if needed is not None:
        off &= needed
    if off.any():
        raise StageError(
            f"The stage shares of {int(off.sum())} of {len(off)} country-industries do not add up to 1 or are "
            f"missing, first {' '.join(map(str, index[int(off.argmax())]))}. Take "
            "io_linkage.stages.weights(table) of one of the tables, or scale the rows."
        )
    return shares.fillna(0.0)
