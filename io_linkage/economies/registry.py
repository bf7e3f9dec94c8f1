"""Economies by any code or name, and the dated membership of groups, as the shipped tables list them.

``tables/economies.csv`` and ``tables/aggregates.csv`` hold the names and codes, ``tables/groups.csv`` the
spells of membership. What a table's own regions stand for is settled in :mod:`io_linkage.economies`, which also
states the rules.
"""

from __future__ import annotations

import csv
import difflib
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Literal

import pandas as pd

from io_linkage._shipped import shipped_path
from io_linkage.economies.group_names import GROUP_ALIASES, GROUP_NAMES, NORTH_AFRICA, WORLD_BANK_REGIONS
from io_linkage.errors import OptionError, UnknownLabelError, unknown

Language = Literal["en", "zh"]

_UNDATED = "undated"
_WORLD_BANK = "World Bank country list, fiscal year 2025 (economies.csv, wb_region)"


@dataclass(frozen=True)
class Economy:
    """One economy, or an aggregate of several (then without ISO-2 code, income or place).

    ``longitude`` and ``latitude`` are those of its capital or main town; ``None`` where there is none.
    """

    code: str
    name: str
    name_zh: str
    other_codes: tuple[str, ...] = ()
    iso2: str = ""
    numeric: str = ""
    wb_region: str = ""
    wb_income: str = ""
    longitude: float | None = None
    latitude: float | None = None
    remark: str = ""
    is_aggregate: bool = False


@dataclass(frozen=True)
class Membership:
    """One spell of an economy in a group; dates are ISO, ``start`` empty when open, ``end`` the last day."""

    group: str
    iso3: str
    start: str
    end: str
    source: str
    remark: str

    @property
    def dated(self) -> bool:
        """Whether the source gives a joining date (or says that it was always a member)."""
        return self.start != _UNDATED

    def holds(self, year: int) -> bool:
        """Whether the economy is a member on 31 December of the year."""
        day = f"{year:04d}-12-31"
        return self.dated and self.start <= day and (not self.end or day <= self.end)


def economy(code_or_name: str) -> Economy:
    """Everything known of one economy.

    Examples
    --------
    >>> economy("KR").name, economy("韩国").wb_region
    ('Korea', 'East Asia & Pacific')
    """
    return register()[lookup(code_or_name)]


def lookup(code_or_name: str) -> str:
    """ISO-3 code of an economy given by any code or name; the usual code of an aggregate.

    Understands ISO-2, ISO-3, English and Chinese names and the spellings of WIOD, OECD ICIO, ADB, EORA26,
    EXIOBASE and FIGARO. Capitals, accents and punctuation do not matter.

    Raises
    ------
    UnknownLabelError
        Nothing has that code or name; the nearest names are offered.

    Examples
    --------
    >>> [lookup(given) for given in ("ROM", "PRC", "CN1", "el", "Türkiye", "越南", "ROW")]
    ['ROU', 'CHN', 'CHN', 'GRC', 'TUR', 'VNM', 'RoW']
    """
    code = find(code_or_name)
    if code is None:
        raise _unknown_economy(code_or_name)
    return code


def name(code: str, *, language: Language = "en") -> str:
    """Name of an economy, aggregate or group in English or Chinese.

    Examples
    --------
    >>> name("DEU"), name("DEU", language="zh"), name("brics", language="zh")
    ('Germany', '德国', '金砖国家')
    """
    if language not in ("en", "zh"):
        raise OptionError(f"There are names in 'en' and 'zh', not in {language!r}.")
    if find(code) is None and (group := find_group(code)) is not None:
        return GROUP_NAMES[group][language == "zh"]
    known = economy(code)
    return known.name_zh if language == "zh" else known.name


def economies() -> pd.DataFrame:
    """Every economy: names, codes, World Bank region and income, place; indexed by ISO-3 code.

    ``wb_income`` is the class of the World Bank's fiscal year 2025 (GNI per head of 2023), empty where the
    Bank has none; ``members("developing_wb", membership_year=...)`` tells who was low or middle income in any year.
    """
    rows = [economy for economy in register().values() if not economy.is_aggregate]
    frame = pd.DataFrame([vars(row) for row in rows]).drop(columns="is_aggregate")
    return frame.rename(columns={"code": "iso3"}).set_index("iso3")


def groups() -> list[str]:
    """Names of the groups.

    Examples
    --------
    >>> groups()[:4]
    ['developing_wb', 'developing_imf', 'belt_and_road', 'brics']
    """
    return list(memberships())


def history(group: str) -> pd.DataFrame:
    """Every spell of membership in a group with its dates, source and remark."""
    rows = [vars(spell) for spell in memberships()[group_key(group)]]
    return pd.DataFrame(rows).drop(columns="group").set_index("iso3")


def members(group: str, *, membership_year: int, regions: Iterable[str] | None = None) -> list[str]:
    """ISO-3 codes of the members of a group on 31 December of the year.

    Parameters
    ----------
    group : str
        One of :func:`groups`, or an alias (``developing``, ``bri``).
    membership_year : int
    regions : iterable of str, optional
        Keep these only, in this order and spelling (for a table see :func:`resolve`).

    Raises
    ------
    UnknownLabelError
        No such group.
    OptionError
        The group has no member in that year.

    Examples
    --------
    >>> [len(members("EU", membership_year=year)) for year in (1995, 2013)]
    [15, 28]
    >>> "GBR" in members("EU", membership_year=2020)
    False
    >>> members("brics", membership_year=2011, regions=["CHN", "KOR", "ZA"])
    ['CHN', 'ZA']
    """
    codes = standing(group_key(group), membership_year)
    return list(codes) if regions is None else [region for region in regions if find(region) in codes]


