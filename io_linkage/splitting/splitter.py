"""Tables whose industries are split into parts, by evidence or in proportion."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from io_linkage.accounts import Satellite
from io_linkage.errors import ComparisonError, OptionError, SolveError, unknown
from io_linkage.leontief import Array
from io_linkage.selection import region_codes
from io_linkage.splitting.evidence import Known
from io_linkage.splitting.filling import Blocks, Expansion, ParentSums, fill, prior
from io_linkage.splitting.recipe import Division, Part, Recipe, figure_for
from io_linkage.table import MRIOTable
from io_linkage.wording import label_name, listed

#: Largest gap in the row or column of a part, relative to its output, and in a parent's cell, relative to its own.
_CLOSED = 1e-9


@dataclass(frozen=True)
class Layout:
    """Where the parts stand in the new table."""

    index: pd.MultiIndex
    expansion: Expansion
    recipe_parts: tuple[Part | None, ...]

    def part(self, position: int) -> Part:
        """Return the part at a position of the new index."""
        part = self.recipe_parts[position]
        assert part is not None
        return part


def split(table: MRIOTable, recipe: Recipe | Division | Sequence[Division]) -> MRIOTable:
    r"""Split industries into named parts that add up to them.

    The parts share their parent's row and column in proportion to output, except where the recipe knows an input, a
    sale or the value added of a part; the other cells are then scaled (GRAS) until parts sell and use what they make
    and add up to their parent. Without evidence the parts are alike:

    .. math:: L^* = I + P (L - I) Q

    with P spreading rows by output shares and Q adding parts up, so that each part's linkages are its parent's. A split
    without evidence says nothing new.

    Parameters
    ----------
    table : MRIOTable
        It is not changed.
    recipe : Recipe, Division or several divisions

    Returns
    -------
    MRIOTable
        With the parts in place of their parents. Flows, final demand, primary inputs, output and every account are
        conserved: `aggregation.aggregate` gives the parents back.

    Raises
    ------
    UnknownLabelError
        An industry, region, product, buyer or account that the table does not have.
    OptionError
        Shares above the parent's output, a rest below zero, codes that clash, an industry without output.
    ComparisonError
        The recipe is for another classification.
    SolveError
        No table has what the recipe says: its figures contradict one another or the parent's.

    See Also
    --------
    io_linkage.aggregation.aggregate : The way back.

    References
    ----------
    Lindner, Legault & Guan (2012); Wolsky (1984); Junius & Oosterhaven (2003).

    Examples
    --------
    >>> import io_linkage as iol
    >>> world = iol.load()
    >>> batteries = Division("30t33", (Part("batteries", 0.1, inputs={"27t28": 0.3}), Part("other electronics")), "CHN")
    >>> finer = split(world, batteries)
    >>> len(finer.index) - len(world.index), bool(np.isclose(finer.x.sum(), world.x.sum()))
    (1, True)
    """
    chosen = _recipe(recipe)
    if chosen.classification is not None and chosen.classification != table.classification:
        raise ComparisonError(
            f"The recipe {chosen.name!r} is for {chosen.classification}; {table.label} is in "
            f"{table.classification or 'an unknown classification'}. Use a recipe for that, or aggregate the table."
        )
    layout = _layout(table, chosen)
    accounts, expansion = table.accounts, layout.expansion
    start = prior(expansion, accounts.Z, accounts.Y, accounts.V)
    sums = ParentSums(expansion, start)
    output = accounts.x[expansion.parent[expansion.parts]] * expansion.share[expansion.parts]
    known = Known(table, layout.index, expansion, start, output)
    for row, position in enumerate(expansion.parts):
        known.note(row, layout.part(int(position)))
    if known.any:
        _require_room(table, layout, sums, known.blocks)
    blocks, gaps = fill(sums, start, known.blocks, output) if known.any else (start, np.zeros((2, len(output))))
    _require_conserved(table, layout, sums, blocks)
    _require_filled(layout, gaps)
    return _remade(table, layout, blocks, chosen)


def _recipe(given: Recipe | Division | Sequence[Division]) -> Recipe:
    if isinstance(given, Recipe):
        return given
    return Recipe((given,) if isinstance(given, Division) else tuple(given))


def _layout(table: MRIOTable, recipe: Recipe) -> Layout:
    """Put the parts in place of their parents and check their shares."""
    divided: dict[tuple[str, str], Division] = {}
    for division in recipe.divisions:
        for region in _regions(table, division):
            key = (region, division.industry)
            if key in divided:
                raise OptionError(f"{division.industry!r} of {region} is split twice; keep one of the divisions.")
            divided[key] = division
    labels: list[tuple[str, str]] = []
    parent: list[int] = []
    share: list[float] = []
    parts: list[Part | None] = []
    for position, key in enumerate(table.index):
        division_here = divided.get(key)
        if division_here is None:
            labels.append(key)
            parent.append(position)
            share.append(1.0)
            parts.append(None)
            continue
        for part, of_output in zip(division_here.parts, _shares(division_here, key[0]), strict=True):
            labels.append((key[0], part.code))
            parent.append(position)
            share.append(of_output)
            parts.append(part)
    index = pd.MultiIndex.from_tuples(labels, names=table.index.names)
    if not index.is_unique:
        clash = sorted(set(index[index.duplicated()].get_level_values(1)))
        raise OptionError(
            f"{listed(clash)} would be in the table twice; give the part another code, or split the parent in every "
            "region."
        )
    places = np.flatnonzero([part is not None for part in parts])
    return Layout(index, Expansion(np.array(parent, dtype=np.intp), np.array(share), places), tuple(parts))


def _regions(table: MRIOTable, division: Division) -> list[str]:
    if division.industry not in table.industries:
        raise unknown("industry", division.industry, table.industries, remedy="Split an industry that the table has.")
    clash = [part.code for part in division.parts if part.code in table.industries]
    if clash:
        raise OptionError(
            f"{listed(clash)} cannot be a part of {division.industry!r}: the table has an industry of that code. Give "
            "the part another code."
        )
    named = region_codes(table, list(division.regions)) if division.regions else list(table.regions)
    there = [region for region in named if (region, division.industry) in table.index]
    active = pd.Series(table.active, index=table.index)
    idle = [region for region in there if not active[region, division.industry]]
    if idle and (division.regions or len(idle) == len(there)):
        raise OptionError(
            f"{division.industry!r} has no output in {listed(idle)}, so there is nothing to split. Leave "
            f"{'it' if len(idle) == 1 else 'them'} out of the regions."
        )
    return there


def _shares(division: Division, region: str) -> list[float]:
    """Return the shares of output of the parts in one region; the last is what the others leave."""
    shares = []
    for part in division.parts[:-1]:
        share = None if part.share is None else figure_for(part.share, region)
        if share is None:
            raise OptionError(
                f"The recipe has no share of {part.code!r} in {division.industry!r} for {region}; give one, or one for "
                "'*', or leave the region out."
            )
        if not 0 <= share <= 1:
            raise OptionError(
                f"{part.code!r} is {share:g} of {division.industry!r} in {region}; a share of the parent's output lies "
                "between 0 and 1."
            )
        shares.append(share)
    rest, last = 1.0 - sum(shares), division.parts[-1]
    stated = None if last.share is None else figure_for(last.share, region)
    if rest < -1e-9 or (stated is not None and abs(stated - rest) > 1e-6):
        raise OptionError(
            f"The parts of {division.industry!r} in {region} add up to {sum(shares) + (stated or 0.0):.6g} of its "
            f"output; they must add up to 1, the rest ({last.code!r}) included."
        )
    return [*shares, max(rest, 0.0)]


def _require_filled(layout: Layout, gaps: Array) -> None:
    worst = np.unravel_index(int(gaps.argmax()), gaps.shape)
    if gaps[worst] <= _CLOSED:
        return
    side, part = int(worst[0]), layout.expansion.parts[int(worst[1])]
    region, code = layout.index[int(part)]
    raise SolveError(
        f"No table has what the recipe says of {code!r} in {region}: its {('sales', 'inputs')[side]} stay "
        f"{gaps[worst]:.2g} of its output away from it, whatever the free cells are. Its known figures contradict one "
        "another or those of its parent: take one out, or change the share of output."
    )


def _require_room(table: MRIOTable, layout: Layout, sums: ParentSums, known: Blocks) -> None:
    """Refuse known cells that take more than the parent has."""
    taken = Blocks(np.nan_to_num(known.rows), np.nan_to_num(known.columns))
    cell = _worst_cell(table, layout, sums, sums.of(taken), over=True)
    if cell is not None:
        raise OptionError(
            f"{cell} {table.unit}. The parts cannot take more than their parent: lower an input, a sale or a share of "
            "output, or leave the region out."
        )


def _require_conserved(table: MRIOTable, layout: Layout, sums: ParentSums, blocks: Blocks) -> None:
    """Refuse known cells that leave no part free to take the rest of the parent's."""
    cell = _worst_cell(table, layout, sums, sums.of(blocks), over=False)
    if cell is not None:
        raise SolveError(
            f"{cell} {table.unit}. All parts are known there, so that none can take the rest; leave one of them out."
        )


