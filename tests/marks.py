"""Reading a figure back: where its marks, names and colours are, and which numbers they stand for."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.colors import to_hex, to_rgb
from matplotlib.text import Annotation
from numpy.testing import assert_allclose

ATTRS = {"measure": "exports", "unit": "M USD", "table": "Made up 2011", "year": 2011, "source": "nobody"}


def frame(data: dict[str, list[Any]], index: pd.Index | list, /, **attrs: Any) -> pd.DataFrame:
    made = pd.DataFrame(data, index=index)
    made.attrs.update({**ATTRS, **attrs})
    return made


def caption(ax) -> str:
    figure = ax if hasattr(ax, "get_supxlabel") else ax.figure
    return figure.get_supxlabel().replace("\n", " ")


def drawn(ax):
    ax.get_figure(root=True).draw_without_rendering()
    return ax


def ticks(axis) -> dict[str, float]:
    """Where each tick label stands, in data coordinates."""
    labels = [label.get_text().replace("\n", " ") for label in axis.get_ticklabels()]
    return dict(zip(labels, map(float, axis.get_ticklocs()), strict=True))


def from_top(ax) -> list[str]:
    """Labels of the vertical axis as they are read, from the top down."""
    drawn(ax)
    places = {label.get_text().replace("\n", " "): label.get_window_extent().y0 for label in ax.get_yticklabels()}
    return sorted(places, key=lambda name: -places[name])


def from_left(ax) -> list[str]:
    drawn(ax)
    ends = {label.get_text().replace("\n", " "): label.get_window_extent() for label in ax.get_xticklabels()}
    return sorted(ends, key=lambda name: ends[name].x0 + ends[name].x1)


def colour_bar(ax):
    return next(other for other in ax.figure.axes if other is not ax)


def cells(ax, shape) -> np.ndarray:
    return ax.collections[0].get_array().filled(np.nan).reshape(shape)


def lightness(colour) -> float:
    return float(np.dot(to_rgb(colour), [0.2126, 0.7152, 0.0722]))


def named(ax) -> dict[str, tuple[float, float]]:
    """The point each name belongs to."""
    return {t.get_text(): tuple(map(float, t.xy)) for t in ax.texts if isinstance(t, Annotation) and t.get_text()}


def written(ax) -> dict[str, tuple[float, float]]:
    """Where each text written on the Axes stands, as shares of the Axes."""
    drawn(ax)
    box = ax.get_window_extent()
    places = {}
    for text in ax.texts:
        own = text.get_window_extent()
        places[text.get_text()] = (
            ((own.x0 + own.x1) / 2 - box.x0) / box.width,
            ((own.y0 + own.y1) / 2 - box.y0) / box.height,
        )
    return places


def legend(ax) -> dict[str, str]:
    """The colour of each entry of the legend."""
    shown = ax.get_legend()
    colours = []
    for handle in shown.legend_handles:
        look = handle.get_facecolor() if hasattr(handle, "get_facecolor") else handle.get_color()
        colours.append(to_hex(np.ravel(look)[:4] if not isinstance(look, str) else look))
    return dict(zip([text.get_text() for text in shown.get_texts()], colours, strict=True))


QUARTERS = {
    "Key": (True, True),
    "Backward-oriented": (False, True),
    "Forward-oriented": (True, False),
    "Weakly linked": (False, False),
}


def quarters_are_right(ax) -> None:
    places = written(ax)
    for name, (right, top) in QUARTERS.items():
        assert (places[name][0] > 0.5, places[name][1] > 0.5) == (right, top), name
    lines = [line for line in ax.lines if len(set(line.get_xdata())) == 1 or len(set(line.get_ydata())) == 1]
    straight = {(tuple(line.get_xdata()), tuple(line.get_ydata())) for line in lines}
    assert {((1.0, 1.0), (0, 1)), ((0, 1), (1.0, 1.0))} <= straight
    assert (ax.get_xlabel(), ax.get_ylabel()) == (
        "Forward linkage, 1 = average industry",
        "Backward linkage, 1 = average industry",
    )


def names_stand_at_their_points(ax, points: dict[str, tuple[float, float]]) -> None:
    """Each name written stands nearer to its own point than to any other."""
    drawn(ax)
    at = {name: ax.transData.transform(point) for name, point in points.items()}
    for text in ax.texts:
        if text.get_text() not in points or not isinstance(text, Annotation):
            continue
        assert_allclose(text.xy, points[text.get_text()])
        box = text.get_window_extent()
        away = {
            n: np.hypot(max(box.x0 - p[0], p[0] - box.x1, 0), max(box.y0 - p[1], p[1] - box.y1, 0))
            for n, p in at.items()
        }
        assert min(away, key=away.__getitem__) == text.get_text()


def bars(ax) -> dict[tuple[str, str], tuple[float, float]]:
    """Start and end of the bar of each (row, legend entry), of bars with a width."""
    rows = {y: name for name, y in ticks(ax.yaxis).items()}
    ends = {}
    for container in ax.containers:
        for bar in container:
            name = rows[float(round(bar.get_y() + bar.get_height() / 2, 6))]
            if bar.get_width():
                ends[name, container.get_label()] = (bar.get_x(), bar.get_x() + bar.get_width())
    return ends
