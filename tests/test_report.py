"""The report: its sentences against the results, its page, data and workbook, and where it is written."""

from __future__ import annotations

import json
import re
from functools import partial
from html.parser import HTMLParser

import matplotlib.pyplot as plt
import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import io_linkage as iol
from io_linkage import extraction, linkages, report, spillovers, ties
from io_linkage.errors import OptionError, OutputError, StageError, UnknownLabelError
from io_linkage.figures.saving import numbers
from io_linkage.report import briefing, output, page, pictures, sentences, words, workbook
from io_linkage.report.sentences.stages import _told_apart
from tests import examples
from tests.strategies import tables

FIGURES = {
    "key_industries",
    "linkages",
    "stage_spillovers",
    "stage_ranking",
    "region_spillovers",
    "dependence",
    "penetration",
    "productivity",
    "dependence_over_time",
    "gross_trade_over_time",
}


@pytest.fixture(scope="module")
def found(world):
    """Results for the shipped table, with its first year."""
    return report.gather(world, report.ask(world, draws=40), earlier=[partial(iol.load, year=1995)])


@pytest.fixture(scope="module")
def written(world, tmp_path_factory):
    """A whole report of the shipped table."""
    folder = tmp_path_factory.mktemp("out") / "report"
    open_before = plt.get_fignums()
    page_file = report.write(world, report.ask(world, draws=40), folder, earlier=[partial(iol.load, year=1995)])
    assert plt.get_fignums() == open_before
    return page_file


