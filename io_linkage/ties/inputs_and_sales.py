r"""Reliance on other economies' inputs and markets, direct and with all that stands behind them.

Terms
-----
input reliance : share of an industry's intermediate inputs that is made in an economy.
sales reliance : share of an industry's intermediate sales that goes to an economy's industries.
direct : what the table shows, a_ij or b_ij.
total : all rounds, L - I or G - I: China's parts in a Korean screen bought by Vietnam count as China's.
domestic, foreign : the industry's own region, all others.

Shares are of gross flows: a part counts each time it is sold on, as it does in the supply chain that has to hold.

References
----------
Baldwin, Freeman & Theodorakopoulos (2023), Hidden exposure, Brookings Papers on Economic Activity 54(2).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from io_linkage import economies as countries
from io_linkage.captions import labelled
from io_linkage.errors import require_option
from io_linkage.leontief import Array
from io_linkage.selection import groups_by
from io_linkage.table import MRIOTable
from io_linkage.ties.partners import overlaps, sentence

Side = Literal["inputs", "sales"]


def reliance(
    table: MRIOTable,
    *,
    on: Sequence[str] = ("CHN", *countries.COMPARATORS),
    through: Side = "inputs",
    regions: str | Sequence[str] | None = None,
    including_itself: bool = False,
    aggregates: Mapping[str, Mapping[str, bool]] | None = None,
    membership_year: int | None = None,
) -> pd.DataFrame:
    r"""Direct and total reliance of each country-industry on economies, at home and abroad.

    .. math:: direct_{gj} = \frac{\sum_{i \in g} a_{ij}}{\sum_i a_{ij}}, \qquad
        total_{gj} = \frac{\sum_{i \in g} (L - I)_{ij}}{\sum_i (L - I)_{ij}}

    and for sales the same with B and G - I, over rows.

    Parameters
    ----------
    table : MRIOTable
    on : sequence of str
        Economies or groups relied on.
    through : {"inputs", "sales"}
    regions : str or sequence of str, optional
        Whose industries; all by default. Domestic shares cost one solve for each of them.
    including_itself : bool
        Count the own economy in the columns of `on` that hold it. Without, a German industry relies on the EU as far
        as it does on the other members, and a Chinese one has no reliance on China.
    aggregates : mapping, optional
        How aggregates count in groups, see `economies.resolve`.
    membership_year : int, optional
        Year whose members of a group count; the table's own by default.

    Returns
    -------
    DataFrame, (industries of `regions`, 2 x (2 + len(on))), columns (reach, economy): reach "direct" or "total",
    economy "domestic", "foreign" (the two add to one) or one of `on`. Shares; NaN where an industry has no output or
    no such flows, and on itself. ``attrs["left_out"]`` holds the economies left out of a column, ``attrs["note"]``
    says of which.

    Examples
    --------
    >>> import io_linkage as iol
    >>> shares = reliance(iol.load(), on=["CHN"], regions="MEX")
    >>> shares.loc[("MEX", "30t33"), [("direct", "CHN"), ("total", "CHN")]].round(3).tolist()
    [0.22, 0.299]
    """
    require_option("through", through, ("inputs", "sales"))
    options: Any = {"aggregates": aggregates, "membership_year": membership_year}
    groups = {name: countries.resolve(table, name, **options) for name in on}
    chosen = table.regions if regions is None else countries.resolve(table, regions, **options)
    rows = np.isin(table.region_codes, [table.regions.index(region) for region in chosen])
    indicators = [np.isin(table.region_codes, [table.regions.index(c) for c in codes]) for codes in groups.values()]
    homes = [table.region_codes == table.regions.index(region) for region in chosen]
    E = np.column_stack([*indicators, *homes]).astype(np.float64)
    home_of = {table.regions.index(region): len(indicators) + k for k, region in enumerate(chosen)}
    home = np.array([home_of[code] for code in table.region_codes[rows]], dtype=np.intp)
    blocks = {}
    for reach, (flows, totals) in {"direct": _direct(table, E, through), "total": _total(table, E, through)}.items():
        shares = np.full((int(rows.sum()), E.shape[1]), np.nan)
        # L - I of an industry that buys nothing is nil, and rounding must not make a share of it.
        trades = (_direct_sums(table, through) > 0) & table.active
        np.divide(flows[rows], totals[rows, None], out=shares, where=trades[rows, None])
        domestic = shares[np.arange(len(shares)), home]
        if not including_itself:
            shares = _without_home(shares, domestic, table.region_codes[rows], groups, table.regions)
        for name, column in zip(
            ["domestic", "foreign", *groups], [domestic, 1 - domestic, *shares[:, : len(indicators)].T], strict=True
        ):
            blocks[reach, name] = column
    frame = pd.DataFrame(blocks, index=table.index[rows])
    frame.columns.names = ["reach", "economy"]
    what = "intermediate inputs made in" if through == "inputs" else "intermediate sales to"
    own, clauses = overlaps({region: [region] for region in chosen}, groups, itself=including_itself)
    unseen, more = countries.coverages(table, on, **options)
    return labelled(
        frame,
        table.caption(
            f"share of {what} each economy",
            "share",
            through=through,
            groups=groups,
            membership_year=table.year if membership_year is None else membership_year,
            left_out=tuple(dict.fromkeys([*own, *unseen])),
            note=sentence([*clauses, *more]),
        ),
    )


def _without_home(
    shares: Array, domestic: Array, codes: npt.NDArray[np.intp], groups: Mapping[str, list[str]], regions: list[str]
) -> Array:
    """Shares of each group less that of the row's own region in it; NaN for a group that is that region alone."""
    result = shares.copy()
    for g, members in enumerate(groups.values()):
        inside = np.isin(codes, [regions.index(member) for member in members])
        result[inside, g] = shares[inside, g] - domestic[inside] if len(members) > 1 else np.nan
    return result


def _direct(table: MRIOTable, E: Array, side: Side) -> tuple[Array, Array]:
    Z = table.accounts.Z if side == "sales" else table.accounts.Z.T
    return np.asarray(Z @ E), _direct_sums(table, side)


def _direct_sums(table: MRIOTable, side: Side) -> Array:
    return np.asarray(table.accounts.Z.sum(axis=1 if side == "sales" else 0))


def _total(table: MRIOTable, E: Array, side: Side) -> tuple[Array, Array]:
    system = table.system
    if side == "sales":
        return system.ghosh(E) - E, system.forward_sums() - 1
    return system.solve_transposed(E) - E, system.backward_sums() - 1


def between_regions(table: MRIOTable, *, direct: bool) -> Array:
    r"""Intermediate deliveries from region to region, (regions, regions), direct or with all rounds behind them.

    .. math:: M'ZM \quad \text{or} \quad M'(L - I)\hat x M

    A row's shares are its sales reliance, a column's its input reliance. One solve per region.
    """
    M, _ = groups_by(table, "region")
    if direct:
        return np.asarray(M.T @ (table.accounts.Z @ M))
    products = M * table.accounts.x[:, None]
    flows = M.T @ (table.system.solve(products) - products)
    # L - I of who sells or buys nothing is nil, and rounding must not make a share of it.
    flows[M.T @ table.accounts.Z.sum(axis=1) == 0] = 0.0
    flows[:, M.T @ table.accounts.Z.sum(axis=0) == 0] = 0.0
    return np.asarray(flows)
