"""Industry classifications: the codes of each, and which one a list of codes belongs to.

The lists are those of ``tables/industries``: one file per classification, whose columns `industry`, `alias`, `name`
and `name_zh` are the spellings under which its industries are known. Those in ``coarse`` have no stages: their
industries mix them.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from io_linkage._shipped import shipped_path
from io_linkage.errors import unknown

#: Codes have to make up this share of a classification before it is recognised.
ENOUGH = 0.5


@dataclass(frozen=True)
class Classification:
    """One classification.

    Attributes
    ----------
    name : str
    codes : tuple of str
        In the publisher's order.
    years : tuple of int
        First and last year of each table that uses it, flattened; empty for any.
    spellings : dict of str to str
        Code by every spelling, in lower case.
    names : dict of str to str
        English name by code.
    """

    name: str
    codes: tuple[str, ...]
    years: tuple[int, ...]
    spellings: dict[str, str]
    names: dict[str, str]


@cache
def known() -> dict[str, Classification]:
    """Every classification that ships, by name."""
    entries: list[dict[str, str]] = []
    for folder in ("", "more", "coarse"):
        with shipped_path("industries", folder, "classifications.csv").open(encoding="utf-8-sig", newline="") as file:
            entries.extend(csv.DictReader(file))
    return {entry["classification"]: _read(entry) for entry in entries}


@cache
def without_stages() -> dict[str, str]:
    """Classifications whose industries mix stages, and why none are given to them."""
    with shipped_path("industries", "coarse", "classifications.csv").open(encoding="utf-8", newline="") as file:
        return {entry["classification"]: entry["no_stages"] for entry in csv.DictReader(file)}


def industries(classification: str) -> list[str]:
    """Industry codes of a classification, in the publisher's order.

    Raises
    ------
    UnknownLabelError
        Names the classifications that ship.

    Examples
    --------
    >>> industries("WIOD2013")[:3], len(industries("WIOD2013"))
    (['AtB', 'C', '15t16'], 35)
    """
    return list(classification_of(classification).codes)


def classification_of(name: str) -> Classification:
    """Return one classification by name."""
    if name not in known():
        raise unknown("classification", name, known())
    return known()[name]


def recognise(codes: Sequence[str], *, year: int | None = None) -> str | None:
    """Which classification a table's industries belong to, or None.

    All codes have to be known to it and make up at least half of it. Bare numbers prove nothing. Of several, the
    one with the fewest industries left over is taken, then the one nearest in year.

    Examples
    --------
    >>> recognise(["AtB", "C", "15t16", "17t18"]) is None
    True
    >>> recognise(industries("WIOD2013"))
    'WIOD2013'
    """
    spelled = [str(code).strip().lower() for code in codes]
    if not spelled or all(code.isdigit() for code in spelled):
        return None
    fitting = [
        entry
        for entry in known().values()
        if len(spelled) >= ENOUGH * len(entry.codes) and all(code in entry.spellings for code in spelled)
    ]
    if not fitting:
        return None
    return min(fitting, key=lambda entry: (abs(len(entry.codes) - len(spelled)), _distance(entry, year))).name


@cache
def short_names() -> dict[str, str]:
    """Short English names of industries by code, as figures show them."""
    with Path(__file__).with_name("short_names.csv").open(encoding="utf-8", newline="") as file:
        return {row["industry"]: row["short"] for row in csv.DictReader(file)}


def spellings(codes: Sequence[str], classification: str | None) -> dict[str, str]:
    """Every name under which industries of a table are known, short names included, to their code.

    Parameters
    ----------
    codes : sequence of str
        The table's industries.
    classification : str or None
        Which one they belong to; None where it is not known.

    Examples
    --------
    >>> names = spellings(["30t33", "34t35"], "WIOD2013")
    >>> names["electrical and optical"], names["Electrical and Optical Equipment".lower()]
    ('30t33', '30t33')
    """
    own = set(codes)
    by_text = {short.lower(): code for code, short in short_names().items() if code in own}
    if classification is not None and classification in known():
        by_text |= {text: code for text, code in known()[classification].spellings.items() if code in own}
    # A code of the table itself wins over another industry's name.
    return by_text | {code.lower(): code for code in codes}


def _distance(entry: Classification, year: int | None) -> int:
    if year is None or not entry.years:
        return 0
    return min(abs(year - one) for one in entry.years)


def _read(entry: dict[str, str]) -> Classification:
    with shipped_path("industries", entry["file"]).open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    spellings: dict[str, str] = {}
    # The later, the stronger: a code wins over another industry's name.
    for column in ("name_zh", "name", "alias", "industry"):
        spellings.update({row[column].strip().lower(): row["industry"] for row in rows if row.get(column)})
    years = tuple(int(part) for cell in entry["years"].split() for part in cell.split("-"))
    codes = tuple(dict.fromkeys(row["industry"] for row in rows))
    names = {row["industry"]: row.get("name", "") for row in rows}
    return Classification(entry["classification"], codes, years, spellings, names)
