"""The most that could be made with the capacity there is, by linear programming."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from io_linkage.errors import SolveError
from io_linkage.shortages.capacities import Capacity, described, lost_capacity
from io_linkage.shortages.rationing import outcome
from io_linkage.table import MRIOTable


def best_case(table: MRIOTable, *, capacity: Capacity) -> pd.DataFrame:
    r"""Largest value added that capacity, inputs and demand allow: the best case.

    .. math:: \max v'x \quad \text{subject to} \quad 0 \le x \le c, \quad 0 \le (I - A) x \le f

    No rule of rationing does better; what is lost even so is the lower bound of the loss under fixed coefficients.
    Where final demand is negative (inventories drawn down), it may shrink to 0 but not grow.

    Parameters
    ----------
    table : MRIOTable
        Some seconds at 1,435 industries, minutes above.
    capacity : mapping or Series
        As in `run`.

    Returns
    -------
    DataFrame on the table's index: `output`, `final_demand`, `value_added`, `output_share`.

    Raises
    ------
    OptionError
        A capacity outside 0 to 1.
    SolveError
        The program has no solution.

    References
    ----------
    Pichler & Farmer (2022), the optimisation of output.

    See Also
    --------
    ration : What happens without a planner.
    """
    from scipy.optimize import linprog
    from scipy.sparse import csr_array

    lost = lost_capacity(table, capacity)
    system = table.system
    system.require_productive()
    f = table.accounts.Y.sum(axis=1)
    net = np.eye(system.n) - system.A
    v = table.per_output(table.va.to_numpy(dtype=np.float64))
    bounds: Any = np.column_stack([np.zeros(system.n), (1.0 - lost) * system.x])
    # The stubs of scipy know no sparse constraints, which are the documented way to pass large ones.
    both: Any = csr_array(np.vstack([net, -net]))
    right = np.concatenate([np.maximum(f, 0.0), -np.minimum(f, 0.0)])
    solved = linprog(-v, A_ub=both, b_ub=right, bounds=bounds, method="highs")
    if not solved.success:
        raise SolveError(f"The best case could not be solved: {solved.message}. Look for negative flows in the table.")
    x = np.asarray(solved.x, dtype=np.float64)
    return outcome(table, x, net @ x, f"best case of output with {described(table, lost)}")
