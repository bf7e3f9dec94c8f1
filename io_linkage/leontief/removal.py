r"""What happens to output when flows are taken out of a table: closed forms and low-rank updates, on arrays alone.

Taking out the share :math:`s_i t_j` of every flow from i to j, and final demand :math:`\Delta y`, leaves

.. math:: \bar x = \bar A \bar x + y - \Delta y, \qquad \bar A = A - \hat s A \hat t

so that the loss :math:`d = x - \bar x` solves

.. math:: (I - A + \hat s A \hat t) \, d = \hat s A \hat t x + \Delta y .

No new inverse is needed: the matrix differs from I - A by a term whose rank is the smaller of the numbers of sellers
and buyers touched. A low rank is solved by the formula of Sherman, Morrison and Woodbury, a high one by an iteration
that uses the factorisation of I - A as its preconditioner.

Single industries need not even that: every kind of extraction of industry j with factor g leaves the loss

.. math:: d = \alpha_j L e_j - \beta_j e_j

with :math:`\alpha, \beta` from the diagonals of L and A, see `single`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from io_linkage.errors import SolveError, require_option, require_share
from io_linkage.leontief.arrays import Array
from io_linkage.leontief.iteration import relative_residual, solved_near
from io_linkage.leontief.system import RESIDUAL, System

Kind: TypeAlias = Literal["complete", "backward", "forward"]
InsideFlows: TypeAlias = Literal["removed", "kept"]

KINDS: tuple[Kind, ...] = ("complete", "backward", "forward")


@dataclass(frozen=True)
class Removal:
    """What an extraction takes out.

    Attributes
    ----------
    kind : str
        One of `KINDS`, or another that `io_linkage.extraction` adds to them.
    share : float
        How much of it, from 0 to 1.
    inside_flows : {"removed", "kept"}
        Whether the flows inside the group go as well, for backward and forward.
    """

    kind: str = "complete"
    share: float = 1.0
    inside_flows: InsideFlows = "removed"

    def __post_init__(self) -> None:
        """Refuse a share outside 0 to 1, and other words for the flows inside."""
        require_share("share", self.share)
        require_option("inside_flows", self.inside_flows, ("removed", "kept"))

    @property
    def attrs(self) -> dict[str, Any]:
        """What a result says of it."""
        return {"kind": self.kind, "share": self.share, "inside_flows": self.inside_flows}


#: Up to this rank a change is solved exactly with one right-hand side for each of its columns.
LOW_RANK = 64

#: A solution that exceeds its right-hand side by more than this comes from a singular block.
BEYOND = 1e10

#: Up to this size a group by itself is solved as a dense system of its own.
DENSE = 256


def single(system: System, cut: Removal) -> tuple[Array, Array]:
    r"""Return alpha and beta of all n extractions of one industry: its loss of output is alpha L[:, j] - beta e_j.

    With g the share taken out, l and a the diagonals of L and A, and y = x - Z i final demand:

    ========  =====================================  ==================================================
    kind      taken out                              alpha, beta
    ========  =====================================  ==================================================
    complete  row j and final demand of j            g x / (1 + g (l - 1)), 0
    backward  column j                               g x / (1 + g (l - 1)), the same
    backward  column j but for its diagonal          (1 - a) c, c = g x / (1 + g (l (1 - a) - 1)); beta = c
    forward   row j                                  g (x - y) / (1 + g (l - 1)), 0
    forward   row j but for its diagonal             g (x - y - a x) / (1 + g (l - 1 - a l)), 0
    ========  =====================================  ==================================================

    At g = 1 the first is x / l: the loss of all output is x_j (i'L)_j / l_jj.
    """
    kind, factor, inside_flows = cut.kind, cut.share, cut.inside_flows
    own = system.inverse_diagonal()
    a = np.divide(np.diagonal(system.Z), system.x, out=np.zeros(system.n), where=system.active)
    zeros = np.zeros(system.n)
    if kind == "complete":
        return factor * system.x / (1 + factor * (own - 1)), zeros
    if kind == "backward" and inside_flows == "removed":
        scale = factor * system.x / (1 + factor * (own - 1))
        return scale, scale
    if kind == "backward":
        scale = factor * system.x / (1 + factor * (own * (1 - a) - 1))
        return scale * (1 - a), scale
    sold = system.x * system.direct_forward_sums
    if inside_flows == "removed":
        return factor * sold / (1 + factor * (own - 1)), zeros
    return factor * (sold - a * system.x) / (1 + factor * (own - 1 - a * own)), zeros


def group(system: System, share: Array, cut: Removal) -> Array:
    """Loss of output, (n,), when the share s (n,) of every industry is extracted as one group; g of it is taken out.

    An industry of which a part is extracted counts as two industries with the same inputs and the same buyers. Then
    "complete" leaves 1 - g s of each row and of final demand, "backward" 1 - g s of each column and "forward"
    1 - g s of each row. With inside_flows="kept" the flows inside the group stay, so the two parts of an industry no
    longer have the same purchases (backward) or sales (forward), see `_between_parts`.
    """
    kind, factor, inside_flows = cut.kind, cut.share, cut.inside_flows
    rest = 1.0 - share
    everything = np.ones(system.n)
    where = np.flatnonzero(share)
    if system.has_inverse and inside_flows == "removed" and len(where) <= DENSE:
        return _from_inverse(system, where, factor * share[where], kind)
    if kind == "complete":
        demand = system.x * (1.0 - system.direct_forward_sums)
        return removal(system, factor * share, everything, factor * share * demand)
    sell, buy = (everything, factor * share) if kind == "backward" else (factor * share, everything)
    if inside_flows == "removed":
        return removal(system, sell, buy)
    sell, buy = (rest, buy) if kind == "backward" else (sell, rest)
    partial = ((share > 0) & (share < 1)).any()
    return _between_parts(system, sell, buy) if partial else removal(system, sell, buy)


def _from_inverse(system: System, where: npt.NDArray[np.intp], share: Array, kind: str) -> Array:
    """Loss from columns of an inverse that is there already; only the block of the group is solved."""
    columns = inverse_columns(system, where)
    x = system.x[where]
    u, beta = block_factors(columns[where], share, x, x * system.direct_forward_sums[where], kind)
    loss: Array = columns @ u
    loss[where] -= beta
    return loss


def _between_parts(system: System, sell: Array, buy: Array) -> Array:
    r"""Loss of output, (n,), when the parts of industries in a group stop trading with the other parts, by a factor g.

    Backward, the group buys less from the rest: :math:`\sigma = 1 - s, \tau = g s`; forward, it sells less to it:
    :math:`\sigma = g s, \tau = 1 - s`. With :math:`a = A \bar x + y`, what is asked of each industry before the cut,
    one part makes its share of a, the other its share less what is cut. They add up to
    :math:`\bar x = a - \hat\sigma A \hat\tau a`, so the loss :math:`d = x - \bar x` solves

    .. math:: (I - A + \hat\sigma A \hat\tau A) \, d = \hat\sigma A \hat\tau x
    """

    def remaining(z: Array) -> Array:
        used = system.apply(z)
        return np.asarray(z - used + sell * system.apply(buy * used))

    right = sell * system.apply(buy * system.x)
    sellers, buyers = np.flatnonzero(sell), np.flatnonzero(buy)
    if min(len(sellers), len(buyers)) > LOW_RANK:
        return solve_near(system, remaining, right)
    if len(buyers) <= len(sellers):
        per_output = np.divide(buy[buyers], system.x[buyers], out=np.zeros(len(buyers)), where=system.active[buyers])
        LU = system.solve(sell[:, None] * system.Z[:, buyers] * per_output)
        block = np.eye(len(buyers)) + input_rows(system, buyers) @ LU
        result = LU @ _solve_small(block, system.x[buyers])
    else:
        LE = inverse_columns(system, sellers)
        used = LE.copy()
        # A L = L - I.
        used[sellers, np.arange(len(sellers))] -= 1.0
        rows = sell[sellers, None] * input_rows(system, sellers) * buy
        result = LE @ _solve_small(np.eye(len(sellers)) + rows @ used, rows @ system.x)
    _require_small(right - remaining(result), right, result)
    return np.asarray(result)


def own_part(system: System, share: Array, loss: Array, cut: Removal) -> Array:
    """Return how much of a loss (n,) falls on the extracted parts of the industries themselves.

    It is s x less what the part still sells. Where a whole industry is extracted, that is all of its loss.
    """
    kind, factor, inside_flows = cut.kind, cut.share, cut.inside_flows
    if kind == "complete":
        left = np.divide((1 - factor) * share, 1 - factor * share, out=np.zeros(system.n), where=factor * share < 1)
        return np.asarray(share * system.x - left * (system.x - loss))
    if kind == "backward":
        return np.asarray(share * (loss if inside_flows == "removed" else system.apply(loss)))
    if inside_flows == "kept":
        used = system.apply(loss)
        return np.asarray(share * (used + factor * system.apply((1 - share) * (system.x - used))))
    sold = system.x * system.direct_forward_sums
    return np.asarray(share * (sold - (1 - factor) * system.apply(system.x - loss)))


def removal(system: System, sell: Array, buy: Array, demand: Array | None = None) -> Array:
    r"""Loss of output when :math:`\hat s A \hat t` and a part of final demand are taken out.

    Parameters
    ----------
    system : System
    sell, buy : array, (n,)
        s and t, from 0 to 1.
    demand : array, (n,), optional
        Final demand taken out.

    Returns
    -------
    array, (n,)

    Raises
    ------
    SolveError
        What is left has no unique solution, or it was not found to the required accuracy.
    """
    right = sell * system.apply(buy * system.x)
    if demand is not None:
        right = right + demand
    return solve_without(system, sell, buy, right)


def solve_without(system: System, sell: Array, buy: Array, right: Array) -> Array:
    r"""Solve :math:`(I - A + \hat s A \hat t) z = b`; see `removal`."""
    sellers, buyers = np.flatnonzero(sell), np.flatnonzero(buy)
    if min(len(sellers), len(buyers)) == 0:
        return system.solve(right)
    if min(len(sellers), len(buyers)) > LOW_RANK:
        return solve_near(system, lambda z: _remaining(system, sell, buy, z), right)
    if len(sellers) <= len(buyers):
        result = _update_rows(system, sell, buy, sellers, right)
    else:
        result = _update_columns(system, sell, buy, buyers, right)
    _require_small(right - _remaining(system, sell, buy, result), right, result)
    return result


def solve_inside(system: System, share: Array, right: Array) -> Array:
    r"""Solve :math:`(I - \hat w A) z = b` for b that is zero where the share w is: the group by itself.

    Only the rows of the group have entries, so a small group is solved in its own size.
    """
    where = np.flatnonzero(share)
    if len(where) > DENSE:
        return solve_without(system, 1.0 - share, np.ones(system.n), right)
    block = share[where, None] * input_rows(system, where)[:, where]
    result = np.zeros(system.n)
    result[where] = _solve_small(np.eye(len(where)) - block, right[where])
    return result


def inverse_columns(system: System, where: npt.NDArray[np.intp]) -> Array:
    """Return columns of L, (n, k): copied from L if it is there, else k solves."""
    if system.has_inverse:
        first, last = (int(where[0]), int(where[-1]) + 1) if len(where) else (0, 0)
        # Industries of one region are neighbours: a slice is a view, where picking columns copies them.
        return system.inverse()[:, first:last] if last - first == len(where) else system.inverse()[:, where]
    unit = np.zeros((system.n, len(where)))
    unit[where, np.arange(len(where))] = 1.0
    return system.solve(unit)


def input_rows(system: System, where: npt.NDArray[np.intp]) -> Array:
    """Return rows of A, (k, n)."""
    return np.divide(system.Z[where], system.x, out=np.zeros((len(where), system.n)), where=system.active)


def _update_rows(system: System, sell: Array, buy: Array, where: npt.NDArray[np.intp], right: Array) -> Array:
    # I - A + E V with E the unit columns of the sellers and V their rows of A, scaled.
    LE = inverse_columns(system, where)
    V = sell[where, None] * input_rows(system, where) * buy
    z = system.solve(right)
    return np.asarray(z - LE @ _solve_small(np.eye(len(where)) + V @ LE, V @ z))


def _update_columns(system: System, sell: Array, buy: Array, where: npt.NDArray[np.intp], right: Array) -> Array:
    # I - A + U E' with U the buyers' columns of A, scaled.
    per_output = np.divide(buy[where], system.x[where], out=np.zeros(len(where)), where=system.active[where])
    LU = system.solve(sell[:, None] * system.Z[:, where] * per_output)
    z = system.solve(right)
    return np.asarray(z - LU @ _solve_small(np.eye(len(where)) + LU[where], z[where]))


def _solve_small(matrix: Array, right: Array) -> Array:
    """Solve the system of one block, or of many stacked ones; refuse a singular block."""
    try:
        result = np.asarray(np.linalg.solve(matrix, right), dtype=np.float64)
    except np.linalg.LinAlgError:
        result = np.full(right.shape, np.inf)
    # A block that is singular but for rounding is solved without complaint, with numbers beyond all measure.
    if not np.abs(result).max(initial=0.0) <= BEYOND * np.abs(right).max(initial=1.0):
        raise SolveError(
            f"The block of {matrix.shape[-1]} industries to be taken out is singular, so what remains of the table has "
            "no unique solution. Look for negative flows or industries that use up all they make."
        )
    return result


def solve_near(system: System, remaining: Callable[[Array], Array], right: Array) -> Array:
    """Solve remaining(z) = b for a matrix near I - A, given as its product with a vector.

    The factorisation of I - A is the preconditioner of the iteration (GMRES).

    Raises
    ------
    SolveError
        The required accuracy was not reached.
    """
    result = solved_near(system, remaining, right)
    _require_small(right - remaining(result), right, result)
    return result


def _remaining(system: System, sell: Array, buy: Array, z: Array) -> Array:
    """(I - A + hat(s) A hat(t)) z."""
    return np.asarray(z - system.apply(z) + sell * system.apply(buy * z))


def _require_small(residual: Array, right: Array, result: Array) -> None:
    if not np.abs(result).max() <= BEYOND * np.abs(right).max():
        raise SolveError(
            "What remains of the table without the extracted flows is singular, so its output has no unique solution. "
            "Look for negative flows or industries that use up all they make."
        )
    size = relative_residual(residual, right, result)
    if not size <= RESIDUAL:
        raise SolveError(
            f"The table without the extracted flows was solved only to a relative residual of {size:.2g}; "
            f"{RESIDUAL:g} is required. What remains is close to singular: look for negative flows in Z."
        )


def block_factors(own: Array, share: Array, x: Array, sold: Array, kind: str) -> tuple[Array, Array]:
    r"""Return u and beta of extractions of parts of one block K: the loss of output is L[:, K] u - E_K beta.

    .. math:: u = (I + \hat w (L_{KK} - I))^{-1} \hat w x_K, \quad \beta = 0 \text{ or } u

    with x - y in place of x for a forward extraction and beta = u for a backward one.

    Parameters
    ----------
    own : array, (m, m)
        L_KK.
    share : array, (..., m)
        Extracted shares w, for any number of extractions at once.
    x, sold : array, (m,)
        Output, and what of it is sold to industries.
    """
    matrix = np.eye(len(own)) + share[..., :, None] * (own - np.eye(len(own)))
    right = share * (sold if kind == "forward" else x)
    u = _solve_small(matrix, right[..., None])[..., 0]
    return u, u if kind == "backward" else np.zeros_like(u)


def allocation_ratio(system: System, share: float) -> Array:
    r"""Return r of all n extractions of one industry's allocation coefficients: r_j = g / (1 + g (l_jj - 1)), (n,)."""
    return share / (1 + share * (system.inverse_diagonal() - 1))


def allocation_group(system: System, share: Array) -> Array:
    r"""Loss of output, (n,), in the Ghosh model when shares w (n,) of the rows of B are taken out.

    .. math:: d = \hat x e, \quad e = (L' - I)_{\cdot K} r, \quad r = (I + \hat w (L_{KK}' - I))^{-1} \hat w \iota

    One transposed solve for each industry of the group.
    """
    where = np.flatnonzero(share)
    if system.has_inverse:
        rows = system.inverse()[where].T
    else:
        unit = np.zeros((system.n, len(where)))
        unit[where, np.arange(len(where))] = 1.0
        rows = system.solve_transposed(unit)
    ones = np.ones(len(where))
    r, _ = block_factors(rows[where], share[where], ones, ones, "complete")
    lost = rows @ r
    lost[where] -= r
    return np.asarray(system.x * lost)
