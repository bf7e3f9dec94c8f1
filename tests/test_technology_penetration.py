"""How far inputs of a trait have entered industries, the core of a trait, and its exports."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from numpy.testing import assert_allclose

import io_linkage as iol
from io_linkage import linkages, panel, stages, technology
from io_linkage.errors import ComparisonError, OptionError, StageError, UnknownLabelError
from io_linkage.stages.intervals import central_and_drawn_traits
from tests.examples import leather, miller_blair_2
from tests.made import stage_file
from tests.made import table as made
from tests.strategies import tables

MANUFACTURING = [
    "15t16",
    "17t18",
    "19",
    "20",
    "21t22",
    "23",
    "24",
    "25",
    "26",
    "27t28",
    "29",
    "30t33",
    "34t35",
    "36t37",
]


@pytest.fixture(scope="module")
def table():
    return leather()


@pytest.fixture(scope="module")
def third(table):
    """The third industry of each country as the trait."""
    return pd.Series([0.0, 0.0, 1.0] * 3, index=table.index, name="third")


def with_traits(width=0.2):
    """Stage shares of the made table, with a trait and its range."""
    file = stage_file().filter(regex="industry|traditional|emerging|future")
    share = np.array([0.1, 0.5, 0.0, 1.0, 0.3, 0.7, 0.2])
    return file.assign(digital=share, digital_low=(1 - width) * share, digital_high=np.minimum((1 + width) * share, 1))


def random_trait(table):
    return pd.Series(np.random.default_rng(5).random(len(table.index)), index=table.index, name="drawn")


def test_leather_penetration_to_ten_digits(table, third):
    row = technology.penetration(table, trait=third).loc[("Germany", "Agriculture")]
    assert_allclose(
        row[["direct", "direct_share", "total", "total_share"]],
        [0.0735764555, 0.1885245902, 0.1499151888, 0.2037192324],
        atol=6e-11,
    )


def test_leather_core_and_dependent_to_ten_digits(table, third):
    world = technology.core_and_dependent(table, trait=third).loc["world", "share"]
    assert_allclose(
        world[["core", "backward", "both", "dependent", "embodied_in_others"]],
        [0.1930660888, 0.3588299025, 0.1648499505, 0.3870460409, 0.0282161384],
        atol=6e-11,
    )


@given(tables())
def test_penetration_matches_brute_force_and_its_parts_add_up(table):
    trait = random_trait(table)
    t, A = trait.to_numpy() * table.active, np.array(table.system.A)
    L = np.linalg.inv(np.eye(len(t)) - A)
    found = technology.penetration(table, trait=trait)
    for reach, inputs in (("direct", A), ("total", L - np.eye(len(t)))):
        for j in np.flatnonzero(table.active):
            here = table.region_codes == table.region_codes[j]
            own, everything = t[here] @ inputs[here, j], t @ inputs[:, j]
            row = found.iloc[j]
            expected = [everything, own, everything - own]
            assert_allclose(row[[reach, f"{reach}_domestic", f"{reach}_imported"]], expected, atol=1e-10)
            whole = inputs[:, j].sum()
            shares = row[[f"{reach}_share", f"{reach}_domestic_share", f"{reach}_imported_share"]]
            if A[:, j].sum() > 0:
                assert_allclose(shares, np.array(expected) / whole, atol=1e-9)
            else:
                assert shares.isna().all()
    assert found.iloc[~table.active].isna().all(axis=None)


@given(tables(min_regions=2))
def test_core_matches_brute_force(table):
    trait = random_trait(table)
    t = trait.to_numpy() * table.active
    v = table.per_output(table.va)
    V = np.diag(v) @ np.linalg.inv(np.eye(len(t)) - table.system.A) @ np.diag(table.final_demand)
    found = technology.core_and_dependent(table, trait=trait)["amount"].unstack()
    for region in [*table.regions, "world"]:
        here = table.region_codes == table.regions.index(region) if region != "world" else np.ones(len(t), bool)
        if not (here & table.active).any():
            continue
        core, backward, both = (t * here) @ V.sum(axis=1), here @ V @ t, (t * here) @ V @ t
        row = found.loc[region]
        assert_allclose(row[["core", "backward", "both"]], [core, backward, both], atol=1e-8)
        assert row["dependent"] == pytest.approx(core + backward - both)
        assert row["embodied_in_others"] == pytest.approx((t * here) @ V @ (1 - t), abs=1e-8)
        assert row["core"] == pytest.approx(float((t * v * table.x * here).sum()))


def test_core_in_jobs_and_of_regions_alone(table, third, world):
    jobs = technology.core_and_dependent(world, of="jobs", trait="high_tech", draws=2, regions=["CHN", "RoW"])
    assert list(jobs.index.get_level_values("region").unique()) == ["CHN", "RoW"]
    assert jobs.loc["RoW"].isna().all(axis=None)
    shares = stages.traits(world)["high_tech"]
    number = world.satellite("jobs")
    assert jobs.loc[("CHN", "core"), "amount"] == pytest.approx((shares * number)["CHN"].sum())
    assert jobs.loc[("CHN", "core"), "share"] == pytest.approx((shares * number)["CHN"].sum() / number["CHN"].sum())
    assert technology.core_and_dependent(table, trait=third)[["low_share", "high_share"]].isna().all(axis=None)


def test_shares_of_china_stand_near_the_anchors(shared_data):
    """Digital inputs of traditional manufacturing to a quarter point, core and dependent to .06 points of GDP."""
    direct = {1995: 3.5, 2000: 5.1, 2005: 5.6, 2008: 5.8, 2011: 5.8}
    total = {1995: 4.5, 2000: 6.4, 2005: 6.4, 2008: 6.6, 2011: 6.6}
    usa = {1995: 7.9, 2000: 8.1, 2005: 6.7, 2008: 5.8, 2011: 6.3}
    economy = {1995: (4.6, 8.4), 2005: (7.4, 12.9), 2011: (7.2, 12.5)}
    for year, expected in direct.items():
        wiod = iol.load(shared_data / "wiod2013" / str(year), classification="WIOD2013", value_added="residual")
        shares = 100 * technology.stage_penetration(
            wiod, traits="digital", regions=["CHN", "USA"], industries=MANUFACTURING, draws=1
        )["central"].xs("digital", level="trait")
        found = [shares["CHN", "direct"], shares["CHN", "total"], shares["USA", "direct"]]
        assert_allclose(found, [expected, total[year], usa[year]], atol=0.25)
        if year in economy:
            core = 100 * technology.core_and_dependent(wiod, regions="CHN", draws=1).loc["CHN", "share"]
            assert_allclose(core[["core", "dependent"]], economy[year], atol=0.06)
    assert core["embodied_in_others"] == pytest.approx(5.1, abs=0.06)


def test_a_stage_is_a_mean_of_its_industries(world):
    shares = technology.stage_penetration(world, draws=2, regions=["CHN", "IDN"], stage="emerging")["central"]
    apart = technology.penetration(world, trait="green", regions=["CHN", "IDN"])
    weight = (stages.weights(world)["emerging"] * world.x)[["CHN", "IDN"]]
    for reach, inputs in (("direct", linkages.direct_backward(world)), ("total", linkages.backward(world) - 1)):
        expected = (apart[reach] * weight).groupby(level=0).sum() / (inputs * weight).groupby(level=0).sum()
        assert_allclose(shares.xs("green", level="trait").xs(reach, level="reach"), expected[["CHN", "IDN"]])
    everything = technology.stage_penetration(world, draws=1, regions="CHN", stage=None)["central"]
    own = apart.loc["CHN", "direct"] * world.x["CHN"]
    assert everything["CHN", "green", "direct"] == pytest.approx(own.sum() / world.Z["CHN"].to_numpy().sum())


def test_intervals_of_a_stage(world):
    first = technology.stage_penetration(world, draws=40, regions="CHN")
    assert (first["low"] < first["central"]).all()
    assert (first["central"] < first["high"]).all()
    assert_allclose(first, technology.stage_penetration(world, draws=40, regions="CHN"), rtol=0)
    assert not np.allclose(first["low"], technology.stage_penetration(world, draws=40, regions="CHN", seed=1)["low"])
    assert first.attrs["interval"] == "90% of 40 draws"
    narrow = technology.stage_penetration(world, draws=40, regions="CHN", level=0.5)
    assert (narrow["high"] - narrow["low"] < first["high"] - first["low"]).all()


def test_draws_of_traits_stay_in_their_ranges_with_the_central_share_as_mean():
    table, file = made(), with_traits()
    weights, drawn = central_and_drawn_traits(table, ("digital",), draws=400, seed=3, stage_file=file)
    shares = np.array(drawn[1:])[:, :, 0]
    assert_allclose(drawn[0][:, 0], stages.traits(table, stage_file=file)["digital"])
    assert_allclose(np.array(weights[1:]), stages.draws(table, draws=400, seed=3, stage_file=file))
    low, high = (np.tile(file[f"digital_{end}"], len(table.regions)) for end in ("low", "high"))
    assert (shares >= low - 1e-12).all()
    assert (shares <= high + 1e-12).all()
    assert_allclose(shares.mean(axis=0), drawn[0][:, 0], atol=0.02)
    # One judgement is uncertain once: the same row of the file has the same draw in all regions.
    assert_allclose(shares[:, :7], shares[:, 7:14], rtol=0)


def test_without_ranges_there_is_no_interval_but_ranges_of_one_are_enough():
    table = made()
    plain = with_traits(0)
    bare = plain[[c for c in plain if not c.endswith(("_low", "_high"))]]
    options = {"traits": "digital", "draws": 20}
    assert technology.stage_penetration(table, stage_file=bare, **options)[["low", "high"]].isna().all(axis=None)
    stages_only = technology.stage_penetration(table, stage_file=plain, **options)
    assert (stages_only["high"] > stages_only["low"]).all()
    traits_only = bare.assign(digital_low=0.8 * bare["digital"], digital_high=(1.2 * bare["digital"]).clip(upper=1))
    ranges = technology.stage_penetration(table, stage_file=traits_only, stage=None, **options)
    assert (ranges["high"] > ranges["low"]).all()
    core = technology.core_and_dependent(table, stage_file=traits_only, draws=20)
    assert (core["high_share"] > core["low_share"]).all()


def test_a_change_splits_into_inputs_and_weights():
    before, after = made(1995), made(2011)
    moved = with_traits().assign(year="2011", digital=[0.3, 0.4, 0.1, 0.8, 0.5, 0.7, 0.1])
    bounds = {f"digital_{end}": moved["digital"] for end in ("low", "high")}
    both = pd.concat([with_traits().assign(year="1995"), moved.assign(**bounds)])
    found = technology.penetration_change(before, after, stage_file=both)
    assert_allclose(found["change"], found["inputs"] + found["weights"])
    options = {"traits": "digital", "draws": 1}
    for column, one in (("before", before), ("after", after)):
        shares = technology.stage_penetration(one, stage_file=both, **options)["central"]
        assert_allclose(found[column], shares)
    assert (found["weights"].abs() > 1e-4).all()
    plain = [with_traits(), with_traits().assign(digital=moved["digital"].to_numpy(), **bounds)]
    p = [[technology.stage_penetration(t, stage_file=f, **options)["central"] for f in plain] for t in (before, after)]
    assert_allclose(found["inputs"], (p[1][0] - p[0][0] + p[1][1] - p[0][1]) / 2)
    assert_allclose(found["weights"], (p[0][1] - p[0][0] + p[1][1] - p[1][0]) / 2)
    same = technology.penetration_change(before, after, stage_file=with_traits())
    assert_allclose(same["weights"], 0, atol=1e-15)


def test_exports_of_a_trait_are_sums_of_flows(world):
    found = technology.trait_exports(world, "CHN", partners=["IDN", "BRA"], comparators=["EU"])
    t = stages.traits(world)["green"].to_numpy()
    Z, Y = world.accounts.Z, world.accounts.Y
    china, here = (world.region_codes == world.regions.index(code) for code in ("CHN", "IDN"))
    buys = world.accounts.demand.get_level_values(0) == "IDN"
    fixed = buys & (world.accounts.demand.get_level_values(1) == "Gross fixed capital formation")
    sold = Z[:, here].sum(axis=1) + Y[:, buys].sum(axis=1)
    invested = Y[:, fixed].sum(axis=1)
    expected = [
        (t * sold)[china].sum(),
        (t * sold)[china].sum() / sold[china].sum(),
        (t * invested)[china].sum(),
        (t * invested)[china].sum() / (t * invested).sum(),
        (t * invested).sum() / invested.sum(),
    ]
    assert_allclose(found.loc[("CHN", "IDN", "green")][: len(expected)], expected)
    parts = found.loc["CHN"]
    for column in ("exports", "investment"):
        assert_allclose(parts.loc["all", column], parts.loc["IDN", column] + parts.loc["BRA", column])
    whole = parts.loc["IDN", "exports"] / parts.loc["IDN", "exports_share"]
    whole += parts.loc["BRA", "exports"] / parts.loc["BRA", "exports_share"]
    assert_allclose(parts.loc["all", "exports_share"], parts.loc["all", "exports"] / whole)
    assert list(found.index.get_level_values("economy").unique()) == ["CHN", "EU"]
    for share in ("exports_share", "investment_share", "partner_investment_share"):
        assert (found[f"low_{share}"] < found[share]).all()
        assert (found[share] < found[f"high_{share}"]).all()
    # The share of exports is linear in the traits, so that its interval follows from their draws.
    _, drawn = central_and_drawn_traits(world, ("green",), draws=200, seed=0, stage_file=None)
    shares = [(one[:, 0] * sold)[china].sum() / sold[china].sum() for one in drawn[1:]]
    assert_allclose(
        found.loc[("CHN", "IDN", "green"), ["low_exports_share", "high_exports_share"]],
        np.quantile(shares, [0.05, 0.95]),
    )
    assert found.attrs["interval"] == "90% of 200 draws"


def test_penetration_goes_over_years(world):
    tables_ = (iol.load(year=year) for year in (1995, 2011))
    years = panel.over(tables_, technology.stage_penetration, regions="CHN", draws=1)
    one = technology.stage_penetration(world, regions="CHN", draws=1)
    assert_allclose(years.loc[2011, "central"], one["central"])


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda t: technology.penetration(t, trait="smart"), UnknownLabelError, "Unknown trait 'smart'"),
        (lambda t: technology.penetration(t, trait=pd.Series({("CHN", "Z9"): 1.0})), UnknownLabelError, "Z9"),
        (lambda t: technology.penetration(t, trait=2 * random_trait(t)), OptionError, "share from 0 to 1"),
        (lambda t: technology.penetration(t, trait=random_trait(t).iloc[:5]), OptionError, "nan in CHN"),
        (lambda t: technology.penetration(t, regions="Chinq"), UnknownLabelError, "Chinq"),
        (lambda t: technology.stage_penetration(t, stage="old"), UnknownLabelError, "Unknown stage 'old'"),
        (lambda t: technology.stage_penetration(t, traits=["green", "smart"]), UnknownLabelError, "smart"),
        (lambda t: technology.stage_penetration(t, industries="steel"), UnknownLabelError, "steel"),
        (lambda t: technology.stage_penetration(t, draws=0), OptionError, "at least one draw"),
        (lambda t: technology.stage_penetration(t, draws=1, level=2), OptionError, "level=2"),
        (lambda t: technology.core_and_dependent(t, trait="smart"), UnknownLabelError, "smart"),
        (lambda t: technology.trait_exports(t, "XXX"), UnknownLabelError, "XXX"),
        (lambda t: technology.trait_exports(t, investment_categories=["x"]), UnknownLabelError, "category"),
    ],
)
def test_bad_input_is_explained(world, call, error, words):
    with pytest.raises(error, match=words):
        call(world)


def test_tables_that_do_not_compare_are_refused(world, table):
    with pytest.raises(ComparisonError, match="different country-industries"):
        technology.penetration_change(world, made())
    with pytest.raises(StageError, match="has no traits"):
        technology.stage_penetration(
            made(), stage_file=stage_file().filter(regex="industry|traditional|emerging|future")
        )
    with pytest.raises(StageError, match="No shipped stage shares"):
        technology.penetration(miller_blair_2())
