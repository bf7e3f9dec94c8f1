"""The same measure over several tables.

Terms
-----
series : tables of one classification, a year each; `over` stacks the results by year.
panel : any tables, of one database or of several; `across` lays the results out in one long table, computed by as
    many workers as there are, and kept in a folder so that a run that was stopped goes on.
"""

from __future__ import annotations

from io_linkage.panel.across import across
from io_linkage.panel.comparing import comparable, dated, require_comparable
from io_linkage.panel.series import over

__all__ = ["across", "comparable", "dated", "over", "require_comparable"]