class Reader(HTMLParser):
    """Collects the text, tags and addresses of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str, str | None]] = []
        self.text = ""

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(tag, name, value) for name, value in attrs]

    def handle_data(self, data):
        self.text += data + "\n"


def read(html: str) -> Reader:
    reader = Reader()
    reader.feed(html)
    return reader


def as_percent(text: str) -> list[float]:
    return [float(number) for number in re.findall(r"([\d.]+)\u202f%", text)]


class TestQuestion:
    def test_defaults_are_china_and_developing_partners_of_the_year(self, world):
        asked = report.ask(world)
        assert asked.regions == ("CHN",)
        assert asked.partners == ("IND", "IDN", "BRA", "RUS", "MEX", "TUR", "RoW")
        assert report.ask(iol.load(year=1995)).partners != asked.partners

    def test_a_national_table_is_about_itself(self):
        asked = report.ask(examples.germany_1995())
        assert asked.regions == ("DEU",)
        assert "one region" in asked.no_partners
        assert "--stages" in asked.no_stages

    def test_a_table_without_china_asks_whom_it_is_about(self):
        with pytest.raises(OptionError, match=r"--focus.*Argentina, Turkey, Germany"):
            report.ask(examples.leather())

    def test_what_was_asked_and_is_not_there_is_an_error(self, world):
        with pytest.raises(UnknownLabelError, match="CHN"):
            report.ask(world, focus="CHM")
        with pytest.raises(UnknownLabelError, match="developing"):
            report.ask(world, partners="developping")
        with pytest.raises(OptionError, match="besides CHN itself"):
            report.ask(world, partners="CHN")
        with pytest.raises(OptionError, match="draw"):
            report.ask(world, draws=0)
        with pytest.raises(StageError, match="industry"):
            report.ask(world, stage_file=pd.DataFrame({"traditional": [1.0]}))

    def test_defaults_that_do_not_fit_are_left_out_with_the_reason(self):
        asked = report.ask(examples.leather(), focus="Turkey")
        assert "year" in asked.no_partners
        assert asked.comparators == ("USA", "JPN")


class TestSentences:
    def test_dependence_is_that_of_the_measure(self, world, found):
        trade = ties.bilateral(world, "CHN")
        wanted = [trade.loc[(who, "all", "all"), "dependence_of_partner_share"] for who in ("CHN", "USA", "EU", "JPN")]
        named = ties.bilateral(world, "CHN", partners=["IND", "IDN", "BRA", "RUS", "MEX", "TUR"], by_stage=False)
        wanted.insert(1, named.loc[("CHN", "all", "all"), "dependence_of_partner_share"])
        first = sentences.partners(found)[0]
        np.testing.assert_allclose(as_percent(first), 100 * np.array(wanted), atol=0.051)
        assert "United States" in first

    def test_key_industries_are_counted(self, world, found):
        roles = linkages.linkages(world).loc["CHN", "role"]
        assert sentences.industries(found)[0].startswith(f"{(roles == 'key').sum()} of the {roles.notna().sum()} ")

    def test_whom_an_industry_pulls_is_the_extraction_of_that_industry(self, world, found):
        frame = found["pulled"]
        region, industry = frame.index[0][:2]
        hit = extraction.losses(world, regions=region, industries=industry, of="value_added")["total"]
        first = frame.xs((region, industry), level=("region", "industry"))
        assert len(first) == 12
        np.testing.assert_allclose(first["value_added"], hit.loc[list(first.index)])
        alone = extraction.losses(world, of="value_added").loc["CHN"]
        assert (alone["home"] + alone["abroad"]).idxmax() == industry
        assert any("draws most on" in sentence for sentence in sentences.industries(found))

    def test_change_is_between_first_and_last_year(self, found):
        text = sentences.changes(found)[0]
        by_year = found["dependence_over_time"]["dependence_of_partner_share"]
        assert "Between 1995 and 2011" in text
        start, end = as_percent(text)[:2]
        assert start == pytest.approx(100 * by_year.loc[(1995, "CHN")], abs=0.051)
        assert end == pytest.approx(100 * by_year.loc[(2011, "CHN")], abs=0.051)

    def test_stage_ranges_hold_the_centre(self, found):
        rows = found["stage_linkages"].loc["CHN"]
        assert (rows["backward_normalised_low"] <= rows["backward_normalised"]).all()
        assert (rows["backward_normalised"] <= rows["backward_normalised_high"]).all()
        assert any("nine in ten draws" in sentence for sentence in sentences.stages(found))

    @pytest.mark.parametrize(
        ("low", "high", "wanted"),
        [
            (1.5, 1.1, "The range for emerging lies above those for traditional and future."),
            (1.1, 1.4, "The range for emerging overlaps the others, so the order is not settled"),
            (1.3, 1.4, "The range for emerging lies above that for future, but overlaps that for traditional."),
        ],
    )
    def test_an_order_is_claimed_only_where_ranges_do_not_overlap(self, low, high, wanted):
        rows = pd.DataFrame(
            {"b_low": [low, 0.9, 0.8], "b_high": [1.6, high, 1.2]}, index=["emerging", "traditional", "future"]
        )
        assert wanted in _told_apart(rows, "b", ["emerging", "traditional", "future"])

    def test_nothing_is_said_to_cause_anything(self, found):
        told = briefing.compose(found)
        text = " ".join(sentence for section in told.sections for sentence in section.sentences)
        without_the_disclaimer = text.replace("no sentence here says that one thing caused another", "")
        assert not re.search(r"\b(caus\w+|because of|led to|thanks to|due to)\b", without_the_disclaimer)

    def test_what_one_unit_draws_is_all_of_it(self, world, found):
        """Value added at home and abroad by stage adds up to v'L per unit, the demand-weighted multiplier."""
        drawn = found["focus_stage_spillovers"]
        total = spillovers.matrix(world, by="region-stage", per="demand").loc[:, "CHN"].sum()
        np.testing.assert_allclose(drawn.sum(), total[drawn.columns])

    def test_partners_inside_a_comparator_are_in_the_sum(self, world):
        asked = report.ask(world, partners=["IND", "POL", "BRA"])
        results = report.gather(world, asked)
        assert "the 3 partners" in sentences.partners(results)[0]
        assert any(
            "The European Union is counted without Poland where Poland is the partner" in s
            for s in briefing.compose(results).sections[0].sentences
        )


