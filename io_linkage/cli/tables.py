"""Commands about tables themselves: check, fetch, convert, tables, cache.

Words to calls only; what they do is in `io_linkage.checks`, `fetch`, `conversion` and `cache`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from io_linkage.cli.progress import running
from io_linkage.wording import counted, separated

if TYPE_CHECKING:
    from io_linkage.downloads import Progress

Year = Annotated[int | None, typer.Option(help="Which year, where the source holds several.")]
Database = Annotated[str | None, typer.Option(help="Kind of table, where it cannot be told from the file.")]


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command()(check)
    app.command()(fetch)
    app.command()(convert)
    app.command()(tables)
    app.command()(cache)


def check(
    table: Annotated[str | None, typer.Argument(help="File or folder; the shipped table by default.")] = None,
    *,
    year: Year = None,
    database: Database = None,
    tolerance: Annotated[float, typer.Option(min=0.0, help="Gap, as a share of output, that is a fault.")] = 0.01,
    strict: Annotated[bool, typer.Option("--strict", help="Fail on warnings too.")] = False,
    csv: Annotated[Path | None, typer.Option(help="Write the findings as CSV too.")] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace the file of --csv.")] = False,
) -> None:
    """Run every accounting check on a table; exit code 1 where one finds an error."""
    from io_linkage import checks, load
    from io_linkage.files import expanded, require_free

    place = None if csv is None else expanded(csv)
    if place is not None:
        require_free(place, [] if table is None else [table], overwrite=overwrite)
    with running() as progress:
        progress("Table")
        # Gaps are to be found and shown, so they must not stop the loading.
        loaded = load(table, year=year, database=database, tolerance=float("inf"))
        progress("Checks")
        findings = checks.run(loaded, tolerance=tolerance)
    _findings(findings, str(loaded))
    if place is not None:
        _save(findings, place)
    worst = ("error", "warning") if strict else ("error",)
    counts = findings["severity"].value_counts()
    typer.echo(f"{', '.join(counted(int(counts.get(name, 0)), name) for name in ('error', 'warning'))}.")
    if findings["severity"].isin(worst).any():
        raise typer.Exit(1)


def fetch(
    database: Annotated[str, typer.Argument(help="icio, exiobase or wiod2013; others say where to get them.")],
    *,
    year: Annotated[int, typer.Option(help="Which year.")],
    folder: Annotated[Path, typer.Option(help="Where to save; made where needed.")] = Path(),
    system: Annotated[str, typer.Option(help="EXIOBASE: ixi or pxp.")] = "ixi",
    edition: Annotated[str, typer.Option(help="OECD: v2016, v2018, v2021, v2023 or v2025.")] = "v2023",
) -> None:
    """Download a publisher's table; run it again to continue one that broke off."""
    from io_linkage.downloads import fetch as run

    with _progress() as progress:
        files = run(database, year=year, folder=folder, system=system, edition=edition, progress=progress)
    for file in files:
        typer.echo(file)


def convert(
    source: Annotated[str, typer.Argument(help="File or folder of a table.")],
    target: Annotated[Path, typer.Argument(help="Folder or .zip (pymrio's form), or .csv, .xlsx, .parquet.")],
    *,
    year: Year = None,
    database: Database = None,
    industries: Annotated[
        str | None, typer.Option(help="Add industries up to: isic_sections, broad_sectors, WIOD2013 or a CSV.")
    ] = None,
    regions: Annotated[str | None, typer.Option(help="Groups, with commas, each added up to one region.")] = None,
    rest: Annotated[str | None, typer.Option(help="Name for all other regions, added up.")] = None,
    tolerance: Annotated[float, typer.Option(min=0.0, help="Largest gap accepted, as a share of output.")] = 0.01,
    rebalance: Annotated[bool, typer.Option("--rebalance", help="Close gaps by GRAS; says what it changed.")] = False,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace what is there.")] = False,
) -> None:
    """Read a table and write it in another form, added up to fewer industries or regions where asked."""
    from io_linkage import aggregation, load, writing

    changed = None
    with running() as progress:
        progress("Table")
        table = load(source, year=year, database=database, tolerance=tolerance)
        if industries or regions or rest:
            groups = None if regions is None else separated(regions)
            table = aggregation.aggregate(table, industries=industries, regions=groups, rest=rest)
        if rebalance:
            from io_linkage import rebalancing

            table, changed = rebalancing.rebalance(table)
        inputs = [source] if industries is None else [source, industries]
        written = writing.save(table, target, overwrite=overwrite, inputs=inputs)
    if changed is not None:
        typer.echo(changed.to_string())
    typer.echo(written)


