"""The shipped tables of 2019 and 2020: what is in them, and how they tie to their source."""

from __future__ import annotations

import importlib
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pandas as pd
import pymrio
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import io_linkage as iol
from io_linkage.errors import OptionError, ReadError, StageError, UnknownLabelError

TABLES = Path(__file__).resolve().parent.parent / "tables"
PREPARED = {"world2020": "icio2023_2020_77x11", "g20_2019": "icio2023_2019_g20x20"}
BOTH = pytest.mark.parametrize("name", list(PREPARED))


@pytest.fixture(scope="module")
def systems() -> dict[str, pymrio.IOSystem]:
    return {name: pymrio.load_all(TABLES / name) for name in PREPARED}


@pytest.fixture(scope="module")
def tables() -> dict[str, iol.MRIOTable]:
    return {name: iol.load(name) for name in PREPARED}


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(TABLES))
    return importlib.import_module("make_recent")


# From what ships alone


@BOTH
def test_rows_equal_columns_to_the_last_digit(tables, name):
    table = tables[name]
    largest = table.x.max()
    assert not table.accounts.row_gap.any()
    assert table.accounts.own_demand.all()  # no column of discrepancy
    assert table.accounts.own_inputs.all()
    x = table.x.to_numpy()
    assert_allclose(table.accounts.Z.sum(axis=0) + table.accounts.V.sum(axis=0), x, rtol=1e-13, atol=largest * 1e-15)


@BOTH
def test_value_added_and_all_taxes_are_final_demand_at_purchasers_prices(systems, name):
    system = systems[name]
    paid = system.factor_inputs.F_Y.to_numpy().sum()
    assert_allclose(system.factor_inputs.F.to_numpy().sum(), system.Y.to_numpy("float64").sum(), rtol=1e-12)
    assert paid > 0.04 * system.factor_inputs.F.loc["Value added at basic prices"].sum()


@pytest.mark.parametrize(("name", "total", "share"), [("world2020", 79.71, 17.0), ("g20_2019", 81.59, 16.2)])
def test_world_value_added_and_the_share_of_china(tables, name, total, share):
    value_added = tables[name].va.groupby(level=0).sum()
    assert round(value_added.sum() / 1e6, 2) == total
    assert round(100 * value_added["CHN"] / value_added.sum(), 1) == share


def test_industries_without_output_have_none(tables):
    idle = tables["g20_2019"].x
    assert list(idle[idle == 0].index) == [(region, "T_households") for region in ("AUS", "CHN", "JPN")]
    assert (tables["world2020"].x > 0).all()


@BOTH
def test_every_check_passes_without_a_warning(tables, name):
    assert set(iol.checks.run(tables[name])["severity"]) <= {"ok", "note"}


@BOTH
def test_to_pymrio_gives_the_system_back(tables, systems, name):
    back = tables[name].to_pymrio()
    pd.testing.assert_frame_equal(back.Z, systems[name].Z)
    pd.testing.assert_frame_equal(back.factor_inputs.F_Y, systems[name].factor_inputs.F_Y)


@pytest.mark.parametrize(("group", "members"), [("asean", 10), ("belt_and_road", 48), ("africa", 8), ("brics", 5)])
def test_groups_have_their_members_of_2020(tables, group, members):
    assert len(iol.selection.region_codes(tables["world2020"], group)) == members


def test_latin_america_by_name(tables):
    codes = iol.selection.region_codes(tables["world2020"], "Latin America")
    assert codes == ["ARG", "BRA", "CHL", "COL", "CRI", "MEX", "PER"]


@BOTH
def test_stages_are_refused_with_the_reason(tables, name):
    with pytest.raises(StageError, match=r"has no stages: its .* mix traditional and emerging industries: all manufac"):
        iol.stages.weights(tables[name])
    own = pd.DataFrame({"industry": tables[name].industries, "traditional": 1.0, "emerging": 0.0, "future": 0.0})
    assert (iol.stages.weights(tables[name], stage_file=own)["traditional"] == 1).all()


# The names


