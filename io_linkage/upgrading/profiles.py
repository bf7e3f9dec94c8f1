r"""The low-end lock-in profile: what a country earns from exports, with what labour, and where in the chain.

Terms
-----
d : v_i (M E)_i, domestic value added of industry i in all of its country's exports, directly and through others.
frontier : economies to be measured against, taken together (sums over sums, not a mean of ratios).

======================  ==========================================================================  =========
indicator               definition                                                                  direction
======================  ==========================================================================  =========
traditional, emerging,  share of each stage of industry in d; with a stage file, of its own stages  -
future
high_stage              emerging + future; of other stages all but the first                        up
high_tech               share of high-tech activity in d                                            up
dva_share               domestic value added in gross exports                                       up
backward, forward       shares of exports in value chains, by side                                  -
upstreamness,           export-weighted positions                                                   -
downstreamness
gvc_position            forward over backward length of value chains, export-weighted               -
skill                   high-skilled share of the hours worked at home for exports                  up
va_per_job              domestic value added per person working at home for exports                 up
======================  ==========================================================================  =========

*Direction* is what counts as upgrading. A high domestic share alone is not: an exporter of crude oil has it too, so the
profile is read as a whole. Locked in is who stays behind on stage, skill and value added per job at once.

Two limits. The shipped stage and trait shares are the same for an industry wherever it is, so they see who makes
electronics, not who assembles them: domestic share, skill and value added per job tell these apart. Value added per job
is at current prices and exchange rates: compare with the frontier of the same year, not between years.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from io_linkage import economies, panel, stages
from io_linkage.captions import labelled
from io_linkage.errors import MissingSatelliteError, OptionError, StageError
from io_linkage.leontief import Array
from io_linkage.position import position
from io_linkage.position.lengths import production_length_by
from io_linkage.stages.intervals import bounds, drawn_shares, require_draws
from io_linkage.stages.matching import matched
from io_linkage.table import MRIOTable
from io_linkage.trade_blocks import Definition, Trade, trade
from io_linkage.value_added.chain_participation import trade_based

INDICATORS = (
    "traditional",
    "emerging",
    "future",
    "high_stage",
    "high_tech",
    "dva_share",
    "backward",
    "forward",
    "upstreamness",
    "downstreamness",
    "gvc_position",
    "skill",
    "va_per_job",
)

#: Indicators for which more is upgrading.
UPWARD = ("high_stage", "high_tech", "dva_share", "skill", "va_per_job")

FRONTIER = "frontier"

#: Share of the draws between `high_stage_low` and `high_stage_high`.
LEVEL = 0.9


def lock_in(
    tables: MRIOTable | Iterable[MRIOTable],
    *,
    regions: str | list[str] = "developing",
    frontier: str | list[str] = "g7",
    membership_year: int | None = None,
    definition: Definition = "table",
    stage_weights: pd.DataFrame | None = None,
    traits: pd.DataFrame | None = None,
    stage_file: stages.File = None,
    draws: int = 0,
) -> pd.DataFrame:
    """Profile of each country and of the frontier, for one year or several.

    Parameters
    ----------
    tables : MRIOTable or iterable of MRIOTable
        Two regions or more; one table is in memory at a time.
    regions, frontier : str or list
        Codes, names or groups.
    membership_year : int, optional
        Year whose members a group has, in all years; the last table's by default.
    definition : {"table", "residual"}
    stage_weights, traits : DataFrame, optional
        Shares of stages and of traits instead of the shipped ones. The stages may have other names.
    stage_file : path or DataFrame, optional
        Shares of stages and traits of your own, with their ranges, as `io_linkage.stages.load_file` reads them.
    draws : int
        Draws of the stage shares within their ranges; adds `high_stage_low` and `high_stage_high` (5 % and 95 %), NaN
        where the stage file gives no ranges.

    Returns
    -------
    DataFrame
        Rows: regions and "frontier", of several tables with `year` before them; columns: `INDICATORS`, or the stages
        of the file and the indicators after them. ``attrs["high_stages"]`` are those that high_stage sums. Shares are
        fractions, positions stages, `va_per_job` the table's unit per unit of the jobs account. NaN where the table
        lacks an account (named in attrs["missing"]) or a country has no figure in an industry that works for exports.
        attrs["frontier"] names the frontier's members, attrs["membership_year"] their year.

    See Also
    --------
    distance, catching_up : what becomes of the profile.

    Examples
    --------
    >>> import io_linkage as iol
    >>> profile = lock_in(iol.load(year=1995), regions=["CHN", "MEX"])
    >>> profile.loc[["CHN", "MEX", "frontier"], "high_stage"].round(2).tolist()
    [0.1, 0.1, 0.16]
    """
    options: dict[str, Any] = {
        "definition": definition,
        "stage_weights": stage_weights,
        "traits": traits,
        "stage_file": stage_file,
        "draws": draws,
    }
    if isinstance(tables, MRIOTable):
        members = _members(tables, regions, frontier, membership_year)
        return _profile(indicator_sums(tables, **options), *members)
    years: dict[int, IndicatorSums] = {}
    for year, table in panel.dated(tables):
        years[year] = indicator_sums(table, **options)
    members = _members(table, regions, frontier, membership_year)
    profiles = {year: _profile(sums, *members) for year, sums in years.items()}
    attrs = profiles[year].attrs
    missing = list(dict.fromkeys(name for sums in years.values() for name in sums.attrs["missing"]))
    for profile in profiles.values():
        profile.attrs = {}
    result = pd.concat(profiles, names=["year"])
    return labelled(result, {**result.attrs, **attrs, "missing": missing, "year": list(years)})


def _members(
    table: MRIOTable, regions: str | list[str], frontier: str | list[str], membership_year: int | None
) -> tuple[list[str], list[str], int | None]:
    chosen, ahead = (economies.resolve(table, who, membership_year=membership_year) for who in (regions, frontier))
    return chosen, ahead, table.year if membership_year is None else membership_year


_Pairs = dict[str, tuple[Array, Array]]


@dataclass(frozen=True, eq=False)
class IndicatorSums:
    """What the indicators of one table are ratios of: numerator and denominator by region.

    Profiles over years are made from these, so that the members of groups may be settled by the last table.
    """

    regions: list[str]
    pairs: _Pairs
    attrs: dict[str, Any]

    def rows(self, chosen: list[str], ahead: list[str]) -> pd.DataFrame:
        """Ratios of each region, and of the sums over the frontier's regions that have both figures."""
        own, front = ([self.regions.index(region) for region in who] for who in (chosen, ahead))
        columns = {}
        for name, (above, below) in self.pairs.items():
            known = [k for k in front if np.isfinite(above[k]) and np.isfinite(below[k])]
            top = _divide(above[known].sum(), below[known].sum()) if known else np.nan
            columns[name] = [*(_divide(above[k], below[k]) for k in own), top]
        return pd.DataFrame(columns, index=pd.Index([*chosen, FRONTIER], name="region"))


