r"""Change over time: what a change between two tables, or over a series of them, is made of.

Terms
-----
factors : intensity, input coefficients by product, sourcing of inputs, sourcing of final goods, mix, level.
effect : what one factor adds to the change; the effects add up to it exactly.
full average : the mean effect over all orders in which the factors can change.
chained : steps from each table to the next, added up.
"""

from __future__ import annotations

from io_linkage.decomposition.lmdi import lmdi
from io_linkage.decomposition.ras_split import ras_split
from io_linkage.decomposition.results import Change
from io_linkage.decomposition.structural import chained, structural
from io_linkage.decomposition.technology import technology_cells, technology_change

__all__ = ["Change", "chained", "lmdi", "ras_split", "structural", "technology_cells", "technology_change"]
