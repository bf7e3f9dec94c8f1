"""Gross exports and imports of economies, and between economies in both directions, over years."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product

import numpy as np
import pandas as pd

from io_linkage import economies as countries
from io_linkage.captions import labelled
from io_linkage.leontief import Array
from io_linkage.stages.matching import File
from io_linkage.ties.bilateral_trade import Pair, rows_of
from io_linkage.ties.partners import Names, Parties, Rest, sentence, settle_parties
from io_linkage.trade.account import GrossTrade
from io_linkage.trade.grouping import By, Products, products

#: Columns of `bilateral` that are flows, and those that are shares.
FLOWS = ("exports", "imports", "balance")
SHARES = ("exports_share", "imports_share", "partner_imports_share", "partner_exports_share")


def totals(
    account: GrossTrade,
    *,
    regions: str | Sequence[str] | None = None,
    by: By = "total",
    stage_file: File = None,
) -> pd.DataFrame:
    r"""Gross exports and imports of each region, by year.

    .. math:: E_{rg} = \sum_{s \ne r} X_{rgs}, \qquad M_{rg} = \sum_{s \ne r} X_{sgr}

    Parameters
    ----------
    account : GrossTrade
    regions : str or list, optional
        Regions, economies or groups; all by default.
    by : {"total", "industry", "stage", "trait"}
        Products are grouped by the industry that makes them, wherever it is.
    stage_file : path or DataFrame, optional
        Stage shares of one's own.

    Returns
    -------
    DataFrame indexed by (year, region, product): ``exports``, ``imports``, ``balance``, ``at_home`` (what stays in
    the region) in the account's unit; ``exports_share`` and ``imports_share`` of all exports of such products between
    regions. NaN where nothing of them is traded. Stages and services add up to "all"; traits overlap.

    See Also
    --------
    bilateral : between economies.

    Examples
    --------
    >>> import io_linkage as iol
    >>> sold = totals(iol.trade.load(years=[2011, 2022]), regions="CHN")["exports"]
    >>> (sold / 1e6).round(2).tolist()
    [1.7, 3.34]
    """
    grouped = products(account, by, stage_file)
    chosen = account.regions if regions is None else countries.resolve(account, regions)
    where = [account.regions.index(region) for region in chosen]
    home = np.arange(len(account.regions))
    abroad = np.array(grouped.flows)
    at_home = abroad[:, home, :, home].transpose(1, 0, 2)
    abroad[:, home, :, home] = 0.0
    exports, imports = abroad.sum(axis=3), abroad.sum(axis=1).transpose(0, 2, 1)
    world = exports.sum(axis=1, keepdims=True)
    values = [exports, imports, exports - imports, at_home, _over(exports, world), _over(imports, world)]
    index = pd.MultiIndex.from_product([account.years, chosen, grouped.names], names=["year", "region", "product"])
    columns = ["exports", "imports", "balance", "at_home", "exports_share", "imports_share"]
    frame = pd.DataFrame({name: one[:, where].ravel() for name, one in zip(columns, values, strict=True)}, index=index)
    units = {**dict.fromkeys(columns[:4], account.unit), "others": "share"}
    more = {"units": units, "note": grouped.note, **grouped.attrs}
    return labelled(frame, account.caption("exports and imports", account.unit, by=by, **more))


def bilateral(
    account: GrossTrade,
    focus: str,
    *,
    partners: Names | None = "developing",
    comparators: Sequence[str] = countries.COMPARATORS,
    by: By = "stage",
    stage_file: File = None,
    aggregates: Mapping[str, Mapping[str, bool]] | None = None,
    membership_year: int | None = None,
    rest: Rest = "in",
) -> pd.DataFrame:
    r"""Gross trade of an economy and of comparators with each partner, in both directions, by year.

    .. math:: E_{rsg} = \sum_{i} w_{rig} X_{ris}, \qquad
        e_{rsg} = E_{rsg} / \sum_{u \ne r} E_{rug}, \qquad m_{rsg} = E_{rsg} / \sum_{u \ne s} E_{usg}

    Parameters
    ----------
    account : GrossTrade
    focus : str
    partners : str or list, optional
        Regions or groups; all other regions if None. The focus is left out of them.
    comparators : sequence of str
        Economies or groups in the same rows as the focus.
    by : {"stage", "total", "industry", "trait"}
        Products are grouped by the industry that makes them, by its shares of the year.
    stage_file : path or DataFrame, optional
        Stage shares of one's own.
    aggregates : mapping, optional
        How aggregates count in groups, see `economies.resolve`.
    membership_year : int, optional
        Year whose members groups have in all years; the last by default.
    rest : {"in", "out", "both"}
        Whether the rest of the world is one of the partners; with "both" it is, and a partner "all_without_rest" is the
        sum over all others.

    Returns
    -------
    DataFrame indexed by (year, economy, partner, product): ``exports`` of the economy to the partner, ``imports``,
    ``balance``; ``exports_share`` and ``imports_share`` (of the economy's own exports and imports);
    ``partner_imports_share`` (of what the partner imports, from the economy) and ``partner_exports_share`` (of what it
    exports, to the economy). Partner "all", where there are several, is the sum over them. A comparator that contains a
    partner faces it without that partner. NaN where there is nothing to be a share of.

    References
    ----------
    OECD (2025) for the shipped account; shares as in `ties.bilateral`, but of gross trade.

    See Also
    --------
    io_linkage.ties.bilateral : gross and value-added trade of a table.

    Examples
    --------
    >>> import io_linkage as iol
    >>> trade = bilateral(iol.trade.load(years=[2011, 2022]), "CHN", partners=["BRA", "VNM"])
    >>> vietnam = trade.xs(("CHN", "VNM", "all"), level=["economy", "partner", "product"])
    >>> vietnam["partner_imports_share"].round(2).tolist()
    [0.2, 0.34]
    """
    parties = settle_parties(
        account,
        focus,
        partners=partners,
        comparators=comparators,
        aggregates=aggregates,
        membership_year=membership_year,
        rest=rest,
    )
    grouped = products(account, by, stage_file)
    rows = rows_of(parties, both=rest == "both")
    parts = {row: _amounts(account, grouped, parties.economies[row[0]], pairs) for row, pairs in rows.items()}
    # (rows, amounts, years, products) to one line for each year, row and product.
    stacked = np.stack(list(parts.values())).transpose(2, 0, 3, 1).reshape(-1, 6)
    labels = [(year, *row, name) for year, row, name in product(account.years, parts, grouped.names)]
    index = pd.MultiIndex.from_tuples(labels, names=["year", "economy", "partner", "product"])
    sold, bought, all_sold, all_bought, taken, given = stacked.T
    values = [sold, bought, sold - bought]
    shares = [_over(sold, all_sold), _over(bought, all_bought), _over(sold, taken), _over(bought, given)]
    frame = pd.DataFrame(dict(zip([*FLOWS, *SHARES], [*values, *shares], strict=True)), index=index)
    return labelled(frame, _caption(account, grouped, parties, focus, by, membership_year))


def _caption(
    account: GrossTrade, grouped: Products, parties: Parties, focus: str, by: By, membership_year: int | None
) -> dict[str, object]:
    return account.caption(
        f"trade of {focus} with its partners",
        account.unit,
        focus=focus,
        partners=tuple(parties.partners),
        membership_year=account.year if membership_year is None else membership_year,
        left_out=parties.left_out,
        note=" ".join(text for text in (sentence(parties.notes), grouped.note) if text),
        aggregates=list(parties.aggregates),
        units={**dict.fromkeys(FLOWS, account.unit), "others": "share"},
        by=by,
        **grouped.attrs,
    )


def _amounts(account: GrossTrade, grouped: Products, economy: list[str], pairs: Sequence[Pair]) -> Array:
    """Flows out and in, the economy's exports and imports, the partners' imports and exports, (6, years, products).

    An economy with partners in it faces each without that partner; what it trades with them is then a part of its
    exports and imports, beside those to and from all others.
    """

    def flow(origin: list[str], market: list[str]) -> Array:
        start, end = ([account.regions.index(region) for region in side] for side in (origin, market))
        flows: Array = grouped.flows[:, start]
        total: Array = np.sum(flows[..., end], axis=(1, 3))
        return total

    def others(regions: list[str]) -> list[str]:
        return [region for region in account.regions if region not in regions]

    if len(pairs) == 1:
        economy = pairs[0][0]
    inside = [pair for pair in pairs if pair[1][0] in economy]
    return np.stack(
        [
            np.sum([flow(here, there) for here, there in pairs], axis=0),
            np.sum([flow(there, here) for here, there in pairs], axis=0),
            np.sum([flow(economy, others(economy)), *(flow(here, there) for here, there in inside)], axis=0),
            np.sum([flow(others(economy), economy), *(flow(there, here) for here, there in inside)], axis=0),
            np.sum([flow(others(there), there) for _, there in pairs], axis=0),
            np.sum([flow(there, others(there)) for _, there in pairs], axis=0),
        ]
    )


def _over(top: Array, base: Array) -> Array:
    """Share of a whole; NaN where the whole is 0."""
    share: Array = np.full(top.shape, np.nan)
    np.divide(top, base, out=share, where=np.broadcast_to(base > 0, top.shape))
    return share
