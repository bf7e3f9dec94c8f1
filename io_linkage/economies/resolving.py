"""Which regions of a table a name, a code or a group means, in a given year."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from io_linkage.economies.aggregates import member_weights, verdict
from io_linkage.economies.group_names import GROUP_NAMES
from io_linkage.economies.registry import (
    Membership,
    find,
    find_group,
    fold,
    group_key,
    groups,
    lookup,
    memberships,
    register,
    standing,
)
from io_linkage.errors import OptionError, UnknownLabelError

if TYPE_CHECKING:
    from io_linkage.labels import Labels


Overrides = Mapping[str, Mapping[str, bool]]

COMPARATORS = ("USA", "EU", "JPN")
"""Economies that a focus country is set against unless others are named."""

_NOT_KNOWN = "Not known as an economy, so it is left out; aggregates= can say what it is"


@dataclass(frozen=True)
class _Decision:
    member: bool
    basis: str
    share: str
    reason: str


def resolve(
    table: Labels,
    spec: str | Sequence[str],
    *,
    aggregates: Overrides | None = None,
    membership_year: int | None = None,
) -> list[str]:
    """Regions of the table that a code, a name, a group or a list of these stands for, in table order.

    Parameters
    ----------
    table : MRIOTable or GrossTrade
    spec : str or sequence of str
        A label of the table comes first, then an economy in any spelling, then a group.
    aggregates : mapping, optional
        Overrides by region and group, e.g. ``{"RoW": {"developing": False, "belt_and_road": True}}``;
        ``developing`` stands for both definitions.
    membership_year : int, optional
        Membership of this year instead of the table's, to keep one composition over several tables.

    Raises
    ------
    UnknownLabelError
        Nothing in the table answers to it.
    OptionError
        An empty selection; a group without members that year or none of them in the table; no year.
    """
    wanted = [spec] if isinstance(spec, str) else list(spec)
    if not wanted:
        raise OptionError("No region was asked for: give a region, an economy, a group or a list of these.")
    chosen = {region for item in wanted for region in _resolve_one(table, item, aggregates, membership_year)}
    return [region for region in table.regions if region in chosen]


def comparators(
    table: Labels, names: Sequence[str] = COMPARATORS, *, membership_year: int | None = None
) -> dict[str, list[str]]:
    """Regions of the table behind each comparator; one that the table does not show on its own is left out.

    The EU is made of its members in the table's year, or in `membership_year`: in the shipped table Germany, France,
    Britain, Italy and EU-west, from 2004 also Poland and EU-east.
    """
    members = {}
    for name in names:
        try:
            members[name] = resolve(table, name, membership_year=membership_year)
        except UnknownLabelError:
            if find(name) is None and find_group(name) is None:
                raise
        except OptionError:
            if table.year is None and membership_year is None:
                raise
    return members


def describe_treatment(
    table: Labels, group: str, *, aggregates: Overrides | None = None, membership_year: int | None = None
) -> pd.DataFrame:
    """How each region of the table was treated for a group, and why.

    Returns
    -------
    DataFrame, indexed by region: ``name``; ``member``; ``basis`` ("economy", "aggregate", "override" or
    "unknown region"); ``share`` of an aggregate's value added in members, empty where its members are not known;
    ``reason``. ``attrs``: group, year, table, rule.
    """
    key, when = group_key(group), year_of(table, membership_year)
    checked = _overrides(table, aggregates)
    rows = {}
    for region in table.regions:
        decision = _decide(region, key, when, checked)
        known = find(region)
        rows[region] = {"name": register()[known].name if known else region, **vars(decision)}
    frame = pd.DataFrame.from_dict(rows, orient="index", columns=["name", "member", "basis", "share", "reason"])
    frame.index.name = "region"
    frame.attrs.update(
        group=key,
        year=when,
        table=table.label,
        rule=f"members of {GROUP_NAMES[key][0]} on 31 December {when}",
    )
    return frame


def rest_regions(table: Labels) -> list[str]:
    """Regions that stand for all those economies that the table does not show and whose list is not known (RoW)."""
    codes = {region: find(region) for region in table.regions}
    return [
        region
        for region, code in codes.items()
        if code is not None and register()[code].is_aggregate and code not in member_weights()
    ]


def _resolve_one(table: Labels, name: str, aggregates: Overrides | None, year: int | None) -> list[str]:
    if name in table.regions:
        return [name]
    code = find(name)
    if code is not None:
        same = [region for region in table.regions if find(region) == code]
        if not same:
            raise _absent(table, name, code)
        return same
    group = find_group(name)
    if group is None:
        raise _unknown_spec(table, name)
    when = year_of(table, year)
    checked = _overrides(table, aggregates)
    chosen = [region for region in table.regions if _decide(region, group, when, checked).member]
    if not chosen:
        everyone = ", ".join(standing(group, when))  # raises when the group itself is empty that year
        raise OptionError(
            f"No region of {table.label} is a member of {group!r} in {when}. "
            f"Its members then: {everyone}. Name a region, or count an aggregate in: "
            f"economies.resolve(table, {group!r}, aggregates={{'RoW': {{{group!r}: True}}}}) gives a list to pass in "
            "place of the group."
        )
    return chosen


def _decide(region: str, group: str, membership_year: int, overrides: Mapping[tuple[str, str], bool]) -> _Decision:
    code = find(region)
    chosen = overrides.get((region, group))
    if chosen is not None:
        return _Decision(chosen, "override", "", "Set by the caller")
    if code is None:
        return _Decision(False, "unknown region", "", _NOT_KNOWN)
    if not register()[code].is_aggregate:
        return _decide_economy(code, group, membership_year)
    ruling = verdict(code, group, membership_year)
    return _Decision(ruling.member, "aggregate", ruling.share, ruling.reason)


def _decide_economy(code: str, group: str, year: int) -> _Decision:
    spells = [spell for spell in memberships()[group] if spell.iso3 == code]
    for spell in spells:
        if spell.holds(year):
            return _Decision(True, "economy", "", _sentence(f"Member {_dates(spell)}", spell.remark))
    dated = [spell for spell in spells if spell.dated]
    if not spells:
        return _Decision(False, "economy", "", "Never a member")
    if not dated:
        return _Decision(False, "economy", "", _sentence("Not counted", spells[0].remark))
    later = sorted(spell.start for spell in dated if spell.start > f"{year:04d}")
    why = f"Member from {later[0]}" if later else f"Member until {max(spell.end for spell in dated)}"
    return _Decision(False, "economy", "", _sentence(f"Not in {year}: {why[0].lower()}{why[1:]}", dated[-1].remark))


def _dates(spell: Membership) -> str:
    if spell.start and spell.end:
        return f"from {spell.start} to {spell.end}"
    if spell.start:
        return f"from {spell.start}"
    return f"until {spell.end}" if spell.end else "throughout"


def _sentence(text: str, remark: str) -> str:
    return f"{text}; {remark[0].lower()}{remark[1:]}" if remark else text


def _overrides(table: Labels, overrides: Overrides | None) -> dict[tuple[str, str], bool]:
    """Spell overrides with the table's own regions and the groups' full names."""
    spelled = {}
    for label, choices in (overrides or {}).items():
        if label in table.regions:
            regions = [label]
        else:
            code = lookup(label)
            regions = [region for region in table.regions if find(region) == code]
        for group, value in choices.items():
            if not isinstance(value, bool):
                raise OptionError(f"aggregates[{label!r}][{group!r}] is {value!r}: give True or False.")
            both = ["developing_wb", "developing_imf"] if fold(group) == "developing" else [group_key(group)]
            spelled.update({(region, key): value for region in regions for key in both})
    return spelled


def _absent(table: Labels, name: str, code: str) -> UnknownLabelError:
    where = [region for region in table.regions if (known := find(region)) and code in listed_members(known)]
    rest = rest_regions(table)
    hint = ""
    if where:
        hint = f" There it is part of {where[0]}: ask for that."
    elif rest:
        hint = f" There it may be inside {' or '.join(rest)}."
    text = name if name == code else f"{name} ({code})"
    shown = ", ".join(table.regions[:40])
    return UnknownLabelError(f"{text} is not a region of {table.label}.{hint} Its regions: {shown}.")


def _unknown_spec(table: Labels, name: str) -> UnknownLabelError:
    names = [*table.regions, *groups(), *(text for row in register().values() for text in (row.name, row.name_zh))]
    folded = {fold(text): text for text in reversed(names)}
    near = [folded[key] for key in difflib.get_close_matches(fold(str(name)), folded, n=3, cutoff=0.6)]
    hint = f" Nearest: {', '.join(near)}." if near else ""
    return UnknownLabelError(
        f"Unknown region, economy or group {name!r}.{hint} Regions of {table.label}: {', '.join(table.regions[:40])}"
        f"{', ...' if len(table.regions) > 40 else ''}. Groups: {', '.join(groups())}."
    )


def year_of(table: Labels, year: int | None) -> int:
    """Year whose membership counts: the one given, else the table's own."""
    when = table.year if year is None else year
    if when is None:
        raise OptionError(
            f"{table.label} has no year, and membership in a group has dates: set it with "
            "table.replace(year=...), or say whose members count, e.g. "
            "economies.resolve(table, group, membership_year=...)."
        )
    return when


def listed_members(aggregate: str) -> set[str]:
    """Economies of an aggregate whose members are known."""
    return {economy for weights in member_weights().get(aggregate, {}).values() for economy in weights}
