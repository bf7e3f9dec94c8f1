"""Files and archives, opened with suspicion: what a file really is, whatever its name says.

A download may be an error page saved as .xlsx, half a csv, an archive that climbs out of its folder or unpacks to an
absurd size, or a pickle, which can run code when read and so never is. Each is an error of one paragraph; nothing is
ever written beside the user's files and no archive is unpacked to disk.
"""

from __future__ import annotations

import csv
import io
import os
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import IO

from io_linkage.errors import IOLinkageError, ReadError

#: An archive member that claims to unpack to more than this and to more than `RATIO` times its size is refused.
LARGE = 1 << 30
RATIO = 200
#: No table is this large; EXIOBASE unpacks to about 6 GB, GLORIA to about 30 GB.
LARGEST = 64 << 30

#: A folder of a table is at most this deep and holds at most this many files.
DEEPEST, MOST = 3, 5000

PICKLES = (".pkl", ".pickle", ".p", ".joblib", ".dill")
_SIGNATURES = {
    b"PK\x03\x04": "zip",
    b"PK\x05\x06": "zip",
    b"PAR1": "parquet",
    b"\xd0\xcf\x11\xe0": "ole",
    b"\x1f\x8b": "gzip",
    b"Rar!": "rar",
    b"7z\xbc\xaf": "7z",
    b"%PDF": "pdf",
}
WORKBOOKS = (".xlsx", ".xlsm", ".xlsb", ".xls")


@dataclass(frozen=True)
class Entry:
    """One file of a folder or archive: its name inside, its size, and how to open it."""

    name: str
    size: int
    open: Callable[[], IO[bytes]]

    def read(self) -> bytes:
        """Return all of it."""
        with self.open() as stream:
            return stream.read()

    @property
    def stem(self) -> str:
        """Name without folder and extension."""
        return PurePosixPath(self.name).stem

    @property
    def suffix(self) -> str:
        """Extension in lower case."""
        return PurePosixPath(self.name).suffix.lower()


def kind(path: Path) -> str:
    """Return what a file is by its first bytes: "zip", "workbook", "parquet", "html", "pickle", "text", ...

    Raises
    ------
    ReadError
        The file is empty, may not be read, is not a table of any kind, or only pretends to be one.
    """
    head = _head(path)
    if not head:
        raise ReadError(f"{str(path)!r} is empty (0 bytes). The download may have failed; fetch it again.")
    signature = next((name for sign, name in _SIGNATURES.items() if head.startswith(sign)), None)
    suffix = path.suffix.lower()
    if signature == "ole":
        return _ole(path)
    if signature in ("rar", "7z", "pdf", "gzip"):
        remedy = "take the publisher's Excel or CSV file" if signature == "pdf" else "unpack it and pass what is inside"
        raise ReadError(f"{str(path)!r} is a {signature} file, which is not read; {remedy}.")
    if signature == "zip" and suffix in WORKBOOKS and not zipfile.is_zipfile(path):
        raise ReadError(
            f"{str(path)!r} is a damaged workbook: its end is missing ({path.stat().st_size:,} bytes here). The "
            "download was probably cut short; fetch it again."
        )
    if signature == "zip":
        return "workbook" if suffix in WORKBOOKS or _is_workbook(path) else "zip"
    if signature == "parquet":
        return "parquet"
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if text.startswith((b"<!doctype html", b"<html", b"<?xml", b"<head", b"<body", b"<table")):
        raise ReadError(
            f"{str(path)!r} is a web page, not {_article(suffix)}: the site sent a page (a login, a notice, an error) "
            "instead of the file. Open it in a browser to see what it says, and download the table again."
        )
    if suffix in WORKBOOKS:
        raise ReadError(
            f"{str(path)!r} is not an Excel workbook (it does not begin like one). The download may be cut short or be "
            "another kind of file; fetch it again."
        )
    if suffix == ".zip":
        raise ReadError(f"{str(path)!r} is not a zip archive (it does not begin like one). Fetch it again.")
    if suffix in PICKLES or head[:1] == b"\x80":
        raise ReadError(
            f"{str(path)!r} is a Python pickle, which can run code when it is read, so it never is. Save the table as "
            "CSV or Parquet, or with pymrio's save_all()."
        )
    if b"\x00" in head and not head.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise ReadError(f"{str(path)!r} is a binary file of an unknown kind. Pass a CSV, Excel, Parquet or zip file.")
    return "text"


