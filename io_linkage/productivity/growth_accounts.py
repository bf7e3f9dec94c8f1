"""Yearly growth accounts of country-industries: values, volumes, hours by skill and the capital stock.

Terms
-----
account : one column: gross_output, intermediate_inputs, value_added, labour_compensation, capital_compensation in
    current prices; gross_output_volume, intermediate_inputs_volume, value_added_volume, capital_stock,
    investment_volume at the prices of one year; hours; and, where they are known, hours_<kind> with
    labour_compensation_<kind> for each kind of labour, and energy with energy_volume, a part of intermediate inputs.
cell : a country-industry.
capital income : what value added leaves after labour. Where a source's labour and capital do not add up to its value
    added, labour keeps its share in their sum.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from io_linkage.errors import OptionError, TableError, unknown
from io_linkage.leontief import Array

LEVELS = ["region", "industry", "year"]
NEEDED = ("gross_output", "value_added", "labour_compensation", "hours", "capital_stock")
KNOWN = (
    *NEEDED, "intermediate_inputs", "capital_compensation", "gross_output_volume", "intermediate_inputs_volume",
    "value_added_volume", "investment_volume", "energy", "energy_volume",
)  # fmt: skip
_KIND = re.compile(r"(?:hours|labour_compensation)_(.+)")
#: What can be 0 but not below.
_NOT_NEGATIVE = re.compile(r"hours|capital_stock$|gross_output$")


@dataclass(frozen=True, eq=False)
class GrowthAccounts:
    """Yearly accounts of country-industries; read and checked by `accounts`.

    Attributes
    ----------
    frame : DataFrame
        Rows (region, industry, year), every combination of them; a column for each account; NaN where it is not known.
    name, source : str
    unit : str
        Of values, e.g. "M USD".
    rebuilt : tuple of str
        Regions whose capital stock was built again from investment.
    scaled : tuple of str
        Regions and years in which labour and capital did not add up to value added.

    Raises
    ------
    TableError
        Accounts are missing, rows repeat, or hours, capital or output are negative.
    """

    frame: pd.DataFrame
    name: str
    source: str
    unit: str
    rebuilt: tuple[str, ...] = ()
    scaled: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Check the accounts."""
        _require_sound(self.frame)

    @cached_property
    def regions(self) -> list[str]:
        """Region codes in order."""
        return [str(code) for code in self.frame.index.unique("region")]

    @cached_property
    def industries(self) -> list[str]:
        """Industry codes in order."""
        return [str(code) for code in self.frame.index.unique("industry")]

    @cached_property
    def years(self) -> list[int]:
        """All years, rising."""
        return [int(year) for year in self.frame.index.unique("year")]

    @cached_property
    def kinds(self) -> list[str]:
        """Kinds of labour that have both hours and compensation; empty where only the sum is known."""
        found = [match.group(1) for column in self.frame.columns if (match := _KIND.fullmatch(str(column)))]
        return [kind for kind in dict.fromkeys(found) if found.count(kind) == 2]

    @property
    def cells(self) -> pd.MultiIndex:
        """The (region, industry) index."""
        return product([self.regions, self.industries], LEVELS[:2])

    @property
    def region_codes(self) -> npt.NDArray[np.intp]:
        """Position of each cell's region, (cells,)."""
        return np.repeat(np.arange(len(self.regions)), len(self.industries))

    @property
    def label(self) -> str:
        """Name and years."""
        return f"{self.name}, {self.years[0]}-{self.years[-1]}"

    def has(self, account: str) -> bool:
        """Whether there is such an account."""
        return account in self.frame.columns

    def array(self, account: str) -> Array:
        """One account, (cells, years); NaN throughout where there is none."""
        shape = (len(self.cells), len(self.years))
        if not self.has(account):
            return np.full(shape, np.nan)
        return self.frame[account].to_numpy(dtype=np.float64).reshape(shape)

    @property
    def labour(self) -> Array:
        """Labour compensation, (cells, years)."""
        return self.array("labour_compensation")

    @property
    def capital(self) -> Array:
        """Capital income: value added less labour compensation, (cells, years)."""
        return self.array("value_added") - self.labour

    def only(self, regions: str | Iterable[str]) -> GrowthAccounts:
        """Return the accounts of some regions, by code or name."""
        from io_linkage.economies import registry

        names = [regions] if isinstance(regions, str) else list(regions)
        spelled = {registry.find(code) or code: code for code in self.regions}
        chosen = []
        for name in names:
            code = name if name in self.regions else spelled.get(registry.find(name) or name)
            if code is None:
                raise unknown("region in the growth accounts", name, self.regions)
            chosen.append(code)
        if not chosen:
            raise OptionError("No region was named.")
        codes = [code for code in self.regions if code in chosen]
        return replace(
            self,
            frame=self.frame.reindex(product([codes, self.industries, self.years], LEVELS)),
            rebuilt=tuple(code for code in self.rebuilt if code in codes),
        )

    def with_capital(self, stock: Array, rebuilt: Iterable[str]) -> GrowthAccounts:
        """Return the accounts with another capital stock, (cells, years)."""
        return replace(self, frame=self.frame.assign(capital_stock=stock.ravel()), rebuilt=tuple(rebuilt))

    def caption(self, measure: str, unit: str, years: list[int], **more: Any) -> dict[str, Any]:
        """Return what a result's `attrs` say of it."""
        return {
            "measure": measure,
            "unit": unit,
            "table": self.label,
            "year": years,
            "source": self.source,
            "value_added": "value added at basic prices, as in the growth accounts",
            **more,
        }

    def __repr__(self) -> str:
        """One line: what, size."""
        return f"<GrowthAccounts {self.label}: {len(self.regions)} regions x {len(self.industries)} industries>"


