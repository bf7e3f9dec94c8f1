"""What a table's layout does to the numbers of a report, found from its accounts.

Terms
-----
competitive imports : flows count a product wherever it was made, and a column of final demand takes imports off in the
    end. Gross output is then that of industries at home, but what uses draw is not.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from io_linkage.accounts import DISCREPANCY
from io_linkage.leontief import Array
from io_linkage.table import MRIOTable

#: A column that takes imports off is negative throughout and not small; inventories fall in many industries at times,
#: but neither in all of them nor by one per cent of output (Japan's in 2011, the largest such fall, are 0.4 %).
NEGATIVE, SIZE = 0.95, 0.01


def less_imports(table: MRIOTable) -> pd.DataFrame | None:
    r"""Industries of a table with competitive imports: how much of each is used against what is made.

    .. math:: u_i = \sum_j z_{ij} + \sum_{k: y_{ik} > 0} y_{ik}, \qquad u_i / x_i > 1

    Parameters
    ----------
    table : MRIOTable

    Returns
    -------
    DataFrame or None
        Indexed by (region, industry): ``imports`` taken off, ``used`` (everywhere, exports included), ``output``, and
        ``used_per_output``, NaN without output. None where no column of final demand is negative throughout and at
        least one per cent of its region's output. ``attrs["columns"]`` names those that are.

    Examples
    --------
    >>> import io_linkage as iol
    >>> less_imports(iol.load()) is None
    True
    """
    accounts = table.accounts
    x = accounts.x
    found: dict[int, str] = {}
    for position, (region, category) in enumerate(accounts.demand):
        column = accounts.Y[:, position]
        off, whole = -column[column < 0].sum(), np.abs(column).sum()
        made = x[table.region_codes == table.regions.index(region)].sum()
        if category != DISCREPANCY and off > SIZE * made and off >= NEGATIVE * whole:
            found[position] = str(category)
    if not found:
        return None
    imports: Array = -accounts.Y[:, list(found)].sum(axis=1)
    used: Array = accounts.Z.sum(axis=1) + np.clip(accounts.Y, 0.0, None).sum(axis=1)
    frame = pd.DataFrame({"imports": imports, "used": used, "output": x}, index=table.index)
    frame["used_per_output"] = np.divide(used, x, out=np.full_like(used, np.nan), where=table.active)
    frame.attrs.update(
        table.caption("imports taken off final demand", table.unit, columns=list(dict.fromkeys(found.values())))
    )
    frame.attrs["units"] = {"used_per_output": "ratio", "others": table.unit}
    # The reader of a table knows whether it can take imports out of every use instead.
    frame.attrs["remedy"] = any("imports='apart'" in str(note) for note in table.carried.get("notes", ()))
    return frame
