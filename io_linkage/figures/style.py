"""The look that all figures share: sizes, type, colours, title and the line below that says what the numbers are."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from weakref import WeakSet

import pandas as pd

from io_linkage.captions import UNSTATED
from io_linkage.figures import fonts

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.colors import Colormap
    from matplotlib.figure import Figure

#: Widths in inches of a journal's column (89 mm), of one column and a half, and of its page (183 mm).
COLUMN, WIDE, PAGE = 3.5, 5.5, 7.2

TEXT, SMALL, TITLE = 7.5, 6.5, 9.0
INK, FAINT_INK, FAINT, EMPTY = "#222222", "#555555", "#8c8c8c", "#f0f0f0"

#: Apart in hue and in lightness, so that they stay apart in grey.
STAGE_COLOURS = {"traditional": "#3b4a6b", "emerging": "#e08214", "future": "#5ec4b0"}
STAGE_MARKERS = {"traditional": "o", "emerging": "s", "future": "D"}
#: For stages with other names, in their order.
OWN_STAGE_COLOURS = ("#2166ac", "#b2182b", "#1b7837", "#762a83", "#a6761d", "#4d4d4d")
OWN_STAGE_MARKERS = ("o", "s", "D", "^", "v", "P")

#: For a focus country against comparators, with a dash pattern each, since colour alone fails in print.
LINE_COLOURS = ("#b2182b", "#2166ac", "#e08214", "#4d4d4d", "#5ec4b0", "#762a83", "#a6761d", "#1b7837")
LINE_DASHES = ("-", (0, (5, 1.5)), (0, (1.2, 1.2)), (0, (5, 1.2, 1.2, 1.2)), (0, (3, 1)), (0, (8, 2)), (0, (2, 2)), "-")

_RC: dict[Any, Any] = {
    "font.size": TEXT,
    "axes.labelsize": TEXT,
    "axes.titlesize": TITLE,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.labelcolor": INK,
    "axes.edgecolor": INK,
    "axes.linewidth": 0.6,
    "axes.unicode_minus": True,
    "text.color": INK,
    "xtick.labelsize": TEXT,
    "ytick.labelsize": TEXT,
    "xtick.color": INK,
    "ytick.color": INK,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "xtick.major.size": 2.5,
    "ytick.major.size": 2.5,
    "legend.fontsize": TEXT,
    "legend.title_fontsize": TEXT,
    "legend.frameon": False,
    "lines.linewidth": 1.2,
    "hatch.linewidth": 0.4,
    "hatch.color": "#b5b5b5",
    "figure.dpi": 150.0,
    "savefig.dpi": 300.0,
    "figure.constrained_layout.use": True,
    "figure.facecolor": "white",
}


def stage_looks(stage: pd.Series[Any]) -> dict[str, tuple[str, str]]:
    """Colour and marker of each stage in a series: the standard ones', or those of a fixed palette in turn.

    The order is that of the categories of a categorical series, else that of appearance; what is absent has none.

    Examples
    --------
    >>> stage_looks(pd.Series(["new", "old"], dtype=pd.CategoricalDtype(["old", "new"])))
    {'old': ('#2166ac', 'o'), 'new': ('#b2182b', 's')}
    """
    labels = stage.cat.categories if isinstance(stage.dtype, pd.CategoricalDtype) else stage.dropna().unique()
    names = [*map(str, labels)]
    present = set(map(str, stage.dropna()))
    own = [name for name in names if name not in STAGE_COLOURS]
    looks = {name: (STAGE_COLOURS[name], STAGE_MARKERS[name]) for name in STAGE_COLOURS}
    for k, name in enumerate(own):
        looks[name] = OWN_STAGE_COLOURS[k % len(OWN_STAGE_COLOURS)], OWN_STAGE_MARKERS[k % len(OWN_STAGE_MARKERS)]
    return {name: look for name, look in looks.items() if name in present}


@contextmanager
def theme() -> Iterator[None]:
    """Draw with the look of this package: ``with figures.theme(): ...``."""
    import matplotlib as mpl
    import seaborn as sns

    with sns.axes_style("ticks"), mpl.rc_context({**_RC, "font.family": fonts.families()}), fonts.one_warning():
        try:
            yield
        finally:
            interactive = mpl.is_interactive()
    # The first figure of a notebook makes matplotlib interactive; taking that back would hide all later ones.
    mpl.interactive(interactive)


# Figures made here, whose title and last line belong to the figure; Axes of a caller keep theirs to themselves.
_OWN: WeakSet[Figure] = WeakSet()


def axes(ax: Axes | None, size: tuple[float, float]) -> Axes:
    """Return the caller's Axes, or those of a new figure of this size in inches."""
    if ax is not None:
        return ax
    import matplotlib.pyplot as plt

    figure, drawn = plt.subplots(figsize=size, layout="constrained")
    _OWN.add(figure)
    return drawn


def own(figure: Figure) -> None:
    """Count a figure that was made here, so that its title and last line belong to it."""
    _OWN.add(figure)


def sequential() -> Colormap:
    """Light to dark, perceptually even: more is darker, in colour and in grey."""
    import numpy as np
    import seaborn as sns
    from matplotlib.colors import ListedColormap

    # The darkest eighth is black to the eye and to a printer.
    return ListedColormap(sns.color_palette("mako_r", as_cmap=True)(np.linspace(0.02, 0.88, 256)), name="sequential")