@contextmanager
def archive(path: Path) -> Iterator[zipfile.ZipFile]:
    """Open a zip archive after checking its members; nothing is unpacked to disk.

    Raises
    ------
    ReadError
        It is cut short, its members climb out of the folder, or they unpack to an absurd size.
    """
    try:
        opened = zipfile.ZipFile(path)
    except OSError as error:
        raise _no_access(path, error) from error
    except Exception as error:
        # A damaged directory raises more than BadZipFile: an unknown version, a name that is not text.
        raise ReadError(
            f"{str(path)!r} is a damaged or incomplete zip archive ({first_line(error)}). The download was probably "
            f"cut short ({path.stat().st_size:,} bytes here); fetch it again."
        ) from error
    with opened as zipped:
        _check_members(path, zipped)
        with damage(path):
            yield zipped


@contextmanager
def damage(path: Path) -> Iterator[None]:
    """Turn what unpacking a damaged archive raises into an error of this package."""
    try:
        yield
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        raise ReadError(
            f"{str(path)!r}: a member could not be unpacked ({first_line(error)}). Fetch it again."
        ) from error
    except (csv.Error, UnicodeDecodeError) as error:
        raise ReadError(
            f"{str(path)!r} could not be read as lines of cells ({error}). It is damaged, or no table; fetch it again."
        ) from error


@contextmanager
def decoding(name: str, what: str) -> Iterator[None]:
    """Turn whatever a decoder raises on damaged bytes into an error of this package.

    Parameters
    ----------
    name : str
        The file, for the message.
    what : str
        What it should be: "Parquet file", "workbook".
    """
    try:
        yield
    except (IOLinkageError, MemoryError):
        raise
    except BaseException as error:
        # A decoder written in Rust panics with an error that is not an Exception.
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
        raise ReadError(
            f"{name!r} is a damaged {what} ({first_line(error)}). The download was probably cut short; fetch it again."
        ) from error


def first_line(error: BaseException) -> str:
    """Return what an error says, in one line."""
    return (str(error).strip() or type(error).__name__).splitlines()[0][:150]


def _check_members(path: Path, zipped: zipfile.ZipFile) -> None:
    total = 0
    for member in zipped.infolist():
        if member.flag_bits & 1:
            raise ReadError(f"{str(path)!r} is protected by a password; unpack it first.")
        name = member.filename
        # The name as it stands in the file; zipfile itself rewrites separators.
        parts = PurePosixPath(name.replace("\\", "/")).parts
        if ".." in parts or PurePosixPath(name).is_absolute() or PureWindowsPath(name).drive or "\x00" in name:
            raise ReadError(
                f"{str(path)!r} holds a file whose path climbs out of the folder it is unpacked to ({name!r}). An "
                "honest archive of a table has none; do not unpack it, and fetch it from the publisher."
            )
        total += member.file_size
        ratio = member.file_size / max(member.compress_size, 1)
        if (member.file_size > LARGE and ratio > RATIO) or total > LARGEST:
            raise ReadError(
                f"{str(path)!r} would unpack to an absurd size: {name!r} alone claims {member.file_size:,} bytes from "
                f"{member.compress_size:,} (all so far: {total:,}). It is not read; fetch it from the publisher."
            )


def entries(path: Path) -> list[Entry]:
    """Files of a folder (as deep as one level of folders a level) or members of an archive; no pickles are opened."""
    if path.is_dir():
        return [_file_entry(p, p.relative_to(path).as_posix()) for p in files_below(path)]
    if path.suffix.lower() in WORKBOOKS or (path.suffix.lower() != ".zip" and not zipfile.is_zipfile(path)):
        return [_file_entry(path, path.name)]
    with archive(path) as zipped:
        members = [m for m in zipped.infolist() if not m.is_dir()]
    return [Entry(m.filename, m.file_size, _member(path, m.filename)) for m in members]


def files_below(path: Path) -> list[Path]:
    """Files of a folder, sorted, down to folders three deep; hidden ones are left out.

    Raises
    ------
    ReadError
        There are so many that the folder cannot be that of a table.
    """
    files: list[Path] = []
    try:
        for root, folders, names in os.walk(path, onerror=_raise):
            here = Path(root)
            folders[:] = [one for one in folders if not one.startswith(".")]
            if len(here.relative_to(path).parts) >= DEEPEST:
                folders.clear()
            files.extend(here / name for name in names if not name.startswith("."))
            if len(files) > MOST:
                raise ReadError(
                    f"{str(path)!r} holds more than {MOST:,} files; a folder of tables has a few. Pass the file or "
                    "folder of the table itself."
                )
    except OSError as error:
        if isinstance(error, ReadError):
            raise
        raise _no_access(path, error) from error
    return sorted(one for one in files if one.is_file())


