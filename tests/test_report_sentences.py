"""Each sentence of the report against numbers computed here from Z, Y and x alone, or from the measure it words.

The made table is asymmetric: another side, stage, sign, order, denominator or label gives another number.
"""

from __future__ import annotations

import re
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import pytest

import io_linkage as iol
from io_linkage import linkages, report, spillovers, stages, ties
from io_linkage.errors import OptionError
from io_linkage.report import briefing, sentences, words
from io_linkage.report.sentences.changes import _by_points
from tests import made

N = "\u202f%"


class Oracle:
    """Everything from the published blocks of a table."""

    def __init__(self, table: iol.MRIOTable) -> None:
        self.index = table.index
        Z, Y, x = table.Z.to_numpy(), table.Y.to_numpy(), table.x.to_numpy()
        self.x, self.Y, self.Z = x, Y, Z
        self.L = np.linalg.inv(np.eye(len(x)) - Z / x)
        self.va = x - Z.sum(axis=0)
        self.v = self.va / x
        regions = np.array(table.regions)[table.region_codes]
        self.M = np.array([regions == region for region in table.regions], dtype=float)
        self.backward = pd.Series(self.L.sum(axis=0), self.index)
        self.forward = pd.Series((self.L * x / x[:, None]).sum(axis=1), self.index)
        self.T = pd.DataFrame(self.M @ (self.v[:, None] * (self.L @ Y)), made.REGIONS, made.REGIONS)
        self.E = pd.DataFrame(self.M @ (Z @ self.M.T + Y), made.REGIONS, made.REGIONS)

    def china(self, linkage: pd.Series[float]) -> pd.Series[float]:
        """Linkages of China relative to the mean of its industries."""
        own = linkage.loc["CHN"]
        return own / own.mean()

    def lost(self, industry: str) -> pd.Series[float]:
        """Value added lost everywhere when an industry of China is taken out."""
        j = self.index.get_loc(("CHN", industry))
        return pd.Series(self.v * self.L[:, j] * self.x[j] / self.L[j, j], self.index)

    def depends(self, who: list[str], on: str) -> float:
        """Share of GDP of some regions that is absorbed in another's final demand."""
        return float(self.T.loc[who, on].sum() / self.T.loc[who].to_numpy().sum())


PARTNERS = ["IND", "BRA", "RoW"]


@pytest.fixture(scope="module")
def truth() -> Oracle:
    return Oracle(made.table())


@pytest.fixture(scope="module")
def before() -> Oracle:
    return Oracle(made.table(1995))


@pytest.fixture(scope="module")
def results() -> report.Results:
    asked = report.ask(made.table(), partners=PARTNERS, stage_file=made.stage_file(), draws=20)
    return report.gather(made.table(), asked, earlier=[partial(made.table, 1995)])


@pytest.fixture(scope="module")
def told(results: report.Results) -> dict[str, tuple[str, ...]]:
    composed = briefing.compose(results)
    return {section.key: section.sentences for section in composed.sections} | {"brief": composed.brief}


def starting(lines: tuple[str, ...], part: str) -> str:
    """The one sentence with these words."""
    found = [line for line in lines if part in line]
    assert len(found) == 1, (part, lines)
    return found[0]


def pct(share: float) -> str:
    """A share between 1 and 100 % or below 1 %, as the report writes it."""
    return f"{100 * share:.{1 if 100 * share >= 1 else 2}f}{N}"


