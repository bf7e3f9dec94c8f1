"""How extraction losses are split, related to GDP and labelled.

Terms
-----
own : the loss of the extracted part itself.
home : the loss elsewhere in the regions of the extracted group.
abroad : the loss in all other regions.
"""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from io_linkage.captions import labelled
from io_linkage.errors import OptionError, require_option
from io_linkage.intensities import Intensity
from io_linkage.leontief import Array
from io_linkage.selection import Selection, groups_by
from io_linkage.table import MRIOTable

RelativeTo: TypeAlias = Literal["gdp", "account"]
Affected: TypeAlias = Literal["region", "industry", "stage", "region-stage"]

#: A part of a loss below this share of it is what rounding leaves of a difference.
ROUNDING = 1e-13

PARTS = ["own", "home", "abroad", "total"]


def percent_base(table: MRIOTable, q: Intensity, relative_to: RelativeTo | None) -> tuple[Array, float, str]:
    """Return what percentages are of: per region, for the world, and its name."""
    if relative_to is not None:
        require_option("relative_to", relative_to, ("gdp", "account"))
    money = q.unit == table.unit
    chosen = relative_to or ("gdp" if money and q.name == "value_added" else "account")
    if chosen == "gdp" and not money:
        raise OptionError(
            f"{q.name} is in {q.unit or 'another unit'}, so it is not a share of GDP; use relative_to='account'."
        )
    total: Array = np.array(table.va, dtype=np.float64) if chosen == "gdp" else q.total
    known: Array = np.where(table.active, np.nan_to_num(total), 0.0)
    base: Array = np.zeros(len(table.regions))
    np.add.at(base, table.region_codes, known)
    return base, float(base.sum()), f"GDP ({table.value_added_label})" if chosen == "gdp" else q.name


def percent(amount: Array, base: Array | float) -> Array:
    """Return 100 amount / base, NaN where there is no base."""
    full = np.broadcast_to(np.asarray(base, dtype=np.float64), np.shape(amount))
    result: Array = np.divide(100 * amount, full, out=np.full(np.shape(amount), np.nan), where=full != 0)
    return result


def region_sums(table: MRIOTable, q: Intensity) -> Array:
    """Return q L summed over the rows of each region: (n, regions), row j the column j of L."""
    W, _ = groups_by(table, "region")
    right = W * q.counted[:, None]
    if table.system.has_inverse:
        return np.asarray((right.T @ table.system.inverse()).T)
    return table.system.solve_transposed(right)


def affected(table: MRIOTable, share: Array, loss: Array, own: Array, q: Intensity) -> pd.DataFrame:
    """Return the losses of each country-industry from one extraction, split by where they arise."""
    home = np.isin(table.region_codes, np.unique(table.region_codes[share > 0]))
    elsewhere = loss - own
    elsewhere = np.where(np.abs(elsewhere) <= ROUNDING * np.abs(loss), 0.0, elsewhere)
    values = q.counted[:, None] * np.column_stack(
        [own, np.where(home, elsewhere, 0.0), np.where(home, 0.0, elsewhere), loss]
    )
    values[~(q.known & table.active)] = np.nan
    out = pd.DataFrame(values, index=table.index, columns=PARTS)
    out["account_percent"] = percent(values[:, 3], np.nan_to_num(q.total))
    return out


def grouped_affected(
    table: MRIOTable, parts: pd.DataFrame, q: Intensity, by: Affected, stage_weights: pd.DataFrame | None
) -> pd.DataFrame:
    """Add the losses of affected country-industries up to groups."""
    require_option("by", by, ("region", "industry", "stage", "region-stage"))
    W, names = groups_by(table, by, stage_weights)
    out = pd.DataFrame(W.T @ np.nan_to_num(parts[PARTS].to_numpy()), index=names, columns=PARTS)
    known = (q.known & table.active).astype(np.float64)
    # A group in which no industry has a number has none itself.
    out.loc[W.T @ known == 0] = np.nan
    out["account_percent"] = percent(out["total"].to_numpy(), W.T @ np.nan_to_num(q.total))
    return out


def selection_attrs(
    table: MRIOTable,
    parts: pd.DataFrame,
    selection: Selection,
    q: Intensity,
    relative_to: RelativeTo | None,
    **attrs: Any,
) -> dict[str, Any]:
    """Return the caption of the losses from one extraction, with their sums and percentages."""
    sums = {column: float(parts[column].sum()) for column in PARTS}
    base, world, base_name = percent_base(table, q, relative_to)
    home = float(base[np.unique(table.region_codes[selection.share > 0])].sum())
    return table.caption(
        f"{q.name} lost without {selection.label}",
        q.unit,
        extracted=selection.label,
        **attrs,
        **block_attrs(q),
        **sums,
        home_percent=float(percent(np.array(sums["own"] + sums["home"]), home)),
        total_percent=float(percent(np.array(sums["total"]), world)),
        percent_of=base_name,
    )


def extracted_table(
    table: MRIOTable,
    values: Array,
    index: pd.Index[Any],
    homes: npt.NDArray[np.bool_] | npt.NDArray[np.intp],
    q: Intensity,
    relative_to: RelativeTo | None,
    **attrs: Any,
) -> pd.DataFrame:
    """Label the losses from many extractions, one a row.

    Parameters
    ----------
    values : array, (rows, 4)
        own, home, abroad, total.
    homes : array
        For each row the code of its region, (rows,), or a mask of its regions, (rows, regions).
    """
    base, world, base_name = percent_base(table, q, relative_to)
    # A difference of equal sums leaves rounding errors of either sign; nothing is lost there.
    values = np.where(np.abs(values) <= ROUNDING * np.abs(values[:, 3:]), 0.0, values)
    at_home = base[homes] if homes.ndim == 1 else np.asarray(homes, dtype=np.float64) @ base
    out = pd.DataFrame(values, index=index, columns=PARTS)
    out["home_percent"] = percent(values[:, 0] + values[:, 1], at_home)
    out["total_percent"] = percent(values[:, 3], world)
    caption = table.caption(f"extraction loss in {q.name}", q.unit, percent_of=base_name, **block_attrs(q), **attrs)
    return labelled(out, caption)


def block_attrs(q: Intensity) -> dict[str, Any]:
    """Return the attrs that say that losses of a group are not the sum of its members'."""
    return {**q.attrs, "rule": "block"}