class TestPage:
    def test_it_is_one_file_without_scripts_or_network(self, written):
        html = written.read_text(encoding="utf-8")
        seen = read(html)
        assert not {"script", "link", "iframe", "object"} & set(seen.tags)
        for _, name, value in seen.attributes:
            if name in ("src", "href"):
                assert value.startswith(("data:image/", "#"))
        assert "url(" not in html
        assert "@import" not in html

    def test_it_can_be_read_on_a_phone(self, written):
        seen = read(written.read_text(encoding="utf-8"))
        assert ("meta", "content", "width=device-width, initial-scale=1") in seen.attributes
        assert seen.tags.count("img") == len(FIGURES)
        boxes = sum(1 for tag, name, value in seen.attributes if tag == "div" and name == "class" and value == "scroll")
        assert boxes == seen.tags.count("table") + seen.tags.count("img")

    def test_every_picture_says_what_it_shows(self, written):
        seen = read(written.read_text(encoding="utf-8"))
        alternatives = [value for tag, name, value in seen.attributes if tag == "img" and name == "alt"]
        assert len(alternatives) == len(FIGURES)
        assert all(len(text) > 30 for text in alternatives)

    def test_it_tells_how_how_sure_and_from_what(self, written):
        text = read(written.read_text(encoding="utf-8")).text
        for part in (
            "What was asked",
            "In brief",
            "How it was computed",
            "How sure it is",
            "Checks of the table",
            "CC BY 4.0",
            "row sums of Z and Y",
            "Value added at basic prices",
            "rest of the world counts as a partner",
            "40, seed 0",
        ):
            assert part in text

    def test_labels_are_escaped(self):
        nasty = "<script>alert('x')</script>"
        Z = pd.DataFrame([[10.0, 20], [30, 10]], index=[nasty, "b & c"], columns=[nasty, "b & c"])
        Y = pd.DataFrame({"final demand": [70.0, 60.0]}, index=Z.index)
        table = iol.MRIOTable.from_frames(Z, Y, unit="M <USD>", name="A & <b>", source="<i>me</i>")
        results = report.gather(table, report.ask(table))
        html = page.render(briefing.compose(results), {}, version="0")
        assert "<script" not in html
        assert "&lt;script&gt;" in html
        assert "A &amp; &lt;b&gt;" in html
        assert not {"b", "i"} & set(read(html).tags)

    def test_parts_that_do_not_apply_say_why(self):
        table = examples.germany_1995()
        told = briefing.compose(report.gather(table, report.ask(table)))
        reasons = {section.key: section.reason for section in told.sections if section.reason}
        assert set(reasons) == {"stages", "partners", "technology", "productivity", "time"}
        assert "multi-regional" in reasons["partners"]
        assert "--stages FILE" in reasons["stages"]
        html = page.render(told, {}, version="0")
        assert html.count("This part is left out.") == 5
        assert "who depends on whom" not in told.subtitle

    def test_own_stage_shares_bring_the_part_back(self):
        table = examples.germany_1995()
        own = pd.DataFrame({"industry": table.industries, "traditional": 0.8, "emerging": 0.15, "future": 0.05})
        results = report.gather(table, report.ask(table, stage_file=own))
        assert "stages" not in results.absent
        assert list(results["focus_stage_spillovers"].index.get_level_values("place").unique()) == ["at home"]
        assert sentences.stages(results)

    def test_a_focus_of_several_regions(self, world):
        asked = report.ask(world, focus="EU", partners="developing")
        told = briefing.compose(report.gather(world, asked))
        assert told.title.startswith("The European Union")
        assert "The European Union is the focus, so it is not a comparator" in " ".join(told.sections[0].sentences)


class TestFiles:
    def test_figures_have_their_three_files(self, written):
        there = {path.name for path in (written.parent / "figures").iterdir()}
        assert there == {f"{key}.{kind}" for key in FIGURES for kind in ("png", "svg", "csv")}

    def test_numbers_beside_a_figure_are_those_of_the_result(self, world, written):
        shown = pd.read_csv(written.parent / "figures" / "dependence.csv")
        wide = shown.pivot(index="partner", columns="economy", values="value")
        trade = ties.bilateral(world, "CHN")
        assert wide.at["BRA", "CHN"] == pytest.approx(
            100 * trade.loc[("CHN", "BRA", "all"), "dependence_of_partner_share"]
        )
        assert set(shown["unit"]) == {"% of the partner's GDP"}
        assert set(shown["year"]) == {2011}

    def test_every_figure_says_unit_year_and_source(self, found):
        for picture in pictures.pictures(found):
            said = picture.draw().figure.get_supxlabel().replace("\n", " ")
            assert "Unit: " in said
            # Growth accounts are a source of their own, and end before the table.
            own = picture.key == "productivity"
            assert ("Source: WIOD socio-economic accounts" if own else "Source: WIOD 2013 release") in said
            assert ("1995 to 2007" if own else "2011") in said
            plt.close("all")

    def test_data_files_hold_the_results(self, world, written):
        data = pd.read_csv(written.parent / "data" / "linkages.csv").set_index(["region", "industry"])
        wanted = linkages.linkages(world)
        np.testing.assert_allclose(data["backward"], wanted["backward"])
        assert data["role"].isna().sum() == (~world.active).sum()

    def test_the_workbook_lists_its_sheets(self, written):
        book = openpyxl.load_workbook(written.parent / "data" / "results.xlsx", read_only=True)
        rows = list(book["contents"].iter_rows(values_only=True))
        assert rows[0] == ("sheet", "what", "unit", "year", "source", "note")
        named = [row[0] for row in rows[1:] if row[0]]
        assert set(named) == set(book.sheetnames) - {"contents"}
        csv = {path.stem for path in (written.parent / "data").glob("*.csv")}
        assert csv | {"table"} == set(named)
        sheet = list(book["dependence_of_partner_share"].iter_rows(values_only=True))
        assert sheet[0] == ("partner", "CHN", "USA", "EU", "JPN")
        assert isinstance(sheet[1][1], float)

    def test_the_same_results_give_the_same_bytes(self, found, tmp_path):
        for name in ("one.xlsx", "two.xlsx"):
            workbook.write_workbook(found, tmp_path / name)
        assert (tmp_path / "one.xlsx").read_bytes() == (tmp_path / "two.xlsx").read_bytes()

    def test_text_like_a_formula_stays_text(self, tmp_path):
        Z = pd.DataFrame([[10.0, 20], [30, 10]], index=["=1+1", "b"], columns=["=1+1", "b"])
        table = iol.MRIOTable.from_frames(Z, pd.DataFrame({"final demand": [70.0, 60.0]}, index=Z.index))
        results = report.gather(table, report.ask(table))
        workbook.write_workbook(results, tmp_path / "book.xlsx")
        cell = openpyxl.load_workbook(tmp_path / "book.xlsx")["linkages"]["B2"]
        assert cell.value == "=1+1"
        assert cell.data_type == "s"

    def test_the_same_question_gives_the_same_numbers(self, world, found):
        again = report.gather(world, report.ask(world, draws=40), earlier=[partial(iol.load, year=1995)])
        for key, result in found.frames.items():
            pd.testing.assert_frame_equal(result.frame, again[key], rtol=0, atol=0)

    def test_another_seed_moves_only_the_ranges(self, world, found):
        other = report.gather(world, report.ask(world, draws=40, seed=1))["stage_linkages"]
        mine = found["stage_linkages"]
        np.testing.assert_array_equal(mine["backward"], other["backward"])
        assert not np.allclose(mine["backward_low"].dropna(), other["backward_low"].dropna())


