r"""Chain TFP: the productivity of an industry with all industries behind it.

Terms
-----
A : cost shares, a_ij = z_ij / x_j; between two tables their mean (Toernqvist). L = (I - A)^-1.
tau : TFP on gross output. pi = L' tau : chain TFP, by how much less of primary inputs an industry's product needs in
    all the chain behind it. :math:`\tau_i l_{ij}` is what giver i adds to :math:`\pi_j`.
covered share : (v o known)' L with v = 1 - i'A, the share of a product's primary costs that arise where tau is known.
    Unknown tau counts as 0.

Current cost shares are right here: no table at constant prices is needed.
"""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from io_linkage.captions import labelled
from io_linkage.errors import OptionError
from io_linkage.leontief import Array
from io_linkage.productivity.chain_links import Tables, links
from io_linkage.selection import groups_by
from io_linkage.table import MRIOTable
from io_linkage.wording import listed

Giver: TypeAlias = Literal["region", "industry", "stage", "region-stage"]

UNIT = "logarithmic change a year"
#: A chain is refused when less than this share of its costs arises where productivity is known.
COVERED = 0.8


def chain_tfp(tables: Tables, tfp: pd.Series[float]) -> pd.DataFrame:
    r"""Chain TFP of each country-industry: its own and that of all suppliers behind it, at home and abroad.

    .. math:: \pi = (I - \bar A')^{-1} \tau

    Parameters
    ----------
    tables : MRIOTable or sequence of MRIOTable
        One, whose cost shares hold throughout; or several, where each change of TFP takes the mean cost shares of the
        two tables that it lies between.
    tfp : Series on (region, industry) or (region, industry, year)
        TFP on gross output as a logarithmic change a year, e.g. ``industry_growth(accounts, of="output",
        years="each")["tfp"]``. What is missing counts as 0 and lowers the covered share.

    Returns
    -------
    DataFrame on the table's index, logarithmic changes a year: tfp, domestic (from the own country, less tfp) and
    foreign, which add up to chain; covered_share. Where less than 0.8 of the chain's primary costs are covered, the
    chain is NaN and named in ``attrs["left_out"]``.

    Raises
    ------
    OptionError
        No chain is covered; growth before the first table or after the last; years missing.
    ComparisonError
        Tables that differ; TFP of regions or industries that the tables do not have.

    References
    ----------
    Hulten (1978); Wolff (1985); Aulin-Ahmavaara (1999); Gu & Yan (2017); Timmer & Ye (2020).

    See Also
    --------
    chain_tfp_givers, tfp_passed_on, chain_prices

    Examples
    --------
    >>> import io_linkage as iol
    >>> from io_linkage.productivity import accounts, industry_growth
    >>> tfp = industry_growth(accounts(), of="output", years="each", first=2000)["tfp"]
    >>> chain = chain_tfp([iol.load(year=year) for year in (2000, 2005, 2008)], tfp)
    >>> chain.loc[("DEU", "34t35")].round(3).to_dict()
    {'tfp': 0.014, 'domestic': 0.004, 'foreign': 0.004, 'chain': 0.022, 'covered_share': 0.966}
    """
    parts = links(tables, tfp)
    table = parts[0].tables[0]
    made = np.zeros((len(table.index), 5))
    for link in parts:
        W, _ = groups_by(table, "region")
        by_region = link.system.solve_transposed(link.tau[:, None] * W)
        home = by_region[np.arange(len(link.tau)), table.region_codes]
        chain = by_region.sum(axis=1)
        made += link.part * np.stack([link.tau, home - link.tau, chain - home, chain, link.covered()], axis=1)
    names = ["tfp", "domestic", "foreign", "chain", "covered_share"]
    frame = pd.DataFrame(made, index=table.index, columns=names)
    known = np.logical_and.reduce([link.known for link in parts])
    frame.loc[~known, "tfp"] = np.nan
    refused = refusals(table, made[:, 4])
    frame.loc[refused, ["domestic", "foreign", "chain"]] = np.nan
    units = {**dict.fromkeys(names[:4], UNIT), "covered_share": "share of primary costs"}
    return labelled(frame, _caption(tables, tfp, "chain TFP"), units=units, **_left_out(table, refused, known, tfp))


