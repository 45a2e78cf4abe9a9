# The front door: everything starts here. `make` alone lists what there is.
#
# Needs make and Python 3.11 or newer, nothing else. Everything is installed into .venv/, from versions
# locked with hashes; delete .venv/ (or `make clean`) and nothing is left behind.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

# Change these on the command line: make demo PORT=9000, make setup PYTHON=/path/to/python3.12
PORT ?= 8080
PYTHON ?=

VENV := .venv
BIN := $(VENV)/bin
RIVALS := build/bench-rivals
PIP := PIP_DISABLE_PIP_VERSION_CHECK=1 $(BIN)/python -m pip
# Wheels only: a machine without a compiler gets a clear "no matching distribution", not a page of C errors,
# and no unlocked build tool is fetched behind our back.
INSTALL := $(PIP) install --quiet --no-deps --require-hashes --only-binary=:all: -r
UV_VERSION := 0.13.8

.PHONY: help setup setup-dev demo demo-fresh run test check format faults simulate bench lock messages pictures clean

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

setup: $(VENV)/.runtime ## make .venv/ with what running the bot needs (the others call it)
	@:

demo: setup ## a living community in your browser; PORT=8080 is the default
	@$(BIN)/circlebot demo --port $(PORT)

demo-fresh: setup ## the same, from the beginning: forgets what was done in the demo
	@$(BIN)/circlebot demo --fresh --port $(PORT)

run: setup ## the bot itself, as config.toml says
	@$(BIN)/circlebot run

test: setup-dev ## all tests, on all cores; ARGS="tests/domain -x" runs some
	@$(BIN)/python -m pytest $(or $(ARGS),-n auto)

check: setup-dev ## lint, format, types, who may import whom, and known weaknesses of what is installed
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m tests.audit

format: setup-dev ## rewrite the code in the project's format
	@$(BIN)/ruff check --fix-only --quiet .
	@$(BIN)/ruff format .

faults: setup-dev ## the tests of faults and of hostile input in full: for hours, not minutes
	@CIRCLEBOT_LONG=1 $(BIN)/python -m pytest $(or $(ARGS),tests/faults tests/doors -n auto)

simulate: setup-dev ## a year of a thousand circles on a moved clock, checked as it goes; CIRCLES= WEEKS= SEED= DATABASE=
	@CIRCLES=$(CIRCLES) WEEKS=$(WEEKS) SEED=$(SEED) DATABASE=$(DATABASE) $(BIN)/python -m tests.simulate

bench: setup-dev $(RIVALS)/.installed ## measure; prints name, figure, goal and writes build/bench.json
	@$(BIN)/python -m tests.bench

# --- the environment ------------------------------------------------------------------------------------------

setup-dev: $(VENV)/.dev
	@:

# Stamps: with nothing changed, a second call runs nothing at all.
$(VENV)/.runtime: requirements.txt pyproject.toml $(VENV)/.python
	@echo "Installing what the bot runs on (usually under a minute)…"
	@$(INSTALL) requirements.txt
	@$(PIP) install --quiet --no-deps --no-build-isolation --no-index --editable .
	@$(BIN)/python -m compileall -q bot adapters storage scheduler
	@touch $@
	@echo "The environment is ready: $(BIN)/circlebot"

$(VENV)/.dev: requirements-dev.txt $(VENV)/.runtime
	@echo "Installing what tests and checks need, a browser driver and a PostgreSQL among it (a minute or two)…"
	@$(INSTALL) requirements-dev.txt
	@touch $@

# What the bot is measured against and cannot live beside it.
$(RIVALS)/.installed: requirements-bench.txt $(VENV)/.python
	@echo "Installing what the bot is measured against (usually under a minute)…"
	@$(BIN)/python -m venv $(RIVALS)
	@PIP_DISABLE_PIP_VERSION_CHECK=1 $(RIVALS)/bin/python -m pip install --quiet --no-deps --require-hashes \
	  --only-binary=:all: -r requirements-bench.txt
	@touch $@

