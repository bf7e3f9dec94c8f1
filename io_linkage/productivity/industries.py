"""Growth of industries: what inputs and productivity contribute to it."""

from __future__ import annotations

from typing import Literal, TypeAlias, get_args

import numpy as np
import numpy.typing as npt
import pandas as pd

from io_linkage.captions import labelled
from io_linkage.errors import require_option
from io_linkage.leontief import Array
from io_linkage.productivity.capital import POSSIBLE, doubtful
from io_linkage.productivity.changes import Changes, Span, Volume, Years, averaged, changes, span
from io_linkage.productivity.growth_accounts import LEVELS, GrowthAccounts, product
from io_linkage.wording import listed

Of: TypeAlias = Literal["output", "value_added"]

UNIT = "logarithmic change a year"
#: Among them Wu (2015).
STUDIES = " Studies of China with other capital find TFP growing by 0.8 to 2.5 % a year."


def industry_growth(
    accounts: GrowthAccounts,
    *,
    of: Of = "value_added",
    volume: Volume = "published",
    years: Years = "mean",
    first: int | None = None,
    last: int | None = None,
) -> pd.DataFrame:
    r"""Growth of each country-industry and what capital, labour, inputs and productivity contribute to it.

    .. math::
        d\ln X = s_I d\ln I + s_K d\ln K + \sum_h s_{Lh} d\ln H_h + \tau, \qquad
        d\ln V = \frac{s_K}{s_V} d\ln K + \sum_h \frac{s_{Lh}}{s_V} d\ln H_h + \frac{\tau}{s_V}

    Parameters
    ----------
    accounts : GrowthAccounts
    of : {"output", "value_added"}
        Growth of gross output or of value added.
    volume : {"published", "double_deflated"}
        Volume of value added behind TFP: the one published, which national accounts agree with, or output less
        inputs, each at its own prices. For growth of output, `volume_gap` is what the two differ by.
    years : {"mean", "each", "ends"}
        The mean of all pairs of successive years; each pair, with a level `year`, the later of the two; or one step
        from the first to the last year, divided by their number.
    first, last : int, optional
        The first year of the accounts, and the latest in which all regions have capital, by default.

    Returns
    -------
    DataFrame, rows (region, industry[, year]), logarithmic changes a year: output or value_added, then contributions
    that add up to it: inputs (or energy and materials), capital, hours, skill (the mix of kinds of labour), tfp. NaN
    where an account is missing in one of the years.

    Raises
    ------
    OptionError
        Years without a neighbour; a volume that the accounts lack.

    References
    ----------
    Jorgenson, Gollop & Fraumeni (1987); O'Mahony & Timmer (2009), Economic Journal 119.

    See Also
    --------
    economy_growth : from industries to the economy.

    Examples
    --------
    >>> from io_linkage.productivity import accounts
    >>> industry_growth(accounts()).loc[("USA", "30t33")].round(3).to_dict()
    {'value_added': 0.125, 'capital': 0.011, 'hours': -0.018, 'skill': 0.005, 'tfp': 0.126}
    """
    require_option("of", of, get_args(Of))
    pairs = span(accounts, years, first, last)
    moved = changes(accounts, pairs, volume)
    parts = _of_output(moved, volume) if of == "output" else _of_value_added(moved)
    # TFP on a published volume is known even where the volume of inputs is not.
    columns = {name: averaged(np.where(moved.known, values, np.nan), pairs).ravel() for name, values in parts.items()}
    frame = pd.DataFrame(columns, index=rows(accounts, pairs))
    caption = accounts.caption(
        f"growth of {of.replace('_', ' ')} and its sources", UNIT, year_range(accounts, pairs), of=of, volume=volume
    )
    return labelled(frame, {**caption, **gaps(accounts, moved.known)})


def _of_output(moved: Changes, volume: Volume) -> dict[str, Array]:
    inputs = moved.s_inputs * moved.inputs
    if moved.energy is not None and moved.s_energy is not None:
        energy = moved.s_energy * moved.energy
        bought = {"energy": energy, "materials": inputs - energy}
    else:
        bought = {"inputs": inputs}
    own = {
        "capital": moved.s_capital * moved.capital,
        "hours": moved.s_labour.sum(axis=0) * moved.hours,
        "skill": moved.skill,
        "tfp": moved.tau,
    }
    gap = {"volume_gap": moved.output - inputs - moved.s_value_added * moved.value_added}
    return {"output": moved.output, **bought, **own, **(gap if volume == "published" else {})}


def _of_value_added(moved: Changes) -> dict[str, Array]:
    parts = {
        "capital": moved.s_capital * moved.capital,
        "hours": moved.s_labour.sum(axis=0) * moved.hours,
        "skill": moved.skill,
        "tfp": moved.tau,
    }
    return {"value_added": moved.value_added, **{name: per_value_added(part, moved) for name, part in parts.items()}}


def per_value_added(part: Array, moved: Changes) -> Array:
    """Divide a contribution to output by the share of value added."""
    share = moved.s_value_added
    return np.asarray(np.divide(part, share, out=np.full(part.shape, np.nan), where=share > 0))


def rows(accounts: GrowthAccounts, pairs: Span) -> pd.MultiIndex:
    """(region, industry), with a year where each pair is told apart."""
    if pairs.years != "each":
        return accounts.cells
    return product([accounts.regions, accounts.industries, pairs.labels], LEVELS)


def year_range(accounts: GrowthAccounts, pairs: Span) -> list[int]:
    """First year, and the last of each pair."""
    return [accounts.years[pairs.start[0]], *pairs.labels]


def gaps(accounts: GrowthAccounts, known: npt.NDArray[np.bool_]) -> dict[str, object]:
    """Return what a result says of cells without a number and of capital that cannot be true."""
    active = (np.nan_to_num(accounts.array("gross_output")) > 0).any(axis=1)
    missing = np.asarray(active & ~known.all(axis=1))
    whole = [
        code
        for k, code in enumerate(accounts.regions)
        if (active & (accounts.region_codes == k)).any() and not known[accounts.region_codes == k].any()
    ]
    cells = [f"{region} {industry}" for region, industry in accounts.cells[missing] if region not in whole]
    sentences = []
    if cells or whole:
        sentences.append(f"Left out for want of an account in some year: {listed([*whole, *cells])}.")
    capital = capital_notes(accounts)
    return {"left_out": (*whole, *cells), "note": " ".join([*sentences, *capital]), "capital_stock": " ".join(capital)}


def capital_notes(accounts: GrowthAccounts) -> list[str]:
    """Say whose capital cannot be true, or was rebuilt."""
    if accounts.rebuilt:
        studies = STUDIES * ("CHN" in accounts.rebuilt)
        return [f"The capital stock of {listed(accounts.rebuilt)} is rebuilt from investment.{studies}"]
    names = doubtful(accounts)
    if not names:
        return []
    low, high = (f"{100 * bound:.0f}" for bound in POSSIBLE)
    return [
        f"The published capital stock of {listed(names)} implies a depreciation outside {low} to {high} % a year; "
        "with capital rebuilt from investment productivity grows more slowly." + STUDIES * ("CHN" in names)
    ]
