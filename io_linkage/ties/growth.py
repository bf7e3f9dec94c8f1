r"""Growth pull: how much of a partner's growth came from another economy's demand, technology and sourcing.

Terms
-----
source : the economy whose final demand or whose industries changed: the focus, a comparator, the partner itself
    ("own"), or all "others".
demand level : total final demand of the source.
demand basket : shares of products in it, wherever they are made.
demand sourcing : shares of economies in each product it buys for final use.
technology : what its industries use of each product per unit of output, wherever it is made.
input sourcing : shares of economies in each of those inputs.
own coefficients : the partner's value added (jobs, ...) per unit of its own output.

The change of a partner's value added between two tables is the sum of all these, exactly. It is an accounting split
of what happened, not an estimate of what would have happened otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from io_linkage import economies as countries
from io_linkage.captions import labelled
from io_linkage.errors import ComparisonError, MissingSatelliteError, OptionError, SolveError, require_option
from io_linkage.intensities import Account, intensity
from io_linkage.leontief import Array, System
from io_linkage.panel import require_comparable
from io_linkage.table import MRIOTable
from io_linkage.ties.partners import ALL, sentence, settle_parties, without_figures

CHANNELS = (
    "demand level",
    "demand basket",
    "demand sourcing",
    "technology",
    "input sourcing",
    "own coefficients",
)
OWN, OTHERS = "own", "others"

Prices = Literal["current", "constant"]


@dataclass(frozen=True, eq=False)
class _Snapshot:
    """One year's arrays: coefficients q, the system, final demand by region of the buyer."""

    q: Array
    known: npt.NDArray[np.bool_]
    system: System
    bought: Array
    filled: tuple[str, ...] = ()


