"""One version in the package, the citation and the changelog, and types for those who import the package."""

from __future__ import annotations

import re
from pathlib import Path

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
