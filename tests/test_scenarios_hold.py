"""Scenarios on drawn tables: identities, and a table written out and inverted again."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from io_linkage import extraction, scenarios
from io_linkage.errors import NotProductiveError, OptionError, SolveError
from io_linkage.leontief import System, updates
from io_linkage.leontief.updates import Block, Part, Update
from io_linkage.scenarios import (
    DemandChange,
    ExportBan,
    FriendShoring,
    MarketRepair,
    NodeLoss,
    ProductionAbroad,
    Reshoring,
    Scenario,
    Substitution,
    Tariff,
)
from tests.strategies import tables

SHARE = st.floats(0.05, 1.0)


def run(table, *moves):
    return scenarios.run(table, Scenario("test", moves))


def outcome_of(table, *moves):
    """Run moves, but for tables in which there is nothing to move."""
    try:
        return run(table, *moves)
    except OptionError as error:
        assume("nothing" not in str(error))
        raise


def written_out(table, move):
    """A', Y' of one move, cell by cell."""
    x, regions = table.accounts.x, table.index.get_level_values(0)
    Z, Y = table.accounts.Z.copy(), table.accounts.Y.copy()
    owners = table.accounts.demand.get_level_values(0)
    sources, target = {
        Reshoring: (["R1"], "R0"),
        Substitution: (["R1"], "R2"),
        MarketRepair: (["R0"], "R1"),
        FriendShoring: (["R1"], "R2"),
    }[type(move)]
    for matrix, buyers in ((Z, regions), (Y, owners)):
        old = matrix.copy()
        for j in np.flatnonzero(buyers == "R0"):
            for i in range(len(x)):
                into = table.index.get_indexer([(target, table.index[i][1])])[0]
                if regions[i] in sources and x[into] > 0 and old[i, j] > 0:
                    matrix[i, j] -= move.strength * old[i, j]
                    matrix[into, j] += move.strength * old[i, j]
    return np.divide(Z, x, out=np.zeros_like(Z), where=x > 0), Y


MOVES = {
    "reshoring": lambda s: Reshoring("R0", suppliers="R1", strength=s),
    "substitution": lambda s: Substitution("R0", "R1", "R2", strength=s),
    "market_repair": lambda s: MarketRepair("R0", "R1", strength=s),
    "friend_shoring": lambda s: FriendShoring("R0", "R1", "R2", strength=s),
}


@given(tables(min_regions=3), st.sampled_from(list(MOVES)), SHARE)
def test_moves_equal_a_table_written_out_and_inverted_again(table, kind, strength):
    move = MOVES[kind](strength)
    outcome = outcome_of(table, move)
    A, Y = written_out(table, move)
    x = np.linalg.solve(np.eye(len(A)) - A, Y.sum(axis=1))
    assert_allclose(outcome.after["output"], x, rtol=1e-9, atol=1e-9 * x.max())
    after = outcome.table
    assert_allclose(after.x, x, rtol=1e-9, atol=1e-9 * x.max())
    assert_allclose(after.system.A, A, rtol=1e-9, atol=1e-12)
    assert_allclose(after.Y.to_numpy()[:, : Y.shape[1]], Y, rtol=1e-9, atol=1e-9 * x.max())


@given(tables(min_regions=3), st.sampled_from(list(MOVES)), SHARE)
def test_pure_moves_leave_the_world_its_value_added(table, kind, strength):
    """Sums of columns stay; with value added as the residual the world's does not change, with rows of V taxes do."""
    outcome = outcome_of(table, MOVES[kind](strength))
    assert outcome.is_pure
    after = outcome.table
    assert_allclose(after.system.direct_column_sums, table.system.direct_column_sums, rtol=0, atol=1e-12)
    assert_allclose(after.final_demand.sum(), table.final_demand.sum(), rtol=1e-12)
    scale = np.abs(outcome.change()["change"]).sum()
    inputs = after.accounts.V.sum() - table.accounts.V.sum()
    assert abs(inputs) <= 1e-9 * max(scale, 1.0)
    for account in ("output", "value_added", "jobs"):
        change = outcome.change(of=account, by="region")["change"].sum()
        assert change == pytest.approx(np.nansum(after.satellite(account) - table.satellite(account)), abs=1e-8)


