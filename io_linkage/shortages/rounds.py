"""Shortages of products passed on from sources to buyers, in rounds."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from io_linkage.captions import labelled
from io_linkage.errors import OptionError, require_option, require_share
from io_linkage.intensities import Account, Intensity, intensity
from io_linkage.leontief import Array
from io_linkage.selection import groups_by
from io_linkage.shortages.capacities import Capacity, described, lost_capacity
from io_linkage.shortages.criticality import Ratings, products, purchases, ratings
from io_linkage.table import MRIOTable

Rule: TypeAlias = Literal["leontief", "strongly_critical", "half_critical", "weakly_critical", "linear"]
Grouping: TypeAlias = Literal["region", "industry", "stage", "region-stage"]

RULES: tuple[Rule, ...] = ("leontief", "strongly_critical", "half_critical", "weakly_critical", "linear")
#: More rounds approach the fixed point, which is degenerate (see the package).
MOST_ROUNDS = 10


@dataclass(frozen=True)
class Supply:
    """What buyers buy of each product, and which of it binds; arrays alone."""

    flows: Array
    codes: npt.NDArray[np.intp]
    bought: Array
    essential: npt.NDArray[np.bool_]
    important: npt.NDArray[np.bool_]
    linear: bool

    def missing(self, loss: Array, substitution: float) -> tuple[Array, Array]:
        """Return the missing share of each product for each buyer (p, n), and what other sources sell more (n,)."""
        short = self._summed(loss)
        extra = np.zeros(len(loss))
        if substitution > 0:
            able = (loss == 0).astype(np.float64)
            room = substitution * self._summed(able)
            taken = np.minimum(short, room)
            used = np.divide(taken, room, out=np.zeros_like(room), where=room > 0)
            extra = able * substitution * np.einsum("ij,ij->i", self.flows, used[self.codes])
            short -= taken
        share = np.divide(short, self.bought, out=np.zeros_like(short), where=self.bought > 0)
        return share, extra

    def _summed(self, weight: Array) -> Array:
        """Purchases of each product by each buyer, (p, n), those from each source times its weight."""
        W = np.zeros_like(self.bought)
        W[self.codes, np.arange(len(weight))] = weight
        return np.asarray(W @ self.flows)

    def passed_on(self, share: Array) -> tuple[Array, npt.NDArray[np.intp]]:
        """Return the loss of output that missing inputs bring, (n,), and the product that binds, -1 for none."""
        if self.linear:
            inputs = self.bought.sum(axis=0)
            lost = (share * self.bought).sum(axis=0)
            return np.divide(lost, inputs, out=np.zeros_like(inputs), where=inputs > 0), np.full(len(inputs), -1)
        weight = np.where(self.essential, share, np.where(self.important, share / 2, 0.0))
        worst = weight.argmax(axis=0)
        lost = weight[worst, np.arange(weight.shape[1])]
        return lost, np.where(lost > 0, worst, -1)


def run(
    table: MRIOTable,
    *,
    capacity: Capacity,
    ratings: Ratings = "survey",
    rule: Rule = "half_critical",
    rounds: int = 1,
    substitution: float = 0.0,
    of: Account = "value_added",
    by: Grouping | None = None,
    stage_weights: pd.DataFrame | None = None,
) -> pd.DataFrame:
    r"""Loss of output where capacity is lost and where inputs are short, round by round.

    .. math:: r_j^{(k)} = \min\Big(c_j, \min_{p \text{ essential}} a_{pj}^{(k-1)},
        \min_{p \text{ important}} \tfrac12 (1 + a_{pj}^{(k-1)})\Big), \qquad
        a_{pj}^{(k)} = \sum_s w_{spj} r_s^{(k)}, \qquad r^{(0)} = c

    Products, not country varieties, are short: who buys electronics from many countries misses only the share of the
    one that is short. The account lost is in proportion to output.

    Parameters
    ----------
    table : MRIOTable
    capacity : mapping or Series
        (region, industry) to the share of output that can still be made, 0 to 1. Groups and names count as in
        `io_linkage.selection`; who is not named keeps all of it.
    ratings : {"survey", "cost_share"}, DataFrame or path
        As `source` in `ratings`. The rules leontief and linear use none.
    rule : {"half_critical", "leontief", "strongly_critical", "weakly_critical", "linear"}
        half_critical: an important input counts by half. leontief: all inputs are essential. strongly_critical:
        important ones are essential. weakly_critical: important ones never bind. linear: each input counts by its
        share in the intermediate inputs.
    rounds : int
        How often the shortage is passed on, 1 to 10. The fixed point is not offered, since it is degenerate (see
        `io_linkage.shortages`).
    substitution : float
        How much more than usual the sources that are not short deliver to each buyer, as a share of what they
        deliver. None by default.
    of, by, stage_weights
        Account lost, and groups to add it up to, as in `io_linkage.extraction.losses`.

    Returns
    -------
    DataFrame on the table's index, or by group: `direct`, the loss from the missing capacity itself, `round_1` to
    `round_k`, what each round adds, `total`, and `loss_share`, the total as a share of the account. By
    country-industry also `binding`, the product that limits output (empty where none does), and `expansion_share`,
    how much more the sources deliver that replace others, as a share of their output. The last is not among the losses.

    Raises
    ------
    OptionError
        A capacity outside 0 to 1, an unknown rule, rounds outside 1 to 10.
    UnknownLabelError
        A region, industry or product that the table does not have.

    References
    ----------
    Pichler, Pangallo, del Rio-Chanona, Lafond & Farmer (2022), whose rule is half critical; on products
    instead of the varieties of each country, and without stocks.

    See Also
    --------
    cost_share : The lower reading.
    availability : What each buyer still gets.

    Examples
    --------
    >>> import io_linkage as iol
    >>> lost = run(iol.load(), capacity={("CHN", "30t33"): 0.5}, by="region")
    >>> bool(lost.loc["CHN", "direct"] > 0), float(lost.loc["KOR", "direct"])
    (True, 0.0)
    """
    require_option("rule", rule, RULES)
    require_share("substitution", substitution)
    if isinstance(rounds, bool) or not isinstance(rounds, int) or not 1 <= rounds <= MOST_ROUNDS:
        raise OptionError(
            f"rounds={rounds!r} is not possible; it must be a whole number from 1 to {MOST_ROUNDS}. The fixed point "
            "is not offered: under this rule it spreads one loss to every industry that buys inputs."
        )
    q = intensity(table, of)
    lost = lost_capacity(table, capacity)
    supply, rated = _supply(table, ratings, rule)
    losses, binding, extra = _rounds(supply, lost, rounds, substitution)
    parts = np.column_stack([losses[0], *(late - early for early, late in pairwise(losses))])
    out = _frame(table, q, np.column_stack([parts, losses[-1]]), by, stage_weights)
    if by is None:
        names = np.array([*table.industries, ""], dtype=object)
        out["binding"] = names[binding]
        out["expansion_share"] = np.where(table.active, table.per_output(extra), np.nan)
    attrs = table.caption(
        f"{q.label} lost with {described(table, lost)}",
        q.unit,
        rounds=rounds,
        shortage_rule=rule,
        ratings=rated,
        substitution=substitution,
        assumptions=_assumptions(substitution, rounds),
        units={"loss_share": "share of the account"},
        **q.attrs,
    )
    return labelled(out, attrs)


def availability(table: MRIOTable, *, capacity: Capacity, substitution: float = 0.0) -> pd.DataFrame:
    r"""Share of each product that each buyer still gets when sources lose capacity.

    .. math:: a_{pj} = \sum_s w_{spj} c_s, \qquad w_{spj} = z_{(s,p)j} \Big/ \sum_s z_{(s,p)j}

    Parameters
    ----------
    table, capacity, substitution
        As in `run`.

    Returns
    -------
    DataFrame, (products, n), 0 to 1; NaN where the buyer does not buy the product.

    Raises
    ------
    OptionError
        A capacity or a substitution outside 0 to 1.

    References
    ----------
    Pichler, Pangallo, del Rio-Chanona, Lafond & Farmer (2022), on products instead of varieties.

    See Also
    --------
    run : What that does to output.
    """
    require_share("substitution", substitution)
    lost = lost_capacity(table, capacity)
    supply, _ = _supply(table, "cost_share", "linear")
    share, _ = supply.missing(lost, substitution)
    values = np.where(supply.bought > 0, 1.0 - share, np.nan)
    frame = pd.DataFrame(values, index=pd.Index(table.industries, name="product"), columns=table.index)
    attrs = table.caption(
        f"availability of products with {described(table, lost)}",
        "share of usual purchases",
        substitution=substitution,
        rows="products",
        columns="buyers",
    )
    return labelled(frame, attrs)


def binding_inputs(rated: Array, rule: Rule) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Which inputs bind in full and which by half under a rule, (products, n) each."""
    none = np.zeros(rated.shape, dtype=bool)
    essential = {
        "leontief": ~none,
        "strongly_critical": rated >= 0.5,
        "half_critical": rated == 1,
        "weakly_critical": rated == 1,
        "linear": none,
    }[rule]
    return essential, (rated == 0.5) if rule == "half_critical" else none


