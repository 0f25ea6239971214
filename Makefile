# The one task runner. `make` lists what it can do.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
.NOTPARALLEL:

export PYTHON
BIN := .venv/bin
FOLDER ?= demo
TESTS ?= tests

.PHONY: help
help: ## list the targets
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: run
run: .environment-run ## simulate a company in ./demo (FOLDER=… for another) and show its lead acceptance report
	@$(BIN)/accord demo --workspace "$(FOLDER)"

# Hundreds of tests start programs, which load faster from compiled modules.
.PHONY: test
test: .environment-dev .postgresql lint types ## everything that must hold: style, types, catalogue, tests (TESTS=… for a part)
	@env -u PYTHONDONTWRITEBYTECODE $(BIN)/python -m pytest -n auto --dist worksteal $(TESTS)

.PHONY: lint
lint: .environment-dev ## style: ruff's rules and format
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check

.PHONY: format
format: .environment-dev ## mend what ruff can mend by itself
	@$(BIN)/ruff check --fix
	@$(BIN)/ruff format

.PHONY: types
types: .environment-dev ## types: mypy, strict
	@$(BIN)/mypy

.PHONY: catalogue
catalogue: .environment-dev ## collect the sentences of the source into the French catalogue and compile it
	@$(BIN)/python scripts/catalogue.py

.PHONY: docs
docs: .environment-dev ## run the documentation's pages and write down what their commands print now
	@$(BIN)/python scripts/refresh_docs.py

.PHONY: bench
bench: .environment-dev .postgresql ## speed and memory, as ratios within one run
	@$(BIN)/python bench/run.py

.PHONY: calibrate
calibrate: .environment-dev ## hold diagnoses against simulated companies whose causes are known (SOME=--quick for a few)
	@OPENBLAS_NUM_THREADS=1 $(BIN)/python bench/calibrate.py $(SOME)

.PHONY: lock
lock: ## work out the exact versions of all dependencies anew
	@scripts/lock

.PHONY: clean
clean: ## remove what can be made again: environment, caches, builds (never a workspace)
	@rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis build dist
	@find src tests bench scripts -name __pycache__ -type d -prune -exec rm -rf {} +

.PHONY: .environment-run .environment-dev .postgresql
.environment-run:
	@scripts/environment run
.environment-dev:
	@scripts/environment dev
.postgresql:
	@scripts/postgresql-server
	@scripts/browser
	@scripts/pango
