"""The shipped world table: what is in it, how it ties to its source, and that it can be made again."""

from __future__ import annotations

import hashlib
import importlib
import json
from pathlib import Path
from types import ModuleType

import numpy as np
import pandas as pd
import pymrio
import pytest

TABLES = Path(__file__).resolve().parent.parent / "tables"
WORLD = TABLES / "world"
YEARS = (1995, 2000, 2005, 2008, 2011)
REGIONS = [
    *("CHN", "IND", "IDN", "BRA", "RUS", "MEX", "TUR", "POL", "EUE", "EUW", "DEU", "FRA", "GBR", "ITA"),
    *("USA", "CAN", "JPN", "KOR", "TWN", "AUS", "RoW"),
]
VALUE_ADDED = "Value added at basic prices"
TAXES = "Taxes less subsidies on products and international transport margins"
SOURCE_CODE = {"ROU": "ROM"}


@pytest.fixture(scope="module")
def systems() -> dict[int, pymrio.IOSystem]:
    return {year: pymrio.load_all(WORLD / str(year)) for year in YEARS}


@pytest.fixture(scope="module")
def totals() -> pd.DataFrame:
    return pd.read_csv(WORLD / "totals.csv").set_index(["year", "region"])


@pytest.fixture(scope="module")
def members() -> dict[str, list[str]]:
    """Members of each region by the source's codes, read from the shipped list."""
    listed = pd.read_csv(WORLD / "regions.csv", keep_default_na=False).set_index("code")["members"]
    return {
        region: [SOURCE_CODE.get(code, code) for code in iso3.split()] or ["RoW"] for region, iso3 in listed.items()
    }


@pytest.fixture
def scripts(monkeypatch: pytest.MonkeyPatch):
    """Import a script of tables/ by name."""
    monkeypatch.syspath_prepend(str(TABLES))

    def load(name: str) -> ModuleType:
        return importlib.import_module(name)

    return load


@pytest.fixture(scope="module")
def source(shared_data: Path):
    """The full tables of all years, without Z, and the accounts, read here and not by the script under test."""
    folder = shared_data / "wiod2013"
    full = {
        year: {name: pd.read_parquet(folder / str(year) / f"{name}.parquet") for name in ("Y", "x", "factor_inputs/F")}
        for year in YEARS
    }
    accounts = pd.read_parquet(shared_data / "wiod2013_sea" / "WIOD_SEA_2013release.parquet")
    return full, accounts.set_index(["Country", "Variable", "isic3"])


# Files


def resources() -> list[dict]:
    return json.loads((TABLES / "datapackage.json").read_text("utf-8"))["resources"]


def test_every_recorded_file_has_its_size_and_checksum():
    wrong = []
    for entry in resources():
        content = (TABLES / entry["path"]).read_bytes()
        if (len(content), f"sha256:{hashlib.sha256(content).hexdigest()}") != (entry["bytes"], entry["hash"]):
            wrong.append(entry["path"])
    assert not wrong, f"run python tables/make_datapackage.py: {wrong}"


def test_every_data_file_is_recorded_with_licence_and_sources(scripts):
    recorded = {entry["path"] for entry in resources()}
    present = {path.relative_to(TABLES).as_posix() for path in scripts("make_datapackage").data_files(TABLES)}
    assert present == recorded, "run python tables/make_datapackage.py"
    assert all(entry["licenses"] and entry["sources"] and entry["title"] for entry in resources())
    names = [entry["name"] for entry in resources()]
    assert len(set(names)) == len(names)


def test_check_names_what_differs(scripts, tmp_path: Path):
    (tmp_path / "economies.csv").write_text("iso3\nCHN\n")
    datapackage = scripts("make_datapackage")
    content = json.dumps(datapackage.package(tmp_path))
    (tmp_path / "datapackage.json").write_text(content)
    assert datapackage.differences(tmp_path) == []
    (tmp_path / "economies.csv").write_text("iso3\nUSA\n")
    (tmp_path / "groups.csv").write_text("group\n")
    assert datapackage.differences(tmp_path) == ["groups.csv is not recorded", "economies.csv differs"]
    (tmp_path / "stray.csv").write_text("a\n")
    with pytest.raises(SystemExit, match=r"stray\.csv has no title, licence and sources"):
        datapackage.package(tmp_path)


def test_tables_stay_small():
    assert sum(path.stat().st_size for path in WORLD.rglob("*") if path.is_file()) < 4_000_000
    assert sum(entry["bytes"] for entry in resources()) < 25_000_000


