"""What a scenario takes for granted, in sentences that stand beside each of its results."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from io_linkage.scenarios.bans import SupplyBan
from io_linkage.scenarios.moves import ExportBan, FixedOutput, NodeLoss, ProductionAbroad, Tariff
from io_linkage.wording import listed, shortened

if TYPE_CHECKING:
    from io_linkage.scenarios.outcome import Outcome

CLOSURE = "Prices, wages and incomes stay as they are; final demand changes only where a move says so."
HORIZON = "Two states of one year are compared: no path between them, no investment, no stocks."
#: Most labels in one sentence.
_LISTED = 5


def assumptions(outcome: Outcome) -> dict[str, str]:
    """Return closure, substitution, horizon and value added, and a warning where one is due."""
    if isinstance(outcome.solution, SupplyBan):
        return _of_a_shortage(outcome.solution)
    said = {"closure": CLOSURE, "substitution": _substitution(outcome), "horizon": HORIZON}
    said["value_added"] = _value_added(outcome)
    warning = _warning(outcome)
    return {**said, "warning": warning} if warning else said


def _of_a_shortage(solution: SupplyBan) -> dict[str, str]:
    return {
        "closure": "Demand and prices stay as they are; the supplier makes less by what it does not export, and "
        "its users make less where an input is short.",
        "substitution": "Users find no other source and no other input; which inputs they cannot do without: "
        f"{solution.ratings}.",
        "horizon": "About two months, without stocks; the shortage is passed on once.",
        "value_added": "Each account keeps its amount per unit of output.",
    }


def _substitution(outcome: Outcome) -> str:
    moves = outcome.scenario.moves
    said = ["Buyers change suppliers only as the moves say; all else is bought where it was, in the same proportions."]
    said += [
        f"Under the tariff, sources of a product replace each other with an elasticity of {elasticity:g}."
        for elasticity in dict.fromkeys(move.elasticity for move in moves if isinstance(move, Tariff))
    ]
    if any(isinstance(move, ExportBan) and move.reading == "orders" for move in moves):
        said.append("What is banned is bought nowhere else, and its cost is not spent.")
    if any(isinstance(move, FixedOutput | NodeLoss) for move in moves):
        said.append("Only suppliers of the industries whose output is fixed respond; their users turn to nobody else.")
    if any(isinstance(move, ProductionAbroad) for move in moves):
        said.append("What is made abroad has the investor's inputs, value added and other accounts per unit of output.")
    return " ".join(said)


def _value_added(outcome: Outcome) -> str:
    base = outcome.base
    taxes = "without taxes and margins" if base.value_added_label == "value added" else "with taxes and margins"
    said = f"Each account keeps its amount per unit of output; value added is {taxes}."
    unit = f" {base.unit}" if base.unit else ""
    world = float((outcome._value_added_after - base.va.to_numpy(dtype=np.float64) * base.active).sum())
    if outcome.is_pure:
        scale = float(np.abs(outcome.solution.change).max(initial=0.0))
        if abs(world) > 1e-9 * max(scale, 1e-300):
            said += (
                f" In the world it changes by {world:,.4g}{unit}, as much as taxes, margins and discrepancies change "
                "the other way."
            )
        return said
    freed = float(outcome.solution.per_unit("freed", len(base.index)) @ outcome._output)
    freed -= sum(
        float(strength * block.values.sum())
        for strength, edit in zip(outcome.solution.strengths, outcome.solution.edits, strict=True)
        for block in edit.final
        if edit.freed is not None
    )
    duties = float(outcome.solution.per_unit("duties", len(base.index)) @ outcome._output)
    duties += sum(
        float(strength) * edit.final_duties
        for strength, edit in zip(outcome.solution.strengths, outcome.solution.edits, strict=True)
    )
    if freed:
        said += f" Goods of {freed:,.4g}{unit} are no longer bought; what they cost is not spent otherwise."
    if duties:
        said += f" Duties of {duties:,.4g}{unit} leave the flows and are not spent again."
    return said


def _warning(outcome: Outcome) -> str:
    said = []
    rows, implied = outcome.solution.fixed.positions, outcome.implied
    scale = float(outcome.base.accounts.x.max())
    short = np.flatnonzero(implied < -1e-9 * scale)
    if len(short):
        said.append(
            f"The fixed output of {shortened(outcome.base.index[rows[short]])} implies final demand below zero: "
            f"intermediate use of {-implied[short].sum():,.6g} {outcome.base.unit}".rstrip()
            + " is served from nowhere."
        )
    limited = [
        (edit.home.region, met * edit.strength, edit.strength)
        for met, edit in zip(outcome.solution.strengths, outcome.solution.edits, strict=True)
        if edit.home is not None and met < 1
    ]
    if limited:
        regions = [f"{region} ({met:.4g} of {asked:g})" for region, met, asked in limited[:_LISTED]]
        more = f" and {len(limited) - _LISTED} more" if len(limited) > _LISTED else ""
        said.append(f"Capacity limits what comes home: {listed(regions)}{more}.")
    lacking = sorted({f"{region} {industry}" for edit in outcome.solution.edits for region, industry in edit.left})
    if lacking:
        said.append(f"No new supplier makes the product, so purchases stay where they were: {shortened(lacking)}.")
    return " ".join(said)
