"""Tables to time things on: a real one, and larger ones made to look like it."""

from __future__ import annotations

import dataclasses
import os
from pathlib import Path

import numpy as np
import pandas as pd

from io_linkage import MRIOTable, load

#: Regions and industries of the made tables, by n; 3,465 is the size of the OECD's ICIO.
SIZES = {1435: (41, 35), 3465: (77, 45), 5005: (143, 35)}


def wiod_2011(path: str | Path | None = None) -> MRIOTable:
    """WIOD 2013 release, 2011, n = 1,435; from the folder of full tables (or IO_LINKAGE_DATA)."""
    folder = Path(path or os.environ["IO_LINKAGE_DATA"])
    return load(folder / "wiod2013" / "2011", classification="WIOD2013")


def upscaled(n: int, seed: int = 0) -> MRIOTable:
    """Make a productive table of n country-industries: most inputs domestic, few large; same seed, same table.

    Column sums of A lie between .2 and .75, final demand is positive, and output is what both imply.
    """
    regions, industries = SIZES[n] if n in SIZES else (n // 35, 35)
    random = np.random.default_rng(seed)
    A = random.random((n, n))
    np.power(A, 8, out=A)
    for r in range(regions):
        inside = slice(r * industries, (r + 1) * industries)
        A[inside, inside] *= 40.0
    A *= random.uniform(0.2, 0.75, n) / A.sum(axis=0)
    y = random.lognormal(8.0, 2.0, n)
    x, step = y.copy(), y
    while step.max() > 1e-14 * x.max():
        step = A @ step
        x += step
    A *= x
    demand = random.dirichlet(np.full(regions, 0.3), n) * (x - A.sum(axis=1))[:, None]
    names = [f"R{r:03d}" for r in range(regions)]
    index = pd.MultiIndex.from_product([names, [f"i{k:02d}" for k in range(industries)]], names=["region", "industry"])
    return MRIOTable.from_frames(
        pd.DataFrame(A, index=index, columns=index, copy=False),
        pd.DataFrame(demand, index=index, columns=names, copy=False),
        unit="M USD",
        name=f"made, n = {n}",
        copy=False,
    )


def fresh(table: MRIOTable) -> MRIOTable:
    """Return the same table with nothing computed yet, so that a timing counts the factorisation."""
    accounts = dataclasses.replace(table.accounts, Z=table.accounts.Z.view())
    return dataclasses.replace(table, accounts=accounts)
