"""The report: an analyst's briefing of one table as a page, pictures and data, made from results alone.

`write` does all of it; `gather` computes the results and `compose` words and draws them, for use one by one.
"""

from __future__ import annotations

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
