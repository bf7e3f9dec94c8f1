"""Labels that stand on one side of a table only, to the left or above: which of them can only be mistyped.

What stands on both sides is an industry, what stands above only is final demand, and what stands to the left only a
primary input. So one wrong letter would drop an industry and give its sales to nobody, without a word. A label is
refused where the table itself shows that it belongs on both sides.
"""

from __future__ import annotations

import difflib
from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import TypeAlias

from io_linkage.errors import ReadError, unknown

Label: TypeAlias = tuple[str, ...]
#: Shorter codes differ by one sign as a rule.
_LONG = 4


def refuse_mistyped(
    where: str, left: Sequence[Label], above: Sequence[Label], both: Collection[Label], *, between: str = "|"
) -> None:
    """Raise where a label on one side can only be a mistyped one.

    In a table of several regions a label (region, code) is refused where its code is that of an industry; to the left
    also where its region is known and at most half of the regions have that row; above also where its region is unknown
    and its code is a category of other regions. In any table a row and a column are refused whose labels differ by one
    sign.

    Parameters
    ----------
    where : str
        File and sheet, for the message.
    left, above : sequence of tuple of str
        Labels that stand to the left only, and above only, totals and output left out.
    both : collection of tuple of str
        Labels that stand on both sides: (region, code), or (code,) in a table of one country.
    between : str
        What stands between the parts of a label in the file.

    Raises
    ------
    ReadError
        Which label, and the nearest one.
    UnknownLabelError
        A column of final demand names a region that is not in the table.
    """
    regions = list(dict.fromkeys(label[0] for label in both if len(label) > 1))
    if len(regions) > 1:
        _refuse_regional(where, left, above, both, regions, between)
    for one in left:
        for other in above:
            if _nearly_same("|".join(one), "|".join(other)):
                raise ReadError(
                    f"{where}: row {between.join(one)!r} and column {between.join(other)!r} differ by one sign, and "
                    "each stands on one side only. An industry stands on both sides under the same label: correct "
                    "one of the two, or rename it if they are different things."
                )


def _refuse_regional(
    where: str, left: Sequence[Label], above: Sequence[Label], both: Collection[Label], regions: list[str], between: str
) -> None:
    codes = {label[1:] for label in both}
    categories = {label[1:] for label in above if label[0] in regions}
    owners = defaultdict(set)
    for label in left:
        owners[label[1:]].add(label[0])
    for label in left:
        known = label[0] in regions and len(owners[label[1:]]) <= len(regions) // 2
        if len(label) > 1 and (label[1:] in codes or known):
            raise _mistyped(where, label, "to the left", "above", [*both, *above], between)
    for label in above:
        if len(label) > 1 and label[1:] in codes:
            raise _mistyped(where, label, "above", "to the left", [*both, *left], between)
        if len(label) > 1 and label[0] not in regions and label[1:] in categories:
            raise unknown(f"region of final demand ({where}, column {between.join(label)})", label[0], regions)
        if len(label) == 1 and label[0] not in regions:
            _refuse_unparted(where, label[0], [(region, *rest) for region in regions for rest in categories])


def _refuse_unparted(where: str, label: str, possible: list[Label]) -> None:
    near = next((one for one in map("|".join, possible) if _nearly_same(label, one)), None)
    if near is not None:
        raise ReadError(
            f"{where}: the column {label!r} names no region, though it looks like {near!r}. Write final demand as "
            "region|category."
        )


def _mistyped(where: str, label: Label, side: str, other: str, known: Sequence[Label], between: str) -> ReadError:
    text, names = between.join(label), [between.join(one) for one in known]
    near = difflib.get_close_matches(text, names, n=3, cutoff=0.5)
    nearest = f" Nearest: {', '.join(near)}." if near else ""
    return ReadError(
        f"{where}: the label {text!r} stands {side} but not {other}, though its region or its industry is known."
        f"{nearest} Correct it; an industry stands on both sides under the same label."
    )


def _nearly_same(first: str, second: str) -> bool:
    """Whether two labels differ by capitals, or by one sign that was added, lost, replaced or swapped.

    Examples
    --------
    >>> _nearly_same("farms", "Farms"), _nearly_same("farms", "frams"), _nearly_same("imports", "exports")
    (True, True, False)
    """
    a, b = first.casefold(), second.casefold()
    if a == b:
        return True
    if min(len(a), len(b)) < _LONG or abs(len(a) - len(b)) > 1:
        return False
    start = next((k for k, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    p, q = a[start:], b[start:]
    if len(p) == len(q):
        return p[1:] == q[1:] or (len(p) > 1 and p[0] == q[1] and p[1] == q[0] and p[2:] == q[2:])
    return p[1:] == q if len(p) > len(q) else q[1:] == p
