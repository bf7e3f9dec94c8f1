"""The table after a scenario, and what of the moves was not met."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from io_linkage.accounts import RESIDUAL_NAME, Satellite
from io_linkage.aggregation import is_no_sum
from io_linkage.errors import OptionError
from io_linkage.leontief import Array
from io_linkage.scenarios.bans import SupplyBan
from io_linkage.table import MRIOTable

if TYPE_CHECKING:
    from io_linkage.scenarios.outcome import Outcome


def table_after(outcome: Outcome) -> MRIOTable:
    """Return the table after the scenario.

    Inputs, primary inputs and satellites keep their amounts per unit of output, but for what the moves change. What a
    column no longer spends (a tariff's duties, purchases that fall away) goes to the statistical discrepancy, and so
    does what users of a lost industry would still need of it.
    """
    require_table(outcome)
    base, accounts = outcome.base, outcome.base.accounts
    ratio = np.divide(outcome._output, accounts.x, out=np.ones(len(accounts.x)), where=base.active)
    published = None if accounts.published is None else np.maximum(accounts.published + outcome.solution.change, 0.0)
    changes: dict[str, Any] = {
        "satellites": _satellites(outcome, ratio),
        "name": f"{base.name}, {outcome.scenario.name}",
    }
    V = _mixed(outcome, accounts.V * ratio, accounts.V)
    if accounts.value_added == "residual" and not outcome.is_pure:
        # What is freed is not value added, so value added is what it was per unit of output.
        V = np.vstack([V[accounts.own_inputs][:1] + V[~accounts.own_inputs].sum(axis=0), V[accounts.own_inputs][1:]])
        rows = [str(name) for name in accounts.primary[accounts.own_inputs]] or [RESIDUAL_NAME]
        changes |= {"value_added": "published", "va_rows": rows}
    else:
        V = V[accounts.own_inputs]
    notes = [f"after the scenario {outcome.scenario.name!r}", *outcome.assumptions.values()]
    Z, Y = _flows(outcome, ratio), outcome._demand_after[:, accounts.own_demand].copy(order="K")
    # What is made no more is sold to nobody; what its users go on needing is a gap in their columns.
    lost = outcome.solution.fixed.positions[outcome.solution.fixed.output == 0]
    Z[lost], Y[lost] = 0.0, 0.0
    same_demand = np.array_equal(Y, accounts.Y[:, accounts.own_demand])
    if same_demand and not outcome.solution.change.any() and np.array_equal(Z, accounts.published_flows):
        # Nothing moved: sums made again, in another order in memory, might differ in their last bits.
        carried = {**base.carried, "notes": (*base.carried.get("notes", ()), *notes)}
        return base.replace(name=changes["name"], satellites=changes["satellites"], carried=carried)
    return base.remade(Z, Y, V, published, notes=notes, **changes)


def require_table(outcome: Outcome) -> None:
    """Raise for an outcome that says what is not made, and not who then buys what."""
    if isinstance(outcome.solution, SupplyBan):
        raise OptionError(
            "An export ban read as 'supply' says what is not made for want of inputs, and not who then buys what, so "
            "there is no table after it. Use change, tiers and losers; or read the ban as 'replaced' or 'orders'."
        )


def _flows(outcome: Outcome, ratio: Array) -> Array:
    accounts = outcome.base.accounts
    Z: Array = accounts.Z * ratio
    for block in outcome.solution.blocks:
        Z[np.ix_(block.rows, block.columns)] += block.values * outcome._output[block.columns]
    if accounts.stray is not None:
        # As they were published; they are set aside again.
        Z[accounts.stray.where] = accounts.stray.rows
        Z[:, accounts.stray.where] = accounts.stray.columns
    return Z


def _mixed(outcome: Outcome, after: Array, before: Array) -> Array:
    """Return accounts after, (k, n), where a part of an industry produces as another does."""
    x, output = outcome.base.accounts.x, outcome._output
    for host, investor, share in outcome.solution.makers:
        own, theirs = before[:, host] / x[host], before[:, investor] / x[investor]
        after[:, host] += share * (theirs - own) * output[host]
    return after


def _satellites(outcome: Outcome, ratio: Array) -> dict[str, Satellite]:
    """Return accounts at their amounts per unit of output; indices, prices and shares stay as they are."""
    after = {}
    for name, account in outcome.base.satellites.items():
        before = account.F.to_numpy(dtype=np.float64)
        values = _mixed(outcome, before * ratio, before)
        stays = [is_no_sum(str(unit)) for unit in account.unit]
        values[stays] = before[stays]
        F = pd.DataFrame(values, index=account.F.index, columns=account.F.columns)
        after[name] = Satellite(account.name, F, account.unit, account.F_Y)
    return after


def unmet(outcome: Outcome) -> pd.DataFrame:
    """Return moves limited by capacity, or for which the new supplier does not make the product."""
    rows: list[tuple[str, str, float, float, float, float]] = []
    for met, edit in zip(outcome.solution.strengths, outcome.solution.edits, strict=True):
        asked = edit.strength
        if edit.home is not None:
            for position, worth in sorted(edit.moved.items()):
                region, industry = map(str, outcome.base.index[position])
                rows.append((region, industry, asked, asked * float(met), worth * float(met), worth * (1 - float(met))))
        rows.extend(
            (region, industry, asked, 0.0, 0.0, worth) for (region, industry), worth in edit.left.items() if worth > 0
        )
    index = pd.MultiIndex.from_tuples([row[:2] for row in rows], names=outcome.base.index.names)
    return pd.DataFrame([row[2:] for row in rows], index=index, columns=["asked", "met", "moved", "unmet"], dtype=float)
