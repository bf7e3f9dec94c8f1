"""Technology that industries acquire with their inputs, by who performs it, and what of it is foreign."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
import pandas as pd

from io_linkage.captions import labelled
from io_linkage.errors import require_option
from io_linkage.intensities import Account, Intensity
from io_linkage.leontief import Array
from io_linkage.satellites import PROXY
from io_linkage.selection import groups_by, region_codes
from io_linkage.table import MRIOTable
from io_linkage.technology.diffusing import embodied
from io_linkage.technology.performers import settle_performers
from io_linkage.technology.purchases import Through
from io_linkage.technology.research import per_output, technology

ByUser = Literal["industry", "region", "region-stage"]


def acquired(
    table: MRIOTable,
    *,
    of: Account = PROXY,
    by: ByUser = "industry",
    focus: str | None = "CHN",
    partners: Sequence[str] | None = None,
    regions: str | Sequence[str] | None = None,
    own_industry: bool = False,
    output_to_output: bool = False,
    stage_weights: pd.DataFrame | None = None,
    aggregates: Mapping[str, Mapping[str, bool]] | None = None,
    membership_year: int | None = None,
) -> pd.DataFrame:
    r"""Technology that each industry acquires with its inputs, per unit of output, by who performs it.

    .. math:: a' = d'(L - I), \qquad a'^{o} = d'(L \, \widehat{\operatorname{diag} L}^{-1} - I)

    Parameters
    ----------
    table : MRIOTable
    of : str or Series
        Technology account; the shipped proxy of R&D by default.
    by : {"industry", "region", "region-stage"}
        Country-industries, or means over each region or its stages, weighted by output.
    focus : str, optional
        Economy with a column of its own.
    partners : sequence of str, optional
        Economies or groups with a column each; the USA, the EU and Japan by default. None may be in two.
    regions : str or sequence of str, optional
        Users; all by default.
    own_industry : bool
        Show apart what an industry acquires of its own technology, with inputs that it had a part in. This needs the
        inverse, and is nil in output-to-output terms.
    output_to_output : bool
        Follow Papaconstantinou et al. and relate inputs to output instead of final demand, so that an industry's own
        output is not counted twice. The parts then no longer add up to what is embodied in final demand. Needs the
        inverse.
    stage_weights : DataFrame, (n, stages), optional
    aggregates : mapping, optional
        How aggregates count in groups, see `economies.resolve`.
    membership_year : int, optional
        Year whose members of a group count; the table's own by default.

    Returns
    -------
    DataFrame on country-industries, or by region, or by region and stage: ``performed`` (d, by the user itself),
    ``own_country`` (with `own_industry`, without that part), the focus, each partner, ``others``, which add up to
    ``acquired``; ``foreign`` and ``foreign_share`` of what is acquired. The account's unit per unit of output. NaN
    without output. One solve per region.

    References
    ----------
    Papaconstantinou, Sakurai & Wyckoff (1996), Embodied technology diffusion, OECD STI Working Papers 1996/1.

    See Also
    --------
    foreign_content : shares of the partners in what is foreign.

    Examples
    --------
    >>> import io_linkage as iol
    >>> rd = acquired(iol.load(), regions="IDN")
    >>> rd.loc[("IDN", "30t33"), ["CHN", "JPN"]].round(4).tolist()
    [0.0038, 0.0023]
    """
    require_option("by", by, ("industry", "region", "region-stage"))
    performers = settle_performers(table, focus, partners, aggregates=aggregates, membership_year=membership_year)
    q, attrs = technology(table, of)
    chosen = table.regions if regions is None else region_codes(table, regions)
    content, own = _content(table, q, own_industry=own_industry, output_to_output=output_to_output)
    parts = performers.split(table, content, table.region_codes)
    if own_industry:
        parts[:, 0] -= np.nan_to_num(own)
        parts = np.column_stack([own, parts])
    columns = (["own_industry"] if own_industry else []) + performers.columns
    frame = _grouped(table, np.column_stack([q.per_output, parts]), by, chosen, stage_weights)
    frame.columns = pd.Index(["performed", *columns])
    frame["acquired"] = frame[columns].sum(axis=1, min_count=1)
    frame["foreign"] = frame["acquired"] - frame[[c for c in columns if c.startswith("own_")]].sum(axis=1)
    frame["foreign_share"] = _ratio(frame["foreign"], frame["acquired"])
    unit = per_output(q)
    return labelled(
        frame,
        table.caption(
            f"{q.label} acquired with inputs" + (", output to output" if output_to_output else ""),
            unit,
            by=by,
            through="inputs",
            membership_year=table.year if membership_year is None else membership_year,
            units={**dict.fromkeys(frame.columns[:-1], unit), "foreign_share": "share"},
            **({} if focus is None else {"focus": focus}),
            **performers.attrs(attrs),
        ),
    )


def foreign_content(
    table: MRIOTable,
    *,
    of: Account = PROXY,
    through: Through = "demand",
    focus: str | None = "CHN",
    partners: Sequence[str] | None = None,
    regions: str | Sequence[str] | None = None,
    aggregates: Mapping[str, Mapping[str, bool]] | None = None,
    membership_year: int | None = None,
    investment_categories: Sequence[str] | None = None,
) -> pd.DataFrame:
    r"""Shares of the partners in the technology that each region draws from abroad.

    .. math:: c_{pu} = e_{pu} / (e_u - e_{uu})

    The user's own technology is left out, so that a wrong level of it changes nothing. A wrong level of a partner's
    still counts: of the proxy, the direction over years is better than the order of the partners.

    Parameters
    ----------
    table : MRIOTable
    of, focus, partners, aggregates, membership_year, investment_categories
        As in `embodied`.
    through : {"demand", "investment", "inputs"}
        Embodied in the region's final demand or its investment, or acquired by its industries with inputs.
    regions : str or sequence of str, optional
        Users; all by default.

    Returns
    -------
    DataFrame indexed by region: ``CHN_share`` and so on for the focus and each partner, and ``others_share``, which
    add up to 1; NaN for a partner that is the region itself.

    See Also
    --------
    acquired, embodied : the amounts.

    Examples
    --------
    >>> import io_linkage as iol
    >>> shares = foreign_content(iol.load(), regions=["IDN"])
    >>> shares.loc["IDN", ["CHN_share", "JPN_share"]].round(2).tolist()
    [0.2, 0.14]
    """
    require_option("through", through, ("inputs", "demand", "investment"))
    options: dict[str, Any] = {
        "of": of,
        "focus": focus,
        "partners": partners,
        "aggregates": aggregates,
        "membership_year": membership_year,
    }
    if through == "inputs":
        amounts = acquired(table, by="region", **options)
    else:
        amounts = embodied(table, through=through, investment_categories=investment_categories, **options)
    chosen = table.regions if regions is None else region_codes(table, regions)
    known = [*amounts.attrs["groups"], "others"]
    frame = amounts.loc[chosen, known].div(amounts.loc[chosen, "foreign"].where(lambda s: s != 0), axis=0)
    frame.columns = pd.Index([f"{name}_share" for name in known])
    attrs = {key: value for key, value in amounts.attrs.items() if key not in ("units", "by", "unit", "measure")}
    measure = f"{amounts.attrs['of'].replace('_', ' ')} from abroad by performer"
    return labelled(frame, attrs, measure=measure, unit="share", through=through)


def _content(table: MRIOTable, q: Intensity, *, own_industry: bool, output_to_output: bool) -> tuple[Array, Array]:
    """Return technology acquired per unit of output by region that performs, (n, regions), and by the own industry."""
    M, _ = groups_by(table, "region")
    direct = M * q.counted[:, None]
    content: Array = table.system.solve_transposed(direct)
    own = np.zeros(len(M))
    if own_industry or output_to_output:
        diagonal = table.system.inverse_diagonal()
        if output_to_output:
            content = content / diagonal[:, None]
        else:
            own = np.where(q.known, q.counted * (diagonal - 1), np.nan)
    content = content - direct
    content[:, q.unknown_regions(table)] = np.nan
    return content, own


def _grouped(
    table: MRIOTable, values: Array, by: ByUser, chosen: list[str], stage_weights: pd.DataFrame | None
) -> pd.DataFrame:
    """Return values on country-industries, or their means weighted by output, of the regions chosen."""
    codes = [table.regions.index(region) for region in chosen]
    if by == "industry":
        rows = np.isin(table.region_codes, codes)
        return pd.DataFrame(np.where(table.active[:, None], values, np.nan)[rows], index=table.index[rows])
    W, names = groups_by(table, by, stage_weights)
    weights = W * table.accounts.x[:, None]
    known = ~np.isnan(values)
    sums, whole = weights.T @ np.where(known, values, 0.0), weights.T @ known
    frame = pd.DataFrame(np.divide(sums, whole, out=np.full_like(sums, np.nan), where=whole > 0), index=names)
    return frame.loc[frame.index.get_level_values(0).isin(chosen)]


def _ratio(part: pd.Series[float], whole: pd.Series[float]) -> pd.Series[float]:
    return part / whole.where(whole != 0)
