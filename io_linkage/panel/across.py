"""Any measure over any tables, by one worker or many."""

from __future__ import annotations

import inspect
import pickle
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeAlias

import pandas as pd

from io_linkage.captions import labelled
from io_linkage.errors import ComparisonError, IOLinkageError, OptionError
from io_linkage.files import expanded
from io_linkage.panel import keeping
from io_linkage.panel.long_form import OWN, long_form, stated
from io_linkage.panel.sources import Source, label_of, loaded, require_source, year_of
from io_linkage.panel.threads import one_thread
from io_linkage.table import MRIOTable

#: Called with the number of tables done, the number in all (None where unknown), and the one just done.
Progress: TypeAlias = Callable[[int, int | None, str], object]
Options: TypeAlias = Mapping[str, Any]

#: Tables of a generator that are sent to workers before the first result is back.
_AHEAD = 4


@dataclass(frozen=True, eq=False)
class _Task:
    """One table, or two of a pair, and all that is asked of it."""

    name: str | None
    sources: tuple[Source, ...]
    measure: Callable[..., Any]
    variants: Mapping[str, Options] = field(default_factory=dict)
    apart: int | None = None

    @property
    def label(self) -> str:
        return " to ".join(([self.name] if self.name else []) or [label_of(source) for source in self.sources])

    def key(self) -> list[object]:
        """Return what the result depends on."""
        sources = [keeping.source_digest(source) for source in self.sources]
        return [self.name, self.measure, {name: dict(one) for name, one in self.variants.items()}, self.apart, *sources]


def across(
    tables: Iterable[Source] | Mapping[str, Source],
    measure: Callable[..., Any],
    /,
    *,
    pairs: bool = False,
    apart: int | None = None,
    variants: Mapping[str, Options] | None = None,
    executor: Executor | None = None,
    folder: str | Path | None = None,
    progress: Progress | None = None,
    **options: Any,
) -> pd.DataFrame:
    """Compute a measure for each table, or for each pair of neighbours, and lay the results out in one long table.

    Parameters
    ----------
    tables : iterable of sources, or mapping of name to source
        A source is a table, a year of the shipped table, a file or folder, or the arguments of `io_linkage.load` as a
        mapping. It is loaded by whoever computes with it, so that each worker has one table in memory (two of a pair).
        They may come from several databases. Names replace the labels of the tables.
    measure : function
        Called as ``measure(table, **options)``, or ``measure(before, after, **options)`` for pairs. Returns a Series,
        a DataFrame, or an object with a method ``frame()``, such as a `decomposition.Change`.
    pairs : bool
        Neighbours in the order given: the first and the second, the second and the third, and so on.
    apart : int, optional
        Years that must lie between the tables of every pair, e.g. 1.
    variants : mapping of str to mapping, optional
        Sets of options by name, such as scenarios; each is computed while the table is in memory, and has its name in
        the column `variant`.
    executor : concurrent.futures.Executor, optional
        Computes the tables side by side: a ``ProcessPoolExecutor``, a ``ThreadPoolExecutor``, or that of a Dask
        cluster, ``client.get_executor()``. By default one table after another.
    folder : path, optional
        Where results are kept as Parquet, one file for each table. A run that was stopped goes on from there. A file is
        read only if tables, measure, options and versions are those it was computed from.
    progress : callable, optional
        Called as ``progress(done, total, label)`` after each table.
    **options
        Passed to the measure. A measure that takes ``membership_year=`` has the members of one year throughout: the
        one given, else that of the last table.

    Returns
    -------
    DataFrame, one row for each number: `table`, `year` (and `from_year` for pairs), `variant` where there are some,
    the labels of the result, `column`, `value`, `unit`, and `text` for what is not a number. The same to the
    last bit whatever the workers, in the order of the tables.

    Raises
    ------
    OptionError
        No tables, or what is not one; no executor; a measure that cannot be sent to other processes.
    ComparisonError
        A year without a neighbour among the pairs; the measure itself refuses pairs that do not fit.

    See Also
    --------
    over : A series of one database, stacked by year.

    Notes
    -----
    With threads each table is computed in this process. Set OMP_NUM_THREADS=1, or install the extra ``distributed``,
    where workers and this process would otherwise use another number of threads for their linear algebra.

    Examples
    --------
    >>> import io_linkage as iol
    >>> found = across([2008, 2011], iol.linkages.backward)
    >>> print(found[["year", "region", "industry", "column", "value"]].head(2).round(3).to_string(index=False))
     year region industry           column  value
     2008    CHN      AtB backward linkage  2.044
     2008    CHN        C backward linkage  2.512
    """
    tasks = _tasks(tables, measure, pairs, apart, variants, options)
    total = len(tasks) if isinstance(tasks, Sequence) else None
    place = None if folder is None else expanded(folder)
    _require_executor(executor)
    if isinstance(executor, ProcessPoolExecutor):
        _require_sendable(measure, [options, *(variants or {}).values()])
    parts: dict[int, pd.DataFrame] = {}
    with one_thread():
        for position, label, part in _results(tasks, executor, place):
            parts[position] = part
            if progress is not None:
                progress(len(parts), total, label)
    if not parts:
        raise OptionError("No table was given." if not pairs else "A pair needs two tables: a year has no neighbour.")
    return _joined([parts[position] for position in sorted(parts)])


