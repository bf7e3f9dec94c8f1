"""Flow diagram: bands from sources to receivers, as wide as the flows.

Drawn with matplotlib's own paths. Its Sankey class draws one system of arrows, not bands between two lists; the
libraries that draw such bands are either interactive and large (their still pictures need a browser) or kept by one
person. A band is a patch of two curves.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
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

Floats = np.ndarray[Any, np.dtype[np.float64]]

#: Empty height between two boxes, as a share of the whole; the width of a box; where the boxes stand.
GAP, BOX = 0.022, 0.028


@teaching()
def flows(
    result: pd.DataFrame,
    *,
    colours: Mapping[str, str] | None = None,
    names: Names = "auto",
    source_label: str = "",
    receiver_label: str = "",
    factor: float = 1.0,
    unit: str | None = None,
    smallest: float = 0.004,
    title: str | None = None,
    notes: Iterable[str] = (),
    width: float = style.WIDE,
    caption: bool = True,
    ax: Axes | None = None,
) -> Axes:
    """Draw flows from the rows (left) to the columns (right) of a matrix as bands.

    Parameters
    ----------
    result : DataFrame
        Flows of at least 0, e.g. value added of stages absorbed by regions:
        ``ties.bilateral(...).loc["CHN"]["value_added_exports"].unstack("partner")`` without the rows and columns "all".
    colours : mapping of row to colour, optional
        Stages have their own; other rows take the colours of lines in turn.
    names : "auto", "codes" or mapping
    source_label, receiver_label : str
        Heading of each side.
    factor : float
        Multiply what is shown, e.g. 0.001 for thousands, with `unit` saying so.
    smallest : float
        Rows and columns below this share of the whole are joined as "others".
    title, notes, caption, width, ax
        As in `heatmap`.

    Returns
    -------
    Axes

    See Also
    --------
    io_linkage.spillovers.matrix : Flows between groups.
    """
    cells = _checked(result) * factor
    cells, joined = _joined(cells, smallest)
    attrs = described(result, unit, factor=factor)
    left, right = (_stacked(cells.sum(axis=k).to_numpy()) for k in (1, 0))
    palette = _palette([str(row) for row in cells.index], colours)
    with style.theme():
        rows = max(cells.shape)
        drawn = style.axes(ax, (width, min(max(0.21 * rows + 1.2, 2.8), 8.5)))
        _bands(drawn, cells.to_numpy(), left, right, palette)
        _boxes(drawn, left, 0.0, palette)
        _boxes(drawn, right, 1.0 - BOX, [style.FAINT_INK] * len(right))
        whole = float(cells.to_numpy().sum())
        _labels(drawn, left, _texts(cells.index, names, cells.sum(axis=1), whole), "right")
        _labels(drawn, right, _texts(cells.columns, names, cells.sum(axis=0), whole), "left")
        for at, ha, text in ((BOX, "right", source_label), (1 - BOX, "left", receiver_label)):
            drawn.text(at, 1.03, text, ha=ha, va="bottom", fontsize=style.TEXT, weight="bold")
        drawn.set(xlim=(-0.02, 1.02), ylim=(-0.01, 1.02))
        drawn.axis("off")
        statements = [*notes, f"Sum of all bands: {whole:,.3g}" if whole < 1000 else f"Sum of all bands: {whole:,.0f}"]
        if joined:
            statements.append(f"Others: below {smallest:.1%} each ({', '.join(joined)})")
        style.finish(drawn, attrs, title=title, notes=statements, caption=caption)
    long = pd.DataFrame({"value": (result * factor).T.unstack()})
    long.attrs = attrs
    note(drawn, long)
    return drawn


def _checked(result: pd.DataFrame) -> pd.DataFrame:
    cells = result.astype(float).fillna(0.0)
    if (cells.to_numpy() < 0).any():
        where = np.argwhere(cells.to_numpy() < 0)[0]
        label = f"{cells.index[where[0]]} to {cells.columns[where[1]]}"
        raise OptionError(f"A flow is negative ({label}); bands need flows of at least 0. Draw balances as a heatmap.")
    if cells.empty or cells.to_numpy().sum() == 0:
        raise OptionError("There is no flow to draw: every cell is empty or 0.")
    return cells


def _joined(cells: pd.DataFrame, smallest: float) -> tuple[pd.DataFrame, list[str]]:
    """Join rows and columns that are too thin to see."""
    joined = []
    for _ in ("rows", "columns"):
        share = cells.sum(axis=1) / cells.to_numpy().sum()
        thin = share.index[share < smallest]
        if len(thin) > 1:
            joined += [str(label) for label in thin]
            rest = cells.loc[thin].sum()
            cells = cells.drop(index=thin)
            cells.loc["others"] = rest
        cells = cells.T
    return cells, joined


def _stacked(sizes: Floats) -> Floats:
    """Lower and upper end of each box, from the top down, (boxes, 2)."""
    room = 1 - GAP * (len(sizes) - 1)
    heights = sizes / sizes.sum() * room
    upper = 1 - np.concatenate([[0.0], np.cumsum(heights + GAP)[:-1]])
    return np.column_stack([upper - heights, upper])


def _bands(ax: Axes, flows: Floats, left: Floats, right: Floats, palette: list[str]) -> None:
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    scale = (left[:, 1] - left[:, 0]).sum() / flows.sum(), (right[:, 1] - right[:, 0]).sum() / flows.sum()
    tops = left[:, 1].copy(), right[:, 1].copy()
    start, end, middle = BOX, 1 - BOX, 0.5
    curve = [Path.MOVETO, *[Path.CURVE4] * 3, Path.LINETO, *[Path.CURVE4] * 3, Path.CLOSEPOLY]
    for i in range(flows.shape[0]):
        for j in range(flows.shape[1]):
            if flows[i, j] <= 0:
                continue
            a, b = tops[0][i], tops[1][j]
            a_low, b_low = a - flows[i, j] * scale[0], b - flows[i, j] * scale[1]
            tops[0][i], tops[1][j] = a_low, b_low
            points = [(start, a), (middle, a), (middle, b), (end, b), (end, b_low), (middle, b_low), (middle, a_low)]
            path = Path([*points, (start, a_low), (start, a)], curve)
            ax.add_patch(PathPatch(path, facecolor=palette[i], alpha=0.55, edgecolor=palette[i], linewidth=0.2))


def _boxes(ax: Axes, ends: Floats, at: float, palette: list[str]) -> None:
    from matplotlib.patches import Rectangle

    for (low, high), colour in zip(ends, palette, strict=True):
        ax.add_patch(Rectangle((at, low), BOX, high - low, facecolor=colour, edgecolor="none"))


def _labels(ax: Axes, ends: Floats, texts: list[str], ha: str) -> None:
    """Names beside the boxes, moved apart where boxes are thinner than a line of text."""
    at = -0.012 if ha == "right" else 1.012
    middles = ends.mean(axis=1)
    height = ax.get_window_extent().height * 72 / ax.figure.dpi
    places = _apart(middles, 1.18 * style.TEXT / height)
    for text, middle, place in zip(texts, middles, places, strict=True):
        ax.text(at, place, text, ha=ha, va="center", fontsize=style.TEXT)
        if abs(place - middle) > 0.012:
            edge = 0.0 if ha == "right" else 1.0
            ax.plot([edge, at * 0.75 + edge * 0.25], [middle, place], color=style.FAINT, linewidth=0.4, clip_on=False)


def _apart(middles: Floats, least: float) -> Floats:
    """Places from the top down at least so far from each other, as near their boxes as that allows."""
    places = middles.copy()
    for k in range(1, len(places)):
        places[k] = min(places[k], places[k - 1] - least)
    # What was pushed below the frame moves up again.
    floor = 0.0
    for k in range(len(places) - 1, -1, -1):
        places[k] = max(places[k], floor)
        floor = places[k] + least
    return places


def _texts(labels: pd.Index[Any], names: Names, sizes: pd.Series[float], whole: float) -> list[str]:
    known = [label for label in labels if label != "others"]
    texts = {**dict(zip(known, shown(known, names), strict=True)), "others": "others"}
    shares = [float(sizes[label]) / whole for label in labels]
    return [
        f"{_capital(texts[label])} {s:.0%}" if s >= 0.005 else f"{_capital(texts[label])} {s:.1%}"
        for label, s in zip(labels, shares, strict=True)
    ]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _palette(rows: list[str], colours: Mapping[str, str] | None) -> list[str]:
    own = dict(colours or {})
    known = {**style.STAGE_COLOURS, "others": style.FAINT, **own}
    rest = [row for row in rows if row not in known]
    turn = {row: style.LINE_COLOURS[k % len(style.LINE_COLOURS)] for k, row in enumerate(rest)}
    return [{**known, **turn}[row] for row in rows]
