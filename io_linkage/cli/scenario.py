"""Commands about scenarios: scenario, and the form to fill in."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from io_linkage.cli.progress import running
from io_linkage.cli.report import Output, OutputChoice, ValueAdded, ValueAddedChoice, headless

Year = Annotated[int | None, typer.Option(help="Year of the shipped table, or of a source that holds several.")]
Database = Annotated[str | None, typer.Option(help="Kind of table, where it cannot be told from the file.")]


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command()(scenario)
    group = typer.Typer(help="Forms to fill in.", no_args_is_help=True)
    # With a single command typer would leave its name out.
    group.callback()(lambda: None)
    group.command("scenario")(template)
    app.add_typer(group, name="template")


def scenario(
    file: Annotated[str, typer.Argument(help="Scenario as .toml or .xlsx, or the name of one that ships: tariff, ...")],
    table: Annotated[str | None, typer.Argument(help="File or folder of a table; the shipped one by default.")] = None,
    *,
    year: Year = None,
    database: Database = None,
    out: Annotated[Path, typer.Option(help="Folder to write; made where needed.")] = Path("scenario"),
    output: OutputChoice = Output.rows,
    value_added: ValueAddedChoice = ValueAdded.published,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Write into a folder that holds other files; they stay.")
    ] = False,
) -> None:
    """Run a scenario and write its page: who gains and loses, first, second and third."""
    with running() as progress:
        headless()
        from io_linkage.readers import load
        from io_linkage.report.scenarios import write_scenario
        from io_linkage.scenarios import read

        # A mistake in the file is found before a large table is read.
        progress("Scenario")
        asked = read(file)
        progress("Table")
        loaded = load(table, year=year, database=database, output=output.value, value_added=value_added.value)
        inputs = [file, *([] if table is None else [table])]
        page = write_scenario(loaded, asked, out, overwrite=overwrite, inputs=inputs, progress=progress)
    typer.echo(f"Scenario: {page}")
    typer.echo(f"Figures: {page.parent / 'figures'}, data: {page.parent / 'data'}")


def template(
    table: Annotated[str, typer.Argument(help="File or folder of a table; 'shipped' for the one that ships.")],
    out: Annotated[Path, typer.Argument(help="File to write, .xlsx.")],
    *,
    year: Year = None,
    database: Database = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace the file that is there.")] = False,
) -> None:
    """Write an Excel form of a scenario, with the labels of a table to choose from."""
    with running() as progress:
        from io_linkage.readers import load
        from io_linkage.scenarios import save_template

        progress("Table")
        source = None if table == "shipped" else table
        loaded = load(source, year=year, database=database, tolerance=float("inf"))
        written = save_template(loaded, out, overwrite=overwrite, inputs=[] if source is None else [source])
    typer.echo(written)
