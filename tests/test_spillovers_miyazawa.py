"""Internal and external multipliers of two groups."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from numpy.testing import assert_allclose

from io_linkage.errors import OptionError, SolveError
from io_linkage.spillovers import Miyazawa, miyazawa
from io_linkage.spillovers.multiplier_effects import effects
from tests.examples import leather, miller_blair_two_regions
from tests.strategies import tables


def test_internal_and_total_as_miller_and_blair():
    """New demand of 100 for region r's first industry, alone and with the feedback from s."""
    result = miyazawa(miller_blair_two_regions(), regions="r")
    assert_allclose(100 * result.internal["r"].iloc[:, 0], [136.51, 52.73, 56.98], atol=0.005)
    assert_allclose(100 * result.total.iloc[:, 0], [142.34, 63.46, 63.83, 26.72, 14.68], atol=0.006)


@given(tables(min_regions=2))
def test_products_of_internal_and_external_multipliers(table):
    result = miyazawa(table, regions="R0")
    a, b = result.names
    A = table.A.to_numpy()
    first = np.asarray(table.index.get_level_values(0) == "R0")
    blocks = {(s, t): A[np.ix_(u, w)] for s, u in ((a, first), (b, ~first)) for t, w in ((a, first), (b, ~first))}
    Ma, Mb = (np.linalg.inv(np.eye(len(blocks[g, g])) - blocks[g, g]) for g in (a, b))
    external = np.linalg.inv(np.eye(len(Ma)) - Ma @ blocks[a, b] @ Mb @ blocks[b, a])
    assert_allclose(result.external[a], external, atol=1e-10)
    assert_allclose(external @ Ma, table.L.to_numpy()[np.ix_(first, first)], atol=1e-10)
    external = np.linalg.inv(np.eye(len(Mb)) - Mb @ blocks[b, a] @ Ma @ blocks[a, b])
    assert_allclose(result.external[b], external, atol=1e-10)


def test_multipliers_are_the_effects_of_the_region():
    table = leather()
    parts = miyazawa(table, regions="Turkey").multipliers.loc["Turkey"]
    split = effects(table).loc[["Turkey"]]
    assert_allclose(parts["internal"], split["intra"])
    assert_allclose(parts["external"], split["feedback"])
    assert_allclose(parts["spillover"], split["spillover"])


def test_two_regions_of_three_leave_the_third_outside():
    table = leather()
    result = miyazawa(table, regions="Turkey", against="Germany")
    assert list(result.total.index.get_level_values(0).unique()) == ["Turkey", "Germany"]
    assert (result.multipliers["total"] < table.system.backward_sums()[3:]).all()


def test_groups_are_checked():
    table = leather()
    with pytest.raises(OptionError, match="overlap"):
        miyazawa(table, regions="Turkey", against=["Turkey", "Germany"])
    with pytest.raises(OptionError, match="nothing is left"):
        miyazawa(table, regions=["Argentina", "Turkey", "Germany"])
    with pytest.raises(OptionError, match="region= or industry="):
        miyazawa(table)


def test_blocks_that_break_the_identity_are_refused():
    result = miyazawa(leather(), regions="Turkey")
    wrong = {name: frame * 1.001 for name, frame in result.external.items()}
    with pytest.raises(SolveError, match="product identity"):
        Miyazawa(result.internal, wrong, result.total, result.inputs)
