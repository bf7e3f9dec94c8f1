r"""Production length: how many times value added is counted as output on its way to a final product.

Terms
-----
y, y_D, y_F : final demand for a product, from its own region, from others. x : output, L y.
M : local inverses of all regions side by side. A_F : A between different regions.
forward : from the value added of an industry to the final products it ends in; lengths per unit of value added.
backward : from the value added that a final product holds to that product; lengths per unit of final product.

Value added, and with it output, splits by border crossings into four parts that add up:

============  ===========================  ============================  ===============================
part          forward, share of output     backward, per final product   meaning
============  ===========================  ============================  ===============================
domestic      M y_D                        v'M y_D                       crosses no border
traditional   M y_F                        v'M y_F                       once, in a final product
simple        M A_F M y_D                  v'M A_F M y_D                 once, in inputs
complex       M A_F (x - M y_D)            the rest of v'L y             more than once
============  ===========================  ============================  ===============================

Each part's length is the same expression with every stage counted: LL for L, MM for M and so on. The length of simple
and complex chains together is also split by place: stages at home (before the first border forward, after the last one
backward), border crossings of inputs, and further stages abroad:

=========  ======================================  ===================================================
place      forward, per value added                backward, per final product
=========  ======================================  ===================================================
home       M M A_F L y                             v'L A_F M M y, in the country of the final product
crossings  L A_F L y                               v'L A_F L y
abroad     M A_F L A_D L y                         v'L A_D L A_F M y
=========  ======================================  ===================================================

with A_D : A - A_F. Programs that sum the forward expressions by product instead (v'M M A_F L y for home) count
backward the stages in the country where the value added arose; `gvc` and crossings are the same there.

Forward, v cancels in the length of an industry and only weights the industries of a group; over all four parts the
length is upstreamness. Backward, lengths are means over the v in a product: with ``definition="table"`` over value
added as the table has it, leaving out taxes and margins; with "residual" over all primary inputs, as the authors have
it, and then the total is downstreamness. A product without final demand has no backward length in any part, since no
chain ends there.

Reference: Wang, Wei, Yu & Zhu (2017a) NBER 23222 (participation) and (2017b) NBER 23261 (length).
"""

from __future__ import annotations

from typing import Literal, TypeAlias, get_args

import numpy as np
import pandas as pd

from io_linkage.captions import labelled
from io_linkage.errors import require_option
from io_linkage.leontief import Array
from io_linkage.selection import groups_by
from io_linkage.table import MRIOTable
from io_linkage.trade_blocks import Definition, Trade

Side: TypeAlias = Literal["forward", "backward"]
Grouping: TypeAlias = Literal["world", "region", "industry", "stage", "region-stage"]

PARTS = ("domestic", "traditional", "simple", "complex")
PLACES = ("gvc_home", "gvc_crossings", "gvc_abroad")


def production_length(table: MRIOTable, *, side: Side = "forward", definition: Definition = "table") -> pd.DataFrame:
    """Average production lengths by kind of chain.

    .. math:: PLv_i = (L L y)_i / (L y)_i, PLy_j = (v'L L)_j / (v'L)_j, and likewise for each part

    Parameters
    ----------
    table : MRIOTable
        In a one-region table all chains are domestic.
    side : {"forward", "backward"}
    definition : {"table", "residual"}
        Backward only: v as the table's value added, or as all primary inputs, so that the total is downstreamness.

    Returns
    -------
    DataFrame by (region, industry), in stages: `total`, `domestic`, `traditional`, `gvc`, `simple`, `complex`, and
    `gvc_home`, `gvc_crossings`, `gvc_abroad`, which add up to `gvc`. NaN where nothing takes that way, and in all
    columns without output; backward also without final demand for the product.

    References
    ----------
    Wang, Wei, Yu & Zhu (2017b), NBER 23261.

    See Also
    --------
    production_length_by : the same for groups.
    downstreamness : the distance behind a product, whether or not anyone finally buys it.

    Examples
    --------
    >>> import io_linkage as iol
    >>> lengths = production_length(iol.load())
    >>> lengths.loc[("CHN", "30t33"), ["total", "domestic", "simple", "complex"]].round(2).tolist()
    [2.8, 2.74, 3.49, 4.51]
    """
    blocks = Trade(table, definition)
    columns, lengths = _lengths(*_parts(blocks, side))
    result = table.frame(lengths, columns, f"production length, {side}", unit="stages")
    return labelled(result, {**result.attrs, **blocks.attrs})


