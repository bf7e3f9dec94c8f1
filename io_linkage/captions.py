"""What a result says of itself: its attrs, and how they stay true when its values are changed.

Every result carries measure, unit, table, year and source in its `attrs`. pandas keeps these through arithmetic, so
that ``spill / 1e3`` would still be labelled M USD. Each result therefore also carries a few of its own cells, the
anchors. A figure compares them with the values it is given, and states no unit where they differ. `scaled`,
`shares` and `like` make new results whose unit is known.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping
from typing import Any, Literal, TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd

from io_linkage.anchors import KEY, anchors, changed
from io_linkage.errors import OptionError, UnitWarning, require_option

Result = TypeVar("Result", bound="pd.DataFrame | pd.Series[Any]")

#: What takes the place of a unit that is not known.
UNSTATED = "unit not stated"


def labelled(result: Result, attrs: Mapping[Any, Any], **more: Any) -> Result:
    """Give a result its attrs, in place of those it has, with anchors of its values.

    Parameters
    ----------
    result : DataFrame or Series
        Changed in place.
    attrs, more
        What it says of itself, usually ``table.caption(measure, unit)``.

    Returns
    -------
    The result itself.
    """
    stated = {**{str(key): value for key, value in attrs.items()}, **more}
    stated.pop(KEY, None)
    cells = anchors(result)
    result.attrs.clear()
    result.attrs.update({**stated, KEY: cells} if cells is not None else stated)
    return result


def described(
    result: pd.DataFrame | pd.Series[Any], unit: str | None = None, *, factor: float = 1.0, own: str | None = None
) -> dict[Any, Any]:
    """Return the attrs of a result for a figure: with another unit, or none where the values have changed.

    Parameters
    ----------
    result : DataFrame or Series
        What is drawn of it.
    unit : str, optional
        In place of the result's own.
    factor : float
        What the figure multiplies by; other than 1 it needs a unit.
    own : str, optional
        How the figure spells the unit of unchanged values, e.g. "stages".

    Returns
    -------
    dict

    Warns
    -----
    UnitWarning
        No unit is given and the values are not those the result was computed with.
    """
    attrs = {key: value for key, value in result.attrs.items() if key != KEY}
    computed = attrs.get("unit")
    if unit is None and (changed(result) or (factor != 1 and computed not in (None, "", UNSTATED))):
        warnings.warn(
            f"{attrs.get('measure') or 'The result'} was computed in {str(computed or 'no unit')!r}, but other values "
            "are drawn, so the figure states no unit. Pass unit=, or make the new values with io_linkage.scaled, "
            "io_linkage.shares or io_linkage.like.",
            UnitWarning,
            stacklevel=4,
        )
        attrs["unit"] = UNSTATED
    elif unit is not None or own is not None:
        attrs["unit"] = own if unit is None else unit
    return attrs


def scaled(result: Result, factor: float, *, unit: str) -> Result:
    r"""Multiply a result by a number and say the new unit.

    .. math:: r'_{ij} = f \, r_{ij}

    Parameters
    ----------
    result : DataFrame or Series
        Columns that hold no numbers are kept as they are.
    factor : float
        E.g. 1e-3 to go from M USD to bn USD.
    unit : str
        Of the new values.

    Returns
    -------
    A new result with the same labels and caption, in `unit`.

    Raises
    ------
    OptionError
        The factor is 0 or not finite, or the result has no numbers.

    See Also
    --------
    shares : Divide by a total.
    like : Give values of your own the labels of a result.

    Examples
    --------
    >>> import io_linkage as iol
    >>> spill = iol.scaled(iol.spillovers.matrix(iol.load()), 1e-3, unit="bn USD")
    >>> round(spill.loc["BRA", "CHN"]), spill.attrs["unit"]
    (27, 'bn USD')
    """
    if not math.isfinite(factor) or factor == 0:
        raise OptionError(f"factor={factor!r} is not possible; give a finite number other than 0.")
    return _new(result, lambda values: values * factor, result.attrs, unit)


def shares(
    result: Result,
    *,
    of: Literal["total", "row", "column"] | pd.Series[Any] | float = "total",
    percent: bool = False,
    whole: str | None = None,
) -> Result:
    r"""Divide a result by what it is a part of.

    .. math:: s_{ij} = r_{ij} / \sum_{kl} r_{kl}, \; r_{ij} / \sum_l r_{il} \;\text{or}\; r_{ij} / \sum_k r_{kj}

    Parameters
    ----------
    result : DataFrame or Series
    of : {"total", "row", "column"}, Series or float
        The sum of all cells, of each row or of each column; or an amount in the unit of the result, one for all or
        one for each row, by its labels. Empty cells are left out of sums.
    percent : bool
        Shares times 100.
    whole : str, optional
        What the shares are of, for the unit: "GDP" gives "share of GDP".

    Returns
    -------
    A new result with the same labels and caption, and the unit "share of ..." or "% of ...". NaN where the whole is
    0 or unknown.

    Raises
    ------
    OptionError
        `of` is not one of these, or a Series has none of the rows.

    See Also
    --------
    scaled : Multiply by a number.

    Examples
    --------
    >>> import io_linkage as iol
    >>> spill = iol.shares(iol.spillovers.matrix(iol.load()), of="row", percent=True)
    >>> float(spill.loc["BRA", "CHN"].round(1)), spill.attrs["unit"]
    (1.3, '% of the row')
    """
    if isinstance(of, str):
        require_option("of", of, ("total", "row", "column"))
        name = {"total": "the total", "row": "the row", "column": "the column"}[of]
    else:
        name = str(of.attrs.get("measure") or of.name or "the whole") if isinstance(of, pd.Series) else "the whole"
    if isinstance(of, pd.Series) and not result.index.isin(of.index).any():
        raise OptionError(
            f"of= has none of the rows of the result: it is by {', '.join(map(str, of.index[:3]))}, the result by "
            f"{', '.join(map(str, result.index[:3]))}. Give a Series with the labels of the rows."
        )

    def parts(values: pd.DataFrame) -> pd.DataFrame:
        divisor: Any = of
        if isinstance(of, pd.Series):
            divisor = of.reindex(values.index).to_numpy(dtype=np.float64)[:, None]
        elif of == "total":
            divisor = np.nansum(values.to_numpy())
        elif of == "row":
            divisor = values.sum(axis=1, min_count=1).to_numpy()[:, None]
        elif of == "column":
            divisor = values.sum(axis=0, min_count=1).to_numpy()[None, :]
        amounts = np.broadcast_to(np.asarray(divisor, dtype=np.float64), values.shape)
        out = np.full(values.shape, np.nan)
        np.divide(values.to_numpy() * (100 if percent else 1), amounts, out=out, where=amounts != 0)
        return pd.DataFrame(out, index=values.index, columns=values.columns)

    return _new(result, parts, result.attrs, f"{'%' if percent else 'share'} of {whole or name}")


def like(
    values: npt.ArrayLike | pd.DataFrame | pd.Series[Any],
    result: Result,
    *,
    unit: str | None = None,
    measure: str | None = None,
) -> Result:
    """Give values the labels and the caption of a result.

    Parameters
    ----------
    values : array, DataFrame or Series
        Of the shape of `result`; what has labels must have those of `result`, in any order.
    result : DataFrame or Series
    unit : str, optional
        Of the values; that of `result` by default.
    measure : str, optional
        What the values are; the measure of `result` by default.

    Returns
    -------
    A new result.

    Raises
    ------
    OptionError
        The shapes or labels differ.

    See Also
    --------
    scaled, shares

    Examples
    --------
    >>> import io_linkage as iol
    >>> import numpy as np
    >>> spill = iol.spillovers.matrix(iol.load())
    >>> logs = iol.like(np.log(spill), spill, unit="logarithm of M USD", measure="spillovers in logarithms")
    >>> logs.attrs["unit"]
    'logarithm of M USD'
    """
    if isinstance(values, pd.DataFrame | pd.Series):
        for side, (own, wanted) in enumerate(zip(values.axes, result.axes, strict=False)):
            if len(own) != len(wanted) or not own.is_unique or (wanted.get_indexer(own) < 0).any():
                raise OptionError(
                    f"The {'columns' if side else 'rows'} of the values are not those of the result. Give the same "
                    "labels, in any order, or the values as an array."
                )
        values = values.reindex(result.index)
        if isinstance(values, pd.DataFrame) and isinstance(result, pd.DataFrame):
            values = values.reindex(columns=result.columns)
    array = np.asarray(values)
    if array.shape != result.shape:
        raise OptionError(f"The values have the shape {array.shape}, the result {result.shape}. Give the same shape.")
    unlabelled: Any
    if isinstance(result, pd.DataFrame):
        unlabelled = pd.DataFrame(array, index=result.index, columns=result.columns)
    else:
        unlabelled = pd.Series(array, index=result.index, name=result.name)
    more = {"measure": measure} if measure is not None else {}
    more |= {"unit": unit} if unit is not None else {}
    new: Result = labelled(unlabelled, result.attrs, **more)
    return new


def _new(result: Result, change: Any, attrs: Mapping[Any, Any], unit: str) -> Result:
    """Change the numbers of a result, in all numeric columns at once."""
    frame = result.to_frame() if isinstance(result, pd.Series) else result
    numeric = [dtype.kind in "fiu" for dtype in frame.dtypes]
    if not any(numeric):
        raise OptionError("The result has no column of numbers.")
    part = frame.loc[:, numeric].astype(np.float64)
    numbers = change(part).to_numpy()
    if isinstance(result, pd.Series):
        bare: Any = pd.Series(numbers[:, 0], index=result.index, name=result.name)
    else:
        kept = [k for k, fits in enumerate(numeric) if fits]
        columns = [
            pd.Series(numbers[:, kept.index(k)], index=frame.index) if numeric[k] else frame.iloc[:, k]
            for k in range(frame.shape[1])
        ]
        bare = pd.concat([_bare(column) for column in columns], axis=1)
        bare.columns = frame.columns
    more = {"units": None} if "units" in attrs else {}
    new: Result = labelled(bare, {key: value for key, value in attrs.items() if key not in more}, unit=unit)
    return new


def _bare(column: pd.Series[Any]) -> pd.Series[Any]:
    column = column.copy(deep=False)
    column.attrs = {}
    return column