class TestIndustries:
    def test_key_industries_in_the_order_of_how_clear_they_are(self, truth: Oracle, told: Any) -> None:
        b, f = truth.china(truth.backward), truth.china(truth.forward)
        clear = np.minimum(b - 1, f - 1)
        order = list(clear[clear > 0].sort_values(ascending=False).index)
        assert len(order) > 3
        shown = [f"{code} ({b[code]:.2f} backward, {f[code]:.2f} forward)" for code in order[:3]]
        text = starting(told["industries"], "key industries")
        assert text.startswith(f"{len(order)} of the 7 industries of China with output are key industries")
        assert text.endswith(f"The clearest cases are {shown[0]}, {shown[1]} and {shown[2]}.")

    def test_strongest_backward(self, truth: Oracle, told: Any) -> None:
        best = str(truth.backward.loc["CHN"].idxmax())
        wanted = (
            f"{best.capitalize()} has the strongest backward linkage: one unit of final demand for its products draws "
            f"{truth.backward[('CHN', best)]:.2f} units of output in all industries everywhere, "
            f"{truth.china(truth.backward)[best]:.2f} times as much as for the average industry of China."
        )
        assert wanted in told["industries"]

    def test_strongest_forward_with_its_caveat(self, truth: Oracle, told: Any) -> None:
        best = str(truth.forward.loc["CHN"].idxmax())
        text = starting(told["industries"], "strongest forward linkage")
        assert text.startswith(f"{best.capitalize()} has the strongest")
        assert f"into {truth.forward[('CHN', best)]:.2f} units of output" in text
        assert f"{truth.china(truth.forward)[best]:.2f} times" in text
        assert "supply-driven reading (Ghosh)" in text
        assert "makes possible" not in " ".join(line for lines in told.values() for line in lines)

    def test_whom_they_draw_on(self, truth: Oracle, told: Any) -> None:
        losses = {code: truth.lost(code) for code in made.INDUSTRIES}
        others = {code: lost.drop(("CHN", code)) for code, lost in losses.items()}
        order = sorted(others, key=lambda code: -others[code].sum())
        va = pd.Series(truth.va, truth.index)
        clauses = []
        for code in order[:3]:
            most = others[code].sort_values(ascending=False).index[:3]
            names = [
                f"{industry}{'' if region == 'CHN' else f' in {words.economy(region)}'} "
                f"({pct(losses[code][region, industry] / va[region, industry])})"
                for region, industry in most
            ]
            clauses.append(f"{code} draws most on {names[0]}, {names[1]} and {names[2]}")
        assert f"missing without it, {'; '.join(clauses)}." in starting(told["industries"], "draws most on")

    def test_most_value_added_of_others_behind_it(self, truth: Oracle, told: Any) -> None:
        best, home, abroad = "", 0.0, 0.0
        for code in made.INDUSTRIES:
            lost = truth.lost(code)
            at_home = lost.loc["CHN"].sum() - lost["CHN", code]
            if at_home + lost.sum() - lost.loc["CHN"].sum() > home + abroad:
                best, home, abroad = code, at_home, lost.sum() - lost.loc["CHN"].sum()
        text = starting(told["industries"], "most value added of other industries")
        assert text.startswith(
            f"{best.capitalize()} has the most value added of other industries behind it, "
            f"{words.money(home, 'M USD')} elsewhere in China and {words.money(abroad, 'M USD')} in other economies"
        )

    def test_of_several_regions_each_against_its_own(self, truth: Oracle) -> None:
        asked = report.ask(made.table(), focus="brics", partners="USA", stage_file=made.stage_file(), draws=2)
        lines = sentences.industries(report.gather(made.table(), asked))
        members = truth.backward.loc[["CHN", "IND", "BRA"]]
        region, code = members.idxmax()
        relative = members[region, code] / members.loc[region].mean()
        text = next(line for line in lines if "strongest backward" in line)
        assert text.startswith(f"{code} in {words.economy(region)} has")
        assert f"{relative:.2f} times as much as for the average industry of {words.economy(region)}." in text


