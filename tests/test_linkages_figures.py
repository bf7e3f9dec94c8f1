"""Figures of linkages and extraction: what they are drawn from, before how they look."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from io_linkage import extraction, figures
from io_linkage import linkages as lk
from io_linkage.errors import OptionError, UnknownLabelError
from io_linkage.figures.linkage_figures import leaves
from io_linkage.figures.saving import numbers
from tests.examples import leather


@pytest.fixture
def found():
    return lk.linkages(leather())


def texts(ax):
    return " ".join(text.get_text() for text in (*ax.texts, *ax.figure.texts, *ax.get_yticklabels()))


def test_clustered_heatmap_keeps_every_number(found):
    plain, clustered = (figures.linkage_heatmap(found, order=order) for order in ("table", "clustered"))
    key = ["industry", "region"]
    left, right = (numbers(ax).sort_values(key, ignore_index=True) for ax in (plain, clustered))
    pd.testing.assert_frame_equal(left[[*key, "value"]], right[[*key, "value"]])
    assert "ordered by similarity" in clustered.figure.get_supxlabel().replace("\n", " ")
    for ax in (plain, clustered):
        figures.close(ax)


def test_leaves_put_similar_rows_together_and_empty_ones_last():
    random = np.random.default_rng(1)
    values = np.vstack([random.normal(k, 0.01, (3, 4)) for k in (0, 5)])[[0, 3, 1, 4, 2, 5]]
    values[2, 1] = np.nan
    order = leaves(np.vstack([values, np.full(4, np.nan)]))
    groups = [int(k) % 2 for k in order[:-1]]
    assert groups in ([0, 0, 0, 1, 1, 1], [1, 1, 1, 0, 0, 0])
    assert order[-1] == 6


def test_extraction_heatmap_sorts_by_losses_to_others():
    matrix = extraction.matrix(leather())
    ax = figures.extraction_heatmap(matrix, sort=True)
    outside = matrix.sum(axis=1) - np.diagonal(matrix)
    shown = [label.get_text() for label in ax.get_yticklabels()]
    assert shown == list(outside.sort_values(ascending=False).index)
    figures.close(ax)


def test_ranking_shows_the_top_the_focus_and_the_ranges(found):
    frame = found.assign(backward_low=found["backward"] - 0.1, backward_high=found["backward"] + 0.1)
    frame.attrs = {**found.attrs, "interval": "90% of the draws"}
    last = frame["backward"].idxmin()
    ax = figures.ranking(frame, value="backward", top=3, focus=[last[0]])
    labels = [label.get_text() for label in ax.get_yticklabels()]
    assert labels[0].endswith("  1")
    assert any(label.endswith("  9") for label in labels)
    assert "90% of the draws" in ax.figure.get_supxlabel().replace("\n", " ")
    figures.close(ax)


def test_changes_are_arrows_between_the_two_years(found):
    first, second = found.loc["Turkey"].copy(), found.loc["Germany"].copy()
    first.attrs, second.attrs = {**found.attrs, "year": 1995}, {**found.attrs, "year": 2011}
    ax = figures.linkage_changes(first, second, top=2)
    moved = numbers(ax)
    assert moved["backward_normalised_1995"].tolist() == first["backward_normalised"].tolist()
    assert moved["forward_normalised_2011"].tolist() == second["forward_normalised"].tolist()
    named = [name for name in moved.index if name in texts(ax)]
    assert named == list(moved["moved"].nlargest(2).sort_index().index)
    figures.close(ax)


def test_bad_input_is_refused_with_a_remedy(found):
    with pytest.raises(OptionError, match="clustered"):
        figures.linkage_heatmap(found, order="best")
    with pytest.raises(UnknownLabelError, match="backward"):
        figures.ranking(found, value="backwards")
    with pytest.raises(OptionError, match="Nothing can be drawn"):
        figures.linkage_changes(found.iloc[:1], found.iloc[1:])