def chain_tfp_givers(
    tables: Tables, tfp: pd.Series[float], *, by: Giver = "region", stage_weights: pd.DataFrame | None = None
) -> pd.DataFrame:
    r"""Chain TFP of each country-industry by the suppliers that give it.

    .. math:: \pi_{jg} = \sum_{i} w_{ig} \, \tau_i \, \bar l_{ij}

    Parameters
    ----------
    tables, tfp
        As in `chain_tfp`.
    by : {"region", "industry", "stage", "region-stage"}
        Groups of givers; the industry itself is among them.
    stage_weights : DataFrame, (n, stages), optional
        Stage shares to use instead of the shipped central ones.

    Returns
    -------
    DataFrame, (country-industries, givers); rows add up to chain TFP. NaN as in `chain_tfp`.

    Raises
    ------
    OptionError, ComparisonError
        As in `chain_tfp`.

    References
    ----------
    Timmer (2017); Gu & Yan (2017).

    See Also
    --------
    chain_tfp

    Examples
    --------
    >>> import io_linkage as iol
    >>> from io_linkage.productivity import accounts, industry_growth
    >>> tfp = industry_growth(accounts(), of="output", years="ends", first=2005, last=2007)["tfp"]
    >>> givers = chain_tfp_givers(iol.load(year=2005), tfp)
    >>> givers.loc[("MEX", "34t35"), ["MEX", "USA"]].round(4).tolist()
    [0.0201, 0.0033]
    """
    parts = links(tables, tfp)
    table = parts[0].tables[0]
    W, names = groups_by(table, by, stage_weights)
    made = np.zeros((len(table.index), len(names)))
    covered = np.zeros(len(table.index))
    for link in parts:
        made += link.part * link.system.solve_transposed(link.tau[:, None] * W)
        covered += link.part * link.covered()
    refused = refusals(table, covered)
    frame = pd.DataFrame(made, index=table.index, columns=names)
    frame.loc[refused] = np.nan
    known = np.logical_and.reduce([link.known for link in parts])
    return labelled(frame, _caption(tables, tfp, "chain TFP by giver"), by=by, **_left_out(table, refused, known, tfp))


def tfp_passed_on(
    tables: Tables, tfp: pd.Series[float], *, by: Giver = "stage", stage_weights: pd.DataFrame | None = None
) -> pd.DataFrame:
    r"""How much of an industry's TFP reaches final demand through other industries, at home and abroad.

    .. math:: t_i = \tau_i \sum_j \bar l_{ij} f_j, \qquad \text{passed on } \tau_i \sum_{j \ne i} \bar l_{ij} f_j

    with :math:`f_j` the share of product j in the world's final demand. Over all givers t adds up to the growth of the
    world's productivity (Hulten).

    Parameters
    ----------
    tables, tfp
        As in `chain_tfp`.
    by : {"region", "industry", "stage", "region-stage"}
        Groups of givers.
    stage_weights : DataFrame, (n, stages), optional
        Stage shares to use instead of the shipped central ones.

    Returns
    -------
    DataFrame, rows the groups, logarithmic changes a year of the world's productivity: own_industry (in the giver's own
    final products), own_country (in other products of its country) and abroad, which add up to total;
    passed_on_share, (own_country + abroad) / total, NaN where parts have different signs.

    Raises
    ------
    OptionError
        As in `chain_tfp`; or less than 0.8 of the costs of the world's final demand are covered.
    ComparisonError
        As in `chain_tfp`.

    References
    ----------
    Hulten (1978); Wolff (1985).

    See Also
    --------
    chain_tfp

    Examples
    --------
    >>> import io_linkage as iol
    >>> from io_linkage.productivity import accounts, industry_growth
    >>> tfp = industry_growth(accounts(), of="output", years="ends", first=2005, last=2007)["tfp"]
    >>> tfp_passed_on(iol.load(year=2005), tfp)["passed_on_share"].round(2).to_dict()
    {'traditional': 0.51, 'emerging': 0.53, 'future': 0.45}
    """
    parts = links(tables, tfp)
    table = parts[0].tables[0]
    W, names = groups_by(table, by, stage_weights)
    regions, _ = groups_by(table, "region")
    made, covered = np.zeros((len(names), 4)), 0.0
    for link in parts:
        f = link.final_share
        covered += link.part * float(f @ link.covered())
        reach = link.system.solve(f[:, None] * regions)
        home = reach[np.arange(len(f)), table.region_codes]
        total = reach.sum(axis=1)
        own = link.system.inverse_diagonal() * f
        flows = np.stack([own, home - own, total - home, total], axis=1)
        made += link.part * (W.T @ (link.tau[:, None] * flows))
    if covered < COVERED:
        raise OptionError(
            f"TFP is known for {covered:.0%} of the primary costs of final demand; {COVERED:.0%} are needed. Give TFP "
            "of more regions or industries."
        )
    frame = pd.DataFrame(made, index=names, columns=["own_industry", "own_country", "abroad", "total"])
    alike = (made[:, :3] >= 0).all(axis=1) | (made[:, :3] <= 0).all(axis=1)
    parted = np.full(len(names), np.nan)
    np.divide(made[:, 1] + made[:, 2], made[:, 3], out=parted, where=alike & (made[:, 3] != 0))
    frame["passed_on_share"] = parted
    known = np.logical_and.reduce([link.known for link in parts])
    units = {**dict.fromkeys(frame.columns[:4], UNIT), "passed_on_share": "share of the total"}
    nothing = np.zeros(len(table.index), dtype=bool)
    return labelled(
        frame, _caption(tables, tfp, "TFP passed on"), by=by, units=units, **_left_out(table, nothing, known, tfp)
    )


