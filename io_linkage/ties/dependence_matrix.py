"""Dependence of economies and groups on one another, as a matrix of shares."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from io_linkage import economies as countries
from io_linkage.captions import labelled
from io_linkage.economies.prose import economy
from io_linkage.errors import OptionError, require_option
from io_linkage.intensities import Account, intensity
from io_linkage.leontief import Array
from io_linkage.selection import groups_by
from io_linkage.table import MRIOTable
from io_linkage.ties.inputs_and_sales import between_regions
from io_linkage.ties.partners import (
    RESTS,
    WITHOUT_REST,
    Rest,
    overlaps,
    sentence,
    without_figures,
    without_rest,
)
from io_linkage.wording import listed


def dependence(
    table: MRIOTable,
    regions: Sequence[str] | None = None,
    *,
    on: Sequence[str] | None = None,
    of: Account = "value_added",
    through: Literal["demand", "inputs", "sales"] = "demand",
    direct: bool = False,
    others: bool = False,
    including_itself: bool | None = None,
    rest: Rest = "in",
    aggregates: Mapping[str, Mapping[str, bool]] | None = None,
    membership_year: int | None = None,
) -> pd.DataFrame:
    r"""Dependence of each economy (row) on each (column), as shares.

    .. math:: D_{RS} = \frac{\sum_{r \in R} \sum_{s \in S, s \neq r} T_{rs}}{\sum_{r \in R} \sum_u T_{ru}}, \qquad
        T = M' \hat v L Y M

    The sums run over members r that S does not consist of alone: China, a developing economy, is left out of the
    dependence of developing economies on China; Poland's dependence on the EU is that on the EU's other members.

    Parameters
    ----------
    table : MRIOTable
    regions : sequence of str, optional
        Rows: regions, economies or groups; all regions by default. Each region counts once: on its own where it
        is named so, else in the first group that holds it.
    on : sequence of str, optional
        Columns; the same as the rows by default.
    of : str or Series
        Account for through="demand": "value_added" gives shares of GDP, "jobs" of employment.
    through : {"demand", "inputs", "sales"}
        "demand": what of the row's value added is absorbed in the column's final demand. "inputs": what of the row's
        intermediate inputs is made in the column. "sales": what of the row's intermediate sales goes to the column.
    direct : bool
        For inputs and sales: the table's flows alone, instead of all that stands behind them.
    others : bool
        Add a column "others", so that rows add to one.
    including_itself : bool, optional
        Count what each economy takes of its own, :math:`s = r` in the sums. By default only where `on` is not given,
        so that the square matrix is complete and its diagonal is what each takes of its own.
    rest : {"in", "out", "both"}
        Whether the rest of the world counts in the groups that hold it; "both" adds rows and columns
        ``<name>_without_rest``.
    aggregates : mapping, optional
        How aggregates count in groups, see `economies.resolve`.
    membership_year : int, optional
        Year whose members of a group count; the table's own by default.

    Returns
    -------
    DataFrame; rows depend, columns are depended on; shares. NaN where the source has no figure, and for an economy on
    itself. ``attrs["left_out"]`` holds the codes of those left out, ``attrs["note"]`` says of what and why.

    Raises
    ------
    OptionError
        A name without regions of its own; `others` where rows share members with `on`, unless they are included.

    References
    ----------
    Johnson & Noguera (2012) for trade in value added.

    See Also
    --------
    bilateral : the flows behind the shares, in both directions.
    reliance : by industry.

    Examples
    --------
    >>> import io_linkage as iol
    >>> D = dependence(iol.load(), ["CHN", "developing", "USA"], others=True)
    >>> D.round(3).loc["developing"].to_dict()
    {'CHN': 0.026, 'developing': 0.844, 'USA': 0.039, 'others': 0.091}
    >>> dependence(iol.load(), ["developing"], on=["CHN"], rest="both")["CHN"].round(3).to_dict()
    {'developing': 0.026, 'developing_without_rest': 0.016}
    """
    require_option("through", through, ("demand", "inputs", "sales"))
    require_option("rest", rest, RESTS)
    itself = on is None if including_itself is None else including_itself
    rows = _separate(table, regions, rest, aggregates, membership_year)
    columns = rows if on is None else _separate(table, on, rest, aggregates, membership_year)
    overlap, clauses = overlaps(rows.members, columns.members, itself=itself)
    if others and overlap:
        raise OptionError(
            f"With others=True rows add to one, but {listed(overlap)} would be left out of some columns: pass "
            "including_itself=True, or leave others out."
        )
    flows = _dependence_flows(table, through, direct, of)
    D = _shares(table, flows, rows.members, columns.members, itself)
    frame = pd.DataFrame(
        D, index=pd.Index(rows.members, name="economy"), columns=pd.Index(columns.members, name="depends on")
    )
    if others:
        base = [name for name in columns.members if name not in columns.variants]
        frame["others"] = 1 - frame[base].sum(axis=1, skipna=False)
    account = intensity(table, of)
    lacking, gaps = without_figures(account) if through == "demand" else ([], [])
    reach = ", direct" if direct else ", direct and indirect"
    what = {
        "demand": f"share of {'GDP' if of == 'value_added' else account.label} absorbed in final demand",
        "inputs": f"share of intermediate inputs{reach}",
        "sales": f"share of intermediate sales{reach}",
    }
    return labelled(
        frame,
        table.caption(
            what[through],
            "share",
            rows="who depends",
            columns="on whom",
            through=through,
            groups=rows.members,
            membership_year=table.year if membership_year is None else membership_year,
            left_out=tuple(dict.fromkeys([*rows.left_out, *columns.left_out, *overlap, *lacking])),
            note=sentence([*rows.notes, *columns.notes, *clauses, *gaps]),
        ),
    )


@dataclass(frozen=True)
class _Groups:
    """Regions behind each row or column; `variants` are the names that repeat others without the rest of the world."""

    members: dict[str, list[str]]
    variants: tuple[str, ...]
    left_out: list[str]
    notes: list[str]


def _shares(
    table: MRIOTable, flows: Array, rows: Mapping[str, list[str]], columns: Mapping[str, list[str]], itself: bool
) -> Array:
    """Shares (rows, columns) of flows between regions; NaN where a counted region has no figure, or none counts."""
    who, whom = _membership(table, rows), _membership(table, columns)
    blank = np.asarray(np.isnan(flows).any(axis=1))
    flows = np.where(blank[:, None], 0.0, flows)
    output = flows.sum(axis=1)
    counted = np.repeat(who[:, None, :], len(whom), axis=1)
    if not itself:
        flows = flows - np.diag(np.diag(flows))
        # A region that is all of the column is not part of the row there.
        counted *= 1 - whom * (whom.sum(axis=1) == 1)[:, None]
    top = np.einsum("rck,kl,cl->rc", counted, flows, whom, optimize=True)
    base = counted @ output
    D = np.divide(top, base, out=np.full(top.shape, np.nan), where=base != 0)
    D[counted @ blank > 0] = np.nan
    return np.asarray(D)


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
    table: MRIOTable,
    names: Sequence[str] | None,
    rest: Rest,
    aggregates: Mapping[str, Mapping[str, bool]] | None,
    membership_year: int | None,
) -> _Groups:
    """Regions behind each name, each region once: first those named on their own, then by the order of the names."""
    asked = table.regions if names is None else [names] if isinstance(names, str) else list(names)
    world = countries.rest_regions(table)
    if rest == "out":
        aggregates = without_rest(table, asked, aggregates)
        asked = [name for name in asked if name not in world]
        if not asked:
            raise OptionError("Nothing is left without the rest of the world; name other regions, or pass rest='in'.")
    resolved = {
        name: countries.resolve(table, name, aggregates=aggregates, membership_year=membership_year) for name in asked
    }
    taken: dict[str, str] = {}
    for name in sorted(resolved, key=lambda name: len(resolved[name]) > 1):
        taken = {**dict.fromkeys(resolved[name], name), **taken}
    members, variants, notes = dict[str, list[str]](), [], []
    for name, codes in resolved.items():
        members[name] = [code for code in codes if taken[code] == name]
        if not members[name]:
            elsewhere = ", ".join(dict.fromkeys(taken[code] for code in codes))
            raise OptionError(f"Nothing is left of {name}: all its regions were named before, in {elsewhere}.")
        notes += [
            f"{economy(code)} counts {'by itself' if taken[code] == code else f'in {economy(taken[code])}'}, not in "
            f"{economy(name)}"
            for code in codes
            if taken[code] != name
        ]
        known = [code for code in members[name] if code not in world]
        if rest == "both" and known and len(known) < len(members[name]):
            variants.append(f"{name}{WITHOUT_REST}")
            members[variants[-1]] = known
    hidden, clauses = countries.coverages(table, asked, aggregates=aggregates, membership_year=membership_year)
    dropped = world if rest == "out" else []
    return _Groups(members, tuple(variants), [*dropped, *hidden], [*notes, *clauses])
