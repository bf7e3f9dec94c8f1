"""Where the value added in final demand and in exports comes from."""

from __future__ import annotations

from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from io_linkage.captions import labelled
from io_linkage.errors import require_option
from io_linkage.leontief import Array
from io_linkage.selection import groups_by
from io_linkage.table import MRIOTable
from io_linkage.trade_blocks import Definition, Trade, trade
from io_linkage.value_added.borin_mancini_terms import borin_mancini
from io_linkage.value_added.export_terms import NON_VA, require_adding_up

Grouping: TypeAlias = Literal["country-industry", "region", "industry", "stage", "region-stage"]
Origin: TypeAlias = Literal["domestic", "domestic-stage", "region", "industry", "stage", "region-stage"]
ExportLevel: TypeAlias = Literal["world", "exporter", "exporter-industry", "exporter-stage"]
TradeLevel: TypeAlias = Literal["exporter", "exporter-industry", "exporter-importer", "exporter-industry-importer"]


def matrix(
    table: MRIOTable,
    *,
    by: Grouping = "country-industry",
    definition: Definition = "table",
    stage_weights: pd.DataFrame | None = None,
) -> pd.DataFrame:
    r"""Value added by where it arises (rows) and which region finally uses it (columns).

    .. math:: T = \hat{v} L Y

    Parameters
    ----------
    table : MRIOTable
        One region will do: then all is absorbed at home.
    by : {"country-industry", "region", "industry", "stage", "region-stage"}
        What the rows are summed to.
    definition : {"table", "residual"}
    stage_weights : DataFrame, (n, stages), optional
        Stage shares instead of the shipped ones.

    Returns
    -------
    DataFrame (rows, G), in the table's unit. All cells add up to world value added; a row to value added there.

    References
    ----------
    Johnson & Noguera (2012), Journal of International Economics 86.

    See Also
    --------
    vax : sums of it beside gross exports; content : value added in exports.

    Examples
    --------
    >>> import io_linkage as iol
    >>> world = iol.load()
    >>> absorbed = matrix(world, by="region")
    >>> round(absorbed.loc["CHN", "USA"] / absorbed.loc["CHN"].sum(), 3).item()
    0.046
    """
    blocks = Trade(table, definition)
    values = _matrix(blocks)
    columns = pd.Index(table.regions, name="absorbed in")
    title = "value added by origin and absorption"
    if by == "country-industry":
        result = table.frame(values, columns, title, unit=table.unit)
    else:
        W, names = groups_by(table, by, stage_weights)
        result = pd.DataFrame(W.T @ values, index=names, columns=columns)
    return labelled(result, {**table.caption(title, table.unit), **blocks.attrs})


def _matrix(blocks: Trade) -> Array:
    return np.asarray(blocks.v[:, None] * blocks.system.solve(blocks.demand))


def vax(table: MRIOTable, *, by: TradeLevel = "exporter", definition: Definition = "table") -> pd.DataFrame:
    r"""Value added exports beside gross exports.

    .. math:: VAX_{sr} = v_s \sum_t L_{st} Y_{tr}, \quad r \ne s

    By industry, value added counts where it arises and gross exports where they leave: an industry that supplies
    exporters but exports little itself has a ratio above 1. By country the ratio lies between 0 and 1 where value added
    and final demand are not negative.

    Parameters
    ----------
    table : MRIOTable
        Two regions or more.
    by : {"exporter", "exporter-industry", "exporter-importer", "exporter-industry-importer"}
        By importer, gross exports are those to it and value added is that absorbed in it, by whatever route.
    definition : {"table", "residual"}

    Returns
    -------
    DataFrame
        Columns `exports`, `vax`, `ratio`; without industries also `imports`, `vax_imports`, `balance`,
        `vax_balance` (exports less imports; of value added absorbed abroad and foreign value added absorbed at home).
        Ratio NaN without exports.

    References
    ----------
    Johnson & Noguera (2012).

    See Also
    --------
    matrix : value added absorbed at home as well; vax_by_extraction.
    """
    require_option("by", by, ("exporter", "exporter-industry", "exporter-importer", "exporter-industry-importer"))
    blocks = trade(table, definition)
    absorbed = blocks.without_own(_matrix(blocks))
    gross = blocks.exports
    if "industry" not in by:
        gross, absorbed = blocks.region_sums(gross), blocks.region_sums(absorbed)
    result = _paired(table, by, gross, absorbed)
    title = "value added exports"
    return labelled(result, {**result.attrs, **table.caption(title, table.unit), **blocks.attrs, "by": by})


