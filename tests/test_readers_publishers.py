"""Every publisher's layout, written small from a balanced table, is recognised and read back exactly."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest

import io_linkage as iol
from io_linkage import checks, classifications
from io_linkage.errors import OptionError, ReadError, UnknownLabelError
from io_linkage.readers import READERS
from tests import publishers

REGIONS = ["CHN", "USA", "BRA"]


@pytest.fixture(autouse=True)
def no_cache(monkeypatch, tmp_path_factory):
    monkeypatch.setenv("IO_LINKAGE_CACHE", str(tmp_path_factory.mktemp("cache")))


def recognised(path) -> list[str]:
    return [reader.name for reader in READERS if reader.name != "generic" and reader.recognises(path)]


# OECD ICIO

ICIO_CODES = {
    "2021": ["01T02", "03", "26", "62T63"],
    "2023": ["A01_02", "A03", "C26", "J62_63"],
    "2025": ["A01", "A02", "C26", "J62_63"],
}


@pytest.mark.parametrize(
    ("edition", "name"),
    [
        ("2021", "ICIO2021_2018.csv"),
        ("2023", "ICIO2023_2018.csv"),
        ("2023", "2018_SML.csv"),
        ("2025", "2018_SML.csv"),
        ("2023", "2018.csv"),
        ("2023", "renamed by a browser (1) 2018.csv"),
    ],
)
def test_icio_under_every_name(tmp_path, edition, name):
    made = publishers.balanced(REGIONS, ICIO_CODES[edition], categories=publishers.ICIO_DEMAND)
    path = tmp_path / name
    path.write_text(publishers.icio(made), encoding="utf-8")
    assert recognised(path) == ["icio"]
    table = iol.load(path)
    publishers.check(table, made)
    assert table.year == 2018
    assert table.unit == "M USD"
    assert edition in table.name
    assert table.published_output is not None
    checks.require(table)


def test_icio_keeps_the_published_order_which_pymrio_sorts(tmp_path):
    codes = ["J62_63", "A01_02", "C26"]
    made = publishers.balanced(["USA", "CHN"], codes, categories=publishers.ICIO_DEMAND)
    path = tmp_path / "ICIO2023_2018.csv"
    path.write_text(publishers.icio(made), encoding="utf-8")
    table = iol.load(path)
    assert list(table.index) == made.pairs
    import pymrio

    theirs = pymrio.parse_oecd(path)
    assert list(theirs.Z.index) != made.pairs
    order = theirs.Z.index
    np.testing.assert_allclose(table.Z.loc[list(order), list(order)].to_numpy(), theirs.Z.to_numpy())


@pytest.mark.parametrize("split", ["join", "keep"])
def test_icio_split_regions(tmp_path, split):
    regions = ["CHN", "MEX", "USA", "MX1", "MX2", "CN1", "CN2"]
    made = publishers.balanced(regions, ["A01_02", "C26"], categories=publishers.ICIO_DEMAND)
    # Final demand knows the countries, not their parts.
    keep = [j for j, (region, _) in enumerate(made.demand) if region in regions[:3]]
    made.Y[:, 0] += made.Y.sum(axis=1) - made.Y[:, keep].sum(axis=1)
    text = publishers.icio(made)
    frame = pd.read_csv(pd.io.common.StringIO(text), index_col=0)
    drop = ["_".join(pair) for j, pair in enumerate(made.demand) if j not in keep]
    path = tmp_path / "2018.csv"
    frame.drop(columns=drop).to_csv(path)
    table = iol.load(path, split=split)
    if split == "keep":
        assert table.regions == regions
        np.testing.assert_allclose(table.Z.to_numpy(), made.Z)
        return
    assert table.regions == ["CHN", "MEX", "USA"]
    whole = [0, 1, 2, 1, 1, 0, 0]
    C = np.zeros((len(made.x), 6))
    for i in range(len(made.x)):
        C[i, whole[i // 2] * 2 + i % 2] = 1
    np.testing.assert_allclose(table.Z.to_numpy(), C.T @ made.Z @ C)
    np.testing.assert_allclose(table.x.to_numpy(), made.x @ C)
    np.testing.assert_allclose(table.va.to_numpy(), made.V[1] @ C)
    assert "CN1" in table.carried["notes"][0]


def test_icio_several_years_in_a_zip(tmp_path):
    files = {}
    for year in (2016, 2017):
        made = publishers.balanced(REGIONS, ICIO_CODES["2023"], categories=publishers.ICIO_DEMAND, seed=year)
        files[f"{year}_SML.csv"] = publishers.icio(made)
    path = publishers.zipped(tmp_path / "ICIO-2016-2020-extended.zip", files)
    assert recognised(path) == ["icio"]
    publishers.check(iol.load(path, year=2017), made)
    with pytest.raises(ReadError, match=r"year=.*2016, 2017"):
        iol.load(path)
    with pytest.raises(UnknownLabelError, match="2011"):
        iol.load(path, year=2011)


def test_icio_option_is_checked(tmp_path):
    path = tmp_path / "2018.csv"
    made = publishers.balanced(REGIONS, ICIO_CODES["2023"], categories=publishers.ICIO_DEMAND)
    path.write_text(publishers.icio(made), encoding="utf-8")
    with pytest.raises(OptionError, match="split"):
        iol.load(path, split="perhaps")
    with pytest.raises(OptionError, match="imports"):
        iol.load(path, imports="apart")


# FIGARO


def test_figaro(tmp_path):
    made = publishers.balanced(["CN", "DE", "FIGW1"], ["A01", "C26", "T"], categories=publishers.FIGARO_DEMAND)
    path = tmp_path / "matrix_eu-ic-io_ind-by-ind_24ed_2021.csv"
    path.write_text(publishers.figaro(made), encoding="utf-8")
    assert recognised(path) == ["figaro"]
    table = iol.load(path)
    publishers.check(table, made)
    assert (table.year, table.unit) == (2021, "M EUR")
    assert "2024" in table.source
    assert table.value_added_label == "value added"


# Workbooks


@pytest.mark.parametrize(
    ("style", "name", "codes", "classification", "year"),
    [
        ("wiod2013", "wiot09_row_apr12.xlsx", ["AtB", "15t16", "17t18", "30t33"], "WIOD2013", 2009),
        ("wiod2016", "WIOT2014_Nov16_ROW.xlsx", ["A01", "A02", "C10-C12", "J62_J63"], "WIOD2016", 2014),
        ("adb", "ADB-MRIO-2019_Dec2020.xlsx", ["c1", "c2", "c3", "c4"], "ADB35", 2019),
    ],
)
def test_world_workbooks(tmp_path, style, name, codes, classification, year):
    made = publishers.balanced(REGIONS, codes)
    path = publishers.write_workbook(tmp_path / name, {"table": publishers.wiot_rows(made, style=style)})
    assert recognised(path) == ["wiod"]
    table = iol.load(path)
    publishers.check(table, made)
    assert (table.year, table.unit, table.classification) == (year, "M USD", classification)
    assert table.value_added_label == "value added"
    assert table.published_output is not None
    assert {category for _, category in table.Y.columns} >= {f"Final use: {one}" for one in made.categories}


def test_a_table_that_lacks_rows_is_refused(tmp_path):
    made = publishers.balanced(REGIONS, ["AtB", "15t16", "17t18", "30t33"])
    rows = publishers.wiot_rows(made, style="wiod2013")
    path = publishers.write_workbook(tmp_path / "wiot09.xlsx", {"table": rows[:12]})
    with pytest.raises(ReadError, match="cut short"):
        iol.load(path)


def test_regions_and_industries_swapped(tmp_path):
    made = publishers.balanced(["AtB", "15t16", "17t18"], REGIONS)
    path = publishers.write_workbook(tmp_path / "wiot09.xlsx", {"table": publishers.wiot_rows(made, style="wiod2013")})
    with pytest.raises(ReadError, match="swapped"):
        iol.load(path, database="wiod")


# EORA26


@pytest.mark.parametrize("place", ["zip", "zip and indices", "folder"])
def test_eora(tmp_path, place):
    made = publishers.balanced(REGIONS, ["Agriculture", "Fishing", "Transport"])
    sold = np.linspace(1, 9, 9)
    files = publishers.eora(made, discrepancy=sold)
    labels = {name: text for name, text in files.items() if name.startswith("labels")}
    if place == "zip":
        path = publishers.zipped(tmp_path / "Eora26_2015_bp.zip", files)
    elif place == "zip and indices":
        rest = {name: text for name, text in files.items() if name not in labels}
        path = publishers.zipped(tmp_path / "Eora26_2015_bp.zip", rest)
        publishers.zipped(tmp_path / "indices.zip", labels)
    else:
        path = publishers.unpacked(tmp_path, files)
    assert recognised(path) == ["eora26"]
    table = iol.load(path, va_rows=["Compensation of employees"])
    np.testing.assert_allclose(table.Z.to_numpy(), made.Z)
    # Nothing is lost to the discrepancy, so output and both sides are what was published.
    np.testing.assert_allclose(table.x.to_numpy(), made.x)
    kept = table.Y.loc[:, table.Y.columns.get_level_values(1) == "sales to ROW (discrepancy)"].sum(axis=1)
    np.testing.assert_allclose(kept.to_numpy(), sold)
    np.testing.assert_allclose(table.va.to_numpy(), made.V[1])
    assert table.unit == "K USD"
    assert table.satellites["Q"].unit.tolist() == ["TJ", "Gg"]
    np.testing.assert_allclose(table.satellites["Q"].F.to_numpy()[0], 2 * made.x)


def test_eora_agrees_with_pymrio_where_it_keeps_everything(tmp_path):
    import pymrio

    made = publishers.balanced(REGIONS, ["Agriculture", "Fishing"])
    publishers.unpacked(tmp_path, publishers.eora(made))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pymrio's own, of pandas
        theirs = pymrio.parse_eora26(tmp_path, year=2015)
    table = iol.load(tmp_path)
    np.testing.assert_allclose(table.Z.to_numpy(), theirs.Z.to_numpy())
    np.testing.assert_allclose(table.Y.iloc[:, : theirs.Y.shape[1]].to_numpy(), theirs.Y.to_numpy())


def test_eora_without_labels(tmp_path):
    files = {n: t for n, t in publishers.eora(publishers.balanced(REGIONS, ["a", "b"])).items() if "labels" not in n}
    path = publishers.zipped(tmp_path / "Eora26_2015_bp.zip", files)
    with pytest.raises(ReadError, match=r"labels_T\.txt.*indices\.zip"):
        iol.load(path)


# EXIOBASE


@pytest.mark.parametrize("place", ["zip", "folder"])
@pytest.mark.parametrize("system", ["ixi", "pxp"])
def test_exiobase(tmp_path, place, system):
    made = publishers.balanced(["CN", "US", "WA"], ["Wheat", "Batteries", "Software"])
    files = publishers.exiobase(made, system=system)
    path = (
        publishers.zipped(tmp_path / f"IOT_2011_{system}.zip", files)
        if place == "zip"
        else publishers.unpacked(tmp_path, files) / f"IOT_2011_{system}"
    )
    assert "exiobase" in recognised(path)
    table = iol.load(path)
    publishers.check(table, made)
    assert (table.year, table.unit, table.classification) == (2011, "M EUR", f"EXIOBASE3_{system}")
    assert table.satellite("Employment people: Low-skilled male").attrs["unit"] == "1000 p"
    np.testing.assert_allclose(table.satellite("CO2 - combustion - air").to_numpy(), 3 * made.x)
    assert "Compensation" in table.V.index[1]
    assert iol.load(path, extensions=False).satellites == {}


def test_exiobase_agrees_with_pymrio(tmp_path):
    import pymrio

    made = publishers.balanced(["CN", "US"], ["Wheat", "Batteries"])
    publishers.unpacked(tmp_path, publishers.exiobase(made))
    theirs = pymrio.parse_exiobase3(tmp_path / "IOT_2011_ixi")
    table = iol.load(tmp_path / "IOT_2011_ixi")
    np.testing.assert_allclose(table.Z.to_numpy(), theirs.Z.to_numpy())
    np.testing.assert_allclose(table.Y.to_numpy(), theirs.Y.to_numpy())
    np.testing.assert_allclose(table.satellites["satellite"].F.to_numpy(), theirs.satellite.F.to_numpy()[3:])


def test_exiobase_of_coefficients(tmp_path):
    made = publishers.balanced(["CN", "US"], ["Wheat", "Batteries"])
    files = {name: text for name, text in publishers.exiobase(made).items() if not name.endswith("/Z.txt")}
    table = iol.load(publishers.zipped(tmp_path / "IOT_2011_ixi.zip", files))
    np.testing.assert_allclose(table.Z.to_numpy(), made.Z)


# GLORIA


def test_gloria(tmp_path):
    made = publishers.balanced(["CHN", "USA"], ["Wheat", "Batteries", "Software"])
    publishers.write_gloria(tmp_path, made)
    assert recognised(tmp_path) == ["gloria"]
    table = iol.load(tmp_path, va_rows=["Compensation of employees"])
    publishers.check(table, made)
    assert (table.year, table.unit) == (2019, "K USD")
    np.testing.assert_allclose(table.satellites["satellite"].F.to_numpy()[0], 4 * made.x)


def test_gloria_agrees_with_pymrio(tmp_path):
    import pymrio

    made = publishers.balanced(["CHN", "USA"], ["Wheat", "Batteries"])
    publishers.write_gloria(tmp_path, made)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pymrio's own, of pandas
        theirs = pymrio.parse_gloria(tmp_path, year=2019, version=59)
    table = iol.load(tmp_path)
    np.testing.assert_allclose(table.A.to_numpy(), theirs.A.to_numpy(), rtol=1e-9)
    np.testing.assert_allclose(table.Y.to_numpy(), theirs.Y.to_numpy())


def test_gloria_with_secondary_production_is_refused(tmp_path):
    publishers.write_gloria(tmp_path, publishers.balanced(["CHN", "USA"], ["Wheat", "Batteries"]), secondary=50.0)
    with pytest.raises(ReadError, match="technology assumption"):
        iol.load(tmp_path)


def test_gloria_drops_regions_without_flows(tmp_path):
    made = publishers.balanced(["CHN", "USA", "DYE"], ["Wheat", "Batteries"])
    for block in (made.Z, made.Y, made.V.T, made.x):
        block[4:] = 0.0
    made.Z[:, 4:] = 0.0
    made.Y[:, 8:] = 0.0
    publishers.write_gloria(tmp_path, made)
    table = iol.load(tmp_path, tolerance=10.0, value_added="residual")
    assert table.regions == ["CHN", "USA"]
    assert "DYE" in table.carried["notes"][0]


# China NBS


@pytest.mark.parametrize("suffix", [".xlsx", ".csv"])
def test_nbs_competitive(tmp_path, suffix):
    made = publishers.balanced(["CHN"], [f"industry {k}" for k in range(5)])
    imports = 0.1 * made.x
    rows = publishers.nbs_rows(made, imports=imports)
    path = tmp_path / f"china_2018{suffix}"
    if suffix == ".xlsx":
        publishers.write_workbook(path, {"2018": rows})
    else:
        path.write_text(publishers.text(rows[1:]), encoding="utf-8")
    assert recognised(path) == ["nbs"]
    table = iol.load(path, classification="own")
    np.testing.assert_allclose(table.Z.to_numpy(), made.Z)
    np.testing.assert_allclose(table.x.to_numpy(), made.x)
    np.testing.assert_allclose(table.Y[("CHN", "imports (less)")].to_numpy(), -imports)
    np.testing.assert_allclose(table.va.to_numpy(), made.V.sum(axis=0))
    assert "overstate" in table.carried["notes"][0]


def test_nbs_imports_apart_conserves_totals_and_lowers_linkages(tmp_path):
    made = publishers.balanced(["CHN"], [f"industry {k}" for k in range(5)])
    imports = 0.1 * made.x
    path = publishers.write_workbook(tmp_path / "c_2018.xlsx", {"2018": publishers.nbs_rows(made, imports=imports)})
    competitive, apart = iol.load(path), iol.load(path, imports="apart")
    np.testing.assert_allclose(apart.x.to_numpy(), competitive.x.to_numpy())
    np.testing.assert_allclose(apart.va.to_numpy(), competitive.va.to_numpy())
    imported = apart.V.loc["Imports of intermediate inputs"].to_numpy()
    np.testing.assert_allclose(competitive.Z.sum(axis=0).to_numpy(), apart.Z.sum(axis=0).to_numpy() + imported)
    share = imports / (made.x + imports)
    np.testing.assert_allclose(apart.Z.to_numpy(), made.Z * (1 - share)[:, None])
    assert (apart.system.backward_sums() < competitive.system.backward_sums()).all()


def test_every_national_table_of_china_loads_and_passes(shared_data):
    files = sorted((shared_data / "china_nbs").glob("china_20*.parquet"))
    assert len(files) == 12
    for file in files:
        table = iol.load(file)
        checks.require(table)
        n = int(file.stem.split("_")[2])
        assert len(table.industries) == n
        assert table.year == int(file.stem.split("_")[1])
        assert table.classification == f"NBS{n}"
        assert table.value_added_label == "value added"


def test_imports_published_apart_and_put_together(shared_data):
    file = shared_data / "china_nbs" / "china_2017_42.parquet"
    apart, together = iol.load(file), iol.load(file, imports="competitive")
    np.testing.assert_allclose(apart.x.to_numpy(), together.x.to_numpy())
    assert (together.system.backward_sums() >= apart.system.backward_sums() - 1e-12).all()


# Labelled tables


@pytest.mark.parametrize("sep", [",", ";", "\t"])
def test_generic_csv(tmp_path, sep):
    made = publishers.balanced(["north", "south"], ["farms", "mills", "shops"])
    path = tmp_path / "regions 2012.csv"
    path.write_text(publishers.text(publishers.generic(made), sep), encoding="utf-8")
    table = iol.load(path)
    publishers.check(table, made)
    assert table.year == 2012


def test_generic_national_table_with_plain_labels(tmp_path):
    made = publishers.balanced(["national"], ["farms", "mills", "shops"])
    rows = [["", *made.industries, *made.categories, "output"]]
    rows += [[made.industries[i], *made.Z[i], *made.Y[i], made.x[i]] for i in range(3)]
    rows += [["taxes on products", *made.V[0]], ["value added", *made.V[1]]]
    rows = [[*row, *[""] * (8 - len(row))] for row in rows]
    path = tmp_path / "national.csv"
    path.write_text(publishers.text(rows), encoding="utf-8")
    publishers.check(iol.load(path), made)


def test_generic_parquet_with_inputs_sideways(tmp_path):
    made = publishers.balanced(["CHN", "USA"], ["farms", "mills"])
    path = tmp_path / "w.parquet"
    publishers.frame(made).to_parquet(path)
    table = iol.load(path, va_rows=["va"])
    publishers.check(table, made)


@pytest.mark.parametrize("place", ["sheets", "folder", "zip"])
def test_generic_blocks_apart(tmp_path, place):
    made = publishers.balanced(["CHN", "USA"], ["farms", "mills"])
    blocks = publishers.blocks(made)
    if place == "sheets":
        path = publishers.write_workbook(tmp_path / "own.xlsx", {"notes": [["read me"]], **blocks})
    else:
        files = {f"{name}.csv": publishers.text(rows) for name, rows in blocks.items()}
        path = (
            publishers.unpacked(tmp_path, files) if place == "folder" else publishers.zipped(tmp_path / "o.zip", files)
        )
    publishers.check(iol.load(path), made)


def test_two_header_lines_with_merged_cells_and_a_title(tmp_path):
    made = publishers.balanced(["CHN", "USA"], ["farms", "mills"])
    regions = ["CHN", "", "USA", "", *[p for r in ("CHN", "USA") for p in (r, "", "", "")]]
    rows: list[list[object]] = [
        ["My table, million USD"],
        ["", "", *regions],
        ["", "", *[p[1] for p in made.pairs], *[p[1] for p in made.demand]],
    ]
    left = ["CHN", "", "USA", ""]
    rows += [[left[i], made.pairs[i][1], *made.Z[i], *made.Y[i]] for i in range(4)]
    path = publishers.write_workbook(tmp_path / "merged.xlsx", {"table": rows})
    table = iol.load(path)
    np.testing.assert_allclose(table.Z.to_numpy(), made.Z)
    assert list(table.index) == made.pairs


def test_thousands_separators_totals_repeated_headers_and_encodings(tmp_path):
    made = publishers.balanced(["CHN", "USA"], ["farms", "Künstliche Mühlen"])
    rows = publishers.generic(made)
    header = [*rows[0], "total uses"]
    body = [[*row, sum(cell for cell in row[1:-1] if cell != "")] for row in rows[1:]]
    body.insert(2, header)
    body.append(["total", *[0.0] * (len(header) - 1)])
    cells = [header, *[[f"{1000 * c:,.6f}" if isinstance(c, float | np.floating) else c for c in row] for row in body]]
    for encoding in ("utf-8-sig", "cp1252", "utf-16"):
        path = tmp_path / f"{encoding}.csv"
        path.write_text(publishers.text(cells, ";"), encoding=encoding)
        table = iol.load(path)
        publishers.check(table, made, scale=1000.0, digits=1e-8)


def test_decimal_commas(tmp_path):
    made = publishers.balanced(["CHN", "USA"], ["farms", "mills"])
    path = tmp_path / "comma.csv"
    path.write_text(publishers.text(publishers.generic(made), ";").replace(".", ","), encoding="utf-8")
    publishers.check(iol.load(path, decimal=","), made)


def test_the_world_of_2000(shared_data):
    table = iol.load(shared_data / "world2000" / "lrwiod_2000.parquet")
    assert (len(table.regions), len(table.industries)) == (26, 23)
    assert table.value_added_label == "value added"
    gaps = checks.gaps(table)
    assert gaps["row"].abs().max() < 1e-6 * gaps["output"].max()


# The raw workbook of WIOD 2013


def test_raw_wiod_keeps_published_output_and_all_accounts(shared_data, wiod_2011):
    table = iol.load(shared_data / "wiod2013_raw", cache=False)
    assert table.year == 2011
    assert table.classification == "WIOD2013"
    np.testing.assert_array_equal(table.Z.to_numpy(), wiod_2011.Z.to_numpy())
    np.testing.assert_array_equal(table.published_output.to_numpy(), wiod_2011.published_output.to_numpy())
    np.testing.assert_array_equal(table.va.to_numpy(), wiod_2011.va.to_numpy())
    accounts = table.satellites["socio_economic"]
    assert len(accounts.F) == 25
    assert accounts.F["RoW"].isna().all(axis=None)
    jobs = table.satellite("jobs")
    assert jobs.attrs["unit"] == "thousand persons"
    source = pd.read_parquet(shared_data / "wiod2013_sea" / "WIOD_SEA_2013release.parquet")
    code = "Code" if "Code" in source else next(c for c in source.columns if set(source[c]) >= {"AtB", "TOT"})
    china = source[(source["Country"] == "CHN") & (source["Variable"] == "EMP") & (source[code] != "TOT")]
    year = next(column for column in china.columns if str(column).endswith("2011"))
    assert jobs["CHN"].sum() == pytest.approx(china[year].sum())


def test_raw_wiod_accounts_agree_with_those_that_ship(shared_data, world):
    table = iol.load(shared_data / "wiod2013_raw", cache=False)
    for name in ("jobs", "labour_compensation"):
        ours, shipped = table.satellite(name)["USA"], world.satellite(name)["USA"]
        np.testing.assert_allclose(ours.to_numpy(), shipped.to_numpy(), rtol=1e-3)


def test_recognition_by_codes():
    for name in classifications.known():
        codes = classifications.industries(name)
        if not all(code.isdigit() for code in codes):
            assert classifications.recognise(codes) is not None


def test_unknown_database_offers_the_known(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(UnknownLabelError, match="icio"):
        iol.load(path, database="oecd")
