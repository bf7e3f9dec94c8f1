"""Economies, their names and codes, and the groups they belonged to in a given year.

Terms
-----
economy : a row of ``tables/economies.csv``, known by its ISO 3166-1 alpha-3 code.
region : a label of a table. It is an economy, part of one (``CN1`` and ``CN2`` are China) or an aggregate.
aggregate : a region of several economies (``RoW``, ``EUE``, EXIOBASE's ``WA``) in ``tables/aggregates.csv``.
group : a set of economies whose membership has dates (``tables/groups.csv``), or one of the World Bank's regions
    (``"Sub-Saharan Africa"``, ...), or ``"africa"``, which is Sub-Saharan and North Africa; places have no dates.

Rules
-----
1. An economy belongs to a group in year t when it is a member on 31 December of t. Who joins during the
   year counts for all of it, who leaves during it does not: the EU has 28 members in 2013, 27 in 2020.
2. ``developing_wb`` is low and middle income by GNI per head of year t itself, the class that the World Bank
   publishes in July of t + 1. It changes both ways: Korea was high income in 1995-1997, not in 1998-2000.
   Years before the first class and after the last carry that class.
3. ``developing_imf`` follows the year's World Economic Outlook; the countries in transition, a third group
   until 2003, are counted in. ``developing`` alone means the World Bank's.
4. An aggregate belongs to a group by a stated rule. EU-east and EU-west do where members of the group in a year
   hold more than half of the region's value added of that year, or of 1995 to 2011 whichever is nearest
   (``tables/aggregate_members.csv``). Rest of world counts as developing, which overstates it, and as nothing else
   (``tables/aggregate_groups.csv``). ``aggregates={"RoW": {"developing": False}}`` overrides this, and
   :func:`describe_treatment` says what was done with each region and why.
5. An economy that a source lists without a joining date is not a member, since no year can be given; the
   same argument makes it one.
"""

from __future__ import annotations

from io_linkage.economies.coverage import Coverage, coverage, coverages
from io_linkage.economies.registry import (
    Economy,
    Membership,
    economies,
    economy,
    groups,
    history,
    lookup,
    members,
    name,
)
from io_linkage.economies.resolving import COMPARATORS, comparators, describe_treatment, resolve, rest_regions

__all__ = [
    "COMPARATORS",
    "Coverage",
    "Economy",
    "Membership",
    "comparators",
    "coverage",
    "coverages",
    "describe_treatment",
    "economies",
    "economy",
    "groups",
    "history",
    "lookup",
    "members",
    "name",
    "resolve",
    "rest_regions",
]
