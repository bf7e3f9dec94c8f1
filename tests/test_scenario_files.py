"""Scenarios in files: TOML and Excel come back as they were, mistakes are explained, and those that ship run."""

from __future__ import annotations

import numpy as np
import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from io_linkage import extraction, scenarios, shortages
from io_linkage.errors import ComparisonError, IOLinkageError, OptionError, OutputError, ReadError, UnknownLabelError
from io_linkage.scenarios import (
    DemandChange,
    ExportBan,
    FixedOutput,
    FriendShoring,
    MarketRepair,
    NodeLoss,
    ProductionAbroad,
    Reshoring,
    Scenario,
    Shortage,
    Substitution,
    Tariff,
)
from tests.examples import leather

ALL_KINDS = Scenario(
    'Every kind, "quoted" and ümlauts\\',
    (
        DemandChange("USA", level=-0.05, industries="34t35", category="c"),
        DemandChange(("CHN", "IND"), basket=(("34t35", 0.4), ("30t33", 0.6)), strength=0.5),
        Reshoring(("USA", "eu"), industries=("30t33", "34t35"), suppliers="CHN", flows="inputs", capacity=0.1),
        Substitution("USA", "CHN", ("IND", "MEX"), shares=(0.75, 0.25), strength=0.3),
        MarketRepair("CHN", "IDN", amount=12.5),
        ProductionAbroad("CHN", "IDN", inputs="host", strength=0.2),
        FriendShoring("eu", "CHN", stage="emerging"),
        Tariff("USA", "CHN", rate=0.25, elasticity=4.0, value="purchaser"),
        ExportBan("CHN", reading="orders"),
        FixedOutput("JPN", "30t33", level=0.8),
        NodeLoss("KOR", "30t33", strength=0.25),
    ),
    note="line one\nline two",
    classification="WIOD2013",
)
SHORTAGE = Shortage(
    "short",
    (("CHN", "30t33", 0.5), (("JPN", "KOR"), ("30t33", "34t35"), 0.25)),
    rounds=3,
    rule="leontief",
    ratings="cost_share",
    substitution=0.1,
    note="why",
)


@pytest.mark.parametrize("ending", ["toml", "xlsx"])
@pytest.mark.parametrize("scenario", [ALL_KINDS, SHORTAGE], ids=["moves", "shortage"])
def test_what_is_written_is_read_again(tmp_path, scenario, ending):
    file = scenarios.save(scenario, tmp_path / f"scenario.{ending}")
    assert scenarios.read(file) == scenario
    again = scenarios.save(scenarios.read(file), tmp_path / f"again.{ending}")
    assert again.read_bytes() == file.read_bytes()
    with pytest.raises(OutputError, match="is there already"):
        scenarios.save(scenario, file)
    assert scenarios.save(scenario, file, overwrite=True) == file


LABELS = st.text(st.characters(exclude_categories=["C"], exclude_characters=","), min_size=1).filter(
    lambda text: text == text.strip()
)


@given(name=LABELS, regions=st.lists(LABELS, min_size=1, max_size=3), strength=st.floats(0, 1))
def test_any_label_survives_toml(tmp_path_factory, name, regions, strength):
    buyers = regions[0] if len(regions) == 1 else tuple(regions)
    scenario = Scenario(name, [Reshoring(buyers, strength=strength)], note=name)
    file = tmp_path_factory.mktemp("files") / "s.toml"
    assert scenarios.read(scenarios.save(scenario, file)) == scenario


def test_the_form_offers_the_labels_of_the_table(tmp_path, world):
    file = scenarios.save_template(world, tmp_path / "form.xlsx")
    book = openpyxl.load_workbook(file)
    offered = {rule.formula1.split("!")[1]: rule for rule in book["moves"].data_validations.dataValidation}
    choices = {column[0].value: [cell.value for cell in column[1:] if cell.value] for column in book["choices"].columns}
    assert choices["industries"] == world.industries
    assert choices["regions"][: len(world.regions)] == world.regions
    assert "developing_wb" in choices["regions"]
    heads = [cell.value for cell in book["moves"][1]]
    letter = openpyxl.utils.get_column_letter(heads.index("industries") + 1)
    rule = next(r for r in offered.values() if f"{letter}2:" in str(r.sqref))
    assert rule.type == "list"
    assert rule.formula1.endswith(f"${len(world.industries) + 1}")
    assert not rule.showErrorMessage
    assert book["scenario"]["B3"].value == "WIOD2013"
    with pytest.raises(OptionError, match="has no name"):
        scenarios.read(file)


