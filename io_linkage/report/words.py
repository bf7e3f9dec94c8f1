"""Numbers and names as a reader meets them in a sentence."""

from __future__ import annotations

import math
from collections.abc import Mapping

from io_linkage.economies import registry
from io_linkage.economies.group_names import GROUP_NAMES
from io_linkage.economies.prose import economy as economy
from io_linkage.figures.naming import shown
from io_linkage.wording import counted as counted
from io_linkage.wording import listed as listed

#: For headings of rows and columns.
SHORT = {"USA": "USA", "GBR": "UK", "EU": "EU", "RoW": "Rest of the world", "EUE": "EU-east", "EUW": "EU-west"}

_UNITS = {
    "M": 1e6,
    "mn": 1e6,
    "million": 1e6,
    "millions": 1e6,
    "bn": 1e9,
    "billion": 1e9,
    "k": 1e3,
    "thousand": 1e3,
    "10k": 1e4,
    "10^4": 1e4,
    "10000": 1e4,
    "10,000": 1e4,
}


def head(code: str) -> str:
    """Name of an economy at the head of a row or column."""
    return SHORT.get(code, heading(code))


def heading(code: str) -> str:
    """Name of an economy at the beginning of a sentence or in a heading."""
    return capital(economy(code))


def capital(text: str) -> str:
    """Text as it begins a sentence."""
    return text[:1].upper() + text[1:]


def partners(asked: str) -> str:
    """Name of partners inside a sentence, by the group they were asked as.

    Examples
    --------
    >>> partners("developing"), partners("bri"), partners("IND, BRA")
    ('developing partners', 'Belt and Road partners', 'partners')
    """
    key = registry.find_group(asked)
    if key is None:
        return "partners"
    adjectives = {"developing_wb": "developing", "developing_imf": "emerging and developing", "eu": "EU"}
    return f"{adjectives.get(key, GROUP_NAMES[key][0])} partners"


def industry(code: str, names: Mapping[str, str]) -> str:
    """Name of an industry, the code where no name is known."""
    return names.get(code) or shown([code])[0]


def percent(share: float) -> str:
    r"""Share as per cent with digits that tell it from nothing.

    Examples
    --------
    >>> [percent(share).replace("\u202f", " ") for share in (0.0258, 0.00042, 0.311, float("nan"))]
    ['2.6 %', '0.04 %', '31.1 %', 'no figure']
    """
    if math.isnan(share):
        return "no figure"
    value = 100 * share
    # By the rounded value, so that 0.996 and 1.001 are both shown as 1.0.
    digits = 1 if round(abs(value), 2) >= 1 or value == 0 else 2 if round(abs(value), 4) >= 0.01 else 4
    # A narrow space that does not break keeps number and sign on one line.
    return f"{value:.{digits}f}\u202f%".replace("-", "−")


def points(change: float) -> str:
    """Difference of two shares in percentage points, with its sign and digits that tell it from nothing.

    Examples
    --------
    >>> points(0.021), points(-0.0004), points(0.01)
    ('+2.1 percentage points', '−0.04 percentage points', '+1.0 percentage points')
    """
    value = 100 * change
    digits = 1 if abs(value) >= 0.1 else 2 if abs(value) >= 0.01 else 4
    return f"{value:+.{digits}f} percentage points".replace("-", "−")


def moved(start: float, end: float) -> str:
    r"""How a share moved, to the digits that are shown.

    Examples
    --------
    >>> [moved(*pair).replace("\u202f", " ") for pair in ((0.004, 0.026), (0.0546, 0.0545), (0.05, float("nan")))]
    ['rose from 0.40 % to 2.6 %', 'stayed at 5.5 %', 'went from 5.0 % to no figure']
    """
    before, after = percent(start), percent(end)
    if before == after:
        return f"stayed at {before}" if not math.isnan(start) else "has no figure in either year"
    if math.isnan(start) or math.isnan(end):
        return f"went from {before} to {after}"
    return f"{'rose' if end > start else 'fell'} from {before} to {after}"


def money(value: float, unit: str) -> str:
    """Amount in words a reader can keep.

    Examples
    --------
    >>> money(765960, "M USD"), money(2.5e6, "10k CNY"), money(-12.3, "M EUR"), money(3, "tonnes")
    ('766 billion USD', '25 billion CNY', '−12.3 million EUR', '3 tonnes')
    """
    parts = unit.split(maxsplit=1)
    if len(parts) != 2 or parts[0] not in _UNITS:
        return f"{value:,.4g} {unit}".strip().replace("-", "−")
    amount = value * _UNITS[parts[0]]
    for size, word in ((1e12, "trillion"), (1e9, "billion"), (1e6, "million"), (1e3, "thousand")):
        if abs(amount) >= size:
            return f"{amount / size:.3g} {word} {parts[1]}".replace("-", "−")
    return f"{amount:,.0f} {parts[1]}".replace("-", "−")


def number(value: float, digits: int = 2) -> str:
    """Write a number with fixed decimals, a true minus, and a dash where there is none."""
    return "–" if math.isnan(value) else f"{value:,.{digits}f}".replace("-", "−")


def part(amount: float, whole: float) -> float:
    """Share of a whole; NaN where the whole is nothing."""
    return amount / whole if whole else math.nan
