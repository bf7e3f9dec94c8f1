"""Text tables whose labels are one word each, region and code joined: OECD ICIO and FIGARO.

Why a reader of our own
-----------------------
pymrio's `parse_oecd` sorts the labels by alphabet, so industries stand in another order than published; drops the
published output (row and column OUT); finds files only under the names `ICIO<edition>_<year>`, although the small
download is called `<year>_SML.csv` and the extended one `<year>.csv`; always joins the split rows of China and Mexico;
and has no reader for the 2025 edition. pymrio has no reader for FIGARO.

Layout
------
First line and first column hold labels such as `CHN_C26` (`HC_CHN` for demand in the edition of 2016). A label that
stands both in the rows and the columns is an industry. Other columns are final demand (`CHN_HFCE`) or totals (`OUT`);
other rows are primary inputs (`TLS`, `VA`, `W2_D1`) or totals.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd

from io_linkage.errors import ReadError, TableError, require_option, unknown
from io_linkage.leontief import Array
from io_linkage.readers import sources
from io_linkage.readers.delimited import Matrix, read_matrix, separator
from io_linkage.readers.figaro_flat import is_flat, read_flat
from io_linkage.readers.one_sided import refuse_mistyped
from io_linkage.readers.raw import Raw
from io_linkage.readers.reader import reader

TOTALS = frozenset(("OUT", "OUTPUT", "TOTAL", "TTL", "GO", "X"))
#: The parts into which the OECD splits China and Mexico (processing trade, global manufacturers).
PARTS = {"CN1": "CHN", "CN2": "CHN", "CN3": "CHN", "CN4": "CHN", "MX1": "MEX", "MX2": "MEX", "MX3": "MEX"}
_ICIO_DEMAND = re.compile(r"(^|_)(HFCE|NPISH|GGFC|GFCF|INVNT|INV|DPABR|P33|HC|NPS|DIRP|FD)(_|$)")
_FIGARO_DEMAND = re.compile(r"_(P3_S1[345]|P51G|P5M)$")
_ICIO_INPUTS = re.compile(r"^(VA|VALU|TLS|TXS_\w+|(\w+_)?TAXSUB|\w+_VALU)$")
_FIGARO_INPUTS = re.compile(r"_(D1|D29X39|B2A3G|B1G|D21X31|OP_RES|OP_NRES)$")
#: Beginning of FIGARO's labels of the rest of the world, once FIGW1, whose code holds an underscore itself.
_REST_OF_WORLD = "WRL_REST_"
#: Column of the edition of 2016 with what rows miss.
_DISCREPANCY = "DISC"
_CODE = re.compile(r"^[A-Za-z0-9]{2,6}_[A-Za-z0-9].*$")
_YEAR = re.compile(r"(?<!\d)(19[6-9]\d|20[0-4]\d)(?!\d)")

Split = Literal["join", "keep"]


def is_icio(path: Path) -> bool:
    """Whether a file, archive or folder holds OECD inter-country tables."""
    return bool(_tables(path, _ICIO_DEMAND))


def is_figaro(path: Path) -> bool:
    """Whether a file, archive or folder holds FIGARO tables."""
    return bool(_tables(path, _FIGARO_DEMAND))


def parse_icio(path: Path, *, year: int | None = None, split: Split = "join") -> Raw:
    """Read an OECD inter-country input-output table.

    Parameters
    ----------
    path : Path
        The CSV, the zip of several years as downloaded, or a folder of CSVs.
    year : int, optional
        Which year; needed where there are several.
    split : {"join", "keep"}
        Add the parts of China (CN1, CN2) and Mexico (MX1, MX2) of the extended tables to CHN and MEX, or keep them.
    """
    require_option("split", split, ("join", "keep"))
    entry, found_year, edition = _choose(path, _ICIO_DEMAND, year, "OECD ICIO table")
    raw = _parse(entry, path)
    if split == "join":
        raw = _joined(raw)
    # Codes tell the edition where the name does not: 01T02 until 2021, A01_02 in 2023, A01 in 2025.
    codes = list(dict.fromkeys(raw.Z.index.get_level_values(1)))
    edition = edition or (
        "2023" if "A01_02" in codes else "2025" if "A01" in codes else "2021" if "01T02" in codes else ""
    )
    named = f"OECD ICIO ({edition} edition)" if edition else "OECD ICIO"
    return raw.but(
        year=found_year,
        unit="M USD",
        source=f"OECD Inter-Country Input-Output tables{f', {edition} edition' if edition else ''}",
        name=named,
        va_rows=tuple(row for row in raw.V.index if row in ("VA", "VALU")) or None if raw.V is not None else None,
        notes=(*raw.notes, *_unknown_inputs(raw, _ICIO_INPUTS)),
    )


def parse_figaro(path: Path, *, year: int | None = None) -> Raw:
    """Read a FIGARO table (Eurostat), in M EUR: matrix or flat format, by industries or by products.

    Rows W2_D21X31 (taxes on products) and W2_OP_RES, W2_OP_NRES (purchases of residents abroad and of non-residents)
    are not value added.
    """
    entry, found_year, edition = _choose(path, _FIGARO_DEMAND, year, "FIGARO table")
    raw, system = _without_cpa(_parse(entry, path))
    rows = () if raw.V is None else tuple(row for row in raw.V.index if re.search(r"_(D1|D29X39|B2A3G|B1G)$", row))
    return raw.but(
        year=found_year,
        unit="M EUR",
        source=f"Eurostat FIGARO{f', {edition} edition' if edition else ''}",
        name=f"FIGARO{system}",
        va_rows=rows or None,
        notes=(*raw.notes, *_unknown_inputs(raw, _FIGARO_INPUTS)),
    )


def _without_cpa(raw: Raw) -> tuple[Raw, str]:
    """Products carry the code of their industry after CPA_; without it both kinds have the same industries."""
    pairs = [(region, code.removeprefix("CPA_")) for region, code in raw.Z.index]
    if pairs == list(raw.Z.index):
        return raw, ""
    index = pd.MultiIndex.from_tuples(pairs, names=raw.Z.index.names)
    note = "the table is product by product; its products have the codes of the industries that mainly make them"
    return raw.but(
        Z=raw.Z.set_axis(index, axis=0).set_axis(index, axis=1),
        Y=raw.Y.set_axis(index, axis=0),
        V=None if raw.V is None else raw.V.set_axis(index, axis=1),
        x=None if raw.x is None else raw.x.set_axis(index),
        notes=(*raw.notes, note),
    ), ", product by product"


def _tables(path: Path, demand: re.Pattern[str]) -> list[sources.Entry]:
    entries = []
    for entry in sources.entries(path):
        if entry.suffix not in (".csv", ".txt", ".tsv") or not entry.size:
            continue
        first = sources.text_lines(entry, 1)
        flat = bool(first) and demand is _FIGARO_DEMAND and is_flat(first[0])
        if flat or (first and _looks_like(first[0], demand)):
            entries.append(entry)
    return entries


def _looks_like(line: str, demand: re.Pattern[str]) -> bool:
    labels = [cell.strip().strip('"') for cell in line.split(separator(line))][1:]
    if len(labels) < 4:
        return False
    own = sum(bool(demand.search(label)) for label in labels)
    return own >= 2 and sum(bool(_CODE.match(label)) for label in labels) >= 0.9 * (len(labels) - 2)


def _choose(path: Path, demand: re.Pattern[str], year: int | None, what: str) -> tuple[sources.Entry, int | None, str]:
    tables = {entry.name: entry for entry in _tables(path, demand)}
    if not tables:
        raise ReadError(
            f"{str(path)!r} holds no {what}: no CSV in it begins with labels of countries and industries such as "
            f"{'CHN_C26 and CHN_HFCE' if 'HFCE' in demand.pattern else 'CN_C26 and CN_P3_S14'}. It has: "
            f"{', '.join(entry.name for entry in sources.entries(path)[:6]) or 'nothing'}."
        )
    years = {name: _year_of(Path(name).name) for name in tables}
    if len(tables) > 1:
        known = sorted({one for one in years.values() if one is not None})
        if year is None:
            raise ReadError(
                f"{str(path)!r} holds {len(tables)} tables; say which with year=... ({', '.join(map(str, known))})."
            )
        matching = [name for name, one in years.items() if one == year]
        if not matching:
            raise unknown("year", year, known)
        if len(matching) > 1:
            raise ReadError(
                f"{str(path)!r} holds {len(matching)} tables for {year}: {', '.join(matching)}. Pass one file."
            )
        name = matching[0]
    else:
        name = next(iter(tables))
        if year is not None and years[name] is not None and years[name] != year:
            raise unknown("year", year, [years[name]])
    edition = re.search(r"ICIO[-_]?(20\d\d)[-_](?=\d{4})", Path(name).name) or re.search(r"_(\d\d)ed", Path(name).name)
    label = "" if edition is None else edition[1] if len(edition[1]) == 4 else f"20{edition[1]}"
    return tables[name], years[name] if years[name] is not None else year, label


def _year_of(name: str) -> int | None:
    years = _YEAR.findall(name)
    return int(years[-1]) if years else None


def _parse(entry: sources.Entry, path: Path) -> Raw:
    first = sources.text_lines(entry, 1)[0]
    sep = separator(first)
    if is_flat(first):
        matrix = read_flat(entry)
    else:
        matrix = read_matrix(entry, sep=sep, header_rows=1, label_columns=1, cut=_square_part(first, sep))
    columns, rows = matrix.header[0], [row[0] for row in matrix.rows]
    in_rows, in_columns = set(rows), set(columns)
    industry_rows = [i for i, label in enumerate(rows) if label in in_columns and label.upper() not in TOTALS]
    industry_columns = [j for j, label in enumerate(columns) if label in in_rows and label.upper() not in TOTALS]
    _require_square(rows, columns, industry_rows, industry_columns, entry.name)
    primary = [i for i, label in enumerate(rows) if label not in in_columns and label.upper() not in TOTALS]
    demand = [j for j, label in enumerate(columns) if label not in in_rows and label.upper() not in TOTALS]
    unplaced = [j for j in demand if columns[j].upper() == _DISCREPANCY]
    demand = [j for j in demand if j not in unplaced]
    order = {columns[j]: j for j in industry_columns}
    industry_columns = [order[rows[i]] for i in industry_rows]
    index = pd.MultiIndex.from_tuples([_pair(rows[i]) for i in industry_rows], names=["region", "industry"])
    regions = set(index.get_level_values(0))
    names = [_demand_pair(columns[j], regions, entry.name) for j in demand]
    refuse_mistyped(entry.name, [_parted(rows[i]) for i in primary], names, list(index), between="_")
    Y = pd.DataFrame(
        _block(matrix, industry_rows, demand),
        index=index,
        columns=pd.MultiIndex.from_tuples(names, names=["region", "category"]),
        copy=False,
    )
    Y, discrepancy = _with_discrepancy(Y, matrix, industry_rows, unplaced)
    V = pd.DataFrame(_block(matrix, primary, industry_columns), index=[rows[i] for i in primary], columns=index)
    x, notes = _output(matrix, rows, columns, industry_rows, industry_columns, index)
    moved = {label.partition("_")[0]: name[0] for label, name in zip((columns[j] for j in demand), names, strict=True)}
    moved = {whole: part for whole, part in moved.items() if PARTS.get(part) == whole}
    notes += discrepancy
    notes += tuple(f"final demand of {whole} stands under {part}, its first part" for whole, part in moved.items())
    Z = pd.DataFrame(_block(matrix, industry_rows, industry_columns), index=index, columns=index, copy=False)
    return Raw(Z, Y, V if len(V) else None, x, notes=notes)


def _with_discrepancy(
    Y: pd.DataFrame, matrix: Matrix, rows: list[int], columns: list[int]
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Put the discrepancy of a row, which the edition of 2016 gives no buyer, into final demand of its own region."""
    if not columns:
        return Y, ()
    gap = _block(matrix, rows, columns).sum(axis=1)
    regions = list(dict.fromkeys(Y.index.get_level_values(0)))
    placed = {(region, _DISCREPANCY): np.where(Y.index.get_level_values(0) == region, gap, 0.0) for region in regions}
    extra = pd.DataFrame(placed, index=Y.index)
    extra.columns = pd.MultiIndex.from_tuples(list(placed), names=Y.columns.names)
    note = "the column DISC (discrepancies of rows) has no region; it stands in final demand of the row's own region"
    return pd.concat([Y, extra], axis=1), (note,)


