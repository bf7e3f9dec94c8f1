"""Results as LaTeX: every digit, name and sign of the table that is written."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import io_linkage as iol
from io_linkage import linkages
from io_linkage.errors import OptionError, UnitWarning, UnknownLabelError
from io_linkage.latex import to_latex

ATTRS = {"measure": "sales & more", "unit": "M USD", "table": "World 2011", "source": "WIOD_2013"}


@pytest.fixture
def frame() -> pd.DataFrame:
    index = pd.MultiIndex.from_tuples([("CHN", "24"), ("CHN", "30t33"), ("BRA", "24")], names=["region", "industry"])
    result = pd.DataFrame(
        {"output_share": [0.12345, np.nan, -0.001], "amount": [1234567.891, -2.5, 0.0], "rank": [1, 2, 3]}, index=index
    )
    result["role"] = ["key", "50 % of #1", "a_b"]
    return iol.captions.labelled(result, ATTRS)


def body(text: str) -> list[list[str]]:
    rows = text.split("\\midrule\n")[1].split("\\bottomrule")[0].splitlines()
    return [[cell.strip() for cell in row.removesuffix("\\\\").split(" & ")] for row in rows]


def test_cells_are_rounded_and_spelled(frame):
    assert body(to_latex(frame, decimals={"output_share": 3, "amount": 1})) == [
        ["China", "Chemicals", "0.123", "1,234,567.9", "1", "key"],
        ["", "Electrical and optical", "--", "$-$2.5", "2", "50 \\% of \\#1"],
        ["Brazil", "Chemicals", "$-$0.001", "0.0", "3", "a\\_b"],
    ]


def test_what_rounds_to_zero_has_no_sign(frame):
    rows = body(to_latex(frame, names="codes"))
    assert rows[2] == ["BRA", "24", "0.00", "0.00", "3", "a\\_b"]
    assert rows[1][3] == "$-$2.50"


def test_title_unit_and_source(frame):
    text = to_latex(frame, label="tab:sales")
    assert text.startswith(
        "\\begin{table}\n\\centering\n\\caption{Sales \\& more}\\label{tab:sales}\n\\begin{tabular}{llrrrl}"
    )
    assert "\n &  & output share & amount & rank & role \\\\\n" in text
    assert "footnotesize Unit: M USD. Table: World 2011. Source: WIOD\\_2013." in text
    assert "footnotesize" not in to_latex(frame, notes=False)
    assert "\\caption{Mine}" in to_latex(frame, title="mine")


def test_a_series_and_columns_of_two_levels():
    series = pd.Series([1.0, np.inf], index=pd.Index(["CHN", "USA"]), name="backward_normalised")
    assert "\n & backward normalised \\\\\n" in to_latex(series)
    assert body(to_latex(series)) == [["China", "1.00"], ["USA", "$\\infty$"]]
    columns = pd.MultiIndex.from_tuples([("CHN", "low"), ("CHN", "high"), ("USA", "low")])
    text = to_latex(pd.DataFrame([[1.0, 2.0, 3.0]], index=["IND"], columns=columns))
    assert "\n & \\multicolumn{2}{c}{China} & USA \\\\\n & low & high & low \\\\\n" in text


def test_changed_values_state_no_unit():
    found = linkages.linkages(iol.load(year=1995)).loc["CHN"].select_dtypes("number")
    with pytest.warns(UnitWarning, match="computed in"):
        text = to_latex(found / 2)
    assert "Unit not stated" in text
    assert "Unit: half" in to_latex(found / 2, unit="half")


def test_wrong_options_are_refused(frame):
    with pytest.raises(OptionError, match="decimals=-1"):
        to_latex(frame, decimals=-1)
    with pytest.raises(UnknownLabelError, match="column in decimals 'outputshare'"):
        to_latex(frame, decimals={"outputshare": 1})
    with pytest.raises(OptionError, match="no cells"):
        to_latex(frame.iloc[:0])
    with pytest.raises(OptionError, match="names='zh'"):
        to_latex(frame, names="zh")