def _paired(table: MRIOTable, by: str, gross: Array, absorbed: Array) -> pd.DataFrame:
    regions = pd.Index(table.regions)
    columns = {"exports": gross, "vax": absorbed}
    if "industry" not in by:
        columns |= {"imports": gross.T, "vax_imports": absorbed.T}
    if by.endswith("importer"):
        where = np.nonzero(
            (table.region_codes if "industry" in by else np.arange(len(regions)))[:, None] != np.arange(len(regions))
        )
        row, importer = where
        labels = [*_row_labels(table, by, row), regions[importer]]
        data = {name: values[where] for name, values in columns.items()}
    else:
        row = np.arange(len(gross))
        labels = _row_labels(table, by, row)
        data = {name: values.sum(axis=1) for name, values in columns.items()}
    names = by.split("-")
    index = pd.MultiIndex.from_arrays(labels, names=names) if len(names) > 1 else labels[0].rename(names[0])
    result = pd.DataFrame(data, index=index)
    if "industry" in by:
        result.loc[~table.active[row]] = np.nan
    result.insert(2, "ratio", result["vax"] / result["exports"].where(result["exports"] != 0))
    if "industry" not in by:
        result["balance"] = result["exports"] - result["imports"]
        result["vax_balance"] = result["vax"] - result["vax_imports"]
    return result


def _row_labels(table: MRIOTable, by: str, row: npt.NDArray[np.intp]) -> list[pd.Index[str]]:
    regions = pd.Index(table.regions)
    if "industry" not in by:
        return [regions[row]]
    return [regions[table.region_codes[row]], pd.Index(table.industries)[table.industry_codes[row]]]


def vax_by_extraction(table: MRIOTable, *, definition: Definition = "table") -> pd.DataFrame:
    r"""Value added exports by hypothetical extraction: what an exporter's GDP would lose.

    ======  ===================================================  ========================================
    VAX_D   without its exports to this importer                 v_s L_ss (I + A_sr L_rs)^-1 E_sr
    VAX_P   if the importer finished no products                 v_s L_sr sum_t Y_rt
    VAX_C   if the importer consumed nothing                     v_s sum_t L_st Y_tr
    ======  ===================================================  ========================================

    The rows with importer "all" are extractions of all partners at once: VAX_D is then domestic value added in
    exports (Los, Timmer & de Vries), v_s M_s E_s*, which is less than the sum over importers, as value added that
    crosses twice depends on both. VAX_P and VAX_C add up.

    Returns
    -------
    DataFrame by (exporter, importer), columns `exports`, `VAX_D`, `VAX_P`, `VAX_C`, in the table's unit.

    References
    ----------
    Los, Timmer & de Vries (2016), American Economic Review 106; Los & Timmer (2018), NBER 24896.

    See Also
    --------
    borin_mancini : the bilateral perimeter, by industry.
    """
    blocks = trade(table, definition)
    final = blocks.spread(blocks.demand.sum(axis=1))
    consumed, finished = np.split(blocks.system.solve(np.hstack([blocks.demand, final])), 2, axis=1)
    by_pair = borin_mancini(table, perimeter="bilateral", definition=definition).frame("exporter-importer")
    off = ~np.eye(blocks.G, dtype=bool)
    result = pd.DataFrame(
        {
            "exports": by_pair["exports"],
            "VAX_D": by_pair["DVA"],
            "VAX_P": blocks.region_sums(blocks.v[:, None] * finished)[off],
            "VAX_C": blocks.region_sums(blocks.v[:, None] * consumed)[off],
        }
    )
    total = result.groupby(level="exporter", sort=False).sum()
    total["VAX_D"] = blocks.region_sums(blocks.local_value_added * blocks.total_exports)
    total.index = pd.MultiIndex.from_product([total.index, ["all"]], names=result.index.names)
    stacked = pd.concat([result, total])
    return labelled(
        stacked, {**stacked.attrs, **table.caption("value added exports by extraction", table.unit), **blocks.attrs}
    )


