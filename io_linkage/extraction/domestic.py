r"""Extraction with non-competitive imports: the missing inputs come from abroad and only the own region responds.

The national form of the method, inside a multi-regional table. For region r with its own coefficients
:math:`A^{rr}`, sales abroad count as final demand and imports as primary inputs. Taking out the shares w of its
industries leaves the loss

.. math:: (I - \hat{(1-w)} A^{rr}) \, d^r = \hat w x^r

and for a whole industry, with M = (I - A^rr)^-1, :math:`d = x_j M e_j / m_{jj}`. Buyers keep their recipe: what the
group no longer supplies at home is imported, which is `replacement`. Abroad only the imports of the region's lost
output are missing, :math:`A^{sr} d^r`, a first round without repercussions; that is what makes it the form for tables
of one country, and smaller than `complete` on a world table.

References
----------
Dietzenbacher, van Burken & Kondo (2019), on the imports assumed by hypothetical extraction; Miller & Lahr (2001).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from io_linkage.errors import SolveError
from io_linkage.intensities import Intensity
from io_linkage.leontief import Array
from io_linkage.leontief.removal import Removal
from io_linkage.table import MRIOTable


def _domestic(table: MRIOTable, inside: npt.NDArray[np.intp]) -> Array:
    """Return A^rr of one region."""
    system = table.system
    block = system.Z[np.ix_(inside, inside)]
    result: Array = np.divide(block, system.x[inside], out=np.zeros(block.shape), where=system.active[inside])
    return result


def _regions(table: MRIOTable) -> list[npt.NDArray[np.intp]]:
    return [np.flatnonzero(table.region_codes == code) for code in range(len(table.regions))]


def _home_demand(table: MRIOTable, code: int, inside: npt.NDArray[np.intp]) -> Array:
    own = np.asarray(table.accounts.demand.get_level_values(0) == table.regions[code])
    return np.asarray(table.accounts.Y[np.ix_(inside, np.flatnonzero(own))].sum(axis=1))


def noncompetitive_group(table: MRIOTable, share: Array, cut: Removal) -> tuple[Array, Array, float]:
    """Return the loss of output, the part of it that is the group's own, and what is bought abroad instead."""
    loss, own = np.zeros(len(share)), np.zeros(len(share))
    x, replacement = table.accounts.x, 0.0
    missing = np.zeros(len(share))
    for code, inside in enumerate(_regions(table)):
        s = share[inside]
        if not s.any():
            continue
        A, w = _domestic(table, inside), cut.share * s
        d = _solve(np.eye(len(inside)) - (1 - w)[:, None] * A, w * x[inside], table.regions[code])
        left = np.divide((1 - cut.share) * s, 1 - w, out=np.zeros(len(s)), where=w < 1)
        loss[inside], own[inside] = d, s * x[inside] - left * (x[inside] - d)
        replacement += float((w * (A @ (x[inside] - d) + _home_demand(table, code, inside))).sum())
        per_output = np.divide(d, x[inside], out=np.zeros(len(d)), where=x[inside] > 0)
        missing += np.where(table.region_codes == code, 0.0, table.accounts.Z[:, inside] @ per_output)
    # Regions of the group respond by themselves; what one no longer buys from another is lost there as well, but for
    # the part that was taken out anyway.
    return loss + (1 - cut.share * share) * missing, own, replacement


def _solve(matrix: Array, right: Array, region: str) -> Array:
    try:
        return np.asarray(np.linalg.solve(matrix, right), dtype=np.float64)
    except np.linalg.LinAlgError as error:
        raise SolveError(f"The domestic block of {region} is singular; look for negative flows in Z.") from error


def noncompetitive_each(table: MRIOTable, q: Intensity, cut: Removal) -> tuple[Array, Array]:
    """Return the parts (n, 4) of the losses without each industry by itself, and what is bought abroad instead."""
    x, Z = table.accounts.x, table.accounts.Z
    n = len(x)
    own, home, abroad, replacement = np.zeros(n), np.zeros(n), np.zeros(n), np.zeros(n)
    for code, inside in enumerate(_regions(table)):
        A = _domestic(table, inside)
        M = _solve(np.eye(len(inside)) - A, np.eye(len(inside)), table.regions[code])
        diagonal = np.diagonal(M)
        alpha = cut.share * x[inside] / (1 + cut.share * (diagonal - 1))
        here = q.counted[inside]
        own[inside] = alpha * diagonal * here
        home[inside] = alpha * (here @ M) - own[inside]
        outside = np.where(table.region_codes == code, 0.0, q.counted)
        imports = np.divide(outside @ Z[:, inside], x[inside], out=np.zeros(len(inside)), where=x[inside] > 0)
        abroad[inside] = alpha * (imports @ M)
        # Row j of A^rr times output after the loss alpha M e_j; A M = M - I.
        used = A @ x[inside] - alpha * (diagonal - 1)
        replacement[inside] = cut.share * (used + _home_demand(table, code, inside))
    return np.column_stack([own, home, abroad, own + home + abroad]), replacement
