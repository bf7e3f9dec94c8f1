"""The command io-linkage scenario: its page, data and figures, the form, and one sentence for each bad input."""

from __future__ import annotations

import json
import re

import pandas as pd
import pytest

from io_linkage import scenarios
from io_linkage.report.scenarios import SCENARIO_FILES
from io_linkage.scenarios import Reshoring, Scenario
from tests import examples

HOME = """name = "Leather comes home"
[[moves]]
kind = "reshoring"
buyers = "Germany"
suppliers = "Turkey"
industries = "Textile and Leather"
strength = 0.5
"""


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tables") / "leather"
    examples.leather().to_pymrio().save_all(folder)
    return folder


@pytest.fixture
def home(tmp_path):
    (tmp_path / "home.toml").write_text(HOME, encoding="utf-8")
    return tmp_path / "home.toml"


def page_of(folder):
    return (folder / "report.html").read_text(encoding="utf-8")


def files_of(folder):
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_a_scenario_of_ones_own(run, saved, home, tmp_path):
    out = tmp_path / "out"
    done = run("scenario", home, saved, "--out", out)
    assert done.returncode == 0, done.stderr
    assert f"Scenario: {out / 'report.html'}" in done.stdout
    page = page_of(out)
    for words in ("Leather comes home", "What is assumed", "Closure", "Losers", "Gainers", "First, second and third"):
        assert words in page
    assert "Turkey" in page
    assert "<script" not in page
    change = pd.read_csv(out / "data" / "change_value_added.csv").set_index("region")["change"]
    assert change["Turkey"] == pytest.approx(-17.3474287230, abs=6e-11)
    tiers = pd.read_csv(out / "data" / "tiers.csv").set_index("region")
    assert tiers.filter(regex="tier_|later").sum(axis=1).tolist() == pytest.approx(tiers["total"].tolist())
    assert scenarios.read(out / "scenario.toml") == scenarios.read(home)
    assert files_of(out) <= SCENARIO_FILES | {"report.json"}
    assert {"figures/change.png", "figures/tiers.csv", "data/losers.csv", "data/gainers.csv"} <= files_of(out)


def test_again_with_a_shortage_in_its_place(run, saved, home, tmp_path):
    out = tmp_path / "out"
    assert run("scenario", home, saved, "--out", out).returncode == 0
    short = tmp_path / "short.toml"
    short.write_text(
        'name = "short"\nratings = "cost_share"\nrounds = 2\n[[moves]]\nkind = "shortage"\nregions = "Turkey"\n'
        'industries = "Textile and Leather"\nlevel = 0.5\n'
    )
    (out / "mine.txt").write_text("kept")
    done = run("scenario", short, saved, "--out", out)
    assert done.returncode == 0, done.stderr
    assert (out / "mine.txt").read_text() == "kept"
    assert not (out / "data" / "losers.csv").exists()
    rounds = pd.read_csv(out / "data" / "rounds.csv").set_index("region")
    assert rounds.loc["Turkey", "direct"] > 0
    assert (rounds["direct"] + rounds["round_1"] + rounds["round_2"]).tolist() == pytest.approx(
        rounds["total"].tolist()
    )
    assert "lower reading" in page_of(out)


def test_one_that_ships_on_the_shipped_table(run, tmp_path):
    done = run("scenario", "electronics_halved", "--out", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    assert "Who runs short, round by round" in page_of(tmp_path / "out")
    manifest = json.loads((tmp_path / "out" / "report.json").read_text())
    assert manifest["made_by"] == "io_linkage"


def test_what_is_unmet_and_what_is_unserved_stand_on_the_page(run, saved, tmp_path):
    limited = Scenario("limited", [Reshoring("Germany", suppliers="Turkey", industries="Textile and Leather",
                                             strength=0.5, capacity=0.1)])  # fmt: skip
    file = scenarios.save(limited, tmp_path / "limited.xlsx")
    assert run("scenario", file, saved, "--out", tmp_path / "a").returncode == 0
    page = page_of(tmp_path / "a")
    assert "Moves not met in full" in page
    assert "0.216" in page
    assert "Capacity limits what comes home" in page
    lost = tmp_path / "lost.toml"
    lost.write_text(
        'name = "lost"\n[[moves]]\nkind = "node_loss"\nregions = "Turkey"\nindustries = "Textile and Leather"\n'
    )
    assert run("scenario", lost, saved, "--out", tmp_path / "b").returncode == 0
    assert "served from nowhere" in page_of(tmp_path / "b")


BAD = {
    "unknown key": (HOME.replace("strength", "strenght"), "Nearest: strength"),
    "unknown region": (HOME.replace('"Germany"', '"Germny"'), "Germany"),
    "unknown industry": (HOME.replace("Textile and Leather", "Textile"), "Nearest: Textile and Leather"),
    "share over 1": (HOME.replace("0.5", "1.5"), "share from 0"),
    "supplier equal to buyer": (HOME.replace('"Turkey"', '"Germany"'), "both buyers and suppliers"),
    "another classification": ('classification = "WIOD2013"\n' + HOME, "names industries of WIOD2013"),
    "moves of more than there is": (HOME + HOME[HOME.index("[[") :].replace("0.5", "0.6"), "take 1.1 times"),
    "tariff without an elasticity": (
        'name = "x"\n[[moves]]\nkind = "tariff"\nbuyers = "Germany"\nsuppliers = "Turkey"\nrate = 0.25\n',
        "there is no default",
    ),
    "capacity below zero": (HOME + "capacity = -0.1\n", "capacity=-0.1 is not possible"),
    "no such file": (None, "Scenarios that ship"),
}


@pytest.mark.parametrize("what", BAD)
def test_bad_input_is_one_sentence_and_exit_code_1(run, saved, tmp_path, what):
    text, message = BAD[what]
    file = tmp_path / "bad.toml"
    if text is not None:
        file.write_text(text, encoding="utf-8")
    out = tmp_path / "out"
    done = run("scenario", file, saved, "--out", out)
    assert done.returncode == 1
    assert done.stderr.lstrip().startswith("Error: ")
    assert message in re.sub(r"\s+", " ", done.stderr)
    assert "Traceback" not in done.stderr
    assert not out.exists(), "something was half-written"


def test_words_that_the_command_does_not_know(run):
    assert run("scenario").returncode == 2
    assert run("scenario", "tariff", "--strength", "1").returncode == 2
    assert run("template", "scenarios").returncode == 2


def test_what_others_wrote_is_not_replaced(run, saved, home, tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    (out / "report.html").write_text("mine")
    done = run("scenario", home, saved, "--out", out)
    assert done.returncode == 1
    assert "holds other files" in done.stderr
    assert (out / "report.html").read_text() == "mine"
    done = run("scenario", home, saved, "--out", tmp_path)
    assert done.returncode == 1
    inside = tmp_path / "scenario.toml"
    inside.write_text(HOME)
    done = run("scenario", inside, saved, "--out", tmp_path, "--overwrite")
    assert done.returncode == 1
    assert "would replace what is read" in done.stderr
    assert inside.read_text() == HOME


def test_the_form_comes_from_the_command(run, saved, tmp_path):
    done = run("template", "scenario", saved, tmp_path / "form.xlsx")
    assert done.returncode == 0, done.stderr
    assert str(tmp_path / "form.xlsx") in done.stdout
    assert run("template", "scenario", saved, tmp_path / "form.xlsx").returncode == 1
    assert run("template", "scenario", "shipped", tmp_path / "form.xlsx", "--overwrite").returncode == 0
    assert run("template", "scenario", saved, tmp_path / "form.csv").returncode == 1
