"""Energy or emissions behind one unit of output, at home and abroad."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from io_linkage.captions import labelled
from io_linkage.intensities import Account, intensity
from io_linkage.selection import region_codes
from io_linkage.table import MRIOTable
from io_linkage.technology.suppliers import energy_industries as suppliers_of_energy


def energy_and_emissions(
    table: MRIOTable,
    *,
    of: Account | None = None,
    regions: str | Sequence[str] | None = None,
    energy_industries: str | Sequence[str] | None = None,
) -> pd.DataFrame:
    r"""Energy or emissions per unit of output: the industry's own, and those of all its inputs.

    .. math:: q, \quad q'L \qquad \text{or, without an account,} \qquad e'A, \quad e'(L - I)

    Parameters
    ----------
    table : MRIOTable
    of : str or Series, optional
        An account of energy use or emissions. Without one, what is bought from energy industries stands in, in money:
        cheap energy then looks like little energy, and ``attrs["proxy"]`` says so.
    regions : str or sequence of str, optional
        Whose industries; all by default. One solve for each of them.
    energy_industries : str or sequence of str, optional
        For the proxy; by default those that mine coal, oil and gas, refine, or supply electricity and gas.

    Returns
    -------
    DataFrame on the country-industries of `regions`: ``direct``, ``total``, ``total_domestic`` and ``total_imported``
    per unit of output, ``imported_share`` of the total. NaN without output; where an account lacks regions, totals
    hold the others, and ``attrs["note"]`` says so.

    Raises
    ------
    MissingSatelliteError
        The table has no such account.
    OptionError
        No industry is known to supply energy.

    See Also
    --------
    io_linkage.indicators.greenhouse_gases : emissions, output and value added of 2022, without the flows between
        industries that a total needs.

    Examples
    --------
    >>> import io_linkage as iol
    >>> energy = energy_and_emissions(iol.load(), regions="CHN")
    >>> energy.loc[("CHN", "27t28"), ["direct", "total"]].round(2).tolist()
    [0.23, 0.64]
    """
    chosen = table.regions if regions is None else region_codes(table, regions)
    codes = [table.regions.index(region) for region in chosen]
    rows = np.isin(table.region_codes, codes)
    attrs: dict[str, Any]
    if of is None:
        industries = suppliers_of_energy(table, energy_industries)
        e = np.isin(table.industry_codes, [table.industries.index(code) for code in industries]).astype(np.float64)
        q, less, direct, label = e, e, table.system.apply_transposed(e), "energy bought"
        unit = f"{table.unit} per {table.unit}" if table.unit else "per unit of output"
        attrs = {
            "of": "energy (proxy)",
            "proxy": f"What is bought from {', '.join(industries)}, in money, stands in for energy used.",
        }
    else:
        account = intensity(table, of)
        q, less, direct, label = account.counted, np.zeros(len(table.index)), account.per_output, account.label
        unit, attrs = account.unit_per_output, account.attrs
    homes = np.stack([np.where(table.region_codes == code, q, 0.0) for code in codes], axis=1)
    content = table.system.solve_transposed(np.column_stack([q, homes])) - np.column_stack(
        [less, *(np.where(table.region_codes == code, less, 0.0) for code in codes)]
    )
    home = np.array([codes.index(code) for code in table.region_codes[rows]], dtype=np.intp)
    total, domestic = content[rows, 0], content[rows][np.arange(len(home)), 1 + home]
    frame = pd.DataFrame(
        {"direct": direct[rows], "total": total, "total_domestic": domestic, "total_imported": total - domestic},
        index=table.index[rows],
    )
    frame.loc[~table.active[rows]] = np.nan
    frame["imported_share"] = frame["total_imported"] / frame["total"].where(frame["total"] != 0)
    units = {**dict.fromkeys(frame.columns[:-1], unit), "imported_share": "share"}
    return labelled(frame, table.caption(f"{label} per unit of output", unit, units=units, **attrs))