def growth_pull(
    before: MRIOTable,
    after: MRIOTable,
    focus: str,
    *,
    partners: str | Sequence[str] | None = "developing",
    comparators: Sequence[str] = countries.COMPARATORS,
    of: Account = "value_added",
    prices: Prices = "current",
    aggregates: Mapping[str, Mapping[str, bool]] | None = None,
    membership_year: int | None = None,
) -> pd.DataFrame:
    r"""Split each partner's change in value added (or jobs) by the economy and the channel it came from.

    .. math:: \Delta q_p'Ly = \overline{\Delta q_p' x} + \overline{q_p' L\,\Delta A\,L y} + \overline{q_p'L\,\Delta y},
        \quad A = H \circ T, \quad y_r = l_r\, b_r \circ t_r

    Bars are averages of the two polar forms; :math:`\Delta L = L_1 \Delta A L_0 = L_0 \Delta A L_1`, both averaged.
    H holds the input of each product whatever its origin (technology), T the share of each origin (sourcing); l, b, t
    are level, basket and sourcing of final demand. Columns of A belong to the economy of the buying industry.

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
    Dietzenbacher & Los (1998) for polar averages; Oosterhaven & van der Linden (1997) for A as technology times
    trade; Miller & Blair (2022), chapter 13.
    """
    require_option("prices", prices, ("current", "constant"))
    _require_order(before, after)
    parties = settle_parties(
        after, focus, partners=partners, comparators=comparators, aggregates=aggregates, membership_year=membership_year
    )
    first, last = (_snapshot(table, of, prices) for table in (before, after))
    members = [codes[0] for codes in parties.partners.values()]
    rows = np.stack([after.region_codes == after.regions.index(code) for code in members])
    by_region = _contributions(after, first, last, rows)
    value0, value1 = (np.array([(s.q * s.system.x)[row].sum() for row in rows]) for s in (first, last))
    _require_sum(by_region, value1 - value0)
    unknown_rows = np.array([not (first.known[row].all() and last.known[row].all()) for row in rows])
    by_region[unknown_rows], value0[unknown_rows] = np.nan, np.nan
    frame = _tidy(after, parties.economies, members, by_region, value0, value1)
    account = intensity(after, of)
    constant = prices == "constant"
    lacking, clauses = _gaps(before, after, of)
    return labelled(
        frame,
        after.caption(
            f"growth of {account.label} by source and channel, {'constant' if constant else 'current'} prices",
            _unit(after, account.unit, constant),
            focus=focus,
            comparators=[name for name in parties.economies if name != focus],
            years=[before.year, after.year],
            membership_year=after.year if membership_year is None else membership_year,
            prices=prices,
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


def _require_order(before: MRIOTable, after: MRIOTable) -> None:
    require_comparable(before, after)
    if not before.index.equals(after.index):
        raise ComparisonError(
            f"{before.label} and {after.label} have other country-industries; aggregate both to one classification."
        )
    if before.year is not None and after.year is not None and before.year >= after.year:
        raise ComparisonError(
            f"Growth runs from {before.year} to {after.year}: give the earlier table first and two different years."
        )


def _unit(table: MRIOTable, unit: str, constant: bool) -> str:
    if not constant or unit != table.unit:
        return unit
    base = table.satellite("gross_output_deflator").attrs["unit"].split("=")[0].replace("index,", "").strip()
    return f"{unit} at {base} prices"


def _snapshot(table: MRIOTable, of: Account, prices: Prices) -> _Snapshot:
    account = intensity(table, of)
    bought: Array = table.demand_by_region.to_numpy(dtype=np.float64)
    if prices == "current":
        return _Snapshot(account.counted, account.known, table.system, bought)
    price, filled = _deflator(table, "gross_output_deflator")
    # (I - p^-1 A p): the same table with every row in constant prices.
    system = System(table.accounts.Z / price[:, None], table.accounts.x / price)
    own_price = np.ones_like(price)
    if account.unit == table.unit:
        own_price = price if account.is_output else _deflator(table, "value_added_deflator")[0]
    return _Snapshot(account.counted * price / own_price, account.known, system, bought / price[:, None], filled)


def _deflator(table: MRIOTable, name: str) -> tuple[Array, tuple[str, ...]]:
    """Deflators (n,), filled by the industry's mean elsewhere; regions that were filled."""
    prices = table.satellite(name).to_numpy(dtype=np.float64).copy()
    x = table.accounts.x
    known = np.isfinite(prices) & (prices > 0)
    if x[known].sum() < 0.5 * x.sum():
        lacking = [r for k, r in enumerate(table.regions) if not known[table.region_codes == k].any()]
        raise MissingSatelliteError(
            f"{table.label} has {name} for {x[known].sum() / x.sum():.0%} of output only; it lacks it for "
            f"{', '.join(lacking)}. Use years that have it, or prices='current'."
        )
    weight = np.where(known, x, 0.0)
    industries = len(table.industries)
    weighted = np.where(known, prices, 0.0) * weight
    top = np.bincount(table.industry_codes, weighted, industries)
    base = np.bincount(table.industry_codes, weight, industries)
    mean = np.divide(top, base, out=np.full(industries, weighted.sum() / weight.sum()), where=base > 0)
    gaps = ~known & table.active
    prices[~known] = mean[table.industry_codes][~known]
    return np.asarray(prices), tuple(r for k, r in enumerate(table.regions) if gaps[table.region_codes == k].any())


def _contributions(table: MRIOTable, first: _Snapshot, last: _Snapshot, rows: npt.NDArray[np.bool_]) -> Array:
    """Contribution to each partner (rows) of each region and channel, (partners, regions, channels)."""
    products = table.industry_codes
    result = np.zeros((len(rows), len(table.regions), len(CHANNELS)))
    own = {t: rows.T * s.q[:, None] for t, s in enumerate((first, last))}
    systems = (first.system, last.system)
    # reach[t, u] = L_u' q_t: what partners gain from a unit of each product, accounts of year t, technology of u.
    reach = {(t, u): systems[u].solve_transposed(own[t]).T for t in (0, 1) for u in (0, 1)}
    drawn = 0.5 * (reach[0, 0] + reach[1, 1])
    for k, change in enumerate(_demand_changes(first.bought, last.bought, products)):
        result[:, :, k] = drawn @ change
    trade, change_in_A = _input_changes(first.system.A, last.system.A, products)
    # q_t' L_u dA L_w y_v, with w the year that is not u and v the year that is not t.
    outputs = {
        (0, 0): last.system.x,
        (0, 1): systems[0].solve(last.bought.sum(axis=1)),
        (1, 0): systems[1].solve(first.bought.sum(axis=1)),
        (1, 1): first.system.x,
    }
    sourced, used = np.zeros_like(drawn), np.zeros_like(drawn)
    for case, output in outputs.items():
        sourced += 0.25 * (reach[case] @ trade) * output
        used += 0.25 * (reach[case] @ change_in_A) * output
    region = np.eye(len(table.regions))[table.region_codes]
    result[:, :, 3] = (used - sourced) @ region
    result[:, :, 4] = sourced @ region
    coefficients = rows * ((last.q - first.q) * 0.5 * (first.system.x + last.system.x))
    result[:, :, 5] = coefficients @ region
    return result


def _demand_changes(y0: Array, y1: Array, products: npt.NDArray[np.intp]) -> tuple[Array, Array, Array]:
    """Change in final demand (n, regions) by level, basket and sourcing; the three add up to it."""
    level0, level1 = y0.sum(axis=0), y1.sum(axis=0)
    basket0, basket1 = (_per(y, level) for y, level in ((y0, level0), (y1, level1)))
    share0, share1, whole = _sourcing(basket0, basket1, products)
    # For products without shares the basket is that of the cells themselves, and sourcing does not change.
    b0 = np.where(whole, basket0, _by_product(basket0, products))
    b1 = np.where(whole, basket1, _by_product(basket1, products))
    level = 0.5 * (level1 - level0) * (b1 * share1 + b0 * share0)
    basket = 0.5 * (b1 - b0) * (level0 * share1 + level1 * share0)
    sourcing = 0.5 * (share1 - share0) * (level0 * b0 + level1 * b1)
    return level, basket, sourcing


def _sourcing(
    basket0: Array, basket1: Array, products: npt.NDArray[np.intp]
) -> tuple[Array, Array, npt.NDArray[np.bool_]]:
    """Shares of origins in each product in both years, and the products that have none."""
    total0, total1 = _by_product(basket0, products), _by_product(basket1, products)
    size0, size1 = (_by_product(np.abs(b), products) for b in (basket0, basket1))
    # A total that is small beside its parts has shares far beyond 0 to 1, which describe nothing.
    sound0, sound1 = total0 > 0.5 * size0, total1 > 0.5 * size1
    whole = ~((sound0 | (size0 == 0)) & (sound1 | (size1 == 0)))
    share0 = np.divide(basket0, total0, out=np.ones_like(basket0), where=sound0 & ~whole)
    share1 = np.divide(basket1, total1, out=np.ones_like(basket1), where=sound1 & ~whole)
    # Bought in one year only: the other year's origins.
    share0 = np.where((size0 == 0) & ~whole, share1, share0)
    share1 = np.where((size1 == 0) & ~whole, share0, share1)
    return share0, share1, whole


def _input_changes(A0: Array, A1: Array, products: npt.NDArray[np.intp]) -> tuple[Array, Array]:
    """Change in A by sourcing, and in all; the difference is technology."""
    H0, H1 = _by_product(A0, products), _by_product(A1, products)
    both = (H0 > 0) & (H1 > 0)
    change = np.divide(A1, H1, out=np.zeros_like(A1), where=both)
    change -= np.divide(A0, H0, out=np.zeros_like(A0), where=both)
    return 0.5 * (H0 + H1) * change, A1 - A0


def _by_product(block: Array, products: npt.NDArray[np.intp]) -> Array:
    """Sum over the regions of origin of each product, repeated for every origin."""
    sums = np.zeros((int(products.max()) + 1, block.shape[1]))
    np.add.at(sums, products, block)
    return sums[products]


def _per(y: Array, level: Array) -> Array:
    if (level <= 0).any():
        raise OptionError("A region has no final demand in all, so its basket is not defined; leave it out or join it.")
    return y / level


def _require_sum(parts: Array, change: Array) -> None:
    gap = np.abs(parts.sum(axis=(1, 2)) - change)
    scale = np.abs(parts).sum(axis=(1, 2)) + np.abs(change)
    if (gap > 1e-8 * scale).any():
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
