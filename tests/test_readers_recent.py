"""Layouts of recent and of very old editions: the OECD's national tables, DISC, WRL_REST, EXIOBASE without output."""

from __future__ import annotations

import io

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

import io_linkage as iol
from io_linkage import checks, downloads
from io_linkage.errors import IOLinkageError, NotProductiveError, OptionError, ReadError
from tests import publishers

CODES = ["A01", "C26", "C29", "J62_63"]
USES = ["HFCE", "GFCF", "EXPO"]


@pytest.fixture
def national() -> pd.DataFrame:
    """A national table as the OECD lays it out, four industries, balanced."""
    draw = np.random.default_rng(3)
    home, abroad = (draw.uniform(1, 9, (4, 7)) for _ in range(2))
    columns = [*CODES, *USES]
    rows = {f"DOM_{code}": line for code, line in zip(CODES, home, strict=True)}
    rows |= {f"IMP_{code}": line for code, line in zip(CODES, abroad, strict=True)}
    rows |= {"IMP_OTHER": draw.uniform(0, 1, 7), "TXS_INT_FNL": draw.uniform(0, 1, 7)}
    frame = pd.DataFrame(rows, index=columns).T
    frame.loc["TTL_INT_FNL"] = frame.sum()
    output = frame.loc["TTL_INT_FNL", CODES].max() * 1.5
    frame.loc[[f"DOM_{code}" for code in CODES], "HFCE"] += output - home.sum(axis=1)
    frame.loc["TTL_INT_FNL", "HFCE"] = frame.iloc[:10]["HFCE"].sum()
    frame.loc["VALU"] = 0.0
    frame.loc["VALU", CODES] = output - frame.loc["TTL_INT_FNL", CODES]
    frame.loc["OUTPUT"] = frame.loc["TTL_INT_FNL"] + frame.loc["VALU"]
    frame[".."] = 0.0
    frame["TOTAL"] = frame[columns].sum(axis=1)
    return frame


def written(frame: pd.DataFrame, path):
    frame.to_csv(path, index_label="")
    return path


def test_a_national_table_of_the_oecd(tmp_path, national):
    table = iol.load(written(national, tmp_path / "THA2022dom.csv"))
    assert (table.regions, table.year, table.unit) == (["THA"], 2022, "M USD")
    rows = [f"DOM_{code}" for code in CODES]
    assert_allclose(table.Z.to_numpy(), national.loc[rows, CODES])
    assert_allclose(table.x.to_numpy(), national.loc[rows, "TOTAL"])
    assert_allclose(table.va.to_numpy(), national.loc["VALU", CODES])
    imported = national.loc[[label for label in national.index if label.startswith("IMP_")]]
    assert_allclose(table.V.loc["imports"], imported[CODES].sum())
    account = table.satellites["imports"]
    assert list(account.F.index) == [*CODES, "OTHER"]
    assert_allclose(account.F.to_numpy(), imported[CODES])
    assert_allclose(account.F_Y, imported[USES])
    assert list(table.Y.columns.get_level_values(1)) == USES
    checks.require(table)


@pytest.mark.parametrize(("name", "region", "year"), [("CHN_2021.csv", "CHN", 2021), ("table.csv", "national", None)])
def test_country_and_year_are_those_of_the_name(tmp_path, national, name, region, year):
    table = iol.load(written(national, tmp_path / name))
    assert (table.regions, table.year) == ([region], year)


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda frame: frame.drop(index="IMP_C29"), "lacks IMP_C29: it is cut short"),
        (lambda frame: frame.drop(index="VALU"), "lacks VALU"),
        (lambda frame: frame.drop(columns="C26"), "lacks C26"),
        (lambda frame: frame.drop(index="IMP_OTHER"), "miss the total it states"),
        (lambda frame: pd.concat([frame, frame.loc[["DOM_A01"]]]), "'DOM_A01' stands twice in the rows"),
    ],
)
def test_a_damaged_national_table_is_refused(tmp_path, national, damage, message):
    national.loc["IMP_OTHER"] *= 200
    national.loc["TTL_INT_FNL", CODES] = national.iloc[:10][CODES].sum()
    path = written(damage(national), tmp_path / "THA2022dom.csv")
    with pytest.raises(ReadError, match=message):
        iol.load(path, database="oecd_iot")


def test_several_national_tables_are_told_apart_by_year(tmp_path, national):
    for year in (2021, 2022):
        written(national, tmp_path / f"THA{year}dom.csv")
    assert iol.load(tmp_path, database="oecd_iot", year=2021).year == 2021
    with pytest.raises(ReadError, match="holds 2 national tables"):
        iol.load(tmp_path, database="oecd_iot")
    with pytest.raises(ReadError, match=r"is of 2022, not of 2019"):
        iol.load(tmp_path / "THA2022dom.csv", year=2019)


