"""Whether a region of several economies belongs to a group: by a stated rule, or by the value added of its members.

``tables/aggregate_groups.csv`` holds the rules of regions whose members are not known (``RoW``). For regions of known
members (``EUE``, ``EUW``) ``tables/aggregate_members.csv`` holds each member's value added by year, and the region
belongs to a group where members of the group hold more than half of it.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from io_linkage.economies.registry import memberships, read_rows

#: Share of a region's value added in members of a group above which the region is one.
HALF = 0.5
#: Most members that a reason lists by code.
LISTED = 12

_NO_RULE = "No rule for this region and group, so it is left out; aggregates= can say what it is"


class Verdict(NamedTuple):
    """Whether an aggregate is a member, the share of its value added in members ("" where unknown), and why."""

    member: bool
    share: str
    reason: str


def verdict(code: str, group: str, membership_year: int) -> Verdict:
    """Whether an aggregate belongs to a group in a year.

    Parameters
    ----------
    code, group : str
        Code of the aggregate and full name of the group.
    membership_year : int
        The group's members on 31 December of this year count: s = sum of w_m over members m / sum of w_m. The value
        added w is that of the same year, or of the nearest with figures. So one year of membership gives one
        composition, whatever the table's own year.
    """
    if code in member_weights():
        return _by_weight(code, group, membership_year)
    for wanted in (group, "*"):
        rule = _rules().get((code, wanted))
        if rule is not None:
            return rule
    return Verdict(False, "", _NO_RULE)


def _by_weight(code: str, group: str, membership_year: int) -> Verdict:
    by_year = member_weights()[code]
    year = min(by_year, key=lambda known: (abs(known - membership_year), known))
    weights = by_year[year]
    inside = {spell.iso3 for spell in memberships()[group] if spell.holds(membership_year)}
    counted = [member for member in weights if member in inside]
    share = sum(weights[member] for member in counted) / sum(weights.values())
    holders = "all of its economies" if len(counted) == len(weights) else ", ".join(counted[:LISTED])
    reason = (
        f"{100 * share:.1f} % of its value added (with taxes and margins, WIOD 2013, {year}) is in members of "
        f"{membership_year}{f' ({holders})' if counted else ''}; above {100 * HALF:.0f} % it counts as a member"
    )
    return Verdict(share > HALF, f"{share:.3f}", reason)


@cache
def member_weights() -> dict[str, dict[int, dict[str, float]]]:
    """Value added of the members of each aggregate, M USD, by year."""
    weights: dict[str, dict[int, dict[str, float]]] = {}
    for row in read_rows("aggregate_members.csv"):
        weights.setdefault(row["code"], {}).setdefault(int(row["year"]), {})[row["iso3"]] = float(row["value_added"])
    return weights


@cache
def _rules() -> dict[tuple[str, str], Verdict]:
    return {
        (row["code"], row["group"]): Verdict(row["member"] == "yes", "", row["reason"])
        for row in read_rows("aggregate_groups.csv")
    }
