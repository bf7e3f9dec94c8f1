r"""Productivity: what growth is made of, and how far one industry's progress reaches others.

Terms
-----
tau : total factor productivity (TFP) of a country-industry on gross output, a logarithmic change.
Domar weight : value added of an industry in that of the economy, over the share of value added in its output.
technical progress : sum of TFP with Domar weights. allocation : what capital and labour add by moving between
    industries (Jorgenson, Ho & Stiroh 2005).
chain TFP : TFP of an industry and of all suppliers behind it.
"""

from __future__ import annotations

from io_linkage.productivity.capital import depreciation, rebuilt_capital
from io_linkage.productivity.chains import chain_prices, chain_tfp, chain_tfp_givers, tfp_passed_on
from io_linkage.productivity.economies import EconomyGrowth, economy_growth
from io_linkage.productivity.findings import findings
from io_linkage.productivity.growth_accounts import GrowthAccounts
from io_linkage.productivity.industries import industry_growth
from io_linkage.productivity.labour import labour_productivity, volume_difference
from io_linkage.productivity.markups import markup_growth
from io_linkage.productivity.reading import accounts

__all__ = [
    "EconomyGrowth",
    "GrowthAccounts",
    "accounts",
    "chain_prices",
    "chain_tfp",
    "chain_tfp_givers",
    "depreciation",
    "economy_growth",
    "findings",
    "industry_growth",
    "labour_productivity",
    "markup_growth",
    "rebuilt_capital",
    "tfp_passed_on",
    "volume_difference",
]
