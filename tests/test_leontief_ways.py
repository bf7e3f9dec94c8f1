"""Products with Z, a factor in single and one in double precision give the same numbers; the plan says which it is."""

from __future__ import annotations

import pickle

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from numpy.testing import assert_allclose, assert_array_equal
from pandas.testing import assert_frame_equal

from io_linkage.errors import (
    NotEnoughMemoryError,
    NotProductiveError,
    OptionError,
    OutputError,
    ReadError,
    SlowSolveWarning,
)
from io_linkage.leontief import Mapped, System, krylov, mapped, planning
from io_linkage.table import MRIOTable
from tests.examples import germany_1995
from tests.strategies import tables
from tests.test_leontief import brute_force_inverse


def system_of(n: int, *, way: planning.Way | None = None, heaviest: float = 0.75, seed: int = 0) -> System:
    """Flows over eight orders of magnitude, an industry without output among them."""
    random = np.random.default_rng(seed)
    x = random.lognormal(0, 3, n)
    A = random.random((n, n)) ** 8
    A *= random.uniform(0.2, heaviest, n) / A.sum(axis=0)
    x[3], A[3], A[:, 3] = 0.0, 0.0, 0.0
    return System(A * x, x, way=way)


class TestWaysAgree:
    @pytest.mark.parametrize("way", ["krylov", "single"])
    @given(table=tables())
    def test_with_the_inverse(self, way, table):
        system = System(table.system.Z, table.system.x, way=way)
        L = brute_force_inverse(system)
        b = np.random.default_rng(0).normal(size=(system.n, 3))
        assert_allclose(system.solve(b), L @ b, rtol=1e-9, atol=1e-9)
        assert_allclose(system.solve_transposed(b[:, 1]), L.T @ b[:, 1], rtol=1e-9, atol=1e-9)
        assert_allclose(system.backward_sums(), L.sum(axis=0), rtol=1e-9)
        G = np.linalg.inv(np.eye(system.n) - system.allocation())
        assert_allclose(system.forward_sums(), G.sum(axis=1), rtol=1e-9)

    @pytest.mark.parametrize("way", ["krylov", "single"])
    @pytest.mark.parametrize("transposed", [False, True])
    def test_small_industries_keep_their_digits(self, way, transposed):
        exact, quick = system_of(120, way="double"), system_of(120, way=way)
        b = np.zeros((120, 4))
        for column, rows in enumerate((slice(0, 30), slice(30, 60), slice(60, 61), slice(100, 120))):
            b[rows, column] = 1.0 if transposed else exact.x[rows]
        solve = "solve_transposed" if transposed else "solve"
        assert_allclose(getattr(quick, solve)(b), getattr(exact, solve)(b), rtol=1e-9, atol=0)

    @pytest.mark.parametrize("way", ["krylov", "single", "double"])
    def test_a_right_hand_side_of_zeros_gives_zeros(self, way):
        b = np.zeros((40, 2))
        b[5, 1] = 1e-40
        result = system_of(40, way=way).solve(b)
        assert_array_equal(result[:, 0], 0.0)
        assert_allclose(result[:, 1], brute_force_inverse(system_of(40))[:, 5] * 1e-40, rtol=1e-9)

    def test_the_same_bits_each_time(self):
        b = np.random.default_rng(1).random((60, 5))
        for way in ("krylov", "single"):
            assert_array_equal(system_of(60, way=way).solve(b), system_of(60, way=way).solve(b))

    def test_columns_of_a_solve_do_not_need_one_another(self):
        b = np.random.default_rng(1).random((60, 3))
        alone = np.column_stack([system_of(60, way="krylov").solve(b[:, k]) for k in range(3)])
        assert_allclose(system_of(60, way="krylov").solve(b), alone, rtol=1e-12)

    def test_a_memory_map_is_solved_like_an_array(self, tmp_path):
        system = system_of(60)
        np.save(tmp_path / "Z.npy", system.Z)
        mapped = System(np.load(tmp_path / "Z.npy", mmap_mode="r"), system.x)
        assert_array_equal(mapped.backward_sums(), system.backward_sums())


