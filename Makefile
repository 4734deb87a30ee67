# Two commands: `make app` starts the app on the toybox weights, `make test` runs every check.
# Both create what they need in .venv on a machine with Python 3.11 or later.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
ARGS ?=

# The package image-reward and the libraries it runs with live apart from the app's.
PACKAGE_VENV := .venv-image-reward
WITHOUT_DEPENDENCIES := ^(image-reward|timm|fairscale)==
CASE := .cache/image-reward

AXE := tests/ui/browser/node_modules/axe-core/axe.min.js

.PHONY: app test lint types units bench screenshots crosscheck-image-reward clean

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

# The same weights, pictures and prompts through the package image-reward and through our class; writes 1.5 GB meanwhile.
crosscheck-image-reward: $(VENV)/app.done $(PACKAGE_VENV)/done
	$(PACKAGE_VENV)/bin/python -m tools.image_reward.score $(CASE)
	$(BIN)/python -m tools.image_reward.compare $(CASE)
	rm -r $(CASE)

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

$(PACKAGE_VENV)/done: requirements-image-reward.txt
	test -x $(PACKAGE_VENV)/bin/python || $(PYTHON) -m venv $(PACKAGE_VENV)
	grep -Ev '$(WITHOUT_DEPENDENCIES)' $< | \
	  $(PACKAGE_VENV)/bin/pip install --quiet --disable-pip-version-check -r /dev/stdin
	$(PACKAGE_VENV)/bin/pip install --quiet --disable-pip-version-check --no-deps \
	  $$(grep -E '$(WITHOUT_DEPENDENCIES)' $<)
	touch $@

clean:
	rm -rf $(VENV) $(PACKAGE_VENV) $(CASE) .pytest_cache .ruff_cache
