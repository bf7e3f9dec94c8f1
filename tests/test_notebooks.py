"""Notebooks run from top to bottom, and are kept small, with their outputs, and free of one machine's paths."""

from __future__ import annotations

import ast
import os
import re
import warnings
from pathlib import Path

import nbformat
import pytest

FOLDER = Path(__file__).resolve().parent.parent / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))

pytestmark = pytest.mark.notebook


def test_there_are_notebooks():
    assert NOTEBOOKS


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_it_runs(path, monkeypatch):
    """Every cell runs in a fresh kernel; warnings that a reader would see are none."""
    with warnings.catch_warnings():
        # The kernel's messaging warns about its own event loop on some systems.
        warnings.simplefilter("ignore")
        from nbclient import NotebookClient

        monkeypatch.setenv("OMP_NUM_THREADS", os.environ.get("OMP_NUM_THREADS", "1"))
        notebook = nbformat.read(path, as_version=4)
        NotebookClient(
            notebook, timeout=180, kernel_name="python3", resources={"metadata": {"path": str(FOLDER)}}
        ).execute()
    heard = [out["text"] for cell in code(notebook) for out in cell.outputs if out.get("name") == "stderr"]
    assert not heard, heard


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_it_is_kept_with_its_outputs_and_small(path):
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    assert path.stat().st_size < 600_000
    counts = [cell.execution_count for cell in code(notebook) if cell.source.strip()]
    assert counts == list(range(1, len(counts) + 1))
    assert any(out.output_type in ("execute_result", "display_data") for c in code(notebook) for out in c.outputs)
    assert not [out for cell in code(notebook) for out in cell.outputs if out.output_type == "error"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_it_names_no_place_of_one_machine(path):
    notebook = nbformat.read(path, as_version=4)
    text = "\n".join(cell.source for cell in notebook.cells)
    text += "\n".join(out.get("text", "") for cell in code(notebook) for out in cell.outputs)
    assert not re.search(r"(?<![\w.])/(home|root|work|tmp|Users)/", text)


@pytest.mark.parametrize("path", NOTEBOOKS[:4], ids=lambda path: path.stem)
def test_its_text_is_held_to_its_numbers(path):
    """Each number in the text is asserted by a checking cell before the next text; those of the summary by any."""
    cells = nbformat.read(path, as_version=4).cells
    checks = [asserted(cell.source) if "claims" in cell.metadata.get("tags", []) else set() for cell in cells]
    texts = [place for place, cell in enumerate(cells) if cell.cell_type == "markdown"]
    for place, end in zip(texts, [*texts[1:], len(cells)], strict=True):
        told = set().union(*checks[place : len(cells) if place == 0 else end])
        assert numbers(prose(cells[place].source)) <= told, cells[place].source


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("fell from 5.5 % to 0.3", {5.5, 0.3}),
        ("## 2. From 1995 to 2011, `draws=200`, $x_2 = 3$", set()),
        ("30 years, table 30t33, Type II, 1,435 rows", {30.0, 1435.0}),
    ],
)
def test_numbers_of_a_text(text, told):
    assert numbers(prose(text)) == told


def prose(text):
    """Return the text without headings' numbers, code, formulas and links."""
    return re.sub(r"^#+ \d+\.|`[^`]*`|\$[^$]*\$|\]\([^)]*\)|(?<=\d),(?=\d{3})", "", text, flags=re.MULTILINE)


def numbers(text):
    """Return the numbers of a text but 0, 1 and years, and no digits inside names such as 30t33."""
    plain = (float(number) for number in re.findall(r"(?<![\w.])\d+(?:\.\d+)?(?![\w])", text))
    return {number for number in plain if number not in (0, 1) and not 1950 <= number <= 2050}


def asserted(source):
    """Return the numbers, also those within strings, of the assertions of a cell."""
    told: set[float] = set()
    for statement in ast.walk(ast.parse(source)):
        if isinstance(statement, ast.Assert):
            for node in ast.walk(statement):
                if isinstance(node, ast.Constant):
                    told |= numbers(node.value) if isinstance(node.value, str) else {abs(float(node.value))}
    return told


def code(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]
