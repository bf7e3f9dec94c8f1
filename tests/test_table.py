"""MRIOTable: the rules of the accounts, numbered, each with its test.

1. Z i + Y i = x and i'Z + i'V = x' hold to machine precision, whatever was published.
2. Output comes from the rows or is the published one; the published one is kept either way.
3. Value added is the rows that say so, or the residual.
4. An industry without output has coefficients 0 and measures NaN; its stray flows go to the discrepancies.
5. A table never changes.
6. Bad accounts are refused with where, how much and what to do.
"""

from __future__ import annotations

import contextlib
import dataclasses

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from pandas.testing import assert_frame_equal, assert_series_equal

import io_linkage as iol
from io_linkage.accounts import DISCREPANCY, RESIDUAL_NAME
from io_linkage.errors import (
    BalanceError,
    MissingSatelliteError,
    NotProductiveError,
    OptionError,
    TableError,
    UnknownLabelError,
)
from io_linkage.table import MRIOTable
from tests.examples import germany_1995, leather, miller_blair_2
from tests.strategies import tables

INDEX = pd.MultiIndex.from_product([["A", "B"], ["x", "y"]], names=["region", "industry"])


def frames(**changes) -> dict:
    """The blocks of a small balanced table, with cells replaced."""
    Z = pd.DataFrame([[10.0, 20, 5, 0], [5, 10, 10, 5], [0, 5, 20, 10], [5, 5, 5, 10]], index=INDEX, columns=INDEX)
    x = pd.Series([100.0, 120, 150, 90], index=INDEX)
    Y = pd.DataFrame({("A", "c"): (x - Z.sum(axis=1)) * 0.6, ("B", "c"): (x - Z.sum(axis=1)) * 0.4})
    value_added = x - Z.sum(axis=0)
    V = pd.DataFrame([value_added * 0.9, value_added * 0.1], index=["Value added", "Taxes on products"])
    return {"Z": Z, "Y": Y, "V": V, "x": x} | changes


def require_identities(table: MRIOTable) -> None:
    Z, Y, V, x = (table.accounts.Z, table.accounts.Y, table.accounts.V, table.accounts.x)
    scale = max(float(x.max()), 1.0)
    assert_allclose(Z.sum(axis=1) + Y.sum(axis=1), x, rtol=1e-13, atol=1e-13 * scale)
    assert_allclose(Z.sum(axis=0) + V.sum(axis=0), x, rtol=1e-13, atol=1e-13 * scale)


# Rule 1


@given(tables(), st.sampled_from(["rows", "published"]), st.integers(0, 1000))
def test_identities_hold_whatever_was_published(table, output, seed):
    noise = np.random.default_rng(seed).uniform(0.99, 1.01, len(table.index))
    unbalanced = MRIOTable.from_frames(
        table.Z, table.Y, table.V.loc[["Value added"]], table.x * noise, output=output, tolerance=float("inf")
    )
    require_identities(unbalanced)


def test_the_row_gap_is_a_column_of_the_own_region():
    given_x = frames()["x"] + pd.Series([1.0, 0, -2, 0], index=INDEX)
    table = MRIOTable.from_frames(**frames(x=given_x), output="published", tolerance=0.05)
    gaps = table.Y.xs(DISCREPANCY, axis=1, level="category")
    assert gaps.loc[("A", "x"), "A"] == pytest.approx(1.0)
    assert gaps.loc[("B", "x"), "B"] == pytest.approx(-2.0)
    assert gaps.abs().to_numpy().sum() == pytest.approx(3.0)
    require_identities(table)


def test_a_balanced_table_gets_no_discrepancy():
    table = MRIOTable.from_frames(**frames())
    assert DISCREPANCY not in table.Y.columns.get_level_values(1)
    assert list(table.V.index) == ["Value added", "Taxes on products"]


# Rule 2


def test_output_from_rows_ignores_the_published_but_keeps_it():
    given_x = frames()["x"] * 1.005
    table = MRIOTable.from_frames(**frames(x=given_x))
    assert_allclose(table.x, frames()["x"])
    assert_series_equal(table.published_output, given_x, check_names=False)
    assert_allclose(table.accounts.row_gap, given_x - frames()["x"])


def test_published_output_needs_one():
    with pytest.raises(OptionError, match="no published output"):
        MRIOTable.from_frames(**frames(x=None), output="published")


@pytest.mark.parametrize("option", [{"output": "columns"}, {"value_added": "gross"}])
def test_unknown_choices_name_the_possible_ones(option):
    with pytest.raises(OptionError, match="must be one of"):
        MRIOTable.from_frames(**frames(), **option)


# Rule 3


def test_value_added_is_the_row_that_says_so():
    table = MRIOTable.from_frames(**frames())
    assert_allclose(table.va, frames()["V"].loc["Value added"])
    assert table.value_added_label == "value added"


