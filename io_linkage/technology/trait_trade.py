"""Green, digital and high-tech goods in exports to partners and in the partners' investment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

import numpy as np
import pandas as pd

from io_linkage import economies as countries
from io_linkage import stages
from io_linkage.captions import labelled
from io_linkage.labels import ordered_index
from io_linkage.leontief import Array
from io_linkage.selection import groups_by
from io_linkage.stages.intervals import bounds, central_and_drawn_traits, described
from io_linkage.table import MRIOTable
from io_linkage.technology.purchases import bought
from io_linkage.technology.traits import trait_names
from io_linkage.ties.bilateral_trade import by_origin
from io_linkage.ties.partners import ALL, Names, Parties, sentence, settle_parties

COLUMNS = ("exports", "exports_share", "investment", "investment_share", "partner_investment_share")
#: Positions of the regions of an economy and of its partner.
_Pair: TypeAlias = "tuple[list[int], list[int]]"
#: Those with an interval.
_SHARES = ("exports_share", "investment_share", "partner_investment_share")


def trait_exports(
    table: MRIOTable,
    focus: str = "CHN",
    *,
    partners: Names | None = "developing",
    comparators: Sequence[str] = countries.COMPARATORS,
    traits: str | Sequence[str] | None = None,
    aggregates: Mapping[str, Mapping[str, bool]] | None = None,
    membership_year: int | None = None,
    investment_categories: Sequence[str] | None = None,
    draws: int = 200,
    seed: int = 0,
    level: float = 0.9,
    stage_file: stages.File = None,
) -> pd.DataFrame:
    r"""Measure exports of each trait to each partner, and their place in the partner's investment.

    .. math:: X^t_{rs} = \sum_{i \in r} t_i \Big( \sum_{j \in s} z_{ij} + y_{is} \Big), \qquad
        K^t_{rs} = \sum_{i \in r} t_i \, k_{is}

    with k the partner's gross fixed capital formation.

    Parameters
    ----------
    table : MRIOTable
    focus : str
    partners : str or list, optional
        Regions or groups by the table's year; all other regions if None.
    comparators : sequence of str
        Economies or groups in the same rows as the focus.
    traits : str or sequence of str, optional
        All of the stage file by default.
    aggregates, membership_year
        As in `ties.bilateral`.
    investment_categories : sequence of str, optional
        Of final demand, where they do not say what they are.
    draws, seed : int
        Draws of the traits within their ranges; the same seed gives the same interval.
    level : float
        Share of the draws between low and high.
    stage_file : path or DataFrame, optional
        Own traits; without ranges low and high are NaN.

    Returns
    -------
    DataFrame indexed by (economy, partner, trait), partner "all" the sum over partners: ``exports`` of the trait and
    ``exports_share`` of all exports to the partner; ``investment``, goods of the trait from the economy in the
    partner's investment; ``investment_share``, their share of all goods of the trait that the partner invests in,
    wherever they are made; ``partner_investment_share``, the trait in all that the partner invests in; each share also
    as ``low_`` and ``high_``. No solve.

    See Also
    --------
    io_linkage.ties.bilateral : exports by stage.

    Examples
    --------
    >>> import io_linkage as iol
    >>> sold = trait_exports(iol.load(), "CHN", traits="green")
    >>> sold.loc[("CHN", "all", "green"), ["exports_share", "investment_share"]].round(3).tolist()
    [0.054, 0.045]
    """
    names = trait_names(table, traits, stage_file)
    parties = settle_parties(
        table,
        focus,
        partners=partners,
        comparators=comparators,
        aggregates=aggregates,
        membership_year=membership_year,
    )
    _, drawn = central_and_drawn_traits(table, names, draws=draws, seed=seed, stage_file=stage_file)
    T = np.column_stack([np.ones(len(table.index)), *drawn])
    M, _ = groups_by(table, "region")
    sold = by_origin(table, T, table.accounts.Z @ M + bought(table, "demand"))
    invested = by_origin(table, T, bought(table, "investment", investment_categories))
    pairs = _pairs(table, parties)
    cells = np.stack([_row(sold, invested, own) for own in pairs.values()], axis=1)
    cells = cells.reshape(len(COLUMNS), len(pairs), len(drawn), len(names)).transpose(2, 1, 3, 0)
    low, high = bounds(cells[1:], level)
    values = {name: cells[0, :, :, k].ravel() for k, name in enumerate(COLUMNS)}
    for name in _SHARES:
        k = COLUMNS.index(name)
        values |= {f"low_{name}": low[:, :, k].ravel(), f"high_{name}": high[:, :, k].ravel()}
    rows = [(*pair, name) for pair in pairs for name in names]
    index = ordered_index(rows, ["economy", "partner", "trait"])
    return labelled(
        pd.DataFrame(values, index=index),
        table.caption(
            f"exports of {focus} to partners by trait",
            table.unit,
            focus=focus,
            partners=tuple(parties.partners),
            membership_year=table.year if membership_year is None else membership_year,
            left_out=parties.left_out,
            note=sentence(parties.notes),
            aggregates=list(parties.aggregates),
            interval=described(level, len(drawn) - 1),
            units={"exports": table.unit, "investment": table.unit, "others": "share"},
        ),
    )


def _pairs(table: MRIOTable, parties: Parties) -> dict[tuple[str, str], list[_Pair]]:
    """Positions of the regions behind each economy and partner, "all" of them together too."""
    position = {region: k for k, region in enumerate(table.regions)}
    pairs: dict[tuple[str, str], list[_Pair]] = {}
    for (economy, partner), regions in parties.pairs().items():
        pair = ([position[r] for r in regions], [position[r] for r in parties.partners[partner]])
        if len(parties.partners) > 1:
            pairs.setdefault((economy, ALL), []).append(pair)
        pairs[economy, partner] = [pair]
    return pairs


def _row(sold: Array, invested: Array, pairs: list[_Pair]) -> Array:
    """Return the columns of one economy and partner, (columns, traits in all draws)."""
    exports = sum(sold[np.ix_(here, range(sold.shape[1]), there)].sum(axis=(0, 2)) for here, there in pairs)
    supplied = sum(invested[np.ix_(here, range(sold.shape[1]), there)].sum(axis=(0, 2)) for here, there in pairs)
    everything = sum(invested[:, :, there].sum(axis=(0, 2)) for _, there in pairs)
    return np.stack(
        [
            exports[1:],
            _share(exports[1:], exports[0]),
            supplied[1:],
            _share(supplied[1:], everything[1:]),
            _share(everything[1:], everything[0]),
        ]
    )


def _share(part: Array, whole: Array | float) -> Array:
    wholes = np.broadcast_to(whole, part.shape)
    shares: Array = np.divide(part, wholes, out=np.full(len(part), np.nan), where=wholes != 0)
    return shares
