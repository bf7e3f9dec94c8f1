"""How much of a group a table shows: which members stand in it, and where the others are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from io_linkage.economies.group_names import GROUP_NAMES
from io_linkage.economies.prose import economy
from io_linkage.economies.registry import find, find_group, standing
from io_linkage.economies.resolving import describe_treatment, listed_members, rest_regions, year_of
from io_linkage.wording import listed

if TYPE_CHECKING:
    from io_linkage.labels import Labels


@dataclass(frozen=True)
class Coverage:
    """What of a group a table shows.

    Attributes
    ----------
    shown : tuple of str
        Members that the table shows, on their own or in an aggregate of known members that counts as one.
    left_out : tuple of str
        Members that the group is short of in this table.
    note : str
        One clause for captions; empty where every member is shown.
    """

    shown: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    note: str = ""


def coverage(
    table: Labels,
    group: str,
    *,
    aggregates: Mapping[str, Mapping[str, bool]] | None = None,
    membership_year: int | None = None,
) -> Coverage:
    """Say which members of a group the table shows, and where the others are.

    Parameters
    ----------
    table : MRIOTable or GrossTrade
    group : str
        A group by name or alias; a name that the table or the economies already use is not read as a group.
    aggregates, membership_year
        As in :func:`io_linkage.economies.resolve`.

    Returns
    -------
    Coverage; empty for what is not a group.

    Examples
    --------
    >>> import io_linkage as iol
    >>> found = coverage(iol.load(), "asean")
    >>> found.note
    'ASEAN: 1 of 10 members is shown, the others are within the rest of the world, which is left out'
    >>> found.left_out[:3]
    ('MYS', 'PHL', 'SGP')
    """
    key = find_group(group)
    if key is None or group in table.regions or find(group) is not None:
        return Coverage()
    members = list(standing(key, year_of(table, membership_year)))
    treatment = describe_treatment(table, key, aggregates=aggregates, membership_year=membership_year)
    chosen = [str(region) for region in treatment.index[treatment["member"]]]
    counted = {code for region in chosen for code in _economies(region)}
    hidden = [code for code in members if code not in counted]
    shown = tuple(code for code in members if code in counted)
    if not hidden:
        return Coverage(shown)
    aside = [r for r in table.regions if r not in chosen and not set(hidden).isdisjoint(_economies(r))]
    known = {code for region in aside for code in _economies(region)}
    elsewhere = [code for code in hidden if code not in known]
    rest = rest_regions(table)
    counted_in = [region for region in rest if region in chosen]
    places = []
    if elsewhere:
        places.append(_place(counted_in or rest, bool(counted_in)))
    if aside:
        places.append(_place(aside, False))
    note = (
        f"{GROUP_NAMES[key][0]}: {len(shown)} of {len(members)} members {'is' if len(shown) == 1 else 'are'} shown, "
        f"the other{' is' if len(hidden) == 1 else 's are'} {', or '.join(places)}"
    )
    return Coverage(shown, tuple(c for c in hidden if c in known or not counted_in), note)


def coverages(
    table: Labels,
    names: str | Sequence[str],
    *,
    aggregates: Mapping[str, Mapping[str, bool]] | None = None,
    membership_year: int | None = None,
) -> tuple[list[str], list[str]]:
    """Members left out of all groups among the names, and the clauses that say where they are."""
    each = [
        coverage(table, name, aggregates=aggregates, membership_year=membership_year)
        for name in ([names] if isinstance(names, str) else names)
    ]
    return [code for one in each for code in one.left_out], [one.note for one in each if one.note]


def _economies(region: str) -> set[str]:
    """Economies behind a region, as far as they are known."""
    code = find(region)
    return set() if code is None else listed_members(code) or {code}


def _place(regions: Sequence[str], counted: bool) -> str:
    """Say where members are that the table does not show on their own."""
    if not regions:
        return "not in the table"
    verb = "is" if len(regions) == 1 else "are"
    return f"within {listed(map(economy, regions))}, which {verb} {'counted in' if counted else 'left out'}"
