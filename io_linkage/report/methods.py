"""How the results were computed, how sure they are, what the table is and where it comes from."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from io_linkage.report import words
from io_linkage.report.frames import has_ranges
from io_linkage.report.parts import Section, View
from io_linkage.report.results import Results

WIOD = (
    "Timmer, M. P., Dietzenbacher, E., Los, B., Stehrer, R. and de Vries, G. J. (2015), An Illustrated User Guide to "
    "the World Input-Output Database: the Case of Global Automotive Production, Review of International Economics, "
    "23(3), 575-605."
)

_FORMULAS = (
    ("A, L", "a_ij = z_ij / x_j, what industry j buys from i per unit of output; L = (I − A)⁻¹, all rounds of it."),
    ("Backward linkage", "b_j = Σ_i l_ij, the column sums of L (Rasmussen 1956)."),
    (
        "Forward linkage",
        "f_i = Σ_j g_ij, the row sums of the Ghosh inverse G = x̂⁻¹ L x̂ (Jones 1976): a supply-driven reading of where "
        "products go.",
    ),
    ("Relative linkage, role", "Divided by the mean over the industries of the region; key where both are above 1."),
    (
        "Value added behind an industry",
        "x_j (v′L)_j / l_jj, lost when industry j is taken out and nothing replaces it (Dietzenbacher & Lahr 2013).",
    ),
    ("Stages", "W, the share of each stage in each industry; a stage's linkage is the mean weighted by its output."),
    ("Between stages and regions", "W′ v̂ L F, value added arising in the row for the final demand F of the column."),
    (
        "Dependence",
        "T = M′ v̂ L Y M, value added by origin and absorbing economy, over the origin's GDP (Johnson & Noguera 2012).",
    ),
)


def sections(results: Results) -> list[Section]:
    """Sections on method, certainty, checks and sources."""
    return [
        Section(
            "how",
            "How it was computed",
            "Everything follows from one table by the formulas below; z are flows between industries, x gross output, "
            "v value added per unit of output, y final demand.",
            pairs=_FORMULAS,
            views=(_choices(results), *_treatment(results)),
        ),
        Section("sure", "How sure it is", sentences=tuple(_certainty(results))),
        Section(
            "checks",
            "Checks of the table",
            "Accounting checks of the table, worst first.",
            views=(_checks(results),),
        ),
        Section("sources", "Sources, licence and files", sentences=tuple(_sources(results))),
    ]


def _choices(results: Results) -> View:
    rows = [[str(name), str(value)] for name, value in results.table.items()]
    question = results.question
    shares = "none" if question.no_stages else "shipped" if question.stage_file is None else "of your own"
    if isinstance(question.stage_file, str | Path):
        shares = str(question.stage_file)
    rows.append(["stage shares", shares])
    if not question.no_stages and has_ranges(results):
        rows.append(["draws of the stage shares", f"{question.draws}, seed {question.seed}"])
    rows.append(["normalisation of linkages", "within region"])
    if question.membership_year is not None:
        rows.append(["members of groups in", str(question.membership_year)])
    return View("Table and choices", ["What", "Choice"], rows, [False, False])


def _treatment(results: Results) -> list[View]:
    if "treatment" not in results:
        return []
    frame = results["treatment"]
    rows = []
    for region in frame.index:
        row: Any = frame.loc[region]
        question = results.question
        member = "the focus" if region in question.regions else "yes" if region in question.partners else "no"
        rows.append([words.head(str(region)), member, str(row.get("reason", "") or "")])
    rule = str(frame.attrs.get("rule") or "")
    note = f"Counted: {rule}." if rule else ""
    return [View("Who counts as a partner", ["Region", "Partner", "Why"], rows, [False, False, False], note)]


def _certainty(results: Results) -> list[str]:
    checks = results["checks"]
    industries = words.counted(len(results.industries), "industry", "industries")
    size = f"{industries} and {words.counted(len(results.regions), 'region')}"
    sentences = [
        "Input-output accounts show who bought what from whom in one year. They do not show what would happen if that "
        "changed: no sentence here says that one thing caused another.",
        f"Inside an industry of the table all products have the same inputs. With {size} much is averaged: a factory "
        "for export and one for the home market count as one.",
        "Amounts are at current prices of the year, converted at exchange rates where the table is.",
    ]
    if not results.question.no_stages:
        sentences.append(_stage_shares(results))
    sentences += _aggregates(results)
    sentences.append(
        "Gaps between the published rows and columns are kept as explicit discrepancies: "
        f"{results.table['row discrepancy']} in the rows and {results.table['column discrepancy']} in the columns, as "
        "sums of absolute amounts."
    )
    raised = []
    for severity in ("error", "warning"):
        names = [str(name) for name in checks.loc[checks["severity"] == severity, "check"]]
        if names:
            raised.append(f"{words.counted(len(names), severity)} ({words.listed(dict.fromkeys(names))})")
    if raised:
        sentences.append(f"The checks below raise {' and '.join(raised)}.")
    return sentences


def _stage_shares(results: Results) -> str:
    if results.question.stage_file is not None:
        note = str(results["stage_shares"].attrs["note"])
        text = note.removesuffix(".") if note else "Stage shares are those of your own file"
        text += (
            "; the ranges in this report are those of the shares in use. They"
            if has_ranges(results)
            else ". No ranges are given for them, so this report has none, and its figures"
        )
    else:
        text = (
            "Stage shares rest on the output composition of detailed national tables where there are some, and on "
            "judgement elsewhere; the ranges in this report show how far that matters. They"
        )
    return (
        f"{text} do not cover errors of the table itself, nor that a stage may have other inputs than its industry's "
        "average."
    )


def _aggregates(results: Results) -> list[str]:
    if "treatment" not in results or "basis" not in results["treatment"]:
        return []
    frame = results["treatment"]
    inside = frame[(frame["basis"] == "aggregate") & frame.index.isin(results.question.partners)]
    return [
        f"{words.heading(str(region))} counts as a partner: {_lower(str(reason))}."
        for region, reason in zip(inside.index, inside.get("reason", pd.Series("", inside.index)), strict=True)
        if reason
    ]


def _lower(text: str) -> str:
    return (text[:1].lower() + text[1:]).rstrip(".")


def _checks(results: Results) -> View:
    frame = results["checks"].astype(object)
    frame = frame.where(frame.notna(), "")
    rows = []
    for row in frame.to_dict("records"):
        what = " ".join(str(row[key]) for key in ("finding", "where") if row[key])
        rows.append([str(row["severity"]), str(row["check"]), what, str(row["remedy"])])
    return View("From worst to best", ["Severity", "Check", "Finding", "Remedy"], rows, [False] * 4)


def _sources(results: Results) -> list[str]:
    source = str(results.caption.get("source") or "")
    sentences = [f"Table: {results.caption['table']}. Source: {source or 'not stated'}."]
    if "WIOD" in source:
        sentences += [
            f"WIOD is licensed under CC BY 4.0. Cite: {WIOD}",
            "The shipped table is WIOD aggregated by this package; what was changed is described beside the tables.",
        ]
    else:
        sentences.append("Cite the publisher of the table as its licence asks.")
    sentences += [
        "Membership of groups: World Bank and IMF classifications and the groups' own lists, each with dates.",
        "Every figure lies in figures/ as PNG and SVG with its numbers as CSV; every result in data/ as CSV, and all "
        "of them in data/results.xlsx.",
    ]
    return sentences
