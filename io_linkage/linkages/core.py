r"""The basic linkages, direct and total, backward and forward; see `io_linkage.linkages` for the terms.

Everything here costs one factorisation and one solve a measure.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from io_linkage.captions import labelled
from io_linkage.intensities import Account, Intensity, intensity
from io_linkage.leontief import Array
from io_linkage.linkages.normalisation import Scope, normalised
from io_linkage.linkages.roles import assign, strength
from io_linkage.table import MRIOTable

#: Columns of `linkages` that are divided by the mean of their scope.
NORMALISED = ("backward_normalised", "forward_normalised")


def backward(table: MRIOTable, *, of: Account = "output", normalise: Scope | None = None) -> pd.Series[float]:
    r"""Total backward linkage: what one unit of final demand for an industry draws from everywhere.

    .. math:: b_j = \sum_i q_i l_{ij}, \qquad q_i = 1 \text{ for output}

    Parameters
    ----------
    table : MRIOTable
    of : str or Series
        "output", "value_added", a satellite account, or an account on the table's index.
    normalise : {"world", "region", "industry"} or None
        Divide by the mean over this scope.

    Returns
    -------
    Series on the table's index, in units of the account per unit of output; NaN without output, or where nothing is
    known of the account in the industry's own region. ``attrs["note"]`` says what sums leave out.

    References
    ----------
    Rasmussen (1956); Miller & Blair (2022), section 12.2.

    Examples
    --------
    >>> import io_linkage as iol
    >>> backward(iol.load(), normalise="region").loc[("CHN", "30t33")].round(3).item() > 1
    True
    """
    q = intensity(table, of)
    values = table.system.backward_sums() if q.is_output else table.system.solve_transposed(q.counted)
    return _series(table, values, "backward linkage", q, normalise)


def forward(table: MRIOTable, *, of: Account = "output", normalise: Scope | None = None) -> pd.Series[float]:
    r"""Total forward linkage (Ghosh): what one unit of an industry's primary inputs makes possible everywhere.

    .. math:: f_i = \sum_j g_{ij} q_j = \frac{1}{x_i} \sum_j l_{ij} x_j q_j

    The Ghosh model is driven by supply: buyers use more of an input because more of it is there, whatever else they
    need. Read the result as how far an industry's sales reach, or as what a rise in the cost of its primary inputs adds
    to the value of output (Dietzenbacher 1997), not as a forecast of what more supply would bring about.

    Parameters and returns as `backward`.

    References
    ----------
    Jones (1976); Dietzenbacher (1997), on the Ghosh model as a price model; Miller & Blair (2022), section 12.2.

    See Also
    --------
    backward : the same along the chain of suppliers.
    """
    q = intensity(table, of)
    values = table.system.forward_sums() if q.is_output else table.system.ghosh(q.counted)
    return _series(table, values, "forward linkage", q, normalise)


def forward_leontief(table: MRIOTable, *, of: Account = "output", normalise: Scope | None = None) -> pd.Series[float]:
    r"""Row sums of the Leontief inverse, for comparison with older studies; `forward` is the measure to use.

    .. math:: r_i = q_i \sum_j l_{ij}, \qquad q_i = 1 \text{ for output}

    It answers what industry i must make when the final demand for every industry rises by one unit, which is not an
    event that happens; it is the sensitivity of dispersion of Rasmussen (1956) before it is normalised.

    Parameters and returns as `backward`.
    """
    q = intensity(table, of)
    values = q.per_output * table.system.solve(np.ones(len(table.index)))
    return _series(table, values, "forward linkage (Leontief row sums)", q, normalise)


def direct_backward(table: MRIOTable, *, of: Account = "output", normalise: Scope | None = None) -> pd.Series[float]:
    r"""Direct backward linkage: inputs bought from all industries per unit of output, :math:`q'A`.

    References
    ----------
    Chenery & Watanabe (1958); Miller & Blair (2022), section 12.2.
    """
    q = intensity(table, of)
    values = table.system.direct_column_sums if q.is_output else table.system.apply_transposed(q.counted)
    return _series(table, values, "direct backward linkage", q, normalise)


def direct_forward(table: MRIOTable, *, of: Account = "output", normalise: Scope | None = None) -> pd.Series[float]:
    r"""Direct forward linkage: share of output sold to all industries, :math:`Bq`.

    References
    ----------
    Chenery & Watanabe (1958); Miller & Blair (2022), section 12.2.
    """
    q = intensity(table, of)
    values = table.system.direct_forward_sums if q.is_output else table.per_output(table.system.Z @ q.counted)
    return _series(table, values, "direct forward linkage", q, normalise)


def linkages(table: MRIOTable, *, of: Account = "output", normalise: Scope = "region") -> pd.DataFrame:
    """All linkages of every country-industry, normalised, and the role they give it.

    Parameters
    ----------
    table : MRIOTable
    of : str or Series
        "output", "value_added", a satellite account, or an account on the table's index.
    normalise : {"region", "industry", "world"}
        The scope whose mean is 1. Roles depend on it: a world mean compares a country with itself, so the default
        compares an industry with the others of its region.

    Returns
    -------
    DataFrame on the table's index, with columns

    direct_backward, direct_forward
        i'A and B i.
    backward, forward
        i'L and G i.
    backward_normalised, forward_normalised
        Divided by the mean of their scope.
    role
        "key", "backward-oriented", "forward-oriented" or "weakly linked".
    strength
        Distance of the normalised pair from the nearest border of its role; near 0 the role hangs by a hair.

    NaN (role None) for an industry without output.

    References
    ----------
    Miller & Blair (2022), section 12.2; Rasmussen (1956).

    Examples
    --------
    >>> import io_linkage as iol
    >>> found = linkages(iol.load())
    >>> found.loc[("CHN", "24"), "role"], found.loc[("CHN", "F"), "role"]
    ('key', 'backward-oriented')
    """
    b: Array = np.array(backward(table, of=of), dtype=np.float64)
    f: Array = np.array(forward(table, of=of), dtype=np.float64)
    pair = normalised(table, b, normalise), normalised(table, f, normalise)
    columns: dict[str, object] = {
        "direct_backward": direct_backward(table, of=of).to_numpy(),
        "direct_forward": direct_forward(table, of=of).to_numpy(),
        "backward": b,
        "forward": f,
        "backward_normalised": pair[0],
        "forward_normalised": pair[1],
        "role": assign(*pair),
        "strength": strength(*pair),
    }
    result = pd.DataFrame(columns, index=table.index)
    q = intensity(table, of)
    unit = "" if q.unit == table.unit else q.unit_per_output
    attrs = {"normalise": normalise, "normalised": NORMALISED, "rule": "mean", **q.attrs}
    return labelled(result, table.caption("linkages", unit, **attrs))


def _series(table: MRIOTable, values: Array, name: str, q: Intensity, scope: Scope | None) -> pd.Series[float]:
    values = np.where(q.in_unknown_region(table), np.nan, values)
    attrs: dict[str, Any] = {**q.attrs, "rule": "mean"}
    if scope is None:
        return table.series(values, name, unit=q.unit_per_output, **attrs)
    attrs |= {"normalise": scope, "normalised": (name,)}
    return table.series(normalised(table, values, scope), name, unit=f"mean of the {scope} = 1", **attrs)
