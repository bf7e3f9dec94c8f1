"""Plant small bugs in a part of the package, one at a time, and count how many the tests notice.

    python benchmarks/mutants.py io_linkage/linkages/roles.py [--sample 100] [--seed 0] [--tests FILE ...]

mutmut makes the mutants and runs the tests that reach each of them, in a copy of the checkout. The checkout stays as it
is. Without --tests, the tests are those of the part's topic and its doctests.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

#: What mutmut calls a mutant that the tests noticed; "survived" and "no tests" are those they did not.
NOTICED = {"killed", "timeout", "segfault", "caught by type check"}
#: The command `mutmut`; `python -m mutmut` would import its state twice.
COMMAND = "from mutmut.__main__ import cli; cli()"
#: Makes all mutants of the slice in the working folder, and prints their names.
NAMES = """
from mutmut import __main__ as mutmut
mutmut.set_mutant_under_test("mutant_generation")
mutmut.copy_src_dir()
mutmut.setup_source_paths()
mutmut.create_mutants(1)
for _, name, _ in mutmut.collect_source_file_mutation_data(mutant_names=())[0]:
    print("mutant:", name)
"""
#: Goes at the end of the copy's tests/conftest.py: one failing example is enough, and shrinking it takes a minute.
NO_SHRINKING = """
from hypothesis import Phase
settings.register_profile("mutants", settings.get_profile("default"), phases=[Phase.explicit, Phase.generate])
settings.load_profile("mutants")
"""


def reaching(part: str, folder: Path) -> list[str]:
    """Return the test files of a part's topic, and the part itself for its doctests.

    They are the files named after the topic, and those that import it and are named after no other: the tests of the
    report use every measure, and would take minutes for each mutant of one.
    """
    topics = {path.name.removesuffix(".py") for path in (folder / "io_linkage").iterdir()}
    topic = Path(part).parts[1].removesuffix(".py")
    uses = re.compile(rf"\b(?:iol|io_linkage)\.{topic}\b|^from io_linkage import .*\b{topic}\b", flags=re.MULTILINE)
    files = []
    for path in sorted((folder / "tests").glob("test_*.py")):
        words = path.stem.split("_")[1:]
        named = topics & {"_".join(words[:k]) for k in range(1, len(words) + 1)}
        if topic in named or (not named and uses.search(path.read_text(encoding="utf-8"))):
            files.append(path.relative_to(folder).as_posix())
    return [*files, part]


def sampled(names: Iterable[str], count: int | None, seed: int) -> list[str]:
    """Choose some mutants, the same ones for the same seed whatever order they come in; all without a count."""
    ordered = sorted(names)
    if count is None or count >= len(ordered):
        return ordered
    return sorted(random.Random(seed).sample(ordered, count))


def settings(part: str, tests: Sequence[str], others: Sequence[str]) -> str:
    """Return the section of pyproject.toml that tells mutmut what to mutate and which tests to run."""
    pattern = part if part.endswith(".py") else f"{part.rstrip('/')}/*"
    options = {
        "source_paths": ["io_linkage"],
        "only_mutate": [pattern],
        "also_copy": list(others),
        "pytest_add_cli_args_test_selection": list(tests),
        # Every mutant has its function's docstring: without -k the same examples would run hundreds of times.
        "pytest_add_cli_args": ["-p", "no:cacheprovider", "-m", "not install and not notebook", "-k", "not __mutmut_"],
    }
    # A list of plain strings reads the same in Python and TOML.
    return "\n[tool.mutmut]\n" + "".join(f"{key} = {value}\n" for key, value in options.items())


def copy_checkout(folder: Path) -> None:
    """Copy what git knows or could add, so that neither environments nor results come along."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)


def run(folder: Path, code: str, *words: str) -> str:
    """Run Python code in the copy and return what it prints; where it fails, show that and stop."""
    done = subprocess.run([sys.executable, "-c", code, *words], cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{done.stdout[-5000:]}\n{done.stderr[-5000:]}\nmutmut stopped with {done.returncode}.")
    return done.stdout


def results(folder: Path, names: Sequence[str]) -> dict[str, str]:
    """Return what became of each mutant that was run."""
    printed = run(folder, COMMAND, "results", "--all", "true")
    states = dict(line.strip().rsplit(": ", 1) for line in printed.splitlines() if ": " in line)
    return {name: states[name] for name in names}


def summary(states: dict[str, str]) -> str:
    """Return the kill rate in one line, then how many mutants came to which end."""
    noticed = sum(state in NOTICED for state in states.values())
    ends = ", ".join(f"{count} {state}" for state, count in sorted(Counter(states.values()).items()))
    return f"{noticed} of {len(states)} mutants noticed, {100 * noticed / len(states):.1f} % ({ends})"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("part", help="a module or folder of io_linkage, from the root of the checkout")
    parser.add_argument("--sample", type=int, help="run only so many mutants, drawn at random")
    parser.add_argument("--seed", type=int, default=0, help="which sample is drawn")
    parser.add_argument("--tests", nargs="+", help="test files to run instead of those of the part")
    parser.add_argument("--children", type=int, default=os.cpu_count(), help="processes at once")
    options = parser.parse_args()
    part = Path(options.part).as_posix()
    if not (ROOT / part).exists() or not part.startswith("io_linkage/"):
        parser.error(f"{part} is not a module or folder of io_linkage; name one as in io_linkage/extraction")
    with tempfile.TemporaryDirectory(prefix="mutants-") as name:
        folder = Path(name)
        copy_checkout(folder)
        tests = options.tests or reaching(part, folder)
        if tests == [part]:
            parser.error(
                f"no test file is named after {part} or imports it alone; name those that test it with --tests"
            )
        others = sorted(path.name for path in folder.iterdir() if path.name not in {"io_linkage", "tests"})
        with (folder / "pyproject.toml").open("a", encoding="utf-8") as file:
            file.write(settings(part, tests, others))
        with (folder / "tests" / "conftest.py").open("a", encoding="utf-8") as file:
            file.write(NO_SHRINKING)
        mutants = [line[8:] for line in run(folder, NAMES).splitlines() if line.startswith("mutant: ")]
        names = sampled(mutants, options.sample, options.seed)
        if not names:
            raise SystemExit(f"{part} has no function that mutmut can mutate")
        print(f"{len(names)} of {len(mutants)} mutants of {part}, against {' '.join(tests)}", flush=True)
        run(folder, COMMAND, "run", "--max-children", str(options.children), *names)
        states = results(folder, names)
        for mutant, state in states.items():
            if state not in NOTICED:
                print(run(folder, COMMAND, "show", mutant))
        print(summary(states))


if __name__ == "__main__":
    main()