def standing(group: str, membership_year: int) -> dict[str, None]:
    """Members of a group, by its full name, on 31 December of the year; an error when there are none."""
    spells = memberships()[group]
    codes = dict.fromkeys(spell.iso3 for spell in spells if spell.holds(membership_year))
    if not codes:
        first = min((spell.start for spell in spells if spell.dated), default="")
        raise OptionError(
            f"Group {group!r} has no member in {membership_year}: it starts on {first}. Take a table of {first[:4]} or "
            f"later, or name the members it had later: economies.resolve(table, {group!r}, "
            f"membership_year={first[:4]}) lists those of a table, and every function that takes a group takes that "
            "list in its place."
        )
    return codes


def group_key(name: str) -> str:
    """Full name of a group given by name or alias."""
    key = find_group(name)
    if key is None:
        raise unknown("group", name, [*groups(), "developing"])
    return key


def find_group(name: str) -> str | None:
    """Full name of a group, or None."""
    return _group_index().get(fold(name)) if isinstance(name, str) else None


def find(name: str) -> str | None:
    """Code of an economy or aggregate, or None."""
    return _code_index().get(fold(name)) if isinstance(name, str) else None


def _unknown_economy(name: str) -> UnknownLabelError:
    group = find_group(name)
    if group is not None:
        return UnknownLabelError(
            f"{name!r} is a group of economies ({GROUP_NAMES[group][0]}), not an economy. "
            f"members({group!r}, membership_year=...) lists those in it, and functions that take regions take the "
            "group."
        )
    spelled = {fold(known.name): f"{known.name} ({known.code})" for known in register().values()}
    spelled |= {fold(known.name_zh): f"{known.name_zh} ({known.code})" for known in register().values()}
    spelled |= {fold(code): f"{code}, {known.name}" for code, known in register().items()}
    near = difflib.get_close_matches(fold(str(name)), spelled, n=3, cutoff=0.6)
    hint = f" Nearest: {'; '.join(spelled[key] for key in near)}." if near else ""
    return UnknownLabelError(
        f"Unknown economy {name!r}.{hint} Give an ISO code or a name in English or Chinese; economies() lists them."
    )


def fold(text: str) -> str:
    """Key for comparison: no capitals, accents or punctuation."""
    bare = "".join(sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign))
    return " ".join("".join(sign if sign.isalnum() else " " for sign in bare.casefold()).split())


def read_rows(*parts: str) -> list[dict[str, str]]:
    """Rows of a shipped CSV file."""
    with shipped_path(*parts).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def register() -> dict[str, Economy]:
    """Every economy and aggregate by code."""
    economies = {}
    for row in read_rows("economies.csv"):
        economies[row["iso3"]] = Economy(
            row["iso3"],
            row["name"],
            row["name_zh"],
            tuple(row["codes"].split(";")) if row["codes"] else (),
            iso2=row["iso2"],
            numeric=row["numeric"],
            wb_region=row["wb_region"],
            wb_income=row["wb_income"],
            longitude=float(row["longitude"]) if row["longitude"] else None,
            latitude=float(row["latitude"]) if row["latitude"] else None,
            remark=row["remark"],
        )
    for row in read_rows("aggregates.csv"):
        codes = tuple(row["codes"].split(";"))
        economies[row["code"]] = Economy(
            row["code"], row["name"], row["name_zh"], codes, remark=row["remark"], is_aggregate=True
        )
    return economies


@cache
def _code_index() -> dict[str, str]:
    """Every spelling to its code; ISO-3 codes win over ISO-2, those over other spellings and names."""
    rows = list(register().values())
    spellings = [(row.code, row.code) for row in rows]
    spellings += [(row.iso2, row.code) for row in rows if row.iso2]
    spellings += [(text, row.code) for row in rows for text in (row.name, row.name_zh, *row.other_codes)]
    codes: dict[str, str] = {}
    for text, code in spellings:
        codes.setdefault(fold(text), code)
    return codes


@cache
def memberships() -> dict[str, list[Membership]]:
    """Every spell of membership by group."""
    spells: dict[str, list[Membership]] = {group: [] for group in GROUP_NAMES}
    for row in read_rows("groups.csv"):
        spell = Membership(row["group"], row["iso3"], row["from"], row["to"], row["source"], row["remark"])
        spells[spell.group].append(spell)
    for code, known in register().items():
        region = WORLD_BANK_REGIONS.get(known.wb_region)
        if region is not None:
            spells[region].append(Membership(region, code, "", "", _WORLD_BANK, ""))
        if region == "sub_saharan_africa" or code in NORTH_AFRICA:
            spells["africa"].append(Membership("africa", code, "", "", _WORLD_BANK, ""))
    return spells


@cache
def _group_index() -> dict[str, str]:
    keys = {fold(group): group for group in memberships()}
    keys |= {fold(text): group for group, names in GROUP_NAMES.items() for text in names}
    return keys | {fold(alias): group for alias, group in GROUP_ALIASES.items()}
