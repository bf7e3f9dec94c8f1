"""Which files of stage shares are made, from which of China's tables, and the inputs they are made from."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

HERE = Path(__file__).resolve().parent / "industries"
STAGES = ("traditional", "emerging", "future")
TRAITS = ("green", "digital", "high_tech")
BOUNDS = ("low", "central", "high")
KEYS = [f"{name}_{bound}" for name in (*STAGES, *TRAITS) for bound in BOUNDS]
COLUMNS = [
    *("industry", "alias", "name", "name_zh", "region", "year"),
    *KEYS,
    *("green_basis", "digital_basis", "high_tech_basis", "kind", "reason", "source"),
]
DIGITS = 4

# Outside China the make-up of an industry is not known: each activity's weight relative to the others may be
# anything between half of China's and twice China's.
SPREAD = 2.0

# Later than any dated judgement: rows for all years take the one without a date.
UNDATED = 9999

# The Chinese national tables with detailed industries, by year.
DETAILED = {2002: "NBS122", 2007: "NBS135", 2012: "NBS139", 2017: "NBS149", 2018: "NBS153", 2020: "NBS153"}


@dataclass(frozen=True)
class Block:
    """Rows of one output file: for which tables they hold and which Chinese tables they are made from."""

    central: tuple[int, ...]
    bounds: tuple[int, ...]
    region: str = ""
    year: str = ""
    judged_for: str = "CHN"
    spread: float = 1.0

    def judged_in(self, year: int) -> int:
        """Year of the judgement that goes with a table: the table's own, within the years for which the rows hold."""
        if self.year:
            return min(max(year, int(self.year[:4])), int(self.year[-4:]))
        return year if self.judged_for else UNDATED


@dataclass(frozen=True)
class Target:
    """One output file; `layout` is the column of activities.csv that leads to it (None: the detailed table itself)."""

    classification: str
    layout: str | None
    years: tuple[int, ...]
    names_from: str
    blocks: tuple[Block, ...]


def _detailed(classification: str) -> Target:
    years = tuple(y for y, c in DETAILED.items() if c == classification)
    blocks = [Block(years, years)]
    if len(years) > 1:
        blocks += [Block((y,), (y,), year=str(y)) for y in years]
    return Target(classification, None, years, f"china_{years[-1]}_{classification[3:]}.parquet", tuple(blocks))


TARGETS = (
    Target(
        "WIOD2013",
        "wiod2013",
        tuple(range(1995, 2012)),
        "wiod2013_industries.csv",
        (
            Block((2002, 2007, 2012), (2002, 2007, 2012), judged_for="", spread=SPREAD),
            Block((2002, 2007, 2012), (2002, 2007, 2012), year="1995-2004", judged_for="", spread=SPREAD),
            Block((2002,), (2002, 2007), "CHN", "1995-2004"),
            Block((2007,), (2002, 2007, 2012), "CHN", "2005-2009"),
            Block((2012,), (2007, 2012, 2017), "CHN", "2010-2016"),
        ),
    ),
    *(_detailed(c) for c in ("NBS153", "NBS149", "NBS139", "NBS135", "NBS122")),
    Target(
        "NBS42",
        "nbs42",
        (2017, 2018, 2020),
        "china_2020_42.parquet",
        (
            Block((2017, 2018, 2020), (2017, 2018, 2020)),
            Block((2017,), (2017, 2018), year="2017"),
            Block((2018,), (2017, 2018, 2020), year="2018"),
            Block((2020,), (2018, 2020), year="2020"),
        ),
    ),
    Target(
        "NBS42_2015",
        "nbs42_2015",
        (2012, 2015),
        "china_2015_42.parquet",
        (
            Block((2012, 2017), (2012, 2017)),
            Block((2012,), (2007, 2012, 2017), year="2012"),
        ),
    ),
    Target(
        "NBS42_2005",
        "nbs42_2005",
        (2002, 2005, 2007),
        "china_2005_42.parquet",
        (
            Block((2002, 2007), (2002, 2007)),
            Block((2002,), (2002, 2007), year="2002"),
            Block((2007,), (2002, 2007, 2012), year="2007"),
        ),
    ),
    Target(
        "NBS41",
        "nbs41",
        (2010,),
        "china_2010_41.parquet",
        (Block((2007, 2012), (2007, 2012)),),
    ),
)


class Inputs:
    """The hand-kept files, the taxonomy and the detailed outputs."""

    def __init__(self, nbs: Path, taxonomy: Path) -> None:
        folder = HERE / "inputs"
        self.nbs = nbs
        self.activities = _read(folder / "activities.csv").set_index("activity")
        self.judgements = _read(folder / "judgements.csv")
        shares = [c for c in self.judgements if c.endswith(BOUNDS)]
        self.judgements[shares] = self.judgements[shares].astype(float)
        self.industries = _read(folder / "nbs_activities.csv")
        self.wiod = _read(folder / "wiod2013_industries.csv")
        levels = _read(taxonomy / "oecd_rd_intensity_galindo_rueda_verger_2016.csv")
        self.levels = levels.set_index("isic4")
        self.outputs = {year: self._output(year) for year in DETAILED}
        self.profiles: dict[tuple[str, str, int], dict[str, object]] = {}
        self.first: dict[tuple[str, ...], int] = {}

    def _output(self, year: int) -> pd.DataFrame:
        """Detailed industries of one year with output, in 100 million CNY, and activity."""
        name = DETAILED[year]
        table = pd.read_parquet(self.nbs / f"china_{year}_{name[3:]}.parquet").set_index("Code")
        rows = self.industries[self.industries["classification"] == name].set_index("industry")
        return rows.assign(output=table.loc[rows.index, "GO"].astype(float) / 1e4)


def _read(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, dtype=str, keep_default_na=False)
