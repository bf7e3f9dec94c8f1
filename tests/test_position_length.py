"""Production lengths and smile curves."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from numpy.testing import assert_allclose

from io_linkage import position
from io_linkage.errors import OptionError
from tests.examples import _table, germany_1995, leather, miller_blair_two_regions
from tests.oracles import Literal
from tests.strategies import stage_weights, tables

SMALL = {"max_examples": 30}
PARTS = ["domestic", "traditional", "simple", "complex"]
PLACES = ["gvc_home", "gvc_crossings", "gvc_abroad"]


class Written(Literal):
    """Wang, Wei, Yu & Zhu's matrices written out."""

    def __init__(self, table, definition="residual"):
        v = table.per_output(table.va.to_numpy()) if definition == "table" else None
        super().__init__(table, v)
        self.D = np.zeros_like(self.A)
        self.own, self.sent = np.zeros(self.n), np.zeros(self.n)
        for r, at in enumerate(self.at):
            self.D[np.ix_(at, at)] = self.A[np.ix_(at, at)]
            self.own[at] = self.Y[at, r]
            self.sent[at] = self.Y[np.ix_(at, self.others(r))].sum(axis=1)
        self.F = self.A - self.D
        self.local = np.linalg.inv(np.eye(self.n) - self.D)

    def paths(self):
        """Value and stages of every (origin, product) pair for each of the four parts."""
        M, F, L = self.local, self.F, self.L
        y, own, sent = np.diag(self.own + self.sent), np.diag(self.own), np.diag(self.sent)
        simple, simple_stages = M @ F @ M @ own, (M @ M @ F @ M + M @ F @ M @ M) @ own
        values = [M @ own, M @ sent, simple, M @ F @ L @ y - simple]
        stages = [M @ M @ own, M @ M @ sent, simple_stages, (M @ M @ F @ L + M @ F @ L @ L) @ y - simple_stages]
        places = {
            "gvc_crossings": L @ F @ L @ y,
            "gvc_home": (M @ M @ F @ L @ y, L @ F @ M @ M @ y),
            "gvc_abroad": (M @ F @ L @ self.D @ L @ y, L @ self.D @ L @ F @ M @ y),
        }
        return values, stages, places


def ratio(stages, values):
    return np.divide(stages, values, out=np.full(len(values), np.nan), where=np.abs(values) > 1e-9)


@settings(**SMALL)
@given(tables(min_regions=2, negative_demand=False))
@pytest.mark.parametrize("side", ["forward", "backward"])
@pytest.mark.parametrize("definition", ["table", "residual"])
def test_lengths_by_the_formulas(definition, side, table):
    written = Written(table, definition)
    values, stages, places = written.paths()
    expected_places = {name: p if name == "gvc_crossings" else p[side == "backward"] for name, p in places.items()}
    found = position.production_length(table, side=side, definition=definition)
    shares = position.production_participation(table, side=side, definition=definition)
    if side == "forward":
        values = [v.sum(axis=1) for v in values]
        stages = [s.sum(axis=1) for s in stages]
        expected_places = {name: p.sum(axis=1) for name, p in expected_places.items()}
    else:
        values = [written.v @ v for v in values]
        stages = [written.v @ s for s in stages]
        expected_places = {name: written.v @ p for name, p in expected_places.items()}
    total = sum(values)
    for part, v, s in zip(PARTS, values, stages, strict=True):
        expected = ratio(s, v)
        ok = ~np.isnan(expected) & table.active & (v > 1e-7 * total)
        assert_allclose(found[part][ok], expected[ok], rtol=1e-6, err_msg=part)
        ok = table.active & (np.abs(total) > 1e-9)
        assert_allclose(shares[part][ok], (v / np.where(ok, total, 1))[ok], atol=1e-8)
    gvc = values[2] + values[3]
    ok = table.active & (gvc > 1e-7 * total)
    for place, p in expected_places.items():
        assert_allclose(found[place][ok], ratio(p, gvc)[ok], rtol=1e-6, atol=1e-6, err_msg=place)


