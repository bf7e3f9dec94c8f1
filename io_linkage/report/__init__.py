"""The report: an analyst's briefing of one table as a page, pictures and data, made from results alone.

`write` does all of it; `gather` computes the results and `compose` words and draws them, for use one by one.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from io_linkage.report.briefing import compose
    from io_linkage.report.output import write
    from io_linkage.report.question import Question, ask
    from io_linkage.report.results import Results, gather

_EXPORTS = {
    "Question": "question",
    "Results": "results",
    "ask": "question",
    "compose": "briefing",
    "gather": "results",
    "write": "output",
}


def __getattr__(name: str) -> Any:
    """Import on first use: the page needs jinja2, the workbook openpyxl, the pictures matplotlib."""
    if name not in _EXPORTS:
        raise AttributeError(f"module 'io_linkage.report' has no attribute {name!r}")
    found = getattr(importlib.import_module(f"io_linkage.report.{_EXPORTS[name]}"), name)
    globals()[name] = found
    return found


__all__ = ["Question", "Results", "ask", "compose", "gather", "write"]
