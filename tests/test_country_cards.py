"""Country cards: every number of them and of their figure, recomputed."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

import io_linkage as iol
from io_linkage import figures, stages, upgrading
from io_linkage import value_added as va
from io_linkage.errors import ComparisonError, OptionError
from io_linkage.figures.naming import shown
from io_linkage.figures.saving import numbers
from io_linkage.upgrading import CountryCard
from tests.examples import germany_1995, leather
from tests.oracles import Literal

YEARS = (1995, 2008, 2011)


@pytest.fixture(scope="module")
def card() -> CountryCard:
    return upgrading.country_card((iol.load(year=year) for year in YEARS), "China", frontier=["USA", "JPN"])


@pytest.fixture(scope="module")
def drawn(card) -> Iterator[dict[str, object]]:
    """Axes of the card's figure by their titles."""
    import matplotlib.pyplot as plt

    figure = figures.country_card(card)
    yield {ax.get_title(loc="left"): ax for ax in figure.axes}
    plt.close("all")


def written_out(table) -> tuple[Literal, int]:
    v = np.divide(table.va, table.accounts.x, out=np.zeros(len(table.index)), where=table.accounts.x > 0)
    return Literal(table, np.asarray(v)), table.regions.index("CHN")


def test_profile_and_frontier_of_each_year(card):
    assert (card.region, card.label, card.attrs["years"]) == ("CHN", "China", list(YEARS))
    assert card.attrs["frontier"] == ["USA", "JPN"]
    for year in YEARS:
        expected = upgrading.lock_in(iol.load(year=year), regions=["CHN"], frontier=["USA", "JPN"])
        for part, row in ((card.profile, "CHN"), (card.frontier, "frontier")):
            assert_allclose(part.loc[year], expected.loc[row])


def test_position_and_exports_of_each_year(card):
    for year in YEARS:
        table = iol.load(year=year)
        x = table.accounts.x
        A, B = (table.accounts.Z / np.where(by > 0, by, 1) for by in (x, x[:, None]))
        ahead = np.linalg.solve(np.eye(len(x)) - B, np.ones(len(x)))
        behind = np.linalg.solve(np.eye(len(x)) - A.T, np.ones(len(x)))
        own = table.region_codes == table.regions.index("CHN")
        assert card.position.loc[year, "upstreamness"] == pytest.approx((x * ahead)[own].sum() / x[own].sum())
        assert card.position.loc[year, "downstreamness"] == pytest.approx((x * behind)[own].sum() / x[own].sum())
        terms = va.participation(table).loc["CHN"]
        for name in ("traditional", "pure_forward", "pure_backward", "two_sided", "NON_VA"):
            assert card.exports.loc[year, name] == pytest.approx(terms[name])
    assert_allclose(card.exports.sum(axis=1), 1.0, rtol=1e-9)


def test_industries_of_the_last_year(card):
    table = iol.load()
    written, s = written_out(table)
    at, industries = written.at[s], table.index[written.at[s]].get_level_values("industry")
    exports, earned = written.E_all(s), written.v[at] * (written.M(s) @ written.E_all(s))
    active = table.active[at]
    assert list(card.industries.index) == list(industries[active])
    assert_allclose(card.industries["exports"], exports[active])
    assert_allclose(card.industries["value_added"], earned[active])
    gross = np.stack([written.E_all(r) for r in range(written.G)])
    made = np.stack([written.v[written.at[r]] * (written.M(r) @ gross[r]) for r in range(written.G)])
    for name, X in (("advantage_gross", gross), ("advantage", made)):
        expected = (X[s] / X[s].sum()) / (X.sum(axis=0) / X.sum())
        assert_allclose(card.industries[name], expected[active])
    assert_allclose(card.industries["upstreamness"], iol.position.upstreamness(table)["CHN"][active])
    assert_allclose(card.industries[list(stages.STAGES)], stages.weights(table).loc["CHN"][active])


def test_partners_of_the_last_year(card):
    table = iol.load()
    written, s = written_out(table)
    exports, others = written.E_all(s), written.others(s)
    origins = {
        table.regions[t]: written.v[written.at[t]] @ written.block(written.L, t, s) @ exports / exports.sum()
        for t in others
    }
    absorbed = {table.regions[t]: written.v[written.at[s]] @ written.L[written.at[s]] @ written.Y[:, t] for t in others}
    for part, expected in ((card.origins, origins), (card.destinations, absorbed)):
        ordered = pd.Series(expected).sort_values(ascending=False)
        if part is card.destinations:
            ordered /= ordered.sum()
        assert list(part.index) == list(ordered.index)
        assert_allclose(part, ordered)
    assert set(card.frames()) == {
        "profile",
        "frontier",
        "position",
        "exports",
        "industries",
        "origins",
        "destinations",
    }


