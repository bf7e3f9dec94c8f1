"""Make README's table of speed from the timings in benchmarks/measured.

Usage: python benchmarks/readme_table.py [--check]
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.records import MEASURED, read

README = Path(__file__).resolve().parent.parent / "README.md"
BEGIN, END = "<!-- speed: made by benchmarks/readme_table.py -->\n", "<!-- speed ends -->\n"

#: What README quotes: the file, the name of the timing in it, and the words for it.
QUOTED = (
    ("linkages.csv", "backward and forward linkages", "backward and forward linkages of all industries"),
    ("linkages.csv", "complete and backward extraction, all n", "complete and backward extraction of all industries"),
    (
        "value_added.csv",
        "all decompositions",
        "all decompositions of gross exports, every exporter, industry and importer",
    ),
)


def quoted(file: str, what: str) -> dict[str, str]:
    """Return the row of one timing on the full WIOD table, n = 1,435."""
    (row,) = (row for row in read(MEASURED / file) if (row["what"], row["n"]) == (what, "1435"))
    return row


def block() -> str:
    """Return the lines between the markers: the table timed, the timings, and the machine."""
    rows = [quoted(file, what) for file, what, _ in QUOTED]
    about = {(row["table"], row["base"], row["threads"], machine(row)) for row in rows}
    if len(about) > 1:
        raise SystemExit(
            f"The files in {MEASURED} are from different machines or days; time them again together: {about}"
        )
    ((table, base, threads, where),) = about
    lines = [
        f"On {table} (n = 1,435), {threads} thread{'' if threads == '1' else 's'}, beside `{base}` in the same round:"
    ]
    lines += ["", "| what | seconds | of one inverse |", "|---|---|---|"]
    lines += [
        f"| {words} | {float(row['median_seconds']):.2f} | {float(row['ratio_to_base']):.2f} |"
        for row, (_, _, words) in zip(rows, QUOTED, strict=True)
    ]
    return "\n".join([*lines, "", f"Medians; {where}."]) + "\n"


def machine(row: dict[str, str]) -> str:
    """Return the machine, versions and day of a row in words."""
    return f"{row['cores']} cores, numpy {row['numpy']}, {row['blas']}, io_linkage {row['io_linkage']}, {row['date']}"


def page(text: str) -> str:
    """Return README's text with the table made anew."""
    before, rest = text.split(BEGIN)
    _, after = rest.split(END)
    return before + BEGIN + block() + END + after


def main() -> int:
    """Write README, or with --check say whether its table is up to date."""
    text = README.read_text(encoding="utf-8")
    new_text = page(text)
    if "--check" in sys.argv[1:]:
        return 0 if text == new_text else 1
    README.write_text(new_text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
