"""A change and what it is made of: a waterfall for one economy, small multiples for many."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from io_linkage.captions import described
from io_linkage.errors import OptionError, unknown
from io_linkage.figures import style
from io_linkage.figures.naming import Names, shown
from io_linkage.figures.options import teaching
from io_linkage.figures.saving import note
from io_linkage.figures.years import without_year

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_TOTAL, _UP, _DOWN = "#b9b9b9", "#2166ac", "#e08214"
_DOWN_HATCH = "/////"
_FACTORS = {
    "intensity_and_inputs": "Intensity and inputs",
    "intensity": "Intensity",
    "input_coefficients": "Input coefficients",
    "input_sourcing": "Sourcing of inputs",
    "final_sourcing": "Sourcing of final goods",
    "mix": "Mix of final demand",
    "level": "Level of final demand",
}


@teaching()
def waterfall(
    result: pd.DataFrame | pd.Series[Any],
    row: Any = None,
    *,
    factor: float = 1.0,
    unit: str | None = None,
    totals: bool = True,
    names: Names = "auto",
    title: str | None = None,
    notes: Iterable[str] = (),
    width: float = style.WIDE,
    caption: bool = True,
    ax: Axes | None = None,
) -> Axes:
    """Draw how an account went from one year to another, one factor after the other.

    Parameters
    ----------
    result : DataFrame
        A frame of a `decomposition.Change`, or of `decomposition.lmdi`: columns `before`, the effects, `after`.
    row : label, optional
        Which row; needed where there are several.
    factor : float
        Multiply what is shown, e.g. 1e-3 for bn USD, with `unit` saying so.
    totals : bool
        Bars for the account before and after. Without them the bars begin at 0 and end at the change, so that small
        effects can be seen.
    names, title, notes, width, caption, ax
        As in `heatmap`.

    Returns
    -------
    Axes
    """
    frame = _of_change(result)
    row = _one_row(frame, row)
    values = frame.loc[row].astype(float) * factor
    if values.isna().any():
        raise OptionError(f"There is nothing to draw for {row}: the source has no figures for it.")
    attrs = _stated(frame, unit, factor)
    effects = values.drop(["before", "after"])
    start, end = float(values["before"]), float(values["after"])
    if not totals:
        start, end = 0.0, end - start
    with style.theme():
        drawn = style.axes(ax, (width, 0.27 * (len(effects) + 2) + 1.0))
        _steps(drawn, effects, start, end, totals, _years(attrs))
        drawn.set_xlabel(str(attrs.get("unit", "")))
        heading = title if title is not None else f"{shown([row], names)[0]}: {attrs.get('measure', 'change')}"
        style.finish(drawn, attrs, title=heading, notes=notes, caption=caption)
    numbers = pd.DataFrame({"value": values})
    numbers.index.name = "factor"
    numbers.attrs = attrs
    note(drawn, numbers)
    return drawn


@teaching()
def change_multiples(
    result: pd.DataFrame,
    *,
    rows: Sequence[Any] | None = None,
    leave_out: Iterable[str] = (),
    across: int = 4,
    names: Names = "auto",
    title: str | None = None,
    notes: Iterable[str] = (),
    width: float = style.PAGE,
    caption: bool = True,
) -> Axes:
    """Draw the factors of change of many economies side by side, in per cent of what each had before, on one scale.

    Parameters
    ----------
    result : DataFrame
        A frame of a `decomposition.Change`: columns `before`, the effects, `after`.
    rows : list, optional
        Which economies, in this order; all that have figures by default.
    leave_out : list of str
        Factors not drawn, e.g. ["level"], which dwarfs the others; the figure says so. The growth beside each name is
        that of all of them.
    across : int
        Panels in a row.
    names, title, notes, width, caption
        As in `heatmap`.

    Returns
    -------
    Axes, the first of them.
    """
    import matplotlib.pyplot as plt

    frame = _of_change(result)
    chosen = list(frame.index) if rows is None else list(rows)
    for row in chosen:
        if row not in frame.index:
            raise unknown("row", row, frame.index)
    values = frame.loc[chosen].astype(float)
    effects = 100 * values.drop(columns=["before", "after"]).div(values["before"].where(values["before"] > 0), axis=0)
    hidden = [name for name in leave_out if name in effects.columns]
    effects = effects.drop(columns=hidden).dropna(how="all")
    if effects.empty:
        raise OptionError("There is nothing to draw: no row has figures before and after.")
    attrs = _stated(frame, "per cent of the account before")
    down = -(-len(effects) // across)
    with style.theme():
        figure, grid = plt.subplots(
            down,
            min(across, len(effects)),
            figsize=(width, down * (0.14 * effects.shape[1] + 0.42) + 1.0),
            sharex=True,
            sharey=True,
            squeeze=False,
            layout="constrained",
        )
        style.own(figure)
        panels = grid.ravel()
        growth = (100 * (values["after"] / values["before"] - 1)).loc[effects.index].to_numpy()
        texts = shown(list(effects.index), names)
        for k, name in enumerate(texts):
            _panel(panels[k], effects.iloc[k], f"{name}, {_amount(float(growth[k]), 0, sign=True)} %")
        for ax in panels[len(effects) :]:
            ax.remove()
        for ax in panels[max(len(effects) - across, 0) : len(effects)]:
            ax.tick_params(labelbottom=True)
        panels[0].invert_yaxis()
        _make_room(panels[0], float(np.nanmin(effects.to_numpy())), 0.2)
        style.finish(panels[0], attrs, title=title, notes=[*notes, *_span(attrs, hidden)], caption=caption)
    long = pd.DataFrame({"percent_of_before": effects.stack()})
    long.index.names = [*frame.index.names, "factor"]
    long.attrs = attrs
    note(panels[0], long)
    first: Axes = panels[0]
    return first


def _of_change(result: pd.DataFrame | pd.Series[Any]) -> pd.DataFrame:
    if not isinstance(result, pd.DataFrame) or not {"before", "after"} <= set(result.columns):
        raise OptionError(
            "The figure needs the columns before, the effects and after: a frame of decomposition.structural(...)."
        )
    if result.attrs.get("units"):
        raise OptionError("The effects are factors of a product; draw those that add up, form='additive'.")
    return result


def _one_row(frame: pd.DataFrame, row: Any) -> Any:
    if row is None and len(frame) == 1:
        return frame.index[0]
    if row is None or row not in frame.index:
        raise unknown("row", row, [" ".join(map(str, x)) if isinstance(x, tuple) else str(x) for x in frame.index])
    return row


def _years(attrs: dict[Any, Any]) -> tuple[str, str]:
    years = attrs.get("year")
    if isinstance(years, list | tuple) and len(years) > 1 and None not in years:
        return str(years[0]), str(years[-1])
    return "Before", "After"


def _span(attrs: dict[Any, Any], hidden: Sequence[str]) -> list[str]:
    first, last = _years(attrs)
    span = [f"Change from {first} to {last}"] if first != "Before" else []
    return [*span, *([f"Not drawn: {', '.join(map(_label, hidden))}"] if hidden else [])]


def _stated(frame: pd.DataFrame, unit: str | None, factor: float = 1.0) -> dict[Any, Any]:
    """Return what the figure says below; the name of a table has no year where there are several."""
    attrs = described(frame, unit, factor=factor)
    years = attrs.get("year")
    if isinstance(years, list | tuple):
        attrs["table"] = without_year(str(attrs.get("table") or ""), pd.Index(years))
    return attrs


def _label(factor: Any) -> str:
    text = str(factor).replace("_", " ")
    return _FACTORS.get(str(factor), text[:1].upper() + text[1:])


def _steps(ax: Axes, effects: pd.Series[float], start: float, end: float, totals: bool, years: tuple[str, str]) -> None:
    """Bars from top to bottom, each beginning where the one above it ends."""
    import seaborn as sns

    labels = [_label(name) for name in effects.index]
    at, marks = start, []
    first = 1 if totals else 0
    for k, value in enumerate(effects, start=first):
        _bar(ax, k, value, at, height=0.62)
        marks.append((k, at, at + value))
        at += value
    last = first + len(effects)
    if totals:
        ax.barh(0, start, height=0.62, color=_TOTAL, linewidth=0)
        marks.insert(0, (0, 0.0, start))
    ax.barh(last, end, height=0.62, color=_TOTAL, linewidth=0)
    marks.append((last, 0.0, end))
    for k, (_, _, reached) in enumerate(marks[:-1]):
        ax.plot([reached, reached], [k - 0.31, k + 1.31], color=style.FAINT, linewidth=0.5, zorder=0)
    ax.set_yticks(range(last + 1), [*([years[0]] if totals else []), *labels, years[1] if totals else "Change"])
    ax.invert_yaxis()
    _write_values(ax, marks, effects, start, end, totals)
    ax.axvline(0, color=style.INK, linewidth=0.6)
    ax.tick_params(axis="y", length=0)
    ax.locator_params(axis="x", nbins=5)
    ax.xaxis.set_major_formatter("{x:,.10g}")
    sns.despine(ax=ax, left=True)


def _bar(ax: Axes, at: float, value: float, left: float, height: float) -> None:
    """One effect; what falls is hatched, so that it can be told in grey."""
    if value >= 0:
        ax.barh(at, value, left=left, height=height, color=_UP, linewidth=0)
    else:
        ax.barh(at, value, left=left, height=height, color="white", edgecolor=_DOWN, hatch=_DOWN_HATCH, linewidth=0.8)


def _write_values(
    ax: Axes,
    marks: list[tuple[int, float, float]],
    effects: pd.Series[float],
    start: float,
    end: float,
    totals: bool,
) -> None:
    """Write the amount of each bar to its right, in as many digits as the smallest needs."""
    largest = max(abs(start), abs(end), float(effects.abs().max()))
    digits = 0 if largest >= 1000 else 1 if largest >= 10 else 3
    amounts = [*([start] if totals else []), *effects, end]
    signed = [False] * int(totals) + [True] * len(effects) + [not totals]
    for (k, low, high), amount, sign in zip(marks, amounts, signed, strict=True):
        _write(ax, max(low, high), k, _amount(amount, digits, sign=sign))
    _make_room(ax, min(min(low, high) for _, low, high in marks), 0.13)


def _amount(value: float, digits: int, *, sign: bool) -> str:
    """Spell a number as it stands beside a bar; what rounds to nothing has no sign."""
    sign = sign and round(value, digits) != 0
    text = f"{value:+,.{digits}f}" if sign else f"{abs(value) if round(value, digits) == 0 else value:,.{digits}f}"
    return text.replace("-", "\N{MINUS SIGN}")


def _write(ax: Axes, x: float, y: float, text: str) -> None:
    ax.annotate(text, (x, y), xytext=(3, 0), textcoords="offset points", va="center", fontsize=style.SMALL)


def _make_room(ax: Axes, lowest: float, part: float) -> None:
    """Make room for the amounts beside the longest bars, and a margin where bars go below 0."""
    left, right = ax.get_xlim()
    wide = right - left
    ax.set_xlim(left - (0.02 * wide if lowest < 0 else 0), right + part * wide)


def _panel(ax: Axes, effects: pd.Series[float], name: str) -> None:
    import seaborn as sns

    for k, value in enumerate(effects):
        if np.isfinite(value):
            _bar(ax, k, value, 0.0, height=0.7)
            _write(ax, max(value, 0.0), k, _amount(value, 0, sign=True))
    ax.axvline(0, color=style.INK, linewidth=0.6)
    ax.grid(axis="x", color="#e4e4e4", linewidth=0.5)
    ax.set_axisbelow(True)
    ax.set_yticks(range(len(effects)), [_label(factor) for factor in effects.index])
    ax.tick_params(axis="y", length=0, labelsize=style.SMALL)
    ax.tick_params(axis="x", labelsize=style.SMALL)
    ax.set_title(name, loc="left", size=style.TEXT, weight="bold")
    sns.despine(ax=ax, left=True)