def _tasks(
    tables: Iterable[Source] | Mapping[str, Source],
    measure: Callable[..., Any],
    pairs: bool,
    apart: int | None,
    variants: Mapping[str, Options] | None,
    options: Options,
) -> Iterable[_Task]:
    """Return the tasks: a list of what can be counted, a generator of what cannot."""
    if isinstance(tables, MRIOTable | str | Path):
        raise OptionError("A panel is made of several tables: give a list of them, e.g. [2008, 2011].")
    names: Iterable[str | None] | None = tables.keys() if isinstance(tables, Mapping) else None
    sources = tables.values() if isinstance(tables, Mapping) else tables
    if isinstance(tables, Mapping | Sequence):
        for source in sources:
            require_source(source)
        if pairs:
            _require_neighbours([year_of(source) for source in sources], apart)
    settled = _one_membership(tables, measure, options)
    sets = {"": settled} if variants is None else {name: {**settled, **own} for name, own in variants.items()}
    if not sets:
        raise OptionError("variants= is empty: give at least one set of options by its name, or leave it out.")

    def made() -> Iterator[_Task]:
        if pairs:
            for two in pairwise(sources):
                yield _Task(None, two, measure, sets, apart)
            return
        labels = iter(names) if names is not None else None
        for source in sources:
            require_source(source)
            yield _Task(next(labels) if labels is not None else None, (source,), measure, sets)

    return list(made()) if isinstance(tables, Mapping | Sequence) else made()


def _one_membership(
    tables: Iterable[Source] | Mapping[str, Source], measure: Callable[..., Any], options: Options
) -> Options:
    """Return the options with the year whose members groups have in all tables, where the measure takes one."""
    if "membership_year" not in inspect.signature(measure).parameters or options.get("membership_year") is not None:
        return options
    sources = list(tables.values()) if isinstance(tables, Mapping) else tables
    years = [year_of(source) for source in sources] if isinstance(sources, Sequence) else [None]
    known = [year for year in years if year is not None]
    if len(known) < len(years):
        raise OptionError(
            "Groups such as the EU change their members over the years. Pass membership_year=, the year whose members "
            "count in all tables; it is not known from files before they are loaded."
        )
    return {**options, "membership_year": max(known)} if known else options


def _require_neighbours(years: Sequence[int | None], apart: int | None) -> None:
    for before, after in pairwise(years):
        _require_apart(before, after, apart)


def _require_apart(before: int | None, after: int | None, apart: int | None) -> None:
    if apart is not None and before is not None and after is not None and after - before != apart:
        raise ComparisonError(
            f"{before} has no neighbour {apart} {'year' if apart == 1 else 'years'} later: the next table is that of "
            f"{after}. Give the missing years, or leave apart= out."
        )


def _require_executor(executor: object) -> None:
    if executor is None or isinstance(executor, Executor):
        return
    remedy = "client.get_executor()" if hasattr(executor, "get_executor") else "ProcessPoolExecutor(2)"
    raise OptionError(
        f"executor= is a {type(executor).__name__}, which is no executor of concurrent.futures. Pass {remedy}."
    )


def _require_sendable(measure: Callable[..., Any], options: Sequence[Options]) -> None:
    try:
        pickle.dumps((measure, options))
    except Exception as error:
        raise OptionError(
            f"{getattr(measure, '__qualname__', measure)!r} or its options cannot be sent to another process. Give a "
            "function that a module defines, not a lambda or a function inside another, or use a ThreadPoolExecutor."
        ) from error


