"""The part of the report on technology: its results, its section and its figure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pandas as pd

from io_linkage import economies, figures, technology
from io_linkage.captions import labelled
from io_linkage.errors import StageError
from io_linkage.report import sentences, words
from io_linkage.report.frames import cell, has_ranges, rows_at
from io_linkage.report.parts import Section, View
from io_linkage.report.question import Question
from io_linkage.report.results import Result, Results
from io_linkage.satellites import isic_divisions
from io_linkage.stages.matching import matched
from io_linkage.table import MRIOTable
from io_linkage.technology.traits import spelt

if TYPE_CHECKING:
    from matplotlib.axes import Axes

TITLE = "Technology in inputs and trade"
_LEAD = (
    "A trait is the share of an industry's output that has a property, such as digital, green or high-tech; its "
    "penetration is the share of inputs that have it, bought directly or counted in all rounds. Shares are of spending "
    "at current prices: where electronics become cheaper, volumes rise more than these shares. Penetration stands "
    "beside productivity; it does not explain it."
)
_RANGES = "low and high: 90 % of the draws of the shares of stages and traits."


def technology_results(table: MRIOTable, question: Question) -> Iterator[tuple[str, Result]]:
    """Yield penetration, the core of the first trait and, with partners, foreign technology by performer.

    Raises
    ------
    StageError
        The stage file has no traits.
    """
    source = matched(table, question.stage_file)
    if not source.traits:
        raise StageError("The file of stage shares has no traits such as digital, so there is no part on technology.")
    stage = leading_stage(source.stages)
    alone = [regions[0] for regions in _compared(table, question).values() if len(regions) == 1]
    regions = [*question.regions, *(region for region in alone if region not in question.regions)]
    shares = technology.stage_penetration(
        table, stage=stage, regions=regions, draws=question.draws, seed=question.seed, stage_file=question.stage_file
    )
    yield "penetration", Result(shares, f"Share of each trait in the inputs of {stage} industries", _RANGES)
    yield (
        "penetration_by_industry",
        Result(
            _by_industry(table, question, source.traits),
            f"Share of each trait in all rounds of inputs of the industries of {question.focus}",
            "imported: the part made in other regions.",
        ),
    )
    core = technology.core_and_dependent(
        table,
        trait=leading_trait(source.traits),
        regions=list(question.regions),
        draws=question.draws,
        seed=question.seed,
        stage_file=question.stage_file,
    )
    yield (
        "core_and_dependent",
        Result(
            core,
            f"Value added of {spelt(leading_trait(source.traits))} activities and what depends on them",
            f"embodied_in_others is a part of the core. {_RANGES}",
        ),
    )
    if question.partners and isic_divisions(table) is not None:
        yield from _foreign(table, question)


def technology_change(before: MRIOTable, after: MRIOTable, question: Question) -> pd.DataFrame | None:
    """Return the change of penetration in the focus since an earlier year; None without traits."""
    source = matched(after, question.stage_file)
    if not source.traits:
        return None
    return technology.penetration_change(
        before,
        after,
        stage=leading_stage(source.stages),
        traits=leading_trait(source.traits),
        regions=list(question.regions),
        stage_file=question.stage_file,
    )


def leading_stage(stages: tuple[str, ...]) -> str:
    """Name the stage whose inputs are asked about: traditional, or the first of one's own."""
    return "traditional" if "traditional" in stages else stages[0]


def leading_trait(traits: tuple[str, ...]) -> str:
    """Name the trait that the core is of: digital, or the first of one's own."""
    return "digital" if "digital" in traits else traits[0]


def section(results: Results) -> Section:
    """Section on technology, with its cautions."""
    if "penetration" not in results:
        return Section("technology", TITLE, reason=results.absent.get("technology", ""))
    return Section(
        "technology",
        TITLE,
        _LEAD,
        tuple(sentences.technology(results)),
        ("penetration",),
        (_penetration_view(results), *_foreign_view(results)),
    )


