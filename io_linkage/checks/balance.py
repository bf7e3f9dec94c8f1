"""Checks of balance: rows, columns, identities, published against recomputed output, the world as a whole."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from io_linkage.accounts import DISCREPANCY, out_of_balance
from io_linkage.checks.findings import MINOR, Finding, Severity
from io_linkage.leontief import Array
from io_linkage.table import MRIOTable
from io_linkage.wording import label_name, shortened


def gaps(table: MRIOTable) -> pd.DataFrame:
    """Gaps of each country-industry: what its row and its column leave unexplained.

    Returns
    -------
    DataFrame on the table's index, in the table's unit: `output`; `row` and `column`, output less the sums of the
    row (Z and Y) and of the column (Z and V), discrepancies left out; `published`, published less used output, NaN
    where nothing was published.
    """
    accounts = table.accounts
    own_demand = accounts.own_demand
    own_inputs = accounts.own_inputs
    published = accounts.published
    basis = accounts.x if published is None else published
    return pd.DataFrame(
        {
            "output": accounts.x,
            "row": basis - accounts.Z.sum(axis=1) - accounts.Y[:, own_demand].sum(axis=1),
            "column": accounts.x - accounts.Z.sum(axis=0) - accounts.V[own_inputs].sum(axis=0),
            "published": np.nan if published is None else published - accounts.x,
        },
        index=table.index,
    )


def row_balance(table: MRIOTable, tolerance: float) -> Iterator[Finding]:
    """Output against the row sums of Z and Y."""
    name = "row balance"
    if table.accounts.published is None:
        yield Finding(
            name, "ok", "No output was published; it is the row sums of Z and Y, which balance by definition."
        )
        return
    gap = gaps(table)["row"].to_numpy(dtype=np.float64)
    yield _gap_finding(
        table,
        name,
        gap,
        tolerance,
        "published output less the row sums of Z and Y",
        "Check that Y covers every region.",
    )


def column_balance(table: MRIOTable, tolerance: float) -> Iterator[Finding]:
    """Output against the column sums of Z and V."""
    name = "column balance"
    if table.accounts.value_added == "residual" and DISCREPANCY not in table.accounts.primary:
        yield Finding(name, "ok", "Value added is output less intermediate inputs, so columns balance by definition.")
        return
    gap = gaps(table)["column"].to_numpy(dtype=np.float64)
    yield _gap_finding(
        table,
        name,
        gap,
        tolerance,
        "output less the column sums of Z and V",
        "Check that V has every primary input, in the unit of Z, or load with value_added='residual'.",
    )


def identities(table: MRIOTable, tolerance: float) -> Iterator[Finding]:
    """Both identities with the discrepancies in: Z i + Y i = x = i'Z + i'V."""
    accounts = table.accounts
    scale = max(float(accounts.x.max(initial=0.0)), 1e-300)
    rows = np.abs(accounts.x - accounts.Z.sum(axis=1) - accounts.Y.sum(axis=1)) / scale
    columns = np.abs(accounts.x - accounts.Z.sum(axis=0) - accounts.V.sum(axis=0)) / scale
    worst = float(max(rows.max(initial=0.0), columns.max(initial=0.0)))
    text = f"Rows and columns, with their discrepancies, sum to output within {worst:.1e} of the largest output."
    yield Finding("identities", "ok" if worst < 1e-9 else "error", text, largest=worst, unit="share of output")


def published_output(table: MRIOTable, tolerance: float) -> Iterator[Finding]:
    """Compare published with recomputed output, whole table and by region."""
    name = "published output"
    published = table.accounts.published
    if published is None:
        yield Finding(name, "note", "The source gives no gross output to compare with the row sums.")
        return
    own = table.accounts.own_demand
    rows = table.accounts.Z.sum(axis=1) + table.accounts.Y[:, own].sum(axis=1)
    codes, regions = table.region_codes, table.regions
    total = np.bincount(codes, weights=published, minlength=len(regions))
    gap = total - np.bincount(codes, weights=rows, minlength=len(regions))
    relative = np.divide(gap, total, out=np.zeros_like(gap), where=total > 0)
    whole = float(gap.sum() / total.sum()) if total.sum() else 0.0
    worst = int(np.argmax(np.abs(relative)))
    off = np.flatnonzero(np.abs(relative) > tolerance)
    severity: Severity = "error" if abs(whole) > tolerance else "warning" if len(off) else "ok"
    order = off[np.argsort(-np.abs(relative[off]))]
    yield Finding(
        name,
        severity,
        f"Published output differs from the row sums by {whole:+.3%} for the whole table and by at most "
        f"{relative[worst]:+.3%} for a region ({regions[worst]}).",
        shortened([f"{regions[i]} {relative[i]:+.1%}" for i in order]),
        len(off),
        float(abs(relative[worst])),
        "share of output",
        "Compare with output='published'." if severity != "ok" else "",
    )


def world_accounts(table: MRIOTable, tolerance: float) -> Iterator[Finding]:
    """World income against world demand, and trade balances of regions, which have to sum to zero."""
    accounts = table.accounts
    own_demand = accounts.own_demand
    own_inputs = accounts.own_inputs
    income = np.bincount(table.region_codes, weights=accounts.V[own_inputs].sum(axis=0), minlength=len(table.regions))
    buyers = pd.Index(table.regions).get_indexer(accounts.demand.get_level_values(0))
    demand = np.bincount(
        buyers[own_demand], weights=accounts.Y[:, own_demand].sum(axis=0), minlength=len(table.regions)
    )
    world = float(demand.sum())
    gap = float(income.sum() - world) / abs(world) if world else 0.0
    yield Finding(
        "world accounts",
        "ok" if abs(gap) <= tolerance else "error" if abs(gap) > 5 * tolerance else "warning",
        f"Primary inputs of the whole table differ from its final demand by {gap:+.3%}; trade balances of the regions "
        "(income less demand) sum to that.",
        largest=abs(gap),
        unit="share of final demand",
        remedy="" if abs(gap) <= tolerance else "Check that V has taxes and margins, and Y every region.",
    )


def _gap_finding(table: MRIOTable, name: str, gap: Array, tolerance: float, what: str, remedy: str) -> Finding:
    x = np.maximum(table.accounts.x, 0 if table.accounts.published is None else table.accounts.published)
    off = out_of_balance(table.index, gap, x, table.accounts.Z, table.accounts.Y.shape[1], tolerance)
    total = float(np.abs(gap).sum() / max(x.sum(), 1e-300))
    largest = float(np.abs(gap).max(initial=0.0))
    if not off.any():
        usual = "note" if total > 1e-9 else "ok"
        text = f"Gaps ({what}) sum to {total:.4%} of output; none is beyond the tolerance or what rounding explains."
        return Finding(name, "note" if usual == "note" else "ok", text, largest=largest, unit=table.unit)
    relative = np.divide(gap, x, out=np.full(len(x), np.inf), where=x > 0)
    where = np.flatnonzero(off)
    order = where[np.argsort(-np.abs(gap[where]))]
    severity: Severity = "error" if total > MINOR else "warning"
    return Finding(
        name,
        severity,
        f"{len(where)} of {len(x)} industries are out of balance by more than {tolerance:.2%} of output ({what}); "
        f"all gaps together are {total:.3%} of output.",
        shortened([f"{label_name(table.index[i])} {relative[i]:+.1%}" for i in order]),
        len(where),
        largest,
        table.unit,
        remedy,
    )