class TestStages:
    def test_composition(self, told: Any) -> None:
        table = made.table()
        W = stages.weights(table, stage_file=made.stage_file())
        x = table.x.loc["CHN"]
        share = W.loc["CHN"].mul(x, axis=0).sum() / x.sum()
        made_of = stages.composition(table, draws=20, seed=0, stage_file=made.stage_file()).loc["CHN"]
        parts = [
            f"{stage} {pct(share[stage])} ({pct(made_of.at[stage, 'low'])} to {pct(made_of.at[stage, 'high'])})"
            for stage in ("traditional", "emerging", "future")
        ]
        assert f"The output of China by stage of the industry: {parts[0]}, {parts[1]} and {parts[2]}." in starting(
            told["stages"], "by stage of the industry"
        )

    @pytest.mark.parametrize("side", ["backward", "forward"])
    def test_linkages_in_order_with_ranges(self, told: Any, side: str) -> None:
        table = made.table()
        W = stages.weights(table, stage_file=made.stage_file())
        drawn = stages.draws(table, draws=20, seed=0, stage_file=made.stage_file())
        linked = linkages.by_stage(table, regions="CHN", stage_weights=W, draws=drawn).loc["CHN"]
        column = f"{side}_normalised"
        order = linked[column].sort_values(ascending=False)
        parts = [
            f"{stage} {value:.2f} ({linked.at[stage, f'{column}_low']:.2f} to {linked.at[stage, f'{column}_high']:.2f})"
            for stage, value in order.items()
        ]
        text = starting(told["stages"], f"{side.capitalize()} linkages by stage")
        assert f"the average of China: {parts[0]}, {parts[1]} and {parts[2]}. " in text
        first, *others = order.index
        clear = [s for s in others if linked.at[first, f"{column}_low"] > linked.at[s, f"{column}_high"]]
        assert ("lies above" in text) == bool(clear)
        for stage in clear:
            assert f"for {first} lies above" in text
            assert stage in text.split("lies above")[1].split("overlaps")[0]

    def test_what_stages_do_for_one_another(self, truth: Oracle, told: Any) -> None:
        table = made.table()
        W = stages.weights(table, stage_file=made.stage_file())
        own = np.asarray(table.region_codes) == 0
        demand = W.mul(np.where(own, truth.Y.sum(axis=1), 0.0), axis=0)
        arises = truth.v[:, None] * (truth.L @ demand.to_numpy())
        home = pd.DataFrame(W.to_numpy()[own].T @ arises[own], W.columns, W.columns) / demand.sum() * 100
        abroad = pd.Series(arises[~own].sum(axis=0), W.columns) / demand.sum() * 100
        text = starting(told["stages"], "Of 100 of final demand")
        central = [float(number) for number in re.findall(r"([\d.]+) \([\d.]+ to [\d.]+\)", text)]
        wanted = [
            home.at["traditional", "emerging"],
            home.at["emerging", "emerging"],
            home.at["emerging", "traditional"],
            abroad["emerging"],
            abroad["traditional"],
        ]
        np.testing.assert_allclose(central, wanted, atol=0.0501)
        ranges = spillovers.home_and_abroad(table, ["CHN"], draws=20, seed=0, stage_file=made.stage_file()) * 100
        low, high = ranges.loc[("at home", "traditional", "emerging"), ["low", "high"]]
        assert f"({low:.1f} to {high:.1f}) become value added in its traditional industries" in text

    def test_a_file_without_ranges_has_none(self) -> None:
        own = made.stage_file()[["industry", "traditional", "emerging", "future"]]
        asked = report.ask(made.table(), partners=PARTNERS, stage_file=own, draws=5)
        composed = briefing.compose(report.gather(made.table(), asked))
        section = next(section for section in composed.sections if section.key == "stages")
        assert "gives no ranges" in section.lead
        assert not any(" to " in cell for view in section.views for row in view.rows for cell in row)
        assert not re.search(r"\([\d.]+", " ".join(section.sentences))


