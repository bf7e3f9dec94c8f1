"""Losses from extracting one industry, one selection, or each industry in turn."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import numpy as np
import pandas as pd

from io_linkage.errors import require_option
from io_linkage.extraction.domestic import noncompetitive_losses
from io_linkage.extraction.kinds import ALL_KINDS, Kind, require_outside, without_group
from io_linkage.extraction.replaced import replaced_losses
from io_linkage.extraction.results import (
    Affected,
    RelativeTo,
    affected,
    block_attrs,
    extracted_table,
    finished,
    region_sums,
)
from io_linkage.extraction.supply_driven import supply_driven_losses
from io_linkage.intensities import Account, Intensity, intensity
from io_linkage.leontief import Array, removal
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
    if kind == "ghosh":
        return supply_driven_losses(table, selection, q, cut, by, relative_to, stage_weights)
    if kind == "noncompetitive":
        return noncompetitive_losses(table, selection, q, cut, by, relative_to, stage_weights)
    if kind == "replaced":
        return replaced_losses(table, selection, q, cut, by, relative_to, stage_weights)
    if selection is None:
        return _each(table, kind, cut, q, relative_to)
    loss, own, _ = without_group(table, selection.share, cut)
    found = affected(table, selection.share, loss, own, q)
    return finished(table, found, selection, q, by, relative_to, stage_weights, **cut.attrs)


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
    alpha, beta = removal.single(table.system, kind, cut.share, cut.inside_flows)
    sums = region_sums(table, q)
    sums *= alpha[:, None]
    sums[np.arange(len(alpha)), table.region_codes] -= beta * q.counted
    columns = pd.Index(table.regions, name="affected")
    return table.frame(
        sums, columns, f"extraction loss in {q.name}", unit=q.unit, kind=kind, share=share, **block_attrs(q)
    )


def _each(
    table: MRIOTable,
    kind: Literal["complete", "backward", "forward"],
    cut: Removal,
    q: Intensity,
    relative_to: RelativeTo | None,
) -> pd.DataFrame:
    alpha, beta = removal.single(table.system, kind, cut.share, cut.inside_flows)
    diagonal = table.system.inverse_diagonal()
    sums = table.system.backward_sums() if q.is_output else table.system.solve_transposed(q.counted)
    # For the home region alone: column j of L summed over the rows of j's own region.
    home: Array = np.empty(len(alpha))
    for code in range(len(table.regions)):
        inside = np.flatnonzero(table.region_codes == code)
        home[inside] = q.counted[inside] @ table.system.inverse()[np.ix_(inside, inside)]
    own = alpha * diagonal * q.counted - beta * q.counted
    at_home = alpha * home - beta * q.counted
    total = alpha * sums - beta * q.counted
    values = np.column_stack([own, at_home - own, total - at_home, total])
    values[~(table.active & q.known)] = np.nan
    return extracted_table(
        table,
        values,
        table.index,
        table.region_codes,
        q,
        relative_to,
        kind=kind,
        share=cut.share,
        inside_flows=cut.inside_flows,
    )