def test_a_form_that_is_filled_in(tmp_path, world):
    file = scenarios.save_template(world, tmp_path / "form.xlsx")
    book = openpyxl.load_workbook(file)
    book["scenario"]["B1"] = "home"
    heads = [cell.value for cell in book["moves"][1]]
    row = {"kind": "reshoring", "buyers": "USA, eu", "industries": "30t33", "suppliers": "CHN", "strength": 0.5}
    for key, value in row.items():
        book["moves"].cell(row=2, column=heads.index(key) + 1, value=value)
    book.save(file)
    expected = Scenario(
        "home",
        [Reshoring(("USA", "eu"), industries="30t33", suppliers="CHN", strength=0.5)],
        classification="WIOD2013",
    )
    assert scenarios.read(file) == expected


GOOD = """name = "x"
[[moves]]
kind = "reshoring"
buyers = "USA"
strength = 0.5
"""
WRONG = {
    "unknown key": (GOOD.replace("strength", "strenght"), "Nearest: strength"),
    "unknown key at the top": ('nmae = "y"\n' + GOOD, "Nearest: name"),
    "unknown kind": (GOOD.replace("reshoring", "reshorin"), "Nearest: reshoring"),
    "no kind": (GOOD.replace("kind", "#"), "has no kind"),
    "no name": (GOOD.replace("name", "#"), "has no name"),
    "no moves": ('name = "x"', "has no moves"),
    "one bracket": (GOOD.replace("[[moves]]", "[moves]"), "two brackets"),
    "share over 1": (GOOD.replace("0.5", "1.5"), "a share from 0"),
    "text for a number": (GOOD.replace("0.5", '"half"'), "is not a number"),
    "yes for a number": (GOOD.replace("0.5", "true"), "is not a number"),
    "number for a label": (GOOD.replace('"USA"', "3"), "Put labels in quotes"),
    "what is needed": (GOOD.replace("buyers", "#"), "lacks buyers"),
    "not TOML": ("name = ", "is not TOML"),
    "a number without its nought": (GOOD.replace("0.5", ".5"), r"0\.5, not \.5"),
    "tariff without an elasticity": (
        'name = "x"\n[[moves]]\nkind = "tariff"\nbuyers = "USA"\nsuppliers = "CHN"\nrate = 0.25\n',
        "there is no default",
    ),
    "ban without a reading": ('name = "x"\n[[moves]]\nkind = "export_ban"\nsuppliers = "CHN"\n', "reading=None"),
    "shares that do not add up": (
        'name = "x"\n[[moves]]\nkind = "substitution"\nbuyers = "USA"\nsuppliers = "CHN"\nto = ["IND", "MEX"]\n'
        "shares = [0.5, 0.1]\n",
        "add to 1",
    ),
    "a shortage among moves": (
        GOOD + '[[moves]]\nkind = "shortage"\nregions = "CHN"\nindustries = "30t33"\nlevel = 0.5\n',
        "write two files",
    ),
    "rounds without a shortage": ("rounds = 2\n" + GOOD, "belong to a shortage"),
    "a note that is a number": ("note = 3\n" + GOOD, "is not text"),
}


@pytest.mark.parametrize("what", WRONG)
def test_mistakes_are_explained(tmp_path, what):
    text, message = WRONG[what]
    (tmp_path / "s.toml").write_text(text, encoding="utf-8")
    with pytest.raises(IOLinkageError, match=message):
        scenarios.read(tmp_path / "s.toml")


