"""Linkages split by where they lead: the industry itself, the rest of its region, a group of partners, the rest."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal, TypeAlias, get_args

import numpy as np
import numpy.typing as npt
import pandas as pd

from io_linkage.errors import OptionError, require_option
from io_linkage.intensities import Account, Intensity, intensity
from io_linkage.leontief import Array
from io_linkage.linkages.normalisation import Scope, scope_means
from io_linkage.linkages.variants import By, net, weighted
from io_linkage.selection import region_codes
from io_linkage.table import MRIOTable

Measure: TypeAlias = Literal[
    "backward",
    "forward",
    "direct_backward",
    "direct_forward",
    "forward_leontief",
    "net_backward",
    "net_forward",
    "pure_backward",
    "pure_forward",
]
MEASURES: tuple[Measure, ...] = get_args(Measure)


def split(
    table: MRIOTable,
    *,
    measure: Measure = "backward",
    partners: str | Iterable[str] | None = None,
    of: Account = "output",
    weighted_by: By | None = None,
    normalise: Scope | None = None,
) -> pd.DataFrame:
    r"""Split a linkage by origin (backward) or destination (forward).

    .. math:: b_j = q_j l_{jj} + \sum_{i \in r, i \ne j} q_i l_{ij} + \sum_{i \in P} q_i l_{ij}
                    + \sum_{i \notin r, P} q_i l_{ij}

    Parameters
    ----------
    table : MRIOTable
    measure : {"backward", "forward", "direct_backward", "direct_forward", "forward_leontief", "net_backward",
        "net_forward", "pure_backward", "pure_forward"}
        Pure backward linkages are split by who makes the output, pure forward ones by whose final demand needs it.
    partners : str or list, optional
        Region codes, names or a group, e.g. "belt_and_road"; the industry's own region never counts as a partner.
    of : str or Series
        "output", "value_added", a satellite account, or an account on the table's index.
    weighted_by : {"final_demand", "primary_inputs", "value_added", "output"}, optional
        Weight by size, as `io_linkage.linkages.variants.weighted` does; for backward and forward.
    normalise : {"world", "region", "industry"} or None
        Divide all parts by the mean of the total over this scope. `aggregate` divides groups by the weighted mean
        they are part of instead, as it does with `linkages`.

    Returns
    -------
    DataFrame on the table's index: industry (itself), region (other industries of its region), partners, rest (all
    other regions) and total; without `partners` the third is absent and `rest` is all abroad. The parts add up to the
    total. NaN without output, and for a part in which no industry has a number. Net linkages are averaged with the
    account itself, as those of `net`.

    Examples
    --------
    >>> import io_linkage as iol
    >>> parts = split(iol.load(), partners="developing")
    >>> bool(np.allclose(parts.drop(columns="total").sum(axis=1, min_count=1), parts["total"], equal_nan=True))
    True
    """
    require_option("measure", measure, MEASURES)
    q = intensity(table, of)
    group = None if partners is None else np.isin(table.region_codes, _codes(table, partners))
    values, unit = _parts(table, measure, q, group), q.unit_per_output
    if measure.startswith("net"):
        values, unit = values * _net_scale(table, measure, of, values[:, -1])[:, None], ""
    if measure.startswith("pure"):
        unit = q.unit
    values = np.where(_known(table, measure, q, group), values, np.nan)
    if weighted_by is not None:
        if measure not in ("backward", "forward"):
            raise OptionError(f"weighted_by={weighted_by!r} is for backward and forward, not {measure}; leave it out.")
        values = values * weighted(table, weighted_by=weighted_by, of=of)["weight_share"].to_numpy()[:, None]
    if normalise is not None:
        total = np.where(table.active, values[:, -1], np.nan)
        means = scope_means(table, total, normalise)
        values = np.divide(values, means[:, None], out=np.full(values.shape, np.nan), where=(means != 0)[:, None])
        unit = f"mean of the {normalise} = 1"
    columns = ["industry", "region", *(["partners"] if group is not None else []), "rest", "total"]
    label: dict[str, Any] = (
        {} if partners is None else {"partners": partners if isinstance(partners, str) else list(partners)}
    )
    name = f"{measure.replace('_', ' ')} linkage by {'origin' if 'backward' in measure else 'destination'}"
    rule = "block" if measure.startswith("pure") else "mean" if weighted_by is None else "sum"
    if measure.startswith("net"):
        # As `net`: the mean of a group is what its final demand draws over what it makes itself.
        label["weighted_by"] = q.name
        label |= {} if isinstance(of, str) else {"weights": tuple(q.amounts(table).tolist())}
    if normalise is not None:
        label |= {"normalise": normalise, "normalised": tuple(columns), "normalised_by": "total"}
    return table.frame(values, columns, name, unit=unit, rule=rule, **label, **q.attrs)


def _known(
    table: MRIOTable, measure: Measure, q: Intensity, group: npt.NDArray[np.bool_] | None
) -> npt.NDArray[np.bool_]:
    """Whether the source has a number for any industry that a part sums over, (n, parts), or none is there."""
    if measure in ("forward_leontief", "pure_forward"):
        # Only the account of the industry itself counts.
        return q.known[:, None]
    counted, active = (q.known & table.active).astype(int), table.active.astype(int)
    some, everyone = (
        _columns(own, _at_home(table, own), *_abroad(table, own, group), group) for own in (counted, active)
    )
    known = (some > 0) | (everyone == 0)
    if measure == "pure_backward":
        # The industry itself is not part of its pure linkage, and the total is all others.
        known[:, 0], known[:, -1] = True, (counted.sum() - counted > 0) | (active.sum() == 1)
    else:
        known[:, -1] = ~q.in_unknown_region(table)
    return np.asarray(known, dtype=np.bool_)


def _at_home(table: MRIOTable, numbers: Array) -> Array:
    """Sum over the own region of each industry."""
    sums = np.bincount(table.region_codes, numbers, len(table.regions))
    return np.asarray(sums[table.region_codes], dtype=np.float64)


def _abroad(table: MRIOTable, numbers: Array, group: npt.NDArray[np.bool_] | None) -> tuple[Array | None, Array]:
    """Sum over the group of partners, and over all."""
    everything = np.ones(len(numbers))
    return None if group is None else everything * (numbers @ group), everything * numbers.sum()


def _codes(table: MRIOTable, partners: str | Iterable[str]) -> list[int]:
    return [table.regions.index(code) for code in region_codes(table, partners)]


def _parts(table: MRIOTable, measure: Measure, q: Intensity, group: npt.NDArray[np.bool_] | None) -> Array:
    if measure == "pure_forward":
        return _pure_forward(table, q, group)
    if measure == "forward_leontief":
        return _leontief_rows(table, np.ones(len(table.index)), group) * q.counted[:, None]
    direct, ahead = measure.startswith("direct"), measure.endswith("forward")
    own = _diagonal(table, direct) * q.counted
    home = _home(table, q, direct=direct, ahead=ahead)
    total = _reach(table, q.counted, direct=direct, ahead=ahead)
    partners = None
    if group is not None:
        partners = _reach(table, np.where(group, q.counted, 0.0), direct=direct, ahead=ahead)
    values = _columns(own, home, partners, total, group)
    if measure == "pure_backward":
        # Delta_R A_Rj Delta_j y_j is column j of L without its diagonal, over l_jj and 1 - a_jj.
        values[:, 0], values[:, -1] = 0.0, total - own
        values *= (_demand(table) / _alone(table))[:, None]
    return values


def _columns(
    own: Array, home: Array, partners: Array | None, total: Array, group: npt.NDArray[np.bool_] | None
) -> Array:
    if partners is None or group is None:
        return np.column_stack([own, home - own, total - home, total])
    # The own region never counts as a partner.
    partners = np.where(group, partners - home, partners)
    return np.column_stack([own, home - own, partners, total - home - partners, total])


def _pure_forward(table: MRIOTable, q: Intensity, group: npt.NDArray[np.bool_] | None) -> Array:
    """Split q Delta_j A_jR Delta_R y_R, i.e. row j of L times y but for y_j, over l_jj and 1 - a_jj."""
    values = _leontief_rows(table, _demand(table), group)
    values[:, -1] -= values[:, 0]
    values[:, 0] = 0.0
    return values * (q.counted / _alone(table))[:, None]


def _leontief_rows(table: MRIOTable, demand: Array, group: npt.NDArray[np.bool_] | None) -> Array:
    """Split row i of L times a demand by whose demand it is."""
    system = table.system
    own, home = system.inverse_diagonal() * demand, np.zeros(system.n)
    for code in range(len(table.regions)):
        inside = np.flatnonzero(table.region_codes == code)
        home[inside] = system.inverse()[np.ix_(inside, inside)] @ demand[inside]
    partners = None if group is None else system.solve(np.where(group, demand, 0.0))
    return _columns(own, home, partners, system.solve(demand), group)


def _alone(table: MRIOTable) -> Array:
    """Return l_jj (1 - a_jj)."""
    return table.system.inverse_diagonal() * (1.0 - _diagonal(table, direct=True))


def _demand(table: MRIOTable) -> Array:
    return np.asarray(table.accounts.Y.sum(axis=1))


def _diagonal(table: MRIOTable, direct: bool) -> Array:
    system = table.system
    if not direct:
        return system.inverse_diagonal()
    return np.divide(np.diagonal(system.Z), system.x, out=np.zeros(system.n), where=system.active)


def _reach(table: MRIOTable, weights: Array, *, direct: bool, ahead: bool) -> Array:
    system = table.system
    if direct:
        return table.per_output(system.Z @ weights) if ahead else system.apply_transposed(weights)
    return system.ghosh(weights) if ahead else system.solve_transposed(weights)


def _home(table: MRIOTable, q: Intensity, *, direct: bool, ahead: bool) -> Array:
    """Return sums over the own region alone, from the diagonal blocks of A, B, L or G."""
    system = table.system
    result = np.zeros(system.n)
    for code in range(len(table.regions)):
        inside = np.flatnonzero(table.region_codes == code)
        x, weights = system.x[inside], q.counted[inside]
        block = (system.Z if direct else system.inverse())[np.ix_(inside, inside)]
        if not ahead:
            scale = np.divide(1.0, x, out=np.zeros(len(x)), where=x > 0) if direct else np.ones(len(x))
            result[inside] = (weights @ block) * scale
        else:
            flows = block @ (weights if direct else weights * x)
            result[inside] = np.divide(flows, x, out=np.zeros(len(x)), where=x > 0)
    return result


def _net_scale(table: MRIOTable, measure: Measure, of: Account, total: Array) -> Array:
    """Return what turns a linkage into its net form, y / (q x) or p / (q x)."""
    wanted = np.array(net(table, of=of)[measure], dtype=np.float64)
    result: Array = np.divide(wanted, total, out=np.full(len(total), np.nan), where=total != 0)
    return result
