"""Upstreamness and downstreamness: how far industries are from final demand and from primary inputs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, TypeAlias

import numpy as np
import pandas as pd

from io_linkage.captions import labelled
from io_linkage.errors import OptionError, require_option, unknown
from io_linkage.leontief import Array, System
from io_linkage.position.lengths import (
    groups,
)
from io_linkage.selection import groups_by
from io_linkage.table import MRIOTable

Inventories: TypeAlias = Literal["kept", "removed"]
Weight: TypeAlias = Literal["output", "value_added", "final_demand", "exports", "equal"]
Grouping: TypeAlias = Literal["world", "region", "industry", "stage", "region-stage"]

#: Words by which the databases name changes in stocks.
_STOCK_WORDS = ("inventor", "stock")
_STOCK_CODES = ("invnt", "inven", "invt", "p5m", "p52", "p52_p53", "p53", "c42")


def upstreamness(
    table: MRIOTable, *, inventories: Inventories = "kept", inventory_categories: Sequence[str] | None = None
) -> pd.Series[float]:
    r"""Distance to final demand, in stages.

    .. math:: U = (I - B)^{-1} i, \quad B = \hat{x}^{-1} Z; \qquad \text{corrected} \quad B = \widehat{(x - N)}^{-1} Z

    Parameters
    ----------
    table : MRIOTable
        One region will do.
    inventories : {"kept", "removed"}
        Treat changes in stocks N as final demand, or take the inventory step (one more factorisation).
    inventory_categories : sequence of str, optional
        Which categories of final demand are changes in stocks; recognised by name otherwise.

    Returns
    -------
    Series by (region, industry); stages, at least 1 where stocks are kept and final demand is not negative; NaN
    without output. `attrs["uncorrected"]` names industries whose stock change is their whole output or more.

    Raises
    ------
    OptionError
        The inventory step was asked for and no category is known to be stocks.

    References
    ----------
    Antras, Chor, Fally & Hillberry (2012), American Economic Review P&P 102; Antras & Chor (2018), NBER 24185.

    See Also
    --------
    downstreamness, position, by_group

    Examples
    --------
    >>> import io_linkage as iol
    >>> upstreamness(iol.load()).loc["CHN"].round(2).loc[["C", "L"]].to_dict()
    {'C': 4.48, 'L': 1.03}
    """
    system, note = _system(table, inventories, inventory_categories)
    return table.series(system.forward_sums(), "upstreamness", unit="stages", inventories=inventories, **note)


def downstreamness(
    table: MRIOTable, *, inventories: Inventories = "kept", inventory_categories: Sequence[str] | None = None
) -> pd.Series[float]:
    """Distance to primary inputs, in stages: i'L.

    .. math:: D = i'L

    Options, returns and errors as `upstreamness`; with the inventory step A has the rows of Z scaled likewise.

    Returns
    -------
    Series by (region, industry); stages, at least 1; NaN without output.

    References
    ----------
    Antras & Chor (2018), NBER 24185; Fally (2012).

    See Also
    --------
    upstreamness, position

    Examples
    --------
    >>> import io_linkage as iol
    >>> downstreamness(iol.load()).loc["CHN"].round(2).loc[["C", "30t33"]].to_dict()
    {'C': 2.49, '30t33': 3.63}
    """
    system, note = _system(table, inventories, inventory_categories)
    return table.series(system.backward_sums(), "downstreamness", unit="stages", inventories=inventories, **note)


def position(
    table: MRIOTable, *, inventories: Inventories = "kept", inventory_categories: Sequence[str] | None = None
) -> pd.DataFrame:
    """Upstreamness, downstreamness and their ratio, for each industry from one factorisation.

    .. math:: U = G i, D = i'L

    Returns
    -------
    DataFrame by (region, industry): `upstreamness`, `downstreamness`, `ratio` (above 1: more stages ahead than
    behind).

    References
    ----------
    Antras & Chor (2018), NBER 24185.

    See Also
    --------
    upstreamness, downstreamness, by_group
    """
    system, note = _system(table, inventories, inventory_categories)
    U, D = system.forward_sums(), system.backward_sums()
    return table.frame(
        np.column_stack([U, D, U / D]),
        ["upstreamness", "downstreamness", "ratio"],
        "position",
        unit="stages",
        inventories=inventories,
        **note,
    )


def by_group(
    table: MRIOTable,
    *,
    by: Grouping = "region",
    weighted_by: Weight = "output",
    inventories: Inventories = "kept",
    inventory_categories: Sequence[str] | None = None,
    stage_weights: pd.DataFrame | None = None,
) -> pd.DataFrame:
    r"""Weighted means of the industries' positions.

    .. math:: U_g = \sum_i w_{ig} f_i U_i / \sum_i w_{ig} f_i, \qquad f \text{ the weight}

    This is the output-weighted variant of Antras & Chor's country figures; `country_aggregate` is the one they print.

    Parameters
    ----------
    table : MRIOTable
    by : {"world", "region", "industry", "stage", "region-stage"}
    weighted_by : {"output", "value_added", "final_demand", "exports", "equal"}
        Negative weights (stocks drawn down) count as they are.
    inventories, inventory_categories
        As in `upstreamness`.
    stage_weights : DataFrame, (n, stages), optional
        Stage shares instead of the shipped ones.

    Returns
    -------
    DataFrame: `upstreamness`, `downstreamness`, `ratio` of the two means; NaN for groups without weight.

    References
    ----------
    Antras & Chor (2018), NBER 24185.

    See Also
    --------
    country_aggregate : countries as one industry each; position.
    """
    measured = position(table, inventories=inventories, inventory_categories=inventory_categories)
    W, names = groups(table, by, stage_weights)
    weight = np.where(table.active, _weight(table, weighted_by), 0.0)
    total = W.T @ weight
    values = np.nan_to_num(measured[["upstreamness", "downstreamness"]].to_numpy())
    means = (W.T @ (weight[:, None] * values)) / np.where(total != 0, total, np.nan)[:, None]
    result = pd.DataFrame(means, index=names, columns=["upstreamness", "downstreamness"])
    result["ratio"] = result["upstreamness"] / result["downstreamness"]
    return labelled(
        result, {**table.caption("position", "stages"), "weighted_by": weighted_by, "inventories": inventories}
    )


def _weight(table: MRIOTable, weighted_by: str) -> Array:
    require_option("weighted_by", weighted_by, ("output", "value_added", "final_demand", "exports", "equal"))
    if weighted_by == "output":
        return table.accounts.x
    if weighted_by == "value_added":
        return np.asarray(table.va.to_numpy(dtype=np.float64))
    if weighted_by == "final_demand":
        return np.asarray(table.final_demand.to_numpy(dtype=np.float64))
    if weighted_by == "exports":
        from io_linkage.trade_blocks import trade

        return trade(table).total_exports
    return np.ones(len(table.index))


def changes(result: pd.DataFrame, *, per_year: bool = False) -> pd.DataFrame:
    r"""Change of any result from the first year to the last.

    .. math:: \Delta = m_{last} - m_{first}

    Parameters
    ----------
    result : DataFrame
        Stacked by `panel.over`, e.g. ``panel.over(tables, position.by_group)``.
    per_year : bool
        Divide by the years between.

    Returns
    -------
    DataFrame with the rows of one year; NaN where a row is in only one of the two years.

    See Also
    --------
    panel.over : what stacks the years.
    """
    if "year" not in result.index.names:
        raise OptionError("changes needs several years: panel.over(tables, measure).")
    years = sorted(set(result.index.get_level_values("year")))
    if len(years) < 2:
        raise OptionError(f"changes needs two years or more; there is {years[0]} alone.")
    when = result.index.get_level_values("year")
    first, last = (result[when == year].droplevel("year") for year in (years[0], years[-1]))
    span = float(years[-1] - years[0]) if per_year else 1.0
    change: pd.DataFrame = (last - first).reindex(last.index).div(span)
    attrs = {
        **result.attrs,
        "measure": f"change in {result.attrs.get('measure', 'result')}",
        "year": [years[0], years[-1]],
    }
    return labelled(change, {**change.attrs, **attrs})


def country_aggregate(
    table: MRIOTable, *, inventories: Inventories = "removed", inventory_categories: Sequence[str] | None = None
) -> pd.DataFrame:
    """Positions of whole countries, from the table summed to one industry a country.

    .. math:: U = (I - B)^{-1} i, D = i'(I - A)^{-1}, of the summed table

    This is how Antras & Chor's table 1 is made. Summing first hides the chains inside a country, so the numbers differ
    from the mean of its industries (`by_group`).

    Returns
    -------
    DataFrame by region: `final_share` (final demand in output, F/GO), `value_added_share` (output less inputs in
    output, VA/GO), `upstreamness`, `downstreamness`.

    References
    ----------
    Antras & Chor (2018), table 1.

    See Also
    --------
    by_group : means of the industries.
    """
    require_option("inventories", inventories, ("kept", "removed"))
    sums, _ = groups_by(table, "region")
    Z, x = sums.T @ (table.accounts.Z @ sums), sums.T @ table.accounts.x
    note: dict[str, Any] = {}
    if inventories == "removed":
        scale, note = _stock_scale(x, sums.T @ _stocks(table, inventory_categories), table.regions)
        Z = Z * scale[:, None]
    system = System(Z, x)
    share = np.where(x > 0, x, np.nan)
    values = {
        "final_share": 1 - Z.sum(axis=1) / share,
        "value_added_share": 1 - Z.sum(axis=0) / share,
        "upstreamness": np.where(x > 0, system.forward_sums(), np.nan),
        "downstreamness": np.where(x > 0, system.backward_sums(), np.nan),
    }
    result = pd.DataFrame(values, index=pd.Index(table.regions, name="region"))
    return labelled(result, {**table.caption("position of countries", "stages"), "inventories": inventories, **note})


def _system(table: MRIOTable, inventories: str, categories: Sequence[str] | None) -> tuple[System, dict[str, Any]]:
    require_option("inventories", inventories, ("kept", "removed"))
    if inventories == "kept":
        return table.system, {}
    scale, note = _stock_scale(table.accounts.x, _stocks(table, categories), list(table.index))
    return System(table.accounts.Z * scale[:, None], table.accounts.x), note


def _stocks(table: MRIOTable, categories: Sequence[str] | None) -> Array:
    """Sum changes in stocks of each product, anywhere, (n,)."""
    columns = table.accounts.demand.get_level_values(1)
    known = list(dict.fromkeys(str(c) for c in columns))
    if categories is None:
        chosen = [c for c in known if _is_stock(c)]
        if not chosen:
            raise OptionError(
                f"None of the final-demand categories of {table.label} is known to be changes in stocks: "
                f"{', '.join(known)}. Name it with inventory_categories=[...], or keep inventories='kept'."
            )
    else:
        chosen = list(categories)
        for category in chosen:
            if category not in known:
                raise unknown("final-demand category", category, known)
    return np.asarray(table.accounts.Y[:, np.asarray(columns.isin(chosen))].sum(axis=1))


def _is_stock(category: str) -> bool:
    lower = category.lower()
    return any(word in lower for word in _STOCK_WORDS) or lower in _STOCK_CODES


def _stock_scale(x: Array, stocks: Array, labels: Sequence[object]) -> tuple[Array, dict[str, Any]]:
    """Return x / (x - N); 1 where nothing is left to scale up, and the names of these."""
    sold = x - stocks
    hopeless = (sold <= 0) & (x > 0)
    scale = np.divide(x, sold, out=np.ones(len(x)), where=(sold > 0) & (x > 0))
    names = [
        " ".join(map(str, n)) if isinstance(n, tuple) else str(n) for n, h in zip(labels, hopeless, strict=True) if h
    ]
    return scale, {"uncorrected": names}
