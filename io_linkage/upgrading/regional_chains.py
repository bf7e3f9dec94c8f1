r"""Regionalisation and fragmentation: are the chains of a country's exports in its own part of the world, and how long.

Terms
-----
bloc : a part of the world; by default from the World Bank's regions (Asia and the Pacific, Europe and Central Asia, the
    Americas, Africa and the Middle East; Malta is in Europe). Rest of world is a bloc of its own.
regional share : of the foreign value added in exports, what comes from others of the own bloc.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from io_linkage.captions import labelled
from io_linkage.economies.registry import find, register
from io_linkage.errors import OptionError, unknown
from io_linkage.position.lengths import export_lengths
from io_linkage.table import MRIOTable
from io_linkage.trade_blocks import Definition, trade

_BLOCS = {
    "East Asia & Pacific": "Asia and the Pacific",
    "South Asia": "Asia and the Pacific",
    "Europe & Central Asia": "Europe and Central Asia",
    "Latin America & Caribbean": "Americas",
    "North America": "Americas",
    "Sub-Saharan Africa": "Africa and the Middle East",
    "Middle East & North Africa": "Africa and the Middle East",
    "Middle East, North Africa, Afghanistan & Pakistan": "Africa and the Middle East",
}
# Aggregates of the shipped table and of EXIOBASE; Malta, which the World Bank counts with the Middle East.
_PLACED = dict.fromkeys(("EUE", "EUW", "WE", "MLT"), "Europe and Central Asia")


def blocs(table: MRIOTable, own: Mapping[str, Sequence[str]] | None = None) -> pd.Series[str]:
    """Bloc of each region of a table.

    Parameters
    ----------
    own : mapping of str to regions, optional
        Blocs of one's own; regions left out are blocs by themselves.

    Returns
    -------
    Series of bloc names by region; a region that the World Bank does not place is a bloc by itself.

    See Also
    --------
    regionalisation
    """
    if own is not None:
        named = {region: bloc for bloc, regions in own.items() for region in regions}
        for region in named:
            if region not in table.regions:
                raise unknown("region", region, table.regions)
        if len(named) < sum(len(regions) for regions in own.values()):
            raise OptionError("A region stands in two blocs; put each in one.")
        return pd.Series([named.get(r, r) for r in table.regions], index=pd.Index(table.regions, name="region"))
    names = []
    for region in table.regions:
        code = find(region)
        place = register()[code].wb_region if code else ""
        names.append(_PLACED.get(code or "", _BLOCS.get(place, region)))
    return pd.Series(names, index=pd.Index(table.regions, name="region"), name="bloc")


def regionalisation(
    table: MRIOTable,
    *,
    own_blocs: Mapping[str, Sequence[str]] | None = None,
    definition: Definition = "table",
) -> pd.DataFrame:
    r"""Where the foreign value added in exports comes from, and how long the chains behind the exports are.

    .. math:: foreign_s = \sum_{t \ne s} v_t L_{ts} E_{s*} / E_{s*}, \qquad length_s = v'LLE_{s*} / v'LE_{s*}

    Parameters
    ----------
    table : MRIOTable
        Two regions or more.
    own_blocs : mapping, optional
        Blocs instead of the World Bank's, e.g. ``{"Factory Asia": ["CHN", "JPN", "KOR", "TWN"]}``.
    definition : {"table", "residual"}

    Returns
    -------
    DataFrame by exporter
        `bloc`; `foreign` (share of foreign value added in gross exports), split into `own_bloc` and `elsewhere`;
        `regional` = own_bloc / foreign (NaN without foreign value added); `length` (stages from value added to the
        exported product, over all that the exports hold), `gvc_length` and `crossings` (stages, and borders crossed
        by inputs, of what crossed a border on its way into the exports; the export itself is not counted). NaN without
        exports. Blocs have no dates: over years they stay the same.

    References
    ----------
    Los, Timmer & de Vries (2015), Journal of Regional Science 55; Wang, Wei, Yu & Zhu (2017b), NBER 23261.

    See Also
    --------
    blocs : which region is in which bloc.
    position.production_length_by : lengths of the chains behind final products, at home and abroad.
    """
    blocks = trade(table, definition)
    where = blocs(table, own_blocs)
    spread = blocks.spread(blocks.total_exports)
    origins = np.stack([blocks.content[:, block] @ spread[block, s] for s, block in enumerate(blocks.blocks)], axis=1)
    np.fill_diagonal(origins, 0.0)
    same = where.to_numpy()[:, None] == where.to_numpy()
    exports = blocks.region_sums(blocks.total_exports)
    share = np.where(exports != 0, exports, np.nan)
    lengths = export_lengths(blocks)
    result = pd.DataFrame(
        {
            "bloc": where,
            "foreign": origins.sum(axis=0) / share,
            "own_bloc": (origins * same).sum(axis=0) / share,
        }
    )
    result["elsewhere"] = result["foreign"] - result["own_bloc"]
    result["regional"] = result["own_bloc"] / result["foreign"].where(result["foreign"] != 0)
    result["length"] = lengths["total"]
    result["gvc_length"] = lengths["gvc"]
    result["crossings"] = lengths["gvc_crossings"]
    result.index.name = "exporter"
    return labelled(
        result, {**table.caption("regionalisation of exports", "share of gross exports; stages"), **blocks.attrs}
    )
