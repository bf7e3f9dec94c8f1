"""Growth of economies: technical progress in industries, and capital and labour that move between them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias, get_args

import numpy as np
import numpy.typing as npt
import pandas as pd

from io_linkage.captions import labelled
from io_linkage.errors import AddingUpError, OptionError, require_option
from io_linkage.leontief import Array
from io_linkage.productivity.aggregates import Whole
from io_linkage.productivity.capital import rebuild
from io_linkage.productivity.changes import Changes, Span, Volume, Years, averaged, changes, span
from io_linkage.productivity.growth_accounts import GrowthAccounts, product
from io_linkage.productivity.industries import UNIT, capital_notes, year_range
from io_linkage.wording import listed

Stock: TypeAlias = Literal["both", "published", "rebuilt"]

#: An economy is left out when the industries with accounts make less than this share of its value added.
COVERED = 0.8
TERMS = ("technical_progress", "allocation_of_capital", "allocation_of_labour")
_TOLERANCE = 1e-9


@dataclass(frozen=True, eq=False)
class EconomyGrowth:
    """Growth of economies and its sources; the identity is checked when it is made.

    Value added less capital and labour is TFP, and TFP is technical progress plus the allocation of capital and of
    labour (Jorgenson, Ho & Stiroh 2005).

    Attributes
    ----------
    regions : DataFrame
        Rows (region, capital[, year]), where capital says which stock. value_added; capital, hours and skill, which
        with tfp add up to it; technical_progress, allocation_of_capital and allocation_of_labour, which add up to tfp;
        capital_share; covered_share, of the industries with accounts in value added.
    industries : DataFrame
        Rows (region, capital, industry[, year]): value_added_share (mean of the two years), domar_weight, tfp (on gross
        output), tfp_of_value_added and technical_progress, the contribution to the economy's.
    attrs : mapping

    Raises
    ------
    AddingUpError
        When the terms miss TFP by more than 1e-9.
    """

    regions: pd.DataFrame
    industries: pd.DataFrame
    attrs: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Check that the terms add up, and that industries add up to technical progress."""
        frame = self.regions
        tfp = frame["value_added"] - frame[["capital", "hours", "skill"]].sum(axis=1, skipna=False)
        _require("TFP", frame[list(TERMS)].sum(axis=1, skipna=False), tfp)
        _require("TFP", frame["tfp"], tfp)
        levels = list(frame.index.names)
        summed = self.industries["technical_progress"].groupby(level=levels, sort=False).sum().reindex(frame.index)
        _require("technical progress", summed.where(tfp.notna()), frame["technical_progress"])

    def __repr__(self) -> str:
        """One line: how many economies, which years."""
        regions = self.regions.index.unique("region")
        return f"<EconomyGrowth {self.attrs.get('table', '')}: {len(regions)} economies>"


def _require(what: str, terms: pd.Series[float], whole: pd.Series[float]) -> None:
    gap = (terms - whole).abs()
    bad = (gap > _TOLERANCE) | (terms.isna() != whole.isna())
    if bad.any():
        worst = int(gap.where(bad, -1).argmax())
        raise AddingUpError(
            f"The terms miss {what} in {int(bad.sum())} of {len(gap)} economies, most in {terms.index[worst]}: "
            f"{terms.iloc[worst]:.12g} against {whole.iloc[worst]:.12g}. A term is wrong; please report it."
        )


def economy_growth(
    accounts: GrowthAccounts,
    *,
    volume: Volume = "published",
    capital: Stock = "both",
    years: Years = "mean",
    first: int | None = None,
    last: int | None = None,
) -> EconomyGrowth:
    r"""Growth of each economy: capital, labour, technical progress in its industries, and their allocation.

    .. math::
        d\ln V - \alpha_K d\ln K - \alpha_L d\ln L = \sum_j D_j \tau_j + \rho_K + \rho_L, \qquad
        D_j = \frac{\bar w_j}{s_{V,j}}

    with :math:`\rho_K = \sum_j \bar w_j (s_K / s_V)_j d\ln K_j - \alpha_K d\ln K`, and :math:`\rho_L` alike.
    :math:`\bar w_j` is the mean of an industry's shares in value added. The economy's capital is the sum of its
    industries'; its labour sums the hours of each kind and weighs the kinds.

    Parameters
    ----------
    accounts : GrowthAccounts
    volume, years, first, last
        As in `industry_growth`.
    capital : {"both", "published", "rebuilt"}
        Economies whose published stock implies a depreciation that is not possible (China) are shown with it
        and with the stock rebuilt from investment, or with one of them.

    Returns
    -------
    EconomyGrowth

    Raises
    ------
    OptionError
        Years without a neighbour; no economy has accounts for these years.
    AddingUpError
        A term is wrong.

    References
    ----------
    Jorgenson, Ho & Stiroh (2005), Information Technology and the American Growth Resurgence; Hulten (1978).

    See Also
    --------
    industry_growth, labour_productivity

    Examples
    --------
    >>> from io_linkage.productivity import accounts
    >>> growth = economy_growth(accounts(regions=["CHN", "USA"]), last=2007)
    >>> growth.regions["tfp"].round(3).to_dict()
    {('CHN', 'published'): 0.063, ('CHN', 'rebuilt'): 0.045, ('USA', 'published'): 0.008}
    """
    require_option("capital", capital, get_args(Stock))
    pairs = span(accounts, years, first, last)
    parts = [_one(stated, which, pairs, volume) for which, stated in _readings(accounts, capital).items()]
    regions = pd.concat([part.regions for part in parts])
    industries = pd.concat([part.industries for part in parts])
    order = [code for code in accounts.regions if code in regions.index.unique("region")]
    left_out = tuple(dict.fromkeys(name for part in parts for name in part.left_out))
    if regions["tfp"].isna().all():
        raise OptionError(
            f"No economy has accounts for {year_range(accounts, pairs)[0]}-{pairs.labels[-1]}: missing are "
            f"{listed(left_out)}. Choose other years with first= and last=."
        )
    notes = [f"Left out for want of an account in some year: {listed(left_out)}."] if left_out else []
    attrs = accounts.caption(
        "growth of value added and its sources", UNIT, year_range(accounts, pairs), volume=volume, left_out=left_out,
        note=" ".join([*notes, *capital_notes(accounts)]),
    )  # fmt: skip
    return EconomyGrowth(
        labelled(regions.loc[order], attrs),
        labelled(industries.loc[order], {**attrs, "measure": "growth of industries and its part in the economy's"}),
        attrs,
    )


