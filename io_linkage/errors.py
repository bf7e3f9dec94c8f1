"""Every error this package raises on purpose: one base class, each also the builtin a caller would expect.

A message says what is wrong, where, by how much, and what to do about it.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping


class IOLinkageError(Exception):
    """Base of all errors of io_linkage."""


class TableError(IOLinkageError, ValueError):
    """The accounts given do not make a table: wrong shape, NaN, repeated labels, negative output."""


class BalanceError(TableError):
    """Row or column totals disagree with output by more than the tolerance."""


class FontWarning(UserWarning):
    """The fonts of this machine lack signs that labels use; the figure shows boxes in their place."""


class UnitWarning(UserWarning):
    """The values of a result have changed since it was computed, so the figure states no unit."""


class SlowSolveWarning(UserWarning):
    """A table close to singular was solved the slow way."""


class NotEnoughMemoryError(IOLinkageError, MemoryError):
    """What was asked for needs more memory than the machine has free."""


class UnknownLabelError(IOLinkageError, KeyError):
    """A region, industry, group, year or stage that is not there."""

    def __str__(self) -> str:
        """Return the message itself; KeyError would show it quoted."""
        return str(self.args[0]) if self.args else ""


class MissingSatelliteError(UnknownLabelError):
    """The table has no satellite account of that name."""


class OptionError(IOLinkageError, ValueError):
    """An argument outside the values it can take, or an empty selection."""


class NotProductiveError(IOLinkageError, ValueError):
    """The table fails the Hawkins-Simon condition: it needs more inputs than it makes."""


class SolveError(IOLinkageError, ArithmeticError):
    """A linear system could not be solved to the required accuracy."""


class AddingUpError(IOLinkageError, ArithmeticError):
    """The terms of a decomposition do not add up to their total: gross exports, growth, or a change."""


class StageError(IOLinkageError, ValueError):
    """Stage or trait weights that are inconsistent or do not fit the table."""


class ComparisonError(IOLinkageError, ValueError):
    """Two tables that cannot be compared: other industries, units or definitions."""


class ReadError(IOLinkageError, OSError):
    """A file or folder that could not be recognised or read."""


class OutputError(IOLinkageError, OSError):
    """A place that could not be written."""


def require_option(name: str, value: object, allowed: Iterable[object], *, remedy: str = "") -> None:
    """Raise `OptionError` unless an argument is one of the values it can take.

    Examples
    --------
    >>> require_option("normalise", "country", ("world", "region"))
    Traceback (most recent call last):
    io_linkage.errors.OptionError: normalise='country' is not possible; it must be one of 'world', 'region'.
    """
    values = list(allowed)
    if value not in values:
        message = f"{name}={value!r} is not possible; it must be one of {', '.join(map(repr, values))}. {remedy}"
        raise OptionError(message.rstrip())


def require_share(name: str, value: float) -> None:
    """Raise `OptionError` unless an argument is a share from 0 to 1."""
    if not 0 <= value <= 1:
        raise OptionError(f"{name}={value} is not possible; it must be a share from 0 (nothing) to 1 (all).")


def unknown(
    kind: str,
    label: object,
    known: Iterable[object],
    *,
    names: Mapping[str, str] | None = None,
    remedy: str = "",
) -> UnknownLabelError:
    """Make the error for an unknown label, offering the nearest codes, and the nearest names where there are some.

    Examples
    --------
    >>> print(unknown("region", "CHA", ["CHN", "USA"]))
    Unknown region 'CHA'. Nearest: CHN. Known: CHN, USA.
    >>> print(unknown("industry", "minning", ["C", "D"], names={"mining": "C"}))
    Unknown industry 'minning'. Nearest: C (mining). Known: C, D.
    """
    return UnknownLabelError(_unknown_message(kind, label, known, remedy, names))


def missing_satellite(name: object, known: Iterable[object], where: str) -> MissingSatelliteError:
    """Make the error for a satellite account the table lacks, naming those it has."""
    names = list(known)
    if not names:
        return MissingSatelliteError(
            f"{where} has no satellite accounts, so there is no {name!r}. "
            "Attach one with table.with_satellite(name, F, unit)."
        )
    return MissingSatelliteError(_unknown_message("satellite", name, names, f"({where}.)"))


def _unknown_message(
    kind: str, label: object, known: Iterable[object], remedy: str, names: Mapping[str, str] | None = None
) -> str:
    codes = [str(k) for k in known]
    lower = {name.lower(): f"{code} ({name})" for name, code in (names or {}).items() if name.lower() != code.lower()}
    lower |= {code.lower(): code for code in reversed(codes)}
    near = [lower[m] for m in difflib.get_close_matches(str(label).lower(), lower, n=3, cutoff=0.5)]
    message = f"Unknown {kind} {label!r}."
    if near:
        message += f" Nearest: {', '.join(near)}."
    shown = codes if len(codes) <= 40 else [*codes[:40], f"... ({len(codes)} in all)"]
    message += f" Known: {', '.join(shown)}." if codes else f" There is no {kind} to choose from."
    return f"{message} {remedy}".rstrip()
