"""GLORIA: supply and use blocks of up to 164 regions x 120 sectors, csv without labels, thousands of USD.

Why a reader of our own
-----------------------
`pymrio.parse_gloria` wants a folder with three things named exactly as one release names them, given with `year=` and
`version=`; holds the whole transaction matrix of both industries and products, four times the table; and multiplies
three such matrices. GLORIA's supply block is diagonal (each industry makes its own product), so flows between
industries are the use block itself. Here only that block is kept while the file is read, and the supply block is
checked to be diagonal.

Layout
------
`*_T-Results_<year>_<version>_Markup001(full).csv` with rows and columns region by region, within a region industries
and then products; `*_Y-Results_*`, `*_V-Results_*`; satellites `*_TQ-Results_*`, `*_YQ-Results_*`; labels in
GLORIA_ReadMe_<version>.xlsx (sheets Regions, Sectors, Value added and final demand, Satellites). All in one folder, as
zips or unpacked.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from io_linkage.accounts import Satellite
from io_linkage.errors import ReadError, unknown
from io_linkage.leontief import Array
from io_linkage.readers import grid as grids
from io_linkage.readers import sources
from io_linkage.readers.raw import Raw
from io_linkage.readers.reader import reader

_BLOCK = re.compile(r"_(T|Y|V|TQ|YQ)-Results_(\d{4})_\d*([a-z]?\d*[a-z]?)_Markup00(\d)\(full\)\.csv$")


def is_gloria(path: Path) -> bool:
    """Whether a folder holds GLORIA's blocks, unpacked or in zips."""
    return path.is_dir() and any(_BLOCK.search(entry.name) for entry in _all(path))


