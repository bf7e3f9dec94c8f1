"""Technology embodied in what is bought and acquired with inputs, by who performs it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from numpy.testing import assert_allclose

import io_linkage as iol
from io_linkage import spillovers, technology
from io_linkage.errors import MissingSatelliteError, OptionError, ReadError, UnknownLabelError
from io_linkage.satellites import PROXY
from tests.examples import leather
from tests.strategies import stage_weights, tables

COUNTRIES = ["Argentina", "Turkey", "Germany"]
#: Of a test table, so that no comparators are looked for.
NOBODY: dict[str, Any] = {"focus": None, "partners": []}


@pytest.fixture(scope="module")
def table():
    return leather()


@pytest.fixture(scope="module")
def rd(table):
    """R&D of 1/200, 1/100, ... of output."""
    d = np.array([1 / 200, 1 / 100, 1 / 20, 1 / 250, 1 / 80, 3 / 50, 1 / 100, 1 / 40, 2 / 25])
    account = pd.Series(d * table.x.to_numpy(), index=table.index, name="R&D")
    account.attrs["unit"] = "M USD"
    return account


def test_leather_diffusion_to_ten_digits(table, rd):
    cells = technology.diffusion(table, of=rd)
    expected = [
        [1.2083536326, 0.2786009112, 0.4345454562],
        [0.6054556981, 2.5692034601, 1.4256408418],
        [4.3210601914, 6.0642861552, 11.7326536534],
    ]
    assert_allclose(cells, expected, atol=6e-11)
    assert cells.to_numpy().sum() == pytest.approx(28.6398, rel=1e-13)
    assert (cells.index.name, cells.columns.name) == ("performer region", "user region")
    assert (cells.attrs["of"], cells.attrs["unit"], "proxy" in cells.attrs) == ("R&D", "M USD", False)


def test_leather_acquired_to_ten_digits(table, rd):
    found = technology.acquired(table, of=rd, focus=None, partners=["Argentina", "Turkey"])
    row = found.loc[("Germany", "Transport Equipment")]
    assert_allclose(row[["Argentina", "Turkey", "own_country"]], [0.0018498521, 0.0052313080, 0.0375757301], atol=6e-11)
    embodied = found["performed"] + found["acquired"]
    assert_allclose(
        embodied,
        [
            0.0150582591, 0.0237231925, 0.0982802031, 0.0201991537, 0.0308688920,
            0.1055285901, 0.0280933221, 0.0513305558, 0.1246568902,
        ],
        atol=6e-11,
    )  # fmt: skip
    to_output = technology.acquired(table, of=rd, output_to_output=True, **NOBODY)
    assert_allclose(
        to_output["acquired"],
        [
            0.0067978167, 0.0101366654, 0.0271255351, 0.0124405176, 0.0106495761,
            0.0221242396, 0.0121881275, 0.0133540767, 0.0108041239,
        ],
        atol=6e-11,
    )  # fmt: skip
    assert "output to output" in to_output.attrs["measure"]


def test_leather_embodied_and_foreign_follow_from_the_diffusion(table, rd):
    cells = technology.diffusion(table, of=rd)
    bought = technology.embodied(table, of=rd, focus="Germany", partners=["Turkey"])
    assert list(bought) == ["own_country", "Germany", "Turkey", "others", "total", "foreign", "foreign_share"]
    assert_allclose(bought.loc["Argentina", ["own_country", "Germany", "Turkey"]], cells["Argentina"].iloc[[0, 2, 1]])
    assert np.isnan(bought.loc["Argentina", "others"])
    assert np.isnan(bought.loc["Germany", "Germany"])
    assert bought.loc["Germany", "others"] == pytest.approx(0.4345454562, abs=6e-11)
    assert_allclose(bought["total"], cells.sum())
    assert_allclose(bought["foreign_share"], 1 - np.diag(cells) / cells.sum())
    shares = technology.foreign_content(table, of=rd, focus="Germany", partners=["Turkey"], regions="Argentina")
    foreign = cells["Argentina"]["Turkey"] + cells["Argentina"]["Germany"]
    assert shares.loc["Argentina", "Germany_share"] == pytest.approx(cells.loc["Germany", "Argentina"] / foreign)
    assert shares.attrs["unit"] == "share"


@given(tables())
def test_diffusion_matches_brute_force_and_adds_up(table):
    d = table.per_output(table.satellite("jobs"))
    L = np.linalg.inv(np.eye(len(d)) - table.system.A)
    M = np.equal.outer(table.region_codes, range(len(table.regions))).astype(float)
    cells = technology.diffusion(table, of="jobs").fillna(0)
    expected = M.T @ np.diag(d) @ L @ table.demand_by_region.to_numpy()
    assert_allclose(cells, expected, rtol=1e-9, atol=1e-9)
    assert cells.to_numpy().sum() == pytest.approx(table.satellite("jobs").sum())
    inputs = technology.diffusion(table, of="jobs", through="inputs").fillna(0)
    assert_allclose(inputs, M.T @ np.diag(d) @ (L - np.eye(len(d))) @ np.diag(table.x) @ M, rtol=1e-8, atol=1e-8)


@given(tables(min_regions=2))
def test_by_stage_the_parts_add_up_to_the_regions(table):
    weights = stage_weights(table)
    whole = technology.diffusion(table, of="jobs").fillna(0).to_numpy()
    fine = technology.diffusion(table, of="jobs", by="region-stage", stage_weights=weights)
    levels = {"level": "performer region"}
    assert_allclose(fine.groupby(**levels).sum().T.groupby(level="user region").sum().T, whole, rtol=1e-9, atol=1e-9)
    by_stage = technology.diffusion(table, of="jobs", by="stage", stage_weights=weights)
    assert_allclose(by_stage.to_numpy().sum(), whole.sum())
    assert_allclose(by_stage, spillovers.matrix(table, of="jobs", by="stage", stage_weights=weights))


@given(tables(min_regions=3, max_regions=4))
def test_acquired_matches_brute_force(table):
    d = table.per_output(table.satellite("jobs"))
    n = len(d)
    L = np.linalg.inv(np.eye(n) - table.system.A)
    found = technology.acquired(table, of="jobs", focus="R0", partners=["R1"], own_industry=True)
    for j in np.flatnonzero(table.active):
        row, home = found.iloc[j], table.region_codes[j]
        part = {r: sum(d[i] * (L - np.eye(n))[i, j] for i in np.flatnonzero(table.region_codes == r)) for r in range(4)}
        own = d[j] * (L[j, j] - 1)
        others = sum(part[r] for r in range(2, len(table.regions)) if r != home)
        assert row["performed"] == pytest.approx(d[j])
        assert row["own_industry"] == pytest.approx(own, abs=1e-10)
        assert row["own_country"] == pytest.approx(part[home] - own, abs=1e-10)
        assert np.nan_to_num(row["R0"]) == pytest.approx(part[0] if home != 0 else 0, abs=1e-10)
        assert np.nan_to_num(row["others"]) == pytest.approx(others, abs=1e-10)
        assert row["acquired"] == pytest.approx(sum(part.values()), abs=1e-10)
        assert row["foreign"] == pytest.approx(sum(part.values()) - part[home], abs=1e-10)
    assert found.iloc[~table.active].isna().all(axis=None)
    weighted = technology.acquired(table, of="jobs", by="region", **NOBODY)["acquired"].fillna(0)
    amounts = technology.acquired(table, of="jobs", **NOBODY)["acquired"] * table.x
    assert_allclose(weighted * table.x.groupby(level=0).sum(), amounts.groupby(level=0).sum(), rtol=1e-9, atol=1e-9)


def test_investment_is_a_part_of_final_demand(world):
    bought, all_of_it = (technology.diffusion(world, through=through) for through in ("investment", "demand"))
    columns = world.accounts.demand
    fixed = world.accounts.Y * (columns.get_level_values(1) == "Gross fixed capital formation")
    d = world.per_output(technology.with_rd(world).satellite(PROXY).fillna(0))
    own = fixed[:, columns.get_level_values(0) == "IDN"].sum(axis=1)
    made = d * world.system.solve(own)
    assert_allclose(bought["IDN"], [made[world.region_codes == r].sum() for r in range(len(world.regions))])
    assert (bought < all_of_it).all(axis=None)
    named = technology.embodied(world, through="investment", investment_categories=["Gross fixed capital formation"])
    assert_allclose(named["total"], bought.sum())


def test_an_interval_holds_its_central_value_and_adds_to_one(world):
    cells = technology.diffusion_interval(world, draws=30, through="inputs")
    assert (cells["low"] <= cells["central"]).all()
    assert (cells["central"] <= cells["high"]).all()
    assert_allclose(cells["central"].groupby(level="user stage").sum(), 1)
    amounts = technology.diffusion(world, by="stage", through="inputs")
    assert_allclose(cells["central"].unstack().loc[amounts.index, amounts.columns], amounts / amounts.sum())
    assert_allclose(cells, technology.diffusion_interval(world, draws=30, through="inputs"), rtol=0)
    by_demand = technology.diffusion_interval(world, draws=30)["central"].unstack()
    amounts = technology.diffusion(world, by="stage")
    assert_allclose(by_demand.loc[amounts.index, amounts.columns], amounts / amounts.sum())
    assert "90% of 30 draws" in cells.attrs["interval"]


def test_foreign_content_of_indonesia_stands_near_the_anchors(shared_data):
    """Shares of CHN, USA, JPN in what comes from abroad, and the proxy's known failure, to a tenth of a point."""
    anchors = {1995: (2.3, 12.7, 29.4), 2011: (20.0, 8.6, 13.3)}
    for year, expected in anchors.items():
        wiod = iol.load(shared_data / "wiod2013" / str(year), classification="WIOD2013", value_added="residual")
        shares = 100 * technology.foreign_content(wiod, regions="IDN").loc["IDN"]
        assert_allclose(shares[["CHN_share", "USA_share", "JPN_share"]], expected, atol=0.06)
    level = technology.with_rd(wiod).satellite(PROXY).groupby(level=0).sum() / wiod.va.groupby(level=0).sum()
    assert_allclose(100 * level[["IDN", "CHN"]], [1.7, 2.6], atol=0.06)
    assert technology.embodied(wiod).loc["IDN", "foreign_share"] == pytest.approx(0.36, abs=0.005)


def test_a_wrong_own_level_leaves_the_shares_of_partners(world):
    levels = pd.Series(0.02, index=world.regions)
    right, wrong = (
        technology.with_rd(world, rd_share_of_gdp=levels.where(levels.index != "IDN", level))
        for level in (0.0008, 0.05)
    )
    for through in ("inputs", "demand", "investment"):
        first, second = (technology.foreign_content(one, through=through).loc["IDN"] for one in (right, wrong))
        assert_allclose(first, second)
    first, second = (technology.embodied(one).loc["IDN", "foreign_share"] for one in (right, wrong))
    assert first > second + 0.3


def test_levels_scale_the_proxy(world, tmp_path):
    levels = pd.Series({"China": 0.0178, "USA": 0.0277, "VNM": 0.001})
    scaled = technology.with_rd(world, rd_share_of_gdp=levels).satellite(PROXY)
    proxy = technology.with_rd(world).satellite(PROXY)
    gdp = world.va.groupby(level=0).sum()
    assert scaled["CHN"].sum() == pytest.approx(0.0178 * gdp["CHN"])
    assert_allclose(scaled["USA"] / scaled["USA"].sum(), proxy["USA"] / proxy["USA"].sum())
    assert scaled["JPN"].isna().all()
    file = tmp_path / "levels.csv"
    file.write_text("region,year,rd_share_of_gdp\nCHN,2010,0.5\nCHN,2011,0.0178\nUSA,2011,0.0277\nIND,2011,\n")
    assert_allclose(technology.with_rd(world, rd_share_of_gdp=file).satellite(PROXY), scaled)
    again = technology.with_rd(technology.with_rd(world), rd_share_of_gdp=levels)
    assert again.satellite_names.count(PROXY) == 1
    marks = [technology.embodied(one).attrs["proxy"] for one in (world, again)]
    assert "not to be trusted" in marks[0]
    assert "national levels" in marks[1]


def test_what_is_not_known_is_left_out_and_named(world):
    known = technology.with_rd(world, rd_share_of_gdp=pd.Series({"CHN": 0.02, "USA": 0.03, "IDN": 0.001}))
    found = technology.embodied(known)
    assert found["JPN"].isna().all()
    assert np.isnan(found.loc["DEU", "own_country"])
    assert "JPN" in found.attrs["left_out"]
    assert "have no R&D" in found.attrs["note"]
    assert technology.diffusion(known).loc["JPN"].isna().all()
    assert technology.acquired(known, own_industry=True).loc["JPN", ["performed", "own_industry"]].isna().all(axis=None)


def test_industries_without_an_account_anywhere_are_named_once(world):
    found = technology.diffusion(world)
    assert found.attrs["left_out"] == ("L", "M")
    assert found.attrs["note"].startswith("No R&D (proxy) is known of L and M (7.9% of output) in any region")


def test_the_proxy_is_marked_everywhere(world):
    results = [
        technology.diffusion(world),
        technology.diffusion_interval(world, draws=2),
        technology.embodied(world),
        technology.acquired(world, regions="IDN"),
        technology.foreign_content(world),
    ]
    for result in results:
        assert result.attrs["of"] == PROXY
        assert "R&D is a proxy" in result.attrs["proxy"]


