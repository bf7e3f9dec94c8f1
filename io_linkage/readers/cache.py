"""Parsed once, then read in under a second: tables kept in the user's cache folder.

A kept table is a folder of Parquet files with a manifest, named by a digest of the source's content, the reader, its
options and the version of this package's readers, so that a changed file or a changed reader is parsed anew. It is
written beside its place and moved there in one step, so two processes may write the same one; it is read only if every
file has the size and digest that its manifest says, and the manifest its own. Numbers come back in the order in memory
in which the parser left them, so that sums agree to the last bit. The folder is the platform's cache folder, or that of
the environment variable IO_LINKAGE_CACHE; `IO_LINKAGE_CACHE=off` keeps nothing. `io-linkage cache` shows and clears it.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd

from io_linkage.accounts import Satellite
from io_linkage.errors import OutputError, ReadError
from io_linkage.files import PREFIX, replacing, working_folder
from io_linkage.leontief import Array
from io_linkage.readers.raw import Raw

#: Raised whenever a reader returns something else for the same file.
READER_VERSION = 3
#: Smaller sources are parsed as quickly as they would be read back.
SMALLEST = 1 << 20
VARIABLE = "IO_LINKAGE_CACHE"
_MANIFEST = "manifest.json"
#: Numbers read at a time, so that a table is in memory once and not two or three times over.
_ROWS = 1 << 20


class CacheWarning(UserWarning):
    """A table was read but could not be kept for next time."""


@dataclass(frozen=True)
class Kept:
    """One table in the cache."""

    key: str
    source: str
    size: int
    folder: Path


def folder() -> Path | None:
    """Return the cache folder, or None where caching is switched off."""
    setting = os.environ.get(VARIABLE, "")
    if setting.lower() in ("off", "0", "no"):
        return None
    if setting:
        return Path(setting).expanduser()
    from platformdirs import user_cache_dir

    return Path(user_cache_dir("io_linkage")) / "tables"


def through(
    reader: str, path: Path, options: Mapping[str, Any], parse: Callable[[], Raw], *, use: bool | None = None
) -> Raw:
    """Return the parsed blocks of a source: kept ones if they are sound, else parsed now and kept.

    Parameters
    ----------
    reader, path, options
        What the blocks depend on.
    parse : callable
    use : bool, optional
        True keeps even small sources, False neither reads nor writes the cache; by default large ones are kept.
    """
    place = folder()
    if use is False or place is None or (use is None and source_size(path) < SMALLEST):
        return parse()
    target = place / key(reader, path, options)
    cached = _read(target)
    if cached is not None:
        return cached
    raw = parse()
    try:
        _write(raw, target, str(path))
    except OSError as error:
        warnings.warn(
            f"{str(path)!r} was read, but could not be kept for next time in {str(place)!r}: "
            f"{error.strerror or error}. Free some space, or set {VARIABLE} to another folder or to 'off'.",
            CacheWarning,
            stacklevel=4,
        )
    return raw


def kept() -> list[Kept]:
    """Tables in the cache, largest first."""
    place = folder()
    if place is None or not place.is_dir():
        return []
    entries = []
    for sub in place.iterdir():
        if sub.is_dir() and (sub / _MANIFEST).is_file():
            try:
                source = str(json.loads((sub / _MANIFEST).read_text(encoding="utf-8")).get("source", "?"))
            except (OSError, ValueError, AttributeError):
                source = "damaged"
            size = sum(file.stat().st_size for file in sub.iterdir() if file.is_file())
            entries.append(Kept(sub.name, source, size, sub))
    return sorted(entries, key=lambda one: -one.size)


def clear() -> int:
    """Delete every kept table and return the bytes set free."""
    place = folder()
    if place is None or not place.is_dir():
        return 0
    freed = 0
    for note in (*place.glob("*.kind"), *(one for one in place.glob(f"{PREFIX}*") if one.is_file())):
        note.unlink(missing_ok=True)
    for sub in place.iterdir():
        # Only what this module writes: a folder named by a digest, or one left by a writer that was interrupted.
        if sub.is_dir() and (_is_key(sub.name) or sub.name.startswith(PREFIX)):
            freed += sum(file.stat().st_size for file in sub.rglob("*") if file.is_file())
            try:
                shutil.rmtree(sub)
            except OSError as error:
                raise OutputError(
                    f"{str(sub)!r} could not be deleted: {error.strerror or error}. Check its permissions."
                ) from error
    return freed


def key(reader: str, path: Path, options: Mapping[str, Any]) -> str:
    """Digest of a source's content, the reader, its options and its version."""
    digest = hashlib.blake2b(digest_size=20)
    digest.update(f"{READER_VERSION}|{reader}|{json.dumps(dict(options), sort_keys=True, default=str)}".encode())
    digest.update(content(path).encode())
    return digest.hexdigest()


