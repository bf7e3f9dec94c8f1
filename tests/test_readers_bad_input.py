"""Bad input, by name: each is an error of one paragraph, and the user's files stay as they were."""

from __future__ import annotations

import errno
import hashlib
import io
import json
import os
import pickle
import struct
import zipfile
from pathlib import Path

import numpy as np
import pytest

import io_linkage as iol
from io_linkage.errors import BalanceError, IOLinkageError, ReadError, TableError, UnknownLabelError
from io_linkage.readers import cache, sources
from tests import publishers

REGIONS = ["CHN", "USA", "BRA"]


@pytest.fixture(autouse=True)
def own_cache(monkeypatch, tmp_path_factory):
    place = tmp_path_factory.mktemp("cache")
    monkeypatch.setenv("IO_LINKAGE_CACHE", str(place))
    return place


def icio(path: Path) -> Path:
    made = publishers.balanced(REGIONS, ["A01_02", "A03", "C26"], categories=publishers.ICIO_DEMAND)
    path.write_text(publishers.icio(made), encoding="utf-8")
    return path


def state(folder: Path) -> dict[str, str]:
    return {
        str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in folder.rglob("*")
        if file.is_file()
    }


def refused(path: Path, match: str, kind: type[Exception] = ReadError, **options) -> str:
    folder = path if path.is_dir() else path.parent
    before = state(folder)
    with pytest.raises(kind, match=match) as caught:
        iol.load(path, **options)
    text = str(caught.value)
    assert isinstance(caught.value, IOLinkageError)
    assert "\n" not in text, "one paragraph"
    assert state(folder) == before, "the user's files are untouched"
    return text


def test_truncated_zip(tmp_path):
    made = publishers.balanced(["CN", "US"], ["Wheat", "Batteries"])
    path = publishers.zipped(tmp_path / "IOT_2011_ixi.zip", publishers.exiobase(made))
    path.write_bytes(path.read_bytes()[:-200])
    refused(path, "damaged or incomplete zip.*fetch it again")


def test_zip_with_a_damaged_member(tmp_path):
    path = tmp_path / "2018_SML.zip"
    made = publishers.balanced(REGIONS, ["A01_02", "C26"], categories=publishers.ICIO_DEMAND)
    publishers.zipped(path, {"2018_SML.csv": publishers.icio(made)})
    raw = bytearray(path.read_bytes())
    raw[200:260] = bytes(60)
    path.write_bytes(raw)
    refused(path, "could not be unpacked|damaged")


def test_wrong_sheet(tmp_path):
    made = publishers.balanced(REGIONS, ["AtB", "15t16", "17t18"])
    rows = publishers.wiot_rows(made, style="wiod2013")
    path = publishers.write_workbook(tmp_path / "wiot09.xlsx", {"Notes": [["read", "me"], ["2009", "x"]], "WIOT": rows})
    publishers.check(iol.load(path), made)
    assert "WIOT" in refused(path, "Unknown sheet.*'WIOD'", UnknownLabelError, sheet="WIOD")
    assert "WIOT" in refused(path, "holds no table", sheet="Notes")


def test_html_saved_as_xlsx(tmp_path):
    path = tmp_path / "wiot11.xlsx"
    path.write_text("<!DOCTYPE html><html><body>Please log in</body></html>", encoding="utf-8")
    refused(path, "web page, not a workbook.*download the table again")


def test_html_saved_as_csv(tmp_path):
    path = tmp_path / "ICIO2023_2020.csv"
    path.write_text("\n  <html><head><title>404</title></head></html>", encoding="utf-8")
    refused(path, "web page, not a CSV file")


def test_password_protected_workbook(tmp_path):
    path = tmp_path / "wiot11.xlsx"
    name = "EncryptedPackage".encode("utf-16-le")
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + name + bytes(512))
    refused(path, "protected by a password.*without one")


def test_password_protected_zip(tmp_path):
    path = tmp_path / "2018_SML.zip"
    made = publishers.balanced(REGIONS, ["A01_02", "C26"], categories=publishers.ICIO_DEMAND)
    publishers.zipped(path, {"2018_SML.csv": publishers.icio(made)})
    raw = bytearray(path.read_bytes())
    raw[6] |= 1
    central = raw.rindex(b"PK\x01\x02")
    raw[central + 8] |= 1
    path.write_bytes(raw)
    refused(path, "password")


