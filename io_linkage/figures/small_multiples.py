"""Several time lines beside each other: the same economies in each panel, each panel with its own unit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from io_linkage.captions import UNSTATED
from io_linkage.errors import OptionError
from io_linkage.figures import style
from io_linkage.figures.naming import Names
from io_linkage.figures.options import teaching
from io_linkage.figures.saving import note, numbers
from io_linkage.figures.years import time_lines
from io_linkage.wording import listed

if TYPE_CHECKING:
    from matplotlib.figure import Figure

#: Panels in a row of the page's width.
_IN_A_ROW = 3


@teaching()
def small_multiples(
    panels: Mapping[str, pd.DataFrame | pd.Series[Any]],
    *,
    focus: str | None = None,
    units: Mapping[str, str] | None = None,
    names: Names = "auto",
    title: str | None = None,
    notes: Iterable[str] = (),
    width: float = style.PAGE,
) -> Figure:
    """Draw several results over years, one panel each, with the same lines in all.

    Parameters
    ----------
    panels : mapping of str to DataFrame or Series
        Heading of each panel and its result: years in the rows and economies in the columns, or a Series by year and
        economy. All have the same economies, which keep their colour and dash.
    focus : str, optional
        Drawn thicker; the first economy by default.
    units : mapping, optional
        Unit of a panel by its heading, where it is not that of the result.
    names, title, notes, width
        As in `heatmap`.

    Returns
    -------
    Figure

    Raises
    ------
    OptionError
        No panel, or panels with different economies.
    """
    import matplotlib.pyplot as plt
    from matplotlib.ticker import MaxNLocator

    if not panels:
        raise OptionError("There is no panel to draw: give results by their headings.")
    economies = {heading: sorted(_economies(result)) for heading, result in panels.items()}
    first = next(iter(economies))
    for heading, codes in economies.items():
        if codes != economies[first]:
            odd = sorted(set(codes) ^ set(economies[first]))
            raise OptionError(
                f"The panels {first!r} and {heading!r} have different economies ({', '.join(odd)}); choose the same "
                "for both."
            )
    across = min(len(panels), _IN_A_ROW)
    down = -(-len(panels) // across)
    shown, sources, years = {}, dict[str, None](), set[int]()
    with style.theme():
        figure, grid = plt.subplots(down, across, figsize=(width, width * (0.34 * down + 0.1)), layout="constrained")
        places = np.ravel(np.asarray(grid))
        for place in places[len(panels) :]:
            place.set_axis_off()
        for place, (heading, result) in zip(places, panels.items(), strict=False):
            own = (units or {}).get(heading)
            time_lines(result, focus=focus, unit=own, names=names, title=heading, caption=False, ax=place)
            place.xaxis.set_major_locator(MaxNLocator(3, integer=True))
            # Few years have labels of their own, which ticks elsewhere would not have.
            place.xaxis.set_major_formatter("{x:.0f}")
            shown[heading] = numbers(place)
            years |= {int(year) for year in shown[heading].index.get_level_values("year")}
            sources[f"{heading}: {result.attrs.get('source') or 'source not stated'}"] = None
        edge = 4 / (width * 72)
        if title:
            figure.suptitle(title, x=edge, ha="left", size=style.TITLE + 1, weight="bold")
        attrs: dict[Any, Any] = {"unit": UNSTATED, "source": "; ".join(_merged(sources))}
        text = style.stated(attrs, [*notes, f"Years {min(years)} to {max(years)}"]).removeprefix("Unit not stated. ")
        text = style.wrapped(figure, text, width * 72 - 8, style.SMALL)
        figure.supxlabel(text, x=edge, ha="left", size=style.SMALL, color=style.FAINT_INK).set_gid("caption")
    together = pd.concat(shown, names=["panel"])
    together.attrs = {**attrs, "unit": "as in each panel"}
    note(places[0], together)
    return figure


def _economies(result: pd.DataFrame | pd.Series[Any]) -> list[str]:
    if isinstance(result, pd.Series):
        level = next((str(name) for name in result.index.names if name != "year"), None)
        return [] if level is None else [str(code) for code in result.index.unique(level)]
    return [str(code) for code in result.columns]


def _merged(sources: Iterable[str]) -> list[str]:
    """Name panels of one source together."""
    headings: dict[str, list[str]] = {}
    for one in sources:
        heading, _, source = one.partition(": ")
        headings.setdefault(source, []).append(heading)
    return [f"{source} ({listed(panels)})" if len(headings) > 1 else source for source, panels in headings.items()]
