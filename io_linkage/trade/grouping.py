"""Products by industry, stage or trait: flows of an account added up over what its industries make."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
import pandas as pd

from io_linkage.errors import require_option
from io_linkage.leontief import Array
from io_linkage.stages.matching import File
from io_linkage.stages.shares import traits, weights
from io_linkage.trade.account import GrossTrade

By: TypeAlias = Literal["total", "industry", "stage", "trait"]
BYS: tuple[By, ...] = ("total", "industry", "stage", "trait")

#: The sum over products, and what has no stage.
ALL, SERVICES = "all", "services"


@dataclass(frozen=True)
class Products:
    """Flows by group of products.

    Attributes
    ----------
    flows : array, (years, origins, groups, destinations)
        The last group of a grouping that is not by industry alone is the total.
    names : list of str
        Names of the groups.
    file, note : str
        Stage file behind the shares, and which of its rows are whose.
    """

    flows: Array
    names: list[str]
    file: str = ""
    note: str = ""

    @property
    def attrs(self) -> dict[str, str]:
        """What a result says of the shares behind it."""
        return {"file": self.file} if self.file else {}


@dataclass(frozen=True)
class _Listed:
    """Labels of the industries of one year that have a stage."""

    regions: list[str]
    industries: list[str]
    index: pd.MultiIndex
    year: int
    label: str
    classification: str | None


def products(account: GrossTrade, by: By, stage_file: File = None, *, total: bool = True) -> Products:
    """Add up flows by product groups.

    Parameters
    ----------
    account : GrossTrade
    by : {"total", "industry", "stage", "trait"}
        With "stage", industries without one are a group of their own, "services", so that groups add up to all. Traits
        overlap and do not.
    stage_file : path or DataFrame, optional
        Own shares in place of the shipped ones.
    total : bool
        Put the sum over all industries last, as "all".
    """
    require_option("by", by, BYS)
    whole = account.flows.sum(axis=2, keepdims=True)
    if by == "total":
        return Products(whole, [ALL])
    more: dict[str, str] = {}
    flows, names = account.flows, list(account.industries)
    if by != "industry":
        flows, names, more = _by_shares(account, by, stage_file)
    if total:
        flows, names = np.concatenate([flows, whole], axis=2), [*names, ALL]
    return Products(flows, names, **more)


def _by_shares(account: GrossTrade, by: By, stage_file: File) -> tuple[Array, list[str], dict[str, str]]:
    keep = [k for k, industry in enumerate(account.industries) if industry not in account.unlisted]
    industries = [account.industries[k] for k in keep]
    index = pd.MultiIndex.from_product([account.regions, industries], names=["region", "industry"])
    parts, shares = [], pd.DataFrame()
    for k, year in enumerate(account.years):
        labels = _Listed(account.regions, industries, index, year, account.label, account.classification)
        shares = (weights if by == "stage" else traits)(labels, stage_file=stage_file)
        W = shares.to_numpy().reshape(len(account.regions), len(industries), -1)
        parts.append(np.einsum("rid,rig->rgd", account.flows[k][:, keep], W, optimize=True))
    flows, names = np.stack(parts), list(shares.columns)
    if by == "stage" and account.unlisted:
        rest = account.flows.sum(axis=2) - account.flows[:, :, keep].sum(axis=2)
        flows, names = np.concatenate([flows, rest[:, :, None]], axis=2), [*names, SERVICES]
    return flows, names, {"file": shares.attrs["file"], "note": shares.attrs.get("note", "")}
