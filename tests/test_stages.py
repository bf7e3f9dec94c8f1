"""Stage weights, traits, draws and composition; reading and refusing stage files."""

from __future__ import annotations

import os

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from io_linkage import stages
from io_linkage.errors import OptionError, StageError, UnknownLabelError
from io_linkage.stages.matching import shipped_file
from io_linkage.table import MRIOTable
from tests.strategies import tables

WIOD = [
    *("AtB", "C", "15t16", "17t18", "19", "20", "21t22", "23", "24", "25", "26", "27t28", "29", "30t33", "34t35"),
    *("36t37", "E", "F", "50", "51", "52", "H", "60", "61", "62", "63", "64", "J", "70", "71t74", "L", "M", "N", "O"),
    "P",
]


def plain_table(regions, industries, *, seed=0, **options) -> MRIOTable:
    """A table whose flows do not matter: output and labels do."""
    index = pd.MultiIndex.from_product([regions, industries], names=["region", "industry"])
    x = np.random.default_rng(seed).uniform(10, 100, len(index))
    Z = np.diag(0.3 * x)
    Y = pd.DataFrame(np.zeros((len(index), len(regions))), index=index)
    Y.columns = pd.MultiIndex.from_product([regions, ["final demand"]], names=["region", "category"])
    Y.iloc[:, 0] = 0.7 * x
    return MRIOTable.from_frames(pd.DataFrame(Z, index=index, columns=index), Y, **options)


def wiod_table(year=2008, **options) -> MRIOTable:
    return plain_table(["CHN", "USA"], WIOD, year=year, classification="WIOD2013", **options)


def own_file(**columns) -> pd.DataFrame:
    base = {"industry": ["a", "b"], "traditional": [0.9, 0.2], "emerging": [0.1, 0.7], "future": [0.0, 0.1]}
    return pd.DataFrame(base | columns)


@pytest.fixture
def small() -> MRIOTable:
    return plain_table(["r", "s"], ["a", "b"], year=2010, name="small")


# Weights, ranges and traits of the shipped files.


@pytest.mark.parametrize("year", [1995, 2000, 2005, 2008, 2011, None])
def test_weights_add_to_one_and_lie_between_their_bounds(year):
    table = wiod_table(year)
    low, central, high = (stages.weights(table, which=b) for b in ("low", "central", "high"))
    assert list(central.columns) == list(stages.STAGES)
    assert central.index.equals(table.index)
    assert_allclose(central.sum(axis=1), 1.0, rtol=0, atol=1e-15)
    assert (low <= central).all(axis=None)
    assert (central <= high).all(axis=None)
    assert central.attrs["file"] == "wiod2013.csv"
    assert central.attrs["unit"] == "share"


def test_china_has_its_own_narrower_rows_by_year():
    general, chinese = (
        stages.ranges(wiod_table()).xs("emerging", axis=1, level=0).loc[(region, "30t33")] for region in ("USA", "CHN")
    )
    assert chinese["high"] - chinese["low"] < general["high"] - general["low"]
    assert general["low"] <= chinese["central"] <= general["high"]
    early, late = (stages.weights(wiod_table(y)).loc[("CHN", "E"), "emerging"] for y in (1995, 2011))
    assert early < late
    foreign = [stages.weights(wiod_table(y)).loc[("USA", "E"), "emerging"] for y in (1995, 2011)]
    assert foreign[0] == foreign[1]


def test_stages_follow_the_design():
    w = stages.weights(wiod_table()).loc["USA"]
    for industry in ["AtB", "C", "17t18", "27t28"]:  # farming, mining, textiles, metals
        assert w.loc[industry, "traditional"] > 0.9
    assert w["emerging"].idxmax() == "30t33"
    assert (w["future"] < 0.02).all()


def test_traits_follow_the_rd_intensity_taxonomy():
    low, central, high = (stages.traits(wiod_table(), which=b).loc["CHN"] for b in ("low", "central", "high"))
    assert high.loc["24", "high_tech"] == 1.0  # chemicals are medium-high, pharmaceuticals high
    assert low.loc["24", "high_tech"] < 0.3
    assert central.loc["17t18", "high_tech"] == 0.0
    assert central["digital"].nlargest(2).index.tolist() == ["64", "30t33"]
    assert central["green"].idxmax() in {"36t37", "E", "60"}


