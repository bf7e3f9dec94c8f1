"""The accounting checks: each finds its fault, names the place and the size, and passes a sound table."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given

from io_linkage import checks
from io_linkage.checks import content, findings, runner
from io_linkage.errors import BalanceError, NotProductiveError, OptionError, TableError
from io_linkage.table import MRIOTable
from tests.strategies import tables

REGIONS, INDUSTRIES = ("CHN", "USA"), ("a", "b", "c")


def blocks() -> dict[str, pd.DataFrame]:
    """Make a balanced table of two regions and three industries, as raw frames to spoil."""
    random = np.random.default_rng(7)
    index = pd.MultiIndex.from_product([REGIONS, INDUSTRIES], names=["region", "industry"])
    demand = pd.MultiIndex.from_product([REGIONS, ["consumption", "inventories"]], names=["region", "category"])
    x = random.uniform(100, 1000, 6)
    Z = random.random((6, 6)) * x.min() / 20
    final = x - Z.sum(axis=1)
    Y = final[:, None] * random.dirichlet(np.ones(4), 6)
    V = np.vstack([0.9 * (x - Z.sum(axis=0)), 0.1 * (x - Z.sum(axis=0))])
    return {
        "Z": pd.DataFrame(Z, index=index, columns=index),
        "Y": pd.DataFrame(Y, index=index, columns=demand),
        "V": pd.DataFrame(V, index=["Value added", "Taxes less subsidies on products"], columns=index),
        "x": pd.DataFrame({"output": x}, index=index),
    }


def table(raw: dict[str, pd.DataFrame], **options) -> MRIOTable:
    options = {"tolerance": 10.0, "unit": "M USD", "name": "test", "year": 2011, **options}
    return MRIOTable.from_frames(raw["Z"], raw["Y"], raw.get("V"), raw.get("x"), **options)


def found(table: MRIOTable, check: str, **options) -> pd.Series:
    frame = checks.run(table, **options)
    rows = frame[frame["check"] == check]
    assert len(rows), f"no finding called {check}; there are {list(frame['check'])}"
    return rows.iloc[0]


def test_a_sound_table_has_no_errors_and_no_warnings():
    frame = checks.run(table(blocks()))
    assert set(frame["severity"]) <= {"ok", "note"}
    checks.require(table(blocks()))


@given(tables())
def test_drawn_tables_have_no_errors(drawn):
    frame = checks.run(drawn)
    assert list(frame.columns) == list(runner.COLUMNS)
    assert not (frame["severity"] == "error").any()


@given(tables())
def test_findings_are_ordered_worst_first(drawn):
    ranks = checks.run(drawn)["severity"].map(findings.SEVERITIES.index)
    assert ranks.is_monotonic_increasing


def test_row_gap_is_found_where_it_is_with_its_size():
    raw = blocks()
    raw["x"].loc[("USA", "b")] *= 1.5
    expected = float(raw["x"].loc[("USA", "b"), "output"]) / 3
    row = found(table(raw), "row balance")
    assert row["severity"] == "error"
    assert row["count"] == 1
    assert "USA b +33.3%" in row["where"]
    assert row["largest"] == pytest.approx(expected)
    with pytest.raises(BalanceError, match="USA b"):
        checks.require(table(raw))


def test_column_gap_is_found():
    raw = blocks()
    raw["V"].loc["Value added", ("CHN", "a")] *= 0.5
    row = found(table(raw), "column balance")
    assert row["severity"] == "error"
    assert "CHN a" in row["where"]


def test_the_tolerance_decides():
    raw = blocks()
    raw["x"].loc[("USA", "b")] *= 1.005
    assert found(table(raw), "row balance")["severity"] == "note"
    assert found(table(raw), "row balance", tolerance=0.001)["severity"] == "warning"


def test_gaps_give_both_sides():
    raw = blocks()
    raw["x"].loc[("CHN", "c")] += 5.0
    gaps = checks.gaps(table(raw))
    assert gaps.loc[("CHN", "c"), "row"] == pytest.approx(5.0)
    assert gaps["column"].abs().max() < 1e-9
    assert gaps.loc[("CHN", "c"), "published"] == pytest.approx(5.0)


def test_negative_flow_is_found_and_named():
    raw = blocks()
    raw["Z"].iloc[0, 4] = -40.0
    row = found(table(raw), "negative flows")
    assert row["severity"] == "error"
    assert row["count"] == 1
    assert "CHN a -> USA b -40" in row["where"]


def test_inventories_may_be_negative_but_consumption_may_not():
    raw = blocks()
    raw["Y"].loc[("CHN", "a"), ("CHN", "inventories")] = -3.0
    raw["Y"].loc[("CHN", "b"), ("USA", "consumption")] = -3.0
    frame = checks.run(table(raw))
    rows = frame[frame["check"] == "negative final demand"].set_index("finding")["severity"]
    assert [s for f, s in rows.items() if f.startswith("Y, inventories")] == ["note"]
    assert [s for f, s in rows.items() if f.startswith("Y, consumption")] == ["warning"]


def test_output_nil_with_flows_is_found():
    raw = blocks()
    raw["x"].loc[("USA", "c")] = 0.0
    row = found(table(raw, tolerance=float("inf")), "flows without output")
    assert row["severity"] == "error"
    assert "USA c" in row["where"]
    assert found(table(raw, tolerance=float("inf")), "no output")["count"] == 1


def test_negative_value_added_is_found():
    raw = blocks()
    raw["V"].loc["Taxes less subsidies on products", ("CHN", "b")] += 2 * raw["V"].loc["Value added", ("CHN", "b")]
    raw["V"].loc["Value added", ("CHN", "b")] *= -1
    row = found(table(raw), "value added")
    assert row["severity"] == "error"
    assert row["where"].startswith("CHN b -")
    assert row["largest"] < 0


def unproductive() -> MRIOTable:
    """Make a table whose first industry uses twice what it makes, drawn from inventories."""
    raw = blocks()
    raw.pop("V"), raw.pop("x")
    raw["Z"].iloc[0, 0] = 100.0
    raw["Y"].iloc[0] = 0.0
    raw["Y"].loc[("CHN", "a"), ("CHN", "inventories")] = 50.0 - raw["Z"].iloc[0].sum()
    return table(raw)


def test_inputs_above_output_and_hawkins_simon():
    frame = checks.run(unproductive()).set_index("check")
    assert frame.loc["Hawkins-Simon", "severity"] == "error"
    assert frame.loc["inputs exceed output", "where"].startswith("CHN a")
    assert frame.loc["inputs exceed output", "largest"] > 2
    with pytest.raises(TableError, match="Hawkins-Simon"):
        checks.require(unproductive())


def test_hawkins_simon_alone_raises_its_own_error(monkeypatch):
    monkeypatch.setattr(runner, "CHECKS", (content.hawkins_simon,))
    with pytest.raises(NotProductiveError):
        checks.require(unproductive())


def test_missing_pairs_are_counted():
    raw = blocks()
    keep = raw["Z"].index.drop([("USA", "c")])
    ragged = {
        "Z": raw["Z"].loc[keep, keep],
        "Y": raw["Y"].loc[keep],
    }
    row = found(table(ragged), "missing pairs")
    assert row["count"] == 1
    assert row["where"] == "USA c"
    assert row["severity"] == "note"


def test_codes_that_differ_by_capitals_only_are_an_error():
    raw = blocks()
    rename = {"c": "A"}
    spoilt = {
        key: frame.rename(index=rename, level=1) if key in "ZYx" else frame for key, frame in raw.items() if key != "V"
    }
    spoilt["Z"] = spoilt["Z"].rename(columns=rename, level=1)
    row = found(table(spoilt), "repeated industry codes")
    assert row["severity"] == "error"
    assert "'a'" in row["where"]
    assert "'A'" in row["where"]


def test_unknown_codes_are_named():
    raw = blocks()
    spoilt = {key: frame.rename(index={"USA": "XYZ"}, level=0) if key != "V" else frame for key, frame in raw.items()}
    spoilt["Z"] = spoilt["Z"].rename(columns={"USA": "XYZ"}, level=0)
    spoilt["Y"] = spoilt["Y"].rename(columns={"USA": "XYZ"}, level=0)
    spoilt.pop("V")
    row = found(table(spoilt), "unknown region codes")
    assert row["severity"] == "warning"
    assert row["where"] == "XYZ"
    row = found(table(spoilt, classification="WIOD2013"), "unknown industry codes")
    assert row["severity"] == "warning"
    assert row["count"] == 3


def test_a_block_in_thousands_is_a_unit_error():
    raw = blocks()
    raw["V"] = raw["V"] * 1000
    row = found(table(raw, tolerance=float("inf")), "units")
    assert row["severity"] == "error"
    assert "10^3" in row["finding"]
    assert "primary inputs" in row["finding"]


def test_several_units_are_a_warning_and_none_a_note():
    assert found(table(blocks(), unit="mixed units"), "units")["severity"] == "warning"
    assert found(table(blocks(), unit=""), "units")["severity"] == "note"


def test_world_income_must_be_world_demand():
    raw = blocks()
    raw.pop("x")
    raw["V"].loc["Value added"] *= 1.2
    with pytest.raises(BalanceError, match="6 of 6 industries"):
        table(raw, tolerance=0.01)
    assert found(table(raw), "world accounts")["severity"] == "error"


def test_published_output_is_compared_by_region():
    raw = blocks()
    raw["x"].loc[["USA"]] *= 1.1
    row = found(table(raw), "published output")
    assert row["severity"] == "error"
    assert row["where"].startswith("USA +9.1%")


def test_satellite_coverage(world):
    frame = checks.run(world)
    row = frame[frame["check"] == "satellites"].iloc[0]
    assert "RoW" in row["where"]
    assert row["severity"] == "note"


def test_require_takes_a_stricter_severity(world):
    checks.require(world)
    with pytest.raises(TableError, match="accounting checks"):
        checks.require(world, severity="note")
    with pytest.raises(OptionError, match="severity"):
        checks.require(world, severity="ok")


def test_the_table_is_not_changed(world):
    before = world.accounts.Z.copy(), world.accounts.Y.copy(), world.accounts.V.copy()
    checks.run(world)
    for was, now in zip(before, (world.accounts.Z, world.accounts.Y, world.accounts.V), strict=True):
        assert np.array_equal(was, now)


def test_wiod_2011_as_published_passes(wiod_2011):
    checks.require(wiod_2011)
    assert found(wiod_2011, "row balance")["severity"] == "note"
