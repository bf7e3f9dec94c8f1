"""Multipliers, their split into intra-regional, feedback and spillover effects, and closed households."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from numpy.testing import assert_allclose

from io_linkage import linkages
from io_linkage.errors import MissingSatelliteError, NotProductiveError, OptionError, UnknownLabelError
from io_linkage.spillovers import matrix
from io_linkage.spillovers.multiplier_effects import by_region, effects, multipliers
from io_linkage.table import MRIOTable
from tests.examples import germany_1995, miller_blair_2, miller_blair_two_regions
from tests.strategies import stage_weights, tables


def with_income(table: MRIOTable, share: float = 0.6) -> MRIOTable:
    income = pd.DataFrame([share * table.va.to_numpy()], index=["labour_compensation"], columns=table.index)
    return table.with_satellite("income", income, table.unit)


def test_germany_value_added_and_employment_as_eurostat():
    table = germany_1995()
    assert_allclose(multipliers(table, of="value_added"), [0.8450, 0.7647, 0.8615, 0.9019, 0.9393, 0.9199], atol=5e-5)
    assert_allclose(multipliers(table, of="jobs"), [0.0326, 0.0162, 0.0207, 0.0237, 0.0112, 0.0242], atol=5e-5)
    assert_allclose(multipliers(table), [1.7048, 1.8413, 1.8136, 1.6035, 1.5951, 1.3782], atol=5e-5)


def test_feedback_as_miller_and_blair():
    """New demand of 100 for the first industry: 142.34 63.46 63.83 with feedback, 136.51 52.73 56.98 without."""
    split = effects(miller_blair_two_regions()).loc[("r", "1")]
    assert split["intra"] * 100 == pytest.approx(136.51 + 52.73 + 56.98, abs=0.015)
    assert (split["intra"] + split["feedback"]) * 100 == pytest.approx(142.34 + 63.46 + 63.83, abs=0.015)
    assert split["spillover"] * 100 == pytest.approx(26.72 + 14.68, abs=0.01)


@given(tables())
def test_effects_add_up_to_the_backward_linkage(table):
    split = effects(table)
    active = table.active
    assert_allclose(split[["intra", "feedback", "spillover"]].sum(axis=1)[active], split["total"][active], rtol=1e-12)
    assert_allclose(split["total"][active], table.system.backward_sums()[active], rtol=1e-10)
    assert split.loc[~active].isna().all(axis=None)
    assert (split[["feedback", "spillover"]].to_numpy()[active] >= -1e-12).all()


@given(tables(min_regions=2))
def test_effects_match_brute_force(table):
    split = effects(table, of="value_added")
    L, v = table.L.to_numpy(), table.v.to_numpy()
    for region in table.regions:
        r = np.asarray(table.index.get_level_values(0) == region)
        alone = v[r] @ np.linalg.inv(np.eye(r.sum()) - table.A.to_numpy()[np.ix_(r, r)])
        expected = pd.DataFrame(
            {
                "intra": alone,
                "feedback": v[r] @ L[np.ix_(r, r)] - alone,
                "spillover": v[~r] @ L[np.ix_(~r, r)],
            }
        )
        here = split.loc[r, ["intra", "feedback", "spillover"]]
        assert_allclose(here[table.active[r]], expected[table.active[r]], atol=1e-12)


@given(tables(negative_demand=False))
def test_multipliers_of_stages_are_columns_of_the_spillover_matrix(table):
    """Means weighted by final demand are what a unit of demand for the group's products draws."""
    W = stage_weights(table)
    S = matrix(table, by="region-stage", per="demand", stage_weights=W)
    for found in (effects(table, of="value_added"), by_region(table, of="value_added")):
        # A region without any output is NaN as a place where value added arises, and adds nothing.
        mean = linkages.aggregate(table, found, by="region-stage", stage_weights=W).dropna(axis=1, how="all")
        total = mean["total"] if "total" in mean else mean.sum(axis=1)
        on = S.notna().any(axis=0) & mean.notna().all(axis=1)
        assert on.any()
        assert_allclose(total[on], S.sum()[on], rtol=1e-9)


@given(tables())
def test_by_region_adds_to_the_multiplier(table):
    parts = by_region(table, of="jobs")
    assert_allclose(parts.sum(axis=1, skipna=False), multipliers(table, of="jobs"), rtol=1e-10)
    assert parts.attrs["unit"] == "thousand persons per M USD"


def test_type_two_as_miller_and_blair():
    """Section 2.5: households earn 300 and 500, and spend 50 and 400 of 1000; they take in 50 from each other."""
    open_model = miller_blair_2()
    labour = pd.DataFrame([[300.0, 500.0]], index=["labour"], columns=open_model.index)
    Y = pd.DataFrame(
        [[50.0, 300.0], [400.0, 1300.0]],
        index=open_model.index,
        columns=pd.MultiIndex.from_product([["national"], ["households", "other"]]),
    )
    table = MRIOTable.from_frames(open_model.Z, Y).with_satellite("income", labour, "")
    closed = np.array([[0.15, 0.25, 0.05], [0.2, 0.05, 0.4], [0.3, 0.25, 0.05]])
    inverse = np.linalg.inv(np.eye(3) - closed)
    assert_allclose(inverse.round(3), [[1.365, 0.425, 0.251], [0.527, 1.348, 0.595], [0.570, 0.489, 1.289]])
    # Income that goes round among households makes 1 / 0.95 of it: the spending of one unit earned is .45 / .95.
    second = multipliers(table, type="II", income="labour", propensity=0.45 / 0.95)
    assert_allclose(second, inverse[:2, :2].sum(axis=0), rtol=1e-12)
    assert_allclose(multipliers(table).round(3), [1.518, 1.452])