def product(lists: Sequence[Sequence[Any]], names: Sequence[str]) -> pd.MultiIndex:
    """Every combination, with levels in the order of the lists, so that the rows are sorted and found fast."""
    grid = np.indices([len(labels) for labels in lists]).reshape(len(lists), -1)
    return pd.MultiIndex(levels=[list(labels) for labels in lists], codes=list(grid), names=list(names))


def arranged(frame: pd.DataFrame, *, name: str, source: str, unit: str) -> GrowthAccounts:
    """Put rows of (region, industry, year) in order, complete what follows from other accounts, and check."""
    missing = [column for column in NEEDED if column not in frame.columns]
    if missing:
        raise TableError(
            f"The growth accounts lack {', '.join(missing)}. Give columns {', '.join(NEEDED)} and a volume of output "
            "and inputs, or of value added."
        )
    if frame.index.has_duplicates:
        raise TableError(f"{frame.index[frame.index.duplicated()][0]} has more than one row. Give each year one.")
    order = [list(frame.index.unique(0)), list(frame.index.unique(1)), sorted(frame.index.unique(2))]
    index = product(order, LEVELS)
    # pandas keeps the index that a frame has where the rows are the same, sorted or not.
    full = frame.astype(np.float64).reindex(index).set_axis(index)
    if "intermediate_inputs" not in full:
        full["intermediate_inputs"] = full["gross_output"] - full["value_added"]
    full, scaled = _adding_up(full)
    return GrowthAccounts(full, name, source, unit, scaled=scaled)


def _adding_up(frame: pd.DataFrame) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Scale labour where labour and capital miss value added, so that its share in their sum stays."""
    if "capital_compensation" not in frame:
        return frame, ()
    both = frame["labour_compensation"] + frame["capital_compensation"]
    gap = (both - frame["value_added"]).abs() > 1e-3 * frame["value_added"].abs()
    off = gap & (both != 0) & frame["value_added"].notna()
    if not off.any():
        return frame, ()
    factor = (frame["value_added"] / both).where(off, 1.0)
    labour = [column for column in frame.columns if str(column).startswith("labour_compensation")]
    frame = frame.assign(**{column: frame[column] * factor for column in labour})
    places = sorted({(str(region), int(year)) for region, _, year in frame.index[off]})
    return frame, tuple(f"{region} {year}" for region, year in places)


def _require_sound(frame: pd.DataFrame) -> None:
    if list(frame.index.names) != LEVELS:
        raise TableError(
            f"The rows of growth accounts are {', '.join(LEVELS)}, not {', '.join(map(str, frame.index.names))}."
        )
    if len(frame.index.unique("year")) < 2:
        raise TableError("Growth needs two years or more; the accounts have one.")
    volumes = [f"{name}_volume" in frame.columns for name in ("value_added", "gross_output", "intermediate_inputs")]
    if not volumes[0] and not all(volumes[1:]):
        raise TableError(
            "The growth accounts have no volumes. Give value_added_volume, or gross_output_volume with "
            "intermediate_inputs_volume, at the prices of one year."
        )
    for column in frame.columns:
        values = frame[column].to_numpy()
        bad = np.isinf(values) | ((values < 0) if _NOT_NEGATIVE.match(str(column)) else False)
        if bad.any():
            first = int(np.argmax(bad))
            raise TableError(
                f"{column} is {values[first]:,.6g} in {' '.join(map(str, frame.index[first]))} and negative or "
                f"infinite in {int(bad.sum())} rows in all. Correct the source, or leave unknown cells empty."
            )