@settings(max_examples=8)
@given(tables(max_regions=3, max_industries=3), st.booleans())
def test_any_table_can_be_reported(table, staged):
    """Idle industries, one region, stages of which there is nothing: no part fails, none shows a bare NaN."""
    own = pd.DataFrame({"industry": table.industries, "traditional": 0.7, "emerging": 0.3, "future": 0.0})
    asked = report.ask(
        table, focus="R0", partners=table.regions[1:] or None, stage_file=own if staged else None, draws=3
    )
    html = page.render(briefing.compose(report.gather(table, asked)), {}, version="0")
    shown = read(html).text.replace("their measures are NaN", "")
    assert not re.search(r"\b(nan|NaN|inf)\b|^None$", shown, flags=re.MULTILINE)
    assert "In brief" in shown


class TestPictures:
    def test_large_tables_show_the_largest_and_say_so(self):
        rng = np.random.default_rng(0)
        names = [f"industry {k}" for k in range(60)]
        Z = pd.DataFrame(rng.random((60, 60)), index=names, columns=names)
        Y = pd.DataFrame({"final demand": rng.uniform(50, 100, 60)}, index=names)
        table = iol.MRIOTable.from_frames(Z, Y, name="Large")
        results = report.gather(table, report.ask(table))
        drawn = {picture.key: picture.draw() for picture in pictures.pictures(results)}
        assert set(drawn) == {"key_industries", "linkages"}
        assert len(drawn["linkages"].get_yticklabels()) == pictures.MOST_ROWS
        assert "45 of 60 industries" in drawn["linkages"].figure.get_supxlabel().replace("\n", " ")
        assert len(numbers(drawn["key_industries"])) == 60
        plt.close("all")


@pytest.fixture
def small():
    return examples.germany_1995()