def parse(path: Path, *, year: int | None = None, price: Literal["bp", "pp"] = "bp", satellites: bool = True) -> Raw:
    """Read GLORIA from the folder of its downloads.

    Parameters
    ----------
    price : {"bp", "pp"}
        Basic (Markup001) or purchasers' (Markup005) prices.
    satellites : bool
        Read the satellite accounts too.
    """
    blocks, chosen = _blocks(path, year, "5" if price == "pp" else "1")
    labels = _labels(path)
    regions, sectors = labels["regions"], labels["sectors"]
    n, G = len(regions) * len(sectors), len(sectors)
    at = np.arange(n)
    industry = (at // G) * 2 * G + at % G
    product = industry + G
    index = pd.MultiIndex.from_product([regions, sectors], names=["region", "industry"])
    Z, x = _use_and_supply(blocks["T"], industry, product)
    final = _rows(blocks["Y"], product)
    inputs = _columns(blocks["V"], industry)
    demand = pd.MultiIndex.from_product([regions, labels["demand"]], names=["region", "category"])
    if final.shape[1] != len(demand) or inputs.shape[0] != len(regions) * len(labels["inputs"]):
        raise ReadError(f"{str(path)!r}: the ReadMe's labels do not fit the blocks; they are of different versions.")
    # A region's inputs stand in rows of its own; together they are one row for each kind.
    V = inputs.reshape(len(regions), len(labels["inputs"]), n).sum(axis=0)
    alive = _alive(Z, x, len(regions), G)
    kept = index[alive]
    return Raw(
        pd.DataFrame(Z[np.ix_(alive, alive)] if not alive.all() else Z, index=kept, columns=kept, copy=False),
        pd.DataFrame(final[alive], index=kept, columns=demand).loc[
            :, np.isin(demand.get_level_values(0), kept.get_level_values(0))
        ],
        pd.DataFrame(V[:, alive], index=labels["inputs"], columns=kept),
        pd.Series(x[alive], index=kept),
        satellites=_satellites(blocks, labels, industry, index, alive) if satellites else {},
        year=chosen,
        unit="K USD",
        source=f"GLORIA ({'basic' if price == 'bp' else 'purchasers'} prices; Lenzen et al. 2022)",
        name="GLORIA",
        classification="GLORIA",
        notes=_notes(index, alive, lacking=satellites and "TQ" not in blocks),
    )


def _notes(index: pd.MultiIndex, alive: npt.NDArray[np.bool_], *, lacking: bool) -> tuple[str, ...]:
    left_out = () if alive.all() else (f"regions without any flows were left out: {', '.join(_dead(index, alive))}",)
    return (*left_out, *(("the folder has no satellite accounts (no *_TQ-Results_*.csv)",) if lacking else ()))


def _alive(Z: Array, x: Array, regions: int, G: int) -> npt.NDArray[np.bool_]:
    """Industries of regions that have any flow."""
    flows = (np.abs(Z).sum(axis=0) + np.abs(Z).sum(axis=1) + np.abs(x)).reshape(regions, G).sum(axis=1)
    return np.repeat(flows > 0, G)


def _dead(index: pd.MultiIndex, alive: npt.NDArray[np.bool_]) -> list[str]:
    return [str(region) for region in dict.fromkeys(index[~alive].get_level_values(0))]


def _batches(entry: sources.Entry, columns: npt.NDArray[np.intp] | None) -> Any:
    """Yield (first row, numbers) of a bare csv, keeping only some columns."""
    import pyarrow as pa
    import pyarrow.csv as pc

    width = sources.text_lines(entry, 1)[0].count(",") + 1
    names = [str(position) for position in range(width)]
    wanted = names if columns is None else [names[position] for position in columns if position < width]
    if columns is not None and len(wanted) < len(columns):
        raise ReadError(f"{entry.name!r} has {width} columns; its labels need {int(columns.max()) + 1}.")
    start = 0
    with entry.open() as stream:
        try:
            reading = pc.open_csv(
                stream,
                pc.ReadOptions(use_threads=False, column_names=names, block_size=max(8 << 20, 64 * width)),
                convert_options=pc.ConvertOptions(
                    column_types=dict.fromkeys(names, pa.float64()), include_columns=wanted
                ),
            )
            for batch in reading:
                yield start, np.column_stack([batch.column(name).to_numpy(zero_copy_only=False) for name in wanted])
                start += batch.num_rows
        except pa.ArrowInvalid as error:
            raise ReadError(f"{entry.name!r} is cut short or damaged: {str(error)[:150]}. Fetch it again.") from error


def _use_and_supply(
    entry: sources.Entry, industry: npt.NDArray[np.intp], product: npt.NDArray[np.intp]
) -> tuple[Array, Array]:
    """Keep the use block and the diagonal of the supply block; refuse a supply block with more than a diagonal."""
    n = len(industry)
    both = np.sort(np.concatenate([industry, product]))
    is_product = np.isin(both, product)
    row_of_product = dict(zip(product.tolist(), range(n), strict=True))
    row_of_industry = dict(zip(industry.tolist(), range(n), strict=True))
    Z, x = np.zeros((n, n)), np.zeros(n)
    seen = 0
    for start, numbers in _batches(entry, both):
        for offset, line in enumerate(numbers):
            position = start + offset
            seen += 1
            if position in row_of_product:
                Z[row_of_product[position]] = line[~is_product]
            elif position in row_of_industry:
                supply = line[is_product]
                own = row_of_industry[position]
                x[own] = supply[own]
                if np.abs(supply).sum() - abs(supply[own]) > 1e-6 * max(np.abs(supply).sum(), 1.0):
                    raise ReadError(
                        f"{entry.name!r}: an industry (row {position + 1}) makes more than its own product, so flows "
                        "between industries need a technology assumption. Convert the table with "
                        "pymrio.parse_gloria(construct=...) and pass the IOSystem."
                    )
    if seen < 2 * n:
        raise ReadError(f"{entry.name!r} has {seen} rows; its labels need {2 * n}. It is cut short; fetch it again.")
    return Z, x


def _rows(entry: sources.Entry, wanted: npt.NDArray[np.intp]) -> Array:
    return np.vstack([numbers for _, numbers in _batches(entry, None)])[wanted]


def _columns(entry: sources.Entry, wanted: npt.NDArray[np.intp]) -> Array:
    return np.vstack([numbers for _, numbers in _batches(entry, wanted)])


def _satellites(
    blocks: dict[str, sources.Entry],
    labels: dict[str, Any],
    industry: npt.NDArray[np.intp],
    index: pd.MultiIndex,
    alive: npt.NDArray[np.bool_],
) -> dict[str, Satellite]:
    if "TQ" not in blocks or labels["satellites"] is None:
        return {}
    values = _columns(blocks["TQ"], industry)[:, alive]
    names = pd.MultiIndex.from_tuples([row[:2] for row in labels["satellites"]], names=["account", "group"])
    unit = pd.Series([row[2] for row in labels["satellites"]], index=names)
    return {"satellite": Satellite("satellite", pd.DataFrame(values, index=names, columns=index[alive]), unit)}


def _all(path: Path) -> list[sources.Entry]:
    entries = sources.entries(path)
    inside = [e for z in sorted(path.rglob("*.zip")) if "gloria" in z.name.lower() for e in sources.entries(z)]
    return [*entries, *inside]


def _blocks(path: Path, year: int | None, markup: str) -> tuple[dict[str, sources.Entry], int]:
    by_year: dict[int, dict[str, sources.Entry]] = {}
    for entry in _all(path):
        match = _BLOCK.search(entry.name)
        # Satellites and primary inputs come in basic prices only.
        if match and match[4] == (markup if match[1] in ("T", "Y") else "1"):
            by_year.setdefault(int(match[2]), {})[match[1]] = entry
    years = sorted(by_year)
    if year is None and len(years) > 1:
        raise ReadError(f"{str(path)!r} holds several years; say which with year=... ({', '.join(map(str, years))}).")
    if year is not None and year not in by_year:
        raise unknown("year", year, years)
    if not years:
        raise ReadError(f"{str(path)!r} has no blocks in these prices.")
    chosen = years[0] if year is None else year
    missing = [block for block in ("T", "Y", "V") if block not in by_year[chosen]]
    if missing:
        raise ReadError(f"{str(path)!r} lacks the blocks {', '.join(missing)} of {chosen}. Fetch it again.")
    return by_year[chosen], chosen


def _labels(path: Path) -> dict[str, Any]:
    files = sorted(path.rglob("GLORIA_ReadMe*.xlsx"))
    if not files:
        raise ReadError(f"{str(path)!r} has no GLORIA_ReadMe_<version>.xlsx, which holds the labels. Put it there.")
    demand = _sheet(files[-1], "Value added and final demand")
    satellites = _sheet(files[-1], "Satellites") if "Satellites" in grids.sheets(files[-1]) else None
    return {
        "regions": _column(_sheet(files[-1], "Regions"), "Region_acronyms"),
        "sectors": _column(_sheet(files[-1], "Sectors"), "Sector_names"),
        "demand": _column(demand, "Final_demand_names"),
        "inputs": _column(demand, "Value_added_names"),
        "satellites": None
        if satellites is None
        else list(
            zip(
                *(_column(satellites, name) for name in ("Sat_indicator", "Sat_head_indicator", "Sat_unit")),
                strict=True,
            )
        ),
    }


def _sheet(file: Path, name: str) -> dict[str, list[str]]:
    rows, _ = grids.cells(file, name)
    header = [str(cell).strip() for cell in rows[0]]
    return {title: [str(row[c]).strip() for row in rows[1:] if c < len(row)] for c, title in enumerate(header) if title}


def _column(sheet: dict[str, list[str]], name: str) -> list[str]:
    if name not in sheet:
        raise ReadError(f"GLORIA's ReadMe has no column {name}; it has {', '.join(sheet)}. Is it another version's?")
    return [cell for cell in sheet[name] if cell]


GLORIA = reader(
    "gloria",
    "GLORIA (folder with its blocks, as zips or csv, and GLORIA_ReadMe_<version>.xlsx)",
    is_gloria,
    parse,
    options=("price", "satellites"),
)
