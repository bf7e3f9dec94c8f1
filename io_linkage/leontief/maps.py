"""Flows in a file on disk, read through a memory map and passed between processes by the file's name."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from io_linkage.errors import ReadError
from io_linkage.leontief.arrays import Array


@dataclass(frozen=True)
class Mapped:
    """An array in a file, and the state of that file when it was mapped.

    Attributes
    ----------
    path : str
    size, modified : int
        Bytes, and time of the last change in nanoseconds.
    """

    path: str
    size: int
    modified: int

    @classmethod
    def of(cls, array: Array) -> Mapped | None:
        """Return where an array is mapped from; None for an array in memory or a part of a map."""
        if not isinstance(array, np.memmap) or array.filename is None:
            return None
        path = Path(str(array.filename))
        if not path.is_file() or array.nbytes + array.offset != path.stat().st_size:
            return None
        whole = mapped(path)
        if (whole.shape, whole.strides) != (array.shape, array.strides):
            return None
        state = path.stat()
        return cls(str(path), state.st_size, state.st_mtime_ns)

    def open(self) -> Array:
        """Map the file again.

        Raises
        ------
        ReadError
            The file has changed or is gone.
        """
        path = Path(self.path)
        if not path.is_file():
            raise ReadError(f"The flows of this table were kept in {self.path!r}, which is gone. Load the table again.")
        state = path.stat()
        if (state.st_size, state.st_mtime_ns) != (self.size, self.modified):
            raise ReadError(
                f"The flows of this table are kept in {self.path!r}, which has changed since ({state.st_size:,} bytes; "
                f"{self.size:,} when it was mapped). Load the table again."
            )
        return mapped(path)


def mapped(path: Path) -> Array:
    """Return the array of a .npy file as a read-only memory map."""
    array: Array = np.load(path, mmap_mode="r", allow_pickle=False)
    return array
