"""Extraction of many groups at once: regions, industries or stages, each by itself."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

import numpy as np
import pandas as pd

from io_linkage.captions import labelled
from io_linkage.errors import OptionError, unknown
from io_linkage.extraction.kinds import BESIDES, Extracted, Kind, group_losses, groups
from io_linkage.extraction.results import (
    PARTS,
    Affected,
    RelativeTo,
    block_attrs,
    extracted_table,
    percent,
    percent_base,
)
from io_linkage.intensities import Account, Intensity, intensity
from io_linkage.leontief import Array, removal
from io_linkage.leontief.removal import InsideFlows, Removal
from io_linkage.selection import groups_by, region_codes
from io_linkage.stages.intervals import bounds, described, drawn_weights
from io_linkage.table import MRIOTable


def by_region(
    table: MRIOTable,
    *,
    kind: Kind = "complete",
    share: float = 1.0,
    of: Account = "output",
    inside_flows: InsideFlows = "removed",
    relative_to: RelativeTo | None = None,
) -> pd.DataFrame:
    """Losses from extracting each region as a whole.

    Returns
    -------
    DataFrame indexed by the region extracted; columns own, home (0), abroad, total, home_percent, total_percent as
    in `io_linkage.extraction.losses`; with kind="noncompetitive" also `replacement`, what is imported instead, and
    with kind="replaced" (gains are losses below 0) `not_replaced`, what finds no other supplier.
    """
    return _by_group(table, "region", None, Removal(kind, share, inside_flows), of, relative_to, None)


def by_stage(
    table: MRIOTable,
    *,
    regions: str | Iterable[str] | None = None,
    kind: Kind = "complete",
    share: float = 1.0,
    of: Account = "output",
    inside_flows: InsideFlows = "removed",
    relative_to: RelativeTo | None = None,
    stage_weights: pd.DataFrame | None = None,
    draws: int | Array = 0,
    seed: int = 0,
    level: float = 0.9,
) -> pd.DataFrame:
    """Losses from extracting each stage of each region as one group.

    Parameters
    ----------
    regions : str or list, optional
        Only the stages of these regions.
    kind, share, of, inside_flows, relative_to, stage_weights
        As in `io_linkage.extraction.losses`.
    draws : int or array (draws, n, stages)
        Number of draws of the shipped stage shares within their ranges, or draws of one's own; for complete,
        backward and forward extraction with share=1 and inside_flows="removed".
    seed, level
        Seed of the draws; share of them between low and high.

    Returns
    -------
    DataFrame indexed by (region, stage) extracted; columns as in `by_region`, and with draws `total_low`, `total_high`,
    `total_percent_low`, `total_percent_high`, `home_percent_low` and `home_percent_high`.

    Examples
    --------
    >>> import io_linkage as iol
    >>> stages = by_stage(iol.load(), regions="CHN", of="value_added")
    >>> bool(stages.loc[("CHN", "emerging"), "abroad"] > stages.loc[("CHN", "future"), "abroad"])
    True
    """
    rows = None if regions is None else region_codes(table, regions)
    out = _by_group(table, "region-stage", rows, Removal(kind, share, inside_flows), of, relative_to, stage_weights)
    if isinstance(draws, int) and not draws:
        return out
    if kind not in ("complete", "backward", "forward") or share != 1 or inside_flows != "removed":
        raise OptionError(
            "Intervals over draws are for complete, backward and forward extraction with share=1 and "
            "inside_flows='removed'; leave draws out otherwise."
        )
    drawn = drawn_weights(table, draws, seed, stage_weights=stage_weights)
    wanted = list(dict.fromkeys(out.index.get_level_values(0)))
    spread = _intervals(table, wanted, kind, of, relative_to, drawn, level)
    both = pd.concat([out, spread.set_axis(out.index)], axis=1)
    return labelled(both, out.attrs, interval=described(level, len(drawn)))


def compare(
    table: MRIOTable,
    stage: str,
    *,
    kind: Kind = "complete",
    share: float = 1.0,
    of: Account = "value_added",
    relative_to: RelativeTo | None = None,
    stage_weights: pd.DataFrame | None = None,
    draws: int | Array = 0,
    seed: int = 0,
) -> pd.DataFrame:
    """Compare what each region's industries of one stage mean to itself and to the others.

    Returns
    -------
    DataFrame indexed by region, largest total loss first: the columns of `by_stage`, with `elsewhere`, the loss
    outside the stage itself per unit of its own (what the world loses besides, for each unit the stage loses).
    """
    out = by_stage(
        table,
        kind=kind,
        share=share,
        of=of,
        relative_to=relative_to,
        stage_weights=stage_weights,
        draws=draws,
        seed=seed,
    )
    known = out.index.get_level_values("stage")
    if stage not in known:
        raise unknown("stage", stage, known.unique())
    part = out.loc[known == stage].droplevel("stage")
    part["elsewhere"] = (part["home"] + part["abroad"]) / part["own"].where(part["own"] != 0)
    measure = f"{out.attrs['of']} lost without the {stage} industries of each region"
    return labelled(part.sort_values("total", ascending=False, kind="stable"), out.attrs, measure=measure, stage=stage)


def matrix(
    table: MRIOTable,
    *,
    extracted: Extracted = "region",
    affected: Affected = "region",
    kind: Kind = "complete",
    share: float = 1.0,
    of: Account = "value_added",
    inside_flows: InsideFlows = "removed",
    regions: str | Iterable[str] | None = None,
    relative_to: RelativeTo | Literal["absolute"] = "absolute",
    stage_weights: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Losses of every affected group from extracting every group: rows extracted, columns affected.

    Parameters
    ----------
    extracted, affected : {"region", "industry", "stage", "region-stage"}
    regions : str or list, optional
        Extract only groups in these regions (extracted "region" or "region-stage").
    relative_to : {"absolute", "gdp", "account"}
        Amounts, or percent of the affected group's GDP or own account.
    kind, share, of, inside_flows, stage_weights
        As in `io_linkage.extraction.losses`.

    Returns
    -------
    DataFrame (groups extracted, groups affected); in the account's unit or percent.
    """
    q, cut = intensity(table, of), Removal(kind, share, inside_flows)
    W, names, keep = groups(table, extracted, regions, stage_weights)
    columns, affected_names = groups_by(table, affected, stage_weights)
    lost = np.empty((len(keep), columns.shape[1]))
    for row, (_, loss, _, _) in enumerate(group_losses(table, W, names, keep, cut)):
        lost[row] = columns.T @ (q.counted * loss)
    unit = q.unit
    attrs = {"percent_of": ""}
    if relative_to != "absolute":
        _, _, base_name = percent_base(table, q, relative_to)
        total = table.va.to_numpy() if relative_to == "gdp" else np.nan_to_num(q.total)
        lost, unit, attrs = percent(lost, columns.T @ total), "%", {"percent_of": base_name}
    out = pd.DataFrame(lost, index=names[keep], columns=affected_names)
    out = out.rename_axis(index=_renamed(out.index, "extracted"), columns=_renamed(out.columns, "affected"))
    return labelled(out, table.caption(f"{q.name} lost", unit, kind=kind, share=share, **attrs, **block_attrs(q)))


