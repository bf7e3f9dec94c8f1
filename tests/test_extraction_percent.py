"""What the percentages of extraction losses are of, recomputed from the losses and the table."""

from __future__ import annotations

import pytest
from numpy.testing import assert_allclose

from io_linkage import extraction as ex
from tests.examples import miller_blair_two_regions

KINDS = ["complete", "backward", "forward", "noncompetitive", "replaced"]


@pytest.fixture(scope="module")
def table():
    return miller_blair_two_regions()


def base_of(table, relative_to):
    """Value added where percentages are of GDP, else output, of which the losses are."""
    return table.va if relative_to == "gdp" else table.x


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("relative_to", [None, "gdp", "account"])
def test_percentages_of_a_selection_are_of_what_was_asked(table, kind, relative_to):
    found = ex.losses(table, regions="r", industries="1", kind=kind, of="output", relative_to=relative_to)
    sums, base = found[["own", "home", "total"]].sum(), base_of(table, relative_to)
    assert abs(sums["total"]) > 1
    assert found.attrs["total_percent"] == pytest.approx(100 * sums["total"] / base.sum())
    assert found.attrs["home_percent"] == pytest.approx(100 * (sums["own"] + sums["home"]) / base["r"].sum())
    assert found.attrs["percent_of"].startswith("GDP" if relative_to == "gdp" else "output")


@pytest.mark.parametrize("kind", KINDS[:-1])
@pytest.mark.parametrize("relative_to", [None, "gdp", "account"])
def test_percentages_of_each_industry_are_of_what_was_asked(table, kind, relative_to):
    found = ex.losses(table, kind=kind, of="output", relative_to=relative_to)
    base = base_of(table, relative_to)
    own_region = base.groupby(level="region").sum().reindex(found.index.get_level_values("region")).to_numpy()
    assert_allclose(found["total_percent"], 100 * found["total"] / base.sum(), rtol=1e-12)
    assert_allclose(found["home_percent"], 100 * (found["own"] + found["home"]) / own_region, rtol=1e-12)


@pytest.mark.parametrize("by", ["region", "industry"])
def test_percentages_of_groups_are_of_the_groups_own_account(table, by):
    found = ex.losses(table, regions="r", industries="1", of="value_added", by=by)
    each = ex.losses(table, regions="r", industries="1", of="value_added")
    assert_allclose(found["total"], each["total"].groupby(level=by).sum()[found.index], rtol=1e-12)
    assert_allclose(
        found["account_percent"], 100 * found["total"] / table.va.groupby(level=by).sum()[found.index], rtol=1e-12
    )
    assert found["account_percent"].nunique() == len(found)
    assert_allclose(each["account_percent"], 100 * each["total"] / table.va, rtol=1e-12)


@pytest.mark.parametrize("relative_to", ["gdp", "account"])
def test_percentages_of_regions_are_of_what_was_asked(table, relative_to):
    found = ex.by_region(table, of="output", relative_to=relative_to)
    base = base_of(table, relative_to)
    assert_allclose(found["total_percent"], 100 * found["total"] / base.sum(), rtol=1e-12)
    at_home = base.groupby(level="region").sum()[found.index]
    assert_allclose(found["home_percent"], 100 * (found["own"] + found["home"]) / at_home, rtol=1e-12)