def content(path: Path) -> str:
    """Digest of a source's files and their names; made once for each state of them."""
    files = source_files(path)
    stats = [file.stat() for file in files]
    return _content(tuple(map(str, files)), tuple((stat.st_mtime_ns, stat.st_size) for stat in stats))


@lru_cache(maxsize=8)
def _content(files: tuple[str, ...], states: tuple[tuple[int, int], ...]) -> str:
    digest = hashlib.blake2b(digest_size=20)
    for file in map(Path, files):
        digest.update(f"|{file.name}|".encode())
        with _open(file) as stream:
            while chunk := stream.read(1 << 22):
                digest.update(chunk)
    return digest.hexdigest()


def recalled_kind(path: Path, known: Callable[[], str], *, use: bool | None = None) -> str:
    """Which reader a source is for: as found the last time, or by asking `known`, which may parse it."""
    place = folder()
    if use is False or place is None or not path.is_file() or source_size(path) < SMALLEST:
        return known()
    note = place / f"{content(path)}.{READER_VERSION}.kind"
    with contextlib.suppress(OSError, UnicodeDecodeError):
        kind, _, digest = note.read_text(encoding="utf-8").partition(" ")
        if digest == _note_digest(note, kind):
            return kind
    kind = known()
    with contextlib.suppress(OSError), replacing(note) as new:
        new.write_text(f"{kind} {_note_digest(note, kind)}", encoding="utf-8")
    return kind


def _note_digest(note: Path, kind: str) -> str:
    """Digest of what a note says and of whom, so that a damaged one is not believed."""
    return hashlib.blake2b(f"{note.name}|{kind}".encode(), digest_size=16).hexdigest()


def source_files(path: Path) -> list[Path]:
    """Files a source consists of: itself, or all files of a folder."""
    if path.is_file():
        return [path]
    from io_linkage.readers.sources import files_below

    return files_below(path)


def source_size(path: Path) -> int:
    """Bytes of a source."""
    return sum(file.stat().st_size for file in source_files(path))


def _open(file: Path) -> Any:
    try:
        return file.open("rb")
    except OSError as error:
        raise ReadError(
            f"{str(file)!r} could not be read: {error.strerror or error}. Check its permissions."
        ) from error


def _is_key(name: str) -> bool:
    return len(name) == 40 and all(sign in "0123456789abcdef" for sign in name)


