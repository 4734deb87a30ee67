# Two commands: `make app` starts the app on the toybox weights, `make test` runs every check.
# Both create what they need in .venv on a machine with Python 3.11 or later.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
ARGS ?=

AXE := tests/ui/browser/node_modules/axe-core/axe.min.js

.PHONY: app test lint types units bench screenshots clean

app: $(VENV)/app.done
	$(BIN)/python app.py $(ARGS)

test: lint types units

lint: $(VENV)/dev.done
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/dev.done
	$(BIN)/pyright --pythonpath $(BIN)/python

units: $(VENV)/dev.done $(AXE)
	$(BIN)/python -m pytest $(ARGS)

bench: $(VENV)/dev.done
	$(BIN)/python benchmarks/bench_search.py $(ARGS)

screenshots: $(VENV)/dev.done
	$(BIN)/python tests/ui/browser/screenshots.py $(or $(FOLDER),screenshots)

# The accessibility rules; without npm the tests that need them are skipped and say so.
$(AXE): tests/ui/browser/package-lock.json
	if command -v npm >/dev/null; then cd tests/ui/browser && npm ci --silent --no-audit --no-fund || \
	  echo "axe-core could not be fetched; the tests that need it are skipped."; fi

$(VENV)/app.done: requirements.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements.txt
	touch $@

$(VENV)/dev.done: requirements.txt requirements-ray.txt requirements-mcp.txt requirements-dev.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	touch $(VENV)/app.done $@

clean:
	rm -rf $(VENV) .pytest_cache .ruff_cache
