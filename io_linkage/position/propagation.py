r"""Average propagation lengths: through how many transactions an impulse runs from one industry to another.

Terms
-----
A^k : effects after k transactions. L - I = A + A^2 + ... : all of them.
H : A + 2 A^2 + 3 A^3 + ... = L (L - I).
APL_ij : h_ij / l_ij for i != j, h_jj / (l_jj - 1) on the diagonal: the impulse itself, which takes no transaction, is
    left out. It is the same read forward (Ghosh) as backward (Leontief). NaN where no chain leads from i to j.

References: Dietzenbacher, Romero & Bosma (2005); Dietzenbacher & Romero (2007), International Regional Science
Review 30.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

import numpy as np
import pandas as pd

from io_linkage.captions import labelled
from io_linkage.errors import require_option
from io_linkage.leontief import Array
from io_linkage.selection import groups_by
from io_linkage.table import MRIOTable

Weight: TypeAlias = Literal["final_demand", "output", "equal"]
Grouping: TypeAlias = Literal["region", "industry", "stage", "region-stage"]


def apl(table: MRIOTable) -> pd.DataFrame:
    r"""Average propagation lengths of each industry to all its suppliers and to all its customers.

    .. math::
        backward_j = \frac{(i'L(L - I))_j}{(i'(L - I))_j} \qquad
        forward_i = \frac{(G(G - I)i)_i}{((G - I)i)_i}

    The means over partners are weighted by the size of the effect, so a distant trickle counts little. Three solves.

    Returns
    -------
    DataFrame by (region, industry), columns `backward`, `forward`; transactions, at least 1; NaN without output or
    without any supplier or customer.

    References
    ----------
    Dietzenbacher & Romero (2007), International Regional Science Review 30.

    See Also
    --------
    apl_matrix, apl_between

    Examples
    --------
    >>> import io_linkage as iol
    >>> apl(iol.load()).loc[("CHN", "30t33")].round(2).to_dict()
    {'backward': 2.91, 'forward': 2.56}
    """
    system = table.system
    drawn = system.backward_sums() - 1.0
    pushed = system.forward_sums() - 1.0
    back = _ratio(system.solve_transposed(drawn), drawn)
    forward = _ratio(system.ghosh(pushed), pushed)
    return table.frame(
        np.column_stack([back, forward]), ["backward", "forward"], "average propagation length", unit="transactions"
    )


def apl_matrix(table: MRIOTable) -> pd.DataFrame:
    """Average propagation length from every industry (rows) to every other (columns), (n, n).

    .. math:: APL_{ij} = (L(L - I))_{ij} / (L - I)_{ij}

    Needs the full inverse and one product of the size of the table; for groups use `apl_between`.

    Returns
    -------
    DataFrame (n, n), transactions, at least 1; NaN where no chain leads from row to column, or without output.

    References
    ----------
    Dietzenbacher & Romero (2007), International Regional Science Review 30.

    See Also
    --------
    apl, apl_between
    """
    L = table.system.inverse()
    effects = L - np.eye(len(L))
    lengths = _ratio(L @ effects, effects)
    result = pd.DataFrame(lengths, index=table.index, columns=table.index)
    return labelled(result, table.caption("average propagation length", "transactions"))


def apl_between(
    table: MRIOTable,
    *,
    by: Grouping = "region",
    weighted_by: Weight = "final_demand",
    stage_weights: pd.DataFrame | None = None,
) -> pd.DataFrame:
    r"""Average propagation length between groups of industries.

    .. math:: APL_{KM} = \frac{W_K' L (L - I) \hat{f} W_M}{W_K' (L - I) \hat{f} W_M}

    from the suppliers in K (rows) to the final products of M (columns), with f the weight of each product. Two solves a
    group; no product of n x n matrices.

    Parameters
    ----------
    by : {"region", "industry", "stage", "region-stage"}
    weighted_by : {"final_demand", "output", "equal"}
        f: what the demand that sets off the impulse is.
    stage_weights : DataFrame, (n, stages), optional
        Stage shares instead of the shipped ones.

    Returns
    -------
    DataFrame, groups by groups; transactions; NaN where there is no chain.

    References
    ----------
    Dietzenbacher & Romero (2007), International Regional Science Review 30.

    See Also
    --------
    apl : each industry against all its partners.
    """
    require_option("weighted_by", weighted_by, ("final_demand", "output", "equal"))
    W, names = groups_by(table, by, stage_weights)
    size = {
        "final_demand": table.final_demand.to_numpy(dtype=np.float64),
        "output": table.accounts.x,
        "equal": np.ones(len(table.index)),
    }[weighted_by]
    impulse = np.where(table.active, size, 0.0)[:, None] * W
    effects = table.system.solve(impulse) - impulse
    lengths = _ratio(W.T @ table.system.solve(effects), W.T @ effects)
    result = pd.DataFrame(lengths, index=names, columns=names)
    return labelled(result, {**table.caption("average propagation length", "transactions"), "weighted_by": weighted_by})


def _ratio(lengths: Array, effects: Array) -> Array:
    # A solve leaves rounding where there is no chain at all.
    linked = np.abs(effects) > 1e-13 * max(1.0, float(np.abs(effects).max(initial=0.0)))
    result: Array = np.divide(lengths, effects, out=np.full(effects.shape, np.nan), where=linked)
    return result
