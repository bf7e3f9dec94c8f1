"""Time growth accounts, what growth is made of, and chain TFP.

    python benchmarks/bench_productivity.py [--repeats 5] [--csv FILE]

The accounts are made: 40 countries x 35 industries x 15 years with three kinds of labour, the size of WIOD's. TFP of
all of them has two seconds. Chain TFP is that of the shipped table.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks import records
from benchmarks.timing import paired, table
from io_linkage import load, productivity

BASE = "TFP and allocation, 40 countries x 35 industries x 15 years"
TARGET = 2.0
KINDS = ("high", "medium", "low")
PRICED = ("gross_output", "intermediate_inputs", "value_added")


def made() -> productivity.GrowthAccounts:
    """Accounts of WIOD's size from random numbers."""
    index = pd.MultiIndex.from_product(
        [[f"R{k:02}" for k in range(40)], [f"i{k:02}" for k in range(35)], range(1995, 2010)],
        names=["region", "industry", "year"],
    )
    random = np.random.default_rng(0)
    n = len(index)
    output = random.uniform(10, 1000, n)
    added = output * random.uniform(0.2, 0.6, n)
    wages, hours = random.dirichlet(np.ones(3), n).T * added * 0.6, random.uniform(1, 100, (3, n))
    frame = pd.DataFrame(
        {
            "gross_output": output,
            "value_added": added,
            "labour_compensation": wages.sum(axis=0),
            "hours": hours.sum(axis=0),
            "capital_stock": random.uniform(1, 100, n),
            "investment_volume": random.uniform(0, 10, n),
            **{f"{name}_volume": random.uniform(1, 10, n) for name in PRICED},
            **{f"labour_compensation_{kind}": wages[k] for k, kind in enumerate(KINDS)},
            **{f"hours_{kind}": hours[k] for k, kind in enumerate(KINDS)},
        },
        index=index,
    )
    return productivity.accounts(frame, name="made")


def main() -> None:
    """Time each measure and say whether the target is met."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--csv", type=Path, default=records.RESULTS / "productivity.csv")
    options = parser.parse_args()
    accounts, shipped = made(), productivity.accounts()
    tfp = productivity.industry_growth(shipped, of="output", years="each")["tfp"]
    tables = [load(year=year) for year in (1995, 2000, 2005, 2008)]
    timings = paired(
        {
            BASE: lambda: productivity.economy_growth(accounts, years="each", capital="published"),
            "TFP of its industries": lambda: productivity.industry_growth(accounts, of="output", years="each"),
            "shipped accounts read": productivity.accounts,
            "chain TFP, shipped tables 1995 to 2008": lambda: productivity.chain_tfp(tables, tfp),
        },
        repeats=options.repeats,
    )
    print(table(timings, base=BASE))
    print(f"TFP of WIOD's size: {timings[BASE].median:.2f} s, at most {TARGET:.0f} s wanted")
    records.write([records.Run(accounts.label, len(accounts.cells), timings, BASE)], options.csv)


if __name__ == "__main__":
    main()
