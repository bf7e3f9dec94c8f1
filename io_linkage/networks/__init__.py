r"""The table as a network: paths of inputs, core nodes, and what is lost without them.

Terms
-----
node : a country-industry.
path : a chain of purchases from a final product back to one of its inputs; it carries the account embodied there.
core node : who matters most to the others, by one of several measures that answer different questions.

Betweenness, the share of shortest paths that lead through a node, is not offered. On a table in which almost everyone
buys from everyone it needs a rule for what a short path is, which decides the result; it takes hours at 1,435 nodes;
and goods do not take the shortest path. Random-walk centrality asks how soon a disturbance reaches a node by all paths.
Communities are not offered either: they depend on a resolution that the table does not say.

References
----------
Crama, Defourny & Gazon (1984); Lenzen (2003); Acemoglu, Carvalho, Ozdaglar & Tahbaz-Salehi (2012); Bloechl, Theis,
Vega-Redondo & Fisher (2011).
"""

from __future__ import annotations

from io_linkage.networks.core_nodes import centralities, pagerank, random_walk
from io_linkage.networks.removals import removal_curve
from io_linkage.networks.structural_paths import paths

__all__ = ["centralities", "pagerank", "paths", "random_walk", "removal_curve"]
