"""Roles of industries by their two linkages, how firm a role is, and how often it holds.

An industry is a key industry where both normalised linkages are above 1, i.e. above the average of the scope they
were normalised in.

References
----------
Miller & Blair (2022), section 12.2.5; Rasmussen (1956).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from io_linkage.leontief import Array

#: In the order of the four quadrants: both high, backward only, forward only, neither.
ROLES = ("key", "backward-oriented", "forward-oriented", "weakly linked")

#: A ratio to its own mean can miss 1 by its rounding error; that is not "above the average".
ROUNDING = 1e-12


def assign(backward: Array, forward: Array) -> npt.NDArray[np.object_]:
    """Role for each pair of normalised linkages; None where either is NaN.

    Examples
    --------
    >>> assign(np.array([1.2, 1.2, 0.9, 0.9]), np.array([1.1, 0.8, 1.1, np.nan])).tolist()
    ['key', 'backward-oriented', 'forward-oriented', None]
    """
    high_backward, high_forward = backward > 1 + ROUNDING, forward > 1 + ROUNDING
    number = np.where(high_backward, np.where(high_forward, 0, 1), np.where(high_forward, 2, 3))
    roles = np.array(ROLES, dtype=object)[number]
    roles[np.isnan(backward) | np.isnan(forward)] = None
    return roles


def strength(backward: Array, forward: Array) -> Array:
    """Distance of a pair of normalised linkages from the nearest border of its role, in units of the average.

    Examples
    --------
    >>> strength(np.array([1.2, 0.7]), np.array([1.05, 0.9])).round(2).tolist()
    [0.05, 0.1]
    """
    return np.asarray(np.minimum(np.abs(backward - 1), np.abs(forward - 1)))
