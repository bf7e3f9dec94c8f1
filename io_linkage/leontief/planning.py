"""How many right-hand sides of a table are solved, and what memory that needs.

Costs are counted in additions and multiplications of matrix products. A product with one vector moves all of Z through
the processor for two operations a cell, so that it costs as much as a product with several.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from io_linkage.errors import NotEnoughMemoryError

Way: TypeAlias = Literal["krylov", "single", "double"]
Precision: TypeAlias = Literal["single", "double"]

WAYS: tuple[Way, ...] = ("krylov", "single", "double")

#: From this size on the sums i'L and G i are made by products with Z, whatever else is asked of the table.
SUMS_BY_PRODUCTS = 800

#: From this size on a factor is kept in single precision, at half the memory and half the time.
SINGLE_FROM = 3000

#: Products that a solve usually takes, and columns that a product with one vector costs as much as.
PRODUCTS, NARROWEST = 24, 8

#: A factor serves later questions as well: products must be cheaper than it by this much to be preferred.
PREFERENCE = 3.0

#: Refining takes up to this many steps, each a substitution and a product.
STEPS = 3

#: Needs below this many bytes are not checked.
UNCHECKED = 2**28

_WORDS = {
    "krylov": "products with Z (GMRES)",
    "single": "a factor in single precision, refined in double",
    "double": "a factor in double precision",
}


@dataclass(frozen=True)
class Plan:
    """How k right-hand sides are solved.

    Attributes
    ----------
    n, k : int
        Size of the system and number of right-hand sides.
    way : {"krylov", "single", "double"}
    reason : str
    memory : int
        Bytes needed beside Z, the solution included.
    """

    n: int
    k: int
    way: Way
    reason: str
    memory: int

    def __str__(self) -> str:
        """One sentence."""
        sides = "1 right-hand side" if self.k == 1 else f"{self.k:,} right-hand sides"
        return (
            f"{sides} of a {self.n:,} x {self.n:,} system: {_WORDS[self.way]} ({self.reason}); "
            f"memory beside Z: {self.memory / 1e6:,.1f} MB"
        )


def choose(n: int, k: int, *, spent: float, made: Precision | None, forced: Way | None, stalled: bool) -> Plan:
    """Choose by size, number of right-hand sides and what was `spent` on solves before.

    A factor that is `made` is used; once products have cost as much as a factorisation, it is made.
    """
    way, reason = _chosen(n, k, spent, made, forced, stalled)
    return Plan(n, k, way, reason, _memory(n, k, way, made))


def _chosen(n: int, k: int, spent: float, made: Precision | None, forced: Way | None, stalled: bool) -> tuple[Way, str]:
    factorisation = 2 / 3 * n**3
    if forced is not None:
        return forced, "as the caller asked"
    if made == "double":
        return "double", "it is made already"
    if n < SINGLE_FROM:
        products = PREFERENCE * products_cost(n, k, PRODUCTS)
        if n < SUMS_BY_PRODUCTS or stalled or made is not None or spent + products > factorisation:
            reason = "a table this small factorises at once" if n < SUMS_BY_PRODUCTS else "one factorisation serves all"
            return "double", reason
    if stalled:
        return "double", "a quicker way stalled on this table"
    if made is None and spent + PREFERENCE * products_cost(n, k, PRODUCTS) <= factorisation:
        return "krylov", f"about {PRODUCTS} products with Z are cheaper than a factorisation"
    if spent + refined_cost(n, k) <= factorisation + (spent if made is None else 0.0):
        return "single", "half the time and memory of double precision"
    return "double", "so many right-hand sides repay it"


def _memory(n: int, k: int, way: Way, made: Precision | None) -> int:
    if way == "krylov":
        return 8 * n * k * (PRODUCTS + 6)
    return (0 if made == way else factor_bytes(n, way)) + 8 * n * k * 3


def products_cost(n: int, k: int, products: int) -> float:
    """Cost of so many products of Z with k columns."""
    return products * 2.0 * n**2 * max(k, NARROWEST)


def refined_cost(n: int, k: int) -> float:
    """Cost of k right-hand sides from a factor in single precision, beyond what double precision costs."""
    return STEPS * 4.0 * n**2 * k


def factor_bytes(n: int, precision: Precision) -> int:
    """Memory of a factor."""
    return n * n * (4 if precision == "single" else 8)


def require_memory(need: int, what: str) -> None:
    """Refuse before starting what the machine has no memory for.

    Raises
    ------
    NotEnoughMemoryError
        Says the need, what is free, and what to do.
    """
    free = available() if need > UNCHECKED else None
    if free is not None and need > free:
        raise NotEnoughMemoryError(
            f"{what} needs {need / 2**30:.1f} GiB of memory; {free / 2**30:.1f} GiB are free. Add the table up to "
            "fewer regions or industries (io_linkage.aggregation), ask for fewer regions at once, or use a larger "
            "machine."
        )


def available() -> int | None:
    """Bytes of memory that are free, or None where the system does not say."""
    try:
        for line in Path("/proc/meminfo").read_text(encoding="ascii").splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    except OSError:
        pass
    try:
        return os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, OSError, ValueError):
        return None
