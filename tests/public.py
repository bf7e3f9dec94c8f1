"""The functions that the measure packages offer."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable
from typing import Any

TOPICS = (
    "bottlenecks",
    "decomposition",
    "extraction",
    "influence",
    "linkages",
    "networks",
    "position",
    "prices",
    "productivity",
    "relocation",
    "scenarios",
    "shortages",
    "spillovers",
    "stages",
    "technology",
    "ties",
    "trade",
    "upgrading",
    "value_added",
)


def functions(topic: str) -> dict[str, Callable[..., Any]]:
    """Public functions of a package by name: those that its front lists, or a module's own."""
    module = importlib.import_module(f"io_linkage.{topic}")
    own = {name: value for name, value in vars(module).items() if inspect.isfunction(value) and name[0] != "_"}
    listed = getattr(module, "__all__", [name for name, value in own.items() if value.__module__ == module.__name__])
    return {name: own[name] for name in listed if name in own}
