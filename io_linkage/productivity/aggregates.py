"""Sums of industries to whole economies, in arrays."""

from __future__ import annotations

from functools import cached_property

import numpy as np
import numpy.typing as npt

from io_linkage.leontief import Array
from io_linkage.productivity.changes import Changes
from io_linkage.productivity.growth_accounts import GrowthAccounts


class Sums:
    """Sums of cells to regions, (..., cells, pairs) to (..., regions, pairs): of known cells, or over all."""

    def __init__(self, codes: npt.NDArray[np.intp], size: int, known: npt.NDArray[np.bool_]) -> None:
        self.indicator = np.zeros((size, len(codes)))
        self.indicator[codes, np.arange(len(codes))] = 1.0
        self.known = known

    def __call__(self, values: Array) -> Array:
        """Sum over the cells that are known; what is empty there counts as 0, as capital that earns nothing."""
        return self.over(np.where(self.known, np.nan_to_num(values), 0.0))

    def over(self, values: Array) -> Array:
        """Sum over all cells."""
        return np.asarray(self.indicator @ values)


class Whole:
    """Whole economies between pairs of years: growth, and what capital, hours and labour contribute, (regions, pairs).

    Capital is the sum of stocks; labour sums the hours of each kind and weighs the kinds by their shares in income.
    """

    def __init__(self, accounts: GrowthAccounts, moved: Changes) -> None:
        self.moved = moved
        self.codes = accounts.region_codes
        self.sums = Sums(self.codes, len(accounts.regions), moved.known)
        self.total = self.sums(moved.levels.value_added)

    @cached_property
    def weight(self) -> Array:
        """Mean of the two years' shares in the economy's value added, (cells, pairs)."""
        spread = self.total[:, self.codes]
        out = np.zeros(spread.shape)
        np.divide(self.moved.levels.value_added, spread, out=out, where=self.moved.known & (spread > 0))
        return np.asarray(out.mean(axis=0))

    @cached_property
    def value_added(self) -> Array:
        """Growth of value added, the industries' weighted by their shares."""
        return self.sums(self.weight * self.moved.value_added)

    @cached_property
    def capital_share(self) -> Array:
        """Share of capital income in value added."""
        return self._share(self.moved.levels.capital_income)

    @property
    def capital(self) -> Array:
        """Contribution of capital."""
        return self._times(self.capital_share, self._growth(self.moved.levels.stock))

    @cached_property
    def hours_growth(self) -> Array:
        """Growth of all hours."""
        return self._growth(self.moved.levels.hours)

    @property
    def hours(self) -> Array:
        """Contribution of all hours."""
        return self._times(self._share(self.moved.levels.wages_by_kind).sum(axis=0), self.hours_growth)

    @property
    def labour(self) -> Array:
        """Contribution of labour, kind by kind."""
        levels = self.moved.levels
        by_kind = self._times(self._share(levels.wages_by_kind), self._growth(levels.hours_by_kind))
        return np.asarray(by_kind.sum(axis=0))

    def _share(self, income: Array) -> Array:
        part = self.sums(income)
        total = np.broadcast_to(self.total, part.shape)
        return np.asarray(np.divide(part, total, out=np.full(part.shape, np.nan), where=total > 0).mean(axis=-3))

    def _growth(self, volume: Array) -> Array:
        summed = self.sums(volume)
        before, after = summed[..., 0, :, :], summed[..., 1, :, :]
        good = (before > 0) & (after > 0)
        ratio = np.divide(after, before, out=np.ones(before.shape), where=good)
        return np.where(good, np.log(ratio), np.nan)

    @staticmethod
    def _times(share: Array, growth: Array) -> Array:
        """Multiply; a kind of labour that nobody employs contributes nothing."""
        return np.where(share == 0, 0.0, share * growth)
