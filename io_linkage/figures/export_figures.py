"""Figures of exports by where their value added arises: stacked decomposition, value added matrix."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from io_linkage.errors import OptionError, unknown
from io_linkage.figures import style
from io_linkage.figures.heatmaps import heatmap
from io_linkage.figures.naming import Names, shown
from io_linkage.figures.options import teaching
from io_linkage.figures.saving import note

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: Domestic in blues from final to returned, foreign in oranges, counted twice in greys, taxes hatched.
_LOOKS = {
    "DVA_FIN": ("Domestic, in final goods", "#08306b"),
    "DVA_INT": ("Domestic, in inputs for the importer", "#2171b5"),
    "DVA_INTrex": ("Domestic, in inputs sent on", "#6baed6"),
    "RDV_FIN": ("Returned in final goods", "#41ab8f"),
    "RDV_INT": ("Returned in inputs", "#a8ddcf"),
    "FVA_FIN": ("Foreign, in final goods", "#b35806"),
    "FVA_INT": ("Foreign, in inputs", "#fdb863"),
    "DDC": ("Domestic, counted twice", "#737373"),
    "FDC": ("Foreign, counted twice", "#bdbdbd"),
    # The sixteen terms of Wang, Wei & Zhu that the nine do not have.
    "DVA_INTrexI1": ("Domestic, sent on as inputs", "#4292c6"),
    "DVA_INTrexF": ("Domestic, sent on in final goods", "#6baed6"),
    "DVA_INTrexI2": ("Domestic, sent on more than once", "#9ecae1"),
    "RDV_FIN2": ("Returned by way of third countries", "#74c6b0"),
    "OVA_FIN": ("Third countries', in final goods", "#b35806"),
    "MVA_FIN": ("Importer's, in final goods", "#7f3b08"),
    "OVA_INT": ("Third countries', in inputs", "#fdb863"),
    "MVA_INT": ("Importer's, in inputs", "#e08214"),
    "DDC_FIN": ("Domestic, twice, in final goods", "#525252"),
    "DDC_INT": ("Domestic, twice, in inputs", "#737373"),
    "ODC": ("Third countries', counted twice", "#bdbdbd"),
    "MDC": ("Importer's, counted twice", "#969696"),
    # Borin & Mancini.
    "VAX1": ("Domestic, in final goods", "#08306b"),
    "VAX2": ("Domestic, in inputs for the importer", "#2171b5"),
    "VAX3": ("Domestic, sent on in final goods", "#6baed6"),
    "VAX4": ("Domestic, sent on as inputs", "#9ecae1"),
    "REF1": ("Returned by the importer", "#41ab8f"),
    "REF2": ("Returned by way of third countries", "#a8ddcf"),
    "FVA1": ("Foreign, in final goods", "#b35806"),
    "FVA2": ("Foreign, in inputs for the importer", "#e08214"),
    "FVA3": ("Foreign, sent on in final goods", "#fdb863"),
    "FVA4": ("Foreign, sent on as inputs", "#fee0b6"),
    "DVA": ("Domestic value added", "#2171b5"),
    "VAX": ("Domestic, absorbed abroad", "#2171b5"),
    "REF": ("Domestic, returned", "#41ab8f"),
    "RDV": ("Domestic, returned", "#41ab8f"),
    "FVA": ("Foreign value added", "#e08214"),
    "PDC": ("Counted twice", "#969696"),
    "traditional": ("Traditional trade", "#9ecae1"),
    "pure_forward": ("Chains: supplying", "#08519c"),
    "two_sided": ("Chains: both sides", "#7a5195"),
    "pure_backward": ("Chains: building on imports", "#e08214"),
    "domestic, traditional": ("Domestic, traditional", style.STAGE_COLOURS["traditional"]),
    "domestic, emerging": ("Domestic, emerging", style.STAGE_COLOURS["emerging"]),
    "domestic, future": ("Domestic, future", style.STAGE_COLOURS["future"]),
    "foreign, traditional": ("Foreign, traditional", "#a9b3c9"),
    "foreign, emerging": ("Foreign, emerging", "#f7cf9b"),
    "foreign, future": ("Foreign, future", "#c3ebe3"),
    "domestic": ("Domestic", "#2171b5"),
    "foreign": ("Foreign", "#e08214"),
    "others": ("Others", "#d9d9d9"),
    "NON_VA": ("Taxes and margins", "#efefef"),
}
_SPARE = ("#3b4a6b", "#e08214", "#5ec4b0", "#762a83", "#a6761d", "#b2182b", "#8c8c8c", "#66a61e")


@teaching()
def export_decomposition(
    result: pd.DataFrame,
    *,
    terms: Iterable[str] | None = None,
    rows: Iterable[str] | None = None,
    sort: str | None = None,
    labels: Mapping[str, str] | None = None,
    names: Names = "auto",
    title: str | None = None,
    notes: Iterable[str] = (),
    width: float = style.WIDE,
    caption: bool = True,
    ax: Axes | None = None,
) -> Axes:
    """Draw shares of gross exports as stacked bars, one bar per country or year.

    Parameters
    ----------
    result : DataFrame
        ``decomposition.frame("exporter", shares=True)``, ``content(table)`` or the like: columns are shares, `exports`
        is left out. Terms that cancel below zero are drawn to the left. Of columns without a colour of their own
        (countries of origin, say) the seven largest are told apart and the rest is one, "others"; where they are the
        countries of the rows, what is a row's own is "domestic" first.
    terms : iterable of str, optional
        Which columns, in the order they are stacked; all by default. They must add up to 1.
    rows : iterable of str, optional
        Which rows, in this order from the top.
    sort : str, optional
        Column by which to sort, largest on top, instead of the order given.
    labels : mapping, optional
        Names of terms for the legend; countries and industries are named as `names` says.
    names, title, notes, width, caption, ax
        As in `heatmap`.

    Returns
    -------
    Axes

    See Also
    --------
    io_linkage.value_added.kww, io_linkage.value_added.wwz : The terms that are drawn.
    """
    shares = _shares(result, terms, rows)
    if sort is not None:
        if sort not in shares.columns:
            raise unknown("column", sort, shares.columns)
        shares = shares.sort_values(sort, ascending=False)
    known = {**_labels(shares, names), **(labels or {})}
    shares = _few(shares)
    with style.theme():
        legend_rows = max(0.0, len(shares.columns) / 2 - 4)
        drawn = style.axes(ax, (width, 0.19 * len(shares) + 0.13 * legend_rows + 1.35))
        _stack(drawn, shares, known)
        drawn.set_yticks(range(len(shares)), shown(list(shares.index), names))
        drawn.set_ylim(len(shares) - 0.45, -0.55)
        _explain(drawn, len(shares.columns))
        drawn.set_xlabel("% of gross exports")
        attrs = _attrs(result, shares)
        style.finish(drawn, attrs, title=title, notes=notes, caption=caption)
    shares.attrs = {**result.attrs, "unit": "share of gross exports"}
    note(drawn, shares)
    return drawn


def _attrs(result: pd.DataFrame, shares: pd.DataFrame) -> dict[Any, Any]:
    """Return what is said below the bars; where they are years, all of them instead of the table's one."""
    attrs: dict[Any, Any] = {**result.attrs, "unit": "% of gross exports"}
    if result.index.name == "year":
        table = str(attrs.get("table", ""))
        for year in shares.index:
            table = table.replace(f" {year}", "")
        attrs.update(table=table, year=list(shares.index))
    return attrs


