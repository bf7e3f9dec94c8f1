r"""Linkages of stages, regions and industries: aggregates of country-industry results, with the rule stated.

Rules
-----
mean : a linkage per unit (backward, forward, net, dispersion, their splits) becomes a weighted mean,
    :math:`\sum_i w_{ik} u_i m_i / \sum_i w_{ik} u_i`, w the membership of the group and u output unless told otherwise.
    Linkages are normalised with the weights they are averaged with, so that the groups of a scope average 1. (Of an
    industry by itself the mean is Rasmussen's, which is unweighted. Divided by that, large industries being above it,
    all stages of a region could be above 1.)
sum : an amount (weighted linkages) becomes the sum :math:`\sum_i w_{ik} m_i`.
block : pure linkages and extraction losses of a group are not the sum of its members', because the members also
    trade with each other; they are computed for the group as one block by their own functions, with `by=`
    (`pure`, `split_pure`, and those of `io_linkage.extraction`).

A result carries its rule in `attrs["rule"]`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from io_linkage.captions import labelled
from io_linkage.errors import OptionError, unknown
from io_linkage.intensities import Account
from io_linkage.leontief import Array
from io_linkage.linkages.core import linkages
from io_linkage.linkages.normalisation import Scope, normalised, scope_means, weighted_means
from io_linkage.linkages.roles import ROLES, assign, strength
from io_linkage.selection import groups_by, region_codes, select, stage_frame
from io_linkage.stages.intervals import bounds, described, drawn_weights
from io_linkage.table import MRIOTable

Rule: TypeAlias = Literal["mean", "sum"]
#: "output", "final_demand", "value_added", "equal" or the name of a satellite account.
Weight: TypeAlias = str
By: TypeAlias = Literal["stage", "region", "industry", "region-stage"]

PAIR = ["backward_normalised", "forward_normalised"]


def aggregate(
    table: MRIOTable,
    result: pd.DataFrame | pd.Series[float],
    *,
    by: By = "region-stage",
    rule: Rule | None = None,
    weighted_by: Weight | None = None,
    stage_weights: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Aggregate a result on the table's index to stages, regions or industries.

    Parameters
    ----------
    table : MRIOTable
    result : DataFrame or Series on the table's index
        Columns that are not numbers are left out.
    by : {"region-stage", "stage", "region", "industry"}
    rule : {"mean", "sum"}, optional
        By default the rule the result carries in its attrs.
    weighted_by : {"output", "final_demand", "value_added", "equal"} or a satellite account, optional
        What the mean is weighted by: by default what the result says in its attrs, else output.
    stage_weights : DataFrame, (n, stages), optional
        Stage shares instead of the shipped central ones.

    Returns
    -------
    DataFrame indexed by group; attrs say the rule and the weights. NaN for a group without weight.

    Raises
    ------
    OptionError
        The result cannot be aggregated so, or carries no rule.
    """
    frame = result.to_frame() if isinstance(result, pd.Series) else result
    frame = frame.select_dtypes("number")
    if not frame.index.equals(table.index):
        raise OptionError("Only a result on the table's own index can be aggregated; this one has another index.")
    chosen = rule or result.attrs.get("rule")
    if chosen == "block":
        raise OptionError(
            f"{result.attrs.get('measure', 'This measure')} of a group is not the sum or mean of its industries'; "
            "compute it for the group itself, with by= or a selection."
        )
    if chosen not in ("mean", "sum"):
        raise OptionError("The result does not say how it aggregates; pass rule='mean' or rule='sum'.")
    W, names = groups_by(table, by, stage_weights)
    # An account of one's own is not in the table, so the result carries its numbers.
    own_weights = np.array(result.attrs["weights"]) if weighted_by is None and "weights" in result.attrs else None
    weighted_by = weighted_by or str(result.attrs.get("weighted_by", "output"))
    if chosen == "mean":
        weights = own_weights if own_weights is not None else _unit_weights(table, weighted_by)
        means = weighted_means(W, weights, _renormalised(table, frame, result.attrs, weights))
    else:
        means = _sums(W, frame.to_numpy(dtype=np.float64))
    out = pd.DataFrame(means, index=names, columns=frame.columns)
    more = {"weighted_by": weighted_by} if chosen == "mean" else {}
    attrs = {name: value for name, value in result.attrs.items() if name != "weights"}
    return labelled(out, attrs, by=by, rule=chosen, **more)


