"""Scenarios in files: TOML to write by hand, Excel to fill in, and those that ship."""

from __future__ import annotations

import difflib
import json
import re
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from io_linkage._shipped import shipped_path
from io_linkage.errors import OptionError, ReadError
from io_linkage.files import atomically, expanded, require_free
from io_linkage.scenarios.fields import Written, said, written
from io_linkage.scenarios.sheets import read_sheets, write_sheets

_ENDINGS = (".toml", ".xlsx")
_BARE = re.compile(r"[A-Za-z0-9_-]+")


def read(source: str | Path) -> Written:
    """Read a scenario from a TOML or Excel file, or one that ships by its name.

    A TOML file has a `name`, if wanted a `note` and a `classification`, and `[[moves]]`, each with its `kind` and the
    options of that kind. Moves of the kind "shortage" say who can make only part of its output; such a file may have
    `rounds`, `rule`, `ratings` and `substitution` before them.

    Parameters
    ----------
    source : str or path
        A file that ends in .toml or .xlsx, or a name of `shipped`.

    Returns
    -------
    Scenario or Shortage
        To be run with `run(table, scenario)`, or with its own `run(table)`.

    Raises
    ------
    ReadError
        There is no such file, or it is not TOML or Excel.
    UnknownLabelError
        A key, kind or option that there is not; names the nearest.
    OptionError
        Something is missing, or has a value that it cannot take.

    References
    ----------
    TOML 1.0.

    See Also
    --------
    save, shipped

    Examples
    --------
    >>> scenario = read("tariff")
    >>> scenario.moves[0].kind, scenario.moves[0].rate
    ('tariff', 0.25)
    """
    place = expanded(source)
    if not place.exists() and str(source) in shipped():
        place = shipped_path("scenarios", f"{source}.toml")
    if not place.is_file():
        near = difflib.get_close_matches(str(source), shipped(), n=1, cutoff=0.5)
        raise ReadError(
            f"There is no scenario file {str(source)!r}. {f'Nearest: {near[0]}. ' if near else ''}Scenarios that ship: "
            f"{', '.join(shipped())}; or write one of your own, see io-linkage template scenario."
        )
    if place.suffix.lower() not in _ENDINGS:
        raise ReadError(f"A scenario is a .toml or an .xlsx, and {place.name!r} is neither. Save it as one of them.")
    if place.suffix.lower() == ".xlsx":
        return written(*read_sheets(place), where=place.name)
    try:
        content = tomllib.loads(place.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise ReadError(f"Cannot read the scenario {str(place)!r}: {error.strerror or error}.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ReadError(
            f"{place.name!r} is not TOML: {error}. Text stands in quotes, and numbers are written 0.5, not .5."
        ) from error
    moves = content.pop("moves", [])
    if not isinstance(moves, list) or not all(isinstance(move, dict) for move in moves):
        raise OptionError(f"{place.name}: moves are written as [[moves]] with two brackets, one for each.")
    return written(content, moves, place.name)


def shipped() -> dict[str, str]:
    """Names of the scenarios that ship, with what each is.

    Returns
    -------
    dict of str to str

    References
    ----------
    This project.

    See Also
    --------
    read

    Examples
    --------
    >>> "tariff" in shipped()
    True
    """
    files = sorted(shipped_path("scenarios").glob("*.toml"))
    return {file.stem: str(tomllib.loads(file.read_text(encoding="utf-8"))["name"]) for file in files}


def save(scenario: Written, path: str | Path, *, overwrite: bool = False, inputs: Iterable[str | Path] = ()) -> Path:
    """Write a scenario to a TOML or Excel file, which `read` reads again.

    Parameters
    ----------
    scenario : Scenario or Shortage
    path : str or path
        Ends in .toml or .xlsx.
    overwrite : bool
        Replace what is there.
    inputs : iterable of paths
        Files that are never replaced.

    Returns
    -------
    Path

    Raises
    ------
    OptionError
        Another ending.
    OutputError
        The place cannot be written or is taken.

    References
    ----------
    TOML 1.0.

    See Also
    --------
    read
    """
    place = expanded(path)
    if place.suffix.lower() not in _ENDINGS:
        raise OptionError(f"A scenario is a .toml or an .xlsx, so it cannot be called {place.name!r}.")
    require_free(place, inputs, overwrite=overwrite)
    about, moves = said(scenario)
    if place.suffix.lower() == ".xlsx":
        atomically(place, lambda file: write_sheets(file, about, moves, {}))
    else:
        text = _toml(about, moves)
        atomically(place, lambda file: file.write_text(text, encoding="utf-8", newline="\n"))
    return place


def _toml(about: Mapping[str, Any], moves: list[dict[str, Any]]) -> str:
    parts = ["".join(f"{key} = {_text(value)}\n" for key, value in about.items())]
    parts += [
        "[[moves]]\n" + "".join(f"{_key(key)} = {_text(value)}\n" for key, value in move.items()) for move in moves
    ]
    return "\n".join(parts)


def _key(key: str) -> str:
    return key if _BARE.fullmatch(key) else _quoted(key)


def _text(value: Any) -> str:
    if isinstance(value, str):
        return _quoted(value)
    if isinstance(value, tuple) and value and isinstance(value[0], tuple):
        return "{ " + ", ".join(f"{_key(key)} = {_text(share)}" for key, share in value) + " }"
    if isinstance(value, tuple):
        return "[" + ", ".join(map(_text, value)) + "]"
    return repr(value)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
