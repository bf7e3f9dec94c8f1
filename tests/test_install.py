"""The wheel: what it carries, and that it works alone in an environment of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

pytestmark = pytest.mark.install


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    """The wheel of this checkout."""
    out = tmp_path_factory.mktemp("dist")
    done = subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--outdir", str(out), str(ROOT)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    (built,) = out.glob("*.whl")
    return built


def test_the_wheel_carries_every_shipped_table(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    data = {".parquet", ".csv", ".json", ".md"}
    wanted = {
        f"io_linkage/tables/{path.relative_to(ROOT / 'tables').as_posix()}"
        for path in (ROOT / "tables").rglob("*")
        if path.suffix in data and "__pycache__" not in path.parts
    }
    assert len(wanted) > 40
    assert not wanted - names
    assert {"io_linkage/report/page.html", "io_linkage/short_names.csv", "io_linkage/py.typed"} <= names
    stubs = {str(stub.relative_to(ROOT)) for stub in (ROOT / "io_linkage").rglob("*.pyi")}
    assert stubs <= names
    assert "io_linkage/__init__.pyi" in stubs
    assert not [name for name in names if name.startswith(("tests/", "notebooks/", "benchmarks/"))]


def test_an_installed_wheel_writes_the_report(wheel, tmp_path):
    """In an empty environment, outside the checkout, with nothing on the path but what was installed."""
    home = tmp_path / "environment"
    venv.create(home, with_pip=True)
    scripts = home / ("Scripts" if os.name == "nt" else "bin")
    clean = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "VIRTUAL_ENV", "PYTHONHOME")}
    pip = [scripts / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-compile"]
    done = subprocess.run([*pip, wheel], capture_output=True, text=True, check=False, cwd=tmp_path, env=clean)
    assert done.returncode == 0, done.stderr
    where = subprocess.run(
        [scripts / "python", "-c", "import io_linkage; print(io_linkage.__file__)"],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
        env=clean,
    )
    assert Path(where.stdout.strip()).is_relative_to(home)
    done = subprocess.run(
        [scripts / "io-linkage", "report", "--out", "report"],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env=clean,
    )
    assert done.returncode == 0, done.stderr
    page = (tmp_path / "report" / "report.html").read_text(encoding="utf-8")
    assert "China and its developing partners, 2011" in page
    assert (tmp_path / "report" / "data" / "results.xlsx").stat().st_size > 100_000
