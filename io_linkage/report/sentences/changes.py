"""What changed between the first year and the last."""

from __future__ import annotations

from io_linkage.economies import registry
from io_linkage.report import words
from io_linkage.report.frames import by_year, cell, rows_at
from io_linkage.report.gross_trade import CONTINUED, OWN
from io_linkage.report.results import Results
from io_linkage.report.sentences.names import focus_name, their, who


def changes(results: Results) -> list[str]:
    """Say what changed since the first year."""
    sentences = []
    if "dependence_over_time" in results:
        sentences += _dependence(results)
    if "gross_trade_over_time" in results:
        sentences.append(_gross_trade(results))
    if "stage_linkages_over_time" in results:
        sentences += _linkages(results)
    return sentences


def _dependence(results: Results) -> list[str]:
    frame, focus = results["dependence_over_time"], results.question.focus
    theirs, ours = (by_year(frame, column) for column in ("dependence_of_partner_share", "dependence_on_partner_share"))
    first, last = theirs.index[0], theirs.index[-1]
    others = [
        f"in that of {words.economy(str(other))} it "
        f"{words.moved(cell(theirs, first, other), cell(theirs, last, other))}"
        for other in theirs.columns
        if other != focus
    ]
    text = (
        f"Between {first} and {last} the share of the GDP of {who(results)} that is absorbed in the final demand of "
        f"{focus_name(results)} {_by_points(cell(theirs, first, focus), cell(theirs, last, focus))}"
    )
    text += f"; {words.listed(others)}." if others else "."
    text += _membership(results)
    moved = _by_points(cell(ours, first, focus), cell(ours, last, focus))
    return [text, f"The share of the GDP of {focus_name(results)} absorbed in {their(results)} final demand {moved}."]


def _gross_trade(results: Results) -> str:
    """Say how the partners' imports from the focus went on in another source, and how far the two sources are apart."""
    frame, focus = results["gross_trade_over_time"], results.question.focus
    own, later = (
        by_year(rows_at(frame, name, "account"), "partner_imports_share")[focus].dropna() for name in (OWN, CONTINUED)
    )
    break_year = later.index[0]
    text = (
        f"Gross trade goes on to {later.index[-1]} in another source, the OECD's: of what the partners import "
        f"{words.percent(later.iloc[0])} came from {focus_name(results)} in {break_year} and "
        f"{words.percent(later.iloc[-1])} in {later.index[-1]}"
    )
    if break_year in own.index:
        text += (
            f"; the table has {words.percent(own[break_year])} for {break_year}, so that lines of the two do not join"
        )
    return f"{text}. It counts a part each time it crosses a border and is not value added."


def _by_points(start: float, end: float) -> str:
    """Say how a share moved, and by how many percentage points where it did."""
    text = words.moved(start, end)
    return f"{text} ({words.points(end - start)})" if text.startswith(("rose", "fell")) else text


def _membership(results: Results) -> str:
    """Say whose members groups have in every year, where there is a group among those compared."""
    question = results.question
    names = [
        question.focus,
        question.partners_asked,
        *results["dependence_over_time"].index.get_level_values("economy"),
    ]
    if not any(registry.find_group(name) for name in names if name not in results.regions):
        return ""
    return f" Groups have the members of {results['dependence_over_time'].attrs['membership_year']} in every year."


def _linkages(results: Results) -> list[str]:
    sentences = []
    for region in results.question.regions:
        backward = by_year(rows_at(results["stage_linkages_over_time"], region, "region"), "backward").dropna(axis=1)
        if backward.empty:
            continue
        first, last = backward.index[0], backward.index[-1]
        pairs = [
            f"{stage} {words.number(cell(backward, first, stage))} in {first} and "
            f"{words.number(cell(backward, last, stage))} in {last}"
            for stage in backward.columns
        ]
        sentences.append(
            f"Output drawn everywhere by one unit of final demand for products of {words.economy(region)}, as the mean "
            f"over the industries of a stage weighted by output: {words.listed(pairs)}."
        )
    return sentences
