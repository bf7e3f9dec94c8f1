r"""Spillover matrices: whose final demand draws whose value added, output or jobs."""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np
import numpy.typing as npt
import pandas as pd

from io_linkage.captions import labelled
from io_linkage.errors import OptionError, require_option
from io_linkage.intensities import Account, Intensity, intensity
from io_linkage.leontief import Array
from io_linkage.selection import groups_by, region_codes
from io_linkage.table import MRIOTable

By = Literal["region", "stage", "region-stage", "industry"]
Per = Literal["total", "demand", "output"]
Demand = Literal["buyer", "product"]


def matrix(
    table: MRIOTable,
    *,
    of: Account = "value_added",
    by: By = "region",
    per: Per = "total",
    demand: Demand | None = None,
    stage_weights: pd.DataFrame | None = None,
) -> pd.DataFrame:
    r"""Spillover matrix: what arises in each row for the final demand of each column.

    .. math:: S = W' \hat q L F

    W (n, groups) says which share of each country-industry is in each group. F (n, groups) is final demand: of each
    region (`demand="buyer"`, M the regions: F = Y M), or for the products of each group (`demand="product"`,
    :math:`F = \hat f W` with f = Y i).

    Parameters
    ----------
    table : MRIOTable
    of : str or Series
        "value_added", "output", a satellite such as "jobs", or an account on the table's index.
    by : {"region", "stage", "region-stage", "industry"}
    per : {"total", "demand", "output"}
        "total": what arises in all; "demand": per unit of the column's final demand; "output": per unit of the
        column's gross output, :math:`F = \hat x W`, i.e. the mean multiplier of what the group makes.
    demand : {"buyer", "product"}, optional
        Whose demand a column is. By default the buyer for regions, the product otherwise. "buyer" with
        `by="region-stage"` gives each region's final demand for products of each stage, wherever they are made.
        Over stages or industries alone both are the same.
    stage_weights : DataFrame, (n, stages), optional
        Stage shares to use instead of the shipped central ones.

    Returns
    -------
    DataFrame, (groups, groups); rows: where it arises, columns: whose demand draws it. With `per="total"` rows add to
    what the group makes in all and columns to what its demand draws in all. A row is NaN when the source has no
    number for any of it; where only some are missing it holds the rest, and ``attrs["note"]`` says which.

    Raises
    ------
    MissingSatelliteError
        The table lacks the account; names those it has.

    References
    ----------
    Miller & Blair (2022), sections 3.3 and 6.3; Johnson & Noguera (2012) for value added by region.

    Examples
    --------
    >>> import io_linkage as iol
    >>> S = matrix(iol.load())
    >>> int(S.loc["BRA", "CHN"]), S.attrs["unit"]        # Brazil's value added in China's final demand
    (26834, 'M USD')
    """
    require_option("by", by, get_args(By))
    require_option("per", per, get_args(Per))
    who = demand or ("buyer" if by == "region" else "product")
    require_option("demand", who, get_args(Demand))
    q = intensity(table, of)
    W, names = groups_by(table, by, stage_weights)
    F = _outputs(table, W) if per == "output" else _demand(table, W, by, who)
    S = (W * q.counted[:, None]).T @ table.system.solve(F)
    if per != "total":
        total = F.sum(axis=0)
        S = np.divide(S, total, out=np.full_like(S, np.nan), where=np.abs(total) > 0)
    S[_unknown_rows(table, W, q)] = np.nan
    result = pd.DataFrame(S, index=names, columns=names)
    drawn = {"total": "drawn by final demand", "demand": "per unit of final demand", "output": "per unit of output"}
    return labelled(
        result,
        table.caption(
            f"{_account_label(table, q)} {drawn[per]}, {by} by {by}",
            q.unit if per == "total" else q.unit_per_output,
            rows="where it arises",
            columns=_columns(by, per, who),
            by=by,
            per=per,
            **q.attrs,
        ),
    )


def _columns(by: str, per: str, who: str) -> str:
    by = by.replace("-", " and ")
    if per == "output":
        return f"the {by} whose output draws it"
    if who == "product":
        return f"the {by} for whose products there is final demand"
    return "the region whose final demand draws it" + ("" if by == "region" else f", by {by} of the product")


def _account_label(table: MRIOTable, q: Intensity) -> str:
    return table.value_added_label if q.name == "value_added" else q.label