def _write(raw: Raw, target: Path, source: str) -> None:
    import pyarrow as pa

    if target.exists():
        # A damaged or half-deleted one; a sound one would have been read.
        shutil.rmtree(target, ignore_errors=True)
    with working_folder(target.parent) as working:
        try:
            saved = _save_blocks(raw, working)
        except pa.ArrowException as error:
            raise OSError(str(error)) from error
        manifest = {"source": source, "files": saved, "raw": _facts(raw)}
        manifest["digest"] = _manifest_digest(manifest)
        (working / _MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")
        try:
            working.rename(target)
        except OSError:
            # Another process was first; what it wrote is the same.
            if not target.is_dir():
                raise


def _manifest_digest(manifest: Mapping[str, Any]) -> str:
    """Digest of the files and facts that a manifest states."""
    stated = json.dumps([manifest["files"], manifest["raw"]], sort_keys=True)
    return hashlib.blake2b(stated.encode(), digest_size=16).hexdigest()


def _facts(raw: Raw) -> dict[str, Any]:
    return {
        "va_rows": None if raw.va_rows is None else list(raw.va_rows),
        "year": raw.year,
        "unit": raw.unit,
        "source": raw.source,
        "classification": raw.classification,
        "name": raw.name,
        "notes": list(raw.notes),
        "satellites": list(raw.satellites),
        "has": [block for block in ("V", "x") if getattr(raw, block) is not None],
        "F_Y": [name for name, satellite in raw.satellites.items() if satellite.F_Y is not None],
    }


def _save_blocks(raw: Raw, place: Path) -> dict[str, dict[str, Any]]:
    frames: dict[str, pd.DataFrame] = {"Z": raw.Z, "Y": raw.Y}
    if raw.V is not None:
        frames["V"] = raw.V
    if raw.x is not None:
        frames["x"] = raw.x.to_frame("output")
    for number, satellite in enumerate(raw.satellites.values()):
        frames[f"F{number}"] = satellite.F
        frames[f"unit{number}"] = satellite.unit.to_frame("unit")
        if satellite.F_Y is not None:
            frames[f"F_Y{number}"] = satellite.F_Y
    files = [file for name, frame in frames.items() for file in _save(name, frame, place)]
    return {file: {"size": (place / file).stat().st_size, "digest": _digest(place / file)} for file in files}


def _save(name: str, frame: pd.DataFrame, place: Path) -> list[str]:
    """Save numbers as one long column, which reads far faster than thousands of short ones, and labels apart."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    names = [f"{name}.parquet", f"{name}_rows.parquet", f"{name}_columns.parquet"]
    if frame.dtypes.map(pd.api.types.is_numeric_dtype).all():
        array = frame.to_numpy(dtype=np.float64)
        order = _order(array)
        numbers = pa.table({"value": pa.array(array.reshape(-1, order=order))})
    else:
        order = "C"
        numbers = pa.table({"value": pa.array(frame.astype(str).to_numpy().reshape(-1))})
    numbers = numbers.replace_schema_metadata({"order": order})
    pq.write_table(numbers, place / names[0], compression="lz4", use_dictionary=False, row_group_size=_ROWS)
    for file, labels in zip(names[1:], (frame.index, frame.columns), strict=True):
        table = labels.to_frame(index=False)
        levels = [str(one) if one is not None else "" for one in labels.names]
        columns = {str(position): pa.array(table.iloc[:, position].astype(str)) for position in range(table.shape[1])}
        described = pa.table(columns).replace_schema_metadata({"names": json.dumps(levels)})
        pq.write_table(described, place / file, compression="lz4")
    return names


def _order(array: Array) -> Literal["C", "F"]:
    """Order in memory: "F" only where columns stand together; sums in another order differ in the last bits."""
    return "F" if array.flags.f_contiguous and not array.flags.c_contiguous else "C"


def _digest(file: Path) -> str:
    digest = hashlib.blake2b(digest_size=16)
    with file.open("rb") as stream:
        while chunk := stream.read(1 << 22):
            digest.update(chunk)
    return digest.hexdigest()


def _read(place: Path) -> Raw | None:
    """Return what is kept at a place, or None when there is nothing sound."""
    import pyarrow as pa

    try:
        manifest = json.loads((place / _MANIFEST).read_text(encoding="utf-8"))
        if manifest["digest"] != _manifest_digest(manifest):
            return None
        for file, stated in manifest["files"].items():
            if (place / file).stat().st_size != stated["size"] or _digest(place / file) != stated["digest"]:
                return None
        facts = manifest["raw"]
        satellites = {}
        for number, name in enumerate(facts.pop("satellites")):
            F_Y = _load(f"F_Y{number}", place) if name in facts["F_Y"] else None
            unit = _load(f"unit{number}", place)["unit"]
            satellites[name] = Satellite(name, _load(f"F{number}", place), unit, F_Y)
        facts.pop("F_Y")
        has = facts.pop("has")
        va_rows = facts.pop("va_rows")
        return Raw(
            Z=_load("Z", place),
            Y=_load("Y", place),
            V=_load("V", place) if "V" in has else None,
            x=_load("x", place)["output"] if "x" in has else None,
            satellites=satellites,
            va_rows=None if va_rows is None else tuple(va_rows),
            notes=tuple(facts.pop("notes")),
            **facts,
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError, pa.ArrowException):
        # Whatever is wrong with it, the source is there to be parsed again.
        return None


def _load(name: str, place: Path) -> pd.DataFrame:
    import pyarrow as pa
    import pyarrow.parquet as pq

    rows, columns = (_labels(place / f"{name}_{side}.parquet") for side in ("rows", "columns"))
    with pq.ParquetFile(place / f"{name}.parquet", pre_buffer=False) as file:
        if not pa.types.is_floating(file.schema_arrow.field("value").type):
            texts = file.read().column("value").to_pandas().to_numpy()
            return pd.DataFrame(texts.reshape(len(rows), len(columns)), index=rows, columns=columns)
        values: Array = np.empty(file.metadata.num_rows)
        start = 0
        for batch in file.iter_batches(batch_size=_ROWS):
            values[start : start + batch.num_rows] = batch.column(0).to_numpy()
            start += batch.num_rows
        order: Literal["C", "F"] = "F" if file.schema_arrow.metadata[b"order"] == b"F" else "C"
    numbers = values.reshape((len(rows), len(columns)), order=order)
    return pd.DataFrame(numbers, index=rows, columns=columns, copy=False)


def _labels(file: Path) -> pd.Index[Any]:
    import pyarrow.parquet as pq

    table = pq.read_table(file)
    levels = [name or None for name in json.loads(table.schema.metadata[b"names"])]
    arrays = [column.to_pandas() for column in table.columns]
    if len(arrays) == 1:
        single: pd.Index[Any] = pd.Index(arrays[0], name=levels[0])
        return single
    return pd.MultiIndex.from_arrays(arrays, names=levels)
