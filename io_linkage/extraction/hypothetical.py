"""Losses from extracting one industry, one selection, or each industry in turn."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import numpy as np
import pandas as pd

from io_linkage.captions import labelled
from io_linkage.errors import OptionError, require_option
from io_linkage.extraction.kinds import ALL_KINDS, BESIDES, EACH, EXTRACTIONS, Kind, require_outside
from io_linkage.extraction.results import (
    Affected,
    RelativeTo,
    affected,
    block_attrs,
    extracted_table,
    grouped_affected,
    region_sums,
    selection_attrs,
)
from io_linkage.intensities import Account, Intensity, intensity
from io_linkage.leontief import removal
from io_linkage.leontief.removal import KINDS, InsideFlows, Removal
from io_linkage.selection import select
from io_linkage.table import MRIOTable


def losses(
    table: MRIOTable,
    *,
    regions: str | Iterable[str] | None = None,
    industries: str | Iterable[str] | None = None,
    stage: str | None = None,
    kind: Kind = "complete",
    share: float = 1.0,
    of: Account = "output",
    inside_flows: InsideFlows = "removed",
    by: Affected | None = None,
    relative_to: RelativeTo | None = None,
    stage_weights: pd.DataFrame | None = None,
) -> pd.DataFrame:
    r"""Losses from extracting each industry in turn, or one selection.

    Without a selection, every industry is extracted by itself, all n at once:

    .. math:: \text{loss}_j = x_j \frac{(q'L)_j}{l_{jj}} \quad \text{(complete)}

    Parameters
    ----------
    table : MRIOTable
    regions, industries, stage : optional
        What to extract as one group, as `io_linkage.selection.select` takes it.
    kind : {"complete", "backward", "forward", "ghosh", "noncompetitive", "replaced"}
        "replaced" needs a selection; gains are losses below 0.
    share : float
        From 0 to 1: how much of it.
    of : str or Series
        "output", "value_added", a satellite account such as "jobs", or an account on the table's index.
    inside_flows : {"removed", "kept"}
        For backward and forward: whether the flows inside the group go as well.
    by : {"region", "industry", "stage", "region-stage"}, optional
        With a selection: add the affected industries up.
    relative_to : {"gdp", "account"}, optional
        What percentages are of. By default GDP for value added, and the account's own total for anything else:
        output lost is related to output.
    stage_weights : DataFrame, (n, stages), optional
        Stage shares instead of the shipped central ones.

    Returns
    -------
    DataFrame
        Without a selection: one row for each industry extracted, on the table's index; NaN without output. Columns
        own, home, abroad, total; home_percent: own and home as a percentage of the region's GDP (or account);
        total_percent: of the world's.

        With a selection: one row for each industry affected (or group, with `by`). Columns own, home, abroad, total
        and account_percent, the total as a percentage of its own account. The sums over rows are in `attrs`.

    Raises
    ------
    UnknownLabelError, OptionError
        Unknown or empty selection; the whole table where something has to remain; a share outside 0 to 1.
    SolveError
        What remains of the table has no unique solution.

    Examples
    --------
    >>> import io_linkage as iol
    >>> world = iol.load()
    >>> alone = losses(world, of="value_added").loc[("CHN", "30t33")]
    >>> chosen = losses(world, regions="CHN", industries="30t33", of="value_added")
    >>> bool(np.isclose(alone["total"], chosen["total"].sum()))
    True
    """
    require_option("kind", kind, ALL_KINDS)
    cut = Removal(kind, share, inside_flows)
    q = intensity(table, of)
    selection = None
    if regions is not None or industries is not None or stage is not None:
        selection = select(table, regions=regions, industries=industries, stage=stage, stage_weights=stage_weights)
        require_outside(table, selection.share, selection.label, cut)
    if selection is None:
        return _each(table, q, cut, relative_to)
    loss, own, besides = EXTRACTIONS[kind](table, selection.share, cut)
    parts = affected(table, selection.share, loss, own, q)
    out = parts if by is None else grouped_affected(table, parts, q, by, stage_weights)
    more = {BESIDES[kind]: besides} if kind in BESIDES else {}
    return labelled(out, selection_attrs(table, parts, selection, q, relative_to, **more, **cut.attrs))


def losses_by_region(
    table: MRIOTable,
    *,
    kind: Literal["complete", "backward", "forward"] = "complete",
    share: float = 1.0,
    of: Account = "output",
    inside_flows: InsideFlows = "removed",
) -> pd.DataFrame:
    """Losses of each region from extracting each industry in turn: (n, regions), all at once.

    Returns
    -------
    DataFrame on the table's index (the industry extracted), columns the regions that lose; NaN without output.
    """
    require_option("kind", kind, KINDS)
    cut = Removal(kind, share, inside_flows)
    q = intensity(table, of)
    alpha, beta = removal.single(table.system, cut)
    sums = region_sums(table, q)
    sums *= alpha[:, None]
    sums[np.arange(len(alpha)), table.region_codes] -= beta * q.counted
    columns = pd.Index(table.regions, name="affected")
    return table.frame(
        sums, columns, f"extraction loss in {q.name}", unit=q.unit, kind=kind, share=share, **block_attrs(q)
    )


def _each(table: MRIOTable, q: Intensity, cut: Removal, relative_to: RelativeTo | None) -> pd.DataFrame:
    """Losses without each industry by itself, one a row."""
    if cut.kind not in EACH:
        raise OptionError(f"kind={cut.kind!r} extracts one selection at a time; name a region, an industry or a stage.")
    values, besides = EACH[cut.kind](table, q, cut)
    values[~(table.active & q.known)] = np.nan
    out = extracted_table(table, values, table.index, table.region_codes, q, relative_to, **cut.attrs)
    if besides is not None:
        out[BESIDES[cut.kind]] = np.where(table.active, besides, np.nan)
    return out
