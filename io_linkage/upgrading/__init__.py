"""Do developing countries climb? Lock-in profiles, distance to the frontier, regional chains, a country on one page.

`lock_in` is in `profiles`, `distance` and `catching_up` in `frontier_distance`, `regionalisation` and `blocs` in
`regional_chains`; all can be used from here. Over years:

>>> import io_linkage as iol
>>> years = (iol.load(year=year) for year in (1995, 2008))
>>> profiles = lock_in(years, regions=["CHN", "IND"])
>>> catching_up(profiles).loc[("CHN", "high_stage"), "reading"]
'closing'
"""

from __future__ import annotations

from io_linkage.upgrading.country_cards import CountryCard, country_card
from io_linkage.upgrading.frontier_distance import catching_up, distance
from io_linkage.upgrading.profiles import FRONTIER, INDICATORS, UPWARD, lock_in
from io_linkage.upgrading.regional_chains import blocs, regionalisation

__all__ = [
    "FRONTIER",
    "INDICATORS",
    "UPWARD",
    "CountryCard",
    "blocs",
    "catching_up",
    "country_card",
    "distance",
    "lock_in",
    "regionalisation",
]
