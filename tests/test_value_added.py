"""Value added matrix, ratios, participation, vertical specialisation, content, comparative advantage."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from numpy.testing import assert_allclose

import io_linkage
from io_linkage import stages
from io_linkage import value_added as va
from io_linkage.errors import IOLinkageError, OptionError, StageError
from tests.examples import _table, leather
from tests.oracles import Literal
from tests.strategies import stage_weights, tables

SMALL = {"max_examples": 25}


@settings(**SMALL)
@given(tables())
def test_matrix_is_the_definition_and_adds_up(table):
    made = va.matrix(table)
    expected = table.v.to_numpy()[:, None] * (np.array(table.L) @ table.demand_by_region.to_numpy())
    assert_allclose(made.fillna(0.0), np.where(table.active[:, None], expected, 0), atol=1e-9 * table.accounts.x.sum())
    assert made.sum().sum() == pytest.approx(table.va[table.active].sum(), rel=1e-9)
    assert_allclose(made.sum(axis=1)[table.active], table.va[table.active], rtol=1e-8, atol=1e-9)
    by_stage = va.matrix(table, by="region-stage", stage_weights=stage_weights(table))
    assert by_stage.sum().sum() == pytest.approx(made.sum().sum(), rel=1e-9)


@settings(**SMALL)
@given(tables(min_regions=2, negative_demand=False))
def test_vax_ratio_of_a_country_is_between_0_and_1(table):
    ratio = va.vax(table)["ratio"].dropna()
    assert ((ratio >= -1e-9) & (ratio <= 1 + 1e-9)).all()


@settings(**SMALL)
@given(tables(min_regions=2))
def test_trade_balances_in_value_added_are_the_gross_ones(table):
    # In total, not by partner, and where value added is all primary inputs.
    found = va.vax(table, definition="residual")
    assert_allclose(found["vax_balance"], found["balance"], atol=1e-8 * table.accounts.x.sum())
    by_pair = va.vax(table, by="exporter-importer", definition="residual")
    assert_allclose(by_pair.groupby(level="exporter", sort=False)["vax"].sum(), found["vax"], rtol=1e-9)
    by_industry = va.vax(table, by="exporter-industry-importer", definition="residual")
    assert_allclose(
        by_industry.groupby(level=["exporter", "importer"], sort=False)["exports"].sum(), by_pair["exports"]
    )
    assert by_industry["ratio"].notna().any() or not found["exports"].any()


def test_vax_of_the_leather_table():
    assert_allclose(va.vax(leather())["vax"], [46.73209, 77.34144, 96.71914], atol=5.1e-6)
    with pytest.raises(OptionError, match="exporter-industry"):
        va.vax(leather(), by="industries")


@settings(**SMALL)
@given(tables(min_regions=2))
@pytest.mark.parametrize("definition", ["table", "residual"])
def test_participation_is_borin_and_mancinis(definition, table):
    found = va.participation(table, definition=definition)
    shares = va.trade_based(table, definition=definition).frame("exporter", shares=True).drop(columns="exports")
    exporting = found["exports"] != 0
    assert_allclose(shares.sum(axis=1)[exporting], 1.0, rtol=1e-9)
    source = va.borin_mancini(table, definition=definition).frame("exporter", groups=True, shares=True)
    for ours, theirs in (("gvc", "GVC"), ("forward", "GVCF"), ("backward", "GVCB"), ("traditional", "DAVAX")):
        assert_allclose(found[ours][exporting], source[theirs][exporting], atol=1e-8)


def test_each_share_of_participation_is_its_own_term():
    table = leather()
    found = va.participation(table)
    terms = va.trade_based(table).frame("exporter", shares=True)
    for name in ("pure_forward", "pure_backward", "two_sided", "traditional"):
        assert_allclose(found[name], terms[name], rtol=1e-12)
    groups = va.trade_based(table).frame("exporter", groups=True, shares=True)
    assert_allclose(groups["backward"], terms["pure_backward"] + terms["two_sided"], rtol=1e-12)
    assert_allclose(groups["gvc"], groups["forward"] + groups["backward"], rtol=1e-12)
    assert_allclose(found["backward"], groups["backward"], rtol=1e-12)


def test_content_by_domestic_stage_names_whose_stage_it_is():
    table = leather()
    weights = stage_weights(table)
    written = Literal(table)
    found = va.content(table, origin="domestic-stage", stage_weights=weights, shares=False)
    for s in range(3):
        for k, stage in enumerate(weights.columns):
            drawn = (weights.to_numpy()[:, k] * written.v) @ written.L[:, written.at[s]] * written.E_all(s)
            own = (weights.to_numpy()[written.at[s], k] * written.v[written.at[s]]) @ written.block(written.L, s, s)
            own = own @ written.E_all(s)
            assert found["domestic", stage].iloc[s] == pytest.approx(own)
            assert found["foreign", stage].iloc[s] == pytest.approx(drawn.sum() - own)


def test_value_added_exports_of_an_idle_industry_are_unknown():
    Z = np.array([[20.0, 0, 10, 5], [0, 0, 0, 0], [5, 0, 20, 5], [5, 0, 5, 20]])
    Y = np.array([[30.0, 20], [0, 0], [20, 40], [10, 30]])
    table = _table(Z, Y, ["A", "B"], ["a", "b"])
    for by in ("exporter-industry", "exporter-industry-importer"):
        found = va.vax(table, by=by)
        assert found.loc[("A", "b")].isna().all(axis=None)
        assert found.drop(index=[i for i in found.index if i[:2] == ("A", "b")]).notna().all(axis=None)


def test_kpww_by_the_formula():
    written = Literal(leather())
    found = va.kpww(leather())
    reached = written.L @ written.Y
    for s in range(3):
        home = written.v[written.at[s]] @ written.block(written.L, s, s)
        indirect = sum(
            home @ written.block(written.A, s, r) @ reached[written.at[r], t]
            for r in written.others(s)
            for t in written.others(s, r)
        )
        foreign = written.foreign(s) @ written.E_all(s)
        exports = written.E_all(s).sum()
        assert found["IV"].iloc[s] == pytest.approx(indirect)
        assert found["FV"].iloc[s] == pytest.approx(foreign)
        expected = np.log(1 + indirect / exports) - np.log(1 + foreign / exports)
        assert found["position"].iloc[s] == pytest.approx(expected)
    assert found.attrs["indirect"] == "third_countries"


def test_kpww_with_all_that_foreign_exports_hold():
    written = Literal(leather())
    found = va.kpww(leather(), indirect="all_foreign_exports")
    for s in range(3):
        home, exports = written.v[written.at[s]], written.E_all(s).sum()
        held = sum(home @ written.block(written.L, s, r) @ written.E_all(r) for r in written.others(s))
        foreign = written.foreign(s) @ written.E_all(s)
        assert found["IV"].iloc[s] == pytest.approx(held)
        assert found["position"].iloc[s] == pytest.approx(np.log1p(held / exports) - np.log1p(foreign / exports))
    assert found.attrs["indirect"] == "all_foreign_exports"
    with pytest.raises(OptionError, match="all_foreign_exports"):
        va.kpww(leather(), indirect="VS1")


@pytest.mark.parametrize(("indirect", "expected"), [("third_countries", -0.069), ("all_foreign_exports", -0.014)])
def test_position_of_china_by_both_definitions(indirect, expected, wiod_2011):
    found = va.kpww(wiod_2011, indirect=indirect, definition="residual")
    assert found.loc["CHN", "position"] == pytest.approx(expected, abs=5e-4)


@settings(**SMALL)
@given(tables(min_regions=2))
def test_vertical_specialisation(table):
    found = va.vertical_specialisation(table, definition="residual")
    scale = 1e-9 * table.accounts.x.sum()
    nine = va.kww(table, definition="residual").frame(groups=True)
    assert_allclose(found["VS"], nine["VS"], atol=scale)
    # Foreign value added in all exports is somebody's own value added in others' exports.
    assert found["VS"].sum() == pytest.approx(found["VS1"].sum(), abs=scale)
    assert_allclose(found["VS_HIY"], nine["VS"] + nine["DDC"], atol=scale)
    written = Literal(table)
    for s in range(written.G):
        own = written.v[written.at[s]]
        star = sum((own @ written.block(written.L, s, r) @ written.E(r, s) for r in written.others(s)), 0.0)
        all_others = sum((own @ written.block(written.L, s, r) @ written.E_all(r) for r in written.others(s)), 0.0)
        assert found["VS1_star"].iloc[s] == pytest.approx(star, abs=scale)
        assert found["VS1"].iloc[s] == pytest.approx(all_others, abs=scale)
    with pytest.raises(OptionError, match="exporter-industry"):
        va.vertical_specialisation(table, by="industry")
    detail = va.vertical_specialisation(table, by="exporter-industry", definition="residual")
    assert detail.index.names == ["exporter", "industry"]
    assert_allclose(detail.groupby(level="exporter", sort=False).sum(), found, atol=scale)


@settings(**SMALL)
@given(tables(min_regions=2))
@pytest.mark.parametrize("origin", ["domestic", "domestic-stage", "region", "industry", "stage", "region-stage"])
def test_content_adds_up_to_exports(origin, table):
    weights = stage_weights(table)
    nine = va.kww(table).frame()
    for by in ("exporter", "exporter-industry", "exporter-stage", "world"):
        made = va.content(table, origin=origin, by=by, shares=False, stage_weights=weights)
        assert made.sum().sum() == pytest.approx(nine["exports"].sum(), rel=1e-8, abs=1e-9)
    shares = va.content(table, origin=origin, stage_weights=weights).dropna()
    assert_allclose(shares.sum(axis=1), 1.0, rtol=1e-8)
    if origin == "domestic":
        made = va.content(table, shares=False)
        domestic = nine[["DVA_FIN", "DVA_INT", "DVA_INTrex", "RDV_FIN", "RDV_INT", "DDC"]].sum(axis=1)
        assert_allclose(made["domestic"], domestic, atol=1e-9 * table.accounts.x.sum())


def test_content_by_shares_that_miss_some_is_refused():
    weights = stage_weights(leather())
    with pytest.raises(IOLinkageError, match="add up to 1"):
        va.content(leather(), origin="stage", stage_weights=0.9 * weights)
    for wrong in (0.9 * weights, weights.iloc[1:]):
        with pytest.raises(StageError, match="Argentina Agriculture"):
            va.wwz(leather()).frame("exporter-stage", stage_weights=wrong)


def test_comparative_advantage_is_balassas():
    table = leather()
    exports = (
        va.wwz(table).exports.groupby(level=["exporter", "industry"], sort=False).sum().unstack()[table.industries]
    )
    expected = exports.div(exports.sum(axis=1), axis=0) / (exports.sum() / exports.sum().sum())
    found = va.advantage(table, of="gross")
    assert_allclose(found, expected.loc[table.regions], rtol=1e-12)
    # Weighted by its share of all exports a country's indices average 1.
    weight = exports.sum() / exports.sum().sum()
    assert_allclose((found * weight).sum(axis=1), 1.0, rtol=1e-12)
    earned = va.advantage(table)
    assert earned.attrs["measure"].endswith("value added in exports")
    total = Literal(table)
    made = [total.v[total.at[s]] * (total.M(s) @ total.E_all(s)) for s in range(3)]
    share = np.array([m / m.sum() for m in made]) / (np.sum(made, axis=0) / np.sum(made))
    assert_allclose(earned, share, rtol=1e-10)
    with pytest.raises(OptionError, match="gross"):
        va.advantage(table, of="net")


def test_results_carry_their_unit_and_definition(world):
    nine = va.kww(world).frame()
    assert nine.attrs["unit"] == "M USD"
    assert nine.attrs["year"] == 2011
    assert va.NON_VA in nine
    residual = va.kww(world, definition="residual").frame()
    assert residual.attrs["value_added"] == "output less intermediate inputs"
    assert va.NON_VA not in residual
    assert va.participation(world).attrs["unit"] == "share of gross exports"


@pytest.mark.parametrize("definition", ["table", "residual"])
def test_shares_add_up_to_one_with_what_is_not_value_added(definition, world):
    option = {"definition": definition}
    nine, sixteen, split = (make(world, **option) for make in (va.kww, va.wwz, va.trade_based))
    source = va.borin_mancini(world, **option)
    sink = va.borin_mancini(world, approach="sink", perimeter="world", **option)
    for made in (nine, sixteen, va.to_kww(sixteen), split, source, sink):
        shares = made.frame("exporter", shares=True).drop(columns="exports")
        assert (va.NON_VA in shares) == (definition == "table"), made.method
        assert_allclose(shares.sum(axis=1), 1.0, rtol=1e-9, err_msg=made.method)
    other = [va.NON_VA] if definition == "table" else []
    named = {
        nine: ["DVA", "DDC", "FVA", "FDC"],
        sixteen: ["DVA", "RDV", "FVA", "PDC"],
        source: ["DVA", "DDC", "FVA", "FDC"],
        split: ["traditional", "gvc"],
    }
    for made, parts in named.items():
        shares = made.frame("exporter", groups=True, shares=True)
        assert_allclose(shares[[*parts, *other]].sum(axis=1), 1.0, rtol=1e-9, err_msg=made.method)
    for origin in ("domestic", "region"):
        assert_allclose(va.content(world, origin=origin, **option).sum(axis=1), 1.0, rtol=1e-9)
    found = va.participation(world, **option)
    assert_allclose(found[["traditional", "gvc", *other]].sum(axis=1), 1.0, rtol=1e-9)


def test_residual_by_option_or_by_table(shared_data):
    # Asked for when the table is loaded, no measure has to be told.
    folder = shared_data / "wiod2013" / "2011"
    asked, loaded = io_linkage.load(folder), io_linkage.load(folder, value_added="residual")
    for make in (va.kww, va.wwz, va.borin_mancini, va.trade_based):
        expected = make(asked, definition="residual")
        found = make(loaded)
        assert va.NON_VA not in found.terms
        assert_allclose(found.terms, expected.terms, rtol=1e-9, atol=1e-9, err_msg=found.method)
    for make in (
        va.matrix,
        va.vax,
        va.vax_by_extraction,
        va.vertical_specialisation,
        va.content,
        va.kpww,
        va.advantage,
    ):
        assert_allclose(make(loaded), make(asked, definition="residual"), rtol=1e-9, atol=1e-7, err_msg=make.__name__)


def test_stages_of_the_shipped_table(world):
    made = va.content(world, origin="domestic-stage")
    assert_allclose(made.sum(axis=1), 1.0, rtol=1e-9)
    by_stage = va.wwz(world).frame("exporter-stage", stage_weights=stages.weights(world))
    assert isinstance(by_stage.index, pd.MultiIndex)
    assert list(by_stage.index.unique("stage")) == list(stages.STAGES)
