"""The shipped stage files: their schema, the concordance behind them, and the script that makes them."""

from __future__ import annotations

import importlib
import sys
from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from io_linkage import stages
from io_linkage._shipped import shipped_path
from tests.conftest import ROOT

FILES = [f"nbs{n}" for n in ("153", "149", "139", "135", "122", "42", "42_2015", "42_2005", "41")] + ["wiod2013"]
INDUSTRIES = shipped_path("industries")


@pytest.fixture(scope="module")
def make_stages():
    sys.path.insert(0, str(ROOT / "tables"))
    yield importlib.import_module("make_stages")
    sys.path.remove(str(ROOT / "tables"))
    for name in ("make_stages", "stage_changes", "stage_targets"):
        sys.modules.pop(name, None)


def read(name: str) -> pd.DataFrame:
    return pd.read_csv(INDUSTRIES / f"{name}.csv", dtype=str, keep_default_na=False)


@pytest.mark.parametrize("name", FILES)
def test_every_row_is_complete_ordered_and_feasible(name):
    rows = stages.load_file(INDUSTRIES / f"{name}.csv")
    given = read(name)
    assert set(rows["kind"]) <= {"derived", "taxonomy", "judgement"}
    for column in ("name", "name_zh", "reason", "source", "green_basis", "digital_basis", "high_tech_basis"):
        assert (given[column] != "").all(), column
    shares = {
        s: given[[f"{s}_{b}" for b in ("low", "central", "high")]].astype(float).to_numpy()
        for s in (*stages.STAGES, *stages.TRAITS)
    }
    for block in shares.values():
        assert (np.diff(block, axis=1) >= 0).all()
        assert block.min() >= 0
        assert block.max() <= 1
    low, central, high = (sum(shares[s][:, k] for s in stages.STAGES) for k in range(3))
    assert_allclose(central, 1.0, rtol=0, atol=1e-12)
    assert (low <= 1).all()
    assert (high >= 1).all()


@pytest.mark.parametrize("name", FILES)
def test_every_industry_has_a_row_for_all_regions_and_years(name):
    rows = read(name)
    general = rows[(rows["region"] == "") & (rows["year"] == "")]
    assert set(general["industry"]) == set(rows["industry"])
    assert general["industry"].is_unique
    registered = pd.read_csv(INDUSTRIES / "classifications.csv").set_index("file")["industries"]
    assert registered[f"{name}.csv"] == len(general)


def test_judgements_are_wider_outside_china():
    rows = stages.load_file(INDUSTRIES / "wiod2013.csv")
    rows["width"] = rows["emerging_high"] - rows["emerging_low"]
    general = rows[rows["region"] == ""].set_index(["industry", "year"])["width"]
    for row in rows[rows["region"] == "CHN"].itertuples():
        same_years = (row.industry, row.year) in general.index
        assert row.width <= general[row.industry, row.year if same_years else ""] + 1e-9, row.industry


def test_mixed_industries_are_derived_not_guessed():
    rows = stages.load_file(INDUSTRIES / "wiod2013.csv").set_index("industry")
    for industry in ("30t33", "34t35", "71t74", "24", "E", "29", "27t28", "21t22"):
        assert set(rows.loc[industry, "kind"]) == {"derived"}


def test_every_detailed_industry_leads_to_a_known_activity():
    activities = read("inputs/activities").set_index("activity")
    detail = read("inputs/nbs_activities")
    judged = read("inputs/judgements")
    assert set(detail["activity"]) <= set(activities.index)
    assert set(judged.loc[judged["region"] == "", "activity"]) == set(activities.index)
    assert not judged.duplicated(["activity", "region", "year"]).any()
    assert set(activities["wiod2013"]) == set(read("inputs/wiod2013_industries")["industry"])
    counts = detail.groupby("classification")["industry"].nunique()
    assert counts.to_dict() == {f"NBS{n}": n for n in (122, 135, 139, 149, 153)}


# Checks against the national tables.


@pytest.mark.parametrize(("year", "detail", "names"), [(2017, 149, "149"), (2018, 153, "153"), (2020, 153, "153")])
def test_concordance_gives_the_published_42_industry_outputs(shared_data, year, detail, names):
    # The statistical office publishes both tables: sums over the concordance must be its own.
    concordance = read("nbs_to_wiod2013")
    concordance = concordance[concordance["classification"] == f"NBS{detail}"].set_index("industry")
    fine = pd.read_parquet(shared_data / "china_nbs" / f"china_{year}_{names}.parquet").set_index("Code")
    sums = fine.loc[concordance.index, "GO"].groupby(concordance["nbs42"]).sum()
    coarse = pd.read_parquet(shared_data / "china_nbs" / f"china_{year}_42.parquet")
    coarse = coarse[(coarse["Origin"] == "Domestic") & coarse["Code"].str.fullmatch(r"\d\d")].set_index("Code")["GO"]
    assert_allclose(sums, coarse[sums.index], rtol=1e-9)
    assert len(sums) == 42


def test_names_are_those_of_the_national_tables(shared_data):
    detail = read("inputs/nbs_activities")
    for year, n in ((2002, 122), (2007, 135), (2012, 139), (2017, 149), (2018, 153), (2020, 153)):
        rows = detail[detail["classification"] == f"NBS{n}"].set_index("industry")
        table = pd.read_parquet(shared_data / "china_nbs" / f"china_{year}_{n}.parquet").set_index("Code")
        assert (table.loc[rows.index, "DescriptionInChinese"].str.strip() == rows["name_zh"]).all()


def test_china_in_wiod_has_the_output_of_the_concordance(shared_data, wiod_2011):
    # Not the same accounts, so only roughly: shares of manufacturing, 2012 against 2011.
    concordance = read("nbs_to_wiod2013")
    rows = concordance[concordance["classification"] == "NBS139"].set_index("industry")
    fine = pd.read_parquet(shared_data / "china_nbs" / "china_2012_139.parquet").set_index("Code")
    sums = fine.loc[rows.index, "GO"].groupby(rows["wiod2013"]).sum()
    mixed = ["24", "27t28", "29", "30t33", "34t35", "25", "26"]
    ours, theirs = sums[mixed] / sums[mixed].sum(), wiod_2011.x["CHN"][mixed] / wiod_2011.x["CHN"][mixed].sum()
    assert_allclose(ours, theirs, rtol=0.25)


def test_the_script_makes_what_is_shipped(shared_data, make_stages, tmp_path):
    make_stages.write(tmp_path, shared_data / "china_nbs", shared_data / "taxonomies")
    made = sorted(p.name for p in tmp_path.iterdir())
    assert made == sorted(p.name for p in INDUSTRIES.glob("*.csv"))
    for name in made:
        assert (tmp_path / name).read_bytes() == (INDUSTRIES / name).read_bytes(), name


# The bound over unknown weights.


@given(st.integers(1, 6), st.integers(0, 2**32 - 1), st.sampled_from([1.0, 1.5, 2.0, 5.0]))
def test_extreme_means_match_every_corner(make_stages, n, seed, spread):
    random = np.random.default_rng(seed)
    values, weights = random.random(n), random.uniform(0.01, 1, n)
    corners = [weights * np.array(c) for c in product((1 / spread, spread), repeat=n)]
    means = [w @ values / w.sum() for w in corners]
    assert make_stages.extreme(values, weights, spread, sign=1) == pytest.approx(max(means), rel=1e-12)
    assert make_stages.extreme(values, weights, spread, sign=-1) == pytest.approx(min(means), rel=1e-12)
