# The only doors: setup, run, test, check, bench, docs, pictures, test-spark, soak, mutants.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8000
FILES ?=
PIP := $(BIN)/python -m pip --disable-pip-version-check install -q --require-hashes

.PHONY: setup setup-test setup-bench setup-spark run test check format bench docs pictures test-spark soak mutants lock clean

setup: $(VENV)/.run
setup-test: $(VENV)/.test
setup-bench: $(VENV)/.bench
setup-spark: $(VENV)/.spark

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Langqiao needs Python 3.11 or newer; call: make run PYTHON=python3.12")'
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || { echo "Python has no ensurepip here. On Debian and Ubuntu this helps:  apt-get install -y python3-venv"; exit 1; }
	@echo "Building the environment in $(VENV) (about a minute) …"
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.run: requirements/run.txt pyproject.toml | $(VENV)/bin/python
	@$(PIP) -r requirements/run.txt
	@$(BIN)/python -m pip --disable-pip-version-check install -q --no-deps --no-build-isolation -e .
	@$(BIN)/python -m compileall -q src/langqiao
	@touch $@

$(VENV)/.test: requirements/test.txt $(VENV)/.run
	@$(PIP) -r requirements/test.txt
	@touch $@

$(VENV)/.bench: requirements/bench.txt $(VENV)/.run
	@$(PIP) -r requirements/bench.txt || echo "A peer could not be installed: make bench says which comparison is missing."
	@touch $@

$(VENV)/.spark: requirements/spark.txt $(VENV)/.test
	@$(PIP) -r requirements/spark.txt
	@touch $@

$(VENV)/.mutants: requirements/mutants.txt $(VENV)/.test
	@$(PIP) -r requirements/mutants.txt
	@touch $@

mutants: $(VENV)/.mutants
	@$(BIN)/python tools/mutants.py

run: setup
	@$(BIN)/python -m langqiao.cli.start --port $(PORT) $(if $(FILES),--files "$(FILES)",)

test: setup-test
	@bash .ci/browser
	@$(BIN)/pytest -m "not spark" tests/web & web=$$!; $(BIN)/pytest -m "not spark" --ignore=tests/web tests; others=$$?; wait $$web && exit $$others
	@LANGQIAO_TEST_DATABASE=postgres $(BIN)/pytest -m books tests/web tests/generative

check: setup-test
	@$(BIN)/ruff format --check src tests bench
	@$(BIN)/ruff check src tests bench
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/pytest -q tests/test_shape.py

format: setup-test
	@$(BIN)/ruff format src tests bench
	@$(BIN)/ruff check --fix src tests bench

bench: setup-test setup-bench
	@$(BIN)/python -m bench

soak: setup-test
	@LANGQIAO_KILLS=1000 $(BIN)/pytest -s -m slow tests/soak

test-spark: setup-test
	@bash .ci/spark

docs: setup
	@$(BIN)/python -m langqiao.cli.docs

pictures: setup-test
	@bash .ci/browser
	@$(BIN)/python -m tests.journeys.pictures

lock:
	@for f in run test bench spark mutants; do uv pip compile --universal --python-version 3.11 --generate-hashes -q requirements/$$f.in -o requirements/$$f.txt; done

clean:
	@rm -rf $(VENV) var .mypy_cache .ruff_cache
