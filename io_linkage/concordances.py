"""Concordances: what share of each industry of one classification goes to each of another.

A concordance is a mapping (many to one), a frame with columns `from`, `to` and perhaps `share`, a CSV of these, or the
name of a classification: "isic_sections", or one that ships with a concordance from the table's own.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TypeAlias

import pandas as pd

from io_linkage import classifications
from io_linkage._shipped import shipped_path
from io_linkage.errors import OptionError, ReadError, unknown
from io_linkage.files import expanded
from io_linkage.table import MRIOTable

Concordance: TypeAlias = Mapping[str, str | Mapping[str, float]] | pd.DataFrame | str | Path

_SUM = 1e-6


def concordance(source: str, target: str) -> dict[str, dict[str, float]]:
    """Shares of each industry of one classification in those of another, as shipped.

    Raises
    ------
    UnknownLabelError
        Names the targets there are.

    Examples
    --------
    >>> concordance("WIOD2013", "isic_sections")["30t33"]
    {'C': 1.0}
    """
    known = targets(source)
    if target not in known:
        raise unknown(f"classification to aggregate {source} to", target, known)
    file = shipped_path("concordances", f"{source.lower()}_to_{target.lower()}.csv")
    return checked_shares(_rows_of(file), str(file))


def targets(source: str) -> list[str]:
    """Classifications that one can be aggregated to with what ships.

    Examples
    --------
    >>> "isic_sections" in targets("WIOD2013")
    True
    """
    return sorted(to for of, to in shipped() if of == source)


@cache
def shipped() -> tuple[tuple[str, str], ...]:
    """Return source and target of every concordance that ships."""
    with shipped_path("concordances", "concordances.csv").open(encoding="utf-8-sig", newline="") as file:
        return tuple((row["from"], row["to"]) for row in csv.DictReader(file))


def industry_shares(
    table: MRIOTable, wanted: Concordance | None
) -> tuple[dict[str, dict[str, float]], list[str], str | None]:
    """Return the shares of a table's industries in new ones, these in order, and the name of their classification."""
    if wanted is None:
        return {code: {code: 1.0} for code in table.industries}, table.industries, table.classification
    label = None
    if isinstance(wanted, pd.DataFrame):
        shares = checked_shares(_rows_of_frame(wanted), "the concordance")
    elif isinstance(wanted, Mapping):
        shares = checked_shares(
            {str(k): {v: 1.0} if isinstance(v, str) else dict(v) for k, v in wanted.items()}, "the concordance"
        )
    elif isinstance(wanted, str) and not wanted.lower().endswith(".csv"):
        label = wanted
        shares = _named(table, wanted)
    else:
        shares = checked_shares(_rows_of(expanded(wanted)), str(wanted))
    for code in shares:
        if code not in table.industries:
            raise unknown("industry in the concordance", code, table.industries)
    absent = [code for code in table.industries if code not in shares]
    if absent:
        raise OptionError(
            f"The concordance has nothing for {len(absent)} industries of {table.label}: {', '.join(absent[:8])}. Give "
            "each a new industry; to keep one, map it to itself."
        )
    order = list(dict.fromkeys(new for code in shares for new in shares[code]))
    return shares, order, label


def _named(table: MRIOTable, target: str) -> dict[str, dict[str, float]]:
    own = table.classification or classifications.recognise(table.industries, year=table.year)
    if own is None:
        raise OptionError(
            f"The classification of {table.label} is not known, so there is no concordance to {target!r}. Say it with "
            "table.replace(classification=...), or pass a mapping of its industries."
        )
    shipped = concordance(own, target)
    try:
        spellings = classifications.classification_of(own).spellings
    except KeyError:
        spellings = {}
    return {
        code: shipped[spelled]
        for code in table.industries
        if (spelled := code if code in shipped else spellings.get(code.lower(), code)) in shipped
    }


def _rows_of(file: Path) -> dict[str, dict[str, float]]:
    try:
        frame = pd.read_csv(file, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    except (OSError, ValueError) as error:
        # The parser ends some of its messages with a new line.
        raise ReadError(f"The concordance {str(file)!r} could not be read: {str(error).strip()}.") from error
    return _rows_of_frame(frame)


def _rows_of_frame(frame: pd.DataFrame) -> dict[str, dict[str, float]]:
    missing = [column for column in ("from", "to") if column not in frame.columns]
    if missing:
        raise OptionError(f"A concordance needs the columns from and to; {', '.join(missing)} is missing.")
    rows: dict[str, dict[str, float]] = {}
    shares = frame["share"] if "share" in frame.columns else pd.Series(1.0, index=frame.index)
    for number, (old, new, share) in enumerate(zip(frame["from"], frame["to"], shares, strict=True)):
        try:
            value = float(share) if share != "" else 1.0
        except ValueError as error:
            raise OptionError(f"Row {number + 1} of the concordance: the share {share!r} is not a number.") from error
        pieces = rows.setdefault(str(old), {})
        pieces[str(new)] = pieces.get(str(new), 0.0) + value
    return rows


def checked_shares(shares: Mapping[str, Mapping[str, float]], what: str) -> dict[str, dict[str, float]]:
    """Return the shares with each industry's adding to 1 exactly; an error where they are far from it."""
    checked = {}
    for old, pieces in shares.items():
        total = sum(pieces.values())
        if any(value < 0 for value in pieces.values()) or abs(total - 1) > _SUM:
            raise OptionError(
                f"In {what} the shares of {old!r} add to {total:.6g} ("
                f"{', '.join(f'{new} {value:g}' for new, value in list(pieces.items())[:5])}); they have to be at "
                "least 0 and add to 1."
            )
        checked[old] = {new: value / total for new, value in pieces.items()}
    return checked
