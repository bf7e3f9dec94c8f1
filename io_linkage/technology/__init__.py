r"""How technology travels in traded inputs, and how far digital, green and high-tech inputs have entered industries.

Terms
-----
technology account : R&D, patents, software or any other account per country-industry; d is the account per unit of
    output. Without one of your own, R&D is the shipped proxy (:func:`io_linkage.satellites.with_rd_proxy`), and every
    result says so in ``attrs["proxy"]``.
performer, user : who does the research, and in whose purchases it is embodied.
embodied : d'L, what research stands behind one unit, in all rounds of inputs.
acquired : d'(L - I), the part that comes with inputs.
trait : the share of an industry's output that is digital, green or high-tech (:mod:`io_linkage.stages`).
penetration : the share of an industry's inputs that has a trait, t'A / i'A, or with all rounds t'(L-I) / i'(L-I).
core : value added of the trait's own activities. dependent : core, and what is made for the trait's final products
    or by its inputs, each counted once.

The proxy takes one research intensity per industry for all countries. It says where research-intensive activities are,
not who does research: it gives Indonesia research of 1.7 % of GDP and China 2.6 % (2011), many times what Indonesia
does and half again as much as China. Shares of performers in what is foreign (:func:`foreign_content`) survive a wrong
level of the user's own, but not of the performers': the proxy has too little research in the USA and Japan and, in
these years, too much in China. Read their direction over the years, not their order. National levels
(:func:`with_rd`) put both right.
"""

from __future__ import annotations

from io_linkage.technology.acquiring import acquired, foreign_content
from io_linkage.technology.cores import core_and_dependent
from io_linkage.technology.diffusing import diffusion, diffusion_interval, embodied
from io_linkage.technology.energy import energy_and_emissions
from io_linkage.technology.penetrating import penetration, penetration_change, stage_penetration
from io_linkage.technology.research import with_rd
from io_linkage.technology.research_link import research_link
from io_linkage.technology.trait_trade import trait_exports

__all__ = [
    "acquired",
    "core_and_dependent",
    "diffusion",
    "diffusion_interval",
    "embodied",
    "energy_and_emissions",
    "foreign_content",
    "penetration",
    "penetration_change",
    "research_link",
    "stage_penetration",
    "trait_exports",
    "with_rd",
]