def test_files_that_cannot_be_read(tmp_path, world):
    with pytest.raises(ReadError, match=r"Scenarios that ship: .*tariff"):
        scenarios.read(tmp_path / "none.toml")
    with pytest.raises(ReadError, match=r"Nearest: tariff\."):
        scenarios.read("tarif")
    (tmp_path / "s.txt").write_text(GOOD)
    with pytest.raises(ReadError, match="neither"):
        scenarios.read(tmp_path / "s.txt")
    (tmp_path / "s.xlsx").write_text(GOOD)
    with pytest.raises(ReadError, match="not an Excel workbook"):
        scenarios.read(tmp_path / "s.xlsx")
    openpyxl.Workbook().save(tmp_path / "empty.xlsx")
    with pytest.raises(ReadError, match="lacks one of the sheets"):
        scenarios.read(tmp_path / "empty.xlsx")
    with pytest.raises(OptionError, match=r"cannot be called 's\.json'"):
        scenarios.save(ALL_KINDS, tmp_path / "s.json")
    with pytest.raises(OptionError, match=r"is an \.xlsx"):
        scenarios.save_template(world, tmp_path / "s.toml")
    file = scenarios.save(SHORTAGE, tmp_path / "one.xlsx")
    book = openpyxl.load_workbook(file)
    book["moves"].cell(row=1, column=2, value="bayers")
    book.save(file)
    with pytest.raises(UnknownLabelError, match="Nearest: buyers"):
        scenarios.read(file)


def test_scenarios_for_another_classification_are_refused():
    with pytest.raises(ComparisonError, match="WIOD2013"):
        scenarios.run(leather(), scenarios.read("tariff"))
    with pytest.raises(ComparisonError, match="WIOD2013"):
        scenarios.read("electronics_halved").run(leather())


# Those that ship, each on the shipped table.


def percent(world, name):
    outcome = scenarios.run(world, scenarios.read(name))
    return outcome.change(of="value_added", by="region")["change_percent"]


@pytest.mark.parametrize(
    ("name", "china", "usa"),
    [("electronics_home_10", -0.30, 0.10), ("electronics_home_50", -1.53, 0.52), ("electronics_home_100", -3.13, 1.06)],
)
def test_electronics_come_home(world, name, china, usa):
    """REFERENCES, WIOD with 41 regions: CHN and USA, % of GDP; the shipped regions are larger, so 5 % off."""
    change = percent(world, name)
    assert change["CHN"] == pytest.approx(china, rel=0.05)
    assert change["USA"] == pytest.approx(usa, rel=0.05)
    assert change.idxmin() == "CHN"


def test_china_repairs_half_of_the_lost_orders(world):
    scenario = scenarios.read("market_repair")
    outcome = scenarios.run(world, scenario)
    hurt = scenarios.run(world, Scenario("hurt", scenario.moves[:1]))
    lost = -np.minimum(hurt.solution.first_round, 0).sum()
    assert scenario.moves[1].amount == pytest.approx(lost / 2, rel=1e-3)
    for region in ("IND", "IDN"):
        before, after = (o.change(of="value_added", by="region").loc[region, "change"] for o in (hurt, outcome))
        assert before < after < 0
    back = outcome.change(of="value_added", by="region").loc[["IND", "IDN"], "change"].sum()
    assert back / hurt.change(of="value_added", by="region").loc[["IND", "IDN"], "change"].sum() == pytest.approx(
        0.5, abs=0.02
    )


def test_the_core_node_is_the_largest_and_its_loss_is_its_extraction(world):
    alone = extraction.losses(world, of="value_added")
    assert alone["abroad"].idxmax() == ("CHN", "30t33")
    outcome = scenarios.run(world, scenarios.read("core_node_lost"))
    lost = extraction.losses(world, regions="CHN", industries="30t33")
    assert_allclose(-outcome.change()["change"], lost["total"], atol=1e-6 * world.x.sum())


def test_the_tariff_hits_china_and_names_its_elasticity(world):
    scenario = scenarios.read("tariff")
    assert "Simonovska & Waugh (2014)" in scenario.note
    assert scenario.moves[0].elasticity == 5
    change = percent(world, "tariff")
    assert change["CHN"] < 0 < change["USA"]
    assert change.idxmin() in ("CHN", "TWN")


def test_half_of_chinese_electronics_under_the_bottleneck_rule(world):
    scenario = scenarios.read("electronics_halved")
    result = scenario.run(world)
    expected = shortages.run(world, capacity={("CHN", "30t33"): 0.5}, rounds=3)
    assert_allclose(result["total"], expected["total"])
    assert result.attrs["shortage_rule"] == "half_critical"
    assert scenario.run(world, rounds=1)["total"].sum() < result["total"].sum()


def test_each_shipped_scenario_is_named_here():
    assert set(scenarios.shipped()) == {
        "core_node_lost", "electronics_halved", "electronics_home_10", "electronics_home_100", "electronics_home_50",
        "market_repair", "tariff",
    }  # fmt: skip
