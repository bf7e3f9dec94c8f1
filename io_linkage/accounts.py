"""From published accounts to balanced arrays: validation, gaps, industries without output.

Published tables never balance to the last digit. What is missing is carried openly, as a final-demand column and a
primary-input row called `statistical discrepancy`, so that both identities

    Z i + Y i = x        and        i'Z + i'V = x'

hold to machine precision, whatever the source.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from io_linkage.errors import (
    BalanceError,
    NotProductiveError,
    OptionError,
    TableError,
    require_option,
    unknown,
)
from io_linkage.labels import joined
from io_linkage.leontief import Array, Mapped
from io_linkage.wording import label_name, shortened

Output: TypeAlias = Literal["rows", "published"]
ValueAdded: TypeAlias = Literal["published", "residual"]

DISCREPANCY = "statistical discrepancy"
RESIDUAL_NAME = "value added including taxes and margins"

#: A gap below this share of the region's output is never refused, however small the industry.
NEGLIGIBLE = 1e-4


@dataclass(frozen=True)
class Stray:
    """Flows of industries without output, taken out of Z and kept for the way back."""

    where: npt.NDArray[np.intp]
    rows: Array
    columns: Array


@dataclass(frozen=True)
class Accounts:
    """The balanced arrays of one table and how they were balanced."""

    Z: Array
    Y: Array
    V: Array
    x: Array
    demand: pd.MultiIndex
    primary: pd.Index[str]
    published: Array | None
    output: Output
    value_added: ValueAdded
    va_rows: tuple[str, ...]
    stray: Stray | None = field(default=None, repr=False)

    def __getstate__(self) -> dict[str, Any]:
        """Pass flows that are mapped from a file by its name, so that processes share them."""
        state = dict(self.__dict__)
        state["Z"] = Mapped.of(self.Z) or self.Z
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Map the file again; refuse one that has changed."""
        Z = state["Z"]
        self.__dict__.update(state | {"Z": Z.open() if isinstance(Z, Mapped) else Z})

    @cached_property
    def own_demand(self) -> npt.NDArray[np.bool_]:
        """Columns of Y that are final demand, not the statistical discrepancy, (m,)."""
        return np.asarray(self.demand.get_level_values(1) != DISCREPANCY)

    @cached_property
    def own_inputs(self) -> npt.NDArray[np.bool_]:
        """Rows of V that are primary inputs, not the statistical discrepancy, (k,)."""
        return np.asarray(self.primary != DISCREPANCY)

    @property
    def published_flows(self) -> Array:
        """Z as it was published, flows of industries without output included, (n, n)."""
        if self.stray is None:
            return self.Z
        Z = self.Z.copy()
        Z[self.stray.where] = self.stray.rows
        Z[:, self.stray.where] = self.stray.columns
        return Z

    @property
    def row_gap(self) -> Array:
        """Published output less the row sums of Z and Y; zeros where nothing was published."""
        if self.published is None:
            return np.zeros_like(self.x)
        rows: Array = self.Z.sum(axis=1) + self.Y[:, self.own_demand].sum(axis=1)
        return self.published - rows


@dataclass(frozen=True, eq=False)
class Satellite:
    """Accounts per country-industry in their own units; NaN where the source has none.

    Attributes
    ----------
    name : str
    F : DataFrame, (accounts, n), on the table's index
    unit : Series, unit of each account
    F_Y : DataFrame or None, what final demand itself uses or emits
    """

    name: str
    F: pd.DataFrame
    unit: pd.Series[str]
    F_Y: pd.DataFrame | None = None

    @property
    def rows(self) -> list[str]:
        """Names of the accounts; parts of a many-level label are joined by ' | '."""
        return [joined(label) for label in self.F.index]


