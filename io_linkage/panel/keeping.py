"""Results kept in a folder, each under a name that stands for all it was computed from.

The name is a digest of the measure's code and options, of the content of the tables, and of the versions that computed
it. Whatever changes gets another name, so that nothing stale is read. A file is written under another name and renamed.
"""

from __future__ import annotations

import functools
import hashlib
import importlib.metadata
import inspect
import json
import pickle
import types
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from io_linkage import __version__
from io_linkage._shipped import shipped_path
from io_linkage.accounts import Accounts, Satellite
from io_linkage.errors import OptionError
from io_linkage.files import atomically, expanded
from io_linkage.panel.sources import Source
from io_linkage.readers.cache import content
from io_linkage.readers.shipped import DEFAULT, is_shipped
from io_linkage.table import MRIOTable

_ATTRS = b"io_linkage"
#: Their versions decide the last bits of a number.
_COMPUTED_BY = ("numpy", "scipy", "pandas")


def place_of(folder: Path, parts: Iterable[object]) -> Path:
    """Return the file of a result that is made of these parts."""
    return folder / f"{_digest(['panel', *parts, _package()])}.parquet"


def source_digest(source: Source) -> str:
    """Digest of what a source holds: the files behind it, or the numbers of a table."""
    if isinstance(source, MRIOTable):
        return _digest([source])
    options: dict[str, Any] = dict(source) if isinstance(source, Mapping) else {}
    if isinstance(source, int):
        options = {"year": source}
    elif not isinstance(source, Mapping):
        options = {"source": source}
    where = options.pop("source", None)
    if where is None or (isinstance(where, str) and is_shipped(where)):
        return _digest([content(shipped_path(where or DEFAULT)), options])
    if isinstance(where, str | Path):
        # A file that is not there is left to the reader, which says so.
        path = expanded(where)
        return _digest([content(path) if path.exists() else str(path), options])
    return _digest([where, options])


def keep(frame: pd.DataFrame, place: Path) -> None:
    """Write a result; the folder is made where needed."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.Table.from_pandas(frame, preserve_index=False)
    described = {**(table.schema.metadata or {}), _ATTRS: json.dumps(frame.attrs).encode()}
    atomically(place, lambda file: pq.write_table(table.replace_schema_metadata(described), file))


def kept(place: Path) -> pd.DataFrame | None:
    """Return what is kept at a place; None where there is nothing, or nothing whole."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(place)
        attrs = json.loads(table.schema.metadata[_ATTRS])
    except (OSError, pa.ArrowException, KeyError, TypeError, ValueError):
        return None
    frame: pd.DataFrame = table.to_pandas()
    frame.attrs = attrs
    return frame


def _digest(parts: Iterable[object]) -> str:
    digest = _Digest()
    digest.add_all(parts)
    return digest.hexdigest()


@functools.cache
def _package() -> str:
    """Digest of this package's code, of its lists (stages, economies, ...) and of what computes with it."""
    digest = hashlib.blake2b(digest_size=20)
    root = Path(__file__).resolve().parent.parent
    for folder, ending in ((root, "*.py"), (shipped_path(), "*.csv")):
        for file in sorted(folder.rglob(ending)):
            digest.update(str(file.relative_to(folder)).encode() + b"|" + file.read_bytes())
    versions = {name: importlib.metadata.version(name) for name in _COMPUTED_BY}
    digest.update(f"{__version__}|{versions}".encode())
    return digest.hexdigest()