# Labels


def test_regions_and_industries_are_the_same_in_every_year(systems):
    first = systems[1995]
    industries = list(first.Z.index.unique("sector"))
    assert list(first.Z.index) == [(region, industry) for region in REGIONS for industry in industries]
    assert len(industries) == 35
    for system in systems.values():
        for axis in (system.Z.index, system.Z.columns, system.Y.index, system.x.index, system.unit.index):
            assert axis.equals(first.Z.index)
        assert system.Y.columns.equals(first.Y.columns)
        assert list(system.Y.columns.unique("region")) == REGIONS
        assert len(system.Y.columns) == 5 * len(REGIONS)


@pytest.mark.parametrize("extension", ["factor_inputs", "socio_economic"])
def test_extension_rows_and_units_are_the_same_in_every_year(systems, extension):
    first = getattr(systems[1995], extension)
    assert first.unit.index.equals(first.F.index)
    assert (first.unit["unit"] != "").all()
    for system in systems.values():
        other = getattr(system, extension)
        pd.testing.assert_frame_equal(other.unit, first.unit)
        assert other.F.index.equals(first.F.index)
        assert other.F.columns.equals(system.Z.columns)


def test_value_added_has_one_definition(systems):
    assert all(list(system.factor_inputs.F.index) == [VALUE_ADDED, TAXES] for system in systems.values())


def test_region_list(members):
    assert list(members) == REGIONS
    everyone = [code for codes in members.values() for code in codes]
    assert len(everyone) == len(set(everyone)) == 41
    assert "ROM" in members["EUE"]
    listed = pd.read_csv(WORLD / "regions.csv", keep_default_na=False).set_index("code")
    assert "ROU" in listed.loc["EUE", "members"].split()
    assert "ROM" in listed.loc["EUE", "remark"]


def test_metadata_names_source_year_and_changes(systems):
    for year, system in systems.items():
        assert f"WIOD 2013 release, {year}" in system.meta.description
        assert "M USD, current prices" in system.meta.description
        history = "\n".join(system.meta.history)
        assert "Timmer et al. (2015), CC BY 4.0" in history or "CC BY 4.0, Timmer et al. (2015)" in history
        assert "aggregated from 41 to 21 regions" in history
        assert (year == 2011) != ("RoW is an estimate" in history)


# Totals and identities, from what ships alone


@pytest.mark.parametrize("year", YEARS)
def test_totals_equal_those_recorded_from_the_source(systems, totals, year):
    system, recorded = systems[year], totals.loc[year]
    F = system.factor_inputs.F.astype("int64")
    by_region = pd.DataFrame(
        {
            "output": system.x["indout"].groupby(level=0).sum(),
            "intermediate_sales": system.Z.sum(axis=1).groupby(level=0).sum(),
            "intermediate_inputs": system.Z.sum().groupby(level=0).sum(),
            "final_sales": system.Y.sum(axis=1).groupby(level=0).sum(),
            "final_demand": system.Y.sum().groupby(level=0).sum(),
            "value_added_taxes_and_margins": F.sum().groupby(level=0).sum(),
            "value_added": F.loc[VALUE_ADDED].groupby(level=0).sum(),
            "taxes_and_margins": F.loc[TAXES].groupby(level=0).sum(),
        }
    ).loc[REGIONS]
    pd.testing.assert_frame_equal(by_region.astype("int64"), recorded, check_names=False)


@pytest.mark.parametrize(("year", "share"), [(1995, 2.5), (2011, 10.7)])
def test_share_of_china_in_world_value_added_with_taxes(systems, year, share):
    by_region = systems[year].factor_inputs.F.sum().groupby(level=0).sum()
    assert round(100 * by_region["CHN"] / by_region.sum(), 1) == share


@pytest.mark.parametrize("year", YEARS)
def test_inputs_and_sales_make_output_to_the_rounding_of_the_source(systems, year):
    system = systems[year]
    x = system.x["indout"]
    column_gap = x - system.Z.sum() - system.factor_inputs.F.sum()
    row_gap = x - system.Z.sum(axis=1) - system.Y.sum(axis=1)
    if year == 2011:
        assert column_gap.between(-6, 589).all()
    else:
        assert (column_gap == 0).all()
    assert row_gap.between(-7, 832).all()
    assert row_gap.abs().sum() / x.sum() < 1e-3


