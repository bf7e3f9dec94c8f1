r"""Effects by where they come from: the region that buys, for use in production or for final demand.

Every difference :math:`F(S \cup k) - F(S)` is a sum over buyers. For final demand it is
:math:`q'L\,\Delta y_r`, for inputs :math:`q' L_1 \, \Delta A \, L_0 y = q' L_0 \, \Delta A \, L_1 y`, whose columns
belong to the buying industries; the two forms spread the same sum differently, and their mean is taken. The intensity
belongs to the producer.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from io_linkage.decomposition.averages import Average, order_weights
from io_linkage.decomposition.factors import FACTORS, FINAL, INPUTS, INTENSITY, SOURCING, Pair
from io_linkage.leontief import Array

_YEARS = (0, 1)


def by_source(pair: Pair, rows: npt.NDArray[np.bool_], codes: npt.NDArray[np.intp], average: Average = "full") -> Array:
    """Effects on groups of producers by the region they come from, (groups, regions, 6) in the order of the factors.

    Parameters
    ----------
    pair : Pair
    rows : array of bool, (groups, n)
        Which country-industries are in each group.
    codes : array of int, (n,)
        Region of each country-industry.
    average : {"full", "polar"}

    Notes
    -----
    Four systems; 32 right-hand sides, and two for each group in each system.
    """
    shares = order_weights(len(FACTORS), average)
    demands = [pair.demand(d & 1, d >> 1 & 1, d >> 2) for d in range(8)]
    right = np.stack([demand.sum(axis=1) for demand in demands], axis=1)
    own = np.concatenate([rows * year.q for year in pair.years])
    reach, output = {}, {}
    for inputs, sourcing, system in pair.systems():
        output[inputs, sourcing] = system.solve(right)
        reach[inputs, sourcing] = system.solve_transposed(own.T).T.reshape(2, len(rows), -1)
    region = np.eye(demands[0].shape[1])[codes]
    result = np.zeros((len(rows), region.shape[1], len(FACTORS)))
    for k, factor in enumerate((FINAL, FINAL + 1, FINAL + 2)):
        result[:, :, factor] = _of_demand(shares[factor], 1 << k, reach, demands)
    result[:, :, INPUTS] = _of_inputs(pair, shares, INPUTS, reach, output) @ region
    result[:, :, SOURCING] = _of_inputs(pair, shares, SOURCING, reach, output) @ region
    made = sum(
        shares[INTENSITY, _mask(0, a, b, d)] * output[a, b][:, d] for a in _YEARS for b in _YEARS for d in range(8)
    )
    result[:, :, INTENSITY] = (rows * (pair.years[1].q - pair.years[0].q) * made) @ region
    return result


def _mask(intensity: int, inputs: int, sourcing: int, demand: int) -> int:
    return intensity << INTENSITY | inputs << INPUTS | sourcing << SOURCING | demand << FINAL


def _of_demand(share: Array, bit: int, reach: dict[tuple[int, int], Array], demands: list[Array]) -> Array:
    """Effect of one factor of final demand by the region that buys, (groups, regions)."""
    total = np.zeros((reach[0, 0].shape[1], demands[0].shape[1]))
    for d in range(8):
        if d & bit:
            continue
        drawn = sum(share[_mask(q, *years, d)] * reached[q] for years, reached in reach.items() for q in _YEARS)
        total += drawn @ (demands[d | bit] - demands[d])
    return total


def _of_inputs(
    pair: Pair, shares: Array, factor: int, reach: dict[tuple[int, int], Array], output: dict[tuple[int, int], Array]
) -> Array:
    """Effect of input coefficients or of their sourcing by the industry that buys, (groups, n)."""
    total = np.zeros(reach[0, 0].shape[1:])
    for other in _YEARS:
        early, late = ((0, other), (1, other)) if factor == INPUTS else ((other, 0), (other, 1))
        change = pair.A(*late) - pair.A(*early)
        for q in _YEARS:
            weights = shares[factor, [_mask(q, *early, d) for d in range(8)]]
            total += 0.5 * (reach[late][q] @ change) * (output[early] @ weights)
            total += 0.5 * (reach[early][q] @ change) * (output[late] @ weights)
    return total
