r"""Bottlenecks and exposure: who depends on whose production, and where there is nobody else to turn to.

Terms
-----
reach : how far inputs are looked at. "direct": the supplier on the invoice. "look_through": the makers of everything
    that went into them, L - I. "fpem": foreign production exposure, L with the own first unit, split into its "face"
    value I + A and the "hidden" rest. "value_added": where the income arises.
supplier, product : a country-industry by its region and its industry.
choke point : a supplier that much depends on, of a product that few countries make, and that others cannot replace.

Gross shares count production, which stops when a supplier stops; value added counts income. They are not to be added
or mixed. A region such as rest of world is many countries in one: results bound what that does to concentration.
"""

from __future__ import annotations

from io_linkage.bottlenecks.choke_points import choke_points, no_alternative
from io_linkage.bottlenecks.exposure import exposure
from io_linkage.bottlenecks.foreign_inputs import foreign_inputs
from io_linkage.bottlenecks.resilience import resilience
from io_linkage.bottlenecks.sales import sales_exposure
from io_linkage.bottlenecks.sourcing import sourcing
from io_linkage.bottlenecks.suppliers import suppliers

__all__ = [
    "choke_points",
    "exposure",
    "foreign_inputs",
    "no_alternative",
    "resilience",
    "sales_exposure",
    "sourcing",
    "suppliers",
]
