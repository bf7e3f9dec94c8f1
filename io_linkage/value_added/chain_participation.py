r"""How far a country's exports are part of international value chains, and on which side.

Terms
-----
traditional : domestic value added absorbed by the direct importer, v_s M_s (Y_sr + A_sr M_r Y_rr): one border.
pure forward : domestic value added in inputs that the importer exports on, v_s M_s A_sr M_r E_r*.
pure backward : imported content in exports that the direct importer absorbs.
two-sided : imported content in inputs that the importer exports on.

Imported content is all but v_s M_s: foreign value added and domestic value added that has been abroad before. The
last three are trade within value chains, more than one border crossed; with the first they are gross exports.
Participation of production, by Wang, Wei, Yu & Zhu, is in `io_linkage.position.lengths`.
"""

from __future__ import annotations

from typing import Literal, TypeAlias, get_args

import numpy as np
import pandas as pd

from io_linkage.captions import labelled
from io_linkage.errors import require_option
from io_linkage.leontief import Array
from io_linkage.table import MRIOTable
from io_linkage.trade_blocks import Definition, Trade, trade
from io_linkage.value_added.export_terms import NON_VA, Decomposition, decomposition
from io_linkage.value_added.origins import in_foreign_exports

Level: TypeAlias = Literal["world", "exporter", "exporter-industry", "exporter-importer", "exporter-industry-importer"]
Indirect: TypeAlias = Literal["third_countries", "all_foreign_exports"]

INDIRECT = get_args(Indirect)

TERMS = ("traditional", "pure_forward", "pure_backward", "two_sided")

GROUPS = {
    "traditional": ("traditional",),
    "gvc": TERMS[1:],
    "forward": ("pure_forward",),
    "backward": ("pure_backward", "two_sided"),
}


def trade_based(table: MRIOTable, *, definition: Definition = "table") -> Decomposition:
    """Split exports into traditional trade and pure forward, pure backward and two-sided value chain trade.

    Returns
    -------
    Decomposition
        By exporter, industry and importer; `groups` has `gvc`, `forward` (GVCF) and `backward` (GVCB) as in Borin
        & Mancini's two-way split.

    References
    ----------
    Borin & Mancini (2019); Borin, Mancini & Taglioni (2021), World Bank WPS 9785.

    See Also
    --------
    participation : shares of exports from these terms, with the older indices.
    """
    blocks = trade(table, definition)
    ends = blocks.times_local(np.column_stack([blocks.own_demand, blocks.total_exports]))
    through = blocks.to_importers(ends)
    absorbed = blocks.final_exports + through[:, :, 0]
    onward = through[:, :, 1]
    home = blocks.local_value_added[:, None]
    imported = (blocks.own_content + blocks.foreign_content - blocks.local_value_added)[:, None]
    values = np.stack([home * absorbed, home * onward, imported * absorbed, imported * onward], axis=2)
    return decomposition(blocks, "value chain participation", values, TERMS, GROUPS)


def kpww(table: MRIOTable, *, indirect: Indirect = "third_countries", definition: Definition = "table") -> pd.DataFrame:
    r"""Participation and position of Koopman, Powers, Wang & Wei.

    .. math::
        FV_s = \sum_{t \ne s} v_t L_{ts} E_{s*} \qquad
        participation = IV/E + FV/E \qquad position = \ln(1 + IV/E) - \ln(1 + FV/E)

    Position is high for a supplier of inputs that others export, low for a country that assembles what others supply.
    Two definitions of IV, indirect value added exports, are in use:

    third_countries : v_s L_ss sum_{r != s} A_sr sum_{t != s,r} X_rt, in inputs of which the importer makes what third
        countries finally use; X_rt is the output of r for the final demand of t.
    all_foreign_exports : VS1 = v_s sum_{r != s} L_sr E_r*, in whatever other countries export.

    The first is the authors' own and the default: it is a part of gross exports, as FV is, so that participation is a
    share of them. The second, VS1 of Hummels, Ishii & Yi, is what Aslam, Novta & Rodrigues-Bastos take for IV. It also
    counts what returns home, and counts value added again in each country that exports it on, so it can exceed exports.
    Choose it to compare with figures made that way.

    Parameters
    ----------
    table : MRIOTable
        Two regions or more.
    indirect : {"third_countries", "all_foreign_exports"}
        Which IV.
    definition : {"table", "residual"}
        As in `wwz`.

    Returns
    -------
    DataFrame by exporter: `exports`, `IV`, `FV` (table's unit), `forward`, `backward`, `participation`,
    `position` (dimensionless; NaN without exports). `attrs["indirect"]` says which IV it is.

    References
    ----------
    Koopman, Powers, Wang & Wei (2010), NBER 16426, section 2; Hummels, Ishii & Yi (2001); Aslam, Novta &
    Rodrigues-Bastos (2017), IMF working paper 17/178.

    See Also
    --------
    participation : the same question with terms that add up to exports.
    vertical_specialisation : VS1 by industry.

    Examples
    --------
    >>> import io_linkage as iol
    >>> world = iol.load()
    >>> [kpww(world, indirect=each).loc["CHN", "position"].round(3).item() for each in INDIRECT]
    [-0.068, -0.017]
    """
    require_option("indirect", indirect, INDIRECT)
    blocks = trade(table, definition)
    onward = _to_third_countries(blocks) if indirect == "third_countries" else in_foreign_exports(blocks)
    exports = blocks.total_exports
    values = blocks.region_sums(np.column_stack([exports, onward, blocks.foreign_content * exports]))
    result = pd.DataFrame(values, index=pd.Index(table.regions, name="exporter"), columns=["exports", "IV", "FV"])
    some = result["exports"].where(result["exports"] != 0)
    result["forward"] = result["IV"] / some
    result["backward"] = result["FV"] / some
    result["participation"] = result["forward"] + result["backward"]
    result["position"] = np.log1p(result["forward"]) - np.log1p(result["backward"])
    caption = table.caption("value chain participation and position", table.unit)
    return labelled(result, {**caption, **blocks.attrs, "indirect": indirect})