def _raise(error: OSError) -> None:
    raise error


def refuse_pickles(path: Path, names: list[str]) -> None:
    """Raise when files that would be read are pickles."""
    bad = [name for name in names if PurePosixPath(name).suffix.lower() in PICKLES]
    if bad:
        raise ReadError(
            f"{str(path)!r} keeps its tables as Python pickles ({bad[0]!r}{' and more' if len(bad) > 1 else ''}). A "
            "pickle can run code when it is read, so it never is. Load it where you trust it and save it again as "
            "text or Parquet: save_all(path, table_format='parquet')."
        )


def text_lines(entry: Entry, count: int) -> list[str]:
    """First lines of a text, decoded; for recognising a layout."""
    with entry.open() as stream:
        first = stream.readline(8 << 20)
        if first.startswith((b"\xff\xfe", b"\xfe\xff")):
            # Line ends are two bytes there.
            text = first + stream.read((1 << 20) + len(first) % 2)
            return text[: len(text) // 2 * 2].decode("utf-16", errors="ignore").splitlines()[:count]
        raw = [first, *(stream.readline(8 << 20) for _ in range(count - 1))]
    return [decode(line).rstrip("\r\n") for line in raw if line]


def as_utf8(entry: Entry) -> Entry:
    """Return an entry whose bytes can be read line by line: one in UTF-16, as Excel saves, rewritten in memory."""
    with entry.open() as stream:
        marked = stream.read(2) in (b"\xff\xfe", b"\xfe\xff")
    if not marked:
        return entry
    rewritten = entry.read().decode("utf-16", errors="replace").encode()
    return Entry(entry.name, entry.size, lambda: io.BytesIO(rewritten))


def decode(raw: bytes) -> str:
    """Decode text that is UTF-8, UTF-16 with a mark, GB 18030 or Windows-1252.

    Bytes of Chinese in GB 18030 come in pairs, accents in Windows-1252 alone.

    Examples
    --------
    >>> decode("Mühle".encode("cp1252")), decode("中国农业".encode("gb18030"))
    ('Mühle', '中国农业')
    """
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    if all(len(run) % 2 == 0 for run in re.findall(rb"[\x80-\xff]+", raw)):
        try:
            return raw.decode("gb18030")
        except UnicodeDecodeError:
            pass
    return raw.decode("cp1252", errors="replace")


def _member(path: Path, name: str) -> Callable[[], IO[bytes]]:
    def open_member() -> IO[bytes]:
        try:
            return zipfile.ZipFile(path).open(name)
        except Exception as error:
            raise ReadError(
                f"{str(path)!r}: {name!r} could not be unpacked ({first_line(error)}). Fetch it again."
            ) from error

    return open_member


def _file_entry(path: Path, name: str) -> Entry:
    def open_file() -> IO[bytes]:
        try:
            return path.open("rb")
        except OSError as error:
            raise _no_access(path, error) from error

    return Entry(name, path.stat().st_size, open_file)


def _head(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(512)
    except OSError as error:
        raise _no_access(path, error) from error


def _no_access(path: Path, error: OSError) -> ReadError:
    return ReadError(f"{str(path)!r} could not be read: {error.strerror or error}. Check its permissions.")


def _ole(path: Path) -> str:
    with path.open("rb") as file:
        content = file.read(1 << 20)
    # Names of streams in an OLE file are UTF-16.
    if "EncryptedPackage".encode("utf-16-le") in content or "EncryptionInfo".encode("utf-16-le") in content:
        raise ReadError(
            f"{str(path)!r} is protected by a password. Open it in Excel, save it without one, and load that file."
        )
    return "workbook"


def _is_workbook(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as zipped:
            return "[Content_Types].xml" in zipped.namelist()
    except Exception:
        # Damaged; what is wrong is said where it is read.
        return False


def _article(suffix: str) -> str:
    return {".csv": "a CSV file", ".zip": "a zip archive", ".txt": "a text file"}.get(suffix, "a workbook")


def buffered(entry: Entry) -> io.BytesIO:
    """Return the whole of a (small) entry in memory, where a reader has to seek."""
    return io.BytesIO(entry.read())
