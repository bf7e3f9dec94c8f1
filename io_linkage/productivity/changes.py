r"""Log changes of volumes and mean shares of values between two years, in arrays.

All growth is logarithmic, all shares are means of the two years' (Toernqvist). For a cell, with GO gross output, II
intermediate inputs, VA value added, K capital and H hours:

    s_I = II/GO,  s_V = VA/GO,  s_K = (VA - LAB)/GO,  s_Lh = LAB_h/GO       (means of two years)
    tau = s_V dlnV - s_K dlnK - sum_h s_Lh dlnH_h                           TFP on gross output
    tau^V = tau / s_V                                                       TFP on value added

with dlnV that of the published volume of value added, or (dlnX - s_I dlnI) / s_V, double-deflated. An input without
value in both years adds nothing, whatever its volume.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal, TypeAlias, get_args

import numpy as np
import numpy.typing as npt

from io_linkage.errors import OptionError, require_option, unknown
from io_linkage.leontief import Array
from io_linkage.productivity.growth_accounts import GrowthAccounts

#: Which volume of value added.
Volume: TypeAlias = Literal["published", "double_deflated"]
#: Growth of each pair of years, the mean of them, or between the first and the last year alone, a year.
Years: TypeAlias = Literal["mean", "each", "ends"]

#: A share of output below this is rounding, and nothing.
_NOTHING = 1e-6


@dataclass(frozen=True)
class Span:
    """The pairs of years that growth is measured between.

    Attributes
    ----------
    years : Years
    start, end : tuple of int
        Positions of the years of each pair.
    labels : tuple of int
        Last year of each pair.
    length : int
        Years from the first to the last of a pair.
    """

    years: Years
    start: tuple[int, ...]
    end: tuple[int, ...]
    labels: tuple[int, ...]
    length: int


def span(accounts: GrowthAccounts, years: Years, first: int | None, last: int | None) -> Span:
    """Return the pairs of years; the last is by default the latest in which all regions have capital."""
    require_option("years", years, get_args(Years))
    begin = _position(accounts, "first", first, 0)
    finish = _position(accounts, "last", last, _last_with_capital(accounts))
    if finish <= begin:
        raise OptionError(
            f"Growth needs two years, but the first is {accounts.years[begin]} and the last {accounts.years[finish]}. "
            "Choose first= before last=."
        )
    if years == "ends":
        length = accounts.years[finish] - accounts.years[begin]
        return Span(years, (begin,), (finish,), (accounts.years[finish],), length)
    for before, after in zip(accounts.years[begin:finish], accounts.years[begin + 1 : finish + 1], strict=True):
        if after != before + 1:
            raise OptionError(
                f"Yearly growth needs successive years, but {after} has no neighbour: the accounts go from {before} to "
                f"{after}. Choose first= and last= without the gap, or years='ends'."
            )
    ends = tuple(range(begin + 1, finish + 1))
    return Span(years, tuple(range(begin, finish)), ends, tuple(accounts.years[k] for k in ends), 1)


def _position(accounts: GrowthAccounts, name: str, year: int | None, default: int) -> int:
    if year is None:
        return default
    if year not in accounts.years:
        raise unknown(f"{name} year", year, accounts.years)
    return accounts.years.index(year)


def _last_with_capital(accounts: GrowthAccounts) -> int:
    stock = np.nan_to_num(accounts.array("capital_stock"))
    total = np.zeros((len(accounts.regions), stock.shape[1]))
    np.add.at(total, accounts.region_codes, stock)
    ever = total.any(axis=1)
    complete = np.flatnonzero((total[ever] > 0).all(axis=0))
    return int(complete[-1]) if len(complete) else len(accounts.years) - 1


@dataclass(frozen=True, eq=False)
class Levels:
    """Values and volumes of the first and the last year of each pair, (2, cells, pairs); by kind a first axis more."""

    value_added: Array
    capital_income: Array
    stock: Array
    hours: Array
    wages_by_kind: Array
    hours_by_kind: Array


@dataclass(frozen=True, eq=False)
class Changes:
    """Log changes of volumes, and mean shares s_... of gross output, each (cells, pairs).

    `labour` and `s_labour` have a first axis for the kinds of labour. `known` are cells whose every account is known.
    """

    output: Array
    inputs: Array
    energy: Array | None
    value_added: Array
    capital: Array
    hours: Array
    labour: Array
    s_inputs: Array
    s_energy: Array | None
    s_value_added: Array
    s_capital: Array
    s_labour: Array
    levels: Levels
    known: npt.NDArray[np.bool_]

    @cached_property
    def skill(self) -> Array:
        """What the mix of kinds of labour adds to output: sum_h s_Lh dlnH_h - s_L dlnH."""
        return np.asarray((self.s_labour * self.labour).sum(axis=0) - self.s_labour.sum(axis=0) * self.hours)

    @cached_property
    def tau(self) -> Array:
        """TFP on gross output."""
        inputs = self.s_capital * self.capital + (self.s_labour * self.labour).sum(axis=0)
        return np.asarray(self.s_value_added * self.value_added - inputs)


def changes(accounts: GrowthAccounts, pairs: Span, volume: Volume) -> Changes:
    """Compute changes and shares of all cells and pairs of years."""
    require_option("volume", volume, get_args(Volume))
    _require_volume(accounts, volume)
    sides = [list(pairs.start), list(pairs.end)]

    def both(values: Array) -> Array:
        return np.stack([values[..., side] for side in sides], axis=-3)

    def account(name: str) -> Array:
        return both(accounts.array(name))

    levels = Levels(
        account("value_added"),
        both(accounts.capital),
        account("capital_stock"),
        account("hours"),
        both(_kinds(accounts, "labour_compensation")),
        both(_kinds(accounts, "hours")),
    )
    output = account("gross_output")
    s_va = _share(levels.value_added, output)
    s_inputs, d_inputs = _input(account("intermediate_inputs"), account("intermediate_inputs_volume"), output)
    s_capital, d_capital = _input(levels.capital_income, levels.stock, output)
    s_labour, d_labour = _input(levels.wages_by_kind, levels.hours_by_kind, output)
    _, d_hours = _input(account("labour_compensation"), levels.hours, output)
    d_output = _log(account("gross_output_volume"))
    d_va = _log(account("value_added_volume"))
    if volume == "double_deflated":
        d_va = np.divide(d_output - s_inputs * d_inputs, s_va, out=np.full(s_va.shape, np.nan), where=s_va > 0)
    s_energy, d_energy = (
        _input(account("energy"), account("energy_volume"), output) if accounts.has("energy_volume") else (None, None)
    )
    needed = d_va + d_capital + d_hours + d_labour.sum(axis=0) + s_capital + s_labour.sum(axis=0)
    positive = (output > 0).all(axis=0) & (levels.value_added > 0).all(axis=0)
    return Changes(
        d_output, d_inputs, d_energy, d_va, d_capital, d_hours, d_labour,
        s_inputs, s_energy, s_va, s_capital, s_labour, levels, positive & np.isfinite(needed),
    )  # fmt: skip


def _require_volume(accounts: GrowthAccounts, volume: Volume) -> None:
    needed = ("value_added_volume",) if volume == "published" else ("gross_output_volume", "intermediate_inputs_volume")
    other = "double_deflated" if volume == "published" else "published"
    if not all(accounts.has(name) for name in needed):
        raise OptionError(
            f"volume={volume!r} needs {' and '.join(needed)}, which {accounts.label} lacks. Use volume={other!r}."
        )


def _kinds(accounts: GrowthAccounts, account: str) -> Array:
    """One account by kind of labour, (kinds, cells, years); the total alone where kinds are not known."""
    return np.stack([accounts.array(f"{account}_{kind}") for kind in accounts.kinds] or [accounts.array(account)])


def _share(value: Array, output: Array) -> Array:
    output = np.broadcast_to(output, value.shape)
    shares = np.divide(value, output, out=np.full(value.shape, np.nan), where=output > 0)
    return np.asarray(shares.mean(axis=-3))


def _log(volume: Array) -> Array:
    before, after = volume[..., 0, :, :], volume[..., 1, :, :]
    good = (before > 0) & (after > 0)
    ratio = np.divide(after, before, out=np.ones(before.shape), where=good)
    return np.where(good, np.log(ratio), np.nan)


def _input(value: Array, volume: Array, output: Array) -> tuple[Array, Array]:
    """Share and log change of an input; an input that is not paid in either year changes by 0."""
    nothing = (np.abs(value) <= _NOTHING * output).all(axis=-3)
    return np.where(nothing, 0.0, _share(value, output)), np.where(nothing, 0.0, _log(volume))


def averaged(values: Array, pairs: Span) -> Array:
    """Average of pairs, or change a year between the ends, over the last axis; as it is for each pair."""
    if pairs.years == "each":
        return values
    if pairs.years == "ends":
        return values / pairs.length
    return np.asarray(values.mean(axis=-1, keepdims=True))
