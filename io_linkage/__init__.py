"""Linkages, spillovers and value chains of traditional, emerging and future industries.

>>> import io_linkage as iol
>>> world = iol.load()                                  # the shipped table, latest year
>>> world
<MRIOTable World 2011 (WIOD 2013 release, 21 regions): 21 regions x 35 industries, M USD>
"""

from __future__ import annotations

import lazy_loader

__version__ = "0.2.0"

# On first use only: importing the package, and the help of the command, need not wait for pandas.
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
