r"""What a scenario leaves: before and after, tiers, gainers and losers, and the table itself.

Terms
-----
first tier : what the moves do directly, :math:`\delta = \Delta A x + \Delta y`.
tier k : :math:`t_{k+1} = (A + \Delta A) t_k`, suppliers of the tier before; tiers add up to the change of output.
loss chain, gain chain : the same from what falls and from what rises in the first tier alone. Who is hit first, second
    and third is the loss chain, since in totals an industry's gains cancel its losses.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, get_args

import numpy as np
import pandas as pd

from io_linkage.captions import labelled
from io_linkage.errors import AddingUpError, OptionError, require_option
from io_linkage.intensities import Account, Intensity, intensity
from io_linkage.leontief import Array
from io_linkage.satellites import PROXY
from io_linkage.scenarios.bans import SupplyBan
from io_linkage.scenarios.solving import Solution
from io_linkage.selection import groups_by, region_codes
from io_linkage.table import MRIOTable

if TYPE_CHECKING:
    from io_linkage.scenarios.moves import Scenario

Chain: TypeAlias = Literal["loss", "gain", "net"]
Grouping: TypeAlias = Literal["country-industry", "region", "industry", "stage", "region-stage"]

_CHAINS = {"loss": "loss chain", "gain": "gain chain", "net": "change"}

#: Largest gap in an identity, relative to the terms that it adds up.
_TOLERANCE = 1e-9


@dataclass(frozen=True, eq=False, repr=False)
class Outcome:
    """A table before and after a scenario; the identities that bind them are checked when it is made.

    Checked: tiers add up to the change of output (in the loss and the gain chain), no output is below zero, moves that
    change suppliers alone leave the column sums of A and total final demand as they were, and with value added as the
    residual the change of the world's value added is then zero.

    Attributes
    ----------
    base : MRIOTable
        The table before.
    scenario : Scenario
    solution : Solution
        Arrays.

    See Also
    --------
    run, impact
    """

    base: MRIOTable
    scenario: Scenario
    solution: Solution

    def __post_init__(self) -> None:
        """Check the identities."""
        d = self.solution.change
        scale = np.abs(d).max(initial=0.0) + self.base.accounts.x.max()
        _require("the tiers add up to the change of output", self.solution.gap(), scale)
        if not self.is_pure:
            return
        blocks = self.solution.blocks
        sums = np.zeros(len(d))
        moved = 0.0
        for block in blocks:
            sums[block.columns] += block.values.sum(axis=0)
            moved = max(moved, float(np.abs(block.values).max(initial=0.0)))
        _require("the column sums of A stay", np.abs(sums).max(initial=0.0), max(moved, 1e-6))
        demand = sum(float(block.values.sum()) for block in self.solution.final)
        spent = sum(float(np.abs(block.values).sum()) for block in self.solution.final)
        _require("total final demand stays", abs(demand), max(spent, 1e-6))
        residual = 1.0 - self.base.system.direct_column_sums
        _require("the world's primary inputs stay", abs(float(residual @ d)), float(np.abs(residual * d).sum()) or 1.0)

    @property
    def is_pure(self) -> bool:
        """Whether moves change suppliers alone, so that every buyer's total stays."""
        return all(edit.pure for edit in self.solution.edits) and not len(self.solution.fixed.positions)

    # Before and after.

    @cached_property
    def _output(self) -> Array:
        return np.maximum(self.base.accounts.x + self.solution.change, 0.0)

    @cached_property
    def implied(self) -> Array:
        """Final demand for industries whose output is fixed, as it follows, in the order of `solution.fixed`."""
        from io_linkage.leontief.removal import input_rows
        from io_linkage.leontief.updates import apply

        rows = self.solution.fixed.positions
        used = input_rows(self.base.system, rows) @ self._output + apply(self.solution.blocks, self._output)[rows]
        return np.asarray(self.solution.fixed.output - used)

    @cached_property
    def _demand_after(self) -> Array:
        Y = self.base.accounts.Y.copy(order="K")
        for block in self.solution.final:
            Y[np.ix_(block.rows, block.columns)] += block.values
        rows = self.solution.fixed.positions
        for row, wanted in zip(rows, self.implied, strict=True):
            given = np.maximum(Y[row], 0.0)
            if given.sum() > 0:
                Y[row] += (wanted - Y[row].sum()) * given / given.sum()
            else:
                own = self.base.accounts.demand.get_level_values(0) == self.base.index[row][0]
                Y[row, np.flatnonzero(own)[0]] += wanted - Y[row].sum()
        return Y

    @cached_property
    def table(self) -> MRIOTable:
        """The table after the scenario, for any measure; value added per unit of output is that before."""
        from io_linkage.scenarios.after import table_after

        return table_after(self)

    @property
    def before(self) -> pd.DataFrame:
        """Output, final demand and value added before, by (region, industry)."""
        return self._levels("before", self.base.accounts.x, self.base.accounts.Y, None)

    @property
    def after(self) -> pd.DataFrame:
        """Output, final demand and value added after, by (region, industry); NaN where final demand is not known."""
        return self._levels("after", self._output, self._demand_after, self._value_added_after)

    @cached_property
    def _value_added_after(self) -> Array:
        return np.asarray(self.base.va.to_numpy(dtype=np.float64) + self._changed(intensity(self.base, "value_added")))

    def _levels(self, when: str, x: Array, Y: Array, va: Array | None) -> pd.DataFrame:
        value_added = self.base.va.to_numpy(dtype=np.float64) if va is None else va
        frame = pd.DataFrame(
            {"output": x, "final_demand": Y.sum(axis=1), "value_added": value_added}, index=self.base.index
        )
        if when == "after" and isinstance(self.solution, SupplyBan):
            frame["final_demand"] = np.nan
        return labelled(frame, self._caption(f"{when} the scenario", self.base.unit))

    def per_output(self, q: Intensity) -> Array:
        """Account per unit of output after the scenario, (n,), 0 where it is not known; see `ProductionAbroad`."""
        counted = q.counted.copy()
        for host, investor, share in self.solution.makers:
            if not q.is_output:
                counted[host] += share * (q.counted[investor] - q.counted[host])
        return counted

    def change(
        self, *, of: Account = "output", by: Grouping = "country-industry", stage_weights: pd.DataFrame | None = None
    ) -> pd.DataFrame:
        r"""Change of output, value added, jobs or another account.

        .. math:: \Delta q = \hat q \, d

        Parameters
        ----------
        of : str or Series
            "output", "value_added", a satellite, or an account on the table's index.
        by : {"country-industry", "region", "industry", "stage", "region-stage"}
        stage_weights : DataFrame, optional
            Stage shares in place of the shipped ones.

        Returns
        -------
        DataFrame: ``before``, ``after``, ``change``, ``change_percent`` (of before); NaN where it is not known.
        """
        q = intensity(self.base, of)
        values = {"before": q.amounts(self.base), "change": self._changed(q)}
        return self._grouped(values, q, by, stage_weights, f"change of {q.label}", percent=True)

    def _changed(self, q: Intensity) -> Array:
        """Return the change of an account, (n,): by output, and by what it is per unit of output."""
        weight = self.per_output(q)
        return np.asarray(weight * self.solution.change + (weight - q.counted) * self.base.accounts.x)

    def tiers(
        self,
        *,
        of: Account = "output",
        by: Grouping = "region",
        chain: Chain = "loss",
        rounds: int = 5,
        stage_weights: pd.DataFrame | None = None,
    ) -> pd.DataFrame:
        r"""Who is hit first, second, third: the change by rounds of suppliers.

        .. math:: t_1 = \Delta A x + \Delta y, \qquad t_{k+1} = (A + \Delta A) \, t_k, \qquad \sum_k t_k = d

        Parameters
        ----------
        of, by, stage_weights
            As in `change`.
        chain : {"loss", "gain", "net"}
            From what falls in the first round, from what rises, or both; then an industry's gains cancel its losses.
        rounds : int
            Tiers shown one by one.

        Returns
        -------
        DataFrame: ``tier_1``, ``tier_2``, ..., ``later``, ``total``.
        """
        require_option("chain", chain, get_args(Chain))
        if rounds < 1:
            raise OptionError(f"rounds={rounds} is not possible; show at least one tier.")
        q = intensity(self.base, of)
        weight = self.per_output(q)
        first, total = self._chain(chain)
        made_elsewhere = self._chain_sign(chain, (weight - q.counted) * self.base.accounts.x)
        tiers, seen = {}, np.zeros_like(first)
        for k, tier in zip(range(1, rounds + 1), self.solution.tiers(first), strict=False):
            tiers[f"tier_{k}"] = weight * tier + (made_elsewhere if k == 1 else 0.0)
            seen = seen + tier
        tiers["later"] = weight * (total - seen)
        tiers["total"] = weight * total + made_elsewhere
        return self._grouped(tiers, q, by, stage_weights, f"{_CHAINS[chain]} of {q.label}, by tier")

    def losers(self, *, of: Account = "value_added", by: Grouping = "region", **options: Any) -> pd.DataFrame:
        """Who loses, most first, by the loss chain alone: ``loss``, ``gain``, ``change``, ``change_percent``.

        Options as in `change`. What an industry loses is not reduced by what it gains; both are shown.
        """
        return self._sides(of, by, "loss", **options)

    def gainers(self, *, of: Account = "value_added", by: Grouping = "region", **options: Any) -> pd.DataFrame:
        """Who gains, most first, by the gain chain alone; as `losers`."""
        return self._sides(of, by, "gain", **options)

    def _sides(
        self, of: Account, by: Grouping, side: Literal["loss", "gain"], stage_weights: pd.DataFrame | None = None
    ) -> pd.DataFrame:
        q = intensity(self.base, of)
        weight = self.per_output(q)
        elsewhere = (weight - q.counted) * self.base.accounts.x
        values = {
            "before": q.amounts(self.base),
            "loss": weight * self.solution.loss + np.minimum(elsewhere, 0.0),
            "gain": weight * self.solution.gain + np.maximum(elsewhere, 0.0),
        }
        frame = self._grouped(values, q, by, stage_weights, f"{side} of {q.label}")
        out = frame[["loss", "gain"]].copy()
        out["change"] = out["loss"] + out["gain"]
        out["change_percent"] = _percent(out["change"], frame["before"])
        out = out.sort_values(side, ascending=side == "loss", kind="stable")
        return labelled(out[(out["loss"] < 0) if side == "loss" else (out["gain"] > 0)], frame.attrs)

    @property
    def unmet(self) -> pd.DataFrame:
        """What could not move, by (home, industry): ``asked``, ``met`` (strengths), ``moved``, ``unmet``.

        Capacity limits it, or the new supplier does not make the product (met with 0). It stays with the old suppliers.
        """
        from io_linkage.scenarios.after import unmet

        frame = unmet(self)
        return labelled(frame, self._caption("moves not met", self.base.unit))

    @property
    def implied_demand(self) -> pd.DataFrame:
        r"""Final demand that fixed outputs imply: ``before``, ``implied``, ``unserved`` (what is below zero).

        .. math:: f_K = \bar x_K - A'_{K\cdot} x'

        Below zero, industries use more of the product than is made: users are served from nowhere.
        """
        rows = self.solution.fixed.positions
        implied = self.implied
        frame = pd.DataFrame(
            {
                "before": self.base.accounts.Y[rows].sum(axis=1),
                "implied": implied,
                "unserved": np.maximum(-implied, 0.0),
            },
            index=self.base.index[rows],
        )
        return labelled(frame, self._caption("implied final demand", self.base.unit))

    @cached_property
    def assumptions(self) -> dict[str, str]:
        """Closure, substitution, horizon and value added, in a sentence each, and what else has to be known."""
        from io_linkage.scenarios.assumptions import assumptions

        return assumptions(self)

    def knowledge_lost(self, *, of: Account = PROXY, focus: str | None = None, origin: str = "abroad") -> pd.DataFrame:
        r"""Knowledge embodied in an economy's products, before and after its suppliers changed.

        .. math:: d'(L' - L)

        Parameters
        ----------
        of : str or Series
            The account that stands for knowledge; the shipped proxy of R&D by default, see
            `io_linkage.technology.with_rd`.
        focus : str, optional
            Region; by default the one that loses the largest share of its value added.
        origin : {"abroad", "home", "all"}
            Whose knowledge is counted: that of other regions, the region's own, or both.

        Returns
        -------
        DataFrame by (region, industry) of the focus: ``before``, ``after``, ``change``, ``change_percent``, per unit of
        the industry's final product.

        References
        ----------
        Papaconstantinou, Sakurai & Wyckoff (1996), OECD STI working paper 1996/01.
        """
        from io_linkage.scenarios.knowledge import knowledge_lost

        return knowledge_lost(self, of, focus, origin)

    def compare(
        self, measure: str | Callable[[MRIOTable], pd.DataFrame | pd.Series[Any]], **options: Any
    ) -> pd.DataFrame:
        """Compare an existing measure before and after.

        Parameters
        ----------
        measure : str or function
            One of `io_linkage.scenarios.MEASURES` ("trade", "position", "participation", "linkages", "embodied" ...),
            or a function of a table.
        **options
            Of that measure.

        Returns
        -------
        DataFrame with column levels (column of the measure, "before" / "after" / "change").
        """
        from io_linkage.scenarios.comparisons import compared

        return compared(self, measure, options)

    # What the results share.

    def _chain(self, chain: Chain) -> tuple[Array, Array]:
        solution = self.solution
        total = {"loss": solution.loss, "gain": solution.gain, "net": solution.change}[chain]
        return self._chain_sign(chain, solution.first_round), total

    @staticmethod
    def _chain_sign(chain: Chain, values: Array) -> Array:
        if chain == "net":
            return values
        return np.minimum(values, 0.0) if chain == "loss" else np.maximum(values, 0.0)

    def _grouped(
        self,
        values: dict[str, Array],
        q: Intensity,
        by: Grouping,
        stage_weights: pd.DataFrame | None,
        measure: str,
        *,
        percent: bool = False,
    ) -> pd.DataFrame:
        require_option("by", by, get_args(Grouping))
        columns = np.column_stack(list(values.values()))
        if by == "country-industry":
            names: pd.Index[Any] = self.base.index
            columns = np.where((q.known & self.base.active)[:, None], columns, np.nan)
        else:
            W, names = groups_by(self.base, by, stage_weights)
            unknown = (W.T @ (~q.known).astype(np.float64) > 0) | (W.T @ self.base.active.astype(np.float64) == 0)
            columns = W.T @ np.nan_to_num(columns)
            columns[unknown] = np.nan
        frame = pd.DataFrame(columns, index=names, columns=list(values))
        if percent:
            frame.insert(1, "after", frame["before"] + frame["change"])
            frame["change_percent"] = _percent(frame["change"], frame["before"])
        return labelled(frame, self._caption(measure, q.unit, by=by, **q.attrs))

    def _caption(self, measure: str, unit: str, **attrs: Any) -> dict[str, Any]:
        notes = [str(attrs.pop("note"))] if "note" in attrs else []
        notes += [self.assumptions["warning"]] if "warning" in self.assumptions else []
        more = {"note": " ".join(notes)} if notes else {}
        said = {key: sentence for key, sentence in self.assumptions.items() if key != "warning"}
        return self.base.caption(measure, unit, scenario=self.scenario.name, assumptions=said, **attrs, **more)

    def hurt(self) -> str:
        """Return the region that loses the largest share of its value added."""
        losses = self.change(of="value_added", by="region")["change_percent"]
        if not (losses < 0).any():
            raise OptionError("No region loses value added in this scenario; name the region with focus=.")
        return str(losses.idxmin())

    def regions(self, names: str) -> list[str]:
        """Codes of the table for a region, name or group."""
        return region_codes(self.base, names)

    def __repr__(self) -> str:
        """Name, table, and who gains and loses most."""
        world = self.change(of="value_added", by="region")
        shares = world["change_percent"].dropna().sort_values()
        ends = [(name, shares[name]) for name in dict.fromkeys([*shares.index[:2], *shares.index[-2:]])]
        said = ", ".join(f"{name} {share:+.2f} %" for name, share in ends)
        warning = f" {self.assumptions['warning']}" if "warning" in self.assumptions else ""
        return f"<Outcome {self.scenario.name!r} on {self.base.label}: value added {said}>{warning}"


def _percent(change: pd.Series[float], before: pd.Series[float]) -> pd.Series[float]:
    return 100 * change / before.where(before != 0)


def _require(identity: str, gap: float, scale: float) -> None:
    if not gap <= _TOLERANCE * scale:
        raise AddingUpError(
            f"In the outcome of the scenario it does not hold that {identity}: the gap is {gap:.3g}, against terms of "
            f"{scale:.3g}. Please report this with the scenario."
        )
