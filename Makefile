# maintplan: the commands of the checkout. Needs a Python >= 3.11, git and make; fetches everything else.
#
# What is set up is remembered by a stamp in .venv: nothing is done again until pyproject.toml or uv.lock change.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

VENV := .venv
BIN := $(VENV)/bin
UV = PATH="$$PATH:$(CURDIR)/$(VENV)/uv/bin" UV_PYTHON_DOWNLOADS=never uv
SYNC = $(UV) sync --quiet --frozen --project . --python $(BIN)/python
FOR_DEMO := $(VENV)/.ready-for-demo
FOR_TEST := $(VENV)/.ready-for-test

EXAMPLE := examples/directory/plan.yaml
OUT := build/directory

# Half of a short process's time would go into compiling what it imports; kept inside .venv, also where the
# shell asks for no bytecode.
KEPT = PYTHONDONTWRITEBYTECODE= PYTHONPYCACHEPREFIX="$(CURDIR)/$(VENV)/bytecode"

# Two workers; the cells of one notebook stay together, and the long tests come first, by their folders' names.
# `make test PYTEST="-n0 -k words"` narrows it.
PYTEST ?= -n 2 --dist loadfile --no-loadscope-reorder

.PHONY: help demo test pytest lint format bench soak outages lock clean

help:  ## show this list
	@echo "maintplan: make TARGET"
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  \1\t\2/p' $(MAKEFILE_LIST) | expand -t 10

demo: $(FOR_DEMO)  ## run the Directory example and say where its report lies
	@$(BIN)/maintplan run $(EXAMPLE) -o $(OUT) >/dev/null
	@echo "Report: $(CURDIR)/$(OUT)/maintenance-documentation.html (the documents for single readers lie beside it)"

test: $(FOR_TEST)  ## run the linters and all tests
	@sh scripts/system-packages
	@$(MAKE) -j 2 lint pytest

# Beside the linters: tests that wait for a server or a browser leave a core free.
pytest: $(FOR_TEST)
	@$(KEPT) PATH="$(CURDIR)/$(BIN):$$PATH:$(CURDIR)/$(VENV)/uv/bin" $(BIN)/python -m pytest $(PYTEST)

lint: $(FOR_TEST)  ## check style, types and the floors
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(FOR_TEST)  ## put the code in its usual form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(FOR_TEST)  ## measure against the stock tools, side by side
	@$(KEPT) PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python benchmarks/run.py
	@$(KEPT) PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python benchmarks/many.py

soak: $(FOR_TEST)  ## 500 plans on 8 jobs, three times over, and 1,000 killed in the middle and resumed
	@$(KEPT) PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python benchmarks/soak.py
	@$(KEPT) PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python benchmarks/killed.py

outages: $(FOR_DEMO)  ## review the plans of past outages as they stood the day before
	@$(BIN)/python tests/outages/bench.py

lock:  ## bring uv.lock up to date with pyproject.toml
	@sh scripts/environment $(VENV)
	$(UV) lock

clean:  ## remove what was built and set up
	rm -rf $(VENV) build dist .hypothesis .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# What a demo needs is part of what a test needs, so it removes nothing.
$(FOR_DEMO): pyproject.toml uv.lock
	@sh scripts/environment $(VENV)
	@echo "Setting up $(VENV)"
	@$(SYNC) --no-default-groups --inexact
	@touch $@

$(FOR_TEST): pyproject.toml uv.lock
	@sh scripts/environment $(VENV)
	@echo "Setting up $(VENV) for the tests"
	@$(SYNC) --group dev --all-extras
	@touch $@ $(FOR_DEMO)
