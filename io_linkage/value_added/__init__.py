r"""Value added in trade: who really earns what is exported, and who finally buys it.

Terms
-----
T : hat(v) L Y, value added of each country-industry by the region that finally uses it, (n, G).
VAX : value added exports, T of one region absorbed in another (Johnson & Noguera 2012).
VS : foreign value added in exports. VS1 : own value added in the exports of others.
v, p, E, M, L, and the two definitions of value added: see `io_linkage.trade_blocks`.

What is here and in the modules behind it, all importable from here:

========================================  ======================================================
matrix, vax                               value added by origin and absorption; ratios, balances
kww, wwz, to_kww, borin_mancini           gross exports split into terms that add up
extracted                                 VAX-D, VAX-P, VAX-C by hypothetical extraction
vertical_specialisation                   VS, VS1, VS1*
content                                   exports by where, or in what stage, their value added arises
participation, trade_based, kpww          how far exports are part of value chains, and on which side
production_participation                  how far production is (Wang, Wei, Yu & Zhu)
advantage                                 revealed comparative advantage, gross and in value added
========================================  ======================================================
"""

from __future__ import annotations

from io_linkage.errors import AddingUpError
from io_linkage.position.lengths import production_participation
from io_linkage.value_added.borin_mancini_terms import borin_mancini
from io_linkage.value_added.chain_participation import kpww, participation, trade_based
from io_linkage.value_added.comparative_advantage import advantage
from io_linkage.value_added.export_terms import NON_VA, Decomposition
from io_linkage.value_added.koopman_wang_wei import kww
from io_linkage.value_added.origins import content, matrix, vax, vax_by_extraction, vertical_specialisation
from io_linkage.value_added.wang_wei_zhu import to_kww, wwz

__all__ = [
    "NON_VA",
    "AddingUpError",
    "Decomposition",
    "advantage",
    "borin_mancini",
    "content",
    "kpww",
    "kww",
    "matrix",
    "participation",
    "production_participation",
    "to_kww",
    "trade_based",
    "vax",
    "vax_by_extraction",
    "vertical_specialisation",
    "wwz",
]
