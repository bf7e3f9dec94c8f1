"""Where the inputs of an industry come from, at face value, looked through, or as income."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from io_linkage import economies as countries
from io_linkage.bottlenecks.content import REACHES, Reach, per_buyer, ratio, weights, wholes
from io_linkage.captions import labelled
from io_linkage.errors import OptionError, require_option
from io_linkage.leontief import Array
from io_linkage.selection import groups_by, industry_codes
from io_linkage.table import MRIOTable
from io_linkage.ties.partners import overlaps, sentence

By = Literal["region", "industry", "stage", "region-stage"]

#: What a share of each reach is of, for captions.
WHOLES = {
    "direct": "inputs, at face value",
    "look_through": "inputs, looked through to the makers of their inputs",
    "fpem": "foreign production exposure, the own first unit included",
    "face": "face value of foreign production exposure",
    "hidden": "hidden part of foreign production exposure",
    "value_added": "value added in final products",
}


@dataclass(frozen=True, eq=False)
class Buyers:
    """Buyers whose inputs are looked at, and how they are grouped.

    Attributes
    ----------
    inside : array of bool, (n,)
    groups : array, (n, groups)
        How much of each counts in each group; 0 outside.
    index : Index
        Names of the groups.
    regions : list of str
        Regions with a buyer.
    """

    inside: npt.NDArray[np.bool_]
    groups: Array
    index: pd.Index[Any]
    regions: list[str]

    def sums(self, values: Array) -> Array:
        """Add values up over the buyers of each group."""
        return np.asarray(self.groups.T @ values)


def foreign_inputs(
    table: MRIOTable,
    *,
    reach: Reach = "look_through",
    on: Sequence[str] = ("CHN", *countries.COMPARATORS),
    regions: str | Sequence[str] | None = None,
    industries: str | Iterable[str] | None = None,
    by: By | None = None,
    including_itself: bool = False,
    stage_weights: pd.DataFrame | None = None,
    aggregates: Mapping[str, Mapping[str, bool]] | None = None,
    membership_year: int | None = None,
) -> pd.DataFrame:
    r"""Share of inputs that is made at home, abroad and in economies, direct or with all that stands behind them.

    .. math::
        direct &= \sum_{i \in g} a_{ij} / \sum_i a_{ij}, \qquad
        look\text{-}through = \sum_{i \in g} (L - I)_{ij} / \sum_i (L - I)_{ij} \\
        fpem &= \sum_{i \in g} l_{ij} / \sum_i l_{ij} = face + hidden, \qquad
        face = \sum_{i \in g} (I + A)_{ij} / \sum_i l_{ij} \\
        va &= \sum_{i \in g} v_i l_{ij} / \sum_i v_i l_{ij}

    Parameters
    ----------
    table : MRIOTable
    reach : {"look_through", "direct", "fpem", "face", "hidden", "value_added"}
        "look_through" counts inputs alone. "fpem" is foreign production exposure as published: it holds the industry's
        own first unit, so the domestic share looks larger; "face" and "hidden" are its two parts and are shares of
        its whole. These count production, which a halt of production puts at risk. "value_added" counts income.
    on : sequence of str
        Economies or groups that inputs are made in.
    regions : str or sequence of str, optional
        Whose inputs; those of all by default.
    industries : str or iterable of str, optional
        Buying industries; all by default.
    by : {"region", "industry", "stage", "region-stage"}, optional
        Add buyers up: inputs are weighted with output (:math:`x_j`), what is made for final demand, as in the last
        four kinds of reach, with final demand (:math:`y_j`).
    including_itself : bool
        Count the buyer's own economy in the columns of `on` that hold it. Without, a German industry has what comes
        from the other members of the EU, and a Chinese one has nothing from China.
    stage_weights : DataFrame, (n, stages), optional
        Stage shares instead of the shipped central ones.
    aggregates : mapping, optional
        How aggregates count in groups, see `economies.resolve`.
    membership_year : int, optional
        Year whose members of a group count; the table's own by default.

    Returns
    -------
    DataFrame by country-industry or group; columns ``domestic``, ``foreign`` and one for each of `on`; shares. They
    add to one for "direct", "look_through", "fpem" and "value_added"; those of "face" and "hidden" add to those of
    "fpem". NaN without output or inputs, and on itself.

    Raises
    ------
    UnknownLabelError, OptionError
        An unknown region, industry or reach; no buyer.

    References
    ----------
    Baldwin, Freeman & Theodorakopoulos (2023), Hidden exposure, Brookings Papers on Economic Activity 54(2).

    See Also
    --------
    io_linkage.ties.reliance : direct and look-through side by side, and reliance on sales.
    suppliers : how concentrated the origins are.

    Examples
    --------
    >>> import io_linkage as iol
    >>> shares = foreign_inputs(iol.load(), on=["CHN"], regions="MEX", industries="30t33")
    >>> shares.round(3).loc[("MEX", "30t33")].to_dict()
    {'domestic': 0.18, 'foreign': 0.82, 'CHN': 0.299}
    """
    require_option("reach", reach, REACHES)
    options: Any = {"aggregates": aggregates, "membership_year": membership_year}
    groups = {name: countries.resolve(table, name, **options) for name in on}
    who = buyers(table, regions, industries, by, stage_weights, **options)
    M, _ = groups_by(table, "region")
    amounts = per_buyer(table, reach, M)
    home = amounts[np.arange(len(amounts)), table.region_codes]
    weight = weights(table, reach) * who.inside
    whole = weight * wholes(table, reach)
    columns = {"domestic": (weight * home, whole)}
    columns["foreign"] = (weight * (amounts.sum(axis=1) - home), whole)
    for name, codes in groups.items():
        members = [table.regions.index(code) for code in codes]
        inside = np.isin(table.region_codes, members)
        content = amounts[:, members].sum(axis=1)
        counted = np.ones(len(content), dtype=bool)
        if not including_itself:
            content = content - np.where(inside, home, 0.0)
            counted = ~inside if len(members) == 1 else counted
        columns[name] = (weight * content * counted, whole * counted)
    shares = {name: ratio(who.sums(part), who.sums(total)) for name, (part, total) in columns.items()}
    own, clauses = overlaps({region: [region] for region in who.regions}, groups, itself=including_itself)
    unseen, more = countries.coverages(table, on, **options)
    return labelled(
        pd.DataFrame(shares, index=who.index),
        table.caption(
            f"share of {WHOLES[reach]}, by origin",
            "share",
            reach=reach,
            groups=groups,
            membership_year=table.year if membership_year is None else membership_year,
            left_out=tuple(dict.fromkeys([*own, *unseen])),
            note=sentence([*clauses, *more]),
        ),
    )


def buyers(
    table: MRIOTable,
    regions: str | Sequence[str] | None,
    industries: str | Iterable[str] | None,
    by: By | None,
    stage_weights: pd.DataFrame | None = None,
    **options: Any,
) -> Buyers:
    """Choose the buyers and how they are added up; by themselves without `by`."""
    inside = np.array(table.active) if by is not None else np.ones(len(table.index), dtype=bool)
    chosen = table.regions if regions is None else countries.resolve(table, regions, **options)
    inside &= np.isin(table.region_codes, [table.regions.index(region) for region in chosen])
    if industries is not None:
        wanted = [table.industries.index(code) for code in industry_codes(table, industries)]
        inside &= np.isin(table.industry_codes, wanted)
    if not (inside & table.active).any():
        raise OptionError(f"None of the buyers that were asked for has output in {table.label}. Choose others.")
    held = [table.regions[code] for code in np.unique(table.region_codes[inside])]
    if by is None:
        rows = np.flatnonzero(inside)
        return Buyers(inside, np.eye(len(inside))[:, rows], table.index[rows], held)
    W, names = groups_by(table, by, stage_weights)
    W = W * inside[:, None]
    kept = W.sum(axis=0) > 0
    return Buyers(inside, W[:, kept], names[kept], held)
