"""The command io-linkage."""

from __future__ import annotations

from io_linkage.cli.app import app, main

__all__ = ["app", "main"]
