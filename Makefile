# Everything runs from .venv, installed from pinned and hashed lists; nothing else on the machine is touched.
PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin/python

.PHONY: install demo test lint check bench lock clean

install: $(VENV)/.runtime

$(VENV)/.%: requirements/%.txt
	$(PYTHON) -m venv $(VENV)
	$(RUN) -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	touch $@

# The whole product in a simulated Discord, in your browser. Nothing to sign up for.
demo: $(VENV)/.demo
	$(RUN) -m bot.demo

# All tests.
test: $(VENV)/.dev
	$(RUN) -m pytest -n auto --maxprocesses 4

# Format, lint, types, import directions.
lint: $(VENV)/.dev
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/ruff check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports --no-cache

# What CI runs.
check: lint test

# Costs as ratios against a floor measured in the same run.
bench: $(VENV)/.dev
	for name in $(basename $(notdir $(wildcard bench/[a-z]*.py))); do $(RUN) -m bench.$$name || exit 1; done

# Pin again after a change in pyproject.toml; needs uv.
PIN := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header
lock:
	$(PIN) pyproject.toml --extra dev -o requirements/dev.txt
	$(PIN) pyproject.toml --extra demo -c requirements/dev.txt -o requirements/demo.txt
	$(PIN) pyproject.toml -c requirements/dev.txt -o requirements/runtime.txt

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis
