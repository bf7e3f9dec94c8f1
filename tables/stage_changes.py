"""Which changes of a share over the years are changes of the industry, and which are changes of the tables.

China's detailed tables do not all name the same activities: medical instruments are an industry of their own since
2018 and a part of special machinery before. Where an activity enters or leaves an industry in that way, and this moves
the emerging or the future share by more than BREAK, the tables before it are not used for the industry's make-up
(`clear_since`). Any change of more than CHANGE from one row to the next is told in the later row (`against`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Any

import pandas as pd

#: Most that the detail of the tables alone may move the emerging or the future share.
BREAK = 0.03
#: Change of a share from one row to the next that the row tells.
CHANGE = 0.04
#: Difference of two judgements of one activity that is named as a cause.
JUDGED = 0.02
SHARES = ("emerging", "future", "green", "digital", "high_tech")

#: What some tables name as one and others apart; inside an industry that holds all of it nothing enters or leaves.
SAME = (
    ("autos_broad", "autos", "auto_parts"),
    ("computer_services", "software", "it_services", "internet"),
    ("telecom_internet", "telecom", "broadcast_transmission"),
    ("technical_services_broad", "technical_services", "technology_promotion", "geology"),
    (
        "other_electrical_broad",
        "other_electrical_batteries",
        "other_electrical",
        "batteries",
        "power_equipment",
        "cables",
    ),
    ("other_minerals_broad", "building_materials", "cement_products", "graphite"),
    ("environment_facilities", "environment", "public_facilities"),
    ("special_machinery_broad", "special_machinery", "medical_equipment", "mining_machinery", "chemical_machinery"),
    ("culture_broad", "culture", "film_television", "publishing"),
    ("culture_goods", "crafts", "other_manufacturing"),
    ("road_transport", "urban_transport"),
    ("trade", "wholesale", "retail"),
    ("construction_all", "construction_buildings", "construction_civil", "construction_other"),
    ("business_services", "tourism"),
    ("communication", "broadcast_radar"),
    ("health", "social_work"),
    ("resident_services", "other_services"),
)

Mix = Mapping[int, "pd.Series[float]"]


def _joined(mix: pd.Series[float], held: set[str]) -> pd.Series[float]:
    """Put what some tables name as one under the first name of its group, where the industry holds all of it."""
    names = {part: group[0] for group in SAME if set(group) <= held for part in group}
    return mix.groupby([names.get(str(activity), str(activity)) for activity in mix.index]).sum()


def _mean(mix: pd.Series[float], values: pd.DataFrame) -> pd.Series[float]:
    return values.loc[mix.index].mul(mix, axis=0).sum() / mix.sum()


def moved_by_detail(earlier: pd.Series[float], later: pd.Series[float], values: pd.DataFrame, held: set[str]) -> float:
    """Largest change of a share that goes away when only activities of both mixes are counted."""
    old, new = _joined(earlier, held), _joined(later, held)
    both = old.index.intersection(new.index)
    if len(both) == len(old) == len(new):
        return 0.0
    change = _mean(new, values) - _mean(old, values)
    if len(both):
        change -= _mean(new[both], values) - _mean(old[both], values)
    return float(change.abs().max())


def clear_since(mix: Mix, values: pd.DataFrame, held: Iterable[str]) -> int:
    """First year from which on the detail of the tables moves no share by more than BREAK."""
    years = sorted(mix)
    first = years[0]
    for earlier, later in pairwise(years):
        if moved_by_detail(mix[earlier], mix[later], values, set(held)) > BREAK:
            first = later
    return first


def _causes(row: Mapping[str, Any], before: Mapping[str, Any]) -> str:
    """Name the activities that were judged anew, and those that only one of the two mixes has."""
    new, old = row["activities"], before["activities"]
    anew = [name for name in new if name in old and any(abs(new[name][s] - old[name][s]) > JUDGED for s in SHARES)]
    entered, left = ([name for name in one if name not in other] for one, other in ((new, old), (old, new)))
    parts = [
        f"{what} {', '.join(names)}"
        for what, names in (("judged anew:", anew), ("named since:", entered), ("no longer named:", left))
        if names
    ]
    return "; ".join(parts) or "output alone"


def against(row: Mapping[str, Any], before: Mapping[str, Any]) -> str:
    """Tell which shares changed by more than CHANGE against the row before, and by what."""
    changes = {share: float(row[f"{share}_central"]) - float(before[f"{share}_central"]) for share in SHARES}
    moves = [f"{name.replace('_', '-')} {change:+.2f}" for name, change in changes.items() if abs(change) > CHANGE]
    return f" Against {before['year']}: {', '.join(moves)} ({_causes(row, before)})." if moves else ""
