"""Fonts for labels in any script, and one warning where there is none."""

from __future__ import annotations

import logging
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from io_linkage.errors import FontWarning

#: It comes with matplotlib, so a figure in Latin letters is the same on every machine.
BASE = "DejaVu Sans"
# Fonts with Chinese signs, by system; one that is installed draws what the first lacks.
_CHINESE = (
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "WenQuanYi Zen Hei",
    "WenQuanYi Micro Hei",
    "Microsoft YaHei",
    "SimHei",
    "PingFang SC",
    "Hiragino Sans GB",
    "Heiti SC",
    "Arial Unicode MS",
)
_MISSING = re.compile(r"Glyph \d+ .* missing from")


@cache
def families() -> list[str]:
    """Families to draw with: the first that has a sign is taken for it."""
    from matplotlib import font_manager

    there = set(font_manager.get_font_names())
    return [BASE, *[name for name in _CHINESE if name in there][:1]]


@contextmanager
def one_warning() -> Iterator[None]:
    """Say once what matplotlib says of every sign it has no font for; other warnings pass."""
    messages: list[str] = []
    logger = logging.getLogger("matplotlib.font_manager")

    def keep(record: logging.LogRecord) -> bool:
        lacking = record.getMessage().startswith("findfont: ")
        messages.extend([record.getMessage()] if lacking else [])
        return not lacking

    logger.addFilter(keep)
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            yield
    finally:
        logger.removeFilter(keep)
    for one in caught:
        if _MISSING.match(str(one.message)):
            messages.append(str(one.message))
        else:
            warnings.warn_explicit(one.message, one.category, one.filename, one.lineno)
    if messages:
        _warn()


@cache
def _warn() -> None:
    # Once a process: every figure with such labels would repeat it.
    warnings.warn(
        "The fonts of this machine lack signs that labels use, so figures show boxes in their place. Install a font "
        "that has them, such as Noto Sans CJK for Chinese, and draw again.",
        FontWarning,
        stacklevel=1,
    )
