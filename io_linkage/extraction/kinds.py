"""The kinds of extraction, as tables of what computes them, and the losses without each of many groups."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from io_linkage.errors import OptionError, require_option
from io_linkage.extraction.domestic import noncompetitive_each, noncompetitive_group
from io_linkage.extraction.replaced import replaced_group
from io_linkage.extraction.supply_driven import supply_driven_each, supply_driven_group
from io_linkage.intensities import Intensity
from io_linkage.leontief import Array, removal
from io_linkage.leontief.removal import KINDS, Removal
from io_linkage.selection import groups_by, region_codes
from io_linkage.table import MRIOTable

Kind: TypeAlias = Literal["complete", "backward", "forward", "ghosh", "noncompetitive", "replaced"]
Extracted: TypeAlias = Literal["region", "industry", "stage", "region-stage"]

ALL_KINDS: tuple[Kind, ...] = (*KINDS, "ghosh", "noncompetitive", "replaced")

#: What a kind says besides losses, in the table's unit.
BESIDES = {"noncompetitive": "replacement", "replaced": "not_replaced"}


def require_outside(table: MRIOTable, share: Array, label: str, cut: Removal) -> None:
    """Raise where an extraction needs industries outside the group and there are none."""
    if (cut.inside_flows == "kept" or cut.kind == "replaced") and (share[table.active] == 1).all():
        asked = "kind='replaced'" if cut.kind == "replaced" else "inside_flows='kept'"
        raise OptionError(f"{label} is the whole of {table.label}; {asked} needs industries outside it. Select a part.")


def groups(
    table: MRIOTable, by: Extracted, regions: str | Iterable[str] | None, stage_weights: pd.DataFrame | None
) -> tuple[Array, pd.Index[Any], npt.NDArray[np.intp]]:
    """Return the membership of all groups, their names, and which of them are asked for."""
    require_option("extracted", by, ("region", "industry", "stage", "region-stage"))
    W, names = groups_by(table, by, stage_weights)
    keep = np.arange(W.shape[1])
    if regions is not None:
        if by not in ("region", "region-stage"):
            raise OptionError(f"extracted={by!r} spans all regions; regions= is for 'region' and 'region-stage'.")
        keep = np.flatnonzero(names.get_level_values(0).isin(region_codes(table, regions)))
    return W, names, keep


def without_group(table: MRIOTable, share: Array, cut: Removal) -> tuple[Array, Array, float]:
    """Return the loss of output without a group, the part of it that is the group's own, and 0 besides."""
    loss = removal.group(table.system, share, cut)
    return loss, removal.own_part(table.system, share, loss, cut), 0.0


def without_each(table: MRIOTable, q: Intensity, cut: Removal) -> tuple[Array, None]:
    """Return own, home, abroad and total (n, 4) of the losses without each industry by itself."""
    alpha, beta = removal.single(table.system, cut)
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
    return np.column_stack([own, at_home - own, total - at_home, total]), None


#: What computes each kind for one group: loss of output (n,), its own part (n,), and what BESIDES names.
EXTRACTIONS: dict[str, Callable[[MRIOTable, Array, Removal], tuple[Array, Array, float]]] = {
    "complete": without_group,
    "backward": without_group,
    "forward": without_group,
    "ghosh": supply_driven_group,
    "noncompetitive": noncompetitive_group,
    "replaced": replaced_group,
}

#: What computes a kind for each industry in turn: own, home, abroad and total (n, 4), and what BESIDES names (n,).
EACH: dict[str, Callable[[MRIOTable, Intensity, Removal], tuple[Array, Array | None]]] = {
    "complete": without_each,
    "backward": without_each,
    "forward": without_each,
    "ghosh": supply_driven_each,
    "noncompetitive": noncompetitive_each,
}


def group_losses(
    table: MRIOTable, W: Array, names: pd.Index[Any], keep: npt.NDArray[np.intp], cut: Removal
) -> Iterable[tuple[Array, Array, Array, float]]:
    """Yield share, loss and own loss of each group, and what is replaced or not (see BESIDES), else 0."""
    require_option("kind", cut.kind, ALL_KINDS)
    ranks = (W[:, keep] != 0).sum(axis=0)
    # With most columns of L wanted anyway, one inverse is cheaper than the solves.
    if cut.kind in KINDS and ranks[ranks <= removal.LOW_RANK].sum() > table.system.n / 2:
        table.system.inverse()
    for column in keep:
        if cut.kind not in KINDS:
            require_outside(table, W[:, column], _spelled(names[column]), cut)
        yield W[:, column], *EXTRACTIONS[cut.kind](table, W[:, column], cut)


def _spelled(name: object) -> str:
    return " ".join(map(str, name)) if isinstance(name, tuple) else str(name)