def _by_group(
    table: MRIOTable,
    by: Extracted,
    region: list[str] | None,
    cut: Removal,
    of: Account,
    relative_to: RelativeTo | None,
    stage_weights: pd.DataFrame | None,
) -> pd.DataFrame:
    q = intensity(table, of)
    W, names, keep = groups(table, by, region, stage_weights)
    values = np.empty((len(keep), len(PARTS)))
    homes = np.zeros((len(keep), len(table.regions)), dtype=bool)
    besides = np.zeros(len(keep))
    for row, (part, loss, own, moved) in enumerate(group_losses(table, W, names, keep, cut)):
        besides[row] = moved
        homes[row, table.region_codes[part > 0]] = True
        total, at_home = q.counted @ loss, (q.counted * homes[row, table.region_codes]) @ loss
        mine = q.counted @ own
        values[row] = mine, at_home - mine, total - at_home, total
        if not (table.active & q.known & (part > 0)).any():
            values[row] = np.nan
    out = extracted_table(table, values, names[keep], homes, q, relative_to, **cut.attrs)
    return labelled(out.assign(**{BESIDES[cut.kind]: besides}), out.attrs) if cut.kind in BESIDES else out


def _intervals(
    table: MRIOTable,
    wanted: list[str],
    kind: removal.Kind,
    of: Account,
    relative_to: RelativeTo | None,
    drawn: Array,
    level: float,
) -> pd.DataFrame:
    """Low and high of the losses of each region and stage over draws of the shares."""
    q = intensity(table, of)
    base, world, _ = percent_base(table, q, relative_to)
    blocks = []
    for region in wanted:
        code = table.regions.index(region)
        total, home = _drawn_losses(table, code, np.moveaxis(drawn[:, table.region_codes == code], 1, 2), q, kind)
        amounts = {
            "total": total,
            "home_percent": percent(home, float(base[code])),
            "total_percent": percent(total, world),
        }
        ends = {name: bounds(values, level) for name, values in amounts.items()}
        blocks.append(
            pd.DataFrame({f"{name}_{end}": b[k] for name, b in ends.items() for k, end in enumerate(("low", "high"))})
        )
    return pd.concat(blocks, ignore_index=True)


def _drawn_losses(table: MRIOTable, code: int, shares: Array, q: Intensity, kind: removal.Kind) -> tuple[Array, Array]:
    """Return total and home losses (draws, stages) of the parts `shares` (draws, stages, m) of one region."""
    inside = np.flatnonzero(table.region_codes == code)
    columns = removal.inverse_columns(table.system, inside)
    x = table.accounts.x[inside]
    sold = x * table.system.direct_forward_sums[inside]
    u, beta = removal.block_factors(columns[inside], shares, x, sold, kind)
    here = q.counted[inside]
    total = u @ (q.counted @ columns) - beta @ here
    return np.asarray(total), np.asarray(u @ (here @ columns[inside]) - beta @ here)


def _renamed(index: pd.Index[Any], role: str) -> str | list[str]:
    names = [f"{role} {name}" for name in index.names]
    return names if isinstance(index, pd.MultiIndex) else names[0]