def balance(
    index: pd.MultiIndex,
    Z: Array,
    demand: pd.MultiIndex,
    Y: Array,
    primary: pd.Index[str],
    V: Array,
    published: Array | None,
    *,
    output: Output = "rows",
    value_added: ValueAdded = "published",
    va_rows: Sequence[str] | None = None,
    tolerance: float = 0.01,
) -> Accounts:
    """Check raw accounts and complete them so that both identities hold.

    Z may be changed only when an industry without output has flows; it is copied first.
    """
    require_option("output", output, ("rows", "published"))
    require_option("value_added", value_added, ("published", "residual"))
    _require_sound(index, Z, demand, Y, primary, V, published)
    rows = Z.sum(axis=1) + Y.sum(axis=1)
    x = _gross_output(index, rows, published, output)
    x, Z, stray = _set_aside_stray(Z, x, published)
    inputs = Z.sum(axis=0)
    _require_value_added(index, inputs, x)
    rounding = _rounding(Z, Y.shape[1])
    if published is not None:
        _require_balanced(index, published - rows, published, tolerance, rounding, "row", "Z and Y")
    if len(primary) and value_added == "published":
        _require_balanced(index, x - inputs - V.sum(axis=0), x, tolerance, rounding, "column", "Z and V")
    demand, Y = _close_rows(index, demand, Y, x - Z.sum(axis=1) - Y.sum(axis=1), x)
    primary, V, published_va = _close_columns(primary, V, x - inputs, x)
    names = _value_added_rows(primary, va_rows) if published_va else (RESIDUAL_NAME,)
    kind: ValueAdded = value_added if published_va else "residual"
    return Accounts(Z, Y, V, x, demand, primary, published, output, kind, names, stray)


def _require_sound(
    index: pd.MultiIndex,
    Z: Array,
    demand: pd.MultiIndex,
    Y: Array,
    primary: pd.Index[str],
    V: Array,
    published: Array | None,
) -> None:
    n = len(index)
    if n == 0:
        raise TableError("The table has no industries.")
    for name, array, shape in (
        ("Z", Z, (n, n)),
        ("Y", Y, (n, len(demand))),
        ("V", V, (len(primary), n)),
        ("x", published, (n,)),
    ):
        if array is not None and array.shape != shape:
            raise TableError(
                f"{name} has shape {array.shape}; {n} industries need {shape}. Give every block in the same order "
                "of regions and industries."
            )
    for name, labels in (("industries", index), ("final demand", demand), ("primary inputs", primary)):
        if not labels.is_unique:
            repeated = labels[labels.duplicated()].unique()
            raise TableError(
                f"Labels repeat in {name}: {shortened(repeated)}. Each label must appear once; "
                "aggregate or rename the repeated ones."
            )
    columns = ((index, index, "Z", Z), (index, demand, "Y", Y), (primary, index, "V", V))
    for row_labels, column_labels, name, array in columns:
        _require_finite(name, array, row_labels, column_labels)
    if published is not None:
        _require_finite("x", published[:, None], index, pd.Index(["output"]))
        if (published < 0).any():
            where = np.flatnonzero(published < 0)
            raise TableError(
                f"Output is negative in {len(where)} industries: "
                f"{shortened([f'{label_name(index[int(i)])} {published[i]:,.6g}' for i in where])}. "
                "Correct the source, or leave output out so that it is computed from the rows."
            )


def _require_finite(name: str, array: Array, rows: pd.Index[str], columns: pd.Index[str]) -> None:
    # The sum of a block is finite exactly when no cell is NaN or infinite (bar overflow), and costs no copy.
    if array.size == 0 or np.isfinite(array.sum()):
        return
    bad = np.argwhere(~np.isfinite(array))
    if len(bad) == 0:
        return
    cells = [f"{label_name(rows[i])} -> {label_name(columns[j])}" for i, j in bad[:3]]
    more = f" and {len(bad) - 3} more" if len(bad) > 3 else ""
    raise TableError(
        f"{name} has {len(bad)} cells that are NaN or infinite: {'; '.join(cells)}{more}. "
        "Fill them in the source: write 0 where a flow is known to be zero, and estimate the unknown ones."
    )


