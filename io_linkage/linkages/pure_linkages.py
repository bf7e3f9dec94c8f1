r"""Pure linkages: the pull of a group on the rest of the economy, freed of what the group does to itself.

The economy is split into a group K and the rest R. With :math:`\Delta_K = (I - A_{KK})^{-1}`, and the same for R,

.. math:: \text{PBL} = i' \Delta_R A_{RK} \Delta_K y_K, \qquad \text{PFL} = i' \Delta_K A_{KR} \Delta_R y_R

PBL is the output of the rest that the group's own production for final demand needs, without what comes back; PFL is
the output of the group that the rest's production needs. Their sum is PTL, in money, so groups of any size compare.

For single industries all n come from the Leontief inverse at once, since :math:`\Delta_R A_{Rj} = L_{Rj} / l_{jj}` and
:math:`A_{jR} \Delta_R y_R = (x_j - l_{jj} y_j) / l_{jj}`:

.. math:: \text{PBL}_j = \frac{b_j - l_{jj}}{l_{jj}} \frac{y_j}{1 - a_{jj}}, \qquad
          \text{PFL}_j = \frac{x_j / l_{jj} - y_j}{1 - a_{jj}}

A stage is a share of every industry; it is treated as an industry split in two with the same inputs and buyers.

References
----------
Sonis, Guilhoto, Hewings & Martins (1995); Guilhoto, Sonis & Hewings (1996).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from io_linkage.captions import labelled
from io_linkage.errors import OptionError
from io_linkage.intensities import Account, Intensity, intensity
from io_linkage.leontief import Array, System, removal
from io_linkage.selection import groups_by, region_codes, select
from io_linkage.table import MRIOTable

COLUMNS = ["pure_backward", "pure_forward", "pure_total"]
By = Literal["region", "industry", "stage", "region-stage"]


def pure(
    table: MRIOTable,
    *,
    by: By | None = None,
    regions: str | Iterable[str] | None = None,
    industries: str | Iterable[str] | None = None,
    stage: str | None = None,
    of: Account = "output",
    stage_weights: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Pure backward, forward and total linkages of every industry, of groups, or of one selection.

    Parameters
    ----------
    table : MRIOTable
    by : {"region", "industry", "stage", "region-stage"}, optional
        Every group as one block. Without it and without a selection: every country-industry.
    regions, industries, stage : optional
        One selection as one block.
    of : str or Series
        "output", "value_added", a satellite account, or an account on the table's index.
    stage_weights : DataFrame, (n, stages), optional
        Stage shares instead of the shipped central ones.

    Returns
    -------
    DataFrame, one row for each industry or group: pure_backward, pure_forward, pure_total in the account's unit, and
    each divided by its mean over the rows (`_normalised`), as the authors report them. NaN without output, and where
    nothing is known of the account: of the group for pure_forward, of the rest for pure_backward, of either for
    pure_total. Other sums leave out what is not known, and ``attrs["note"]`` says what.

    Raises
    ------
    OptionError
        The group is the whole table, so there is no rest.

    Examples
    --------
    >>> import io_linkage as iol
    >>> stages = pure(iol.load(), by="region-stage")
    >>> bool((stages["pure_total"] >= 0).all())
    True
    """
    q = intensity(table, of)
    selected = regions is not None or industries is not None or stage is not None
    if by is not None and selected:
        raise OptionError("Choose either by= (every group) or a selection (one group), not both.")
    if selected:
        chosen = select(table, regions=regions, industries=industries, stage=stage, stage_weights=stage_weights)
        return _labelled(table, _group(table, chosen.share, chosen.label, q)[None, :], pd.Index([chosen.label]), q)
    if by is None:
        return _labelled(table, _each(table, q), table.index, q)
    W, names = groups_by(table, by, stage_weights)
    _prepare(table, by)
    values = np.array([_group(table, W[:, k], " ".join(_words(names[k])), q) for k in range(W.shape[1])])
    return _labelled(table, values, names, q)


def _prepare(table: MRIOTable, by: By) -> None:
    """Invert once where most columns of L are wanted anyway."""
    if by != "stage" and not table.system.has_inverse and len(table.regions) > 1:
        table.system.inverse()


