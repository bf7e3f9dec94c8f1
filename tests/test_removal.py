"""Closed forms and low-rank updates against re-inversion, and against a table in which industries are really split."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from io_linkage.errors import SolveError
from io_linkage.leontief import System
from io_linkage.leontief import removal as cf
from tests.oracles import brute_force, split_in_two
from tests.strategies import tables

kinds = st.sampled_from(cf.KINDS)
withins = st.sampled_from(["removed", "kept"])
factors = st.sampled_from([0.0, 0.25, 0.8, 1.0])


@given(tables(), kinds, factors, withins)
def test_every_single_extraction_matches_re_inversion(table, kind, factor, within):
    alpha, beta = cf.single(table.system, cf.Removal(kind, factor, within))
    for j in np.flatnonzero(table.active):
        unit = np.eye(len(alpha))[j]
        expected = brute_force(table, kind, unit, factor, within)
        found = alpha[j] * table.system.inverse()[:, j] - beta[j] * unit
        assert_allclose(found, expected, rtol=1e-9, atol=1e-9 * table.x.max())


@given(tables(), kinds, factors, withins, st.booleans(), st.booleans(), st.integers(0, 99))
def test_groups_match_re_inversion_by_update_and_by_iteration(table, kind, factor, within, iterate, whole, seed):
    random = np.random.default_rng(seed)
    share = random.random(len(table.index)) * (random.random(len(table.index)) < 0.6)
    share = np.ceil(share) if whole else share
    with pytest.MonkeyPatch.context() as patch:
        if iterate:
            patch.setattr(cf, "LOW_RANK", 0)
        found = cf.group(table.system, share, cf.Removal(kind, factor, within))
    expected = brute_force(table, kind, share, factor, within)
    assert_allclose(found, expected, rtol=1e-9, atol=1e-9 * table.x.max())


@given(tables(), kinds, factors, withins, st.integers(0, 99))
def test_a_part_of_an_industry_is_extracted_as_if_it_were_an_industry(table, kind, factor, within, seed):
    """The part's own loss is that of the industry it is in a table of 2n industries."""
    n = len(table.index)
    random = np.random.default_rng(seed)
    share = random.random(n) * (random.random(n) < 0.7)
    expected = split_in_two(table, kind, share, factor, within)
    loss = cf.group(table.system, share, cf.Removal(kind, factor, within))
    own = cf.own_part(table.system, share, loss, cf.Removal(kind, factor, within))
    scale = 1e-9 * table.x.max()
    assert_allclose(loss, expected[:n] + expected[n:], rtol=1e-9, atol=scale)
    assert_allclose(own, expected[:n], rtol=1e-9, atol=scale)


@given(tables(), st.sampled_from(["backward", "forward"]), factors, st.integers(0, 99))
def test_own_part_of_whole_industries_is_all_of_their_loss(table, kind, factor, seed):
    share = np.random.default_rng(seed).integers(0, 2, len(table.index)).astype(float)
    for within in ("removed", "kept"):
        loss = cf.group(table.system, share, cf.Removal(kind, factor, within))
        own = cf.own_part(table.system, share, loss, cf.Removal(kind, factor, within))
        assert_allclose(own, share * loss, rtol=1e-9, atol=1e-9 * table.x.max())


@given(tables(), st.integers(0, 99), st.booleans())
def test_flows_from_set_to_set_match_re_inversion(table, seed, iterate):
    n, x = len(table.index), table.accounts.x
    random = np.random.default_rng(seed)
    s, t = (random.random(n) * (random.random(n) < 0.5) for _ in range(2))
    y = x - table.accounts.Z.sum(axis=1)
    demand = 0.5 * s * y
    A = np.divide(table.accounts.Z, x, out=np.zeros((n, n)), where=x > 0)
    expected = x - np.linalg.inv(np.eye(n) - A + s[:, None] * A * t) @ (y - demand)
    with pytest.MonkeyPatch.context() as patch:
        if iterate:
            patch.setattr(cf, "LOW_RANK", 0)
        found = cf.removal(table.system, s, t, demand)
    assert_allclose(found, expected, rtol=1e-9, atol=1e-9 * x.max())


@given(tables(), kinds, st.integers(0, 99))
def test_many_shares_of_one_block_at_once(table, kind, seed):
    inside = np.flatnonzero(table.region_codes == 0)
    shares = np.random.default_rng(seed).random((4, 3, len(inside)))
    L, x = table.system.inverse(), table.accounts.x[inside]
    u, beta = cf.block_factors(L[np.ix_(inside, inside)], shares, x, x * table.system.direct_forward_sums[inside], kind)
    for k in np.ndindex(4, 3):
        share = np.zeros(len(table.index))
        share[inside] = shares[k]
        expected = cf.group(table.system, share, cf.Removal(kind))
        found = L[:, inside] @ u[k]
        found[inside] -= beta[k]
        assert_allclose(found, expected, rtol=1e-9, atol=1e-9 * table.x.max())


@pytest.mark.parametrize("known", [False, True])
def test_a_singular_block_is_an_error_that_says_so(known):
    """A negative flow to itself keeps this table productive; without it, industry 1 uses up what both make."""
    system = System(np.array([[-0.2, 1.0], [0.5, 0.5]]), np.array([1.0, 1.0]))
    if known:
        system.inverse()
    with pytest.raises(SolveError, match="singular"):
        cf.removal(system, np.array([1.0, 0.0]), np.array([1.0, 0.0]))
    with pytest.raises(SolveError, match="singular"):
        cf.block_factors(np.zeros((1, 1)), np.ones(1), np.ones(1), np.ones(1), "complete")


def test_an_iteration_that_finds_nothing_is_an_error(monkeypatch):
    monkeypatch.setattr(cf, "LOW_RANK", 0)
    system = System(np.array([[-0.2, 1.0], [0.5, 0.5]]), np.array([1.0, 1.0]))
    with pytest.raises(SolveError, match=r"residual|singular"):
        cf.removal(system, np.array([1.0, 0.0]), np.array([1.0, 0.0]))
