"""Fixtures shared by all tests."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import matplotlib as mpl
import pytest
from hypothesis import HealthCheck, settings

mpl.use("Agg")

settings.register_profile(
    "default", max_examples=30, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("default")

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of full published tables; tests that need it are skipped where it is absent."""
    folder = Path(os.environ.get("IO_LINKAGE_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip("the full published tables are not on this machine (set IO_LINKAGE_DATA to their folder)")
    return folder


@pytest.fixture(scope="session")
def world():
    """The shipped table, latest year."""
    import io_linkage as iol

    return iol.load()


@pytest.fixture(scope="session")
def wiod_2011(shared_data: Path):
    """WIOD 2013 release, 2011, 41 regions x 35 industries."""
    import io_linkage as iol

    return iol.load(shared_data / "wiod2013" / "2011", classification="WIOD2013")


@dataclass(frozen=True)
class Done:
    """What the command left behind: its exit code and what it wrote."""

    returncode: int
    stdout: str
    stderr: str


@pytest.fixture
def run(capsys, monkeypatch) -> Callable[..., Done]:
    """Run the command in this process, as its script does."""
    from io_linkage import cli

    def command(*arguments: object) -> Done:
        monkeypatch.setattr(sys, "argv", ["io-linkage", *map(str, arguments)])
        with pytest.raises(SystemExit) as stopped:
            cli.main()
        written = capsys.readouterr()
        code = stopped.value.code
        return Done(code if isinstance(code, int) else 0, written.out, written.err)

    return command
