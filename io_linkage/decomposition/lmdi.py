r"""Logarithmic mean Divisia index: a change of products of factors, cell by cell, without a residual (LMDI-I).

.. math:: E_k = \sum_c \Lambda(m_{1c}, m_{0c}) \ln \frac{f_{1kc}}{f_{0kc}}, \qquad
    \Lambda(a, b) = \frac{a - b}{\ln a - \ln b}, \quad m_c = \prod_k f_{kc}

A cell that appears or vanishes goes in equal parts to the factors that were or become zero, the limit of ever smaller
positive numbers in their place. A negative cell has no logarithm.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from io_linkage.captions import labelled
from io_linkage.decomposition.averages import effects
from io_linkage.decomposition.factors import Pair, Snapshot
from io_linkage.decomposition.grouping import empty_groups, groups
from io_linkage.decomposition.prices import PRICES, Prices, price_unit, require_order, snapshot
from io_linkage.errors import AddingUpError, OptionError, require_option
from io_linkage.intensities import Account, intensity
from io_linkage.leontief import Array
from io_linkage.table import MRIOTable

Model: TypeAlias = Literal["demand", "output"]
Form: TypeAlias = Literal["additive", "multiplicative"]
Negative: TypeAlias = Literal["refuse", "additive"]

FACTORS: dict[Model, tuple[str, ...]] = {
    "demand": ("intensity", "technology", "final_sourcing", "mix", "level"),
    "output": ("intensity", "structure", "activity"),
}


def lmdi(
    before: MRIOTable,
    after: MRIOTable,
    *,
    of: Account = "value_added",
    by: Literal["world", "region", "industry", "region-industry"] = "region",
    model: Model = "demand",
    form: Form = "additive",
    negative: Negative = "refuse",
    prices: Prices = "current",
) -> pd.DataFrame:
    r"""Split the change of an account between two tables by logarithmic means.

    .. math:: \text{demand: } q_i \, l_{ij} \, t_{jr} \, b_{jr} \, l_r, \qquad
        \text{output: } q_i \, \frac{x_i}{X_r} \, X_r

    Parameters
    ----------
    before, after : MRIOTable
        Of one classification, unit and definition of value added, the earlier one first.
    of : str or Series
    by : {"region", "industry", "region-industry", "world"}
        Of whoever earns the account.
    model : {"demand", "output"}
        Intensity, Leontief inverse ("technology") and the sourcing, mix and level of final demand; or intensity,
        structure and activity of the region's own output.
    form : {"additive", "multiplicative"}
        Effects that add up to the change, or factors whose product is the ratio,
        :math:`\exp(E_k / \Lambda(M_1, M_0))`.
    negative : {"refuse", "additive"}
        What happens to cells that are negative in one of the years (inventories run down): the call is refused, or they
        take the average over all orders of the same factors.
    prices : {"current", "constant"}
        As in `structural`.

    Returns
    -------
    DataFrame with columns `before`, the effects and `after`. NaN where the source has no figures, and for a product
    of factors where one of the sums is not positive.

    Raises
    ------
    OptionError
        Negative cells, with how many and where.

    Notes
    -----
    "demand" makes the Leontief inverse of both years.

    References
    ----------
    Ang (2005, 2015); Ang & Liu (2007) and Wood & Lenzen (2006) for zeros.
    """
    require_option("model", model, FACTORS)
    require_option("form", form, ("additive", "multiplicative"))
    require_option("negative", negative, ("refuse", "additive"))
    require_option("by", by, ("world", "region", "industry", "region-industry"))
    require_option("prices", prices, PRICES)
    require_order(before, after)
    years = tuple(snapshot(table, of, prices) for table in (before, after))
    cells = _demand_cells(after, *years) if model == "demand" else _output_cells(after, *years)
    parts = np.zeros((len(FACTORS[model]), len(after.index)))
    for first, last in cells:
        parts += np.stack([part.sum(axis=1) for part in log_mean_effects(first, last, negative=negative)])
    ends = np.stack([year.total for year in years])
    _require_sum(parts, ends)
    rows, W = groups(after.index, by)
    known = years[0].known & years[1].known & (years[0].system.active | years[1].system.active)
    sums, (start, end) = parts @ W, ends @ W
    if form == "multiplicative":
        sums = _ratios(sums, start, end)
    wide = pd.DataFrame({"before": start, **dict(zip(FACTORS[model], sums, strict=True)), "after": end}, index=rows)
    wide[empty_groups(W, known)] = np.nan
    account = intensity(after, of)
    unit = price_unit(after, account.unit, prices)
    return labelled(
        wide,
        after.caption(f"change of {account.label} by logarithmic means", unit),
        **account.attrs,
        **({"units": dict.fromkeys(FACTORS[model], "ratio")} if form == "multiplicative" else {}),
        year=[before.year, after.year],
        prices=prices,
        by=by,
    )


def log_mean_effects(first: Sequence[Array], last: Sequence[Array], *, negative: Negative = "refuse") -> list[Array]:
    """Effect of each factor in each cell; factors broadcast against each other.

    Examples
    --------
    >>> one = [np.array([2.0, 0.0]), np.array([3.0, 5.0])]
    >>> [part.round(4).tolist() for part in log_mean_effects(one, [np.array([4.0, 1.0]), np.array([3.0, 5.0])])]
    [[6.0, 5.0], [0.0, 0.0]]
    """
    m0, m1 = _product(first), _product(last)
    below = _any_below(first, last)
    if below.any() and negative == "refuse":
        raise OptionError(
            f"{int(below.sum())} of {below.size} cells are negative in one of the years (inventories run down, or "
            "negative value added) and have no logarithm. Use negative='additive', which takes the average over all "
            "orders for them, or decomposition.structural."
        )
    both = (m0 > 0) & (m1 > 0) & ~below
    mean = _logarithmic_mean(np.where(both, m0, 1.0), np.where(both, m1, 1.0)) * both
    born, gone = (m0 == 0) & (m1 != 0) & ~below, (m1 == 0) & (m0 != 0) & ~below
    new, old = _shared(m1, born, first), _shared(m0, gone, last)
    parts = []
    for f0, f1 in zip(first, last, strict=True):
        usable = (f0 > 0) & (f1 > 0)
        ratio = np.log(np.divide(f1, f0, out=np.ones(np.broadcast_shapes(f0.shape, f1.shape)), where=usable))
        parts.append(mean * ratio + new * (f0 == 0) - old * (f1 == 0))
    if below.any():
        for part, own in zip(parts, _additive(first, last, below), strict=True):
            part[below] = own
    return parts


def _logarithmic_mean(a: Array, b: Array) -> Array:
    gap = (b - a) / a
    return np.divide(b - a, np.log1p(gap), out=a.copy(), where=gap != 0)


def _product(factors: Sequence[Array]) -> Array:
    total: Array = np.asarray(factors[0])
    for factor in factors[1:]:
        total = total * factor
    return total


def _any_below(first: Sequence[Array], last: Sequence[Array]) -> npt.NDArray[np.bool_]:
    shape = np.broadcast_shapes(*(factor.shape for factor in first))
    below = np.zeros(shape, dtype=bool)
    for factor in (*first, *last):
        below |= factor < 0
    return below


def _shared(amount: Array, where: npt.NDArray[np.bool_], factors: Sequence[Array]) -> Array:
    """Divide amounts equally among the factors that are zero."""
    if not where.any():
        return np.zeros(1)
    count = np.zeros(amount.shape)
    for factor in factors:
        count += factor == 0
    return np.divide(amount, np.maximum(count, 1.0), out=np.zeros_like(amount), where=where)


def _additive(first: Sequence[Array], last: Sequence[Array], where: npt.NDArray[np.bool_]) -> Array:
    """Average over all orders of the factors, for the cells that have no logarithm."""
    ends = [[np.broadcast_to(factor, where.shape)[where] for factor in factors] for factors in (first, last)]
    m = len(first)
    values = np.stack([_product([ends[mask >> k & 1][k] for k in range(m)]) for mask in range(2**m)])
    return effects(values)


def _demand_cells(table: MRIOTable, first: Snapshot, last: Snapshot) -> Iterator[tuple[list[Array], list[Array]]]:
    """Factors of the cells (i, j) of each region of demand, one region at a time."""
    pair = Pair(first, last, table.industry_codes)
    inverses = [year.system.inverse() for year in (first, last)]
    for r in range(len(table.regions)):
        sides = []
        for k, year in enumerate((first, last)):
            sourcing, mix, level = pair.parts_of_demand(k, r)
            sides.append([year.q[:, None], inverses[k], sourcing[None, :], mix[None, :], np.full((1, 1), level)])
        yield sides[0], sides[1]


def _output_cells(table: MRIOTable, first: Snapshot, last: Snapshot) -> Iterator[tuple[list[Array], list[Array]]]:
    """Factors of each country-industry: intensity, share in the region's output, output of the region."""
    sides = []
    for year in (first, last):
        total = np.bincount(table.region_codes, year.system.x, len(table.regions))[table.region_codes]
        share = np.divide(year.system.x, total, out=np.zeros_like(total), where=total > 0)
        sides.append([year.q[:, None], share[:, None], total[:, None]])
    yield sides[0], sides[1]


def _ratios(parts: Array, start: Array, end: Array) -> Array:
    positive = (start > 0) & (end > 0)
    mean = _logarithmic_mean(np.where(positive, start, 1.0), np.where(positive, end, 1.0))
    return np.where(positive, np.exp(np.where(positive, parts, 0.0) / mean), np.nan)


def _require_sum(parts: Array, ends: Array) -> None:
    gap = np.abs(parts.sum(axis=0) - (ends[1] - ends[0]))
    size = np.abs(parts).sum(axis=0) + np.abs(ends).sum(axis=0)
    if (gap > 1e-9 * size + 1e-12 * np.abs(ends).sum()).any():
        raise AddingUpError(
            f"The effects miss the change by up to {gap.max():.3g}. The tables are close to singular, or final demand "
            "and flows do not add up to output; see io_linkage.checks.run(table)."
        )
