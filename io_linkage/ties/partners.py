"""Who is compared with whom: a focus economy, its partners and its comparators in one year's membership."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from io_linkage import economies as countries
from io_linkage.economies import registry
from io_linkage.economies.prose import economy
from io_linkage.errors import OptionError, require_option
from io_linkage.intensities import Intensity
from io_linkage.labels import Labels
from io_linkage.wording import listed

Names = str | Sequence[str]

#: Label of the sum over partners, and over stages.
ALL = "all"
#: Ending of the name of a sum that leaves out the rest of the world.
WITHOUT_REST = "_without_rest"

#: Whether the rest of the world counts in a sum: in it, out of it, or a second sum without it.
Rest = Literal["in", "out", "both"]
RESTS: tuple[Rest, ...] = ("in", "out", "both")


@dataclass(frozen=True)
class Parties:
    """Who is compared with whom.

    Attributes
    ----------
    economies, partners : dict of str to list of str
        Regions of the table behind each name; the focus is the first economy.
    left_out : tuple of str
        Codes of those who were asked for and left out.
    notes : tuple of str
        Clauses that say who was left out of what, and why.
    aggregates : tuple of str
        Partners that are several economies in one, and why they are counted in.
    rest : tuple of str
        Partners that are the rest of the world.
    """

    economies: dict[str, list[str]]
    partners: dict[str, list[str]]
    left_out: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    aggregates: tuple[str, ...] = ()
    rest: tuple[str, ...] = ()

    def pairs(self) -> dict[tuple[str, str], list[str]]:
        """Economy and partner, with the economy's regions less the partner itself; no pair where none remains."""
        pairs = {
            (name, partner): [region for region in regions if region not in theirs]
            for name, regions in self.economies.items()
            for partner, theirs in self.partners.items()
        }
        return {pair: regions for pair, regions in pairs.items() if regions}


def settle_parties(
    table: Labels,
    focus: str,
    *,
    partners: Names | None = "developing",
    comparators: Sequence[str] = countries.COMPARATORS,
    aggregates: Mapping[str, Mapping[str, bool]] | None = None,
    membership_year: int | None = None,
    rest: Rest = "in",
) -> Parties:
    """Settle focus, comparators and partners by the membership of one year.

    Parameters
    ----------
    table : MRIOTable or GrossTrade
    focus : str
        A region, an economy or a group.
    partners : str or list, optional
        Regions, economies or groups; all other regions if None.
    comparators : sequence of str
        Those that the table does not show, and the focus itself, are left out.
    aggregates : mapping, optional
        Overrides such as ``{"RoW": {"developing": False}}``, see `economies.resolve`.
    membership_year : int, optional
        Year whose members of a group the focus, the partners and the comparators are; the table's own by default.
    rest : {"in", "out", "both"}
        With "out" the rest of the world is not a partner.

    Raises
    ------
    UnknownLabelError, OptionError
        A partner absent from the table, a group empty in that year, no partner but the focus.
    """
    require_option("rest", rest, RESTS)
    world = countries.rest_regions(table)
    if rest == "out":
        aggregates = without_rest(table, table.regions if partners is None else partners, aggregates)
    own = countries.resolve(table, focus, aggregates=aggregates, membership_year=membership_year)
    chosen = table.regions
    if partners is not None:
        chosen = countries.resolve(table, partners, aggregates=aggregates, membership_year=membership_year)
    dropped = [region for region in chosen if rest == "out" and region in world]
    others = {region: [region] for region in chosen if region not in (*own, *dropped)}
    if not others:
        raise OptionError(
            f"There is no partner besides {focus} itself in {table.label}; name others with partners=, e.g. a region "
            "or a group."
        )
    left_out, notes = _own_members(focus, own, partners, chosen)
    left_out += dropped
    notes += [f"{economy(region)} is not counted as a partner" for region in dropped]
    named = {focus: own}
    known = countries.comparators(table, comparators, membership_year=membership_year)
    for name in comparators:
        if name not in known:
            notes.append(f"{table.label} does not show {economy(name)}, so it is not a comparator")
        elif set(known[name]) & set(own):
            same = "is the focus" if known[name] == own else f"overlaps {economy(focus)}"
            notes.append(f"{economy(name)} {same}, so it is not a comparator")
        else:
            named[name] = known[name]
            continue
        left_out.append(name)
    notes += [clause for name in comparators if name in named for clause in _without(name, named[name], others)]
    groups = [*named, *([] if partners is None else [partners] if isinstance(partners, str) else partners)]
    unseen, clauses = countries.coverages(table, groups, aggregates=aggregates, membership_year=membership_year)
    several = _several_in_one(table, others, partners, aggregates, membership_year)
    return Parties(
        named,
        others,
        tuple(dict.fromkeys([*left_out, *unseen])),
        (*notes, *clauses),
        several,
        tuple(r for r in others if r in world),
    )


