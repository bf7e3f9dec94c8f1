"""Structural paths: which chains of suppliers a final product draws its value added, jobs or other content from."""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from io_linkage.captions import labelled
from io_linkage.errors import OptionError
from io_linkage.intensities import Account, intensity
from io_linkage.leontief import Array
from io_linkage.selection import industry_codes, region_codes
from io_linkage.table import MRIOTable

#: Between the steps of a path.
STEP = " > "


def paths(
    table: MRIOTable,
    *,
    region: str,
    industry: str,
    of: Account = "value_added",
    threshold: float = 1e-3,
    most: int | None = None,
    deepest: int | None = None,
) -> pd.DataFrame:
    r"""Paths along which a final product draws on its suppliers, largest first.

    .. math:: q_{i_k} \, a_{i_k i_{k-1}} \cdots a_{i_1 j} \, y_j

    The content of the product, :math:`(q'L)_j y_j`, is the sum over all paths. They are followed best first: everything
    behind node i carries at most what reaches it times :math:`(q'L)_i`, so that a branch below the threshold is left.
    Where an account is negative, its amounts count without their sign for the bound, the threshold and the order.

    Parameters
    ----------
    table : MRIOTable
    region, industry : str
        The final product: one country-industry.
    of : str or Series
        Account that the paths carry.
    threshold : float
        Smallest path kept, as a share of the content of the product.
    most : int, optional
        Keep only the largest, this many.
    deepest : int, optional
        Most steps of a path; 0 keeps the product's own content alone.

    Returns
    -------
    DataFrame, largest path first: `path` from the origin to the final product, as in "CHN C > CHN 27t28 > CHN 34t35";
    `depth`, its number of steps; `value`; `value_share` of the content; `coverage_share`, of this path and all above.
    The list is never complete: ``attrs["coverage"]`` is the share it covers and ``attrs["note"]`` says so.

    Raises
    ------
    OptionError
        More than one region or industry, nothing sold to final demand, negative flows between industries, a threshold
        outside 0 to 1.
    UnknownLabelError
        A region or industry that the table does not have.

    References
    ----------
    Crama, Defourny & Gazon (1984); Lenzen (2003).

    See Also
    --------
    io_linkage.spillovers.matrix : The sums over all paths.

    Examples
    --------
    >>> import io_linkage as iol
    >>> chain = paths(iol.load(), region="CHN", industry="30t33", threshold=1e-2)
    >>> chain["path"].iloc[0], chain["depth"].iloc[0]
    ('CHN 30t33', np.int64(0))
    """
    if not 0 < threshold < 1:
        raise OptionError(f"threshold={threshold} is not possible; it must be a share between 0 and 1, e.g. 0.001.")
    for name, value in (("most", most), ("deepest", deepest)):
        if value is not None and (not isinstance(value, int) or value < (1 if name == "most" else 0)):
            raise OptionError(f"{name}={value!r} is not possible; it must be a whole number.")
    q = intensity(table, of)
    j = _node(table, region, industry)
    demand = float(table.accounts.Y[j].sum())
    if demand <= 0:
        raise OptionError(f"{_name(table, j)} sells nothing to final demand in {table.label}, so no path ends there.")
    own = q.counted
    if table.accounts.Z.min() < 0:
        raise OptionError(
            f"{table.label} has negative flows between industries, so a branch may carry more than what reaches it and "
            "paths cannot be ranked. Aggregate the industries concerned."
        )
    # Where an account is below 0 somewhere, amounts without their sign still bound what a branch can carry.
    chain = _Chain(table.accounts.Z, table.accounts.x, own, table.system.solve_transposed(np.abs(own)))
    through = chain.behind if own.min() >= 0 else table.system.solve_transposed(own)
    content = float(through[j] * demand)
    if content <= 0:
        raise OptionError(f"The final product {_name(table, j)} contains no {q.label}, so there are no paths of it.")
    found = chain.follow(j, demand, threshold * content, most, deepest)
    return _frame(table, found, content, q.attrs, q.unit, q.label, j, threshold)


