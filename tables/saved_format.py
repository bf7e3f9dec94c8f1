"""Write files whole, and systems in pymrio's own saved format, but small and without time stamps."""

from __future__ import annotations

import io
import json
import os
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

LEAN: dict[str, Any] = {
    "compression": "zstd",
    "compression_level": 9,
    "use_dictionary": False,
    "write_statistics": False,
    "store_schema": False,
}


def write_bytes(path: Path, content: bytes) -> None:
    """Put the whole file in place at once, or leave what was there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def write_parquet(path: Path, frame: pd.DataFrame) -> None:
    """Write a frame small; the same frame gives the same bytes with the same pyarrow and pandas.

    A frame this wide spends more on describing its columns than on its numbers. So column statistics and the
    second copy of the schema are left out, and pandas' own description keeps the labels alone: the types of
    the columns stand in the file's schema anyway.
    """
    table = pa.Table.from_pandas(frame)
    described = json.loads(table.schema.metadata[b"pandas"])
    described["columns"] = [c for c in described["columns"] if c["field_name"] in described["index_columns"]]
    buffer = io.BytesIO()
    with pq.ParquetWriter(buffer, table.schema, **LEAN) as writer:
        writer.write_table(table)
        writer.add_key_value_metadata({"pandas": json.dumps(described, separators=(",", ":"))})
    write_bytes(path, buffer.getvalue())


def write_json(path: Path, content: dict[str, Any]) -> None:
    """Write JSON in the layout pymrio itself uses."""
    write_bytes(path, (json.dumps(content, indent=4, ensure_ascii=False) + "\n").encode())


def write_csv(path: Path, frame: pd.DataFrame, **options: Any) -> None:
    """Write a CSV with plain line ends."""
    write_bytes(path, frame.to_csv(lineterminator="\n", **options).encode())


def whole(frame: pd.DataFrame) -> pd.DataFrame:
    """Check that the sums are whole numbers that int32 holds; they then lose nothing in it."""
    values = frame.to_numpy()
    if (values % 1 != 0).any() or np.abs(values).max() >= np.iinfo(np.int32).max:
        raise ValueError("a sum is not a whole number that fits in 32 bits")
    return frame.astype("int32")


def parameters(files: dict[str, tuple[int, int]], **more: str) -> dict[str, Any]:
    """Build the content of pymrio's file_parameters.json."""
    listed = {
        name: {"name": f"{name}.parquet", "nr_index_col": str(rows), "nr_header": str(columns)}
        for name, (rows, columns) in files.items()
    }
    return {"files": listed, **more}


def write_extension(folder: Path, name: str, F: pd.DataFrame, unit: pd.Series, F_Y: pd.DataFrame | None = None) -> None:
    """Write one extension in pymrio's saved format; F_Y is what final demand itself pays or uses."""
    files = {"F": (1, 2), "unit": (1, 1)}
    write_parquet(folder / "F.parquet", F)
    write_parquet(folder / "unit.parquet", unit.rename_axis("stressor").to_frame("unit"))
    if F_Y is not None:
        write_parquet(folder / "F_Y.parquet", F_Y)
        files["F_Y"] = (1, 2)
    write_json(folder / "file_parameters.json", parameters(files, systemtype="Extension", name=name))


def write_system(folder: Path, core: dict[str, pd.DataFrame], metadata: dict[str, Any]) -> None:
    """Write Z, Y, x and unit, in the types they have, with their description in pymrio's saved format."""
    for name in ("Z", "Y", "x", "unit"):
        write_parquet(folder / f"{name}.parquet", core[name])
    files = {"Z": (2, 2), "Y": (2, 2), "x": (2, 1), "unit": (2, 1)}
    write_json(folder / "file_parameters.json", parameters(files, systemtype="IOSystem"))
    write_json(folder / "metadata.json", metadata)
