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
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from io_linkage.accounts import DISCREPANCY, out_of_balance
from io_linkage.errors import BalanceError, IOLinkageError, NotProductiveError, OptionError, SolveError, TableError
from io_linkage.leontief import Array
from io_linkage.table import MRIOTable

Severity: TypeAlias = Literal["error", "warning", "note", "ok"]

#: From worst to best.
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note", "ok")
COLUMNS = ("check", "severity", "finding", "where", "count", "largest", "unit", "remedy")

#: A fault in industries that make less than this share of output bends those, not the table.
MINOR = 0.01
_SHOWN = 5


@dataclass(frozen=True)
class Finding:
    """What one check found.

    Attributes
    ----------
    check, severity, finding, remedy : str
    where : str
        The worst places, by name.
    count : int
        How many places.
    largest : float
        The worst of them, in `unit`; NaN where a size means nothing.
    """

    check: str
    severity: Severity
    finding: str
    where: str = ""
    count: int = 0
    largest: float = float("nan")
    unit: str = ""
    remedy: str = ""


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
    if severity not in SEVERITIES[:-1]:
        raise OptionError(f"severity={severity!r} is not possible; choose one of 'error', 'warning', 'note'.")
    found = run(table, tolerance=tolerance)
    bad = found[found["severity"].isin(SEVERITIES[: SEVERITIES.index(severity) + 1])]
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
    made = {kind.get(name, TableError) for name in names}
    raise (made.pop() if len(made) == 1 else TableError)(
        f"{table.label} fails {len(bad)} of its accounting checks. " + " ".join(lines)
    )


def gaps(table: MRIOTable) -> pd.DataFrame:
    """Gaps of each country-industry: what its row and its column leave unexplained.

    Returns
    -------
    DataFrame on the table's index, in the table's unit: `output`; `row` and `column`, output less the sums of the
    row (Z and Y) and of the column (Z and V), discrepancies left out; `published`, published less used output, NaN
    where nothing was published.
    """
    accounts = table.accounts
    own_demand = np.asarray(accounts.demand.get_level_values(1) != DISCREPANCY)
    own_inputs = np.asarray(accounts.primary != DISCREPANCY)
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
    own = np.asarray(table.accounts.demand.get_level_values(1) != DISCREPANCY)
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
        _listed([f"{regions[i]} {relative[i]:+.1%}" for i in order]),
        len(off),
        float(abs(relative[worst])),
        "share of output",
        "Compare with output='published'." if severity != "ok" else "",
    )


def negative_values(table: MRIOTable, tolerance: float) -> Iterator[Finding]:
    """Negative cells of Z, of Y by category and of V by row."""
    accounts = table.accounts
    yield _negatives("negative flows", "Z", accounts.Z, table.index, table.index, accounts.Z.sum(), usual=False)
    categories = accounts.demand.get_level_values(1)
    for category in dict.fromkeys(categories):
        if category == DISCREPANCY:
            continue
        columns = np.flatnonzero(np.asarray(categories == category))
        block = accounts.Y[:, columns]
        if (block < 0).any():
            yield _negatives(
                "negative final demand",
                f"Y, {category}",
                block,
                table.index,
                accounts.demand[columns],
                np.abs(accounts.Y).sum(),
                usual=_may_be_negative(str(category)),
            )
    for position, row in enumerate(accounts.primary):
        values = accounts.V[position]
        if row == DISCREPANCY or row in accounts.va_rows or not (values < 0).any():
            continue
        yield _negatives(
            "negative primary inputs", f"V, {row}", values[None, :], pd.Index([row]), table.index,
            np.abs(accounts.V).sum(), usual=True,
        )  # fmt: skip


def value_added(table: MRIOTable, tolerance: float) -> Iterator[Finding]:
    """Industries whose value added is negative, or whose inputs are as large as their output."""
    va, x = table.va.to_numpy(dtype=np.float64), table.accounts.x
    off = np.flatnonzero(va < 0)
    if not len(off):
        yield Finding("value added", "ok", f"No industry has negative {table.value_added_label}.")
    else:
        order = off[np.argsort(va[off])]
        yield Finding(
            "value added",
            "error" if x[off].sum() > MINOR * x.sum() else "warning",
            f"{table.value_added_label[0].upper()}{table.value_added_label[1:]} is negative in {len(off)} of {len(x)} "
            f"industries, which make {x[off].sum() / x.sum():.2%} of output.",
            _listed([f"{_name(table.index[i])} {va[i]:,.4g}" for i in order]),
            len(off),
            float(va.min()),
            table.unit,
            "Check the source; their multipliers are above 1.",
        )
    sums = table.system.direct_column_sums
    heavy = np.flatnonzero(sums >= 1)
    if len(heavy):
        order = heavy[np.argsort(-sums[heavy])]
        yield Finding(
            "inputs exceed output",
            "error" if x[heavy].sum() > MINOR * x.sum() else "warning",
            f"{len(heavy)} industries buy as much from industries as they make, or more.",
            _listed([f"{_name(table.index[i])} {sums[i]:.2f}" for i in order]),
            len(heavy),
            float(sums.max()),
            "share of output",
            "Check units and output of these industries.",
        )


