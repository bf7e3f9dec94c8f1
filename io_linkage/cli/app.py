"""The command io-linkage: words to calls, no economics.

Nothing heavy is imported until a command runs, so that help answers at once.
"""

from __future__ import annotations

import errno
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import Annotated, NoReturn, TextIO

import typer

from io_linkage.cli import report, scenario, splits, stages, tables
from io_linkage.errors import IOLinkageError

#: Environment variable that shows where a fault of the package arises.
TRACEBACK = "IO_LINKAGE_TRACEBACK"
_UNPRINTED = {errno.EPIPE, errno.ENOSPC, errno.EIO, errno.EBADF}

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
stages.register(app)
scenario.register(app)
splits.register(app)


def main() -> None:
    """Run the command; whatever stops it is one paragraph on stderr and an exit code, never a traceback.

    1: an error that the package foresaw, or a place that cannot be written. 2: words the command does not know.
    3: a fault of the package; with IO_LINKAGE_TRACEBACK set, where it arose is shown too.
    """
    try:
        _run()
    except IOLinkageError as error:
        _stop(str(error))
    except MemoryError as error:
        _stop(f"There is not enough memory{f' ({error})' if str(error) else ''}. Take fewer draws or a smaller table.")
    except OSError as error:
        _stop(_system_error(error))
    except Exception as error:
        if os.environ.get(TRACEBACK):
            raise
        _stop(
            f"This is a fault of io_linkage ({type(error).__name__}: {error}). Set {TRACEBACK}=1 to see where it "
            "arises, and please report it.",
            code=3,
        )


def _run() -> None:
    stdout = sys.stdout
    try:
        app()
    except SystemExit:
        if sys.stdout is not stdout:
            # Typer puts another in its place when nobody reads any more, and says nothing.
            raise BrokenPipeError(errno.EPIPE, os.strerror(errno.EPIPE)) from None
        if stdout is not None:
            stdout.flush()
        raise


def _stop(message: str, *, code: int = 1) -> NoReturn:
    try:
        typer.echo(f"Error: {message}", err=True)
    except OSError:
        # Where stderr is closed or full too, the exit code has to do.
        _discard(sys.stderr)
    sys.exit(code)


def _system_error(error: OSError) -> str:
    reason = error.strerror or str(error)
    if error.filename is None and error.errno in _UNPRINTED:
        _discard(sys.stdout)
        return f"What the command prints could not be written in full: {reason}."
    try:
        Path.cwd()
    except FileNotFoundError:
        return "The folder this command was started in is gone. Change to one that is there and run it again."
    return f"{f'{str(error.filename)!r}: ' if error.filename else ''}{reason}."


def _discard(stream: TextIO) -> None:
    """Let go of what cannot be written, which Python would try to write once more at the end."""
    with suppress(OSError, ValueError, AttributeError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
