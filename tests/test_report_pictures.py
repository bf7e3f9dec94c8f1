"""Each figure of the report against numbers computed from Z, Y and x: values, positions, labels and sizes."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

import io_linkage as iol
from io_linkage import linkages, report, stages
from io_linkage.figures.saving import numbers
from io_linkage.report import pictures
from tests import made
from tests.test_report_sentences import PARTNERS, Oracle


@pytest.fixture(scope="module")
def drawn() -> Iterator[dict[str, Any]]:
    asked = report.ask(made.table(), partners=PARTNERS, stage_file=made.stage_file(), draws=20)
    results = report.gather(made.table(), asked, earlier=[partial(made.table, 1995)])
    yield {picture.key: picture.draw() for picture in pictures.pictures(results)}
    plt.close("all")


@pytest.fixture(scope="module")
def truth() -> Oracle:
    return Oracle(made.table())


def cells(ax: Any) -> pd.DataFrame:
    """Texts of a heatmap's cells by the labels beside them."""
    columns = [text.get_text().replace("\n", " ") for text in ax.get_xticklabels()]
    rows = [text.get_text().replace("\n", " ") for text in ax.get_yticklabels()]
    frame = pd.DataFrame("", rows, columns)
    for text in ax.texts:
        x, y = text.get_position()
        frame.iloc[int(y), int(x)] = text.get_text()
    return frame


def test_every_figure_is_drawn(drawn: dict[str, Any]) -> None:
    # The made table has no growth accounts, and gross trade goes on from the shipped table alone.
    others = {"productivity", "gross_trade_over_time"}
    assert tuple(drawn) == tuple(key for key in pictures.KEYS if key not in others)


def test_key_industries(drawn: dict[str, Any], truth: Oracle) -> None:
    ax = drawn["key_industries"]
    shown = numbers(ax)
    b, f = truth.china(truth.backward), truth.china(truth.forward)
    np.testing.assert_allclose(shown["backward_normalised"], b[shown.index])
    np.testing.assert_allclose(shown["forward_normalised"], f[shown.index])
    va = pd.Series(truth.va, truth.index).loc["CHN"]
    np.testing.assert_allclose(shown.filter(like="value added").iloc[:, 0], va[shown.index])
    most = made.stage_file().set_index("industry")[["traditional", "emerging", "future"]].idxmax(axis=1)
    assert shown["stage"].to_dict() == most.to_dict()
    assert ax.get_xlabel().startswith("Forward")
    assert ax.get_ylabel().startswith("Backward")
    points, areas = [], []
    for dots in ax.collections:
        points += [tuple(point) for point in np.asarray(dots.get_offsets())]
        areas += list(np.broadcast_to(dots.get_sizes(), len(dots.get_offsets())))
    order = [min(points, key=lambda p: abs(p[0] - f[code]) + abs(p[1] - b[code])) for code in b.index]
    np.testing.assert_allclose(order, np.column_stack([f, b]))
    sizes = pd.Series([areas[points.index(point)] for point in order], b.index)
    assert sizes.idxmax() == va.idxmax()
    assert sizes.corr(va) == pytest.approx(1.0, abs=0.05)


def test_linkages(drawn: dict[str, Any], truth: Oracle) -> None:
    shown = cells(drawn["linkages"])
    for region, name in (("CHN", "China"), ("USA", "USA"), ("BRA", "Brazil")):
        own = truth.backward.loc[region]
        for code in made.INDUSTRIES:
            assert shown.at[code, name] == f"{own[code] / own.mean():.2f}"


def test_stage_spillovers(drawn: dict[str, Any], truth: Oracle) -> None:
    W = stages.weights(made.table(), stage_file=made.stage_file())
    own = np.asarray(made.table().region_codes) == 0
    demand = W.mul(np.where(own, truth.Y.sum(axis=1), 0.0), axis=0)
    arises = truth.v[:, None] * (truth.L @ demand.to_numpy())
    shown = cells(drawn["stage_spillovers"])
    for place, inside in (("at home", own), ("abroad", ~own)):
        wanted = 100 * pd.DataFrame(W.to_numpy()[inside].T @ arises[inside], W.columns, W.columns) / demand.sum()
        for stage in map(str, W):
            for product in map(str, W):
                assert shown.at[f"{place}, {stage}", product] == f"{float(wanted.loc[stage, product]):.1f}"


def test_emerging_linkages(drawn: dict[str, Any]) -> None:
    W = stages.weights(made.table(), stage_file=made.stage_file())
    linked = linkages.by_stage(made.table(), stage_weights=W).xs("emerging", level="stage")["backward_normalised"]
    order = linked.sort_values(ascending=False)
    ax = drawn["stage_ranking"]
    assert ax.get_xlabel() == "Backward linkage, 1 = average of the region"
    shown = numbers(ax)["backward_normalised"]
    assert list(shown.index) == list(order.index)
    np.testing.assert_allclose(shown, order)
    names = {"CHN": "China", "IND": "India", "BRA": "Brazil", "RoW": "Rest of the world", "USA": "USA"}
    labels = sorted(ax.get_yticklabels(), key=lambda text: int(text.get_text().split()[-1]))
    assert [text.get_text().rsplit(maxsplit=1)[0].strip() for text in labels] == [names[code] for code in order.index]


def test_region_spillovers(drawn: dict[str, Any], truth: Oracle) -> None:
    shown = numbers(drawn["region_spillovers"])
    wanted = 100 * truth.T / truth.Y.sum(axis=0)
    for row in shown.itertuples():
        if row.region_row != row.region_column:
            assert row.value == pytest.approx(wanted.at[row.region_row, row.region_column])
    assert drawn["region_spillovers"].get_xlabel().startswith("Final demand of")


def test_dependence(drawn: dict[str, Any], truth: Oracle) -> None:
    shown = cells(drawn["dependence"])
    names = {"IND": "India", "BRA": "Brazil", "RoW": "Rest of the world"}
    order = sorted(names, key=lambda who: -truth.depends([who], "CHN"))
    assert list(shown.index) == [*(names[who] for who in order), "All together"]
    for on, column in (("CHN", "China"), ("USA", "United States")):
        assert shown.at["All together", column] == f"{100 * truth.depends(PARTNERS, on):.2f}"
        for who, name in names.items():
            assert shown.at[name, column] == f"{100 * truth.depends([who], on):.2f}"


def test_dependence_over_time(drawn: dict[str, Any]) -> None:
    ax = drawn["dependence_over_time"]
    shown = numbers(ax)["value"]
    for year in (1995, 2011):
        for on in ("CHN", "USA"):
            wanted = 100 * Oracle(made.table(year)).depends(PARTNERS, on)
            assert shown[year, on] == pytest.approx(wanted)
    assert list(dict.fromkeys(shown.index.get_level_values("year"))) == [1995, 2011]


def test_captions_of_dependence_say_which_members_the_table_shows() -> None:
    world = iol.load()
    results = report.gather(world, report.ask(world, draws=3), earlier=[lambda: iol.load(year=1995)])
    keys = {picture.key: picture for picture in pictures.pictures(results)}
    for key in ("dependence", "dependence_over_time"):
        texts = keys[key].draw().figure.texts
        text = " ".join(" ".join(one.get_text().split()) for one in texts)
        assert "7 of 144 members are shown, the others are within the rest of the world" in text, key
    plt.close("all")
