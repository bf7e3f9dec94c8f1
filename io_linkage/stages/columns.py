"""Columns of a stage file: which are shares of stages, which of traits, and which are misspelt."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from typing import Literal, NamedTuple

import pandas as pd

from io_linkage.errors import StageError, unknown

STAGES = ("traditional", "emerging", "future")
TRAITS = ("green", "digital", "high_tech")
Bound = Literal["low", "central", "high"]
BOUNDS: tuple[Bound, ...] = ("low", "central", "high")
#: Before the name of a trait of one's own; a column of shares without it is a stage.
OWN_TRAIT = "trait_"
TEXT = ("industry", "alias", "name", "name_zh", "region", "year", "kind", "reason", "source")

# Results use this label for all stages together.
_RESERVED = "all"
# How alike two names are, from 0 to 1, before one is taken for a misspelling of the other.
_NEAR = 0.75


class Shares(NamedTuple):
    """Names of the stages and traits of a file, in the order in which results show them."""

    stages: tuple[str, ...]
    traits: tuple[str, ...]


def shares_of(frame: pd.DataFrame, name: str) -> Shares:
    """Names of the stages and traits in a file.

    Stages are the standard three, or all columns of shares with names of one's own, in the order of the file. Traits
    are the standard ones that the file has, and the columns that begin with ``trait_``.

    Parameters
    ----------
    frame : DataFrame
        As read, with stripped labels of columns.
    name : str
        Of the file, for errors.

    Raises
    ------
    StageError
        A column is missing, repeated, misspelt or not one of shares; there are fewer than two stages.

    Examples
    --------
    >>> shares_of(pd.DataFrame({"industry": ["a"], "old": [0.7], "new": [0.3], "trait_clean": [0.1]}), "own.csv")
    Shares(stages=('old', 'new'), traits=('clean',))
    """
    columns = [c for c in map(str, frame.columns) if not _left_behind(frame, c)]
    repeated = [c for c in columns if columns.count(c) > 1]
    if repeated:
        raise StageError(f"{name} has several columns {repeated[0]}. Keep one of them.")
    fixed = {*TEXT, *(f"{trait}_basis" for trait in TRAITS)}
    bases = list(dict.fromkeys(base_of(c) for c in columns if c not in fixed))
    own = [base for base in bases if base not in (*STAGES, *TRAITS) and not base.startswith(OWN_TRAIT)]
    standard = tuple(stage for stage in STAGES if stage in bases)
    _require_spelling(frame, columns, own, name)
    _require_needed(frame, columns, own, name)
    if standard == STAGES and own:
        raise _no_such_column(next(c for c in columns if base_of(c) == own[0]), name)
    named = standard if standard == STAGES else tuple(base for base in bases if base in standard or base in own)
    if len(named) < 2 or _RESERVED in named:
        what = f"the only stage {named[0]}" if len(named) < 2 else "a stage called all, which stands for all together"
        raise StageError(f"{name} has {what}. It needs two stages or more, each with a name of its own.")
    traits = tuple(t for t in TRAITS if t in bases) + tuple(b for b in bases if b.startswith(OWN_TRAIT))
    for base in (*named, *traits):
        if not {base, f"{base}_central"} & set(columns):
            bound = next(c for c in columns if base_of(c) == base)
            raise StageError(f"{name} has {bound}, but no column {base}. Add it, or remove {bound}.")
        if {base, f"{base}_central"} <= set(columns):
            raise StageError(f"{name} has both {base} and {base}_central. Keep one of them.")
    plain = tuple(trait.removeprefix(OWN_TRAIT) for trait in traits)
    for trait in plain:
        if not trait or plain.count(trait) > 1 or trait in named:
            raise StageError(f"{name}: the trait {OWN_TRAIT}{trait} needs a name that nothing else in the file has.")
    return Shares(named, plain)


def base_of(column: str) -> str:
    """Name of the share that a column holds or bounds.

    Examples
    --------
    >>> base_of("emerging_low"), base_of("emerging")
    ('emerging', 'emerging')
    """
    for bound in BOUNDS:
        if column.endswith(f"_{bound}"):
            return column.removesuffix(f"_{bound}")
    return column


def _left_behind(frame: pd.DataFrame, column: str) -> bool:
    # A spreadsheet leaves empty columns behind, which pandas calls so.
    return column.startswith("Unnamed:") and not _filled(frame, column).any()


def _filled(frame: pd.DataFrame, column: str) -> pd.Series[bool]:
    return frame[column].fillna("").astype(str).str.strip() != ""


def _require_needed(frame: pd.DataFrame, columns: Sequence[str], own: Sequence[str], name: str) -> None:
    missing = [] if "industry" in columns else ["industry"]
    if not own or (missing and len(own) < 2):
        missing += [stage for stage in STAGES if not {stage, f"{stage}_central"} & set(columns)]
    if not missing and not frame.empty:
        return
    what = f"no column {', '.join(missing)}" if missing else "no rows"
    split = " Its columns look split by semicolons; save it with commas." if any(";" in c for c in columns) else ""
    raise StageError(
        f"{name} has {what}. It needs an industry column and the shares traditional, emerging and future, or of "
        f"stages of your own (ranges such as emerging_low and emerging_high may be added).{split}"
    )


def _require_spelling(frame: pd.DataFrame, columns: Sequence[str], own: Sequence[str], name: str) -> None:
    """Refuse columns that are nearly standard ones or bounds of others, and those without any number."""
    for column in columns:
        base = base_of(column)
        if base not in own or "industry" not in columns:
            continue
        like_bound = any(
            column.startswith(f"{other}_") and _near(column.removeprefix(f"{other}_"), BOUNDS, 0.5)
            for other in own
            if other != base
        )
        numbers = pd.to_numeric(frame[column], errors="coerce")
        without = not frame.empty and _filled(frame, column).any() and numbers.isna().all()
        like_share = base == column and _near(column, _bounded(), _NEAR)
        if like_bound or like_share or without or _near(base, (*TEXT, *STAGES, *TRAITS), _NEAR):
            bounds = [f"{other}_{bound}" for other in own if other != base for bound in BOUNDS]
            raise _no_such_column(column, name, bounds)


def _bounded() -> list[str]:
    return [f"{share}_{bound}" for share in (*STAGES, *TRAITS) for bound in BOUNDS]


def _near(column: str, known: Sequence[str], cutoff: float) -> bool:
    return bool(difflib.get_close_matches(column.lower(), known, n=1, cutoff=cutoff))


def _no_such_column(column: str, name: str, bounds: Sequence[str] = ()) -> StageError:
    known = [*STAGES, *TRAITS, *TEXT, *_bounded(), *(f"{trait}_basis" for trait in TRAITS), *bounds]
    error = unknown("column", column, sorted(set(known)))
    return StageError(
        f"{name}: {error} Correct its name, or remove it. A file has the three standard stages, or stages with other "
        "names."
    )
