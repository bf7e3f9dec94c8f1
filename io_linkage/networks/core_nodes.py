"""Core nodes: who matters most in the network of the table, by measures that answer different questions."""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from io_linkage import extraction
from io_linkage.captions import labelled
from io_linkage.errors import OptionError, SolveError, require_option
from io_linkage.leontief import Array
from io_linkage.table import MRIOTable

Role = Literal["supplier", "buyer"]

#: Change of the shares between iterations at which PageRank ends.
_SETTLED = 1e-15
_ITERATIONS = 10_000


def centralities(table: MRIOTable, *, damping: float = 0.85) -> pd.DataFrame:
    r"""Measures of how central each country-industry is.

    Parameters
    ----------
    table : MRIOTable
    damping : float
        Of `pagerank`.

    Returns
    -------
    DataFrame on the table's index, NaN without output: `systemic_percent`, value added that all others lose when it is
    extracted, in % of the world's; `domar`, its output over world value added, by which a change of its productivity
    counts for the world (Hulten); `sales_share` and `purchases_share`, of the world's flows between industries;
    `pagerank_supplier` and `pagerank_buyer`; `random_walk`.

    Raises
    ------
    OptionError
        The damping is not between 0 and 1; the table has no flows between industries.

    References
    ----------
    Hulten (1978); Acemoglu, Carvalho, Ozdaglar & Tahbaz-Salehi (2012); Bloechl, Theis, Vega-Redondo & Fisher (2011).

    See Also
    --------
    removal_curve : What is lost when the most central ones go.
    """
    lost = extraction.losses(table, kind="complete", of="value_added")
    whole = float(table.va[table.active].sum())
    elsewhere = (lost["home"] + lost["abroad"]).to_numpy()
    Z = table.accounts.Z
    traded = float(Z.sum())
    out = pd.DataFrame(
        {
            "systemic_percent": 100 * elsewhere / whole,
            "domar": table.accounts.x / whole,
            "sales_share": Z.sum(axis=1) / traded if traded else np.nan,
            "purchases_share": Z.sum(axis=0) / traded if traded else np.nan,
            "pagerank_supplier": pagerank(table, role="supplier", damping=damping),
            "pagerank_buyer": pagerank(table, role="buyer", damping=damping),
            "random_walk": random_walk(table),
        },
        index=table.index,
    )
    out[~table.active] = np.nan
    units = {"systemic_percent": "% of world value added", "random_walk": "1 / steps"}
    return labelled(out, table.caption("core nodes", "share", units=units))


def pagerank(table: MRIOTable, *, role: Role = "supplier", damping: float = 0.85) -> pd.Series[float]:
    r"""PageRank: where a walker ends who follows purchases (role supplier) or sales (role buyer).

    .. math:: \pi = \frac{1 - \alpha}{n} (I - \alpha P')^{-1} \iota, \qquad P = \hat{(Z' \iota)}^{-1} Z'
        \text{ (supplier)} \quad \text{or} \quad \hat{(Z \iota)}^{-1} Z \text{ (buyer)}

    A supplier ranks high whose buyers rank high and buy much of what they buy from it; a buyer ranks high
    whose suppliers do. From an industry that buys (or sells) nothing the walker goes anywhere.

    Parameters
    ----------
    table : MRIOTable
    role : {"supplier", "buyer"}
    damping : float
        Chance alpha of a further step, instead of a start anywhere.

    Returns
    -------
    Series on the table's index, sum 1; NaN without output.

    Raises
    ------
    OptionError
        An unknown role; a damping that is not between 0 and 1; a table without output.

    References
    ----------
    Brin & Page (1998).

    See Also
    --------
    random_walk, centralities
    """
    require_option("role", role, ("supplier", "buyer"))
    if not 0 <= damping < 1:
        raise OptionError(f"damping={damping} is not possible; it must be from 0 up to, but not, 1.")
    live = np.flatnonzero(table.active)
    if not len(live):
        raise OptionError(f"No industry of {table.label} has output, so there is nobody to rank.")
    Z = np.maximum(table.accounts.Z, 0.0)
    flows = Z.T if role == "supplier" else Z
    out_of = flows.sum(axis=1)[live]
    weight = np.divide(1.0, out_of, out=np.zeros(len(live)), where=out_of > 0)
    stuck, n = out_of == 0, len(live)
    spread = np.zeros(len(table.index))
    rank = np.full(n, 1.0 / n)
    for _ in range(_ITERATIONS):
        spread[live] = weight * rank
        moved = (flows.T @ spread)[live] + rank[stuck].sum() / n
        after = damping * moved + (1 - damping) / n
        change = np.abs(after - rank).sum()
        rank = after
        if change <= _SETTLED * 10:
            break
    else:
        raise SolveError(f"PageRank did not settle in {_ITERATIONS} steps. Use a smaller damping.")
    values = np.full(len(table.index), np.nan)
    values[live] = rank / rank.sum()
    out = pd.Series(values, index=table.index, name=f"pagerank_{role}")
    return labelled(out, table.caption(f"PageRank as {role}", "share", role=role))


def random_walk(table: MRIOTable) -> pd.Series[float]:
    r"""Random-walk centrality: how soon a disturbance that follows sales reaches a country-industry.

    .. math:: C_j = \frac{n}{\sum_i H_{ij}}, \qquad H_{ij} = \frac{F_{jj} - F_{ij}}{\pi_j}, \quad
        F = (I - P + \iota \pi')^{-1}, \quad P = \hat{(Z \iota)}^{-1} Z

    H is the mean number of steps of the walk from i to j, :math:`\pi` where it is in the long run.

    Parameters
    ----------
    table : MRIOTable

    Returns
    -------
    Series on the table's index. NaN for who cannot be reached from all others and reach them, above all industries
    that sell nothing to industries or buy nothing; ``attrs["note"]`` counts them.

    Raises
    ------
    OptionError
        No two industries sell to each other.

    References
    ----------
    Bloechl, Theis, Vega-Redondo & Fisher (2011), "Vertex centralities in input-output networks reveal the structure of
    modern economies".

    See Also
    --------
    pagerank, centralities
    """
    live = _connected(table)
    Z = np.maximum(table.accounts.Z[np.ix_(live, live)], 0.0)
    P = Z / Z.sum(axis=1, keepdims=True)
    n = len(live)
    ones = np.ones(n)
    pi = np.linalg.solve(np.eye(n) - P.T + 1.0, ones)
    F = np.linalg.inv(np.eye(n) - P + pi)
    steps = (n * np.diagonal(F) - F.sum(axis=0)) / pi
    values = np.full(len(table.index), np.nan)
    values[live] = n / steps
    out = pd.Series(values, index=table.index, name="random_walk")
    away = int(table.active.sum()) - n
    note = f"{away} industries with output sell nothing to industries or buy nothing, and have none." if away else ""
    return labelled(out, table.caption("random-walk centrality", "1 / steps", note=note))


def _connected(table: MRIOTable) -> npt.NDArray[np.intp]:
    """Return the largest set of industries of which each can be reached from each other."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import connected_components

    links: Array = np.where(table.accounts.Z > 0, 1.0, 0.0)
    _, part = connected_components(csr_array(links), directed=True, connection="strong")
    largest = int(np.bincount(part).argmax())
    live: npt.NDArray[np.intp] = np.flatnonzero(part == largest)
    if len(live) < 2:
        raise OptionError(f"No two industries of {table.label} sell to each other, so no walk connects them.")
    return live
