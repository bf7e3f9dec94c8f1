"""`python -m io_linkage.cli` is the command io-linkage."""

from __future__ import annotations

from io_linkage.cli.app import main

main()
