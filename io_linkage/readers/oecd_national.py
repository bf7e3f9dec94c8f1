"""The OECD's national input-output tables, editions 2021 to 2025, with imports apart (`THA2022dom.csv`).

Layout
------
First line and first column hold labels. Rows `DOM_A01`: home-made products; `IMP_A01`: imported products, and
`IMP_OTHER`, imports of no product; `TXS_INT_FNL`: taxes less subsidies on products; `VALU`: value added;
`TTL_INT_FNL` and `OUTPUT`: totals. Columns: industries, final uses (`HFCE`, ..., `EXPO` for exports), an empty one
called `..`, `TOTAL`.

Flows are those of home-made products; what industries import is one row of primary inputs, and by product the
satellite account `imports`. Country and year are known from the file's name alone.
"""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd

from io_linkage.accounts import Satellite
from io_linkage.economies import registry
from io_linkage.errors import ReadError
from io_linkage.readers import sources
from io_linkage.readers.delimited import read_matrix, separator
from io_linkage.readers.raw import Raw
from io_linkage.readers.reader import reader

_HOME, _ABROAD = "DOM_", "IMP_"
_OTHER, _TAXES, _VALUE_ADDED = "IMP_OTHER", "TXS_INT_FNL", "VALU"
_INPUTS_TOTAL = "TTL_INT_FNL"
_TOTALS = ("TOTAL", "OUTPUT", "OUT")
IMPORTS = "imports"
#: Rows of V: what industries import, taxes less subsidies on products, value added.
_INPUT_NAMES = [IMPORTS, _TAXES, _VALUE_ADDED]
_NAME = re.compile(r"(?<![A-Za-z])([A-Z]{3})[_-]?((?:19|20)\d\d)(?!\d)")


def is_oecd_national(path: Path) -> bool:
    """Whether a file, or the one file of its kind in an archive or folder, is a national table of the OECD."""
    return bool(_tables(path))


def parse(path: Path, *, year: int | None = None) -> Raw:
    """Read a national table of the OECD: home-made and imported products in rows of their own."""
    entry = _choose(path, year)
    first = sources.text_lines(entry, 1)[0]
    matrix = read_matrix(entry, sep=separator(first), header_rows=1, label_columns=1)
    frame = pd.DataFrame(matrix.values, index=[row[0] for row in matrix.rows], columns=matrix.header[0])
    _require_whole(frame, entry.name)
    codes = [label.removeprefix(_HOME) for label in frame.index if label.startswith(_HOME)]
    uses = [label for label in frame.columns if label not in codes and label not in _TOTALS and label != ".."]
    named = _NAME.search(Path(entry.name).name)
    region = named[1] if named and registry.find(named[1]) else "national"
    index = pd.MultiIndex.from_product([[region], codes], names=["region", "industry"])
    demand = pd.MultiIndex.from_product([[region], uses], names=["region", "category"])
    home = frame.loc[[_HOME + code for code in codes]]
    abroad = frame.loc[[label for label in frame.index if label.startswith(_ABROAD)]]
    taxes, value_added = (frame.loc[label, codes].to_numpy() for label in (_TAXES, _VALUE_ADDED))
    V = pd.DataFrame([abroad[codes].sum().to_numpy(), taxes, value_added], index=_INPUT_NAMES, columns=index)
    x = next((home[label] for label in _TOTALS if label in home), None)
    stressors = pd.Index([label.removeprefix(_ABROAD) for label in abroad.index], name="product")
    imports = Satellite(
        IMPORTS,
        pd.DataFrame(abroad[codes].to_numpy(), index=stressors, columns=index),
        pd.Series("M USD", index=stressors),
        pd.DataFrame(abroad[uses].to_numpy(), index=stressors, columns=demand),
    )
    stated = int(named[2]) if named else year
    return Raw(
        home[codes].set_axis(index).set_axis(index, axis=1),
        home[uses].set_axis(index).set_axis(demand, axis=1),
        V,
        None if x is None else x.set_axis(index),
        satellites={IMPORTS: imports},
        va_rows=(_VALUE_ADDED,),
        year=stated,
        unit="M USD",
        source="OECD Input-Output Tables, national",
        name=f"OECD national table, {region}",
        notes=(
            "imports are apart, as published: flows are of home-made products; imports by product are the satellite "
            f"account {IMPORTS!r}",
        ),
    )


def _tables(path: Path) -> list[sources.Entry]:
    found = []
    for entry in sources.entries(path):
        if entry.suffix not in (".csv", ".txt", ".tsv") or not entry.size:
            continue
        lines = sources.text_lines(entry, 2)
        if len(lines) == 2 and lines[1].lstrip('"').startswith(_HOME) and "EXPO" in lines[0]:
            found.append(entry)
    return found


def _choose(path: Path, year: int | None) -> sources.Entry:
    found = _tables(path)
    if not found:
        raise ReadError(
            f"{str(path)!r} holds no national table of the OECD: no CSV with rows DOM_... and a column EXPO."
        )
    if year is not None:
        found = [entry for entry in found if str(year) in Path(entry.name).name] or found
    if len(found) > 1:
        listed = ", ".join(Path(entry.name).name for entry in found[:6])
        raise ReadError(f"{str(path)!r} holds {len(found)} national tables ({listed}); pass one file.")
    named = _NAME.search(Path(found[0].name).name)
    if year is not None and named and int(named[2]) != year:
        raise ReadError(f"{Path(found[0].name).name!r} is of {named[2]}, not of {year}.")
    return found[0]


def _require_whole(frame: pd.DataFrame, name: str) -> None:
    """Refuse a file that lacks rows or columns, or whose columns do not add up to the totals it states."""
    for what, labels in (("rows", frame.index), ("columns", frame.columns)):
        twice = labels[labels.duplicated()]
        if len(twice):
            raise ReadError(f"{name!r}: {twice[0]!r} stands twice in the {what}. Fetch it again.")
    codes = [label.removeprefix(_HOME) for label in frame.index if label.startswith(_HOME)]
    missing = [code for code in codes if code not in frame.columns]
    missing += [
        label for label in (_TAXES, _VALUE_ADDED, *(_ABROAD + code for code in codes)) if label not in frame.index
    ]
    if missing:
        raise ReadError(f"{name!r} lacks {', '.join(missing[:4])}: it is cut short. Fetch it again.")
    if _INPUTS_TOTAL in frame.index:
        parts = frame.loc[
            [label for label in frame.index if label.startswith((_HOME, _ABROAD))] + [_TAXES], codes
        ].sum()
        gap = (parts - frame.loc[_INPUTS_TOTAL, codes]).abs()
        if not (gap <= 1e-3 * np.maximum(frame.loc[_INPUTS_TOTAL, codes].abs(), 1.0) + 1.0).all():
            raise ReadError(
                f"{name!r}: inputs of {gap.idxmax()} miss the total it states by {gap.max():,.1f}. A row is missing or "
                "changed; fetch it again."
            )


OECD_NATIONAL = reader(
    "oecd_iot",
    "OECD national tables with imports apart (csv such as THA2022dom.csv)",
    is_oecd_national,
    parse,
)
