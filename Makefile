# Two commands matter: `make demo` and `make test`. Both set everything up on a bare machine
# with Python 3.11 and make. `make check` is what a change must pass.
PYTHON ?= python3.11
VENV ?= .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: help install demo test test-slow check format lint types reference docs promises bench mutants clean

help:
	@echo "make demo       set-up, then the whole job on drawn trees; ends by naming a report"
	@echo "make test       set-up, then the default tests"
	@echo "make check      format, lint, types, docs, tests"
	@echo "make test-slow  the long simulations as well"
	@echo "make promises   a minute of simulation: do intervals cover, and alarms stay as rare as promised?"
	@echo "make bench      speed and memory, as ratios"
	@echo "make mutants    small faults put into the code: how many do the tests find? Half an hour"
	@echo "make docs       build the documentation into site/"

$(STAMP): pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade -c constraints.txt pip
	$(BIN)/python -m pip install --quiet -c constraints.txt -e '.[dev]'
	touch $(STAMP)

install: $(STAMP)

demo: $(STAMP)
	$(BIN)/arborisk learn demo --out demo

test: $(STAMP)
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n 2

test-slow: $(STAMP)
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n 2 -m "slow or not slow"

format: $(STAMP)
	$(BIN)/ruff format --check .

lint: $(STAMP)
	$(BIN)/ruff check .

types: $(STAMP)
	$(BIN)/mypy

reference: $(STAMP)
	$(BIN)/python -m typer arborisk.cli.app utils docs --name arborisk --output docs/reference/commands.md

docs: $(STAMP)
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet

check: format lint types docs test

promises: $(STAMP)
	OMP_NUM_THREADS=1 $(BIN)/python benchmarks/promises.py --quick
	OMP_NUM_THREADS=1 $(BIN)/python benchmarks/promises_others.py --quick
	OMP_NUM_THREADS=1 $(BIN)/python benchmarks/drift.py --quick

# Minutes each; the others need a data set (yardstick) or half an hour (drawn_task).
bench: $(STAMP)
	for name in decode end_to_end predict simulate; do \
		echo "== $$name"; $(BIN)/python benchmarks/$$name.py || exit 1; done

mutants: $(STAMP)
	$(BIN)/python benchmarks/mutants.py --show

clean:
	rm -rf demo site build dist
