r"""Stages and traits: which share of each industry is traditional, emerging or future; green, digital, high-tech.

Terms
-----
stage : traditional (coal, steel, chemicals, textiles, farming), emerging (new energy and its vehicles, batteries,
    photovoltaics, new materials, advanced equipment, electronics, digital services, biotechnology, environmental
    protection) or future (artificial intelligence, quantum information, humanoid robots, deep sea, space, hydrogen,
    fusion). The lists are fixed: what changes over the years is how much of an industry is on them.
W : the stage weights, (n, stages); a row is one country-industry and adds to one.
own stages : a file may divide industries among two or more stages with other names instead, and have other traits.
trait : the share of an industry's output that is green, digital or high-tech; traits overlap and add to nothing.

Every share has a low, a central and a high value. What is shipped, how it was made and how sure it is:
tables/industries/README.md.
"""

from __future__ import annotations

from io_linkage.stages.columns import STAGES, TRAITS
from io_linkage.stages.composition import composition
from io_linkage.stages.files import load_file
from io_linkage.stages.intervals import draws, require_memory
from io_linkage.stages.matching import File, classifications
from io_linkage.stages.shares import ranges, rows, traits, weights
from io_linkage.stages.templates import save_template, template

__all__ = [
    "STAGES",
    "TRAITS",
    "File",
    "classifications",
    "composition",
    "draws",
    "load_file",
    "ranges",
    "require_memory",
    "rows",
    "save_template",
    "template",
    "traits",
    "weights",
]
