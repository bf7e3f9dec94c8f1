r"""The capital stock: what depreciation it implies, and a stock built again from investment.

Terms
-----
implied depreciation : :math:`\delta_t = 1 - (K_t - I_t) / K_{t-1}`, what the stock must have lost to be what it is.
rebuilt stock : :math:`K_t = (1 - \delta_j) K_{t-1} + I_t` from the first year's stock, with the rate that a
    country-industry implies between the first two years throughout.
"""

from __future__ import annotations

from typing import Literal, TypeAlias, get_args

import numpy as np
import numpy.typing as npt
import pandas as pd

from io_linkage.captions import labelled
from io_linkage.errors import OptionError, require_option, require_share
from io_linkage.leontief import Array
from io_linkage.productivity.growth_accounts import GrowthAccounts

By: TypeAlias = Literal["region", "industry"]

#: Yearly depreciation of a whole economy's capital that can be true.
POSSIBLE = (0.0, 0.15)


def depreciation(accounts: GrowthAccounts, *, by: By = "region") -> pd.DataFrame:
    r"""Depreciation that the capital stock implies, a year.

    .. math:: \delta_t = 1 - \frac{K_t - I_t}{K_{t-1}}

    Parameters
    ----------
    accounts : GrowthAccounts
    by : {"region", "industry"}
        Of each region, or of each country-industry.

    Returns
    -------
    DataFrame, (regions or country-industries, years from the second on); shares of the stock a year; NaN where the
    stock or investment is not known, or the year before.

    References
    ----------
    OECD (2009), Measuring Capital, 2nd edition.

    See Also
    --------
    findings : names the regions in which it is not possible.

    Examples
    --------
    >>> from io_linkage.productivity import accounts
    >>> depreciation(accounts()).loc["CHN", [1996, 2007]].round(3).tolist()
    [0.072, 0.213]
    """
    require_option("by", by, get_args(By))
    stock, investment = accounts.array("capital_stock"), accounts.array("investment_volume")
    index: pd.Index[str] | pd.MultiIndex = accounts.cells
    if by == "region":
        known = np.isfinite(stock) & np.isfinite(investment)
        # Industries that never have a stock are left out; a year in which another lacks one is not known.
        ever = np.asarray(known.any(axis=1))
        stock, investment = (_by_region(accounts, values, ever) for values in (stock, investment))
        index = pd.Index(accounts.regions, name="region")
    rates = np.where(_successive(accounts), _implied(stock, investment), np.nan)
    frame = pd.DataFrame(rates, index=index, columns=pd.Index(accounts.years[1:], name="year"))
    caption = accounts.caption("implied depreciation of capital", "share of the stock a year", accounts.years[1:])
    return labelled(frame, caption, by=by)


def doubtful(accounts: GrowthAccounts) -> list[str]:
    """Regions whose capital implies a depreciation outside 0 to 15 % in some year."""
    rates = depreciation(accounts)
    outside = (rates < POSSIBLE[0]) | (rates > POSSIBLE[1])
    return [str(region) for region in rates.index[outside.any(axis=1)]]


def rebuild(accounts: GrowthAccounts, rate: float | None = None) -> GrowthAccounts:
    """Return the accounts with the stock of doubtful regions built again; see `rebuilt_capital`."""
    if rate is not None:
        require_share("rate", rate)
    regions = doubtful(accounts)
    if not regions:
        return accounts
    if not _successive(accounts).all():
        raise OptionError(
            f"The stock of {', '.join(regions)} cannot be rebuilt: the accounts lack years between "
            f"{accounts.years[0]} and {accounts.years[-1]}. Use capital='published'."
        )
    stock, investment = accounts.array("capital_stock"), accounts.array("investment_volume")
    chosen = np.isin(accounts.region_codes, [accounts.regions.index(code) for code in regions])
    own = _implied(stock[:, :2], investment[:, :2])[:, 0]
    whole = depreciation(accounts).iloc[:, 0].to_numpy()[accounts.region_codes]
    possible = np.isfinite(own) & (own >= POSSIBLE[0]) & (own < 1)
    rates = np.where(possible, own, whole) if rate is None else np.full(len(own), rate)
    if not np.isfinite(rates[chosen & (stock[:, 0] > 0)]).all():
        raise OptionError(
            f"The stock of {', '.join(regions)} cannot be rebuilt: stock and investment of the first two years are not "
            "known. Use capital='published'."
        )
    new = stock.copy()
    for year in range(1, stock.shape[1]):
        new[:, year] = (1 - rates) * new[:, year - 1] + investment[:, year]
    # Industries without capital stay without.
    rebuilt = np.where(chosen[:, None] & (stock[:, :1] > 0), new, stock)
    return accounts.with_capital(rebuilt, regions)


def rebuilt_capital(accounts: GrowthAccounts, *, rate: float | None = None) -> pd.DataFrame:
    r"""Build the capital stock again from investment, for regions whose published one implies what is not possible.

    .. math:: K_t = (1 - \delta_j) K_{t-1} + I_t

    :math:`\delta_j` is the depreciation that the country-industry itself implies between the first two years (its
    region's where that is below 0). Only regions are rebuilt in which implied depreciation leaves 0 to 15 %
    in some year.

    Parameters
    ----------
    accounts : GrowthAccounts
    rate : float, optional
        One yearly depreciation for all industries in place of their own.

    Returns
    -------
    DataFrame, (country-industries of those regions, years), in the unit of the stock; empty where there are none.

    References
    ----------
    OECD (2009), Measuring Capital, 2nd edition: the perpetual inventory method.

    See Also
    --------
    accounts : ``accounts(capital="rebuilt")`` uses it.

    Examples
    --------
    >>> from io_linkage.productivity import accounts
    >>> rebuilt_capital(accounts()).index.unique("region").tolist()
    ['CHN']
    """
    made = rebuild(accounts, rate)
    frame = pd.DataFrame(
        made.array("capital_stock"), index=accounts.cells, columns=pd.Index(accounts.years, name="year")
    )
    frame = frame[accounts.cells.get_level_values("region").isin(made.rebuilt)]
    unit = f"{accounts.unit} at the prices of one year".strip()
    return labelled(frame, accounts.caption("capital stock, rebuilt from investment", unit, accounts.years))


def _successive(accounts: GrowthAccounts) -> npt.NDArray[np.bool_]:
    return np.asarray(np.diff(accounts.years) == 1)


def _implied(stock: Array, investment: Array) -> Array:
    before = stock[:, :-1]
    rates = np.full(before.shape, np.nan)
    np.divide(stock[:, 1:] - investment[:, 1:], before, out=rates, where=before > 0)
    return np.asarray(1 - rates)


def _by_region(accounts: GrowthAccounts, values: Array, ever: npt.NDArray[np.bool_]) -> Array:
    total = np.zeros((len(accounts.regions), values.shape[1]))
    np.add.at(total, accounts.region_codes[ever], values[ever])
    total[np.bincount(accounts.region_codes[ever], minlength=len(total)) == 0] = np.nan
    return total
