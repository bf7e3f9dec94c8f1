"""Commands that answer questions with a table: report and figures."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from io_linkage.cli.progress import running
from io_linkage.errors import OptionError
from io_linkage.wording import separated

if TYPE_CHECKING:
    from io_linkage.report.question import Question
    from io_linkage.table import MRIOTable


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command()(report)
    app.command()(figures)


class Output(StrEnum):
    """Where gross output comes from."""

    rows = "rows"
    published = "published"


class Imports(StrEnum):
    """Where imports stand in a national table that has them competitive."""

    published = "published"
    apart = "apart"
    competitive = "competitive"


class Rest(StrEnum):
    """Whether the rest of the world counts among the partners."""

    both = "both"
    counted = "in"
    left_out = "out"


class ValueAdded(StrEnum):
    """What value added is."""

    published = "published"
    residual = "residual"


Table = Annotated[
    str | None, typer.Argument(help="File or folder of a table; the table that ships with the package by default.")
]
Year = Annotated[int | None, typer.Option(help="Year of the shipped table, or of a source that holds several.")]
Focus = Annotated[str | None, typer.Option(help="Economy the report is about; China by default.")]
Partners = Annotated[
    str | None,
    typer.Option(help="Group (developing, belt_and_road, brics, ...) or regions with commas; developing by default."),
]
Comparators = Annotated[
    str | None, typer.Option(help="Economies to compare with, with commas; the USA, the EU and Japan by default.")
]
Stages = Annotated[
    Path | None, typer.Option(help="CSV of your own stage shares: industry,traditional,emerging,future.")
]
RestChoice = Annotated[
    Rest,
    typer.Option(help="Partners such as the rest of the world: counted, left out, or counted with figures without."),
]
Members = Annotated[
    int | None,
    typer.Option(help="Year whose members of a group count, e.g. 2023 for belt_and_road; the table's by default."),
]
ImportsChoice = Annotated[
    Imports | None,
    typer.Option(help="China's national tables: imports as published, or taken out of every use (apart)."),
]
OutputChoice = Annotated[Output, typer.Option(help="Gross output from the sums of rows, or as published.")]
ValueAddedChoice = Annotated[ValueAdded, typer.Option(help="Value added as published, or output less inputs.")]
Draws = Annotated[int, typer.Option(min=1, help="Draws of the stage shares behind every range.")]
Seed = Annotated[int, typer.Option(min=0, help="Seed of the draws; the same seed gives the same ranges.")]
Overwrite = Annotated[bool, typer.Option("--overwrite", help="Write into a folder that holds other files; they stay.")]


def report(
    table: Table = None,
    *,
    year: Year = None,
    focus: Focus = None,
    partners: Partners = None,
    members: Members = None,
    rest: RestChoice = Rest.both,
    comparators: Comparators = None,
    out: Annotated[Path, typer.Option(help="Folder to write; made where needed.")] = Path("report"),
    stages: Stages = None,
    output: OutputChoice = Output.rows,
    value_added: ValueAddedChoice = ValueAdded.published,
    imports: ImportsChoice = None,
    draws: Draws = 200,
    seed: Seed = 0,
    overwrite: Overwrite = False,
) -> None:
    """Write a briefing of a table: a page, figures and data."""
    with running() as progress:
        headless()
        from io_linkage.report.output import write

        choices = _choices(output, value_added, imports)
        loaded, earlier = _load(table, year, choices, progress)
        question = _question(loaded, focus, partners, comparators, stages, draws, seed, members, rest)
        page = write(
            loaded, question, out, earlier=earlier, overwrite=overwrite, inputs=_paths(table), progress=progress
        )
    typer.echo(f"Report: {page}")
    typer.echo(f"Figures: {page.parent / 'figures'}, data: {page.parent / 'data'}")


def figures(
    table: Table = None,
    *,
    year: Year = None,
    focus: Focus = None,
    partners: Partners = None,
    members: Members = None,
    rest: RestChoice = Rest.both,
    comparators: Comparators = None,
    out: Annotated[Path, typer.Option(help="Folder to write; made where needed.")] = Path("figures"),
    formats: Annotated[str, typer.Option("--format", help="Picture formats, with commas: png, svg, pdf.")] = "png,svg",
    stages: Stages = None,
    output: OutputChoice = Output.rows,
    value_added: ValueAddedChoice = ValueAdded.published,
    imports: ImportsChoice = None,
    draws: Draws = 200,
    seed: Seed = 0,
    overwrite: Overwrite = False,
) -> None:
    """Draw the figures of a report alone, each with its numbers as CSV."""
    with running() as progress:
        headless()
        from io_linkage.report.output import write_figures

        choices = _choices(output, value_added, imports)
        loaded, earlier = _load(table, year, choices, progress)
        question = _question(loaded, focus, partners, comparators, stages, draws, seed, members, rest)
        kinds = separated(formats)
        if not kinds:
            raise OptionError("No picture format was asked for: give --format one or more, e.g. --format png,svg.")
        files = write_figures(
            loaded,
            question,
            out,
            formats=kinds,
            earlier=earlier,
            overwrite=overwrite,
            inputs=_paths(table),
            progress=progress,
        )
    for file in files:
        typer.echo(file)


def _choices(output: Output, value_added: ValueAdded, imports: Imports | None) -> dict[str, Any]:
    choices = {"output": output.value, "value_added": value_added.value}
    # Only some kinds of table take it; the others say so.
    return choices if imports is None else {**choices, "imports": imports.value}


def _load(
    source: str | None, year: int | None, choices: dict[str, Any], progress: Callable[[str], None]
) -> tuple[MRIOTable, list[Callable[[], MRIOTable]]]:
    """Load the table; for the shipped one also say how to load its earlier years."""
    from io_linkage.readers import load, shipped_years

    progress("Table")
    table = load(source, year=year, **choices)
    if source is not None or table.year is None:
        return table, []
    return table, [partial(load, year=one, **choices) for one in shipped_years() if one < table.year]


def _question(
    table: MRIOTable,
    focus: str | None,
    partners: str | None,
    comparators: str | None,
    stages: Path | None,
    draws: int,
    seed: int,
    members: int | None,
    rest: Rest,
) -> Question:
    from io_linkage.report.question import ask

    wanted: str | list[str] | None = partners
    if partners is not None and "," in partners:
        wanted = separated(partners)
    return ask(
        table,
        focus=focus,
        partners=wanted,
        comparators=None if comparators is None else separated(comparators),
        stage_file=stages,
        draws=draws,
        seed=seed,
        membership_year=members,
        rest=rest.value,
    )


def _paths(table: str | None) -> list[str]:
    return [] if table is None else [table]


def headless() -> None:
    """Draw to files only, whatever display there is."""
    import matplotlib as mpl

    mpl.use("Agg")
