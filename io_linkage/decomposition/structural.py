r"""Structural decomposition: what a change between two tables is made of, by factor.

.. math:: \hat q \, (I - T \circ H)^{-1} \sum_r l_r \, (b_r \circ t_r)

The terms are those of :mod:`io_linkage.decomposition.factors`. The effect of a factor depends on which of the others
have changed already, so it is averaged over all orders (the Shapley value), and the spread over the orders is
reported beside it. Over many years in one step the orders differ by more than the effects; a chain of yearly
steps does not have that problem.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from io_linkage.decomposition.factors import Pair, Snapshot, evaluations
from io_linkage.decomposition.prices import (
    PRICES,
    VOLUMES,
    Prices,
    Volume,
    price_unit,
    require_order,
    snapshot,
    value_added_label,
)
from io_linkage.decomposition.results import Change
from io_linkage.errors import OptionError, require_option
from io_linkage.intensities import Account, Intensity, intensity
from io_linkage.table import MRIOTable


def structural(
    before: MRIOTable,
    after: MRIOTable,
    *,
    of: Account = "value_added",
    prices: Prices = "current",
    volume: Volume = "double_deflated",
) -> Change:
    r"""Split the change of an account between two tables into six factors.

    .. math:: E_k = \sum_{S \not\ni k} \frac{|S|! (5 - |S|)!}{6!} \left[ F(S \cup k) - F(S) \right], \qquad
        F = \hat q \, (I - T \circ H)^{-1} \sum_r l_r \, (b_r \circ t_r)

    Parameters
    ----------
    before, after : MRIOTable
        Of one classification, unit and definition of value added, the earlier one first.
    of : str or Series
        "value_added", "output", or a satellite both tables have, such as "jobs".
    prices : {"current", "constant"}
        "constant" divides rows of Z and Y by the seller's `gross_output_deflator`, where both tables have it; a region
        without one takes the world mean of the product, and ``attrs["filled"]`` names it.
    volume : {"double_deflated", "published"}
        Value added at constant prices: deflated output less deflated inputs, or the published value added divided by
        `value_added_deflator`.

    Returns
    -------
    Change
        `frame()` gives the effects by region, industry or stage, `spread()` how far they depend on the order.

    Raises
    ------
    ComparisonError
        Tables of other classification, unit or definition; the same year twice, or in the wrong order.
    MissingSatelliteError
        No account, or no deflators, in one of the tables.
    AddingUpError
        The effects miss the change.

    See Also
    --------
    chained : The same over a series of tables, step by step.
    technology_change : Who bought or sold what the change of technology is made of.
    lmdi : The same by logarithmic means.

    References
    ----------
    Dietzenbacher & Los (1998) for the average over all orders; Dietzenbacher & Los (2000) for factors that depend on
    one another; Miller & Blair (2022), chapter 13.

    Examples
    --------
    >>> import io_linkage as iol
    >>> change = structural(iol.load(year=2008), iol.load(year=2011))
    >>> china = change.frame().loc["CHN"] / 1e6
    >>> china[["before", "level", "after"]].round(2).tolist()
    [4.52, 2.55, 7.3]
    """
    return _steps([before, after], of, prices, volume)


def chained(
    tables: Iterable[MRIOTable],
    *,
    of: Account = "value_added",
    prices: Prices = "current",
    volume: Volume = "double_deflated",
) -> Change:
    r"""Split the change of an account over a series of tables into six factors, step by step.

    .. math:: E_k = \sum_{\tau} E_k^{(\tau - 1, \tau)}

    Parameters
    ----------
    tables : iterable of MRIOTable
        In the order of their years, at best one a year; may be a generator, of which two are in memory at a time.
    of, prices, volume
        As in `structural`.

    Returns
    -------
    Change
        Its frames are sums over the steps, or show each with ``steps=True``. Three factorisations a step.

    Raises
    ------
    OptionError
        Fewer than two tables, or one without a year.
    ComparisonError
        Tables of other classification, unit or definition; a year twice, or out of order.

    See Also
    --------
    structural : A single step.

    References
    ----------
    Dietzenbacher & Los (1998); Miller & Blair (2022), chapter 13.

    Examples
    --------
    >>> import io_linkage as iol
    >>> change = chained(iol.load(year=year) for year in (2005, 2008, 2011))
    >>> change
    <Change of value_added from 2005 to 2011: 2 steps, 735 rows>
    """
    if isinstance(tables, MRIOTable):
        raise OptionError("A chain is several tables: give a list of them, e.g. [load(year=2008), load(year=2011)].")
    return _steps(_dated(tables), of, prices, volume)


def _dated(tables: Iterable[MRIOTable]) -> Iterator[MRIOTable]:
    for table in tables:
        if table.year is None:
            raise OptionError(f"{table.label} has no year, so it has no place in a chain; load it with year=...")
        yield table


def _steps(tables: Iterable[MRIOTable], of: Account, prices: Prices, volume: Volume) -> Change:
    require_option("prices", prices, PRICES)
    require_option("volume", volume, VOLUMES)
    before: MRIOTable | None = None
    snapshots: list[Snapshot] = []
    values, totals, years, known, made, left_out = [], [], [], [], [], dict[str, None]()
    filled: set[str] = set()
    for table in tables:
        if before is not None:
            require_order(before, table)
        snapshots = [*snapshots[-1:], snapshot(table, of, prices, volume)]
        known.append(snapshots[-1].known)
        made.append(snapshots[-1].system.active)
        filled.update(snapshots[-1].filled)
        account = intensity(table, of)
        left_out |= dict.fromkeys(account.missing)
        if before is not None:
            values.append(evaluations(Pair(snapshots[0], snapshots[1], table.industry_codes)))
            totals.append(np.stack([one.total for one in snapshots]))
            years.append((before.year, table.year))
        before = table
    if before is None or not years:
        raise OptionError("A change needs two tables: one has no neighbour to be compared with. Give a second year.")
    return Change(
        np.stack(values),
        np.stack(totals),
        tuple(years),
        before.index,
        np.logical_and.reduce(known) & np.logical_or.reduce(made),
        dependent=account.name == "value_added",
        attrs=_attrs(before, account, years, prices, volume, tuple(left_out), sorted(filled)),
    )


def _attrs(
    table: MRIOTable,
    account: Intensity,
    years: Sequence[tuple[int | None, int | None]],
    prices: Prices,
    volume: Volume,
    left_out: tuple[str, ...],
    filled: list[str],
) -> dict[str, Any]:
    """Say what a change is; steps of several years are named, since their average hides much."""
    notes = [f"no {account.label} in one of the years: {', '.join(left_out)}"] if left_out else []
    long = [f"{first}-{last}" for first, last in years if first is not None and last is not None and last - first > 1]
    notes += [f"steps of several years: {', '.join(long)}"] if long else []
    notes += [f"prices of the world for {', '.join(filled)}"] if filled else []
    stated = {
        "of": account.name,
        "year": [years[0][0], *(last for _, last in years)],
        "prices": prices,
        "value_added": value_added_label(table, prices, volume),
        "left_out": left_out,
        "filled": filled,
        **({"note": f"{'; '.join(notes)[:1].upper()}{'; '.join(notes)[1:]}."} if notes else {}),
    }
    caption = table.caption(f"change of {account.label} by factor", price_unit(table, account.unit, prices))
    return {**caption, **stated}
