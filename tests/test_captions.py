"""A result says its unit only as long as its values are those it was computed with."""

from __future__ import annotations

import json
import pickle

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

import io_linkage as iol
from io_linkage import figures
from io_linkage.anchors import KEY, anchors, changed
from io_linkage.captions import described, labelled
from io_linkage.errors import OptionError, UnitWarning

ATTRS = {"measure": "spillovers", "unit": "M USD", "table": "Made up 2011", "year": 2011, "source": "nobody"}


@pytest.fixture
def square() -> pd.DataFrame:
    names = pd.Index([f"r{k}" for k in range(6)], name="region")
    values = np.random.default_rng(1).uniform(1, 1000, (6, 6))
    return labelled(pd.DataFrame(values, names, names), ATTRS)


@pytest.fixture
def columns() -> pd.DataFrame:
    index = pd.MultiIndex.from_product([["A", "B", "C"], ["i", "j", "k"]], names=["region", "industry"])
    values = np.random.default_rng(2).uniform(1, 9, (9, 2))
    frame = pd.DataFrame(values, index, ["backward", "forward"]).assign(role="key")
    return labelled(frame, ATTRS)


class TestAnchors:
    def test_they_are_cells_with_their_labels_the_largest_among_them(self, square):
        levels, cells, _ = square.attrs[KEY]
        assert levels == ("region", "region")
        assert [labels[0] for labels, _ in cells] == list(square.index)
        assert all(square.loc[row, column] == value for (row, column), value in cells)
        assert [value for _, value in cells] == square.max(axis=1).tolist()
        long = anchors(pd.Series(np.arange(1.0, 1001.0)))
        assert long is not None
        assert len(long.cells) == 48
        assert long.cells[-1] == ((999,), 1000.0)
        assert labelled(square.copy(), ATTRS).attrs == square.attrs

    def test_empty_cells_and_words_have_none(self, columns):
        assert {labels[-1] for labels, _ in columns.attrs[KEY].cells} <= {"backward", "forward"}
        assert anchors(pd.DataFrame({"a": [np.nan, 0.0], "role": ["key", "weak"]})) is None
        assert anchors(pd.Series([], dtype=float)) is None
        assert KEY not in labelled(pd.DataFrame({"role": ["key"]}), ATTRS).attrs

    def test_attrs_can_be_copied_pickled_and_written_as_json(self, square, tmp_path):
        assert square.copy().attrs == square.attrs
        assert pickle.loads(pickle.dumps(square)).attrs == square.attrs
        numbered = labelled(pd.DataFrame({2011: [1.5]}, index=np.array([3])), ATTRS)
        assert json.loads(json.dumps(numbered.attrs))[KEY] == [[None, None], [[[3, 2011], 1.5]], False]
        square.to_parquet(tmp_path / "square.parquet")

    def test_new_attrs_take_the_place_of_the_old(self, square):
        doubled = labelled(square * 2, square.attrs, unit="half M USD")
        assert not changed(doubled)
        assert changed(square * 2)
        assert set(doubled.attrs) == {*ATTRS, KEY}


