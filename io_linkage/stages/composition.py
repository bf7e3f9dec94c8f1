"""What share of each economy is traditional, emerging or future."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from io_linkage.captions import labelled
from io_linkage.errors import require_option
from io_linkage.selection import region_codes
from io_linkage.stages.columns import BOUNDS
from io_linkage.stages.intervals import bounds, described, drawn_shares, require_draws
from io_linkage.stages.matching import Array, File, matched

if TYPE_CHECKING:
    from io_linkage.table import MRIOTable


def composition(
    table: MRIOTable,
    *,
    of: Literal["output", "value_added"] = "output",
    regions: str | Iterable[str] | None = None,
    draws: int = 200,
    seed: int = 0,
    level: float = 0.9,
    stage_file: File = None,
) -> pd.DataFrame:
    r"""Share of each stage in each region's output or value added.

    .. math:: c_{rk} = \sum_{i \in r} x_i w_{ik} / \sum_{i \in r} x_i

    Parameters
    ----------
    of : {"output", "value_added"}
    regions : str or list, optional
        Region codes, names or a group; all by default.
    draws, seed : int
        Draws behind the interval, see `draws`.
    level : float
        Share of the draws between low and high.

    Returns
    -------
    DataFrame indexed by (region, stage): central; low and high, the interval of the draws, in which errors of
    different industries partly cancel; floor and ceiling, with every industry at its bound at once. Dimensionless.
    All but central are NaN where the stage file gives no ranges.
    """
    require_option("of", of, ("output", "value_added"))
    require_draws(draws)
    values = (table.x if of == "output" else table.va).to_numpy(float)
    codes = table.regions if regions is None else region_codes(table, regions)
    sums = np.zeros((len(codes), len(values)))
    for k, name in enumerate(codes):
        inside = table.index.get_level_values(0) == name
        sums[k, inside] = values[inside]
    total = sums.sum(axis=1)
    sums = np.divide(sums, total[:, None], out=np.full_like(sums, np.nan), where=(total > 0)[:, None])
    source = matched(table, stage_file)
    drawn = drawn_shares(source, draws, seed)
    low, high = bounds(np.einsum("rn,dnk->drk", sums, drawn), level)
    ends: dict[str, Array] = {b: sums @ source.shares(source.stages, b) for b in BOUNDS}
    if not source.has_ranges:
        ends |= dict.fromkeys(("low", "high"), np.full_like(low, np.nan))
    columns = {
        "central": ends["central"],
        "low": low,
        "high": high,
        "floor": ends["low"],
        "ceiling": ends["high"],
    }
    index = pd.MultiIndex.from_product([codes, source.stages], names=["region", "stage"])
    out = pd.DataFrame({name: block.ravel() for name, block in columns.items()}, index=index)
    what = "output" if of == "output" else table.value_added_label
    return labelled(
        out,
        table.caption(f"share of stages in {what}", "share"),
        interval=described(level, len(drawn)),
        file=source.name,
    )