def test_value_added_as_residual_is_called_so():
    table = MRIOTable.from_frames(**frames(), value_added="residual")
    assert_allclose(table.va, frames()["x"] - frames()["Z"].sum(axis=0))
    assert table.value_added_label == RESIDUAL_NAME
    assert_allclose(table.v, 1 - table.A.sum())


def test_without_primary_inputs_value_added_is_the_residual():
    table = MRIOTable.from_frames(**frames(V=None))
    assert table.value_added_label == RESIDUAL_NAME
    assert list(table.V.index) == [RESIDUAL_NAME]
    require_identities(table)


@pytest.mark.parametrize(
    ("rows", "expected", "label"),
    [
        (["Value added, taxes and margins"], ["Value added, taxes and margins"], RESIDUAL_NAME),
        (
            ["taxes less subsidies on products", "Value added at basic prices", "International Transport Margins"],
            ["Value added at basic prices"],
            "value added",
        ),
        (
            ["Taxes less subsidies on products purchased: Total", "Other net taxes on production", "Wages", "Surplus"],
            ["Other net taxes on production", "Wages", "Surplus"],
            "value added",
        ),
        (["TLS", "VA"], ["VA"], "value added"),
        (["TXSP", "VA"], ["VA"], "value added"),
        (["D21X31", "D1", "B2A3G"], ["D1", "B2A3G"], "value added"),
        (["Imports", "Compensation", "Surplus"], ["Compensation", "Surplus"], "value added"),
    ],
)
def test_rows_of_value_added_are_recognised_by_name(rows, expected, label):
    residual = frames()["x"] - frames()["Z"].sum(axis=0)
    V = pd.DataFrame([residual / len(rows)] * len(rows), index=rows)
    table = MRIOTable.from_frames(**frames(V=V))
    assert list(table.accounts.va_rows) == expected
    assert table.value_added_label == label


def test_rows_of_value_added_can_be_named():
    table = MRIOTable.from_frames(**frames(), va_rows=["Value added", "Taxes on products"])
    assert_allclose(table.va, frames()["V"].sum())
    with pytest.raises(UnknownLabelError, match="Nearest: Value added"):
        MRIOTable.from_frames(**frames(), va_rows=["Value adde"])


def test_value_added_of_all_final_demand_is_all_value_added():
    for table in (germany_1995(), leather()):
        absorbed = table.system.solve(table.final_demand.to_numpy()) @ table.v.to_numpy()
        assert absorbed == pytest.approx(table.va.sum(), rel=1e-12)


# Rule 4


def stray_table(**options) -> MRIOTable:
    blocks = frames()
    x = blocks["x"].copy()
    x[("B", "y")] = 0.0
    return MRIOTable.from_frames(blocks["Z"], blocks["Y"], blocks["V"], x, tolerance=float("inf"), **options)


@pytest.mark.parametrize("output", ["rows", "published"])
def test_stray_flows_go_to_the_discrepancies(output):
    table = stray_table(output=output)
    require_identities(table)
    assert not table.Z.loc[("B", "y")].any()
    assert not table.Z[("B", "y")].any()
    assert table.x[("B", "y")] == 0
    # What A x sold to the idle industry is still A x's output.
    assert table.x[("A", "y")] == pytest.approx(120)
    assert not table.active[3]


def test_an_industry_without_output_measures_nan():
    table = stray_table()
    measured = table.series(table.system.backward_sums(), "backward")
    assert np.isnan(measured[("B", "y")])
    assert measured.notna().sum() == 3
    assert table.v[("B", "y")] == 0


def test_stray_flows_come_back_on_export():
    io = stray_table().to_pymrio()
    assert_frame_equal(io.Z, frames()["Z"], check_names=False, check_dtype=False)


# Rule 5


def test_a_table_is_frozen():
    table = miller_blair_2()
    with pytest.raises(dataclasses.FrozenInstanceError):
        table.year = 2000
    with pytest.raises(ValueError, match="read-only"):
        table.accounts.Z[0, 0] = 1.0
    with pytest.raises(TypeError):
        table.satellites["new"] = None


def test_changing_what_it_was_made_from_does_not_change_a_table():
    blocks = frames()
    table = MRIOTable.from_frames(**blocks)
    before = table.Z.copy()
    blocks["Z"].iloc[0, 0] = 1e6
    blocks["Y"].iloc[0, 0] = 1e6
    assert_frame_equal(table.Z, before)
    assert table.Y.iloc[0, 0] != 1e6


def test_changing_a_view_does_not_change_a_table():
    table = miller_blair_2()
    view = table.Z
    with contextlib.suppress(ValueError):
        view.iloc[0, 0] = 1e6
    assert table.Z.iloc[0, 0] == 150