def tables(
    *,
    classification: Annotated[str | None, typer.Option(help="List the industries of one classification.")] = None,
) -> None:
    """List what ships and what can be read."""
    from io_linkage import classifications
    from io_linkage.readers import READERS, shipped

    if classification is not None:
        chosen = classifications.classification_of(classification)
        for code in chosen.codes:
            name = chosen.names.get(code, "")
            typer.echo(f"{code}  {name}" if name and name != code else code)
        return
    typer.echo("Shipped tables (io-linkage report NAME):")
    for row in shipped().query("kind == 'table'").reset_index().to_dict("records"):
        size = f"{row['regions']} regions x {row['industries']} industries"
        typer.echo(f"  {row['name']:<15} {', '.join(row['years'].split())}, {size}: {row['title']}")
        typer.echo(f"  {'':<15} {row['can_answer']}. Not: {row['cannot_answer']}.")
    typer.echo("\nKinds of table that can be read (--database NAME):")
    for reader in READERS:
        typer.echo(f"  {reader.name:<10} {reader.description}")
    typer.echo("\nClassifications with stage shares (--classification NAME lists their industries):")
    for one in classifications.known().values():
        if one.name not in classifications.without_stages():
            typer.echo(f"  {one.name:<15} {len(one.codes)} industries")


def cache(
    *,
    clear: Annotated[bool, typer.Option("--clear", help="Delete what is kept.")] = False,
) -> None:
    """Show parsed tables that are kept for next time, and their size; or delete them."""
    from io_linkage.readers import cache as kept

    place = kept.folder()
    if place is None:
        typer.echo(f"Nothing is kept ({kept.VARIABLE}=off).")
        return
    entries = kept.kept()
    if clear:
        typer.echo(f"Deleted {len(entries)} tables, {_size(kept.clear())}.")
        return
    for one in entries:
        typer.echo(f"{_size(one.size):>10}  {one.source}")
    typer.echo(f"{len(entries)} tables, {_size(sum(one.size for one in entries))}, in {place}")


def _findings(findings: Any, title: str) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table

    styles = {"error": "bold red", "warning": "yellow", "note": "cyan", "ok": "green"}
    console = Console()
    shown = Table(box=box.SIMPLE, title=title, title_justify="left")
    for column in ("severity", "check", "finding", "where"):
        shown.add_column(column, overflow="fold")
    for row in findings.to_dict("records"):
        text = f"{row['finding']} {row['remedy']}".strip()
        shown.add_row(
            _plain(row["severity"], styles[row["severity"]]), _plain(row["check"]), _plain(text), _plain(row["where"])
        )
    with console.capture() as printed:
        console.print(shown)
    typer.echo(printed.get(), nl=False)


def _plain(text: str, style: str = "") -> Any:
    """Text as it is: labels may hold what rich would read as markup."""
    from rich.text import Text

    return Text(str(text), style=style)


def _save(findings: Any, path: Path) -> None:
    from io_linkage.files import atomically
    from io_linkage.spreadsheets import write_csv

    atomically(path, lambda file: write_csv(findings, file))


@contextmanager
def _progress() -> Iterator[Progress]:
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

    console = Console(stderr=True)
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        tasks: dict[str, Any] = {}

        def show(name: str, have: int, size: int | None) -> None:
            task = tasks.setdefault(name, bar.add_task(name, total=size)) if name not in tasks else tasks[name]
            bar.update(task, completed=have, total=size)

        yield show


def _size(count: int) -> str:
    return f"{count / 1e9:.1f} GB" if count >= 1e9 else f"{count / 1e6:.1f} MB" if count >= 1e5 else f"{count} bytes"
