"""The commands check, fetch, convert, tables and cache; downloads that break off; conversion; rebalancing."""

from __future__ import annotations

import io
import subprocess
import sys
import threading
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest
import typer
from hypothesis import given
from typer.testing import CliRunner

import io_linkage as iol
from io_linkage import checks, downloads, rebalancing, writing
from io_linkage.accounts import DISCREPANCY
from io_linkage.cli import tables as commands
from io_linkage.errors import IOLinkageError, OptionError, OutputError, ReadError, SolveError, UnknownLabelError
from io_linkage.leontief import biproportional
from tests import publishers
from tests.strategies import tables


@pytest.fixture(autouse=True)
def own_cache(monkeypatch, tmp_path):
    monkeypatch.setenv("IO_LINKAGE_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def app() -> typer.Typer:
    made = typer.Typer()
    commands.register(made)
    return made


def run(app, *words: str):
    return CliRunner().invoke(app, [str(word) for word in words])


def icio(path: Path, *, spoil: float = 1.0) -> Path:
    made = publishers.balanced(["CHN", "USA"], ["A01_02", "C26"], categories=publishers.ICIO_DEMAND)
    made.x[3] *= spoil
    path.write_text(publishers.icio(made), encoding="utf-8")
    return path


# check


def test_check_of_the_shipped_table(app):
    result = run(app, "check")
    assert result.exit_code == 0
    assert "0 errors" in result.output
    assert "Hawkins-Simon" in result.output


def test_check_fails_on_a_spoilt_table_and_says_where(app, tmp_path):
    path = icio(tmp_path / "ICIO2023_2018.csv", spoil=1.3)
    result = run(app, "check", path, "--csv", tmp_path / "found.csv")
    assert result.exit_code == 1
    assert "USA C26" in result.output
    assert "Traceback" not in result.output
    assert "row balance" in (tmp_path / "found.csv").read_text(encoding="utf-8")


def test_check_strict_fails_on_warnings(app):
    assert run(app, "check", "--year", "1995", "--strict").exit_code == 1


def test_check_shows_labels_as_they_are(app, tmp_path):
    made = publishers.balanced(["CHN", "USA"], ["[bold]a[/bold]", "b"])
    made.Z[0, 1] = -50.0
    path = tmp_path / "t.csv"
    path.write_text(publishers.text(publishers.generic(made)), encoding="utf-8")
    assert "[bold]a" in run(app, "check", path).output


def test_errors_of_the_command_are_one_paragraph(tmp_path):
    path = tmp_path / "page.xlsx"
    path.write_text("<html>", encoding="utf-8")
    code = "from io_linkage.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code, "check", str(path)], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert done.stderr.strip().startswith("Error: ")
    assert len(done.stderr.strip().splitlines()) == 1


# convert


@pytest.mark.parametrize("name", ["out", "out.zip", "out.csv", "out.xlsx", "out.parquet"])
def test_convert_and_read_back(app, tmp_path, name):
    path = icio(tmp_path / "ICIO2023_2018.csv")
    result = run(app, "convert", path, tmp_path / name)
    assert result.exit_code == 0, result.output
    first, second = iol.load(path), iol.load(tmp_path / name)
    assert list(first.index) == list(second.index)
    np.testing.assert_allclose(first.Z.to_numpy(), second.Z.to_numpy())
    np.testing.assert_allclose(first.x.to_numpy(), second.x.to_numpy())
    np.testing.assert_allclose(first.va.to_numpy(), second.va.to_numpy())
    assert not list(tmp_path.glob(".writing-*"))


def test_convert_adds_up(app, tmp_path):
    path = icio(tmp_path / "ICIO2023_2018.csv")
    (tmp_path / "own.csv").write_text("from,to\nA01_02,all\nC26,all\n", encoding="utf-8")
    words = (
        "convert",
        path,
        tmp_path / "s.csv",
        "--industries",
        tmp_path / "own.csv",
        "--regions",
        "developing",
        "--rest",
        "x",
    )
    result = run(app, *words)
    assert result.exit_code == 0, result.output
    table = iol.load(tmp_path / "s.csv")
    assert table.industries == ["all"]
    assert table.regions == ["developing", "x"]


def test_convert_does_not_overwrite_unasked(app, tmp_path):
    path = icio(tmp_path / "ICIO2023_2018.csv")
    target = tmp_path / "there.csv"
    target.write_text("mine", encoding="utf-8")
    assert isinstance(run(app, "convert", path, target).exception, OutputError)
    assert target.read_text(encoding="utf-8") == "mine"
    assert run(app, "convert", path, target, "--overwrite").exit_code == 0


def test_conversion_leaves_nothing_half_written(tmp_path, monkeypatch):
    table = iol.load(icio(tmp_path / "ICIO2023_2018.csv"))
    monkeypatch.setattr("pandas.DataFrame.to_csv", lambda *_, **__: (_ for _ in ()).throw(OSError(28, "No space left")))
    before = sorted(tmp_path.iterdir())
    with pytest.raises(OutputError, match="No space left"):
        writing.save(table, tmp_path / "x.csv")
    assert sorted(tmp_path.iterdir()) == before


def test_conversion_options(tmp_path):
    with pytest.raises(OptionError, match="not clear"):
        writing.save(iol.load(), tmp_path / "table.doc")


# tables, cache


def test_tables_and_cache_commands(app, tmp_path, monkeypatch):
    assert "exiobase" in run(app, "tables").output
    assert "C10-C12" in run(app, "tables", "--classification", "WIOD2016").output
    assert isinstance(run(app, "tables", "--classification", "WIOD2061").exception, UnknownLabelError)
    iol.load(icio(tmp_path / "ICIO2023_2018.csv"), cache=True)
    assert "1 tables" in run(app, "cache").output
    assert "Deleted 1 tables" in run(app, "cache", "--clear").output
    assert "0 tables" in run(app, "cache").output


# fetch


def archive(size: int = 400_000) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as zipped:
        zipped.writestr("2018_SML.csv", np.random.default_rng(0).bytes(size))
    return buffer.getvalue()


@pytest.fixture
def server():
    """Serve one archive; `stop_after` breaks the line, `kind` sends a page or an error instead."""

    class Handler(BaseHTTPRequestHandler):
        content = archive()
        stop_after: int | None = None
        kind = "file"
        ranges: list[str] = []  # noqa: RUF012

        def do_GET(self) -> None:
            Handler.ranges.append(self.headers.get("Range", ""))
            if Handler.kind == "gone":
                self.send_error(404)
                return
            start = int(self.headers.get("Range", "bytes=0-")[6:-1])
            body = b"<html>moved</html>" if Handler.kind == "page" else Handler.content[start:]
            self.send_response(206 if start else 200)
            self.send_header("Content-Type", "text/html" if Handler.kind == "page" else "application/zip")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body if Handler.stop_after is None else body[: Handler.stop_after])

        def log_message(self, *_) -> None:
            pass

    serving = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=serving.serve_forever, daemon=True)
    thread.start()
    Handler.address = f"http://127.0.0.1:{serving.server_port}/ICIO.zip"
    yield Handler
    serving.shutdown()
    serving.server_close()
    thread.join()


