"""Figures of value chains: participation, position over time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from io_linkage.captions import described
from io_linkage.errors import OptionError, unknown
from io_linkage.figures import style
from io_linkage.figures.naming import Names, shown
from io_linkage.figures.options import teaching
from io_linkage.figures.placing import name_all, place
from io_linkage.figures.saving import note

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Floats = npt.NDArray[np.float64]

_HOME = "#b2182b"
_GROUP_MARKERS = ("o", "s", "D", "^", "v")


@teaching()
def participation_map(
    result: pd.DataFrame,
    *,
    groups: pd.Series[str] | Mapping[str, Iterable[str]] | None = None,
    size: str | None = "exports",
    label: int | None = None,
    names: Names = "auto",
    title: str | None = None,
    notes: Iterable[str] = (),
    width: float = style.WIDE,
    caption: bool = True,
    ax: Axes | None = None,
) -> Axes:
    """Draw countries by backward (across) and forward (up) participation in value chains.

    Above the diagonal countries supply others' chains, below it they assemble what others supply.

    Parameters
    ----------
    result : DataFrame
        From ``value_added.participation``, one row per country.
    groups : Series or mapping, optional
        Group of each country, or countries of each group, for colour and shape; the rest are "others".
    size : str, optional
        Column to which areas are in proportion.
    label : int, optional
        How many countries to name, largest first; all by default.
    names, title, notes, width, caption, ax
        As in `heatmap`.

    Returns
    -------
    Axes

    See Also
    --------
    io_linkage.value_added.trade_based : The participation that is drawn.
    """
    for column in ("backward", "forward"):
        if column not in result.columns:
            raise unknown("column", column, result.columns)
    rows = result.dropna(subset=["backward", "forward"])
    if rows.empty:
        raise OptionError("No country has exports, so there is nothing to draw.")
    if size is not None and size in rows.columns:
        rows = rows.sort_values(size, ascending=False)
        radii = np.maximum(9.0 * np.sqrt(rows[size].to_numpy() / rows[size].max()), 1.8)
    else:
        radii = np.full(len(rows), 3.0)
    across, up = 100 * rows["backward"].to_numpy(), 100 * rows["forward"].to_numpy()
    member = _membership(rows.index, groups)
    with style.theme():
        drawn = style.axes(ax, (width, width * 0.86))
        _grouped(drawn, across, up, radii, member)
        _diagonal(drawn, across, up)
        drawn.set_xlabel("Backward participation: imported content in exports, %")
        drawn.set_ylabel("Forward participation: exports that others export on, %")
        statements = [*notes]
        if size is not None and size in rows.columns:
            statements.insert(0, f"Area: {size.replace('_', ' ')}")
        attrs = described(result[["backward", "forward"]], own="% of gross exports")
        texts = shown(list(rows.index), names)
        name_all(
            drawn,
            across.tolist(),
            up.tolist(),
            [t if label is None or k < label else "" for k, t in enumerate(texts)],
            lambda more: style.finish(drawn, attrs, title=title, notes=[*statements, *more], caption=caption),
            numbered=caption,
            radii=radii.tolist(),
            fontsize=style.SMALL,
        )
    kept = rows.assign(group=member)
    kept.attrs = dict(result.attrs)
    note(drawn, kept)
    return drawn


def _membership(index: pd.Index[Any], groups: pd.Series[str] | Mapping[str, Iterable[str]] | None) -> pd.Series[str]:
    if groups is None:
        return pd.Series("", index=index)
    if isinstance(groups, pd.Series):
        return groups.reindex(index).fillna("others").astype(str)
    named = {region: name for name, regions in groups.items() for region in regions}
    return pd.Series([named.get(str(region), "others") for region in index], index=index)


def _grouped(ax: Axes, across: Floats, up: Floats, radii: Floats, member: pd.Series[str]) -> None:
    from matplotlib.collections import PathCollection

    kinds = [kind for kind in dict.fromkeys(member) if kind != "others"]
    colours = dict(zip(kinds, (_HOME, "#2166ac", "#e08214", "#762a83"), strict=False))
    groups = member.to_numpy()
    for k, kind in enumerate([*kinds, *(["others"] if "others" in groups else [])]):
        part = groups == kind
        ax.scatter(
            across[part],
            up[part],
            s=np.pi * radii[part] ** 2,
            color=colours.get(kind, "#8c8c8c"),
            marker=_GROUP_MARKERS[k % len(_GROUP_MARKERS)],
            linewidths=0.5,
            edgecolors="white",
            alpha=0.9,
            zorder=3,
            label=kind,
        )
    if set(groups) != {""}:
        legend = ax.legend(
            loc="lower left",
            bbox_to_anchor=(0.0, 1.0),
            ncols=len(kinds) + 1,
            borderaxespad=0.1,
            handletextpad=0.2,
            columnspacing=1.2,
        )
        for handle in legend.legend_handles:
            if isinstance(handle, PathCollection):
                handle.set_sizes([22.0])
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)


def _diagonal(ax: Axes, across: Floats, up: Floats) -> None:
    for values, limit in ((across, ax.set_xlim), (up, ax.set_ylim)):
        room = 0.09 * max(float(values.max() - values.min()), 1.0)
        limit(max(0.0, float(values.min()) - room), float(values.max()) + 1.7 * room)
    ends = max(ax.get_xlim()[0], ax.get_ylim()[0]), min(ax.get_xlim()[1], ax.get_ylim()[1])
    if ends[0] < ends[1]:
        ax.plot(ends, ends, color=style.FAINT, linewidth=0.7, linestyle=(0, (4, 3)), zorder=1)
    for x, y, text, ha in (
        (0.03, 0.97, "Supplies others' chains", "left"),
        (0.97, 0.03, "Builds on others' inputs", "right"),
    ):
        ax.text(
            x,
            y,
            text,
            transform=ax.transAxes,
            ha=ha,
            va="top" if y > 0.5 else "bottom",
            style="italic",
            color="#6b6b6b",
            fontsize=style.TEXT,
        )


@teaching()
def position_over_time(
    result: pd.DataFrame,
    *,
    regions: Iterable[str] | None = None,
    level: str = "region",
    names: Names = "auto",
    title: str | None = None,
    notes: Iterable[str] = (),
    width: float = style.WIDE,
    caption: bool = True,
    ax: Axes | None = None,
) -> Axes:
    """Draw paths of downstreamness (across) and upstreamness (up) from the first year to the last.

    Up: more stages to the final user. Right: more stages behind. Along the diagonal both sides of the chain lengthen.

    Parameters
    ----------
    result : DataFrame
        ``panel.over(tables, position.by_group)``, by year and region (or stage).
    regions : iterable of str, optional
        Which paths to draw, in this order; all by default.
    level : str
        The index level beside the year.
    names, title, notes, width, caption, ax
        As in `heatmap`.

    Returns
    -------
    Axes

    See Also
    --------
    io_linkage.position.by_group : The positions that are drawn.
    """
    if "year" not in result.index.names or level not in result.index.names:
        raise OptionError(f"Paths need the levels year and {level}; make them with panel.over(tables, by_group).")
    labels = list(dict.fromkeys(result.index.get_level_values(level)))
    chosen = labels if regions is None else list(regions)
    for region in chosen:
        if region not in labels:
            raise unknown(level, region, labels)
    measures = result[["downstreamness", "upstreamness"]].dropna()
    paths: dict[str, pd.DataFrame] = {}
    for region in chosen:
        own = measures[measures.index.get_level_values(level) == region].droplevel(level).sort_index()
        if len(own):
            paths[region] = own
    if not paths:
        raise OptionError("None of the paths has a value to draw.")
    with style.theme():
        drawn = style.axes(ax, (width, width * 0.86))
        looks = style.lines(list(paths))
        for region, path in paths.items():
            _path(drawn, path, looks[region])
        _equal_frame(drawn, paths)
        drawn.set_xlabel("Downstreamness: stages from primary inputs")
        drawn.set_ylabel("Upstreamness: stages to final demand")
        years = sorted({int(y) for path in paths.values() for y in path.index})
        statements = [f"Open point {years[0]}, filled point {years[-1]}", *notes]
        attrs = described(result[["downstreamness", "upstreamness"]], own="stages")
        attrs["table"] = _without(str(attrs.get("table", "")), years)
        style.finish(drawn, attrs, title=title, notes=statements, caption=caption)
        _path_names(drawn, paths, looks, names)
    shown_rows = pd.concat(paths, names=[level])
    shown_rows.attrs = {**result.attrs, "unit": "stages"}
    note(drawn, shown_rows)
    return drawn


def _without(table: str, years: Iterable[int]) -> str:
    for year in years:
        table = table.replace(f" {year}", "")
    return table


def _path(ax: Axes, path: pd.DataFrame, look: Mapping[str, Any]) -> None:
    x, y = path["downstreamness"].to_numpy(), path["upstreamness"].to_numpy()
    ax.plot(x, y, **look, linewidth=1.1, zorder=2)
    ax.plot(x[1:-1], y[1:-1], linestyle="", marker="o", markersize=2, color=look["color"], zorder=3)
    ax.plot(
        x[:1], y[:1], linestyle="", marker="o", markersize=4.5, color=look["color"], markerfacecolor="white", zorder=3
    )
    ax.plot(x[-1:], y[-1:], linestyle="", marker="o", markersize=4.5, color=look["color"], zorder=3)


def _equal_frame(ax: Axes, paths: Mapping[str, pd.DataFrame]) -> None:
    values = np.concatenate([path.to_numpy() for path in paths.values()])
    low, high = values.min(axis=0), values.max(axis=0)
    room = 0.09 * np.maximum(high - low, 0.1)
    ax.set_xlim(low[0] - room[0], high[0] + room[0])
    ax.set_ylim(low[1] - room[1], high[1] + room[1])
    # Where both lengths are equal.
    ends = (max(low[0] - room[0], low[1] - room[1]), min(high[0] + room[0], high[1] + room[1]))
    if ends[0] < ends[1]:
        ax.plot(ends, ends, color=style.FAINT, linewidth=0.6, linestyle=(0, (4, 3)), zorder=1)
    ax.grid(color="#ebebeb", linewidth=0.5)
    ax.set_axisbelow(True)
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)


def _path_names(
    ax: Axes, paths: Mapping[str, pd.DataFrame], looks: Mapping[str, Mapping[str, Any]], names: Names
) -> None:
    ends = [path.to_numpy()[-1] for path in paths.values()]
    others = [point for path in paths.values() for point in path.to_numpy()[:-1]]
    texts = shown(list(paths), names)
    placed = place(
        ax,
        [float(p[0]) for p in [*ends, *others]],
        [float(p[1]) for p in [*ends, *others]],
        [*texts, *([""] * len(others))],
        fontsize=style.TEXT,
    )
    look = dict(zip(texts, looks.values(), strict=True))
    for text in placed:
        text.set_color(look[text.get_text()]["color"])
    crowded = [name for name in texts if name not in {text.get_text() for text in placed}]
    if crowded:
        from matplotlib.lines import Line2D

        handles = [Line2D([], [], **look[name], marker="o", markersize=4, label=name) for name in crowded]
        ax.legend(handles=handles, loc="upper left")
