# The project's commands; `make` alone lists them.

PYTHON ?= python3
LETTERS ?= fixtures/letters
PORT ?= 8000
JOBS ?= 2
SECONDS ?= 60
WHAT ?= parse

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.NOTPARALLEL:
.DELETE_ON_ERROR:
# Recipes read these from the environment, so that a name with spaces or quotes stays one word.
export LETTERS PORT

bin := .venv/bin
pip_install := $(bin)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement
uv_compile := $(bin)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-header --no-emit-index-url --no-annotate --extra operations pyproject.toml
templates = $(shell find templates imr_archive -name '*.html')

.PHONY: help
help: ## list these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: demo
demo: demo-preflight .venv/production.stamp var/secret-key ## serve the letters of LETTERS=folder on PORT=8000
	@SECRET_KEY="$$(<var/secret-key)" exec $(bin)/python manage.py demo --letters "$$LETTERS" --port "$$PORT"

.PHONY: test
test: .venv/development.stamp ## run all tests on SQLite and on PostgreSQL (ARGS="tests/unit -k name": only these, on SQLite)
ifdef ARGS
	@env -u DATABASE_URL $(bin)/python -m pytest $(ARGS)
else
	@echo "== Every test, on SQLite"
	@env -u DATABASE_URL $(bin)/python -m pytest -n $(JOBS)
	@echo "== The tests that use the database, on PostgreSQL"
	@$(bin)/python -m devtools.testing.postgresql $(bin)/python -m pytest -n $(JOBS) -m "database and not browser"
endif

.PHONY: coverage
coverage: .venv/development.stamp ## measure branch coverage on both databases; fails below the gate in pyproject.toml
	@rm -f .coverage .coverage.*
	@env -u DATABASE_URL COVERAGE_FILE=.coverage.sqlite $(bin)/python -m pytest -n $(JOBS) -q --cov --cov-report= -m "not browser"
	@COVERAGE_FILE=.coverage.postgresql $(bin)/python -m devtools.testing.postgresql $(bin)/python -m pytest -n $(JOBS) -q \
		--cov --cov-report= -m "database and not browser"
	@$(bin)/python -m coverage combine --quiet .coverage.sqlite .coverage.postgresql
	@$(bin)/python -m coverage report --skip-covered --skip-empty

.PHONY: check
check: .venv/development.stamp ## check format, lint, types, import contracts and migrations, then run all tests
	$(bin)/ruff format --check .
	$(bin)/ruff check .
	$(bin)/djade --target-version 5.2 --check $(templates)
	$(bin)/mypy
	$(bin)/lint-imports
	$(bin)/python manage.py makemigrations --check --dry-run
	@$(MAKE) --no-print-directory test

.PHONY: format
format: .venv/development.stamp ## format code and templates
	$(bin)/ruff check --fix-only .
	$(bin)/ruff format .
	$(bin)/djade --target-version 5.2 $(templates)

.PHONY: bench
bench: .venv/development.stamp $(if $(filter parse faults comparables,$(WHAT)),,.venv/bench.stamp) ## benchmark WHAT=parse (FOLDER=folder: your own letters), search, ingest or outcomes (ARGS="--letters 1000000"), comparables; WHAT=faults interrupts runs on purpose
	$(bin)/python -m devtools.benchmarks.$(WHAT) $(if $(filter parse,$(WHAT)),$(if $(FOLDER),"$(FOLDER)")) $(ARGS)

.PHONY: fuzz
fuzz: .venv/fuzz.stamp ## fuzz the parser for SECONDS=60: search for inputs that make it fail or take too long
	$(bin)/python -m devtools.benchmarks.fuzz --seconds $(SECONDS)

.PHONY: screenshots
screenshots: .venv/development.stamp ## take the README's screenshots again (ALL=folder: those of every public page)
	$(bin)/python -m devtools.screenshots $(if $(ALL),--all "$(ALL)")

.PHONY: requirements
requirements: .venv/development.stamp ## write requirements/*.txt from pyproject.toml (UPGRADE=--upgrade for newer releases)
	$(uv_compile) $(UPGRADE) --output-file requirements/production.txt
	$(uv_compile) $(UPGRADE) --group dev --constraint requirements/production.txt --output-file requirements/development.txt
	$(uv_compile) $(UPGRADE) --group fuzz --constraint requirements/production.txt --output-file requirements/fuzz.txt
	$(uv_compile) $(UPGRADE) --group bench --constraint requirements/production.txt --output-file requirements/bench.txt

.PHONY: clean
clean: ## remove everything that these commands create, except the archive's data
	rm -rf .venv staticfiles .hypothesis .import_linter_cache .*_cache test-results
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Uses the Python of .venv if it exists, otherwise the system's; both can run the preflight checks.
.PHONY: demo-preflight
demo-preflight:
	$(call preflight,"$$LETTERS" "$$PORT")

define preflight
@python=$(if $(wildcard $(bin)/pip),$(bin)/python,$(PYTHON)); \
command -v "$$python" >/dev/null || \
	{ echo "There is no Python here named $$python; the archive needs Python 3.11 or newer (on Debian: apt install python3 python3-venv)." >&2; exit 2; }; \
"$$python" -m imr_archive.preflight $(1)
endef

# venv installs pip last, so a missing pip means an interrupted installation, which is repeated.
$(bin)/pip:
	$(call preflight)
	@echo "Making the virtual environment .venv ..."
	@$(PYTHON) -m venv --clear .venv

.venv/production.stamp: requirements/production.txt | $(bin)/pip
	@echo "Installing what the site needs ..."
	@$(pip_install) $<
	@touch $@

.venv/development.stamp: requirements/development.txt | $(bin)/pip
	@echo "Installing what the tests and checks need ..."
	@$(pip_install) $<
	@touch $@

.venv/bench.stamp: requirements/bench.txt | .venv/development.stamp
	@echo "Installing the engines that the archive is measured against ..."
	@$(pip_install) $<
	@touch $@

.venv/fuzz.stamp: requirements/fuzz.txt | .venv/development.stamp
	@echo "Installing the fuzzer ..."
	@$(pip_install) $<
	@touch $@

# Used only by the demo on this machine. It is stored, so that a restart does not sign users out.
var/secret-key: | $(bin)/pip
	@mkdir -p var
	@(umask 077; $(bin)/python -c 'import secrets; print(secrets.token_urlsafe(50))' > $@)
