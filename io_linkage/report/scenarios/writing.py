"""Writing the page of a scenario with its figures and data, whole or not at all."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from io_linkage import __version__
from io_linkage.figures.saving import tidy
from io_linkage.files import expanded
from io_linkage.report import page
from io_linkage.report.output import PAGE, staged
from io_linkage.report.results import Progress
from io_linkage.report.scenarios import briefing, gathering, pictures
from io_linkage.scenarios import Scenario, Shortage, save
from io_linkage.spreadsheets import write_csv
from io_linkage.table import MRIOTable

#: The scenario itself, as it was run.
_SCENARIO = "scenario.toml"
SCENARIO_FILES = frozenset(
    {PAGE, _SCENARIO}
    | {f"data/{key}.csv" for key in gathering.KEYS}
    | {f"figures/{key}.{ending}" for key in pictures.KEYS for ending in ("csv", "png", "svg")}
)


def write_scenario(
    table: MRIOTable,
    scenario: Scenario | Shortage,
    folder: str | Path,
    *,
    overwrite: bool = False,
    inputs: Iterable[str | Path] = (),
    progress: Progress = lambda step: None,
) -> Path:
    """Run a scenario and write its page.

    Parameters
    ----------
    table : MRIOTable
    scenario : Scenario or Shortage
    folder : str or Path
        Made where needed. A page of an earlier run in it is replaced; other files in it are left alone.
    overwrite : bool
        Write into a folder that holds other files too; files of the same names are replaced.
    inputs : iterable of paths
        What the table and the scenario were read from; it is never replaced.
    progress : function
        Called with a few words before each step.

    Returns
    -------
    Path
        The page, report.html; beside it scenario.toml, figures/ and data/.

    Raises
    ------
    OutputError
        The folder cannot be written, holds other files and `overwrite` is not set, or writing into it would replace
        an input. Nothing is half-written.
    """
    place = expanded(folder)
    with staged(place, SCENARIO_FILES, overwrite=overwrite, inputs=list(inputs)) as temporary:
        results = gathering.gather(table, scenario, progress=progress)
        drawn = pictures.draw(results, temporary / "figures", progress=progress)
        progress("Data files")
        (temporary / "data").mkdir()
        for key, result in results.frames.items():
            write_csv(tidy(result.frame), temporary / "data" / f"{key}.csv")
        save(scenario, temporary / _SCENARIO)
        progress("Page")
        html = page.render(briefing.compose(results), drawn, version=__version__)
        (temporary / PAGE).write_text(html, encoding="utf-8", newline="\n")
    return place / PAGE
