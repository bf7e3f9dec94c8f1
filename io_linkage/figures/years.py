"""Time lines of an economy against its comparators."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from io_linkage.captions import described
from io_linkage.errors import OptionError
from io_linkage.figures import style
from io_linkage.figures.naming import Names, shown
from io_linkage.figures.options import teaching
from io_linkage.figures.saving import note

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@teaching()
def time_lines(
    result: pd.DataFrame | pd.Series[Any],
    *,
    continued: pd.DataFrame | pd.Series[Any] | None = None,
    focus: str | None = None,
    factor: float = 1.0,
    unit: str | None = None,
    names: Names = "auto",
    from_zero: bool = True,
    title: str | None = None,
    notes: Iterable[str] = (),
    width: float = style.COLUMN,
    caption: bool = True,
    ax: Axes | None = None,
) -> Axes:
    """Draw a result over years, one line for each economy, named at its end.

    Parameters
    ----------
    result : DataFrame or Series
        Years in the rows and economies in the columns; or a Series by (year, economy), which is laid out so.
    continued : DataFrame or Series, optional
        The same economies in another source, drawn with open markers from a dotted line at its first year on; the two
        are not joined.
    focus : str, optional
        Drawn thicker; the first by default.
    factor : float
        Multiply what is shown, e.g. 100 for per cent, with `unit` saying so.
    from_zero : bool
        Start the scale at 0, where shares of different size are compared.
    names, title, notes, width, caption, ax
        As in `heatmap`.

    Returns
    -------
    Axes

    See Also
    --------
    io_linkage.panel.over : A measure of several years.
    """
    wide = _wide(result) * factor
    attrs = described(result, unit, factor=factor)
    attrs.pop("year", None)
    later = None
    if continued is not None:
        later = _wide(continued) * factor
        later = later[_same(wide, later)]
    everything = wide if later is None else pd.concat([wide, later])
    attrs["table"] = without_year(str(attrs.get("table") or ""), wide.index)
    years = f"Years {everything.index.min()} to {everything.index.max()}"
    if later is not None:
        years += f"; dotted line and open markers: another source from {later.index.min()} on"
    columns = [str(column) for column in wide.columns]
    leading = columns[0] if focus is None else focus
    if leading not in columns:
        raise OptionError(f"The focus {leading!r} is not among the lines: {', '.join(columns)}.")
    with style.theme():
        drawn = style.axes(ax, (width, width * 0.78))
        for name, look in style.lines(columns).items():
            values = wide[wide.columns[columns.index(name)]].dropna()
            thick = 2.0 if name == leading else 1.1
            marks: dict[str, Any] = {"linewidth": thick, "marker": "o", "markersize": thick + 1.2, "clip_on": False}
            drawn.plot(values.index, values, **look, **marks)
            if later is not None:
                values = later[later.columns[columns.index(name)]].dropna()
                drawn.plot(values.index, values, **look, **marks, markerfacecolor="white")
        _frame(drawn, everything, attrs, from_zero)
        if later is not None:
            drawn.axvline(int(later.index.min()), color=style.FAINT, linewidth=0.8, linestyle=":")
        style.finish(drawn, attrs, title=title, notes=[*notes, years], caption=caption)
        _end_labels(drawn, everything, shown(columns, names), style.lines(columns), leading)
    long = pd.DataFrame({"value": wide.T.unstack()})
    if later is not None:
        parts = {"result": long, "continued": pd.DataFrame({"value": later.T.unstack()})}
        long = pd.concat(parts, names=["part"])
    long.attrs = attrs
    note(drawn, long)
    return drawn


def _wide(result: pd.DataFrame | pd.Series[Any]) -> pd.DataFrame:
    if isinstance(result, pd.Series):
        if result.index.nlevels != 2 or "year" not in result.index.names:
            raise OptionError(
                "Time lines need a Series by year and one other level; choose one of the other levels first with .xs()."
            )
        other = next(str(name) for name in result.index.names if name != "year")
        order = list(dict.fromkeys(result.index.get_level_values(other)))
        result = result.unstack(other)[order]
    wide = result.sort_index()
    if wide.index.nlevels != 1 or not np.issubdtype(np.asarray(wide.index).dtype, np.number):
        raise OptionError("Time lines need years in the rows.")
    if wide.isna().to_numpy().all():
        raise OptionError("There is no value to draw: every cell is empty.")
    return wide.astype(float)


def without_year(table: str, years: pd.Index[Any]) -> str:
    """Return the name of a table without the years that a figure states by themselves."""
    for year in years:
        table = table.replace(f" {year}", "")
    return table


def _same(wide: pd.DataFrame, later: pd.DataFrame) -> list[Any]:
    """Columns of the other source in the order of the result; refused where they are not the same."""
    if set(wide.columns) != set(later.columns):
        odd = sorted(map(str, set(wide.columns) ^ set(later.columns)))
        raise OptionError(f"continued= has other lines than the result ({', '.join(odd)}); give the same economies.")
    return list(wide.columns)


def _frame(ax: Axes, wide: pd.DataFrame, attrs: dict[Any, Any], from_zero: bool) -> None:
    import seaborn as sns

    years = [int(year) for year in wide.index]
    if len(years) <= 6:
        ax.set_xticks(years, [str(year) for year in years])
    else:
        from matplotlib.ticker import MaxNLocator

        ax.xaxis.set_major_locator(MaxNLocator(6, integer=True))
    low, high = float(np.nanmin(wide.to_numpy())), float(np.nanmax(wide.to_numpy()))
    if from_zero:
        ax.set_ylim(min(0.0, low * 1.05), max(0.0, high * 1.05))
    if low < 0 < high:
        ax.axhline(0, color=style.FAINT, linewidth=0.6)
    ax.set_ylabel(str(attrs.get("unit", "")))
    ax.grid(axis="y", color="#e4e4e4", linewidth=0.5)
    ax.set_axisbelow(True)
    sns.despine(ax=ax)


def _end_labels(ax: Axes, wide: pd.DataFrame, texts: list[str], looks: dict[str, dict[str, Any]], leading: str) -> None:
    """Names at the right ends, moved apart where lines end close to each other."""
    ends = {}
    for k, column in enumerate(wide.columns):
        values = wide[column].dropna()
        if len(values):
            ends[k] = float(values.iloc[-1])
    order = sorted(ends, key=lambda k: -ends[k])
    low, high = ax.get_ylim()
    line = 1.15 * style.TEXT / (ax.get_window_extent().height * 72 / ax.figure.dpi) * (high - low)
    at = [ends[k] for k in order]
    for k in range(1, len(at)):
        at[k] = min(at[k], at[k - 1] - line)
    shift = max(0.0, low - at[-1]) if at else 0.0
    names = list(looks)
    for k, y in zip(order, at, strict=True):
        ax.annotate(
            texts[k],
            (1.0, y + shift),
            xycoords=("axes fraction", "data"),
            xytext=(6, 0),
            textcoords="offset points",
            va="center",
            color=looks[names[k]]["color"],
            fontsize=style.TEXT,
            weight="bold" if names[k] == leading else "normal",
            annotation_clip=False,
        )