def production_length_by(
    table: MRIOTable,
    *,
    by: Grouping = "region",
    side: Side = "forward",
    definition: Definition = "table",
    stage_weights: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Production lengths of the world, of regions, industries or stages.

    Forward, industries are weighted by their value added in each part; backward, by final products in each part.

    Parameters
    ----------
    table : MRIOTable
    by : {"world", "region", "industry", "stage", "region-stage"}
    side, definition
        As in `production_length`; forward, value added here is the weight.
    stage_weights : DataFrame, (n, stages), optional
        Stage shares instead of the shipped ones.

    Returns
    -------
    DataFrame by group, in stages, columns as in `production_length`; `attrs["weighted_by"]` says the weight. For the
    world, forward and backward lengths agree in every part, as both count the same chains.

    References
    ----------
    Wang, Wei, Yu & Zhu (2017b), NBER 23261.

    See Also
    --------
    production_length : the same for each industry, with the formulas.
    """
    blocks = Trade(table, definition)
    values, stages = _parts(blocks, side)
    W, names = groups(table, by, stage_weights)
    weight = W * blocks.v[:, None] if side == "forward" else W
    columns, lengths = _lengths(weight.T @ values, weight.T @ stages)
    result = pd.DataFrame(lengths, index=names, columns=columns)
    by_what = "value added" if side == "forward" else "final products"
    caption = table.caption(f"production length, {side}", "stages")
    return labelled(result, {**caption, **blocks.attrs, "weighted_by": by_what})


def groups(table: MRIOTable, by: str, stage_weights: pd.DataFrame | None) -> tuple[Array, pd.Index[str]]:
    """Membership (n, groups) and names of groups, the whole world among them."""
    if by == "world":
        return np.ones((len(table.index), 1)), pd.Index(["world"])
    require_option("by", by, get_args(Grouping))
    return groups_by(table, by, stage_weights)


def production_participation(
    table: MRIOTable,
    *,
    side: Side = "forward",
    by: Literal["country-industry", "world", "region", "industry", "stage", "region-stage"] = "country-industry",
    definition: Definition = "table",
    stage_weights: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Shares of value added (forward) or of final products (backward) by kind of chain.

    Each part, by the formulas of `production_length`, over the sum of the four.

    Parameters
    ----------
    table : MRIOTable
    side : {"forward", "backward"}
    by : {"country-industry", "world", "region", "industry", "stage", "region-stage"}
    definition : {"table", "residual"}
        Of value added: which products and industries count for how much.
    stage_weights : DataFrame, (n, stages), optional
        Stage shares instead of the shipped ones.

    Returns
    -------
    DataFrame: `domestic`, `traditional`, `simple`, `complex`, which add up to 1, and `gvc` = simple + complex, the
    production-based participation index of Wang, Wei, Yu & Zhu. NaN without value added or final demand.

    References
    ----------
    Wang, Wei, Yu & Zhu (2017a), NBER 23222.

    See Also
    --------
    value_added.participation : participation of exports instead of production.
    """
    blocks = Trade(table, definition)
    values, _ = _parts(blocks, side)
    if by == "country-industry":
        names: pd.Index[str] = table.index
        sums = values[:, :4]
    else:
        W, names = groups(table, by, stage_weights)
        sums = (W * blocks.v[:, None] if side == "forward" else W).T @ values[:, :4]
    total = sums.sum(axis=1, keepdims=True)
    shares = np.divide(sums, total, out=np.full(sums.shape, np.nan), where=total != 0)
    if by == "country-industry":
        shares[~table.active] = np.nan
    result = pd.DataFrame(shares, index=names, columns=list(PARTS))
    result["gvc"] = result["simple"] + result["complex"]
    return labelled(result, {**table.caption(f"participation in value chains, {side}", "share"), **blocks.attrs})


def position_index(
    table: MRIOTable,
    *,
    by: Literal["country-industry", "world", "region", "industry", "stage", "region-stage"] = "country-industry",
    definition: Definition = "table",
    stage_weights: pd.DataFrame | None = None,
) -> pd.DataFrame:
    r"""Relative position: forward over backward production length.

    .. math:: PLv_i / PLy_i

    Parameters
    ----------
    table : MRIOTable
    by : {"country-industry", "world", "region", "industry", "stage", "region-stage"}
        Of a group, the ratio of its two lengths, each weighted as in `production_length_by`.
    definition : {"table", "residual"}
        As in `production_length`.
    stage_weights : DataFrame, (n, stages), optional
        Stage shares instead of the shipped ones.

    Returns
    -------
    DataFrame by (region, industry) or group: `total` over all chains, `gvc` over simple and complex chains alone (the
    GVC position index). Above 1 an industry is nearer the start of its chains. NaN without output or without final
    demand, where the backward length is.

    References
    ----------
    Wang, Wei, Yu & Zhu (2017b), section 2.5.

    See Also
    --------
    production_length, position
    """
    if by == "country-industry":
        ahead = production_length(table, side="forward", definition=definition)
        behind = production_length(table, side="backward", definition=definition)
    else:
        ahead = production_length_by(table, by=by, side="forward", definition=definition, stage_weights=stage_weights)
        behind = production_length_by(table, by=by, side="backward", definition=definition, stage_weights=stage_weights)
    ratio = ahead[["total", "gvc"]] / behind[["total", "gvc"]]
    caption = table.caption("position index", "ratio of lengths")
    return labelled(ratio, {**ratio.attrs, **caption, "value_added": ahead.attrs["value_added"]})


def _parts(blocks: Trade, side: str) -> tuple[Array, Array]:
    """Values and stages of the four parts and, last, of the value chains' places, (n, 7) each."""
    require_option("side", side, ("forward", "backward"))
    if side == "forward":
        return _forward(blocks)
    return _backward(blocks, blocks.own_demand, blocks.final_exports.sum(axis=1))


def _forward(blocks: Trade) -> tuple[Array, Array]:
    foreign = blocks.final_exports.sum(axis=1)
    once = blocks.times_local(np.column_stack([blocks.own_demand, foreign]))
    twice = blocks.times_local(once)
    abroad = blocks.across(np.column_stack([once[:, 0], twice[:, 0], blocks.x]))
    at_home = blocks.times_local(abroad)
    simple = at_home[:, 0]
    simple_stages = blocks.times_local(simple) + at_home[:, 1]
    gvc = at_home[:, 2]
    solved = blocks.system.solve(np.column_stack([blocks.x, abroad[:, 2]]))
    gvc_stages = solved[:, 0] - twice.sum(axis=1)
    home = blocks.times_local(gvc)
    return _stacked(once, twice, simple, simple_stages, gvc, gvc_stages, home, solved[:, 1])


def export_lengths(blocks: Trade) -> pd.DataFrame:
    r"""Lengths of the chains that end in a region's exports, of inputs as well as of final goods.

    .. math:: v'LLE / v'LE, \quad v'(LL - MM)E / v'(L - M)E, \quad v'L A_F L E / v'(L - M)E

    Returns
    -------
    DataFrame by exporter: `total`, `gvc` (of value added that crossed a border on its way into the exports), and
    `gvc_crossings` of it, in stages; the export itself is not a crossing. NaN without exports.
    """
    values, stages = _backward(blocks, np.zeros(blocks.n), blocks.total_exports)
    columns, lengths = _lengths(blocks.region_sums(values), blocks.region_sums(stages))
    result = pd.DataFrame(lengths, index=pd.Index(blocks.table.regions, name="exporter"), columns=columns)
    return result[["total", "gvc", "gvc_crossings"]]


def _backward(blocks: Trade, own: Array, foreign: Array) -> tuple[Array, Array]:
    """Parts of the products bought at home (own) and abroad (foreign), (n, 7) each."""
    final = np.column_stack([own, foreign])
    whole = blocks.system.solve_transposed(blocks.v)
    once = blocks.local_value_added
    twice = blocks.times_local_transposed(once)
    inputs = blocks.times_local_transposed(blocks.across_transposed(np.column_stack([once, twice])))
    simple = inputs[:, 0] * own
    simple_stages = (inputs[:, 1] + blocks.times_local_transposed(inputs[:, 0])) * own
    product = final.sum(axis=1)
    gvc = (whole - once) * product
    solved = blocks.system.solve_transposed(np.column_stack([whole, blocks.across_transposed(whole)]))
    gvc_stages = (solved[:, 0] - twice) * product
    home = blocks.times_local_transposed(whole - once) * product
    return _stacked(
        once[:, None] * final,
        twice[:, None] * final,
        simple,
        simple_stages,
        gvc,
        gvc_stages,
        home,
        solved[:, 1] * product,
    )


def _stacked(
    once: Array,
    twice: Array,
    simple: Array,
    simple_stages: Array,
    gvc: Array,
    gvc_stages: Array,
    home: Array,
    crossings: Array,
) -> tuple[Array, Array]:
    values = np.column_stack([once, simple, gvc - simple, gvc, gvc, gvc])
    abroad = gvc_stages - home - crossings
    stages = np.column_stack([twice, simple_stages, gvc_stages - simple_stages, home, crossings, abroad])
    # Without trade the rest is rounding of the total, not a chain.
    rounding = 1e-12 * np.abs(values[:, :4]).sum(axis=1, keepdims=True)
    values[np.abs(values) <= rounding] = 0.0
    return values, stages


def _lengths(values: Array, stages: Array) -> tuple[list[str], Array]:
    total = _ratio(stages[:, :4].sum(axis=1), values[:, :4].sum(axis=1))
    gvc = _ratio(stages[:, 2:4].sum(axis=1), values[:, 2:4].sum(axis=1))
    parts = _ratio(stages, values)
    columns = ["total", "domestic", "traditional", "gvc", "simple", "complex", *PLACES]
    return columns, np.column_stack([total, parts[:, :2], gvc, parts[:, 2:]])


def _ratio(stages: Array, values: Array) -> Array:
    result: Array = np.divide(stages, values, out=np.full(values.shape, np.nan), where=values != 0)
    return result