def _demand(table: MRIOTable, W: Array, by: str, who: str) -> Array:
    if who == "product" or by in ("stage", "industry"):
        return np.asarray(W * table.accounts.Y.sum(axis=1)[:, None])
    bought: Array = table.demand_by_region.to_numpy(dtype=np.float64)
    if by == "region":
        return bought
    stages: Array = W.reshape(len(W), len(table.regions), -1).sum(axis=1)
    return np.asarray((bought[:, :, None] * stages[:, None, :]).reshape(len(W), -1))


def _outputs(table: MRIOTable, W: Array) -> Array:
    return W * table.accounts.x[:, None]


def _unknown_rows(table: MRIOTable, W: Array, q: Intensity) -> npt.NDArray[np.bool_]:
    """Find the groups of which no part that has output has a figure."""
    return np.asarray(W[q.known & table.active].sum(axis=0) <= 0)


def asymmetry(
    table: MRIOTable,
    focus: str,
    *,
    partners: str | list[str] | None = None,
    of: Account = "value_added",
) -> pd.DataFrame:
    r"""Compare what a region's final demand does for each partner with what the partner's does for the region.

    .. math:: g_p = S_{p \leftarrow r} / q_p x_p, \quad t_p = S_{r \leftarrow p} / q_r x_r, \quad
        a_p = (g_p - t_p) / (g_p + t_p)

    Parameters
    ----------
    table : MRIOTable
    focus : str
    partners : str or list, optional
        Regions or groups; all other regions by default. `focus` itself is left out.
    of : str or Series
        With "value_added" the shares are of GDP.

    Returns
    -------
    DataFrame indexed by partner: ``given`` (arises in the partner for the region's demand), ``received`` (arises in
    the region for the partner's demand), ``given_share`` of the partner's total, ``received_share`` of the region's
    total, ``asymmetry`` from -1 (only the region depends) to 1 (only the partner does).
    """
    codes = region_codes(table, focus)
    chosen = table.regions if partners is None else region_codes(table, partners)
    others = [partner for partner in chosen if partner not in codes]
    if not others:
        raise OptionError(f"There is no partner besides {focus} itself; name others with partners=.")
    S = matrix(table, of=of)
    total = S.sum(axis=1, min_count=1)
    frame = pd.DataFrame(index=pd.Index(others, name="partner"))
    frame["given"] = S.loc[others, codes].sum(axis=1, min_count=1)
    frame["received"] = S.loc[codes, others].sum(axis=0, min_count=1)
    frame["given_share"] = frame["given"] / total[others]
    frame["received_share"] = frame["received"] / total[codes].sum(min_count=1)
    both = frame["given_share"] + frame["received_share"]
    frame["asymmetry"] = (frame["given_share"] - frame["received_share"]) / both
    labelled(frame, {**S.attrs, "measure": f"spillovers between {focus} and partners", "focus": focus})
    frame.attrs["units"] = {"given": S.attrs["unit"], "received": S.attrs["unit"], "others": "share"}
    return frame


def concentration(spillover: pd.DataFrame) -> pd.DataFrame:
    r"""Concentration of each column's spillover over its receivers, own row (and own region) left out.

    .. math:: HHI_c = \sum_{r \neq c} \left( S_{rc} / \sum_{r \neq c} S_{rc} \right)^2

    Parameters
    ----------
    spillover : DataFrame
        A square result of `matrix`.

    Returns
    -------
    DataFrame indexed by the columns of `spillover`: ``spillover`` (sum over receivers), ``hhi`` from 1/receivers to 1,
    ``equivalent_receivers`` = 1/hhi, ``largest`` receiver, ``largest_share``. Negative entries count as 0; NaN
    rows are left out.

    Raises
    ------
    OptionError
        Rows and columns differ.
    """
    if not spillover.index.equals(spillover.columns):
        raise OptionError("Concentration needs a square matrix with the same rows and columns, as spillovers.matrix.")
    own = spillover.index.get_level_values(0).to_numpy()
    outward = spillover.mask(own[:, None] == own[None, :]).clip(lower=0)
    total = outward.sum(axis=0, min_count=1)
    shares = outward.div(total.where(total > 0), axis=1)
    frame = pd.DataFrame({"spillover": total, "hhi": (shares**2).sum(axis=0, min_count=1)})
    frame["equivalent_receivers"] = 1 / frame["hhi"]
    known = shares.notna().any(axis=0)
    largest = shares.loc[:, known].fillna(-1.0).idxmax()
    frame["largest"] = largest.reindex(frame.index)
    frame["largest_share"] = shares.max(axis=0)
    labelled(frame, {**spillover.attrs, "measure": f"concentration of {spillover.attrs.get('measure', 'spillover')}"})
    frame.attrs["units"] = {"spillover": spillover.attrs.get("unit", ""), "others": "share"}
    return frame
