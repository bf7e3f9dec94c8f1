"""What is doubtful in growth accounts, by name."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pandas as pd

from io_linkage.captions import labelled
from io_linkage.leontief import Array
from io_linkage.productivity.capital import POSSIBLE, depreciation
from io_linkage.productivity.growth_accounts import GrowthAccounts
from io_linkage.wording import counted, listed

_Row = tuple[str, str, int, int, str, float, str]
_COLUMNS = ("check", "region", "first_year", "last_year", "industries", "worst", "finding")


def findings(accounts: GrowthAccounts) -> pd.DataFrame:
    r"""Name what is doubtful in growth accounts: depreciation, capital income, volumes, the end of capital, adding up.

    .. math:: 0 \le 1 - \frac{K_t - I_t}{K_{t-1}} \le 0.15, \qquad VA - LAB \ge 0, \qquad Q > 0

    Parameters
    ----------
    accounts : GrowthAccounts

    Returns
    -------
    DataFrame, one row for each check and region: check ("implied depreciation", "negative capital income", "no volume",
    "capital ends", "labour scaled"), region, first_year and last_year in which it holds, industries, worst (value
    furthest off: a depreciation a year, a share of value added; NaN where it has no size) and finding, a sentence.

    References
    ----------
    Timmer, Dietzenbacher, Los, Stehrer & de Vries (2015); OECD (2009), Measuring Capital.

    See Also
    --------
    depreciation, rebuilt_capital

    Examples
    --------
    >>> from io_linkage.productivity import accounts
    >>> print(findings(accounts(regions="CHN"))["finding"][0])
    Capital of CHN implies a depreciation of 7 to 28 % a year; outside 0 to 15 % in 2003-2009. Take capital='rebuilt'
    beside it.
    """
    made = [
        *_depreciation(accounts),
        *_capital_income(accounts),
        *_volumes(accounts),
        *_ends(accounts),
        *_scaled(accounts),
    ]
    frame = pd.DataFrame(made, columns=list(_COLUMNS))
    return labelled(frame, accounts.caption("findings in the growth accounts", "", accounts.years))


def _depreciation(accounts: GrowthAccounts) -> Iterator[_Row]:
    rates = depreciation(accounts)
    for region, row in rates.iterrows():
        off = row[(row < POSSIBLE[0]) | (row > POSSIBLE[1])]
        if off.empty:
            continue
        worst = float(off.iloc[int((off - 0.075).abs().argmax())])
        years = [int(str(year)) for year in off.index]
        yield (
            "implied depreciation", str(region), years[0], years[-1], "", worst,
            f"Capital of {region} implies a depreciation of {100 * row.min():.0f} to {100 * row.max():.0f} % a year; "
            f"outside 0 to 15 % in {_range(years)}. Take capital='rebuilt' beside it.",
        )  # fmt: skip


def _capital_income(accounts: GrowthAccounts) -> Iterator[_Row]:
    value_added = accounts.array("value_added")
    share = np.divide(accounts.capital, value_added, out=np.full(value_added.shape, np.nan), where=value_added > 0)
    for region, industries, years, part in _where(accounts, share < -1e-6, share):
        cells = counted(int((part < -1e-6).sum()), "cell")
        yield (
            "negative capital income", region, years[0], years[-1], " ".join(industries), float(np.nanmin(part)),
            f"Labour of {region} is paid more than value added in {cells} of {listed(industries)}: capital has a "
            "negative share there.",
        )  # fmt: skip


def _volumes(accounts: GrowthAccounts) -> Iterator[_Row]:
    for name in ("gross_output", "intermediate_inputs", "value_added"):
        if not accounts.has(f"{name}_volume"):
            continue
        value, volume = accounts.array(name), accounts.array(f"{name}_volume")
        off = (np.nan_to_num(value) != 0) & ~(volume > 0)
        for region, industries, years, _ in _where(accounts, off, volume):
            yield (
                "no volume", region, years[0], years[-1], " ".join(industries), float("nan"),
                f"The volume of {name.replace('_', ' ')} of {region} {listed(industries)} is missing, 0 or negative in "
                f"{_range(years)}: no growth there.",
            )  # fmt: skip


def _ends(accounts: GrowthAccounts) -> Iterator[_Row]:
    stock = np.nan_to_num(accounts.array("capital_stock"))
    for k, region in enumerate(accounts.regions):
        total = stock[accounts.region_codes == k].sum(axis=0)
        last = accounts.years[int(np.flatnonzero(total)[-1])] if total.any() else None
        if last is None:
            yield ("capital ends", region, accounts.years[0], accounts.years[-1], "", float("nan"),
                   f"{region} has no capital stock.")  # fmt: skip
        elif last < accounts.years[-1]:
            yield ("capital ends", region, last + 1, accounts.years[-1], "", float("nan"),
                   f"Capital of {region} ends in {last}.")  # fmt: skip


def _scaled(accounts: GrowthAccounts) -> Iterator[_Row]:
    for region in dict.fromkeys(place.split()[0] for place in accounts.scaled):
        years = [int(place.split()[1]) for place in accounts.scaled if place.split()[0] == region]
        if region in accounts.regions:
            yield (
                "labour scaled", region, years[0], years[-1], "", float("nan"),
                f"Labour and capital of {region} do not add up to value added in {_range(years)}; labour keeps its "
                "share in their sum.",
            )  # fmt: skip


def _where(
    accounts: GrowthAccounts, off: npt.NDArray[np.bool_], values: Array
) -> Iterator[tuple[str, list[str], list[int], Array]]:
    """Regions with cells that are off: their industries, years and values."""
    for k, region in enumerate(accounts.regions):
        rows = np.flatnonzero((accounts.region_codes == k) & off.any(axis=1))
        if len(rows):
            industries = [accounts.industries[row % len(accounts.industries)] for row in rows]
            years = [accounts.years[j] for j in np.flatnonzero(off[rows].any(axis=0))]
            yield region, industries, years, values[rows]


def _range(years: list[int]) -> str:
    return str(years[0]) if len(years) == 1 else f"{years[0]}-{years[-1]}"