def by_stage(
    table: MRIOTable,
    *,
    regions: str | Iterable[str] | None = None,
    stage_weights: pd.DataFrame | None = None,
    of: Account = "output",
    normalise: Scope = "region",
    weighted_by: Weight = "output",
    draws: int | Array = 0,
    seed: int = 0,
    level: float = 0.9,
) -> pd.DataFrame:
    r"""Linkages of the stages in each region: weighted means of their industries'.

    .. math:: b_{rk} = \frac{\sum_{i \in r} w_{ik} x_i b_i}{\sum_{i \in r} w_{ik} x_i}

    Parameters
    ----------
    table : MRIOTable
    regions : str or list, optional
        Region codes, names or a group; all regions by default.
    stage_weights : DataFrame, (n, stages), optional
        Stage shares instead of the shipped central ones.
    of, normalise
        As in `linkages`.
    weighted_by : {"output", "final_demand", "value_added", "equal"} or a satellite account
        u in the mean.
    draws : int or array (draws, n, stages)
        Number of draws of the shipped stage shares within their ranges, or draws of one's own; 0 leaves the intervals
        out.
    seed, level
        Seed of the draws; share of them between low and high.

    Returns
    -------
    DataFrame indexed by (region, stage): the columns of `linkages`, `output_share`, the stage's share in the region's
    output, and with draws `<linkage>_low`, `<linkage>_high` and `role_holds`, the share of draws in which the role is
    the same. These are NaN where all draws are the central shares, as those of a file without ranges are.

    Notes
    -----
    The linkages of a stage are divided by the mean of the scope with the same weights, so those of a region's stages
    average 1, and the role compares a stage with its economy. NaN where a region has nothing of a stage.

    Examples
    --------
    >>> import io_linkage as iol
    >>> stages = by_stage(iol.load(), regions="CHN")
    >>> bool(stages.loc[("CHN", "emerging"), "backward"] > stages.loc[("CHN", "traditional"), "backward"])
    True
    """
    base = linkages(table, of=of, normalise=normalise)
    rows = table.regions if regions is None else region_codes(table, regions)
    out = _with_roles(
        aggregate(table, base, by="region-stage", rule="mean", weighted_by=weighted_by, stage_weights=stage_weights)
    )
    out["output_share"] = _stage_share(table, stage_weights, out.index)
    out.attrs["measure"] = "linkages by stage"
    if not isinstance(draws, int) or draws:
        drawn = drawn_weights(table, draws, seed, stage_weights=stage_weights)
        spread = _intervals(table, base, drawn, level, weighted_by, list(out["role"]))
        central = stage_frame(table, stage_weights).to_numpy(dtype=np.float64)
        if np.allclose(drawn, central, rtol=0, atol=1e-9):
            # Draws that all are the central shares come from a file without ranges, so they show nothing.
            spread, drawn = spread * np.nan, drawn[:0]
        both = pd.concat([out, spread.set_axis(out.index)], axis=1)
        out = labelled(both, out.attrs, interval=described(level, len(drawn)))
    return labelled(out.loc[rows], out.attrs)


