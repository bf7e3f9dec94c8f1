"""Numbers that a reader makes rather than copies: rates, bases of shares, years, allowances."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import io_linkage as iol
from io_linkage import checks, panel, writing
from io_linkage.errors import BalanceError, ComparisonError
from io_linkage.readers import wiod_accounts, wiot
from io_linkage.readers.grid import Grid
from tests import publishers


@pytest.fixture(autouse=True)
def no_cache(monkeypatch):
    monkeypatch.setenv("IO_LINKAGE_CACHE", "off")


def accounts(**values: float) -> pd.Series:
    """Accounts of one industry with an output of 10 M USD, which is 80 M in national currency."""
    x = pd.Series([10.0], index=pd.MultiIndex.from_tuples([("CHN", "C")], names=["region", "industry"]))
    cells: dict[tuple[str, str, str], object] = {("GO", "CHN", "C"): 80.0}
    cells |= {(variable, "CHN", "C"): value for variable, value in values.items()}
    return wiod_accounts.to_satellite(cells, x).F[("CHN", "C")]


def test_accounts_in_money_are_converted_at_the_rate_of_output_and_others_are_not():
    found = accounts(VA=40.0, EMP=7.0, K_GFCF=160.0)
    assert found["gross_output_accounts"] == 10.0
    assert found["value_added_accounts"] == 5.0
    assert found["jobs"] == 7.0
    assert found["capital_stock_national"] == 160.0


def test_shares_by_skill_are_of_labour_compensation_and_of_hours():
    found = accounts(LAB=24.0, COMP=16.0, H_EMP=50.0, LABHS=0.25, H_HS=0.5)
    assert found["labour_compensation_high_skilled"] == 0.75
    assert found["hours_high_skilled"] == 25.0


def test_purchases_from_the_discrepancy_of_eora_are_no_value_added(tmp_path):
    made = publishers.balanced(["CHN", "USA"], ["Agriculture", "Fishing"])
    files = publishers.eora(made)
    flows = [line.split("\t") for line in files["Eora26_2015_bp_T.txt"].splitlines()]
    bought = 0.25 * made.V.sum(axis=0)
    flows[-1] = [*map(repr, map(float, bought)), "0.0"]
    files["Eora26_2015_bp_T.txt"] = "\n".join(map("\t".join, flows)) + "\n"
    files["Eora26_2015_bp_VA.txt"] = "".join(
        "\t".join(repr(float(v)) for v in [*(0.75 * row), 0.0]) + "\n" for row in made.V
    )
    table = iol.load(publishers.unpacked(tmp_path, files))
    np.testing.assert_allclose(table.V.loc["purchases from ROW (discrepancy)"], bought)
    np.testing.assert_allclose(table.va, 0.75 * made.V.sum(axis=0))


@pytest.mark.parametrize(
    ("name", "year"),
    [("wiot95_row.xlsx", 1995), ("wiot11_row.xlsx", 2011), ("wiot51.xlsx", 1951), ("wiot50.xlsx", 2050)],
)
def test_years_of_two_digits(name, year):
    assert wiot._year(Grid("", [], [], [], np.empty((0, 0)), 0, 0), name, None) == year


@pytest.mark.parametrize(("gap", "unit", "refused"), [(4.9, 1.0, False), (5.1, 1.0, True), (4.9, 1.5, True)])
def test_rounding_to_whole_units_is_allowed_ten_standard_deviations(gap, unit, refused):
    """Three rounded cells in a row are off by sqrt(3 / 12) = 0.5; a table that is not rounded is allowed nothing."""
    names = ["a", "b"]
    Z = pd.DataFrame([[10.0, 20.0], [5.0, 30.0]], index=names, columns=names) * unit
    Y = pd.DataFrame({"final demand": [70.0, 65.0]}, index=names) * unit
    x = (Z.sum(axis=1) + Y.sum(axis=1)) + [gap, 0.0]

    def load() -> iol.MRIOTable:
        return iol.MRIOTable.from_frames(Z, Y, x=x, tolerance=1e-6)

    if refused:
        with pytest.raises(BalanceError, match="1 of 2 industries"):
            load()
    else:
        assert load().published_output.tolist() == x.tolist()


@pytest.mark.parametrize("other", ["Trade margins", "Transport margin", "Taxes on products", "Imports", "TLS"])
def test_margins_taxes_and_imports_are_no_value_added(other):
    names = ["a", "b"]
    Z = pd.DataFrame([[10.0, 20.0], [5.0, 30.0]], index=names, columns=names)
    Y = pd.DataFrame({"final demand": [70.0, 65.0]}, index=names)
    V = pd.DataFrame([[65.0, 40.0], [20.0, 10.0]], index=["Compensation", other], columns=names)
    table = iol.MRIOTable.from_frames(Z, Y, V)
    assert table.accounts.va_rows == ("Compensation",)
    assert table.va.tolist() == [65.0, 40.0]


def test_inputs_as_large_as_output_are_found_and_those_just_below_are_not():
    names = ["a", "b", "c"]
    Z = pd.DataFrame([[60.0, 30.0, 0.0], [40.0, 69.0, 0.0], [0.0, 0.0, 5.0]], index=names, columns=names)
    Y = pd.DataFrame({"final demand": [10.0, -9.0, 95.0]}, index=names)
    table = iol.MRIOTable.from_frames(Z, Y)
    assert table.system.direct_column_sums.tolist() == [1.0, 0.99, 0.05]
    found = checks.run(table).set_index("check").loc["inputs exceed output"]
    assert found["count"] == 1
    assert found["where"] == "national a 1.00"


def unlike() -> tuple[iol.MRIOTable, iol.MRIOTable]:
    """Two years with output from rows and as published, which is half a per cent more."""
    names = ["a", "b"]
    Z = pd.DataFrame([[10.0, 20.0], [5.0, 30.0]], index=names, columns=names)
    Y = pd.DataFrame({"final demand": [70.0, 65.0]}, index=names)
    x = pd.Series([100.5, 100.5], index=names)
    first = iol.MRIOTable.from_frames(Z, Y, x=x, year=2010)
    return first, iol.MRIOTable.from_frames(Z, Y, x=x, year=2011, output="published")


def test_tables_whose_output_is_defined_otherwise_are_not_compared():
    with pytest.raises(ComparisonError, match=r"definitions of output differ.*'rows' against 'published'"):
        panel.over(unlike(), lambda table: table.x)


@pytest.mark.parametrize("name", ["t.csv", "t.parquet", "t.xlsx", "saved"])
def test_a_converted_table_keeps_its_published_output(tmp_path, name):
    for table in unlike():
        again = iol.load(writing.save(table, tmp_path / name, overwrite=True))
        assert again.published_output is not None
        assert again.published_output.tolist() == [100.5, 100.5]
        assert again.x.tolist() == [100.0, 100.0]
