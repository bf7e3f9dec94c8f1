r"""Growth with markups: technology, and what changing markups do to allocation.

Terms
-----
mu : markup of a country-industry, price over the cost of all its inputs; given by the user. Tables have none.
Omega : what a product spends on each input per unit of revenue; hat(mu) Omega : per unit of cost.
lambda = b'(I - Omega)^-1 : revenue-based Domar weights, with b the shares of final demand; with hat(mu) Omega they are
    cost-based. Lambda : share of primary factors in final demand; the cost-based share is 1.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from io_linkage.captions import labelled
from io_linkage.errors import OptionError
from io_linkage.leontief import Array, System
from io_linkage.panel import require_comparable
from io_linkage.productivity.chains import UNIT
from io_linkage.table import MRIOTable


@dataclass(frozen=True, eq=False)
class _Economy:
    """One table with markups: Domar weights by revenue and by cost, and the factors' share of final demand."""

    revenue: Array
    cost: Array
    factor_share: float


def markup_growth(
    before: MRIOTable,
    after: MRIOTable,
    tfp: pd.Series[float],
    *,
    markups: pd.Series[float],
    markups_after: pd.Series[float] | None = None,
) -> pd.Series[float]:
    r"""Growth of the world's productivity with markups: technology, and better or worse allocation.

    .. math::
        d\ln Y - d\ln L = \tilde\lambda' d\ln A - \tilde\lambda' d\ln \mu - d\ln \Lambda

    with :math:`\tilde\lambda = b' (I - \hat\mu \Omega)^{-1}`. The first term is technology, the other two are
    allocation: markups that fall where they were high move inputs to where they were too few. With all markups 1 it
    is Hulten's formula. Weights are means of the two tables; primary inputs are one factor.

    Parameters
    ----------
    before, after : MRIOTable
        Whole worlds (or closed economies) at the beginning and at the end.
    tfp : Series on the tables' index
        Logarithmic change of productivity between them; NaN counts as 0.
    markups, markups_after : Series on the tables' index
        Price over cost, from firms' accounts or estimates; the same after as before by default. A table has no markups,
        so there is no other default.

    Returns
    -------
    Series: growth, technology, allocation (which add up to it), markups and factor_share (which add up to
    allocation), and hulten, technology with revenue-based weights.

    Raises
    ------
    OptionError
        Markups are missing for an industry with output, are not above 0, or leave the factors with less than nothing.
    ComparisonError
        The tables differ in labels or definitions.

    References
    ----------
    Baqaee & Farhi (2020), Quarterly Journal of Economics 135; Hulten (1978).

    See Also
    --------
    economy_growth, tfp_passed_on

    Examples
    --------
    >>> import io_linkage as iol
    >>> import pandas as pd
    >>> world = iol.load()
    >>> ones = pd.Series(1.0, index=world.index)
    >>> growth = markup_growth(world, world, 0.01 * ones, markups=ones)
    >>> growth[["technology", "hulten", "allocation"]].round(4).tolist()
    [0.0205, 0.0205, 0.0]
    """
    require_comparable(before, after)
    first = _given(before, markups, "markups")
    last = first if markups_after is None else _given(after, markups_after, "markups_after")
    start, end = _economy(before, first), _economy(after, last)
    A = np.nan_to_num(tfp.reindex(before.index).to_numpy(dtype=np.float64))
    cost, revenue = (start.cost + end.cost) / 2, (start.revenue + end.revenue) / 2
    moved = np.log(last / first)
    parts = {
        "technology": float(cost @ A),
        "markups": float(cost @ -moved),
        "factor_share": float(np.log(start.factor_share / end.factor_share)),
        "hulten": float(revenue @ A),
    }
    allocation = parts["markups"] + parts["factor_share"]
    series = pd.Series({"growth": parts["technology"] + allocation, "technology": parts.pop("technology"),
                        "allocation": allocation, **parts}, name="growth")  # fmt: skip
    caption = after.caption("growth of productivity with markups", UNIT.removesuffix(" a year"))
    return labelled(series, {**caption, "year": [before.year, after.year]})


def _given(table: MRIOTable, markups: pd.Series[float], name: str) -> Array:
    values = markups.reindex(table.index).to_numpy(dtype=np.float64)
    bad = table.active & ~(np.isfinite(values) & (values > 0))
    if bad.any():
        first = int(np.argmax(bad))
        cell = " ".join(map(str, table.index[first]))
        raise OptionError(
            f"{name} of {cell} is {values[first]:.6g}, and {int(bad.sum())} industries "
            "with output have none above 0. Give each a markup; 1 is price at cost."
        )
    return np.where(table.active, values, 1.0)


def _economy(table: MRIOTable, mu: Array) -> _Economy:
    demand = table.accounts.Y[:, table.accounts.own_demand].sum(axis=1)
    b = demand / demand.sum()
    factors = np.where(table.active, 1 / mu - table.system.direct_column_sums, 0.0)
    if (factors < -1e-12).any():
        worst = int(np.argmin(factors))
        raise OptionError(
            f"With a markup of {mu[worst]:.6g} the costs of {' '.join(map(str, table.index[worst]))} are "
            f"{1 / mu[worst]:.1%} of its output, less than its inputs "
            f"({table.system.direct_column_sums[worst]:.1%}). Give it a lower one."
        )
    revenue = table.system.solve(b)
    # Columns of A are what a product spends, so its costs are blown up by its own markup.
    cost = System(table.system.A * mu, np.ones(len(mu))).solve(b)
    return _Economy(revenue, cost, float(revenue @ factors))
