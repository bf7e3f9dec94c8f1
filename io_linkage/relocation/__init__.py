r"""Industries that move: shares of the world, how much has moved and how fast, from whom to whom, and why.

Terms
-----
share : part of the world's value added (or another account) of an industry or a stage that arises in a region.
moved : half of the sum of all changes of shares, which is what the losers lost and the gainers won.
proportional matching : every loser's loss goes to the gainers in proportion to what they won. Nobody observes whose
    factory went where; this is an accounting convention.
sourcing effect : what buyers did by turning to other countries for the same products. A share of the world also
    changes because demand grows faster in one region than in another; this does not.
orders : purchases that went from one country to another, product by product and buyer by buyer.

Shares are at current prices and exchange rates, which move them too.

References
----------
Dietzenbacher & Los (1998) for the decomposition behind the sourcing effect; the rest is this project's.
"""

from __future__ import annotations

from io_linkage.relocation.orders import orders
from io_linkage.relocation.shares import flows, matched, moved, shares
from io_linkage.relocation.sourcing import sourcing_effect

__all__ = ["flows", "matched", "moved", "orders", "shares", "sourcing_effect"]
