"""EORA26: the zip of one year in basic (bp) or purchasers' prices (pp), or its folder.

Why a reader of our own
-----------------------
`pymrio.parse_eora26` drops the row and column ROW, Eora's own statistical discrepancy, so that neither side adds up to
output; finds the labels only inside the zip (given a zip, it looks for indices.zip in a folder named like the zip); and
wants the file names of one release. Here what industries sell to ROW is a final-demand column of their own region
called `sales to ROW (discrepancy)` and what they buy from it a primary input, so both sides keep all that is published.

Layout
------
Tab-separated numbers without labels, Eora26_<year>_bp_T.txt (flows), _FD.txt (final demand), _VA.txt (primary inputs),
_Q.txt and _QY.txt (satellite accounts); labels in labels_T.txt, labels_FD.txt, labels_VA.txt, labels_Q.txt, in the zip,
in indices.zip beside it, or in the folder. Money is in thousands of USD.
"""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from io_linkage.accounts import Satellite
from io_linkage.errors import ReadError, unknown
from io_linkage.leontief import Array
from io_linkage.readers import sources
from io_linkage.readers.delimited import read_matrix
from io_linkage.readers.raw import Raw
from io_linkage.readers.reader import reader

_BLOCK = re.compile(r"_(\d{4})_(bp|pp)_(T|FD|VA|Q|QY)\.txt$", re.IGNORECASE)
DISCREPANCY = "ROW"
SALES = "sales to ROW (discrepancy)"
PURCHASES = "purchases from ROW (discrepancy)"

Names = Literal["eora", "full"]
Mask = npt.NDArray[np.bool_]


def is_eora(path: Path) -> bool:
    """Whether a path holds EORA26 blocks."""
    return any((match := _BLOCK.search(entry.name)) and match[3].upper() == "T" for entry in _all(path))


def parse(path: Path, *, year: int | None = None, price: Literal["bp", "pp"] = "bp", names: Names = "eora") -> Raw:
    """Read EORA26.

    Parameters
    ----------
    path : Path
    year : int, optional
        Needed where a folder holds several years.
    price : {"bp", "pp"}
        Basic or purchasers' prices, where both are there.
    names : {"eora", "full"}
        Region codes, or names in full.
    """
    blocks, found_year = _blocks(path, year, price)
    labels = _labels(path)
    T = labels["T"]
    regions = [row[0 if names == "full" else 1] for row in T]
    index = pd.MultiIndex.from_arrays([regions, [row[3] for row in T]], names=["region", "industry"])
    own = np.array([row[1] != DISCREPANCY for row in T])
    demand = pd.MultiIndex.from_arrays(
        [[row[0 if names == "full" else 1] for row in labels["FD"]], [row[3] for row in labels["FD"]]],
        names=["region", "category"],
    )
    own_demand = np.array([row[1] != DISCREPANCY for row in labels["FD"]])
    flows = _numbers(blocks, "T", (len(T), len(T)))
    final = _numbers(blocks, "FD", (len(T), len(demand)))
    inputs = _numbers(blocks, "VA", (len(labels["VA"]), len(T)))
    kept = index[own]
    Y = pd.DataFrame(final[np.ix_(own, own_demand)], index=kept, columns=demand[own_demand])
    V = pd.DataFrame(inputs[:, own], index=[_primary_name(row) for row in labels["VA"]], columns=kept)
    notes: tuple[str, ...] = ()
    if not own.all():
        Y, V = _with_discrepancy(Y, V, flows, final, own, own_demand)
        notes = (f"Eora's discrepancy {DISCREPANCY} is kept as {SALES!r} and {PURCHASES!r}",)
    if ("Q" in blocks) != ("Q" in labels):
        missing = "labels_Q.txt" if "Q" in blocks else "block Q"
        notes = (*notes, f"the satellite accounts were left out: {missing} is missing")
    Z = pd.DataFrame(flows[np.ix_(own, own)] if not own.all() else flows, index=kept, columns=kept, copy=False)
    return Raw(
        Z,
        Y,
        V,
        satellites=_satellites(blocks, labels, index, own),
        va_rows=tuple(name for name in V.index if name != PURCHASES),
        year=found_year,
        unit="K USD",
        source=f"EORA26 ({'basic' if price == 'bp' else 'purchasers'} prices; Lenzen et al. 2013)",
        name="EORA26",
        notes=notes,
    )


def _with_discrepancy(
    Y: pd.DataFrame, V: pd.DataFrame, flows: Array, final: Array, own: Mask, own_demand: Mask
) -> tuple[pd.DataFrame, pd.DataFrame]:
    sold = flows[np.ix_(own, ~own)].sum(axis=1) + final[np.ix_(own, ~own_demand)].sum(axis=1)
    codes, regions = pd.factorize(Y.index.get_level_values(0))
    extra = np.zeros((len(Y), len(regions)))
    extra[np.arange(len(Y)), codes] = sold
    columns = pd.MultiIndex.from_product([regions, [SALES]], names=Y.columns.names)
    bought = flows[np.ix_(~own, own)].sum(axis=0)
    return (
        pd.concat([Y, pd.DataFrame(extra, index=Y.index, columns=columns)], axis=1),
        pd.concat([V, pd.DataFrame([bought], index=[PURCHASES], columns=V.columns)]),
    )


