"""Stage shares of one's own: without ranges, for a few industries, from a template, with other stages and traits."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from io_linkage import linkages, report, spillovers, stages
from io_linkage.errors import StageError
from io_linkage.report import briefing, methods
from io_linkage.stages.matching import shipped_file
from tests import made
from tests.test_stages import own_file, plain_table, wiod_table

FEW = pd.DataFrame(
    {"industry": ["30t33", "34t35"], "traditional": [0.2, 0.5], "emerging": [0.7, 0.5], "future": [0.1, 0.0]}
)


class TestWithoutRanges:
    def test_no_measure_has_an_interval(self):
        table = plain_table(["r", "s"], ["a", "b"])
        file, options = own_file(), {"draws": 5, "stage_file": own_file()}
        for found in (
            stages.composition(table, **options),
            spillovers.matrix_interval(table, **options),
            spillovers.home_and_abroad(table, "r", **options),
        ):
            assert found[["low", "high"]].isna().all(axis=None)
            assert found["central"].notna().any()
            assert "without ranges" in found.attrs["interval"]
        assert stages.composition(table, **options)[["floor", "ceiling"]].isna().all(axis=None)
        weights, drawn = stages.weights(table, stage_file=file), stages.draws(table, **options)
        linked = linkages.by_stage(table, stage_weights=weights, draws=drawn)
        assert linked["role_holds"].isna().all()

    def test_one_range_in_a_row_that_holds_is_enough(self):
        table = plain_table(["r", "s"], ["a", "b"])
        ranged = own_file(traditional_low=[0.9, 0.1], emerging_high=[0.1, 0.8])
        assert stages.composition(table, stage_file=ranged, draws=5)["low"].notna().all()
        # A range in a row of another year does not count.
        dated = pd.concat([own_file(), ranged.assign(year="1990")])
        assert stages.composition(table, stage_file=dated, draws=5)["low"].isna().all()

    def test_the_report_says_that_there_are_none(self):
        own = made.stage_file()[["industry", *stages.STAGES]]
        results = report.gather(made.table(), report.ask(made.table(), stage_file=own, draws=5))
        sure = " ".join(next(s for s in methods.sections(results) if s.key == "sure").sentences)
        assert "No ranges are given for them" in sure
        assert "draws of the stage shares" not in str(methods.sections(results))
        assert results["stage_linkages"]["role_holds"].isna().all()
        assert "90 %" not in " ".join(frame.note for frame in results.frames.values())


class TestAFewRows:
    def test_other_industries_keep_the_shipped_shares(self):
        table = wiod_table()
        own, shipped = stages.weights(table, stage_file=FEW), stages.weights(table)
        assert_allclose(own.loc[("CHN", "30t33")], [0.2, 0.7, 0.1])
        assert_allclose(own.loc[("USA", "34t35")], [0.5, 0.5, 0.0])
        rest = ~own.index.get_level_values(1).isin(FEW["industry"])
        pd.testing.assert_frame_equal(own[rest], shipped[rest])
        for bound in ("low", "high"):
            ends = stages.weights(table, stage_file=FEW, which=bound)
            pd.testing.assert_frame_equal(ends[rest], stages.weights(table, which=bound)[rest])
            assert_allclose(ends[~rest], own[~rest])

    def test_it_is_said_which_rows_are_whose(self):
        found = stages.weights(wiod_table(), stage_file=FEW.assign(region=["CHN", ""]))
        assert found.attrs["file"] == "the frame of stage shares over wiod2013.csv"
        assert found.attrs["note"] == (
            "Stage shares of 30t33 in CHN, 34t35 are those of the frame of stage shares; those of all other industries "
            "are shipped (wiod2013.csv)."
        )
        assert "note" not in stages.weights(wiod_table()).attrs

    def test_a_row_for_one_region_leaves_the_others_shipped(self):
        own = stages.weights(wiod_table(), stage_file=FEW.assign(region="CHN"))
        assert own.at[("CHN", "30t33"), "emerging"] == pytest.approx(0.7)
        shipped = stages.weights(wiod_table()).at[("USA", "30t33"), "emerging"]
        assert own.at[("USA", "30t33"), "emerging"] == shipped
        assert shipped < 0.69

    def test_shipped_rows_are_drawn_and_own_ones_without_ranges_are_not(self):
        table = wiod_table()
        drawn = stages.draws(table, draws=6, stage_file=FEW)
        assert_allclose(drawn.sum(axis=2), 1)
        fixed = np.ptp(drawn, axis=0).max(axis=1) < 1e-12
        at = table.index.get_level_values(1).isin(FEW["industry"])
        assert fixed[at].all()
        assert not fixed[~at].all()

    def test_traits_that_are_not_given_are_shipped(self):
        own, shipped = stages.traits(wiod_table(), stage_file=FEW.assign(green=0.6)), stages.traits(wiod_table())
        assert own.at[("CHN", "30t33"), "green"] == 0.6
        pd.testing.assert_series_equal(own["digital"], shipped["digital"])

    def test_where_nothing_is_shipped_the_missing_are_named(self):
        with pytest.raises(StageError, match=r"no row for 1 of the 2 industries of small: b\."):
            stages.weights(plain_table(["r"], ["a", "b"], name="small"), stage_file=own_file().head(1))

    def test_the_report_says_whose_they_are_in_one_sentence(self, world):
        results = report.gather(world, report.ask(world, stage_file=FEW, draws=3))
        text = str(briefing.compose(results))
        assert text.count("those of all other industries are shipped (wiod2013.csv)") == 1
        assert shipped_file(world).name == "wiod2013.csv"
