"""What a table is, in words: printed at the head of every report and by the command."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from io_linkage.table import MRIOTable


def describe(table: MRIOTable) -> pd.Series[str]:
    """Say what a table is and which choices it was made with.

    Returns
    -------
    Series of str: name, year, source, unit, size, where output and value added come from, gaps, satellites.
    """
    accounts = table.accounts
    idle = int((~table.active).sum())
    demand_gap = np.abs(accounts.Y[:, ~accounts.own_demand]).sum()
    input_gap = np.abs(accounts.V[~accounts.own_inputs]).sum()
    entries = {
        "name": table.name,
        "year": "not stated" if table.year is None else str(table.year),
        "source": table.source or "not stated",
        "unit": table.unit or "not stated",
        "classification": table.classification or "not stated",
        "size": f"{len(table.regions)} regions x {len(table.industries)} industries, n = {len(table.index)}",
        "gross output from": "row sums of Z and Y" if accounts.output == "rows" else "published totals",
        "value added": f"{table.value_added_label} ({', '.join(accounts.va_rows)})"
        if accounts.value_added == "published"
        else f"{table.value_added_label} (output less intermediate inputs)",
        "world value added": f"{table.va.sum():,.0f} {table.unit}".rstrip(),
        "industries without output": f"{idle} of {len(table.index)}",
        "row discrepancy": f"{demand_gap:,.6g} {table.unit}".rstrip(),
        "column discrepancy": f"{input_gap:,.6g} {table.unit}".rstrip(),
        "satellites": ", ".join(table.satellite_names) or "none",
    }
    return pd.Series(entries, name=table.label)