def _to_third_countries(blocks: Trade) -> Array:
    """Return value added in inputs whose importer's output ends in a third country, by exporting industry, (n,)."""
    by_destination = blocks.system.solve(blocks.demand)
    abroad = by_destination.sum(axis=1) - by_destination[blocks.rows, blocks.codes]
    # Importer's output for third countries: neither its own use nor the exporter's.
    third = abroad[:, None] - by_destination
    sent: Array = blocks.to_importers(third[:, :, None])[:, :, 0].sum(axis=1)
    return blocks.own_content * sent


def participation(table: MRIOTable, *, by: Level = "exporter", definition: Definition = "table") -> pd.DataFrame:
    """Shares of exports that are part of value chains: backward, forward, and the three-way split.

    Parameters
    ----------
    table : MRIOTable
        Two regions or more.
    by : {"world", "exporter", "exporter-industry", "exporter-importer", "exporter-industry-importer"}
    definition : {"table", "residual"}

    Returns
    -------
    DataFrame, shares of gross exports (NaN without exports): `forward`, `backward`, `gvc` = their sum,
    `pure_forward`, `pure_backward`, `two_sided`, `traditional`, and `NON_VA` where value added is not all of the
    primary inputs: `gvc`, `traditional` and `NON_VA` add up to 1. By exporter also `kpww_forward`, `kpww_backward`,
    `kpww_participation`, `kpww_position`. `exports` is in the table's unit.

    References
    ----------
    Borin & Mancini (2019), World Bank WPS 8804; Borin, Mancini & Taglioni (2021), WPS 9785; Koopman, Powers, Wang
    & Wei (2010), NBER 16426.

    See Also
    --------
    trade_based : the terms behind the shares; kpww; production_participation.

    Examples
    --------
    >>> import io_linkage as iol
    >>> participation(iol.load()).loc[["CHN", "RUS"], ["forward", "backward"]].round(2).to_numpy().tolist()
    [[0.15, 0.22], [0.35, 0.06]]
    """
    split = trade_based(table, definition=definition)
    terms = split.frame(by)
    exports = terms["exports"].where(terms["exports"] != 0)
    share = terms.drop(columns="exports").div(exports, axis=0)
    result = pd.DataFrame(
        {
            "forward": share["pure_forward"],
            "backward": share["pure_backward"] + share["two_sided"],
            "gvc": share["pure_forward"] + share["pure_backward"] + share["two_sided"],
            "pure_forward": share["pure_forward"],
            "pure_backward": share["pure_backward"],
            "two_sided": share["two_sided"],
            "traditional": share["traditional"],
        }
    )
    if NON_VA in share:
        result[NON_VA] = share[NON_VA]
    if by == "exporter":
        result = result.join(
            kpww(table, definition=definition)[["forward", "backward", "participation", "position"]].add_prefix("kpww_")
        )
    result["exports"] = terms["exports"]
    return labelled(
        result,
        {**result.attrs, **split.attrs, "measure": "value chain participation", "unit": "share of gross exports"},
    )
