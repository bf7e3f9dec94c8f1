"""Between pymrio's IOSystem and MRIOTable, in both directions, losing nothing."""

from __future__ import annotations

import copy as copying
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from io_linkage import classifications
from io_linkage.accounts import Output, Satellite, ValueAdded
from io_linkage.errors import OptionError, TableError, unknown
from io_linkage.labels import joined
from io_linkage.table import MRIOTable

if TYPE_CHECKING:
    import pymrio

#: Names under which pymrio's parsers and saved systems keep primary inputs.
PRIMARY_EXTENSIONS = (
    "factor_inputs",
    "factor_input",
    "primary_inputs",
    "value_added",
    "va",
    "VA",
    "AA",
    "impacts_va",
)


def from_pymrio(
    io: pymrio.IOSystem,
    *,
    primary: str | None = None,
    output: Output = "rows",
    value_added: ValueAdded = "published",
    va_rows: Sequence[str] | None = None,
    tolerance: float = 0.01,
    year: int | None = None,
    unit: str | None = None,
    source: str | None = None,
    classification: str | None = None,
    name: str | None = None,
    copy: bool = True,
) -> MRIOTable:
    """Make a table from a pymrio IOSystem.

    Parameters
    ----------
    io : pymrio.IOSystem
        With Z and Y. It is not changed.
    primary : str, optional
        The extension that holds the primary inputs; by default the first of `PRIMARY_EXTENSIONS` that is there.
        All other extensions become satellites.
    output, value_added, va_rows, tolerance
        See `MRIOTable.from_frames`.
    year, unit, source, classification, name
        By default taken from the system's metadata and units.
    copy : bool
        Copy the arrays, so that later changes of `io` do not reach the table.

    Returns
    -------
    MRIOTable

    Examples
    --------
    >>> import pymrio
    >>> table = from_pymrio(pymrio.load_test(), value_added="residual")
    >>> table
    <MRIOTable testmrio: 6 regions x 8 industries, Mill USD>
    >>> table.to_pymrio() == pymrio.load_test()
    True
    """
    if io.Z is None or io.Y is None:
        missing = " and ".join(block for block in ("Z", "Y") if getattr(io, block) is None)
        raise TableError(
            f"The IOSystem has no {missing}. Load flows, or call its calc_all() first if it holds coefficients."
        )
    extensions = {key: value for key, value in vars(io).items() if _is_extension(value)}
    chosen = _primary_extension(extensions, primary)
    V = None if chosen is None else _primary_inputs(extensions[chosen], io.Z.columns)
    meta = getattr(io, "meta", None)
    title = name or str(getattr(meta, "name", None) or "IO")
    satellites = {
        key: satellite
        for key, value in extensions.items()
        if key != chosen and (satellite := _satellite(key, value, io.Z.columns)) is not None
    }
    return MRIOTable.from_frames(
        io.Z,
        io.Y,
        V,
        io.x if isinstance(io.x, pd.DataFrame) else None,
        satellites=satellites,
        output=output,
        value_added=value_added,
        va_rows=va_rows,
        tolerance=tolerance,
        year=year if year is not None else _year(meta, title),
        unit=unit if unit is not None else _unit(io.unit),
        source=source if source is not None else str(getattr(meta, "description", None) or ""),
        classification=classification or classifications.recognise(_codes(io)),
        name=title,
        carried=_carried(io, chosen),
        copy=copy,
    )


def to_pymrio(table: MRIOTable) -> pymrio.IOSystem:
    """Return the table as a pymrio IOSystem as it was published.

    Discrepancy columns and rows are left out, flows of industries without output are put back, extensions and
    metadata are those the table came with. A table not made from pymrio gets the extension `factor_inputs` for
    its primary inputs and one extension for each satellite.

    Returns
    -------
    pymrio.IOSystem
    """
    import pymrio

    carried = table.carried
    labels = pd.MultiIndex.from_tuples(list(table.index), names=carried.get("index_names", ("region", "sector")))
    accounts = table.accounts
    Z = accounts.Z.copy()
    if accounts.stray is not None:
        Z[accounts.stray.where] = accounts.stray.rows
        Z[:, accounts.stray.where] = accounts.stray.columns
    own = accounts.own_demand
    demand = carried.get("demand_columns", accounts.demand[own])
    io = pymrio.IOSystem(
        Z=_as_carried(pd.DataFrame(Z, index=labels, columns=labels), carried.get("Z_types")),
        Y=_as_carried(pd.DataFrame(accounts.Y[:, own], index=labels, columns=demand), carried.get("Y_types")),
        unit=pd.DataFrame({"unit": table.unit}, index=labels),
        name=table.name,
        description=table.source or None,
    )
    if accounts.published is not None:
        io.x = pd.DataFrame({"indout": accounts.published}, index=labels)
    for key, value in carried.get("attributes", {}).items():
        setattr(io, key, copying.copy(value))
    if "attributes" not in carried:
        for key, extension in _new_extensions(table, labels).items():
            setattr(io, key, extension)
    return io


def _is_extension(value: object) -> bool:
    # By name, so that a saved system of another pymrio version is accepted too.
    return type(value).__name__ == "Extension"


