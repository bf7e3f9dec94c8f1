"""Find the code of a region, an industry, a group, an account or a measure from a word."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from dataclasses import astuple, dataclass, fields
from functools import cache

import pandas as pd

from io_linkage import classifications
from io_linkage.economies import registry
from io_linkage.economies.group_names import GROUP_ALIASES, GROUP_NAMES
from io_linkage.table import MRIOTable

#: How alike two words must be (difflib's ratio) to count as near.
NEAR = 0.75


@dataclass(frozen=True)
class _Entry:
    kind: str
    code: str
    name: str
    where: str
    spellings: tuple[str, ...]


def find(text: str, table: MRIOTable | None = None) -> pd.DataFrame:
    """List regions, industries, groups, accounts and measures whose code or name is near a text.

    Parameters
    ----------
    text : str
        A code, a name or a part of one, in English or Chinese; capitals and accents do not matter.
    table : MRIOTable, optional
        Look among the table's own regions, industries and accounts; by default among all that ship.

    Returns
    -------
    DataFrame
        Best match first: `kind` ("region", "industry", "group", "account" or "measure"), `code` (what functions take),
        `name` and `where` it is known from. Empty where nothing is near.

    See Also
    --------
    io_linkage.economies.resolve : Which regions of a table a name or group stands for.

    Examples
    --------
    >>> import io_linkage as iol
    >>> find("electrical", iol.load())[["kind", "code", "name"]].head(1).to_dict("list")
    {'kind': ['industry'], 'code': ['30t33'], 'name': ['Electrical and Optical Equipment']}
    >>> find("Brasil").loc[0, ["kind", "code"]].tolist()
    ['region', 'BRA']
    """
    wanted = registry.fold(text)
    entries = [*_regions(table), *_industries(table), *_groups(), *_accounts(table), *_measures()]
    scored = [(_score(wanted, entry), entry) for entry in entries] if wanted else []
    near = sorted((pair for pair in scored if pair[0] > 0), key=lambda pair: -pair[0])
    columns = [field.name for field in fields(_Entry)][:4]
    return pd.DataFrame([astuple(entry)[:4] for _, entry in near], columns=columns)


def _score(wanted: str, entry: _Entry) -> float:
    """1 for the word itself, less for a beginning, a part and a near spelling; 0 for none of these."""
    best = 0.0
    for spelling in entry.spellings:
        if spelling == wanted:
            return 1.0
        if spelling.startswith(wanted):
            best = max(best, 0.9)
        elif len(wanted) > 2 and f" {wanted}" in f" {spelling}":
            best = max(best, 0.85)
        elif (len(wanted) > 2 or not wanted.isascii()) and wanted in spelling:
            best = max(best, 0.8)
        elif best < NEAR and difflib.SequenceMatcher(None, wanted, spelling).ratio() >= NEAR:
            best = NEAR
    return best


def _entry(kind: str, code: str, name: str, where: str, others: Iterable[str] = ()) -> _Entry:
    spellings = tuple(dict.fromkeys(folded for one in (code, name, *others) if (folded := registry.fold(one))))
    return _Entry(kind, code, name, where, spellings)


def _regions(table: MRIOTable | None) -> Iterator[_Entry]:
    register = registry.register()
    codes = register if table is None else table.regions
    for code in codes:
        known = register.get(registry.find(code) or "")
        where = "economies" if table is None else table.label
        if known is None:
            yield _entry("region", code, code, where)
        else:
            yield _entry("region", code, known.name, where, (known.name_zh, known.iso2, known.code, *known.other_codes))


def _industries(table: MRIOTable | None) -> Iterator[_Entry]:
    short = classifications.short_names()
    known = classifications.known()
    if table is None:
        for name, entry in known.items():
            yield from _spelled(entry.codes, entry, name, short)
    else:
        yield from _spelled(tuple(table.industries), known.get(table.classification or ""), table.label, short)


def _spelled(
    codes: tuple[str, ...], entry: classifications.Classification | None, where: str, short: dict[str, str]
) -> Iterator[_Entry]:
    others: dict[str, list[str]] = {code: [] for code in codes}
    for spelling, code in (entry.spellings if entry else {}).items():
        others.get(code, []).append(spelling)
    for code in codes:
        name = (entry.names.get(code) if entry else None) or code
        yield _entry("industry", code, name, where, (short.get(code, ""), *others[code]))


def _groups() -> Iterator[_Entry]:
    aliases: dict[str, list[str]] = {}
    for alias, group in GROUP_ALIASES.items():
        aliases.setdefault(group, []).append(alias)
    for group, names in GROUP_NAMES.items():
        yield _entry("group", group, names[0], "groups", (*names[1:], *aliases.get(group, ())))


def _accounts(table: MRIOTable | None) -> Iterator[_Entry]:
    for name in ("output", "value_added"):
        yield _entry("account", name, name.replace("_", " "), "every table")
    for name in [] if table is None else table.satellite_names:
        yield _entry("account", name, name.replace("_", " "), table.label if table is not None else "")


@cache
def _measures() -> tuple[_Entry, ...]:
    rows = registry.read_rows("measures.csv")
    return tuple(_entry("measure", row["function"], row["name"], row["topic"], (row["symbol"],)) for row in rows)
