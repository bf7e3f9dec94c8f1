"""Computing everything a report needs, each result once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

import pandas as pd

from io_linkage import checks, classifications, economies, extraction, linkages, panel, spillovers, stages, ties
from io_linkage.captions import labelled
from io_linkage.checks.competitive_imports import less_imports
from io_linkage.description import describe
from io_linkage.economies import registry
from io_linkage.errors import OptionError, StageError
from io_linkage.figures.naming import shown
from io_linkage.report import gross_trade
from io_linkage.report.productivity import productivity_results
from io_linkage.report.question import Question
from io_linkage.report.results import Progress, Result, Results
from io_linkage.report.technology import technology_change, technology_results
from io_linkage.table import MRIOTable

# How many industries that pull others along are looked into, and how many of the pulled are kept for each.
_PULLERS, _PULLED = 6, 12


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
    results = Results(
        question,
        describe(table),
        table.caption(""),
        table.unit,
        _industry_names(table),
        table.regions,
        coverage=_coverage(table, question),
    )
    frames, absent = results.frames, results.absent
    progress("Linkages")
    frames.update(_linkages(table))
    imported = less_imports(table)
    if imported is not None:
        frames["less_imports"] = Result(
            imported,
            "Imports that final demand takes off, and how much of each product is used against what is made",
            "used: by industries and final demand, exports included, wherever the product was made.",
        )
    if results["extraction"].loc[list(question.regions), "total"].notna().any():
        frames["pulled"] = _pulled(table, question, results["extraction"])
    if question.no_stages:
        absent["stages"] = question.no_stages
    else:
        progress("Stages")
        frames.update(_stages(table, question))
    if question.no_partners:
        absent["partners"] = question.no_partners
    else:
        progress("Ties with partners")
        frames.update(_ties(table, question))
    progress("Technology")
    if "stages" in absent:
        absent["technology"] = absent["stages"]
    else:
        _try_technology(table, question, results)
    progress("Productivity")
    try:
        frames.update(productivity_results(table, question))
    except OptionError as error:
        absent["productivity"] = str(error)
    loaders = list(earlier)
    if loaders:
        progress("Earlier years")
        frames.update(_over_time(table, question, loaders))
        continued = gross_trade.over_time(table, question, (*(loader() for loader in loaders), table))
        if continued is not None:
            frames["gross_trade_over_time"] = continued
    else:
        absent["time"] = "One year was given, so there is no comparison over time."
    progress("Accounting checks")
    frames["checks"] = Result(checks.run(table), "Accounting checks of the table")
    return results


def _try_technology(table: MRIOTable, question: Question, results: Results) -> None:
    """Add the results on technology, or say why there are none."""
    try:
        results.frames.update(technology_results(table, question))
    except StageError as error:
        results.absent["technology"] = str(error)


def _industry_names(table: MRIOTable) -> dict[str, str]:
    """Short names where the package has them, else the classification's own, else the codes."""
    short = dict(zip(table.industries, shown(table.industries), strict=True))
    if any(short[code] != code for code in table.industries) or table.classification not in classifications.known():
        return short
    names = classifications.classification_of(str(table.classification)).names
    return {code: names.get(code) or code for code in table.industries}


