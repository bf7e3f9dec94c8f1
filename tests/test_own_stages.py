"""Stage shares of one's own: without ranges, for a few industries, from a template, with other stages and traits."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from io_linkage import extraction, linkages, report, selection, spillovers, stages, upgrading, writing
from io_linkage.errors import OptionError, OutputError, StageError, UnknownLabelError
from io_linkage.figures import style
from io_linkage.report import briefing, methods
from io_linkage.spillovers.intervals import trade_interval
from io_linkage.stages.matching import shipped_file
from tests import examples, made
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


@pytest.fixture
def run():
    from typer.testing import CliRunner

    from io_linkage.cli.app import app

    return lambda *words: CliRunner().invoke(app, [str(word) for word in words])


class TestTemplate:
    @pytest.mark.parametrize("ending", ["csv", "xlsx"])
    def test_what_is_written_reads_back_as_what_is_shipped(self, run, tmp_path, ending):
        place = tmp_path / f"own.{ending}"
        ran = run("stages", "template", "--classification", "WIOD2013", place)
        assert ran.exit_code == 0, ran.output
        assert str(place) in ran.output.replace("\n", "")
        for year in (1995, 2008, None):
            table = wiod_table(year)
            for bound in ("low", "central", "high"):
                own, shipped = (stages.weights(table, which=bound, stage_file=file) for file in (place, None))
                assert (own.to_numpy() == shipped.to_numpy()).all()
                assert own.attrs["file"] == str(place)
            assert (stages.traits(table, stage_file=place) == stages.traits(table)).all(axis=None)
        loaded = stages.load_file(place)
        assert (loaded["reason"] != "").all()
        assert (loaded["name_zh"] != "").all()

    def test_every_classification_has_one(self):
        for name, entry in stages.classifications().iterrows():
            assert stages.template(name)["industry"].nunique() == entry["industries"]

    def test_nothing_is_overwritten_unasked_and_no_input_ever(self, run, tmp_path):
        place = tmp_path / "own.csv"
        place.write_text("mine")
        asked = ["stages", "template", "--classification", "WIOD2013", place]
        with pytest.raises(OutputError, match="there already"):
            stages.save_template("WIOD2013", place)
        assert run(*asked).exit_code == 1
        assert place.read_text() == "mine"
        assert run(*asked, "--overwrite").exit_code == 0
        assert place.read_text(encoding="utf-8").startswith("industry,")
        with pytest.raises(OutputError, match="would replace what is read"):
            stages.save_template(wiod_table(), place, overwrite=True, inputs=[place])
        with pytest.raises(OutputError, match="is a folder"):
            stages.save_template("WIOD2013", _folder(tmp_path / "deep.csv"), overwrite=True)
        with pytest.raises(OptionError, match=r"\.csv or an \.xlsx"):
            stages.save_template("WIOD2013", tmp_path / "own.txt")

    def test_a_table_without_shipped_shares_has_empty_ones(self, run, tmp_path):
        table = writing.save(examples.germany_1995(), tmp_path / "t.csv")
        ran = run("stages", "template", "--table", table, tmp_path / "own.csv")
        assert ran.exit_code == 0, ran.output
        frame = pd.read_csv(tmp_path / "own.csv", dtype=str, keep_default_na=False)
        assert list(frame["industry"]) == list(examples.germany_1995().industries)
        assert (frame[[f"{s}_{b}" for s in stages.STAGES for b in ("low", "central", "high")]] == "").all(axis=None)
        with pytest.raises(StageError, match=r"traditional is empty\. Write its share"):
            stages.load_file(tmp_path / "own.csv")

    def test_a_table_with_shipped_shares_has_those_of_its_industries(self):
        table = plain_table(["USA", "DEU"], ["AtB", "30t33"], classification="WIOD2013")
        frame = stages.template(table)
        assert set(frame["industry"]) == {"AtB", "30t33"}
        assert (frame["region"] == "").all()
        assert (stages.weights(table, stage_file=frame) == stages.weights(table)).all(axis=None)

    def test_whose_industries_has_to_be_said_once(self, run, tmp_path):
        for words in ([], ["--classification", "WIOD2013", "--table", "t.csv"]):
            ran = run("stages", "template", tmp_path / "own.csv", *words)
            assert "either --classification" in str(ran.exception)
        with pytest.raises(UnknownLabelError, match="Nearest: WIOD2013"):
            stages.template("WIOD13")


def _folder(place):
    place.mkdir()
    return place


def divided(names: list[str], **more) -> pd.DataFrame:
    """Shares of stages with these names in the industries of the small table, with ranges."""
    shares = np.random.default_rng(3).dirichlet(np.ones(len(names)), len(made.INDUSTRIES))
    frame = pd.DataFrame({"industry": made.INDUSTRIES, **dict(zip(names, shares.T, strict=True))})
    for name in names:
        frame[f"{name}_low"], frame[f"{name}_high"] = 0.8 * frame[name], np.minimum(1.2 * frame[name], 1)
    return frame.assign(**more)


NAMES = [["old", "new"], ["一", "二", "三", "四", "五"], ["旧产业", "新产业"]]


class TestOtherStages:
    @pytest.mark.parametrize("names", NAMES)
    def test_every_measure_by_stage_has_them(self, names):
        table, file = made.table(), divided(names)
        W, drawn = stages.weights(table, stage_file=file), stages.draws(table, draws=4, stage_file=file)
        assert list(W) == names
        assert drawn.shape == (4, len(table.index), len(names))
        assert list(stages.ranges(table, stage_file=file).columns.levels[0]) == sorted(names)
        found = {
            "composition": stages.composition(table, draws=4, stage_file=file),
            "linkages": linkages.by_stage(table, stage_weights=W, draws=drawn),
            "compare": linkages.compare(table, names[0], stage_weights=W).assign(stage=names[0]),
            "spillovers": spillovers.matrix_interval(table, draws=4, stage_file=file),
            "places": spillovers.home_and_abroad(table, "CHN", draws=4, stage_file=file).drop("all", level="stage"),
            "trade": trade_interval(table, "CHN", "USA", draws=4, stage_file=file),
            "extraction": extraction.by_stage(table, stage_weights=W),
        }
        assert set(found.pop("compare")["stage"]) == {names[0]}
        for what, frame in found.items():
            assert list(dict.fromkeys(frame.index.get_level_values("stage"))) == names, what
        assert list(spillovers.matrix(table, by="stage", stage_weights=W)) == names
        assert selection.select(table, stage=names[-1], stage_weights=W).label == names[-1]
        assert_allclose(found["composition"]["central"].groupby(level="region").sum(), 1)

    # A machine without Chinese fonts draws boxes and warns.
    @pytest.mark.filterwarnings("ignore::io_linkage.errors.FontWarning")
    @pytest.mark.parametrize("names", NAMES)
    def test_a_real_report_speaks_of_them_alone(self, run, tmp_path, names):
        table = writing.save(made.table(), tmp_path / "t.csv")
        divided(names).to_csv(tmp_path / "own.csv", index=False)
        words = ("--stages", tmp_path / "own.csv", "--out", tmp_path / "out", "--draws", "4")
        ran = run("report", table, "--focus", "CHN", "--partners", "IND", "--year", "2011", *words)
        assert ran.exit_code == 0, (ran.output, ran.exception)
        page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
        text = re.sub(r"<svg.*?</svg>|<style.*?</style>|data:image[^\"]*|<[^>]*>", " ", page, flags=re.S)
        assert not re.search(r"traditional|emerging|future", text, re.IGNORECASE)
        assert f"for {names[0]} products" in text
        assert f"Of 100 of final demand for {names[-1]} products of China" in text
        assert (tmp_path / "out" / "figures" / "stage_ranking.png").is_file()

    def test_near_misses_are_refused_with_the_nearest(self):
        for names, nearest in (
            (["traditional", "emergin", "future"], "emerging"),
            (["traditional", "emerging", "futures"], "future"),
            (["Old", "reigon"], "region"),
        ):
            wrong = next(n for n in names if n not in (*stages.STAGES, "Old"))
            with pytest.raises(StageError, match=f"Unknown column '{wrong}'. Nearest: {nearest}"):
                stages.load_file(divided(names))
        with pytest.raises(StageError, match=r"Unknown column 'old_hi'\. Nearest: .*old_high"):
            stages.load_file(divided(["old", "new"]).drop(columns="old_high").assign(old_hi=1.0))
        with pytest.raises(StageError, match="no column old"):
            stages.load_file(divided(["old", "new", "old2"]).drop(columns="old"))
        with pytest.raises(StageError, match="two stages or more"):
            stages.load_file(divided(["old"]))
        with pytest.raises(StageError, match="a stage called all"):
            stages.load_file(divided(["old", "all"]))

    def test_shipped_shares_cannot_fill_them_up(self):
        file = pd.DataFrame({"industry": ["30t33"], "old": [0.4], "new": [0.6]})
        with pytest.raises(StageError, match="Shipped shares cannot fill it up, since they are of traditional"):
            stages.weights(wiod_table(), stage_file=file)

    def test_colours_are_a_fixed_palette_in_their_order(self):
        order = pd.CategoricalDtype(["old", "new"])
        looks = style.stage_looks(pd.Series(["new", "old", "new"], dtype=order))
        assert list(looks) == ["old", "new"]
        assert len(set(looks.values())) == 2
        assert style.stage_looks(pd.Series(["new"], dtype=order)) == {"new": looks["new"]}
        assert style.stage_looks(pd.Series(["future"]))["future"][0] == style.STAGE_COLOURS["future"]


class TestOtherTraits:
    def test_they_are_named_by_a_prefix(self):
        table = plain_table(["r"], ["a", "b"])
        own = own_file(trait_clean=[0.2, 0.4], trait_clean_high=[0.3, 0.4], green=[0.1, 0.0])
        found = stages.traits(table, stage_file=own)
        assert list(found) == ["green", "clean"]
        assert_allclose(found["clean"], [0.2, 0.4])
        assert_allclose(stages.traits(table, stage_file=own, which="high")["clean"], [0.3, 0.4])
        assert list(stages.weights(table, stage_file=own)) == list(stages.STAGES)
        ranges = stages.ranges(table, of="traits", stage_file=own)
        assert ("clean", "low") in ranges
        with pytest.raises(StageError, match="needs a name that nothing else"):
            stages.load_file(
                own.rename(columns={"trait_clean": "trait_future", "trait_clean_high": "trait_future_high"})
            )

    def test_own_traits_beside_own_stages(self):
        table = made.table()
        found = stages.traits(table, stage_file=divided(["old", "new"], **{"trait_脏": 0.5}))
        assert list(found) == ["脏"]
        assert (found == 0.5).all(axis=None)

    def test_a_profile_without_high_tech_says_so(self):
        table = made.table()
        T = stages.traits(table, stage_file=divided(["old", "new"], green=0.5))
        W = stages.weights(table, stage_file=made.stage_file())
        found = upgrading.lock_in(table, regions=["CHN"], frontier=["USA"], stage_weights=W, traits=T)
        assert found["high_tech"].isna().all()
        assert "traits: no share high_tech" in found.attrs["missing"]
