"""From pymrio and back: nothing is lost, and pymrio's own matrices are the oracle."""

from __future__ import annotations

import warnings

import numpy as np
import pymrio
import pytest
from hypothesis import given
from numpy.testing import assert_allclose
from pandas.testing import assert_frame_equal, assert_series_equal

import io_linkage as iol
from io_linkage.errors import TableError, UnknownLabelError
from io_linkage.table import MRIOTable
from tests.strategies import tables


@pytest.fixture(scope="module")
def example_system():
    return pymrio.load_test()


@pytest.fixture(scope="module")
def example_table(example_system):
    return iol.load(example_system, value_added="residual")


def same(left: pymrio.IOSystem, right: pymrio.IOSystem) -> None:
    """Equal in every frame, both ways, extensions included."""
    assert left == right
    assert right == left
    names = sorted(name for name, value in vars(left).items() if isinstance(value, pymrio.Extension))
    assert names == sorted(name for name, value in vars(right).items() if isinstance(value, pymrio.Extension))
    for name in names:
        assert getattr(left, name) == getattr(right, name)
        assert getattr(right, name) == getattr(left, name)
    assert_frame_equal(left.Z, right.Z)
    assert_frame_equal(left.Y, right.Y)
    assert left.meta.name == right.meta.name
    assert left.meta.description == right.meta.description


def test_a_round_trip_is_equal(example_system, example_table):
    same(example_table.to_pymrio(), example_system)


def test_a_round_trip_of_a_calculated_system_is_equal():
    io = pymrio.load_test()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        io.calc_all()
    table = iol.from_pymrio(io, value_added="residual")
    same(table.to_pymrio(), io)
    assert_frame_equal(table.to_pymrio().L, io.L)


@pytest.mark.parametrize("year", [1995, 1999, 2011])
def test_a_round_trip_of_wiod_is_equal(shared_data, year):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        io = pymrio.load_all(shared_data / "wiod2013" / str(year))
    same(iol.from_pymrio(io).to_pymrio(), io)


def test_a_round_trip_of_the_shipped_table_keeps_the_satellites(world):
    again = iol.from_pymrio(world.to_pymrio(), tolerance=0.2)
    assert again.satellite_names == world.satellite_names
    assert_frame_equal(again.Z, world.Z)
    assert_series_equal(again.va, world.va)
    for name in world.satellite_names:
        assert_series_equal(again.satellite(name), world.satellite(name))


@given(tables())
def test_a_table_made_elsewhere_survives_the_way_there_and_back(table):
    again = iol.from_pymrio(table.to_pymrio(), tolerance=float("inf"))
    assert_allclose(again.Z, table.Z)
    assert_allclose(again.Y, table.Y)
    assert_allclose(again.V, table.V)
    assert_allclose(again.va, table.va)
    assert_allclose(again.satellite("jobs"), table.satellite("jobs"))
    assert again.unit == table.unit


def test_coefficients_and_inverses_are_those_of_pymrio(example_system, example_table):
    x = pymrio.calc_x(example_system.Z, example_system.Y)
    A = pymrio.calc_A(example_system.Z, x)
    assert_allclose(example_table.x, x.iloc[:, 0])
    assert_allclose(example_table.A, A)
    assert_allclose(example_table.L, pymrio.calc_L(A), rtol=1e-10)
    B = pymrio.calc_B(example_system.Z, x)
    assert_allclose(example_table.B, B)
    # pymrio returns the Ghosh inverse transposed in some versions; its rows here are the sellers'.
    G = np.asarray(pymrio.calc_G(B))
    ours = example_table.G.to_numpy()
    assert min(np.abs(G - ours).max(), np.abs(G.T - ours).max()) < 1e-10


def test_inverse_of_wiod_is_that_of_pymrio(wiod_2011):
    x = wiod_2011.x.to_frame("indout")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected = pymrio.calc_L(pymrio.calc_A(wiod_2011.Z, x))
    assert_allclose(wiod_2011.L, expected, rtol=1e-9, atol=1e-12)


def test_the_system_is_not_changed(example_system):
    before = example_system.Z.copy()
    table = iol.from_pymrio(example_system, value_added="residual")
    assert_frame_equal(example_system.Z, before)
    io = pymrio.load_test()
    table = iol.from_pymrio(io, value_added="residual")
    io.Z.iloc[0, 0] = 1e9
    io.emissions.F.iloc[0, 0] = 1e9
    assert table.Z.iloc[0, 0] != 1e9
    assert table.to_pymrio().emissions.F.iloc[0, 0] != 1e9


def test_extensions_become_satellites(example_system, example_table):
    assert "emission_type1 | air" in example_table.satellite_names
    assert_allclose(example_table.satellite("emission_type1 | air"), example_system.emissions.F.iloc[0])


def test_the_extension_of_primary_inputs_can_be_named(example_system):
    with pytest.raises(UnknownLabelError, match="Nearest: factor_inputs"):
        iol.from_pymrio(example_system, primary="factor_input")


def test_a_system_without_flows_is_refused():
    io = pymrio.load_test()
    io.Z = None
    with pytest.raises(TableError, match="has no Z"):
        iol.from_pymrio(io)


def test_a_changed_table_does_not_carry_stale_results():
    io = pymrio.load_test()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        io.calc_all()
    table = iol.from_pymrio(io, value_added="residual")
    half = MRIOTable.from_frames(table.Z * 0.5, table.Y, output="rows").accounts
    exported = table.replace(accounts=half).to_pymrio()
    assert exported.L is None
    assert_allclose(exported.Z, io.Z * 0.5)
