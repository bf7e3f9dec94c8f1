r"""Gross trade by industry over years, from an account that is no input-output table.

Terms
-----
flow : what a region's industry delivers to another region, as inputs and for final use together, at current prices.
exports, imports : flows seen from an economy; what a group of regions delivers to its own members is neither.
group : of products, by the industry that makes them: the industry itself, its stages, or its traits.

What crosses a border is counted whole each time, so gross trade is not what an economy earns: for value added,
dependence and chains take a table and `ties`, `value_added` or `upgrading`. Services are one product, without a stage.
"""

from __future__ import annotations

from io_linkage.trade.account import GrossTrade, load, of_tables
from io_linkage.trade.flows import bilateral, totals
from io_linkage.trade.specialisation import advantage, concentration, structure

__all__ = ["GrossTrade", "advantage", "bilateral", "concentration", "load", "of_tables", "structure", "totals"]
