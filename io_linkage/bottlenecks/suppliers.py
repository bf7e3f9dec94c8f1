"""Concentration of the countries that inputs come from; the rest of the world is bounded, since it is no country."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Literal

import numpy as np
import pandas as pd

from io_linkage import economies as countries
from io_linkage.bottlenecks.content import Reach, per_buyer, per_supplier
from io_linkage.bottlenecks.foreign_inputs import WHOLES, By, buyers
from io_linkage.captions import labelled
from io_linkage.errors import OptionError, require_option
from io_linkage.leontief import Array
from io_linkage.selection import groups_by
from io_linkage.table import MRIOTable

Unit = Literal["industry", "product"]
#: Kinds of reach that count inputs alone.
INPUTS: tuple[Reach, ...] = ("direct", "look_through", "hidden")


def suppliers(
    table: MRIOTable,
    *,
    reach: Reach = "look_through",
    unit: Unit = "industry",
    domestic: bool = False,
    rest_economies: int = 20,
    regions: str | Sequence[str] | None = None,
    industries: str | Iterable[str] | None = None,
    by: By | None = None,
    stage_weights: pd.DataFrame | None = None,
    membership_year: int | None = None,
) -> pd.DataFrame:
    r"""Concentration of supplying countries, direct, looked through or hidden behind the direct ones.

    .. math:: HHI_j = \sum_{s \ne r} \left( f_{sj} / \sum_{s \ne r} f_{sj} \right)^2, \qquad
        f_{sj} = \sum_{i \in s} a_{ij}, \; \sum_{i \in s} (L - I)_{ij} \;\text{or}\; \sum_{i \in s} (L - I - A)_{ij}

    Rest of world is many countries in one, so that the index is bounded: without it, shares of the others alone; with
    it spread evenly over m countries, :math:`\sum_{s \ne RoW} f_s^2 + f_{RoW}^2 / m`.

    Parameters
    ----------
    table : MRIOTable
    reach : {"look_through", "direct", "hidden"}
    unit : {"industry", "product"}
        "industry": all inputs that an industry buys. "product": all of a product that the industries of a region use.
    domestic : bool
        Count the own region as one of the suppliers.
    rest_economies : int
        m, the countries that rest of world is spread over.
    regions : str or sequence of str, optional
        Whose inputs; those of all by default.
    industries : str or iterable of str, optional
        Buying industries, or with `unit="product"` the products; all by default.
    by : {"region", "industry", "stage", "region-stage"}, optional
        Add the inputs of buyers up, weighted with output, before the index is taken; for `unit="industry"`.
    stage_weights : DataFrame, (n, stages), optional
        Stage shares instead of the shipped central ones.
    membership_year : int, optional
        Year whose members of a group in `regions` count; the table's own by default.

    Returns
    -------
    DataFrame by country-industry (or region and product, or group): ``hhi`` with rest of world as one supplier,
    ``hhi_without_rest``, ``hhi_rest_spread``, ``equivalent`` = 1/hhi equal ones, ``rest_share`` of rest of world,
    ``largest`` and ``largest_share``. Negative flows count as 0; NaN where nothing is bought from abroad.

    References
    ----------
    Herfindahl (1950); Hirschman (1964).

    See Also
    --------
    io_linkage.ties.hhi : suppliers and buyers of all purchases, final use included, direct.

    Examples
    --------
    >>> import io_linkage as iol
    >>> row = suppliers(iol.load(), regions="MEX", industries="34t35").loc[("MEX", "34t35")]
    >>> row["largest"], round(float(row["hhi"]), 3), round(float(row["hhi_without_rest"]), 3)
    ('USA', 0.182, 0.204)
    """
    require_option("reach", reach, INPUTS)
    require_option("unit", unit, ("industry", "product"))
    if not (isinstance(rest_economies, int) and rest_economies >= 1):
        raise OptionError(
            f"rest_economies={rest_economies!r} is not possible; give the number of countries, 1 or more."
        )
    if unit == "product" and by is not None:
        raise OptionError(
            "by= adds up the inputs of industries; with unit='product' rows are the products of a region."
        )
    who = buyers(table, regions, industries, by, stage_weights, membership_year=membership_year)
    if unit == "product":
        flows = _by_product(table, reach)
    else:
        M, _ = groups_by(table, "region")
        flows = per_buyer(table, reach, M)
        if by is not None:
            flows *= table.accounts.x[:, None]
    flows = np.maximum(flows, 0.0)
    if not domestic:
        flows[np.arange(len(flows)), table.region_codes] = 0.0
    frame = concentration(table, who.sums(flows), who.index, rest_economies)
    whose = "all" if domestic else "foreign"
    return labelled(
        frame,
        table.caption(
            f"concentration of {whose} suppliers by {by or unit}: {WHOLES[reach]}",
            "index, 0 to 1",
            reach=reach,
            note=rest_note(table, rest_economies),
        ),
    )


def concentration(table: MRIOTable, flows: Array, index: pd.Index[Any], rest_economies: int) -> pd.DataFrame:
    """Return indices of flows by origin, (rows, regions): rest of world as one supplier, left out, and spread."""
    rest = np.isin(table.regions, countries.rest_regions(table))
    shares = _shares(flows)
    squares = shares**2
    largest = np.where(np.isnan(shares[:, 0]), -1, np.nan_to_num(shares).argmax(axis=1))
    hhi = squares.sum(axis=1)
    return pd.DataFrame(
        {
            "hhi": hhi,
            "hhi_without_rest": (_shares(flows[:, ~rest]) ** 2).sum(axis=1) if (~rest).any() else np.nan,
            "hhi_rest_spread": squares[:, ~rest].sum(axis=1) + squares[:, rest].sum(axis=1) / rest_economies,
            "equivalent": 1 / hhi,
            "rest_share": shares[:, rest].sum(axis=1),
            "largest": np.array([*table.regions, None], dtype=object)[largest],
            "largest_share": shares.max(axis=1),
        },
        index=index,
    )


def _shares(flows: Array) -> Array:
    total = flows.sum(axis=1, keepdims=True)
    return np.asarray(np.divide(flows, total, out=np.full_like(flows, np.nan), where=total > 0))


def _by_product(table: MRIOTable, reach: Reach) -> Array:
    """Return what the industries of a region use of a product: (buying region and product, regions of origin)."""
    M, _ = groups_by(table, "region")
    used = per_supplier(table, reach, M * table.accounts.x[:, None])
    # used[(origin, product), buyer] turned to bought[(buyer, product), origin].
    cube = np.zeros((len(table.regions), len(table.industries), len(table.regions)))
    cube[table.region_codes, table.industry_codes] = used
    return np.asarray(cube[:, table.industry_codes, table.region_codes].T)


def rest_note(table: MRIOTable, rest_economies: int, column: str = "hhi") -> str:
    """Return the sentence on what became of the rest of the world; empty where there is none."""
    rest = countries.rest_regions(table)
    if not rest:
        return ""
    return (
        f"{' and '.join(rest)} stands for many economies: {column} counts it as one, {column}_without_rest leaves it "
        f"out, {column}_rest_spread spreads it over {rest_economies}."
    )