@settings(**SMALL)
@given(tables(negative_demand=False))
def test_total_lengths_are_upstreamness_and_downstreamness(table):
    ahead = position.production_length(table)["total"]
    behind = position.production_length(table, side="backward", definition="residual")["total"]
    measured = position.position(table)
    assert_allclose(ahead[table.active], measured["upstreamness"][table.active], rtol=1e-8)
    used = table.active & (table.final_demand.to_numpy() > 1e-9)
    assert_allclose(behind[used], measured["downstreamness"][used], rtol=1e-8)
    index = position.position_index(table, definition="residual")["total"]
    assert_allclose(index[used], measured["ratio"][used], rtol=1e-8)


@pytest.mark.parametrize(
    "measure",
    [
        position.production_length,
        position.production_length_by,
        position.production_participation,
        position.position_index,
    ],
)
def test_value_added_is_the_tables_unless_asked_otherwise(measure, world):
    side = {} if measure is position.position_index else {"side": "backward"}
    found = measure(world, **side)
    assert_allclose(found, measure(world, **side, definition="table"), rtol=0)
    residual = measure(world, **side, definition="residual")
    assert not np.allclose(found.dropna(), residual.dropna(), rtol=1e-6)
    assert found.attrs["value_added"] == world.value_added_label
    assert residual.attrs["value_added"] == "output less intermediate inputs"


def test_a_product_without_final_demand_has_no_backward_length_in_any_part():
    Z = np.array([[10.0, 50, 5, 5], [10, 20, 5, 5], [10, 10, 20, 10], [5, 5, 5, 5]])
    Y = np.array([[0.0, 0], [60, 40], [20, 30], [5, 25]])
    table = _table(Z, Y, ["A", "B"], ["ore", "cars"])
    found = position.production_length(table, side="backward")
    assert found.loc[("A", "ore")].isna().all()
    assert position.production_participation(table, side="backward").loc[("A", "ore")].isna().all()
    assert position.position_index(table).loc[("A", "ore")].isna().all()
    # Its forward length and its distance from primary inputs do not need a final buyer.
    assert position.production_length(table).loc[("A", "ore"), "total"] > 1
    assert position.downstreamness(table)["A", "ore"] > 1
    others = found.drop(index=("A", "ore"))
    assert others[["total", "domestic", "traditional", "gvc"]].notna().all(axis=None)


@settings(**SMALL)
@given(tables(min_regions=2, negative_demand=False))
@pytest.mark.parametrize("side", ["forward", "backward"])
def test_parts_add_up(side, table):
    found = position.production_length(table, side=side)
    shares = position.production_participation(table, side=side)
    known = shares.notna().all(axis=1)
    assert_allclose(shares.loc[known, PARTS].sum(axis=1), 1.0, rtol=1e-9)
    total = (found[PARTS].fillna(0.0).to_numpy() * shares[PARTS].to_numpy()).sum(axis=1)
    assert_allclose(total[known], found["total"][known], rtol=1e-7)
    linked = known & (shares["gvc"] > 1e-7)
    assert_allclose(found.loc[linked, PLACES].sum(axis=1), found.loc[linked, "gvc"], rtol=1e-7)
    assert (found.loc[linked, "gvc_crossings"] >= 1 - 1e-6).all()
    assert (found.loc[linked, "gvc_home"] >= 1 - 1e-6).all()
    assert (found.loc[linked, "gvc_abroad"] >= -1e-6).all()


def test_all_chains_of_one_region_are_domestic():
    table = germany_1995()
    found = position.production_length(table)
    assert_allclose(found["domestic"], position.upstreamness(table), rtol=1e-12)
    assert found[["traditional", "gvc", "simple", "complex"]].isna().all(axis=None)
    shares = position.production_participation(table)
    assert_allclose(shares["domestic"], 1.0)
    with pytest.raises(OptionError, match="forward"):
        position.production_length(table, side="ahead")


def test_regions_industries_may_differ():
    found = position.production_length(miller_blair_two_regions())
    assert found["gvc"].notna().all()