def split_pure(
    table: MRIOTable,
    *,
    by: By | None = None,
    regions: str | Iterable[str] | None = None,
    industries: str | Iterable[str] | None = None,
    stage: str | None = None,
    partners: str | Iterable[str] | None = None,
    of: Account = "output",
    stage_weights: pd.DataFrame | None = None,
) -> pd.DataFrame:
    r"""Pure linkages of groups, split by where the rest of the economy is that they lead to.

    .. math:: \text{PBL}_S = q_S' \Delta_R A_{RK} \Delta_K y_K, \qquad
              \text{PFL}_S = q_K' \Delta_K A_{KR} \Delta_R \, y_{R \cap S}

    S is the rest at home (in the regions of the group), at the partners, or elsewhere. For single industries see
    `io_linkage.linkages.split` with ``measure="pure_backward"`` or ``"pure_forward"``.

    Parameters
    ----------
    table : MRIOTable
    by, regions, industries, stage, of, stage_weights
        The groups, all of a kind or one, as in `pure`.
    partners : str or list, optional
        Region codes, names or a group; the regions of the group itself never count as partners.

    Returns
    -------
    DataFrame, one row for each group: backward_region (made by the rest of the group's regions), backward_partners,
    backward_rest (elsewhere) and pure_backward, their sum; the same for forward, by whose final demand needs it.
    Without `partners` those two columns are absent. In the account's unit; NaN without output, and for parts of which
    nothing is known of the account.

    Examples
    --------
    >>> import io_linkage as iol
    >>> parts = split_pure(iol.load(), regions="CHN", stage="emerging", partners="developing").iloc[0]
    >>> bool(parts["backward_region"] > parts["backward_rest"] > parts["backward_partners"])
    True
    """
    q = intensity(table, of)
    if (by is None) == (regions is None and industries is None and stage is None):
        raise OptionError("Choose either by= (every group) or a selection (one group); for industries see split().")
    if by is None:
        chosen = select(table, regions=regions, industries=industries, stage=stage, stage_weights=stage_weights)
        W, names = chosen.share[:, None], pd.Index([chosen.label])
    else:
        W, names = groups_by(table, by, stage_weights)
        _prepare(table, by)
    codes = None if partners is None else [table.regions.index(code) for code in region_codes(table, partners)]
    values = [_split_group(table, W[:, k], " ".join(_words(names[k])), q, codes) for k in range(W.shape[1])]
    places = ["region", "rest"] if codes is None else ["region", "partners", "rest"]
    columns = [
        column
        for side in ("backward", "forward")
        for column in (*(f"{side}_{place}" for place in places), f"pure_{side}")
    ]
    label: dict[str, Any] = (
        {} if partners is None else {"partners": partners if isinstance(partners, str) else list(partners)}
    )
    out = pd.DataFrame(values, index=names, columns=columns)
    return labelled(out, table.caption("pure linkages by place", q.unit, rule="block", **label, **q.attrs))


def _split_group(table: MRIOTable, share: Array, label: str, q: Intensity, partners: list[int] | None) -> list[float]:
    """Return the parts of both linkages and their sums; NaN where nothing is known on the side that counts."""
    home = np.isin(table.region_codes, np.unique(table.region_codes[(share > 0) & table.active]))
    places = [home] if partners is None else [home, np.isin(table.region_codes, partners) & ~home]
    places.append(~np.any(places, axis=0))
    if not (share[table.active] > 0).any():
        return [float("nan")] * (2 * len(places) + 2)
    backward, forward = _split_amounts(table, share, label, q, places)
    counted, rest = q.known & table.active, table.active & (share < 1)
    parts = [
        amount if (counted & rest & place).any() or not (rest & place).any() else float("nan")
        for amount, place in zip(backward, places, strict=True)
    ]
    total = sum(backward) if (counted & rest).any() else float("nan")
    if not (counted & (share > 0)).any():
        forward = [float("nan")] * len(places)
    return [*parts, total, *forward, sum(forward)]


def _split_amounts(
    table: MRIOTable, share: Array, label: str, q: Intensity, places: list[npt.NDArray[np.bool_]]
) -> tuple[list[float], list[float]]:
    system = table.system
    _require_rest(table, share, label)
    y = table.accounts.Y.sum(axis=1)
    produced = removal.solve_inside(system, share, share * y)
    where = np.flatnonzero(share)
    if system.has_inverse and len(where) <= removal.DENSE:
        return _split_from_inverse(system, where, share, y, produced, q, np.array(places))
    everything = np.ones(system.n)
    back = q.counted * removal.solve_without(system, share, everything, (1 - share) * system.apply(produced))
    backward = [float(back[place].sum()) for place in places]
    forward = []
    for place in places:
        rest = removal.solve_without(system, share, everything, (1 - share) * y * place)
        forward.append(float(q.counted @ removal.solve_inside(system, share, share * system.apply(rest))))
    return backward, forward


