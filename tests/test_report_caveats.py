"""What the report says of a table whose layout bends its numbers, of ranges by stage, and of groups of another year."""

from __future__ import annotations

from functools import partial

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings

import io_linkage as iol
from io_linkage import report, selection, spillovers
from io_linkage.checks.competitive_imports import less_imports
from io_linkage.errors import OptionError
from io_linkage.report import briefing, pictures, sentences
from tests.strategies import stage_weights, tables


def competitive(imports: float = 30.0) -> iol.MRIOTable:
    """Steel needs 40 of ore, of which 10 are made: ore is used four times as much as it is made."""
    names = ["ore", "steel"]
    Z = pd.DataFrame([[0.0, 10.0 + imports], [2.0, 20.0]], index=names, columns=names)
    Y = pd.DataFrame({"demand": [0.0, 78.0], "imports": [-imports, 0.0]}, index=names)
    return iol.MRIOTable.from_frames(Z, Y, unit="M USD", name="Smelter")


def results(table: iol.MRIOTable) -> report.Results:
    return report.gather(table, report.ask(table))


class TestCompetitiveImports:
    def test_use_is_set_against_output(self):
        found = less_imports(competitive())
        assert found is not None
        assert found["used_per_output"].tolist() == pytest.approx([4.0, 1.0])
        assert found["imports"].tolist() == [30.0, 0.0]
        assert found.attrs["columns"] == ["imports"]

    def test_a_share_above_all_of_it_is_explained_beside_it(self):
        found = results(competitive())
        assert found["pulled"]["account_percent"].max() > 100
        told = {section.key: section for section in briefing.compose(found).sections}["industries"]
        pulls = next(view for view in told.views if view.title == "Who pulls whom")
        assert "A share above 100" in pulls.note
        assert "Used / made" in told.views[-1].heads
        assert any("used 4.0 times as much as it is made" in sentence for sentence in told.sentences)

    def test_the_caution_stands_at_the_top_too(self):
        told = briefing.compose(results(competitive()))
        assert told.brief[2].startswith("A caution about this table")
        assert "30 million USD, 27.3\u202f% of output" in told.brief[2]
        assert "--imports" not in told.brief[2]

    def test_pictures_say_it(self):
        for picture in pictures.pictures(results(competitive())):
            said = picture.draw().figure.get_supxlabel()
            assert "imported products too" in said.replace("\n", " ")
        plt.close("all")

    def test_no_word_of_it_elsewhere(self, world):
        assert less_imports(world) is None
        names = ["a", "b"]
        Z = pd.DataFrame([[10.0, 20.0], [30.0, 10.0]], index=names, columns=names)
        # Inventories that fall in both industries, by 0.5 % of output: no imports.
        Y = pd.DataFrame({"demand": [70.5, 60.5], "inventories": [-0.5, -0.5]}, index=names)
        assert less_imports(iol.MRIOTable.from_frames(Z, Y)) is None

    def test_a_small_country_without_a_positive_stock_has_no_imports_taken_off(self):
        # Stocks of B fall in its only large industry, by a tenth of all its output.
        index = pd.MultiIndex.from_product([["A", "B"], ["farms", "mills"]], names=["region", "industry"])
        demand = pd.MultiIndex.from_product([["A", "B"], ["households", "inventories"]], names=["region", "category"])
        Z = pd.DataFrame(5.0, index=index, columns=index)
        Y = pd.DataFrame([[80, 1, 2, 0], [60, 1, 2, 0], [1, 0, 40, -6], [1, 0, 30, -4]], index=index, columns=demand)
        assert less_imports(iol.MRIOTable.from_frames(Z, Y.astype(float))) is None
        # Nor in a table of B alone, where the column is as large but called inventories.
        alone = Z.loc["B", "B"], Y.loc["B", "B"].astype(float)
        assert less_imports(iol.MRIOTable.from_frames(*alone)) is None
        # Under a name that says nothing, its size and pattern tell; under that of imports, whatever its size.
        renamed = alone[1].rename(columns={"inventories": "other"})
        assert less_imports(iol.MRIOTable.from_frames(alone[0], renamed)) is not None
        for name in ("Imports (less)", "进口", "less imports", "IM"):
            small = alone[1].rename(columns={"inventories": name}) * [1.0, 1e-3]
            assert less_imports(iol.MRIOTable.from_frames(alone[0], small)) is not None

    @pytest.mark.parametrize("year", [2005, 2011])
    def test_no_year_of_wiod_takes_imports_off(self, shared_data, year):
        table = iol.load(shared_data / "wiod2013" / str(year), classification="WIOD2013")
        assert less_imports(table) is None

    def test_the_table_of_china_and_its_remedy(self, shared_data):
        file = shared_data / "china_nbs" / "china_2018_153.parquet"
        found = results(iol.load(file))
        assert found["pulled"]["account_percent"].max() == pytest.approx(197.6, abs=0.05)
        assert "--imports apart" in sentences.imports_taken_off(found)[0]
        without = results(iol.load(file, imports="apart"))
        assert without["pulled"]["account_percent"].max() < 100
        assert sentences.imports_taken_off(without) == []
        assert sentences.above_all(without) == ""


