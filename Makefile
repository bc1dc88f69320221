# `make run` and `make test` are all the set-up: both make .venv when it is missing or out of date.
RIGHT_PYTHON := import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))
PYTHON ?= $(firstword $(foreach python,python3 python3.13 python3.12 python3.11,\
  $(shell $(python) -c '$(RIGHT_PYTHON)' 2>/dev/null && echo $(python))) python3)
PORT ?= 8501
BIN := .venv/bin
EXTRA := $(shell nvidia-smi -L >/dev/null 2>&1 || test -e /proc/driver/nvidia/version && echo '[gpu]')

PARALLEL := --numprocesses logical --dist worksteal
# TensorFlow and browsers take several cores and GB each; their tests wait most of the time, so two at once go well.
HEAVY := --numprocesses logical --maxprocesses 4 --dist loadfile --durations 15

.PHONY: run test test-fast lint screenshots soak clean

run: .venv/app-ready
	$(BIN)/streamlit run app.py --server.port $(PORT)

test: lint .venv/browser-ready
	$(BIN)/pytest $(PARALLEL) -m "not keras and not browser and not soak"
	$(BIN)/pytest $(HEAVY) -m "(keras or browser) and not soak"

test-fast: .venv/test-ready
	$(BIN)/pytest $(PARALLEL) -m "not keras and not browser and not workers and not soak"

lint: .venv/test-ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

screenshots: .venv/browser-ready
	$(BIN)/python -m docs.screenshots

soak: .venv/browser-ready
	$(BIN)/pytest -m soak

clean:
	rm -rf .venv

.venv/bin/python:
	@$(PYTHON) -c '$(RIGHT_PYTHON)' 2>/dev/null || { \
	  echo "CNN Lab needs Python 3.11, 3.12 or 3.13, but '$(PYTHON)' is $$($(PYTHON) --version 2>&1):" \
	    "install one and say which, as in: make $(or $(MAKECMDGOALS),run) PYTHON=python3.12" >&2; exit 1; }
	$(PYTHON) -m venv .venv || { rm -rf .venv; exit 1; }

# The stamps are newer than what they were made from, so that a second `make run` starts at once.
.venv/app-ready: .venv/bin/python pyproject.toml constraints.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.$(EXTRA)'
	touch $@

.venv/test-ready: .venv/app-ready
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[test]'
	touch $@

.venv/browser-ready: .venv/test-ready
	@if command -v chromium || command -v google-chrome; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && apt-get update -q \
	  && apt-get install -q -y --no-install-recommends chromium && command -v chromium >/dev/null; then :; \
	else $(BIN)/playwright install chromium; fi
	touch $@
