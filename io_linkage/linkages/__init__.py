r"""Linkages: how much of the rest of the economy an industry draws on, and how much of it draws on the industry.

Terms
-----
b, backward : i'L, output drawn from everywhere by one unit of final demand for an industry (Leontief).
f, forward : G i, output made possible everywhere by one unit of an industry's primary inputs (Ghosh). The model is
    driven by supply: it measures how far sales reach, and forecasts nothing (see `forward`).
direct : i'A and B i, the first round alone.
normalised : divided by the mean over a scope, so that 1 is its average industry.
role : key (both above 1), backward-oriented, forward-oriented or weakly linked.

With an account other than output, q per unit of output, backward is q'L and forward G q. All of them cost one
factorisation and one solve each. This module is the one to import; what it offers is written in `linkages.core`
(direct and total), `linkages.variants` (net, weighted, dispersion), `pure_linkages`, `linkages.splits` (by origin) and
`linkages.groups` (stages, regions, comparisons).

References
----------
Rasmussen (1956); Chenery & Watanabe (1958); Jones (1976); Miller & Blair (2022), chapter 12.
"""

from __future__ import annotations

from io_linkage.linkages.core import backward, direct_backward, direct_forward, forward, forward_leontief, linkages
from io_linkage.linkages.groups import aggregate, by_region, by_stage, compare
from io_linkage.linkages.pure_linkages import pure, split_pure
from io_linkage.linkages.roles import ROLES
from io_linkage.linkages.splits import split
from io_linkage.linkages.variants import dispersion, net, weighted

__all__ = [
    "ROLES",
    "aggregate",
    "backward",
    "by_region",
    "by_stage",
    "compare",
    "direct_backward",
    "direct_forward",
    "dispersion",
    "forward",
    "forward_leontief",
    "linkages",
    "net",
    "pure",
    "split",
    "split_pure",
    "weighted",
]
