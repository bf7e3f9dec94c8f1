"""The 21 regions of the shipped world table and the countries of the WIOD 2013 release that make them up."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

ROW = "RoW"


@dataclass(frozen=True)
class Region:
    """One region of the shipped table: its code, its name and the source's codes of its members."""

    code: str
    name: str
    members: tuple[str, ...]


def _single(code: str, name: str) -> Region:
    return Region(code, name, (code,))


# Emerging economies first, then the European Union from east to west, other advanced economies and the rest.
REGIONS = (
    _single("CHN", "China"),
    _single("IND", "India"),
    _single("IDN", "Indonesia"),
    _single("BRA", "Brazil"),
    _single("RUS", "Russia"),
    _single("MEX", "Mexico"),
    _single("TUR", "Türkiye"),
    _single("POL", "Poland"),
    Region(
        "EUE",
        "EU-east (members since 2004 and 2007, without Poland)",
        ("BGR", "CYP", "CZE", "EST", "HUN", "LTU", "LVA", "MLT", "ROM", "SVK", "SVN"),
    ),
    Region(
        "EUW",
        "EU-west (members before 2004, without Germany, France, United Kingdom, Italy)",
        ("AUT", "BEL", "DNK", "ESP", "FIN", "GRC", "IRL", "LUX", "NLD", "PRT", "SWE"),
    ),
    _single("DEU", "Germany"),
    _single("FRA", "France"),
    _single("GBR", "United Kingdom"),
    _single("ITA", "Italy"),
    _single("USA", "United States"),
    _single("CAN", "Canada"),
    _single("JPN", "Japan"),
    _single("KOR", "South Korea"),
    _single("TWN", "Taiwan"),
    _single("AUS", "Australia"),
    _single(ROW, "Rest of the world"),
)
ISO3 = {"ROM": "ROU"}  # the source's code for Romania is the one ISO 3166 withdrew in 2002


def region_list() -> pd.DataFrame:
    """Make the list of regions with their members as ISO 3166 codes and as the source's codes."""
    return pd.DataFrame(
        {
            "code": region.code,
            "name": region.name,
            "members": " ".join(ISO3.get(m, m) for m in region.members if m != ROW),
            "members_in_source": " ".join(region.members),
            "remark": "Romania is ROU in ISO 3166 and ROM in the source" if "ROM" in region.members else "",
        }
        for region in REGIONS
    )
