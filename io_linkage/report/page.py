"""The report as one HTML file that needs nothing else: no script, no network, pictures inside."""

from __future__ import annotations

import base64
from functools import cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from io_linkage.report.parts import Briefing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jinja2 import Template

    from io_linkage.report.pictures import Drawn


def render(briefing: Briefing, drawn: Mapping[str, Drawn], *, version: str) -> str:
    """Render the page.

    Parameters
    ----------
    briefing : Briefing
    drawn : mapping of str to Drawn
        Figures by key, saved; those that a section names and that are not here are left out.
    version : str
        Of the package, for the last line.

    Returns
    -------
    str, HTML; every label is escaped.
    """
    pictures = {
        key: {"title": one.title, "alternative": one.alternative, "width": _width(one), "source": _embedded(one)}
        for key, one in drawn.items()
    }
    return _template().render(briefing=briefing, pictures=pictures, version=version)


@cache
def _template() -> Template:
    from jinja2 import Environment, StrictUndefined

    text = resources.files("io_linkage.report").joinpath("page.html").read_text(encoding="utf-8")
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return environment.from_string(text)


def _embedded(one: Drawn) -> str:
    """Return the smaller of the figure's two files as a data address."""
    kinds = {".svg": "image/svg+xml", ".png": "image/png"}
    files = [path for path in one.files if path.suffix in kinds]
    chosen: Path = min(files, key=lambda path: path.stat().st_size)
    return f"data:{kinds[chosen.suffix]};base64,{base64.b64encode(chosen.read_bytes()).decode('ascii')}"


def _width(one: Drawn) -> int:
    """Width in CSS pixels at which the text of the figure has the size of small print."""
    return round(one.width * 110)
