"""What an accounting check found: how bad, where, how much, what to do."""

from __future__ import annotations

from collections.abc import Sequence
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


def label_name(label: object) -> str:
    """Write a label as one string: "CHN C26"."""
    return " ".join(str(part) for part in label) if isinstance(label, tuple) else str(label)


def listed(items: Sequence[str]) -> str:
    """Name the first few places and say how many there are."""
    shown = ", ".join(str(item) for item in items[:SHOWN])
    return f"{shown}, ... ({len(items)} in all)" if len(items) > SHOWN else shown
