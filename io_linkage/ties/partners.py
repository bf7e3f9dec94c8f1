"""Who is compared with whom: a focus economy, its partners and its comparators in a table's year."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from io_linkage import economies as countries
from io_linkage.economies import registry
from io_linkage.errors import OptionError
from io_linkage.table import MRIOTable

Names = str | Sequence[str]

#: Label of the sum over partners, and over stages.
ALL = "all"


@dataclass(frozen=True)
class Cast:
    """Who is compared with whom.

    Attributes
    ----------
    economies, partners : dict of str to list of str
        Regions of the table behind each name; the focus is the first economy.
    left_out : tuple of str
        Who was left out and why.
    aggregates : tuple of str
        Partners that are several economies in one, and why they are counted in.
    """

    economies: dict[str, list[str]]
    partners: dict[str, list[str]]
    left_out: tuple[str, ...] = ()
    aggregates: tuple[str, ...] = ()

    def pairs(self) -> list[tuple[str, str]]:
        """Economy and partner, those that overlap left out."""
        return [(e, p) for e in self.economies for p in self.partners if not self.overlap(e, p)]

    def overlap(self, economy: str, partner: str) -> bool:
        """Whether a partner is part of an economy."""
        return not set(self.economies[economy]).isdisjoint(self.partners[partner])


def cast(
    table: MRIOTable,
    focus: str,
    *,
    partners: Names | None = "developing",
    comparators: Sequence[str] = countries.COMPARATORS,
    aggregates: Mapping[str, Mapping[str, bool]] | None = None,
    membership_year: int | None = None,
) -> Cast:
    """Settle focus, comparators and partners in a table's year.

    Parameters
    ----------
    table : MRIOTable
    focus : str
        A region, an economy or a group.
    partners : str or list, optional
        Regions, economies or groups; all other regions if None.
    comparators : sequence of str
        Those that the table does not show, and the focus itself, are left out.
    aggregates : mapping, optional
        Overrides such as ``{"RoW": {"developing": False}}``, see `economies.resolve`.
    membership_year : int, optional
        Year whose members of a group the focus and the partners are; the table's own by default.

    Raises
    ------
    UnknownLabelError, OptionError
        A partner absent from the table, a group empty in that year, no partner but the focus.
    """
    own = countries.resolve(table, focus, aggregates=aggregates, membership_year=membership_year)
    chosen = table.regions
    if partners is not None:
        chosen = countries.resolve(table, partners, aggregates=aggregates, membership_year=membership_year)
    notes = []
    if partners is not None and set(own) & set(chosen):
        asked = partners if isinstance(partners, str) else ", ".join(partners)
        notes.append(f"{focus} itself, a member of {asked}")
    others = {region: [region] for region in chosen if region not in own}
    if not others:
        raise OptionError(
            f"There is no partner besides {focus} itself in {table.label}; name others with partners=, e.g. a region "
            "or a group."
        )
    named = {focus: own}
    for name, codes in countries.comparators(table, comparators).items():
        if set(codes) & set(own):
            notes.append(f"{name} as a comparator, since it overlaps {focus}")
        else:
            named[name] = codes
    absent = [name for name in comparators if name not in named and not any(name in note for note in notes)]
    notes += [f"{name} as a comparator, which {table.label} does not show" for name in absent]
    result = Cast(named, others)
    inside = [f"{p} against {e}, being part of it" for e in named for p in others if result.overlap(e, p)]
    return Cast(named, others, (*notes, *inside), _several_in_one(table, others, partners, aggregates, membership_year))


def _several_in_one(
    table: MRIOTable,
    others: Mapping[str, list[str]],
    partners: Names | None,
    aggregates: Mapping[str, Mapping[str, bool]] | None,
    membership_year: int | None,
) -> tuple[str, ...]:
    """Say of each partner that is an aggregate why it is one of them."""
    known = {region: registry.find(region) for region in others}
    found = [region for region, code in known.items() if code is not None and registry.register()[code].is_aggregate]
    if not found or not isinstance(partners, str) or registry.find_group(partners) is None:
        return tuple(
            f"{region}: named by the caller" if partners else f"{region}: one of all regions" for region in found
        )
    reasons = countries.describe_treatment(table, partners, aggregates=aggregates, membership_year=membership_year)[
        "reason"
    ]
    return tuple(f"{region}: {reasons[region]}" for region in found)
