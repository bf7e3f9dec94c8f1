"""Decompositions of gross exports against published numbers, identities and the formulas written out."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from numpy.testing import assert_allclose

from io_linkage import value_added as va
from io_linkage.errors import AddingUpError, OptionError
from io_linkage.table import MRIOTable
from io_linkage.value_added.export_terms import Decomposition
from io_linkage.value_added.koopman_wang_wei import TERMS as NINE
from io_linkage.value_added.wang_wei_zhu import TERMS as SIXTEEN
from tests.examples import germany_1995, leather, miller_blair_two_regions
from tests.oracles import Literal
from tests.strategies import stage_weights, tables

SMALL = {"max_examples": 25}

#: Koopman, Wang & Wei's terms for the leather table, as decompr's documentation prints them.
LEATHER = {
    "DVA_FIN": (19.34940, 43.39461, 78.73101),
    "DVA_INT": (18.97119, 26.20678, 15.23967),
    "DVA_INTrex": (8.41149, 7.74005, 2.74846),
    "RDV_FIN": (5.25950, 10.47580, 5.68967),
    "RDV_INT": (0.82597, 2.00758, 4.43359),
    "DDC": (0.87239, 2.63694, 4.44818),
    "FVA_FIN": (3.45060, 10.20539, 26.66899),
    "FVA_INT": (3.38862, 5.35970, 4.45502),
    "FDC": (3.77083, 5.57316, 5.18540),
}


#: Printed in the documentation of the R package icio (the successor of decompr) for the same table.
WWZ_AS_NINE = {
    ("Argentina", "Agriculture", "Turkey"): (
        *(5.4744354, 3.8177127, 1.91423181, 1.05270347, 0.168614730),
        *(0.13657989, 0.6255646, 0.29795523, 0.51220221),
    ),
    ("Turkey", "Textile and Leather", "Germany"): (
        *(13.7238725, 12.6338776, 4.03417638, 5.65394247, 0.950059562),
        *(1.25226053, 3.1761275, 2.76149698, 2.91418651),
    ),
    ("Germany", "Transport Equipment", "Argentina"): (
        *(16.9168288, 2.5557476, 0.29897730, 0.51188531, 0.436904740),
        *(0.57733715, 8.1831712, 1.20835270, 0.91079521),
    ),
}
BM_GROUPS = ("DC", "DVA", "VAX", "DAVAX", "REF", "DDC", "FC", "FVA", "FDC", "GVC", "GVCB", "GVCF")
BM_SOURCE = {
    ("Argentina",): (
        *(53.68996, 52.81756, 46.73209, 34.79877, 6.085473, 0.8723949),
        *(10.61004, 10.43484, 0.1752063, 29.50123, 11.48244, 18.01879),
    ),
    ("Germany",): (
        *(111.29058, 106.84240, 96.71914, 89.31689, 10.123261, 4.4481800),
        *(36.30942, 35.06489, 1.2445289, 58.28311, 40.75760, 17.52551),
    ),
    ("Turkey", "Agriculture"): (
        *(38.432068, 37.469257, 32.468054, 27.673077, 5.0012037, 0.96281049),
        *(7.467932, 7.2556717, 0.21226046, 18.226923, 8.4307426, 9.796180),
    ),
    ("Germany", "Transport Equipment"): (
        *(52.502827, 49.357153, 46.091985, 43.743217, 3.2651685, 3.14567421),
        *(25.397173, 24.5181932, 0.87897942, 34.156783, 28.5428469, 5.613936),
    ),
    ("Germany", "Textile and Leather", "Turkey"): (
        *(17.1742484, 16.7485744, 13.780948, 11.7517352, 2.96762614, 0.42567402),
        *(3.5257516, 3.4069182, 0.118833420, 8.9482648, 3.9514256, 4.9968392),
    ),
    ("Argentina", "Transport Equipment", "Germany"): (
        *(1.2017051, 1.1470343, 1.033239, 0.8449095, 0.11379565, 0.05467078),
        *(0.4982949, 0.4863586, 0.011936287, 0.8550905, 0.5529657, 0.3021248),
    ),
}


def every_decomposition(table: MRIOTable, definition: str) -> list[Decomposition]:
    made = [va.kww(table, definition=definition), va.wwz(table, definition=definition)]
    made += [
        va.borin_mancini(table, approach=approach, perimeter=perimeter, definition=definition)
        for approach in ("source", "sink")
        for perimeter in ("exporter", "world")
    ]
    made += [va.borin_mancini(table, perimeter=p, definition=definition) for p in ("bilateral", "flow")]
    made.append(va.trade_based(table, definition=definition))
    return made


def cells(made: Decomposition, table: MRIOTable, s: int, r: int) -> np.ndarray:
    pair = (table.regions[s], table.regions[r])
    return made.terms.xs(pair, level=("exporter", "importer")).fillna(0.0).to_numpy()


def test_kww_leather_as_published():
    found = va.kww(leather()).frame()
    for term, expected in LEATHER.items():
        assert_allclose(found[term], expected, atol=5.1e-6)
    assert_allclose(found["exports"], [64.3, 113.6, 147.6], rtol=1e-12)
    groups = va.kww(leather()).frame(groups=True)
    assert_allclose(groups["VAX"], [46.73209, 77.34144, 96.71914], atol=5.1e-6)


@pytest.mark.parametrize("flow", WWZ_AS_NINE)
def test_wwz_leather_as_published(flow):
    found = va.to_kww(va.wwz(leather())).terms.loc[flow]
    assert_allclose(found[list(NINE)].to_numpy(dtype=float), WWZ_AS_NINE[flow], rtol=2e-7)


@pytest.mark.parametrize("flow", BM_SOURCE)
def test_borin_and_mancini_leather_as_published(flow):
    level = ("exporter", "exporter-industry", "exporter-industry-importer")[len(flow) - 1]
    found = va.borin_mancini(leather()).frame(level, groups=True).loc[flow if len(flow) > 1 else flow[0]]
    assert_allclose(found[list(BM_GROUPS)].to_numpy(dtype=float), BM_SOURCE[flow], rtol=1e-6)


def test_corrected_kww_leather_as_published():
    # World perimeter, sink: the same documentation.
    found = va.borin_mancini(leather(), approach="sink", perimeter="world").frame("exporter", groups=True)
    assert_allclose(found["FVA"], [8.471827, 18.265189, 33.128506], rtol=1e-7)
    assert_allclose(found["FDC"], [2.138217, 2.873058, 3.180911], rtol=3e-7)
    assert_allclose(found["DVA"], [52.81756, 89.82482, 106.84240], rtol=1e-7)


@pytest.mark.parametrize("make", [leather, miller_blair_two_regions])
def test_terms_are_those_of_the_papers(make):
    # The second table has three industries in one region and two in the other.
    table, written = make(), Literal(make())
    sixteen = va.wwz(table)
    source, sink = (va.borin_mancini(table, approach=a) for a in ("source", "sink"))
    for s in range(written.G):
        assert_allclose(va.kww(table).terms.loc[table.regions[s]], written.kww(s), rtol=1e-10, atol=1e-11)
        for r in written.others(s):
            expected = written.wwz(s, r)
            got = cells(sixteen, table, s, r)
            for k, term in enumerate(SIXTEEN):
                assert_allclose(got[:, k], expected[term], rtol=1e-10, atol=1e-11, err_msg=term)
            for made, approach in ((source, "source"), (sink, "sink")):
                got = cells(made, table, s, r)
                assert_allclose(got, written.borin_mancini(s, r, approach), rtol=1e-10, atol=1e-11)


@settings(**SMALL)
@given(tables(min_regions=2))
def test_terms_match_the_formulas_written_out(table):
    written = Literal(table)
    sixteen = va.wwz(table, definition="residual")
    nine = va.kww(table, definition="residual").terms
    made = {a: va.borin_mancini(table, approach=a, definition="residual") for a in ("source", "sink")}
    scale = 1e-10 * table.accounts.x.sum()
    for s in range(written.G):
        assert_allclose(nine.loc[table.regions[s]], written.kww(s), atol=scale)
        for r in written.others(s):
            expected = written.wwz(s, r)
            assert_allclose(cells(sixteen, table, s, r), np.column_stack([expected[t] for t in SIXTEEN]), atol=scale)
            for approach, found in made.items():
                got = cells(found, table, s, r)
                assert_allclose(got, written.borin_mancini(s, r, approach), atol=scale)


@settings(**SMALL)
@given(tables(min_regions=2))
@pytest.mark.parametrize("definition", ["table", "residual"])
def test_terms_add_up_to_gross_exports(definition, table):
    flows = table.Z.T.groupby(level="region", sort=False).sum().T + table.demand_by_region
    gross = flows.groupby(level="region", sort=False).sum()
    active = flows[table.active].groupby(level="region", sort=False).sum().reindex(gross.index, fill_value=0.0)
    expected = active.to_numpy()[~np.eye(len(gross), dtype=bool)].sum()
    for made in every_decomposition(table, definition):
        terms = np.nan_to_num(made.terms.to_numpy()).sum(axis=1)
        exports = made.exports.fillna(0.0).to_numpy()
        scale = np.maximum(np.abs(exports), np.nan_to_num(np.abs(made.terms.to_numpy())).sum(axis=1))
        assert (np.abs(terms - exports) <= 1e-9 * scale + 1e-12).all(), made.method
        assert_allclose(exports.sum(), expected, rtol=1e-9, atol=1e-9)


@settings(**SMALL)
@given(tables(min_regions=2))
@pytest.mark.parametrize("definition", ["table", "residual"])
def test_kww_equals_aggregated_wwz(definition, table):
    direct = va.kww(table, definition=definition).frame()
    summed = va.to_kww(va.wwz(table, definition=definition)).frame("exporter")
    assert_allclose(summed[list(NINE)], direct[list(NINE)], rtol=1e-8, atol=1e-9 * table.accounts.x.sum())


@settings(**SMALL)
@given(tables(min_regions=2))
def test_domestic_value_added_of_a_country_is_one_number(table):
    scale = 1e-9 * table.accounts.x.sum()
    nine = va.kww(table).frame(groups=True)
    for approach in ("source", "sink"):
        found = va.borin_mancini(table, approach=approach).frame("exporter", groups=True)
        for term in ("DVA", "VAX", "DDC"):
            assert_allclose(found[term], nine[term], atol=scale)
        assert_allclose(found["FC"], nine["VS"], atol=scale)
    assert_allclose(nine["VAX"], va.vax(table)["vax"], atol=scale)


@settings(**SMALL)
@given(tables(min_regions=2))
def test_world_perimeter_counts_the_same_value_added_from_either_end(table):
    # What first crosses a foreign border somewhere last crosses one somewhere.
    totals = [
        va.borin_mancini(table, approach=approach, perimeter="world").frame("world", groups=True)["FVA"].item()
        for approach in ("source", "sink")
    ]
    assert totals[0] == pytest.approx(totals[1], rel=1e-8, abs=1e-8 * table.accounts.x.sum())


def test_world_perimeter_by_paths():
    table = leather()
    written = Literal(table)
    found = va.borin_mancini(table, perimeter="world").frame("exporter")["FVA"]
    for s in range(3):
        once = sum(
            written.v[written.at[t]] @ written.M(t) @ written.block(written.A, t, s) @ written.M(s) @ written.E_all(s)
            for t in written.others(s)
        )
        assert found.iloc[s] == pytest.approx(once, rel=1e-10)


@settings(**SMALL)
@given(tables(min_regions=2))
def test_extraction_matches_brute_force(table):
    written = Literal(table)
    found = va.vax_by_extraction(table, definition="residual")
    scale = 1e-9 * table.accounts.x.sum()
    for s, exporter in enumerate(table.regions):
        all_partners = found.loc[(exporter, "all")]
        assert all_partners["VAX_D"] == pytest.approx(written.extracted(s, s, "all exports"), abs=scale)
        for r in written.others(s):
            for what in ("VAX_D", "VAX_P", "VAX_C"):
                got = found.loc[(exporter, table.regions[r]), what]
                assert got == pytest.approx(written.extracted(s, r, what), abs=scale), what
    nine = va.kww(table, definition="residual").frame(groups=True)
    totals = found.xs("all", level="importer")
    assert_allclose(totals["VAX_D"], nine["DVA"], atol=scale)
    assert_allclose(totals["VAX_C"], nine["VAX"], atol=scale)


@pytest.mark.parametrize("make", [leather, miller_blair_two_regions])
def test_one_flow_at_a_time_by_brute_force(make):
    table = make()
    written = Literal(table)
    found = va.borin_mancini(table, perimeter="flow").frame()
    bilateral = va.borin_mancini(table, perimeter="bilateral").frame()
    assert (found["DVA"] >= bilateral["DVA"] - 1e-12).all()
    for s in range(written.G):
        for r in written.others(s):
            for i in written.at[s]:
                cut = written.A.copy()
                cut[i, written.at[r]] = 0.0
                L = np.linalg.inv(np.eye(written.n) - cut)
                flow = (table.regions[s], table.index[i][1], table.regions[r])
                exports = found.loc[flow, "exports"]
                assert found.loc[flow, "DVA"] == pytest.approx(written.v[written.at[s]] @ L[written.at[s], i] * exports)
                assert found.loc[flow, "FVA"] == pytest.approx(
                    written.v[written.off[s]] @ L[written.off[s], i] * exports
                )


@settings(**SMALL)
@given(tables(min_regions=2))
def test_without_taxes_the_remainder_is_their_content(table):
    # The drawn tables have a tenth of their primary inputs as taxes.
    made = va.wwz(table)
    whole = va.wwz(table, definition="residual")
    assert_allclose(
        made.terms[va.NON_VA].fillna(0.0),
        0.1 * whole.exports.fillna(0.0),
        rtol=1e-7,
        atol=1e-9 * table.accounts.x.sum(),
    )
    assert_allclose(
        made.terms[list(SIXTEEN)].fillna(0.0),
        0.9 * whole.terms.fillna(0.0),
        rtol=1e-6,
        atol=1e-9 * table.accounts.x.sum(),
    )


def test_definitions_agree_where_value_added_is_the_residual():
    pd.testing.assert_frame_equal(va.wwz(leather()).terms, va.wwz(leather(), definition="residual").terms)
    assert va.NON_VA not in va.wwz(leather()).terms


def test_a_decomposition_that_does_not_add_up_is_refused():
    made = va.kww(leather())
    wrong = made.terms.copy()
    wrong.iloc[0, 0] += 1e-6
    with pytest.raises(AddingUpError, match=r"1 of 3 flows.*Argentina"):
        Decomposition("wrong", wrong, made.exports)


def test_levels_and_shares():
    made = va.borin_mancini(leather())
    by_country = made.frame("exporter", groups=True, shares=True)
    assert_allclose(by_country[["DVA", "DDC", "FVA", "FDC"]].sum(axis=1), 1.0, rtol=1e-12)
    assert_allclose(by_country["GVC"], 1 - by_country["DAVAX"], rtol=1e-12)
    assert made.frame("exporter-importer").shape[0] == 6
    assert_allclose(made.frame("world")["exports"], 325.5)
    weights = stage_weights(leather())
    staged = made.frame("exporter-stage", stage_weights=weights)
    assert list(staged.index.names) == ["exporter", "stage"]
    assert_allclose(staged.groupby(level="exporter", sort=False).sum(), made.frame("exporter"), rtol=1e-12)
    assert staged.attrs["unit"] == leather().unit
    with pytest.raises(OptionError, match="to_kww"):
        va.kww(leather()).frame("exporter-importer")
    with pytest.raises(OptionError, match="weights"):
        made.frame("exporter-stage")


def test_regions_need_not_stand_together():
    table = leather()
    order = [0, 3, 6, 4, 1, 7, 8, 2, 5]
    index = table.index[order]
    mixed = MRIOTable.from_frames(table.Z.loc[index, index], table.Y.loc[index], name="mixed")
    for made, expected in zip(
        every_decomposition(mixed, "residual"), every_decomposition(table, "residual"), strict=True
    ):
        found = made.terms.reindex(expected.terms.index)
        assert_allclose(found, expected.terms, rtol=1e-10, atol=1e-12, err_msg=made.method)
    columns = ["exports", "VAX_D", "VAX_P", "VAX_C"]
    assert_allclose(
        va.vax_by_extraction(mixed)[columns].loc[va.vax_by_extraction(table).index],
        va.vax_by_extraction(table)[columns],
    )


def test_one_region_has_no_trade():
    for call in (
        va.kww,
        va.wwz,
        va.borin_mancini,
        va.vax,
        va.vax_by_extraction,
        va.participation,
        va.content,
        va.advantage,
    ):
        with pytest.raises(OptionError, match=r"one region, DEU.*multi-regional"):
            call(germany_1995())
    made = va.matrix(germany_1995())
    assert made["DEU"].sum() == pytest.approx(germany_1995().va.sum())


@pytest.mark.parametrize(("option", "value"), [("approach", "both"), ("perimeter", "sector"), ("definition", "gdp")])
def test_unknown_options_are_named(option, value):
    with pytest.raises(OptionError, match=value):
        va.borin_mancini(leather(), **{option: value})


def closed_country() -> MRIOTable:
    """Region b neither buys nor sells abroad."""
    index = pd.MultiIndex.from_product([["a", "b", "c"], ["1", "2"]], names=["region", "industry"])
    Z = pd.DataFrame(10.0, index=index, columns=index)
    Z.loc["b", ["a", "c"]] = 0.0
    Z.loc[["a", "c"], "b"] = 0.0
    columns = pd.MultiIndex.from_product([["a", "b", "c"], ["consumption", "inventories"]])
    Y = pd.DataFrame(0.0, index=index, columns=columns)
    for region in ("a", "b", "c"):
        Y.loc[region, (region, "consumption")] = 50.0
    Y.loc[("a", "1"), ("c", "inventories")] = -4.0
    return MRIOTable.from_frames(Z, Y, name="closed")


def test_a_country_without_exports_has_no_shares():
    for made in every_decomposition(closed_country(), "table"):
        by_country = made.frame("exporter", shares=True)
        assert by_country.loc["b"].isna().all(), made.method
        assert by_country.loc[["a", "c"]].notna().all(axis=None), made.method
    assert np.isnan(va.vax(closed_country()).loc["b", "ratio"])
    assert va.participation(closed_country()).loc["b"].drop("exports").isna().all()
    assert va.advantage(closed_country()).loc["b"].isna().all()


def test_an_industry_without_output_exports_nothing_and_has_no_figures():
    table = leather()
    idle = ("Argentina", "Transport Equipment")
    Z, Y = table.Z.copy(), table.Y.copy()
    Z.loc[idle], Y.loc[idle] = 0.0, 0.0
    Z[idle] = 0.0
    # Stray deliveries that cancel out: recorded exports of a product that is not made.
    Y.loc[idle, "Turkey"], Y.loc[idle, "Germany"] = 2.0, -2.0
    given_table = MRIOTable.from_frames(Z, Y)
    without = MRIOTable.from_frames(Z.drop(index=[idle], columns=[idle]), Y.drop(index=[idle]))
    for made, expected in zip(
        every_decomposition(given_table, "residual"), every_decomposition(without, "residual"), strict=True
    ):
        for groups in (False, True):
            for level in ("exporter-industry", "exporter-industry-importer") if "industry" in made.levels else ():
                frame = made.frame(level, groups=groups)
                of_idle = [flow[:2] == idle for flow in frame.index]
                assert frame[of_idle].isna().all(axis=None), (made.method, level)
                assert frame[np.invert(of_idle)].notna().all(axis=None), (made.method, level)
            found = made.frame("exporter", groups=groups)
            assert_allclose(found, expected.frame("exporter", groups=groups), rtol=1e-9, err_msg=made.method)


def test_stocks_drawn_down_are_kept_negative():
    found = va.wwz(closed_country()).frame()
    assert found.loc[("a", "1", "c"), "DVA_FIN"] < 0
    assert found.loc[("a", "1", "c"), "exports"] == pytest.approx(16.0)


def test_negative_value_added_is_kept():
    index = pd.MultiIndex.from_product([["a", "b"], ["1", "2"]], names=["region", "industry"])
    Z = pd.DataFrame([[5.0, 8, 3, 2], [5, 2, 2, 1], [6, 1, 4, 4], [4, 1, 2, 3]], index=index, columns=index)
    Y = pd.DataFrame([[1.0, -1], [20, 5], [3, 12], [2, 8]], index=index, columns=["a", "b"])
    table = MRIOTable.from_frames(Z, Y)
    assert table.va.loc[("a", "1")] < 0
    assert va.matrix(table).loc[("a", "1")].sum() == pytest.approx(table.va.loc[("a", "1")])
    for made in every_decomposition(table, "residual"):
        assert np.isfinite(made.terms.to_numpy()).all()


def test_every_decomposition_on_a_full_table(wiod_2011):
    nine = va.kww(wiod_2011, definition="residual")
    sixteen = va.wwz(wiod_2011, definition="residual")
    assert_allclose(va.to_kww(sixteen).frame("exporter"), nine.frame(), rtol=1e-8)
    # The terms as formulas for one pair: China's exports to Germany.
    written = Literal(wiod_2011)
    s, r = wiod_2011.regions.index("CHN"), wiod_2011.regions.index("DEU")
    for approach in ("source", "sink"):
        made = va.borin_mancini(wiod_2011, approach=approach, definition="residual")
        assert_allclose(made.frame("exporter", groups=True)["DVA"], nine.frame(groups=True)["DVA"], rtol=1e-9)
        by_formula = written.borin_mancini(s, r, approach)
        assert_allclose(cells(made, wiod_2011, s, r), by_formula, rtol=1e-6, atol=1e-9, err_msg=approach)
    expected = written.wwz(s, r)
    got = cells(sixteen, wiod_2011, s, r)
    for k, term in enumerate(SIXTEEN):
        assert_allclose(got[:, k], expected[term], rtol=1e-6, atol=1e-9, err_msg=term)


def test_value_added_exports_say_what_they_are(world):
    found = va.vax(world, by="exporter-industry")
    assert found.attrs["unit"] == world.unit
    assert "value added" in found.attrs["measure"].lower()
