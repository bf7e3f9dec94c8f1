"""The account of gross trade: flows by year, origin, industry and destination."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from io_linkage._shipped import shipped_path
from io_linkage.errors import OptionError, ReadError, TableError, unknown
from io_linkage.leontief import Array
from io_linkage.panel import dated
from io_linkage.readers.shipped import facts
from io_linkage.selection import groups_by
from io_linkage.table import MRIOTable

#: The shipped account counts in 1,000 USD.
_PER_UNIT = 1e-3


@dataclass(frozen=True, eq=False, repr=False)
class GrossTrade:
    """Gross flows over years; own-country flows stand on the diagonal of origin and destination.

    Attributes
    ----------
    flows : array, (years, origins, industries, destinations)
        As inputs and for final use together, not negative.
    years, regions, industries
        Its labels; origins and destinations are the same regions.
    unlisted : tuple of str
        Industries that stand for many, so that they have no stage ("SERV").
    unit, source, name, classification
        What the numbers are.
    """

    flows: Array
    years: tuple[int, ...]
    regions: list[str]
    industries: list[str]
    unlisted: tuple[str, ...] = ()
    unit: str = ""
    source: str = ""
    name: str = "gross trade"
    classification: str | None = None

    def __post_init__(self) -> None:
        """Check the shape and the signs, and freeze the flows."""
        shape = (len(self.years), len(self.regions), len(self.industries), len(self.regions))
        if self.flows.shape != shape:
            raise TableError(f"The flows of {self.name} have the shape {self.flows.shape}; their labels need {shape}.")
        if not (self.flows >= 0).all():
            year, origin, industry, _ = np.argwhere(~(self.flows >= 0))[0]
            where = f"{self.regions[origin]} {self.industries[industry]} in {self.years[year]}"
            raise TableError(f"Gross flows are not negative and not missing; those of {where} are. Correct them.")
        if list(self.years) != sorted(set(self.years)):
            raise TableError(f"The years of {self.name} must rise, each once; they are {self.years}.")
        self.flows.flags.writeable = False

    @property
    def year(self) -> int:
        """Latest year, whose members groups have in all years."""
        return self.years[-1]

    @property
    def label(self) -> str:
        """Name with the years."""
        span = str(self.year) if len(self.years) == 1 else f"{self.years[0]} to {self.year}"
        return self.name if span in self.name else f"{self.name}, {span}"

    @cached_property
    def index(self) -> pd.MultiIndex:
        """Pairs of region and industry."""
        return pd.MultiIndex.from_product([self.regions, self.industries], names=["region", "industry"])

    def position(self, year: int) -> int:
        """Position of a year; an error names those there are."""
        if year not in self.years:
            raise unknown(f"year of {self.name}", year, self.years)
        return self.years.index(year)

    def between(self, years: Iterable[int]) -> GrossTrade:
        """Return the account of some of its years."""
        chosen = sorted(set(years))
        if not chosen:
            raise OptionError("No year was asked for.")
        positions = [self.position(year) for year in chosen]
        return self._but(self.flows[positions], tuple(chosen))

    def _but(self, flows: Array, years: tuple[int, ...]) -> GrossTrade:
        labels = (self.regions, self.industries, self.unlisted, self.unit, self.source, self.name, self.classification)
        return GrossTrade(flows, years, *labels)

    def caption(self, measure: str, unit: str, **more: Any) -> dict[str, Any]:
        """Return what a result's `attrs` say of it."""
        return {
            "measure": f"{measure}, gross trade at current prices",
            "unit": unit,
            "table": self.label,
            "year": list(self.years),
            "source": self.source,
            **more,
        }

    def __repr__(self) -> str:
        """One line: what, size, unit."""
        size = f"{len(self.regions)} regions x {len(self.industries)} industries"
        return f"<GrossTrade {self.label}: {size}, {self.unit or 'unit not stated'}>"


def load(*, years: int | Sequence[int] | None = None) -> GrossTrade:
    """Load the shipped account of gross trade: 81 economies, 27 goods industries and services, 2011 to 2022.

    Parameters
    ----------
    years : int or sequence of int, optional
        All by default.

    Returns
    -------
    GrossTrade, in M USD, exact to 500 USD for each flow.

    Raises
    ------
    UnknownLabelError
        A year that is not there.

    See Also
    --------
    of_tables : the account of tables of one's own.

    References
    ----------
    OECD (2025), OECD Inter-Country Input-Output Tables, http://oe.cd/icio.

    Examples
    --------
    >>> load(years=2022)
    <GrossTrade Gross trade (OECD ICIO, 2025 edition), 2022: 81 regions x 28 industries, M USD>
    """
    path = shipped_path("trade", "gross_trade.parquet")
    if not path.is_file():
        raise ReadError(f"The shipped account of trade is missing ({str(path)!r}); reinstall io-linkage.")
    frame = pd.read_parquet(path)
    first, regions, industries = (list(frame.index.unique(level)) for level in ("year", "region", "industry"))
    flows = frame.to_numpy(np.float64) * _PER_UNIT
    about = facts("trade")
    account = GrossTrade(
        flows.reshape(len(first), len(regions), len(industries), len(regions)),
        tuple(int(year) for year in first),
        regions,
        industries,
        ("SERV",),
        about["unit"],
        about["source"],
        about["title"],
        about["classification"],
    )
    return account if years is None else account.between([years] if isinstance(years, int) else years)


def of_tables(tables: Iterable[MRIOTable]) -> GrossTrade:
    r"""Make the account of gross trade of tables, so that it can be set beside the shipped one.

    .. math:: X_{r i s} = \max(\sum_{j \in s} z_{ij} + y_{is}, 0), \quad i \in r

    Parameters
    ----------
    tables : iterable of MRIOTable
        With the same regions and industries, one for each year.

    Returns
    -------
    GrossTrade

    See Also
    --------
    load : the shipped account.

    Examples
    --------
    >>> import io_linkage as iol
    >>> of_tables([iol.load(year=2011)]).flows.shape
    (1, 21, 35, 21)
    """
    by_year: dict[int, Array] = {}
    last = None
    for year, table in dated(tables):
        M, _ = groups_by(table, "region")
        cube = np.zeros((len(table.regions), len(table.industries), len(table.regions)))
        sold = table.accounts.Z @ M + table.demand_by_region.to_numpy()
        cube[table.region_codes, table.industry_codes] = np.maximum(sold, 0.0)
        by_year[year], last = cube, table
    assert last is not None
    years = tuple(sorted(by_year))
    return GrossTrade(
        np.stack([by_year[year] for year in years]),
        years,
        list(last.regions),
        list(last.industries),
        unit=last.unit,
        source=last.source,
        name=f"Gross trade of {last.name.replace(str(last.year), '').replace('  ', ' ').strip()}",
        classification=last.classification,
    )
