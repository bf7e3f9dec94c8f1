# Everything runs in a virtual environment of its own, made from python3 alone.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# One process a core, one thread a process: tables in tests are small.
ALONE := OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1
READY := $(VENV)/.ready

.PHONY: report test lint types tests notebooks lowest format clean

report: $(READY)
	$(BIN)/io-linkage report --out report

test: lint types tests notebooks

$(READY): pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Python 3.11 or later is needed; name one with make PYTHON=python3.11")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	touch $@

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(READY)
	$(BIN)/mypy

tests: $(READY)
	$(ALONE) $(BIN)/python -m pytest -n auto -m "not notebook"

notebooks: $(READY)
	$(ALONE) $(BIN)/python -m pytest -n auto -m notebook

# The tests with the oldest versions of every dependency that pyproject.toml allows.
lowest: $(VENV)-lowest/.ready
	$(ALONE) $(VENV)-lowest/bin/python -m pytest -n auto -m "not notebook and not install" -p no:cacheprovider

$(VENV)-lowest/.ready: pyproject.toml tests/lowest.txt
	$(PYTHON) -m venv $(VENV)-lowest
	$(VENV)-lowest/bin/python -m pip install --quiet --disable-pip-version-check -r tests/lowest.txt --editable '.[test,notebooks]'
	touch $@

format: $(READY)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

clean:
	rm -rf $(VENV) $(VENV)-lowest build dist report
