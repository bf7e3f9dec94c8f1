"""How far inputs of a trait have entered industries: direct and total, at home and from abroad, over years."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import product
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from io_linkage import stages
from io_linkage.captions import labelled
from io_linkage.errors import ComparisonError, unknown
from io_linkage.labels import ordered_index
from io_linkage.leontief import Array
from io_linkage.selection import industry_codes, region_codes
from io_linkage.stages.intervals import central_and_bounds, central_and_drawn_traits, described
from io_linkage.stages.matching import matched
from io_linkage.table import MRIOTable
from io_linkage.technology.traits import Trait, spelt, trait_names, trait_shares

REACHES = ("direct", "total")


def penetration(
    table: MRIOTable,
    *,
    trait: Trait = "digital",
    regions: str | Sequence[str] | None = None,
    stage_file: stages.File = None,
) -> pd.DataFrame:
    r"""Measure inputs of a trait in each industry, per unit of output and as a share of inputs, at home and imported.

    .. math:: t'A, \quad \frac{t'A}{i'A}, \qquad t'(L - I), \quad \frac{t'(L - I)}{i'(L - I)}

    In the Chinese literature these are direct consumption and direct dependence, complete consumption and complete
    dependence.

    Parameters
    ----------
    table : MRIOTable
    trait : str or Series
        "digital", "green", "high_tech", a trait of the stage file, or shares from 0 to 1 on the table's index.
    regions : str or sequence of str, optional
        Whose industries; all by default. One solve for each of them.
    stage_file : path or DataFrame, optional
        Own traits, as in `stages.traits`.

    Returns
    -------
    DataFrame on the country-industries of `regions`. For each reach ("direct", "total"): ``direct`` per unit of
    output, ``direct_domestic`` and ``direct_imported``, which add up to it, and the same three over all inputs of that
    reach, ``direct_share``, ``direct_domestic_share``, ``direct_imported_share``. NaN without output, or without
    inputs.

    Raises
    ------
    UnknownLabelError, OptionError
        An unknown trait; shares outside 0 to 1.

    See Also
    --------
    stage_penetration : of a stage of industry, with intervals.
    penetration_change : between two years.

    Examples
    --------
    >>> import io_linkage as iol
    >>> shares = penetration(iol.load(), regions="CHN")
    >>> shares.loc[("CHN", "17t18"), ["direct_share", "total_share", "total_imported_share"]].round(3).tolist()
    [0.015, 0.035, 0.009]
    """
    t, name = trait_shares(table, trait, stage_file)
    chosen = table.regions if regions is None else region_codes(table, regions)
    codes = [table.regions.index(region) for region in chosen]
    rows = np.isin(table.region_codes, codes)
    homes = np.stack([np.where(table.region_codes == code, t, 0.0) for code in codes], axis=1)
    home = np.array([codes.index(code) for code in table.region_codes[rows]], dtype=np.intp)
    E = np.column_stack([t, homes])
    system = table.system
    buys = (system.direct_column_sums > 0) & table.active
    columns = {}
    for reach, content, inputs in (
        ("direct", system.apply_transposed(E), system.direct_column_sums),
        ("total", system.solve_transposed(E) - E, system.backward_sums() - 1),
    ):
        whole, domestic = content[rows, 0], content[rows][np.arange(len(home)), 1 + home]
        for part, values in (("", whole), ("_domestic", domestic), ("_imported", whole - domestic)):
            columns[f"{reach}{part}"] = np.where(table.active[rows], values, np.nan)
            shares = np.full(len(home), np.nan)
            np.divide(values, inputs[rows], out=shares, where=buys[rows])
            columns[f"{reach}{part}_share"] = shares
    order = [f"{reach}{part}{end}" for reach in REACHES for end in ("", "_share") for part in _PARTS]
    frame = pd.DataFrame(columns, index=table.index[rows])[order]
    per = f"{table.unit} per {table.unit}" if table.unit else "per unit of output"
    return labelled(
        frame,
        table.caption(
            f"{spelt(name)} inputs",
            "",
            trait=name,
            units={c: "share of inputs" if c.endswith("_share") else per for c in order},
        ),
    )


_PARTS = ("", "_domestic", "_imported")


class _Asked(NamedTuple):
    """Whose inputs: industries of some regions, each counted with its share in a stage."""

    table: MRIOTable
    regions: list[str]
    stage: int | None
    inside: npt.NDArray[np.bool_]

    @classmethod
    def of(
        cls,
        table: MRIOTable,
        stage: str | None,
        regions: str | Iterable[str] | None,
        industries: str | Iterable[str] | None,
        stage_file: stages.File,
    ) -> _Asked:
        known = matched(table, stage_file).stages
        if stage is not None and stage not in known:
            raise unknown("stage", stage, known)
        codes = table.industries if industries is None else industry_codes(table, industries)
        inside = np.isin(table.industry_codes, [table.industries.index(code) for code in codes])
        chosen = table.regions if regions is None else region_codes(table, regions)
        return cls(table, chosen, None if stage is None else known.index(stage), inside)

    def shares(self, weights: Sequence[Array], traits: Sequence[Array]) -> Array:
        r"""Return shares of the traits in the inputs of the stage for each draw, (draws, regions, traits, reaches)."""
        table, system = self.table, self.table.system
        here = np.stack([table.region_codes == table.regions.index(region) for region in self.regions])
        T = np.concatenate(traits, axis=1)
        buys = system.direct_column_sums > 0
        reaches = (
            (system.apply_transposed(T), system.direct_column_sums),
            (system.solve_transposed(T) - T, np.where(buys, system.backward_sums() - 1, 0.0)),
        )
        size = traits[0].shape[1]
        result = np.full((len(weights), len(self.regions), size, 2), np.nan)
        for d, W in enumerate(weights):
            weight = here * (self.inside * table.accounts.x * (1.0 if self.stage is None else W[:, self.stage]))
            for k, (content, inputs) in enumerate(reaches):
                whole = (weight @ inputs)[:, None]
                drawn = weight @ content[:, d * size : (d + 1) * size]
                np.divide(drawn, whole, out=result[d, :, :, k], where=whole > 0)
        return result


def stage_penetration(
    table: MRIOTable,
    *,
    stage: str | None = "traditional",
    traits: str | Sequence[str] | None = None,
    regions: str | Sequence[str] | None = None,
    industries: str | Sequence[str] | None = None,
    draws: int = 200,
    seed: int = 0,
    level: float = 0.9,
    stage_file: stages.File = None,
) -> pd.DataFrame:
    r"""Share of each trait in the inputs of a stage of industry, with an interval.

    .. math:: p_{rt} = \frac{t' A \hat x \, w_r}{i' A \hat x \, w_r}, \qquad
        \frac{t' (L - I) \hat x \, w_r}{i' (L - I) \hat x \, w_r}

    with w the share of each industry of region r in the stage. Draws are of the stage shares and of the traits.

    Parameters
    ----------
    table : MRIOTable
    stage : str, optional
        "traditional", "emerging", "future", or a stage of your own; all industries if None.
    traits : str or sequence of str, optional
        All of the stage file by default.
    regions, industries : str or sequence of str, optional
        All by default. Industries narrow the stage, e.g. to manufacturing.
    draws, seed : int
        The same seed gives the same interval.
    level : float
        Share of the draws between low and high.
    stage_file : path or DataFrame, optional
        Own shares; without ranges low and high are NaN.

    Returns
    -------
    DataFrame indexed by (region, trait, reach): ``central``, ``low``, ``high``; shares of inputs. Reach is "direct" or
    "total". One solve per trait and draw.

    Raises
    ------
    UnknownLabelError, OptionError
        An unknown stage, trait, region or industry; no draws; a level outside 0 to 1.

    See Also
    --------
    penetration : industry by industry.

    Examples
    --------
    >>> import io_linkage as iol
    >>> shares = stage_penetration(iol.load(), regions="CHN", draws=20)
    >>> float(shares.loc[("CHN", "digital", "total"), "central"].round(3))
    0.072
    """
    names = trait_names(table, traits, stage_file)
    asked = _Asked.of(table, stage, regions, industries, stage_file)
    weights, drawn = central_and_drawn_traits(table, names, draws=draws, seed=seed, stage_file=stage_file)
    cells = asked.shares(weights, drawn)
    index = ordered_index(product(asked.regions, names, REACHES), ["region", "trait", "reach"])
    frame = central_and_bounds(cells.reshape(len(cells), -1), level).set_axis(index)
    whose = "all" if stage is None else stage
    caption = table.caption(
        f"share of traits in the inputs of {whose} industries",
        "share of inputs",
        interval=described(level, len(cells) - 1),
        **({} if stage is None else {"stage": stage}),
    )
    return labelled(frame, caption)


def penetration_change(
    before: MRIOTable,
    after: MRIOTable,
    *,
    stage: str | None = "traditional",
    traits: str | Sequence[str] | None = None,
    regions: str | Sequence[str] | None = None,
    industries: str | Sequence[str] | None = None,
    stage_file: stages.File = None,
) -> pd.DataFrame:
    r"""Split the change of a trait's share of inputs between two years into inputs and what counts as the trait.

    .. math:: p_1(\theta_1) - p_0(\theta_0) =
        \tfrac12 \sum_{k} [p_1(\theta_k) - p_0(\theta_k)] + \tfrac12 \sum_{k} [p_k(\theta_1) - p_k(\theta_0)]

    p is the share in the table of a year, theta the shares of stages and traits of a year. The stage files have breaks
    between years where what an industry makes changes, so that some of a change is judged, not measured.

    Parameters
    ----------
    before, after : MRIOTable
        Tables with the same country-industries.
    stage, traits, regions, industries, stage_file
        As in `stage_penetration`.

    Returns
    -------
    DataFrame indexed by (region, trait, reach): ``before``, ``after`` (shares of inputs), ``change``, ``inputs``
    (weights fixed: other purchases), ``weights`` (weights moving: other shares of traits and stages in what
    is purchased); the last two add up to the change.

    Raises
    ------
    ComparisonError
        The tables have different country-industries, or traits and stages.

    Examples
    --------
    >>> import io_linkage as iol
    >>> moved = penetration_change(iol.load(year=1995), iol.load(year=2011), traits="digital", regions="CHN")
    >>> moved.loc[("CHN", "digital", "total"), ["change", "inputs", "weights"]].round(3).tolist()
    [0.02, 0.023, -0.003]
    """
    if not before.index.equals(after.index):
        raise ComparisonError(
            f"{before.label} and {after.label} have different country-industries: aggregate both to the same ones."
        )
    sources = [matched(table, stage_file) for table in (before, after)]
    if sources[0].stages != sources[1].stages:
        raise ComparisonError(f"{before.label} and {after.label} have different stages. Pass one stage_file for both.")
    names = trait_names(before, traits, stage_file)
    trait_names(after, names, stage_file)
    asked = [_Asked.of(table, stage, regions, industries, stage_file) for table in (before, after)]
    if asked[0].regions != asked[1].regions:
        raise ComparisonError(
            f"The regions have other members in {after.label} ({', '.join(asked[1].regions)}) than in {before.label}. "
            "Name regions instead of a group."
        )
    weights = [one.shares(one.stages, "central") for one in sources]
    shares = [one.shares(names, "central") for one in sources]
    p = np.array([one.shares(weights, shares).reshape(2, -1) for one in asked])
    frame = pd.DataFrame(
        {
            "before": p[0, 0],
            "after": p[1, 1],
            "change": p[1, 1] - p[0, 0],
            "inputs": (p[1] - p[0]).mean(axis=0),
            "weights": (p[:, 1] - p[:, 0]).mean(axis=0),
        },
        index=ordered_index(product(asked[0].regions, names, REACHES), ["region", "trait", "reach"]),
    )
    whose = "all" if stage is None else stage
    return labelled(
        frame,
        after.caption(
            f"change of the share of traits in the inputs of {whose} industries, {before.year} to {after.year}",
            "share of inputs",
        )
        | {"year": [before.year, after.year]}
        | ({} if stage is None else {"stage": stage}),
    )
