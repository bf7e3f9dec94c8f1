"""The field of influence against perturbed inverses."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from io_linkage import influence
from io_linkage.errors import NotProductiveError, OptionError, UnknownLabelError
from tests.examples import leather, miller_blair_2
from tests.strategies import stage_weights, tables


def inverse(table):
    n, x = len(table.index), table.accounts.x
    A = np.divide(table.accounts.Z, x, out=np.zeros((n, n)), where=x > 0)
    return A, np.linalg.inv(np.eye(n) - A)


@given(tables(max_regions=2, max_industries=3))
def test_intensities_are_the_norms_of_the_fields(table):
    A, L = inverse(table)
    found = {m: influence.intensity(table, measure=m).to_numpy() for m in influence.MEASURES}
    for i in range(len(L)):
        for j in range(len(L)):
            if not (table.active[i] and table.active[j]):
                assert np.isnan(found["frobenius"][i, j])
                continue
            F = np.outer(L[:, i], L[j])
            y = table.final_demand.to_numpy()
            assert found["frobenius"][i, j] == pytest.approx(np.linalg.norm(F), rel=1e-9)
            assert found["sum"][i, j] == pytest.approx(F.sum(), rel=1e-9)
            assert found["output"][i, j] == pytest.approx((F @ y).sum(), rel=1e-8, abs=1e-8)
            expected = A[i, j] * (F @ y).sum() / table.x.sum()
            assert found["elasticity"][i, j] == pytest.approx(expected, rel=1e-8, abs=1e-12)


@given(tables(min_industries=2, max_regions=2), st.integers(0, 99))
def test_field_is_the_derivative_of_the_inverse(table, seed):
    A, L = inverse(table)
    on = np.flatnonzero(table.active)
    i, j = np.random.default_rng(seed).choice(on, 2)
    found = influence.field(table, supplier=table.index[i], buyer=table.index[j]).to_numpy()
    step = 1e-6
    raised, lowered = A.copy(), A.copy()
    raised[i, j] += step
    lowered[i, j] -= step
    eye = np.eye(len(A))
    slope = (np.linalg.inv(eye - raised) - np.linalg.inv(eye - lowered)) / (2 * step)
    assert_allclose(found, slope, rtol=1e-6, atol=1e-6)
    assert_allclose(found, np.outer(L[:, i], L[j]), rtol=1e-9, atol=1e-12)


@given(tables(min_industries=2, max_regions=2), st.integers(0, 99))
def test_exact_change_matches_re_inversion(table, seed):
    A, _ = inverse(table)
    i, j = np.random.default_rng(seed).choice(np.flatnonzero(table.active), 2)
    by = 0.05
    changed = A.copy()
    changed[i, j] += by
    if changed.sum(axis=0).max() >= 1:
        return
    expected = np.linalg.inv(np.eye(len(A)) - changed) @ table.final_demand.to_numpy() - table.accounts.x
    found = influence.change(table, supplier=table.index[i], buyer=table.index[j], increase=by)
    assert_allclose(found.fillna(0), expected, rtol=1e-8, atol=1e-8 * table.x.max())


@given(tables(min_industries=2, max_regions=3), st.sampled_from(influence.MEASURES), st.integers(1, 12))
def test_the_list_holds_the_largest(table, measure, top):
    full = influence.intensity(table, measure=measure).to_numpy(copy=True)
    full[table.accounts.Z == 0] = np.nan
    found = influence.most_influential(table, measure=measure, top=top)
    largest = np.sort(full[~np.isnan(full)])[::-1][:top]
    assert_allclose(found["intensity"], largest, rtol=1e-12)
    for row in found.itertuples():
        coefficient = table.A.loc[(row.seller_region, row.seller), (row.buyer_region, row.buyer)]
        assert row.coefficient == pytest.approx(coefficient)


def test_the_list_is_of_coefficients_that_carry_weight_unless_told_otherwise(world):
    """Per unit of a coefficient the largest fields of a table of the world are those of trickles between countries."""
    default, per_unit = influence.most_influential(world), influence.most_influential(world, measure="frobenius")
    assert default["coefficient"].min() > 0.01
    assert per_unit["coefficient"].median() < 0.001


def test_a_tolerable_rise_moves_one_output_by_one_percent():
    table = leather()
    row = influence.most_influential(table, measure="elasticity", top=1).iloc[0]
    seller, buyer = (row["seller_region"], row["seller"]), (row["buyer_region"], row["buyer"])
    small = 1e-4
    moved = influence.change(
        table, supplier=seller, buyer=buyer, increase=small * row["tolerable"] / 100 * row["coefficient"]
    )
    assert (moved / table.x).max() == pytest.approx(0.01 * small, rel=1e-4)


@given(tables(max_regions=3), st.sampled_from(["region", "stage"]), st.sampled_from(influence.MEASURES))
def test_groups_average_their_coefficients(table, by, measure):
    W = stage_weights(table)
    found = influence.by_group(table, by=by, measure=measure, stage_weights=W)
    full = np.nan_to_num(influence.intensity(table, measure=measure).to_numpy())
    members = W if by == "stage" else np.equal.outer(table.region_codes, np.arange(len(table.regions)))
    members = np.asarray(members, dtype=float) * table.active[:, None]
    sizes = members.sum(axis=0)
    expected = members.T @ full @ members
    if measure != "elasticity":
        with np.errstate(invalid="ignore", divide="ignore"):
            expected = expected / np.outer(sizes, sizes)
    assert_allclose(found.to_numpy(), expected, rtol=1e-9, atol=1e-12)


def test_field_of_miller_and_blair_by_hand():
    L = np.array([[1.2541, 0.3300], [0.2640, 1.1221]])
    table = miller_blair_2()
    found = influence.field(table, supplier=("national", "1"), buyer=("national", "2"))
    assert_allclose(found, np.outer(L[:, 0], L[1]), atol=3e-4)


def test_bad_input_is_refused_with_a_remedy():
    table = leather()
    first, second = table.index[0], table.index[1]
    with pytest.raises(UnknownLabelError, match="Argentina"):
        influence.field(table, supplier=("Argentina", "Agricultur"), buyer=second)
    with pytest.raises(OptionError, match="negative"):
        influence.change(table, supplier=first, buyer=second, increase=-0.9)
    with pytest.raises(NotProductiveError, match="limit"):
        influence.change(table, supplier=first, buyer=second, increase=50.0)
    with pytest.raises(OptionError, match="frobenius"):
        influence.intensity(table, measure="size")
    with pytest.raises(OptionError, match="at least one"):
        influence.most_influential(table, top=0)