def test_thailand_2022_as_published(shared_data):
    path = shared_data / "recent" / "oecd_iot2025_tha2022" / "THA2022dom.csv"
    table, published = iol.load(path), pd.read_csv(path, index_col=0)
    assert (len(table.industries), table.classification) == (50, "ICIO2025")
    assert_allclose(table.va.sum(), 452278.53, atol=0.05)
    assert_allclose(table.x.sum(), 1092965.6, atol=0.2)
    assert_allclose(table.satellites["imports"].F.loc["OTHER"], published.loc["IMP_OTHER", table.industries])
    assert_allclose(table.published_output, published.loc["DOM_A01":"DOM_T", "TOTAL"])
    assert set(checks.run(table)["severity"]) <= {"ok", "note"}
    assert iol.stages.composition(table).loc[("THA", "emerging"), "central"] == pytest.approx(0.13, abs=0.01)


def test_discrepancies_of_rows_stand_in_their_own_region(tmp_path):
    """The edition of 2016 has them in one column, DISC, of no region."""
    made = publishers.balanced(["CHN", "USA"], ["C10T14MIN", "C30T33XELQ"], categories=publishers.ICIO_DEMAND)
    frame = pd.read_csv(io.StringIO(publishers.icio(made)), index_col=0)
    labels = ["_".join(pair) for pair in made.pairs]
    gap = pd.Series([0.5, -0.25, 0.0, 0.125], labels)
    frame.insert(len(frame.columns) - 1, "DISC", gap)
    frame.loc[labels, "CHN_HFCE"] -= gap
    path = tmp_path / "ICIO2016_2011.csv"
    frame.fillna(0.0).to_csv(path)
    table = iol.load(path)
    assert_allclose(table.x.to_numpy(), made.x)
    discrepancy = table.Y.xs("DISC", axis=1, level=1)
    assert_allclose(discrepancy["CHN"], [0.5, -0.25, 0, 0])
    assert_allclose(discrepancy["USA"], [0, 0, 0, 0.125])
    assert "column DISC" in " ".join(table.carried["notes"])


def test_the_rest_of_the_world_of_figaro(tmp_path):
    made = publishers.balanced(["DE", "FIGW1"], ["A01", "C26"], categories=publishers.FIGARO_DEMAND)
    path = tmp_path / "matrix_eu-ic-io_ind-by-ind_25ed_2023.csv"
    path.write_text(publishers.figaro(made).replace("FIGW1_", "WRL_REST_"), encoding="utf-8")
    table = iol.load(path)
    assert table.regions == ["DE", "WRL_REST"]
    assert table.industries == ["A01", "C26"]
    assert_allclose(table.x.to_numpy(), made.x)
    assert iol.economies.rest_regions(table) == ["WRL_REST"]


def test_exiobase_of_coefficients_and_final_demand_alone(tmp_path):
    made = publishers.balanced(["CN", "US"], ["Wheat", "Batteries"])
    files = publishers.exiobase(made)
    kept = {name: text for name, text in files.items() if not name.endswith(("/Z.txt", "ixi/x.txt"))}
    table = iol.load(publishers.zipped(tmp_path / "IOT_2011_ixi.zip", kept))
    assert_allclose(table.x.to_numpy(), made.x, rtol=1e-9)
    assert_allclose(table.Z.to_numpy(), made.Z, rtol=1e-9)
    assert "x = L Y i" in " ".join(table.carried["notes"])
    name = next(name for name in kept if name.endswith("/A.txt"))
    kept[name] = publishers.exiobase(made)[name].replace("\t0.", "\t9.")
    with pytest.raises((NotProductiveError, ReadError)):
        iol.load(publishers.zipped(tmp_path / "IOT_2012_ixi.zip", kept))


def test_the_edition_of_2025_can_be_fetched():
    (source,) = downloads.sources("icio", 2022, edition="v2025")
    assert source.url.startswith("https://webfs-sti.oecd.org/")
    assert source.url.endswith("/ICIO/2025/2016-2022_SML.zip")
    assert source.name == "ICIO2025_2016-2022.zip"
    with pytest.raises(OptionError, match=r"v2025.*has no 2023"):
        downloads.sources("icio", 2023, edition="v2025")
    with pytest.raises(IOLinkageError, match="v2025"):
        downloads.sources("icio", 2022, edition="v2027")