def around(vmin: float, centre: float, vmax: float) -> Colormap:
    """Two hues that part at a value, darkening all the way, so that grey print keeps the order.

    Below the centre pale to middle blue, above it orange to dark red; the step at the centre shows which side a
    cell is on. The share of the map on either side is that of the range, so that colours are linear in the values.
    """
    import numpy as np
    from matplotlib.colors import LinearSegmentedColormap, ListedColormap

    below = LinearSegmentedColormap.from_list("below", ["#f7fbff", "#cfe1f2", "#a3cbe5"])
    above = LinearSegmentedColormap.from_list("above", ["#fba85a", "#e8663f", "#b11f2b", "#4d0018"])
    part = round(512 * (centre - vmin) / (vmax - vmin))
    colours = np.vstack([below(np.linspace(0, 1, part)), above(np.linspace(0, 1, 512 - part))])
    return ListedColormap(colours, name="around")


def lines(names: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Colour and dash pattern for each name in order, to pass to ``ax.plot``.

    Examples
    --------
    >>> lines(["CHN", "USA"])["CHN"]
    {'color': '#b2182b', 'linestyle': '-'}
    """
    k = len(LINE_COLOURS)
    return {
        name: {"color": LINE_COLOURS[i % k], "linestyle": LINE_DASHES[i % k]}
        for i, name in enumerate(dict.fromkeys(names))
    }


#: Assumptions of a scenario that stand under every figure of it.
_TAKEN = ("closure", "substitution", "horizon")


def stated(attrs: Mapping[Any, Any], notes: Iterable[str] = ()) -> str:
    """Return the line below a figure: unit, table, year, source, prices, notes, stand-ins, what is missing or assumed.

    Examples
    --------
    >>> stated({"unit": "M USD", "table": "World 2011", "year": 2011, "source": "WIOD 2013"}, ["Hatched: no output"])
    'Unit: M USD. Table: World 2011. Source: WIOD 2013. Hatched: no output.'
    """
    unit, table, year = (str(attrs.get(key) or "") for key in ("unit", "table", "year"))
    known = attrs.get("unit") not in (None, UNSTATED)
    shown = [f"Unit: {unit or 'ratio'}" if known else "Unit not stated", f"Table: {table}" if table else ""]
    if year and year not in table:
        shown.append(f"Year: {_years(attrs['year'])}")
    if attrs.get("source"):
        shown.append(f"Source: {attrs['source']}")
    prices = attrs.get("prices")
    shown.append(f"{str(prices).capitalize()} prices" if prices else "")
    assumed = attrs.get("assumptions")
    taken = [str(assumed.get(key, "")) for key in _TAKEN] if isinstance(assumed, Mapping) else []
    said = (*shown, *notes, str(attrs.get("proxy", "")), str(attrs.get("note", "")), *taken)
    # Whoever draws may have written an assumption among the notes already.
    parts = dict.fromkeys(part.rstrip(".") for part in said if part)
    return ". ".join(parts) + "."


def _years(year: Any) -> str:
    return ", ".join(map(str, year)) if isinstance(year, list | tuple) else str(year)


def finish(
    ax: Axes, attrs: Mapping[Any, Any], *, title: str | None = None, notes: Iterable[str] = (), caption: bool = True
) -> Axes:
    """Add the title (by default the measure) and, below everything else, the line with unit, year and source."""
    heading = str(attrs.get("measure", "")) if title is None else title
    heading = heading[:1].upper() + heading[1:]
    line = stated(attrs, notes) if caption else ""
    figure = ax.get_figure(root=True)
    assert figure is not None
    if figure in _OWN:
        room = figure.get_figwidth() * 72 - 8
        edge = 4 / (figure.get_figwidth() * 72)
        look = {"x": edge, "ha": "left"}
        if heading:
            figure.suptitle(wrapped(figure, heading, room, TITLE, bold=True), size=TITLE, weight="bold", **look)
        if line:
            text = wrapped(figure, line, room, SMALL)
            figure.supxlabel(text, size=SMALL, color=FAINT_INK, linespacing=1.3, **look).set_gid("caption")
    else:
        _on_axes(ax, heading, line)
    return ax


def _on_axes(ax: Axes, heading: str, line: str) -> None:
    """Title above and line below the caller's Axes; the offset is in points, so it holds at any size."""
    for text in [text for text in ax.texts if text.get_gid() == "caption"]:
        text.remove()
    figure = ax.get_figure(root=True)
    assert figure is not None
    scale = 72 / figure.dpi
    frame, below, beside = ax.get_window_extent(), ax.xaxis.get_tightbbox(), ax.yaxis.get_tightbbox()
    left = 0.0 if beside is None else min(beside.x0 - frame.x0, 0.0) * scale
    room = frame.width * scale - left
    if heading:
        ax.set_title(wrapped(figure, heading, room, TITLE - 1, bold=True), loc="left", size=TITLE - 1, weight="bold")
    if line:
        drop = 0.0 if below is None else max(frame.y0 - below.y0, 0.0) * scale
        ax.annotate(
            wrapped(figure, line, room, SMALL),
            (0, 0),
            xycoords="axes fraction",
            xytext=(left, -drop - 5),
            textcoords="offset points",
            ha="left",
            va="top",
            fontsize=SMALL,
            color=FAINT_INK,
            annotation_clip=False,
            linespacing=1.3,
        ).set_gid("caption")


def wrapped(figure: Figure, text: str, points: float, size: float, *, bold: bool = False) -> str:
    """Break a text into lines that fit a width, as measured in its own type."""
    trial = figure.text(0, 0, text, size=size, weight="bold" if bold else "normal")
    wide = trial.get_window_extent().width * 72 / figure.dpi
    trial.remove()
    if wide <= points:
        return text
    letters = int(len(text) * points / wide * 0.96)
    return "\n".join(textwrap.wrap(text, max(letters, 12), break_long_words=False))