def _gross_output(index: pd.MultiIndex, rows: Array, published: Array | None, output: Output) -> Array:
    if output == "published":
        if published is None:
            raise OptionError("output='published' was asked for, but the table has no published output x.")
        return published.astype(np.float64, copy=True)
    if published is None and (rows < -1e-6 * abs(rows.sum())).any():
        where = np.flatnonzero(rows < -1e-6 * abs(rows.sum()))
        raise TableError(
            f"Output (row sums of Z and Y) is negative in {len(where)} industries: "
            f"{shortened([f'{label_name(index[int(i)])} {rows[i]:,.6g}' for i in where])}. Check the signs of Z and Y."
        )
    return rows


def _set_aside_stray(Z: Array, x: Array, published: Array | None) -> tuple[Array, Array, Stray | None]:
    idle = x <= 0
    if published is not None:
        idle |= published <= 0
    where = np.flatnonzero(idle)
    if not len(where):
        return x, Z, None
    x = x.copy()
    x[where] = 0.0
    rows, columns = Z[where].copy(), Z[:, where].copy()
    if not rows.any() and not columns.any():
        return x, Z, None
    Z = Z.copy(order="K")
    Z[where] = 0.0
    Z[:, where] = 0.0
    return x, Z, Stray(where, rows, columns)


def _require_value_added(index: pd.MultiIndex, inputs: Array, x: Array) -> None:
    active = x > 0
    if not active.any() or (inputs[active] < x[active]).any():
        return
    worst = int(np.argmax(np.where(active, inputs - x, -np.inf)))
    raise NotProductiveError(
        f"In all {int(active.sum())} industries with output, inputs from industries reach or exceed output, so none "
        f"has value added (worst: {label_name(index[worst])}, inputs {inputs[worst]:,.6g} for output {x[worst]:,.6g}). "
        "Check that rows are sellers and columns buyers, that Y is given for every region, and that Z and Y are in one "
        "unit."
    )


