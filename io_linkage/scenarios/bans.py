"""An export ban that users of the goods feel: the first round of a shortage, by the rule of `io_linkage.shortages`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from io_linkage.errors import OptionError
from io_linkage.leontief import Array
from io_linkage.leontief.updates import Update
from io_linkage.scenarios.edits import banned
from io_linkage.scenarios.flows import Edit, Ground
from io_linkage.scenarios.moves import ExportBan, Scenario
from io_linkage.scenarios.solving import Fixed, Solution
from io_linkage.shortages.criticality import bought, purchases
from io_linkage.shortages.rounds import Supply, binding_inputs, rated_inputs


@dataclass(frozen=True, eq=False)
class SupplyBan(Solution):
    """A loss of output in two tiers: what is not exported, and what users do not make for want of it.

    Attributes
    ----------
    passed_on : array, (n,)
        The second tier.
    ratings : str
        Where the ratings of inputs come from.
    """

    passed_on: Array
    ratings: str

    def tiers(self, first: Array) -> Iterator[Array]:
        """Yield what is not exported, then what users do not make, then nothing."""
        yield first
        yield self.passed_on if first.any() else np.zeros_like(first)
        while True:
            yield np.zeros_like(first)

    def gap(self) -> float:
        """Return by how much the tiers miss the change of output at most."""
        return float(np.abs(self.change - self.first_round - self.passed_on).max(initial=0.0))


def ban_of_supply(scenario: Scenario) -> ExportBan | None:
    """Return the ban read as a shortage, which stands alone; None where the scenario has none."""
    bans = [move for move in scenario.moves if isinstance(move, ExportBan) and move.reading == "supply"]
    if bans and len(scenario.moves) > 1:
        raise OptionError(
            "export_ban: the reading 'supply' stands alone, since the rule of a shortage does not add up with other "
            "moves. Run it as a scenario of its own, or read the ban as 'replaced' or 'orders'."
        )
    return bans[0] if bans else None


def shortage(ground: Ground, move: ExportBan) -> SupplyBan:
    """Return the first round of a ban: users make less where an input is short and binds."""
    sellers, inputs, cut, cut_final = banned(ground, move)
    n, table = len(ground.x), ground.table
    rated, name = rated_inputs(table, move.ratings, "half_critical")
    essential, important = binding_inputs(rated, "half_critical")
    amounts = bought(table)
    supply = Supply(purchases(table), table.industry_codes, amounts, essential, important, False)
    short = np.zeros_like(amounts)
    for row, seller in enumerate(sellers):
        short[table.industry_codes[seller], inputs] += cut[row]
    lost, _binding = supply.passed_on(np.divide(short, amounts, out=np.zeros_like(short), where=amounts > 0))
    first, passed = np.zeros(n), -lost * ground.x
    first[sellers] = -(cut.sum(axis=1) + cut_final.sum(axis=1))
    nothing = Fixed(np.zeros(0, dtype=np.intp), np.zeros(0))
    edit = Edit(move.kind, pure=False, strength=move.strength)
    updated = Update(table.system, [edit.part(n)]).at([1.0])
    return SupplyBan((edit,), np.ones(1), nothing, updated, first, first + passed, np.zeros(n), passed, name)
