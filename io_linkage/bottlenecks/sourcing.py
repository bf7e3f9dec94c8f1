"""Localised, regional or spread: whether inputs come from home, from the own part of the world, and from how many."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd

from io_linkage.bottlenecks.content import Reach, per_buyer, ratio, wholes
from io_linkage.bottlenecks.foreign_inputs import By, buyers
from io_linkage.bottlenecks.suppliers import concentration, rest_note
from io_linkage.captions import labelled
from io_linkage.errors import require_option
from io_linkage.selection import groups_by
from io_linkage.table import MRIOTable
from io_linkage.upgrading import blocs

_REACHES: tuple[Reach, ...] = ("direct", "look_through")


def sourcing(
    table: MRIOTable,
    *,
    own_blocs: Mapping[str, Sequence[str]] | None = None,
    reaches: Sequence[Reach] = _REACHES,
    rest_economies: int = 20,
    regions: str | Sequence[str] | None = None,
    industries: str | Iterable[str] | None = None,
    by: By | None = "region",
    stage_weights: pd.DataFrame | None = None,
    membership_year: int | None = None,
) -> pd.DataFrame:
    r"""Share of inputs from home and from the own bloc, and how many countries the foreign ones come from.

    .. math:: home_j = \frac{f_{rj}}{\sum_s f_{sj}}, \quad bloc_j = \frac{\sum_{s \in b(r)} f_{sj}}{\sum_s f_{sj}},
        \quad abroad_j = \frac{\sum_{s \in b(r), s \ne r} f_{sj}}{\sum_{s \ne r} f_{sj}}, \quad d_j = 1 - HHI_j

    with f from A (direct) or L - I (look-through). Over years, with `panel.over`, rising shares of home are
    localisation, rising shares of the own bloc regionalisation, rising d diversification.

    Parameters
    ----------
    table : MRIOTable
    own_blocs : mapping, optional
        Blocs instead of the World Bank's parts of the world, see `io_linkage.upgrading.blocs`. They have no dates, so
        that they stay the same over years.
    reaches : sequence of {"direct", "look_through"}
    rest_economies : int
        Countries that rest of world is spread over in a bound of the concentration.
    regions : str or sequence of str, optional
        Whose inputs; those of all by default.
    industries : str or iterable of str, optional
        Buying industries; all by default.
    by : {"region", "industry", "stage", "region-stage"} or None
        How buyers are added up, weighted with output; None leaves country-industries.
    stage_weights : DataFrame, (n, stages), optional
        Stage shares instead of the shipped central ones.
    membership_year : int, optional
        Year whose members of a group in `regions` count; the table's own by default.

    Returns
    -------
    DataFrame by group, columns (reach, ...): ``domestic_share`` and ``own_bloc_share`` (home included) of all inputs,
    ``bloc_abroad_share`` of foreign inputs, ``diversification`` = 1 - HHI of foreign suppliers with rest of world as
    one, ``diversification_without_rest`` and ``diversification_rest_spread``. NaN without inputs, or without foreign
    ones.

    References
    ----------
    Hirschman (1964); Baldwin, Freeman & Theodorakopoulos (2023) for looking through.

    See Also
    --------
    io_linkage.upgrading.regionalisation : the foreign value added in exports by bloc.
    suppliers, foreign_inputs

    Examples
    --------
    >>> import io_linkage as iol
    >>> from io_linkage import panel
    >>> years = panel.over([iol.load(year=year) for year in (1995, 2011)], sourcing, regions="DEU")
    >>> years["look_through", "domestic_share"].round(3).tolist()
    [0.741, 0.589]
    """
    for reach in reaches:
        require_option("reach", reach, _REACHES)
    where = blocs(table, own_blocs).to_numpy()
    who = buyers(table, regions, industries, by, stage_weights, membership_year=membership_year)
    M, _ = groups_by(table, "region")
    same = where[table.region_codes][:, None] == where
    rows, codes = np.arange(len(table.index)), table.region_codes
    weight = table.accounts.x if by is not None else table.active.astype(np.float64)
    parts = {}
    for reach in reaches:
        content = per_buyer(table, reach, M) * weight[:, None]
        total = who.sums(wholes(table, reach) * weight)
        home = content[rows, codes]
        bloc = (content * same).sum(axis=1)
        foreign = np.maximum(content, 0.0)
        foreign[rows, codes] = 0.0
        abroad = who.sums(foreign)
        spread = concentration(table, abroad, who.index, rest_economies)
        parts[reach] = pd.DataFrame(
            {
                "domestic_share": ratio(who.sums(home), total),
                "own_bloc_share": ratio(who.sums(bloc), total),
                "bloc_abroad_share": ratio(who.sums((foreign * same).sum(axis=1)), abroad.sum(axis=1)),
                "diversification": 1 - spread["hhi"],
                "diversification_without_rest": 1 - spread["hhi_without_rest"],
                "diversification_rest_spread": 1 - spread["hhi_rest_spread"],
            },
            index=who.index,
        )
    frame = pd.concat(parts, axis=1)
    frame.columns.names = ["reach", "part"]
    return labelled(
        frame,
        table.caption(
            "inputs from home, from the own bloc, and diversification of foreign suppliers",
            "share; 0 (one supplier) to 1",
            note=rest_note(table, rest_economies, "diversification"),
        ),
    )
