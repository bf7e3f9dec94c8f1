"""What the parties of a report and its industries are called inside a sentence."""

from __future__ import annotations

from typing import Any

from io_linkage.report import words
from io_linkage.report.results import Results

ALL = "all"


def focus_name(results: Results) -> str:
    """Name of the focus."""
    return words.economy(results.question.focus)


def who(results: Results) -> str:
    """Name of the partners, e.g. "the 7 developing partners", or of the only one."""
    names = results.question.partners
    if len(names) == 1:
        return words.economy(names[0])
    return f"the {len(names)} {words.partners(results.question.partners_asked)}"


def them(results: Results) -> str:
    """Pronoun of the partners."""
    return "it" if len(results.question.partners) == 1 else "them"


def their(results: Results) -> str:
    """Possessive pronoun of the partners."""
    return "its" if len(results.question.partners) == 1 else "their"


def industry_name(results: Results, label: Any) -> str:
    """Name of an industry, with its economy where the focus is several."""
    if isinstance(label, tuple):
        return f"{words.industry(str(label[1]), results.industries)} in {words.economy(str(label[0]))}"
    return words.industry(str(label), results.industries)


def own_economy(results: Results, label: Any) -> str:
    """Name of the economy that an industry of the focus belongs to."""
    return words.economy(str(label[0]) if isinstance(label, tuple) else results.question.regions[0])
