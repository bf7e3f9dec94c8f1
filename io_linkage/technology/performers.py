"""Who performs the research: the user's own country, a focus, partners, and all others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from io_linkage import economies as countries
from io_linkage.errors import OptionError
from io_linkage.leontief import Array
from io_linkage.table import MRIOTable
from io_linkage.ties.partners import sentence

OWN = "own_country"
OTHERS = "others"


@dataclass(frozen=True)
class Performers:
    """Groups of regions that no region is in twice.

    Attributes
    ----------
    groups : dict of str to list of str
    left_out : tuple of str
        Members of groups that the table does not show.
    notes : tuple of str
    """

    groups: dict[str, list[str]]
    left_out: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def columns(self) -> list[str]:
        """Columns of a result; they add up to everything embodied."""
        return [OWN, *self.groups, OTHERS]

    def split(self, table: MRIOTable, content: Array, home: npt.NDArray[np.intp]) -> Array:
        """Sum content by performer.

        Parameters
        ----------
        content : array, (users, regions)
            By the region that performs; NaN where nothing is known of it.
        home : array, (users,)
            Position of each user's region.

        Returns
        -------
        array, (users, columns)
            The own country is in no group; NaN for a group that is the own country alone, or of which nothing is known.
        """
        rows = np.arange(len(home))
        own = content[rows, home]
        abroad = content.copy()
        abroad[rows, home] = np.nan
        inside = [np.isin(table.regions, members) for members in self.groups.values()]
        rest = ~np.any(inside, axis=0) if inside else np.ones(len(table.regions), dtype=bool)
        return np.column_stack([own, *(_sum(abroad[:, where]) for where in [*inside, rest])])

    def attrs(self, account: Mapping[str, Any]) -> dict[str, Any]:
        """Return attrs of the groups, joined with those of the account."""
        note = sentence([*self.notes, *([str(account["note"]).rstrip(".")] if account.get("note") else [])])
        left_out = tuple(dict.fromkeys([*self.left_out, *account.get("left_out", ())]))
        return {**account, "groups": self.groups, "left_out": left_out, "note": note}


def settle_performers(
    table: MRIOTable,
    focus: str | None,
    partners: Sequence[str] | None,
    *,
    aggregates: Mapping[str, Mapping[str, bool]] | None,
    membership_year: int | None,
) -> Performers:
    """Settle the groups: the focus, and partners or, by default, the comparators that the table shows.

    Raises
    ------
    OptionError
        A region is in two groups, so that its research would be counted twice.
    """
    options: Any = {"aggregates": aggregates, "membership_year": membership_year}
    named = [] if focus is None else [focus]
    if partners is None:
        chosen = countries.comparators(table, membership_year=membership_year)
        named += [name for name in chosen if name != focus]
    else:
        named += [partners] if isinstance(partners, str) else list(partners)
    groups: dict[str, list[str]] = {}
    for name in dict.fromkeys(named):
        members = countries.resolve(table, name, **options)
        for other, theirs in groups.items():
            shared = [region for region in members if region in theirs]
            if shared:
                raise OptionError(
                    f"{', '.join(shared)} is in {other} and in {name}, so that its technology would be counted twice. "
                    "Name performers that do not overlap."
                )
        groups[name] = members
    left_out, notes = countries.coverages(table, list(groups), **options)
    return Performers(groups, tuple(dict.fromkeys(left_out)), tuple(notes))


def _sum(part: Array) -> Array:
    """Sum over performers; NaN where none of them is known."""
    known = ~np.isnan(part)
    return np.where(known.any(axis=1), np.nansum(part, axis=1), np.nan)
