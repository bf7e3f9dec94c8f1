"""Measures that a scenario is compared in, before and after."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pandas as pd

from io_linkage import linkages, position, spillovers, technology, ties, value_added
from io_linkage.captions import labelled
from io_linkage.errors import OptionError, unknown

if TYPE_CHECKING:
    from io_linkage.scenarios.outcome import Outcome

Measure: TypeAlias = "Callable[..., pd.DataFrame | pd.Series[Any]]"

#: Measures by the name that `Outcome.compare` knows them by.
MEASURES: dict[str, Measure] = {
    "trade": ties.bilateral,
    "dependence": ties.dependence,
    "position": position.position,
    "upstreamness": position.upstreamness,
    "downstreamness": position.downstreamness,
    "participation": value_added.participation,
    "value_added_exports": value_added.vax,
    "linkages": linkages.linkages,
    "multipliers": spillovers.multipliers,
    "embodied": technology.diffusion,
}


def compared(outcome: Outcome, measure: str | Measure, options: Mapping[str, Any]) -> pd.DataFrame:
    """See `Outcome.compare`."""
    if isinstance(measure, str):
        if measure not in MEASURES:
            raise unknown("measure", measure, MEASURES)
        function = MEASURES[measure]
        _require_options(measure, function, options)
    else:
        function = measure
    before, after = (_frame(function(table, **options)) for table in (outcome.base, outcome.table))
    numeric = [name for name in before.columns if before[name].dtype.kind in "fiu"]
    columns = {}
    for name in numeric:
        old, new = before[name], after[name].reindex(before.index)
        for when, values in (("before", old), ("after", new), ("change", new - old)):
            columns[(name, when)] = values.to_numpy(dtype=np.float64)
    frame = pd.DataFrame(columns, index=before.index)
    attrs = {key: value for key, value in before.attrs.items() if key in ("of", "focus", "left_out", "units", "note")}
    return labelled(
        frame,
        outcome._caption(f"{before.attrs.get('measure', '')}, before and after", before.attrs.get("unit", ""), **attrs),
    )


def _require_options(name: str, function: Measure, options: Mapping[str, Any]) -> None:
    for option, parameter in list(inspect.signature(function).parameters.items())[1:]:
        if parameter.default is parameter.empty and option not in options:
            raise OptionError(f"The measure {name!r} needs {option}=; give it to compare as well.")


def _frame(result: pd.DataFrame | pd.Series[Any]) -> pd.DataFrame:
    if isinstance(result, pd.DataFrame):
        return result
    frame = result.to_frame(str(result.name or "value"))
    frame.attrs.update(result.attrs)
    return frame