def _linkages(table: MRIOTable) -> Iterator[tuple[str, Result]]:
    linked = linkages.linkages(table)
    linked.attrs["unit"] = "per unit; normalised columns: 1 = average industry of the region"
    linked["value_added"] = table.va
    linked["output"] = table.x
    yield (
        "linkages",
        Result(
            linked,
            "Backward and forward linkages of every industry, with its role",
            "backward: output drawn from all industries everywhere by one unit of final demand. forward: output "
            f"everywhere that one unit of primary inputs goes into (Ghosh). value_added and output in "
            f"{table.unit or 'the unit of the table'}.",
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
        others = others.loc[others["total"] > 0, ["total", "account_percent"]].head(_PULLED)
        others.attrs = {}
        parts[(region, industry)] = others.rename(columns={"total": "value_added"})
    names = ["region", "industry", "pulled_region", "pulled_industry"]
    frame = pd.concat(parts, names=names)
    frame.index.names = names
    labelled(frame, table.caption("value added behind an industry, by the industry in which it arises", table.unit))
    return Result(
        frame,
        f"Industries of {question.focus} with most value added of others behind them, and where that arises",
        "value_added: what would be missing in the other industry without the first, nothing taking its place; "
        "account_percent: of that industry's own value added. The largest of each.",
    )


def _stages(table: MRIOTable, question: Question) -> Iterator[tuple[str, Result]]:
    file, weights = question.stage_file, stages.weights(table, stage_file=question.stage_file)
    shares = stages.ranges(table, stage_file=file)
    shares.columns = pd.Index(["_".join(column) for column in shares.columns.to_flat_index()])
    labelled(shares, table.caption("stage shares", "share"), note=shares.attrs.get("note", ""))
    yield "stage_shares", Result(shares, "Share of each stage in each industry, low, central and high")
    composition = stages.composition(table, draws=question.draws, seed=question.seed, stage_file=file)
    ranged = bool(composition["low"].notna().any())
    bounds = (
        "low and high: 90 % of the draws of the stage shares."
        if ranged
        else "The file of stage shares gives no ranges, so all columns about draws are empty."
    )
    labelled(composition, table.caption("share of each stage in output", "share"))
    yield (
        "stage_composition",
        Result(
            composition,
            "Share of each stage in output",
            f"{bounds} floor and ceiling: all bounds." if ranged else bounds,
        ),
    )
    drawn = stages.draws(table, draws=question.draws, seed=question.seed, stage_file=file)
    linked = linkages.by_stage(table, stage_weights=weights, draws=drawn)
    linked.attrs["unit"] = "1 = average of the region, for the normalised columns"
    yield (
        "stage_linkages",
        Result(linked, "Linkages of the stages in every region", bounds),
    )
    between = spillovers.matrix_interval(table, draws=question.draws, seed=question.seed, stage_file=file)
    yield (
        "stage_spillovers",
        Result(
            between,
            "Value added in each stage per unit of final demand for each stage, all regions",
            f"stage: where it arises. {bounds}",
        ),
    )
    ranges = spillovers.home_and_abroad(
        table, question.regions, draws=question.draws, seed=question.seed, stage_file=file
    )
    yield (
        "focus_stage_ranges",
        Result(
            ranges,
            f"Value added by place and stage per unit of final demand for products of {question.focus}",
            f"stage: where it arises; product: stage of what is demanded. {bounds}",
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
    wide = ranges["central"].drop("all", level="stage").unstack("product", sort=False)
    wide.attrs = dict(ranges.attrs)
    return wide


def _ties(table: MRIOTable, question: Question) -> Iterator[tuple[str, Result]]:
    drawn = spillovers.matrix(table, per="demand")
    yield (
        "region_spillovers",
        Result(drawn, "Value added in each region (row) per unit of final demand of each (column)"),
    )
    weights = None if question.no_stages else stages.weights(table, stage_file=question.stage_file)
    trade = _bilateral(table, question, question.partners, by_stage=not question.no_stages, stage_weights=weights)
    trade.attrs["comparators"] = economies.comparators(
        table, question.comparators, membership_year=question.membership_year
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
        ("dependence_of_partner_share", "Share of each partner's GDP absorbed in each economy's final demand"),
        ("dependence_on_partner_share", "Share of each economy's GDP absorbed in each partner's final demand"),
    ):
        yield column, Result(_across(trade, column), title, trade.attrs["note"])
    if question.rest_regions:
        named = [partner for partner in question.partners if partner not in question.rest_regions]
        yield (
            "without_rest",
            Result(
                _together(_bilateral(table, question, named)),
                f"Trade and dependence of all partners together without {', '.join(question.rest_regions)}",
            ),
        )
    yield "treatment", Result(_treatment(table, question), "How each region was treated, and why")


def _bilateral(
    table: MRIOTable,
    question: Question,
    partners: Iterable[str],
    *,
    by_stage: bool = False,
    stage_weights: pd.DataFrame | None = None,
) -> pd.DataFrame:
    return ties.bilateral(
        table,
        question.focus,
        partners=list(partners),
        comparators=question.comparators,
        by_stage=by_stage,
        stage_weights=stage_weights,
        aggregates=question.aggregates,
        membership_year=question.membership_year,
    )


def _together(trade: pd.DataFrame) -> pd.DataFrame:
    """Rows of all partners together, or of the only one, by economy."""
    part = trade[trade.index.get_level_values("stage") == "all"].droplevel("stage")
    partners = trade.attrs["partners"]
    return part[part.index.get_level_values("partner") == ("all" if len(partners) > 1 else partners[0])].droplevel(
        "partner"
    )


def _coverage(table: MRIOTable, question: Question) -> tuple[str, ...]:
    """Say which members of the focus and of the partners the table shows, where these are groups."""
    year, aggregates = question.membership_year or table.year, {**(question.aggregates or {})}
    for region in question.rest_left_out if registry.find_group(question.partners_asked) else ():
        aggregates[region] = {**aggregates.get(region, {}), question.partners_asked: False}
    if year is None or question.no_partners:
        return ()
    _, notes = economies.coverages(
        table, [question.focus, question.partners_asked], aggregates=aggregates, membership_year=year
    )
    return tuple(notes)


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
            table, question.partners_asked, aggregates=question.aggregates, membership_year=question.membership_year
        )
    except (KeyError, ValueError):
        frame = pd.DataFrame(
            {"member": [region in question.partners for region in table.regions], "basis": "named"},
            index=pd.Index(table.regions, name="region"),
        )
        return labelled(frame, table.caption("partners"))


def _over_time(
    table: MRIOTable, question: Question, loaders: list[Callable[[], MRIOTable]]
) -> Iterator[tuple[str, Result]]:
    """Dependence and stage linkages by year, with the groups' members of one year in all of them."""
    fixed = replace(question, membership_year=question.membership_year or table.year)
    dependence, linked = {}, {}
    entered = None

    def tables() -> Iterator[MRIOTable]:
        for loader in loaders:
            yield loader()
        yield table

    for one in panel.comparable(tables()):
        assert one.year is not None
        if question.partners:
            dependence[one.year] = _together(_bilateral(one, fixed, question.partners))
        if not question.no_stages:
            shares = stages.weights(one, stage_file=question.stage_file)
            linked[one.year] = linkages.by_stage(one, regions=list(question.regions), stage_weights=shares)
            if entered is None and one is not table:
                entered = technology_change(one, table, question)
    if dependence:
        stacked = _stacked(dependence, table, "dependence, all partners together", "share of GDP")
        stacked.attrs["membership_year"] = fixed.membership_year
        yield (
            "dependence_over_time",
            Result(
                stacked,
                "Dependence of all partners together on each economy, and of each economy on them, by year",
                f"Partners and groups are those of {fixed.membership_year} in every year.",
            ),
        )
    if linked:
        yield (
            "stage_linkages_over_time",
            Result(
                _stacked(linked, table, "linkages by stage", "1 = average of the region, for the normalised columns"),
                "Linkages of the focus's stages by year",
                "One set of stage shares for all years, unless the file gives them by year.",
            ),
        )
    if entered is not None:
        yield (
            "penetration_over_time",
            Result(
                entered,
                "Change of a trait's share in the inputs of the focus, first year to last",
                "inputs: other purchases; weights: other shares of traits and stages in what is purchased.",
            ),
        )


def _stacked(parts: dict[int, pd.DataFrame], table: MRIOTable, measure: str, unit: str) -> pd.DataFrame:
    for part in parts.values():
        part.attrs = {}
    stacked = pd.concat(parts, names=["year"])
    labelled(stacked, table.caption(measure, unit))
    stacked.attrs["year"] = list(parts)
    stacked.attrs["table"] = table.label.replace(f" {table.year}", "", 1)
    return stacked
