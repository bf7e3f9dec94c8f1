"""Tariffs: sources of a product by a constant elasticity of substitution (Armington 1969)."""

from __future__ import annotations

import numpy as np

from io_linkage.errors import OptionError
from io_linkage.leontief import Array
from io_linkage.leontief.updates import Block
from io_linkage.scenarios.flows import Edit, Ground, stacked
from io_linkage.scenarios.moves import Tariff
from io_linkage.wording import listed


def armington(cells: Array, factor: Array, elasticity: float, value: str) -> Array:
    """Flows from each source after a tariff, (sources, columns), where the sum of a column is spent on the product.

    Parameters
    ----------
    cells : array, (sources, columns)
        Flows before, at least 0.
    factor : array, (sources,)
        1 + the tariff on each source.
    elasticity : float
    value : {"basic", "purchaser"}

    Examples
    --------
    >>> shares, factor = np.array([[0.5], [0.3], [0.2]]), np.array([1.1, 1.0, 1.0])
    >>> armington(shares, factor, 4.0, "basic")[:, 0].round(4).tolist()
    [0.4058, 0.3565, 0.2377]
    >>> armington(shares, factor, 4.0, "purchaser")[:, 0].round(4).tolist()
    [0.39, 0.3426, 0.2284]
    """
    power = -elasticity if value == "basic" else 1 - elasticity
    weighted = cells * factor[:, None] ** power
    sums, totals = weighted.sum(axis=0), cells.sum(axis=0)
    after = weighted * np.divide(totals, sums, out=np.zeros_like(totals), where=sums > 0)
    return np.asarray(after if value == "basic" else after / factor[:, None])


def tariff(ground: Ground, move: Tariff) -> list[Edit]:
    """Return what a tariff changes."""
    buyers, taxed = ground.regions(move.buyers), ground.regions(move.suppliers)
    if set(buyers) & set(taxed) and len(taxed) == 1:
        raise OptionError(f"tariff: {taxed[0]} would levy a tariff on its own goods. Take it out of one of the two.")
    everyone = ground.table.regions
    duties, final_duties = np.zeros(len(ground.x)), 0.0
    result: list[tuple[tuple[Block, ...], tuple[Block, ...]]] = []
    assert move.elasticity is not None  # Refused when the move was made.
    for buyer in buyers:
        inputs, final = ground.columns(buyer, move.flows)
        blocks: list[Block] = []
        demand: list[Block] = []
        for industry in ground.industries(move.industries):
            rows = ground.positions(everyone, industry)
            abroad = np.array(
                [ground.table.index[row][0] in taxed and ground.table.index[row][0] != buyer for row in rows]
            )
            factor = np.where(abroad, 1 + move.rate, 1.0)
            if not abroad.any():
                continue
            for matrix, where, scale, out in (
                (ground.Z, inputs, ground.per_output[inputs], blocks),
                (ground.Y, final, 1.0, demand),
            ):
                cells = np.maximum(matrix[np.ix_(rows, where)], 0.0)
                after = armington(cells, factor, move.elasticity, move.value)
                out.append(Block(rows, where, (after - cells) * scale))
                if move.value == "purchaser":
                    paid = ((factor - 1)[:, None] * after).sum(axis=0)
                    if matrix is ground.Z:
                        duties[where] += paid * scale
                    else:
                        final_duties += float(paid.sum())
        result.append((stacked(blocks), stacked(demand)))
    blocks_all = tuple(block for blocks, _ in result for block in blocks)
    final_all = tuple(block for _, final in result for block in final)
    if not blocks_all and not final_all and move.rate > 0:
        raise OptionError(f"tariff: {listed(buyers[:5])} buys nothing of what would be taxed, so nothing changes.")
    pure = move.value == "basic"
    return [
        Edit(
            move.kind,
            blocks_all,
            final_all,
            duties=None if pure else duties,
            final_duties=final_duties,
            pure=pure,
        )
    ]