@dataclass
class _Chain:
    """Flows and output, what each node carries itself, and a bound of all that its output carries; arrays alone."""

    Z: Array
    x: Array
    own: Array
    behind: Array
    suppliers: dict[int, tuple[npt.NDArray[np.intp], Array, Array]] = field(default_factory=dict)

    def of(self, node: int) -> tuple[npt.NDArray[np.intp], Array, Array]:
        """Suppliers of a node by what stands behind them per unit of its output, largest first."""
        if node not in self.suppliers:
            inputs = self.Z[:, node] / self.x[node]
            bound = inputs * self.behind
            order = np.argsort(-bound, kind="stable")
            order = order[bound[order] > 0]
            self.suppliers[node] = order, inputs[order], -bound[order]
        return self.suppliers[node]

    def follow(
        self, end: int, demand: float, least: float, most: int | None, deepest: int | None
    ) -> list[tuple[float, tuple[int, ...]]]:
        """Return value and nodes, from the final product back, of the paths kept; best first."""
        kept: list[tuple[float, tuple[int, ...]]] = []
        ranked: list[float] = []
        # Each entry is the largest branch not yet followed among its siblings: its bound, its path, the output needed
        # of the node before its end, and its place among the suppliers of that node.
        waiting: list[tuple[float, tuple[int, ...], float, int]] = [(-demand * self.behind[end], (end,), demand, -1)]
        while waiting and -waiting[0][0] >= least:
            _, path, amount, place = heapq.heappop(waiting)
            if place >= 0:
                inputs = self.of(path[-2])[1]
                self._push(waiting, path[:-1], amount, place + 1)
                amount = float(amount * inputs[place])
            value = amount * float(self.own[path[-1]])
            if abs(value) >= least:
                kept.append((value, path))
                if most is not None:
                    least = _least(ranked, abs(value), most, least)
            if deepest is None or len(path) <= deepest:
                self._push(waiting, path, amount, 0)
        kept.sort(key=lambda one: (-abs(one[0]), len(one[1]), one[1]))
        return kept[:most]

    def _push(
        self, waiting: list[tuple[float, tuple[int, ...], float, int]], path: tuple[int, ...], amount: float, place: int
    ) -> None:
        order, _, negative = self.of(path[-1])
        if place < len(order):
            heapq.heappush(waiting, (float(amount * negative[place]), (*path, int(order[place])), amount, place))


def _least(ranked: list[float], value: float, most: int, least: float) -> float:
    """Smallest value that can still be among the largest."""
    heapq.heappush(ranked, value)
    if len(ranked) > most:
        heapq.heappop(ranked)
    return max(least, ranked[0]) if len(ranked) == most else least


def _frame(
    table: MRIOTable,
    found: list[tuple[float, tuple[int, ...]]],
    content: float,
    account: dict[str, object],
    unit: str,
    label: str,
    j: int,
    threshold: float,
) -> pd.DataFrame:
    values = np.array([value for value, _ in found])
    covered = float(values.sum() / content)
    out = pd.DataFrame(
        {
            "path": [STEP.join(_name(table, node) for node in reversed(path)) for _, path in found],
            "depth": [len(path) - 1 for _, path in found],
            "value": values,
            "value_share": values / content,
            "coverage_share": np.cumsum(values) / content,
        },
        index=pd.RangeIndex(1, len(found) + 1, name="rank"),
    )
    note = f"The {len(found)} paths cover {100 * covered:.1f} % of it; the rest runs along longer or smaller ones."
    said = " ".join(filter(None, [note, str(account.get("note", ""))]))
    attrs = table.caption(
        f"paths of {label} to final demand for {_name(table, j)}",
        unit,
        **{**account, "note": said},
        product=_name(table, j),
        coverage=covered,
        content=content,
        threshold=threshold,
        units={"value_share": "share of the content", "coverage_share": "share of the content", "depth": "steps"},
    )
    return labelled(out, attrs)


def _node(table: MRIOTable, region: str, industry: str) -> int:
    regions, industries = region_codes(table, region), industry_codes(table, industry)
    if len(regions) > 1 or len(industries) > 1:
        raise OptionError(f"{region} is {len(regions)} regions. Paths lead to one final product; name one region.")
    wanted = (table.region_codes == table.regions.index(regions[0])) & (
        table.industry_codes == table.industries.index(industries[0])
    )
    where = np.flatnonzero(wanted)
    if not len(where) or not table.active[where[0]]:
        raise OptionError(f"{regions[0]} {industries[0]} has no output in {table.label}.")
    return int(where[0])


def _name(table: MRIOTable, node: int) -> str:
    return " ".join(map(str, table.index[node]))