def _split_from_inverse(
    system: System,
    where: npt.NDArray[np.intp],
    share: Array,
    y: Array,
    produced: Array,
    q: Intensity,
    places: npt.NDArray[np.bool_],
) -> tuple[list[float], list[float]]:
    """Return the parts from L; for the final demand z of a place the group delivers L_KK^-1 of w ((L z)_K - z_K)."""
    w = share[where]
    columns = removal.inverse_columns(system, where)
    own = np.eye(len(w)) + w[:, None] * (columns[where] - np.eye(len(w)))
    weights = places * (q.counted * (1 - share))
    reach = weights @ columns - weights[:, where]
    backward = list(map(float, reach @ np.linalg.solve(own, produced[where])))
    demand = (places * ((1 - share) * y)).T
    delivered = np.linalg.solve(own, w[:, None] * (system.inverse()[where] @ demand - demand[where]))
    forward = []
    for k in range(len(places)):
        needed = np.zeros(system.n)
        needed[where] = delivered[:, k]
        forward.append(float(q.counted @ removal.solve_inside(system, share, needed)))
    return backward, forward


def _require_rest(table: MRIOTable, share: Array, label: str) -> None:
    if (share[table.active] == 1).all():
        raise OptionError(f"{label} is the whole of {table.label}, so there is no rest for it to be linked with.")


def _each(table: MRIOTable, q: Intensity) -> Array:
    system = table.system
    own = system.inverse_diagonal()
    a = np.divide(np.diagonal(system.Z), system.x, out=np.zeros(system.n), where=system.active)
    y = table.accounts.Y.sum(axis=1)
    sums = system.backward_sums() if q.is_output else system.solve_transposed(q.counted)
    back = (sums - q.counted * own) / own * y / (1 - a)
    ahead = q.counted * (system.x / own - y) / (1 - a)
    counted = q.known & table.active
    # Without a rest nothing is drawn from it, which is known.
    alone = table.active.sum() == 1
    back = np.where((counted.sum() - counted > 0) | alone, back, np.nan)
    ahead = np.where(q.known, ahead, np.nan)
    values = np.column_stack([back, ahead, back + ahead])
    values[~table.active] = np.nan
    return values


def _group(table: MRIOTable, share: Array, label: str, q: Intensity) -> Array:
    """Return the linkages of one group; NaN where nothing is known of the account on the side that counts."""
    back, ahead = _amounts(table, share, label, q)
    counted = q.known & table.active
    back = back if (counted & (share < 1)).any() else np.nan
    ahead = ahead if (counted & (share > 0)).any() else np.nan
    return np.array([back, ahead, back + ahead])


def _amounts(table: MRIOTable, share: Array, label: str, q: Intensity) -> tuple[float, float]:
    system = table.system
    if not (share[system.active] > 0).any():
        return np.nan, np.nan
    _require_rest(table, share, label)
    y = table.accounts.Y.sum(axis=1)
    everything = np.ones(system.n)
    # Parts of one industry are split in proportion, so the rest sells (1 - share) of every row and the group its share.
    produced = removal.solve_inside(system, share, share * y)
    where = np.flatnonzero(share)
    if system.has_inverse and len(where) <= removal.DENSE:
        return _from_inverse(system, where, share, y, produced, q)
    back = removal.solve_without(system, share, everything, (1 - share) * system.apply(produced))
    rest = removal.solve_without(system, share, everything, (1 - share) * y)
    ahead = removal.solve_inside(system, share, share * system.apply(rest))
    return float(q.counted @ back), float(q.counted @ ahead)


def _from_inverse(
    system: System, where: npt.NDArray[np.intp], share: Array, y: Array, produced: Array, q: Intensity
) -> tuple[float, float]:
    """Return the linkages of one group from L: its rest is L_RK (L_KK)^-1 and L_KK^-1 x_K - y_K, split by shares."""
    w = share[where]
    columns = removal.inverse_columns(system, where)
    own = np.eye(len(w)) + w[:, None] * (columns[where] - np.eye(len(w)))
    weights = q.counted * (1 - share)
    reach = weights @ columns - weights[where]
    back = float(reach @ np.linalg.solve(own, produced[where]))
    needed = np.zeros(system.n)
    needed[where] = np.linalg.solve(own, w * system.x[where]) - w * y[where]
    ahead = float(q.counted @ removal.solve_inside(system, share, needed))
    return back, ahead


def _labelled(table: MRIOTable, values: Array, index: pd.Index[Any], q: Intensity) -> pd.DataFrame:
    out = pd.DataFrame(values, index=index, columns=COLUMNS)
    for column in COLUMNS:
        mean = out[column].mean()
        out[f"{column}_normalised"] = out[column] / mean if mean else np.nan
    return labelled(out, table.caption("pure linkages", q.unit, rule="block", **q.attrs))


def _words(name: object) -> tuple[str, ...]:
    return tuple(map(str, name)) if isinstance(name, tuple) else (str(name),)
