r"""Growth pull: how much of a partner's growth came from another economy's demand, technology and sourcing.

Terms
-----
source : the economy whose final demand or whose industries changed: the focus, a comparator, the partner itself
    ("own"), or all "others".
demand_level : total final demand of the source.
demand_basket : shares of products in it, wherever they are made.
demand_sourcing : shares of economies in each product it buys for final use.
technology : what its industries use of each product per unit of output, wherever it is made.
input_sourcing : shares of economies in each of those inputs.
own_coefficients : the partner's value added (jobs, ...) per unit of its own output.

The change of a partner's value added between two tables is the sum of all these, exactly. It is an accounting split
of what happened, not an estimate of what would have happened otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from io_linkage import economies as countries
from io_linkage.captions import labelled
from io_linkage.decomposition.averages import AVERAGES, Average
from io_linkage.decomposition.factors import FINAL, INPUTS, INTENSITY, LEVEL, MIX, SOURCING, Pair, Snapshot
from io_linkage.decomposition.prices import PRICES, Prices, price_unit, require_order, snapshot
from io_linkage.decomposition.sources import by_source
from io_linkage.errors import SolveError, require_option
from io_linkage.intensities import Account, intensity
from io_linkage.leontief import Array
from io_linkage.table import MRIOTable
from io_linkage.ties.partners import ALL, sentence, settle_parties, without_figures

CHANNELS = (
    "demand_level",
    "demand_basket",
    "demand_sourcing",
    "technology",
    "input_sourcing",
    "own_coefficients",
)
# In the order of the channels.
_FACTOR_OF_CHANNEL = (LEVEL, MIX, FINAL, INPUTS, SOURCING, INTENSITY)
OWN, OTHERS = "own", "others"


def growth_pull(
    before: MRIOTable,
    after: MRIOTable,
    focus: str,
    *,
    partners: str | Sequence[str] | None = "developing",
    comparators: Sequence[str] = countries.COMPARATORS,
    of: Account = "value_added",
    prices: Prices = "current",
    average: Average = "full",
    aggregates: Mapping[str, Mapping[str, bool]] | None = None,
    membership_year: int | None = None,
) -> pd.DataFrame:
    r"""Split each partner's change in value added (or jobs) by the economy and the channel it came from.

    .. math:: \Delta q_p'Ly = \overline{\Delta q_p' x} + \overline{q_p' L\,\Delta A\,L y} + \overline{q_p'L\,\Delta y},
        \quad A = H \circ T, \quad y_r = l_r\, b_r \circ t_r

    Bars are averages over the orders in which the factors can change, see `io_linkage.decomposition`;
    :math:`\Delta L = L_1 \Delta A L_0 = L_0 \Delta A L_1`, both averaged. H holds the input of each product whatever
    its origin (technology), T the share of each origin (sourcing); l, b, t are level, basket and sourcing of final
    demand. Columns of A belong to the economy of the buying industry.

    Parameters
    ----------
    before, after : MRIOTable
        Of one classification, unit and definition of value added.
    focus : str
    partners : str or list, optional
        One composition for both years, see `membership_year`.
    comparators : sequence of str
        A partner that belongs to a comparator counts as "own" for itself; a region in two of them counts for the
        first.
    of : str or Series
        "value_added", or a satellite both tables have, such as "jobs".
    prices : {"current", "constant"}
        "constant" deflates rows of Z and Y by the seller's `gross_output_deflator` and value added by
        `value_added_deflator`, where both tables have them; a region without any takes the mean of its
        industries elsewhere, weighted by output, and ``attrs["filled"]`` names it.
    average : {"full", "polar"}
        Over all orders of the factors, or over one and its reverse.
    aggregates : mapping, optional
        How aggregates count in groups, see `economies.resolve`.
    membership_year : int, optional
        Year whose members the groups among focus, partners and comparators have in both tables; the later table's by
        default. ``attrs["membership_year"]`` says which.

    Returns
    -------
    DataFrame indexed by (partner, source, channel): ``contribution`` in the account's unit, ``change_share``,
    ``points`` (of the partner's growth in per cent, i.e. contribution over its value before). Partner "all" is the
    sum of partners, so its "own" is what each did for itself, and what they did for each other is in "others".
    NaN for a partner without figures.

    Raises
    ------
    ComparisonError
        Tables of other classification, unit or definition; the same year twice, or in the wrong order.
    MissingSatelliteError
        No account, or no deflators, in one of the tables.

    Notes
    -----
    Where a product was not bought in one of the two years its origins are those of the other year, so that all
    of the change is technology or basket. Products whose final demand is zero or negative, or small
    beside its parts (inventories run down), have no shares of origin: all of their change counts as basket.

    References
    ----------
    Dietzenbacher & Los (1998) for averages over orders; Oosterhaven & van der Linden (1997) for A as technology times
    trade; Miller & Blair (2022), chapter 13.
    """
    require_option("prices", prices, PRICES)
    require_option("average", average, AVERAGES)
    require_order(before, after)
    parties = settle_parties(
        after, focus, partners=partners, comparators=comparators, aggregates=aggregates, membership_year=membership_year
    )
    first, last = (snapshot(table, of, prices, "published") for table in (before, after))
    members = [codes[0] for codes in parties.partners.values()]
    rows = np.stack([after.region_codes == after.regions.index(code) for code in members])
    by_region = _contributions(after, first, last, rows, average)
    value0, value1 = (np.array([s.total[row].sum() for row in rows]) for s in (first, last))
    _require_sum(by_region, value0, value1)
    unknown_rows = np.array([not (first.known[row].all() and last.known[row].all()) for row in rows])
    by_region[unknown_rows], value0[unknown_rows] = np.nan, np.nan
    frame = _tidy(after, parties.economies, members, by_region, value0, value1)
    account = intensity(after, of)
    lacking, clauses = _gaps(before, after, of)
    return labelled(
        frame,
        after.caption(
            f"growth of {account.label} by source and channel, {prices} prices",
            price_unit(after, account.unit, prices),
            focus=focus,
            comparators=[name for name in parties.economies if name != focus],
            years=[before.year, after.year],
            membership_year=after.year if membership_year is None else membership_year,
            prices=prices,
            average=average,
            left_out=(*parties.left_out, *lacking),
            note=sentence([*parties.notes, *clauses]),
            aggregates=list(parties.aggregates),
            filled=sorted({*first.filled, *last.filled}),
        ),
    )


def _gaps(before: MRIOTable, after: MRIOTable, of: Account) -> tuple[list[str], list[str]]:
    """Regions whose figures are missing in one of the years, and the clauses that say so."""
    codes, clauses = [], []
    for table in (before, after):
        where, clause = without_figures(intensity(table, of))
        codes += [code for code in where if code not in codes]
        clauses += [f"{text} ({table.year})" for text in clause]
    return codes, clauses


def _contributions(
    table: MRIOTable, first: Snapshot, last: Snapshot, rows: npt.NDArray[np.bool_], average: Average
) -> Array:
    """Contribution to each partner (rows) of each region and channel, (partners, regions, channels)."""
    pair = Pair(first, last, table.industry_codes)
    return by_source(pair, rows, table.region_codes, average)[:, :, list(_FACTOR_OF_CHANNEL)]


def _require_sum(parts: Array, value0: Array, value1: Array) -> None:
    gap = np.abs(parts.sum(axis=(1, 2)) - (value1 - value0))
    scale = np.abs(parts).sum(axis=(1, 2)) + np.abs(value0) + np.abs(value1)
    if (gap > 1e-9 * scale).any():
        raise SolveError(f"The parts miss the change by {gap.max():.3g}; the tables are close to singular.")


def _tidy(
    table: MRIOTable,
    economies: Mapping[str, Sequence[str]],
    members: Sequence[str],
    parts: Array,
    value0: Array,
    value1: Array,
) -> pd.DataFrame:
    """Sum regions to sources and lay the parts out by (partner, source, channel)."""
    named = {name: [table.regions.index(code) for code in codes] for name, codes in economies.items()}
    sources = [*named, OWN, OTHERS]
    cube = np.zeros((len(members), len(sources), len(CHANNELS)))
    for p, code in enumerate(members):
        own = table.regions.index(code)
        left = set(range(len(table.regions))) - {own}
        for s, (_, where) in enumerate(named.items()):
            mine = [w for w in where if w in left]
            cube[p, s] = parts[p, mine].sum(axis=0)
            left -= set(mine)
        cube[p, -2] = parts[p, own]
        cube[p, -1] = parts[p, sorted(left)].sum(axis=0)
    labels = list(members)
    if len(members) > 1:
        cube, labels = np.concatenate([cube.sum(axis=0, keepdims=True), cube]), [ALL, *labels]
        value0, value1 = (np.concatenate([[v.sum()], v]) for v in (value0, value1))
    shape = cube.shape
    names = ["partner", "source", "channel"]
    codes = [c.ravel() for c in np.indices(shape)]
    index = pd.MultiIndex(levels=[labels, sources, list(CHANNELS)], codes=codes, names=names)
    frame = pd.DataFrame({"contribution": cube.ravel()}, index=index)
    repeat = shape[1] * shape[2]
    frame["change_share"] = frame["contribution"] / np.repeat(value1 - value0, repeat)
    frame["points"] = 100 * frame["contribution"] / np.repeat(value0, repeat)
    return frame
