"""The figures of a report, each drawn from its result; a picture that does not apply is left out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from io_linkage import figures
from io_linkage.errors import OptionError
from io_linkage.figures import style
from io_linkage.report import words
from io_linkage.report.frames import focus_rows, has_ranges, stage_names, stage_pair
from io_linkage.report.gross_trade import CONTINUED, OWN
from io_linkage.report.productivity import draw_productivity
from io_linkage.report.results import Progress, Results
from io_linkage.report.technology import draw_penetration

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: File names of the figures, without ending.
KEYS = (
    "key_industries",
    "linkages",
    "stage_spillovers",
    "stage_ranking",
    "region_spillovers",
    "dependence",
    "penetration",
    "productivity",
    "dependence_over_time",
    "gross_trade_over_time",
)
# More rows or columns than this do not fit a page at a size that can be read.
MOST_ROWS, MOST_COLUMNS = 45, 30
_NAMED = 40


@dataclass(frozen=True)
class Picture:
    """One figure: its file name, title, what it shows in words for those who cannot see it, how it is drawn."""

    key: str
    title: str
    alternative: str
    draw: Callable[[], Axes]


@dataclass(frozen=True)
class Drawn:
    """One figure as saved: its files and its width in inches."""

    title: str
    alternative: str
    width: float
    files: tuple[Path, ...]


def draw(
    results: Results, folder: Path, *, formats: Iterable[str] = ("png", "svg"), progress: Progress
) -> dict[str, Drawn]:
    """Draw and save every figure that applies; return them by key."""
    saved = {}
    kinds = tuple(formats)
    for picture in pictures(results):
        progress(f"Figure: {picture.title}")
        try:
            ax = picture.draw()
        except OptionError:
            # Nothing to draw, e.g. regions that do not trade; the results and the page stand without it.
            continue
        files = figures.save(ax, folder / picture.key, formats=kinds)
        saved[picture.key] = Drawn(picture.title, picture.alternative, inches(ax), tuple(files))
        figures.close(ax)
    return saved


def inches(ax: Axes) -> float:
    """Width of the whole figure."""
    figure = ax.get_figure(root=True)
    assert figure is not None
    return float(figure.get_figwidth())


def pictures(results: Results) -> Iterator[Picture]:
    """Yield the figures that apply, in the order of the report."""
    focus = words.economy(results.question.focus)
    when = f", {results.caption['year']}" if results.caption.get("year") else ""
    rows = focus_rows(results, "linkages")[["backward_normalised", "forward_normalised"]].dropna()
    if not rows.empty:
        yield Picture(
            "key_industries",
            f"Key industries of {focus}{when}",
            f"Scatter of the industries of {focus}: forward linkage across, backward up, divided at 1.",
            lambda: _key_industries(results, f"Key industries of {focus}{when}"),
        )
    yield Picture(
        "linkages",
        f"Backward linkages by industry and region{when}" if len(results.regions) > 1 else f"Linkages of {focus}{when}",
        "Heatmap of linkages relative to the average industry of each region, which is 1.",
        lambda: _linkages(results, when),
    )
    if "focus_stage_spillovers" in results:
        title = f"What demand for products of {focus} draws, by stage{when}"
        yield Picture(
            "stage_spillovers",
            title,
            "Heatmap: value added at home and abroad by stage, per 100 of final demand for products of each stage.",
            lambda: _stage_spillovers(results, title),
        )
    if "stage_linkages" in results and len(results.regions) > 1:
        _, latest = stage_pair(results)
        ranked = f"Backward linkages of {latest} activities{when}"
        yield Picture(
            "stage_ranking",
            ranked,
            f"Ranking of regions by the backward linkage of their {latest} activities"
            + (", with the range of each." if has_ranges(results) else "."),
            lambda: _of_stage(results, latest, ranked),
        )
    if "region_spillovers" in results:
        yield Picture(
            "region_spillovers",
            f"Value added drawn from region to region{when}",
            "Heatmap: value added arising in each region per 100 of final demand of each other region.",
            lambda: _region_spillovers(results, f"Value added drawn from region to region{when}"),
        )
        title = f"Whose final demand absorbs the partners' GDP{when}"
        yield Picture(
            "dependence",
            title,
            f"Heatmap: share of each partner's GDP absorbed in the final demand of {focus} and of the comparators.",
            lambda: _dependence(results, title),
        )
    if "penetration_by_industry" in results:
        first = words.economy(results.question.regions[0])
        traits = f"Traits in the inputs of industries of {first}{when}"
        yield Picture(
            "penetration",
            traits,
            f"Heatmap: share of each trait in all rounds of inputs of each industry of {first}.",
            lambda: draw_penetration(results, traits),
        )
    if "productivity" in results:
        span = results["productivity"].attrs["year"]
        tfp = f"Growth of total factor productivity, {span[0]} to {span[-1]}"
        yield Picture(
            "productivity",
            tfp,
            "Bars: growth of total factor productivity of each economy a year, from technical progress in its "
            "industries and from capital and labour that move between them.",
            lambda: draw_productivity(results, tfp),
        )
    if "dependence_over_time" in results:
        years = results["dependence_over_time"].attrs["year"]
        over = f"Whose final demand absorbs the partners' GDP, {years[0]} to {years[-1]}"
        yield Picture(
            "dependence_over_time",
            over,
            f"Lines: share of the partners' GDP absorbed in the final demand of {focus} and comparators, by year.",
            lambda: _over_time(results, over),
        )
    if "gross_trade_over_time" in results:
        years = results["gross_trade_over_time"].attrs["year"]
        from_whom = f"Whom the partners import from, gross, {years[0]} to {years[-1]}"
        yield Picture(
            "gross_trade_over_time",
            from_whom,
            f"Lines: share of the partners' imports that come from {focus} and from comparators, by year; another "
            "source goes on where the table ends.",
            lambda: _gross_trade(results, from_whom),
        )


def _over_time(results: Results, title: str) -> Axes:
    frame = results["dependence_over_time"]
    series = frame["dependence_of_partner_share"]
    series.attrs = dict(frame.attrs)
    return figures.time_lines(
        series,
        focus=results.question.focus,
        factor=100,
        unit="% of the partners' GDP",
        title=title,
        notes=results.coverage,
        width=style.WIDE * 0.8,
    )


def _gross_trade(results: Results, title: str) -> Axes:
    frame = results["gross_trade_over_time"]
    parts = [frame["partner_imports_share"].xs(name, level="account") for name in (OWN, CONTINUED)]
    for part in parts:
        part.attrs = dict(frame.attrs)
    return figures.time_lines(
        parts[0],
        continued=parts[1],
        focus=results.question.focus,
        factor=100,
        unit="% of the partners' imports",
        title=title,
        notes=results.coverage,
        width=style.WIDE * 0.8,
    )


def _key_industries(results: Results, title: str) -> Axes:
    rows = focus_rows(results, "linkages")
    rows.attrs["unit"] = "1 = average industry of the region"
    size = rows["value_added"].rename("value added")
    size.attrs = {"measure": results.caption.get("value_added", "value added")}
    stage = None
    if "stage_shares" in results:
        shares = focus_rows(results, "stage_shares")
        central = shares[[column for column in shares if str(column).endswith("_central")]]
        leading = central.rename(columns=lambda column: str(column).removesuffix("_central")).idxmax(axis=1)
        stage = leading.astype(pd.CategoricalDtype(stage_names(results)))
    return figures.key_industries(
        rows,
        size=size,
        stage=stage,
        label=_NAMED,
        names=_names(results, rows.index),
        title=title,
        notes=_imports(results),
    )


def _linkages(results: Results, when: str) -> Axes:
    frame = results["linkages"]
    broken = any(len(name) > 38 for name in results.industries.values())
    industries, cut = _largest(results, "industry", MOST_ROWS - 10 if broken else MOST_ROWS)
    inside = frame[frame.index.get_level_values("industry").isin(industries)]
    unit = "1 = average industry of the region"
    if len(results.regions) == 1:
        shown = inside.droplevel("region")[["backward_normalised", "forward_normalised"]]
        shown = shown.rename(columns=lambda column: str(column).removesuffix("_normalised"))
        shown.attrs = dict(frame.attrs)
        title = f"Linkages of {words.economy(results.question.focus)}{when}"
        return figures.heatmap(
            shown,
            centre=1,
            unit=unit,
            names=results.industries,
            column_label="",
            title=title,
            notes=[*cut, *_imports(results)],
        )
    regions, fewer = _largest(results, "region", MOST_COLUMNS)
    inside = inside[inside.index.get_level_values("region").isin(regions)]
    series = inside["backward_normalised"]
    series.attrs = dict(frame.attrs)
    return figures.heatmap(
        series,
        columns="region",
        centre=1,
        unit=unit,
        names=_names(results, series.index),
        row_label="",
        column_label="",
        title=f"Backward linkages by industry and region{when}",
        notes=[*cut, *fewer, *_imports(results)],
    )


def _stage_spillovers(results: Results, title: str) -> Axes:
    frame = results["focus_stage_spillovers"]
    places = list(dict.fromkeys(frame.index.get_level_values("place")))
    rows = frame.set_axis([f"{place}, {stage}" for place, stage in frame.index], axis=0)
    if len(places) == 1:
        rows = frame.droplevel("place")
    rows.attrs = dict(frame.attrs)
    return figures.heatmap(
        rows,
        factor=100,
        unit="per 100 of final demand",
        digits=1,
        names="codes",
        row_label="Value added arises",
        column_label="Final demand for products that are",
        title=title,
        empty="nothing of that stage",
    )


def _of_stage(results: Results, stage: str, title: str) -> Axes:
    frame = results["stage_linkages"]
    rows = frame[frame.index.get_level_values("stage") == stage].droplevel("stage")
    rows.attrs = {**frame.attrs, "unit": "1 = average of the region"}
    return figures.ranking(
        rows,
        value="backward_normalised",
        top=MOST_COLUMNS,
        focus=results.question.regions,
        label="Backward linkage, 1 = average of the region",
        line=1,
        names={region: words.head(region) for region in results.regions},
        title=title,
    )


def _region_spillovers(results: Results, title: str) -> Axes:
    frame = results["region_spillovers"]
    regions, cut = _largest(results, "region", MOST_COLUMNS)
    shown = frame.loc[regions, regions]
    shown.attrs = dict(frame.attrs)
    return figures.heatmap(
        shown,
        factor=100,
        unit="per 100 of final demand",
        scale="log",
        diagonal="left out",
        annotate=False,
        row_label="Value added arises in",
        column_label="Final demand of",
        title=title,
        notes=cut,
        empty="own region",
    )


def _dependence(results: Results, title: str) -> Axes:
    frame = results["dependence_of_partner_share"]
    most = frame.drop(index="all", errors="ignore")
    kept = most[results.question.focus].sort_values(ascending=False).index[:MOST_ROWS]
    cut = [f"The {MOST_ROWS} most dependent of {len(most)} partners"] if len(most) > MOST_ROWS else []
    rows = frame.loc[[*kept, *(["all"] if "all" in frame.index else [])]]
    names = {str(label): words.head(str(label)) for label in (*rows.index, *rows.columns)}
    names |= {"all": "All together", "USA": "United States", "EU": "European Union"}
    rows.attrs = dict(frame.attrs)
    return figures.heatmap(
        rows,
        factor=100,
        unit="% of the partner's GDP",
        names=names,
        row_label="",
        column_label="absorbed in the final demand of",
        annotate=True,
        title=title,
        notes=[*cut, *results.coverage],
        empty="no figure, or the partner is part of the economy",
    )


def _largest(results: Results, level: str, most: int) -> tuple[list[str], list[str]]:
    """Labels of a level with the most output, in the table's order, and what to say of those left out."""
    output = results["linkages"]["output"].groupby(level=level, sort=False).sum()
    if len(output) <= most:
        return [str(label) for label in output.index], []
    kept = set(output.sort_values(ascending=False, kind="stable").index[:most])
    if level == "region":
        # Those the report is about are shown whatever their size.
        kept |= {*results.question.regions, *results.question.partners[:10]}
    noun = {"industry": "industries", "region": "regions"}[level]
    return [str(label) for label in output.index if label in kept], [f"{len(kept)} of {len(output)} {noun}, by output"]


def _imports(results: Results) -> list[str]:
    return ["Flows count imported products too"] if "less_imports" in results else []


def _names(results: Results, index: pd.Index[Any]) -> dict[str, str]:
    """Names for a result by industry, or by region and industry."""
    names = dict(results.industries)
    for region in results.regions:
        names[region] = words.head(region)
    return names