def test_shipped_lists_what_loads(tables):
    listed = iol.shipped()
    for name, table in tables.items():
        assert listed.loc[name, ["regions", "industries"]].tolist() == [len(table.regions), len(table.industries)]
        assert listed.loc[name, "years"] == str(table.year)
        assert listed.loc[name, "title"] == table.name
    assert (listed[["can_answer", "cannot_answer", "source"]] != "").all(axis=None)
    assert listed["megabytes"].sum() < 25
    assert listed.loc["world", "years"].split() == [str(year) for year in iol.shipped_years()]


def test_a_shipped_name_wins_over_a_folder_of_that_name(tmp_path, monkeypatch, tables):
    (tmp_path / "world2020").mkdir()
    monkeypatch.chdir(tmp_path)
    assert iol.load("world2020").name == tables["world2020"].name
    with pytest.raises(ReadError, match="not a table this package knows"):
        iol.load("./world2020")


def test_wrong_years_and_names_say_what_there_is():
    with pytest.raises(UnknownLabelError, match=r"'world' 2020.*'world2020' has 2020"):
        iol.load(year=2020)
    with pytest.raises(
        UnknownLabelError, match=r"Unknown year of the shipped table 'world2020' 2019.*'g20_2019' has 2019"
    ):
        iol.load("world2020", year=2019)
    with pytest.raises(ReadError, match=r"no shipped table of that name \(world, world2020"):
        iol.load("world2021")
    with pytest.raises(OptionError, match="takes no database="):
        iol.load("world2020", database="icio")
    with pytest.raises(UnknownLabelError, match="shipped table"):
        iol.shipped_years("world2021")


def test_the_command_lists_what_ships(run):
    done = run("tables")
    assert done.returncode == 0
    assert "world2020" in done.stdout
    assert "2020, 77 regions x 11 industries" in done.stdout


# Against the source


@BOTH
def test_every_figure_is_the_source_to_single_precision(systems, shared_data, name):
    folder = shared_data / "recent" / PREPARED[name]
    flows, primary = (pd.read_parquet(folder / f"{part}.parquet") for part in ("flows", "primary"))
    system = systems[name]
    regions = list(system.Z.index.unique("region"))
    assert regions == list(dict.fromkeys(label.split("|")[0] for label in primary.index))
    n = len(primary)
    empty = 2e-6  # output of 1 USD in place of none
    assert_allclose(system.Z.to_numpy("float64"), flows.iloc[:, :n], rtol=6e-8, atol=empty)
    assert_allclose(system.Y.to_numpy("float64"), flows.iloc[:, n:-1], rtol=6e-8, atol=empty)
    assert_allclose(system.x["indout"], primary["x"], rtol=1e-7, atol=empty)
    assert_allclose(system.factor_inputs.F.iloc[0], primary["va"], rtol=0, atol=empty)
    assert_allclose(system.factor_inputs.F.iloc[1], primary["tls"], rtol=0, atol=0.16)
    taxes = pd.read_parquet(folder / "final_demand_taxes.parquet")["tls"]
    assert_array_equal(system.factor_inputs.F_Y.iloc[1], taxes)


def same(one: Path, other: Path) -> bool:
    """Whether two files hold the same; versions of pyarrow write other bytes, those of numpy differ in last digits."""
    if one.suffix == ".parquet":
        pd.testing.assert_frame_equal(pd.read_parquet(one), pd.read_parquet(other), rtol=1e-14, atol=1e-8)
        return True
    return one.read_bytes() == other.read_bytes()


def test_the_script_makes_what_ships_again(script, shared_data, tmp_path):
    script.build(shared_data / "recent", tmp_path)
    made = sorted(path.relative_to(tmp_path) for path in tmp_path.rglob("*") if path.is_file())
    assert len(made) == 23
    assert [path for path in made if not same(tmp_path / path, TABLES / path)] == []


# The publisher's own file


