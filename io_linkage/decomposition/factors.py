r"""The factors of :math:`\hat q L y` in two years, and every mixture of them.

.. math:: A = T \circ H, \qquad y_r = l_r \, b_r \circ t_r

Terms
-----
intensity q : the account per unit of output of each country-industry.
input coefficients H : input of each product per unit of output, wherever it is made, (products, n).
input sourcing T : share of each economy in that input, (n, n).
final sourcing t : share of each economy in each product that a region buys for final use, (n, regions).
mix b : share of each product in a region's final demand, (products, regions).
level l : total final demand of a region, (regions,).

A product that is not bought in one of the years takes the sources of the other year, so that all of its change is
in H or in the mix. A total that is negative, or small beside its parts (inventories run down), has no shares that
describe anything: its change counts in H or in the mix, cell by cell.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from io_linkage.errors import OptionError
from io_linkage.leontief import Array, System

Mask = npt.NDArray[np.bool_]

FACTORS = ("intensity", "input_coefficients", "input_sourcing", "final_sourcing", "mix", "level")
INTENSITY, INPUTS, SOURCING, FINAL, MIX, LEVEL = range(6)


@dataclass(frozen=True, eq=False)
class Snapshot:
    """One year's arrays: the account, the system, final demand by region of the buyer.

    Attributes
    ----------
    q : array, (n,)
        The account per unit of output as sums count it.
    total : array, (n,)
        The account itself, from the source and not from q.
    known : array of bool, (n,)
    system : System
    bought : array, (n, regions)
    filled : tuple of str
        Regions whose prices are those of the world.
    """

    q: Array
    total: Array
    known: Mask
    system: System
    bought: Array
    filled: tuple[str, ...] = ()


class Pair:
    """Two snapshots, and the systems and final demands that mix them.

    Parameters
    ----------
    first, last : Snapshot
    products : array of int, (n,)
        Which product each country-industry makes.
    """

    def __init__(self, first: Snapshot, last: Snapshot, products: npt.NDArray[np.intp]) -> None:
        self.years = (first, last)
        self.products = products

    def A(self, inputs: int, sourcing: int) -> Array:
        """T of one year times H of another, (n, n); 0 is the first year, 1 the last."""
        source = self.years[sourcing].system.A
        if inputs == sourcing:
            return source
        ratio, other = self._rescaling[sourcing]
        # The sources of one year scaled to the totals of the other; without sources, the cells of the other year.
        mixed: Array = ratio[self.products]
        mixed *= source
        if other.any():
            where = other[self.products]
            mixed[where] = self.years[inputs].system.A[where]
        return mixed

    @cached_property
    def _rescaling(self) -> tuple[tuple[Array, Mask], tuple[Array, Mask]]:
        """For T of either year: what it is multiplied by to carry the other year's H, and where it has no shares."""
        A = [year.system.A for year in self.years]
        total = [by_product(a, self.products) for a in A]
        size = [_sizes(a, t, self.products) for a, t in zip(A, total, strict=True)]
        sound, whole = soundness(*total, *size)
        parts = []
        for own, other in ((0, 1), (1, 0)):
            usable = sound[own] & ~whole
            ratio = np.divide(total[other], total[own], out=np.zeros_like(total[own]), where=usable)
            # What is not bought is 0 already.
            parts.append((ratio, ~usable & (size[other] > 0)))
        return parts[0], parts[1]

    def systems(self) -> Iterator[tuple[int, int, System]]:
        """Yield the years of H and of T, and their system; those that mix years are made one at a time."""
        for inputs in (0, 1):
            for sourcing in (0, 1):
                yield inputs, sourcing, self.system(inputs, sourcing)

    def system(self, inputs: int, sourcing: int) -> System:
        """Return the Leontief system of T of one year and H of another."""
        if inputs == sourcing:
            return self.years[inputs].system
        A = self.A(inputs, sourcing)
        return System(A, np.ones(len(A)))

    @cached_property
    def _demand(self) -> tuple[list[Array], list[Array], list[Array]]:
        """Sources (n, regions), mix (n, regions) and level (regions,) of final demand in both years."""
        bought = [year.bought for year in self.years]
        level = [y.sum(axis=0) for y in bought]
        mixes = _mixes(bought, level)
        total = [by_product(b, self.products)[self.products] for b in mixes]
        size = [by_product(np.abs(b), self.products)[self.products] for b in mixes]
        sound, whole = soundness(*total, *size)
        share = [
            np.divide(b, t, out=np.ones_like(b), where=s & ~whole) for b, t, s in zip(mixes, total, sound, strict=True)
        ]
        # Bought in one year only: the other year's sources.
        sources = [np.where((size[k] == 0) & ~whole, share[1 - k], share[k]) for k in (0, 1)]
        return sources, [np.where(whole, b, t) for b, t in zip(mixes, total, strict=True)], level

    def parts_of_demand(self, year: int, region: int) -> tuple[Array, Array, float]:
        """Return sources (n,), mix (n,) and level of one region's final demand."""
        sources, mixes, levels = self._demand
        return sources[year][:, region], mixes[year][:, region], float(levels[year][region])

    def demand(self, sourcing: int, mix: int, level: int) -> Array:
        """Return final demand by region of the buyer, (n, regions), with each factor of one of the years."""
        sources, mixes, levels = self._demand
        return np.asarray(levels[level] * (mixes[mix] * sources[sourcing]))


