"""Revealed comparative advantage, on gross exports and on the value added in them.

Terms
-----
X_si : gross exports of industry i in country s, or value added of industry i in all exports of s, v_si (M_s E_s*)_i.
RCA : (X_si / X_s.) / (X_.i / X_..), above 1 where a country's share of an industry exceeds its share of all exports.

Gross exports show in which industry goods leave; value added shows which industries earn, services that never
cross a border among them, and leaves out what was imported.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

import numpy as np
import pandas as pd

from io_linkage.captions import labelled
from io_linkage.errors import require_option
from io_linkage.leontief import Array
from io_linkage.selection import groups_by
from io_linkage.table import MRIOTable
from io_linkage.trade_blocks import Definition, trade

Basis: TypeAlias = Literal["gross", "value_added"]


def advantage(
    table: MRIOTable,
    *,
    of: Basis = "value_added",
    by: Literal["industry", "stage"] = "industry",
    definition: Definition = "table",
    stage_weights: pd.DataFrame | None = None,
) -> pd.DataFrame:
    r"""Balassa's revealed comparative advantage.

    .. math:: RCA_{si} = (X_{si} / X_{s \cdot}) / (X_{\cdot i} / X_{\cdot \cdot})

    Parameters
    ----------
    table : MRIOTable
        Two regions or more.
    of : {"value_added", "gross"}
        Domestic value added in exports by industry of origin, or gross exports.
    by : {"industry", "stage"}
    stage_weights : DataFrame, (n, stages), optional
        Stage shares instead of the shipped ones.

    Returns
    -------
    DataFrame, regions by industries or stages; dimensionless, 1 = as the world; NaN where the country or the
    industry exports nothing.

    References
    ----------
    Balassa (1965); Koopman, Wang & Wei (2014), section IV; Wang, Wei & Zhu (2013), section 4.3.

    See Also
    --------
    vax : value added and gross exports themselves, by industry.

    Examples
    --------
    >>> import io_linkage as iol
    >>> world = iol.load()
    >>> gross = advantage(world, of="gross").loc["CHN", "30t33"]
    >>> earned = advantage(world).loc["CHN", "30t33"]
    >>> bool(gross > earned > 1)
    True
    """
    require_option("of", of, ("gross", "value_added"))
    require_option("by", by, ("industry", "stage"))
    blocks = trade(table, definition)
    exports = blocks.total_exports
    values = exports if of == "gross" else blocks.v * blocks.times_local(exports)
    W, names = groups_by(table, by, stage_weights)
    X = blocks.region_sums(values[:, None] * W)
    result = pd.DataFrame(balassa(X), index=pd.Index(table.regions, name="exporter"), columns=names)
    title = f"revealed comparative advantage on {'gross exports' if of == 'gross' else 'value added in exports'}"
    return labelled(result, {**table.caption(title, "1 = as the world"), **blocks.attrs})


def balassa(X: Array) -> Array:
    """Share of each column in a row over its share in all rows, (regions, products); NaN where one is 0."""
    own, world, total = X.sum(axis=1, keepdims=True), X.sum(axis=0, keepdims=True), X.sum()
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = (X / own) / (world / total)
    return np.where((own != 0) & (world != 0), ratio, np.nan)