class TestPlan:
    def test_small_tables_are_factorised(self):
        assert system_of(60).plan(1).way == "double"

    @pytest.mark.parametrize(
        ("n", "k", "way"),
        [(1435, 1, "double"), (3465, 1, "krylov"), (9800, 41, "krylov"), (9800, 400, "single"), (9800, 9800, "double")],
    )
    def test_by_size_and_right_hand_sides(self, n, k, way):
        assert planning.choose(n, k, spent=0, made=None, forced=None, stalled=False).way == way

    def test_a_factor_that_is_made_is_used(self):
        assert planning.choose(9800, 1, spent=0, made="double", forced=None, stalled=False).way == "double"
        assert planning.choose(9800, 1, spent=0, made="single", forced=None, stalled=False).way == "single"

    def test_products_give_way_to_a_factor_once_they_have_cost_as_much(self):
        cost = 2 / 3 * 5000**3
        assert planning.choose(5000, 1, spent=0.9 * cost, made=None, forced=None, stalled=False).way == "single"

    def test_memory_is_that_of_the_way(self):
        plan = planning.choose(9800, 41, spent=0, made=None, forced="single", stalled=False)
        assert plan.memory == 4 * 9800**2 + 3 * 8 * 9800 * 41
        assert planning.choose(9800, 41, spent=0, made="single", forced=None, stalled=False).memory == 3 * 8 * 9800 * 41

    def test_the_caller_may_force_it(self):
        forced = system_of(60, way="krylov")
        forced.solve(np.ones(60))
        assert forced.plan(60).way == "krylov"
        assert not {"_single", "_double"} & set(vars(forced))

    def test_a_factor_is_made_where_many_solves_are_expected(self):
        chosen, forced = system_of(60), system_of(60, way="krylov")
        chosen.expect(40)
        forced.expect(40)
        assert "_double" in vars(chosen)
        assert not {"_single", "_double"} & set(vars(forced))

    def test_an_unknown_way_is_refused(self):
        with pytest.raises(OptionError, match="krylov"):
            system_of(60, way="cholesky")

    def test_sums_of_large_tables_take_products_alone(self, monkeypatch):
        monkeypatch.setattr(planning, "SUMS_BY_PRODUCTS", 50)
        system, exact = system_of(60), system_of(60, way="double")
        assert_allclose(system.backward_sums(), exact.backward_sums(), rtol=1e-12)
        assert_allclose(system.forward_sums(), exact.forward_sums(), rtol=1e-11)
        assert not {"_single", "_double"} & set(vars(system))


class TestTroubles:
    def close_to_singular(self, way: planning.Way) -> System:
        """Each industry buys nearly all its inputs from the next one: 400 steps round."""
        n = 400
        A = np.diag(np.full(n - 1, 1 - 1e-9), 1)
        A[-1, 0] = 1 - 1e-9
        return System(A, np.ones(n), way=way)

    def test_products_that_stall_give_way_to_the_factor_and_say_so(self):
        exact = self.close_to_singular("double").solve(np.eye(400)[:, 0])
        with pytest.warns(SlowSolveWarning, match="close to singular"):
            result = self.close_to_singular("krylov").solve(np.eye(400)[:, 0])
        assert_allclose(result, exact, rtol=1e-6)

    def test_single_precision_that_stalls_gives_way_to_double(self):
        exact = self.close_to_singular("double").solve(np.eye(400)[:, 0])
        assert_allclose(self.close_to_singular("single").solve(np.eye(400)[:, 0]), exact, rtol=1e-6)

    @pytest.mark.parametrize("way", ["krylov", "single"])
    def test_a_table_that_is_not_productive_is_refused(self, way):
        Z = np.array([[50.0, 70.0], [60.0, 55.0]])
        with pytest.raises(NotProductiveError, match="Hawkins-Simon"):
            System(Z, np.array([100.0, 110.0]), way=way).solve(np.ones(2))

    def test_too_little_memory_is_said_before_starting(self, monkeypatch):
        monkeypatch.setattr(planning, "UNCHECKED", 0)
        monkeypatch.setattr(planning, "available", lambda: 1000)
        with pytest.raises(NotEnoughMemoryError, match="GiB are free"):
            system_of(60).inverse()

    def test_gmres_says_when_it_does_not_arrive(self):
        shift = np.roll(np.eye(200), 1, axis=0)
        assert krylov.gmres(lambda y: shift @ y, np.eye(200)[:, :1], tolerance=1e-12) is None


