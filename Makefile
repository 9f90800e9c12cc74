# What a person types here. `make` alone lists it.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export GBCS_SHARED ?= ../shared

.DEFAULT_GOAL := help
.PHONY: help demo test test-long test-micropython test-board bench bench-board lint check format gen facts pictures docs clean

help: ## list what can be made
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-18s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(VENV)/ready: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[test,lint,bench]'
	@touch $@

demo: $(VENV)/ready ## play the SECMP0013 triage; read, verify and answer real messages
	@$(BIN)/python -m gbcs_host.demo

test: $(VENV)/ready ## run every test; what is skipped says why
	$(BIN)/python -m pytest -n 2

test-long: $(VENV)/ready ## the same with many more seeds; those done are in .cache, so it can go on
	GBCS_LONG=1 $(BIN)/python -m pytest -n 2

test-micropython: $(VENV)/ready ## the dual tests on MicroPython's unix port, in a 128 KB heap
	$(BIN)/python tools/micropython/fetch.py
	$(BIN)/python tests/dual/run.py --unix --quick

test-board: $(VENV)/ready ## all that an emulated Cortex-M3 proves: triage, deploy, power cuts, dual tests
	$(BIN)/python tools/micropython/build_board.py
	$(BIN)/python -m pytest tests/system/test_board_han.py tests/system/test_board_life.py
	$(BIN)/python tests/dual/run.py --board

bench: $(VENV)/ready ## print every figure that is promised, with its target; ONLY=hostile: some
	$(BIN)/python -m bench $(ONLY)

bench-board: $(VENV)/ready ## the figures of the emulated board alone: code, counts, triage, 1,000 commands
	$(BIN)/python -m bench board boardhan

lint: $(VENV)/ready ## lint, format, and generated files that are fresh
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/python -m tools.gen --check

check: lint ## lint, and types
	$(BIN)/mypy protocol firmware host

format: $(VENV)/ready ## let ruff format the tree
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

gen: $(VENV)/ready ## write the generated tables anew from the facts in tools/facts
	$(BIN)/python -m tools.gen

facts: $(VENV)/ready ## bring tools/facts up to the facts in GBCS_SHARED
	$(BIN)/python -m tools.import_facts

pictures: $(VENV)/ready ## draw the pictures of the documents, and the pages that tests compare
	$(BIN)/python -m tools.gen_pictures

docs: $(VENV)/ready ## build the documents as a site in build/site, and check its links
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[docs]'
	$(BIN)/python -m tools.gen_docs --check
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build

clean: ## remove what was made, the virtual environment too
	rm -rf $(VENV) .cache build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