@given(tables(min_regions=3), st.sampled_from(list(MOVES)), SHARE, st.sampled_from(["loss", "gain", "net"]))
def test_tiers_add_up_and_follow_the_new_coefficients(table, kind, strength, chain):
    outcome = outcome_of(table, MOVES[kind](strength))
    tiers = outcome.tiers(by="country-industry", chain=chain, rounds=4)[np.asarray(table.active)]
    assert_allclose(tiers.drop(columns="total").sum(axis=1), tiers["total"], rtol=0, atol=1e-9 * table.x.max())
    A = outcome.table.system.A[np.ix_(table.active, table.active)]
    for k in (1, 2, 3):
        assert_allclose(tiers[f"tier_{k + 1}"], A @ tiers[f"tier_{k}"], rtol=1e-9, atol=1e-9 * table.x.max())
    parts = outcome.tiers(chain="loss")["total"] + outcome.tiers(chain="gain")["total"]
    assert_allclose(parts, outcome.change(by="region")["change"], rtol=0, atol=1e-9 * table.x.max())


@given(tables(min_regions=3))
def test_a_shock_of_nothing_changes_nothing(table):
    outcome = run(
        table,
        Reshoring("R0", suppliers="R1", strength=0.0),
        Substitution("R0", "R1", "R2", strength=0.0),
        MarketRepair("R2", "R1", strength=0.0),
        FriendShoring("R0", "R1", "R2", strength=0.0),
        ProductionAbroad("R0", "R1", strength=0.0),
        ExportBan("R1", "orders", strength=0.0),
        DemandChange("R0", level=0.1, strength=0.0),
        Tariff("R0", "R1", 0.0, 4.0),
        NodeLoss("R1", strength=0.0),
    )
    assert not outcome.solution.change.any()
    after = outcome.table.accounts
    for name in ("Z", "Y", "V", "x"):
        assert_array_equal(getattr(after, name), getattr(table.accounts, name))
    assert_array_equal(outcome.after, outcome.before)
    assert_array_equal(outcome.table.satellite("jobs"), table.satellite("jobs"))


@given(tables(min_regions=3, negative_demand=False))
def test_losses_grow_with_the_strength(table):
    outcomes = [outcome_of(table, MOVES["reshoring"](s)) for s in (0.2, 0.5, 0.8, 1.0)]
    lost = [outcome.losers(of="output")["loss"].sum() for outcome in outcomes]
    assert np.all(np.diff(lost) < 0)


@given(tables(min_regions=2), SHARE)
def test_a_lost_node_is_complete_extraction(table, strength):
    industries = [code for code in table.industries if table.x[("R0", code)] > 0]
    outcome = run(table, NodeLoss("R0", tuple(industries)))
    lost = extraction.losses(table, regions="R0", industries=industries, by="region")
    assert_allclose(outcome.change(by="region")["change"], -lost["total"], rtol=1e-9, atol=1e-9 * table.x.max())
    # A part lost: the mixed model, its equations written out.
    part = run(table, NodeLoss("R0", industries[0], strength=strength))
    A, y = np.array(table.system.A), table.final_demand.to_numpy()
    fixed = table.index.get_loc(("R0", industries[0]))
    free = [k for k in range(len(y)) if k != fixed]
    level = (1 - strength) * table.x.iloc[fixed]
    rest = np.linalg.solve((np.eye(len(y)) - A)[np.ix_(free, free)], y[free] + A[free, fixed] * level)
    assert_allclose(part.after["output"].to_numpy()[free], rest, rtol=1e-9, atol=1e-9 * table.x.max())
    implied = level - A[fixed, free] @ rest - A[fixed, fixed] * level
    assert part.implied_demand["implied"].item() == pytest.approx(implied, abs=1e-8 * table.x.max())
    balanced = part.table
    assert_allclose(balanced.x, part.after["output"], rtol=1e-9, atol=1e-9 * table.x.max())


