r"""Ties of one economy with its partners, in both directions, against comparators.

Terms
-----
focus : the economy the question is about, e.g. China.
partners : a region, a group such as "developing", or all others; membership is that of the table's year.
comparators : economies that the focus is set against, by default the USA, the EU and Japan.
exports, imports : gross flows, seen from the focus (or comparator): exports go from it to the partner.
value-added exports : value added of the focus absorbed in the partner's final demand, whoever made the final good.
dependence : what of an economy's value added is absorbed in another's final demand, as a share of its GDP.

Growth pull, baskets, reliance, concentration, trade structure and the comparison around joining a group have modules
of their own and are reached from here as well.

All values are at current prices. A region counts as its own economy; rest of world is one region like others and
stands among the developing partners by the rule of :mod:`io_linkage.economies`, which can be overridden.
"""

from __future__ import annotations

from io_linkage.spillovers.intervals import trade_interval
from io_linkage.ties.baskets import basket, reweighted, shift_basket
from io_linkage.ties.bilateral_trade import bilateral
from io_linkage.ties.concentration import hhi
from io_linkage.ties.dependence_matrix import dependence
from io_linkage.ties.growth import growth_pull
from io_linkage.ties.inputs_and_sales import reliance
from io_linkage.ties.membership import around_joining
from io_linkage.ties.trade_structure import intra_industry, trade_structure

__all__ = [
    "around_joining",
    "basket",
    "bilateral",
    "dependence",
    "growth_pull",
    "hhi",
    "intra_industry",
    "reliance",
    "reweighted",
    "shift_basket",
    "trade_interval",
    "trade_structure",
]
