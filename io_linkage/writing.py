"""Writing a table in a form that `load` and other tools read back: pymrio's, or labelled CSV, Excel or Parquet."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd

from io_linkage.errors import OptionError, OutputError, require_option
from io_linkage.files import expanded, require_new, require_not_input, unwritable, working_folder
from io_linkage.spreadsheets import without_time, write_csv, write_rows
from io_linkage.table import MRIOTable

Form = Literal["pymrio", "csv", "xlsx", "parquet"]
FORMS: tuple[Form, ...] = ("pymrio", "csv", "xlsx", "parquet")
#: What pymrio writes at the top of every saved system.
_SAVED = "file_parameters.json"


def save(
    table: MRIOTable,
    path: str | Path,
    *,
    form: Form | None = None,
    overwrite: bool = False,
    inputs: Iterable[str | Path] = (),
) -> Path:
    """Write a table; half-written files are never left.

    Parameters
    ----------
    path : path
        By its ending: a folder or .zip in pymrio's saved form, or .csv, .xlsx, .parquet labelled `region|industry`.
    form : {"pymrio", "csv", "xlsx", "parquet"}, optional
        Where the ending does not say it.
    overwrite : bool
        Replace what is there.
    inputs : iterable of paths
        What the table was read from; it is never replaced, whatever `overwrite` says.

    Returns
    -------
    Path

    Raises
    ------
    OutputError
        The place cannot be written, is taken, or is an input.
    OptionError
        The ending says no form.

    Examples
    --------
    >>> import io_linkage as iol, tempfile
    >>> with tempfile.TemporaryDirectory() as place:
    ...     file = save(iol.load(), f"{place}/world.parquet")
    ...     same = iol.load(file, tolerance=0.2, cache=False)
    >>> same
    <MRIOTable world: 21 regions x 35 industries, unit not stated>
    """
    target = expanded(path)
    chosen = form or _form(target)
    require_option("form", chosen, FORMS)
    try:
        require_not_input(target, inputs)
        _require_place(target, chosen, overwrite=overwrite)
        with working_folder(target.parent) as working:
            written = _written(table, working, target, chosen)
            if target.is_dir():
                # Out of the way first, and only then gone: a folder cannot be replaced in one step.
                target.rename(working / "earlier")
            written.replace(target)
    except OSError as error:
        raise unwritable(target, error) from error
    return target


def _require_place(target: Path, form: Form, *, overwrite: bool) -> None:
    """Refuse to replace what is there unasked, and a folder that holds anything but a saved table."""
    require_new(target, overwrite=overwrite)
    if not target.is_dir():
        return
    if form != "pymrio" or (any(target.iterdir()) and not (target / _SAVED).is_file()):
        raise OutputError(
            f"{str(target)!r} is a folder but not a saved table, and all in it would be lost. Choose another name."
        )


def _form(target: Path) -> Form:
    suffix = target.suffix.lower()
    if suffix in ("", ".zip"):
        return "pymrio"
    if suffix in (".csv", ".xlsx", ".parquet"):
        return suffix[1:]  # type: ignore[return-value]
    raise OptionError(
        f"What to write is not clear from {target.name!r}; use a folder, .zip, .csv, .xlsx or .parquet, or form=..."
    )


def _written(table: MRIOTable, working: Path, target: Path, form: Form) -> Path:
    path = working / target.name
    if form != "pymrio":
        frame = labelled(table)
        if form == "csv":
            write_csv(frame, path, index=True)
        elif form == "parquet":
            frame.rename_axis("label").reset_index().to_parquet(path)
        else:
            _workbook(frame, path)
        return path
    folder = working / "saved"
    table.to_pymrio().save_all(folder, table_format="parquet")
    if target.suffix.lower() != ".zip":
        return folder
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(folder.rglob("*")):
            if file.is_file():
                archive.write(file, file.relative_to(folder))
    return path


def _workbook(frame: pd.DataFrame, file: Path) -> None:
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    write_rows(book.create_sheet("table"), frame.rename_axis("label").reset_index())
    book.save(file)
    without_time(file)


def labelled(table: MRIOTable) -> pd.DataFrame:
    """Return the table as one frame in the layout of `io_linkage.readers.generic`: Z, Y and output; below it V.

    Discrepancies are left out, as they are made again on reading.
    """
    own_demand = table.accounts.own_demand
    own_inputs = table.accounts.own_inputs
    rows = ["|".join(map(str, label)) for label in table.index]
    demand = ["|".join(map(str, label)) for label in table.Y.columns[own_demand]]
    published = table.published_output
    x = (table.x if published is None else published).to_numpy(dtype=np.float64)
    top = pd.DataFrame(
        np.hstack([table.Z.to_numpy(), table.Y.to_numpy()[:, own_demand], x[:, None]]),
        index=rows,
        columns=[*rows, *demand, "output"],
    )
    if table.accounts.value_added == "residual" and not own_inputs.any():
        return top
    below = pd.DataFrame(table.V.to_numpy()[own_inputs], index=list(table.V.index[own_inputs]), columns=rows)
    return pd.concat([top, below]).reindex(columns=top.columns)
