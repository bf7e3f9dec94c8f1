"""The command split: industries of a table divided by a recipe."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from io_linkage.cli.progress import running
from io_linkage.wording import separated

if TYPE_CHECKING:
    from io_linkage.splitting.files import End


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command()(split)


def split(
    recipe: Annotated[
        str | None, typer.Argument(help="A CSV file, or a recipe that ships; without one they are listed.")
    ] = None,
    target: Annotated[
        Path | None, typer.Argument(help="Folder or .zip (pymrio's form), or .csv, .xlsx, .parquet.")
    ] = None,
    *,
    table: Annotated[str | None, typer.Option(help="File or folder of a table; the shipped one by default.")] = None,
    year: Annotated[int | None, typer.Option(help="Which year, where the source holds several.")] = None,
    database: Annotated[str | None, typer.Option(help="Kind of table, where it cannot be told from the file.")] = None,
    regions: Annotated[
        str | None, typer.Option(help="Split in these only: codes, names or groups, with commas.")
    ] = None,
    share: Annotated[
        str, typer.Option(help="Which end of the range of output shares: low, central or high.")
    ] = "central",
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace what is there.")] = False,
) -> None:
    """Split industries into parts that the table does not show, and write the finer table."""
    from io_linkage import load, splitting, writing
    from io_linkage.errors import OptionError

    if recipe is None:
        typer.echo(splitting.recipes()[["classification", "parents", "parts", "evidence_for"]].to_string())
        return
    if target is None:
        raise OptionError("Say where the finer table goes: io-linkage split RECIPE TARGET.")
    with running() as progress:
        progress("Table")
        whole = load(table, year=year, database=database)
        progress("Split")
        where = [] if regions is None else separated(regions)
        chosen = splitting.read_recipe(recipe, year=whole.year, share=cast("End", share), regions=where)
        finer = splitting.split(whole, chosen)
        written = writing.save(finer, target, overwrite=overwrite, inputs=[*([] if table is None else [table]), recipe])
    typer.echo(written)