# Tries $(PYTHON), else the usual names, newest first among those that can make an environment.
$(VENV)/.python:
	@found=; old=; bare=; \
	for name in $(or $(PYTHON),python3 python3.14 python3.13 python3.12 python3.11 python); do \
	  "$$name" -c 'pass' >/dev/null 2>&1 || continue; \
	  "$$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { old="$$("$$name" -V 2>&1) ($$name)"; continue; }; \
	  "$$name" -c 'import ensurepip, sqlite3, ssl, venv' >/dev/null 2>&1 || { bare="$$name"; continue; }; \
	  found="$$name"; break; \
	done; \
	if [ -z "$$found" ]; then \
	  if [ -n "$$bare" ]; then \
	    echo "The Python found here ($$bare) cannot make environments: its venv module (or ssl, sqlite3) is missing."; \
	    echo "On Debian and Ubuntu: sudo apt install python3-venv"; \
	  elif [ -n "$$old" ]; then \
	    echo "Circlebot needs Python 3.11 or newer; the newest found here is $$old."; \
	    echo "If a newer one is installed elsewhere: make PYTHON=/path/to/python3.12"; \
	  else \
	    echo "Circlebot needs Python 3.11 or newer, and found $(if $(PYTHON),nothing that runs as $(PYTHON),none)."; \
	    echo "Install it (Debian, Ubuntu: sudo apt install python3 python3-venv), or make PYTHON=/path/to/python3"; \
	  fi >&2; \
	  exit 1; \
	fi; \
	echo "Making $(VENV)/ with $$("$$found" -V 2>&1)…"; \
	"$$found" -m venv --clear $(VENV) && touch $@

# --- for those who change the project -------------------------------------------------------------------------

lock: $(VENV)/.python ## choose the newest allowed versions again and lock them with hashes
	@$(VENV)/bin/python -m venv build/lock
	@build/lock/bin/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	@echo "Resolving for every platform and Python from 3.11 (some seconds)…"
	@$(call LOCK,--group build pyproject.toml,requirements.txt)
	@$(call LOCK,--group build --group dev --constraint requirements.txt pyproject.toml,requirements-dev.txt)
	@$(call LOCK,--group pyproject.toml:bench,requirements-bench.txt)

# --no-config and --no-header keep addresses and paths of the machine that locks out of the files.
LOCK = build/lock/bin/uv pip compile --quiet --no-config --universal --upgrade --python-version 3.11 --generate-hashes \
  --no-header --no-emit-index-url $(1) --output-file $(2)

messages: setup-dev ## collect the texts of the code into the catalogues, for translators
	@printf '[extractors]\ntexts = tests.support.texts:extract\n[texts: **.py]\n' > $(VENV)/babel.cfg
	@$(BIN)/pybabel -q extract --mapping-file $(VENV)/babel.cfg --no-default-keywords \
	  --keyword t --keyword words --keyword N_ --keyword plural:1,2 --keyword named:1c,2 --add-comments 'Translators:' --sort-by-file --no-location \
	  --no-wrap --omit-header --output-file bot/locales/circlebot.pot $(wildcard bot adapters scheduler)
	@for catalogue in bot/locales/*/LC_MESSAGES/*.po; do \
	  [ -e "$$catalogue" ] || continue; \
	  locale=$${catalogue#bot/locales/}; \
	  $(BIN)/pybabel -q update --input-file bot/locales/circlebot.pot --output-file "$$catalogue" \
	    --locale "$${locale%%/*}" --ignore-obsolete --no-fuzzy-matching --ignore-pot-creation-date --no-wrap || exit 1; \
	done

pictures: setup-dev ## take the README's picture again, from the demo in a browser
	@$(BIN)/python -m docs.pictures.take

clean: ## remove .venv/, caches and build results; your data and settings stay
	@rm -rf $(VENV) build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
