"""The cache: read back equal and quickly, keyed by content, safe, and never trusted when damaged."""

from __future__ import annotations

import json
import multiprocessing
import shutil

import numpy as np
import pandas as pd
import pytest

import io_linkage as iol
from io_linkage.readers import cache
from tests import publishers


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


@pytest.mark.parametrize("manifest", ["[]", '{"files": []}', '{"files": {}, "raw": []}', "", "null", '"text"'])
def test_a_manifest_that_says_something_else_is_not_trusted(place, source, manifest):
    first = iol.load(source, cache=True)
    (cache.kept()[0].folder / "manifest.json").write_text(manifest, encoding="utf-8")
    assert len(cache.kept()) == 1
    same(first, iol.load(source, cache=True))