@pytest.mark.parametrize("by", ["world", "region", "industry", "stage", "region-stage"])
@pytest.mark.parametrize("side", ["forward", "backward"])
def test_groups_are_weighted_by_what_they_hold(by, side):
    table = leather()
    weights = stage_weights(table)
    found = position.production_length_by(table, by=by, side=side, stage_weights=weights)
    shares = position.production_participation(table, by=by, side=side, stage_weights=weights)
    assert_allclose(shares[PARTS].sum(axis=1), 1.0, rtol=1e-12)
    assert_allclose((found[PARTS] * shares[PARTS]).sum(axis=1), found["total"], rtol=1e-10)
    if by == "region" and side == "forward":
        each = position.upstreamness(table)
        mean = (each * table.va).groupby(level="region", sort=False).sum() / table.va.groupby(
            level="region", sort=False
        ).sum()
        assert_allclose(found["total"], mean, rtol=1e-10)


@settings(**SMALL)
@given(tables(min_regions=2, negative_demand=False))
def test_the_world_has_the_same_chains_from_either_end(table):
    columns = ["total", *PARTS, "gvc", "gvc_crossings"]
    ahead, behind = (position.production_length_by(table, by="world", side=side) for side in ("forward", "backward"))
    large = position.production_participation(table, by="world").loc["world", PARTS] > 1e-6
    known = [c for c in columns if large.all() or c == "total"]
    assert_allclose(ahead[known], behind[known], rtol=1e-7)
    index = position.position_index(table, by="world")
    assert index.loc["world", "total"] == pytest.approx(1.0)


def test_position_index_of_groups_is_the_ratio_of_their_lengths(world):
    found = position.position_index(world, by="region")
    ahead, behind = (position.production_length_by(world, side=side) for side in ("forward", "backward"))
    assert_allclose(found["gvc"], ahead["gvc"] / behind["gvc"], rtol=1e-12)
    assert ahead.attrs["weighted_by"] == "value added"
    assert behind.attrs["weighted_by"] == "final products"
    with pytest.raises(OptionError, match="'world', 'region'"):
        position.position_index(world, by="country")


@settings(**SMALL)
@given(tables())
def test_smile_with_taxes_and_margins_adds_up_to_the_product(table):
    found = position.smile(table, regions=table.regions[0], industries=None)
    product = table.final_demand[(table.region_codes == 0) & table.active].sum()
    assert found.attrs["product_value"] == pytest.approx(product, rel=1e-9, abs=1e-9)
    assert found["value_added"].sum() + found.attrs["NON_VA"] == pytest.approx(product, rel=1e-8, abs=1e-9)


@settings(**SMALL)
@given(tables())
def test_smile_adds_up_to_the_product(table):
    region = table.regions[0]
    found = position.smile(table, regions=region, industries=None, definition="residual")
    product = table.final_demand[(table.region_codes == 0) & table.active].sum()
    assert found["value_added"].sum() == pytest.approx(product, rel=1e-8, abs=1e-9)
    assert found["share"].sum() == pytest.approx(1.0, rel=1e-9)
    assert found["final"].sum() == (table.region_codes == 0).sum()


def test_distance_in_a_smile_counts_stages_to_the_user():
    table = leather()
    found = position.smile(table, regions="Germany", industries="Transport Equipment")
    A, y = np.array(table.A), np.zeros(9)
    y[-1] = table.final_demand.iloc[-1]
    reached, stages = np.zeros(9), np.zeros(9)
    for k in range(1, 400):
        reached += y
        stages += k * y
        y = A @ y
    assert_allclose(found["distance"], stages / reached, rtol=1e-9)
    assert found["distance"].idxmin() == ("Germany", "Transport Equipment")
    assert found.attrs["product"] == "Germany Transport Equipment"


def test_a_smile_is_as_high_as_value_added_per_output_and_knows_all_chains():
    Z = np.array([[20.0, 10, 30], [5, 10, 0], [0, 0, 40]])
    Y = np.array([[40.0, 10], [20, 30], [20, 60]])
    table = _table(Z[:, :3], Y.sum(axis=1, keepdims=True), ["A"], ["ore", "cars", "homes"])
    found = position.smile(table, regions=None, industries="cars")
    v = table.va.to_numpy() / table.accounts.x
    # Homes deliver nothing to the chain of cars.
    assert_allclose(found["per_output"].to_numpy(), [v[0], v[1], np.nan])
    assert_allclose(found["upstreamness"], position.upstreamness(table))
    assert not np.allclose(found["upstreamness"], position.downstreamness(table))
