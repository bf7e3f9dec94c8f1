"""Heatmaps of spillovers and of dependence in both directions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

from io_linkage.captions import described
from io_linkage.errors import OptionError, require_option
from io_linkage.figures import style
from io_linkage.figures.heatmaps import heatmap
from io_linkage.figures.naming import Names, shown
from io_linkage.figures.options import teaching
from io_linkage.figures.saving import note

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Own = Literal["left out", "shown"]

#: A range of values wider than this is drawn on a log scale unless told otherwise.
WIDE_RANGE = 100.0


@teaching(passed_to=heatmap)
def spillover_heatmap(
    result: pd.DataFrame,
    *,
    scale: Literal["auto", "linear", "log"] = "auto",
    own: Own = "left out",
    names: Names = "auto",
    title: str | None = None,
    notes: Iterable[str] = (),
    ax: Axes | None = None,
    **options: Any,
) -> Axes:
    """Draw a spillover matrix: where it arises (rows) for whose demand (columns).

    Parameters
    ----------
    result : DataFrame
        A result of `spillovers.matrix`.
    scale : {"auto", "linear", "log"}
        "auto" is log where the values shown span more than a hundredfold.
    own : {"left out", "shown"}
        What an economy draws at home is usually many times what it draws abroad, and would hide it. Left out is the
        same label, and with regions by stage all cells within a region; the figure says so.
    names, title, notes, ax
        As in `heatmap`, which takes the further `options` too.

    Returns
    -------
    Axes

    See Also
    --------
    io_linkage.spillovers.matrix : The spillovers that are drawn.
    """
    if not result.index.equals(result.columns):
        raise OptionError("A spillover heatmap needs the same rows and columns, as spillovers.matrix returns them.")
    cells, statements = result, list(notes)
    require_option("own", own, ("left out", "shown"))
    if own == "left out":
        first = result.index.get_level_values(0).to_numpy()
        cells = result.mask(first[:, None] == first[None, :])
        statements.append(f"Left out: what each {result.index.names[0] or 'one'} draws from itself")
    cells.attrs.update(result.attrs)
    if scale == "auto":
        scale = "log" if _spans(cells) > WIDE_RANGE else "linear"
    return heatmap(
        cells,
        scale=scale,
        names=names,
        row_label=_sentence(result.attrs.get("rows", "where it arises")),
        column_label=_sentence(result.attrs.get("columns", "whose demand draws it")),
        empty="own" if own == "left out" and not result.isna().to_numpy().any() else "own, or no figures",
        title=title,
        notes=statements,
        ax=ax,
        **options,
    )


@teaching(passed_to=heatmap)
def dependence_heatmap(
    result: pd.DataFrame,
    *,
    stage: str = "all",
    scale: Literal["linear", "log"] = "log",
    names: Names = "auto",
    title: str | None = None,
    notes: Iterable[str] = (),
    ax: Axes | None = None,
    **options: Any,
) -> Axes:
    """Draw dependence in both directions: partners on economies at the left, economies on partners at the right.

    Parameters
    ----------
    result : DataFrame
        A result of `ties.bilateral`.
    stage : str
        Stage of the industry in which the value added arises.
    scale : {"linear", "log"}
        One scale for both sides, so that the asymmetry can be seen.
    names, title, notes, ax
        As in `heatmap`, which takes the further `options` too.

    Returns
    -------
    Axes

    See Also
    --------
    io_linkage.ties.bilateral, io_linkage.ties.dependence : Who depends on whom.
    """
    sides = ("dependence_of_partner_share", "dependence_on_partner_share")
    if not set(sides) <= set(result.columns) or "stage" not in result.index.names:
        raise OptionError("Two-way dependence is drawn from a result of ties.bilateral.")
    part = result.xs(stage, level="stage")[[*sides]]
    economies, partners = (list(dict.fromkeys(part.index.get_level_values(k))) for k in ("economy", "partner"))
    blocks = [part[side].unstack("economy").reindex(index=partners, columns=economies) for side in sides]
    labels = [f"{side} {name}" for side in ("on", "from") for name in economies]
    matrix = pd.concat(blocks, axis=1).set_axis(labels, axis=1)
    matrix.index.name, matrix.columns.name = "partner", "direction"
    matrix.attrs.update(described(result[[*sides]], own="per cent of GDP"))
    texts = dict(zip(economies, shown(economies, names), strict=True))
    texts |= dict(zip(partners, _partner_names(partners, names), strict=True))
    texts |= {label: texts[label.split(" ", 1)[1]] for label in labels}
    focus = str(result.attrs.get("focus", economies[0]))
    default = f"Dependence of partners on {texts.get(focus, focus)} and others, and the other way round"
    drawn = heatmap(
        matrix,
        scale=scale,
        factor=100.0,
        unit=matrix.attrs["unit"],
        names=texts,
        row_label="Partner",
        column_label="",
        empty="own",
        annotate=options.pop("annotate", True),
        digits=options.pop("digits", 2),
        title=default if title is None else title,
        notes=[*notes, "Value added absorbed in the other's final demand"],
        width=options.pop("width", style.PAGE),
        ax=ax,
        **options,
    )
    _halves(drawn, len(economies))
    note(drawn, _long(blocks, sides, matrix.attrs))
    return drawn


def _halves(ax: Axes, count: int) -> None:
    """Part the two directions by a gap and say above it what each is."""
    ax.axvline(count, color="white", linewidth=7)
    left, right = "Share of the partner's GDP\nthat depends on ...", "Share of each GDP that\ndepends on the partner"
    for middle, text in ((0.25, left), (0.75, right)):
        ax.text(middle, 1.015, text, transform=ax.transAxes, ha="center", va="bottom", fontsize=style.TEXT)


def _partner_names(partners: list[str], names: Names) -> list[str]:
    """Names of partners; the sum over them is spelt out."""
    rest = [partner for partner in partners if partner != "all"]
    known = dict(zip(rest, shown(rest, names), strict=True))
    return [known.get(partner, "All partners") for partner in partners]


def _long(blocks: list[pd.DataFrame], sides: Iterable[str], attrs: Mapping[Any, Any]) -> pd.DataFrame:
    frame = 100 * pd.DataFrame({side: block.unstack() for block, side in zip(blocks, sides, strict=True)})
    frame.attrs.update(attrs)
    return frame


def _spans(cells: pd.DataFrame) -> float:
    values = cells.to_numpy(dtype=float)
    values = values[np.isfinite(values) & (values > 0)]
    return float(values.max() / values.min()) if len(values) else 1.0


def _sentence(text: Any) -> str:
    return str(text)[:1].upper() + str(text)[1:]
