"""One economy at a glance: exports, position and value added over the years, against a frontier."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from io_linkage import economies, panel, stages
from io_linkage.captions import labelled
from io_linkage.errors import OptionError, StageError
from io_linkage.position import by_group
from io_linkage.selection import region_codes
from io_linkage.table import MRIOTable
from io_linkage.trade_blocks import Definition, trade
from io_linkage.upgrading.profiles import FRONTIER, IndicatorSums, indicator_sums, jobs_unit
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
    membership_year: int | None = None,
    definition: Definition = "table",
    stage_file: stages.File = None,
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
    membership_year : int, optional
        Year whose members the frontier has, in all years; the last table's by default.
    definition : {"table", "residual"}
    stage_file : path or DataFrame, optional
        Shares of stages and traits of your own, as `io_linkage.stages.load_file` reads them.

    Returns
    -------
    CountryCard; attrs["frontier"] names the frontier's members, attrs["membership_year"] their year.

    Raises
    ------
    OptionError
        No table, a table without a year, or a group instead of one region.

    See Also
    --------
    lock_in : the profile; figures.country_card : its picture.
    """
    rows: dict[str, dict[int, pd.Series[float]]] = {"position": {}, "exports": {}}
    sums: dict[int, IndicatorSums] = {}
    for year, table in panel.dated([tables] if isinstance(tables, MRIOTable) else tables):
        code = _one(table, focus)
        sums[year] = indicator_sums(table, definition=definition, stage_file=stage_file)
        rows["position"][year] = _row(by_group(table), code)
        split = trade_based(table, definition=definition).frame("exporter", shares=True)
        rows["exports"][year] = _row(split.drop(columns="exports"), code)
    last = _last(table, code, definition, stage_file)
    ahead = economies.resolve(table, frontier, membership_year=membership_year)
    profiles = {year: part.rows([code], ahead) for year, part in sums.items()}
    rows["profile"] = {year: _row(profile, code) for year, profile in profiles.items()}
    rows["frontier"] = {year: _row(profile, FRONTIER) for year, profile in profiles.items()}
    attrs = {
        **last.attrs,
        "high_stages": sums[year].attrs["high_stages"],
        "frontier": ahead,
        "membership_year": table.year if membership_year is None else membership_year,
        "years": list(sums),
    }
    return CountryCard(
        region=code,
        label=_label(code),
        **{name: _by_year(part, attrs) for name, part in rows.items()},
        industries=last.industries,
        origins=last.origins,
        destinations=last.destinations,
        attrs=attrs,
    )


class _Last(NamedTuple):
    industries: pd.DataFrame
    origins: pd.Series[float]
    destinations: pd.Series[float]
    attrs: dict[str, Any]


def _by_year(rows: dict[int, pd.Series[float]], attrs: dict[str, Any]) -> pd.DataFrame:
    result = pd.DataFrame(rows).T
    result.index.name = "year"
    return labelled(result, attrs)


def _one(table: MRIOTable, region: str) -> str:
    codes = region_codes(table, region)
    if len(codes) > 1:
        raise OptionError(f"{region!r} is {len(codes)} regions ({', '.join(codes)}); a card is for one of them.")
    return codes[0]


def _label(code: str) -> str:
    from io_linkage.economies.registry import find, register

    known = find(code)
    return register()[known].name if known else code


def _row(frame: pd.DataFrame, label: str) -> pd.Series[float]:
    return pd.Series(frame.loc[[label]].to_numpy(dtype=np.float64)[0], index=frame.columns)


def _last(table: MRIOTable, code: str, definition: Definition, stage_file: stages.File) -> _Last:
    blocks = trade(table, definition)
    own = table.region_codes == table.regions.index(code)
    labels = table.index[own].get_level_values("industry")
    exports = blocks.total_exports
    gross = advantage(table, of="gross", definition=definition)
    earned = advantage(table, definition=definition)
    industries = pd.DataFrame(
        {
            "exports": exports[own],
            "value_added": (blocks.v * blocks.times_local(exports))[own],
            "advantage_gross": _row(gross, code).loc[labels].to_numpy(),
            "advantage": _row(earned, code).loc[labels].to_numpy(),
            "upstreamness": np.where(table.active, table.system.forward_sums(), np.nan)[own],
        },
        index=pd.Index(labels, name="industry"),
    )
    industries = industries.join(_stages_of(table, own, stage_file)).loc[table.active[own]]
    origins = _row(content(table, origin="region", definition=definition)[table.regions], code).drop(code)
    absorbed = _row(matrix(table, by="region", definition=definition), code).drop(code)
    destinations = absorbed / absorbed.sum()
    return _Last(
        industries,
        origins.rename("share of exports").sort_values(ascending=False),
        destinations.rename("share of value added absorbed abroad").sort_values(ascending=False),
        {**table.caption("country card", table.unit), **blocks.attrs, "jobs": jobs_unit(table)},
    )


def _stages_of(table: MRIOTable, own: npt.NDArray[np.bool_], stage_file: stages.File) -> pd.DataFrame:
    try:
        return stages.weights(table, stage_file=stage_file)[own].droplevel("region")
    except StageError:
        return pd.DataFrame(columns=list(stages.STAGES), dtype=float)
