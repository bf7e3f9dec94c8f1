"""Checks of content: signs, value added, industries without output, labels, units, productivity, accounts."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from io_linkage.accounts import DISCREPANCY, RESIDUAL_NAME
from io_linkage.checks.findings import MINOR, SHOWN, Finding, Severity
from io_linkage.errors import NotProductiveError, SolveError
from io_linkage.leontief import Array
from io_linkage.table import MRIOTable
from io_linkage.wording import label_name, shortened


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
            shortened([f"{label_name(table.index[i])} {va[i]:,.4g}" for i in order]),
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
            shortened([f"{label_name(table.index[i])} {sums[i]:.2f}" for i in order]),
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
        shortened([label_name(table.index[int(i)]) for i in idle]),
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
        shortened([f"{label_name(table.index[int(stray.where[i])])} {size[i]:,.4g}" for i in order]),
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
        shortened([label_name(pair) for pair in missing]),
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
            shortened([repr(code) for code in twice]),
            len(twice),
            remedy="Rename or add them up in the source." if twice else "",
        )
    yield from _unknown_codes(table)


def units(table: MRIOTable, tolerance: float) -> Iterator[Finding]:
    """Signs that blocks are in different units: a factor of a thousand, several units, none stated."""
    name = "units"
    accounts = table.accounts
    odd = False
    if table.unit in ("", "mixed units"):
        odd = True
        yield Finding(
            name,
            "warning" if table.unit else "note",
            "Flows are in several units, so column sums mean nothing." if table.unit else "The source states no unit.",
            remedy="Load a monetary table." if table.unit else "Pass unit=... to load().",
        )
    own_inputs = accounts.own_inputs
    ratios = {"output": (accounts.published, accounts.x)}
    if accounts.value_added == "published":
        ratios["primary inputs"] = (accounts.V[own_inputs].sum(axis=0), accounts.x - accounts.Z.sum(axis=0))
    for block, (stated_ratio, wanted) in ratios.items():
        if stated_ratio is None:
            continue
        use = (wanted > 0) & (stated_ratio > 0)
        ratio = float(np.median(stated_ratio[use] / wanted[use])) if use.any() else 1.0
        power = round(np.log10(ratio)) if ratio > 0 else 0
        if abs(power) >= 2:
            odd = True
            yield Finding(
                name,
                "error",
                f"The published {block} are about 10^{power} times what Z and Y imply: another unit.",
                count=int(use.sum()),
                largest=ratio,
                unit="ratio",
                remedy="Convert the block to the unit of Z.",
            )
    if not odd:
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
        unnamed = [row for row, unit in zip(satellite.rows, satellite.unit, strict=True) if not str(unit).strip()]
        if unnamed:
            text = f"{satellite.name}: {len(unnamed)} of {len(satellite.rows)} accounts state no unit."
            yield Finding(
                "satellites", "note", text, shortened(unnamed), len(unnamed), remedy="Look it up in the source."
            )
        regions = np.asarray(table.regions)[table.region_codes[table.active]]
        bare = sorted(set(regions) - set(regions[~absent.all(axis=0)]))
        yield Finding(
            "satellites",
            "note" if absent.any() else "ok",
            f"{satellite.name}: {1 - absent.mean():.1%} of the cells of industries with output are filled"
            + (f"; nothing for {len(bare)} regions." if bare else "."),
            shortened(bare),
            int(absent.sum()),
        )


def reading(table: MRIOTable, tolerance: float) -> Iterator[Finding]:
    """Say what the reader joined, left out or filled."""
    for note in table.carried.get("notes", ()):
        yield Finding("reading", "note", f"{str(note)[0].upper()}{str(note)[1:]}.", count=1)


def layout(table: MRIOTable, tolerance: float) -> Iterator[Finding]:
    """Say which rows were taken for primary inputs and which columns for final demand."""
    accounts = table.accounts
    rows = [str(row) for row in accounts.primary if row not in (DISCREPANCY, RESIDUAL_NAME)]
    published = accounts.value_added == "published"
    counted = ", ".join(accounts.va_rows) if published else "output less intermediate inputs"
    text = f"{len(rows)} rows are primary inputs; value added is {counted}."
    yield Finding("rows of primary inputs", "ok", text, ", ".join(rows), len(rows))
    own = [(str(region), str(category)) for region, category in accounts.demand if category != DISCREPANCY]
    owners: dict[str, list[str]] = {}
    for region, category in own:
        owners.setdefault(category, []).append(region)
    named = [_with_owners(category, regions, table.regions) for category, regions in owners.items()]
    yield Finding("columns of final demand", "ok", f"{len(own)} columns are final demand.", ", ".join(named), len(own))


def _with_owners(category: str, owners: list[str], regions: list[str]) -> str:
    """Name a category, and the regions that have it or lack it where not all do."""
    lack = [region for region in regions if region not in owners]
    if not lack:
        return category
    few = f"only {', '.join(owners[:3])}" if len(owners) <= len(lack) else f"not {', '.join(lack[:3])}"
    more = ", ..." if min(len(owners), len(lack)) > 3 else ""
    return f"{category} ({few}{more})"


def _negatives(
    name: str, block: str, values: Array, rows: pd.Index[str], columns: pd.Index[str], total: float, *, usual: bool
) -> Finding:
    below = values < 0
    count = int(below.sum())
    if not count:
        return Finding(name, "ok", f"{block} has no negative cells.")
    size = float(-values[below].sum() / max(abs(total), 1e-300))
    flat = np.argsort(values, axis=None)[:SHOWN]
    cells = [np.unravel_index(int(k), values.shape) for k in flat if values.flat[int(k)] < 0]
    severity: Severity = "note" if usual else "error" if size > MINOR else "warning"
    return Finding(
        name,
        severity,
        f"{block}: {count} of {values.size} cells are negative, together {size:.3%} of the block.",
        shortened(
            [f"{label_name(rows[int(i)])} -> {label_name(columns[int(j)])} {values[i, j]:,.4g}" for i, j in cells]
        ),
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
            "abroad", "fu202", "inv", "gross capital formation",
        )
    )  # fmt: skip


def _unknown_codes(table: MRIOTable) -> Iterator[Finding]:
    from io_linkage import classifications
    from io_linkage.economies import registry

    strange = [region for region in table.regions if registry.find(region) is None]
    single = len(table.regions) == 1
    yield Finding(
        "unknown region codes",
        "ok" if not strange else "note" if single else "warning",
        f"{len(strange)} of {len(table.regions)} region codes are not a known economy or aggregate.",
        shortened(strange),
        len(strange),
        remedy="Groups (developing, Belt and Road, ...) leave them out." if strange else "",
    )
    if table.classification is None:
        recognised = classifications.recognise(table.industries)
        text = (
            f"they look like {recognised}" if recognised else "they are those of no classification this package knows"
        )
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
        shortened(odd),
        len(odd),
        remedy="Stage weights need a row for each; pass a file of your own." if odd else "",
    )
