"""Make docs/measures.md, the table of measures, from tables/measures.csv.

Usage: python docs/make_measures.py [--check]
"""

from __future__ import annotations

import csv
import sys
from itertools import groupby
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TABLE = ROOT / "tables" / "measures.csv"
PAGE = ROOT / "docs" / "measures.md"

HEAD = """# Measures

What each number means, what it costs beyond one factorisation of I - A, and where it comes from. Z are flows
(seller in the row), A = Z hat(x)^-1, B = hat(x)^-1 Z, L = (I - A)^-1, G = hat(x)^-1 L hat(x), v value added
per unit of output, Y final demand, W the share of each country-industry in each group, hat() a diagonal
matrix, ' the transpose. The docstring of each function gives shapes, options and errors. This page is made
from `tables/measures.csv` by `docs/make_measures.py`.
"""


def page(rows: list[dict[str, str]]) -> str:
    """Return the page: one table for each topic, in the order of the file."""
    parts = [HEAD]
    for topic, group in groupby(rows, key=lambda row: row["topic"]):
        parts.append(f"\n## {topic}\n")
        parts.append("| measure | symbol | unit | formula | cost | function | source |")
        parts.append("|---|---|---|---|---|---|---|")
        for row in group:
            cells = [row["name"], row["symbol"], row["unit"], f"`{row['formula']}`" if row["formula"] else ""]
            cells += [row["cost"], f"`{row['function']}`", row["source"]]
            parts.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(parts) + "\n"


def rows() -> list[dict[str, str]]:
    """Read the table of measures."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def main() -> int:
    """Write the page, or with --check say whether it is up to date."""
    text = page(rows())
    if "--check" in sys.argv[1:]:
        return 0 if PAGE.read_text(encoding="utf-8") == text else 1
    PAGE.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