def _shares(result: pd.DataFrame, terms: Iterable[str] | None, rows: Iterable[str] | None) -> pd.DataFrame:
    flat = result.copy()
    if isinstance(flat.columns, pd.MultiIndex):
        flat.columns = pd.Index([", ".join(part for part in map(str, c) if part) for c in flat.columns])
    chosen = [str(c) for c in flat.columns if c != "exports"] if terms is None else list(terms)
    for term in chosen:
        if term not in flat.columns:
            raise unknown("column", term, flat.columns)
    wanted = list(flat.index) if rows is None else list(rows)
    for row in wanted:
        if row not in flat.index:
            raise unknown("row", row, flat.index)
    shares = flat.loc[wanted, chosen].astype(float).dropna(how="all")
    if shares.empty:
        raise OptionError("Nobody exports, so there are no shares to draw.")
    total = shares.sum(axis=1)
    if ((total - 1).abs() > 1e-6).any():
        worst = str((total - 1).abs().idxmax())
        raise OptionError(
            f"The columns add up to {total.loc[worst]:.4g} for {worst}, not to 1. Give shares, with frame(..., "
            "shares=True), and columns that do not overlap, with NON_VA where there is one."
        )
    return shares


def _few(shares: pd.DataFrame) -> pd.DataFrame:
    """Leave as many columns without a colour of their own as there are colours to give, the smallest summed."""
    plain = [term for term in shares.columns if term not in _LOOKS]
    if len(plain) <= len(_SPARE):
        return shares
    if set(shares.index) <= set(plain):
        # Origins and exporters are the same countries: each bar begins with its own.
        own = pd.Series({row: shares.at[row, row] for row in shares.index})
        shares = shares.copy()
        for row in shares.index:
            shares.loc[row, row] = 0.0
        shares.insert(0, "domestic", own)
    kept = set(shares[plain].abs().sum().nlargest(len(_SPARE) - 1).index)
    small = [term for term in plain if term not in kept]
    result = shares.drop(columns=small)
    place = max((k for k, term in enumerate(result.columns) if term in kept), default=-1) + 1
    result.insert(place, "others", shares[small].sum(axis=1))
    return result