def test_the_frontier_has_the_members_of_the_last_year():
    years = [iol.load(year=year) for year in (1995, 2008)]
    found = upgrading.country_card(iter(years), "CHN", frontier="eu")
    assert found.attrs["frontier"] == iol.economies.resolve(years[1], "eu")
    assert found.attrs["membership_year"] == 2008
    fixed = upgrading.lock_in(years[0], regions=["CHN"], frontier="eu", membership_year=2008)
    assert_allclose(found.frontier.loc[1995], fixed.loc["frontier"])
    own = upgrading.country_card(years, "CHN", frontier="eu", membership_year=1995)
    assert own.attrs["frontier"] == iol.economies.resolve(years[0], "eu")


def test_a_card_is_for_one_country(world):
    with pytest.raises(OptionError, match="for one of them"):
        upgrading.country_card(world, "G7")
    with pytest.raises(OptionError, match="No table"):
        upgrading.country_card([], "CHN")
    with pytest.raises(OptionError, match="no year"):
        upgrading.country_card(leather(), "Turkey", frontier=["Germany"])
    with pytest.raises(ComparisonError):
        upgrading.country_card([world, germany_1995()], "CHN")


# The figure.


def cells(ax) -> dict[tuple[float, float], str]:
    return {(round(t.get_position()[0], 3), t.get_position()[1]): t.get_text() for t in ax.texts}


def as_written(value: float, kind: str) -> str:
    if np.isnan(value):
        return "–"
    return {"%": f"{100 * value:.1f} %", "amount": f"{value:,.1f}", "": f"{value:.2f}"}[kind]


ROWS = {
    "high_stage": ("Emerging and future, of exported value added", "%"),
    "high_tech": ("High-tech, of exported value added", "%"),
    "dva_share": ("Domestic value added in exports", "%"),
    "skill": ("High-skilled hours in work for exports", "%"),
    "backward": ("Backward participation", "%"),
    "forward": ("Forward participation", "%"),
    "upstreamness": ("Upstreamness of exports, stages", ""),
    "gvc_position": ("Position: length ahead / length behind", ""),
    "va_per_job": ("Value added per job in exports", "amount"),
}


def test_the_profile_shows_each_year_under_its_own_name(card, drawn):
    text = cells(drawn["Profile"])
    heads = {x: t for (x, y), t in text.items() if y < 0 and x < 0.75}
    assert heads == {0.48: "1995", 0.58: "2011", 0.7: "frontier 2011"}
    for k, (indicator, (label, kind)) in enumerate(ROWS.items()):
        # Hours by skill end before 2011: the figure of 2008 says that it is of 2008.
        last = 2008 if indicator == "skill" else 2011
        assert text[0.0, k] == label
        assert text[0.48, k] == as_written(card.profile.loc[1995, indicator], kind)
        assert text[0.58, k] == as_written(card.profile.loc[last, indicator], kind)
        assert text[0.7, k] == as_written(card.frontier.loc[last, indicator], kind)
        assert text.get((0.585, k)) == (None if last == 2011 else "2008")
        ratio = card.profile[indicator] / card.frontier[indicator]
        marks = [line for line in drawn["Profile"].lines if set(line.get_ydata()) == {k}]
        across, first, end = (line.get_xdata() for line in marks)
        expected = [0.75 + 0.15 * min(ratio[year], 1.6) for year in (1995, last)]
        assert_allclose(across, expected)
        assert_allclose([first[0], end[0]], expected)
        assert [m.get_markerfacecolor() for m in marks[1:]] == ["white", marks[0].get_color()]


def test_a_figure_of_the_first_year_alone_is_not_shown_under_the_last():
    later = upgrading.country_card((iol.load(year=year) for year in (1995, 2011)), "CHN")
    assert later.profile["skill"].notna().tolist() == [True, False]
    figure = figures.country_card(later)
    text = cells(figure.axes[0])
    k = list(ROWS).index("skill")
    assert text[0.48, k] == as_written(later.profile.loc[1995, "skill"], "%")
    assert (text[0.58, k], text[0.7, k]) == ("–", "–")
    assert text[0.0, k] == "High-skilled hours in work for exports"
    assert (0.585, k) not in text
    assert "Where a year stands beside" not in figure.get_supxlabel()