class TestChanged:
    @pytest.mark.parametrize(
        "same",
        [
            lambda f: f,
            lambda f: f.loc[["r4", "r1", "r0", "r3"]],
            lambda f: f.T,
            lambda f: f.sort_values("r2", ascending=False),
            lambda f: f[["r0", "r5", "r3"]],
            lambda f: f["r3"],
            lambda f: f["r3"].to_frame(),
            lambda f: f.round(1),
            lambda f: f.T.loc[["r0", "r2"]],
            lambda f: f.loc["r3"],
            lambda f: f[["r1", "r2"]],
            lambda f: f.where(f < f.to_numpy().max()),
            lambda f: f.rename_axis(columns="to").stack(),
            lambda f: f.rename(lambda name: name.upper()) / 1e3,
        ],
    )
    def test_cut_sorted_turned_and_rounded_it_is_the_same(self, square, same):
        result = same(square)
        result.attrs = dict(square.attrs)
        assert not changed(result)

    @pytest.mark.parametrize(
        "other",
        [
            lambda f: f / 1e3,
            lambda f: (f / 1e3).T,
            lambda f: (f * 1.05).loc[["r4", "r1", "r0", "r3"]],
            lambda f: f.div(f.sum(axis=1), axis=0),
            lambda f: -f,
            lambda f: f + f.T,
            lambda f: f.rename_axis(columns="to").stack() * 100,
            lambda f: (f["r1"] / 10).rename("r1"),
        ],
    )
    def test_other_values_are_noticed(self, square, other):
        result = other(square)
        result.attrs = dict(square.attrs)
        assert changed(result)

    def test_a_column_is_looked_at_by_itself(self, columns):
        result = columns.assign(backward=columns["backward"] * 100)
        assert changed(result[["backward"]])
        assert changed(result["backward"])
        assert not changed(result[["forward"]])

    def test_a_series_may_be_laid_out_as_a_matrix(self):
        index = pd.MultiIndex.from_product([["A", "B", "C"], ["i", "j", "k"]], names=["region", "industry"])
        series = labelled(pd.Series(np.arange(1.0, 10.0), index, name="output"), ATTRS)
        wide = series.unstack("region")
        wide.attrs = dict(series.attrs)
        assert not changed(wide)
        wide = wide / 2
        wide.attrs = dict(series.attrs)
        assert changed(wide)
        assert changed((series / 2).rename("half"))

    @pytest.mark.parametrize("region", ["A", "B", "C"])
    def test_a_region_cut_out_of_a_result_is_known_again(self, columns, region):
        """Also the region with the smallest values, and where the level is cut from a Series."""
        columns.loc["B", ["backward", "forward"]] = columns.loc["B", ["backward", "forward"]].to_numpy() / 1e4
        result = labelled(columns, ATTRS)
        for part in (result.loc[region], result.loc[region].iloc[::-1], result["backward"].loc[region]):
            part.attrs = dict(result.attrs)
            assert not changed(part)
        for part in (result.loc[region][["backward", "forward"]] / 1e3, result["backward"].loc[region] * 2):
            part.attrs = dict(result.attrs)
            assert changed(part)
        one = labelled(result["backward"].copy(), ATTRS)
        assert not changed(one.loc[region])
        assert changed(one.loc[region] * 10)

    def test_a_region_without_numbers_tells_nothing(self, columns):
        columns.loc["B", ["backward", "forward"]] = [[0.0, np.nan]] * 3
        result = labelled(columns, ATTRS)
        part = result.loc["B", ["backward", "forward"]]
        assert part.attrs[KEY] == result.attrs[KEY]
        assert not changed(part.dropna(axis=1, how="all") * 0)

    def test_each_label_of_the_first_level_has_an_anchor(self):
        index = pd.MultiIndex.from_product([["i", "j"], range(60)], names=["industry", "region"]).swaplevel()
        series = pd.Series(np.random.default_rng(3).uniform(1, 2, 120), index)
        kept = anchors(series)
        assert kept is not None
        assert kept.everywhere
        assert {labels[0] for labels, _ in kept.cells} == set(range(60))
        many = pd.Series(1.0, pd.MultiIndex.from_product([range(500), ["i"]]))
        few = anchors(many)
        assert few is not None
        assert (few.everywhere, len(few.cells)) == (False, 48)

    def test_repeated_labels_tell_nothing(self, square):
        twice = pd.concat([square, square]) / 2
        twice.attrs = dict(square.attrs)
        assert not changed(twice)


class TestFiguresStateWhatTheyKnow:
    def test_the_readmes_example(self, world):
        spill = iol.spillovers.matrix(world, of="value_added", by="region")
        part = spill.loc[["CHN", "USA", "DEU"], ["CHN", "USA", "DEU"]]
        with pytest.warns(UnitWarning, match="io_linkage.scaled"):
            ax = figures.heatmap(part / 1e3)
        assert ax.figure.get_supxlabel().startswith("Unit not stated. Table: World 2011")
        bar = next(other for other in ax.figure.axes if other is not ax)
        assert bar.get_ylabel() == "unit not stated"
        right = figures.heatmap(iol.scaled(part, 1e-3, unit="bn USD"))
        assert right.figure.get_supxlabel().startswith("Unit: bn USD.")
        assert figures.heatmap(part / 1e3, unit="bn USD").figure.get_supxlabel().startswith("Unit: bn USD.")
        assert figures.heatmap(part).figure.get_supxlabel().startswith("Unit: M USD.")

    def test_a_factor_needs_a_unit(self, square):
        with pytest.warns(UnitWarning, match="unit="):
            assert "Unit not stated" in figures.heatmap(square, factor=100).figure.get_supxlabel()

    def test_one_warning_for_each_figure(self, columns):
        with pytest.warns(UnitWarning) as caught:
            figures.linkage_heatmap(columns.drop(columns="role") / 2, value="forward", factor=10)
        assert [warning.filename for warning in caught] == [__file__]

    @pytest.mark.parametrize(
        "draw",
        [
            lambda f: figures.ranking(f.drop(columns="role") / 2, value="backward"),
            lambda f: figures.linkage_heatmap(f.drop(columns="role") / 2, value="forward"),
            lambda f: figures.key_industries(f.drop(columns="role") / 2, backward="backward", forward="forward"),
        ],
    )
    def test_other_figures_too(self, columns, draw):
        with pytest.warns(UnitWarning, match="spillovers was computed in 'M USD'"):
            ax = draw(columns)
        assert "Unit not stated" in ax.figure.get_supxlabel()

    def test_the_unit_a_figure_spells_itself_holds_for_unchanged_values_only(self, columns):
        part = columns[["backward", "forward"]]
        assert described(part, own="stages")["unit"] == "stages"
        with pytest.warns(UnitWarning):
            assert described(part * 3, own="stages")["unit"] == "unit not stated"
        assert described(part * 3, "thirds", own="stages")["unit"] == "thirds"
        assert KEY not in described(part)


