"""Which inputs an industry cannot do without: the shipped survey, a proxy from cost shares, or a file of one's own."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from io_linkage._shipped import shipped_path
from io_linkage.captions import labelled
from io_linkage.errors import OptionError, ReadError, UnknownLabelError, require_share, unknown
from io_linkage.files import expanded
from io_linkage.leontief import Array
from io_linkage.table import MRIOTable

#: "survey", "cost_share", a frame (products x industries, or x country-industries), or a CSV file of one.
Ratings: TypeAlias = "str | Path | pd.DataFrame"


def ratings(
    table: MRIOTable, *, source: Ratings = "survey", essential_above: float = 0.05, important_above: float = 0.02
) -> pd.DataFrame:
    r"""Ratings of each product for each industry: 1 essential, 0.5 important, 0 neither.

    .. math:: \rho_{pj} = 1 \text{ if } \frac{\sum_s z_{(s,p)j}}{i'z_j} > \epsilon, \; 0.5 \text{ if it is above } \mu,
        \; 0 \text{ otherwise} \quad \text{(the proxy)}

    Parameters
    ----------
    table : MRIOTable
    source : {"survey", "cost_share"}, DataFrame or path
        "survey": analysts' answers to whether production can go on for two months without the input, for the United
        Kingdom in 2020 and the industries of WIOD 2016, carried over to the table's classification as
        ``tables/README.md`` says. The same for all regions.
        "cost_share": a proxy, by the share of the product in the intermediate inputs of each country-industry. What
        is cheap may be essential all the same.
        Or your own, products in the rows and industries (or country-industries) in the columns.
    essential_above, important_above : float
        Shares above which the proxy counts an input as essential or important.

    Returns
    -------
    DataFrame, (products, n), 0, 0.5 or 1. ``attrs["ratings"]`` says where they come from.

    Raises
    ------
    OptionError
        There is no survey for the classification of the table; ratings other than 0, 0.5 and 1; thresholds that
        cross.
    UnknownLabelError, ReadError
        Ratings for other industries; a file that cannot be read.

    References
    ----------
    Pichler, Pangallo, del Rio-Chanona, Lafond & Farmer (2022) and the survey in its replication data.

    See Also
    --------
    run : What a shortage does under these ratings.

    Examples
    --------
    >>> import io_linkage as iol
    >>> rated = ratings(iol.load())
    >>> float(rated.loc["23", ("CHN", "24")]), rated.attrs["ratings"]
    (1.0, 'survey')
    """
    if isinstance(source, pd.DataFrame):
        values, name = _on_table(table, source, "The ratings"), "own"
    elif source == "cost_share":
        values, name = _by_cost_share(table, essential_above, important_above), "proxy by cost share"
    elif source == "survey":
        values, name = _on_table(table, _survey(table), "The survey"), "survey"
    else:
        values, name = _on_table(table, _read(source), str(source)), "own"
    frame = pd.DataFrame(values, index=pd.Index(table.industries, name="product"), columns=table.index)
    return labelled(frame, table.caption("ratings of inputs", "", ratings=name, rows="products", columns="buyers"))


def products(table: MRIOTable) -> Array:
    """Membership of country-industries in products, (products, n)."""
    P = np.zeros((len(table.industries), len(table.index)))
    P[table.industry_codes, np.arange(len(table.index))] = 1.0
    return P


def bought(table: MRIOTable) -> Array:
    """Purchases of each product by each buyer, (products, n); negative flows are no purchases."""
    return np.asarray(products(table) @ purchases(table))


def purchases(table: MRIOTable) -> Array:
    """Z without negative flows, (n, n)."""
    Z = table.accounts.Z
    return np.maximum(Z, 0.0) if Z.size and Z.min() < 0 else Z


def _by_cost_share(table: MRIOTable, essential: float, important: float) -> Array:
    require_share("essential_above", essential)
    require_share("important_above", important)
    if important > essential:
        raise OptionError(
            f"important_above={important:g} is above essential_above={essential:g}. An essential input has the larger "
            "share; exchange them."
        )
    amounts = bought(table)
    total = amounts.sum(axis=0)
    share = np.divide(amounts, total, out=np.zeros_like(amounts), where=total > 0)
    return np.where(share > essential, 1.0, np.where(share > important, 0.5, 0.0))


def _survey(table: MRIOTable) -> pd.DataFrame:
    label = table.classification
    path = shipped_path("criticality", f"{str(label).lower()}.csv")
    if label is None or not path.is_file():
        raise OptionError(
            f"There are no survey ratings for the industries of {table.label} "
            f"({label or 'no known classification'}). Use ratings='cost_share', a proxy, or give your own: a frame or "
            "CSV file with inputs in the rows and users in the columns, of 0, 0.5 and 1."
        )
    return _read(path)


def _read(source: str | Path) -> pd.DataFrame:
    path = expanded(source)
    try:
        frame = pd.read_csv(path, index_col=0, dtype={0: str}, encoding="utf-8-sig")
    except (OSError, ValueError, pd.errors.ParserError, UnicodeDecodeError) as error:
        raise ReadError(
            f"{path} could not be read as ratings ({error}). Use 'survey', 'cost_share', or a CSV file with inputs in "
            "the rows and users in the columns."
        ) from error
    frame.index = frame.index.map(str)
    frame.columns = frame.columns.map(str)
    return frame


def _on_table(table: MRIOTable, frame: pd.DataFrame, what: str) -> Array:
    rows = _reached(table.industries, frame.index, f"{what} (rows)")
    wide = frame.columns.nlevels == 2
    labels: Any = list(table.index) if wide else list(table.index.get_level_values(1))
    columns = _reached(labels, frame.columns, f"{what} (columns)")
    try:
        values: Array = frame.to_numpy(dtype=np.float64)[np.ix_(rows, columns)]
    except (TypeError, ValueError) as error:
        raise OptionError(f"{what}: not all ratings are numbers. Give 1, 0.5 or 0.") from error
    wrong = ~np.isin(values, (0.0, 0.5, 1.0))
    if wrong.any():
        i, j = np.argwhere(wrong)[0]
        given = "empty" if np.isnan(values[i, j]) else f"{values[i, j]:g}"
        raise OptionError(
            f"{what}: the rating of {table.industries[i]} for {' '.join(map(str, table.index[j]))} is {given} "
            f"({int(wrong.sum())} such cells). It must be 1 (essential), 0.5 (important) or 0."
        )
    return values


def _reached(wanted: list[Any], labels: pd.Index[Any], what: str) -> npt.NDArray[np.intp]:
    if labels.has_duplicates:
        raise OptionError(f"{what}: {labels[labels.duplicated()][0]} appears twice. Name each industry once.")
    found = labels.get_indexer(pd.Index(wanted))
    if (found < 0).any():
        missing: UnknownLabelError = unknown(f"industry, missing from {what}:", wanted[int(np.argmin(found))], labels)
        raise missing
    return found