def without_output(table: MRIOTable, tolerance: float) -> Iterator[Finding]:
    """Industries without output, and flows that such industries have all the same."""
    idle = np.flatnonzero(table.accounts.x <= 0)
    yield Finding(
        "no output",
        "note" if len(idle) else "ok",
        f"{len(idle)} of {len(table.index)} industries have no output; their measures are NaN.",
        _listed([_name(table.index[int(i)]) for i in idle]),
        len(idle),
    )
    stray = table.accounts.stray
    if stray is None:
        return
    size = np.abs(stray.rows).sum(axis=1) + np.abs(stray.columns).sum(axis=0)
    where = np.flatnonzero(size > 0)
    order = where[np.argsort(-size[where])]
    share = float(size.sum() / max(table.accounts.x.sum(), 1e-300))
    yield Finding(
        "flows without output",
        "error" if share > MINOR else "warning" if share > 1e-6 else "note",
        f"{len(where)} industries have flows but no output; the flows are in the discrepancy column and row.",
        _listed([f"{_name(table.index[int(stray.where[i])])} {size[i]:,.4g}" for i in order]),
        len(where),
        float(size.max(initial=0.0)),
        table.unit,
        "Check their output in the source.",
    )


def labels(table: MRIOTable, tolerance: float) -> Iterator[Finding]:
    """Pairs of region and industry that are missing, codes that repeat but for spelling, codes unknown."""
    pairs = pd.MultiIndex.from_product([table.regions, table.industries])
    missing = pairs.difference(table.index, sort=False)
    yield Finding(
        "missing pairs",
        "note" if len(missing) else "ok",
        f"{len(missing)} of {len(pairs)} pairs of region and industry are not in the table.",
        _listed([_name(pair) for pair in missing]),
        len(missing),
        remedy="Compare regions by stage or in total, not industry by industry." if len(missing) else "",
    )
    for kind, codes in (("region", table.regions), ("industry", table.industries)):
        folded = pd.Series(codes).astype(str).str.strip().str.casefold()
        twice = [code for code, repeats in zip(codes, folded.duplicated(keep=False), strict=True) if repeats]
        yield Finding(
            f"repeated {kind} codes",
            "error" if twice else "ok",
            f"{len(twice)} {kind} codes differ only by capitals or spaces." if twice else f"No {kind} code repeats.",
            _listed([repr(code) for code in twice]),
            len(twice),
            remedy="Rename or add them up in the source." if twice else "",
        )
    yield from _unknown_codes(table)


def units(table: MRIOTable, tolerance: float) -> Iterator[Finding]:
    """Signs that blocks are in different units: a factor of a thousand, several units, none stated."""
    name = "units"
    accounts = table.accounts
    found = False
    if table.unit in ("", "mixed units"):
        found = True
        yield Finding(
            name,
            "warning" if table.unit else "note",
            "Flows are in several units, so column sums mean nothing." if table.unit else "The source states no unit.",
            remedy="Load a monetary table." if table.unit else "Pass unit=... to load().",
        )
    own_inputs = np.asarray(accounts.primary != DISCREPANCY)
    ratios = {"output": (accounts.published, accounts.x)}
    if accounts.value_added == "published":
        ratios["primary inputs"] = (accounts.V[own_inputs].sum(axis=0), accounts.x - accounts.Z.sum(axis=0))
    for block, (given, wanted) in ratios.items():
        if given is None:
            continue
        use = (wanted > 0) & (given > 0)
        ratio = float(np.median(given[use] / wanted[use])) if use.any() else 1.0
        power = round(np.log10(ratio)) if ratio > 0 else 0
        if abs(power) >= 2:
            found = True
            yield Finding(
                name,
                "error",
                f"The published {block} are about 10^{power} times what Z and Y imply: another unit.",
                count=int(use.sum()),
                largest=ratio,
                unit="ratio",
                remedy="Convert the block to the unit of Z.",
            )
    if not found:
        yield Finding(name, "ok", f"Z, Y, V and output are in one unit ({table.unit}).")