def chain_prices(tables: Tables, tfp: pd.Series[float], factor_costs: pd.Series[float]) -> pd.Series[float]:
    r"""Growth of prices that factor prices and TFP imply: the dual of chain TFP.

    .. math:: d\ln p = (I - \bar A')^{-1} \Big(\sum_f \bar s_f \, d\ln w_f - \tau\Big)

    It is exact where industries buy at their suppliers' prices.

    Parameters
    ----------
    tables, tfp
        As in `chain_tfp`.
    factor_costs : Series, labelled as `tfp`
        Growth of factor prices times the factors' shares in output, added up.

    Returns
    -------
    Series on the table's index, logarithmic changes a year. What is missing counts as 0; NaN as in `chain_tfp`.

    Raises
    ------
    OptionError, ComparisonError
        As in `chain_tfp`.

    References
    ----------
    Hulten (1978); Aulin-Ahmavaara (1999).

    See Also
    --------
    chain_tfp

    Examples
    --------
    >>> import io_linkage as iol
    >>> from io_linkage.productivity import accounts, industry_growth
    >>> tfp = industry_growth(accounts(), of="output", years="ends", first=2005, last=2007)["tfp"]
    >>> bool((chain_prices(iol.load(year=2005), tfp, tfp).dropna() == 0).all())
    True
    """
    parts = links(tables, tfp)
    table = parts[0].tables[0]
    made, covered = np.zeros(len(table.index)), np.zeros(len(table.index))
    for link, costs in zip(parts, links(tables, factor_costs), strict=True):
        made += link.part * link.system.solve_transposed(costs.tau - link.tau)
        covered += link.part * link.covered()
    refused = refusals(table, covered)
    made[refused] = np.nan
    known = np.logical_and.reduce([link.known for link in parts])
    series = pd.Series(made, index=table.index, name="price")
    return labelled(series, _caption(tables, tfp, "growth of prices"), **_left_out(table, refused, known, tfp))


def refusals(table: MRIOTable, covered: Array) -> npt.NDArray[np.bool_]:
    """Return which chains are covered too little; raise where all are."""
    refused = np.asarray((covered < COVERED) | ~table.active)
    if refused.all():
        raise OptionError(
            f"TFP covers less than {COVERED:.0%} of the primary costs of every chain of {table.label} (the most is "
            f"{covered[table.active].max():.0%}). Give TFP of more regions or industries."
        )
    return refused


def _left_out(
    table: MRIOTable, refused: npt.NDArray[np.bool_], known: npt.NDArray[np.bool_], tfp: pd.Series[float]
) -> dict[str, tuple[str, ...] | str]:
    out = [" ".join(cell) for cell in table.index[refused & table.active]]
    whole = [
        code
        for k, code in enumerate(table.regions)
        if (refused | ~table.active)[table.region_codes == k].all() and refused[table.region_codes == k].any()
    ]
    cells = tuple(name for name in out if name.split()[0] not in whole)
    unknown = [table.regions[k] for k in np.unique(table.region_codes[~known & table.active])]
    notes = []
    if unknown:
        notes.append(f"TFP of industries of {listed(unknown)} is not known and counts as 0.")
    if whole or cells:
        notes.append(
            f"Less than {COVERED:.0%} of the costs of the chain are covered in {listed([*whole, *cells])}: left out."
        )
    notes.append(str(tfp.attrs.get("capital_stock", "")))
    return {"left_out": (*whole, *cells), "note": " ".join(filter(None, notes))}


def _caption(tables: Tables, tfp: pd.Series[float], measure: str) -> dict[str, Any]:
    several = [tables] if isinstance(tables, MRIOTable) else list(tables)
    years = [table.year for table in several]
    caption = several[-1].caption(measure, UNIT)
    own: dict[str, Any] = {key: tfp.attrs[key] for key in ("volume", "capital_stock") if key in tfp.attrs}
    source = "; ".join(dict.fromkeys(part for part in (several[-1].source, tfp.attrs.get("source")) if part))
    when = tfp.attrs.get("year")
    return {**caption, **own, "source": source, "year": list(when) if when else years}