class TestOutput:
    def run(self, table, folder, **options):
        return report.write(table, report.ask(table), folder, **options)

    def test_a_new_folder_is_made_with_its_parents(self, small, tmp_path):
        written = self.run(small, tmp_path / "a" / "b")
        assert written == tmp_path / "a" / "b" / "report.html"
        assert sorted(path.name for path in tmp_path.rglob(".writing-*")) == []

    def test_an_earlier_report_is_replaced_and_other_files_stay(self, small, tmp_path):
        self.run(small, tmp_path / "out")
        (tmp_path / "out" / "my notes.txt").write_text("keep me")
        stale = tmp_path / "out" / "figures" / "dependence.png"
        stale.write_text("from an earlier version")
        told = tmp_path / "out" / "report.json"
        names = json.loads(told.read_text())
        told.write_text(json.dumps({**names, "files": [*names["files"], "figures/dependence.png", "../outside.txt"]}))
        (tmp_path / "outside.txt").write_text("not yours")
        self.run(small, tmp_path / "out")
        assert (tmp_path / "out" / "my notes.txt").read_text() == "keep me"
        assert not stale.exists()
        assert (tmp_path / "outside.txt").exists()

    def test_a_folder_of_someone_else_is_refused(self, small, tmp_path):
        (tmp_path / "thesis.tex").write_text("years of work")
        with pytest.raises(OutputError, match=r"thesis.tex.*--overwrite"):
            self.run(small, tmp_path)
        assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]
        self.run(small, tmp_path, overwrite=True)
        assert (tmp_path / "thesis.tex").read_text() == "years of work"
        assert (tmp_path / "report.html").exists()

    def test_an_empty_folder_is_used(self, small, tmp_path):
        (tmp_path / "out").mkdir()
        self.run(small, tmp_path / "out")
        assert (tmp_path / "out" / "report.html").exists()

    def test_a_file_in_the_way_is_an_error(self, small, tmp_path):
        (tmp_path / "out").write_text("")
        with pytest.raises(OutputError, match="is a file"):
            self.run(small, tmp_path / "out")
        with pytest.raises(OutputError, match="Cannot write the folder"):
            self.run(small, tmp_path / "out" / "deeper")

    def test_a_failure_on_the_way_leaves_nothing(self, small, tmp_path, monkeypatch):
        def broken(*_, **__):
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(output.page, "render", broken)
        with pytest.raises(OutputError, match="No space left"):
            self.run(small, tmp_path / "out")
        assert not list(tmp_path.iterdir())

    def test_the_folder_is_tried_before_anything_is_computed(self, small, tmp_path, monkeypatch):
        monkeypatch.setattr(output, "gather", lambda *_, **__: pytest.fail("computed first"))
        (tmp_path / "out").write_text("")
        with pytest.raises(OutputError):
            self.run(small, tmp_path / "out")

    def test_figures_alone(self, small, tmp_path):
        files = output.write_figures(small, report.ask(small), tmp_path / "figures", formats=["svg"])
        assert {path.suffix for path in files} == {".svg", ".csv"}
        assert all(path.exists() for path in files)


class TestFaults:
    """Errors of the table stand at the top, in the words that `check` and the workbook use."""

    @pytest.fixture
    def spoilt(self):
        table = examples.germany_1995()
        x = table.x.copy()
        x.iloc[1] *= 1.3
        return iol.MRIOTable.from_frames(table.Z, table.Y, table.V, x, output="rows", tolerance=float("inf"))

    def test_errors_stand_first(self, spoilt, tmp_path):
        found = iol.checks.run(spoilt)
        errors = found[found["severity"] == "error"]
        warnings = int((found["severity"] == "warning").sum())
        assert len(errors) >= 1
        page_file = report.write(spoilt, report.ask(spoilt), tmp_path / "out")
        text = read(page_file.read_text(encoding="utf-8")).text
        first = text.index(f"The table has {words.counted(len(errors), 'error')}.")
        assert first < text.index("What was asked")
        for name, sentence in zip(errors["check"], errors["finding"], strict=True):
            assert f"Error in the table, {name}: {sentence}".rstrip(".") in text[first : text.index("What was asked")]
        counted = [words.counted(len(errors), "error")] + [words.counted(warnings, "warning")] * (warnings > 0)
        for part in counted:
            assert part in text[text.index("The checks below raise") :].split("\n")[0]
        sheet = openpyxl.load_workbook(tmp_path / "out" / "data" / "results.xlsx")["checks"]
        severities = [row[1].value for row in sheet.iter_rows(min_row=2)]
        assert severities == found["severity"].tolist()

    def test_the_command_still_ends_well(self, run, spoilt, tmp_path, monkeypatch):
        monkeypatch.setattr("io_linkage.readers.load", lambda *_, **__: spoilt)
        assert run("report", "t.csv", "--out", tmp_path / "out").returncode == 0

    def test_a_table_without_errors_says_nothing_of_them(self, found):
        assert not any("Error in the table" in sentence for sentence in briefing.compose(found).brief)


class TestWords:
    @pytest.mark.parametrize(
        ("value", "unit", "wanted"),
        [
            (765960.0, "M USD", "766 billion USD"),
            (1.2, "M USD", "1.2 million USD"),
            (-3e7, "M EUR", "−30 trillion EUR"),
            (5.0, "", "5"),
            (0.0, "M USD", "0 USD"),
            (9e7, "10^4 CNY", "900 billion CNY"),
        ],
    )
    def test_money(self, value, unit, wanted):
        assert words.money(value, unit) == wanted

    def test_partners_by_name(self):
        assert words.partners("brics") == "BRICS partners"
        assert words.partners("IND, BRA") == "partners"
