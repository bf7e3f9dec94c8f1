"""The cache: read back equal and quickly, keyed by content, safe, and never trusted when damaged."""

from __future__ import annotations

import json
import multiprocessing
import shutil

import numpy as np
import pandas as pd
import pytest

import io_linkage as iol
from io_linkage import checks
from io_linkage.readers import cache
from tests import fuzz, fuzz_formats, publishers


@pytest.fixture
def place(monkeypatch, tmp_path):
    folder = tmp_path / "cache"
    monkeypatch.setenv("IO_LINKAGE_CACHE", str(folder))
    return folder


@pytest.fixture
def source(tmp_path):
    made = publishers.balanced(["CN", "US"], ["Wheat", "Batteries"])
    return publishers.zipped(tmp_path / "IOT_2011_ixi.zip", publishers.exiobase(made))


def never():
    raise AssertionError("parsed again")


def same(first, second) -> None:
    pd.testing.assert_frame_equal(first.Z, second.Z)
    pd.testing.assert_frame_equal(first.Y, second.Y)
    pd.testing.assert_frame_equal(first.V, second.V)
    pd.testing.assert_series_equal(first.x, second.x)
    assert first.describe().equals(second.describe())
    for name, satellite in first.satellites.items():
        pd.testing.assert_frame_equal(satellite.F, second.satellites[name].F)
        pd.testing.assert_series_equal(satellite.unit, second.satellites[name].unit, check_names=False)
        if satellite.F_Y is not None:
            pd.testing.assert_frame_equal(satellite.F_Y, second.satellites[name].F_Y)


def test_what_is_kept_reads_back_equal(place, source, monkeypatch):
    first = iol.load(source, cache=True)
    assert len(cache.kept()) == 1
    monkeypatch.setattr("io_linkage.readers.reader._parsed", lambda *_: never())
    same(first, iol.load(source, cache=True))


def test_small_sources_are_not_kept_and_large_ones_are(place, source, monkeypatch):
    iol.load(source)
    assert cache.kept() == []
    monkeypatch.setattr(cache, "SMALLEST", 100)
    iol.load(source)
    assert len(cache.kept()) == 1
    assert len(list(place.glob("*.kind"))) == 1


def test_cache_off(place, source, monkeypatch):
    iol.load(source, cache=False)
    monkeypatch.setenv("IO_LINKAGE_CACHE", "off")
    iol.load(source, cache=True)
    assert not place.exists()
    assert cache.kept() == []


def test_changed_content_is_parsed_anew(place, source):
    first = iol.load(source, cache=True)
    made = publishers.balanced(["CN", "US"], ["Wheat", "Batteries"], seed=9)
    publishers.zipped(source, publishers.exiobase(made))
    second = iol.load(source, cache=True)
    assert not np.allclose(first.Z, second.Z)
    assert len(cache.kept()) == 2


def test_the_same_content_elsewhere_is_the_same(place, source, tmp_path, monkeypatch):
    iol.load(source, cache=True)
    other = tmp_path / "moved"
    other.mkdir()
    copy = shutil.copy(source, other / source.name)
    monkeypatch.setattr("io_linkage.readers.reader._parsed", lambda *_: never())
    iol.load(copy, cache=True)


def test_options_and_reader_version_are_part_of_the_key(place, source, monkeypatch):
    key = cache.key("exiobase", source, {"year": None})
    assert key != cache.key("exiobase", source, {"year": 2011})
    assert key != cache.key("generic", source, {"year": None})
    monkeypatch.setattr(cache, "READER_VERSION", cache.READER_VERSION + 1)
    assert key != cache.key("exiobase", source, {"year": None})


