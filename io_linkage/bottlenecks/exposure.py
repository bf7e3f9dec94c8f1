"""Exposure of one economy to the advanced ones, and of others to it, measured in the same way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
import pandas as pd

from io_linkage import economies as countries
from io_linkage import stages
from io_linkage.bottlenecks.content import REACHES, Reach, per_buyer, per_supplier, weights, wholes
from io_linkage.bottlenecks.foreign_inputs import WHOLES
from io_linkage.captions import labelled
from io_linkage.errors import OptionError, require_option
from io_linkage.leontief import Array
from io_linkage.selection import industry_codes, stage_frame
from io_linkage.stages.matching import File
from io_linkage.table import MRIOTable
from io_linkage.ties.partners import ALL, sentence

Role = Literal["supplier", "buyer"]
Names = str | Sequence[str]


def exposure(
    table: MRIOTable,
    *,
    focus: str = "CHN",
    frontier: Names | None = None,
    partners: Names = "developing",
    reach: Reach = "look_through",
    role: Role = "supplier",
    industries: Names | None = None,
    stage_file: File = None,
    aggregates: Mapping[str, Mapping[str, bool]] | None = None,
    membership_year: int | None = None,
) -> pd.DataFrame:
    r"""Exposure of a focus to a frontier and of partners to the focus on one footing, by stage and by trait.

    .. math:: e_{BSk} = \frac{\sum_{i \in S} w_{ik} u_i}{\sum_i w_{ik} u_i}, \qquad u = (L - I) x_B

    of buyers B to suppliers S in what stage or trait k makes (`role="supplier"`); with `role="buyer"`, in the inputs
    of buyers of stage or trait k. Sums over sums, so that large buyers count for more.

    Parameters
    ----------
    table : MRIOTable
    focus : str
        A region, an economy or a group.
    frontier : str or sequence of str, optional
        Economies that the focus depends on; by default all that are not developing.
    partners : str or sequence of str
        Economies that depend on the focus; rest of world counts as `economies.resolve` says.
    reach : {"look_through", "direct", "fpem", "face", "hidden", "value_added"}
        As in `foreign_inputs`.
    role : {"supplier", "buyer"}
        Whose stage or trait a column is: of what is supplied, e.g. high-tech inputs, or of who buys it.
    industries : str or sequence of str, optional
        Buying industries; all by default.
    stage_file : path or DataFrame, optional
        Own stage shares and traits instead of the shipped ones.
    aggregates : mapping, optional
        How aggregates count in groups, see `economies.resolve`.
    membership_year : int, optional
        Year whose members of a group count; the table's own by default.

    Returns
    -------
    DataFrame by (buyer, supplier): the focus to the frontier and the frontier to the focus, the partners to the focus
    and the focus to them, then each partner to the focus; columns "all", the stages and the traits; shares of all
    such inputs, domestic ones included. NaN where there are none.

    Raises
    ------
    OptionError
        No frontier or no partner besides the focus.

    References
    ----------
    Baldwin, Freeman & Theodorakopoulos (2023) for looking through.

    See Also
    --------
    foreign_inputs, choke_points

    Examples
    --------
    >>> import io_linkage as iol
    >>> shares = exposure(iol.load())
    >>> shares.loc[[("CHN", "frontier"), ("partners", "CHN")], ["all", "high_tech"]].round(3).to_numpy().tolist()
    [[0.119, 0.189], [0.057, 0.155]]
    """
    require_option("reach", reach, REACHES)
    require_option("role", role, ("supplier", "buyer"))
    options: Any = {"aggregates": aggregates, "membership_year": membership_year}
    own = countries.resolve(table, focus, **options)
    ahead = _advanced(table, options) if frontier is None else countries.resolve(table, frontier, **options)
    ahead = [region for region in ahead if region not in own]
    behind = [region for region in countries.resolve(table, partners, **options) if region not in own]
    if not ahead or not behind:
        raise OptionError(
            f"There is no {'partner' if ahead else 'frontier'} besides {focus} itself in {table.label}; name "
            f"regions or a group with {'partners=' if ahead else 'frontier='}."
        )
    pairs = {
        (focus, "frontier"): (own, ahead),
        ("frontier", focus): (ahead, own),
        ("partners", focus): (behind, own),
        (focus, "partners"): (own, behind),
        **{(region, focus): ([region], own) for region in behind},
    }
    kinds = _kinds(table, stage_file)
    shares = _shares(table, pairs, kinds.to_numpy(dtype=np.float64), reach, role, _buying(table, industries))
    rest = [region for region in countries.rest_regions(table) if region in behind]
    clauses = [f"{' and '.join(rest)} counts among the partners"] if rest else []
    named = [*([] if frontier is None else [frontier] if isinstance(frontier, str) else frontier)]
    named += [partners] if isinstance(partners, str) else partners
    unseen, more = countries.coverages(table, [focus, *named], **options)
    frame = pd.DataFrame(
        shares, index=pd.MultiIndex.from_tuples(pairs, names=["buyer", "supplier"]), columns=kinds.columns
    )
    return labelled(
        frame,
        table.caption(
            f"exposure: share of {WHOLES[reach]}",
            "share",
            reach=reach,
            role=role,
            focus=focus,
            frontier=ahead,
            partners=tuple(behind),
            left_out=tuple(unseen),
            note=sentence([*clauses, *more]),
        ),
    )


def _advanced(table: MRIOTable, options: Any) -> list[str]:
    behind = countries.resolve(table, "developing", **options)
    return [region for region in table.regions if region not in behind]


def _kinds(table: MRIOTable, stage_file: File) -> pd.DataFrame:
    """Membership of country-industries in "all", each stage and each trait, (n, kinds)."""
    weights_ = stage_frame(table, None if stage_file is None else stages.weights(table, stage_file=stage_file))
    own = stages.traits(table, stage_file=stage_file)
    frames = [pd.DataFrame({ALL: 1.0}, index=table.index), weights_, own]
    for frame in frames:
        frame.attrs = {}
    return pd.concat(frames, axis=1)


def _buying(table: MRIOTable, industries: Names | None) -> Array:
    if industries is None:
        return np.ones(len(table.index))
    codes = [table.industries.index(code) for code in industry_codes(table, industries)]
    return np.isin(table.industry_codes, codes).astype(np.float64)


def _shares(
    table: MRIOTable,
    pairs: Mapping[tuple[str, str], tuple[list[str], list[str]]],
    kinds: Array,
    reach: Reach,
    role: Role,
    buying: Array,
) -> Array:
    def inside(regions: list[str]) -> Array:
        return np.isin(table.region_codes, [table.regions.index(region) for region in regions]).astype(np.float64)

    made = weights(table, reach) * buying
    B, S = (np.column_stack([inside(pair[side]) for pair in pairs.values()]) for side in (0, 1))
    if role == "supplier":
        content = per_supplier(table, reach, B * made[:, None])
        part, whole = (content * S).T @ kinds, content.T @ kinds
    else:
        bought = kinds * made[:, None]
        part = (per_buyer(table, reach, S) * B).T @ bought
        whole = B.T @ (bought * wholes(table, reach)[:, None])
    return np.divide(part, whole, out=np.full_like(whole, np.nan), where=whole > 0)
