"""Energy and emissions behind output, and what research and education supply to stages of industry."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from numpy.testing import assert_allclose

import io_linkage as iol
from io_linkage import stages, technology
from io_linkage.errors import ComparisonError, MissingSatelliteError, OptionError, UnknownLabelError
from io_linkage.technology.suppliers import energy_industries, knowledge_suppliers
from tests.made import stage_file
from tests.made import table as made
from tests.strategies import tables


@given(tables())
def test_an_account_behind_output_matches_brute_force(table):
    q = table.per_output(table.satellite("jobs"))
    L = np.linalg.inv(np.eye(len(q)) - table.system.A)
    found = technology.energy_and_emissions(table, of="jobs")
    for j in np.flatnonzero(table.active):
        here = table.region_codes == table.region_codes[j]
        row = found.iloc[j]
        assert row["direct"] == pytest.approx(q[j])
        assert row["total"] == pytest.approx(q @ L[:, j])
        assert row["total_domestic"] == pytest.approx(q[here] @ L[here, j])
        assert row["total_imported"] == pytest.approx(q[~here] @ L[~here, j], abs=1e-12)
        assert row["imported_share"] == pytest.approx(row["total_imported"] / row["total"])
    assert found.iloc[~table.active].isna().all(axis=None)
    assert found.attrs["units"]["total"] == "thousand persons per M USD"


@given(tables(min_industries=2))
def test_bought_energy_is_what_energy_industries_sell(table):
    e = np.array([industry == "i1" for _, industry in table.index], dtype=float)
    found = technology.energy_and_emissions(table, energy_industries="i1")
    L = np.linalg.inv(np.eye(len(e)) - table.system.A)
    on = table.active
    assert_allclose(found.loc[on, "direct"], (e @ table.system.A)[on], atol=1e-12)
    assert_allclose(found.loc[on, "total"], (e @ (L - np.eye(len(e))))[on], atol=1e-10)
    at_home = technology.penetration(table, trait=pd.Series(e, index=table.index))
    assert_allclose(found.loc[on, "total_imported"], at_home.loc[on, "total_imported"], atol=1e-10)


def test_energy_of_the_shipped_table_is_marked_as_money(world):
    found = technology.energy_and_emissions(world, regions=["CHN", "DEU"])
    assert "C, 23, E, in money" in found.attrs["proxy"]
    assert found.attrs["of"] == "energy (proxy)"
    assert found["total"]["CHN"].idxmax() == "23"
    assert len(found) == 70
    jobs = technology.energy_and_emissions(world, of="jobs", regions="CHN")
    assert "proxy" not in jobs.attrs
    assert "RoW" in jobs.attrs["left_out"]


@given(tables(min_industries=2, min_regions=2))
def test_the_link_matches_brute_force(table):
    shares = stage_shares(table)
    found = technology.research_link(
        table, suppliers={"research": "i0", "education": ["i1"]}, stage_file=shares, draws=1
    )["central"]
    W = stages.weights(table, stage_file=shares)
    x, L = table.accounts.x, np.linalg.inv(np.eye(len(table.index)) - table.system.A)
    for region in table.regions:
        for supplier, industry in (("research", "i0"), ("education", "i1")):
            i = table.index.get_loc((region, industry))
            for stage in W:
                w = W[stage].to_numpy()
                row = found[region, supplier, stage]
                if x[i] == 0:
                    assert row.isna().all()
                    continue
                assert row["direct"] == pytest.approx(table.accounts.Z[i] @ w / x[i], abs=1e-10)
                total = sum((L[i, j] - (i == j)) * x[j] * w[j] for j in range(len(x))) / x[i]
                assert row["total"] == pytest.approx(total, abs=1e-9)


def stage_shares(table):
    random = np.random.default_rng(2).dirichlet(np.ones(3), len(table.industries))
    frame = pd.DataFrame(random, columns=["traditional", "emerging", "future"])
    return frame.assign(industry=table.industries)


def test_stages_of_the_link_add_up_to_all_sales_and_have_intervals(world):
    found = technology.research_link(world, regions=["CHN", "USA"], draws=30)
    direct = found["central"].xs("direct", level="reach").groupby(level=["region", "supplier"]).sum()
    sold = world.Z.sum(axis=1) / world.x
    assert direct["USA", "education"] == pytest.approx(sold["USA", "M"])
    assert direct["CHN", "knowledge services"] == pytest.approx(sold["CHN", "71t74"])
    assert (found["low"] < found["central"]).all()
    assert (found["central"] < found["high"]).all()
    assert "inside 71t74" in found.attrs["note"]
    assert "research" not in found.index.get_level_values("supplier")
    assert found.attrs["interval"] == "90% of 30 draws"


@pytest.fixture(scope="module")
def booked():
    """A table whose first industry, research, goes into investment, and the same table before."""
    before = made()
    Z, Y = before.accounts.Z.copy(), before.accounts.Y.copy()
    research = np.array([industry == "i0" for _, industry in before.index])
    to = before.region_codes
    invested = np.zeros_like(Y)
    for r in range(len(before.regions)):
        invested[research, r] = 0.99 * Z[np.ix_(research, to == r)].sum(axis=1)
    demand = pd.MultiIndex.from_product([before.regions, ["final demand", "GFCF"]], names=["region", "category"])
    order = [k for r in range(len(before.regions)) for k in (r, len(before.regions) + r)]
    Z[research] *= 0.01
    after = before.remade(Z, np.hstack([Y, invested])[:, order], before.accounts.V, demand=demand)
    return before, after


OPTIONS = {"suppliers": {"research": ["i0"], "services": ["i3"]}, "stage_file": stage_file(), "draws": 3}


def test_research_booked_as_investment_is_refused_or_allotted(booked):
    before, after = booked
    with pytest.raises(ComparisonError, match=r"books research as investment: .*0\.\d% of output goes into inputs"):
        technology.research_link(after, **OPTIONS)
    # Allotted by what each industry bought before, the sales are those of before.
    row = before.accounts.Z[[industry == "i0" for _, industry in before.index]]
    performed = pd.Series(row.sum(axis=0), index=before.index, name="R&D")
    found = technology.research_link(after, investment="allotted", of=performed, **OPTIONS)
    plain = technology.research_link(before, **OPTIONS)
    keys = [(region, "research", stage) for region in before.regions for stage in ("emerging", "future")]
    total = plain["central"].xs("direct", level="reach").groupby(level=["region", "supplier"]).sum()
    allotted = found["central"].xs("direct", level="reach").groupby(level=["region", "supplier"]).sum()
    assert_allclose(allotted, total)
    assert set(keys) <= set(found.index.droplevel("reach"))
    assert "into investment" in found.attrs["note"]
    assert "is allotted to industries" in found.attrs["note"]
    assert found.attrs["of"] == "R&D"


def test_allotted_investment_counts_in_all_rounds(booked):
    _, after = booked
    performed = after.x.rename("R&D")
    found = technology.research_link(after, investment="allotted", of=performed, **OPTIONS)["central"]
    Z, x = after.accounts.Z.copy(), after.accounts.x
    columns = after.accounts.demand
    for i in np.flatnonzero([industry == "i0" for _, industry in after.index]):
        for r, region in enumerate(after.regions):
            at = after.region_codes == r
            bought = after.accounts.Y[
                i, (columns.get_level_values(0) == region) & (columns.get_level_values(1) == "GFCF")
            ]
            Z[i, at] += bought.sum() * x[at] / x[at].sum()
    L = np.linalg.inv(np.eye(len(x)) - Z / x)
    w = stages.weights(after, stage_file=stage_file())["emerging"].to_numpy()
    i = after.index.get_loc(("CHN", "i0"))
    assert found["CHN", "research", "emerging", "direct"] == pytest.approx(Z[i] @ w / x[i])
    expected = ((L - np.eye(len(x)))[i] * x) @ w / x[i]
    assert found["CHN", "research", "emerging", "total"] == pytest.approx(expected)


def test_the_break_of_china_s_tables(shared_data):
    """In 2012 research goes into inputs (72 % of output), from 2017 on .4 %: refused, or bridged by own figures."""
    folder = shared_data / "china_nbs"
    old, new = (iol.load(folder / f"china_{name}.parquet") for name in ("2012_139", "2018_153"))
    found = technology.research_link(old, draws=1)["central"].xs("direct", level="reach")
    assert found["CHN", "research"].sum() == pytest.approx(0.718, abs=0.001)
    with pytest.raises(ComparisonError, match=r"0\.4% of output goes into inputs and 83\.1% into investment"):
        technology.research_link(new, draws=1)
    bridged = technology.research_link(new, draws=1, investment="allotted", of=new.va)["central"]
    assert bridged.xs("direct", level="reach")["CHN", "research"].sum() == pytest.approx(0.004 + 0.831, abs=0.001)
    with pytest.raises(OptionError, match="Attach R&D of your own"):
        technology.research_link(new, draws=1, investment="allotted")


def test_suppliers_are_found_by_name_where_there_are_no_divisions(shared_data):
    """The 42 industries of 2015 have other codes than those of 2018; names of the year decide."""
    folder = shared_data / "china_nbs"
    expected = {
        "china_2015_42": {"research": ["36"], "education": ["39"], "knowledge services": ["32"]},
        "china_2018_42": {"research": ["35"], "education": ["39"], "knowledge services": ["31", "36"]},
        "china_2010_41": {"research": ["34"], "education": ["38"], "knowledge services": ["28", "35"]},
    }
    for name, suppliers in expected.items():
        assert knowledge_suppliers(iol.load(folder / f"{name}.parquet"))[0] == suppliers
    assert energy_industries(iol.load(folder / "china_2018_42.parquet"), None) == ["02", "03", "11", "24", "25"]


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda t: technology.energy_and_emissions(t, of="coal"), MissingSatelliteError, "coal"),
        (lambda t: technology.energy_and_emissions(t, energy_industries="coal"), UnknownLabelError, "coal"),
        (lambda t: technology.energy_and_emissions(made()), OptionError, "known to supply energy"),
        (lambda t: technology.research_link(made(), stage_file=stage_file()), OptionError, "known to supply research"),
        (lambda t: technology.research_link(t, suppliers={}), OptionError, "names none"),
        (lambda t: technology.research_link(t, suppliers={"a": "M", "b": ["M"]}), OptionError, "M is in a and in b"),
        (lambda t: technology.research_link(t, investment="ignored"), OptionError, "'left out', 'allotted'"),
        (lambda t: technology.research_link(t, investment="allotted"), OptionError, 'no supplier "research"'),
        (lambda t: technology.research_link(t, draws=0), OptionError, "at least one draw"),
    ],
)  # fmt: skip
def test_bad_input_is_explained(world, call, error, words):
    with pytest.raises(error, match=words):
        call(world)
