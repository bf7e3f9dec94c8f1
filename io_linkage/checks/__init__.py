"""Accounting checks of a table: what is out of balance, odd or missing, how badly, and where.

`run` lists the findings, `require` raises the worst. The checks themselves stand in `balance` (rows, columns, world
accounts) and `content` (labels, units, negative flows, satellites); `competitive_imports` finds tables that take
imports off final demand.
"""

from __future__ import annotations

from io_linkage.checks.balance import gaps
from io_linkage.checks.competitive_imports import less_imports
from io_linkage.checks.runner import require, run

__all__ = ["gaps", "less_imports", "require", "run"]