def test_views_are_made_without_copying():
    table = germany_1995()
    for view, array in (
        (table.Z, table.accounts.Z),
        (table.Y, table.accounts.Y),
        (table.V, table.accounts.V),
        (table.x, table.accounts.x),
        (table.A, table.system.A),
        (table.L, table.system.inverse()),
    ):
        assert np.shares_memory(view.to_numpy(), array)


def test_a_copy_with_the_same_accounts_shares_the_factorisation():
    table = germany_1995()
    table.system.backward_sums()
    assert table.replace(year=2000).system is table.system
    assert table.replace(year=2000).year == 2000
    assert table.year == 1995


def test_the_inverse_is_made_once():
    table = germany_1995()
    assert table.L.to_numpy().base is table.L.to_numpy().base
    assert table.system.inverse() is table.system.inverse()


# Rule 6


def changed(block: str, row: int, column: int, value: float) -> dict:
    blocks = frames()
    blocks[block].iloc[row, column] = value
    return blocks


@pytest.mark.parametrize(
    ("blocks", "error", "message"),
    [
        (changed("Z", 1, 2, np.nan), TableError, r"Z has 1 cells that are NaN or infinite: A y -> B x"),
        (changed("Y", 0, 1, np.inf), TableError, r"Y has 1 cells .*A x -> B c"),
        (changed("V", 0, 3, np.nan), TableError, r"V has 1 cells .*Value added -> B y"),
        (frames(x=frames()["x"] * [1, 1, -1, 1]), TableError, r"Output is negative in 1 industries: B x -150"),
        (frames(x=None, Y=frames()["Y"] * -1), TableError, r"Output \(row sums of Z and Y\) is negative"),
        (
            frames(x=frames()["x"] * [1, 1.5, 1, 1]),
            BalanceError,
            r"1 of 4 industries .*row side.*A y \+33.3%.*tolerance=",
        ),
        (frames(x=frames()["x"] * [1, 0.1, 1, 1]), BalanceError, r"1 of 4 .*A y -900.0%.*different units"),
        (frames(V=frames()["V"] * [1, 1, 1, 0.5]), BalanceError, r"1 of 4 .*column side.*B y \+36.1%"),
        (
            frames(Z=frames()["Z"].iloc[:, ::-1]),
            TableError,
            r"columns of Z differ from the rows of Z, first at position 0",
        ),
        (frames(Y=frames()["Y"].iloc[:3]), TableError, r"3 labels in the rows of Y and 4 in the rows of Z"),
        (frames(V=frames()["V"].iloc[:, :3]), TableError, r"3 labels in the columns of V"),
        (
            frames(Y=frames()["Y"].set_axis(pd.MultiIndex.from_tuples([("A", "c"), ("C", "c")]), axis=1)),
            UnknownLabelError,
            r"Unknown region in the columns of Y 'C'",
        ),
    ],
)
def test_bad_accounts_are_refused_naming_place_and_remedy(blocks, error, message):
    with pytest.raises(error, match=message):
        MRIOTable.from_frames(**blocks)


def test_repeated_labels_are_named():
    twice = pd.MultiIndex.from_tuples([("A", "x"), ("A", "x"), ("B", "x"), ("B", "y")])
    blocks = {
        "Z": frames()["Z"].set_axis(twice).set_axis(twice, axis=1),
        "Y": frames()["Y"].set_axis(twice),
        "V": None,
    }
    with pytest.raises(TableError, match="Labels repeat in industries: A x"):
        MRIOTable.from_frames(**blocks)


def test_a_cell_that_is_no_number_is_named():
    Z = frames()["Z"].astype(object)
    Z.iloc[2, 1] = "n.a."
    with pytest.raises(TableError, match=r"Z holds 'n.a.' at row \('B', 'x'\), column \('A', 'y'\)"):
        MRIOTable.from_frames(**frames(Z=Z))


def test_a_table_without_value_added_throughout_is_refused():
    Z = pd.DataFrame([[60.0, 60.0], [60.0, 60.0]], index=["a", "b"], columns=["a", "b"])
    Y = pd.DataFrame({"final demand": [-20.0, -20.0]}, index=["a", "b"])
    with pytest.raises(NotProductiveError, match=r"In all 2 industries.*worst: national a, inputs 120 for output 100"):
        MRIOTable.from_frames(Z, Y)


@pytest.mark.parametrize("factor", [0.0, 0.1, 3.0, 1000.0])
def test_primary_inputs_that_fit_nowhere_are_refused_like_one_column_off(factor):
    off = frames(V=frames()["V"] * factor)
    with pytest.raises(BalanceError, match=r"4 of 4 industries.*column side.*value_added='residual'"):
        MRIOTable.from_frames(**off)
    # Accepted as a discrepancy, or not used at all, they are kept as published.
    accepted = MRIOTable.from_frames(**off, tolerance=float("inf"))
    require_identities(accepted)
    assert_allclose(accepted.va, factor * frames()["V"].loc["Value added"])
    residual = MRIOTable.from_frames(**off, value_added="residual")
    assert_allclose(residual.va, residual.x - residual.Z.sum(axis=0))