@pytest.fixture
def full(tmp_path: Path, script) -> tuple[Path, pd.DataFrame]:
    """A small file as the publisher lays it out: five regions, all 45 industries, six final uses."""
    draw = np.random.default_rng(7)
    regions = ["ARG", "CHN", "LAO", "USA", "ROW"]
    industries = [part for group in script.GROUPS for part in group.icio2023]
    inputs = [f"{region}_{code}" for region in regions for code in sorted(industries)]
    uses = [f"{region}_{use}" for region in regions for use in ("HFCE", "NPISH", "GGFC", "GFCF", "INVNT", "DPABR")]
    cells = draw.lognormal(0, 2, (len(inputs), len(inputs) + len(uses)))
    whole = pd.DataFrame(cells, inputs, inputs + uses)
    taxes = pd.Series(draw.uniform(0, 1, len(whole.columns)), whole.columns)
    used = whole[inputs].sum() + taxes[inputs]
    whole["OUT"] = whole.sum(axis=1) + (used - whole.sum(axis=1)).max() * 1.1
    whole["ARG_INVNT"] += whole["OUT"] - whole.drop(columns="OUT").sum(axis=1)
    rows = pd.DataFrame({"TLS": taxes, "VA": whole["OUT"] - used, "OUT": whole["OUT"]}).T
    whole = pd.concat([whole, rows])
    path = tmp_path / "2020_SML.csv"
    whole.to_csv(path, index_label="V1")
    return path, whole