@pytest.mark.parametrize("year", YEARS)
def test_flows_are_whole_and_accounts_single_precision(systems, year):
    system = systems[year]
    for frame in (system.Z, system.Y, system.x, system.factor_inputs.F):
        assert (frame.dtypes == "int32").all()
    assert (system.socio_economic.F.dtypes == "float32").all()
    assert (system.Z.to_numpy() >= 0).all()
    assert (system.x.to_numpy() >= 0).all()


@pytest.mark.parametrize("year", YEARS)
def test_industries_without_output_have_no_inputs(systems, year):
    system = systems[year]
    idle = system.x["indout"] == 0
    assert idle.sum() == 9
    assert not system.Z.loc[:, idle].to_numpy().any()
    assert not system.Z.loc[idle].to_numpy().any()
    assert not system.factor_inputs.F.loc[:, idle].to_numpy().any()
    deflators = [row for row in system.socio_economic.F.index if "deflator" in row]
    assert system.socio_economic.F.loc[deflators, idle].isna().to_numpy().all()


def test_negative_taxes_left_after_aggregation(systems):
    left = {
        (year, *cell): int(value)
        for year, system in systems.items()
        for cell, value in system.factor_inputs.F.loc[TAXES].items()
        if value < 0
    }
    assert left == {(1995, "RUS", "71t74"): -25, (1995, "RUS", "M"): -440, (1995, "RUS", "N"): -128}
    assert pd.read_csv(WORLD / "negative_taxes.csv").groupby("year").size().to_dict() == {
        1995: 14, 2000: 4, 2005: 2, 2008: 1, 2011: 3,
    }  # fmt: skip


# Accounts


@pytest.mark.parametrize("year", YEARS)
def test_rest_of_the_world_has_no_accounts(systems, year):
    assert systems[year].socio_economic.F["RoW"].isna().to_numpy().all()


def test_rows_the_source_does_not_have_are_absent(systems):
    latest = systems[2011].socio_economic.F
    some = {"jobs", "hours", "labour_compensation", "compensation_of_employees", "capital_compensation"}
    assert set(latest.index[latest.notna().any(axis=1)]) == some
    active = systems[2011].x["indout"] > 0
    assert latest.loc["jobs", active].drop("RoW", level=0).notna().all()
    assert set(latest.columns[latest.loc["hours"].notna()].unique("region")) == {
        *("POL", "EUE", "EUW", "DEU", "FRA", "GBR", "ITA", "CAN")
    }
    capital = systems[2008].socio_economic.F.loc["capital_stock"]
    assert capital[["DEU", "FRA", "GBR", "ITA", "POL", "EUE", "EUW"]].isna().all()
    assert capital[["CHN", "USA", "IND"]].notna().any(axis=None)
    for system in systems.values():
        assert system.socio_economic.F.loc["employees", "CHN"].isna().all()


@pytest.mark.parametrize("year", YEARS)
@pytest.mark.parametrize("whole", ["hours", "labour_compensation"])
def test_skills_add_up(systems, year, whole):
    F = systems[year].socio_economic.F
    parts = F.loc[[f"{whole}_{level}_skilled" for level in ("high", "medium", "low")]].sum(min_count=3)
    known = parts.notna()
    assert known.any() == (year != 2011)
    np.testing.assert_allclose(parts[known], F.loc[whole, known], rtol=1e-5, atol=1e-3)


@pytest.mark.parametrize("year", YEARS)
def test_labour_and_capital_share_value_added(systems, year):
    F = systems[year].socio_economic.F
    gap = F.loc["labour_compensation"] + F.loc["capital_compensation"] - systems[year].factor_inputs.F.loc[VALUE_ADDED]
    gap = gap.drop("JPN", level=0) if year == 2008 else gap  # the source itself does not add up there
    assert gap.notna().any()
    assert gap.abs().max() < 3  # rounding of up to eleven members, and single precision


@pytest.mark.parametrize("year", YEARS[:-1])
def test_volume_times_deflator_is_output(systems, year):
    F, x = systems[year].socio_economic.F, systems[year].x["indout"]
    value = (F.loc["gross_output_volume"] * F.loc["gross_output_deflator"]).where(x > 0)
    assert value.drop("RoW", level=0).notna().sum() == (x.drop("RoW", level=0) > 0).sum()
    np.testing.assert_allclose(value.dropna(), x[value.notna()], rtol=1e-6, atol=6)