def _satellites(
    blocks: dict[str, sources.Entry], labels: dict[str, list[list[str]]], index: pd.MultiIndex, own: Mask
) -> dict[str, Satellite]:
    if "Q" not in blocks or "Q" not in labels:
        return {}
    rows = [" | ".join(cell for cell in row[:2] if cell) for row in labels["Q"]]
    units = [_unit(row) for row in labels["Q"]]
    values = _numbers(blocks, "Q", (len(rows), len(index)))
    names = pd.Index(rows, name="stressor")
    F = pd.DataFrame(values[:, own], index=names, columns=index[own])
    return {"Q": Satellite("Q", F, pd.Series(units, index=names))}


def _unit(row: list[str]) -> str:
    """Return the unit of an account: what stands last in brackets in its name."""
    brackets = re.findall(r"\(([^()]*)\)", row[0]) or re.findall(r"\(([^()]*)\)", " ".join(row))
    return str(brackets[-1]) if brackets else ""


def _primary_name(row: list[str]) -> str:
    cells = [cell for cell in row if cell and cell.lower() != "primary inputs"]
    return cells[0] if cells else "primary inputs"


def _all(path: Path) -> list[sources.Entry]:
    """Entries of a path, those of zips inside a folder included."""
    entries = sources.entries(path)
    if not path.is_dir():
        return entries
    inside = [e for z in sorted(path.rglob("*.zip")) if "eora" in z.name.lower() for e in sources.entries(z)]
    return [*entries, *inside]


def _blocks(path: Path, year: int | None, price: str) -> tuple[dict[str, sources.Entry], int]:
    by_year: dict[tuple[int, str], dict[str, sources.Entry]] = {}
    for entry in _all(path):
        if match := _BLOCK.search(entry.name):
            by_year.setdefault((int(match[1]), match[2].lower()), {})[match[3].upper()] = entry
    years = sorted({one for one, _ in by_year})
    if year is None and len(years) > 1:
        raise ReadError(f"{str(path)!r} holds several years; say which with year=... ({', '.join(map(str, years))}).")
    chosen = years[0] if year is None else year
    if chosen not in years:
        raise unknown("year", chosen, years)
    prices = sorted(p for y, p in by_year if y == chosen)
    blocks = by_year.get((chosen, price)) or (by_year[chosen, prices[0]] if len(prices) == 1 else {})
    missing = [one for one in ("T", "FD", "VA") if one not in blocks]
    if missing:
        raise ReadError(f"{str(path)!r} lacks the blocks {', '.join(missing)} of {chosen} in {price}. Fetch it again.")
    return blocks, chosen


def _labels(path: Path) -> dict[str, list[list[str]]]:
    places = [path, *(beside for beside in (path.parent / "indices.zip", path / "indices.zip") if beside.is_file())]
    labels: dict[str, list[list[str]]] = {}
    for place in places:
        for entry in _all(place):
            match = re.fullmatch(r"labels_(T|FD|VA|Q)\.txt", PurePosixPath(entry.name).name, re.IGNORECASE)
            if match and match[1].upper() not in labels:
                with entry.open() as stream:
                    lines = sources.decode(stream.read()).splitlines()
                labels[match[1].upper()] = [
                    [cell.strip() for cell in line.split("\t")] for line in lines if line.strip()
                ]
    missing = [one for one in ("T", "FD", "VA") if one not in labels]
    if missing:
        raise ReadError(
            f"{str(path)!r} has no labels ({', '.join(f'labels_{one}.txt' for one in missing)}). Put indices.zip of "
            "the same download beside it."
        )
    return labels


def _numbers(blocks: dict[str, sources.Entry], block: str, shape: tuple[int, int]) -> Array:
    values = read_matrix(blocks[block], sep="\t", header_rows=0, label_columns=0).values
    # Eora ends its lines with a tab, which makes a last column without numbers.
    if values.shape[1] == shape[1] + 1 and np.isnan(values[:, -1]).all():
        values = values[:, :-1]
    if values.shape != shape:
        raise ReadError(
            f"{blocks[block].name!r} has {values.shape[0]} x {values.shape[1]} numbers; its labels need {shape[0]} x "
            f"{shape[1]}. It is cut short, or the labels are another release's."
        )
    return values


EORA = reader(
    "eora26",
    "EORA26 (Eora26_<year>_bp.zip with its labels, or a folder)",
    is_eora,
    parse,
    options=("price", "names"),
    beside=lambda path: [labels] if (labels := path.parent / "indices.zip").is_file() else [],
)