@pytest.fixture(scope="module")
def found(world):
    return report.gather(world, report.ask(world, draws=40))


class TestStageRanges:
    def test_the_centre_is_that_of_the_spillover_matrix(self, world, found):
        total = spillovers.matrix(world, by="region-stage")
        W, names = selection.groups_by(world, "region-stage")
        demand = pd.Series(W.T @ world.final_demand.to_numpy(), index=names)
        central = found["focus_stage_ranges"]["central"]
        for product in ("traditional", "emerging", "future"):
            column = total[("CHN", product)] / demand[("CHN", product)]
            home = column.loc["CHN"]
            for stage, value in home.items():
                assert central.at["at home", stage, product] == pytest.approx(value, rel=1e-9)
            assert central.at["abroad", "all", product] == pytest.approx(column.sum() - home.sum(), rel=1e-9)

    def test_ranges_hold_the_centre_and_are_said(self, found):
        rows = found["focus_stage_ranges"]
        assert (rows["low"] <= rows["central"]).all()
        assert (rows["central"] <= rows["high"]).all()
        row = rows.loc[("at home", "traditional", "emerging")] * 100
        wanted = f"{row['central']:.1f} ({row['low']:.1f} to {row['high']:.1f}) become value added"
        assert any(wanted in sentence for sentence in sentences.stages(found))

    @settings(max_examples=15, deadline=None)
    @given(tables(max_regions=3, max_industries=3))
    def test_home_and_abroad_add_up_to_the_multiplier(self, table):
        weights = stage_weights(table)
        asked = report.ask(table, focus="R0", stage_file=_own(weights), draws=2)
        found = spillovers.home_and_abroad(
            table, asked.regions, draws=asked.draws, seed=asked.seed, stage_file=asked.stage_file
        )["central"]
        own = table.region_codes == 0
        demand = np.where(own, table.final_demand, 0.0)[:, None] * weights.to_numpy()
        drawn = (table.v.to_numpy() @ table.system.solve(demand)) / demand.sum(axis=0)
        both = found.xs("all", level="stage").groupby("product", sort=False).sum(min_count=1)
        np.testing.assert_allclose(both, drawn, rtol=1e-9)


def _own(weights: pd.DataFrame) -> pd.DataFrame:
    return weights.reset_index()


class TestMembers:
    def test_a_group_younger_than_the_table(self, world):
        with pytest.raises(OptionError, match=r"2013-12-01.*--members YEAR"):
            report.ask(world, partners="belt_and_road")
        asked = report.ask(world, partners="belt_and_road", membership_year=2023)
        assert {"IDN", "TUR", "KOR"} <= set(asked.partners)
        told = briefing.compose(report.gather(world, asked))
        assert any("members of 2023" in sentence for sentence in told.sections[0].sentences)

    def test_a_focus_of_a_group_keeps_its_members_over_time(self, world):
        asked = report.ask(world, focus="brics", draws=5)
        found = report.gather(world, asked, earlier=[partial(iol.load, year=1995)])
        assert set(found["dependence_over_time"].index.get_level_values("year")) == {1995, 2011}
        assert briefing.compose(found).title == "The BRICS economies and their developing partners, 2011"
