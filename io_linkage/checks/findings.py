"""What an accounting check found: how bad, where, how much, what to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Severity: TypeAlias = Literal["error", "warning", "note", "ok"]

#: From worst to best.
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note", "ok")

#: A fault in industries that make less than this share of output bends those, not the table.
MINOR = 0.01
SHOWN = 5


@dataclass(frozen=True)
class Finding:
    """What one check found.

    Attributes
    ----------
    check, severity, finding, remedy : str
    where : str
        The worst places, by name.
    count : int
        How many places.
    largest : float
        The worst of them, in `unit`; NaN where a size means nothing.
    """

    check: str
    severity: Severity
    finding: str
    where: str = ""
    count: int = 0
    largest: float = float("nan")
    unit: str = ""
    remedy: str = ""