def test_the_export_bars_are_the_terms_of_each_year(card, drawn):
    ax = drawn["Gross exports, %"]
    bottom = np.zeros(len(YEARS))
    labels = {
        "traditional": "Traditional trade",
        "pure_forward": "Chains: supplying",
        "two_sided": "Chains: both sides",
        "pure_backward": "Chains: building on imports",
        "NON_VA": "Taxes and margins",
    }
    assert len(ax.containers) == len(labels)
    for bars, term in zip(ax.containers, labels, strict=True):
        assert_allclose([bar.get_height() for bar in bars], 100 * card.exports[term])
        assert_allclose([bar.get_y() for bar in bars], bottom, atol=1e-9)
        assert bars.get_label() == labels[term]
        bottom += 100 * card.exports[term].to_numpy()
    assert [tick.get_text() for tick in ax.get_xticklabels()] == ["1995", "2008", "2011"]


def test_the_lines_of_stages_are_own_and_frontier(card, drawn):
    lines = {line.get_label(): line for line in drawn["Emerging and future industries, %"].lines}
    for label, frame in (("China", card.profile), ("frontier", card.frontier)):
        assert list(lines[label].get_xdata()) == list(YEARS)
        assert_allclose(lines[label].get_ydata(), 100 * frame["high_stage"])


def test_the_bars_of_industries_are_value_added_and_gross_exports(card, drawn):
    ax = drawn["Industries: shares of exports, %"]
    shares = card.industries[["value_added", "exports"]] / card.industries[["value_added", "exports"]].sum()
    largest = shares.max(axis=1).nlargest(10).index
    order = shares["value_added"].loc[largest].sort_values(ascending=False).index
    assert [tick.get_text() for tick in ax.get_yticklabels()] == shown(list(order))
    bars = {bars.get_label(): [bar.get_width() for bar in bars] for bars in ax.containers}
    assert_allclose(bars["value added"], 100 * shares.loc[order, "value_added"])
    assert_allclose(bars["gross exports"], 100 * shares.loc[order, "exports"])
    assert ax.yaxis_inverted()
    colours = {bars.get_label(): bars[0].get_facecolor() for bars in ax.containers}
    named = {t.get_text(): h.get_facecolor() for t, h in zip(*legend(ax), strict=True)}
    assert named == colours


def test_the_bars_of_partners_go_left_for_origins_and_right_for_destinations(card, drawn):
    ax = drawn["Partners: shares, %"]
    origins = card.origins / card.origins.sum()
    both = pd.DataFrame({"from": origins, "to": card.destinations})
    order = both.loc[both.max(axis=1).nlargest(8).index, "to"].sort_values(ascending=False).index
    assert [tick.get_text() for tick in ax.get_yticklabels()] == shown(list(order))
    bars = {bars.get_label(): [bar.get_width() for bar in bars] for bars in ax.containers}
    assert_allclose(bars["foreign value added in exports"], -100 * origins[order])
    assert_allclose(bars["value added absorbed abroad"], 100 * card.destinations[order])
    assert ax.get_xlabel() == "foreign value added from  |  own value added to"
    assert ax.xaxis.get_major_formatter()(-20, 0) == "20"


def legend(ax):
    box = ax.get_legend()
    return box.get_texts(), box.get_patches()


def test_the_card_says_who_and_when_and_saves_its_numbers(card, tmp_path):
    import matplotlib.pyplot as plt

    figure = figures.country_card(card)
    assert figure.get_suptitle() == "China in value chains, 1995 to 2011"
    text = figure.get_supxlabel().replace("\n", " ")
    assert "Frontier: USA, Japan taken together, in all years" in text
    assert "Where a year stands beside a figure" in text
    assert "Industries and partners: 2011" in text
    shown_numbers = numbers(figure)
    assert_allclose(shown_numbers.loc["own"], card.profile.T)
    assert_allclose(shown_numbers.loc["frontier"], card.frontier.T)
    assert {path.suffix for path in figures.save(figure, tmp_path / "card")} == {".png", ".svg", ".csv"}
    figures.country_card(upgrading.country_card(iol.load(year=2008), "MEX"))
    plt.close("all")


def test_a_card_follows_the_stages_of_a_file():
    import matplotlib.pyplot as plt
    from matplotlib.text import Text

    world = iol.load()
    file = pd.DataFrame({"industry": world.industries, "old": 0.7, "new_style": 0.3, "high_tech": 0.2})
    found = upgrading.country_card(world, "CHN", frontier=["USA"], stage_file=file)
    assert list(found.profile.columns[:3]) == ["old", "new_style", "high_stage"]
    assert found.profile[["old", "new_style", "high_stage", "high_tech"]].iloc[0].tolist() == pytest.approx(
        [0.7, 0.3, 0.3, 0.2]
    )
    assert (found.industries["new_style"] == 0.3).all()
    figure = figures.country_card(found)
    texts = [text.get_text() for text in figure.findobj(lambda artist: isinstance(artist, Text))]
    assert "New style, of exported value added" in texts
    assert "New style industries, %" in texts
    plt.close(figure)
