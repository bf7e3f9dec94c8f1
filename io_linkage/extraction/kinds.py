"""One extraction for each of many groups: which groups there are, and the loss of output without each."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Literal, TypeAlias, cast

import numpy as np
import numpy.typing as npt
import pandas as pd

from io_linkage.errors import OptionError, require_option
from io_linkage.extraction.domestic import noncompetitive_group
from io_linkage.extraction.replaced import replaced_group
from io_linkage.extraction.supply_driven import supply_driven_group
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
    kind = cast(removal.Kind, cut.kind)
    loss = removal.group(table.system, share, kind, cut.share, cut.inside_flows)
    return loss, removal.own_part(table.system, share, loss, kind, cut.share, cut.inside_flows), 0.0


#: What computes each kind: loss of output (n,), its own part (n,), and what BESIDES names.
EXTRACTIONS: dict[str, Callable[[MRIOTable, Array, Removal], tuple[Array, Array, float]]] = {
    "complete": without_group,
    "backward": without_group,
    "forward": without_group,
    "ghosh": supply_driven_group,
    "noncompetitive": noncompetitive_group,
    "replaced": replaced_group,
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