def test_rows_give_reason_and_source_of_each_country_industry():
    rows = stages.rows(wiod_table())
    assert rows.loc[("CHN", "30t33"), "kind"] == "derived"
    assert "Computers" in rows.loc[("CHN", "30t33"), "reason"]
    assert (rows["source"] != "").all()


def test_industries_are_found_by_code_alias_or_name():
    by_code = stages.weights(wiod_table(name="t")).to_numpy()
    names = stages.load_file(shipped_file(wiod_table())).drop_duplicates("industry")
    for column in ("alias", "name", "name_zh"):
        table = plain_table(["CHN", "USA"], names[column].tolist(), year=2008, name="t")
        assert_allclose(stages.weights(table).to_numpy(), by_code)


@pytest.mark.parametrize(
    ("year", "n", "classification", "file"),
    [
        (2020, 42, "NBS42", "nbs42.csv"),
        (2015, 42, "NBS42", "nbs42_2015.csv"),
        (2012, 42, "NBS42", "nbs42_2015.csv"),
        (2005, 42, "NBS42", "nbs42_2005.csv"),
        (2010, 41, "NBS41", "nbs41.csv"),
        (None, 42, "NBS42", "nbs42.csv"),
        (None, 42, "NBS42_2005", "nbs42_2005.csv"),
    ],
)
def test_the_layout_of_the_tables_year_is_taken(year, n, classification, file):
    industries = [f"{k:02d}" for k in range(1, n + 1)]
    assert shipped_file(plain_table(["CHN"], industries, year=year, classification=classification)).name == file


@pytest.mark.parametrize("n", [153, 149, 139, 135, 122])
def test_every_detailed_chinese_table_has_weights(n):
    table = plain_table(["CHN"], [f"{k:03d}" for k in range(1, n + 1)], classification=f"NBS{n}", year=2012)
    assert_allclose(stages.weights(table).sum(axis=1), 1.0, atol=1e-15, rtol=0)
    assert stages.traits(table).notna().all(axis=None)


def test_bare_numbers_are_not_taken_for_a_classification():
    table = plain_table(["CHN"], [f"{k:02d}" for k in range(1, 43)], year=2020)
    with pytest.raises(StageError, match=r"No shipped stage shares.*classification"):
        stages.weights(table)


def test_a_handful_of_short_codes_is_not_taken_for_a_classification():
    with pytest.raises(StageError, match="Pass file="):
        stages.weights(plain_table(["r"], ["C", "E", "F"]))
    assert len(stages.weights(plain_table(["r"], ["C", "E", "F"], classification="WIOD2013"))) == 3


def test_industries_outside_the_stated_classification_are_named():
    table = plain_table(["r"], ["AtB", "moon mining"], classification="WIOD2013")
    with pytest.raises(StageError, match="1 of its industries are not in it: moon mining"):
        stages.weights(table)


def test_unknown_options_are_refused(small):
    with pytest.raises(OptionError, match="median"):
        stages.weights(small, which="median", stage_file=own_file())
    with pytest.raises(OptionError, match="of="):
        stages.ranges(small, of="colours", stage_file=own_file())
    with pytest.raises(OptionError, match="of="):
        stages.composition(small, of="jobs", stage_file=own_file())
    with pytest.raises(OptionError, match="level"):
        stages.composition(small, level=90, stage_file=own_file())
    with pytest.raises(OptionError, match="at least one"):
        stages.draws(small, draws=0, stage_file=own_file())
    with pytest.raises(UnknownLabelError, match="Unknown region"):
        stages.composition(small, regions="q", stage_file=own_file())


# A user's own file.


def test_a_minimal_file_is_enough(small, tmp_path):
    path = tmp_path / "own.csv"
    own_file().to_csv(path, index=False)
    for file in (path, str(path), own_file()):
        w = stages.weights(small, stage_file=file)
        assert_allclose(w.loc["s"], [[0.9, 0.1, 0.0], [0.2, 0.7, 0.1]])
        assert_allclose(stages.weights(small, stage_file=file, which="low"), w)
    with pytest.raises(StageError, match="no green, digital, high_tech share"):
        stages.traits(small, stage_file=path)