def get(server, folder: Path, **options) -> Path:
    return downloads.download(downloads.Source(server.address, "ICIO.zip"), folder, "Get it by hand.", **options)


def test_download_reports_progress_and_is_whole(server, tmp_path):
    seen = []
    file = get(server, tmp_path, progress=lambda name, have, size: seen.append((name, have, size)))
    assert file.read_bytes() == server.content
    assert seen[-1] == ("ICIO.zip", len(server.content), len(server.content))
    assert [one.name for one in tmp_path.iterdir()] == ["ICIO.zip"]


def test_download_goes_on_where_it_broke_off(server, tmp_path):
    server.stop_after = 150_000
    with pytest.raises(ReadError, match=r"continue.*by hand"):
        get(server, tmp_path)
    have = (tmp_path / "ICIO.zip.part").stat().st_size
    assert 0 < have <= 150_000
    assert not (tmp_path / "ICIO.zip").exists()
    server.stop_after = None
    assert get(server, tmp_path).read_bytes() == server.content
    assert server.ranges[-1] == f"bytes={have}-"


def test_what_is_there_is_not_fetched_again(server, tmp_path):
    get(server, tmp_path)
    server.ranges.clear()
    get(server, tmp_path)
    assert server.ranges == []


def test_damaged_downloads_are_deleted(server, tmp_path):
    server.content = server.content[:-500] + bytes(500)
    try:
        with pytest.raises(ReadError, match="damaged"):
            get(server, tmp_path)
        assert list(tmp_path.iterdir()) == []
    finally:
        server.content = archive()


