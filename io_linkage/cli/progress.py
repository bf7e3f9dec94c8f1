"""What a person at a terminal sees while a command runs: progress, and one line for each warning."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any


@contextmanager
def running() -> Iterator[Callable[[str], None]]:
    """Show progress on stderr while a terminal is there to see it; one line for each warning."""
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar, _warned(console):
        task = bar.add_task("Starting", total=None)
        yield lambda step: bar.update(task, description=step)


@contextmanager
def _warned(console: Any) -> Iterator[None]:
    shown: set[str] = set()

    def show(message: Warning | str, *_: Any, **__: Any) -> None:
        if str(message) in shown:
            return
        shown.add(str(message))
        # A note that cannot be shown must not stop the work.
        with suppress(OSError):
            console.print(f"Note: {message}", markup=False, highlight=False, soft_wrap=True)

    with warnings.catch_warnings():
        for category in (DeprecationWarning, FutureWarning):
            warnings.simplefilter("ignore", category)
        # What a library says about the styles of a workbook helps nobody here.
        warnings.filterwarnings("ignore", module=r"openpyxl(\.|$)")
        warnings.showwarning = show
        yield
