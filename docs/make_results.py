"""Make docs/results.md, what a result says of itself, from io_linkage.result_attrs.

Usage: python docs/make_results.py [--check]
"""

from __future__ import annotations

import sys
from pathlib import Path

from io_linkage.result_attrs import described

PAGE = Path(__file__).resolve().parent / "results.md"

HEAD = """# What a result says of itself

A measure returns a Series or DataFrame on the table's own labels. What its numbers are stands in `attrs`: figures,
reports and saved files print it. All values of a result are in `attrs["unit"]`, unless `attrs["units"]` gives a unit
for each column. In a result of several units, shares (0 to 1) are in columns that end in `_share`, and percentages (0
to 100) in columns that end in `_percent`. What is not known is NaN, never 0.

```python
>>> import io_linkage as iol
>>> spill = iol.spillovers.matrix(iol.load())
>>> spill.attrs["measure"]
'value added drawn by final demand, region by region'
>>> spill.attrs["unit"], spill.attrs["year"]
('M USD', 2011)

```

pandas keeps `attrs` when values change: after `spill / 1e3` they would still say M USD. A result therefore carries a
few of its own values (`anchors`), and a figure of changed values says "Unit not stated". `iol.scaled`, `iol.shares` and
`iol.like` make new results whose unit is known.

```python
>>> iol.scaled(spill, 1e-3, unit="bn USD").attrs["unit"]
'bn USD'

```

This table is made from `io_linkage/result_attrs.py` by `docs/make_results.py`.

| key | what it says |
|---|---|
"""


def page() -> str:
    """Return the page."""
    return HEAD + "".join(f"| `{key}` | {text} |\n" for key, text in described().items())


def main() -> int:
    """Write the page, or with --check say whether it is up to date."""
    if "--check" in sys.argv[1:]:
        return 0 if PAGE.read_text(encoding="utf-8") == page() else 1
    PAGE.write_text(page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