def _labels(shares: pd.DataFrame, names: Names) -> dict[str, str]:
    plain = [term for term in shares.columns if term not in _LOOKS]
    return dict(zip(plain, (name.replace("_", " ") for name in shown(plain, names)), strict=True))


def _stack(ax: Axes, shares: pd.DataFrame, labels: Mapping[str, str]) -> None:
    spare = iter(_SPARE)
    right, left = pd.Series(0.0, index=shares.index), pd.Series(0.0, index=shares.index)
    for term in shares.columns:
        known, colour = _LOOKS.get(term, (term, None))
        values = 100 * shares[term].fillna(0.0)
        start = right.where(values >= 0, left)
        ax.barh(
            range(len(shares)),
            values,
            left=start,
            height=0.78,
            color=colour if colour is not None else next(spare),
            edgecolor="white" if term != "NON_VA" else "#b5b5b5",
            hatch="//////" if term == "NON_VA" else None,
            linewidth=0.4,
            label=labels.get(term, known),
        )
        right, left = right + values.clip(lower=0), left + values.clip(upper=0)
    ax.set_xlim(min(0.0, float(left.min()) * 1.05), max(100.0, float(right.max())))
    ax.tick_params(axis="y", length=0)
    for side in ("top", "right", "left"):
        ax.spines[side].set_visible(False)


def _explain(ax: Axes, terms: int) -> None:
    """Put the legend above the bars, in as many columns as there is room for."""
    figure = ax.get_figure(root=True)
    assert figure is not None
    beside = ax.yaxis.get_tightbbox()
    room = figure.bbox.width - (0.0 if beside is None else beside.width) - 0.1 * figure.dpi
    for columns in range(3 if terms > 4 else terms, 0, -1):
        legend = ax.legend(
            loc="lower left",
            bbox_to_anchor=(0.0, 1.0),
            ncols=columns,
            borderaxespad=0.2,
            handlelength=1.0,
            handletextpad=0.4,
            columnspacing=1.1,
            fontsize=style.SMALL,
        )
        if legend.get_window_extent().width <= room:
            return


@teaching(passed_to=heatmap)
def value_added_heatmap(
    result: pd.DataFrame,
    *,
    shares: bool = True,
    title: str | None = None,
    notes: Iterable[str] = (),
    **options: Any,
) -> Axes:
    """Draw whose value added is absorbed where, without what stays at home.

    Parameters
    ----------
    result : DataFrame
        ``value_added.matrix(table, by="region")``.
    shares : bool
        Each row as % of all value added there; otherwise amounts on a logarithmic scale.
    title, notes, options
        As in `heatmap`.

    Returns
    -------
    Axes

    See Also
    --------
    io_linkage.value_added.matrix : The value added that is drawn.
    """
    if list(map(str, result.index)) != list(map(str, result.columns)):
        raise OptionError("The heatmap needs regions on both sides: value_added.matrix(table, by='region').")
    drawn = result.div(result.sum(axis=1), axis=0) if shares else result
    drawn.attrs = dict(result.attrs)
    heading = "Whose value added is absorbed where" if title is None else title
    kind: dict[str, Any] = {"factor": 100.0, "unit": "% of the row's value added"} if shares else {"scale": "log"}
    settings = {
        "row_label": "Value added of",
        "column_label": "absorbed in",
        "diagonal": "left out",
        "empty": "absorbed at home",
        "annotate": False,
        **kind,
        **options,
    }
    return heatmap(drawn, title=heading, notes=notes, **settings)
