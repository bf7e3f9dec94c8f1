"""Recipes as CSV files: one figure a row, with its range, its year and its source."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal, TypeAlias

import pandas as pd

from io_linkage._shipped import shipped_path
from io_linkage.errors import OptionError, ReadError, require_option, unknown
from io_linkage.files import expanded
from io_linkage.splitting.recipe import ELSEWHERE, Division, Part, Recipe
from io_linkage.wording import listed

End: TypeAlias = Literal["low", "central", "high"]

COLUMNS = ("parent", "part", "name", "item", "key", "region", "year", "low", "central", "high", "source")
#: What a row may be about; `rest` names the last part and has no figure.
ITEMS = ("output_share", "input", "sale", "value_added", "account", "rest")


def recipes() -> pd.DataFrame:
    """Return the recipes that ship: name, classification, parents, parts, regions with evidence, and sources.

    Returns
    -------
    DataFrame, indexed by name

    See Also
    --------
    read_recipe : One of them, or a file of your own.
    """
    rows = {}
    for path in sorted(shipped_path("splits").glob("*/*.csv")):
        frame = _frame(path)
        rows[path.stem] = {
            "classification": path.parent.name,
            "parents": ", ".join(frame["parent"].unique()),
            "parts": ", ".join(frame.loc[frame["item"] != "rest", "part"].unique()),
            "evidence_for": ", ".join(sorted(set(frame["region"]) - {ELSEWHERE, ""})),
            "sources": "; ".join(sorted(set(frame["source"]) - {""})),
        }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("name")


def read_recipe(
    recipe: str | Path, *, year: int | None = None, share: End = "central", regions: Iterable[str] = ()
) -> Recipe:
    """Read a recipe: one that ships, by its name, or a CSV file of your own.

    Parameters
    ----------
    recipe : str or Path
        A name from `recipes`, or a file. Columns: `parent`, `part`, `name`, `item` (output_share, input, sale,
        value_added, account, or rest for the last part), `key` (the product, buyer or account), `region` ("*" for those
        that are not named), `year`, `low`, `central`, `high`, `source`. Inputs, sales and value added are multiples of
        the parent's.
    year : int, optional
        Figures are taken from the nearest year that the file has for them; the latest where none is given.
    share : {"low", "central", "high"}
        Which end of the range of output shares; what a part buys, sells and adds is always the central figure, since
        all at one end would contradict one another.
    regions : sequence of str
        Split these only.

    Returns
    -------
    Recipe

    Raises
    ------
    UnknownLabelError
        There is neither such a file nor such a recipe.
    ReadError
        A column or figure is missing, or low, central and high are not in order.

    See Also
    --------
    split : Split a table by it.

    Examples
    --------
    >>> [part.code for part in read_recipe("batteries", year=2011).divisions[0].parts]
    ['batteries', 'electrical_rest']
    """
    require_option("share", share, ("low", "central", "high"))
    path = _path(recipe)
    frame = _frame(path)
    shipped = path.is_relative_to(shipped_path("splits"))
    divisions = tuple(
        Division(str(parent), _parts(rows, year, share, path), tuple(regions))
        for parent, rows in frame.groupby("parent", sort=False)
    )
    return Recipe(
        divisions,
        name=path.stem,
        classification=path.parent.name if shipped else None,
        source="; ".join(sorted(set(frame["source"]) - {""})),
    )


def _path(recipe: str | Path) -> Path:
    path = expanded(recipe)
    if path.is_file():
        return path
    found = {place.stem: place for place in shipped_path("splits").glob("*/*.csv")}
    if str(recipe) not in found:
        raise unknown("recipe", str(recipe), sorted(found), remedy="Give the name of one that ships, or a CSV file.")
    return found[str(recipe)]


def _frame(path: Path) -> pd.DataFrame:
    try:
        frame = pd.read_csv(path, dtype=str, keep_default_na=False)
    except (OSError, ValueError, pd.errors.ParserError) as error:
        raise ReadError(f"{str(path)!r} could not be read as a recipe: {error}. It has to be a CSV file.") from error
    missing = [column for column in COLUMNS if column not in frame]
    if missing:
        raise ReadError(f"{path.name} has no column {listed(missing)}; a recipe has {', '.join(COLUMNS)}.")
    for number, item in enumerate(frame["item"], start=2):
        if item not in ITEMS:
            raise ReadError(f"{path.name}, line {number}: item {item!r} is unknown; it must be one of {listed(ITEMS)}.")
    for column in ("low", "central", "high", "year"):
        figures = pd.to_numeric(frame[column].replace("", None), errors="coerce")
        wrong = figures.isna() & (frame[column] != "")
        if wrong.any():
            line = int(wrong.to_numpy().argmax()) + 2
            raise ReadError(f"{path.name}, line {line}: {column} {frame.loc[line - 2, column]!r} is not a number.")
        frame[column] = figures
    with_figure = frame["item"] != "rest"
    for line in frame.index[with_figure & frame[["low", "central", "high"]].isna().any(axis=1)]:
        raise ReadError(
            f"{path.name}, line {line + 2}: low, central and high are needed for {frame.loc[line, 'item']}."
        )
    for line in frame.index[with_figure & ~((frame["low"] <= frame["central"]) & (frame["central"] <= frame["high"]))]:
        raise ReadError(
            f"{path.name}, line {line + 2}: low {frame.loc[line, 'low']:g}, central {frame.loc[line, 'central']:g} and "
            f"high {frame.loc[line, 'high']:g} are not in order."
        )
    return frame


def _parts(rows: pd.DataFrame, year: int | None, share: End, path: Path) -> tuple[Part, ...]:
    rest = rows[rows["item"] == "rest"]
    if len(rest) != 1:
        raise ReadError(
            f"{path.name}: {rows['parent'].iloc[0]!r} has {len(rest)} rows of item rest; give one, for the last part."
        )
    parts = [_part(code, part, year, share) for code, part in rows[rows["item"] != "rest"].groupby("part", sort=False)]
    return (*parts, Part(str(rest["part"].iloc[0]), name=str(rest["name"].iloc[0])))


def _part(code: Any, rows: pd.DataFrame, year: int | None, share: End) -> Part:
    figures: dict[str, dict[str, dict[str, float]]] = {}
    for (item, key, region), group in rows.groupby(["item", "key", "region"], sort=False):
        value = float(_nearest(group, year)[share if item == "output_share" else "central"])
        figures.setdefault(str(item), {}).setdefault(str(key), {})[str(region)] = value
    shares, value_added = figures.get("output_share"), figures.get("value_added")
    if shares is None:
        raise OptionError(f"The recipe has no output_share for {code!r}; give one.")
    return Part(
        str(code),
        shares[""],
        name=str(rows["name"].iloc[0]),
        value_added=None if value_added is None else value_added[""],
        inputs=figures.get("input", {}),
        sales=figures.get("sale", {}),
        accounts=figures.get("account", {}),
        relative=True,
    )


def _nearest(group: pd.DataFrame, year: int | None) -> pd.Series[Any]:
    """Return the row of the nearest year, the later one of two as near; the latest where no year is asked for."""
    years = group["year"].fillna(float(year or 0))
    distance = -years if year is None else (years - year).abs() - 1e-6 * years
    return group.iloc[int(distance.to_numpy().argmin())]
