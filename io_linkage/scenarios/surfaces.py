"""Two strengths at once: a surface of outcomes, each point one small solve."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from io_linkage.captions import labelled
from io_linkage.errors import OptionError, require_share
from io_linkage.intensities import Account, intensity
from io_linkage.leontief import Array
from io_linkage.leontief.updates import Part, Update
from io_linkage.scenarios.edits import edits
from io_linkage.scenarios.flows import Edit, Ground, require_within
from io_linkage.scenarios.moves import Move, Scenario, Tariff
from io_linkage.selection import region_codes
from io_linkage.table import MRIOTable

#: Up to this rank each point is one small solve; beyond it, one iteration.
DIRECT = 2500


def surface(
    table: MRIOTable,
    first: Move | Scenario,
    second: Move | Scenario,
    *,
    strengths: Sequence[float] | tuple[Sequence[float], Sequence[float]] = (0.0, 0.25, 0.5, 0.75, 1.0),
    of: Account = "value_added",
    region: str | None = None,
    stage_weights: pd.DataFrame | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> pd.DataFrame:
    r"""Change of an account in a region at two strengths, e.g. of reshoring and of repair.

    .. math:: d(s, t) = L\delta + L_K (I - M L_K)^{-1} M L\delta, \qquad M = s M_1 + t M_2, \;
        \delta = s\delta_1 + t\delta_2

    Parameters
    ----------
    table : MRIOTable
    first, second : Move or Scenario
        The strengths multiply those that the moves have; a move at strength 1 is all of it.
    strengths : sequence, or two sequences
        Of both moves, or of the first and of the second, from 0 to 1.
    of : str or Series
    region : str, optional
        Region or group whose account it is; the world by default.
    stage_weights : DataFrame, optional
        Stage shares in place of the shipped ones, where a move names a stage.
    progress : callable, optional
        Called with the points done and their number.

    Returns
    -------
    DataFrame, rows strengths of the first, columns of the second: the change, in the unit of the account. All terms but
    one k x k solve are computed once, whatever the number of points.

    Raises
    ------
    OptionError
        A strength outside 0 to 1, moves that take more than there is at full strengths, or a move whose effect is not
        proportional to a strength (tariffs, fixed outputs, limited capacity).

    References
    ----------
    Sherman & Morrison (1950); Woodbury (1950).

    See Also
    --------
    run

    Examples
    --------
    >>> import io_linkage as iol
    >>> from io_linkage.scenarios import MarketRepair, Reshoring
    >>> home = Reshoring("USA", industries="30t33", suppliers="IND")
    >>> repair = MarketRepair("CHN", "IND", industries="30t33", strength=0.01)
    >>> points = iol.scenarios.surface(iol.load(), home, repair, strengths=[0, 1], region="IND")
    >>> points.round().to_numpy().tolist()
    [[0.0, 9968.0], [-3318.0, 6650.0]]
    """
    rows, columns = _strengths(strengths)
    ground = Ground(table, stage_weights)
    sides = [_linear(ground, side) for side in (first, second)]
    require_within(ground, [edit for side in sides for edit in side])
    parts = [_joined(side, len(ground.x)) for side in sides]
    q = intensity(table, of)
    inside = np.ones(len(ground.x), dtype=bool)
    if region is not None:
        inside = np.isin(table.region_codes, [table.regions.index(code) for code in region_codes(table, region)])
    if (inside & ~q.known).any():
        raise OptionError(
            f"{region or 'The world'} has industries without {q.label} in {table.label}. Choose a region with it."
        )
    update = Update(table.system, parts, direct=DIRECT)
    update.at([max(rows), max(columns)]).require_productive(ground.name)
    values = _points(update, np.where(inside, q.counted, 0.0), rows, columns, progress)
    frame = pd.DataFrame(values, index=pd.Index(rows, name=_name(first)), columns=pd.Index(columns, name=_name(second)))
    where = region or "the world"
    return labelled(
        frame,
        table.caption(
            f"change of {q.label} in {where}", q.unit, rows=f"strength of {_name(first)}",
            columns=f"strength of {_name(second)}", **q.attrs,
        ),
    )  # fmt: skip


def _points(
    update: Update, weight: Array, rows: Array, columns: Array, progress: Callable[[int, int], None] | None
) -> Array:
    values = np.zeros((len(rows), len(columns)))
    if update.is_direct:
        # Only sums of output are wanted, so the long products are made once.
        base, spread = weight @ update.solved_rounds, weight @ update.LP
    for a, s in enumerate(rows):
        for b, t in enumerate(columns):
            at = update.at([s, t])
            values[a, b] = base @ at.strengths + spread @ at.weights() if update.is_direct else weight @ at.change()
            if progress is not None:
                progress(a * len(columns) + b + 1, values.size)
    return values


def _strengths(given: Sequence[float] | tuple[Sequence[float], Sequence[float]]) -> tuple[Array, Array]:
    pair = tuple(given)
    if len(pair) == 2 and not any(isinstance(side, float | int) for side in pair):
        rows, columns = (np.asarray(side, dtype=np.float64) for side in pair)
    else:
        rows = columns = np.asarray(given, dtype=np.float64)
    if not rows.size or not columns.size or rows.ndim != 1:
        raise OptionError("strengths are a list of numbers from 0 to 1, or two such lists.")
    for value in (*rows, *columns):
        require_share("strength", float(value))
    return rows, columns


def _linear(ground: Ground, side: Move | Scenario) -> list[Edit]:
    moves = side.moves if isinstance(side, Scenario) else (side,)
    made = [edit for move in moves for edit in edits(ground, move)]
    for move in moves:
        if isinstance(move, Tariff):
            raise OptionError(
                "A surface cannot vary a tariff: its effect is not proportional to its rate. Run each rate."
            )
    for edit in made:
        if edit.home is not None:
            raise OptionError("A surface needs moves without a limit of capacity: their effect is not proportional.")
        if edit.makers:
            raise OptionError("A surface cannot vary production abroad: accounts per unit of output change with it.")
    return made


def _joined(side: Sequence[Edit], n: int) -> Part:
    parts = [edit.part(n) for edit in side]
    return Part(
        tuple(block for part in parts for block in part.blocks), np.sum([part.demand for part in parts], axis=0)
    )


def _name(side: Move | Scenario) -> str:
    return side.name if isinstance(side, Scenario) else side.kind.replace("_", " ")