def _square_part(line: str, sep: str) -> int | None:
    """How many columns stand before final demand, where all industries come first."""
    labels = [cell.strip().strip('"') for cell in line.split(sep)][1:]
    other = [
        bool(_ICIO_DEMAND.search(label) or _FIGARO_DEMAND.search(label) or label.upper() in TOTALS) for label in labels
    ]
    if True not in other:
        return None
    at = other.index(True)
    return at if at and all(other[at:]) else None


def _block(matrix: Matrix, rows: list[int], columns: list[int]) -> Array:
    """Cells of some rows and columns; a view where they stand together in one part, as they nearly always do."""
    width = matrix.values.shape[1]
    if not rows or not columns:
        return np.zeros((len(rows), len(columns)))
    part, shift = (matrix.values, 0) if max(columns) < width else (matrix.rest, width)
    if min(columns) < shift:
        return np.hstack([matrix.values, matrix.rest])[np.ix_(rows, columns)]
    where = [column - shift for column in columns]
    together = rows == list(range(rows[0], rows[-1] + 1)) and where == list(range(part.shape[1]))
    return part[rows[0] : rows[-1] + 1] if together else part[np.ix_(rows, where)]


def _require_square(
    rows: list[str], columns: list[str], industry_rows: list[int], industry_columns: list[int], name: str
) -> None:
    for what, labels, chosen in (("rows", rows, industry_rows), ("columns", columns, industry_columns)):
        picked = [labels[i] for i in chosen]
        if len(set(picked)) < len(picked):
            twice = sorted({label for label in picked if picked.count(label) > 1})
            raise TableError(f"{name!r}: labels repeat in the {what}: {', '.join(twice[:5])}. Remove one of each.")
    # In a whole table every label of the form REGION_CODE in the columns that is not demand is a row too.
    likely = [
        label
        for label in columns
        if _CODE.match(label) and not _ICIO_DEMAND.search(label) and not _FIGARO_DEMAND.search(label)
    ]
    if not industry_rows or len(industry_rows) < len(likely):
        absent = [label for label in likely if label not in set(rows)]
        raise ReadError(
            f"{name!r} has {len(industry_rows)} rows of industries for {len(likely)} columns; missing among the rows: "
            f"{', '.join(absent[:4])}, ... The file is cut short, or it is transposed; fetch it again."
        )


