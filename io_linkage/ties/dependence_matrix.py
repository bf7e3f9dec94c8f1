"""Dependence of economies and groups on one another, as a matrix of shares."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np
import pandas as pd

from io_linkage import economies as countries
from io_linkage.errors import OptionError, require_option
from io_linkage.intensities import Account, intensity
from io_linkage.leontief import Array
from io_linkage.selection import groups_by
from io_linkage.table import MRIOTable
from io_linkage.ties.inputs_and_sales import between_regions


def dependence(
    table: MRIOTable,
    regions: Sequence[str] | None = None,
    *,
    on: Sequence[str] | None = None,
    of: Account = "value_added",
    through: Literal["demand", "inputs", "sales"] = "demand",
    direct: bool = False,
    rest: bool = False,
    aggregates: Mapping[str, Mapping[str, bool]] | None = None,
) -> pd.DataFrame:
    r"""Dependence of each economy (row) on each (column), as shares.

    .. math:: D_{rs} = T_{rs} / \sum_u T_{ru}, \qquad T = M' \hat v L Y M

    Parameters
    ----------
    table : MRIOTable
    regions : sequence of str, optional
        Rows: regions, economies or groups; all regions by default. Each region counts once: on its own where it
        is named so, else in the first group that holds it; ``attrs["left_out"]`` says what was taken out of where.
    on : sequence of str, optional
        Columns; the same as the rows by default.
    of : str or Series
        Account for through="demand": "value_added" gives shares of GDP, "jobs" of employment.
    through : {"demand", "inputs", "sales"}
        "demand": what of the row's value added is absorbed in the column's final demand. "inputs": what of the row's
        intermediate inputs is made in the column. "sales": what of the row's intermediate sales goes to the column.
    direct : bool
        For inputs and sales: the table's flows alone, instead of all that stands behind them.
    rest : bool
        Add a column "others", so that rows add to one.

    Returns
    -------
    DataFrame; rows depend, columns are depended on; shares. NaN where the source has no figure.

    Examples
    --------
    >>> import io_linkage as iol
    >>> D = dependence(iol.load(), ["CHN", "developing", "USA"], rest=True)
    >>> D.round(3).loc["developing"].to_dict()
    {'CHN': 0.026, 'developing': 0.844, 'USA': 0.039, 'others': 0.091}
    """
    require_option("through", through, ("demand", "inputs", "sales"))
    rows, notes = _separate(table, regions, aggregates)
    columns, more = (rows, notes) if on is None else _separate(table, on, aggregates)
    flows = _dependence_flows(table, through, direct, of)
    who, whom = _membership(table, rows), _membership(table, columns)
    blank = np.asarray(np.isnan(flows).any(axis=1))
    flows = np.where(blank[:, None], 0.0, flows)
    made = (who @ flows.sum(axis=1))[:, None]
    D = np.divide(who @ flows @ whom.T, made, out=np.full((len(rows), len(columns)), np.nan), where=made != 0)
    D[who @ blank > 0] = np.nan
    frame = pd.DataFrame(D, index=pd.Index(rows, name="economy"), columns=pd.Index(columns, name="depends on"))
    if rest:
        frame["others"] = 1 - frame.sum(axis=1, skipna=False)
    account = intensity(table, of)
    what = {
        "demand": f"share of {'GDP' if of == 'value_added' else account.label} absorbed in final demand",
        "inputs": "share of intermediate inputs" + (", direct" if direct else ", direct and indirect"),
        "sales": "share of intermediate sales" + (", direct" if direct else ", direct and indirect"),
    }
    frame.attrs.update(
        table.caption(
            what[through],
            "share",
            rows="who depends",
            columns="on whom",
            kind=through,
            groups=rows,
            left_out=list(
                dict.fromkeys([*notes, *more, *([account.note] if account.note and through == "demand" else [])])
            ),
        )
    )
    return frame


def _dependence_flows(table: MRIOTable, kind: str, direct: bool, of: Account) -> Array:
    """Flows between regions (origin or dependent in the row), of which rows are turned into shares."""
    if kind == "demand":
        M, _ = groups_by(table, "region")
        q = intensity(table, of)
        absorbed = q.counted[:, None] * table.system.solve(table.demand_by_region.to_numpy(dtype=np.float64))
        flows = M.T @ absorbed
        flows[M.T @ ~q.known > 0] = np.nan
        return np.asarray(flows)
    flows = between_regions(table, direct=direct)
    return flows.T if kind == "inputs" else flows


def _membership(table: MRIOTable, groups: Mapping[str, list[str]]) -> Array:
    """Which regions are in which group, (groups, regions)."""
    return np.array([[float(region in codes) for region in table.regions] for codes in groups.values()])


def _separate(
    table: MRIOTable, names: Sequence[str] | None, aggregates: Mapping[str, Mapping[str, bool]] | None
) -> tuple[dict[str, list[str]], list[str]]:
    """Regions behind each name, each region once: first those named on their own, then by the order of the names."""
    if names is None:
        return {region: [region] for region in table.regions}, []
    given = [names] if isinstance(names, str) else list(names)
    found = {name: countries.resolve(table, name, aggregates=aggregates) for name in given}
    taken: dict[str, str] = {}
    for name in sorted(found, key=lambda name: len(found[name]) > 1):
        taken = {**dict.fromkeys(found[name], name), **taken}
    kept = {name: [code for code in codes if taken[code] == name] for name, codes in found.items()}
    for name, codes in kept.items():
        if not codes:
            elsewhere = ", ".join(dict.fromkeys(taken[code] for code in found[name]))
            raise OptionError(f"Nothing is left of {name}: all its regions were named before, in {elsewhere}.")
    notes = [
        f"{code} from {name}, as it counts in {taken[code]}"
        for name, codes in found.items()
        for code in codes
        if taken[code] != name
    ]
    return kept, notes