def _results(
    tasks: Iterable[_Task], executor: Executor | None, folder: Path | None
) -> Iterator[tuple[int, str, pd.DataFrame]]:
    """Yield results as they are ready, with their position and label; kept ones are read, new ones are kept."""
    sent: dict[Future[pd.DataFrame], tuple[int, str, Path | None]] = {}
    # What can be counted costs nothing to send; a generator makes tables, which must not all be in memory.
    ahead = None if isinstance(tasks, Sequence) else _AHEAD * int(getattr(executor, "_max_workers", 1) or 1)
    try:
        for position, task in enumerate(tasks):
            place = None if folder is None else keeping.place_of(folder, task.key())
            there = None if place is None else keeping.kept(place)
            label = task.label
            if there is not None:
                yield position, label, there
            elif executor is None:
                part = compute(task)
                # The table is free before the next one is made.
                del task
                yield position, label, _settled(part, place)
            else:
                sent[executor.submit(compute, task)] = (position, label, place)
            if ahead is not None and len(sent) >= ahead:
                yield from _done(sent)
        while sent:
            yield from _done(sent)
    finally:
        for future in sent:
            future.cancel()


def _done(sent: dict[Future[pd.DataFrame], tuple[int, str, Path | None]]) -> Iterator[tuple[int, str, pd.DataFrame]]:
    """Wait for at least one result, and take all that are ready."""
    ready, _ = wait(sent, return_when=FIRST_COMPLETED)
    for future in ready:
        position, label, place = sent.pop(future)
        yield position, label, _settled(future.result(), place)


def _settled(part: pd.DataFrame, place: Path | None) -> pd.DataFrame:
    """Keep a result; what is returned is what a later run will read."""
    if place is None:
        return part
    keeping.keep(part, place)
    there = keeping.kept(place)
    return part if there is None else there


def compute(task: _Task) -> pd.DataFrame:
    """Load the tables of a task and lay out the result of its measure; what a worker runs."""
    with one_thread():
        try:
            return _computed(task)
        except IOLinkageError as error:
            with suppress(Exception):
                error.add_note(f"While computing {task.label}.")
            raise


def _computed(task: _Task) -> pd.DataFrame:
    opened = [loaded(source) for source in task.sources]
    if len(opened) == 2:
        _require_apart(opened[0].year, opened[1].year, task.apart)
    last = opened[-1]
    where: dict[str, Any] = {"table": task.name or last.label}
    if len(opened) == 2:
        where["from_year"] = opened[0].year
    where["year"] = last.year
    parts: list[pd.DataFrame] = []
    said: dict[str, str] = {}
    for name, options in task.variants.items():
        result = _framed(task.measure(*opened, **options))
        own = {"variant": name} if list(task.variants) != [""] else {}
        parts.append(long_form(result, **where, **own))
        said |= stated(result.attrs)
    joined = pd.concat(parts, ignore_index=True)
    joined.attrs.clear()
    joined.attrs.update(said)
    return joined


def _framed(result: Any) -> pd.DataFrame | pd.Series[Any]:
    """Return the frame of a result that is an object of its own."""
    if isinstance(result, pd.DataFrame | pd.Series):
        return result
    frame = getattr(result, "frame", None)
    if callable(frame):
        return _framed(frame())
    raise OptionError(
        f"A measure of a panel returns a Series or DataFrame, or an object with a frame; this one returned "
        f"{type(result).__name__}. Wrap it in a function that returns one."
    )


def _joined(parts: list[pd.DataFrame]) -> pd.DataFrame:
    said: dict[str, list[str]] = {}
    for part in parts:
        for key, value in part.attrs.items():
            said.setdefault(str(key), []).append(str(value))
        part.attrs = {}
    frame = pd.concat(parts, ignore_index=True)
    labels = [name for name in frame.columns if name not in OWN]
    first, last = OWN[:4], OWN[4:]
    order = [name for name in (*first, *labels, *last) if name in frame.columns]
    frame = frame[order]
    units = frame["unit"].unique()
    attrs = {key: "; ".join(dict.fromkeys(values)) for key, values in said.items()}
    return labelled(
        frame,
        {
            **attrs,
            "unit": str(units[0]) if len(units) == 1 else "see the column unit",
            "table": "; ".join(dict.fromkeys(frame["table"])),
            "year": sorted({int(year) for year in frame["year"].dropna()}),
        },
    )
