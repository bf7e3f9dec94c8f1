"""Scenarios against hand-worked numbers (T3, leather), re-inversion, and identities."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from io_linkage import MRIOTable, extraction, scenarios
from io_linkage.scenarios import DemandChange, FixedOutput, MarketRepair, NodeLoss, Reshoring, Scenario, Substitution
from tests.examples import leather

ARG, TUR, DEU = "Argentina", "Turkey", "Germany"
P = "Textile and Leather"
DIGITS = {"rtol": 1e-9, "atol": 6e-11}


def t3() -> MRIOTable:
    """Three industries of one region, value added .3, .6 and .4 of output."""
    index = pd.MultiIndex.from_product([["national"], ["1", "2", "3"]], names=["region", "industry"])
    return MRIOTable.from_frames(
        pd.DataFrame([[20.0, 30, 10], [40, 10, 30], [10, 20, 20]], index=index, columns=index),
        pd.DataFrame({"national": [40.0, 70, 50]}, index=index),
        name="T3",
    )


def run(table, *moves):
    return scenarios.run(table, Scenario("test", moves))


def value_added(outcome):
    return outcome.change(of="value_added", by="region")["change"]


def output(outcome):
    return outcome.change()["change"].to_numpy()


HALF = Reshoring(DEU, P, TUR, strength=0.5)


# Hand-worked: T3


def test_t3_fixed_output_implies_final_demand():
    outcome = run(t3(), FixedOutput("national", "1", level=0.8))
    assert_allclose(outcome.after["output"], [80, 7425 / 53, 5080 / 53], **DIGITS)
    assert_allclose(outcome.implied_demand["implied"], [1399 / 53], **DIGITS)
    assert_allclose(value_added(outcome), [-721 / 53], **DIGITS)
    half = run(t3(), FixedOutput("national", "1", level=0.5))
    assert_allclose(half.after["output"], [50, 125.2358490566, 89.6226415094], **DIGITS)
    assert_allclose(half.implied_demand["implied"], [5.9905660377], **DIGITS)


def test_t3_tiers():
    change = pd.Series({("national", "2"): -10.0})
    outcome = scenarios.impact(t3(), change)
    tiers = outcome.tiers(by="industry", rounds=4)
    assert_allclose(tiers["tier_1"], [0, -10, 0], **DIGITS)
    assert_allclose(tiers["tier_2"], [-2, -2 / 3, -4 / 3], **DIGITS)
    assert_allclose(tiers["tier_3"], [-2 / 3, -56 / 45, -5 / 9], **DIGITS)
    assert_allclose(tiers["tier_4"], [-197 / 450, -697 / 1350, -232 / 675], **DIGITS)
    assert_allclose(tiers["later"], [-0.5016581908, -0.6793887091, -0.4026362562], **DIGITS)
    assert_allclose(tiers["total"], [-2600 / 721, -1350 / 103, -1900 / 721], **DIGITS)
    assert outcome.change().loc[("national", "2"), "change"] == pytest.approx(-1350 / 103, abs=1e-10)


def test_t3_mixed_model_of_final_demand_and_output_together():
    """Final demand of 2 rises by 7 and output of 1 stays: solved by hand from the equations of 2 and 3."""
    outcome = run(t3(), DemandChange("national", level=0.1, industries="2"), FixedOutput("national", "1"))
    free = np.array([[1 - 10 / 150, -0.3], [-20 / 150, 0.8]])
    assert_allclose(output(outcome), [0, *np.linalg.solve(free, [7.0, 0.0])], **DIGITS)


# Hand-worked: leather


def test_leather_reshoring():
    outcome = run(leather(), HALF)
    expected = [
        -0.3787670289, 0.2634790073, 0.0805404308, -2.6768051630, -30.2254632755, -1.0713515129,
        5.2888832066, 29.8344933862, 1.7496154399,
    ]  # fmt: skip
    assert_allclose(output(outcome), expected, **DIGITS)
    assert_allclose(value_added(outcome), [-0.0790480698, -17.3474287230, 17.4264767928], **DIGITS)
    assert abs(value_added(outcome).sum()) < 1e-12
    first = outcome.tiers(by="country-industry", chain="net")["tier_1"]
    assert_allclose(first, [0, 0, 0, 0, -23.55, 0, 0, 23.55, 0], **DIGITS)
    net = outcome.tiers(chain="net", rounds=3)
    assert_allclose(net["tier_2"], [-0.1281032638, -7.6091297787, 8.9586359920], **DIGITS)
    assert_allclose(net["tier_3"], [0.0035327992, -2.1098729673, 2.9083604279], **DIGITS)
    assert_allclose(net["later"], [0.0898228737, -0.7046172054, 1.4559956128], **DIGITS)
    loss, gain = outcome.tiers(chain="loss"), outcome.tiers(chain="gain")
    assert_allclose(loss["total"], [-3.2205083809, -36.9469062022, -5.6010397716], **DIGITS)
    assert_allclose(gain["total"], [3.1857607900, 2.9732862508, 42.4740318043], **DIGITS)


@pytest.mark.parametrize(
    ("strength", "expected"),
    [
        (0.25, [-0.0391660180, -8.5951460632, 8.6343120812]),
        (1.0, [-0.1610402806, -35.3409614639, 35.5020017445]),
    ],
)
def test_leather_reshoring_at_other_strengths(strength, expected):
    assert_allclose(value_added(run(leather(), Reshoring(DEU, P, TUR, strength=strength))), expected, **DIGITS)


def test_leather_capacity_at_home():
    outcome = run(leather(), Reshoring(DEU, P, TUR, strength=0.5, capacity=0.1))
    unmet = outcome.unmet.loc[(DEU, P)]
    assert unmet["met"] == pytest.approx(0.2164025647, abs=6e-11)
    assert unmet["asked"] == 0.5
    assert unmet["moved"] + unmet["unmet"] == pytest.approx(23.55, rel=1e-12)
    change = outcome.change().loc[(DEU, P)]
    assert change["change"] == pytest.approx(0.1 * change["before"], rel=1e-12)
    assert "0.2164 of 0.5" in outcome.assumptions["warning"]
    assert run(leather(), HALF).unmet.empty


def test_leather_substitution_does_not_repair_and_a_market_does():
    assert_allclose(
        value_added(run(leather(), Substitution(DEU, TUR, ARG, P, strength=0.5))),
        [16.2202073743, -16.7944203715, 0.5742129972],
        **DIGITS,
    )
    repaired = run(leather(), HALF, MarketRepair(ARG, TUR, P, DEU, strength=0.5))
    assert_allclose(value_added(repaired), [-0.0617633403, -13.5542227201, 13.6159860604], **DIGITS)


def test_leather_node_loss_is_complete_extraction():
    outcome = run(leather(), NodeLoss(TUR, P))
    expected = [
        -7.3101786423, -5.0802858142, -0.3886589547, -17.8383081386, -124.6, -4.9504851309,
        -5.3316743287, -8.8041733234, -7.2293384032,
    ]  # fmt: skip
    assert_allclose(output(outcome), expected, **DIGITS)
    assert_allclose(value_added(outcome), [-7.9383350164, -75.8804702662, -9.6227469547], **DIGITS)
    lost = extraction.losses(leather(), regions=TUR, industries=P, by="region")
    assert_allclose(outcome.change(by="region")["change"], -lost["total"], rtol=1e-12)
    assert outcome.implied_demand["implied"].item() == pytest.approx(-42.7415522373, abs=6e-11)
    assert outcome.implied_demand["unserved"].item() == pytest.approx(42.7415522373, abs=6e-11)
    for result in (outcome.change(), outcome.tiers(), outcome.implied_demand):
        assert "served from nowhere" in result.attrs["note"]
    assert "served from nowhere" in repr(outcome)