# Labels, satellites, description


def test_a_national_table_is_one_region():
    table = miller_blair_2()
    assert table.regions == ["national"]
    assert table.index.names == ["region", "industry"]


def test_satellites_by_name(world):
    jobs = world.satellite("jobs")
    assert jobs.index.equals(world.index)
    assert jobs.attrs["unit"]
    assert jobs["RoW"].isna().all()
    assert_series_equal(world.satellite("output"), world.x, check_names=False)
    with pytest.raises(MissingSatelliteError, match="Nearest: jobs"):
        world.satellite("job")
    with pytest.raises(MissingSatelliteError, match="has no satellite accounts"):
        miller_blair_2().satellite("jobs")


def test_attaching_a_satellite_leaves_the_rest_unknown():
    table = germany_1995()
    energy = pd.DataFrame([[5.0]], index=["energy"], columns=table.index[:1])
    new = table.with_satellite("energy", energy, "TJ")
    assert new.satellite("energy").attrs["unit"] == "TJ"
    assert new.satellite("energy").notna().sum() == 1
    assert "energy" not in table.satellite_names
    assert new.system is not None
    with pytest.raises(UnknownLabelError, match="country-industry"):
        table.with_satellite("energy", energy.set_axis(pd.MultiIndex.from_tuples([("X", "y")]), axis=1), "TJ")


def test_choices_are_recorded(world):
    described = world.describe()
    assert described["gross output from"] == "row sums of Z and Y"
    assert described["value added"].startswith("value added (Value added at basic prices)")
    published = iol.load(output="published", value_added="residual")
    assert published.describe()["gross output from"] == "published totals"
    assert published.describe()["value added"].startswith(RESIDUAL_NAME)
    require_identities(published)


def test_demand_by_region_adds_up(world):
    assert_allclose(world.demand_by_region.sum(axis=1), world.final_demand, rtol=1e-12, atol=1e-9)


def test_captions_say_unit_year_and_source(world):
    attrs = world.series(np.ones(len(world.index)), "ones", unit="1").attrs
    assert attrs["unit"] == "1"
    assert attrs["year"] == 2011
    assert "WIOD" in attrs["source"]
    assert "2011" in attrs["table"]


@pytest.mark.parametrize("year", [1995, 2000, 2005, 2008, 2011])
@pytest.mark.parametrize("output", ["rows", "published"])
def test_identities_hold_on_the_shipped_tables(year, output):
    require_identities(iol.load(year=year, output=output))


@pytest.mark.parametrize("year", [1995, 1999, 2008, 2011])
def test_identities_hold_on_the_full_tables(shared_data, year):
    for output in ("rows", "published"):
        require_identities(iol.load(shared_data / "wiod2013", year=year, output=output))


def test_an_unknown_year_names_the_known_ones():
    with pytest.raises(UnknownLabelError, match="1995, 2000, 2005, 2008, 2011"):
        iol.load(year=1996)


@given(tables())
def test_a_table_remade_from_its_own_numbers_is_the_same(table):
    accounts = table.accounts
    again = table.remade(
        accounts.published_flows,
        accounts.Y[:, accounts.own_demand],
        accounts.V[accounts.own_inputs],
        accounts.published,
        notes=["seen twice"],
    )
    for block in ("Z", "Y", "V", "x", "published_output"):
        before, after = getattr(table, block), getattr(again, block)
        assert (before is None) == (after is None), block
        if before is not None:
            # Sums of blocks that lie in memory otherwise may differ in the last bit.
            assert_allclose(before, after, rtol=1e-13, atol=1e-13 * float(table.x.max()), err_msg=block)
    assert again.carried["notes"][-1] == "seen twice"
    for name in ("year", "unit", "source", "classification", "name"):
        assert getattr(again, name) == getattr(table, name)
    assert again.value_added_label == table.value_added_label
    assert again.satellite_names == table.satellite_names


@given(tables())
def test_a_table_remade_with_other_labels_keeps_no_satellites(table):
    accounts = table.accounts
    index = pd.MultiIndex.from_tuples([(region, f"{code}*") for region, code in table.index], names=table.index.names)
    again = table.remade(
        accounts.published_flows,
        2 * accounts.Y[:, accounts.own_demand],
        accounts.V[accounts.own_inputs],
        index=index,
        name="doubled demand",
    )
    assert again.satellite_names == []
    assert again.name == "doubled demand"
    np.testing.assert_allclose(
        again.x - again.Z.sum(axis=1), 2 * accounts.Y[:, accounts.own_demand].sum(axis=1), rtol=1e-9, atol=1e-6
    )
