"""Placing text beside points so that no text covers another text or a point, or seems to belong to another point."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.text import Annotation

Boxes = npt.NDArray[np.float64]

# Around a point in the order of preference: beside, above and below, then the corners.
_DIRECTIONS = ((1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, 1), (1, -1), (-1, -1))
# Points from the edge of the mark; further than NEAR a thin line joins text and mark.
_DISTANCES = (2.0, 5.0, 9.0, 14.0, 20.0, 28.0, 38.0, 50.0)
_NEAR = 5.0
# What is given up, in points of distance: a text across a line of the figure or beyond it, and one joined by a line of
# its own. A line of its own that runs through something else is never drawn.
_ACROSS, _JOINED = 20.0, 9.0


@dataclass(frozen=True)
class _Ground:
    """What is there already, as boxes (x0, y0, x1, y1) in pixels."""

    frame: Boxes
    marks: Boxes
    texts: Boxes
    lines: Boxes

    def with_text(self, box: Boxes) -> _Ground:
        return _Ground(self.frame, self.marks, np.vstack([self.texts, box]), self.lines)


def place(
    ax: Axes,
    x: Sequence[float],
    y: Sequence[float],
    texts: Sequence[str],
    *,
    radii: Sequence[float] | None = None,
    fontsize: float = 6.5,
    lines: Sequence[tuple[float | None, float | None]] = (),
    **text_options: Any,
) -> list[Annotation]:
    """Label points, the first texts given taking the best places, with a thin line where a label stands off.

    Call it last: places are measured in the figure as it stands, with its limits, titles and legends. Texts already
    on the Axes are kept clear.

    Parameters
    ----------
    ax : Axes
    x, y : sequences of float
        All points, labelled or not, in data coordinates; they are kept clear.
    texts : sequence of str
        An empty text leaves its point without a label.
    radii : sequence of float, optional
        Of the marks, in points.
    lines : sequence of (x, None) or (None, y)
        Lines across the Axes, crossed only where there is no other place nearby; the text then breaks the line.

    Returns
    -------
    list of Annotation, one per text that found a place; one that found none is left out.
    """
    figure = ax.get_figure(root=True)
    assert figure is not None
    figure.draw_without_rendering()
    scale = figure.dpi / 72
    centres = ax.transData.transform(np.column_stack([np.asarray(x, float), np.asarray(y, float)]))
    sizes = (np.full(len(centres), 2.0) if radii is None else np.asarray(radii, float)) * scale
    ground = _ground(ax, centres, sizes, lines)
    placed = []
    for k, text in enumerate(texts):
        if not text:
            continue
        size = _extent(ax, text, fontsize, text_options)
        spot = _spot(ground, k, centres[k], sizes[k], size, scale)
        if spot is None:
            continue
        box, joined = spot
        ground = ground.with_text(box)
        offset = ((box[:2] + box[2:]) / 2 - centres[k]) / scale
        # A line is broken in one piece, rather than showing between the letters.
        broken = (
            {"bbox": {"facecolor": "white", "edgecolor": "none", "pad": 0.3}} if _overlaps(box, ground.lines) else {}
        )
        options = {**text_options, **broken}
        placed.append(_write(ax, text, (x[k], y[k]), offset, sizes[k] / scale, joined, fontsize, options))
    return placed


def name_all(
    ax: Axes,
    x: Sequence[float],
    y: Sequence[float],
    texts: Sequence[str],
    explain: Callable[[list[str]], object],
    *,
    numbered: bool = True,
    **options: Any,
) -> None:
    """Label points; a name without room becomes a number, which a note below the figure explains.

    Parameters
    ----------
    ax, x, y, texts, options
        As in `place`.
    explain : callable
        Writes title and caption with these further notes. The first call comes before any place is measured.
    numbered : bool
        Without it, as where there is no caption, a name without room is left out.
    """
    explain([])
    numbers: dict[int, str] = {}
    while True:
        written = [numbers.get(k, text) for k, text in enumerate(texts)]
        placed = place(ax, x, y, written, **options)
        there = {text.get_text() for text in placed}
        lost = [k for k, text in enumerate(written) if text and text not in there]
        new = [k for k in lost if k not in numbers]
        if not numbered or not new:
            break
        # The note takes room from the Axes, so all places are measured again.
        numbers |= {k: str(len(numbers) + n) for n, k in enumerate(new, start=1)}
        for text in placed:
            text.remove()
        explain(_key(texts, numbers, []))
    if numbered and lost:
        explain(_key(texts, numbers, lost))


def _key(texts: Sequence[str], numbers: dict[int, str], lost: list[int]) -> list[str]:
    """Say what the numbers stand for, and which points have not even one."""
    entries = [f"{number} {texts[k]}" for k, number in numbers.items() if k not in lost]
    bare = [texts[k] for k in lost]
    return [*([", ".join(entries)] if entries else []), *([f"Not named: {', '.join(bare)}"] if bare else [])]


def _ground(ax: Axes, centres: Boxes, sizes: Boxes, lines: Sequence[tuple[float | None, float | None]]) -> _Ground:
    frame = ax.get_window_extent()
    bounds = np.array([frame.x0, frame.y0, frame.x1, frame.y1])
    # A disc fills less than its square; a text may come a little into the corners.
    marks = np.column_stack([centres - sizes[:, None] * 0.85, centres + sizes[:, None] * 0.85])
    there = [text.get_window_extent() for text in ax.texts if text.get_text()]
    texts = np.array([[b.x0, b.y0, b.x1, b.y1] for b in there]).reshape(-1, 4)
    strips = []
    for across, up in lines:
        at = ax.transData.transform((across if across is not None else 0.0, up if up is not None else 0.0))
        if across is not None:
            strips.append([at[0] - 1, bounds[1], at[0] + 1, bounds[3]])
        else:
            strips.append([bounds[0], at[1] - 1, bounds[2], at[1] + 1])
    return _Ground(bounds, marks, texts, np.array(strips).reshape(-1, 4))


def _extent(ax: Axes, text: str, fontsize: float, options: dict[str, Any]) -> tuple[float, float]:
    trial = ax.text(0, 0, text, fontsize=fontsize, **options)
    box = trial.get_window_extent()
    trial.remove()
    return box.width, box.height


def _spot(
    ground: _Ground, own: int, centre: Boxes, radius: float, size: tuple[float, float], scale: float
) -> tuple[Boxes, bool] | None:
    """Find the free box that reads best, and whether a line has to join it to its mark."""
    others = np.delete(ground.marks, own, axis=0)
    taken = np.vstack([others, ground.texts])
    best: tuple[float, Boxes, bool] | None = None
    # A mark that stands on a line is on both sides of it, so its text may be on either, but not on the line itself.
    lines = ground.lines[[not _overlaps(ground.marks[own], line[None, :]) for line in ground.lines]]
    for distance in _DISTANCES:
        if best is not None and distance > best[0]:
            break
        for rank, direction in enumerate(_DIRECTIONS):
            box = _box(centre, radius + distance * scale, size, direction)
            inside = (box[:2] >= ground.frame[:2] + 1).all() and (box[2:] <= ground.frame[2:] - 1).all()
            if not inside or _overlaps(box, taken):
                continue
            joined = distance > _NEAR
            # Without a line a text belongs to the mark it is nearest to.
            if not joined and len(others) and _gap(box, others) < _gap(box, ground.marks[own : own + 1]) - 0.01:
                continue
            if joined and _crossings(centre, box, taken):
                continue
            across = _overlaps(_hull(box, centre), lines) or _overlaps(box, ground.lines)
            cost = distance + 0.4 * rank + _ACROSS * across + _JOINED * joined
            if best is None or cost < best[0]:
                best = cost, box, joined
    return None if best is None else best[1:]


def _crossings(centre: Boxes, box: Boxes, taken: Boxes) -> int:
    """How many marks and texts a straight line from the mark to the middle of its text runs through."""
    middle = (box[:2] + box[2:]) / 2
    steps = centre + np.linspace(0.0, 1.0, 40)[:, None] * (middle - centre)
    within = (steps[:, None, :] > taken[None, :, :2]).all(axis=2) & (steps[:, None, :] < taken[None, :, 2:]).all(axis=2)
    return int(within.any(axis=0).sum())


def _box(centre: Boxes, off: float, size: tuple[float, float], direction: tuple[int, int]) -> Boxes:
    half = np.array(size) / 2
    toward = np.array(direction, dtype=float)
    middle = centre + toward * half + toward / np.linalg.norm(toward) * off
    return np.array([*(middle - half), *(middle + half)])


def _overlaps(box: Boxes, others: Boxes) -> bool:
    apart = (others[:, 2] <= box[0]) | (others[:, 0] >= box[2]) | (others[:, 3] <= box[1]) | (others[:, 1] >= box[3])
    return bool((~apart).any())


def _hull(box: Boxes, centre: Boxes) -> Boxes:
    return np.array([*np.minimum(box[:2], centre), *np.maximum(box[2:], centre)])


def _gap(box: Boxes, others: Boxes) -> float:
    """Distance to the nearest of the others."""
    across = np.maximum(np.maximum(others[:, 0] - box[2], box[0] - others[:, 2]), 0)
    up = np.maximum(np.maximum(others[:, 1] - box[3], box[1] - others[:, 3]), 0)
    return float(np.hypot(across, up).min())


def _write(
    ax: Axes,
    text: str,
    point: tuple[float, float],
    offset: Boxes,
    radius: float,
    joined: bool,
    fontsize: float,
    options: dict[str, Any],
) -> Annotation:
    from matplotlib.patheffects import withStroke

    line = {"arrowstyle": "-", "linewidth": 0.4, "color": "#777777", "shrinkA": 0, "shrinkB": radius + 0.5}
    return ax.annotate(
        text,
        point,
        xytext=(float(offset[0]), float(offset[1])),
        textcoords="offset points",
        ha="center",
        va="center",
        fontsize=fontsize,
        arrowprops=line if joined else None,
        zorder=5,
        path_effects=[withStroke(linewidth=1.6, foreground="white")],
        **options,
    )
