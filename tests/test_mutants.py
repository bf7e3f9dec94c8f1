"""Which mutants are drawn, which tests run against them, and how the outcome is counted; mutmut itself is not run."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from benchmarks.mutants import ROOT, copy_checkout, reaching, sampled, settings, summary

NAMES = [f"io_linkage.ties.x_{letter}__mutmut_{k}" for letter in "abc" for k in range(20)]


def test_a_sample_depends_on_its_seed_alone():
    first = sampled(NAMES, 10, seed=1)
    assert first == sampled(reversed(NAMES), 10, seed=1)
    assert len(set(first)) == 10
    assert set(first) < set(NAMES)
    assert first != sampled(NAMES, 10, seed=2)


@pytest.mark.parametrize("count", [None, 60, 1000])
def test_all_mutants_run_where_no_fewer_are_asked_for(count):
    assert sampled(NAMES, count, seed=3) == sorted(NAMES)


def test_tests_are_those_named_after_the_topic_or_importing_it(tmp_path):
    for name, text in {
        "io_linkage/report/__init__.py": "",
        "io_linkage/ties/growth.py": "",
        "io_linkage/value_added.py": "",
        "tests/examples.py": "from io_linkage import ties\n",
        "tests/test_bloc.py": "from io_linkage import load, ties\n",
        "tests/test_growth_pull.py": "import io_linkage as iol\niol." + "ties.growth_pull",
        "tests/test_report_caveats.py": "import io_linkage as iol\niol." + "ties.dependence",
        "tests/test_stages.py": "from io_linkage import stages  # properties\nunties = 1\n",
        "tests/test_ties_structure.py": "",
        "tests/test_value_added.py": "from io_linkage import ties\n",
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    part = "io_linkage/ties/growth.py"
    files = ["tests/test_bloc.py", "tests/test_growth_pull.py", "tests/test_ties_structure.py"]
    assert reaching(part, tmp_path) == [*files, part]
    assert reaching("io_linkage/value_added.py", tmp_path) == ["tests/test_value_added.py", "io_linkage/value_added.py"]


@pytest.mark.parametrize(
    ("part", "pattern"), [("io_linkage/ties", "io_linkage/ties/*"), ("io_linkage/a.py", "io_linkage/a.py")]
)
def test_settings_are_toml_and_mutate_the_part_alone(part, pattern):
    section = tomllib.loads(settings(part, ["tests/test_ties.py"], ["tables", "README.md"]))["tool"]["mutmut"]
    assert section["only_mutate"] == [pattern]
    assert section["pytest_add_cli_args_test_selection"] == ["tests/test_ties.py"]
    assert section["also_copy"] == ["tables", "README.md"]
    assert section["pytest_add_cli_args"][-2:] == ["-k", "not __mutmut_"], "doctests of mutants would run too"


def test_a_mutant_that_no_test_reaches_counts_against_the_rate():
    states = {"a": "killed", "b": "timeout", "c": "survived", "d": "no tests", "e": "suspicious"}
    assert summary(states) == (
        "2 of 5 mutants noticed, 40.0 % (1 killed, 1 no tests, 1 survived, 1 suspicious, 1 timeout)"
    )


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="not a checkout")
def test_the_copy_has_what_the_tests_need_and_no_environment(tmp_path):
    copy_checkout(tmp_path)
    for name in ("io_linkage/__init__.py", "tables/economies.csv", "tests/conftest.py", "conftest.py", "README.md"):
        assert (tmp_path / name).read_bytes() == (ROOT / name).read_bytes()
    assert not list(tmp_path.glob(".venv*"))


def test_the_makefile_runs_it_in_an_environment_of_its_own():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert re.search(r"^mutants: \$\(VENV\)-mutants/\.ready$", makefile, flags=re.MULTILINE)
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    assert any(item.startswith("mutmut") for item in extras["mutants"])
    assert "mutmut" not in str(extras["dev"])
    assert Path(ROOT / "benchmarks" / "mutants.py").is_file()
