"""Linkages, spillovers and value chains of traditional, emerging and future industries.

>>> import io_linkage as iol
>>> world = iol.load()                                  # the shipped table, latest year
>>> world
<MRIOTable World 2011 (WIOD 2013 release, 21 regions): 21 regions x 35 industries, M USD>
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from io_linkage.accounts import Satellite
    from io_linkage.readers import from_pymrio, load, shipped_years
    from io_linkage.table import MRIOTable

__version__ = "0.2.0"

_MODULES = (
    "aggregation",
    "checks",
    "economies",
    "errors",
    "extraction",
    "figures",
    "influence",
    "leontief",
    "linkages",
    "panel",
    "position",
    "readers",
    "report",
    "satellites",
    "selection",
    "spillovers",
    "stages",
    "ties",
    "upgrading",
    "value_added",
)


_NAMES = {
    "MRIOTable": "table",
    "Satellite": "accounts",
    "from_pymrio": "readers",
    "load": "readers",
    "shipped_years": "readers",
}


def __getattr__(name: str) -> Any:
    """Import on first use, so that importing the package, and the command's help, need not wait for pandas."""
    if name in _MODULES:
        return importlib.import_module(f"io_linkage.{name}")
    if name in _NAMES:
        found = getattr(importlib.import_module(f"io_linkage.{_NAMES[name]}"), name)
        globals()[name] = found
        return found
    raise AttributeError(f"module 'io_linkage' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*__all__, *_MODULES])


__all__ = ["MRIOTable", "Satellite", "__version__", "from_pymrio", "load", "shipped_years"]
