"""Names and counts as prose has them."""

from __future__ import annotations

from collections.abc import Iterable


def listed(items: Iterable[str]) -> str:
    """Join as in prose.

    Examples
    --------
    >>> listed(["a"]), listed(["a", "b", "c"])
    ('a', 'a, b and c')
    """
    parts = list(items)
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}" if parts else ""


def label_name(label: object) -> str:
    """Write a label as one string.

    Examples
    --------
    >>> label_name(("CHN", "C26"))
    'CHN C26'
    """
    return " ".join(str(part) for part in label) if isinstance(label, tuple) else str(label)


def shortened(items: Iterable[object], most: int = 5) -> str:
    """Name the first few and say how many more there are.

    Examples
    --------
    >>> shortened(["a", "b", "c", "d"], most=2)
    'a, b and 2 more'
    """
    names = [label_name(item) for item in items]
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")


def counted(count: int, one: str, many: str | None = None) -> str:
    """Count with its noun.

    Examples
    --------
    >>> counted(1, "industry", "industries"), counted(7, "partner")
    ('1 industry', '7 partners')
    """
    return f"{count} {one if count == 1 else many or one + 's'}"


def separated(text: str) -> list[str]:
    """Return what a person lists with commas, without the spaces around and the empty parts.

    Examples
    --------
    >>> separated("CHN, belt_and_road,")
    ['CHN', 'belt_and_road']
    """
    return [part for piece in text.split(",") if (part := piece.strip())]
