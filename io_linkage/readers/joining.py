"""Adding regions of raw blocks together, without a second copy of Z."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from io_linkage.readers.raw import Raw


def join_regions(raw: Raw, parts: Mapping[str, str]) -> Raw:
    """Add regions to others, industry by industry; what stays keeps its order.

    Parameters
    ----------
    parts : mapping of str to str
        The region each part belongs to.
    """
    index = raw.Z.index
    joined = pd.MultiIndex.from_tuples([(parts.get(r, r), code) for r, code in index], names=index.names)
    codes, kept = pd.factorize(joined)
    # The first row of each pair gathers the others; sums touch only the rows of parts and wholes.
    first = np.zeros(len(kept), dtype=np.intp)
    first[codes[::-1]] = np.arange(len(codes))[::-1]
    extra = np.flatnonzero(first[codes] != np.arange(len(codes)))
    Z = raw.Z.to_numpy(copy=True)
    Y, V = raw.Y.to_numpy(copy=True), None if raw.V is None else raw.V.to_numpy(copy=True)
    x = None if raw.x is None else raw.x.to_numpy(copy=True)
    for position in extra:
        onto = first[codes[position]]
        Z[onto] += Z[position]
        Y[onto] += Y[position]
        if x is not None:
            x[onto] += x[position]
    for position in extra:
        onto = first[codes[position]]
        Z[:, onto] += Z[:, position]
        if V is not None:
            V[:, onto] += V[:, position]
    new = pd.MultiIndex.from_tuples(list(kept), names=index.names)
    return raw.but(
        Z=pd.DataFrame(Z[np.ix_(first, first)], index=new, columns=new),
        Y=_joined_demand(pd.DataFrame(Y[first], index=new, columns=raw.Y.columns), parts),
        V=None if V is None or raw.V is None else pd.DataFrame(V[:, first], index=raw.V.index, columns=new),
        x=None if x is None else pd.Series(x[first], index=new),
    )


def _joined_demand(Y: pd.DataFrame, parts: Mapping[str, str]) -> pd.DataFrame:
    """Add final demand of parts to the whole, where a file gives it to them."""
    if not set(Y.columns.get_level_values(0)) & set(parts):
        return Y
    regions, categories = (Y.columns.get_level_values(level) for level in (0, 1))
    labels = pd.MultiIndex.from_arrays([[parts.get(r, r) for r in regions], categories], names=Y.columns.names)
    codes, kept = pd.factorize(labels)
    sums = np.zeros((len(Y), len(kept)))
    np.add.at(sums.T, codes, Y.to_numpy().T)
    return pd.DataFrame(sums, index=Y.index, columns=pd.MultiIndex.from_tuples(list(kept), names=Y.columns.names))
