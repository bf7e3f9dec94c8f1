r"""Concentration of suppliers and buyers, by industry or by product.

Terms
-----
HHI : Herfindahl-Hirschman index, the sum of squared shares of economies; 1 is a single one.
suppliers : regions in which an industry's intermediate inputs (or a region's purchases of a product) are made.
buyers : regions to which an industry's output is sold, as inputs or for final use.

An aggregate such as rest of world counts as one supplier, so that concentration is overstated where it is large.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

from io_linkage.captions import labelled
from io_linkage.errors import require_option
from io_linkage.leontief import Array
from io_linkage.selection import groups_by, region_codes
from io_linkage.table import MRIOTable

Side = Literal["supplier", "buyer"]
Unit = Literal["industry", "product"]


def hhi(
    table: MRIOTable,
    *,
    role: Side = "supplier",
    unit: Unit = "industry",
    domestic: bool = False,
    regions: str | list[str] | None = None,
) -> pd.DataFrame:
    r"""Concentration of foreign suppliers or buyers of each country-industry.

    .. math:: HHI_j = \sum_r s_{rj}^2, \qquad s_{rj} = \sum_{i \in r} z_{ij} / \sum_i z_{ij}

    Parameters
    ----------
    table : MRIOTable
    role : {"supplier", "buyer"}
    unit : {"industry", "product"}
        For suppliers: "industry", all inputs that an industry buys; "product", all that a region buys of a product,
        as inputs or for final use.
    domestic : bool
        Count the own region as one of them; else shares are of imports or exports.
    regions : str or list, optional
        Regions or groups whose industries are wanted; all by default.

    Returns
    -------
    DataFrame on the country-industries: ``hhi``, ``equivalent`` = 1/hhi equal ones, ``largest`` and
    ``largest_share``, ``flows`` in the table's unit. Negative flows count as 0; NaN where there are none.

    References
    ----------
    Herfindahl (1950); Hirschman (1964).

    Examples
    --------
    >>> import io_linkage as iol
    >>> suppliers = hhi(iol.load(), regions="MEX").loc[("MEX", "34t35")]
    >>> suppliers["largest"], round(float(suppliers["hhi"]), 3)
    ('USA', 0.258)
    """
    require_option("role", role, ("supplier", "buyer"))
    require_option("unit", unit, ("industry", "product"))
    flows = np.maximum(_flows(table, role, unit), 0.0)
    if not domestic:
        flows[np.arange(len(flows)), table.region_codes] = 0.0
    total = flows.sum(axis=1)
    shares = np.divide(flows, total[:, None], out=np.full_like(flows, np.nan), where=total[:, None] > 0)
    index = (shares**2).sum(axis=1)
    names = np.array([*table.regions, None], dtype=object)
    largest = np.where(total > 0, flows.argmax(axis=1), -1)
    frame = pd.DataFrame(
        {
            "hhi": index,
            "equivalent": 1 / index,
            "largest": names[largest],
            "largest_share": shares.max(axis=1),
            "flows": total,
        },
        index=table.index,
    )
    if unit == "industry":
        frame.loc[~table.active] = np.nan
    if regions is not None:
        chosen = [table.regions.index(region) for region in region_codes(table, regions)]
        frame = frame[np.isin(table.region_codes, chosen)]
    whose = "all" if domestic else "foreign"
    return labelled(
        frame,
        table.caption(f"concentration of {whose} {role} by {unit}", "index, 0 to 1", role=role),
    )


def _flows(table: MRIOTable, side: Side, unit: Unit) -> Array:
    """Flows by country-industry and the region on the other side, (n, regions)."""
    M, _ = groups_by(table, "region")
    if side == "buyer":
        return np.asarray(table.accounts.Z @ M + table.demand_by_region.to_numpy())
    if unit == "industry":
        return np.asarray(table.accounts.Z.T @ M)
    sold = table.accounts.Z @ M + table.demand_by_region.to_numpy()
    # sold[(origin, product), buyer] turned to bought[(buyer, product), origin].
    cube = np.zeros((len(table.regions), len(table.industries), len(table.regions)))
    cube[table.region_codes, table.industry_codes] = sold
    return np.asarray(cube[:, table.industry_codes, table.region_codes].T)
