"""Everything a report needs, computed once: frames with their titles, and why some are not there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from io_linkage import checks, classifications, economies, extraction, linkages, panel, spillovers, stages, ties
from io_linkage.captions import labelled
from io_linkage.checks.competitive_imports import less_imports
from io_linkage.description import describe
from io_linkage.figures.naming import shown
from io_linkage.report.question import Question
from io_linkage.table import MRIOTable

Progress = Callable[[str], None]

# How many industries that pull others along are looked into, and how many of the pulled are kept for each.
_PULLERS, _PULLED = 6, 12


#: Every result there can be, by the name of its file.
KEYS = (
    "linkages",
    "extraction",
    "less_imports",
    "pulled",
    "stage_shares",
    "stage_composition",
    "stage_linkages",
    "stage_spillovers",
    "focus_stage_ranges",
    "focus_stage_spillovers",
    "region_spillovers",
    "trade",
    "dependence_of_partner",
    "dependence_on_partner",
    "treatment",
    "dependence_over_time",
    "stage_linkages_over_time",
    "checks",
)


@dataclass(frozen=True)
class Result:
    """One result: its frame, what it is in a few words, and what to mind."""

    frame: pd.DataFrame
    title: str
    note: str = ""


@dataclass(frozen=True)
class Results:
    """All results of one report.

    Attributes
    ----------
    question : Question
    table : Series
        What the table is and which choices it was made with.
    caption : dict
        Table, year, source for figures and data.
    unit : str
    industries, regions : dict
        Names to show, by code.
    frames : dict of str to Result
        In the order of the report.
    absent : dict of str to str
        Parts that do not apply, with the reason.
    """

    question: Question
    table: pd.Series[str]
    caption: dict[str, Any]
    unit: str
    industries: dict[str, str]
    regions: list[str]
    frames: dict[str, Result] = field(default_factory=dict)
    absent: dict[str, str] = field(default_factory=dict)

    def __getitem__(self, key: str) -> pd.DataFrame:
        """Frame of a result."""
        return self.frames[key].frame

    def get(self, key: str) -> pd.DataFrame | None:
        """Frame of a result, or None."""
        return self.frames[key].frame if key in self.frames else None

    def __contains__(self, key: object) -> bool:
        """Whether a result is there."""
        return key in self.frames


def gather(
    table: MRIOTable,
    question: Question,
    *,
    earlier: Iterable[Callable[[], MRIOTable]] = (),
    progress: Progress = lambda step: None,
) -> Results:
    """Compute all results of a report.

    Parameters
    ----------
    table : MRIOTable
    question : Question
        From `ask`, for this table.
    earlier : iterable of functions
        Each returns the same table of an earlier year; called one by one, so that one is in memory at a time.
    progress : function
        Called with a few words before each step.
    """
    found = Results(
        question,
        describe(table),
        table.caption(""),
        table.unit,
        _industry_names(table),
        table.regions,
    )
    progress("Linkages")
    found.frames.update(_linkages(table))
    imported = less_imports(table)
    if imported is not None:
        found.frames["less_imports"] = Result(
            imported,
            "Imports that final demand takes off, and how much of each product is used against what is made",
            "used: by industries and final demand, exports included, wherever the product was made.",
        )
    if found["extraction"]["total"].notna().any():
        found.frames["pulled"] = _pulled(table, question, found["extraction"])
    if question.no_stages:
        found.absent["stages"] = question.no_stages
    else:
        progress("Stages")
        found.frames.update(_stages(table, question))
    if question.no_partners:
        found.absent["partners"] = question.no_partners
    else:
        progress("Ties with partners")
        found.frames.update(_ties(table, question))
    loaders = list(earlier)
    if loaders:
        progress("Earlier years")
        found.frames.update(_over_time(table, question, loaders, found.get("trade")))
    else:
        found.absent["time"] = "One year was given, so there is no comparison over time."
    progress("Accounting checks")
    found.frames["checks"] = Result(checks.run(table), "Accounting checks of the table")
    return found


def _industry_names(table: MRIOTable) -> dict[str, str]:
    """Short names where the package has them, else the classification's own, else the codes."""
    short = dict(zip(table.industries, shown(table.industries), strict=True))
    if any(short[code] != code for code in table.industries) or table.classification not in classifications.known():
        return short
    names = classifications.classification_of(str(table.classification)).names
    return {code: names.get(code) or code for code in table.industries}


