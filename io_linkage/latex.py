"""Results as LaTeX tables: rounded, with names, unit, year and source."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from io_linkage.captions import described
from io_linkage.errors import OptionError, unknown
from io_linkage.figures.naming import Names, shown
from io_linkage.figures.style import stated

_SPECIAL = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    **{sign: f"\\{sign}" for sign in "&%$#_{}"},
}
_EMPTY = "--"


def to_latex(
    result: pd.DataFrame | pd.Series[Any],
    *,
    decimals: int | Mapping[str, int] = 2,
    unit: str | None = None,
    names: Names = "auto",
    title: str | None = None,
    label: str | None = None,
    notes: bool = True,
) -> str:
    r"""Write a result as a LaTeX table in the style of journals; the document needs the package booktabs.

    Parameters
    ----------
    result : DataFrame or Series
        Empty cells become a dash.
    decimals : int or mapping of column to int
        Digits after the point, in all columns or in each; columns a mapping lacks have two. Whole numbers, such as
        ranks and years, have none.
    unit : str, optional
        Instead of the result's own, e.g. after arithmetic; see `io_linkage.scaled`.
    names : {"auto", "codes"} or mapping
        Names of economies and industries, as in the figures.
    title : str, optional
        Above the table; by default what was measured.
    label : str, optional
        For ``\ref``.
    notes : bool
        Below the table: unit, table, year, source and what was left out.

    Returns
    -------
    str

    Raises
    ------
    OptionError
        The result is empty, or `decimals` is negative.
    UnknownLabelError
        `decimals` names a column that is not there.

    See Also
    --------
    io_linkage.scaled : Another unit, e.g. bn USD.
    io_linkage.figures.heatmap : The same as a picture.

    Examples
    --------
    >>> import io_linkage as iol
    >>> spill = iol.scaled(iol.spillovers.matrix(iol.load()), 1e-3, unit="bn USD")
    >>> text = to_latex(spill.loc[["BRA", "IND"], ["CHN", "USA"]], decimals=1)
    >>> print("\n".join(text.splitlines()[3:11]))
    \begin{tabular}{lrr}
    \toprule
     & China & USA \\
    \midrule
    Brazil & 26.8 & 30.8 \\
    India & 16.7 & 57.3 \\
    \bottomrule
    \end{tabular}
    """
    frame = result.to_frame(str(result.name or "value")) if isinstance(result, pd.Series) else result
    if frame.empty:
        raise OptionError("The result has no cells, so there is no table to write.")
    attrs = described(result, unit)
    heading = str(attrs.get("measure") or "") if title is None else title
    lines = [
        r"\begin{table}",
        r"\centering",
        rf"\caption{{{_escaped(heading[:1].upper() + heading[1:])}}}" + (rf"\label{{{label}}}" if label else ""),
        rf"\begin{{tabular}}{{{'l' * frame.index.nlevels}{''.join(map(_side, frame.dtypes))}}}",
        r"\toprule",
        *_head(frame, names),
        r"\midrule",
        *_body(frame, _digits(frame, decimals), names),
        r"\bottomrule",
        r"\end{tabular}",
        *([rf"\par\smallskip\footnotesize {_escaped(stated(attrs))}"] if notes else []),
        r"\end{table}",
    ]
    return "\n".join(lines) + "\n"


def _escaped(text: str) -> str:
    return "".join(_SPECIAL.get(sign, sign) for sign in text)


def _side(dtype: Any) -> str:
    return "r" if dtype.kind in "fiu" else "l"


def _digits(frame: pd.DataFrame, decimals: int | Mapping[str, int]) -> list[int]:
    per_column = decimals if isinstance(decimals, Mapping) else dict.fromkeys(frame.columns, decimals)
    for column, digits in per_column.items():
        if column not in frame.columns:
            raise unknown("column in decimals", column, frame.columns)
        if not isinstance(digits, int) or digits < 0:
            raise OptionError(f"decimals={digits!r} is not possible; give a whole number from 0 on.")
    return [per_column.get(column, 2) for column in frame.columns]


def _head(frame: pd.DataFrame, names: Names) -> list[str]:
    """Return a line for each level of the columns; a label that spans several is written over all of them."""
    blank = [""] * frame.index.nlevels
    lines = []
    for level in range(frame.columns.nlevels):
        labels = _labels(frame.columns.get_level_values(level), names, spaced=True)
        cells, start = list(blank), 0
        for k in range(1, len(labels) + 1):
            if k == len(labels) or labels[k] != labels[start] or level == frame.columns.nlevels - 1:
                text, width = labels[start], k - start
                cells.append(text if width == 1 else rf"\multicolumn{{{width}}}{{c}}{{{text}}}")
                start = k
        lines.append(_row(cells))
    return lines


def _body(frame: pd.DataFrame, digits: list[int], names: Names) -> list[str]:
    index = frame.index
    levels = [_labels(index.get_level_values(k), names) for k in range(index.nlevels)]
    columns = [[_cell(value, places) for value in frame.iloc[:, k].tolist()] for k, places in enumerate(digits)]
    lines = []
    for row in range(len(frame)):
        # A label of an outer level is written once for all the rows that it holds together.
        same = 0
        while row and same < len(levels) - 1 and levels[same][row] == levels[same][row - 1]:
            same += 1
        heads = ["" if k < same else level[row] for k, level in enumerate(levels)]
        lines.append(_row([*heads, *(column[row] for column in columns)]))
    return lines


def _labels(values: pd.Index[Any], names: Names, *, spaced: bool = False) -> list[str]:
    texts = shown(values.tolist(), names)
    if spaced:
        texts = [text.replace("_", " ") for text in texts]
    return [_escaped(text) for text in texts]


def _row(cells: list[str]) -> str:
    return " & ".join(cells) + r" \\"


def _cell(value: Any, digits: int) -> str:
    if value is None or value is pd.NA or (isinstance(value, float) and np.isnan(value)):
        return _EMPTY
    if isinstance(value, bool | np.bool_) or not isinstance(value, int | float | np.integer | np.floating):
        return _escaped(str(value))
    if isinstance(value, float | np.floating) and not np.isfinite(value):
        return r"$\infty$" if value > 0 else r"$-\infty$"
    text = f"{abs(value):,d}" if isinstance(value, int | np.integer) else f"{abs(value):,.{digits}f}"
    return f"$-${text}" if value < 0 and text.strip("0.,") else text
