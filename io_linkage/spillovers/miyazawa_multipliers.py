r"""Internal and external multipliers of two groups of industries or regions (Miyazawa).

Terms
-----
M_a : internal multiplier of group a, (I - A_aa)^-1: what a would make if it traded only within itself.
D_a : external multiplier, the loops from a through b and back, (I - M_a A_ab M_b A_ba)^-1.
L_aa = D_a M_a : both together, the group's block of the inverse.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from io_linkage.captions import labelled
from io_linkage.errors import OptionError, SolveError
from io_linkage.leontief import Array, System
from io_linkage.selection import select
from io_linkage.table import MRIOTable

#: Largest departure from a product identity, relative to the block, before the multipliers count as wrong.
TOLERANCE = 1e-8


@dataclass(frozen=True, eq=False)
class Miyazawa:
    """Multipliers of two groups; the product identities are checked when it is made.

    Attributes
    ----------
    internal : dict of group name to DataFrame
        M_a and M_b.
    external : dict of group name to DataFrame
        D_a and D_b; the identity matrix for a group without loops through the other.
    total : DataFrame
        The inverse of the two groups' system, a's industries first.
    inputs : dict of (group, group) to array
        A_ab and A_ba: what the second group buys from the first per unit of output.
    """

    internal: dict[str, pd.DataFrame]
    external: dict[str, pd.DataFrame]
    total: pd.DataFrame
    inputs: dict[tuple[str, str], Array]
    attrs: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Check L_aa = D_a M_a and L_ab = D_a M_a A_ab M_b for both groups."""
        first, second = self.names
        for a, b in ((first, second), (second, first)):
            own = self.external[a].to_numpy() @ self.internal[a].to_numpy()
            self._require(own, a, a)
            self._require(own @ self.inputs[a, b] @ self.internal[b].to_numpy(), a, b)

    @property
    def names(self) -> tuple[str, str]:
        """Names of the two groups."""
        first, second = self.internal
        return first, second

    @cached_property
    def multipliers(self) -> pd.DataFrame:
        """Output multipliers of each industry: internal, external (loops through the other group), spillover, total.

        internal + external + spillover = total, where spillover is what the other group makes.
        """
        parts = []
        for name in self.names:
            internal = self.internal[name].sum(axis=0)
            own = self.total.loc[self.internal[name].index, internal.index].sum(axis=0)
            total = self.total[internal.index].sum(axis=0)
            parts.append(
                pd.DataFrame(
                    {"internal": internal, "external": own - internal, "spillover": total - own, "total": total}
                )
            )
        frame = pd.concat(parts, keys=self.names, names=["group"])
        return labelled(
            frame,
            {**frame.attrs, **self.attrs, "measure": "internal and external output multipliers", "unit": "per unit"},
        )

    def _require(self, product: Array, a: str, b: str) -> None:
        block = self.total.loc[self.internal[a].index, self.internal[b].index].to_numpy()
        off = float(np.abs(product - block).max()) / max(1.0, float(np.abs(block).max()))
        if not off <= TOLERANCE:
            raise SolveError(
                f"The product identity of Miyazawa fails for {a} and {b} by {off:.2g} of the block; "
                f"{TOLERANCE:g} is allowed. The table is close to singular."
            )


def miyazawa(
    table: MRIOTable,
    *,
    regions: str | Sequence[str] | None = None,
    industries: str | Sequence[str] | None = None,
    against: str | Sequence[str] | None = None,
) -> Miyazawa:
    r"""Split the inverse into internal and external multipliers of a group and of another, or of all the rest.

    .. math:: M_a = (I - A_{aa})^{-1}, \quad \Delta_a = (I - M_a A_{ab} M_b A_{ba})^{-1}, \quad
        L_{aa} = \Delta_a M_a, \quad L_{ab} = \Delta_a M_a A_{ab} M_b

    Parameters
    ----------
    table : MRIOTable
    regions, industries : str or sequence of str
        The first group, as in `selection.select`. Stages do not divide industries sharply and cannot be groups here.
    against : str or sequence of str, optional
        Regions (same industries) of the second group; by default everything that is not in the first. With it,
        deliveries to and from the rest of the table are left outside the system.

    Returns
    -------
    Miyazawa
        The blocks, with the identities checked. Cost: the full inverses of the blocks.

    References
    ----------
    Miyazawa (1966); Sonis & Hewings (1993); Miller & Blair (2022), section 6.3.
    """
    if regions is None and industries is None:
        raise OptionError("Name the first group by region= or industry=.")
    first = select(table, regions=regions, industries=industries)
    inside = first.share > 0
    if against is None:
        other, name = ~inside, "rest"
    else:
        second = select(table, regions=against, industries=industries)
        other, name = second.share > 0, second.label
    if (inside & other).any():
        where = table.index[inside & other][0]
        raise OptionError(f"The groups overlap, e.g. in {where}; name two groups that share no industry.")
    if not other.any():
        raise OptionError(f"The first group ({first.label}) is all of {table.label}; nothing is left for the second.")
    return _blocks(table, {first.label: np.flatnonzero(inside), name: np.flatnonzero(other)})


def _blocks(table: MRIOTable, groups: dict[str, npt.NDArray[np.intp]]) -> Miyazawa:
    (a, one), (b, two) = groups.items()
    both = np.concatenate([one, two])
    whole = System(np.ascontiguousarray(table.accounts.Z[np.ix_(both, both)]), table.accounts.x[both])
    L, A, cut = whole.inverse(), whole.A, len(one)
    first, second = slice(None, cut), slice(cut, None)
    internal = {
        name: System(table.accounts.Z[np.ix_(where, where)], table.accounts.x[where]).inverse()
        for name, where in groups.items()
    }
    # L (I - A) = I gives D_a = L_aa (I - A_aa) = I + L_ab A_ba, which needs no further inverse.
    external = {
        a: np.eye(cut) + L[first, second] @ A[second, first],
        b: np.eye(len(two)) + L[second, first] @ A[first, second],
    }
    labels = {name: table.index[where] for name, where in groups.items()}
    return Miyazawa(
        {name: pd.DataFrame(block, index=labels[name], columns=labels[name]) for name, block in internal.items()},
        {name: pd.DataFrame(block, index=labels[name], columns=labels[name]) for name, block in external.items()},
        pd.DataFrame(L, index=table.index[both], columns=table.index[both]),
        {(a, b): A[first, second], (b, a): A[second, first]},
        table.caption("Miyazawa multipliers", "per unit", groups=list(groups)),
    )