def hawkins_simon(table: MRIOTable, tolerance: float) -> Iterator[Finding]:
    """Whether the Leontief inverse exists and is non-negative."""
    name = "Hawkins-Simon"
    try:
        table.system.require_productive()
    except (NotProductiveError, SolveError) as error:
        yield Finding(name, "error", str(error), count=1)
        return
    largest = float(table.system.direct_column_sums.max(initial=0.0))
    yield Finding(
        name, "ok", f"The table is productive; the largest column sum of A is {largest:.3f}.", largest=largest
    )


def world_accounts(table: MRIOTable, tolerance: float) -> Iterator[Finding]:
    """World income against world demand, and trade balances of regions, which have to sum to zero."""
    accounts = table.accounts
    own_demand = np.asarray(accounts.demand.get_level_values(1) != DISCREPANCY)
    own_inputs = np.asarray(accounts.primary != DISCREPANCY)
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


def satellites(table: MRIOTable, tolerance: float) -> Iterator[Finding]:
    """Coverage and sign of the satellite accounts."""
    for satellite in table.satellites.values():
        values = satellite.F.to_numpy(dtype=np.float64)[:, table.active]
        absent = np.isnan(values)
        if absent.all(axis=None):
            yield Finding(
                "satellites", "warning", f"{satellite.name} has no values at all.", satellite.name, absent.size
            )
            continue
        regions = np.asarray(table.regions)[table.region_codes[table.active]]
        bare = sorted(set(regions) - set(regions[~absent.all(axis=0)]))
        yield Finding(
            "satellites",
            "note" if absent.any() else "ok",
            f"{satellite.name}: {1 - absent.mean():.1%} of the cells of industries with output are filled"
            + (f"; nothing for {len(bare)} regions." if bare else "."),
            _listed(bare),
            int(absent.sum()),
        )


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
        _listed([f"{_name(table.index[i])} {relative[i]:+.1%}" for i in order]),
        len(where),
        largest,
        table.unit,
        remedy,
    )


def _negatives(
    name: str, block: str, values: Array, rows: pd.Index[str], columns: pd.Index[str], total: float, *, usual: bool
) -> Finding:
    below = values < 0
    count = int(below.sum())
    if not count:
        return Finding(name, "ok", f"{block} has no negative cells.")
    size = float(-values[below].sum() / max(abs(total), 1e-300))
    flat = np.argsort(values, axis=None)[:_SHOWN]
    cells = [np.unravel_index(int(k), values.shape) for k in flat if values.flat[int(k)] < 0]
    severity: Severity = "note" if usual else "error" if size > MINOR else "warning"
    return Finding(
        name,
        severity,
        f"{block}: {count} of {values.size} cells are negative, together {size:.3%} of the block.",
        _listed([f"{_name(rows[int(i)])} -> {_name(columns[int(j)])} {values[i, j]:,.4g}" for i, j in cells]),
        count,
        float(values.min()),
        remedy="" if usual else "Check the signs in the source.",
    )


def _may_be_negative(category: str) -> bool:
    words = category.lower()
    return any(
        part in words
        for part in (
            "invent", "invnt", "stock", "valuables", "c42", "p5m", "p52", "p53", "discrep", "import", "err", "dpabr",
            "abroad", "fu202", "inv",
        )
    )  # fmt: skip


def _unknown_codes(table: MRIOTable) -> Iterator[Finding]:
    from io_linkage import classifications, registry

    strange = [region for region in table.regions if registry.find(region) is None]
    single = len(table.regions) == 1
    yield Finding(
        "unknown region codes",
        "ok" if not strange else "note" if single else "warning",
        f"{len(strange)} of {len(table.regions)} region codes are no known economy or aggregate.",
        _listed(strange),
        len(strange),
        remedy="Groups (developing, Belt and Road, ...) leave them out." if strange else "",
    )
    if table.classification is None:
        found = classifications.recognise(table.industries)
        text = f"they look like {found}" if found else "they are those of no classification this package knows"
        yield Finding("unknown industry codes", "note", f"No classification is stated for the industry codes; {text}.")
        return
    try:
        known = set(classifications.industries(table.classification))
    except KeyError:
        yield Finding(
            "unknown industry codes", "note", f"The classification {table.classification!r} is not one that ships."
        )
        return
    odd = [code for code in table.industries if code not in known]
    yield Finding(
        "unknown industry codes",
        "warning" if odd else "ok",
        f"{len(odd)} of {len(table.industries)} industry codes are not in {table.classification}.",
        _listed(odd),
        len(odd),
        remedy="Stage weights need a row for each; pass a file of your own." if odd else "",
    )


def _name(label: object) -> str:
    return " ".join(str(part) for part in label) if isinstance(label, tuple) else str(label)


def _listed(items: list[str] | npt.NDArray[np.str_]) -> str:
    shown = ", ".join(str(item) for item in items[:_SHOWN])
    return f"{shown}, ... ({len(items)} in all)" if len(items) > _SHOWN else shown
