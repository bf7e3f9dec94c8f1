"""Attaching accounts: what is given arrives, what is not stays unknown, and faults are named."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given

import io_linkage as iol
from io_linkage import satellites
from io_linkage.errors import OptionError, ReadError, TableError, UnknownLabelError
from tests.strategies import tables


def listing(**columns) -> pd.DataFrame:
    return pd.DataFrame({"region": ["CHN", "USA"], "industry": ["C", "E"], "value": [1.5, 2.5], **columns})


@given(tables())
def test_a_full_list_arrives_whole(table):
    values = np.arange(len(table.index), dtype=float)
    data = table.index.to_frame(index=False).assign(value=values, unit="TJ")
    new = satellites.attach(table, data.sample(frac=1, random_state=1), name="own", account="energy")
    np.testing.assert_array_equal(new.satellite("energy").to_numpy(), values)
    assert new.satellite("energy").attrs["unit"] == "TJ"
    assert "energy" not in table.satellite_names, "the table given is not changed"


def test_names_of_regions_and_industries_are_understood(world):
    data = pd.DataFrame(
        {"region": ["China", "美国"], "industry": ["c2", "Electricity, Gas and Water Supply"], "value": [1.0, 2.0]}
    )
    new = satellites.attach(world, data, name="own", unit="EJ")
    assert new.satellite("value")[("CHN", "C")] == 1.0
    assert new.satellite("value")[("USA", "E")] == 2.0
    assert new.satellite("value").isna().sum() == len(world.index) - 2


def test_several_accounts_with_their_units(world):
    data = pd.concat([listing(account="a", unit="t"), listing(account="b", unit="kg")])
    new = satellites.attach(world, data, name="own")
    assert new.satellites["own"].rows == ["a", "b"]
    assert new.satellite("b").attrs["unit"] == "kg"


@pytest.mark.parametrize(("sep", "decimal"), [(",", "."), (";", ","), ("\t", ".")])
def test_csv(world, tmp_path, sep, decimal):
    path = tmp_path / "energy.csv"
    text = f"Region{sep}Industry{sep}Value{sep}Unit\nCHN{sep}C{sep}1{decimal}5{sep}TJ\nUSA{sep}E{sep}{sep}TJ\n"
    path.write_text(text, encoding="utf-8-sig")
    new = satellites.attach(world, path, decimal=decimal)
    assert new.satellites["energy"].F.loc["value", ("CHN", "C")] == 1.5
    assert np.isnan(new.satellite("value")[("USA", "E")])


def test_coverage(world):
    frame = satellites.coverage(satellites.attach(world, listing(), name="own", unit="TJ", account="energy"))
    row = frame.loc["energy"]
    assert row["unit"] == "TJ"
    assert row["industries"] == pytest.approx(2 / world.active.sum())
    both = world.x[("CHN", "C")] + world.x[("USA", "E")]
    assert row["output"] == pytest.approx(both / world.x.sum())
    assert "IND" in row["regions without"]
    assert frame.loc["jobs", "output"] > 0.7


def test_rows_of_v_as_accounts(world):
    new = satellites.with_primary_inputs(world)
    rows = new.satellites["primary"]
    total = sum(new.satellite(row) for row in rows.rows)
    gap = world.V.loc["statistical discrepancy"]
    np.testing.assert_allclose((total + gap).to_numpy(), (world.x - world.Z.sum(axis=0)).to_numpy(), atol=1e-6)
    with pytest.raises(UnknownLabelError, match="row of V"):
        satellites.with_primary_inputs(world, rows=["Profits"])


def test_research_proxy_is_marked_and_near_what_is_known(world):
    new = satellites.with_rd_proxy(world)
    found = new.satellite(satellites.PROXY)
    assert "proxy" in found.attrs["unit"]
    # Business R&D of the United States in 2011: 294 thousand million USD (National Science Foundation).
    assert found["USA"].sum() == pytest.approx(294_000, rel=0.15)
    assert set((found["USA"] / world.va["USA"]).nlargest(3).index) == {"24", "30t33", "34t35"}
    assert found["USA"][["L", "M", "N"]].isna().sum() >= 2


def test_research_proxy_needs_a_known_classification(world):
    with pytest.raises(OptionError, match="ISIC divisions"):
        satellites.with_rd_proxy(world.replace(classification="my own"))


def test_wiod_accounts_attached_later(shared_data, wiod_2011):
    new = satellites.with_wiod_accounts(wiod_2011, shared_data / "wiod2013_raw" / "WIOD_SEA_July14.xlsx")
    assert new.satellite("jobs")["USA"].sum() == pytest.approx(iol.load().satellite("jobs")["USA"].sum(), rel=1e-4)


def test_faults_are_named(world, tmp_path):
    with pytest.raises(UnknownLabelError, match="'Atlantis'"):
        satellites.attach(world, listing(region=["CHN", "Atlantis"]))
    with pytest.raises(UnknownLabelError, match="'C99'"):
        satellites.attach(world, listing(industry=["C", "C99"]))
    with pytest.raises(TableError, match="more than once"):
        satellites.attach(world, pd.concat([listing(), listing()]))
    with pytest.raises(TableError, match="several units"):
        satellites.attach(world, listing(unit=["TJ", "EJ"]))
    with pytest.raises(ReadError, match="no column value"):
        satellites.attach(world, listing().drop(columns="value"))
    with pytest.raises(TableError, match="already"):
        satellites.attach(world, listing(), account="jobs")
    path = tmp_path / "own.csv"
    path.write_text("region,industry,value\nCHN,C,many\n", encoding="utf-8")
    with pytest.raises(ReadError, match=r"line 2: 'many'"):
        satellites.attach(world, path)
    with pytest.raises(ReadError, match="could not be read"):
        satellites.attach(world, tmp_path / "nothing.csv")
