"""The Leontief system: published inverses, identities, and numpy's inverse as oracle."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from numpy.testing import assert_allclose

from io_linkage.errors import NotProductiveError, SolveError
from io_linkage.leontief import System
from io_linkage.leontief.factors import Factor
from tests.examples import germany_1995, miller_blair_2, miller_blair_two_regions
from tests.strategies import tables


def brute_force_inverse(system: System) -> np.ndarray:
    A = np.divide(system.Z, system.x, out=np.zeros_like(system.Z), where=system.x > 0)
    return np.linalg.inv(np.eye(system.n) - A)


def test_inverse_of_miller_and_blair_two_industries():
    assert_allclose(miller_blair_2().system.inverse(), [[1.2541, 0.3300], [0.2640, 1.1221]], atol=5e-5)


def test_output_for_new_final_demand_of_miller_and_blair():
    assert_allclose(miller_blair_2().system.solve(np.array([600.0, 1500.0])), [1247.5, 1841.6], atol=0.05)


def test_two_region_inverse_and_feedback_of_miller_and_blair():
    table = miller_blair_two_regions()
    assert_allclose(table.system.inverse()[0], [1.4234, 0.4652, 0.2909, 0.1917, 0.3041], atol=5e-5)
    together = table.system.solve(np.array([100.0, 0, 0, 0, 0]))
    assert_allclose(together, [142.34, 63.46, 63.83, 26.72, 14.68], atol=0.005)
    alone = System(np.ascontiguousarray(table.system.Z[:3, :3]), table.system.x[:3])
    assert_allclose(alone.solve(np.array([100.0, 0, 0])), [136.51, 52.73, 56.98], atol=0.005)


def test_column_and_forward_sums_of_germany_1995():
    system = germany_1995().system
    assert_allclose(system.backward_sums(), [1.7048, 1.8413, 1.8136, 1.6035, 1.5951, 1.3782], atol=5e-5)
    assert_allclose(system.forward_sums(), [2.1126, 1.6910, 1.3558, 1.5848, 2.1037, 1.2106], atol=5e-5)


def test_multipliers_of_germany_1995():
    table = germany_1995()
    assert_allclose(
        table.system.solve_transposed(table.v.to_numpy()), [0.8450, 0.7647, 0.8615, 0.9019, 0.9393, 0.9199], atol=5e-5
    )
    jobs = table.per_output(table.satellite("jobs").to_numpy())
    assert_allclose(table.system.solve_transposed(jobs), [0.0326, 0.0162, 0.0207, 0.0237, 0.0112, 0.0242], atol=5e-5)


@given(tables())
def test_solves_match_the_inverse(table):
    system = table.system
    L = brute_force_inverse(system)
    b = np.random.default_rng(0).normal(size=(system.n, 3))
    assert_allclose(system.solve(b), L @ b, rtol=1e-9, atol=1e-9)
    assert_allclose(system.solve_transposed(b), L.T @ b, rtol=1e-9, atol=1e-9)
    assert_allclose(system.solve(b[:, 0]), L @ b[:, 0], rtol=1e-9, atol=1e-9)
    assert_allclose(system.inverse(), L, rtol=1e-9, atol=1e-12)
    assert_allclose(system.inverse_diagonal(), np.diagonal(L), rtol=1e-9)
    assert_allclose(system.backward_sums(), L.sum(axis=0), rtol=1e-9)


@given(tables())
def test_ghosh_solves_match_the_inverse_of_i_less_b(table):
    system = table.system
    G = np.linalg.inv(np.eye(system.n) - system.allocation())
    b = np.random.default_rng(1).normal(size=(system.n, 2))
    assert_allclose(system.ghosh(b), G @ b, rtol=1e-9, atol=1e-9)
    assert_allclose(system.ghosh_transposed(b), G.T @ b, rtol=1e-9, atol=1e-9)
    assert_allclose(system.ghosh_inverse(), G, rtol=1e-9, atol=1e-12)
    assert_allclose(system.forward_sums(), G.sum(axis=1), rtol=1e-9)


@given(tables())
def test_output_is_the_inverse_times_final_demand(table):
    assert_allclose(table.system.solve(table.final_demand.to_numpy()), table.x.to_numpy(), rtol=1e-9, atol=1e-9)


@given(tables())
def test_primary_inputs_per_output_times_the_inverse_are_one(table):
    content = table.per_output(table.V.sum().to_numpy())
    assert_allclose(table.system.solve_transposed(content)[table.active], 1.0, rtol=1e-9)


@pytest.mark.parametrize("order", ["C", "F"])
def test_both_memory_orders_give_the_same(order):
    table = germany_1995()
    system = System(np.array(table.accounts.Z, order=order), table.accounts.x)
    assert_allclose(system.inverse(), brute_force_inverse(table.system), rtol=1e-12)
    assert_allclose(system.solve(np.ones(6)), brute_force_inverse(table.system).sum(axis=1), rtol=1e-12)


def test_the_same_input_gives_the_same_bits():
    first, second = (germany_1995().system for _ in range(2))
    assert np.array_equal(first.inverse(), second.inverse())
    assert np.array_equal(first.backward_sums(), second.backward_sums())


def test_nothing_of_size_n_squared_is_made_for_solves():
    system = germany_1995().system
    system.backward_sums()
    system.forward_sums()
    assert "A" not in system.__dict__
    assert not system.has_inverse


def test_results_cannot_be_changed():
    system = germany_1995().system
    for array in (system.A, system.inverse(), system.backward_sums(), system.forward_sums()):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0.0


def test_columns_that_use_all_output_throughout_are_refused():
    with pytest.raises(NotProductiveError, match="every column of A sums to 1 or more"):
        System(np.array([[50.0, 60.0], [60.0, 50.0]]), np.array([100.0, 100.0])).backward_sums()


def test_an_unproductive_table_with_one_good_column_is_refused():
    Z = np.array([[90.0, 95.0, 0.0], [95.0, 90.0, 0.0], [0.0, 0.0, 10.0]])
    with pytest.raises(NotProductiveError, match="Hawkins-Simon"):
        System(Z, np.array([100.0, 100.0, 100.0])).solve(np.ones(3))


def test_an_industry_with_negative_value_added_is_still_productive():
    # Column 0 sums to 1.1, yet the spectral radius is below 1.
    Z = np.array([[10.0, 5.0], [100.0, 5.0]])
    system = System(Z, np.array([100.0, 200.0]))
    assert system.direct_column_sums[0] > 1
    assert_allclose(system.inverse(), brute_force_inverse(system), rtol=1e-12)


@pytest.mark.parametrize("n", [3, 40])
def test_negative_flows_are_judged_by_the_spectral_radius(n):
    Z = np.full((n, n), 0.5)
    Z[0, 1] = -0.5
    Z[1, 0] = n * 2.0
    productive = System(Z, np.full(n, n * 1.0))
    assert np.abs(np.linalg.eigvals(productive.A)).max() < 1
    assert_allclose(productive.inverse(), brute_force_inverse(productive), rtol=1e-9)
    with pytest.raises(NotProductiveError, match="spectral radius"):
        System(Z, np.full(n, 0.2 * n)).solve(np.ones(n))


def test_a_singular_system_is_refused():
    with pytest.raises(NotProductiveError):
        System(np.array([[50.0, 50.0, 0], [50.0, 50.0, 0], [0, 0, 1]]), np.array([100.0, 100.0, 100.0])).inverse()


def test_a_residual_above_the_bound_raises(monkeypatch):
    system = germany_1995().system
    exact = Factor.substitute
    monkeypatch.setattr(Factor, "substitute", lambda self, b, transposed: 1.01 * exact(self, b, transposed=transposed))
    # One refinement squares the error of 1 %, which is still far above the bound.
    with pytest.raises(SolveError, match="relative residual"):
        system.backward_sums()


def test_one_refinement_repairs_a_small_error(monkeypatch):
    system = germany_1995().system
    right = brute_force_inverse(system).sum(axis=0)
    exact = Factor.substitute
    monkeypatch.setattr(
        Factor, "substitute", lambda self, b, transposed: (1 + 1e-6) * exact(self, b, transposed=transposed)
    )
    assert_allclose(system.backward_sums(), right, rtol=1e-10)
