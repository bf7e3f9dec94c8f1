"""Package, citation, changelog, classifiers, workflows and Makefile agree with each other."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

import pytest

import io_linkage

ROOT = Path(__file__).resolve().parent.parent


def first(pattern: str, name: str) -> tuple[str, ...]:
    """Groups of the first match in a file of the checkout, line by line."""
    match = re.search(pattern, (ROOT / name).read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert match, f"{name} has no line like {pattern}"
    return match.groups()


def test_citation_and_changelog_state_the_version_of_the_package_and_one_date():
    cited = first(r"^version: (\S+)$", "CITATION.cff") + first(r"^date-released: (\S+)$", "CITATION.cff")
    newest = first(r"^## \[(\d[^\]]*)\] - (\d{4}-\d{2}-\d{2})$", "CHANGELOG.md")
    assert cited == newest
    assert newest[0] == io_linkage.__version__


def test_unreleased_changes_have_a_heading_above_the_newest_version():
    headings = re.findall(r"^## \[(.+?)\]", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert headings[:2] == ["Unreleased", io_linkage.__version__]
    assert len(set(headings)) == len(headings)


def test_the_package_says_that_it_is_typed():
    assert (Path(io_linkage.__file__).parent / "py.typed").is_file()


def test_the_workflow_tests_each_python_that_the_package_names():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    named = re.findall(r"Programming Language :: Python :: (\d\.\d+)", "\n".join(project["classifiers"]))
    (matrix,) = first(r"^ +python: (\[.*\])$", ".github/workflows/test.yml")
    assert json.loads(matrix) == named
    assert project["requires-python"] == f">={named[0]}"


def test_windows_runs_what_make_test_runs():
    """The Makefile's lines, but for where the environment is and how many threads, stand in the workflow."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    workflow = (ROOT / ".github/workflows/test.yml").read_text(encoding="utf-8")
    (parts,) = first(r"^test: (.+)$", "Makefile")
    for part in parts.split():
        (recipe,) = re.findall(rf"^{part}: .*\n((?:\t.*\n)+)", makefile, flags=re.MULTILINE)
        for line in recipe.replace("$(ALONE) ", "").replace("$(BIN)/", "").split("\n\t"):
            assert f" {line.strip()}\n" in workflow


@pytest.mark.parametrize(
    "name",
    [
        ".github/pull_request_template.md",
        ".github/workflows/test.yml",
        "CONTRIBUTING.md",
        "README.md",
        "RELEASING.md",
    ],
)
def test_every_make_that_is_named_is_in_the_makefile(name):
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, flags=re.MULTILINE))
    text = (ROOT / name).read_text(encoding="utf-8")
    asked = set(re.findall(r"(?:`|run: |^)make ([a-z]+)", text, flags=re.MULTILINE))
    assert asked
    assert asked <= targets


def test_the_source_distribution_has_what_its_tests_read():
    hatch = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["hatch"]
    included = set(hatch["build"]["targets"]["sdist"]["include"])
    assert {"/io_linkage", "/tables", "/tests", "/benchmarks", "/.github", "/Makefile", "/conftest.py"} <= included