def make(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(TABLES / "make_recent.py"), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_publishers_file_gives_the_shipped_groups(full, tmp_path):
    path, whole = full
    done = make("--full", path, "--year", 2020, "--table", "world2020", "--out", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    table = iol.load(tmp_path / "out", year=2020)
    assert table.regions == ["ARG", "CHN", "LAO", "USA", "ROW"]
    rows = [f"CHN_{code}" for code in ("A01_02", "A03", "B05_06", "B07_08", "B09", "C10T12")]
    food, trade = ("CHN", "primary_and_food"), ("USA", "trade")
    assert_allclose(table.Z.loc[food, trade], whole.loc[rows, "USA_G"].sum(), rtol=1e-6)
    assert_allclose(
        table.Y.loc[food, ("LAO", "Final consumption")].sum(),
        whole.loc[rows, ["LAO_HFCE", "LAO_NPISH", "LAO_GGFC"]].to_numpy().sum(),
        rtol=1e-6,
    )
    assert_allclose(table.va[food], whole.loc["VA", rows].sum(), rtol=1e-12)
    system = pymrio.load_all(tmp_path / "out")
    assert_allclose(
        system.factor_inputs.F_Y.loc["Taxes less subsidies on products", ("CHN", "Direct purchases abroad")],
        whole.loc["TLS", "CHN_DPABR"],
    )
    assert_allclose(table.Z.to_numpy().sum(), whole.iloc[: 5 * 45, : 5 * 45].to_numpy().sum(), rtol=1e-6)


def test_the_publishers_file_gives_groups_of_ones_own(full, tmp_path):
    path, whole = full
    regions = pd.DataFrame(
        {"from": ["ARG", "CHN", "LAO", "USA", "ROW"], "to": ["South", "South", "South", "USA", "ROW"]}
    )
    regions.to_csv(tmp_path / "r.csv", index=False)
    done = make("--full", path, "--year", 2020, "--regions", tmp_path / "r.csv", "--out", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    table = iol.load(tmp_path / "out", year=2020)
    assert table.regions == ["South", "USA", "ROW"]
    assert len(table.industries) == 45
    assert_allclose(table.x[("South", "C26")], whole.loc[["ARG_C26", "CHN_C26", "LAO_C26"], "OUT"].sum(), rtol=1e-6)


def test_what_the_script_cannot_use_is_said(full, tmp_path):
    path, whole = full
    other = tmp_path / "other.csv"
    whole.rename(columns={"CHN_INVNT": "CHN_STOCKS"}).to_csv(other)
    done = make("--full", other, "--year", 2020, "--table", "world2020", "--out", tmp_path / "out")
    assert done.returncode == 1
    assert "unknown final uses STOCKS" in done.stderr
    pd.DataFrame({"from": ["CHN"], "to": ["China"]}).to_csv(tmp_path / "r.csv", index=False)
    done = make("--full", path, "--year", 2020, "--regions", tmp_path / "r.csv", "--out", tmp_path / "out")
    assert "No new code for ARG, LAO, ROW, USA" in done.stderr
    whole.loc["CHN_G", "OUT"] *= 2
    whole.to_csv(other)
    done = make("--full", other, "--year", 2020, "--table", "world2020", "--out", tmp_path / "out")
    assert "miss its output" in done.stderr
    assert not (tmp_path / "out").exists()
    assert "is missing: --prepared must name" in make("--prepared", tmp_path / "absent", "--out", tmp_path).stderr


# What adding up does


def test_the_bias_of_eleven_groups_is_what_the_page_says(world):
    """WIOD 2011 added up to the groups of world2020; the numbers of docs/recent.md."""
    listed = pd.read_csv(TABLES / "industries" / "coarse" / "icio2023_11.csv")
    groups = {code: row.industry for row in listed.itertuples() for code in row.wiod2013.split()}
    added = iol.aggregation.aggregate(world, industries=groups)
    assert added.industries == list(listed["industry"])

    def foreign(table: iol.MRIOTable) -> pd.Series:
        """Share of exports that is value added of others: v_r L E_s over r other than s."""
        shares = {}
        for k, region in enumerate(table.regions):
            own = table.region_codes == k
            sold = table.Z.to_numpy()[:, ~own].sum(axis=1) + table.demand_by_region.drop(columns=region).sum(axis=1)
            earned = table.v.to_numpy() * table.system.solve(np.where(own, sold, 0.0))
            shares[region] = earned[~own].sum() / sold[own].sum()
        return 100 * pd.Series(shares)

    fine, coarse = foreign(world), foreign(added)
    assert [round(fine["CHN"], 1), round(coarse["CHN"], 1)] == [21.0, 20.1]
    assert [round(fine.mean(), 1), round(coarse.mean(), 1)] == [23.2, 22.7]
    change = coarse - fine
    assert [round(change.abs().mean(), 1), change.abs().idxmax(), round(change["IND"], 1)] == [1.0, "IND", -3.8]
    assert round(foreign(iol.load("world2020"))["CHN"], 1) == 13.3
    both = [iol.ties.bilateral(table, "CHN", partners=None, comparators=(), by_stage=False) for table in (world, added)]
    moved = 100 * (both[1] - both[0])["dependence_of_partner_share"].abs()
    assert [round(moved.mean(), 2), round(moved.max(), 2)] == [0.09, 0.86]
    upstream = [iol.position.upstreamness(table) for table in (world, added)]
    weighted = [
        (one * table.x).groupby(level=0).sum() / table.x.groupby(level=0).sum()
        for one, table in zip(upstream, (world, added), strict=True)
    ]
    assert round((weighted[1] - weighted[0]).abs().max(), 2) == 0.05


@pytest.mark.parametrize("partners", ["asean", "belt_and_road", "africa", "Latin America"])
def test_what_needs_no_stages_works_with_groups_of_2020(tables, partners):
    world2020 = tables["world2020"]
    trade = iol.ties.bilateral(world2020, "CHN", partners=partners, by_stage=False)
    shares = trade.loc[("CHN", "all", "all"), ["dependence_of_partner_share", "dependence_on_partner_share"]]
    assert shares.between(0, 1).all()
    spill = iol.spillovers.matrix(world2020)
    assert spill.shape == (77, 77)
    assert iol.value_added.participation(world2020).notna().to_numpy().any()
    lost = iol.extraction.corridor(
        world2020, origin={"regions": "CHN"}, destination={"regions": iol.selection.region_codes(world2020, partners)}
    )
    assert np.isfinite(lost.select_dtypes("number").to_numpy()).any()


def test_a_report_of_2020_leaves_stages_out_and_says_why(run, tmp_path):
    done = run("report", "world2020", "--partners", "asean", "--out", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "mix traditional and emerging industries" in page
    assert "OECD (2023), OECD Inter-Country Input-Output Tables" in page
    assert not list((tmp_path / "out" / "figures").glob("*stage*"))
    assert (tmp_path / "out" / "figures" / "dependence.png").is_file()
