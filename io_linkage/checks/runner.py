"""Accounting checks of a table: one function per check; each returns what it found, `require` raises.

A check says what is wrong, how badly, where and how much. Its severity is one of

error
    Results that use that part of the table are wrong: correct the source, or leave that part out.
warning
    Something a reader of the results has to know: it bends some industries or regions, not the whole.
note
    Usual in published tables (rounding, industries without output, inventories drawn down).
ok
    Nothing found.

Gaps are judged as when the table is made: below the tolerance, below 0.01 % of the region's output, or no larger
than rounding to whole units explains, they are usual.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pandas as pd

from io_linkage.checks.balance import column_balance, gaps, identities, published_output, row_balance, world_accounts
from io_linkage.checks.content import (
    hawkins_simon,
    labels,
    layout,
    negative_values,
    reading,
    satellites,
    units,
    value_added,
    without_output,
)
from io_linkage.checks.findings import SEVERITIES, Finding, Severity
from io_linkage.errors import BalanceError, IOLinkageError, NotProductiveError, TableError, require_option
from io_linkage.table import MRIOTable

COLUMNS = ("check", "severity", "finding", "where", "count", "largest", "unit", "remedy")

CHECKS: tuple[Callable[[MRIOTable, float], Iterator[Finding]], ...] = (
    identities,
    row_balance,
    column_balance,
    published_output,
    hawkins_simon,
    value_added,
    negative_values,
    without_output,
    world_accounts,
    units,
    labels,
    satellites,
    layout,
    reading,
)


def run(table: MRIOTable, *, tolerance: float = 0.01) -> pd.DataFrame:
    """Run every check on a table.

    Parameters
    ----------
    table : MRIOTable
    tolerance : float
        Gap between output and the sums of rows or columns, as a share of output, above which it is a fault.

    Returns
    -------
    DataFrame
        One row a finding, worst first: check, severity, finding, where, count, largest, unit, remedy.

    Examples
    --------
    >>> import io_linkage as iol
    >>> found = run(iol.load())
    >>> bool((found["severity"] == "error").any())
    False
    """
    findings = [finding for check in CHECKS for finding in check(table, tolerance)]
    findings.sort(key=lambda finding: SEVERITIES.index(finding.severity))
    frame = pd.DataFrame([vars(finding) for finding in findings], columns=list(COLUMNS))
    frame.attrs.update(table.caption("accounting checks", tolerance=tolerance))
    return frame


def require(table: MRIOTable, *, tolerance: float = 0.01, severity: Severity = "error") -> None:
    """Raise when a check finds something as bad as `severity` or worse.

    Parameters
    ----------
    table : MRIOTable
    tolerance : float
        See `run`.
    severity : {"error", "warning", "note"}

    Raises
    ------
    BalanceError
        What was found is a gap between output and the sums of rows or columns.
    NotProductiveError
        The Hawkins-Simon condition fails.
    TableError
        Anything else.

    Examples
    --------
    >>> import io_linkage as iol
    >>> require(iol.load())
    """
    require_option("severity", severity, SEVERITIES[:-1])
    findings = run(table, tolerance=tolerance)
    bad = findings[findings["severity"].isin(SEVERITIES[: SEVERITIES.index(severity) + 1])]
    if bad.empty:
        return
    lines = [
        f"{row['check']}: {row['finding']}"
        + (f" ({row['where']})" if row["where"] else "")
        + f" {row['remedy']}".rstrip()
        for row in bad.to_dict("records")
    ]
    balance = dict.fromkeys(("row balance", "column balance", "published output"), BalanceError)
    kind: dict[str, type[IOLinkageError]] = {**balance, "Hawkins-Simon": NotProductiveError}
    names = set(bad["check"])
    kinds = {kind.get(name, TableError) for name in names}
    raise (kinds.pop() if len(kinds) == 1 else TableError)(
        f"{table.label} fails {len(bad)} of its accounting checks. " + " ".join(lines)
    )


__all__ = ["CHECKS", "COLUMNS", "SEVERITIES", "Finding", "Severity", "gaps", "hawkins_simon", "require", "run"]
