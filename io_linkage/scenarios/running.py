"""Running a scenario on a table, and the impact of a plain change of final demand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from io_linkage.errors import ComparisonError, OptionError, unknown
from io_linkage.leontief.updates import Block
from io_linkage.scenarios.bans import ban_of_supply, shortage
from io_linkage.scenarios.edits import edits
from io_linkage.scenarios.flows import Edit, Ground, require_within
from io_linkage.scenarios.moves import FixedOutput, NodeLoss, Scenario
from io_linkage.scenarios.outcome import Outcome
from io_linkage.scenarios.solving import Fixed, solve
from io_linkage.table import MRIOTable


def run(table: MRIOTable, scenario: Scenario, *, stage_weights: pd.DataFrame | None = None) -> Outcome:
    r"""Run a scenario: output, value added and all else before and after it.

    .. math:: \delta = \Delta A x + \Delta y, \qquad d = x' - x = (I - A - \Delta A)^{-1} \delta

    Parameters
    ----------
    table : MRIOTable
        It is not changed.
    scenario : Scenario
    stage_weights : DataFrame, optional
        Stage shares in place of the shipped ones, where a move names a stage.

    Returns
    -------
    Outcome
        It has checked its identities.

    Raises
    ------
    OptionError
        Moves take more from a flow than there is, a region lacks an industry, a capacity cannot be kept, an output
        falls below zero; names the cell.
    UnknownLabelError
        A region, industry or group that the table does not have; names the nearest.
    NotProductiveError
        After the moves the table fails the Hawkins-Simon condition.
    ComparisonError
        The scenario is for another classification.

    References
    ----------
    Miller & Blair (2022), sections 2.5 and 13.2; Sherman & Morrison (1950) for the update.

    See Also
    --------
    impact : A change of final demand as a Series or frame.
    surface : Two strengths at once.

    Examples
    --------
    >>> import io_linkage as iol
    >>> from io_linkage.scenarios import Reshoring, Scenario
    >>> home = Scenario("home", [Reshoring("USA", industries="30t33", suppliers="CHN", strength=0.5)])
    >>> outcome = iol.scenarios.run(iol.load(), home)
    >>> outcome.change(of="value_added", by="region")["change_percent"].round(2)[["CHN", "USA"]].to_dict()
    {'CHN': -0.81, 'USA': 0.5}
    """
    if scenario.classification and scenario.classification != table.classification:
        raise ComparisonError(
            f"The scenario {scenario.name!r} names industries of {scenario.classification}; {table.label} has those of "
            f"{table.classification or 'no known classification'}. Use a table with the same industries, or write the "
            "scenario for this one."
        )
    ground = Ground(table, stage_weights)
    ban = ban_of_supply(scenario)
    if ban is not None:
        return Outcome(table, scenario, shortage(ground, ban))
    fixed = _fixed(ground, scenario)
    made = [
        edit for move in scenario.moves if not isinstance(move, FixedOutput | NodeLoss) for edit in edits(ground, move)
    ]
    require_within(ground, made)
    return Outcome(table, scenario, solve(ground, made, fixed))


def impact(table: MRIOTable, change: pd.Series[Any] | pd.DataFrame, *, name: str = "change of final demand") -> Outcome:
    r"""Impact of a change of final demand.

    .. math:: d = L \Delta y

    Parameters
    ----------
    table : MRIOTable
    change : Series or DataFrame
        By (region, industry), in the unit of the table; what it leaves out does not change. The columns of a DataFrame
        are regions whose final demand changes, or (region, category). A Series is final demand of each supplier's own
        region.
    name : str
        For captions.

    Returns
    -------
    Outcome

    Raises
    ------
    UnknownLabelError
        It names a country-industry, region or category that the table does not have.
    OptionError
        It has no number for a country-industry, names one twice, or changes demand for one without output.

    References
    ----------
    Miller & Blair (2022), section 2.3.

    See Also
    --------
    run : Scenarios of several moves.

    Examples
    --------
    >>> import io_linkage as iol
    >>> import pandas as pd
    >>> cars = pd.Series({("DEU", "34t35"): 1000.0})
    >>> iol.scenarios.impact(iol.load(), cars).change(by="region")["change"].round().head(2).to_dict()
    {'CHN': 103.0, 'IND': 11.0}
    """
    frame = change.to_frame() if isinstance(change, pd.Series) else change
    rows = table.index.get_indexer(frame.index) if isinstance(frame.index, pd.MultiIndex) else None
    if rows is None:
        raise OptionError("The change must have rows labelled (region, industry), as table.index is.")
    for label, row in zip(frame.index, rows, strict=True):
        if row < 0:
            raise unknown("country-industry", label, list(table.index[:5]), remedy="Use the table's own labels.")
    if frame.index.has_duplicates:
        raise OptionError(f"{frame.index[frame.index.duplicated()][0]} is named twice. Add its changes up.")
    values = frame.to_numpy(dtype=np.float64)
    if not np.isfinite(values).all():
        where = frame.index[~np.isfinite(values).all(axis=1)][0]
        raise OptionError(f"The change of final demand for {where} is not a number. Leave out what does not change.")
    idle = values.any(axis=1) & ~table.active[rows]
    if idle.any():
        raise OptionError(f"{frame.index[idle][0]} has no output in {table.label}, so demand for it cannot change.")
    owners = table.accounts.demand.get_level_values(0)
    final: list[Block] = []
    if isinstance(change, pd.Series):
        for region in dict.fromkeys(frame.index.get_level_values(0)):
            inside = np.asarray(frame.index.get_level_values(0) == region)
            final.append(Block(rows[inside], np.flatnonzero(owners == region)[:1], values[inside]))
    else:
        for k, label in enumerate(frame.columns):
            final.append(Block(rows, _column(table, label), values[:, [k]]))
    ground = Ground(table)
    edit = Edit("demand", final=tuple(final), pure=False)
    nothing = Fixed(np.zeros(0, dtype=np.intp), np.zeros(0))
    return Outcome(table, Scenario(name), solve(ground, [edit], nothing))


def _column(table: MRIOTable, label: Any) -> Any:
    demand = table.accounts.demand
    region = label[0] if isinstance(label, tuple) else label
    if region not in table.regions:
        raise unknown("region", region, table.regions)
    if not isinstance(label, tuple):
        return np.flatnonzero(demand.get_level_values(0) == region)[:1]
    if label not in demand:
        raise unknown("category of final demand", label[1], list(dict.fromkeys(demand.get_level_values(1))))
    return np.array([demand.get_loc(label)])


def _fixed(ground: Ground, scenario: Scenario) -> Fixed:
    """Return which outputs the moves fix, and at what."""
    output: dict[int, float] = {}
    for move in scenario.moves:
        if not isinstance(move, FixedOutput | NodeLoss):
            continue
        regions, industries = ground.regions(move.regions), ground.industries(move.industries)
        positions = [int(p) for industry in industries for p in ground.positions(regions, industry)]
        lacking = [industry for industry in industries if not len(ground.positions(regions, industry))]
        if not positions or (move.industries is not None and lacking):
            raise OptionError(
                f"{move.kind}: {', '.join(regions)} has no output of {', '.join(lacking)} in {ground.table.label}."
            )
        part = ground.part(move.stage) if isinstance(move, NodeLoss) else np.ones(len(ground.x))
        for position in positions:
            share = move.level if isinstance(move, FixedOutput) else 1 - move.strength * part[position]
            if position in output:
                raise OptionError(f"{move.kind}: the output of {ground.name(position)} is fixed twice. Fix it once.")
            if isinstance(move, FixedOutput) or share < 1:
                output[position] = share * ground.x[position]
    where = np.array(sorted(output), dtype=np.intp)
    return Fixed(where, np.array([output[int(position)] for position in where]))
