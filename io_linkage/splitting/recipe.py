"""What is known of the parts of an industry: a recipe is data, and nothing is read into what it does not say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TypeAlias

from io_linkage.errors import OptionError

#: One number for every region, or a number by region; "*" stands for the regions that are not named.
Figure: TypeAlias = "float | Mapping[str, float]"

ELSEWHERE = "*"


@dataclass(frozen=True)
class Part:
    """One part of a split industry.

    Attributes
    ----------
    code : str
        The new industry.
    share : float, mapping of region to float, or None
        Share of the parent's output; None for the part that is the rest, which comes last.
    name : str
    value_added : float or mapping, optional
        Value added per unit of output.
    inputs : mapping of industry to float or mapping
        Input of a product, from wherever it comes, per unit of output. Origins are those of the parent.
    sales : mapping of industry or final-demand category to float or mapping
        Share of output sold to an industry, or to a category of final demand, wherever it is. Destinations are those of
        the parent.
    accounts : mapping of account to float or mapping
        Share of the parent's figure in a satellite account; by default the share of output.
    relative : bool
        Whether `value_added`, `inputs` and `sales` are multiples of the parent's, instead of per unit of output. Tables
        of different makers differ in level; what a part buys beside its parent is a steadier figure.
    """

    code: str
    share: Figure | None = None
    name: str = ""
    value_added: Figure | None = None
    inputs: Mapping[str, Figure] = field(default_factory=dict)
    sales: Mapping[str, Figure] = field(default_factory=dict)
    accounts: Mapping[str, Figure] = field(default_factory=dict)
    relative: bool = False

    def __post_init__(self) -> None:
        """Freeze the mappings."""
        for mapping in ("inputs", "sales", "accounts"):
            object.__setattr__(self, mapping, MappingProxyType(dict(getattr(self, mapping))))


@dataclass(frozen=True)
class Division:
    """One industry and its parts, in some regions or in all.

    Attributes
    ----------
    industry : str
        The parent's code.
    parts : tuple of Part
        The last one is the rest: parent less the others.
    regions : str or tuple of str
        Codes, names or groups; empty for all regions.
    """

    industry: str
    parts: tuple[Part, ...]
    regions: str | tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what no table could be split by."""
        object.__setattr__(self, "parts", tuple(self.parts))
        object.__setattr__(self, "regions", (self.regions,) if isinstance(self.regions, str) else tuple(self.regions))
        if len(self.parts) < 2:
            raise OptionError(
                f"{self.industry!r} is to be split into {len(self.parts)} part; give the parts and, last, the rest."
            )
        codes = [part.code for part in self.parts]
        repeated = sorted({code for code in codes if codes.count(code) > 1})
        if repeated:
            raise OptionError(f"Parts of {self.industry!r} share a code: {', '.join(repeated)}. Give each its own.")
        missing = [part.code for part in self.parts[:-1] if part.share is None]
        if missing:
            raise OptionError(
                f"No share of output is given for {', '.join(missing)} in {self.industry!r}; only the last part, the "
                "rest, goes without."
            )


@dataclass(frozen=True)
class Recipe:
    """Divisions of industries, made for one classification.

    Attributes
    ----------
    divisions : tuple of Division
    name : str
    classification : str or None
        Whose codes the parents are; None for any table that has them.
    source : str
        Where the evidence comes from.
    """

    divisions: tuple[Division, ...]
    name: str = "split"
    classification: str | None = None
    source: str = ""

    def __post_init__(self) -> None:
        """Refuse an industry that is split twice."""
        object.__setattr__(self, "divisions", tuple(self.divisions))
        if not self.divisions:
            raise OptionError(f"The recipe {self.name!r} splits nothing; give it a division.")


def figure_for(figure: Figure, region: str) -> float | None:
    """Return the number for a region, or None where the recipe has none for it."""
    if isinstance(figure, Mapping):
        value = figure.get(region, figure.get(ELSEWHERE))
        return None if value is None else float(value)
    return float(figure)
