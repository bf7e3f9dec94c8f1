r"""Demand-basket counterfactual: what if a country spent as another does, or as a richer one, at constant total.

Terms
-----
basket : shares of products in a country's final demand, wherever they are made.
shift : the country's spending on each product is scaled to the other basket; who supplies each product stays.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from io_linkage import economies as countries
from io_linkage.captions import labelled
from io_linkage.errors import ComparisonError, OptionError, require_share, unknown
from io_linkage.intensities import Account, intensity
from io_linkage.leontief import Array
from io_linkage.selection import groups_by
from io_linkage.table import MRIOTable


def basket(table: MRIOTable, region: str, *, category: str | None = None) -> pd.Series[float]:
    """Shares of products in a region's final demand, wherever they are made.

    Parameters
    ----------
    table : MRIOTable
    region : str
        A region, an economy or a group.
    category : str, optional
        One category of final demand, e.g. household consumption; all by default.

    Returns
    -------
    Series, indexed by industry; adds to one.
    """
    bought = demand_of(table, region, category)
    sums = np.bincount(table.industry_codes, bought, len(table.industries))
    if sums.sum() <= 0:
        raise OptionError(f"{region} has no final demand in {table.label}, so it has no basket.")
    result = pd.Series(sums / sums.sum(), index=pd.Index(table.industries, name="industry"), name="basket")
    return labelled(result, table.caption(f"basket of {region}", "share", category=category or "all final demand"))


def shift_basket(
    table: MRIOTable,
    focus: str,
    *,
    like: str | pd.Series[float] | MRIOTable,
    share: float = 1.0,
    category: str | None = None,
    of: Account = "value_added",
    by_stage: bool = False,
    stage_weights: pd.DataFrame | None = None,
) -> pd.DataFrame:
    r"""Effect of a shift of the focus country's final demand to another basket at constant total.

    .. math:: \Delta y_{(r,k)} = y_{(r,k)}\left(\frac{s_k}{b_k} - 1\right), \qquad \Delta q = \hat q L \Delta y

    b is the country's basket, s the other one. Products whose demand is nil or negative, and those that the country
    buys only abroad because it does not make them or does not record them (all of a shift to them would be imports),
    keep their spending; the rest is shared out as s.

    Parameters
    ----------
    table : MRIOTable
    focus : str
        A region, an economy or a group.
    like : str, Series or MRIOTable
        Another region of this table; shares by industry, of any sum; or a table whose basket of the same `focus`
        is taken (e.g. a later year).
    share : float
        How much of the way to go, from 0 to 1.
    category : str, optional
        Shift only this category of final demand, towards the same category of the other.
    of : str or Series
    by_stage : bool
        Split by the stage of the industry in which the account arises.

    Returns
    -------
    DataFrame indexed by region, or by (region, stage): ``before``, ``change``, ``change_percent`` (of before).
    ``attrs["kept"]`` lists the products that keep their spending. Prices and coefficients stay as they are.

    Examples
    --------
    >>> import io_linkage as iol
    >>> effect = shift_basket(iol.load(), "CHN", like="USA")
    >>> effect["change_percent"].round(1)[["CHN", "BRA", "IND"]].to_dict()
    {'CHN': 3.2, 'BRA': -0.4, 'IND': -0.1}
    """
    require_share("share", share)
    bought = demand_of(table, focus, category)
    factors, kept = basket_factors(table, focus, bought, _goal(table, focus, like, category))
    change = bought * (factors[table.industry_codes] - 1)
    q = intensity(table, of)
    result = q.counted * table.system.solve(share * change)
    before = q.counted * table.accounts.x
    W, names = groups_by(table, "region-stage" if by_stage else "region", stage_weights)
    values = np.column_stack([W.T @ before, W.T @ result])
    values[W.T @ ~q.known > 0] = np.nan
    frame = pd.DataFrame(values, index=names, columns=["before", "change"])
    frame["change_percent"] = 100 * frame["change"] / frame["before"]
    return labelled(
        frame,
        table.caption(
            f"effect on {q.label} if {focus} spent as {_name(like, focus)}",
            q.unit,
            focus=focus,
            kept=kept,
            category=category or "all final demand",
            shifted=float(share * np.abs(change).sum() / 2),
            **q.attrs,
        ),
    )


def demand_of(table: MRIOTable, region: str, category: str | None) -> Array:
    """Return the final demand of a region or group, or one category of it, by product and supplier, (n,)."""
    codes = countries.resolve(table, region)
    columns = np.isin(table.accounts.demand.get_level_values(0), codes)
    if category is not None:
        categories = table.accounts.demand.get_level_values(1)
        if category not in categories:
            raise unknown("category of final demand", category, list(dict.fromkeys(categories)))
        columns &= np.asarray(categories == category)
    return np.asarray(table.accounts.Y[:, columns].sum(axis=1))


def _goal(table: MRIOTable, focus: str, like: str | pd.Series[float] | MRIOTable, category: str | None) -> Array:
    if isinstance(like, MRIOTable):
        if like.industries != table.industries:
            raise ComparisonError(f"{like.label} and {table.label} have other industries; aggregate both to one list.")
        return np.asarray(basket(like, focus, category=category), dtype=np.float64)
    return basket_shares(table, like, category)


def basket_shares(table: MRIOTable, like: str | pd.Series[float], category: str | None) -> Array:
    """Return the shares of products in the basket of a region, or in one given by industry, (industries,)."""
    if isinstance(like, pd.Series):
        for industry in like.index:
            if industry not in table.industries:
                raise unknown("industry in the basket", industry, table.industries)
        shares = like.reindex(table.industries).fillna(0.0).to_numpy(dtype=np.float64)
        if (shares < 0).any() or shares.sum() <= 0:
            raise OptionError("The basket given has negative shares, or none; give shares of at least 0.")
        return np.asarray(shares / shares.sum(), dtype=np.float64)
    return np.asarray(basket(table, like, category=category), dtype=np.float64)


def basket_factors(table: MRIOTable, focus: str, bought: Array, goal: Array) -> tuple[Array, list[str]]:
    """Return by what spending on each product is multiplied, (industries,), and which products keep theirs."""
    products = table.industry_codes
    own = np.isin(table.region_codes, [table.regions.index(code) for code in countries.resolve(table, focus)])
    spent = np.bincount(products, bought, len(table.industries))
    at_home = np.bincount(products, np.where(own & table.active, bought, 0.0), len(spent))
    moves = (spent > 0) & (at_home > 0) & (goal >= 0)
    if not (goal[moves] > 0).any():
        raise OptionError("The other basket holds nothing that the country buys at home; choose another.")
    wanted = goal * moves * spent[moves].sum() / goal[moves].sum()
    factor = np.divide(wanted, spent, out=np.ones_like(spent), where=moves)
    return factor, [name for name, moved in zip(table.industries, moves, strict=True) if not moved]


def _name(like: str | pd.Series[float] | MRIOTable, focus: str) -> str:
    if isinstance(like, MRIOTable):
        return f"in {like.label}"
    return str(like.name or "the basket given") if isinstance(like, pd.Series) else like


def reweighted(table: MRIOTable, region: str, larger: Sequence[str], *, increase: float = 0.1) -> pd.Series[float]:
    """Basket in which some products take a larger share, for use with `shift_basket`; negative shares are cut at 0.

    Parameters
    ----------
    larger : sequence of str
        Industries whose share grows.
    increase : float
        By how much of what they have; the others shrink in proportion.
    """
    shares = basket(table, region).clip(lower=0)
    for industry in larger:
        if industry not in shares.index:
            raise unknown("industry", industry, table.industries)
    grown = shares.copy()
    grown[list(larger)] *= 1 + increase
    return (grown / grown.sum()).rename(f"more of {', '.join(larger)}")
