"""Notebooks run from top to bottom, and are kept small, with their outputs, and free of one machine's paths."""

from __future__ import annotations

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


def code(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]