def _pair(label: str) -> tuple[str, str]:
    if label.startswith(_REST_OF_WORLD):
        return _REST_OF_WORLD[:-1], label.removeprefix(_REST_OF_WORLD)
    region, _, code = label.partition("_")
    return region, code


def _parted(label: str) -> tuple[str, ...]:
    return _pair(label) if "_" in label else (label,)


def _unknown_inputs(raw: Raw, known: re.Pattern[str]) -> tuple[str, ...]:
    """Say which rows of primary inputs no edition is known to have: a new one, or a mistyped label."""
    strange = [str(row) for row in (() if raw.V is None else raw.V.index) if not known.search(str(row))]
    if not strange:
        return ()
    return (f"rows of primary inputs that no edition is known to have: {', '.join(strange)}; check their labels",)


def _demand_pair(label: str, regions: set[str], name: str) -> tuple[str, str]:
    first, rest = _pair(label)
    if first in regions:
        return first, rest or "final demand"
    # The edition of 2016 writes the category first; a code may hold an underscore itself.
    category, _, region = label.rpartition("_")
    if region in regions:
        return region, category
    # The parts of China and Mexico stand in the rows, the country itself in final demand, or the other way round.
    for part, whole in PARTS.items():
        if first == part and whole in regions:
            return whole, rest
        if first == whole and part in regions:
            return part, rest
    raise unknown(f"region of final demand ({name}, column {label})", first, sorted(regions))