def by_region(
    table: MRIOTable,
    *,
    of: Account = "output",
    normalise: Scope = "world",
    weighted_by: Weight = "output",
    industries: str | Iterable[str] | None = None,
    stage: str | None = None,
    stage_weights: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Linkages of each region, or of one stage or some industries in each region: weighted means.

    Parameters
    ----------
    table : MRIOTable
    of, weighted_by
        As in `by_stage`.
    normalise : {"world", "industry", "region"}
        The default is the world: within its region, a region's average industry is 1 by definition.
    industries, stage, stage_weights
        Only this part of each region, as `io_linkage.selection.select` takes them.

    Returns
    -------
    DataFrame indexed by region: the columns of `linkages` and `output_share`, the part's share in the region's output.
    """
    base = linkages(table, of=of, normalise=normalise)
    share: Array = np.ones(len(table.index))
    label = "everything"
    if industries is not None or stage is not None:
        part = select(table, industries=industries, stage=stage, stage_weights=stage_weights)
        share, label = part.share, part.label
    W, names = groups_by(table, "region")
    numbers = base.select_dtypes("number")
    inside, weights = W * share[:, None], _unit_weights(table, weighted_by)
    means = weighted_means(inside, weights, _renormalised(table, numbers, base.attrs, weights))
    out = _with_roles(pd.DataFrame(means, index=names, columns=numbers.columns))
    x = table.accounts.x
    output = W.T @ x
    out["output_share"] = np.divide(inside.T @ x, output, out=np.full(len(output), np.nan), where=output > 0)
    return labelled(out, base.attrs, measure="linkages by region", part=label, rule="mean", weighted_by=weighted_by)


def compare(
    table: MRIOTable,
    stage: str,
    *,
    of: Account = "output",
    normalise: Scope = "world",
    weighted_by: Weight = "output",
    stage_weights: pd.DataFrame | None = None,
    draws: int | Array = 0,
    seed: int = 0,
    level: float = 0.9,
) -> pd.DataFrame:
    """Compare one stage across all regions: its linkages, the share of output, and ranks.

    Parameters
    ----------
    stage : {"traditional", "emerging", "future"}
    of, normalise, weighted_by, stage_weights, draws, seed, level
        As in `by_stage`; the default scope is the world, since regions are compared.

    Returns
    -------
    DataFrame indexed by region, largest backward linkage first: the columns of `by_stage`, with `rank_backward` and
    `rank_forward` (1 is the largest).
    """
    options: dict[str, Any] = {
        "of": of,
        "normalise": normalise,
        "weighted_by": weighted_by,
        "stage_weights": stage_weights,
    }
    result = by_stage(table, **options, draws=draws, seed=seed, level=level)
    known = result.index.get_level_values("stage")
    if stage not in known:
        raise unknown("stage", stage, known.unique())
    out = result.loc[known == stage].droplevel("stage")
    out["rank_backward"] = out["backward"].rank(ascending=False, method="min")
    out["rank_forward"] = out["forward"].rank(ascending=False, method="min")
    ordered = out.sort_values("backward", ascending=False, kind="stable")
    return labelled(ordered, result.attrs, measure=f"linkages of {stage} industries", stage=stage)


def _with_roles(frame: pd.DataFrame) -> pd.DataFrame:
    pair: list[Array] = [np.array(frame[column], dtype=np.float64) for column in PAIR]
    return labelled(frame.assign(role=assign(*pair), strength=strength(*pair)), frame.attrs)


def _unit_weights(table: MRIOTable, weighted_by: Weight) -> Array:
    if weighted_by == "equal":
        return table.active.astype(np.float64)
    series = table.final_demand if weighted_by == "final_demand" else table.satellite(weighted_by)
    values: Array = np.array(series, dtype=np.float64)
    return np.where(table.active, np.nan_to_num(values), 0.0)


def _renormalised(table: MRIOTable, frame: pd.DataFrame, attrs: Mapping[Any, Any], weights: Array) -> Array:
    """Return the numbers of a result, the normalised ones divided by the weighted mean of their scope.

    Parts of a linkage are all divided by the mean of the column that `normalised_by` names, so that they still add up.
    """
    values: Array = frame.to_numpy(dtype=np.float64, copy=True)
    chosen = [k for k, column in enumerate(frame.columns) if column in attrs.get("normalised", ())]
    whole = attrs.get("normalised_by")
    if chosen and whole is not None:
        if whole not in frame.columns:
            raise OptionError(f"The parts of a normalised linkage are aggregated with their {whole}; keep that column.")
        means = scope_means(table, values[:, frame.columns.get_loc(whole)], attrs["normalise"], weights)[:, None]
        parts = values[:, chosen]
        values[:, chosen] = np.divide(parts, means, out=np.full(parts.shape, np.nan), where=means != 0)
        return values
    for k in chosen:
        values[:, k] = normalised(table, values[:, k], attrs["normalise"], weights)
    return values


def _sums(W: Array, values: Array) -> Array:
    sums: Array = W.T @ np.nan_to_num(values)
    return sums


def _stage_share(table: MRIOTable, stage_weights: pd.DataFrame | None, index: pd.Index[Any]) -> Array:
    W, _ = groups_by(table, "region-stage", stage_weights)
    amounts = (W.T @ table.accounts.x).reshape(len(table.regions), -1)
    totals = amounts.sum(axis=1, keepdims=True)
    shares = np.divide(amounts, totals, out=np.full(amounts.shape, np.nan), where=totals > 0)
    return np.asarray(shares.ravel())


def _intervals(
    table: MRIOTable,
    base: pd.DataFrame,
    drawn: Array,
    level: float,
    weighted_by: Weight,
    roles: list[Any],
) -> pd.DataFrame:
    """Low, high and how often the role holds, over draws of the stage shares; rows in the order of region-stage."""
    columns = ["backward", "forward", *PAIR]
    weights = _unit_weights(table, weighted_by)
    means = drawn_means(table, drawn, weights, _renormalised(table, base[columns], base.attrs, weights))
    low, high = bounds(means, level)
    spread = {}
    for position, column in enumerate(columns):
        spread[f"{column}_low"] = low[:, position]
        spread[f"{column}_high"] = high[:, position]
    drawn_roles = assign(means[:, :, 2], means[:, :, 3])
    same = (drawn_roles == np.array(roles, dtype=object)[None, :]).mean(axis=0)
    known = np.array([role in ROLES for role in roles])
    return pd.DataFrame({**spread, "role_holds": np.where(known, same, np.nan)})


def drawn_means(table: MRIOTable, drawn: Array, weights: Array, values: Array) -> npt.NDArray[np.float64]:
    """Weighted means of values (n, m) in every region and stage, for each draw of the shares (draws, n, stages).

    Returns
    -------
    array, (draws, regions x stages, m)
    """
    count, _, stages = drawn.shape
    shape = (count, len(table.regions), stages)
    known = ~np.isnan(values)
    sums, totals = np.zeros((*shape, values.shape[1])), np.zeros((*shape, values.shape[1]))
    for code in range(len(table.regions)):
        inside = table.region_codes == code
        shares = drawn[:, inside] * weights[inside][None, :, None]
        sums[:, code] = np.einsum("dis,im->dsm", shares, np.where(known, values, 0.0)[inside], optimize=True)
        totals[:, code] = np.einsum("dis,im->dsm", shares, known[inside].astype(np.float64), optimize=True)
    means = np.divide(sums, totals, out=np.full(sums.shape, np.nan), where=np.abs(totals) > 0)
    return np.asarray(means.reshape(count, -1, values.shape[1]))