def _primary_extension(extensions: Mapping[str, Any], asked: str | None) -> str | None:
    if asked is not None:
        if asked not in extensions:
            raise unknown("extension", asked, extensions)
        return asked
    return next((key for key in PRIMARY_EXTENSIONS if key in extensions), None)


def _primary_inputs(extension: Any, columns: pd.Index[Any]) -> pd.DataFrame:
    if extension.F is None:
        raise OptionError(
            f"The extension {extension.name!r} has no flows F, so it cannot hold the primary inputs; name another "
            "with primary=..., or calculate F from S first."
        )
    return _in_order(extension.F, columns, str(extension.name))


def _in_order(F: pd.DataFrame, columns: pd.Index[Any], name: str) -> pd.DataFrame:
    """Return an extension's flows in the order of Z's columns; a label that Z lacks is refused."""
    if F.columns.equals(columns):
        return F
    strange = [label for label in F.columns if label not in columns]
    if strange:
        raise TableError(
            f"The extension {name!r} has columns that Z lacks: {', '.join(map(joined, strange[:3]))}. Give it the "
            "labels of Z."
        )
    return F.reindex(columns=columns)


def _satellite(key: str, extension: Any, columns: pd.Index[Any]) -> Satellite | None:
    if extension.F is None:
        return None
    F = _in_order(extension.F, columns, key)
    if not F.index.is_unique:
        twice = joined(F.index[F.index.duplicated()][0])
        raise TableError(f"The extension {key!r} has the account {twice} more than once. Keep one, or add them up.")
    unit = extension.unit
    strange = [] if unit is None else [label for label in unit.index if label not in F.index]
    if strange:
        raise TableError(
            f"The extension {key!r} states the unit of {joined(strange[0])}, which is none of its accounts. Give both "
            "the same labels."
        )
    units = pd.Series("", index=F.index) if unit is None else unit.iloc[:, 0].reindex(F.index).fillna("").astype(str)
    return Satellite(key, F.astype(np.float64), units, extension.F_Y)


def _unit(unit: pd.DataFrame | None) -> str:
    if unit is None or unit.empty:
        return ""
    kinds = unit.iloc[:, 0].astype(str).unique()
    return str(kinds[0]) if len(kinds) == 1 else "mixed units"


def _codes(io: pymrio.IOSystem) -> list[str]:
    return list(dict.fromkeys(str(code) for code in io.Z.index.get_level_values(-1)))


def _year(meta: Any, title: str) -> int | None:
    stated = getattr(meta, "year", None)
    text = str(stated) if stated else f"{title} {getattr(meta, 'description', '') or ''}"
    matches = re.findall(r"(?<!\d)(?:19[4-9]|20[0-4])\d(?!\d)", text)
    # "WIOD 2013 release 2011": the edition comes first, the year last.
    years = re.findall(r"(?<!\d)(?:19[4-9]|20[0-4])\d(?!\d)", title)
    return int(years[-1]) if years and not stated else int(matches[-1]) if matches else None


def _carried(io: pymrio.IOSystem, primary: str | None) -> dict[str, Any]:
    """Everything of the system that the table itself does not hold."""
    attributes = {
        key: _detached(value)
        for key, value in vars(io).items()
        if key not in ("Z", "Y") and not key.startswith("__") and not (key == "x" and value is None)
    }
    return {
        "index_names": tuple(io.Z.index.names),
        "demand_columns": io.Y.columns,
        "Z_types": io.Z.dtypes,
        "Y_types": io.Y.dtypes,
        "primary": primary,
        "attributes": attributes,
    }


def _detached(value: Any) -> Any:
    if isinstance(value, pd.DataFrame):
        return value.copy(deep=value.shape[0] != value.shape[1])
    if _is_extension(value):
        new = copying.copy(value)
        for key, item in vars(value).items():
            if isinstance(item, pd.DataFrame):
                setattr(new, key, item.copy())
        return new
    return copying.copy(value)


def _as_carried(frame: pd.DataFrame, types: pd.Series[Any] | None) -> pd.DataFrame:
    if types is None or (types == np.float64).all():
        return frame
    return frame.astype(dict(zip(frame.columns, types, strict=True)))


def _new_extensions(table: MRIOTable, labels: pd.MultiIndex) -> dict[str, Any]:
    import pymrio

    own = table.accounts.own_inputs
    primary = table.V.loc[own].set_axis(labels, axis=1)
    primary.index.name = "inputtype"
    extensions = {"factor_inputs": _extension("factor_inputs", primary, pd.Series(table.unit, index=primary.index))}
    for key, satellite in table.satellites.items():
        extensions[key] = _extension(key, satellite.F.set_axis(labels, axis=1), satellite.unit, satellite.F_Y)
    assert all(isinstance(e, pymrio.Extension) for e in extensions.values())
    return extensions


def _extension(name: str, F: pd.DataFrame, unit: pd.Series[str], F_Y: pd.DataFrame | None = None) -> Any:
    import pymrio

    return pymrio.Extension(name, F=F, unit=unit.rename("unit").to_frame(), F_Y=F_Y)


__all__ = ["PRIMARY_EXTENSIONS", "from_pymrio", "to_pymrio"]