def _output(
    matrix: Matrix,
    rows: list[str],
    columns: list[str],
    industry_rows: list[int],
    industry_columns: list[int],
    index: pd.MultiIndex,
) -> tuple[pd.Series[float] | None, tuple[str, ...]]:
    column = next((j for j, label in enumerate(columns) if label.upper() in TOTALS), None)
    if column is not None:
        return pd.Series(_block(matrix, industry_rows, [column])[:, 0], index=index), ()
    row = next((i for i, label in enumerate(rows) if label.upper() in ("OUT", "OUTPUT", "GO")), None)
    if row is not None:
        return pd.Series(_block(matrix, [row], industry_columns)[0], index=index), ()
    return None, ("the file gives no gross output; it is the sum of the rows",)


def _joined(raw: Raw) -> Raw:
    regions = raw.Z.index.get_level_values(0)
    parts = [part for part in dict.fromkeys(regions) if part in PARTS]
    if not parts:
        return raw
    from io_linkage.readers.joining import join_regions

    wholes = sorted({PARTS[part] for part in parts})
    note = f"{', '.join(parts)} were added to {', '.join(wholes)}; split='keep' keeps them apart"
    return join_regions(raw, {part: PARTS[part] for part in parts}).but(notes=(*raw.notes, note))


ICIO = reader(
    "icio",
    "OECD ICIO (csv, editions 2016 to 2025, or the zip or folder of several years)",
    is_icio,
    parse_icio,
    options=("split",),
)
FIGARO = reader(
    "figaro",
    "FIGARO (csv in matrix or flat format, industry by industry or product by product)",
    is_figaro,
    parse_figaro,
)
