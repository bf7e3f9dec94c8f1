r"""The linear algebra of input-output analysis, on arrays alone.

Terms
-----
Z : (n, n) flows, row sells to column.
x : (n,) gross output.
A : Z hat(x)^-1, input coefficients (what column j buys per unit of its output).
B : hat(x)^-1 Z, allocation coefficients (what share of its output row i sells to j).
L : (I - A)^-1, the Leontief inverse.
G : (I - B)^-1 = hat(x)^-1 L hat(x), the Ghosh inverse.

`system` solves I - A, by products with Z (`krylov`) or from one factor (`factors`), as `planning` says; `removal` takes
flows out without a new inverse; `biproportional` scales a matrix to row and column totals. Pandas stops at this door.
"""

from __future__ import annotations

from io_linkage.leontief.arrays import Array
from io_linkage.leontief.biproportional import biproportional
from io_linkage.leontief.maps import Mapped, mapped
from io_linkage.leontief.planning import Plan
from io_linkage.leontief.system import RESIDUAL, System

__all__ = ["RESIDUAL", "Array", "Mapped", "Plan", "System", "biproportional", "mapped"]
