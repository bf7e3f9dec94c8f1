"""Downloading a publisher's table: where pymrio knows the address, with a save that is resumable, checked and atomic.

pymrio's downloaders write straight into the final file, keep half of one when the line breaks and cannot go on from
there. The addresses are theirs (`pymrio.tools.iodownloader`), but for the OECD's edition of 2025, which they lack; the
transfer is done here: into `<name>.part`, continued
with a Range request, compared with the size the server states, tested as an archive, and only then renamed.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from io_linkage.errors import IOLinkageError, OptionError, OutputError, ReadError, require_option, unknown
from io_linkage.files import expanded

_CHUNK = 1 << 16
_TIMEOUT = 60

_GRONINGEN = "https://www.rug.nl/ggdc/valuechain/wiod/"
_OECD = "https://www.oecd.org/en/data/datasets/inter-country-input-output-tables.html"
_EUROSTAT = "https://ec.europa.eu/eurostat/web/esa-supply-use-input-tables/database"

#: Where to get each database by hand, and what to take there.
BY_HAND = {
    "wiod2013": (f"{_GRONINGEN}wiod-2013-release", "wiot<yy>_row_*.xlsx and WIOD_SEA_July14.xlsx"),
    "wiod2016": (f"{_GRONINGEN}wiod-2016-release", "WIOTS_in_EXCEL.zip (unpack it)"),
    "icio": (_OECD, "the zip of the years, or <year>_SML.csv"),
    "exiobase": ("https://doi.org/10.5281/zenodo.3583070", "IOT_<year>_ixi.zip or IOT_<year>_pxp.zip"),
    "eora26": ("https://worldmrio.com/eora26/", "Eora26_<year>_bp.zip and indices.zip; an account is needed"),
    "gloria": ("https://ielab.info/labs/ielab-gloria", "the MRIOs and satellite zips of the year and the ReadMe"),
    "figaro": (_EUROSTAT, "the csv in matrix format, industry by industry"),
    "adb": ("https://kidb.adb.org/mrio", "the workbook of the year"),
    "nbs": ("https://data.stats.gov.cn", "the workbook of the year"),
}

#: Editions that pymrio does not list yet, laid out as its list.
_LATER_EDITIONS = {
    "v2025": {
        span: f"https://webfs-sti.oecd.org/files/STI-PIE/ICIO/2025/{span}_SML.zip"
        for span in ("1995-2000", "2001-2005", "2006-2010", "2011-2015", "2016-2022")
    }
}

Progress = Callable[[str, int, int | None], None]


@dataclass(frozen=True)
class Source:
    """One file to download: its address and its name here."""

    url: str
    name: str


def fetch(
    database: str,
    *,
    year: int,
    folder: str | Path = ".",
    system: str = "ixi",
    edition: str = "v2023",
    progress: Progress | None = None,
) -> list[Path]:
    """Download the table of one year.

    Parameters
    ----------
    database : {"wiod2013", "icio", "exiobase"}
        Others are known only by the place where they can be had by hand, which the error says.
    year : int
    folder : path
        Made where needed. A file that is there is not fetched again; a half one is continued.
    system : {"ixi", "pxp"}
        Of EXIOBASE.
    edition : str
        Of the OECD's tables: v2016, v2018, v2021, v2023, v2025.
    progress : callable, optional
        Called with the name, the bytes so far and the bytes in all (None where unknown).

    Returns
    -------
    list of Path, the files; `io_linkage.load` reads the first.

    Raises
    ------
    ReadError
        There is no network, or the publisher has moved the file: where to get it by hand and where to put it.
    OutputError
        The folder cannot be written.
    """
    if database not in BY_HAND:
        raise unknown("database", database, BY_HAND)
    place = expanded(folder)
    try:
        files = sources(database, year, system=system, edition=edition)
    except IOLinkageError:
        raise
    except Exception as error:
        raise ReadError(f"{_reason(error)} {by_hand(database, place)}") from error
    try:
        place.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(
            f"{str(place)!r} cannot be written: {error.strerror or error}. Choose another folder."
        ) from error
    return [download(source, place, by_hand(database, place), progress) for source in files]


def by_hand(database: str, folder: Path) -> str:
    """Say where a table can be had and where to put it."""
    address, what = BY_HAND[database]
    return f"Get it by hand from {address} ({what}), put it into {str(folder)!r} and pass that path to load()."


def sources(database: str, year: int, *, system: str = "ixi", edition: str = "v2023") -> list[Source]:
    """Addresses of one year's files, from pymrio's lists.

    Raises
    ------
    OptionError
        pymrio has no address for that database or year.
    """
    if database == "icio":
        return _icio(year, edition)
    if database == "exiobase":
        return _exiobase(year, system)
    if database == "wiod2013":
        return _wiod(year)
    address, what = BY_HAND[database]
    raise OptionError(
        f"{database} cannot be fetched by a program: pymrio has no working address for it. Get it by hand from "
        f"{address} ({what}) and pass the path to load()."
    )


def _icio(year: int, edition: str) -> list[Source]:
    from pymrio.tools.iodownloader import OECD_CONFIG

    editions = {**_LATER_EDITIONS, **OECD_CONFIG["datafiles"]}
    if edition not in editions:
        raise unknown("edition", edition, editions)
    for span, url in editions[edition].items():
        first, _, last = span.partition("-")
        if int(first) <= year <= int(last or first):
            return [Source(url, f"ICIO{edition.lstrip('v')}_{span}.zip")]
    raise OptionError(
        f"The edition {edition} of the OECD's tables has no {year}; it has {', '.join(editions[edition])}."
    )


def _exiobase(year: int, system: str) -> list[Source]:
    from pymrio.tools import iodownloader

    require_option("system", system, ("ixi", "pxp"))
    listed = iodownloader._get_url_datafiles(**iodownloader.EXIOBASE3_CONFIG).data_urls
    wanted = f"IOT_{year}_{system}.zip"
    urls = [url for url in listed if url.endswith(wanted)]
    if not urls:
        raise ReadError(f"The page of EXIOBASE lists no {wanted}. {by_hand('exiobase', Path())}")
    return [Source(urls[0], wanted)]


def _wiod(year: int) -> list[Source]:
    from pymrio.tools import iodownloader

    config = iodownloader.WIOD_CONFIG
    listed = iodownloader._get_url_datafiles(config["url_db_view"], config["url_db_content"], config["mrio_regex"])
    urls = [url for url in listed.data_urls if re.search(rf"wiot{year % 100:02d}_", url)]
    if not urls:
        raise ReadError(f"The page of WIOD lists no table for {year}. {by_hand('wiod2013', Path())}")
    accounts = config["satellite_urls"][0]
    return [Source(urls[0], urls[0].rsplit("/", 1)[1]), Source(accounts, accounts.rsplit("/", 1)[1])]


def download(source: Source, folder: Path, remedy: str, progress: Progress | None = None) -> Path:
    """Fetch one file into a folder; continue a half one, check it, and rename it at the end."""
    import requests

    target, part = folder / source.name, folder / f"{source.name}.part"
    if target.is_file():
        return target
    have = part.stat().st_size if part.is_file() else 0
    # Compressed on the way, a file would have another size than the server states.
    headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={have}-"} if have else {})
    try:
        with requests.get(source.url, stream=True, timeout=_TIMEOUT, headers=headers) as answer:
            if answer.status_code == 416 and have:
                # Nothing is left to send: the part is whole, or of another file.
                return _finished(part, target, None, remedy)
            if answer.status_code not in (200, 206):
                raise ReadError(
                    f"The server answered {answer.status_code} ({answer.reason}) for {source.url}; the publisher "
                    f"may have moved the file. {remedy}"
                )
            resumed = answer.status_code == 206 and have > 0
            _require_file(answer, source, remedy)
            stated = answer.headers.get("Content-Length")
            size = None if stated is None else int(stated) + (have if resumed else 0)
            _receive(answer, part, have if resumed else 0, size, source.name, progress)
    except requests.RequestException as error:
        kept = f" What arrived is kept; run it again to continue ({part.name})." if part.is_file() else ""
        raise ReadError(f"{_reason(error)}{kept} {remedy}") from error
    return _finished(part, target, size, remedy)


def _require_file(answer: Any, source: Source, remedy: str) -> None:
    if "text/html" in answer.headers.get("Content-Type", ""):
        raise ReadError(f"{source.url} sent a web page instead of a file; the publisher has moved it. {remedy}")


def _receive(answer: Any, part: Path, have: int, size: int | None, name: str, progress: Progress | None) -> None:
    try:
        with part.open("ab" if have else "wb") as file:
            for chunk in answer.iter_content(_CHUNK):
                file.write(chunk)
                have += len(chunk)
                if progress is not None:
                    progress(name, have, size)
    except OSError as error:
        import requests

        if isinstance(error, requests.RequestException):
            raise
        raise OutputError(f"{str(part)!r} cannot be written: {error.strerror or error}. Free some space.") from error


def _finished(part: Path, target: Path, size: int | None, remedy: str) -> Path:
    have = part.stat().st_size
    if size is not None and have != size:
        raise ReadError(f"{target.name} is not whole: {have:,} of {size:,} bytes arrived. Run it again to continue.")
    if target.suffix in (".zip", ".xlsx"):
        broken = not zipfile.is_zipfile(part)
        if not broken:
            with zipfile.ZipFile(part) as archive:
                broken = archive.testzip() is not None
        if broken:
            part.unlink()
            raise ReadError(f"What arrived as {target.name} is damaged and was deleted. Run it again. {remedy}")
    try:
        part.replace(target)
    except OSError as error:
        raise OutputError(f"{str(target)!r} cannot be written: {error.strerror or error}.") from error
    return target


def _reason(error: Exception) -> str:
    import requests

    if isinstance(error, requests.ConnectionError | requests.Timeout):
        return "The publisher's server cannot be reached; there may be no network."
    return f"The download failed ({type(error).__name__}: {str(error)[:120]})."
