"""A change and what it is made of, checked when it is made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from io_linkage.captions import labelled
from io_linkage.decomposition.averages import AVERAGES, Average, effects, merged, spread
from io_linkage.decomposition.factors import FACTORS, Mask
from io_linkage.decomposition.grouping import By, empty_groups, groups
from io_linkage.errors import AddingUpError, OptionError, require_option, unknown
from io_linkage.leontief import Array
from io_linkage.wording import counted

#: Intensity and input coefficients as one line: v = 1 - i'A, so they do not move apart.
JOINED = "intensity_and_inputs"

#: Largest gap between the effects and the change, relative to the account.
ADDING_UP = 1e-9


@dataclass(frozen=True, eq=False)
class Change:
    """The change of an account from one table to the next, split into factors that add up to it.

    Attributes
    ----------
    values : array, (steps, 64, n)
        The account with each subset of factors at its last values; bit k of the position is factor k.
    totals : array, (steps, 2, n)
        The account itself before and after each step, from the tables.
    years : tuple of (int or None, int or None)
        The years of each step.
    index : MultiIndex (region, industry)
    known : array of bool, (n,)
        Where the account is known in all years and there is output in one of them.
    dependent : bool
        Whether intensity and input coefficients move together, as for value added.
    attrs : mapping
        Account, unit, tables, years, source, prices.

    Raises
    ------
    AddingUpError
        When the effects miss the change of the account.
    """

    values: Array
    totals: Array
    years: tuple[tuple[int | None, int | None], ...]
    index: pd.MultiIndex
    known: Mask
    dependent: bool = False
    attrs: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Check that the effects add up to the change in the tables."""
        ends = self.values[:, [0, -1]]
        size = np.maximum(np.abs(self.values).max(axis=1, keepdims=True), np.abs(self.totals))
        # Below the last digit of the whole account a cell is rounding.
        floor = 1e-12 * np.abs(self.totals).sum(axis=2, keepdims=True)
        gap = np.abs(ends - self.totals)
        if (gap > ADDING_UP * size + floor).any():
            step, _, row = np.unravel_index(int(np.argmax(gap - ADDING_UP * size)), gap.shape)
            raise AddingUpError(
                f"The effects miss the change of {' '.join(map(str, self.index[int(row)]))} from "
                f"{self.years[int(step)][0]} to {self.years[int(step)][1]} by {gap.max():.3g}. The tables are close "
                "to singular, or final demand and flows do not add up to output; see io_linkage.checks.run(table)."
            )

    def __repr__(self) -> str:
        """One line: account, steps, size."""
        first, last = self.years[0][0], self.years[-1][1]
        of = self.attrs.get("of", "account")
        return f"<Change of {of} from {first} to {last}: {counted(len(self.years), 'step')}, {len(self.index):,} rows>"

    def frame(
        self,
        by: By = "region",
        *,
        average: Average = "full",
        joined: bool | None = None,
        merge: Mapping[str, Sequence[str]] | None = None,
        steps: bool = False,
        stage_weights: pd.DataFrame | None = None,
    ) -> pd.DataFrame:
        """Effects by group, between the account before and after.

        Parameters
        ----------
        by : {"region", "industry", "region-industry", "stage", "region-stage", "world"}
            Of whoever earns the account (makes the output, employs the people).
        average : {"full", "polar"}
            Over all orders of the factors, or over the order listed and its reverse.
        joined : bool, optional
            Intensity and input coefficients as one column, their sum; by default for value added, whose share of
            output is what inputs leave.
        merge : mapping of str to list of str, optional
            Factors that change together as one, e.g. ``{"technology": ["input_coefficients", "input_sourcing"]}``; the
            others stay as they are.
        steps : bool
            One row for each step, with a first level `year`, its last year; otherwise their sum.
        stage_weights : DataFrame, (n, stages)
            For ``by="stage"`` and ``by="region-stage"``.

        Returns
        -------
        DataFrame with columns `before`, the effects and `after`; before and effects add up to after. NaN where the
        source has no figures.
        """
        require_option("average", average, AVERAGES)
        names, values = self._players(merge)
        if joined is None:
            joined = self.dependent and merge is None
        rows, W = groups(self.index, by, stage_weights, self.known)
        if steps:
            parts = [self._one(W, values[k], self.totals[k], names, average, joined, rows) for k in range(len(values))]
            index = pd.Index([pair[1] for pair in self.years], name="year")
            wide = pd.concat(parts, keys=index)
        else:
            ends = np.stack([self.totals[0, 0], self.totals[-1, 1]])
            wide = self._one(W, values.sum(axis=0), ends, names, average, joined, rows)
        return labelled(wide, {**self.attrs, "average": average, "by": by})

    def spread(
        self,
        by: By = "region",
        *,
        merge: Mapping[str, Sequence[str]] | None = None,
        stage_weights: pd.DataFrame | None = None,
    ) -> pd.DataFrame:
        """How far the effects depend on the order of the factors, from the same evaluations.

        Parameters
        ----------
        by, merge, stage_weights
            As in `frame`. In a chain every step has the same order.

        Returns
        -------
        DataFrame by group and factor: `full` and `polar` averages, `low`, `high` and standard deviation `sd` over all
        orders.
        """
        names, values = self._players(merge)
        rows, W = groups(self.index, by, stage_weights, self.known)
        grouped = values.sum(axis=0) @ W
        parts = [effects(grouped), effects(grouped, "polar"), *spread(grouped)]
        columns = ["full", "polar", "low", "high", "sd"]
        labels = [(*row, name) if isinstance(row, tuple) else (row, name) for row in rows for name in names]
        index = pd.MultiIndex.from_tuples(labels, names=[*rows.names, "factor"])
        cells = np.stack([part.T.ravel() for part in parts], axis=1)
        cells[np.repeat(empty_groups(W, self.known), len(names))] = np.nan
        measure = f"{self.attrs.get('measure', 'change')}: spread over the orders of the factors"
        return labelled(pd.DataFrame(cells, index=index, columns=columns), {**self.attrs, "measure": measure, "by": by})

    def _players(self, merge: Mapping[str, Sequence[str]] | None) -> tuple[list[str], Array]:
        if merge is None:
            return list(FACTORS), self.values
        taken: dict[str, str] = {}
        for name, members in merge.items():
            for member in members:
                if member not in FACTORS:
                    raise unknown("factor", member, FACTORS)
                if member in taken:
                    raise OptionError(f"The factor {member!r} is in two parts, {taken[member]!r} and {name!r}.")
                taken[member] = name
        names = list(dict.fromkeys(taken.get(factor, factor) for factor in FACTORS))
        parts = [[k for k, factor in enumerate(FACTORS) if taken.get(factor, factor) == name] for name in names]
        return names, np.stack([merged(step, parts) for step in self.values])

    def _one(
        self,
        W: Array,
        values: Array,
        ends: Array,
        names: list[str],
        average: Average,
        joined: bool,
        rows: pd.Index[Any],
    ) -> pd.DataFrame:
        parts = effects(values, average) @ W
        columns = dict(zip(names, parts, strict=True))
        if joined and {FACTORS[0], FACTORS[1]} <= columns.keys():
            columns = {JOINED: columns.pop(FACTORS[0]) + columns.pop(FACTORS[1]), **columns}
        wide = pd.DataFrame({"before": ends[0] @ W, **columns, "after": ends[1] @ W}, index=rows)
        wide[empty_groups(W, self.known)] = np.nan
        return wide
