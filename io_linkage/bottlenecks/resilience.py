"""Resilience of economies as a profile: what shocks cost, how concentrated supply is, and what returns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from io_linkage import economies as countries
from io_linkage import extraction, scenarios, shortages
from io_linkage.bottlenecks.choke_points import no_alternative
from io_linkage.bottlenecks.foreign_inputs import foreign_inputs
from io_linkage.bottlenecks.suppliers import suppliers
from io_linkage.captions import labelled
from io_linkage.errors import OptionError, require_share, unknown
from io_linkage.leontief import Array
from io_linkage.scenarios import MarketRepair, Outcome, Reshoring, Scenario
from io_linkage.table import MRIOTable
from io_linkage.ties.partners import sentence
from io_linkage.wording import label_name, listed, shortened

Node = tuple[str, str]


def resilience(
    table: MRIOTable,
    *,
    regions: str | Sequence[str] | None = None,
    shocks: Sequence[Node] | None = None,
    nodes: int = 10,
    hurt_by: str | Sequence[str] = ("USA", "eu"),
    repaired_by: str | None = "CHN",
    strength: float = 0.5,
    repair: float = 0.5,
    ratings: shortages.criticality.Ratings = "survey",
    rest_economies: int = 20,
    membership_year: int | None = None,
) -> pd.DataFrame:
    r"""Profile of how economies stand shocks; its parts are not added up to an index.

    .. math:: recovered_r = 1 - \frac{\Delta va_r(\text{reshoring and repair})}{\Delta va_r(\text{reshoring})}

    Parameters
    ----------
    table : MRIOTable
    regions : str or sequence of str, optional
        Whose profile; of all by default.
    shocks : sequence of (region, industry), optional
        Country-industries that are lost, each by itself. Give them to compare years; by default those whose
        extraction costs other economies most value added.
    nodes : int
        How many shocks there are by default.
    hurt_by : str or sequence of str
        Economies that bring purchases home in the shock behind ``recovered_share``.
    repaired_by : str, optional
        Economy that takes the goods instead, product by product, in place of its own; None leaves the part out.
    strength : float
        Part of their purchases from the economy, of all products, that `hurt_by` bring home.
    repair : float
        Part of the lost orders that `repaired_by` takes, at most what it buys at home.
    ratings : {"survey", "cost_share"}, DataFrame or path
        As in `io_linkage.shortages.ratings`, for losses of inputs.
    rest_economies : int
        Countries that rest of world is spread over in the lower bound of the concentration.
    membership_year : int, optional
        Year whose members of a group count; the table's own by default.

    Returns
    -------
    DataFrame by region. Losses, of GDP, over those shocks that are not its own: ``orders_loss_share`` and
    ``worst_orders_loss_share`` (mean and largest, each node extracted), ``worst_node``, ``inputs_loss_share`` and
    ``worst_inputs_loss_share`` (each node at half of its output, first round of the shortage). Concentration:
    ``foreign_share`` of inputs, ``hhi`` of its foreign suppliers with ``hhi_without_rest`` and ``hhi_rest_spread``,
    all looked through. Substitutability: ``no_alternative_share`` of its foreign inputs (proxy). Recovery:
    ``hurt_loss_share`` of GDP when `hurt_by` bring purchases home, ``recovered_share`` of it that returns under the
    repair (NaN for `hurt_by` and `repaired_by` themselves).

    Raises
    ------
    OptionError, UnknownLabelError
        A share outside 0 to 1, no shock, a node that the table does not have.

    References
    ----------
    Dietzenbacher & Lahr (2013) for extraction; Pichler, Pangallo, del Rio-Chanona, Lafond & Farmer (2022) for
    shortages; the profile is this project's.

    See Also
    --------
    io_linkage.extraction.losses, io_linkage.shortages.run, io_linkage.scenarios.run, suppliers, no_alternative

    Examples
    --------
    >>> import io_linkage as iol
    >>> profile = resilience(iol.load(), regions=["TWN", "IDN"], nodes=3, repaired_by=None)
    >>> profile["worst_node"].to_dict()
    {'IDN': 'CHN F', 'TWN': 'CHN 30t33'}
    """
    require_share("strength", strength)
    require_share("repair", repair)
    options: Any = {"membership_year": membership_year}
    codes = table.regions if regions is None else countries.resolve(table, regions, **options)
    chosen = _largest(table, nodes) if shocks is None else _known(table, shocks)
    gdp = table.va.groupby(level="region", sort=False).sum()
    gdp = gdp.where(gdp > 0)
    frame = pd.DataFrame(index=pd.Index(codes, name="region"))
    _orders(table, frame, chosen, gdp)
    _inputs(table, frame, chosen, gdp, ratings)
    shares = foreign_inputs(table, on=(), regions=codes, by="region", membership_year=membership_year)
    frame["foreign_share"] = shares["foreign"].reindex(codes)
    spread = suppliers(table, regions=codes, by="region", rest_economies=rest_economies)
    for name in ("hhi", "hhi_without_rest", "hhi_rest_spread"):
        frame[name] = spread[name].reindex(codes)
    frame["no_alternative_share"] = [_no_alternative(table, region) for region in codes]
    clauses = [f"shocks: {shortened(chosen)}", "a profile, not an index: its parts answer different questions"]
    if repaired_by is not None:
        hurting = countries.resolve(table, hurt_by, **options)
        helping = countries.resolve(table, repaired_by, **options)
        recovery = [_recovery(table, region, hurting, helping, strength, repair) for region in codes]
        loss, back = np.array(recovery, dtype=np.float64).reshape(len(codes), 2).T
        frame["hurt_loss_share"] = loss / gdp[codes].to_numpy(dtype=np.float64)
        frame["recovered_share"] = back
        clauses.append(
            f"recovery: {shortened(hurting, 3)} bring home {100 * strength:g} % of what they buy, {listed(helping)} "
            f"takes {100 * repair:g} % of the lost orders"
        )
    return labelled(frame, table.caption("resilience, a profile", "share; index, 0 to 1", note=sentence(clauses)))


def _largest(table: MRIOTable, nodes: int) -> list[Node]:
    if nodes < 1:
        raise OptionError(f"nodes={nodes} is not possible; take one shock or more.")
    abroad = extraction.losses(table, of="value_added")["abroad"].dropna()
    return [(str(region), str(industry)) for region, industry in abroad.nlargest(nodes).index]


def _known(table: MRIOTable, shocks: Sequence[Node]) -> list[Node]:
    if not shocks:
        raise OptionError("shocks= names nobody; give (region, industry) pairs, or leave it out.")
    for shock in shocks:
        if shock not in table.index:
            raise unknown("country-industry", label_name(shock), [label_name(label) for label in table.index[:5]])
    return list(shocks)


def _orders(table: MRIOTable, frame: pd.DataFrame, shocks: Sequence[Node], gdp: pd.Series[float]) -> None:
    lost = extraction.losses_by_region(table, of="value_added").loc[list(shocks)]
    shares = _others(lost.to_numpy(dtype=np.float64) / gdp[list(lost.columns)].to_numpy(), shocks, list(lost.columns))
    at = [list(lost.columns).index(region) for region in frame.index]
    frame["orders_loss_share"], frame["worst_orders_loss_share"] = _mean_and_worst(shares[:, at])
    names = [label_name(shock) for shock in shocks]
    frame["worst_node"] = [
        names[int(np.nanargmax(column))] if np.isfinite(column).any() else None for column in shares[:, at].T
    ]


def _inputs(table: MRIOTable, frame: pd.DataFrame, shocks: Sequence[Node], gdp: pd.Series[float], ratings: Any) -> None:
    rows = []
    for shock in shocks:
        short = shortages.run(table, capacity={shock: 0.5}, ratings=ratings, by="region")
        rows.append((short["total"] / gdp).reindex(frame.index).to_numpy(dtype=np.float64))
    shares = _others(np.array(rows), shocks, list(frame.index))
    frame["inputs_loss_share"], frame["worst_inputs_loss_share"] = _mean_and_worst(shares)


def _others(shares: Array, shocks: Sequence[Node], regions: Sequence[str]) -> Array:
    """Leave out the shocks that are a region's own."""
    own = np.array([[shock[0] == region for region in regions] for shock in shocks])
    return np.where(own, np.nan, shares)


