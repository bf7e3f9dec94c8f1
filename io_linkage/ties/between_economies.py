"""Trade, dependence and reliance between a focus economy and its partners, in both directions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from io_linkage import economies as countries
from io_linkage.errors import OptionError, unknown
from io_linkage.leontief import Array
from io_linkage.selection import groups_by
from io_linkage.spillovers.multiplier_effects import Account, intensity
from io_linkage.table import MRIOTable
from io_linkage.ties.inputs_and_sales import between_regions
from io_linkage.ties.partners import ALL, Names, cast

#: Columns of `bilateral`.
FLOWS = (
    "exports_intermediate",
    "exports_final",
    "exports",
    "imports_intermediate",
    "imports_final",
    "imports",
    "balance",
    "value_added_exports",
    "value_added_imports",
    "value_added_balance",
)
SHARES = ("dependence_of_partner", "dependence_on_partner")


def bilateral(
    table: MRIOTable,
    focus: str,
    *,
    partners: Names | None = "developing",
    comparators: Sequence[str] = countries.COMPARATORS,
    of: Account = "value_added",
    by_stage: bool = True,
    stage_weights: pd.DataFrame | None = None,
    aggregates: Mapping[str, Mapping[str, bool]] | None = None,
    membership_year: int | None = None,
) -> pd.DataFrame:
    r"""Gross and value-added trade with each partner by stage, both directions, and mutual dependence.

    .. math:: E_{rs} = \sum_{i \in r} \sum_{j \in s} z_{ij} + \sum_{i \in r} y_{is}, \qquad
        T = M' \hat v L Y M, \qquad D_{rs} = T_{rs} / \sum_u T_{ru}

    Parameters
    ----------
    table : MRIOTable
    focus : str
    partners : str or list, optional
        Regions or groups by the table's year; all other regions if None. The focus is left out of them.
    comparators : sequence of str
    of : str or Series
        Account that trade is measured in: with "jobs" the value-added columns hold jobs.
    by_stage : bool
        Split by stage; without, only stage "all".
    stage_weights : DataFrame, (n, stages), optional
        Stage shares instead of the shipped central ones.
    aggregates : mapping, optional
        How aggregates count in groups, see `economies.resolve`.
    membership_year : int, optional
        Year whose members of a group the focus and the partners are, to keep one composition over several tables;
        the table's own by default.

    Returns
    -------
    DataFrame indexed by (economy, partner, stage): economy is the focus or a comparator; partner "all" is the sum of
    those partners that stand for every economy; stage is that of the selling industry, or of the industry in which
    value added arises. Columns: flows in the table's unit (``exports`` and ``imports``, each ``_intermediate`` and
    ``_final``, ``balance``; ``value_added_exports``, ``value_added_imports``, ``value_added_balance``) and shares:
    ``dependence_of_partner`` (of the partner's GDP, absorbed in the economy's final demand) and
    ``dependence_on_partner`` (of the economy's GDP, absorbed in the partner's). ``attrs["left_out"]`` says who was
    left out, ``attrs["aggregates"]`` which partners are several economies in one and why they count.

    Notes
    -----
    Cost: one solve per region. Stages add up to "all".

    References
    ----------
    Johnson & Noguera (2012) for trade in value added.

    Examples
    --------
    >>> import io_linkage as iol
    >>> ties = bilateral(iol.load(), "CHN", partners="developing")
    >>> ties.loc[("CHN", "BRA", "all"), ["exports", "imports", "value_added_imports"]].round().tolist()
    [37621.0, 36459.0, 26835.0]
    """
    who = cast(
        table, focus, partners=partners, comparators=comparators, aggregates=aggregates, membership_year=membership_year
    )
    flows = _Flows.of(table, of, by_stage, stage_weights)
    common = [p for p in who.partners if not any(who.overlap(e, p) for e in who.economies)]
    rows: dict[tuple[str, str], list[str]] = {(e, p): who.partners[p] for e, p in who.pairs()}
    if len(who.partners) > 1 and common:
        rows = {**{(e, ALL): common for e in who.economies}, **rows}
    order = [(e, p) for e in who.economies for p in (ALL, *who.partners) if (e, p) in rows]
    values = np.concatenate([flows.between(who.economies[e], rows[e, p]) for e, p in order])
    labels = [(e, p, stage) for e, p in order for stage in flows.stages]
    result = pd.DataFrame(values, index=_in_order(labels), columns=pd.Index([*FLOWS, *SHARES]))
    result.attrs.update(
        table.caption(
            f"trade of {focus} with its partners, current prices",
            table.unit,
            focus=focus,
            partners=partners if isinstance(partners, str) else list(who.partners),
            all_partners=common,
            left_out=[*who.left_out, *intensity(table, of).gaps(table).values()],
            aggregates=list(who.aggregates),
            units={**dict.fromkeys(FLOWS, table.unit), **dict.fromkeys(FLOWS[-3:], flows.unit), "others": "share"},
        )
    )
    return result


def _in_order(labels: list[tuple[str, str, str]]) -> pd.MultiIndex:
    """Levels in the order of the rows, so that pandas finds a row by its first labels without a warning."""
    levels = [list(dict.fromkeys(part)) for part in zip(*labels, strict=True)]
    codes = [
        [level.index(label) for label in part] for level, part in zip(levels, zip(*labels, strict=True), strict=True)
    ]
    return pd.MultiIndex(levels=levels, codes=codes, names=["economy", "partner", "stage"])


@dataclass(frozen=True, eq=False)
class _Flows:
    """Trade between regions by stage of the seller: arrays (region of origin, stage with "all" first, region)."""

    intermediate: Array
    final: Array
    absorbed: Array
    stages: list[str]
    regions: list[str]
    unit: str

    @classmethod
    def of(cls, table: MRIOTable, of: Account, by_stage: bool, stage_weights: pd.DataFrame | None) -> _Flows:
        M, _ = groups_by(table, "region")
        q = intensity(table, of)
        final: Array = table.demand_by_region.to_numpy(dtype=np.float64)
        absorbed = q.values[:, None] * table.system.solve(final)
        absorbed[~q.known] = np.nan
        W, names = groups_by(table, "stage", stage_weights) if by_stage else (np.zeros((len(M), 0)), pd.Index([]))
        shares = np.column_stack([np.ones(len(M)), W])
        intermediate = np.asarray(table.accounts.Z @ M)
        return cls(
            _by_origin(table, shares, intermediate),
            _by_origin(table, shares, final),
            _by_origin(table, shares, absorbed),
            [ALL, *map(str, names)],
            table.regions,
            q.unit,
        )

    def between(self, own: list[str], partner: list[str]) -> Array:
        """Flows and shares of one pair, (stages, columns)."""
        here, there = self._positions(own), self._positions(partner)
        sold, bought = (
            [_total(block, *way) for block in (self.intermediate, self.final)] for way in ((here, there), (there, here))
        )
        exports, imports = sold[0] + sold[1], bought[0] + bought[1]
        absorbed, drawn = _total(self.absorbed, here, there), _total(self.absorbed, there, here)
        balances = exports - imports, absorbed - drawn
        shares = drawn / self._made(there), absorbed / self._made(here)
        return np.column_stack([*sold, exports, *bought, imports, balances[0], absorbed, drawn, balances[1], *shares])

    def _positions(self, codes: list[str]) -> list[int]:
        return [self.regions.index(code) for code in codes]

    def _made(self, where: list[int]) -> float:
        """Sum what the regions make; NaN when that is nothing, so that no share of it is taken."""
        return float(self.absorbed[where, 0].sum()) or float("nan")


def _by_origin(table: MRIOTable, shares: Array, flows: Array) -> Array:
    """Sum flows (n, regions) over the industries of each region, by stage."""
    result = np.empty((len(table.regions), shares.shape[1], flows.shape[1]))
    for r in range(len(table.regions)):
        inside = table.region_codes == r
        result[r] = shares[inside].T @ flows[inside]
    return result


def _total(block: Array, origin: list[int], market: list[int]) -> Array:
    return np.asarray(block[np.ix_(origin, range(block.shape[1]), market)].sum(axis=(0, 2)))


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
    if through not in ("demand", "inputs", "sales"):
        raise unknown("option through=", through, ("demand", "inputs", "sales"))
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
        "demand": f"share of {'GDP' if of == 'value_added' else account.name} absorbed in final demand",
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
                dict.fromkeys([*notes, *more, *(account.gaps(table).values() if through == "demand" else ())])
            ),
        )
    )
    return frame


def _dependence_flows(table: MRIOTable, kind: str, direct: bool, of: Account) -> Array:
    """Flows between regions (origin or dependent in the row), of which rows are turned into shares."""
    if kind == "demand":
        M, _ = groups_by(table, "region")
        q = intensity(table, of)
        absorbed = q.values[:, None] * table.system.solve(table.demand_by_region.to_numpy(dtype=np.float64))
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
