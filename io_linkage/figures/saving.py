"""Saving a figure as PNG and SVG with its numbers as CSV, all or nothing."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import pandas as pd

from io_linkage.errors import OptionError
from io_linkage.figures import fonts
from io_linkage.files import atomically, expanded
from io_linkage.spreadsheets import write_csv

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

FORMATS = ("png", "svg")

# What a figure shows, noted when it is drawn, so that saving it needs no second copy of the numbers.
_SHOWN: WeakKeyDictionary[Figure, pd.DataFrame] = WeakKeyDictionary()


def note(ax: Axes, data: pd.DataFrame | pd.Series[Any]) -> None:
    """Remember the numbers that a figure shows; `save` writes them beside it."""
    frame = data.to_frame(data.name or "value") if isinstance(data, pd.Series) else data.copy(deep=False)
    frame.attrs = dict(data.attrs)
    _SHOWN[_figure(ax)] = frame


def numbers(target: Axes | Figure) -> pd.DataFrame:
    """Return the numbers a figure of this package shows."""
    figure = _figure(target)
    if figure not in _SHOWN:
        raise OptionError("The numbers behind this figure are not known; pass data=.")
    return _SHOWN[figure]


def save(
    target: Axes | Figure,
    path: str | Path,
    *,
    data: pd.DataFrame | pd.Series[Any] | None = None,
    formats: str | Iterable[str] = FORMATS,
    dpi: int = 300,
) -> list[Path]:
    """Write a figure, and the numbers it shows, beside one another.

    Parameters
    ----------
    target : Axes or Figure
        As a function of `io_linkage.figures` returned it, or any other with `data`.
    path : str or Path
        Without ending; one of .png, .svg or .csv is dropped.
    data : DataFrame or Series, optional
        The numbers shown; by default those the figure was drawn from.
    formats : str or iterable of str
        Picture formats, of those matplotlib writes.
    dpi : int
        Dots per inch of bitmaps.

    Returns
    -------
    list of Path
        The files written: pictures in the order of `formats`, then the CSV.

    Raises
    ------
    OutputError
        The folder cannot be made or written; no file is left half-written.
    """
    figure = _figure(target)
    shown = numbers(target) if data is None else data
    stem = expanded(path)
    if stem.suffix in {".png", ".svg", ".csv", ".pdf"}:
        stem = stem.with_suffix("")
    # One format is often given as a word.
    kinds = [formats] if isinstance(formats, str) else list(formats)
    known = figure.canvas.get_supported_filetypes()
    if isinstance(dpi, bool) or not isinstance(dpi, int | float) or not dpi > 0:
        raise OptionError(f"dpi={dpi!r}: give the dots per inch, above 0, such as 300.")
    for kind in kinds:
        if kind not in known:
            raise OptionError(f"Unknown picture format {kind!r}. Choose of {', '.join(sorted(known))}.")
    written = [stem.with_name(f"{stem.name}.{kind}") for kind in kinds]
    with fonts.one_warning():
        for kind, place in zip(kinds, written, strict=True):
            atomically(place, lambda file, kind=kind: _picture(figure, file, kind, dpi))  # type: ignore[misc]
    csv = stem.with_name(f"{stem.name}.csv")
    atomically(csv, lambda file: write_csv(tidy(shown), file))
    return [*written, csv]


def close(target: Axes | Figure) -> None:
    """Release a figure's memory; pyplot keeps every figure otherwise."""
    import matplotlib.pyplot as plt

    plt.close(_figure(target))


def tidy(data: pd.DataFrame | pd.Series[Any]) -> pd.DataFrame:
    """Return the numbers with their labels as columns, and unit, year and source in columns of their own.

    Examples
    --------
    >>> frame = pd.DataFrame({"backward": [1.5]}, index=pd.Index(["a"], name="industry"))
    >>> frame.attrs.update(unit="ratio", year=2011, source="made up")
    >>> tidy(frame).to_dict("records")
    [{'industry': 'a', 'backward': 1.5, 'unit': 'ratio', 'year': 2011, 'source': 'made up'}]
    """
    frame = data.to_frame(data.name or "value") if isinstance(data, pd.Series) else data.copy()
    attrs = dict(data.attrs)
    frame.attrs = {}
    if isinstance(frame.columns, pd.MultiIndex):
        frame.columns = pd.Index([" | ".join(map(str, column)) for column in frame.columns])
    frame.columns = pd.Index([str(column) for column in frame.columns])
    # A matrix has the same kind of label on both sides (region to region), which a flat file cannot repeat.
    names = [str(name) if name is not None else f"label_{k + 1}" for k, name in enumerate(frame.index.names)]
    frame.index.names = [f"{name}_row" if name in frame.columns else name for name in names]
    if not (isinstance(frame.index, pd.RangeIndex) and frame.index.names == ["label_1"]):
        frame = frame.reset_index()
    for key in ("unit", "year", "source"):
        value = attrs.get(key)
        if key not in frame.columns and value not in (None, ""):
            frame[key] = ", ".join(map(str, value)) if isinstance(value, list | tuple) else value
    return frame


def _picture(figure: Figure, file: Path, kind: str, dpi: int) -> None:
    import matplotlib as mpl

    # A fixed salt and no date: the same figure gives the same bytes.
    metadata: dict[str, Any] | None = {"svg": {"Date": None}, "pdf": {"CreationDate": None}}.get(kind)
    with mpl.rc_context({"svg.hashsalt": "io_linkage", "svg.fonttype": "path", "path.simplify": False}):
        try:
            figure.savefig(file, format=kind, dpi=dpi, metadata=metadata, facecolor="white")
        except RuntimeError as error:
            # PGF is made by LaTeX, which may not be there.
            raise OptionError(
                f"The format {kind} cannot be written on this machine: {error}. Choose another."
            ) from error


def _figure(target: Axes | Figure) -> Figure:
    from matplotlib.figure import Figure

    if isinstance(target, Figure):
        return target
    figure = target.get_figure(root=True)
    if figure is None:
        raise OptionError("These Axes belong to no figure.")
    return figure