class TestOnDisk:
    @pytest.fixture
    def table(self):
        return germany_1995()

    def test_the_copy_gives_the_same_bits(self, table, tmp_path):
        copy = table.on_disk(tmp_path / "flows.npy")
        assert isinstance(copy.accounts.Z, np.memmap)
        assert_array_equal(copy.system.inverse(), table.system.inverse())
        assert copy.label == table.label
        assert copy.satellite_names == table.satellite_names

    def test_a_process_is_given_the_name_and_not_the_flows(self, tmp_path):
        n = 200
        table = MRIOTable.from_frames(pd.DataFrame(np.ones((n, n))), pd.DataFrame({"demand": np.full(n, 300.0)}))
        sent = pickle.dumps(table.on_disk(tmp_path / "flows.npy"))
        assert len(sent) < n * n * 8 / 2 < len(pickle.dumps(table))
        received = pickle.loads(sent)
        assert_array_equal(received.accounts.Z, table.accounts.Z)
        assert not received.accounts.x.flags.writeable

    def test_a_table_travels_whole(self, table):
        table.system.inverse()
        received = pickle.loads(pickle.dumps(table))
        assert "system" not in vars(received)
        assert_frame_equal(received.Z, table.Z)
        assert received.describe().equals(table.describe())
        assert not received.accounts.Z.flags.writeable

    @pytest.mark.parametrize(("change", "message"), [("gone", "is gone"), ("longer", "has changed since")])
    def test_a_file_that_changed_or_vanished_is_refused(self, table, tmp_path, change, message):
        sent = pickle.dumps(table.on_disk(tmp_path / "flows.npy"))
        if change == "gone":
            (tmp_path / "flows.npy").unlink()
        else:
            with (tmp_path / "flows.npy").open("ab") as file:
                file.write(b"0")
        with pytest.raises(ReadError, match=message):
            pickle.loads(sent)

    def test_a_transposed_or_partial_map_travels_as_numbers(self, tmp_path):
        np.save(tmp_path / "Z.npy", np.arange(9.0).reshape(3, 3))
        whole = mapped(tmp_path / "Z.npy")
        assert Mapped.of(whole) is not None
        assert Mapped.of(whole.T) is None
        assert Mapped.of(whole[:2]) is None
        assert Mapped.of(whole + 1) is None

    def test_no_file_is_replaced_unasked(self, table, tmp_path):
        table.on_disk(tmp_path / "flows.npy")
        with pytest.raises(OutputError, match="is there already"):
            table.on_disk(tmp_path / "flows.npy")
        table.on_disk(tmp_path / "flows.npy", overwrite=True)
        with pytest.raises(OptionError, match=r"\.npy"):
            table.on_disk(tmp_path / "flows.csv")


def test_a_table_may_be_solved_one_way():
    table = germany_1995()
    forced = table.solved("krylov")
    assert_allclose(forced.system.solve(np.ones(6)), table.system.solve(np.ones(6)), rtol=1e-12)
    assert not {"_single", "_double"} & set(vars(forced.system))
    assert forced.solved(None).system.plan().way == "double"
