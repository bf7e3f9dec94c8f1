"""The array type of the linear algebra, and scaling of rows."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Array: TypeAlias = npt.NDArray[np.float64]


def scale_rows(factor: Array, b: Array) -> Array:
    """hat(factor) b for a vector or a matrix b."""
    b = np.asarray(b)
    return factor * b if b.ndim == 1 else factor[:, None] * b


def read_only(array: Array) -> Array:
    """Return the array, no longer writeable."""
    array.flags.writeable = False
    return array
