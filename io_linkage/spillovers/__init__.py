r"""What one economy's or one stage's demand does for the industries of others.

Terms
-----
S : spillover matrix; the row says where value added (output, jobs, ...) arises, the column whose final demand draws it.
buyer : the region whose final demand it is.
product : the country-industry that makes the final good, whoever buys it.

Every matrix comes from the one factorisation of I - A and as many solves as it has columns. Multipliers and their
split are written in `multiplier_effects`, those of two groups in `miyazawa_multipliers`; both are reached from here.
"""

from __future__ import annotations

from io_linkage.spillovers.intervals import home_and_abroad, matrix_interval
from io_linkage.spillovers.matrices import asymmetry, concentration, matrix
from io_linkage.spillovers.miyazawa_multipliers import Miyazawa, miyazawa
from io_linkage.spillovers.multiplier_effects import by_region, effects, multipliers

__all__ = [
    "Miyazawa",
    "asymmetry",
    "by_region",
    "concentration",
    "effects",
    "home_and_abroad",
    "matrix",
    "matrix_interval",
    "miyazawa",
    "multipliers",
]
