"""Figures: results in, Axes out.

Every function takes a result (a Series or DataFrame with its `attrs`), optional `ax`, keyword-only options, and returns
the Axes. Each figure states unit, year and source below it; `save` writes it as PNG and SVG with its numbers as CSV.

>>> import io_linkage as iol
>>> result = iol.stages.composition(iol.load())["central"]
>>> ax = iol.figures.heatmap(result.unstack("stage").loc[["CHN", "USA"]], title="Stages in output")
>>> ax.figure.get_suptitle()
'Stages in output'
>>> iol.figures.close(ax)
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from io_linkage.figures.cards import country_card
    from io_linkage.figures.chain_figures import participation_map, position_over_time, smile_curve
    from io_linkage.figures.export import close, save
    from io_linkage.figures.export_figures import export_decomposition, value_added_heatmap
    from io_linkage.figures.flow_bands import flows
    from io_linkage.figures.growth_bars import growth_sources
    from io_linkage.figures.heatmaps import heatmap
    from io_linkage.figures.linkage_figures import extraction_heatmap, linkage_changes, linkage_heatmap, ranking
    from io_linkage.figures.naming import shown
    from io_linkage.figures.quadrants import key_industries
    from io_linkage.figures.spillover_maps import dependence_heatmap, spillover_heatmap
    from io_linkage.figures.style import theme
    from io_linkage.figures.tile_maps import tile_map
    from io_linkage.figures.years import time_lines

# Name to module; a module never has the name of a function, or importing it would hide the function.
_EXPORTS = {
    "close": "export",
    "country_card": "cards",
    "dependence_heatmap": "spillover_maps",
    "export_decomposition": "export_figures",
    "extraction_heatmap": "linkage_figures",
    "flows": "flow_bands",
    "growth_sources": "growth_bars",
    "heatmap": "heatmaps",
    "key_industries": "quadrants",
    "linkage_changes": "linkage_figures",
    "linkage_heatmap": "linkage_figures",
    "participation_map": "chain_figures",
    "position_over_time": "chain_figures",
    "ranking": "linkage_figures",
    "save": "export",
    "shown": "naming",
    "smile_curve": "chain_figures",
    "spillover_heatmap": "spillover_maps",
    "theme": "style",
    "tile_map": "tile_maps",
    "time_lines": "years",
    "value_added_heatmap": "export_figures",
}


def __getattr__(name: str) -> Any:
    """Import a figure on first use, so that matplotlib and seaborn load only when something is drawn."""
    if name not in _EXPORTS:
        raise AttributeError(f"module 'io_linkage.figures' has no attribute {name!r}")
    found = getattr(importlib.import_module(f"io_linkage.figures.{_EXPORTS[name]}"), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted(_EXPORTS)


__all__ = [
    "close",
    "country_card",
    "dependence_heatmap",
    "export_decomposition",
    "extraction_heatmap",
    "flows",
    "growth_sources",
    "heatmap",
    "key_industries",
    "linkage_changes",
    "linkage_heatmap",
    "participation_map",
    "position_over_time",
    "ranking",
    "save",
    "shown",
    "smile_curve",
    "spillover_heatmap",
    "theme",
    "tile_map",
    "time_lines",
    "value_added_heatmap",
]
