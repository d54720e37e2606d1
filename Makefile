# Each target does all of its own set-up: a fresh machine needs only git, make and Python 3.11 or later.
SHELL := /bin/sh
BIN := .venv/bin
READY := .venv/.ready
PIP := $(BIN)/python -m pip --disable-pip-version-check

# The first interpreter that runs and is recent enough; `make PYTHON=/path/to/python test` chooses another.
CANDIDATES := python3.11 python3 python3.12 python3.13 python3.14
PYTHON ?= $(firstword $(foreach name,$(CANDIDATES),$(shell \
	$(name) -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && echo $(name))))

.PHONY: help setup demo test bench accuracy rejects reminders fuzz docs pins clean

help:
	@echo "make demo    reconcile a simulated pharmacy, end to end"
	@echo "make test    lint, types, tests, doctests"
	@echo "make bench   benchmarks, written to docs/reference/benchmarks.md"
	@echo "make accuracy  false links in a million, written to docs/reference/accuracy.md"
	@echo "make rejects   how well rejects are classified and prevented, written to docs/reference/rejects-accuracy.md"
	@echo "make reminders what an officine lives with reminders, written to docs/reference/reminders-accuracy.md"
	@echo "make fuzz    any bytes through the readers: SECONDS=60 each, READER=noemie for one"
	@echo "make docs    the documentation, in build/docs"
	@echo "make pins    resolve requirements-dev.in anew into requirements-dev.txt"
	@echo "make clean   remove what the above made"

setup: $(READY)

$(READY): requirements-dev.txt pyproject.toml
	@test -n "$(PYTHON)" || { echo "tiers-payant needs Python 3.11 or later" >&2; exit 1; }
	$(PYTHON) -m venv .venv
	$(PIP) install --quiet --requirement requirements-dev.txt
	$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

demo: $(READY)
	$(BIN)/tiers-payant demo

test: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy src tests $(wildcard .ci/*.py benchmarks examples fuzz)
	$(BIN)/python -W error -m pytest --numprocesses auto --maxprocesses 4 --dist worksteal

# What we compare ourselves with (pandas, polars) is installed for this target alone.
bench: .venv/.bench
	$(BIN)/python -m benchmarks

.venv/.bench: requirements-bench.txt $(READY)
	$(PIP) install --quiet --requirement requirements-bench.txt
	@touch $@

# Half an hour or more, at low priority; a run that stops goes on where it was.
LINKS ?= 1000000

accuracy: $(READY)
	nice $(BIN)/python -m benchmarks.exactitude --links "$(LINKS)"

# A few minutes.
rejects: $(READY)
	nice $(BIN)/python -m benchmarks.rejets

# A quarter of an hour.
reminders: $(READY)
	nice $(BIN)/python -m benchmarks.relances_exactitude

# The fuzzer has an environment of its own: atheris is built for few systems and few versions of Python.
SECONDS ?= 60
READER ?=
FUZZ := build/fuzz-env

fuzz: $(FUZZ)/.ready
	PYTHONPATH=src nice $(FUZZ)/bin/python -m fuzz --seconds $(SECONDS) --reader "$(READER)"

$(FUZZ)/.ready: requirements-fuzz.txt requirements-dev.txt
	@test -n "$(PYTHON)" || { echo "tiers-payant needs Python 3.11 or later" >&2; exit 1; }
	$(PYTHON) -m venv $(FUZZ)
	$(FUZZ)/bin/python -m pip --disable-pip-version-check install --quiet --requirement requirements-fuzz.txt
	@touch $@

docs: $(READY)
	$(BIN)/python -m sphinx -q -E -W --keep-going -b html docs build/docs
	@echo "build/docs/index.html"

pins:
	rm -rf build/pins
	$(PYTHON) -m venv build/pins
	build/pins/bin/python -m pip install --quiet --requirement requirements-dev.in
	grep '^#' requirements-dev.txt >build/pins/head
	build/pins/bin/python -m pip freeze | cat build/pins/head - >requirements-dev.txt

clean:
	rm -rf .venv build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis .coverage htmlcov
	find src tests docs -name __pycache__ -type d -prune -exec rm -rf {} +
