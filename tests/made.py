"""A made table of five regions and seven industries, in which no two numbers of a report are alike."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd

from io_linkage.table import MRIOTable

REGIONS = ["CHN", "IND", "BRA", "RoW", "USA"]
INDUSTRIES = [f"i{k}" for k in range(7)]


@cache
def table(year: int = 2011) -> MRIOTable:
    """Balanced, with value added as the residual; another year has other flows."""
    random = np.random.default_rng(SEEDS[year])
    n = len(REGIONS) * len(INDUSTRIES)
    index = pd.MultiIndex.from_product([REGIONS, INDUSTRIES], names=["region", "industry"])
    demand = pd.MultiIndex.from_product([REGIONS, ["final demand"]], names=["region", "category"])
    home = np.equal.outer(index.get_level_values(0), index.get_level_values(0))
    A = random.lognormal(0, 1.2, (n, n)) * np.where(home, 1, 0.06)
    A *= random.uniform(0.3, 0.75, n) / A.sum(axis=0)
    share = random.lognormal(0, 1, (n, 5)) * np.where(np.equal.outer(index.get_level_values(0), REGIONS), 1, 0.08)
    Y = random.lognormal(8, 1, n)[:, None] * share / share.sum(axis=1, keepdims=True)
    Z = A * np.linalg.solve(np.eye(n) - A, Y.sum(axis=1))
    return MRIOTable.from_frames(
        pd.DataFrame(Z, index=index, columns=index),
        pd.DataFrame(Y, index=index, columns=demand),
        year=year,
        unit="M USD",
        name="Made",
        source="made",
    )


SEEDS = {1995: 8, 2011: 13}


def stage_file() -> pd.DataFrame:
    """Shares of stages and traits of the industries, with ranges."""
    emerging = np.array([0.05, 0.6, 0.3, 0.1, 0.8, 0.2, 0.45])
    future = np.array([0.02, 0.1, 0.3, 0.05, 0.1, 0.15, 0.01])
    shares = {"traditional": 1 - emerging - future, "emerging": emerging, "future": future}
    shares["digital"] = np.array([0.1, 0.5, 0.02, 0.9, 0.3, 0.7, 0.2])
    shares["high_tech"] = np.array([0.0, 0.7, 0.4, 0.15, 0.6, 0.35, 0.05])
    frame = pd.DataFrame({"industry": INDUSTRIES, **shares})
    for name, share in shares.items():
        frame[f"{name}_low"], frame[f"{name}_high"] = 0.8 * share, np.minimum(1.2 * share, 1)
    return frame
