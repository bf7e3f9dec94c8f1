"""Names to show for the codes of industries and regions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, Literal

import pandas as pd

from io_linkage import classifications
from io_linkage.economies import registry
from io_linkage.errors import OptionError

#: "auto" shows names where all codes are known, "codes" the codes as they are; a mapping gives names of one's own.
Names = Mapping[str, str] | Literal["auto", "codes"]


def shown(labels: Iterable[Any], names: Names = "auto") -> list[str]:
    """Names to show for labels, in their order.

    Codes are replaced only where every one of them is known, so that no list mixes codes and names; parts of a
    label of several levels are joined by a comma.

    Examples
    --------
    >>> shown(["30t33", "AtB"]), shown(["CHN", "RoW"]), shown(["30t33", "mine"])
    (['Electrical and optical', 'Agriculture'], ['China', 'Rest of the world'], ['30t33', 'mine'])
    >>> shown([("CHN", "emerging"), ("USA", "future")])
    ['China, emerging', 'USA, future']
    """
    entries = list(labels)
    if entries and all(isinstance(label, tuple) for label in entries):
        levels = [shown(level, names) for level in zip(*entries, strict=True)]
        return [", ".join(parts) for parts in zip(*levels, strict=True)]
    texts = [str(label) for label in entries]
    if names == "codes":
        return texts
    if isinstance(names, Mapping):
        return [names.get(text, text) for text in texts]
    if names != "auto":
        raise OptionError(
            f"names={names!r} is not possible; choose 'auto' or 'codes', or give names of your own by code, such as "
            "{'CHN': '中国'} for names in Chinese."
        )
    for known in (classifications.short_names(), _regions(tuple(texts))):
        if texts and all(text in known for text in texts):
            return [known[text] for text in texts]
    return texts


def constant(index: pd.Index[Any], names: Names = "auto") -> tuple[pd.Index[Any], str]:
    """Return an index without the levels that are the same in every row, and what they are, for the title.

    Examples
    --------
    >>> index, where = constant(pd.MultiIndex.from_tuples([("CHN", "24"), ("CHN", "30t33")]))
    >>> index.tolist(), where
    (['24', '30t33'], 'China')
    """
    if not isinstance(index, pd.MultiIndex) or len(index) < 2:
        return index, ""
    levels = [k for k in range(index.nlevels) if len(index.unique(k)) == 1]
    if not levels or len(levels) == index.nlevels:
        return index, ""
    return index.droplevel(levels), ", ".join(shown([index[0][k]], names)[0] for k in levels)


#: What 1 is where linkages are divided by the mean of a scope.
_AVERAGES = {
    "region": "1 = average industry of the region",
    "industry": "1 = average region in the industry",
    "world": "1 = average industry of the world",
}


def unit_of(result: pd.DataFrame | pd.Series[Any], column: Any) -> str | None:
    """Return the unit of a column where it differs from that of the result: normalised linkages have none."""
    if not str(column).endswith("_normalised"):
        return None
    unit = _AVERAGES.get(str(result.attrs.get("normalise", "region")), "1 = average")
    # Groups are divided by the weighted mean they are part of, industries by that of the average industry.
    return unit.replace("average industry", "average") if "weighted_by" in result.attrs else unit


# Tables spell regions as codes; only those are replaced, so that a table's own spelling of a name stays.
_SHORT = {"USA": "USA", "GBR": "UK", "EU": "EU"}


@cache
def _regions(texts: tuple[str, ...]) -> dict[str, str]:
    codes = {text: registry.find(text) for text in texts if 2 <= len(text) <= 4 and text.isalpha()}
    known = {text: registry.register()[code].name for text, code in codes.items() if code is not None}
    return known | {text: name for text, name in _SHORT.items() if text in texts}
