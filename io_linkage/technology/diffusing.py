"""From whom to whom technology goes: performer by user, in final demand, investment and inputs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product
from typing import Literal

import numpy as np
import pandas as pd

from io_linkage import stages
from io_linkage.captions import labelled
from io_linkage.errors import require_option
from io_linkage.intensities import Account, Intensity
from io_linkage.labels import ordered_index
from io_linkage.leontief import Array
from io_linkage.satellites import PROXY
from io_linkage.selection import groups_by
from io_linkage.spillovers.intervals import arising
from io_linkage.stages.intervals import central_and_bounds, central_and_drawn, described
from io_linkage.table import MRIOTable
from io_linkage.technology.performers import OWN, settle_performers
from io_linkage.technology.purchases import Through, bought
from io_linkage.technology.research import technology

By = Literal["region", "stage", "region-stage"]
_THROUGH = ("demand", "investment", "inputs")
_USERS = {"demand": "final demand", "investment": "investment", "inputs": "inputs of industries"}


def diffusion(
    table: MRIOTable,
    *,
    of: Account = PROXY,
    by: By = "region",
    through: Through = "demand",
    stage_weights: pd.DataFrame | None = None,
    investment_categories: Sequence[str] | None = None,
) -> pd.DataFrame:
    r"""Technology of each performer embodied in what each user buys.

    .. math:: T = W' \hat d L F, \qquad T^{inputs} = W' \hat d (L - I) \hat x W

    F is final demand or investment of each region (users are buyers) or, by stage, of the products of each stage; W
    says what share of each country-industry is in each group. Through inputs, users are the industries that buy.

    Parameters
    ----------
    table : MRIOTable
    of : str or Series
        Technology account; the shipped proxy of R&D by default, see `with_rd`.
    by : {"region", "stage", "region-stage"}
        By region and stage, users in final demand are buyers by stage of the product.
    through : {"demand", "investment", "inputs"}
    stage_weights : DataFrame, (n, stages), optional
    investment_categories : sequence of str, optional
        Of final demand, where they do not say what they are.

    Returns
    -------
    DataFrame, performers in the rows and users in the columns, in the account's unit. Through final demand all cells
    add up to the account itself, and rows to what each performs. A row is NaN where nothing is known of it. One solve
    per column.

    Raises
    ------
    MissingSatelliteError
        The table has no such account.
    OptionError
        No category is known to be investment.

    References
    ----------
    Papaconstantinou, Sakurai & Wyckoff (1996), Embodied technology diffusion.

    See Also
    --------
    embodied : by user, with the own country, a focus and partners apart.
    diffusion_interval : stage by stage, with intervals.

    Examples
    --------
    >>> import io_linkage as iol
    >>> cells = diffusion(iol.load())
    >>> float((cells.loc["JPN", "IDN"] / cells["IDN"].sum()).round(3))
    0.048
    """
    require_option("by", by, ("region", "stage", "region-stage"))
    require_option("through", through, _THROUGH)
    q, attrs = technology(table, of)
    W, names = groups_by(table, by, stage_weights)
    F = _bought_by(table, W, by, through, investment_categories)
    T = (W * q.counted[:, None]).T @ _behind(table, F, through)
    T[np.asarray(W[q.known & table.active].sum(axis=0) <= 0)] = np.nan
    rows, columns = (names.set_names([f"{side} {level}" for level in names.names]) for side in ("performer", "user"))
    return labelled(
        pd.DataFrame(T, index=rows, columns=columns),
        table.caption(
            f"{q.label} embodied in {_USERS[through]}",
            q.unit,
            rows="who performs",
            columns="who buys",
            by=by,
            through=through,
            **attrs,
        ),
    )


def embodied(
    table: MRIOTable,
    *,
    of: Account = PROXY,
    through: Literal["demand", "investment"] = "demand",
    focus: str | None = "CHN",
    partners: Sequence[str] | None = None,
    aggregates: Mapping[str, Mapping[str, bool]] | None = None,
    membership_year: int | None = None,
    investment_categories: Sequence[str] | None = None,
) -> pd.DataFrame:
    r"""Technology embodied in each region's final demand or investment, by who performs it.

    .. math:: e_{ru} = \sum_{i \in r} d_i (L y_u)_i

    Parameters
    ----------
    table : MRIOTable
    of : str or Series
        Technology account; the shipped proxy of R&D by default.
    through : {"demand", "investment"}
        Investment is gross fixed capital formation by country. Which industry takes a machine is not in the table.
    focus : str, optional
        Economy with a column of its own.
    partners : sequence of str, optional
        Economies or groups with a column each; the USA, the EU and Japan by default. None may be in two.
    aggregates : mapping, optional
        How aggregates count in groups, see `economies.resolve`.
    membership_year : int, optional
        Year whose members of a group count; the table's own by default.
    investment_categories : sequence of str, optional

    Returns
    -------
    DataFrame indexed by region: ``own_country``, the focus, each partner, ``others``, which add up to ``total``, and
    ``foreign``, in the account's unit; ``foreign_share`` of the total. The user's own country is counted in no group,
    and NaN where a group is that country alone. One solve per region.

    Raises
    ------
    OptionError
        Two of the focus and the partners overlap.

    See Also
    --------
    foreign_content : shares of the partners in what comes from abroad.
    io_linkage.ties.trade_interval : by the performer's stage, with intervals, of one pair of economies.

    Examples
    --------
    >>> import io_linkage as iol
    >>> bought = embodied(iol.load(), through="investment")
    >>> bought.loc["IDN", ["CHN", "JPN"]].round().tolist()
    [492.0, 391.0]
    """
    require_option("through", through, ("demand", "investment"))
    performers = settle_performers(table, focus, partners, aggregates=aggregates, membership_year=membership_year)
    q, attrs = technology(table, of)
    content = by_performer(table, q, bought(table, through, investment_categories))
    parts = performers.split(table, content, np.arange(len(table.regions)))
    frame = pd.DataFrame(parts, index=pd.Index(table.regions, name="region"), columns=performers.columns)
    frame["total"] = np.nansum(parts, axis=1)
    frame["foreign"] = frame["total"] - frame[OWN].fillna(0.0)
    frame["foreign_share"] = frame["foreign"] / frame["total"].where(frame["total"] != 0)
    return labelled(
        frame,
        table.caption(
            f"{q.label} embodied in {_USERS[through]}",
            q.unit,
            through=through,
            membership_year=table.year if membership_year is None else membership_year,
            units={**dict.fromkeys(frame.columns[:-1], q.unit), "foreign_share": "share"},
            **({} if focus is None else {"focus": focus}),
            **performers.attrs(attrs),
        ),
    )


def diffusion_interval(
    table: MRIOTable,
    *,
    of: Account = PROXY,
    through: Through = "demand",
    draws: int = 200,
    seed: int = 0,
    level: float = 0.9,
    stage_file: stages.File = None,
    investment_categories: Sequence[str] | None = None,
) -> pd.DataFrame:
    r"""Where technology embodied in the products of each stage comes from, by stage, with an interval.

    .. math:: s^{(d)} = W_d' \hat d L \hat f W_d \, / \, i' \hat d L \hat f W_d, \quad d = 1, \dots, n

    Parameters
    ----------
    table : MRIOTable
    of, through, investment_categories
        As in `diffusion`.
    draws, seed : int
        Draws of the stage shares; the same seed gives the same interval.
    level : float
        Share of the draws between low and high.
    stage_file : path or DataFrame, optional
        Own stage shares; without ranges low and high are NaN.

    Returns
    -------
    DataFrame indexed by (performer stage, user stage): ``central``, ``low``, ``high``, shares of all that is embodied
    in the products (or, through inputs, in the inputs) of the user's stage. Three solves per draw.

    See Also
    --------
    diffusion : the amounts, by region too.

    Examples
    --------
    >>> import io_linkage as iol
    >>> cells = diffusion_interval(iol.load(), through="inputs", draws=20)
    >>> bool(cells.loc[("emerging", "traditional")].between(0.1, 0.6).all())
    True
    """
    require_option("through", through, _THROUGH)
    q, attrs = technology(table, of)
    names, shares = central_and_drawn(table, draws=draws, seed=seed, stage_file=stage_file)
    own = table.accounts.x if through == "inputs" else bought(table, through, investment_categories).sum(axis=1)
    cells = []
    for W, _, arises in arising(table, q, shares, own):
        drawn = arises - q.counted[:, None] * (W * own[:, None]) if through == "inputs" else arises
        sums, whole = W.T @ drawn, drawn.sum(axis=0)
        cells.append(np.divide(sums, whole, out=np.full_like(sums, np.nan), where=whole != 0))
    index = ordered_index(product(names, names), ["performer stage", "user stage"])
    frame = central_and_bounds(np.array(cells).reshape(len(cells), -1), level).set_axis(index)
    measure = f"{q.label} embodied in {_USERS[through]}, by stage"
    interval = described(level, len(shares) - 1)
    return labelled(frame, table.caption(measure, "share", through=through, interval=interval, **attrs))


def by_performer(table: MRIOTable, q: Intensity, F: Array) -> Array:
    """Return what is embodied in each column of F by region that performs, (columns, regions); NaN where not known."""
    M, _ = groups_by(table, "region")
    content = np.asarray(((M * q.counted[:, None]).T @ table.system.solve(F)).T)
    content[:, q.unknown_regions(table)] = np.nan
    return content


def _behind(table: MRIOTable, F: Array, through: Through) -> Array:
    """Return output that stands behind purchases, (n, columns): L F, or without the purchase itself, (L - I) F."""
    output = table.system.solve(F)
    return np.asarray(output - F) if through == "inputs" else output


def _bought_by(table: MRIOTable, W: Array, by: By, through: Through, categories: Sequence[str] | None) -> Array:
    if through == "inputs":
        return W * table.accounts.x[:, None]
    Y = bought(table, through, categories)
    if by == "region":
        return Y
    if by == "stage":
        return np.asarray(W * Y.sum(axis=1)[:, None])
    products: Array = W.reshape(len(W), len(table.regions), -1).sum(axis=1)
    return np.asarray((Y[:, :, None] * products[:, None, :]).reshape(len(W), -1))
