"""load(): recognise a table, parse it, check it.

Each database is one `Reader`: a name, a test of whether a path is its kind, and a function that reads it. Parsing is
pymrio's wherever pymrio has a parser that keeps what was published; where it loses something, the module of that reader
says what, and a test shows it. Recognition looks at the content, since names are changed by browsers and people.
"""

from __future__ import annotations

from io_linkage.readers.loading import READERS, load
from io_linkage.readers.pymrio_system import from_pymrio
from io_linkage.readers.reader import Reader
from io_linkage.readers.shipped import shipped, shipped_years

__all__ = ["READERS", "Reader", "from_pymrio", "load", "shipped", "shipped_years"]
