r"""Scenarios: what if demand, a supplier or a chain changes, and who gains and loses, first, second and third.

A scenario is data: moves of purchases between suppliers, of final demand, or of output. Each changes coefficients by
:math:`\Delta A` and final demand by :math:`\Delta y`, and output by

.. math:: d = (I - A - \Delta A)^{-1} (\Delta A x + \Delta y),

without a new inverse. Prices, incomes and amounts per unit of output stay as they are.
"""

from __future__ import annotations

from io_linkage.scenarios.comparisons import MEASURES
from io_linkage.scenarios.files import read, save, shipped
from io_linkage.scenarios.moves import (
    MOVES,
    DemandChange,
    ExportBan,
    FixedOutput,
    FriendShoring,
    MarketRepair,
    Move,
    NodeLoss,
    ProductionAbroad,
    Reshoring,
    Scenario,
    Substitution,
    Tariff,
)
from io_linkage.scenarios.outcome import Outcome
from io_linkage.scenarios.running import impact, run
from io_linkage.scenarios.sheets import save_template
from io_linkage.scenarios.shortage import Shortage
from io_linkage.scenarios.surfaces import surface

__all__ = [
    "MEASURES",
    "MOVES",
    "DemandChange",
    "ExportBan",
    "FixedOutput",
    "FriendShoring",
    "MarketRepair",
    "Move",
    "NodeLoss",
    "Outcome",
    "ProductionAbroad",
    "Reshoring",
    "Scenario",
    "Shortage",
    "Substitution",
    "Tariff",
    "impact",
    "read",
    "run",
    "save",
    "save_template",
    "shipped",
    "surface",
]
