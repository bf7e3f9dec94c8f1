"""Paths, core nodes and removal curves: hand-worked numbers, enumeration, simulation, brute force, bad input."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from io_linkage import extraction
from io_linkage.errors import MissingSatelliteError, OptionError, UnknownLabelError
from io_linkage.networks import centralities, pagerank, paths, random_walk, removal_curve
from io_linkage.networks.removals import lost_in_order
from io_linkage.table import MRIOTable
from tests.examples import idle_region, leather, three_industries
from tests.strategies import tables

# Paths.

#: Origin first, final product last: value added of 70 of the second product.
TO_DEPTH_TWO = {
    "2": 42,
    "1 2": 4.2,
    "2 2": 2.8,
    "3 2": 56 / 15,
    "1 1 2": 0.84,
    "1 2 2": 0.28,
    "1 3 2": 0.28,
    "2 1 2": 3.36,
    "2 2 2": 14 / 75,
    "2 3 2": 1.68,
    "3 1 2": 0.56,
    "3 2 2": 56 / 225,
    "3 3 2": 56 / 75,
}


def short(path: str) -> str:
    return " ".join(step.removeprefix("national ") for step in path.split(" > "))


def test_paths_of_three_industries():
    found = paths(three_industries(), region="national", industry="2", threshold=1e-4, deepest=2)
    assert dict(zip(found["path"].map(short), found["value"], strict=True)) == pytest.approx(TO_DEPTH_TWO, abs=1e-12)
    by_depth = found.groupby("depth")["value"].sum()
    assert by_depth.tolist() == pytest.approx([42, 161 / 15, 1841 / 225], abs=1e-12)
    assert found.attrs["coverage"] == pytest.approx(979 / 1125, abs=1e-12)
    assert found["coverage_share"].iloc[-1] == pytest.approx(0.8702222222, abs=1e-10)
    assert found.attrs["content"] == pytest.approx(70)
    assert "87.0 %" in found.attrs["note"]
    assert found["value"].is_monotonic_decreasing


def every_path(table, q, j, demand, deepest):
    A = table.system.A
    level: dict[tuple[int, ...], float] = {(j,): demand}
    out: dict[tuple[int, ...], float] = {}
    for _ in range(deepest + 1):
        out |= {path: q[path[-1]] * amount for path, amount in level.items()}
        level = {
            (*path, i): amount * A[i, path[-1]]
            for path, amount in level.items()
            for i in range(len(A))
            if A[i, path[-1]] > 0
        }
    return out


@given(
    tables(max_regions=2, max_industries=3, negative_demand=False),
    st.sampled_from([0.2, 0.05, 0.01]),
    st.booleans(),
)
def test_paths_match_enumeration(table, threshold, signed):
    j = int(np.flatnonzero(table.active)[0])
    demand = float(table.final_demand.iloc[j])
    account = table.va.copy()
    # An account that is negative somewhere, as value added is where subsidies or losses exceed it.
    account.iloc[len(account) - 1] *= -0.5 if signed and j != len(account) - 1 else 1.0
    q = np.where(table.active, account / table.x.where(table.x > 0), 0.0)
    content = float(q @ table.L.to_numpy()[:, j] * demand)
    if content <= 0:
        return
    kept = [v for v in every_path(table, q, j, demand, 4).values() if abs(v) >= threshold * content]
    region, industry = table.index[j]
    options = {"region": region, "industry": industry, "of": account, "threshold": threshold, "deepest": 4}
    found = paths(table, **options)
    assert found["value"].to_numpy() == pytest.approx(sorted(kept, key=abs, reverse=True), rel=1e-9)
    assert found.attrs["content"] == pytest.approx(content, rel=1e-9)
    few = paths(table, **options, most=3)
    assert few["value"].to_numpy() == pytest.approx(found["value"].to_numpy()[:3], rel=1e-12)


def test_paths_approach_the_whole_and_carry_any_account(world):
    every = paths(world, region="CHN", industry="30t33", of="jobs", threshold=1e-3)
    finer = paths(world, region="CHN", industry="30t33", of="jobs", threshold=2e-4)
    assert every.attrs["coverage"] < finer.attrs["coverage"] < 1
    assert every.attrs["unit"] == world.satellite("jobs").attrs["unit"]
    content = world.satellite("jobs").fillna(0) / world.x.where(world.x > 0)
    total = content.fillna(0) @ world.L["CHN", "30t33"] * world.final_demand["CHN", "30t33"]
    assert every.attrs["content"] == pytest.approx(total, rel=1e-9)
    assert (every["value_share"] >= 1e-3).all()
    assert every["value_share"].sum() == pytest.approx(every["coverage_share"].iloc[-1])


def test_most_gives_the_largest_whatever_the_threshold(world):
    options = {"region": "CHN", "industry": "Electrical and optical"}
    by_share = paths(world, threshold=3e-4, **options)
    by_number = paths(world, threshold=1e-9, most=len(by_share), **options)
    pd.testing.assert_frame_equal(by_share, by_number, check_exact=True)


def test_coverage_has_the_known_size(wiod_2011):
    """Chinese electronics on the full table: 66, 572 and 4,350 paths cover 48, 62 and 72 %, value added as residual."""
    residual = wiod_2011.x - wiod_2011.Z.sum()
    assert residual.min() < 0
    for threshold, count, coverage in ((1e-3, 66, 48), (1e-4, 572, 62)):
        found = paths(wiod_2011, region="CHN", industry="30t33", of=residual, threshold=threshold)
        assert len(found) == count
        assert 100 * found.attrs["coverage"] == pytest.approx(coverage, abs=0.5)


# Core nodes.


def test_pagerank_of_three_industries():
    table = three_industries()
    assert pagerank(table, role="buyer").to_numpy() == pytest.approx(
        [0.3458848216, 0.3399393798, 0.3141757986], abs=1e-10
    )
    assert pagerank(table).to_numpy() == pytest.approx([0.3349165328, 0.3859747154, 0.2791087518], abs=1e-10)


def test_random_walk_of_three_industries():
    assert random_walk(three_industries()).to_numpy() == pytest.approx([0.5, 0.6734693878, 0.3934426230], abs=1e-10)


@given(tables(min_industries=2), st.sampled_from(["supplier", "buyer"]))
def test_pagerank_solves_its_equation(table, role):
    rank = pagerank(table, role=role)
    live = table.active
    Z = table.accounts.Z[np.ix_(live, live)]
    flows = Z.T if role == "supplier" else Z
    sums = flows.sum(axis=1, keepdims=True)
    n = int(live.sum())
    P = np.where(sums > 0, flows / np.where(sums > 0, sums, 1), 1 / n)
    expected = np.linalg.solve(np.eye(n) - 0.85 * P.T, np.full(n, 0.15 / n))
    assert rank.to_numpy()[live] == pytest.approx(expected, abs=1e-11)
    assert rank.sum() == pytest.approx(1)
    assert rank.isna().to_numpy().tolist() == (~live).tolist()


def passage(P: np.ndarray, j: int) -> np.ndarray:
    """Mean steps until j is reached, from the equations h_i = 1 + sum over k not j of p_ik h_k."""
    others = [k for k in range(len(P)) if k != j]
    h = np.linalg.solve(np.eye(len(others)) - P[np.ix_(others, others)], np.ones(len(others)))
    return np.insert(h, j, 0.0)


def test_random_walk_is_the_mean_first_passage():
    table = leather()
    P = table.accounts.Z / table.accounts.Z.sum(axis=1, keepdims=True)
    n = len(P)
    expected = [n / passage(P, j).sum() for j in range(n)]
    assert random_walk(table).to_numpy() == pytest.approx(expected, rel=1e-10)
    P3 = three_industries().accounts.Z / three_industries().accounts.Z.sum(axis=1, keepdims=True)
    assert passage(P3, 1)[[0, 2]] == pytest.approx([2.0909090909, 2.3636363636], abs=1e-10)


def test_who_sells_or_buys_nothing_has_no_random_walk(world):
    walk = random_walk(world)
    assert np.isnan(walk["CHN", "50"])
    lonely = world.active & ((world.accounts.Z.sum(axis=0) == 0) | (world.accounts.Z.sum(axis=1) == 0))
    assert lonely.any()
    assert walk[lonely].isna().all()
    assert int((walk.isna() & world.active).sum()) >= int(lonely.sum())
    assert walk.attrs["note"].startswith(f"{int((walk.isna() & world.active).sum())} industries with output")


def test_centralities_gather_the_measures(world):
    out = centralities(world)
    lost = extraction.losses(world, kind="complete", of="value_added")
    assert out.loc[("CHN", "30t33"), "systemic_percent"] == pytest.approx(
        100 * (lost["home"] + lost["abroad"])["CHN", "30t33"] / world.va.sum(), rel=1e-9
    )
    assert out["domar"].sum() == pytest.approx(world.x.sum() / world.va.sum(), rel=1e-9)
    assert out[["sales_share", "purchases_share", "pagerank_supplier", "pagerank_buyer"]].sum().to_numpy() == (
        pytest.approx([1, 1, 1, 1])
    )
    assert out.loc[("CHN", "50")].isna().all()
    # Construction is bought for investment and sells little to industries: core as a buyer, not as a supplier.
    ranks = out.rank(ascending=False)
    assert ranks.loc[("CHN", "F"), "pagerank_buyer"] < 10 < ranks.loc[("CHN", "F"), "pagerank_supplier"]


# Removal curves.


def brute_force_curve(table, nodes, q):
    """Account lost as the rows and columns of the first, second ... node and their final demand are taken out."""
    A, y = table.system.A, table.final_demand.to_numpy()
    base = q @ table.accounts.x
    out = [0.0]
    for m in range(1, len(nodes) + 1):
        keep = np.ones(len(A), dtype=bool)
        keep[nodes[:m]] = False
        x = np.zeros(len(A))
        x[keep] = np.linalg.solve(np.eye(keep.sum()) - A[np.ix_(keep, keep)], y[keep])
        out.append(100 * (base - q @ x) / base)
    return out


@given(tables(min_industries=2), st.integers(0, 2**16))
def test_removal_curve_matches_brute_force(table, seed):
    live = np.flatnonzero(table.active)
    nodes = np.random.default_rng(seed).permutation(live)
    curve = removal_curve(table, order=[table.index[k] for k in nodes], most=len(nodes), draws=0)
    expected = brute_force_curve(table, nodes, table.v.to_numpy())
    assert curve["lost_percent"].to_numpy() == pytest.approx(expected, rel=1e-9, abs=1e-9)
    assert expected[-1] == pytest.approx(100, rel=1e-9)
    assert all(a <= b + 1e-9 for a, b in itertools.pairwise(curve["lost_percent"]))


def test_removal_of_one_node_is_its_extraction(world):
    curve = removal_curve(world, most=5, draws=0)
    first = tuple(curve["node"].iloc[1].split(" "))
    lost = extraction.losses(world, kind="complete", of="value_added")["total"]
    assert curve["lost_percent"].iloc[1] == pytest.approx(100 * lost[first] / world.va.sum(), rel=1e-9)
    elsewhere = extraction.losses(world, kind="complete", of="value_added")[["home", "abroad"]].sum(axis=1)
    assert curve["node"].iloc[1:].tolist() == [" ".join(k) for k in elsewhere.nlargest(5).index]


def test_removal_of_turkish_leather_has_the_published_loss():
    table = leather()
    curve = removal_curve(table, order=[("Turkey", "Textile and Leather")], most=1, draws=0)
    lost = 7.9383350164 + 75.8804702662 + 9.6227469547
    assert curve["lost_percent"].iloc[1] == pytest.approx(100 * lost / (91.6 + 145.7 + 224.2), abs=1e-9)


def test_targets_beat_random_orders_and_seeds_count(world):
    curve = removal_curve(world, most=20, draws=10, seed=3)
    assert (curve["lost_percent"] >= curve["random_mean_percent"]).all()
    assert (curve["random_low_percent"] <= curve["random_high_percent"]).all()
    pd.testing.assert_frame_equal(curve, removal_curve(world, most=20, draws=10, seed=3), check_exact=True)
    other = removal_curve(world, most=20, draws=10, seed=4)
    assert (other["random_mean_percent"].iloc[1:] != curve["random_mean_percent"].iloc[1:]).all()
    assert other["lost_percent"].equals(curve["lost_percent"])
    assert curve.attrs["interval"] == "90 % of 10 random orders"


@pytest.mark.parametrize("order", ["output", "pagerank_supplier", "pagerank_buyer", "random_walk"])
def test_orders_follow_their_measure(world, order):
    curve = removal_curve(world, order=order, most=3, draws=0)
    measure = {
        "output": lambda: world.x,
        "pagerank_supplier": lambda: pagerank(world),
        "pagerank_buyer": lambda: pagerank(world, role="buyer"),
        "random_walk": lambda: random_walk(world),
    }[order]()
    assert curve["node"].iloc[1:].tolist() == [" ".join(k) for k in measure.nlargest(3).index]
    own = removal_curve(world, order=measure, most=3, draws=0)
    assert own["node"].tolist() == curve["node"].tolist()


def test_curves_agree_with_and_without_the_inverse():
    nodes = [0, 4, 7, 2]
    table = leather()
    few = removal_curve(table, order=[table.index[k] for k in nodes[:2]], most=2, draws=0)
    assert not table.system.has_inverse
    many = removal_curve(leather(), order=[table.index[k] for k in nodes], most=4, draws=0)
    assert few["lost_percent"].to_numpy() == pytest.approx(many["lost_percent"].to_numpy()[:3], rel=1e-12)
    L = np.asarray(table.L)
    block = L[np.ix_(nodes, nodes)]
    lost = lost_in_order(block, (table.v.to_numpy() @ L)[nodes], table.accounts.x[nodes])
    assert 100 * lost / float(table.va.sum()) == pytest.approx(many["lost_percent"].to_numpy(), rel=1e-12)


# Bad input.


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda t: paths(t, region="CHN", industry="30t33", threshold=0), OptionError, "between 0 and 1"),
        (lambda t: paths(t, region="CHN", industry="30t33", most=0), OptionError, "most=0"),
        (lambda t: paths(t, region="CHN", industry="30t33", deepest=-1), OptionError, "deepest=-1"),
        (lambda t: paths(t, region="BRICS", industry="30t33"), OptionError, "one final product"),
        (lambda t: paths(t, region="CHN", industry="50"), OptionError, "has no output"),
        (lambda t: paths(t, region="CHN", industry="30t34"), UnknownLabelError, "30t33"),
        (lambda t: paths(t, region="CHN", industry="30t33", of="patents"), MissingSatelliteError, "patents"),
        (lambda t: pagerank(t, role="both"), OptionError, "must be one of"),
        (lambda t: pagerank(t, damping=1.0), OptionError, "damping=1.0"),
        (lambda t: removal_curve(t, order="betweenness"), OptionError, "must be one of"),
        (lambda t: removal_curve(t, most=0), OptionError, "most=0"),
        (lambda t: removal_curve(t, most=10_000), OptionError, "who can be removed"),
        (lambda t: removal_curve(t, draws=-1), OptionError, "draws=-1"),
        (lambda t: removal_curve(t, level=2), OptionError, "level=2"),
        (lambda t: removal_curve(t, order=[("CHN", "C"), ("CHN", "C")], most=2), OptionError, "twice"),
        (lambda t: removal_curve(t, order=[("CHN", "50")], most=1), OptionError, "without output"),
        (lambda t: removal_curve(t, order=[("CHN", "X")], most=1), UnknownLabelError, "country-industry"),
        (lambda t: removal_curve(t, order=pd.Series(1.0, index=[("X", "C")])), UnknownLabelError, "in the order"),
    ],
)
def test_bad_input_is_refused(world, make, error, message):
    with pytest.raises(error, match=message):
        make(world)


@pytest.mark.parametrize("made", [0.0, 5.0])
def test_tables_without_output_or_flows_are_refused_in_words(made):
    Z = pd.DataFrame(np.zeros((2, 2)), index=["a", "b"], columns=["a", "b"])
    table = MRIOTable.from_frames(Z, pd.DataFrame({"final demand": [made, made]}, index=["a", "b"]))
    with pytest.raises(OptionError, match="No two industries"):
        random_walk(table)
    if made:
        assert pagerank(table).tolist() == [0.5, 0.5]
    else:
        with pytest.raises(OptionError, match="nobody to rank"):
            pagerank(table)


def test_paths_need_final_demand_and_flows_without_sign():
    table = idle_region()
    with pytest.raises(OptionError, match="B goods has no output"):
        paths(table, region="B", industry="goods")
    Z = three_industries().Z.copy()
    Z.iloc[0, 2] = -1.0
    negative = MRIOTable.from_frames(Z, three_industries().Y)
    with pytest.raises(OptionError, match="negative flows between industries"):
        paths(negative, region="national", industry="2")
