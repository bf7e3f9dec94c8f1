"""The command io-linkage: words to calls, no economics.

Nothing heavy is imported until a command runs, so that help answers at once.
"""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from io_linkage.cli import report, tables
from io_linkage.errors import IOLinkageError

app = typer.Typer(
    name="io-linkage",
    help="Linkages, spillovers and value chains of traditional, emerging and future industries in input-output tables.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


@app.callback(invoke_without_command=True)
def _about(
    version: Annotated[bool, typer.Option("--version", help="Say which version this is.", is_eager=True)] = False,
) -> None:
    if version:
        from io_linkage import __version__

        typer.echo(f"io-linkage {__version__}")
        raise typer.Exit


report.register(app)
tables.register(app)


def main() -> None:
    """Run the command; an error that the package foresaw is one paragraph on stderr and exit code 1."""
    try:
        app()
    except IOLinkageError as error:
        typer.echo(f"Error: {error}", err=True)
        sys.exit(1)
