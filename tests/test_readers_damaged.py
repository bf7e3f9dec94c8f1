"""Damaged files, and files of another kind than was said: an error in one paragraph, never a traceback."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import numpy as np
import pytest

import io_linkage as iol
from io_linkage import writing
from io_linkage.errors import IOLinkageError, ReadError
from io_linkage.readers import READERS
from io_linkage.readers.delimited import separator_of
from tests import fuzz, publishers


@pytest.fixture(autouse=True)
def no_cache(monkeypatch):
    monkeypatch.setenv("IO_LINKAGE_CACHE", "off")


def rows() -> list[list[object]]:
    return publishers.generic(publishers.balanced(["CHN", "USA"], ["farms", "mills"]))


def read_or_refused(path: Path, **options) -> None:
    """Read a path that may be sound still; whatever is wrong with it is one paragraph."""
    message = ""
    try:
        iol.load(path, **options)
    except IOLinkageError as error:
        message = str(error)
    assert "\n" not in message


def one_paragraph(path: Path, **options) -> str:
    with pytest.raises(IOLinkageError) as caught:
        iol.load(path, **options)
    text = str(caught.value)
    assert "\n" not in text
    assert text.endswith((".", "?")), text
    return text


# Valid tables that look odd


@pytest.mark.parametrize(
    "above",
    [
        "A table of two regions\n",
        "A table of two regions\n\n",
        "A table; a draft\n\nmade up\n",
        "\n\n",
    ],
)
def test_a_title_or_an_empty_line_above(tmp_path, above):
    made = publishers.balanced(["CHN", "USA"], ["farms", "mills"])
    path = tmp_path / "t.csv"
    path.write_text(above + publishers.text(publishers.generic(made)), encoding="utf-8")
    publishers.check(iol.load(path), made)


@pytest.mark.parametrize("sign", [";", "\t", ", "])
@pytest.mark.parametrize("sep", [",", ";"])
def test_a_label_that_holds_a_separator(tmp_path, sign, sep):
    made = publishers.balanced(["CHN", "USA"], ["farms", f"mills{sign}shops"])
    path = tmp_path / "t.csv"
    path.write_text(publishers.text(publishers.generic(made), sep), encoding="utf-8")
    table = iol.load(path)
    publishers.check(table, made)


def test_the_separator_is_the_one_that_cuts_evenly():
    assert separator_of(["a;b,c,d", "1,2,3", "4,5,6"]) == ","
    assert separator_of(["a;b;c", "1,5;2,5;3,5", "2,5;2;3"]) == ";"
    assert separator_of(["a\tb", "1\t2"]) == "\t"


@pytest.mark.parametrize("line", ["note\n", "a,b\n", ",\n"])
@pytest.mark.parametrize("at", [0, 1, 3])
def test_a_short_line_is_no_traceback(tmp_path, line, at):
    lines = publishers.text(rows()).splitlines(keepends=True)
    path = tmp_path / "t.csv"
    path.write_text("".join([*lines[:at], line, *lines[at:]]), encoding="utf-8")
    read_or_refused(path)


# Damaged bytes


def test_damaged_workbooks(tmp_path):
    sound = publishers.write_workbook(tmp_path / "s.xlsx", {"t": rows()}).read_bytes()
    random = np.random.default_rng(0)
    path = tmp_path / "t.xlsx"
    for _ in range(60):
        raw = bytearray(sound)
        raw[int(random.integers(len(raw)))] ^= int(random.integers(1, 256))
        path.write_bytes(raw)
        read_or_refused(path)


def test_a_zip_of_an_unknown_version(tmp_path):
    path = publishers.zipped(tmp_path / "t.zip", {"t.csv": publishers.text(rows())})
    raw = bytearray(path.read_bytes())
    raw[raw.rindex(b"PK\x01\x02") + 6] = 0xFF
    path.write_bytes(raw)
    assert "damaged" in one_paragraph(path)


def test_a_workbook_of_an_unknown_zip_version(tmp_path):
    path = publishers.write_workbook(tmp_path / "t.xlsx", {"t": rows()})
    raw = bytearray(path.read_bytes())
    raw[raw.rindex(b"PK\x01\x02") + 6] = 0xFF
    path.write_bytes(raw)
    assert "damaged" in one_paragraph(path)


def test_damaged_parquet_metadata(tmp_path):
    path = tmp_path / "t.parquet"
    publishers.frame(publishers.balanced(["CHN", "USA"], ["a", "b"])).to_parquet(path)
    sound = path.read_bytes()
    for at in range(len(sound) - 400, len(sound) - 8, 13):
        raw = bytearray(sound)
        raw[at] ^= 0x55
        path.write_bytes(raw)
        read_or_refused(path, va_rows=["va"])


@pytest.mark.parametrize("shape", fuzz.SHAPES)
@pytest.mark.parametrize("form", ["folder", "zip"])
def test_parameters_of_another_shape(tmp_path, shape, form):
    folder = tmp_path / "saved"
    writing.save(iol.load(), folder)
    (folder / "file_parameters.json").write_text(shape, encoding="utf-8")
    path = folder
    if form == "zip":
        path = tmp_path / "saved.zip"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("file_parameters.json", shape)
    one_paragraph(path)


@pytest.mark.parametrize("shape", ["[]", '"text"', "null", "3"])
def test_exiobase_with_metadata_of_another_shape(tmp_path, shape):
    made = publishers.balanced(["CN", "US"], ["Wheat", "Batteries"])
    files = {name.partition("/")[2]: text for name, text in publishers.exiobase(made).items()}
    files["metadata.json"] = shape
    publishers.check(iol.load(publishers.zipped(tmp_path / "exiobase.zip", files)), made)


@pytest.mark.parametrize("block", ["Z.txt", "Y.txt", "x.txt", "satellite/F.txt", "satellite/F_Y.txt"])
@pytest.mark.parametrize("harm", ["empty", "header", "half", "column lost", "row lost", "text", "one line of header"])
def test_exiobase_with_a_damaged_block(tmp_path, block, harm):
    files = publishers.exiobase(publishers.balanced(["CN", "US"], ["Wheat", "Batteries"]))
    key = f"IOT_2011_ixi/{block}"
    lines = files[key].splitlines(keepends=True)
    head = 1 if block == "x.txt" else 3
    files[key] = {
        "empty": "",
        "header": "".join(lines[:head]),
        "half": files[key][: len(files[key]) // 2],
        "column lost": "".join(line.rpartition("\t")[0] + "\n" for line in lines),
        "row lost": "".join([*lines[:head], *lines[head + 1 :]]),
        "text": "Please log in\n",
        "one line of header": "".join(lines[1:]),
    }[harm]
    one_paragraph(publishers.unpacked(tmp_path, files) / "IOT_2011_ixi")


# Another kind than was said


@pytest.mark.parametrize("database", [reader.name for reader in READERS])
@pytest.mark.parametrize("source", ["csv", "icio", "xlsx", "zip", "folder", "parquet"])
def test_a_database_that_does_not_fit(tmp_path, database, source):
    made = publishers.balanced(["CHN", "USA"], ["A01_02", "C26"], categories=publishers.ICIO_DEMAND)
    path = tmp_path / {"folder": "t", "icio": "2018.csv"}.get(source, f"t.{source}")
    if source == "xlsx":
        publishers.write_workbook(path, {"t": rows()})
    elif source == "parquet":
        publishers.frame(made).to_parquet(path)
    elif source == "zip":
        publishers.zipped(path, {"notes.txt": "sun", "data.csv": publishers.text(rows())})
    elif source == "folder":
        path.mkdir()
        (path / "notes.txt").write_text("sun and sea", encoding="utf-8")
    else:
        path.write_text(publishers.icio(made) if source == "icio" else publishers.text(rows()), encoding="utf-8")
    try:
        table = iol.load(path, database=database)
    except IOLinkageError as error:
        text = str(error)
        assert "\n" not in text
        assert text.endswith((".", "?")), text
    else:
        # Only what fits is read.
        assert (database, source) in {
            ("icio", "icio"),
            *((("generic", one)) for one in ("csv", "icio", "xlsx", "parquet")),
        }
        assert table.regions[0].startswith("CHN") or table.regions == ["national"]


def test_a_satellite_that_is_lost_is_said(tmp_path):
    publishers.write_gloria(tmp_path, publishers.balanced(["CHN", "USA"], ["Wheat", "Batteries"]))
    (tmp_path / "GLORIA_SatelliteAccounts_059_2019.zip").unlink()
    assert "no satellite accounts" in iol.load(tmp_path).carried["notes"][0]


def test_a_cut_zip_inside_a_folder_is_refused(tmp_path):
    publishers.write_gloria(tmp_path, publishers.balanced(["CHN", "USA"], ["Wheat", "Batteries"]))
    file = tmp_path / "GLORIA_SatelliteAccounts_059_2019.zip"
    file.write_bytes(file.read_bytes()[:-30])
    assert "damaged or incomplete zip" in one_paragraph(tmp_path)


def test_an_extension_without_its_description_is_refused(tmp_path):
    import pymrio

    pymrio.load_test().save_all(tmp_path / "saved")
    (tmp_path / "saved" / "emissions" / "file_parameters.json").unlink()
    with pytest.raises(ReadError, match="'emissions' has lost its file_parameters"):
        iol.load(tmp_path / "saved", value_added="residual")
    parameters = tmp_path / "saved" / "file_parameters.json"
    assert isinstance(json.loads(parameters.read_text(encoding="utf-8")), dict)


def test_a_concordance_with_a_longer_line_is_refused_in_one_paragraph(tmp_path, world):
    path = tmp_path / "own.csv"
    path.write_text("from,to\nC,goods\nAtB,goods,1,2,3\n", encoding="utf-8")
    with pytest.raises(IOLinkageError) as caught:
        iol.aggregation.aggregate(world, industries=path)
    assert "\n" not in str(caught.value)
