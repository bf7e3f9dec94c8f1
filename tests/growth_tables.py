"""Small growth accounts for tests."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import strategies as st

from io_linkage.productivity import GrowthAccounts, accounts

PRICED = ("gross_output", "intermediate_inputs", "value_added")


def two_industries(**more: list[float]) -> GrowthAccounts:
    """Two industries and two years, with one kind of labour; values and volume ratios as in the references."""
    index = pd.MultiIndex.from_product([["A"], ["i1", "i2"], [2000, 2001]], names=["region", "industry", "year"])
    columns = {
        "gross_output": [100, 130, 200, 230],
        "intermediate_inputs": [60, 80, 80, 85],
        "value_added": [40, 50, 120, 145],
        "labour_compensation": [25, 30, 70, 85],
        "gross_output_volume": [1, 1.20, 1, 1.06],
        "intermediate_inputs_volume": [1, 1.16, 1, 1.03],
        "capital_stock": [300, 330, 900, 972],
        "hours": [50, 52.5, 80, 81.6],
        **more,
    }
    return accounts(pd.DataFrame(columns, index=index, dtype=float), name="two industries")


@st.composite
def drawn(draw, *, regions: int = 2, industries: int = 3, years: int = 4) -> GrowthAccounts:
    """Random accounts with two kinds of labour; some industries without inputs or without capital."""
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    index = pd.MultiIndex.from_product(
        [[f"R{k}" for k in range(regions)], [f"i{k}" for k in range(industries)], range(2000, 2000 + years)],
        names=["region", "industry", "year"],
    )
    n = len(index)
    output = random.uniform(10, 1000, n)
    inputs = output * random.uniform(0, 0.8, n)
    labour = (output - inputs) * random.uniform(0.2, 1.1, n)
    skilled = random.uniform(0.1, 0.9, n)
    hours = random.uniform(1, 100, n)
    educated = random.uniform(0.1, 0.9, n)
    frame = pd.DataFrame(
        {
            "gross_output": output,
            "intermediate_inputs": inputs,
            "value_added": output - inputs,
            "labour_compensation": labour,
            "labour_compensation_high": labour * skilled,
            "labour_compensation_low": labour * (1 - skilled),
            "hours": hours,
            "hours_high": hours * educated,
            "hours_low": hours * (1 - educated),
            "capital_stock": random.uniform(1, 100, n),
            "investment_volume": random.uniform(0, 10, n),
            **{f"{name}_volume": random.uniform(1, 10, n) for name in PRICED},
        },
        index=index,
    )  # fmt: skip
    if draw(st.booleans()):
        own = index.get_level_values("industry") == "i1"
        frame.loc[own, "labour_compensation"] = frame.loc[own, "value_added"]
        frame.loc[own, ["labour_compensation_high", "labour_compensation_low"]] = 0.0
        frame.loc[own, "labour_compensation_high"] = frame.loc[own, "value_added"]
        frame.loc[own, "capital_stock"] = np.nan
    return accounts(frame, name="drawn")