class TestPartners:
    def test_dependence_both_ways_with_and_without_the_rest(self, truth: Oracle, told: Any) -> None:
        named = ["IND", "BRA"]
        assert told["partners"][0] == (
            f"{pct(truth.depends(PARTNERS, 'CHN'))} of the GDP of the 3 partners is absorbed in the final demand of "
            f"China ({pct(truth.depends(named, 'CHN'))} without the rest of the world), against "
            f"{pct(truth.depends(PARTNERS, 'USA'))} in that of the United States."
        )
        whole, part = (truth.T.loc["CHN", who].sum() / truth.T.loc["CHN"].sum() for who in (PARTNERS, named))
        assert told["partners"][1] == (
            f"Conversely, {pct(whole)} of the GDP of China is absorbed in their final demand ({pct(part)} without the "
            "rest of the world)."
        )
        assert told["partners"][0] in told["brief"]
        assert told["partners"][1] in told["brief"]

    def test_largest_smallest_and_who_depends_more(self, truth: Oracle, told: Any) -> None:
        on_china = pd.Series({who: truth.depends([who], "CHN") for who in PARTNERS})
        on_them = pd.Series({who: truth.depends(["CHN"], who) for who in PARTNERS})
        more = int((on_china > on_them).sum())
        counted = {0: "None of the 3 partners depends", 1: "1 of the 3 partners depends", 3: "All 3 partners depend"}
        assert told["partners"][2] == (
            f"The share is largest in {words.economy(on_china.idxmax())} ({pct(on_china.max())} of its GDP) and "
            f"smallest in {words.economy(on_china.idxmin())} ({pct(on_china.min())}). "
            f"{counted.get(more, '2 of the 3 partners depend')} more on the final demand of China than the other way "
            "round, each by the share of its own GDP."
        )

    def test_for_whom_it_is_the_largest_market(self, truth: Oracle, told: Any) -> None:
        leading = [who for who in PARTNERS if truth.depends([who], "CHN") > truth.depends([who], "USA")]
        whom = words.listed(map(words.economy, leading)) if leading else "none of the partners"
        whom = "all 3 partners" if len(leading) == 3 else whom
        assert told["partners"][3] == f"Of the 2 markets compared, China is the largest for {whom}."

    def test_trade_gross_and_in_value_added(self, truth: Oracle, told: Any) -> None:
        sold, bought = truth.E.loc["CHN", PARTNERS].sum(), truth.E.loc[PARTNERS, "CHN"].sum()
        net = truth.T.loc["CHN", PARTNERS].sum() - truth.T.loc[PARTNERS, "CHN"].sum()

        def balance(value: float) -> str:
            return f"a {'surplus' if value > 0 else 'deficit'} of {words.money(abs(value), 'M USD')}"

        assert told["partners"][4] == (
            f"China sells {words.money(sold, 'M USD')} to the 3 partners and buys {words.money(bought, 'M USD')} from "
            f"them, {balance(sold - bought)}; counted in value added, {balance(net)}."
        )

    def test_stages_of_what_is_traded(self, told: Any) -> None:
        W = stages.weights(made.table(), stage_file=made.stage_file())
        trade = ties.bilateral(made.table(), "CHN", partners=PARTNERS, stage_weights=W).loc["CHN"].loc["all"]
        sold = trade["value_added_exports"] / trade.at["all", "value_added_exports"]
        bought = trade["value_added_imports"] / trade.at["all", "value_added_imports"]
        parts = [f"{s} {pct(sold[s])} against {pct(bought[s])}" for s in ("traditional", "emerging", "future")]
        assert told["partners"][5].startswith("Value added of China that ends up in their final demand, against their")
        assert told["partners"][5].endswith(f": {parts[0]}, {parts[1]} and {parts[2]}.")

    def test_one_partner_is_it(self, truth: Oracle) -> None:
        asked = report.ask(made.table(), partners="BRA", stage_file=made.stage_file(), draws=2)
        composed = briefing.compose(report.gather(made.table(), asked, earlier=[partial(made.table, 1995)]))
        assert composed.title == "China and Brazil, 2011"
        text = " ".join(line for section in composed.sections for line in section.sentences)
        assert "The partner is Brazil." in text
        assert "from it, " in text
        assert not re.search(r"\b(their|theirs|them)\b", " ".join(composed.brief[4:]))
        assert f"{pct(truth.depends(['BRA'], 'CHN'))} of the GDP of Brazil is absorbed" in text

    def test_the_rest_in_or_out(self, truth: Oracle) -> None:
        def first(rest: Any) -> str:
            asked = report.ask(made.table(), partners=PARTNERS, stage_file=made.stage_file(), draws=2, rest=rest)
            return sentences.partners(report.gather(made.table(), asked))[0]

        assert f"{pct(truth.depends(PARTNERS, 'CHN'))} of the GDP of the 3 partners" in first("in")
        assert "without" not in first("in")
        assert f"{pct(truth.depends(['IND', 'BRA'], 'CHN'))} of the GDP of the 2 partners" in first("out")
        with pytest.raises(OptionError, match="--rest out"):
            report.ask(made.table(), partners="RoW", rest="out")
        with pytest.raises(OptionError, match="rest"):
            report.ask(made.table(), rest="both ways")


