"""Fewer regions or industries: concordances, and tables added up with them.

A concordance says what share of each old industry goes to each new one; its rows add to 1. With C (n, m) that matrix
for country-industries, an aggregated table is

    Z* = C'Z C,   Y* = C'Y (columns added by region),   V* = V C,   x* = C'x,

so rows and columns still add up, whatever the concordance. Where an old industry is split by shares, its parts are
taken to buy and sell alike. Aggregation changes linkages (they are not averages of those of the parts); the table
itself is never changed, a new one is returned.

What a concordance may be is said in `io_linkage.concordances`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd

from io_linkage.accounts import Satellite
from io_linkage.concordances import Concordance, checked_shares, industry_shares
from io_linkage.errors import OptionError, TableError, unknown
from io_linkage.leontief import Array
from io_linkage.table import MRIOTable
from io_linkage.wording import shortened

#: How units of accounts that are not sums start: they cannot be added up.
NOT_SUMS = ("index", "%", "percent", "share", "ratio", "per ", "price", "deflator", "rate")
#: Most industries that a note lists by code.
_LISTED = 8


def aggregate(
    table: MRIOTable,
    *,
    industries: Concordance | None = None,
    regions: Mapping[str, str | Iterable[str]] | str | Sequence[str] | None = None,
    rest: str | None = None,
    name: str | None = None,
) -> MRIOTable:
    """Add up industries, regions or both.

    Parameters
    ----------
    table : MRIOTable
        It is not changed.
    industries : concordance, optional
        See `io_linkage.concordances`. New industries stand in the order in which the concordance first names them.
    regions : mapping, list or str, optional
        New region to its members: a code, a list of codes or the name of a group ("EU", "developing"). Or one group, or
        a list of groups, each becoming a region of its own name. Regions named in none keep their own.
    rest : str, optional
        Put all regions that are in no group into one of this name.
    name : str, optional
        Name of the new table; by default the old one with its new size.

    Returns
    -------
    MRIOTable
        Satellites are added up too; accounts that are not sums (indices, prices, shares) are left out and named in
        `carried["notes"]`, and so are industries that are divided. A sum is NaN where a part with output has no figure.

    Raises
    ------
    OptionError
        The concordance leaves an industry out, or its shares do not add to 1.
    UnknownLabelError
        It names an industry or region that is not there.

    Examples
    --------
    >>> import io_linkage as iol
    >>> world = iol.load()
    >>> small = aggregate(world, regions={"China": "CHN"}, rest="others", industries="isic_sections")
    >>> small.regions, len(small.industries)
    (['China', 'others'], 17)
    >>> bool(np.isclose(small.x.sum(), world.x.sum()))
    True
    """
    shares, new_industries, label = industry_shares(table, industries)
    region_of, new_regions = _region_map(table, regions, rest)
    C, index = _matrix(table, shares, new_industries, region_of, new_regions)
    accounts = table.accounts
    Y = _demand(C.T @ accounts.Y[:, accounts.own_demand], accounts.demand[accounts.own_demand], region_of)
    satellites, notes = _satellites(table, C, index)
    return table.remade(
        C.T @ accounts.published_flows @ C,
        Y.to_numpy(),
        accounts.V[accounts.own_inputs] @ C,
        None if accounts.published is None else accounts.published @ C,
        index=index,
        demand=Y.columns,
        notes=[*_divided(shares), *notes],
        satellites=satellites,
        source=table.source if table.source.endswith("aggregated") else f"{table.source}, aggregated".lstrip(", "),
        classification=label,
        name=name or f"{table.name} ({len(new_regions)} regions, {len(index.unique(1))} industries)",
    )


def _divided(shares: Mapping[str, Mapping[str, float]]) -> list[str]:
    """Say which industries go to several new ones."""
    codes = [code for code, pieces in shares.items() if sum(share > 0 for share in pieces.values()) > 1]
    if not codes:
        return []
    return [
        f"{shortened(codes, _LISTED)}: divided between new industries by the concordance's shares; each part "
        "buys and sells as the whole did"
    ]


def split(
    table: MRIOTable, industry: str, parts: Mapping[str, float], *, regions: str | Sequence[str] | None = None
) -> MRIOTable:
    """Split an industry into parts by output shares; every part buys and sells as the whole did.

    Parameters
    ----------
    parts : mapping of str to float
        New industry to its share of the old one's output; the shares add to 1.
    regions : str or list, optional
        Only there; elsewhere the industry goes to the first part whole.

    Returns
    -------
    MRIOTable
        x, Z, Y and V of the whole are the sums of those of its parts.
    """
    if industry not in table.industries:
        raise unknown("industry", industry, table.industries)
    chosen = table.regions if regions is None else [regions] if isinstance(regions, str) else list(regions)
    for one in chosen:
        if one not in table.regions:
            raise unknown("region", one, table.regions)
    for part in parts:
        if part in table.industries and part != industry:
            raise OptionError(f"There is an industry {part!r} already; give the parts names of their own.")
    first = next(iter(parts))
    by_region = {
        one: checked_shares({industry: dict(parts) if one in chosen else {first: 1.0}}, "the parts")[industry]
        for one in table.regions
    }
    return _split(table, industry, by_region)


def _split(table: MRIOTable, industry: str, by_region: Mapping[str, Mapping[str, float]]) -> MRIOTable:
    labels: list[tuple[str, str]] = []
    weights: list[tuple[int, float]] = []
    for position, (region, code) in enumerate(table.index):
        pieces = by_region[region] if code == industry else {code: 1.0}
        for piece, share in pieces.items():
            labels.append((region, piece))
            weights.append((position, share))
    C = np.zeros((len(table.index), len(labels)))
    for column, (row, share) in enumerate(weights):
        C[row, column] = share
    index = pd.MultiIndex.from_tuples(labels, names=table.index.names)
    accounts = table.accounts
    satellites, notes = _satellites(table, C, index)
    return table.remade(
        C.T @ accounts.published_flows @ C,
        C.T @ accounts.Y[:, accounts.own_demand],
        accounts.V[accounts.own_inputs] @ C,
        None if accounts.published is None else accounts.published @ C,
        index=index,
        notes=notes,
        satellites=satellites,
        # The parts belong to no published classification.
        classification=None,
        name=f"{table.name}, {industry} split",
    )


def _region_map(
    table: MRIOTable, wanted: Mapping[str, str | Iterable[str]] | str | Sequence[str] | None, rest: str | None
) -> tuple[dict[str, str], list[str]]:
    from io_linkage import selection

    if isinstance(wanted, str):
        groups: dict[str, str | Iterable[str]] = {wanted: wanted}
    elif wanted is None or isinstance(wanted, Mapping):
        groups = dict(wanted or {})
    else:
        groups = {one: one for one in wanted}
    region_of: dict[str, str] = {}
    for new, members in groups.items():
        codes = selection.region_codes(table, members if isinstance(members, str) else list(members))
        for code in codes:
            if code in region_of and region_of[code] != new:
                raise OptionError(f"Region {code!r} is in two groups, {region_of[code]!r} and {new!r}; name it once.")
            region_of[code] = new
    others = [code for code in table.regions if code not in region_of]
    clash = [code for code in others if code in groups and rest is None]
    if clash:
        raise OptionError(
            f"{clash[0]!r} is the name of a group and of a region of the table that is in no group, so they would be "
            "added up. Rename the group, or name the region among its members."
        )
    if rest is not None and others and (rest in groups or (rest in table.regions and rest not in others)):
        what = "a group" if rest in groups else "a region of the table that is in a group"
        raise OptionError(f"rest={rest!r} is the name of {what} already; give the other regions another name.")
    region_of |= {code: rest if rest is not None else code for code in others}
    order = [*groups, *dict.fromkeys(region_of[code] for code in table.regions)]
    return region_of, [new for new in dict.fromkeys(order) if new in set(region_of.values())]


def _matrix(
    table: MRIOTable,
    shares: Mapping[str, Mapping[str, float]],
    industries: list[str],
    region_of: Mapping[str, str],
    regions: list[str],
) -> tuple[Array, pd.MultiIndex]:
    present = {(region_of[region], new) for region, code in table.index for new in shares[code]}
    labels = [(region, new) for region in regions for new in industries if (region, new) in present]
    column = {label: j for j, label in enumerate(labels)}
    C = np.zeros((len(table.index), len(labels)))
    for row, (region, code) in enumerate(table.index):
        for new, share in shares[code].items():
            C[row, column[region_of[region], new]] += share
    return C, pd.MultiIndex.from_tuples(labels, names=table.index.names)


def _demand(Y: Array, columns: pd.MultiIndex, region_of: Mapping[str, str]) -> pd.DataFrame:
    labels = pd.MultiIndex.from_tuples([(region_of[region], category) for region, category in columns])
    labels.names = columns.names
    codes, kept = pd.factorize(labels)
    sums = np.zeros((Y.shape[0], len(kept)))
    for position, code in enumerate(codes):
        sums[:, code] += Y[:, position]
    return pd.DataFrame(sums, columns=pd.MultiIndex.from_tuples(list(kept), names=columns.names))


def _satellites(table: MRIOTable, C: Array, index: pd.MultiIndex) -> tuple[dict[str, Satellite], tuple[str, ...]]:
    summed, dropped = {}, []
    for name, satellite in table.satellites.items():
        sums = np.array([not is_no_sum(str(unit)) for unit in satellite.unit])
        dropped += [row for row, is_sum in zip(satellite.rows, sums, strict=True) if not is_sum]
        if not sums.any():
            continue
        values = satellite.F.to_numpy(dtype=np.float64)[sums]
        empty = np.isnan(values)
        totals = np.where(empty, 0.0, values) @ C
        # An unknown part without output adds nothing; any other makes the sum unknown.
        unknown_share = (empty & table.active) @ (C > 0)
        totals[unknown_share > 0] = np.nan
        totals[:, ((~np.isnan(values)).sum(axis=0) @ (C > 0)) == 0] = np.nan
        F = pd.DataFrame(totals, index=satellite.F.index[sums], columns=index)
        summed[name] = Satellite(name, F, satellite.unit[sums])
    notes = (f"accounts that are not sums were left out: {shortened(dropped, 6)}",) if dropped else ()
    return summed, notes


def is_no_sum(unit: str) -> bool:
    """Whether accounts in a unit cannot be added up and do not grow with output: indices, prices, shares."""
    return unit.lower().startswith(NOT_SUMS)


def require_same_industries(tables: Sequence[MRIOTable]) -> None:
    """Raise unless all tables have the same industries, so that they can be compared after aggregation."""
    first = tables[0].industries
    for table in tables[1:]:
        if table.industries != first:
            odd = sorted(set(table.industries) ^ set(first))
            raise TableError(
                f"{table.label} and {tables[0].label} differ in industries: {', '.join(odd[:6])}. Aggregate both to "
                "one classification first."
            )