def test_base_year_prices_are_one(systems):
    F = systems[1995].socio_economic.F
    for row in F.index[F.index.str.contains("deflator")]:
        np.testing.assert_allclose(F.loc[row].dropna(), 1, rtol=1e-6)
    for system in systems.values():
        national = system.socio_economic.F.filter(like="_national", axis=0)
        assert national[["EUE", "EUW"]].isna().to_numpy().all()


def test_deflators_in_dollars_and_at_home_differ_by_the_exchange_rate(systems):
    rates = pd.read_csv(WORLD / "exchange_rates.csv").set_index(["year", "country"])["rate"]
    for year in (2000, 2005, 2008):
        F = systems[year].socio_economic.F
        for country in ("CHN", "BRA", "DEU"):
            change = rates[year, country] / rates[1995, country]
            ratio = (
                F.loc["gross_output_deflator_national", country] / F.loc["gross_output_deflator", country]
            ).dropna()
            np.testing.assert_allclose(ratio, change, rtol=1e-5)


def test_coverage_is_what_the_tables_hold_and_what_readme_says(systems):
    recorded = pd.read_csv(WORLD / "coverage.csv").set_index("row")
    readme = (TABLES / "README.md").read_text("utf-8")
    exact = pd.DataFrame(index=recorded.index)
    for year, system in systems.items():
        x = system.x["indout"]
        exact[year] = (system.socio_economic.F.notna() * x).sum(axis=1) / x.sum()
        np.testing.assert_allclose(recorded[str(year)], exact[year], atol=5.1e-5)
    for row, shares in exact.iterrows():  # rounded once, not from the four digits of the file
        cells = " | ".join(f"{100 * share:.1f} %" if share else "none" for share in shares)
        assert f"| `{row}` | {cells} |" in readme


# Against the source


def sums(values: pd.Series, members: dict[str, list[str]]) -> pd.Series:
    """Sum a (country, industry) series over the members of each region."""
    return pd.concat({r: values.loc[codes].groupby(level=1, sort=False).sum() for r, codes in members.items()})


@pytest.mark.parametrize("year", YEARS)
def test_every_cell_of_output_demand_and_primary_inputs_is_the_source_summed(systems, source, members, year):
    full, system = source[0][year], systems[year]
    assert (sums(full["x"]["indout"], members) == system.x["indout"]).all()
    assert (sums(full["factor_inputs/F"].sum(), members) == system.factor_inputs.F.sum()).all()
    demand = full["Y"].T.groupby(level=1, sort=False).sum().T
    shipped = system.Y.T.groupby(level=1, sort=False).sum().T
    for category in demand:
        assert (sums(demand[category], members) == shipped[category]).all()


@pytest.mark.parametrize("year", YEARS)
def test_jobs_and_hours_are_the_totals_of_the_accounts(systems, source, members, year):
    accounts = source[1][str(year)].xs("TOT", level="isic3").unstack("Variable")
    for row, variable in {"jobs": "EMP", "hours": "H_EMP"}.items():
        held = systems[year].socio_economic.F.loc[row].astype("float64").groupby(level=0).sum(min_count=1)
        told = pd.Series({r: accounts[variable].reindex(codes).sum(skipna=False) for r, codes in members.items()})
        assert (held[told.index].isna() == told.isna()).all()
        np.testing.assert_allclose(held[told.index].dropna(), told.dropna(), rtol=1e-6)


@pytest.mark.parametrize("year", [1995, 2011])
def test_every_intermediate_flow_is_the_source_summed(systems, shared_data, members, year):
    home = {code: region for region, codes in members.items() for code in codes}
    Z = pd.read_parquet(shared_data / "wiod2013" / str(year) / "Z.parquet")
    once = Z.groupby([Z.index.get_level_values(0).map(home), Z.index.get_level_values(1)]).sum().T
    both = once.groupby([once.index.get_level_values(0).map(home), once.index.get_level_values(1)]).sum().T
    order = systems[year].Z.index
    assert (both.loc[order, order].to_numpy() == systems[year].Z.to_numpy()).all()


