r"""Borin & Mancini's decompositions: what is value added in an export and what is counted twice.

Terms
-----
perimeter : the border at which a second crossing is double counting. *exporter*: the exporting country's own border.
    *world*: for foreign value added, the border of any country but the one where it arose. *bilateral*: the border
    between one exporter and one importer. *flow*: that border for the products of one industry alone.
source : value added counts the first time it crosses the border. sink : the last time.
L^s : (I - A^s)^-1 with A^s = A without the exports of inputs by s. Its columns for s are
    L_ts L_ss^-1 M_s, so no second inverse is needed; nor for A without one bilateral flow, where they are
    L_ts (I + A_sr L_rs)^-1, and without one industry's flow, where the column is divided by 1 + (A_sr L_rs)_ii.

Exporter perimeter, source (sums over partners leave out s, X_k is all output for the final demand of k):

======  =====================================================  =====================================
VAX1    v_s M_s  Y_sr                                          sink: v_s L_ss  Y_sr
VAX2    v_s M_s  A_sr M_r Y_rr                                 sink: v_s L_ss
VAX3    v_s M_s  A_sr M_r sum_{j != r} Y_rj                    sink: v_s L_ss
VAX4    v_s M_s  A_sr M_r sum_{j != r} A_rj sum_{k} X_jk       sink: v_s L_ss, X^s for X
REF1    v_s M_s  A_sr M_r Y_rs                                 sink: v_s L_ss
REF2    v_s M_s  A_sr M_r sum_{j != r} A_rj X_js               sink: v_s L_ss, X^s for X
DDC     v_s (L_ss - M_s)  E_sr                                 sink: v_s L_ss A_sr M_r sum A_rj L^s_js E_s*
FVA1-4  as VAX with sum_t v_t L^s_ts, for all destinations     sink: sum_t v_t L_ts, X^s for X
FDC     sum_t v_t (L_ts - L^s_ts)  E_sr                        sink: sum_t v_t L_ts, as DDC
======  =====================================================  =====================================

X^s is the output that reaches final demand without being exported by s again. World perimeter: the domestic
terms stay; foreign value added is counted once in all of world trade,

    source   FVA_sr = sum_t v_t M_t A_ts M_s E_sr
    sink     FVA_sr = sum_t v_t L_ts [Y_sr + A_sr M_r Y_rr]
                      + v_r L_rs A_sr M_r sum_{j != r} [Y_rj + A_rj M_j Y_jj]

(the last line is value added of r that s sends back home: leaving home again crosses no foreign border). Both add up
over all exporters to the same total.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, TypeAlias, get_args

import numpy as np

from io_linkage.errors import require_option
from io_linkage.leontief import Array
from io_linkage.table import MRIOTable
from io_linkage.trade_blocks import Definition, Trade, trade
from io_linkage.value_added.export_terms import Decomposition, decomposition

Approach: TypeAlias = Literal["source", "sink"]
Perimeter: TypeAlias = Literal["exporter", "world", "bilateral", "flow"]

DOMESTIC = ("VAX1", "VAX2", "VAX3", "VAX4", "REF1", "REF2", "DDC")
TERMS = (*DOMESTIC, "FVA1", "FVA2", "FVA3", "FVA4", "FDC")


def borin_mancini(
    table: MRIOTable,
    *,
    approach: Approach = "source",
    perimeter: Perimeter = "exporter",
    definition: Definition = "table",
) -> Decomposition:
    """Borin & Mancini's decomposition for every exporter, industry and importer.

    Parameters
    ----------
    table : MRIOTable
        Two regions or more.
    approach : {"source", "sink"}
        Count value added the first time it crosses the perimeter (for questions about production) or the last
        time (for questions about final demand).
    perimeter : {"exporter", "world", "bilateral", "flow"}
        The last two ask how much of the exporter's own and of foreign value added depends on one bilateral flow, or
        on one industry's exports to one importer (a tariff on it, say); they have no source or sink, and their value
        added does not add up over partners or industries.
    definition : {"table", "residual"}
        As in `wwz`.

    Returns
    -------
    Decomposition
        `groups` has DVA, VAX, REF, DC, FC, and for the source approach DAVAX (absorbed by the direct importer) and
        GVC, GVCB, GVCF (trade that crosses more than one border, backward, forward).

    Raises
    ------
    OptionError
        One region; an unknown approach or perimeter.

    References
    ----------
    Borin & Mancini (2019), World Bank WPS 8804; (2023), Economic Systems Research 35. The terms are named as in the
    exvatools package.

    See Also
    --------
    kww, wwz : older decompositions; value_added.participation : shares of value chains in exports.

    Examples
    --------
    >>> import io_linkage as iol
    >>> exports = borin_mancini(iol.load(), definition="residual")
    >>> exports.frame("exporter", groups=True, shares=True).loc["CHN", ["DVA", "DDC", "FVA", "GVC"]].round(3).tolist()
    [0.774, 0.008, 0.215, 0.38]
    """
    require_option("approach", approach, get_args(Approach))
    require_option("perimeter", perimeter, get_args(Perimeter))
    blocks = trade(table, definition)
    if perimeter in ("bilateral", "flow"):
        return decomposition(
            blocks,
            f"Borin & Mancini, {perimeter} perimeter",
            np.stack(_one_flow(blocks, by_industry=perimeter == "flow"), axis=2),
            ("DVA", "DDC", "FVA", "FDC"),
            {
                "DVA": ("DVA",),
                "DDC": ("DDC",),
                "FVA": ("FVA",),
                "FDC": ("FDC",),
                "DC": ("DVA", "DDC"),
                "FC": ("FVA", "FDC"),
            },
        )
    values = _source(blocks) if approach == "source" else _sink(blocks)
    names: Sequence[str] = TERMS
    if perimeter == "world":
        foreign = blocks.foreign_content[:, None] * blocks.exports
        once = _world_source(blocks) if approach == "source" else _world_sink(blocks)
        values = np.concatenate([values[:, :, :7], np.stack([once, foreign - once], axis=2)], axis=2)
        names = (*DOMESTIC, "FVA", "FDC")
    label = f"Borin & Mancini, {approach}, {perimeter} perimeter"
    return decomposition(blocks, label, values, names, _groups(names, approach, perimeter))


def _groups(names: Sequence[str], approach: Approach, perimeter: Perimeter) -> Mapping[str, Sequence[str]]:
    foreign = tuple(name for name in names if name.startswith("FVA"))
    groups: dict[str, Sequence[str]] = {
        "DVA": DOMESTIC[:6],
        "VAX": DOMESTIC[:4],
        "REF": DOMESTIC[4:6],
        "DDC": ("DDC",),
        "FVA": foreign,
        "FDC": ("FDC",),
        "DC": DOMESTIC,
        "FC": (*foreign, "FDC"),
    }
    if approach == "source" and perimeter == "exporter":
        groups["DAVAX"] = DOMESTIC[:2]
        groups["GVCB"] = ("DDC", *foreign, "FDC")
        groups["GVCF"] = DOMESTIC[2:6]
        groups["GVC"] = (*groups["GVCB"], *groups["GVCF"])
    return groups


def _source(blocks: Trade) -> Array:
    exported = blocks.final_exports.sum(axis=1)
    onward = blocks.across(blocks.L @ blocks.demand)  # sum_{j != r} A_rj X_jk, (n, G of k)
    through = blocks.to_importers(
        _by_exporter(
            blocks,
            blocks.own_demand,
            exported[:, None] - blocks.final_exports,
            onward.sum(axis=1)[:, None] - onward,
            blocks.final_exports,
            onward,
        )
    )
    once = blocks.local_value_added
    foreign = _first_time(blocks, blocks.foreign_content)
    domestic = _absorbed(blocks, once, through)
    abroad = _absorbed(blocks, foreign, through)
    again = (blocks.own_content - once)[:, None] * blocks.exports
    foreign_again = (blocks.foreign_content - foreign)[:, None] * blocks.exports
    return np.stack([*domestic, again, *_four(abroad), foreign_again], axis=2)


def _sink(blocks: Trade) -> Array:
    exported = blocks.final_exports.sum(axis=1)
    elsewhere, home, again = _without_exports_of_each(blocks)
    through = blocks.to_importers(
        _by_exporter(
            blocks,
            blocks.own_demand,
            exported[:, None] - blocks.final_exports,
            blocks.across(elsewhere),
            blocks.final_exports,
            blocks.across(home),
            blocks.across(again),
        )
    )
    domestic = _absorbed(blocks, blocks.own_content, through)
    abroad = _absorbed(blocks, blocks.foreign_content, through)
    twice = through[:, :, 5]
    return np.stack(
        [
            *domestic,
            blocks.own_content[:, None] * twice,
            *_four(abroad),
            blocks.foreign_content[:, None] * twice,
        ],
        axis=2,
    )


def _by_exporter(blocks: Trade, own: Array, *wide: Array) -> Array:
    """M_r times what the importer r does with its imports, by exporter: (n, G, k)."""
    columns = [np.broadcast_to(own[:, None], (blocks.n, blocks.G)), *wide]
    stacked = np.concatenate(columns, axis=1)
    return np.asarray(blocks.times_local(stacked).reshape(blocks.n, len(columns), blocks.G).transpose(0, 2, 1))


def _absorbed(blocks: Trade, content: Array, through: Array) -> list[Array]:
    """VAX1 to VAX4, REF1 and REF2 for a content per unit of exports."""
    weight = content[:, None]
    return [weight * blocks.final_exports, *(weight * through[:, :, k] for k in range(5))]


def _four(six: list[Array]) -> list[Array]:
    """Foreign value added has no reflection: every destination counts alike."""
    return [six[0], six[1], six[2] + six[4], six[3] + six[5]]


def _first_time(blocks: Trade, content: Array) -> Array:
    """Return w L_ss^-1 M_s for each s: content per unit of exports when s exports inputs only once, (n,)."""
    result = np.empty(blocks.n)
    for block, M in zip(blocks.blocks, blocks.local_inverses, strict=True):
        result[block] = M.T @ np.linalg.solve(blocks.L[block][:, block].T, content[block])
    return result


def _without_exports_of_each(blocks: Trade) -> tuple[Array, Array, Array]:
    """Output that ends abroad, ends in s, or is exported by s again, once s no longer exports it; (n, G of s).

    X^s_k = L^s (Y_k without exports of s) = X_k - L^s_.s (exports of s that end in k).
    """
    n, G, L = blocks.n, blocks.G, blocks.L
    by_destination = L @ blocks.demand
    ends = blocks.across(by_destination) + blocks.final_exports  # E_s* by the country where it ends
    elsewhere, home, again = np.empty((n, G)), np.empty((n, G)), np.empty((n, G))
    for s, (block, M) in enumerate(zip(blocks.blocks, blocks.local_inverses, strict=True)):
        right = np.column_stack([ends[block, s], blocks.total_exports[block]])
        cut = L[:, block] @ np.linalg.solve(L[block][:, block], M @ right)
        home[:, s] = by_destination[:, s] - cut[:, 0]
        again[:, s] = cut[:, 1]
        elsewhere[:, s] = blocks.x - cut[:, 1] - home[:, s]
    return elsewhere, home, again


def _world_source(blocks: Trade) -> Array:
    crossed_once = blocks.times_local_transposed(blocks.across_transposed(blocks.local_value_added))
    return crossed_once[:, None] * blocks.exports


def _world_sink(blocks: Trade) -> Array:
    produced = blocks.times_local(blocks.own_demand)
    last = blocks.final_exports.sum(axis=1) + blocks.across(produced)
    through = blocks.to_importers(np.column_stack([produced, blocks.times_local(last)]))
    direct = blocks.content.T.copy()
    direct[blocks.rows, blocks.codes] = 0.0
    return blocks.foreign_content[:, None] * (blocks.final_exports + through[:, :, 0]) + direct * through[:, :, 1]


def _one_flow(blocks: Trade, *, by_industry: bool) -> tuple[Array, Array, Array, Array]:
    """Content of each flow when only that flow's border counts: v L_.s (I + A_sr L_rs)^-1 E_sr."""
    own, foreign = np.zeros((blocks.n, blocks.G)), np.zeros((blocks.n, blocks.G))
    for s, sellers in enumerate(blocks.blocks):
        contents = np.column_stack([blocks.own_content[sellers], blocks.foreign_content[sellers]])
        for r, buyers in enumerate(blocks.blocks):
            if r == s:
                continue
            A = blocks.scaled(blocks.system.Z[sellers][:, buyers], buyers)
            loop = A @ blocks.L[buyers][:, sellers]
            if by_industry:
                once: Array = contents / (1.0 + np.diagonal(loop))[:, None]
            else:
                once = np.asarray(np.linalg.solve(np.eye(len(A)) + loop.T, contents), dtype=np.float64)
            own[sellers, r], foreign[sellers, r] = once[:, 0], once[:, 1]
    own *= blocks.exports
    foreign *= blocks.exports
    return (
        own,
        blocks.own_content[:, None] * blocks.exports - own,
        foreign,
        blocks.foreign_content[:, None] * blocks.exports - foreign,
    )
