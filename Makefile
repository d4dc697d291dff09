# Tradewind: `make help` lists what can be made.
# Compiled modules halve every start, so nothing here runs without them.
unexport PYTHONDONTWRITEBYTECODE
export PYTHONWARNINGS ?=

PYTHON ?= python3
BIN    := .venv/bin
TW     := $(BIN)/tradewind

.DEFAULT_GOAL := help
.PHONY: help install lock templates snapshots lint rehearse test test-all check audit format bench spread clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install: .venv/installed ## Make .venv from the lock, byte-compiled; a no-op when nothing changed

.venv/installed: .venv/locked setup.cfg pyproject.toml generator/data/wheels.json
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation \
		--config-settings editable_mode=compat --editable .
	@$(BIN)/python -m compileall -q generator scripts
	@$(BIN)/python -m scripts.wheelhouse
	@touch $@

.venv/locked: requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Tradewind needs Python 3.11 or newer: make PYTHON=python3.12 install")'
	@echo "installing into .venv (half a minute) ..."
	@$(PYTHON) -m venv --clear .venv
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.lock
	@touch $@

COMPILE := --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate

lock: ## Refresh requirements.lock from setup.cfg, and the audit's beside it
	@$(PYTHON) -m venv .tradewind/lock && .tradewind/lock/bin/pip install --quiet uv
	@.tradewind/lock/bin/uv pip compile $(COMPILE) --all-extras setup.cfg --output-file requirements.lock
	@.tradewind/lock/bin/uv pip compile $(COMPILE) tests/audit/requirements.in --output-file tests/audit/requirements.txt

templates: install ## Write templates/out from the generator, and their pictures into docs
	@$(TW) build
	@$(MAKE) --silent --no-print-directory docs/architecture.svg

docs/architecture.svg: $(wildcard templates/out/*.json)
	@$(TW) graph --quiet --output docs/
	@touch $@

lint: install ## Lint every template over every region in use
	@$(TW) lint

rehearse: install ## Build, lint and deploy dev into its regions on an embedded AWS
	@$(TW) rehearse

test: install ## Everything that proves it works, in minutes
	@$(BIN)/pytest -m "not slow" -n 2 --dist loadfile

test-all: install ## The same, and the long runs
	@$(BIN)/pytest -n 2 --dist loadfile

snapshots: install ## Refresh generator/data from the packages that the data comes from
	@$(BIN)/python -m scripts.snapshots
	@$(BIN)/python -m scripts.wheel_snapshot
	@$(BIN)/python -m scripts.validate.iam_snapshot
	@$(BIN)/python -m scripts.validate.snapshots

check: install ## Formatting, linting, types, import contracts
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache

audit: install .tradewind/audit/installed ## Judge the templates as checkov does, with prod's parameters
	@$(BIN)/python -m tests.audit --checkov .tradewind/audit/bin/checkov --json .tradewind/audit.json

.tradewind/audit/installed: tests/audit/requirements.txt
	@echo "installing checkov into an environment of its own (a minute) ..."
	@$(PYTHON) -m venv --clear .tradewind/audit
	@.tradewind/audit/bin/pip install --quiet --disable-pip-version-check --require-hashes --requirement $<
	@touch $@

format: install ## Put the code into shape
	@$(BIN)/ruff format --quiet . && $(BIN)/ruff check --quiet --fix .

bench: install ## Measure ratios and rewrite BENCHMARKS.md
	@$(BIN)/python -m tests.bench

spread: install ## Drill dev on the sandbox 31 times and rewrite docs/drill-spread.md
	@$(BIN)/python -m tests.rehearsal.drill.spread

clean: ## Remove what make made, but the templates
	@rm -rf .venv .tradewind build *.egg-info