def test_a_changed_file_is_read_again(small, tmp_path):
    path = tmp_path / "own.csv"
    own_file().to_csv(path, index=False)
    before = stages.weights(small, stage_file=path)
    own_file(traditional=[0.8, 0.2], emerging=[0.2, 0.7]).to_csv(path, index=False)
    os.utime(path, ns=(1, 1))
    assert before.loc[("r", "a"), "emerging"] == 0.1
    assert stages.weights(small, stage_file=path).loc[("r", "a"), "emerging"] == 0.2


def test_the_most_specific_row_holds(small):
    file = pd.DataFrame(
        {
            "industry": ["a", "a", "a", "a", "b"],
            "region": ["", "", "s", "s", ""],
            "year": ["", "2009-2011", "", "2010", ""],
            "traditional": [1.0, 0.9, 0.8, 0.7, 1.0],
            "emerging": [0.0, 0.1, 0.2, 0.3, 0.0],
            "future": 0.0,
        }
    )
    for shuffled in (file, file.iloc[::-1]):
        assert stages.weights(small, stage_file=shuffled)["emerging"].tolist() == [0.1, 0.0, 0.3, 0.0]
        later = stages.weights(small.replace(year=2012), stage_file=shuffled)
        assert later["emerging"].tolist() == [0.0, 0.0, 0.2, 0.0]
        undated = stages.weights(small.replace(year=None), stage_file=shuffled)
        assert undated["emerging"].tolist() == [0.0, 0.0, 0.2, 0.0]


def test_what_is_given_is_not_changed(small, tmp_path):
    file = own_file()
    before = file.copy(deep=True)
    stages.draws(small, draws=2, stage_file=file)
    pd.testing.assert_frame_equal(file, before)
    path = tmp_path / "own.csv"
    file.to_csv(path, index=False)
    loaded = stages.load_file(path)
    loaded["emerging_central"] = 0.5
    assert_allclose(stages.load_file(path)["emerging_central"], [0.1, 0.7])


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"emerging": [0.1, 0.8]}, r"row 2 \(b\): the shares add to 1.1, not 1 .*Change one of them by -0.1"),
        ({"industry": ["a", "bb"]}, r"row 2 \(bb\): Unknown industry 'bb'. Nearest: b"),
        ({"industry": ["a", "a"]}, r"row 2 \(a\) repeats"),
        ({"industry": ["a", ""]}, "row 2 has no industry"),
        ({"region": ["", "t"]}, "Unknown region 't'"),
        ({"traditional": ["0.9", "a fifth"]}, r"traditional_central is 'a fifth', not a number"),
        ({"traditional": ["0.9", ""]}, "traditional is empty"),
        ({"traditional": [90, 20], "emerging": [10, 70], "future": [0, 10]}, "percentage, write 0.9"),
        ({"traditional": [1.1, 0.2], "emerging": [-0.1, 0.7]}, "is 1.1, outside 0 to 1"),
        ({"emerging_low": [0.2, 0.5]}, r"row 1 \(a\): emerging needs low <= central <= high, but has 0.2, 0.1, 0.1"),
        ({"green": [0.5, 2.0]}, "green_central is 2, outside"),
        ({"year": ["", "soon"]}, "year is 'soon'; write 2007 or 2005-2009"),
        ({"year": ["", "2009-2005"]}, "year is '2009-2005'"),
        ({"year": ["2010", "1999"]}, "rows for other regions or years only: none for r b, s b in year 2010"),
    ],
)
def test_bad_files_say_where_and_what_to_do(small, columns, message):
    with pytest.raises(StageError, match=message):
        stages.weights(small, stage_file=own_file(**columns))


