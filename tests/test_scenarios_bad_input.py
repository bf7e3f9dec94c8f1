"""Scenarios that cannot be run say why, where, and what to do."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from io_linkage import MRIOTable, scenarios
from io_linkage.errors import ComparisonError, NotProductiveError, OptionError, UnknownLabelError
from io_linkage.scenarios import (
    DemandChange,
    ExportBan,
    FixedOutput,
    FriendShoring,
    MarketRepair,
    Move,
    NodeLoss,
    ProductionAbroad,
    Reshoring,
    Scenario,
    Substitution,
    Tariff,
)
from tests.examples import idle_region, leather

ARG, TUR, DEU = "Argentina", "Turkey", "Germany"
P = "Textile and Leather"


def run(*moves, table=None):
    return scenarios.run(table or leather(), Scenario("bad", moves))


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: Reshoring(DEU, strength=1.2), "strength=1.2 is not possible"),
        (lambda: Reshoring(DEU, strength=float("nan")), "strength=nan is not a number"),
        (lambda: Reshoring(DEU, strength="half"), "strength='half' is not a number"),
        (lambda: Reshoring(DEU, strength=-0.1), "strength=-0.1 is not possible"),
        (lambda: Reshoring(DEU, flows="inputs and final"), "flows='inputs and final'"),
        (lambda: Reshoring(DEU, capacity=-0.1), "capacity=-0.1"),
        (lambda: Substitution(DEU, TUR, ARG, shares=(0.5, 0.4)), "add to 1"),
        (lambda: Tariff(DEU, TUR, 0.25), "an elasticity of substitution"),
        (lambda: Tariff(DEU, TUR, -0.1, 4.0), "rate=-0.1"),
        (lambda: Tariff(DEU, TUR, 0.1, -4.0), "elasticity=-4.0"),
        (lambda: Tariff(DEU, TUR, 0.1, 4.0, value="border"), "value='border'"),
        (lambda: ExportBan(TUR), "no default"),
        (lambda: ExportBan(TUR, "bought"), "'replaced', 'orders', 'supply'"),
        (lambda: DemandChange(DEU), "nothing changes"),
        (lambda: DemandChange(DEU, level=-1.5), "level=-1.5"),
        (lambda: DemandChange(DEU, basket=TUR, industries=P), "a basket is that of all products"),
        (lambda: MarketRepair(ARG, TUR, amount=5.0, strength=0.5), "not both"),
        (lambda: MarketRepair(ARG, TUR, amount=-5.0), "amount=-5.0"),
        (lambda: FixedOutput(TUR, P, level=-0.2), "level=-0.2"),
        (lambda: ProductionAbroad(DEU, TUR, inputs="both"), "inputs='both'"),
        (lambda: Scenario("x", ["reshoring"]), "is not a move"),
        (lambda: Scenario("x", [Move()]), "is not a move"),
    ],
)
def test_a_move_refuses_what_it_cannot_be(make, says):
    with pytest.raises(OptionError, match=says):
        make()


@pytest.mark.parametrize(
    ("moves", "says"),
    [
        ([Reshoring(DEU, P, (TUR, DEU))], "reshoring: Germany would be both buyers and suppliers"),
        ([Substitution(DEU, TUR, TUR, P)], "Turkey would be both old suppliers and new suppliers"),
        ([Substitution(DEU, TUR, ARG, P, shares=(0.5, 0.5))], "2 shares for 1 regions"),
        ([MarketRepair(TUR, TUR, P)], "Turkey would be both buyers and suppliers"),
        ([FriendShoring((DEU, TUR), TUR, industries=P)], "Turkey would be both"),
        ([ExportBan(TUR, "orders", buyers=TUR)], "Turkey would be both"),
        ([ProductionAbroad(DEU, DEU)], "Germany would be both"),
        ([ProductionAbroad((DEU, ARG), TUR)], "name one investor"),
        ([Tariff(DEU, DEU, 0.1, 4.0)], "a tariff on its own goods"),
        ([MarketRepair(ARG, TUR, P, DEU, amount=100.0)], "100  is more than the 10.3 that Argentina buys"),
        ([FixedOutput(TUR, P), NodeLoss(TUR, P)], "Turkey Textile and Leather is fixed twice"),
    ],
)
def test_moves_that_do_not_fit_a_table(moves, says):
    with pytest.raises(OptionError, match=says):
        run(*moves)


def test_moves_from_one_flow_may_not_exceed_it():
    first, second = Reshoring(DEU, P, TUR, strength=0.6), Substitution(DEU, TUR, ARG, P, strength=0.6, flows="final")
    with pytest.raises(OptionError) as caught:
        run(first, second)
    assert "1.2 times what Germany final demand buys from Turkey Textile and Leather" in str(caught.value)
    assert "(reshoring, substitution)" in str(caught.value)
    run(first, Substitution(DEU, TUR, ARG, P, strength=0.4))


def test_unknown_names_offer_the_nearest():
    with pytest.raises(UnknownLabelError, match="Germany"):
        run(Reshoring("Germny", P))
    with pytest.raises(UnknownLabelError, match="Nearest: Textile and Leather"):
        run(Reshoring(DEU, "Textiles and Leather"))


def test_a_region_without_the_industry():
    with pytest.raises(OptionError, match="reshoring: B has no output of goods in Idle"):
        run(Reshoring("B", "goods", "A"), table=idle_region())
    with pytest.raises(OptionError, match="node_loss: B has no output of goods"):
        run(NodeLoss("B", "goods"), table=idle_region())
    with pytest.raises(OptionError, match="production_abroad: B has no output of goods"):
        run(ProductionAbroad("A", "B", "goods"), table=idle_region())
    # In a group, what cannot be made stays with the old suppliers, and that is said.
    outcome = run(Reshoring(("B", "C"), "goods", "A"), table=idle_region())
    assert outcome.unmet.loc[("B", "goods"), ["met", "moved", "unmet"]].tolist() == [0, 0, 5]
    assert (
        "No new supplier makes the product, so purchases stay where they were: B goods"
        in outcome.assumptions["warning"]
    )


def test_a_shock_that_breaks_hawkins_simon():
    greedy = with_inputs(leather(), 0, 1.4)
    assert run(Reshoring(DEU, P, TUR), table=greedy).base is greedy
    with pytest.raises(NotProductiveError, match="Turkey Agriculture would buy inputs of 1"):
        run(ProductionAbroad(ARG, (TUR, DEU)), table=greedy)


def with_inputs(table, column, total):
    """A table in which one industry buys a multiple of its output, and final demand less."""
    Z, Y = table.Z.to_numpy(copy=True), table.Y.to_numpy(copy=True)
    Z[:, column] *= total * table.x.iloc[column] / Z[:, column].sum()
    Y[:, 0] += table.Z.to_numpy()[:, column] - Z[:, column]
    return MRIOTable.from_frames(
        pd.DataFrame(Z, index=table.index, columns=table.index),
        pd.DataFrame(Y, index=table.index, columns=table.Y.columns),
        name="Greedy",
    )


def test_a_capacity_that_cannot_be_kept():
    with pytest.raises(OptionError, match=r"the capacity of Germany cannot be kept.*allows 1 %"):
        run(Reshoring(DEU, P, TUR, capacity=0.01), DemandChange(DEU, level=0.5, industries=P, suppliers=DEU))


def test_an_output_below_zero_is_refused():
    with pytest.raises(OptionError, match="below zero"):
        scenarios.impact(leather(), pd.Series({(TUR, P): -1000.0}))


def test_a_scenario_for_other_industries():
    with pytest.raises(ComparisonError, match="names industries of WIOD2013; Leather has those of no known"):
        scenarios.run(leather(), Scenario("x", [Reshoring(DEU)], classification="WIOD2013"))


@pytest.mark.parametrize(
    ("change", "error", "says"),
    [
        (pd.Series({"a": 1.0}), OptionError, "labelled"),
        (pd.Series({(TUR, "Leather"): 1.0}), UnknownLabelError, "country-industry"),
        (pd.Series([1.0, 2.0], index=pd.MultiIndex.from_tuples([(TUR, P)] * 2)), OptionError, "named twice"),
        (pd.Series({(TUR, P): np.nan}), OptionError, "not a number"),
        (pd.DataFrame({"France": {(TUR, P): 1.0}}), UnknownLabelError, "France"),
    ],
)
def test_changes_of_final_demand_that_do_not_fit(change, error, says):
    with pytest.raises(error, match=says):
        scenarios.impact(leather(), change)


def test_demand_for_an_industry_without_output():
    with pytest.raises(OptionError, match="has no output"):
        scenarios.impact(idle_region(), pd.Series({("B", "goods"): 1.0}))


def test_what_a_surface_refuses():
    table, home, repair = leather(), Reshoring(DEU, P, TUR), MarketRepair(ARG, TUR, P)
    for first, says in (
        (Reshoring(DEU, P, TUR, capacity=0.1), "without a limit of capacity"),
        (NodeLoss(TUR, P), "'node_loss' cannot be varied"),
        (Tariff(DEU, TUR, 0.1, 4.0), "Run each rate"),
        (ExportBan(TUR, "supply"), "cannot be varied here"),
        (ProductionAbroad(DEU, TUR, P), "production abroad"),
    ):
        with pytest.raises(OptionError, match=says):
            scenarios.surface(table, first, repair)
    with pytest.raises(OptionError, match="strength=2"):
        scenarios.surface(table, home, repair, strengths=[0, 2])
    with pytest.raises(OptionError, match="times what"):
        scenarios.surface(table, home, Substitution(DEU, TUR, ARG, P))
    with pytest.raises(UnknownLabelError):
        scenarios.surface(table, home, repair, region="France")


def test_options_of_results():
    outcome = run(Reshoring(DEU, P, TUR))
    with pytest.raises(OptionError, match="by='country'"):
        outcome.change(by="country")
    with pytest.raises(OptionError, match="chain='all'"):
        outcome.tiers(chain="all")
    with pytest.raises(OptionError, match="rounds=0"):
        outcome.tiers(rounds=0)
    with pytest.raises(UnknownLabelError, match="Nearest: participation"):
        outcome.compare("participations")
    with pytest.raises(OptionError, match="'trade' needs focus="):
        outcome.compare("trade")