def indicator_sums(
    table: MRIOTable,
    *,
    definition: Definition = "table",
    stage_weights: pd.DataFrame | None = None,
    traits: pd.DataFrame | None = None,
    stage_file: stages.File = None,
    draws: int = 0,
) -> IndicatorSums:
    """Return numerators and denominators of all indicators; options as in `lock_in`."""
    if draws:
        require_draws(draws)
    if stage_weights is not None and (draws or stage_file is not None):
        raise OptionError("stage_weights= has no ranges to draw from; pass stage_file= instead of it.")
    blocks = trade(table, definition)
    missing: list[str] = []
    earned = blocks.v * blocks.times_local(blocks.total_exports)
    pairs, high = _stage_shares(table, blocks, earned, stage_weights, stage_file, missing)
    pairs["high_tech"] = _high_tech(table, blocks, earned, traits, stage_file, missing)
    rest = _chain(table, blocks, definition) | _labour(table, blocks, earned, missing)
    pairs |= {name: rest[name] for name in INDICATORS if name in rest}
    if draws:
        pairs |= _range(table, blocks, earned, high, stage_file, draws)
    attrs = table.caption("low-end lock-in profile", "shares of exports; stages; value per job", **blocks.attrs)
    more = {"missing": missing, "jobs": jobs_unit(table), "high_stages": high}
    return IndicatorSums(table.regions, pairs, {**attrs, **more})


def _profile(sums: IndicatorSums, chosen: list[str], ahead: list[str], membership_year: int | None) -> pd.DataFrame:
    result = sums.rows(chosen, ahead)
    return labelled(result, {**result.attrs, **sums.attrs, "frontier": ahead, "membership_year": membership_year})


def _divide(above: float, below: float) -> float:
    return float(above / below) if below != 0 else float("nan")


def high_stages(names: Iterable[str]) -> tuple[str, ...]:
    """Stages that a country climbs to: all but traditional, or all but the first of one's own."""
    order = list(map(str, names))
    low = "traditional" if "traditional" in order else order[0]
    return tuple(name for name in order if name != low)


def _require_stages(names: list[str]) -> None:
    taken = [name for name in names if name in INDICATORS and name not in stages.STAGES]
    if taken:
        raise OptionError(f"{taken[0]!r} is the name of a stage and of an indicator; call the stage something else.")
    if len(names) < 2:
        raise OptionError(f"A profile needs two stages or more; the shares are of {', '.join(names) or 'none'}.")


