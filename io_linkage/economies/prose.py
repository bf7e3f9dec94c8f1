"""Economies and groups inside a sentence."""

from __future__ import annotations

from io_linkage.economies import registry
from io_linkage.economies.group_names import GROUP_NAMES, WORLD_BANK_REGIONS

_ARTICLE = {
    "USA": "the United States",
    "GBR": "the United Kingdom",
    "EU": "the European Union",
    "RoW": "the rest of the world",
    "EUE": "the EU's east",
    "EUW": "the EU's west",
}


def economy(code: str) -> str:
    """Name of an economy or region inside a sentence.

    Examples
    --------
    >>> economy("CHN"), economy("USA"), economy("my valley"), economy("brics")
    ('China', 'the United States', 'my valley', 'the BRICS economies')
    """
    if code in _ARTICLE:
        return _ARTICLE[code]
    known = registry.find(code) if 2 <= len(code) <= 4 else None
    if known is not None:
        return registry.register()[known].name
    group = registry.find_group(code)
    if group is None:
        return code
    name = GROUP_NAMES[group][0]
    if group == "africa" or group in WORLD_BANK_REGIONS.values():
        return name
    return {"eu": _ARTICLE["EU"], "belt_and_road": "the Belt and Road economies"}.get(
        group, f"the {name[:1].lower()}{name[1:]}" if "economies" in name else f"the {name} economies"
    )
