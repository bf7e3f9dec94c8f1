"""Imports run one way, and pandas stops at the door of the linear algebra."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parent.parent / "io_linkage"

MEASURES = {
    "decomposition",
    "bottlenecks",
    "extraction",
    "influence",
    "linkages",
    "networks",
    "position",
    "prices",
    "shortages",
    "productivity",
    "scenarios",
    "relocation",
    "spillovers",
    "technology",
    "ties",
    "trade",
    "trade_blocks",
    "upgrading",
    "value_added",
}
#: Each layer may import itself and those above it in this list.
LAYERS = [
    {"_shipped", "errors", "files", "spreadsheets", "wording"},
    {"leontief"},
    {"accounts", "anchors", "captions", "labels", "result_attrs"},
    {"description", "labelled_arrays", "table"},
    {
        "aggregation",
        "cells",
        "splitting",
        "checks",
        "concordances",
        "classifications",
        "downloads",
        "finding",
        "indicators",
        "economies",
        "intensities",
        "panel",
        "readers",
        "rebalancing",
        "satellites",
        "selection",
        "stages",
        "writing",
    },
    MEASURES,
    {"figures", "latex"},
    {"report"},
    {"cli"},
]
HEIGHT = {name: k for k, layer in enumerate(LAYERS) for name in layer}
#: from_pymrio and describe are reached from the table, inside functions, for the sake of `table.to_pymrio()`.
UPWARD = {("table", "readers"), ("accounts", "readers")}


def modules() -> list[Path]:
    return [path for path in sorted(PACKAGE.rglob("*.py")) if path != PACKAGE / "__init__.py"]


def topic(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported(path: Path) -> set[str]:
    """Topics that a module imports, anywhere in it, but for the sake of types alone."""
    found: set[str] = set()
    tree = ast.parse(path.read_text(encoding="utf-8"))
    typing_only = {
        child
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        for child in ast.walk(node)
    }
    for node in ast.walk(tree):
        if node in typing_only:
            continue
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "io_linkage":
            parts = node.module.split(".")
            found |= {parts[1]} if len(parts) > 1 else {alias.name for alias in node.names}
        elif isinstance(node, ast.Import):
            found |= {a.name.split(".")[1] for a in node.names if a.name.startswith("io_linkage.")}
    return found & HEIGHT.keys()


def dotted(path: Path) -> str:
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imported_modules(path: Path) -> set[str]:
    """Modules of the package that a module imports as it is loaded."""
    names = {dotted(other) for other in modules()}
    found: set[str] = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                found.add(whole if whole in names else node.module)
    own = dotted(path)
    # Importing a module runs the fronts of the packages it is in, but for those that are being imported already.
    found |= {name.rpartition(".")[0] for name in found}
    return {name for name in found & names if name != own and not own.startswith(f"{name}.")}


def test_every_module_has_its_layer():
    assert {topic(path) for path in modules()} == set(HEIGHT)


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_run_one_way(path):
    own = topic(path)
    upward = {name for name in imported(path) if HEIGHT[name] > HEIGHT[own] and (own, name) not in UPWARD}
    assert not upward, f"{own} imports {', '.join(sorted(upward))}, which stand above it"


@pytest.mark.parametrize("path", sorted((PACKAGE / "figures").rglob("*.py")), ids=lambda path: path.name)
def test_figures_take_results_only(path):
    assert not imported(path) & (MEASURES | {"table", "accounts", "leontief", "readers"})


@pytest.mark.parametrize("path", sorted((PACKAGE / "leontief").glob("*.py")), ids=lambda path: path.name)
def test_the_linear_algebra_sees_arrays_only(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names = {a.name for node in ast.walk(tree) if isinstance(node, ast.Import) for a in node.names}
    assert "pandas" not in names


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("__init__.py")), ids=lambda path: path.parent.name)
def test_the_front_of_a_package_only_lists(path):
    body = ast.parse(path.read_text(encoding="utf-8")).body
    allowed = (ast.ImportFrom, ast.Import, ast.Assign, ast.Expr)
    assert all(isinstance(node, allowed) for node in body), f"{path} does more than list"


def test_no_module_imports_itself_by_a_circle():
    graph = {dotted(path): imported_modules(path) for path in modules()}
    done: set[str] = set()

    def visit(name: str, trail: tuple[str, ...]) -> None:
        assert name not in trail, " -> ".join((*trail[trail.index(name) :], name))
        if name in done:
            return
        for other in sorted(graph.get(name, set())):
            visit(other, (*trail, name))
        done.add(name)

    for name in graph:
        visit(name, ())