def test_groups_leave_out_the_user_itself(world):
    found = technology.embodied(world, focus="DEU", partners=["USA", "FRA"])
    cells = technology.diffusion(world)
    assert found.loc["FRA", "DEU"] == pytest.approx(cells.loc["DEU", "FRA"])
    assert np.isnan(found.loc["FRA", "FRA"])
    european = technology.embodied(world, focus=None, partners=["EU"])
    members = european.attrs["groups"]["EU"]
    assert european.loc["FRA", "EU"] == pytest.approx(cells.loc[[m for m in members if m != "FRA"], "FRA"].sum())


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda t: technology.embodied(t, partners=["EU", "DEU"]), OptionError, "DEU is in EU and in DEU"),
        (lambda t: technology.embodied(t, of="patents"), MissingSatelliteError, "patents"),
        (lambda t: technology.diffusion(t, through="imports"), OptionError, "'demand', 'investment', 'inputs'"),
        (lambda t: technology.diffusion(t, by="industry"), OptionError, "region-stage"),
        (lambda t: technology.embodied(t, through="inputs"), OptionError, "'demand', 'investment'"),
        (lambda t: technology.acquired(t, by="stage"), OptionError, "region-stage"),
        (lambda t: technology.acquired(t, regions="XXX"), UnknownLabelError, "XXX"),
        (
            lambda t: technology.embodied(t, through="investment", investment_categories=["machines"]),
            UnknownLabelError,
            "machines",
        ),
        (lambda t: technology.diffusion(t, of=pd.Series({("CHN", "Z9"): 1.0})), UnknownLabelError, "Z9"),
        (lambda t: technology.with_rd(t, rd_share_of_gdp=pd.Series({"CHN": 1.78})), OptionError, "Divide figures"),
        (lambda t: technology.with_rd(t, rd_share_of_gdp=pd.Series({"CHX": 0.02})), UnknownLabelError, "CHX"),
        (lambda t: technology.with_rd(t, rd_share_of_gdp=pd.Series({"VNM": 0.02})), OptionError, "no level for any"),
        (
            lambda t: technology.with_rd(t, rd_share_of_gdp=pd.Series({"CHN": 0.02, "China": 0.03})),
            OptionError,
            "more than one level of CHN",
        ),
        (
            lambda t: technology.with_rd(t, rd_share_of_gdp=pd.Series({("CHN", 1995): 0.02, ("CHN", 2010): 0.02})),
            OptionError,
            "1995 to 2010",
        ),
    ],
)
def test_bad_input_is_explained(world, call, error, words):
    with pytest.raises(error, match=words):
        call(world)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("region,percent\nCHN,2\n", "no column rd_share_of_gdp"),
        ("region,rd_share_of_gdp\nCHN,two\n", "line 2: 'two' is not a number"),
        (None, "could not be read"),
    ],
)
def test_a_bad_file_of_levels_is_explained(world, tmp_path, text, words):
    file = tmp_path / "levels.csv"
    if text is not None:
        file.write_text(text)
    with pytest.raises(ReadError, match=words):
        technology.with_rd(world, rd_share_of_gdp=file)


def test_a_table_without_investment_says_so(table, rd):
    with pytest.raises(OptionError, match=r"investment: final demand\. Name it"):
        technology.embodied(table, of=rd, through="investment", **NOBODY)
