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

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