def vertical_specialisation(
    table: MRIOTable, *, by: Literal["exporter", "exporter-industry"] = "exporter", definition: Definition = "table"
) -> pd.DataFrame:
    """Foreign value added in exports, and own value added in the exports of others.

    =========  =============================  ==================================================================
    VS         sum_{t != s} v_t L_ts E_s*     foreign value added in exports, by exporting industry
    VS_HIY     i'A_M M_s E_s*                 imported inputs in exports, as a national table shows them
    VS1        v_s sum_r L_sr E_r*            own value added in others' exports, by industry of origin
    VS1_star   v_s sum_r L_sr E_rs            of it, in exports back to the country itself
    =========  =============================  ==================================================================

    VS_HIY exceeds VS by domestic value added that returns in imported inputs (and by foreign taxes, where value added
    leaves them out).

    Returns
    -------
    DataFrame, columns `exports` and the four, in the table's unit.

    References
    ----------
    Hummels, Ishii & Yi (2001); Daudin, Rifflart & Schweisguth (2011) for VS1*; Koopman, Wang & Wei (2014),
    equations 38 to 41.

    See Also
    --------
    content : VS by origin; kpww : participation from VS and VS1.
    """
    require_option("by", by, ("exporter", "exporter-industry"))
    blocks = trade(table, definition)
    received = blocks.system.solve(blocks.exports)[blocks.rows, blocks.codes]  # sum_t L_st E_ts
    imports = blocks.times_local_transposed(blocks.across_transposed(np.ones(blocks.n)))
    values = np.column_stack(
        [
            blocks.total_exports,
            blocks.foreign_content * blocks.total_exports,
            imports * blocks.total_exports,
            in_foreign_exports(blocks),
            blocks.v * received,
        ]
    )
    columns = ["exports", "VS", "VS_HIY", "VS1", "VS1_star"]
    title = "vertical specialisation"
    if by == "exporter-industry":
        result = table.frame(values, columns, title, unit=table.unit).rename_axis(["exporter", "industry"])
    else:
        index = pd.Index(table.regions, name="exporter")
        result = pd.DataFrame(blocks.region_sums(values), index=index, columns=columns)
    return labelled(result, {**table.caption(title, table.unit), **blocks.attrs})


def in_foreign_exports(blocks: Trade) -> Array:
    """VS1: value added in the exports of others, by industry of origin, (n,)."""
    by_exporter = blocks.system.solve(blocks.spread(blocks.total_exports))  # L_sr E_r* in column r
    return np.asarray(blocks.v * blocks.without_own(by_exporter).sum(axis=1))


