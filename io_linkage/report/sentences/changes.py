"""What changed between the first year and the last."""

from __future__ import annotations

from io_linkage.economies import registry
from io_linkage.report import words
from io_linkage.report.frames import by_year, cell, rows_at
from io_linkage.report.results import Results
from io_linkage.report.sentences.names import focus_name, their, who


def changes(results: Results) -> list[str]:
    """Say what changed since the first year."""
    sentences = []
    if "dependence_over_time" in results:
        sentences += _dependence(results)
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
