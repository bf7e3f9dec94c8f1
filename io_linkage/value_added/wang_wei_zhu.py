r"""The sixteen terms of Wang, Wei & Zhu: exports by exporting industry and importer.

With s the exporter and r the direct importer, the terms of E_sr are (element by element in the exporting industry;
M local, L global inverse; every sum leaves out s):

=================  ==============================================================================
DVA_FIN            v_s L_ss  Y_sr
DVA_INT            v_s M_s   A_sr L_rr Y_rr
DVA_INTrexI1       v_s M_s   A_sr sum_{t != r} L_rt Y_tt
DVA_INTrexF        v_s M_s   A_sr L_rr sum_{t != r} Y_rt
DVA_INTrexI2       v_s M_s   A_sr sum_{t != r} L_rt sum_{u != t} Y_tu
RDV_FIN            v_s M_s   A_sr L_rr Y_rs
RDV_FIN2           v_s M_s   A_sr sum_{t != r} L_rt Y_ts
RDV_INT            v_s M_s   A_sr L_rs Y_ss
DDC_FIN            v_s M_s   A_sr L_rs sum_{t != s} Y_st
DDC_INT            v_s (L_ss - M_s)   A_sr x_r
MVA_FIN, OVA_FIN   v_r L_rs, sum_{t != r} v_t L_ts   Y_sr
MVA_INT, OVA_INT   the same   A_sr M_r Y_rr
MDC, ODC           the same   A_sr M_r E_r*
=================  ==============================================================================

The names are those of the decompr package, which users know.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from io_linkage.leontief import Array
from io_linkage.table import MRIOTable
from io_linkage.trade_blocks import Definition, Trade, trade
from io_linkage.value_added.export_terms import NON_VA, Decomposition, decomposition

TERMS = (
    "DVA_FIN",
    "DVA_INT",
    "DVA_INTrexI1",
    "DVA_INTrexF",
    "DVA_INTrexI2",
    "RDV_INT",
    "RDV_FIN",
    "RDV_FIN2",
    "OVA_FIN",
    "MVA_FIN",
    "OVA_INT",
    "MVA_INT",
    "DDC_FIN",
    "DDC_INT",
    "ODC",
    "MDC",
)

GROUPS = {
    "DVA": TERMS[:5],
    "RDV": TERMS[5:8],
    "FVA": TERMS[8:12],
    "PDC": TERMS[12:],
}

#: Table E2 of Wang, Wei & Zhu (2013): which of the sixteen terms make up each of the nine.
TO_KWW = {
    "DVA_FIN": ("DVA_FIN",),
    "DVA_INT": ("DVA_INT", "DVA_INTrexI1"),
    "DVA_INTrex": ("DVA_INTrexF", "DVA_INTrexI2"),
    "RDV_FIN": ("RDV_FIN", "RDV_FIN2"),
    "RDV_INT": ("RDV_INT",),
    "DDC": ("DDC_FIN", "DDC_INT"),
    "FVA_FIN": ("MVA_FIN", "OVA_FIN"),
    "FVA_INT": ("MVA_INT", "OVA_INT"),
    "FDC": ("MDC", "ODC"),
}


def wwz(table: MRIOTable, *, definition: Definition = "table") -> Decomposition:
    """Wang, Wei & Zhu's sixteen terms for every exporter, industry and importer.

    Parameters
    ----------
    table : MRIOTable
        Two regions or more.
    definition : {"table", "residual"}
        The table's value added, with a seventeenth term `NON_VA` where taxes and margins are not part of it; or
        output less intermediate inputs, as the authors and decompr have it.

    Returns
    -------
    Decomposition
        `frame()` has a row per (exporter, industry, importer) in the table's unit; terms are negative where final
        demand (stocks drawn down) or value added is.

    Raises
    ------
    OptionError
        The table has one region.

    References
    ----------
    Wang, Wei & Zhu (2013, revised 2018), NBER 19677, equation 37.

    See Also
    --------
    to_kww : the nine terms from these; borin_mancini.

    Examples
    --------
    >>> import io_linkage as iol
    >>> exports = wwz(iol.load(), definition="residual")
    >>> exports
    <Decomposition Wang, Wei & Zhu: 16 terms, 14,700 flows by exporter x industry x importer>
    >>> exports.frame("exporter", groups=True, shares=True).loc["CHN"].round(3).tolist()
    [0.755, 0.019, 0.171, 0.054, 1.0]
    """
    blocks = trade(table, definition)
    return decomposition(blocks, "Wang, Wei & Zhu", _terms(blocks), TERMS, GROUPS)


def _terms(blocks: Trade) -> Array:
    through = blocks.to_importers(_absorbed(blocks))
    final = blocks.final_exports
    # At the importer: (0..7) as _absorbed has them, then x_r, M_r Y_rr and M_r E_r*.
    home = blocks.local_value_added[:, None] * through[:, :, :8].transpose(2, 0, 1)
    feedback = (blocks.own_content - blocks.local_value_added)[:, None]
    direct = blocks.content.T.copy()  # (n, G): v_r L_rs for importer r
    direct[blocks.rows, blocks.codes] = 0.0
    others = blocks.foreign_content[:, None] - direct
    values = {
        "DVA_FIN": blocks.own_content[:, None] * final,
        "DVA_INT": home[0],
        "DVA_INTrexI1": home[1],
        "DVA_INTrexF": home[2],
        "DVA_INTrexI2": home[3],
        "RDV_FIN": home[4],
        "RDV_FIN2": home[5],
        "RDV_INT": home[6],
        "DDC_FIN": home[7],
        "DDC_INT": feedback * through[:, :, 8],
        "MVA_FIN": direct * final,
        "OVA_FIN": others * final,
        "MVA_INT": direct * through[:, :, 9],
        "OVA_INT": others * through[:, :, 9],
        "MDC": direct * through[:, :, 10],
        "ODC": others * through[:, :, 10],
    }
    return np.stack([values[name] for name in TERMS], axis=2)


def _absorbed(blocks: Trade) -> Array:
    """Output of the importer r by how and where it ends, for each exporter s: (n, G, 11).

    Only three (n, G) products with L are needed: what differs by exporter is left out by subtraction.
    """
    n, G, L = blocks.n, blocks.G, blocks.L
    through_own, through_exports = np.empty((n, G)), np.empty((n, G))
    own_inverse = np.empty((n, G))
    exported = blocks.final_exports.sum(axis=1)
    for t, block in enumerate(blocks.blocks):
        through_own[:, t] = L[:, block] @ blocks.own_demand[block]  # L_rt Y_tt
        through_exports[:, t] = L[:, block] @ exported[block]  # L_rt sum_{u != t} Y_tu
        own_inverse[block] = L[block][:, block] @ blocks.demand[block]  # L_rr Y_ru
    final_output = L @ blocks.demand  # sum_t L_rt Y_tu
    at = (blocks.rows, blocks.codes)
    returned = final_output - own_inverse - through_own
    result = np.zeros((n, G, 11))
    result[:, :, 0] = own_inverse[at][:, None]
    result[:, :, 1] = (through_own.sum(axis=1) - through_own[at])[:, None] - through_own
    result[:, :, 2] = (own_inverse.sum(axis=1) - own_inverse[at])[:, None] - own_inverse
    result[:, :, 3] = (through_exports.sum(axis=1) - through_exports[at])[:, None] - through_exports - returned
    result[:, :, 4] = own_inverse
    result[:, :, 5] = returned
    result[:, :, 6] = through_own
    result[:, :, 7] = through_exports
    result[:, :, 8] = blocks.x[:, None]
    result[:, :, 9:] = blocks.times_local(np.column_stack([blocks.own_demand, blocks.total_exports]))[:, None, :]
    return result


def to_kww(decomposed: Decomposition) -> Decomposition:
    """Sum the sixteen terms to Koopman, Wang & Wei's nine, at the same level of detail.

    References
    ----------
    Wang, Wei & Zhu (2013), table E2.

    Returns
    -------
    Decomposition of nine terms, by exporter, industry and importer, in the same unit.

    See Also
    --------
    kww : the nine terms from the table itself, by exporter.
    """
    from io_linkage.value_added.koopman_wang_wei import GROUPS as KWW_GROUPS

    terms = decomposed.terms
    nine = {name: terms[list(parts)].sum(axis=1, skipna=False) for name, parts in TO_KWW.items()}
    if NON_VA in terms:
        nine[NON_VA] = terms[NON_VA]
    return Decomposition(
        "Koopman, Wang & Wei", pd.DataFrame(nine), decomposed.exports, KWW_GROUPS, dict(decomposed.attrs)
    )