@pytest.mark.parametrize("harm", ["flip", "cut", "gone", "manifest", "manifest gone", "nonsense"])
def test_damaged_copies_are_not_trusted(place, source, harm):
    first = iol.load(source, cache=True)
    (kept,) = cache.kept()
    file, manifest = kept.folder / "Z.parquet", kept.folder / "manifest.json"
    if harm == "flip":
        raw = bytearray(file.read_bytes())
        raw[len(raw) // 2] ^= 1
        file.write_bytes(raw)
    elif harm == "cut":
        file.write_bytes(file.read_bytes()[:-5])
    elif harm == "gone":
        file.unlink()
    elif harm == "manifest":
        manifest.write_text("{", encoding="utf-8")
    elif harm == "manifest gone":
        manifest.unlink()
    else:
        manifest.write_text(json.dumps({"files": {}, "raw": {}}), encoding="utf-8")
    same(first, iol.load(source, cache=True))
    same(first, iol.load(source, cache=True))


def _load(path: str) -> float:
    import io_linkage as package

    return float(package.load(path, cache=True).x.sum())


def test_two_processes_write_the_same_one(place, source):
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        sums = pool.map(_load, [str(source)] * 4)
    assert len(set(sums)) == 1
    assert len(cache.kept()) == 1
    assert not list(place.glob(".writing-*"))


def test_kept_shows_sizes_and_clear_deletes_only_its_own(place, source):
    iol.load(source, cache=True)
    (place / "mine.txt").write_text("keep me", encoding="utf-8")
    (place / "folder of mine").mkdir()
    (one,) = cache.kept()
    assert one.source == str(source)
    assert one.size > 0
    assert cache.clear() >= one.size
    assert cache.kept() == []
    assert (place / "mine.txt").exists()
    assert (place / "folder of mine").is_dir()


def test_folder_follows_the_platform(monkeypatch):
    monkeypatch.delenv("IO_LINKAGE_CACHE", raising=False)
    folder = cache.folder()
    assert folder is not None
    assert "io_linkage" in str(folder)


def test_what_stands_beside_a_source_is_part_of_the_key(place, tmp_path):
    folder = tmp_path / "eora"
    folder.mkdir()
    made = publishers.balanced(["CHN", "USA"], ["Agriculture", "Fishing"])
    files = publishers.eora(made)
    labels = {name: text for name, text in files.items() if name.startswith("labels")}
    path = publishers.zipped(
        folder / "Eora26_2015_bp.zip", {name: text for name, text in files.items() if name not in labels}
    )
    publishers.zipped(folder / "indices.zip", labels)
    assert iol.load(path, cache=True).regions == ["CHN", "USA"]
    other = {name: text.replace("CHN", "JPN") for name, text in labels.items()}
    publishers.zipped(folder / "indices.zip", other)
    assert iol.load(path, cache=True).regions == ["JPN", "USA"]
    assert len(cache.kept()) == 2


@pytest.mark.parametrize("note", [b"", b"nonsense", b"\xff\xfe\x80"])
def test_a_damaged_note_of_the_kind_is_not_trusted(place, source, monkeypatch, note):
    monkeypatch.setattr(cache, "SMALLEST", 100)
    first = iol.load(source)
    notes = list(place.glob("*.kind"))
    assert len(notes) == 1
    notes[0].write_bytes(note)
    same(first, iol.load(source))


def test_a_note_that_names_another_reader_does_not_block_the_file(place, source, monkeypatch):
    monkeypatch.setattr(cache, "SMALLEST", 100)
    first = iol.load(source)
    (note,) = place.glob("*.kind")
    kind, _, digest = note.read_text(encoding="utf-8").partition(" ")
    assert kind == "exiobase"
    for text in ("icio", f"icio {digest}"):
        note.write_text(text, encoding="utf-8")
        same(first, iol.load(source))
        assert note.read_text(encoding="utf-8") == f"exiobase {digest}"


@pytest.mark.parametrize(
    ("fact", "other"),
    [
        ("year", 1812),
        ("unit", "K EUR"),
        ("va_rows", ["Taxes"]),
        ("notes", ["odd"]),
        ("name", "x"),
        ("classification", "ICIO2023"),
    ],
)
def test_facts_that_were_changed_are_not_trusted(place, source, fact, other):
    first = iol.load(source, cache=True)
    file = cache.kept()[0].folder / "manifest.json"
    manifest = json.loads(file.read_text(encoding="utf-8"))
    manifest["raw"][fact] = other
    file.write_text(json.dumps(manifest), encoding="utf-8")
    again = iol.load(source, cache=True)
    same(first, again)
    assert (again.year, again.unit, again.accounts.va_rows) == (first.year, first.unit, first.accounts.va_rows)
    assert json.loads(file.read_text(encoding="utf-8"))["raw"] != manifest["raw"]


def test_a_file_is_not_trusted_where_only_its_digest_tells(place, source):
    """The size stays and the numbers are sound Parquet, so nothing else could notice."""
    first = iol.load(source, cache=True)
    folder = cache.kept()[0].folder
    raw = bytearray((folder / "Z.parquet").read_bytes())
    at = raw.find(np.float64(first.accounts.Z[0, 0]).tobytes())
    if at < 0:
        at = len(raw) // 3
    raw[at] ^= 1
    (folder / "Z.parquet").write_bytes(raw)
    assert cache._read(folder) is None


@pytest.mark.parametrize(
    "form", [form for form in fuzz_formats.formats() if form.load not in fuzz_formats.NO_TABLES], ids=lambda f: f.name
)
def test_cold_and_warm_agree_to_the_bit(place, tmp_path, form):
    folder = tmp_path / "source"
    path = fuzz.write(form, folder)
    cold, warm = (form.load(path, cache=True) for _ in range(2))
    for one in ("Z", "Y", "V", "x"):
        first, second = getattr(cold.accounts, one), getattr(warm.accounts, one)
        assert first.strides == second.strides, one
        assert first.tobytes() == second.tobytes(), one
    assert checks.run(cold).to_csv() == checks.run(warm).to_csv()
    for name, satellite in cold.satellites.items():
        assert satellite.F.to_numpy().strides == warm.satellites[name].F.to_numpy().strides
        assert satellite.F.to_numpy().tobytes() == warm.satellites[name].F.to_numpy().tobytes()


@pytest.mark.parametrize("manifest", ["[]", '{"files": []}', '{"files": {}, "raw": []}', "", "null", '"text"'])
def test_a_manifest_that_says_something_else_is_not_trusted(place, source, manifest):
    first = iol.load(source, cache=True)
    (cache.kept()[0].folder / "manifest.json").write_text(manifest, encoding="utf-8")
    assert len(cache.kept()) == 1
    same(first, iol.load(source, cache=True))
