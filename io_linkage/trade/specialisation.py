"""Who trades what: concentration, comparative advantage, and the fit of trade structures, over years."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np
import pandas as pd

from io_linkage import economies as countries
from io_linkage.captions import labelled
from io_linkage.errors import require_option
from io_linkage.leontief import Array
from io_linkage.stages.matching import File
from io_linkage.ties.partners import Names, Rest, sentence, settle_parties
from io_linkage.ties.trade_structure import fit
from io_linkage.trade.account import GrossTrade
from io_linkage.trade.grouping import By, products
from io_linkage.value_added.comparative_advantage import balassa


def concentration(
    account: GrossTrade,
    *,
    role: Literal["supplier", "buyer"] = "supplier",
    by: By = "industry",
    regions: str | Sequence[str] | None = None,
    stage_file: File = None,
) -> pd.DataFrame:
    r"""Concentration of the economies a region imports from, or exports to, by product and year.

    .. math:: HHI_{sg} = \sum_{r \ne s} (X_{rgs} / \sum_{u \ne s} X_{ugs})^2

    Parameters
    ----------
    account : GrossTrade
    role : {"supplier", "buyer"}
        Suppliers of the region's imports, or buyers of its exports.
    by : {"industry", "total", "stage", "trait"}
    regions : str or list, optional
        Whose trade it is; all regions by default.
    stage_file : path or DataFrame, optional
        Stage shares of one's own.

    Returns
    -------
    DataFrame indexed by (year, region, product): ``hhi``, ``equivalent`` = 1/hhi equal economies, ``largest``,
    ``largest_share``, ``flows``. NaN where nothing is traded. The rest of the world counts as one economy, so that
    concentration is overstated where it is large.

    References
    ----------
    Herfindahl (1950); Hirschman (1964).

    See Also
    --------
    io_linkage.ties.hhi : of the inputs of a table's industries.

    Examples
    --------
    >>> import io_linkage as iol
    >>> chips = concentration(iol.trade.load(years=2022), regions="VNM").loc[(2022, "VNM", "C26")]
    >>> chips["largest"], round(float(chips["largest_share"]), 2)
    ('CHN', 0.39)
    """
    require_option("role", role, ("supplier", "buyer"))
    grouped = products(account, by, stage_file)
    chosen = account.regions if regions is None else countries.resolve(account, regions)
    where = [account.regions.index(region) for region in chosen]
    home = np.arange(len(account.regions))
    flows = np.array(grouped.flows)
    flows[:, home, :, home] = 0.0
    # (years, whose, groups, who)
    flows = (flows if role == "buyer" else flows.transpose(0, 3, 2, 1))[:, where]
    total = flows.sum(axis=3)
    shares = np.divide(flows, total[..., None], out=np.full_like(flows, np.nan), where=total[..., None] > 0)
    index_of = (shares**2).sum(axis=3)
    names = np.array([*account.regions, None], dtype=object)
    labels = [account.years, chosen, grouped.names]
    frame = pd.DataFrame(
        {
            "hhi": index_of.ravel(),
            "equivalent": (1 / index_of).ravel(),
            "largest": names[np.where(total > 0, flows.argmax(axis=3), -1)].ravel(),
            "largest_share": shares.max(axis=3).ravel(),
            "flows": total.ravel(),
        },
        index=pd.MultiIndex.from_product(labels, names=["year", "region", "product"]),
    )
    units = {"flows": account.unit, "largest_share": "share", "others": "index, 0 to 1"}
    more = {"role": role, "by": by, "units": units, "note": grouped.note, **grouped.attrs}
    return labelled(frame, account.caption(f"concentration of foreign {role}s", "index, 0 to 1", **more))


def advantage(account: GrossTrade, *, by: By = "industry", stage_file: File = None) -> pd.DataFrame:
    r"""Balassa's revealed comparative advantage on gross exports, by year.

    .. math:: RCA_{rg} = (E_{rg} / E_{r \cdot}) / (E_{\cdot g} / E_{\cdot \cdot})

    Parameters
    ----------
    account : GrossTrade
    by : {"industry", "stage"}
        Services count as one product in both.
    stage_file : path or DataFrame, optional
        Stage shares of one's own.

    Returns
    -------
    DataFrame, (year, region) by products; dimensionless, 1 = as the world; NaN where nothing is exported.

    References
    ----------
    Balassa (1965).

    See Also
    --------
    io_linkage.value_added.advantage : on the value added in exports too, from a table.

    Examples
    --------
    >>> import io_linkage as iol
    >>> bool(advantage(iol.trade.load(years=2022)).loc[(2022, "CHN"), "C27"] > 2)
    True
    """
    require_option("by", by, ("industry", "stage"))
    grouped = products(account, by, stage_file, total=False)
    home = np.arange(len(account.regions))
    flows = np.array(grouped.flows)
    flows[:, home, :, home] = 0.0
    exports = flows.sum(axis=3)
    values = np.concatenate([balassa(one) for one in exports])
    index = pd.MultiIndex.from_product([account.years, account.regions], names=["year", "region"])
    frame = pd.DataFrame(values, index=index, columns=pd.Index(grouped.names, name="product"))
    caption = account.caption("revealed comparative advantage", "1 = as the world", by=by, note=grouped.note)
    return labelled(frame, {**caption, **grouped.attrs})


def structure(
    account: GrossTrade,
    focus: str,
    *,
    partners: Names | None = "developing",
    comparators: Sequence[str] = countries.COMPARATORS,
    aggregates: Mapping[str, Mapping[str, bool]] | None = None,
    membership_year: int | None = None,
    rest: Rest = "in",
) -> pd.DataFrame:
    """Fit of the trade structures of an economy and of comparators with each partner's, by industry and year.

    Parameters
    ----------
    account : GrossTrade
    focus, partners, comparators, aggregates, membership_year, rest
        As for `trade.bilateral`.

    Returns
    -------
    DataFrame indexed by (year, economy, partner) with the columns of `ties.trade_structure`: intra-industry trade,
    complementarity, similarity of export baskets in third markets, exposure there. Services are one product, so they
    count as alike.

    References
    ----------
    Grubel & Lloyd (1975); Michaely (1996); Finger & Kreinin (1979).

    See Also
    --------
    io_linkage.ties.trade_structure : the same of a table, with the formulas.

    Examples
    --------
    >>> import io_linkage as iol
    >>> fits = structure(iol.trade.load(years=[2011, 2022]), "CHN", partners=["VNM", "BRA"])["similarity"]
    >>> fits.xs(("CHN", "VNM"), level=["economy", "partner"]).round(2).tolist()
    [0.67, 0.71]
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
    home = np.arange(len(account.regions))
    rows: dict[tuple[int, str, str], dict[str, float]] = {}
    for k, year in enumerate(account.years):
        cube: Array = account.flows[k].copy()
        cube[home, :, home] = 0.0
        for (economy, partner), own in parties.pairs().items():
            sides = ([account.regions.index(region) for region in side] for side in (own, parties.partners[partner]))
            rows[year, economy, partner] = fit(cube, *sides)
    frame = pd.DataFrame.from_dict(rows, orient="index")
    frame.index = pd.MultiIndex.from_tuples(list(rows), names=["year", "economy", "partner"])
    return labelled(
        frame,
        account.caption(
            "fit of trade structures",
            "share",
            focus=focus,
            partners=tuple(parties.partners),
            membership_year=account.year if membership_year is None else membership_year,
            left_out=parties.left_out,
            note=sentence(parties.notes),
            aggregates=list(parties.aggregates),
            products="27 goods industries and services" if account.unlisted else "industries",
        ),
    )
