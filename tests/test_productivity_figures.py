"""Figures of productivity: bars, marks, curves and names against the numbers they stand for."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from io_linkage import figures, productivity
from io_linkage.errors import OptionError
from io_linkage.figures.saving import numbers
from tests.marks import caption, drawn, from_top, legend


@pytest.fixture(scope="module")
def growth():
    return productivity.economy_growth(productivity.accounts(regions=["CHN", "BRA", "USA"]), last=2007)


@pytest.fixture(scope="module")
def givers(world):
    tfp = pd.Series(np.linspace(-0.01, 0.03, len(world.index)), index=world.index)
    return productivity.chain_tfp_givers(world, tfp)


def ends(ax):
    """Where each row of bars ends on the right and on the left."""
    boxes = [(round(bar.get_y() + bar.get_height() / 2), bar.get_x(), bar.get_width()) for bar in ax.patches]
    rows = sorted({row for row, _, _ in boxes})
    right = [max(x + max(w, 0) for r, x, w in boxes if r == row) for row in rows]
    left = [min(x + min(w, 0) for r, x, w in boxes if r == row) for row in rows]
    return np.array(right), np.array(left)


@pytest.mark.parametrize("of", ["tfp", "value_added"])
def test_bars_add_up_to_their_marks_and_china_has_both_stocks(growth, of):
    ax = drawn(figures.growth_contributions(growth.regions, of=of))
    assert from_top(ax) == ["China, published capital", "China, rebuilt capital", "USA", "Brazil"]
    right, left = ends(ax)
    marks = next(line for line in ax.lines if line.get_marker() == "D").get_xdata()
    np.testing.assert_allclose(right + left, marks)
    order = [("CHN", "published"), ("CHN", "rebuilt"), ("USA", "published"), ("BRA", "published")]
    np.testing.assert_allclose(marks, 100 * growth.regions.loc[order, of])
    for said in ("per cent a year", "1995 to 2007", "WIOD", "CHN implies a depreciation", "0.8 to 2.5 % a year"):
        assert said in caption(ax)
    figures.close(ax)


def test_bars_of_one_stock_need_not_say_which(growth):
    ax = figures.growth_contributions(growth.regions.loc[["BRA", "USA"]], sort=False)
    assert from_top(ax) == ["Brazil", "USA"]
    assert list(legend(ax))[-1] == "sum"
    figures.close(ax)


def test_the_harberger_diagram_runs_from_nothing_to_all_progress(growth):
    result = growth.industries.loc[["CHN"]]
    ax = drawn(figures.harberger_diagram(result))
    curves = [line for line in ax.lines if len(line.get_xdata()) > 2 and line.get_marker() == "None"]
    assert len(curves) == 2
    for curve, stock in zip(curves, ("published", "rebuilt"), strict=True):
        x, y = np.asarray(curve.get_xdata()), np.asarray(curve.get_ydata())
        assert (x[0], y[0]) == (0, 0)
        assert x[-1] == pytest.approx(100)
        assert y[-1] == pytest.approx(100 * growth.regions.loc[("CHN", stock), "technical_progress"])
        fastest = result.loc[("CHN", stock), "tfp_of_value_added"].sort_values(ascending=False).dropna().index
        assert numbers(ax).loc[("CHN", stock)].index.tolist() == fastest.tolist()
    assert list(legend(ax)) == ["China, published capital: 6.3", "China, rebuilt capital: 4.5"]
    assert "Agriculture" in {text.get_text() for text in ax.texts}
    assert numbers(ax).index.names == ["region", "capital", "industry"]
    figures.close(ax)


def test_chain_bars_add_up_over_givers(givers):
    rows = givers.loc[[("CHN", "30t33"), ("MEX", "34t35")]]
    ax = drawn(figures.chain_givers(rows, givers=3))
    assert from_top(ax) == ["China, Electrical and optical", "Mexico, Transport equipment"]
    right, left = ends(ax)
    np.testing.assert_allclose(right + left, 100 * rows.sum(axis=1))
    largest = rows.abs().sum().nlargest(3).index
    assert list(legend(ax)) == [*figures.shown(largest), "all others", "chain TFP"]
    figures.close(ax)


def test_chain_bars_can_show_both_stocks(givers):
    rows = givers.loc[[("CHN", "30t33")]]
    both = pd.concat({"published": rows, "rebuilt": rows / 2}, names=["capital"])
    ax = drawn(figures.chain_givers(both))
    assert from_top(ax) == [f"China, Electrical and optical, {stock} capital" for stock in ("published", "rebuilt")]
    figures.close(ax)


def test_results_that_are_others_are_refused(growth, givers):
    with pytest.raises(OptionError, match=r"drawn from the regions of productivity\.economy_growth"):
        figures.growth_contributions(growth.industries)
    with pytest.raises(OptionError, match=r"drawn from the industries of productivity\.economy_growth"):
        figures.harberger_diagram(growth.regions)
    with pytest.raises(OptionError, match=r"drawn from rows of productivity\.chain_tfp_givers"):
        figures.chain_givers(growth.regions)
    with pytest.raises(OptionError, match="735 bars do not fit"):
        figures.chain_givers(givers)
    with pytest.raises(OptionError, match="There is no growth to draw"):
        figures.growth_contributions(growth.regions * np.nan)
