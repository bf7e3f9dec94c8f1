"""Diagrams of structural paths: a tree of suppliers that grows to the left from a final product."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from textwrap import wrap
from typing import TYPE_CHECKING

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

#: As `networks.paths` writes a path.
_STEP = " > "
#: Letters in a line of a label, and the widest line of a link in points.
_LINE, _WIDEST = 20, 8.0


@teaching()
def path_diagram(
    result: pd.DataFrame,
    *,
    top: int = 15,
    names: Names = "auto",
    title: str | None = None,
    notes: Iterable[str] = (),
    width: float = style.PAGE,
    caption: bool = True,
    ax: Axes | None = None,
) -> Axes:
    """Draw the largest paths to a final product as a tree: the product on the right, its suppliers to the left.

    The number in a node is the share of the content that arises there on this path; a link is as wide as what the paths
    shown carry along it.

    Parameters
    ----------
    result : DataFrame
        A result of `networks.paths`.
    top : int
        How many paths are drawn.
    names, title, notes, width, caption, ax
        As in `heatmap`.

    Returns
    -------
    Axes
    """
    if not {"path", "value_share", "depth"} <= set(result.columns):
        raise OptionError("A path diagram is drawn from a result of networks.paths.")
    if result.empty or top < 1:
        raise OptionError("There is no path to draw: none reaches the threshold, or top is below 1.")
    rows = result.head(top)
    if (rows["value_share"] < 0).any():
        raise OptionError("Some of the paths carry less than 0, which has no width. Choose another account, or fewer.")
    attrs = described(result)
    covered = float(rows["value_share"].sum())
    said = [*notes, f"Numbers: % of the content that arises there; {len(rows)} paths drawn, together {covered:.0%}"]
    root = _tree(rows)
    if title is None:
        title = str(attrs.get("measure", "")).replace(root.name, _spelled(root.name, names))
    with style.theme():
        leaves = _placed(root, iter(range(10_000)))
        deepest = int(rows["depth"].max())
        drawn = style.axes(ax, (width, min(max(0.33 * leaves + 1.0, 1.9), 9.2)))
        drawn.set_xlim(-deepest - 0.5, 0.5)
        drawn.set_ylim(leaves - 0.4, -0.6)
        drawn.set_axis_off()
        _draw(drawn, root, 0, names, max((child.carried for child in root.children.values()), default=1.0))
        style.finish(drawn, attrs, title=title, notes=said, caption=caption)
    kept = rows.copy()
    kept.attrs = attrs
    note(drawn, kept)
    return drawn


@dataclass
class _Node:
    name: str
    share: float | None = None
    carried: float = 0.0
    y: float = 0.0
    children: dict[str, _Node] = field(default_factory=dict)


def _tree(rows: pd.DataFrame) -> _Node:
    """Join paths that end alike; each node knows what arises there and what passes it."""
    root = _Node(str(rows["path"].iloc[0]).split(_STEP)[-1])
    for path, share in zip(rows["path"], rows["value_share"], strict=True):
        steps = str(path).split(_STEP)[::-1]
        if steps[0] != root.name:
            raise OptionError(f"The paths lead to {root.name} and to {steps[0]}. Draw those of one final product.")
        node = root
        node.carried += share
        for step in steps[1:]:
            node = node.children.setdefault(step, _Node(step))
            node.carried += share
        node.share = float(share)
    return root


def _placed(node: _Node, places: Iterable[int]) -> int:
    """Give each leaf its own line and each other node the middle of its children; return the number of lines."""
    if not node.children:
        node.y = float(next(iter(places)))
        return 1
    ordered = sorted(node.children.values(), key=lambda child: -child.carried)
    node.children = {child.name: child for child in ordered}
    count = sum(_placed(child, places) for child in ordered)
    node.y = float(np.mean([ordered[0].y, ordered[-1].y]))
    return count


def _draw(ax: Axes, node: _Node, depth: int, names: Names, widest: float) -> None:
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    for child in node.children.values():
        # Links run from middle to middle; the boxes hide their ends.
        x0, x1 = -float(depth), -float(depth) - 1
        bend = [(x1, child.y), ((x0 + x1) / 2, child.y), ((x0 + x1) / 2, node.y), (x0, node.y)]
        codes = [Path.MOVETO, Path.CURVE4, Path.CURVE4, Path.CURVE4]
        thick = max(_WIDEST * child.carried / widest, 0.6)
        ax.add_patch(
            PathPatch(
                Path(bend, codes),
                fill=False,
                edgecolor="#9db4cf",
                linewidth=thick,
                capstyle="butt",
                zorder=1,
            )
        )
        _draw(ax, child, depth + 1, names, widest)
    own = "" if node.share is None else f"  {100 * node.share:.2g}\u00a0%"
    ax.text(
        -depth,
        node.y,
        "\n".join(wrap(_spelled(node.name, names) + own, _LINE, break_long_words=False)),
        ha="center",
        va="center",
        fontsize=style.SMALL,
        weight="bold" if depth == 0 else "normal",
        linespacing=1.05,
        zorder=3,
        bbox={
            "boxstyle": "round,pad=0.25",
            "facecolor": "#dfe8f2" if node.share is not None else "white",
            "edgecolor": style.INK,
            "linewidth": 0.5,
        },
    )


def _spelled(name: str, names: Names) -> str:
    region, _, industry = name.partition(" ")
    return " ".join(shown([part], names)[0] for part in (region, industry) if part)
