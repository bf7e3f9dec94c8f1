"""Which industries of a table supply energy, research, education and knowledge services."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from io_linkage import stages
from io_linkage.errors import OptionError, StageError
from io_linkage.satellites import isic_divisions
from io_linkage.selection import industry_codes
from io_linkage.table import MRIOTable


class _Kind(NamedTuple):
    """ISIC rev. 4 divisions of a kind of industry, and the names it has in lists without divisions."""

    divisions: frozenset[str]
    names: re.Pattern[str]


_KINDS = {
    "energy": _Kind(
        frozenset(("05", "06", "19", "35")),
        re.compile(
            r"\bcoal|petroleum|natural gas|electric power|coking|supply of gas|\bgas production|distribution of gas",
            re.I,
        ),
    ),
    "research": _Kind(frozenset(("72",)), re.compile(r"research and experimental|^scientific research", re.I)),
    "education": _Kind(frozenset(("85",)), re.compile(r"^education", re.I)),
    "knowledge services": _Kind(
        frozenset(("62", "63", "69", "70", "71", "73", "74")),
        re.compile(r"software|computer services|information technology|technical services|technological comm", re.I),
    ),
}


def industries_of(table: MRIOTable, kind: str, *, alone: bool = False) -> list[str]:
    """Industries that a kind of supplier is in, by their ISIC divisions, else by their names.

    Parameters
    ----------
    alone : bool
        Only those that are nothing else.
    """
    chosen = _KINDS[kind]
    divisions = isic_divisions(table)
    if divisions is not None:
        fits = chosen.divisions.issuperset if alone else lambda own: not chosen.divisions.isdisjoint(own)
        return [code for code in table.industries if divisions[code] and fits(divisions[code])]
    names = _names(table)
    return [code for code in table.industries if chosen.names.search(names.get(code, code))]


def _names(table: MRIOTable) -> dict[str, str]:
    """Names of industries, as the stage file that fits the table and its year has them."""
    try:
        names = stages.rows(table)["name"]
    except StageError:
        return {}
    return {
        str(code): str(name) or str(code) for code, name in zip(names.index.get_level_values(1), names, strict=True)
    }


def energy_industries(table: MRIOTable, industries: str | Sequence[str] | None) -> list[str]:
    """Industries named, or those that mine, refine or distribute energy.

    Raises
    ------
    OptionError
        None is known.
    """
    codes = industries_of(table, "energy") if industries is None else industry_codes(table, industries)
    if not codes:
        raise OptionError(
            f"No industry of {table.label} is known to supply energy. Name them with energy_industries=[...], or pass "
            "an account with of=."
        )
    return codes


def knowledge_suppliers(table: MRIOTable) -> tuple[dict[str, list[str]], list[str]]:
    """Industries of each supplier of knowledge, none in two, and clauses on what cannot be told apart.

    Raises
    ------
    OptionError
        None is known.
    """
    research = industries_of(table, "research", alone=True)
    groups = {"research": research, "education": industries_of(table, "education")}
    groups["knowledge services"] = [c for c in industries_of(table, "knowledge services") if c not in research]
    notes = []
    if not research and (inside := industries_of(table, "research")):
        notes.append(f"research is no industry of its own: it is inside {', '.join(inside)}")
    groups = {name: codes for name, codes in groups.items() if codes}
    if not groups:
        raise OptionError(
            f"No industry of {table.label} is known to supply research, education or knowledge services. Name them "
            'with suppliers={"research": [...], ...}.'
        )
    return groups, notes