def _worst_cell(table: MRIOTable, layout: Layout, sums: ParentSums, now: Blocks, *, over: bool) -> str | None:
    """Name the parent's cell that its parts miss, or exceed, by most; None where they keep to it."""
    sellers = [*layout.index[layout.expansion.others], *table.accounts.primary]
    buyers = [*table.index, *table.accounts.demand]
    parents = [table.index[int(layout.expansion.parent[at])] for at in layout.expansion.parts[sums.starts]]
    worst, where = 0.0, None
    for of_parts, of_parent, rows, columns in (
        (now.rows, sums.parent.rows, parents, buyers),
        (now.columns, sums.parent.columns, sellers, parents),
    ):
        gap = of_parts - of_parent if over else np.abs(of_parts - of_parent)
        # What parts may take of a cell below zero is not bounded by it.
        far = (gap > _CLOSED * np.abs(of_parent) + 1e-15 * table.accounts.x.max()) & ((of_parent >= 0) | (not over))
        if far.any() and gap[far].max() > worst:
            worst = float(gap[far].max())
            i, j = np.unravel_index(int(np.where(far, gap, 0.0).argmax()), gap.shape)
            where = (
                f"What is known of the parts adds up to {of_parts[i, j]:,.6g} in the cell {label_name(rows[i])} -> "
                f"{label_name(columns[j])}, where the parent has {of_parent[i, j]:,.6g}"
            )
    return where


