r"""Hypothetical extraction: what the economy would lose without an industry, a stage, a region or a corridor of trade.

Kinds
-----
complete : the group stops: its sales to industries (its rows), its purchases and the final demand for it go.
backward : the group buys no inputs from industries (columns of A); final demand for it stays.
forward : the group sells no inputs to industries (rows of A), still in the demand-driven model: what is lost is what
    the group no longer makes for others, and what its suppliers no longer make for that (Miller & Lahr 2001).
ghosh : the group sells nothing in Ghosh's supply-driven model (rows of B), the forward measure of Dietzenbacher & van
    der Linden; see `io_linkage.extraction.supply_driven`.
noncompetitive : complete, with all imports as non-competitive: what the group sold is bought abroad instead, and
    only the region's own industries respond; see `io_linkage.extraction.domestic`.
replaced : complete, and buyers turn to the same industry in other regions, which gain; see
    `io_linkage.extraction.replaced`.

`share` from 0 to 1 takes out a part of that. A stage is a share of every industry, and extracting it takes out that
share: the industry is treated as two, with the same inputs and the same buyers. Scaling the columns of a partly
extracted industry too, as is done at a share of 1, would count twice: its purchases fall with its output anyway.

Losses are split into `own` (the extracted part itself), `home` (elsewhere in the regions of the group) and `abroad`.

References
----------
Dietzenbacher, van der Linden & Steenge (1993); Dietzenbacher & van der Linden (1997), backward and ghosh;
Miller & Lahr (2001), forward; Dietzenbacher & Lahr (2013), also for partial extraction; Miller & Blair
(2022), section 12.2.6.
"""

from __future__ import annotations

from io_linkage.extraction.corridors import corridor
from io_linkage.extraction.groups import by_region, by_stage, compare, matrix
from io_linkage.extraction.hypothetical import losses, losses_by_region

__all__ = ["by_region", "by_stage", "compare", "corridor", "losses", "losses_by_region", "matrix"]
