"""Making linkages comparable: dividing by the mean over a scope.

Terms
-----
scope : the industries an industry is compared with. "region" (the default everywhere) are those of its own region,
    since a world mean compares a country with itself; "industry" is the same industry across regions; "world" all.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from io_linkage.errors import require_option
from io_linkage.leontief import Array
from io_linkage.table import MRIOTable

Scope: TypeAlias = Literal["world", "region", "industry"]
SCOPES: tuple[Scope, ...] = ("world", "region", "industry")


def scope_codes(table: MRIOTable, scope: Scope) -> npt.NDArray[np.intp]:
    """Return the number of the scope each country-industry belongs to, (n,)."""
    require_option("normalise", scope, SCOPES)
    if scope == "region":
        return table.region_codes
    if scope == "industry":
        return table.industry_codes
    return np.zeros(len(table.index), dtype=np.intp)


def scope_means(table: MRIOTable, values: Array, scope: Scope, weights: Array | None = None) -> Array:
    """Mean over the scope of each country-industry, of those that have a value, (n,); unweighted by default."""
    codes = scope_codes(table, scope)
    counted = table.active & ~np.isnan(values)
    size = int(codes.max()) + 1
    u = counted.astype(np.float64) if weights is None else np.where(counted, weights, 0.0)
    sums = np.bincount(codes, weights=u * np.where(counted, values, 0.0), minlength=size)
    totals = np.bincount(codes, weights=u, minlength=size)
    means = np.divide(sums, totals, out=np.full(size, np.nan), where=totals != 0)
    return np.asarray(means[codes])


def normalised(table: MRIOTable, values: Array, scope: Scope | None, weights: Array | None = None) -> Array:
    r"""Divide by the mean over the scope, so that 1 is its average industry.

    .. math:: \bar b_j = \frac{b_j \sum_{k \in s} u_k}{\sum_{k \in s} u_k b_k}, \qquad u = 1 \text{ by default}

    Parameters
    ----------
    table : MRIOTable
    values : array, (n,)
    scope : {"world", "region", "industry"} or None
        None returns the values as they are.
    weights : array, (n,), optional
        u. Rasmussen's mean is unweighted; groups are compared with the mean they are part of.

    Returns
    -------
    array, (n,); NaN where there is no output or the mean is 0.
    """
    masked = np.where(table.active, values, np.nan)
    if scope is None:
        return masked
    means = scope_means(table, masked, scope, weights)
    result: Array = np.divide(masked, means, out=np.full(len(means), np.nan), where=means != 0)
    return result


def weighted_means(W: npt.NDArray[np.float64], weights: Array, values: Array) -> Array:
    """Weighted mean of values (n,) or (n, m) in each group of W (n, groups); NaN for a group of no weight.

    Values that are NaN are left out together with their weight.
    """
    columns = values if values.ndim == 2 else values[:, None]
    known = ~np.isnan(columns)
    shares = W * np.nan_to_num(weights)[:, None]
    sums = shares.T @ np.where(known, columns, 0.0)
    totals = shares.T @ known.astype(np.float64)
    means: Array = np.divide(sums, totals, out=np.full(sums.shape, np.nan), where=np.abs(totals) > 0)
    return means if values.ndim == 2 else means[:, 0]
