"""Extraction in the supply-driven model against re-inverting Ghosh's matrix, and against industries really split."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

import io_linkage as iol
from io_linkage import extraction as ex
from io_linkage.errors import OptionError
from io_linkage.leontief import removal
from tests.examples import leather, miller_blair_2
from tests.strategies import stage_weights, tables

shares = st.sampled_from([0.0, 0.3, 1.0])


def by_ghosh(table, share):
    """x less what primary inputs sustain without the rows of B."""
    x, n = table.accounts.x, len(table.index)
    B = np.divide(table.accounts.Z, x[:, None], out=np.zeros((n, n)), where=x[:, None] > 0)
    v = x - x @ B
    return x - v @ np.linalg.inv(np.eye(n) - (1 - np.asarray(share))[:, None] * B)


def test_two_industries_by_hand():
    # B = [[.15, .5], [.1, .05]], v = (650, 1400), from Z = [[150, 500], [200, 100]] and x = (1000, 2000).
    # Without the first row the first industry makes 650 + .1 x2 and the second x2 = 1400 + .05 x2.
    second = 1400 / 0.95
    first = 650 + 0.1 * second
    found = ex.losses(miller_blair_2(), kind="ghosh")["total"]
    assert found.iloc[0] == pytest.approx(1000 - first + 2000 - second, rel=1e-12)


@given(tables(), shares, st.integers(0, 99))
def test_groups_match_re_inversion(table, share, seed):
    random = np.random.default_rng(seed)
    part = share * random.random(len(table.index)) * (random.random(len(table.index)) < 0.6)
    scale = 1e-9 * table.x.max()
    assert_allclose(removal.allocation_group(table.system, part), by_ghosh(table, part), rtol=1e-9, atol=scale)
    table.system.inverse()
    assert_allclose(removal.allocation_group(table.system, part), by_ghosh(table, part), rtol=1e-9, atol=scale)


@given(tables(min_regions=2), shares, st.sampled_from(["output", "value_added", "jobs"]))
def test_each_industry_is_its_own_selection(table, share, of):
    every = ex.losses(table, kind="ghosh", share=share, of=of)
    q = table.per_output(np.nan_to_num(table.satellite(of).to_numpy()))
    scale = 1e-9 * max(1.0, float(np.abs(q * table.accounts.x).max()))
    for j in np.flatnonzero(table.active):
        unit = np.eye(len(table.index))[j]
        lost = q * by_ghosh(table, share * unit)
        here = table.region_codes == table.region_codes[j]
        expected = [lost[j], lost[here].sum() - lost[j], lost[~here].sum(), lost.sum()]
        assert_allclose(
            every.iloc[j][["own", "home", "abroad", "total"]].to_numpy(float), expected, rtol=1e-8, atol=scale
        )


@given(tables(), st.sampled_from([0.4, 1.0]))
def test_a_stage_is_an_industry_of_its_own(table, share):
    """The part of an industry that is extracted loses what an industry with its inputs and buyers would."""
    W = stage_weights(table)
    s = W["emerging"].to_numpy()
    if not (table.active & (s > 0)).any():
        return
    found = ex.losses(table, stage="emerging", stage_weights=W, kind="ghosh", share=share)
    x, n = table.accounts.x, len(table.index)
    # Each industry twice: its part in the group, and the rest.
    parts = np.concatenate([s, 1 - s])
    Z = np.kron(np.ones((2, 2)), table.accounts.Z) * parts[:, None] * parts
    double = np.tile(x, 2) * parts
    B = np.divide(Z, double[:, None], out=np.zeros((2 * n, 2 * n)), where=double[:, None] > 0)
    keep = np.concatenate([np.full(n, 1 - share), np.ones(n)])
    lost = double - (double - double @ B) @ np.linalg.inv(np.eye(2 * n) - keep[:, None] * B)
    active = table.active
    scale = 1e-9 * x.max()
    assert_allclose(found["total"][active], (lost[:n] + lost[n:])[active], rtol=1e-8, atol=scale)
    assert_allclose(found["own"][active], lost[:n][active], rtol=1e-8, atol=scale)


def test_it_is_offered_wherever_kinds_are():
    world = iol.load()
    by_stage = ex.by_stage(world, regions="CHN", kind="ghosh", of="value_added")
    one = ex.losses(world, regions="CHN", stage="emerging", kind="ghosh", of="value_added")
    assert by_stage.loc[("CHN", "emerging"), "total"] == pytest.approx(one["total"].sum(), rel=1e-9)
    assert one.attrs["kind"] == "ghosh"


def test_flows_inside_the_group_cannot_stay():
    with pytest.raises(OptionError, match="inside_flows"):
        ex.losses(leather(), kind="ghosh", inside_flows="kept")
    with pytest.raises(OptionError, match="inside_flows"):
        ex.losses(leather(), regions="Turkey", kind="ghosh", inside_flows="kept")