def test_missing_rows_columns_and_files_are_named(small, tmp_path):
    with pytest.raises(StageError, match=r"no row for 1 of the 2 industries of small 2010: b\. .*Add a row"):
        stages.weights(small, stage_file=own_file().head(1))
    with pytest.raises(StageError, match=r"no column future\."):
        stages.weights(small, stage_file=own_file().drop(columns="future"))
    with pytest.raises(StageError, match="has no rows"):
        stages.weights(small, stage_file=own_file().head(0))
    with pytest.raises(StageError, match="Cannot read"):
        stages.weights(small, stage_file=tmp_path / "absent.csv")
    binary = tmp_path / "binary.csv"
    binary.write_bytes(b"\xff\xfe\x00\x01")
    with pytest.raises(StageError, match=r"binary\.csv has no column industry"):
        stages.weights(small, stage_file=binary)


def test_shares_rounded_to_a_few_digits_are_scaled_to_one(small):
    file = own_file(traditional=[0.333, 0.2], emerging=[0.333, 0.7], future=[0.3334, 0.1])
    assert_allclose(stages.weights(small, stage_file=file).sum(axis=1), 1.0, rtol=0, atol=1e-15)


# Draws.


@st.composite
def boxes(draw) -> pd.DataFrame:
    """Files of two industries with central shares on the simplex and any ranges around them."""
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    centre = random.dirichlet([draw(st.sampled_from([0.2, 1.0, 5.0]))] * 3, 2)
    reach = draw(st.sampled_from([0.0, 0.3, 1.0]))
    low = centre * (1 - reach * random.random((2, 3)))
    high = centre + (1 - centre) * reach * random.random((2, 3))
    columns = {"industry": ["a", "b"]}
    for k, stage in enumerate(stages.STAGES):
        columns |= {f"{stage}_low": low[:, k], f"{stage}_central": centre[:, k], f"{stage}_high": high[:, k]}
    return pd.DataFrame(columns)


@given(boxes(), st.integers(0, 100))
def test_draws_stay_in_their_ranges_and_add_to_one(file, seed):
    table = plain_table(["r"], ["a", "b"])
    drawn = stages.draws(table, draws=20, seed=seed, stage_file=file)
    assert drawn.shape == (20, 2, 3)
    assert_allclose(drawn.sum(axis=2), 1.0, rtol=0, atol=1e-12)
    assert (drawn >= stages.weights(table, which="low", stage_file=file).to_numpy() - 1e-12).all()
    assert (drawn <= stages.weights(table, which="high", stage_file=file).to_numpy() + 1e-12).all()


@given(boxes())
def test_without_a_range_every_draw_is_the_central_share(file):
    point = file[["industry", *(f"{s}_central" for s in stages.STAGES)]]
    table = plain_table(["r"], ["a", "b"])
    drawn = stages.draws(table, draws=3, stage_file=point)
    assert_allclose(drawn, np.broadcast_to(stages.weights(table, stage_file=point), drawn.shape), atol=1e-12)


def test_draws_repeat_with_the_seed_and_differ_without():
    table = wiod_table()
    assert (stages.draws(table, draws=5, seed=3) == stages.draws(table, draws=5, seed=3)).all()
    assert not (stages.draws(table, draws=5, seed=3) == stages.draws(table, draws=5, seed=4)).all()


def test_draws_have_the_central_shares_as_their_mean():
    table = wiod_table()
    drawn = stages.draws(table, draws=4000)
    central, spread = stages.weights(table).to_numpy(), drawn.std(axis=0)
    # Five standard errors, and a little for rows whose ranges do not quite allow the mean.
    assert (np.abs(drawn.mean(axis=0) - central) <= 5 * spread / np.sqrt(4000) + 0.003).all()


def test_country_industries_with_one_row_share_its_draw():
    drawn = stages.draws(plain_table(["DEU", "USA"], WIOD, year=2008, classification="WIOD2013"), draws=4)
    assert (drawn[:, :35] == drawn[:, 35:]).all()
    chinese = stages.draws(wiod_table(), draws=4)
    assert not (chinese[:, :35] == chinese[:, 35:]).all()


# Composition.


