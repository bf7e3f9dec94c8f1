r"""Snapshots of tables in current prices, or in those of a base year.

Rows of Z and Y are divided by the seller's price :math:`p_i`. Value added is then what is left of deflated output after
deflated inputs (double deflation), or the published value added divided by its own index. A region without prices
takes the world mean of the product, and results say so.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

import numpy as np

from io_linkage.accounts import RESIDUAL_NAME
from io_linkage.decomposition.factors import Snapshot
from io_linkage.errors import ComparisonError, MissingSatelliteError
from io_linkage.intensities import Account, Intensity, intensity
from io_linkage.leontief import Array, System
from io_linkage.panel import require_comparable
from io_linkage.table import MRIOTable

Prices: TypeAlias = Literal["current", "constant"]
Volume: TypeAlias = Literal["double_deflated", "published"]
PRICES: tuple[Prices, ...] = ("current", "constant")
VOLUMES: tuple[Volume, ...] = ("double_deflated", "published")


def require_order(before: MRIOTable, after: MRIOTable) -> None:
    """Raise `ComparisonError` unless both tables have the same labels and definitions, the earlier one first."""
    require_comparable(before, after)
    if not before.index.equals(after.index):
        raise ComparisonError(
            f"{before.label} and {after.label} have other country-industries; aggregate both to one classification."
        )
    if before.year is not None and after.year is not None and before.year >= after.year:
        raise ComparisonError(
            f"A change runs from the first table to the second, here from {before.year} to {after.year}: give the "
            "earlier table first and two different years."
        )


def snapshot(table: MRIOTable, of: Account, prices: Prices, volume: Volume = "double_deflated") -> Snapshot:
    """Return the arrays of one year in the prices asked for."""
    account = intensity(table, of)
    bought: Array = table.demand_by_region.to_numpy(dtype=np.float64)
    total = account.amounts(table)
    if prices == "current":
        return Snapshot(account.counted, total, account.known, table.system, bought)
    price, filled = deflator(table, "gross_output_deflator")
    # (I - p^-1 A p): the same table with every row in constant prices.
    system = System(table.accounts.Z / price[:, None], table.accounts.x / price)
    total = _deflated(table, account, total, price, system, volume)
    per_output = np.divide(total, system.x, out=np.zeros_like(total), where=system.active)
    return Snapshot(per_output, total, account.known, system, bought / price[:, None], filled)


def _deflated(
    table: MRIOTable, account: Intensity, total: Array, price: Array, system: System, volume: Volume
) -> Array:
    if account.unit != table.unit:
        return total
    if account.is_output:
        return total / price
    if account.name == "value_added" and volume == "double_deflated":
        return np.asarray(system.x - system.Z.sum(axis=0))
    return total / deflator(table, "value_added_deflator")[0]


def price_unit(table: MRIOTable, unit: str, prices: Prices) -> str:
    """Return the unit of an account, with the base year of its prices where they are constant."""
    if prices == "current" or unit != table.unit:
        return unit
    base = table.satellite("gross_output_deflator").attrs["unit"].split("=")[0].replace("index,", "").strip()
    return f"{unit} at {base} prices"


def value_added_label(table: MRIOTable, prices: Prices, volume: Volume) -> str:
    """Return what value added is: double deflation leaves taxes and margins in it."""
    double = prices == "constant" and volume == "double_deflated"
    return RESIDUAL_NAME if double else table.value_added_label


def deflator(table: MRIOTable, name: str) -> tuple[Array, tuple[str, ...]]:
    """Deflators (n,), filled by the industry's mean elsewhere; regions that were filled."""
    prices = table.satellite(name).to_numpy(dtype=np.float64).copy()
    x = table.accounts.x
    known = np.isfinite(prices) & (prices > 0)
    if x[known].sum() < 0.5 * x.sum():
        lacking = [r for k, r in enumerate(table.regions) if not known[table.region_codes == k].any()]
        raise MissingSatelliteError(
            f"{table.label} has {name} for {x[known].sum() / x.sum():.0%} of output only; it lacks it for "
            f"{', '.join(lacking)}. Use years that have it, or prices='current'."
        )
    weight = np.where(known, x, 0.0)
    industries = len(table.industries)
    weighted = np.where(known, prices, 0.0) * weight
    top = np.bincount(table.industry_codes, weighted, industries)
    base = np.bincount(table.industry_codes, weight, industries)
    mean = np.divide(top, base, out=np.full(industries, weighted.sum() / weight.sum()), where=base > 0)
    gaps = ~known & table.active
    prices[~known] = mean[table.industry_codes][~known]
    return np.asarray(prices), tuple(r for k, r in enumerate(table.regions) if gaps[table.region_codes == k].any())