class TestChanges:
    def test_dependence(self, truth: Oracle, before: Oracle, told: Any) -> None:
        start, end = before.depends(PARTNERS, "CHN"), truth.depends(PARTNERS, "CHN")
        usa = before.depends(PARTNERS, "USA"), truth.depends(PARTNERS, "USA")
        back, now = (one.T.loc["CHN", PARTNERS].sum() / one.T.loc["CHN"].sum() for one in (before, truth))

        def moved(first: float, last: float) -> str:
            return f"{'rose' if last > first else 'fell'} from {pct(first)} to {pct(last)}"

        assert told["time"][0].startswith(
            "Between 1995 and 2011 the share of the GDP of the 3 partners that is absorbed in the final demand of "
            f"China {moved(start, end)} ({words.points(end - start)}); in that of the United States it {moved(*usa)}."
        )
        assert told["time"][1] == (
            f"The share of the GDP of China absorbed in their final demand {moved(back, now)} "
            f"({words.points(now - back)})."
        )

    def test_output_drawn_by_stage(self, told: Any) -> None:
        parts = []
        for stage in ("traditional", "emerging", "future"):
            values = []
            for year in (1995, 2011):
                table, one = made.table(year), Oracle(made.table(year))
                weight = stages.weights(table, stage_file=made.stage_file()).loc["CHN", stage] * table.x.loc["CHN"]
                values.append(float((weight * one.backward.loc["CHN"]).sum() / weight.sum()))
            parts.append(f"{stage} {values[0]:.2f} in 1995 and {values[1]:.2f} in 2011")
        assert told["time"][2].endswith(f"weighted by output: {parts[0]}, {parts[1]} and {parts[2]}.")

    @pytest.mark.parametrize(
        ("pair", "text"),
        [
            ((0.0546, 0.0545), f"stayed at 5.5{N}"),
            ((0.02, 0.03), f"rose from 2.0{N} to 3.0{N}"),
            ((0.03, 0.02), f"fell from 3.0{N} to 2.0{N}"),
            ((0.00996, 0.01001), f"stayed at 1.0{N}"),
            ((float("nan"), 0.02), f"went from no figure to 2.0{N}"),
            ((float("nan"), float("nan")), "has no figure in either year"),
        ],
    )
    def test_words_for_a_change(self, pair: tuple[float, float], text: str) -> None:
        assert words.moved(*pair) == text


