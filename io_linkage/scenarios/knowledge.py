r"""Knowledge embodied in products, before and after suppliers change: :math:`d'(L' - L)`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from io_linkage.captions import labelled
from io_linkage.errors import OptionError, require_option
from io_linkage.intensities import Account
from io_linkage.leontief.updates import Part, Update
from io_linkage.scenarios.after import require_table
from io_linkage.technology.research import technology

if TYPE_CHECKING:
    from io_linkage.scenarios.outcome import Outcome


def knowledge_lost(outcome: Outcome, of: Account, focus: str | None, origin: str) -> pd.DataFrame:
    """See `Outcome.knowledge_lost`."""
    require_option("origin", origin, ("abroad", "home", "all"))
    require_table(outcome)
    base, solution = outcome.base, outcome.solution
    if solution.makers:
        raise OptionError(
            "With production abroad, coefficients of the account change too, so d'(L' - L) is not all of it."
        )
    name = outcome.hurt() if focus is None else focus
    regions = outcome.regions(name)
    here = np.isin(base.region_codes, [base.regions.index(region) for region in regions])
    q, said = technology(base, of)
    counted = np.where({"abroad": ~here, "home": here, "all": np.ones_like(here)}[origin], q.counted, 0.0)
    before = base.system.solve_transposed(counted)
    gone = solution.fixed.positions[solution.fixed.output == 0]
    if len(gone) < len(solution.fixed.positions):
        raise OptionError(
            "A fixed output changes no supplier, so no knowledge is lost; this is for moves of suppliers."
        )
    after = before
    if len(gone):
        after = solution.updated.solve_transposed(counted)
    elif solution.blocks:
        after = Update(base.system, [Part(solution.blocks, np.zeros(len(here)))]).at([1.0]).solve_transposed(counted)
    change = after - before
    values = np.column_stack([before, after, change])
    frame = pd.DataFrame(values, index=base.index, columns=["before", "after", "change"])
    frame["change_percent"] = 100 * frame["change"] / frame["before"].where(frame["before"] != 0)
    frame[~base.active] = np.nan
    whose = {"abroad": "from abroad", "home": "of its own", "all": "from anywhere"}[origin]
    caption = outcome._caption(
        f"{q.label} {whose} embodied in final products of {name}",
        q.unit_per_output.replace("unit of output", "unit of final demand"),
        focus=name,
        **said,
    )
    return labelled(frame[here], caption)
