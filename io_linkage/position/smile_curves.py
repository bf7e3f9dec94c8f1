r"""Smile curves: who earns how much of a final product, by distance from its user.

Terms
-----
f : final demand for the chosen product(s).
value added : hat(v) L f, of each country-industry in the product.
distance : (L L f)_i / (L f)_i, stages from industry i to this product's user, itself counted; 1 for what the finishing
    industry adds last. It is specific to the chain, where upstreamness is a mean over all chains of the industry.

References: Ye, Meng & Wei (2015), IDE discussion paper 540; Meng, Ye & Wei (2020), Review of Income and Wealth 66.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from io_linkage.captions import labelled
from io_linkage.selection import select
from io_linkage.table import MRIOTable
from io_linkage.trade_blocks import Definition, Trade


def smile(
    table: MRIOTable,
    *,
    regions: str | Iterable[str] | None,
    industries: str | Iterable[str] | None,
    stage: str | None = None,
    definition: Definition = "table",
    stage_weights: pd.DataFrame | None = None,
) -> pd.DataFrame:
    r"""Value added of every country-industry in a final product, with its distance from the user.

    .. math:: T_i = v_i (L f)_i, \qquad distance_i = (L L f)_i / (L f)_i

    Parameters
    ----------
    table : MRIOTable
    regions, industries, stage, stage_weights
        The product: what is finished there and sold to final users anywhere; as in `selection.select`.
    definition : {"table", "residual"}

    Returns
    -------
    DataFrame by (region, industry)
        `definition` (table's unit), `share` of the product's value added, `distance` (stages; NaN where the
        industry adds nothing), `upstreamness` (all chains), `per_output` (value added per unit of output the
        industry delivers to the chain: the height of the curve), `final` (whether it finishes the product).
        `attrs["product_value"]` is the final demand for the product, `attrs["NON_VA"]` what of it is not value added
        (taxes, margins and the discrepancy along the chain; 0 with "residual"): value added and it add up.

    References
    ----------
    Ye, Meng & Wei (2015), IDE discussion paper 540; Meng, Ye & Wei (2020), Review of Income and Wealth 66.

    See Also
    --------
    upstreamness : the distance over all chains of an industry.

    Examples
    --------
    >>> import io_linkage as iol
    >>> phones = smile(iol.load(), regions="CHN", industries="30t33")
    >>> phones.groupby(level="region")["share"].sum().nlargest(3).round(2).to_dict()
    {'CHN': 0.71, 'RoW': 0.08, 'USA': 0.04}
    """
    chosen = select(table, regions=regions, industries=industries, stage=stage, stage_weights=stage_weights)
    blocks = Trade(table, definition)
    product = np.where(table.active, blocks.demand.sum(axis=1) * chosen.share, 0.0)
    output = table.system.solve(product)
    stages = table.system.solve(output)
    earned = blocks.v * output
    part = np.abs(output) > 1e-12 * np.abs(output).max(initial=0.0)
    distance = np.divide(stages, output, out=np.full(len(output), np.nan), where=part)
    total = earned.sum()
    values = {
        "value_added": earned,
        "share": earned / total if total != 0 else np.full(len(earned), np.nan),
        "distance": distance,
        "upstreamness": table.system.forward_sums(),
        "per_output": np.where(part, blocks.v, np.nan),
    }
    result = table.frame(
        np.column_stack(list(values.values())), list(values), "smile curve", unit=table.unit, product=chosen.label
    )
    result["final"] = chosen.share > 0
    worth = float(product.sum())
    left = float(blocks.other_content @ product)
    return labelled(
        result, {**result.attrs, **blocks.attrs, "product": chosen.label, "product_value": worth, "NON_VA": left}
    )
