"""One wrong label or row: refused with the nearest label, or said by the checks; never another table in silence."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import io_linkage as iol
from io_linkage import checks
from io_linkage.errors import IOLinkageError, ReadError, TableError, UnknownLabelError
from tests import publishers

REGIONS = ["CHN", "USA", "BRA"]


@pytest.fixture(autouse=True)
def no_cache(monkeypatch):
    monkeypatch.setenv("IO_LINKAGE_CACHE", "off")


def save(path: Path, rows: list[list[object]]) -> Path:
    path.write_text(publishers.text(rows), encoding="utf-8")
    return path


def regional() -> list[list[object]]:
    return publishers.generic(publishers.balanced(REGIONS, ["agri", "manuf", "services"]))


def national() -> list[list[object]]:
    made = publishers.balanced(["national"], ["farms", "mills", "shops"])
    rows: list[list[object]] = [["", *made.industries, *made.categories]]
    rows += [[made.industries[i], *made.Z[i], *made.Y[i]] for i in range(3)]
    return [*rows, ["taxes on products", *made.V[0], *[""] * 4], ["value added", *made.V[1], *[""] * 4]]


def renamed(rows: list[list[object]], side: str, old: str, new: str) -> list[list[object]]:
    """Give a label on one side another name."""
    if side == "above":
        assert old in rows[0]
        return [[new if cell == old else cell for cell in rows[0]], *rows[1:]]
    assert old in [row[0] for row in rows]
    return [rows[0], *[[new if row[0] == old else row[0], *row[1:]] for row in rows[1:]]]


# One sheet


@pytest.mark.parametrize("side", ["above", "left"])
@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("CHN|manuf", "CHN|manuff"),
        ("CHN|agri", "chn|agri"),
        ("BRA|services", "BRA services"),
        ("USA|agri", "USB|agri"),
        ("USA|agri", "USA|completely different"),
        ("USA|agri", "USA"),
    ],
)
def test_an_industry_mistyped_on_one_side_is_refused(tmp_path, side, old, new):
    path = save(tmp_path / "t.csv", renamed(regional(), side, old, new))
    with pytest.raises(ReadError, match="stands on both sides"):
        iol.load(path)


def test_the_nearest_label_is_offered(tmp_path):
    path = save(tmp_path / "t.csv", renamed(regional(), "left", "CHN|manuf", "CHN|manuff"))
    with pytest.raises(ReadError, match=r"'CHN\|manuff' stands to the left but not above.*Nearest: CHN\|manuf"):
        iol.load(path)


@pytest.mark.parametrize(("new", "kind"), [("CHX|households", UnknownLabelError), ("CHNhouseholds", ReadError)])
def test_final_demand_of_no_known_region_is_refused(tmp_path, new, kind):
    path = save(tmp_path / "t.csv", renamed(regional(), "above", "CHN|households", new))
    with pytest.raises(kind, match="CHN"):
        iol.load(path)


@pytest.mark.parametrize("side", ["above", "left"])
@pytest.mark.parametrize("old", ["farms", "mills", "shops"])
@pytest.mark.parametrize("change", [lambda name: name + "s", str.upper, lambda name: name[1:], lambda name: "zz"])
def test_an_industry_mistyped_in_a_national_table_is_refused(tmp_path, side, old, change):
    if old == "shops" and change("ab") == "zz":
        pytest.skip("the last industry under another name cannot be told from a first primary input")
    path = save(tmp_path / "t.csv", renamed(national(), side, old, change(old)))
    with pytest.raises(ReadError, match="An industry stands on both sides under the same label"):
        iol.load(path)


def test_totals_of_a_region_are_no_final_demand(tmp_path):
    rows = regional()
    rows = [[*row, 1e6 if k else "CHN|total use"] for k, row in enumerate(rows)]
    rows[-2][-1] = rows[-1][-1] = ""
    table = iol.load(save(tmp_path / "t.csv", rows))
    assert "total use" not in table.Y.columns.get_level_values(1)
    found = checks.run(table)
    note = found.loc[found["check"] == "reading", "finding"].str.cat()
    assert "left out as totals: CHN|total use" in note


def test_rows_of_primary_inputs_by_region_are_still_read(tmp_path):
    made = publishers.balanced(["CHN", "USA"], ["farms", "mills"])
    rows = publishers.generic(made)
    blank = [""] * (len(made.demand) + 1)
    own = np.array([region == "CHN" for region, _ in made.pairs])
    rows[-1:] = [[f"{r}|wages", *np.where(own == (r == "CHN"), made.V[1], 0.0), *blank] for r in ("CHN", "USA")]
    table = iol.load(save(tmp_path / "t.csv", rows), va_rows=["CHN wages", "USA wages"])
    publishers.check(table, made)


def test_two_columns_of_output_are_refused(tmp_path):
    rows = [[*row, row[-1] if k else "gross output"] for k, row in enumerate(regional())]
    with pytest.raises(ReadError, match="several columns of gross output: output, gross output"):
        iol.load(save(tmp_path / "t.csv", rows))


def test_one_region_and_one_industry(tmp_path):
    rows: list[list[object]] = [
        ["", "all", "consumption", "output"],
        ["all", 2.0, 8.0, 10.0],
        ["value added", 8.0, "", ""],
    ]
    table = iol.load(save(tmp_path / "t.csv", rows))
    assert table.x.tolist() == [10.0]
    assert iol.linkages.linkages(table)["backward"].tolist() == pytest.approx([1.25])


# Blocks apart


@pytest.mark.parametrize(
    ("block", "spoil", "match"),
    [
        ("Y", lambda rows: renamed(rows, "above", "CHN|households", "CHX|households"), "Unknown region.*'CHX'.*CHN"),
        ("Y", lambda rows: renamed(rows, "above", "CHN|households", "households"), "Unknown region.*region.category"),
        ("Y", lambda rows: [*rows, rows[1]], r"Y.*rows more than once: CHN\|agri"),
        ("Y", lambda rows: [*rows, ["CHN|more", *rows[1][1:]]], r"rows that Z lacks: CHN\|more"),
        ("x", lambda rows: [*rows, rows[1]], r"x.*rows more than once: CHN\|agri"),
        ("x", lambda rows: [*rows, ["CHN|more", 5.0]], r"rows that Z lacks: CHN\|more"),
        ("x", lambda rows: [["", "a", "b"], *[[*row, 1.0] for row in rows[1:]]], "one called output"),
        ("V", lambda rows: renamed(rows, "above", "CHN|agri", "CHN|agrl"), r"no column for 1 of Z's labels: CHN\|agri"),
        ("V", lambda rows: [[*row, 1.0 if k else "CHN|more"] for k, row in enumerate(rows)], "columns that Z lacks"),
        ("Z", lambda rows: renamed(rows, "left", "CHN|agri", "CHN|agrl"), "rows and columns differ"),
    ],
)
def test_blocks_that_do_not_fit_are_refused(tmp_path, block, spoil, match):
    blocks = publishers.blocks(publishers.balanced(REGIONS, ["agri", "manuf"]))
    blocks[block] = spoil(blocks[block])
    publishers.unpacked(tmp_path, {f"{name}.csv": publishers.text(rows) for name, rows in blocks.items()})
    with pytest.raises(IOLinkageError, match=match):
        iol.load(tmp_path)


def test_totals_in_blocks_are_left_out(tmp_path):
    made = publishers.balanced(["CHN", "USA"], ["agri", "manuf"])
    blocks = publishers.blocks(made)
    blocks["Y"] = [[*row, 9.9 if k else "total"] for k, row in enumerate(blocks["Y"])]
    blocks["V"].append(["total inputs", *[9.9] * 4])
    publishers.unpacked(tmp_path, {f"{name}.csv": publishers.text(rows) for name, rows in blocks.items()})
    table = iol.load(tmp_path)
    publishers.check(table, made)
    assert table.carried["notes"] == ("rows and columns left out as totals: total, total inputs",)


# What the checks say


def test_check_says_what_became_primary_inputs_and_final_demand(tmp_path):
    rows = renamed(regional(), "above", "CHN|households", "CHN|househlods")
    found = checks.run(iol.load(save(tmp_path / "t.csv", rows))).set_index("check")
    inputs, demand = found.loc["rows of primary inputs"], found.loc["columns of final demand"]
    assert inputs["finding"] == "2 rows are primary inputs; value added is value added."
    assert inputs["where"] == "taxes on products, value added"
    assert demand["finding"] == "12 columns are final demand."
    assert demand["where"] == ("househlods (only CHN), government, investment, inventories, households (not CHN)")


def test_check_says_so_for_the_shipped_table(world):
    found = checks.run(world).set_index("check")
    assert "Value added at basic prices" in found.loc["rows of primary inputs", "where"]
    assert (
        found.loc["columns of final demand", "count"]
        == world.Y.shape[1] - (world.Y.columns.get_level_values(1) == "statistical discrepancy").sum()
    )


# Publishers' layouts: one mistyped label


def icio(folder: Path, change) -> Path:
    made = publishers.balanced(REGIONS, ["A01_02", "C26", "J62_63"], categories=publishers.ICIO_DEMAND)
    path = folder / "ICIO2023_2018.csv"
    path.write_text(change(publishers.icio(made)), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("\nCHN_C26,", "\nCHN_C2X,"),
        (",CHN_C26,", ",CHN_C2X,"),
        (",CHN_C26,", ",CHNxC26,"),
        (",CHN_HFCE,", ",CHX_HFCE,"),
        (",OUT\n", ",OUX\n"),
        ("\nCHN_C26,", "\nCHN_C26_,"),
    ],
)
def test_icio_with_a_bad_byte_is_refused(tmp_path, old, new):
    path = icio(tmp_path, lambda text: text.replace(old, new, 1))
    with pytest.raises(IOLinkageError, match=r"CH[NX]|OUX"):
        iol.load(path)


def test_icio_says_which_rows_it_does_not_know(tmp_path):
    table = iol.load(icio(tmp_path, lambda text: text.replace("\nTLS,", "\nTLX,", 1)))
    assert any("TLX" in note for note in table.carried["notes"])
    assert not iol.load(icio(tmp_path, str)).carried.get("notes")


def test_figaro_flat_with_one_cell_mistyped_is_refused(tmp_path):
    made = publishers.balanced(["CN", "DE", "FR"], ["A01", "C26"], categories=publishers.FIGARO_DEMAND)
    labels, demand = ([f"{r}_{c}" for r, c in pairs] for pairs in (made.pairs, made.demand))
    lines = ["refArea,rowIi,counterpartArea,colIi,obsValue"]
    for row, values in zip(labels, np.hstack([made.Z, made.Y]), strict=True):
        for column, value in zip([*labels, *demand], values, strict=True):
            lines.append(",".join([*row.split("_", 1), *column.split("_", 1), repr(float(value))]))
    path = tmp_path / "flat_2021.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert iol.load(path).regions == ["CN", "DE", "FR"]
    lines[30] = lines[30].replace("C26", "C62", 1)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    with pytest.raises(ReadError, match="C62"):
        iol.load(path)


def wiot(folder: Path, spoil) -> Path:
    made = publishers.balanced(REGIONS, ["AtB", "15t16", "17t18", "20", "21t22", "23"])
    rows = publishers.wiot_rows(made, style="wiod2013")
    spoil(rows)
    return publishers.write_workbook(folder / "wiot09.xlsx", {"WIOT": rows})


@pytest.mark.parametrize(
    ("row", "column", "old", "new"),
    [
        (6, 3, "c1", "c9"),  # to the left
        (5, 4, "c1", "c9"),  # above
        (6, 2, "CHN", "CHX"),
        (4, 4, "CHN", "CHX"),
        (4, 22, "CHN", "CHX"),  # final demand
        (2, 4, "AtB", "AtX"),
        (6, 0, "AtB", "AtX"),
    ],
)
def test_a_workbook_with_one_mistyped_label_is_refused(tmp_path, row, column, old, new):
    def spoil(rows):
        assert rows[row][column] == old
        rows[row][column] = new

    with pytest.raises(IOLinkageError, match=f"{new}|c1|CHN"):
        iol.load(wiot(tmp_path, spoil))
    assert iol.load(wiot(tmp_path, lambda rows: None)).regions == REGIONS


@pytest.mark.parametrize(
    ("side", "old", "new"),
    [("above", "03", "0X3"), ("above", "FU101", "FU1O1"), ("above", "IM", "IN"), ("left", "VA001", "VA0O1")],
)
def test_a_national_table_with_one_mistyped_code_is_refused(tmp_path, side, old, new):
    made = publishers.balanced(["CHN"], [f"industry {k}" for k in range(5)])
    rows = publishers.nbs_rows(made, imports=0.1 * made.x)[1:]
    path = tmp_path / "china_2018.csv"
    path.write_text(publishers.text(renamed(rows, side, old, new)), encoding="utf-8")
    with pytest.raises(IOLinkageError, match=new if new != "0X3" else "03|0X3"):
        iol.load(path)


@pytest.mark.parametrize(
    ("name", "old", "new", "match"),
    [
        ("satellite/F.txt", "CN", "CX", r"F\.txt.*columns are not those of Z"),
        ("satellite/unit.txt", "Operating surplus", "Operating surplux", "no unit for 1 accounts"),
        ("satellite/F_Y.txt", "CO2", "CO3", r"accounts are not those of F\.txt"),
        ("x.txt", "CN\tWheat", "CX\tWheat", "labels in x differ"),
        ("Y.txt", "CN\tWheat", "CX\tWheat", r"rows of Y\.txt are not those of Z"),
    ],
)
def test_exiobase_with_one_mistyped_label_is_refused(tmp_path, name, old, new, match):
    files = publishers.exiobase(publishers.balanced(["CN", "US"], ["Wheat", "Batteries"]))
    key = f"IOT_2011_ixi/{name}"
    assert old in files[key]
    files[key] = files[key].replace(old, new, 1)
    publishers.unpacked(tmp_path, files)
    with pytest.raises(IOLinkageError, match=match):
        iol.load(tmp_path / "IOT_2011_ixi")


def test_an_extension_with_a_label_that_z_lacks_is_refused():
    import pymrio

    io = pymrio.load_test()
    io.emissions.F = io.emissions.F.rename(columns={"food": "fodo"}, level=1)
    with pytest.raises(TableError, match=r"'emissions' has columns that Z lacks: reg1 \| fodo"):
        iol.load(io, value_added="residual")
    io = pymrio.load_test()
    io.emissions.unit = io.emissions.unit.rename(index={"air": "aire"})
    with pytest.raises(TableError, match="unit of"):
        iol.load(io, value_added="residual")


def test_an_extension_with_an_account_twice_is_refused():
    import pymrio

    io = pymrio.load_test()
    io.emissions.F = pd.concat([io.emissions.F, io.emissions.F.iloc[:1]])
    with pytest.raises(TableError, match=r"'emissions' has the account .* more than once"):
        iol.load(io, value_added="residual")