def test_composition_matches_sums_by_hand(small):
    file = own_file()
    found = stages.composition(small, stage_file=file)
    x = small.x
    expected = (0.1 * x["r", "a"] + 0.7 * x["r", "b"]) / (x["r", "a"] + x["r", "b"])
    assert found.loc[("r", "emerging"), "central"] == pytest.approx(expected, rel=1e-12)
    assert_allclose(found["central"].groupby(level="region").sum(), 1.0)
    assert_allclose(found["low"], found["high"])
    assert {key: found.attrs[key] for key in ("table", "year", "source")} == {
        "table": small.label,
        "year": small.year,
        "source": small.source,
    }
    assert list(stages.composition(small, regions="s", stage_file=file).index.get_level_values(0).unique()) == ["s"]


@given(tables(max_regions=3, max_industries=3))
def test_composition_encloses_its_central_share(table):
    file = pd.DataFrame({"industry": table.industries, "traditional": 0.6, "emerging": 0.3, "future": 0.1})
    file = file.assign(emerging_low=0.1, emerging_high=0.6, traditional_low=0.2, traditional_high=0.9)
    for of in ("output", "value_added"):
        found = stages.composition(table, of=of, draws=40, stage_file=file)
        found = found[found["central"].notna()]
        assert (found["floor"] <= found["low"] + 1e-12).all()
        assert (found["high"] <= found["ceiling"] + 1e-12).all()
        assert_allclose(found["central"], np.tile([0.6, 0.3, 0.1], len(found) // 3))


def test_regions_without_output_have_no_composition():
    table = plain_table(["r", "s"], ["a", "b"])
    idle = table.index.get_level_values(0) == "s"
    Z, Y = table.Z.copy(), table.Y.copy()
    Z.loc[idle], Z.loc[:, idle], Y.loc[idle] = 0.0, 0.0, 0.0
    ranged = own_file(traditional_low=[0.8, 0.1], emerging_high=[0.2, 0.8])
    found = stages.composition(MRIOTable.from_frames(Z, Y), stage_file=ranged)
    assert found.loc["s"].isna().all(axis=None)
    assert found.loc["r"].notna().all(axis=None)


def national(folder, name, classification, year) -> MRIOTable:
    """China's national table with final demand as what output leaves."""
    d = pd.read_parquet(folder / "china_nbs" / f"{name}.parquet").set_index("Code")
    codes = [c for c in d.columns if c.isdigit()]
    index = pd.MultiIndex.from_product([["CHN"], codes], names=["region", "industry"])
    Z, x = d.loc[codes, codes].to_numpy(float), d.loc[codes, "GO"].to_numpy(float)
    Y = pd.DataFrame({("CHN", "final demand"): x - Z.sum(axis=1)}, index=index)
    Z = pd.DataFrame(Z, index=index, columns=index)
    return MRIOTable.from_frames(Z, Y, year=year, classification=classification)


def test_emerging_share_of_china_2017_is_near_the_official_one(shared_data):
    # The National Development and Reform Commission expected strategic emerging industries to make about a tenth
    # of GDP at the end of 2017 (5 July 2017). Their list and the design's are alike, not the same.
    table = national(shared_data, "china_2017_149", "NBS149", 2017)
    found = stages.composition(table, of="value_added").loc[("CHN", "emerging")]
    assert found["central"] == pytest.approx(0.10, abs=0.02)
    assert found["floor"] < 0.10 < found["ceiling"]


def test_wiod_and_national_table_agree_on_china(shared_data, wiod_2011):
    # Two ways to one number: 35 industries with derived shares, and 139 industries with their own.
    detailed = stages.composition(national(shared_data, "china_2012_139", "NBS139", 2012), of="value_added")
    coarse = stages.composition(wiod_2011, of="value_added", regions="CHN")
    assert_allclose(coarse["central"], detailed["central"], rtol=0, atol=0.01)


def test_a_line_with_too_many_cells_is_refused_in_one_paragraph(tmp_path):
    file = tmp_path / "own.csv"
    file.write_text("industry,traditional,emerging,future\na,0.6,0.3,0.1\nb,0.6,0.3,0.1,9,9\n", encoding="utf-8")
    with pytest.raises(StageError, match="line 3, saw 6") as refusal:
        stages.load_file(file)
    assert "\n" not in str(refusal.value)