def _readings(accounts: GrowthAccounts, capital: Stock) -> dict[str, GrowthAccounts]:
    """Return the accounts with each capital stock that is asked for; the rebuilt one of the regions that need it."""
    if accounts.rebuilt:
        others = [code for code in accounts.regions if code not in accounts.rebuilt]
        readings = {"rebuilt": accounts.only(accounts.rebuilt)}
        return ({"published": accounts.only(others)} if others else {}) | readings
    if capital == "published":
        return {"published": accounts}
    again = rebuild(accounts)
    if not again.rebuilt:
        return {"published": accounts}
    if capital == "rebuilt":
        return _readings(again, capital)
    return {"published": accounts, "rebuilt": again.only(again.rebuilt)}


@dataclass(frozen=True, eq=False)
class _Reading:
    regions: pd.DataFrame
    industries: pd.DataFrame
    left_out: tuple[str, ...]


def _one(accounts: GrowthAccounts, which: str, pairs: Span, volume: Volume) -> _Reading:
    moved = changes(accounts, pairs, volume)
    whole = Whole(accounts, moved)
    good = covered_share(accounts, pairs, whole) >= COVERED
    weight = whole.weight
    domar = np.divide(weight, moved.s_value_added, out=np.zeros(weight.shape), where=moved.known)
    tau = np.where(moved.known, moved.tau, np.nan)
    flows = {
        "value_added": whole.value_added,
        "capital": whole.capital,
        "hours": whole.hours,
        "skill": whole.labour - whole.hours,
        "tfp": whole.value_added - whole.capital - whole.labour,
        "technical_progress": whole.sums(domar * tau),
        "allocation_of_capital": whole.sums(domar * moved.s_capital * moved.capital) - whole.capital,
        "allocation_of_labour": whole.sums(domar * (moved.s_labour * moved.labour).sum(axis=0)) - whole.labour,
    }
    shares = {"capital_share": whole.capital_share, "covered_share": covered_share(accounts, pairs, whole)}
    regions = {name: averaged(np.where(good, values, np.nan), pairs).ravel() for name, values in flows.items()}
    regions |= {name: _mean(values, pairs) for name, values in shares.items()}
    cells = {name: _mean(values, pairs) for name, values in (("value_added_share", weight), ("domar_weight", domar))}
    cells |= {
        "tfp": averaged(tau, pairs).ravel(),
        "tfp_of_value_added": averaged(tfp_of_value_added(moved), pairs).ravel(),
    }
    # A year without the industry's accounts counts as 0 here, so that industries add up to the economy.
    cells["technical_progress"] = averaged(np.nan_to_num(domar * tau), pairs).ravel()
    return _Reading(
        pd.DataFrame(regions, index=_index([accounts.regions], which, pairs)),
        pd.DataFrame(cells, index=_index([accounts.regions, accounts.industries], which, pairs)),
        _missing(accounts, moved.known, good),
    )


def tfp_of_value_added(moved: Changes) -> Array:
    """TFP on value added, tau / s_V, (cells, pairs); NaN where it is not known."""
    out = np.full(moved.known.shape, np.nan)
    np.divide(moved.tau, moved.s_value_added, out=out, where=moved.known)
    return out


def covered_share(accounts: GrowthAccounts, pairs: Span, whole: Whole) -> Array:
    """Share of value added in the industries with accounts, (regions, pairs): the smaller of the two years'."""
    every = np.nan_to_num(accounts.array("value_added"))
    total = whole.sums.over(np.stack([every[:, list(pairs.start)], every[:, list(pairs.end)]]))
    shares = np.divide(whole.total, total, out=np.zeros(total.shape), where=total > 0)
    return np.asarray(shares.min(axis=0))


def _mean(values: Array, pairs: Span) -> Array:
    """Shares are averaged over pairs, never divided by the length of a pair."""
    return values.ravel() if pairs.years == "each" else np.asarray(values.mean(axis=-1))


def _index(levels: list[list[str]], which: str, pairs: Span) -> pd.MultiIndex:
    lists: list[list[Any]] = [levels[0], [which], *levels[1:]]
    names = ["region", "capital", "industry"][: len(lists)]
    if pairs.years == "each":
        lists, names = [*lists, list(pairs.labels)], [*names, "year"]
    return product(lists, names)


def _missing(accounts: GrowthAccounts, known: npt.NDArray[np.bool_], good: npt.NDArray[np.bool_]) -> tuple[str, ...]:
    """Regions without growth in some pair, and industries of the others without accounts in some pair."""
    active = (np.nan_to_num(accounts.array("gross_output")) > 0).any(axis=1)
    regions = [code for k, code in enumerate(accounts.regions) if not good[k].all()]
    cells = accounts.cells[np.asarray(active & ~known.all(axis=1))]
    return (*regions, *(f"{region} {industry}" for region, industry in cells if region not in regions))
