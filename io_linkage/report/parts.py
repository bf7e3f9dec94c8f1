"""What a report is made of: sections of sentences, figures and tables."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class View:
    """A table to show: heads, rows of text, whether a column is of numbers."""

    title: str
    heads: list[str]
    rows: list[list[str]]
    numeric: list[bool]
    note: str = ""


@dataclass(frozen=True)
class Section:
    """One part of the report; `reason` says why it does not apply, when it does not."""

    key: str
    title: str
    lead: str = ""
    sentences: tuple[str, ...] = ()
    figures: tuple[str, ...] = ()
    views: tuple[View, ...] = ()
    pairs: tuple[tuple[str, str], ...] = ()
    reason: str = ""


@dataclass(frozen=True)
class Briefing:
    """All of the report's words."""

    title: str
    subtitle: str
    brief: tuple[str, ...]
    sections: tuple[Section, ...]