class _Digest:
    """A digest of values of all kinds; each kind is part of it, so that 1 and "1" differ."""

    def __init__(self) -> None:
        self._hash = hashlib.blake2b(digest_size=20)
        self._seen: set[int] = set()

    def hexdigest(self) -> str:
        return self._hash.hexdigest()

    def _update(self, text: str | bytes) -> None:
        self._hash.update(text if isinstance(text, bytes) else text.encode())

    def add_all(self, values: Iterable[object]) -> None:
        for value in values:
            self.add(value)
        self._update(";")

    def add(self, value: Any) -> None:
        self._update(f"|{type(value).__name__}:")
        if value is None or isinstance(value, bool | int | float | complex | np.generic):
            self._update(repr(value))
        elif isinstance(value, str | Path):
            self._add_text(value)
        elif isinstance(value, bytes):
            self._update(value)
        elif isinstance(value, Mapping):
            self.add_all((key, value[key]) for key in sorted(value, key=repr))
        elif isinstance(value, set | frozenset):
            self.add_all(sorted(value, key=repr))
        elif isinstance(value, list | tuple):
            self.add_all(value)
        elif isinstance(value, np.ndarray) and value.dtype != object:
            self._update(f"{value.dtype}{value.shape}")
            self._update(np.ascontiguousarray(value).tobytes())
        elif isinstance(value, pd.Index | pd.Series | pd.DataFrame):
            self._add_labelled(value)
        elif isinstance(value, MRIOTable):
            self.add_all(value.__getstate__().items())
        elif isinstance(value, Accounts | Satellite):
            self.add_all((field.name, getattr(value, field.name)) for field in fields(value))
        else:
            self._add_code(value)

    def _add_text(self, value: str | Path) -> None:
        """Add a text; where it names a file, such as a stage file, what is in the file counts as well."""
        self._update(str(value))
        if isinstance(value, Path) or "." in value:
            with suppress(OSError, ValueError):
                path = Path(value)
                if path.is_file():
                    self._update(path.read_bytes())

    def _add_labelled(self, value: pd.Index[Any] | pd.Series[Any] | pd.DataFrame) -> None:
        if isinstance(value, pd.Index):
            self.add_all((list(value.names), value.tolist()))
            return
        self.add(value.index)
        self.add(value.columns if isinstance(value, pd.DataFrame) else value.name)
        columns = [value.iloc[:, k] for k in range(value.shape[1])] if isinstance(value, pd.DataFrame) else [value]
        for column in columns:
            array = column.to_numpy()
            self.add(array.tolist() if array.dtype == object else array)
        self.add(str(value.attrs.get("unit", "")))

    def _add_code(self, value: Any) -> None:
        if isinstance(value, functools.partial):
            self.add_all((value.func, value.args, value.keywords))
        elif isinstance(value, types.ModuleType):
            self._update(f"{value.__name__} {getattr(value, '__version__', '')}")
        elif isinstance(value, types.CodeType):
            self.add_all((value.co_code, value.co_names, value.co_varnames, value.co_consts))
        elif inspect.ismethod(value):
            self.add_all((value.__func__, value.__self__))
        elif inspect.isroutine(value):
            self._add_function(value)
        elif isinstance(value, type):
            self._update(f"{value.__module__}.{value.__qualname__}")
        else:
            self._add_object(value)

    def _add_function(self, value: Any) -> None:
        """Add a function: its code, its defaults, what it encloses, and the functions and data it names."""
        code = getattr(value, "__code__", None)
        name = f"{value.__module__}.{value.__qualname__}"
        self._update(name)
        # Code of this package is in its own digest; a function that names itself is added once.
        if code is None or name.startswith("io_linkage.") or id(value) in self._seen:
            return
        self._seen.add(id(value))
        enclosed = []
        for cell in value.__closure__ or ():
            # A name that is bound later is empty until then.
            with suppress(ValueError):
                enclosed.append(cell.cell_contents)
        named = [value.__globals__[word] for word in sorted(_words(code)) if word in value.__globals__]
        self.add_all((code, value.__defaults__ or (), value.__kwdefaults__ or {}, enclosed, named))

    def _add_object(self, value: object) -> None:
        try:
            self._update(pickle.dumps(value, protocol=5))
        except Exception as error:
            raise OptionError(
                f"What is kept in folder= is known by what it was computed from, and {value!r} cannot be told apart "
                "from another of its kind. Pass plain values, arrays or frames, or leave folder= out."
            ) from error


def _words(code: types.CodeType) -> set[str]:
    """Names that code looks up, those of functions inside it too."""
    words = set(code.co_names)
    for part in code.co_consts:
        if isinstance(part, types.CodeType):
            words |= _words(part)
    return words