def rated_inputs(table: MRIOTable, source: Ratings, rule: Rule) -> tuple[Array, str]:
    """Ratings, (products, n), and where they come from; leontief and linear need none."""
    if rule in ("leontief", "linear"):
        return np.zeros((len(table.industries), len(table.index))), "none: the rule treats all inputs alike"
    frame = ratings(table, source=source)
    return frame.to_numpy(), str(frame.attrs["ratings"])


def _supply(table: MRIOTable, source: Ratings, rule: Rule) -> tuple[Supply, str]:
    rated, name = rated_inputs(table, source, rule)
    flows = purchases(table)
    essential, important = binding_inputs(rated, rule)
    return Supply(flows, table.industry_codes, products(table) @ flows, essential, important, rule == "linear"), name


def _rounds(
    supply: Supply, lost: Array, rounds: int, substitution: float
) -> tuple[list[Array], npt.NDArray[np.intp], Array]:
    """Return the loss of output after 0, 1, ... rounds, what binds in the end, and what other sources sell more."""
    losses, extra = [lost], np.zeros(len(lost))
    binding = np.full(len(lost), -1)
    for _ in range(rounds):
        share, extra = supply.missing(losses[-1], substitution)
        passed, which = supply.passed_on(share)
        binding = np.where(passed > lost, which, -1)
        # A source that is short itself replaces no longer, so later rounds only add.
        losses.append(np.maximum(losses[-1], passed))
    return losses, binding, extra


