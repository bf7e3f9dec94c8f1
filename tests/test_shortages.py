"""Supply bottlenecks: hand-worked numbers, brute force over buyers, bounds and bad input."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import io_linkage as iol
from io_linkage.errors import OptionError, ReadError, SolveError, UnknownLabelError
from io_linkage.shortages import availability, best_case, cost_share, ratings, ration, run
from io_linkage.table import MRIOTable
from tests.examples import leather, three_industries
from tests.strategies import tables

RULES = ("leontief", "strongly_critical", "half_critical", "weakly_critical", "linear")
HALF = {("national", "1"): 0.5}


def rated(**cells: float) -> pd.DataFrame:
    """Ratings of three industries: own products 1, the cells that are named, and 0."""
    frame = pd.DataFrame(np.eye(3), index=["1", "2", "3"], columns=["1", "2", "3"])
    for key, value in cells.items():
        frame.loc[key[1], key[2]] = value
    return frame


MIXED = rated(r12=1.0, r13=0.5)
IMPORTANT = rated(r12=0.5, r13=0.5)
ALONE = rated()


def output(table, lost):
    return (table.x * (1 - lost["loss_share"])).to_numpy()


# Numbers worked out by hand.


def test_first_round_of_three_industries():
    table = three_industries()
    lost = run(table, capacity=HALF, ratings=MIXED, of="output")
    assert output(table, lost) == pytest.approx([50, 75, 75], rel=1e-12)
    assert lost["direct"].tolist() == [50, 0, 0]
    assert lost["round_1"].tolist() == [0, 75, 25]
    assert lost["binding"].tolist() == ["", "1", "1"]


def test_all_essential_drags_everything_to_half_in_one_round():
    table = three_industries()
    for rounds in (1, 5):
        lost = run(table, capacity=HALF, rule="leontief", rounds=rounds, of="output")
        assert output(table, lost) == pytest.approx([50, 75, 50], rel=1e-12)


@pytest.mark.parametrize(
    ("given", "rule", "x", "f", "va"),
    [
        (MIXED, "half_critical", [50, 75, 75], [17.5, 27.5, 45], 90),
        (IMPORTANT, "half_critical", [50, 112.5, 75], [10, 62.5, 40], 112.5),
        (ALONE, "half_critical", [41.1927877947, 120.8737864078, 87.7947295423], [0, 70, 50], 120),
        (ALONE, "leontief", [50, 75, 50], [20, 35, 25], 80),
        (MIXED, "strongly_critical", [50, 75, 50], [20, 35, 25], 80),
    ],
)
def test_proportional_rationing_of_three_industries(given, rule, x, f, va):
    out = ration(three_industries(), capacity=HALF, ratings=given, rule=rule)
    assert out["output"].to_numpy() == pytest.approx(x, abs=1e-9)
    assert out["final_demand"].to_numpy() == pytest.approx(f, abs=1e-9)
    assert out["value_added"].sum() == pytest.approx(va, abs=1e-9)


def test_best_case_of_three_industries():
    out = best_case(three_industries(), capacity=HALF)
    assert out["output"].to_numpy() == pytest.approx([50, 125.2358490566, 89.6226415094], abs=1e-9)
    assert out["value_added"].sum() == pytest.approx(125.9905660377, abs=1e-9)
    assert (out["final_demand"] <= three_industries().final_demand + 1e-9).all()


def test_cost_share_reading_of_three_industries():
    out = cost_share(three_industries(), capacity=HALF)
    assert out["loss_share"].to_numpy() == pytest.approx([0.5, 13 / 106, 23 / 212], abs=1e-12)
    assert out["total"].sum() == pytest.approx(30.3773584906, abs=1e-9)


def test_shares_of_turkey_in_the_leather_that_germany_uses():
    given = availability(leather(), capacity={("Turkey", "Textile and Leather"): 0.0})
    assert (1 - given.loc["Textile and Leather", "Germany"]).to_numpy() == pytest.approx(
        [0.25, 0.0704225352, 0.4183006536], abs=1e-9
    )
    assert given.loc["Agriculture"].eq(1).all()


# Brute force, buyer by buyer.


def brute_force(table, kept, rating, rule, rounds, substitution):
    """Output over base after the rounds, with loops over buyers, products and sources."""
    Z, n = table.accounts.Z, len(table.index)
    r = kept.copy()
    for _ in range(rounds):
        after = r.copy()
        for j in range(n):
            limits, weights = [], []
            for p in range(len(table.industries)):
                sources = [s for s in range(n) if table.industry_codes[s] == p and Z[s, j] > 0]
                total = sum(Z[s, j] for s in sources)
                if total == 0:
                    continue
                given = sum(Z[s, j] * r[s] for s in sources)
                given += sum(substitution * Z[s, j] for s in sources if r[s] == 1)
                a = min(given / total, 1.0)
                weights.append((total, a))
                level = rating[p, j]
                if rule == "leontief" or level == 1 or (rule == "strongly_critical" and level == 0.5):
                    limits.append(a)
                elif rule == "half_critical" and level == 0.5:
                    limits.append((1 + a) / 2)
            if rule == "linear":
                limits = [sum(t * a for t, a in weights) / sum(t for t, _ in weights)] if weights else []
            after[j] = min([r[j], *limits])
        r = after
    return r


@given(tables(), st.sampled_from(RULES), st.integers(1, 3), st.sampled_from([0.0, 0.3]), st.integers(0, 2**16))
def test_rounds_match_brute_force(table, rule, rounds, substitution, seed):
    random = np.random.default_rng(seed)
    rating = random.choice([0.0, 0.5, 1.0], (len(table.industries), len(table.index)))
    where = np.flatnonzero(table.active)[:2]
    kept = np.ones(len(table.index))
    kept[where] = random.random(len(where))
    capacity = pd.Series(kept[where], index=table.index[where])
    frame = pd.DataFrame(rating, index=table.industries, columns=table.index)
    lost = run(table, capacity=capacity, ratings=frame, rule=rule, rounds=rounds, substitution=substitution)
    expected = 1 - brute_force(table, kept, rating, rule, rounds, substitution)
    live = table.active
    assert lost["loss_share"].to_numpy()[live] == pytest.approx(expected[live], abs=1e-9)
    assert lost["loss_share"].isna().to_numpy().tolist() == (~live).tolist()
    tiers = lost[["direct", *(f"round_{k}" for k in range(1, rounds + 1))]]
    assert tiers.sum(axis=1).to_numpy()[live] == pytest.approx(lost["total"].to_numpy()[live], abs=1e-9)
    assert (tiers.to_numpy()[live] >= 0).all()


@given(tables(max_regions=1), st.integers(0, 2**16))
def test_readings_stand_in_order(table, seed):
    """Rationing never makes more than the best case; a stricter rule never loses less."""
    random = np.random.default_rng(seed)
    first = np.flatnonzero(table.active)[0]
    capacity = {(table.index[first]): float(random.uniform(0.2, 0.9))}
    best = best_case(table, capacity=capacity)["value_added"].sum()
    for rule in ("leontief", "weakly_critical"):
        shared = ration(table, capacity=capacity, ratings="cost_share", rule=rule)["value_added"].sum()
        assert shared <= best + 1e-6 * abs(best)
    order = [
        run(table, capacity=capacity, ratings="cost_share", rule=rule)["total"].sum()
        for rule in ("weakly_critical", "half_critical", "strongly_critical", "leontief")
    ]
    assert all(a <= b + 1e-9 for a, b in itertools.pairwise(order))


@given(tables(), st.integers(0, 2**16))
def test_cost_shares_solve_their_equation(table, seed):
    random = np.random.default_rng(seed)
    hit = np.flatnonzero(table.active)[:3]
    kept = random.random(len(hit))
    loss = cost_share(table, capacity=pd.Series(kept, index=table.index[hit]))["loss_share"].fillna(0).to_numpy()
    through = table.system.A.T @ loss
    shock = np.zeros(len(loss))
    shock[hit] = 1 - kept
    assert loss == pytest.approx(np.maximum(through, shock), abs=1e-9)


@given(tables(max_regions=1))
def test_best_case_with_full_capacity_is_the_table(table):
    first = table.index[np.flatnonzero(table.active)[0]]
    out = best_case(table, capacity={first: 1.0})
    assert out["value_added"].sum() == pytest.approx(table.va[table.active].sum(), rel=1e-7)


def test_best_case_keeps_inventories_that_are_drawn_down():
    """Industry 3 sells 10 from stock: its final demand is below 0, and may shrink but not grow."""
    Z = three_industries().Z
    Y = pd.DataFrame({"final demand": [40.0, 70.0, -10.0]}, index=["1", "2", "3"])
    table = MRIOTable.from_frames(Z.droplevel(0).droplevel(0, axis=1), Y)
    region = table.regions[0]
    out = best_case(table, capacity={(region, "1"): 1.0})
    assert out["final_demand"].to_numpy() == pytest.approx([40, 70, -10], abs=1e-9)
    less = best_case(table, capacity={(region, "1"): 0.5})["final_demand"]
    assert -10 - 1e-9 <= less.iloc[2] <= 1e-9


@given(tables(), st.floats(0, 1), st.floats(0, 1))
def test_less_capacity_never_loses_less(table, one, two):
    first = table.index[np.flatnonzero(table.active)[0]]
    low, high = (
        run(table, capacity={first: kept}, ratings="cost_share", rounds=2)["total"].sum()
        for kept in (min(one, two), max(one, two))
    )
    assert low >= high - 1e-9


def test_full_capacity_loses_nothing_to_the_last_bit(world):
    lost = run(world, capacity={("CHN", "30t33"): 1.0}, rounds=3)
    assert (lost["total"].dropna() == 0).all()
    assert (lost["binding"] == "").all()


def test_groups_add_up_and_capacity_takes_groups_and_names(world):
    whole = run(world, capacity={("CHN", "Electrical and optical"): 0.5}, rounds=2)
    for by in ("region", "industry", "stage"):
        parts = run(world, capacity={("CHN", "30t33"): 0.5}, rounds=2, by=by)
        assert parts["total"].sum() == pytest.approx(whole["total"].sum(), rel=1e-12)
    both = run(world, capacity={("BRICS", "30t33"): 0.5})
    assert both.loc["BRA", "direct"].sum() > 0


def test_other_sources_replace_what_they_can(world):
    capacity = {("CHN", "30t33"): 0.5}
    bare, replaced = (run(world, capacity=capacity, substitution=phi) for phi in (0.0, 0.2))
    assert replaced["total"].sum() < bare["total"].sum()
    assert (bare["expansion_share"].dropna() == 0).all()
    expansion = replaced["expansion_share"].dropna()
    assert 0 < expansion.max() <= 0.2
    assert (expansion.drop("30t33", level="industry") == 0).all()
    missing = availability(world, capacity=capacity)
    covered = availability(world, capacity=capacity, substitution=0.2)
    # What the others sell more is what buyers miss less.
    bought = world.Z.groupby(level="industry", sort=False).sum()
    gained = ((covered - missing).fillna(0) * bought).to_numpy().sum()
    assert gained == pytest.approx((replaced["expansion_share"] * world.x).sum(), rel=1e-9)


def test_assumptions_are_stated(world):
    lost = run(world, capacity={("CHN", "30t33"): 0.5}, rounds=2, substitution=0.1)
    assert set(lost.attrs["assumptions"]) == {"closure", "substitution", "horizon"}
    assert "10 % more" in lost.attrs["assumptions"]["substitution"]
    assert "2 times" in lost.attrs["assumptions"]["horizon"]
    assert lost.attrs["measure"] == "value added lost with CHN 30t33 at 50 %"
    assert lost.attrs["ratings"] == "survey"


# Ratings.


def test_proxy_counts_shares_of_intermediate_inputs():
    table = three_industries()
    frame = ratings(table, source="cost_share", essential_above=0.4, important_above=0.2)
    assert frame.to_numpy().tolist() == [[0.5, 1.0, 0.0], [1.0, 0.0, 1.0], [0.0, 0.5, 0.5]]
    assert frame.attrs["ratings"] == "proxy by cost share"
    # A share at a threshold is not above it: half of what industry 3 buys are products of 2.
    assert ratings(table, source="cost_share", essential_above=0.5).loc["2", ("national", "3")] == 0.5
    assert ratings(table, source="cost_share", essential_above=1, important_above=0.5).loc["2", ("national", "3")] == 0


@pytest.mark.parametrize(
    "classification",
    ["ADB35", "EORA26", "FIGARO", "ICIO2021", "ICIO2023", "ICIO2025", "WIOD2013", "WIOD2016"],
)
def test_every_shipped_rating_covers_its_classification(classification):
    from io_linkage import classifications

    path = iol._shipped.shipped_path("criticality", f"{classification.lower()}.csv")
    frame = pd.read_csv(path, index_col=0)
    assert list(frame.index.map(str)) == list(frame.columns) == classifications.industries(classification)
    assert set(np.unique(frame.to_numpy())) == {0.0, 0.5, 1.0}
    assert (np.diag(frame) == 1).all()


def test_an_aggregated_table_has_its_survey_ratings(world):
    from io_linkage.aggregation import aggregate

    sections = aggregate(world, industries="isic_sections")
    lost = run(sections, capacity={("CHN", "C"): 0.5}, by="region")
    assert lost.attrs["ratings"] == "survey"
    assert lost["total"].sum() > lost["direct"].sum() > 0
    broad = aggregate(world, industries="broad_sectors")
    with pytest.raises(OptionError, match="no survey ratings"):
        run(broad, capacity={("CHN", "manufacturing"): 0.5})


def test_shipped_survey_is_the_published_one(shared_data):
    published = pd.read_csv(shared_data / "recent" / "ihs_criticality" / "ihs_markit_uk_2020.csv", index_col=0)
    folder = iol._shipped.shipped_path("criticality")
    survey = pd.read_csv(folder / "survey.csv", index_col=0)
    pd.testing.assert_frame_equal(survey, published, check_names=False)
    assert survey.isna().sum().sum() == 13
    wiod = pd.read_csv(folder / "wiod2016.csv", index_col=0)
    same = [code for code in survey.index if code in wiod.index]
    assert len(same) == 53
    assert (wiod.loc[same, same] == survey.fillna(0).loc[same, same]).all(axis=None)


def test_ratings_of_joined_industries_follow_their_rule():
    folder = iol._shipped.shipped_path("criticality")
    survey = pd.read_csv(folder / "survey.csv", index_col=0).fillna(0)
    joined = pd.read_csv(folder / "wiod2013.csv", index_col=0)
    # An input as its most critical part: coke is essential for basic metals alone, electronics has C26 and C27.
    assert joined.loc["30t33", "23"] == survey.loc[["C26", "C27"], "C19"].max()
    assert joined.loc["23", "26"] == survey.loc["C19", "C23"]
    parts = survey.loc["B", ["C24", "C25"]]
    assert parts.tolist() == [1.0, 0.0]
    # Basic metals have the larger part of the world's output of 27t28.
    assert joined.loc["C", "27t28"] == 0.5


def test_ratings_from_a_file(tmp_path):
    path = tmp_path / "own.csv"
    MIXED.to_csv(path)
    table = three_industries()
    pd.testing.assert_frame_equal(
        run(table, capacity=HALF, ratings=str(path)), run(table, capacity=HALF, ratings=MIXED)
    )


# Bad input.


@pytest.mark.parametrize(
    ("capacity", "error", "message"),
    [
        ({}, OptionError, "names no country-industry"),
        ({("CHN", "30t33"): 1.2}, OptionError, "capacity of CHN 30t33 is 1.2"),
        ({("CHN", "30t33"): -0.1}, OptionError, "from 0"),
        ({("CHN", "30t33"): float("nan")}, OptionError, "is empty"),
        ({("CHN", "30t33"): "half"}, OptionError, "must be a number"),
        ({("CHN", "50"): 0.5}, OptionError, "has no output"),
        ({("CHN", "30t33"): 0.5, ("BRICS", "30t33"): 0.2}, OptionError, "more than once"),
        ({("XXX", "30t33"): 0.5}, UnknownLabelError, "XXX"),
        ({("CHN", "30t34"): 0.5}, UnknownLabelError, "30t33"),
        ({"CHN": 0.5}, UnknownLabelError, "Name a region and an industry"),
    ],
)
def test_bad_capacities_are_refused(world, capacity, error, message):
    with pytest.raises(error, match=message):
        run(world, capacity=capacity)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"rule": "leontiev"}, "must be one of"),
        ({"rounds": 0}, "whole number from 1 to 10"),
        ({"rounds": 11}, "fixed point"),
        ({"rounds": 1.5}, "whole number"),
        ({"substitution": 2.0}, "substitution=2.0"),
    ],
)
def test_bad_options_are_refused(world, options, message):
    with pytest.raises(OptionError, match=message):
        run(world, capacity={("CHN", "30t33"): 0.5}, **options)


def test_bad_ratings_are_refused(tmp_path):
    table = three_industries()
    with pytest.raises(OptionError, match="no survey ratings for the industries of Three industries"):
        run(table, capacity=HALF)
    with pytest.raises(OptionError, match=r"rating of 1 for national 2 is 0\.7"):
        run(table, capacity=HALF, ratings=rated(r12=0.7))
    with pytest.raises(OptionError, match="is empty"):
        run(table, capacity=HALF, ratings=rated(r12=np.nan))
    with pytest.raises(UnknownLabelError, match="'3'"):
        run(table, capacity=HALF, ratings=ALONE.drop("3"))
    with pytest.raises(OptionError, match="appears twice"):
        run(table, capacity=HALF, ratings=pd.concat([ALONE, ALONE.loc[["1"]]]))
    with pytest.raises(ReadError, match="could not be read as ratings"):
        run(table, capacity=HALF, ratings=tmp_path / "none.csv")
    with pytest.raises(OptionError, match="not all ratings are numbers"):
        run(table, capacity=HALF, ratings=ALONE.astype(object).replace(1.0, "yes"))
    with pytest.raises(OptionError, match="exchange them"):
        ratings(table, source="cost_share", essential_above=0.01)


def test_rationing_is_for_one_region_and_other_rules(world):
    with pytest.raises(OptionError, match="rationing is for tables of one"):
        ration(world, capacity={("CHN", "30t33"): 0.5})
    with pytest.raises(OptionError, match="must be one of"):
        ration(three_industries(), capacity=HALF, ratings=ALONE, rule="linear")
    with pytest.raises(SolveError, match="did not settle in 1 iteration"):
        ration(three_industries(), capacity=HALF, ratings=ALONE, iterations=1)


# Magnitudes on the full table.


def test_halved_chinese_electronics_have_the_known_magnitudes(wiod_2011):
    capacity = {("CHN", "30t33"): 0.5}
    everywhere = float(wiod_2011.va.sum())

    def percent(**options):
        return 100 * run(wiod_2011, capacity=capacity, **options)["total"].sum() / everywhere

    important = pd.DataFrame(0.5, index=wiod_2011.industries, columns=wiod_2011.industries)
    assert percent(ratings=important) == pytest.approx(5.8, abs=0.15)
    assert percent(rule="leontief") == pytest.approx(11.4, abs=0.2)
    assert percent(ratings="cost_share", rule="weakly_critical") == pytest.approx(2.6, abs=0.15)
    assert percent(ratings="cost_share", rule="strongly_critical") == pytest.approx(5.8, abs=0.2)
    assert 100 * cost_share(wiod_2011, capacity=capacity)["total"].sum() / everywhere == pytest.approx(0.7, abs=0.06)
    # Without end, all essential: half of everything. That is why the fixed point is not offered.
    assert percent(rule="leontief", rounds=10) > 40
