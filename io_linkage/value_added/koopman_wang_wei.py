r"""The nine terms of Koopman, Wang & Wei: a country's exports by where their value added arises and ends.

=============  ===============================================================================
DVA_FIN        v_s sum_r L_ss Y_sr                        domestic, in final goods
DVA_INT        v_s sum_r L_sr Y_rr                        domestic, in inputs, absorbed by the direct importer
DVA_INTrex     v_s sum_r sum_{t != r} L_sr Y_rt           domestic, in inputs, on to third countries
RDV_FIN        v_s sum_r L_sr Y_rs                        back home in final goods
RDV_INT        v_s sum_r L_sr A_rs M_s Y_ss               back home in inputs, for own final demand
DDC            v_s sum_r L_sr A_rs M_s E_s*               back home and out again: counted twice
FVA_FIN        sum_t v_t L_ts sum_r Y_sr                  foreign, in final goods
FVA_INT        sum_t v_t L_ts sum_r A_sr M_r Y_rr         foreign, in inputs, absorbed by the direct importer
FDC            sum_t v_t L_ts sum_r A_sr M_r E_r*         foreign, on to third countries: counted twice
=============  ===============================================================================

Sums leave out s. The first three are value added exports (VAX), the first five domestic value added in exports.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from io_linkage.leontief import Array
from io_linkage.table import MRIOTable
from io_linkage.trade_blocks import Definition, Trade, trade
from io_linkage.value_added.export_terms import NON_VA, Decomposition

TERMS = ("DVA_FIN", "DVA_INT", "DVA_INTrex", "RDV_FIN", "RDV_INT", "DDC", "FVA_FIN", "FVA_INT", "FDC")

GROUPS = {
    "VAX": TERMS[:3],
    "RDV": TERMS[3:5],
    "DVA": TERMS[:5],
    "DDC": ("DDC",),
    "FVA": TERMS[6:8],
    "FDC": ("FDC",),
    "VS": TERMS[6:],
}


def kww(table: MRIOTable, *, definition: Definition = "table") -> Decomposition:
    """Koopman, Wang & Wei's nine terms for every exporting country.

    For the nine terms by industry and importer, sum the sixteen: ``to_kww(wwz(table))``.

    Parameters
    ----------
    table : MRIOTable
        Two regions or more.
    definition : {"table", "residual"}
        As in `wwz`; "residual" is the authors' definition.

    Returns
    -------
    Decomposition, one row per exporter, in the table's unit.

    References
    ----------
    Koopman, Wang & Wei (2014), American Economic Review 104, equation 36.

    See Also
    --------
    wwz, to_kww : the same by industry and importer; borin_mancini : a later split of what is counted twice.

    Examples
    --------
    >>> import io_linkage as iol
    >>> nine = kww(iol.load(), definition="residual")
    >>> nine.frame(groups=True, shares=True).loc["CHN", ["VAX", "DVA", "VS"]].round(3).tolist()
    [0.755, 0.774, 0.218]
    """
    blocks = trade(table, definition)
    cells = blocks.region_sums(_terms(blocks))
    labels = list(TERMS)
    exports = blocks.region_sums(blocks.total_exports)
    if blocks.has_other:
        cells = np.column_stack([cells, blocks.region_sums(blocks.other_content * blocks.total_exports)])
        labels.append(NON_VA)
    index = pd.Index(table.regions, name="exporter")
    method = "Koopman, Wang & Wei"
    return Decomposition(
        method,
        pd.DataFrame(cells, index=index, columns=labels),
        pd.Series(exports, index=index, name="exports"),
        {**GROUPS, **({NON_VA: (NON_VA,)} if blocks.has_other else {})},
        table.caption(method, table.unit, **blocks.attrs),
    )


def _terms(blocks: Trade) -> Array:
    """Nine terms to be summed over each exporter's industries, (n, 9)."""
    at = (blocks.rows, blocks.codes)
    exported = blocks.final_exports.sum(axis=1)
    own, onward = blocks.spread(blocks.own_demand), blocks.spread(exported)
    # Output of the row for the column region's final products: own use, exports, and all use of region t.
    L_own, L_onward, L_demand = np.split(blocks.system.solve(np.hstack([own, onward, blocks.demand])), 3, axis=1)
    returned = L_demand[at] - L_own[at]
    local = blocks.times_local(np.column_stack([blocks.own_demand, blocks.total_exports]))
    feedback_exports = blocks.system.solve(blocks.spread(blocks.total_exports))[at] - local[:, 1]
    abroad = blocks.across(local)
    v, own_v, foreign = blocks.v, blocks.own_content, blocks.foreign_content
    return np.column_stack(
        [
            own_v * exported,
            v * (L_own.sum(axis=1) - L_own[at]),
            v * (L_onward.sum(axis=1) - L_onward[at] - returned),
            v * returned,
            v * (L_own[at] - local[:, 0]),
            v * feedback_exports,
            foreign * exported,
            foreign * abroad[:, 0],
            foreign * abroad[:, 1],
        ]
    )