def _frame(
    table: MRIOTable, q: Intensity, losses: Array, by: Grouping | None, stage_weights: pd.DataFrame | None
) -> pd.DataFrame:
    amounts = q.amounts(table)
    known = q.known & table.active
    values = amounts[:, None] * losses
    index: pd.Index[Any] = table.index
    if by is not None:
        W, index = groups_by(table, by, stage_weights)
        values, amounts = W.T @ values, W.T @ amounts
        known = W.T @ known.astype(np.float64) > 0
    values[~known] = np.nan
    names = ["direct", *(f"round_{k}" for k in range(1, losses.shape[1] - 1)), "total"]
    out = pd.DataFrame(values, index=index, columns=names)
    share = np.divide(out["total"].to_numpy(), amounts, out=np.full(len(amounts), np.nan), where=amounts != 0)
    out["loss_share"] = share if by is not None else np.where(known, losses[:, -1], np.nan)
    return out


def _assumptions(substitution: float, rounds: int) -> dict[str, Any]:
    replaced = (
        f"other sources deliver up to {100 * substitution:.4g} % more than usual to each buyer"
        if substitution > 0
        else "buyers find no other source, and no other input, than their usual ones"
    )
    passed = "once" if rounds == 1 else f"{rounds} times"
    return {
        "closure": "Demand and prices stay as they are; output is limited by capacity and by inputs alone",
        "substitution": replaced[:1].upper() + replaced[1:],
        "horizon": f"About two months, without stocks; the shortage is passed on {passed}",
    }
