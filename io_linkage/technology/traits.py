"""Which share of each industry's output has a trait: a named one of the stage files, or shares of one's own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from io_linkage import stages
from io_linkage.errors import OptionError, StageError, unknown
from io_linkage.leontief import Array
from io_linkage.stages.matching import matched
from io_linkage.table import MRIOTable

#: A trait of the stage file ("digital", "green", "high_tech", or one of your own), or shares on the table's index.
Trait: TypeAlias = "str | pd.Series[Any]"


def trait_names(table: MRIOTable, traits: str | Sequence[str] | None, stage_file: stages.File) -> tuple[str, ...]:
    """Return the traits asked for, all of the stage file by default.

    Raises
    ------
    UnknownLabelError
        The stage file has no such trait.
    StageError
        It has no traits at all.
    """
    source = matched(table, stage_file)
    if not source.traits:
        raise StageError(
            f"{source.name} has no traits. Add a column such as digital, or trait_ and a name of your own."
        )
    wanted = source.traits if traits is None else (traits,) if isinstance(traits, str) else tuple(traits)
    for name in wanted:
        if name not in source.traits:
            raise unknown("trait", name, source.traits)
    return tuple(wanted)


def trait_shares(table: MRIOTable, trait: Trait, stage_file: stages.File = None) -> tuple[Array, str]:
    """Return the share of each country-industry that has the trait, (n,), and the trait's name.

    Raises
    ------
    UnknownLabelError
        An unknown trait, or a country-industry that the table does not have.
    OptionError
        Shares of one's own outside 0 to 1, or none for an industry with output.
    """
    if isinstance(trait, str):
        trait_names(table, trait, stage_file)
        return stages.traits(table, stage_file=stage_file)[trait].to_numpy(dtype=np.float64), trait
    strange = trait.index[~trait.index.isin(table.index)]
    if len(strange):
        raise unknown("country-industry in the trait", strange[0], table.index)
    shares = trait.reindex(table.index).to_numpy(dtype=np.float64)
    bad = table.active & ~((shares >= 0) & (shares <= 1))
    if bad.any():
        first = int(np.argmax(bad))
        raise OptionError(
            f"The trait is {shares[first]:g} in {' '.join(map(str, table.index[first]))}; each industry with output "
            "needs a share from 0 to 1."
        )
    return np.where(table.active, np.nan_to_num(shares), 0.0), str(trait.name or "trait")


def spelt(name: str) -> str:
    """Return a trait's name as captions spell it.

    Examples
    --------
    >>> spelt("high_tech"), spelt("digital")
    ('high-tech', 'digital')
    """
    return name.replace("_", "-")
