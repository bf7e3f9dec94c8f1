"""Commands about stage files: template."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from io_linkage.cli.progress import running
from io_linkage.errors import OptionError

if TYPE_CHECKING:
    from io_linkage.table import MRIOTable


def register(app: typer.Typer) -> None:
    """Add the group of commands to the application."""
    group = typer.Typer(help="Stage files: the shares of each stage in each industry.", no_args_is_help=True)
    # With a single command typer would leave its name out.
    group.callback()(lambda: None)
    group.command()(template)
    app.add_typer(group, name="stages")


def template(
    out: Annotated[Path, typer.Argument(help="File to write, .csv or .xlsx.")],
    *,
    classification: Annotated[
        str | None, typer.Option(help="Whose industries, e.g. WIOD2013; io-linkage tables lists them.")
    ] = None,
    table: Annotated[str | None, typer.Option(help="File or folder of a table, for its own industries.")] = None,
    year: Annotated[int | None, typer.Option(help="Which year of the table, where it holds several.")] = None,
    database: Annotated[str | None, typer.Option(help="Kind of table, where it cannot be told from the file.")] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace the file that is there.")] = False,
) -> None:
    """Write a stage file to change: all industries, with the shipped shares where there are."""
    from io_linkage.stages import save_template

    if (classification is None) == (table is None):
        raise OptionError("Say whose industries: either --classification, e.g. WIOD2013, or --table, a file.")
    with running() as progress:
        source: str | MRIOTable
        if table is None:
            source = str(classification)
        else:
            from io_linkage import load

            progress("Table")
            source = load(table, year=year, database=database, tolerance=float("inf"))
        written = save_template(source, out, overwrite=overwrite, inputs=[] if table is None else [table])
    typer.echo(written)
