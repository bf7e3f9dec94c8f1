"""Orders that went from one country to another, product by product and buyer by buyer."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

import numpy as np
import pandas as pd

from io_linkage.captions import labelled
from io_linkage.decomposition.factors import by_product, soundness
from io_linkage.intensities import Account, intensity
from io_linkage.leontief import Array
from io_linkage.relocation.series import (
    CONVENTION,
    Names,
    amounts_by_region,
    in_order,
    what_is_unseen,
)
from io_linkage.selection import select
from io_linkage.table import MRIOTable
from io_linkage.ties.partners import sentence


def orders(
    tables: Iterable[MRIOTable],
    *,
    industries: Names | None = None,
    stage: str | None = None,
    of: Account = "value_added",
    stage_weights: pd.DataFrame | None = None,
) -> pd.DataFrame:
    r"""From whom to whom orders went as buyers changed their sources, with the value added that they carry.

    .. math:: F_{rs} = \sum_{p, j} \bar c_{rp} \, \bar h_{pj} \, \frac{\max(-\Delta t_{rpj}, 0) \,
        \max(\Delta t_{spj}, 0)}{M_{pj}}, \qquad c' = (w \circ q)'L

    For each product and buyer, industry or final, falling and rising shares of origin t are matched proportionally.
    Purchases h are the mean of the two years, and so is the content c of the old supplier's product in the industry
    or stage. Of several tables the steps are added up.

    Parameters
    ----------
    tables : iterable of MRIOTable
        Two or more, in the order of their years.
    industries, stage, of, stage_weights
        As in `shares`; the content is counted in them wherever in the world it arises.

    Returns
    -------
    DataFrame, (regions, regions), rows lose orders, columns win them, in the unit of the account. A product without
    sound shares in both years (inventories run down) is left out.

    References
    ----------
    This project; the shares are those of Dietzenbacher & Los (1998).

    See Also
    --------
    sourcing_effect : what it did to each region, with all that follows.

    Examples
    --------
    >>> import io_linkage as iol
    >>> F = orders([iol.load(year=2005), iol.load(year=2011)], industries=["17t18", "19"])
    >>> F.sum().idxmax()
    'CHN'
    """
    years, series = zip(*in_order(tables), strict=True)
    total = sum(_matched_orders(a, b, industries, stage, of, stage_weights) for a, b in pairwise(series))
    names = pd.Index(series[0].regions)
    _, what, attrs = amounts_by_region(series[-1], industries, stage, of, stage_weights)
    frame = pd.DataFrame(total, index=names.rename("from"), columns=names.rename("to"))
    unit = intensity(series[-1], of).unit
    clauses = [CONVENTION, *what_is_unseen(years[-1], frame.sum(), frame.sum(axis=1))]
    return labelled(
        frame,
        series[-1].caption(
            f"{what} in orders that went to other countries",
            unit,
            **{**attrs, "year": list(years), "rows": "who lost orders", "columns": "who won them"},
            note=sentence(clauses),
        ),
    )


def _matched_orders(
    before: MRIOTable,
    after: MRIOTable,
    industries: Names | None,
    stage: str | None,
    of: Account,
    stage_weights: pd.DataFrame | None,
) -> Array:
    contents, purchases = [], []
    for table in (before, after):
        w = select(table, industries=industries, stage=stage, stage_weights=stage_weights).share
        contents.append(table.system.solve_transposed(w * intensity(table, of).counted))
        demand = np.where(table.active[:, None], table.demand_by_region.to_numpy(dtype=np.float64), 0.0)
        purchases.append(np.hstack([table.accounts.Z, demand]))
    codes, regions, content = before.industry_codes, len(before.regions), 0.5 * (contents[0] + contents[1])
    size = [by_product(np.abs(bought), codes) for bought in purchases]
    total = [by_product(bought, codes) for bought in purchases]
    _, unsound = soundness(*total, *size)
    # A product that is not bought in one of the years has the sources of the other: nothing moves.
    counted = ~unsound & (total[0] > 0) & (total[1] > 0)
    shares_ = [
        np.divide(b, t[codes], out=np.zeros_like(b), where=counted[codes])
        for b, t in zip(purchases, total, strict=True)
    ]
    change = shares_[1] - shares_[0]
    spending = 0.5 * (total[0] + total[1])
    loss, gain = np.maximum(-change, 0.0), np.maximum(change, 0.0)
    size_moved = by_product(gain, codes)
    weight = np.divide(spending, size_moved, out=np.zeros_like(spending), where=counted & (size_moved > 0))
    lost = _by_region(before, loss * weight[codes] * content[:, None], regions)
    return np.asarray(lost @ _by_region(before, gain, regions).T)


def _by_region(table: MRIOTable, values: Array, regions: int) -> Array:
    """Rows of country-industries as one row a region, (regions, products x columns)."""
    cube = np.zeros((regions, len(table.industries), values.shape[1]))
    cube[table.region_codes, table.industry_codes] = values
    return cube.reshape(regions, -1)
