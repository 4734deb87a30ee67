# Two commands: `make app` starts the app on the toybox weights, `make test` runs every check.
# Both create what they need in .venv on a machine with Python 3.11 or later.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
ARGS ?=

.PHONY: app test lint types units bench clean

app: $(VENV)/app.done
	$(BIN)/python app.py $(ARGS)

test: lint types units

lint: $(VENV)/dev.done
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/dev.done
	$(BIN)/pyright --pythonpath $(BIN)/python

units: $(VENV)/dev.done
	$(BIN)/python -m pytest $(ARGS)

bench: $(VENV)/dev.done
	$(BIN)/python benchmarks/bench_search.py $(ARGS)

$(VENV)/app.done: requirements.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements.txt
	touch $@

$(VENV)/dev.done: requirements.txt requirements-ray.txt requirements-dev.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	touch $(VENV)/app.done $@

clean:
	rm -rf $(VENV) .pytest_cache .ruff_cache
