# Two commands: `make app` starts the app on the toybox weights, `make test` runs every check.
# Both create what they need in .venv on a machine with Python 3.11 or later.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
ARGS ?=
# Processes that share the tests; each has one thread, one browser and one server, and waits for them a third of the time.
WORKERS ?= 3

# Bytecode is kept: without it every worker compiles all tests, and every server that a test starts all sources, anew.
unexport PYTHONDONTWRITEBYTECODE

# The package image-reward and the libraries it runs with live apart from the app's.
PACKAGE_VENV := .venv-image-reward
WITHOUT_DEPENDENCIES := ^(image-reward|timm|fairscale)==
CASE := .cache/image-reward

# What the page's scripts are checked with; only needed for that.
NPM_DONE := node_modules/.done

.PHONY: app test test-fast lint types scripts units mutants bench screenshots crosscheck-image-reward lock clean

app: $(VENV)/app.done
	$(BIN)/python app.py $(ARGS)

test: lint types scripts units

# What a change needs while it grows: no browser, nothing slow, and types are left to the editor and to `make test`.
# Nothing here waits for a browser, so that a third process would only import everything once more.
test-fast: lint scripts
	$(MAKE) units WORKERS=2 ARGS='-m "not browser and not slow" $(ARGS)'

lint: $(VENV)/dev.done
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/dev.done
	$(BIN)/pyright --pythonpath $(BIN)/python

# Without npm these checks are left out and say so, except where CI is set.
scripts: $(NPM_DONE)
	if test -f $(NPM_DONE); then npm run --silent lint && npm run --silent types && npm run --silent test; fi

units: $(VENV)/dev.done $(NPM_DONE)
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal --durations 25 $(ARGS)

# Change the search one line at a time and see whether a test notices: make mutants ARGS="--sample 300".
mutants: $(VENV)/dev.done
	$(BIN)/python -m tools.mutants $(ARGS)

bench: $(VENV)/dev.done
	$(BIN)/python benchmarks/bench_search.py $(ARGS)

screenshots: $(VENV)/dev.done
	$(BIN)/python tests/ui/browser/screenshots.py $(or $(FOLDER),screenshots)

# The same weights, pictures and prompts through the package image-reward and through our class; writes 1.5 GB meanwhile.
crosscheck-image-reward: $(VENV)/app.done $(PACKAGE_VENV)/done
	$(PACKAGE_VENV)/bin/python -m tools.image_reward.score $(CASE)
	$(BIN)/python -m tools.image_reward.compare $(CASE)
	rm -r $(CASE)

define LOCK_HEADER
# The whole tree of dependencies at the tested releases, with the hashes of every file of each release. It holds what the
# app needs and the extra mcp. torch is missing on purpose: its CPU and CUDA builds have other hashes and other
# dependencies, so it comes at the version that requirements.txt pins, from the index that the user chooses, which vouches
# for its own files. All that torch needs beside CUDA's libraries is here. Install this first, then torch:
#     pip install --require-hashes -r requirements.lock && pip install "$$(grep '^torch==' requirements.txt)"
endef
export LOCK_HEADER

# The lock again, after a change of pyproject.toml or requirements.txt; keeps every release that still fits.
lock: $(VENV)/dev.done
	CUSTOM_COMPILE_COMMAND='make lock' $(BIN)/pip-compile --quiet --generate-hashes --strip-extras --no-annotate \
	  --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-build-isolation --unsafe-package torch \
	  --extra mcp --constraint requirements.txt --constraint requirements-mcp.txt \
	  --output-file requirements.lock pyproject.toml >/dev/null
	{ echo "$$LOCK_HEADER"; sed '/^# WARNING: The following packages were not pinned/,$$d' requirements.lock; } >requirements.lock.new
	mv requirements.lock.new requirements.lock

$(NPM_DONE): package.json package-lock.json
	if command -v npm >/dev/null || test -n "$$CI"; then npm ci --silent --no-audit --no-fund && touch $@; else \
	  echo "There is no npm: the page's scripts are not checked, and tests that need axe-core are skipped."; fi

$(VENV)/app.done: requirements.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements.txt
	touch $@

$(VENV)/dev.done: requirements.txt requirements-ray.txt requirements-mcp.txt requirements-icons.txt requirements-dev.txt
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
	rm -rf $(VENV) $(PACKAGE_VENV) $(CASE) .pytest_cache .ruff_cache node_modules
