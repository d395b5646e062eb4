# Two commands do all the set-up: `make run` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
HOME_FOLDER ?= $(CURDIR)/.home
STAMP := $(VENV)/.installed

.PHONY: help setup run test check format messages vendor bench bench-match bench-reading train clean

help:
	@echo "make run    the main job, with a demo organisation, at http://127.0.0.1:8000"
	@echo "make test   every test, on SQLite and on PostgreSQL where it is installed"
	@echo "make check  format, lint, types, layers"
	@echo "make bench  the figures that the README quotes"

setup: $(STAMP)

$(STAMP): pyproject.toml setup.py
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed: make PYTHON=/path/to/python3.11 ..."; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e ".[$(EXTRAS)]"
	@touch $@

run: EXTRAS = postgres
run: setup
	$(BIN)/entendu --home "$(HOME_FOLDER)" demo --serve

test: EXTRAS = dev
test: setup-dev
	ENTENDU_HOME="$$(mktemp -d)" $(BIN)/python -m pytest -q -n auto --dist loadfile
	ENTENDU_HOME="$$(mktemp -d)" $(BIN)/python tests/on_postgres.py

check: EXTRAS = dev
check: setup-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	ENTENDU_HOME="$$(mktemp -d)" ENTENDU_BASE_URL=https://entendu.example $(BIN)/python -m django check --deploy --fail-level WARNING --settings entendu.settings

.PHONY: setup-dev
setup-dev: setup
	@$(BIN)/python -c "import pytest, ruff" 2>/dev/null || $(BIN)/python -m pip install --quiet --disable-pip-version-check -e ".[dev]"

format: setup-dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

messages: setup-dev
	$(BIN)/python scripts/messages.py

vendor:
	npm ci --ignore-scripts
	npm run vendor

bench: setup-dev
	$(BIN)/python bench/bench_loop.py
	$(BIN)/python bench/bench_inbox.py

bench-match: setup-dev
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e ".[bench]"
	$(BIN)/python bench/bench_match.py

# The evaluation data is not part of the project: DATA is its folder.
bench-reading: setup-dev
	$(BIN)/python bench/bench_reading.py $(DATA)

# From a virtual environment of its own, with torch: training/README.md.
TRAIN_PYTHON ?= python3
train:
	$(TRAIN_PYTHON) -m training $(DATA)

clean:
	rm -rf $(VENV) .home build dist src/*.egg-info