def evaluations(pair: Pair) -> Array:
    """Compute the account by country-industry with each subset of factors at its last values, (64, n).

    Four systems, of which two are those of the tables, and 32 right-hand sides.
    """
    demands = [pair.demand(k & 1, k >> 1 & 1, k >> 2).sum(axis=1) for k in range(8)]
    right = np.stack(demands, axis=1)
    values = np.empty((64, len(right)))
    for inputs, sourcing, system in pair.systems():
        output = system.solve(right)
        for k in range(8):
            mask = inputs << INPUTS | sourcing << SOURCING | k << FINAL
            values[mask] = pair.years[0].q * output[:, k]
            values[mask | 1 << INTENSITY] = pair.years[1].q * output[:, k]
    return values


def by_product(block: Array, products: npt.NDArray[np.intp]) -> Array:
    """Sum over the regions of origin of each product, (products, ...)."""
    from scipy.sparse import csr_array

    n = len(products)
    made_by = csr_array((np.ones(n), (products, np.arange(n))), shape=(int(products.max()) + 1, n))
    return np.asarray(made_by @ block)


def _sizes(block: Array, total: Array, products: npt.NDArray[np.intp]) -> Array:
    """Sum the sizes of what a total is made of, which is the total itself where nothing is negative."""
    return total if block.size == 0 or block.min() >= 0 else by_product(np.abs(block), products)


def soundness(total0: Array, total1: Array, size0: Array, size1: Array) -> tuple[tuple[Mask, Mask], Mask]:
    """Where a total has shares of origin in either year, and where the pair has none.

    A total that is small beside the sizes of its parts has shares far beyond 0 to 1, which describe nothing.
    """
    sound0, sound1 = total0 > 0.5 * size0, total1 > 0.5 * size1
    whole = ~((sound0 | (size0 == 0)) & (sound1 | (size1 == 0)))
    return (sound0, sound1), whole


def _mixes(bought: list[Array], level: list[Array]) -> list[Array]:
    """Divide final demand by its total; a region that buys nothing in one year has the mix of the other."""
    idle = [~np.any(y, axis=0) for y in bought]
    if any(((total <= 0) & ~nothing).any() for total, nothing in zip(level, idle, strict=True)):
        raise OptionError(
            "The final demand of a region is zero or negative in all, so it has no mix. Leave the region out, or join "
            "it to another with io_linkage.aggregation.aggregate(regions=...)."
        )
    mixes = [np.divide(y, total, out=np.zeros_like(y), where=total > 0) for y, total in zip(bought, level, strict=True)]
    return [np.where(idle[k], mixes[1 - k], mixes[k]) for k in (0, 1)]
