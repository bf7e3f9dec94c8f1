"""Choosing a part of a table: regions, industries and stages, as shares in [0, 1] per country-industry.

A region or industry is in the selection or not. A stage is a share: an industry that is 40 % emerging counts with
0.4, so that selections add up over stages.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from io_linkage import classifications
from io_linkage.errors import OptionError, StageError, require_option, unknown
from io_linkage.leontief import Array
from io_linkage.table import MRIOTable


@dataclass(frozen=True, eq=False)
class Selection:
    """A part of a table.

    Attributes
    ----------
    share : array, (n,)
        How much of each country-industry is in the selection, 0 to 1.
    label : str
        For captions, e.g. "CHN emerging".
    """

    share: Array
    label: str

    @property
    def indices(self) -> npt.NDArray[np.intp]:
        """Positions with a share above 0."""
        return np.flatnonzero(self.share > 0)


def select(
    table: MRIOTable,
    *,
    regions: str | Iterable[str] | None = None,
    industries: str | Iterable[str] | None = None,
    stage: str | None = None,
    stage_weights: pd.DataFrame | None = None,
) -> Selection:
    """Select country-industries.

    Parameters
    ----------
    table : MRIOTable
    regions : str or list, optional
        Region codes or names, or a group such as "developing"; all by default.
    industries : str or list, optional
        Industry codes; all by default.
    stage : {"traditional", "emerging", "future"}, optional
    stage_weights : DataFrame, (n, stages), optional
        Stage shares to use instead of the shipped central ones.

    Returns
    -------
    Selection

    Raises
    ------
    UnknownLabelError
        Names the nearest labels.
    OptionError
        Nothing with output is selected.

    Examples
    --------
    >>> import io_linkage as iol
    >>> chosen = select(iol.load(), regions="CHN", industries=["30t33", "34t35"])
    >>> chosen.label, chosen.indices.size
    ('CHN 30t33+34t35', 2)
    """
    share = np.ones(len(table.index))
    names = []
    if regions is not None:
        codes = region_codes(table, regions)
        share *= np.isin(table.region_codes, [table.regions.index(code) for code in codes])
        names.append(regions if isinstance(regions, str) else "+".join(codes))
    if industries is not None:
        codes = industry_codes(table, industries)
        share *= np.isin(table.industry_codes, [table.industries.index(code) for code in codes])
        names.append("+".join(codes))
    if stage is not None:
        share *= stage_shares(table, stage, stage_weights)
        names.append(stage)
    label = " ".join(names) or "everything"
    if not (share[table.active] > 0).any():
        raise OptionError(f"The selection ({label}) is empty in {table.label}: none of it has output. Choose another.")
    return Selection(share, label)


def region_codes(table: MRIOTable, wanted: str | Iterable[str]) -> list[str]:
    """Region codes of the table for a code, a name, a group, or a list of them."""
    from io_linkage import economies

    names = [wanted] if isinstance(wanted, str) else list(wanted)
    chosen: list[str] = []
    for name in names:
        codes = [name] if name in table.regions else economies.resolve(table, name)
        chosen.extend(code for code in codes if code not in chosen)
    if not chosen:
        raise OptionError("No region was named.")
    return chosen


def industry_codes(table: MRIOTable, wanted: str | Iterable[str]) -> list[str]:
    """Industry codes of the table for a code, a name as figures show it or as the classification has it, or a list.

    Examples
    --------
    >>> import io_linkage as iol
    >>> industry_codes(iol.load(), ["30t33", "Transport equipment"])
    ['30t33', '34t35']
    """
    names = [wanted] if isinstance(wanted, str) else list(wanted)
    if not names:
        raise OptionError("No industry was named.")
    known = classifications.spellings(table.industries, table.classification)
    codes = []
    for name in names:
        code = name if name in table.industries else known.get(str(name).strip().lower())
        if code is None:
            raise unknown("industry", name, table.industries, names=known)
        codes.append(code)
    return list(dict.fromkeys(codes))


def stage_shares(table: MRIOTable, stage: str, stage_weights: pd.DataFrame | None = None) -> Array:
    """Share of each country-industry in one stage, (n,)."""
    frame = stage_frame(table, stage_weights)
    if stage not in frame.columns:
        raise unknown("stage", stage, frame.columns)
    return frame[stage].to_numpy(dtype=np.float64)


def groups_by(table: MRIOTable, by: str, stage_weights: pd.DataFrame | None = None) -> tuple[Array, pd.Index[str]]:
    """Membership W (n, groups) of country-industries and the names of the groups.

    `by` is "region", "industry", "stage" or "region-stage"; W'q aggregates q, and rows of W sum to 1.
    """
    require_option("by", by, ("region", "industry", "stage", "region-stage"))
    n = len(table.index)
    if by == "region":
        return _indicator(table.region_codes, len(table.regions)), pd.Index(table.regions, name="region")
    if by == "industry":
        return _indicator(table.industry_codes, len(table.industries)), pd.Index(table.industries, name="industry")
    frame = stage_frame(table, stage_weights)
    W = frame.to_numpy(dtype=np.float64)
    names: Sequence[str] = [str(column) for column in frame.columns]
    if by == "stage":
        return W, pd.Index(names, name="stage")
    wide = np.zeros((n, len(table.regions), len(names)))
    wide[np.arange(n), table.region_codes] = W
    labels = pd.MultiIndex.from_product([table.regions, names], names=["region", "stage"])
    return wide.reshape(n, -1), labels


def stage_frame(table: MRIOTable, stage_weights: pd.DataFrame | None = None) -> pd.DataFrame:
    """Stage shares on the table's index, (n, stages): the shipped central ones, or the caller's, checked.

    Raises
    ------
    StageError
        Shares are missing for an industry with output, or do not add up to 1.
    """
    from io_linkage import stages

    if stage_weights is None:
        return stages.weights(table)
    frame = stage_weights.reindex(table.index)
    totals = frame.sum(axis=1, skipna=False).to_numpy(dtype=np.float64)
    off = table.active & ~(np.abs(totals - 1) <= 1e-6)
    if off.any():
        first = int(np.argmax(off))
        sums_to = "missing" if np.isnan(totals[first]) else f"{totals[first]:.6g}"
        raise StageError(
            f"The stage shares of {int(off.sum())} of {int(table.active.sum())} industries with output do not add up "
            f"to 1 or are missing, first {' '.join(map(str, table.index[first]))} ({sums_to}). Give "
            f"every industry of {table.label} its shares, as io_linkage.stages.weights(table, file=...) returns them."
        )
    return frame.fillna(0.0)


def _indicator(codes: npt.NDArray[np.intp], size: int) -> Array:
    W = np.zeros((len(codes), size))
    W[np.arange(len(codes)), codes] = 1.0
    return W