class TestShippedTable:
    """The partners that were counted one way and summed another, with their right numbers."""

    def lines(self, world: iol.MRIOTable, partners: Any, **options: Any) -> tuple[report.Results, list[str]]:
        results = report.gather(world, report.ask(world, partners=partners, draws=2, **options))
        return results, sentences.partners(results)

    def test_members_of_the_eu(self, world: iol.MRIOTable) -> None:
        _, lines = self.lines(world, "EU")
        assert lines[0].startswith(f"1.6{N} of the GDP of the 7 EU partners")
        trade = next(line for line in lines if "sells" in line)
        assert trade.startswith("China sells 445 billion USD to the 7 EU partners and buys 324 billion USD from them")

    @pytest.mark.parametrize(
        ("partners", "year"),
        [("EU", None), ("belt_and_road", 2023), ("OECD", None), ("G7", None), (["USA", "JPN"], None)],
    )
    def test_counts_and_sums_are_of_the_same_partners(
        self, world: iol.MRIOTable, partners: Any, year: int | None
    ) -> None:
        results, lines = self.lines(world, partners, membership_year=year)
        chosen = list(results.question.partners)
        count = len(chosen)
        trade = ties.bilateral(world, "CHN", partners=chosen, comparators=(), by_stage=False)
        one_by_one = trade.loc["CHN"].drop("all", level="partner")
        sold = words.money(one_by_one["exports"].sum(), "M USD")
        assert f"China sells {sold} to the {count} " in " ".join(lines)
        assert re.search(rf"(\d+ of the {count}|[Aa]ll {count}|Both) partners depend", " ".join(lines))
        assert "no figure" not in " ".join(lines)
        if partners == ["USA", "JPN"]:
            S = spillovers.matrix(world)
            japan, usa = S.at["JPN", "USA"] / S.loc["JPN"].sum(), S.at["USA", "JPN"] / S.loc["USA"].sum()
            assert f"{pct(japan)} in that of the United States (of the GDP of Japan alone)" in lines[0]
            assert f"{pct(usa)} in that of Japan (of the GDP of the United States alone)" in lines[0]

    def test_groups_keep_one_membership_over_the_years_and_say_which(self, world: iol.MRIOTable) -> None:
        results = report.gather(world, report.ask(world, draws=2), earlier=[partial(iol.load, year=1995)])
        text = sentences.changes(results)[0]
        early = ties.bilateral(
            iol.load(year=1995), "CHN", partners=list(results.question.partners), by_stage=False, membership_year=2011
        )
        share = early.loc[("EU", "all", "all"), "dependence_of_partner_share"]
        assert f"in that of the European Union it rose from {pct(share)} to" in text
        assert text.endswith("Groups have the members of 2011 in every year.")

    def test_members_that_the_table_does_not_show(self, world: iol.MRIOTable) -> None:
        results = report.gather(world, report.ask(world, partners="asean", draws=2))
        asked = briefing.compose(results).sections[0].sentences
        assert any(
            "ASEAN: 1 of 10 members is shown, the others are within the rest of the world" in line for line in asked
        )


class TestWholeSentences:
    """Sentences from their first word to their last, where a piece could go missing without a number changing."""

    def test_the_most_behind_it(self, truth: Oracle, told: Any) -> None:
        losses = {code: truth.lost(code).drop(("CHN", code)) for code in made.INDUSTRIES}
        best = max(losses, key=lambda code: losses[code].sum())
        home, abroad = losses[best].loc["CHN"].sum(), losses[best].drop("CHN", level=0).sum()
        text = starting(told["industries"], "has the most value added of other industries behind it")
        assert text.startswith(
            f"{best.capitalize()} has the most value added of other industries behind it, "
            f"{words.money(home, 'M USD')} elsewhere in China and {words.money(abroad, 'M USD')} in other economies: "
        )

    def test_points_stand_beside_each_change_and_only_there(self) -> None:
        assert _by_points(0.01, 0.03).endswith(" (+2.0 percentage points)")
        assert _by_points(0.03, 0.01).endswith(" (\u22122.0 percentage points)")
        assert "(" not in _by_points(0.03, 0.03)

    def test_ranges_are_told_apart_beside_linkages(self, told: Any) -> None:
        for side in ("Backward", "Forward"):
            text = starting(told["stages"], f"{side} linkages by stage")
            assert re.search(r"\. The range for \w+ (lies above|overlaps)", text), text