def _linkages(table: MRIOTable) -> Iterator[tuple[str, Result]]:
    found = linkages.linkages(table)
    found.attrs["unit"] = "per unit; normalised columns: 1 = average industry of the region"
    found["value_added"] = table.va
    found["output"] = table.x
    yield (
        "linkages",
        Result(
            found,
            "Backward and forward linkages of every industry, with its role",
            "backward: output drawn from all industries everywhere by one unit of final demand. forward: output made "
            f"possible everywhere by one unit of primary inputs. value_added and output in {table.unit or 'the unit'}.",
        ),
    )
    lost = extraction.losses(table, of="value_added")
    yield (
        "extraction",
        Result(
            lost,
            "Value added that would be missing without each industry, nothing taking its place",
            "own: the industry itself; home: elsewhere in its region; abroad. home_percent: own and home as a "
            "percentage of the region's GDP.",
        ),
    )


def _pulled(table: MRIOTable, question: Question, lost: pd.DataFrame) -> Result:
    """Find whom the focus's industries with most behind them pull along: each with the others that lose most."""
    own = lost[lost.index.get_level_values("region").isin(question.regions)]
    behind = (own["home"] + own["abroad"]).dropna().sort_values(ascending=False, kind="stable")
    parts = {}
    for region, industry in behind.index[:_PULLERS]:
        hit = extraction.losses(table, regions=region, industries=industry, of="value_added")
        others = hit.drop(index=(region, industry)).sort_values("total", ascending=False, kind="stable")
        others = others.loc[others["total"] > 0, ["total", "percent"]].head(_PULLED)
        others.attrs = {}
        parts[(region, industry)] = others.rename(columns={"total": "value_added"})
    names = ["region", "industry", "pulled_region", "pulled_industry"]
    frame = pd.concat(parts, names=names)
    frame.index.names = names
    labelled(
        frame,
        table.caption("value added behind an industry, by the industry in which it arises", table.unit),
    )
    return Result(
        frame,
        f"Industries of {question.focus} with most value added of others behind them, and where that arises",
        "value_added: what would be missing in the other industry without the first, nothing taking its place; "
        "percent: of that industry's own value added. The largest of each.",
    )


def _stages(table: MRIOTable, question: Question) -> Iterator[tuple[str, Result]]:
    file, weights = question.stages, stages.weights(table, stage_file=question.stages)
    shares = stages.ranges(table, stage_file=file)
    shares.columns = pd.Index(["_".join(column) for column in shares.columns.to_flat_index()])
    labelled(shares, table.caption("stage shares", "share"))
    yield "stage_shares", Result(shares, "Share of each stage in each industry, low, central and high")
    made = stages.composition(table, draws=question.draws, seed=question.seed, stage_file=file)
    labelled(made, table.caption("share of each stage in output", "share"))
    yield (
        "stage_composition",
        Result(
            made, "Share of each stage in output", "low and high: 90 % of the draws. floor and ceiling: all bounds."
        ),
    )
    drawn = stages.draws(table, draws=question.draws, seed=question.seed, stage_file=file)
    linked = linkages.by_stage(table, stage_weights=weights, draws=drawn)
    linked.attrs["unit"] = "1 = average industry of the region, for the normalised columns"
    yield (
        "stage_linkages",
        Result(
            linked, "Linkages of the stages in every region", "low and high: 90 % of the draws of the stage shares."
        ),
    )
    between = spillovers.matrix_interval(table, draws=question.draws, seed=question.seed, stage_file=file)
    yield (
        "stage_spillovers",
        Result(
            between,
            "Value added in each stage per unit of final demand for each stage, all regions, with its range",
            "stage: where it arises. low and high: 90 % of the draws of the stage shares.",
        ),
    )
    ranges = spillovers.home_and_abroad(
        table, question.regions, draws=question.draws, seed=question.seed, stage_file=file
    )
    yield (
        "focus_stage_ranges",
        Result(
            ranges,
            f"Value added by place and stage per unit of final demand for products of {question.focus}, with its range",
            "stage: where it arises; product: stage of what is demanded. low and high: 90 % of the draws.",
        ),
    )
    yield (
        "focus_stage_spillovers",
        Result(
            _wide(ranges),
            f"Value added by place and stage (row) per unit of final demand for products of {question.focus} (column)",
        ),
    )


def _wide(ranges: pd.DataFrame) -> pd.DataFrame:
    """Central values by place and stage in rows and product in columns."""
    central = ranges["central"].drop("all", level="stage")
    found = central.unstack("product", sort=False)
    found.attrs = dict(ranges.attrs)
    return found