@given(tables(min_regions=2))
def test_type_two_matches_the_inverse_closed_for_households(table):
    table = with_income(table)
    n, m = len(table.index), len(table.regions)
    h = table.per_output(table.satellite("labour_compensation").fillna(0))
    columns = table.accounts.demand
    closed = np.zeros((n + m, n + m))
    closed[:n, :n] = table.A
    second = multipliers(table, type="II", of="value_added")
    for r, region in enumerate(table.regions):
        bought = table.accounts.Y[:, np.asarray(columns == (region, "consumption"))].sum(axis=1)
        closed[n + r, :n] = np.where(table.region_codes == r, h, 0)
        closed[:n, n + r] = bought / bought.sum() * second.attrs["propensity"][region] if bought.sum() else 0
    inverse = np.linalg.inv(np.eye(n + m) - closed)[:n, :n]
    assert_allclose(second[table.active], (table.v.to_numpy() @ inverse)[table.active], rtol=1e-9)
    assert (second[table.active] >= multipliers(table, of="value_added")[table.active] - 1e-12).all()


def test_type_two_says_what_it_assumes():
    table = with_income(germany_1995())
    with pytest.raises(OptionError, match="consumption="):
        multipliers(table, type="II")
    result = multipliers(table, type="II", consumption="final demand")
    assert result.attrs["propensity"] == {"DEU": 1.0}
    assert result.attrs["capped_at_1"] == ["DEU"]
    half = multipliers(table, type="II", consumption="final demand", propensity={"DEU": 0.5})
    assert (half < result).all()
    with pytest.raises(UnknownLabelError, match="propensity"):
        multipliers(table, type="II", consumption="final demand", propensity={"FRA": 0.5})


def test_spending_that_never_ends_is_refused():
    """All income spent again on products whose price is all income: no multiplier is finite."""
    table = germany_1995()
    options = {"type": "II", "consumption": "final demand"}
    with pytest.raises(NotProductiveError, match="Pass a smaller propensity="):
        multipliers(table, income=table.x - table.Z.sum(), propensity=1.0, **options)
    with pytest.raises(NotProductiveError, match="come back as their income"):
        multipliers(with_income(table), propensity=5.0, **options)
    with pytest.raises(OptionError, match="below 0"):
        multipliers(with_income(table), propensity=-0.1, **options)


def test_income_above_value_added_is_said():
    """The source counts the work of the self-employed at wages: Polish farming earns twice its output in 1995."""
    import io_linkage as iol

    table = iol.load(year=1995)
    second = multipliers(table, type="II", regions=["POL", "DEU"])
    assert "POL AtB" in second.attrs["income_above_value_added"]
    assert not any(label.startswith("CHN") for label in second.attrs["income_above_value_added"])


def test_unknown_account_names_those_there_are(world):
    with pytest.raises(MissingSatelliteError, match=r"'carbon'.*hours_high_skilled"):
        multipliers(world, of="carbon")


def test_account_without_figures_names_those_that_have_some(world):
    with pytest.raises(MissingSatelliteError, match=r"no number for 'capital_stock' in any industry.*jobs"):
        multipliers(world, of="capital_stock")


def test_income_missing_in_a_region_is_named():
    import io_linkage as iol

    table = iol.load(year=1995)
    with pytest.raises(MissingSatelliteError, match=r"labour compensation for RoW\. Close the others only"):
        multipliers(table, type="II")
    others = [region for region in table.regions if region != "RoW"]
    second = multipliers(table, type="II", regions=others)
    assert (second.dropna() > multipliers(table).dropna()).all()


def test_regions_without_figures_stay_empty(world):
    split = effects(world, of="jobs")
    assert split.loc["RoW", ["intra", "feedback", "total"]].isna().all(axis=None)
    assert (split.loc["RoW", "spillover"] > 0).any()
    assert split.attrs["note"].endswith("have no jobs: RoW.")
    assert by_region(world, of="jobs")["RoW"].isna().all()


def test_own_account_as_series(world):
    taxed = pd.Series(0.2, index=world.index, name="levy") * world.x
    assert_allclose(multipliers(world, of=taxed).dropna(), 0.2 * multipliers(world).dropna())


def test_skills_add_up_where_known():
    import io_linkage as iol

    table = iol.load(year=1995)
    skills = ["hours_high_skilled", "hours_medium_skilled", "hours_low_skilled"]
    known = multipliers(table, of="hours")
    parts = sum(multipliers(table, of=skill) for skill in skills)
    rows = known.notna() & parts.notna()
    assert rows.sum() > 600
    assert_allclose(parts[rows], known[rows], rtol=2e-3)


def test_multipliers_of_jobs_are_unknown_where_the_own_region_s_jobs_are(world):
    found = multipliers(world, of="jobs")
    split = effects(world, of="jobs")
    assert found["RoW"].isna().all()
    assert found[world.active].drop("RoW", level=0).notna().all()
    assert_allclose(found.drop("RoW", level=0), split["total"].drop("RoW", level=0))
    assert found.attrs["left_out"] == split.attrs["left_out"] == ("RoW",)
    assert found.attrs["note"] == split.attrs["note"]
    assert_allclose(found, linkages.backward(world, of="jobs"))
