"""The examples in docstrings and pages run in a folder of their own, so that they may write files."""

from __future__ import annotations

import matplotlib as mpl
import pytest
from _pytest.doctest import DoctestItem

mpl.use("Agg")


@pytest.fixture(autouse=True)
def _folder_of_its_own(request: pytest.FixtureRequest) -> None:
    if isinstance(request.node, DoctestItem):
        request.getfixturevalue("monkeypatch").chdir(request.getfixturevalue("tmp_path"))