def content(
    table: MRIOTable,
    *,
    origin: Origin = "domestic",
    by: ExportLevel = "exporter",
    shares: bool = True,
    definition: Definition = "table",
    stage_weights: pd.DataFrame | None = None,
) -> pd.DataFrame:
    r"""Break exports down by where, or in which stage of industry, the value added in them arises.

    .. math:: C_{ks} = \sum_i w_{ik} v_i (L E_s)_i / E_s, \qquad w \text{ the groups of the origin}

    Parameters
    ----------
    table : MRIOTable
        Two regions or more.
    origin : {"domestic", "domestic-stage", "region", "industry", "stage", "region-stage"}
        Columns. "domestic" is the exporter itself against all others.
    by : {"world", "exporter", "exporter-industry", "exporter-stage"}
        Rows: whose exports, and of what.
    shares : bool
        Shares of gross exports; otherwise the table's unit.
    stage_weights : DataFrame, (n, stages), optional
        Stage shares instead of the shipped ones, for origin and for exports.

    Returns
    -------
    DataFrame; with `NON_VA` the rows add up to gross exports (to 1 as shares), which is checked. NaN without exports.

    Raises
    ------
    AddingUpError
        The contents miss gross exports by more than 1e-9: stage shares that do not add up to 1, for one.

    References
    ----------
    Hummels, Ishii & Yi (2001), Journal of International Economics 54; Koopman, Wang & Wei (2014).

    See Also
    --------
    matrix : value added in final demand instead of exports; vertical_specialisation : VS in total.

    Examples
    --------
    >>> import io_linkage as iol
    >>> content(iol.load()).loc["CHN"].round(3).to_dict()
    {'domestic': 0.769, 'foreign': 0.21, 'NON_VA': 0.021}
    """
    blocks = trade(table, definition)
    values, columns = _per_export(blocks, origin, stage_weights)
    if blocks.has_other:
        values = np.column_stack([values, blocks.other_content])
        columns = _with_remainder(columns)
    grouped, index = _summed_exports(blocks, values * blocks.total_exports[:, None], by, stage_weights)
    result = pd.DataFrame(grouped, index=index, columns=columns)
    exports = _summed_exports(blocks, blocks.total_exports[:, None], by, stage_weights)[0][:, 0]
    staged = "stage" in origin and stage_weights is not None
    remedy = {"remedy": "Stage shares in stage_weights= must add up to 1 for every industry."} if staged else {}
    require_adding_up("value added in exports", result, pd.Series(exports, index=index), **remedy)
    if shares:
        result = result.div(np.where(exports != 0, exports, np.nan), axis=0)
    unit = "share of gross exports" if shares else table.unit
    return labelled(
        result,
        {**result.attrs, **table.caption("value added in exports", unit), **blocks.attrs, "by": by, "origin": origin},
    )


def _with_remainder(columns: pd.Index[str]) -> pd.Index[str]:
    if isinstance(columns, pd.MultiIndex):
        return columns.append(pd.MultiIndex.from_tuples([(NON_VA, "")], names=columns.names))
    return columns.append(pd.Index([NON_VA]))


def _per_export(blocks: Trade, origin: str, stage_weights: pd.DataFrame | None) -> tuple[Array, pd.Index[str]]:
    """Value added by origin per unit of each export, (n, k)."""
    require_option("origin", origin, ("domestic", "domestic-stage", "region", "industry", "stage", "region-stage"))
    if origin == "domestic":
        values = np.column_stack([blocks.own_content, blocks.foreign_content])
        return values, pd.Index(["domestic", "foreign"])
    detail = "region-stage" if origin == "domestic-stage" else origin
    W, names = groups_by(blocks.table, detail, stage_weights)
    values = blocks.system.solve_transposed(W * blocks.v[:, None])
    if origin != "domestic-stage":
        return values, names
    cube = values.reshape(blocks.n, blocks.G, -1)
    own = cube[blocks.rows, blocks.codes]
    stages = names.get_level_values("stage").unique()
    columns = pd.MultiIndex.from_product([["domestic", "foreign"], stages], names=["origin", "stage"])
    return np.hstack([own, cube.sum(axis=1) - own]), columns


def _summed_exports(
    blocks: Trade, values: Array, by: str, stage_weights: pd.DataFrame | None
) -> tuple[Array, pd.Index[str]]:
    require_option("by", by, ("world", "exporter", "exporter-industry", "exporter-stage"))
    table = blocks.table
    if by == "world":
        return values.sum(axis=0, keepdims=True), pd.Index(["world"])
    if by == "exporter":
        return blocks.region_sums(values), pd.Index(table.regions, name="exporter")
    if by == "exporter-industry":
        return np.where(table.active[:, None], values, np.nan), table.index.set_names(["exporter", "industry"])
    W, names = groups_by(table, "region-stage", stage_weights)
    return np.asarray(W.T @ values), names.set_names(["exporter", "stage"])