def _remade(table: MRIOTable, layout: Layout, blocks: Blocks, recipe: Recipe) -> MRIOTable:
    accounts, expansion = table.accounts, layout.expansion
    n, parts, others = len(layout.index), expansion.parts, expansion.others
    Z = np.zeros((n, n))
    Z[np.ix_(others, others)] = accounts.Z[np.ix_(expansion.parent[others], expansion.parent[others])]
    Z[parts], Z[np.ix_(others, parts)] = blocks.rows[:, :n], blocks.columns[: len(others)]
    Y, V = accounts.Y[expansion.parent], accounts.V[:, expansion.parent]
    Y[parts], V[:, parts] = blocks.rows[:, n:], blocks.columns[len(others) :]
    published = None if accounts.published is None else accounts.published[expansion.parent] * expansion.share
    names = [
        f"{division.industry} into {listed([part.code for part in division.parts])}" for division in recipe.divisions
    ]
    return table.remade(
        Z,
        Y[:, accounts.own_demand],
        V[accounts.own_inputs],
        published,
        index=layout.index,
        demand=accounts.demand[accounts.own_demand],
        notes=[f"{recipe.name}: {'; '.join(names)}" + (f" ({recipe.source})" if recipe.source else "")],
        satellites=_satellites(table, layout),
        name=f"{table.name}, split",
    )


def _satellites(table: MRIOTable, layout: Layout) -> Mapping[str, Satellite]:
    """Spread accounts by the recipe's shares, else by output; the last part is the parent less the others."""
    known = {account for part in layout.recipe_parts if part is not None for account in part.accounts}
    missing = sorted(known - set(table.satellite_names))
    if missing:
        raise unknown("account", missing[0], table.satellite_names, remedy="Leave it out of the recipe.")
    split_accounts = {}
    for key, satellite in table.satellites.items():
        F = satellite.F.to_numpy(dtype=np.float64)[:, layout.expansion.parent]
        for row, account in enumerate(satellite.rows):
            F[row] *= _account_shares(layout, account)
        frame = pd.DataFrame(F, index=satellite.F.index, columns=layout.index)
        split_accounts[key] = Satellite(satellite.name, frame, satellite.unit, satellite.F_Y)
    return split_accounts


def _account_shares(layout: Layout, account: str) -> Array:
    shares = layout.expansion.share.copy()
    parents = layout.expansion.parent
    for parent in np.unique(parents[layout.expansion.parts]):
        positions = np.flatnonzero(parents == parent)
        figures = [layout.part(int(at)).accounts.get(account) for at in positions]
        if not any(figure is not None for figure in figures[:-1]):
            continue
        region = str(layout.index[int(positions[0])][0])
        given = [None if figure is None else figure_for(figure, region) for figure in figures[:-1]]
        shares[positions[:-1]] = [
            shares[at] if value is None else value for at, value in zip(positions[:-1], given, strict=True)
        ]
        rest = 1.0 - shares[positions[:-1]].sum()
        if rest < -1e-9 or (shares[positions[:-1]] < 0).any():
            raise OptionError(
                f"The parts of {layout.part(int(positions[-1])).code!r} in {region} take more than all of {account!r}; "
                "their shares must add up to 1 at most."
            )
        shares[positions[-1]] = max(rest, 0.0)
    return shares
