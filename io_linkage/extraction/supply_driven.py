r"""Forward extraction in Ghosh's supply-driven model: the group's allocation coefficients are taken out.

The forward measure of Dietzenbacher & van der Linden (1997) sets the rows of B = hat(x)^-1 Z of the extracted
industries to zero and keeps all primary inputs v' = x'(I - B):

.. math:: d' = x' - v'(I - (I - \hat w) B)^{-1}, \qquad d = \hat x e, \quad e = (L' - I)_{\cdot K} \, r, \quad
    r = (I + \hat w (L_{KK}' - I))^{-1} \hat w \, \iota

Who buys from the group makes less, in proportion to what of its output the missing inputs were worth. The model is
driven by supply: inputs have no substitutes among themselves, and final demand takes whatever is made. Since
Dietzenbacher (1997) it is read as a model of prices, so that losses are of the value of output.

References
----------
Ghosh (1958); Dietzenbacher & van der Linden (1997); Dietzenbacher (1997).
"""

from __future__ import annotations

import numpy as np

from io_linkage.errors import OptionError
from io_linkage.intensities import Intensity
from io_linkage.leontief import Array, removal
from io_linkage.leontief.removal import Removal
from io_linkage.selection import groups_by
from io_linkage.table import MRIOTable


def supply_driven_group(table: MRIOTable, share: Array, cut: Removal) -> tuple[Array, Array, float]:
    """Return the loss of output, the part of it that is the group's own, and 0 besides."""
    _require_removed(cut)
    loss = removal.allocation_group(table.system, cut.share * share)
    # Both parts of an industry use the same inputs, so both lose the same share of their output.
    return loss, share * loss, 0.0


def _require_removed(cut: Removal) -> None:
    if cut.inside_flows != "removed":
        raise OptionError("kind='ghosh' takes out all that the group sells to industries; leave inside_flows out.")


def supply_driven_each(table: MRIOTable, q: Intensity, cut: Removal) -> tuple[Array, None]:
    """Return the parts (n, 4) of the losses without each industry by itself, one solve a region.

    total_j = r_j ((L hat(x) q)_j - q_j x_j)
    """
    _require_removed(cut)
    ratio, diagonal = removal.allocation_ratio(table.system, cut.share), table.system.inverse_diagonal()
    amounts = q.counted * table.accounts.x
    W, _ = groups_by(table, "region")
    reached = table.system.solve(W * amounts[:, None])
    at_home = reached[np.arange(len(ratio)), table.region_codes]
    own = ratio * (diagonal - 1) * amounts
    home, total = ratio * (at_home - amounts), ratio * (reached.sum(axis=1) - amounts)
    return np.column_stack([own, home - own, total - home, total]), None
