"""Where one supplier of one product is much used, hardly shared with others, and not to be replaced."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from io_linkage import economies as countries
from io_linkage.bottlenecks.content import per_supplier, ratio
from io_linkage.bottlenecks.suppliers import concentration
from io_linkage.captions import labelled
from io_linkage.errors import OptionError
from io_linkage.leontief import Array
from io_linkage.selection import groups_by, select
from io_linkage.table import MRIOTable
from io_linkage.ties.partners import sentence

#: What the share without an alternative is, and is not.
PROXY = (
    "The share without an alternative is a proxy: it asks whether the best other supplier's exports would cover the "
    "amount, not whether its goods would do."
)


@dataclass(frozen=True, eq=False)
class _Bought:
    """Purchases of one set of buyers.

    Attributes
    ----------
    label : str
    home : array of bool, (n,)
        Country-industries in the buyers' own regions.
    direct, through : array, (n,)
        Inputs bought of each country-industry, and needed of it with all that stands behind them.
    """

    label: str
    home: npt.NDArray[np.bool_]
    direct: Array
    through: Array


def no_alternative(
    table: MRIOTable,
    *,
    regions: str | Sequence[str],
    industries: str | Iterable[str] | None = None,
    stage: str | None = None,
    slack: float = 0.0,
    stage_weights: pd.DataFrame | None = None,
    membership_year: int | None = None,
) -> pd.DataFrame:
    r"""Share of purchases from each foreign supplier that no other one's exports would cover; a proxy.

    .. math:: n_{sp} = \max\left(0, \; 1 - \max_{s' \ne s} \frac{e_{s'p} + \varphi x_{s'p}}{z_{sp}} \right)

    with e the exports of product p by s' to anyone, z what the buyers take from s, and :math:`\varphi` the slack. The
    buyers' own region may be the other supplier. Exports that the buyers already get are counted, which is generous
    to the alternative.

    Parameters
    ----------
    table : MRIOTable
    regions : str or sequence of str
        Buyers, taken together: a region, an economy or a group.
    industries : str or iterable of str, optional
        Buying industries; all by default.
    stage : str, optional
        Buying industries with their share in a stage.
    slack : float
        Part of its output by which another supplier could make more, e.g. 0.1.
    stage_weights : DataFrame, (n, stages), optional
        Stage shares instead of the shipped central ones.
    membership_year : int, optional
        Year whose members of a group count; the table's own by default.

    Returns
    -------
    DataFrame by (supplier, product), foreign suppliers that the buyers buy from; ``bought`` in the table's unit,
    ``best_alternative`` (its region), ``alternative`` (what it could send, in the table's unit),
    ``no_alternative_share``.

    References
    ----------
    This project; a proxy of substitutability.

    See Also
    --------
    choke_points : the same share beside how much of all inputs depends on the supplier.

    Examples
    --------
    >>> import io_linkage as iol
    >>> shares = no_alternative(iol.load(), regions="USA", industries="34t35")
    >>> shares.loc[("CHN", "30t33"), "best_alternative"]
    'RoW'
    """
    purchase = _purchase(table, regions, industries, stage, stage_weights, membership_year)
    best, amount, lacking = _alternatives(table, purchase.direct, slack)
    kept = ~purchase.home & (purchase.direct > 0)
    frame = pd.DataFrame(
        {
            "bought": purchase.direct,
            "best_alternative": best,
            "alternative": amount,
            "no_alternative_share": lacking,
        },
        index=table.index.set_names(["supplier", "product"]),
    )[kept]
    return labelled(
        frame,
        table.caption(
            f"share of inputs of {purchase.label} without an alternative (proxy)",
            "share",
            units={"bought": table.unit, "alternative": table.unit, "others": "share"},
            note=PROXY,
        ),
    )


def choke_points(
    table: MRIOTable,
    *,
    regions: str | Sequence[str],
    industries: str | Iterable[str] | None = None,
    stage: str | None = None,
    slack: float = 0.0,
    rest_economies: int = 20,
    top: int | None = None,
    stage_weights: pd.DataFrame | None = None,
    membership_year: int | None = None,
) -> pd.DataFrame:
    r"""Suppliers of products on whom buyers depend, how concentrated they are, and whether others could step in.

    .. math:: score_{sp} = u_{sp} \cdot HHI_p \cdot n_{sp}, \qquad
        u_{sp} = \frac{((L - I) x_B)_{sp}}{i'(L - I) x_B}

    Any product of scores is arbitrary: the parts come first, and the score only ranks.

    Parameters
    ----------
    table : MRIOTable
    regions : str or sequence of str
        Buyers B, taken together: a region, an economy or a group.
    industries : str or iterable of str, optional
        Buying industries; all by default.
    stage : str, optional
        Buying industries with their share in a stage.
    slack : float
        As in `no_alternative`.
    rest_economies : int
        Countries that rest of world is spread over in the lower bound of the concentration.
    top : int, optional
        Only the first so many.
    stage_weights : DataFrame, (n, stages), optional
        Stage shares instead of the shipped central ones.
    membership_year : int, optional
        Year whose members of a group count; the table's own by default.

    Returns
    -------
    DataFrame by (supplier, product), foreign suppliers, highest score first: ``look_through_share`` of all inputs,
    ``direct_share`` of direct inputs, ``share_of_product`` (look-through, of what the buyers use of the product from
    anywhere), ``hhi`` of the foreign countries that the product comes from (look-through), with its bounds
    ``hhi_without_rest`` and ``hhi_rest_spread``, ``best_alternative``, ``no_alternative_share`` (proxy), and last
    ``score``. What is not bought directly needs no direct alternative, so its score is 0.

    References
    ----------
    Baldwin, Freeman & Theodorakopoulos (2023) for looking through; the score is this project's.

    See Also
    --------
    no_alternative, suppliers, foreign_inputs

    Examples
    --------
    >>> import io_linkage as iol
    >>> ranked = choke_points(iol.load(), regions="CHN", top=3)
    >>> ranked.columns[-1], len(ranked)
    ('score', 3)
    """
    if top is not None and top < 1:
        raise OptionError(f"top={top} is not possible; give how many rows are wanted, 1 or more.")
    purchase = _purchase(table, regions, industries, stage, stage_weights, membership_year)
    best, _, lacking = _alternatives(table, purchase.direct, slack)
    foreign = np.where(purchase.home, 0.0, np.maximum(purchase.through, 0.0))
    products = np.zeros((len(table.industries), len(table.regions)))
    products[table.industry_codes, table.region_codes] = foreign
    spread = concentration(table, products, pd.Index(table.industries), rest_economies).iloc[table.industry_codes]
    used = np.zeros(len(table.industries))
    np.add.at(used, table.industry_codes, purchase.through)
    frame = pd.DataFrame(
        {
            "look_through_share": purchase.through / purchase.through.sum(),
            "direct_share": purchase.direct / purchase.direct.sum(),
            "share_of_product": ratio(purchase.through, used[table.industry_codes]),
            "hhi": spread["hhi"].to_numpy(),
            "hhi_without_rest": spread["hhi_without_rest"].to_numpy(),
            "hhi_rest_spread": spread["hhi_rest_spread"].to_numpy(),
            "best_alternative": best,
            "no_alternative_share": lacking,
        },
        index=table.index.set_names(["supplier", "product"]),
    )
    frame["score"] = frame["look_through_share"] * frame["hhi"] * frame["no_alternative_share"]
    frame = frame[foreign > 0]
    # Where every score is 0, more use of fewer countries comes first.
    ties = frame["look_through_share"] * frame["hhi"]
    frame = frame.iloc[np.lexsort((-ties.to_numpy(), -frame["score"].to_numpy()))]
    rest = countries.rest_regions(table)
    clauses = [f"{' and '.join(rest)} stands for many economies, so that hhi is bounded beside it"] if rest else []
    return labelled(
        frame if top is None else frame.head(top),
        table.caption(
            f"choke points in the inputs of {purchase.label}",
            "share",
            note=f"{PROXY} The score is a product of three parts and only ranks. {sentence(clauses)}".rstrip(),
        ),
    )


def _purchase(
    table: MRIOTable,
    regions: str | Sequence[str],
    industries: str | Iterable[str] | None,
    stage: str | None,
    stage_weights: pd.DataFrame | None,
    membership_year: int | None,
) -> _Bought:
    codes = countries.resolve(table, regions, membership_year=membership_year)
    chosen = select(table, regions=codes, industries=industries, stage=stage, stage_weights=stage_weights)
    home = np.isin(table.region_codes, [table.regions.index(code) for code in codes])
    if home.all():
        raise OptionError(f"All regions of {table.label} are among the buyers, so none is a foreign supplier.")
    made = (chosen.share * table.accounts.x)[:, None]
    direct, through = (per_supplier(table, reach, made)[:, 0] for reach in ("direct", "look_through"))
    label = regions if isinstance(regions, str) else "+".join(codes)
    parts = [label, *([] if industries is None else [chosen.label.split(" ")[1]]), *([stage] if stage else [])]
    if direct.sum() <= 0:
        raise OptionError(f"{' '.join(parts)} buys no inputs in {table.label}. Choose other buyers.")
    return _Bought(" ".join(parts), home, direct, through)


def _alternatives(table: MRIOTable, bought: Array, slack: float) -> tuple[npt.NDArray[np.object_], Array, Array]:
    """Best other supplier of each country-industry's product, what it could send, and the share it cannot cover."""
    if not (np.isfinite(slack) and slack >= 0):
        raise OptionError(f"slack={slack} is not possible; give the part of output that others can add, 0 or more.")
    M, _ = groups_by(table, "region")
    sold = np.asarray(table.accounts.Z @ M) + table.demand_by_region.to_numpy(dtype=np.float64)
    abroad = sold.sum(axis=1) - sold[np.arange(len(sold)), table.region_codes]
    capable = np.full((len(table.industries), len(table.regions)), -np.inf)
    capable[table.industry_codes, table.region_codes] = np.maximum(abroad, 0.0) + slack * table.accounts.x
    others = capable[table.industry_codes]
    others[np.arange(len(others)), table.region_codes] = -np.inf
    best = others.argmax(axis=1)
    amount = np.maximum(others.max(axis=1), 0.0)
    names = np.array(table.regions, dtype=object)[best]
    names[amount == 0] = None
    return names, amount, np.where(bought > 0, np.maximum(0.0, 1 - ratio(amount, bought)), 0.0)