class TestNewResults:
    def test_scaled(self, columns):
        new = iol.scaled(columns, 1e-3, unit="bn USD")
        assert_allclose(new["backward"], columns["backward"] / 1000)
        assert new["role"].tolist() == ["key"] * 9
        assert list(new.columns) == list(columns.columns)
        assert {**new.attrs, KEY: None} == {**ATTRS, "unit": "bn USD", KEY: None}
        assert not changed(new)
        assert columns.attrs["unit"] == "M USD"
        series = iol.scaled(columns["forward"], 2.0, unit="half")
        assert (series.name, series.attrs["unit"]) == ("forward", "half")
        for factor in (0.0, np.nan, np.inf):
            with pytest.raises(OptionError, match="other than 0"):
                iol.scaled(columns, factor, unit="none")
        with pytest.raises(OptionError, match="no column of numbers"):
            iol.scaled(columns[["role"]], 2.0, unit="none")

    def test_shares(self, square):
        square.iloc[0, 1] = np.nan
        values = square.to_numpy()
        assert_allclose(iol.shares(square), values / np.nansum(values))
        assert_allclose(iol.shares(square, of="row", percent=True), 100 * values / np.nansum(values, axis=1)[:, None])
        assert_allclose(iol.shares(square, of="column"), values / np.nansum(values, axis=0))
        assert_allclose(iol.shares(square, of=50.0), values / 50)
        gdp = pd.Series(np.arange(7.0)[::-1], index=[f"r{k}" for k in range(7)][::-1], name="GDP")
        found = iol.shares(square, of=gdp, percent=True)
        assert np.isnan(found.loc["r0"]).all()
        assert_allclose(found.loc["r3"], 100 * square.loc["r3"] / 3)
        units = [iol.shares(square, of=of).attrs["unit"] for of in ("total", "row", "column", gdp, 50.0)]
        names = ("the total", "the row", "the column", "GDP", "the whole")
        assert units == [f"share of {name}" for name in names]
        assert found.attrs["unit"] == "% of GDP"
        assert iol.shares(square, of=50.0, whole="exports").attrs["unit"] == "share of exports"
        assert not changed(found)
        assert_allclose(iol.shares(square["r3"]).sum(), 1.0)
        with pytest.raises(OptionError, match="of="):
            iol.shares(square, of="rows")
        with pytest.raises(OptionError, match="labels of the rows"):
            iol.shares(square, of=pd.Series({"CHN": 1.0}))

    def test_like(self, square):
        new = iol.like(np.log(square.to_numpy()), square, unit="log M USD", measure="logarithms")
        assert new.index.equals(square.index)
        assert (new.attrs["unit"], new.attrs["measure"], new.attrs["table"]) == (
            "log M USD",
            "logarithms",
            "Made up 2011",
        )
        assert not changed(new)
        pd.testing.assert_frame_equal(iol.like(square.iloc[::-1, ::-1], square), square)
        assert iol.like(square["r2"] * 2, square["r1"]).name == "r1"
        with pytest.raises(OptionError, match=r"\(2, 6\)"):
            iol.like(square.to_numpy()[:2], square)
        with pytest.raises(OptionError, match="rows of the values"):
            iol.like(square.rename({"r1": "x"}), square)
        with pytest.raises(OptionError, match="columns of the values"):
            iol.like(square.rename(columns={"r1": "x"}), square)
