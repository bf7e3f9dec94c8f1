"""Figures on the page of a scenario."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from io_linkage import figures
from io_linkage.errors import OptionError
from io_linkage.figures import style
from io_linkage.report import words
from io_linkage.report.pictures import Drawn, Picture, inches
from io_linkage.report.results import Progress
from io_linkage.report.scenarios.gathering import ScenarioResults

KEYS = ("change", "before_after", "tiers", "hit")
#: Rows that fit a figure.
_ROWS = 30


def draw(results: ScenarioResults, folder: Path, *, progress: Progress) -> dict[str, Drawn]:
    """Draw and save the figures that apply; return them by key."""
    saved = {}
    for picture in _pictures(results):
        progress(f"Figure: {picture.title}")
        try:
            ax = picture.draw()
        except OptionError:
            # Nothing to draw, e.g. a scenario that changes nothing.
            continue
        files = figures.save(ax, folder / picture.key, formats=("png", "svg"))
        saved[picture.key] = Drawn(picture.title, picture.alternative, inches(ax), tuple(files))
        figures.close(ax)
    return saved


def _pictures(results: ScenarioResults) -> Iterator[Picture]:
    if "change_value_added" in results:
        change = results["change_value_added"]
        yield Picture(
            "change",
            "Change of value added by region",
            "Ranking of regions by the change of their value added, in percent.",
            lambda: figures.ranking(
                _like(change.dropna(subset=["change_percent"]), change, "% of value added before"),
                value="change_percent",
                top=_ROWS,
                line=0,
                label="Change of value added, % of before",
                title="Change of value added",
                notes=[results.scenario.name],
            ),
        )
        yield Picture(
            "before_after",
            "Value added before and after",
            "Slopes: value added after the scenario, where value added before is 100.",
            lambda: figures.before_after(
                change.dropna(subset=["change_percent"]),
                relative=True,
                names={str(region): words.head(str(region)) for region in change.index},
                title="Value added, before = 100",
                notes=[results.scenario.name],
            ),
        )
    key = "tiers" if "tiers" in results else "rounds"
    who = "tier of suppliers" if key == "tiers" else "round of buyers"
    rows = _lost_percent(results, key)
    yield Picture(
        "tiers",
        "Who is hit first, second and third",
        f"Heatmap: value added lost in each region, in percent of what it was, by {who}.",
        lambda: figures.tiers(
            rows,
            top=_ROWS,
            names={str(region): words.head(str(region)) for region in rows.index},
            title="Who is hit first, second and third",
            notes=[results.scenario.name],
            width=style.WIDE,
        ),
    )
    if "rounds" in results:
        frame = results["rounds"]
        share = 100 * frame["loss_share"].rename("loss_percent")
        yield Picture(
            "hit",
            "Regions by the share of value added that they lose",
            "Ranking of regions by the share of their value added that is lost, in percent.",
            lambda: figures.ranking(
                _like(share.dropna().to_frame(), frame, "% of value added"),
                value="loss_percent",
                top=_ROWS,
                line=0,
                label="Value added lost, %",
                title="Value added lost",
                notes=[results.scenario.name],
            ),
        )


def _lost_percent(results: ScenarioResults, key: str) -> pd.DataFrame:
    """Losses of each region by step, in percent of its value added."""
    frame = results[key]
    steps = [column for column in frame if str(column).startswith(("tier_", "round_", "direct", "later", "total"))]
    before = results.table.va.groupby(level="region", sort=False).sum()
    return _like(100 * frame[steps].div(before.where(before > 0), axis=0), frame, "% of value added")


def _like(rows: pd.DataFrame, frame: pd.DataFrame, unit: str) -> pd.DataFrame:
    """Return numbers for a figure with the caption of the result that they are from."""
    result = rows.astype(np.float64)
    result.attrs = {key: value for key, value in frame.attrs.items() if key not in ("anchors", "note", "units")}
    result.attrs["unit"] = unit
    return result
