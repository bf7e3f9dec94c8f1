"""What a table's layout does to the numbers of a report, found from its accounts.

Terms
-----
competitive imports : flows count a product wherever it was made, and a column of final demand takes imports off in the
    end. Gross output is then that of industries at home, but what uses draw is not.
"""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from io_linkage.accounts import DISCREPANCY
from io_linkage.captions import labelled
from io_linkage.leontief import Array
from io_linkage.table import MRIOTable

#: A column that takes imports off is negative throughout.
NEGATIVE = 0.95
#: Where it is not called so, it is also large, at least this share of output, and negative in most industries.
SIZE, SPREAD = 0.01, 0.5
_IMPORTS = re.compile(r"\bimports?\b|进口|進口|^im$|^m$", re.IGNORECASE)
_INVENTORIES = re.compile(r"invent|invnt|stock|valuables|存货|库存|dpabr|abroad|p5m|p5[23]|fu202", re.IGNORECASE)


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
        ``used_per_output``, NaN without output. None where no column of final demand takes imports off: one that is
        negative throughout and is called imports, or, in a table of one country, is at least one per cent of output,
        negative in most industries and not called inventories. ``attrs["columns"]`` names those that do.

    Examples
    --------
    >>> import io_linkage as iol
    >>> less_imports(iol.load()) is None
    True
    """
    accounts = table.accounts
    x = accounts.x
    columns = {
        position: str(category)
        for position, (_, category) in enumerate(accounts.demand)
        if category != DISCREPANCY and _takes_imports_off(accounts.Y[:, position], str(category), table)
    }
    if not columns:
        return None
    imports: Array = -accounts.Y[:, list(columns)].sum(axis=1)
    used: Array = accounts.Z.sum(axis=1) + np.clip(accounts.Y, 0.0, None).sum(axis=1)
    frame = pd.DataFrame({"imports": imports, "used": used, "output": x}, index=table.index)
    frame["used_per_output"] = np.divide(used, x, out=np.full_like(used, np.nan), where=table.active)
    labelled(
        frame,
        table.caption("imports taken off final demand", table.unit, columns=list(dict.fromkeys(columns.values()))),
    )
    frame.attrs["units"] = {"used_per_output": "ratio", "others": table.unit}
    # The reader of a table knows whether it can take imports out of every use instead.
    frame.attrs["remedy"] = any("imports='apart'" in str(note) for note in table.carried.get("notes", ()))
    return frame


def _takes_imports_off(column: Array, category: str, table: MRIOTable) -> bool:
    off, whole = float(-column[column < 0].sum()), float(np.abs(column).sum())
    if not off or off < NEGATIVE * whole:
        return False
    if _IMPORTS.search(category):
        return True
    # In a table of several regions imports are flows between them; a small country's stocks may fall everywhere.
    if len(table.regions) > 1 or _INVENTORIES.search(category):
        return False
    spread = (column[table.active] < 0).mean()
    return bool(off > SIZE * table.accounts.x.sum() and spread >= SPREAD)