def test_half_downloaded_csv_within_a_line(tmp_path):
    path = icio(tmp_path / "ICIO2023_2018.csv")
    text = path.read_bytes()
    path.write_bytes(text[: len(text) // 2])
    refused(path, "cut short.*fetch the file again")


def test_half_downloaded_csv_at_the_end_of_a_line(tmp_path):
    path = icio(tmp_path / "ICIO2023_2018.csv")
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(lines[:6]), encoding="utf-8")
    refused(path, "missing among the rows.*cut short")


@pytest.mark.parametrize("name", ["../evil.csv", "/etc/evil.csv", "a/../../evil.csv", "C:\\evil.csv", "..\\evil.csv"])
def test_zip_that_climbs_out_of_the_folder(tmp_path, name):
    path = publishers.zipped(tmp_path / "table.zip", {"Z.csv": "a", name: "b"})
    refused(path, "climbs out of the folder")
    assert not (tmp_path.parent / "evil.csv").exists()


def test_zip_that_unpacks_to_absurd_size(tmp_path):
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("Z.csv", b"0" * 1000)
    raw = bytearray(path.read_bytes())
    # The directory claims 40 GB; nothing of the kind is unpacked to find out.
    central = raw.rindex(b"PK\x01\x02")
    raw[central + 24 : central + 28] = struct.pack("<I", 0xFFFFFFF0)
    path.write_bytes(raw)
    refused(path, "absurd size")


def test_zip_of_many_large_members(tmp_path, monkeypatch):
    monkeypatch.setattr(sources, "LARGEST", 10_000)
    path = publishers.zipped(tmp_path / "many.zip", {f"{k}.csv": "x" * 5000 for k in range(4)})
    refused(path, "absurd size")


class _Bomb:
    def __reduce__(self):
        return (os.mkdir, ("unpickled",))


def test_pickle_is_never_loaded(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "table.pkl"
    path.write_bytes(pickle.dumps(_Bomb()))
    refused(path, "pickle, which can run code")
    assert not (tmp_path / "unpickled").exists()


@pytest.mark.parametrize("form", ["folder", "zip"])
def test_pickle_inside_a_saved_system_is_never_loaded(tmp_path, monkeypatch, form):
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "saved"
    folder.mkdir()
    parameters = {"systemtype": "IOSystem", "files": {"Z": {"name": "Z.pkl"}, "Y": {"name": "Y.pkl"}}}
    files = {"file_parameters.json": json.dumps(parameters).encode(), "metadata.json": b"{}"}
    files |= dict.fromkeys(("Z.pkl", "Y.pkl"), pickle.dumps(_Bomb()))
    if form == "zip":
        path = tmp_path / "saved.zip"
        with zipfile.ZipFile(path, "w") as archive:
            for name, content in files.items():
                archive.writestr(name, content)
    else:
        for name, content in files.items():
            (folder / name).write_bytes(content)
        path = folder
    refused(path, "pickles.*never is")
    assert not (tmp_path / "unpickled").exists()


def test_saved_system_that_names_files_elsewhere(tmp_path):
    folder = tmp_path / "saved"
    folder.mkdir()
    parameters = {"systemtype": "IOSystem", "files": {"Z": {"name": "../../secret.txt"}}}
    (folder / "file_parameters.json").write_text(json.dumps(parameters), encoding="utf-8")
    refused(folder, "outside its own folder")


def test_non_numeric_cell_in_a_csv_says_which(tmp_path):
    path = icio(tmp_path / "ICIO2023_2018.csv")
    lines = path.read_text(encoding="utf-8").splitlines()
    cells = lines[3].split(",")
    cells[2] = "see note"
    lines[3] = ",".join(cells)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    refused(path, "'see note' in row CHN_C26, column CHN_A03")


def test_non_numeric_cell_in_a_workbook_says_which(tmp_path):
    made = publishers.balanced(REGIONS, ["AtB", "15t16", "17t18"])
    rows = publishers.wiot_rows(made, style="wiod2013")
    rows[8][6] = "secret"
    path = publishers.write_workbook(tmp_path / "wiot09.xlsx", {"WIOT": rows})
    refused(path, "cell G9 holds 'secret'")


def test_swapped_regions_and_industries(tmp_path):
    made = publishers.balanced(["CHN", "USA"], ["farms", "mills"])
    rows = publishers.generic(made)
    rows[0] = ["", *["|".join(reversed(cell.split("|"))) if "|" in str(cell) else cell for cell in rows[0][1:]]]
    path = tmp_path / "swapped.csv"
    path.write_text(publishers.text(rows), encoding="utf-8")
    refused(path, "swapped", database="generic")


def test_unbalanced_by_more_than_the_tolerance(tmp_path):
    made = publishers.balanced(REGIONS, ["A01_02", "C26"], categories=publishers.ICIO_DEMAND)
    made.x[3] *= 1.2
    path = tmp_path / "ICIO2023_2018.csv"
    path.write_text(publishers.icio(made), encoding="utf-8")
    text = refused(path, "USA C26", BalanceError)
    assert "tolerance=" in text
    assert iol.load(path, tolerance=0.5).regions == REGIONS


def test_missing_values_are_named(tmp_path):
    path = icio(tmp_path / "ICIO2023_2018.csv")
    lines = path.read_text(encoding="utf-8").splitlines()
    cells = lines[1].split(",")
    cells[2] = ""
    lines[1] = ",".join(cells)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    refused(path, "Z has 1 cells that are NaN.*CHN A01_02 -> CHN A03", TableError)


@pytest.mark.parametrize("name", ["empty.csv", "empty.xlsx", "empty.zip", "empty.parquet"])
def test_empty_file(tmp_path, name):
    path = tmp_path / name
    path.touch()
    refused(path, "empty")


def test_folder_without_tables(tmp_path):
    (tmp_path / "holiday.txt").write_text("sun and sea", encoding="utf-8")
    text = refused(tmp_path, "not a table this package knows")
    assert "holiday.txt" in text


def test_empty_folder(tmp_path):
    refused(tmp_path, "it is empty")


def test_a_folder_of_everything_is_refused_soon(tmp_path, monkeypatch):
    monkeypatch.setattr(sources, "MOST", 20)
    for k in range(30):
        (tmp_path / f"{k}.txt").write_text("x", encoding="utf-8")
    refused(tmp_path, "more than 20 files")


def test_no_such_file(tmp_path):
    with pytest.raises(ReadError, match="no file or folder"):
        iol.load(tmp_path / "nothing.csv")


def test_no_permission(tmp_path, monkeypatch):
    path = icio(tmp_path / "ICIO2023_2018.csv")
    real = Path.open

    def closed(self, *arguments, **options):
        if self == path:
            raise PermissionError(errno.EACCES, "Permission denied", str(self))
        return real(self, *arguments, **options)

    monkeypatch.setattr(Path, "open", closed)
    with pytest.raises(ReadError, match=r"Permission denied.*Check"):
        iol.load(path)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_no_permission_for_real(tmp_path):
    path = icio(tmp_path / "ICIO2023_2018.csv")
    path.chmod(0)
    with pytest.raises(ReadError, match="Permission denied"):
        iol.load(path)


def test_disk_full_while_caching(tmp_path, monkeypatch, own_cache):
    path = icio(tmp_path / "ICIO2023_2018.csv")
    import pyarrow.parquet as pq

    def full(*arguments, **options):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(pq, "write_table", full)
    with pytest.warns(cache.CacheWarning, match="No space left"):
        table = iol.load(path, cache=True)
    assert table.regions == REGIONS
    assert list(own_cache.iterdir()) == [], "nothing half-written"


def test_a_corrupt_workbook(tmp_path):
    made = publishers.balanced(REGIONS, ["AtB", "15t16"])
    path = publishers.write_workbook(tmp_path / "w.xlsx", {"t": publishers.wiot_rows(made, style="wiod2013")})
    path.write_bytes(path.read_bytes()[: 3 * path.stat().st_size // 4])
    refused(path, "damaged|cut short|incomplete")


def test_a_pdf(tmp_path):
    path = tmp_path / "table.pdf"
    path.write_bytes(b"%PDF-1.7 ...")
    refused(path, "pdf file")


def test_a_damaged_parquet(tmp_path):
    path = tmp_path / "w.parquet"
    publishers.frame(publishers.balanced(["CHN", "USA"], ["a", "b"])).to_parquet(path)
    path.write_bytes(path.read_bytes()[:-100] + bytes(100))
    refused(path, "damaged|not a table")


def test_repeated_labels(tmp_path):
    made = publishers.balanced(["CHN", "USA"], ["farms", "mills"])
    rows = publishers.generic(made)
    path = tmp_path / "t.csv"
    path.write_text(publishers.text(rows).replace("USA|mills", "USA|farms"), encoding="utf-8")
    refused(path, "labels repeat")


def test_row_without_a_label(tmp_path):
    made = publishers.balanced(["CHN", "USA"], ["farms", "mills"])
    rows = publishers.generic(made)
    rows[-1][0] = ""
    path = tmp_path / "t.csv"
    path.write_text(publishers.text(rows), encoding="utf-8")
    refused(path, "has no label")


def test_bytes_that_are_nothing(tmp_path):
    path = tmp_path / "noise.csv"
    path.write_bytes(np.random.default_rng(1).bytes(4000))
    refused(path, "binary file|not a table|web page|not a zip")


def test_signature_of_members_is_checked_before_reading(tmp_path):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("../up.txt", "x")
    path = tmp_path / "IOT_2011_ixi.zip"
    path.write_bytes(buffer.getvalue())
    refused(path, "climbs out")


def test_workbook_that_unpacks_to_absurd_size(tmp_path):
    made = publishers.balanced(REGIONS, ["AtB", "15t16"])
    path = publishers.write_workbook(tmp_path / "w.xlsx", {"t": publishers.wiot_rows(made, style="wiod2013")})
    raw = bytearray(path.read_bytes())
    central = raw.rindex(b"PK\x01\x02")
    raw[central + 24 : central + 28] = struct.pack("<I", 0xFFFFFFF0)
    path.write_bytes(raw)
    refused(path, "absurd size", database="wiod")


@pytest.mark.parametrize("database", [None, "figaro", "nbs", "wiod", "generic"])
def test_a_cell_without_end(tmp_path, database):
    path = tmp_path / "t.csv"
    path.write_text('"' + "a" * 300_000 + '",1\nb,2\n', encoding="utf-8")
    refused(path, "no table|not a table|no tables|no columns|as lines of cells|holds no", database=database)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_a_pipe(tmp_path):
    path = tmp_path / "t.csv"
    os.mkfifo(path)
    with pytest.raises(ReadError, match="neither a file nor a folder"):
        iol.load(path)
