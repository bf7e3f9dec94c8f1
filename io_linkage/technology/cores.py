"""The core of a trait in an economy, and what depends on it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import numpy as np
import pandas as pd

from io_linkage import stages
from io_linkage.captions import labelled
from io_linkage.intensities import Account, intensity
from io_linkage.labels import ordered_index
from io_linkage.leontief import Array
from io_linkage.selection import groups_by, region_codes
from io_linkage.stages.intervals import bounds, central_and_drawn_traits, described
from io_linkage.table import MRIOTable
from io_linkage.technology.traits import Trait, spelt, trait_names, trait_shares

PARTS = ("core", "backward", "both", "dependent", "embodied_in_others")
#: All regions of the table together.
WORLD = "world"


def core_and_dependent(
    table: MRIOTable,
    *,
    trait: Trait = "digital",
    of: Account = "value_added",
    regions: str | Sequence[str] | None = None,
    draws: int = 200,
    seed: int = 0,
    level: float = 0.9,
    stage_file: stages.File = None,
) -> pd.DataFrame:
    r"""Size of a trait's core in each economy, of what depends on it, and of the core inside other products.

    With :math:`V = \hat q L \hat y`, rows where value added arises and columns the final product it is in:

    .. math:: core = forward = t'Vi, \quad backward = i'Vt, \quad both = t'Vt, \quad
        dependent = forward + backward - both, \quad embodied = t'V(i - t) = core - both

    over the rows of one region. The core is what the BEA and the OECD count (value added of digital activities),
    the dependent part that of the ADB: it adds what other industries make for digital final products.

    Parameters
    ----------
    table : MRIOTable
    trait : str or Series
        "digital", "green", "high_tech", a trait of the stage file, or shares from 0 to 1 on the table's index.
    of : str or Series
        "value_added", "jobs" or another account.
    regions : str or sequence of str, optional
        All by default, and "world", all of them together.
    draws, seed, level, stage_file
        Draws of the trait within its range; none for shares of one's own.

    Returns
    -------
    DataFrame indexed by (region, part): ``amount`` in the account's unit; ``share`` of the region's total (GDP), with
    ``low_share`` and ``high_share``. Parts: ``core``, ``backward``, ``both``, ``dependent``, ``embodied_in_others``.
    Core in other products ("industrial digitalisation") is a part of the core and must not be added to it. One solve
    per draw.

    References
    ----------
    Asian Development Bank (2021), Capturing the Digital Economy. Barefoot et al. (2018), BEA working paper.

    Examples
    --------
    >>> import io_linkage as iol
    >>> digital = core_and_dependent(iol.load(), regions="CHN", draws=20)
    >>> digital["share"].round(3)["CHN"].to_dict()["dependent"]
    0.124
    """
    q = intensity(table, of)
    if isinstance(trait, str):
        name = trait_names(table, trait, stage_file)[0]
        _, drawn = central_and_drawn_traits(table, (name,), draws=draws, seed=seed, stage_file=stage_file)
        T = np.column_stack(drawn)
    else:
        shares, name = trait_shares(table, trait, stage_file)
        T = shares[:, None]
    M, _ = groups_by(table, "region")
    chosen = table.regions if regions is None else region_codes(table, regions)
    select = M[:, [table.regions.index(region) for region in chosen]]
    if regions is None:
        select = np.column_stack([select, np.ones(len(M))])
    labels = [*chosen, *([WORLD] if regions is None else [])]
    amounts = _parts(table, q.counted, select, T)
    whole = select.T @ q.amounts(table)
    unknown = select.T @ (q.known & table.active) <= 0
    amounts[unknown] = np.nan
    sized = np.divide(amounts, whole[:, None, None], out=np.full_like(amounts, np.nan), where=whole[:, None, None] != 0)
    low, high = bounds(np.moveaxis(sized[:, :, 1:], 2, 0), level)
    frame = pd.DataFrame(
        {
            "amount": amounts[:, :, 0].ravel(),
            "share": sized[:, :, 0].ravel(),
            "low_share": low.ravel(),
            "high_share": high.ravel(),
        },
        index=ordered_index(product(labels, PARTS), ["region", "part"]),
    )
    return labelled(
        frame,
        table.caption(
            f"{spelt(name)} core and what depends on it, {q.label}",
            q.unit,
            trait=name,
            interval=described(level, T.shape[1] - 1),
            units={"amount": q.unit, "others": "share"},
            **q.attrs,
        ),
    )


def _parts(table: MRIOTable, q: Array, select: Array, T: Array) -> Array:
    """Return the parts for each set of trait shares, (regions, parts, draws)."""
    arises = q[:, None] * table.system.solve(table.accounts.Y.sum(axis=1)[:, None] * T)
    core = select.T @ (T * (q * table.accounts.x)[:, None])
    backward, both = select.T @ arises, select.T @ (T * arises)
    return np.stack([core, backward, both, core + backward - both, core - both], axis=1)
