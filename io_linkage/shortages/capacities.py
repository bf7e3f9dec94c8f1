"""What each country-industry can still make, as a share of its output."""

from __future__ import annotations

import numpy as np

from io_linkage.cells import Cells, numbers
from io_linkage.errors import OptionError
from io_linkage.leontief import Array
from io_linkage.table import MRIOTable
from io_linkage.wording import label_name, shortened

#: (region, industry) to the share of output that can still be made, as a mapping or a Series.
Capacity = Cells


def lost_capacity(table: MRIOTable, capacity: Capacity) -> Array:
    """Return the share of output, (n,), that can no longer be made: 1 less the capacity, 0 for who is not named.

    Raises
    ------
    OptionError
        As `io_linkage.cells.numbers`, or a share outside 0 to 1.
    """
    kept = numbers(table, capacity, "capacity")
    wrong = (kept < 0) | (kept > 1)
    if wrong.any():
        first = int(np.argmax(wrong))
        raise OptionError(
            f"The capacity of {label_name(table.index[first])} is {kept[first]:g}; it must be a share of its "
            "output, from 0 (nothing can be made) to 1 (all of it)."
        )
    return np.where(np.isnan(kept), 0.0, 1.0 - kept)


def described(table: MRIOTable, lost: Array) -> str:
    """Say whose capacity is reduced, for captions."""
    hit = np.flatnonzero(lost)
    names = [f"{label_name(table.index[int(k)])} at {100 * (1 - lost[k]):.4g} %" for k in hit]
    return shortened(names, 3) or "no capacity lost"
