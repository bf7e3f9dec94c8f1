"""Variants of the publishers' layouts: binary and text forms, renamed files, split countries, other names of totals."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import io_linkage as iol
from io_linkage import classifications
from io_linkage.errors import OptionError, ReadError
from io_linkage.readers import READERS, wiot
from io_linkage.readers.delimited import number
from io_linkage.readers.grid import Grid
from tests import publishers, xlsb

REGIONS = ["CHN", "USA", "BRA"]
ICIO_DEMAND = ("HFCE", "NPISH", "GGFC", "GFCF", "INVNT", "DPABR")


@pytest.fixture(autouse=True)
def no_cache(monkeypatch):
    monkeypatch.setenv("IO_LINKAGE_CACHE", "off")


def recognised(path) -> list[str]:
    return [reader.name for reader in READERS if reader.name != "generic" and reader.recognises(path)]


def save(path: Path, rows: list[list[object]]) -> Path:
    path.write_text(publishers.text(rows), encoding="utf-8")
    return path


# What the file is called says nothing


def _renamed(folder: Path, name: str) -> tuple[Path, publishers.Balanced]:
    codes = classifications.industries(name)
    kind = name.partition("_")[0].rstrip("0123456789")
    if kind == "ICIO":
        made = publishers.balanced(REGIONS, codes, categories=ICIO_DEMAND)
        return publishers.zipped(folder / "a.zip", {"b.csv": publishers.icio(made)}), made
    if kind == "FIGARO":
        made = publishers.balanced(["CN", "DE", "FIGW1"], codes, categories=publishers.FIGARO_DEMAND)
        (folder / "a.csv").write_text(publishers.figaro(made), encoding="utf-8")
        return folder / "a.csv", made
    made = publishers.balanced(["CHN", "USA"], codes)
    if kind in ("WIOD", "ADB"):
        rows = publishers.wiot_rows(made, style="adb" if kind == "ADB" else name.lower())
        return publishers.write_workbook(folder / "a.xlsx", {"b": rows}), made
    if kind == "EORA":
        return publishers.zipped(folder / "a.zip", publishers.eora(made)), made
    if kind == "EXIOBASE":
        files = publishers.exiobase(made, system=name.partition("_")[2])
        return publishers.zipped(folder / "a.zip", {file.partition("/")[2]: text for file, text in files.items()}), made
    if kind == "GLORIA":
        return publishers.write_gloria(folder, made), made
    made = publishers.balanced(["CHN"], codes)
    return publishers.write_workbook(folder / "a.xlsx", {"b": publishers.nbs_rows(made, imports=0.1 * made.x)}), made


@pytest.mark.parametrize(
    "name",
    [
        *("ICIO2021", "ICIO2023", "ICIO2025", "FIGARO", "WIOD2013", "WIOD2016", "ADB35", "EORA26"),
        *("EXIOBASE3_ixi", "EXIOBASE3_pxp", "GLORIA", "NBS42", "NBS139", "NBS149", "NBS153"),
    ],
)
def test_renamed_files_have_a_classification_and_stage_weights(tmp_path, name):
    path, made = _renamed(tmp_path, name)
    table = iol.load(path)
    assert table.classification == name
    assert len(table.index) == len(made.pairs)
    np.testing.assert_allclose(table.x.to_numpy(), made.x)
    weights = iol.stages.weights(table)
    np.testing.assert_allclose(weights.sum(axis=1), 1.0)
    assert weights["emerging"].max() > 0


# WIOD 2016 in its other forms


@pytest.fixture
def wiod_2016() -> publishers.Balanced:
    return publishers.balanced(["AUS", "CHN", "ROW"], ["A01", "A02", "C10-C12", "J62_J63"])


def test_wiod_2016_binary_workbook(tmp_path, wiod_2016):
    rows = publishers.wiot_rows(wiod_2016, style="wiod2016")
    path = xlsb.write(tmp_path / "renamed.xlsb", rows, sheet="2013")
    assert recognised(path) == ["wiod"]
    table = iol.load(path)
    publishers.check(table, wiod_2016)
    # The 2016 workbook's title has no year; the sheet is called by it.
    rows[0][0] = "Intercountry Input-Output Table"
    assert iol.load(xlsb.write(path, rows, sheet="2013")).year == 2013


def test_wiod_2016_sheet_saved_as_csv(tmp_path, wiod_2016):
    path = save(tmp_path / "WIOT2014_Nov16_ROW.csv", publishers.wiot_rows(wiod_2016, style="wiod2016"))
    assert recognised(path) == ["wiod"]
    table = iol.load(path)
    publishers.check(table, wiod_2016)
    assert (table.year, table.classification) == (2014, "WIOD2016")
    with pytest.raises(OptionError, match="no sheets"):
        iol.load(path, sheet="2014")


def test_wiod_2016_r_data_as_csv(tmp_path, wiod_2016):
    made, g, k = wiod_2016, 4, 4

    def line(Z, Y):
        return [value for r in range(len(made.regions)) for value in (*Z[g * r : g * (r + 1)], *Y[k * r : k * (r + 1)])]

    numbers = [*range(1, g + 1), *range(57, 57 + k)]
    buyers = [f"{region}{number}" for region in made.regions for number in numbers]
    rows: list[list[object]] = [["IndustryCode", "IndustryDescription", "Country", "RNr", "Year", *buyers, "TOT"]]
    for i, (region, code) in enumerate(made.pairs):
        rows.append([code, f"Industry {code}", region, i % g + 1, 2014, *line(made.Z[i], made.Y[i]), made.x[i]])
    blank = np.zeros(len(made.demand))
    below = [
        ("II_fob", "Total intermediate consumption", 65, made.Z.sum(axis=0)),
        ("TXSP", "taxes less subsidies on products", 66, made.V[0]),
        ("PURNR", "Purchases on the domestic territory by non-residents", 69, 0 * made.x),
        ("VA", "Value added at basic prices", 70, made.V[1]),
        ("GO", "Output at basic prices", 73, made.x),
    ]
    rows += [
        [code, text, "TOT", number, 2014, *line(values, blank), values.sum()] for code, text, number, values in below
    ]
    path = save(tmp_path / "wiot.csv", rows)
    assert recognised(path) == ["wiod"]
    table = iol.load(path)
    publishers.check(table, made)
    assert (table.year, table.classification) == (2014, "WIOD2016")
    np.testing.assert_allclose(table.published_output.to_numpy(), made.x)
    assert ("AUS", "CONS_h") in table.Y.columns
    # r69 is output in the release of 2013 only.
    assert "Purchases on the domestic territory by non-residents" in table.V.index


# ADB


def _adb(made: publishers.Balanced, prices: str, *, numbered: bool) -> list[list[object]]:
    """Cells as the ADB lays them out: a TOTAL row and column, regions in the second line of labels."""
    g, k, r = len(made.industries), len(made.categories), len(made.regions)
    width = 5 + (g + k) * r
    names, finals = [f"Sector {i}" for i in range(g)], [f"Final use {i}" for i in range(k)]
    codes, final_codes = [f"c{i + 1}" for i in range(g)], [f"F{i + 1}" for i in range(k)]
    corner = ["", "", "", ""]
    rows: list[list[object]] = [
        ["Multiregional Input-Output Table 2019"],
        [f"3 economies, {prices} (industry by industry)"],
        ["In millions of US$"],
        [],
    ]
    if numbered:
        rows.append([*corner, *[f"{i + 1:04d}" for i in range(g)] * r, *[f"{i + 1001}" for i in range(k)] * r, ""])
    rows += [
        [*corner, *names * r, *finals * r, "TOTAL"],
        [*corner, *np.repeat(made.regions, g).tolist(), *np.repeat(made.regions, k).tolist(), "ToT"],
        [*corner, *codes * r, *final_codes * r, ""],
    ]
    rows += [
        ["", names[i % g], region, codes[i % g], *made.Z[i], *made.Y[i], made.x[i]]
        for i, (region, _) in enumerate(made.pairs)
    ]
    below = [
        ("Intermediate input total", "r60", made.Z.sum(axis=0)),
        ("Taxes less subsidies on products", "r99", made.V[0]),
        ("Direct purchases abroad by residents", "r62", 0 * made.x),
        ("Value added at basic prices", "r64", made.V[1]),
        ("International Transport Margins", "trs", 0 * made.x),
        ("TOTAL", "r69", made.x),
    ]
    rows += [["", name, "TOT", code, *values, *[0.0] * (k * r), values.sum()] for name, code, values in below]
    return [[*row, *[""] * (width - len(row))] for row in rows]


@pytest.mark.parametrize("numbered", [False, True])
@pytest.mark.parametrize("prices", ["at current prices", "at constant 2010 prices"])
def test_adb_layout(tmp_path, prices, numbered):
    made = publishers.balanced(["PRC", "USA", "TAP"], ["c1", "c2", "c3"], categories=tuple("abcde"))
    sheets = {"ADB MRIO": _adb(made, prices, numbered=numbered), "Legend": [["Code", "Country"], ["PRC", "China"]]}
    path = publishers.write_workbook(tmp_path / "renamed.xlsx", sheets)
    assert recognised(path) == ["wiod"]
    table = iol.load(path)
    publishers.check(table, made)
    assert (table.year, table.unit, table.classification) == (2019, "M USD", "ADB35")
    assert ("constant 2010" in table.source) == ("constant" in prices)
    np.testing.assert_allclose(table.published_output.to_numpy(), made.x)


# FIGARO


def _flat(made: publishers.Balanced, prefix: str = "") -> pd.DataFrame:
    wide = pd.read_csv(io.StringIO(publishers.figaro(made)), index_col=0)
    long = wide.rename_axis(index="icioiRow", columns="icioiCol").stack().rename("obsValue").reset_index()
    for label, area, item in (("icioiRow", "refArea", "rowIi"), ("icioiCol", "counterpartArea", "colIi")):
        long[[area, item]] = long[label].str.split("_", n=1, expand=True)
    return long[["icioiRow", "icioiCol", "refArea", "rowIi", "counterpartArea", "colIi", "obsValue"]]


@pytest.mark.parametrize("zeros", [True, False])
def test_figaro_flat(tmp_path, zeros):
    made = publishers.balanced(["CN", "DE", "FIGW1"], ["A01", "C26", "T"], categories=publishers.FIGARO_DEMAND)
    cells = _flat(made)
    path = tmp_path / "flatfile_eu-ic-io_ind-by-ind_24ed_2021.csv"
    (cells if zeros else cells[cells["obsValue"] != 0]).to_csv(path, index=False)
    assert recognised(path) == ["figaro"]
    table = iol.load(path)
    publishers.check(table, made)
    assert (table.year, table.unit, table.value_added_label) == (2021, "M EUR", "value added")


def test_figaro_flat_that_is_damaged(tmp_path):
    made = publishers.balanced(["CN", "DE"], ["A01", "C26"], categories=publishers.FIGARO_DEMAND)
    text = _flat(made).to_csv(index=False)
    path = tmp_path / "f.csv"
    path.write_text(text[: len(text) // 2], encoding="utf-8")
    with pytest.raises(ReadError, match="cut short"):
        iol.load(path)
    lines = text.splitlines(keepends=True)
    path.write_text("".join(lines[: len(lines) // 3]), encoding="utf-8")
    with pytest.raises(ReadError, match="cut short"):
        iol.load(path)
    path.write_text("".join([*lines, lines[5]]), encoding="utf-8")
    with pytest.raises(ReadError, match="1 cells more than once"):
        iol.load(path)


def test_figaro_by_products(tmp_path):
    made = publishers.balanced(["CN", "DE"], classifications.industries("FIGARO"), categories=publishers.FIGARO_DEMAND)
    text = publishers.figaro(made)
    for code in made.industries:
        text = text.replace(f"CN_{code},", f"CN_CPA_{code},").replace(f"DE_{code},", f"DE_CPA_{code},")
    path = tmp_path / "matrix_eu-ic-io_prod-by-prod_24ed_2021.csv"
    path.write_text(text, encoding="utf-8")
    table = iol.load(path)
    publishers.check(table, made)
    assert table.classification == "FIGARO"
    assert "product by product" in table.name
    assert any("product by product" in note for note in table.carried["notes"])


# OECD ICIO


@pytest.mark.parametrize("split", ["join", "keep"])
def test_icio_parts_without_rows_of_their_country(tmp_path, split):
    made = publishers.balanced(["USA", "CN1", "CN2"], ["A01_02", "C26"], categories=publishers.ICIO_DEMAND)
    frame = pd.read_csv(io.StringIO(publishers.icio(made)), index_col=0)
    demand = {part: [f"{part}_{category}" for category in made.categories] for part in ("CN1", "CN2")}
    for first, second in zip(demand["CN1"], demand["CN2"], strict=True):
        frame[first] += frame[second]
    frame = frame.drop(columns=demand["CN2"])
    frame.columns = [f"CHN{name[3:]}" if name in demand["CN1"] else name for name in frame.columns]
    path = tmp_path / "2018.csv"
    frame.to_csv(path)
    table = iol.load(path, split=split)
    notes = " ".join(table.carried["notes"])
    if split == "join":
        assert table.regions == ["USA", "CHN"]
        np.testing.assert_allclose(table.x["CHN"].to_numpy(), made.x[2:4] + made.x[4:6])
        by_region = made.Y.reshape(6, 3, -1).sum(axis=2)
        wanted = np.column_stack([by_region[:, 0], by_region[:, 1] + by_region[:, 2]])
        wanted = np.vstack([wanted[:2], wanted[2:4] + wanted[4:6]])
        np.testing.assert_allclose(table.demand_by_region.to_numpy(), wanted)
        assert "CN1, CN2 were added to CHN" in notes
    else:
        assert table.regions == ["USA", "CN1", "CN2"]
        assert "final demand of CHN stands under CN1" in notes


# EXIOBASE


def test_exiobase_in_several_units_says_so(tmp_path):
    made = publishers.balanced(["CN", "US"], ["Wheat", "Batteries"])
    files = publishers.exiobase(made)
    unit = next(name for name in files if name.endswith("ixi/unit.txt"))
    files[unit] = files[unit].replace("Wheat\tM.EUR", "Wheat\ttonnes")
    table = iol.load(publishers.zipped(tmp_path / "IOT_2011_ixi.zip", files))
    assert table.unit == "mixed units"
    found = iol.checks.run(table)
    assert "warning" in set(found.loc[found["check"] == "units", "severity"])


# Text


def test_csv_of_another_kind_is_not_taken_for_a_world_table(tmp_path):
    path = tmp_path / "t.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(publishers.generic(publishers.balanced(["CHN", "USA"], ["A01", "A02"])))
    assert recognised(path) == []
    assert iol.load(path).regions == ["CHN", "USA"]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig"])
@pytest.mark.parametrize("sep", ["\t", ";"])
def test_icio_saved_again_by_a_spreadsheet(tmp_path, encoding, sep):
    made = publishers.balanced(REGIONS, ["A01_02", "C26"], categories=publishers.ICIO_DEMAND)
    path = tmp_path / "2018.csv"
    path.write_text(publishers.icio(made).replace(",", sep), encoding=encoding)
    publishers.check(iol.load(path), made)


# Labelled tables


def test_one_table_in_an_archive(tmp_path):
    made = publishers.balanced(["CHN", "USA"], ["farms", "mills"])
    path = publishers.zipped(tmp_path / "t.zip", {"t.csv": publishers.text(publishers.generic(made))})
    publishers.check(iol.load(path), made)


def test_a_decimal_comma_is_not_taken_for_thousands(tmp_path):
    made = publishers.balanced(["CHN", "USA"], ["farms", "mills"])
    path = tmp_path / "t.csv"
    path.write_text(publishers.text(publishers.generic(made), ";").replace(".", ","), encoding="utf-8")
    with pytest.raises(ReadError, match="pass decimal=','"):
        iol.load(path)
    publishers.check(iol.load(path, decimal=","), made)


@pytest.mark.parametrize(
    ("text", "value"),
    [("1,234", 1234.0), ("-12,34,567.5", -1234567.5), ("(1,234,567)", -1234567.0), ("12 345", 12345.0)],
)
def test_separators_of_thousands(text, value):
    assert number(text) == value


@pytest.mark.parametrize("text", ["12,5", "0,123", "1.234,5", "1,2345", "1,234.5,6", ",5", "1,,234"])
def test_separators_that_end_no_thousands(text):
    with pytest.raises(ValueError, match="no thousands end"):
        number(text)


def test_regions_and_industries_swapped_on_both_sides(tmp_path):
    rows = publishers.generic(publishers.balanced(["CHN", "USA"], ["farms", "mills"]))

    def swapped(cell):
        return "|".join(reversed(cell.split("|")))

    rows = [[swapped(cell) if isinstance(cell, str) else cell for cell in row] for row in rows]
    path = tmp_path / "t.csv"
    path.write_text(publishers.text(rows), encoding="utf-8")
    with pytest.raises(ReadError, match=r"swapped in the labels \(farms\|CHN\)"):
        iol.load(path)


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_a_cell_that_is_no_number_is_named_however_early_it_stands(tmp_path, suffix):
    rows = publishers.generic(publishers.balanced(["CHN", "USA"], ["farms", "mills"]))
    rows[2][3] = "see note"
    path = tmp_path / f"t{suffix}"
    if suffix == ".csv":
        path.write_text(publishers.text(rows), encoding="utf-8")
    else:
        publishers.write_workbook(path, {"t": rows})
    with pytest.raises(ReadError, match=r"'see note' in row CHN\|mills, column USA\|farms"):
        iol.load(path)


# What a title says, and what is beside a table


@pytest.mark.parametrize(
    ("title", "unit"),
    [
        ("(in million dollars)", "M USD"),
        ("millions of US$", "M USD"),
        ("Mill. EUR", "M EUR"),
        ("millions of yuan", "M"),
        ("a table", "M USD"),
    ],
)
def test_the_unit_of_a_world_table_is_that_of_its_title(title, unit):
    assert wiot._unit([title], []) == unit


@pytest.mark.parametrize(("name", "year"), [("wiot95_row.xlsx", 1995), ("WIOT07.xlsx", 2007), ("wiot1998.xlsx", 1998)])
def test_the_year_of_a_world_table_may_be_short(name, year):
    grid = Grid("", [], [], [], np.empty((0, 0)), 0, 0)
    assert wiot._year(grid, name, None) == year
    assert wiot._year(grid, "table.xlsx", 2003) == 2003


def test_one_workbook_in_a_folder_is_the_table(tmp_path):
    codes = ["AtB", "15t16", "17t18", "20", "21t22", "23"]
    wiod = publishers.balanced(REGIONS, codes)
    path = publishers.write_workbook(tmp_path / "wiot09.xlsx", {"t": publishers.wiot_rows(wiod, style="wiod2013")})
    found = iol.load(tmp_path)
    assert (found.year, found.industries) == (2009, iol.load(path).industries)
    (tmp_path / "WIOD_SEA_July14.xlsx").write_bytes(b"")
    assert wiot._beside(path) == [tmp_path / "WIOD_SEA_July14.xlsx"]
    assert wiot._beside(tmp_path) == []


@pytest.mark.parametrize("code", ["A01_02", "A01", "01T02"])
def test_the_edition_of_an_icio_is_told_by_its_codes(tmp_path, code):
    edition = {"A01_02": "2023", "A01": "2025", "01T02": "2021"}[code]
    codes = classifications.industries(f"ICIO{edition}")
    file = tmp_path / "table.csv"
    file.write_text(
        publishers.icio(publishers.balanced(REGIONS, codes, categories=publishers.ICIO_DEMAND)), encoding="utf-8"
    )
    found = iol.load(file)
    assert edition in found.source
    assert found.classification == f"ICIO{edition}"
