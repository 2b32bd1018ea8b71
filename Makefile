# Two commands do all the set-up, with nothing but Python, pip and make: `make serve` and `make test`.
# README.md gives the same steps for Windows. Another Python: make serve PYTHON=python3.13
.PHONY: serve test check mutants bench format docs lock

PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin
PORT ?= 5006
STAMP = $(VENV)/.caselight-installed

serve: $(STAMP) .state/sample.sqlite
	$(BIN)/caselight serve --port $(PORT)

test: $(STAMP)
	$(BIN)/python -m pytest -n 2 --dist loadscope $(PYTEST_ARGS)

check: $(STAMP)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/python docs/generate.py --check

# Takes down each wall of the last commit in turn and runs the tests that must notice it: about ten minutes.
mutants: $(STAMP)
	$(BIN)/python -m tests.walls.mutants

# The small ones, about a minute each; every one prints its bounds. To keep the results: make bench BENCH_ARGS=--keep
bench: $(STAMP) .state/sample.sqlite
	@missed=0; for script in "loading --rows 100000" page_cost sessions; do \
		echo "== $$script"; $(BIN)/python -m benchmarks.$$script $(BENCH_ARGS) || missed=1; done; exit $$missed

format: $(STAMP)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: $(STAMP)
	$(BIN)/python docs/generate.py

# One lock for all extras and for Python 3.11 and newer on every system; no address of a registry in it.
lock:
	$(PYTHON) -m venv .state/lock
	.state/lock/bin/python -m pip install --quiet --disable-pip-version-check uv
	printf '%s\n' 'setuptools>=80' > .state/lock/build.in
	.state/lock/bin/uv pip compile --no-config --universal --fork-strategy fewest --python-version 3.11 \
		--all-extras --generate-hashes --no-emit-index-url --no-header --no-annotate $(LOCK_ARGS) \
		--output-file requirements.lock pyproject.toml .state/lock/build.in

# The stamp is younger than the lock and pyproject.toml when the environment holds what they say.
$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "caselight needs Python 3.11 or newer; say which: make serve PYTHON=python3.13" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps -e .
	@touch $@

# Made anew when the tables or the generator changed: it holds nothing but the sample.
.state/sample.sqlite: $(wildcard data_access/migrations/versions/*.py sample_data/*.py) | $(STAMP)
	@rm -rf $@ $@-wal $@-shm $@.arrays
	CASELIGHT_DATA=.state $(BIN)/caselight demo