def _stage_shares(
    table: MRIOTable,
    blocks: Trade,
    earned: Array,
    stage_weights: pd.DataFrame | None,
    stage_file: stages.File,
    missing: list[str],
) -> tuple[_Pairs, tuple[str, ...]]:
    """Return the pairs of all stages and of the high ones, and which these are."""
    total = blocks.region_sums(earned)
    try:
        W = stages.weights(table, stage_file=stage_file) if stage_weights is None else stage_weights
    except StageError as error:
        if stage_file is not None:
            raise
        missing.append(f"stages: {error}")
        W = pd.DataFrame(np.nan, index=table.index, columns=list(stages.STAGES))
    names = list(map(str, W.columns))
    _require_stages(names)
    shares = W.reindex(table.index).to_numpy(dtype=np.float64)
    sums = {name: blocks.region_sums(earned * shares[:, k]) for k, name in enumerate(names)}
    high = high_stages(names)
    pairs = {name: (amount, total) for name, amount in sums.items()}
    pairs["high_stage"] = (np.sum([sums[name] for name in high], axis=0), total)
    return pairs, high


def _high_tech(
    table: MRIOTable,
    blocks: Trade,
    earned: Array,
    traits: pd.DataFrame | None,
    stage_file: stages.File,
    missing: list[str],
) -> tuple[Array, Array]:
    total = blocks.region_sums(earned)
    try:
        T = stages.traits(table, stage_file=stage_file) if traits is None else traits
        if "high_tech" not in T:
            raise StageError("no share high_tech")
        return blocks.region_sums(earned * T["high_tech"].reindex(table.index).to_numpy(dtype=np.float64)), total
    except StageError as error:
        missing.append(f"traits: {error}")
        return np.full(blocks.G, np.nan), total


def _chain(table: MRIOTable, blocks: Trade, definition: Definition) -> _Pairs:
    exports = blocks.total_exports
    total = blocks.region_sums(exports)
    split = trade_based(table, definition=definition).frame("exporter")
    measured = position(table).fillna(0.0)
    ahead = production_length_by(table, by="region", definition=definition)["gvc"]
    behind = production_length_by(table, by="region", side="backward", definition=definition)["gvc"]
    terms = {name: split[name].to_numpy(dtype=np.float64) for name in split.columns}
    return {
        "dva_share": (blocks.region_sums(blocks.local_value_added * exports), total),
        "backward": (terms["pure_backward"] + terms["two_sided"], total),
        "forward": (terms["pure_forward"], total),
        "upstreamness": (blocks.region_sums(exports * measured["upstreamness"].to_numpy()), total),
        "downstreamness": (blocks.region_sums(exports * measured["downstreamness"].to_numpy()), total),
        "gvc_position": (total * (ahead / behind).to_numpy(), total),
    }


def _labour(table: MRIOTable, blocks: Trade, earned: Array, missing: list[str]) -> _Pairs:
    skilled, hours, jobs = (_embodied(table, blocks, name, missing) for name in ("hours_high_skilled", "hours", "jobs"))
    return {"skill": (skilled, hours), "va_per_job": (blocks.region_sums(earned), jobs)}


def _embodied(table: MRIOTable, blocks: Trade, name: str, missing: list[str]) -> Array:
    """Return the account's domestic content of each region's exports; NaN where an industry has no figure."""
    try:
        values = table.satellite(name).to_numpy(dtype=np.float64)
    except MissingSatelliteError:
        missing.append(name)
        return np.full(blocks.G, np.nan)
    output = blocks.times_local(blocks.total_exports)
    gap = np.isnan(values) & (np.abs(output) > 0) & table.active
    content = blocks.region_sums(table.per_output(np.nan_to_num(values)) * output)
    return np.where(blocks.region_sums(gap.astype(float)) > 0, np.nan, content)


def jobs_unit(table: MRIOTable) -> str:
    """Return the unit of the jobs account; empty without one."""
    try:
        return str(table.satellite("jobs").attrs["unit"])
    except MissingSatelliteError:
        return ""


def _range(
    table: MRIOTable, blocks: Trade, earned: Array, high: tuple[str, ...], stage_file: stages.File, draws: int
) -> _Pairs:
    source = matched(table, stage_file)
    counted = np.isin(source.stages, high)
    sums = [blocks.region_sums(earned * W[:, counted].sum(axis=1)) for W in drawn_shares(source, draws, seed=0)]
    low, top = bounds(np.array(sums).reshape(-1, blocks.G), LEVEL)
    total = blocks.region_sums(earned)
    return {"high_stage_low": (low, total), "high_stage_high": (top, total)}
