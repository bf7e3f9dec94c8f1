"""One extraction for each of many groups: which groups there are, and the loss of output without each."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from io_linkage.errors import OptionError, require_option
from io_linkage.extraction.domestic import noncompetitive_group
from io_linkage.extraction.replaced import replaced_group
from io_linkage.extraction.results import require_factor
from io_linkage.leontief import Array, removal
from io_linkage.leontief.removal import KINDS, Within
from io_linkage.selection import groups_by, region_codes
from io_linkage.table import MRIOTable

Kind: TypeAlias = Literal["complete", "backward", "forward", "noncompetitive", "replaced"]
Extracted: TypeAlias = Literal["region", "industry", "stage", "region-stage"]

ALL_KINDS: tuple[Kind, ...] = (*KINDS, "noncompetitive", "replaced")

#: What a kind says besides losses, in the table's unit.
BESIDES = {"noncompetitive": "replacement", "replaced": "not_replaced"}


def require_outside(table: MRIOTable, share: Array, label: str, kind: Kind, within: Within) -> None:
    """Raise where an extraction needs industries outside the group and there are none."""
    if (within == "kept" or kind == "replaced") and (share[table.active] == 1).all():
        asked = "kind='replaced'" if kind == "replaced" else "within='kept'"
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
            raise OptionError(f"extracted={by!r} spans all regions; region= is for 'region' and 'region-stage'.")
        keep = np.flatnonzero(names.get_level_values(0).isin(region_codes(table, regions)))
    return W, names, keep


def group_losses(
    table: MRIOTable,
    W: Array,
    names: pd.Index[Any],
    keep: npt.NDArray[np.intp],
    kind: Kind,
    factor: float,
    within: Within,
) -> Iterable[tuple[Array, Array, Array, float]]:
    """Yield share, loss and own loss of each group, and what is replaced or not (see BESIDES), else 0."""
    require_option("kind", kind, ALL_KINDS)
    require_option("within", within, ("removed", "kept"))
    require_factor(factor)
    if kind == "noncompetitive" or kind == "replaced":
        one = noncompetitive_group if kind == "noncompetitive" else replaced_group
        for column in keep:
            require_outside(table, W[:, column], _spelled(names[column]), kind, within)
            yield W[:, column], *one(table, W[:, column], factor)
        return
    system = table.system
    ranks = (W[:, keep] != 0).sum(axis=0)
    # With most columns of L wanted anyway, one inverse is cheaper than the solves.
    if ranks[ranks <= removal.LOW_RANK].sum() > system.n / 2:
        system.inverse()
    for column in keep:
        share = W[:, column]
        loss = removal.group(system, share, kind, factor, within)
        yield share, loss, removal.own_part(system, share, loss, kind, factor, within), 0.0


def _spelled(name: object) -> str:
    return " ".join(map(str, name)) if isinstance(name, tuple) else str(name)
