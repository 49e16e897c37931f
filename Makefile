# `make run` and `make test` need only Python 3.11 or newer.

PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes

.DEFAULT_GOAL := help
.PHONY: help run test test-long races scoreboard screenshots check format lock setup clean

help: ## List the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 14

run: .venv/run.stamp server/dev/static/graphiql/node_modules/.stamp ## Serve http://localhost:8000/graphql with the sample drop and the demo cast
	@OMAPOSTI_DEMO=1 OMAPOSTI_ENVIRONMENT=development OMAPOSTI_LOG_FORMAT=console exec $(BIN)/omaposti serve

test: check ## Run all checks and tests, in at most 8 minutes on two cores
	@$(BIN)/python -m pytest -n 2 -m "not long and not race"

test-long: setup ## Run races and fuzzers with far more rounds
	@$(BIN)/python -m pytest -n 2 -m long

races: setup ## Run every two actions at once, hundreds of times
	@$(BIN)/python -m pytest -n 2 -m race

scoreboard: setup ## Replay the bug log, with long tests, and write docs/scoreboard.md
	@$(BIN)/python -m tests.scoreboard --run

screenshots: setup ## Take the pictures in docs/images from a served demo, with Chromium
	@$(BIN)/python -m tests.screenshots

check: setup ## Check format, lint, types, imports between folders and rooms, unused code, writing, drift of SDL, permissions and tables
	@$(BIN)/ruff format --check --quiet . || { echo "run make format"; exit 1; }
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache > .venv/imports.txt || { cat .venv/imports.txt; exit 1; }
	@$(BIN)/python -m tests.rooms > .venv/rooms.txt || { cat .venv/rooms.txt; exit 1; }
	@$(BIN)/python -m tests.unused
	@$(BIN)/python -m tests.writing
	@$(BIN)/omaposti schema check
	@OMAPOSTI_DATA_DIR=.data/check $(BIN)/omaposti database migrate
	@OMAPOSTI_DATA_DIR=.data/check $(BIN)/omaposti database check

format: setup ## Format every file
	@$(BIN)/ruff check --quiet --fix . ; $(BIN)/ruff format --quiet .

setup: .venv/dev.stamp server/dev/static/graphiql/node_modules/.stamp tests/server/http/node/node_modules/.stamp

lock: setup ## Pin the newest releases of the dependencies, with their hashes
	@$(BIN)/python -m pip install --quiet uv
	@$(BIN)/uv pip compile --quiet --upgrade $(LOCK) --extra build pyproject.toml -o requirements.lock
	@$(BIN)/uv pip compile --quiet --upgrade $(LOCK) --extra build --extra dev -c requirements.lock pyproject.toml -o requirements-dev.lock
LOCK := --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --no-emit-index-url --no-emit-find-links

include bench/bench.mk

clean: ## Remove installed packages and stored data, the database included
	@find .data -name postgres -type l -exec readlink {} \; 2> /dev/null | grep -x '/var/lib/omaposti-accounts/clusters/[0-9a-f]*' | xargs -r rm -rf
	@rm -rf .venv .data server/dev/static/graphiql/node_modules tests/server/http/node/node_modules

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.12")'
	@echo "Creating .venv …"
	@$(PYTHON) -m venv .venv

.venv/run.stamp: requirements.lock pyproject.toml | .venv/bin/python
	@echo "Installing the dependencies …"
	@$(PIP) -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

.venv/dev.stamp: requirements-dev.lock .venv/run.stamp
	@echo "Installing the tools …"
	@$(PIP) -r requirements-dev.lock
	@touch $@

# With npm, GraphiQL is served from our own origin and the reference clients of the protocols are tested. Without npm, the page
# loads GraphiQL from a CDN, and those tests are skipped.
%/node_modules/.stamp: %/package-lock.json
	@mkdir -p $(@D)
	@if command -v npm > /dev/null; then echo "Fetching the packages of $* …"; \
		npm ci --prefix $* --ignore-scripts --no-audit --no-fund --loglevel=error > /dev/null && touch $@ \
		|| echo "npm failed; GraphiQL comes from a CDN, and the tests with Node are skipped."; \
	fi
