"""Proportional rationing: what there is is shared out in proportion to orders, for tables of one country."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from io_linkage.captions import labelled
from io_linkage.errors import OptionError, SolveError, require_option
from io_linkage.leontief import Array
from io_linkage.shortages.capacities import Capacity, described, lost_capacity
from io_linkage.shortages.criticality import Ratings
from io_linkage.shortages.rounds import RULES, Rule, binding_inputs, rated_inputs
from io_linkage.table import MRIOTable

#: Largest change of output between iterations, as a share of the largest output, at which they end.
SETTLED = 1e-13


def ration(
    table: MRIOTable,
    *,
    capacity: Capacity,
    ratings: Ratings = "survey",
    rule: Rule = "half_critical",
    iterations: int = 10_000,
) -> pd.DataFrame:
    r"""Output and final demand when each supplier serves all orders in the same proportion.

    .. math:: d = L f, \quad \rho = \min(1, c / d), \quad x = \min(c, s(\rho) \circ d), \quad
        f \leftarrow \operatorname{clip}(x - A x, 0, f_0)

    until nothing changes; s is the rule of `run` with :math:`\rho` in place of availability. Final demand is served
    last.

    Parameters
    ----------
    table : MRIOTable
        Of one region. On a world table the rule would treat the steel of each country as an input of its own that
        nothing replaces.
    capacity, ratings, rule
        As in `run`; "linear" is not among them.
    iterations : int
        Most iterations before it counts as failed.

    Returns
    -------
    DataFrame on the table's index: `output`, `final_demand`, `value_added` and `output_share`, output as a share of
    what it was.

    Raises
    ------
    OptionError
        A table of several regions, the linear rule, a capacity outside 0 to 1.
    SolveError
        The iteration does not settle.

    References
    ----------
    Pichler & Farmer (2022), proportional rationing.

    See Also
    --------
    best_case : What could be made at most.
    """
    require_option("rule", rule, RULES[:-1])
    if len(table.regions) > 1:
        raise OptionError(
            f"{table.label} has {len(table.regions)} regions, and rationing is for tables of one: it would treat the "
            "products of each country as inputs that nothing replaces. Use shortages.run."
        )
    lost = lost_capacity(table, capacity)
    essential, important = binding_inputs(rated_inputs(table, ratings, rule)[0], rule)
    buys = table.accounts.Z > 0
    x, f = _settle(table, 1.0 - lost, essential & buys, important & buys, iterations)
    return outcome(table, x, f, f"output with {described(table, lost)}, rationed in proportion", shortage_rule=rule)


def outcome(table: MRIOTable, x: Array, f: Array, measure: str, **attrs: str) -> pd.DataFrame:
    """Label output and final demand that can still be made."""
    v = table.per_output(table.va.to_numpy(dtype=np.float64))
    values = {
        "output": x,
        "final_demand": f,
        "value_added": v * x,
        "output_share": np.divide(x, table.accounts.x, out=np.full(len(x), np.nan), where=table.active),
    }
    out = pd.DataFrame(values, index=table.index)
    out[~table.active] = np.nan
    caption = table.caption(measure, table.unit, units={"output_share": "share of output"}, **attrs)
    return labelled(out, caption)


def _settle(
    table: MRIOTable,
    kept: Array,
    essential: npt.NDArray[np.bool_],
    important: npt.NDArray[np.bool_],
    iterations: int,
) -> tuple[Array, Array]:
    system, x0 = table.system, table.accounts.x
    start = np.maximum(table.accounts.Y.sum(axis=1), 0.0)
    cap, f, before = kept * x0, start, x0
    for _ in range(iterations):
        orders = np.maximum(system.solve(f), 0.0)
        served = np.minimum(1.0, np.divide(cap, orders, out=np.ones_like(cap), where=orders > 0))
        full = np.where(essential, served[:, None], 1.0).min(axis=0)
        half = np.where(important, (1.0 + served[:, None]) / 2, 1.0).min(axis=0)
        x = np.minimum(cap, np.minimum(full, half) * orders)
        f = np.clip(x - system.apply(x), 0.0, start)
        if np.abs(x - before).max() <= SETTLED * x0.max():
            return x, f
        before = x
    raise SolveError(
        f"Rationing did not settle in {iterations} iterations (output still changes by "
        f"{np.abs(x - before).max():.3g}). Give more iterations, or a rule under which fewer inputs bind."
    )