@pytest.mark.parametrize("kind", ["page", "gone"])
def test_moved_files_say_where_to_get_them_by_hand(server, tmp_path, kind):
    server.kind = kind
    with pytest.raises(ReadError, match=r"moved.*by hand"):
        get(server, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_without_a_network(tmp_path, monkeypatch):
    import requests

    def down(*_, **__):
        raise requests.ConnectionError("no route")

    monkeypatch.setattr(requests, "get", down)
    for database in ("icio", "exiobase", "wiod2013"):
        monkeypatch.setattr("pymrio.tools.iodownloader._get_url_datafiles", down)
        with pytest.raises(ReadError, match="no network") as caught:
            downloads.fetch(database, year=2011, folder=tmp_path)
        assert "by hand from https://" in str(caught.value)
        assert str(tmp_path) in str(caught.value)


def test_databases_without_an_address_say_where_to_go(app):
    for database in ("adb", "figaro", "gloria", "eora26", "nbs", "wiod2016"):
        with pytest.raises(IOLinkageError, match="by hand from https://"):
            downloads.fetch(database, year=2018)
    assert isinstance(run(app, "fetch", "oecd", "--year", "2018").exception, UnknownLabelError)
    with pytest.raises(OptionError, match="has no 1980"):
        downloads.sources("icio", 1980)
    with pytest.raises(OptionError, match="system"):
        downloads.sources("exiobase", 2011, system="mixed")


# Rebalancing


@given(tables(zero_output=False))
def test_gras_balances_keeps_output_signs_and_zeros(table):
    random = np.random.default_rng(0)
    spoilt = iol.MRIOTable.from_frames(
        table.Z * random.uniform(0.97, 1.03, table.Z.shape),
        table.Y * random.uniform(0.97, 1.03, table.Y.shape),
        table.V * random.uniform(0.97, 1.03, table.V.shape),
        table.x,
        output="published",
        tolerance=10,
    )
    try:
        balanced, changed = rebalancing.rebalance(spoilt)
    except SolveError:
        return  # a row with a single buyer may have no solution, and says so
    assert DISCREPANCY not in balanced.V.index
    checks.require(balanced)
    np.testing.assert_allclose(balanced.x.to_numpy(), spoilt.published_output.to_numpy())
    own = balanced.Y.columns
    assert (np.sign(balanced.Z.to_numpy()) == np.sign(spoilt.Z.to_numpy())).all()
    assert (np.sign(balanced.Y.to_numpy()) == np.sign(spoilt.Y[own].to_numpy())).all()
    difference = np.abs(balanced.Z.to_numpy() - spoilt.Z.to_numpy())
    assert changed.loc["Z", "largest"] == pytest.approx(difference.max())
    assert "GRAS" in balanced.carried["notes"][-1]


def test_gras_leaves_a_balanced_table_alone():
    table = iol.load(year=1995)
    balanced, _ = rebalancing.rebalance(table)
    again, changed = rebalancing.rebalance(balanced)
    assert changed["changed"].max() < 1e-8
    np.testing.assert_allclose(again.Z.to_numpy(), balanced.Z.to_numpy(), atol=1e-3)


def test_gras_takes_out_what_industries_without_output_have(wiod_2011):
    """Stocks drawn down where nothing is made (Luxembourg's refineries, -1) have no solution and stopped it."""
    idle = ~wiod_2011.active
    assert (wiod_2011.Y.to_numpy()[idle] < 0).any()
    balanced, changed = rebalancing.rebalance(wiod_2011)
    checks.require(balanced)
    assert not balanced.Y.to_numpy()[idle].any()
    assert changed["changed"].max() < 0.002


def test_gras_published_example():
    """Junius & Oosterhaven (2003), section 3, as corrected by Lenzen, Wood & Gallego (2007): totals are met."""
    A = np.array([[7.0, 3, 5, -3], [2, 9, 8, 1], [-2, 0, 2, 1]])
    rows, columns = np.array([15.0, 26, -1]), np.array([9.0, 16, 17, -2])
    new = biproportional(A, rows, columns)
    np.testing.assert_allclose(new.sum(axis=1), rows, atol=1e-6)
    np.testing.assert_allclose(new.sum(axis=0), columns, atol=1e-6)
    assert (np.sign(new) == np.sign(A)).all()


def test_gras_says_when_totals_cannot_be_met():
    with pytest.raises(SolveError, match="cannot reach"):
        biproportional(np.array([[1.0, 0.0], [0.0, 1.0]]), np.array([1.0, 3.0]), np.array([2.0, 2.0]))
