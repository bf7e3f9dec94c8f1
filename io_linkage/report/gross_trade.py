"""Gross trade of the focus with its partners beyond the years of the shipped table, from another source."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd

from io_linkage import trade
from io_linkage.captions import labelled
from io_linkage.errors import OptionError, UnknownLabelError
from io_linkage.readers.shipped import DEFAULT, facts
from io_linkage.report.question import Question
from io_linkage.report.results import Result
from io_linkage.table import MRIOTable
from io_linkage.trade.account import GrossTrade
from io_linkage.wording import separated

#: Whose figures a row has: the table's, or the account that goes on from it.
OWN, CONTINUED = "table", "continued"
SHARES = ["partner_imports_share", "partner_exports_share"]


def over_time(table: MRIOTable, question: Question, tables: Iterable[MRIOTable]) -> Result | None:
    """Share of each economy in the partners' trade by year, in the tables and in the account that goes on from them.

    Only the shipped table is continued: the account knows its economies and groups. None where it does not.
    """
    if table.source != facts(DEFAULT)["source"] or not question.partners:
        return None
    year = question.membership_year or table.year
    own, account = trade.of_tables(tables), trade.load()
    try:
        parts = {name: _shares(one, question, year) for name, one in ((OWN, own), (CONTINUED, account))}
    except (OptionError, UnknownLabelError):
        return None
    counts = {name: len(part.attrs["partners"]) for name, part in parts.items()}
    for part in parts.values():
        part.attrs = {}
    frame = pd.concat(parts, names=["account"])
    caption: dict[str, Any] = {
        "measure": "share of each economy in the partners' gross trade, current prices",
        "unit": "share",
        "table": f"{own.name}; {account.name}",
        "year": [*own.years, *account.years],
        "source": f"{own.source} (to {own.year}); {account.source} (from {account.years[0]})",
        "membership_year": year,
    }
    return Result(
        labelled(frame, caption),
        "Share of each economy in what the partners import and export, gross, by year and source",
        "Gross trade counts a part each time it crosses a border. The table shows "
        f"{counts[OWN]} partners, the account of the OECD {counts[CONTINUED]}; both have the "
        "rest of the world where the group has it. The step of "
        f"{account.years[0]} from one to the other is a change of source.",
    )


def _shares(account: GrossTrade, question: Question, year: int | None) -> pd.DataFrame:
    asked = question.partners_asked
    result = trade.bilateral(
        account,
        question.focus,
        partners=separated(asked) if "," in asked else asked,
        comparators=question.comparators,
        by="total",
        aggregates=question.aggregates,
        membership_year=year,
        rest="out" if question.rest_left_out else "in",
    )
    partners = result.index.unique("partner")
    together = "all" if "all" in partners else partners[0]
    shares = pd.DataFrame(result.xs((together, "all"), level=["partner", "product"])[SHARES])
    shares.attrs = {"partners": result.attrs["partners"]}
    return shares
