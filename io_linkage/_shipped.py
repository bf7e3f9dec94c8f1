"""Where the tables that ship with the package lie."""

from __future__ import annotations

from functools import cache
from pathlib import Path


@cache
def _root() -> Path:
    package = Path(__file__).resolve().parent
    installed = package / "tables"
    # A wheel carries the tables inside the package; in a checkout they stand beside it.
    return installed if installed.is_dir() else package.parent / "tables"


def shipped_path(*parts: str) -> Path:
    """Path of a shipped table, e.g. ``shipped_path("world", "2011")``."""
    return _root().joinpath(*parts)
