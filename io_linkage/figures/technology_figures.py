"""Figures of technology: who performs what others use, and how far traits have entered industries."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd

from io_linkage.captions import described
from io_linkage.errors import OptionError, require_option, unknown
from io_linkage.figures import style
from io_linkage.figures.heatmaps import heatmap
from io_linkage.figures.naming import Names, shown
from io_linkage.figures.options import teaching
from io_linkage.figures.saving import note
from io_linkage.figures.years import time_lines

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_PURCHASES = {"demand": "final demand", "investment": "investment", "inputs": "inputs"}


@teaching(passed_to=heatmap)
def diffusion_heatmap(
    result: pd.DataFrame,
    *,
    own: Literal["left out", "shown"] = "left out",
    names: Names = "auto",
    title: str | None = None,
    notes: Iterable[str] = (),
    ax: Axes | None = None,
    **options: Any,
) -> Axes:
    """Draw where the technology in each user's purchases comes from: performers in rows, users in columns.

    Parameters
    ----------
    result : DataFrame
        A result of `technology.diffusion`.
    own : {"left out", "shown"}
        Left out, columns are shares of what comes from abroad, which a wrong level of own technology leaves as it is.
        Between stages all is shown.
    names, title, notes, ax
        As in `heatmap`, which takes the further `options` too.

    Returns
    -------
    Axes
    """
    require_option("own", own, ("left out", "shown"))
    levels = [str(name) for name in result.index.names]
    if not levels[0].startswith("performer ") or len(result) != result.shape[1]:
        raise OptionError("A diffusion heatmap is drawn from a result of technology.diffusion, with all its rows.")
    attrs = result.attrs
    cells = result.astype(float)
    abroad = own == "left out" and levels[0] == "performer region"
    if abroad:
        home = result.index.get_level_values(0).to_numpy()
        cells = cells.mask(home[:, None] == result.columns.get_level_values(0).to_numpy()[None, :])
    totals = cells.sum(axis=0, min_count=1)
    cells = 100 * cells / totals.where(totals != 0)
    cells.attrs.update(described(result, own="% of what comes from abroad" if abroad else "% of total"))
    what = str(attrs.get("of", "technology")).replace("_", " ")
    purchases = _PURCHASES.get(str(attrs.get("through")), "purchases")
    heading = f"Who performs the {'foreign ' if abroad else ''}{what} embodied in {purchases}"
    return heatmap(
        cells,
        names=names,
        unit=cells.attrs["unit"],
        row_label="Performer",
        column_label="User",
        empty="own, or not known" if abroad else "not known",
        title=heading if title is None else title,
        notes=notes,
        ax=ax,
        **options,
    )


@teaching()
def penetration_lines(
    result: pd.DataFrame,
    *,
    trait: str = "digital",
    reach: Literal["direct", "total"] = "total",
    focus: str | None = None,
    names: Names = "auto",
    title: str | None = None,
    notes: Iterable[str] = (),
    width: float = style.COLUMN,
    caption: bool = True,
    ax: Axes | None = None,
) -> Axes:
    """Draw the share of a trait in a stage's inputs over years, one line for each economy, with the focus's interval.

    Parameters
    ----------
    result : DataFrame
        ``panel.over(tables, technology.stage_penetration, regions=[...])``.
    trait, reach : str
        Which of those in `result`.
    focus : str, optional
        Drawn thicker, with its interval as a band; the first by default.
    names, title, notes, width, caption, ax
        As in `heatmap`.

    Returns
    -------
    Axes
    """
    wanted = {"year", "region", "trait", "reach"}
    if set(map(str, result.index.names)) != wanted or not {"central", "low", "high"} <= set(result.columns):
        raise OptionError(
            "Lines of penetration are drawn from panel.over(tables, technology.stage_penetration, regions=[...])."
        )
    for level, label in (("trait", trait), ("reach", reach)):
        known = list(dict.fromkeys(result.index.get_level_values(level)))
        if label not in known:
            raise unknown(level, label, known)
    part = 100 * result.xs((trait, reach), level=("trait", "reach"))[["central", "low", "high"]]
    attrs = described(result, own="% of inputs")
    regions = [str(region) for region in dict.fromkeys(part.index.get_level_values("region"))]
    leading = regions[0] if focus is None else focus
    if leading not in regions:
        raise unknown("region in the lines", leading, regions)
    central = part["central"].rename("value")
    central.attrs.update(attrs)
    stage = str(attrs.get("stage") or "all")
    inputs = "all rounds of inputs" if reach == "total" else "direct inputs"
    band = part.xs(leading, level="region")[["low", "high"]]
    statements = list(notes)
    known_band = bool(band.notna().to_numpy().all())
    if known_band:
        statements.append(f"Band: {shown([leading], names)[0]}, {attrs.get('interval', 'interval')}")
    drawn = time_lines(
        central,
        focus=leading,
        unit=attrs["unit"],
        names=names,
        title=f"{_sentence(_spelt(trait))} share in {inputs} of {stage} industries" if title is None else title,
        notes=statements,
        width=width,
        caption=caption,
        ax=ax,
    )
    colour = style.lines(regions)[leading]["color"]
    drawn.fill_between(band.index.to_numpy(dtype=float), band["low"], band["high"], color=colour, alpha=0.15, lw=0)
    if known_band:
        drawn.set_ylim(top=max(drawn.get_ylim()[1], 1.05 * float(band["high"].max())))
    part.attrs.update(attrs)
    note(drawn, part)
    return drawn


@teaching(passed_to=heatmap)
def penetration_heatmap(
    results: Sequence[pd.DataFrame],
    *,
    region: str,
    value: str = "total_share",
    industries: Sequence[str] | None = None,
    names: Names = "auto",
    title: str | None = None,
    notes: Iterable[str] = (),
    ax: Axes | None = None,
    **options: Any,
) -> Axes:
    """Draw how far each trait has entered each industry of an economy: industries in rows, traits in columns.

    Parameters
    ----------
    results : sequence of DataFrame
        Results of `technology.penetration`, one for each trait.
    region : str
        Whose industries.
    value : str
        Column to draw: a share of inputs, such as ``total_share`` or ``direct_imported_share``.
    industries : sequence of str, optional
        Rows, e.g. the traditional industries; all with inputs by default.
    names, title, notes, ax
        As in `heatmap`, which takes the further `options` too.

    Returns
    -------
    Axes
    """
    if not len(results) or not all(isinstance(one, pd.DataFrame) and "trait" in one.attrs for one in results):
        raise OptionError("A heatmap of penetration is drawn from a list of results of technology.penetration.")
    columns = {}
    for one in results:
        if value not in one.columns or not value.endswith("_share"):
            raise unknown("share", value, [column for column in one.columns if str(column).endswith("_share")])
        if region not in one.index.get_level_values(0):
            raise unknown("region", region, one.index.get_level_values(0).unique())
        columns[_spelt(str(one.attrs["trait"]))] = one.loc[region, value]
    matrix = 100 * pd.DataFrame(columns)
    if industries is not None:
        for code in industries:
            if code not in matrix.index:
                raise unknown("industry", code, matrix.index)
        matrix = matrix.loc[list(industries)]
    matrix = matrix.dropna(how="all")
    matrix.index.name, matrix.columns.name = "industry", "trait"
    attrs = {**described(results[0]), "unit": "% of inputs"}
    matrix.attrs.update(attrs)
    where = shown([region], names)[0]
    reach = "all rounds of inputs" if value.startswith("total") else "direct inputs"
    origin = ", imported" if "imported" in value else ", domestic" if "domestic" in value else ""
    return heatmap(
        matrix,
        unit="% of inputs",
        names=names,
        row_label="",
        column_label="",
        annotate=options.pop("annotate", True),
        digits=options.pop("digits", 1),
        title=f"Share of traits in {reach}{origin}: industries of {where}" if title is None else title,
        notes=notes,
        ax=ax,
        **options,
    )


def _spelt(trait: str) -> str:
    return trait.replace("_", "-")


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
