r"""How two economies' trade fits together: intra-industry trade, complementarity, competition in third markets.

Terms
-----
product : an industry's output; baskets are shares of products in gross trade, intermediate and final together.
intra-industry trade : two-way trade in the same product (Grubel & Lloyd 1975).
complementarity : likeness of one economy's export basket and the other's import basket (Michaely 1996).
similarity : likeness of two economies' export baskets in third markets (Finger & Kreinin 1979).
exposure : the focus's mean share in the imports of the partner's third markets, product by product.

With 35 products all of these are coarse: finer products would show less intra-industry trade and less similarity.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from io_linkage import economies as countries
from io_linkage.captions import labelled
from io_linkage.leontief import Array
from io_linkage.selection import groups_by
from io_linkage.table import MRIOTable
from io_linkage.ties.partners import sentence, settle_parties


def trade_structure(
    table: MRIOTable,
    focus: str,
    *,
    partners: str | Sequence[str] | None = "developing",
    comparators: Sequence[str] = countries.COMPARATORS,
    aggregates: Mapping[str, Mapping[str, bool]] | None = None,
    membership_year: int | None = None,
) -> pd.DataFrame:
    r"""Compare the trade structure of the focus and of comparators with each partner's.

    .. math:: GL = 1 - \frac{\sum_k |X_k - M_k|}{\sum_k (X_k + M_k)}, \quad
        C = 1 - \tfrac12 \sum_k |x_k - m_k|, \quad
        S = \sum_k \min(x^e_k, x^p_k), \quad
        E = \sum_{c,k} \frac{X^p_{ck}}{\sum X^p} \frac{X^e_{ck}}{M_{ck}}

    Returns
    -------
    DataFrame indexed by (economy, partner), all shares from 0 to 1: ``intra_industry`` and
    ``intra_industry_balanced`` (divided by 1 - |sum X - sum M| / sum(X + M), which takes out the imbalance of the
    whole); ``complementarity_exports`` (what the economy exports with what the partner imports),
    ``complementarity_imports`` (the other way round); ``similarity`` of export baskets in third markets;
    ``exposure`` of the partner's third-market exports to the economy. Negative flows (stocks run down) are cut at 0
    in all of them. The parameters are those of `ties.bilateral`.

    References
    ----------
    Grubel & Lloyd (1975); Michaely (1996), as the World Bank's trade complementarity index; Finger & Kreinin (1979).
    Exposure is the third-market weight of effective exchange rates, by product.

    Examples
    --------
    >>> import io_linkage as iol
    >>> fit = trade_structure(iol.load(), "CHN", partners=["BRA", "MEX"])
    >>> fit.loc[("CHN", "MEX"), ["similarity", "exposure"]].round(2).tolist()
    [0.56, 0.15]
    """
    parties = settle_parties(
        table, focus, partners=partners, comparators=comparators, aggregates=aggregates, membership_year=membership_year
    )
    trade = _trade(table)
    rows = {
        (economy, partner): fit(trade, _at(table, own), _at(table, parties.partners[partner]))
        for (economy, partner), own in parties.pairs().items()
    }
    frame = pd.DataFrame.from_dict(rows, orient="index")
    frame.index = pd.MultiIndex.from_tuples(list(rows), names=["economy", "partner"])
    return labelled(
        frame,
        table.caption(
            "fit of trade structures",
            "share",
            focus=focus,
            membership_year=table.year if membership_year is None else membership_year,
            left_out=parties.left_out,
            note=sentence(parties.notes),
            aggregates=list(parties.aggregates),
            products="industries",
        ),
    )


def intra_industry(table: MRIOTable, first: str, second: str) -> pd.DataFrame:
    r"""Two-way trade of two economies by product.

    .. math:: GL_k = 1 - |X_k - M_k| / (X_k + M_k)

    Negative flows are cut at 0.

    Returns
    -------
    DataFrame indexed by industry: ``exports`` of the first to the second, ``imports``, ``intra_industry`` (NaN
    without trade).
    """
    here, there = (_at(table, countries.resolve(table, name)) for name in (first, second))
    trade = _trade(table)
    X, M = _flow(trade, here, there), _flow(trade, there, here)
    both = X + M
    index = np.divide(np.abs(X - M), both, out=np.full_like(both, np.nan), where=both > 0)
    frame = pd.DataFrame(
        {"exports": X, "imports": M, "intra_industry": 1 - index}, index=pd.Index(table.industries, name="industry")
    )
    return labelled(frame, table.caption(f"intra-industry trade of {first} and {second}", table.unit, index="share"))


def _trade(table: MRIOTable) -> Array:
    """Gross trade (origin, product, destination), nothing within a region; drawn-down stocks count as 0."""
    M, _ = groups_by(table, "region")
    sold = np.maximum(table.accounts.Z @ M + table.demand_by_region.to_numpy(), 0.0)
    cube = np.zeros((len(table.regions), len(table.industries), len(table.regions)))
    cube[table.region_codes, table.industry_codes] = sold
    diagonal = np.arange(len(table.regions))
    cube[diagonal, :, diagonal] = 0.0
    return cube


def _at(table: MRIOTable, codes: Sequence[str]) -> list[int]:
    return [table.regions.index(code) for code in codes]


def _flow(trade: Array, origin: list[int], market: list[int]) -> Array:
    return np.asarray(trade[np.ix_(origin, range(trade.shape[1]), market)].sum(axis=(0, 2)))


def fit(trade: Array, here: list[int], there: list[int]) -> dict[str, float]:
    """Columns of `trade_structure` for two sets of regions; trade is (origin, product, destination), 0 at home."""
    regions = range(len(trade))
    X, M = _flow(trade, here, there), _flow(trade, there, here)
    gl = 1 - _ratio(np.abs(X - M).sum(), (X + M).sum())
    imbalance = _ratio(abs(X.sum() - M.sum()), (X + M).sum())
    exports_here, imports_here = _outside(trade, here)
    exports_there, imports_there = _outside(trade, there)
    third = [r for r in regions if r not in here and r not in there]
    ours, theirs = (trade[where][:, :, third].sum(axis=0) for where in (here, there))
    imports = trade[:, :, third].sum(axis=0)
    share = np.divide(ours, imports, out=np.zeros_like(ours), where=imports > 0)
    return {
        "intra_industry": gl,
        "intra_industry_balanced": _ratio(gl, 1 - imbalance),
        "complementarity_exports": _overlap(exports_here, imports_there),
        "complementarity_imports": _overlap(exports_there, imports_here),
        "similarity": _overlap(ours.sum(axis=1), theirs.sum(axis=1)),
        "exposure": _ratio(float((theirs * share).sum()), float(theirs.sum())),
    }


def _outside(trade: Array, where: list[int]) -> tuple[Array, Array]:
    """Sum exports to and imports from all others, by product."""
    others = [r for r in range(len(trade)) if r not in where]
    return _flow(trade, where, others), _flow(trade, others, where)


def _overlap(first: Array, second: Array) -> float:
    """Sum of the smaller shares, which is 1 less half the sum of absolute differences."""
    if first.sum() <= 0 or second.sum() <= 0:
        return float("nan")
    return float(np.minimum(first / first.sum(), second / second.sum()).sum())


def _ratio(top: float, base: float) -> float:
    return float(top / base) if base > 0 else float("nan")
