"""What can be written of a scenario in a file: keys, kinds of moves and their options, and how text becomes values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import MISSING, Field, dataclass, fields
from typing import Any, ClassVar, TypeAlias

from io_linkage.errors import OptionError, unknown
from io_linkage.scenarios.moves import MOVES, Move, Names, Scenario
from io_linkage.scenarios.shortage import Shortage
from io_linkage.wording import listed

#: What a file can hold.
Written: TypeAlias = "Scenario | Shortage"

#: What a file says of itself, beside its moves.
ABOUT = ("name", "note", "classification")
#: Options of a shortage, beside its moves.
OPTIONS = ("rounds", "rule", "ratings", "substitution")
NUMBERS = ("level", "strength", "capacity", "rate", "elasticity", "amount")
#: Options that take one word or several.
SEVERAL = ("regions", "industries", "buyers", "suppliers", "to", "supplier", "sources", "hosts", "away_from")


@dataclass(frozen=True)
class Short(Move):
    """Industries that can make only part of their output; the only kind of move of a shortage."""

    kind: ClassVar[str] = "shortage"

    regions: Names
    industries: Names
    level: float


KINDS: dict[str, type[Move]] = {**MOVES, Short.kind: Short}


def keys(kind: str) -> list[str]:
    """Return the options of a kind of move, in order."""
    return [entry.name for entry in fields(KINDS[kind])]


def move_of(given: Mapping[str, Any], where: str) -> Move:
    """Make a move from what a file says of it.

    Raises
    ------
    UnknownLabelError
        A kind or an option that there is not; names the nearest.
    OptionError
        An option is missing or has a value that it cannot take.
    """
    if "kind" not in given:
        raise OptionError(f"{where} has no kind. Give it one of {', '.join(KINDS)}.")
    kind = given["kind"]
    if kind not in KINDS:
        raise unknown("kind of move", kind, KINDS, remedy=f"({where}.)")
    known = fields(KINDS[kind])
    for key in given:
        if key != "kind" and key not in keys(kind):
            raise unknown(f"option of {kind}", key, keys(kind), remedy=f"({where}.)")
    missing = [entry.name for entry in known if _needed(entry) and entry.name not in given]
    if missing:
        raise OptionError(f"{where}, {kind}, lacks {listed(missing)}.")
    values = {key: _value(key, value, where) for key, value in given.items() if key != "kind"}
    try:
        return KINDS[kind](**values)
    except OptionError as error:
        raise OptionError(f"{where}: {error}") from error


def written(about: Mapping[str, Any], moves: Sequence[Mapping[str, Any]], where: str) -> Written:
    """Make a scenario or a shortage from what a file says.

    Raises
    ------
    UnknownLabelError, OptionError
        As `move_of`; no name, no moves, or a shortage among other moves.
    """
    for key in about:
        if key not in (*ABOUT, *OPTIONS):
            raise unknown("key", key, [*ABOUT, "moves", *OPTIONS], remedy=f"({where}.)")
    for key in ABOUT:
        if not isinstance(about.get(key, ""), str):
            raise OptionError(f"{where}: {key}={about[key]!r} is not text. Put it in quotes.")
    if not about.get("name"):
        raise OptionError(f'{where} has no name. Add name = "..." before the moves.')
    if not moves:
        raise OptionError(f"{where} has no moves, so nothing would happen. Add one, e.g. of the kind reshoring.")
    made = [move_of(move, f"Move {k} of {where}") for k, move in enumerate(moves, start=1)]
    common = {key: about[key] for key in ABOUT if about.get(key)}
    options = {key: about[key] for key in OPTIONS if key in about}
    short = [move for move in made if isinstance(move, Short)]
    if not short:
        if options:
            raise OptionError(f"{where}: {listed(options)} belong to a shortage, and no move is of that kind.")
        return Scenario(moves=tuple(made), **common)
    if len(short) < len(made):
        raise OptionError(
            f"{where} has moves of the kind shortage and others. A shortage limits output by inputs, the others move "
            "orders: write two files."
        )
    return Shortage(capacities=tuple((one.regions, one.industries, one.level) for one in short), **common, **options)


def said(scenario: Written) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return what a file says of a scenario: of itself, and of each move; what has its default is left out."""
    about = {key: getattr(scenario, key) for key in ABOUT if getattr(scenario, key)}
    if isinstance(scenario, Scenario):
        return about, [{"kind": move.kind, **_stated(move)} for move in scenario.moves]
    about |= {key: getattr(scenario, key) for key in OPTIONS if getattr(scenario, key) != getattr(Shortage, key)}
    moves = [
        {"kind": Short.kind, "regions": regions, "industries": industries, "level": level}
        for regions, industries, level in scenario.capacities
    ]
    return about, moves


def _stated(move: Move) -> dict[str, Any]:
    return {
        entry.name: getattr(move, entry.name)
        for entry in fields(move)
        if _needed(entry) or getattr(move, entry.name) != entry.default
    }


def _needed(entry: Field[Any]) -> bool:
    return entry.default is MISSING and entry.default_factory is MISSING


def _value(key: str, value: Any, where: str) -> Any:
    if key in NUMBERS:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise OptionError(f"{where}: {key}={value!r} is not a number.")
        return float(value)
    if key == "shares":
        if not isinstance(value, list | tuple) or not all(type(one) in (int, float) for one in value):
            raise OptionError(f"{where}: shares={value!r} is not a list of numbers, e.g. [0.7, 0.3].")
        return tuple(map(float, value))
    if key == "basket" and isinstance(value, Mapping):
        if not all(type(one) in (int, float) for one in value.values()):
            raise OptionError(f"{where}: not all shares of the basket are numbers.")
        return tuple((str(industry), float(share)) for industry, share in value.items())
    several = list(value) if isinstance(value, list | tuple) and key in SEVERAL else [value]
    if not several or not all(isinstance(one, str) and one for one in several):
        wanted = "a label, or a list of labels" if key in SEVERAL else "a word"
        raise OptionError(f"{where}: {key}={value!r} is not {wanted}. Put labels in quotes.")
    return several[0] if len(several) == 1 else tuple(several)
