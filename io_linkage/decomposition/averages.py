r"""Averages over the orders in which factors can change, from :math:`2^m` evaluations.

Terms
-----
evaluation : value of the function with some factors at their last values and the others at their first. The set of
    those at their last values is a bit mask: bit k is factor k.
effect of factor k after S : :math:`F(S \cup k) - F(S)`, what it adds when the factors in S have changed already.
full average : mean effect over all m! orders, :math:`\sum_S \frac{|S|! (m - |S| - 1)!}{m!} [F(S \cup k) - F(S)]`,
    which is the Shapley value.
polar mean : mean over two orders alone, that of the factors as listed and its reverse.

References
----------
Dietzenbacher & Los (1998), Structural decomposition techniques: sense and sensitivity.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import factorial
from typing import Literal, TypeAlias

import numpy as np

from io_linkage.leontief import Array

Average: TypeAlias = Literal["full", "polar"]
AVERAGES: tuple[Average, ...] = ("full", "polar")


def order_weights(m: int, average: Average = "full") -> Array:
    """Share of the orders in which exactly the factors in S change before factor k, (m, 2^m); 0 where S has k.

    Examples
    --------
    >>> order_weights(2).tolist()
    [[0.5, 0.0, 0.5, 0.0], [0.5, 0.5, 0.0, 0.0]]
    """
    shares = np.zeros((m, 2**m))
    for k in range(m):
        if average == "polar":
            everything = 2**m - 1
            for earlier in (2**k - 1, everything - (2 ** (k + 1) - 1)):
                shares[k, earlier] += 0.5
            continue
        for earlier in range(2**m):
            if not earlier >> k & 1:
                size = earlier.bit_count()
                shares[k, earlier] = factorial(size) * factorial(m - size - 1) / factorial(m)
    return shares


def effects(values: Array, average: Average = "full") -> Array:
    """Mean effect of each factor, (m, ...), from the evaluations (2^m, ...)."""
    m = _factors(values)
    shares = order_weights(m, average)
    return np.stack([np.tensordot(shares[k, _without(m, k)], _added(values, m, k), axes=1) for k in range(m)])


def spread(values: Array) -> tuple[Array, Array, Array]:
    """Smallest and largest effect of each factor over the m! orders, and its standard deviation, each (m, ...)."""
    m = _factors(values)
    shares, means = order_weights(m), effects(values)
    low, high, deviation = (np.empty_like(means) for _ in range(3))
    for k in range(m):
        added = _added(values, m, k)
        low[k], high[k] = added.min(axis=0), added.max(axis=0)
        deviation[k] = np.sqrt(np.tensordot(shares[k, _without(m, k)], (added - means[k]) ** 2, axes=1))
    return low, high, deviation


def merged(values: Array, parts: Sequence[Sequence[int]]) -> Array:
    """Return evaluations in which some factors always change together, (2^p, ...) for p parts."""
    masks = [sum(1 << k for k in part) for part in parts]
    chosen = [sum(mask for j, mask in enumerate(masks) if subset >> j & 1) for subset in range(2 ** len(masks))]
    return values[chosen]


def _factors(values: Array) -> int:
    return len(values).bit_length() - 1


def _without(m: int, k: int) -> list[int]:
    return [earlier for earlier in range(2**m) if not earlier >> k & 1]


def _added(values: Array, m: int, k: int) -> Array:
    earlier = _without(m, k)
    return np.asarray(values[[mask | 1 << k for mask in earlier]] - values[earlier])
