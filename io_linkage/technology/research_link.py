"""What research, education and knowledge services supply to each stage of industry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product
from typing import Any, Literal

import numpy as np
import pandas as pd

from io_linkage import stages
from io_linkage.captions import labelled
from io_linkage.errors import ComparisonError, OptionError, require_option
from io_linkage.intensities import Account
from io_linkage.labels import ordered_index
from io_linkage.leontief import Array, System
from io_linkage.satellites import PROXY
from io_linkage.selection import industry_codes, region_codes
from io_linkage.stages.intervals import central_and_bounds, central_and_drawn, described
from io_linkage.table import MRIOTable
from io_linkage.technology.purchases import bought, investment_categories
from io_linkage.technology.research import technology
from io_linkage.technology.suppliers import knowledge_suppliers
from io_linkage.ties.partners import sentence

#: Research of which less goes into inputs, and more into investment, is booked as investment.
_BOOKED = (0.05, 0.3)


def research_link(
    table: MRIOTable,
    *,
    suppliers: Mapping[str, str | Sequence[str]] | None = None,
    regions: str | Sequence[str] | None = None,
    investment: Literal["left out", "allotted"] = "left out",
    of: Account = PROXY,
    draws: int = 200,
    seed: int = 0,
    level: float = 0.9,
    stage_file: stages.File = None,
) -> pd.DataFrame:
    r"""Share of the output of research, education and knowledge services that goes to each stage of industry.

    .. math:: \frac{e' Z w}{e' x}, \qquad \frac{e' \hat x (G - I) w}{e' x} = \frac{e' (L - I) \hat x w}{e' x}

    with e the suppliers of one region and w the share of each buying industry, anywhere, in the stage.

    Parameters
    ----------
    table : MRIOTable
    suppliers : mapping of str to industries, optional
        By default research (ISIC 72), education (85) and knowledge services (62, 63, 69 to 71, 73, 74), as far as the
        table tells them apart.
    regions : str or sequence of str, optional
        Whose suppliers; all by default.
    investment : {"left out", "allotted"}
        China's tables from 2017 on book nearly all research as investment, so that its sales to industries break off
        (from 72 % of output in 2012 to 0.4 %). Such a table is refused, unless what is bought for investment is
        allotted to the industries of the buying country by the research they perform, of which `of` is the account.
        Compare years only when all are allotted.
    of : str or Series
        Research performed, to allot by; the shipped proxy by default. China's own industry lists need one of your own.
    draws, seed, level, stage_file
        Draws of the stage shares.

    Returns
    -------
    DataFrame indexed by (region, supplier, stage, reach): ``central``, ``low``, ``high``; shares of the supplier's
    output. Reach "direct" is sold to the stage's industries, "total" counts what their suppliers pass on, so it may
    exceed 1. ``attrs["note"]`` says what is not told apart, and what goes into investment. One solve per supplier;
    allotted, one more factorisation.

    Raises
    ------
    ComparisonError
        Research is booked as investment and left out.
    OptionError
        No supplier is known, or two of them share an industry.

    See Also
    --------
    acquired : research performed by industries and acquired with inputs.
    penetration : such services as a share of an industry's inputs, with a trait of your own.

    Examples
    --------
    >>> import io_linkage as iol
    >>> link = research_link(iol.load(), regions="CHN", draws=20)
    >>> float(link.loc[("CHN", "knowledge services", "traditional", "direct"), "central"].round(2))
    0.7
    """
    require_option("investment", investment, ("left out", "allotted"))
    groups, notes = _settled(table, suppliers)
    chosen = table.regions if regions is None else region_codes(table, regions)
    E = _indicators(table, groups, chosen)
    names, shares = central_and_drawn(table, draws=draws, seed=seed, stage_file=stage_file)
    system, x = table.system, table.accounts.x
    output = E.T @ x
    notes += _booked(table, groups, chosen, refuse=investment == "left out")
    attrs: dict[str, Any] = {}
    if investment == "allotted":
        extra, attrs = _allotted(table, groups, of)
        system = System(np.asarray(system.Z + extra), x)
        notes.append("investment in research is allotted to industries by the research they perform")
    direct, total = E.T @ system.Z, ((system.solve_transposed(E) - E) * x[:, None]).T
    flows = np.stack([direct, total])
    cells = np.array([np.moveaxis(flows @ W, 0, 2) for W in shares])
    sized = np.divide(cells, output[:, None, None], out=np.full_like(cells, np.nan), where=output[:, None, None] > 0)
    index = ordered_index(product(chosen, groups, names, ("direct", "total")), ["region", "supplier", "stage", "reach"])
    frame = central_and_bounds(sized.reshape(len(sized), -1), level).set_axis(index)
    note = sentence([*notes, *([str(attrs["note"]).rstrip(".")] if attrs.get("note") else [])])
    caption = table.caption(
        "sales of research, education and knowledge services to each stage",
        "share of output",
        interval=described(level, len(shares) - 1),
        **{**attrs, "note": note},
    )
    return labelled(frame, caption)


def _settled(
    table: MRIOTable, suppliers: Mapping[str, str | Sequence[str]] | None
) -> tuple[dict[str, list[str]], list[str]]:
    if suppliers is None:
        return knowledge_suppliers(table)
    groups = {name: industry_codes(table, industries) for name, industries in suppliers.items()}
    if not groups:
        raise OptionError('suppliers= names none; give e.g. {"research": [...]}.')
    seen: dict[str, str] = {}
    for name, codes in groups.items():
        for code in codes:
            if code in seen:
                raise OptionError(f"{code} is in {seen[code]} and in {name}. Name each industry once.")
            seen[code] = name
    return groups, []


def _indicators(table: MRIOTable, groups: Mapping[str, list[str]], regions: Sequence[str]) -> Array:
    """Return a column for each region and supplier, (n, regions x suppliers)."""
    here = [table.region_codes == table.regions.index(region) for region in regions]
    own = [np.isin(table.industry_codes, [table.industries.index(code) for code in codes]) for codes in groups.values()]
    return np.stack([home & kind for home in here for kind in own], axis=1).astype(np.float64)


def _booked(table: MRIOTable, groups: Mapping[str, list[str]], regions: Sequence[str], *, refuse: bool) -> list[str]:
    """Say which regions book research as investment; refuse them unless it is allotted."""
    if "research" not in groups:
        return []
    try:
        invested = bought(table, "investment").sum(axis=1)
    except OptionError:
        return []
    E = _indicators(table, {"research": groups["research"]}, regions)
    output = np.maximum(E.T @ table.accounts.x, 1e-300)
    inputs, capital = (E.T @ table.accounts.Z.sum(axis=1)) / output, (E.T @ invested) / output
    booked = (inputs < _BOOKED[0]) & (capital > _BOOKED[1])
    clauses = [
        f"of {region}'s research {inputs[k]:.1%} of output goes into inputs and {capital[k]:.1%} into investment"
        for k, region in enumerate(regions)
        if booked[k]
    ]
    if clauses and refuse:
        raise ComparisonError(
            f"{table.label} books research as investment: {'; '.join(clauses)}. Its sales to industries cannot be "
            'compared with those of other tables. Pass investment="allotted", for all years alike.'
        )
    return clauses


def _allotted(table: MRIOTable, groups: Mapping[str, list[str]], of: Account) -> tuple[Array, dict[str, Any]]:
    """Return purchases of research for investment as inputs of the buyers' industries, (n, n), and attrs."""
    investment_categories(table)
    q, attrs = technology(table, of)
    performed = q.amounts(table)
    sums = np.bincount(table.region_codes, performed, len(table.regions))
    research = groups.get("research", [])
    if not research:
        raise OptionError(
            f'{table.label} has no supplier "research" whose investment could be allotted. Pass investment="left out".'
        )
    rows = np.isin(table.industry_codes, [table.industries.index(code) for code in research])
    spread = np.divide(performed, sums[table.region_codes], out=np.zeros(len(performed)), where=performed > 0)
    invested = np.where(rows[:, None], bought(table, "investment"), 0.0)
    return np.asarray(invested[:, table.region_codes] * spread), dict(attrs)
