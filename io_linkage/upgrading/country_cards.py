"""One economy at a glance: exports, position and value added over the years, against a frontier."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from io_linkage import economies, panel, stages
from io_linkage.errors import OptionError, StageError
from io_linkage.position import by_group
from io_linkage.selection import region_codes
from io_linkage.table import MRIOTable
from io_linkage.trade_blocks import Definition, trade
from io_linkage.upgrading.profiles import (
    FRONTIER,
    jobs_unit,
    lock_in,
)
from io_linkage.value_added import content, matrix
from io_linkage.value_added.chain_participation import trade_based
from io_linkage.value_added.comparative_advantage import advantage


@dataclass(frozen=True, eq=False)
class CountryCard:
    """What there is to say of a country's place in value chains, on one page.

    Attributes
    ----------
    region, label : str
    profile : DataFrame (year x indicators)
        The lock-in profile over the years, and `frontier` beside it.
    frontier : DataFrame (year x indicators)
    position : DataFrame (year x upstreamness, downstreamness)
    exports : DataFrame (year x terms)
        Shares of gross exports: traditional, pure forward, pure backward, two-sided (and NON_VA).
    industries : DataFrame (industry)
        Last year: gross exports, value added earned in exports, comparative advantage on both, upstreamness.
    origins : Series
        Last year: foreign value added in exports by country, as a share of exports.
    destinations : Series
        Last year: value added by country that absorbs it, as a share of all absorbed abroad.
    attrs : dict
    """

    region: str
    label: str
    profile: pd.DataFrame
    frontier: pd.DataFrame
    position: pd.DataFrame
    exports: pd.DataFrame
    industries: pd.DataFrame
    origins: pd.Series[float]
    destinations: pd.Series[float]
    attrs: dict[str, Any] = field(default_factory=dict)

    def frames(self) -> dict[str, pd.DataFrame]:
        """Return every part as a frame, by name, for saving."""
        return {
            "profile": self.profile,
            "frontier": self.frontier,
            "position": self.position,
            "exports": self.exports,
            "industries": self.industries,
            "origins": self.origins.to_frame(),
            "destinations": self.destinations.to_frame(),
        }


def country_card(
    tables: MRIOTable | Iterable[MRIOTable],
    focus: str,
    *,
    frontier: str | list[str] = "g7",
    definition: Definition = "table",
) -> CountryCard:
    """Gather one country's profile, chain position, exports and partners.

    Parameters
    ----------
    tables : MRIOTable or iterable of MRIOTable
        One year, or several in order; one is in memory at a time.
    focus : str
        Code or name of one region.
    frontier : str or list
        Whom to compare with.

    Returns
    -------
    CountryCard

    Raises
    ------
    OptionError
        No table, a table without a year, or a group instead of one region.
    """
    given = [tables] if isinstance(tables, MRIOTable) else tables
    rows: dict[str, dict[int, pd.Series[float]]] = {"profile": {}, "frontier": {}, "position": {}, "exports": {}}
    last: _Last | None = None
    for table in panel.comparable(given):
        if table.year is None:
            raise OptionError(f"{table.label} has no year; load it with year=... so that the card can state it.")
        code = _one(table, focus)
        for name, row in _year(table, code, frontier, definition).items():
            rows[name][table.year] = row
        last = _last(table, code, definition)
        last.attrs["frontier"] = economies.resolve(table, frontier)
    if last is None:
        raise OptionError("No table was given.")
    parts = {name: _by_year(part, last.attrs) for name, part in rows.items()}
    return CountryCard(
        region=last.region,
        label=_label(last.region),
        profile=parts["profile"],
        frontier=parts["frontier"],
        position=parts["position"],
        exports=parts["exports"],
        industries=last.industries,
        origins=last.origins,
        destinations=last.destinations,
        attrs={**last.attrs, "years": list(rows["profile"])},
    )


class _Last(NamedTuple):
    region: str
    industries: pd.DataFrame
    origins: pd.Series[float]
    destinations: pd.Series[float]
    attrs: dict[str, Any]


def _by_year(rows: dict[int, pd.Series[float]], attrs: dict[str, Any]) -> pd.DataFrame:
    result = pd.DataFrame(rows).T
    result.index.name = "year"
    result.attrs.update(attrs)
    return result


def _one(table: MRIOTable, region: str) -> str:
    codes = region_codes(table, region)
    if len(codes) > 1:
        raise OptionError(f"{region!r} is {len(codes)} regions ({', '.join(codes)}); a card is for one of them.")
    return codes[0]


def _label(code: str) -> str:
    from io_linkage.economies.registry import find, register

    known = find(code)
    return register()[known].name if known else code


def _year(
    table: MRIOTable, code: str, frontier: str | list[str], definition: Definition
) -> dict[str, pd.Series[float]]:
    profile = lock_in(table, regions=[code], frontier=frontier, definition=definition)
    split = trade_based(table, definition=definition).frame("exporter", shares=True)
    return {
        "profile": _row(profile, code),
        "frontier": _row(profile, FRONTIER),
        "position": _row(by_group(table), code),
        "exports": _row(split.drop(columns="exports"), code),
    }


def _row(frame: pd.DataFrame, label: str) -> pd.Series[float]:
    return pd.Series(frame.loc[[label]].to_numpy(dtype=np.float64)[0], index=frame.columns)


def _last(table: MRIOTable, code: str, definition: Definition) -> _Last:
    blocks = trade(table, definition)
    own = table.region_codes == table.regions.index(code)
    labels = table.index[own].get_level_values("industry")
    exports = blocks.total_exports
    gross = advantage(table, of="gross", definition=definition)
    earned = advantage(table, definition=definition)
    industries = pd.DataFrame(
        {
            "exports": exports[own],
            "value_added": (blocks.v * blocks.local(exports))[own],
            "advantage_gross": _row(gross, code).loc[labels].to_numpy(),
            "advantage": _row(earned, code).loc[labels].to_numpy(),
            "upstreamness": np.where(table.active, table.system.forward_sums(), np.nan)[own],
        },
        index=pd.Index(labels, name="industry"),
    )
    industries = industries.join(_stages_of(table, own)).loc[table.active[own]]
    origins = _row(content(table, origin="region", definition=definition)[table.regions], code).drop(code)
    absorbed = _row(matrix(table, by="region", definition=definition), code).drop(code)
    destinations = absorbed / absorbed.sum()
    return _Last(
        code,
        industries,
        origins.rename("share of exports").sort_values(ascending=False),
        destinations.rename("share of value added absorbed abroad").sort_values(ascending=False),
        {**table.caption("country card", table.unit), **blocks.attrs, "jobs": jobs_unit(table)},
    )


def _stages_of(table: MRIOTable, own: npt.NDArray[np.bool_]) -> pd.DataFrame:
    try:
        return stages.weights(table)[own].droplevel("region")
    except StageError:
        return pd.DataFrame(columns=list(stages.STAGES), dtype=float)