@pytest.mark.parametrize("year", YEARS)
def test_accounts_of_single_countries_are_the_source_converted(systems, source, year):
    rates = pd.read_csv(WORLD / "exchange_rates.csv").set_index(["year", "country"])["rate"]
    expected = {
        "jobs": lambda a, now, base: a["EMP"],
        "employees": lambda a, now, base: a["EMPE"],
        "hours_low_skilled": lambda a, now, base: a["H_EMP"] * a["H_LS"],
        "labour_compensation": lambda a, now, base: a["LAB"] / now,
        "labour_compensation_medium_skilled": lambda a, now, base: a["LAB"] * a["LABMS"] / now,
        "compensation_of_employees": lambda a, now, base: a["COMP"] / now,
        "capital_compensation": lambda a, now, base: a["CAP"] / now,
        "capital_stock": lambda a, now, base: a["K_GFCF"] / base,
        "gross_fixed_capital_formation": lambda a, now, base: a["GFCF"] / now,
        "value_added_volume": lambda a, now, base: a["VA"] / a["VA_P"] * 100 / base,
        "value_added_deflator": lambda a, now, base: a["VA_P"] / 100 * base / now,
    }
    F, x = systems[year].socio_economic.F, systems[year].x["indout"]
    for country in (region for region in REGIONS if region not in ("EUE", "EUW", "RoW")):
        accounts = source[1][str(year)].loc[country].unstack("Variable")
        for row, formula in expected.items():
            values = formula(accounts, rates[year, country], rates[1995, country]).reindex(F[country].columns)
            active = x[country] > 0
            np.testing.assert_allclose(F.loc[row, country][active], values[active], rtol=1e-6, err_msg=row)


@pytest.mark.parametrize("region", ["EUE", "EUW"])
@pytest.mark.parametrize("year", YEARS)
def test_a_region_has_a_figure_when_every_member_with_output_has_one(systems, source, members, region, year):
    F = systems[year].socio_economic.F
    codes = members[region]
    active = source[0][year]["x"]["indout"].loc[codes].unstack("sector") > 0
    rows = {"jobs": "EMP", "labour_compensation": "LAB", "capital_stock": "K_GFCF", "hours_high_skilled": "H_HS"}
    for row, variable in rows.items():
        given = source[1][str(year)].xs(variable, level="Variable").unstack("isic3").loc[codes, active.columns].notna()
        whole = (given | ~active).all() & given.any()
        held = F.loc[row, region].notna()
        assert (held == whole[held.index]).all(), row


def test_accounts_give_the_published_value_added_of_2011(source):
    full, accounts = source[0][2011], source[1]["2011"]
    rates = pd.read_csv(WORLD / "exchange_rates.csv").query("year == 2011").set_index("country")["rate"]
    published = full["factor_inputs/F"].loc[VALUE_ADDED].drop("RoW", level=0)
    ours = (
        accounts.xs("VA", level="Variable").reindex(published.index)
        / rates.reindex(published.index.get_level_values(0)).to_numpy()
    )
    gap = (ours - published).dropna()
    assert len(gap) == 1397
    assert gap.abs().max() < 0.53


@pytest.mark.parametrize("year", YEARS)
def test_one_exchange_rate_gives_every_output(source, year):
    x = source[0][year]["x"]["indout"].drop("RoW", level=0)
    rates = pd.read_csv(WORLD / "exchange_rates.csv").query("year == @year").set_index("country")["rate"]
    GO = source[1][str(year)].xs("GO", level="Variable").reindex(x.index)
    gap = (GO / rates.reindex(x.index.get_level_values(0)).to_numpy() - x)[x > 0]
    assert gap.notna().all()
    assert gap.abs().max() < 0.5  # half of the last digit of the table


def test_the_tables_can_be_made_again(scripts, shared_data, tmp_path: Path):
    sea = shared_data / "wiod2013_sea" / "WIOD_SEA_2013release.parquet"
    scripts("make_world").build(shared_data / "wiod2013", sea, tmp_path)
    made = {path.relative_to(tmp_path) for path in tmp_path.rglob("*") if path.is_file()}
    assert made == {path.relative_to(WORLD) for path in WORLD.rglob("*") if path.is_file()}
    for path in sorted(made):
        if path.suffix == ".parquet":
            pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / path), pd.read_parquet(WORLD / path))
        else:
            assert (tmp_path / path).read_text("utf-8") == (WORLD / path).read_text("utf-8"), path


def test_a_folder_without_tables_is_refused(scripts, tmp_path: Path):
    with pytest.raises(FileNotFoundError, match="--wiod must name a folder"):
        scripts("make_world").read_source(tmp_path, 1995)


def test_an_interrupted_write_leaves_the_old_file(scripts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = tmp_path / "a.csv"
    path.write_text("old")
    write = scripts("saved_format").write_bytes

    def fail(self: Path, target: Path) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(OSError, match="disk full"):
        write(path, b"new")
    assert [file.name for file in tmp_path.iterdir()] == ["a.csv"]
    assert path.read_text() == "old"
