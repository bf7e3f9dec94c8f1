r"""Where industries stand in value chains: distance to final demand and to primary inputs.

Terms
-----
upstreamness U : G i, stages between an industry's output and final demand, itself counted; 1 where all output is
    final (Fally 2012; Antras, Chor, Fally & Hillberry 2012; the total forward linkage of the Ghosh model).
downstreamness D : i'L, stages between primary inputs and an industry's output (Fally 2012; Miller & Temurshoev
    2017; the total backward linkage).
inventory step : output put into stock is sold later as other output is; each row of Z and Y is scaled by x / (x - stock
    change) and stocks are dropped, before U and D are taken (Antras et al. 2012; Antras & Chor 2018).

Output-weighted over the whole table, the means of U and D are equal. Propagation lengths, production lengths and smile
curves are importable from here too.
"""

from __future__ import annotations

from io_linkage.position.distances import by_group, changes, country_aggregate, downstreamness, position, upstreamness
from io_linkage.position.lengths import (
    position_index,
    production_length,
    production_length_by,
    production_participation,
)
from io_linkage.position.propagation import apl, apl_between, apl_matrix
from io_linkage.position.smile_curves import smile

__all__ = [
    "apl",
    "apl_between",
    "apl_matrix",
    "by_group",
    "changes",
    "country_aggregate",
    "downstreamness",
    "position",
    "position_index",
    "production_length",
    "production_length_by",
    "production_participation",
    "smile",
    "upstreamness",
]
