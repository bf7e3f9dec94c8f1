"""Gross trade of the report beyond the table's years: numbers, the break of source, the sentence."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

import io_linkage as iol
from io_linkage import figures, report, trade
from io_linkage.errors import OptionError
from io_linkage.figures.saving import numbers
from io_linkage.report import gross_trade, pictures, sentences, words
from io_linkage.report import question as questions


@pytest.fixture(scope="module")
def results():
    world = iol.load()
    return report.gather(world, report.ask(world, draws=3), earlier=[lambda: iol.load(year=1995)])


def test_both_sources_have_their_own_numbers(results):
    frame = results["gross_trade_over_time"]
    account = trade.bilateral(trade.load(), "CHN", by="total", membership_year=2011)
    wanted = account.xs(("CHN", "all", "all"), level=["economy", "partner", "product"])["partner_imports_share"]
    held = frame.xs(("continued", "CHN"), level=["account", "economy"])["partner_imports_share"]
    pd.testing.assert_series_equal(held, wanted, check_names=False)
    tables = trade.of_tables([iol.load(year=1995), iol.load()])
    own = trade.bilateral(tables, "CHN", by="total", membership_year=2011).loc[(2011, "CHN", "all", "all")]
    assert frame.loc[("table", 2011, "CHN"), "partner_imports_share"] == own["partner_imports_share"]
    assert "gross trade" in frame.attrs["measure"]
    assert "value added" not in frame.attrs["measure"]


def test_the_sentence_says_both_numbers_of_the_break(results):
    (text,) = [line for line in sentences.changes(results) if "Gross trade goes on" in line]
    frame = results["gross_trade_over_time"]["partner_imports_share"]
    for key in (("continued", 2011), ("continued", 2022), ("table", 2011)):
        assert words.percent(frame[(*key, "CHN")]) in text
    assert "not value added" in text
    assert "do not join" in text


def test_the_figure_draws_the_break(results):
    (picture,) = [one for one in pictures.pictures(results) if one.key == "gross_trade_over_time"]
    ax = picture.draw()
    assert [line.get_xdata()[0] for line in ax.lines if line.get_linestyle() == ":"] == [2011]
    shown = numbers(ax)["value"]
    frame = results["gross_trade_over_time"]["partner_imports_share"]
    assert shown[("continued", 2022, "CHN")] == pytest.approx(100 * frame["continued", 2022, "CHN"])
    assert shown[("result", 1995, "USA")] == pytest.approx(100 * frame["table", 1995, "USA"])
    text = " ".join(" ".join(one.get_text().split()) for one in ax.figure.texts)
    assert "another source from 2011 on" in text
    assert "OECD (2025)" in text
    plt.close("all")


def test_lines_of_the_other_source_are_open_and_apart():
    years = pd.Index([1995, 2011], name="year")
    first = pd.DataFrame({"CHN": [1.0, 2.0], "USA": [3.0, 2.5]}, index=years)
    second = pd.DataFrame({"USA": [2.0, 1.0], "CHN": [4.0, 6.0]}, index=pd.Index([2011, 2022], name="year"))
    ax = figures.time_lines(first, continued=second)
    held = [line for line in ax.lines if line.get_linestyle() != ":"]
    opened = [line for line in held if line.get_markerfacecolor() == "white"]
    assert [list(line.get_ydata()) for line in opened] == [[4.0, 6.0], [2.0, 1.0]]
    assert {line.get_color() for line in opened} == {line.get_color() for line in held}
    assert {text.get_text(): text.xy[1] for text in ax.texts} == {"China": 6.0, "USA": 1.0}
    assert np.isclose(ax.get_ylim()[1], 6.0 * 1.05)
    with pytest.raises(OptionError, match=r"other lines than the result \(USA\)"):
        figures.time_lines(first, continued=second[["CHN"]])
    plt.close("all")


def test_only_the_shipped_table_is_continued():
    world = iol.load()
    other = world.replace(source="my own")
    assert gross_trade.over_time(other, questions.ask(other, draws=3), [other]) is None
    without = questions.ask(world, partners="EUE", draws=3)
    assert gross_trade.over_time(world, without, [world]) is None
