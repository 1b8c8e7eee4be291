# Every target makes its own .venv and needs nothing but Python 3.11 (or later) and make.

NEW_ENOUGH := -c 'import sys; sys.exit(sys.version_info < (3, 11))'
FOUND = $(shell for name in python3.11 python3.12 python3.13 python3.14 python3; do \
	$$name $(NEW_ENOUGH) 2>/dev/null && echo $$name && break; done)
PYTHON ?= $(or $(FOUND),$(error mobstd needs Python 3.11 or later; say where it is: make PYTHON=/path/to/python3.11))
VENV ?= .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
PYTEST_ARGS ?= -n auto --dist worksteal

.PHONY: help demo test check lint generate bench matrix foreign spark endurance browser build clean

help:  ## say what there is
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 18

$(READY): pyproject.toml
	@$(if $(wildcard $(BIN)/python),,$(PYTHON) -m venv $(VENV))
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	@touch $@

demo: $(READY)  ## see it work, within a minute: a right operator, and a wrong one
	$(BIN)/mobstd demo

test: $(READY)  ## run the tests
	$(BIN)/python -m pytest $(PYTEST_ARGS)

lint: $(READY)  ## format, style, types, generated files
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/mobstd generate --check

check: lint test  ## what has to pass before a change is proposed

generate: $(READY)  ## write models, clients and server interfaces from the schemas
	$(BIN)/mobstd generate

bench: $(READY)  ## measure
	@for file in bench/*.py; do echo "== $$file" && $(BIN)/python $$file || exit 1; done

MATRIX ?= ocss@1.0-alpha ocss@2.0-proposal rdex-plus@2.0 rdex@1.2 carpool-proof@3.3 carpool-proof@3.4 mobility-aid@0.1
MATRIX_ARGS ?= --each --with-schemathesis 24

matrix: $(READY)  ## every fault against the whole suite: an hour or two
	@$(foreach version,$(MATRIX),$(BIN)/python -m mobstd.conformance.matrix --standard $(version) --write docs $(MATRIX_ARGS) || failed="$$failed $(version)";) test -z "$$failed" || { echo "failed:$$failed" >&2; exit 1; }

foreign: $(READY)  ## what other languages take of it, compiled and run by Node
	$(BIN)/python -m pytest -n 0 -m foreign

spark: $(READY)  ## validation and preflight as jobs of a local Spark; needs Java 17
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev,spark]'
	$(BIN)/python -m pytest -n 0 -m spark

endurance: $(READY)  ## ten minutes of requests of all kinds against references and bridges
	MOBSTD_ENDURANCE=150 $(BIN)/python -m pytest -n 0 -s tests/endurance

browser: $(READY)  ## the reports in a real browser
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev,browser]'
	$(BIN)/python -m playwright install chromium
	$(BIN)/python -m pytest -m browser

build: $(READY)  ## sdist and wheel, into dist/
	$(BIN)/python -m build

clean:  ## remove what the other targets made
	rm -rf $(VENV) dist build reports .pytest_cache .mypy_cache .ruff_cache .hypothesis
