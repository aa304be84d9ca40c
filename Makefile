# `make demo` plays an incident on your own machine; `make test` proves the house stands.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PACKAGES := bot commands integrations templates migrations sandbox
# One more than the two cores that are meant: a story waits more than it computes.
PYTEST_WORKERS ?= 3
# Tests start many processes: a Python that keeps no bytecode would compile everything for each of them anew.
export PYTHONDONTWRITEBYTECODE :=
AUDIT  := pip-audit==2.10.1

.DEFAULT_GOAL := help
.PHONY: help setup demo demo-story demo-reset check lint types imports fast test chaos replicas bench bench-communication bench-priority fuzz audit image-check lock clean

help: ## Show these targets
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

$(VENV)/pyvenv.cfg:
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Firebell needs Python 3.11 or newer; this is " + sys.version.split()[0] + ". Try: make PYTHON=python3.12 demo")'
	@echo "Making $(VENV) ..."
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.runtime: deploy/requirements.txt pyproject.toml | $(VENV)/pyvenv.cfg
	@echo "Installing Firebell's pinned dependencies (once) ..."
	@$(BIN)/python -m pip install --disable-pip-version-check --no-compile --progress-bar on -r deploy/requirements.txt | sed -u -n -E 's/^(Collecting|Installing collected packages).*/  &/p' | cut -c1-100
	@$(BIN)/python -c 'import aiohttp, slack_bolt, sqlalchemy' && touch $@

$(VENV)/.dev: deploy/requirements-dev.txt $(VENV)/.runtime
	@echo "Installing the pinned test tools (once) ..."
	@$(BIN)/python -m pip install --disable-pip-version-check --no-compile --quiet -r deploy/requirements-dev.txt
	@touch $@

setup: $(VENV)/.runtime ## Make .venv with the pinned dependencies

demo: setup ## Play a whole incident on a local Slack (Ctrl-C ends it)
	@$(BIN)/python -m bot demo $(if $(DEMO_PORT),--port $(DEMO_PORT))

demo-story: $(VENV)/.dev ## Watch two hours of a sev1 in two minutes, told as they happen
	@$(BIN)/python -m tests.day $(if $(PICTURES),--pictures $(PICTURES))

demo-reset: ## Forget the demo's incidents and messages
	@rm -rf .demo && echo "The demo starts afresh."

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.dev
	$(BIN)/mypy

imports: $(VENV)/.dev
	$(BIN)/lint-imports

fast: $(VENV)/.dev
	$(BIN)/python -m pytest -q -n $(PYTEST_WORKERS) -m "not slow and not browser and not postgres and not prometheus and not node"

check: lint types imports fast ## Lint, types, import rules and the fast tests

test: $(VENV)/.dev ## Everything
	@$(MAKE) --no-print-directory --jobs=3 lint types imports
	$(BIN)/python -m pytest -n $(PYTEST_WORKERS) --dist loadgroup

chaos: $(VENV)/.dev ## Kill the bot 200 times on each database while Slack misbehaves (20 minutes)
	$(BIN)/python -m tests.chaos

replicas: $(VENV)/.dev ## Two and four replicas: shared work, kills, pauses, a database that goes away
	$(BIN)/python -m tests.replicas

bench: $(VENV)/.dev ## Measure everything and write docs/performance.md (half an hour, on a quiet machine)
	@$(BIN)/python -m benchmarks $(ONLY)

bench-communication: $(VENV)/.dev ## Play a two-hour incident and write docs/communication.md: messages, lateness, calls to Slack (4 minutes)
	@mkdir -p build
	@$(BIN)/python -m benchmarks.communicating --write > build/communicating.json

bench-priority: $(VENV)/.dev ## Play DAYS (2000) random days with the proposals for scarce responders and without
	@mkdir -p build
	@$(BIN)/python -m benchmarks.priority_days $(or $(DAYS),2000) > build/priority-days.json

image-check: $(VENV)/.dev ## Do the image's build steps in an empty folder, and run what comes out
	$(BIN)/python -m tests.deploy.image_check

fuzz: $(VENV)/.dev ## Send COUNT (100000) generated inputs through the whole bot; SEED tells which
	$(BIN)/python -m tests.fuzz $(or $(COUNT),100000) $(or $(SEED),1)

audit: ## Look the pins up in PyPI's list of known vulnerabilities (a mirror has none)
	@test -x .audit/bin/pip-audit || ($(PYTHON) -m venv .audit && .audit/bin/pip install --disable-pip-version-check --quiet $(AUDIT))
	.audit/bin/pip-audit --strict --no-deps --disable-pip --progress-spinner off -r deploy/requirements.txt
	.audit/bin/pip-audit --strict --no-deps --disable-pip --progress-spinner off -r deploy/requirements-dev.txt

lock: ## Renew the pins (needs uv)
	uv pip compile --universal --python-version 3.11 --no-emit-index-url --no-header --no-annotate --upgrade pyproject.toml -o deploy/requirements.txt
	uv pip compile --universal --python-version 3.11 --no-emit-index-url --no-header --no-annotate --upgrade pyproject.toml --group dev -o deploy/requirements-dev.txt

clean: ## Remove what these targets made
	@rm -rf $(VENV) .audit .demo .mypy_cache .ruff_cache .pytest_cache build dist
