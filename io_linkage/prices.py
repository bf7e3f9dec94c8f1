r"""Prices: how costs, tariffs and taxes travel down the chain.

Output prices cover the cost of inputs and of primary factors; with base prices of 1,

.. math:: p = A' p + v \quad\Rightarrow\quad p = L' v, \qquad \Delta p = L' \Delta v .

A tariff or tax at the rate t on what j buys from i adds a t-th to the price that j pays, of which the share
:math:`\varphi` is passed on. Quantities and factor prices are fixed, the revenue is not spent, and each industry passes
its costs on in full: what a buyer would have to pay if nothing were replaced. Rates apply to the flows of the table;
in a table at basic prices these are below the value at the border, so that a tariff comes out somewhat too small.

Ghosh's supply-driven model gives the same numbers when it is read as a model of prices (Dietzenbacher 1997).

References
----------
Leontief (1951); Dietzenbacher (1997), "In vindication of the Ghosh model"; Miller & Blair (2022), section 2.6.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import pandas as pd

from io_linkage.captions import labelled
from io_linkage.cells import Cells, numbers
from io_linkage.errors import NotProductiveError, OptionError, require_option, require_share, unknown
from io_linkage.intensities import Account, intensity
from io_linkage.leontief import Array
from io_linkage.leontief.updates import Block, Part, Update, apply_transposed
from io_linkage.selection import select
from io_linkage.table import MRIOTable
from io_linkage.wording import shortened

__all__ = ["Tariff", "consumer_prices", "cost_shock", "tariffs"]

_ASSUMPTIONS = {
    "closure": "Quantities and factor prices stay as they are, costs are passed on in full, revenue is not spent",
    "substitution": "No input or supplier is replaced",
    "horizon": "All rounds of the chain",
}


@dataclass(frozen=True)
class Tariff:
    """A tariff or tax on what some buy from others.

    Attributes
    ----------
    rate : float
        Of the value of the flow: 0.25 for 25 %; below 0 for a subsidy, but above -1.
    origin, destination : mapping
        What `io_linkage.selection.select` takes: ``{"regions": "CHN", "industries": ["30t33"]}``; all by default.
    flows : {"both", "intermediate", "final"}
        Final flows are those to the final demand of the buyers' regions.
    across_borders : bool
        Leave out what regions buy from themselves; False for a tax on domestic sales too.
    """

    rate: float
    origin: Mapping[str, Any] = field(default_factory=dict)
    destination: Mapping[str, Any] = field(default_factory=dict)
    flows: Literal["both", "intermediate", "final"] = "both"
    across_borders: bool = True

    def __post_init__(self) -> None:
        """Refuse rates and flows that cannot be."""
        if not -1 < self.rate < np.inf:
            raise OptionError(f"rate={self.rate} is not possible; it must be above -1, e.g. 0.25 for 25 %.")
        require_option("flows", self.flows, ("both", "intermediate", "final"))


def cost_shock(table: MRIOTable, *, change: Cells, of: Account = "value_added") -> pd.Series[float]:
    r"""Change of prices when primary inputs become dearer somewhere.

    .. math:: \Delta p = L' \Delta v, \qquad \Delta p' y = \Delta v' x

    Parameters
    ----------
    table : MRIOTable
    change : mapping or Series
        (region, industry) to the relative change of the cost of the account: 0.1 for 10 % more.
    of : str or Series
        The cost that changes, in money: value_added, or an account such as labour_compensation.

    Returns
    -------
    Series on the table's index, in % of the base price; NaN without output.

    Raises
    ------
    OptionError
        An account that is not money; a change that cannot be.
    UnknownLabelError
        A region or industry that the table does not have.

    References
    ----------
    Miller & Blair (2022), section 2.6.

    See Also
    --------
    tariffs : When what is bought from others becomes dearer.
    consumer_prices : What it means to the buyers of final goods.

    Examples
    --------
    >>> import io_linkage as iol
    >>> dearer = cost_shock(iol.load(), change={("CHN", "C"): 0.1})
    >>> bool(dearer["CHN", "27t28"] > dearer["USA", "27t28"] > 0)
    True
    """
    q = intensity(table, of)
    if q.unit != table.unit:
        raise OptionError(
            f"{q.name} is in {q.unit or 'another unit'}, not in {table.unit or 'the unit of the table'}, so it is no "
            "cost. Use value_added or an account in money, such as labour_compensation."
        )
    relative = numbers(table, change, "change")
    if (relative < -1).any():
        raise OptionError("A change below -1 takes away more than the whole cost. Give relative changes, 0.1 for 10 %.")
    wanting = ~np.isnan(relative) & ~q.known
    if wanting.any():
        first = " ".join(map(str, table.index[int(np.argmax(wanting))]))
        raise OptionError(f"{q.name} of {first} is not known in {table.label}, so its change has no cost.")
    dv = q.counted * np.nan_to_num(relative)
    dp = table.system.solve_transposed(dv)
    out = pd.Series(100 * np.where(table.active, dp, np.nan), index=table.index, name="price_percent")
    named = np.flatnonzero(np.nan_to_num(relative))
    attrs = table.caption(
        f"change of prices when {q.label} changes in {shortened(table.index[named], 3) or 'no industry'}",
        "%",
        of=q.name,
        assumptions=_ASSUMPTIONS,
    )
    return labelled(out, attrs)


def tariffs(table: MRIOTable, schedule: Tariff | Sequence[Tariff], *, pass_through: float = 1.0) -> pd.DataFrame:
    r"""Change of output prices under tariffs or taxes on flows between industries.

    .. math:: p = (I - (A \circ (1 + \varphi T))')^{-1} v, \qquad \Delta p \approx L' (A \circ \varphi T)' \iota

    Parameters
    ----------
    table : MRIOTable
    schedule : Tariff or list of Tariff
        Rates on the same flow add.
    pass_through : float
        Share of the duty that reaches the buyer, 0 to 1.

    Returns
    -------
    DataFrame on the table's index: `price_percent`, and `first_order_percent`, which leaves out that duties are
    paid on prices that duties have raised. Tariffs on final flows change no price here; see `consumer_prices`.

    Raises
    ------
    OptionError
        No tariff, nothing that flows is taxed, a share outside 0 to 1.
    NotProductiveError
        The rates are so high that no prices cover the costs.

    References
    ----------
    Miller & Blair (2022), section 2.6; on tariffs along chains Rouzet & Miroudot (2013).

    See Also
    --------
    consumer_prices, cost_shock

    Examples
    --------
    >>> import io_linkage as iol
    >>> duty = Tariff(0.25, origin={"regions": "CHN"}, destination={"regions": "USA"})
    >>> dearer = tariffs(iol.load(), duty)["price_percent"]
    >>> bool(dearer["USA", "30t33"] > dearer["CAN", "30t33"] > 0)
    True
    """
    listed = _listed_tariffs(schedule)
    require_share("pass_through", pass_through)
    cells, final = _rates(table, listed)
    if not any((rate * table.accounts.Z[np.ix_(rows, columns)]).any() for rows, columns, rate in cells):
        if not final.any():
            raise OptionError(f"Nothing that flows in {table.label} is taxed. Check origin, destination and rate.")
        cells = []
    exact, first = _price_change(table, cells, pass_through)
    values = {"price_percent": 100 * exact, "first_order_percent": 100 * first}
    out = pd.DataFrame(values, index=table.index)
    out[~table.active] = np.nan
    title = f"change of prices under {'a tariff' if len(listed) == 1 else f'{len(listed)} tariffs'}"
    return labelled(out, table.caption(title, "%", pass_through=pass_through, assumptions=_ASSUMPTIONS, note=_NOTE))


def consumer_prices(
    table: MRIOTable,
    schedule: Tariff | Sequence[Tariff] = (),
    *,
    change: Cells | None = None,
    of: Account = "value_added",
    pass_through: float = 1.0,
    categories: str | Iterable[str] | None = None,
) -> pd.DataFrame:
    r"""Price index of what each region buys for final use, after tariffs and cost shocks.

    .. math:: \pi_c = \frac{\sum_i (1 + \varphi t_{ic}) \, p_i \, Y_{ic}}{\sum_i Y_{ic}} - 1

    Parameters
    ----------
    table : MRIOTable
    schedule : Tariff or list of Tariff
    change, of : optional
        A cost shock besides, as in `cost_shock`; its effect is computed before the tariffs.
    pass_through : float
        As in `tariffs`; the same at the border and along the chain.
    categories : str or list, optional
        Categories of final demand, e.g. those of households; all by default.

    Returns
    -------
    DataFrame by region: `chain_percent`, through the prices of producers; `border_percent`, the duties on final goods
    themselves; `total_percent`, their sum.

    Raises
    ------
    OptionError
        Neither tariffs nor a change; both at once; a category that the table does not have.

    References
    ----------
    Miller & Blair (2022), section 2.6.

    See Also
    --------
    tariffs, cost_shock
    """
    taxed = isinstance(schedule, Tariff) or len(schedule) > 0
    listed = _listed_tariffs(schedule) if taxed or change is None else []
    if taxed and change is not None:
        raise OptionError("Give tariffs or a change of costs, and add the two results: both at once are not computed.")
    if change is not None:
        dp = cost_shock(table, change=change, of=of).fillna(0.0).to_numpy() / 100
        final = np.zeros((len(dp), len(table.regions)))
    else:
        dp = tariffs(table, listed, pass_through=pass_through)["price_percent"].fillna(0.0).to_numpy() / 100
        final = pass_through * _rates(table, listed)[1]
    Y = _bought(table, categories)
    spent = Y.sum(axis=0)
    chain = np.divide(dp @ Y, spent, out=np.full(len(spent), np.nan), where=spent > 0)
    duties = (final * (1 + dp)[:, None] * Y).sum(axis=0)
    border = np.divide(duties, spent, out=np.full(len(spent), np.nan), where=spent > 0)
    values = {"chain_percent": 100 * chain, "border_percent": 100 * border, "total_percent": 100 * (chain + border)}
    out = pd.DataFrame(values, index=pd.Index(table.regions, name="region"))
    attrs = table.caption(
        "change of the price index of final demand",
        "%",
        pass_through=pass_through,
        category="all" if categories is None else ", ".join(_names(categories)),
        assumptions=_ASSUMPTIONS,
        note=_NOTE if listed else "",
    )
    return labelled(out, attrs)


_NOTE = "Duties are on the value in the table, which at basic prices is below that at the border."


def _listed_tariffs(schedule: Tariff | Sequence[Tariff]) -> list[Tariff]:
    listed = [schedule] if isinstance(schedule, Tariff) else list(schedule)
    wrong = [one for one in listed if not isinstance(one, Tariff)]
    if not listed or wrong:
        what = f"{wrong[0]!r} is no Tariff" if wrong else "There is no tariff"
        raise OptionError(f"{what}. Give Tariff(rate, origin=..., destination=...), or a list of these.")
    return listed


def _rates(table: MRIOTable, listed: list[Tariff]) -> tuple[list[tuple[Array, Array, Array]], Array]:
    """Return rows, columns and rates of the taxed blocks of A, and the rates on final flows, (n, regions)."""
    cells: list[tuple[Any, Any, Array]] = []
    final = np.zeros((len(table.index), len(table.regions)))
    for one in listed:
        sell = select(table, **one.origin).share
        buyers = {key: value for key, value in one.destination.items() if key != "industries"}
        where = select(table, **one.destination).share
        rows, columns = np.flatnonzero(sell), np.flatnonzero(where)
        if one.flows != "final":
            apart = table.region_codes[rows, None] != table.region_codes[columns]
            rate = one.rate * sell[rows, None] * where[columns] * (apart if one.across_borders else 1.0)
            cells.append((rows, columns, rate))
        if one.flows != "intermediate":
            if "industries" in one.destination or "stage" in one.destination:
                raise OptionError(
                    "Final demand has no industry: with flows='both' or 'final' name the buyers of a Tariff by region "
                    "alone, or pass flows='intermediate'."
                )
            regions = np.unique(table.region_codes[select(table, **buyers).share > 0])
            away = table.region_codes[:, None] != regions if one.across_borders else 1.0
            final[:, regions] += one.rate * sell[:, None] * away
    return cells, final


def _price_change(table: MRIOTable, cells: list[tuple[Any, Any, Array]], passed: float) -> tuple[Array, Array]:
    """Return the exact change of prices and that of the first order, both as shares of 1."""
    system, n = table.system, len(table.index)
    if not cells:
        return np.zeros(n), np.zeros(n)
    blocks = []
    for rows, columns, rate in cells:
        per_output = np.divide(1.0, system.x[columns], out=np.zeros(len(columns)), where=system.active[columns])
        blocks.append(Block(rows, columns, passed * rate * system.Z[np.ix_(rows, columns)] * per_output))
    taxed = Update(system, [Part(tuple(blocks), np.zeros(n))]).at([1.0])
    try:
        taxed.require_productive()
    except NotProductiveError as error:
        raise NotProductiveError(
            "With these tariffs some industries pay more for their inputs, prices included, than they can ever pass "
            "on: no prices cover the costs. Lower the rates or the pass-through."
        ) from error
    duties = apply_transposed(blocks, np.ones(n))
    return taxed.solve_transposed(duties), system.solve_transposed(duties)


def _bought(table: MRIOTable, categories: str | Iterable[str] | None) -> Array:
    """Return final purchases of each region, (n, regions), without the statistical discrepancy."""
    accounts = table.accounts
    own = accounts.own_demand
    if categories is not None:
        known = accounts.demand.get_level_values(1)
        wanted = _names(categories)
        for name in wanted:
            if name not in set(known[own]):
                raise unknown("category of final demand", name, dict.fromkeys(known[own]))
        own = own & np.asarray(known.isin(wanted))
    codes = pd.Index(table.regions).get_indexer(accounts.demand.get_level_values(0))
    sums = np.zeros((len(table.index), len(table.regions)))
    np.add.at(sums.T, codes[own], accounts.Y[:, own].T)
    return sums


def _names(categories: str | Iterable[str]) -> list[str]:
    return [categories] if isinstance(categories, str) else list(categories)