def draw_penetration(results: Results, title: str) -> Axes:
    """Draw the traits in the inputs of each industry of the focus, or of its first region."""
    frame = results["penetration_by_industry"]
    region = results.question.regions[0]
    rows = rows_at(frame, region, "region")
    shares = rows[[column for column in rows if not str(column).endswith("_imported_share")]].dropna(how="all")
    shares.columns = pd.Index([spelt(str(column).removesuffix("_share")) for column in shares])
    output = rows_at(results["linkages"], region, "region")["output"]
    kept = output.reindex(shares.index).nlargest(40).index
    shares = shares[shares.index.isin(kept)]
    shares.attrs = dict(frame.attrs)
    return figures.heatmap(
        shares,
        factor=100,
        unit="% of inputs",
        digits=1,
        annotate=True,
        names=results.industries,
        row_label="",
        column_label="",
        title=title,
        notes=[] if len(kept) < 40 else ["The 40 industries with most output"],
    )


def _compared(table: MRIOTable, question: Question) -> dict[str, list[str]]:
    """Return comparators that share no region with the focus or with one another, so that nothing counts twice."""
    chosen: dict[str, list[str]] = {}
    if question.no_partners:
        return chosen
    taken = set(question.regions)
    known = economies.comparators(table, question.comparators, membership_year=question.membership_year)
    for name, regions in known.items():
        if not taken & set(regions):
            chosen[name] = regions
            taken |= set(regions)
    return chosen


def _by_industry(table: MRIOTable, question: Question, traits: tuple[str, ...]) -> pd.DataFrame:
    columns = {}
    for trait in traits:
        one = technology.penetration(table, trait=trait, regions=list(question.regions), stage_file=question.stage_file)
        columns[f"{trait}_share"] = one["total_share"]
        columns[f"{trait}_imported_share"] = one["total_imported_share"]
    frame = pd.DataFrame(columns)
    return labelled(frame, table.caption("share of traits in all rounds of inputs", "share of inputs"))


def _foreign(table: MRIOTable, question: Question) -> Iterator[tuple[str, Result]]:
    others = list(_compared(table, question))
    frame = technology.embodied(
        table,
        focus=question.focus,
        partners=others,
        aggregates=question.aggregates,
        membership_year=question.membership_year,
    )
    rows = frame.loc[list(question.partners)]
    attrs = dict(frame.attrs)
    rows.loc["all"] = rows.sum(min_count=1)
    rows["foreign_share"] = rows["foreign"] / rows["total"]
    rows.index.name = "partner"
    yield (
        "foreign_technology",
        Result(
            labelled(rows, attrs),
            "R&D (proxy) embodied in the final demand of partners, by who performs it",
            f"{attrs['proxy']} Shares of performers in what is foreign do not depend on the partner's own level.",
        ),
    )


def _penetration_view(results: Results) -> View:
    frame = 100 * results["penetration"]
    traits = list(dict.fromkeys(frame.index.get_level_values("trait")))
    rows = [
        [words.head(str(region)), reach, *(sentences.ranged(frame, (region, trait, reach)) for trait in traits)]
        for region in dict.fromkeys(frame.index.get_level_values("region"))
        for reach in ("direct", "total")
    ]
    stage = str(results["penetration"].attrs.get("stage", ""))
    note = "direct: bought from the makers; total: counted in all rounds of inputs."
    if has_ranges(results):
        note += " In brackets: nine in ten draws of the shares of stages and traits."
    return View(
        f"Traits in the inputs of {stage} industries, % of inputs",
        ["Economy", "Inputs", *(spelt(str(trait)) for trait in traits)],
        rows,
        [False, False, *[True] * len(traits)],
        note,
    )


def _foreign_view(results: Results) -> list[View]:
    if "foreign_technology" not in results:
        return []
    frame = results["foreign_technology"]
    performers = [*frame.attrs["groups"], "others"]
    rows = [
        [
            "All together" if label == "all" else words.head(str(label)),
            *(
                words.percent(words.part(cell(frame, label, name), cell(frame, label, "foreign")))
                for name in performers
            ),
        ]
        for label in frame.index
        if label != "all" or len(frame) > 2
    ]
    heads = ["Partner", *("Others" if name == "others" else words.head(str(name)) for name in performers)]
    return [
        View(
            "Who performs the foreign R&D (proxy) in the partners' final demand",
            heads,
            rows,
            [False, *[True] * len(performers)],
            str(frame.attrs["proxy"]),
        )
    ]
