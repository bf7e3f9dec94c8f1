r"""Supply bottlenecks: who has to stop when an input is short, within a horizon in which little can be replaced.

Terms
-----
capacity : the share of its output that a country-industry can still make, 0 to 1.
product : what an industry makes, whichever country it comes from. Electronics are one product with many sources.
availability : :math:`a_{pj} = \sum_s w_{spj} r_s`, the share of its usual purchases of product p that buyer j still
    gets, with w the shares of the sources in them and r the output of each source over its usual output.
rating : whether production can go on for two months without the input: essential (1), important (0.5) or not (0).
rule : what a shortage of inputs does to output; half_critical unless another is named, see `run`.
round : the shortage passed on once. Round 1 hits who buys from those short of capacity, round 2 who buys from them.

Why the first round is the default
----------------------------------
The fixed point of the rule, the rounds without end, is degenerate. With all inputs essential the loss of one large
supplier spreads to every industry that buys any input, in full: halve one and half the world economy is gone. Nothing
in the rule stops it, since stocks, repairs and other suppliers, which do, are left out. The fixed point is therefore
not offered. One to three rounds say who is hit first, second and third; later ones say what the rule assumes.

Readings
--------
`cost_share` counts each missing input by its share in costs and is the lower reading, `best_case` is what a planner
could save, `ration` shares out what there is in proportion, for tables of one country.

References
----------
Pichler, Pangallo, del Rio-Chanona, Lafond & Farmer (2022), "Forecasting the propagation of pandemic shocks with a
dynamic input-output model"; Pichler & Farmer (2022), "Simultaneous supply and demand constraints in input-output
networks".
"""

from __future__ import annotations

from io_linkage.shortages.best_cases import best_case
from io_linkage.shortages.cost_shares import cost_share
from io_linkage.shortages.criticality import ratings
from io_linkage.shortages.rationing import ration
from io_linkage.shortages.rounds import availability, run

__all__ = ["availability", "best_case", "cost_share", "ratings", "ration", "run"]
