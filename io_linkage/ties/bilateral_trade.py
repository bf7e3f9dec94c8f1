"""Trade of a focus economy and its comparators with each partner, gross and in value added, in both directions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import pandas as pd

from io_linkage import economies as countries
from io_linkage.captions import labelled
from io_linkage.intensities import Account, intensity
from io_linkage.labels import ordered_index
from io_linkage.leontief import Array
from io_linkage.selection import groups_by
from io_linkage.table import MRIOTable
from io_linkage.ties.partners import ALL, WITHOUT_REST, Names, Parties, Rest, sentence, settle_parties, without_figures

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
SHARES = ("dependence_of_partner_share", "dependence_on_partner_share")

#: Regions of an economy and those of its partner.
Pair: TypeAlias = tuple[list[str], list[str]]


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
    rest: Rest = "in",
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
        Economies or groups in the same rows as the focus. They never change the focus's own rows.
    of : str or Series
        Account that trade is measured in: with "jobs" the value-added columns hold jobs.
    by_stage : bool
        Split by stage; without, only stage "all".
    stage_weights : DataFrame, (n, stages), optional
        Stage shares instead of the shipped central ones.
    aggregates : mapping, optional
        How aggregates count in groups, see `economies.resolve`.
    membership_year : int, optional
        Year whose members of a group the focus, the partners and the comparators are, to keep one composition over
        several tables; the table's own by default.
    rest : {"in", "out", "both"}
        Whether the rest of the world is one of the partners; with "both" it is, and a partner "all_without_rest" is
        the sum over all others.

    Returns
    -------
    DataFrame indexed by (economy, partner, stage): economy is the focus or a comparator; partner "all", where there
    is more than one, is the sum over all partners, whoever the comparators are; stage is that of the selling
    industry, or of the industry in which value added arises. Columns: flows in the table's unit (``exports`` and
    ``imports``, each ``_intermediate`` and ``_final``, ``balance``; ``value_added_exports``, ``value_added_imports``,
    ``value_added_balance``) and shares:
    ``dependence_of_partner_share`` (of the partner's GDP, absorbed in the economy's final demand) and
    ``dependence_on_partner_share`` (of the economy's GDP, absorbed in the partner's). A comparator that contains a
    partner faces it without that partner (the EU without Poland, where Poland is the partner). ``attrs["partners"]``
    are the partners that "all" sums, ``attrs["left_out"]`` the codes of those left out, ``attrs["note"]`` says why,
    and ``attrs["aggregates"]`` which partners are several economies in one and why they count.

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
    parties = settle_parties(
        table,
        focus,
        partners=partners,
        comparators=comparators,
        aggregates=aggregates,
        membership_year=membership_year,
        rest=rest,
    )
    flows = _Flows.of(table, of, by_stage, stage_weights)
    rows = rows_of(parties, both=rest == "both")
    values = np.concatenate([flows.between(pairs) for pairs in rows.values()])
    labels = [(*row, stage) for row in rows for stage in flows.stages]
    result = pd.DataFrame(
        values, index=ordered_index(labels, ["economy", "partner", "stage"]), columns=pd.Index([*FLOWS, *SHARES])
    )
    lacking, clauses = without_figures(intensity(table, of))
    return labelled(
        result,
        table.caption(
            f"trade of {focus} with its partners, current prices",
            table.unit,
            focus=focus,
            partners=tuple(parties.partners),
            membership_year=table.year if membership_year is None else membership_year,
            left_out=(*parties.left_out, *(code for code in lacking if code not in parties.left_out)),
            note=sentence([*parties.notes, *clauses]),
            aggregates=list(parties.aggregates),
            units={**dict.fromkeys(FLOWS, table.unit), **dict.fromkeys(FLOWS[-3:], flows.unit), "others": "share"},
        ),
    )


def rows_of(parties: Parties, *, both: bool) -> dict[tuple[str, str], list[Pair]]:
    """Pairs behind each row (economy, partner); those of "all" are the pairs of every partner."""
    rows: dict[tuple[str, str], list[Pair]] = {}
    for (economy, partner), regions in parties.pairs().items():
        pair = (regions, parties.partners[partner])
        if len(parties.partners) > 1:
            rows.setdefault((economy, ALL), []).append(pair)
            if both and parties.rest and partner not in parties.rest:
                rows.setdefault((economy, f"{ALL}{WITHOUT_REST}"), []).append(pair)
        rows[economy, partner] = [pair]
    return rows


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
        absorbed = q.counted[:, None] * table.system.solve(final)
        absorbed[~q.known] = np.nan
        W, names = groups_by(table, "stage", stage_weights) if by_stage else (np.zeros((len(M), 0)), pd.Index([]))
        shares = np.column_stack([np.ones(len(M)), W])
        intermediate = np.asarray(table.accounts.Z @ M)
        return cls(
            by_origin(table, shares, intermediate),
            by_origin(table, shares, final),
            by_origin(table, shares, absorbed),
            [ALL, *map(str, names)],
            table.regions,
            q.unit,
        )

    def between(self, pairs: Sequence[Pair]) -> Array:
        """Flows summed over the pairs and shares of them, (stages, columns)."""
        positions = [(self._positions(own), self._positions(partner)) for own, partner in pairs]
        here, there = (sorted({region for pair in positions for region in pair[side]}) for side in (0, 1))
        sold = [sum(_total(block, *pair) for pair in positions) for block in (self.intermediate, self.final)]
        bought = [sum(_total(block, *pair[::-1]) for pair in positions) for block in (self.intermediate, self.final)]
        exports, imports = sold[0] + sold[1], bought[0] + bought[1]
        absorbed = sum(_total(self.absorbed, *pair) for pair in positions)
        drawn = sum(_total(self.absorbed, *pair[::-1]) for pair in positions)
        balances = exports - imports, absorbed - drawn
        shares = drawn / self._output(there), absorbed / self._output(here)
        return np.column_stack([*sold, exports, *bought, imports, balances[0], absorbed, drawn, balances[1], *shares])

    def _positions(self, codes: list[str]) -> list[int]:
        return [self.regions.index(code) for code in codes]

    def _output(self, where: list[int]) -> float:
        """Sum what the regions make; NaN when that is nothing, so that no share of it is taken."""
        return float(self.absorbed[where, 0].sum()) or float("nan")


def by_origin(table: MRIOTable, shares: Array, flows: Array) -> Array:
    """Sum flows (n, regions) over the industries of each region, by stage."""
    result = np.empty((len(table.regions), shares.shape[1], flows.shape[1]))
    for r in range(len(table.regions)):
        inside = table.region_codes == r
        result[r] = shares[inside].T @ flows[inside]
    return result


def _total(block: Array, origin: list[int], market: list[int]) -> Array:
    return np.asarray(block[np.ix_(origin, range(block.shape[1]), market)].sum(axis=(0, 2)))