def _ties(table: MRIOTable, question: Question) -> Iterator[tuple[str, Result]]:
    drawn = spillovers.matrix(table, per="demand")
    yield (
        "region_spillovers",
        Result(drawn, "Value added in each region (row) per unit of final demand of each (column)"),
    )
    weights = None if question.no_stages else stages.weights(table, stage_file=question.stages)
    trade = ties.bilateral(
        table,
        question.focus,
        partners=list(question.partners),
        comparators=question.comparators,
        by_stage=not question.no_stages,
        stage_weights=weights,
        aggregates=question.aggregates,
        membership_year=question.members,
    )
    yield (
        "trade",
        Result(
            trade,
            "Trade with every partner, gross and in value added, by stage",
            f"Seen from the economy; shares are of GDP. {trade.attrs['note']}".strip(),
        ),
    )
    for column, title in (
        ("dependence_of_partner", "Share of each partner's GDP absorbed in each economy's final demand"),
        ("dependence_on_partner", "Share of each economy's GDP absorbed in each partner's final demand"),
    ):
        yield column, Result(_across(trade, column), title)
    yield "treatment", Result(_treatment(table, question), "How each region was treated, and why")


def _across(trade: pd.DataFrame, column: str) -> pd.DataFrame:
    """Partners by economies, of one share."""
    part = trade.xs("all", level="stage")[column]
    order = [list(dict.fromkeys(part.index.get_level_values(level))) for level in ("partner", "economy")]
    wide = part.unstack("economy").reindex(index=order[0], columns=order[1])
    wide = wide.loc[[label for label in order[0] if label != "all"] + [label for label in order[0] if label == "all"]]
    return labelled(wide, {**wide.attrs, **trade.attrs, "measure": column.replace("_", " "), "unit": "share of GDP"})


def _treatment(table: MRIOTable, question: Question) -> pd.DataFrame:
    """Membership of each region in the partner group, with the reason; for a list of regions just that."""
    try:
        return economies.describe_treatment(
            table, question.partners_asked, aggregates=question.aggregates, membership_year=question.members
        )
    except (KeyError, ValueError):
        frame = pd.DataFrame(
            {"member": [region in question.partners for region in table.regions], "basis": "named"},
            index=pd.Index(table.regions, name="region"),
        )
        return labelled(frame, table.caption("partners"))


def _over_time(
    table: MRIOTable, question: Question, loaders: list[Callable[[], MRIOTable]], trade: pd.DataFrame | None
) -> Iterator[tuple[str, Result]]:
    """Dependence and stage linkages by year, with the partners of the report's year in all of them."""
    weights = not question.no_stages
    dependence, linked = {}, {}
    together = [] if trade is None else list(trade.attrs["partners"])

    def tables() -> Iterator[MRIOTable]:
        for loader in loaders:
            yield loader()
        yield table

    for one in panel.comparable(tables()):
        assert one.year is not None
        if together:
            of_year = ties.bilateral(
                one,
                question.focus,
                partners=together,
                comparators=question.comparators,
                by_stage=False,
                membership_year=question.members or table.year,
            )
            dependence[one.year] = _summed(of_year)
        if weights:
            shares = stages.weights(one, stage_file=question.stages)
            linked[one.year] = linkages.by_stage(one, regions=list(question.regions), stage_weights=shares)
    if dependence:
        yield (
            "dependence_over_time",
            Result(
                _stacked(dependence, table, "dependence, all partners together", "share of GDP"),
                "Dependence of all partners together on each economy, and of each economy on them, by year",
                "Focus and partners are those of the report's year in every year; a group among the comparators has "
                "the members of each year.",
            ),
        )
    if linked:
        yield (
            "stage_linkages_over_time",
            Result(
                _stacked(linked, table, "linkages by stage", "1 = average industry, for the normalised columns"),
                "Linkages of the focus's stages by year",
                "One set of stage shares for all years, unless the file gives them by year.",
            ),
        )


def _summed(trade: pd.DataFrame) -> pd.DataFrame:
    """Rows of all partners together, or of the only one."""
    part = trade[trade.index.get_level_values("stage") == "all"].droplevel("stage")
    names = list(dict.fromkeys(part.index.get_level_values("partner")))
    return part[part.index.get_level_values("partner") == ("all" if "all" in names else names[0])].droplevel("partner")


def _stacked(parts: dict[int, pd.DataFrame], table: MRIOTable, measure: str, unit: str) -> pd.DataFrame:
    for part in parts.values():
        part.attrs = {}
    stacked = pd.concat(parts, names=["year"])
    labelled(stacked, table.caption(measure, unit))
    stacked.attrs["year"] = list(parts)
    stacked.attrs["table"] = table.label.replace(f" {table.year}", "", 1)
    return stacked
