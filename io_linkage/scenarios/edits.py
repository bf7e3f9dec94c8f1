"""From moves to changes of coefficients and final demand: one function for each kind of move."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from io_linkage.errors import OptionError, unknown
from io_linkage.leontief import Array
from io_linkage.leontief.updates import Block, Positions
from io_linkage.scenarios.flows import Edit, Ground, Home, Shares, moved, stacked, worth_of
from io_linkage.scenarios.moves import (
    DemandChange,
    ExportBan,
    FriendShoring,
    MarketRepair,
    Move,
    ProductionAbroad,
    Reshoring,
    Substitution,
    Tariff,
)
from io_linkage.scenarios.tariffs import tariff
from io_linkage.ties.baskets import basket_factors, basket_shares, demand_of
from io_linkage.wording import listed


def edits(ground: Ground, move: Move) -> list[Edit]:
    """Return what a move changes, in the parts that have strengths of their own."""
    builder = BUILDERS.get(type(move))
    if builder is None:
        raise OptionError(f"A move of the kind {move.kind!r} cannot be varied here.")
    return builder(ground, move)


def _apart(kind: str, buyers: Sequence[str], suppliers: Sequence[str], what: str = "suppliers") -> None:
    both = [region for region in buyers if region in suppliers]
    if both:
        raise OptionError(
            f"{kind}: {listed(both)} would be both {'buyers' if what == 'suppliers' else 'old suppliers'} and {what}. "
            "Take them out of one of the two."
        )


def _sourcing(
    ground: Ground,
    move: Move,
    buyers: Sequence[str],
    industries: Sequence[str],
    sources: Callable[[str], Sequence[str]],
    targets: Callable[[str], Sequence[str]],
    shares: Shares,
    strength: float,
) -> list[Edit]:
    """Return an edit for each buyer region: what it buys from its sources goes to its targets."""
    stage = ground.part(getattr(move, "stage", None))
    result = []
    for buyer in buyers:
        columns = ground.columns(buyer, getattr(move, "flows", "both"))
        inputs, final, worth, left = [], [], {}, {}
        for industry in industries:
            sellers = ground.positions(sources(buyer), industry)
            gainers = ground.positions(targets(buyer), industry)
            gainers = gainers[~np.isin(gainers, sellers)]
            if not len(sellers):
                continue
            taken = strength * stage[sellers]
            if not len(gainers):
                left[buyer, industry] = worth_of(ground, sellers, columns, taken)
                continue
            block, demand, value = moved(ground, sellers, gainers, columns, taken, shares)
            inputs.append(block)
            final.append(demand)
            if len(gainers) == 1:
                worth[int(gainers[0])] = value
        result.append(Edit(move.kind, stacked(inputs), stacked(final), worth, left=left, strength=strength))
    if strength > 0:
        _require_somewhere(ground, move, buyers, industries, targets, result)
    return result


def _require_somewhere(
    ground: Ground,
    move: Move,
    buyers: Sequence[str],
    industries: Sequence[str],
    targets: Callable[[str], Sequence[str]],
    made: Sequence[Edit],
) -> None:
    """Raise where an industry that is named goes to regions that do not have it, or nothing moves at all."""
    named = getattr(move, "industries", None) is not None
    for buyer, edit in zip(buyers, made, strict=True):
        lacking = [industry for _, industry in edit.left]
        if named and lacking and len(buyers) == 1:
            raise OptionError(
                f"{move.kind}: {listed(targets(buyer))} has no output of {listed(lacking)} in {ground.table.label}, so "
                f"nothing can be bought there. Choose other regions or industries."
            )
    if not any(edit.blocks or edit.final for edit in made):
        raise OptionError(
            f"{move.kind}: {listed(buyers[:5])} buys none of {listed(list(industries)[:5])} from the suppliers named "
            f"in {ground.table.label}, or none of the new suppliers makes it, so nothing would move."
        )


def _reshoring(ground: Ground, move: Reshoring) -> list[Edit]:
    buyers, industries = ground.regions(move.buyers), ground.industries(move.industries)
    named = None if move.suppliers is None else ground.regions(move.suppliers)
    if named is not None:
        _apart(move.kind, buyers, named)

    def abroad(buyer: str) -> Sequence[str]:
        return named if named is not None else [region for region in ground.table.regions if region != buyer]

    made = _sourcing(ground, move, buyers, industries, abroad, lambda buyer: [buyer], ground.by_exports, move.strength)
    if move.capacity is None:
        return made
    return [
        Edit(
            edit.move,
            edit.blocks,
            edit.final,
            edit.moved,
            Home(
                buyer, np.array(sorted(k for k, worth in edit.moved.items() if worth > 0), dtype=np.intp), move.capacity
            ),
            left=edit.left,
            strength=edit.strength,
        )
        for buyer, edit in zip(buyers, made, strict=True)
    ]


def _substitution(ground: Ground, move: Substitution) -> list[Edit]:
    buyers, suppliers, to = (ground.regions(names) for names in (move.buyers, move.suppliers, move.to))
    _apart(move.kind, buyers, suppliers)
    _apart(move.kind, to, suppliers, "new suppliers")
    shares = ground.by_exports
    if move.shares is not None:
        if len(move.shares) != len(to):
            raise OptionError(
                f"substitution: {len(move.shares)} shares for {len(to)} regions ({listed(to)}). Give one each."
            )
        by_region = dict(zip(to, move.shares, strict=True))

        def shares(targets: Positions, _cells: Array) -> Array:
            given = np.array([by_region[ground.table.index[position][0]] for position in targets])
            if abs(given.sum() - 1) > 1e-9:
                raise OptionError(
                    f"substitution: not all of {listed(to)} have output of {ground.table.index[targets[0]][1]} in "
                    f"{ground.table.label}, so the shares cannot be met. Leave out those that do not."
                )
            return given[:, None]

    industries = ground.industries(move.industries)
    return _sourcing(ground, move, buyers, industries, lambda _: suppliers, lambda _: to, shares, move.strength)


def _market_repair(ground: Ground, move: MarketRepair) -> list[Edit]:
    buyers, suppliers = ground.regions(move.buyers), ground.regions(move.supplier)
    _apart(move.kind, buyers, suppliers)
    sources = None if move.sources is None else ground.regions(move.sources)
    if sources is not None:
        _apart(move.kind, sources, suppliers, "new suppliers")
    industries = ground.industries(move.industries)

    def at(strength: float) -> list[Edit]:
        return _sourcing(
            ground,
            move,
            buyers,
            industries,
            lambda buyer: [buyer] if sources is None else sources,
            lambda _: suppliers,
            ground.by_exports,
            strength,
        )

    made = at(1.0 if move.amount is not None else move.strength)
    if move.amount is None:
        return made
    most = sum(
        float((np.maximum(block.values, 0.0) * (ground.x[block.columns] if kind == "blocks" else 1.0)).sum())
        for edit in made
        for kind in ("blocks", "final")
        for block in getattr(edit, kind)
    )
    if move.amount > most * (1 + 1e-12):
        raise OptionError(
            f"market_repair: {move.amount:,.6g} {ground.table.unit} is more than the {most:,.6g} that "
            f"{listed(buyers[:5])} buys from the sources named. Give at most that."
        )
    return at(min(move.amount / most, 1.0))


def _friend_shoring(ground: Ground, move: FriendShoring) -> list[Edit]:
    buyers, away = ground.regions(move.buyers), ground.regions(move.away_from)
    to = buyers if move.to is None else ground.regions(move.to)
    _apart(move.kind, buyers, away)
    _apart(move.kind, to, away, "new suppliers")
    industries = ground.industries(move.industries)
    return _sourcing(ground, move, buyers, industries, lambda _: away, lambda _: to, ground.by_purchases, move.strength)


def _banned_from(ground: Ground, move: ExportBan) -> tuple[list[str], list[str]]:
    """Return the regions that buy no more, and all others that are not the suppliers."""
    suppliers = ground.regions(move.suppliers)
    others = [region for region in ground.table.regions if region not in suppliers]
    buyers = others if move.buyers is None else ground.regions(move.buyers)
    _apart(move.kind, buyers, suppliers)
    return buyers, others


def _final_columns(ground: Ground, move: ExportBan) -> Positions:
    buyers, _ = _banned_from(ground, move)
    return np.concatenate([ground.columns(buyer, move.flows)[1] for buyer in buyers])


def banned(ground: Ground, move: ExportBan) -> tuple[Positions, Positions, Array, Array]:
    """Return rows and columns of Z that a ban cuts, and the flows cut there and in the columns of Y."""
    suppliers, industries = ground.regions(move.suppliers), ground.industries(move.industries)
    buyers, _ = _banned_from(ground, move)
    sellers = np.sort(np.concatenate([ground.positions(suppliers, industry) for industry in industries]))
    if not len(sellers):
        raise OptionError(
            f"export_ban: {listed(suppliers)} has no output of {listed(industries[:5])} in {ground.table.label}."
        )
    inputs = np.concatenate([ground.columns(buyer, move.flows)[0] for buyer in buyers])
    taken = move.strength * ground.part(move.stage)[sellers][:, None]
    cut = taken * np.maximum(ground.Z[np.ix_(sellers, inputs)], 0.0)
    cut_final = taken * np.maximum(ground.Y[np.ix_(sellers, _final_columns(ground, move))], 0.0)
    return sellers, inputs, cut, cut_final


def _export_ban(ground: Ground, move: ExportBan) -> list[Edit]:
    suppliers, industries = ground.regions(move.suppliers), ground.industries(move.industries)
    buyers, others = _banned_from(ground, move)
    if move.reading == "supply":
        raise OptionError("export_ban: the reading 'supply' is no change of purchases, so it cannot be varied here.")
    if move.reading == "replaced":
        return _sourcing(
            ground, move, buyers, industries, lambda _: suppliers, lambda _: others, ground.by_purchases, move.strength
        )
    sellers, inputs, cut, cut_final = banned(ground, move)
    final = _final_columns(ground, move)
    cut = cut * ground.per_output[inputs]
    freed = np.zeros(len(ground.x))
    freed[inputs] = cut.sum(axis=0)
    return [
        Edit(
            move.kind,
            stacked([Block(sellers, inputs, -cut)]),
            stacked([Block(sellers, final, -cut_final)]),
            freed=freed,
            pure=False,
        )
    ]


def _production_abroad(ground: Ground, move: ProductionAbroad) -> list[Edit]:
    investor, hosts = ground.regions(move.investor), ground.regions(move.hosts)
    if len(investor) != 1:
        raise OptionError(f"production_abroad: {move.investor} is {len(investor)} regions; name one investor.")
    _apart(move.kind, hosts, investor, "investors")
    columns, values, makers = [], [], []
    for industry in ground.industries(move.industries):
        there = ground.positions(investor, industry)
        at = ground.positions(hosts, industry)
        if move.industries is not None and (not len(there) or not len(at)):
            lacking = investor if not len(there) else hosts
            raise OptionError(
                f"production_abroad: {listed(lacking)} has no output of {industry} in {ground.table.label}. Choose "
                "another industry."
            )
        if not len(there):
            continue
        for host in at:
            own = ground.Z[:, host] * ground.per_output[host]
            given = ground.Z[:, there[0]] * ground.per_output[there[0]]
            if move.inputs == "host":
                given = _as_sourced(ground, given, own, ground.table.region_codes[host])
            columns.append(int(host))
            values.append(move.strength * (given - own))
            makers.append((int(host), int(there[0]), float(move.strength)))
    if not columns:
        raise OptionError(f"production_abroad: {listed(hosts)} and {investor[0]} have no industry in common.")
    everything = np.arange(len(ground.x))
    blocks = tuple(
        Block(everything, np.array([column]), change[:, None]) for column, change in zip(columns, values, strict=True)
    )
    return [Edit(move.kind, blocks, makers=tuple(makers), pure=False)]


def _as_sourced(ground: Ground, given: Array, own: Array, region: int) -> Array:
    """Return the products of one column, each from the sources of another; at home where that buys none."""
    codes, count = ground.table.industry_codes, len(ground.table.industries)
    wanted = np.bincount(codes, given, count)
    bought = np.maximum(own, 0.0)
    sums = np.bincount(codes, bought, count)
    home = (ground.table.region_codes == region) & ground.active
    at_home = np.zeros(count, dtype=bool)
    at_home[codes[home]] = True
    usual = np.where(home | ~at_home[codes], ground.x, 0.0)
    totals = np.bincount(codes, usual, count)
    spread = np.divide(usual, totals[codes], out=np.zeros_like(usual), where=totals[codes] > 0)
    shares = np.divide(bought, sums[codes], out=spread, where=sums[codes] > 0)
    return np.asarray(wanted[codes] * shares)


def _demand(ground: Ground, move: DemandChange) -> list[Edit]:
    table = ground.table
    regions = ground.regions(move.regions)
    columns = np.concatenate([ground.final_of[region] for region in regions])
    if move.category is not None:
        names = np.asarray(table.accounts.demand.get_level_values(1))
        if move.category not in names:
            raise unknown("category of final demand", move.category, list(dict.fromkeys(names)))
        columns = columns[names[columns] == move.category]
    part = ground.part(move.stage)
    if move.industries is not None:
        kept = [table.industries.index(code) for code in ground.industries(move.industries)]
        part = part * np.isin(table.industry_codes, kept)
    if move.suppliers is not None:
        kept = [table.regions.index(code) for code in ground.regions(move.suppliers)]
        part = part * np.isin(table.region_codes, kept)
    factor = np.zeros((len(ground.x), len(columns)))
    if move.basket is None:
        factor[:] = move.level * part[:, None]
    else:
        owners = np.asarray(table.accounts.demand.get_level_values(0))[columns]
        for region in regions:
            given = move.basket if isinstance(move.basket, str) else pd.Series(dict(move.basket), dtype=np.float64)
            goal = basket_shares(table, given, move.category)
            products, _kept = basket_factors(table, region, demand_of(table, region, move.category), goal)
            factor[:, owners == region] = ((1 + move.level) * products[table.industry_codes] - 1)[:, None]
    change = move.strength * factor * ground.Y[:, columns]
    change[~ground.active] = 0.0
    rows = np.flatnonzero(change.any(axis=1))
    if not len(rows) and move.strength > 0:
        raise OptionError(f"demand: {listed(regions[:5])} buys none of what is named, so nothing changes.")
    return [Edit(move.kind, (), (Block(rows, columns, change[rows]),) if len(rows) else (), pure=False)]


BUILDERS: dict[type[Move], Callable[[Ground, Any], list[Edit]]] = {
    DemandChange: _demand,
    Reshoring: _reshoring,
    Substitution: _substitution,
    MarketRepair: _market_repair,
    FriendShoring: _friend_shoring,
    ExportBan: _export_ban,
    ProductionAbroad: _production_abroad,
    Tariff: tariff,
}