@given(tables(min_regions=3), SHARE, SHARE)
def test_a_surface_is_a_run_at_each_point(table, s, t):
    first, second = Reshoring("R0", suppliers="R1"), MarketRepair("R2", "R1")
    outcome_of(table, first, second)
    points = scenarios.surface(table, first, second, strengths=([0.0, s], [0.0, t]), of="jobs", region="R1")
    assert points.iloc[0, 0] == 0
    both = run(table, Reshoring("R0", suppliers="R1", strength=s), MarketRepair("R2", "R1", strength=t))
    expected = both.change(of="jobs", by="region").loc["R1", "change"]
    assert points.iloc[1, 1] == pytest.approx(expected, rel=1e-9, abs=1e-9)


@st.composite
def changes(draw):
    """A productive system, and two parts of blocks that stay small next to its coefficients."""
    n = draw(st.integers(4, 12))
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    x = random.uniform(1, 100, n)
    A = random.random((n, n))
    A *= random.uniform(0.2, 0.6, n) / A.sum(axis=0)
    parts = []
    for _ in range(2):
        rows = np.sort(random.choice(n, random.integers(1, n), replace=False))
        columns = np.sort(random.choice(n, random.integers(1, n), replace=False))
        whole = Block(np.arange(n), random.choice(n, 1), random.uniform(-0.02, 0.02, (n, 1)))
        flat = Block(rows, columns, random.uniform(-0.02, 0.02, (len(rows), len(columns))))
        parts.append(Part((flat, whole), random.uniform(-1, 1, n)))
    return System(A * x, x), parts, random.random(2)


@given(changes(), st.sampled_from([updates.DIRECT, 0]))
def test_low_rank_and_iteration_equal_a_new_inverse(given_, direct):
    system, parts, strengths = given_
    at = Update(system, parts, direct=direct).at(strengths)
    assert at.update.is_direct == bool(direct)
    dA, dy = np.zeros((system.n, system.n)), np.zeros(system.n)
    for strength, part in zip(strengths, parts, strict=True):
        dy += strength * part.demand
        for block in part.blocks:
            dA[np.ix_(block.rows, block.columns)] += strength * block.values
    L = np.linalg.inv(np.eye(system.n) - system.A - dA)
    right = dA @ system.x + dy
    assert_allclose(at.first_round, right, rtol=1e-12, atol=1e-12)
    assert_allclose(at.change(), L @ right, rtol=1e-9, atol=1e-9 * np.abs(right).max())
    assert_allclose(at.change(np.array([1, 3])), (L @ right)[[1, 3]], rtol=1e-9, atol=1e-9 * np.abs(right).max())
    assert_allclose(at.solve_transposed(right), L.T @ right, rtol=1e-9, atol=1e-9 * np.abs(right).max())
    assert_allclose(at.solve(np.eye(system.n)), L, rtol=1e-9, atol=1e-9)


def test_a_singular_change_is_refused():
    system = System(np.array([[50.0, 0.0], [0.0, 50.0]]), np.array([100.0, 100.0]))
    uses_itself = Part((Block(np.array([0]), np.array([0]), np.array([[0.5]])),), np.zeros(2))
    at = Update(system, [uses_itself]).at([1.0])
    with pytest.raises(SolveError, match="singular"):
        at.change()
    with pytest.raises(NotProductiveError, match="industry 0 would buy inputs of 1 per unit"):
        at.require_productive(lambda k: f"industry {k}")
    more = Update(system, [uses_itself]).at([1.2])
    with pytest.raises(NotProductiveError, match="Hawkins-Simon"):
        more.require_productive()