def _rounding(Z: Array, others: int) -> float:
    """Gap that rounding to whole units can leave in a sum, 0 for unrounded tables.

    A rounded cell is off by a uniform error of variance 1/12, so the sum of m cells has a standard deviation of
    sqrt(m / 12); ten of them are allowed (WIOD 2013 reaches nine).
    """
    if any((block != np.rint(block)).any() for block in np.array_split(Z, max(1, len(Z) // 256))):
        return 0.0
    return 10.0 * float(np.sqrt((len(Z) + others) / 12))


def out_of_balance(
    index: pd.MultiIndex, gap: Array, x: Array, Z: Array, demand_columns: int, tolerance: float
) -> npt.NDArray[np.bool_]:
    """Which gaps are too large: beyond the tolerance, 0.01 % of the region's output and what rounding explains."""
    return _out_of_balance(index, gap, x, tolerance, _rounding(Z, demand_columns))


def _out_of_balance(
    index: pd.MultiIndex, gap: Array, x: Array, tolerance: float, rounding: float
) -> npt.NDArray[np.bool_]:
    regions = pd.factorize(index.get_level_values(0))[0]
    regional = np.bincount(regions, weights=np.abs(x))[regions]
    floor = np.maximum(NEGLIGIBLE * regional, rounding)
    # A product with an infinite tolerance would be NaN where output is 0.
    accepted = tolerance * np.abs(x) if np.isfinite(tolerance) else np.inf
    off: npt.NDArray[np.bool_] = np.abs(gap) > np.maximum(accepted, floor)
    return off


def _require_balanced(
    index: pd.MultiIndex, gap: Array, x: Array, tolerance: float, rounding: float, side: str, blocks: str
) -> None:
    off = _out_of_balance(index, gap, x, tolerance, rounding)
    if not off.any():
        return
    relative = np.divide(gap, x, out=np.full(len(x), np.inf), where=x != 0)
    where = sorted(np.flatnonzero(off), key=lambda i: -abs(relative[i]))
    shown = [f"{label_name(index[int(i)])} {relative[i]:+.1%}" for i in where]
    raise BalanceError(
        f"{len(where)} of {len(x)} industries are out of balance by more than {tolerance:.3g} of output on the "
        f"{side} side (output less the sums of {blocks}): {shortened(shown)}. "
        f"{_remedy(relative[off], side)}"
    )


def _remedy(relative: Array, side: str) -> str:
    largest = float(np.abs(relative).max())
    other = "" if side == "row" else ", or value_added='residual' to take output less intermediate inputs"
    if not largest <= 1:
        return (
            "Gaps larger than output itself come from blocks in different units, a misread decimal sign, or a block "
            f"that misses regions: compare them with the source{other.replace(', or', ', or pass')}."
        )
    return (
        "Check that the blocks cover every region and are in one unit and valuation, or pass "
        f"tolerance={np.ceil(largest * 100) / 100:.2f} to accept the gaps as a `{DISCREPANCY}`{other}."
    )


def _close_rows(
    index: pd.MultiIndex, demand: pd.MultiIndex, Y: Array, gap: Array, x: Array
) -> tuple[pd.MultiIndex, Array]:
    if _is_rounding(gap, x):
        return demand, Y
    codes, regions = pd.factorize(index.get_level_values(0))
    extra = np.zeros((len(index), len(regions)))
    extra[np.arange(len(index)), codes] = gap
    labels = pd.MultiIndex.from_product([regions, [DISCREPANCY]], names=demand.names)
    return demand.append(labels), np.hstack([Y, extra])


def _close_columns(primary: pd.Index[str], V: Array, inputs: Array, x: Array) -> tuple[pd.Index[str], Array, bool]:
    if not len(primary):
        return pd.Index([RESIDUAL_NAME], name="primary input"), inputs[None, :], False
    gap = inputs - V.sum(axis=0)
    if _is_rounding(gap, x):
        return primary, V, True
    return primary.append(pd.Index([DISCREPANCY], name=primary.name)), np.vstack([V, gap]), True


def _is_rounding(gap: Array, x: Array) -> bool:
    """Whether the gap is no more than the sums' own rounding error."""
    return bool((np.abs(gap) <= 8 * np.finfo(float).eps * np.maximum(x, 1e-300)).all())


def _value_added_rows(primary: pd.Index[str], asked: Sequence[str] | None) -> tuple[str, ...]:
    names = [str(p) for p in primary if p != DISCREPANCY]
    if asked is not None:
        if not len(asked):
            raise OptionError("va_rows is empty; name the rows of V that are value added.")
        for row in asked:
            if row not in names:
                raise unknown("row of V", row, names)
        return tuple(asked)
    taxes = [p for p in names if _is_tax_or_margin(p)]
    plain = [p for p in names if _says_value_added(p) and p not in taxes]
    if plain:
        return tuple(plain)
    rest = [p for p in names if p not in taxes]
    return tuple(rest or names)


def _says_value_added(name: str) -> bool:
    words = name.lower().replace("-", " ").replace("_", " ")
    return "value added" in words or words in {"va", "gva", "valu"}


def _is_tax_or_margin(name: str) -> bool:
    """Whether a row of V is a tax on products, a margin or imports, and so not value added."""
    words = name.lower().replace("_", " ")
    on_products = "tax" in words and ("product" in words and "production" not in words.replace("on products", ""))
    imports = words.startswith("import")
    return on_products or imports or "margin" in words or words in {"taxsub", "tls", "txs", "d21x31"}


def value_added_label(accounts: Accounts) -> str:
    """Name of what `va` holds, for captions and for comparing tables."""
    if accounts.value_added == "residual":
        return RESIDUAL_NAME
    if any(
        _is_tax_or_margin(row) or ("tax" in row.lower() and "value added" in row.lower()) for row in accounts.va_rows
    ):
        return RESIDUAL_NAME
    return "value added"
