# Everything runs in a virtual environment of its own, made from python3 alone.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# One process a core, one thread a process: tables in tests are small.
ALONE := OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1
READY := $(VENV)/.ready

.PHONY: report test lint types tests notebooks lowest mutants fuzz format clean

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

# Bugs planted in SLICE, a module or folder, one at a time: N of them (all where empty), which ones by SEED, against
# TESTS (those that reach the slice where empty).
SLICE ?= io_linkage/linkages
SEED ?= 0
mutants: $(VENV)-mutants/.ready
	$(ALONE) $(VENV)-mutants/bin/python benchmarks/mutants.py $(SLICE) --seed $(SEED) $(if $(N),--sample $(N)) $(if $(TESTS),--tests $(TESTS))

$(VENV)-mutants/.ready: pyproject.toml
	$(PYTHON) -m venv $(VENV)-mutants
	$(VENV)-mutants/bin/python -m pip install --quiet --disable-pip-version-check --editable '.[mutants]'
	touch $@

# N files of each format, damaged at random by SEED: how many are refused, read the same, said to differ, or silent.
fuzz: $(READY)
	$(ALONE) $(BIN)/python -m tests.fuzz --seed $(SEED) $(if $(N),--count $(N))

format: $(READY)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

clean:
	rm -rf $(VENV) $(VENV)-lowest $(VENV)-mutants build dist report