def without_rest(
    table: Labels, names: Names, aggregates: Mapping[str, Mapping[str, bool]] | None
) -> dict[str, dict[str, bool]]:
    """Return overrides by which the rest of the world counts in none of the groups among the names."""
    groups = [registry.find_group(name) for name in ([names] if isinstance(names, str) else names)]
    result = {region: dict(choices) for region, choices in (aggregates or {}).items()}
    for region in countries.rest_regions(table):
        result.setdefault(region, {}).update({group: False for group in groups if group is not None})
    return result


def sentence(clauses: Sequence[str]) -> str:
    """Join clauses into one sentence; empty without any."""
    text = "; ".join(dict.fromkeys(clauses))
    return f"{text[0].upper()}{text[1:]}." if text else ""


def without_figures(account: Intensity) -> tuple[list[str], list[str]]:
    """Regions that lack figures of an account, and the clause that says so."""
    return list(account.missing), [account.note] if account.note else []


def overlaps(
    rows: Mapping[str, list[str]], columns: Mapping[str, list[str]], *, itself: bool
) -> tuple[list[str], list[str]]:
    """Regions that stand in a row and its column, and the clauses that say what became of them."""
    overlap: dict[str, None] = {}
    alone: dict[str, None] = {}
    clauses, inside = [], dict[str, dict[str, None]]()
    for row, ours in rows.items() if not itself else ():
        for column, theirs in columns.items():
            shared = [region for region in ours if region in theirs]
            overlap.update(dict.fromkeys(shared))
            if not shared:
                continue
            if len(theirs) > 1:
                inside.setdefault(column, {}).update(dict.fromkeys(shared))
            elif len(ours) > 1:
                clauses.append(
                    f"{economy(shared[0])} is left out of {economy(row)} where {economy(column)} is the column"
                )
            else:
                alone[shared[0]] = None
    for column, members in inside.items():
        clauses.append(f"{_named(members)} {_verb(members)} set against the other members of {economy(column)}")
    if alone:
        clauses.append(
            f"{_named(alone)} {_verb(alone)} not set against {'itself' if len(alone) == 1 else 'themselves'}"
        )
    return [*overlap], clauses


def _named(codes: Iterable[str]) -> str:
    return listed(map(economy, codes))


def _verb(names: Mapping[str, None]) -> str:
    """Verb of a list of names."""
    return "is" if len(names) == 1 else "are"


def _own(names: Mapping[str, None]) -> str:
    return "itself" if len(names) == 1 else "themselves"


def _own_members(
    focus: str, own: Sequence[str], partners: Names | None, chosen: Sequence[str]
) -> tuple[list[str], list[str]]:
    """Regions of the focus among the partners that were asked for, and the clause that says so."""
    shared = [region for region in chosen if region in own]
    if partners is None or not shared:
        return [], []
    member = f", one of {economy(partners)}," if isinstance(partners, str) and partners not in (focus, *shared) else ""
    if len(own) == 1:
        return shared, [f"{economy(focus)}{member} is not counted as its own partner"]
    one = len(shared) == 1
    return shared, [
        f"{_named(shared)}, part of {economy(focus)}, {'is not a partner' if one else 'are not partners'} of it"
    ]


def _without(name: str, regions: Sequence[str], partners: Mapping[str, Sequence[str]]) -> list[str]:
    """Say that a comparator with partners in it faces each of them without that partner."""
    inside = [partner for partner in partners if partner in regions]
    if not inside:
        return []
    if len(regions) == 1:
        return [f"{economy(name)} is not set against itself as a partner"]
    if len(inside) == 1:
        return [f"{economy(name)} is counted without {_named(inside)} where {_named(inside)} is the partner"]
    return [f"{economy(name)} is counted without {_named(inside)} where each is the partner"]


def _several_in_one(
    table: Labels,
    others: Mapping[str, list[str]],
    partners: Names | None,
    aggregates: Mapping[str, Mapping[str, bool]] | None,
    membership_year: int | None,
) -> tuple[str, ...]:
    """Say of each partner that is an aggregate why it is one of them."""
    known = {region: registry.find(region) for region in others}
    several = [region for region, code in known.items() if code is not None and registry.register()[code].is_aggregate]
    if not several or not isinstance(partners, str) or registry.find_group(partners) is None:
        return tuple(
            f"{region}: named by the caller" if partners else f"{region}: one of all regions" for region in several
        )
    reasons = countries.describe_treatment(table, partners, aggregates=aggregates, membership_year=membership_year)[
        "reason"
    ]
    return tuple(f"{region}: {reasons[region]}" for region in several)
