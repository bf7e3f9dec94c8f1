"""Hypothesis strategies that make balanced tables."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import strategies as st

from io_linkage.table import MRIOTable, Satellite


@st.composite
def tables(
    draw,
    *,
    min_regions: int = 1,
    max_regions: int = 4,
    min_industries: int = 1,
    max_industries: int = 4,
    zero_output: bool = True,
    negative_demand: bool = True,
) -> MRIOTable:
    """Balanced, productive tables: sparse flows, industries without output, inventories drawn down, satellites."""
    regions = draw(st.integers(min_regions, max_regions))
    industries = draw(st.integers(min_industries, max_industries))
    n = regions * industries
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    idle = random.random(n) < 0.15 if zero_output and n > 1 and draw(st.booleans()) else np.zeros(n, dtype=bool)
    idle[0] = False
    x = np.where(idle, 0.0, random.uniform(10, 1000, n))
    # Column sums of A stay between 0.1 and 0.8, so the table is productive; a third of the flows is nil.
    A = random.random((n, n)) * (random.random((n, n)) < 0.67)
    A[idle] = 0.0
    A[:, idle] = 0.0
    A *= random.uniform(0.1, 0.8, n) / np.maximum(A.sum(axis=0), 1e-12)
    Z = A * x
    # Sales to industries may not exceed output, or final demand would be negative everywhere.
    Z *= min(1.0, 0.9 * float(np.min(np.divide(x, Z.sum(axis=1), out=np.full(n, np.inf), where=Z.sum(axis=1) > 0))))
    final = x - Z.sum(axis=1)
    split = random.dirichlet(np.ones(2 * regions), n)
    Y = final[:, None] * split
    if negative_demand and draw(st.booleans()):
        # Inventories are drawn down by what households buy more.
        change = 0.05 * final
        Y[:, 0] += change
        Y[:, 1] -= change
    names = [f"R{r}" for r in range(regions)]
    index = pd.MultiIndex.from_product([names, [f"i{k}" for k in range(industries)]], names=["region", "industry"])
    demand = pd.MultiIndex.from_product([names, ["consumption", "inventories"]], names=["region", "category"])
    inputs = x - Z.sum(axis=0)
    V = pd.DataFrame(
        [0.9 * inputs, 0.1 * inputs], index=["Value added", "Taxes less subsidies on products"], columns=index
    )
    jobs = pd.DataFrame([x * random.uniform(0.01, 0.1, n)], index=["jobs"], columns=index)
    return MRIOTable.from_frames(
        pd.DataFrame(Z, index=index, columns=index),
        pd.DataFrame(Y, index=index, columns=demand),
        V,
        pd.Series(x, index=index),
        satellites={"employment": Satellite("employment", jobs, pd.Series({"jobs": "thousand persons"}))},
        year=2011,
        unit="M USD",
        name="drawn",
    )


def stage_weights(table: MRIOTable, seed: int = 0) -> pd.DataFrame:
    """Random stage shares for a table, rows summing to 1."""
    random = np.random.default_rng(seed)
    return pd.DataFrame(
        random.dirichlet(np.ones(3), len(table.index)),
        index=table.index,
        columns=["traditional", "emerging", "future"],
    )
