r"""What a measure is counted in: an account per unit of output.

An account is a number per country-industry: output, value added, a satellite such as jobs, or a Series of one's own.
Divided by output it is the weight q of every measure: :math:`q'L` for multipliers and backward linkages,
:math:`\hat q L \hat y` for spillovers and extraction. What the source does not know is NaN. Sums leave it out, and
results say so in ``attrs["left_out"]`` and ``attrs["note"]``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from io_linkage.errors import MissingSatelliteError, OptionError, unknown
from io_linkage.leontief import Array
from io_linkage.table import MRIOTable

#: "output", "value_added", the name of a satellite account, or a Series on the table's index.
Account: TypeAlias = "str | pd.Series[Any]"


@dataclass(frozen=True, eq=False)
class Intensity:
    """An account per unit of output.

    Attributes
    ----------
    name : str
        As it was asked for, e.g. "value_added".
    unit : str
        Of the account itself.
    unit_per_output : str
        E.g. "thousand persons per M USD".
    total : array, (n,)
        The account itself; NaN where the source has no number.
    per_output : array, (n,)
        q = total / x; 0 without output, NaN where the source has no number.
    known : array of bool, (n,)
        Where the source has a number. An industry without output counts as known.
    missing : tuple of str
        Regions in which an industry with output has no number.
    note : str
        What is left out of sums, as a clause; empty when nothing is.
    is_output : bool
        Whether this is the table's own output, so that q is 1.
    """

    name: str
    unit: str
    unit_per_output: str
    total: Array
    per_output: Array
    known: npt.NDArray[np.bool_]
    missing: tuple[str, ...]
    note: str
    is_output: bool

    @property
    def counted(self) -> Array:
        """What sums count, (n,): q, with 0 in place of what is not known."""
        return np.where(self.known, self.per_output, 0.0)

    @property
    def label(self) -> str:
        """The name as captions spell it."""
        return self.name.replace("_", " ")

    @property
    def attrs(self) -> dict[str, Any]:
        """What a result says of its account."""
        gaps = {"left_out": self.missing, "note": f"{self.note}."} if self.missing else {}
        return {"of": self.name, **gaps}

    def unknown_regions(self, table: MRIOTable) -> npt.NDArray[np.bool_]:
        """Return which regions have no number for any industry with output, (regions,)."""
        counts = np.bincount(table.region_codes[self.known & table.active], minlength=len(table.regions))
        return np.asarray(counts == 0)

    def in_unknown_region(self, table: MRIOTable) -> npt.NDArray[np.bool_]:
        """Return which country-industries are in a region without numbers, (n,)."""
        return self.unknown_regions(table)[table.region_codes]

    def amounts(self, table: MRIOTable) -> Array:
        """Return the account itself as sums count it, (n,): 0 where it is not known or there is no output."""
        return np.where(self.known & table.active, np.nan_to_num(self.total), 0.0)


def intensity(table: MRIOTable, of: Account) -> Intensity:
    r"""Return an account per unit of output, :math:`q = \hat x^{-1} a`.

    Parameters
    ----------
    table : MRIOTable
    of : str or Series
        "output", "value_added", a satellite account, or an account on the table's index. A Series gives its name, and
        its unit in ``attrs["unit"]``; country-industries it lacks are not known.

    Returns
    -------
    Intensity

    Raises
    ------
    MissingSatelliteError
        The table has no such account, or no number for any industry with output; names the accounts it has.
    UnknownLabelError, OptionError
        A Series with a country-industry that the table does not have, or with one twice.

    See Also
    --------
    io_linkage.satellites.attach : add an account to a table.
    """
    account = _on_table(table, of) if isinstance(of, pd.Series) else table.satellite(of)
    name = str(account.name or "account") if isinstance(of, pd.Series) else of
    unit = str(account.attrs.get("unit", ""))
    total: Array = np.array(account, dtype=np.float64)
    total[~np.isfinite(total)] = np.nan
    known = ~np.isnan(total) | ~table.active
    if not (known & table.active).any():
        _raise_nothing_known(table, name)
    per_output = np.where(known, table.per_output(np.nan_to_num(total)), np.nan)
    missing = tuple(table.regions[code] for code in np.unique(table.region_codes[~known]))
    return Intensity(
        name=name,
        unit=unit,
        unit_per_output=_per(unit or name, table.unit) if unit or table.unit else "per unit",
        total=total,
        per_output=per_output,
        known=known,
        missing=missing,
        note=_note(table, known, name.replace("_", " "), missing),
        is_output=isinstance(of, str) and of == "output",
    )


def _per(unit: str, output: str) -> str:
    return f"{unit} per {output or 'unit of output'}"


def _on_table(table: MRIOTable, of: pd.Series[Any]) -> pd.Series[float]:
    strange = of.index[~of.index.isin(table.index)]
    if len(strange):
        raise unknown("country-industry in the account", strange[0], table.index)
    if of.index.has_duplicates:
        raise OptionError(f"{of.index[of.index.duplicated()][0]} has more than one number in the account. Give it one.")
    account = of.reindex(table.index).astype(np.float64)
    account.attrs.update(of.attrs)
    return account


def _raise_nothing_known(table: MRIOTable, name: str) -> None:
    filled = [row for row in table.satellite_names if table.satellite(row).notna().any()]
    raise MissingSatelliteError(
        f"{table.label} has no number for {name!r} in any industry with output. Accounts with numbers: "
        f"{', '.join(['output', 'value_added', *filled])}."
    )


def _note(table: MRIOTable, known: npt.NDArray[np.bool_], label: str, missing: tuple[str, ...]) -> str:
    if not missing:
        return ""
    share = table.accounts.x[~known].sum() / table.accounts.x.sum()
    return (
        f"{int((~known).sum())} of {len(known)} country-industries ({share:.1%} of output) have no {label}: "
        f"{', '.join(missing)}"
    )
