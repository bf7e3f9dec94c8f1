"""What buyers' choice of sources did to an industry or a stage in each region."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from io_linkage import decomposition
from io_linkage.captions import labelled
from io_linkage.intensities import Account
from io_linkage.relocation.series import (
    Names,
    described,
    in_order,
    what_is_unseen,
)
from io_linkage.selection import select
from io_linkage.table import MRIOTable
from io_linkage.ties.partners import sentence


def sourcing_effect(
    tables: Iterable[MRIOTable],
    *,
    industries: Names | None = None,
    stage: str | None = None,
    of: Account = "value_added",
    stage_weights: pd.DataFrame | None = None,
) -> pd.DataFrame:
    r"""Relocation proper: what buyers' choice of sources alone added to an industry or stage in each region.

    .. math:: E_r = \sum_{i \in r} w_i \, (E^T_i + E^{T_Y}_i)

    with E the effects of sourcing of inputs and of final goods in the chained decomposition, averaged over all orders
    of the factors. Growth of demand, its mix, input coefficients and value added per unit of output are kept apart.

    Parameters
    ----------
    tables : iterable of MRIOTable
        Two or more, in the order of their years; better one a year, since long steps leave much to the averaging.
    industries, stage, stage_weights
        As in `shares`; shares of a stage are those of the first table.
    of : str
        As in `io_linkage.decomposition.chained`.

    Returns
    -------
    DataFrame by region; ``before``, ``input_sourcing``, ``final_sourcing``, ``sourcing`` (their sum), ``other``
    (everything else) and ``after``, in the unit of the account.

    References
    ----------
    Dietzenbacher & Los (1998).

    See Also
    --------
    orders : from whom to whom.
    io_linkage.decomposition.chained : all factors.

    Examples
    --------
    >>> import io_linkage as iol
    >>> effect = sourcing_effect([iol.load(year=2005), iol.load(year=2011)], industries=["17t18", "19"])
    >>> effect["sourcing"].idxmax()
    'CHN'
    """
    years, series = zip(*in_order(tables), strict=True)
    change = decomposition.chained(series, of=of)
    parts = change.frame("region-industry")
    share = select(series[0], industries=industries, stage=stage, stage_weights=stage_weights)
    columns = {name: parts[name] * share.share for name in ("before", "input_sourcing", "final_sourcing", "after")}
    sums = pd.DataFrame(columns, index=parts.index).groupby(level=0, sort=False).sum(min_count=1)
    sums.insert(3, "sourcing", sums["input_sourcing"] + sums["final_sourcing"])
    sums.insert(4, "other", sums["after"] - sums["before"] - sums["sourcing"])
    sums.index.name = "region"
    what = described(share.label, str(parts.attrs.get("of", "")))
    return labelled(
        sums,
        {key: value for key, value in parts.attrs.items() if key not in ("average", "by")},
        measure=f"change of {what} by buyers' choice of sources",
        note=sentence(
            [str(parts.attrs.get("note", "")).rstrip("."), *what_is_unseen(years[-1], sums["after"], sums["before"])]
        ),
    )
