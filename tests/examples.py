"""Small tables with published results, typed from their sources."""

from __future__ import annotations

import numpy as np
import pandas as pd

from io_linkage.table import MRIOTable, Satellite


def _numbers(text: str) -> np.ndarray:
    return np.array([[float(cell) for cell in row.split()] for row in text.strip().split("|")])


def _table(Z: np.ndarray, Y: np.ndarray, regions: list[str], industries: list[str], **options) -> MRIOTable:
    index = pd.MultiIndex.from_product([regions, industries], names=["region", "industry"])
    demand = pd.MultiIndex.from_product([regions, ["final demand"]], names=["region", "category"])
    return MRIOTable.from_frames(
        pd.DataFrame(Z, index=index, columns=index), pd.DataFrame(Y, index=index, columns=demand), **options
    )


def miller_blair_2() -> MRIOTable:
    """Miller & Blair (2022), section 2.3: two industries."""
    return _table(
        _numbers("150 500 | 200 100"),
        np.array([[350.0], [1700.0]]),
        ["national"],
        ["1", "2"],
        name="Miller & Blair",
    )


def miller_blair_two_regions() -> MRIOTable:
    """Miller & Blair (2022), section 3.3: three industries in region 1, two in region 2."""
    Z = _numbers("150 500 50 25 75 | 200 100 400 200 100 | 300 500 50 60 40 | 75 100 60 200 250 | 50 25 25 150 100")
    x = np.array([1000.0, 2000, 1000, 1200, 800])
    index = pd.MultiIndex.from_tuples(
        [("r", "1"), ("r", "2"), ("r", "3"), ("s", "1"), ("s", "2")], names=["region", "industry"]
    )
    demand = pd.MultiIndex.from_product([["r", "s"], ["final demand"]], names=["region", "category"])
    Y = np.zeros((5, 2))
    Y[[0, 1, 2], 0] = (x - Z.sum(axis=1))[:3]
    Y[[3, 4], 1] = (x - Z.sum(axis=1))[3:]
    return MRIOTable.from_frames(
        pd.DataFrame(Z, index=index, columns=index),
        pd.DataFrame(Y, index=index, columns=demand),
        name="Miller & Blair, two regions",
    )


def germany_1995() -> MRIOTable:
    """Eurostat Manual of Supply, Use and Input-Output Tables, chapter 15: Germany 1995, M EUR."""
    Z = _numbers(
        "1131 25480 1 607 710 762 | 7930 304584 64167 41082 11981 30360 | 426 7334 3875 5296 23457 9155 |"
        "3559 72717 14190 74399 10835 21008 | 3637 96115 31027 65755 193176 34223 | 1552 14986 1747 11225 15058 22070"
    )
    x = np.array([43910.0, 1079446, 245606, 540063, 692487, 508918])
    gva = np.array([21664.0, 395022, 115624, 311407, 415426, 365017])
    industries = ["agriculture", "manufacturing", "construction", "trade", "business", "other services"]
    index = pd.MultiIndex.from_product([["DEU"], industries], names=["region", "industry"])
    V = pd.DataFrame(
        [gva, x - Z.sum(axis=0) - gva],
        index=["Gross value added", "Imports and taxes on products"],
        columns=index,
    )
    jobs = pd.DataFrame([[1096.0, 8381, 3236, 9251, 4258, 10206]], index=["jobs"], columns=index)
    return _table(
        Z,
        (x - Z.sum(axis=1))[:, None],
        ["DEU"],
        industries,
        V=V,
        va_rows=["Gross value added"],
        satellites={"employment": Satellite("employment", jobs, pd.Series({"jobs": "thousand persons"}))},
        year=1995,
        unit="M EUR",
        name="Germany",
    )


def leather() -> MRIOTable:
    """The three-country table of Wang, Wei & Zhu (2013) as in decompr's documentation."""
    Z = _numbers(
        "16.1 5.1 1.8 3.2 4.3 .4 3.1 2.8 4.9 | 2.4 8 3.2 .1 3.2 1.6 1.2 3.9 11.5 | .9 .5 4 0 .1 .3 0 .4 .5 |"
        "1.1 1.9 .2 18 13.2 6.1 9 3.1 8.9 | .3 2.8 .1 6.1 28.1 6.3 2.1 2.5 25.6 | 0 .1 .3 4.1 3.2 8.9 .2 0 1.8 |"
        "1.2 4.2 .3 4.1 1.2 .6 29 19.5 17.9 | 1.3 1.1 0 3.2 4.8 2.6 5.1 29.1 24.1 |"
        "2.1 1.4 3 4.1 3.1 3.9 11.3 8.1 51.3"
    )
    Y = _numbers(
        "21.5 6.1 8.4 | 16.2 1.9 5.1 | 11 .5 .8 | 7.5 29.5 14.2 | 8.9 24.9 16.9 | 1.2 18.5 4.9 |"
        "9.2 17.9 51.2 | 7.9 10.1 38.5 | 25.1 35.2 68.4"
    )
    industries = ["Agriculture", "Textile and Leather", "Transport Equipment"]
    return _table(Z, Y, ["Argentina", "Turkey", "Germany"], industries, name="Leather")


def idle_region() -> MRIOTable:
    """Three regions of two industries; the second region makes nothing and buys."""
    Z = _numbers(
        "10 20 0 0 5 5 | 20 10 0 0 5 10 | 0 0 0 0 0 0 | 0 0 0 0 0 0 | 5 5 0 0 20 10 | 10 5 0 0 10 30",
    )
    Y = _numbers("30 5 10 | 40 5 20 | 0 0 0 | 0 0 0 | 10 5 40 | 20 5 50")
    return _table(Z, Y, ["A", "B", "C"], ["goods", "services"], name="Idle")


def three_industries() -> MRIOTable:
    """Three industries with round numbers, for shocks, prices, paths and centralities worked out by hand."""
    return _table(
        _numbers("20 30 10 | 40 10 30 | 10 20 20"),
        np.array([[40.0], [70], [50]]),
        ["national"],
        ["1", "2", "3"],
        year=2011,
        unit="M USD",
        name="Three industries",
    )