def _mean_and_worst(shares: Array) -> tuple[Array, Array]:
    counted = np.isfinite(shares)
    number = counted.sum(axis=0)
    mean = np.divide(
        np.where(counted, shares, 0.0).sum(axis=0), number, out=np.full(len(number), np.nan), where=number > 0
    )
    worst = np.where(number > 0, np.where(counted, shares, -np.inf).max(axis=0), np.nan)
    return mean, worst


def _no_alternative(table: MRIOTable, region: str) -> float:
    try:
        lacking = no_alternative(table, regions=region)
    except OptionError:
        # It has no output or buys nothing, or there is no other region.
        return float("nan")
    bought = float(lacking["bought"].sum())
    return float((lacking["bought"] * lacking["no_alternative_share"]).sum() / bought) if bought > 0 else float("nan")


def _recovery(
    table: MRIOTable, region: str, hurting: Sequence[str], helping: Sequence[str], strength: float, repair: float
) -> tuple[float, float]:
    """Value added that a region loses when purchases go home, and the share of it that a repair brings back."""
    if region in hurting or region in helping or strength == 0:
        return float("nan"), float("nan")
    home = Reshoring(tuple(hurting), suppliers=region, strength=strength)
    try:
        hurt = scenarios.run(table, Scenario("purchases go home", (home,)))
    except OptionError:
        # They buy nothing there.
        return float("nan"), float("nan")
    loss = -_value_added(hurt, region)
    moves = _repairs(table, hurt, region, helping, repair)
    if not moves or loss <= 0:
        return loss, 0.0 if loss > 0 else float("nan")
    mended = scenarios.run(table, Scenario("with repair", (home, *moves)))
    return loss, 1 + _value_added(mended, region) / loss


def _value_added(outcome: Outcome, region: str) -> float:
    return float(outcome.change(of="value_added", by="region")["change"][region])


def _repairs(table: MRIOTable, hurt: Outcome, region: str, helping: Sequence[str], repair: float) -> list[MarketRepair]:
    """Purchases of each product that go to the region in place of the helpers' own, up to all of these."""
    lost = -np.minimum(hurt.solution.first_round, 0.0)
    inside = np.isin(table.region_codes, [table.regions.index(helper) for helper in helping])
    demand = table.demand_by_region[list(helping)].to_numpy(dtype=np.float64)
    # Each helper replaces its own goods alone.
    own = np.zeros(len(inside))
    for k, helper in enumerate(helping):
        there = table.region_codes == table.regions.index(helper)
        bought = np.maximum(table.accounts.Z[np.ix_(there, there)], 0.0).sum(axis=1) + np.maximum(demand[there, k], 0.0)
        own[there] = bought
    moves = []
    for position in np.flatnonzero(table.region_codes == table.regions.index(region)):
        industry = table.index[int(position)][1]
        most = 0.99 * own[inside & (table.index.get_level_values(1) == industry)].sum()
        wanted = min(repair * float(lost[position]), float(most))
        if wanted > 1e-9 * float(table.accounts.x.max()):
            moves.append(MarketRepair(tuple(helping), region, industries=str(industry), amount=wanted))
    return moves
