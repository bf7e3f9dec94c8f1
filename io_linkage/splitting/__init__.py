"""Industries that no table shows: split from their parents by evidence, conserved to the last digit.

Terms
-----
parent : an industry of the table that holds others: "electrical and optical equipment" holds batteries.
part : one of the industries it is split into; the last is the rest, parent less the others.
recipe : what is known of the parts: shares of output and, where known, inputs, sales, value added and accounts.
"""

from __future__ import annotations

from io_linkage.splitting.files import read_recipe, recipes
from io_linkage.splitting.recipe import Division, Part, Recipe
from io_linkage.splitting.splitter import split

__all__ = ["Division", "Part", "Recipe", "read_recipe", "recipes", "split"]
