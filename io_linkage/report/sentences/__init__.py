"""Findings as sentences, every number taken from a result.

Sentences describe a table's accounts: who buys what from whom, and what stands behind it. None says that one thing
caused another.
"""

from __future__ import annotations

from io_linkage.report.sentences.changes import changes
from io_linkage.report.sentences.industries import above_all, imports_taken_off, industries, pulled
from io_linkage.report.sentences.partners import partners
from io_linkage.report.sentences.productivity import productivity
from io_linkage.report.sentences.stages import ranged, stages
from io_linkage.report.sentences.technology import technology

__all__ = [
    "above_all",
    "changes",
    "imports_taken_off",
    "industries",
    "partners",
    "productivity",
    "pulled",
    "ranged",
    "stages",
    "technology",
]
